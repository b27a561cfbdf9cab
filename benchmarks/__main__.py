"""`make bench`: every measure as a ratio, both sides in one run; printed, and written to `benchmarks/results.json`.

`make bench ARGS="replay"` measures some only and writes nothing."""

from __future__ import annotations

import sys

from benchmarks import calendar_sums, case_list, evaluation, replay, scope, wiping
from benchmarks.measure import Result, write


def main() -> int:
    results: list[Result] = []
    parts = {part.__name__.rpartition(".")[2]: part for part in (calendar_sums, evaluation, replay, scope, wiping, case_list)}
    wanted = sys.argv[1:] or list(parts)
    if unknown := [name for name in wanted if name not in parts]:
        sys.exit(f"There is no measure '{unknown[0]}'. Use some of: {', '.join(parts)}.")
    for name in wanted:
        for result in parts[name].run():
            results.append(result)
            print(f"{'met    ' if result.met else 'NOT MET'}  {result.ratio:8.3f}  {result.goal:7}  {result.name}", flush=True)
    if not sys.argv[1:]:  # the written figures are of one whole run
        write(results)
    return 0 if all(r.met for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
