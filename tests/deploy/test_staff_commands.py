"""`threefold staff`: the role of the platform is granted, listed and ended by the owner's command, and by nothing else."""

from __future__ import annotations

import pytest

from tests.deploy.test_people_commands import environment
from tests.support.commands import typed
from tests.support.database import NOW, Database

__all__ = ["environment"]
EMAIL = "ops@service.example"


@pytest.fixture
def owners(database: Database, environment: dict[str, str]) -> dict[str, str]:
    return environment | {"MIGRATION_DATABASE_URL": database.owner_url}


def run(environment: dict[str, str], *words: str) -> tuple[int, str]:
    done = typed("staff", *words, env=environment)
    return done.returncode, done.stdout + done.stderr


def test_the_role_is_granted_listed_and_ended(database: Database, owners: dict[str, str]) -> None:
    assert run(owners, "grant", EMAIL)[0] == 2  # nobody has that address, and no name was given
    code, said = run(owners, "grant", EMAIL, "--name", "Operations")
    assert code == 0 and "A link to choose a password" in said
    with database.walls.directory() as directory:
        known = directory.person_by_email(EMAIL)
        assert (
            known is not None
            and known.password_hash
            and [e.what for e in directory.events_of(known.person_id)] == ["staff_granted"]
        )
        assert len(directory.due_work(NOW.replace(year=2100))) == 1  # the link
    assert "Operations, since" in run(owners, "list")[1]
    assert run(owners, "grant", EMAIL)[0] == 0  # again is harmless
    assert run(owners, "end", EMAIL)[0] == 0 and run(owners, "end", EMAIL)[0] == 2
    assert run(owners, "list")[1].strip() == "Nobody."


def test_who_works_for_a_body_is_refused_and_so_is_the_running_role(database: Database, owners: dict[str, str]) -> None:
    person = database.provision.put_person(EMAIL, "Both", "")
    database.provision.put_membership(person, database.body("north"), "contributor", "", NOW.date())
    code, said = run(owners, "grant", EMAIL)
    assert code == 2 and "They work for a body" in said
    code, said = run(owners | {"MIGRATION_DATABASE_URL": ""}, "list")
    assert code == 2 and "the owner's address" in said
    assert run(owners | {"MIGRATION_DATABASE_URL": database.app_url}, "list")[0] != 0
