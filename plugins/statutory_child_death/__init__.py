"""The review of every child's death, and the joint agency response.

In plain words: the death of any child born alive is reviewed by the child death review partners of the area where the
child normally lived; partners of the area of death may review it too. The panel's office is told within 24 hours, the
national database within 48; the professionals meet, as a guide within three months; the panel reviews, as a guide within
six weeks of their report or the inquest. A meeting or an inquest is one of the incident, so it may be about several children;
one that was before a child's death was not about that child. A joint agency response follows a death from external causes, a sudden
unexplained one, one in custody or detention, one that may not be natural, or an unattended stillbirth.

Source: Children Act 2004, sections 16M to 16Q; Child Death Review statutory and operational guidance 2018 (C-1 to C-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from marshmallow import fields, validate

from plugins.statutory_child_death.scope import (
    SCOPE,
    TRIGGERS,
    in_scope,
    lives_outside_england,
    missing,
    responds,
    stillborn_unattended,
    trigger,
)
from threefold.plugin_api import (
    Answer,
    Card,
    Child,
    Criterion,
    CriterionState,
    Days,
    Duty,
    Event,
    Facts,
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

CDR = "legislation.gov.uk/ukpga/2004/31/part/2/crossheading/child-death-review-partners-for-local-authority-areas"
S16M = Source("Children Act 2004, section 16M(1)", "ACT", "V", CDR)
S16M2 = Source("Children Act 2004, section 16M(2)", "ACT", "V", CDR)
C4 = Source("C-4: child death review guidance, scope", "SG", "V2", "ncmd.info/data-security/")
C6 = Source("C-6: functions of the child death overview panel", "SG", "V2", "cpics.org.uk/child-death-overview-panel-cdop")
C11 = Source("C-11: child death review guidance, chapter 3 (joint agency response)", "SG", "K")
_STATE: dict[Answer, CriterionState] = {"yes": "met", "no": "not_met", "unclear": "unclear"}


_NONE: Mapping[str, date | datetime] = MappingProxyType({})


class StatutoryChildDeath(Rule):
    """Child death review and the joint agency response. Source: Children Act 2004, sections 16M to 16Q; guidance 2018."""

    card = Card(
        id="statutory-child-death",
        major=1,
        title="Child death review",
        summary="Every child's death is reviewed; some need a joint agency response at once.",
        source=S16M,
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset(
            f"incident.children[].{t}"
            for t in (*TRIGGERS, *SCOPE, "suspected_suicide", "died_on", "died_in", "abuse_or_neglect")
        )
        | {"review.events.*"},
        layer="law",
    )

    class Config(RuleConfig):
        office_hours = fields.Integer(load_default=24, validate=validate.Range(1, 240), metadata={
            "label": "Hours to tell the panel's office"})  # fmt: skip
        database_hours = fields.Integer(load_default=48, validate=validate.Range(1, 240), metadata={
            "label": "Hours to tell the national database"})  # fmt: skip
        meeting_months = fields.Integer(load_default=3, validate=validate.Range(1, 24), metadata={
            "label": "Months to the review meeting (a guide)"})  # fmt: skip
        panel_weeks = fields.Integer(load_default=6, validate=validate.Range(1, 52), metadata={
            "label": "Weeks to the panel (a guide)"})  # fmt: skip
        source = SourceField(metadata={"label": "Source of the times"})

    def prepare(self) -> None:
        s = self.settings
        self._source: Source = s["source"]
        self._clocks: tuple[tuple[str, str, Span, bool], ...] = (
            ("tell-office", "Tell the child death panel's office", Span(s["office_hours"], "hours"), False),
            ("tell-database", "Tell the National Child Mortality Database", Span(s["database_hours"], "hours"), False),
            (
                "review-meeting",
                "Hold the child death review meeting (a guide)",
                Span(s["meeting_months"], "calendar_months"),
                True,
            ),
        )
        self._panel = Span(s["panel_weeks"], "weeks")

    def provides(self) -> Iterable[Provided]:
        yield Provided("duty", "child-death-review", "Review the child's death", "Every death of a child born alive.", S16M)
        yield Provided("duty", "joint-agency-response", "Joint agency response", "At once, when any one trigger applies.", C11)
        for key, title, span, _ in self._clocks:
            yield Provided("step", key, title, f"Within {span} of the death.", self._source, (
                ("serves", f"child-death.{key}"), ("statutory", True), ("start_event", "death")))  # fmt: skip
        yield Provided("step", "panel", "Review at the child death overview panel (a guide)",
                       f"Within {self._panel} of the meeting's report or the end of the inquest.", self._source, (
                           ("serves", "child-death.panel"), ("statutory", True), ("start_event", "child_death_meeting")))  # fmt: skip

    @answers
    def duties(self, facts: Facts) -> Iterable[Duty]:
        for child in facts.incident.children:
            reviewed = in_scope(child)
            if reviewed == "no" and child.died.value != "yes":
                continue
            response, since, abroad = responds(child), _since(child, facts), lives_outside_england(child)
            review: Answer = "no" if abroad else reviewed
            still = stillborn_unattended(child) == "yes"
            where = (
                f" of {child.lives_in.value}"
                if child.lives_in.value and not abroad
                else " of the area where the child normally lived"
            )
            yield Duty(f"child-death-review/{child.key}", "Review the child's death", review, _reviewed_words(child, review, still),
                       S16M if abroad or (review != "no" and not still) else C4, _reads(child, *SCOPE, "died_on"),
                       who=f"The child death review partners{where}", children=(child.key,), starts_on=since if review == "yes" else None)  # fmt: skip
            applies = ", ".join(words for name, words in TRIGGERS.items() if trigger(child, name) == "yes")
            yield Duty(f"joint-agency-response/{child.key}", "Joint agency response", response,
                       {"yes": f"At least one trigger applies: the death is {applies}.",
                        "no": "No trigger applies to a death that is reviewed.",
                        "unclear": missing(child) if reviewed == "unclear" else "No trigger is known to apply, and not every one is answered."}[response],
                       C11, _reads(child, *TRIGGERS, *SCOPE, "suspected_suicide", "died_on"), who="Police, health and social care together",
                       children=(child.key,), starts_on=since if response == "yes" else None)  # fmt: skip

    @answers
    def outcomes(self, facts: Facts) -> Iterable[Outcome]:
        for child in facts.incident.children:
            home, died_in = child.lives_in.value, child.died_in.value
            if child.died.value == "yes" and died_in and died_in.startswith("E") and home and home != died_in:
                yield Outcome(f"child-death-review-here/{child.key}", "Review the death where it was", in_scope(child),
                              f"The partners of {died_in}, where {child.key} died, may review the death too; the duty is on the area where "
                              "the child normally lived.", S16M2, _reads(child, *SCOPE, "died_in"))  # fmt: skip

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        for child in facts.incident.children:
            if child.died.value != "yes" and child.unattended_stillbirth.value != "yes":
                continue
            for name, words in TRIGGERS.items():
                also = ("live_born", "age_years", "unborn") if name == "unattended_stillbirth" else (
                    ("suspected_suicide",) if name == "external_cause" else ())  # fmt: skip
                yield Criterion(f"{name.replace('_', '-')}/{child.key}", f"The death is {words}", _STATE[trigger(child, name)],
                                f"For {child.key}. Any one trigger is enough for a joint agency response.", C11,
                                _reads(child, name, *also), children=(child.key,))  # fmt: skip

    @answers
    def to_tell(self, facts: Facts, event: str) -> Iterable[Telling]:
        suspected = [c for c in facts.incident.children if c.abuse_or_neglect.value == "yes" and c.died.value == "yes"]
        if event == "child_death_meeting" and suspected:
            yield Telling("abuse-suspected", event, "The national Panel and the safeguarding partners",
                          "Abuse or neglect is suspected: the child death overview panel tells the Panel and the safeguarding partners.", C6,
                          tuple(path for c in suspected for path in _reads(c, "abuse_or_neglect", "died")))  # fmt: skip

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        children, death = facts.incident.children, facts.review.event("death")
        died = {c.key: at for c in children if in_scope(c) == "yes" and (at := _death(c, facts)) is not None}
        # The date of a death counts as long as it may be that of a child of whom nobody has said yet whether it died.
        if death is not None and not died and (not children or any(c.died.value in (None, "unclear") for c in children)):
            yield from self._steps(facts, days, None, death.at)
        for child in children:
            if child.key in died:
                yield from self._steps(facts, days, child, died[child.key], died)

    def _steps(
        self, facts: Facts, days: Days, child: Child | None, at: date | datetime, died: Mapping[str, date | datetime] = _NONE
    ) -> Iterable[Step]:
        """The clocks of one death: hours from its moment where that is on record, else from the end of its day.

        `died`: when each child of the case died, in their order. What was done before a child was on the case counts for the first of them
        that had died by then.
        """

        def names(key: str) -> tuple[str, ...]:
            own, of_none = f"done:{self.use}.{key}{suffix.replace('/', '.')}", f"done:{self.use}.{key}"
            done = facts.review.done_on(of_none, started) if child else None
            first = next((k for k, when in died.items() if done and Event("death", when).day <= done), "")
            return (own, of_none) if child and first == child.key else (own,)

        suffix, of = (f"/{child.key}", f" ({child.called})") if child else ("", "")
        reads = ("review.events.death", *(_reads(child, *SCOPE, "died_on") if child else ()))
        day = days.due(at, Span(0, "calendar_days")).on
        started = day if isinstance(day, date) else None
        meeting, too_early = _since_death(facts, "child_death_meeting", started)
        inquest, ended_early = _since_death(facts, "inquest_ended", started)
        for key, title, span, guide in self._clocks:
            meets = key == "review-meeting"
            ends, *before = ("child_death_meeting",) if meets else names(key)
            done = [day for name in (ends, *before) if (day := facts.review.done_on(name, started))]
            yield Step(f"{key}{suffix}", f"{title}{of}", f"child-death.{key}{suffix}",
                       f"{title}: within {span} of the death.{too_early if meets else ''}", self._source,
                       (*reads, *(f"review.events.{name}" for name in (ends, *before))), True, "death", starts_on=started, span=span,
                       due_on=days.due(at, span).on, done_on=meeting if meets else min(done, default=None), ends_with=ends, optional=guide, who="child_death_office")  # fmt: skip
        # The panel waits for both where there are both; the guidance names either.
        later = max((d for d in (meeting, inquest) if d), default=None)
        if later is not None:
            event = "inquest_ended" if later == inquest else "child_death_meeting"
            ends, *before = names("panel")
            done = [day for name in (ends, *before) if (day := facts.review.done_on(name, later))]
            yield Step(f"panel{suffix}", f"Review at the child death overview panel (a guide){of}", f"child-death.panel{suffix}",
                       f"Within {self._panel} of {later:%-d %B %Y}, the later of the review meeting and the end of any inquest."
                       f"{too_early}{ended_early}", self._source,
                       (*reads, "review.events.child_death_meeting", "review.events.inquest_ended", *(f"review.events.{name}" for name in (ends, *before))),
                       True, event, starts_on=later, span=self._panel, due_on=days.due(later, self._panel).on, done_on=min(done, default=None),
                       ends_with=ends, optional=True, who="child_death_office")  # fmt: skip


def _reviewed_words(child: Child, review: Answer, still: bool) -> str:
    if review == "unclear":
        return missing(child)
    if lives_outside_england(child):
        return f"{child.key} did not normally live in England: the duty is on nobody here. The partners of the area of death may review it."
    if review == "no":
        return f"The death of {child.key} is outside the scope, which is children born alive who die before 18."
    if still:
        return f"{child.key} was stillborn with no healthcare professional present, which is reviewed too."
    known = child.live_born.value == "yes" or (child.age_years.value or 0) >= 1
    taken = "" if known else " That this child was born alive is not on record and is taken so."
    return f"{child.key} has died: every death of a child born alive, before 18, is reviewed.{taken}"


def _death(child: Child, facts: Facts) -> date | datetime | None:
    """When a child died: the event's own moment where it is of that day; where no day is on record of it, that of an event which is not
    the day of another child's death."""
    own = child.died_on.value
    others = {other.died_on.value for other in facts.incident.children if other.key != child.key}
    events = sorted(
        (e for e in facts.review.events if e.name == "death"), key=lambda e: (e.day, not isinstance(e.at, datetime), str(e.at))
    )
    if own is None:
        return next((event.at for event in events if event.day not in others), None)
    return next((event.at for event in events if event.day == own), own)


def _since_death(facts: Facts, name: str, death: date | None) -> tuple[date | None, str]:
    """The first day of that event on or after a death, and a sentence on what was before it: that cannot have been about this child."""
    on_record = sorted(event.day for event in facts.review.events if event.name == name)
    before = [day for day in on_record if death and day < death]
    words = {"child_death_meeting": "A child death review meeting was held", "inquest_ended": "An inquest ended"}[name]
    told = f" {words} on {before[-1]:%-d %B %Y}, before this death: it is not counted here." if before else ""
    return next((day for day in on_record if day not in before), None), told


def _since(child: Child, facts: Facts) -> date | None:
    return child.died_on.value or facts.review.on("death") or child.died.known_on


def _reads(child: Child, *names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"incident.children[{child.key}].{name}" for name in names))
