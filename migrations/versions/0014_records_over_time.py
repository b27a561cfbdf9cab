"""Records over time: closing, holds, disposal and its certificate; the owner's function that destroys the records of a case."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split("\n--\n"):
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))  # the driver reads a single one as a placeholder
