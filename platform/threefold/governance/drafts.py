"""A version in the making, as values: where each line stands, how it is changed, and what speaks against it.

The content of a draft is what `Arrangement.stored()` makes, so that the files, the store and the screen hold one thing.
A *place* is a path in it: `("rules", "rapid-review-plan", "steps", "huddle")`, `("seats", "council-lead")`. Things in a list
are found by their key (or question); where they have none, by their number from 0. Nothing here changes its argument.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.domain.sources import Source
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, Body, RuleUse, name_in_list
from threefold.governance.verdict import effect

Content = dict[str, Any]
Place = tuple[str, ...]
LISTS = ("organisations", "seats")
LEFT_OUT = "left-out-"  # the key of a remark on a partner that is left out begins so, and ends with the partner's key
AGREED = {"ref": "Agreed by the partners in this version", "force": "LOCAL", "sure": "V", "where": ""}


class NoSuchPlace(ThreefoldError):
    """A line of the draft that is not there: somebody else removed or renamed it."""

    def __init__(self) -> None:
        super().__init__("This part of the draft is not there any more: somebody removed or renamed it meanwhile.")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said of a draft. `refused` and `mend` stand in the way of signing; the rest is shown to who signs."""

    effect: str  # mend, refused, needs_reason, warned or noted
    sentence: str
    paragraph: str = ""
    field: str = ""
    key: str = ""

    @property
    def stops(self) -> bool:
        return self.effect in ("mend", "refused")


def begin_from(arrangement: Arrangement, version: str, title: str) -> Content:
    """A draft that starts as a copy of a version. It was agreed by nobody yet."""
    return replace(
        arrangement, version=version, title=title, entered="signed", begins=None, not_before=None, signed=(), adopted_from=(), read="",
        until=None, corrects="", note="",
    ).stored()  # fmt: skip


def begin_empty(body: Body, uses: Iterable[RuleUse], version: str, title: str) -> Content:
    """A draft of what the law has by itself (`uses` empty), or of a shared pack, for a body as it stands."""
    return Arrangement(
        body=body.id, kind=body.kind, version=version, title=title, entered="signed", begins=None, not_before=None,
        uses=tuple(sorted(uses, key=lambda u: u.use)), closures=frozenset(), area_codes=body.area_codes, organisations=body.organisations,
        seats=body.seats,
    ).stored()  # fmt: skip


def as_arrangement(content: Content) -> Arrangement:
    """The version a draft would be. Raises `ThreefoldError` where a value cannot be read."""
    return Arrangement.from_stored(content)


def node_at(content: Content, place: Place) -> Any:
    """What stands at a place. Raises `NoSuchPlace`."""
    node: Any = content
    for depth, part in enumerate(place):
        if depth == 0 and part == "rules":
            node = content["uses"]
        elif isinstance(node, list):
            node = node[_index(node, part)]
            if depth == 1 and place[0] == "rules":
                node = node["settings"]
        elif isinstance(node, Mapping) and part in node:
            node = node[part]
        else:
            raise NoSuchPlace
    return node


def put(content: Content, place: Place, node: Any) -> Content:
    """The draft with another thing at a place."""
    made = _copy(content)
    if not place:
        return dict(node)
    holder = _holder(made, place)
    if isinstance(holder, list):
        index = _index(holder, place[-1])
        holder[index] = {**holder[index], "settings": node} if place[0] == "rules" and len(place) == 2 else node
    else:
        holder[place[-1]] = node
    return made


def add(content: Content, place: Place, item: Mapping[str, Any]) -> tuple[Content, Place]:
    """The draft with one more thing at the end of a list (made where there is none), and where it stands.

    A thing that has a title and no key gets a key of its title, single in its list.
    """
    made = _copy(content)
    holder = _holder(made, place)
    listed = holder.setdefault(place[-1], []) if isinstance(holder, dict) else holder[_index(holder, place[-1])]
    entry = dict(item)
    if "key" in entry and not entry["key"]:
        entry["key"] = free_key(str(entry.get("title") or entry.get("name") or "entry"), [str(e.get("key")) for e in listed])
    listed.append(entry)
    return made, (*place, name_of(entry, len(listed) - 1))


def remove(content: Content, place: Place) -> Content:
    """The draft without the thing at a place of a list, or with nothing at a place of a mapping."""
    made = _copy(content)
    holder = _holder(made, place)
    if isinstance(holder, list):
        del holder[_index(holder, place[-1])]
    elif place[-1] in holder:
        del holder[place[-1]]
    else:
        raise NoSuchPlace
    return made


def move(content: Content, place: Place, by: int) -> Content:
    """The draft with a thing moved up (-1) or down (1) in its list; at the end of the list it stays."""
    made = _copy(content)
    listed = _holder(made, place)
    index = _index(listed, place[-1])
    to = min(max(index + by, 0), len(listed) - 1)
    listed.insert(to, listed.pop(index))
    return made


def add_rule(content: Content, rule: str, major: int) -> tuple[Content, Place]:
    """The draft with one more use of a rule, its settings still to be made."""
    made = _copy(content)
    use = free_key(rule, [u["use"] for u in made["uses"]])
    made["uses"] = sorted(
        [*made["uses"], {"use": use, "rule": rule, "major": major, "settings": {}, "layers": [], "file": ""}],
        key=lambda u: str(u["use"]),
    )
    return made, ("rules", use)


def name_of(entry: Any, index: int) -> str:
    """What a thing in a list is called in a place: its key, its question, its use, or its number."""
    return str(entry.get("use") or "") or name_in_list(entry) or str(index) if isinstance(entry, Mapping) else str(index)


def free_key(words: str, taken: Iterable[str]) -> str:
    """A key of some words, that nothing else in its list has: "Executive huddle" gives `executive-huddle`."""
    base = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60] or "entry"
    used, key, number = set(taken), base, 2
    while key in used:
        key, number = f"{base}-{number}", number + 1
    return key


def merge(
    before: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], keep: Mapping[str, str]
) -> tuple[Content, list[str]]:
    """One line as two people changed it since both saw `before`: the merged line, and the fields both changed differently.

    `keep` says for such a field "mine" or "theirs".
    """  # fmt: skip
    merged, clashes = dict(theirs), []
    for name in before.keys() | mine.keys() | theirs.keys():
        if mine.get(name) == before.get(name) or mine.get(name) == theirs.get(name):
            continue
        if theirs.get(name) != before.get(name) and keep.get(name) not in ("yours", "theirs"):
            clashes.append(name)
        elif theirs.get(name) == before.get(name) or keep.get(name) == "yours":
            merged[name] = mine.get(name)
    return merged, sorted(clashes)


def remarks(governance: Governance, content: Content, on: date | None = None, body: Body | None = None) -> list[Remark]:
    """Everything that is to be mended, refused, warned of or noted in a draft, each with the place that mends it.

    `body`: who the body is, by the operator's record. A safeguarding partner that stands there cannot be left out.
    """
    try:
        arrangement = as_arrangement(content)
    except (ThreefoldError, KeyError, TypeError, ValueError) as error:
        return [Remark("mend", f"This draft cannot be read: {error}.")]
    found = _of_the_head(arrangement) + _left_out(arrangement, body)
    for use in arrangement.uses:
        try:
            governance.catalogue.get(use.rule, use.major, field=f"rules.{use.use}")(use.settings, use=use.use)
        except ThreefoldError as error:
            found += _mends(error)
    if not any(remark.stops and remark.field.startswith("rules.") for remark in found):
        try:
            lines = governance.floor(arrangement, on or arrangement.begins)
        except ThreefoldError as error:
            return found + _mends(error)
        for line in lines:
            said = line.finding
            found.append(Remark(effect(line), said.sentence, _cited(said.source), getattr(said, "field", ""), said.key))
    order = ("mend", "refused", "needs_reason", "warned", "noted")
    return sorted(found, key=lambda r: (order.index(r.effect), r.field, r.key))


def _left_out(arrangement: Arrangement, body: Body | None) -> list[Remark]:
    """The partners of the area that the draft does not have. Source: Children Act 2004, section 16E(3)."""
    there = {o.key for o in arrangement.organisations if o.partner}
    return [
        Remark(
            "refused",
            f"{o.name} is a safeguarding partner of this area and is left out. Put it back; if it is a partner no longer, ask the "
            "platform’s operator to record that first.",
            "Children Act 2004, section 16E(3)",
            "organisations",
            f"{LEFT_OUT}{o.key}",
        )
        for o in (body.organisations if body else ())
        if o.partner and o.kind != "other" and o.key not in there
    ]


def _cited(source: Source) -> str:
    return f"{source.ref}; source to confirm" if source.sure == "K" else source.ref


def _of_the_head(arrangement: Arrangement) -> list[Remark]:
    found = []
    if arrangement.begins is None:
        found.append(Remark("mend", "Say on which day this version begins.", field="begins"))
    if not arrangement.title.strip():
        found.append(Remark("mend", "Give this version a title.", field="title"))
    if arrangement.until and arrangement.begins and arrangement.until < arrangement.begins:
        found.append(Remark("mend", "A temporary variation ends on or after the day it begins.", field="until"))
    known = {o.key for o in arrangement.organisations}
    seats = {s.key for s in arrangement.seats}
    for seat in arrangement.seats:
        if seat.organisation and seat.organisation not in known:
            found.append(
                Remark(
                    "mend",
                    f"'{seat.title}' names an organisation that is not listed. Choose one that is.",
                    field=f"seats.{seat.key}",
                )
            )
        if seat.deputy and seat.deputy not in seats:
            found.append(
                Remark(
                    "mend", f"'{seat.title}' names a deputy that is not a seat. Choose one that is.", field=f"seats.{seat.key}"
                )
            )
    return found


def place_of(field: str, content: Content) -> Place:
    """The nearest place of the draft that a remark's field names: `rules.plan.steps.huddle.day` is the step's place."""
    if not field.startswith("rules."):
        head, _, rest = field.partition(".")
        if head in LISTS:
            for listed in (head,):
                if any(name_of(e, i) == rest for i, e in enumerate(content.get(listed, ()))):
                    return (listed, rest)
            return (head,)
        return ()
    rest = field.removeprefix("rules.")
    uses = sorted((u["use"] for u in content["uses"]), key=len, reverse=True)
    use = next((u for u in uses if rest == u or rest.startswith(f"{u}.")), None)
    if use is None:
        return ("rules",)
    place: Place = ("rules", use)
    for part in rest.removeprefix(use).strip(".").split("."):
        try:
            node = node_at(content, (*place, part))
        except NoSuchPlace:
            break
        if not part or not isinstance(node, dict | list):
            break
        place = (*place, part)
    return place


def _mends(error: ThreefoldError) -> list[Remark]:
    if isinstance(error, ManyErrors):
        return [r for one in error.errors for r in _mends(one)]
    return [Remark("mend", error.sentence, error.paragraph, error.field)]


def _holder(content: Content, place: Place) -> Any:
    """What holds the last part of a place, to be changed."""
    return node_at(content, place[:-1]) if len(place) > 1 else content["uses"] if place[0] == "rules" else content


def _index(listed: list[Any], part: str) -> int:
    for index, entry in enumerate(listed):
        if name_of(entry, index) == part:
            return index
    raise NoSuchPlace


def _copy(content: Content) -> Content:
    made: Content = json.loads(json.dumps(content))
    return made
