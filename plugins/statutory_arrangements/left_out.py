"""The floor under what may be left out: what the law has done in every such case is no branch of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from plugins.statutory_arrangements.called import DOES, is_beside, is_called
from plugins.statutory_arrangements.clocks import CLOCKED, CLOCKS, LAW_ENDS, LAW_ENDS_OF, ends_law, timed
from threefold.plugin_api import NO_DUTY, SERVES, ArrangementView, Objection, Provided, Source, plain_title, serves_of


def left_out(arrangement: ArrangementView, sources: Mapping[str, Source]) -> Iterable[Objection]:
    """A step that is what the law has done, or alone is for a duty of it, may not be left out. A page that was adopted may not say so.

    `sources`: where the edition has each of its times from.
    """
    if arrangement.entered == "adopted":
        return
    for rule, step, where in timed(arrangement):
        if not step.get("optional"):
            continue
        if ends_law(step) or any(is_called(step, key) for key in CLOCKED):
            yield Objection(f"optional/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” may be left out, and is what the law has done in every such case. Only a local date of it may be left out: say that it may not, "
                            "or call it what else it is.", _law_of(step, sources), field=f"{where}.optional", warns=True)  # fmt: skip
        elif (duty := serves_of(step)) not in ("", NO_DUTY) and _alone_in_it(arrangement, step, duty):
            yield Objection(f"optional/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” may be left out, and no other step is said to be for the same duty: {SERVES.get(duty, duty)[:1].lower()}{SERVES.get(duty, duty)[1:]}. "
                            "That is done in every such case. Say that it may not be left out, or which step it is.", _law_of(step, sources), field=f"{where}.optional", warns=True)  # fmt: skip


def _law_of(step: Provided, sources: Mapping[str, Source]) -> Source:
    """Where what a step serves, ends or is called has its time from."""
    named = next((key for key in CLOCKED if is_called(step, key)), "")
    return next((sources[key] for key in (serves_of(step), ends_law(step), named) if key in sources), CLOCKS)


def _alone_in_it(arrangement: ArrangementView, step: Provided, duty: str) -> bool:
    """Whether a step is called as the doing of a duty is, and no other that is always done is for it."""
    title, does = plain_title(step), DOES.get(duty)
    if does is None or not does.search(title) or is_beside(title):
        return False
    ends = {*LAW_ENDS_OF.get(duty, ()), LAW_ENDS.get(duty)}
    return not any(
        not other.get("optional")
        and (serves_of(other) == duty or other.get("ends_with") in ends or (duty in CLOCKED and is_called(other, duty)))
        for _, other in arrangement.all("step")
    )
