"""How packs lie over one another: national, regional, local. A later layer's settings stand in place of an earlier one's.

A layer overrides named settings of a rule use of the same name, thing by thing in lists, and may drop a use or one thing of
a list. The law's editions are packs of the same form that only rules of the law may stand in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from threefold.domain.errors import PackError
from threefold.governance.arrangement import RuleUse
from threefold.governance.source_names import header_of
from threefold.governance.traced import name_in_list, traced


class NoSuchLayer(PackError):
    """A file extends what is not there, or cannot be read. `layer`: what it names."""

    def __init__(self, layer: str, where: str) -> None:
        self.layer = layer
        super().__init__(f"There is no pack or version '{layer}' to extend.", field=where)


def layered(layer: dict[str, Any], layers: Mapping[str, dict[str, Any]]) -> list[RuleUse]:
    """The rule uses of a layer and of all it extends, a later layer's settings in place of an earlier one's; each with what stands in it
    under the source of a file that says otherwise."""
    chain, known = _chain(layer, layers, ()), dict[str, Mapping[str, RuleUse]]()

    def alone(one: Mapping[str, Any]) -> Mapping[str, RuleUse]:
        if one["file"] not in known:
            try:
                known[one["file"]] = _laid(dict(one), layers)
            except PackError:  # it is put right by what stands on it, and says nothing alone
                known[one["file"]] = {}
        return known[one["file"]]

    found = _laid(layer, layers).values()
    made = (
        [traced(use, chain, alone, lambda one: {each["file"] for each in _chain(dict(one), layers, ())}) for use in found]
        if len(chain) > 1
        else found
    )
    return sorted(made, key=lambda u: u.use)


def _laid(layer: dict[str, Any], layers: Mapping[str, dict[str, Any]]) -> dict[str, RuleUse]:
    """What a layer makes of each rule use, laid over what it stands on."""
    uses: dict[str, RuleUse] = {}
    gone: dict[
        str, list[dict[str, Any]]
    ] = {}  # what was dropped already, and which layers did: two packs that stand on one may both do so
    chain = _chain(layer, layers, ())
    for number, below in enumerate(chain):
        _refuse_changed_and_dropped(below, gone, chain[number + 1 :], layers)
        for place, dropped in enumerate(below["drop"]):
            if dropped in below["drop"][:place]:
                raise PackError(f"'{dropped}' is dropped twice here. Once is enough.", field=f"{below['file']}: drop")
            if _has(dropped, uses) or not any(f"{dropped}.".startswith(f"{one}.") for one in gone):
                _drop(dropped, uses, f"{below['file']}: drop")
        for dropped in below["drop"]:
            gone.setdefault(dropped, []).append(below)
        seen: set[str] = set()
        for rule in below["rules"]:
            if rule["use"] in seen:
                raise PackError(
                    f"'{rule['use']}' stands twice in this file. Give each use a name of its own.",
                    field=f"{below['file']}: rules",
                )
            seen.add(rule["use"])
            uses[rule["use"]] = use_of(rule, below, uses.get(rule["use"]))
    return uses


def _chain(layer: dict[str, Any], layers: Mapping[str, dict[str, Any]], above: tuple[str, ...]) -> list[dict[str, Any]]:
    """The layers from the lowest to this one. A layer that extends itself is refused."""
    chain: list[dict[str, Any]] = []
    for name in layer["extends"]:
        if name in above:
            raise PackError(f"'{name}' extends itself by way of {' -> '.join(above)}.", field=f"{layer['file']}: extends")
        below = layers.get(name)
        if below is None or below["kind"] == "law":
            raise NoSuchLayer(name, f"{layer['file']}: extends")
        chain += [part for part in _chain(below, layers, (*above, name)) if part not in chain]
    return [*chain, layer]


def _refuse_changed_and_dropped(
    layer: dict[str, Any],
    gone: Mapping[str, Sequence[dict[str, Any]]],
    later: Sequence[dict[str, Any]],
    layers: Mapping[str, dict[str, Any]],
) -> None:
    """Raise `PackError` where a layer changes what it finds below it, and another, on which it does not stand, dropped that before.

    Neither file is wrong alone: the one that joins them says which holds. What a layer has whole itself, or drops and adds anew, it does not
    change; and what a later one drops, or all that it stands in, is settled.
    """
    own, found = _chain(layer, layers, ()), set[str]()
    for one in own:
        found = {place for place in found if not _is_dropped(place, one)} | (_places(one) if one is not layer else set())
    for place in sorted(gone.keys() & found & _places(layer)):
        dropper = next((one for one in gone[place] if one not in own), None)
        if dropper is None or any(_is_dropped(place, one) for one in later):
            continue
        both = {dropper["file"], layer["file"]}
        joining = next((one for one in later if both <= {c["file"] for c in _chain(one, layers, ())}), layer)
        raise PackError(
            f"'{place}' is dropped by {dropper['file']} and changed by {layer['file']}. Drop it in this file too, or leave out one of the two.",
            field=f"{joining['file']}: extends",
        )


def _is_dropped(place: str, layer: Mapping[str, Any]) -> bool:
    """Whether a layer drops a thing, or all that it stands in."""
    return any(f"{place}.".startswith(f"{dropped}.") for dropped in layer["drop"])


def _places(layer: Mapping[str, Any]) -> set[str]:
    """What a layer speaks of that could be dropped: each of its rule uses, and each named thing in their lists."""
    uses = {rule["use"] for rule in layer["rules"]}
    return uses | {
        f"{rule['use']}.{setting}.{name_in_list(entry)}"
        for rule in layer["rules"]
        for setting, listed in rule["settings"].items()
        if isinstance(listed, list)
        for entry in listed
        if name_in_list(entry)
    }


def use_of(rule: dict[str, Any], layer: dict[str, Any], below: RuleUse | tuple[()] | None) -> RuleUse:
    where = f"{layer['file']}: rules.{rule['use']}"
    if not layer.get("alone"):
        _names_once(rule["settings"], f"{where}.settings")
    settings = _resolved(rule["settings"], layer, f"{where}.settings")
    if layer.get("alone"):  # what it was exported from says the layers; the file it came in by is none of them
        told = tuple(rule["layers"] or ())
        return RuleUse(rule["use"], rule["rule"], rule["major"], settings, told, told[-1] if told else "")
    layers: tuple[str, ...] = (layer["file"],) if rule["layers"] is None else tuple(rule["layers"])
    if isinstance(below, RuleUse):
        if (below.rule, below.major) != (rule["rule"], rule["major"]):
            raise PackError(
                f"'{rule['use']}' is {below.rule}@{below.major} in {below.file}. Drop it in this file too, or use another name.",
                field=where,
            )
        settings, layers = _over(below.settings, settings), (*below.layers, layer["file"])
        return RuleUse(rule["use"], rule["rule"], rule["major"], settings, layers, layer["file"])
    return RuleUse(rule["use"], rule["rule"], rule["major"], settings, layers, layer["file"])


def _names_once(value: Any, where: str) -> None:
    """Raise `PackError` where two things in a list of one layer have one name: only one of them would be kept."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _names_once(inner, f"{where}.{name}")
    elif isinstance(value, list):
        names = [name_in_list(entry) for entry in value]
        twice = next((name for name in names if name and names.count(name) > 1), "")
        if twice:
            raise PackError(f"'{twice}' stands twice in this list. Give each a key of its own, or leave one out.", field=where)
        for index, inner in enumerate(value):
            _names_once(inner, f"{where}.{name_in_list(inner) or index + 1}")


def _has(dropped: str, uses: Mapping[str, RuleUse]) -> bool:
    """Whether a rule use, or a thing in a list of one, is there."""
    use, setting, key = _place(dropped, uses)
    listed = use.settings.get(setting) if use else None
    return dropped in uses or (isinstance(listed, list) and any(name_in_list(entry) == key for entry in listed))


def _place(dropped: str, uses: Mapping[str, RuleUse]) -> tuple[RuleUse | None, str, str]:
    """Of a thing in a list of a rule use: the use, the setting and the thing's key."""
    use = next((u for name, u in uses.items() if dropped.startswith(f"{name}.")), None)
    setting, _, key = dropped.removeprefix(f"{use.use}.").partition(".") if use else ("", "", "")
    return use, setting, key


def _drop(dropped: str, uses: dict[str, RuleUse], where: str) -> None:
    """Take a rule use of the layers below away, or one thing in a list of it: `plan`, or `plan.steps.huddle`."""
    if dropped in uses:
        del uses[dropped]
        return
    use, setting, key = _place(dropped, uses)
    listed = use.settings.get(setting) if use else None
    if use is not None and setting in use.settings and (not isinstance(listed, list) or not key):
        raise PackError(
            f"'{setting}' is a setting of '{use.use}', and a setting is not dropped. Give it another value in this file, drop one thing of its "
            f"list by its key, or drop all of '{use.use}'.",
            field=where,
        )
    kept = [entry for entry in listed if name_in_list(entry) != key] if isinstance(listed, list) else []
    if use is None or not isinstance(listed, list) or len(kept) == len(listed):
        raise PackError(f"'{dropped}' is dropped, but no layer below has it.", field=where)
    uses[use.use] = replace(use, settings={**use.settings, setting: kept})


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a later layer over an earlier one's: by name, and in lists of named things thing by thing."""
    made = {**below, **{name: _list_over(below.get(name), value) for name, value in above.items()}}
    said = {
        name: made.pop(name)
        for name in ("sure", "force")
        if name in above and "source" not in above and isinstance(below.get("source"), Mapping)
    }
    return {**made, "source": {**below["source"], **said}} if said else made


def _by_name(below: Any, above: Any) -> bool:
    """Whether a later layer's list is laid over an earlier one's thing by thing."""
    return bool(
        above and isinstance(below, list) and isinstance(above, list) and all(name_in_list(e) for e in (*below, *above))
    )


def _list_over(below: Any, above: Any) -> Any:
    if not _by_name(below, above):
        return above
    later = {name_in_list(entry): entry for entry in above}
    kept = [_over(entry, later.pop(name_in_list(entry), {})) for entry in below]
    return [*kept, *later.values()]


def _resolved(value: Any, layer: Mapping[str, Any], where: str) -> Any:
    """Settings with each `source = "S2"` replaced by what the pack's sources say of S2."""
    if isinstance(value, dict):
        made = {k: _resolved(v, layer, f"{where}.{k}") for k, v in value.items() if k not in ("source", "sure", "force")}
        if isinstance(value.get("source"), str):
            source = named_source(layer, value["source"], f"{where}.source")
            made["source"] = {**source, **({"sure": value["sure"]} if "sure" in value else {}),
                              **({"force": value["force"]} if "force" in value else {})}  # fmt: skip
        else:
            made |= {k: value[k] for k in ("source", "sure", "force") if k in value}
        return made
    return (
        [_resolved(v, layer, f"{where}.{name_in_list(v) or i + 1}") for i, v in enumerate(value)]
        if isinstance(value, list)
        else value
    )


def source_names(layer: Mapping[str, Any], layers: Mapping[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    """What a layer calls its sources; and those of each layer it extends, with the layer's id before the name that they have there."""
    taken = set(layer["sources"])
    yield from ((name, named_source(layer, name, "")) for name in layer["sources"])
    for below in reversed(_chain(dict(layer), layers, ())[:-1]):
        for name in below["sources"]:
            if (called := f"{below['id']}-{name}") not in taken:  # else it is named anew, where it is used
                taken.add(called)
                yield called, named_source(below, name, "")


def named_source(layer: Mapping[str, Any], name: str, where: str) -> dict[str, str]:
    source = layer["sources"].get(name)
    if source is None:
        raise PackError(f"There is no source '{name[:80]}' in this file. Add {header_of(name[:80])}.", field=where)
    return {
        "ref": source["ref"] or source["title"] or name,
        "force": source["force"],
        "sure": source["sure"],
        "where": source["where"],
    }
