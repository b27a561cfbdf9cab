"""The guard of each form, tied to who opened its page: what one person typed is not sent in the name of another.

Its token is of the browser, and stays when the same person signs in again, so that a page left open can still be sent. When
another signs in on the same browser, it is another: what was opened before is refused then, and told why.
"""

from __future__ import annotations

import hmac
import secrets
from uuid import UUID

from flask import Flask, current_app, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from itsdangerous import BadData, URLSafeTimedSerializer

from threefold.work.people.web.marks import mark_of
from threefold.work.people.web.pages import note_who_is_there
from threefold.work.people.web.render import render
from threefold.work.people.web.typed import sent_from_here
from threefold.work.people.web.visits import note_unguarded

_TOKEN, _FIRST = "csrf_token", "first_of"  # as flask_wtf calls it, and whom the browser's own token stands for
# What anybody may send from a page of anybody: to sign out, and to sign in.
_OF_NOBODY = frozenset({"people.sign_out_page", "people.sign_in_page"})
OPENED_BY_ANOTHER = [
    "Whoever opened it is not signed in on this browser any more. Nothing was saved.",
    "If it was you, sign out and sign in again with the account that you opened it with, and enter it there once more.",
]


class OpenedByAnother(CSRFError):  # type: ignore[misc]
    """A page that one person opened was sent after another had signed in on the same browser."""


class Guard(CSRFProtect):  # type: ignore[misc]
    """As flask_wtf's, but it tells what another person opened from what was open for too long."""

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.register_error_handler(OpenedByAnother, _refused)

    def _error_response(self, reason: str) -> None:
        if not _is_of_another(self._get_csrf_token()):
            raise CSRFError(reason)
        if request.endpoint not in _OF_NOBODY:
            raise OpenedByAnother(reason)


def tie_forms_to(person_id: UUID) -> None:
    """From now on what this person opens on this browser is theirs, and what anybody else opened on it is not sent."""
    own, mark = str(session.get(_TOKEN, "")).partition(".")[0] or secrets.token_hex(20), mark_of(person_id)
    session[_TOKEN] = own if session.setdefault(_FIRST, mark) == mark else f"{own}.{mark}"


def _is_of_another(sent: str | None) -> bool:
    """Whether a token is of this browser, and of another person than the one who signed in there last."""
    try:
        told = str(URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="wtf-csrf-token").loads(sent or ""))
    except BadData:
        return False
    now = str(session.get(_TOKEN, ""))
    return told != now and hmac.compare_digest(told.partition(".")[0].encode(), now.partition(".")[0].encode())


def _refused(_: OpenedByAnother) -> ResponseReturnValue:
    note_who_is_there()
    note_unguarded()
    return render(
        "threefold/error.html", title="This page was opened by somebody else", status=400, sentences=OPENED_BY_ANOTHER,
        typed=sent_from_here(), to_copy=True,
    )  # fmt: skip
