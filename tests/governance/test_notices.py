"""What ends is told a release ahead, in plain words, to whoever uses it; and telling changes nothing that a rule says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.contract import toys
from tests.governance.test_decide import ALL, NEW_LAW, OLD_LAW, arrangement, case, local
from threefold.domain.errors import RuleError
from threefold.governance import drafts
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.notices import ending_words, needed, notices, notices_of, notices_of_use
from threefold.governance.pack import RuleUse
from threefold.governance.remark import place_of
from threefold.governance.remarks import remarks
from threefold.governance.verdict import verdict_to_json
from threefold.plugin_api.contract import Contract, Deprecation, Ending
from threefold.plugin_api.hooks import Hooks
from threefold.plugin_api.rule import check_card

ENDS = Deprecation("2.0", "2.9", "Use version 2, which asks once.")
SENTENCE = "“toy-local” (version 1) ends: release 2.9 of its package is the last that has it. Use version 2, which asks once."


class Ending1(toys.ToyLocal):
    """A rule of which one major ends."""

    card = replace(toys.ToyLocal.card, deprecated=ENDS)


def with_contract(*ending: Ending, next_version: int = 1) -> Catalogue:
    return Catalogue.of([toys.ToyLaw, toys.ToyLocal], Contract(1, next_version, ending))


def test_a_rule_that_ends_says_so_and_works_as_before() -> None:
    ends = Catalogue.of([toys.ToyLaw, Ending1])
    assert [n.sentence for n in notices_of(Ending1)] == [SENTENCE] == [ending_words(Ending1.card)]
    assert list(notices(ends)) == [("toy-local", 1)]
    assert ending_words(toys.ToyLocal.card) == "" and notices(ALL) == {}
    version = arrangement("one", date(2025, 1, 1), local(3))
    said = [
        Governance((OLD_LAW, NEW_LAW), c).decide("area", (version,), case("2026-01-26"), date(2026, 2, 20)) for c in (ends, ALL)
    ]
    told = [[(line.id, line.state) for line in verdict.lines] for verdict in said]
    assert told[0] == told[1] and verdict_to_json(said[0])["failures"] == []


@pytest.mark.parametrize(("wrong", "told"), [
    (Deprecation("2.0", "1.9", "Use version 2."), "Say it a release ahead"),
    (Deprecation("2.10", "2.9", "Use version 2."), "Say it a release ahead"),
    (Deprecation("soon", "2.9", "Use version 2."), "as releases, such as 2.1"),
    (Deprecation("2.0", "2.9\n", "Use version 2."), "as releases, such as 2.1"),
    (Deprecation("2.0", "2.9", " "), "what to use in its place"),
])  # fmt: skip
def test_an_end_that_is_not_told_ahead_and_whole_is_refused(wrong: Deprecation, told: str) -> None:
    class Wrong(toys.ToyLocal):
        card = replace(toys.ToyLocal.card, deprecated=wrong)

    with pytest.raises(RuleError, match=told):
        check_card(Wrong)


def test_a_draft_that_uses_it_is_warned_with_the_place_of_the_rule_and_may_be_signed() -> None:
    governance = Governance((OLD_LAW, NEW_LAW), Catalogue.of([toys.ToyLaw, Ending1]))
    content = arrangement("next", date(2027, 4, 1), local(3)).stored()
    (warned,) = [r for r in remarks(governance, content) if r.effect == "warned"]
    assert (warned.sentence, warned.stops) == (SENTENCE, False)
    assert place_of(warned.field, content) == ("rules", "plan")


@pytest.mark.parametrize("ending", [
    Ending("hook", "steps", ENDS), Ending("fact", "incident.near_miss", ENDS), Ending("name", "Provided", ENDS),
])  # fmt: skip
def test_a_part_of_the_contract_that_ends_is_told_to_the_rules_that_use_it(ending: Ending) -> None:
    catalogue = with_contract(ending)
    (notice,) = notices(catalogue)["toy-local", 1]
    assert f"‘{ending.name}’, which ends: release 2.9 of Threefold is the last" in notice.sentence
    assert notice.whose == "owner"
    content = arrangement("next", date(2027, 4, 1), local(3)).stored()
    said = remarks(Governance((OLD_LAW, NEW_LAW), catalogue), content)
    assert not [r for r in said if r.effect == "warned"], "an area lead can do nothing about it"


def test_a_condition_over_a_fact_that_ends_is_told_to_the_area_that_words_it() -> None:
    ending = Ending("fact", "incident.near_miss", ENDS)
    rules = {**Catalogue.installed().rules, ("toy-law", 1): toys.ToyLaw}
    governance = Governance((NEW_LAW,), Catalogue(rules, contract=Contract(1, 1, (ending,))))
    when = {"all": [{"not": {"is": {"fact": "incident.near_miss", "value": "yes"}}}]}
    agencies = [{"key": "prison", "title": "Prison", "asked": True, "when": when}, {"key": "housing", "title": "Housing"}]
    use = RuleUse("agencies", "relevant-agencies", 1, {"agencies": agencies})
    said = remarks(governance, arrangement("next", date(2027, 4, 1), use).stored())
    (warned,) = [r for r in said if r.effect == "warned"]
    assert "A condition that is set here looks at ‘" in warned.sentence and warned.sentence.endswith(ENDS.instead)
    assert "incident.near_miss" not in warned.sentence, "it is called as the forms call it"
    other = RuleUse("agencies", "relevant-agencies", 1, {"agencies": agencies[1:]})
    assert not notices_of_use(governance.catalogue, other)
    assert not notices_of_use(governance.catalogue, RuleUse("x", "nowhere", 1, {})), "what is missing is told otherwise"


def test_a_rule_that_uses_none_of_it_is_told_nothing() -> None:
    for ending in (Ending("hook", "limits", ENDS), Ending("fact", "incident.urgent", ENDS), Ending("name", "SpanSchema", ENDS)):
        assert notices(with_contract(ending)) == {}
    assert hasattr(Hooks, "limits"), "the hook of this test is one"


def test_a_rule_not_written_for_the_next_contract_is_told_before_it_comes() -> None:
    coming = with_contract(next_version=2)
    (notice,) = notices(coming)["toy-local", 1]
    assert "It was written for version 1 of the contract, and the next release of Threefold has version 2." in notice.sentence
    assert "Threefold maintainers" in notice.sentence

    class Ready(toys.ToyLocal):
        card = replace(toys.ToyLocal.card, api=(1, 2))

    assert notices_of(Ready, Contract(1, 2)) == ()
    with pytest.raises(RuleError, match="written for versions 1 to 1 of the contract; this is version 2"):
        check_card(toys.ToyLocal, Contract(2, 2))
    check_card(Ready, Contract(2, 2))


def test_the_versions_that_need_a_rule_that_is_not_installed_are_named() -> None:
    versions = [arrangement("one", None, local(3)), arrangement("two", None, RuleUse("plan", "toy-local", 2, {}))]
    assert [(n.rule, n.body, n.version, n.use) for n in needed(ALL, versions)] == [("toy-local@2", "area", "two", "plan")]


def test_another_major_keeps_the_settings_it_has_and_leaves_the_others_out() -> None:
    content = arrangement("next", None, local(3, answers_notify=True)).stored()
    made, left_out = drafts.use_major(content, "plan", 2, {"day", "other"})
    assert (made["uses"][0]["major"], made["uses"][0]["settings"], left_out) == (2, {"day": 3}, ["answers_notify"])
    assert content["uses"][0]["major"] == 1, "the draft given is not changed"
