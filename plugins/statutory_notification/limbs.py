"""The two limbs of the national test, per child, three-valued; and the day on which both are known or suspected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from threefold.plugin_api import Answer, Child


@dataclass(frozen=True, slots=True)
class Limbs:
    """One child's limbs. `missing` says in words what is not clear yet."""

    key: str
    abuse: Answer
    harm: Answer
    is_child: bool
    both: Answer
    missing: tuple[str, ...]


def limbs_of(child: Child) -> Limbs:
    """Unclear or unasked is unclear, never no. A person of 18 or over is outside the test; an unborn child is within."""
    abuse = _answer(child.abuse_or_neglect.value)
    died, harmed = _answer(child.died.value), _answer(child.seriously_harmed.value)
    harm: Answer = "yes" if "yes" in (died, harmed) else "no" if (died, harmed) == ("no", "no") else "unclear"
    age = child.age_years.value
    is_child = child.unborn.value == "yes" or age is None or age < 18
    both: Answer = "no" if "no" in (abuse, harm) or not is_child else "yes" if (abuse, harm) == ("yes", "yes") else "unclear"
    missing = []
    if both == "unclear":
        if abuse == "unclear":
            missing.append(f"whether abuse or neglect of {child.key} is known or suspected")
        if harm == "unclear":
            missing.append(f"whether {child.key} has died or been seriously harmed")
    return Limbs(child.key, abuse, harm, is_child, both, tuple(missing))


def day_both_known(child: Child, aware: date | None) -> date | None:
    """The later of the days on which each limb became known or suspected; where a day is missing, the day of awareness."""
    limbs = limbs_of(child)
    if limbs.both != "yes":
        return None
    abuse = child.abuse_or_neglect.known_on or aware
    harms = [fact.known_on or aware for fact in (child.died, child.seriously_harmed) if fact.value == "yes"]
    known = [d for d in harms if d]
    if abuse is None or not known:
        return None
    return max(abuse, min(known))


def _answer(value: str | None) -> Answer:
    return "yes" if value == "yes" else "no" if value == "no" else "unclear"
