"""A draft over the body's own past cases: asked for on screen, done by the worker, watched, stopped, read."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.arrangements.area import HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.vale import APRIL, GOVERNANCE, MARCH, NOW_IN_FORCE
from tests.contract.toys import Raising, Unprovided
from tests.governance.test_crossing import DEVON_CHANGE
from threefold.doors.worker import jobs
from threefold.governance import drafts
from threefold.governance.differing import LineDiffers
from threefold.governance.pack import RuleUse
from threefold.governance.replay import Replayed, ReplayResult
from threefold.walls.post import Post
from threefold.work.arrangements import drafting
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents.stories import record_incident
from threefold.work.incidents.tables import Case
from threefold.work.people.access import AREA_LEAD
from threefold.work.people.tables import CaseBar
from threefold.work.records.stories import closing
from threefold.work.rehearsal import runs

__all__ = ["area"]
LATER = MARCH + timedelta(days=8)


def worked(area: Area) -> list[str]:
    """What the worker makes of everything that is due."""
    walls = area.site.database.walls
    bench = jobs.Bench(walls, GOVERNANCE, Post(walls, {}), lambda *_: None, "http://localhost")
    with walls.directory() as directory:
        due = directory.due_work(LATER + timedelta(hours=1))
    return [jobs.perform(bench, work_id, LATER + timedelta(hours=1)) for work_id in due]


def recorded(area: Area, cases: int, **facts: Any) -> None:
    with area.site.database.unit(area.body, LATER) as unit:
        for _ in range(cases):
            record_incident(unit, GOVERNANCE, {**DEVON_CHANGE, **facts}, uuid4())


def draft_of(area: Area) -> str:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    return draft


def test_a_run_is_asked_for_done_and_read_case_by_case_and_in_sum(area: Area) -> None:
    recorded(area, 3)
    draft = draft_of(area)
    area.site.at = LATER
    area.browsers.clear()  # the sign-ins of a week ago have ended
    for _ in range(2):  # a double click asks for one run
        area.answer(f"{draft}/replay", {"act": "try"})
    going = area.by(LEAD).get(f"{draft}/replay")
    page = going.response.get_data(as_text=True)
    assert "0 of 3 cases" in going.text and '<progress id="run" value="0" max="3">' in page
    assert "http-equiv" not in page, "a page that loads itself anew takes the reader's place away"
    assert "Check progress" in going.text and f"{draft}/replay" in [a.get("href") for a in going.page.all("a")]
    assert worked(area) == ["done"]
    page = area.by(LEAD).get(f"{draft}/replay").page
    links = {a.text: a.get("href") for a in page.all("a") if "/cases/" in a.get("href")}
    assert len(links) == 3, "from a case that would be different one gets to it"
    for reference, address in links.items():
        assert area.by(LEAD).get(address, 303).location.startswith(f"{address}/reason"), "whose case it is not says why first"
        assert reference in area.by(MANAGER).get(address).text
    closed, (kept_out, _, _) = sorted(links), sorted(links)
    with area.site.database.unit(area.body, LATER) as unit:
        (case,) = unit.session.scalars(select(Case).where(Case.reference == kept_out))
        case.restricted = True
    shown = area.by(LEAD).get(f"{draft}/replay")
    assert sorted(a.text for a in shown.page.all("a") if "/cases/" in a.get("href")) == closed[1:], (
        "not to one that is closed to them"
    )
    shown = shown.text
    assert kept_out in shown
    assert "Would have been different3 cases" in shown and "Executive huddle: 3" in shown
    assert "Executive huddle: due 5 April 2027, would be due 1 April 2027" in shown
    area.answer(f"{draft}/{HUDDLE}", {"day": "11"})
    assert "The draft was changed since" in area.by(LEAD).get(f"{draft}/replay").text


def test_where_records_of_a_case_of_it_were_destroyed_it_is_said_that_nothing_of_it_was_kept(area: Area) -> None:
    recorded(area, 2)
    draft = draft_of(area)
    area.site.at = LATER
    area.browsers.clear()
    area.answer(f"{draft}/replay", {"act": "try"})
    assert "Stop" in area.by(LEAD).get(f"{draft}/replay").text
    assert worked(area) == ["done"]
    with area.site.database.unit(area.body, LATER) as unit:
        case = unit.session.scalars(select(Case.id)).first()
        assert case is not None and runs.runs_without(unit, case) == ()
    told = area.by(LEAD).get(f"{draft}/replay").text
    assert "over 2 cases. What came of it was not kept: records of one of these cases were destroyed since." in told


def test_the_worker_does_for_whoever_asked_no_more_than_they_may(area: Area) -> None:
    """It acts as the platform. What it makes of cases leaves out each that is not open to everybody who reads it, by then (ASVS 8.3.3)."""
    recorded(area, 3)
    draft = draft_of(area)
    area.site.at = LATER
    area.browsers.clear()
    area.answer(f"{draft}/replay", {"act": "try"})
    who = area.site.database.provision.put_person("kept.out@vale.example", "Kept Out", "x")
    with area.site.database.unit(area.body, LATER) as unit:
        cases = unit.session.scalars(select(Case).order_by(Case.reference)).all()
        restricted, kept_out, open_one = (case.reference for case in cases)
        cases[0].restricted = True
        unit.session.add(CaseBar(
            id=uuid4(), case_id=cases[1].id, person_id=who, why=unit.seal_json({"why": "Family."}), state="declared", declared_at=unit.at,
            declared_by=None, deputy_id=None, decided_at=None, decided_by=None, decided_seat="", decision=None))  # fmt: skip
    assert worked(area) == ["done"]
    for reader in (LEAD, MANAGER):
        shown = area.by(reader).get(f"{draft}/replay").text
        assert open_one in shown and restricted not in shown and kept_out not in shown
        assert "Would have been different1 case" in shown


def test_worked_examples_are_tried_at_once_beside_what_is_in_force(area: Area) -> None:
    draft = draft_of(area)
    shown = area.answer(f"{draft}/replay", {"over": "examples", "act": "try"})
    assert shown.location.endswith("/replay/examples")
    told = area.by(LEAD).get(shown.location).text
    assert "Would have been different1 case" in told and "no draft can change them" in told
    assert "The draft beside what is in force, on made-up cases" in told and "when it was last worked out" not in told
    assert "restarts nothing" in told and "Executive huddle: due 20 April 2026, would be due 16 April 2026" in told
    link = area.by("police-lead@vale.example").get(f"{draft}/replay").text
    assert "Try it over worked examples" in link and "Try it over past cases" not in link


def test_a_rule_that_cannot_be_worked_out_is_told_in_place_of_examples(area: Area) -> None:
    draft = draft_of(area)
    GOVERNANCE.catalogue.rules["unprovided", 1] = Unprovided
    try:
        with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
            drafting.change_draft(
                unit, UUID(draft.rsplit("/", 1)[1]), "added", lambda c: drafts.add_rule(c, "unprovided", 1)[0]
            )
        assert "The rule “unprovided” could not be worked out" in area.by(LEAD).get(f"{draft}/replay/examples").text
    finally:
        del GOVERNANCE.catalogue.rules["unprovided", 1]


def test_a_rule_that_raises_is_told_before_it_is_signed_and_counted_as_cannot_say(area: Area) -> None:
    recorded(area, 1)
    draft = draft_of(area)
    area.site.at = LATER
    area.browsers.clear()  # the sign-ins of a week ago have ended
    GOVERNANCE.catalogue.rules["raising", 1] = Raising
    try:
        with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
            drafting.change_draft(unit, UUID(draft.rsplit("/", 1)[1]), "added", lambda c: drafts.add_rule(c, "raising", 1)[0])
        checked = area.by(LEAD).get(f"{draft}/check")
        assert re.search(r"The rule “raising” could not be worked out on any of the \w+ [^.(]*\. What it says", checked.text)
        assert "Remove it, or ask its author and pass this on: ZeroDivisionError" in checked.text
        assert "Nothing stands in the way" not in checked.text
        assert any(a.get("href").startswith(f"{draft}/line/rules/raising") for a in checked.page.all("a"))
        assert "It cannot be sent to be signed yet." in area.by(LEAD).get(f"{draft}/ask").text
        examples = area.by(LEAD).get(f"{draft}/replay/examples").text
        assert (
            "The same0 cases" in examples
            and "The rule “raising”: is not there, would be unknown: it could not be worked out" in examples
        )
        cases = area.by(LEAD).get(f"{draft}/cases").text
        assert "Cannot say all of it: the rule “raising” of the draft could not be worked out" in cases
        assert "Nothing changes" not in cases
    finally:
        del GOVERNANCE.catalogue.rules["raising", 1]


def test_the_page_of_a_case_says_that_a_local_rule_could_not_be_worked_out(area: Area) -> None:
    """Whoever works on the case looks here first: a local date that is missing is not taken for one that is not there."""
    with_it = replace(
        NOW_IN_FORCE, version="raising", begins=MARCH.date(), uses=(*NOW_IN_FORCE.uses, RuleUse("raising", "raising", 1, {}))
    )
    GOVERNANCE.catalogue.rules["raising", 1] = Raising
    try:
        with area.site.database.unit(area.body, MARCH) as unit:
            enter_version(unit, GOVERNANCE, with_it)
            case = record_incident(unit, GOVERNANCE, DEVON_CHANGE, uuid4()).id
        address = f"/b/example-vale/cases/{case}"
        told = area.by(MANAGER).get(address)
        assert "Something of the local arrangement could not be worked out" in told.text
        assert "What the law requires is not affected." in told.text and "Due by law" in told.text
        assert any(a.get("href") == f"{address}/verdict" for a in told.page.all("a"))
        assert "Could not be worked out" in area.by(MANAGER).get(f"{address}/verdict").text
    finally:
        del GOVERNANCE.catalogue.rules["raising", 1]


def test_a_run_that_is_stopped_says_that_it_is_a_part(area: Area) -> None:
    recorded(area, 2)
    draft = draft_of(area)
    area.site.at = LATER
    area.browsers.clear()  # the sign-ins of a week ago have ended
    area.answer(f"{draft}/replay", {"act": "try"})
    area.answer(f"{draft}/replay", {"act": "stop"})
    assert "stopping" in area.by(LEAD).get(f"{draft}/replay").text
    assert worked(area) == ["done"]
    assert "It was stopped after 0 of 2 cases" in area.by(LEAD).get(f"{draft}/replay").text


def test_a_worker_killed_in_the_middle_leaves_a_run_that_is_done_anew(area: Area) -> None:
    recorded(area, 2)
    draft = draft_of(area)
    area.site.at = LATER
    area.browsers.clear()  # the sign-ins of a week ago have ended
    area.answer(f"{draft}/replay", {"act": "try"})
    with area.site.database.unit(area.body, LATER) as unit:
        run = runs.newest_run(unit, _draft(area, draft, unit))
        assert run is not None
        runs.begin_run(unit, run.id)
        runs.note_progress(unit, run.id, 1)
    assert worked(area) == ["done"]
    assert "Would have been different2 cases" in area.by(LEAD).get(f"{draft}/replay").text


def test_a_run_is_told_as_one_of_the_content_that_it_tried_over_the_cases_that_there_were(area: Area) -> None:
    """What was asked for waits a while, and the draft can be changed and changed back before it begins."""
    recorded(area, 2)
    draft = draft_of(area)
    area.site.at = LATER
    area.browsers.clear()  # the sign-ins of a week ago have ended
    area.answer(f"{draft}/replay", {"act": "try"})
    area.answer(f"{draft}/{HUDDLE}", {"day": "11"})
    recorded(area, 1)
    assert worked(area) == ["done"]
    shown = area.by(LEAD).get(f"{draft}/replay").text
    assert "would be due 31 March 2027" in shown and "Would have been different3 cases" in shown
    assert "The draft was changed since" not in shown
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    assert "The draft was changed since" in area.by(LEAD).get(f"{draft}/replay").text


def _draft(area: Area, draft: str, unit: Any) -> Any:
    from threefold.work.arrangements.drafting import load_draft

    return load_draft(unit, UUID(draft.rsplit("/", 1)[1]))


def test_every_case_that_would_have_been_different_can_be_read_page_by_page(area: Area) -> None:
    draft = area.begun()
    many = [Replayed(f"2026-{n:05d}", "changed", (LineDiffers("x", "A test", "no", "yes"),)) for n in range(250)]
    with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
        run = runs.ask_run(unit, drafting.load_draft(unit, UUID(draft.rsplit("/", 1)[1])))
        runs.end_run(unit, run, ReplayResult(done=250, states=Counter(changed=250), differing=many))
    seen: list[str] = []
    for number, told in ((1, "1 to 100 of 250 cases"), (2, "101 to 200 of 250 cases"), (3, "201 to 250 of 250 cases")):
        page = area.by(LEAD).get(f"{draft}/replay", query_string={"page": str(number)})
        assert told in page.text
        seen += re.findall(r"2026-\d{5}", page.text)
        links = {e.get("href") for e in page.page.all("a")}
        assert (f"?page={number + 1}#cases" in links, f"?page={number - 1}#cases" in links) == (number < 3, number > 1)
    assert seen == sorted(c.case for c in many)
    for odd in ("0", "99", "-1", "x", "", "9" * 30, "²"):
        assert "of 250 cases" in area.by(LEAD).get(f"{draft}/replay", query_string={"page": odd}).text, odd


@pytest.mark.parametrize(("way", "told"), [
    ("finish_under_old", "This case finishes under the version before, so they keep the times that they have now."),
    ("move_at_next_stage", "Until then the draft may still change their time."),
])  # fmt: skip
def test_what_is_said_of_a_step_without_a_date_is_what_comes_of_it(area: Area, way: str, told: str) -> None:
    """And both of its times are told, as it is and as it would be."""
    aware = {**DEVON_CHANGE, "review": {**DEVON_CHANGE["review"], "events": [{"name": "aware", "at": "2027-03-15"}]}}
    with area.site.database.unit(area.body, LATER) as unit:
        record_incident(unit, GOVERNANCE, aware, uuid4())
    draft = draft_of(area)
    area.answer(f"{draft}/about", {"open_cases": way})
    area.site.at = LATER
    area.browsers.clear()
    shown = area.by(LEAD).get(f"{draft}/cases").text
    assert told in shown and ("may still change" in shown) == (way == "move_at_next_stage")
    assert "Executive huddle: 14 working days" in shown and "; 12 working days" in shown.partition("Executive huddle: 14")[2]
    area.answer(f"{draft}/{HUDDLE}", {"day": "14"})
    shown = area.by(LEAD).get(f"{draft}/cases").text
    assert "may still change" not in shown and "of another time under the draft" not in shown


def test_a_case_that_was_closed_is_among_the_open_ones_no_more_until_it_is_opened_again(area: Area) -> None:
    recorded(area, 2)
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.site.at = LATER
    area.browsers.clear()  # who was signed in has been signed out by then
    with area.site.database.unit(area.body, LATER) as unit:
        cases = unit.session.execute(select(Case.id, Case.reference).order_by(Case.reference)).all()
        closing.close_case(unit, cases[0].id, LATER.date(), uuid4())
    told = area.by(LEAD).get(f"{draft}/cases").text
    assert cases[0].reference not in told and cases[1].reference in told
    with area.site.database.unit(area.body, LATER) as unit:
        closing.open_again(unit, cases[0].id, uuid4())
    assert cases[0].reference in area.by(LEAD).get(f"{draft}/cases").text


def test_a_date_that_rests_on_what_nobody_asked_is_told_so(area: Area) -> None:
    with area.site.database.unit(area.body, LATER) as unit:
        record_incident(unit, GOVERNANCE, DEVON_CHANGE, uuid4())
    draft = draft_of(area)
    asked = area.answer(f"{draft}/when-fact/{HUDDLE.removeprefix('line/')}/when?do=add&part=", {"fact": "incident.near_miss"})
    area.answer(asked.location, {"how": "yes"})
    area.site.at = LATER
    area.browsers.clear()
    shown = area.by(LEAD).get(f"{draft}/cases").text
    assert "Thursday 1 April 2027, if a condition holds that is not clear yet" in shown
