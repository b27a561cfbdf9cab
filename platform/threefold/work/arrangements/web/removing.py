"""Removing a line of a draft, and moving it within its list."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import PackError
from threefold.governance import drafts, remarks
from threefold.governance.drafts import Content, NoSuchPlace, Place
from threefold.governance.names import titles_of
from threefold.governance.pack import Body
from threefold.governance.plain import keys_named
from threefold.governance.remarks_of_names import keys_of, names_it
from threefold.work.arrangements import drafting
from threefold.work.arrangements.web import lines, offers
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.resting import cited_with
from threefold.work.arrangements.web.shapes import movable, removable
from threefold.work.arrangements.web.shown import (
    PREPARE,
    address,
    after,
    ask_unaware,
    body_of,
    leave,
    may_change,
    place_in,
    refuse_unaware,
    schema_of,
    there,
    titled,
    up_from,
)
from threefold.work.people.web import Form, Visit, fill, page, render, services


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/remove/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
def remove(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    place, base = place_in(at), address(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        form = fill(Form, seen_no=found.no)
        seen = drafting.content_at(unit, draft_id, form.seen_no) if form.seen_no and form.seen_no < found.no else found.content
    if not may_change(found):
        return leave(found, base)
    ask_unaware(found, form)
    if form.sent and there(found.content, place) is None and there(seen, place) is not None:
        return redirect(f"{up_from(base, place)}?done=removed", 303)  # sent twice, or somebody else removed it meanwhile
    removable(found.content, place)
    heading = titled(found.content, place)
    if form.valid:

        def edit(now: Content) -> Content:
            if there(now, place) != there(seen, place):
                raise PackError(
                    f"Somebody changed “{heading}” since you opened this page, and it was not removed. Read it again before you remove it."
                )
            return cited_with(now, drafts.remove(now, place), drafting.content_at(unit, draft_id, 1), place)

        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            now = drafting.change_draft(unit, draft_id, f"removed: {heading}", edit)
            return redirect(f"{up_from(base, place)}?done={after(found, now, done='removed')}", 303)
        form.seen_no = found.no
    return render(
        "arrangements/remove.html",
        title=f"Remove “{heading}”",
        caption=found.title,
        draft=found,
        form=form,
        back=up_from(base, place),
        lost=_lost(found.content, place, body_of(visit)),
    )


@blueprint.post("/b/<slug>/arrangement/drafts/<uuid:draft_id>/move/<path:at>")
@page(needs=PREPARE)
def move(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    place, base = place_in(at), address(visit, draft_id)
    by = {"up": -1, "down": 1}.get(request.form.get("way", ""))
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
    refuse_unaware(found, base)
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        movable(found.content, place)
        if by is None:
            raise PackError("Choose whether the line is moved up or down.", field="way")
        way = by
        heading, stood, elsewhere = titled(found.content, place), request.form.get("stood", ""), list[bool]()

        def edit(now: Content) -> Content:
            """Once only: from where the line stood on the page that was seen. Somebody may have moved it meanwhile, or pressed twice."""
            names = [name for name, _ in offers.rows_of(list(drafts.node_at(now, place[:-1])), now)]
            elsewhere.append(place[-1] in names and stood not in ("", str(names.index(place[-1]))))
            return now if elsewhere[-1] else drafts.move(now, place, way, lines.ranked_by(schema_of(now, place[:-1])[0]))

        now = drafting.change_draft(unit, draft_id, f"moved {'up' if way < 0 else 'down'}: {heading}", edit)
    done = after(found, now, done="stands" if elsewhere and elsewhere[-1] else "moved")
    return redirect(
        f"{up_from(base, place)}?{urlencode({'done': done, 'moved': place[-1], 'in': place[-2]})}#line-{place[-1]}", 303
    )


def _lost(content: Content, place: Place, body: Body | None) -> list[str]:
    """What would have to be mended if a line were removed, and stands as it is: what names it, and what the check would then say."""
    try:
        left = drafts.remove(content, place)
        without = remarks.remarks(services().governance, left, body=body)
    except NoSuchPlace:
        return []
    now = {r.sentence for r in remarks.remarks(services().governance, content, body=body)}
    titles = titles_of(services().governance.catalogue, content)  # what goes is called by its name, and not by its key
    naming = names_it(services().governance.catalogue, left, keys_of(content).keys() - keys_of(left).keys())
    still = [f"“{line}” names it, and would name something that is not there any more: change that too." for line in naming]
    return [*still, *(keys_named(r.sentence, titles) for r in without if r.stops and r.sentence not in now)]
