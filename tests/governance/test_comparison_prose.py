"""A narrative section that changed is told by its paragraphs: which came, which went, and what of one is said otherwise."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.governance.test_comparison import CATALOGUE, VALE
from threefold.governance.comparison import compare
from threefold.governance.comparison_prose import by_paragraphs
from threefold.governance.pack import Arrangement, RuleUse

FIRST, SECOND, THIRD = "The partners meet each month.", "The chair is independent. It is named each year.", "Minutes are kept."


def says(text: str, body: str = VALE.body) -> Arrangement:
    use = RuleUse("more-told", "narrative", 1, {"statements": [{"key": "meet", "title": "How we meet", "text": text}]})
    return replace(VALE, body=body, uses=(*VALE.uses, use))


def differences(before: str, after: str, body: str = VALE.body) -> list[str]:
    return [one.sentence for one in compare(CATALOGUE, says(before), says(after, body)) if one.kind == "narrative"]


def text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


@pytest.mark.parametrize(("before", "after", "sentences"), [
    (text(FIRST, SECOND), text(FIRST, THIRD, SECOND), ["“How we meet”: new paragraph: “Minutes are kept.”"]),
    (text(FIRST, THIRD, SECOND), text(FIRST, SECOND), ["“How we meet”: a paragraph is no longer there: “Minutes are kept.”"]),
    (text(FIRST, SECOND), text(FIRST, SECOND.replace("each year", "every second year")), [
        "“How we meet”: the paragraph that begins “The chair is independent …” now says “It is named every second year.”; it said “It is named each year.”"]),
    (text(FIRST, SECOND), text(FIRST, f"{SECOND} It may be renamed."), [
        "“How we meet”: the paragraph that begins “The chair is independent …” now also says “It may be renamed.”"]),
    (text(FIRST, SECOND), text(FIRST, "The chair is independent."), [
        "“How we meet”: the paragraph that begins “The chair is independent …” no longer says “It is named each year.”"]),
    (text(FIRST, SECOND, THIRD), text(THIRD, FIRST, SECOND), ["“How we meet”: a paragraph stands elsewhere now: “Minutes are kept.”"]),
    ("We meet:\n- weekly\n- when the partners ask", "We meet:\n- weekly\n- when the chair asks\n- at other times", [
        "“How we meet”: a point of a list now says “when the chair asks”; it said “when the partners ask”.", "“How we meet”: new point of a list: “at other times”."]),
    (text(FIRST, SECOND), text("Zebras graze.", FIRST, "All is well."), [
        "“How we meet”: new paragraph: “Zebras graze.”", "“How we meet”: new paragraph: “All is well.”",
        "“How we meet”: a paragraph is no longer there: “The chair is independent. It is named each year.”"]),
    ("- one\n- two", "1. one\n2. two", ["“How we meet”: the words are the same; its paragraphs and lists are set out in another way."]),
    ("", "- one", ["“How we meet” now says: “one”."]),
    ("", "We meet:\n- weekly\n- when 'the chair' asks\n\nAll may come.", [
        "“How we meet” now says: We meet: “weekly”; “when 'the chair' asks”. All may come."]),
    ("", "1. one\n2. two", ["“How we meet” now says: 1. “one”; 2. “two”."]),
    ("- one", "- two", ["“How we meet” now says: “two”. It said: “one”."]),
    ("Short.", "Shorter.", ["“How we meet” now says: Shorter. It said: Short."]),
])  # fmt: skip
def test_what_changed_in_a_section_is_told_in_words(before: str, after: str, sentences: list[str]) -> None:
    assert differences(before, after) == sentences


def test_thirty_chapters_of_which_one_paragraph_each_changed_are_a_page_and_not_the_chapters_twice() -> None:
    chapter = [f"Paragraph {n} of this chapter. " + "It says what the partners agreed, at some length. " * 8 for n in range(40)]
    after = [*chapter[:20], chapter[20].replace("agreed, at some", "agreed after long talks, at some", 1), *chapter[21:]]
    (one,) = differences(text(*chapter), text(*after))
    assert len(one) < 400 and "agreed after long talks" in one


def test_a_long_paragraph_that_came_is_told_by_how_it_begins_and_its_length() -> None:
    new = "A new beginning " + "of many words " * 200
    (one,) = differences(text(FIRST, SECOND), text(FIRST, SECOND, new))
    assert one.startswith(
        "“How we meet”: new paragraph of 603 words, which begins “A new beginning of many words"
    ) and one.endswith(" …”.")
    assert len(one) < 500
    (came,) = [d.sentence for d in compare(CATALOGUE, VALE, says(new)) if d.kind == "narrative"]
    assert came.startswith("New statement: “How we meet”. It has 603 words and begins “A new beginning") and len(came) < 500


def test_two_areas_are_told_by_their_names() -> None:
    other = "another-area"
    assert differences(text(FIRST, SECOND), text(FIRST, THIRD), other) == [
        "“How we meet”: a paragraph only in another-area: “Minutes are kept.”",
        "“How we meet”: a paragraph only in example-vale: “The chair is independent. It is named each year.”",
    ]
    assert differences(text(FIRST, SECOND), text(FIRST, f"{SECOND} It is paid."), other) == [
        "“How we meet”: the paragraph that begins “The chair is independent …” also says in another-area “It is paid.”"
    ]
    whole = differences(text(FIRST, SECOND), text(THIRD, "Otherwise."), other)
    assert len(whole) == 1 and "In example-vale it says: " in whole[0], "with nothing in common, both stand beside each other"


PARAGRAPHS = st.lists(
    st.sampled_from(("Alpha one.", "Beta two. Gamma three.", "- delta", "1. epsilon", "Zeta\neta")), max_size=6
)


@given(PARAGRAPHS, PARAGRAPHS)
def test_each_paragraph_that_is_in_one_only_is_told(before: list[str], after: list[str]) -> None:
    def words(paragraphs: list[str]) -> set[str]:
        return set(re.findall("[A-Za-z]{3,}", " ".join(paragraphs)))

    said = " ".join(by_paragraphs("“T”", text(*before), text(*after), sides=None))
    for word in words(before) ^ words(after):
        assert word in said
    assert bool(said) == (text(*before) != text(*after))


def test_the_longest_texts_are_compared_at_once() -> None:
    started = time.process_time()
    for before, after in (("x\n\n" * 6600, "y\n\n" * 6600), ("x\n\ny\n\n" * 3300, "y\n\nx\n\n" * 3300), ("x y " * 5000, "y x " * 5000),
                          ("\n\n".join(map(str, range(4000))), "\n\n".join(map(str, reversed(range(4000)))))):  # fmt: skip
        list(by_paragraphs("“T”", before, after, sides=None))
    assert time.process_time() - started < 3


def test_what_partners_wrote_is_told_as_they_wrote_it() -> None:
    """Single quotation marks are theirs, whatever stands in them."""
    (said,) = differences("We act.", "We act on 'council' and 'x'.")
    assert said == "“How we meet” now says: We act on 'council' and 'x'. It said: We act."


def test_a_new_statement_with_a_list_is_told_without_the_marks_of_its_points() -> None:
    (one,) = [d.sentence for d in compare(CATALOGUE, VALE, says("- one\n- two")) if d.kind == "narrative"]
    assert one == "New statement: “How we meet”. “one”; “two”."


def test_what_partners_wrote_of_a_step_or_a_group_keeps_its_own_quotation_marks() -> None:
    """A rule repeats their words, or the title they gave, within its sentence; what it quotes itself are keys."""

    def with_group(**changes: Any) -> Arrangement:
        group = {"key": "board", "title": "The 'Gold' board", "source": "A page", **changes}
        use = RuleUse("boards", "decision-making", 1, {"groups": [group]})
        steps = {
            "unit": "working_days",
            "steps": [{"key": "tea", "title": "The 'tea'", "text": changes.get("text", ""), "day": 2}],
        }
        return replace(VALE, uses=(*VALE.uses, use, RuleUse("teas", "timetable", 1, steps)))

    plain, told = with_group(), with_group(text="It meets for 'good' talks.")
    found = [d.sentence for d in compare(CATALOGUE, plain, told)]
    assert found and all("'good' talks" in one for one in found), found
    found = [d.sentence for d in compare(CATALOGUE, VALE, plain) if d.kind in ("group", "step")]
    assert len(found) == 2 and not any("“tea”" in one or "“Gold”" in one for one in found), found
    found = [d.sentence for d in compare(CATALOGUE, VALE, told) if d.kind in ("group", "step")]
    assert len(found) == 2 and all("'good' talks" in one for one in found), found
    (one,) = [d.sentence for d in compare(CATALOGUE, plain, with_group(deputies_need="a 'written' note"))]
    assert "is now a 'written' note" in one
