"""A sweep over every page and operation of a body, whoever wrote it: each reading leaves an entry that says what was read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from werkzeug.routing import Rule

from tests.audit.world import EVERY, World
from tests.web.site import PASSWORD

READING = {"detail", "list", "search", "export", "attachment"}
HOW = {
    "incidents.cases": "list", "rehearsal.open_cases": "list", "national.desk": "list", "national.timeliness": "list", "national.received_kept": "list",
    "national.desk_csv": "export", "arrangements.export": "export", "arrangements.document": "attachment", "arrangements.export_version": "export",
    "meetings.meetings": "list", "people.people_of_body": "list", "api.cases": "list",
    "api.desk": "list", "audit.audit": "list", "records.kept": "list", "records.subject_requests": "list", "records.find_subject": "search", "records.subject_file": "export", "records.everything": "list", "records.everything_file": "export", "audit.audit_csv": "export",
    "platform_staff.access": "list", "reviews.own_questions": "list",
}  # fmt: skip
NAMED = {"case_id": "case", "draft_id": "draft", "case_ref": "received"}


def _readings(world: World, api: bool) -> list[tuple[str, Rule]]:
    return [
        (rule.endpoint, rule)
        for rule in world.site.app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and getattr(world.site.app.view_functions[rule.endpoint], "needs", None)
        and rule.rule.startswith("/api/") == api
    ]


def _values(world: World, endpoint: str, rule: Rule) -> dict[str, Any]:
    return {name: world.part(endpoint, name) for name in rule.arguments}


def _address(world: World, endpoint: str, values: dict[str, Any]) -> str:
    with world.site.app.test_request_context():
        address = str(world.site.app.url_map.bind("localhost").build(endpoint, values))
    return address + str(world.for_page.get((endpoint, "?"), ""))


def _told(world: World, endpoint: str, values: dict[str, Any], left: list[dict[str, Any]], door: str) -> None:
    assert left, f"{endpoint} leaves nothing in the audit"
    read = [entry for entry in left if entry["kind"] == HOW.get(endpoint, "detail")]
    assert read and {entry["kind"] for entry in left} <= READING, (endpoint, left)
    for entry in left:
        assert (entry["actor"], entry["source"], entry["outcome"]) == (world.person, f"{door} 127.0.0.1", "done"), endpoint
        assert entry["purpose"] and entry["action"], endpoint
    for name, what in NAMED.items():
        if name in values:
            assert f"{what}:{values[name]}" in {entry["subject"] for entry in read}, (endpoint, left)


def test_every_page_of_a_body_leaves_an_entry_that_says_what_was_read(world: World) -> None:
    pages = _readings(world, api=False)
    assert len(pages) > 50
    for endpoint, rule in pages:
        values = _values(world, endpoint, rule)
        left = world.left_by(lambda e=endpoint, v=values: world.site.get(_address(world, e, v)))
        _told(world, endpoint, values, left, "web")


def test_every_reading_operation_of_the_json_door_does(world: World) -> None:
    client = world.site.app.test_client()
    token = client.post("/api/v1/sign-in", json={"email": EVERY, "password": PASSWORD}).get_json()["token"]
    operations = _readings(world, api=True)
    assert len(operations) >= 4
    for endpoint, rule in operations:
        values = _values(world, endpoint, rule) | ({"slug": "nation"} if "desk" in rule.rule else {})

        def read(address: str = _address(world, endpoint, values)) -> None:
            assert client.get(address, headers={"Authorization": f"Bearer {token}"}).status_code == 200, address

        _told(world, endpoint, values, world.left_by(read), "api")


def test_filters_make_a_list_a_search_and_what_was_typed_is_not_kept(world: World) -> None:
    (entry,) = world.left_by(lambda: world.site.get("/b/nation/desk?area=Zephyrine&state=overdue"))
    assert (entry["kind"], entry["action"]) == ("search", "desk read") and "Zephyrine" not in str(entry)


def test_what_awaits_somebody_is_a_reading_in_each_of_their_bodies(world: World) -> None:
    left = world.left_by(lambda: world.site.get("/my-work"))
    assert {(e["purpose"], e["kind"], e["source"]) for e in left} == {("see what awaits me", "list", "web 127.0.0.1")}
    assert {e["tenant_id"] for e in left} == {world.here.area, world.here.national}


def test_an_agency_s_link_is_a_reading_by_nobody_with_an_account(world: World) -> None:
    with world.here.unit() as unit:
        from threefold.work.reviews import stories

        asked = stories.ask_agency(unit, world.case_id, "GP", "gp@vale.example", "What is known?", UUID(int=7))
    (entry,) = world.left_by(lambda: world.site.follow(f"/answer/example-vale/open#{asked.link}"))
    assert (entry["actor"], entry["source"], entry["subject"]) == (None, "link 127.0.0.1", f"case:{world.case_id}")
