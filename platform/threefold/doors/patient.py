"""The worker that serves pages: one request at a time, and none of them waits for a connection on which nobody says anything.

Browsers open connections ahead of need. A synchronous worker reads from each as soon as it is there, so that two silent ones would keep
two workers, and everybody else, waiting. Here a connection is read once something was sent on it. Requests stay one at a time, in the
main thread, where the alarm of local rules rings (docs/decisions/0007). A proxy in front that reads requests whole does the same, and more:
it waits for whoever sends slowly.
"""

from __future__ import annotations

import select
import socket
import time
from typing import Any

from gunicorn import util
from gunicorn.workers.sync import SyncWorker

MOST_SILENT = 100  # connections that one worker keeps: the one that has been silent longest is closed for one more
SILENT_SECONDS = 60.0
BETWEEN_SECONDS = 30.0  # of a request that has begun, until more of it comes


class PatientWorker(SyncWorker):  # type: ignore[misc]
    """A synchronous worker that reads from a connection once something was sent on it."""

    def init_process(self) -> None:
        self.silent: dict[socket.socket, tuple[Any, Any, float]] = {}
        super().init_process()

    def accept(self, listener: Any) -> None:
        client, address = listener.accept()
        client.settimeout(BETWEEN_SECONDS)
        util.close_on_exec(client)
        if select.select([client], [], [], 0)[0]:
            self.handle(listener, client, address)
            return
        while len(self.silent) >= MOST_SILENT:
            self._forget(next(iter(self.silent))).close()
        self.silent[client] = (listener, address, time.monotonic())
        self.wait_fds.append(client)

    def wait(self, timeout: float) -> list[Any] | None:
        """What is ready, but for connections: these are answered here."""
        ready = super().wait(min(timeout, 1.0) if self.silent else timeout)
        for client in [one for one in ready or () if one in self.silent]:
            listener, address, _ = self.silent[client]
            self._forget(client)
            self.handle(listener, client, address)
        for client in [one for one, (*_, since) in self.silent.items() if time.monotonic() - since > SILENT_SECONDS]:
            self._forget(client).close()
        return None if ready is None else [one for one in ready if not isinstance(one, socket.socket)]

    def _forget(self, client: socket.socket) -> socket.socket:
        del self.silent[client]
        self.wait_fds.remove(client)
        return client
