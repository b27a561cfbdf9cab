"""The service in a process of its own, as a server calls it: it answers for each address, and then writes all of its memory to a file.

`python -m tests.deploy.left_in_memory TOKEN FILE ADDRESS...`, with the settings of the service.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import create_environ

from threefold.app import serve

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def settings(database_url: str, keys: Path, project: Path) -> dict[str, str]:
    """The environment of such a process, with the keys of a site of the tests."""
    return {
        "PYTHONPATH": f"{project / 'platform'}:{project}", "PATH": "", "DATABASE_URL": database_url, "REDIS_URL": "redis://localhost:1",
        "PUBLIC_URL": "http://localhost", "THREEFOLD_MODE": "test", "THREEFOLD_VAR": str(keys), "THREEFOLD_READS": "100000",
        "THREEFOLD_SECRET_KEY_FILE": str(keys / "secret.key"), "THREEFOLD_MASTER_KEY_FILE": str(keys / "master.key"),
    }  # fmt: skip


def answered(app: Flask, address: str, token: str) -> str:
    """Answer, and keep nothing of it but what is told here."""
    status: list[str] = []

    def start(told: str, _headers: Any, _error: Any = None) -> Any:
        status.append(told)

    sent, where = {"Cookie": f"threefold={token}", "User-Agent": BROWSER}, {"REMOTE_ADDR": "127.0.0.1"}
    environ = create_environ(address, "http://localhost", headers=sent, environ_base=where)
    answer: Any = app(environ, start)
    size = sum(len(part) for part in answer)
    answer.close()
    return f"{status[0][:3]} {size}"


def write_memory(file: Path) -> None:
    """Everything of this process that can be written to. The kernel takes it from where it is: nothing is copied on the way."""
    write = ctypes.CDLL(None, use_errno=True).write
    write.argtypes, write.restype = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t], ctypes.c_ssize_t
    out = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    for line in Path("/proc/self/maps").read_text(encoding="ascii").splitlines():
        where, may = line.split()[:2]
        at, end = (int(number, 16) for number in where.split("-"))
        while may.startswith("rw") and at < end and (written := write(out, at, end - at)) > 0:
            at += written


def main(token: str, file: str, *addresses: str) -> None:
    app = serve()
    print(*(answered(app, address, token) for address in addresses), sep="\n")
    write_memory(Path(file))


if __name__ == "__main__":
    main(*sys.argv[1:])
