"""Reminders: each once, at the area's lead times, to whoever must act and then the deputy, by real SMTP, with no name in it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.governance.test_decide import arrangement
from tests.reviews.neighbours import GOVERNANCE, MANAGER, PARTNERS, POLICE, SAID, SEATS, USES, Neighbours
from tests.support.inbox import Inbox, receiving, text_of
from tests.web.site import Site
from threefold.doors.worker import jobs, planning
from threefold.doors.worker.mail import FolderMailer, SmtpMailer
from threefold.governance.pack import RuleUse
from threefold.plugin_api.arrangement import Seat
from threefold.walls.directory import Colleague
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories as incidents
from threefold.work.people.access import BUSINESS_MANAGER, DEPUTY, PARTNER_LEAD
from threefold.work.reminders import stories
from threefold.work.reviews import stories as reviews

SENDER = "threefold@threefold.example"
SECRET_NAME = "Zacharias Quill"
DEPUTY_EMAIL = "deputy@vale.example"


@pytest.fixture
def inbox(here: Neighbours) -> Iterator[Inbox]:
    with receiving() as (found, port):
        here.send_mail = SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER).send
        yield found


def on(here: Neighbours, day: date) -> None:
    here.at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def remind(here: Neighbours) -> list[str]:
    planning.remind_all(here.bench, here.at)
    return here.work()


def due_case(here: Neighbours) -> UUID:
    """Notified on 30 March: the rapid review is due on Wednesday 22 April 2026."""
    case_id = here.notified()
    with here.unit() as unit:
        incidents.add_person(unit, case_id, "child", {"name": SECRET_NAME}, "child-1")
    return case_id


def rows(here: Neighbours, case_id: UUID) -> list[tuple[int, bool, str]]:
    with here.unit() as unit:
        return sorted((r.lead_days, r.as_deputy, r.state) for r in stories.reminders_of(unit, case_id))


def test_each_is_made_once_at_its_lead_time(web: Site, here: Neighbours, inbox: Inbox) -> None:
    case_id = due_case(here)
    remind(here)
    assert rows(here, case_id) == []
    for day, so_far in (
        (14, []),
        (15, [7]),
        (16, [7]),
        (20, [2, 7]),
        (22, [0, 2, 7]),
        (23, [-1, 0, 2, 7]),
        (24, [-1, 0, 2, 7]),
    ):
        on(here, date(2026, 4, day))
        remind(here)
        remind(here)
        assert [lead for lead, _, _ in rows(here, case_id)] == so_far, day
    assert len(inbox.to(MANAGER)) == 4
    assert [m["Subject"] for m in inbox.to(MANAGER)] == [
        *["Threefold: due 22 April 2026"] * 3, "Threefold: overdue 22 April 2026"]  # fmt: skip


def test_the_area_s_own_lead_times_count(web: Site, here: Neighbours, inbox: Inbox) -> None:
    plan = {**USES[2].settings, "reminder_days": [10, 3], "source": SAID}
    version = arrangement("two", date(2026, 1, 1), replace(USES[2], settings=plan))
    with here.unit() as unit:
        enter_version(unit, GOVERNANCE, replace(version, organisations=PARTNERS, seats=SEATS))
    case_id = due_case(here)
    for day, so_far in ((11, []), (12, [10]), (15, [10]), (19, [3, 10]), (22, [3, 10])):
        on(here, date(2026, 4, day))
        remind(here)
        assert [lead for lead, _, _ in rows(here, case_id)] == so_far, day


def test_a_worker_that_was_down_sends_one_and_not_all_that_it_missed(web: Site, here: Neighbours, inbox: Inbox) -> None:
    case_id = due_case(here)
    on(here, date(2026, 4, 23))
    remind(here)
    assert [lead for lead, _, _ in rows(here, case_id)] == [-1]
    assert len(inbox.to(MANAGER)) == 1


def test_the_deputy_is_reminded_from_the_day_itself(web: Site, here: Neighbours, inbox: Inbox) -> None:
    web.person(DEPUTY_EMAIL, here.area, DEPUTY)
    case_id = due_case(here)
    on(here, date(2026, 4, 20))
    remind(here)
    assert inbox.to(DEPUTY_EMAIL) == []
    on(here, date(2026, 4, 22))
    remind(here)
    (mail,) = inbox.to(DEPUTY_EMAIL)
    assert "as the deputy" in text_of(mail)
    assert (0, True, "sent") in rows(here, case_id)


def test_the_deputy_is_the_one_of_the_version_in_force_on_the_day(web: Site, here: Neighbours, inbox: Inbox) -> None:
    """Neither one that an earlier version named, nor one of a version that has not begun."""
    steps = [
        {"key": "meet", "title": "Review meeting", "day": 10, "serves": "rapid-review", "who": "police-lead", "source": SAID}
    ]
    plan = replace(USES[2], settings={"start_events": ["notification_sent"], "unit": "working_days", "steps": steps})
    emails = {name: f"{name}@vale.example" for name in ("before", "in-force", "to-come")}
    for name, begins in (("before", date(2026, 1, 1)), ("in-force", date(2026, 3, 1)), ("to-come", date(2026, 6, 1))):
        deputy = Seat(f"police-{name}", f"Deputy {name}", "deputy", "police")
        web.person(emails[name], here.area, PARTNER_LEAD, seats=(deputy.key,))
        seats = (*(replace(seat, deputy=deputy.key) if seat.key == "police-lead" else seat for seat in SEATS), deputy)
        with here.unit() as unit:
            version = arrangement(name, begins, *USES[:2], plan)
            enter_version(unit, GOVERNANCE, replace(version, organisations=PARTNERS, seats=seats))
    due_case(here)
    on(here, date(2026, 4, 15))  # ten working days after 30 March, Easter between them
    remind(here)
    assert inbox.to(POLICE)
    assert [name for name, email in emails.items() if inbox.to(email)] == ["in-force"]


def test_each_plan_s_own_lead_times_count_for_its_own_steps(web: Site, here: Neighbours, inbox: Inbox) -> None:
    first = replace(USES[2], settings={**USES[2].settings, "unit": "working_days", "reminder_days": [10, 3], "source": SAID})
    family = {"key": "family", "title": "Write to the family", "day": 10, "serves": "family", "source": SAID}
    visit = {"key": "visit", "title": "Visit the family", "day": 10, "serves": "visit", "source": SAID}
    plan = {"start_events": ["notification_sent"], "unit": "working_days", "source": SAID}
    second = RuleUse("second", "timetable", 1, {**plan, "steps": [family], "reminder_days": [5, 1]})
    third = RuleUse("third", "timetable", 1, {**plan, "steps": [visit]})
    with here.unit() as unit:
        version = arrangement("two", date(2026, 1, 1), *USES[:2], first, second, third)
        enter_version(unit, GOVERNANCE, replace(version, organisations=PARTNERS, seats=SEATS))
    case_id = due_case(here)
    for day in range(1, 18):
        on(here, date(2026, 4, day))
        remind(here)
    with here.unit() as unit:
        found = {(r.step, r.lead_days) for r in stories.reminders_of(unit, case_id) if r.due_on == date(2026, 4, 15)}
    leads = {key: sorted(lead for step, lead in found if key in step) for key in ("meet", "family", "visit")}
    assert leads == {"meet": [3, 10], "family": [1, 5], "visit": [3, 10]}


def test_a_case_that_finishes_under_an_older_version_keeps_its_reminders(web: Site, here: Neighbours, inbox: Inbox) -> None:
    for name, begins, lead in (("old", date(2026, 1, 1), 10), ("new", date(2026, 4, 1), 2)):
        settings = {**USES[2].settings, "unit": "working_days", "reminder_days": [lead], "source": SAID}
        with here.unit() as unit:
            version = arrangement(name, begins, *USES[:2], replace(USES[2], settings=settings))
            enter_version(
                unit, GOVERNANCE, replace(version, organisations=PARTNERS, seats=SEATS, open_cases="finish_under_old")
            )
    case_id = due_case(here)
    for day in range(1, 18):
        on(here, date(2026, 4, day))
        remind(here)
    with here.unit() as unit:
        found = {(r.step, r.lead_days) for r in stories.reminders_of(unit, case_id) if r.due_on == date(2026, 4, 15)}
    assert sorted(lead for step, lead in found if "meet" in step) == [10]


def test_whoever_only_signs_the_arrangement_is_told_of_no_case() -> None:
    signs, manager = (Colleague(uuid4(), "", "", role, "health") for role in ("signatory", "business_manager"))
    assert stories.recipients("health", [signs, manager], {}, deputy=True) == [(manager.person_id, False)]
    assert stories.recipients("signatory", [signs, manager], {}, deputy=True) == [(manager.person_id, False)]


def test_what_is_done_is_not_reminded_of(web: Site, here: Neighbours, inbox: Inbox) -> None:
    case_id = due_case(here)
    with here.unit() as unit:
        incidents.leave(unit, GOVERNANCE, case_id, "notification_withdrawn", "The wrong matter.", here.national, uuid4())
    on(here, date(2026, 4, 22))
    remind(here)
    assert inbox.to(MANAGER) == []


def test_what_the_decision_not_to_notify_ended_is_not_reminded_of(web: Site, here: Neighbours, inbox: Inbox) -> None:
    """Another step that is open makes the case one with something due: of it alone they are reminded, whatever is decided since."""
    plan = RuleUse("plan", "timetable", 1, {"start_events": ["aware"], "unit": "working_days", "source": SAID, "steps": [
        {"key": "tell", "title": "Notify, by the local text", "day": 3, "serves": "notify-panel", "source": SAID},
        {"key": "family", "title": "Write to the family", "day": 12, "serves": "family", "source": SAID},
    ]})  # fmt: skip
    with here.unit() as unit:
        version = arrangement("two", date(2026, 1, 1), *USES, plan)
        enter_version(unit, GOVERNANCE, replace(version, organisations=PARTNERS, seats=SEATS))
    unharmed = {"key": "child-1", "died": "no", "seriously_harmed": "no", "abuse_or_neglect": "no"}
    case_id = here.opened({"name": "aware", "at": "2026-03-30"}, children=[unharmed])
    with here.unit() as unit:
        incidents.decide_notify(unit, GOVERNANCE, case_id, "no", "Nobody was harmed.", uuid4())
    for day in (1, 2, 7, 8, 17):
        on(here, date(2026, 4, day))
        remind(here)
    with here.unit() as unit:
        reviews.decide_local_review(unit, GOVERNANCE, case_id, "no", "We learn in another way.", None, uuid4())
    on(here, date(2026, 4, 18))
    remind(here)
    with here.unit() as unit:
        assert {r.step.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for r in stories.reminders_of(unit, case_id)} == {"family"}
    assert inbox.to(MANAGER)


def test_no_email_holds_an_identifying_word(web: Site, here: Neighbours, inbox: Inbox) -> None:
    case_id = due_case(here)
    on(here, date(2026, 4, 22))
    remind(here)
    (mail,) = inbox.to(MANAGER)
    whole = f"{mail.items()} {text_of(mail)}"
    for word in (*SECRET_NAME.split(), "2026-0001", "child", "Vale", "rapid review", "death", "E10000008"):
        assert word not in whole.replace(MANAGER, "").replace(f"/b/vale/cases/{case_id}", ""), word
    assert f"https://threefold.example/b/vale/cases/{case_id}" in whole
    assert (mail["From"], mail["Auto-Submitted"]) == (SENDER, "auto-generated")


def test_a_refused_address_fails_is_tried_again_and_is_shown_on_the_case(web: Site, here: Neighbours, inbox: Inbox) -> None:
    case_id, inbox.refused = due_case(here), MANAGER
    on(here, date(2026, 4, 20))
    assert "waiting" in remind(here)
    assert rows(here, case_id) == [(2, False, "failed")]
    web.at = here.at
    web.enter(MANAGER)
    for page in ("", "/review"):
        assert "could not be sent. Phone instead" in web.get(f"/b/vale/cases/{case_id}{page}").text
    listed = web.get(f"/b/vale/cases/{case_id}/reminders").text
    assert "Email could not be sent; phone instead" in listed
    assert "Complete and send the rapid review" in listed
    inbox.refused = ""
    here.later(seconds=jobs.PAUSES[0])
    assert here.work() == ["done"]
    assert rows(here, case_id) == [(2, False, "sent")]
    web.at = here.at
    assert "Phone instead" not in web.get(f"/b/vale/cases/{case_id}").text
    assert len(inbox.to(MANAGER)) == 1


def test_without_any_server_it_is_given_up_in_the_end(web: Site, here: Neighbours) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        here.send_mail = SmtpMailer(f"smtp://127.0.0.1:{free.getsockname()[1]}", SENDER).send
    case_id = due_case(here)
    on(here, date(2026, 4, 20))
    told = remind(here)
    for pause in jobs.PAUSES:
        here.later(seconds=pause)
        told += here.work()
    assert told.count("waiting") == len(jobs.PAUSES)
    assert told[-1] == "failed"
    assert rows(here, case_id) == [(2, False, "failed")]
    here.later(days=1)
    assert here.work() == []


def test_who_left_gets_none(web: Site, here: Neighbours, inbox: Inbox) -> None:
    web.person("gone@vale.example", here.area, BUSINESS_MANAGER, ends=date(2026, 4, 19))
    due_case(here)
    on(here, date(2026, 4, 20))
    remind(here)
    assert inbox.to("gone@vale.example") == []
    assert len(inbox.to(MANAGER)) == 1


def test_a_demonstration_writes_its_mail_to_files(web: Site, here: Neighbours, tmp_path: Any) -> None:
    here.send_mail = FolderMailer(tmp_path / "mail", SENDER).send
    due_case(here)
    on(here, date(2026, 4, 20))
    remind(here)
    (written,) = (tmp_path / "mail").glob("*.eml")
    assert message_from_bytes(written.read_bytes())["To"] == MANAGER


def test_only_this_body_s_people_are_reminded(web: Site, here: Neighbours, inbox: Inbox) -> None:
    other = here.database.body("brook", national="nation")
    web.person("manager@brook.example", other, BUSINESS_MANAGER)
    due_case(here)
    on(here, date(2026, 4, 20))
    remind(here)
    assert {m["To"] for m in inbox.mails} == {MANAGER}


def test_who_is_kept_out_of_a_case_is_not_reminded_and_their_deputy_is(web: Site, here: Neighbours, inbox: Inbox) -> None:
    web.person(DEPUTY_EMAIL, here.area, DEPUTY)
    case_id = due_case(here)
    with here.unit() as unit:
        staff = {c.email: c.person_id for c in unit.staff()}
    on(here, date(2026, 4, 15))
    with here.unit() as unit:  # made, and not mailed yet, when the conflict is declared
        assert stories.make_reminders(unit, GOVERNANCE)
    with here.unit(person=staff[DEPUTY_EMAIL]) as unit:
        incidents.declare_conflict(unit, case_id, staff[MANAGER], "A cousin.", staff[DEPUTY_EMAIL], uuid4())
    here.work()
    assert inbox.to(MANAGER) == []
    on(here, date(2026, 4, 20))
    remind(here)
    assert {mail["To"] for mail in inbox.mails} == {DEPUTY_EMAIL}
    assert "Threefold: due 22 April 2026" in [mail["Subject"] for mail in inbox.to(DEPUTY_EMAIL)]


def test_of_a_restricted_case_its_team_alone_is_reminded(web: Site, here: Neighbours, inbox: Inbox) -> None:
    web.person(DEPUTY_EMAIL, here.area, DEPUTY)
    case_id = due_case(here)
    with here.unit() as unit:
        staff = {c.email: c.person_id for c in unit.staff()}
    with here.unit(person=staff[DEPUTY_EMAIL]) as unit:
        incidents.restrict_case(unit, case_id, True, "A colleague’s family.")
    on(here, date(2026, 4, 15))
    remind(here)
    assert {mail["To"] for mail in inbox.mails} == {DEPUTY_EMAIL}
