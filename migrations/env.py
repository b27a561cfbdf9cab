"""Migrations run as the owner, one at a time, beside the running version: they wait briefly for locks, or give up."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from threefold.walls.database import SCHEMAS, Base
from threefold.work import models

_ = models  # imported so that the metadata is whole
LOCK = 3_141_592  # one migration at a time on one database


def _ours(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
    return name in SCHEMAS if kind == "schema" else True


def run() -> None:
    engine = create_engine(os.environ["MIGRATION_DATABASE_URL"], poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("set lock_timeout = '5s'"))
        connection.execute(text("set statement_timeout = '10min'"))
        connection.execute(text("select pg_advisory_lock(:n)"), {"n": LOCK})
        connection.commit()
        context.configure(
            connection=connection, target_metadata=Base.metadata, include_schemas=True, include_name=_ours,
            version_table="migration", version_table_schema="directory", transaction_per_migration=True,
        )  # fmt: skip
        connection.execute(text("create schema if not exists directory"))
        connection.commit()
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        connection.execute(text("select pg_advisory_unlock(:n)"), {"n": LOCK})
        connection.commit()


run()
