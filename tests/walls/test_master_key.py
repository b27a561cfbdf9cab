"""A master key is replaced while processes with the old and the new one are at work; and it may be in a service of its own."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from tests.incidents.web.conftest import AWARE, DEAD, GOVERNANCE
from tests.support.commands import typed
from tests.support.database import NOW, Database
from tests.support.key_service import running
from threefold.config import Settings, SettingsError, read_settings
from threefold.domain.errors import ManyErrors
from threefold.walls.audit.anchors import Anchors
from threefold.walls.audit.sealing import seal_some
from threefold.walls.audit.verifying import verify
from threefold.walls.check import refuse_unless_safe
from threefold.walls.key_services import FileKey, HttpKey, KeyServiceUnavailable
from threefold.walls.sealed import DirectorySeal, MasterKey, SealBroken
from threefold.walls.session import SYSTEM, Scope, Walls
from threefold.wiring import open_master
from threefold.work.incidents import stories
from threefold.work.incidents.person_index import has_unindexed, index_some
from threefold.work.incidents.stories import Sought
from threefold.work.incidents.tables import CasePerson

OLD, NEW = b"m" * 32, b"n" * 32
FACTS = {"incident": {"happened_on": "2026-03-28", "children": [DEAD]}, "review": {"events": [AWARE]}}


@pytest.fixture
def vale(database: Database) -> UUID:
    database.body("nation", "national")
    body = database.body("vale", national="nation")
    with database.unit(body) as unit:
        case_id = stories.record_incident(unit, GOVERNANCE, FACTS, uuid4()).id
        stories.add_person(unit, case_id, "child", {"name": "Siobhan Planted", "nhs_number": "9434765919"})
    return body


def works(walls: Walls, body: UUID) -> None:
    """A process reads a person, finds them, records something and seals the audit."""
    with walls.open(Scope(body), actor=SYSTEM, purpose="test", at=datetime.now(UTC)) as unit:
        case_id = unit.session.scalars(select(CasePerson.case_id)).first()
        assert case_id is not None and stories.people(unit, case_id)[0].details["name"] == "Siobhan Planted"
        assert [f.way for f in stories.find_people(unit, Sought(nhs_number="943 476 5919"))[0]] == ["number"]
        assert unit.open_json(unit.seal_json("new")) == "new"
        assert seal_some(unit) >= 0


def chain_holds(walls: Walls, body: UUID, folder: Path) -> int:
    """How many links the body's audit has, all of them right."""
    with walls.open(Scope(body), actor=SYSTEM, purpose="test", at=NOW) as unit:
        key = walls.audit_key(unit)
    report = verify(lambda: walls.open(Scope(body), actor=SYSTEM, purpose="test", at=NOW), key, "vale", Anchors(folder))
    assert list(report.faults) == [] and report.links > 0
    return report.links


def rewrap(database: Database, folder: Path, *arguments: str) -> str:
    for name, key in (("secret", b"s" * 32), ("old", OLD), ("new", NEW)):
        (folder / f"{name}.key").write_text(key.hex())
    environment = {**os.environ, "DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url,
                   "REDIS_URL": "redis://127.0.0.1:1/0", "THREEFOLD_MODE": "test", "THREEFOLD_VAR": str(folder),
                   "THREEFOLD_SECRET_KEY_FILE": str(folder / "secret.key"), "THREEFOLD_MASTER_KEY_FILE": str(folder / "new.key"),
                   "THREEFOLD_OTHER_MASTER_KEY_FILES": str(folder / "old.key")}  # fmt: skip
    done = typed("keys", *arguments, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_replaced_while_old_and_new_processes_are_at_work(database: Database, vale: UUID, tmp_path: Path) -> None:
    person = database.provision.put_person("somebody@vale.example", "Somebody", "")
    secret = DirectorySeal(MasterKey(OLD)).seal(b"JBSWY3DP", person)
    with database.walls.directory() as directory:
        directory.put_totp(person, secret, 0, NOW)
    former = Walls(database.engine, MasterKey(OLD, FileKey(NEW)))  # restarted first: it opens what the new key wraps
    works(former, vale)
    links = chain_holds(former, vale, tmp_path)
    assert "vale: 1 keys wrapped again" in rewrap(database, tmp_path, "rewrap")
    assert "1 secrets" in rewrap(database, tmp_path, "rewrap") and "vale: 0 keys" in rewrap(database, tmp_path, "rewrap")
    former.forget_keys()
    current = Walls(database.engine, MasterKey(NEW, FileKey(OLD)))
    for walls in (former, current, former, current):
        works(walls, vale)
        assert (links := max(links, chain_holds(walls, vale, tmp_path))) >= 1
    with former.open(Scope(vale), actor=SYSTEM, purpose="test", at=NOW) as unit:
        former.add_keys(unit)  # late: rotated by a process that still has the old key
    assert "Under another master key: 2" in rewrap(database, tmp_path, "status", "--body", "vale")
    with current.open(Scope(vale), actor=SYSTEM, purpose="test", at=NOW) as unit:
        assert has_unindexed(unit) and index_some(unit) == 1 and not has_unindexed(unit)
    told = rewrap(database, tmp_path, "rewrap", "--finish")
    assert "vale: 1 keys wrapped again" in told and "1 keys of other processes" in told
    alone = Walls(database.engine, MasterKey(NEW))  # the old key is thrown away
    refuse_unless_safe(database.engine, alone.scope_key)
    works(alone, vale)
    assert chain_holds(alone, vale, tmp_path) > 1
    with alone.directory() as directory:
        kept = directory.totp_of(person)
    assert kept is not None and DirectorySeal(MasterKey(NEW)).open(kept[0], person) == b"JBSWY3DP"
    with pytest.raises(ManyErrors):
        refuse_unless_safe(database.engine, database.walls.scope_key)


def test_codes_made_under_the_former_key_are_taken_while_it_stands_beside(vale: UUID) -> None:
    made = DirectorySeal(MasterKey(OLD)).code_hash(vale, "code")
    assert made in DirectorySeal(MasterKey(NEW, FileKey(OLD))).code_hashes(vale, "code")
    assert made not in DirectorySeal(MasterKey(NEW)).code_hashes(vale, "code")


def test_a_key_that_is_none_of_these_opens_nothing(database: Database, vale: UUID) -> None:
    with psycopg.connect(database.admin) as connection:
        (wrapped,) = connection.execute("select wrapped from body.body_key where tenant_id = %s", (vale,)).fetchone() or (b"",)
    with pytest.raises(SealBroken, match="THREEFOLD_MASTER_KEY_FILE"):
        MasterKey(NEW, FileKey(b"x" * 32)).unwrap(vale, 1, wrapped)
    with pytest.raises(SealBroken):
        MasterKey(OLD).unwrap(uuid4(), 1, wrapped)


def test_the_key_may_be_in_a_service_that_never_lets_it_out(database: Database, vale: UUID, tmp_path: Path) -> None:
    with running(OLD, "a token") as (url, process):
        walls = Walls(database.engine, MasterKey(HttpKey(url, lambda: "a token")))
        works(walls, vale)
        with walls.open(Scope(vale), actor=SYSTEM, purpose="test", at=NOW) as unit:
            walls.add_keys(unit)
        walls.forget_keys()
        works(walls, vale)
        assert chain_holds(walls, vale, tmp_path) > 0
        with pytest.raises(SealBroken):
            walls.master.unwrap(vale, 1, b"not a wrapped key at all")
        with pytest.raises(KeyServiceUnavailable, match="401"):
            HttpKey(url, lambda: "another").derive(b"about")
        process.kill()
        process.wait()
        walls.forget_keys()
        with pytest.raises(KeyServiceUnavailable, match="cannot be reached") as told:
            works(walls, vale)
    assert told.value.__cause__ is None and told.value.__suppress_context__


def test_a_token_that_is_written_anew_is_shown_with_the_next_question(vale: UUID, tmp_path: Path) -> None:
    """So that it may be one that is good for an hour (ASVS 13.2.1)."""
    token, secret = tmp_path / "token", tmp_path / "secret"
    token.write_text("an hour ago\n")
    secret.write_text("11" * 32)
    with running(OLD, "now") as (url, _):
        settings = Settings("postgresql+psycopg://x", "", secret, kms_url=url, kms_token_file=str(token), mode="test")
        master = open_master(settings)
        with pytest.raises(KeyServiceUnavailable, match="401"):
            master.audit_key(vale)
        token.write_text("now\n")
        assert master.audit_key(vale) == MasterKey(OLD).audit_key(vale)
        token.unlink()
        with pytest.raises(KeyServiceUnavailable, match="cannot be reached"):
            master.index_key(vale, "name")


def test_a_service_and_a_file_are_the_same_to_what_was_made(vale: UUID) -> None:
    with running(OLD, "t") as (url, _):
        service, file = MasterKey(HttpKey(url, lambda: "t")), MasterKey(OLD)
        assert service.index_key(vale, "name") == file.index_key(vale, "name") and service.scope_key() == file.scope_key()
        assert service.audit_key(vale) == file.audit_key(vale)


@pytest.mark.parametrize(("given", "wrong"), [
    ({}, "or THREEFOLD_KMS_URL"), ({"THREEFOLD_KMS_URL": "http://127.0.0.1:1", "THREEFOLD_MASTER_KEY_FILE": "x"}, "not both"),
    ({"THREEFOLD_KMS_URL": "http://keys.example"}, "https"),
])  # fmt: skip
def test_the_settings_name_one_place(given: dict[str, str], wrong: str) -> None:
    needed = {
        "DATABASE_URL": "postgresql+psycopg://a@b/c",
        "REDIS_URL": "redis://x",
        "THREEFOLD_SECRET_KEY_FILE": "y",
        "THREEFOLD_MODE": "test",
    }
    with pytest.raises(SettingsError, match=wrong):
        read_settings(needed | given)
    assert read_settings(needed | {"THREEFOLD_KMS_URL": "http://127.0.0.1:1"}).master_key_file is None
