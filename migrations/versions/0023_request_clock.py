"""What who asks for their own records was asked for first, and reminders of the day: it is worked out of days, and stands nowhere itself."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split("\n--\n"):
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))  # the driver reads a single one as a placeholder
