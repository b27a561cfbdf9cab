"""Refusing to run unless the wall stands: who the process runs as, and what each walled table allows."""

from __future__ import annotations

import time
from uuid import uuid4

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.walls.asking import word
from threefold.walls.policies import walled_tables
from threefold.walls.scope import ScopeKey

# What whoever runs the database may give the running role of its connections: limits and room, and nothing that says what is found or told.
_HARMLESS = {
    "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout", "transaction_timeout", "work_mem", "temp_file_limit",
    "hash_mem_multiplier", "jit", "random_page_cost", "effective_cache_size", "max_parallel_workers_per_gather", "application_name", "TimeZone",
}  # fmt: skip


class WallsUnsafe(ThreefoldError):
    """The database does not keep bodies apart as it must; the process does not start."""


def faults(connection: Connection) -> list[str]:
    """What is wrong with the walls, as the running role sees it. Empty: the walls stand."""
    wrong: list[str] = []
    role = connection.execute(
        text("select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user")
    ).one()
    if role.rolsuper:
        wrong.append(f"The running role {role[0]} is a superuser: row security does not bind it.")
    if role.rolbypassrls:
        wrong.append(f"The running role {role[0]} may bypass row security.")
    owned = connection.execute(text(
        "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where c.relowner = (select oid from pg_roles where rolname = current_user) and n.nspname in ('directory','body','post','published')"
    )).scalars().all()  # fmt: skip
    wrong += [f"The running role owns {name}: an owner can lift row security." for name in owned]
    member = connection.execute(text(
        "select r.rolname from pg_roles r where r.rolname <> current_user and pg_has_role(current_user, r.oid, 'member') "
        "and r.rolname not like 'pg\\_%'")).scalars().all()  # fmt: skip
    wrong += [f"The running role is a member of {name}." for name in member]
    found = {
        row.relname: row
        for row in connection.execute(text(
            "select c.relname, c.relrowsecurity, c.relforcerowsecurity, "
            "array(select pg_get_expr(p.polqual, p.polrelid) from pg_policy p where p.polrelid = c.oid) as quals, "
            "array(select coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') from pg_policy p where p.polrelid = c.oid) as checks "
            "from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'body' and c.relkind in ('r', 'p')"
        ))
    }  # fmt: skip
    for name in sorted({t.name for t in walled_tables()} | found.keys()):
        row = found.get(name)
        if row is None:
            wrong.append(f"Table body.{name} is missing: run the migrations.")
        elif not (row.relrowsecurity and row.relforcerowsecurity):
            wrong.append(f"Row security is not forced on body.{name}.")
        elif not row.quals or any("walls.scope()" not in (q or "") for q in (*row.quals, *row.checks)):
            wrong.append(f"The policy of body.{name} does not ask walls.scope().")
    # Each role may set for itself what its connections begin with; a statement that was smuggled in could, for all that come after it.
    begins_with = connection.execute(text(
        "select distinct split_part(one, '=', 1) from pg_db_role_setting s, unnest(s.setconfig) one "
        "where s.setrole = (select oid from pg_roles where rolname = current_user) order by 1"
    )).scalars().all()  # fmt: skip
    wrong += [
        f"The running role begins with a {name} of its own, which nobody needs: ALTER ROLE {role[0]} RESET {name}, and the same IN DATABASE."
        for name in begins_with
        if name not in _HARMLESS
    ]
    # Of extensions nothing is in these schemas; a trigger's function is called by its table alone.
    open_ones = connection.execute(text(
        "select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
        "where n.nspname in ('directory', 'body', 'post', 'published', 'walls') and has_function_privilege(p.oid, 'execute') "
        "and p.prorettype <> 'trigger'::regtype and (n.nspname, p.proname) <> ('walls', 'scope') "
        "and strpos(p.prosrc, 'walls.scope()') = 0 "
        "and strpos(p.prosrc, 'walls.must_be_said(' || quote_literal(n.nspname || '/' || p.proname) || ', p_said)') = 0 order by 1"
    )).scalars().all()  # fmt: skip
    wrong += [
        f"The function {name} asks for no scope and for no word of the service: run the migrations." for name in open_ones
    ]
    return wrong


def scope_fault(connection: Connection, key: ScopeKey) -> str:
    """Why the database does not take a scope that this process signs, or takes one that nobody signed; nothing where all is well."""
    body, driver = uuid4(), connection.connection.driver_connection
    assert driver is not None
    for signed, wanted in ((key.sign(body, driver.info.backend_pid, time.time()), body), (str(body), None)):
        try:
            with connection.begin_nested():
                driver.execute(f"SET LOCAL app.tenant_id = '{signed}'")
                found = connection.execute(text("select walls.scope()")).scalar()
        except DBAPIError as error:
            if wanted is not None:
                told = str(error.orig).splitlines()[0]
                return f"The database does not take this process's scopes ({told}). Run `threefold tenants load` with this master key."
            continue
        if wanted is None or found != wanted:
            return "The database takes a scope that nobody signed: run the migrations."
    return ""


def word_fault(connection: Connection, key: ScopeKey) -> str:
    """Why the database does not answer what this process asks, or answers what nobody asked; nothing where all is well."""
    for said in (word(key, connection, "directory.sign_in_days"), ""):
        try:
            with connection.begin_nested():
                connection.execute(select(func.directory.sign_in_days(said)))
        except DBAPIError as error:
            if said:
                told = str(error.orig).splitlines()[0]
                return f"The database does not answer this process ({told}). Run the migrations, and `threefold tenants load` with this master key."
            continue
        if not said:
            return "The database answers what the service did not ask: run the migrations."
    return ""


def refuse_unless_safe(engine: Engine, key: ScopeKey) -> None:
    """Raise `WallsUnsafe` (all faults at once) unless the walls stand as this process sees them. `key` signs its scopes."""
    with engine.connect() as connection:
        wrong = faults(connection)
        wrong += [fault] if (fault := scope_fault(connection, key) or word_fault(connection, key)) else []
    if wrong:
        raise ManyErrors([WallsUnsafe(w) for w in wrong])
