"""Recording a meeting page by page: who was there, who chaired, the agenda, and what the chair said of the items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.incidents.web.cases import staff_names
from threefold.work.meetings import records, stories
from threefold.work.meetings.agenda import closed_items, unseen_items
from threefold.work.meetings.records import COUNTED, Item, MeetingState, Places
from threefold.work.meetings.web import blueprint
from threefold.work.meetings.web.acts import RECORD
from threefold.work.meetings.web.shown import CHAIR_MAY, COLOURS, QUORUM, address, agenda_row, chair_words, rows_of, title_of
from threefold.work.people.access import NotHere
from threefold.work.people.web import Filled, Form, Visit, choice, choices, fill, long_text, page, render, services, text

OTHER_CHAIR = "other"
BY_ROLE = "A role, such as deputy of the lead. Name nobody."
NEXT = {"who": "chair", "chair": "agenda", "agenda": "items", "items": "check"}


@blueprint.route("/b/<slug>/meetings/<uuid:meeting_id>/who", methods=["GET", "POST"])
@page(needs=RECORD)
def who(visit: Visit, meeting_id: UUID) -> ResponseReturnValue:
    found, there, _ = _read(visit, meeting_id)
    form = fill(_who_form(found, there), initial=_who_initial(found, there), seen_no=found.no)
    if form.valid:
        told = {COUNTED + key: form[f"counted-{no}"] for no, key in enumerate(there.counts, 1)}
        told |= {name: form.answers.get(name) or "" for name in ("stood_in_words", "others_words")} | {"others": form["others"]}
        boxes = {COUNTED + key: f"counted-{no}" for no, key in enumerate(there.counts, 1)}
        with form.refusals(boxes), visit.unit("record a meeting") as unit:
            stories.save_who(unit, services().governance, meeting_id, told, form.seen_no or found.no, form.token, **_with(form))
            return redirect(_on(visit, found, "who"), 303)
        asked = (*(clash.path for clash in form.clashes), *form.keep)
        form.catch_up({}, {}, asked=[boxes.get(path, path) for path in asked])  # no box stands open beside a choice
    return _asked(visit, found, form, "Who was there?", "who", deputies_need=there.deputies_need)


@blueprint.route("/b/<slug>/meetings/<uuid:meeting_id>/chair", methods=["GET", "POST"])
@page(needs=RECORD)
def chair(visit: Visit, meeting_id: UUID) -> ResponseReturnValue:
    found, there, _ = _read(visit, meeting_id)
    offered = (
        {key: title for key, (title, _) in there.seats.items()} | dict(there.organisations) | {OTHER_CHAIR: "Somebody else"}
    )
    said = f"The arrangement says: {there.name(there.chair)}." if there.chair else ""

    class Chair(_asks(found)):  # type: ignore[misc]
        chair = choice("Which seat or organisation chaired?", offered, missing="Select who chaired", hint=said, as_list=True)
        chair_words = text("If somebody else, who by role?", required=False, hint=BY_ROLE)

    kept, words = records.chair_of(found.who)
    initial = {"chair": OTHER_CHAIR if words else kept, "chair_words": words}
    form = fill(Chair, initial=initial, seen_no=found.no)
    form.only_with("chair_words", "chair", OTHER_CHAIR, "where the list names who chaired")
    if form.valid and form["chair"] == OTHER_CHAIR and not form["chair_words"]:
        form.errors["chair_words"] = "Enter by role who chaired"
    if form.valid:
        other = form["chair"] == OTHER_CHAIR
        told = {"chair": "" if other else form["chair"], "chair_words": form["chair_words"] if other else ""}
        with form.refusals(), visit.unit("record a meeting") as unit:
            stories.save_who(unit, services().governance, meeting_id, told, form.seen_no or found.no, form.token, **_with(form))
            return redirect(_on(visit, found, "chair"), 303)
        form.catch_up(
            {}, {}, asked=("chair_words",)
        )  # it is one answer with the list: neither box stands open beside the choice
    return _asked(visit, found, form, "Who chaired?", "chair")


@blueprint.route("/b/<slug>/meetings/<uuid:meeting_id>/agenda", methods=["GET", "POST"])
@page(needs=RECORD)
def agenda(visit: Visit, meeting_id: UUID) -> ResponseReturnValue:
    found, _, shown = _read(visit, meeting_id)

    class Agenda(_asks(found)):  # type: ignore[misc]
        cases = long_text(
            "Cases", required=False, rows=4, hint="The reference of each case, one on a line. For example, 2026-0001"
        )
        matters = long_text("Other matters", required=False, hint="One on a line. Name nobody.")

    cases = [item.text for item in shown if item.case_id]
    matters = [item.text for item in shown if not item.case_id]
    form = fill(Agenda, initial={"cases": "\n".join(cases), "matters": "\n".join(matters)}, seen_no=found.no)
    if form.valid:
        with form.refusals({"agenda": "matters"}), visit.unit("record a meeting") as unit:
            saved = stories.save_agenda(unit, services().governance, meeting_id, _lines(form["cases"]), _lines(form["matters"]),
                                        form.seen_no or found.no, form.token, **_with(form))  # fmt: skip
            unseen = unseen_items(unit, saved.content["agenda"])
            skip = saved.quorum == "met" or all(item.key in unseen for item in saved.items)
            return redirect(_on(visit, saved, "items" if skip else "agenda"), 303)
    return _asked(visit, found, form, "What was on the agenda?", "agenda", stays=_stays(found, shown))


@blueprint.route("/b/<slug>/meetings/<uuid:meeting_id>/items", methods=["GET", "POST"])
@page(needs=RECORD)
def items(visit: Visit, meeting_id: UUID) -> ResponseReturnValue:
    """Where there was no quorum, or it is not clear: what became of each item, and why."""
    found, there, shown = _read(visit, meeting_id)
    questions: dict[str, Any] = {}
    for item in shown:
        questions[f"way-{item.key}"] = choice(
            f"{'Case ' if item.case_id else ''}{item.text}: did it go ahead?", _ways(found), missing="Select whether it went ahead")  # fmt: skip
        questions[f"reason-{item.key}"] = long_text(
            f"Why did it go ahead? ({item.text})", required=False, rows=2, hint="The chair’s reason. Needed if it went ahead. Name nobody.")  # fmt: skip
    initial = {f"{part}-{item.key}": getattr(item, part) or ("none" if part == "way" and found.quorum == "unclear" else "")
               for item in shown for part in ("way", "reason")}  # fmt: skip
    form = fill(_asks(found).from_dict(questions), initial=initial, seen_no=found.no)
    for item in shown:
        form.only_with(f"reason-{item.key}", f"way-{item.key}", "ahead", "if it did not")
    if form.valid:
        said = {
            item.key: {"way": form[f"way-{item.key}"].replace("none", ""), "reason": form[f"reason-{item.key}"] or ""}
            for item in shown
        }
        with form.refusals(), visit.unit("record a meeting") as unit:
            stories.save_chair_said(
                unit, services().governance, meeting_id, said, form.seen_no or found.no, form.token, **_with(form)
            )
            return redirect(_on(visit, found, "items"), 303)
    if form.meanwhile:
        found, there, _ = _read(visit, meeting_id)
    form.shows(found.no)
    return _asked(visit, found, form, "Which items went ahead?", "items", chair=chair_words(found, there),
                  may=[CHAIR_MAY[m] for m in sorted(found.chair_may)])  # fmt: skip


@blueprint.route("/b/<slug>/meetings/<uuid:meeting_id>/put-aside", methods=["GET", "POST"])
@page(needs=RECORD)
def put_aside(visit: Visit, meeting_id: UUID) -> ResponseReturnValue:
    class Aside(Form):
        reason = long_text("Why is this record put aside?", missing="Enter why this record is put aside", hint="Name nobody.")

    with visit.unit("record a meeting") as unit:
        found = stories.see_meeting(unit, meeting_id)
        if closed_items(unit, found.content["agenda"]):
            raise NotHere
    form = fill(Aside, seen_no=found.no)
    if form.valid:
        with form.refusals(), visit.unit("put the record of a meeting aside") as unit:
            stories.set_aside(unit, services().governance, meeting_id, form["reason"], form.token, seen_no=form.seen_no)
            return redirect(f"{address(visit, found)}?done=aside", 303)
    with visit.unit("record a meeting") as unit:
        found = stories.see_meeting(unit, meeting_id)
        past, names = records.history(unit, meeting_id), staff_names(unit)
    form.shows(found.no)
    rows = [*rows_of(found, records.kept_places(found)), agenda_row(found)]
    return render("meetings/put_aside.html", title=f"Put aside: {title_of(found)}", form=form, back=address(visit, found), rows=rows, past=past, names=names)  # fmt: skip


def _read(visit: Visit, meeting_id: UUID) -> tuple[MeetingState, Places, tuple[Item, ...]]:
    """A meeting, who could be there, and those items of its agenda that whoever records it is asked about."""
    with visit.unit("record a meeting") as unit:
        found = stories.see_meeting(unit, meeting_id)
        unseen = unseen_items(unit, found.content["agenda"])
        shown = tuple(item for item in found.items if item.key not in unseen)
        return found, records.places_of(unit, services().governance, found), shown


def _asks(found: MeetingState) -> type[Form]:
    """The form of a page: once the record is saved, each asks for the reason of the correction."""
    if found.state == "recording":
        return Form

    class Correction(Form):
        correction = long_text("Why is the record corrected?", rows=2, missing="Enter why the record is corrected",
                               hint="What stood before stays on record. Name nobody.")  # fmt: skip

    return Correction


def _who_form(found: MeetingState, there: Places) -> type[Form]:
    questions: dict[str, Any] = {}
    for no, key in enumerate(there.counts, 1):
        questions[f"counted-{no}"] = choice(
            f"Who was there for {there.name(key)}?", _hows(key, there), missing=f"Select who was there for {there.name(key)}"
        )
    if there.counts:
        questions["stood_in_words"] = text("If somebody else stood in, who and for whom?", required=False, hint=BY_ROLE)
    questions["others"] = choices(
        "Who else was there?" if there.counts else "Who was there?",
        _others(there),
        missing="Select who was there from the list",
    )
    questions["others_words"] = text("Anyone else, by role", required=False, hint="Roles, separated by commas. Name nobody.")
    return _asks(found).from_dict(questions)  # type: ignore[return-value]


def _hows(key: str, there: Places) -> dict[str, str]:
    """The answers to who was there for one organisation (or seat) whose presence counts."""
    name = there.name(key)
    found = {f"seat:{seat}": title for seat, title in there.seats_of(key).items()}
    found["own"] = f"Somebody else of {name}" if found else "That seat was there" if key in there.seats else "It was there"
    found |= {f"by:{by}": f"{there.name(by)} stood in for it" for whom, by in there.may_stand_in if whom == key}
    return found | {"other": "Somebody else stood in", "nobody": "Nobody", "not_known": "Not recorded"}


def _others(there: Places) -> dict[str, str]:
    """Seats, organisations and kinds of member, besides those asked about one by one."""
    offered = {key: title for key, (title, of) in there.seats.items() if of not in there.counts}
    offered |= there.organisations
    offered |= {member: there.name(member) for member in there.members if member not in there.seats}
    return {key: words for key, words in offered.items() if key not in there.counts}


def _who_initial(found: MeetingState, there: Places) -> dict[str, Any]:
    kept = found.who
    return {f"counted-{no}": kept.get(COUNTED + key) for no, key in enumerate(there.counts, 1)} | {
        name: kept.get(name) for name in ("stood_in_words", "others", "others_words")
    }


def _stays(found: MeetingState, shown: tuple[Item, ...]) -> list[str]:
    """What is told of the items of an agenda that are not shown where it is corrected."""
    hidden = [item for item in found.items if item not in shown]
    told = []
    if closed := sum(item.case_id is not None for item in hidden):
        told.append(
            "A case on this agenda is not open to you. It stays on it, whatever you change here."
            if closed == 1
            else f"{closed} cases on this agenda are not open to you. They stay on it, whatever you change here."
        )
    if any(item.case_id is None for item in hidden):
        told.append("What stands here of cases whose records were destroyed stays as it is.")
    return told


def _ways(found: MeetingState) -> Mapping[str, str]:
    ways = {"ahead": "It went ahead", "put_off": "It was put off"}
    return ways if found.quorum == "not_met" else ways | {"none": "Nothing is recorded of that"}


def _lines(told: str | None) -> list[str]:
    return [line.strip() for line in (told or "").splitlines() if line.strip()]


def _with(form: Filled) -> dict[str, Any]:
    return {"reason": form.answers.get("correction") or "", "keep": form.keep}


def _on(visit: Visit, found: MeetingState, part: str) -> str:
    """Where to go on: to the page after `part` while the record is built up, else back to the meeting."""
    base = address(visit, found)
    if found.state != "recording":
        return f"{base}?done=corrected"
    return f"{base}/{NEXT[part]}"


def _asked(visit: Visit, found: MeetingState, form: Filled, title: str, part: str, **more: Any) -> ResponseReturnValue:
    base = address(visit, found)
    before = {after: page for page, after in NEXT.items()}.get(part)
    back = f"{base}/{before}" if before and found.state == "recording" else base
    return render("meetings/questions.html", title=title, form=form, back=back, meeting=found, base=base, caption=title_of(found),
                  quorum=QUORUM, colours=COLOURS, answered=bool(found.who), part=part, **more)  # fmt: skip
