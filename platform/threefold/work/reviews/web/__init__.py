"""The screens of a rapid review, and the page an agency answers on by its link."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("reviews", __name__, template_folder="templates")

# The modules that declare the pages come last: they stand on the blueprint.
from threefold.work.reviews.web import (  # noqa: E402
    agencies,
    answering,
    awaiting,
    by_form,
    considering,
    own,
    publishing,
    replying,
    review,
    sending,
)

__all__ = [
    "agencies",
    "answering",
    "awaiting",
    "blueprint",
    "by_form",
    "considering",
    "own",
    "publishing",
    "replying",
    "review",
    "sending",
]
