"""The console command, as somebody types it: a process of its own each time, made as a copy of one that has everything imported.

What a process imports before it does anything takes longer than most commands. `tests/deploy/test_up.py`, `test_local.py` and
`test_memory.py` begin it from nothing.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import NamedTuple

from threefold.doors.cli.main import PARTS, main

ROOT = Path(__file__).parents[2]
# Bodies that the tests of commands name, and those that these stand on. Reading all takes a command longer than anything else it does.
SOME = (
    "barnet", "brent", "devon", "east-sussex", "example-national", "example-sound", "example-vale", "knowsley",
    "merseyside-and-isle-of-man-child-death-panel", "national", "plymouth", "west-sussex", "westmorland-and-furness",
)  # fmt: skip
SECONDS = 50  # under the time limit of a test, so that what the command said is told


class Done(NamedTuple):
    """What a command did: its exit code, and what it wrote to its two channels."""

    returncode: int
    stdout: str
    stderr: str


def typed(*words: str, env: Mapping[str, str], cwd: Path = ROOT, into: Path | None = None) -> Done:
    """`threefold WORDS`, with that environment, and with `SOME` of the bodies where it names no folder of its own. `into`: the file that its output goes to, made before it begins, as a shell
    does; `stdout` is empty then."""
    env = {"THREEFOLD_TENANTS": str(some_bodies()), **env}
    reader, writer = _copies().Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder, reader:
        err = Path(folder, "err")
        for file in filter(None, (into, err)):
            file.write_bytes(b"")
        process = _copies().Process(
            target=_run, args=(words, dict(env), str(cwd), writer, str(into or ""), str(err)), daemon=True
        )
        process.start()
        writer.close()
        said = b""
        while wait([reader], SECONDS) and (more := os.read(reader.fileno(), 65536)):
            said += more
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"threefold {' '.join(words)}: {err.read_text(encoding='utf-8')}")
        done = Done(process.exitcode, said.decode(), err.read_text(encoding="utf-8"))
        process.close()
        return done


def copied(folder: Path, bodies: Iterable[str] = SOME) -> Path:
    """The files of some bodies and of the law, copied into a folder: every command reads all that are there."""
    for body in ("_shared", *bodies):
        shutil.copytree(ROOT / "tenants" / body, folder / body)
    return folder


@cache
def some_bodies() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="threefold-some-bodies-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return copied(folder)


@cache
def _copies() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *(f"threefold.doors.cli.{part}" for part in PARTS), "threefold.app"])
    return context


def _run(words: tuple[str, ...], env: dict[str, str], cwd: str, out: Connection, into: str, err: str) -> None:
    os.dup2(os.open(into, os.O_WRONLY | os.O_APPEND) if into else out.fileno(), 1)
    os.dup2(os.open(err, os.O_WRONLY | os.O_APPEND), 2)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["threefold", *words]
    main()
