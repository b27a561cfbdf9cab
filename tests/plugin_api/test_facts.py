"""Facts are read whole or refused with every mistake at once; nothing known later is looked at."""

from __future__ import annotations

import dataclasses
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threefold.domain.errors import FactsError, ImpossibleOrder, ManyErrors, ThreefoldError
from threefold.plugin_api.facts import EVENTS, FIELDS, Child, Facts, Incident, Review, read_facts, write_facts
from threefold.plugin_api.facts.incident import ChildSchema, IncidentSchema
from threefold.plugin_api.facts.json_schema import json_schema
from threefold.plugin_api.facts.review import ReviewSchema

ANSWER = st.sampled_from(["yes", "no", "unclear", None])
DAY = st.dates(date(2024, 1, 1), date(2027, 1, 1)).map(date.isoformat)
FACT = st.one_of(
    ANSWER,
    st.fixed_dictionaries({"value": ANSWER, "known_on": st.one_of(st.none(), DAY), "given_on": st.one_of(st.none(), DAY)}),
)
CHILD = st.fixed_dictionaries({"died": FACT, "seriously_harmed": FACT, "abuse_or_neglect": FACT, "looked_after": FACT})
CASE = st.lists(CHILD, max_size=4).map(
    lambda cs: {"incident": {"children": [{"key": f"child-{i}", **c} for i, c in enumerate(cs)]}}
)


@pytest.mark.parametrize(("schema", "holder"), [(ChildSchema, Child), (IncidentSchema, Incident), (ReviewSchema, Review)])
def test_the_schema_and_the_value_name_the_same_facts(schema: type, holder: type) -> None:
    declared = set(schema._declared_fields)  # type: ignore[attr-defined]
    assert declared == {f.name for f in dataclasses.fields(holder) if f.init}


@given(CASE)
def test_what_is_written_reads_back_the_same(case: dict[str, object]) -> None:
    facts = read_facts(case)
    assert read_facts(json.dumps(write_facts(facts))) == facts


@given(CASE, st.dates(date(2024, 1, 1), date(2027, 1, 1)))
def test_nothing_known_later_is_left(case: dict[str, object], day: date) -> None:
    for child in read_facts(case).as_known_on(day).incident.children:
        for field in dataclasses.fields(child):
            fact = getattr(child, field.name)
            if dataclasses.is_dataclass(fact):
                assert fact.given_on is None or fact.given_on <= day  # type: ignore[attr-defined]
                assert fact.known_on is None or fact.known_on <= day  # type: ignore[attr-defined]


def test_asking_later_is_the_whole_case() -> None:
    facts = read_facts({"incident": {"children": [{"key": "a", "died": {"value": "yes", "known_on": "2026-03-02"}}]}})
    assert facts.as_known_on(date(2026, 3, 2)) == facts
    assert facts.as_known_on(date(2026, 3, 1)).incident.children[0].died.value is None


def test_every_mistake_is_told_at_once_with_its_place() -> None:
    with pytest.raises(ManyErrors) as told:
        read_facts({"incident": {"children": [{"key": "A b", "died": "perhaps"}]}, "nonsense": 1})
    places = {e.field for e in told.value.errors}
    assert {"incident.children.0.key", "incident.children.0.died", "nonsense"} <= places


@pytest.mark.parametrize(
    "raw", ["{", "[]", "3", '{"review": {"events": [{"name": "landed", "at": "2026-01-01"}]}}', "\ud800" * 2, "[" * 100_000]
)
def test_what_cannot_be_read_is_a_typed_error(raw: str) -> None:
    with pytest.raises((FactsError, ManyErrors)):
        read_facts(raw)


def test_facts_that_are_too_large_are_refused() -> None:
    with pytest.raises(FactsError, match="larger than"):
        read_facts(" " * 1_000_001)


def test_an_impossible_order_names_both_dates() -> None:
    events = [{"name": "notification_sent", "at": "2026-03-10"}, {"name": "aware", "at": "2026-03-12"}]
    with pytest.raises(ImpossibleOrder, match="12 March 2026"):
        read_facts({"review": {"events": events}})


def test_a_later_death_and_harm_before_birth_are_real() -> None:
    facts = read_facts({"incident": {"happened_on": "2026-01-05", "children": [
        {"key": "child-1", "unborn": "yes", "seriously_harmed": "yes", "recovered": "yes", "died": "yes", "died_on": "2026-06-01"}]}})  # fmt: skip
    assert facts.incident.children[0].died_on.value == date(2026, 6, 1)


def test_a_second_death_after_the_meeting_on_the_first_is_real() -> None:
    events = [{"name": "child_death_meeting", "at": "2026-02-02"}, {"name": "death", "at": "2026-03-09"}]
    first, second = {"key": "child-1", "died": "yes", "died_on": "2026-01-05"}, {"key": "child-2", "died": "yes"}
    assert read_facts({"incident": {"children": [first, second]}, "review": {"events": events}}).review.on("death")
    with pytest.raises(ImpossibleOrder, match="9 March 2026"):
        read_facts({"incident": {"children": [second]}, "review": {"events": events}})


def test_a_death_before_it_happened_is_refused() -> None:
    with pytest.raises(ImpossibleOrder):
        read_facts({"incident": {"happened_on": "2026-01-05", "children": [{"key": "c", "died_on": "2026-01-04"}]}})


def test_events_in_london_and_the_earliest_counts() -> None:
    facts = read_facts({"review": {"events": [
        {"name": "notification_sent", "at": "2026-05-02"}, {"name": "notification_sent", "at": "2026-03-30T23:30:00+00:00"}]}})  # fmt: skip
    assert facts.review.on("notification_sent") == date(2026, 3, 31)


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ThreefoldError, match="offset"):
        read_facts({"review": {"events": [{"name": "aware", "at": "2026-03-30T23:30:00"}]}})


def test_the_json_schema_lists_every_fact_with_its_label() -> None:
    text = json.dumps(json_schema())
    for path in FIELDS.values():
        assert path.label in text
    assert all(f'"{name}"' in text for name in EVENTS)


def test_facts_hold_no_names() -> None:
    assert not [p for p in FIELDS if "name" in p or "address" in p]
    assert Facts() == read_facts({})


def test_what_is_no_number_and_what_is_of_a_wrong_shape_is_told_in_plain_words() -> None:
    for text, told in (
        ('{"incident": NaN}', "the text: “NaN” is no number. Give one, or leave the fact out."),
        ('{"incident": {"children": [{"key": "c", "age_years": -Infinity}]}}', "“-Infinity” is no number."),
        ('{"incident": 5}', "incident: Give an object of keys and values."),
        ('{"incident": {"children": 5}}', "incident.children: Give a list, in square brackets."),
    ):
        with pytest.raises(ThreefoldError) as error:
            read_facts(text)
        assert told in str(error.value)
