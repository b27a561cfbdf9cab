"""What a comparison calls things by: its plurals, what a step is for, what is said and what is not, and where a sentence ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.governance.test_comparison import VALE, said, with_settings, with_step
from threefold.governance import comparison_words
from threefold.governance.comparison_words import NOUNS, Names, several
from threefold.plugin_api import spoken
from threefold.plugin_api.facts import label_of

STAGE = {"key": "heads", "title": "Heads meet", "stage": 1, "start_events": ["dispute_raised"], "source": {"ref": "A page"}}


def test_of_several_the_kind_is_told_in_the_plural() -> None:
    told = {kind: several(noun) for kind, noun in NOUNS.items()}
    assert (told["retention"], told["publication"], told["route"]) == (
        "rules on keeping",
        "rules on publishing",
        "ways of referring",
    )
    assert (told["criterion"], told["duty"], told["way"], told["carve_out"]) == (
        "criteria",
        "duties",
        "decisions",
        "matters of a disagreement",
    )
    assert several("entry") == "entries"


def test_what_a_step_is_for_is_told_as_its_form_says_it() -> None:
    telling, messages = (with_step(VALE, "huddle", serves=what) for what in ("tell-partners", "publication-messages"))
    assert any(
        s.endswith(": what it is for is now telling the partners, was publication messages.") for s in said(messages, telling)
    )


@pytest.mark.parametrize(("before", "after", "words"), [
    (False, None, "was not a formal stage; now that is not said."),
    (True, None, "is no longer said to be a formal stage."),
    (None, False, "is now said not to be a formal stage; before, that was not said."),
    (None, True, "is now a formal stage; before, that was not said."),
    (True, False, "is no longer a formal stage."),
    (False, True, "is now a formal stage, was not."),
])  # fmt: skip
def test_what_is_not_said_any_more_is_told_plainly(before: bool | None, after: bool | None, words: str) -> None:
    assert said(ladder(formal=before), ladder(formal=after)) == [f"“Heads meet” {words}"]


def ladder(**changes: Any) -> Any:
    use = replace(VALE.uses[0], use="ladder", rule="escalation-ladder", major=1, settings={"stages": [{**STAGE, **changes}]})
    return replace(VALE, uses=(*VALE.uses, use))


def test_no_sentence_has_two_stops_where_somebody_ended_theirs_with_one() -> None:
    def noted(note: str) -> Any:
        return with_settings("decision-making", lambda s: {**s, "groups": [
            {**s["groups"][0], "members": [{"who": "council", "note": note}]}, *s["groups"][1:]]})  # fmt: skip

    (one,) = said(noted(""), noted("Chosen anew."))
    assert one.endswith("Chosen anew, was not said."), one


def test_a_value_with_a_dot_is_no_fact_and_words_with_a_hyphen_are_no_key() -> None:
    names = Names({}, {})
    assert comparison_words.said("cost", "0.75", names, {}) == "“0.75”"
    assert comparison_words.said("where", "devon.gov.uk", names, {}) == "“devon.gov.uk”"
    assert comparison_words.said("reads", "incident.urgent", names, {}) == label_of("incident.urgent")
    for told in ("co-ordinator", "vice-chair", "multi-agency lead"):
        assert comparison_words.said("who", told, names, {}) == told and spoken(told) == told
    assert comparison_words.said("who", "business-manager", names, {}) == spoken("business_manager") == "business manager"
