"""A case is asked the questions of the version that it follows, whatever day of it is recorded later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from tests.arrangements.area import MANAGER, Area, area, boxes_of, day
from tests.arrangements.vale import APRIL, GOVERNANCE, NOW_IN_FORCE
from tests.governance.test_changed_starts import SAID
from threefold.governance.pack import Arrangement, RuleUse
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents.stories import record_incident

__all__ = ["area"]


def asking(version: str, begins: date, key: str, words: str) -> Arrangement:
    settings = {"questions": [{"key": key, "title": words, "text": words, "source": SAID}], "criteria": []}
    uses = (*NOW_IN_FORCE.uses, RuleUse("own", "local-criteria", 1, settings))
    return replace(NOW_IN_FORCE, version=version, title=version, begins=begins, open_cases="finish_under_old", uses=uses)


def test_an_answer_to_a_question_that_is_gone_meanwhile_is_not_lost(area: Area) -> None:
    """Somebody records a day by which the case follows another version, which asks something else, while another answers."""
    moving = replace(asking("two", APRIL, "new-q", "Was it seen at school?"), open_cases="move_at_next_stage")
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, asking("one", date(2027, 3, 17), "old-q", "Was it seen at home?"))
        enter_version(unit, GOVERNANCE, moving)
    area.site.at = datetime(2027, 4, 2, 9, tzinfo=UTC)
    with area.site.database.unit(area.body, area.site.at) as unit:
        facts = {"incident": {"happened_on": "2027-03-25", "children": [{"key": "child-1"}]}}
        state = record_incident(unit, GOVERNANCE, facts, uuid4())
    case = f"/b/example-vale/cases/{state.id}"
    area.browsers.clear()
    page = f"{case}/record/local"
    mine = area.filled(page, {"local-old-q": "yes"}, MANAGER)
    area.answer(f"{case}/record/aware", day("at", date(2027, 4, 2)), email=MANAGER)
    told = area.by(MANAGER).send(page, mine, 422)
    assert "“Was it seen at home?” is not asked of this case any more. Save again" in told.text
    assert "Was it seen at school?" in told.text
    boxes = boxes_of(told) | {"local-new-q": ["not_asked"]}
    assert boxes["local-old-q"] == ["yes"]
    assert "This question is new: the case follows another version of the arrangement now." in told.text
    area.by(MANAGER).send(page, boxes)
    checked = area.by(MANAGER).get(f"{case}/record/check").text
    assert "Was it seen at home? Yes" in checked and "Was it seen at school? Not asked yet" in checked
    assert "local-never" not in area.by(MANAGER).send(page, area.filled(page, {"local-never": "yes"}, MANAGER)).text


def test_a_date_that_leads_to_another_version_lists_what_changes_and_not_what_stays(area: Area) -> None:
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, asking("one", date(2027, 3, 17), "old-q", "Was it seen at home?"))
        enter_version(unit, GOVERNANCE, asking("two", APRIL, "new-q", "Was it seen at school?"))
    area.site.at = datetime(2027, 4, 2, 9, tzinfo=UTC)
    facts = {"incident": {"children": [{"key": "child-1"}]}, "review": {"events": [{"name": "aware", "at": "2027-03-30"}]}}
    with area.site.database.unit(area.body, area.site.at) as unit:
        case = f"/b/example-vale/cases/{record_incident(unit, GOVERNANCE, facts, uuid4()).id}"
    area.browsers.clear()
    links = area.by(MANAGER).get(f"{case}/events/add").page.all("a")
    page = next(e.get("href") for e in links if "correct" in (e.get("href") or ""))
    told = area.by(MANAGER).post(page, day("at", date(2027, 4, 1)) | {"reason": "Misread."}, 200).text
    assert "Another local version would govern: two, in place of one." in told
    assert "arises: " not in told, "what stays is not listed"
    assert "Of the area’s own questions, asked then and not now: “Was it seen at school?”." in told
    assert "not asked any more: “Was it seen at home?”. What was answered is kept." in told
    same = area.by(MANAGER).post(page, day("at", date(2027, 3, 31)) | {"reason": "Misread."}, 200).text
    assert "Was it seen at" not in same


def test_a_question_that_came_with_another_version_is_said_to_be_new_and_one_that_went_is_marked(area: Area) -> None:
    """Somebody corrects a day, by which the case follows another version, while another has its own questions open."""
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, asking("one", date(2027, 3, 17), "old-q", "Was it seen at home?"))
        enter_version(unit, GOVERNANCE, asking("two", APRIL, "new-q", "Was it seen at school?"))
    area.site.at = datetime(2027, 4, 2, 9, tzinfo=UTC)
    facts = {
        "incident": {"children": [{"key": "child-1"}], "local": {"old-q": "yes"}},
        "review": {"events": [{"name": "aware", "at": "2027-03-30"}]},
    }
    with area.site.database.unit(area.body, area.site.at) as unit:
        case = f"/b/example-vale/cases/{record_incident(unit, GOVERNANCE, facts, uuid4()).id}"
    area.browsers.clear()
    page, gone = f"{case}/record/local", "This is not asked of this case any more"
    mine = area.filled(page, {}, MANAGER)
    assert gone not in area.by(MANAGER).get(page).text
    links = area.by(MANAGER).get(f"{case}/events/add").page.all("a")
    correct = next(e.get("href") for e in links if "correct" in (e.get("href") or ""))
    checked = area.by(MANAGER).post(correct, day("at", date(2027, 4, 1)) | {"reason": "Misread."}, 200)
    area.by(MANAGER).send(correct, boxes_of(checked))
    told = area.by(MANAGER).send(page, mine, 422)
    assert told.text.count("This question is new: the case follows another version of the arrangement now.") == 2, (
        "above and beside it"
    )
    assert told.text.count(gone) == 1
    area.by(MANAGER).send(page, boxes_of(told) | {"local-new-q": ["unclear"]})
    for shown in (page, f"{case}/record/check"):
        assert area.by(MANAGER).get(shown).text.count(gone) == 1


@pytest.mark.parametrize("aware", [True, False])
def test_a_case_that_finishes_under_the_old_is_asked_its_questions(area: Area, aware: bool) -> None:
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, asking("one", date(2027, 3, 17), "old-q", "Was it seen at home?"))
        enter_version(unit, GOVERNANCE, asking("two", APRIL, "new-q", "Was it seen at school?"))
    area.site.at = datetime(2027, 3, 26, 9, tzinfo=UTC)
    facts = {
        "incident": {"children": [{"key": "child-1"}]},
        "review": {"events": [{"name": "referral_received", "at": "2027-03-25"}]},
    }
    with area.site.database.unit(area.body, area.site.at) as unit:
        case = f"/b/example-vale/cases/{record_incident(unit, GOVERNANCE, facts, uuid4()).id}"
    area.site.at = datetime(2027, 4, 2, 9, tzinfo=UTC)
    area.browsers.clear()
    if aware:
        area.answer(f"{case}/record/aware", day("at", date(2027, 4, 2)), email=MANAGER)
    asked = area.by(MANAGER).get(f"{case}/record/local").text
    assert "Was it seen at home?" in asked and "Was it seen at school?" not in asked
