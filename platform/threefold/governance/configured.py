"""A rule as one use sets it, and what it brings: the one place where a rule's own code is run to make it and to ask that.

A local rule that raises, whatever it raises, is told by the title of its use, so that a person can take it out. A rule of the law that
raises is a fault of the platform and stays loud.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from threefold.domain.errors import PackError, RuleError, ThreefoldError
from threefold.domain.findings import Provided
from threefold.domain.sources import FORCES, SURES, Source
from threefold.domain.well_made import is_text
from threefold.governance.catalogue import Catalogue
from threefold.governance.cited import cited_by_another
from threefold.governance.names import quoted, title_of_use
from threefold.governance.pack import RuleUse
from threefold.governance.time_limit import TOO_LONG, TimeUp, bounded
from threefold.plugin_api.rule import Rule, settings_not_taken

AGAIN_AFTER = 10.0  # seconds until a rule that ran out of time is asked again: a page asks it several times, and waits once
MOST_REMEMBERED = 200
MOST_KEPT = 500  # of what rules bring, as they were set
_WORDS = ("text", "span")  # what is read as words wherever it stands
MOST_BROUGHT = 2000  # by one rule: a page tells each
T = TypeVar("T")
_brought: dict[
    tuple[type[Rule], str, str], tuple[Provided, ...]
] = {}  # what each rule, as it was set, brings: frozen, and the same for all
_ran_out: dict[tuple[type[Rule], bool, str], float] = {}  # when each rule, as it was set, ran out of time


def configured(catalogue: Catalogue, use: RuleUse, layer: str = "") -> tuple[Rule, tuple[Provided, ...]]:
    """The rule of a use with its settings, and everything it brings.

    `layer`: where it is used, "law" or "local"; a rule of the other is refused. Raises `RuleError` or `PackError` naming the use by its title.
    """
    kind = catalogue.get(use.rule, use.major, field=use.where)
    if layer and kind.card.layer != layer:
        wanted = "the law's packs" if kind.card.layer == "law" else "arrangements"
        raise PackError(f"Rule '{use.rule}' may only be used in {wanted}.", field=use.where)
    if kind.card.layer == "law":
        rule = kind(use.settings, use=use.use, file=use.file)
        return rule, tuple(rule.provides())
    rule, things = _made(catalogue, use, kind)
    if len(things) > MOST_BROUGHT:
        raise _not_worked_out(catalogue, use, f"it brings more than {MOST_BROUGHT} things")
    for thing in things:
        if wrong := wrong_with(thing):
            raise _not_worked_out(catalogue, use, wrong)
    return rule, things


def _made(catalogue: Catalogue, use: RuleUse, kind: type[Rule]) -> tuple[Rule, tuple[Any, ...]]:
    """A local rule made and asked what it brings."""

    def made() -> tuple[Rule, tuple[Any, ...]]:
        rule = kind(use.settings, use=use.use, file=use.file)
        return rule, tuple(rule.provides())

    try:
        return _in_time(catalogue, use, kind, made)
    except ThreefoldError:
        raise
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a rule of somebody else's raises
        raise _not_worked_out(catalogue, use, type(error).__name__) from error


def _in_time(catalogue: Catalogue, use: RuleUse, kind: type[Rule], asked: Callable[[], T], *, settings: bool = False) -> T:
    """What is asked of a local rule's own code, within the time of local rules. Raises `RuleError` where that runs out, or ran out a
    moment ago. `settings`: only what it takes as its settings is asked, which is remembered for itself."""
    as_set = kind, settings, json.dumps(use.settings, sort_keys=True, default=str)
    if as_set in _ran_out and time.monotonic() - _ran_out[as_set] < AGAIN_AFTER:
        raise _not_worked_out(catalogue, use, TOO_LONG)
    try:
        with bounded():
            return asked()
    except TimeUp as error:
        if len(_ran_out) >= MOST_REMEMBERED:
            _ran_out.clear()
        _ran_out[as_set] = time.monotonic()
        raise _not_worked_out(catalogue, use, TOO_LONG) from error


def wrong_with(thing: Any) -> str:
    """What is wrong with one thing that a rule brings; empty where it can be told, compared and published."""
    if not isinstance(thing, Provided):
        return f"it brings a {type(thing).__name__}"
    for name in ("kind", "key", "title", "sentence"):
        if not is_text(getattr(thing, name)):
            return f"the {name} of what it brings is no text"
    source = thing.source
    if not isinstance(source, Source) or not is_text(source.ref) or not is_text(source.where):
        return "the source of what it brings is no source"
    if source.force not in FORCES or source.sure not in SURES:
        return "the source of what it brings has a force or a sureness that there is not"
    if not isinstance(thing.values, tuple) or not all(_is_value(value) for value in thing.values):
        return "the values of what it brings are no pairs of a name and a plain value"
    if any(name in _WORDS and not (value is None or is_text(value)) for name, value in thing.values):
        return "the words or the time of what it brings are no text"
    return ""


def _is_value(pair: Any) -> bool:
    return (
        isinstance(pair, tuple) and len(pair) == 2 and is_text(pair[0])
        and all(one is None or is_text(one) or isinstance(one, int) for one in (pair[1] if isinstance(pair[1], tuple) else (pair[1],)))
    )  # fmt: skip


def settings_to_mend(catalogue: Catalogue, uses: Iterable[RuleUse], *, missing: bool = False) -> list[ThreefoldError]:
    """Every setting that the rules of a version do not take in what is written now, with its place; `missing`: what is missing too.

    What is on record is never asked this: a rule may have become stricter since, and a version governs as it was signed.
    """
    wrong: list[ThreefoldError] = []
    for use in uses:
        if rule := catalogue.rules.get((use.rule, use.major)):
            not_taken = partial(settings_not_taken, rule, use.settings, use.where, missing=missing)
            try:
                wrong += not_taken() if rule.card.layer == "law" else _in_time(catalogue, use, rule, not_taken, settings=True)
            except RuleError as error:
                wrong.append(error)
            wrong += cited_by_another(rule, use)
    return wrong


def uses_to_mend(catalogue: Catalogue, uses: Iterable[RuleUse], *, new: bool) -> list[ThreefoldError]:
    """Everything for which rules cannot be used as a version sets them: not installed, settings missing or not taken, or a rule that
    raises. `new`: the version is to be entered, and is held to all that is asked of what is written now."""
    wrong: list[ThreefoldError] = []
    for use in uses:
        try:
            configured(catalogue, use, "local")
        except ThreefoldError as error:
            wrong += settings_to_mend(catalogue, [use], missing=True) or [error]
        else:
            wrong += settings_to_mend(catalogue, [use]) if new else ()
    return wrong


def _not_worked_out(catalogue: Catalogue, use: RuleUse, what: str) -> RuleError:
    """The text of an error is the rule author's and may quote settings: its kind is enough for a screen."""
    return RuleError(
        f"The rule {quoted(title_of_use(catalogue, use), use.use)} could not be worked out: {what}. Remove it or ask its owner.",
        field=use.where,
    )


def brought(catalogue: Catalogue, uses: Iterable[RuleUse]) -> Iterator[tuple[RuleUse, Provided]]:
    """Everything that rules in use bring, each with its use. One that cannot be read as it is set is passed over: that is told of it
    elsewhere."""
    for use in uses:
        try:
            things = _remembered(catalogue, replace(use, file=""))
        except ThreefoldError:
            continue
        yield from ((use, thing) for thing in things)


def _remembered(catalogue: Catalogue, use: RuleUse) -> tuple[Provided, ...]:
    """As `configured` has it: what a rule brings is told by its settings alone, and the page of a draft asks it many times over. What it could
    not bring is asked again each time."""
    as_set = catalogue.get(use.rule, use.major, field=use.where), use.use, json.dumps(use.settings, sort_keys=True, default=str)
    things = _brought.get(as_set)
    if things is None:
        things = configured(catalogue, use)[1]
        if len(_brought) >= MOST_KEPT:
            _brought.clear()
        _brought[as_set] = things
    return things
