"""Signed minutes as files: what is refused is kept nowhere, what is taken is noted."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from tests.arrangements.area import LEAD, Area, day
from tests.arrangements.vale import APRIL, EVERY_BODY, GOVERNANCE, MARCH, NOW_IN_FORCE
from tests.support.clamd_like import EICAR, clamd
from tests.support.database import Database
from tests.web.site import Shown, make_site
from threefold.governance.pack_export import to_toml
from threefold.walls.tables import AuditEntry
from threefold.work.arrangements.drafting import list_drafts
from threefold.work.arrangements.stories import enter_version
from threefold.work.people.access import AREA_LEAD


def _area(database: Database, folder: Path, project: Path) -> Area:
    site = make_site(database, folder, tenants=project / "tenants", rules=(EVERY_BODY, GOVERNANCE))
    site.at = MARCH
    body = database.body("example-vale")
    with database.unit(body, MARCH) as unit:
        enter_version(unit, GOVERNANCE, NOW_IN_FORCE)
    site.person(LEAD, body, AREA_LEAD)
    return Area(site, body)


def test_minutes_that_carry_malware_or_cannot_be_scanned_are_refused_and_nothing_is_kept(
    database: Database, tmp_path: Path, project: Path
) -> None:
    area = _area(database, tmp_path, project)
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    given = {"seat": "health-lead", "where": "Executive, item 4", **day("day", MARCH)}
    own = area.site.app.extensions["threefold"]

    def sent(content: bytes, name: str, status: int, scanner: str) -> Shown:
        area.site.app.extensions["threefold"] = replace(own, settings=replace(own.settings, clamd=scanner))
        with_file = area.filled(f"{draft}/minutes", given) | {"document": (io.BytesIO(content), name)}
        return area.by(LEAD).send(f"{draft}/minutes", with_file, status)

    with clamd(str(tmp_path / "clamd.ctl")) as scanner:
        assert "malicious software" in sent(EICAR, "minutes.txt", 422, scanner).text
        assert "is none of" in sent(b"\x7fELF" + bytes(90), "minutes.pdf", 422, scanner).text
        assert "Not signed yet" in area.by(LEAD).get(f"{draft}/sign").text
        assert "to be checked" not in area.by(LEAD).get(f"{draft}/sign").text
        sent(b"Agreed.", "minutes.txt", 303, scanner)
    assert "could not be checked" in sent(b"Agreed.", "minutes.txt", 422, scanner).text
    with database.unit(area.body, MARCH) as unit:
        taken = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "document taken in")).all()
    assert [entry.detail for entry in taken] == [{"kind": "txt", "bytes": 7, "scan": "clean"}]
    own.walls.engine.dispose()


def test_a_file_of_an_arrangement_is_scanned_like_any_other(database: Database, tmp_path: Path, project: Path) -> None:
    area = _area(database, tmp_path, project)
    own = area.site.app.extensions["threefold"]
    file = to_toml(NOW_IN_FORCE).encode()

    def sent(content: bytes, status: int, scanner: str, mode: str = "test") -> Shown:
        area.site.app.extensions["threefold"] = replace(own, settings=replace(own.settings, clamd=scanner, mode=mode))
        address = "/b/example-vale/arrangement/drafts/import"
        return area.by(LEAD).send(address, area.filled(address, {}) | {"file": (io.BytesIO(content), "a.toml")}, status)

    with clamd(str(tmp_path / "clamd.ctl")) as scanner:
        assert "malicious software" in sent(b"# " + EICAR + b"\n" + file, 422, scanner).text
        sent(file, 303, scanner)
    assert "could not be checked" in sent(file, 422, scanner).text
    with database.unit(area.body, MARCH) as unit:
        taken = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "file taken in")).all()
        assert [entry.detail for entry in taken] == [{"kind": "toml", "bytes": len(file), "scan": "clean"}]
        assert len(list_drafts(unit)) == 1
    own.walls.engine.dispose()
