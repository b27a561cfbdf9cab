"""Destroying records: what a case, a proposal and a decision are held against, more that stands in the way, and what is kept of nothing gone."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split("\n--\n"):
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))  # the driver reads a single one as a placeholder
