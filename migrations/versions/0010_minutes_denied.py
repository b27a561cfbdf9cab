"""Whoever checks signed minutes may say that they do not say so."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.get_bind().exec_driver_sql("alter table body.draft_signature drop constraint ck_draft_signature_act_is_known")
    op.get_bind().exec_driver_sql(
        "alter table body.draft_signature add constraint ck_draft_signature_act_is_known "
        "check (act in ('signed', 'refused', 'minutes', 'checked', 'denied'))"
    )
