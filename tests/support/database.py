"""A migrated template database, cloned for tests, and the walls opened on the clone.

A clone costs more than most tests. So one that a test gave back is lent again, once nothing in it tells of that test: every row
is as in the template, and so is the schema; else it is dropped. `cloned` is always new.
"""

from __future__ import annotations

import itertools
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Engine, create_engine
from sqlalchemy.util import LRUCache

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
_COMPILED: list[Engine] = []


# Every object that is not PostgreSQL's own, by the transaction that wrote it last: what was altered, made or taken away.
_SCHEMA = """
select md5(string_agg(what, ' ' order by what)) from (
  select 'class ' || oid || ' ' || xmin as what from pg_class where oid >= 16384
  union all select 'column ' || attrelid || '.' || attnum || ' ' || xmin from pg_attribute where attrelid >= 16384
  union all select 'function ' || oid || ' ' || xmin from pg_proc where oid >= 16384
  union all select 'trigger ' || oid || ' ' || xmin from pg_trigger
  union all select 'policy ' || oid || ' ' || xmin from pg_policy
  union all select 'constraint ' || oid || ' ' || xmin from pg_constraint where oid >= 16384
  union all select 'type ' || oid || ' ' || xmin from pg_type where oid >= 16384
  union all select 'schema ' || oid || ' ' || xmin from pg_namespace where oid >= 16384 or nspname = 'public'
  union all select 'role of database ' || setrole || ' ' || array_to_string(setconfig, ' ') from pg_db_role_setting
    where setdatabase = (select oid from pg_database where datname = current_database())
) as found"""
_TABLES = """
select format('%I.%I', nspname, relname) from pg_class join pg_namespace as n on n.oid = relnamespace
where relkind = 'r' and nspname not in ('pg_catalog', 'information_schema') order by 1"""


@dataclass(frozen=True, slots=True)
class Pristine:
    """What the template is: a fingerprint of its schema, its tables, and the rows of those that have any (as COPY writes them)."""

    schema: str
    tables: tuple[str, ...]
    rows: dict[str, bytes]


@dataclass(slots=True)
class Cluster:
    """A PostgreSQL server for tests. `admin` is a libpq address of a superuser; `host` its socket folder; `spare`: databases that
    tests gave back, each as the template is."""

    admin: str
    host: str
    owner_password: str
    app_password: str
    spare: list[str] = field(default_factory=list)
    pristine: Pristine | None = None

    def url(self, role: str, database: str) -> str:
        password = self.owner_password if role == "threefold_owner" else self.app_password
        return f"postgresql+psycopg://{role}:{password}@/{database}?host={self.host}"

    def admin_to(self, database: str) -> str:
        return f"{self.admin} dbname={database}"


def prepare_template(cluster: Cluster) -> None:
    """The roles, and a database with every migration run, that tests clone."""
    prepare(cluster.admin_to("postgres"), TEMPLATE, owner_password=cluster.owner_password, app_password=cluster.app_password)
    migrate(cluster, TEMPLATE)
    provision = Provision(cluster.url("threefold_owner", TEMPLATE))
    try:
        provision.put_scope_key(KEY)
    finally:
        provision.dispose()


def migrate(cluster: Cluster, name: str, revision: str = "head") -> None:
    """Run the migrations on a database as its owner, up to one of them."""
    before = os.environ.get("MIGRATION_DATABASE_URL")
    os.environ["MIGRATION_DATABASE_URL"] = cluster.url("threefold_owner", name)
    try:
        command.upgrade(Config(str(Path(__file__).parents[2] / "migrations" / "alembic.ini")), revision)
    finally:
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


def said(connection: psycopg.Connection[Any], function: str) -> str:
    """The service's word for one narrow function, such as `directory.visit`, on a plain connection."""
    return KEY.say(function, connection.info.backend_pid, time.time())


def until_somebody_waits(database: Database, how_many: int = 1) -> None:
    """Until transactions on this database wait for another's lock: for tests of two at once. After 20 seconds it is given up."""
    until = time.monotonic() + 20
    with psycopg.connect(database.admin, autocommit=True) as connection:
        while (
            time.monotonic() < until
            and len(
                connection.execute(
                    "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                ).fetchall()
            )
            < how_many
        ):
            pass


@contextmanager
def cloned(cluster: Cluster, template: str = TEMPLATE) -> Iterator[Database]:
    """A database of its own: a copy of the migrated template, or of another database to which nobody is connected."""
    name = _clone(cluster, template)
    try:
        with _opened(cluster, name) as database:
            yield database
    finally:
        _drop(cluster, name)


@contextmanager
def of_before(cluster: Cluster, revision: str) -> Iterator[Database]:
    """A database as an earlier release left it, with the migrations up to one of then: `migrate` brings it to what it is today."""
    name = f"t_{os.getpid()}_{next(_numbers)}_{secrets.token_hex(3)}"
    prepare(cluster.admin_to("postgres"), name, owner_password=cluster.owner_password, app_password=cluster.app_password)
    try:
        migrate(cluster, name, revision)
        with _opened(cluster, name) as database:
            database.provision.put_scope_key(KEY)
            yield database
    finally:
        _drop(cluster, name)


@contextmanager
def lent(cluster: Cluster) -> Iterator[Database]:
    """A database of the test's own, as the template is: one that an earlier test gave back as it was, or a new copy."""
    name = cluster.spare.pop() if cluster.spare else _clone(cluster, TEMPLATE)
    again = False
    try:
        with _opened(cluster, name) as database:
            yield database
        again = _swept(cluster, name)
    finally:
        if again:
            cluster.spare.append(name)
        else:
            _drop(cluster, name)


def compiled_once(engine: Engine) -> Engine:
    """Statements are compiled once a test process, as in a process of the service, and not once an engine of a test: what a
    statement is compiled to follows from the statement and the dialect, which one engine lends to the others."""
    with engine.connect():  # what the dialect learns from the server, it learns on its first connection
        pass
    if not _COMPILED:
        engine._compiled_cache = LRUCache(5000)
        _COMPILED.append(engine)
    engine.dialect, engine._compiled_cache = _COMPILED[0].dialect, _COMPILED[0]._compiled_cache
    return engine


@contextmanager
def _opened(cluster: Cluster, name: str) -> Iterator[Database]:
    engine = compiled_once(create_engine(cluster.url("threefold_app", name), pool_size=5))
    provision = Provision(cluster.url("threefold_owner", name))
    try:
        yield Database(cluster, name, engine, Walls(engine, MASTER), provision)
    finally:
        engine.dispose()
        provision.dispose()


def _clone(cluster: Cluster, template: str) -> str:
    name = f"t_{os.getpid()}_{next(_numbers)}_{secrets.token_hex(3)}"
    with psycopg.connect(cluster.admin_to("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template {} strategy wal_log owner threefold_owner").format(
            sql.Identifier(name), sql.Identifier(template)))  # fmt: skip
        connection.execute(
            sql.SQL("revoke all on database {} from public").format(sql.Identifier(name))
        )  # as `roles.prepare` has it
        connection.execute(sql.SQL("grant connect on database {} to threefold_app").format(sql.Identifier(name)))
    return name


def _drop(cluster: Cluster, name: str) -> None:
    with psycopg.connect(cluster.admin_to("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _swept(cluster: Cluster, name: str) -> bool:
    """Make every row of a database as in the template. False where its schema, or what may be done with it, is not."""
    if cluster.pristine is None:
        with psycopg.connect(cluster.admin_to(TEMPLATE)) as template:
            cluster.pristine = _pristine(template)
    with psycopg.connect(cluster.admin_to(name)) as connection:
        connection.execute("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")  # fmt: skip
        if connection.execute(_SCHEMA).fetchone() != (cluster.pristine.schema,):
            return False
        connection.execute("set local session_replication_role = replica")  # rows go whatever guards them: the test is over
        connection.execute("; ".join(f"delete from {table}" for table in cluster.pristine.tables))
        for table, rows in cluster.pristine.rows.items():
            with connection.cursor().copy(f"copy {table} from stdin") as into:
                into.write(rows)
    return True


def _pristine(template: psycopg.Connection[Any]) -> Pristine:
    schema = template.execute(_SCHEMA).fetchone()
    tables = tuple(row[0] for row in template.execute(_TABLES))
    rows = {}
    for table in tables:
        with template.cursor().copy(f"copy {table} to stdout") as out:
            rows[table] = b"".join(map(bytes, out))
    assert schema is not None and not template.execute("select 1 from pg_sequence").fetchone(), (
        "a sequence would have to be set back"
    )
    return Pristine(schema[0], tables, {table: found for table, found in rows.items() if found})
