"""An entry of the audit in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from threefold.walls.audit import ATTACHMENT, CHANGE, DETAIL, DONE, EXPORT, LIST, REFUSED, SEARCH
from threefold.work.audit.stories import Line
from threefold.work.people.own_cases import GIVEN, REASONS

KIND_WORDS = {
    DETAIL: "Opened a page",
    LIST: "Read a list",
    SEARCH: "Searched a list",
    EXPORT: "Exported",
    ATTACHMENT: "Opened a document",
    CHANGE: "Changed something",
}
OUTCOMES = {DONE: "Done", REFUSED: "Refused"}
_ABOUT = {
    "cases": "the list of cases", "desk": "the desk", "body": "this body", "arrangement": "the arrangement", "audit": "the audit",
    "audit-check": "the audit", "reminders": "reminders", "draft": "a draft of the arrangement", "letter": "a letter",
    "request": "a request to an agency", "case": "a case", "received": "a case on the desk",
    "staff": "platform staff access",
}  # fmt: skip
_DOORS = {"web": "Web page", "api": "JSON API", "link": "An agency’s link", "worker": "Background work", "cli": "Command"}


def who(line: Line, names: Mapping[UUID | None, str]) -> str:
    """Who did it."""
    if line.person is None:
        return "An agency, by its link" if line.source.startswith("link") else "Threefold itself"
    return names.get(line.person, "Somebody who no longer works here")


def did(line: Line) -> str:
    """What was done, or refused and why: "Case read", "Refused (not here)", "Reason given (I am covering for a colleague)"."""
    why = str(line.detail.get("why", ""))
    if line.action == GIVEN:
        why = REASONS.get(str(line.detail.get("reason", "")), "")
    said = f"{line.action} ({why})" if " " in why else line.action
    return said[:1].upper() + said[1:]


def about(line: Line) -> str:
    """What it was about: "case 2026-0012", "the desk"."""
    what, _, which = line.subject.partition(":")
    if what in ("case", "received") and line.reference:
        return f"case {line.reference}"
    if what == "arrangement" and which:
        return f"version {which} of the arrangement"
    return _ABOUT.get(what, what)


def whence(line: Line) -> str:
    """Where it came from: "Web page, 192.0.2.7"; nothing where that was not kept yet."""
    door, _, address = line.source.partition(" ")
    words = _DOORS.get(door, door)
    return f"{words}, {address}" if address else words
