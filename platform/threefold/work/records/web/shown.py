"""A certificate of destruction in words, for the page and the PDF: kinds and counts, rule, dates and deciders, and nobody of the case."""

from __future__ import annotations

from typing import Any

from threefold.work.people.web import Visit
from threefold.work.people.web.render import day, moment
from threefold.work.records.stories import Certificate, Proof
from threefold.work.records.stories.certifying import fingerprint

KINDS = {
    "case_record": "States of the case: facts and what followed from them", "case_person": "People in and around the case", "decision": "Decisions with their reasons",
    "agency_request": "Requests to agencies, with their answers", "safety_action": "Safety actions", "person_index": "Entries in the search for people",
    "case_bar": "Conflicts of interest", "case_restriction": "Reasons for restricting the case", "disposal": "Reviews of these records", "legal_hold": "Reasons of holds",
    "outbox_letter": "Letters that were sent: their content here", "letter_in": "Letters that came: their content here", "form_draft": "Half-written forms",
    "received_case": "What the area sent: the notification and the rapid review", "panel_reply": "Replies to the area",
    "received_bar": "Conflicts of interest of officers", "a part of meeting_record": "Records of meetings, of which the item of this case was taken out",
}  # fmt: skip


def rows(found: Certificate) -> list[tuple[str, str]]:
    """What it certifies, line by line."""
    return [
        ("Case", found.reference),
        ("Closed on", day(found.closed_on)),
        ("Rule", found.rule_said),
        ("Version of the arrangement", found.version),
        ("Proposed by", f"{found.proposed_name} ({found.proposed_as}), {moment(found.proposed_at)}"),
        ("Confirmed by", f"{found.confirmed_name} ({found.confirmed_as}), {moment(found.confirmed_at)}"),
        ("Destroyed on", moment(found.at)),
        ("Digest of what was destroyed", found.digest),
    ]


def counts(found: Certificate) -> list[tuple[str, int]]:
    """How many of what, in words; a table that nobody gave words yet is called by its own name."""
    return sorted(
        (KINDS.get(name, name.replace("_", " ").capitalize()), number) for name, number in found.counts.items() if number
    )


def document(visit: Visit, found: Certificate, proof: Proof, stays: str) -> dict[str, Any]:
    """As the maker of PDFs wants it."""
    chain = (
        f"The audit of this body holds the same digest, as entry {proof.entry}, number {proof.link} of its chain."
        if proof.holds
        else "The audit’s entry of this destruction is not sealed into its chain yet."
        if proof.holds is None
        else "The audit does not bear this out."
    )

    def item(title: str, text: str) -> dict[str, str]:
        return {"title": title, "text": text, "source": "", "sure": ""}

    return {
        "title": f"Certificate of destruction: case {found.reference}", "body": visit.body.name, "synthetic": visit.body.synthetic, "note": "", "differences": [],
        "head": ["The records of this case were destroyed: nothing of them can be read in the service any more. Backups made before hold them until they end.", stays, "Nobody in the case is named here."],
        "sections": [
            {"title": "What is certified", "said": "", "items": [item(*row) for row in rows(found)]},
            {"title": "What was destroyed", "said": "", "items": [item(kind, str(number)) for kind, number in counts(found)]},
            {"title": "How it can be checked", "said": chain, "items": []},
        ],
        "fingerprint": fingerprint(found), "fingerprint_said": "Fingerprint of this certificate", "synthetic_said": "This body is made up, for demonstration.",
    }  # fmt: skip
