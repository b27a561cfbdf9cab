"""The worked examples beside the rules: made-up cases, each written down with its facts. A draft is tried on them at once.

Each rule's folder holds them (`examples/*.toml`); the kit holds a rule against the same.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from threefold.domain.errors import FactsError, ManyErrors, RuleError, ThreefoldError
from threefold.governance.catalogue import Catalogue, source_files
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.replay import PastVerdict, ReplayResult, replay
from threefold.governance.verdict import verdict_to_json
from threefold.plugin_api.facts import Facts, read_facts, write_facts
from threefold.plugin_api.rule import Rule


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """One case as an example's file has it: its name, its facts, the settings of its file, and the rest as it is written."""

    file: str
    name: str
    facts: Facts
    settings: Mapping[str, Any]
    written: Mapping[str, Any]


def cases_beside(rule: type[Rule]) -> Iterator[WorkedCase]:
    """The worked examples in the rule's folder. Raises `ThreefoldError` naming the file where one cannot be read."""
    folder = source_files(rule)[0].parent / "examples"
    for path in sorted(folder.glob("*.toml")):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RuleError(f"This is not TOML: {error}.", field=path.name) from error
        cases, settings = data.get("case", []), data.get("settings", {})
        if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
            raise RuleError("case is no list of tables. Write each worked example as [[case]].", field=path.name)
        for case in cases:
            if not isinstance(case.get("name"), str):
                raise RuleError("A worked example has no name. Give each [[case]] one.", field=path.name)
            if not all(isinstance(table, dict) for table in (settings, case.get("settings", {}), case.get("facts", {}))):
                raise RuleError("settings and facts are tables.", field=f"{path.name}: {case['name']}")
            facts = _facts_of(case, f"{path.name}: {case['name']}")
            yield WorkedCase(path.name, case["name"], facts, settings | case.get("settings", {}), case)


def _facts_of(case: Mapping[str, Any], where: str) -> Facts:
    """The facts of a worked example. Raises what `read_facts` does, with the file and the example before each place."""

    def named(error: ThreefoldError) -> ThreefoldError:
        return FactsError(error.sentence, field=f"{where}: {error.field}" if error.field else where)

    try:
        return read_facts(_json_shaped(case.get("facts", {})))
    except ManyErrors as error:
        raise ManyErrors([named(one) for one in error.errors]) from error
    except ThreefoldError as error:
        raise named(error) from error


def worked_cases(catalogue: Catalogue) -> list[tuple[str, Facts]]:
    """Every worked example of the rules at hand that tells a case, by the rule's title and its own name."""
    return [
        (f"{rule.card.title}: {case.name}", case.facts)
        for rule in sorted(catalogue.rules.values(), key=lambda r: (r.card.layer != "law", r.card.title, r.card.major))
        for case in cases_beside(rule)
        if case.facts.review.events or case.written.get("facts", {}).get("incident")
    ]


def replay_worked(governance: Governance, before: Arrangement | None, draft: Arrangement, day: date) -> ReplayResult:
    """A draft over the worked examples, each as of the last day it tells of (`day` where it tells of none).

    Both sides are taken as in force all along. Raises `ThreefoldError` where a rule of the draft cannot be worked out.
    """
    cases = [(name, facts, worked_day(governance, facts, day)) for name, facts in worked_cases(governance.catalogue)]
    return replay(governance, before, draft, (as_if_past(governance, before, *case) for case in cases))


def as_if_past(governance: Governance, before: Arrangement | None, name: str, facts: Facts, day: date) -> PastVerdict:
    """A case as if `before` had governed it all along and had been asked on `day`. Raises `BeforeAnyVersion`."""
    first = min(e.begins for e in governance.editions if e.begins)
    known = facts.as_known_on(day)
    all_along = (replace(before, begins=first, until=None),) if before else ()
    said = governance.decide(before.body if before else "", all_along, known, day)
    return PastVerdict(name, day, json.dumps(write_facts(known)), json.dumps(verdict_to_json(said)), said.fingerprints)


def worked_day(governance: Governance, facts: Facts, otherwise: date) -> date:
    """The day a worked example is asked about: the last it tells of, and never before the first edition of the law."""
    happened = facts.incident.happened_on.value
    days = [e.day for e in facts.review.events] + ([happened] if happened else [])
    return max(max(days, default=otherwise), min(e.begins for e in governance.editions if e.begins))


def _json_shaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _json_shaped(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_json_shaped(v) for v in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
