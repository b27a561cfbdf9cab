"""How what is kept as a key is read by a person."""

from __future__ import annotations

import pytest

from threefold.work.incidents.web.words import STATES, state_of

OWN = "incident.local.gp-told"


@pytest.mark.parametrize(("line", "read"), [
    ({"state": "not_met", "reads": [OWN], "effect": ""}, "No"),  # a question of the area's own: it was answered, and tests nothing
    ({"state": "met", "reads": [OWN]}, "Yes"),
    ({"state": "unclear", "reads": [OWN]}, "Unclear"),
    ({"state": "not_met", "reads": [OWN], "effect": "hint"}, "Not met"),  # a criterion that rests on it
    ({"state": "met", "reads": [OWN, "incident.urgent"]}, "Met"),
    ({"state": "to_be_considered", "reads": []}, "To be considered"),
    ({"arises": "no", "reads": ["incident.urgent"]}, "No"),
])  # fmt: skip
def test_a_question_of_the_areas_own_is_told_by_its_answer(line: dict[str, object], read: str) -> None:
    assert STATES[state_of(line)] == read
    assert state_of({}) == ""
