"""Who and what the duty to notify is about, per child and three-valued; and the day on which both limbs are known.

Unclear or unasked is unclear, never no. Two things that nobody asked are taken as usual, and the sentence says so: that
someone recorded as a child is under 18, and that an incident recorded here happened in England.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from threefold.plugin_api import Answer, Child, Incident

READ_OF_CHILD = ("abuse_or_neglect", "died", "seriously_harmed", "age_years", "unborn", "care_leaver", "lives_in")
READ_OF_INCIDENT = ("incident.happened_in", "incident.outside_england")


@dataclass(frozen=True, slots=True)
class Limbs:
    """One child's limbs. `both` is the duty for this child; `missing` says in words what is not clear yet."""

    key: str
    abuse: Answer
    harm: Answer
    child: Answer  # under 18, and born
    place: Answer  # in an English authority's area; or outside England, normally living in one
    both: Answer
    unborn: bool
    missing: tuple[str, ...]


def limbs_of(child: Child, outside: Answer) -> Limbs:
    """The limbs of one child, where `outside` says whether it happened outside England."""
    abuse = told(child.abuse_or_neglect.value)
    harm = any_of((told(child.died.value), told(child.seriously_harmed.value)))
    is_child, place = _is_child(child), _place(child, outside)
    both = all_of((abuse, harm, is_child, place))
    missing: list[str] = []
    if both == "unclear":
        if abuse == "unclear":
            missing.append(f"whether abuse or neglect of {child.key} is known or suspected")
        if harm == "unclear":
            missing.append(f"whether {child.key} has died or been seriously harmed")
        if is_child == "unclear":
            missing.append(_age_missing(child))
        if place == "unclear":
            missing.append(f"where it happened and where {child.key} normally lives")
    return Limbs(child.key, abuse, harm, is_child, place, both, child.unborn.value == "yes", tuple(missing))


def all_limbs(incident: Incident) -> list[Limbs]:
    """The limbs of every child of an incident."""
    outside = outside_england(incident)
    return [limbs_of(child, outside) for child in incident.children]


def outside_england(incident: Incident) -> Answer:
    """Whether it happened outside England: the answer and the area code together. Where they disagree: unclear."""
    said, area = incident.outside_england.value, incident.happened_in.value
    coded = None if area is None else _english(area)
    by_area: Answer | None = None if coded is None else "no" if coded else "yes"
    if said in ("yes", "no"):
        return told(said) if by_area in (None, said) else "unclear"
    return by_area or ("unclear" if said == "unclear" else "no")


def _english(area: str) -> bool | None:
    """Whether an area code is of England. A code that spans countries (J) does not say."""
    return None if area.startswith("J") else area.startswith("E")


def _is_child(child: Child) -> Answer:
    """Under 18. Local procedures say that a notification can include an unborn child (R-1.13); whether the Act's duty
    covers one by itself was not read anywhere, so that stays unclear."""
    if child.unborn.value in ("yes", "unclear"):
        return "unclear"
    age = child.age_years.value
    if age is None:
        return "unclear" if child.care_leaver.value == "yes" else "yes"
    return "yes" if age < 18 else "no"


def _age_missing(child: Child) -> str:
    if child.unborn.value == "yes":
        return f"whether the duty covers {child.key}, who is unborn (a notification can include unborn children)"
    return f"whether {child.key} has been born" if child.unborn.value == "unclear" else f"the age of {child.key}, a care leaver"


def _place(child: Child, outside: Answer) -> Answer:
    """In its area; or outside England, for a child normally living in an English authority's area."""
    if outside == "no":
        return "yes"
    home = child.lives_in.value
    english = None if home is None else _english(home)
    if english:
        return "yes"  # on somebody the duty falls, wherever it happened
    return "no" if outside == "yes" and english is False else "unclear"


def day_both_known(child: Child, limbs: Limbs, aware: date | None) -> date | None:
    """The later of the days on which each limb became known or suspected; where a day is missing, the day of awareness."""
    if limbs.both != "yes":
        return None
    abuse = child.abuse_or_neglect.known_on or aware
    harms = [fact.known_on or aware for fact in (child.died, child.seriously_harmed) if fact.value == "yes"]
    known = [d for d in harms if d]
    if abuse is None or not known:
        return None
    return max(abuse, min(known))


def reads_of(found: list[Limbs]) -> tuple[str, ...]:
    """The facts the limbs rest on."""
    return (*(f"incident.children[{limbs.key}].{name}" for limbs in found for name in READ_OF_CHILD), *READ_OF_INCIDENT)


def told(value: str | None) -> Answer:
    """An answer as it counts: unasked is unclear."""
    return "yes" if value == "yes" else "no" if value == "no" else "unclear"


def any_of(values: tuple[Answer, ...] | list[Answer]) -> Answer:
    """Yes if any is; no only if there are some and all are no."""
    return "yes" if "yes" in values else "unclear" if "unclear" in values or not values else "no"


def all_of(values: tuple[Answer, ...] | list[Answer]) -> Answer:
    """No if any is; yes only if all are."""
    return "no" if "no" in values else "unclear" if "unclear" in values else "yes"
