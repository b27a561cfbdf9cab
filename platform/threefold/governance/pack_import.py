"""One arrangement file taken in as a draft: the same checks as for `tenants/`, and the same content as it was exported from."""

from __future__ import annotations

import tempfile
from pathlib import Path

from threefold.domain.errors import PackError
from threefold.governance.drafts import Content, begin_from
from threefold.governance.pack import Body, read_arrangement
from threefold.governance.pack_files import MOST_BYTES

NAME = "file.toml"


def read_pack(text: bytes, body: Body | None, version: str) -> Content:
    """The content of a draft that says what a file says. Raises `PackError` or `ManyErrors` with each mistake's key.

    Layers a file extends are not looked for: an exported file is whole by itself. Its signatures are not taken over,
    because nobody has signed here.
    """
    if len(text) > MOST_BYTES:
        raise PackError(
            f"This file is larger than {MOST_BYTES:,} bytes. Split it, or take out what does not belong to it.", field=NAME
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_bytes(text)
        found = read_arrangement(path, NAME, body)
    made = begin_from(found, version, found.title)
    return {**made, "begins": found.begins.isoformat() if found.begins else None, "note": found.note,
            **({"until": found.until.isoformat()} if found.until else {}), **({"corrects": found.corrects} if found.corrects else {})}  # fmt: skip
