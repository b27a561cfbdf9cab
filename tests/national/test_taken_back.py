"""A notification that the area took back: the national body reads when, as what, and why, as the area is told that it does."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest

from tests.national.test_desk import DESK, officer, sent
from tests.reviews.neighbours import MANAGER, Neighbours
from tests.web.site import Site
from threefold.domain.errors import ThreefoldError
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


def linked(web: Site, here: Neighbours) -> tuple[UUID, UUID]:
    """Two notifications of one incident, the second linked to the first at the desk; both are overdue."""
    first = here.notified()
    here.later(days=1)
    second = here.notified()
    here.later(days=40)
    web.at = here.at
    officer(web).post(f"{DESK}/{here.area}/{second}/link", {"to_case": f"{here.area}_{first}"})
    return first, second


def counted(web: Site, here: Neighbours) -> tuple[str, int, int]:
    """What stands above the desk's list, and what Timeliness counts as overdue and as taken back."""
    with here.desk() as unit:
        found = stories.timeliness(stories.desk(unit))
    above = next(p.text for p in officer(web).get(DESK).page.all("p") if "Download as CSV" in p.text)
    return " ".join(above.split()).partition(".")[0], sum(r.overdue for r in found), sum(r.taken_back for r in found)


def test_what_is_linked_to_one_that_was_taken_back_counts_by_itself_again(web: Site, here: Neighbours) -> None:
    first, second = linked(web, here)
    page = f"{DESK}/{here.area}/{second}"
    assert counted(web, here) == ("Overdue: 1; Linked, and not counted by itself: 1", 1, 0)
    assert "This one does not count by itself." in officer(web).get(page).text
    take_back(web, here, first, "notification_withdrawn", "The wrong family.")
    assert counted(web, here) == ("Overdue: 1; Taken back: 1", 1, 1)
    desk = officer(web)
    told = "taken back on 10 May 2026, so that this one counts by itself again."
    for shown in (desk.get(page), desk.get(f"{page}/link")):
        assert told in shown.text and "This one does not count by itself." not in shown.text
    assert "Linked to one that was taken back" in desk.get(DESK).text
    rows = {r["reference"]: r for r in csv.DictReader(io.StringIO(desk.client.get(f"{DESK}.csv").get_data(as_text=True)))}
    assert [(r["linked"], r["counts_by_itself"]) for r in rows.values()] == [("no", "yes"), ("yes", "yes")]
    sent(here, second)
    assert "Reply to Vale" in officer(web).get("/my-work").text


def test_one_that_was_taken_back_is_not_offered_as_the_first_and_is_refused(web: Site, here: Neighbours) -> None:
    first, second = linked(web, here)
    third = here.notified()
    page = f"{DESK}/{here.area}/{third}/link"
    desk = officer(web)
    open_before = desk.get(page).page.hidden() | {"to_case": f"{here.area}_{first}"}
    take_back(web, here, first, "notification_withdrawn", "The wrong family.")
    offered = {e.get("value") for e in desk.get(page).page.all("input", type="radio")}
    assert offered == {f"{here.area}_{second}", "none"}, "what was linked to it stands by itself, and may be the first"
    assert (
        "That one was taken back on 10 May 2026 and counts no more. Select another." in desk.send(page, open_before, 422).text
    )
    assert f"May be the same incident as {reference(here, second)}" in desk.get(DESK).text
    with here.desk() as unit, pytest.raises(ThreefoldError, match="was taken back on 10 May 2026"):
        stories.link(unit, here.area, third, here.area, first)
    desk.post(page, {"to_case": f"{here.area}_{second}"})
    assert counted(web, here) == ("Overdue: 1; Taken back: 1; Linked, and not counted by itself: 1", 1, 1)


def test_what_was_linked_goes_on_to_count_when_the_first_is_notified_anew(web: Site, here: Neighbours) -> None:
    first, second = linked(web, here)
    take_back(web, here, first, "notification_withdrawn", "The wrong family.")
    here.later(days=1)
    web.at = here.at
    web.enter(MANAGER)
    web.post(f"/b/vale/cases/{first}/notify/letter", {})
    here.work()
    assert counted(web, here) == ("Due: 1; Overdue: 1", 1, 0)
    assert "The first notification of this incident" not in officer(web).get(f"{DESK}/{here.area}/{second}").text
    assert f"May be the same incident as {reference(here, second)}" in officer(web).get(DESK).text, "that came later now"


def reference(here: Neighbours, case_id: UUID) -> str:
    with here.desk() as unit:
        return next(line.reference for line in stories.desk(unit) if line.case_ref == case_id)
