"""A form that is refused shows its page again, with whatever stands on it: that is a reading like any other."""

from __future__ import annotations

from typing import Any

from tests.audit.test_reading import READING
from tests.audit.world import AREA, World

SHOWN = {200, 409, 422}


def _addresses(world: World) -> list[tuple[str, str]]:
    """Each page of a body that takes a form: its name and its address."""
    found = []
    for rule in world.site.app.url_map.iter_rules():
        sent = "POST" in (rule.methods or set()) and not rule.rule.startswith("/api/")
        if sent and getattr(world.site.app.view_functions[rule.endpoint], "needs", None):
            values = {name: world.part(rule.endpoint, name) for name in rule.arguments}
            with world.site.app.test_request_context():
                address = str(world.site.app.url_map.bind("localhost").build(rule.endpoint, values))
            found.append((rule.endpoint, address + str(world.for_page.get((rule.endpoint, "?"), ""))))
    return found


def _told(left: list[dict[str, Any]]) -> bool:
    """Whether it is noted that the page was read; or what it did, where it shows what came of that."""
    return any(entry["kind"] in {*READING, "change"} and entry["outcome"] == "done" for entry in left)


def test_whatever_page_an_empty_form_is_sent_to_what_it_shows_then_is_noted_as_read(world: World) -> None:
    guard = {"csrf_token": world.site.get(f"/b/{AREA}/cases/new").page.hidden()["csrf_token"]}
    shown, unread = [], []
    for endpoint, address in _addresses(world):
        before = len(world.entries())
        answer = world.site.client.post(address, data=guard)
        if answer.status_code in SHOWN:
            shown.append(endpoint)
            left = world.entries(before)
            told_alone = b"form_token" not in answer.data and [entry for entry in left if entry["outcome"] == "refused"]
            unread += [] if _told(left) or told_alone else [endpoint]
    assert len(shown) > 80
    assert not unread, unread
