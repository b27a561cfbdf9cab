"""Ask the package index's advisories about every pinned package: `python deploy/audit.py PIP_AUDIT FILE [FILE …]`.

Ends with 1 for a known weakness, which is named with the release that mends it. A package that could not be asked about ends it with 2,
as nothing is known of it then; with `--where-reached`, as continuous integration calls it, that is told and is no failure: a network that
does not reach the advisories keeps nobody from testing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

OPTIONS = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")
WHERE_REACHED = "--where-reached"


def report_of(pip_audit: str, file: str) -> dict[str, Any]:
    """What it found of the packages of one file; of a run that came to no answer, nothing about any of them and why."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder) / "report.json"
        run = subprocess.run(
            [pip_audit, *OPTIONS, "--output", str(at), "-r", file], capture_output=True, text=True, check=False
        )
        if at.is_file() and (text := at.read_text(encoding="utf-8")):
            report: dict[str, Any] = json.loads(text)
            return report
        why = (run.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return {"dependencies": [{"name": file, "skip_reason": why}]}


def known(dependencies: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence for each known weakness."""
    return [
        f"{one['name']} {one['version']}: {weakness['id']}. Mended in {', '.join(weakness['fix_versions']) or 'no release yet'}."
        for one in dependencies
        for weakness in one.get("vulns", ())
    ]


def unasked(dependencies: Sequence[Mapping[str, Any]]) -> list[str]:
    """The packages that could not be asked about."""
    return [one["name"] for one in dependencies if "skip_reason" in one]


def main(arguments: Sequence[str]) -> int:
    pip_audit, *files = (one for one in arguments if one != WHERE_REACHED)
    asked_of = [one for file in files for one in report_of(pip_audit, file)["dependencies"]]
    weak, missed = known(asked_of), unasked(asked_of)
    for sentence in dict.fromkeys(weak):
        print(sentence)
    if missed:
        why = next(one["skip_reason"] for one in asked_of if "skip_reason" in one)
        print(
            f"{len(missed)} of {len(asked_of)} pinned packages could not be asked about, so that nothing is known of them. The first: {why}"
        )
    if not weak and not missed:
        print(f"No weakness is known of any of the {len(asked_of)} pinned packages.")
    return 1 if weak else 2 if missed and WHERE_REACHED not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
