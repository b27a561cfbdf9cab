"""Removing what is old: sign-in events, ended sign-ins, e-mails about accounts, links for a new password and work that was done.

The clock asks for it once a day. It has no body, and is no work on the list.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from threefold.walls.directory import Directory
from threefold.walls.session import Walls

log = structlog.get_logger(__name__)
SOME = 5000  # of each in one transaction


def remove_sign_ins(walls: Walls, some: int = SOME) -> int:
    """Remove what is older than the owner's limit, `some` of each a transaction. How many events and sign-ins went."""
    return _removed(walls, "old_sign_ins_removed", lambda directory: directory.remove_old_sign_ins(some), some)


def remove_work(walls: Walls, some: int = SOME) -> int:
    """As `remove_sign_ins`, of e-mails about accounts, links for a new password, and work that was done. How many rows went."""
    return _removed(walls, "old_work_removed", lambda directory: directory.remove_old_work(some), some)


def _removed(walls: Walls, told: str, remove: Callable[[Directory], tuple[int, ...]], some: int) -> int:
    removed = 0
    while True:
        with walls.directory() as directory:
            gone = remove(directory)
        removed += sum(gone)
        if max(gone) < some:
            break
    if removed:
        log.info(told, count=removed)
    return removed
