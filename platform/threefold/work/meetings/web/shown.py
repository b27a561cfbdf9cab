"""A meeting as a person reads it: words for what is kept as a key, and the rows of its summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from threefold.work.meetings.records import COUNTED, MeetingState, Places, chair_of
from threefold.work.meetings.stale import how_words
from threefold.work.people.web import Visit

QUORUM: Mapping[str, str] = {"met": "Quorate", "not_met": "Not quorate", "unclear": "Not clear"}
COLOURS: Mapping[str, str] = {"met": "green", "not_met": "red", "unclear": "yellow"}
STATES: Mapping[str, str] = {"recording": "Not saved yet", "recorded": "On record", "set_aside": "Put aside"}
CHAIR_MAY: Mapping[str, str] = {
    "vary": "The chair may vary the quorum for an item, with a recorded reason.",
    "choose_items": "On a miss the chair may pick which items go ahead, with a recorded reason.",
}
DONE = {
    "saved": "The meeting is on record.", "corrected": "The record is corrected. What stood before stays on record.",
    "aside": "The record is put aside. It can still be read.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a summary: what, its value, and the page that changes it."""

    key: str
    value: str
    href: str = ""


def address(visit: Visit, meeting: MeetingState) -> str:
    return f"/b/{visit.body.slug}/meetings/{meeting.id}"


def title_of(meeting: MeetingState) -> str:
    return f"{meeting.title}: {meeting.day:%-d %B %Y}"


def rows_of(meeting: MeetingState, there: Places, base: str = "") -> list[Row]:
    """Who was there and who chaired. `base` empty: nothing can be changed."""
    who, change, chair = meeting.who, f"{base}/who" if base else "", f"{base}/chair" if base else ""
    rows = [Row(there.name(key), how_words(who.get(COUNTED + key), there).capitalize(), change) for key in there.counts]
    rows += [Row("Who stood in, by role", who["stood_in_words"], change)] if who.get("stood_in_words") else []
    others = [*(there.name(one) for one in who.get("others", ())), *((who["others_words"],) if who.get("others_words") else ())]
    rows.append(
        Row("Others who were there" if there.counts else "Who was there", ", ".join(others) or "Nobody recorded", change)
    )
    rows.append(Row("Chair", chair_words(meeting, there) or "Not recorded", chair))
    return rows


def agenda_row(meeting: MeetingState) -> Row:
    """The agenda in one line."""
    return Row(
        "Agenda", ", ".join(f"Case {item.text}" if item.case_id else item.text for item in meeting.items) or "Nothing recorded"
    )


def chair_words(meeting: MeetingState, there: Places) -> str:
    """Who chaired, in words; "" where it is not recorded."""
    chair, words = chair_of(meeting.who)
    return there.name(chair) if chair else words


def doubts(meeting: MeetingState, there: Places) -> list[str]:
    """What of a record to be saved looks as if it was passed over. It stops nothing: that may be how it was."""
    who = meeting.who
    hows = {key: str(who.get(COUNTED + key) or "") for key in there.counts}
    came = {key for key, how in hows.items() if how not in ("", "nobody", "not_known")}
    seats = {how.partition(":")[2] for how in hows.values() if how.startswith(("seat:", "by:"))} | set(who.get("others") or ())
    found = []
    if not came and not who.get("others") and not who.get("others_words"):
        found.append("Nobody is recorded as there. Say who was there, or save it so.")
    chair, _ = chair_of(who)
    if not chair_words(meeting, there):
        found.append("Nobody is recorded as chair. Say who chaired, or save it so.")
    elif (
        chair and chair not in seats | came and not any(there.seats[seat][1] == chair for seat in seats if seat in there.seats)
    ):
        found.append(f"{there.name(chair)} is recorded as chair and not as there. Change one of them, or save it so.")
    return found


def way_words(way: str) -> str:
    return {"ahead": "Went ahead", "put_off": "Put off"}.get(way, "")
