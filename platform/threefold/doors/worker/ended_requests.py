"""Requests for one's own records whose time has ended: each by itself, so that what is done is done when the worker is killed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from threefold.governance.decide import Governance
from threefold.walls.refusals import CannotBeDestroyed
from threefold.walls.session import SYSTEM, Scope, Walls
from threefold.work.records.stories import ending

log = structlog.get_logger(__name__)


def end_requests(walls: Walls, governance: Governance, body_id: UUID, at: datetime) -> int:
    """Empty each request of a body whose time has ended; how many. What stands in the way of one is asked again the next day."""
    scope, purpose, done = Scope(body_id), "let requests for one’s own records go", 0
    with walls.open(scope, actor=SYSTEM, purpose=purpose, at=at) as unit:
        due = ending.ended(unit, governance)
    for request_id in due:
        try:
            with walls.open(scope, actor=SYSTEM, purpose=purpose, at=at) as unit:
                done += ending.end_request(unit, governance, request_id)
        except CannotBeDestroyed as error:  # in words of ours, with nothing of the request
            log.warning("request_kept", body=str(body_id), request=str(request_id), why=error.sentence)
    return done
