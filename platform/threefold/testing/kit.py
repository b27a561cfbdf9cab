"""The pytest plugin for rule authors. In a rule package's tests:

def test_the_rule_is_sound(prove_rule):
    prove_rule(MyRule)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from threefold.plugin_api.rule import Days, Rule
    from threefold.testing.proof import Proof


@pytest.fixture
def prove_rule() -> Callable[[type[Rule]], Proof]:
    """Hold a rule against the bar; the test fails with every fault in plain words."""
    from threefold.testing.proof import prove

    def held(rule: type[Rule]) -> Proof:
        proof = prove(rule)
        assert not proof.faults, "\n".join([f"{rule.card.name} is not sound:", *proof.faults])
        return proof

    return held


@pytest.fixture(scope="session")
def days() -> Days:
    """The calendars a rule counts with: bank holidays of England and Wales, no local closures."""
    from threefold.testing.proof import plain_days

    return plain_days()
