"""Before a case that is not one's own is opened: why? One page, once a day, and it is noted."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.work.incidents import stories
from threefold.work.incidents.web import blueprint
from threefold.work.incidents.web.acts import SEE
from threefold.work.incidents.web.cases import case_address
from threefold.work.people.own_cases import REASONS, give_reason
from threefold.work.people.web import Form, Visit, choice, fill, page, render
from threefold.work.people.web.going_on import safe_next
from threefold.work.people.web.held import names_held


class Why(Form):
    reason = choice("Why do you need to see this case?", REASONS, missing="Select why you need to see this case",
                    hint="Your answer is kept in the audit, with your name, and holds until the end of today.")  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/reason", methods=["GET", "POST"])
@page(needs=SEE, asks_why=False, leaves_closed=True)
def reason(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    """What is shown of the case is its reference, which the list of cases shows too."""
    form, base = fill(Why), case_address(visit, case_id)
    wanted = safe_next(request.args.get("next", ""))
    going_to = wanted if wanted.partition("?")[0] == base or wanted.startswith(f"{base}/") else base
    with visit.unit("say why a case is opened") as unit:
        reference = stories.reference_of(unit, case_id)
    if form.valid:
        with form.refusals(), visit.unit("say why a case is opened") as unit:
            give_reason(unit, case_id, form["reason"], visit.sign_in)
            return redirect(going_to, 303)
    return render(
        "incidents/reason.html", title=f"Case {reference} is not one of yours", form=form, back=f"/b/{visit.body.slug}/cases",
        kept=names_held(going_to),
    )  # fmt: skip
