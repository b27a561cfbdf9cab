"""What happens by the clock: a sweep over due work every minute; for the bodies that have it due, sealing the audit twice a
minute, so that every entry is sealed within one; once an hour one reminder job a body, people who are not in the index
yet, and half-written forms whose time has ended; once a day the audit is verified, old sign-in events are removed, and requests for one's own records go whose time has ended.

RQ's own scheduler keeps the times; it is told to write JSON as our workers read it (it would write pickles, and a worker
that reads pickles runs whatever a queue holds).
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from rq.cron import CronJob, CronScheduler

from threefold.config import read_settings
from threefold.doors.worker.main import (
    plan_checking,
    plan_ending,
    plan_ending_forms,
    plan_indexing,
    plan_reminders,
    plan_sealing,
    remove_old_sign_ins,
    sweep_due_work,
)
from threefold.doors.worker.queue import NAME, Queue, open_queue

FIRST = "threefold.doors.worker.main.plan_sealing"
SWEEP_SECONDS = 60
SEAL_SECONDS = 30
REMIND_SECONDS = 3600
CHECK_SECONDS = 86_400
INDEX_SECONDS = 3600
END_SECONDS = 86_400
END_FORMS_SECONDS = 3600
REMOVE_SECONDS = 86_400


class JsonCronScheduler(CronScheduler):
    """RQ's scheduler over our queue."""

    def __init__(self, queue: Queue) -> None:
        super().__init__(connection=queue.rq.connection, logging_level="WARNING")
        self._queue = queue

    def enqueue_jobs(self) -> list[CronJob]:
        done = []
        for job in self.get_jobs():
            if job.should_run():
                # Sealing waits behind nothing: a long queue must not widen the window in which a change is not found.
                self._queue.rq.enqueue(job.func_name, at_front=job.func_name == FIRST, **job.job_options)
                job.set_enqueue_time(datetime.now(UTC))
                done.append(job)
        return done


def main() -> int:
    """Keep the times until told to stop."""
    queue = open_queue(read_settings())
    scheduler = JsonCronScheduler(queue)
    scheduler.register(sweep_due_work, NAME, interval=SWEEP_SECONDS, result_ttl=0)
    scheduler.register(plan_reminders, NAME, interval=REMIND_SECONDS, result_ttl=0)
    scheduler.register(plan_sealing, NAME, interval=SEAL_SECONDS, result_ttl=0)
    scheduler.register(plan_checking, NAME, interval=CHECK_SECONDS, result_ttl=0)
    scheduler.register(plan_indexing, NAME, interval=INDEX_SECONDS, result_ttl=0)
    scheduler.register(plan_ending, NAME, interval=END_SECONDS, result_ttl=0)
    scheduler.register(plan_ending_forms, NAME, interval=END_FORMS_SECONDS, result_ttl=0)
    scheduler.register(remove_old_sign_ins, NAME, interval=REMOVE_SECONDS, result_ttl=0)
    scheduler.start()  # type: ignore[no-untyped-call]
    return 0


if __name__ == "__main__":
    sys.exit(main())
