"""What the partners settle about the report of a local review: whether it is published, and what else holds it up."""

from __future__ import annotations

from uuid import UUID

from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.walls.session import Unit
from threefold.work.incidents.records import CaseState, FactsJson, change, first_time, load, today
from threefold.work.incidents.stories import record_decision, refuse_unseen, told
from threefold.work.people.access import needs
from threefold.work.reviews.requests import ACTING

PUBLICATION, DELAY = "publication", "proceedings_delay"  # the questions under which they are kept, each with its reason
ANSWERS = ("yes", "no", "unclear")


@needs("decide on a local review", ACTING)
def settle_publication(
    unit: Unit, governance: Governance, case_id: UUID, appropriate: str, reason: str, sibling_identifiable: str, token: UUID,
    *, seen_no: int | None = None,
) -> CaseState:  # fmt: skip
    """Record whether it is appropriate to publish the report, why not, and whether a brother or sister could be known by it.

    There is no third way than the report or at least what is to be improved (section 16F(4)-(5)), so that "no" needs its reason.
    It may be settled again; each is kept. See `refuse_unseen`.
    """
    _one_of(appropriate, "appropriate", "whether it is appropriate to publish the report")
    _one_of(sibling_identifiable, "sibling_identifiable", "whether a brother or sister could be known by it")
    if appropriate == "no":
        told(reason, "Enter why it is not appropriate to publish the report.", "reason")
    said = {"publication_appropriate": appropriate, "sibling_identifiable": sibling_identifiable}
    plain = {"publication_reason": reason if appropriate == "no" else ""}
    more = {"sibling_identifiable": sibling_identifiable}
    return _settle(unit, governance, case_id, PUBLICATION, said, plain, reason, more, token, seen_no)


@needs("decide on a local review", ACTING)
def settle_delay(
    unit: Unit, governance: Governance, case_id: UUID, delays: str, reason: str, token: UUID, *, seen_no: int | None = None
) -> CaseState:
    """Record whether criminal proceedings or an inquest delay the report, and which. The six months are not lengthened by it.

    It may be said again; each is kept. See `refuse_unseen`.
    """
    _one_of(delays, "delays", "whether other proceedings delay the report")
    if delays == "yes":
        told(reason, "Enter what delays the report; it is what the Panel and the Secretary of State are told.", "reason")
    return _settle(unit, governance, case_id, DELAY, {"proceedings_delay": delays}, {}, reason, {}, token, seen_no)


def _one_of(answer: str, field: str, what: str) -> None:
    if answer not in ANSWERS:
        raise ThreefoldError(f"Say {what}: yes, no or unclear.", field=field)


def _settle(
    unit: Unit, governance: Governance, case_id: UUID, question: str, said: dict[str, str], plain: dict[str, str], reason: str,
    more: dict[str, str], token: UUID, seen_no: int | None,
) -> CaseState:  # fmt: skip
    """Put the answers on record with who gives them today, and keep them as a decision with its reason."""
    if first_time(unit, token, f"settle_{question}", case_id) is not None:
        return load(unit, case_id)
    refuse_unseen(unit, case_id, question, seen_no)
    if not load(unit, case_id, lock=True).facts.review.event("local_review_decided"):
        raise ThreefoldError("No local review is decided in this case, so there is no report of one.", field=question)
    given = {"given_on": today(unit).isoformat(), "given_by": ", ".join(sorted(unit.actor.seats or unit.actor.roles))}

    def edit(old: FactsJson) -> FactsJson:
        facts = {name: {"value": value, **given} for name, value in said.items()}
        return {**old, "review": {**old.get("review", {}), **facts, **plain}}

    state = change(unit, governance, case_id, f"settled: {question}", edit)
    return record_decision(unit, state, question, next(iter(said.values())), reason, more)
