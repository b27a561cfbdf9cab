"""The two roles: one owns and migrates, one runs and owns nothing. Made once, by whoever administers the server."""

from __future__ import annotations

import psycopg
from psycopg import sql

from threefold.walls.policies import APP, OWNER


def prepare(admin_url: str, database: str, *, owner_password: str, app_password: str) -> None:
    """Create the roles and the database where they are missing, and set their passwords. Safe to repeat.

    `admin_url` is a libpq address of a role that may create roles and databases, on any database of the server.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for role, password in ((OWNER, owner_password), (APP, app_password)):
            if not connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone():
                connection.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
            connection.execute(
                sql.SQL("alter role {} login nosuperuser nobypassrls nocreatedb nocreaterole noinherit password {}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )
        if not connection.execute("select 1 from pg_database where datname = %s", (database,)).fetchone():
            connection.execute(sql.SQL("create database {} owner {} encoding 'UTF8' template template0").format(
                sql.Identifier(database), sql.Identifier(OWNER)))  # fmt: skip
        connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(database)))
        connection.execute(sql.SQL("grant connect on database {} to {}").format(sql.Identifier(database), sql.Identifier(APP)))
