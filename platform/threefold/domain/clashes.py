"""Two people changed the same thing: a person chooses which of two values stays, having seen both.

A choice is of the values that were shown. Where somebody has changed it once more since, it is no choice any more, and is asked anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from threefold.domain.errors import ThreefoldError

Choice = Literal["theirs", "yours"]


class SaidMeanwhile(ThreefoldError):
    """Somebody decided or said something newer than the page showed that was sent. It is shown first; then that page can be sent on purpose.

    `happened`: what somebody did, without what to do now on a page. `who`: where it is known, and may be told.
    """

    def __init__(self, what: str = "decided on this", who: str = "Somebody") -> None:
        self.happened = f"{who} {what} while you were writing, and nothing of yours was saved."
        super().__init__(f"{self.happened} Read below what stands now, then send yours again if it is still meant.")


def offered(theirs: Any) -> str:
    """What stands behind a choice, so that it is known which value of the other person was shown with it."""
    return hashlib.sha256(json.dumps(theirs, sort_keys=True, default=str).encode()).hexdigest()[:12]


def chosen(keep: Mapping[str, str], name: str, theirs: Any) -> Choice | None:
    """Which value a person chose for one thing: "theirs" or "yours", with what stood behind it; None: not chosen, or of another value."""
    choice, _, shown = keep.get(name, "").partition(":")
    if choice not in ("theirs", "yours") or (shown and shown != offered(theirs)):
        return None
    return "theirs" if choice == "theirs" else "yours"


def box_of(path: str) -> str:
    """What the box of a fact is named on the page that asks it: the last part of its path; of an area's own question "local-" and its key."""
    own = path.removeprefix("incident.local.")
    return f"local-{own}" if own != path else path.rsplit(".", 1)[-1]
