"""A command whose database cannot be reached says so in one sentence, without a password in it; a fault of ours stays loud."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from tests.deploy.test_tenants_commands import nothing_set
from tests.support.commands import typed
from tests.support.database import Database
from threefold.doors.cli.unreachable import not_reached

NOWHERE = "postgresql+psycopg://threefold_app:half-a-secret@{host}/threefold"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """The environment of a site whose database is nowhere."""
    for name in ("secret", "master"):
        (tmp_path / name).write_text((b"k" * 32).hex())
    url = NOWHERE.format(host="127.0.0.1:1")
    return {**nothing_set(), "DATABASE_URL": url, "MIGRATION_DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:1/0", "THREEFOLD_MODE": "test",
            "THREEFOLD_SECRET_KEY_FILE": str(tmp_path / "secret"), "THREEFOLD_MASTER_KEY_FILE": str(tmp_path / "master")}  # fmt: skip


def run(environment: dict[str, str], *words: str) -> tuple[int, str, str]:
    return typed(*words, env=environment)


@pytest.mark.parametrize(
    "words",
    [
        ("tenants", "export", "record:devon"),
        ("tenants", "diff", "devon/current", "record:devon"),
        ("tenants", "fingerprint", "record:devon"),
        ("tenants", "load"),
        ("tenants", "take-out", "devon", "none.zip"),
        ("audit", "verify"),
        ("staff", "list"),
    ],
)
def test_every_command_says_so(settings: dict[str, str], words: tuple[str, ...]) -> None:
    code, out, said = run(settings, *words)
    assert (code, out) == (2, ""), said
    assert said.startswith('The database could not be reached (server at "127.0.0.1", port 1: Connection refused). See that it')
    assert "DATABASE_URL" in said and said.count("\n") == 1 and "secret" not in said


def test_an_export_says_beside_it_that_nothing_was_written(settings: dict[str, str], tmp_path: Path) -> None:
    code, _, said = run(settings, "tenants", "export", "record:devon", "--output", str(tmp_path / "devon.toml"))
    assert (
        code == 2
        and said.startswith("The database could not be reached")
        and said.endswith(f"written to {tmp_path / 'devon.toml'}.\n")
    )
    assert not (tmp_path / "devon.toml").exists()


def test_where_a_password_was_taken_for_a_host_it_is_not_told(settings: dict[str, str]) -> None:
    url = NOWHERE.format(host="other-half@nowhere.invalid")
    code, _, said = run({**settings, "DATABASE_URL": url}, "tenants", "export", "record:devon")
    assert code == 2 and said.startswith("The database could not be reached (the name of its host is not known here). See")
    assert "half" not in said


@pytest.mark.parametrize(
    "words", [("tenants", "export", "record:devon"), ("tenants", "load"), ("staff", "list"), ("audit", "verify")]
)
def test_an_address_that_cannot_be_read_is_told_by_the_name_of_its_setting(
    settings: dict[str, str], words: tuple[str, ...]
) -> None:
    for name, url in (
        ("DATABASE_URL", "postgresql+psycopg://threefold_app:half-a-secret@127.0.0.1:five/threefold"),
        ("REDIS_URL", "redis://queue:half/a-secret@127.0.0.1:6379/0"),
    ):
        code, out, said = run({**settings, name: url}, *words)
        assert (code, out) == (2, "") and said.count("\n") == 1, said
        assert said.startswith(f"{name}: The port in this address is no number from 1 to 65535. A right one looks like this: ")
        assert "secret" not in said and "half" not in said


def test_a_connection_that_is_lost_is_told_and_what_the_database_refuses_is_not_called_so(database: Database) -> None:
    engine = create_engine(database.app_url)
    with engine.connect() as connection, psycopg.connect(database.admin, autocommit=True) as other:
        connection.execute(text("set statement_timeout = 1"))
        with pytest.raises(DBAPIError) as slow:
            connection.execute(text("select pg_sleep(5)"))
        assert not_reached(slow.value) == ""
        connection.rollback()
        other.execute("select pg_terminate_backend(%s)", (connection.execute(text("select pg_backend_pid()")).scalar(),))
        with pytest.raises(DBAPIError) as lost:
            connection.execute(text("select 1"))
        assert not_reached(lost.value).startswith("The database could not be reached (the connection was lost).")
    engine.dispose()
    assert not_reached(ValueError("a fault of ours")) == ""


@pytest.mark.parametrize(
    "words", [("keys", "status"), ("audit", "verify"), ("tenants", "export", "record:devon"), ("staff", "list")]
)
def test_a_database_that_knows_another_master_key_is_told_so(
    settings: dict[str, str], database: Database, words: tuple[str, ...]
) -> None:
    code, out, said = run({**settings, "DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url}, *words)
    if words[0] == "staff":  # who they are is asked by the owner, who needs no word
        assert code == 0
        return
    assert (code, out) == (2, ""), said
    assert said.startswith(
        "The database does not answer this command (the service did not ask this): it was set up with another master key."
    )


def test_the_doctor_says_it_too_and_goes_on(settings: dict[str, str], database: Database) -> None:
    code, out, _ = run(settings, "doctor")
    assert code == 1 and out.count("The database could not be reached") >= 3 and "OperationalError" not in out
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as owner:
        owner.execute("drop function directory.bodies(text)")
    there = {**settings, "DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url}
    out = run(there, "doctor")[1]
    assert "rules in use: The database lacks what is asked of it" in out and "UndefinedFunction" not in out
