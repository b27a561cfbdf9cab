"""Which box of a form asks for which fact, and what a fact is called where no box says it."""

from __future__ import annotations

import re


def is_of(name: str, path: str) -> bool:
    """Whether a question is of a field: `span__amount` is of `span`, and of a fact the day since when it is known and the code of an area."""
    return name in (path, f"{path}-known", f"{path}-code") or name.startswith(f"{path}__")


def spoken(path: str) -> str:
    """A fact's path as words: `incident.children[child-1].known_or_suspected_abuse` is `known or suspected abuse (child-1)`."""
    name, _, key = path.rpartition("[") if path.endswith("]") else (path, "", "")
    of = key.rstrip("]").replace("|", ", ") if key else "".join(re.findall(r"\[([^]]+)\]", path)[:1])
    words = name.rsplit(".", 1)[-1].replace("_", " ")
    return f"{words} ({of})" if of else words
