"""Every line of every body's arrangement as a form: saved unchanged, it says what it said before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from marshmallow import ValidationError

from tests.support.tenants import read_tenants
from threefold.governance import drafts
from threefold.governance.catalogue import Catalogue
from threefold.governance.drafts import Content, Place
from threefold.governance.pack import Arrangement, Library
from threefold.work.arrangements.web import answered, lines
from threefold.work.people.web.fields import Day, Moment
from threefold.work.people.web.forms import Form, _answered, _show

LIBRARY: Library = read_tenants()
CATALOGUE = Catalogue.installed()
VERSIONS = {f"{b.id}/{v.version}": v for b in LIBRARY.bodies.values() for v in b.versions}


def places(content: Content) -> Iterator[tuple[Place, Any]]:
    """Every line of a draft that has a form, with its schema."""
    for listed in ("organisations", "seats"):
        for entry in content[listed]:
            place = (listed, entry["key"])
            yield place, lines.schema_at(place, None)[0]
    for use in content["uses"]:
        rule = CATALOGUE.get(use["rule"], use["major"])
        waiting: list[tuple[Place, Any, Any]] = [(("rules", use["use"]), rule.Config, use["settings"])]
        while waiting:
            place, schema, node = waiting.pop()
            yield place, schema
            for part in lines.parts_of(schema):
                value = node.get(part.name)
                if part.kind == "object" and value:
                    waiting.append(((*place, part.name), part.schema, value))
                for index, entry in enumerate(value or () if part.kind == "list" else ()):
                    waiting.append(((*place, part.name, drafts.name_of(entry, index)), part.schema, entry))


def resent(schema: Any, node: Mapping[str, Any], content: Content) -> dict[str, Any]:
    """What is saved of a line when its form is sent as it was shown."""
    form = Form.from_dict(lines.form_of(schema, content))()
    shown = lines.initial_of(schema, node, content)
    values = {name: _show(field, shown.get(name)) for name, field in form.fields.items() if not isinstance(field, Day | Moment)}
    answers = form.load({name: value for name, value in values.items() if _answered(value)})
    return answered.values_of(schema, answers, content, node)


@pytest.mark.parametrize("version", VERSIONS.values(), ids=list(VERSIONS))
def test_a_form_sent_as_it_was_shown_changes_nothing_a_rule_can_see(version: Arrangement) -> None:
    content = drafts.begin_from(version, "next", version.title)
    for place, schema in places(content):
        node = dict(drafts.node_at(content, place))
        saved = {**node, **resent(schema, node, content)}
        assert not answered.wrong_in(schema, saved, lines.form_of(schema, content)), place
        before, after = (schema().load({k: v for k, v in n.items() if v is not None}) for n in (node, saved))
        assert _plain(after) == _plain(before), place


def _plain(value: Any) -> Any:
    """Loaded settings to compare: a condition by its tree."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.tree if hasattr(value, "tree") else value


def test_every_rule_at_hand_draws_its_form_empty() -> None:
    content = drafts.begin_from(next(iter(VERSIONS.values())), "next", "x")
    for rule in CATALOGUE.rules.values():
        if rule.card.layer == "local":
            waiting = [rule.Config]
            while waiting:
                schema = waiting.pop()
                asked = lines.form_of(schema, content)
                assert all(f.metadata["label"] for f in asked.values())
                shown = lines.initial_of(schema, {}, content)
                assert set(shown) <= set(asked), (rule.card.id, set(shown) - set(asked))
                waiting += [part.schema for part in lines.parts_of(schema) if part.schema]


def optional(question: Any) -> bool:
    """Whether the page calls a question so."""
    return not question.required and question.metadata.get("optional") is not False


def test_what_must_be_answered_from_a_list_or_in_other_words_is_not_called_optional() -> None:
    content = drafts.begin_from(VERSIONS["example-vale/demonstration"], "next", "x")
    rule, seen = CATALOGUE.get("decision-making", 1), 0
    schema, _ = lines.schema_at(("rules", "groups", "groups", "x", "quorum", "substitutes"), rule)
    asked = lines.form_of(schema, content)
    for name, field in lines.named(schema).items():
        if f"{name}__other" in asked:
            seen += field.required
            assert [optional(asked[one]) for one in (name, f"{name}__other")] == [not field.required] * 2, name
    assert seen


def test_what_may_be_left_out_is_not_asked_for_where_its_answer_is_none_of_its_list() -> None:
    content = drafts.begin_from(VERSIONS["example-vale/demonstration"], "next", "x")
    schema, _ = lines.schema_at(("rules", "x", "statements"), CATALOGUE.get("narrative", 1))
    asked = lines.form_of(schema, content)
    assert optional(asked["section"]) and optional(asked["section__other"])
    with pytest.raises(ValidationError) as refused:
        asked["section"].deserialize("not-in-the-list")
    assert refused.value.messages == ["“Section”: select one of the list, or “None of these”"]
