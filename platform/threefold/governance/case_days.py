"""The days of a case: on which it began, became known, had a question opened; and each on which something of it may have begun."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from threefold.plugin_api import from_the_form
from threefold.plugin_api.facts import Child, Fact, Facts, Incident, Review

# Which event starts the clock of a question, so that it is answered under the version of that day.
QUESTION_STARTS: dict[str, tuple[str, ...]] = {
    "notify": ("aware", "briefing_received", "notification_sent"),
    "sign_rapid_review": ("notification_sent", "referral_accepted"),
    "local_review": ("notification_sent", "referral_accepted"),
}
# What happens to a child, or of a year, begins no case: nobody need know of it yet.
_OF_NO_CASE = frozenset(
    {"death", "child_death_meeting", "inquest_ended", "yearly_report_period_ended", "yearly_report_published"}
)


def opened(question: str, facts: Facts) -> date | None:
    """The day of the event that opened a question; None: it has not happened, or nothing opens such a question."""
    return next((day for name in QUESTION_STARTS.get(question, ()) if (day := facts.review.on(name))), None)


def begun_on(facts: Facts) -> date | None:
    """The day a case began: of the first thing on record that was done about it. None: it has not begun."""
    return min((e.day for e in facts.review.events if e.name not in _OF_NO_CASE), default=None)


def case_day_of(facts: Facts, as_of: date) -> date:
    """The day the case as a whole is judged on: when it became known, else when it happened, else the day asked about."""
    review = facts.review
    known = review.on("aware") or review.on("briefing_received") or review.on("referral_received")
    earliest = min((e.day for e in review.events), default=None)
    return min(known or earliest or facts.incident.happened_on.value or as_of, as_of)


def days_that_matter(facts: Facts, as_of: date, case_day: date) -> list[date]:
    """Each day on which something of a case may have begun, the earliest first, up to the day asked about. What began before anybody was
    aware, such as with a death, began under the version of that day."""
    days = {as_of, case_day}
    days |= {e.day for e in (*facts.review.events, *from_the_form(facts))}
    holders: list[Child | Incident | Review] = [facts.incident, facts.review, *facts.incident.children]
    for holder in holders:
        for f in fields(holder):
            fact = getattr(holder, f.name)
            if isinstance(fact, Fact) and fact.known_on:
                days.add(fact.known_on)
    return sorted(d for d in days if d <= as_of)
