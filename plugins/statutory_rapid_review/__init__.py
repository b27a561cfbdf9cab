"""The rapid review that follows every notification.

In plain words: once an incident has been notified, the partners of the area that notified it carry out a rapid review
and send it to the Panel, with their decision on a local review, within fifteen working days of the day the notification
was sent. Without a notification there is no rapid review to send. If it is later found that the criteria were not met,
none is needed, and that is recorded with its reason.

Source: Working Together; Panel guidance for safeguarding partners; the Panel's frequently asked questions (RR-1 to RR-9).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from threefold.plugin_api import (
    EVENTS,
    AgencyAsk,
    Answer,
    Card,
    Config,
    Criterion,
    Days,
    Duty,
    Facts,
    Objection,
    Outcome,
    Provided,
    Rule,
    Source,
    SourceField,
    Span,
    Step,
    Telling,
    answers,
)

RR1 = Source(
    "RR-1: Panel, frequently asked questions (a rapid review follows a notification)",
    "PG",
    "V",
    "childsafeguarding.independent-panel.uk/about/faqs/",
)
RR2 = Source(
    "RR-2: Panel, frequently asked questions (responsible area)",
    "PG",
    "V",
    "childsafeguarding.independent-panel.uk/about/faqs/",
)
RR5 = Source("RR-5: Working Together (what is sent on completion)", "SG", "K")
RR6 = Source("RR-6: Working Together and Panel guidance (the decision stays the partners')", "SG", "K")
RR8 = Source("RR-8: education settings that knew the child are asked", "PG", "V2", "devon.gov.uk one-minute guide 55")
RR9 = Source("RR-9: a good rapid review may remove the need for a local review", "PG", "V2", "devon.gov.uk one-minute guide 55")
P2 = Source("SI 2018/789, regulation 3(2)(b)", "REG", "V", "legislation.gov.uk/uksi/2018/789")

AIMS = {
    "facts": "Gather the facts, so far as they can be readily established",
    "safety": "Discuss what is done at once to make children safe, and share learning",
    "improvement": "Consider the potential for improvement",
    "inequalities": "Understand the context of children's and families' lives, racism and other inequalities included",
    "next_steps": "Decide on next steps, a local review included",
}


class DayField(fields.Field[date]):
    """A day: as TOML gives it, or as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError as error:
            raise ValidationError("Give a date such as 2025-06-01.") from error


class ClockSchema(Schema):
    """What starts the clock, from which day on."""

    class Meta:
        unknown = "raise"

    from_ = DayField(required=True, data_key="from", metadata={"label": "From this day on"})
    event = fields.String(required=True, validate=validate.OneOf(tuple(EVENTS)), metadata={"label": "The clock starts with"})
    source = SourceField()


class StatutoryRapidReview(Rule):
    """The rapid review: when it arises, its clock, its aims, and what bars sending it. Source: RR-1 to RR-9."""

    card = Card(
        id="statutory-rapid-review",
        major=1,
        title="Rapid review",
        summary="A rapid review follows every notification and is sent to the Panel in time.",
        source=RR1,
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({
            "review.events.*", "review.law_change_issue", "review.national_issues", "incident.happened_in",
        }),
        layer="law",
    )  # fmt: skip

    class Config(Config):
        working_days = fields.Integer(
            load_default=15, validate=validate.Range(1, 60), metadata={"label": "Working days to complete and send"}
        )
        clock = fields.List(fields.Nested(ClockSchema), required=True, validate=validate.Length(min=1), metadata={
            "label": "What starts the clock", "hint": "Each entry from its day on."})  # fmt: skip
        aims = fields.List(
            fields.String(validate=validate.OneOf(tuple(AIMS))), load_default=list, metadata={"label": "Aims of a rapid review"}
        )
        aims_source = SourceField(metadata={"label": "Source of the aims"})

    def prepare(self) -> None:
        self._span = Span(self.settings["working_days"], "working_days")
        self._clocks: list[tuple[date, str, Source]] = sorted(
            ((c["from_"], c["event"], c["source"]) for c in self.settings["clock"]), key=lambda c: c[0]
        )

    def provides(self) -> Iterable[Provided]:
        for since, event, source in self._clocks[-1:]:
            yield Provided("step", "rapid-review", "Complete and send the rapid review", f"{self._span} from the day {EVENTS[event]}.", source, (
                ("serves", "rapid-review"), ("statutory", True), ("start_event", event), ("working_days", self._span.amount),
                ("from", since.isoformat())))  # fmt: skip
        yield Provided("duty", "rapid-review", "Carry out a rapid review", "It follows every notification.", RR1)
        for aim in self.settings["aims"]:
            yield Provided("criterion", f"aim-{aim}", AIMS[aim], AIMS[aim], self.settings["aims_source"])
        yield Provided("outcome", "rapid-review", "Rapid review", "Open once notified.", RR1)

    @answers
    def duties(self, facts: Facts) -> Iterable[Duty]:
        review = facts.review
        reads = ("review.events.notification_sent", "review.events.notification_withdrawn", "review.events.criteria_not_met")
        arises: Answer = "yes" if review.notified else "no"
        if arises == "yes":
            sentence = "The incident was notified, so a rapid review follows."
        elif review.was_notified:
            sentence = "The notification was taken back, or the criteria were found not to be met: no rapid review is needed."
        else:
            sentence = "The incident has not been notified; a rapid review follows a notification."
        yield Duty("rapid-review", "Carry out a rapid review and send it to the Panel", arises, sentence, RR1, (*reads, "incident.happened_in"),
                   who=f"The partners of the area that notified{_at(facts.incident.happened_in.value)}", to_whom=("Child Safeguarding Practice Review Panel",),
                   starts_on=review.on("notification_sent") if arises == "yes" else None)  # fmt: skip

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        review = facts.review
        if review.was_notified and not review.notified:
            return
        event, source, starts = self._clock(facts)
        due = days.due(starts, self._span).on if starts else None
        sentence = (
            f"Send the rapid review to the Panel by {due:%-d %B %Y}: {self._span} from {starts:%-d %B %Y}, the day {EVENTS[event]}."
            if starts and due else f"{self._span} from the day {EVENTS[event]}; that has not happened."
        )  # fmt: skip
        yield Step("rapid-review", "Complete and send the rapid review", "rapid-review", sentence, source,
                   (f"review.events.{event}", "review.events.rapid_review_sent", "review.events.notification_withdrawn", "review.events.criteria_not_met"),
                   True, event, starts_on=starts, span=self._span, due_on=due, who="business_manager", ends_with="rapid_review_sent",
                   done_on=review.on("rapid_review_sent"))  # fmt: skip

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        if not facts.review.notified:
            return
        for aim in self.settings["aims"]:
            yield Criterion(f"aim-{aim}", AIMS[aim], "to_be_considered", f"An aim of every rapid review: {AIMS[aim].lower()}.",
                            self.settings["aims_source"], ("review.events.notification_sent",), judgement=True,
                            starts_on=facts.review.on("notification_sent"))  # fmt: skip

    @answers
    def outcomes(self, facts: Facts) -> Iterable[Outcome]:
        review = facts.review
        notified: Answer = "yes" if review.notified else "no"
        reads = ("review.events.notification_sent", "review.events.notification_withdrawn", "review.events.criteria_not_met")
        since = review.on("notification_sent")
        yield Outcome(
            "rapid-review",
            "Rapid review",
            notified,
            "Open once the incident is notified.",
            RR1,
            reads,
            national=True,
            starts_on=since,
        )
        if review.notified:
            yield Outcome("local-review", "Local child safeguarding practice review", "yes",
                          "The partners decide whether it is appropriate, whatever the Panel advises.", RR6, reads,
                          national=True, starts_on=since)  # fmt: skip
            yield Outcome(
                "no-further-review",
                "No further review",
                "yes",
                "A good rapid review may be all the learning that is needed.",
                RR9,
                reads,
                starts_on=since,
            )
        law, national = review.law_change_issue.value, review.national_issues.value
        raised: Answer = "yes" if "yes" in (law, national) else "no" if (law, national) == ("no", "no") else "unclear"
        yield Outcome("national-review-suggested", "Suggest a national review", raised,
                      "Open where the case raises issues that are complex, of national importance, or need a change in law or guidance.",
                      P2, ("review.law_change_issue", "review.national_issues"), national=True, starts_on=since)  # fmt: skip

    @answers
    def agencies(self, facts: Facts) -> Iterable[AgencyAsk]:
        if facts.review.notified:
            yield AgencyAsk("education", "Education settings that knew the child", "Education settings that knew the child are asked to contribute.",
                            RR8, ("review.events.notification_sent",), facts.review.on("notification_sent"))  # fmt: skip

    @answers
    def to_tell(self, facts: Facts, event: str) -> Iterable[Telling]:
        if event == "rapid_review_sent":
            yield Telling("what-goes-with-it", event, "The Panel",
                          "The review goes with the decision on a local review, and whether the case is complex or of national importance.", RR5)  # fmt: skip
        if event == "notification_sent":
            yield Telling(
                "home-area",
                event,
                "The area where the child lives",
                "The area where it happened leads; the home area collaborates.",
                RR2,
            )

    @answers
    def objections(self, facts: Facts, move: str) -> Iterable[Objection]:
        review = facts.review
        if move == "send_rapid_review" and not review.was_notified:
            yield Objection("no-notification", move, "There is no rapid review without a notification: this incident has not been notified.",
                            RR1, ("review.events.notification_sent",), offers=("notify",), bars=True)  # fmt: skip
        elif move == "send_rapid_review" and not review.notified:
            yield Objection("notification-taken-back", move, "The notification was taken back, or the criteria were not met: there is nothing to send.",
                            RR1, ("review.events.notification_withdrawn", "review.events.criteria_not_met"), bars=True)  # fmt: skip

    def _clock(self, facts: Facts) -> tuple[str, Source, date | None]:
        """The clock in force on the day its own event happened; before that, the newest one."""
        for since, event, source in reversed(self._clocks):
            starts = facts.review.on(event)
            if starts is not None and starts >= since:
                return event, source, starts
        _, event, source = self._clocks[-1]
        return event, source, facts.review.on(event)


def _at(area: str | None) -> str:
    return f" ({area})" if area else ""
