"""Who opens a restricted case, and who speaks for whom is kept out, as roles and seats are on the day."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest

from tests.incidents.web.conftest import HELPER, MANAGER, PARTNERS, POLICE, Area
from tests.incidents.web.test_opening import HEALTH, OUTSIDE, conflict, everybody, restrict, three
from tests.web.site import Site
from threefold.work.incidents import stories
from threefold.work.people import members as people_of
from threefold.work.people.access import BUSINESS_MANAGER, CONTRIBUTOR, DEPUTY, PARTNER_LEAD, REVIEWER, SIGNATORY
from threefold.work.people.case_access import to_tell

INTERIM = "interim@vale.example"


def membership(area: Area, email: str) -> people_of.Member:
    """What somebody is here today."""
    with area.site.database.unit(area.id, area.site.at) as unit:
        return next(m for m in people_of.members(unit) if m.email == email and m.counts_on(unit.today))


def moves(area: Area, email: str, role: str, seat: str = "", site: Site | None = None) -> None:
    path = f"/b/vale/people/{membership(area, email).id}/change"
    days = {"ends-day": "", "ends-month": "", "ends-year": "", **three(area.site.at.date(), "begins")}
    area.answer(path, {"role": role, "seat": seat, **days}, site=site)


def leaves(area: Area, email: str, last: date | None = None) -> None:
    given = {"when": "day" if last else "now", "what": "everything"} | (three(last, "last") if last else {})
    area.answer(f"/b/vale/people/{membership(area, email).id}/leave", given)


def told(area: Area, case_id: UUID, *people: UUID) -> frozenset[UUID]:
    """Whom a reminder to some people goes to."""
    with area.site.database.unit(area.id, area.site.at) as unit:
        return to_tell(unit, [case_id], unit.today)[case_id].instead_of(people)


def test_a_restricted_case_comes_back_where_the_role_of_its_team_runs_out(area: Area) -> None:
    area.site.person(INTERIM, area.id, PARTNER_LEAD, ends=area.site.at.date() + timedelta(days=3))
    people, case_id = everybody(area), area.opened()
    case, reference = area.address(case_id), area.state(case_id).reference
    area.answer(f"{case}/opening/restrict", {"why": "For now."}, site=area.as_person(INTERIM))
    area.site.get(case, 404)
    assert told(area, case_id, people[MANAGER]) == {people[INTERIM]}
    assert "Nobody of its team" not in area.as_person(INTERIM).get(f"{case}/opening").text
    area.site.at += timedelta(days=4)
    manager = area.as_person(MANAGER)
    manager.get(case)
    assert "Nobody of its team works with cases here today." in manager.get(f"{case}/opening").text
    assert reference in manager.get(area.cases).text and reference in manager.get("/my-work").text
    area.as_person(POLICE).get(case, 404)
    area.as_person(INTERIM).get(case, 404)
    assert told(area, case_id, people[MANAGER], people[POLICE]) == {people[MANAGER]}
    assert told(area, case_id, people[POLICE]) == {people[MANAGER]}


def test_a_restricted_case_comes_back_where_its_team_moves_to_a_role_that_sees_no_cases(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case = area.address(case_id)
    area.answer(f"{case}/opening/restrict", {"why": "For now."}, site=area.as_person(POLICE))
    area.site.get(case, 404)
    moves(area, POLICE, SIGNATORY, "police-lead")
    area.site.get(case)
    area.as_person(POLICE).get(case, 403)
    area.as_person(HEALTH).get(case, 404)
    assert told(area, case_id, people[POLICE]) == {people[MANAGER]}


def test_where_no_business_manager_may_open_it_a_lead_does(area: Area) -> None:
    """The business manager is kept out, and then gone."""
    area.site.person(INTERIM, area.id, PARTNER_LEAD, ends=area.site.at.date() + timedelta(days=3))
    people, case_id = everybody(area), area.opened()
    case = area.address(case_id)
    area.answer(f"{case}/opening/restrict", {"why": "For now."}, site=(interim := area.as_person(INTERIM)))
    given = {"why": "A cousin.", "person": str(people[MANAGER]), "deputy": str(people[INTERIM])}
    area.answer(f"{case}/opening/conflict", given, site=interim)
    area.as_person(POLICE).get(case, 404)
    area.site.at += timedelta(days=4)
    area.as_person(MANAGER).get(case, 404)
    area.as_person(POLICE).get(case)
    assert told(area, case_id, people[MANAGER]) == {people[POLICE], people[HEALTH]}


def test_nobody_of_the_team_is_let_go_of_while_the_rest_of_it_works_here_no_more(area: Area) -> None:
    """Nor while the rest of it begins later."""
    area.site.person(INTERIM, area.id, PARTNER_LEAD, ends=area.site.at.date() + timedelta(days=3))
    people, case_id, today = everybody(area), area.opened(), area.site.at.date()
    case = area.address(case_id)
    restrict(area, case)
    for who, first in ((INTERIM, today), (POLICE, today + timedelta(days=20))):
        area.answer(f"{case}/opening/add", {"person": str(people[who]), "part": "team", **three(first, "begins")})
    with area.site.database.unit(area.id, area.site.at, person=people[MANAGER], roles=(BUSINESS_MANAGER,)) as unit:
        mine = next(one.id for one in stories.see_opening(unit, case_id).people if one.person_id == people[MANAGER])
    end = f"{case}/opening/{mine}/end"
    for days, left in ((3, "Nobody of the team would be left"), (18, "Nobody of the team would be left")):
        assert left in area.answer(end, {"when": "day", **three(today + timedelta(days=days), "last")}, 422).text
    area.answer(end, {"when": "day", **three(today + timedelta(days=2), "last")})


def speaks_for(area: Area, site: Site, case: str) -> set[str]:
    """The partners for whose seats somebody is offered to give a view in a case, their own among them."""
    page = site.get(f"{case}/notify/view")
    offered = {str(e.get("value")) for e in page.page.elements if e.name in ("input", "option")}
    return {o.key for o in PARTNERS if f"{o.key}-lead" in offered or f"You give the view of: Lead of {o.name}." in page.text}


def test_a_deputy_speaks_for_the_seat_no_more_where_it_passed_to_somebody_else(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case, health = area.address(case_id), area.as_person(HEALTH)
    conflict(area, case, people[POLICE], people[HEALTH])
    assert speaks_for(area, health, case) == {"health", "police"}
    leaves(area, POLICE)
    area.site.person(INTERIM, area.id, PARTNER_LEAD, seats=("police-lead",))
    view = {"seat": "police-lead", "view": "yes", "reason": "It meets the test."}
    area.answer(f"{case}/notify/view", view, site=(interim := area.as_person(INTERIM)))
    assert speaks_for(area, health, case) == {"health"} and speaks_for(area, interim, case) == {"police"}


def test_a_deputy_speaks_for_the_seat_to_which_whoever_is_kept_out_moved(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case, health = area.address(case_id), area.as_person(HEALTH)
    conflict(area, case, people[POLICE], people[HEALTH])
    moves(area, POLICE, PARTNER_LEAD, "council-lead")
    area.as_person(POLICE).get(case, 404)
    assert speaks_for(area, health, case) == {"health", "council"}
    moves(area, POLICE, SIGNATORY, "council-lead")  # a seat that speaks in no case
    assert speaks_for(area, health, case) == {"health"}


def test_a_deputy_who_moved_on_acts_no_more_and_another_is_named(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case = area.address(case_id)
    area.site.person(INTERIM, area.id, PARTNER_LEAD)
    conflict(area, case, people[POLICE], people[HEALTH])
    restrict(area, case)
    area.as_person(HEALTH).get(case)
    assert told(area, case_id, people[POLICE]) == {people[HEALTH]}
    assert "Health acts in their place." in area.site.get(f"{case}/opening").text
    moves(area, HEALTH, CONTRIBUTOR)
    area.as_person(HEALTH).get(case, 404)
    assert told(area, case_id, people[POLICE]) == {people[MANAGER]}
    nobody = "Nobody acts in their place: Health was named, and left, or handles cases here no more. Whoever decides on this names another."
    assert nobody in area.site.get(f"{case}/opening").text
    area.answer(f"{case}/opening/restrict", {"why": "It is over."})
    assert told(area, case_id, people[POLICE]) == {people[MANAGER]}
    health = area.as_person(HEALTH)
    health.post(f"{case}/reason", {"reason": "covering"})
    assert speaks_for(area, health, case) == set()
    interim = area.as_person(INTERIM)
    page = next(a.get("href") for a in interim.get(f"{case}/opening").page.all("a") if "/conflicts/" in a.get("href"))
    given = {"outcome": "upheld", "reason": "Close family.", "deputy": str(area.site.person(INTERIM, area.id, PARTNER_LEAD))}
    area.answer(page, given, site=interim)
    assert speaks_for(area, interim, case) == {"police"} and told(area, case_id, people[POLICE]) == {UUID(given["deputy"])}


def test_a_deputy_who_left_acts_no_more_should_they_return(area: Area) -> None:
    people, at_once, later = everybody(area), area.opened(), area.opened()
    people[INTERIM] = area.site.person(INTERIM, area.id, PARTNER_LEAD)
    conflict(area, area.address(at_once), people[POLICE], people[HEALTH])
    conflict(area, area.address(later), people[POLICE], people[INTERIM])
    destroyed = area.opened()
    conflict(area, area.address(destroyed), people[POLICE], people[HEALTH])
    with psycopg.connect(area.site.database.admin) as connection:
        connection.execute("update body.incident_case set destroyed_at = now() where id = %s", (destroyed,))
    for case_id in (at_once, later):
        restrict(area, area.address(case_id))
    leaves(area, HEALTH)
    leaves(area, INTERIM, area.site.at.date() + timedelta(days=1))
    area.as_person(INTERIM).get(area.address(later))
    nobody = "Nobody acts in their place: somebody who no longer works here was named"
    assert nobody in area.site.get(f"{area.address(at_once)}/opening").text
    area.site.at += timedelta(days=3)  # a day of which they are away
    area.site.enter(MANAGER)
    assert nobody in area.site.get(f"{area.address(later)}/opening").text
    for email, case_id in ((HEALTH, at_once), (INTERIM, later)):
        area.site.person(email, area.id, DEPUTY, begins=area.site.at.date())
        back, case = area.as_person(email), area.address(case_id)
        back.get(case, 404)
        assert told(area, case_id, people[POLICE]) == {people[MANAGER]}
        area.answer(f"{case}/opening/restrict", {"why": "It is over."})
        assert speaks_for(area, back, case) == set()


def test_who_restricts_a_case_before_they_begin_in_its_team_is_of_it_at_once(area: Area) -> None:
    people, case_id, today = everybody(area), area.opened(), area.site.at.date()
    case, police = area.address(case_id), area.as_person(POLICE)
    next_week = three(today + timedelta(days=7), "begins")
    area.answer(f"{case}/opening/add", {"person": str(people[POLICE]), "part": "team", **next_week})
    assert "You are of the team." in police.get(f"{case}/opening/restrict").text
    restrict(area, case, police)
    police.get(case)
    area.site.get(case, 404)
    with area.site.database.unit(area.id, area.site.at, person=people[POLICE], roles=(PARTNER_LEAD,)) as unit:
        days = [(one.begins, one.ends) for one in stories.see_opening(unit, case_id).people]
    assert days == [(today + timedelta(days=7), None), (today, today + timedelta(days=6))]


def test_who_is_only_a_reviewer_is_let_in_until_a_day_and_by_nothing_else(area: Area) -> None:
    people, case_id, today = everybody(area), area.opened(), area.site.at.date()
    case = area.address(case_id)
    given = {"person": str(people[OUTSIDE]), "part": "team", **three(today, "begins")}
    why = "They are only a reviewer here. Let them in as the reviewer of this case, until a day."
    for last in ({}, three(today + timedelta(days=9), "ends")):
        assert why in area.answer(f"{case}/opening/add", given | last, 422).text
    area.as_person(OUTSIDE).get(case, 404)
    # Of the team with a role that sees cases, and then only a reviewer: of the team no more.
    area.answer(f"{case}/opening/add", given | {"person": str(people[HELPER])})
    area.as_person(HELPER).get(case)
    moves(area, HELPER, REVIEWER)
    area.as_person(HELPER).get(case, 404)
    named = {"person": str(people[HELPER]), "part": "reviewer"}
    area.answer(f"{case}/opening/add", given | named | three(today + timedelta(days=9), "ends"))
    area.as_person(HELPER).get(case)


def test_who_is_only_a_reviewer_by_now_keeps_no_restricted_case_from_the_business_manager(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case = area.address(case_id)
    area.answer(f"{case}/opening/restrict", {"why": "For now."}, site=area.as_person(POLICE))
    moves(area, POLICE, REVIEWER)
    area.as_person(POLICE).get(case, 404)
    area.site.get(case)
    assert told(area, case_id, people[POLICE]) == {people[MANAGER]}


@pytest.mark.parametrize("page", ["notify/view", "review/views"])
def test_a_view_counts_for_the_seat_that_its_page_named_or_for_none(area: Area, page: str) -> None:
    people, case_id = everybody(area), area.opened()
    case, health = area.address(case_id), area.as_person(HEALTH)
    conflict(area, case, people[POLICE], people[HEALTH])
    of_two = area.filled(f"{case}/{page}", {"seat": "police-lead", "view": "no", "reason": "As the deputy."}, health)
    leaves(area, POLICE)
    of_one = area.filled(f"{case}/{page}", {"view": "yes", "reason": "As the lead of health."}, health)
    assert "Select the seat" in health.send(f"{case}/{page}", of_two, 422).text
    moves(area, HEALTH, PARTNER_LEAD, "council-lead")
    assert "Select the seat" in health.send(f"{case}/{page}", of_one, 422).text
    assert area.state(case_id).facts.review.views == ()
    area.answer(f"{case}/{page}", {"view": "yes", "reason": "As the lead of the council."}, site=health)
    assert [v.seat for v in area.state(case_id).facts.review.views] == ["council-lead"]


@pytest.mark.parametrize("way", ["a later last day", "another role without a break"])
def test_who_stays_after_all_acts_on_as_a_deputy_and_is_of_the_team(area: Area, way: str) -> None:
    people, case_id = everybody(area), area.opened()
    case, today = area.address(case_id), area.site.at.date()
    conflict(area, case, people[POLICE], people[HEALTH])
    restrict(area, case)
    team = area.address(area.opened())
    restrict(area, team)
    area.answer(f"{team}/opening/add", {"person": str(people[HEALTH]), "part": "team", **three(today, "begins")})
    leaves(area, HEALTH, today + timedelta(days=2))
    if way == "a later last day":
        later = {"when": "day", "what": "this", **three(today + timedelta(days=200), "last")}
        area.answer(f"/b/vale/people/{membership(area, HEALTH).id}/leave", later)
    else:
        days = {"ends-day": "", "ends-month": "", "ends-year": "", **three(today + timedelta(days=3), "begins")}
        area.answer(f"/b/vale/people/{membership(area, HEALTH).id}/change", {"role": DEPUTY, "seat": "", **days})
    area.site.at += timedelta(days=3)
    area.site.enter(MANAGER)
    for address in (case, team):
        area.as_person(HEALTH).get(address)
    assert "handles cases here no more" not in area.site.get(f"{case}/opening").text
