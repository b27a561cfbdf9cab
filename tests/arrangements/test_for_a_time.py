"""A temporary variation is told as one wherever its day is told: to who sends it, signs it and publishes it, and at its cases afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.vale import GOVERNANCE, LEADS, NOW_IN_FORCE
from tests.governance.test_crossing import DEVON_CHANGE
from threefold.governance.in_force import for_a_time
from threefold.work.arrangements.stories import enter_version
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


def test_where_another_variation_begins_before_its_last_day_that_is_told_and_not_what_was_in_force_before(area: Area) -> None:
    easter = replace(NOW_IN_FORCE, version="easter", title="Easter", begins=date(2027, 3, 22), until=date(2027, 4, 9))
    flu = replace(NOW_IN_FORCE, version="flu", title="Flu week", begins=date(2027, 3, 29), until=date(2027, 4, 16))
    with area.site.database.unit(area.body, area.site.at) as unit:
        for one in (easter, flu):
            enter_version(unit, GOVERNANCE, one)
    told = "agreed until 9 April 2027: “Flu week” begins before that, and governs from 29 March 2027."
    assert told in _said(area, f"{HOME}/versions/easter/publish")
    area.site.at = datetime(2027, 3, 24, 9, tzinfo=UTC)
    area.browsers.clear()
    draft = area.begun("Easter, set right")
    about = {
        **day("begins", date(2027, 3, 22)),
        **day("until", date(2027, 4, 9)),
        "corrects": "easter",
        "note": "A word was wrong.",
    }
    area.answer(f"{draft}/about", about)
    assert told in _said(area, f"{draft}/ask") and "what was in force before governs again" not in _said(area, f"{draft}/ask")
    area.before_its_seats(draft)
    assert told in _said(area, f"{draft}/sign")


def test_what_governs_after_it_is_named_where_that_is_another_variation_or_one_that_begins_amid_it() -> None:
    during = replace(NOW_IN_FORCE, version="during", title="During", begins=date(2027, 3, 1), until=date(2027, 4, 30))
    within = replace(NOW_IN_FORCE, version="within", title="Within", begins=date(2027, 4, 1), until=date(2027, 4, 9))
    today = date(2027, 3, 1)
    assert for_a_time(NOW_IN_FORCE, [during], today) == ""
    before = "From the day after, what was in force before governs again."
    assert before in for_a_time(during, [NOW_IN_FORCE], today) and before in for_a_time(during, [NOW_IN_FORCE, within], today)
    assert before in for_a_time(within, [NOW_IN_FORCE, during], today)
    longer = replace(within, until=date(2027, 5, 5))
    assert "From the day after, “Arrangement for demonstration" in for_a_time(longer, [NOW_IN_FORCE, during], today)
    all_of_it = replace(during, version="all", title="All", corrects="during")
    assert "Other versions govern each of its days." in for_a_time(during, [NOW_IN_FORCE, during, all_of_it], today)
