"""The page that a mailed link leads to. It takes the code of that e-mail, and shows and uses up nothing, whoever opens it.

The link's secret stands behind its `#`, which no browser sends, and as a code in the e-mail's text. A script moves it from the
address into the box, a person sends the box. So it stands in no log of addresses, and what opens links by itself uses none up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request, url_for
from werkzeug.wrappers import Response

from threefold.domain.errors import ThreefoldError
from threefold.work.people.web.fields import text
from threefold.work.people.web.forms import Filled, Form
from threefold.work.people.web.render import render

_NO_PART_OF_A_CODE = re.compile(r"[^A-Za-z0-9_-]")
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
_LABEL = re.compile(r"^\s*[^:#/]{1,80}:\s+")  # such as "The code: "
_WHOLE = 40  # characters: a secret of 256 bits has 43
LONGEST = 100


class FromEmail(Form):
    code_of_email = text(
        "Code from the email", missing="Enter the code from the email", longest=2000, autocomplete="off",
        hint="A long line of letters and figures. You can also copy the whole link into the box.",
    )  # fmt: skip


def secret_in(form: Filled) -> str:
    """The secret that was typed or pasted: of a whole address what stands behind its #, without what a paste brings along.

    What rewrites links in e-mails writes the # as %23, and its own additions behind an &.
    """
    pasted = _LABEL.sub("", _HYPHENS.sub("-", form["code_of_email"]))
    behind = re.split(r"#|%(?:25)*23", pasted, maxsplit=1)[-1]
    behind = re.split(r"[&#]", behind, maxsplit=1)[0]
    first = _NO_PART_OF_A_CODE.sub("", behind.split(maxsplit=1)[0] if behind.strip() else "")
    # What stands whole before a space is followed by other words of the e-mail; what is shorter was torn by its lines.
    return (first if len(first) >= _WHOLE else _NO_PART_OF_A_CODE.sub("", behind))[:LONGEST]


@contextmanager
def told_alike(form: Filled, refused: type[ThreefoldError], otherwise: str) -> Iterator[None]:
    """Whether a code is wrong, was used, was replaced or is too old is not told: what to do is, and it is the same."""
    try:
        yield
    except refused:
        form.errors["code_of_email"] = (
            f"Copy the code from the newest email again, all of it. If it opens nothing, it has ended: {otherwise}"
        )


def ask_for_code(form: Filled, *, title: str, said: str) -> Response:
    """The page. Its form names its own address, so that what stands behind its # goes on to no other address of this site."""
    action = url_for(str(request.endpoint), **(request.view_args or {}))
    return render("people/from_email.html", title=title, form=form, action=action, said=said)
