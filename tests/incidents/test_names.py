"""Names as they are compared: whoever writes a name a little differently still finds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threefold.domain.nhs_number import adds_up, digits_of
from threefold.work.incidents.names import heard_as_one, run_together, sounds, spellings, words_of

LETTERS = st.characters(min_codepoint=0x41, max_codepoint=0x17F, categories=("Lu", "Ll"))
NAMES = st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=4)


@given(NAMES, st.randoms())
def test_order_capitals_and_spaces_do_not_matter(words: list[str], random: object) -> None:
    told = " ".join(words)
    random.shuffle(words)  # type: ignore[attr-defined]
    assert spellings(told) == spellings("  ".join(words))
    assert spellings(told.lower()) == spellings(told)


@given(st.text(max_size=60))
def test_whatever_is_typed_has_plain_words(told: str) -> None:
    for word in words_of(told):
        assert word.text.isalnum() and all(part.isalnum() for part in word.parts)
        assert all(code.startswith(("soundex:", "metaphone:")) for code in sounds(word.text))


@pytest.mark.parametrize(("one", "other"), [
    ("Siobhan", "Shivawn"), ("Mohammed", "Muhammad"), ("O'Neil", "Oneill"), ("Catherine", "Kathryn"), ("Stephen", "Steven"),
    ("Zoë", "Zoe"), ("Łukasz", "Lukas"), ("O’Neil", "O'Neil"),
])  # fmt: skip
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert {c for w in spellings(one) for c in sounds(w)} & {c for w in spellings(other) for c in sounds(w)}


def test_hyphens_may_be_left_out_and_nobody_is_called_not_known() -> None:
    assert spellings("Al-Hassan") == {"alhassan", "al", "hassan"}
    assert spellings("O'Neil") == spellings("O’Neil") == {"oneil"}
    assert spellings("Not  known") == set() and sounds("j") == set() and sounds("محمد") == set()
    assert spellings("محمد")


def test_two_words_are_one_elsewhere_and_never_over_a_third() -> None:
    assert run_together("Anne Marie O Neil") == {"annemarie", "marieo", "oneil"} and run_together("Anne") == set()
    assert run_together("van der Berg") == {"vander", "derberg", "vanderberg"}
    assert (
        heard_as_one("Anne Marie") == set()
        and heard_as_one("Mc Donald") == {"mcdonald"}
        and heard_as_one("O Neil") == {"oneil"}
    )
    assert words_of("Anne Anne") == words_of("Anne"), "a word that comes twice is one"


def test_an_nhs_number_checks_itself() -> None:
    assert adds_up("9434765919") and adds_up(digits_of("943 476-5919"))
    assert not adds_up("9434765918") and not adds_up("943476591") and not adds_up("")
    assert digits_of("943 476 591x") == "" and digits_of("٩٤٣") == ""


@given(st.integers(0, 999_999_999), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(first: int, place: int, more: int) -> None:
    right = next((n for d in range(10) if adds_up(n := f"{first:09}{d}")), None)
    if right is not None:
        wrong = right[:place] + str((int(right[place]) + more) % 10) + right[place + 1 :]
        assert not adds_up(wrong)
