"""A local rule whose finding has a field of a wrong type: told as one that could not be worked out, and nobody's page breaks."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import pytest

from tests.contract.toys import LOCAL, ToyLaw, card
from tests.governance.test_decide import OLD_LAW, arrangement
from threefold.domain import findings
from threefold.domain.calendar import Span
from threefold.domain.findings import Finding
from threefold.domain.sources import Source
from threefold.domain.well_made import wrong_in
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import RuleUse
from threefold.governance.verdict import verdict_to_json
from threefold.plugin_api import Config, Rule, answers
from threefold.plugin_api.facts import Event, Facts, read_facts
from threefold.testing import proof

DAY = date(2027, 3, 8)
MADE: dict[str, Finding] = {
    "steps": findings.Step("x", "T", "", "S.", LOCAL, (), False, "aware", starts_on=DAY, due_on=DAY, span=Span(5, "working_days")),
    "duties": findings.Duty("x", "T", "yes", "S.", LOCAL, (), starts_on=DAY),
    "criteria": findings.Criterion("x", "T", "met", "S.", LOCAL, ()),
    "outcomes": findings.Outcome("x", "T", "yes", "S.", LOCAL, ()),
    "agencies": findings.AgencyAsk("x", "A", "S.", LOCAL),
    "objections": findings.Objection("x", "notify", "S.", LOCAL),
    "limits": findings.Limit("publish.available_months", 3, "S.", LOCAL),
    "to_tell": findings.Telling("x", "aware", "the chair", "S.", LOCAL),
    "decision": findings.Way("notify", "S.", LOCAL),
}  # fmt: skip
WRONG: tuple[Any, ...] = (
    None, 3, True, "2027-03-09", object(), datetime(2027, 3, 8, 9, tzinfo=UTC), datetime(2027, 3, 8, 9), ["a"], (1,), {"a": 1}, "\ud800",  # noqa: DTZ001
    10**5000, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), date.min, date.max, replace(LOCAL, ref=3), Source("p", "BYLAW", "V"), Span(5, "fortnights"),  # type: ignore[arg-type]
)  # fmt: skip
FACTS = read_facts({"incident": {"children": [{"key": "child-1", "died": "yes"}]},
                    "review": {"events": [{"name": name, "at": DAY.isoformat()} for name in ("aware", "notification_sent")]}})  # fmt: skip


def saying(hook: str, finding: Finding) -> Governance:
    """A service with one local rule that says that."""

    def say(_self: Rule, facts: Facts) -> Any:
        return finding if hook == "decision" else [finding]

    kind = type("Says", (Rule,), {"card": card("says"), "Config": Config, hook: answers(say), "provides": lambda _self: []})
    return Governance((OLD_LAW,), Catalogue.of([ToyLaw, kind]))


@pytest.mark.parametrize("hook", [h for h in MADE if h != "decision"])
def test_no_field_of_a_wrong_type_breaks_what_is_decided(hook: str) -> None:
    version = arrangement("one", OLD_LAW.begins, RuleUse("mine", "says", 1, {}))
    fits = told = 0
    for one in fields(MADE[hook]):
        for wrong in WRONG:
            finding = replace(MADE[hook], **{one.name: wrong})
            verdict = saying(hook, finding).decide("area", (version,), FACTS, date(2027, 3, 10))
            json.dumps(verdict_to_json(verdict), ensure_ascii=False).encode()
            assert bool(wrong_in(finding)) == bool(verdict.failures), (one.name, wrong)
            told, fits = told + bool(verdict.failures), fits + (not verdict.failures)
    assert told > fits > 0
    assert not saying(hook, MADE[hook]).decide("area", (version,), FACTS, date(2027, 3, 10)).failures


@pytest.mark.parametrize(("finding", "words"), [
    (replace(MADE["steps"], starts_on=datetime(2027, 3, 8, 9, tzinfo=UTC)), "Step.starts_on is a datetime. It has to be a day, without a time or None."),
    (replace(MADE["steps"], due_on=datetime(2027, 3, 8, 9)), "Step.due_on is a datetime. It has to be a day, without a time or a moment with its time zone or None."),  # noqa: DTZ001
    (replace(MADE["steps"], source="A page"), "Step.source is a str. It has to be a Source, well made."),
    (replace(MADE["criteria"], state="perhaps"), "Criterion.state is 'perhaps'. It has to be one of met, not_met"),
    (replace(MADE["limits"], value=True), "Limit.value is a bool. It has to be a whole number."),
    (replace(MADE["decision"], decides="chair"), "Way.decides is a str. It has to be a tuple, each text."),
])  # fmt: skip
def test_its_author_reads_what_is_wrong(finding: Finding, words: str) -> None:
    assert wrong_in(finding).startswith(words)


class Unsaid(Exception):
    """A made-up error that fails at saying what it is."""

    def __str__(self) -> str:
        raise SystemExit


@pytest.mark.parametrize(
    ("error", "words"), [(ValueError("half \ud800"), "ValueError: half ?"), (Unsaid(), "Unsaid: it does not say what")]
)
def test_whatever_an_error_says_of_itself_is_kept_and_breaks_nothing(error: Exception, words: str) -> None:
    def fail(_self: Rule, facts: Facts) -> Any:
        raise error

    kind = type(
        "Fails", (Rule,), {"card": card("says"), "Config": Config, "steps": answers(fail), "provides": lambda _self: []}
    )
    service = Governance((OLD_LAW,), Catalogue.of([ToyLaw, kind]))
    verdict = service.decide(
        "area", (arrangement("one", OLD_LAW.begins, RuleUse("mine", "says", 1, {})),), FACTS, date(2027, 3, 10)
    )
    json.dumps(verdict_to_json(verdict), ensure_ascii=False).encode()
    assert [failure.what for failure in verdict.failures] == [words]


class AtTheMoment(Rule):
    """A made-up rule: its step starts with the moment of an event, where its day is meant."""

    card = card("at-the-moment", "review.events.aware")
    Config: ClassVar[type[Config]] = Config

    @answers
    def steps(self, facts: Facts) -> list[findings.Step]:
        event: Event | None = next((e for e in facts.review.events if e.name == "aware"), None)
        if event is None:
            return []
        return [
            findings.Step("call", "Call", "", "Call them.", LOCAL, ("review.events.aware",), False, "aware", starts_on=event.at)
        ]


def test_the_kit_finds_it_before_anybody_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    example = proof.Example("one", {}, Facts(), "steps", {}, [], None)
    monkeypatch.setattr(proof, "examples_of", lambda _rule: [example])
    faults = proof.prove(AtTheMoment).faults
    assert any("'steps' gives something else than it has to: Step.starts_on is a datetime." in fault for fault in faults)


@pytest.mark.parametrize("hook", MADE)
def test_a_finding_that_was_never_filled_is_told_by_its_first_field(hook: str) -> None:
    kind = type(MADE[hook])
    empty = object.__new__(kind)
    assert wrong_in(empty).startswith(f"{kind.__name__}.{fields(kind)[0].name} is a NoneType. It has to be text")
