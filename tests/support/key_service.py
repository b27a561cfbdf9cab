"""A key management service as small as can be, in a process of its own: `python -m tests.support.key_service KEY TOKEN`.

It says its port on the first line, and then answers the three questions of `threefold.walls.key_services`.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from threefold.walls.key_services import FileKey


@contextmanager
def running(key: bytes, token: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Its address, and its process."""
    command = [sys.executable, "-m", "tests.support.key_service", key.hex(), token]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}", process
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _handler(key: FileKey, token: str) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked = {name: base64.b64decode(value) for name, value in told.items()}
            if self.headers.get("Authorization") != f"Bearer {token}":
                self._say(401, {})
            elif self.path == "/wrap":
                self._say(200, {"wrapped": key.wrap(asked["key"], asked["about"])})
            elif self.path == "/derive":
                self._say(200, {"key": key.derive(asked["about"])})
            else:
                found = key.unwrap(asked["wrapped"], asked["about"])
                self._say(422 if found is None else 200, {} if found is None else {"key": found})

        def _say(self, status: int, answer: dict[str, bytes]) -> None:
            body = json.dumps({name: base64.b64encode(value).decode() for name, value in answer.items()}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is said of what was asked."""

    return Answers


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(FileKey(bytes.fromhex(sys.argv[1])), sys.argv[2]))
    print(server.server_port, flush=True)
    server.serve_forever()
