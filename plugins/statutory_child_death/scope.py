"""Which deaths are reviewed, and which need a joint agency response: per child and three-valued."""

from __future__ import annotations

from threefold.plugin_api import Answer, Child

TRIGGERS = {
    "external_cause": "due to external causes",
    "sudden_unexplained": "sudden, with no immediately apparent cause",
    "in_custody_or_detained": "in custody or detention",
    "suspicious": "perhaps not natural",
    "unattended_stillbirth": "a stillbirth with no healthcare professional present",
}
SCOPE = ("died", "live_born", "age_years", "unborn", "unattended_stillbirth", "lives_in")


def born_alive(child: Child) -> Answer:
    """A child of a year or more was born alive. Of an infant or an unborn child it has to be known; of a child whose age
    nobody asked it is taken so, and the sentence says it."""
    told = child.live_born.value
    if told in ("yes", "no", "unclear"):
        return _answer(told)
    age = child.age_years.value
    if age is not None and age >= 1:
        return "yes"
    return "unclear" if age == 0 or child.unborn.value in ("yes", "unclear") else "yes"


def stillborn_unattended(child: Child) -> Answer:
    """Only where the child was not born alive can it have been a stillbirth."""
    told = _answer(child.unattended_stillbirth.value)
    return "no" if told != "yes" and born_alive(child) == "yes" else told


def in_scope(child: Child) -> Answer:
    """Any child born alive who dies before 18; and a stillbirth with no professional present (C-4)."""
    if stillborn_unattended(child) == "yes":
        return "yes"
    died, alive = _answer(child.died.value), born_alive(child)
    if died == "no" or (child.age_years.value or 0) >= 18:
        return "no"
    if alive == "no":
        return stillborn_unattended(child)
    return "yes" if (died, alive) == ("yes", "yes") else "unclear"


def trigger(child: Child, name: str) -> Answer:
    """Whether one trigger applies. A suspected suicide is a death from external causes."""
    if name == "unattended_stillbirth":
        return stillborn_unattended(child)
    told = _answer(getattr(child, name).value)
    if name != "external_cause" or told == "yes":
        return told
    suicide = child.suspected_suicide.value
    return "yes" if suicide == "yes" else "unclear" if suicide == "unclear" else told


def responds(child: Child) -> Answer:
    """Whether a joint agency response is needed: any one trigger, for a death in scope."""
    told = [trigger(child, name) for name in TRIGGERS]
    triggered: Answer = "yes" if "yes" in told else "no" if all(answer == "no" for answer in told) else "unclear"
    both = (in_scope(child), triggered)
    return "no" if "no" in both else "yes" if both == ("yes", "yes") else "unclear"


def missing(child: Child) -> str:
    """What is not known, in words, while it is unclear whether the death is reviewed."""
    if _answer(child.died.value) == "unclear":
        return f"It is not known whether {child.key} has died."
    if born_alive(child) == "no":
        return f"{child.key} was not born alive, and it is not known whether a healthcare professional was present."
    return f"It is not known whether {child.key} was born alive."


def lives_outside_england(child: Child) -> bool:
    """The duty falls on partners of an English area; a code that spans countries (J) does not say."""
    home = child.lives_in.value
    return home is not None and home[0] not in "EJ"


def _answer(value: str | None) -> Answer:
    return "yes" if value == "yes" else "no" if value == "no" else "unclear"
