"""The screens of records over time: what is due for review, closing a case, holds, deciding, and the certificate."""

from __future__ import annotations

from flask import Blueprint

from threefold.walls.destroying import CannotBeDestroyed
from threefold.work.people.web import add_navigation, answers_with
from threefold.work.records.stories.asking import OfAnother, RequestDestroyed
from threefold.work.records.web.acts import SEE, SEE_EXPORTS

blueprint = Blueprint("records", __name__, template_folder="templates")
add_navigation("Records", "records.kept", needs=SEE, kinds=("partnership",), order=60)
# A body that has no closed cases of its own still takes everything out.
add_navigation("Records", "records.everything", needs=SEE_EXPORTS, kinds=("national", "child_death_panel"), order=60)
answers_with(CannotBeDestroyed, 422)
answers_with(OfAnother, 403)
answers_with(RequestDestroyed, 410)

# The modules that declare the pages come last: they stand on the blueprint.
from threefold.work.records.web import (  # noqa: E402
    asking,
    awaiting,
    certificate,
    clock,
    closing,
    everything,
    holding,
    leaving,
    lists,
    reviewing,
)

__all__ = [
    "asking",
    "awaiting",
    "blueprint",
    "certificate",
    "clock",
    "closing",
    "everything",
    "holding",
    "leaving",
    "lists",
    "reviewing",
]
