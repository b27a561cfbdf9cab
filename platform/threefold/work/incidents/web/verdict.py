"""What follows from the facts, line by line with why; and what single change would alter one line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from threefold.governance.questions import OWN
from threefold.governance.verdict import JUDGEMENT
from threefold.governance.what_if import what_if
from threefold.plugin_api.facts import Facts
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import called_among, on_record, titles_of_versions, versions
from threefold.work.incidents import stories
from threefold.work.incidents.considered import considered_before
from threefold.work.incidents.records import NotFound
from threefold.work.incidents.waiting import not_waited_for
from threefold.work.incidents.web import blueprint, words
from threefold.work.incidents.web.acts import RECORD, SEE
from threefold.work.incidents.web.cases import case_address, edition_titles
from threefold.work.incidents.web.recording import local_questions
from threefold.work.incidents.web.shown import VerdictJson, dues, groups, lines_of, readings_of
from threefold.work.incidents.web.under import tracks
from threefold.work.people.web import Visit, page, render, services


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/verdict")
@page(needs=SEE, staff=True)
def verdict(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("see what follows") as unit:
        state = stories.see_case(unit, case_id)
        asked = asked_of(unit, state.verdict, state.facts, visit.today)
        record = on_record(unit)
    followed = called_among(record, {version for version, _ in tracks(state) if version})
    base = case_address(visit, case_id)
    return render("incidents/verdict.html", title="What follows from the facts", back=base, base=base, state=state, versions=followed, titles=titles_of_versions(record),
                  may_record=visit.may(RECORD), **shown(state.verdict, state.facts, visit.at, asked, closed=bool(state.closed_on)))  # fmt: skip


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/verdict/<path:line_id>")
@page(needs=SEE, staff=True)
def explain(visit: Visit, case_id: UUID, line_id: str) -> ResponseReturnValue:
    """One line, and each single change of a fact that would alter it. Asked under today's code, and said where that differs."""
    own = services()
    with visit.unit("see why") as unit:
        state = stories.see_case(unit, case_id)
        known, asked = versions(unit), asked_of(unit, state.verdict, state.facts, visit.today)
    line = next((one for one in lines_of(state.verdict) if one["id"] == line_id), None)
    if line is None:
        raise NotFound
    as_of = date.fromisoformat(state.verdict["as_of"])
    again = own.governance.decide(str(visit.body.id), known, state.facts, as_of)
    changes = what_if(own.governance, known, state.facts, again, line_id).get(line_id, [])
    return render(
        "incidents/explain.html", title=line["heading"], editions=edition_titles(),
        back=f"{case_address(visit, case_id)}/verdict", line=line, words=words, read=readings_of(state.facts, [line], asked)[line_id],
        titles={one.version: one.title for one in known}, changes=changes, judgement=JUDGEMENT if line.get("judgement") else "",
        other_code=",".join(again.fingerprints) != state.fingerprint, as_of=as_of,
    )  # fmt: skip


def asked_of(unit: Unit, verdict: VerdictJson, facts: Facts, today: date) -> dict[str, str]:
    """The area's own questions by key, where what follows rests on any."""
    rests = any(path.startswith(OWN) for line in lines_of(verdict) for path in line["reads"])
    return local_questions(unit, facts, today) if rests else {}


def shown(verdict: VerdictJson, facts: Facts, now: date | datetime, asked: Mapping[str, str], *, closed: bool = False) -> dict[str, Any]:  # fmt: skip
    """What the template of a verdict needs. `now` says what is late; `asked`: the area's own questions by key; `closed`: the case is."""
    lines = lines_of(verdict)
    return {
        "editions": edition_titles(), "verdict": verdict, "due": dues(verdict, now, facts=facts, closed=closed, ended=not_waited_for(facts)), "groups": groups(verdict), "words": words,
        "before": considered_before(facts, verdict), "read": {"lines": {line["id"]: line for line in lines}, "facts": readings_of(facts, lines, asked)},
    }  # fmt: skip
