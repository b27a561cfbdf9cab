"""The screens of an incident: the list of cases, recording step by step, the verdict with why, deciding, notifying."""

from __future__ import annotations

from flask import Blueprint

from threefold.work.incidents.records import CaseDestroyed, ChildGone, NotFound, StaleSave
from threefold.work.incidents.web.acts import SEE
from threefold.work.people.web import add_navigation, answers_with

blueprint = Blueprint("incidents", __name__, template_folder="templates")
add_navigation("Cases", "incidents.cases", needs=SEE, kinds=("partnership",), order=10)
answers_with(NotFound, 404)
answers_with(CaseDestroyed, 410)
answers_with(ChildGone, 409)
answers_with(StaleSave, 409)

# The modules that declare the pages come last: they stand on the blueprint.
from threefold.work.incidents.web import (  # noqa: E402
    awaiting,
    cases,
    children,
    deciding,
    events,
    history,
    leaving,
    notifying,
    opening,
    people,
    reason,
    recording,
    searching,
    verdict,
)

__all__ = [
    "awaiting", "blueprint", "cases", "children", "deciding", "events", "history", "leaving", "notifying", "opening", "people", "reason", "recording",
    "searching", "verdict",
]  # fmt: skip
