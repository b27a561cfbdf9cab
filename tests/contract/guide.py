"""The guide for rule authors, read as what it is made of: named blocks that are files, changes of files, and commands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "rule-authors.md"
_BLOCK = re.compile(
    r"<!-- code: (?P<name>[^;]+?)(?:; file: (?P<file>\S+))? -->\n```(?P<kind>[a-z]+)\n(?P<text>.*?)```\n", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: `console` is run, `diff` changes its file, anything else is its file."""

    name: str
    kind: str
    text: str
    file: str
    before: str  # the guide's words before it


def blocks() -> list[Block]:
    """Every named block of the guide, in its order."""
    guide = GUIDE.read_text(encoding="utf-8")
    return [Block(m["name"], m["kind"], m["text"], m["file"] or "", guide[: m.start()]) for m in _BLOCK.finditer(guide)]


def fences() -> int:
    """How many fenced blocks the guide has, named or not."""
    return len(re.findall(r"^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)) // 2


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an author works: a folder beside the checkout, and a virtual environment in which Threefold is at hand."""

    folder: Path
    environment: Path

    def run(self, script: str) -> str:
        """What commands print, errors among it, as a terminal shows it."""
        variables = {"PATH": f"{self.environment / 'bin'}:/usr/bin:/bin", "HOME": str(self.folder), "LANG": "C.UTF-8",
                     "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
        done = subprocess.run(
            ["/bin/bash", "-c", f"exec 2>&1\n{script}"],
            cwd=self.folder,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    def follow(self, block: Block) -> str:
        """Do what a block says. Returns what its commands printed, in the form of the block; empty for a file."""
        path = self.folder / block.file
        if block.kind == "console":
            return self._console(block.text)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            changed(path.read_text(encoding="utf-8"), block.text) if block.kind == "diff" else block.text, encoding="utf-8"
        )
        return ""

    def _console(self, text: str) -> str:
        commands = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
        # One shell for the whole guide: where it stood and what it set is kept from block to block.
        kept = self.folder / ".shell"
        told = "\n".join(f"echo {shlex.quote('$ ' + command)}\n{command}" for command in commands)
        before = f". {shlex.quote(str(kept))}\n" if kept.exists() else ""
        return self.run(f"{before}{told}\nexport -p > {shlex.quote(str(kept))}")


def desk(folder: Path) -> Desk:
    """An author's desk in an empty folder: its own environment, which sees everything that the tests' own has."""
    environment, work = folder / "environment", folder / "work"
    work.mkdir()
    (folder / "threefold").symlink_to(ROOT, target_is_directory=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (site,) = (environment / "lib").glob("python3*/site-packages")
    (own,) = (Path(sys.executable).parents[1] / "lib").glob("python3*/site-packages")
    (site / "threefold_checkout.pth").write_text(f"import site; site.addsitedir({str(own)!r})\n", encoding="utf-8")
    for name, module in (("pip", "pip"), ("pytest", "pytest"), ("threefold", "threefold.doors.cli.main")):
        command = environment / "bin" / name
        command.write_text(
            f'#!/bin/sh\nexec {shlex.quote(str(environment / "bin" / "python"))} -m {module} "$@"\n', encoding="utf-8"
        )
        command.chmod(0o755)
    return Desk(work, environment)


def changed(text: str, diff: str) -> str:
    """A file's text with each run of lines marked - replaced by the run marked + after it; each must stand there once."""
    for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)+)", diff, re.MULTILINE):
        before, after = ("".join(line[1:] + "\n" for line in part.splitlines()) for part in (old, new))
        assert text.count(before) == 1, f"the guide changes what stands {text.count(before)} times:\n{before}"
        text = text.replace(before, after)
    return text


def printed_as_shown(shown: str, printed: str) -> bool:
    """Whether commands printed what the guide shows; `...` stands for anything."""
    pattern = re.escape(shown.rstrip("\n")).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, printed.rstrip("\n"), re.DOTALL) is not None
