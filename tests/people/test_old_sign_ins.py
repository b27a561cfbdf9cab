"""Sign-in events and ended sign-ins go when they are older than the owner's limit, and by nobody's word before that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from tests.reviews.neighbours import GOVERNANCE
from tests.support.database import Database, said
from threefold.config import NAMES, SettingsError, read_settings
from threefold.doors.cli import doctor
from threefold.doors.cli.tenants_load import load_all
from threefold.doors.worker import schedule
from threefold.doors.worker.main import BY_THE_CLOCK
from threefold.doors.worker.old_sign_ins import remove_sign_ins
from threefold.governance.pack import Library

AGES = (500, 401, 399, 0)  # days ago, by the database's own clock
REMOVE = "select events, sign_ins from directory.remove_old_sign_ins(%s, %s)"


@pytest.fixture
def person(database: Database) -> str:
    """Somebody with an event, and a sign-in that ended, of each age."""
    found = str(database.provision.put_person("lead@north.example", "Lead", "x"))
    with psycopg.connect(database.admin) as connection:
        for age in AGES:
            connection.execute(
                "insert into directory.sign_in_event values (gen_random_uuid(), %s, now() - make_interval(days => %s), 'signed_in', 'Firefox')",
                (found, age))  # fmt: skip
            connection.execute(
                "insert into directory.sign_in_session(id, token_hash, person_id, created_at, seen_at, expires_at, ended_at, stage, how, device, tries, shown_from) "
                "select gen_random_uuid(), sha256(%s::text::bytea), %s, t, t, t + interval '8 hours', null, 'open', 'password', 'Firefox', 0, '{}' "
                "from (select now() - make_interval(days => %s) as t) x", (age, found, age))  # fmt: skip
    return found


def left(database: Database) -> tuple[list[int], list[int]]:
    """How many days ago the events, and the sign-ins, are that are still there."""
    with psycopg.connect(database.admin) as connection:
        return tuple(
            sorted(r[0] for r in connection.execute(f"select extract(day from now() - {column})::int from directory.{table}"))
            for table, column in (("sign_in_event", "at"), ("sign_in_session", "created_at"))
        )  # type: ignore[return-value]


def as_running_role(database: Database) -> psycopg.Connection[tuple[int, ...]]:
    return psycopg.connect(database.app_url.replace("postgresql+psycopg", "postgresql"))


def test_what_is_older_than_the_limit_goes_and_nothing_else(database: Database, person: str) -> None:
    with as_running_role(database) as connection:
        assert connection.execute(REMOVE, (said(connection, "directory.remove_old_sign_ins"), 100)).fetchone() == (2, 2)
        assert connection.execute(REMOVE, (said(connection, "directory.remove_old_sign_ins"), 100)).fetchone() == (0, 0)
    assert left(database) == ([0, 399], [0, 399])


def test_the_owner_sets_the_limit_and_the_running_role_does_not(database: Database, person: str) -> None:
    for statement in (
        "update directory.sign_in_limit set days = 90",
        "delete from directory.sign_in_limit",
        "insert into directory.sign_in_limit values (true, 90)",
        "select 1 from directory.sign_in_limit",
        "delete from directory.sign_in_event",
        "delete from directory.sign_in_session",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), as_running_role(database) as connection:
            connection.execute(statement)  # type: ignore[call-overload]
    with pytest.raises(psycopg.errors.CheckViolation), psycopg.connect(database.admin) as owner:
        owner.execute("update directory.sign_in_limit set days = 1")
    database.provision.put_sign_in_limit(450)
    with as_running_role(database) as connection:
        assert connection.execute(REMOVE, (said(connection, "directory.remove_old_sign_ins"), 100)).fetchone() == (1, 1)
    assert left(database) == ([0, 399, 401], [0, 399, 401])
    with database.walls.directory() as directory:
        assert directory.sign_in_days() == 450


def test_without_a_limit_everything_stays(database: Database, person: str) -> None:
    with psycopg.connect(database.admin) as connection:
        connection.execute("delete from directory.sign_in_limit")
    with as_running_role(database) as running:
        assert running.execute(REMOVE, (said(running, "directory.remove_old_sign_ins"), 100)).fetchone() == (0, 0)
    assert left(database) == (sorted(AGES), sorted(AGES))


def test_a_sign_in_in_which_staff_looked_into_a_body_stays(database: Database, person: str) -> None:
    body = database.body("north")
    with psycopg.connect(database.admin) as connection:
        connection.execute("insert into directory.platform_staff(person_id, granted_at) values (%s, now())", (person,))
        connection.execute(
            "insert into directory.staff_session(id, person_id, body_id, sign_in_id, begins, ends) select gen_random_uuid(), %s, %s, s.id, s.created_at, "
            "s.created_at + interval '1 hour' from directory.sign_in_session s where s.created_at < now() - interval '450 days'", (person, body))  # fmt: skip
    with database.walls.directory() as directory:
        assert directory.remove_old_sign_ins(100) == (2, 1)
    assert left(database)[1] == [0, 399, 500]


def test_the_worker_removes_them_each_day_some_at_a_time(database: Database, person: str) -> None:
    assert remove_sign_ins(database.walls, 1) == 4
    assert left(database) == ([0, 399], [0, 399])


def test_the_clock_asks_for_it_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, int] = {}

    class Kept:
        def __init__(self, queue: object) -> None: ...
        def start(self) -> None: ...
        def register(self, job: Callable[[], int], queue: str, interval: int, result_ttl: int) -> None:
            asked[job.__name__] = interval

    monkeypatch.setattr(schedule, "read_settings", lambda: None)
    monkeypatch.setattr(schedule, "open_queue", lambda settings: None)
    monkeypatch.setattr(schedule, "JsonCronScheduler", Kept)
    assert schedule.main() == 0
    assert set(asked) == set(BY_THE_CLOCK) and asked["remove_old_sign_ins"] == 24 * 3600


def test_loading_the_bodies_puts_the_setting_in_force(database: Database) -> None:
    settings: Any = SimpleNamespace(migration_database_url=database.owner_url, sign_in_days=500)
    load_all(settings, Library({}, {}, {}), GOVERNANCE, database.walls, print)
    with database.walls.directory() as directory:
        assert directory.sign_in_days() == 500


def test_doctor_tells_where_the_setting_and_what_is_in_force_differ(database: Database, tmp_path: Path) -> None:
    for name in ("secret", "master"):
        (tmp_path / name).write_text((b"m" * 32).hex(), encoding="ascii")
    given = {
        "DATABASE_URL": database.app_url, "REDIS_URL": "redis://nowhere", "THREEFOLD_MODE": "test", "THREEFOLD_VAR": str(tmp_path),
        "THREEFOLD_SECRET_KEY_FILE": str(tmp_path / "secret"), "THREEFOLD_MASTER_KEY_FILE": str(tmp_path / "master"),
    }  # fmt: skip

    def said(days: str) -> str:
        done = CliRunner().invoke(doctor.command, env=given | {NAMES["sign_in_days"]: days})
        return next(line for line in done.output.splitlines() if " old sign-ins: " in line)

    database.provision.put_sign_in_limit(500)
    assert said("500") == "ok       old sign-ins: removed after 500 days"
    told = said("90")
    assert told.startswith("problem ") and "says 90 days, and the database removes them after 500" in told
    assert "threefold tenants load" in told


@pytest.mark.parametrize("days", ["0", "89", "3661", "-400"])
def test_a_limit_that_cannot_be_is_refused_with_what_may_be(days: str, tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql+psycopg://x@/x", "REDIS_URL": "redis://x", "THREEFOLD_MODE": "test", "THREEFOLD_SECRET_KEY_FILE": str(tmp_path),
        "THREEFOLD_MASTER_KEY_FILE": str(tmp_path),
    }  # fmt: skip
    assert read_settings(given).sign_in_days == 400
    with pytest.raises(SettingsError, match="between 90 and 3660") as told:
        read_settings(given | {NAMES["sign_in_days"]: days})
    assert told.value.field == "THREEFOLD_SIGN_IN_DAYS"
