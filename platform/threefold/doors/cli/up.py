"""`threefold up`: everything on one machine, for a demonstration: servers, migrations, bodies, cases, web, worker, clock.

Each child is ours, known by its pid and the moment it began, and ended by that. Ctrl-C ends all of them, in the reverse
order of their start. What a killed run left behind is found again and ended first.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from threefold.domain.errors import ThreefoldError
from threefold.doors.cli.site import DATABASE, database_url
from threefold.doors.local import postgres, valkey
from threefold.doors.local.processes import alive, end, session_of, started_at, wait_until
from threefold.doors.memory import WIPING

READY_SECONDS = 60.0
MOST_RESTARTS, RESTART_SECONDS = 5, 60.0


class CannotStart(ThreefoldError):
    """Something is in the way of starting; the sentence says what to do."""


@dataclass(slots=True)
class Children:
    """The processes of this run, written down so that the next run can end what a killed one left."""

    record: Path
    logs: Path
    running: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)
    commands: dict[str, tuple[list[str], dict[str, str]]] = field(default_factory=dict)
    began: dict[str, str] = field(default_factory=dict)
    ended: list[float] = field(default_factory=list)

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as out:
            process = subprocess.Popen(  # noqa: S603 - programs of ours
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environment, start_new_session=True
            )
        self.commands[name] = command, environment
        self.running.append((name, process))
        self.began[name] = started_at(process.pid)
        # Whole or not at all: a run killed while it writes must leave a record that the next one can read.
        fresh = self.record.with_suffix(".new")
        fresh.write_text(json.dumps([[n, p.pid, self.began[n]] for n, p in self.running]), encoding="utf-8")
        fresh.replace(self.record)

    def stop(self) -> None:
        for _, process in reversed(self.running):
            end(process.pid, process=process)
        self.running.clear()
        self.record.unlink(missing_ok=True)

    def end_former(self) -> None:
        """End what a killed run left: only processes of the pid *and* the moment that it wrote down."""
        if not self.record.exists():
            return
        try:
            former = json.loads(self.record.read_text(encoding="utf-8"))
        except ValueError:
            former = []
        for _, pid, began in reversed(former):
            _end_session(pid, began)
        self.record.unlink(missing_ok=True)

    def dead(self) -> str:
        """The name of a child that ended by itself, or nothing."""
        return next((name for name, process in self.running if process.poll() is not None), "")

    def again(self, name: str) -> None:
        """Start a child anew that was killed. Raises `CannotStart` when that happens too often: then something is wrong."""
        now = time.monotonic()
        self.ended = [*(at for at in self.ended if now - at < RESTART_SECONDS), now]
        if len(self.ended) > MOST_RESTARTS:
            raise CannotStart(f"The {name} process ends again and again. Its last words:\n{self.last_words(name)}")
        click.echo(f"The {name} process ended. Starting it again ...")
        _end_session(next(process.pid for n, process in self.running if n == name), self.began[name])
        self.running = [(n, process) for n, process in self.running if n != name]
        self.start(name, *self.commands[name])

    def last_words(self, name: str, lines: int = 12) -> str:
        log = self.logs / f"{name}.log"
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]) if log.exists() else ""


def _end_session(pid: int, began: str) -> None:
    """End a child of ours and what it started: only processes of the pid's session, from the moment that was written down on."""
    for one in session_of(pid, began) if began else ():
        end(one)


@click.command("up")
def command() -> None:
    """Serve a demonstration on this machine, with everything it needs. Ctrl-C stops all of it."""
    root = Path.cwd()
    var = Path(os.environ.get("THREEFOLD_VAR", "") or root / "var").resolve()
    var.mkdir(parents=True, exist_ok=True)
    children = Children(var / "children.json", var / "log")
    servers: list[Any] = []

    def stop(_signal: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    # Said for each: a shell that starts this in the background hands it an ignored Ctrl-C, and a closed terminal hangs up.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, stop)
    try:
        _run(root, var, children, servers)
    except KeyboardInterrupt:
        click.echo("\nStopping ...")
    finally:
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        children.stop()
        for server in reversed(servers):
            server.stop()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    click.echo("Stopped.")


def _run(root: Path, var: Path, children: Children, servers: list[Any]) -> None:
    environment = _settings(root, var)
    from threefold.config import read_settings

    read_settings({**environment, "DATABASE_URL": environment.get("DATABASE_URL") or "postgresql+psycopg://later",
                   "REDIS_URL": environment.get("REDIS_URL") or "redis://later"})  # fmt: skip
    host, port = environment["HOST"], int(environment["PORT"])
    children.end_former()
    _refuse_taken(host, port)
    _step("Starting PostgreSQL")
    if not environment.get("DATABASE_URL"):
        servers.append(_postgres(var, environment))
    _step("Starting the queue")
    if not environment.get("REDIS_URL"):
        queue = valkey.start(var / "valkey")
        servers.append(queue)
        environment["REDIS_URL"], environment["THREEFOLD_LIMITS_URL"] = queue.url, queue.limits_url
    os.environ.update(environment)
    settings = read_settings(environment)
    _step("Bringing the database up to date")
    _migrate(environment)
    _step("Loading the bodies of tenants/")
    from threefold.doors.cli import demonstration
    from threefold.doors.cli.tenants_load import load_all
    from threefold.wiring import open_rules, open_walls

    library, governance = open_rules(settings)
    walls = open_walls(settings)
    try:
        load_all(settings, library, governance, walls, click.echo)
    except ThreefoldError as error:
        error.add_note(f"In a demonstration you may also begin anew: remove the folder {var.name}/.")
        raise
    _step("Making the demonstration's people and cases")
    sign_ins = demonstration.load(settings, library, governance, walls, click.echo)
    walls.engine.dispose()
    _step("Starting the pages, the worker and the clock")
    python = sys.executable
    workers = str(settings.web_workers)
    children.start("web", [python, "-m", "gunicorn", "--no-control-socket", "--bind", f"{host}:{port}", "--workers", workers, "--timeout", "60",
                           "--worker-class", "threefold.doors.patient.PatientWorker",
                           "--graceful-timeout", "20", "threefold.app:serve()"], environment)  # fmt: skip
    children.start("worker", [python, "-m", "threefold.doors.worker.main"], environment)
    children.start("clock", [python, "-m", "threefold.doors.worker.schedule"], environment)
    _wait_ready(host, port, children)
    click.echo(demonstration.told(sign_ins, f"http://{host}:{port}"))
    while True:
        if name := children.dead():
            children.again(name)
        for server in servers:
            if not alive(server.pid):
                raise CannotStart("A local server was ended from outside. Its data is kept: start again with the same command.")
        time.sleep(1)


def _settings(root: Path, var: Path) -> dict[str, str]:
    """The environment of a demonstration: what is given, and what a demonstration fills in."""
    from threefold.config import with_files

    environment = WIPING | with_files(os.environ)
    host, port = environment.get("HOST") or "127.0.0.1", environment.get("PORT") or "8000"
    filled = {
        "HOST": host, "PORT": port, "THREEFOLD_MODE": environment.get("THREEFOLD_MODE") or "demonstration", "THREEFOLD_VAR": str(var),
        "PUBLIC_URL": environment.get("PUBLIC_URL") or f"http://{host}:{port}",
        "THREEFOLD_TENANTS": environment.get("THREEFOLD_TENANTS") or str(root / "tenants"),
        "THREEFOLD_SECRET_KEY_FILE": environment.get("THREEFOLD_SECRET_KEY_FILE") or str(_key(var / "keys" / "secret.key")),
    }  # fmt: skip
    if not environment.get("THREEFOLD_KMS_URL"):
        filled["THREEFOLD_MASTER_KEY_FILE"] = environment.get("THREEFOLD_MASTER_KEY_FILE") or str(
            _key(var / "keys" / "master.key")
        )
    if filled["THREEFOLD_MODE"] == "production" and not (environment.get("DATABASE_URL") and environment.get("REDIS_URL")):
        raise CannotStart("Production uses servers of its own: set DATABASE_URL and REDIS_URL.", field="DATABASE_URL")
    return environment | filled


def _key(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path


def _postgres(var: Path, environment: dict[str, str]) -> postgres.Server:
    from threefold.walls.roles import prepare

    server = postgres.start(var / "postgres")
    owner, app = (_key(var / "keys" / f"{name}.password").read_text(encoding="ascii") for name in ("owner", "app"))
    try:
        prepare(server.admin_url, DATABASE, owner_password=owner, app_password=app)
    except BaseException:
        server.stop()
        raise
    environment["DATABASE_URL"] = database_url("app", app, server.host)
    environment["MIGRATION_DATABASE_URL"] = database_url("owner", owner, server.host)
    return server


def _migrate(environment: dict[str, str]) -> None:
    from alembic import command as alembic
    from alembic.config import Config

    if not environment.get("MIGRATION_DATABASE_URL"):
        raise CannotStart(
            "With a database of your own, set MIGRATION_DATABASE_URL to the owner's address.", field="MIGRATION_DATABASE_URL"
        )
    alembic.upgrade(Config(str(Path(__file__).resolve().parents[4] / "migrations" / "alembic.ini")), "head")


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} of {host} cannot be used ({error.strerror}). Choose another: PORT=8001 make run", field="PORT"
            ) from error


def _wait_ready(host: str, port: int, children: Children) -> None:
    from urllib.error import URLError
    from urllib.request import urlopen

    def ready() -> bool:
        if name := children.dead():
            raise CannotStart(f"The {name} process ended by itself. Its last words:\n{children.last_words(name)}")
        try:
            with urlopen(f"http://{host}:{port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    if not wait_until(ready, READY_SECONDS, 0.2):
        raise CannotStart(
            f"The pages did not answer within {READY_SECONDS:.0f} seconds. Their last words:\n{children.last_words('web')}"
        )


def _step(text: str) -> None:
    click.echo(f"{text} ...")


def register(group: click.Group) -> None:
    group.add_command(command)
