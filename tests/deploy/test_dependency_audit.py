"""What `make audit` makes of the advisories: a known weakness fails it everywhere, what could not be asked only where it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOUND = {"name": "sound", "version": "1.0", "vulns": []}
WEAK = {"name": "weak", "version": "2.0", "vulns": [{"id": "EX-2026-1", "fix_versions": ["2.1"], "aliases": [], "description": ""}]}  # fmt: skip
MISSED = {"name": "missed", "skip_reason": "Dependency not found"}


def audited(project: Path, tmp_path: Path, found: list[dict[str, Any]] | None, *flags: str) -> tuple[int, str]:
    """The exit code and the words, where the advisories say what is `found`; None: they are not reached."""
    speaks = tmp_path / "pip-audit"
    report = (
        ""
        if found is None
        else f"open(sys.argv[sys.argv.index('--output') + 1], 'w').write({json.dumps(json.dumps({'dependencies': found}))})"
    )
    speaks.write_text(f"#!{sys.executable}\nimport sys\n{report}\nsys.exit('no route to them')\n", encoding="utf-8")
    speaks.chmod(0o700)
    command = [sys.executable, str(project / "deploy/audit.py"), *flags, str(speaks), "packages.txt"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return run.returncode, run.stdout


@pytest.mark.parametrize("flags", [(), ("--where-reached",)])
def test_a_known_weakness_fails_it_and_is_named_with_what_mends_it(
    project: Path, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    code, said = audited(project, tmp_path, [SOUND, WEAK, MISSED], *flags)
    assert (
        code == 1
        and "weak 2.0: EX-2026-1. Mended in 2.1." in said
        and "1 of 3 pinned packages could not be asked about" in said
    )
    assert audited(project, tmp_path, [SOUND], *flags) == (0, "No weakness is known of any of the 1 pinned packages.\n")


@pytest.mark.parametrize(("found", "told"), [([SOUND, MISSED], "1 of 2"), (None, "1 of 1")])
def test_what_could_not_be_asked_is_told_and_fails_it_where_it_is_asked_for(
    project: Path, tmp_path: Path, found: list[dict[str, Any]] | None, told: str
) -> None:
    for flags, expected in (((), 2), (("--where-reached",), 0)):
        code, said = audited(project, tmp_path, found, *flags)
        assert code == expected and said.startswith(f"{told} pinned packages could not be asked about"), said
    assert "no route to them" in said if found is None else "Dependency not found" in said
