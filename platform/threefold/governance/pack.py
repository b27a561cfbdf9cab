"""Bodies, packs, editions of the law, and the arrangements that come of layering them.

Packs layer national -> regional -> local: a later layer overrides named settings of a rule use of the same name, and may
drop a use. The result, an `Arrangement`, is a frozen value with every source resolved; it is what is signed or adopted,
stored, hashed and asked. The law's editions are packs of the same form that only rules of the law may stand in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from threefold.domain.errors import ManyErrors, NoSuchBody, PackError, ThreefoldError
from threefold.governance.pack_files import BodySchema, LayerSchema, check
from threefold.governance.pack_text import read_toml
from threefold.plugin_api.arrangement import Organisation, Seat


@dataclass(frozen=True, slots=True)
class RuleUse:
    """One rule as an arrangement uses it: its settings with sources resolved, and the layers they came from."""

    use: str
    rule: str
    major: int
    settings: Mapping[str, Any]
    layers: tuple[str, ...] = ()
    file: str = ""

    @property
    def where(self) -> str:
        return f"{self.file}: rules.{self.use}" if self.file else f"rules.{self.use}"

    @property
    def plain(self) -> dict[str, Any]:
        """The settings as JSON keeps them."""
        return dict(_plain(self.settings))


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

    def stored(self) -> dict[str, Any]:
        """The canonical JSON shape, loss-free: `Arrangement.from_stored(a.stored()) == a`."""
        return {
            "format": 1, "body": self.body, "kind": self.kind, "version": self.version, "title": self.title, "entered": self.entered,
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
            until=_day(data.get("until")), corrects=data.get("corrects", ""),
        )  # fmt: skip

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the canonical content: what a rule set is cached under."""
        return hashlib.sha256(json.dumps(self.stored(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @cached_property
    def signed_hash(self) -> str:
        """SHA-256 of what a seat signs: the whole content but for the signatures. A comma changed, it is another."""
        content = {**self.stored(), "signed": []}
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


def load_library(root: Path, only: str | None = None) -> Library:
    """Read and check `tenants/`. Raises `ManyErrors` with every mistake found, each with its file and key.

    `only` reads one body's folder beside the law: what a single question needs.
    """
    errors: list[ThreefoldError] = []
    layers: dict[str, dict[str, Any]] = {}
    raw_bodies: dict[str, dict[str, Any]] = {}
    if not root.is_dir():
        raise PackError(
            "There is no such folder. Set THREEFOLD_TENANTS to the folder that holds the bodies.", field=str(root.name)
        )
    for path in sorted(root.rglob("*.toml")):
        name = path.relative_to(root).as_posix()
        try:
            _read_one(path, name, layers, raw_bodies)
        except ManyErrors as many:
            errors += many.errors
        except ThreefoldError as error:
            errors.append(error)
    editions = _gather(errors, lambda: _editions(layers), ())
    bodies: dict[str, Body] = {}
    for body_id, raw in raw_bodies.items():
        if only is None or body_id == only:
            made = _gather(errors, lambda b=body_id, r=raw: _body(b, r, layers, raw_bodies), None)
            if made is not None:
                bodies[body_id] = made
    for name, layer in layers.items():
        if layer["kind"] == "arrangement" and layer["body"] not in raw_bodies:
            errors.append(PackError(f"There is no body.toml for '{layer['body']}'.", field=f"{name}.toml: body"))
    if errors:
        raise errors[0] if len(errors) == 1 else ManyErrors(errors)
    packs = {
        name: Pack(name, layer["title"], tuple(_layered(layer, layers)))
        for name, layer in layers.items()
        if layer["kind"] == "pack"
    }
    return Library(editions, bodies, packs, tuple(sorted(raw_bodies)))


class OtherBody(PackError):
    """A file of one body was given where another body's was wanted. `body`, `version`: whose it is."""

    def __init__(self, layer: Mapping[str, Any], wanted: Body, where: str) -> None:
        self.body, self.version = str(layer["body"]), str(layer["id"])
        super().__init__(
            f"This is the arrangement of '{self.body}', and it was to be taken in for '{wanted.id}' ({wanted.name}). Nothing was taken in.",
            field=where,
        )


def read_arrangement(path: Path, name: str, body: Body | None) -> Arrangement:
    """One version of a body's arrangement from a file of its own. Raises `PackError` or `ManyErrors`.

    `body`: whose it must be; its organisations, seats and areas are the version's where the file names none.
    """
    layer = check(LayerSchema, read_toml(path, name), name)
    if layer["kind"] != "arrangement":
        raise PackError("This is not the file of an arrangement: its kind must be 'arrangement'.", field=f"{name}: kind")
    if layer["extends"]:
        raise PackError("This file extends another. Export the version as a whole, and take that in.", field=f"{name}: extends")
    if body is not None and layer["body"] != body.id:
        raise OtherBody(layer, body, f"{name}: body")
    layer["file"], layer["entered"] = name, "signed"  # by nobody yet
    whose = body or Body(layer["body"], layer["body"], "partnership", False, (), (), (), (), {})
    return _arrangement(whose, layer, {})


def _gather(errors: list[ThreefoldError], make: Any, otherwise: Any) -> Any:
    try:
        return make()
    except ManyErrors as many:
        errors += many.errors
    except ThreefoldError as error:
        errors.append(error)
    return otherwise


def _read_one(path: Path, name: str, layers: dict[str, dict[str, Any]], bodies: dict[str, dict[str, Any]]) -> None:
    data = read_toml(path, name)
    if path.name == "body.toml":
        body = check(BodySchema, data, name)
        if body["id"] != path.parent.name:
            raise PackError(
                f"The folder is '{path.parent.name}' and the id is '{body['id']}'. Make them the same.", field=f"{name}: id"
            )
        bodies[body["id"]] = body
        return
    layer = check(LayerSchema, data, name)
    if layer["id"] != path.stem:
        raise PackError(f"The file is '{path.stem}' and the id is '{layer['id']}'. Make them the same.", field=f"{name}: id")
    parts = name.removesuffix(".toml").split("/")
    if layer["kind"] == "arrangement":
        if len(parts) != 3 or parts[1] != "arrangements" or parts[0] != layer["body"]:
            raise PackError(
                "An arrangement stands at <body>/arrangements/<version>.toml and names that body.", field=f"{name}: body"
            )
        key = f"{parts[0]}/{parts[2]}"
    else:
        key = "/".join(parts)
    layer["file"] = name
    layers[key] = layer


def _editions(layers: Mapping[str, dict[str, Any]]) -> tuple[Edition, ...]:
    found = []
    for layer in (layer for layer in layers.values() if layer["kind"] == "law"):
        uses = tuple(_use(rule, layer, ()) for rule in layer["rules"])
        found.append(Edition(layer["id"], layer["title"], layer["begins"], layer["begins_sure"], layer["not_before"], uses))
    _no_same_day([(e.begins, e.id) for e in found], "_shared/law")
    return tuple(sorted(found, key=lambda e: (e.begins or e.not_before or date.max, e.id)))


def _no_same_day(begins: Iterable[tuple[date | None, str]], where: str) -> None:
    seen: dict[date, str] = {}
    for day, name in begins:
        if day is not None and day in seen:
            raise PackError(f"'{seen[day]}' and '{name}' both begin on {day:%-d %B %Y}. One version ends when the next begins.",
                            field=f"{where}: {name}: begins")  # fmt: skip
        if day is not None:
            seen[day] = name


def _body(body_id: str, raw: dict[str, Any], layers: Mapping[str, dict[str, Any]], bodies: Mapping[str, Any]) -> Body:
    plain = Body(body_id, raw["name"], raw["kind"], raw["synthetic"], tuple(f["code"] for f in raw["footprint"]),
                 _organisations(raw["organisations"]), _seats(raw["seats"]), (), raw)  # fmt: skip
    own = [layer for key, layer in layers.items() if layer["kind"] == "arrangement" and layer["body"] == body_id]
    # A correction of what was written wrongly begins on the day of what it corrects; the later one then governs.
    _no_same_day([(layer["begins"], layer["id"]) for layer in own if not layer["corrects"]], body_id)
    for layer in own:
        if layer["entered"] == "draft":
            raise PackError(
                "This is a draft, which nobody has signed. Take it in on screen, as a draft of this body.",
                field=f"{layer['file']}: entered",
            )
    versions = [_arrangement(plain, layer, layers) for layer in own]
    if raw["until"]:  # with the body its arrangement ended
        versions = [v if v.until else replace(v, until=raw["until"]) for v in versions]
    return replace(plain, versions=tuple(sorted(versions, key=lambda v: (v.begins or date.min, bool(v.corrects), v.version))))


def _layered(layer: dict[str, Any], layers: Mapping[str, dict[str, Any]]) -> list[RuleUse]:
    """The rule uses of a layer and of all it extends, a later layer's settings in place of an earlier one's."""
    uses: dict[str, RuleUse] = {}
    for below in _chain(layer, layers, ()):
        for dropped in below["drop"]:
            _drop(dropped, uses, f"{below['file']}: drop")
        seen: set[str] = set()
        for rule in below["rules"]:
            if rule["use"] in seen:
                raise PackError(
                    f"'{rule['use']}' stands twice in this file. Give each use a name of its own.",
                    field=f"{below['file']}: rules",
                )
            seen.add(rule["use"])
            uses[rule["use"]] = _use(rule, below, uses.get(rule["use"]))
    return sorted(uses.values(), key=lambda u: u.use)


def _arrangement(body: Body, layer: dict[str, Any], layers: Mapping[str, dict[str, Any]]) -> Arrangement:
    adopted = layer["adopted"] or {"from_": (), "read": ""}
    organisations = body.organisations if layer["organisations"] is None else _organisations(layer["organisations"])
    seats = body.seats if layer["seats"] is None else _seats(layer["seats"])
    for signature in layer["signed"]:
        if signature["seat"] not in {s.key for s in seats}:
            raise PackError(f"'{signature['seat']}' signed, but is not a seat of this body.", field=f"{layer['file']}: signed")
    return Arrangement(
        body=body.id, kind=body.kind, version=layer["id"], title=layer["title"], entered=layer["entered"], begins=layer["begins"],
        not_before=layer["not_before"], uses=tuple(_layered(layer, layers)),
        closures=frozenset(d for d in layer["closures"] if d), organisations=organisations, seats=seats,
        area_codes=body.area_codes if layer["area_codes"] is None else tuple(layer["area_codes"]), adopted_from=tuple(_named_source(layer, name, "adopted.from") for name in adopted["from_"]),
        read=adopted["read"], signed=tuple((s["seat"], s["on"], s["how"]) for s in layer["signed"]),
        open_cases=layer["open_cases"], note=layer["note"], until=layer["until"], corrects=layer["corrects"],
    )  # fmt: skip


def _organisations(raw: Iterable[Mapping[str, Any]]) -> tuple[Organisation, ...]:
    return tuple(Organisation(o["key"], o["name"], o["kind"], o["partner"], tuple(o["acts_for"])) for o in raw)


def _seats(raw: Iterable[Mapping[str, Any]]) -> tuple[Seat, ...]:
    return tuple(Seat(s["key"], s["title"], s["role"], s["organisation"], s["deputy"]) for s in raw)


def _chain(layer: dict[str, Any], layers: Mapping[str, dict[str, Any]], above: tuple[str, ...]) -> list[dict[str, Any]]:
    """The layers from the lowest to this one. A layer that extends itself is refused."""
    chain: list[dict[str, Any]] = []
    for name in layer["extends"]:
        if name in above:
            raise PackError(f"'{name}' extends itself by way of {' -> '.join(above)}.", field=f"{layer['file']}: extends")
        below = layers.get(name)
        if below is None or below["kind"] == "law":
            raise PackError(f"There is no pack or version '{name}' to extend.", field=f"{layer['file']}: extends")
        chain += [part for part in _chain(below, layers, (*above, name)) if part not in chain]
    return [*chain, layer]


def _use(rule: dict[str, Any], layer: dict[str, Any], below: RuleUse | tuple[()] | None) -> RuleUse:
    where = f"{layer['file']}: rules.{rule['use']}"
    _names_once(rule["settings"], f"{where}.settings")
    settings = _resolved(rule["settings"], layer, f"{where}.settings")
    layers: tuple[str, ...] = (layer["file"],) if rule["layers"] is None else tuple(rule["layers"])
    if isinstance(below, RuleUse):
        if (below.rule, below.major) != (rule["rule"], rule["major"]):
            raise PackError(
                f"'{rule['use']}' is {below.rule}@{below.major} in {below.file}. Drop it there, or use another name.",
                field=where,
            )
        settings, layers = _over(below.settings, settings), (*below.layers, layer["file"])
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
            _names_once(inner, f"{where}[{index}]")


def _drop(dropped: str, uses: dict[str, RuleUse], where: str) -> None:
    """Take a rule use of the layers below away, or one thing in a list of it: `plan`, or `plan.steps.huddle`."""
    if dropped in uses:
        del uses[dropped]
        return
    use = next((u for name, u in uses.items() if dropped.startswith(f"{name}.")), None)
    setting, _, key = dropped.removeprefix(f"{use.use}.").partition(".") if use else ("", "", "")
    listed = use.settings.get(setting) if use else None
    kept = [entry for entry in listed if name_in_list(entry) != key] if isinstance(listed, list) else []
    if use is None or not isinstance(listed, list) or len(kept) == len(listed):
        raise PackError(f"'{dropped}' is dropped, but no layer below has it.", field=where)
    uses[use.use] = replace(use, settings={**use.settings, setting: kept})


def name_in_list(entry: Any) -> str:
    """What a thing in a list of settings is known by across layers and drafts: its key, or the question it settles."""
    return str(entry.get("key") or entry.get("question") or "") if isinstance(entry, Mapping) else ""


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a later layer over an earlier one's: by name, and in lists of named things thing by thing."""
    return {**below, **{name: _list_over(below.get(name), value) for name, value in above.items()}}


def _list_over(below: Any, above: Any) -> Any:
    if not (above and isinstance(below, list) and isinstance(above, list) and all(name_in_list(e) for e in (*below, *above))):
        return above
    later = {name_in_list(entry): entry for entry in above}
    kept = [_over(entry, later.pop(name_in_list(entry), {})) for entry in below]
    return [*kept, *later.values()]


def _resolved(value: Any, layer: Mapping[str, Any], where: str) -> Any:
    """Settings with each `source = "S2"` replaced by what the pack's sources say of S2."""
    if isinstance(value, dict):
        made = {k: _resolved(v, layer, f"{where}.{k}") for k, v in value.items() if k not in ("source", "sure", "force")}
        if isinstance(value.get("source"), str):
            source = _named_source(layer, value["source"], f"{where}.source")
            made["source"] = {**source, **({"sure": value["sure"]} if "sure" in value else {}),
                              **({"force": value["force"]} if "force" in value else {})}  # fmt: skip
        else:
            made |= {k: value[k] for k in ("source", "sure", "force") if k in value}
        return made
    return [_resolved(v, layer, f"{where}[{i}]") for i, v in enumerate(value)] if isinstance(value, list) else value


def _named_source(layer: Mapping[str, Any], name: str, where: str) -> dict[str, str]:
    source = layer["sources"].get(name)
    if source is None:
        raise PackError(f"There is no source '{name}' in this file. Add [sources.{name}].", field=f"{layer['file']}: {where}")
    return {
        "ref": source["ref"] or source["title"] or name,
        "force": source["force"],
        "sure": source["sure"],
        "where": source["where"],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _plain(value: Any) -> Any:
    """Settings as JSON keeps them; a date is marked, so that it comes back a date."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return {"$date": value.isoformat()} if isinstance(value, date) else value


def _revived(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$date"}:
            return date.fromisoformat(value["$date"])
        # What a form emptied is what was never set: no rule tells the two apart, and a file cannot.
        return {k: _revived(v) for k, v in value.items() if v is not None}
    return [_revived(v) for v in value] if isinstance(value, list) else value


__all__ = ["Arrangement", "Body", "Edition", "Library", "RuleUse", "load_library"]
