"""The files under `tenants/`, and one arrangement's file: read, checked, and made the values of `arrangement`.

Packs layer national -> regional -> local (`pack_layers`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from threefold.domain.errors import ManyErrors, PackError, ThreefoldError
from threefold.governance.arrangement import Arrangement, Body, Edition, Library, Pack, RuleUse, turns
from threefold.governance.pack_files import BodySchema, LayerSchema, check
from threefold.governance.pack_layers import NoSuchLayer, layered, named_source, source_names, use_of
from threefold.governance.pack_text import EmptyFile, read_toml
from threefold.governance.source_names import all_named, in_use
from threefold.plugin_api.arrangement import Organisation, Seat

SHARED = "_shared"  # the folder of the law's editions and of the packs that several bodies share


def load_library(root: Path, only: str | None = None, pass_over: Callable[[str], None] | None = None) -> Library:
    """Read and check `tenants/`. Raises `ManyErrors` with every mistake found, each with its file and key.

    `only` reads one body's folder beside the law: what a single question needs (`SHARED`: no body). What is wrong in the folder
    of another is told only where this body cannot be read without it. `pass_over` is told the name of each of its
    arrangements' files that is empty, which is then no mistake; without it, an empty file is refused.
    """
    errors: list[ThreefoldError] = []
    elsewhere: list[ThreefoldError] = []
    layers: dict[str, dict[str, Any]] = {}
    raw_bodies: dict[str, dict[str, Any]] = {}
    with_a_file: set[str] = set()  # bodies that have a body.toml, whether it can be read or not
    faulty: set[str] = set()  # what a file would have been as a layer that could not be read: it is not missing
    if not root.is_dir():
        raise PackError(
            "There is no such folder. Set THREEFOLD_TENANTS to the folder that holds the bodies.", field=str(root.name)
        )
    for path in sorted(path for path in root.rglob("*") if path.suffix.lower() == ".toml"):
        name = path.relative_to(root).as_posix()
        folder = name.partition("/")[0]
        told = errors if only in (None, folder) or folder.startswith("_") else elsewhere
        if path.name == "body.toml":
            with_a_file.add(path.parent.name)
        try:
            _read_one(path, name, layers, raw_bodies)
        except ManyErrors as many:
            told += many.errors
            faulty.add(_as_layer(name))
        except EmptyFile as error:
            if pass_over is not None and told is errors and path.parent.name == "arrangements":
                pass_over(name)
            else:
                told.append(error)
                faulty.add(_as_layer(name))
        except ThreefoldError as error:
            told.append(error)
            faulty.add(_as_layer(name))
    editions = _gather(errors, lambda: _editions(layers), ())
    bodies: dict[str, Body] = {}
    for body_id, raw in raw_bodies.items():
        if only is None or body_id == only:
            made = _gather(errors, lambda b=body_id, r=raw: _body(b, r, layers, raw_bodies), None)
            if made is not None:
                bodies[body_id] = made
    for name, layer in layers.items():
        if layer["kind"] == "arrangement" and layer["body"] not in with_a_file and only in (None, layer["body"]):
            errors.append(PackError(f"There is no body.toml for '{layer['body']}'.", field=f"{name}.toml: body"))
    if errors:
        errors = [error for error in errors if not (isinstance(error, NoSuchLayer) and error.layer in faulty)] + elsewhere
        raise errors[0] if len(errors) == 1 else ManyErrors(errors)
    packs = {
        name: Pack(name, layer["title"], tuple(layered(layer, layers)))
        for name, layer in layers.items()
        if layer["kind"] == "pack"
    }
    return Library(editions, bodies, packs, tuple(sorted(raw_bodies)))


def file_of(version: Arrangement) -> str:
    """The name of the file that a body's version stands in, under `tenants/`."""
    return f"{version.body}/arrangements/{version.version}.toml"


class OtherBody(PackError):
    """A file of one body was given where another body's was wanted. `body`, `version`: whose it is."""

    def __init__(self, layer: Mapping[str, Any], wanted: Body, where: str) -> None:
        self.body, self.version = str(layer["body"]), str(layer["id"])
        super().__init__(
            f"This is the arrangement of '{self.body}', and it was to be taken in for '{wanted.id}' ({wanted.name}). Nothing was taken in.",
            field=where,
        )


def read_arrangement(path: Path, name: str, body: Body | None, *, as_it_is: bool = False) -> Arrangement:
    """One version of a body's arrangement from a file of its own. Raises `PackError` or `ManyErrors`.

    `body`: whose it must be; its organisations, seats and areas are the version's where the file names none. `as_it_is`: the
    version that was exported, adopted if it was; otherwise one that is to be signed.
    """
    layer = check(LayerSchema, read_toml(path, name), name, as_it_is=as_it_is)
    if layer["kind"] != "arrangement":
        raise PackError("This is not the file of an arrangement: its kind must be 'arrangement'.", field=f"{name}: kind")
    if layer["extends"]:
        raise PackError("This file extends another. Export the version as a whole, and take that in.", field=f"{name}: extends")
    if body is not None and layer["body"] != body.id:
        raise OtherBody(layer, body, f"{name}: body")
    layer["file"], layer["alone"] = name, True  # over and under no other
    layer["entered"] = "adopted" if as_it_is and layer["entered"] == "adopted" else "signed"
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
    if path.suffix != ".toml":
        raise PackError("Nothing reads this file. Let its name end in “.toml”, in lower-case letters.", field=name)
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
    parts = name.split("/")
    if layer["kind"] == "arrangement" and (len(parts) != 3 or parts[1] != "arrangements" or parts[0] != layer["body"]):
        raise PackError(
            "An arrangement stands at <body>/arrangements/<version>.toml and names that body.", field=f"{name}: body"
        )
    if layer["kind"] != "arrangement" and "arrangements" in parts[:-1]:
        raise PackError("Only a body's arrangements stand here. A pack stands at _shared/<pack>.toml.", field=f"{name}: kind")
    layer["file"] = name
    layers[_as_layer(name)] = layer


def _as_layer(name: str) -> str:
    """What a file is called where another extends it: `_shared/a-pack`, or `a-body/a-version`."""
    parts = name.removesuffix(".toml").split("/")
    return f"{parts[0]}/{parts[2]}" if len(parts) == 3 and parts[1] == "arrangements" else "/".join(parts)


def _editions(layers: Mapping[str, dict[str, Any]]) -> tuple[Edition, ...]:
    found = []
    for layer in (layer for layer in layers.values() if layer["kind"] == "law"):
        uses = tuple(use_of(rule, layer, ()) for rule in layer["rules"])
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
    corrected = {layer["id"]: layer["corrects"] for layer in own}
    for layer in own:
        one, seen = layer["id"], set[str]()
        while one and one not in seen:
            seen.add(one)
            one = corrected.get(one, "")
        if (
            one == layer["id"] and len(seen) > 1
        ):  # one that corrects itself is told by the check, as one that corrects what is nowhere
            raise PackError(
                f"This corrects '{layer['corrects']}', which corrects this one in turn. Name the version that was entered before it.",
                field=f"{layer['file']}: corrects",
            )
        if layer["entered"] == "draft":
            raise PackError(
                "This is a draft, which nobody has signed. Take it in on screen, as a draft of this body.",
                field=f"{layer['file']}: entered",
            )
    versions = [_arrangement(plain, layer, layers) for layer in own]
    if raw["until"]:  # with the body its arrangement ended
        versions = [v if v.until else replace(v, until=raw["until"]) for v in versions]
    return replace(
        plain, versions=tuple(sorted(versions, key=lambda v: (v.begins or date.min, turns(v.version, corrected), v.version)))
    )


def _arrangement(body: Body, layer: dict[str, Any], layers: Mapping[str, dict[str, Any]]) -> Arrangement:
    adopted = layer["adopted"] or {"from_": (), "read": ""}
    organisations = body.organisations if layer["organisations"] is None else _organisations(layer["organisations"])
    seats = body.seats if layer["seats"] is None else _seats(layer["seats"])
    for signature in layer["signed"]:
        if signature["seat"] not in {s.key for s in seats} and not signature["former"]:
            raise PackError(
                f"'{signature['seat']}' signed, but is not a seat of this body. Add former = true to it where it was one in the version before.",
                field=f"{layer['file']}: signed",
            )
    uses, adopted_from = (
        tuple(layered(layer, layers)),
        tuple(named_source(layer, name, f"{layer['file']}: adopted.from") for name in adopted["from_"]),
    )
    settings = [use.settings for use in uses]
    return Arrangement(
        body=body.id, kind=body.kind, version=layer["id"], title=layer["title"], entered=layer["entered"], begins=layer["begins"],
        not_before=layer["not_before"], uses=uses,
        closures=frozenset(layer["closures"]), organisations=organisations, seats=seats,
        area_codes=body.area_codes if layer["area_codes"] is None else tuple(layer["area_codes"]), adopted_from=adopted_from,
        read=adopted["read"], signed=tuple((s["seat"], s["on"], s["how"]) for s in layer["signed"]),
        open_cases=layer["open_cases"], note=layer["note"], until=layer["until"], corrects=layer["corrects"],
        source_names=in_use(all_named(source_names(layer, layers), settings, adopted_from), settings, adopted_from),
    )  # fmt: skip


def _organisations(raw: Iterable[Mapping[str, Any]]) -> tuple[Organisation, ...]:
    return tuple(Organisation(o["key"], o["name"], o["kind"], o["partner"], tuple(o["acts_for"])) for o in raw)


def _seats(raw: Iterable[Mapping[str, Any]]) -> tuple[Seat, ...]:
    return tuple(Seat(s["key"], s["title"], s["role"], s["organisation"], s["deputy"]) for s in raw)


__all__ = [
    "SHARED",
    "Arrangement",
    "Body",
    "Edition",
    "Library",
    "OtherBody",
    "Pack",
    "RuleUse",
    "file_of",
    "load_library",
    "read_arrangement",
]
