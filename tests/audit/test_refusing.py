"""What is refused leaves an entry, in a transaction of its own; and what is foreign, forbidden or missing stays alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.audit.world import EVERY, HELPER, World
from tests.support.statements import counting
from tests.web.sign_ins import password_step
from tests.web.site import PASSWORD, Site
from threefold.walls.database import db


@pytest.fixture
def helper(world: World) -> Site:
    other = world.site.another()
    other.enter(HELPER)
    return other


def _engine(world: World) -> Any:
    with world.site.app.app_context():
        return db.engine


def _case(world: World, case_id: UUID) -> str:
    return f"/b/example-vale/cases/{case_id}"


def test_a_foreign_and_a_missing_case_leave_the_same_and_run_the_same(world: World) -> None:
    seen = []
    for slug, case_id in (("nation", world.case_id), ("nation", uuid4())):
        with counting(_engine(world)) as counted:
            left = world.left_by(lambda s=slug, c=case_id: seen.append(world.site.get(f"/b/{s}/cases/{c}", 404).text))
        (entry,) = left
        assert (entry["action"], entry["outcome"], entry["kind"]) == ("refused", "refused", "detail")
        assert (entry["subject"], entry["actor"], entry["purpose"]) == (f"case:{case_id}", world.person, "see cases")
        assert entry["detail"] == {"page": "incidents.case", "why": "not here"} and entry["source"] == "web 127.0.0.1"
        assert counted.shapes[-1].startswith("INSERT INTO body.audit_entry")
        seen.append(str(counted.shapes))
    assert seen[:2] == seen[2:]


def test_an_act_that_a_role_does_not_cover_is_noted(world: World, helper: Site) -> None:
    (entry,) = world.left_by(lambda: helper.get(f"{_case(world, world.case_id)}/record/people", 403))
    assert (entry["outcome"], entry["purpose"], entry["detail"]["why"]) == ("refused", "record an incident", "not their role")
    assert entry["subject"] == f"case:{world.case_id}"


def test_a_body_somebody_has_no_business_in_learns_nothing_and_is_told_nothing(world: World, helper: Site) -> None:
    for slug in ("nation", "never-was"):
        assert world.left_by(lambda s=slug: helper.get(f"/b/{s}/cases/{world.case_id}", 404)) == []


def test_what_a_story_refuses_in_a_form_is_noted_and_nothing_of_it_is_kept(world: World) -> None:
    page = f"{_case(world, world.case_id)}/review/send"  # without a notification nothing may be sent
    hidden = world.site.get(page).page.hidden()
    left = world.left_by(lambda: world.site.send(page, hidden | {"summary": "Zephyrine Planted", "reason": "Zephyrine"}, 422))
    refused = [entry for entry in left if entry["outcome"] == "refused"]
    assert [(e["action"], e["kind"], e["subject"]) for e in refused] == [("refused", "change", f"case:{world.case_id}")]
    assert refused[0]["detail"]["page"] == "reviews.send" and refused[0]["detail"]["why"].isidentifier()
    assert not [entry for entry in left if entry["kind"] == "change" and entry["outcome"] == "done"]
    assert "Zephyrine" not in str(left)


def test_a_page_that_a_refused_form_shows_again_is_noted_as_read_beside_the_refusal(world: World) -> None:
    page = f"{_case(world, world.case_id)}/opening/add"
    hidden = world.site.get(page).page.hidden()
    passed = {"person": str(world.person), "part": "team", "begins-day": "1", "begins-month": "1", "begins-year": "2001"}
    left = world.left_by(lambda: world.site.send(page, hidden | passed, 422))
    assert [(e["action"], e["outcome"], e["kind"]) for e in left] == [
        ("refused", "refused", "change"),
        ("page read", "done", "detail"),
    ]


def test_the_json_door_notes_refusals_too(world: World) -> None:
    client = world.site.app.test_client()
    token = client.post("/api/v1/sign-in", json={"email": EVERY, "password": PASSWORD}).get_json()["token"]
    head = {"Authorization": f"Bearer {token}"}
    calls = [
        ("get", f"/api/v1/b/example-vale/cases/{uuid4()}", None, 404, "not here", "detail"),
        ("post", f"/api/v1/b/example-vale/cases/{world.case_id}/views",
         {"question": "notify", "seat": "nobody", "view": "yes", "seen_no": 1}, None, None, "change"),
    ]  # fmt: skip
    for verb, address, sent, status, why, kind in calls:
        before = len(world.entries())
        answered = getattr(client, verb)(address, json=sent, headers=head).status_code
        left = world.entries(before)
        assert answered == status or (status is None and 400 <= answered < 500), address
        refused = [entry for entry in left if entry["outcome"] == "refused"]
        assert len(refused) == 1 and (refused[0]["kind"], refused[0]["source"]) == (kind, "api 127.0.0.1")
        assert why in (None, refused[0]["detail"]["why"])
    # Without business in the body nothing is noted there.
    assert world.left_by(lambda: client.get("/api/v1/b/never-was/cases", headers=head)) == []


def test_a_body_that_has_no_desk_and_one_s_own_desk_refuse_alike(world: World) -> None:
    (entry,) = world.left_by(lambda: world.site.get("/b/example-vale/desk", 404))
    assert (entry["outcome"], entry["subject"], entry["detail"]["why"]) == ("refused", "body", "not here")


def test_what_is_sent_without_the_guard_of_its_page_is_noted(world: World, helper: Site) -> None:
    page = f"{_case(world, world.case_id)}/opening/restrict"
    for sent in ({}, {"csrf_token": "made.up"}):
        (entry,) = world.left_by(lambda s=sent: world.site.send(page, s | {"why": "Zephyrine"}, 400))
        assert (entry["action"], entry["outcome"], entry["kind"]) == ("refused", "refused", "change")
        assert (entry["subject"], entry["actor"], entry["purpose"]) == (
            f"case:{world.case_id}",
            world.person,
            "restrict a case",
        )
        assert entry["detail"] == {"page": "incidents.restrict", "why": "not sent from its page"}
    password_step(world.site, EVERY)
    opened = world.site.get(page).page.hidden()
    password_step(world.site, HELPER)  # another, on this browser, who sends what was opened before
    (entry,) = world.left_by(lambda: world.site.send(page, opened | {"why": "Zephyrine"}, 400))
    assert entry["detail"]["why"] == "not sent from its page" and entry["actor"] != world.person
    assert world.left_by(lambda: world.site.another().send(page, {"why": "Zephyrine"}, 400)) == []
    assert (
        world.left_by(lambda: helper.send(f"/b/nation/cases/{world.case_id}/opening/restrict", {"why": "Zephyrine"}, 400)) == []
    )
