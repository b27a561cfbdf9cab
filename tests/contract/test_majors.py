"""Majors side by side: in one process an open case is judged by the one it began under, a later case by the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.contract.majors import in_one_package, in_two_packages, install
from tests.contract.toys import ToyLaw
from tests.governance.test_decide import NEW_LAW, OLD_LAW, arrangement, case
from threefold.domain.errors import RuleError
from threefold.governance.catalogue import Catalogue, code_version
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, RuleUse
from threefold.governance.verdict import Verdict, verdict_to_json
from threefold.testing.proof import prove

SETTINGS = {
    "agencies": [{"key": "housing", "title": "Housing"}],
    "when": {"is": {"fact": "incident.near_miss", "value": "yes"}},
}
AS_OF = date(2026, 4, 20)
MARCH, APRIL = case("2026-03-30"), case("2026-04-07")  # of neither it is known whether it was a near miss


def version(name: str, begins: date, rule: str, major: int) -> Arrangement:
    return arrangement(name, begins, RuleUse("ask", rule, major, SETTINGS))


def asked(verdict: Verdict) -> list[tuple[str, str | None]]:
    """Who was asked, by which major, under which version."""
    return [(line.rule.rule, line.pin.version) for line in verdict.of("agencies")]


@pytest.mark.parametrize("made", [in_one_package, in_two_packages])
def test_an_open_case_keeps_its_major_and_a_later_one_has_the_next(
    made: Callable[[str, Path], list[Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"ask-side-by-side-{made.__name__.rpartition('_')[0].replace('_', '-')}"
    install(made(name, tmp_path / "source"), tmp_path / "site")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    installed = Catalogue.installed()
    assert installed.refused == {} and installed.majors(name) == [2, 1]
    first, second = installed.get(name, 1), installed.get(name, 2)
    assert [prove(rule).faults for rule in (first, second)] == [[], []]
    assert code_version(first) != code_version(second), "each has a fingerprint of its own"
    with pytest.raises(RuleError, match="installed in version 1, 2, not 3"):
        installed.get(name, 3)

    catalogue = Catalogue({**Catalogue.of([ToyLaw]).rules, (name, 1): first, (name, 2): second})
    governance = Governance((OLD_LAW, NEW_LAW), catalogue)
    versions = (version("one", date(2026, 1, 1), name, 1), version("two", date(2026, 4, 1), name, 2))
    before = governance.decide("area", versions, MARCH, AS_OF)
    assert asked(before) == [(f"{name}@1", "one")], "major 1 asks where it is unclear"
    assert asked(governance.decide("area", versions, APRIL, AS_OF)) == [], "major 2 does not"
    clear = case("2026-04-07", near_miss="yes")
    assert asked(governance.decide("area", versions, clear, AS_OF)) == [(f"{name}@2", "two")]
    again = governance.decide("area", versions, MARCH, AS_OF)
    assert verdict_to_json(again) == verdict_to_json(before), "whatever was asked between"


def test_both_majors_may_stand_in_one_arrangement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(in_one_package("ask-both", tmp_path / "source"), tmp_path / "site")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    installed = Catalogue.installed()
    rules = {key: rule for key, rule in installed.rules.items() if key[0] == "ask-both"}
    governance = Governance((OLD_LAW, NEW_LAW), Catalogue({**Catalogue.of([ToyLaw]).rules, **rules}))
    both = arrangement("both", date(2026, 1, 1), *(RuleUse(f"ask-{m}", "ask-both", m, SETTINGS) for m in (1, 2)))
    verdict = governance.decide("area", (both,), case("2026-03-30", near_miss="yes"), AS_OF)
    assert asked(verdict) == [("ask-both@1", "both"), ("ask-both@2", "both")]
