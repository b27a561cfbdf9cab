"""Who may open a case: its team, reviewers until a day, restricted cases, conflicts of interest with the deputy who acts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from tests.incidents.web.conftest import GOVERNANCE, HELPER, MANAGER, POLICE, Area
from tests.support.statements import counting
from tests.web.html import read
from tests.web.site import PASSWORD, Site
from threefold.domain.errors import ThreefoldError
from threefold.work.incidents import stories
from threefold.work.people.access import BUSINESS_MANAGER, EVERYONE, PARTNER_LEAD, REVIEWER, permission
from threefold.work.people.tables import CaseBar

HEALTH, OUTSIDE = "health@vale.example", "outside@review.example"


def everybody(area: Area) -> dict[str, UUID]:
    """The people of the area by address, with a second lead and somebody who is only a reviewer."""
    area.site.person(HEALTH, area.id, PARTNER_LEAD, seats=("health-lead",))
    area.site.person(OUTSIDE, area.id, REVIEWER)
    with area.site.database.unit(area.id, area.site.at) as unit:
        return {c.email: c.person_id for c in unit.staff()}


def three(day: date, name: str) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def restrict(area: Area, case: str, site: Site | None = None) -> None:
    area.answer(f"{case}/opening/restrict", {"why": "A colleague’s family is concerned."}, site=site)


def conflict(area: Area, case: str, who: UUID | None, deputy: UUID | None, site: Site | None = None) -> Any:
    given = {"why": "A cousin of mine.", "deputy": str(deputy) if deputy else ""} | ({"person": str(who)} if who else {})
    return area.answer(f"{case}/opening/conflict", given, site=site)


def listed(site: Site, area: Area, reference: str) -> bool:
    return reference in site.get(area.cases).text


def through_the_api(area: Area, email: str, path: str) -> Any:
    client = area.site.app.test_client()
    token = client.post("/api/v1/sign-in", json={"email": email, "password": PASSWORD}).get_json()["token"]
    return client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})


def test_a_restricted_case_is_there_for_its_team_and_for_nobody_else(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case, police = area.address(case_id), area.as_person(POLICE)
    reference = area.state(case_id).reference
    assert listed(police, area, reference)
    restrict(area, case)
    assert "Restricted to its team" in area.site.get(case).text and listed(area.site, area, reference)
    assert [e.text for e in area.site.get(area.cases).page.all("strong", class_="govuk-tag govuk-tag--red")].count(
        "Restricted"
    ) == 1
    assert "A colleague’s family is concerned." in area.site.get(f"{case}/opening").text
    police.get(case, 404)
    assert not listed(police, area, reference)
    for page in ("/my-work", "/b/vale/"):
        assert reference not in police.get(page).text and reference in area.site.get(page).text
    assert through_the_api(area, POLICE, case).status_code == 404
    assert through_the_api(area, POLICE, area.cases).get_json()["cases"] == []
    area.answer(f"{case}/opening/add", {"person": str(people[POLICE]), "part": "team", **three(area.site.at.date(), "begins")})
    police.get(case)
    assert listed(police, area, reference) and through_the_api(area, POLICE, case).status_code == 200
    area.answer(f"{case}/opening/restrict", {"why": "It is over."})
    area.as_person(HEALTH).get(case)


def test_access_begins_and_ends_on_its_days_and_at_once(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case, today = area.address(case_id), area.site.at.date()
    restrict(area, case)
    days = three(today + timedelta(days=1), "begins") | three(today + timedelta(days=2), "ends")
    area.answer(f"{case}/opening/add", {"person": str(people[POLICE]), "part": "team", **days})
    seen, start = [], area.site.at
    for after in range(4):
        area.site.at = start + timedelta(days=after)
        seen.append(area.as_person(POLICE).client.get(case).status_code)
    assert seen == [404, 200, 200, 404]
    area.site.at = start + timedelta(days=1)
    with area.site.database.unit(area.id, area.site.at, person=people[MANAGER]) as unit:
        found = {one.person_id: one for one in stories.see_opening(unit, case_id).people}
    area.site.enter(MANAGER)
    end = f"{case}/opening/{found[people[POLICE]].id}/end"
    both = area.answer(end, {"when": "now", **three(today + timedelta(days=2), "last")}, 422)
    assert "Choose “After a day”, or empty this box to end it at once" in both.text
    area.answer(end, {"when": "now"})
    area.as_person(POLICE).get(case, 404)
    refused = area.answer(f"{case}/opening/{found[people[MANAGER]].id}/end", {"when": "now"}, 422)
    assert "Nobody of the team would be left" in refused.text


def test_somebody_who_is_only_a_reviewer_sees_the_case_they_are_named_for_until_the_day(area: Area) -> None:
    people, named, other = everybody(area), area.opened(), area.opened()
    case, today = area.address(named), area.site.at.date()
    references = [area.state(one).reference for one in (named, other)]
    outside = area.as_person(OUTSIDE)
    outside.get(case, 404)
    without = {"person": str(people[OUTSIDE]), "part": "reviewer", **three(today, "begins")}
    assert "a reviewer sees a case until a day" in area.answer(f"{case}/opening/add", without, 422).text
    wrong = without | {"person": str(people[POLICE])} | three(today, "ends")
    assert "Select somebody with the role of a reviewer" in area.answer(f"{case}/opening/add", wrong, 422).text
    area.answer(f"{case}/opening/add", without | three(today + timedelta(days=1), "ends"))
    outside.get(case)  # and is asked for no reason: it is theirs
    outside.get(area.address(other), 404)
    assert [reference in outside.get(area.cases).text for reference in references] == [True, False]
    assert [c["reference"] for c in through_the_api(area, OUTSIDE, area.cases).get_json()["cases"]] == references[:1]
    area.site.at += timedelta(days=2)
    late = area.as_person(OUTSIDE)
    late.get(case, 404)
    assert references[0] not in late.get(area.cases).text


def test_a_conflict_of_interest_keeps_somebody_out_at_once_whatever_their_role_and_the_deputy_acts(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case, police, health = area.address(case_id), area.as_person(POLICE), area.as_person(HEALTH)
    reference = area.state(case_id).reference
    refused = area.answer(f"{case}/opening/conflict", {"person": str(people[POLICE]), "why": "A cousin."}, 422, police)
    assert "Select the deputy who acts" in refused.text
    with (
        area.site.database.unit(
            area.id, area.site.at, person=people[HEALTH], roles=(PARTNER_LEAD,), seats=("health-lead",)
        ) as unit,
        pytest.raises(ThreefoldError, match="Only the person who holds a seat"),
    ):
        stories.give_view(unit, GOVERNANCE, case_id, "notify", "police-lead", "yes")
    done = conflict(area, case, people[POLICE], people[HEALTH], police)
    assert done.location == f"{area.cases}?done=conflict"
    police.get(case, 404)
    assert (
        reference not in police.get(area.cases).text.replace("That case", "") and reference not in police.get("/my-work").text
    )
    assert through_the_api(area, POLICE, case).status_code == 404
    assert through_the_api(area, POLICE, area.cases).get_json()["cases"] == []
    # The deputy speaks for the seat in this case, and in no other.
    view = {"seat": "police-lead", "view": "yes", "reason": "It meets the test."}
    area.answer(f"{case}/notify/view", view, site=health)
    assert {v.seat for v in area.state(case_id).facts.review.views} == {"police-lead"}
    other = area.address(area.opened())
    assert "police-lead" not in health.client.get(f"{other}/notify/view").get_data(as_text=True)
    police.get(other)


def test_it_is_decided_by_somebody_else_and_dismissed_it_opens_the_case_again(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case, police, health = area.address(case_id), area.as_person(POLICE), area.as_person(HEALTH)
    conflict(area, case, people[POLICE], people[HEALTH])
    with area.site.database.unit(area.id, area.site.at) as unit:
        (one,) = stories.conflicts(unit, case_id)
    page = f"{case}/opening/conflicts/{one.id}"
    area.site.get(page, 404)  # who declared it of them
    police.get(page, 404)  # who is concerned
    area.site.get(f"{case}/opening/conflicts/{uuid4()}", 404)
    with area.site.database.unit(area.id, area.site.at, person=people[POLICE], roles=(PARTNER_LEAD,)) as unit:
        assert not stories.may_decide(unit, case_id, frozenset(), one)
        assert not stories.may_decide(unit, case_id, frozenset({"police-lead"}), one)
    assert "Declared, not decided yet" in health.get(f"{case}/opening").text
    for outcome, reason, status in (("upheld", "Close family.", 404), ("dismissed", "It was another family.", 200)):
        told = area.filled(page, {"outcome": outcome, "reason": reason}, health)
        for _ in range(2):  # a double click decides once
            health.send(page, told)
        police.get(case, status)
        assert outcome == "dismissed" or "Kept out" in health.get(f"{case}/opening").text
    with area.site.database.unit(area.id, area.site.at) as unit:
        sealed = unit.session.scalars(select(CaseBar.decision)).one()
        assert sealed and [e["state"] for e in unit.open_json(sealed)["earlier"]] == ["upheld"]
    assert "It was another family." in health.get(f"{case}/opening").text


def test_anybody_declares_it_of_themselves_and_only_some_of_others(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    with (
        area.site.database.unit(area.id, area.site.at, person=people[HELPER], roles=("contributor",)) as unit,
        pytest.raises(ThreefoldError, match="You can declare a conflict of interest for yourself"),
    ):
        stories.declare_conflict(unit, case_id, people[POLICE], "So I heard.", people[HEALTH], uuid4())
    helper, case = area.as_person(HELPER), area.address(case_id)
    helper.post(f"{case}/reason", {"reason": "covering"})
    assert conflict(area, case, None, None, helper).location == f"{area.cases}?done=conflict"
    helper.get(case, 404)  # and not even asked why


def test_where_a_deputy_is_kept_out_too_their_own_deputy_acts_for_both(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    conflict(area, area.address(case_id), people[POLICE], people[HEALTH])
    conflict(area, area.address(case_id), people[HEALTH], people[MANAGER])
    area.as_person(HEALTH).get(area.address(case_id), 404)
    with area.site.database.unit(area.id, area.site.at) as unit:
        assert {c.deputy_id for c in stories.conflicts(unit, case_id)} == {people[MANAGER]}
    refused = area.answer(
        f"{area.address(case_id)}/opening/conflict",
        {"person": str(people[MANAGER]), "why": "x", "deputy": str(people[POLICE])},
        422,
    )
    assert "Select another person as the deputy" in refused.text


def test_a_restricted_case_whose_team_is_gone_comes_back_to_the_business_manager(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case, police = area.address(case_id), area.as_person(POLICE)
    area.answer(f"{case}/opening/restrict", {"why": "For now."}, site=police)
    area.site.get(case, 404)
    area.as_person(HEALTH).get(case, 404)
    with area.site.database.unit(area.id, area.site.at, person=people[POLICE], roles=(PARTNER_LEAD,)) as unit:
        stories.declare_conflict(unit, case_id, people[POLICE], "A cousin.", people[HEALTH], uuid4())
    area.site.get(case)
    area.as_person(HEALTH).get(case)  # the deputy
    police.get(case, 404)


def test_reasons_are_sealed_and_the_audit_holds_none(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case = area.address(case_id)
    conflict(area, case, people[POLICE], people[HEALTH])
    restrict(area, case)
    with psycopg.connect(area.site.database.admin) as connection:
        for table in ("case_bar", "case_restriction", "case_member", "audit_entry"):
            rows = connection.execute(f"select t::text from body.{table} t").fetchall()
            assert rows and not any(
                "cousin" in str(row) or "family" in str(row) or "636f7573696e" in str(row) for row in rows
            ), table
        actions = {
            row[0] for row in connection.execute("select action from body.audit_entry where subject = %s", (f"case:{case_id}",))
        }
    assert {"case restricted", "conflict of interest declared"} <= actions


def test_who_is_kept_out_reads_nothing_of_the_case_in_the_audit_either(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case, reference = area.address(case_id), area.state(case_id).reference
    area.site.get(case)
    assert reference in area.site.get("/b/vale/audit").text
    conflict(area, case, people[MANAGER], people[HEALTH])
    page = area.site.get("/b/vale/audit").text
    assert reference not in page and "onflict of interest declared" not in page


def test_missing_foreign_forbidden_and_kept_out_are_alike_in_text_and_in_statements(area: Area) -> None:
    """On every page that names a case, whatever the verb: a new page joins by itself."""
    people = everybody(area)
    police = area.as_person(POLICE)
    restricted, barred = area.opened(), area.opened()
    restrict(area, area.address(restricted))
    conflict(area, area.address(barred), people[POLICE], people[HEALTH])
    other = area.site.database.body("brook", national="nation")
    with area.site.database.unit(other, area.site.at) as unit:
        foreign = stories.record_incident(unit, GOVERNANCE, {"incident": {}}, uuid4()).id
    area.site.person(POLICE, area.id, *sorted(EVERYONE - {BUSINESS_MANAGER}))  # so that no role stands in the way
    engine, guard = area.site.app.extensions["threefold"].walls.engine, police.get("/my-work").page.value("csrf_token")
    tried = 0
    for rule in area.site.app.url_map.iter_rules():
        view = area.site.app.view_functions[rule.endpoint]
        if (
            "case_id" not in rule.arguments
            or rule.rule.startswith("/api/")
            or permission(view.needs).roles == {BUSINESS_MANAGER}
        ):
            continue
        for verb in sorted((rule.methods or set()) & {"GET", "POST"}):
            told = []
            for case_id in (uuid4(), foreign, restricted, barred):
                values = {name: uuid4() if type(c).__name__ == "UUIDConverter" else "x" for name, c in rule._converters.items()}
                values |= {"slug": "vale", "case_id": case_id} | ({"no": 1} if "no" in values else {})
                with area.site.app.test_request_context():
                    address = area.site.app.url_map.bind("localhost").build(rule.endpoint, values)
                with counting(engine) as counted:
                    answer = police.client.open(address, method=verb, data={"csrf_token": guard} if verb == "POST" else None)
                told.append((answer.status_code, read(answer.get_data(as_text=True)).text, counted.shapes))
            assert told[0][0] == 404, (rule, verb, told[0][0])
            assert told.count(told[0]) == 4, (rule, verb, [t[::2] for t in told])
            # Who it is, whether the case is there, and the note that it was refused.
            assert len(told[0][2]) == 3, (rule, verb, told[0][2])
            tried += 1
    assert tried > 30


def test_who_leaves_the_body_leaves_its_cases(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case = area.address(case_id)
    area.answer(f"{case}/opening/add", {"person": str(people[HELPER]), "part": "team", **three(area.site.at.date(), "begins")})
    page = area.site.get("/b/vale/people")
    links = [e.get("href") for e in page.page.elements if e.name == "a" and (e.get("href") or "").endswith("/leave")]
    leaving = next(link for link in links if "Helper" in area.site.get(link).page.heading)
    area.answer(leaving, {"when": "now", "what": "everything"})
    with area.site.database.unit(area.id, area.site.at) as unit:
        assert all(
            one.is_over(area.site.at.date())
            for one in stories.see_opening(unit, case_id).people
            if one.person_id == people[HELPER]
        )


def test_what_somebody_typed_is_still_theirs_to_copy_though_the_case_is_open_to_them_no_more(area: Area) -> None:
    everybody(area)
    case = area.address(area.opened())
    reference = area.state(UUID(case.rpartition("/")[2])).reference
    people, police = f"{case}/record/people", area.as_person(POLICE)
    sent = area.filled(people, {"part": "parent", "name": "not known", "addresses": "Two words of mine"}, site=police)
    area.site.at += timedelta(hours=3)
    police.send(people, sent)  # the sign-in has ended: it is kept
    area.site.enter(MANAGER)
    restrict(area, case)
    police.enter(POLICE)
    back = next(str(e.get("href")) for e in police.get("/my-work").page.all("a") if "held=" in (e.get("href") or ""))
    told = police.get(back, 404)
    assert "Two words of mine" in told.text and reference not in told.text
    away = next(str(e.get("href")) for e in told.page.all("a") if e.text == "Throw it away")
    police.send(away, police.get(away).page.hidden())
    assert "held=" not in str(police.get("/my-work").response.data)


def test_who_may_open_a_case_on_some_days_may_be_let_in_on_others(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    add, today = f"{area.address(case_id)}/opening/add", area.site.at.date()

    def on(first: int, last: int) -> dict[str, str]:
        days = three(today + timedelta(days=first), "begins") | three(today + timedelta(days=last), "ends")
        return {"person": str(people[POLICE]), "part": "team", **days}

    area.answer(add, on(5, 6))
    told = area.answer(add, on(4, 5), 422)
    assert f"They may open this case from {today + timedelta(days=5):%-d %B %Y}." in told.text
    area.answer(add, on(1, 4))
    area.answer(add, on(7, 8))
