"""A notification that the area took back: the national body reads when, as what, and why, as the area is told that it does."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest

from tests.national.test_desk import DESK, officer, sent
from tests.reviews.neighbours import MANAGER, Neighbours
from tests.web.site import Site
from threefold.work.national import stories

WAYS = {"notification_withdrawn": "Notification withdrawn", "criteria_not_met": "Criteria found not met"}


def take_back(web: Site, here: Neighbours, case_id: UUID, way_out: str, reason: str) -> None:
    web.at = here.at
    web.enter(MANAGER)
    page = f"/b/vale/cases/{case_id}/leave"
    assert "The national body is told by letter, with the reason." in web.get(page).text
    web.post(page, {"way_out": way_out, "reason": reason})
    here.work()


@pytest.mark.parametrize("way_out", WAYS)
def test_when_as_what_and_why_a_notification_was_taken_back_is_read_at_the_desk(
    web: Site, here: Neighbours, way_out: str
) -> None:
    case_id = here.notified()
    here.later(days=1)
    take_back(web, here, case_id, way_out, "The child was somebody else.")
    desk, page = officer(web), f"{DESK}/{here.area}/{case_id}"
    said = f"{WAYS[way_out]} on 31 March 2026"
    shown = desk.get(page).text
    assert f"{said}. Reason: The child was somebody else." in shown
    assert said in desk.get(DESK).text
    (row,) = csv.DictReader(io.StringIO(desk.client.get(f"{DESK}.csv").get_data(as_text=True)))
    assert (row["taken_back_on"], row["taken_back_as"]) == ("2026-03-31", way_out)
    here.later(days=1)
    web.at = here.at
    web.enter(MANAGER)
    web.post(f"/b/vale/cases/{case_id}/notify/letter", {})
    here.work()
    shown = officer(web).get(page).text
    assert "Notified before, on 30 March 2026, and taken back on 31 March 2026." in shown
    assert f"{WAYS[way_out]}. Reason: The child was somebody else." in shown
    assert said not in shown, "the new one stands"


def test_it_is_told_of_one_whose_rapid_review_had_arrived_too(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    sent(here, case_id)
    web.at = here.at
    assert "Reply to Vale" in officer(web).get("/my-work").text
    take_back(web, here, case_id, "criteria_not_met", "It was an accident.")
    shown = officer(web).get(f"{DESK}/{here.area}/{case_id}").text
    assert "Criteria found not met on 30 March 2026. Reason: It was an accident." in shown
    assert "Taken back" in shown and "Arrived in time" not in shown
    with here.desk() as unit:
        (row,) = stories.timeliness(stories.desk(unit))
    assert (row.notified, row.in_time, row.taken_back) == (1, 0, 1)
    assert "Reply to Vale" not in officer(web).get("/my-work").text
