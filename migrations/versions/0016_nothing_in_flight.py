"""Nothing is lost when a body leaves; sessions of platform staff one at a time, with true times; no new row of a destroyed case."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split("\n--\n"):
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))  # the driver reads a single one as a placeholder
