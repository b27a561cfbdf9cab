"""A temporary variation is told as one wherever its day is told: to who sends it, signs it and publishes it, and at its cases afterwards."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from uuid import uuid4

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.vale import GOVERNANCE, LEADS
from tests.governance.test_crossing import DEVON_CHANGE
from threefold.work.incidents.stories import record_incident

__all__ = ["area"]
BEGINS, ENDS = date(2027, 4, 12), date(2027, 4, 30)
TOLD = "It is a temporary variation: its last day is Friday 30 April 2027. From the day after, what was in force before governs again."


def _drafted(area: Area) -> str:
    draft = area.begun("Easter cover")
    area.answer(f"{draft}/{HUDDLE}", {"day": "10"})
    area.answer(f"{draft}/about", day("begins", BEGINS) | day("until", ENDS))
    return draft


def _signed(area: Area, draft: str) -> None:
    for seat in LEADS:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")


def _said(area: Area, path: str, email: str = LEAD) -> str:
    return " ".join(area.by(email).get(path).text.split())


def test_who_sends_signs_and_publishes_it_is_told_when_it_ends(area: Area) -> None:
    draft = _drafted(area)
    assert TOLD in _said(area, f"{draft}/ask")
    area.before_its_seats(draft)
    assert TOLD in _said(area, f"{draft}/sign", f"{LEADS[0]}@vale.example")
    _signed(area, draft)
    assert f"begins on Monday 12 April 2027 by itself. {TOLD}" in _said(area, f"{draft}/sign")
    links = [a.get("href") for a in area.by(LEAD).get(HOME).page.all("a") if "/versions/" in a.get("href")]
    version = next(v for v in links if "Easter cover" in area.by(LEAD).get(v).text)
    assert TOLD in _said(area, f"{version}/publish")
    area.site.at = datetime(2027, 5, 3, 9, tzinfo=UTC)
    area.browsers.clear()
    assert TOLD.replace(" is ", " was ").replace("governs", "governed") in _said(area, f"{version}/publish")


def test_a_version_that_stays_is_told_as_before(area: Area) -> None:
    draft = area.begun("For good")
    area.answer(f"{draft}/about", day("begins", BEGINS))
    assert "temporary variation" not in _said(area, f"{draft}/ask")


def test_a_case_that_goes_on_under_it_says_so_when_it_is_over(area: Area) -> None:
    draft = _drafted(area)
    area.before_its_seats(draft)
    _signed(area, draft)
    told = json.loads(json.dumps(DEVON_CHANGE, default=str).replace("2027-03-15", "2027-04-15"))
    for now, said in (
        (datetime(2027, 4, 30, 9, tzinfo=UTC), "That version is a temporary variation, until 30 April 2027."),
        (
            datetime(2027, 5, 1, 9, tzinfo=UTC),
            "That version was a temporary variation, and ended on 30 April 2027: what this case began under it is finished under it.",
        ),
    ):
        area.site.at = now
        area.browsers.clear()
        with area.site.database.unit(area.body, now) as unit:
            case = record_incident(unit, GOVERNANCE, told, uuid4()).id
        shown = _said(area, f"/b/example-vale/cases/{case}", MANAGER)
        assert f"Local version: Easter cover. Edition of the law: Working Together 2023. {said}" in shown
