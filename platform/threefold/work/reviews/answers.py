"""An agency's answer to what it was asked: by its link, or in an account of its own. What it told before is kept with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from threefold.domain.errors import ThreefoldError
from threefold.walls.session import Unit
from threefold.work.incidents.records import first_time, note_change, today
from threefold.work.incidents.stories import told
from threefold.work.reviews.requests import Asked, as_asked, new_request, of_link, refuse_bad_address, still_open
from threefold.work.reviews.tables import AgencyRequest

ANSWERS = ("answered", "nothing_known", "closed_until", "passed_on")
LONGEST_CLOSED = timedelta(days=366)


def answer_request(
    unit: Unit, request_id: UUID, state: str, *, text: str = "", closed_until: date | None = None, colleague: str = "", by: str = "",
    token: UUID | None = None,
) -> Asked:  # fmt: skip
    """An agency's answer by its link. It may be given again until the link ends; the last one stands, and those before are kept with it.

    Sent twice with one `token`, it is given once.
    """
    given = Given(state, text, closed_until, colleague, by)
    return put_answer(unit, lambda lock: of_link(unit, request_id, lock=lock), given, token)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it is given: `state` is one of `ANSWERS`, and each has one thing that it wants."""

    state: str
    text: str = ""
    closed_until: date | None = None
    colleague: str = ""
    by: str = ""


def put_answer(unit: Unit, found: Callable[[bool], AgencyRequest], given: Given, token: UUID | None) -> Asked:
    """Put an answer on record. `found` gives the request to whoever may answer it, locked or not."""
    state, text, closed_until, colleague, by = given.state, given.text, given.closed_until, given.colleague, given.by
    if state not in ANSWERS:
        raise ThreefoldError("Choose one of the answers.", field="state")
    if token is not None and first_time(unit, token, "answer_request") is not None:
        return as_asked(unit, found(False))
    note_change(unit, found(False).case_id)
    row = still_open(unit, found(True))
    if state == "answered":
        told(text, "Write what your agency knows, or choose that nothing is known.", "text")
    if state == "closed_until" and (closed_until is None or closed_until <= today(unit)):
        raise ThreefoldError("Give the day on which your agency opens again; it lies ahead.", field="closed_until")
    if state == "closed_until" and closed_until is not None and closed_until > today(unit) + LONGEST_CLOSED:
        raise ThreefoldError("Check the year: a day within a year is meant.", field="closed_until")
    if state == "passed_on":
        refuse_bad_address(colleague, "colleague", "Give your colleague’s email address.")
        asked = dict(unit.open_json(row.asked))
        if colleague.strip().casefold() == str(asked["email"]).casefold():
            raise ThreefoldError(
                "That is the address that was asked already. Give your colleague’s, or answer here.", field="colleague"
            )
        asked["email"] = colleague
        asked.pop("link", None)
        # Whoever the colleague is, they have a link: an account is given by the body, not by somebody of an agency.
        new_request(unit, row.case_id, row.agency, asked, row.expires_at, "phone" if row.route == "account" else row.route)
    before = _with_what_was_given(unit, row)
    row.state, row.answered_at = state, unit.at
    row.closed_until = closed_until if state == "closed_until" else None
    answer = {"text": text if state == "answered" else "", "by": by, "colleague": colleague if state == "passed_on" else ""}
    row.answer = unit.seal_json(answer | ({"before": before} if before else {}))
    unit.audit("request answered", f"case:{row.case_id}", {"request": str(row.id), "state": state})
    unit.session.flush()
    return as_asked(unit, row)


def _with_what_was_given(unit: Unit, row: AgencyRequest) -> list[dict[str, Any]]:
    """The answers to a request up to now, oldest first: what an agency told once is not taken back by what it tells later."""
    if row.answer is None or row.answered_at is None:
        return []
    last = dict(unit.open_json(row.answer))
    before = list(last.pop("before", ()))
    until = row.closed_until.isoformat() if row.closed_until else ""
    return [*before, {**last, "state": row.state, "at": row.answered_at.isoformat(), "closed_until": until}]
