"""Each process that opens keys makes no core file and lets no neighbour look into it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# Without a setting each of them stops at once, after what it does first.
ASKED = """
import ctypes, resource
from {module} import {function}
try:
    {function}()
except BaseException:
    pass
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.parametrize(
    ("module", "function"),
    [("threefold.app", "serve"), ("threefold.doors.worker.main", "main"), ("threefold.doors.cli.main", "main")],
)
def test_what_it_holds_in_memory_is_neither_written_down_nor_read_by_others(module: str, function: str, project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED.format(module=module, function=function)], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": f"{project / 'platform'}:{project}", "PATH": ""},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "(0, 0) 0"


@pytest.mark.parametrize("unit", ["web", "worker", "clock"])
def test_the_units_forbid_both_swap_and_core_files(unit: str, project: Path) -> None:
    lines = (project / "deploy" / "systemd" / f"threefold-{unit}.service").read_text(encoding="utf-8").splitlines()
    assert {"LimitCORE=0", "MemorySwapMax=0"} <= set(lines)
