"""The signed scope: which body a transaction is for, said so that only this process can say it.

What is bound at BEGIN is not the body's id but a short text: the id, until when it holds, the backend it is for, which key,
and an HMAC-SHA256 over these. The one function that every policy asks (`walls.scope()`) recomputes it with a key that the
running role cannot read. So neither an injected statement nor a rule can name another body: it has no key, what other connections
bind is not shown to it and is for another backend, and what was kept for later has ended.
"""

from __future__ import annotations

import hmac
import select
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg import Connection, OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

HOLDS = 300  # seconds, from the signing to the BEGIN it is for: the clocks of the two machines may differ by less
_BIND = b"SELECT pg_catalog.set_config('app.tenant_id', $1, true)"
_BLOCK = 64  # bytes of a block of SHA-256


@dataclass(frozen=True, slots=True)
class ScopeKey:
    """The key that signs scopes. `bound`: each is for one database connection; not so behind a pooler, which hides which."""

    key: bytes
    bound: bool = True

    @property
    def no(self) -> int:
        """What a scope names its key by: a number that follows from the key and tells nothing of it."""
        return int.from_bytes(sha256(b"threefold scope key\n" + self.key).digest()[:4], "big") >> 1

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """The inner and the outer pad of HMAC (RFC 2104): what the database needs to recompute it with plain SHA-256."""
        padded = self.key.ljust(_BLOCK, b"\0")
        return bytes(b ^ 0x36 for b in padded), bytes(b ^ 0x5C for b in padded)

    def sign(self, body_id: UUID, backend: int, now: float) -> str:
        """The text that is bound at BEGIN. Letters, digits, hyphens and dots only. `now`: seconds since 1970."""
        said = f"{body_id}.{int(now) + HOLDS}.{backend if self.bound else 0}.{self.no}"
        return f"{said}.{hmac.new(self.key, said.encode(), sha256).hexdigest()}"

    def order(self, act: str, body_id: UUID, subject: UUID, backend: int, now: float, digest: str) -> str:
        """The text under which the owner's function does one act in this body that the running role cannot do of itself.

        `digest`: of what is handed over with it. Signed as a scope is, and never mistaken for one: it has other parts.
        """
        said = f"{act}.{body_id}.{subject}.{int(now) + HOLDS}.{backend if self.bound else 0}.{digest}.{self.no}"
        return f"{said}.{hmac.new(self.key, said.encode(), sha256).hexdigest()}"

    def say(self, function: str, backend: int, now: float) -> str:
        """The word with which this one function is asked, where no body is known yet. `function`: its schema and name.

        It ends as a scope does, is for the same connection, and is never mistaken for a scope or an order: those begin otherwise.
        """
        said = f"say.{function.replace('.', '/')}.{int(now) + HOLDS}.{backend if self.bound else 0}.{self.no}"
        return f"{said}.{hmac.new(self.key, said.encode(), sha256).hexdigest()}"

    def __repr__(self) -> str:
        return f"ScopeKey({self.no})"


def begin(connection: Connection[Any], signed: str, *, reading: bool = False) -> None:
    """Begin a transaction and bind its scope, in one round trip: the answers are waited for once. In a transaction: bind alone.

    It begins at the isolation that was asked of the connection, and can write nothing where it is for `reading` alone.

    The scope is handed over beside the statement and never stands in it: what other connections of the running role are shown of this
    one (`pg_stat_activity`) is the statement. Nothing is prepared: these few would push the useful statements out.
    """
    raw = connection.pgconn
    level = connection.isolation_level
    modes = [f"ISOLATION LEVEL {level.name.replace('_', ' ')}"] if level is not None else []
    modes += ["READ ONLY"] if reading else []
    first: list[tuple[bytes, list[bytes] | None]] = [(_BIND, [signed.encode()])]
    if raw.transaction_status == TransactionStatus.IDLE:
        first.insert(0, (f"BEGIN {', '.join(modes)}".encode(), None))
    elif reading:
        first.append((b"SET TRANSACTION READ ONLY", None))
    try:
        results = _answers(raw, first)
    except BaseException:
        connection.close()  # in the middle of it: nothing could follow
        raise
    for result in results:
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise error_from_result(result)


def _answers(raw: PGconn, statements: list[tuple[bytes, list[bytes] | None]]) -> list[PGresult]:
    """What the database answers to some statements that are sent together. Other threads go on while it is waited for."""
    raw.enter_pipeline_mode()
    for statement, values in statements:
        raw.send_query_params(statement, values)
    raw.pipeline_sync()
    while raw.flush():
        pass
    results: list[PGresult] = []
    waits = select.poll()
    waits.register(raw.socket, select.POLLIN)
    while True:
        while raw.is_busy():
            waits.poll()
            raw.consume_input()
        result = raw.get_result()
        if result is not None and result.status == ExecStatus.PIPELINE_SYNC:
            break
        if result is not None:  # nothing: what one statement was answered with is whole
            results.append(result)
        if raw.status != ConnStatus.OK:
            raise OperationalError("the connection to the database was lost")
    raw.exit_pipeline_mode()
    return results
