"""The review of every child's death, and the joint agency response.

In plain words: the death of any child born alive is reviewed by the child death review partners of the area where the
child normally lived. The panel's office is told within 24 hours, the national database within 48; the professionals meet,
as a guide within three months; the panel reviews, as a guide within six weeks of their report or the inquest. A joint
agency response follows a death from external causes, a sudden unexplained one, one in custody or detention, one that may
not be natural, or an unattended stillbirth.

Source: Children Act 2004, sections 16M to 16Q; Child Death Review statutory and operational guidance 2018 (C-1 to C-11).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from marshmallow import fields, validate
from threefold.plugin_api import (
    Answer,
    Card,
    Child,
    Config,
    Criterion,
    CriterionState,
    Days,
    Duty,
    Facts,
    Provided,
    Rule,
    Source,
    SourceField,
    Span,
    Step,
    answers,
)

S16M = Source("Children Act 2004, section 16M(1)", "ACT", "V", "legislation.gov.uk")
C4 = Source("Child death review guidance: scope", "SG", "V2", "ncmd.info/data-security/")
C11 = Source("Child death review guidance, chapter 3 (joint agency response)", "SG", "K")
TRIGGERS = {
    "external_cause": "due to external causes",
    "sudden_unexplained": "sudden, with no immediately apparent cause",
    "in_custody_or_detained": "in custody or detention",
    "suspicious": "perhaps not natural",
    "unattended_stillbirth": "a stillbirth with no professional present",
}
_STATE: dict[Answer, CriterionState] = {"yes": "met", "no": "not_met", "unclear": "unclear"}


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
        reads=frozenset({f"incident.children[].{t}" for t in (*TRIGGERS, "died", "died_on", "live_born", "age_years", "unborn", "lives_in")}
                        | {"review.events.death", "review.events.child_death_meeting", "review.events.inquest_ended"}),
        layer="law",
    )  # fmt: skip

    class Config(Config):
        office_hours = fields.Integer(
            load_default=24, validate=validate.Range(1, 240), metadata={"label": "Hours to tell the panel's office"}
        )
        database_hours = fields.Integer(
            load_default=48, validate=validate.Range(1, 240), metadata={"label": "Hours to tell the national database"}
        )
        meeting_months = fields.Integer(
            load_default=3, validate=validate.Range(1, 24), metadata={"label": "Months to the review meeting (a guide)"}
        )
        panel_weeks = fields.Integer(
            load_default=6, validate=validate.Range(1, 52), metadata={"label": "Weeks to the panel (a guide)"}
        )
        source = SourceField(metadata={"label": "Source of the times"})

    def prepare(self) -> None:
        self._source: Source = self.settings["source"]

    def provides(self) -> Iterable[Provided]:
        yield Provided("duty", "child-death-review", "Review the child's death", "Every death of a child born alive.", S16M)
        yield Provided("duty", "joint-agency-response", "Joint agency response", "At once, when any one trigger applies.", C11)

    @answers
    def duties(self, facts: Facts) -> Iterable[Duty]:
        for child in facts.incident.children:
            reviewed = _in_scope(child)
            key = f"incident.children[{child.key}]"
            if reviewed == "no" and child.died.value != "yes":
                continue
            where = f" of {child.lives_in.value}" if child.lives_in.value else " of the area where the child normally lived"
            yield Duty(f"child-death-review/{child.key}", "Review the child's death", reviewed,
                       {"yes": f"{child.key} has died: every death of a child born alive is reviewed.", "no": f"The death of {child.key} is outside the scope.",
                        "unclear": f"It is not known whether {child.key} has died."}[reviewed], S16M if reviewed != "no" else C4,
                       (f"{key}.died", f"{key}.live_born", f"{key}.age_years", f"{key}.unborn", f"{key}.unattended_stillbirth", f"{key}.lives_in"),
                       who=f"The child death review partners{where}", children=(child.key,), starts_on=_since(child, facts) if reviewed == "yes" else None)  # fmt: skip
            response = _both(reviewed, _triggered(child))
            yield Duty(f"joint-agency-response/{child.key}", "Joint agency response", response,
                       {"yes": "At least one trigger applies: " + ", ".join(w for t, w in TRIGGERS.items() if getattr(child, t).value == "yes") + ".",
                        "no": "No trigger applies.", "unclear": "Not every trigger is answered."}[response], C11,
                       (f"{key}.died", f"{key}.live_born", f"{key}.age_years", f"{key}.unborn", *(f"{key}.{t}" for t in TRIGGERS)),
                       who="Police, health and social care together", children=(child.key,), starts_on=_since(child, facts) if response == "yes" else None)  # fmt: skip

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        for child in facts.incident.children:
            if child.died.value != "yes" and child.unattended_stillbirth.value != "yes":
                continue
            for trigger, words in TRIGGERS.items():
                answer: Answer = "yes" if (v := getattr(child, trigger).value) == "yes" else "no" if v == "no" else "unclear"
                yield Criterion(f"{trigger.replace('_', '-')}/{child.key}", f"The death is {words}", _STATE[answer], f"For {child.key}.", C11,
                                (f"incident.children[{child.key}].{trigger}",), children=(child.key,))  # fmt: skip

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        death, meeting = facts.review.event("death"), facts.review.event("child_death_meeting")
        s = self.settings
        if death is None:
            return
        for key, title, span in (
            ("tell-office", "Tell the child death panel's office", Span(s["office_hours"], "hours")),
            ("tell-database", "Tell the National Child Mortality Database", Span(s["database_hours"], "hours")),
            ("review-meeting", "Hold the child death review meeting (a guide)", Span(s["meeting_months"], "calendar_months")),
        ):
            yield Step(key, title, f"child-death.{key}", f"{title}: within {span} of the death.", self._source,
                       ("review.events.death", "review.events.child_death_meeting"), True, "death", starts_on=death.day, span=span,
                       due_on=days.due(death.at, span).on, done_on=meeting.day if meeting and key == "review-meeting" else None,
                       optional=True, who="child_death_office")  # fmt: skip
        inquest = facts.review.event("inquest_ended")
        start = max((e for e in (meeting, inquest) if e), key=lambda e: e.day, default=None)
        if start is not None:
            span = Span(s["panel_weeks"], "weeks")
            yield Step("panel", "Review at the child death overview panel (a guide)", "child-death.panel", f"Within {span} of {start.day:%-d %B %Y}.",
                       self._source, ("review.events.child_death_meeting", "review.events.inquest_ended"), True, start.name, starts_on=start.day,
                       span=span, due_on=days.due(start.day, span).on, optional=True, who="child_death_office")  # fmt: skip


def _in_scope(child: Child) -> Answer:
    """Any child born alive who died before 18; an unattended stillbirth outside hospital is held too."""
    if child.unattended_stillbirth.value == "yes":
        return "yes"
    if child.died.value == "no" or child.live_born.value == "no" or (child.age_years.value or 0) >= 18:
        return "no"
    if child.unborn.value == "yes" and child.live_born.value != "yes":
        return "no"
    return "yes" if child.died.value == "yes" and child.live_born.value != "unclear" else "unclear"


def _triggered(child: Child) -> Answer:
    told = [getattr(child, t).value for t in TRIGGERS]
    return "yes" if "yes" in told else "no" if all(v == "no" for v in told) else "unclear"


def _both(first: Answer, second: Answer) -> Answer:
    return "no" if "no" in (first, second) else "yes" if (first, second) == ("yes", "yes") else "unclear"


def _since(child: Child, facts: Facts) -> date | None:
    return child.died_on.value or child.died.known_on or facts.review.on("death")
