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
JOB = "threefold.doors.worker.main.run"  # the one function a queue entry may name


class Queue:
    """Tells the workers which work is on the list."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self.rq = RqQueue(NAME, connection=redis, serializer=JSONSerializer)

    def tell(self, work_ids: Sequence[UUID]) -> None:
        """Put ids on the queue. A queue that cannot be reached is logged, and made good by the sweep."""
        for work_id in work_ids:
            try:
                self.rq.enqueue(JOB, str(work_id), result_ttl=0, failure_ttl=86_400)
            except RedisError as error:
                log.warning("queue_not_told", work=str(work_id), error=type(error).__name__)

    def ping(self) -> None:
        """Raises when the queue cannot be reached."""
        self._redis.ping()


def open_queue(settings: Settings) -> Queue:
    return Queue(Redis.from_url(settings.redis_url))
