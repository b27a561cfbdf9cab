"""Refusing to run unless the wall stands: who the process runs as, and what each walled table allows."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.walls.policies import walled_tables


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
    return wrong


def refuse_unless_safe(engine: Engine) -> None:
    """Raise `WallsUnsafe` (all faults at once) unless the walls stand as this process sees them."""
    with engine.connect() as connection:
        wrong = faults(connection)
    if wrong:
        raise ManyErrors([WallsUnsafe(w) for w in wrong])
