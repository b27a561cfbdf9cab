"""E-mails about accounts, links for a new password and work that was done go when they are old; what is not done stays."""

from __future__ import annotations

import threading

import psycopg
import pytest

from tests.people.test_old_sign_ins import as_running_role
from tests.support.database import Database, said
from threefold.doors.worker.old_sign_ins import remove_work
from threefold.walls.account_functions import NO_BODY

AGES = (500, 401, 399, 0)  # days ago, by the database's own clock
STATES = ("done", "failed", "waiting", "running")
REMOVE = "select mails, links, works from directory.remove_old_work(%s, %s)"


@pytest.fixture
def kept(database: Database) -> Database:
    """Of each age: a link for a new password, and an e-mail about an account and a piece of a body's work in each state."""
    person, body = str(database.provision.put_person("lead@north.example", "Lead", "x")), str(database.body("north"))
    with psycopg.connect(database.admin) as connection:
        connection.execute("delete from post.work")
        for age in AGES:
            connection.execute(
                "insert into directory.password_reset select gen_random_uuid(), %s, sha256(%s::text::bytea), t, t + interval '1 hour', null "
                "from (select now() - make_interval(days => %s) as t) x", (person, age, age))  # fmt: skip
            for state in STATES:
                connection.execute(
                    "with mail as (insert into directory.mail select gen_random_uuid(), %(person)s, 'code_used', null, now() - make_interval(days => %(age)s), "
                    "case when %(state)s = 'done' then 'sent' else 'waiting' end returning id) "
                    "insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error, claimed_at) "
                    "select gen_random_uuid(), %(nobody)s::uuid, 'mail_account', mail.id, t, %(state)s, 1, '', t from mail, (select now() - make_interval(days => %(age)s) as t) x "
                    "union all select gen_random_uuid(), %(body)s::uuid, 'deliver', gen_random_uuid(), t, %(state)s, 1, '', t "
                    "from (select now() - make_interval(days => %(age)s) as t) x",
                    {"person": person, "age": age, "state": state, "nobody": NO_BODY, "body": body})  # fmt: skip
    return database


def left(database: Database) -> dict[str, list[int]]:
    """How many days ago the rows are from that are still there; of work, for each state."""
    with psycopg.connect(database.admin) as connection:

        def ages(statement: str) -> list[int]:
            return sorted(row[0] for row in connection.execute(statement))  # type: ignore[call-overload]

        days = "select extract(day from now() - {column})::int from {table}"
        return {
            "mail": ages(days.format(column="made_at", table="directory.mail")),
            "links": ages(days.format(column="made_at", table="directory.password_reset")),
            **{state: ages(f"{days.format(column='run_after', table='post.work')} where state = '{state}'") for state in STATES},
        }  # fmt: skip


def test_what_was_done_goes_when_it_is_older_than_the_limit_and_nothing_else(kept: Database) -> None:
    with as_running_role(kept) as connection:
        assert connection.execute(REMOVE, (said(connection, "directory.remove_old_work"), 100)).fetchone() == (2, 2, 4)
        assert connection.execute(REMOVE, (said(connection, "directory.remove_old_work"), 100)).fetchone() == (0, 0, 0)
    every = sorted(AGES * 2)
    assert left(kept) == {
        "mail": sorted([0, 399, *AGES * 3]), "links": [0, 399], "done": [0, 0, 399, 399], "failed": every, "waiting": every, "running": every,
    }  # fmt: skip


def test_work_that_was_put_on_the_list_long_ago_and_is_done_each_day_stays(kept: Database) -> None:
    with psycopg.connect(kept.admin) as connection:
        connection.execute("update post.work set claimed_at = now()")
    with as_running_role(kept) as running:
        assert running.execute(REMOVE, (said(running, "directory.remove_old_work"), 100)).fetchone() == (2, 2, 0)


def test_work_that_is_put_on_the_list_again_meanwhile_is_not_removed(kept: Database) -> None:
    removed = threading.Event()
    with psycopg.connect(kept.admin) as connection, kept.walls.directory() as directory:
        connection.execute("update post.work set state = 'waiting' where state = 'done' and kind = 'deliver'")
        # Not committed yet: whoever removes sees it as done, waits for the row, and looks again.
        with psycopg.connect(kept.admin, autocommit=True) as watching:

            def commit_when_waited_for() -> None:
                waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%%remove_old_work%%' and datname = current_database()"
                while not removed.is_set() and watching.execute(waiting).fetchone() is None:
                    pass
                connection.commit()

            thread = threading.Thread(target=commit_when_waited_for)
            thread.start()
            gone = directory.remove_old_work(100)
            removed.set()
            thread.join()
    assert gone == (2, 2, 2)
    assert left(kept)["waiting"] == sorted(AGES * 3)


def test_by_the_owner_s_limit_and_by_nobody_else_s_word(kept: Database) -> None:
    for statement in ("delete from directory.mail", "delete from directory.password_reset", "delete from post.work"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), as_running_role(kept) as connection:
            connection.execute(statement)  # type: ignore[call-overload]
    kept.provision.put_sign_in_limit(450)
    with as_running_role(kept) as running:
        assert running.execute(REMOVE, (said(running, "directory.remove_old_work"), 100)).fetchone() == (1, 1, 2)
    with psycopg.connect(kept.admin) as owner:
        owner.execute("delete from directory.sign_in_limit")
    with as_running_role(kept) as running:
        assert running.execute(REMOVE, (said(running, "directory.remove_old_work"), 100)).fetchone() == (0, 0, 0)


def test_the_worker_removes_some_at_a_time(kept: Database) -> None:
    assert remove_work(kept.walls, 1) == 8
    assert left(kept)["links"] == [0, 399]
