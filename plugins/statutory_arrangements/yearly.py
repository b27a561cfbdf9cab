"""The floor under the yearly report: how often, by when, and when its copy is sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from plugins.statutory_arrangements.clocks import UNSTATED
from plugins.statutory_arrangements.floor import joined
from threefold.plugin_api import (
    ArrangementView,
    Objection,
    Provided,
    RuleProvides,
    Source,
    by_their_ends,
    ends_by_itself,
    ends_serving,
    longest_days,
    may_outlast,
    plain_title,
    roots_of,
    serves_of,
    starts_of,
    steps_before,
)

MONTHS = tuple(f"{date(2001, month, 1):%B}" for month in range(1, 13))
YEAR_ENDS = (3, 31)  # of the financial year, which alone has a common month
_REPORT = re.compile(
    r"(the |our )?((safeguarding )?(children )?partnership['’]?s? |l?scp )?(yearly|annual) reports?( of the (safeguarding )?(partnership|partners))?( (for |of )?\d{2,4}([-–/ ]\d{2,4})?)?"
)
_OTHER_REPORT = re.compile(r"scrutin|child death|\bcdop\b|\blado\b|\biro\b|school|police|fostering|adoption|private")
_PUBLISHES = re.compile(
    r"(publish|issue) (the |our )?(yearly|annual) report|(the |our )?(yearly|annual) report( (is |to be )?(published|issued))?"
)
_PANEL = r"(the )?((national|child safeguarding practice review) )?panel"
_COPY = re.compile(rf"\b(cop(y|ies)|send|sent)\b.*\b(to {_PANEL}|what works centre|foundations)\b")
ENDED, PUBLISHED = "yearly_report_period_ended", "yearly_report_published"


def yearly_report(
    arrangement: ArrangementView, months: tuple[int, Source], common: tuple[int | None, Source], copy: tuple[int, Source]
) -> Iterable[Objection]:
    """A report at least once in every twelve months (Y-1), published, and by the common month where the edition has one (Y-3); its copy within
    some days of that (Y-2).

    `months`, `common`, `copy`: the number, and where it comes from. An adopted page is told of it and not refused.
    """
    adopted = arrangement.entered == "adopted"
    told = arrangement.all("report_year")
    if len(told) > 1 and not adopted and len({(str(y.get("ends")), str(y.get("due")), y.get("months")) for _, y in told}) > 1:
        rule, year = told[-1]
        yield Objection("yearly-report-twice", "in_force",
                        f"{len(told)} report years are told, and they are not the same: {joined([f'“{one.sentence.rstrip(chr(46))}”' for _, one in told])}. The partners’ "
                        "report has one. Keep one.", months[1], field=f"rules.{rule.use}", warns=True)  # fmt: skip
    for rule, year in told:
        covers, due, ends = year.get("months"), _day(year.get("due")), _day(year.get("ends"))
        if type(covers) is int and covers > months[0]:
            yield Objection("yearly-report-months", "in_force",
                            f"The yearly report covers {covers} months. One is published at least once in every {months[0]} months.",
                            UNSTATED if adopted else months[1], field=f"rules.{rule.use}.months")  # fmt: skip
        if common[0] is not None and due and not ends and not adopted and not YEAR_ENDS < due <= (common[0], 31):
            yield Objection("yearly-report-due", "in_force",
                            f"The yearly report is due by {year.get('due')}, and of which year is not said. If it is of a financial year, guidance asks for it by the end of "
                            f"{MONTHS[common[0] - 1]}. Say when the year ends.", common[1], field=f"rules.{rule.use}.ends", warns=True)  # fmt: skip
        # The common month is for a financial year; other report years have none. A day that is not after the year's end is one of the next year.
        if common[0] is not None and due and ends and ends[0] == YEAR_ENDS[0] and not (ends < due and due[0] <= common[0]):
            yield Objection("yearly-report-due", "in_force",
                            f"The yearly report is due by {year.get('due')}"
                            f"{'' if due > ends else ' of the year after'}. Guidance asks for it by the end of {MONTHS[common[0] - 1]}.",
                            UNSTATED if adopted else common[1], field=f"rules.{rule.use}.due")  # fmt: skip
    yield from _reports(arrangement, months, common)
    yield from _copies(arrangement, copy, months[0])
    yield from _unpublished(arrangement, months)


def _reports(
    arrangement: ArrangementView, months: tuple[int, Source], common: tuple[int | None, Source]
) -> Iterable[Objection]:
    """A step that is the publishing of the yearly report ends within the months, and of a financial year by the common month."""
    adopted, by_end = arrangement.entered == "adopted", by_their_ends(arrangement)
    years = [_day(year.get("ends")) for _, year in arrangement.all("report_year")]
    for rule, step in arrangement.all("step"):
        where = _where(rule, step)
        if not _publishes(step):
            if serves_of(step) and _PUBLISHES.fullmatch(plain_title(step)) and _outlasts(step, by_end, months[0]):
                yield Objection(f"yearly-report-step/{rule.use}/{step.key}", "in_force",
                                f"“{step.title}” ({step.get('span')}) is called as the yearly report is, and said to be something else. That is published at least once in every "
                                f"{months[0]} months. Call it what it is, or answer that it is the report.", months[1],
                                field=f"rules.{rule.use}.steps.{step.key}.serves", warns=True)  # fmt: skip
            continue
        since = PUBLISHED if PUBLISHED in roots_of(step, by_end) and serves_of(step) == "yearly-report" else ENDED
        if _outlasts(step, by_end, months[0], since):
            after = "from" if since in starts_of(step) else "at the end of steps that begin with"
            said = "the publishing of the one before" if since == PUBLISHED else "the end of the report’s period"
            yield Objection(f"yearly-report-step/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” gives {step.get('span')} {after} {said}. One report is published at least once in every {months[0]} months.",
                            UNSTATED if adopted else months[1], field=where)  # fmt: skip
        elif (
            common[0] is not None
            and (YEAR_ENDS in years or not any(years))
            and _outlasts(step, by_end, common[0] - YEAR_ENDS[0], day=YEAR_ENDS)
        ):
            yield Objection(f"yearly-report-due/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” gives {step.get('span')} for a report. {'Guidance asks' if any(years) else 'If it is of a financial year, guidance asks'} for it by the end of {MONTHS[common[0] - 1]}.",
                            UNSTATED if adopted else common[1], field=where, warns=not any(years))  # fmt: skip


def _copies(arrangement: ArrangementView, copy: tuple[int, Source], months: int) -> Iterable[Objection]:
    """A step that sends copies of the yearly report ends within some days of the publishing."""
    adopted, by_end = arrangement.entered == "adopted", by_their_ends(arrangement)
    reports = ends_serving(arrangement, "yearly-report") - {PUBLISHED}
    for rule, step in arrangement.all("step"):
        if not _sends_copy(step):
            continue
        surely = _after_publishing(step, by_end) > copy[0]
        told = serves_of(step) == "yearly-report-copy"
        perhaps = told and (_after_publishing(step, by_end, reports) > copy[0] or _outlasts(step, by_end, months))
        if surely or perhaps:
            yield Objection(f"yearly-report-copy/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” gives {step.get('span')}{' from the publishing' if surely else ', and so perhaps a longer time after the publishing'}. Guidance has a copy sent within {copy[0]} days of it. That "
                            "date stays.", UNSTATED if adopted else copy[1], field=_where(rule, step), warns=not surely)  # fmt: skip


def _where(rule: RuleProvides, step: Provided) -> str:
    """The setting of a step that says its time, where the rule tells which."""
    where, set_in = f"rules.{rule.use}.steps.{step.key}", step.get("set_in")
    return f"{where}.{set_in}" if set_in else where


def _unpublished(arrangement: ArrangementView, months: tuple[int, Source]) -> Iterable[Objection]:
    """Where no text publishes the yearly report, none says that it is not. By a title that says more it may be another report: a warning."""
    adopted = arrangement.entered == "adopted"
    for rule, text in arrangement.all("publication"):
        denied = serves_of(text) not in ("", "yearly-report") and _REPORT.fullmatch(plain_title(text))
        if denied and text.get("published") in ("no", "usually_not") and not adopted:
            yield Objection(f"yearly-report-unpublished/{rule.use}/{text.key}", "in_force",
                            f"“{text.title}” is called as the yearly report is, said to be something else, and {'never' if text.get('published') == 'no' else 'usually not'} published. "
                            f"The partners publish a report at least once in every {months[0]} months. Call it what else it is, or answer that it is that report.",
                            months[1], field=f"rules.{rule.use}.texts.{text.key}.serves", warns=True)  # fmt: skip
    texts = [(rule, text) for rule, text in arrangement.all("publication") if _is_yearly_report(text)]
    if any(text.get("published") not in ("no", "usually_not") for _, text in texts):
        return
    for rule, text in texts:
        if text.get("published") == "usually_not" and serves_of(text) != "yearly-report":
            continue
        named = serves_of(text) == "yearly-report" or bool(_REPORT.fullmatch(plain_title(text)))
        surely = named and not text.get("when") and (text.get("published") == "no" or serves_of(text) == "yearly-report")
        yield Objection(f"yearly-report-unpublished/{rule.use}/{text.key}", "in_force",
                        f"“{text.title}” is said {'never' if text.get('published') == 'no' else 'usually not'} to be published. The partners publish a report at least once in every {months[0]} months."
                        + ("" if surely or serves_of(text) else " If this is another, it may stay."),
                        UNSTATED if adopted else months[1], field=f"rules.{rule.use}.texts.{text.key}.published", warns=not surely)  # fmt: skip


def is_of_yearly_report(step: Provided) -> bool:
    """Whether a step's title is the publishing of the yearly report, or the sending of copies: the floor reads it without being told."""
    return bool(_PUBLISHES.fullmatch(plain_title(step))) or bool(_COPY.search(step.title.lower()))


def too_late_as_yearly_report(step: Provided, ends: Mapping[str, Provided], months: int, copy: int) -> list[str]:
    """What of the yearly report a step would be too late for, were it that: its publishing, or the sending of its copies."""
    late = ["the yearly report"] if _outlasts(step, ends, months) else []
    return late + (["the sending of its copies"] if _after_publishing(step, ends) > copy else [])


def _publishes(step: Provided) -> bool:
    """Whether a step is the publishing of the yearly report: it ends with it, is said to be for it, or is called so where nothing is said."""
    if step.get("ends_with") == PUBLISHED or serves_of(step) == "yearly-report":
        return True
    return not serves_of(step) and ends_by_itself(step) and bool(_PUBLISHES.fullmatch(plain_title(step)))


def _sends_copy(step: Provided) -> bool:
    said = serves_of(step)
    return said == "yearly-report-copy" or (not said and bool(_COPY.search(step.title.lower())))


def _is_yearly_report(text: Provided) -> bool:
    """Whether a kind of text is the yearly report: it is said to be, or is called so where nothing is said."""
    if said := serves_of(text):
        return said == "yearly-report"
    title = plain_title(text)
    return bool(_REPORT.search(title)) and not _OTHER_REPORT.search(title)


def _outlasts(
    step: Provided, ends: Mapping[str, Provided], months: int, since: str = ENDED, day: tuple[int, int] | None = None
) -> bool:
    """Whether a step that is counted from the end of the report's period, or from the publishing of the one before, at last, may end
    later than so many months after it. `day`: the month and day of that, where it is always the same."""
    if since not in roots_of(step, ends):
        return False
    return may_outlast(step, months, steps_before(step, ends, (since,), longest_days), day)


def _after_publishing(step: Provided, ends: Mapping[str, Provided], since: frozenset[str] = frozenset({PUBLISHED})) -> float:
    """How many days after the publishing of the yearly report, or what else stands for that (`since`), a step may end; 0 where it is not
    counted from it."""
    if since.isdisjoint(roots_of(step, ends)) or not longest_days(step):
        return 0
    return longest_days(step) + sum(map(longest_days, steps_before(step, ends, since, longest_days)))


def _day(told: object) -> tuple[int, int] | None:
    """A day of the year such as "30 September" as its month and day; None where there is none."""
    day, _, name = str(told or "").partition(" ")
    return (MONTHS.index(name) + 1, int(day)) if name in MONTHS and day.isdecimal() else None
