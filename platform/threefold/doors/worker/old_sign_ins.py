"""Removing old sign-in events and ended sign-ins: what the clock asks for once a day. It has no body, and is no work on the list."""

from __future__ import annotations

import structlog

from threefold.walls.session import Walls

log = structlog.get_logger(__name__)
SOME = 5000  # of each in one transaction


def remove_sign_ins(walls: Walls, some: int = SOME) -> int:
    """Remove what is older than the owner's limit, `some` of each a transaction. How many events and sign-ins went."""
    removed = 0
    while True:
        with walls.directory() as directory:
            gone = directory.remove_old_sign_ins(some)
        removed += sum(gone)
        if max(gone) < some:
            break
    if removed:
        log.info("old_sign_ins_removed", count=removed)
    return removed
