"""What the database refuses, as an error that a person can read: said in one place, for every statement of a body's session.

The functions and triggers of decision 0023 raise `TF001` where a person can do something about it. A deadlock is nobody's
mistake: nothing was written, and the same form can be sent again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from threefold.domain.errors import ThreefoldError

REFUSED, DEADLOCK = "TF001", "40P01"
GONE, REQUEST_GONE = "the records of this case were destroyed", "what was in this request was destroyed"


class CannotBeDestroyed(ThreefoldError):
    """Something stands in the way: the sentence says what."""


class RecordsDestroyed(CannotBeDestroyed):
    """Whoever wrote of a case, or of a request for one's own records, was too late: they were destroyed meanwhile. Nothing more can
    come of it."""


class TryAgain(ThreefoldError):
    """Two people changed the same things at the same moment, and this one was undone as a whole."""

    def __init__(self) -> None:
        super().__init__("Somebody else was changing the same records at this moment. Nothing was saved: send it again.")


_SENTENCES = {
    "no such records": "The records of this case are not here any more.",
    "two people have not decided this": "Two different people decide on destroying records: one proposes it, another confirms it.",
    "somebody who decided is kept out": "Whoever proposed or confirmed this is kept out of the case by a conflict of interest. Decline it; others begin again.",
    "a hold stands": "A legal hold stands. Nothing is destroyed until it is lifted.",
    "the case is not closed": "The case is not closed, or was changed after it was closed. Close it again, then begin again.",
    "the case was closed again": "The case was opened and closed again since this was proposed. Decline it, and begin again.",
    "the time of the case has not ended": "The time for keeping this case has not ended.",
    "a request is open": "Somebody asked for their own records here, and nobody can tell whether this case is about them. Answer the request first.",
    "an agency may still answer": "An agency can still answer by a link. Wait until the link ends, or close it; then close the case again if they answered.",
    "a meeting had it on its agenda": "The case was on the agenda of a meeting that was recorded after it was closed. Close it again, then begin again.",
    "somebody asked for their records": "Somebody asked for their own records, and something of this case was gathered for that. Answer the request first.",
    "a letter is on its way": "A letter of this case has not been delivered yet. Wait until it was, then confirm again.",
    "a letter has not been taken in": "A letter came and has not been taken in yet. Wait until it was, then take everything out again.",
    "the request is open": "This request is not closed. Nothing of it is destroyed while it is open.",
    "the time of the request has not ended": "The time for keeping this request has not ended.",
    "everything is being taken out": "Everything of this body is being taken out, or can be fetched. What is in that file goes after it.",
    "something of the request is left": "Something of this request is left. It is destroyed as a whole, or not at all.",
    "the body has left": "This body has left already.",
    GONE: "The records of this case were destroyed meanwhile. What you sent was not saved.",
    REQUEST_GONE: "What was in this request was destroyed meanwhile. What you sent was not saved.",
}  # fmt: skip


def as_told(cause: Any) -> ThreefoldError | None:
    """The driver's error as a person reads it; None where it is none of ours."""
    state = getattr(cause, "sqlstate", "")
    if state == DEADLOCK:
        return TryAgain()
    if state != REFUSED:
        return None
    said = cause.diag.message_primary
    return (RecordsDestroyed if said in (GONE, REQUEST_GONE) else CannotBeDestroyed)(
        _SENTENCES.get(said, "This cannot be done now.")
    )


def tell_refusals(engine: Engine) -> None:
    """Have every statement of an engine raise them. Told twice, it still listens once.

    Not asked before whether it listens already: that is answered by the engine's address in memory, which an engine that
    is gone may have had before.
    """
    event.listen(engine, "handle_error", _told, retval=True)


def _told(context: ExceptionContext) -> BaseException | None:
    return as_told(context.original_exception)


class refusals:  # noqa: N801  it reads as a statement: with refusals():
    """The same for a connection of another engine."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        told = as_told(error.orig) if isinstance(error, DBAPIError) else None
        if told is not None:
            raise told from error
