"""What a rapid review gathers: requests to agencies by link, and immediate safety actions."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, SealedColumn, belongs_to
from threefold.walls.sealed import SealedValue
from threefold.work.incidents.tables import Case


class AgencyRequest(BodyRow):
    """A request to one agency, answered by a link that expires. Only the hash of the link's token is kept.

    `route`: by which way, besides the link, the agency is told what opens it: a code by phone, or none (`link`), with a reason; or no
    link at all (`account`): `person_id` signs in to answer.
    """

    __tablename__ = "agency_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    agency: Mapped[str] = mapped_column(Text)
    asked: Mapped[SealedValue] = mapped_column(SealedColumn)
    token_hash: Mapped[bytes | None]
    person_id: Mapped[UUID | None]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text, default="asked")
    answered_at: Mapped[datetime | None]
    answer: Mapped[SealedValue | None] = mapped_column(SealedColumn)
    closed_until: Mapped[date | None]
    mail_state: Mapped[str] = mapped_column(Text, default="")
    # The second thing that opens the link, told by another route than the mailbox; a keyed digest, gone once it was used.
    route: Mapped[str] = mapped_column(Text, default="phone")
    code_digest: Mapped[bytes | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    # When the code ends. One without an end has ended.
    code_until: Mapped[datetime | None]

    __table_args__ = (
        belongs_to(Case, "case_id"),
        UniqueConstraint("tenant_id", "token_hash"),
        Index("ix_agency_request_case", "tenant_id", "case_id", "asked_at"),
        CheckConstraint(
            "state in ('asked', 'answered', 'nothing_known', 'closed_until', 'passed_on', 'revoked')", name="state_is_known"
        ),
        CheckConstraint("route in ('phone', 'link', 'account')", name="route_is_known"),
        CheckConstraint("(route = 'account') = (person_id is not null)", name="person_is_asked_in_their_account"),
        CheckConstraint("(route = 'account') = (token_hash is null)", name="account_has_no_link"),
        Index("ix_agency_request_person", "tenant_id", "person_id", postgresql_where=column("person_id").is_not(None)),
    )


class SafetyAction(BodyRow):
    """Something done at once to make children safe."""

    __tablename__ = "safety_action"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    action: Mapped[SealedValue] = mapped_column(SealedColumn)
    added_at: Mapped[datetime]
    by: Mapped[UUID | None]
    done_on: Mapped[date | None]

    __table_args__ = (belongs_to(Case, "case_id"), Index("ix_safety_action_case", "tenant_id", "case_id"))
