"""A form that could not be sent yet, in one request: keeping what was typed, and showing it again.

Its page shows it when the address has `held=<id>`; sending that page at last takes it off the list.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import g, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from threefold.walls.refusals import RecordsDestroyed
from threefold.walls.session import Unit
from threefold.work.people.half_written import drop_form, keep_form, kept_form, with_held

Opening = Callable[[str], AbstractContextManager[Unit]]
# What guards a form, and what nobody should find kept.
NOT_KEPT = frozenset({"csrf_token", "confirmed", "password", "code", "code_of_email", "answer_of_passkey"})
_MOST = 256 * 1024


def keep(opening: Opening) -> str:
    """Keep the form of this request; the address of its page, which will show it. Empty: it has no page, or is too long."""
    rule, view_args = request.url_rule, request.view_args or {}
    boxes = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
    long = sum(len(name) + len(value) for name, value in boxes) > _MOST
    below = f"/b/{view_args.get('slug', '')}/"
    if rule is None or "GET" not in (rule.methods or ()) or not request.path.startswith(below) or long:
        return ""
    asked = urlencode([(name, value) for name, value in request.args.items(multi=True) if name != "held"])
    address = f"{request.path.removeprefix(below)}{'?' if asked else ''}{asked}"
    try:
        with opening("keep a half-written form") as unit:
            before = _number()
            if before is not None:
                drop_form(unit, before)
            number = keep_form(unit, address, boxes)
    except RecordsDestroyed:  # what it was about is gone, and nothing is kept of it
        return ""
    return below + with_held(address, number)


def show_held(opening: Opening) -> None:
    """Have `fill` show what was typed, when this page is the one it was typed on."""
    number = _number()
    if number is None or request.method != "GET":
        return
    with opening("go on with a half-written form") as unit:
        kept = kept_form(unit, number)
    below = f"/b/{(request.view_args or {}).get('slug', '')}/"
    if kept is not None and _same_page(below + kept.address):
        g.held, g.held_form = MultiDict(kept.boxes), kept.id


def sent_at_last(opening: Opening, answer: ResponseReturnValue) -> ResponseReturnValue:
    """The page's answer; when it took the form, what was kept of it goes."""
    number = _number()
    if number is None or request.method != "POST":
        return answer
    response = make_response(answer)
    if response.status_code in range(300, 400):
        with opening("send a half-written form") as unit:
            drop_form(unit, number)
    return response


def names_held(address: str) -> bool:
    """Whether an address leads back to a form that was kept."""
    return any(name == "held" for name, _ in parse_qsl(address.partition("?")[2]))


def _same_page(address: str) -> bool:
    path, _, asked = address.partition("?")
    here = [(name, value) for name, value in request.args.items(multi=True) if name != "held"]
    return path == request.path and sorted(parse_qsl(asked, keep_blank_values=True)) == sorted(here)


def _number() -> UUID | None:
    try:
        return UUID(request.args.get("held", ""))
    except ValueError:
        return None
