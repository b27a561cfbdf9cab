"""`threefold up` as a person runs it: served, one process killed, all killed, started again, ended with Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from threefold.doors.local.processes import alive, wait_until

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0


class Served:
    """One folder of data, and the command that serves it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.var, self.port = folder / "var", port
        shutil.copytree(ROOT / "var" / "assets", self.var / "assets")
        tenants = folder / "tenants"
        for name in ("_shared/law", "national", "devon", "example-national", "example-vale"):
            shutil.copytree(ROOT / "tenants" / name, tenants / name)
        self.log = folder / "said.log"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("THREEFOLD_", "DATABASE_", "REDIS_", "SMTP_"))},
            "THREEFOLD_VAR": str(self.var), "THREEFOLD_TENANTS": str(tenants), "PORT": str(port),
        }  # fmt: skip

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as out:
            # As a shell starts a job in the background: with Ctrl-C ignored.
            process = subprocess.Popen([sys.executable, "-m", "threefold.doors.cli.main", "up"], cwd=ROOT, env=self.environment, stdout=out,
                                       stderr=out, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))  # fmt: skip
        self.until(lambda: "Ctrl-C stops everything" in self.said() or process.poll() is not None)
        assert process.poll() is None, self.said()
        assert self.ready()
        return process

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return json.load(answer)["status"] == "ready"
        except (URLError, OSError):
            return False

    def on_record(self) -> str:
        """Whose arrangement a command that is run beside it reads on record."""
        beside = {k: v for k, v in self.environment.items() if k != "PORT"}
        done = subprocess.run([sys.executable, "-m", "threefold.doors.cli.main", "tenants", "export", "record:example-vale"], cwd=ROOT,
                              env=beside, capture_output=True, text=True)  # fmt: skip
        return str(tomllib.loads(done.stdout)["body"]) if done.returncode == 0 else done.stderr

    def loaded(self) -> str:
        """What is said where the files are loaded into it from beside it."""
        beside = {k: v for k, v in self.environment.items() if k != "PORT"}
        done = subprocess.run([sys.executable, "-m", "threefold.doors.cli.main", "tenants", "load"], cwd=ROOT,
                              env=beside, capture_output=True, text=True)  # fmt: skip
        return done.stdout + done.stderr

    def children(self) -> dict[str, int]:
        found = {name: pid for name, pid, _ in json.loads((self.var / "children.json").read_text(encoding="utf-8"))}
        return found | {"queue": int((self.var / "valkey" / "pid").read_text(encoding="ascii"))}

    @staticmethod
    def until(condition: Callable[[], bool]) -> None:
        assert wait_until(condition, PATIENCE), "waited in vain"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    one = Served(tmp_path, port)
    yield one
    postmaster = _postmaster(one.var)
    for pid in (
        *(one.children().values() if (one.var / "children.json").exists() else ()),
        *([postmaster] if postmaster else ()),
    ):
        if _running(pid):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.timeout(300)
def test_it_serves_survives_kills_and_stops_with_ctrl_c(served: Served) -> None:
    process = served.start()
    cases = served.said()
    assert "example-vale: 7 made-up cases" in cases
    worker = served.children()["worker"]
    os.kill(worker, signal.SIGKILL)
    served.until(lambda: served.children()["worker"] != worker)

    everything = [process.pid, *served.children().values(), _postmaster(served.var)]
    for pid in everything:
        os.kill(int(pid), signal.SIGKILL)
    process.wait()

    process = served.start()
    assert served.on_record() == "example-vale", "a command beside it finds its database"
    assert served.loaded().startswith("Nothing new"), "and what files add is loaded into it, as its owner"
    assert "made-up cases" not in served.said(), "what was on record is still there, and is not made again"
    ours = [*served.children().values(), _postmaster(served.var)]
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert served.said().rstrip().endswith("Stopped.")
    assert [pid for pid in ours if _running(int(pid))] == []
    assert not served.ready()


def _postmaster(var: Path) -> int:
    """The pid of the PostgreSQL whose sockets stand in this folder, from the socket's lock file."""
    from threefold.doors.local.postgres import socket_folder

    lock = socket_folder(var / "postgres") / ".s.PGSQL.5432.lock"
    return int(lock.read_text(encoding="ascii").splitlines()[0]) if lock.exists() else 0


def _running(pid: int) -> bool:
    return bool(pid) and alive(pid)
