"""Who may do what: a permission is declared beside its story, and all of them can be read as one table.

Two answers exist. A page or row that is foreign, restricted or missing is *not here* (`NotHere`): the three are told
alike. An act that a person's role does not cover, in a body they do work for, is *not theirs* (`Forbidden`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from threefold.domain.errors import ThreefoldError
from threefold.walls.session import SYSTEM, Actor, Unit

BUSINESS_MANAGER = "business_manager"
PARTNER_LEAD = "partner_lead"
DEPUTY = "deputy"
CONTRIBUTOR = "contributor"
REVIEWER = "reviewer"
SCRUTINEER = "scrutineer"
AREA_LEAD = "area_lead"
NATIONAL_OFFICER = "national_officer"
# Whoever holds the seat of a version that still waits for signatures signs it before they have any business with cases.
SIGNATORY = "signatory"
# Whoever answers for an agency sees what they are asked, and nothing else of a case.
AGENCY = "agency"

ROLES: dict[str, str] = {
    BUSINESS_MANAGER: "Business manager",
    PARTNER_LEAD: "Lead safeguarding partner or delegate",
    DEPUTY: "Deputy",
    CONTRIBUTOR: "Contributor from an agency",
    REVIEWER: "Reviewer",
    SCRUTINEER: "Independent scrutineer",
    AREA_LEAD: "Area lead for the arrangement",
    NATIONAL_OFFICER: "Officer of the national body",
    SIGNATORY: "Signs the arrangement, and sees no cases",
    AGENCY: "Answers for an agency, and sees no cases",
}
# Who is named by what they do in a sentence, since their role is a sentence itself.
_BY_WHAT_THEY_DO = {SIGNATORY: "somebody who signs the arrangement", AGENCY: "somebody who answers for an agency"}
# What platform staff may do while a session of theirs is open in a body, on the pages that say so. They have no role there.
STAFF_READS = frozenset({"see the body's page", "see the arrangement", "see cases"})
LOCAL_STAFF = frozenset({BUSINESS_MANAGER, PARTNER_LEAD, DEPUTY, AREA_LEAD})
EVERYONE = frozenset(ROLES)
CASE_ROLES = EVERYONE - {SIGNATORY, AGENCY}
# The business team runs every case, and the leads and their deputies decide in every case.
EVERY_CASE = frozenset({BUSINESS_MANAGER, PARTNER_LEAD, DEPUTY})


class NotHere(ThreefoldError):
    """There is no such page or row here, or none that this person may see: the two are told alike."""

    def __init__(self) -> None:
        super().__init__("There is no such page here, or you may not see it.")


class NotForStaff(ThreefoldError):
    """Platform staff, in a session of theirs, tried something beyond the reading that supporting a body needs."""

    def __init__(self) -> None:
        super().__init__(
            "Platform staff cannot open this. You can look at the list of cases, at a case's dates and at the arrangement."
        )


class Forbidden(ThreefoldError):
    """The person works for this body, but their role does not cover this act."""

    def __init__(self, act: str, roles: Iterable[str]) -> None:
        by_name = " or ".join(ROLES[r].lower() if r in ROLES else r for r in sorted(roles) if r not in _BY_WHAT_THEY_DO)
        named = f"{'an' if by_name[:1] in 'aeiou' else 'a'} {by_name} of this body" if by_name else ""
        others = [words for r, words in _BY_WHAT_THEY_DO.items() if r in roles]
        super().__init__(
            f"Your role does not let you {act}. Ask {' or '.join([named, *others] if named else others)} to do it.", field=act
        )


@dataclass(frozen=True, slots=True)
class Permission:
    """An act, said as a verb phrase, and the roles that cover it. `stories` names where it is asked for."""

    act: str
    roles: frozenset[str]
    stories: tuple[str, ...] = ()

    def covers(self, actor: Actor) -> bool:
        if actor.staff is not None:
            return self.act in STAFF_READS
        # What the platform does of itself (a reminder, taking in a letter) has no person and needs no role.
        return actor == SYSTEM or bool(self.roles & actor.roles)


_PERMISSIONS: dict[str, Permission] = {}

P = ParamSpec("P")
R = TypeVar("R")


def declare(act: str, roles: Iterable[str], story: str = "") -> Permission:
    """Put an act on the table. Declared twice, it must be for the same roles."""
    wanted = frozenset(roles)
    unknown = wanted - EVERYONE
    if unknown or not wanted:
        raise ValueError(f"'{act}' names no known role: {sorted(unknown)}")
    before = _PERMISSIONS.get(act)
    if before and before.roles != wanted:
        raise ValueError(f"'{act}' is declared for {sorted(before.roles)} and for {sorted(wanted)}")
    stories = (*(before.stories if before else ()), *((story,) if story else ()))
    _PERMISSIONS[act] = Permission(act, wanted, tuple(dict.fromkeys(stories)))
    return _PERMISSIONS[act]


def needs(act: str, roles: Iterable[str]) -> Callable[[Callable[Concatenate[Unit, P], R]], Callable[Concatenate[Unit, P], R]]:
    """Declare, beside a story, who may tell it. The story's first argument is the unit, whose actor is asked about."""

    def declared(story: Callable[Concatenate[Unit, P], R]) -> Callable[Concatenate[Unit, P], R]:
        permission = declare(act, roles, f"{story.__module__}.{story.__qualname__}")

        @wraps(story)
        def checked(unit: Unit, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not permission.covers(unit.actor):
                raise Forbidden(act, permission.roles)
            return story(unit, *args, **kwargs)

        return checked

    return declared


def permission(act: str) -> Permission:
    """The permission of an act. Raises `KeyError` when nothing declares it: that is a fault of the program."""
    return _PERMISSIONS[act]


def permissions() -> tuple[Permission, ...]:
    """The whole table, by act."""
    return tuple(_PERMISSIONS[act] for act in sorted(_PERMISSIONS))
