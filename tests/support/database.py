"""A migrated template database, cloned for each test that wants one; and the walls opened on the clone."""

from __future__ import annotations

import itertools
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Engine, create_engine

from threefold.walls.provision import Provision
from threefold.walls.roles import prepare
from threefold.walls.scope import begin
from threefold.walls.sealed import MasterKey
from threefold.walls.session import Actor, Scope, Unit, Walls

NOW = datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
TEMPLATE = "threefold_template"
MASTER = MasterKey(b"m" * 32)
KEY = MASTER.scope_key()
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL server for tests. `admin` is a libpq address of a superuser; `host` its socket folder."""

    admin: str
    host: str
    owner_password: str
    app_password: str

    def url(self, role: str, database: str) -> str:
        password = self.owner_password if role == "threefold_owner" else self.app_password
        return f"postgresql+psycopg://{role}:{password}@/{database}?host={self.host}"

    def admin_to(self, database: str) -> str:
        return f"{self.admin} dbname={database}"


def prepare_template(cluster: Cluster) -> None:
    """The roles, and a database with every migration run, that tests clone."""
    prepare(cluster.admin_to("postgres"), TEMPLATE, owner_password=cluster.owner_password, app_password=cluster.app_password)
    before = os.environ.get("MIGRATION_DATABASE_URL")
    os.environ["MIGRATION_DATABASE_URL"] = cluster.url("threefold_owner", TEMPLATE)
    provision = Provision(os.environ["MIGRATION_DATABASE_URL"])
    try:
        command.upgrade(Config(str(Path(__file__).parents[2] / "migrations" / "alembic.ini")), "head")
        provision.put_scope_key(KEY)
    finally:
        provision.dispose()
        os.environ.pop("MIGRATION_DATABASE_URL")
        if before is not None:
            os.environ["MIGRATION_DATABASE_URL"] = before


@dataclass(slots=True)
class Database:
    """One cloned database, as the running role sees it."""

    cluster: Cluster
    name: str
    engine: Engine
    walls: Walls
    provision: Provision

    @property
    def app_url(self) -> str:
        return self.cluster.url("threefold_app", self.name)

    @property
    def owner_url(self) -> str:
        return self.cluster.url("threefold_owner", self.name)

    @property
    def admin(self) -> str:
        return self.cluster.admin_to(self.name)

    def body(self, slug: str, kind: str = "partnership", *, synthetic: bool = True, national: str = "") -> UUID:
        """A body with its keys."""
        body_id = self.provision.put_body(slug, slug.title(), kind, NOW, synthetic=synthetic, national_body=national)
        self.provision.ensure_keys(self.walls, body_id, NOW)
        return body_id

    @contextmanager
    def unit(
        self,
        body_id: UUID,
        at: datetime = NOW,
        *,
        roles: tuple[str, ...] = ("business_manager",),
        seats: tuple[str, ...] = (),
        person: UUID | None = None,
    ) -> Iterator[Unit]:
        actor = Actor(person, "Test person", frozenset(roles), frozenset(seats))
        with self.walls.open(Scope(body_id), actor=actor, purpose="test", at=at) as unit:
            yield unit


def bind(connection: psycopg.Connection[Any], body_id: UUID, *, local: bool = True) -> None:
    """Bind a scope on a plain connection, as the service would: with its key, and with the BEGIN in one message."""
    signed = KEY.sign(body_id, connection.info.backend_pid, time.time())
    if local and not connection.autocommit:
        begin(connection, signed)
    else:
        connection.execute(f"set {'local ' if local else ''}app.tenant_id = '{signed}'")  # type: ignore[call-overload]


def until_somebody_waits(database: Database) -> None:
    """Until a transaction on this database waits for another's lock: for tests of two at once. After 20 seconds it is given up."""
    until = time.monotonic() + 20
    with psycopg.connect(database.admin, autocommit=True) as connection:
        while (
            time.monotonic() < until
            and not connection.execute(
                "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            ).fetchone()
        ):
            pass


@contextmanager
def cloned(cluster: Cluster, template: str = TEMPLATE) -> Iterator[Database]:
    """A database of its own: a copy of the migrated template, or of another database to which nobody is connected."""
    name = f"t_{os.getpid()}_{next(_numbers)}_{secrets.token_hex(3)}"
    with psycopg.connect(cluster.admin_to("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template {} strategy file_copy owner threefold_owner").format(
            sql.Identifier(name), sql.Identifier(template)))  # fmt: skip
        connection.execute(sql.SQL("grant connect on database {} to threefold_app").format(sql.Identifier(name)))
    engine = create_engine(cluster.url("threefold_app", name), pool_size=5)
    provision = Provision(cluster.url("threefold_owner", name))
    try:
        yield Database(cluster, name, engine, Walls(engine, MASTER), provision)
    finally:
        engine.dispose()
        provision.dispose()
        with psycopg.connect(cluster.admin_to("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
