"""Who is meant where words stand in the place of a seat, an organisation or a group: one person, one partner, or perhaps all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plugins.statutory_arrangements.sitting import chosen, meant
from threefold.plugin_api import ArrangementView

# Words that may mean the partners together, or a group of theirs.
_MAY_BE_THEIRS = re.compile(
    r"partner|executive|board|group|panel|forum|committee|meeting|lead|delegate|director|chief|council|authority|police|health|icb|nhs|all\b|\bd?lsps?\b|\bdsps?\b",
    re.IGNORECASE,
)
# Words of one kind of partner, or of somebody of theirs.
AUTHORITY = re.compile(
    r"\b(authority|council|children.s (services|social care)|directors? (of|for) children|dcs|chief executive)\b", re.IGNORECASE
)
ANOTHER = re.compile(r"\b(police|constabulary|nhs|icb|integrated care|health|school|scrutin\w+)\b", re.IGNORECASE)
_OF_NONE = re.compile(
    r"\bindependent\b|\bchair(person|man|woman)?\b|\bpartnership['’]?s?\b|\bbusiness manager\b", re.IGNORECASE
)
_OF = {
    "local_authority": AUTHORITY,
    "police": re.compile(r"\b(police|constabulary|constable|superintendent|inspector)\b", re.IGNORECASE),
    "integrated_care_board": re.compile(r"\b(icb|integrated care|nhs|health|nurse|doctor)\b", re.IGNORECASE),
}
_HEALTH = ("integrated_care_board", "clinical_commissioning_group")
_WHOSE = re.compile(
    r"(the |our |your )?((local|county|city|borough|district|unitary|metropolitan) )*"
    r"(authority|council|police( force| service)?|constabulary|icb|integrated care board|nhs|health( services?| partner)?)",
    re.IGNORECASE,
)
# One person, by what they are; and nobody beside them. Who chairs a group is no group.
_ONE = re.compile(
    r"(the |an? |our )?((independent|partnership['’]?s?|executive|l?scp|safeguarding|children['’]?s?|business|deputy|assistant|interim|vice|duty|scrutiny|principal|senior|chief|"
    r"designated|named|lead|strategic|multi-agency|mash|service|statutory)[- ])*"
    r"(chair(person|man|woman)?|scrutineer|manager|head|director|officer|nurse|doctor|social worker|constable|superintendent|inspector|sergeant|commander|chief executive|commissioner|member|lead|"
    r"advis[eo]r|author|reviewer|co-?ordinator|dcs)\b(?!['’]?s\b)(?P<rest>.*)",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"\b(and|with|plus|jointly|together|all|both|each|every|or)\b|[,;/&+]", re.IGNORECASE)
# Names of services and partnerships that have an "and" in them.
_NAMES = re.compile(
    r"(children|adults?|families|education|people|safeguarding|quality|care|health|young people)['’]?s? (and|&) ((young|adult|social|children['’]?s) )?"
    r"(people|adults?|families|services|learning|skills|children|education|care|assurance|improvement|communities|health)",
    re.IGNORECASE,
)


def may_be_all(words: str) -> bool:
    """Whether words may mean all the partners together, or a group of theirs: neither one person nor one partner does."""
    return bool(_MAY_BE_THEIRS.search(words)) and not _is_one(words) and not _WHOSE.fullmatch(words.strip(" ."))


def _is_one(words: str) -> bool:
    found = _ONE.fullmatch(_NAMES.sub(r"\1", words.strip(" .")))
    rest = found["rest"].strip() if found else ""
    return found is not None and not _BESIDE.search(rest) and (not rest or bool(re.match(r"(of|for|from|in|at|to)\b|\(", rest)))


def partners_of(words: str, arrangement: ArrangementView) -> set[str]:
    """The keys of the partners of whose kind words speak: somebody of theirs, or they themselves."""
    kinds = {kind for kind, of in _OF.items() if of.search(words)}
    kinds |= set(_HEALTH) if "integrated_care_board" in kinds else set()
    return {key for o in arrangement.partners if o.kind in kinds for key in (o.key, *o.acts_for)}


def others_in_words(arrangement: ArrangementView, named: Iterable[str]) -> list[str]:
    """The words by which somebody does it who can be no group of the partners; none where all partners are named, in these or beside them."""
    keys = list(named)
    words = [key for key in keys if not chosen(arrangement, key)]
    if not words or any(may_be_all(one) for one in words):
        return []
    listed = meant(arrangement, [key for key in keys if key not in words])
    covered = {key for o in listed.organisations for key in (o.key, *o.acts_for)}
    covered |= {key for one in words for key in partners_of(one, arrangement)}
    return [] if listed.unread or {o.key for o in arrangement.partners} <= covered else words


def without_authority(arrangement: ArrangementView, named: Iterable[str]) -> list[str]:
    """Those of some names that are words, where each of them is plainly of somebody else than the local authority."""
    words = [key for key in named if not chosen(arrangement, key)]
    return words if all(is_another(one) and not may_be_all(one) for one in words) else []


def is_another(words: str) -> bool:
    """Whether words plainly mean somebody else than the local authority: another partner, or who stands for none."""
    return bool((ANOTHER.search(words) or _OF_NONE.search(words)) and not AUTHORITY.search(words))
