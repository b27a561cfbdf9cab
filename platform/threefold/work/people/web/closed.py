"""A closed case on its own pages: nobody opens it again by what they send without having been told.

Each page of a case that is closed says so at its top, and where something is sent from it, that this opens the case again. A form tells
in a hidden box what its page said. Sent from a page that did not say it yet, it is shown once more, with all that was typed, and can then
be sent on purpose. What did open the case says so afterwards.

It is done once for all pages: where an address that names a case is opened (`visits.at_the_case`), where a form is read (`forms.fill`),
and where a page is drawn (`base.html`). A page that puts nothing on record of the case says `leaves_closed` beside what it needs.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import current_app, g, request
from werkzeug.wrappers import Response

from threefold.governance.in_force import said

SAW = "saw_closed"  # the hidden box: since when the case was closed, as the page told it
OPENED = "opened_again"  # of the address of the next page


def note_closed(on: date | None) -> None:
    """Keep for this request since when the case that its address names is closed; None where it is open."""
    g.closed_on = on


def closed_on() -> date | None:
    """The day since which the case of this page is closed; None where it is open, and on a page of none."""
    found: date | None = g.get("closed_on")
    return found


def opens_again() -> bool:
    """Whether what is sent from this page opens a closed case again."""
    view, rule = current_app.view_functions.get(request.endpoint or ""), request.url_rule
    sends = rule is not None and "POST" in (rule.methods or ())
    return sends and closed_on() is not None and not getattr(view, "leaves_closed", False)


def closed_unseen() -> str:
    """What is said of a form that was sent from a page which did not say that its case is closed. Empty where none was."""
    on = closed_on()
    if on is None or not opens_again() or request.form.get(SAW) == on.isoformat():
        return ""
    return f"This case was closed on {said(on)}, which your page did not say, so nothing was saved. Send it again if it is still meant: that opens the case again."


def as_drawn(answers: bool) -> dict[str, Any]:
    """What a page is drawn with. `answers`: it asks nothing and is no error, so that it answers what was sent, where something was."""
    by_it = answers and request.method == "POST" and opens_again()
    on = None if by_it else closed_on()
    followed = on is None and request.args.get(OPENED) == "yes"
    return {"case_closed_on": on, "opens_case": opens_again(), "case_opened": by_it or followed}


def saying_so(answer: Response) -> None:
    """Have the page that an answer leads to say that the case is open again."""
    to = urlsplit(answer.location or "")
    answer.location = urlunsplit(to._replace(query="&".join(filter(None, (to.query, f"{OPENED}=yes")))))
