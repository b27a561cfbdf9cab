"""What was typed into a page that another got in the way of: a line that went with what holds it, a part that is there by now."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from threefold.governance import drafts, questions
from threefold.governance.comparison_words import joined
from threefold.governance.drafts import Content, NoSuchPlace, Place
from threefold.work.arrangements import drafting
from threefold.work.arrangements.web import either, lines, offers
from threefold.work.arrangements.web.shapes import line_at
from threefold.work.arrangements.web.shown import address, apart, place_in, schema_of, there
from threefold.work.people.access import NotHere
from threefold.work.people.web import Filled, Form, Visit, fill, render

View = Callable[[Visit, UUID, str], ResponseReturnValue]
WHY = "Somebody removed what this belongs to while you were writing, and nothing of yours was saved."


def keeps_what_was_typed(view: View) -> View:
    """A page of a line, or one that adds one: where its place went with what holds it, what was sent is shown and not thrown away."""

    @wraps(view)
    def kept(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
        try:
            return view(visit, draft_id, at)
        except NoSuchPlace:
            shown = _typed(visit, draft_id, at) if request.method == "POST" else None
            if shown is None:
                raise
            return shown

    return kept


def _typed(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue | None:
    """The page that shows it; None where the page that was seen cannot be told."""
    seen_no = request.form.get("seen_no", "")
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        if not seen_no.isdecimal() or len(seen_no) > 9 or not 0 < int(seen_no) < found.no:
            return None
        seen = drafting.content_at(unit, draft_id, int(seen_no))
    try:
        schema, _ = schema_of(seen, place_in(at))
    except (NoSuchPlace, NotHere):
        return None
    form = fill(Form.from_dict(either.with_choices(schema, lines.form_of(schema, seen))))
    page = render("arrangements/gone.html", title="It is not in this draft any more", caption=found.title, draft=found, form=form,
                  back=address(visit, draft_id), again="", why=WHY, **apart(form, schema, whole_rule=False))  # fmt: skip
    return page, 409


def say_what_was_removed(
    visit: Visit, found: drafting.Draft, form: Filled, asked: Callable[[Content], Mapping[str, fields.Field[Any]]]
) -> None:
    """Where somebody chose what another removed meanwhile, that it was removed, and not only that an answer is to be selected. `asked`:
    the questions of the page beside a draft as it was then."""
    if not form.errors or not form.seen_no or form.seen_no >= found.no:
        return
    with visit.unit("prepare a change of the arrangement") as unit:
        then = asked(drafting.content_at(unit, found.id, form.seen_no))
    for name, told in list(form.errors.items()):
        offered = (then[name].metadata.get("items") or {}) if name in then else {}
        now, sent = form.field(name).metadata.get("items") or {}, form.values.get(name) or []
        sent = sent if isinstance(sent, list) else [sent]
        if gone := [f"“{offered[one]}”" for one in sent if one in offered and one not in now]:
            form.errors[name] = f"Somebody removed {joined(gone)} while you were writing. {told}"


def theirs_meanwhile(schema: type[Schema], saw: Mapping[str, Any], node: Mapping[str, Any], *, own: bool) -> list[str]:
    """That somebody else, or oneself in another window (`own`), changed settings of a line since its page was opened, each by its label; nothing where nobody did."""
    changed = [
        label for name, label in either.labels(schema).items() if name in {*saw, *node} and saw.get(name) != node.get(name)
    ]
    if not changed:
        return []
    named = ", ".join(f"“{label}”" for label in changed)
    if own:
        return [f"You changed this in another window while you were writing here: {named}. What you set there is shown here."]
    return [f"Somebody else changed this while you were writing: {named}. What they set is shown here."]


def gone(visit: Visit, found: drafting.Draft, place: Place, schema: type[Schema], base: str) -> ResponseReturnValue:
    """What somebody had typed into a line that another removed meanwhile: nothing of it is lost, and it can be added again."""
    form = fill(Form.from_dict(either.with_choices(schema, lines.form_of(schema, found.content))))
    listed = isinstance(there(found.content, place[:-1]), list)
    again = f"{base}/add/{'/'.join(place[:-1] if listed else place)}"
    what = "removed this"
    if questions.is_question(place):
        what = "removed this question, or asked it anew in other words,"
    elif listed and "key" not in lines.named(schema):  # it is found by what it is about
        what = "removed this, or changed what it is about,"
    comes_back: list[str] = []
    if listed:  # what has pages of its own is not on this one, and is not to be lost with the line
        again += f"?{urlencode({'from': form.seen_no or found.no, 'of': place[-1]})}"
        was = was_there(visit, found, form.seen_no, place)
        comes_back = [part.label for part in lines.parts_of(schema) if was.get(part.name)]
    page = render("arrangements/gone.html", title=f"Somebody {what} while you were writing", caption=found.title, draft=found, form=form,
                  listed=listed, comes_back=comes_back, back=base, again=again, new=_new_beside(visit, found, form.seen_no, place) if listed else [], **apart(form, schema, whole_rule=False))  # fmt: skip
    return page, 409


def was_there(visit: Visit, found: drafting.Draft, no: int | None, place: Place) -> Mapping[str, Any]:
    """A line as it was in an earlier state of a draft, by that state's number; empty where it was not there."""
    if not no or not 0 < no <= found.no:
        return {}
    with visit.unit("prepare a change of the arrangement") as unit:
        seen = drafting.content_at(unit, found.id, no)
    try:
        return line_at(seen, place)
    except NoSuchPlace:
        return {}


def _new_beside(visit: Visit, found: drafting.Draft, seen_no: int | None, place: Place) -> list[tuple[str, str]]:
    """The lines of a list that were not there when a page was opened, each by its address and what it is called: what was asked anew in other
    words, or is about something else now, stands among them."""
    with visit.unit("prepare a change of the arrangement") as unit:
        seen = drafting.content_at(unit, found.id, seen_no) if seen_no and seen_no < found.no else found.content
    entries, came = list(there(found.content, place[:-1]) or ()), []
    before = Counter(_meant(one) for one in there(seen, place[:-1]) or ())
    for one, (name, words) in zip(entries, offers.rows_of(entries, found.content), strict=True):
        if before[_meant(one)] < 1:
            came.append((f"{address(visit, found.id)}/line/{'/'.join(place[:-1])}/{name}", words))
        before[_meant(one)] -= 1
    return came


def _meant(entry: Any) -> str:
    """What a thing of a list is told apart by, wherever it stands now: of one without a key or a person, all that it says."""
    return drafts.known_by(entry) or json.dumps(entry, sort_keys=True)
