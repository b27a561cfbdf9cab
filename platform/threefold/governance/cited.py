"""Lines of files that say something else than the layer below, under the source of that layer: what the rule itself makes of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields, missing

from threefold.domain.errors import PackError
from threefold.governance.arrangement import RuleUse
from threefold.governance.traced import name_in_list
from threefold.plugin_api.rule import Rule
from threefold.plugin_api.settings import named, rests_on

WORDED_ANEW = ("title", "unit_from", "source", "sure", "force")  # what may be other words for the same, or says how sure it is
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def cited_by_another(rule: type[Rule], use: RuleUse) -> Iterator[PackError]:
    """The lines that a later layer of files leaves under the source of a layer below, and gives another meaning, by what they are given or
    by what the whole rule is: their source does not say that."""
    for told in use.uncited:
        schema = _schema_at(rule.Config, told.at)
        asked = named(schema) if schema else {}
        if any(
            name in asked and name not in WORDED_ANEW and says(asked[name], before) != says(asked[name], now)
            for name, before, now in told.said
        ):
            where = "this file" if told.say_in == told.file else told.say_in
            yield PackError(
                f"This says something else than {told.below} does, and would still cite its source, “{told.ref}”. Say where it comes from: "
                f'{"" if where == "this file" else f"in {where}, "}add source = "…" beside it, named under [sources] in {where}.',
                field=".".join((f"{told.file}: rules.{use.use}.settings", *told.at)),
            )
    yield from _by_the_whole_rule(rule, use)


def _by_the_whole_rule(rule: type[Rule], use: RuleUse) -> Iterator[PackError]:
    asked = named(rule.Config)
    for anew in use.set_anew:
        one = asked.get(anew.setting)
        if one is None or not one.metadata.get("for_all") or says(one, anew.was) == says(one, use.settings.get(anew.setting)):
            continue
        name, key = anew.line
        schema = _schema_at(rule.Config, anew.line)
        line = next((entry for entry in use.settings[name] if name_in_list(entry) == key), None)
        source = line.get("source") if line is not None else None
        if line is None or schema is None or not isinstance(source, Mapping) or "ref" not in source:
            continue  # added anew without a source, or with one that is refused for itself
        if rests_on(schema, line, {anew.setting}):
            yield PackError(
                f"{anew.file} sets '{anew.setting}' anew for the whole rule, and this line would still cite “{source['ref']}”, which "
                f'says it otherwise. Say in {anew.say_in} where the line comes from: {{ key = "{key}", source = "…" }}, named under its [sources].',
                field=f"{use.where}.settings.{name}.{key}",
            )


def says(field: fields.Field[Any], value: Any) -> Any:
    """What an answer says: its default where nothing is said, in each part of a small part; of several that are chosen the order says
    nothing."""
    if isinstance(field, fields.Nested) and isinstance(value, Mapping):
        return {name: says(one, value.get(name)) for name, one in named(type(field.schema)).items() if name not in WORDED_ANEW}
    if value in _NOTHING:
        value = field.load_default() if callable(field.load_default) else field.load_default
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = sorted(value)
    return None if value is missing or value in _NOTHING else value


def _schema_at(schema: type[Schema], at: tuple[str, ...]) -> type[Schema] | None:
    """The schema of a line: of the list, then of its key, and so on. None where there is no such list."""
    for name in at[::2]:
        inner = getattr(named(schema).get(name), "inner", None)
        if not isinstance(inner, fields.Nested):
            return None
        schema = type(inner.schema)
    return schema
