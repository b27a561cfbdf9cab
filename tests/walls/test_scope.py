"""A scope counts only where the service signed it: what somebody could try who has the running role's connection."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import errors
from psycopg.pq import TransactionStatus
from sqlalchemy import select

from tests.support.database import KEY, MASTER, NOW, Database, bind
from tests.support.statements import messages
from threefold.domain.errors import ManyErrors
from threefold.walls.check import refuse_unless_safe
from threefold.walls.scope import HOLDS, ScopeKey, begin
from threefold.walls.sealed import MasterKey
from threefold.walls.session import Walls
from threefold.work.incidents.tables import Case

COUNT = "select count(*) from body.incident_case"


@dataclass
class Attacked:
    """Two bodies with a case each, and the running role's connection."""

    database: Database
    mine: UUID
    theirs: UUID
    connection: psycopg.Connection[tuple[object, ...]]

    def sees(self, setting: str) -> int:
        """How many cases a statement sees with this as its scope."""
        with self.connection.transaction():
            self.connection.execute(f"set local app.tenant_id = '{setting}'")  # type: ignore[call-overload]
            row = self.connection.execute(COUNT).fetchone()  # type: ignore[call-overload]
        assert row is not None
        return int(str(row[0]))

    @property
    def pid(self) -> int:
        return self.connection.info.backend_pid


@pytest.fixture(scope="module")
def attacked(module_database: Database) -> Iterator[Attacked]:
    bodies = [module_database.body(name) for name in ("mine", "theirs")]
    for body in bodies:
        with module_database.unit(body) as unit:
            unit.session.add(
                Case(id=uuid4(), reference="2026-0001", status="deciding", head_no=1, opened_at=NOW, updated_at=NOW)
            )
    with psycopg.connect(module_database.app_url.replace("+psycopg", ""), autocommit=True) as connection:
        yield Attacked(module_database, *bodies, connection)


def test_a_scope_of_the_service_is_taken(attacked: Attacked) -> None:
    assert attacked.sees(KEY.sign(attacked.mine, attacked.pid, time.time())) == 1


def test_a_body_that_is_only_named_is_refused(attacked: Attacked) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="not signed by the service"):
        attacked.sees(str(attacked.theirs))


def test_a_scope_cannot_be_carried_over_to_another_body(attacked: Attacked) -> None:
    signed = KEY.sign(attacked.mine, attacked.pid, time.time()).split(".")
    with pytest.raises(errors.InsufficientPrivilege, match="not signed"):
        attacked.sees(".".join([str(attacked.theirs), *signed[1:]]))


def test_a_scope_of_another_connection_is_refused(attacked: Attacked) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="another connection"):
        attacked.sees(KEY.sign(attacked.theirs, attacked.pid + 1, time.time()))


def test_what_is_bound_on_one_connection_is_heard_on_no_other(attacked: Attacked) -> None:
    """The running role sees what its other connections run, and could keep it until one of them is its own: for the same backend."""
    running = "select query from pg_stat_activity where pid = %s and usename = current_user"
    with attacked.database.unit(attacked.theirs) as unit:
        other = unit.session.connection().connection.driver_connection
        assert other is not None
        asked = [attacked.connection.execute(running, (other.info.backend_pid,)).fetchone()]
        unit.session.execute(select(Case.id)).all()
        asked.append(attacked.connection.execute(running, (other.info.backend_pid,)).fetchone())
        prepared = other.execute("select string_agg(statement, ' ') from pg_prepared_statements").fetchone()
    told = " ".join(str(one) for one in (*asked, prepared))
    assert "app.tenant_id" in told and "body.incident_case" in told, "it is these connections that are looked at"
    assert re.search(r"[0-9a-f]{64}|\$1.*\d{10}\.", told) is None and f"{attacked.theirs}." not in told


def test_a_scope_kept_for_later_has_ended(attacked: Attacked) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="has ended; compare the clocks"):
        attacked.sees(KEY.sign(attacked.mine, attacked.pid, time.time() - HOLDS - 5))


def test_a_long_transaction_keeps_its_scope(attacked: Attacked) -> None:
    """What counts is when the transaction began: a long export is not cut off in the middle."""
    with attacked.connection.transaction():
        signed = KEY.sign(attacked.mine, attacked.pid, time.time() - HOLDS + 1)
        ends = int(signed.split(".")[1])
        attacked.connection.execute(f"set local app.tenant_id = '{signed}'")  # type: ignore[call-overload]
        while attacked.connection.execute("select clock_timestamp() <= to_timestamp(%s)", (ends,)).fetchone() == (True,):
            pass  # until it has ended by the clock of the database
        assert attacked.connection.execute(COUNT).fetchone() == (1,)


def test_each_statement_is_judged_and_none_by_what_one_before_it_was_found_to_be(attacked: Attacked) -> None:
    """Nothing is remembered: what was taken a moment ago, in the same transaction and by the same plan, opens nothing else."""
    good = KEY.sign(attacked.mine, attacked.pid, time.time())
    forged = good.replace(str(attacked.mine), str(attacked.theirs))
    with pytest.raises(errors.InsufficientPrivilege, match="not signed"), attacked.connection.transaction():
        for _ in range(8):  # until the driver prepares it and PostgreSQL keeps its plan
            attacked.connection.execute(f"set local app.tenant_id = '{good}'", prepare=False)  # type: ignore[call-overload]
            assert attacked.connection.execute(COUNT).fetchone() == (1,)
        attacked.connection.execute(f"set local app.tenant_id = '{forged}'", prepare=False)  # type: ignore[call-overload]
        attacked.connection.execute(COUNT)
    assert attacked.connection.execute(COUNT).fetchone() == (0,), "and with its transaction the scope is gone"


def test_what_somebody_defines_and_looks_in_first_does_not_judge(database: Database) -> None:
    """Functions and operators of another schema, which the running role puts first on its search path."""
    body = database.body("judged")
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute("create schema planted; grant usage on schema planted to public")
        for name, types, returns, says in (
            ("eq", "bytea, bytea", "boolean", "true"), ("ne", "bytea, bytea", "boolean", "false"), ("eq", "text, text", "boolean", "true"),
            ("ne", "bigint, integer", "boolean", "false"), ("lt", "bigint, double precision", "boolean", "false"),
        ):  # fmt: skip
            admin.execute(
                f"create function planted.{name}({types}) returns {returns} language sql immutable as 'select {says}'"
            )  # type: ignore[call-overload]
            left, right = types.split(", ")
            sign = {"eq": "=", "ne": "<>", "lt": "<"}[name]
            admin.execute(f"create operator planted.{sign} (function = planted.{name}, leftarg = {left}, rightarg = {right})")  # type: ignore[call-overload]
        admin.execute("create function planted.sha256(bytea) returns bytea language sql immutable as $$ select 'x'::bytea $$")
    with psycopg.connect(database.app_url.replace("+psycopg", "")) as connection:
        connection.execute("set search_path = planted, pg_catalog")
        for text in (f"{body}.9999999999.{connection.info.backend_pid}.{KEY.no}.{'0' * 64}", KEY.sign(body, 1, time.time()),
                     KEY.sign(body, connection.info.backend_pid, 0)):  # fmt: skip
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"set local app.tenant_id = '{text}'")  # type: ignore[call-overload]
                connection.execute("select walls.scope()")  # itself: a plan may not ask it of a table that holds no row


def test_the_scope_comes_with_the_begin_and_never_without_it(database: Database) -> None:
    body = database.body("begun")
    with psycopg.connect(database.app_url.replace("+psycopg", "")) as connection:
        signed = KEY.sign(body, connection.info.backend_pid, time.time())
        for autocommit in (False, True):  # also where something left the connection so
            connection.autocommit = autocommit
            with messages(connection) as sent:
                begin(connection, signed)
            assert sent == ["Sync"], "one round trip"
            assert connection.info.transaction_status == TransactionStatus.INTRANS
            assert connection.execute(COUNT).fetchone() == (0,)
            connection.commit()
            assert connection.execute("select current_setting('app.tenant_id', true)").fetchone() == ("",)
            connection.rollback()
        connection.autocommit = False
        begin(connection, signed)
        with pytest.raises(errors.DivisionByZero):
            connection.execute("select 1 / 0")
        with pytest.raises(errors.InFailedSqlTransaction):
            begin(connection, signed)
        connection.rollback()
        with psycopg.connect(database.admin, autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))
        with pytest.raises(psycopg.OperationalError):
            begin(connection, signed)
        assert connection.closed


def test_a_key_of_another_service_signs_nothing_here(attacked: Attacked) -> None:
    other = MasterKey(b"n" * 32).scope_key()
    assert other.no != KEY.no
    for key in (other, ScopeKey(b"x" * 32)):
        with pytest.raises(errors.InsufficientPrivilege, match="not signed"):
            attacked.sees(key.sign(attacked.mine, attacked.pid, time.time()))


@pytest.mark.parametrize("statement", [
    "select * from walls.scope_key", "insert into walls.scope_key values (1, '', '', false)", "update walls.scope_key set bound = false",
    "delete from walls.scope_key", "create or replace function walls.scope() returns uuid language sql as 'select null::uuid'",
    "alter function walls.scope() reset all", "create table walls.other()", "set role threefold_owner",
])  # fmt: skip
def test_the_running_role_reads_and_changes_no_key(attacked: Attacked, statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.InvalidParameterValue)), attacked.connection.transaction():
        attacked.connection.execute(statement)  # type: ignore[call-overload]


@given(st.data())
def test_a_scope_that_was_changed_anywhere_is_refused(attacked: Attacked, data: st.DataObject) -> None:
    """Each part, each separator, what is added in front and behind: what was signed is the whole text."""
    signed = KEY.sign(attacked.mine, attacked.pid, time.time())
    at = data.draw(st.integers(0, len(signed)))
    new = data.draw(st.text(alphabet="0123456789abcdef-. xA", max_size=3))
    gone = data.draw(st.integers(0, 3))
    changed = signed[:at] + new + signed[at + gone :]
    if changed == signed:
        assert attacked.sees(changed) == 1
        return
    with pytest.raises(errors.InsufficientPrivilege, match="not signed by the service"):
        attacked.sees(changed)


@given(st.text(alphabet="0123456789abcdef-.' \\x;", max_size=60))
def test_whatever_is_set_shows_nothing_of_anybody(attacked: Attacked, setting: str) -> None:
    with attacked.connection.transaction():
        attacked.connection.execute("select set_config('app.tenant_id', %s, true)", (setting,))
        try:
            with attacked.connection.transaction():
                assert attacked.connection.execute(COUNT).fetchone() == (0,)
        except psycopg.Error:
            return
    assert setting == "", "only where nothing is bound is nothing raised"


def test_the_narrow_functions_ask_for_the_same_scope(attacked: Attacked) -> None:
    for call in (
        "select * from directory.staff(current_date)",
        "select post.add_work(gen_random_uuid(), 'remind', gen_random_uuid(), now())",
    ):
        with pytest.raises(errors.InsufficientPrivilege, match="not signed"), attacked.connection.transaction():
            attacked.connection.execute(f"set local app.tenant_id = '{attacked.theirs}'")  # type: ignore[call-overload]
            attacked.connection.execute(call)  # type: ignore[call-overload]


def test_behind_a_pooler_a_scope_is_for_no_one_connection_where_the_owner_says_so(database: Database) -> None:
    body = database.body("pooled")
    with psycopg.connect(database.app_url.replace("+psycopg", ""), autocommit=True) as connection:
        loose = MASTER.scope_key(bound=False).sign(body, connection.info.backend_pid, time.time())
        with pytest.raises(errors.InsufficientPrivilege, match="another connection"), connection.transaction():
            connection.execute(f"set local app.tenant_id = '{loose}'")  # type: ignore[call-overload]
            connection.execute("select walls.scope()")
        database.provision.put_scope_key(MASTER.scope_key(bound=False))
        with connection.transaction():
            connection.execute(f"set local app.tenant_id = '{loose}'")  # type: ignore[call-overload]
            assert connection.execute(COUNT).fetchone() == (0,)  # type: ignore[call-overload]


def test_the_service_does_not_start_where_its_scopes_are_not_taken(database: Database) -> None:
    refuse_unless_safe(database.engine, KEY)
    with pytest.raises(ManyErrors, match="threefold tenants load"):
        refuse_unless_safe(database.engine, MasterKey(b"n" * 32).scope_key())
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as owner:
        owner.execute("create or replace function walls.scope() returns uuid language sql stable as "
                      "$$ select split_part(nullif(current_setting('app.tenant_id', true), ''), '.', 1)::uuid $$")  # fmt: skip
    with pytest.raises(ManyErrors, match="nobody signed"):
        refuse_unless_safe(database.engine, KEY)


def test_two_keys_are_taken_side_by_side_until_the_old_one_is_dropped(database: Database) -> None:
    """Replacing the master key: processes with the old and the new one work beside each other."""
    body = database.body("turning")
    new = MasterKey(b"n" * 32)
    database.provision.put_scope_key(new.scope_key())
    with psycopg.connect(database.app_url.replace("+psycopg", "")) as connection:
        bind(connection, body)
        assert connection.execute(COUNT).fetchone() == (0,)
    refuse_unless_safe(database.engine, new.scope_key())
    assert database.provision.drop_other_scope_keys(new.scope_key()) == 1
    with pytest.raises(ManyErrors):
        refuse_unless_safe(database.engine, KEY)
    assert Walls(database.engine, new).scope_key == new.scope_key()


def test_what_a_scope_key_tells_of_itself_is_nothing() -> None:
    key = ScopeKey(b"k" * 32)
    assert "6b" * 8 not in repr(key) and repr(key) == f"ScopeKey({key.no})"
    assert re.fullmatch(r"[0-9a-f-]{36}\.\d+\.7\.\d+\.[0-9a-f]{64}", key.sign(uuid4(), 7, time.time()))


class BrokenOff(Exception):
    """What somebody who waits no longer sends."""


def test_a_begin_that_is_broken_off_leaves_no_half_of_it_and_hides_nothing(database: Database) -> None:
    body = database.body("broken")

    def stop(*_: object) -> None:
        raise BrokenOff

    former = signal.signal(signal.SIGALRM, stop)
    try:
        with psycopg.connect(database.app_url.replace("+psycopg", "")) as connection:
            signed = KEY.sign(body, connection.info.backend_pid, time.time())
            pid = connection.info.backend_pid
            os.kill(pid, signal.SIGSTOP)  # it answers nothing any more
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                with pytest.raises(BrokenOff):
                    begin(connection, signed)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                os.kill(pid, signal.SIGCONT)
            assert connection.closed
    finally:
        signal.signal(signal.SIGALRM, former)
