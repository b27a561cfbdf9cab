"""Joiners, movers and leavers: by the body itself, dated, with history; and what nobody may do to themselves or all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest

from tests.support.database import Database
from tests.support.inbox import Inbox, receiving
from tests.web.sign_ins import MANAGER, deliver, link_in, someone
from tests.web.site import Site
from threefold.domain.errors import ThreefoldError
from threefold.doors.local.processes import wait_until
from threefold.work.people import invitations, members
from threefold.work.people.access import (
    AREA_LEAD,
    BUSINESS_MANAGER,
    CONTRIBUTOR,
    NATIONAL_OFFICER,
    PARTNER_LEAD,
    ROLES,
    Forbidden,
)

PEOPLE = "/b/north/people"
INVITED = "new@agency.example"


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def invite(site: Site, email: str = INVITED, role: str = CONTRIBUTOR, status: int = 303, **more: str) -> str:
    begins = day("begins", site.at.date())
    return site.post(f"{PEOPLE}/invite", {"email": email, "role": role, **begins, **more}, status).text


@pytest.fixture
def mail(site: Site) -> Iterator[tuple[Inbox, int]]:
    with receiving() as found:
        yield found


def mailed(site: Site, mail: tuple[Inbox, int], email: str = INVITED) -> str:
    deliver(site, *mail)
    return link_in(mail[0], email)


def members_of(site: Site, body: UUID) -> list[tuple[str, str, date, date | None, bool]]:
    with site.database.unit(body, site.at) as unit:
        return [(m.email, m.role, m.begins, m.ends, m.ended_at is not None) for m in members.members(unit)]


def test_nobody_gives_themselves_a_role(site: Site, mail: tuple[Inbox, int]) -> None:
    someone(site)
    someone(site, "lead@north.example", AREA_LEAD)  # a second manager: it is not that nobody would be left which refuses
    site.enter(MANAGER)
    assert "cannot give yourself a role" in invite(site, MANAGER.upper(), PARTNER_LEAD, 422)
    invite(site, "second@mailbox.example", PARTNER_LEAD)
    link = mailed(site, mail, "second@mailbox.example")
    site.follow(link)
    site.send("/invitation/accept", site.get("/invitation").page.hidden(), 410)
    (mine,) = [m for m in members_of(site, site.database.body("north")) if m[0] == MANAGER]
    assert mine[1] == BUSINESS_MANAGER
    body = site.database.body("north")
    with site.database.unit(body, site.at) as unit:
        (own,) = [m for m in members.members(unit) if m.email == MANAGER]
    with site.database.unit(body, site.at, person=own.person_id) as unit, pytest.raises(members.NotYours):
        members.change_member(unit, own.id, "partnership", {}, PARTNER_LEAD, "", site.at.date(), None)
    assert f"{own.id}/change" not in str([e.get("href") for e in site.get(PEOPLE).page.all("a")])


def test_only_who_manages_people_may_and_only_in_their_body(site: Site) -> None:
    body = site.database.body("north")
    for role in ROLES:
        with site.database.unit(body, site.at, roles=(role,)) as unit:
            if role in (BUSINESS_MANAGER, AREA_LEAD):
                members.see_people(unit)
                invitations.invitations(unit)
                continue
            for told in (
                lambda u: members.see_people(u), lambda u: invitations.invitations(u),
                lambda u: invitations.invite(u, "partnership", {}, INVITED, CONTRIBUTOR, "", site.at.date(), None),
                lambda u: members.end_member(u, body, None),
            ):  # fmt: skip
                with pytest.raises(Forbidden):
                    told(unit)


def test_a_role_of_the_national_body_is_given_by_it_alone(site: Site) -> None:
    someone(site)
    site.enter(MANAGER)
    page = site.get(f"{PEOPLE}/invite").page
    assert NATIONAL_OFFICER not in {e.get("value") for e in page.all("input", name="role")}
    invite(site, role=NATIONAL_OFFICER, status=422)
    body = site.database.body("north")
    with site.database.unit(body, site.at) as unit, pytest.raises(ThreefoldError, match="role that this body gives"):
        invitations.invite(unit, "partnership", {}, INVITED, NATIONAL_OFFICER, "", site.at.date(), None)
    nation = site.database.body("nation", "national")
    with site.database.unit(nation, site.at) as unit:
        assert invitations.invite(unit, "national", {}, INVITED, NATIONAL_OFFICER, "", site.at.date(), None)


def test_a_seat_is_one_of_the_arrangement_s(site: Site) -> None:
    body = site.database.body("north")
    with site.database.unit(body, site.at) as unit:
        with pytest.raises(ThreefoldError, match="seat of the arrangement"):
            invitations.invite(
                unit, "partnership", {"health-lead": "Health"}, INVITED, PARTNER_LEAD, "king", site.at.date(), None
            )
        invitations.invite(
            unit, "partnership", {"health-lead": "Health"}, INVITED, PARTNER_LEAD, "health-lead", site.at.date(), None
        )


def test_a_mover_s_history_is_kept(site: Site) -> None:
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    site.enter(MANAGER)
    change = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/change"))
    moving = site.at.date() + timedelta(days=2)
    site.post(change, {"role": AREA_LEAD, "ends-day": "", "ends-month": "", "ends-year": "", **day("begins", moving)})
    rows = [r[1:] for r in members_of(site, site.database.body("north")) if r[0] == INVITED]
    assert rows == [(AREA_LEAD, moving, None, False), (CONTRIBUTOR, date(2020, 1, 1), moving - timedelta(days=1), False)]
    other = site.another()
    other.enter(INVITED)
    other.get(PEOPLE, 403)
    site.at += timedelta(days=2)
    other.enter(INVITED)
    other.get(PEOPLE)


def test_who_moves_later_keeps_the_last_day_of_what_they_were(site: Site) -> None:
    body, last = site.database.body("north"), site.at.date() + timedelta(days=3)
    someone(site)
    site.person(INVITED, body, AREA_LEAD, ends=last)
    site.enter(MANAGER)
    change = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/change"))
    moving = site.at.date() + timedelta(days=60)
    nothing = {"ends-day": "", "ends-month": "", "ends-year": ""}
    assert "on its last day if that is earlier" in site.get(change).text
    site.post(change, {"role": CONTRIBUTOR, **nothing, **day("begins", moving)})
    rows = [r[1:] for r in members_of(site, body) if r[0] == INVITED]
    assert rows == [(CONTRIBUTOR, moving, None, False), (AREA_LEAD, date(2020, 1, 1), last, False)]


def test_a_leaver_sees_nothing_from_the_next_page_on(site: Site) -> None:
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    someone(site, INVITED, CONTRIBUTOR, body="south")
    site.enter(MANAGER)
    other = site.another()
    other.enter(INVITED)
    other.get("/b/north/")
    (leave,) = [e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text]
    assert "Enter the last day" in site.post(leave, {"when": "day", "what": "this"}, 422).text
    assert "today or later" in site.post(leave, {"when": "day", "what": "this", **day("last", date(2026, 3, 29))}, 422).text
    both = site.post(leave, {"when": "now", "what": "this", **day("last", date(2026, 4, 30))}, 422)
    assert "Choose “After a day”, or empty this box to end it at once" in both.text and both.page.value("last-month") == "4"
    site.post(leave, {"when": "now", "what": "this"})
    other.get("/b/north/", 404)
    other.get("/b/south/")
    assert "Who worked here before" in site.get(PEOPLE).text
    with site.database.unit(site.database.body("north"), site.at) as unit:
        assert INVITED not in {c.email for c in unit.staff()}


def test_a_last_day_passes_by_itself(site: Site) -> None:
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    site.enter(MANAGER)
    (leave,) = [e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text]
    site.post(leave, {"when": "day", "what": "this", **day("last", site.at.date())})
    other = site.another()
    other.enter(INVITED)
    other.get("/b/north/")
    site.at += timedelta(days=1)
    other.enter(INVITED)
    other.get("/b/north/", 404)


@pytest.mark.parametrize("page", ["leave", "change"])
def test_a_last_day_that_somebody_else_gave_meanwhile_is_shown_before_another_is_put_in_its_place(
    site: Site, page: str
) -> None:
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    site.enter(MANAGER)
    leave = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text)
    address = f"{leave.removesuffix('leave')}{page}"
    later = {"role": AREA_LEAD, **day("begins", site.at.date() + timedelta(days=40))}
    if page == "leave":
        later = {"when": "day", "what": "this", **day("last", site.at.date() + timedelta(days=90))}
    old_tab = site.get(address).page.hidden() | later
    soon = site.at.date() + timedelta(days=1)
    site.post(leave, {"when": "day", "what": "this", **day("last", soon)})
    asked = site.send(address, old_tab, 409)
    assert "Somebody changed when this ends while you were writing" in asked.text
    assert "What they do" in asked.text and "until 31 March 2026" in asked.text
    ends = [r[3] for r in members_of(site, site.database.body("north")) if r[0] == INVITED]
    assert ends == [soon], "nothing was overwritten"
    site.send(address, asked.page.hidden() | later)


def test_everything_of_a_person_ends_together(site: Site) -> None:
    someone(site)
    someone(site, INVITED, CONTRIBUTOR, AREA_LEAD)
    site.enter(MANAGER)
    leave = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text)
    site.post(leave, {"when": "now", "what": "everything"})
    assert {r[4] for r in members_of(site, site.database.body("north")) if r[0] == INVITED} == {True}


def test_somebody_always_remains_who_manages_people(site: Site) -> None:
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    site.enter(MANAGER)
    leave = next(
        e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "Manager" in e.text
    )
    for when in ({"when": "now"}, {"when": "day", **day("last", date(2026, 4, 30))}):
        assert "Nobody would be left" in site.post(leave, {"what": "this", **when}, 422).text
    someone(site, "lead@north.example", AREA_LEAD)
    assert site.post(leave, {"what": "this", "when": "now"}).location == "/my-work"
    site.get(PEOPLE, 404)


def test_on_each_day_that_somebody_manages_people_somebody_still_does(site: Site) -> None:
    body, today = site.database.body("north"), site.at.date()
    someone(site)
    soon = today + timedelta(days=3)
    site.person(INVITED, body, AREA_LEAD, ends=soon)
    with site.database.unit(body, site.at) as unit:
        mine, theirs = sorted(members.members(unit), key=lambda m: m.ends is not None)
    for last in (None, soon, soon + timedelta(days=9)):
        day = max(soon, last or soon) + timedelta(days=1)
        said = f"Nobody would be left who manages the people of this body from {day:%-d %B %Y}"
        with pytest.raises(ThreefoldError, match=said), site.database.unit(body, site.at) as unit:
            members.end_member(unit, mine.id, last)
    with pytest.raises(ThreefoldError, match="Nobody would be left"), site.database.unit(body, site.at) as unit:
        members.change_member(unit, mine.id, "partnership", {}, CONTRIBUTOR, "", today, None)
    with site.database.unit(body, site.at) as unit:  # whoever goes on managing in another role is somebody who does
        members.change_member(unit, mine.id, "partnership", {}, AREA_LEAD, "", soon, None)
    with site.database.unit(body, site.at) as unit:  # an end that takes no day away leaves all as it was
        members.end_member(unit, theirs.id, today)


def test_where_all_who_manage_people_have_a_last_day_the_one_who_goes_first_may_go(site: Site) -> None:
    body, today = site.database.body("north"), site.at.date()
    site.person(MANAGER, body, BUSINESS_MANAGER, ends=today + timedelta(days=30))
    site.person(INVITED, body, AREA_LEAD, ends=today + timedelta(days=30))
    with site.database.unit(body, site.at) as unit:
        members.end_member(unit, members.members(unit)[0].id, None)


def test_two_who_end_each_other_s_role_at_once_do_not_both_go(database: Database) -> None:
    body = database.body("north")
    for email in ("one@north.example", "two@north.example"):
        person = database.provision.put_person(email, email, "")
        database.provision.put_membership(person, body, BUSINESS_MANAGER, "", date(2020, 1, 1))
    with database.unit(body) as unit:
        one, two = members.members(unit)
    outcome: list[str] = []

    def second_ends_the_first() -> None:
        try:
            with database.unit(body, person=two.person_id) as unit:
                members.end_member(unit, one.id, None)
            outcome.append("ended")
        except ThreefoldError:
            outcome.append("refused")

    def waits() -> bool:
        with psycopg.connect(database.admin) as connection:
            found = connection.execute(
                "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
            )
            return bool(outcome) or found.fetchone() is not None

    thread = threading.Thread(target=second_ends_the_first)
    with database.unit(body, person=one.person_id) as unit:
        members.end_member(unit, two.id, None)
        thread.start()
        assert wait_until(waits, 20, 0.02)
    thread.join()
    assert outcome == ["refused"]


def test_another_body_s_people_and_invitations_are_out_of_reach(site: Site) -> None:
    someone(site)
    someone(site, "boss@south.example", BUSINESS_MANAGER, body="south")
    someone(site, INVITED, CONTRIBUTOR, body="south")
    south = site.database.body("south")
    with site.database.unit(south, site.at) as unit:
        theirs = next(m for m in members.members(unit) if m.email == INVITED)
        invited = invitations.invite(unit, "partnership", {}, "x@y.example", CONTRIBUTOR, "", site.at.date(), None)
    site.enter(MANAGER)
    shown = site.get(PEOPLE).text
    assert INVITED not in shown and "x@y.example" not in shown
    site.get(f"{PEOPLE}/{theirs.id}/leave", 404)
    guard = {"csrf_token": site.get(PEOPLE).page.value("csrf_token")}
    site.send(f"{PEOPLE}/invitations/{invited}/revoke", guard, 404)
    # Past the story: the function itself asks which body is bound.
    from sqlalchemy import func, select

    with site.database.unit(site.database.body("north"), site.at) as unit:
        assert unit.session.execute(select(func.directory.end_member(theirs.id, site.at.date(), site.at))).scalar() is None
        assert unit.session.execute(select(func.directory.revoke_invitation(invited, site.at))).scalar() is None
        assert (
            unit.session.execute(
                select(func.directory.put_member(invited, theirs.person_id, CONTRIBUTOR, "", site.at.date(), None))
            ).scalar()
            is None
        )
