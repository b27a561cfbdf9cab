"""The one way to a body's rows: a unit of work, bound to one body for one transaction.

The body is a property of the database transaction: a signed scope (`walls.scope`) is bound at BEGIN, for that transaction, and is gone at its
end. With no scope the code raises, and PostgreSQL
shows nothing; with one that was not signed here, PostgreSQL raises.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, Table, func, select
from sqlalchemy.exc import DBAPIError

from threefold.domain.calendar import LONDON
from threefold.domain.errors import ThreefoldError
from threefold.exchange.letters import Draft, LetterError, SealedLetter, write
from threefold.walls.asking import word
from threefold.walls.bound import Scope, ScopeError, WalledSession
from threefold.walls.database import refused_with
from threefold.walls.directory import Colleague, Directory
from threefold.walls.keys import BodyKeys
from threefold.walls.pool import keep_apart
from threefold.walls.published import PublicReading
from threefold.walls.refusals import tell_refusals
from threefold.walls.sealed import KeysDestroyed, MasterKey, SealedValue, blind, canonical, key_number, seal, unseal
from threefold.walls.tables import AuditEntry, OutboxLetter

__all__ = ["STAFF", "SYSTEM", "Actor", "Scope", "ScopeError", "StaffSessionOver", "Unit", "WalledSession", "Walls"]


class StaffSessionOver(ThreefoldError):
    """The session of platform staff has ended, or there never was one: nothing of the body is there for them."""

    def __init__(self) -> None:
        super().__init__("There is no such page here, or you may not see it.")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with roles and seats in this body, or the platform itself (no person).

    `staff`: the session in which one of the platform's staff is here. They have no roles, and only read.
    """

    person_id: UUID | None = None
    name: str = ""
    roles: frozenset[str] = frozenset()
    seats: frozenset[str] = frozenset()
    staff: UUID | None = None


SYSTEM = Actor(name="Threefold")


_AUDIT = cast(Table, AuditEntry.__table__).insert()
STAFF = "staff_session"  # in the detail of an entry: the session of platform staff under which it was left


@dataclass(slots=True)
class Unit:
    """What a story works with: one body, one transaction, who acts, for what, and the time as an argument."""

    scope: Scope
    actor: Actor
    purpose: str
    at: datetime
    session: WalledSession
    walls: Walls
    source: str = ""
    work: list[UUID] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)  # of which kind each entry of the audit is
    unwritten: list[dict[str, Any]] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day in Europe/London."""
        return self.at.astimezone(LONDON).date()

    # sealing

    def seal(self, value: bytes) -> SealedValue:
        return seal(self.walls.newest_key(self), value)

    def open_sealed(self, value: SealedValue) -> bytes:
        return unseal(self.walls.data_key(self, key_number(value)), value)

    def seal_json(self, value: Any) -> SealedValue:
        return self.seal(canonical(value))

    def open_json(self, value: SealedValue) -> Any:
        return json.loads(self.open_sealed(value))

    def blind(self, name: str, value: str) -> bytes:
        """A keyed digest for search by equality, under a key of the body and the field that is stored nowhere."""
        return blind(self.walls.master.index_key(self.scope.body_id, name), value)

    def blinds(self, name: str, value: str) -> list[bytes]:
        """What may stand in an index for a value, while a master key is replaced: under the current one and under others."""
        return [blind(key, value) for key in self.walls.master.index_keys(self.scope.body_id, name)]

    # what is left behind

    def audit(
        self, action: str, subject: str, detail: Mapping[str, Any] | None = None, *, kind: str = "change", outcome: str = "done"
    ) -> None:
        """Note who did or read what. Insert-only; never an identifier of anyone a case is about, nor what somebody typed.

        `kind` is change, or how it was read: detail, list, search, export, attachment. `outcome` is done or refused.
        """
        told = dict(detail or {})
        entry = {
            "tenant_id": self.scope.body_id, "id": uuid4(), "at": self.at, "actor": self.actor.person_id, "purpose": self.purpose,
            "action": action, "subject": subject, "detail": told, "kind": kind, "source": self.source, "outcome": outcome,
        }  # fmt: skip
        if self.actor.staff is not None:
            told[STAFF] = str(self.actor.staff)
            self.unwritten.append(entry)  # nothing is written while they read: see `Walls.open`
        else:
            # Written at once and without the unit of work's bookkeeping: every page writes one.
            self.session.connection().execute(_AUDIT, entry)
        self.noted.append(kind)

    def send(self, draft: Draft, to: UUID) -> SealedLetter:
        """Write a letter in this transaction. It leaves when the transaction commits; a rollback unwrites it."""
        keys = self.walls.letter_keys(self)
        public = self.walls.public_key(self.session, to)
        if public is None:
            raise LetterError(
                "That body is not on this platform: deliver by hand, and record date, route, reference and proof.", field="to"
            )
        last = self.session.execute(
            select(func.max(OutboxLetter.seq)).where(OutboxLetter.receiver_id == to, OutboxLetter.case_ref == draft.case_ref)
        ).scalar()
        letter_id, seq = uuid4(), (last or 0) + 1
        letter = write(draft, letter_id=letter_id, sender=self.scope.body_id, receiver=to, seq=seq, written_at=self.at,
                       keys=keys, receiver_seal_key=public.seal_key, receiver_key_no=public.no)  # fmt: skip
        self.session.add(OutboxLetter(
            id=letter_id, receiver_id=to, type=draft.type, case_ref=draft.case_ref, seq=seq, written_at=self.at, delivered_at=None,
            letter=letter.to_bytes(), copy=self.seal_json(dict(draft.content)), sha256=letter.envelope.sha256,
        ))  # fmt: skip
        self.session.flush()
        self.later("deliver", letter_id)
        return letter

    def said(self, function: str) -> str:
        """The service's word for one narrow function that takes it besides the scope, such as `directory.new_person`."""
        return word(self.session.key, self.session.connection(), function)

    def staff(self) -> list[Colleague]:
        """The people who work for this body today, one row a role and seat."""
        found = func.directory.staff(self.today).table_valued("person_id", "email", "person_name", "role", "seat")
        rows = self.session.execute(select(found.c.person_id, found.c.email, found.c.person_name, found.c.role, found.c.seat))
        return [Colleague(*row) for row in rows]

    def later(self, kind: str, subject: UUID, run_after: datetime | None = None) -> UUID:
        """Put a piece of work on the list, in this transaction. The queue gets its id after the commit."""
        work_id: UUID = self.session.execute(
            select(func.post.add_work(uuid4(), kind, subject, run_after or self.at))
        ).scalar_one()
        self.work.append(work_id)
        return work_id


def _refuse_unless_staff_session_stands(session: WalledSession, actor: Actor) -> None:
    """Ask the database, which goes by its own clock. From this first question on the transaction cannot be made one that writes."""
    if not session.execute(select(func.directory.staff_session_stands(actor.staff, actor.person_id))).scalar():
        raise StaffSessionOver


@contextmanager
def _gone_where_it_left() -> Iterator[None]:
    """What the database says of a body that left (see `walls.leaving`), as this program says it."""
    try:
        yield
    except (DBAPIError, ThreefoldError) as error:
        if refused_with(error) == "the body has left":
            raise KeysDestroyed from error
        raise


class Walls(BodyKeys):
    """The process's way to the database: one engine, the master key, and the data keys unwrapped lately.

    `source` is what stands in the audit for an act that came from no visitor: worker or cli. `pooled`: a pooler stands
    before the database and hides which connection is used, so that a scope cannot be bound to one.
    """

    def __init__(
        self,
        engine: Engine,
        master: MasterKey,
        *,
        after_commit: Callable[[Sequence[UUID]], None] | None = None,
        source: str = "",
        pooled: bool = False,
    ) -> None:
        super().__init__(master)
        self.engine = engine
        self.scope_key = master.scope_key(bound=not pooled)
        self.source = source
        keep_apart(engine)
        tell_refusals(engine)
        self.after_commit = after_commit

    def dispose(self) -> None:
        """Forget the connections: a forked worker must not share its parent's."""
        self.engine.dispose(close=False)

    @contextmanager
    def open(self, scope: Scope, *, actor: Actor, purpose: str, at: datetime, source: str = "") -> Iterator[Unit]:
        """One transaction for one body. Commits at the end, rolls back on any error; then tells the queue of new work.

        `source` says where the act came from, for the audit; left out, it is what this process is (worker, cli).
        Raises `KeysDestroyed` where something is written in a body that left, with a key that this process still knows.
        For platform staff the transaction can only read, and the database says first whether their session is open; what the
        unit noted is written after it and before anything is shown. Raises `StaffSessionOver`.
        """
        if not isinstance(scope, Scope):
            raise ScopeError("Say which body: Walls.open(Scope(body_id), ...).")
        if at.tzinfo is None:
            raise ScopeError("The time of an act carries its offset.")
        with (
            _gone_where_it_left(),
            WalledSession(
                self.engine,
                scope=scope,
                key=self.scope_key,
                reading=actor.staff is not None,
                expire_on_commit=False,
                autoflush=True,
            ) as session,
        ):
            unit = Unit(scope, actor, purpose, at, session, self, source or self.source)
            with session.begin():
                if actor.staff is not None:
                    _refuse_unless_staff_session_stands(session, actor)
                yield unit
            if unit.unwritten:
                session.reading = False
                with session.begin():
                    session.connection().execute(_AUDIT, unit.unwritten)
        if unit.work and self.after_commit:
            self.after_commit(tuple(unit.work))

    @contextmanager
    def directory(self) -> Iterator[Directory]:
        """The narrow functions of the directory: each is one statement and a transaction of its own. Knows no body's rows."""
        with self._each_its_own() as connection:
            yield Directory(connection, self.scope_key)

    @contextmanager
    def published(self) -> Iterator[PublicReading]:
        """What bodies published, for anyone to read."""
        with self._each_its_own() as connection:
            yield PublicReading(connection)

    @contextmanager
    def _each_its_own(self) -> Iterator[Connection]:
        """A connection of the same pool on which each statement is a transaction of its own.

        Said to the driver: to have the engine say it, and take it back, costs as much as a short statement does.
        """
        with self.engine.connect() as connection:
            driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
            driver.autocommit = True
            try:
                yield connection
            finally:
                if driver.info.transaction_status == TransactionStatus.IDLE:
                    driver.autocommit = False
                else:  # broken off in the middle
                    connection.invalidate()
