"""The contract for rules, on one screen: what a rule may be asked, and how the answers of many rules combine.

A rule implements any of these methods, marked with `@answers`, naming only the arguments it uses. It gets frozen facts
and returns (or yields) findings. It never sees a session, a request, a clock, or another rule.

- union      everything every rule says; none dropped; sorted by rule, so the order of registration is nothing
- strictest  per key of a closed vocabulary, the strictest value governs, and every reason is kept
- sole       exactly one rule of an arrangement answers each question, known beforehand from `provides()`
- floor      rules of the law examine what the whole arrangement provides, before it can be in force

`provides()` needs no facts: it tells, as values, what the configured rule brings. Comparing, publishing, the coverage
table, the floor and the uniqueness of sole answers read that, never a rule's settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import pluggy

from threefold.domain.findings import (
    AgencyAsk,
    Criterion,
    Duty,
    Limit,
    Meeting,
    Objection,
    Outcome,
    Quorate,
    Step,
    Telling,
    Way,
)

if TYPE_CHECKING:
    from threefold.plugin_api.arrangement import ArrangementView
    from threefold.plugin_api.facts import Facts
    from threefold.plugin_api.rule import Days

F = TypeVar("F", bound=Callable[..., Any])
Combining = Literal["union", "strictest", "sole", "floor"]

PROJECT = "threefold"
answers = pluggy.HookimplMarker(PROJECT)
_spec = pluggy.HookspecMarker(PROJECT)

# The closed vocabulary of `limits`, and which way each key is stricter.
STRICTEST: dict[str, Literal["least", "most"]] = {
    "publish.available_months": "most",
    "publish.advance_copy_working_days": "most",
    "publish.briefing_available_months": "most",
}
# In words, each of these limits.
LIMITS: dict[str, str] = {
    "publish.available_months": "How many months a report stays available",
    "publish.advance_copy_working_days": "How many working days ahead the Panel gets a copy",
    "publish.briefing_available_months": "How many months a briefing stays available",
}

# The questions that one rule of an arrangement answers.
QUESTIONS: dict[str, str] = {
    "notify": "Who decides whether to notify",
    "sign_rapid_review": "Who signs off the rapid review",
    "local_review": "Who decides whether to carry out a local child safeguarding practice review",
    "lead_on_an_issue": "Which partner leads on an issue",
    "sign_arrangement": "Who signs off the arrangements",
    "conflict_of_interest": "Who decides on a conflict of interest",
}


def _way(combining: Combining) -> Callable[[F], F]:
    def mark(function: F) -> F:
        function.combining = combining  # type: ignore[attr-defined]
        return _spec(function)

    return mark


union, strictest, sole, floor = _way("union"), _way("strictest"), _way("sole"), _way("floor")


class Hooks:
    """What may be asked of a rule. `days` is the working-day calendar; `law_days` ignores an area's own closures."""

    @union
    def duties(self, facts: Facts, days: Days) -> Iterable[Duty]:
        """What somebody must do in this matter, and since when."""
        raise AssertionError

    @union
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        """What is to be done by when: statutory dates from the law's rules, local targets from an area's own."""
        raise AssertionError

    @union
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        """Tests, and matters to consider, with their state on these facts."""
        raise AssertionError

    @union
    def outcomes(self, facts: Facts) -> Iterable[Outcome]:
        """The ways on that are open to the partners."""
        raise AssertionError

    @union
    def to_tell(self, facts: Facts, event: str) -> Iterable[Telling]:
        """Who is to be told when `event` happens."""
        raise AssertionError

    @union
    def agencies(self, facts: Facts) -> Iterable[AgencyAsk]:
        """Which agencies are asked for what they know."""
        raise AssertionError

    @union
    def objections(self, facts: Facts, move: str) -> Iterable[Objection]:
        """What speaks against a move (`MOVES`). What an objection does is decided by its force, outside the rule."""
        raise AssertionError

    @union
    def quorum(self, meeting: Meeting) -> Iterable[Quorate]:
        """Whether a meeting of a group could decide, and which items of its agenda. It stops nothing the law asks for."""
        raise AssertionError

    @strictest
    def limits(self, facts: Facts) -> Iterable[Limit]:
        """Values of the closed vocabulary `STRICTEST`."""
        raise AssertionError

    @sole
    def decision(self, question: str, facts: Facts) -> Way | None:
        """Who decides `question` (`QUESTIONS`), and how. Only asked of the rule that provides a `way` of that key."""
        raise AssertionError

    @floor
    def floor(self, arrangement: ArrangementView, on: date | None) -> Iterable[Objection]:
        """What in this whole arrangement the law forbids, lacks, or warns of. Asked of the law's rules only."""
        raise AssertionError


# Moves a person can make, against which a rule may object. Each is made on a page, which shows what speaks against it in the case.
MOVES: dict[str, str] = {
    "notify": "send the notification",
    "decide_not_to_notify": "decide not to notify",
    "withdraw": "withdraw the notification",
    "criteria_not_met": "record that the criteria were not met",
    "start_rapid_review": "start a rapid review",
    "send_rapid_review": "send the rapid review to the Panel",
    "decide_local_review": "decide on a local child safeguarding practice review",
    "publish": "publish the report",
}
