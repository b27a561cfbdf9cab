"""Which file a setting comes from, and whether the source that a line cites was ever said of what the line says now.

Files lie over one another, and a line is put together of what several say of it; its source is the one that was named last. That file
speaks of what it found and said itself, and of nothing that another said beside or after it. So each line is held against what the file
that cites its source makes of it, alone with what it stands on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from threefold.governance.arrangement import RuleUse, SetAnew, Uncited

Layer = Mapping[str, Any]
At = tuple[str, ...]  # each list and key that lead to a line; empty for the rule as a whole


def traced(
    use: RuleUse, chain: Sequence[Layer], alone: Callable[[Layer], Mapping[str, RuleUse]], below: Callable[[Layer], Collection[str]]
) -> RuleUse:  # fmt: skip
    """A rule use with what stands in it under the source of a file that says otherwise.

    `chain`: the files from the lowest to the one that is read; `alone`: what one of them makes of its rules with what it stands on;
    `below`: the files that it stands on, and itself.
    """
    sources, said = _last_said(use.use, chain)
    now = dict(_things(use.settings))
    set_anew, uncited = list[SetAnew](), list[Uncited]()
    for at, number in sorted(sources.items()):
        citing = chain[number]
        then = alone(citing).get(use.use) if at in now and citing is not chain[-1] else None
        if then is None or (then.rule, then.major) != (use.rule, use.major):
            continue
        was = dict(_things(then.settings))
        source = was[at].get("source") if at in was else None
        if not isinstance(source, Mapping) or "ref" not in source:
            continue

        def by(place: At, names: Sequence[str], number: int = number) -> tuple[str, str]:
            """Which file said these last, and the first that knows of both and can say where the line comes from."""
            last = max(said.get((place, name), 0) for name in names)
            both = {chain[last]["file"], chain[number]["file"]}
            knows = next(one for one in chain if both.issubset(below(one)))
            return str(chain[last]["file"]), str(knows["file"])

        changed = _changed(was[at], now[at])
        if changed:
            file, say_in = by(at, [name for name, _, _ in changed])
            uncited.append(Uncited(at, file, str(citing["file"]), str(source["ref"]), changed, say_in))
        if len(at) == 2:
            for name, before, _ in _changed(then.settings, use.settings):
                set_anew.append(SetAnew(name, before, *by((), [name]), at))
    return replace(use, set_anew=tuple(set_anew), uncited=tuple(uncited))


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    """Each setting that is not as it was: what it was and what it is. The lines of a list cite sources of their own."""
    return tuple(
        (name, before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if name != "source"
        and before.get(name) != after.get(name)
        and not (_are_lines(before.get(name)) and _are_lines(after.get(name)))
    )


def _last_said(name: str, chain: Sequence[Layer]) -> tuple[dict[At, int], dict[tuple[At, str], int]]:
    """Of each thing of a rule use the number of the file that named its source last, and of each of its settings that said it last."""
    sources: dict[At, int] = {}
    said: dict[tuple[At, str], int] = {}
    for number, layer in enumerate(chain):
        for dropped in layer["drop"]:
            setting, _, key = dropped.removeprefix(f"{name}.").partition(".")
            for at in [
                at for at in sources if dropped == name or (dropped.startswith(f"{name}.") and at[:2] == (setting, key))
            ]:
                del sources[at]
        for rule in layer["rules"]:
            for at, thing in _things(rule["settings"]) if rule["use"] == name else ():
                said |= {(at, one): number for one in thing}
                if "source" in thing:
                    sources[at] = number
    return sources, said


def _things(settings: Mapping[str, Any], at: At = ()) -> Iterator[tuple[At, Mapping[str, Any]]]:
    """The rule as a whole, and each named line in its lists and in theirs."""
    yield at, settings
    for name, value in settings.items():
        for entry in value if isinstance(value, list) else ():
            if key := name_in_list(entry):
                yield from _things(entry, (*at, name, key))


def _are_lines(value: Any) -> bool:
    """Whether a value is a list of named lines, or of none."""
    return value is None or (isinstance(value, list) and all(name_in_list(entry) for entry in value))


def name_in_list(entry: Any) -> str:
    """What a thing in a list of settings is known by across layers and drafts: its key, or the question it settles."""
    return str(entry.get("key") or entry.get("question") or "") if isinstance(entry, Mapping) else ""
