"""A case over time: every record of it, what was in force when, and each record's verdict as it was stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from types import MappingProxyType
from uuid import UUID

from flask.typing import ResponseReturnValue

from threefold.domain.calendar import london_day
from threefold.domain.errors import BeforeAnyVersion
from threefold.governance.moments import OWN
from threefold.governance.pack import Arrangement
from threefold.plugin_api.facts import label_of
from threefold.walls.audit import DETAIL
from threefold.work.arrangements.stories import versions
from threefold.work.incidents import stories
from threefold.work.incidents.considered import titles_of_matters
from threefold.work.incidents.records import NotFound
from threefold.work.incidents.web import blueprint
from threefold.work.incidents.web.acts import SEE
from threefold.work.incidents.web.cases import case_address, events_shown, staff_names
from threefold.work.incidents.web.verdict import asked_of, shown
from threefold.work.incidents.web.words import PANEL, event_label, named, steps_by_end
from threefold.work.people.web import Visit, page, render, services

_MOST_RECORDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class InForce:
    """Which local version and which edition of the law stood on the day of an event. `said`: what was typed beside the day."""

    day: date
    label: str
    version: str
    edition: str
    notes: tuple[str, ...]
    said: Mapping[str, str] = field(default_factory=dict)


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/timeline")
@page(needs=SEE, staff=True)
def timeline(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("see the timeline") as unit:
        state = stories.see_case(unit, case_id)
        happenings = stories.timeline(unit, case_id)
        names, known = staff_names(unit), versions(unit)
    base, verdict = case_address(visit, case_id), state.verdict
    happened = state.facts.incident.happened_on.value  # the area's own dates may count from it
    rows = [in_force(known, happened, label_of("incident.happened_on"))] if happened else []
    for event in events_shown(state):
        row = in_force(known, london_day(event["at"]), event["label"])
        # What people typed is not for the platform's staff.
        rows.append(replace(row, said=event["said"]) if visit.actor.staff is None else row)
    return render("incidents/timeline.html", title=f"Timeline of case {state.reference}", back=base, base=base, happenings=happenings,
                  names=names, in_force=sorted(rows, key=lambda row: row.day), named=named,
                  what_words=partial(what_words, steps=steps_by_end(verdict), matters=titles_of_matters(verdict)))  # fmt: skip


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/records/<int:no>")
@page(needs=SEE, staff=True)
def old_record(visit: Visit, case_id: UUID, no: int) -> ResponseReturnValue:
    if no > _MOST_RECORDS:
        raise NotFound
    with visit.unit("see an earlier record") as unit:
        facts, verdict, at = stories.record_at(unit, case_id, no)
        unit.audit("record read", f"case:{case_id}", {"record": no}, kind=DETAIL)
        asked, titles = asked_of(unit, verdict, facts, visit.today), {one.version: one.title for one in versions(unit)}
    base = case_address(visit, case_id)
    return render("incidents/old_record.html", title=f"Record {no} of this case", back=f"{base}/timeline", at=at, no=no, base=base, titles=titles,
                  **shown(verdict, facts, at, asked))  # fmt: skip


def in_force(known: tuple[Arrangement, ...], day: date, label: str) -> InForce:
    """What was in force on a day, with what is not certain of it."""
    try:
        pin, arrangement, edition = services().governance.pin(known, day)
    except BeforeAnyVersion as error:
        return InForce(day, label, "", "", (error.sentence,))
    return InForce(day, label, arrangement.title if arrangement else "Unknown", edition.title, pin.notes)


def what_words(
    what: str, steps: Mapping[str, str] = MappingProxyType({}), matters: Mapping[str, str] = MappingProxyType({})
) -> str:
    """What a record says was done, as a person reads it: its first letter large, its keys as words. `steps`: what the steps are
    called, by their own ends. `matters`: what is left to judgement, by its key."""
    head, colon, rest = what.partition(": ")
    rest = PANEL.get(rest, rest) if head == "the Panel replied" else rest
    if head == "considered":  # one that no record asks goes by its key; one of the area's own has it after "local-"
        rest = f"“{matters[rest]}”" if rest in matters else rest.removeprefix("local-")
    if rest.startswith(OWN):
        return f"{head[:1].upper()}{head[1:]}{colon}{event_label(rest, steps).removeprefix('When ')}"
    words = f"{head}{colon}{named(rest)}" if rest else head
    return words[:1].upper() + words[1:]
