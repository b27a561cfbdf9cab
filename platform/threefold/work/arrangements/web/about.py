"""What a version is as a whole: its title, when it begins and ends, what becomes of open cases, what it corrects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.domain.visible import trimmed
from threefold.governance import drafts
from threefold.governance.begin_days import wrong_day
from threefold.governance.comparison_head import day_in_words
from threefold.governance.drafts import Content
from threefold.governance.pack import Arrangement
from threefold.governance.pack_files import AREA_CODE, CLOSED_YEARS
from threefold.work.arrangements import drafting
from threefold.work.arrangements.stale import theirs_of
from threefold.work.arrangements.stories import versions
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.shown import (
    PREPARE,
    WAY_HINTS,
    WAYS,
    address,
    after,
    ask_unaware,
    ended,
    may_change,
    with_items,
)
from threefold.work.people.web import Form, Visit, choice, day, fill, long_text, page, render, text

DAYS = ("begins", "until")
ORDER = ("title", "days", "begins", "until", "open_cases", "corrects", "area_codes", "closures", "note")
KINDS = {"days": [DAYS]}  # they may not fit together: then they stay or go as one
ENDS_TOO_EARLY = "The day it ends must be on or after the day it begins"
MOST_CLOSED = 2000
_WEEKDAY = re.compile(r"^(mon|tues|wednes|thurs|fri|satur|sun)day,?\s+", re.IGNORECASE)  # as pages of this service write a day
_ORDINAL = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)
MOST_NAMED = 5  # wrong lines that one message names


class Head(Form):
    title = text(
        "What is this version called?",
        hint="The public reads this title once it is published.",
        missing="Enter what this version is called",
    )
    begins = day("When does it begin?", required=False, optional=False, called="The day it begins",
                 hint="It begins on this day by itself, once every seat has signed it. It can wait while you prepare, and must be here before it is signed. For example, 31 3 2027")  # fmt: skip
    until = day(
        "When does it end?",
        required=False,
        called="The day it ends",
        hint="Only for a temporary variation: then what was in force before governs again, and what an open case has not begun by then follows that too.",
    )
    open_cases = choice(
        "What happens to cases that are open on that day?", WAYS, hints=WAY_HINTS, missing="Select what happens to open cases"
    )
    corrects = choice("Does it set right a version that was written down wrongly?", {"": "No"}, required=False, as_list=True)
    area_codes = long_text("Which local authority areas does it cover?", required=False, rows=3,
                           hint="The official statistical code of each, such as E10000008, one on a line. Change them only where the area itself changes.")  # fmt: skip
    closures = long_text("On which days is the area closed?", required=False, rows=4,
                         hint="One on a line, such as 24 December 2027. They are no working days for the area’s own steps. Bank holidays are known, and the dates of the law do not move.")  # fmt: skip
    note = long_text("Note", required=False, hint="It is published with the version.", rows=3)


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/about", methods=["GET", "POST"])
@page(needs=PREPARE)
def about(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        on_record = versions(unit)
    known = {"": "No", **{v.version: v.title for v in on_record}}
    content, base = found.content, address(visit, draft_id)
    start = _head(content)
    form = fill(with_items(Head, "corrects", known), initial=start, seen_no=found.no)
    if not may_change(found):
        return ended(found, base, form, {"names": list(form.schema.fields), "more": []})
    ask_unaware(found, form)
    for name in theirs_of(content, KINDS, form.keep) if form.sent else ():
        for path in DAYS if name == "days" else (name,):
            form.take(path, start)
    saw = _seen(visit, draft_id, form.seen_no) if form.sent and form.seen_no and form.seen_no < found.no else content
    # Where somebody saved meanwhile, what both answered is looked at together, when it is saved.
    readable = form.right if form.sent else {}
    days = {n: _iso(readable[n]) for n in ("begins", "until")} if {"begins", "until"} <= readable.keys() else {}
    if saw is content and (told := _ends_too_early(days)):
        form.errors["until"] = told
    codes = list(dict.fromkeys(code for line in (readable.get("area_codes") or "").splitlines() if (code := _code(line))))
    if wrong := [code for code in codes if not AREA_CODE.match(code)]:
        form.errors["area_codes"] = f"“{wrong[0][:20]}” is not a nine-character area code, such as E10000008"
    closed = _days_in(readable.get("closures") or "")
    if unread := [line for line, on in closed if on is None]:
        form.errors["closures"] = _not_days(unread)
    elif misnamed := [told for line, on in closed if on and (told := _misnamed(line, on))]:
        form.errors["closures"] = ". ".join(misnamed[:MOST_NAMED])
    elif len(closed) > MOST_CLOSED:
        form.errors["closures"] = f"Enter {MOST_CLOSED} days or fewer"
    values: dict[str, Any] = {
        n: _as_kept(n, v, codes, closed) for n, v in readable.items() if n in form.schema.fields and n not in form.errors
    }
    values |= {n: saw[n] for n in values if n in saw and isinstance(saw[n], str) and _as_sent(saw[n]) == values[n]}
    if {"begins", "until", "corrects"} <= values.keys():
        form.errors |= _wrong_days(
            content, {n: content.get(n) if v == saw.get(n) else v for n, v in values.items()}, on_record, visit.today
        )
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            labels = {name: str(form.field(name).metadata["label"]) for name in ORDER if name != "days"}
            labels = {name: labels.get(name, "When does it begin, and when does it end?") for name in ORDER}
            now = drafting.save_line(
                unit, draft_id, (), values, form.seen_no or found.no, "about this version", keep=form.keep, labels=labels,
                kinds=KINDS, wrong=_ends_too_early,
            )  # fmt: skip
            return redirect(f"{base}?done={after(found, now)}", 303)
        if form.seen_no:
            with visit.unit("prepare a change of the arrangement") as unit:
                form.by_oneself = drafting.changed_by_oneself(unit, draft_id, form.seen_no)
            form.clashes = tuple(replace(c, words=(_told(c.path, c.theirs), _told(c.path, c.yours))) for c in form.clashes)
            form.catch_up(_head(saw), start, DAYS if any(c.path == "days" for c in form.clashes) else ())
            if not form.clashes:
                form.seen_no = found.no  # what others changed stands there now
    return render(
        "arrangements/about.html",
        title="About this version",
        names=[n for n in ORDER if n != "days"],
        caption=found.title,
        draft=found,
        form=form,
        back=base,
    )


def _code(line: str) -> str:
    """A line as an area code, which has a capital however it is typed; what is none stays as it was typed, to be told so."""
    typed = trimmed(line)
    return typed.upper() if AREA_CODE.match(typed.upper()) else typed


def _as_sent(text: str) -> str:
    """A text as a browser sends it back: a file may have lines that end otherwise, or spaces at its ends."""
    return trimmed(text.replace("\r\n", "\n").replace("\r", "\n"))


def _as_kept(name: str, answer: Any, codes: list[str], closed: list[tuple[str, date | None]]) -> Any:
    """An answer as a draft keeps it."""
    match name:
        case "area_codes":
            return codes
        case "closures":
            return sorted({on.isoformat() for _, on in closed if on})
        case "begins" | "until":
            return _iso(answer)
        case "corrects":
            return answer or None
    return answer or ""


def _seen(visit: Visit, draft_id: UUID, no: int) -> Content:
    with visit.unit("prepare a change of the arrangement") as unit:
        return drafting.content_at(unit, draft_id, no)


def _told(name: str, value: Any) -> str:
    """An answer about days as a person writes it; empty for any other, which is told as it is."""
    match name:
        case "days":
            return _days_words(value)
        case "closures":
            return "; ".join(day_in_words(date.fromisoformat(on)) for on in value or ()) or "No day"
        case "begins" | "until":
            return day_in_words(date.fromisoformat(value)) if value else "No day"
    return ""


def _not_days(wrong: Sequence[str]) -> str:
    """Each line that names no day, in one sentence."""
    named = [f"“{line[:40]}”" for line in wrong]
    if len(named) == 1:
        return f"{named[0]} is not a day from {CLOSED_YEARS[0]} to {CLOSED_YEARS[-1]}, such as 24 December 2027"
    shown = named if len(named) <= MOST_NAMED else [*named[:MOST_NAMED], f"{len(named) - MOST_NAMED} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]} are not days from {CLOSED_YEARS[0]} to {CLOSED_YEARS[-1]}, such as 24 December 2027"


def _days_words(days: Mapping[str, str] | None) -> str:
    told = {n: day_in_words(date.fromisoformat(on)) for n, on in (days or {}).items()}
    ends = f", until {told['until']}" if "until" in told else ""
    return f"From {told['begins']}{ends}" if "begins" in told else f"No day to begin{ends}"


def _ends_too_early(version: Mapping[str, Any]) -> str:
    begins, until = version.get("begins"), version.get("until")
    return ENDS_TOO_EARLY if until and (not begins or until < begins) else ""


def _days_in(lines: str) -> list[tuple[str, date | None]]:
    """Each line that is not empty, and the day that it names; None where it names none."""
    return [(line, _day_of(line)) for line in map(trimmed, lines.splitlines()) if line]


def _misnamed(line: str, on: date) -> str:
    """What is said of a line whose day of the week is not that of its date: one of the two is a slip."""
    named, is_on = _WEEKDAY.match(line), f"{on:%A}"
    if named is None or is_on.lower().startswith(named[1].lower()):
        return ""
    return f"“{line[:40]}” is a {is_on}. Give the right day of the week, or the right date"


def _day_of(line: str) -> date | None:
    line = _ORDINAL.sub(r"\1", _WEEKDAY.sub("", line))
    for written in ("%d %B %Y", "%d %b %Y", "%d %m %Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d"):
        try:
            found = datetime.strptime(line, written).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return found if found.year in CLOSED_YEARS else None
    return None


def _wrong_days(content: Content, values: Mapping[str, Any], known: Sequence[Arrangement], today: date) -> dict[str, str]:
    """What is wrong with the days that somebody sets now, by its field. What stood there before is told by the check."""
    if not values["begins"] or all((values[n] or None) == (content.get(n) or None) for n in ("begins", "until", "corrects")):
        return {}
    return {e.field: e.sentence for e in wrong_day(drafts.as_arrangement({**content, **values}), known, today)}


def _head(content: Content) -> dict[str, Any]:
    """What the page about a version starts from."""
    return {
        **content,
        "area_codes": "\n".join(content["area_codes"]),
        "closures": "\n".join(day_in_words(date.fromisoformat(on)) for on in content["closures"]),
        "begins": _day(content["begins"]),
        "until": _day(content.get("until")),
    }


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
