"""Processes of our own: start, watch, and end them by pid, never by name."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PATIENCE = 20.0  # seconds for a process to end by itself before it is killed


def alive(pid: int) -> bool:
    """Whether a process of this pid runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in ("Z", "X")


def started_at(pid: int) -> str:
    """When a process began, in the kernel's own count: a pid alone may have been given to another since."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def session_of(leader: int, began: str) -> list[int]:
    """The processes of the session that `leader` opened when it `began`, itself included if it still runs.

    A server that was killed leaves its workers behind, and they hold its port. While one of them runs, the kernel gives the
    leader's pid to nobody else; the moment is asked all the same.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and alive(pid := int(entry.name)):
            with suppress(OSError, IndexError, ValueError):
                told = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                if int(told[3]) == leader and int(told[19]) >= int(began or 0):
                    found.append(pid)
    return found


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Wait for a condition; False when it did not come about in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(pause)
    return True


def end(pid: int, *, first: str = "SIGTERM", process: subprocess.Popen[bytes] | None = None, seconds: float = PATIENCE) -> None:
    """Ask a process to end, wait, and kill it only when it does not."""
    for name in (first, "SIGKILL"):
        with suppress(ProcessLookupError):
            os.kill(pid, getattr(signal, name))
        if process is not None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
        if wait_until(lambda: not alive(pid), seconds):
            return
