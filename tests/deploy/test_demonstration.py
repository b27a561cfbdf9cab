"""The demonstration's people and cases: told through the stories, on loopback only, and only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.database import Database
from tests.support.tenants import read_tenants
from threefold.config import Settings, SettingsError
from threefold.domain.errors import PackError, ThreefoldError
from threefold.doors.cli import demonstration
from threefold.doors.cli.tenants_load import load_all
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.walls.provision import body_id_of
from threefold.work.arrangements.stories import versions
from threefold.work.incidents import stories as incidents
from threefold.work.national import stories as national
from threefold.work.people.sign_in import sign_in

LIBRARY = read_tenants()
GOV = Governance(LIBRARY.editions, Catalogue.installed())


def settings(database: Database, folder: Path) -> Settings:
    return Settings(
        database.app_url,
        "redis://unused",
        folder,
        folder,
        mode="demonstration",
        migration_database_url=database.owner_url,
        var=folder,
    )


def test_a_demonstration_of_an_earlier_release_still_starts_and_keeps_what_is_on_record(
    database: Database, tmp_path: Path
) -> None:
    own, said = settings(database, tmp_path), []
    load_all(own, LIBRARY, GOV, database.walls, said.append)
    name = next(b.id for b in LIBRARY.bodies.values() if b.synthetic and b.versions)
    made_up = LIBRARY.bodies[name]
    later = replace(made_up, versions=tuple(replace(v, title="Made up anew") for v in made_up.versions))
    said.clear()
    load_all(own, replace(LIBRARY, bodies={name: later}), GOV, database.walls, said.append)
    assert "make clean" in said[0] and "on record with other content" in said[0]
    with database.unit(body_id_of(name), datetime.now(UTC)) as unit:
        assert [v.title for v in versions(unit)] == [v.title for v in made_up.versions]
    real = next(b for b in LIBRARY.bodies.values() if not b.synthetic and b.versions)
    other = replace(real, versions=tuple(replace(v, title="Another") for v in real.versions))
    with pytest.raises(PackError, match="on record with other content"):
        load_all(own, replace(LIBRARY, bodies={real.id: other}), GOV, database.walls, said.append)


def test_made_up_cases_reach_the_desk_and_loading_twice_adds_nothing(database: Database, tmp_path: Path) -> None:
    own = settings(database, tmp_path)
    said: list[str] = []
    for _ in range(2):
        load_all(own, LIBRARY, GOV, database.walls, said.append)
        people = demonstration.load(own, LIBRARY, GOV, database.walls, said.append)
    synthetic = [b.id for b in LIBRARY.bodies.values() if b.synthetic and b.kind == "partnership"]
    for name in synthetic:
        with database.unit(body_id_of(name), datetime.now(UTC)) as unit:
            lines, more = incidents.list_cases(unit)
        assert len(lines) == 7 and not more
    real = next(b.id for b in LIBRARY.bodies.values() if not b.synthetic and b.kind == "partnership")
    with database.unit(body_id_of(real), datetime.now(UTC)) as unit:
        assert incidents.list_cases(unit) == ([], False), "a real body carries no cases"
    with database.unit(body_id_of("example-national"), datetime.now(UTC), roles=("national_officer",)) as unit:
        states = [line.state for line in national.desk(unit)]
    assert len(states) == 3 * len(synthetic)
    assert {"due", "overdue"} <= set(states) and {"arrived_in_time", "arrived_late"} & set(states)
    assert any(p.email == "regional.health@several.example" for p in people)
    assert sign_in(database.walls, people[0].email, demonstration.PASSWORD, datetime.now(UTC)).token
    assert not [p for p in people if real in p.body]
    assert demonstration.PASSWORD in demonstration.told(people, "http://127.0.0.1:8000")


def test_no_accounts_outside_a_demonstration_on_loopback(database: Database, tmp_path: Path) -> None:
    own = settings(database, tmp_path)
    for wrong in (replace(own, mode="production"), replace(own, host="0.0.0.0")):
        with pytest.raises((ThreefoldError, SettingsError), match="loopback"):
            demonstration.load(wrong, LIBRARY, GOV, database.walls, lambda _: None)
