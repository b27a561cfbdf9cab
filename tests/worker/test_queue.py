"""The queue holds ids and nothing else; the worker performs the fixed functions only; what a crash left is found again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from sqlalchemy import select

from tests.exchange.test_post import draft
from tests.support.database import Database
from threefold.doors.local import valkey
from threefold.doors.local.processes import wait_until
from threefold.doors.worker.jobs import KINDS
from threefold.doors.worker.main import FUNCTIONS, lane_of
from threefold.doors.worker.queue import JOB, LATER, NAME, Queue
from threefold.walls.tables import LetterIn

ROOT = Path(__file__).parents[2]
KEY = (b"m" * 32).hex()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[str]:
    server = valkey.start(tmp_path / "valkey")
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def module_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[valkey.Queue]:
    server = valkey.start(tmp_path_factory.mktemp("queue") / "valkey")
    yield server
    server.stop()


def everything(folder: Path) -> bytes:
    """Every key and value that the queue ever held, as it wrote them down: nobody may look through its keys."""
    return b"".join(path.read_bytes() for path in (folder / "valkey").rglob("*") if path.is_file())


def settings(database: Database, url: str, folder: Path) -> dict[str, str]:
    for name in ("secret", "master"):
        (folder / name).write_text(KEY, encoding="ascii")
    own = {k: v for k, v in os.environ.items() if not k.startswith("THREEFOLD_")}
    return own | {
        "DATABASE_URL": database.app_url, "REDIS_URL": url, "THREEFOLD_MODE": "demonstration", "THREEFOLD_VAR": str(folder),
        "THREEFOLD_TENANTS": str(ROOT / "tenants"), "THREEFOLD_SECRET_KEY_FILE": str(folder / "secret"),
        "THREEFOLD_MASTER_KEY_FILE": str(folder / "master"),
    }  # fmt: skip


WORK = "from threefold.doors.worker.main import OneJobWorker, open_queue, read_settings, JSONSerializer\n" \
       "q = open_queue(read_settings())\n" \
       "OneJobWorker([q.rq], connection=q.rq.connection, serializer=JSONSerializer).work(burst=True, logging_level='ERROR')\n"  # fmt: skip


def work(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORK], env=environment, capture_output=True, text=True, check=False, timeout=90
    )
    assert done.returncode == 0, done.stderr


def send(database: Database) -> tuple[UUID, UUID, list[UUID]]:
    sender, receiver = database.body("from"), database.body("to")
    told: list[UUID] = []
    database.walls.after_commit = told.extend
    with database.unit(sender, datetime.now(UTC)) as unit:
        unit.send(draft(uuid4()), receiver)
    database.walls.after_commit = None
    return sender, receiver, told


def test_a_real_worker_carries_a_letter_and_the_queue_never_holds_more_than_ids(
    database: Database, store: str, tmp_path: Path
) -> None:
    _, receiver, told = send(database)
    with redis.Redis.from_url(store) as client:
        Queue(client).tell(told)
    assert len(told) == 1
    # What it was told is answered before it stands in its files, where the disk is busy with what came before.
    assert wait_until(lambda: str(told[0]).encode() in everything(tmp_path), 30)
    assert b"Quillfeather" not in everything(tmp_path)
    work(settings(database, store, tmp_path))
    with database.unit(receiver) as unit:
        assert [row.state for row in unit.session.scalars(select(LetterIn))] == ["in_effect"] or _refused_by_the_handler(
            database, receiver
        )
    assert b"Quillfeather" not in everything(tmp_path)


def _refused_by_the_handler(database: Database, receiver: UUID) -> bool:
    """A withdrawal of a case nobody notified: the handler fails, and the work waits to be tried again."""
    with database.walls.directory() as directory:
        return bool(directory.due_work(datetime(2100, 1, 1, tzinfo=UTC)))


def test_the_worker_performs_the_fixed_functions_only(database: Database, store: str, tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    with redis.Redis.from_url(store) as client:
        Queue(client).rq.enqueue("os.mkdir", str(planted))
    work(settings(database, store, tmp_path))
    assert not planted.exists()
    assert JOB in FUNCTIONS and all(name.startswith("threefold.doors.worker.main.") for name in FUNCTIONS)
    assert set(KINDS) == {
        "deliver", "take_in", "rehearse", "remind", "mail_reminder", "mail_request", "mail_invitation", "mail_account",
        "mail_signature_reminder", "mail_subject_reminder", "mail_notice", "seal_audit", "check_audit", "index_people", "reseal", "make_export", "expire_export",
        "end_requests", "end_forms",
    }  # fmt: skip


FORBIDDEN = [
    ("CONFIG", "GET", "*"), ("CONFIG", "SET", "dir", "/"), ("FLUSHALL",), ("FLUSHDB",), ("EVAL", "return 1", 0),
    ("EVALSHA", "0" * 40, 0), ("SCRIPT", "LOAD", "return 1"), ("FUNCTION", "LIST"), ("FCALL", "f", 0), ("KEYS", "*"), ("SAVE",),
    ("SHUTDOWN",), ("ACL", "LIST"), ("MODULE", "LIST"), ("REPLICAOF", "NO", "ONE"), ("MONITOR",),
    ("CLIENT", "KILL", "TYPE", "normal"), ("CLIENT", "LIST"), ("SCAN", "0"), ("RANDOMKEY",), ("DBSIZE",), ("GET", "LIMITS:somebody"), ("SET", "elsewhere", "1"), ("SWAPDB", "0", "1"),
]  # fmt: skip


@pytest.mark.parametrize("command", FORBIDDEN, ids=[" ".join(map(str, one)) for one in FORBIDDEN])
def test_who_has_the_queue_s_password_administers_nothing_and_sees_no_other_keys(
    module_store: valkey.Queue, command: tuple[Any, ...]
) -> None:
    with redis.Redis.from_url(module_store.url) as client, pytest.raises(redis.exceptions.NoPermissionError):
        client.execute_command(*command)


def test_who_counts_tries_touches_nothing_of_the_queue_not_even_by_a_script(module_store: valkey.Queue) -> None:
    with redis.Redis.from_url(module_store.limits_url) as client:
        for command in (
            ("CONFIG", "GET", "*"), ("FLUSHALL",), ("EVAL", "return 1", 0), ("GET", "rq:queues"), ("KEYS", "*"), ("SCAN", "0"),
            ("CLIENT", "LIST"), ("CLIENT", "KILL", "USER", valkey.QUEUE_USER), ("CLIENT", "PAUSE", "1"),
        ):  # fmt: skip
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(*command)
        planted = client.execute_command("SCRIPT", "LOAD", "return redis.call('set', 'rq:job:x', '1')")
        with pytest.raises(redis.exceptions.ResponseError, match=r"permission|ACL"):
            client.execute_command("EVALSHA", planted, 0)
    bare = module_store.url.replace(module_store.url.split("@")[0].removeprefix("unix://") + "@", "")
    with redis.Redis.from_url(bare) as nobody, pytest.raises(redis.exceptions.AuthenticationError):
        nobody.ping()


def test_a_queue_that_is_down_stops_no_story() -> None:
    with redis.Redis(unix_socket_path="/nonexistent/valkey.sock") as client:
        Queue(client).tell([uuid4()])


def test_what_a_person_waits_for_goes_before_what_the_platform_asks_of_itself(store: str) -> None:
    queue = Queue(redis.Redis.from_url(store))
    here = "threefold.doors.worker.main"
    assert lane_of(NAME, JOB) == (False, False), "what comes of a person's work stands where it stood"
    assert lane_of(LATER, JOB) == (True, False)
    assert lane_of(NAME, f"{here}.plan_reminders") == lane_of(NAME, f"{here}.sweep_due_work") == (True, False)
    assert lane_of(NAME, f"{here}.plan_sealing") == (True, True)
    person, planned, sealing = uuid4(), uuid4(), uuid4()
    for work, function in ((planned, "plan_checking"), (sealing, "plan_sealing")):
        queue.later, queue.front = lane_of(NAME, f"{here}.{function}")
        queue.tell([work])
    queue.later, queue.front = lane_of(NAME, JOB)
    queue.tell([person])
    lanes = [[str(job.args[0]) for job in lane.jobs] for lane in (queue.rq, queue.rq_later)]
    assert lanes == [[str(person)], [str(sealing), str(planned)]] and queue.waiting_later() == 2


def test_the_worker_runs_the_module_that_its_jobs_find() -> None:
    """Run as a program it would be another one: what it wired before a fork would be wired again by each child."""
    told = (
        "import runpy, threefold.doors.worker.main as found\n"
        "found.main = lambda: 7\n"
        "runpy.run_module('threefold.doors.worker.main', run_name='__main__')\n"
    )
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", told], check=False).returncode == 7
