"""One machine as its own server: started, killed, started again; settings refused; assets stripped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from threefold.config import Settings, SettingsError, read_settings
from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.doors.local import postgres, valkey

ROOT = Path(__file__).parents[2]
GOOD = {
    "DATABASE_URL": "postgresql+psycopg://threefold_app:x@/threefold?host=/run/x", "REDIS_URL": "unix:///run/x.sock",
    "THREEFOLD_SECRET_KEY_FILE": "/run/secret", "THREEFOLD_MASTER_KEY_FILE": "/run/master", "SMTP_URL": "smtp://localhost:25",
}  # fmt: skip
OVER_TLS = "postgresql+psycopg://a:x@db.example/threefold?sslmode=verify-full"


def test_postgres_recovers_from_a_kill_with_its_data(tmp_path: Path) -> None:
    server = postgres.start(tmp_path / "pg")
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (7)")
        assert connection.execute("show listen_addresses").fetchone() == ("",)
    os.kill(server.pid, signal.SIGKILL)
    assert server.process
    server.process.wait()
    server = postgres.start(tmp_path / "pg")
    try:
        with psycopg.connect(server.admin_url) as connection:
            assert connection.execute("select n from kept").fetchone() == (7,)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(f"host={server.host} user=postgres password=wrong dbname=postgres")
        assert Path(server.host).stat().st_mode & 0o777 == 0o700
    finally:
        server.stop()


def test_the_queue_recovers_from_a_kill_with_its_jobs(tmp_path: Path) -> None:
    queue = valkey.start(tmp_path / "valkey")
    with redis.Redis.from_url(queue.url) as client:
        for number in range(50):
            client.rpush("rq:jobs", number)
        assert client.waitaof(1, 0, 5000)[0] == 1  # written down
    os.kill(queue.pid, signal.SIGKILL)
    assert queue.process
    queue.process.wait()
    queue = valkey.start(tmp_path / "valkey")
    try:
        with redis.Redis.from_url(queue.url) as client:
            assert client.llen("rq:jobs") == 50
        bare = queue.url.replace(queue.url.split("@")[0].removeprefix("unix://") + "@", "")
        with redis.Redis.from_url(bare) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
    finally:
        queue.stop()


def test_good_settings_are_read_and_typed() -> None:
    settings = read_settings({**GOOD, "PORT": "9000", "THREEFOLD_PREPARED_STATEMENTS": "no"})
    assert isinstance(settings, Settings)
    assert (settings.port, settings.prepared_statements, settings.mode) == (9000, False, "production")


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"THREEFOLD_MASTERKEY_FILE": "x"}, "THREEFOLD_MASTERKEY_FILE", "Did you mean THREEFOLD_MASTER_KEY_FILE"),
        ({"PORT": "eight"}, "PORT", "not a whole number"),
        ({"PORT": "70000"}, "PORT", "between 1 and 65535"),
        ({"DATABASE_URL": ""}, "DATABASE_URL", "is missing"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL", "postgresql"),
        ({"THREEFOLD_MODE": "demonstration", "HOST": "0.0.0.0"}, "HOST", "loopback only"),
        ({"THREEFOLD_MODE": "play"}, "THREEFOLD_MODE", "Use one of"),
        ({"SMTP_URL": ""}, "SMTP_URL", "mail server"),
        ({"SMTP_URL": "mail.example"}, "SMTP_URL", "smtp://"),
        ({"REDIS_URL": "redis://u:p@queue.example:6379/0"}, "REDIS_URL", "rediss://"),
        ({"THREEFOLD_LIMITS_URL": "redis://u:p@10.0.0.7/0"}, "THREEFOLD_LIMITS_URL", "rediss://"),
        ({"DATABASE_URL": "postgresql+psycopg://a:x@db.example/threefold"}, "DATABASE_URL", "sslmode=verify-full"),
        (
            {"DATABASE_URL": "postgresql+psycopg://a:x@db.example/threefold?sslmode=require"},
            "DATABASE_URL",
            "sslmode=verify-full",
        ),
        ({"MIGRATION_DATABASE_URL": "postgresql+psycopg://a:x@/threefold?host=10.0.0.7"}, "MIGRATION_DATABASE_URL", "sslmode"),
        ({"DATABASE_URL": "postgresql+psycopg://a:x@/t?host=/run/x&host=db.example"}, "DATABASE_URL", "sslmode=verify-full"),
        ({"DATABASE_URL": "postgresql+psycopg://a:x@/t?host=localhost,db.example"}, "DATABASE_URL", "sslmode=verify-full"),
        ({"DATABASE_URL": "postgresql+psycopg://a:x@/t?host=/run/x&hostaddr=10.0.0.7"}, "DATABASE_URL", "sslmode=verify-full"),
        ({"DATABASE_URL": "postgresql+psycopg://a:x@/t?service=elsewhere"}, "DATABASE_URL", "sslmode=verify-full"),
        ({"DATABASE_URL": f"{OVER_TLS}&sslmode=disable"}, "DATABASE_URL", "sslmode=verify-full"),
        ({"REDIS_URL": "rediss://u:p@queue.example/0?ssl_cert_reqs=none"}, "REDIS_URL", "certificate is checked"),
        (
            {"THREEFOLD_LIMITS_URL": "rediss://u:p@queue.example/0?ssl_check_hostname=false"},
            "THREEFOLD_LIMITS_URL",
            "is checked",
        ),
        ({"THREEFOLD_CLAMD": "tcp://scanner.example:3310"}, "THREEFOLD_CLAMD", "in the clear"),
        ({"THREEFOLD_NETWORK": "trusted"}, "THREEFOLD_NETWORK", "Say encrypted"),
        ({"THREEFOLD_PREPARED_STATEMENTS": "maybe"}, "THREEFOLD_PREPARED_STATEMENTS", "yes or no"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(change: dict[str, str], field: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        read_settings(GOOD | change)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "given",
    [
        {"REDIS_URL": "rediss://u:p@queue.example:6379/0"},
        {"REDIS_URL": "rediss://u:p@queue.example/0?ssl_cert_reqs=required&ssl_check_hostname=true&ssl_ca_certs=/etc/ca.pem"},
        {"REDIS_URL": "rediss://u:p@localhost/0?ssl_check_hostname=false"},
        {"REDIS_URL": "redis://u:p@127.0.0.1:6379/0"},
        {"DATABASE_URL": OVER_TLS},
        {"DATABASE_URL": "postgresql+psycopg://a:x@localhost/threefold"},
        {"REDIS_URL": "redis://u:p@queue.example:6379/0", "THREEFOLD_NETWORK": "encrypted"},
        {"REDIS_URL": "redis://u:p@queue.example:6379/0", "THREEFOLD_MODE": "test"},
    ],
)
def test_production_speaks_to_other_machines_over_tls_or_an_encrypted_network(given: dict[str, str]) -> None:
    assert read_settings(GOOD | given)


def test_an_address_with_a_password_may_be_in_a_file(tmp_path: Path) -> None:
    """So that no secret stands in a setting: a vault, or systemd, writes each into a file (ASVS 13.3.1)."""
    told = {
        "REDIS_URL": "rediss://queue:p1@queue.example/0", "THREEFOLD_LIMITS_URL": "rediss://limits:p2@queue.example/0",
        "SMTP_URL": "smtps://us:p3@mail.example",
    }  # fmt: skip
    given = {k: v for k, v in GOOD.items() if k not in told}
    for name, address in told.items():
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text(address + "\n", encoding="ascii")
        given[f"{name}_FILE"] = str(tmp_path / name)
    settings = read_settings(given)
    assert [settings.redis_url, settings.limits_url, settings.smtp_url] == list(told.values())
    assert read_settings(given | {"REDIS_URL_FILE": "", "REDIS_URL": told["REDIS_URL"]}) == settings
    for change, field, said in (
        ({"REDIS_URL": "unix:///run/x.sock"}, "REDIS_URL", "not both"),
        ({"SMTP_URL_FILE": str(tmp_path / "none")}, "SMTP_URL_FILE", "cannot be read"),
        ({"THREEFOLD_LIMITS_URL_FILES": "x"}, "THREEFOLD_LIMITS_URL_FILES", "Did you mean THREEFOLD_LIMITS_URL_FILE"),
    ):
        with pytest.raises((SettingsError, ManyErrors)) as refused:
            read_settings(given | change)
        found = refused.value.errors if isinstance(refused.value, ManyErrors) else [refused.value]
        assert any(one.field == field and said in str(one) for one in found)
    (tmp_path / "SMTP_URL").chmod(0o644)
    with pytest.raises(SettingsError, match="Others on this machine") as open_file:
        read_settings(given)
    assert open_file.value.field == "SMTP_URL_FILE"


@pytest.mark.parametrize(
    "name",
    [
        "THREEFOLD_SECRET_KEY_FILE",
        "THREEFOLD_MASTER_KEY_FILE",
        "THREEFOLD_OTHER_MASTER_KEY_FILES",
        "THREEFOLD_OIDC_CLIENT_SECRET_FILE",
    ],
)
def test_production_takes_no_secret_from_a_file_that_others_may_get_at(tmp_path: Path, name: str) -> None:
    kept = tmp_path / "secret"
    kept.write_text("x")
    given = (
        GOOD
        | {
            "THREEFOLD_OIDC_ISSUER": "https://o.example",
            "THREEFOLD_OIDC_CLIENT_ID": "x",
            "THREEFOLD_OIDC_CLIENT_SECRET_FILE": "x",
        }
        | {name: str(kept)}
    )
    for mode in (0o400, 0o600, 0o640):
        kept.chmod(mode)
        assert read_settings(given)
    for mode in (0o644, 0o602, 0o660, 0o601):
        kept.chmod(mode)
        with pytest.raises(SettingsError, match="Others on this machine") as refused:
            read_settings(given)
        assert refused.value.field == name
    assert read_settings(given | {"THREEFOLD_MODE": "test"})


@pytest.mark.parametrize(
    ("name", "url", "told"),
    [
        (
            "DATABASE_URL",
            "postgresql+psycopg://app:s3cret@localhost:fivefour/threefold",
            "The port in this address is no number",
        ),
        ("DATABASE_URL", "postgresql+psycopg://app:s3cret@localhost:70000/threefold", "The port in this address is no number"),
        ("DATABASE_URL", "postgresql+psycopg://app:s3cret@[::1/threefold", "This address cannot be read"),
        (
            "DATABASE_URL",
            "postgresql+psycopg://app:s3cret@/threefold?host=/run/x&port=s3cret",
            "The port in this address is no",
        ),
        ("DATABASE_URL", "postgresql+psycopg://app:s3cret@/threefold?sslmod=s3cret", "After the ? in this address"),
        (
            "MIGRATION_DATABASE_URL",
            "postgresql+psycopg://owner:s3cret@localhost:5432s3cret/x",
            "The port in this address is no",
        ),
        ("MIGRATION_DATABASE_URL", "s3cret", "Begin the address with postgresql"),
        ("REDIS_URL", "redis://q:s3cret@localhost:six/0", "The port in this address is no number"),
        ("REDIS_URL", "redis://q:pa/s3cret@localhost:6379/0", "The port in this address is no number"),
        ("REDIS_URL", "redis://q:s3cret@[localhost:6379/0", "This address cannot be read"),
        ("THREEFOLD_LIMITS_URL", "redis://q:s3cret@localhost:x/0", "The port in this address is no number"),
        ("SMTP_URL", "smtp://u:s3cret@localhost:x", "The port in this address is no number"),
        ("PUBLIC_URL", "https://a.example:x", "The port in this address is no number"),
    ],
)
def test_an_address_that_no_program_could_read_is_refused_with_a_right_one_and_without_its_password(
    name: str, url: str, told: str
) -> None:
    with pytest.raises((SettingsError, ManyErrors)) as refused:
        read_settings(GOOD | {name: url})
    said = str(refused.value)
    assert told in said and f"{name}: " in said and "s3cret" not in said, said
    assert "Begin the address with" in said or "A right one looks like this: " in said


def test_a_password_of_the_database_may_have_what_its_driver_takes() -> None:
    for url in (
        "postgresql+psycopg://app:a/b@localhost:5432/x",
        "postgresql+psycopg://app:a%40b@[::1]:5432/x?sslmode=verify-full",
    ):
        assert read_settings(GOOD | {"DATABASE_URL": url, "THREEFOLD_MODE": "test"}).database_url == url


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(ManyErrors) as refused:
        read_settings({"PORT": "eight", "THREEFOLD_NOTHING": "1"})
    assert {e.field for e in refused.value.errors} >= {
        "PORT",
        "THREEFOLD_NOTHING",
        "DATABASE_URL",
        "REDIS_URL",
        "THREEFOLD_MASTER_KEY_FILE",
    }


def test_production_refuses_the_embedded_servers(tmp_path: Path) -> None:
    done = threefold("up", environment={"THREEFOLD_MODE": "production", "THREEFOLD_VAR": str(tmp_path), "PORT": "8999"})
    assert done.returncode == 2
    assert "DATABASE_URL" in done.stderr


def test_a_demonstration_is_served_on_loopback_only(tmp_path: Path) -> None:
    done = threefold("up", environment={"HOST": "0.0.0.0", "THREEFOLD_VAR": str(tmp_path), "PORT": "8999"})
    assert done.returncode == 2
    assert "loopback only" in done.stderr


def threefold(*command: str, environment: dict[str, str] | None = None, given: str = "") -> subprocess.CompletedProcess[str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("THREEFOLD_")}
    return subprocess.run([str(Path(sys.executable).parent / "threefold"), *command], env={**own, **(environment or {})}, cwd=ROOT, input=given,
                          capture_output=True, text=True, check=False, timeout=60)  # fmt: skip


def test_decide_needs_no_database_and_imports_none() -> None:
    code = "import sys; from threefold.doors.cli.main import command; command(['facts', 'schema'], standalone_mode=False); " \
           "from threefold.doors.cli import decide; from threefold.doors.cli.packs import open_library; open_library('devon'); " \
           "print([m for m in ('flask', 'sqlalchemy', 'psycopg', 'rq') if m in sys.modules])"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("decide", "--body", "nowhere", "-"), "There is no body 'nowhere'"),
        (("decide", "--body", "devon", "--as-of", "2017-01-01", "-"), "29 June 2018"),
        (("decide", "--body", "devon", "--as-of", "yesterday", "-"), "is not a date"),
        (("decide", "--body", "devon", "nothing.json"), "no file"),
        (("tenants", "export", "devon", "nothing"), "no version 'nothing'"),
    ],
)
def test_bad_input_is_one_plain_sentence(command: tuple[str, ...], told: str) -> None:
    done = threefold(*command, given="{}")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_devon_of_2021_gives_the_statutory_dates_and_says_what_is_unknown() -> None:
    facts = {"incident": {"children": [{"key": "child-1", "died": "yes", "abuse_or_neglect": "yes"}]},
             "review": {"events": [{"name": "aware", "at": "2021-03-29"}]}}  # fmt: skip
    done = threefold("decide", "--body", "devon", "--as-of", "2021-03-30", "-", given=json.dumps(facts))
    verdict = json.loads(done.stdout)
    assert any("Which local version applied on" in note and "unknown" in note for note in verdict["notes"])
    notify = next(s for s in verdict["steps"] if s["serves"] == "notify-panel")
    assert notify["statutory"]["due_on"] == "2021-04-07"
    assert notify["statutory"]["edition"] == "wt-2018"
    assert {p["version"] for p in verdict["possible"]} == {"old", "current"}


def test_the_page_assets_hold_no_typeface_crest_or_foreign_address() -> None:
    manifest = json.loads((ROOT / "var" / "assets" / "manifest.json").read_text(encoding="utf-8"))
    for name in manifest.values():
        text = (ROOT / "var" / "assets" / name).read_text(encoding="utf-8")
        for word in ("@font-face", "GDS Transport", "crest", "crown", "url(http", "sourceMappingURL"):
            assert word not in text, (name, word)


def test_a_refused_setting_is_a_mistake_a_person_can_mend() -> None:
    assert issubclass(SettingsError, ThreefoldError)
