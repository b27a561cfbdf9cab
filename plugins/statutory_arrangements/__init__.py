"""What the law asks of an area's arrangements as a whole: the floor no local rule may go below.

In plain words: the safeguarding partners of an area are the local authority, the police and the health service; there may
be more than one of each. The authority alone performs the act of notifying. Since the 2023 edition every partner has a
lead who signs off the arrangements, unless a delegation is recorded. A local plan may set earlier targets of its own, and
may not lengthen a statutory clock. Tests that the law no longer has are pointed out.

Source: Children Act 2004, sections 16E, 16G and 16J; Working Together; rows R-1.1 to R-1.10 of the domain notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from marshmallow import fields, validate
from threefold.plugin_api import (
    ArrangementView,
    Card,
    Config,
    Days,
    Facts,
    Objection,
    Organisation,
    Provided,
    Rule,
    Source,
    SourceField,
    Span,
    Step,
    Way,
    add_months,
    answers,
)

S16E = Source("Children Act 2004, section 16E(3)", "ACT", "V", "legislation.gov.uk/ukpga/2004/31/section/16E")
S16C = Source("Children Act 2004, section 16C(1)", "ACT", "V", "legislation.gov.uk/ukpga/2004/31")
S16G = Source("Children Act 2004, section 16G(3)", "ACT", "K")
S16G7 = Source("Children Act 2004, section 16G(7)", "ACT", "V2")
LSP = Source("Working Together 2023, chapter 2 (lead safeguarding partners)", "SG", "V2", "leedsscp.org.uk")
CLOCKS = Source("Working Together (statutory times)", "SG", "V2")
UNSTATED = Source("R-1.6: what an adopted page does not say", "PG", "K")
S1 = Source("S-1: the test for serious case reviews, superseded in 2018", "PG", "V2", "docslib.org/doc/13917526")
LEGACY = Source(
    "Legacy limb (iv), until 28 June 2018", "PG", "V", "proceduresonline.com/pancheshire/warrington/p_ser_case_rev.html"
)

CCG_UNTIL = date(2022, 7, 1)  # the Health and Care Act 2022 put integrated care boards in their place
CLOCKED = {"notify-panel": "Notifying the Panel", "tell-partners": "Telling the partners", "rapid-review": "The rapid review"}


class StatutoryArrangements(Rule):
    """The floor under a whole arrangement. Source: Children Act 2004, sections 16E to 16J; Working Together."""

    card = Card(
        id="statutory-arrangements",
        major=1,
        title="What every arrangement must have",
        summary="Which partners and seats there must be, who notifies, and what no local rule may loosen.",
        source=S16E,
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({"review.events.yearly_report_period_ended", "review.events.yearly_report_published"}),
        layer="law",
    )  # fmt: skip

    class Config(Config):
        lead_seats = fields.Boolean(load_default=False, metadata={
            "label": "Every partner has a lead seat that signs off the arrangements"})  # fmt: skip
        statutory_days = fields.Dict(
            keys=fields.String(validate=validate.OneOf(tuple(CLOCKED))), values=fields.Integer(strict=True), load_default=dict,
            metadata={"label": "Statutory working days that no local plan may lengthen"})  # fmt: skip
        yearly_report_months = fields.Integer(load_default=12, validate=validate.Range(1, 36), metadata={
            "label": "Months within which the yearly report follows"})  # fmt: skip
        yearly_report_source = SourceField(metadata={"label": "Source of the yearly report's time"})

    def provides(self) -> Iterable[Provided]:
        yield Provided("way", "notify", "Who notifies", "The local authority alone performs the act.", S16C)
        yield Provided("way", "sign_arrangement", "Who signs off the arrangements", "Every lead safeguarding partner.", LSP)
        yield Provided("way", "sign_rapid_review", "Who signs the rapid review", "The safeguarding partners.", CLOCKS)
        for key, days in sorted(self.settings["statutory_days"].items()):
            yield Provided(
                "step",
                f"floor-{key}",
                f"{CLOCKED[key]}: no longer than this",
                f"{days} working days.",
                CLOCKS,
                (("working_days", days),),
            )

    @answers
    def decision(self, question: str) -> Way | None:
        if question == "notify":
            return Way(question, "The local authority holds the duty and performs the act; the partners should agree beforehand.", S16C,
                       views_from=("safeguarding partners",), decides=("local authority",), how="one_decides", acts="local authority")  # fmt: skip
        if question == "sign_arrangement":
            return Way(question, "Every lead safeguarding partner signs the exact content.", LSP, decides=("lead safeguarding partners",), how="all_agree",
                       acts="lead safeguarding partners")  # fmt: skip
        if question == "sign_rapid_review":
            return Way(
                question,
                "The safeguarding partners sign off the rapid review.",
                CLOCKS,
                decides=("safeguarding partners",),
                how="joint_view",
            )
        return None

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        ended = facts.review.on("yearly_report_period_ended")
        if ended is not None:
            months = self.settings["yearly_report_months"]
            due = add_months(ended, months)
            yield Step("yearly-report", "Publish the yearly report", "yearly-report", f"Publish it by {due:%-d %B %Y}.",
                       self.settings["yearly_report_source"], ("review.events.yearly_report_period_ended", "review.events.yearly_report_published"),
                       True, "yearly_report_period_ended", starts_on=ended, span=Span(months, "calendar_months"), due_on=due,
                       who="business_manager", ends_with="yearly_report_published", done_on=facts.review.on("yearly_report_published"))  # fmt: skip

    @answers
    def floor(self, arrangement: ArrangementView, on: date | None) -> Iterable[Objection]:
        if arrangement.kind != "partnership":
            return
        yield from self._partners(arrangement, on)
        if self.settings["lead_seats"]:
            yield from self._seats(arrangement)
        yield from self._who_notifies(arrangement)
        yield from self._clocks(arrangement)
        yield from self._stale(arrangement)
        if not arrangement.all("scrutiny") and not any(s.role == "scrutineer" for s in arrangement.seats):
            yield _missing(
                "scrutiny", "The arrangements do not say how they are scrutinised independently.", S16G, arrangement, "scrutiny"
            )

    def _partners(self, arrangement: ArrangementView, on: date | None) -> Iterable[Objection]:
        kinds = {o.kind for o in arrangement.partners}
        health = kinds & (
            {"integrated_care_board"} | ({"clinical_commissioning_group"} if on is None or on < CCG_UNTIL else set())
        )
        for there, key, words in (
            ("local_authority" in kinds, "authority", "a local authority"),
            ("police" in kinds, "police", "the chief officer of police"),
            (bool(health), "health", "an integrated care board"),
        ):
            if not there:
                yield _missing(
                    f"partner-{key}", f"The safeguarding partners must include {words}.", S16E, arrangement, "organisations"
                )

    def _seats(self, arrangement: ArrangementView) -> Iterable[Objection]:
        seated = {s.organisation for s in arrangement.seats if s.role == "lead"}
        acted_for = {key for o in arrangement.organisations if o.key in seated for key in o.acts_for}
        for partner in arrangement.partners:
            if partner.key not in seated | acted_for:
                yield _missing(f"seat-{partner.key}", f"{partner.name} has no lead seat, and no delegation is recorded. "
                               "Each partner's lead signs off the arrangements.", LSP, arrangement, f"seats.{partner.key}", firm=True)  # fmt: skip

    def _who_notifies(self, arrangement: ArrangementView) -> Iterable[Objection]:
        for rule, way in arrangement.all("way"):
            acts = way.get("acts")
            if way.key == "notify" and isinstance(acts, str) and acts and not _is_authority(acts, arrangement):
                yield Objection("who-notifies", "in_force", f"'{rule.use}' lets '{acts}' notify. Only the local authority, or one that acts for it, can.",
                                S16C, field=f"rules.{rule.use}.ways.notify.acts")  # fmt: skip

    def _clocks(self, arrangement: ArrangementView) -> Iterable[Objection]:
        for rule, step in arrangement.all("step"):
            serves, days = step.get("serves"), step.get("working_days")
            most = self.settings["statutory_days"].get(serves)
            if step.get("statutory"):
                yield Objection(f"claims/{rule.use}/{step.key}", "in_force", f"'{rule.use}' calls its step '{step.title}' statutory. Only the law's own are.",
                                CLOCKS, field=f"rules.{rule.use}.steps.{step.key}", bars=True)  # fmt: skip
            elif step.get("replaces_statutory") and most is not None and isinstance(days, int) and days > most:
                yield Objection(f"longer/{rule.use}/{step.key}", "in_force",
                                f"'{step.title}' gives {days} working days where the law gives {most}. A local plan cannot lengthen a statutory clock.",
                                CLOCKS, field=f"rules.{rule.use}.steps.{step.key}", bars=True)  # fmt: skip
            elif most is not None and isinstance(days, int) and days > most:
                yield Objection(f"later/{rule.use}/{step.key}", "in_force",
                                f"The local target '{step.title}' ({days} working days) lies after the statutory {most}. The statutory date stays.",
                                UNSTATED, field=f"rules.{rule.use}.steps.{step.key}")  # fmt: skip

    def _stale(self, arrangement: ArrangementView) -> Iterable[Objection]:
        for rule, criterion in arrangement.all("criterion"):
            where = f"rules.{rule.use}.criteria.{criterion.key}"
            if criterion.get("effect") == "narrows":
                yield Objection(f"narrows/{rule.use}/{criterion.key}", "in_force",
                                f"'{criterion.title}' narrows the national test. A concern about working together has not been needed since 2018; "
                                "it is one factor among four.", S1, field=where)  # fmt: skip
            reads = criterion.get("reads")
            if isinstance(reads, tuple) and "incident.children[].regulated_setting" in reads:
                yield Objection(f"stale/{rule.use}/{criterion.key}", "in_force",
                                f"'{criterion.title}' rests on death in a regulated setting, which left the national test in June 2018.", LEGACY, field=where)  # fmt: skip


def _missing(
    key: str, sentence: str, source: Source, arrangement: ArrangementView, field: str, *, firm: bool = False
) -> Objection:
    """Something not there. A page that was adopted may simply not say it: that is unknown, and warned of. What partners
    sign here must have it."""
    if arrangement.entered == "adopted":
        return Objection(
            key, "in_force", f"Not stated in the published pages: {sentence[0].lower()}{sentence[1:]}", UNSTATED, field=field
        )
    return Objection(key, "in_force", sentence, source, field=field, bars=firm)


def _is_authority(acts: str, arrangement: ArrangementView) -> bool:
    if acts.replace("_", " ") == "local authority":
        return True
    by_key: dict[str, Organisation] = {o.key: o for o in arrangement.organisations}
    seat = next((s for s in arrangement.seats if s.key == acts), None)
    who = by_key.get(seat.organisation if seat else acts)
    if who is None:
        return False
    authorities = {o.key for o in arrangement.organisations if o.kind == "local_authority"}
    return who.key in authorities or bool(set(who.acts_for) & authorities)
