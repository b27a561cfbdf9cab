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

from marshmallow import fields, validate

from plugins.statutory_rapid_review.settings import AIMS, CONTENTS, AimSchema, ClockSchema
from threefold.plugin_api import (
    EVENTS,
    AgencyAsk,
    Answer,
    Card,
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
from threefold.plugin_api import (
    Config as RuleConfig,
)

FAQ = "childsafeguarding.independent-panel.uk/about/faqs/"
RR1 = Source("RR-1: Panel, frequently asked questions (a rapid review follows a notification)", "PG", "V", FAQ)
RR2 = Source("RR-2: Panel, frequently asked questions (responsible area)", "PG", "V", FAQ)
RR5 = Source("RR-5: Working Together (what is sent on completion)", "SG", "K")
RR6 = Source("RR-6: Working Together and Panel guidance (the decision stays the partners')", "SG", "K")
RR7 = Source("RR-7: Panel guidance for safeguarding partners, September 2022 (expected content)", "PG", "K")
RR8 = Source("RR-8: education settings that knew the child are asked", "PG", "V2", "devon.gov.uk one-minute guide 55")
RR9 = Source("RR-9: a good rapid review may remove the need for a local review", "PG", "V2", "devon.gov.uk one-minute guide 55")
L1 = Source("Children Act 2004, section 16F(1)", "ACT", "V2", "teescpp.org.uk")
P1 = Source("Children Act 2004, section 16B(1)", "ACT", "V", "legislation.gov.uk/ukpga/2004/31/section/16B")
P2 = Source("SI 2018/789, regulation 3(2)(b)", "REG", "V", "legislation.gov.uk/uksi/2018/789/made/data.html")
PANEL = "Child Safeguarding Practice Review Panel"

STANDING = ("review.events.notification_sent", "review.events.notification_withdrawn", "review.events.criteria_not_met")


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
            "review.events.*", "review.law_change_issue", "review.national_issues", "incident.happened_in", "incident.outside_england",
            "incident.children[].lives_in", "incident.children[].abuse_or_neglect", "incident.children[].died",
            "incident.children[].looked_after", "incident.children[].care_leaver",
        }),
        layer="law",
    )  # fmt: skip

    class Config(RuleConfig):
        working_days = fields.Integer(
            load_default=15, validate=validate.Range(1, 60), metadata={"label": "Working days to complete and send"}
        )
        clock = fields.List(fields.Nested(ClockSchema), required=True, validate=validate.Length(min=1), metadata={
            "label": "What starts the clock", "hint": "Each entry for reviews notified from its day on."})  # fmt: skip
        aims = fields.List(fields.Nested(AimSchema), load_default=list, metadata={"label": "Aims of a rapid review"})
        decision_source = SourceField(load_default=RR6, metadata={"label": "Source: the decision stays the partners'"})

    def prepare(self) -> None:
        self._span = Span(self.settings["working_days"], "working_days")
        self._clocks: list[tuple[date, str, Source]] = sorted(
            ((c["from_"], c["event"], c["source"]) for c in self.settings["clock"]), key=lambda c: c[0]
        )
        self._aims: list[tuple[str, date, date, Source]] = [
            (a["aim"], a["from_"], a["until"], a["source"]) for a in self.settings["aims"]
        ]

    def provides(self) -> Iterable[Provided]:
        since, event, source = self._clocks[-1]
        yield Provided("step", "rapid-review", "Complete and send the rapid review", f"{self._span} from the day {EVENTS[event]}.", source, (
            ("serves", "rapid-review"), ("statutory", True), ("start_event", event), ("working_days", self._span.amount),
            ("from", since.isoformat())))  # fmt: skip
        yield Provided("duty", "rapid-review", "Carry out a rapid review", "It follows every notification.", RR1)
        yield Provided("duty", "send-to-panel", "Send the Panel the review and the decision", "On completion.", RR5)
        for aim, first, last, origin in self._aims:
            yield Provided("criterion", f"aim-{aim}", AIMS[aim], AIMS[aim], origin, (
                ("judgement", True), ("from", None if first == date.min else first.isoformat()),
                ("until", None if last == date.max else last.isoformat())))  # fmt: skip
        for key, text in CONTENTS.items():
            yield Provided("narrative", f"content-{key}", text, f"A rapid review is expected to hold: {text.lower()}.", RR7)
        yield Provided("outcome", "rapid-review", "Rapid review", "Open once notified.", RR1)
        yield Provided("outcome", "local-review", "Local child safeguarding practice review", "The partners decide.", L1)
        yield Provided("outcome", "no-further-review", "No further review", "The partners decide.", RR9)
        yield Provided("outcome", "national-review-suggested", "Suggest a national review", "The Panel decides.", P1)

    @answers
    def duties(self, facts: Facts) -> Iterable[Duty]:
        review = facts.review
        arises, sentence = _arises(facts)
        since = review.notified_on
        reads = (*STANDING, *_reads(facts, "abuse_or_neglect", "died", "looked_after", "care_leaver"))
        yield Duty(
            "rapid-review", "Carry out a rapid review", arises, sentence, RR1, (*reads, "incident.happened_in", "incident.outside_england"),
            who=f"The partners of the area that notified{_at(facts)}", to_whom=(PANEL,), starts_on=since,
        )  # fmt: skip
        yield Duty(
            "send-to-panel", "Send the Panel the rapid review and the decision", arises,
            f"{sentence} With it go the decision on a local review and whether the partners think the case raises issues that are "
            "complex or of national importance." if arises != "no" else sentence,
            RR5, reads, who="The safeguarding partners", to_whom=(PANEL,), starts_on=since,
        )  # fmt: skip

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        review = facts.review
        sent = review.notified_on
        if review.was_notified and sent is None:
            return
        event, source = self._clock(sent)
        # Where the clock starts with the notification, it is the one that stands; nothing runs before there is one.
        starts = None if sent is None else sent if event == "notification_sent" else review.on(event)
        due = days.due(starts, self._span).on if starts else None
        if starts and due:
            sentence = f"Send the rapid review to the Panel by {due:%-d %B %Y}: {self._span} from {starts:%-d %B %Y}, the day {EVENTS[event]}."
        else:
            sentence = f"{self._span} from the day {EVENTS[event]}; " + (
                "the incident has not been notified." if sent is None else "that day is not on record."
            )
        yield Step(
            "rapid-review", "Complete and send the rapid review", "rapid-review", sentence, source,
            (*STANDING, f"review.events.{event}", "review.events.rapid_review_sent"), True, event, starts_on=starts, span=self._span,
            due_on=due, who="business_manager", ends_with="rapid_review_sent", done_on=review.on("rapid_review_sent"),
        )  # fmt: skip

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        sent = facts.review.notified_on
        if sent is None:
            return
        for aim, first, last, source in self._aims:
            if first <= sent < last:
                yield Criterion(f"aim-{aim}", AIMS[aim], "to_be_considered", f"An aim of every rapid review: {AIMS[aim].lower()}.",
                                source, STANDING, judgement=True, starts_on=sent)  # fmt: skip

    @answers
    def outcomes(self, facts: Facts) -> Iterable[Outcome]:
        review = facts.review
        since = review.notified_on
        notified: Answer = "yes" if since else "no"
        yield Outcome("rapid-review", "Rapid review", notified, "Open once the incident is notified.", RR1, STANDING,
                      national=True, starts_on=since)  # fmt: skip
        if since:
            yield Outcome("local-review", "Local child safeguarding practice review", "yes",
                          "The partners decide whether it is appropriate, whatever the Panel advises.", self.settings["decision_source"],
                          STANDING, national=True, starts_on=since)  # fmt: skip
            yield Outcome("no-further-review", "No further review", "yes",
                          "A good rapid review may be all the learning that is needed.", RR9, STANDING, starts_on=since)  # fmt: skip
        law, national = review.law_change_issue.value, review.national_issues.value
        raised: Answer = "yes" if "yes" in (law, national) else "no" if (law, national) == ("no", "no") else "unclear"
        yield Outcome("national-review-suggested", "Suggest a national review", raised,
                      "Open where the case raises issues that are complex, of national importance, or need a change in law or guidance. "
                      "No local criterion has to be met; the Panel decides.", P2 if law == "yes" else P1,
                      ("review.law_change_issue", "review.national_issues"), national=True, starts_on=since)  # fmt: skip

    @answers
    def agencies(self, facts: Facts) -> Iterable[AgencyAsk]:
        if facts.review.notified:
            yield AgencyAsk("education", "Education settings that knew the child", "Education settings that knew the child are asked to contribute.",
                            RR8, STANDING, facts.review.notified_on)  # fmt: skip

    @answers
    def to_tell(self, facts: Facts, event: str) -> Iterable[Telling]:
        if event == "rapid_review_sent":
            yield Telling("what-goes-with-it", event, "The Panel",
                          "The review goes with the decision on a local review, and whether the case is complex or of national importance.", RR5)  # fmt: skip
        if event == "notification_sent" and facts.incident.outside_england.value != "yes":
            here = facts.incident.happened_in.value
            homes = {child.lives_in.value for child in facts.incident.children}
            others = sorted(home for home in homes if home and home != here)
            if others or None in homes or not homes:
                named = f" ({', '.join(others)})" if others else ", if it is another"
                yield Telling("home-area", event, f"The area where the child normally lives{named}",
                              "The area where it happened leads; the area where the child lives collaborates.", RR2,
                              ("incident.happened_in", "incident.outside_england", *_reads(facts, "lives_in")))  # fmt: skip

    @answers
    def objections(self, facts: Facts, move: str) -> Iterable[Objection]:
        review = facts.review
        if move != "send_rapid_review" or review.notified:
            return
        if not review.was_notified:
            yield Objection("no-notification", move, "There is no rapid review without a notification: this incident has not been notified.",
                            RR1, STANDING, offers=("notify",), bars=True)  # fmt: skip
        elif review.on("notification_withdrawn"):
            yield Objection("notification-withdrawn", move, "The notification was withdrawn, and a rapid review needs one: notify again, or send nothing.",
                            RR1, STANDING, offers=("notify",), bars=True)  # fmt: skip
        else:
            yield Objection("criteria-not-met", move, "It was found that the criteria for notifying were not met: no rapid review is needed.",
                            RR1, STANDING)  # fmt: skip

    def _clock(self, sent: date | None) -> tuple[str, Source]:
        """The clock for a notification sent on that day; before there is one, the newest."""
        for since, event, source in reversed(self._clocks):
            if sent is None or sent >= since:
                return event, source
        _, event, source = self._clocks[0]
        return event, source


def _arises(facts: Facts) -> tuple[Answer, str]:
    review = facts.review
    if not review.was_notified:
        return "no", "The incident has not been notified; a rapid review follows a notification."
    if not review.notified:
        how = "was withdrawn" if review.on("notification_withdrawn") else "was found not to have met the criteria"
        return "no", f"The notification {how}: no rapid review is needed."
    if _only_for_the_state(facts):
        return "unclear", (
            "A form was sent, and on these answers it told of the death of a looked-after child or care leaver with no abuse or "
            "neglect suspected: that alone leads to no rapid review. If the Panel was notified of a serious case, correct the "
            "answers; if not, record that the criteria were not met."
        )
    return "yes", "The incident was notified, so a rapid review follows."


def _only_for_the_state(facts: Facts) -> bool:
    """Whether the answers leave only a death that is told to the Secretary of State and Ofsted (N-4, N-5)."""
    children = facts.incident.children
    told = any(c.died.value == "yes" and "yes" in (c.looked_after.value, c.care_leaver.value) for c in children)
    return told and all(c.abuse_or_neglect.value == "no" for c in children)


def _at(facts: Facts) -> str:
    """The area where it happened leads, unless that is not in England: then the area that notified is the child's own."""
    area = facts.incident.happened_in.value
    abroad = facts.incident.outside_england.value == "yes" or (area is not None and not area.startswith("E"))
    return f" ({area})" if area and not abroad else ""


def _reads(facts: Facts, *names: str) -> tuple[str, ...]:
    return tuple(f"incident.children[{child.key}].{name}" for child in facts.incident.children for name in names)
