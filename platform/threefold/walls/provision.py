"""Putting bodies, people and memberships on record: the operator's act, as the owner of the directory.

The running role cannot do this. Everything here may be repeated; it brings the directory to what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import Connection, create_engine, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from threefold.domain.calendar import LONDON
from threefold.walls.account_tables import DirectoryPlatformStaff, DirectorySignInLimit, DirectoryStaffSession, DirectoryTotp
from threefold.walls.scope import ScopeKey
from threefold.walls.sealed import DirectorySeal
from threefold.walls.session import SYSTEM, Scope, Walls
from threefold.walls.tables import DirectoryBody, DirectoryKey, DirectoryMembership, DirectoryPerson

# Ids follow from names, so that loading again, or elsewhere, finds the same body and person.
_SPACE = UUID("6f5d7c1e-52a7-4c3d-9f6b-3f0d8f1c2a44")


def body_id_of(slug: str) -> UUID:
    """The id of the body of that name."""
    return uuid5(_SPACE, f"body:{slug}")


def person_id_of(email: str) -> UUID:
    """The id of the person of that address."""
    return uuid5(_SPACE, f"person:{email.strip().lower()}")


class Provision:
    """The directory's writing side, over the owner's address."""

    def __init__(self, owner_url: str) -> None:
        self._engine = create_engine(owner_url, pool_size=2)

    @contextmanager
    def alone(self, what: str, waits: Callable[[], None]) -> Iterator[None]:
        """Hold what only one process may do at a time, to the end of this. `waits`: called where another does it and is waited for."""
        with self._engine.connect() as connection:
            key = func.hashtextextended(what, 0)
            if not connection.scalar(select(func.pg_try_advisory_lock(key))):
                waits()
                connection.execute(select(func.pg_advisory_lock(key)))
            connection.commit()  # the lock is the session's, and no transaction stays open for it
            try:
                yield
            finally:
                connection.invalidate()  # it ends with the connection, however this ended

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection

    def put_body(
        self, slug: str, name: str, kind: str, at: datetime, *, synthetic: bool = False, on_platform: bool = True,
        national_body: str = "", area_codes: tuple[str, ...] = (), front_door: str = "",
    ) -> UUID:  # fmt: skip
        values = {
            "name": name, "kind": kind, "synthetic": synthetic, "on_platform": on_platform, "national_body": national_body,
            "area_codes": list(area_codes), "front_door": front_door,
        }  # fmt: skip
        body_id = body_id_of(slug)
        statement = insert(DirectoryBody).values(id=body_id, slug=slug, created_at=at, **values)
        with self._writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
        return body_id

    def put_person(self, email: str, display_name: str, password_hash: str) -> UUID:
        person_id = person_id_of(email)
        values = {"display_name": display_name, "password_hash": password_hash, "active": True}
        statement = insert(DirectoryPerson).values(id=person_id, email=email.strip().lower(), **values)
        with self._writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
        return person_id

    def put_membership(
        self, person_id: UUID, body_id: UUID, role: str, seat: str, begins: date, ends: date | None = None
    ) -> None:
        values = {"person_id": person_id, "body_id": body_id, "role": role, "seat": seat, "begins": begins}
        member_id = uuid5(_SPACE, f"member:{person_id}:{body_id}:{role}:{seat}:{begins}")
        statement = insert(DirectoryMembership).values(id=member_id, ends=ends, **values)
        with self._writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"ends": ends}))

    def put_platform_staff(self, person_id: UUID, at: datetime) -> bool:
        """Give somebody the role of the platform. False: they work for a body, and nobody is both."""
        new = insert(DirectoryPlatformStaff).values(person_id=person_id, granted_at=at, ended_at=None)
        with self._writing() as connection:
            working = select(DirectoryMembership.id).where(
                DirectoryMembership.person_id == person_id,
                DirectoryMembership.ended_at.is_(None),
                or_(DirectoryMembership.ends.is_(None), DirectoryMembership.ends >= at.astimezone(LONDON).date()),
            )
            if connection.execute(working).first() is not None:
                return False
            again = {"granted_at": at, "ended_at": None}
            connection.execute(new.on_conflict_do_update(index_elements=["person_id"], set_=again))
        return True

    def end_platform_staff(self, person_id: UUID, at: datetime) -> bool:
        """Take the role of the platform away; sessions that are open end with it. False: they did not have it."""
        staff = update(DirectoryPlatformStaff).where(DirectoryPlatformStaff.person_id == person_id)
        with self._writing() as connection:
            ended = connection.execute(staff.where(DirectoryPlatformStaff.ended_at.is_(None)).values(ended_at=at)).rowcount
            sessions = update(DirectoryStaffSession).where(
                DirectoryStaffSession.person_id == person_id,
                DirectoryStaffSession.ended_at.is_(None),
                DirectoryStaffSession.ends > func.statement_timestamp(),
            )
            connection.execute(sessions.values(ended_at=func.statement_timestamp()))
        return bool(ended)

    def platform_staff(self) -> list[tuple[str, str, datetime]]:
        """(e-mail address, name, since when) of whoever has the role of the platform."""
        asked = (
            select(DirectoryPerson.email, DirectoryPerson.display_name, DirectoryPlatformStaff.granted_at)
            .join(DirectoryPlatformStaff, DirectoryPlatformStaff.person_id == DirectoryPerson.id)
            .where(DirectoryPlatformStaff.ended_at.is_(None))
            .order_by(DirectoryPerson.email)
        )
        with self._writing() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(asked)]

    def end_every_sign_in(self, at: datetime) -> int:
        """End every sign-in of everybody, at once: after a suspicion, or when keys were lost. How many there were."""
        with self._writing() as connection:
            live = "update directory.sign_in_session set ended_at = :at where ended_at is null and expires_at > :at"
            return connection.execute(text(live), {"at": at}).rowcount

    def put_sign_in_limit(self, days: int) -> None:
        """For how many days sign-in events and ended sign-ins are kept (90 to 3660). The running role can only remove what is older."""
        statement = insert(DirectorySignInLimit).values(single=True, days=days)
        with self._writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["single"], set_={"days": days}))

    def put_scope_key(self, key: ScopeKey) -> None:
        """Have the database accept the scopes that a process with this key signs. Others that were put here stay."""
        inner, outer = key.pads
        values = {"no": key.no, "inner": inner, "outer": outer, "bound": key.bound}
        with self._writing() as connection:
            connection.execute(text(
                "insert into walls.scope_key(no, inner_pad, outer_pad, bound) values (:no, :inner, :outer, :bound) "
                "on conflict (no) do update set bound = excluded.bound"), values)  # fmt: skip

    def drop_other_scope_keys(self, key: ScopeKey) -> int:
        """Accept the scopes of this key only: the end of replacing the master key. How many keys were taken away."""
        with self._writing() as connection:
            return connection.execute(text("delete from walls.scope_key where no <> :no"), {"no": key.no}).rowcount

    def reseal_secrets(self, seal: DirectorySeal) -> int:
        """Seal the secrets of authenticator apps again under the current master key; how many there are."""
        with self._writing() as connection:
            rows = connection.execute(select(DirectoryTotp.person_id, DirectoryTotp.secret).with_for_update()).all()
            for row in rows:
                secret = seal.seal(seal.open(row.secret, row.person_id), row.person_id)
                connection.execute(update(DirectoryTotp).where(DirectoryTotp.person_id == row.person_id).values(secret=secret))
        return len(rows)

    def retire_keys(self, body_id: UUID, at: datetime) -> None:
        """Nobody seals to this body any more. What it signed is still verified."""
        with self._writing() as connection:
            connection.execute(
                update(DirectoryKey)
                .where(DirectoryKey.body_id == body_id, DirectoryKey.retired_at.is_(None))
                .values(retired_at=at)
            )

    def passwords_set(self) -> set[str]:
        """The e-mail addresses that have a password already (hashing again would be slow, and would end nothing)."""
        with self._writing() as connection:
            rows = connection.execute(select(DirectoryPerson.email).where(DirectoryPerson.password_hash != ""))
            return set(rows.scalars())

    def ensure_keys(self, walls: Walls, body_id: UUID, at: datetime) -> None:
        """Give a new body its first data key and letter keys."""
        with walls.open(Scope(body_id), actor=SYSTEM, purpose="give the body its keys", at=at) as unit:
            if not walls.has_keys(unit):
                walls.add_keys(unit)
                unit.audit("keys made", "body")

    def dispose(self) -> None:
        self._engine.dispose()
