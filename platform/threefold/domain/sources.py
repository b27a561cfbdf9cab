"""Where a statement comes from, how binding it is, and how sure we are of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Force = Literal["ACT", "REG", "SG", "PG", "LOCAL"]
FORCES: tuple[Force, ...] = ("ACT", "REG", "SG", "PG", "LOCAL")
FORCE_WORDS: dict[Force, str] = {
    "ACT": "Act of Parliament",
    "REG": "regulations",
    "SG": "statutory guidance",
    "PG": "practice guidance",
    "LOCAL": "local arrangement",
}

Sure = Literal["V", "V2", "K", "inferred", "unknown"]
SURES: tuple[Sure, ...] = ("V", "V2", "K", "inferred", "unknown")
SURE_WORDS: dict[Sure, str] = {
    "V": "read in the source named",
    "V2": "read in a page that restates the source",
    "K": "source to confirm",
    "inferred": "inferred from the source, which does not say so itself",
    "unknown": "unknown",
}


# The source of a line that the partners themselves changed or added here: no page says it, so nothing is inferred from one.
AGREED_HERE = "Agreed by the partners in this version"


@dataclass(frozen=True, slots=True)
class Source:
    """A page or paragraph. `ref` is how the field cites it, `where` its public address (without scheme is fine)."""

    ref: str
    force: Force
    sure: Sure
    where: str = ""

    def __str__(self) -> str:
        confirm = " (source to confirm)" if self.sure == "K" else ""
        return f"{self.ref}{confirm}"


def effect_of(force: Force) -> Literal["refused", "needs_reason", "warned", "noted"]:
    """What going against a statement does. Acts and regulations refuse, statutory guidance asks for a recorded good
    reason, practice guidance warns, a local arrangement is noted beside the act."""
    if force in ("ACT", "REG"):
        return "refused"
    if force == "SG":
        return "needs_reason"
    return "warned" if force == "PG" else "noted"
