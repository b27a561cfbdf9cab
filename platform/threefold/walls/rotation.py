"""Sealing again, under the body's newest key, what an older one sealed; and destroying a body's keys.

Which columns are sealed is read from the metadata, so that a new table joins by itself. Every value says in its head which
key sealed it, so that what is left to do is asked of the rows themselves: a job that was killed goes on from there.

Readers and writers are at work meanwhile. Rows that somebody holds are passed over and found by the next pass, so that
nobody waits for more than a small transaction and no two can wait for each other.

What is only ever added to (records, decisions, replies) cannot be changed by the running role, and a function that could
do it for it would be a way to put an unreadable value in the place of any record. So these rows are sealed again by the
owner's command only (`threefold keys reseal`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, and_, delete, func, literal, null, or_, select, tuple_, type_coerce, update
from sqlalchemy.engine import Row

from threefold.walls.database import BodyRow, SealedColumn
from threefold.walls.policies import append_only, walled_tables
from threefold.walls.sealed import KeysDestroyed, SealBroken
from threefold.walls.session import Unit
from threefold.walls.tables import BodyKey

BATCH = 100  # rows a transaction
Opens = Callable[[], AbstractContextManager[Unit]]


@dataclass(frozen=True, slots=True)
class Came:
    """What came of sealing again: how many values, and in which tables how many do not open at all (and were left alone)."""

    done: int = 0
    broken: dict[str, int] = field(default_factory=dict)

    def and_then(self, other: Came) -> Came:
        names = self.broken.keys() | other.broken.keys()
        return Came(self.done + other.done, {n: self.broken.get(n, 0) + other.broken.get(n, 0) for n in names})


@dataclass(frozen=True, slots=True)
class Use:
    """Under how many values one of a body's keys is: `added_to` of them in tables that are only added to."""

    values: int
    added_to: int


def sealed_tables() -> list[tuple[Table, list[Column[Any]]]]:
    """The tables behind the wall that have sealed columns, and which."""
    found = [(table, [c for c in table.columns if isinstance(c.type, SealedColumn)]) for table in walled_tables()]
    return [(table, columns) for table, columns in found if columns]


def keys_in_use(unit: Unit) -> dict[int, Use]:
    """Which of the body's keys seal how many values, by number. A statement for each sealed column."""
    found: dict[int, Use] = {}
    for table, columns in sealed_tables():
        for column in columns:
            head = _head(column)
            asked = select(head, func.count()).where(table.c.tenant_id == unit.scope.body_id, _stands(column)).group_by(head)
            for told, count in unit.session.connection().execute(asked):
                no, before = int.from_bytes(told, "big"), found.get(int.from_bytes(told, "big"), Use(0, 0))
                found[no] = Use(before.values + count, before.added_to + (count if table.name in append_only() else 0))
    return found


def reseal_all(opens: Opens, *, also_added_to: bool) -> Came:
    """Seal again whatever is not under the newest key, some rows a transaction. `also_added_to`: as the owner only."""
    came = Came()
    for table, columns in sealed_tables():
        if also_added_to or table.name not in append_only():
            for some in _passes(opens, table, columns):
                came = came.and_then(some)
    return came


def _passes(opens: Opens, table: Table, columns: list[Column[Any]]) -> Iterator[Came]:
    after: tuple[Any, ...] | None = None
    while True:
        with opens() as unit:
            rows = _some(unit, table, columns, after)
            if not rows:
                return
            after = tuple(rows[-1][: len(table.primary_key.columns)])
            came = Came()
            for row in rows:
                came = came.and_then(_reseal(unit, table, columns, row))
        yield came


def _some(unit: Unit, table: Table, columns: list[Column[Any]], after: tuple[Any, ...] | None) -> list[Row[Any]]:
    key, newest = list(table.primary_key.columns), unit.walls.newest_key(unit).no.to_bytes(4, "big")
    older = or_(*(and_(_stands(c), _head(c) != literal(newest, LargeBinary)) for c in columns))
    asked = select(*key, *columns).where(table.c.tenant_id == unit.scope.body_id, older)
    if after is not None:
        asked = asked.where(tuple_(*key) > tuple_(*(literal(v, c.type) for v, c in zip(after, key, strict=True))))
    held = asked.order_by(*key).limit(BATCH).with_for_update(key_share=True, skip_locked=True)
    return list(unit.session.connection().execute(held))


def _reseal(unit: Unit, table: Table, columns: list[Column[Any]], row: Row[Any]) -> Came:
    values: dict[str, Any] = {}
    try:
        for column in columns:
            if (old := row._mapping[column]) is not None and old.raw:
                values[column.name] = unit.seal(unit.open_sealed(old))
    except KeysDestroyed:
        raise
    except SealBroken:
        return Came(0, {table.name: 1})
    same = and_(*(column == row._mapping[column] for column in table.primary_key.columns))
    unit.session.connection().execute(update(table).where(same).values(values))
    return Came(len(values))


def rewrap(unit: Unit) -> int:
    """Wrap the body's keys with the current master key, and keep the key of its audit chain: how many were under another."""
    rows = unit.session.scalars(select(BodyKey).order_by(BodyKey.key_no).with_for_update()).all()
    body, master = unit.scope.body_id, unit.walls.master
    if not rows:
        return 0
    if (older := [row for row in rows if row.wrapped and not master.is_current(body, row.key_no, row.wrapped)]) or rows[
        0
    ].audit_key:
        rows[0].audit_key = master.keep_audit_key(body, unit.walls.audit_key(unit))
    for row in older:
        row.wrapped = master.wrap(master.unwrap(body, row.key_no, row.wrapped))
    unit.session.flush()
    if older:
        unit.audit("keys wrapped again", "body", {"keys": len(older)})
    return len(older)


def destroy_keys(unit: Unit) -> int:
    """Destroy the body's keys, as the owner, and what goes with them: how many keys there were.

    Their numbers stay on record, so that nobody makes others in their place. Nothing that was sealed opens any more.
    Raises `KeysDestroyed` when that was done before.
    """
    body, connection = unit.scope.body_id, unit.session.connection()
    keys = BodyKey.__table__
    assert isinstance(keys, Table)
    first = unit.session.scalars(select(BodyKey).order_by(BodyKey.key_no).limit(1)).first()
    if (
        first is not None and first.wrapped and first.audit_key is None
    ):  # the audit's chain goes on, whoever comes with which master key
        first.audit_key = unit.walls.master.keep_audit_key(body, unit.walls.audit_key(unit))
        unit.session.flush()
    gone = update(keys).where(keys.c.tenant_id == body, keys.c.wrapped != b"")
    count = connection.execute(gone.values(wrapped=b"", sign_key=null(), open_key=null())).rowcount
    if not count:
        raise KeysDestroyed
    for table in _gone_with_keys():
        connection.execute(delete(table).where(table.c.tenant_id == body))
    unit.audit("keys destroyed", "body", {"keys": count})
    unit.walls.forget_keys()
    return count


def _gone_with_keys() -> list[Table]:
    """What goes with the keys: tokens, which say nothing without a key and could be tried with it, and forms that were not sent, which are
    no record of what was here."""
    named = {m.local_table.name for m in BodyRow.registry.mappers if getattr(m.class_, "__goes_with_keys__", False)}  # type: ignore[attr-defined]
    return [table for table in walled_tables() if table.name in named]


def _stands(column: Column[Any]) -> Any:
    """Whether there is anything sealed: what was destroyed is empty, and is under no key."""
    return and_(column.is_not(None), type_coerce(column, LargeBinary) != b"")


def _head(column: Column[Any]) -> Any:
    """The four bytes of a sealed value that say which key sealed it."""
    return func.substring(type_coerce(column, LargeBinary), 2, 4, type_=LargeBinary)
