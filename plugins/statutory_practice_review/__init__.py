"""The local child safeguarding practice review: what partners consider, its clocks, and publishing it.

In plain words: the partners decide, in their own judgement, whether to review a serious case locally. They must take
four factors into account. A review is to be completed and published within six months of the decision; the report goes
to the Panel and the Secretary of State seven working days before it is published, stays available for at least a year,
and is published unless that is inappropriate; then at least the improvements are.

Source: Children Act 2004, sections 16F and 16G; SI 2018/789, regulation 11 and Part 3; Working Together (L-1 to L-15).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from marshmallow import fields, validate

from plugins.statutory_practice_review.floor import L10, later_reviews, left_unsaid, looser_limits, sent_too_late, unpublished
from threefold.plugin_api import (
    Answer,
    ArrangementView,
    Card,
    Criterion,
    Days,
    Duty,
    Facts,
    Limit,
    Objection,
    Provided,
    Review,
    Rule,
    Source,
    SourceField,
    Span,
    Step,
    Telling,
    Way,
    answers,
)
from threefold.plugin_api import (
    Config as RuleConfig,
)

S16F = Source("Children Act 2004, section 16F", "ACT", "V2", "teescpp.org.uk")
REG11 = Source("SI 2018/789, regulation 11", "REG", "V2", "legislation.gov.uk/uksi/2018/789")
L3 = Source("L-3: Working Together, circumstances to have regard to", "SG", "K")
L12 = Source("L-12: Working Together (delay by other proceedings)", "SG", "K")
L14 = Source("L-14: Working Together (families are invited to contribute)", "SG", "K")
RR6 = Source("RR-6: Working Together and Panel guidance (the decision stays the partners')", "SG", "K")
PANEL, STATE = "Child Safeguarding Practice Review Panel", "Secretary of State for Education"
DECIDED = ("review.events.local_review_decided", "review.events.local_review_declined")

FACTORS = {
    "improvements_needed": "It highlights, or may highlight, improvements needed to safeguard children, including ones identified before",
    "recurrent_themes": "It highlights, or may highlight, recurrent themes",
    "working_together": "It highlights, or may highlight, concerns about how two or more organisations or agencies work together",
    "panel_suggests_local": "The Panel has considered it and concluded that a local review may be more appropriate",
}
CIRCUMSTANCES = {
    "single_agency_concern": "There is concern about the actions of a single agency",
    "no_agency_involved": "No agency was involved, and that gives cause for concern",
    "more_than_one_area": "More than one authority, police area or health area is involved, families who moved included",
    "institutional_setting": "It may raise issues about safeguarding in institutional settings",
}

# Told, not tested: what the law and guidance ask of a review once there is one.
TOLD = {
    "reviewer": (
        "The partners consider who is to review: knowledge, sight of practice as it was at the time, and any conflict of interest.",
        Source("L-5: SI 2018/789, Part 3; Working Together (the reviewer)", "SG", "K"),
    ),
    "removal": (
        "The partners may remove a reviewer before the report is completed.",
        Source("L-6: SI 2018/789, Part 3", "REG", "K"),
    ),
    "purpose": (
        "A review finds improvements for people in the area to make; it holds nobody to account.",
        Source("L-7: Children Act 2004, section 16F(2)", "ACT", "V2", "sgp.trixonline.co.uk/chapter/child-safeguarding-practice-reviews"),
    ),
    "progress": (
        "The partners see to satisfactory progress and quality.",
        Source("L-8: Children Act 2004, section 16F(3)", "ACT", "K"),
    ),
    "monitoring": (
        "The partners monitor at regular intervals the time being taken and the quality, and may ask the reviewer in writing for "
        "information or a draft.",
        Source("SI 2018/789, regulation 14", "REG", "V", "legislation.gov.uk/uksi/2018/789/regulation/14/made"),
    ),
    "content": (
        "The report holds a summary of recommended improvements, and an analysis of the underlying reasons for what was and was not done.",
        Source("L-9: SI 2018/789, Part 3; Working Together", "REG", "K"),
    ),
    "findings": (
        "The partners take account of the findings of their own and all national reviews, and report on what was done.",
        Source("L-15: Working Together", "SG", "K"),
    ),
}  # fmt: skip


class StatutoryPracticeReview(Rule):
    """Local child safeguarding practice reviews. Source: Children Act 2004, section 16F; SI 2018/789; Working Together."""

    card = Card(
        id="statutory-practice-review",
        major=1,
        title="Local child safeguarding practice review",
        summary="The factors partners take into account, the six months, and publication.",
        source=S16F,
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({
            "review.events.*", "review.considered.*", "review.publication_appropriate", "review.publication_reason",
            "review.proceedings_delay", "review.sibling_identifiable", "review.panel_view", "incident.single_agency_concern", "incident.no_agency_involved",
            "incident.more_than_one_area", "incident.institutional_setting",
        }),
        layer="law",
    )  # fmt: skip

    class Config(RuleConfig):
        complete_months = fields.Integer(
            load_default=6, validate=validate.Range(1, 36), metadata={"label": "Months to complete and publish"}
        )
        complete_source = SourceField(metadata={"label": "Source of the months"})
        advance_working_days = fields.Integer(load_default=7, validate=validate.Range(1, 60), metadata={
            "label": "Working days before publication that the report is sent"})  # fmt: skip
        advance_source = SourceField(metadata={"label": "Source of the advance copy"})
        available_months = fields.Integer(load_default=12, validate=validate.Range(1, 600), metadata={
            "label": "Months a published report stays available"})  # fmt: skip
        available_source = SourceField(metadata={"label": "Source of the availability"})

    def prepare(self) -> None:
        self._complete = Span(self.settings["complete_months"], "calendar_months")
        self._advance = Span(-self.settings["advance_working_days"], "working_days")
        self._available = Span(self.settings["available_months"], "calendar_months")

    def provides(self) -> Iterable[Provided]:
        s = self.settings
        for key, text in FACTORS.items():
            yield Provided(
                "criterion", key, text, "A matter the partners must take into account.", REG11, (("judgement", True),)
            )
        for key, text in CIRCUMSTANCES.items():
            yield Provided(
                "criterion", f"circumstance-{key}", text, "A circumstance to have regard to.", L3, (("judgement", True),)
            )
        yield Provided("step", "local-review", "Complete and publish the local review", f"{self._complete} from the decision.", s["complete_source"], (
            ("serves", "local-review"), ("statutory", True), ("start_event", "local_review_decided"), ("months", s["complete_months"])))  # fmt: skip
        yield Provided("step", "advance-copy", "Send the report before publication", f"{s['advance_working_days']} working days before publication.",
                       s["advance_source"], (("serves", "advance-copy"), ("statutory", True), ("start_event", "publication_planned")))  # fmt: skip
        yield Provided("publication", "publish", "Publish the report", "Published unless inappropriate; then the improvements are.", L10, (
            ("available_months", s["available_months"]), ("advance_copy_working_days", s["advance_working_days"])))  # fmt: skip
        yield Provided("duty", "publish", "Publish what was learnt", "The report, or at least the improvements.", L10)
        yield Provided("duty", "tell-of-delay", "Tell why a report is delayed", "The six months are not lengthened.", L12)
        yield Provided(
            "duty", "decide-again", "Decide again after the Panel disagrees", "The decision stays the partners'.", RR6
        )
        for key, (text, source) in TOLD.items():
            yield Provided("narrative", f"told-{key}", text, text, source)
        yield Provided("way", "local_review", "Whether to carry out a local review", "The safeguarding partners decide.", S16F)

    @answers
    def decision(self, question: str) -> Way | None:
        if question != "local_review":
            return None
        return Way(question, "The safeguarding partners decide, with their reasons. The Panel's advice is advice.", S16F,
                   decides=("safeguarding partners",), how="joint_view", acts="safeguarding partners")  # fmt: skip

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        for key, text in FACTORS.items():
            found = facts.review.considers(key)
            yield Criterion(key, text, "considered" if found else "to_be_considered",
                            "A matter the partners must take into account; not a test that is passed or failed.", REG11, (f"review.considered.{key}",),
                            judgement=True, view=found.view if found else "", reason=found.reason if found else "")  # fmt: skip
        for key, text in CIRCUMSTANCES.items():
            found = facts.review.considers(key)
            answer = getattr(facts.incident, key).value
            hint = {"yes": " On record: yes.", "no": " On record: no.", "unclear": " On record: unclear."}.get(answer or "", "")
            yield Criterion(f"circumstance-{key}", text, "considered" if found else "to_be_considered",
                            f"A circumstance to have regard to.{hint}", L3, (f"review.considered.{key}", f"incident.{key}"),
                            judgement=True, view=found.view if found else "", reason=found.reason if found else "")  # fmt: skip

    @answers
    def duties(self, facts: Facts) -> Iterable[Duty]:
        review = facts.review
        if review.panel_view.value == "disagree":
            yield _decide_again(review)
        decided = _decided_on(review)
        if decided is None:
            return
        mode = {"no": "Publish at least the improvements, and keep the reason for not publishing the report.",
                "yes": "Publish the report."}.get(review.publication_appropriate.value or "", "Publish the report unless that is inappropriate.")  # fmt: skip
        identifiable = (
            " Publication would identify a surviving brother or sister." if review.sibling_identifiable.value == "yes" else ""
        )
        yield Duty("publish", "Publish what was learnt", "yes", mode + identifiable, L10,
                   (*DECIDED, "review.publication_appropriate", "review.sibling_identifiable"),
                   who="The safeguarding partners", starts_on=decided)  # fmt: skip
        delay = review.proceedings_delay.value
        if delay is not None:
            arises: Answer = "yes" if delay == "yes" else "no" if delay == "no" else "unclear"
            yield Duty("tell-of-delay", "Tell the Panel and the Secretary of State why it is delayed", arises,
                       {"yes": "Other proceedings delay the report: the reason is told. The six months are not lengthened.",
                        "no": "No other proceedings delay the report.",
                        "unclear": "It is not clear whether other proceedings delay the report. The six months are not lengthened by them."}[arises],
                       L12, ("review.proceedings_delay", *DECIDED), who="The safeguarding partners", to_whom=(PANEL, STATE), starts_on=decided)  # fmt: skip

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        review, s = facts.review, self.settings
        decided, published = _decided_on(review), review.on("published")
        if decided:
            due = days.due(decided, self._complete).on
            yield Step("local-review", "Complete and publish the local review", "local-review",
                       f"As soon as possible, and by {due:%-d %B %Y}: {self._complete} from the decision of {decided:%-d %B %Y}.",
                       s["complete_source"], (*DECIDED, "review.events.published"), True, "local_review_decided", starts_on=decided,
                       span=self._complete, due_on=due, who="business_manager", ends_with="published", done_on=published)  # fmt: skip
        planned = review.on("publication_planned")
        # Seven working days before publication: before the day it was published, once it was; until then before the day planned.
        event, day = ("published", published) if published and published != planned else ("publication_planned", planned)
        if day:
            due = days.due(day, self._advance).on
            yield Step("advance-copy", "Send the report to the Panel, the Secretary of State and Ofsted", "advance-copy",
                       f"Send it by {due:%-d %B %Y}: {s['advance_working_days']} working days before publication on {day:%-d %B %Y}.",
                       s["advance_source"], ("review.events.publication_planned", "review.events.published", "review.events.report_sent"),
                       True, event, starts_on=day, span=self._advance, due_on=due, who="business_manager", ends_with="report_sent",
                       done_on=review.on("report_sent"))  # fmt: skip
        if published:
            due = days.due(published, self._available).on
            yield Step("available", "Keep the report available", "available", f"Keep it publicly available until {due:%-d %B %Y} at least.",
                       s["available_source"], ("review.events.published",), True, "published", starts_on=published, span=self._available,
                       due_on=due, who="business_manager", optional=True)  # fmt: skip

    @answers
    def limits(self) -> Iterable[Limit]:
        s = self.settings
        yield Limit(
            "publish.available_months",
            s["available_months"],
            f"Available for {s['available_months']} months at least.",
            s["available_source"],
        )
        yield Limit(
            "publish.advance_copy_working_days",
            s["advance_working_days"],
            f"Sent {s['advance_working_days']} working days before publication at least.",
            s["advance_source"],
        )

    @answers
    def floor(self, arrangement: ArrangementView) -> Iterable[Objection]:
        yield from looser_limits(arrangement, self.limits())
        yield from later_reviews(arrangement, self.settings["complete_months"], self.settings["complete_source"])
        yield from left_unsaid(arrangement, self.settings["complete_months"], self.settings["complete_source"])
        yield from unpublished(arrangement)
        yield from sent_too_late(arrangement, self.settings["advance_working_days"], self.settings["advance_source"])

    @answers
    def to_tell(self, facts: Facts, event: str) -> Iterable[Telling]:
        if event == "local_review_decided":
            yield Telling("family", event, "The family, and surviving children", "They are invited to contribute.", L14)

    @answers
    def objections(self, facts: Facts, move: str) -> Iterable[Objection]:
        review = facts.review
        if move == "publish" and review.publication_appropriate.value == "no" and not review.publication_reason.strip():
            yield Objection("reason-for-not-publishing", move,
                            "The report is not published in full: record why, and publish the improvements.", L10,
                            ("review.publication_appropriate", "review.publication_reason"), field="publication_reason")  # fmt: skip


def _decided_on(review: Review) -> date | None:
    """The day of the decision to review that stands: a later decision not to review ends it, a new one begins anew."""
    stands: date | None = None
    for event in sorted(review.events, key=lambda e: e.day):
        if event.name == "local_review_declined":
            stands = None
        elif event.name == "local_review_decided" and stands is None:
            stands = event.day
    return stands


def _decide_again(review: Review) -> Duty:
    replied = review.on("panel_replied")
    since: list[date] = []
    heard = False
    for event in sorted(review.events, key=lambda e: e.day):  # on one day, in the order they were put on record
        heard = heard or event.name == "panel_replied"
        if heard and event.name in ("local_review_decided", "local_review_declined"):
            since.append(event.day)
    done = f" They did on {min(since):%-d %B %Y}." if since else ""
    return Duty(
        "decide-again", "Decide again on a local review", "no" if since else "yes",
        f"The Panel disagrees. The partners decide again and record their reasons; the decision stays theirs.{done}", RR6,
        ("review.panel_view", "review.events.panel_replied", *DECIDED), who="The safeguarding partners", starts_on=replied,
    )  # fmt: skip
