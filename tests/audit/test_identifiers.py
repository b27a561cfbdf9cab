"""Names, numbers and dates of birth that people type, on whatever page, are nowhere in the audit."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.audit.world import EVERY, World, copy_of
from tests.support.database import Cluster, cloned
from tests.web.site import PASSWORD

NAME, NHS, BORN = "Zephyrine Planted", "943 476 5919", "2019-07-17"
TYPED = f"{NAME} {NHS} {BORN} 17/07/2019"
PLANTED = re.compile(r"zephyrine|planted|943.?476.?5919|2019.07.17|17.0?7.2019", re.IGNORECASE)


@pytest.fixture
def own(cluster: Cluster, made_world: World, tmp_path: Path, project: Path) -> Iterator[World]:
    with cloned(cluster, made_world.site.database.name) as database:
        one = copy_of(made_world, database, tmp_path, project)
        yield one
        one.site.app.extensions["threefold"].walls.engine.dispose()


def _filled(world: World, address: str) -> dict[str, Any]:
    """Every box of a page with the planted text, every choice made, every day the day of birth."""
    sent: dict[str, Any] = world.site.get(address).page.hidden()
    picking = ""
    for e in world.site.get(address).page.elements:
        name, kind = e.get("name"), e.get("type")
        picking = name if e.name == "select" else picking
        if e.name == "option" and e.get("value"):
            sent.setdefault(picking, e.get("value"))
        elif e.name == "textarea":
            sent[name] = TYPED
        elif e.name == "input" and kind == "file":
            sent[name] = (io.BytesIO(b"title = 'Zephyrine Planted'"), f"{NAME}.toml")
        elif e.name == "input" and kind in ("radio", "checkbox"):
            sent.setdefault(name, e.get("value"))
        elif e.name == "input" and kind != "hidden" and name:
            ends = {"-day": "17", "-month": "7", "-year": "2019", "-time": "10:00"}
            sent[name] = next((value for end, value in ends.items() if name.endswith(end)), None) or (
                f"{NAME.replace(' ', '.')}@vale.example" if kind == "email" else TYPED[:120]
            )
    return sent


def _planted(world: World) -> list[tuple[Any, ...]]:
    with psycopg.connect(world.site.database.admin) as connection:
        rows = connection.execute("select * from body.audit_entry").fetchall()
    assert len(rows) > 40
    return [row for row in rows if PLANTED.search(" ".join(str(value) for value in row))]


def test_what_is_typed_on_any_page_is_not_in_the_audit(own: World) -> None:
    assert PLANTED.search(TYPED) and PLANTED.search("9434765919")
    done = []
    for rule in sorted(
        own.site.app.url_map.iter_rules(), key=lambda r: ("give_up" in r.endpoint, "remove" in r.endpoint, r.endpoint)
    ):
        view = own.site.app.view_functions[rule.endpoint]
        if not getattr(view, "needs", None) or rule.rule.startswith("/api/") or not {"GET", "POST"} <= (rule.methods or set()):
            continue
        values = {name: own.part(rule.endpoint, name) for name in rule.arguments}
        with own.site.app.test_request_context():
            address = str(own.site.app.url_map.bind("localhost").build(rule.endpoint, values))
        address += str(own.for_page.get((rule.endpoint, "?"), ""))
        if own.site.client.get(address).status_code == 200:  # an act before it may have closed the page
            done.append(own.site.client.post(address, data=_filled(own, address)).status_code)
    assert len(done) > 25 and done.count(303) > 10 and all(status < 500 for status in done), done
    assert _planted(own) == []


def test_what_is_typed_into_an_address_or_sent_as_json_is_not_either(own: World) -> None:
    case, typed = f"/b/example-vale/cases/{own.case_id}", "Zephyrine%20Planted"
    for address in (
        f"{case}/record/{typed}", f"{case}/verdict/{typed}", f"{case}/review/factors/{typed}", f"{case}/record/children/{typed}",
        f"/b/example-vale/arrangement/versions/{typed}/publish", f"/b/nation/desk?area={typed}&quarter={typed}&state={typed}",
        f"/b/nation/desk.csv?area={typed}", f"/b/example-vale/cases?page={typed}", f"{case}/events/correct?name={typed}&at={BORN}",
        f"/b/example-vale/arrangement/areas/{typed}/{typed}",
        f"/b/example-vale/arrangement/drafts/{own.parts['draft_id']}/line/{typed}", f"/b/example-vale/{typed}",
    ):  # fmt: skip
        own.site.client.get(address)
    client = own.site.app.test_client()
    token = client.post("/api/v1/sign-in", json={"email": EVERY, "password": PASSWORD}).get_json()["token"]
    api = f"/api/v1/b/example-vale/cases/{own.case_id}"
    for address, sent in (
        (f"{api}/views", {"question": "notify", "seat": NAME, "view": "yes", "reason": TYPED, "seen_no": 1}),
        (f"{api}/factors", {"factor": "zephyrine-planted", "view": "applies", "reason": TYPED, "seen_no": 1}),
        (f"{api}/signatures", {"seat": NAME, "seen_no": 1}),
        (f"{api}/events", {"name": "partners_told", "at": "2027-03-09T10:00:00+00:00", "how": TYPED, "reference": TYPED}),
        ("/api/v1/b/example-vale/cases", {"token": str(uuid4()), "facts": {"incident": {"children": [{"key": "zephyrine-planted"}]}}}),
        ("/api/v1/b/example-vale/cases", {"token": str(uuid4()), "facts": {NAME: TYPED}}),
    ):  # fmt: skip
        assert client.post(address, json=sent, headers={"Authorization": f"Bearer {token}"}).status_code < 500
    assert _planted(own) == []
