"""One arrangement file taken in as a draft: the same checks as for `tenants/`, and the same content as it was exported from."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from threefold.domain.errors import ManyErrors, PackError
from threefold.governance.catalogue import Catalogue
from threefold.governance.configured import settings_to_mend
from threefold.governance.drafts import Content, as_arrangement, begin_from
from threefold.governance.pack import Arrangement, Body, read_arrangement
from threefold.governance.pack_text import MOST_BYTES

NAME = "file.toml"


def read_pack(text: bytes, body: Body | None, version: str) -> Content:
    """The content of a draft that says what a file says. Raises `PackError` or `ManyErrors` with each mistake's key.

    `body`: whose draft it is to be; the file of another is refused (`OtherBody`). Layers a file extends are not looked for:
    an exported file is whole by itself. Its signatures are not taken over, because nobody has signed here.
    """
    if len(text) > MOST_BYTES:
        raise PackError(
            f"This file is larger than {MOST_BYTES:,} bytes. Split it, or take out what does not belong to it.", field=NAME
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_bytes(text)
        return as_draft(read_arrangement(path, NAME, body), version)


def refuse_settings(catalogue: Catalogue, content: Content, name: str = "", *, missing: bool = False) -> None:
    """Raise `ManyErrors` where a rule of a draft has a setting that it does not take, with every one of them.

    `name`: of the file it was read from, told before the key of each. `missing`: what is missing is refused too.

    What is missing still can be set on screen, and a rule that is not installed can be removed there: both are told where the
    draft is checked. Whoever takes the file in knowingly with such settings is told them there too, and takes them out there.
    """
    if wrong := settings_to_mend(catalogue, [replace(use, file=name) for use in as_arrangement(content).uses], missing=missing):
        raise ManyErrors(wrong)


def as_draft(found: Arrangement, version: str) -> Content:
    """The content of a draft of what was read from a file."""
    made = begin_from(found, version, found.title)
    return {**made, "begins": found.begins.isoformat() if found.begins else None, "note": found.note,
            **({"until": found.until.isoformat()} if found.until else {}), **({"corrects": found.corrects} if found.corrects else {})}  # fmt: skip
