"""A rule as one use sets it, and what it brings: the one place where a rule's own code is run to make it and to ask that.

A local rule that raises, whatever it raises, is told by the title of its use, so that a person can take it out. A rule of the law that
raises is a fault of the platform and stays loud.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from threefold.domain.errors import PackError, RuleError, ThreefoldError
from threefold.domain.findings import Provided
from threefold.governance.catalogue import Catalogue
from threefold.governance.names import quoted, title_of_use
from threefold.governance.pack import RuleUse
from threefold.plugin_api.rule import Rule, settings_not_taken


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
    try:
        rule = kind(use.settings, use=use.use, file=use.file)
        things = tuple(rule.provides())
    except ThreefoldError:
        raise
    except (Exception, SystemExit) as error:
        raise _not_worked_out(catalogue, use, type(error).__name__) from error
    for thing in things:
        if not isinstance(thing, Provided):
            raise _not_worked_out(catalogue, use, f"it brings a {type(thing).__name__}")
    return rule, things


def settings_to_mend(catalogue: Catalogue, uses: Iterable[RuleUse], *, missing: bool = False) -> list[ThreefoldError]:
    """Every setting that the rules of a version do not take in what is written now, with its place; `missing`: what is missing too.

    What is on record is never asked this: a rule may have become stricter since, and a version governs as it was signed.
    """
    wrong: list[ThreefoldError] = []
    for use in uses:
        rule = catalogue.rules.get((use.rule, use.major))
        wrong += settings_not_taken(rule, use.settings, use.where, missing=missing) if rule else []
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
            _, things = configured(catalogue, replace(use, file=""))
        except ThreefoldError:
            continue
        yield from ((use, thing) for thing in things)
