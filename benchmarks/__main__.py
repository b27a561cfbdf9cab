"""`make bench`: every measure as a ratio, both sides in one run; printed, and written to `benchmarks/results.json`."""

from __future__ import annotations

import sys

from benchmarks import calendar_sums, case_list, evaluation, replay
from benchmarks.measure import Result, write


def main() -> int:
    results: list[Result] = []
    for part in (calendar_sums, evaluation, replay, case_list):
        for result in part.run():
            results.append(result)
            print(f"{'met    ' if result.met else 'NOT MET'}  {result.ratio:8.3f}  {result.goal:7}  {result.name}", flush=True)
    write(results)
    return 0 if all(r.met for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
