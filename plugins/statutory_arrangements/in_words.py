"""Who is meant where words stand in the place of a seat, an organisation or a group: one person, some partners, or perhaps all of them.

Words are read piece by piece: "Director of Children's Services, chief constable and chief nurse" are three. A piece may mean the partners
together, or a group of theirs; else it is of one kind of partner, or of none that can be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from plugins.statutory_arrangements.sitting import chosen, meant
from threefold.plugin_api import ArrangementView

_I = re.IGNORECASE
# What stands between the pieces; and names with an "and" in them, and bodies that are none of the partners', which are read as one word.
_BETWEEN = re.compile(r"[,;/&+]|\band\b|\bwith\b|\bplus\b|\bor\b", _I)
_WITH_AND = re.compile(
    r"\b(children|adults?|families|education|people|safeguarding|quality|care|health|learning|skills|young people|nursing)['’]?s?,? (and|&) "
    r"((young|adult|social|children['’]?s) )?(people|adults?|families|services|learning|skills|children|education|care|assurance|improvement|communities|health|quality|safeguarding|patient|protection)\b",
    _I,
)
_ELSEWHERE = re.compile(
    r"\b(national panel|child safeguarding practice review panel|health (and|&) well-?being board|cabinet|scrutiny committee|community safety partnership|"
    r"corporate parenting (board|panel)|safeguarding adults board|local family justice board)\b",
    _I,
)
# Whoever may be the partners together, or a group of theirs.
_TOGETHER = re.compile(
    r"\b(partnership|lsps|dsps|executives?|boards?|groups?|panels?|forums?|committees?|meetings?|teams?|hub|leads|leaders|delegates|directors|chiefs|officers|heads|"
    r"agencies|organisations|authorities|tripartite|everyone|everybody|all|each|both|jointly|together|signatories|statutory)\b",
    _I,
)
_A_PARTNER = re.compile(r"\b(partners?|[dl]?lsp|dsp)\b", _I)
# Words of one kind of partner, or of somebody of theirs.
AUTHORITY = re.compile(
    r"\b(authorit(y|ies)|councils?|children.s (services|social care)|social (care|work\w*)|directors? (of|for) (children|people|education|young)|dcs|chief executive|cabinet|lead member)\b",
    _I,
)
_POLICE = re.compile(
    r"\b(police|constabulary|constables?|superintendents?|inspectors?|sergeants?|detectives?|bcu|borough commander|commanders?|public protection|ppu|mps|gmp)\b",
    _I,
)
_HEALTH = re.compile(
    r"\b(icbs?|integrated care|nhs|health|nurses?|nursing|doctors?|gps?|medical|accountable officer|clinical)\b", _I
)
# Posts that may be the authority's, whatever else their names have in them.
_MAY_BE_AUTHORITY = re.compile(
    r"children['’]?s|child protection|social (care|work)|early help|education|school|reviewing|\bmash\b|front door|\blado\b|youth (justice|offending)",
    _I,
)
# Who stands for no partner.
_OF_NONE = re.compile(
    r"\bscrutin(y|eer)|\bindependent (lay )?(chair\w*|person|member|reviewer|author)\b|^(the |our )?(vice |deputy )?chair(person|man|woman)?$|\bchair\w* of (the |our )?.*partnership\b"
    r"|\bpartnership['’]?s? (independent )?(chair\w*|manager|business|co-?ordinator)|\bbusiness manager\b|\b(national )?panel\b",
    _I,
)
# One person, by what they are. Who chairs a group is no group.
_ONE = re.compile(
    r"(the |an? |our |their )?((?!(by|of|for|from|on|in|through|via|including|under|to|using|after|following|having|chaired|led|advised|supported|convened)\b)(\w+['’]?s?|multi-agency|vice-)[- ])*?"
    r"(chair(person|man|woman)?|scrutineer|manager|head|director|officer|nurse|doctor|social worker|constable|superintendent|inspector|sergeant|commander|chief executive|"
    r"commissioner|member|lead|advis[eo]r|author|reviewer|co-?ordinator|dcs)\b(?!['’]?s\b)(?P<rest>.*)",
    _I,
)

# Whoever stands for each of them, or for all.
_EACH = re.compile(r"\b(each|every|all|both|partners|agencies|organisations|three|behalf)\b", _I)
_OTHERS = re.compile(r"\b(education|schools?|probation|housing|voluntary|cafcass|youth (justice|offending)|ambulance)\b", _I)
# Who advises, or leads those who do it, does not do it.
_BESIDE_THEM = re.compile(
    r",? ?\((advised|supported|chaired|led|convened) by\b[^)]*\)|,? ?\b(advised|supported|chaired|led|convened) by\b.*|,? ?\bon (the )?advice of\b.*"
    r"|,? ?\b(in (consultation|liaison|discussion|partnership) with|following (the )?(\w+ )?(advice|discussions?|consultation|consideration)|after (a )?(speaking|hearing|discussi\w+|consult\w+|taking|considering)|on hearing|"
    r"having (consulted|heard|taken|regard)|through|via|including)\b.*",
    _I,
)
_DEPUTY = re.compile(
    r"(their |his |her |a |the )?(deputy|deputies|delegates?|nominees?|representatives?|equivalents?|designates?)", _I
)


def _pieces(words: str) -> list[str]:
    words = _BESIDE_THEM.sub("", words).strip() or words
    one = _ELSEWHERE.sub(lambda found: found[0].replace(" ", "_"), _WITH_AND.sub(r"\1", words))
    return [
        piece.replace("_", " ").strip(" .()")
        for piece in _BETWEEN.split(one)
        if piece.strip(" .()") and not _DEPUTY.fullmatch(piece.strip(" .()"))
    ]


def _is_one(piece: str) -> bool:
    found = _ONE.fullmatch(piece)
    if found is None or _EACH.search(found["rest"]):
        return False
    return not found["rest"].strip() or bool(re.match(r" ?(of|for|from|in|at|to|on)\b| ?\(", found["rest"]))


def _kinds(piece: str) -> set[str]:
    """Of which kinds of partner a piece speaks. A chief executive is the authority's where nobody else's is named."""
    kinds = {kind for kind, of in (("police", _POLICE), ("health", _HEALTH)) if of.search(piece)}
    told = re.sub(r"chief executive", "", piece, flags=_I) if kinds else piece
    return kinds | ({"local_authority"} if AUTHORITY.search(told) else set())


def _may_be_theirs(piece: str) -> bool:
    """Whether a piece may mean the partners together, or a group of theirs."""
    if _ELSEWHERE.search(piece) or _is_one(piece):
        return False
    told = re.sub(r"\b(integrated care board|chief executive)\b", "", piece, flags=_I)
    if _TOGETHER.search(told) and not (
        _kinds(told) and re.fullmatch(r".*\b(authorities|directors|officers|leads|heads|teams?)\b.*", told, _I)
    ):
        return True
    return bool(_A_PARTNER.search(told)) and (not _kinds(told) or bool(re.search(r"\bpartners\b", told, _I)))


def may_be_all(words: str) -> bool:
    """Whether words may mean all the partners together, or a group of theirs. Of three people those of whom it is not told whose they are may be
    of the partners that are not named."""
    pieces = _pieces(words)
    if any(_may_be_theirs(piece) for piece in pieces):
        return True
    kinds = {kind for piece in pieces for kind in _kinds(piece)}
    untold = [p for p in pieces if not _kinds(p) and not _OF_NONE.search(p) and not _OTHERS.search(p)]
    return len(pieces) > 2 and bool(untold) and len(kinds) + len(untold) > 2


def partners_of(words: str, arrangement: ArrangementView) -> set[str]:
    """The keys of the partners of whose kind words speak: somebody of theirs, or they themselves."""
    kinds = {kind for piece in _pieces(words) for kind in _kinds(piece)}
    kinds |= {"integrated_care_board", "clinical_commissioning_group"} if "health" in kinds else set()
    return {key for o in arrangement.partners if o.kind in kinds for key in (o.key, *o.acts_for)}


def others_in_words(arrangement: ArrangementView, named: Iterable[str]) -> list[str]:
    """The words by which somebody does it who can be no group of the partners; none where all partners are named, in these or beside them."""
    keys = list(named)
    words = [key for key in keys if not chosen(arrangement, key)]
    if not words or any(may_be_all(one) for one in words) or may_be_all("; ".join(words)):
        return []
    listed = meant(arrangement, [key for key in keys if key not in words])
    covered = {key for o in listed.organisations for key in (o.key, *o.acts_for)}
    covered |= {key for one in words for key in partners_of(one, arrangement)}
    return [] if listed.unread or {o.key for o in arrangement.partners} <= covered else words


def without_authority(arrangement: ArrangementView, named: Iterable[str]) -> list[str]:
    """Those of some names that are words, where each of them is plainly of somebody else than the local authority."""
    words = [key for key in named if not chosen(arrangement, key)]
    return words if all(is_another(one) and not may_be_all(one) for one in words) and not may_be_all("; ".join(words)) else []


def speaks_of_another(words: str) -> bool:
    """Whether words have somebody of another kind in them, whoever else they have."""
    return bool(_POLICE.search(words) or _HEALTH.search(words) or re.search(r"school|scrutin", words, _I))


def is_of_another(words: str) -> bool:
    """Whether words plainly mean somebody of another partner, or who scrutinises them all. Who writes for all of them may act for the authority."""
    return is_another(words) and speaks_of_another(words)


def is_another(words: str) -> bool:
    """Whether words plainly mean somebody else than the local authority: another partner, or who stands for none."""
    pieces = _pieces(words)
    return bool(pieces) and all(
        bool(_kinds(piece) & {"police", "health"} or _OF_NONE.search(piece))
        and "local_authority" not in _kinds(piece)
        and not _MAY_BE_AUTHORITY.search(piece)
        and (bool(_kinds(piece)) or not re.search(r"head of (service|safeguarding)", piece, _I))
        for piece in pieces
    )
