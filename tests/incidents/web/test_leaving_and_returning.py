"""Who leaves the body and returns is let into no case by what was said before, and acts for nobody: whatever was recorded when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.incidents.web.conftest import MANAGER, POLICE, Area
from tests.incidents.web.test_opening import HEALTH, conflict, everybody, restrict, three
from tests.incidents.web.test_opening_on_the_day import INTERIM, leaves, membership, speaks_for, told
from threefold.work.incidents.stories import opening
from threefold.work.people import invitations
from threefold.work.people import members as people_of
from threefold.work.people.access import CONTRIBUTOR, DEPUTY, PARTNER_LEAD, REVIEWER
from threefold.work.people.case_access import may_open

NO_END = {"ends-day": "", "ends-month": "", "ends-year": ""}


def on_record(area: Area, email: str) -> list[people_of.Member]:
    with area.site.database.unit(area.id, area.site.at) as unit:
        return [m for m in people_of.members(unit) if m.email == email]


def ends(area: Area, member: people_of.Member, last: date | None) -> None:
    """Record the end of this role and seat alone."""
    given = {"when": "day" if last else "now", "what": "this"} | (three(last, "last") if last else {})
    area.answer(f"/b/vale/people/{member.id}/leave", given)


def moves_on(area: Area, email: str, role: str, begins: date) -> None:
    change = f"/b/vale/people/{membership(area, email).id}/change"
    area.answer(change, {"role": role, "seat": "", **NO_END, **three(begins, "begins")})


def let_in(area: Area, case_id: UUID, person: UUID) -> None:
    given = {"person": str(person), "part": "team", **three(area.site.at.date(), "begins")}
    area.answer(f"{area.address(case_id)}/opening/add", given)


def returns(area: Area, email: str, role: str) -> UUID:
    """Somebody is invited again from today on, and accepts."""
    given = {"email": email, "role": role, "seat": "", **three(area.site.at.date(), "begins")}
    area.answer("/b/vale/people/invite", given)
    with area.site.database.unit(area.id, area.site.at) as unit:
        sent = next(i for i in invitations.invitations(unit) if i.state == "open")
        secret = invitations._secret(unit.walls, sent.id, sent.sends)
        person = next(m.person_id for m in people_of.members(unit) if m.email == email)
    invitations.accept(area.site.database.walls, secret, person, "Somebody", area.site.at)
    return person


def of_the_team_and_a_deputy(area: Area, email: str, people: dict[str, UUID]) -> tuple[UUID, UUID]:
    """Two restricted cases: of one somebody is of the team, in the other they act for the lead of the police."""
    team, deputy = area.opened(), area.opened()
    restrict(area, area.address(team))
    let_in(area, team, people[email])
    conflict(area, area.address(deputy), people[POLICE], people[email])
    restrict(area, area.address(deputy))
    return team, deputy


def their_last_day_was_given_with_the_invitation(area: Area) -> tuple[str, UUID, UUID]:
    area.site.person(INTERIM, area.id, PARTNER_LEAD, ends=area.site.at.date() + timedelta(days=10))
    return (INTERIM, *of_the_team_and_a_deputy(area, INTERIM, everybody(area)))


def two_roles_end_and_the_later_was_recorded_first(area: Area) -> tuple[str, UUID, UUID]:
    people, today = everybody(area), area.site.at.date()
    cases = of_the_team_and_a_deputy(area, HEALTH, people)
    area.site.person(HEALTH, area.id, DEPUTY)
    one, other = on_record(area, HEALTH)
    ends(area, one, today + timedelta(days=10))
    ends(area, other, today + timedelta(days=5))
    return (HEALTH, *cases)


def they_are_let_in_after_their_leaving_was_recorded(area: Area) -> tuple[str, UUID, UUID]:
    people = everybody(area)
    leaves(area, HEALTH, area.site.at.date() + timedelta(days=10))
    return (HEALTH, *of_the_team_and_a_deputy(area, HEALTH, people))


def a_planned_move_is_called_off(area: Area) -> tuple[str, UUID, UUID]:
    cases = of_the_team_and_a_deputy(area, HEALTH, everybody(area))
    today = area.site.at.date()
    moves_on(area, HEALTH, CONTRIBUTOR, today + timedelta(days=11))
    ends(area, next(m for m in on_record(area, HEALTH) if m.begins > today), None)
    return (HEALTH, *cases)


WAYS = (
    their_last_day_was_given_with_the_invitation,
    two_roles_end_and_the_later_was_recorded_first,
    they_are_let_in_after_their_leaving_was_recorded,
    a_planned_move_is_called_off,
)


@pytest.mark.parametrize("way", WAYS)
def test_who_returns_after_a_time_away_is_let_in_by_nothing_of_before(
    area: Area, way: Callable[[Area], tuple[str, UUID, UUID]]
) -> None:
    first = area.site.at.date()
    email, team, deputy = way(area)
    area.site.at += timedelta(days=10)
    area.site.enter(MANAGER)
    there = area.as_person(email)
    for case_id in (team, deputy):
        there.get(area.address(case_id))  # on their last day
    page = area.site.get(f"{area.address(team)}/opening").text
    assert f"{first + timedelta(days=10):%-d %B %Y}" in page, "the page tells until when"
    area.site.at += timedelta(days=30)
    area.site.enter(MANAGER)
    person = returns(area, email, DEPUTY)
    back = area.as_person(email)
    for case_id in (team, deputy):
        back.get(area.address(case_id), 404)
    with area.site.database.unit(area.id, area.site.at) as unit:
        one = next(one for one in opening.let_in(unit, team) if one.person_id == person)
        police, manager = (next(c.person_id for c in unit.staff() if c.email == email) for email in (POLICE, MANAGER))
    assert one.ends == first + timedelta(days=10) and one.is_over(area.site.at.date())
    assert told(area, deputy, police) == {manager}
    assert "Let in before" in area.site.get(f"{area.address(team)}/opening").text
    assert "left, or handles cases here no more" in area.site.get(f"{area.address(deputy)}/opening").text
    let_in(area, team, person)  # they are let in anew, by whoever may
    back.get(area.address(team))
    area.answer(f"{area.address(deputy)}/opening/restrict", {"why": "It is over."})
    assert speaks_for(area, back, area.address(deputy)) <= {"health"}


def test_who_is_ended_at_once_and_taken_on_again_the_same_day_is_let_in_by_nothing_of_before(area: Area) -> None:
    team, deputy = of_the_team_and_a_deputy(area, HEALTH, everybody(area))
    leaves(area, HEALTH)
    returns(area, HEALTH, DEPUTY)
    back = area.as_person(HEALTH)
    for case_id in (team, deputy):
        back.get(area.address(case_id), 404)
    area.site.at += timedelta(days=1)
    for case_id in (team, deputy):
        area.as_person(HEALTH).get(area.address(case_id), 404)


def test_who_is_ended_at_once_with_another_role_still_to_come_is_let_in_by_nothing_of_before(area: Area) -> None:
    team, deputy = of_the_team_and_a_deputy(area, HEALTH, everybody(area))
    area.site.person(HEALTH, area.id, DEPUTY, begins=area.site.at.date() + timedelta(days=1))
    ends(area, membership(area, HEALTH), None)
    area.site.at += timedelta(days=1)
    for case_id in (team, deputy):
        area.as_person(HEALTH).get(area.address(case_id), 404)


def test_who_moves_there_and_back_on_one_day_stays_in(area: Area) -> None:
    team, deputy = of_the_team_and_a_deputy(area, HEALTH, everybody(area))
    for role in (CONTRIBUTOR, DEPUTY):
        moves_on(area, HEALTH, role, area.site.at.date())
    for days in (0, 1):
        area.site.at += timedelta(days=days)
        for case_id in (team, deputy):
            area.as_person(HEALTH).get(area.address(case_id))


def test_a_deputy_who_returned_acts_once_they_are_named_again(area: Area) -> None:
    people = everybody(area)
    area.site.person(INTERIM, area.id, PARTNER_LEAD)
    _, deputy = of_the_team_and_a_deputy(area, HEALTH, people)
    leaves(area, HEALTH, area.site.at.date())
    area.site.at += timedelta(days=9)
    area.site.enter(MANAGER)
    returns(area, HEALTH, DEPUTY)
    area.answer(f"{area.address(deputy)}/opening/restrict", {"why": "It is over."})
    interim = area.as_person(INTERIM)
    page = next(
        a.get("href") for a in interim.get(f"{area.address(deputy)}/opening").page.all("a") if "/conflicts/" in a.get("href")
    )
    area.answer(page, {"outcome": "upheld", "reason": "Close family.", "deputy": str(people[HEALTH])}, site=interim)
    assert speaks_for(area, area.as_person(HEALTH), area.address(deputy)) == {"police"}


def test_a_reviewer_who_left_and_returned_opens_the_case_no_more(area: Area) -> None:
    area.site.person(INTERIM, area.id, REVIEWER, ends=(today := area.site.at.date()) + timedelta(days=2))
    people, case_id = everybody(area), area.opened()
    given = {
        "person": str(people[INTERIM]),
        "part": "reviewer",
        **three(today, "begins"),
        **three(today + timedelta(days=60), "ends"),
    }
    area.answer(f"{area.address(case_id)}/opening/add", given)
    area.as_person(INTERIM).get(area.address(case_id))
    area.site.at += timedelta(days=20)
    area.site.enter(MANAGER)
    person = returns(area, INTERIM, REVIEWER)
    with area.site.database.unit(area.id, area.site.at, person=person, roles=(REVIEWER,)) as unit:
        assert not may_open(unit, case_id)


def test_the_only_one_of_a_team_is_given_a_later_last_day(area: Area) -> None:
    """An end that takes no day away leaves the team no smaller."""
    people, case_id, today = everybody(area), area.opened(), area.site.at.date()
    case = area.address(case_id)
    days = three(today, "begins") | three(today + timedelta(days=5), "ends")
    area.answer(f"{case}/opening/add", {"person": str(people[POLICE]), "part": "team", **days})
    restrict(area, case, police := area.as_person(POLICE))
    end = next(str(a.get("href")) for a in police.get(f"{case}/opening").page.all("a") if str(a.get("href")).endswith("/end"))
    area.answer(end, {"when": "day", **three(today + timedelta(days=30), "last")}, site=police)
    for last in ({"when": "now"}, {"when": "day", **three(today + timedelta(days=29), "last")}):
        assert "Nobody of the team would be left" in area.answer(end, last, 422, site=police).text
    with area.site.database.unit(area.id, area.site.at) as unit:
        assert [one.ends for one in opening.let_in(unit, case_id)] == [today + timedelta(days=30)]


def test_who_is_away_before_the_first_day_is_not_let_in_from_it(area: Area) -> None:
    """It would open nothing: whoever returns is let in anew."""
    people, case_id, today = everybody(area), area.opened(), area.site.at.date()
    ends(area, membership(area, POLICE), today + timedelta(days=3))
    days = three(today + timedelta(days=20), "begins")
    told_so = area.answer(f"{area.address(case_id)}/opening/add", {"person": str(people[POLICE]), "part": "team", **days}, 422)
    assert "They are away from here for some days before that" in told_so.text
    let_in(area, case_id, people[POLICE])
