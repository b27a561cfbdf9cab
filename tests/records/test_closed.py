"""A closed case: what its page, the list, My work, the reminders and the timeline say of it, and that whatever comes after opens it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.governance.test_decide import arrangement
from tests.records.keeper import Keeper, keeper
from tests.reviews.neighbours import EDITIONS, GOVERNANCE, MANAGER, PARTNERS, SEATS, USES, staffed
from tests.support.database import Database
from tests.support.statements import counting
from tests.web.site import Site, make_site
from threefold.doors.worker import planning
from threefold.governance.pack import Library
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories as incidents
from threefold.work.records import stories
from threefold.work.reminders.stories import make_reminders, reminders_of
from threefold.work.reviews import stories as reviews


@pytest.fixture
def kept(database: Database, tmp_path: Path) -> Iterator[tuple[Site, Keeper]]:
    here = keeper(database)
    timetable = {**USES[2].settings, "unit": "working_days"}  # so that the local step has a date that can be late
    version = arrangement("two", date(2019, 6, 1), *USES[:2], replace(USES[2], settings=timetable))
    with here.unit() as unit:
        enter_version(unit, GOVERNANCE, replace(version, organisations=PARTNERS, seats=SEATS))
    site = make_site(database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    site.at = here.at
    staffed(site, here)
    yield site, here
    site.app.extensions["threefold"].walls.engine.dispose()


def listed(site: Site) -> list[str]:
    return [e.text.strip() for e in site.get("/b/vale/cases").page.all("a") if e.text.strip().startswith("2020-")]


def late_case(site: Site, here: Keeper) -> UUID:
    """A case whose rapid review was due by law and locally, and was not done; read two months after."""
    case_id = here.notified(happened_on="2020-03-28")
    here.later(days=60)
    site.at = here.at
    site.enter(MANAGER)
    return case_id


def test_a_closed_case_says_so_and_what_the_law_still_asks_for(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id = late_case(site, here)
    case = f"/b/vale/cases/{case_id}"
    before = site.get(case)
    assert before.text.count("Late") == 2 and "Closed on" not in before.text
    here.closed(case_id)
    shown = site.get(case).text
    assert "Closed on 29 May 2020. Nobody is reminded of what is due in it." in shown
    assert "The law still asks for this: Complete and send the rapid review, due 22 April 2020." in " ".join(shown.split())
    assert shown.count("Late") == 1, "what the law asks for is late; a local step is not any more"
    assert "Not recorded as done" in shown
    with here.by_manager() as unit:
        reviews.add_safety_action(unit, case_id, "Another action", None, uuid4())
    again = site.get(case).text
    assert "Closed on" not in again and again.count("Late") == 2


def test_a_closed_case_stands_last_in_the_list_and_nothing_of_it_is_due(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    first = late_case(site, here)
    here.notified(happened_on="2020-05-27")
    assert listed(site) == ["2020-0001", "2020-0002"]
    assert "2020-0001" in site.get("/my-work").text
    here.closed(first)
    assert listed(site) == ["2020-0002", "2020-0001"]
    shown = site.get("/b/vale/cases").text
    assert "Closed on 29 May 2020" in shown and "Late" not in shown
    assert "2020-0001" not in site.get("/my-work").text and "2020-0002" in site.get("/my-work").text
    with here.by_manager() as unit:
        stories.open_again(unit, first, uuid4())
    assert listed(site) == ["2020-0001", "2020-0002"]
    assert "2020-0001" in site.get("/my-work").text


def test_the_list_goes_on_from_the_open_cases_to_the_closed_ones_over_pages(kept: tuple[Site, Keeper]) -> None:
    _, here = kept
    cases = [here.notified(happened_on="2020-03-28") for _ in range(7)]
    for days, case_id in enumerate((cases[0], cases[3], cases[5])):
        here.later(days=1 + days)
        here.closed(case_id)
    with here.by_manager() as unit:
        pages = [incidents.list_cases(unit, page=no, size=3) for no in (1, 2, 3, 4)]
    assert [[line.closed_on is not None for line in lines] for lines, _ in pages] == [
        [False] * 3,
        [False, True, True],
        [True],
        [],
    ]
    assert [more for _, more in pages] == [True, True, False, False]
    found = [line.id for lines, _ in pages for line in lines]
    assert found[4:] == [cases[5], cases[3], cases[0]], "the last closed first" and set(found) == set(cases)
    assert all(line.next_due_on is None and not line.late for lines, _ in pages for line in lines if line.closed_on)


def test_a_closed_case_costs_the_pages_no_statement_more(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id = late_case(site, here)
    engine = site.app.extensions["threefold"].walls.engine
    costs = []
    for closing in (False, True):
        if closing:
            here.closed(case_id)
        for page in (f"/b/vale/cases/{case_id}", "/b/vale/cases"):
            site.get(page)
            with counting(engine) as counted:
                site.get(page)
            costs.append(len(counted.statements))
    assert costs[:2] == costs[2:]


def test_nobody_is_reminded_of_a_closed_case_until_it_is_open_again(kept: tuple[Site, Keeper]) -> None:
    _, here = kept
    case_id = here.notified(happened_on="2020-03-28")
    here.at = here.at.replace(month=4, day=20)

    def sent() -> list[tuple[int, str]]:
        planning.remind_all(here.bench, here.at)
        here.work()
        with here.unit() as unit:
            return sorted((one.lead_days, one.state) for one in reminders_of(unit, case_id))

    here.closed(case_id)
    assert sent() == []
    with here.by_manager() as unit:
        stories.open_again(unit, case_id, uuid4())
    assert [lead for lead, _ in sent()] == [-1, 2], "of the local step and of the one of the law"


def test_a_reminder_that_waits_while_its_case_is_closed_is_not_sent_and_nobody_is_to_be_phoned(
    kept: tuple[Site, Keeper],
) -> None:
    site, here = kept
    case_id = here.notified(happened_on="2020-03-28")
    here.at = site.at = here.at.replace(month=4, day=20)
    with here.unit() as unit:
        assert make_reminders(unit, GOVERNANCE)
    here.closed(case_id)
    here.work()
    site.enter(MANAGER)
    assert "Phone instead" not in site.get(f"/b/vale/cases/{case_id}").text
    assert "Not sent: the case was closed before" in site.get(f"/b/vale/cases/{case_id}/reminders").text
    with here.by_manager() as unit:
        stories.open_again(unit, case_id, uuid4())
    planning.remind_all(here.bench, here.at)
    here.work()
    with here.unit() as unit:
        assert {one.state for one in reminders_of(unit, case_id)} == {"sent"}


def test_closing_and_opening_again_stand_in_the_timeline(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id = late_case(site, here)
    here.closed(case_id, date(2020, 5, 20))
    here.at += timedelta(hours=1)
    with here.by_manager() as unit:
        stories.open_again(unit, case_id, uuid4())
    said = [e.text.strip() for e in site.get(f"/b/vale/cases/{case_id}/timeline").page.all("li")]
    said = [words for words in said if words.startswith(("Case opened", "Case closed", "Notification", "Incident"))]
    assert said[0].startswith("Case opened again29 May 2020 at 12pm, by ") and "What followed then" not in said[0]
    assert said[1].startswith("Case closed on 20 May 202029 May 2020 at 11am, by ")
    assert [words[:12] for words in said[2:]] == ["Notification", "Incident rec"]
