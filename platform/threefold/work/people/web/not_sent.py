"""A form that was kept because it could not be sent, and is not wanted any more."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.people.access import NotHere
from threefold.work.people.half_written import kept_form, throw_away, with_held
from threefold.work.people.web.forms import Form, fill
from threefold.work.people.web.pages import SEE_BODY, blueprint
from threefold.work.people.web.render import render
from threefold.work.people.web.visits import Visit, page


class ThrowAway(Form):
    """Nothing is asked."""


@blueprint.route("/b/<slug>/not-sent/<uuid:form_id>", methods=["GET", "POST"])
@page(needs=SEE_BODY)
def not_sent(visit: Visit, form_id: UUID) -> ResponseReturnValue:
    """What was typed is not shown here: its own page knows who may see it still."""
    home, form = f"/b/{visit.body.slug}/", fill(ThrowAway)
    with visit.unit("throw away a half-written form") as unit:
        kept = kept_form(unit, form_id)
        if kept is None:
            raise NotHere
        if form.valid:
            throw_away(unit, form_id)
            return redirect(home, 303)
    return render(
        "people/not_sent.html",
        title="Throw away what was not sent?",
        form=form,
        back=home,
        again=home + with_held(kept.address, kept.id),
    )
