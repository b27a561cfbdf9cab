"""How a span whose unit is read into its source is told: without "our", and of the unit that it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from threefold.domain.findings import Provided
from threefold.domain.sources import Source
from threefold.governance.plain import once_said, text_of
from threefold.governance.publishing import document

SOURCE = Source("A page", "LOCAL", "inferred")
READ = "The source gives a number of days only and does not say that they are {0}; they are read as {0}."


def step(sentence: str, **values: str) -> Provided:
    return Provided("step", "meet", "Meet", f"Meet. {sentence}", SOURCE, tuple(values.items()))


@pytest.mark.parametrize(
    ("span", "told"),
    [
        ("12 working days", READ.format("working days")),
        ("1 working day", READ.format("working days")),
        ("5 calendar days", READ.format("calendar days")),
        ("2 weeks", "The source does not say the unit; it is read as weeks."),
    ],
)
def test_a_unit_that_is_read_into_a_source_is_told_plainly(span: str, told: str) -> None:
    said = text_of(step(f"Within {span}, unit inferred, starting when it is notified."), {})
    assert said == f"Within {span}, counted from the day when it is notified. {told}" and "our" not in said.split()
    own = text_of(step(f"Within {span}, unit inferred, starting when it is notified.", text="The unit is inferred."), {})
    assert told in own, "nothing is read out of what people wrote"


def test_steps_that_are_counted_alike_say_it_once() -> None:
    texts = [text_of(step(f"Within {n} working days, unit inferred, starting when it is notified."), {}) for n in (2, 5, 9)]
    said, left = once_said(texts)
    assert (
        said
        == f"Unless another start is named, days are counted from the day when it is notified. {READ.format('working days')}"
    )
    assert left == ["Within 2 working days.", "Within 5 working days.", "Within 9 working days."]


def test_a_version_without_rules_of_its_own_says_that_the_law_applies_alone() -> None:
    told = document(GOVERNANCE, replace(NOW_IN_FORCE, uses=()), "An area")["sections"]
    assert {i["title"]: i["text"] for s in told[1:] for i in s["items"]} == {
        "No rules of the area’s own": "What the law asks for applies alone."
    }
