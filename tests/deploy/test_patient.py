"""Connections on which nobody says anything keep nobody waiting: a browser opens some ahead of need."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest


def answer(environ: dict[str, Any], start: Any) -> list[bytes]:
    """What the server under test serves."""
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


@pytest.fixture
def port(project: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--bind", f"127.0.0.1:{number}", "--workers", "1", "--timeout", "30",
               "--worker-class", "threefold.doors.patient.PatientWorker", "tests.deploy.test_patient:answer"]  # fmt: skip
    with subprocess.Popen(command, cwd=project, stderr=subprocess.DEVNULL) as running:
        try:
            _until_it_answers(number)
            yield number
        finally:
            running.terminate()


def _until_it_answers(port: int) -> None:
    ends = time.monotonic() + 60
    while True:
        try:
            assert got(port, "/ready") == b"/ready"
            return
        except OSError:
            if time.monotonic() > ends:
                raise


def got(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as response:
        return bytes(response.read())


def test_silent_connections_keep_nobody_waiting_and_are_answered_once_they_speak(port: int) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)) for _ in range(5)]
        for number in range(3):
            assert got(port, f"/{number}") == f"/{number}".encode()
        for number, one in enumerate(silent):
            one.sendall(f"GET /late-{number} HTTP/1.0\r\n\r\n".encode())
            said = b""
            while chunk := one.recv(4096):
                said += chunk
            assert said.endswith(f"/late-{number}".encode())


def test_of_very_many_the_oldest_is_closed_for_a_new_one(port: int) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)) for _ in range(120)]
        assert got(port, "/still") == b"/still"
        assert silent[0].recv(1) == b"", "it was closed"
