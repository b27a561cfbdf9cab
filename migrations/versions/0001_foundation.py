"""The four schemas, the walls, and the first capabilities."""

from __future__ import annotations

from alembic import op

from threefold.walls.database import SCHEMAS, Base
from threefold.walls.policies import APP, FUNCTIONS, LETTERBOX, SCOPE_FUNCTION, wall_of, walled_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    for schema in (*SCHEMAS, "walls"):
        op.execute(f"create schema if not exists {schema}")
        op.execute(f"grant usage on schema {schema} to {APP}")
    op.execute(SCOPE_FUNCTION)
    op.execute(f"grant execute on function walls.scope() to {APP}")
    op.execute(f"grant select on directory.migration to {APP}")
    Base.metadata.create_all(op.get_bind())
    for table in walled_tables():
        for statement in wall_of(table.name):
            op.execute(statement)
    for statement in (*LETTERBOX, *FUNCTIONS):
        op.execute(statement)
