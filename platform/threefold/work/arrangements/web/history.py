"""Changes of a draft: each told in words, and the draft put back as it was before one of them."""

from __future__ import annotations

from textwrap import shorten
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import PackError, ThreefoldError
from threefold.governance import drafts
from threefold.governance.comparison import compare
from threefold.governance.drafts import Content
from threefold.work.arrangements import drafting, signing
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.shown import (
    ACTS,
    CHANGES,
    DONE,
    PREPARE,
    SEE_DRAFT,
    address,
    after,
    ask_unaware,
    leave,
    may_change,
    names_of,
)
from threefold.work.people.access import NotHere
from threefold.work.people.web import Form, Visit, fill, page, render, services

UNREADABLE = "What else differs cannot be told: a rule there cannot be read as it is set."
MOST_NAMED = 120  # characters of a change that another change of the history names


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/history")
@page(needs=SEE_DRAFT)
def history(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("see a draft of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        changes, names = drafting.revisions(unit, draft_id), names_of(unit)
        until = min(max(request.args.get("until", found.no, type=int), 1), found.no)
        contents = {no: drafting.content_at(unit, draft_id, no) for no in range(max(until - CHANGES, 1), until + 1)}
        said = signing.everything_said(unit, found)
    told = {no: differences_in_words(contents[no - 1], contents[no]) for no in contents if no - 1 in contents}
    back_to = {no for no in told if contents[no - 1] != found.content} if visit.may(PREPARE) and may_change(found) else set()
    return render(
        "arrangements/history.html", title="Changes of this draft", caption=found.title, back=address(visit, draft_id), draft=found, names=names,
        changes=[c for c in changes if c.no in told or c.no == 1 == min(contents)], told=told, said=said, acts=ACTS, done=DONE, base=address(visit, draft_id),
        back_to=back_to, seat_titles={s.key: s.title for s in found.arrangement.seats}, older=until - CHANGES if until - CHANGES > 1 else 0,
    )  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/history/<int:no>/back", methods=["GET", "POST"])
@page(needs=PREPARE)
def put_back(visit: Visit, draft_id: UUID, no: int) -> ResponseReturnValue:
    """The draft as it was before change `no`: told in words first; sent, it is one more change, and none is lost."""
    base = address(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        if not 1 < no <= found.no:
            raise NotHere
        then = drafting.content_at(unit, draft_id, no - 1)
        undone = [c for c in drafting.revisions(unit, draft_id) if c.no >= no]
        names = names_of(unit)
    if not may_change(found):
        return leave(found, base)
    form = fill(Form, seen_no=found.no)
    ask_unaware(found, form)
    if form.sent and then == found.content:  # sent twice, or somebody else put it back meanwhile
        return redirect(f"{base}/history?done=put_back", 303)
    if form.valid:

        def edit(now: Content) -> Content:
            if form.seen_no != found.no or now != found.content:
                raise PackError(
                    "Somebody changed the draft since you opened this page, and nothing was put back. Read it again."
                )
            return then

        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            what = f"put back as it was before: {shorten(undone[-1].what, MOST_NAMED, placeholder=' …')}"
            now = drafting.change_draft(unit, draft_id, what, edit)
            return redirect(f"{base}/history?done={after(found, now, done='put_back')}", 303)
    form.seen_no = found.no
    return render("arrangements/put_back.html", title="Put the draft back as it was", caption=found.title, draft=found, form=form, undone=undone,
                  names=names, told=differences_in_words(found.content, then), same=then == found.content, back=f"{base}/history")  # fmt: skip


def differences_in_words(before: Content, after: Content) -> list[str]:
    """One change of a draft in words; that nothing can be told, where it cannot be read as it stood."""
    try:
        found = compare(services().governance.catalogue, drafts.as_arrangement(before), drafts.as_arrangement(after))
    except ThreefoldError:
        return [UNREADABLE]
    return [one.sentence for one in found]
