"""The clock of a request for one's own records: what was asked first, when it came, two more months, the list by day, and reminders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.records.keeper import Keeper, barred, keeper
from tests.records.test_asking import gathered, on, opened
from tests.reviews.neighbours import EDITIONS, GOVERNANCE, MANAGER, staffed
from tests.support.database import Database
from tests.support.inbox import Inbox, receiving, text_of
from tests.web.site import Site, make_site
from threefold.domain.errors import ThreefoldError
from threefold.doors.worker import planning
from threefold.doors.worker.mail import SmtpMailer
from threefold.governance.pack import Library
from threefold.walls.session import Unit
from threefold.work.people.access import PARTNER_LEAD, NotHere
from threefold.work.records.stories import answering, asking, clock, reminding

LEAD = "lead@vale.example"


def by(here: Keeper, day: date) -> None:
    here.at = here.at.replace(year=day.year, month=day.month, day=day.day)


def asked(here: Keeper, request: UUID, kind: str = "clarification", day: date | None = None) -> int:
    with here.by_manager() as unit:
        return clock.ask(unit, request, kind, "Planted question", day or unit.today, uuid4())


def came(here: Keeper, request: UUID, no: int, day: date | None = None) -> None:
    with here.by_manager() as unit:
        clock.it_came(unit, request, no, day or unit.today)


def request_of(here: Keeper, request: UUID) -> asking.Request:
    with here.by_manager() as unit:
        return asking.request_of(unit, request)


def test_the_month_begins_when_they_showed_who_they_are(here: Keeper) -> None:
    request = opened(here)  # on Monday 30 March 2020
    no = asked(here, request, "identity")
    found = request_of(here, request)
    assert (found.due_on, found.period.waits_for) == (None, ("identity",))
    here.later(days=7)
    came(here, request, no)
    found = request_of(here, request)
    assert (found.period.begins_on, found.due_on) == (date(2020, 4, 6), date(2020, 5, 6))
    assert found.questions[0].asked == "Planted question"


def test_the_clock_stands_while_they_are_asked_what_they_look_for_and_goes_on_then(here: Keeper) -> None:
    request = opened(here)
    assert request_of(here, request).due_on == date(2020, 4, 30)
    here.later(days=7)
    no = asked(here, request)
    assert request_of(here, request).due_on is None
    here.later(days=20)
    came(here, request, no)
    assert request_of(here, request).due_on == date(2020, 5, 20)
    here.later(days=5)
    came(here, request, no, date(2020, 4, 24))  # it was written down wrongly
    assert request_of(here, request).due_on == date(2020, 5, 18)  # 17 May is a Sunday
    with here.by_manager() as unit:
        clock.take_back(unit, request, no)
    found = request_of(here, request)
    assert found.due_on == date(2020, 4, 30) and found.questions[0].taken_back
    with pytest.raises(ThreefoldError, match="taken back already"):
        came(here, request, no)


@pytest.mark.parametrize(("kind", "words", "day", "told"), [
    ("something", "x", date(2020, 4, 1), "Select what the person was asked"), ("fee", " ", date(2020, 4, 1), "Enter what you asked"),
    ("fee", "x", date(2020, 3, 29), "between the day the request was received and today"),
    ("fee", "x", date(2020, 5, 9), "between the day the request was received and today"),
    ("fee", "x", date(2020, 5, 1), "The time ended on 30 April 2020"),
])  # fmt: skip
def test_what_can_not_be_is_refused(here: Keeper, kind: str, words: str, day: date, told: str) -> None:
    request = opened(here)
    by(here, date(2020, 5, 8))
    with pytest.raises(ThreefoldError, match=told), here.by_manager() as unit:
        clock.ask(unit, request, kind, words, day, uuid4())


def test_it_is_asked_once_sent_twice_and_not_again_before_it_came(here: Keeper) -> None:
    request, token = opened(here), uuid4()
    for _ in range(2):
        with here.by_manager() as unit:
            assert clock.ask(unit, request, "fee", "Planted question", unit.today, token) == 1
    with pytest.raises(ThreefoldError, match="asked this already"):
        asked(here, request, "fee")
    for day in (None, date(2020, 3, 29), date(2020, 3, 31)):
        with pytest.raises(ThreefoldError, match=r"Enter the day|between the day"), here.by_manager() as unit:
            clock.it_came(unit, request, 1, day)
    came(here, request, 1)
    assert asked(here, request, "fee") == 2


def test_it_comes_no_earlier_than_it_was_asked_by_the_database_too(here: Keeper) -> None:
    request = opened(here)
    asked(here, request)
    with pytest.raises(psycopg.errors.CheckViolation), psycopg.connect(here.database.admin) as connection:
        connection.execute("update body.subject_question set came_on = asked_on - 1")


def test_the_person_is_told_of_an_extension_by_the_end_of_the_first_month_as_it_moved(here: Keeper) -> None:
    request = opened(here)
    no = asked(here, request)
    here.later(days=20)
    came(here, request, no)  # so the first month ends on 20 May
    by(here, date(2020, 5, 25))
    with pytest.raises(ThreefoldError, match="told of a delay by 20 May 2020"), here.by_manager() as unit:
        clock.extend(unit, request, "It is complex.", date(2020, 5, 21))
    with here.by_manager() as unit:
        clock.extend(unit, request, "It is complex.", date(2020, 5, 20))  # written down later than it was told
    found = request_of(here, request)
    assert (found.extended_on, found.due_on) == (date(2020, 5, 20), date(2020, 7, 20))  # three months, and the 20 days


def test_the_list_is_by_the_day_they_are_due_and_the_ones_that_stand_come_after(here: Keeper) -> None:
    first = opened(here, date(2020, 3, 20))
    stands = opened(here, date(2020, 3, 2))
    moved = opened(here, date(2020, 3, 10))
    closed = opened(here, date(2020, 3, 1))
    asked(here, stands)
    mistaken = asked(here, first, "fee")
    with here.by_manager() as unit:
        clock.take_back(unit, first, mistaken)
    no = asked(here, moved, "identity")
    came(here, moved, no)
    with here.by_manager() as unit:
        answering.close_request(unit, closed, "refused", unit.today, "By post.")
        found = asking.list_requests(unit)
    assert [one.id for one in found] == [first, moved, stands, closed]
    assert [one.due_on for one in found] == [date(2020, 4, 20), date(2020, 4, 30), None, date(2020, 4, 1)]


ACTS: dict[str, Callable[[Unit, UUID], object]] = {
    "ask": lambda unit, request: clock.ask(unit, request, "fee", "x", unit.today, uuid4()),
    "came": lambda unit, request: clock.it_came(unit, request, 1, unit.today),
    "take back": lambda unit, request: clock.take_back(unit, request, 1),
}


@pytest.mark.parametrize("act", ACTS)
def test_who_is_kept_out_or_may_not_open_all_of_it_does_nothing_and_a_closed_one_has_no_clock(here: Keeper, act: str) -> None:
    request = gathered(here, case_id := here.whole_case())
    asked(here, request)
    here.restricted(case_id)
    with pytest.raises(asking.OfAnother), here.by_manager() as unit:
        ACTS[act](unit, request)
    barred(here, case_id, here.manager)
    with pytest.raises(asking.OfAnother), here.by_manager() as unit:
        ACTS[act](unit, request)
    with pytest.raises(asking.OfAnother), here.by_manager() as unit:
        clock.see_question(unit, request, 1)
    with here.by_lead() as unit, pytest.raises(NotHere):
        clock.see_question(unit, request, 2)
    with psycopg.connect(here.database.admin) as connection:
        connection.execute("update body.subject_request set state = 'refused'")
    with pytest.raises(ThreefoldError, match="closed already"), here.by_lead() as unit:
        ACTS[act](unit, request)


def test_what_was_asked_is_sealed_and_in_no_audit(here: Keeper) -> None:
    request = opened(here)
    came(here, request, asked(here, request))
    for table in ("audit_entry", "subject_question"):
        assert not [row for row in here.rows(f"select * from body.{table}") if "Planted question" in repr(row)], table
    actions = {
        row[0] for row in here.rows("select action from body.audit_entry where subject = %s", f"subject-request:{request}")
    }
    assert {"subject asked for something", "subject answered"} <= actions


# on screen, and by e-mail


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Iterator[tuple[Site, Keeper]]:
    here = keeper(database)
    one = make_site(database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    one.at = here.at
    staffed(one, here)
    one.person(LEAD, here.area, PARTNER_LEAD)
    yield one, here
    one.app.extensions["threefold"].walls.engine.dispose()


def test_on_screen_it_is_asked_it_stands_and_how_the_day_is_worked_out_is_said(site: tuple[Site, Keeper]) -> None:
    one, here = site
    request = opened(here)
    page = f"/b/vale/records/requests/{request}"
    one.enter(MANAGER)
    assert "Select what the person was asked to do" in one.post(f"{page}/questions/new", {}, 422).text
    one.post(f"{page}/questions/new", {"kind": "clarification", "asked": "Which years?", **on(here.at)})
    shown = one.get(page).text
    assert "The clock stands. If the answer came today, it would be due on 30 April 2020." in shown and "Which years?" in shown
    assert "The clock stands" in one.get("/b/vale/records/requests").text
    here.later(days=3)
    one.at = here.at
    one.enter(MANAGER)
    assert "Enter the day on which it came" in one.post(f"{page}/questions/1", {"what": "came"}, 422).text
    one.post(f"{page}/questions/1", {"what": "came", **on(here.at)})
    shown = one.get(page).text
    assert (
        "The clock stood for 3 days, from 30 March 2020 until 2 April 2020" in shown and "4 May 2020" in shown
    )  # the 3rd is a Sunday
    assert "guidance on time limits (source to confirm)" in shown
    one.post(f"{page}/questions/1", {"what": "back"})
    assert "taken back" in one.get(page).text and "4 May 2020" not in one.get(page).text
    one.get(f"{page}/questions/2", 404)


@pytest.fixture
def inbox(site: tuple[Site, Keeper]) -> Iterator[Inbox]:
    with receiving() as (found, port):
        site[1].send_mail = SmtpMailer(f"smtp://127.0.0.1:{port}", "threefold@threefold.example").send
        yield found


def remind(here: Keeper, day: date) -> None:
    here.at = datetime(day.year, day.month, day.day, 9, tzinfo=here.at.tzinfo)
    for _ in range(2):  # made once, however often it is asked
        planning.remind_all(here.bench, here.at)
        here.work()


def leads(here: Keeper) -> list[tuple[int, date, str]]:
    return sorted(here.rows("select lead_days, due_on, state from body.subject_reminder"))


def test_whoever_answers_is_reminded_before_it_is_due_and_of_the_day_that_it_moved_to(
    site: tuple[Site, Keeper], inbox: Inbox
) -> None:
    here = site[1]
    request, due, moved = opened(here), date(2020, 4, 30), date(2020, 5, 5)
    remind(here, date(2020, 4, 22))
    assert leads(here) == []
    remind(here, date(2020, 4, 23))
    assert leads(here) == [(7, due, "sent")]
    (mail,) = inbox.to(MANAGER)
    assert mail["Subject"] == "Threefold: due 30 April 2020"
    assert f"/b/vale/records/requests/{request}" in text_of(mail) and "Zephyrine" not in text_of(mail)
    no = asked(here, request)
    remind(here, date(2020, 4, 28))
    assert len(leads(here)) == 1  # the clock stands
    came(here, request, no)
    remind(here, date(2020, 4, 29))
    assert leads(here) == [(7, due, "sent"), (7, moved, "sent")] and inbox.to(LEAD) == []
    remind(here, moved)
    assert {(0, moved, "sent")} < set(leads(here)) and len(inbox.to(LEAD)) == 1
    remind(here, moved + timedelta(days=1))
    assert inbox.to(LEAD)[-1]["Subject"] == "Threefold: overdue 5 May 2020"
    with here.by_manager() as unit:
        answering.close_request(unit, request, "refused", unit.today, "By post.")
    before = len(leads(here))
    remind(here, moved + timedelta(days=9))
    assert len(leads(here)) == before


def test_who_is_kept_out_is_not_reminded_and_what_could_not_be_sent_is_told_on_its_page(
    site: tuple[Site, Keeper], inbox: Inbox
) -> None:
    one, here = site
    request = gathered(here, case_id := here.whole_case())
    due = request_of(here, request).due_on
    assert due is not None
    managers = here.rows("select id from directory.person where email = %s", MANAGER)
    barred(here, case_id, managers[0][0], MANAGER)
    inbox.refused, before = LEAD, len(inbox.to(MANAGER))
    remind(here, due - timedelta(days=2))
    assert [row[2] for row in leads(here)] == ["failed", "sent", "sent"]  # three leads
    assert len(inbox.to(MANAGER)) == before
    with here.by_manager() as unit:
        assert {r.state for r in reminding.subject_reminders_of(unit, request)} == {"failed", "sent"}
    one.at = here.at
    one.enter(LEAD)
    assert "could not be sent" in one.get(f"/b/vale/records/requests/{request}").text


def test_a_reminder_that_is_needed_no_more_is_not_sent(site: tuple[Site, Keeper], inbox: Inbox) -> None:
    here = site[1]
    request = opened(here)
    here.at = datetime(2020, 4, 23, 9, tzinfo=here.at.tzinfo)
    with here.unit() as unit:
        (made,) = reminding.make_subject_reminders(unit, lambda: (7, 2, 0, -1))
    asked(here, request)
    with here.unit() as unit:
        assert reminding.subject_reminder_mail(unit, made, "https://threefold.example/b/vale") is None
    assert [row[2] for row in leads(here)] == ["failed"]


def test_whoever_answers_is_reminded_that_nothing_came_every_two_weeks_until_it_does(
    site: tuple[Site, Keeper], inbox: Inbox
) -> None:
    here = site[1]
    request = opened(here)
    no, since = asked(here, request), here.at.date()
    remind(here, since + timedelta(days=13))
    assert leads(here) == []
    remind(here, since + timedelta(days=14))
    (mail,) = inbox.to(MANAGER)
    assert mail["Subject"] == f"Threefold: not answered since {since:%-d %B %Y}" and inbox.to(LEAD) == []
    assert f"/b/vale/records/requests/{request}" in text_of(mail) and "Zephyrine" not in text_of(mail)
    remind(here, since + timedelta(days=27))
    assert len(inbox.to(MANAGER)) == 1
    remind(here, since + timedelta(days=43))
    assert leads(here) == [(-42, since, "sent"), (-14, since, "sent")]
    here.at += timedelta(days=14)
    with here.unit() as unit:
        (made,) = reminding.make_subject_reminders(unit, lambda: (7, 2, 0, -1))
    came(here, request, no)
    with here.unit() as unit:
        assert reminding.subject_reminder_mail(unit, made, "https://threefold.example/b/vale") is None
    assert len(inbox.to(MANAGER)) == 2


def test_on_screen_a_day_that_somebody_else_gave_meanwhile_is_shown_before_another_counts(site: tuple[Site, Keeper]) -> None:
    one, here = site
    request = opened(here)
    asked(here, request)
    here.later(days=3)
    one.at = here.at
    one.enter(MANAGER)
    page = f"/b/vale/records/requests/{request}/questions/1"
    hidden = one.get(page).page.hidden()
    came(here, request, 1, here.at.date() - timedelta(days=1))
    for said in ({"what": "came", **on(here.at)}, {"what": "back"}):
        again = one.send(page, hidden | said, 409)
        assert "Somebody noted when this came while you were writing" in again.text
        assert "It is on record that it came on 1 April 2020." in again.text
    for _ in range(2):
        one.send(page, again.page.hidden() | {"what": "came", **on(here.at)})
    assert request_of(here, request).questions[0].came_on == here.at.date()
