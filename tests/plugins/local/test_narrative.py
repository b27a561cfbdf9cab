"""What is told: sections of the area's own, sections that answer a requirement, and requirements named by the author."""

from __future__ import annotations

import pytest

from plugins.narrative import Narrative
from plugins.narrative.sections import SECTIONS, listed_section
from threefold.domain.errors import PackError


def told(section: str, **more: object) -> Narrative:
    return Narrative({"statements": [{"key": "s", "section": section, "title": "Said", **more}]}, use="told")


def test_a_section_of_the_area_s_own_stays_as_it_is_and_answers_nothing() -> None:
    (said,) = told("Footprint and partners").provides()
    assert (said.get("section"), said.get("part"), said.get("answers")) == ("Footprint and partners", "", ())


@pytest.mark.parametrize("key", SECTIONS)
def test_a_listed_section_is_shown_by_its_label_and_known_by_its_key(key: str) -> None:
    label = SECTIONS[key].label
    for written in (key, label):
        (said,) = told(written).provides()
        assert (said.get("section"), said.get("part")) == (label, key)
    assert listed_section(f"{label}, and more") == ""


def test_a_statement_names_the_requirements_it_answers() -> None:
    (said,) = told("Schools", answers=["A7", "A13"]).provides()
    assert said.get("answers") == ("A7", "A13")


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (["A99"], "Name a requirement that is told in words: A3, A4,"),
        (["a7"], "Name a requirement that is told in words"),
        (["A1"], "Name a requirement that is told in words"),
        (["A7", "A7"], "Name each requirement once"),
    ],
)
def test_a_requirement_that_cannot_be_answered_in_words_is_refused_with_its_place(answers: list[str], sentence: str) -> None:
    with pytest.raises(PackError, match=sentence) as error:
        told("Schools", answers=answers)
    assert str(error.value.field).startswith("rules.told.statements.s.answers")
