"""To open a page and save it changes nothing: neither the file, nor the fingerprint, nor whose source it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from marshmallow import fields

from tests.arrangements.area import HOME, HUDDLE, LEAD, Area, area
from tests.arrangements.vale import GOVERNANCE
from threefold.governance import drafts
from threefold.governance.drafts import Content, Place
from threefold.governance.pack import load_library
from threefold.work.arrangements.web import answered, lines

__all__ = ["area"]
LIBRARY = load_library(Path(__file__).parents[2] / "tenants")
VERSIONS = [(body.id, version) for body in LIBRARY.bodies.values() for version in body.versions]


def every_line(content: Content) -> Iterator[tuple[Place, Any, Mapping[str, Any]]]:
    """Each line of a draft that has a page: its place, its schema, and the line itself."""
    for listed, schema in (("organisations", lines.OrganisationLine), ("seats", lines.SeatLine)):
        for entry in content[listed]:
            yield (listed, entry["key"]), schema, entry
    for use in content["uses"]:
        rule = GOVERNANCE.catalogue.rules[use["rule"], use["major"]]
        yield from _within(("rules", use["use"]), rule.Config, use["settings"])


def _within(place: Place, schema: Any, line: Mapping[str, Any]) -> Iterator[tuple[Place, Any, Mapping[str, Any]]]:
    yield place, schema, line
    for name, field in lines.named(schema).items():
        value = line.get(name)
        if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            for index, entry in enumerate(value or ()):
                yield from _within((*place, name, drafts.name_of(entry, index)), type(field.inner.schema), entry)
        elif isinstance(field, fields.Nested) and isinstance(value, Mapping):
            yield from _within((*place, name), type(field.schema), value)


def sent_back(schema: Any, line: Mapping[str, Any], content: Content) -> dict[str, Any]:
    """What a browser sends of a page on which nobody touched anything: what is chosen of a list, in the order of the list."""
    shown = lines.initial_of(schema, line, content)
    sent: dict[str, Any] = {}
    for name, question in lines.form_of(schema, content).items():
        value = shown.get(name)
        if question.metadata["control"] == "choices":
            value = [one for one in question.metadata["items"] if one in (value or ())]
        elif isinstance(value, str):
            value = value.replace("\n", "\r\n")
        sent[name] = value
    return sent


@pytest.mark.parametrize(("body", "version"), VERSIONS, ids=lambda told: told if isinstance(told, str) else told.version)
def test_no_page_of_any_area_changes_anything_by_being_saved(body: str, version: Any) -> None:
    content = drafts.begin_from(version, "new", "New")
    for place, schema, line in every_line(content):
        answers = sent_back(schema, line, content)
        values = answered.only_changed(schema, answered.values_of(schema, answers, content, line), content, line)
        assert {**line, **values} == line, place
        assert answered.own_source(schema, line, values) == values, place


def test_a_page_saved_as_it_was_is_no_change_of_the_draft(area: Area) -> None:
    draft = area.begun()
    before, exported = area.content(draft), area.by(LEAD).get(f"{draft}/export").response.get_data()
    plan = HUDDLE.partition("/steps")[0]
    for page in (plan, HUDDLE, "about", *(f"line/seats/{s['key']}" for s in before["seats"])):
        assert area.answer(f"{draft}/{page}", {}).location.endswith("done=saved")
    assert area.content(draft) == before
    assert area.by(LEAD).get(f"{draft}/export").response.get_data() == exported
    assert HOME in draft


def test_one_answer_that_is_another_changes_no_other(area: Area) -> None:
    draft = area.begun()
    before = next(
        s for s in drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps")) if s["key"] == "huddle"
    )
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    after = next(
        s for s in drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps")) if s["key"] == "huddle"
    )
    assert {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)} == {"day", "source"}
    area.answer(f"{draft}/{HUDDLE}", {"day": "", "span__amount": "3", "span__unit": "weeks", "start_events": ["aware"]})
    after = next(
        s for s in drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps")) if s["key"] == "huddle"
    )
    assert after["span"] == {"amount": 3, "unit": "weeks"}, "what is said by default stays unsaid"
