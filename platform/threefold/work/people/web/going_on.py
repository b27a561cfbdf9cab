"""Where somebody is sent who cannot go on yet, and how they come back: to sign in, to show who they are, to say why.

What they had typed is kept, sealed, and is shown again on the page it was typed on.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit
from uuid import UUID

from flask import redirect, request
from werkzeug.wrappers import Response

from threefold.walls.session import Actor, Scope
from threefold.work.people.half_written import KEPT_FOR
from threefold.work.people.sign_in import token_hash
from threefold.work.people.web.errors import ConfirmNeeded, Elsewhere
from threefold.work.people.web.held import keep
from threefold.work.people.web.services import services
from threefold.work.people.web.visits import Visit, current_visit, sign_in_token


def to_confirm(error: ConfirmNeeded) -> Response:
    """Where somebody shows again who they are. They come back to where they were; what they had typed is kept."""
    visit = current_visit()
    if visit is None or (isinstance(error, Elsewhere) and request.method == "GET"):
        going_to = here() if request.method == "GET" else referrer()
    else:
        going_to = _kept(visit) or referrer() or here()
    return redirect(f"/confirm?next={quote(going_to or '/my-work', safe='/')}", 303)


def to_reason(visit: Visit, case_id: UUID) -> Response:
    """To the page that asks why, and back here afterwards; what was typed while the reason given before lapsed is kept."""
    going_to = here() if request.method == "GET" else _kept(visit) or referrer()
    address = f"/b/{visit.body.slug}/cases/{case_id}/reason"
    return redirect(f"{address}?next={quote(going_to, safe='/')}" if going_to else address, 303)


def _kept(visit: Visit) -> str:
    """The address that shows again what was sent; empty where nothing was. Platform staff write nothing, and no page that they read has a form."""
    return keep(visit.unit) if request.method == "POST" and visit.actor.staff is None else ""


def signed_out_while_sending() -> Response | None:
    """The sign-in ran out before a form was sent: what was typed is kept, and shown again after signing in.

    None: it cannot be kept, because nobody knows whose it is, or the person ended the sign-in themselves.
    """
    own, slug = services(), str((request.view_args or {}).get("slug", ""))
    at, token = own.clock(), sign_in_token()
    if not token or not slug:
        return None
    with own.walls.directory() as directory:
        whose = directory.ended_by_limit(token_hash(token), slug, at, KEPT_FOR)
    if whose is None:
        return None
    person_id, name, body_id = whose
    actor = Actor(person_id, name)
    kept = keep(lambda purpose: own.walls.open(Scope(body_id), actor=actor, purpose=purpose, at=at))
    return redirect(f"/sign-in?kept=yes&next={quote(kept, safe='/')}", 303) if kept else None


def here() -> str:
    """The address of this request, with its question."""
    return request.full_path.rstrip("?")


def referrer() -> str:
    """The page of this site that led here, or nothing."""
    parts = urlsplit(request.referrer or "")
    return f"{parts.path}{'?' if parts.query else ''}{parts.query}" if parts.netloc == request.host else ""


def to_sign_in() -> Response:
    """To the sign-in page, and back here afterwards when this was a page to look at."""
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(f"/sign-in?next={quote(here, safe='/')}" if here not in ("", "/") else "/sign-in", 303)


def safe_next(wanted: str) -> str:
    """An address on this site to go on to; anything else becomes the list of what awaits the person."""
    parts = urlsplit(wanted)
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return wanted if plain and "\\" not in wanted and wanted.isprintable() else "/my-work"
