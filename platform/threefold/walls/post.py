"""Letters on their way: from a sender's outbox to a receiver's letterbox, taken in once in effect, in order per case.

Each step is a transaction of its own that may be repeated: a killed process loses none and doubles none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from threefold.domain.errors import ThreefoldError
from threefold.exchange.letters import Envelope, LetterError, SealedLetter, open_letter, verify
from threefold.walls.database import refused_with
from threefold.walls.session import SYSTEM, Scope, Unit, Walls
from threefold.walls.tables import LetterIn, OutboxLetter, PostedLetter


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter as a capability's handler gets it: verified, opened, for the first time."""

    envelope: Envelope
    content: Mapping[str, Any]
    arrived_at: datetime


Handler = Callable[[Unit, Arrived], None]


class Post:
    """Delivery and taking in. `handlers` maps a letter's type to what the receiving capability does with it."""

    def __init__(self, walls: Walls, handlers: Mapping[str, Handler]) -> None:
        self.walls = walls
        self.handlers = dict(handlers)

    def deliver(self, sender: UUID, letter_id: UUID, at: datetime) -> UUID | None:
        """Put one letter of the sender's outbox into its receiver's letterbox. Returns the receiver's work id.

        Raises `LetterError` where the receiver left meanwhile: then it is not delivered, and says so.
        """
        with self.walls.open(Scope(sender), actor=SYSTEM, purpose="deliver a letter", at=at) as unit:
            row = unit.session.scalars(select(OutboxLetter).where(OutboxLetter.id == letter_id).with_for_update()).first()
            if row is None:
                return None
            work_id = self._put(unit, row)
            if row.delivered_at is None:
                row.delivered_at = at
                unit.audit("letter delivered", f"letter:{letter_id}", {"type": row.type, "seq": row.seq})
        if self.walls.after_commit:
            self.walls.after_commit((work_id,))
        return work_id

    def _put(self, unit: Unit, row: OutboxLetter) -> UUID:
        put = func.post.put_letter(unit.said("post.put_letter"), row.receiver_id, row.id, row.letter, unit.at, uuid4())
        try:
            work_id: UUID = unit.session.execute(select(put)).scalar_one()
        except (DBAPIError, ThreefoldError) as error:
            if refused_with(error) == "the receiver has left":
                raise LetterError("That body has left this service: deliver by hand, and record it.", field="to") from error
            raise
        return work_id

    def take_in(self, receiver: UUID, letter_id: UUID, at: datetime) -> str:
        """Take one letter in, and after it any that were held back for it. Returns its state: in_effect, held, refused."""
        with self.walls.open(Scope(receiver), actor=SYSTEM, purpose="take in a letter", at=at) as unit:
            posted = unit.session.execute(
                select(PostedLetter.letter).where(PostedLetter.receiver_id == receiver, PostedLetter.id == letter_id)
            ).scalar()
            if posted is None:
                return "refused"
            return self._take(unit, letter_id, bytes(posted))

    def _take(self, unit: Unit, letter_id: UUID, raw: bytes) -> str:
        known = unit.session.get(LetterIn, (unit.scope.body_id, letter_id), with_for_update=True)
        if known is not None and known.state != "held":
            return known.state  # a second arrival changes nothing
        try:
            letter = SealedLetter.from_bytes(raw)
            envelope = self._verified(unit, letter, letter_id)
            content = open_letter(letter, self.walls.letter_keys(unit, letter.envelope.seal_key_no))
        except LetterError as error:
            return self._refuse(unit, letter_id, raw, error.sentence)
        # One case's letters take effect one at a time, in the order they were written.
        unit.session.execute(
            select(func.pg_advisory_xact_lock(func.hashtextextended(f"{envelope.sender}{envelope.case_ref}", 0)))
        )
        last = unit.session.execute(
            select(func.max(LetterIn.seq)).where(
                LetterIn.sender_id == envelope.sender, LetterIn.case_ref == envelope.case_ref, LetterIn.state == "in_effect"
            )
        ).scalar()
        in_turn = envelope.seq == (last or 0) + 1
        row = known or LetterIn(
            id=letter_id, sender_id=envelope.sender, type=envelope.type, case_ref=envelope.case_ref, seq=envelope.seq,
            written_at=envelope.written_at, arrived_at=unit.at, sha256=envelope.sha256, reason="", state="held",
            content=unit.seal_json(content),
        )  # fmt: skip
        if known is None:
            unit.session.add(row)
        if not in_turn:
            row.reason = "An earlier letter about the same case has not arrived yet."
            unit.session.flush()
            if known is None:
                unit.audit("letter held back", f"letter:{letter_id}", {"type": envelope.type, "seq": envelope.seq})
            return "held"
        row.state, row.reason = "in_effect", ""
        unit.session.flush()
        handler = self.handlers.get(envelope.type)
        if handler is not None:
            handler(unit, Arrived(envelope, content, row.arrived_at))
        unit.audit("letter taken in", f"letter:{letter_id}", {"type": envelope.type, "seq": envelope.seq})
        self._release(unit, envelope)
        return "in_effect"

    def _release(self, unit: Unit, envelope: Envelope) -> None:
        """The next letter of the case, if it was held back, takes effect now."""
        waiting = unit.session.scalars(
            select(LetterIn.id).where(
                LetterIn.sender_id == envelope.sender, LetterIn.case_ref == envelope.case_ref, LetterIn.state == "held",
                LetterIn.seq == envelope.seq + 1,
            )
        ).first()  # fmt: skip
        if waiting is not None:
            posted = unit.session.execute(
                select(PostedLetter.letter).where(PostedLetter.receiver_id == unit.scope.body_id, PostedLetter.id == waiting)
            ).scalar_one()
            self._take(unit, waiting, bytes(posted))

    def _verified(self, unit: Unit, letter: SealedLetter, letter_id: UUID) -> Envelope:
        claimed = letter.envelope
        public = self.walls.public_key(unit.session, claimed.sender, claimed.sign_key_no)
        envelope = verify(letter, public.verify_key if public else None)
        if envelope.receiver != unit.scope.body_id:
            raise LetterError("The letter is addressed to another body.")
        if envelope.id != letter_id:
            raise LetterError("The letter was posted under another letter's id.")
        return envelope

    def _refuse(self, unit: Unit, letter_id: UUID, raw: bytes, reason: str) -> str:
        """Keep that a letter came and why it has no effect. What it claims of itself is not believed."""
        import hashlib

        unit.session.add(LetterIn(
            id=letter_id, sender_id=unit.scope.body_id, type="unreadable", case_ref=letter_id, seq=0, written_at=unit.at, arrived_at=unit.at,
            sha256=hashlib.sha256(raw).hexdigest(), reason=reason, state="refused", content=None,
        ))  # fmt: skip
        unit.session.flush()
        unit.audit("letter refused", f"letter:{letter_id}")  # what it claims, and so the reason, may be anyone's words
        return "refused"


def redact(unit: Unit, letter_id: UUID) -> None:
    """Seal a letter away for good: its content is destroyed here and in the letterbox, its hash and that it came stay."""
    row = unit.session.get_one(LetterIn, (unit.scope.body_id, letter_id), with_for_update=True)
    row.content = None
    row.reason = "The receiver sealed the content away."
    unit.session.flush()
    unit.session.execute(select(func.post.seal_away(letter_id)))
    unit.audit("letter content destroyed", f"letter:{letter_id}")
