"""What somebody typed, as a page of an error tells it: every word, beside its question, and nothing that only guards a form."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from threefold.work.people.web import Form, choice, day, moment, secret, text
from threefold.work.people.web.fields import code
from threefold.work.people.web.typed import asks, typed_in, typed_of


class Sample(Form):
    part = choice("Which part?", {"parent": "Parent"})
    name = text("Name")
    born_on = day("Date of birth")
    sent_at = moment("When was it sent?")
    password = secret()
    digits = code("Code")
    seen = text("What was shown", kind="hidden")


SENT = {"part": "parent", "name": "Zebbie", "born_on-day": "3", "born_on-month": "4", "born_on-year": "1990", "sent_at-day": "", "sent_at-time": "9:05",
        "password": "a long secret", "digits": "123 456", "seen": "ab12", "csrf_token": "a b", "form_token": "0e5d"}  # fmt: skip


def test_every_word_and_day_stands_beside_its_question_and_no_choice_mark_or_secret() -> None:
    told = typed_in(MultiDict(SENT | {"form_asks": asks(Sample()), "digits": "123456", "password": "secret"}))
    assert told == [("Name", "Zebbie"), ("Date of birth", "3 4 1990"), ("When was it sent?", "9:05")]


@pytest.mark.parametrize("made_up", ["", "{", "[1]", "[" * 100_000, '"name"', '{"csrf_token": "Name", "password": "Name"}'])
def test_of_a_form_that_does_not_say_what_it_asks_only_what_has_a_space_is_words(made_up: str) -> None:
    sent = {"name": "Zebbie", "why": "It was late.", "csrf_token": "a.b", "password": "a long secret", "form_asks": made_up}
    assert typed_in(MultiDict(sent)) == [("", "It was late.")]


def test_of_a_form_at_hand_what_was_chosen_is_told_in_its_words() -> None:
    values = {
        "part": "parent",
        "name": "Zebbie",
        "born_on": {"day": "3", "month": "4", "year": "1990"},
        "password": "secret",
        "digits": "1",
        "seen": "a",
    }
    assert typed_of(Sample(), values) == [("Which part?", "Parent"), ("Name", "Zebbie"), ("Date of birth", "3 4 1990")]
