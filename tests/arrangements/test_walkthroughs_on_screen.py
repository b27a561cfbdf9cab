"""The two walk-throughs of the arrangements over their pages, by the people who would do it, on the days that they are set in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.vale import APRIL, EVERY_BODY, GOVERNANCE, LEADS, NOW_IN_FORCE
from tests.governance.test_crossing import DEVON_CHANGE
from tests.support.database import Database
from tests.web.site import make_site
from threefold.work.arrangements.stories import enter_version, versions
from threefold.work.incidents.stories import record_incident
from threefold.work.people.access import AREA_LEAD, PARTNER_LEAD

__all__ = ["area"]
BOARDS = "westmorland-and-furness"
SIGNED = "Every seat has signed."


def at(area: Area, on: date, hour: int = 9) -> None:
    """The morning of a day comes; everybody signs in anew."""
    area.site.at = datetime(on.year, on.month, on.day, hour, tzinfo=UTC)
    area.browsers.clear()


def test_the_devon_change(area: Area) -> None:
    at(area, date(2027, 3, 15))
    with area.site.database.unit(area.body, area.site.at) as unit:
        case = record_incident(unit, GOVERNANCE, DEVON_CHANGE, uuid4()).id
    at(area, date(2027, 3, 16))
    draft = area.begun("Huddle on day 12")
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", {**day("begins", APRIL), "open_cases": "finish_under_old"})
    told = area.by(LEAD).get(f"{draft}/compare").text
    assert "“Executive huddle” is now due by working day 12, was 14." in told
    shown = area.by(LEAD).get(f"{draft}/cases").text

    assert "Executive huddleMonday 5 April 2027The sameThursday 1 April 2027" in shown
    assert "Complete and send the rapid review, Wednesday 7 April 2027" in shown
    area.before_its_seats(draft)
    for seat in LEADS:
        assert SIGNED not in area.by(LEAD).get(f"{draft}/sign").text
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    assert f"{SIGNED} “Huddle on day 12” begins on Thursday 1 April 2027 by itself." in area.by(LEAD).get(f"{draft}/sign").text
    at(area, date(2027, 3, 31))
    last = area.by(LEAD).get(HOME).text
    assert "Arrangement for demonstration" in last.partition("Every version")[0]
    at(area, APRIL, 0)  # one o'clock in the summer: nobody did anything
    first = area.by(LEAD).get(HOME).text
    assert "Huddle on day 12" in first.partition("Every version")[0]
    at(area, APRIL)
    page = area.by(MANAGER).get(f"/b/example-vale/cases/{case}").text
    assert "Monday 5 April 2027" in page and "Wednesday 7 April 2027" in page and "Thursday 1 April 2027" not in page


def test_a_case_whose_version_was_set_right_says_so_until_it_is_worked_out_anew(area: Area) -> None:
    at(area, date(2027, 3, 15))
    with area.site.database.unit(area.body, area.site.at) as unit:
        case = record_incident(unit, GOVERNANCE, DEVON_CHANGE, uuid4()).id
    address = f"/b/example-vale/cases/{case}"
    assert "was set right" not in area.by(MANAGER).get(address).text
    draft = area.begun("Set right")
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(
        f"{draft}/about", {**day("begins", NOW_IN_FORCE.begins), "corrects": NOW_IN_FORCE.version, "note": "The huddle's day."}
    )
    area.before_its_seats(draft)
    for seat in LEADS:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    shown = area.by(MANAGER).get(address).text
    assert f"“{NOW_IN_FORCE.title}”, which this case follows, was set right on 15 March 2027 by “Set right”." in shown
    for page in ("verdict", "notify", "notify/decide", "review", "review/decide"):
        assert "was set right on 15 March 2027 by “Set right”" in area.by(MANAGER).get(f"{address}/{page}").text, page
    at(area, date(2027, 3, 16))
    with area.site.database.unit(area.body, area.site.at) as unit:
        first = versions(unit)[-1]
        again = replace(first, version="again", title="Set right again", corrects=first.version)
        enter_version(unit, GOVERNANCE, again)
    again_shown = area.by(MANAGER).get(address).text
    assert (
        f"“{NOW_IN_FORCE.title}”, which this case follows, was set right on 16 March 2027 by “Set right again”." in again_shown
    )
    assert "Monday 5 April 2027" in shown and f"Local version: {NOW_IN_FORCE.title}" in shown
    area.answer(f"{address}/events/add", {"name": "partners_told", **day("at", date(2027, 3, 15))}, email=MANAGER)
    anew = area.by(MANAGER).get(address).text
    assert "was set right" not in area.by(MANAGER).get(f"{address}/review/decide").text
    assert "was set right" not in anew and "Thursday 1 April 2027" in anew and "Local version: Set right again" in anew


@pytest.fixture
def two_boards(database: Database, tmp_path: Path, project: Path) -> Iterator[Area]:
    site = make_site(database, tmp_path, tenants=project / "tenants", rules=(EVERY_BODY, GOVERNANCE))
    site.at = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
    body = database.body(BOARDS)
    with database.unit(body, site.at) as unit:
        enter_version(unit, GOVERNANCE, EVERY_BODY.bodies[BOARDS].versions[0])
    site.person(LEAD, body, AREA_LEAD)
    yield Area(site, body)
    site.app.extensions["threefold"].walls.engine.dispose()


def test_westmorland_and_furness(two_boards: Area) -> None:
    area, home = two_boards, f"/b/{BOARDS}/arrangement"
    draft = area.answer(f"{home}/drafts/new", {"base": "in_force", "title": "With both boards"}).location.removesuffix(
        "?done=begun"
    )
    area.answer(f"{draft}/about", day("begins", APRIL))
    partners = {o["key"]: o["name"] for o in area.content(draft)["organisations"] if o["partner"]}
    boards = [o["key"] for o in area.content(draft)["organisations"] if o["kind"] == "integrated_care_board" and o["partner"]]
    assert len(boards) == 2
    for key in [k for k in partners if k != boards[1]]:
        area.answer(f"{draft}/add/seats", {"title": f"Lead for {partners[key]}", "role": "lead", "organisation": key})

    def refused() -> list[tuple[str, str]]:
        """What stands in the way: the sentence, and the address of its link."""
        page = area.by(LEAD).get(f"{draft}/check").page
        links = [a for a in page.all("a") if f"{draft}/" in (a.get("href") or "")]
        return [(a.text, a.get("href")) for a in links]

    first = [(told, href) for told, href in refused() if "has no lead seat" in told]
    assert len(first) == 1 and partners[boards[1]] in first[0][0]
    area.answer(first[0][1], {"title": f"Lead for {partners[boards[1]]}"})
    assert not [told for told, _ in refused() if "has no lead seat" in told]
    rule = area.answer(f"{draft}/rules/add?rule=local-criteria@1", {}).location.split("?")[0]
    words = {"title": "Concern about joint working before any review", "effect": "narrows", "about": "rapid-review"}
    area.answer(rule.replace("/line/", "/add/") + "/criteria", words)
    assert "superseded as a test in 2018" in area.by(LEAD).get(f"{draft}/check").text
    plan = area.answer(f"{draft}/rules/add?rule=timetable@1", {}).location.split("?")[0]
    step = area.answer(plan.replace("/line/", "/add/") + "/steps", {
        "title": "Rapid review", "serves": "rapid-review", "start_events": ["notification_sent"],
        "span__amount": "20", "span__unit": "working_days"}).location.split("?")[0]  # fmt: skip
    longer = area.by(LEAD).get(f"{draft}/check").text
    assert "20 working days where the law gives 15" in longer and "cannot lengthen a statutory clock" in longer
    asked = area.by(LEAD).get(f"{draft}/ask").text
    assert "20 working days where the law gives 15" in asked
    area.answer(step.replace("/line/", "/remove/"), {})
    area.answer(plan.replace("/line/", "/remove/"), {})
    area.before_its_seats(draft)
    for seat in area.content(draft)["seats"]:
        if seat["role"] == "lead":
            email = f"{seat['key']}@boards.example"
            area.site.person(email, area.body, PARTNER_LEAD, seats=(seat["key"],))
            assert "superseded as a test in 2018" in area.by(email).get(f"{draft}/check").text
            area.answer(f"{draft}/sign", {"seat": seat["key"], "answer": "sign"}, email=email)
    assert SIGNED in area.by(LEAD).get(f"{draft}/sign").text
