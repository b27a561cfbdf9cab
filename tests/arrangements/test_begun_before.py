"""A draft that was begun, or put before its seats, under the former fingerprint (format 1, decision 0029) and goes on after an upgrade.

The database is made as the release before left it, with rows as that release wrote them, and is brought to today by the migrations.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.arrangements.area import HOME, HUDDLE, LEAD, Area, day
from tests.arrangements.vale import APRIL, EVERY_BODY, GOVERNANCE, LEADS, LIBRARY, MARCH, NOW_IN_FORCE
from tests.governance.test_fingerprint import read_back
from tests.support.database import Cluster, Database, migrate, of_before
from tests.web.site import make_site
from threefold.governance import drafts
from threefold.governance.arrangement import Arrangement
from threefold.governance.pack_export import to_toml
from threefold.governance.remarks import remarks
from threefold.work.arrangements import asking
from threefold.work.arrangements.stories import enter_version, versions
from threefold.work.arrangements.tables import DraftSignature
from threefold.work.people.access import AREA_LEAD, PARTNER_LEAD

THEN = "0018"  # the newest migration of the last release that made fingerprints of format 1
THEN_IN_FORCE = replace(NOW_IN_FORCE, format=1, source_names=())  # what sources are called in a file was not kept then
BEFORE: dict[str, Any] = THEN_IN_FORCE.stored()
NEXT = "from-2027-04-01"
PUBLIC = "/published/example-vale"
LATER = datetime(2027, 4, 2, 9, 0, tzinfo=UTC)


class Upgraded(NamedTuple):
    """The site of today, the address of the draft in it, and what the draft held then."""

    area: Area
    draft: str
    content: dict[str, Any]


def fingerprint_of_then(content: dict[str, Any]) -> str:
    """As that release worked it out: of everything but the signatures, the names of files too."""
    return hashlib.sha256(json.dumps({**content, "signed": []}, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def written_then(database: Database, body: UUID, state: str) -> tuple[UUID, dict[str, Any]]:
    """The version in force and one draft, as that release wrote their rows; the draft's id and content."""
    content = {**drafts.begin_from(THEN_IN_FORCE, "next", "Huddle on day 12"), "format": 1}
    if state == "signing":
        content |= {"begins": APRIL.isoformat(), "version": NEXT, "note": with_reasons(content)}
    draft, at = uuid4(), MARCH
    whole = hashlib.sha256(json.dumps(BEFORE, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    with psycopg.connect(database.admin) as connection:
        connection.execute(
            "insert into body.arrangement_version (tenant_id, id, version, content_hash, entered, begins, corrects, recorded_at, content) "
            "values (%s, %s, %s, %s, %s, %s, '', %s, %s)",
            (body, uuid4(), BEFORE["version"], whole, BEFORE["entered"], BEFORE["begins"], at, Jsonb(BEFORE)),
        )
        connection.execute(
            "insert into body.arrangement_draft (tenant_id, id, title, state, head_no, started_at, updated_at) values (%s, %s, %s, %s, 1, %s, %s)",
            (body, draft, content["title"], state, at, at),
        )
        connection.execute(
            "insert into body.draft_revision (tenant_id, draft_id, no, at, what, signed_hash, content) values (%s, %s, 1, %s, 'what is in force', %s, %s)",
            (body, draft, at, fingerprint_of_then(content), Jsonb(content)),
        )
    return draft, content


def with_reasons(content: dict[str, Any]) -> str:
    said = remarks(GOVERNANCE, content)
    return asking.with_reasons("", said, {r.known_by: "Agreed so." for r in said if r.effect == "needs_reason"})


def signed_then(database: Database, body: UUID, draft: UUID, seat: str, content: dict[str, Any], person: UUID) -> None:
    with database.unit(body, MARCH, person=person) as unit:
        unit.session.add(DraftSignature(
            id=uuid4(), draft_id=draft, signed_hash=fingerprint_of_then(content), seat=seat, act="signed", concerns=None, day=MARCH.date(),
            said=unit.seal_json({"text": ""}), document=None, at=MARCH, by=person))  # fmt: skip


@pytest.fixture
def upgraded(cluster: Cluster, tmp_path: Path, project: Path) -> Iterator[Callable[[str], Upgraded]]:
    """Make the site of today over what was written then, of a draft in a state."""
    with of_before(cluster, THEN) as database, ExitStack() as ends:

        def upgrade(state: str) -> Upgraded:
            body = database.body("example-vale")
            draft, content = written_then(database, body, state)
            if state == "signing":
                person = database.provision.put_person(f"{LEADS[0]}@vale.example", "A lead", "x")
                signed_then(database, body, draft, LEADS[0], content, person)
            migrate(cluster, database.name)
            site = make_site(database, tmp_path, tenants=project / "tenants", rules=(EVERY_BODY, GOVERNANCE))
            ends.callback(site.app.extensions["threefold"].walls.engine.dispose)
            site.at = MARCH
            site.person(LEAD, body, AREA_LEAD)
            for seat in LEADS:
                site.person(f"{seat}@vale.example", body, PARTNER_LEAD, seats=(seat,))
            return Upgraded(Area(site, body), f"{HOME}/drafts/{draft}", content)

        yield upgrade


def on_record(area: Area, at: datetime) -> tuple[Arrangement, ...]:
    with area.site.database.unit(area.body, at) as unit:
        return versions(unit)


def goes_on(area: Area, draft: str, version: str, *seats: str) -> Arrangement:
    """Signed by the seats, in force on its day, published and taken out; what is on record."""
    for seat in seats:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    assert "Every seat has signed" in area.by(LEAD).get(f"{draft}/sign?done=entered").text
    area.site.at = LATER
    area.browsers.clear()
    known = on_record(area, LATER)
    assert [one.version for one in known] == ["demonstration", version]
    assert GOVERNANCE.pin(known, LATER.date())[0].version == version
    shown = area.by(LEAD).get(f"{HOME}/versions/{version}").text
    assert "In force" in shown
    area.answer(f"{HOME}/versions/{version}/publish", {})
    public = area.site.another().get(PUBLIC).text
    assert "Huddle on day 12" in public and known[-1].signed_hash in public
    file = area.by(LEAD).client.get(f"{HOME}/versions/{version}/export").get_data(as_text=True)
    assert file == to_toml(known[-1])
    return known[-1]


def test_one_that_was_open_is_read_changed_checked_and_signed_under_the_fingerprint_of_now(
    upgraded: Callable[[str], Upgraded],
) -> None:
    area, draft, content = upgraded("open")
    assert "Huddle on day 12" in area.by(LEAD).get(draft).text
    assert area.content(draft) == content
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    assert area.content(draft)["format"] == 1
    assert "Say on which day this version begins" in area.by(LEAD).get(f"{draft}/check").text
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    assert area.content(draft)["format"] == 2
    signed = goes_on(area, draft, NEXT, *LEADS)
    assert signed.format == 2 and len(signed.signed) == len(LEADS)
    assert drafts.node_at(signed.stored(), HUDDLE.split("/")[1:])["day"] == 12
    assert read_back(signed, LIBRARY.bodies["example-vale"]).signed_hash == signed.signed_hash


def test_one_that_was_before_its_seats_is_signed_as_they_saw_it(upgraded: Callable[[str], Upgraded]) -> None:
    area, draft, content = upgraded("signing")
    page = area.by(LEAD).get(f"{draft}/sign").text
    assert fingerprint_of_then(content) in page and page.count("Not signed yet") == len(LEADS) - 1
    signed = goes_on(area, draft, NEXT, *LEADS[1:])
    assert signed.format == 1 and signed.signed_hash == fingerprint_of_then(content)
    assert [seat for seat, _, _ in signed.signed] == list(LEADS)
    assert to_toml(signed).startswith(f"# Its fingerprint, which the names of files are part of, is {signed.signed_hash}.\n")
    with area.site.database.unit(area.body, LATER) as unit:  # put among the files, it is the one on record
        again = replace(read_back(signed, LIBRARY.bodies["example-vale"]), signed=signed.signed)
        assert enter_version(unit, GOVERNANCE, again) is False


def test_what_was_in_force_then_is_what_is_in_force_now(upgraded: Callable[[str], Upgraded]) -> None:
    area = upgraded("open").area
    (kept,) = on_record(area, MARCH)
    assert kept.stored() == BEFORE and kept.signed_hash == fingerprint_of_then(BEFORE)
    with area.site.database.unit(area.body, MARCH) as unit:
        assert enter_version(unit, GOVERNANCE, NOW_IN_FORCE) is False
