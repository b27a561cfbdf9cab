"""A deputy acts for the seats that whoever is kept out holds on the day, not for those they held once."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split("\n--\n"):
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))  # the driver reads a single one as a placeholder
