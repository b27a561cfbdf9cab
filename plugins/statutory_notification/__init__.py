"""When a serious incident must be notified, to whom, by when, and in how many forms.

In plain words: a local authority that knows or suspects that a child has been abused or neglected must notify the
national Panel when the child dies or is seriously harmed in its area, or, for a child normally resident there, outside
England. It does so within five working days of knowing or suspecting both, and tells the safeguarding partners in the
same time. A looked-after child who dies is notified to the Secretary of State and Ofsted whether or not abuse or neglect
is suspected; so, since the 2023 edition, should be a care leaver up to the age of 24.

Source: Children Act 2004, section 16C; Working Together to Safeguard Children; the national notification guidance.
Rows N-1 to N-8 and the counting rules of the domain notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from marshmallow import fields, validate

from plugins.statutory_notification.counting import forms_needed
from plugins.statutory_notification.floor import later_telling
from plugins.statutory_notification.limbs import (
    READ_OF_CHILD,
    READ_OF_INCIDENT,
    Limbs,
    all_limbs,
    all_of,
    any_of,
    day_both_known,
    outside_england,
    reads_of,
    told,
)
from plugins.statutory_notification.words import by_when, in_words, said, who_notifies, why
from threefold.plugin_api import (
    Answer,
    ArrangementView,
    Card,
    Child,
    Criterion,
    CriterionState,
    Days,
    Duty,
    Fact,
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
from threefold.plugin_api import (
    Config as RuleConfig,
)

FORM = "gov.uk/guidance/report-a-serious-child-safeguarding-incident"
STATISTICS = "explore-education-statistics.service.gov.uk/find-statistics/serious-incident-notifications/2021-22"
S16C = Source("Children Act 2004, section 16C(1)", "ACT", "V", FORM)
S16F = Source(
    "Children Act 2004, sections 16B and 16F (serious child safeguarding case)",
    "ACT",
    "V2",
    "nelincsscp.trixonline.co.uk/chapter/child-safeguarding-practice-reviews",
)
FAQ = Source("N-8: Panel, frequently asked questions", "PG", "V", "childsafeguarding.independent-panel.uk/about/faqs/")
PARTNERS = Source("N-3: Working Together (telling the partners)", "SG", "V2", "wirralsafeguarding.co.uk/?p=2119")
OTHERS = Source("N-7: Working Together (others tell the partners)", "SG", "V2", "wirralsafeguarding.co.uk/?p=2119")
LAC = Source("N-4: Working Together (death of a looked-after child)", "SG", "V", STATISTICS)
LEAVER = Source("N-5: Working Together 2023 (death of a care leaver)", "SG", "V2", "safeguardingchildren.co.uk")
ONE_FORM = Source("N-6: Report a serious child safeguarding incident", "PG", "V", FORM)
PANEL = "Child Safeguarding Practice Review Panel"
STATE = ("Secretary of State for Education", "Ofsted")

_STATE: dict[Answer, CriterionState] = {"yes": "met", "no": "not_met", "unclear": "unclear"}


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
        reads=frozenset(f"incident.children[].{name}" for name in (*READ_OF_CHILD, "looked_after", "family"))
        | {*READ_OF_INCIDENT, "incident.large_exploitation", "review.events.*"},
        layer="law",
    )

    class Config(RuleConfig):
        notify_working_days = fields.Integer(
            load_default=5, validate=validate.Range(1, 30),
            metadata={"label": "Working days to notify", "hint": "Counted from the day both limbs are known or suspected."})  # fmt: skip
        notify_source = SourceField(metadata={"label": "Source of the time to notify"})
        partners_working_days = fields.Integer(
            load_default=5, validate=validate.Range(1, 30), metadata={"label": "Working days to tell the partners"})  # fmt: skip
        partners_source = SourceField(load_default=PARTNERS, metadata={"label": "Source of the time to tell the partners"})
        looked_after_working_days = fields.Integer(
            load_default=5, validate=validate.Range(1, 30),
            metadata={"label": "Working days to notify the death of a looked-after child"})  # fmt: skip
        looked_after_source = SourceField(
            load_default=LAC, metadata={"label": "Source of the looked-after child's notification"}
        )
        care_leavers_up_to = fields.Integer(
            load_default=None, allow_none=True, validate=validate.Range(18, 30),
            metadata={"label": "Care leavers notified up to this age, inclusive", "hint": "Leave empty in editions without them."})  # fmt: skip
        care_leavers_source = SourceField(load_default=LEAVER, metadata={"label": "Source of the care leaver's notification"})
        care_leavers_voluntary = fields.Boolean(
            load_default=True, metadata={"label": "National statistics call the care-leaver notification voluntary"})  # fmt: skip

    def prepare(self) -> None:
        s = self.settings
        self._clocks: tuple[tuple[str, str, str, str, Span, Source], ...] = (
            ("notify-panel", "Notify the Panel", "Notify", "the Panel", Span(s["notify_working_days"], "working_days"), s["notify_source"]),
            ("tell-partners", "Tell the safeguarding partners", "Tell", "the safeguarding partners",
             Span(s["partners_working_days"], "working_days"), s["partners_source"]),
        )  # fmt: skip
        self._looked_after_span = Span(s["looked_after_working_days"], "working_days")
        self._leaver_age: int | None = s["care_leavers_up_to"]

    def provides(self) -> Iterable[Provided]:
        for key, title, _, _, span, source in self._clocks:
            yield Provided("step", key, title, f"Within {span} of knowing or suspecting both limbs.", source, (
                ("working_days", span.amount), ("serves", key), ("statutory", True), ("start_event", "aware")))  # fmt: skip
        yield Provided("duty", "notify-panel", "Notify the Panel", "When both limbs are known or suspected.", S16C)
        yield Provided(
            "duty", "tell-partners", "Tell the safeguarding partners", "In the same time.", self.settings["partners_source"]
        )
        yield Provided("duty", "tell-state-looked-after", "Notify the death of a looked-after child",
                       "To the Secretary of State and Ofsted.", self.settings["looked_after_source"])  # fmt: skip
        if self._leaver_age is not None:
            yield Provided("duty", "tell-state-care-leaver", "Notify the death of a care leaver",
                           f"Up to and including age {self._leaver_age}.", self.settings["care_leavers_source"],
                           (("up_to_age", self._leaver_age), ("voluntary", self.settings["care_leavers_voluntary"])))  # fmt: skip

    @answers
    def duties(self, facts: Facts) -> Iterable[Duty]:
        incident = facts.incident
        found = all_limbs(incident)
        arises = any_of([limbs.both for limbs in found])
        outside = outside_england(incident)
        both = tuple(limbs.key for limbs in found if limbs.both == "yes")
        # An unborn child stands on the form of the others; by itself it makes the duty unclear.
        named = tuple(ln.key for ln in found if ln.both == "yes" or (arises == "yes" and ln.unborn and ln.both == "unclear"))
        starts = self._start(facts, found)
        who = who_notifies(incident, both, outside)
        reads = (*reads_of(found), "review.events.aware")
        forms = forms_needed(incident, both) if arises == "yes" else None
        counted = (
            " How many forms depends on whether this is a large exploitation operation."
            if arises == "yes" and forms is None
            else ""
        )
        yield Duty(
            "notify-panel", "Notify the national Panel", arises, why(found, arises, starts) + counted, S16C,
            (*reads, "incident.large_exploitation", *(f"incident.children[{c.key}].family" for c in incident.children)),
            who=who, to_whom=(PANEL,), forms=forms, children=named, starts_on=starts,
        )  # fmt: skip
        yield Duty(
            "tell-partners", "Tell the safeguarding partners", arises,
            f"The same event is told to the partners of the area, and of other areas where appropriate. {why(found, arises, starts)}",
            self.settings["partners_source"], reads, who=who,
            to_whom=("The safeguarding partners of the area", "The partners of other areas concerned, where appropriate"),
            children=named, starts_on=starts,
        )  # fmt: skip
        for child in incident.children:
            yield self._looked_after(child, facts)
        if self._leaver_age is not None:
            yield from self._care_leavers(facts, self._leaver_age)

    def _looked_after(self, child: Child, facts: Facts) -> Duty:
        arises = _looked_after_death(child)
        return Duty(
            f"tell-state-looked-after/{child.key}", "Notify the Secretary of State and Ofsted", arises,
            {"yes": f"{child.key} was looked after and has died. This is notified whether or not abuse or neglect is suspected; "
                    "by itself it is no notification of a serious case to the Panel.",
             "no": f"{child.key} was not a looked-after child who died.",
             "unclear": f"It is not known whether {child.key} was looked after and has died."}[arises],
            self.settings["looked_after_source"], _reads(child, "looked_after", "died", "age_years"), who="The local authority",
            to_whom=STATE, children=(child.key,), starts_on=_since(child, child.looked_after, facts) if arises == "yes" else None,
        )  # fmt: skip

    def _care_leavers(self, facts: Facts, oldest: int) -> Iterable[Duty]:
        label = " National statistics call this notification voluntary." if self.settings["care_leavers_voluntary"] else ""
        for child in facts.incident.children:
            age = child.age_years.value
            if child.care_leaver.value is None and (age is None or age < 16):
                continue  # nobody is a care leaver before 16: there is nothing to say
            young: Answer = "unclear" if age is None else "yes" if age <= oldest else "no"
            arises = all_of((told(child.care_leaver.value), told(child.died.value), young))
            yield Duty(
                f"tell-state-care-leaver/{child.key}", "Notify the death of a care leaver", arises,
                {"yes": f"{child.key} was a care leaver aged {age}, and has died. A care leaver's death should be notified up to and "
                        f"including age {oldest}; abuse or neglect need not be suspected.{label}",
                 "no": f"{child.key} is not a care leaver of at most {oldest} who has died.",
                 "unclear": f"It is not known whether {child.key} was a care leaver of at most {oldest} who has died."}[arises],
                self.settings["care_leavers_source"], _reads(child, "care_leaver", "died", "age_years"), who="The local authority",
                to_whom=STATE, children=(child.key,), voluntary=self.settings["care_leavers_voluntary"],
                starts_on=_since(child, child.care_leaver, facts) if arises == "yes" else None,
            )  # fmt: skip

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        found = all_limbs(facts.incident)
        review = facts.review
        if any_of([limbs.both for limbs in found]) != "no":
            starts = self._start(facts, found)
            reads = (*reads_of(found), "review.events.aware")
            for key, title, act, whom, span, source in self._clocks:
                event = "notification_sent" if key == "notify-panel" else "partners_told"
                due = days.due(starts, span).on if starts else None
                yield Step(
                    key, title, key, by_when(act, whom, starts, due, span), source, (*reads, f"review.events.{event}"), True, "aware",
                    starts_on=starts, span=span, due_on=due, who="local_authority", ends_with=event, done_on=review.on(event),
                )  # fmt: skip
        for child in facts.incident.children:
            if _looked_after_death(child) == "yes":
                yield self._looked_after_step(child, facts, days)

    def _looked_after_step(self, child: Child, facts: Facts, days: Days) -> Step:
        key, span, review = f"tell-state-looked-after/{child.key}", self._looked_after_span, facts.review
        since = _since(child, child.looked_after, facts)
        due = days.due(since, span).on if since else None
        told_event = f"done:{self.use}.state-told.{child.key}"
        done = [
            d for d in (review.done_on(told_event, since), review.on("notification_sent")) if d
        ]  # one form reaches all of them (N-6)
        return Step(
            key, f"Notify the death to the Secretary of State and Ofsted ({child.called})", key,
            f"In practice {span}, on the same form" + (f": by {said(due)}." if due else "; the day it was known is not on record."),
            self.settings["looked_after_source"],
            (*_reads(child, "looked_after", "died", "age_years"), "review.events.aware", f"review.events.{told_event}",
             "review.events.notification_sent"),
            True, "aware", starts_on=since, span=span, due_on=due, who="local_authority", ends_with=told_event,
            done_on=min(done, default=None),
        )  # fmt: skip

    @answers
    def floor(self, arrangement: ArrangementView) -> Iterable[Objection]:
        yield from later_telling(arrangement, self.settings["looked_after_working_days"], self.settings["looked_after_source"])

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        found = all_limbs(facts.incident)
        for limbs in found:
            key = f"incident.children[{limbs.key}]"
            yield Criterion(f"abuse-or-neglect/{limbs.key}", "Abuse or neglect is known or suspected", _STATE[limbs.abuse],
                            f"For {limbs.key}: {in_words(limbs.abuse)}.", S16C, (f"{key}.abuse_or_neglect",), children=(limbs.key,))  # fmt: skip
            yield Criterion(f"death-or-serious-harm/{limbs.key}", "The child has died or been seriously harmed", _STATE[limbs.harm],
                            f"For {limbs.key}: {in_words(limbs.harm)}. Recovery does not undo that harm was serious.", S16C,
                            (f"{key}.died", f"{key}.seriously_harmed"), children=(limbs.key,))  # fmt: skip
        # The definition of a serious case does not ask where it happened; the duty to notify does.
        serious = any_of([all_of((limbs.abuse, limbs.harm, limbs.child)) for limbs in found])
        yield Criterion("serious-child-safeguarding-case", "A serious child safeguarding case", _STATE[serious],
                        f"Both limbs for at least one child: {in_words(serious)}. Meeting this does not by itself oblige a local review.",
                        S16F, reads_of(found))  # fmt: skip

    @answers
    def to_tell(self, event: str) -> Iterable[Telling]:
        if event == "incident":
            yield Telling("others", event, "The safeguarding partners",
                          "Anyone with functions for children tells the partners of an incident that should be considered; "
                          "the duty to notify stays with the authority.", OTHERS)  # fmt: skip
        if event == "aware":
            yield Telling("partners", event, "The safeguarding partners of the area, and of other areas where appropriate",
                          "Tell the safeguarding partners in the same time in which the Panel is notified.", self.settings["partners_source"])  # fmt: skip
            yield Telling("agree-together", event, "The safeguarding partners",
                          "The partners should agree together which incidents are notified; the authority decides.", FAQ)  # fmt: skip
        if event == "notification_sent":
            yield Telling("ofsted", event, "Ofsted and the Department for Education",
                          "The Panel shares each notification with Ofsted and the Department: one form is enough.", ONE_FORM)  # fmt: skip

    @answers
    def objections(self, facts: Facts, move: str) -> Iterable[Objection]:
        if move != "decide_not_to_notify":
            return
        found = all_limbs(facts.incident)
        if any_of([limbs.both for limbs in found]) == "yes":
            yield Objection(
                "duty-arises", move,
                "Both limbs are recorded as known or suspected, so the Act says that the incident must be notified. "
                "Correct the answers if they are wrong, or notify.", S16C, reads_of(found), offers=("notify",),
            )  # fmt: skip

    def _start(self, facts: Facts, found: list[Limbs]) -> date | None:
        aware = facts.review.on("aware")
        days = [day_both_known(child, limbs, aware) for child, limbs in zip(facts.incident.children, found, strict=True)]
        return min((d for d in days if d), default=None)


def _looked_after_death(child: Child) -> Answer:
    """Whether a looked-after child died. Nobody is looked after at 18."""
    age = child.age_years.value
    return all_of((told(child.looked_after.value), told(child.died.value), "no" if age is not None and age >= 18 else "yes"))


def _since(child: Child, status: Fact[str], facts: Facts) -> date | None:
    """The day the death was known (else the day of awareness), or the later one on which the child's status was."""
    died = child.died.known_on or facts.review.on("aware")
    return max(died, status.known_on) if died and status.known_on else died


def _reads(child: Child, *names: str) -> tuple[str, ...]:
    return (*(f"incident.children[{child.key}].{name}" for name in names), "review.events.aware")
