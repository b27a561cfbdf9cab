"""Keys change while everybody reads and writes; and where they are destroyed, people are unreadable and counts still right."""

from __future__ import annotations

import gc
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, select
from sqlalchemy.exc import ProgrammingError

from tests.incidents.web.conftest import AWARE, DEAD, GOVERNANCE
from tests.support.commands import Done, typed
from tests.support.database import MASTER, Database
from threefold.doors.cli.keys import rotate
from threefold.doors.worker import jobs, planning
from threefold.walls.audit.anchors import Anchors
from threefold.walls.key_services import FileKey
from threefold.walls.post import Post
from threefold.walls.rotation import Came, keys_in_use, reseal_all, sealed_tables
from threefold.walls.sealed import (
    CIPHERS,
    DataKey,
    KeysDestroyed,
    MasterKey,
    SealBroken,
    SealedValue,
    new_data_key,
    seal,
    unseal,
)
from threefold.walls.session import SYSTEM, Scope, Unit, Walls
from threefold.walls.tables import AuditEntry
from threefold.work.incidents import stories
from threefold.work.incidents.stories import Sought
from threefold.work.incidents.tables import CasePerson, PersonIndex

FACTS = {"incident": {"happened_on": "2026-03-28", "children": [DEAD]}, "review": {"events": [AWARE]}}
SLUGS = ("vale", "dale")


@pytest.fixture
def bodies(database: Database) -> list[UUID]:
    database.body("nation", "national")
    found = [database.body(slug, national="nation") for slug in SLUGS]
    for body in found:
        with database.unit(body) as unit:
            case_id = stories.record_incident(unit, GOVERNANCE, FACTS, uuid4()).id
            for no in range(5):
                stories.add_person(unit, case_id, "other", {"name": f"Planted {no}"})
    return found


def opens(walls: Walls, body: UUID) -> Callable[[], AbstractContextManager[Unit]]:
    return lambda: walls.open(Scope(body), actor=SYSTEM, purpose="test", at=datetime.now(UTC))


@pytest.fixture
def owner(database: Database) -> Iterator[Walls]:
    walls = Walls(create_engine(database.owner_url), MASTER)
    yield walls
    walls.engine.dispose()


def names(database: Database, body: UUID) -> list[str]:
    with database.unit(body) as unit:
        case_id = unit.session.scalars(select(CasePerson.case_id)).first()
        assert case_id is not None
        return sorted(p.details["name"] for p in stories.people(unit, case_id))


def keys(database: Database, folder: Path, *arguments: str) -> Done:
    for name, key in (("secret", b"s"), ("master", b"m")):
        (folder / f"{name}.key").write_text((key * 32).hex())
    environment = {**os.environ, "DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url,
                   "REDIS_URL": "redis://127.0.0.1:1/0", "THREEFOLD_MODE": "test", "THREEFOLD_VAR": str(folder),
                   "THREEFOLD_SECRET_KEY_FILE": str(folder / "secret.key"), "THREEFOLD_MASTER_KEY_FILE": str(folder / "master.key")}  # fmt: skip
    return typed("keys", *arguments, env=environment)


def work(database: Database, folder: Path, at: datetime | None = None) -> list[str]:
    """What a worker does with what is due."""
    bench = jobs.Bench(database.walls, GOVERNANCE, Post(database.walls, {}), lambda *_: None, "", Anchors(folder))
    due: list[UUID] = []
    planning.sweep(bench, due.append, at)
    return [jobs.perform(bench, one, at) for one in due]


def test_every_sealed_column_takes_part(database: Database) -> None:
    with psycopg.connect(database.admin) as connection:
        columns = connection.execute("select table_name, column_name from information_schema.columns "
                                     "where table_schema = 'body' and data_type = 'bytea'").fetchall()  # fmt: skip
    known = {(table.name, column.name) for table, found in sealed_tables() for column in found}
    never = {("body_key", "wrapped"), ("body_key", "audit_key"), ("audit_link", "mac"), ("audit_link", "entry_mac"), ("person_index", "token"),
             ("outbox_letter", "letter")}  # fmt: skip
    assert set(columns) - known - never <= {(t, c) for t, c in columns if c.endswith(("hash", "secret", "digest"))}
    assert ("case_person", "details") in known and len(known) > 15


def test_rotating_while_people_read_and_write(database: Database, bodies: list[UUID], owner: Walls, tmp_path: Path) -> None:
    vale, stop, errors = bodies[0], threading.Event(), list[BaseException]()
    rounds = {"read": 0, "written": 0}
    with database.unit(vale) as unit:
        people = unit.session.execute(select(CasePerson.id, CasePerson.case_id).order_by(CasePerson.id)).all()

    def at_work(act: Callable[[Walls, int], None], what: str) -> None:
        walls = Walls(database.engine, MASTER)  # as another process: it hears of a new key only when it looks again
        walls.kept_seconds = 0.05
        try:
            while not stop.is_set():
                act(walls, rounds[what])
                rounds[what] += 1
        except BaseException as error:  # noqa: BLE001  told by the test
            errors.append(error)

    def write(walls: Walls, no: int) -> None:
        person = people[no % len(people)]
        with opens(walls, vale)() as unit:
            stories.correct_person(unit, person.case_id, person.id, "other", {"name": f"Planted {no}"})

    def read(walls: Walls, no: int) -> None:
        with opens(walls, vale)() as unit:
            assert len(stories.people(unit, people[0].case_id)) == 5
            stories.see_case(unit, people[0].case_id)

    threads = [threading.Thread(target=at_work, args=a) for a in ((write, "written"), (read, "read"), (read, "read"))]
    for thread in threads:
        thread.start()
    try:
        for expected in (2, 3):
            before = dict(rounds)
            cipher = {2: "chacha20-poly1305", 3: "aes-256-gcm"}[expected]  # swapped and swapped back, while they work
            assert keys(database, tmp_path, "rotate", "--body", "vale", "--cipher", cipher).returncode == 0
            work(database, tmp_path)
            assert reseal_all(opens(owner, vale), also_added_to=True).broken == {}
            while not errors and any(rounds[what] < before[what] + 5 for what in rounds):
                threads[0].join(0.01)
            with database.unit(vale) as unit:
                assert max(keys_in_use(unit)) == expected
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert errors == []
    owner.forget_keys()
    reseal_all(opens(owner, vale), also_added_to=True)
    with database.unit(vale) as unit:
        assert set(keys_in_use(unit)) == {3}
    assert len(names(database, vale)) == 5


def test_another_cipher_takes_the_place_of_the_first_everywhere(
    database: Database, bodies: list[UUID], owner: Walls, tmp_path: Path
) -> None:
    vale, before = bodies[0], names(database, bodies[0])
    refused = CliRunner().invoke(rotate, ["--all", "--cipher", "rot13"])
    assert refused.exit_code == 2 and "Use one of: aes-256-gcm, chacha20-poly1305" in refused.output
    assert ciphers(database, vale) == {1}
    assert keys(database, tmp_path, "rotate", "--body", "vale", "--cipher", "chacha20-poly1305").returncode == 0
    told = keys(database, tmp_path, "status", "--body", "vale").stdout
    assert re.search(r"Key 1, of .*, aes-256-gcm: ", told) and re.search(
        r"Key 2, of .*, chacha20-poly1305: .*seals what is new", told
    )
    database.walls.forget_keys()
    with database.unit(vale) as unit:
        stories.add_person(unit, unit.session.scalars(select(CasePerson.case_id)).all()[0], "other", {"name": "Planted late"})
    before.append("Planted late")
    assert names(database, vale) == before and ciphers(database, vale) == {1, 2}, "the old open beside the new"
    work(database, tmp_path)
    assert reseal_all(opens(owner, vale), also_added_to=True).broken == {}
    assert ciphers(database, vale) == {2} and ciphers(database, bodies[1]) == {1}
    assert names(database, vale) == before
    with database.unit(vale) as unit:
        database.walls.add_keys(unit)
        assert database.walls.newest_key(unit).cipher == 2, "a rotation that says no cipher keeps the one there was"


def ciphers(database: Database, body: UUID) -> set[int]:
    """With which byte what is sealed of a body begins, but its wrapped keys' own letter keys, which stay under their own number."""
    found = set()
    with database.unit(body) as unit:
        for table, columns in sealed_tables():
            for column in columns if table.name != "body_key" else ():
                rows = unit.session.connection().execute(select(column).where(table.c.tenant_id == body, column.is_not(None)))
                found |= {value.raw[0] for (value,) in rows if value.raw}
    return found


def test_a_key_is_for_one_cipher_and_what_says_otherwise_does_not_open() -> None:
    body, other = uuid4(), CIPHERS["chacha20-poly1305"]
    master = MasterKey(b"m" * 32)
    for number in CIPHERS.values():
        made = new_data_key(body, 1, number)
        kept = master.unwrap(body, 1, master.wrap(made))
        assert kept == made and unseal(kept, seal(made, b"told")) == b"told"
        with pytest.raises(SealBroken):
            unseal(DataKey(body, 1, made.key, other if number == 1 else 1), seal(made, b"told"))
        with pytest.raises(SealBroken):
            unseal(made, SealedValue(bytes([3 - number]) + seal(made, b"told").raw[1:]))
        for length in range(1, 36):  # cut off
            with pytest.raises(SealBroken):
                unseal(made, SealedValue(seal(made, b"told").raw[:length]))
    for key in (bytes([9]) + b"k" * 32, b"k" * 31, b"", bytes([other]) + b"k" * 33):
        with pytest.raises(SealBroken, match="does not know"):
            master.unwrap(body, 1, FileKey(b"m" * 32).wrap(key, body.bytes + (1).to_bytes(4, "big")))


def test_a_killed_job_goes_on_and_a_broken_value_stops_nothing(database: Database, bodies: list[UUID], owner: Walls) -> None:
    vale = bodies[0]
    with database.unit(vale) as unit:
        database.walls.add_keys(unit)
        row = unit.session.scalars(select(CasePerson).order_by(CasePerson.id)).first()
        assert row is not None
        row.details = SealedValue(row.details.raw[:-1] + bytes([row.details.raw[-1] ^ 1]))
    calls = 0

    def some() -> AbstractContextManager[Unit]:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return opens(database.walls, vale)()

    with pytest.raises(KeyboardInterrupt):
        reseal_all(some, also_added_to=False)
    came = reseal_all(opens(database.walls, vale), also_added_to=False)
    assert came.broken == {"case_person": 1} and came.done >= 4
    again = reseal_all(opens(database.walls, vale), also_added_to=False)
    assert again == Came(0, {"case_person": 1})
    with database.unit(vale) as unit:
        used = keys_in_use(unit)
    assert used[1].values - used[1].added_to == 1 and used[1].added_to > 0


def test_the_running_role_cannot_seal_records_again(database: Database, bodies: list[UUID]) -> None:
    with database.unit(bodies[0]) as unit:
        database.walls.add_keys(unit)
    with pytest.raises(ProgrammingError, match="permission denied"):
        reseal_all(opens(database.walls, bodies[0]), also_added_to=True)


def test_another_process_soon_seals_with_the_new_key(database: Database, bodies: list[UUID]) -> None:
    other = Walls(database.engine, MASTER)
    with opens(other, bodies[0])() as unit:
        assert other.newest_key(unit).no == 1
    with database.unit(bodies[0]) as unit:
        database.walls.add_keys(unit)
    other.kept_seconds = 0
    with opens(other, bodies[0])() as unit:
        assert other.newest_key(unit).no == 2


def test_a_key_that_was_not_used_for_a_while_is_held_no_longer(database: Database, bodies: list[UUID]) -> None:
    """A process that goes on with other bodies does not hold it until this one is worked with again."""
    vale, dale = bodies
    of_others = held()  # what other tests of this process left; held here, so that none of it goes meanwhile
    other = Walls(database.engine, MASTER)
    for body in bodies:
        with opens(other, body)() as unit:
            other.letter_keys(unit)
    database.walls.forget_keys()
    assert {key.body_id for key in held(of_others)} == {vale, dale}
    other.kept_seconds = 0
    with opens(other, dale)() as unit:
        other.letter_keys(unit)
    assert {key.body_id for key in held(of_others)} == {dale}


def held(besides: Sequence[DataKey] = ()) -> list[DataKey]:
    gc.collect()
    known = {id(one) for one in besides}
    return [one for one in gc.get_objects() if isinstance(one, DataKey) and id(one) not in known]


def test_an_operator_rotates_and_sees_how_far_it_is(database: Database, bodies: list[UUID], tmp_path: Path) -> None:
    assert "Say which body" in keys(database, tmp_path, "rotate").stderr
    assert "no body 'nowhere'" in keys(database, tmp_path, "rotate", "--body", "nowhere").stderr
    done = keys(database, tmp_path, "rotate", "--all")
    assert done.returncode == 0 and "vale: key 2 seals what is new" in done.stdout, done.stderr
    before = keys(database, tmp_path, "status", "--body", "vale").stdout
    assert "Key 1" in before and "by the worker" in before and "dale" not in before
    assert set(work(database, tmp_path)) == {"done"}
    assert (
        "To be sealed again: 0 by the worker, 2 by `threefold keys reseal`"
        in keys(database, tmp_path, "status", "--body", "vale").stdout
    )
    assert "sealed again" in keys(database, tmp_path, "reseal", "--all").stdout
    assert "To be sealed again" not in keys(database, tmp_path, "status").stdout
    assert len(names(database, bodies[0])) == 5


def test_destroyed_keys_leave_people_unreadable_and_counts_right(
    database: Database, bodies: list[UUID], tmp_path: Path
) -> None:
    vale, dale = bodies
    assert "--confirm vale" in keys(database, tmp_path, "destroy", "--body", "vale", "--confirm", "dale").stderr
    with database.unit(vale) as unit:
        case_id, listed = unit.session.scalars(select(CasePerson.case_id)).first(), stories.list_cases(unit)
        stored = unit.session.scalars(select(CasePerson.details)).all()
    assert case_id is not None
    database.walls.kept_seconds = 0  # half a minute later
    done = keys(database, tmp_path, "destroy", "--body", "vale", "--confirm", "vale")
    assert done.returncode == 0 and "1 keys destroyed" in done.stdout, done.stderr
    with database.unit(vale) as unit:
        assert stories.list_cases(unit) == listed and len(listed[0]) == 1
        for act in (lambda: stories.people(unit, case_id), lambda: stories.see_case(unit, case_id), lambda: unit.seal(b"new")):
            with pytest.raises(KeysDestroyed):
                act()
        assert stories.find_people(unit, Sought(name="Planted")) == ([], False)
        assert unit.session.scalars(select(PersonIndex)).all() == []
        entry = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "keys destroyed")).one()
    assert entry.detail == {"keys": 1}
    later = Walls(
        database.engine, MasterKey(b"n" * 32, FileKey(b"m" * 32))
    )  # the audit is verified under the next master key too
    database.provision.put_scope_key(later.scope_key)
    with opens(later, vale)() as unit:
        assert later.audit_key(unit) == MASTER.audit_key(vale)
    with database.unit(dale) as unit, pytest.raises(SealBroken):
        unit.open_sealed(stored[0])
    assert len(names(database, dale)) == 5
    assert "DESTROYED" in keys(database, tmp_path, "status", "--body", "vale").stdout
    assert "were destroyed" in keys(database, tmp_path, "rotate", "--body", "vale").stderr
    assert "were destroyed" in keys(database, tmp_path, "destroy", "--body", "vale", "--confirm", "vale").stderr
    database.body("vale")  # loading the bodies again makes no new keys
    with database.unit(dale) as unit:
        assert database.walls.public_key(unit.session, vale) is None
        assert database.walls.public_key(unit.session, vale, 1) is not None


def test_work_for_a_body_without_keys_ends(database: Database, bodies: list[UUID], tmp_path: Path) -> None:
    assert keys(database, tmp_path, "destroy", "--body", "vale", "--confirm", "vale").returncode == 0
    database.walls.forget_keys()
    with database.unit(bodies[0]) as unit:
        unit.later("index_people", bodies[0])
    assert set(work(database, tmp_path)) == {"done"}
