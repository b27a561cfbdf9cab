"""Which of the area's own questions a case is asked.

Those of the version that governs the case as a whole; and, where a step of it follows another version (decision 9), those that this step
rests on: nobody could say else whether it applies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from threefold.domain.findings import Provided
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.questions import OWN, is_asked
from threefold.governance.verdict import Verdict
from threefold.plugin_api.facts import Facts


def asked_in_case(
    governance: Governance,
    body: str,
    versions: Sequence[Arrangement],
    facts: Facts,
    as_of: date,
    verdict: Verdict | None = None,
) -> list[Provided]:
    """The questions, in the order in which they are asked. Raises `BeforeAnyVersion` as `Governance.decide` does.

    They are the same whatever was answered: a step that an answer took out is looked for as it was before anybody answered.
    `verdict`: what is said of the case, where it is worked out already.
    """
    _, own, edition = governance.of_case(versions, facts, as_of)
    found = {} if own is None else {thing.key: thing for thing in _questions(governance, own, edition.id)}
    if len(versions) < 2:
        return list(found.values())
    given = facts.incident.local.keys() - found.keys()
    if given:
        local = {key: fact for key, fact in facts.incident.local.items() if key not in given}
        facts, verdict = replace(facts, incident=replace(facts.incident, local=local)), None
    named = {version.version: version for version in versions}
    for line in (verdict or governance.decide(body, versions, facts, as_of)).of("steps"):
        version = named.get(line.pin.version or "")
        if version is None or (own is not None and version.version == own.version):
            continue
        rests = {path.removeprefix(OWN) for path in line.finding.reads if path.startswith(OWN)} - found.keys()
        if rests:
            found |= {t.key: t for t in _questions(governance, version, line.pin.edition) if t.key in rests}
    return list(found.values())


def _questions(governance: Governance, version: Arrangement, edition_id: str) -> list[Provided]:
    edition = next(one for one in governance.editions if one.id == edition_id)
    rules, _ = governance.rules_at_work(version, edition)
    return [thing for _, thing in rules.provided if is_asked(thing)]
