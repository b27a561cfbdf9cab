"""What people do about records over time: close a case, hold its records, decide what becomes of them, read the certificate."""

from threefold.work.records.matters import Line
from threefold.work.records.stories.certifying import Certificate, Proof, certificate_of, see_certificate
from threefold.work.records.stories.closing import (
    MANAGING,
    SEEING,
    SOON_MONTHS,
    Closed,
    close_case,
    closing_of,
    held_of,
    list_kept,
    open_again,
    rules_today,
    see_kept,
)
from threefold.work.records.stories.disposing import Proposed, confirm, decline, disposals, may_confirm, propose
from threefold.work.records.stories.holding import Hold, holds, lift_hold, put_hold

__all__ = [
    "MANAGING", "SEEING", "SOON_MONTHS", "Certificate", "Closed", "Hold", "Line", "Proof", "Proposed", "certificate_of", "close_case",
    "closing_of", "confirm", "decline", "disposals", "held_of", "holds", "lift_hold", "list_kept", "may_confirm", "open_again", "propose",
    "put_hold", "rules_today", "see_certificate", "see_kept",
]  # fmt: skip
