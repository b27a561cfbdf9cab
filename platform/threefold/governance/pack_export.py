"""An arrangement as the TOML file that would give it again: one layer, sources named, loss-free."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from threefold.governance.arrangement import Arrangement, as_stored
from threefold.governance.source_names import all_named, in_order, in_use, is_source, same

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(arrangement: Arrangement) -> str:
    """The pack of an arrangement. Read again as this body's file of that version, it gives the same content, and the same
    fingerprint (but for what was signed under the first format of it, which the file tells in a comment)."""
    settings = [use.settings for use in arrangement.uses]
    names = in_use(all_named(arrangement.source_names, settings, arrangement.adopted_from), settings, arrangement.adopted_from)
    by = {same(source): name for name, source in names}

    def name_of(source: Mapping[str, Any]) -> str:
        return by[same(source)]

    uses = [(u, _named(u.settings, name_of)) for u in arrangement.uses]
    adopted = [name_of(a) for a in arrangement.adopted_from]
    lines = [
        "format = 1", 'kind = "arrangement"', f"id = {_value(arrangement.version)}", f"title = {_value(arrangement.title)}",
        f"body = {_value(arrangement.body)}", f"entered = {_value('draft' if arrangement.entered == 'signed' and not arrangement.signed else arrangement.entered)}",
        f"begins = {arrangement.begins.isoformat() if arrangement.begins else _value('unknown')}",
    ]  # fmt: skip
    if arrangement.format == 1:
        lines.insert(0, f"# Its fingerprint, which the names of files are part of, is {arrangement.signed_hash}.")
    if arrangement.not_before:
        lines.append(f"not_before = {arrangement.not_before.isoformat()}")
    if arrangement.until:
        lines.append(f"until = {arrangement.until.isoformat()}")
    if arrangement.corrects:
        lines.append(f"corrects = {_value(arrangement.corrects)}")
    lines.append(f"open_cases = {_value(arrangement.open_cases)}")
    lines.append(f"area_codes = {_value(arrangement.area_codes)}")
    lines.append(_list("organisations", (
        {"key": o.key, "name": o.name, "kind": o.kind, "partner": o.partner, "acts_for": list(o.acts_for)} for o in arrangement.organisations)))  # fmt: skip
    lines.append(_list("seats", (
        {"key": s.key, "title": s.title, "role": s.role, "organisation": s.organisation, "deputy": s.deputy} for s in arrangement.seats)))  # fmt: skip
    if arrangement.note:
        lines.append(f"note = {_value(arrangement.note)}")
    if arrangement.closures:
        lines.append(f"closures = {_value(sorted(arrangement.closures))}")
    if arrangement.entered == "adopted":
        lines += ["", "[adopted]", f"from = {_value(adopted)}", f"read = {_value(arrangement.read)}"]
    seats = {s.key for s in arrangement.seats}
    for seat, on, how in arrangement.signed:
        lines += [
            "",
            "[[signed]]",
            f"seat = {_value(seat)}",
            f"on = {on.isoformat() if on else _value('unknown')}",
            f"how = {_value(how)}",
            *([] if seat in seats else ["former = true"]),  # of the version before: this one has it no more
        ]
    for name, source in names:
        called = name if _BARE.fullmatch(name) else _value(name)
        lines += ["", f"[sources.{called}]", *(f"{k} = {_value(v)}" for k, v in in_order(source))]
    for use, settings in uses:
        lines += ["", "[[rules]]", f"use = {_value(use.use)}", f"rule = {_value(use.rule)}", f"major = {use.major}",
                  f"layers = {_value(use.layers)}", f"settings = {_value(settings)}"]  # fmt: skip
    return "\n".join(lines) + "\n"


def _list(name: str, entries: Iterable[Mapping[str, Any]]) -> str:
    """A list of tables, one on a line."""
    told = "".join(f"  {_value(entry)},\n" for entry in entries)
    return f"{name} = [\n{told}]" if told else f"{name} = []"


def _named(value: Any, name_of: Any) -> Any:
    """Settings, in one order, with each resolved source replaced by its name."""
    if isinstance(value, Mapping):
        return {k: name_of(v) if is_source(k, v) else _named(v, name_of) for k, v in in_order(value)}
    return [_named(v, name_of) for v in value] if isinstance(value, list | tuple) else value


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        value = as_stored(value)  # as the same content is told once it was in the database
    if isinstance(value, int) and abs(value) >= 2**63 and value == float(value):
        return repr(float(value))  # it was a decimal number; a file can hold no whole number of that size
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_value(str(k))} = {_value(v)}" for k, v in value.items() if v is not None) + " }"
    return "[" + ", ".join(_value(v) for v in value) + "]"
