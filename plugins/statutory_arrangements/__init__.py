"""What the law asks of an area's arrangements as a whole: the floor no local rule may go below.

In plain words: the safeguarding partners of an area are the local authority, the police and the health service; there may
be more than one of each. The authority alone performs the act of notifying, and decides on it. Since the 2023 edition every
partner has a lead who signs off the arrangements, unless a delegation is recorded. A local plan may set earlier targets of
its own, and may not lengthen a statutory clock. Tests that the law no longer has are pointed out, and so is what published
arrangements should tell and do not. A report is published every year.

Source: Children Act 2004, sections 16E, 16G and 16J; Working Together; rows R-1.1 to R-1.10, N-7, N-8, A1 to A18 and Y-1 to Y-3
of the domain notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from marshmallow import fields, validate

from plugins.statutory_arrangements.clocks import CLOCKED, CLOCKS, clocks
from plugins.statutory_arrangements.content import ROWS, Required, RequiredSchema, content, each_once, not_yet
from plugins.statutory_arrangements.criteria import stale
from plugins.statutory_arrangements.floor import (
    LSP,
    S16E,
    other_partners,
    partners,
    seats,
    signatures_needed,
    who_decides_on_reviews,
    who_signs_the_arrangements,
)
from plugins.statutory_arrangements.independence import chairs, scrutineers, scrutiny
from plugins.statutory_arrangements.left_out import left_out
from plugins.statutory_arrangements.notifying import S16C, who_decides_to_notify, who_notifies
from plugins.statutory_arrangements.stale_words import stale_words
from plugins.statutory_arrangements.unsaid import left_unsaid, rapid_reviews_that_stay, reviews_for_some
from plugins.statutory_arrangements.yearly import yearly_report
from threefold.plugin_api import (
    ArrangementView,
    Card,
    Days,
    Facts,
    Objection,
    Provided,
    Rule,
    Source,
    SourceField,
    Span,
    Step,
    Way,
    answers,
)
from threefold.plugin_api import (
    Config as RuleConfig,
)

LEADS_2018 = Source("Working Together 2018, chapter 3 (the partners' lead representatives)", "SG", "K")
RR7 = Source("RR-7: Panel guidance, September 2022 (signed off by all partners)", "PG", "K")
PUBLISHED = "review.events.yearly_report_published"


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
        reads=frozenset({"review.events.*"}),
        layer="law",
    )

    class Config(RuleConfig):
        lead_seats = fields.Boolean(load_default=False, metadata={
            "label": "Every partner has a lead seat that signs off the arrangements"})  # fmt: skip
        statutory_days = fields.Dict(
            keys=fields.String(validate=validate.OneOf(tuple(CLOCKED))), values=fields.Integer(strict=True), load_default=dict,
            metadata={"label": "Statutory working days that no local plan may lengthen"})  # fmt: skip
        statutory_sources = fields.Dict(
            keys=fields.String(validate=validate.OneOf(tuple(CLOCKED))), values=SourceField(), load_default=dict,
            metadata={"label": "Where the edition has each of them from"})  # fmt: skip
        yearly_report_months = fields.Integer(load_default=12, validate=validate.Range(1, 36), metadata={
            "label": "Months within which the yearly report follows"})  # fmt: skip
        yearly_report_source = SourceField(metadata={"label": "Source of the yearly report's time"})
        yearly_copy_days = fields.Integer(load_default=7, validate=validate.Range(1, 60), metadata={
            "label": "Days after publication to send a copy"})  # fmt: skip
        yearly_copy_source = SourceField(
            load_default=Source("Y-2: Working Together (copy to the Panel)", "SG", "K"),
            metadata={"label": "Source of the time for the copy"})  # fmt: skip
        yearly_common_month = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 12), metadata={
            "label": "Common month of the yearly report, by the end of it", "hint": "Leave empty in editions without one."})  # fmt: skip
        yearly_common_source = SourceField(
            load_default=Source("Y-3: Working Together 2023 (common date of the yearly report)", "SG", "K"),
            metadata={"label": "Source of the common month"})  # fmt: skip

        content = fields.List(fields.Nested(RequiredSchema), load_default=list, validate=each_once, metadata={
            "label": "What published arrangements must tell"})  # fmt: skip

    def prepare(self) -> None:
        self._content: tuple[Required, ...] = tuple(self.settings["content"])
        self._year = Span(self.settings["yearly_report_months"], "calendar_months")
        self._copy = Span(self.settings["yearly_copy_days"], "calendar_days", "inferred")

    def provides(self) -> Iterable[Provided]:
        s = self.settings
        yield Provided("way", "notify", "Who notifies", "The local authority alone performs the act.", S16C)
        signs = "Every lead safeguarding partner." if s["lead_seats"] else "Every safeguarding partner."
        yield Provided(
            "way", "sign_arrangement", "Who signs off the arrangements", signs, LSP if s["lead_seats"] else LEADS_2018
        )
        yield Provided("way", "sign_rapid_review", "Who signs the rapid review", "All safeguarding partners.", RR7)
        for key, days in sorted(s["statutory_days"].items()):
            yield Provided("narrative", f"floor-{key}", f"{CLOCKED[key]}: no longer than this", f"{days} working days.",
                           s["statutory_sources"].get(key, CLOCKS),
                           (("working_days", days),))  # fmt: skip
        for one in self._content:
            yield Provided("narrative", f"content-{one.row}", f"{one.row}: {ROWS[one.row]}",
                           f"Published arrangements tell it. {one.asked_from}", one.source)  # fmt: skip
        yield Provided("step", "yearly-report", "Publish the yearly report", f"Within {self._year} of the last report's period.",
                       s["yearly_report_source"], (("serves", "yearly-report"), ("statutory", True),
                                                   ("start_event", "yearly_report_period_ended")))  # fmt: skip
        yield Provided("step", "yearly-report-copy", "Send a copy of the yearly report", f"Within {self._copy} of publication.",
                       s["yearly_copy_source"], (("serves", "yearly-report-copy"), ("statutory", True),
                                                 ("start_event", "yearly_report_published")))  # fmt: skip

    @answers
    def decision(self, question: str) -> Way | None:
        match question:
            case "notify":
                return Way(question, "The local authority holds the duty and performs the act; the partners should agree beforehand.", S16C,
                           views_from=("safeguarding partners",), decides=("local authority",), how="one_decides", acts="local authority")  # fmt: skip
            case "sign_arrangement" if self.settings["lead_seats"]:
                return Way(question, "Every lead safeguarding partner signs the exact content, unless a delegation is recorded.", LSP,
                           decides=("lead safeguarding partners",), how="all_agree", acts="lead safeguarding partners")  # fmt: skip
            case "sign_arrangement":
                return Way(question, "Every safeguarding partner signs off the arrangements.", LEADS_2018,
                           decides=("safeguarding partners",), how="all_agree", acts="safeguarding partners")  # fmt: skip
            case "sign_rapid_review":
                return Way(question, "All safeguarding partners sign off the rapid review.", RR7, decides=("safeguarding partners",),
                           how="joint_view")  # fmt: skip
        return None

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        s, review = self.settings, facts.review
        ended, published = review.on("yearly_report_period_ended"), review.on("yearly_report_published")
        if ended is not None:
            reads = ("review.events.yearly_report_period_ended", PUBLISHED)
            due = days.due(ended, self._year).on
            yield Step("yearly-report", "Publish the yearly report", "yearly-report",
                       f"Publish it by {due:%-d %B %Y}: at least one report in every 12 months.", s["yearly_report_source"], reads, True,
                       "yearly_report_period_ended", starts_on=ended, span=self._year, due_on=due, who="business_manager",
                       ends_with="yearly_report_published", done_on=published)  # fmt: skip
            common = self._common_date(ended)
            if common is not None:
                # Kept apart from the Act's twelve months: how sure it is does not let it stand as the statutory date.
                yield Step("yearly-report-common-date", "Publish the yearly report by the common date (to be confirmed)",
                           "yearly-report-common-date",
                           f"By {common:%-d %B %Y}, for the financial year that ended on {ended:%-d %B %Y}. This date is to be confirmed.",
                           s["yearly_common_source"], reads, True, "yearly_report_period_ended", starts_on=ended, due_on=common,
                           who="business_manager", ends_with="yearly_report_published", done_on=published, optional=True)  # fmt: skip
        if published is not None:
            sent = f"done:{self.use}.yearly-report-copy"
            due = days.due(published, self._copy).on
            yield Step("yearly-report-copy", "Send a copy of the yearly report to the Panel and the what-works centre", "yearly-report-copy",
                       f"Send it by {due:%-d %B %Y}: {self._copy} from publication on {published:%-d %B %Y}.", s["yearly_copy_source"],
                       (PUBLISHED, f"review.events.{sent}"), True, "yearly_report_published", starts_on=published, span=self._copy, due_on=due,
                       who="business_manager", ends_with=sent, done_on=review.on(sent))  # fmt: skip

    def _common_date(self, ended: date) -> date | None:
        """The last day of the common month after a financial year (to 31 March); other periods have no common date."""
        month: int | None = self.settings["yearly_common_month"]
        if month is None or (ended.month, ended.day) != (3, 31):
            return None
        year = ended.year if month > 3 else ended.year + 1
        first_after = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
        return date.fromordinal(first_after.toordinal() - 1)

    @answers
    def floor(self, arrangement: ArrangementView, on: date | None) -> Iterable[Objection]:
        if arrangement.kind != "partnership":
            return
        yield from partners(arrangement, on)
        yield from other_partners(arrangement, on)
        if self.settings["lead_seats"]:
            yield from seats(arrangement)
            yield from who_signs_the_arrangements(arrangement)
            yield from chairs(arrangement)
        yield from scrutineers(arrangement)
        yield from who_notifies(arrangement)
        yield from who_decides_to_notify(arrangement)
        yield from who_decides_on_reviews(arrangement)
        yield from clocks(arrangement, self.settings["statutory_days"], self.settings["statutory_sources"])
        yield from left_out(arrangement, self.settings["statutory_sources"])
        yield from stale(arrangement)
        yield from stale_words(arrangement, on)
        s = self.settings
        yield from yearly_report(
            arrangement,
            (s["yearly_report_months"], s["yearly_report_source"]),
            (s["yearly_common_month"], s["yearly_common_source"]),
            (s["yearly_copy_days"], s["yearly_copy_source"]),
        )
        yield from rapid_reviews_that_stay(arrangement)
        yield from reviews_for_some(arrangement)
        yield from left_unsaid(arrangement, self.settings["statutory_days"], s["yearly_report_months"], s["yearly_copy_days"])
        untold = list(content(arrangement, on, self._content))
        if not any(o.key == "content/A5" for o in untold):  # where A5 is asked it says the same, with its own force
            yield from scrutiny(arrangement)
        yield from untold
        yield from not_yet(arrangement, on, self._content)


__all__ = ["StatutoryArrangements", "signatures_needed"]
