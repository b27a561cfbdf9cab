"""The migrations, run one after the other, make exactly the tables the program thinks it has."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from tests.support.database import Database
from threefold.walls.database import SCHEMAS, Base
from threefold.work import models


def test_the_migrated_tables_are_the_declared_ones(database: Database) -> None:
    assert models.arrangements, "imported so that the metadata is whole"
    engine = create_engine(database.owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={
            "include_schemas": True, "include_name": lambda name, kind, _: name in SCHEMAS if kind == "schema" else name != "migration",
            "compare_type": True,
        })  # fmt: skip
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
