"""Facts of what `write_facts` wrote: without the checks, because they were made when it was put on record.

For replaying thousands of past verdicts; anything that comes from outside goes through `read_facts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from threefold.plugin_api.facts import Facts
from threefold.plugin_api.facts.incident import Child, ChildSchema, Incident, IncidentSchema
from threefold.plugin_api.facts.review import Consideration, Event, Review, ReviewSchema, View
from threefold.plugin_api.facts.values import Fact, FactField

_DATES = frozenset(
    name
    for schema in (IncidentSchema, ChildSchema, ReviewSchema)
    for name, f in schema._declared_fields.items()
    if isinstance(f, FactField) and f.kind == "date"
)
_PLAIN = frozenset({"key", "family", "publication_reason", "local_type"})


def restore_facts(data: Mapping[str, Any]) -> Facts:
    """`restore_facts(write_facts(f)) == f`, for every `f` that `read_facts` made."""
    incident = {**data.get("incident", {})}
    children = tuple(Child(**_facts(child)) for child in incident.pop("children", ()))
    local = {key: _fact(told, False) for key, told in incident.pop("local", {}).items()}
    review = {**data.get("review", {})}
    events = tuple(
        Event(**{**e, "at": _moment(e["at"]), "given_on": _day(e.get("given_on"))}) for e in review.pop("events", ())
    )
    considered = tuple(Consideration(**{**c, "given_on": _day(c.get("given_on"))}) for c in review.pop("considered", ()))
    views = tuple(View(**{**v, "given_on": _day(v.get("given_on"))}) for v in review.pop("views", ()))
    signed = tuple(review.pop("signed_by", ()))
    return Facts(
        Incident(**_facts(incident), children=children, local=local),
        Review(events=events, considered=considered, views=views, signed_by=signed, **_facts(review)),
    )


def _facts(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if name in _PLAIN else _fact(value, name in _DATES) for name, value in told.items()}


def _fact(told: Any, is_day: bool) -> Fact[Any]:
    if not isinstance(told, dict):
        return Fact(date.fromisoformat(told) if is_day else told)
    value = told["value"]
    return Fact(
        date.fromisoformat(value) if is_day and value is not None else value,
        _day(told.get("known_on")), told.get("given_by", ""), _day(told.get("given_on")),
    )  # fmt: skip


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _moment(value: str) -> date | datetime:
    return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
