"""What the floor sees of a whole arrangement: who stands in it, and what its rules provide. Never their settings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from threefold.domain.findings import Provided

OrganisationKind = Literal["local_authority", "integrated_care_board", "police", "clinical_commissioning_group", "other"]
SeatRole = Literal["lead", "delegate", "scrutineer", "chair", "business_manager", "member"]

ORGANISATION_KINDS: dict[OrganisationKind, str] = {
    "local_authority": "Local authority", "integrated_care_board": "Integrated care board", "police": "Police",
    "clinical_commissioning_group": "Clinical commissioning group (until July 2022)", "other": "Other",
}  # fmt: skip
SEAT_ROLES: dict[SeatRole, str] = {
    "lead": "Lead safeguarding partner", "delegate": "Delegated safeguarding partner", "scrutineer": "Independent scrutineer",
    "chair": "Chair", "business_manager": "Business manager", "member": "Member",
}  # fmt: skip
SERVES_ASKED = "Which duty of the law does it serve?"
NO_DUTY = "none"  # what is said outright to serve no duty of the law
# What of the law a local step may serve, as a form offers it (a setting's `offers="serves"`).
SERVES: dict[str, str] = {
    "notify-panel": "Notifying the Panel", "tell-partners": "Telling the partners",
    "tell-state": "Telling the Secretary of State and Ofsted of a death", "rapid-review": "The rapid review",
    "local-review": "The local child safeguarding practice review", "advance-copy": "Sending a review’s report before it is published",
    "yearly-report": "The partners’ yearly report", "yearly-report-copy": "Sending copies of the yearly report",
    NO_DUTY: "None of these",
}  # fmt: skip


def as_duty(said: str) -> str:
    """Words for what a step serves, as the duty of the law that they name: by its key, however its words are joined, or as a form calls it.
    Other words as they are."""
    return _DUTIES.get(_plainly(said), said)


def _plainly(words: str) -> str:
    plain = " ".join(re.sub(r"[-_.,]", " ", words.casefold().replace("’", "'")).split())
    return re.sub(r"^(the|a|an|our|each) ", "", plain).removesuffix("s")


# What the field calls them beside.
_ALSO: dict[str, tuple[str, ...]] = {
    "notify-panel": ("notification", "serious incident notification", "SIN", "notify the panel", "notifying", "notify"),
    "tell-partners": ("tell the partners", "telling the safeguarding partners"),
    "rapid-review": ("RR", "rapid review report", "rapid review of the case"),
    "local-review": ("local review", "LCSPR", "CSPR", "practice review", "child safeguarding practice review", "LCSPR report",
                     "local child safeguarding practice review report"),
    "yearly-report": ("yearly report", "annual report", "partnership's annual report", "partnership's yearly report"),
    NO_DUTY: ("nothing", "no duty", "none of them"),
}  # fmt: skip
_DUTIES = {_plainly(words): key for key, called in SERVES.items() for words in (key, called, *_ALSO.get(key, ()))}


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that takes part. `partner` marks a statutory safeguarding partner; `acts_for` a recorded
    delegation (section 16J), or a trust that acts for a council."""

    key: str
    name: str
    kind: OrganisationKind
    partner: bool = False
    acts_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A place for one organisation (or nobody's, for an independent person) at the table. Never a person."""

    key: str
    title: str
    role: SeatRole
    organisation: str = ""
    deputy: str = ""


def must_sign(organisations: Iterable[Organisation], recorded: Iterable[Organisation] | None = None) -> tuple[str, ...]:
    """The partner organisations whose leads sign an arrangement: every one, unless another *partner's* recorded delegation
    acts for it. A trust that acts for a council in its services signs nothing in its place. Source: Working Together 2023.

    `recorded`: who took part in the version before. A delegation counts where it stood there too: whoever is to be acted
    for from now on signs the version that says so. None: every delegation told counts.
    """
    partners = [o for o in organisations if o.partner]
    before = None if recorded is None else {o.key: o.acts_for for o in recorded if o.partner}
    acts = {o.key: [k for k in o.acts_for if before is None or k in before.get(o.key, ())] for o in partners}
    acted_for = {key for keys in acts.values() for key in keys}
    covered = {key for o in partners if o.key not in acted_for for key in acts[o.key]}
    return tuple(o.key for o in partners if o.key not in covered)


@dataclass(frozen=True, slots=True)
class RuleProvides:
    """What one configured rule of the arrangement brings."""

    use: str
    rule: str
    provided: tuple[Provided, ...]


@dataclass(frozen=True, slots=True)
class ArrangementView:
    """One version of one body's arrangement, as values. `begins` None: the day is unknown; `closures`: the days on
    which the area is closed and that would be working days without that."""

    body: str
    version: str
    entered: Literal["adopted", "signed"]
    begins: date | None
    area_codes: tuple[str, ...]
    organisations: tuple[Organisation, ...]
    seats: tuple[Seat, ...]
    rules: tuple[RuleProvides, ...]
    kind: str = "partnership"
    closures: frozenset[date] = frozenset()

    def all(self, kind: str) -> list[tuple[RuleProvides, Provided]]:
        """Everything of one kind, with the rule that brings it."""
        return [(r, p) for r in self.rules for p in r.provided if p.kind == kind]

    @property
    def partners(self) -> tuple[Organisation, ...]:
        return tuple(o for o in self.organisations if o.partner)
