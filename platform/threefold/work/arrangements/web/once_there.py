"""What was in a draft, or in what it was begun from, and is gone: called by its name where it is named still, and put back as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import request
from marshmallow import Schema

from threefold.domain.visible import read_as
from threefold.governance.drafts import Content, Place
from threefold.work.arrangements import drafting
from threefold.work.arrangements.web import lines, offers
from threefold.work.arrangements.web.shown import body_of
from threefold.work.arrangements.web.typed import was_there
from threefold.work.people.web import Visit


def with_what_is_gone(visit: Visit, draft_id: UUID, content: Content, *nodes: Any) -> Content:
    """The draft with what some lines name and that was removed, called by its name. Earlier states are read only where something may be gone."""
    named = offers.named_and_not_there(content, nodes)
    if not named:
        return content
    with visit.unit("prepare a change of the arrangement") as unit:
        return offers.with_what_is_gone(content, drafting.contents_of(unit, draft_id), named)


def parts_of_removed(visit: Visit, found: drafting.Draft, place: Place, schema: type[Schema]) -> dict[str, Any]:
    """What has pages of its own of a line that was removed and is added again: no form sends it."""
    of, no = request.args.get("of", ""), request.args.get("from", "")
    was = was_there(visit, found, int(no), (*place, of)) if of and no.isascii() and no.isdecimal() and len(no) < 9 else {}
    return {part.name: was[part.name] for part in lines.parts_of(schema) if was.get(part.name)}


def proposed_by_link(visit: Visit, place: Place, content: Content, first: Content) -> dict[str, Any]:
    """What a link to the page that adds a partner has filled in: a partner of the area, or of what the draft was begun from, put back."""
    back = request.args.get("back")
    return next((one for one in _not_there(visit, place, content, first) if one["key"] == back), {})


def called_as_before(visit: Visit, place: Place, content: Content, first: Content, values: Mapping[str, Any]) -> dict[str, Any]:
    """The organisation that is gone and is called so: whoever adds it by its name alone puts it back, with all that names it."""
    name = read_as(str(values.get("name") or ""))
    return next((one for one in _not_there(visit, place, content, first) if read_as(one["name"]) == name), {})


def _not_there(visit: Visit, place: Place, content: Content, first: Content) -> Iterator[dict[str, Any]]:
    if place == ("organisations",):
        body, there = body_of(visit), {o["key"] for o in content["organisations"]}
        known = [*(asdict(o) for o in (body.organisations if body else ())), *first["organisations"]]
        yield from (dict(one) for one in known if one["key"] not in there)
