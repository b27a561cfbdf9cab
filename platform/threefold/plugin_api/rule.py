"""What a rule is: a card that says what it is, a `Config` that says how it may be set, and the hooks it answers.

One instance is one rule bound to one validated configuration. The `Config` schema checks files under `tenants/`, checks
what is stored, draws the form an area lead fills in, documents itself, and types the settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from types import MappingProxyType
from typing import Any, ClassVar, Literal, ParamSpec, Protocol

from marshmallow import Schema, ValidationError
from marshmallow import fields as schema_fields

from threefold.domain.calendar import Due, Span, due
from threefold.domain.calendar import WorkingDays as WorkingDays
from threefold.domain.errors import CalendarEnds, PackError, RuleError, ThreefoldError
from threefold.domain.findings import Provided
from threefold.domain.sources import FORCES, SURES, Source
from threefold.domain.visible import is_visible
from threefold.plugin_api.contract import API, CONTRACT, Contract, Deprecation, check_deprecation
from threefold.plugin_api.facts import known_path
from threefold.plugin_api.plain_errors import MISSING, UNKNOWN, of_a_setting, plainly


@dataclass(frozen=True, slots=True)
class Card:
    """What a rule says of itself. `reads`: the fact paths it may look at, for its `what_if` and its tests.

    `major` is the version of the rule's substance: two majors may stand side by side while cases are pinned to the older.
    `layer` "law" marks a rule of the statutory floor; only packs of the law may use those. `deprecated` says, a release
    ahead, that this major ends: it works as before, and whoever uses it is told.
    """

    id: str
    major: int
    title: str
    summary: str
    source: Source
    owner: str
    review_by: date
    reads: frozenset[str] = frozenset()
    api: tuple[int, int] = (API, API)
    layer: Literal["law", "local"] = "local"
    deprecated: Deprecation | None = None

    @property
    def name(self) -> str:
        return f"{self.id}@{self.major}"


@dataclass(frozen=True, slots=True)
class Days:
    """The calendars a rule may count with. `law` knows bank holidays only; `local` also knows the area's closures."""

    law: WorkingDays
    local: WorkingDays

    def due(self, start: date | datetime, span: Span, *, local: bool = False) -> Due:
        """When a span that begins at `start` ends. A local day that lies beyond the known bank holidays is not known yet (`Due.unknown`),
        so that one far step takes nothing else of its plan away; of the law's own days `CalendarEnds` is raised, for none may be missing."""
        if not local:
            return due(start, span, self.law)
        try:
            return due(start, span, self.local)
        except CalendarEnds:
            return Due(None, (), self.local.ends)


_WRITTEN_NOW: ContextVar[bool] = ContextVar("settings_written_now", default=False)
_P = ParamSpec("_P")


def drafts_only(check: Callable[_P, None]) -> Callable[_P, None]:
    """A check of settings that binds what is written from now on, and not what is on record.

    A check that comes after a release stands under this: what was in force was in force as it was, and is read so for ever.
    Put it under `@validates_schema`, or around a `validate=` function.
    """

    @wraps(check)
    def of_drafts(*args: _P.args, **kwargs: _P.kwargs) -> None:
        if _WRITTEN_NOW.get():
            check(*args, **kwargs)

    return of_drafts


@contextmanager
def written_now() -> Iterator[None]:
    """Within it, settings are held to what is asked of what is written now (`drafts_only`)."""
    before = _WRITTEN_NOW.set(True)
    try:
        yield
    finally:
        _WRITTEN_NOW.reset(before)


class Config(Schema):
    """Base of every rule's settings. Unknown keys are refused; every field carries label, hint, default and source."""

    class Meta:
        unknown = "raise"
        ordered = True

    @classmethod
    def described(cls) -> dict[str, schema_fields.Field[Any]]:
        return dict(cls._declared_fields)

    def load_draft(self, settings: Mapping[str, Any]) -> Any:
        """Settings as `load` takes them, held to everything that is asked of what is written now (`drafts_only`)."""
        with written_now():
            return self.load(dict(settings))


class UnknownSetting(PackError):
    """A setting that the rule does not have: no page asks for it, so only the file it stands in can be mended."""


class Rule:
    """Base of every rule. Subclasses set `card`, may set `Config`, and mark the hooks they answer with `@answers`.

    Rules compare by identity: two uses of one rule with equal settings are still two uses.
    """

    card: ClassVar[Card]
    Config: ClassVar[type[Config]] = Config

    def __init__(self, settings: Mapping[str, Any] | None = None, *, use: str = "", file: str = "") -> None:
        self.use = use or self.card.id
        try:
            loaded = self.Config().load(dict(settings or {}))
        except ValidationError as error:
            where = f"{file}: rules.{self.use}" if file else f"rules.{self.use}"
            path, sentence = _first(error.messages, settings)
            kind = UnknownSetting if sentence.startswith(NO_SUCH) else PackError
            raise kind(sentence, field=f"{where}.{'.'.join(path)}") from error
        self.settings: Mapping[str, Any] = MappingProxyType(loaded)
        self.prepare()

    def prepare(self) -> None:
        """Turn settings into what the hooks need, once. May raise `RuleError` or `PackError`."""

    def provides(self) -> Iterable[Provided]:
        """What this configured rule brings, without facts."""
        return ()


class HasCard(Protocol):
    card: ClassVar[Card]


def check_card(rule: type[Rule], contract: Contract = CONTRACT) -> None:
    """Raise `RuleError` unless the card is complete and was written for this version of the contract."""
    card = getattr(rule, "card", None)
    if not isinstance(card, Card):
        raise RuleError(f"{rule.__module__}.{rule.__name__} has no card. Give it `card = Card(...)`.")
    for name, wrong in _wrong_on(card):
        called = f"{rule.__name__} ({card.id})" if isinstance(card.id, str) and card.id else rule.__name__
        raise RuleError(f"The card of {called} {wrong}", field=name)
    low, high = card.api
    if not low <= contract.version <= high:
        raise RuleError(
            f"Rule {card.name} was written for versions {low} to {high} of the contract; this is version {contract.version}. "
            "Install a release of the rule for this version.", field=card.id)  # fmt: skip
    if card.deprecated is not None:
        check_deprecation(card.deprecated, card.name)
    for path in card.reads:
        if not known_path(path):
            raise RuleError(f"The card of {card.name} declares that it reads '{path}'; there is no such fact.", field="reads")
    if not (isinstance(rule.Config, type) and issubclass(rule.Config, Config)):
        raise RuleError(
            f"The Config of {card.name} is not of the contract. Write "
            "`from threefold.plugin_api import Config as Settings` and `class Config(Settings):`."
        )
    for name, described in rule.Config.described().items():
        if not described.metadata.get("label"):
            raise RuleError(f"Setting '{name}' of {card.name} has no label.", field=name)
    for place, kind in _not_asked_for(rule.Config) if card.layer == "local" else ():
        raise RuleError(
            f"Setting '{place}' of {card.name} is a {kind}, which no form asks for. Give it as text (with OneOf where it is a choice), a whole "
            "number, yes or no, a schema of its own, a list of these, or a field of the contract.",
            field=place,
        )


def _not_asked_for(schema: type[Schema], at: str = "", seen: tuple[type[Schema], ...] = ()) -> Iterator[tuple[str, str]]:
    """Each setting that no form of the screen can draw, by its place, and what it is: a day, a number with a fraction, a table of any keys."""
    for name, field in schema._declared_fields.items():
        inner = field.inner if isinstance(field, schema_fields.List) else field
        if isinstance(inner, schema_fields.Nested) and not inner.many:
            if (within := type(inner.schema)) not in seen:
                yield from _not_asked_for(within, f"{at}{name}.", (*seen, within))
        elif isinstance(field, schema_fields.List):
            if not isinstance(inner, schema_fields.String | schema_fields.Integer):
                yield f"{at}{name}", f"List of {type(inner).__name__}"
        elif not isinstance(field, _ASKED_FOR) and not type(field).__module__.startswith("threefold.plugin_api."):
            of_seats = isinstance(field, schema_fields.Dict) and field.metadata.get("offers") == "seats"
            if not of_seats:
                yield f"{at}{name}", type(field).__name__


_ASKED_FOR = (schema_fields.String, schema_fields.Integer, schema_fields.Boolean)
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_ID = 60


def _wrong_on(card: Card) -> Iterator[tuple[str, str]]:
    """What of a card is of a wrong kind: its name, and what is said of it. Pages and commands sort, show and compare these."""
    for name in ("id", "title", "summary", "owner"):
        value = getattr(card, name)
        if not isinstance(value, str):
            yield name, f"gives '{name}' as {_a(value)}. Give it as text."
        elif not is_visible(value):
            yield name, f"leaves '{name}' empty."
    if isinstance(card.id, str) and not (_ID.fullmatch(card.id) and len(card.id) <= LONGEST_ID):
        yield "id", f"has an id that is none. Use lower-case letters, digits and hyphens, at most {LONGEST_ID}, a letter first."
    if type(card.major) is not int or card.major < 1:
        yield "major", f"gives 'major' as {card.major!r}. Versions are whole numbers from 1."
    if type(card.review_by) is not date:
        yield "review_by", f"gives 'review_by' as {_a(card.review_by)}. Give a day: date(2027, 11, 1)."
    yield from (("source", f"{wrong}") for wrong in _wrong_in(card.source))
    if not isinstance(card.reads, frozenset | set | tuple | list) or not all(isinstance(path, str) for path in card.reads):
        yield "reads", "gives 'reads' as something else than paths of facts. Give it as frozenset({...})."
    if not isinstance(card.api, tuple) or len(card.api) != 2 or not all(type(n) is int for n in card.api):
        yield "api", "gives 'api' as something else than two versions of the contract. Leave it out, or give it as (1, 1)."
    if card.layer not in ("law", "local"):
        yield "layer", 'gives a layer that there is not. It is "law" or "local".'
    ends = card.deprecated
    if ends is not None and not (
        isinstance(ends, Deprecation) and all(isinstance(one, str) for one in (ends.since, ends.last, ends.instead))
    ):
        yield "deprecated", "gives 'deprecated' as something else than a Deprecation of three texts."


def _wrong_in(source: Any) -> Iterator[str]:
    if not isinstance(source, Source):
        yield f"gives 'source' as {_a(source)}. Give it as Source(...)."
        return
    if not isinstance(source.ref, str) or not isinstance(source.where, str) or not is_visible(source.ref):
        yield "does not name its source. Give the page or paragraph as text."
    for name, value, known in (("force", source.force, FORCES), ("sure", source.sure, SURES)):
        if value not in known:
            yield f"has a source whose '{name}' is {value!r}. It is one of {', '.join(known)}."


def _a(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


NO_SUCH = "There is no setting "


def _first(messages: Any, settings: Any) -> tuple[tuple[str, ...], str]:
    """The first mistake: where it stands, and its sentence. A setting that does not exist comes before all others."""
    found = list(_mistakes(messages, settings))
    path, text = next((one for one in found if one[1] == UNKNOWN), found[0])
    return path, _worded(path, text)


def _worded(path: tuple[str, ...], text: str) -> str:
    *holder, key = path or ("",)
    if (told := of_a_setting(text)) and key:
        return f"“{key}”{' in ' + '.'.join(holder) if holder else ''} {told}."
    if text != UNKNOWN:
        return plainly(text)
    where = f"in {'.'.join(holder)}" if holder else "here"
    return f"{NO_SUCH}“{key}” {where}; check its spelling."


def settings_not_taken(rule: type[Rule], settings: Mapping[str, Any], where: str, *, missing: bool = False) -> list[PackError]:
    """Every setting that a rule does not take in a draft, each with its place (`where` is that of the rule's use).

    What is missing still is no such setting: a page asks for it. Only a thing in a list without its key is named by nothing,
    and has no page. `missing`: with what is missing too.
    """
    try:
        rule.Config().load_draft(settings)
    except ValidationError as error:
        return [
            PackError(_worded(path, text), field=".".join((where, *path)))
            for path, text in _mistakes(error.messages, settings)
            if missing or text != MISSING or path[-1] == "key"
        ]
    except Exception as error:  # noqa: BLE001 - a check of a rule author's own, on a value it never thought of
        return [PackError(f"These settings cannot be read ({type(error).__name__}). Check what each of them is.", field=where)]
    return []


def _mistakes(messages: Any, value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each mistake and its place. A thing in a list is called by its key (or question), where it has one, else by its number."""
    if not isinstance(messages, Mapping):
        text = str(messages[0] if isinstance(messages, list) else messages)
        yield path, text if text == UNKNOWN or of_a_setting(text) else plainly(text, value)
        return
    for key, inner in messages.items():
        if isinstance(value, list) and isinstance(key, int) and key < len(value):
            held = value[key]
            name = str(held.get("key") or held.get("question") or key) if isinstance(held, Mapping) else str(key)
        else:
            held, name = value.get(key) if isinstance(value, Mapping) else None, str(key)
        yield from _mistakes(inner, held, path if key == "_schema" else (*path, name))


__all__ = [
    "API",
    "CONTRACT",
    "Card",
    "Config",
    "Contract",
    "Days",
    "Deprecation",
    "Due",
    "HasCard",
    "Rule",
    "ThreefoldError",
    "UnknownSetting",
    "check_card",
    "drafts_only",
    "settings_not_taken",
    "written_now",
]
