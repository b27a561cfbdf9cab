"""The reasons for departing from guidance, as they are typed on the page that sends a draft to be signed."""

from __future__ import annotations

import re
from collections.abc import Collection

from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from threefold.governance.remark import Remark
from threefold.work.people.web import render

_REASON = "reason-"


def reasons_in(typed: MultiDict[str, str], beside: Collection[str] = ()) -> list[str]:
    """The reasons for departures that somebody typed, but for those whose boxes are there still."""
    return [words for name, words in typed.items() if name.startswith(_REASON) and name not in beside and words.strip()]


def sent_by_another(base: str, typed: list[str]) -> ResponseReturnValue:
    return render(
        "threefold/error.html", title="It was sent to be signed already", status=409, typed=[("", words) for words in typed], to_copy=True,
        sentences=["Somebody sent it while you were writing, with other reasons than yours. Theirs stand in its note. To give yours, "
                   "change the draft and send it again: what was signed counts no more then."],
        action={"href": f"{base}/sign", "text": "Read it, and see who has signed"},
    )  # fmt: skip


def reason_for(departure: Remark) -> str:
    """The name of the box for the reason of one departure: what is typed stays with it, whichever others come and go meanwhile."""
    # A name with a full stop in it would be two names; and two departures may differ in such characters only.
    return _REASON + re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found[0]):x}_", departure.known_by)
