"""What a command gives, to the terminal or to a file that is there whole or not at all."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from threefold.domain.errors import ThreefoldError

HELP = "Write to FILE, once all is well and as a whole; what stood there before is replaced. Not to the terminal."


@contextmanager
def nothing_written_on_failure(file: Path | None) -> Iterator[None]:
    """Within it, what goes wrong says also that nothing was written to `file`; without one, that what the shell made for `>` is empty."""
    try:
        yield
    except Exception as error:
        if file is not None:
            error.add_note(f"Nothing was written to {file}.")
        elif _to_a_file():
            error.add_note(
                "Nothing was written: the file that the shell made for `>` is empty. `--output FILE` makes none where it fails."
            )
        raise


def give(text: str, file: Path | None) -> None:
    """Write a text to `file`, or to the terminal where none is named. Raises `ThreefoldError` where it cannot be written."""
    if file is None:
        click.echo(text, nl=False)
        return
    refuse_place(file)
    whole = file.resolve()  # a link stays one, to what is new
    new = whole.with_name(f".{whole.name}.{os.getpid()}.new")
    try:
        with new.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
        if whole.exists():
            shutil.copymode(whole, new)
        new.replace(whole)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise ThreefoldError(f"{file} cannot be written ({error.strerror}).", field="--output") from error


def refuse_place(file: Path) -> None:
    """Raise `ThreefoldError` where no file can be made there: asked before anything is read for it."""
    if file.exists() and not file.is_file():
        raise ThreefoldError(f"{file} is no file. Name one.", field="--output")
    if not file.resolve().parent.is_dir():
        raise ThreefoldError(f"There is no folder {file.parent}. Make it, or name another.", field="--output")


def _to_a_file() -> bool:
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False
