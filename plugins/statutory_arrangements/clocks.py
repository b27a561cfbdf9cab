"""The floor under local times: no local step takes the place of a date of the law, or lies after it without a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from math import inf

from plugins.statutory_arrangements.called import ABOUT, SAME_TITLE
from threefold.plugin_api import (
    SERVES_ASKED,
    ArrangementView,
    Objection,
    Provided,
    RuleProvides,
    Source,
    by_their_ends,
    plain_title,
    roots_of,
    serves_of,
    starts_of,
    steps_before,
)

CLOCKS = Source("Working Together (statutory times)", "SG", "V2")
# Of each of them: that a local target stands beside the statutory time, and never in its place.
TARGETS = {
    key: Source(f"{row}: a local target stands beside the statutory time", "PG", "V2")
    for key, row in (("notify-panel", "N-1"), ("tell-partners", "N-3"), ("rapid-review", "RR-3"))
}
UNSTATED = Source("R-1.6: what an adopted page does not say", "PG", "K")

CLOCKED = {"notify-panel": "Notifying the Panel", "tell-partners": "Telling the partners", "rapid-review": "The rapid review"}
ENDS = {
    "notify-panel": "the notification",
    "tell-partners": "the telling of the partners",
    "rapid-review": "the sending of the rapid review",
}
# Which event ends each of them: a local step that ends with it is a target for it, whether it says so or not.
LAW_ENDS = {"notify-panel": "notification_sent", "tell-partners": "partners_told", "rapid-review": "rapid_review_sent"}
LAW_ENDS_OF = {
    "local-review": ("published", "report_sent"),
    "advance-copy": ("report_sent",),
    "yearly-report": ("yearly_report_published",),
}
LAW_STARTS = {"notify-panel": "aware", "tell-partners": "aware", "rapid-review": "notification_sent"}
# What the law's clock runs from, and what cannot come before that: a longer time from any of these ends too late. A rapid
# review follows a notification (RR-1), so it is not started before one.
FROM_ITS_START = {
    "notify-panel": frozenset({"aware"}),
    "tell-partners": frozenset({"aware"}),
    "rapid-review": frozenset({"notification_sent", "notification_copied", "rapid_review_started", "panel_replied"}),
}

# What follows the end of the law's clock: a time from any of these ends after it, however short it is.
AFTER_ITS_END = {
    "notify-panel": frozenset({"notification_sent", "notification_copied", "rapid_review_started", "rapid_review_sent", "panel_replied"}),
    "tell-partners": frozenset({"partners_told"}),
    "rapid-review": frozenset({"rapid_review_sent", "panel_replied"}),
}  # fmt: skip
# Long after each of them: a local review is decided on in the light of the rapid review, and published later still.
AFTER_ITS_END = {key: after | {"publication_planned", "report_sent", "published"} for key, after in AFTER_ITS_END.items()}
# What comes before the start of the law's clock: a time from any of these ends within the law's if it is no longer. From whatever else,
# which may follow that start by any number of days, it may end after it however short it is.
_FIRST = frozenset({"incident", "death"})
BEFORE_ITS_START = {
    "notify-panel": _FIRST, "tell-partners": _FIRST,
    "rapid-review": _FIRST | {"aware", "referral_received", "referral_accepted", "notification_decided"},
}  # fmt: skip


def clocks(arrangement: ArrangementView, statutory: Mapping[str, int], sources: Mapping[str, Source]) -> Iterable[Objection]:
    """No local step is statutory, or runs longer than a statutory clock from the same start.

    `statutory`: working days; `sources`: where the edition has each of them from.
    """
    ends = by_their_ends(arrangement)
    for rule, step, where in timed(arrangement):
        serves = serves_of(step) if serves_of(step) in statutory else ends_law(step)
        most, law = statutory.get(serves), sources.get(serves, CLOCKS)
        time = f"{where}.{step.get('set_in')}" if step.get("set_in") else where
        if step.get("statutory"):
            yield Objection(f"claims/{rule.use}/{step.key}", "in_force",
                            f"'{rule.use}' calls its step “{step.title}” statutory. Only the law's own are.",
                            CLOCKS, field=where, bars=True)  # fmt: skip
        if most is None:
            yield from _by_its_title(
                step,
                ends,
                statutory,
                sources,
                (time, f"{where}.serves"),
                f"{rule.use}/{step.key}",
                adopted=arrangement.entered == "adopted",
            )
            continue
        (least, longest), before = _working_days(step), _most_before(step, ends, serves)
        same_start = step.get("replaces_statutory") or _from_its_start(step, serves) or _follows_its_start(step, ends, serves)
        # Of a start that nobody said, what partners sign here is read as the law's own.
        same_start = same_start or (not starts_of(step) and arrangement.entered == "signed")
        # What partners sign here says which days it means; a page that was adopted may not. Where a time can hold more working
        # days than the law gives, it is longer: three weeks and a day are, from a Monday.
        told = step.get("span_unit") != "not_stated" or arrangement.entered == "signed"
        if (longest > most or least > most) and same_start and told:
            yield Objection(f"longer/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” gives {_said(step).replace(_OWN_DAY, _COUNTED)} where the law gives {most} working days. A local plan cannot lengthen a statutory clock."
                            + (" Say which days they are, or shorten it." if step.get("span_unit") == "not_stated" else ""),
                            law, field=time, bars=True)  # fmt: skip
        elif longest and _all_in(starts_of(step), AFTER_ITS_END[serves]):
            yield Objection(f"later/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” ({_said(step)}) runs from what follows {ENDS[serves]}, so that it always lies after it. "
                            "The statutory date stays.", UNSTATED if arrangement.entered == "adopted" else TARGETS[serves], field=time)  # fmt: skip
        elif (longest and longest + before > most) or (
            longest == most
            and same_start
            and starts_of(step)
            and not (_is_its_start(step, serves) and _ends_with_it(step, most))
        ):
            elsewhere = ", from another start" if starts_of(step) else ", from a start that is not said"
            elsewhere = (
                f", after what may itself take {before:g} working {'day' if before == 1 else 'days'}"
                if 0 < before < inf
                else elsewhere
            )
            start = "" if _is_its_start(step, serves) else elsewhere
            yield Objection(f"later/{rule.use}/{step.key}", "in_force",
                            f"The local target “{step.title}” ({_said(step)}{start}) may lie after the statutory {most} working days. "
                            "The statutory date stays.", UNSTATED if arrangement.entered == "adopted" else TARGETS[serves], field=time)  # fmt: skip
        elif (closed := _closed_within(arrangement.closures, longest)) and longest + closed > most and _counts_closures(step):
            days = "a day" if closed == 1 else f"{closed} days"
            yield Objection(f"closed/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” ({_said(step)}) is put off by {days} on which the area is closed, and may then lie after the "
                            f"statutory {most} working days. The statutory date stays.",
                            UNSTATED if arrangement.entered == "adopted" else TARGETS[serves], field=time)  # fmt: skip


def timed(arrangement: ArrangementView) -> Iterator[tuple[RuleProvides, Provided, str]]:
    """Each step of a plan, and each kind of review with a clock of its own as such a step; and where it is set."""
    for rule, step in arrangement.all("step"):
        yield rule, step, f"rules.{rule.use}.steps.{step.key}"
    for rule, kind in arrangement.all("outcome"):
        if kind.get("clock"):
            told = (("span", kind.get("clock")), ("set_in", "clock"))
            yield rule, replace(kind, values=(*kind.values, *told)), f"rules.{rule.use}.types.{kind.key}"


def _all_in(starts: tuple[str, ...], events: frozenset[str]) -> bool:
    """Whether a time runs from some of these events and from nothing else: of several the earliest counts."""
    return bool(starts) and events.issuperset(starts)


def _ends_with_it(step: Provided, most: int) -> bool:
    """Whether a time that holds as many working days as the law's never ends after it: in calendar days, where there are no more of them than
    the law's can take at the fewest. Weeks that begin at a weekend end at one, after the law's Friday."""
    amount, unit = step.get("span_amount"), step.get("span_unit")
    days = {"calendar_days": 1.0, "weeks": 7.0, "hours": 1 / 24}.get(unit) if isinstance(unit, str) else None
    return days is None or not isinstance(amount, int) or amount * days <= most + 2 * ((most - 1) // 5)


def _counts_closures(step: Provided) -> bool:
    return step.get("span_unit") == "working_days"


def _closed_within(closures: frozenset[date], days: float) -> int:
    """The most closed days that one run of so many open working days can hold; bank holidays between them left aside."""
    closed = sorted(closures)
    runs = (
        last - first + 1
        for first in range(len(closed))
        for last in range(first, len(closed))
        if _weekdays(closed[first], closed[last]) - (last - first + 1) < days
    )
    return max(runs, default=0)


def _weekdays(first: date, last: date) -> int:
    """Mondays to Fridays from one day to another, both counted."""
    weeks, rest = divmod((last - first).days + 1, 7)
    return weeks * 5 + sum((first.weekday() + n) % 7 < 5 for n in range(rest))


def ends_law(step: Provided) -> str:
    """The statutory step that a step ends, without saying that it serves it; empty where it ends none."""
    ends = step.get("ends_with")
    return next((key for key, event in LAW_ENDS.items() if ends == event), "")


def _before(step: Provided, ends: Mapping[str, Provided], law: frozenset[str]) -> float:
    """The most working days that the local steps before one may take, where it is counted from the end of another."""
    return sum(_most(one) for one in steps_before(step, ends, law, _most))


def _most_before(
    step: Provided, ends: Mapping[str, Provided], serves: str, seen: tuple[str, ...] = (), known: dict[str, float] | None = None
) -> float:
    """How many working days after the law's own start a step's time may begin at the most: of several starts the earliest counts. Infinite
    where nothing shows how long after it that is."""
    known = {} if known is None else known  # of each end, so that each is gone through once
    ways = [0.0] if not starts_of(step) else []
    for event in starts_of(step):
        other = ends.get(event)
        if event in FROM_ITS_START[serves] | BEFORE_ITS_START[serves] and event != "rapid_review_started":
            ways.append(0.0)
        elif other is not None and other is not step and event not in seen and starts_of(other):
            if event not in known:
                known[event] = _most(other) + _most_before(other, ends, serves, (*seen, event), known) if _most(other) else inf
            ways.append(known[event])
        else:
            ways.append(inf)
    return min(ways)


def _most(step: Provided) -> float:
    return _working_days(step)[1]


def _from_its_start(step: Provided, key: str) -> bool:
    return not FROM_ITS_START[key].isdisjoint(starts_of(step))


def _follows_its_start(step: Provided, ends: Mapping[str, Provided], key: str) -> bool:
    """Whether whatever starts a step comes with the law's own start or after it, by way of other local steps: its own time alone then
    ends no sooner than the same time from the law's start."""
    law, reached, waiting = FROM_ITS_START[key], set[str](), [*starts_of(step)]
    while waiting:
        event = waiting.pop()
        if event in reached:
            continue
        reached.add(event)
        before = starts_of(ends[event]) if event in ends and event not in law else ()
        if event not in law and not before:
            return False
        waiting += before
    return not law.isdisjoint(reached)


def _is_its_start(step: Provided, key: str) -> bool:
    """Whether a step's time runs from what the law's runs from, and from nothing later."""
    return bool(step.get("replaces_statutory")) or LAW_STARTS[key] in starts_of(step)


def _by_its_title(
    step: Provided,
    ends: Mapping[str, Provided],
    statutory: Mapping[str, int],
    sources: Mapping[str, Source],
    places: tuple[str, str],
    key: str,
    *,
    adopted: bool,
) -> Iterable[Objection]:
    """A step that is called what the law asks for, from the same start, is later than that, and does not say that it serves it.

    Where it says that it serves something else, or no duty, what its name may mean is not asked again. `places`: where its time is set, and
    where it is said what it serves.
    """
    title = plain_title(step)
    roots = roots_of(step, ends)
    serves = next(
        (name for name, words in ABOUT.items() if words.search(title) and not FROM_ITS_START[name].isdisjoint(roots)), ""
    )
    most, longest = statutory.get(serves), _working_days(step)[1]
    if (
        most is None
        or longest + _before(step, ends, FROM_ITS_START[serves]) <= most
        or _all_in(starts_of(step), AFTER_ITS_END[serves])
    ):
        return
    # It may be something that follows it, and may not; and steps before it may be done sooner than they are due.
    same = bool(SAME_TITLE[serves].fullmatch(title))
    if not same and step.get("clock"):  # a kind of review that only speaks of it is another kind
        return
    if not same or not (longest > most and (_from_its_start(step, serves) or _follows_its_start(step, ends, serves))):
        if serves_of(step):
            return
        what = CLOCKED[serves]
        yield Objection(f"named/{key}", "in_force",
                        f"“{step.title}” ({_said(step)}) is about {what[:1].lower()}{what[1:]} and may lie after the statutory {most} working days, "
                        f"which stay. Answer “{SERVES_ASKED}”: that one, or none of them.", UNSTATED if adopted else TARGETS[serves], field=places[1])  # fmt: skip
    else:
        yield Objection(f"named/{key}", "in_force",
                        f"“{step.title}” ({_said(step)}) is called what the law asks for within {most} working days. A local plan cannot "
                        "lengthen a statutory clock. Shorten it, or call it what else it is.",
                        sources.get(serves, CLOCKS), field=places[0], bars=True)  # fmt: skip


def is_spoken_of(step: Provided, roots: frozenset[str]) -> bool:
    """Whether a step's title has something of the law's clocked steps in it, and `roots` what such a step is counted from."""
    title = plain_title(step)
    return any(words.search(title) and not FROM_ITS_START[name].isdisjoint(roots) for name, words in ABOUT.items())


def too_late_as(key: str, step: Provided, ends: Mapping[str, Provided], most: int, also: frozenset[str]) -> bool:
    """Whether a step that is counted from the law's start, at last, may lie after the law's time, were it what the law asks for.

    `also`: what else may be that start, such as the end of a step that is said to be the notification.
    """
    starts = FROM_ITS_START[key] | also
    if starts.isdisjoint(roots_of(step, ends)) or not _most(step):
        return False
    return _most(step) + _before(step, ends, starts) > most


def _working_days(step: Provided) -> tuple[float, float]:
    """The fewest and the most working days that a step's time can hold, bank holidays left aside; 0 where it has none.

    Days of which no unit is stated are read as working days: the longest they can be.
    """
    amount, unit, first = step.get("span_amount"), step.get("span_unit"), step.get("span_start_is_day")
    if type(amount) is not int or not isinstance(unit, str):
        return 0, 0
    days = max(amount - (first if type(first) is int else 0), 0)
    if unit in ("working_days", "not_stated"):
        return days, days
    calendar = {"calendar_days": (days, days), "weeks": (7 * amount, 7 * amount), "hours": (amount / 24, amount / 24),
                "calendar_months": (28 * amount, 31 * amount), "years": (365 * amount, 366 * amount)}.get(unit, (0, 0))  # fmt: skip
    return _in_week(calendar[0], least=True), _in_week(calendar[1], least=False)


def _in_week(days: float, *, least: bool) -> float:
    weeks, rest = divmod(days, 7)
    return weeks * 5 + (max(rest - 2, 0) if least else min(rest, 5))


_OWN_DAY, _COUNTED = "; the event's own day is day 1", ", counting the event's own day as day 1,"


def _said(step: Provided) -> str:
    return str(step.get("span") or "a longer time")
