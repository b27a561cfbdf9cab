"""Everything of a body as one file: each table joins by itself, identifiers opened, digests right, formulas harmless, gone after its days."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from tests.records.keeper import CHILD, Keeper
from threefold.domain.errors import ThreefoldError
from threefold.doors.worker import jobs
from threefold.walls.database import BodyRow
from threefold.walls.policies import walled_tables
from threefold.walls.session import SYSTEM, Scope
from threefold.work.national import standing_aside
from threefold.work.people.access import NATIONAL_OFFICER, NotHere
from threefold.work.people.tables import CaseBar
from threefold.work.records import bundle
from threefold.work.records.stories import exporting
from threefold.work.records.tables import BodyExport, ExportPart
from threefold.work.reviews import stories as reviews

FORMULA = '=HYPERLINK("http://elsewhere.example","x")'


def asked(here: Keeper) -> UUID:
    with here.by_manager() as unit:
        made = exporting.ask_export(unit, "The area moves to another service.", uuid4())
    assert made
    return made


def made(here: Keeper) -> UUID:
    """Asked, agreed, and made by the worker."""
    export = asked(here)
    with here.by_lead() as unit:
        exporting.answer_export(unit, export, True)
    assert "failed" not in here.work()
    return export


def content_of(here: Keeper, export: UUID) -> bytes:
    """The file, fetched by whoever asked for it."""
    with here.by_manager() as unit:
        exporting.fetch_export(unit, export)
        content, no = b"", 1
        while (part := exporting.some_of(unit, export, no)) is not None:
            content, no = content + part, no + 1
    return content


def fetched(here: Keeper, export: UUID) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content_of(here, export)))


def lines(archive: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"tables/{table}.jsonl").decode().splitlines()]


def test_every_table_of_the_body_is_in_it_with_every_row_and_column(here: Keeper) -> None:
    """The sweep: a new table behind the wall is in the export by itself, or is left out by name with a reason."""
    case_id = here.whole_case()
    archive = fetched(here, made(here))
    there = {
        name.removeprefix("tables/").removesuffix(".jsonl")
        for name in archive.namelist()
        if name.endswith(".jsonl") and "/" in name
    }
    assert there | bundle.LEFT_OUT.keys() == {table.name for table in walled_tables()}
    assert not there & bundle.LEFT_OUT.keys()
    manifest = json.loads(archive.read("manifest.json"))
    told = json.loads(archive.read("schema.json"))["tables"]
    for table in bundle.exported():
        rows = lines(archive, table.name)
        cells = list(csv.reader(io.StringIO(archive.read(f"tables/{table.name}.csv").decode())))
        with here.unit() as unit:
            counted = unit.session.execute(
                select(func.count()).select_from(table).where(table.c.tenant_id == here.area)
            ).scalar_one()
        # What is written after the file was made: the audit of this very export, and the state of its row.
        assert len(rows) == manifest["rows"][table.name] and len(rows) in (counted, counted - 3, counted - 2, counted - 1), (
            table.name
        )
        assert len(cells) == len(rows) + 1
        columns = (
            {c.name for c in table.columns}
            - {"tenant_id"}
            - {n.split(".")[1] for n in bundle.LEFT_OUT_COLUMNS if n.startswith(f"{table.name}.")}
        )
        assert set(cells[0]) == set(told[table.name]["columns"]) == columns
        assert all(set(row) == columns for row in rows) and told[table.name]["about"], table.name
    (person,) = lines(archive, "case_person")
    assert person["details"]["name"] == CHILD["name"] and person["case_id"] == str(case_id)
    assert "does not open" not in archive.read("tables/case_record.jsonl").decode()
    assert any(
        r["content"]["reason"] == "Planted reply"
        for r in (json.loads(archive.read(n)) for n in archive.namelist() if n.startswith("letters/received"))
    )


def test_nobody_s_unsent_form_is_in_it_and_it_says_so(here: Keeper) -> None:
    """What somebody typed and did not send is no record of the body's: it is shown to that person alone."""
    here.whole_case()
    assert here.rows("select 1 from body.form_draft")
    archive = fetched(here, made(here))
    assert not [name for name in archive.namelist() if b"Planted half-written" in archive.read(name) or "form_draft" in name]
    assert "not sent" in json.loads(archive.read("schema.json"))["left_out"]["form_draft"]
    assert "not sent" in archive.read("README.txt").decode()


def test_each_file_has_its_digest_and_the_whole_has_one(here: Keeper) -> None:
    here.whole_case()
    export = made(here)
    archive = fetched(here, export)
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    for file in manifest["files"]:
        content = archive.read(file["name"])
        assert (sha256(content).hexdigest(), len(content)) == (file["sha256"], file["bytes"]), file["name"]
    assert {f["name"] for f in manifest["files"]} | {"manifest.json", "SHA256SUMS"} == set(archive.namelist())
    sums = dict(reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines())  # type: ignore[misc]
    assert sums["manifest.json"] == sha256(archive.read("manifest.json")).hexdigest()
    with here.unit() as unit:
        row = unit.session.get_one(BodyExport, (here.area, export))
        whole = b"".join(unit.open_sealed(p) for p in unit.session.scalars(select(ExportPart.content).order_by(ExportPart.no)))
    assert (row.sha256, row.bytes) == (sha256(whole).hexdigest(), len(whole))


def test_arrangements_go_out_as_packs_that_can_be_read_again(here: Keeper) -> None:
    archive = fetched(here, made(here))
    text = archive.read("arrangements/one.toml").decode()
    told = tomllib.loads(text)
    assert told["id"] == "one" and "publication-and-retention" in {rule["rule"] for rule in told["rules"]}


def test_a_cell_that_a_spreadsheet_would_run_is_text(here: Keeper) -> None:
    case_id = here.whole_case()
    with here.by_manager() as unit:
        reviews.ask_agency(unit, case_id, FORMULA, "gp@vale.example", "What is known?", uuid4())
    here.work()
    archive = fetched(here, made(here))
    cells = [cell for row in csv.reader(io.StringIO(archive.read("tables/agency_request.csv").decode())) for cell in row]
    assert f"'{FORMULA}" in cells and FORMULA not in cells
    for name in (n for n in archive.namelist() if n.endswith(".csv")):
        for row in csv.reader(io.StringIO(archive.read(name).decode())):
            assert not [c for c in row if c.lstrip(" ")[:1] in tuple("=+@\t\r|")], name
    assert FORMULA in archive.read("tables/agency_request.jsonl").decode().replace('\\"', '"')


def test_names_of_files_lead_nowhere_else(here: Keeper) -> None:
    here.whole_case()
    for name in fetched(here, made(here)).namelist():
        assert not name.startswith("/") and ".." not in name and "\\" not in name
    assert bundle._safe("../../etc/passwd") == "-..-etc-passwd"


def test_nobody_agrees_to_what_they_asked_for_and_nobody_else_fetches_it(here: Keeper) -> None:
    export = asked(here)
    with pytest.raises(ThreefoldError, match="You asked for this yourself"), here.by_lead(here.manager) as unit:
        exporting.answer_export(unit, export, True)
    with here.by_lead() as unit:
        exporting.answer_export(unit, export, True)
    with pytest.raises(ThreefoldError, match="not yet"), here.by_manager() as unit:
        exporting.fetch_export(unit, export)
    here.work()
    with pytest.raises(NotHere), here.by_lead(uuid4()) as unit:
        exporting.fetch_export(unit, export)


def test_who_is_kept_out_of_a_case_takes_nothing_out(here: Keeper) -> None:
    case_id = here.opened()
    export = made(here)
    here.database.provision.put_person("manager@vale.example", "Manager", "x")
    with here.database.walls.open(Scope(here.area), actor=SYSTEM, purpose="test", at=here.at) as unit:
        unit.session.add(CaseBar(
            id=uuid4(), case_id=case_id, person_id=here.manager, why=unit.seal_json({"why": "Family."}), state="declared", declared_at=unit.at, declared_by=None,
            deputy_id=None, decided_at=None, decided_by=None, decided_seat="", decision=None))  # fmt: skip
    with pytest.raises(ThreefoldError, match="kept out of a case"), here.by_manager() as unit:
        exporting.fetch_export(unit, export)
    with pytest.raises(ThreefoldError, match="kept out of a case"):
        asked(here)


def test_an_officer_who_is_kept_out_of_a_received_case_takes_nothing_out(here: Keeper) -> None:
    """The national body's desk keeps its officers out by a table of its own: every kind of being kept out counts."""
    case_id = here.whole_case()
    kept_out, other, third = (
        here.database.provision.put_person(f"{n}@nation.example", n.title(), "x") for n in ("x", "y", "z")
    )
    for person in (kept_out, other, third):
        here.database.provision.put_membership(person, here.national, NATIONAL_OFFICER, "", here.at.date())

    def by(person: UUID) -> Any:
        return here.database.unit(here.national, here.at, roles=(NATIONAL_OFFICER,), person=person)

    with by(kept_out) as unit:
        export = exporting.ask_export(unit, "Everything, for a move.", uuid4())
        assert export
    with by(other) as unit:
        exporting.answer_export(unit, export, True)
    here.work()
    with by(third) as unit:
        declared = standing_aside.declare(unit, here.area, case_id, kept_out, "They led the service.", uuid4())
    with pytest.raises(ThreefoldError, match="kept out of a case"), by(kept_out) as unit:
        exporting.fetch_export(unit, export)
    with pytest.raises(ThreefoldError, match="kept out of a case"), by(kept_out) as unit:
        exporting.ask_export(unit, "Again.", uuid4())
    with by(other) as unit:
        exporting.fetch_export(unit, export)
        asked_too = exporting.ask_export(unit, "Again.", uuid4())
        assert declared and asked_too
    with pytest.raises(ThreefoldError, match="kept out of a case"), by(kept_out) as unit:
        exporting.answer_export(unit, asked_too, True)
    with by(other) as unit:
        standing_aside.decide(unit, here.area, case_id, declared, "dismissed", "It was years ago.", uuid4())
    with by(kept_out) as unit:
        exporting.fetch_export(unit, export)


def test_every_table_that_keeps_somebody_out_says_so() -> None:
    """A later kind of conflict of interest is asked about too: who declared it and when is how such a table is known."""
    kinds = {m.class_ for m in BodyRow.registry.mappers if {"person_id", "declared_by", "state"} <= set(m.columns.keys())}
    assert (
        kinds == {m.class_ for m in BodyRow.registry.mappers if getattr(m.class_, "__keeps_out__", False)} and len(kinds) == 2
    )


def test_it_is_gone_after_its_days_and_when_the_records_of_a_case_are_destroyed(here: Keeper) -> None:
    export = made(here)
    assert here.rows("select 1 from body.export_part")
    here.later(days=3, minutes=1)
    with pytest.raises(ThreefoldError, match="not there any more"), here.by_manager() as unit:
        exporting.fetch_export(unit, export)
    here.work()
    assert not here.rows("select 1 from body.export_part")
    case_id = here.closed(here.whole_case())
    here.after(11)
    made(here)
    here.destroyed(case_id)
    assert not here.rows("select 1 from body.export_part")


def test_what_can_not_be_made_is_given_up_after_the_last_try_and_another_can_be_asked_for(
    here: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> dict[str, int]:
        raise OSError("no room")

    export = asked(here)
    with here.by_lead() as unit:
        exporting.answer_export(unit, export, True)
    monkeypatch.setattr(exporting, "make_bundle", breaks)
    states = []
    for _ in range(len(jobs.PAUSES) + 1):
        here.work()
        states.append(here.rows("select state from body.body_export")[0][0])
        here.later(hours=2)
    assert states == ["failed"] * len(jobs.PAUSES) + ["given_up"] and here.work() == []
    monkeypatch.undo()
    assert made(here) != export


def test_whoever_asked_takes_it_back_and_so_does_who_may_agree(here: Keeper) -> None:
    export = asked(here)
    with pytest.raises(NotHere), here.database.unit(here.area, here.at, person=uuid4()) as unit:
        exporting.take_back(unit, export)
    with here.by_manager() as unit:
        exporting.take_back(unit, export)
    export = asked(here)
    with here.by_lead() as unit:
        exporting.answer_export(unit, export, True)
    with here.unit() as unit:
        exporting.begin_export(unit, export)
        exporting.export_failed(unit, export, for_good=False)
    with here.by_lead() as unit:
        exporting.take_back(unit, export)
    here.work()
    assert here.rows("select state from body.body_export where id = %s", export)[0][0] == "declined"
    assert not here.rows("select 1 from body.export_part")
    with pytest.raises(ThreefoldError, match="not being made any more"), here.by_manager() as unit:
        exporting.take_back(unit, made(here))


def test_at_rest_it_is_sealed_and_tried_again_it_is_whole(here: Keeper) -> None:
    here.whole_case()
    export = asked(here)
    with here.by_lead() as unit:
        exporting.answer_export(unit, export, True)
    with here.unit() as unit:
        exporting.begin_export(unit, export)
        unit.session.add(ExportPart(export_id=export, no=7, content=unit.seal(b"left by a worker that was killed")))
    here.work()
    assert fetched(here, export).testzip() is None
    assert not [1 for (content,) in here.rows("select content from body.export_part") if b"PK" in bytes(content)[:40]]


def test_an_export_is_of_one_moment(here: Keeper) -> None:
    """What others write while it is made is in none of its tables."""
    here.whole_case()
    with here.unit() as unit:
        exporting.at_one_moment(unit)
        unit.session.execute(select(func.count()).select_from(BodyExport)).scalar()
        here.opened()
        to = io.BytesIO()
        bundle.make_bundle(unit, "vale", "Vale", None, to)
    archive = zipfile.ZipFile(to)
    assert len(lines(archive, "incident_case")) == 1
    assert len({r["case_id"] for r in lines(archive, "case_record")}) == 1


def test_what_was_destroyed_is_said_to_be(here: Keeper) -> None:
    case_id = here.closed(here.whole_case())
    here.after(11)
    here.destroyed(case_id)
    archive = fetched(here, made(here))
    assert {p["details"] for p in lines(archive, "case_person")} == {bundle.DESTROYED}
    assert len(lines(archive, "destruction")) == 1


def test_the_command_writes_it_once_and_notes_it(here: Keeper, tmp_path: Path) -> None:
    here.whole_case()
    for name, key in (("secret", b"s"), ("master", b"m")):
        (tmp_path / f"{name}.key").write_text((key * 32).hex())
    environment = {**os.environ, "DATABASE_URL": here.database.app_url, "REDIS_URL": "redis://127.0.0.1:1/0", "THREEFOLD_MODE": "test",
                   "THREEFOLD_VAR": str(tmp_path), "THREEFOLD_SECRET_KEY_FILE": str(tmp_path / "secret.key"),
                   "THREEFOLD_MASTER_KEY_FILE": str(tmp_path / "master.key")}  # fmt: skip
    command = [str(Path(sys.executable).parent / "threefold"), "tenants", "take-out", "vale", str(tmp_path / "vale.zip")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "vale.zip").stat().st_mode & 0o777 == 0o600
    assert CHILD["name"] in zipfile.ZipFile(tmp_path / "vale.zip").read("tables/case_person.jsonl").decode()
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 2 and "is there already" in again.stderr
    assert here.rows(
        "select 1 from body.audit_entry where action = 'everything taken out' and kind = 'export' and source = 'cli'"
    )


def test_documents_are_files_of_their_own(here: Keeper) -> None:
    with here.unit() as unit:
        documents: dict[str, bytes] = {}
        told = bundle._opened(unit, unit.seal(b"%PDF-1.7 minutes"), "documents/draft_signature/1-document", documents)
    assert documents == {told: b"%PDF-1.7 minutes"} and told.endswith(".pdf")


def test_one_document_is_at_hand_at_a_time(here: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    (table,) = [one for one in bundle.exported() if one.name == "draft_signature"]
    columns = [c.name for c in bundle._columns(table)]

    def rows(_unit: Any, _table: Any, documents: dict[str, bytes]) -> Iterator[dict[str, Any]]:
        for no in range(3):
            assert not documents, "the one before is let go"
            documents[f"documents/{no}.pdf"] = b"%PDF" + bytes([no])
            yield dict.fromkeys(columns)

    monkeypatch.setattr(bundle, "_rows", rows)
    to = io.BytesIO()
    with here.unit() as unit, zipfile.ZipFile(to, "w") as archive:
        bundle._table(unit, bundle.Bundle(archive, unit.at), table)
    archive = zipfile.ZipFile(to)
    assert [archive.read(f"documents/{no}.pdf") for no in range(3)] == [b"%PDF" + bytes([no]) for no in range(3)]
    assert len(archive.namelist()) == 5
