"""What is said of one rule of a version in the making: that it ends or is overdue, what of its settings is wrong or missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from threefold.domain.errors import ThreefoldError
from threefold.domain.findings import Provided
from threefold.domain.sources import AGREED_HERE
from threefold.domain.visible import read_as
from threefold.governance.configured import configured, settings_to_mend
from threefold.governance.decide import Governance
from threefold.governance.drafts import named_in
from threefold.governance.notices import notices_of_use
from threefold.governance.pack import RuleUse
from threefold.governance.remark import Remark, mends


def remarks_of_use(governance: Governance, use: RuleUse, today: date | None) -> list[Remark]:
    """What one rule of the draft is told of: that it ends or is overdue, what of its settings is wrong, that it brings nothing."""
    found = [
        Remark("warned", told.sentence, field=f"rules.{use.use}", key=f"ends-{use.use}")
        for told in notices_of_use(governance.catalogue, use)
        if told.whose == "arrangement"
    ]
    wrong = settings_to_mend(governance.catalogue, [replace(use, file="")], missing=True)
    found += [r for error in wrong for r in mends(error)]
    try:
        rule, things = configured(governance.catalogue, replace(use, file=""))
        if not things:
            said = f"“{rule.card.title}” is added and brings nothing as it is set. Set it, or remove it."
            found.append(Remark("warned", said, field=f"rules.{use.use}", key=f"empty-{use.use}"))
    except ThreefoldError as error:
        found += [] if wrong else mends(error)
        things = ()
    return [
        *found,
        *_same_titles(use),
        *_untimed(use, things),
        *_undated(use, things),
        *_no_last_word(use, things),
        *_overdue(governance, use, today),
    ]


def _untimed(use: RuleUse, things: Iterable[Provided]) -> list[Remark]:
    """Steps that have a setting for their time and none in it: they stand in the plan, and nobody is ever told when."""
    return [
        Remark(
            "noted",
            f"“{step.title}” has no day and no time, so nobody is told when it is due. Give it one, if there is one.",
            field=f"rules.{use.use}.steps.{step.key}.span",
            key=f"untimed-{use.use}-{step.key}",
        )
        for step in things
        if step.kind == "step" and ("span", None) in step.values and not step.get("optional")
    ]


def _undated(use: RuleUse, things: Iterable[Provided]) -> list[Remark]:
    """Steps and stages that have a time of which no date comes: nothing starts it, or partners agreed it here without saying which
    days they mean. A page that was adopted may say neither; then it is told beside the step."""
    found = []
    for thing in things:
        if thing.kind not in ("step", "ladder_stage") or not thing.get("span") or thing.source.ref != AGREED_HERE:
            continue
        field = f"rules.{use.use}.{'steps' if thing.kind == 'step' else 'stages'}.{thing.key}"
        if not thing.get("start_events"):
            said = (
                f"“{thing.title}” has a time and nothing that starts it, so nobody is told when it is due. Say what starts it"
            )
            plan = ", or what starts the plan" if thing.kind == "step" else ""
            found.append(
                Remark("warned", f"{said}{plan}.", field=f"{field}.start_events", key=f"unstarted-{use.use}-{thing.key}")
            )
        if thing.get("span_unit") == "not_stated":
            # By a day of the plan, its days are what the whole plan is counted in; else it has a time of its own.
            of_plan = any(e.get("key") == thing.key and "day" in e for e in named_in(use.settings, "steps"))
            which = (
                "Say in what the plan is counted: it holds for all its steps." if of_plan else "Choose the unit of its time."
            )
            said = f"“{thing.title}” does not say which days are meant, so that a case shows a day for each reading. {which}"
            field = f"rules.{use.use}.unit" if of_plan else f"{field}.span"
            found.append(Remark("warned", said, field=field, key=f"no-unit-{use.use}-{thing.key}"))
    return found


def _no_last_word(use: RuleUse, things: Iterable[Provided]) -> list[Remark]:
    """Questions that one is to decide, where it is not said which one: with nobody or several named, nobody has the last word."""
    found = []
    for way in things:
        decides = way.get("decides")
        if (
            way.kind == "way"
            and way.get("how") == "one_decides"
            and not way.get("acts")
            and isinstance(decides, tuple)
            and len(decides) != 1
        ):
            who = "several are named" if decides else "nobody is named"
            said = f"“{way.title}”: one decides, and {who}. Say who has the last word, under “Who performs the final act”."
            found.append(
                Remark("warned", said, field=f"rules.{use.use}.ways.{way.key}.acts", key=f"no-last-word-{use.use}-{way.key}")
            )
    return found


def _overdue(governance: Governance, use: RuleUse, today: date | None) -> list[Remark]:
    """A rule whose own day of review has passed: its keepers have not said since that it still holds."""
    rule = governance.catalogue.rules.get((use.rule, use.major))
    if rule is None or today is None or rule.card.review_by >= today:
        return []
    said = (
        f"The rule “{rule.card.title}” was due for review on {rule.card.review_by:%-d %B %Y} and may be out of date. "
        f"Ask who keeps it: {rule.card.owner}."
    )
    return [Remark("warned", said, field=f"rules.{use.use}", key=f"overdue-{use.use}")]


def _same_titles(use: RuleUse) -> list[Remark]:
    """Two lines of one list by one title: in a list of what is due, of who decides or of what applies, nobody could tell them apart."""
    found = []
    for name in sorted(set(use.settings) - {"questions"}):  # those are told with their answers
        lines = [line for line in named_in(use.settings, name) if isinstance(line.get("title"), str)]
        times = Counter(read_as(line["title"]) for line in lines)
        last = {read_as(line["title"]): line for line in lines}
        for title, line in last.items():
            if times[title] > 1:
                what = "steps of one plan" if name == "steps" else f"{name.replace('_', ' ')} of one rule"
                said = f"{'Two' if times[title] == 2 else times[title]} {what} are called “{line['title']}”. Give each a title of its own."
                found.append(
                    Remark(
                        "warned",
                        said,
                        field=f"rules.{use.use}.{name}.{line['key']}.title",
                        key=f"same-title-{use.use}-{line['key']}",
                    )
                )
    return found
