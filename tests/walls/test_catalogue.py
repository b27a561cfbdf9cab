"""The live catalogue, read as the running role: every walled table stands behind its wall, and nothing is granted beyond."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from tests.support.database import KEY, Database
from threefold.domain.errors import ThreefoldError
from threefold.walls.check import faults, refuse_unless_safe
from threefold.walls.database import Base
from threefold.work import models

_ = models


def rows(database: Database, statement: str) -> list[Any]:
    with database.engine.connect() as connection:
        return list(connection.execute(text(statement)))


def test_the_walls_stand(module_database: Database) -> None:
    refuse_unless_safe(module_database.engine, KEY)


def test_every_walled_table_is_forced_and_asks_the_one_function(module_database: Database) -> None:
    found = rows(module_database, """
        select c.relname, c.relrowsecurity, c.relforcerowsecurity,
          (select count(*) from pg_policy p where p.polrelid = c.oid) policies,
          (select string_agg(pg_get_expr(p.polqual, p.polrelid) || pg_get_expr(p.polwithcheck, p.polrelid), '') from pg_policy p where p.polrelid = c.oid) as asks
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'body' and c.relkind in ('r', 'p')""")  # fmt: skip
    assert len(found) >= 15
    for row in found:
        assert row.relrowsecurity and row.relforcerowsecurity, row.relname
        assert row.policies == 1, row.relname
        assert row.asks.count("walls.scope()") == 2, row.relname


def test_the_tenant_leads_every_key_and_index(module_database: Database) -> None:
    indexes = rows(module_database, """
        select t.relname as on_table, i.relname as name,
          (select a.attname from pg_attribute a where a.attrelid = t.oid and a.attnum = x.indkey[0]) as first
        from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
        join pg_namespace n on n.oid = t.relnamespace where n.nspname = 'body'""")  # fmt: skip
    assert len(indexes) >= 20
    assert {(r.on_table, r.name) for r in indexes if r.first != "tenant_id"} == set()
    foreign = rows(module_database, """
        select c.conname, (select a.attname from pg_attribute a where a.attrelid = c.conrelid and a.attnum = c.conkey[1]) as own,
          (select a.attname from pg_attribute a where a.attrelid = c.confrelid and a.attnum = c.confkey[1]) as theirs
        from pg_constraint c join pg_namespace n on n.oid = c.connamespace where n.nspname = 'body' and c.contype = 'f'""")  # fmt: skip
    assert len(foreign) >= 5
    assert {(r.own, r.theirs) for r in foreign} == {("tenant_id", "tenant_id")}


def test_nothing_that_a_policy_does_not_cover(module_database: Database) -> None:
    assert rows(module_database, "select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace "
                                 "where n.nspname in ('body','post','directory','published') and c.relkind in ('v', 'm', 'f')") == []  # fmt: skip
    assert (
        rows(
            module_database,
            "select 1 from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype = 'e' and n.nspname = 'body'",
        )
        == []
    )


def test_the_running_role_owns_nothing_and_is_nothing_special(module_database: Database) -> None:
    role = rows(
        module_database, "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user"
    )[0]
    assert not any(role)
    assert rows(module_database, "select 1 from pg_class where pg_get_userbyid(relowner) = current_user") == []
    assert rows(module_database, "select 1 from pg_auth_members where pg_get_userbyid(member) = current_user") == []


def test_the_directory_and_the_work_list_are_reached_by_functions_only(module_database: Database) -> None:
    granted = rows(module_database, """
        select table_schema || '.' || table_name as name, privilege_type from information_schema.table_privileges
        where grantee = 'threefold_app' and table_schema in ('directory', 'post', 'published')""")  # fmt: skip
    assert {(r.name, r.privilege_type) for r in granted} == {
        ("directory.migration", "SELECT"), ("post.letter", "SELECT"), ("published.publication", "SELECT"),
        ("published.publication", "INSERT"),
    }  # fmt: skip


def test_what_is_append_only_can_not_be_changed_or_removed(module_database: Database) -> None:
    granted = rows(module_database, "select table_name, privilege_type from information_schema.table_privileges "
                                    "where grantee = 'threefold_app' and table_schema = 'body'")  # fmt: skip
    may: dict[str, set[str]] = {}
    for row in granted:
        may.setdefault(row.table_name, set()).add(row.privilege_type)
    for table in ("audit_entry", "audit_link", "case_record", "decision", "arrangement_version", "panel_reply"):
        assert may[table] == {"SELECT", "INSERT"}, table
    assert {t for t, p in may.items() if "DELETE" in p} == {"form_draft", "person_index", "export_part"}
    assert may["destruction"] == {"SELECT"}  # the certificate is written by the owner's function alone
    assert not any("TRUNCATE" in p for p in may.values())


def test_definer_functions_have_a_pinned_search_path_and_are_not_for_everyone(module_database: Database) -> None:
    found = rows(module_database, """
        select p.proname, p.proconfig, has_function_privilege('public', p.oid, 'execute') as anyone
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.prosecdef and n.nspname in ('directory', 'post')""")  # fmt: skip
    assert len(found) >= 12
    for row in found:
        assert row.proconfig == ['search_path=""'], row.proname
        assert not row.anyone, row.proname


def test_the_metadata_and_the_live_catalogue_agree(module_database: Database) -> None:
    live = {(r.table_schema, r.table_name, r.column_name) for r in rows(
        module_database, "select table_schema, table_name, column_name from information_schema.columns where table_schema = 'body'")}  # fmt: skip
    told = {(t.schema, t.name, c.name) for t in Base.metadata.sorted_tables if t.schema == "body" for c in t.columns}
    assert live == told


CANARIES = [
    ("drop policy own_body on body.incident_case", "does not ask walls.scope()"),
    ("alter table body.case_record no force row level security", "not forced"),
    ("alter table body.decision disable row level security", "not forced"),
    ("alter policy own_body on body.audit_entry using (true)", "does not ask walls.scope()"),
    ("create table body.forgotten (id int)", "body.forgotten"),
]


@pytest.mark.parametrize(("breach", "told"), CANARIES, ids=[c[0][:40] for c in CANARIES])
def test_the_canary_sings(database: Database, breach: str, told: str) -> None:
    """With one policy removed the process refuses to run."""
    with psycopg.connect(database.admin, autocommit=True) as connection:
        connection.execute(breach)  # type: ignore[call-overload]
    with pytest.raises(ThreefoldError, match=told.replace("(", r"\(").replace(")", r"\)")):
        refuse_unless_safe(database.engine, KEY)


def test_a_superuser_or_owner_is_refused(database: Database) -> None:
    from sqlalchemy import create_engine

    owner = create_engine(database.owner_url)
    with owner.connect() as connection:
        assert any("owns" in fault for fault in faults(connection))
    owner.dispose()
    with psycopg.connect(database.admin, autocommit=True) as connection:
        connection.execute("alter role threefold_app bypassrls")
    try:
        with pytest.raises(ThreefoldError, match="bypass"):
            refuse_unless_safe(database.engine, KEY)
    finally:
        with psycopg.connect(database.admin, autocommit=True) as connection:
            connection.execute("alter role threefold_app nobypassrls")
