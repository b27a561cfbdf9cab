"""A day that an area corrects: the area and the national body have one, or the area is told that they differ."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.national.test_desk import DESK, officer
from tests.reviews.neighbours import GOVERNANCE, Neighbours
from tests.web.site import Shown, Site
from threefold.domain.errors import ThreefoldError
from threefold.work.incidents import stories as incidents
from threefold.work.national import stories
from threefold.work.national.stories import DeskLine
from threefold.work.reviews import stories as reviews

REASON = {"reason": "The form's receipt says so."}


def by_form(here: Neighbours, national: UUID | None) -> UUID:
    """A case notified by the official form an hour ago, which the national body is told where it is here."""
    case_id, sent = here.opened(), here.at - timedelta(hours=1)
    with here.unit() as unit:
        incidents.notify(unit, GOVERNANCE, case_id, national, uuid4(), sent_at=sent, sent_by="lead", reference="FORM-1")
    here.work()
    return case_id


def address(web: Site, case_id: UUID, name: str) -> str:
    """The page that corrects a date, as the case's own pages lead to it."""
    shown = web.get(f"/b/vale/cases/{case_id}/events/add").page.all("a")
    return next(a.get("href") for a in shown if f"correct?name={name}" in a.get("href"))


def asked(web: Site, page: str, on: date, status: int = 200) -> Shown:
    """What the page says that the new day changes."""
    day = {"at-day": str(on.day), "at-month": str(on.month), "at-year": str(on.year)}
    return web.send(page, web.get(page).page.hidden() | day | REASON, status)


def line(here: Neighbours) -> DeskLine:
    with here.desk() as unit:
        (found,) = stories.desk(unit)
    return found


def due(here: Neighbours, case_id: UUID) -> object:
    steps = here.state(case_id).verdict["steps"]
    return next(s for s in steps if s["serves"] == "rapid-review")["statutory"]["due_on"]


def test_the_day_of_an_official_form_that_the_area_corrects_reaches_the_desk(web: Site, here: Neighbours) -> None:
    case_id = by_form(here, here.national)
    before = line(here)
    page = address(web, case_id, "notification_sent")
    assert "Name nobody in it." in web.get(page).text
    checked = asked(web, page, date(2026, 3, 29))
    assert "The national body is told of the new day by letter, with the reason." in checked.text
    assert line(here) == before, "nothing is sent before it is confirmed"
    for _ in range(2):  # and a second click
        done = web.send(page, checked.page.hidden()).location
    assert "and the national body is told of the new day" in web.get(done).text
    here.work()
    now = line(here)
    assert now.notified_on == date(2026, 3, 29) and now.due_on != before.due_on
    assert str(now.due_on) == due(here, case_id), "one statutory date, here and there"
    shown = officer(web).get(f"{DESK}/{here.area}/{case_id}").text
    assert shown.count("The area corrected the day of the notification on 30 March 2026") == 1
    assert "it was sent on 29 March 2026, and not on 30 March 2026 as was told before" in shown
    assert "The form&#39;s receipt says so." in shown or "The form's receipt says so." in shown


def test_the_day_of_a_rapid_review_by_the_form_is_corrected_at_the_desk_too(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    here.later(days=30)
    web.at = here.at
    web.enter("manager@vale.example")
    with here.unit() as unit:
        reviews.send_rapid_review(
            unit,
            GOVERNANCE,
            case_id,
            here.national,
            "",
            "In time.",
            uuid4(),
            sent_at=here.at,
            sent_by="lead",
            reference="FORM-2",
        )
    here.work()
    assert line(here).state == "arrived_late"
    page = address(web, case_id, "rapid_review_sent")
    web.send(page, asked(web, page, date(2026, 4, 2)).page.hidden())
    here.work()
    assert (line(here).state, line(here).arrived_on) == ("arrived_in_time", date(2026, 4, 2))
    shown = officer(web).get(f"{DESK}/{here.area}/{case_id}").text
    assert "The area corrected the day of the rapid review" in shown


def test_the_day_of_a_letter_of_this_service_is_not_corrected_by_hand(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    page = address(web, case_id, "notification_sent")
    shown = web.get(page)
    assert "This service sent it by letter, and the national body has the same day." in shown.text
    assert any(a.get("href") == f"/b/vale/cases/{case_id}/leave" for a in shown.page.all("a"))
    assert not shown.page.all("textarea")
    day = {"at-day": "29", "at-month": "3", "at-year": "2026"}
    for confirmed in ({}, {"confirmed": "yes"}):
        refused = web.send(page, shown.page.hidden() | day | REASON | confirmed, 422)
        assert "The date was not corrected: the page says why." in refused.text and "receipt says so" in refused.text
    before = here.state(case_id).facts.review.event("notification_sent")
    assert before is not None and before.day == date(2026, 3, 30)
    with here.unit() as unit, pytest.raises(ThreefoldError, match="not corrected by hand"):
        incidents.correct_event(
            unit,
            GOVERNANCE,
            case_id,
            "notification_sent",
            before.at.isoformat(),
            date(2026, 3, 29),
            "So.",
            here.national,
            uuid4(),
        )


def test_where_no_letter_tells_it_the_area_is_told_to_do_so(web: Site, here: Neighbours) -> None:
    case_id = by_form(here, None)
    page = address(web, case_id, "notification_sent")
    checked = asked(web, page, date(2026, 3, 29))
    assert "was not told of this day by a letter from here" in checked.text
    with psycopg.connect(here.database.admin, autocommit=True) as admin:
        admin.execute("update directory.body set on_platform = false where id = %s", (here.national,))
    checked = asked(web, page, date(2026, 3, 29))
    assert "The national body is not on this platform" in checked.text
    assert "Tell it of the new day yourself." in checked.text
    done = web.send(page, checked.page.hidden()).location
    assert "Nothing was sent to the national body" in web.get(done).text
    same = asked(web, address(web, case_id, "notification_sent"), date(2026, 3, 29)).text
    assert "Tell it of the new day" not in same, "another hour of one day moves nothing"


def test_the_day_of_a_notification_that_was_followed_by_another_is_not_sent_as_that_of_the_newest(
    web: Site, here: Neighbours
) -> None:
    case_id = by_form(here, here.national)
    page = address(web, case_id, "notification_sent")
    with here.unit() as unit:
        incidents.leave(unit, GOVERNANCE, case_id, "notification_withdrawn", "The wrong matter.", here.national, uuid4())
    here.later(days=1)
    web.at = here.at
    web.enter("manager@vale.example")
    with here.unit() as unit:
        incidents.notify(unit, GOVERNANCE, case_id, here.national, uuid4())
    here.work()
    checked = asked(web, page, date(2026, 3, 29))
    assert "belongs to a notification that was taken back and followed by another" in checked.text
    assert "counts nothing from it. No letter goes to it." in checked.text and "yourself" not in checked.text
    assert "nothing counts from that day there" in web.get(web.send(page, checked.page.hidden()).location).text
    here.work()
    assert line(here).notified_on == date(2026, 3, 31)


def test_notifications_and_their_taking_back_stay_in_turn(web: Site, here: Neighbours) -> None:
    """A second one before the first was taken back would leave no notification standing here, and one at the national desk."""
    case_id = by_form(here, here.national)
    first = address(web, case_id, "notification_sent")
    with here.unit() as unit:
        incidents.leave(unit, GOVERNANCE, case_id, "criteria_not_met", "They are not met.", here.national, uuid4())
    here.later(days=3)
    web.at = here.at
    web.enter("manager@vale.example")
    taken_back = here.state(case_id).facts.review.taken_back_on
    assert taken_back is not None
    with here.unit() as unit:
        sent = here.at - timedelta(hours=1)
        incidents.notify(unit, GOVERNANCE, case_id, here.national, uuid4(), sent_at=sent, sent_by="lead", reference="FORM-2")
    here.work()
    pages = {a.get("href") for a in web.get(f"/b/vale/cases/{case_id}/events/add").page.all("a")}
    (second,) = {p for p in pages if "correct?name=notification_sent" in p} - {first}
    before = f"The notification before this one was taken back on {taken_back:%-d %B %Y}."
    assert before in asked(web, second, taken_back - timedelta(days=1), 422).text
    assert (
        f"This notification was taken back on {taken_back:%-d %B %Y}."
        in asked(web, first, taken_back + timedelta(days=1), 422).text
    )
    same = asked(web, second, taken_back)
    assert "told of the new day by letter" in same.text, "on one day, as they were put on record"
    web.send(second, same.page.hidden())
    assert "nobody could tell the two apart" in asked(web, first, taken_back, 422).text
    with here.unit() as unit, pytest.raises(ThreefoldError, match="was taken back on"):
        day = taken_back - timedelta(days=1)
        incidents.correct_event(
            unit,
            GOVERNANCE,
            case_id,
            "notification_sent",
            taken_back.isoformat(),
            day,
            "As the form says.",
            here.national,
            uuid4(),
        )
    here.work()
    assert here.state(case_id).facts.review.notified_on == line(here).notified_on == taken_back
