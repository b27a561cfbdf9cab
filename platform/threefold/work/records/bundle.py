"""Everything of one body as one ZIP in open formats: made from the metadata, so that a new table joins by itself.

Each table is written as JSON Lines, one row a line, and as CSV; what is sealed is opened, for it is theirs. What is no JSON inside
a seal (signed minutes) is a file of its own. Beside them: a description of every column, arrangements as packs, letters, what was published, the
audit with its chain and anchors, and the SHA-256 of each file. It is written once, from front to back, and kept nowhere in plain.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from io import RawIOBase
from pathlib import Path
from typing import IO, Any, cast
from uuid import UUID

from sqlalchemy import Column, Table, func, select

from threefold.governance.pack_export import to_toml
from threefold.walls.database import BodyRow, SealedColumn
from threefold.walls.policies import walled_tables
from threefold.walls.sealed import ContentDestroyed, SealBroken, SealedValue
from threefold.walls.session import Unit
from threefold.walls.tables import LetterIn, OutboxLetter, Publication
from threefold.work.arrangements.stories import versions
from threefold.work.people.csv_rows import csv_line
from threefold.work.people.members import members

FORMAT = "threefold body export 1"
ROWS = 500  # read at once
# What is no record of the body's: keys and tokens of this service, of no use elsewhere, the parts of exports themselves, and forms that were not sent.
LEFT_OUT: Mapping[str, str] = {
    "body_key": "the keys of this service; what they sealed is opened in this export",
    "person_index": "tokens by which people are found here; they can be made again from the people",
    "form_token": "one-use numbers of forms that were sent",
    "export_part": "the parts of exports like this one",
    "form_draft": "forms that people typed and have not sent: no record of the body yet, and shown to whoever typed it alone",
}  # fmt: skip
LEFT_OUT_COLUMNS: Mapping[str, str] = {
    "agency_request.token_hash": "the digest of a link's secret", "agency_request.code_digest": "the digest of a code",
    "outbox_letter.letter": "the letter as it was sealed for its receiver; what it says stands in `copy`",
}  # fmt: skip
DESTROYED, BROKEN = "[destroyed]", "[does not open]"
_KINDS = ((b"%PDF", "pdf"), (b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"PK\x03\x04", "zip"))


@dataclass(slots=True)
class Bundle:
    """A ZIP in the making. `files`: what was written, with its digest and size."""

    to: zipfile.ZipFile
    at: datetime
    files: list[dict[str, Any]] = field(default_factory=list)

    def write(self, name: str, parts: Iterable[bytes], **told: Any) -> None:
        digest, size = sha256(), 0
        entry = zipfile.ZipInfo(name, self.at.astimezone(UTC).timetuple()[:6])
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        with self.to.open(entry, "w", force_zip64=True) as file:
            for part in parts:
                digest.update(part)
                size += len(part)
                file.write(part)
        self.files.append({"name": name, "sha256": digest.hexdigest(), "bytes": size, **told})


def make_bundle(unit: Unit, slug: str, name: str, anchors: Path | None, to: IO[bytes] | RawIOBase) -> dict[str, int]:
    """Write the export of the unit's body. Returns how many rows each table has. The unit reads one moment (see `at_one_moment`)."""
    with zipfile.ZipFile(cast(IO[bytes], to), "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        bundle, rows = Bundle(archive, unit.at), dict[str, int]()
        bundle.write("README.txt", [_read_me(name, unit.at).encode()])
        bundle.write("schema.json", [_json(schema())])
        for table in exported():
            rows[table.name] = _table(unit, bundle, table)
        _people(unit, bundle)
        _arrangements(unit, bundle)
        _letters(unit, bundle)
        _published(unit, bundle)
        if anchors is not None and anchors.is_file():
            bundle.write("audit/anchors.txt", [anchors.read_bytes()])
        told = {
            "format": FORMAT,
            "body": slug,
            "name": name,
            "made_at": unit.at.isoformat(),
            "rows": rows,
            "files": list(bundle.files),
        }
        bundle.write("manifest.json", [_json(told)])
        bundle.write("SHA256SUMS", ["".join(f"{f['sha256']}  {f['name']}\n" for f in bundle.files).encode()])
    return rows


def exported() -> list[Table]:
    """The tables of an export: all that stand behind the wall but those that are left out with a reason."""
    return [table for table in walled_tables() if table.name not in LEFT_OUT]


def schema() -> dict[str, Any]:
    """What each table and column is."""
    about = {m.local_table.name: (m.class_.__doc__ or "").split("\n\n")[0].replace("\n", " ") for m in BodyRow.registry.mappers}  # type: ignore[attr-defined]
    return {
        "format": FORMAT,
        "tables": {
            table.name: {
                "about": " ".join(about.get(table.name, "").split()),
                "columns": {
                    c.name: {"type": _type_of(c), "optional": bool(c.nullable), **({"opened": True} if isinstance(c.type, SealedColumn) else {})}
                    for c in _columns(table)
                },
                "key": [c.name for c in table.primary_key.columns if c.name != "tenant_id"],
                "refers_to": sorted({str(e.target_fullname) for f in table.foreign_key_constraints for e in f.elements if not e.target_fullname.endswith(".tenant_id")}),
            }
            for table in exported()
        },
        "left_out": {**LEFT_OUT, **LEFT_OUT_COLUMNS},
    }  # fmt: skip


def _columns(table: Table) -> list[Column[Any]]:
    return [c for c in table.columns if c.name != "tenant_id" and f"{table.name}.{c.name}" not in LEFT_OUT_COLUMNS]


def _type_of(column: Column[Any]) -> str:
    return "JSON, or the name of a file" if isinstance(column.type, SealedColumn) else str(column.type).lower()


def _table(unit: Unit, bundle: Bundle, table: Table) -> int:
    """One table, in both forms; each is read on its own, some rows at a time, and of one moment. How many rows there are."""
    counted = unit.session.execute(
        select(func.count()).select_from(table).where(table.c.tenant_id == unit.scope.body_id)
    ).scalar_one()
    names, at_hand = list[str](), dict[str, bytes]()  # a document is at hand while its own row is read, and no longer

    def lines() -> Iterator[bytes]:
        for row in _rows(unit, table, at_hand):
            names.extend(at_hand)
            at_hand.clear()
            yield _json(row) + b"\n"

    def cells() -> Iterator[bytes]:
        yield _csv(c.name for c in _columns(table))
        for row in _rows(unit, table, at_hand):
            at_hand.clear()
            yield _csv(_cell(value) for value in row.values())

    bundle.write(f"tables/{table.name}.jsonl", lines(), rows=counted)
    for _ in _rows(unit, table, at_hand) if names else ():
        for name, content in at_hand.items():
            bundle.write(name, [content])
        at_hand.clear()
    bundle.write(f"tables/{table.name}.csv", cells(), rows=counted)
    return int(counted)


def _rows(unit: Unit, table: Table, documents: dict[str, bytes]) -> Iterator[dict[str, Any]]:
    columns, keys = _columns(table), list(table.primary_key.columns)
    asked = select(*columns).where(table.c.tenant_id == unit.scope.body_id).order_by(*keys)
    for row in unit.session.connection().execute(asked.execution_options(yield_per=ROWS)):
        place = "-".join(str(row._mapping[key]) for key in keys if key.name != "tenant_id")
        yield {
            c.name: _value(unit, row._mapping[c], f"documents/{table.name}/{_safe(place)}-{c.name}", documents) for c in columns
        }


def _value(unit: Unit, value: Any, place: str, documents: dict[str, bytes]) -> Any:
    if isinstance(value, SealedValue):
        return _opened(unit, value, place, documents)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _opened(unit: Unit, value: SealedValue, place: str, documents: dict[str, bytes]) -> Any:
    try:
        plain = unit.open_sealed(value)
    except ContentDestroyed:
        return DESTROYED
    except SealBroken:
        return BROKEN  # said, and not left out: the rest of the body's records must not hang on one value
    try:
        return json.loads(plain)
    except ValueError:
        name = f"{place}.{next((ending for first, ending in _KINDS if plain.startswith(first)), 'bin')}"
        documents[name] = plain
        return name


def _people(unit: Unit, bundle: Bundle) -> None:
    """Who works or worked here, in which role and seat, from when until when."""
    names = ("id", "person_id", "email", "name", "role", "seat", "begins", "ends", "ended_at")
    told = [dict(zip(names, _member(m), strict=True)) for m in members(unit)]
    bundle.write("people.jsonl", [_json(one) + b"\n" for one in told], rows=len(told))
    bundle.write("people.csv", [_csv(names), *(_csv(_cell(v) for v in one.values()) for one in told)], rows=len(told))


def _member(m: Any) -> tuple[Any, ...]:
    return (str(m.id), str(m.person_id), m.email, m.name, m.role, m.seat, m.begins.isoformat(), m.ends.isoformat() if m.ends else None,
            m.ended_at.isoformat() if m.ended_at else None)  # fmt: skip


def _arrangements(unit: Unit, bundle: Bundle) -> None:
    for version in versions(unit):
        bundle.write(f"arrangements/{_safe(version.version)}.toml", [to_toml(version).encode()])


def _letters(unit: Unit, bundle: Bundle) -> None:
    """Each letter by itself: what it said, and its hash, which stays where the content was destroyed."""
    for row in unit.session.scalars(
        select(OutboxLetter).order_by(OutboxLetter.written_at, OutboxLetter.id).execution_options(yield_per=ROWS)
    ):
        told = {"id": row.id, "to": row.receiver_id, "type": row.type, "case_ref": row.case_ref, "seq": row.seq, "written_at": row.written_at,
                "delivered_at": row.delivered_at, "sha256": row.sha256, "content": _opened(unit, row.copy, "", {})}  # fmt: skip
        bundle.write(f"letters/sent/{row.id}.json", [_json(told)])
    for got in unit.session.scalars(
        select(LetterIn).order_by(LetterIn.arrived_at, LetterIn.id).execution_options(yield_per=ROWS)
    ):
        content = _opened(unit, got.content, "", {}) if got.content is not None else DESTROYED
        told = {"id": got.id, "from": got.sender_id, "type": got.type, "case_ref": got.case_ref, "seq": got.seq, "written_at": got.written_at,
                "arrived_at": got.arrived_at, "state": got.state, "reason": got.reason, "sha256": got.sha256, "content": content}  # fmt: skip
        bundle.write(f"letters/received/{got.id}.json", [_json(told)])


def _published(unit: Unit, bundle: Bundle) -> None:
    for row in unit.session.scalars(
        select(Publication).where(Publication.publisher_id == unit.scope.body_id).order_by(Publication.published_at)
    ):
        bundle.write(f"published/{row.id}.json", [_json({
            "id": row.id, "kind": row.kind, "title": row.title, "published_at": row.published_at, "content": row.content})])  # fmt: skip


def _json(value: Any) -> bytes:
    return json.dumps(
        value,
        ensure_ascii=False,
        sort_keys=False,
        default=lambda v: v.isoformat() if isinstance(v, datetime | date) else str(v),
    ).encode()


def _csv(values: Iterable[str]) -> bytes:
    return csv_line(values).encode()


def _cell(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else _json(value).decode()


def _safe(name: str) -> str:
    """A part of a file's name: letters, digits, hyphens, underscores and dots, and never a way out of its folder."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in name).strip(".") or "unnamed"


def _read_me(name: str, at: datetime) -> str:
    return (
        f"Everything that {name} keeps in Threefold, as it stood on {at.isoformat()}.\n\n"
        "THIS HOLDS THE NAMES AND ACCOUNTS OF CHILDREN AND FAMILIES. Keep it encrypted, and let nobody have it who does not need it.\n\n"
        "tables/       each table as JSON Lines (one row a line) and as CSV; schema.json says what each column is\n"
        "documents/    documents that people sent, by the row they belong to\n"
        "letters/      letters that were sent and received\n"
        "arrangements/ each version of the arrangement as a pack (TOML)\n"
        "published/    what was published\n"
        "people.*      who worked here, in which role\n"
        "audit/        the anchors of the audit's chain; entries and links are tables/audit_entry and tables/audit_link\n"
        "Forms that people typed and have not sent are not in it: schema.json says what else is left out, and why.\n"
        "manifest.json and SHA256SUMS: the digest of each file. Check with: sha256sum -c SHA256SUMS\n\n"
        f"{DESTROYED} stands where something was destroyed on purpose. In CSV, a ' before a cell keeps a spreadsheet from running it.\n"
    )
