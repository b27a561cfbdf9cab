"""The worker process, and the one function a queue entry may name."""

from __future__ import annotations

import sys
from functools import cache
from uuid import UUID

from rq import Worker
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue as RqQueue
from rq.serializers import JSONSerializer

from threefold.config import Settings, read_settings
from threefold.doors.logs import configure
from threefold.doors.memory import keep_to_itself, tell_if_not_wiped
from threefold.doors.worker.jobs import Bench, perform
from threefold.doors.worker.mail import FolderMailer, Mailer, SmtpMailer
from threefold.doors.worker.old_sign_ins import remove_sign_ins, remove_work
from threefold.doors.worker.planning import check_all, end_all, end_forms_all, index_all, remind_all, seal_all, sweep
from threefold.doors.worker.queue import JOB, LATER, Queue, open_queue
from threefold.walls.audit.anchors import Anchors
from threefold.walls.audit.lines import AuditLines
from threefold.walls.check import refuse_unless_safe
from threefold.walls.post import Post
from threefold.walls.session import Walls
from threefold.wiring import open_rules, open_walls
from threefold.work.national import letters as national
from threefold.work.reviews import letters as reviews


def make_bench(settings: Settings, queue: Queue) -> Bench:
    """What jobs work with: the same rooms as the web's, wired without Flask."""
    _, governance = open_rules(settings)
    walls = open_walls(settings, after_commit=queue.tell, source="worker")
    refuse_unless_safe(walls.engine, walls.scope_key)
    handlers = {**national.handlers(governance, lambda body: _name(walls, body)), **reviews.handlers(governance)}
    anchors, lines = Anchors(settings.anchors_folder), AuditLines(settings.audit_lines) if settings.audit_lines else None
    return Bench(walls, governance, Post(walls, handlers), make_mailer(settings).send, settings.public_url, anchors, lines)


def make_mailer(settings: Settings) -> Mailer:
    """Real SMTP; without a mail server, which only a demonstration may be, a folder."""
    if settings.smtp_url:
        return SmtpMailer(
            settings.smtp_url,
            settings.mail_from,
            network_encrypted=settings.network == "encrypted",
            certificate=settings.mail_certificate_file,
        )
    return FolderMailer(settings.var / "mail", settings.mail_from)


def _name(walls: Walls, body_id: UUID) -> str:
    with walls.directory() as directory:
        body = directory.body_by_id(body_id)
    return body.name if body else "A body that is not in the directory"


@cache
def _queue() -> Queue:
    return open_queue(read_settings())


@cache
def _bench() -> Bench:
    return make_bench(read_settings(), _queue())


def run(work_id: str) -> str:
    """Perform one piece of work. Called by RQ in a child process."""
    return perform(_bench(), UUID(work_id))


def sweep_due_work() -> int:
    """Put everything due on the queue again: what a crash or a lost queue left behind."""
    queue = _queue()
    if queue.waiting_later() > MOST_WAITING:
        return 0  # what is due stands on the queue already: told again each minute, a long queue would grow longer
    return sweep(_bench(), lambda work_id: queue.tell([work_id]))


def plan_reminders() -> int:
    """One job a body: there is no scope for all bodies."""
    return remind_all(_bench())


def plan_sealing() -> int:
    """One job for each body whose audit has entries that are not sealed."""
    return seal_all(_bench())


def plan_checking() -> int:
    """One job a body: its audit is verified."""
    return check_all(_bench())


def plan_indexing() -> int:
    """One job for each body that has people who are not in the index."""
    return index_all(_bench())


def plan_ending() -> int:
    """One job for each body that has requests for one's own records whose time has ended."""
    return end_all(_bench())


def plan_ending_forms() -> int:
    """One job for each body that has half-written forms whose time has ended."""
    return end_forms_all(_bench())


def remove_old_sign_ins() -> int:
    """What is from before the owner's limit is removed: sign-in events, ended sign-ins, mails about accounts, links, work that was done."""
    return remove_sign_ins(_bench().walls) + remove_work(_bench().walls)


BY_THE_CLOCK = (
    "sweep_due_work",
    "plan_reminders",
    "plan_sealing",
    "plan_checking",
    "plan_indexing",
    "plan_ending",
    "plan_ending_forms",
    "remove_old_sign_ins",
)
FUNCTIONS = frozenset({JOB, *(f"threefold.doors.worker.main.{name}" for name in BY_THE_CLOCK)})


MOST_WAITING = 200


def lane_of(origin: str, function: str) -> tuple[bool, bool]:
    """Where what comes of a job stands: in the later lane or not, and at the front of it or not.

    It stands in the lane of its job; what the clock asks for, in the later one. There sealing waits behind nothing: a long
    queue must not widen the window in which a change is not found. What a person waits for goes before all of it.
    """
    by_the_clock = function.removeprefix("threefold.doors.worker.main.") in BY_THE_CLOCK
    return origin == LATER or by_the_clock, function.endswith(".plan_sealing")


class OneJobWorker(Worker):
    """An RQ worker that performs the functions of the fixed registry and nothing else, whatever stands in the queue."""

    def perform_job(self, job: Job, queue: RqQueue, execution: Execution) -> bool:
        # The child of a fork must not talk on its parent's connections.
        _bench().walls.dispose()
        if job.func_name not in FUNCTIONS:
            self.log.error("refused: the queue names a function that is not ours")
            job.cancel()
            return False
        _queue().later, _queue().front = lane_of(job.origin, job.func_name)
        return bool(super().perform_job(job, queue, execution))


def main() -> int:
    """Run the worker until it is told to stop."""
    keep_to_itself()
    settings = read_settings()
    configure(settings.log_level)
    tell_if_not_wiped()
    queue = _queue()
    _bench()  # wired before the first fork: each child has it at once
    worker = OneJobWorker([queue.rq, queue.rq_later], connection=queue.rq.connection, serializer=JSONSerializer)
    return 0 if worker.work(logging_level="WARNING", with_scheduler=False) is not None else 1


if __name__ == "__main__":
    # The module by its own name, as the jobs find it: run as a program it would be another one, and each child of a fork would
    # wire everything anew.
    from threefold.doors.worker import main as this

    sys.exit(this.main())
