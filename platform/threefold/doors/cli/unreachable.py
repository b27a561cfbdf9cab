"""A database that cannot be reached, told in a sentence: for every command, so that none of them ends in a traceback of it."""

from __future__ import annotations

import os
import re
import sys

_WHERE = re.compile(r'connection to (server (?:at|on socket) "[^"]+".*?) failed: (?:FATAL:\s*)?([^\n]+)')
_UNKNOWN = re.compile(r"(?:the service|this scope)[^\n]*")  # how walls.scope() and walls.must_be_said() begin
_LOST = ("08", "57P")  # of PostgreSQL's codes: the connection failed; the server was stopped, or is not up yet


def not_reached(error: BaseException) -> str:
    """What to tell where an error says that the database could not be reached, was lost, or knows another key; "" where it says anything else.

    Nothing of an address is told but a server that was found: what stands where its host should be may be half a password.
    """
    psycopg = sys.modules.get("psycopg")  # a command that has not loaded it has asked no database
    cause = getattr(error, "orig", None) or error  # the driver's own, of what SQLAlchemy made of it
    if (
        psycopg is not None
        and isinstance(cause, psycopg.errors.InsufficientPrivilege)
        and (said := _UNKNOWN.search(str(cause)))
    ):
        return (
            f"The database does not answer this command ({said[0]}): it was set up with another master key. See THREEFOLD_MASTER_KEY_FILE, "
            "or run `threefold tenants load` with this one; `threefold doctor` checks it."
        )
    if psycopg is None or not isinstance(cause, psycopg.OperationalError):
        return ""
    if cause.sqlstate is not None and not cause.sqlstate.startswith(_LOST):
        return ""  # it was reached, and refused what was asked of it
    if found := _WHERE.search(str(cause)):
        why = f"{found[1]}: {found[2].rstrip('.')}"
    elif "resolve host" in str(cause):
        why = "the name of its host is not known here"
    else:
        why = "the connection was lost"
    return f"The database could not be reached ({why}). {_remedy()}"


def not_set_up(error: BaseException) -> bool:
    """Whether a database lacks what is asked of it, or does not let it be asked: it was not migrated, or knows other keys."""
    psycopg = sys.modules.get("psycopg")
    cause = getattr(error, "orig", None) or error
    return psycopg is not None and isinstance(cause, psycopg.ProgrammingError)


def _remedy() -> str:
    if not os.environ.get("DATABASE_URL"):
        return "Leave `make run` running beside this command, and ask again."
    return (
        "See that it is running and that DATABASE_URL says where it is (MIGRATION_DATABASE_URL too, for what only its owner may do); "
        "`threefold doctor` checks it. Then ask again."
    )
