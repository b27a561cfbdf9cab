"""A case is asked the questions of the version that it follows, whatever day of it is recorded later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from tests.arrangements.area import MANAGER, Area, area, day
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
