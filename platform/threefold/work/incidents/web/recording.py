"""Recording an incident step by step: is a child at risk now, the task list, a page a matter, check answers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import BeforeAnyVersion, ManyErrors, ThreefoldError
from threefold.domain.findings import Provided
from threefold.governance.asked import asked_in_case
from threefold.governance.configured import brought
from threefold.governance.questions import is_asked
from threefold.plugin_api.facts import Child, Facts, write_facts
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import versions
from threefold.work.incidents import stories
from threefold.work.incidents.records import NotFound, facts_at, first_time, load
from threefold.work.incidents.web import blueprint
from threefold.work.incidents.web.acts import RECORD, SEE
from threefold.work.incidents.web.cases import DONE, case_address, events_shown
from threefold.work.incidents.web.questions import (
    INCIDENT,
    NOT_ASKED,
    Section,
    answered,
    form_of,
    initial,
    local_form,
    locally_answered,
    name_areas,
    progress,
    refuse_future_and_gaps,
    section,
    sections_for,
)
from threefold.work.incidents.web.shown import answer_words, read_fact
from threefold.work.incidents.web.words import PARTS, child_name, named
from threefold.work.people.access import ROLES
from threefold.work.people.web import Filled, Form, Visit, choice, fill, page, render, services

LOCAL = Section("local", "The area’s own questions", ())
NOT_NOW = "This is not asked of this case any more: it follows another version of the arrangement now."
NEW = "This question is new: the case follows another version of the arrangement now. Select an answer, or “Not asked yet”"


class AtRisk(Form):
    at_risk = choice(
        "Is a child at risk of harm right now?",
        {
            "no": "No",
            "told": "Yes, and the front door or the police have been told",
            "yes": "Yes, and nobody has been told yet",
        },
        missing="Select whether a child is at risk right now",
    )


@blueprint.route("/b/<slug>/cases/new", methods=["GET", "POST"])
@page(needs=RECORD)
def new(visit: Visit) -> ResponseReturnValue:
    form = fill(AtRisk)
    if form.valid and form["at_risk"] == "yes":
        return render("incidents/act_now.html", title="Tell the front door first", back=f"/b/{visit.body.slug}/cases/new",
                      door=visit.body.front_door)  # fmt: skip
    if form.valid:
        with form.refusals(), visit.unit("record an incident") as unit:
            state = stories.record_incident(unit, services().governance, {}, form.token)
            return redirect(f"{case_address(visit, state.id)}/record?done=opened", 303)
    return render(
        "incidents/new.html", title="Is a child at risk of harm right now?", form=form, back=f"/b/{visit.body.slug}/cases"
    )


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/record")
@page(needs=RECORD)
def record(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("record an incident") as unit:
        state = stories.see_case(unit, case_id)
        people = len(stories.people(unit, case_id))
        local = local_questions(unit, state.facts, visit.today)
    incident, base = state.facts.incident, case_address(visit, case_id)
    tasks = [(s.title, f"{base}/record/{s.key}", progress(s, incident)) for s in INCIDENT]
    if local:
        said = [key for key in local if key in incident.local]
        tasks.append((LOCAL.title, f"{base}/record/local", "all" if len(said) == len(local) else "some" if said else "none"))
    return render(
        "incidents/record.html", title="Record an incident", back=base, state=state, base=base, tasks=tasks, people=people,
        children=[(c.key, child_name(c.key), child_progress(c)) for c in incident.children], done=DONE,
        aware=state.facts.review.on("aware"),
    )  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/record/<key>", methods=["GET", "POST"])
@page(needs=RECORD)
def incident_page(visit: Visit, case_id: UUID, key: str) -> ResponseReturnValue:
    wanted = LOCAL if key == LOCAL.key else section(INCIDENT, key)
    if wanted is None:
        raise NotFound
    areas = areas_offered(visit)
    with visit.unit("record an incident") as unit:
        state = stories.see_case(unit, case_id)
        local = local_questions(unit, state.facts, visit.today) if wanted is LOCAL else {}
        gone = not_asked_now(unit, local) if wanted is LOCAL else {}
        asked = local_hints(unit, state.facts, visit.today) if local or gone else {}
    local |= gone
    incident = state.facts.incident
    if wanted is LOCAL:
        start = dict.fromkeys((f"local-{k}" for k in local), NOT_ASKED) | {
            f"local-{k}": f.value for k, f in incident.local.items()
        }
        form = fill(local_form(local, dict.fromkeys(local, NOT_NOW) | asked), initial=start, seen_no=state.no)
        # An answer is marked in each of these boxes from the beginning: what was not sent was not on the page.
        form.errors |= {name: NEW for name in form.errors if name not in request.form and name.removeprefix("local-") in asked}
    else:
        form = fill(form_of(wanted, child=False, areas=areas), initial=initial(wanted, incident, areas), seen_no=state.no)
    if form.sent and gone and form.saw("gone") != _mark(gone):
        with form.refusals():
            refuse_what_is_not_asked(gone)
    if form.valid:
        refuse_future_and_gaps(wanted, form, visit.today)
    if form.valid:
        with (
            form.refusals({f"incident.{name}": name for name in wanted.facts if name.endswith("_on")}),
            visit.unit("record an incident") as unit,
        ):

            def edit(old: dict[str, Any]) -> dict[str, Any]:
                by = given_by(visit)
                if wanted is LOCAL:
                    return {**old, "local": locally_answered(old.get("local", {}), local, form, by, visit.today)}
                return answered(wanted, old, form, by, visit.today)

            save(unit, case_id, form, edit)
            return redirect(after_saving(visit, case_id), 303)
    name_areas(form, areas)
    return render("incidents/questions.html", title=wanted.title, form=form, back=f"{case_address(visit, case_id)}/record",
                  said=wanted.said, names=list(form.schema.fields), gone=_mark(gone))  # fmt: skip


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/record/check")
@page(needs=SEE)
def check(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("check answers") as unit:
        state = stories.see_case(unit, case_id)
        people = stories.people(unit, case_id)
        local = local_questions(unit, state.facts, visit.today)
        asked = local_hints(unit, state.facts, visit.today) if local else {}
    incident, base = state.facts.incident, f"{case_address(visit, case_id)}/record"
    areas = areas_offered(visit)
    own = [(s.title, answer_rows(s, state.facts, "", f"{base}/{s.key}?from=check", areas)) for s in INCIDENT]
    if local:
        rows = [{"key": words, "value": answer_words(incident.local[k]) if k in incident.local else "Not asked yet",
                 "more": "" if k in asked else NOT_NOW, "href": f"{base}/local?from=check"} for k, words in local.items()]  # fmt: skip
        own.append((LOCAL.title, rows))
    children = [
        (
            child_name(c.key),
            [
                (s.title, answer_rows(s, state.facts, c.key, f"{base}/children/{c.key}/{s.key}?from=check", areas))
                for s in sections_for(c)
            ],
        )
        for c in incident.children
    ]
    return render(
        "incidents/check.html", title="Check the answers", back=base, state=state, base=case_address(visit, case_id), incident=own,
        children=children, people=people, parts=PARTS, child_name=child_name, events=events_shown(state), may=visit.may(RECORD),
    )  # fmt: skip


def answer_rows(wanted: Section, facts: Facts, child: str, href: str, areas: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of a summary list for one page of questions."""
    rows = []
    for name in wanted.facts:
        path = f"incident.children[{child}].{name}" if child else f"incident.{name}"
        read = next(iter(read_fact(facts, path)), None)
        if read is not None:
            rows.append({
                "key": read.label.split(": ", 1)[-1] if child else read.label, "value": areas.get(read.value, read.value),
                "more": f"Known or suspected since {read.known_on:%-d %B %Y}" if read.known_on else "", "href": href,
                "of": child_name(child) if child else "",
            })  # fmt: skip
    return rows


def save(unit: Unit, case_id: UUID, form: Filled, edit: Any) -> None:
    """Save a page's answers on top of what the person saw, once for one form. Raises `StaleSave` when others answered too."""
    if first_time(unit, form.token, "save_facts", case_id) is not None:
        return
    head = load(unit, case_id)
    seen_no = form.seen_no if form.seen_no and form.seen_no < head.no else head.no
    seen = write_facts(head.facts) if seen_no == head.no else facts_at(unit, case_id, seen_no)
    changed = edit(dict(seen.get("incident", {})))
    if changed != seen.get("incident", {}):
        stories.save_facts(unit, services().governance, case_id, seen_no, {"incident": changed}, form.keep)


def after_saving(visit: Visit, case_id: UUID) -> str:
    """Back to where the person came from: checking the answers, or the task list."""
    return f"{case_address(visit, case_id)}/record" + ("/check" if request.args.get("from") == "check" else "")


def given_by(visit: Visit) -> str:
    """Who gave an answer, as it stands beside the fact: the seat, else the role. Facts hold no names."""
    seats = sorted(named(seat) for seat in visit.actor.seats)
    return ", ".join(seats or sorted(ROLES[role].lower() for role in visit.actor.roles))[:200]


def areas_offered(visit: Visit) -> dict[str, str]:
    """The areas a person chooses from, by code: the body's own first, then those of every partnership known here."""
    own = dict.fromkeys(visit.body.area_codes, visit.body.name)
    bodies = sorted(services().library.bodies.values(), key=lambda b: b.name)
    others = {
        code: b.name for b in bodies if b.kind == "partnership" and b.synthetic == visit.body.synthetic for code in b.area_codes
    }
    found = {**others, **own}
    twice = {name for name in found.values() if list(found.values()).count(name) > 1}
    shown = {code: f"{name} ({code})" if name in twice else name for code, name in found.items()}
    return {code: shown[code] for code in (*own, *(c for c in found if c not in own))}


def local_questions(unit: Unit, facts: Facts, today: date) -> dict[str, str]:
    """The area's own questions by key, as the arrangement of the case's day has them, and any that were answered before."""
    found = {thing.key: thing.title for thing in _questions_of(unit, facts, today)}
    if others := [key for key in facts.incident.local if key not in found]:
        once = _asked_once(unit)
        found |= {key: once.get(key) or named(key).capitalize() for key in others}
    return found


def asked_instead(unit: Unit, now: Facts, then: Facts, today: date) -> tuple[list[str], list[str]]:
    """The area's own questions that a case with other facts would be asked beside those that it is asked now, and those that it would not."""
    before, after = ({thing.key: thing.title for thing in _questions_of(unit, facts, today)} for facts in (now, then))
    return [after[k] for k in after if k not in before], [before[k] for k in before if k not in after]


def not_asked_now(unit: Unit, now: Container[str]) -> dict[str, str]:
    """What was answered on a page opened before the case came to follow another version, which does not ask it: questions by key, in the
    words of the version that asked them last. `now`: what is asked."""
    sent = request.form if request.method == "POST" else g.get("held") or {}
    answers = {name.removeprefix("local-"): value for name, value in sent.items() if name.startswith("local-")}
    keys = [key for key, value in answers.items() if key not in now and value not in ("", NOT_ASKED)]
    once = _asked_once(unit) if keys else {}
    return {key: once[key] for key in keys if key in once}


def refuse_what_is_not_asked(gone: Mapping[str, str]) -> None:
    """Raises, for each question that is not asked any more: an answer to it is put on record knowingly, or not at all."""
    told = "is not asked of this case any more. Save again to put your answer on record all the same, or select “Not asked yet”"
    raise ManyErrors([ThreefoldError(f"“{words}” {told}", field=f"local-{key}") for key, words in gone.items()])


def _mark(gone: Iterable[str]) -> str:
    return " ".join(sorted(gone))


def _asked_once(unit: Unit) -> dict[str, str]:
    """Every question of the area's own that a version asks or asked, by key, in the words of the last one."""
    catalogue = services().governance.catalogue
    return {
        thing.key: thing.title
        for version in versions(unit) for _, thing in brought(catalogue, version.uses) if is_asked(thing)
    }  # fmt: skip


def local_hints(unit: Unit, facts: Facts, today: date) -> dict[str, str]:
    """What the arrangement says beside each of its own questions, by key: what it is about, and the hint that was written to it."""
    told = {
        thing.key: [str(thing.get("text") or ""), str(thing.get("hint") or "")] for thing in _questions_of(unit, facts, today)
    }
    return {key: " ".join(_ended(part) for part in parts if part) for key, parts in told.items()}


def _ended(words: str) -> str:
    """Words as a sentence that another may follow."""
    return words if words.rstrip().endswith((".", "?", "!", ":", "…")) else f"{words.rstrip()}."


def _questions_of(unit: Unit, facts: Facts, today: date) -> list[Provided]:
    try:
        return asked_in_case(services().governance, str(unit.scope.body_id), versions(unit), facts, today)
    except BeforeAnyVersion:
        return []


def child_progress(child: Child) -> str:
    """How far a child's pages are."""
    states = {progress(s, child) for s in sections_for(child)}
    return "all" if states == {"all"} else "none" if states == {"none"} else "some"
