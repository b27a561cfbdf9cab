"""The screens of meetings: the list, putting one on record page by page, one meeting, and at which a decision was made."""

from __future__ import annotations

from flask import Blueprint

from threefold.work.meetings import gone
from threefold.work.meetings.web.acts import SEE, bodies_with_groups
from threefold.work.people.web import add_navigation

blueprint = Blueprint("meetings", __name__, template_folder="templates")
add_navigation(
    "Meetings", "meetings.meetings", needs=SEE, kinds=("partnership", "child_death_panel"), order=20, where=bodies_with_groups
)

# The modules that declare the pages come last: they stand on the blueprint.
from threefold.work.meetings.web import lists, naming, recording  # noqa: E402

__all__ = ["blueprint", "gone", "lists", "naming", "recording"]
