"""What speaks against an act in a case, as the page of the act shows it before it is done (the macro `against` of `_parts.html`)."""

from __future__ import annotations

from threefold.plugin_api.hooks import MOVES
from threefold.walls.session import Unit
from threefold.work.incidents import stories
from threefold.work.incidents.records import CaseState
from threefold.work.people.web import services

Spoken = list[tuple[str, list[stories.Against]]]


def before(unit: Unit, state: CaseState, *moves: str) -> Spoken:
    """Of each move: its heading, and what speaks against it, if anything does. One statement a move."""
    return [
        (
            f"If you {MOVES[move]}: what speaks against it",
            stories.speaks_against(unit, services().governance, state.facts, move)[0],
        )
        for move in moves
    ]
