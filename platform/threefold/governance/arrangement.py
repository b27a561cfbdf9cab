"""Bodies, packs, editions of the law and versions of an arrangement, as values.

An `Arrangement` is a frozen value with every source resolved; it is what is signed or adopted, stored, hashed and asked.
`pack` reads them from files, `pack_layers` lays packs over one another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

from threefold.domain.errors import NoSuchBody
from threefold.plugin_api.arrangement import Organisation, Seat

# How a version's fingerprint is made. In 1 the names of the files that its rules were read from were part of it; what was signed
# under 1 keeps it (decision 0029).
FORMAT = 2
_WITH_EXPONENT = 1e16  # from here on a float is written with an exponent, and is a whole number


@dataclass(frozen=True, slots=True)
class SetAnew:
    """A setting of a whole rule that is not what it was (None: not said) for the file whose source a line of it cites. `file`: which set it;
    `say_in`: the first that knows of both; `line`: the list and the key."""

    setting: str
    was: Any
    file: str
    say_in: str
    line: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uncited:
    """A line that says something else than the file `below` does alone, and cites that one's source (`ref`). `file`: which said it last;
    `say_in`: the first that knows of both. `at`: each list and key that lead to it, none for the rule as a whole; `said`: each setting, what
    it was and what it is."""

    at: tuple[str, ...]
    file: str
    below: str
    ref: str
    said: tuple[tuple[str, Any, Any], ...]
    say_in: str


@dataclass(frozen=True, slots=True)
class RuleUse:
    """One rule as an arrangement uses it: its settings with sources resolved, and the layers they came from."""

    use: str
    rule: str
    major: int
    settings: Mapping[str, Any]
    layers: tuple[str, ...] = ()
    file: str = ""
    # Known of files alone: what is on record is asked nothing more.
    set_anew: tuple[SetAnew, ...] = field(default=(), compare=False)
    uncited: tuple[Uncited, ...] = field(default=(), compare=False)

    @property
    def where(self) -> str:
        return f"{self.file}: rules.{self.use}" if self.file else f"rules.{self.use}"

    @property
    def plain(self) -> dict[str, Any]:
        """The settings as JSON keeps them."""
        return dict(_plain(self.settings))


def turns(name: str, corrects: Mapping[str, str]) -> int:
    """How many corrections lie behind a version: none, that of one, of that one in turn. `corrects`: what each corrects, by its name."""
    seen: set[str] = set()
    while (before := corrects.get(name, "")) and before not in seen:
        seen.add(before)
        name = before
    return len(seen)


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the law. `begins` None: the day is not known; it then governs nothing by itself."""

    id: str
    title: str
    begins: date | None
    begins_sure: str
    not_before: date | None
    uses: tuple[RuleUse, ...]


@dataclass(frozen=True)
class Arrangement:
    """One version of one body's arrangement. It never changes; it ends when the next one begins."""

    body: str
    kind: str
    version: str
    title: str
    entered: Literal["adopted", "signed"]
    begins: date | None
    not_before: date | None
    uses: tuple[RuleUse, ...]
    closures: frozenset[date]
    area_codes: tuple[str, ...]
    organisations: tuple[Organisation, ...]
    seats: tuple[Seat, ...]
    adopted_from: tuple[Mapping[str, str], ...] = ()
    read: str = ""
    signed: tuple[tuple[str, date | None, str], ...] = ()
    open_cases: str = "finish_under_old"
    note: str = ""
    until: date | None = None  # the last day of a temporary variation; then what was in force before governs again
    corrects: str = ""  # the version that this one, recorded later, sets right
    format: int = FORMAT
    # What its sources are called in its file (`source_names.Names`). Nobody agrees to names: two that differ in them alone are equal.
    source_names: tuple[tuple[str, Mapping[str, str]], ...] = field(default=(), compare=False)

    def stored(self) -> dict[str, Any]:
        """The canonical JSON shape, loss-free: `Arrangement.from_stored(a.stored()) == a`."""
        return {
            "format": self.format, "body": self.body, "kind": self.kind, "version": self.version, "title": self.title, "entered": self.entered,
            "begins": _iso(self.begins), "not_before": _iso(self.not_before),
            "uses": [{"use": u.use, "rule": u.rule, "major": u.major, "settings": u.plain, "layers": list(u.layers),
                      "file": u.file} for u in self.uses],
            "closures": sorted(d.isoformat() for d in self.closures), "area_codes": list(self.area_codes),
            "organisations": [{"key": o.key, "name": o.name, "kind": o.kind, "partner": o.partner, "acts_for": list(o.acts_for)}
                              for o in self.organisations],
            "seats": [{"key": s.key, "title": s.title, "role": s.role, "organisation": s.organisation, "deputy": s.deputy}
                      for s in self.seats],
            "adopted_from": [dict(a) for a in self.adopted_from], "read": self.read,
            "signed": [[seat, _iso(on), how] for seat, on, how in self.signed], "open_cases": self.open_cases, "note": self.note,
            **({"until": _iso(self.until)} if self.until else {}), **({"corrects": self.corrects} if self.corrects else {}),
            **({"source_names": [[name, dict(source)] for name, source in self.source_names]} if self.source_names else {}),
        }  # fmt: skip

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Arrangement:
        return cls(
            body=data["body"], kind=data["kind"], version=data["version"], title=data["title"], entered=data["entered"],
            begins=_day(data["begins"]), not_before=_day(data["not_before"]),
            uses=tuple(RuleUse(u["use"], u["rule"], u["major"], _revived(u["settings"]), tuple(u["layers"]), u["file"]) for u in data["uses"]),
            closures=frozenset(date.fromisoformat(d) for d in data["closures"]), area_codes=tuple(data["area_codes"]),
            organisations=tuple(Organisation(**(o | {"acts_for": tuple(o["acts_for"])})) for o in data["organisations"]),
            seats=tuple(Seat(**s) for s in data["seats"]), adopted_from=tuple(data["adopted_from"]), read=data["read"],
            signed=tuple((seat, _day(on), how) for seat, on, how in data["signed"]), open_cases=data["open_cases"], note=data["note"],
            until=_day(data.get("until")), corrects=data.get("corrects", ""), format=data["format"],
            source_names=tuple((name, source) for name, source in data.get("source_names", ())),
        )  # fmt: skip

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the canonical content, but for the names of its sources: what a rule set is cached under."""
        return _hash(self.stored())

    @cached_property
    def signed_hash(self) -> str:
        """SHA-256 of what a seat signs: the whole content but for the signatures, and for the names of the files that rules were read
        from and of its sources, which nobody agrees. A comma changed, it is another. Whoever has the exported file can work it out."""
        content = {**self.stored(), "signed": []}
        if self.format > 1:
            content["uses"] = [{name: value for name, value in use.items() if name != "file"} for use in content["uses"]]
        return _hash(content)


def _hash(stored: Mapping[str, Any]) -> str:
    content = {name: value for name, value in stored.items() if name != "source_names"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Body:
    """Who a body is, and its arrangements in order of beginning (unknown days first)."""

    id: str
    name: str
    kind: str
    synthetic: bool
    area_codes: tuple[str, ...]
    organisations: tuple[Organisation, ...]
    seats: tuple[Seat, ...]
    versions: tuple[Arrangement, ...]
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Pack:
    """What several bodies agreed together: rules that a version may extend."""

    name: str
    title: str
    uses: tuple[RuleUse, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """Everything under `tenants/`: the law's editions in order, the bodies, and the packs they share."""

    editions: tuple[Edition, ...]
    bodies: Mapping[str, Body]
    packs: Mapping[str, Pack] = field(default_factory=dict)
    ids: tuple[str, ...] = ()  # every body that has a file, those not read here too

    def body(self, name: str) -> Body:
        """The body of that id. Raises `NoSuchBody` naming near ones."""
        found = self.bodies.get(name)
        if found is None:
            there = ", ".join(self.ids or sorted(self.bodies))
            raise NoSuchBody(f"There is no body '{name}' here. Use one of: {there}.", field="body")
        return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def as_stored(number: float) -> float:
    """A number as the database tells it again: without an exponent, and without a sign of zero."""
    if number == 0:
        return abs(number)
    return int(number) if abs(number) >= _WITH_EXPONENT else number


def _plain(value: Any) -> Any:
    """Settings as JSON keeps them; a date is marked, so that it comes back a date.

    A number is told as the database tells it again, which keeps decimals and neither an exponent nor a sign of zero: else what was
    signed would have another fingerprint once it was read back.
    """
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return as_stored(value)
    return {"$date": value.isoformat()} if isinstance(value, date) else value


def _revived(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$date"}:
            return date.fromisoformat(value["$date"])
        # What a form emptied is what was never set: no rule tells the two apart, and a file cannot.
        return {k: _revived(v) for k, v in value.items() if v is not None}
    return [_revived(v) for v in value] if isinstance(value, list) else value
