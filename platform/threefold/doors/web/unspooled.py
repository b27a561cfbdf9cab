"""What a browser uploads is held in memory and never in a file, which would lie unsealed on a disk that outlives the request."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from flask import Request


class Unspooled(Request):
    """A request whose documents stay in memory: they are no larger than their page takes (`max_content_length`)."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        # The hook that werkzeug has for it; its own keeps a larger document in a temporary file.
        return BytesIO()
