"""The floor under telling the Secretary of State and Ofsted of a death: a local time for it is no longer than practice has it (N-4)."""

from __future__ import annotations

from collections.abc import Iterable

from threefold.plugin_api import (
    ArrangementView,
    Objection,
    Source,
    by_their_ends,
    longest_days,
    roots_of,
    serves_of,
    steps_before,
)

UNSTATED = Source("R-1.6: what an adopted page does not say", "PG", "K")
STARTS = ("aware", "death", "incident")
_WEEK, _WORKING = 7, 5


def later_telling(arrangement: ArrangementView, working_days: int, source: Source) -> Iterable[Objection]:
    """A local step that is said to be this telling, from the day of knowing or of the death, departs from guidance where it may take longer;
    from anything else, it may lie after that. The law's own date stays in any case."""
    ends, adopted = by_their_ends(arrangement), arrangement.entered == "adopted"
    for rule, step in arrangement.all("step"):
        if serves_of(step) != "tell-state" or not longest_days(step):
            continue
        from_it = not roots_of(step, ends).isdisjoint(STARTS)
        takes = longest_days(step) + sum(map(longest_days, steps_before(step, ends, STARTS, longest_days)))
        if not from_it or takes > working_days * _WEEK / _WORKING:
            yield Objection(f"later-telling/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” ({step.get('span')}) may lie after the {working_days} working days in which the Secretary of State and Ofsted are told of the "
                            "death of a looked-after child. That date stays.",
                            UNSTATED if adopted else source, field=f"rules.{rule.use}.steps.{step.key}.{step.get('set_in') or 'serves'}", warns=not from_it)  # fmt: skip
