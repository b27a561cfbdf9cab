"""What was seen of row security, each as a test on committed rows and connections of its own, as the running role."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import create_engine, event, exists, func, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, StatementError

from tests.support.database import MASTER, NOW, Database, bind
from threefold.walls import bound
from threefold.walls.post import Post
from threefold.walls.session import SYSTEM, Scope, ScopeError, WalledSession, Walls
from threefold.walls.tables import AuditEntry, PostedLetter
from threefold.work.incidents.tables import Case, CasePerson, Counter

HERE, THERE = "here", "there"


@dataclass
class Two:
    database: Database
    here: UUID
    there: UUID


@pytest.fixture(scope="module")
def two(module_database: Database) -> Iterator[Two]:
    made = Two(module_database, module_database.body(HERE), module_database.body(THERE))
    for body in (made.here, made.there):
        with module_database.unit(body) as unit:
            unit.session.add(
                Case(id=uuid4(), reference="2026-0001", status="deciding", head_no=1, opened_at=NOW, updated_at=NOW)
            )
    yield made


def plain(two: Two, statement: str, scope: UUID | None) -> list[tuple[object, ...]]:
    """A statement of an attacker who has the running role's connection."""
    with psycopg.connect(two.database.app_url.replace("+psycopg", "")) as connection:
        if scope is not None:
            bind(connection, scope)
        return list(connection.execute(statement).fetchall())  # type: ignore[call-overload]


def test_with_no_scope_the_database_shows_nothing(two: Two) -> None:
    assert plain(two, "select id from body.incident_case", None) == []
    assert len(plain(two, "select id from body.incident_case", two.here)) == 1


def test_after_a_transaction_the_setting_is_empty_and_shows_nothing_rather_than_failing(two: Two) -> None:
    with psycopg.connect(two.database.app_url.replace("+psycopg", ""), autocommit=True) as connection:
        with connection.transaction():
            bind(connection, two.here)
            assert len(connection.execute("select 1 from body.incident_case").fetchall()) == 1
        assert connection.execute("select current_setting('app.tenant_id', true)").fetchone() == ("",)
        assert connection.execute("select 1 from body.incident_case").fetchall() == []


def test_with_no_scope_the_code_raises(two: Two) -> None:
    with pytest.raises(ScopeError):
        WalledSession(two.database.engine)
    with pytest.raises(ScopeError), two.database.walls.open(None, actor=SYSTEM, purpose="", at=NOW):  # type: ignore[arg-type]
        pass
    with pytest.raises(ScopeError):
        Scope("all")  # type: ignore[arg-type]


def test_a_row_cannot_be_written_for_another_body(two: Two) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), two.database.unit(two.here) as unit:
        unit.session.execute(insert(Counter).values(tenant_id=two.there, series="x", value=1))
    with pytest.raises(ScopeError), two.database.unit(two.here) as unit:
        unit.session.add(Counter(tenant_id=two.there, series="x", value=1))


def test_one_session_is_one_body(two: Two) -> None:
    with two.database.unit(two.here) as unit:
        mine = unit.session.scalars(select(Case)).all()
        assert [c.tenant_id for c in mine] == [two.here]
        foreign = plain(two, "select id from body.incident_case", two.there)[0][0]
        assert unit.session.get(Case, (two.there, foreign)) is None


def test_a_reference_cannot_point_at_another_bodys_row(two: Two) -> None:
    foreign = plain(two, "select id from body.incident_case", two.there)[0][0]
    with pytest.raises(IntegrityError), two.database.unit(two.here) as unit:
        unit.session.add(CasePerson(id=uuid4(), case_id=foreign, part="child", details=unit.seal_json({}), added_at=NOW))


def test_a_unique_key_tells_nothing_of_another_body(two: Two) -> None:
    with two.database.unit(two.here) as unit:
        assert unit.session.execute(select(Case.reference)).scalars().all() == ["2026-0001"]
    with two.database.unit(two.there) as unit:
        assert unit.session.execute(select(Case.reference)).scalars().all() == ["2026-0001"]


def test_the_scope_does_not_outlive_its_transaction_on_the_pooled_connection(two: Two) -> None:
    for body in (two.here, two.there, two.here):
        with two.database.unit(body) as unit:
            assert {c.tenant_id for c in unit.session.scalars(select(Case))} == {body}
    with two.database.engine.connect() as connection:
        assert connection.execute(text("select count(*) from body.incident_case")).scalar() == 0


def test_a_failed_unit_leaves_nothing_and_the_connection_is_clean(two: Two) -> None:
    with pytest.raises(ZeroDivisionError), two.database.unit(two.here) as unit:
        unit.audit("never", "nothing")
        unit.session.flush()
        raise ZeroDivisionError
    with two.database.unit(two.here) as unit:
        assert unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "never")).all() == []


def test_statements_of_text_and_insert_select_are_refused_in_a_unit(two: Two) -> None:
    with pytest.raises(ScopeError), two.database.unit(two.here) as unit:
        unit.session.execute(text("select 1"))
    with pytest.raises(ScopeError), two.database.unit(two.here) as unit:
        unit.session.execute(insert(Counter).from_select(["series"], select(Case.reference)))
    with pytest.raises(ScopeError), two.database.unit(two.here) as unit:
        unit.session.rows(text("select 1"), {})  # type: ignore[arg-type]


def test_every_orm_statement_also_carries_the_tenant(two: Two) -> None:
    from tests.support.statements import counting

    with counting(two.database.engine) as counted, two.database.unit(two.here) as unit:
        unit.session.execute(select(Case.reference).where(Case.status == "deciding")).all()
    assert "tenant_id" in counted.shapes[0].split("WHERE", 1)[1]


MADE_ONCE = select(Case.reference).where(
    Case.status == "deciding", exists().where(CasePerson.case_id == Case.id) | (Case.head_no > 0)
)


def test_a_statement_that_is_made_once_asks_for_the_body_of_each_session(two: Two) -> None:
    """The filter is put on it once; which body is asked for is a value beside it, and never that of the session before."""
    asked: list[tuple[str, dict[str, object]]] = []

    def execute(
        _conn: object, _cursor: object, statement: str, values: dict[str, object], _context: object, _many: bool
    ) -> None:
        asked.append((statement, values))

    event.listen(two.database.engine, "before_cursor_execute", execute)
    try:
        with two.database.unit(two.here) as here, two.database.unit(two.there) as there:
            for unit in (here, there, here, there):
                assert unit.session.execute(MADE_ONCE).scalars().all() == ["2026-0001"]
                assert unit.session.rows(MADE_ONCE, {}) == [("2026-0001",)]
                assert unit.session.get(Case, (two.here, uuid4())) is None
    finally:
        event.remove(two.database.engine, "before_cursor_execute", execute)
    kept = [values for statement, values in asked if "case_person" in statement]
    assert [{v for v in values.values() if isinstance(v, UUID)} for values in kept] == [{two.here}] * 2 + [{two.there}] * 2 + [
        {two.here}
    ] * 2 + [{two.there}] * 2
    assert all(statement.count("tenant_id = ") == 2 for statement, _ in asked if "case_person" in statement)


def test_statements_that_are_made_for_one_asking_are_not_kept(two: Two) -> None:
    with two.database.unit(two.here) as unit:
        for number in range(20):
            unit.session.execute(select(Case.reference).where(Case.head_no == number)).all()
        gc.collect()
        before = len(bound._KNOWN)
        for number in range(20):
            unit.session.execute(select(Case.reference).where(Case.head_no == number)).all()
        gc.collect()
    assert len(bound._KNOWN) <= before


def test_a_question_to_the_directory_leaves_the_connection_as_it_was(two: Two) -> None:
    """Each of its statements is a transaction of its own; the next unit on that connection is one transaction again."""
    engine = create_engine(two.database.app_url, pool_size=1, max_overflow=0)
    walls = Walls(engine, MASTER)
    with walls.directory() as directory:
        assert directory.body_by_slug(HERE)
    with pytest.raises(ProgrammingError), walls.directory() as directory:
        directory._connection.execute(text("select no such thing"))
    with walls.directory() as directory:
        directory._connection.execute(text("begin"))  # as where something was broken off in the middle
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None and driver.autocommit is False
    with pytest.raises(ZeroDivisionError), walls.open(Scope(two.here), actor=SYSTEM, purpose="test", at=NOW) as unit:
        unit.audit("never kept", "nothing")
        raise ZeroDivisionError
    with walls.open(Scope(two.here), actor=SYSTEM, purpose="test", at=NOW) as unit:
        assert unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "never kept")).all() == []
    engine.dispose()


def test_a_connection_that_is_lost_while_the_directory_is_asked_is_not_used_again(two: Two) -> None:
    engine = create_engine(two.database.app_url, pool_size=1, max_overflow=0)
    walls = Walls(engine, MASTER)
    with pytest.raises(OperationalError), walls.directory() as directory:
        pid = directory._connection.execute(text("select pg_backend_pid()")).scalar()
        with psycopg.connect(two.database.admin, autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(%s, 5000)", (pid,))
        directory.body_by_slug(HERE)
    with walls.directory() as directory:
        assert directory.body_by_slug(HERE)
    engine.dispose()


def test_the_letterbox_takes_from_the_sender_and_shows_to_the_receiver_only(two: Two) -> None:
    letter = uuid4()
    with two.database.unit(two.here) as unit:
        unit.session.execute(select(func.post.put_letter(unit.said("post.put_letter"), two.there, letter, b"x", NOW, uuid4())))
        assert unit.session.execute(select(PostedLetter.id)).all() == []
    with two.database.unit(two.there) as unit:
        assert unit.session.execute(select(PostedLetter.id, PostedLetter.sender_id)).all() == [(letter, two.here)]
    made = "insert into post.letter(receiver_id, id, sender_id, posted_at, letter) values (gen_random_uuid(), gen_random_uuid(), walls.scope(), now(), '')"
    for change in (made, "update post.letter set letter = 'y'", "delete from post.letter", "truncate post.letter"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            plain(two, change, two.there)


def test_the_audit_cannot_be_changed_by_the_running_role(two: Two) -> None:
    for change in ("update body.audit_entry set action = 'x'", "delete from body.audit_entry", "truncate body.audit_entry"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            plain(two, change, two.here)


def test_the_directory_cannot_be_read_as_a_table(two: Two) -> None:
    for table in ("person", "membership", "sign_in_session", "body"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            plain(two, f"select * from directory.{table}", two.here)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        plain(two, "select * from post.work", two.here)


def test_a_policy_cannot_be_lifted_and_the_role_cannot_be_changed(two: Two) -> None:
    for statement in ("alter table body.incident_case disable row level security", "drop policy own_body on body.incident_case",
                      "set role threefold_owner", "create table body.mine (id int)", "set session authorization postgres"):  # fmt: skip
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.DatabaseError)):
            plain(two, statement, two.here)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        plain(two, "set row_security = off; select * from body.incident_case", two.here)


def test_what_is_sealed_for_one_body_does_not_open_for_another(two: Two) -> None:
    with two.database.unit(two.here) as unit:
        sealed = unit.seal_json({"a": 1})
        assert unit.open_json(sealed) == {"a": 1}
        again = unit.seal_json({"a": 1})
        assert sealed != again
        assert unit.blind("nhs", "943 476 5919") == unit.blind("nhs", "943  476 5919".upper())
    with two.database.unit(two.there) as unit, pytest.raises(Exception, match="does not open"):
        unit.open_json(sealed)
    altered = type(sealed)(sealed.raw[:-1] + bytes([sealed.raw[-1] ^ 1]))
    with two.database.unit(two.here) as unit, pytest.raises(Exception, match="does not open"):
        unit.open_json(altered)
    assert "1" not in repr(sealed)[:12]


def test_a_sealed_column_takes_nothing_plain(two: Two) -> None:
    with pytest.raises(StatementError, match="Only a sealed value"), two.database.unit(two.here) as unit:
        case = unit.session.scalars(select(Case)).first()
        assert case is not None
        unit.session.add(CasePerson(id=uuid4(), case_id=case.id, part="child", details="plain", added_at=NOW))  # type: ignore[arg-type]
        unit.session.flush()


def test_keys_rotate_and_old_values_still_open(two: Two) -> None:
    with two.database.unit(two.here) as unit:
        old = unit.seal_json("old")
        number = two.database.walls.add_keys(unit)
        new = unit.seal_json("new")
    fresh = Walls(two.database.engine, two.database.walls.master)
    with fresh.open(Scope(two.here), actor=SYSTEM, purpose="test", at=NOW) as unit:
        assert (unit.open_json(old), unit.open_json(new)) == ("old", "new")
    assert number >= 2
    assert Post(fresh, {}).handlers == {}
