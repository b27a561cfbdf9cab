"""Everything a rule may import, and the whole of the promise made to rule authors (contract version 1)."""

from threefold.domain.calendar import UNIT_WORDS, UNITS, Due, Span, Unit, add_months
from threefold.domain.errors import PackError, RuleError, ThreefoldError
from threefold.domain.findings import (
    KINDS,
    AgencyAsk,
    Answer,
    Criterion,
    CriterionState,
    Duty,
    Limit,
    Meeting,
    Objection,
    Outcome,
    Provided,
    Quorate,
    Step,
    Telling,
    Way,
)
from threefold.domain.sources import AGREED_HERE, FORCES, SURES, Force, Source, Sure
from threefold.plugin_api.arrangement import (
    NO_DUTY,
    SERVES,
    SERVES_ASKED,
    ArrangementView,
    Organisation,
    RuleProvides,
    Seat,
    must_sign,
)
from threefold.plugin_api.conditions import Condition, ConditionError, ConditionField, read_condition
from threefold.plugin_api.facts import EVENTS, FACTORS, Child, Consideration, Event, Fact, Facts, Incident, Review, View
from threefold.plugin_api.hooks import LIMITS, MOVES, QUESTIONS, STRICTEST, answers
from threefold.plugin_api.lengths import longest_days, may_outlast
from threefold.plugin_api.reading import (
    by_ends_of_no_duty,
    by_their_ends,
    ends_by_itself,
    ends_serving,
    left_open,
    plain_title,
    roots_of,
    serves_of,
    starts_of,
    steps_before,
)
from threefold.plugin_api.rule import API, Card, Config, Days, Deprecation, Rule, check_card, drafts_only
from threefold.plugin_api.saying import FOR, SAYS, ended, happens, quoted, spoken
from threefold.plugin_api.settings import (
    START_DAY_WORDS,
    UNIT_FROM,
    UNIT_FROM_WORDS,
    UNIT_HINT,
    UNIT_PROPOSED,
    AnswerKeyField,
    DutyField,
    Either,
    KeyField,
    ListedSchema,
    Option,
    SourceField,
    SpanSchema,
    listed,
    untimed,
)
from threefold.plugin_api.starts import from_the_form, start_reads, started

__all__ = [
    "AGREED_HERE", "API", "EVENTS", "FACTORS", "FOR", "FORCES", "KINDS", "LIMITS", "MOVES", "NO_DUTY", "QUESTIONS", "SAYS", "SERVES", "SERVES_ASKED", "START_DAY_WORDS", "STRICTEST", "SURES", "UNITS", "UNIT_FROM", "UNIT_FROM_WORDS", "UNIT_HINT", "UNIT_PROPOSED", "UNIT_WORDS", "AgencyAsk",
    "Answer", "ArrangementView", "Card", "Child", "Condition", "ConditionError", "ConditionField", "Config",
    "Consideration", "Criterion", "CriterionState", "Days", "Deprecation", "Due", "Duty", "DutyField", "Either", "Event", "Fact", "Facts", "Force", "Incident", "KeyField", "AnswerKeyField",
    "Limit", "ListedSchema", "Meeting", "Objection", "Option", "Organisation", "Outcome", "PackError", "Provided", "Quorate", "Review", "Rule", "RuleError", "RuleProvides",
    "Seat", "Source", "SourceField", "Span", "SpanSchema", "Step", "Sure", "Telling", "ThreefoldError", "Unit", "View", "Way", "add_months", "answers", "by_ends_of_no_duty", "by_their_ends",
    "check_card", "drafts_only", "ended", "ends_by_itself", "ends_serving", "from_the_form", "happens", "left_open", "listed", "longest_days", "may_outlast", "must_sign", "plain_title", "quoted", "read_condition", "roots_of", "serves_of", "spoken", "start_reads", "started", "starts_of", "steps_before", "untimed",
]  # fmt: skip
