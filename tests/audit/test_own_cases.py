"""A reason is asked only outside one's own cases: once for a sign-in, a case and a day; and it is noted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.arrangements.vale import MARCH
from tests.audit.world import HELPER, World
from tests.support.statements import counting
from tests.web.site import PASSWORD, Site
from threefold.domain.errors import ThreefoldError
from threefold.walls.database import db
from threefold.work.people.access import (
    AGENCY,
    BUSINESS_MANAGER,
    CONTRIBUTOR,
    DEPUTY,
    EVERY_CASE,
    EVERYONE,
    PARTNER_LEAD,
    REVIEWER,
    SIGNATORY,
    permission,
)
from threefold.work.people.own_cases import REASONS, give_reason

CASES = "/b/example-vale/cases"


@pytest.fixture
def at_ten(world: World) -> Iterator[World]:
    yield world
    world.site.at = MARCH


@pytest.fixture
def case(world: World) -> str:
    """A case that nobody has opened yet."""
    return f"{CASES}/{world.here.opened(happened_on='2027-03-08')}"


def entered(world: World, email: str = HELPER) -> Site:
    other = world.site.another()
    other.enter(email)
    return other


def test_whose_role_handles_every_case_is_asked_nothing(world: World, case: str) -> None:
    assert {BUSINESS_MANAGER, PARTNER_LEAD, DEPUTY} == EVERY_CASE
    kept_out = {REVIEWER: 404, SIGNATORY: 403, AGENCY: 403}
    for role in sorted(EVERYONE):
        world.site.person(f"{role}@vale.example", world.here.area, role)
        entered(world, f"{role}@vale.example").get(case, 200 if role in EVERY_CASE else kept_out.get(role, 303))


def test_anybody_else_is_asked_once_and_comes_back_to_where_they_went(world: World, case: str) -> None:
    helper = entered(world)
    asked = helper.get(f"{case}/timeline", 303).location
    assert asked == f"{case}/reason?next={case}/timeline"
    page = helper.get(asked)
    assert "is not one of yours" in page.page.heading and "Abuse" not in page.text
    assert "Select why you need to see this case" in helper.post(asked, status=422).text
    left = world.left_by(lambda: helper.post(asked, {"reason": "covering"}))
    (given,) = [entry for entry in left if entry["action"] == "reason given"]
    assert given["detail"]["reason"] == "covering" and given["subject"] == f"case:{case.rsplit('/', 1)[1]}"
    helper.get(f"{case}/timeline")
    helper.get(case)
    assert "Reason given (I am covering for a colleague)" in world.site.get("/b/example-vale/audit?kind=detail").text


def test_a_page_that_asks_why_leaves_a_refusal_whatever_the_verb(world: World, case: str) -> None:
    helper = entered(world)
    guard = {"csrf_token": helper.get("/my-work").page.value("csrf_token")}
    for kind, ask in (
        ("detail", lambda: helper.get(f"{case}/timeline", 303)),
        ("change", lambda: helper.send(f"{case}/opening/conflict", guard)),
    ):
        (told,) = [entry for entry in world.left_by(ask) if entry["outcome"] == "refused"]
        assert told["detail"]["why"] == "no reason given" and told["kind"] == kind
        assert told["subject"] == f"case:{case.rsplit('/', 1)[1]}"


def test_every_page_of_another_case_asks_whatever_the_verb(world: World, case: str) -> None:
    """A new page of a case joins by itself: that its address names a case is enough."""
    helper, values = entered(world), dict(world.parts) | {"case_id": UUID(case.rsplit("/", 1)[1])}
    guard = helper.get("/my-work").page.value("csrf_token")
    asked = 0
    for rule in world.site.app.url_map.iter_rules():
        view = world.site.app.view_functions[rule.endpoint]
        if "case_id" not in rule.arguments or rule.rule.startswith("/api/") or rule.endpoint == "incidents.reason":
            continue
        with world.site.app.test_request_context():
            address = world.site.app.url_map.bind("localhost").build(rule.endpoint, {n: values[n] for n in rule.arguments})
        for verb in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = helper.client.open(address, method=verb, data={"csrf_token": guard} if verb == "POST" else None)
            if CONTRIBUTOR in permission(view.needs).roles:
                assert answer.status_code == 303 and answer.headers["Location"].startswith(f"{case}/reason"), (rule, verb)
                asked += 1
            else:
                assert answer.status_code == 403, (rule, verb)
    assert asked > 10


def test_a_reason_holds_for_one_case_one_sign_in_and_one_day(at_ten: World, case: str) -> None:
    helper, other = entered(at_ten), f"{CASES}/{at_ten.here.opened(happened_on='2027-03-08')}"
    helper.post(f"{case}/reason", {"reason": "covering"})
    helper.get(case)
    helper.get(other, 303)
    entered(at_ten).get(case, 303)  # the same person, signed in elsewhere
    at_ten.site.at = MARCH + timedelta(hours=1)
    helper.get(case)
    at_ten.site.at = MARCH + timedelta(hours=10)
    late = entered(at_ten)
    late.post(f"{case}/reason", {"reason": "covering"})
    for hours in (11, 12.5, 13.5):
        at_ten.site.at = MARCH + timedelta(hours=hours)
        late.get(case)
    at_ten.site.at = MARCH + timedelta(hours=14.5)  # the same sign-in, and midnight in London lies between
    assert late.get(case, 303).location.startswith(f"{case}/reason")


def test_what_is_no_answer_of_the_list_is_not_taken(world: World, case: str) -> None:
    with pytest.raises(ThreefoldError, match="Select why"), world.here.unit() as unit:
        give_reason(unit, UUID(case.rsplit("/", 1)[1]), "Because of Zephyrine", "x")


def test_somebody_who_acted_on_a_case_has_it_as_their_own(world: World, case: str) -> None:
    lead = world.site.person("looks-on@vale.example", world.here.area, "scrutineer")
    looks_on = entered(world, "looks-on@vale.example")
    looks_on.get(case, 303)
    with world.site.database.unit(world.here.area, MARCH, person=lead) as unit:
        unit.audit("refused", f"case:{case.rsplit('/', 1)[1]}", kind="change", outcome="refused")
        unit.audit("case read", f"case:{case.rsplit('/', 1)[1]}", kind="detail")
    looks_on.get(case, 303)  # neither was an act on it
    with world.site.database.unit(world.here.area, MARCH, person=lead) as unit:
        unit.audit("view given", f"case:{case.rsplit('/', 1)[1]}")
    looks_on.get(case)


def test_nobody_is_asked_about_a_case_that_is_not_there(world: World, case: str) -> None:
    helper = entered(world)
    helper.get(f"{CASES}/{uuid4()}", 404)
    missing = f"{CASES}/{uuid4()}"
    helper.get(f"{missing}/reason", 404)
    helper.send(f"{missing}/reason", helper.get(f"{case}/reason").page.hidden() | {"reason": "covering"}, 404)


def test_nobody_is_sent_to_another_site_nor_to_another_case(world: World, case: str) -> None:
    helper = entered(world)
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", f"{CASES}/{uuid4()}", f"{case}-x", "/my-work"):
        hidden = helper.get(f"{case}/reason").page.hidden()
        done = helper.send(f"{case}/reason?next={elsewhere}", hidden | {"reason": "quality"})
        assert done.location == case


def test_for_those_who_handle_every_case_a_page_costs_no_statement_more(world: World, case: str) -> None:
    with world.site.app.app_context():
        engine = db.engine
    helper = entered(world)
    helper.post(f"{case}/reason", {"reason": "covering"})
    counts = []
    for browser in (world.site, helper):
        browser.get(case)
        with counting(engine) as counted:
            browser.get(case)
        counts.append(counted.statements)
    assert len(counts[1]) == len(counts[0]) + 1 and "audit_entry" in counts[1][2]


def test_the_json_door_asks_too(world: World, case: str) -> None:
    client = world.site.app.test_client()
    token = client.post("/api/v1/sign-in", json={"email": HELPER, "password": PASSWORD}).get_json()["token"]
    head, api = {"Authorization": f"Bearer {token}"}, f"/api/v1{case}"
    refused = client.get(api, headers=head)
    assert world.entries()[-1]["detail"]["why"] == "no reason given"
    assert refused.status_code == 403 and refused.get_json()["field"] == "reason"
    assert client.post(f"{api}/reason", json={"reason": "because"}, headers=head).status_code == 422
    assert client.post(f"/api/v1{CASES}/{uuid4()}/reason", json={"reason": "covering"}, headers=head).status_code == 404
    assert client.post(f"{api}/reason", json={"reason": "covering"}, headers=head).status_code == 200
    assert client.get(api, headers=head).status_code == 200
    assert set(REASONS) >= {"covering", "other"}
