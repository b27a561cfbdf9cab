"""`threefold people`: a body's first manager is invited, lost second steps are taken away, sign-ins are ended."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.commands import typed
from tests.support.database import NOW, Database
from threefold.work.people.passwords import password_hash

EMAIL = "manager@north.example"


@pytest.fixture
def environment(database: Database, tmp_path: Path) -> dict[str, str]:
    for name, value in (("secret", b"s"), ("master", b"m")):
        (tmp_path / name).write_text((value * 32).hex())
    return {**os.environ, "DATABASE_URL": database.app_url, "REDIS_URL": "redis://127.0.0.1:1/0", "THREEFOLD_MODE": "test",
            "THREEFOLD_SECRET_KEY_FILE": str(tmp_path / "secret"), "THREEFOLD_MASTER_KEY_FILE": str(tmp_path / "master")}  # fmt: skip


def run(environment: dict[str, str], *words: str) -> tuple[int, str]:
    kept = {k: v for k, v in environment.items() if not k.startswith("THREEFOLD_TEST")}
    done = typed("people", *words, env=kept)
    return done.returncode, done.stdout + done.stderr


def test_the_first_manager_is_invited(database: Database, environment: dict[str, str]) -> None:
    body = database.body("north")
    assert run(environment, "invite", "north", EMAIL)[0] == 0
    with database.walls.directory() as directory:
        assert len(directory.due_work(NOW.replace(year=2100))) == 1
    code, said = run(environment, "invite", "nowhere", EMAIL)
    assert code == 2 and "There is no body" in said
    code, said = run(environment, "invite", "north", EMAIL, "--role", "reviewer")
    assert code == 2 and "They invite the others" in said
    with database.unit(body) as unit:
        from threefold.work.people.invitations import invitations

        assert [(i.email, i.role, i.state) for i in invitations(unit)] == [(EMAIL, "business_manager", "open")]


def test_lost_second_steps_are_taken_away_and_told(database: Database, environment: dict[str, str]) -> None:
    person = database.provision.put_person(EMAIL, "Manager", password_hash("four plain words here"))
    with database.walls.directory() as directory:
        directory.put_totp(person, b"sealed", 0, NOW)
        directory.put_recovery_codes(person, [b"x" * 32], NOW)
        directory.begin_session(b"t" * 32, person, NOW, NOW.replace(year=2100))
    code, said = run(environment, "forget-second-steps", EMAIL)
    assert code == 0 and "they are told by e-mail" in said
    with database.walls.directory() as directory:
        known = directory.person_by_email(EMAIL)
        assert known is not None and not known.second_step
        assert not directory.use_recovery_code(person, b"x" * 32, NOW)
        assert [e.what for e in directory.events_of(person)] == ["steps_forgotten"]
        assert directory.sign_in_state(b"t" * 32, NOW, NOW - NOW.replace(year=2025), "") is None
    assert run(environment, "forget-second-steps", "nobody@north.example")[0] == 2


def test_the_operator_ends_the_sign_ins_of_one_person_or_of_everybody(database: Database, environment: dict[str, str]) -> None:
    one, other = (
        database.provision.put_person(email, email, password_hash("four plain words here"))
        for email in (EMAIL, "b@north.example")
    )

    def signed_in() -> list[bool]:
        with database.walls.directory() as directory:
            return [
                directory.sign_in_state(token * 32, NOW, NOW - NOW.replace(year=2025), "") is not None for token in (b"1", b"2")
            ]

    with database.walls.directory() as directory:
        directory.begin_session(b"1" * 32, one, NOW, NOW.replace(year=2100))
        directory.begin_session(b"2" * 32, other, NOW, NOW.replace(year=2100))
    assert signed_in() == [True, True]
    assert run(environment, "sign-out", EMAIL) == (0, "1 of their sign-ins have ended.\n")
    assert signed_in() == [False, True]
    with database.walls.directory() as directory:
        assert [e.what for e in directory.events_of(one)] == ["signed_out_by_operator"]
    for wrong in (("sign-out",), ("sign-out", EMAIL, "--everybody"), ("sign-out", "nobody@north.example")):
        assert run(environment, *wrong)[0] == 2
    assert "MIGRATION_DATABASE_URL" in run(environment, "sign-out", "--everybody")[1]
    owners = environment | {"MIGRATION_DATABASE_URL": database.owner_url}
    assert run(owners, "sign-out", "--everybody") == (0, "1 sign-ins have ended.\n")
    assert signed_in() == [False, False]
