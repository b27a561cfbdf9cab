"""Correcting the date of an event; and what the national body, which counts from some of these days, is told of it.

The day of a letter that this service itself sent or took in is known to it, and is not corrected by hand. Of what was sent elsewhere and
recorded here, the day is corrected, and where this service had told it to the national body, a letter tells the new one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from threefold.domain.calendar import london_day
from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.verdict import Verdict
from threefold.plugin_api.facts import Event, Facts
from threefold.plugin_api.facts.review import WAYS_OUT
from threefold.walls.session import Unit
from threefold.walls.tables import LetterIn, OutboxLetter
from threefold.work.incidents.letters import correction_letter
from threefold.work.incidents.records import (
    CaseState,
    FactsJson,
    NotFound,
    came_of_it,
    change,
    decided_now,
    edited,
    first_time,
    load,
)
from threefold.work.incidents.stories.deciding import ACTING, record_decision, told
from threefold.work.incidents.stories.notifying import LETTER
from threefold.work.incidents.stories.recording import refuse_ahead
from threefold.work.people.access import needs

# The days that the national body counts by, and the letter that tells it each.
COUNTED = {"notification_sent": "incident_notification", "rapid_review_sent": "rapid_review_report"}
_LETTERS = COUNTED | dict.fromkeys(WAYS_OUT, "notification_withdrawn")
# What becomes of a corrected day at the national body; "": it does not count by it. EARLIER: it belongs to a notification that was taken
# back and followed by another, of which the desk keeps the history and counts nothing.
TOLD, UNTOLD, EARLIER = "told", "untold", "earlier"


@needs("record an incident", ACTING)
def correct_event(
    unit: Unit, governance: Governance, case_id: UUID, name: str, old_at: str, at: date | datetime, reason: str, national: UUID | None,
    token: UUID,
) -> str:  # fmt: skip
    """Correct the date of an event. The old record stays; the new verdict shows what governs from the new date.

    Returns what becomes of it at the national body (`national`, where it is on this platform): `TOLD` by letter, `UNTOLD`, `EARLIER`, or "".
    Raises `NotFound` where no such event is on record, `ThreefoldError` where its day is that of a letter, or where a notification would
    stand before the earlier one was taken back, or after it was taken back itself.
    """
    told(reason, "Say why the date is corrected.")
    refuse_ahead(unit, name, at)
    before = first_time(unit, token, "correct_event", case_id)
    if before is not None:
        return before
    state = load(unit, case_id, lock=True)
    event = _found(state, name, old_at)
    if is_of_letter(unit, state, event):
        raise ThreefoldError("This service sent that letter itself and knows its day. It is not corrected by hand.", field="at")
    becomes = at_national(unit, state, event, national) if london_day(at) != event.day else ""
    state = change(unit, governance, case_id, f"date corrected: {name}", _corrected(name, old_at, at))
    record_decision(unit, state, "correct_date", name, reason, {"was": old_at, "is": at.isoformat()})
    if national is not None and becomes == TOLD:
        unit.send(correction_letter(state, name, london_day(at), reason), national)
    came_of_it(unit, token, becomes)
    return becomes


@needs("record an incident", ACTING)
def see_correction(
    unit: Unit, governance: Governance, case_id: UUID, name: str, old_at: str, at: date | datetime
) -> tuple[CaseState, Facts, Verdict]:
    """The case as it stands, its facts with the corrected date, and what would follow: what governs may change with it."""
    state = load(unit, case_id)
    then = edited(state, _corrected(name, old_at, at))
    return state, then, decided_now(unit, governance, then)


@needs("record an incident", ACTING)
def about_correction(unit: Unit, state: CaseState, name: str, old_at: str, national: UUID | None) -> tuple[bool, str]:
    """Whether the day is that of a letter, so that it is not corrected; and else what becomes of another day at the national body."""
    event = _found(state, name, old_at)
    of_letter = is_of_letter(unit, state, event)
    return of_letter, "" if of_letter else at_national(unit, state, event, national)


def is_of_letter(unit: Unit, state: CaseState, event: Event) -> bool:
    """Whether a letter of this service made the event: one that went from here, or a reply of the Panel that came."""
    if event.name == "panel_replied":
        came = select(LetterIn.content).where(
            LetterIn.case_ref == state.id, LetterIn.type == "panel_reply", LetterIn.state == "in_effect"
        )
        contents = (unit.open_json(one) for one in unit.session.scalars(came) if one is not None)
        return any(datetime.fromisoformat(one["replied_at"]) == event.at for one in contents)
    kind = _LETTERS.get(event.name)
    if kind is None or event.how.partition(";")[0] != LETTER:
        return False
    sent = select(OutboxLetter.id).where(OutboxLetter.case_ref == state.id, OutboxLetter.type == kind)
    return unit.session.execute(sent.limit(1)).first() is not None


def at_national(unit: Unit, state: CaseState, event: Event, national: UUID | None) -> str:
    """What becomes of another day of an event at the national body. It is told where its desk has this very event from a letter."""
    if event.name not in COUNTED:
        return ""
    if _of_earlier(state, event):
        return EARLIER
    if national is None or not _is_newest(state, event):
        return UNTOLD
    newest = (
        select(OutboxLetter.written_at)
        .where(
            OutboxLetter.case_ref == state.id, OutboxLetter.type == COUNTED[event.name], OutboxLetter.receiver_id == national
        )
        .order_by(OutboxLetter.seq.desc())
        .limit(1)
    )
    written = unit.session.execute(newest).scalar()
    return TOLD if written is not None and london_day(written) == event.given_on else UNTOLD


def _of_earlier(state: CaseState, event: Event) -> bool:
    """Whether an event was put on record before the newest notification: what came of an earlier one is history at the desk."""
    events = state.facts.review.events
    newest = max((no for no, one in enumerate(events) if one.name == "notification_sent"), default=0)
    return next(no for no, one in enumerate(events) if one is event) < newest


def _is_newest(state: CaseState, event: Event) -> bool:
    return [one for one in state.facts.review.events if one.name == event.name][-1] is event


def _found(state: CaseState, name: str, old_at: str) -> Event:
    event = next((e for e in state.facts.review.events if (e.name, e.at.isoformat()) == (name, old_at)), None)
    if event is None:
        raise NotFound
    return event


def _refuse_out_of_turn(events: list[FactsJson], moved: FactsJson, day: date) -> None:
    """Raise `ThreefoldError` where a notification would stand after it was taken back, or before the one before it was. They were put on
    record in turn, and the national body was told of each in that order."""
    turns = [e for e in events if e["name"] in WAYS_OUT or e["name"] == "notification_sent"]
    if moved not in turns:
        return
    no, sent = turns.index(moved), moved["name"] == "notification_sent"
    others = [(at < no, _day_of(e)) for at, e in enumerate(turns) if (e["name"] == "notification_sent") is not sent]
    before = max((one for earlier, one in others if earlier), default=None)
    after = min((one for earlier, one in others if not earlier), default=None)
    if before is not None and day < before:
        what = "The notification before this one was taken back" if sent else "The notification was sent"
        raise ThreefoldError(
            f"{what} on {before:%-d %B %Y}. Give that day or a later one, or correct that date first.", field="at"
        )
    if after is not None and day > after:
        what = "This notification was taken back" if sent else "The next notification was sent"
        raise ThreefoldError(
            f"{what} on {after:%-d %B %Y}. Give that day or an earlier one, or correct that date first.", field="at"
        )


def _day_of(event: FactsJson) -> date:
    at = str(event["at"])
    return london_day(date.fromisoformat(at) if len(at) == 10 else datetime.fromisoformat(at))


def _corrected(name: str, old_at: str, at: date | datetime) -> Callable[[FactsJson], FactsJson]:
    def edit(old: FactsJson) -> FactsJson:
        events = [dict(e) for e in old.get("review", {}).get("events", [])]
        for event in events:
            if event["name"] == name and event["at"] == old_at:
                if any(e["name"] == name and e["at"] == at.isoformat() for e in events if e is not event):
                    raise ThreefoldError(
                        "The same is on record of that very day and time, and nobody could tell the two apart. Give the time of day too, or another.",
                        field="at",
                    )
                event["at"] = at.isoformat()
                _refuse_out_of_turn(events, event, london_day(at))
                return {**old, "review": {**old["review"], "events": events}}
        raise NotFound

    return edit
