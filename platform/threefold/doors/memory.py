"""What a process holds in memory, its keys among it, is not written down when it fails, nor read by its neighbours; and what it let go of
is overwritten."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys

import structlog

log = structlog.get_logger(__name__)

_SET_DUMPABLE = 4  # of prctl(2)

# What stands in the environment of a process whose memory is overwritten as it is given back (decision 0034). Python's own objects by
# Python, to their last byte; what libraries in C let go of, and what moved when it grew, by the C library, whose quick store of small
# pieces would go round that.
WIPING = {"PYTHONMALLOC": "malloc_debug", "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"}

# Reads what was freed: in a process of its own, for a C library may end one that does.
_TRIED = """
import ctypes
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
places = []
for size in (40, 400, 4000):
    own = bytes([65]) * size
    places.append((id(own) + bytes.__basicsize__ - 1, size))
    del own
    libcs = libc.malloc(size)
    ctypes.memset(libcs, 65, size)
    libc.free(libcs)
    places.append((libcs, size))
raise SystemExit(any(bytes([65]) * 16 in ctypes.string_at(*place) for place in places))
"""


def keep_to_itself() -> None:
    """Called once by each process that opens keys, before it does. No core file is made of it, whatever the machine does with those, and
    another program of the same user cannot attach to it. Memory that is swapped out is the operator's to encrypt or to forbid."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux alone has it
    if prctl is not None:
        prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def tell_if_not_wiped() -> None:
    """Called once by each process that goes on, when its log is set up."""
    told = {name: set(os.environ.get(name, "").split(":")) for name in WIPING}
    missing = [name for name, value in WIPING.items() if not set(value.split(":")) <= told[name]]
    if missing:
        log.warning("memory_not_wiped", missing=missing, what="What was opened stays in freed memory. See docs/operators.md.")


def wiped_here() -> bool:
    """Whether this machine overwrites freed memory where `WIPING` asks for it."""
    done = subprocess.run([sys.executable, "-c", _TRIED], env={**os.environ, **WIPING}, capture_output=True, check=False)  # noqa: S603
    return done.returncode == 0
