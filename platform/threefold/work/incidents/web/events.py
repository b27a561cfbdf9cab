"""The dates of a case: when the authority became aware, any other event, and correcting a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, time
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.calendar import LONDON, is_on_a_clock, london_day
from threefold.governance.moments import by_hand
from threefold.governance.pack import Arrangement
from threefold.governance.verdict import verdict_to_json
from threefold.plugin_api.facts import EVENTS
from threefold.work.arrangements.stories import versions
from threefold.work.incidents import stories
from threefold.work.incidents.records import CaseState, NotFound, first_time
from threefold.work.incidents.web import against, blueprint, words
from threefold.work.incidents.web.acts import RECORD
from threefold.work.incidents.web.cases import case_address, edition_titles, events_shown
from threefold.work.incidents.web.meanwhile import now_of, who_recorded
from threefold.work.incidents.web.notifying import national_body_if_here
from threefold.work.incidents.web.recording import asked_instead
from threefold.work.incidents.web.shown import version_moves, what_changes
from threefold.work.people.web import Filled, Form, Visit, choice, day, fill, long_text, page, render, services, text
from threefold.work.people.web.render import day as in_words

OF_LETTER = "The date was not corrected: the page says why."
_CLOCK = r"(?:[01]?\d|2[0-3])[:.][0-5]\d"


class Aware(Form):
    at = day("When did the authority become aware of the incident?", missing="Enter the day the authority became aware")


class Corrected(Form):
    at = day("The correct date", missing="Enter the correct date")
    time = text("Time", required=False, width="5", pattern=_CLOCK, wrong="Enter a time, like 14:05",
                hint="Only where hours count, like 14:05. It is read as London time.")  # fmt: skip
    reason = long_text("Why is the date corrected?", missing="Enter why the date is corrected")


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/record/aware", methods=["GET", "POST"])
@page(needs=RECORD)
def aware(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("record an incident") as unit:
        state = stories.see_case(unit, case_id)
        known = [e for e in events_shown(state) if e["name"] == "aware"]
        who = who_recorded(unit, case_id, "aware") if known else ""
    form, base = fill(Aware), case_address(visit, case_id)
    refuse_future(form, visit)
    days = [london_day(e["at"]) for e in known]
    if form.valid and form["at"] in days:  # the same again: a double click, or two who know the same
        return redirect(f"{base}/record", 303)
    if known:
        form.not_asked(
            f"{who} recorded {in_words(days[-1])} meanwhile, so your day was not saved. If yours is right, correct the date."
        )
    if form.valid:
        with form.refusals({"review.events.aware": "at"}), visit.unit("record an incident") as unit:
            if first_time(unit, form.token, "add_event", case_id) is None:
                stories.become_aware(unit, services().governance, case_id, form["at"])
            return redirect(f"{base}/record", 303)
    return render(
        "incidents/aware.html",
        title="When the authority became aware",
        form=form,
        back=f"{base}/record",
        known=known,
        base=base,
    )


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/events/add", methods=["GET", "POST"])
@page(needs=RECORD)
def add_event(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("add a date") as unit:
        state, known = stories.see_case(unit, case_id), versions(unit)
        spoken = against.before(unit, state, *stories.MOVES_BY_DATE.values())
    form, base = fill(event_form(names_offered(state, known))), case_address(visit, case_id)
    refuse_future(form, visit, form.answers.get("name") or "")
    if form.valid:
        with form.refusals({f"review.events.{form['name']}": "at"}), visit.unit("add a date") as unit:
            if first_time(unit, form.token, "add_event", case_id) is None:
                stories.add_event(
                    unit,
                    services().governance,
                    case_id,
                    form["name"],
                    when(form),
                    how=form["how"] or "",
                    reference=form["reference"] or "",
                )
            return redirect(f"{base}?done=event", 303)
    return render("incidents/event.html", title="Add a date", form=form, back=base, events=events_shown(state), base=base,
                  spoken=spoken, words=words)  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/events/correct", methods=["GET", "POST"])
@page(needs=RECORD)
def correct_event(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    name, old_at = request.args.get("name", ""), request.args.get("at", "")
    form, base = fill(Corrected), case_address(visit, case_id)
    national = national_body_if_here(visit) if name in stories.COUNTED else None
    refuse_future(form, visit, name)
    if form.valid and form.confirmed:
        with suppress(NotFound), form.refusals({f"review.events.{name}": "at"}):
            with visit.unit("correct a date") as unit:
                becomes = stories.correct_event(
                    unit, services().governance, case_id, name, old_at, when(form), form["reason"], national, form.token
                )
            return redirect(f"{base}?done={'_'.join(filter(None, ('corrected', becomes)))}", 303)
    with visit.unit("correct a date") as unit:
        state = stories.see_case(unit, case_id)
        event = next((e for e in events_shown(state) if (e["name"], e["raw"]) == (name, old_at)), None)
        of_letter, becomes = stories.about_correction(unit, state, name, old_at, national) if event is not None else (False, "")
    if event is None:
        return _corrected_meanwhile(visit, state, form, name, old_at)
    if of_letter:
        form.not_asked(OF_LETTER)
    if form.valid:
        becomes = becomes if london_day(when(form)) != london_day(event["at"]) else ""
        with form.refusals({f"review.events.{name}": "at"}), visit.unit("correct a date") as unit:
            state, facts, then = stories.see_correction(unit, services().governance, case_id, name, old_at, when(form))
            titles, then_json = {one.version: one.title for one in versions(unit)}, verdict_to_json(then)
            asked, no_more = asked_instead(unit, state.facts, facts, visit.today)
            return render("incidents/correct_confirm.html", title="Check what the new date changes", form=form, back=base, event=event, to=when(form), becomes=becomes, here=national is not None,
                          rows=what_changes(state.verdict, then_json, visit.today), moves=version_moves(state.verdict, then_json), editions=edition_titles(), titles=titles,
                          asked=asked, no_more=no_more)  # fmt: skip
    return render("incidents/correct.html", title="Correct a date", form=form, back=f"{base}/events/add", event=event, base=base, of_letter=of_letter,
                  becomes=becomes, notified=state.facts.review.notified)  # fmt: skip


def _corrected_meanwhile(visit: Visit, state: CaseState, form: Filled, name: str, old_at: str) -> ResponseReturnValue:
    """What is said to whoever corrects a date that was corrected by then. Raises `NotFound` where there was no such date."""
    with visit.unit("correct a date") as unit:
        event = now_of(events_shown(state), stories.decisions(unit, state.id), name, old_at)
        who = who_recorded(unit, state.id, name)
    if event is None:
        raise NotFound
    form.not_asked(f"{who} corrected this date meanwhile, so nothing of yours was saved.")
    base = case_address(visit, state.id)
    return render("incidents/corrected.html", title="This date was corrected meanwhile", form=form, back=f"{base}/events/add",
                  event=event, base=base, who=who, to_copy=True)  # fmt: skip


def event_form(names: Mapping[str, str]) -> type[Form]:
    """The form for any event, with what can be noted for this case."""

    class Event(Form):
        name = choice("What happened?", names, missing="Select what happened", as_list=True)
        at = day("When did it happen?", missing="Enter the day it happened")
        time = text("Time", required=False, width="5", pattern=_CLOCK, wrong="Enter a time, like 14:05",
                    hint="Only where hours count, like 14:05. It is read as London time.")  # fmt: skip
        how = text("How", required=False, hint="For example, by telephone or by letter.", longest=200)
        reference = text("Reference", required=False)

    return Event


def names_offered(state: CaseState, known: Iterable[Arrangement]) -> dict[str, str]:
    """The events that can be noted by hand: those without a page of their own, the area's own open steps, and the moments
    that start a clock and that no step ends with. Where it is not known which version applies, those of each that may."""
    plain = {name: words[:1].upper() + words[1:] for name, words in EVENTS.items() if name not in stories.OWN_ACT}
    possible = state.verdict.get("possible", ())
    steps = {name: f"Done: {title}" for name, title in words.steps_by_end(state.verdict).items()}
    apply = {p["version"] for p in state.verdict["pins"]} | {one["version"] for one in possible}
    return plain | by_hand(services().governance.catalogue, [v for v in known if v.version in apply]) | steps


def refuse_future(form: Filled, visit: Visit, name: str = "") -> None:
    """Note in the form that a day, or a time of today, lies ahead, or that no clock showed the time on that day."""
    if form.valid and isinstance(at := when(form), datetime) and not is_on_a_clock(at):
        form.errors["time"] = (
            "There was no such time on this day: the clocks went forward. Enter the time that the clock showed"
        )
    if form.valid and stories.lies_ahead(name, when(form), visit.at):
        form.errors["at"] = "The day and time must be now or in the past"


def when(form: Filled) -> date | datetime:
    """The day of the form; with a time, that moment in London."""
    clock = form.answers.get("time")
    if not clock:
        found: date = form["at"]
        return found
    hour, minute = clock.replace(".", ":").split(":")
    return datetime.combine(form["at"], time(int(hour), int(minute)), LONDON)
