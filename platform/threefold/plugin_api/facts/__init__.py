"""What a rule may know of a case, one family per matter: the incident, and what followed it.

`Facts` is the one value every hook receives. `read_facts` makes it of JSON, `write_facts` is its inverse, and `FIELDS`
lists every fact by path with its label and finite values: for conditions, forms, `what_if` and the JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError, post_load
from marshmallow import fields as schema_fields

from threefold.domain.errors import FactsError, ImpossibleOrder, ManyErrors, ThreefoldError
from threefold.plugin_api.facts.incident import Child, ChildSchema, Incident, IncidentSchema, child_name, day_of_death
from threefold.plugin_api.facts.review import EVENTS, FACTORS, PLANNED, Consideration, Event, Review, ReviewSchema, View
from threefold.plugin_api.facts.values import UNASKED, AnswerFact, Fact, FactField
from threefold.plugin_api.plain_errors import UNKNOWN, plainly

MOST_CHARACTERS = 1_000_000
H = TypeVar("H", Child, Incident, Review)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a rule is told about one case. Frozen, without names, without a clock."""

    incident: Incident = field(default_factory=Incident)
    review: Review = field(default_factory=Review)

    def as_known_on(self, day: date) -> Facts:
        """The same case without anything that was put on record, became known or happened after `day`."""
        children = tuple(_as_known(child, day) for child in self.incident.children)
        local = {key: fact if fact.known_by(day) else UNASKED for key, fact in self.incident.local.items()}
        review = self.review
        return Facts(
            replace(_as_known(self.incident, day), children=children, local=local),
            replace(
                _as_known(review, day),
                events=tuple(e for e in review.events if (e.day <= day or e.name in PLANNED) and _recorded(e.given_on, day)),
                considered=tuple(c for c in review.considered if _recorded(c.given_on, day)),
                views=tuple(v for v in review.views if _recorded(v.given_on, day)),
            ),
        )


def _recorded(given_on: date | None, day: date) -> bool:
    return given_on is None or given_on <= day


def _as_known(holder: H, day: date) -> H:
    later: dict[str, Any] = {
        f.name: UNASKED
        for f in fields(holder)
        if f.init and isinstance(fact := getattr(holder, f.name), Fact) and not fact.known_by(day)
    }
    return replace(holder, **later)


class FactsSchema(Schema):
    """The facts of one case."""

    class Meta:
        unknown = "raise"

    format = schema_fields.Integer(load_default=1, validate=lambda v: v == 1, metadata={"label": "Format: 1"})
    incident = schema_fields.Nested(IncidentSchema, load_default=Incident)
    review = schema_fields.Nested(ReviewSchema, load_default=Review)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Facts:
        return Facts(data["incident"], data["review"])


@dataclass(frozen=True, slots=True)
class FactPath:
    """Where a fact stands. In `path`, `incident.children[].died` means the fact of each child."""

    path: str
    label: str
    kind: str
    alternatives: tuple[str, ...]
    highest: int


def _paths(schema: type[Schema], prefix: str) -> dict[str, FactPath]:
    return {
        f"{prefix}.{name}": FactPath(f"{prefix}.{name}", f.label, f.kind, f.alternatives, f.highest)
        for name, f in schema._declared_fields.items()
        if isinstance(f, FactField)
    }


FIELDS: dict[str, FactPath] = {
    **_paths(IncidentSchema, "incident"),
    **_paths(ChildSchema, "incident.children[]"),
    **_paths(ReviewSchema, "review"),
}
_OTHER_PATHS = ("incident.children[].key", "incident.children[].family", "review.signed_by", "review.local_type",
                "review.publication_reason")  # fmt: skip

# What a card may declare when its conditions, worded by an area, can be about any fact of a family.
_WHOLE = ("incident.*", "incident.children[].*", "review.*")


def known_path(path: str) -> bool:
    """Whether `path` may be declared as read: a fact, an event, a factor, a view, a local question, a plain value."""
    if path in FIELDS or path in _OTHER_PATHS or path in _WHOLE:
        return True
    head, _, rest = path.rpartition(".")
    match head:
        case "review.events":
            return rest in EVENTS or rest == "*" or rest.startswith("done:")
        case "review.considered" | "review.views" | "incident.local":
            return bool(rest)
    return head.startswith("review.events.done:") or path.startswith("review.events.done:")


def label_of(path: str) -> str:
    """The words a person reads for a path."""
    bare = path.split("[", 1)[0] + "[]" + path.split("]", 1)[1] if "[" in path else path
    if bare in FIELDS:
        return FIELDS[bare].label
    if path.startswith("review.events."):
        name = path.removeprefix("review.events.")
        return f"When {EVENTS[name]}" if name in EVENTS else f"When the step '{name.removeprefix('done:')}' was done"
    last = path.rsplit(".", 1)[-1]  # a criterion of the area's own stands there as `local-<key>`
    return (last.removeprefix("local-") if path.startswith("review.considered.") else last).replace("_", " ").replace("-", " ")


def read_facts(raw: str | bytes | Mapping[str, Any]) -> Facts:
    """Facts of JSON text or of a mapping. Raises `FactsError` (all mistakes at once) or `ImpossibleOrder`."""
    if isinstance(raw, str | bytes):
        if len(raw) > MOST_CHARACTERS:
            raise FactsError(f"These facts are larger than {MOST_CHARACTERS:,} characters; give one case at a time.")
        try:
            data = json.loads(raw, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:  # also what is not UTF-8, and a number of thousands of digits
            where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "the text"
            raise FactsError("This is not JSON that can be read.", field=where) from error
    else:
        data = dict(raw)
    if not isinstance(data, dict):
        raise FactsError("Facts are an object with 'incident' and 'review'; see `threefold facts schema`.")
    try:
        facts: Facts = FactsSchema().load(data)
    except ValidationError as error:
        raise ManyErrors(_flat(error.messages)) from error
    refuse_impossible_order(facts)
    return facts


def write_facts(facts: Facts) -> dict[str, Any]:
    """The JSON shape of facts; what is not known is left out. `read_facts(write_facts(f)) == f`."""
    dumped: dict[str, Any] = FactsSchema().dump({"format": 1, "incident": facts.incident, "review": facts.review})
    return dict(_without_nothing(dumped))


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_nothing(v) for k, v in value.items() if k == "value" or v not in (None, "", [], {})}
    return [_without_nothing(v) for v in value] if isinstance(value, list) else value


def _flat(messages: Any, path: str = "") -> list[ThreefoldError]:
    if isinstance(messages, dict):
        return [e for k, v in messages.items() for e in _flat(v, path if k == "_schema" else f"{path}.{k}".lstrip("."))]
    if isinstance(messages, list):
        return [e for m in messages for e in _flat(m, path)]
    known = str(messages)
    sentence = "There is no such fact; see `threefold facts schema`." if known == UNKNOWN else plainly(known)
    return [FactsError(sentence.replace("Give a table of keys", "Give an object of keys"), field=path)]


def _no_number(written: str) -> float:
    raise FactsError(f"“{written}” is no number. Give one, or leave the fact out.", field="the text")


# (earlier, later): the later cannot come before the earlier when both are given. Harm before birth, recovery, and a
# death long after the harm are real and are not listed.
_ORDER = (
    ("incident", "aware"), ("incident", "notification_sent"), ("aware", "notification_sent"),
    ("notification_sent", "notification_copied"), ("notification_sent", "notification_withdrawn"),
    ("notification_sent", "rapid_review_sent"), ("referral_received", "referral_accepted"),
    ("notification_sent", "panel_replied"), ("local_review_decided", "report_sent"), ("local_review_decided", "published"),
    ("dispute_raised", "dispute_stage_2"), ("dispute_stage_2", "dispute_stage_3"), ("dispute_raised", "dispute_settled"),
    ("death", "child_death_meeting"), ("death", "inquest_ended"),
)  # fmt: skip


def refuse_impossible_order(facts: Facts) -> None:
    """Raise `ImpossibleOrder` when events cannot have happened in the order given."""
    days = {e.name: e.day for e in sorted(facts.review.events, key=lambda e: e.day, reverse=True)}
    happened = facts.incident.happened_on.value
    if happened is not None:
        days.setdefault("incident", happened)
    if "death" in days:  # what follows a death may be of a child who died before the one of whom that date is
        days["death"] = min([days["death"], *filter(None, map(day_of_death, facts.incident.children))])
    wrong: list[ThreefoldError] = [
        ImpossibleOrder(
            f"It is recorded that {EVENTS[later]} on {days[later]:%-d %B %Y}, before {EVENTS[earlier]} on "
            f"{days[earlier]:%-d %B %Y}. Correct one of the two dates.",
            field=f"review.events.{later}",
        )
        for earlier, later in _ORDER
        if earlier in days and later in days and days[later] < days[earlier]
    ]
    for child in facts.incident.children:
        died = day_of_death(child)
        if died is not None and happened is not None and died < happened:
            wrong.append(ImpossibleOrder(
                f"{child.key} is recorded as having died on {died:%-d %B %Y}, before it happened on {happened:%-d %B %Y}. "
                "Correct one of the two dates.", field=f"incident.children[{child.key}].died_on"))  # fmt: skip
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise ManyErrors(wrong)


__all__ = [
    "EVENTS", "FACTORS", "FIELDS", "PLANNED", "UNASKED", "AnswerFact", "Child", "Consideration", "Event", "Fact", "FactField",
    "FactPath", "Facts", "FactsSchema", "Incident", "Review", "View", "child_name", "day_of_death", "known_path", "label_of", "read_facts",
    "refuse_impossible_order", "write_facts",
]  # fmt: skip
