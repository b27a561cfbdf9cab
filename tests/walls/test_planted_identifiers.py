"""A name, an NHS number and a date of birth, typed into every page about a case, are found nowhere outside their seals.

Searched are every table as a superuser, a backup made by `deploy/backup`, the queue with its file, the e-mails, the server's
own log and everything the processes said.
"""

from __future__ import annotations

import base64
import logging
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from redis import Redis
from sqlalchemy import select

from tests.audit.test_identifiers import BORN, NAME, NHS, TYPED, _filled
from tests.audit.world import AREA, World, made
from tests.support.database import Database
from threefold.doors.local import postgres, valkey
from threefold.doors.logs import configure
from threefold.doors.worker import jobs, planning
from threefold.doors.worker.mail import FolderMailer
from threefold.doors.worker.queue import Queue
from threefold.walls.audit.anchors import Anchors
from threefold.walls.post import Post
from threefold.work.incidents.tables import CasePerson

SECRETS = ("zephyrine", "planted", "9434765919", "943 476 5919", "2019-07-17", "17/07/2019", "17 july 2019")
ABOUT_A_CASE = re.compile(r"^/b/<slug>/(cases/<uuid:case_id>|search|received)")


def _forms() -> re.Pattern[bytes]:
    """What was planted, as it is, in hexadecimal as a dump writes bytes, and in base64."""
    found = {re.escape(s.encode()) for s in SECRETS} | {s.encode().hex().encode() for s in SECRETS}
    for secret in (NAME, NHS, BORN, NHS.replace(" ", "")):
        found |= {secret.encode().hex().encode()}
        for lead in range(3):  # base64 has three beginnings; what the neighbours touch is cut off
            found.add(re.escape(base64.b64encode(b"\0" * lead + secret.encode())[4 if lead else 0 : -4]))
    return re.compile(b"|".join(sorted(found)), re.IGNORECASE)


PLANTED = _forms()


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    server = valkey.start(tmp_path / "valkey")
    yield Queue(Redis.from_url(server.url))
    server.stop()


@pytest.fixture
def world(database: Database, tmp_path: Path, project: Path, queue: Queue) -> Iterator[World]:
    one = made(database, tmp_path, project)
    walls = one.site.app.extensions["threefold"].walls
    walls.after_commit = queue.tell
    yield one
    walls.engine.dispose()


def plain(world: World, address: str) -> dict[str, str]:
    """What names nobody: days other than the day of birth, the name of an agency, and whom an e-mail goes to."""
    day = {"-day": "9", "-month": "3", "-year": "2027"}
    boxes = [str(e.get("name")) for e in world.site.get(address).page.elements if e.name == "input" and e.get("name")]
    days = {n: v for n in boxes for end, v in day.items() if n.endswith(end) and not n.startswith("born_on")}
    return days | {n: {"agency": "School", "email": "school@vale.example"}[n] for n in boxes if n in ("agency", "email")}


def plant(world: World) -> int:
    """Type the planted text into every page about a case, and a person with all of it; how many forms were taken."""
    done = []
    person = {"part": "parent", "name": NAME, "nhs_number": NHS, "aliases": NAME, "born_on-day": "17", "born_on-month": "7",
              "born_on-year": "2019", "addresses": TYPED}  # fmt: skip
    world.site.post(f"/b/{AREA}/cases/{world.case_id}/record/people", person)
    for sought in (
        {"name": NAME},
        {"nhs_number": NHS},
        {"name": NAME, "born_on-day": "17", "born_on-month": "7", "born_on-year": "2019"},
    ):
        world.site.post(f"/b/{AREA}/search", sought, 200)
    for rule in sorted(world.site.app.url_map.iter_rules(), key=lambda r: ("remove" in r.endpoint, r.endpoint)):
        view = world.site.app.view_functions[rule.endpoint]
        if (
            not getattr(view, "needs", None)
            or not ABOUT_A_CASE.match(rule.rule)
            or not {"GET", "POST"} <= (rule.methods or set())
        ):
            continue
        values = {name: world.part(rule.endpoint, name) for name in rule.arguments}
        with world.site.app.test_request_context():
            address = str(world.site.app.url_map.bind("localhost").build(rule.endpoint, values))
        address += str(world.for_page.get((rule.endpoint, "?"), ""))
        if world.site.client.get(address).status_code == 200:
            done.append(world.site.client.post(address, data=_filled(world, address) | plain(world, address)).status_code)
    assert all(status < 500 for status in done), done
    return done.count(303)


def tables(database: Database) -> Iterator[tuple[str, bytes]]:
    with psycopg.connect(database.admin) as connection:
        named = connection.execute(
            "select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')").fetchall()  # fmt: skip
        for (table,) in named:
            with connection.cursor().copy(f"copy {table} to stdout") as copy:  # type: ignore[call-overload]
                yield table, b"".join(bytes(part) for part in copy)


def backup(database: Database, project: Path, folder: Path) -> bytes:
    """What `deploy/backup` writes, as text."""
    tools = str(postgres._binaries())
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "ADMIN_DATABASE_URL": database.admin}
    made = subprocess.run(
        [str(project / "deploy" / "backup"), str(folder)], env=environment, capture_output=True, text=True, check=True
    )
    file = made.stdout.strip()
    shown = subprocess.run([f"{tools}/pg_restore", "--file=-", file], env=environment, capture_output=True, check=True).stdout
    return Path(file).read_bytes() + shown


def test_what_identifies_somebody_is_nowhere_to_be_read(
    world: World,
    queue: Queue,
    tmp_path: Path,
    project: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    database, at = world.site.database, world.site.at
    configure("debug")
    caplog.set_level(logging.DEBUG)
    assert plant(world) > 12
    with database.unit(world.parts["sender"], at) as unit:
        unit.later("remind", world.parts["sender"])
        kept = [unit.open_sealed(value) for value in unit.session.scalars(select(CasePerson.details))]
    assert any(PLANTED.search(one) for one in kept)  # it is there, and sealed
    mail = FolderMailer(tmp_path / "mail", "threefold@localhost")
    bench = jobs.Bench(world.site.app.extensions["threefold"].walls, world.site.app.extensions["threefold"].governance,
                       Post(database.walls, {}), mail.send, "http://localhost", Anchors(tmp_path / "anchors"))  # fmt: skip
    planning.seal_all(bench, at)
    due: list[Any] = []
    planning.sweep(bench, due.append, at)
    outcomes = {jobs.perform(bench, one, at) for one in due}
    assert "done" in outcomes

    wrong = [name for name, dump in tables(database) if PLANTED.search(dump)]
    assert wrong == []
    text = backup(database, project, tmp_path / "backups")
    assert b"person_index" in text and not PLANTED.search(text)
    assert len(queue.rq) > 0
    waiting = b"".join(everything_of(queue))
    assert waiting and not PLANTED.search(waiting)
    files = [
        *(tmp_path / "valkey").rglob("*"),
        *(tmp_path / "mail").rglob("*"),
        *(tmp_path / "anchors").rglob("*"),
        *server_logs(database),
    ]
    read = {path: path.read_bytes() for path in files if path.is_file() and not path.is_socket()}
    assert any(path.suffix == ".eml" for path in read) and any("aof" in path.name for path in read)
    assert [str(path) for path, content in read.items() if PLANTED.search(content)] == []
    said = capfd.readouterr()
    assert not PLANTED.search((said.out + said.err + caplog.text).encode())


def everything_of(queue: Queue) -> Iterator[bytes]:
    """What waits, key by key: whoever has the queue's password may not look for others. All that was ever written is in its file."""
    connection, jobs = queue.rq.connection, queue.rq.jobs
    for key in (queue.rq.key, *(job.key for job in jobs)):
        yield str(key).encode() + bytes(connection.dump(key) or b"")
    yield from (repr((job.args, job.kwargs)).encode() for job in jobs)


def server_logs(database: Database) -> list[Path]:
    """The server's own log: what PostgreSQL says about statements that failed. It stands where its words go, which is beside its
    files, or elsewhere where it runs as another user."""  # fmt: skip
    with psycopg.connect(database.admin) as connection:
        (folder,) = connection.execute("show data_directory").fetchone() or ("",)
    pid = (Path(folder) / "postmaster.pid").read_text().split()[0]
    log = Path(f"/proc/{pid}/fd/2").readlink()
    assert log.suffix == ".log" and log.stat().st_size
    return [log]


def test_the_search_would_find_it() -> None:
    for form in (NAME.encode(), NHS.encode(), b"9434765919", NAME.encode().hex().encode(), base64.b64encode(b"x" + NAME.encode()),
                 base64.b64encode(b'{"name":"' + NAME.encode() + b'"}')):  # fmt: skip
        assert PLANTED.search(b"before " + form + b" after"), form
    assert not PLANTED.search(b"nothing of the kind")
