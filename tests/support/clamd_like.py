"""A small process that speaks clamd's INSTREAM as clamd does, and knows one piece of malware: the test file of the EICAR.

python -m tests.support.clamd_like ADDRESS [MOST_BYTES]      (ADDRESS: a socket file, or a port of the loopback)
"""

from __future__ import annotations

import socketserver
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# In two parts, so that no scanner finds it in this file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Session(socketserver.StreamRequestHandler):
    """One command. Chunks are a length of four bytes (big endian) and as many bytes; a length of nothing ends them."""

    most = 25 * 1024 * 1024

    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := struct.unpack(">I", self._exactly(4))[0]:
            if len(content) + length > self.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
            content += self._exactly(length)
        self.wfile.write(b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0")

    def _exactly(self, length: int) -> bytes:
        found = self.rfile.read(length)
        if len(found) != length:
            raise ConnectionError("the stream ended early")
        return found


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def clamd(address: str, *most: str) -> Iterator[str]:
    """A process of its own that speaks clamd's protocol. Gives its address as the setting has it."""
    command = [sys.executable, "-m", "tests.support.clamd_like", address, *most]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        told = process.stdout.readline().split()[1]
        try:
            yield f"unix://{told}" if "/" in told else f"tcp://127.0.0.1:{told}"
        finally:
            process.terminate()


def main(address: str, most: str = "") -> None:
    Session.most = int(most) if most else Session.most
    server: socketserver.BaseServer
    server = _Unix(address, Session) if "/" in address else _Tcp(("127.0.0.1", int(address)), Session)
    told = server.server_address[1] if "/" not in address else address  # type: ignore[attr-defined]
    print(f"ready {told}", flush=True)
    with server:
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
