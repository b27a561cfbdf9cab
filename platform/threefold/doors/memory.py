"""What a process holds in memory, its keys among it, is not written down when it fails, nor read by its neighbours."""

from __future__ import annotations

import ctypes
import resource

_SET_DUMPABLE = 4  # of prctl(2)


def keep_to_itself() -> None:
    """Called once by each process that opens keys, before it does. No core file is made of it, whatever the machine does with those, and
    another program of the same user cannot attach to it. Memory that is swapped out is the operator's to encrypt or to forbid."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux alone has it
    if prctl is not None:
        prctl(_SET_DUMPABLE, 0, 0, 0, 0)
