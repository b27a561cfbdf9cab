"""What a body holds of a case about one person, each thing by itself, in words that can be read: found by the metadata, so that a new
table joins by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from threefold.domain.calendar import london_day
from threefold.governance.keeping import said
from threefold.plugin_api.facts import label_of
from threefold.walls.database import SealedColumn
from threefold.walls.destroying import guarded_tables
from threefold.walls.policies import walled_tables
from threefold.walls.sealed import SealBroken, SealedValue
from threefold.walls.session import Unit
from threefold.walls.tables import LetterIn, OutboxLetter
from threefold.work.incidents.tables import CaseRecord
from threefold.work.incidents.told_of import Held, also_held
from threefold.work.records.likeness import Likeness

# About staff, or about this very work: not about the person who asks. Records of a case are told as answers: see `_facts`.
NOT_OF_THEM = frozenset({"case_bar", "case_restriction", "legal_hold", "disposal", "subject_item", "case_record"})
TITLES = {
    "case_person": Likeness.THEIRS, "decision": "Decision", "agency_request": "Request to an agency, and its answer", "safety_action": "Safety action",
}  # fmt: skip
_SECRET = frozenset({"link", "email"})
_OF_STAFF = ("removed", "by")  # who took somebody off the case
_OF_STORING = frozenset({"incident", "review", "details", "reasons"})  # how it is stored, and nothing that is told
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?")
_KEY = re.compile(r"[a-z]+([_-][a-z]+)+")


def held_of(unit: Unit, case_id: UUID, people: Mapping[UUID, Likeness]) -> list[Held]:
    """Everything held of a case, other people's own entries left out: of the people named, theirs alone, under what is known of them."""
    return [*_facts(unit, case_id), *_rows(unit, case_id, people), *_letters(unit, case_id), *also_held(unit, case_id)]


def _facts(unit: Unit, case_id: UUID) -> Iterator[Held]:
    """The answers as they stand, and what each record before told that the next one tells no more: it stands once, where it ended."""
    rows = unit.session.execute(
        select(CaseRecord.no, CaseRecord.at, CaseRecord.facts).where(CaseRecord.case_id == case_id).order_by(CaseRecord.no)
    )
    records = [(row.no, row.at, unit.open_json(row.facts)) for row in rows]
    yield Held("facts", "Answers about what happened and what followed, as they stand now", records[-1][2])
    for (no, _, before), (_, at, after) in pairwise(records):
        if ended := _ended(before, after):
            yield Held(f"facts {no}", f"Answers that were changed or taken back on {said(london_day(at))}", ended)


def _ended(before: Any, after: Any) -> Any:
    """What of one state is not in the next, told as the state itself is; empty where all of it is."""
    if isinstance(before, dict) and isinstance(after, dict) and "value" not in before:
        found = {name: ended for name, value in before.items() if (ended := _ended(value, after.get(name)))}
        return {name: value for name, value in before.items() if name == "key"} | found if found else None
    if isinstance(before, list) and isinstance(after, list):
        same = {one["key"]: one for one in after if isinstance(one, dict) and "key" in one}
        stands = [(one, same.get(one.get("key")) if isinstance(one, dict) else None) for one in before]
        return [ended for one, now in stands if one not in after and (ended := _ended(one, now))]
    return None if before == after else before


def _rows(unit: Unit, case_id: UUID, people: Mapping[UUID, Likeness]) -> Iterator[Held]:
    tables: dict[str, Table] = {t.name: t for t in walled_tables()}
    for name in guarded_tables():
        if name in NOT_OF_THEM:
            continue
        table = tables[name]
        columns = [c for c in table.columns if isinstance(c.type, SealedColumn)]
        plain = [
            c
            for c in table.columns
            if c.name in ("question", "outcome", "agency", "part", "state", "done_on", "at", "asked_at", "answered_at")
        ]
        rows = unit.session.connection().execute(
            select(table.c.id, *plain, *columns)
            .where(table.c.tenant_id == unit.scope.body_id, table.c.case_id == case_id)
            .order_by(table.c.id)
        )
        for row in rows:
            if name == "case_person" and row.id not in people:
                continue
            told = {c.name: row._mapping[c] for c in plain if row._mapping[c] not in (None, "")}
            told |= {c.name: _opened(unit, row._mapping[c]) for c in columns if row._mapping[c] is not None}
            title = people[row.id] if name == "case_person" else TITLES.get(name, name.replace("_", " ").capitalize())
            yield Held(f"{name} {row.id}", title, told)


def _letters(unit: Unit, case_id: UUID) -> Iterator[Held]:
    for row in unit.session.scalars(
        select(OutboxLetter).where(OutboxLetter.case_ref == case_id).order_by(OutboxLetter.written_at)
    ):
        yield Held(f"outbox_letter {row.id}", f"Letter sent: {row.type.replace('_', ' ')}", _opened(unit, row.copy))
    for got in unit.session.scalars(select(LetterIn).where(LetterIn.case_ref == case_id).order_by(LetterIn.arrived_at)):
        if got.content is not None:
            yield Held(f"letter_in {got.id}", f"Letter received: {got.type.replace('_', ' ')}", _opened(unit, got.content))


def _opened(unit: Unit, value: SealedValue) -> Any:
    try:
        plain = unit.open_sealed(value)
    except SealBroken:
        return "It cannot be read any more."
    try:
        return json.loads(plain)
    except ValueError:
        return "A document: look at it where it stands."


def in_words(content: Any) -> str:
    """What a thing tells, a line for each answer; nothing that is a secret of this service, or empty."""
    return "\n".join(f"{line[:1].upper()}{line[1:]}" for line in _lines(content, ""))


def _lines(value: Any, label: str) -> Iterator[str]:
    if isinstance(value, dict) and "value" in value:  # an answer, with since when it was known
        since = f" (known on {value['known_on']})" if value.get("known_on") else ""
        yield from (f"{line}{since}" for line in _lines(value["value"], label))
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in _SECRET or key == "format" or (label, key) == _OF_STAFF:
                continue
            words = "" if key in _OF_STORING and isinstance(inner, dict) else _words(key)
            yield from _lines(inner, ", ".join(part for part in (label, words) if part))
    elif isinstance(value, list):
        for no, inner in enumerate(value, 1):
            yield from _lines(inner, f"{label} {no}" if len(value) > 1 else label)
    elif value not in (None, "", False):
        yield f"{label}: {_said(value)}" if label else _said(value)


def _said(value: Any) -> str:
    """A value as a person reads it: a day as a day, a key as words."""
    if value is True:
        return "yes"
    text = str(value)
    if isinstance(value, date) or _DAY.fullmatch(text):
        return said(
            london_day(
                value if isinstance(value, date) else datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
            )
        )
    return text.replace("_", " ").replace("-", " ") if _KEY.fullmatch(text) else text


def _words(key: str) -> str:
    """A key as a person reads it: a fact by its question."""
    plain = key.replace("_", " ").replace("-", " ")
    asked = (label_of(path) for path in (f"incident.{key}", f"incident.children[].{key}", f"review.{key}"))
    return next((words for words in asked if words != plain), plain)
