"""The pages that show, beforehand, what a draft would change."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from threefold.work.arrangements.drafting import see_draft
from threefold.work.people.access import EVERYONE, declare
from threefold.work.people.web import Visit, page, render, services
from threefold.work.rehearsal import stories

blueprint = Blueprint("rehearsal", __name__, template_folder="templates")
SEE = declare("see what a draft would change", EVERYONE).act


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/cases")
@page(needs=SEE)
def open_cases(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    asked = request.args.get("page", "1")
    number = min(max(int(asked), 1), 100_000) if asked.isdecimal() and len(asked) < 8 else 1
    with visit.unit("see what a draft would change") as unit:
        draft = see_draft(unit, draft_id)
        cases, more = stories.open_cases(unit, services().governance, draft, number)
    base = f"/b/{visit.body.slug}"
    return render("rehearsal/cases.html", title="What it would change in open cases", back=f"{base}/arrangement/drafts/{draft_id}", draft=draft,
                  arrangement=draft.arrangement, cases=cases, more=more, number=number, base=base)  # fmt: skip
