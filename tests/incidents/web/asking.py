"""A rule that brings one local question, for the pages that ask it."""

from __future__ import annotations

from collections.abc import Iterable

from tests.contract.toys import LOCAL, card
from threefold.plugin_api import Criterion, Facts, Provided, Rule, answers


class Asking(Rule):
    """Was a huddle held?"""

    card = card("asking", "incident.local.huddle")

    def provides(self) -> Iterable[Provided]:
        yield Provided("question", "huddle", "Was a huddle held?", "It is asked of each case.", LOCAL, (
            ("hint", "As its minutes say."), ("text", "A meeting of the directors")))  # fmt: skip

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        told = facts.incident.local.get("huddle")
        state = {"yes": "met", "no": "not_met"}.get(told.value if told else "", "unclear")
        yield Criterion("huddle", "A huddle was held", state, "A huddle.", LOCAL, ("incident.local.huddle",))  # type: ignore[arg-type]
