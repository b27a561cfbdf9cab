"""The certificate of a destruction, and whether the audit's chain bears it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import select

from threefold.walls.audit import DETAIL
from threefold.walls.audit.chain import Entry, entry_mac
from threefold.walls.audit.sealing import ENTRY
from threefold.walls.sealed import canonical
from threefold.walls.session import Unit
from threefold.walls.tables import AuditEntry, AuditLink
from threefold.work.incidents.records import NotFound
from threefold.work.incidents.tables import OPEN, Case
from threefold.work.people.access import CASE_ROLES, needs
from threefold.work.people.case_access import asked
from threefold.work.records.matters import Matter
from threefold.work.records.stories.disposing import OwnCase
from threefold.work.records.tables import Destruction


@dataclass(frozen=True, slots=True)
class Proof:
    """What the audit says of a certificate: `entry` its entry there, `link` its number in the chain (None: not sealed yet).

    `holds`: the entry tells the same digest, and the chain the same entry. None where there is nothing to hold it against yet.
    """

    entry: UUID | None
    link: int | None
    sealed_at: datetime | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was destroyed of which case, by which rule, and who decided it. Nobody of the case is named."""

    id: UUID
    at: datetime
    reference: str
    closed_on: date
    version: str
    rule: str
    rule_said: str
    proposed_at: datetime
    proposed_name: str
    proposed_as: str
    confirmed_at: datetime
    confirmed_name: str
    confirmed_as: str
    counts: Mapping[str, int]
    digest: str


@needs("see a certificate of destruction", CASE_ROLES)
def see_certificate(unit: Unit, case_id: UUID) -> tuple[Certificate, Proof]:
    """The certificate of a case whose records were destroyed, and its proof. Raises `NotFound` where there is none. Four statements."""
    return see_of(unit, OwnCase(case_id), certificate_of(unit, case_id))


def certificate_of(unit: Unit, case_id: UUID) -> Certificate | None:
    """The certificate, where the case is open to the actor and was destroyed. One statement."""
    wanted = select(Destruction).join(Case, (Case.tenant_id == Destruction.tenant_id) & (Case.id == Destruction.case_id))
    r = unit.session.scalars(wanted.where(Destruction.case_id == case_id, OPEN), asked(unit)).first()
    return certificate(r) if r is not None else None


def certificate(r: Destruction) -> Certificate:
    return Certificate(r.id, r.at, r.reference, r.closed_on, r.version, r.rule, r.rule_said, r.proposed_at, r.proposed_name,
                       r.proposed_as, r.confirmed_at, r.confirmed_name, r.confirmed_as, r.counts, r.digest)  # fmt: skip


def see_of(unit: Unit, matter: Matter, found: Certificate | None) -> tuple[Certificate, Proof]:
    """The certificate of a matter as it is shown, with its proof. Raises `NotFound` where there is none."""
    if found is None:
        raise NotFound
    unit.audit("certificate read", matter.subject, kind=DETAIL)
    return found, _proof(unit, matter, found)


def _proof(unit: Unit, matter: Matter, found: Certificate) -> Proof:
    told = select(*ENTRY).where(
        AuditEntry.subject == matter.subject,
        AuditEntry.action == matter.destroyed_as,
        AuditEntry.detail["certificate"].astext == str(found.id),
    )
    row = unit.session.execute(told).first()
    if row is None:
        return Proof(None, None, None, False)
    entry = Entry(*row)
    same = entry.detail.get("digest") == found.digest and entry.detail.get("counts") == dict(found.counts)
    link = unit.session.execute(
        select(AuditLink.no, AuditLink.entry_mac, AuditLink.sealed_at).where(AuditLink.entry_id == entry.id)
    ).first()
    if link is None:
        return Proof(entry.id, None, None, None if same else False)
    return Proof(
        entry.id, link.no, link.sealed_at, same and compare_digest(link.entry_mac, entry_mac(unit.walls.audit_key(unit), entry))
    )


def fingerprint(found: Certificate) -> str:
    """The digest of what the certificate says, to hold a printed one against what is kept."""
    return sha256(canonical({
        "certificate": str(found.id), "at": found.at.isoformat(), "reference": found.reference, "closed_on": found.closed_on.isoformat(),
        "version": found.version, "rule": found.rule, "proposed": [found.proposed_at.isoformat(), found.proposed_name, found.proposed_as],
        "confirmed": [found.confirmed_at.isoformat(), found.confirmed_name, found.confirmed_as], "counts": dict(found.counts), "digest": found.digest,
    })).hexdigest()  # fmt: skip
