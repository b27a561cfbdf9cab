"""What nobody said of a step that would come too late, were it a duty of the law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from plugins.statutory_arrangements.called import is_called
from plugins.statutory_arrangements.clocks import CLOCKED, is_spoken_of, timed, too_late_as
from plugins.statutory_arrangements.criteria import NARROWED
from plugins.statutory_arrangements.floor import joined
from plugins.statutory_arrangements.yearly import is_of_yearly_report, too_late_as_yearly_report
from threefold.plugin_api import (
    SERVES_ASKED,
    ArrangementView,
    Objection,
    Source,
    by_ends_of_no_duty,
    ends_by_itself,
    ends_serving,
    left_open,
    roots_of,
    serves_of,
)

SENT = Source("RR-1, RR-3: Working Together (a rapid review is sent to the Panel)", "SG", "V2")
SAID = Source("A local date stands beside the date of the law that it serves", "PG", "K")


def rapid_reviews_that_stay(arrangement: ArrangementView) -> Iterable[Objection]:
    """A kind of review that is said to be the rapid review is sent to the Panel (RR-1, RR-3): one that is not would stop its sending."""
    adopted = arrangement.entered == "adopted"
    for rule, kind in arrangement.all("outcome"):
        if serves_of(kind) == "rapid-review" and kind.get("national") is False:
            yield Objection(f"stays/{rule.use}/{kind.key}", "in_force",
                            f"“{kind.title}” is said to be the rapid review, and not to be sent to the Panel. The rapid review is there by law, and is sent to it. "
                            "Take this kind out and tell its times as steps of a plan, or answer that it serves none of these.", SENT, field=f"rules.{rule.use}.types.{kind.key}.serves", bars=not adopted, warns=adopted)  # fmt: skip


def reviews_for_some(arrangement: ArrangementView) -> Iterable[Objection]:
    """A kind of review that is said to be one of the law's, and is open in some cases only: the law's own test stands beside it."""
    for rule, kind in arrangement.all("outcome"):
        if serves_of(kind) in ("rapid-review", "local-review") and kind.get("when"):
            narrowed, source = NARROWED[serves_of(kind)]
            yield Objection(f"for-some/{rule.use}/{kind.key}", "in_force",
                            f"“{kind.title}” is open only where {kind.get('when')}. It {narrowed}", source, field=f"rules.{rule.use}.types.{kind.key}.when", warns=True)  # fmt: skip


def left_unsaid(arrangement: ArrangementView, statutory: Mapping[str, int], months: int, copy: int) -> Iterable[Objection]:
    """Of each plan in one message: the steps that would be too late as what the law asks for, of which nobody said whether they are that.

    A name shows it of some (`clocks`, `yearly_report`), and no pattern knows all names. An adopted page was never asked.
    """
    if arrangement.entered == "adopted":
        return
    ends = by_ends_of_no_duty(arrangement)
    also = {"rapid-review": ends_serving(arrangement, "notify-panel")}  # what follows such a step may be it
    found: dict[str, list[tuple[str, str]]] = {}
    for rule, step, where in timed(arrangement):
        if not left_open(step) or not ends_by_itself(step):
            continue
        roots = roots_of(step, ends)
        late = [
            CLOCKED[key]
            for key in CLOCKED
            if key in statutory and too_late_as(key, step, ends, statutory[key], also.get(key, frozenset()))
        ]
        late += too_late_as_yearly_report(step, ends, months, copy)
        asked_by_name = any(is_called(step, key) for key in CLOCKED) or (is_spoken_of(step, roots) and not step.get("clock"))
        if late and not asked_by_name and not is_of_yearly_report(step):
            as_one = joined([one[:1].lower() + one[1:] for one in late], "or")
            found.setdefault(rule.use, []).append((where, f"“{step.title}” ({step.get('span')}; as {as_one} too late)"))
    for use, steps in found.items():
        one = len(steps) == 1
        yield Objection(f"unsaid/{use}", "in_force",
                        f"Nobody has said which duty of the law {'this serves' if one else 'these serve'}: {joined([said for _, said in steps])}. "
                        f"Answer “{SERVES_ASKED}”{'' if one else ' of each'}, with “None of these” where it serves none.",
                        SAID, field=f"{steps[0][0]}.serves", warns=True)  # fmt: skip
