"""The national desk: what is due, overdue, in time and late; replying; duplicates; CSV; and who may see it."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from tests.reviews.neighbours import GOVERNANCE, OFFICER, Neighbours
from tests.support.statements import counting
from tests.web.site import Site
from threefold.domain.errors import ThreefoldError
from threefold.walls.database import db
from threefold.work.incidents import stories as incidents
from threefold.work.national import stories
from threefold.work.people.access import Forbidden
from threefold.work.reviews import stories as reviews

DESK = "/b/nation/desk"


def officer(web: Site) -> Site:
    other = web.another()
    other.enter(OFFICER)
    return other


def sent(here: Neighbours, case_id: UUID, summary: str = "What was learnt.") -> None:
    with here.unit() as unit:
        reviews.send_rapid_review(unit, GOVERNANCE, case_id, here.national, summary, "Nobody was there to sign.", uuid4())
    here.work()


def three(here: Neighbours) -> tuple[UUID, UUID, UUID]:
    """Notified on 30 March and due on 22 April: one sent in time, one on 24 April, one not."""
    first, second, third = (here.notified(happened_on=f"2026-03-0{no}") for no in (1, 2, 3))
    here.later(days=10)
    sent(here, first)
    here.later(days=15)
    sent(here, second)
    return first, second, third


def test_what_is_late_is_counted_in_working_days_after_the_statutory_date(web: Site, here: Neighbours) -> None:
    first, second, third = three(here)
    web.at = here.at
    with here.desk() as unit:
        lines = {ln.case_ref: ln for ln in stories.desk(unit)}
    assert {ln.due_on for ln in lines.values()} == {date(2026, 4, 22)}
    assert [(lines[c].state, lines[c].days_late) for c in (first, second, third)] == [
        ("arrived_in_time", 0),
        ("arrived_late", 2),
        ("overdue", 2),
    ]
    shown = officer(web).get(DESK)
    assert "Counts letters received; statutory dates only" in shown.text
    assert "Arrived in time: 1; " in shown.text.replace("\n", " ")
    (row,) = stories.timeliness(lines.values())
    assert (row.quarter, row.notified, row.in_time, row.late, row.overdue, row.not_yet_due) == ("2026 Q1", 3, 1, 1, 1, 0)
    assert "2026 Q1" in officer(web).get(f"{DESK}/timeliness").text


def test_filters_hold_on_the_page_and_in_the_csv(web: Site, here: Neighbours) -> None:
    three(here)
    web.at = here.at
    desk = officer(web)
    overdue = desk.get(f"{DESK}?state=overdue")
    assert len(overdue.page.all("tr")) == 2
    assert len(desk.get(f"{DESK}?area=Vale&quarter=2026+Q1").page.all("tr")) == 4
    assert len(desk.get(f"{DESK}?quarter=2025+Q4").page.all("tr")) == 0
    (link,) = [a.get("href") for a in overdue.page.all("a") if "desk.csv" in a.get("href")]
    response = desk.client.get(link)
    assert response.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
    assert [(r["area"], r["state"], r["working_days_late"]) for r in rows] == [("Vale", "overdue", "2")]


@pytest.mark.parametrize("wrong", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0"])
def test_no_cell_of_the_csv_is_run_as_a_formula(here: Neighbours, wrong: str) -> None:
    case_id = here.opened()
    with here.unit() as unit:
        incidents.notify(unit, GOVERNANCE, case_id, here.national, uuid4(), sent_at=here.at, sent_by="lead", reference=wrong)
    here.work()
    with here.desk() as unit:
        (row,) = list(csv.DictReader(io.StringIO(stories.to_csv(stories.desk(unit)), newline="")))
    assert row["reference"] == f"'{wrong}"


def test_the_case_shows_who_did_not_sign_and_why_and_is_replied_to_once(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    page = f"{DESK}/{here.area}/{case_id}"
    desk = officer(web)
    assert "It has not arrived" in desk.get(page).text
    assert "there is nothing to reply to" in desk.get(f"{page}/reply").text
    sent(here, case_id)
    shown = desk.get(page)
    assert "Not signed by health lead" in shown.text
    assert "Reason given: Nobody was there to sign." in shown.text
    assert (
        any(i.text == f"Reply to {'Vale'}" for i in desk.get("/my-work").page.all("a"))
        or "Reply to Vale" in desk.get("/my-work").text
    )
    assert "Say why the Panel disagrees" in desk.post(f"{page}/reply", {"view": "disagree", "national_review": "no"}, 422).text
    hidden = desk.get(f"{page}/reply").page.hidden() | {
        "view": "query",
        "national_review": "unclear",
        "reason": "Which themes?",
    }
    for _ in range(2):
        assert desk.send(f"{page}/reply", hidden).location.endswith("?done=replied")
    assert desk.get(page).text.count("Which themes?") == 1
    assert set(here.work()) == {"done"}
    assert here.state(case_id).facts.review.panel_view.value == "query"
    assert "Reply to Vale" not in desk.get("/my-work").text


def test_a_second_notification_of_the_same_incident_is_suggested_linked_and_counted_once(web: Site, here: Neighbours) -> None:
    first, second = here.notified(), here.notified()
    desk, page = officer(web), f"{DESK}/{here.area}/{second}"
    assert "May be the same incident as 2026-0001" in desk.get(DESK).text
    form = desk.get(f"{page}/link")
    chosen = [r.get("value") for r in form.page.all("input", type="radio") if "checked" in r.attributes]
    assert chosen == [f"{here.area}_{first}"]
    desk.post(f"{page}/link", {"to_case": chosen[0]})
    with here.desk() as unit:
        lines = stories.desk(unit)
        (row,) = stories.timeliness(lines)
    assert (row.notified, [ln.duplicate_of for ln in lines]) == (1, ["", ""])
    assert {r["linked"] for r in csv.DictReader(io.StringIO(stories.to_csv(lines)))} == {"yes", "no"}
    with here.desk() as unit, pytest.raises(ThreefoldError, match="Link the other way round"):
        stories.link(unit, here.area, first, here.area, here_third(here))
    desk.post(f"{page}/link", {"to_case": "none"})
    with here.desk() as unit:
        assert [ln.linked_to for ln in stories.desk(unit)] == [None] * 3


def test_a_link_is_not_written_over_unseen_and_the_first_is_one_that_came_first(web: Site, here: Neighbours) -> None:
    first, between = here.notified(), here.notified()
    here.at += timedelta(days=2)
    last = here.notified()
    desk, page = officer(web), f"{DESK}/{here.area}/{last}"
    stale = desk.get(f"{page}/link").page.hidden() | {"to_case": f"{here.area}_{between}"}
    desk.post(f"{page}/link", {"to_case": f"{here.area}_{first}"})
    assert "The first notification of this incident: Vale: 2026-0001, notified on" in desk.get(page).text
    told = desk.send(f"{page}/link", stale, 409)
    assert "Somebody linked this notification, or took a link back, while you were writing" in told.text
    assert "It is linked to Vale: 2026-0001" in told.text
    desk.send(f"{page}/link", stale | told.page.hidden())
    assert "The first notification of this incident: Vale: 2026-0002, notified on" in desk.get(page).text
    assert desk.send(f"{page}/link", stale).location.endswith("?done=linked"), "what is so already is not asked about"
    offered = {e.get("value") for e in desk.get(f"{DESK}/{here.area}/{first}/link").page.all("input", type="radio")}
    assert f"{here.area}_{last}" not in offered, "what came later was not first"
    with here.desk() as unit, pytest.raises(ThreefoldError, match="That one was notified later"):
        stories.link(unit, here.area, first, here.area, last)


def here_third(here: Neighbours) -> UUID:
    return here.notified(happened_on="2026-01-01")


def test_areas_do_not_see_the_desk_and_the_desk_is_nowhere_else(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    for path in ("desk", "desk/timeliness", "desk.csv", f"desk/{here.area}/{case_id}"):
        web.get(f"/b/vale/{path}", 403)
        web.get(f"/b/nation/{path}", 404)
    site = web.another()
    site.person("both@vale.example", here.area, "national_officer")
    site.enter("both@vale.example")
    site.get("/b/vale/desk", 404)
    with here.database.unit(here.national, here.at, roles=("business_manager",)) as unit, pytest.raises(Forbidden):
        stories.desk(unit)
    desk = officer(web)
    desk.get(f"{DESK}/{uuid4()}/{case_id}", 404)
    desk.get(f"{DESK}/{here.area}/{uuid4()}/link", 404)


def test_the_desk_costs_the_same_however_long_it_is(web: Site, here: Neighbours) -> None:
    desk, counts = officer(web), set[tuple[int, int]]()
    with web.app.app_context():
        engine = db.engine
    for _ in range(3):
        here.notified(happened_on=str(date(2026, 1, 1) + timedelta(days=len(counts))))
        with counting(engine) as counted:
            desk.get(DESK)
        counts.add((len(counted.statements), counted.transactions))
    assert counts == {(3, 2)}


def test_letters_of_a_case_out_of_order_wait_for_the_one_before(here: Neighbours) -> None:
    case_id = here.opened()
    with here.unit() as unit:
        incidents.notify(unit, GOVERNANCE, case_id, here.national, uuid4())
        notification = unit.work[-1]
    with here.unit() as unit:
        reviews.send_rapid_review(unit, GOVERNANCE, case_id, here.national, "Learnt.", "In time.", uuid4())
        report = unit.work[-1]
    from threefold.doors.worker import jobs

    jobs.perform(here.bench, report, here.at)
    taking = due(here, besides=notification)
    assert [jobs.perform(here.bench, work, here.at) for work in taking] == ["done"]
    with here.desk() as unit:
        assert stories.desk(unit) == []
    here.work()
    with here.desk() as unit:
        assert [ln.state for ln in stories.desk(unit)] == ["arrived_in_time"]


def due(here: Neighbours, besides: UUID) -> list[UUID]:
    with here.database.walls.directory() as directory:
        return [work for work in directory.due_work(here.at) if work != besides]
