"""Which version and edition a line is judged under, what failing rules can and cannot do, and what changes a line."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.contract.toys import Crashing, Endless, Everywhere, Exiting, Flooding, Hostile, ToyLaw, ToyLocal
from threefold.domain.errors import BeforeAnyVersion, PackError, RuleError
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, Edition, RuleUse
from threefold.governance.time_limit import asked_together
from threefold.governance.verdict import effect, step_of, verdict_to_json
from threefold.governance.what_if import apply, what_if
from threefold.plugin_api.facts import Facts, read_facts

ALL = Catalogue.of([ToyLaw, ToyLocal, Crashing, Exiting, Endless, Everywhere, Flooding, Hostile])
OLD_LAW = Edition("law-1", "First edition", date(2018, 6, 29), "V", None, (RuleUse("law", "toy-law", 1, {"days": 5}),))
NEW_LAW = Edition("law-2", "Second edition", date(2026, 1, 1), "V", None, (RuleUse("law", "toy-law", 1, {"days": 4}),))
UNDATED_LAW = Edition("law-3", "Third edition", None, "unknown", date(2026, 6, 1), (RuleUse("law", "toy-law", 1, {"days": 1}),))


def arrangement(version: str, begins: date | None, *uses: RuleUse, **other: Any) -> Arrangement:
    return Arrangement(
        "area", "partnership", version, f"Version {version}", "signed", begins, None, uses, frozenset(), (), (), (), **other
    )


def local(day: int = 3, **settings: Any) -> RuleUse:
    return RuleUse("plan", "toy-local", 1, {"day": day, **settings})


def case(aware: str, died: str = "yes", **incident: Any) -> Facts:
    return read_facts({"incident": {"children": [{"key": "child-1", "died": died}], **incident},
                       "review": {"events": [{"name": "aware", "at": aware}]}})  # fmt: skip


def governance(*editions: Edition, catalogue: Catalogue = ALL) -> Governance:
    return Governance(editions or (OLD_LAW, NEW_LAW), catalogue)


def test_each_line_is_judged_under_the_edition_of_its_own_start() -> None:
    gov = governance()
    old = gov.decide("area", (), case("2025-12-29"), date(2026, 2, 1))
    new = gov.decide("area", (), case("2026-01-05"), date(2026, 2, 1))
    assert [(line.pin.edition, step_of(line).due_on) for line in old.of("steps")] == [("law-1", date(2026, 1, 6))]
    assert [(line.pin.edition, step_of(line).due_on) for line in new.of("steps")] == [("law-2", date(2026, 1, 9))]


def test_a_case_keeps_the_version_it_began_under() -> None:
    versions = (arrangement("one", date(2025, 1, 1), local(3)), arrangement("two", date(2026, 2, 1), local(1)))
    verdict = governance().decide("area", versions, case("2026-01-26"), date(2026, 2, 20))
    talk = [line for line in verdict.of("steps") if not step_of(line).statutory]
    assert [(line.pin.version, step_of(line).due_on) for line in talk] == [("one", date(2026, 1, 29))]
    begun_after = governance().decide("area", versions, case("2026-02-02"), date(2026, 2, 20))
    assert {line.pin.version for line in begun_after.of("steps")} == {"two"}


def test_a_version_of_unknown_beginning_is_said_and_kept_apart() -> None:
    versions = (arrangement("old", None, local(3)), arrangement("new", None, local(2)))
    verdict = governance().decide("area", versions, case("2026-01-26"), date(2026, 2, 20))
    assert all(line.rule.layer == "law" for line in verdict.lines)
    assert any("Which local version applied on" in note for note in verdict.notes)
    assert [version for version, _ in verdict.possible] == ["new", "old"] or [v for v, _ in verdict.possible] == ["old", "new"]
    assert verdict_to_json(verdict)["pins"][0]["version"] == "unknown"


def test_an_edition_of_unknown_day_governs_nothing_and_is_said() -> None:
    verdict = governance(OLD_LAW, UNDATED_LAW).decide("area", (), case("2026-07-01"), date(2026, 7, 2))
    assert {line.pin.edition for line in verdict.lines} == {"law-1"}
    assert any("Third edition is newer; no source read so far says from which day" in n for n in verdict.notes)


def test_before_the_first_edition_is_refused_plainly() -> None:
    with pytest.raises(BeforeAnyVersion, match="29 June 2018"):
        governance().decide("area", (), case("2017-01-02"), date(2017, 2, 1))


def test_nothing_known_later_is_used() -> None:
    facts = read_facts({"incident": {"children": [{"key": "child-1", "died": {"value": "yes", "given_on": "2026-02-10"}}]}})
    assert governance().decide("area", (), facts, date(2026, 2, 9)).of("duties")[0].state == "unclear"
    assert governance().decide("area", (), facts, date(2026, 2, 10)).of("duties")[0].state == "yes"


def test_the_order_of_rules_is_nothing() -> None:
    uses = [local(2), RuleUse("other", "toy-local", 1, {"day": 4}), RuleUse("bad", "crashing", 1, {})]
    shown = set()
    for seed in range(6):
        random.Random(seed).shuffle(uses)
        version = arrangement("one", date(2025, 1, 1), *uses)
        shown.add(str(verdict_to_json(governance().decide("area", (version,), case("2026-01-26"), date(2026, 2, 20)))["steps"]))
    assert len(shown) == 1


@pytest.mark.parametrize("bad", ["crashing", "exiting", "endless", "flooding", "hostile"])
def test_no_local_rule_changes_what_the_law_says(bad: str) -> None:
    facts = case("2026-01-26")
    alone = governance().decide("area", (arrangement("one", date(2025, 1, 1), local()),), facts, date(2026, 1, 27))
    beside = governance().decide("area", (arrangement("one", date(2025, 1, 1), local(), RuleUse("bad", bad, 1, {})),),
                                 case("2026-01-26"), date(2026, 1, 27))  # fmt: skip

    def law(verdict: Any) -> list[str]:
        return [f"{ln.id} {ln.state}" for ln in verdict.lines if ln.rule.layer == "law"]

    assert law(alone) == law(beside)
    if bad != "hostile":
        assert {f.rule.use for f in beside.failures} == {"bad"}
        named = f"The rule “{governance().catalogue.rules[bad, 1].card.title}: bad” could not be worked out."
        assert all(f.sentence.startswith(named) for f in beside.failures)


def test_after_the_last_version_ended_that_is_told() -> None:
    told = "No version of the local arrangement was in force on 2 April 2026; the last one known here ended on 31 March 2026."
    for begins in (date(2025, 1, 1), None):
        version = arrangement("one", begins, local(), until=date(2026, 3, 31))
        pin, governs, _ = governance().pin((version,), date(2026, 4, 2))
        assert governs is None and pin.notes[-1] == told


def test_a_rule_that_never_answers_is_waited_for_once_however_much_it_is_asked() -> None:
    """And so is one that says who decides: without its time it would be waited for for ever."""
    Everywhere.asked.clear()
    version, facts = arrangement("one", date(2025, 1, 1), RuleUse("bad", "everywhere", 1, {})), case("2026-01-26")
    verdict = governance().decide("area", (version,), facts, date(2026, 1, 27))
    assert len(Everywhere.asked) == 1
    assert {f.what for f in verdict.failures} == {"it took too long"}
    assert {"decision", "criteria", "outcomes", "objections"} <= {f.hook for f in verdict.failures}
    what_if(governance(), (version,), facts, verdict)
    assert len(Everywhere.asked) == 1, "what is known already is not waited for again with each change of a fact"
    governance().decide("area", (version,), facts, date(2026, 1, 27))
    assert len(Everywhere.asked) == 2, "another time it is asked again: it may have been the case"


def test_of_many_cases_asked_together_the_first_waits_for_a_rule_that_never_answers() -> None:
    Everywhere.asked.clear()
    version = arrangement("one", date(2025, 1, 1), RuleUse("bad", "everywhere", 1, {}))
    with asked_together():
        for aware in ("2026-01-26", "2026-01-25"):
            verdict = governance().decide("area", (version,), case(aware), date(2026, 1, 27))
            assert {f.what for f in verdict.failures} == {"it took too long"}
    assert len(Everywhere.asked) == 1


def test_a_hostile_objection_is_shown_and_stops_nothing() -> None:
    version = arrangement("one", date(2025, 1, 1), RuleUse("bad", "hostile", 1, {}))
    lines, failures = governance().objections((version,), case("2026-01-26"), date(2026, 1, 27), "notify")
    assert [(line.rule.use, effect(line)) for line in lines] == [("bad", "noted")]
    assert not failures


def test_a_local_step_never_stands_as_the_statutory_date() -> None:
    version = arrangement("one", date(2025, 1, 1), RuleUse("bad", "hostile", 1, {}))
    verdict = governance().decide("area", (version,), case("2026-03-30"), date(2026, 4, 1))
    served = next(t for t in verdict.two_dates if t.serves == "notify-panel")
    assert served.statutory is not None
    assert served.statutory.rule.layer == "law"
    assert step_of(served.statutory).due_on == date(2026, 4, 7)
    assert [step_of(line).statutory for line in served.local] == [False]


def test_a_sole_answer_that_fails_falls_back_to_the_law() -> None:
    version = arrangement("one", date(2025, 1, 1), RuleUse("bad", "crashing", 1, {}))
    verdict = governance().decide("area", (version,), case("2026-03-30"), date(2026, 4, 1))
    decided = [line for line in verdict.of("decision") if line.finding.key == "notify"]
    assert [line.rule.layer for line in decided] == ["law"]
    assert "decision" in {f.hook for f in verdict.failures}


def test_two_answers_where_one_may_be_are_refused() -> None:
    twice = arrangement("one", date(2025, 1, 1), local(answers_notify=True), RuleUse("bad", "crashing", 1, {}))
    with pytest.raises(PackError, match="Two answers where one may be"):
        governance().rule_set(twice, NEW_LAW)


@pytest.mark.parametrize(
    ("use", "error", "told"),
    [
        (RuleUse("plan", "toy-local", 2, {}), RuleError, "installed in version 1, not 2"),
        (RuleUse("plan", "toy-lokal", 1, {}), RuleError, "no rule 'toy-lokal'"),
        (RuleUse("plan", "toy-local", 1, {"dya": 1}), PackError, "no setting “dya” here"),
        (RuleUse("plan", "toy-law", 1, {}), PackError, "may only be used in the law's packs"),
    ],
)
def test_a_wrong_use_names_the_rule_and_setting(use: RuleUse, error: type, told: str) -> None:
    with pytest.raises(error, match=told):
        governance().rule_set(arrangement("one", date(2025, 1, 1), use), NEW_LAW)


def test_making_the_named_change_flips_the_line() -> None:
    versions = (arrangement("one", date(2025, 1, 1), local()),)
    facts, day = case("2026-01-26", near_miss="no"), date(2026, 1, 27)
    gov = governance()
    verdict = gov.decide("area", versions, facts, day)
    changes = what_if(gov, versions, facts, verdict)
    assert changes["duties:law:notify-panel"]
    assert changes["criteria:plan:near-miss"]
    for line_id, found in changes.items():
        before = verdict.line(line_id)
        for change in found:
            again = gov.decide("area", versions, apply(facts, change.path, change.then, day), day).line(line_id)
            assert before is not None
            assert again is None or again.state != before.state


def test_a_rule_set_is_built_once_and_its_fingerprint_follows_the_settings() -> None:
    gov = governance()
    one = arrangement("one", date(2025, 1, 1), local(3))
    assert gov.rule_set(one, NEW_LAW) is gov.rule_set(Arrangement.from_stored(one.stored()), NEW_LAW)
    other = replace(one, uses=(local(4),))
    assert gov.rule_set(one, NEW_LAW).fingerprint != gov.rule_set(other, NEW_LAW).fingerprint
    assert gov.rule_set(one, OLD_LAW).fingerprint != gov.rule_set(one, NEW_LAW).fingerprint


def test_a_rule_that_is_not_installed_any_more_takes_nothing_but_its_own_lines() -> None:
    """A case can be recorded and decided on while somebody installs it again: what the law requires is always worked out."""
    gov, facts, day = governance(), case("2026-01-26"), date(2026, 1, 27)
    both = arrangement("one", date(2025, 1, 1), local(), RuleUse("lost", "not-here", 1, {}))
    said = gov.decide("area", (both,), facts, day)
    alone = gov.decide("area", (arrangement("one", date(2025, 1, 1), local()),), facts, day)
    assert [(line.id, line.finding) for line in said.lines] == [(line.id, line.finding) for line in alone.lines]
    (failure,) = said.failures  # nobody knows the title of what is not there
    assert failure.sentence.startswith("The rule 'lost' could not be worked out.")
    assert [f.rule.use for f in gov.objections((both,), facts, day, "notify")[1]] == ["lost"]
    with pytest.raises(RuleError, match="not-here"):
        gov.rule_set(both, NEW_LAW)  # what is to be signed needs all of it


def test_rules_that_do_not_fit_together_say_nothing_of_a_case_and_the_law_does() -> None:
    twice = arrangement(
        "one", date(2025, 1, 1), RuleUse("a", "toy-local", 1, {"answers_notify": True}), RuleUse("b", "crashing", 1, {})
    )
    said = governance().decide("area", (twice,), case("2026-01-26"), date(2026, 1, 27))
    assert said.lines and all(line.rule.layer == "law" for line in said.lines)
    assert {f.rule.use for f in said.failures} == {"a", "b"}


def test_an_edition_of_the_law_whose_rule_is_missing_is_loud() -> None:
    edition = Edition("law-9", "Edition", date(2018, 6, 29), "V", None, (RuleUse("law", "not-here", 1, {}),))
    with pytest.raises(RuleError, match="not-here"):
        governance(edition).decide(
            "area", (arrangement("one", date(2025, 1, 1), local()),), case("2026-01-26"), date(2026, 1, 27)
        )
