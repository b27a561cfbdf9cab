"""A draft put aside: knowingly of what was changed and signed since the page was opened, and told by whom and when."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.domain.errors import PackError
from threefold.walls.session import Unit
from threefold.work.arrangements import drafting, signing
from threefold.work.arrangements.seat_stands import acts
from threefold.work.arrangements.stories import versions
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.shown import ACTS, PREPARE, address, leave, may_change, names_of
from threefold.work.people.web import Form, Visit, fill, page, render

CHANGED = "This draft was changed or signed after you had opened this page, and was not put aside. Read what is new, and put it aside all the same or go on with it."


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/give-up", methods=["GET", "POST"])
@page(needs=PREPARE)
def give_up(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        known = {seat.key for version in versions(unit) for seat in version.seats} if found.state == "signing" else set()
        said = len(acts(unit, draft_id))
    new_seats = [seat.title for seat in found.arrangement.seats if seat.key not in known] if found.state == "signing" else []
    form = fill(Form, seen_no=found.no)
    if found.state == "given_up" and form.sent:  # sent twice: it is done already
        return redirect(f"/b/{visit.body.slug}/arrangement?done=given_up", 303)
    if not may_change(found):
        return leave(found, address(visit, draft_id))
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            now = drafting.load_draft(unit, draft_id, lock=True)
            if (form.seen_no, form.saw("seen_said")) != (now.no, str(len(acts(unit, draft_id)))):
                raise PackError(CHANGED)
            drafting.give_up_draft(unit, draft_id)
            return redirect(f"/b/{visit.body.slug}/arrangement?done=given_up", 303)
    new = []
    if form.sent:
        with visit.unit("see a draft of the arrangement") as unit:
            found, said = drafting.load_draft(unit, draft_id), len(acts(unit, draft_id))
            new = _newest(unit, found, form.seen_no or 0, form.saw("seen_said"))
    form.seen_no = found.no
    return render(
        "arrangements/give_up.html", title="Put this draft aside", caption=found.title, form=form, new_seats=new_seats, new=new, said=said,
        back=address(visit, draft_id),
    )  # fmt: skip


def _newest(unit: Unit, draft: drafting.Draft, seen_no: int, seen_said: str) -> list[str]:
    """What was done with a draft, newest first, since its change `seen_no`; and what its seats said after as many times as `seen_said`."""
    names, titles = names_of(unit), {seat.key: seat.title for seat in draft.arrangement.seats}
    said = signing.everything_said(unit, draft)
    newer = said[: max(len(said) - int(seen_said), 0)] if seen_said.isdecimal() and len(seen_said) < 9 else said
    done = [(f"{titles.get(one.seat, one.seat)} {ACTS[one.act]}", one.by) for one in newer]
    done += [
        (f"{one.what[:1].upper()}{one.what[1:]}", one.by) for one in drafting.revisions(unit, draft.id) if one.no > seen_no
    ]
    return [f"{what}, by {names.get(by, 'somebody who no longer works here')}" for what, by in done]
