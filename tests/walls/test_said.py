"""What is asked before a body is known is answered only with the service's word: what somebody could try who has the connection."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import errors, sql
from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from tests.support.database import KEY, MASTER, NOW, Database, bind
from threefold.domain.errors import ManyErrors
from threefold.walls.asking import Asking
from threefold.walls.check import refuse_unless_safe
from threefold.walls.scope import HOLDS
from threefold.walls.sealed import MasterKey

Connection = psycopg.Connection[tuple[object, ...]]
# Where an order that the service signed for one act takes the place of its word.
BY_ORDER = {"directory.leave", "walls.destroy_case", "walls.destroy_received"}
PERSON = "directory.person_by_email"


@pytest.fixture(scope="module")
def mine(module_database: Database) -> Iterator[Connection]:
    """The running role's own connection, as a statement that was smuggled in has it."""
    with psycopg.connect(module_database.app_url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


def callable_functions(connection: Connection) -> dict[str, tuple[str, list[str]]]:
    """What the running role may call of ours: the source of each function, and the types of what it takes."""
    rows = connection.execute(
        "select n.nspname || '.' || p.proname, p.prosrc, array(select format_type(t, null) from unnest(p.proargtypes) t) from pg_proc p "
        "join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('directory', 'body', 'post', 'published', 'walls') "
        "and has_function_privilege(p.oid, 'execute') and p.prorettype <> 'trigger'::regtype"
    ).fetchall()
    return {str(name): (str(source), list(types)) for name, source, types in rows}  # type: ignore[call-overload]


def said_functions(connection: Connection) -> dict[str, list[str]]:
    found = callable_functions(connection)
    return {name: types for name, (source, types) in found.items() if "walls.must_be_said(" in source}


def call(connection: Connection, function: str, types: list[str], said: str | None) -> None:
    """Call a function with this word and nothing else that is of use."""
    schema, name = function.split(".")
    values = sql.SQL(", ").join([sql.Literal(said), *(sql.SQL(f"null::{one}") for one in types[1:])])  # type: ignore[arg-type]
    connection.execute(sql.SQL("select * from {}({})").format(sql.Identifier(schema, name), values))


def test_every_function_that_may_be_called_asks_for_a_scope_or_for_a_word_of_its_own(mine: Connection) -> None:
    found = callable_functions(mine)
    assert len(found) > 70
    for name, (source, _) in found.items():
        if name == "walls.scope":
            continue
        said = re.findall(r"walls\.must_be_said\('([^']+)', p_said\)", source)
        if said:
            assert said == [name.replace(".", "/")], "nobody's word but its own"
            assert re.match(r"\s*(select|declare.*?begin\s+perform|begin\s+perform) walls\.must_be_said", source, re.S), "first"
        else:
            assert "walls.scope()" in source, f"{name} can be called for any body"
            assert ("p_order" in source) == (name in BY_ORDER)


def test_without_a_word_none_of_them_answers(mine: Connection) -> None:
    said = said_functions(mine)
    assert len(said) > 50
    theirs = MasterKey(b"n" * 32).scope_key()
    pid, now = mine.info.backend_pid, time.time()
    for name, types in said.items():
        other = next(one for one in said if one != name)
        for word, told in (
            (None, "did not ask this"),
            ("", "did not ask this"),
            (theirs.say(name, pid, now), "did not ask this"),
            (KEY.sign(uuid4(), pid, now), "did not ask this"),
            (KEY.order("say", uuid4(), uuid4(), pid, now, "0" * 64), "did not ask this"),
            (KEY.say(other, pid, now), "asked something else"),
            (KEY.say(name, pid + 1, now), "on another connection"),
            (MASTER.scope_key(bound=False).say(name, pid, now), "on another connection"),
            (KEY.say(name, pid, now - HOLDS - 5), "too long ago; compare the clocks"),
        ):
            with pytest.raises(errors.InsufficientPrivilege, match=told):
                call(mine, name, types, word)


@given(st.data())
def test_a_word_that_was_changed_anywhere_is_none(mine: Connection, data: st.DataObject) -> None:
    said = KEY.say(PERSON, mine.info.backend_pid, time.time())
    at = data.draw(st.integers(0, len(said) - 1))
    changed = said[:at] + data.draw(st.sampled_from("0123456789abcdef.-/' ")) + said[at + 1 :]
    if changed == said:
        return call(mine, PERSON, ["text", "text"], changed)
    with pytest.raises(errors.InsufficientPrivilege):
        call(mine, PERSON, ["text", "text"], changed)
    return None


def test_a_word_is_no_scope(mine: Connection) -> None:
    said = KEY.say(PERSON, mine.info.backend_pid, time.time())
    with pytest.raises(psycopg.Error), mine.transaction():
        mine.execute("select set_config('app.tenant_id', %s, true)", (said,))
        mine.execute("select walls.scope()")


def test_nobody_is_signed_in_by_a_statement_that_was_smuggled_in(module_database: Database, mine: Connection) -> None:
    """The gravest of what could be asked: a sign-in as somebody else is the way to every body they work for."""
    module_database.provision.put_person("lead@smuggled.invalid", "Lead", "")
    with pytest.raises(errors.UndefinedFunction):
        mine.execute("select * from directory.person_by_email('lead@smuggled.invalid')")
    with pytest.raises(errors.InsufficientPrivilege):
        mine.execute("select * from directory.person_by_email('', 'lead@smuggled.invalid')")
    with psycopg.connect(module_database.admin) as admin:
        assert admin.execute("select count(*) from directory.sign_in_session").fetchone() == (0,)


def test_the_service_does_not_start_where_a_function_answers_for_any_body(database: Database) -> None:
    refuse_unless_safe(database.engine, KEY)
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as owner:
        owner.execute("create function directory.anybody() returns bigint language sql stable security definer set search_path = '' as "
                      "'select count(*) from directory.person'")  # fmt: skip
        owner.execute("grant execute on function directory.anybody() to threefold_app")
    with pytest.raises(ManyErrors, match=r"directory\.anybody asks for no scope and for no word"):
        refuse_unless_safe(database.engine, KEY)


@pytest.mark.parametrize(
    ("does", "told"),
    [("null", "answers what the service did not ask"), ("1 / 0", r"does not answer this process \(division by zero\)")],
)
def test_nor_where_words_are_not_looked_at_or_never_taken(database: Database, does: str, told: str) -> None:
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as owner:
        owner.execute(
            "create or replace function walls.must_be_said(p_function text, p_said text) returns void language plpgsql stable as "  # type: ignore[arg-type]
            f"$$ begin perform {does}; end $$"
        )
    with pytest.raises(ManyErrors, match=told):
        refuse_unless_safe(database.engine, KEY)


def test_a_word_is_handed_over_beside_the_statement_where_no_other_connection_reads_it(module_database: Database) -> None:
    """Unlike a scope, which `pg_stat_activity` shows to the running role's other connections."""
    seen: list[tuple[str, object]] = []

    @event.listens_for(module_database.engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        seen.append((statement, values))

    try:
        with module_database.walls.directory() as directory:
            assert isinstance(directory, Asking)
            directory.due_work(NOW)
    finally:
        event.remove(module_database.engine, "before_cursor_execute", note)
    ((statement, values),) = seen
    assert "say." not in statement and "say.post/due_work." in str(values)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("search_path", "planted, pg_catalog"),
        ("default_transaction_read_only", "on"),
        ("log_parameter_max_length_on_error", "-1"),
    ],
)
def test_the_service_does_not_start_where_its_role_was_given_something_to_begin_with(
    database: Database, setting: str, value: str
) -> None:
    """What a role can do to itself by a statement, and what would be so on every connection from then on."""
    name = sql.Identifier(*setting.split("."))
    with psycopg.connect(database.app_url.replace("+psycopg", ""), autocommit=True) as smuggled:
        change = sql.SQL("alter role current_user in database {} {{}} {}").format(sql.Identifier(smuggled.info.dbname), name)
        smuggled.execute(sql.SQL(change.as_string().format("set")) + sql.SQL(" = {}").format(sql.Literal(value)))
        try:
            with pytest.raises(ManyErrors, match=rf"begins with a {setting} of its own.*ALTER ROLE threefold_app RESET"):
                refuse_unless_safe(create_engine(database.app_url, poolclass=NullPool), KEY)
        finally:
            smuggled.execute(sql.SQL(change.as_string().format("reset")))
    refuse_unless_safe(database.engine, KEY)


def test_nobody_is_made_or_joined_by_a_statement_that_was_smuggled_into_a_body(database: Database) -> None:
    """In the scope of one body somebody could be invited to it; who else there is, and with which password, is not theirs to say."""
    body = database.body("smuggled")
    with psycopg.connect(database.app_url.replace("+psycopg", "")) as connection:
        for call_of in ("new_person('', 'x', gen_random_uuid(), 'Planted', 'hash', now())",
                        "accept_invitation('', 'x', gen_random_uuid(), now(), gen_random_uuid(), gen_random_uuid())"):  # fmt: skip
            bind(connection, body)
            with pytest.raises(errors.InsufficientPrivilege, match="the service did not ask this"):
                connection.execute(f"select directory.{call_of}")  # type: ignore[call-overload]
            connection.rollback()
