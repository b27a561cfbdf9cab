"""When a serious incident must be notified, to whom, by when, and in how many forms.

In plain words: a local authority that knows or suspects that a child has been abused or neglected must notify the
national Panel when the child dies or is seriously harmed in its area, or, for a child normally resident there, outside
England. It does so within five working days of knowing or suspecting both. A looked-after child who dies is notified to
the Secretary of State and Ofsted whether or not abuse or neglect is suspected; so, since the 2023 edition, should be a
care leaver up to the age of 24.

Source: Children Act 2004, section 16C; Working Together to Safeguard Children; the national notification guidance.
Rows N-1 to N-8 and the counting rules of the domain notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from marshmallow import fields, validate
from threefold.plugin_api import (
    Answer,
    Card,
    Config,
    Criterion,
    CriterionState,
    Days,
    Duty,
    Facts,
    Objection,
    Provided,
    Rule,
    Source,
    SourceField,
    Span,
    Step,
    Telling,
    answers,
)

from plugins.statutory_notification.counting import forms_needed
from plugins.statutory_notification.limbs import Limbs, day_both_known, limbs_of

S16C = Source("Children Act 2004, section 16C(1)", "ACT", "V", "legislation.gov.uk/ukpga/2004/31")
S16F = Source(
    "Children Act 2004, section 16F", "ACT", "V2", "nelincsscp.trixonline.co.uk/chapter/child-safeguarding-practice-reviews"
)
FAQ = Source(
    "Child Safeguarding Practice Review Panel, frequently asked questions",
    "PG",
    "V",
    "childsafeguarding.independent-panel.uk/about/faqs/",
)
LAC = Source(
    "Working Together: death of a looked-after child",
    "SG",
    "V",
    "explore-education-statistics.service.gov.uk/find-statistics/serious-incident-notifications/2021-22",
)
LEAVER = Source("Working Together 2023: death of a care leaver", "SG", "V2", "safeguardingchildren.co.uk")
FORMS = Source(
    "Report a serious child safeguarding incident: how many forms",
    "PG",
    "V",
    "gov.uk/guidance/report-a-serious-child-safeguarding-incident",
)

_STATE: dict[Answer, CriterionState] = {"yes": "met", "no": "not_met", "unclear": "unclear"}
_CHILD_READS = frozenset(
    f"incident.children[].{name}"
    for name in (
        "abuse_or_neglect",
        "died",
        "seriously_harmed",
        "looked_after",
        "care_leaver",
        "age_years",
        "unborn",
        "lives_in",
        "family",
    )
)


class StatutoryNotification(Rule):
    """The duty to notify, its clock, and what goes with it. Source: Children Act 2004, section 16C, and guidance."""

    card = Card(
        id="statutory-notification",
        major=1,
        title="Notifying a serious incident",
        summary="When the authority must notify the Panel, who else is told, by when, and how many forms it takes.",
        source=S16C,
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=_CHILD_READS
        | {
            "incident.happened_in", "incident.outside_england", "incident.large_exploitation", "review.events.aware",
            "review.events.notification_sent", "review.events.partners_told",
        },
        layer="law",
    )  # fmt: skip

    class Config(Config):
        notify_working_days = fields.Integer(
            load_default=5, validate=validate.Range(1, 30),
            metadata={"label": "Working days to notify", "hint": "Counted from the day both limbs are known or suspected."})  # fmt: skip
        notify_source = SourceField(metadata={"label": "Source of the time to notify"})
        care_leavers_up_to = fields.Integer(
            load_default=None, allow_none=True, validate=validate.Range(18, 30),
            metadata={"label": "Care leavers notified up to this age, inclusive", "hint": "Leave empty in editions without them."})  # fmt: skip
        care_leavers_voluntary = fields.Boolean(
            load_default=True, metadata={"label": "National statistics call the care-leaver notification voluntary"})  # fmt: skip

    def prepare(self) -> None:
        self._span = Span(self.settings["notify_working_days"], "working_days")
        self._clock: Source = self.settings["notify_source"]
        self._leaver_age: int | None = self.settings["care_leavers_up_to"]

    def provides(self) -> Iterable[Provided]:
        days = (("working_days", self._span.amount),)
        yield Provided(
            "duty", "notify-panel", "Notify the Panel", f"Within {self._span} of knowing or suspecting both limbs.", S16C, days
        )
        yield Provided("step", "notify-panel", "Notify the Panel", f"Due after {self._span}.", self._clock,
                       (*days, ("serves", "notify-panel"), ("statutory", True), ("start_event", "aware")))  # fmt: skip
        yield Provided("step", "tell-partners", "Tell the safeguarding partners", f"Due after {self._span}.", self._clock,
                       (*days, ("serves", "tell-partners"), ("statutory", True), ("start_event", "aware")))  # fmt: skip
        yield Provided(
            "duty",
            "tell-state-looked-after",
            "Notify the death of a looked-after child",
            "To the Secretary of State and Ofsted.",
            LAC,
        )
        if self._leaver_age is not None:
            yield Provided("duty", "tell-state-care-leaver", "Notify the death of a care leaver",
                           f"Up to and including age {self._leaver_age}.", LEAVER, (("up_to_age", self._leaver_age),))  # fmt: skip

    @answers
    def duties(self, facts: Facts) -> Iterable[Duty]:
        found = [limbs_of(child) for child in facts.incident.children]
        yield self._notify(facts, found)
        yield from self._looked_after(facts)
        if self._leaver_age is not None:
            yield from self._care_leaver(facts, self._leaver_age)

    def _notify(self, facts: Facts, found: list[Limbs]) -> Duty:
        arises = _any([limbs.both for limbs in found])
        concerned = tuple(limbs.key for limbs in found if limbs.both == "yes")
        where, outside = facts.incident.happened_in.value, facts.incident.outside_england.value
        starts = self._start(facts) if arises == "yes" else None
        reads = (
            *_limb_reads(found),
            "incident.happened_in",
            "incident.outside_england",
            "incident.large_exploitation",
            "review.events.aware",
        )
        return Duty(
            "notify-panel", "Notify the national Panel", arises, _why(found, arises, starts), S16C, reads,
            who=_who(facts, concerned, where, outside), to_whom=("Child Safeguarding Practice Review Panel",),
            forms=forms_needed(facts.incident, concerned) if arises == "yes" else None, children=concerned, starts_on=starts,
        )  # fmt: skip

    def _looked_after(self, facts: Facts) -> Iterable[Duty]:
        for child in facts.incident.children:
            arises = _all([child.looked_after.value or "unclear", child.died.value or "unclear"])
            reads = (f"incident.children[{child.key}].looked_after", f"incident.children[{child.key}].died")
            since = max((d for d in (child.died.known_on, child.looked_after.known_on) if d), default=facts.review.on("aware"))
            yield Duty(
                f"tell-state-looked-after/{child.key}", "Notify the Secretary of State and Ofsted", arises,
                {"yes": f"{child.key} was looked after and has died. This is notified whether or not abuse or neglect is suspected.",
                 "no": f"{child.key} was not a looked-after child who died.",
                 "unclear": f"It is not known whether {child.key} was looked after and has died."}[arises],
                LAC, reads, who="The local authority", to_whom=("Secretary of State for Education", "Ofsted"), children=(child.key,),
                starts_on=since if arises == "yes" else None,
            )  # fmt: skip

    def _care_leaver(self, facts: Facts, oldest: int) -> Iterable[Duty]:
        for child in facts.incident.children:
            age = child.age_years.value
            young: Answer = "unclear" if age is None else "yes" if 18 <= age <= oldest else "no"
            arises = _all([child.care_leaver.value or "unclear", child.died.value or "unclear", young])
            if child.care_leaver.value is None and (age is None or age < 18):
                continue  # never asked of a child: there is nothing to say
            key = f"incident.children[{child.key}]"
            since = max((d for d in (child.died.known_on, child.care_leaver.known_on) if d), default=facts.review.on("aware"))
            yield Duty(
                f"tell-state-care-leaver/{child.key}", "Notify the death of a care leaver", arises,
                {"yes": f"{child.key} was a care leaver aged {age}, and has died. Care leavers are notified up to and including age {oldest}.",
                 "no": f"{child.key} is not a care leaver aged 18 to {oldest} who has died.",
                 "unclear": f"It is not known whether {child.key} was a care leaver aged 18 to {oldest} who has died."}[arises],
                LEAVER, (f"{key}.care_leaver", f"{key}.died", f"{key}.age_years"), who="The local authority",
                to_whom=("Secretary of State for Education", "Ofsted"), children=(child.key,), voluntary=self.settings["care_leavers_voluntary"],
                starts_on=since if arises == "yes" else None,
            )  # fmt: skip

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        found = [limbs_of(child) for child in facts.incident.children]
        if _any([limbs.both for limbs in found]) == "no":
            return
        starts = self._start(facts)
        due = days.due(starts, self._span).on if starts else None
        reads = (*_limb_reads(found), "review.events.aware")
        for key, title, event, whom in (
            ("notify-panel", "Notify the Panel", "notification_sent", "the Panel"),
            ("tell-partners", "Tell the safeguarding partners", "partners_told", "the safeguarding partners"),
        ):
            when = f"Tell {whom} by {_said(due)}: {self._span} from {_said(starts)}, the day both limbs were known or suspected." if starts else (
                f"Tell {whom} within {self._span} of the day both limbs are known or suspected; that day is not on record.")  # fmt: skip
            yield Step(
                key, title, key, when, self._clock, (*reads, f"review.events.{event}"), True, "aware", starts_on=starts, span=self._span,
                due_on=due, who="local_authority", ends_with=event, done_on=facts.review.on(event),
            )  # fmt: skip

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        for child in facts.incident.children:
            limbs = limbs_of(child)
            key = f"incident.children[{child.key}]"
            yield Criterion(f"abuse-or-neglect/{child.key}", "Abuse or neglect is known or suspected", _STATE[limbs.abuse],
                            f"For {child.key}: {_answer_words(limbs.abuse)}.", S16C, (f"{key}.abuse_or_neglect",), children=(child.key,))  # fmt: skip
            yield Criterion(f"death-or-serious-harm/{child.key}", "The child has died or been seriously harmed", _STATE[limbs.harm],
                            f"For {child.key}: {_answer_words(limbs.harm)}. Recovery does not undo that harm was serious.", S16C,
                            (f"{key}.died", f"{key}.seriously_harmed"), children=(child.key,))  # fmt: skip
        both = _any([limbs_of(c).both for c in facts.incident.children])
        yield Criterion("serious-child-safeguarding-case", "A serious child safeguarding case", _STATE[both],
                        f"Both limbs for at least one child: {_answer_words(both)}. Meeting this does not by itself oblige a local review.",
                        S16F, _limb_reads([limbs_of(c) for c in facts.incident.children]))  # fmt: skip

    @answers
    def to_tell(self, facts: Facts, event: str) -> Iterable[Telling]:
        if event == "aware":
            yield Telling("partners", event, "The safeguarding partners of the area, and of other areas concerned",
                          "Tell the other safeguarding partners in the same five working days.", self._clock)  # fmt: skip
            yield Telling("agree-together", event, "The three safeguarding partners",
                          "The partners should agree together which incidents are notified; the authority decides.", FAQ)  # fmt: skip
        if event == "notification_sent":
            yield Telling("ofsted", event, "Ofsted and the Department for Education",
                          "The Panel shares each notification with Ofsted and the Department: one form is enough.", FORMS)  # fmt: skip

    @answers
    def objections(self, facts: Facts, move: str) -> Iterable[Objection]:
        if move != "decide_not_to_notify":
            return
        found = [limbs_of(child) for child in facts.incident.children]
        if _any([limbs.both for limbs in found]) == "yes":
            yield Objection(
                "duty-arises", move,
                "Both limbs are recorded as known or suspected, so the Act says that the incident must be notified. "
                "Correct the answers if they are wrong, or notify.", S16C, _limb_reads(found), offers=("notify",),
            )  # fmt: skip

    def _start(self, facts: Facts) -> date | None:
        days = [d for child in facts.incident.children if (d := day_both_known(child, facts.review.on("aware")))]
        return min(days, default=None)


def _who(facts: Facts, concerned: tuple[str, ...], where: str | None, outside: str | None) -> str:
    if outside == "yes":
        homes = sorted(
            {c.lives_in.value for c in facts.incident.children if c.lives_in.value and (c.key in concerned or not concerned)}
        )
        return (
            f"The local authority where the child normally lives ({', '.join(homes)})"
            if homes
            else "The local authority where the child normally lives"
        )
    return f"The local authority where it happened ({where})" if where else "The local authority where it happened"


def _why(found: list[Limbs], arises: Answer, starts: date | None) -> str:
    if arises == "yes":
        who = " and ".join(limbs.key for limbs in found if limbs.both == "yes")
        since = f" since {_said(starts)}" if starts else ""
        return f"Abuse or neglect of {who} is known or suspected, with death or serious harm{since}."
    if arises == "no":
        over = [limbs.key for limbs in found if not limbs.is_child]
        adult = f" {' and '.join(over)} had reached 18, and the duty is about children." if over else ""
        return f"For no child are both abuse or neglect, and death or serious harm, known or suspected.{adult}"
    missing = [text for limbs in found for text in limbs.missing]
    return f"Not clear yet: {'; '.join(missing)}." if missing else "No child is on record yet."


def _limb_reads(found: list[Limbs]) -> tuple[str, ...]:
    return tuple(
        f"incident.children[{limbs.key}].{name}" for limbs in found
        for name in ("abuse_or_neglect", "died", "seriously_harmed", "age_years", "unborn")
    )  # fmt: skip


def _any(values: list[Answer]) -> Answer:
    return "yes" if "yes" in values else "unclear" if "unclear" in values or not values else "no"


def _all(values: list[str]) -> Answer:
    return "no" if "no" in values else "unclear" if "unclear" in values else "yes"


def _answer_words(answer: Answer) -> str:
    return {"yes": "yes", "no": "no", "unclear": "not clear, which does not mean no"}[answer]


def _said(day: object) -> str:
    return f"{day:%-d %B %Y}" if isinstance(day, date) else "a day not on record"
