"""That what governed the day of a meeting was corrected after its record was answered, and what that says of its quorum."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from threefold.domain.errors import ThreefoldError
from threefold.governance.arrangement import Arrangement
from threefold.governance.decide import Governance
from threefold.governance.in_force import OnRecord, said, stands_for
from threefold.governance.quorum import could_decide
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import on_record
from threefold.work.meetings.records import MeetingState, as_asked, has_group, places

ANEW = "What stands here was worked out before; it is worked out anew, by that one, once the record is corrected."


def set_right_since(unit: Unit, governance: Governance, state: MeetingState) -> str:
    """What is told of it on the page of a meeting; "" where what its newest record was answered by still governs its day, and where it was put aside."""
    if state.state == "set_aside":
        return ""
    record = on_record(unit)
    known = [one.version for one in record]
    _, now, _ = governance.pin(known, state.day)
    if now is None or (state.answer["certain"] and now.version == state.answer["version"]):
        return ""
    then = next((v for v in known if state.answer["certain"] and v.version == state.answer["version"]), None)
    what = _what(record, known, then, now)
    with suppress(ThreefoldError):  # of a rule that is not at hand
        what += f" {_of_the_quorum(unit, governance, known, state)}"
    return what


def _what(record: Sequence[OnRecord], known: Sequence[Arrangement], then: Arrangement | None, now: Arrangement) -> str:
    entered = said(next(one.recorded for one in record if one.version is now))
    if then is None:
        return f"Since then it became known what governed: “{now.title}”, put on record on {entered}."
    by = f"“{then.title}”, by which this meeting was answered."
    if stands_for(then, known) is now:
        return f"Since then what governed was corrected: on {entered} “{now.title}” set right {by}"
    return (
        f"Since then what governed was corrected: “{now.title}”, put on record on {entered}, governs that day, and no more {by}"
    )


def _of_the_quorum(unit: Unit, governance: Governance, known: Sequence[Arrangement], state: MeetingState) -> str:
    if not has_group(governance, known, state.group, state.day):
        return "It has no such group, so the record is kept by the one before."
    there = places(unit, governance, state.group, state.day)
    told = could_decide(governance, known, as_asked(state.group, state.content, there), state.day)
    same = (told.state, told.sentence) == (state.quorum, state.answer["sentence"])
    if same and (told.state == "met" or told.chair_may == state.chair_may):
        return "What it says of this meeting is the same."
    return f"By that one: {told.sentence} {ANEW}"
