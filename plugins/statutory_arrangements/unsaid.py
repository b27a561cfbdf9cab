"""What nobody said of a step that would come too late, were it a duty of the law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from plugins.statutory_arrangements.clocks import CLOCKED, TARGET, is_spoken_of, timed, too_late_as
from plugins.statutory_arrangements.floor import joined
from plugins.statutory_arrangements.yearly import is_of_yearly_report, too_late_as_yearly_report
from threefold.plugin_api import (
    SERVES_ASKED,
    ArrangementView,
    Objection,
    by_ends_of_no_duty,
    ends_by_itself,
    left_open,
    roots_of,
)


def left_unsaid(arrangement: ArrangementView, statutory: Mapping[str, int], months: int, copy: int) -> Iterable[Objection]:
    """Of each plan in one message: the steps that would be too late as what the law asks for, of which nobody said whether they are that.

    A name shows it of some (`clocks`, `yearly_report`), and no pattern knows all names. An adopted page was never asked.
    """
    if arrangement.entered == "adopted":
        return
    ends = by_ends_of_no_duty(arrangement)
    found: dict[str, list[tuple[str, str]]] = {}
    for rule, step, where in timed(arrangement):
        if not left_open(step) or not ends_by_itself(step):
            continue
        roots = roots_of(step, ends)
        late = [CLOCKED[key] for key in CLOCKED if key in statutory and too_late_as(key, step, ends, statutory[key])]
        late += too_late_as_yearly_report(step, ends, months, copy)
        if late and not is_spoken_of(step, roots) and not is_of_yearly_report(step):
            as_one = joined([one[:1].lower() + one[1:] for one in late], "or")
            found.setdefault(rule.use, []).append((where, f"“{step.title}” ({step.get('span')}; as {as_one} too late)"))
    for use, steps in found.items():
        one = len(steps) == 1
        yield Objection(f"unsaid/{use}", "in_force",
                        f"Nobody has said which duty of the law {'this serves' if one else 'these serve'}: {joined([said for _, said in steps])}. "
                        f"Answer “{SERVES_ASKED}”{'' if one else ' of each'}, with “None of these” where it serves none.",
                        TARGET, field=steps[0][0], warns=True)  # fmt: skip
