"""The floor under local reviews: no local limit is looser than the law's, none ends later, and reports are published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from threefold.plugin_api import (
    SERVES_ASKED,
    ArrangementView,
    Limit,
    Objection,
    Provided,
    Source,
    by_ends_of_no_duty,
    by_their_ends,
    ends_by_itself,
    ends_serving,
    left_open,
    longest_days,
    may_outlast,
    plain_title,
    roots_of,
    serves_of,
    starts_of,
    steps_before,
)

L10_USUALLY = Source("L-10: section 16F(4)-(5) (published unless inappropriate)", "SG", "V2", "nscp.nottinghamshire.gov.uk")
L10 = Source("Children Act 2004, section 16F(4)-(5)", "ACT", "V2", "nscp.nottinghamshire.gov.uk")
UNSTATED = Source("R-1.6: what an adopted page does not say", "PG", "K")
ENDING = ("published", "report_sent")
DECIDED = "local_review_decided"
# What comes before the decision, or with it.
BEFORE = frozenset({
    DECIDED, "incident", "death", "aware", "briefing_received", "referral_received", "referral_accepted", "notification_decided",
    "notification_sent", "notification_copied", "partners_told", "rapid_review_started",
})  # fmt: skip
_NAMED = r"((local )?(child safeguarding )?practice reviews?|l?csprs?)"  # what the law and its practice call it
_REVIEW = rf"({_NAMED}|local reviews?)"  # which may be a review of the area's own too
# A step that is called what guidance asks for within its months, whatever else it says.
_COMPLETED = re.compile(
    rf"(complete|conclude|finish|publish)( and publish)?( (the|a))?( reports? (of|on)( the| a)?)? {_REVIEW}( reports?)?"
    rf"|(the |a )?{_REVIEW}( final)?( reports?)?( (is |are |to be )?(completed?|concluded|finished|finalised|published|approved|signed off))?"
    r"( and published)?( by the \w+)?"
    rf"|(publication|completion) (of )?(the )?{_REVIEW}( reports?)?|publish (the )?(final |full )?report|(final |full )?report( is)? published|publication of the (final |full )?report",
)
_OTHER_TEXT = re.compile(
    r"\b(yearly|annual|briefings?|minutes|audits?|newsletters?|business plan|strategy|threshold|scrutin\w+)\b", re.IGNORECASE
)
_REPORTS = re.compile(
    rf"(the )?(full |final |overview )?((reports?|findings) (of|on|from) )?(our |the |each |a )?{_NAMED}( (full |final |overview )?reports?)?"
)


def looser_limits(arrangement: ArrangementView, limits: Iterable[Limit]) -> Iterable[Objection]:
    """No local limit on publishing is looser than the law's (L-11, L-13): the stricter governs, and the text would mislead."""
    own = {limit.key: limit for limit in limits}
    for rule, text in arrangement.all("publication"):
        limit, amount = own.get(str(text.get("limit"))), text.get("amount")
        if serves_of(text) not in ("", "local-review") or (not serves_of(text) and _OTHER_TEXT.search(text.title)):
            continue
        if limit is not None and type(amount) is int and amount < limit.value:
            yield Objection(f"looser/{rule.use}/{text.key}", "in_force",
                            f"'{text.title}' says {amount} where the law asks for more: {limit.sentence[:1].lower()}{limit.sentence[1:]}",
                            limit.source, field=f"rules.{rule.use}.texts.{text.key}.amount", warns=arrangement.entered == "adopted")  # fmt: skip


def later_reviews(arrangement: ArrangementView, months: int, source: Source) -> Iterable[Objection]:
    """A review is completed and published within some months of the decision (L-12): a local step that ends it later departs from guidance.

    It ends with the publishing, serves that, or is called so where nobody said what it serves, and runs from the decision, perhaps by
    way of other steps. One that runs longer from anything else may end later. The law's own date stays in any case.
    """
    ends = by_their_ends(arrangement)
    steps = [
        (rule, step, "steps", step.get("set_in"))
        for rule, step in arrangement.all("step")
        if _ends_review(step) or (ends_by_itself(step) and _called_review(step))
    ]
    kinds = [
        (rule, kind, "types", "clock") for rule, kind in arrangement.all("outcome") if _is_review(kind) or _called_review(kind)
    ]
    for rule, step, listed, set_in in (*steps, *kinds):
        where = f"rules.{rule.use}.{listed}.{step.key}"
        if _may_end_later(step, ends, months):
            yield Objection(f"later-review/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” gives {step.get('span') or step.get('clock')}, and not from the decision, so that it may end more than {months} months after it. "
                            f"Guidance has a local review completed and published within {months} months of the decision. That date stays.",
                            UNSTATED if arrangement.entered == "adopted" else source, field=f"{where}.{set_in}" if set_in else where, warns=True)  # fmt: skip
        elif (
            _outlasts(step, ends, months)
            and serves_of(step) not in ("", "local-review", "advance-copy")
            and step.get("ends_with") not in ENDING
        ):
            yield Objection(f"later-review/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” ({step.get('span') or step.get('clock')}) is called as a local review is, and said to be something else. Guidance has one completed and "
                            f"published within {months} months of the decision. Call it what it is, or answer that it is the review.",
                            source, field=f"{where}.serves", warns=True)  # fmt: skip
        elif _outlasts(step, ends, months):
            after = "from" if DECIDED in starts_of(step) else "at the end of steps that begin with"
            yield Objection(f"later-review/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” gives {step.get('span') or step.get('clock')} {after} the decision. Guidance has a local review completed and published within "
                            f"{months} months of it. That date stays.",
                            UNSTATED if arrangement.entered == "adopted" else source, field=f"{where}.{set_in}" if set_in else where)  # fmt: skip


def unpublished(arrangement: ArrangementView) -> Iterable[Objection]:
    """The report of a local review is published unless that is inappropriate, and then the improvements are (L-10): none is never published.

    Where a text's name may mean something else, or a condition says when it is so, it is asked whether it is that.
    """
    for rule, text in arrangement.all("publication"):
        title, told = plain_title(text), serves_of(text) == "local-review"
        if (
            text.get("published") in ("no", "usually_not")
            and serves_of(text) not in ("", "local-review")
            and _REPORTS.fullmatch(title)
        ):
            yield Objection(f"unpublished/{rule.use}/{text.key}", "in_force",
                            f"“{text.title}” is called as the report of a local child safeguarding practice review is, said to be none, and {'never' if text.get('published') == 'no' else 'usually not'} published. "
                            "Call it what else it is, or answer that it is that report, which is published unless that is inappropriate.",
                            L10, field=f"rules.{rule.use}.texts.{text.key}.serves", warns=True)  # fmt: skip
        if text.get("published") not in ("no", "usually_not") or not _says_review(text):
            continue
        never = text.get("published") == "no"
        elsewhere = any(
            other.get("published") in ("yes", "usually") and _says_review(other) for _, other in arrangement.all("publication")
        )
        surely = (
            never
            and not elsewhere
            and (told or bool(_REPORTS.fullmatch(title)))
            and not text.get("when")
            and arrangement.entered != "adopted"
        )
        yield Objection(f"unpublished/{rule.use}/{text.key}", "in_force",
                        f"“{text.title}” is said {'never' if never else 'usually not'} to be published. The report of a local child safeguarding practice review is published "
                        "unless that is inappropriate, and then what it says of improvements is."
                        + ("" if surely or told else " If this is something else, it may stay."),
                        L10 if surely or not (told and not never and not text.get("when")) else L10_USUALLY, field=f"rules.{rule.use}.texts.{text.key}.published", bars=surely,
                        warns=not surely and not (told and not never and not text.get("when") and arrangement.entered != "adopted"))  # fmt: skip


def _ends_review(step: Provided) -> bool:
    if step.get("ends_with") in ("published", "report_sent") or serves_of(step) in ("local-review", "advance-copy"):
        return True
    return not serves_of(step) and ends_by_itself(step) and bool(_COMPLETED.fullmatch(plain_title(step)))


def _called_review(thing: Provided) -> bool:
    """Whether a step or a kind of review is called as the local review is, and said to be something else."""
    title = plain_title(thing)
    return bool(serves_of(thing)) and bool(
        re.fullmatch(rf"(the |a )?{_REVIEW}", title) or (_COMPLETED.fullmatch(title) and re.search(_NAMED, title))
    )


def _says_review(text: Provided) -> bool:
    """Whether a kind of text is the report of a local review: it is said to be, or its name has that in it where nothing is said."""
    if said := serves_of(text):
        return said == "local-review"
    of_it = text.get("limit") in (
        "publish.available_months",
        "publish.advance_copy_working_days",
    )  # the law's, of these reports
    return bool(re.search(rf"\b{_REVIEW}\b", plain_title(text))) or (of_it and not _OTHER_TEXT.search(text.title))


def _outlasts(step: Provided, ends: Mapping[str, Provided], months: int) -> bool:
    """Whether a step that is counted from the decision, at last, may end later than so many months after it."""
    if DECIDED not in roots_of(step, ends):
        return False
    return may_outlast(step, months, steps_before(step, ends, (DECIDED,), longest_days))


def _may_end_later(step: Provided, ends: Mapping[str, Provided], months: int) -> bool:
    """Whether a step that is counted from anything but the decision, and from more than the publishing, takes longer than so many months;
    of one that is said to be the review, also whether it is counted from what may follow the decision by any number of days."""
    roots = roots_of(step, ends)
    if roots == {"published"} or not longest_days(step):
        return False
    if serves_of(step) == "local-review" and not _is_bounded(step, ends):
        return True
    return DECIDED not in roots and may_outlast(step, months, steps_before(step, ends, (DECIDED,), longest_days))


def _is_bounded(step: Provided, ends: Mapping[str, Provided]) -> bool:
    """Whether a step begins with the decision, with what comes before that, or at the end of steps with times of which that is true: of
    several starts the earliest counts."""
    reached, waiting = set[str](), [*starts_of(step)]
    while waiting:
        event = waiting.pop()
        if event in BEFORE:
            return True
        if event not in reached and event in ends and longest_days(ends[event]) > 0:
            waiting += starts_of(ends[event])
        reached.add(event)
    return False


def left_unsaid(arrangement: ArrangementView, months: int, source: Source) -> Iterable[Objection]:
    """A step that would be too late as the local review, and a text that is not published, of which nobody said whether it is that. An adopted
    page was never asked."""
    if arrangement.entered == "adopted":
        return
    for rule, text in arrangement.all("publication"):
        if (
            left_open(text)
            and text.get("published") in ("no", "usually_not")
            and not _says_review(text)
            and not _OTHER_TEXT.search(text.title)
        ):
            yield Objection(f"unsaid-text/{rule.use}/{text.key}", "in_force",
                            f"Nobody has said which report of the law “{text.title}” is, and it is said {'not' if text.get('published') == 'no' else 'usually not'} to be published. "
                            "Reports of local reviews are published unless that is inappropriate, and so is a yearly report. Answer “Which report of the law is it?”, "
                            "with “None of these” where it is another.",
                            L10, field=f"rules.{rule.use}.texts.{text.key}.serves", warns=True)  # fmt: skip
    ends = by_ends_of_no_duty(arrangement)
    steps = [(rule, step, "steps") for rule, step in arrangement.all("step") if ends_by_itself(step) and not _ends_review(step)]
    kinds = [(rule, kind, "types") for rule, kind in arrangement.all("outcome") if not _is_review(kind)]
    for rule, step, listed in (*steps, *kinds):
        if left_open(step) and _outlasts(step, ends, months):
            yield Objection(f"unsaid-review/{rule.use}/{step.key}", "in_force",
                            f"Nobody has said whether “{step.title}” ({step.get('span') or step.get('clock')}) is the local child safeguarding practice review, "
                            f"which guidance has completed and published within {months} months of the decision. Answer “{SERVES_ASKED}”, "
                            "with “None of these” where it is something else.",
                            source, field=f"rules.{rule.use}.{listed}.{step.key}.serves", warns=True)  # fmt: skip


def sent_too_late(arrangement: ArrangementView, days: int, source: Source) -> Iterable[Objection]:
    """The report goes to the Panel some working days before it is published (L-11): a step that sends it once it is published comes after that."""
    ends = by_their_ends(arrangement)
    reviewed = ends_serving(arrangement, "local-review") - {"report_sent", "publication_planned"}
    for rule, step in arrangement.all("step"):
        starts = set(starts_of(step))
        sends = step.get("ends_with") == "report_sent" or serves_of(step) == "advance-copy"
        publishing = {"published", "publication_planned"} | reviewed
        first = _firsts(step, ends, publishing)
        if sends and starts and (starts <= {"published"} or (longest_days(step) and first <= publishing)):
            surely = starts <= {"published", "publication_planned"}
            yield Objection(f"sent-too-late/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” sends the report {'once it is published' if starts == {'published'} else 'after the day on which it is planned to be published' if surely else 'after a step that may be the publishing'}. {'How many working days ahead it goes is set with a kind of text, under “Publication and retention”. ' if 'publication_planned' in starts else ''}It goes to the Panel, the Secretary of State and Ofsted {days} "
                            "working days before that. That date stays.",
                            UNSTATED if arrangement.entered == "adopted" else source, field=f"rules.{rule.use}.steps.{step.key}.start_events", warns=not surely)  # fmt: skip


def _firsts(step: Provided, ends: Mapping[str, Provided], stop: set[str]) -> set[str]:
    """What a step is counted from, at last: by way of other steps, to the first of them or to one of some events."""
    found, reached, waiting = set[str](), set[str](), [*starts_of(step)]
    while waiting:
        event = waiting.pop()
        if event in reached:
            continue
        reached.add(event)
        if event in ends and event not in stop:
            waiting += starts_of(ends[event])
        else:
            found.add(event)
    return found


def _is_review(kind: Provided) -> bool:
    """Whether a kind of review is the local review of the law: it is said to be, or is called so where nothing is said."""
    if said := serves_of(kind):
        return said == "local-review"
    title = plain_title(kind)
    return bool(re.fullmatch(rf"(the |a )?{_NAMED}", title))
