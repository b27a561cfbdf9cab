"""Passwords, codes and recovery codes: what is refused, what is used once, and what is kept of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psycopg
import pyotp
import pytest

from tests.support.database import NOW, Database
from threefold.config import SettingsError, read_settings
from threefold.domain.errors import ThreefoldError
from threefold.walls.account_rows import SignInState
from threefold.walls.sealed import DirectorySeal, MasterKey, SealBroken
from threefold.work.people.passwords import password_hash, verifies
from threefold.work.people.second_steps import (
    CodeRefused,
    change_password,
    confirm_totp,
    new_recovery_codes,
    new_totp,
    pass_code,
)
from threefold.work.people.sign_in import SignInEnded, sign_in, state_of

EMAIL, PASSWORD = "lead@north.example", "four plain words here"


def begun(database: Database, at=NOW) -> tuple[str, SignInState]:
    """A sign-in after its password."""
    signed = sign_in(database.walls, EMAIL, PASSWORD, at)
    state = state_of(database.walls, signed.token, at)
    assert state is not None
    return signed.token, state


@pytest.fixture
def secret(database: Database) -> str:
    """A person with an authenticator app, set up an hour ago; its secret."""
    database.provision.put_person(EMAIL, "Lead", password_hash(PASSWORD))
    earlier = NOW - timedelta(hours=1)
    _token, state = begun(database, earlier)
    secret, sealed = new_totp(database.walls, state)
    confirm_totp(database.walls, state, sealed, pyotp.TOTP(secret).at(earlier), earlier)
    return secret


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "at least 12"), ("x" * 501, "at most 500"), ("Password 1234", "easy to guess"), ("aaaaaaaaaaaaaaa", "easy to guess"), ("Safeguarding2026!", "easy to guess"),
        ("iloveyou 123456", "easy to guess"), ("correct horse battery staple", "easy to guess"),
        ("my lead@North.example", "does not hold your email"),
    ],
)  # fmt: skip
def test_a_weak_password_is_refused(password: str, said: str) -> None:
    with pytest.raises(ThreefoldError, match=said):
        password_hash(password, email=EMAIL)


@pytest.mark.parametrize(
    "password", ["purple kettle window", "unmöglich länger Fluß", "x7!Kq-92.hVd", "word" * 10 + "purple kettle window"]
)
def test_a_long_one_of_any_composition_is_taken(password: str) -> None:
    assert verifies(password_hash(password, email=EMAIL), password)


def test_a_password_is_kept_as_argon2id() -> None:
    assert password_hash(PASSWORD).startswith("$argon2id$")


def test_a_code_is_right_for_its_half_minute_and_once(database: Database, secret: str) -> None:
    code = pyotp.TOTP(secret).at(NOW)
    for seconds in (-1, 30):
        token, state = begun(database)
        with pytest.raises(CodeRefused):
            pass_code(database.walls, token, state, code, NOW + timedelta(seconds=seconds))
    token, state = begun(database)
    passed = pass_code(database.walls, token, state, f"{code[:3]} {code[3:]}", NOW + timedelta(seconds=29))
    assert passed.stage == "open" and passed.token != token
    token, state = begun(database)
    with pytest.raises(CodeRefused):
        pass_code(database.walls, token, state, code, NOW + timedelta(seconds=29))


def test_where_the_operator_forgives_clocks_a_code_counts_that_much_longer_and_once(database: Database, secret: str) -> None:
    app = pyotp.TOTP(secret)
    for seconds in (-11, 40):
        token, state = begun(database)
        with pytest.raises(CodeRefused):
            pass_code(database.walls, token, state, app.at(NOW), NOW + timedelta(seconds=seconds), grace=10)
    token, state = begun(database)
    assert pass_code(database.walls, token, state, app.at(NOW), NOW - timedelta(seconds=10), grace=10).stage == "open"
    token, state = begun(database)
    with pytest.raises(CodeRefused):
        pass_code(database.walls, token, state, app.at(NOW), NOW + timedelta(seconds=39), grace=10)
    late = NOW + timedelta(seconds=39)  # the code of the half minute before the one of now
    assert (
        pass_code(
            database.walls, token, state, app.at(NOW + timedelta(seconds=30)), late + timedelta(seconds=30), grace=10
        ).stage
        == "open"
    )


@pytest.mark.parametrize("seconds", ["-1", "31", "soon"])
def test_a_grace_that_cannot_be_is_refused_by_name(seconds: str, tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql+psycopg://x@/x", "REDIS_URL": "redis://x", "THREEFOLD_MODE": "test", "THREEFOLD_SECRET_KEY_FILE": str(tmp_path),
        "THREEFOLD_MASTER_KEY_FILE": str(tmp_path),
    }  # fmt: skip
    assert read_settings(given).code_grace == 0
    with pytest.raises(SettingsError) as told:
        read_settings(given | {"THREEFOLD_CODE_GRACE": seconds})
    assert told.value.field == "THREEFOLD_CODE_GRACE"


def test_the_fifth_wrong_code_ends_the_sign_in(database: Database, secret: str) -> None:
    token, state = begun(database)
    for _ in range(4):
        with pytest.raises(CodeRefused):
            pass_code(database.walls, token, state, "000000", NOW)
    with pytest.raises(SignInEnded):
        pass_code(database.walls, token, state, "000000", NOW)
    with pytest.raises(SignInEnded):
        pass_code(database.walls, token, state, pyotp.TOTP(secret).at(NOW), NOW)
    assert state_of(database.walls, token, NOW) is None


def test_guessing_on_and_on_is_refused_but_a_recovery_code_helps(database: Database, secret: str) -> None:
    token, state = begun(database)
    codes = new_recovery_codes(database.walls, state, NOW)
    for _ in range(2):
        token, state = begun(database)
        for _ in range(5):
            with pytest.raises((CodeRefused, SignInEnded)):
                pass_code(database.walls, token, state, "000000", NOW)
    token, state = begun(database)
    with pytest.raises(CodeRefused, match="wait until 12:00 on 30 March"):
        pass_code(database.walls, token, state, pyotp.TOTP(secret).at(NOW), NOW)
    assert pass_code(database.walls, token, state, codes[0], NOW).stage == "open"
    later = NOW + timedelta(hours=1, seconds=1)
    token, state = begun(database, later)
    assert pass_code(database.walls, token, state, pyotp.TOTP(secret).at(later), later).stage == "open"


def test_a_recovery_code_works_once_and_new_ones_replace_the_old(database: Database, secret: str) -> None:
    token, state = begun(database)
    codes = new_recovery_codes(database.walls, state, NOW)
    assert len(set(codes)) == 10
    pass_code(database.walls, token, state, codes[0].upper().replace("-", " "), NOW)
    token, state = begun(database)
    assert state.codes == 9
    with pytest.raises(CodeRefused):
        pass_code(database.walls, token, state, codes[0], NOW)
    new_recovery_codes(database.walls, state, NOW)
    with pytest.raises(CodeRefused):
        pass_code(database.walls, token, state, codes[1], NOW)


def test_nothing_of_a_second_step_is_kept_in_plain(database: Database, secret: str) -> None:
    _token, state = begun(database)
    codes = new_recovery_codes(database.walls, state, NOW)
    with psycopg.connect(database.admin) as connection:
        kept = str(connection.execute("select t::text from directory.totp t").fetchall())
        kept += str(connection.execute("select t::text from directory.recovery_code t").fetchall())
    for plain in (secret, *codes, *(c.replace("-", "") for c in codes)):
        assert plain not in kept and plain.encode().hex() not in kept


def test_a_sealed_secret_opens_for_its_person_and_with_its_key_only(database: Database, secret: str) -> None:
    _, state = begun(database)
    seal = DirectorySeal(database.walls.master)
    with database.walls.directory() as directory:
        found = directory.totp_of(state.person_id)
    assert found is not None and seal.open(found[0], state.person_id).decode() == secret
    with pytest.raises(SealBroken):
        seal.open(found[0], state.session_id)
    with pytest.raises(SealBroken):
        DirectorySeal(MasterKey(b"x" * 32)).open(found[0], state.person_id)


def test_another_password_ends_the_other_sign_ins(database: Database, secret: str) -> None:
    other, _ = begun(database)
    mine, state = begun(database)
    change_password(database.walls, state, "five other plain words", NOW)
    assert state_of(database.walls, other, NOW) is None
    assert state_of(database.walls, mine, NOW) is not None


def test_the_events_of_sign_ins_cannot_be_changed_by_the_running_role(database: Database, secret: str) -> None:
    for statement in (
        "update directory.sign_in_event set what = ''",
        "delete from directory.sign_in_event",
        "select 1 from directory.sign_in_event",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(
            database.app_url.replace("postgresql+psycopg", "postgresql")) as connection:  # fmt: skip
            connection.execute(statement)  # type: ignore[call-overload]


def test_what_a_passkey_is_to_sign_is_taken_once_in_time_and_for_its_purpose(database: Database) -> None:
    """Many passkeys count nothing: against a replay of theirs this alone stands."""
    with database.walls.directory() as directory:
        first, second, third = (
            directory.put_challenge("sign in", b"sign this", NOW, NOW + timedelta(minutes=5)) for _ in range(3)
        )
        assert directory.take_challenge(first, "sign in", NOW) == b"sign this"
        assert directory.take_challenge(first, "sign in", NOW) is None
        assert directory.take_challenge(second, "passkey", NOW) is None
        assert directory.take_challenge(third, "sign in", NOW + timedelta(minutes=5)) is None
