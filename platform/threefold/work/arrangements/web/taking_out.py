"""What a rule's settings hold and the rule does not take: told, and taken out of the draft in one go."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.domain.errors import PackError
from threefold.governance import drafts
from threefold.governance.drafts import Content, Place
from threefold.work.arrangements import drafting
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.shapes import Strange, strange_at, without
from threefold.work.arrangements.web.shown import (
    PREPARE,
    address,
    after,
    ask_unaware,
    leave,
    may_change,
    rule_at,
    titled,
    use_at,
)
from threefold.work.people.access import NotHere
from threefold.work.people.web import Form, Visit, fill, page, render

MOST_TOLD = 2000  # characters of what was taken out, in the draft's history


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/take-out/<use>", methods=["GET", "POST"])
@page(needs=PREPARE)
def take_out(visit: Visit, draft_id: UUID, use: str) -> ResponseReturnValue:
    """The settings that a rule of the draft does not take. Sent, they are taken out; everything else of the rule stays."""
    place, base = ("rules", use), address(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        form = fill(Form, seen_no=found.no)
        old = form.seen_no and form.seen_no < found.no
        seen = drafting.content_at(unit, draft_id, form.seen_no or 0) if old else found.content
    if not may_change(found):
        return leave(found, base)
    ask_unaware(found, form)
    if rule_at(found.content, place) is None:
        raise NotHere
    shown, heading = strange_at(found.content, place), titled(found.content, place)
    if form.sent and not shown:  # sent twice, or somebody else took them out meanwhile
        return redirect(f"{base}/line/rules/{use}?done=taken_out", 303)
    if form.valid:

        def edit(now: Content) -> Content:
            if _told(now, place) != _told(seen, place):
                raise PackError(
                    f"Somebody changed “{heading}” since you opened this page, and nothing was taken out. Read it again."
                )
            return drafts.put(now, place, without(use_at(now, use)["settings"], strange_at(now, place)))

        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            told = " ".join(
                f"{one.sentence} {f'It said “{value}”.' if value else ''}".strip() for one, value in _told(found.content, place)
            )
            now = drafting.change_draft(unit, draft_id, f"put right in {heading}: {told}"[:MOST_TOLD], edit)
            return redirect(f"{base}/line/rules/{use}?done={after(found, now, done='taken_out')}", 303)
        form.seen_no = found.no
    return render("arrangements/take_out.html", title=f"Settings that “{heading}” does not take", caption=found.title, draft=found,
                  form=form, strange=[(one, _value(found.content, place, one)) for one in shown], base=base, use=use, back=base)  # fmt: skip


def _told(content: Content, place: Place) -> list[tuple[Strange, str]]:
    return [(one, _value(content, place, one)) for one in strange_at(content, place)]


def _value(content: Content, place: Place, one: Strange) -> str:
    """What would be taken out, where it is one value; "" for a list or a group, which its sentence names."""
    value = use_at(content, place[1])["settings"]
    for part in one.path:
        value = value[part]
    return "" if value is None or isinstance(value, list | dict) else str(value)
