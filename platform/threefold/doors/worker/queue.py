"""The queue: it carries ids of work, and nothing else. Losing it costs a minute; the sweep finds what is due."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer

from threefold.config import Settings

log = structlog.get_logger(__name__)
NAME = "threefold"
LATER = "threefold-later"  # what the platform asks of itself: it waits behind what a person asked for
JOB = "threefold.doors.worker.main.run"  # the one function a queue entry may name


class Queue:
    """Tells the workers which work is on the list. `later`: it tells of work that nobody waits for; `front`: before the rest of it."""

    def __init__(self, redis: Redis, *, later: bool = False) -> None:
        self._redis = redis
        self.rq = RqQueue(NAME, connection=redis, serializer=JSONSerializer)
        self.rq_later = RqQueue(LATER, connection=redis, serializer=JSONSerializer)
        self.later, self.front = later, False

    def tell(self, work_ids: Sequence[UUID]) -> None:
        """Put ids on the queue. A queue that cannot be reached is logged, and made good by the sweep."""
        for work_id in work_ids:
            try:
                (self.rq_later if self.later else self.rq).enqueue(
                    JOB, str(work_id), result_ttl=0, failure_ttl=86_400, at_front=self.later and self.front
                )
            except RedisError as error:
                log.warning("queue_not_told", work=str(work_id), error=type(error).__name__)

    def waiting_later(self) -> int:
        """How much waits in the lane that nobody waits for. Raises when the queue cannot be reached."""
        return int(self.rq_later.count)

    def ping(self) -> None:
        """Raises when the queue cannot be reached."""
        self._redis.ping()


def open_queue(settings: Settings) -> Queue:
    return Queue(Redis.from_url(settings.redis_url))
