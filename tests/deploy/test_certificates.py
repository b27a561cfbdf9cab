"""The service shows its servers a certificate of its own, and speaks to none whose certificate does not hold (ASVS 12.3.2, 13.2.1)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from psycopg import connect, sql
from redis.exceptions import ConnectionError as NoWay
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from tests.support.database import NOW, Database
from tests.support.tls import Authority, in_front
from threefold.config import Settings, SettingsError, read_settings
from threefold.doors.local import valkey
from threefold.doors.worker.queue import open_queue
from threefold.walls.session import SYSTEM, Scope
from threefold.wiring import open_walls

ROOT = Path(__file__).parents[2]
APP = "threefold_app"


@dataclass(slots=True)
class Servers:
    """A database and a queue that take nobody without a certificate, and what the service needs to get at them."""

    folder: Path
    database: Database
    postgres: int
    queue: int
    passwords: tuple[str, str]  # of the queue's user and of the database's

    def settings(
        self, own: str = "authority-threefold_app", root: str = "authority", host: str = "localhost"
    ) -> dict[str, str]:
        """As an operator writes them, production's. `own`: which certificate is shown; none without it. The database's password is
        in a file that libpq reads, so that no setting holds it."""
        passfile, user = self.folder / "passfile", f"threefold-queue:{self.passwords[0]}"
        passfile.touch(mode=0o600)
        passfile.write_text(f"*:*:*:{APP}:{self.passwords[1]}\n", encoding="ascii")
        cert, key = self.folder / f"{own}.crt", self.folder / f"{own}.key"
        shown = (
            (f"&sslcert={cert}&sslkey={key}", f"&ssl_certfile={cert}&ssl_keyfile={key}") if own else ("&sslcert=/nowhere", "")
        )
        trusted = self.folder / f"{root}.crt"
        return {
            "DATABASE_URL": f"postgresql+psycopg://{APP}@{host}:{self.postgres}/{self.database.name}"
                            f"?sslmode=verify-full&sslrootcert={trusted}&passfile={passfile}{shown[0]}",
            "REDIS_URL": f"rediss://{user}@{host}:{self.queue}/0?ssl_ca_certs={trusted}{shown[1]}",
            "SMTP_URL": "smtp://localhost:25", "PUBLIC_URL": "https://threefold.example", "THREEFOLD_VAR": str(self.folder),
            "THREEFOLD_SECRET_KEY_FILE": str(self.folder / "secret"), "THREEFOLD_MASTER_KEY_FILE": str(self.folder / "master"),
        }  # fmt: skip

    def read(self, *args: str, **more: str) -> Settings:
        return read_settings(self.settings(*args, **more))


@pytest.fixture
def servers(database: Database, tmp_path: Path) -> Iterator[Servers]:
    authority = Authority(tmp_path)
    for name in (APP, "somebody"):
        authority.issue(name)
    Authority(tmp_path, "stranger").issue(APP)
    for name in ("secret", "master"):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text((b"m" * 32).hex(), encoding="ascii")
    context = authority.asks_for_certificates(authority.issue("localhost"))
    store = valkey.start(tmp_path / "valkey")
    address = urlsplit(store.url)
    try:
        with (
            in_front(f"{database.cluster.host}/.s.PGSQL.5432", context, APP, postgres=True) as postgres,
            in_front(address.path, context, APP) as queue,
        ):
            yield Servers(tmp_path, database, postgres, queue, (address.password or "", database.cluster.app_password))
    finally:
        store.stop()


def test_with_its_certificate_the_service_works_as_ever(servers: Servers) -> None:
    """A process of its own, in production's settings, with every check that `threefold doctor` makes of database and queue."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("THREEFOLD_")}
    done = subprocess.run(
        [sys.executable, "-m", "threefold.doors.cli.main", "doctor"], capture_output=True, text=True, cwd=ROOT, timeout=120,
        env=own | servers.settings() | {"THREEFOLD_TENANTS": str(ROOT / "tenants")},
    )  # fmt: skip
    said = done.stdout
    for line in ("ok       database: PostgreSQL", "ok       walls: they stand", "ok       queue: answers"):
        assert line in said, said + done.stderr
    vale, settings = servers.database.body("vale"), servers.read()
    walls, queue = open_walls(settings), open_queue(settings)
    with walls.open(Scope(vale), actor=SYSTEM, purpose="test", at=NOW) as unit:
        assert unit.session.execute(select(func.current_user())).scalar() == APP
        assert unit.open_json(unit.seal_json("told")) == "told"
    queue.tell([uuid4()])
    assert queue.rq.count == 1
    queue.rq.connection.close()
    walls.engine.dispose()


@pytest.mark.parametrize(
    "shown", ["", "authority-somebody", "stranger-threefold_app"], ids=["none", "another's", "of nobody known"]
)
def test_without_it_neither_takes_the_password(servers: Servers, shown: str) -> None:
    settings = servers.read(shown)
    walls, queue = open_walls(settings), open_queue(settings)
    with pytest.raises(OperationalError), walls.engine.connect():
        pass
    with pytest.raises(NoWay):
        queue.ping()
    queue.rq.connection.close()
    walls.engine.dispose()


@pytest.mark.parametrize(
    "wrong", [{"root": "stranger"}, {"host": "127.0.0.1"}], ids=["an authority that is not ours", "another host's name"]
)
def test_a_server_whose_certificate_does_not_hold_is_told_nothing(servers: Servers, wrong: dict[str, str]) -> None:
    settings = servers.read(**wrong)
    walls, queue = open_walls(settings), open_queue(settings)
    with pytest.raises(OperationalError, match="certificate"), walls.engine.connect():
        pass
    with pytest.raises(NoWay, match="certificate verify failed"):
        queue.ping()
    queue.rq.connection.close()
    walls.engine.dispose()


def test_a_password_that_was_changed_is_in_use_with_the_next_connection(servers: Servers) -> None:
    walls = open_walls(servers.read())
    with walls.engine.connect() as before:
        role, new = sql.Identifier(f"{APP}"), "another password"
        with connect(servers.database.admin, autocommit=True) as admin:
            admin.execute(sql.SQL("alter role {} password {}").format(role, sql.Literal(new)))
        try:
            with pytest.raises(OperationalError, match="password"), walls.engine.connect():
                pass
            (servers.folder / "passfile").write_text(f"*:*:*:{APP}:{new}\n", encoding="ascii")
            with walls.engine.connect() as after:
                assert before.execute(text("select 1")).scalar() == after.execute(text("select 1")).scalar() == 1
        finally:
            with connect(servers.database.admin, autocommit=True) as admin:
                admin.execute(sql.SQL("alter role {} password {}").format(role, sql.Literal(servers.passwords[1])))
    walls.engine.dispose()


@pytest.mark.parametrize("setting", ["sslkey", "passfile", "ssl_keyfile"])
def test_production_takes_no_key_of_an_address_that_others_may_get_at(servers: Servers, setting: str) -> None:
    own = servers.settings()
    path = servers.folder / {"passfile": "passfile"}.get(setting, f"authority-{APP}.key")
    if setting == "sslkey":
        own["REDIS_URL"] = own["REDIS_URL"].split("&ssl_certfile")[0]
    if setting == "ssl_keyfile":
        own["DATABASE_URL"] = own["DATABASE_URL"].split("&sslcert")[0]
    assert read_settings(own)
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="Others on this machine") as refused:
        read_settings(own)
    assert refused.value.field == ("REDIS_URL" if setting == "ssl_keyfile" else "DATABASE_URL")
