"""What a rule may say about one matter. Frozen values; asking adds which rule said it.

Every finding carries `key` (unique within its rule and hook), the sentence a person reads, the source, and `reads`: the
paths of the facts it rests on. `starts_on` is the day of the finding's own start event; it decides which version and
edition the finding is judged under. Dates are dates; `due_on` may be a moment where the unit is hours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from threefold.domain.calendar import Span
from threefold.domain.sources import Force, Source

Answer = Literal["yes", "no", "unclear"]
ANSWERS: tuple[Answer, ...] = ("yes", "no", "unclear")
CriterionState = Literal["met", "not_met", "unclear", "to_be_considered", "considered"]


@dataclass(frozen=True, slots=True)
class Duty:
    """Something the law makes somebody do. `arises` is unclear while a fact it rests on is unclear or not known."""

    key: str
    title: str
    arises: Answer
    sentence: str
    source: Source
    reads: tuple[str, ...]
    who: str = ""
    to_whom: tuple[str, ...] = ()
    forms: int | None = None  # how many separate forms the counting rules make of it
    children: tuple[str, ...] = ()  # keys of the children it is about
    starts_on: date | None = None
    voluntary: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A thing to be done by a day. `statutory` steps are the law's, others an area's own.

    `serves` names what the step is for, so that a statutory due date and a local target of the same thing stand side by
    side; the two never mix. `due_on` is None when the start event has not happened or the unit is not stated.
    `silent`: the case has this step, and nothing is told of it until it begins. A rule that left it out instead would say that the
    case does not have it, and what comes after it would not wait for it when another version takes over.
    A step of one child has the child in its key and, as `Child.called`, at the end of its title: lists show the title alone.
    `starts`: each event that may start it, of which the earliest counts; of a rule whose step rests on nothing besides these, its `when`
    and its times. What differs between two such steps of one case is never their wording.
    """

    key: str
    title: str
    serves: str
    sentence: str
    source: Source
    reads: tuple[str, ...]
    statutory: bool
    start_event: str
    starts_on: date | None = None
    span: Span | None = None
    due_on: date | datetime | None = None
    due_from: date | None = None  # first day of a window, where the plan gives one
    readings: tuple[tuple[str, date], ...] = ()
    who: str = ""
    ends_with: str = ""  # the event that completes it
    done_on: date | None = None
    optional: bool = False  # by the plan itself
    when: str = ""  # the condition it depends on, in words
    applies: Answer = "yes"  # "unclear" while that condition is not clear; where it does not hold there is no step
    silent: bool = False
    starts: tuple[str, ...] = ()
    from_span: Span | None = None  # of a window, the time before which it is not done


@dataclass(frozen=True, slots=True)
class Criterion:
    """A test or a matter to consider. Regulation 11 factors are `to_be_considered` until partners recorded their view."""

    key: str
    title: str
    state: CriterionState
    sentence: str
    source: Source
    reads: tuple[str, ...]
    judgement: bool = False  # True: a judgement of people; no fact decides it
    view: str = ""
    reason: str = ""
    children: tuple[str, ...] = ()
    starts_on: date | None = None
    when: str = ""  # the condition it depends on, in words
    effect: str = ""  # what a local criterion does to the national test
    about: str = ""  # which decision it is about
    speaks_against: tuple[str, ...] = ()  # the moves it speaks against when it is met


@dataclass(frozen=True, slots=True)
class Outcome:
    """A way on that is open (or not) to the partners, such as a rapid review, a local review or a named local type."""

    key: str
    title: str
    is_open: Answer
    sentence: str
    source: Source
    reads: tuple[str, ...]
    national: bool = False  # whether it is sent to the national Panel
    starts_on: date | None = None
    when: str = ""  # the condition it depends on, in words


@dataclass(frozen=True, slots=True)
class Objection:
    """A statement that a move goes against something. What follows is decided by force, never by the rule.

    `question`: the question whose answer asks for what the move lacks, such as a signature: both are then of one version.
    """

    key: str
    move: str
    sentence: str
    source: Source
    reads: tuple[str, ...] = ()
    field: str = ""
    offers: tuple[str, ...] = ()  # keys of outcomes or moves that are open instead
    bars: bool = False  # the move has no meaning in law: refused whatever the force; only rules of the law may bar
    warns: bool = False  # something left untold rather than done against a source: warned of, whatever the force
    question: str = ""
    starts_on: date | None = None

    @property
    def force(self) -> Force:
        return self.source.force


@dataclass(frozen=True, slots=True)
class Telling:
    """Someone to be told when an event happens."""

    key: str
    event: str
    whom: str
    sentence: str
    source: Source
    reads: tuple[str, ...] = ()
    starts_on: date | None = None


@dataclass(frozen=True, slots=True)
class AgencyAsk:
    """An agency to ask for what it knows."""

    key: str
    agency: str
    sentence: str
    source: Source
    reads: tuple[str, ...] = ()
    starts_on: date | None = None
    when: str = ""  # the condition it depends on, in words
    applies: Answer = "yes"  # "unclear" while that condition is not clear


@dataclass(frozen=True, slots=True)
class Way:
    """Who decides one question, and how: whose views are sought, who recommends, who decides, who performs the act."""

    question: str
    sentence: str
    source: Source
    views_from: tuple[str, ...] = ()  # seats or groups whose view is sought
    recommends: str = ""
    invited: tuple[str, ...] = ()  # invited to comment; silence is recorded and delays nothing
    invited_days: int | None = None  # working days the invited comment stays open
    decides: tuple[str, ...] = ()  # seats or the group that decides
    how: Literal["joint_view", "all_agree", "one_decides", "group_decides", "not_stated"] = "not_stated"
    acts: str = ""  # who performs the final act
    signs: tuple[str, ...] = ()  # seats whose signature is sought
    reads: tuple[str, ...] = ()
    quorum: str = ""
    starts_on: date | None = None
    key: str = field(default="way")


@dataclass(frozen=True, slots=True)
class Limit:
    """One value of a closed vocabulary in which the strictest wins (see `plugin_api.hooks.STRICTEST`)."""

    key: str
    value: int
    sentence: str
    source: Source
    reads: tuple[str, ...] = ()
    starts_on: date | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of a group, as a rule is told of it: keys of seats and organisations, never a person, never a reason.

    `stood_in`: (for, by) pairs as recorded. `let_ahead`: items of `agenda` for which a reason of the chair is on record.
    `names`: what each key is called, for sentences.
    """

    group: str
    present: tuple[str, ...] = ()
    not_known: tuple[str, ...] = ()  # of these it is not recorded whether they were there: never the same as absent
    stood_in: tuple[tuple[str, str], ...] = ()
    agenda: tuple[str, ...] = ()
    let_ahead: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    def named(self, key: str) -> str:
        return dict(self.names).get(key, key)


@dataclass(frozen=True, slots=True)
class Quorate:
    """Whether a meeting could decide. `key` is the group; a rule that states no quorum for it says nothing.

    `counts`: whose presence counts. `may_stand_in`: (for, by) pairs the arrangement allows. `chair_may`: what it lets the
    chair do on a miss. `items`: (item, whether it could go ahead, why) in the order of the agenda.
    """

    key: str
    state: Literal["met", "not_met", "unclear"]
    sentence: str
    source: Source
    counts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    may_stand_in: tuple[tuple[str, str], ...] = ()
    stood_in: tuple[tuple[str, str], ...] = ()
    chair_may: tuple[Literal["vary", "choose_items"], ...] = ()
    items: tuple[tuple[str, Answer, str], ...] = ()
    reads: tuple[str, ...] = ()
    starts_on: date | None = None


Finding = Duty | Step | Criterion | Outcome | Objection | Telling | AgencyAsk | Way | Limit | Quorate


@dataclass(frozen=True, slots=True)
class Provided:
    """One thing a configured rule brings, told without any facts: a step, a seat, a group, a question it answers...

    `kind` is one of `KINDS`; `key` is unique within rule and kind; `values` are plain scalars or tuples of them.
    """

    kind: str
    key: str
    title: str
    sentence: str
    source: Source
    values: tuple[tuple[str, str | int | bool | tuple[str, ...] | None], ...] = ()

    def get(self, name: str) -> str | int | bool | tuple[str, ...] | None:
        return dict(self.values).get(name)


KINDS: tuple[str, ...] = (
    "duty", "step", "criterion", "outcome", "way", "group", "seat", "meeting", "quorum", "ladder_stage", "telling", "carve_out",
    "route", "agency", "agency_terms", "fund", "scrutiny", "publication", "retention", "report_year", "narrative", "question", "reminder",
)  # fmt: skip
