"""What a seat signs of a rapid review: the matters considered and the decision on a local review; and what of it was changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ThreefoldError
from threefold.plugin_api.facts import Facts, read_facts
from threefold.walls.session import Unit
from threefold.work.incidents.records import CaseState
from threefold.work.incidents.tables import CaseRecord


class ChangedSinceRead(SaidMeanwhile):
    """What is signed was changed since it was read: nothing is signed."""

    def __init__(self) -> None:
        self.happened = "What you sign was changed while you read it, and nothing was signed."
        ThreefoldError.__init__(self, "What you sign was changed while you read it. Read it again, then sign.", field="seen_no")


CONSIDERED = "considered."
SIGNED = "signed: "  # what the record of a case says of a signature, before the seat

Decided = Sequence[Mapping[str, Any]]


def local_review(decided: Decided, until: int | None = None) -> Mapping[str, Any] | None:
    """The decision on a local review that stood at a record of the case; without one, that stands now."""
    found = (d for d in decided if d["question"] == "local_review" and (until is None or d["record_no"] <= until))
    return max(found, key=lambda d: int(d["record_no"]), default=None)


def changed_between(before: Facts, no: int, state: CaseState, decided: Decided) -> list[str]:
    """What is signed that stands otherwise now than it did in an earlier record: `considered.<matter>`, and names of their own."""
    then, now = _signed(before, local_review(decided, no)), _signed(state.facts, local_review(decided))
    return sorted(key for key in then.keys() | now.keys() if then.get(key) != now.get(key))


def changed_since(unit: Unit, state: CaseState, decided: Decided) -> dict[str, list[str]]:
    """Of each seat that signed, what was changed after it did. At most one statement."""
    seats = state.facts.review.signed_by
    if not seats:
        return {}
    rows = unit.session.execute(
        select(CaseRecord.no, CaseRecord.what, CaseRecord.facts)
        .where(CaseRecord.case_id == state.id, CaseRecord.what.in_([f"{SIGNED}{seat}" for seat in seats]))
        .order_by(CaseRecord.no)  # a seat that signed anew after a new notification: the last counts
    )
    last = {row.what.removeprefix(SIGNED): row for row in rows}
    return {seat: changed_between(read_facts(unit.open_json(row.facts)), row.no, state, decided) for seat, row in last.items()}


def _signed(facts: Facts, decision: Mapping[str, Any] | None) -> dict[str, Any]:
    review = facts.review
    return {
        **{f"{CONSIDERED}{c.factor}": (c.view, c.reason) for c in review.considered},
        "national_issues": review.national_issues.value,
        "law_change_issue": review.law_change_issue.value,
        "local_review": decision["id"] if decision else None,
    }
