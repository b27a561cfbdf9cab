"""The things that a comparison holds beside each other: who takes part, and what each rule provides; and which is which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from threefold.domain.calendar import ABOUT_DAYS
from threefold.domain.findings import Provided
from threefold.domain.sources import Source
from threefold.governance.catalogue import Catalogue
from threefold.governance.comparison_words import NOUNS, Names, labels_of, words_of
from threefold.governance.configured import configured
from threefold.governance.pack import Arrangement, Pack, RuleUse
from threefold.plugin_api.facts import EVENTS
from threefold.plugin_api.hooks import QUESTIONS

_QUIET = frozenset(
    {"statutory", "span_amount", "span_unit", "span_start_is_day", "working_days", "reads", "set_in"}
)  # told by another detail already
_QUIET_OF: Mapping[str, frozenset[str]] = {"narrative": frozenset({"part"}), "way": frozenset({"quorum"})}

_NO_TIME = 1e6
_JUST_BEHIND = 0.001


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of an arrangement. `use`: of which use of a rule, empty for who takes part; `words`: of its coded values; `labels`: of the
    settings of a rule that did not come with the platform, which says in its own words what each is.

    `days`: about how long after its start a step is due; `at`: where it stands among those of two bodies, see `_in_order_of_days`.
    """

    kind: str
    key: str
    title: str
    sentence: str
    details: Mapping[str, Any]
    field: str = ""
    use: str = ""
    layers: frozenset[str] = frozenset()
    source: Source | None = None
    words: Mapping[str, Mapping[Any, str]] | None = None
    days: float = _NO_TIME
    at: tuple[int, float] = (0, 0.0)
    labels: Mapping[str, str] | None = None

    @property
    def quoted(self) -> str:
        return f"“{self.title}”"

    @property
    def noun(self) -> str:
        return NOUNS.get(self.kind, "entry")


Key = tuple[str, str]  # kind, and the use of the rule with its key
Side = dict[Key, Thing]


def things_of(catalogue: Catalogue, told: Arrangement | Pack, across: bool) -> Side:
    """What there is by (kind, use/key), in order. Across two bodies, who takes part is known by name: keys are each body's own."""
    found: Side = {}
    for use in told.uses:
        rule, things = configured(catalogue, use)
        for thing in things:
            made = _provided(thing, use, words_of(rule.Config))
            own = (use.rule, use.major) not in catalogue.of_others
            found[thing.kind, f"{use.use}/{thing.key}"] = made if own else replace(made, labels=labels_of(rule.Config))
    if across:
        found = _in_order_of_days(found)
    if isinstance(told, Arrangement):
        for o in told.organisations:
            details: dict[str, Any] = {"kind": o.kind, "partner": o.partner, "acts_for": o.acts_for}
            found["organisation", o.name if across else o.key] = Thing(
                "organisation", o.key, o.name, "", details, f"organisations.{o.key}"
            )
        for s in told.seats:
            details = {"role": s.role, "organisation": s.organisation, "deputy": s.deputy}
            found["seat", s.title if across else s.key] = Thing("seat", s.key, s.title, "", details, f"seats.{s.key}")
    return found


def _provided(thing: Provided, use: RuleUse, words: Mapping[str, Mapping[Any, str]]) -> Thing:
    quiet = _QUIET | _QUIET_OF.get(thing.kind, frozenset())
    title = QUESTIONS.get(thing.key, thing.title) if thing.kind == "way" else thing.title
    return Thing(
        thing.kind, thing.key, title, thing.sentence, {n: v for n, v in thing.values if n not in quiet},
        f"rules.{use.use}.{thing.kind}s.{thing.key}", use.use, frozenset(use.layers), thing.source, words, _days(thing),
    )  # fmt: skip


def _in_order_of_days(found: Side) -> Side:
    """The same, and of each step what it counts from and after how long it is due; reminders behind all of them.

    Plans of one matter begin with events of their own (a copy of the notification, or the notification), so a step of the rapid
    review stands by its day alone. What starts when another step is done stands behind that one.
    """
    steps = {f"{t.use}.{t.key}": t for t in found.values() if t.kind == "step"}
    events = list(EVENTS)

    def place(step: Thing, before: tuple[Thing, ...] = ()) -> tuple[int, float]:
        starts = step.details.get("start_events") or ()
        follows = [steps[e.removeprefix("done:")] for e in starts if e.removeprefix("done:") in steps]
        days = step.days
        if step.details.get("serves") == "rapid-review":
            first = events.index("notification_sent")
        else:
            first = min((events.index(e) for e in starts if e in events), default=len(events))
        if follows and follows[0] not in before:
            first, behind = place(follows[0], (*before, step))
            return first, behind + (days if days < _NO_TIME else 0) + _JUST_BEHIND
        return first, days

    last = len(events) + 1, 0.0
    return {
        key: replace(t, at=place(t) if t.kind == "step" else last if t.kind == "reminder" else t.at) for key, t in found.items()
    }


def _days(thing: Provided) -> float:
    """About how many days of the calendar the time of a step is, to put times in order; where none is stated, more than any."""
    amount, unit = thing.get("span_amount"), thing.get("span_unit")
    return amount * ABOUT_DAYS.get(str(unit), 1) if isinstance(amount, int) else _NO_TIME


def names_in(told: Arrangement | Pack, things: Side) -> Names:
    who = {t.key: t.title for t in things.values() if t.kind == "group"}
    if isinstance(told, Arrangement):
        who |= {o.key: o.name for o in told.organisations} | {s.key: s.title for s in told.seats}
    steps = [t for t in things.values() if t.kind in ("step", "ladder_stage", "outcome")]
    questions = {t.key: t.title for t in things.values() if t.kind == "question"}
    return Names(who, {t.key: t.title for t in steps} | {f"{t.use}.{t.key}": t.title for t in steps}, questions)


def paired(old: Side, new: Side, across: bool) -> dict[Key, Key]:
    """Which thing before is which after: by use and key; else moved to another use of a rule, or only its key changed: the one
    left of its kind and key, else of its title. Two bodies that share no layer chose their keys apart: there the title says it."""

    def one_thing(was: Thing, now: Thing) -> bool:
        return not across or was.title == now.title or bool(was.layers & now.layers)

    found = {key: key for key in old if key in new and one_thing(old[key], new[key])}

    def by_key(thing: Thing) -> tuple[str, str]:
        return thing.kind, thing.key

    def by_title(thing: Thing) -> tuple[str, str]:
        return thing.kind, thing.title

    for same in (by_title,) if across else (by_key, by_title):
        taken = set(found.values())
        gone = {k: t for k, t in old.items() if k not in found and t.use}
        come = {k: t for k, t in new.items() if k not in taken and t.use}
        left, arrived = Counter(map(same, gone.values())), Counter(map(same, come.values()))
        where = {same(t): k for k, t in come.items()}
        found |= {k: where[same(t)] for k, t in gone.items() if left[same(t)] == arrived[same(t)] == 1}
    return found
