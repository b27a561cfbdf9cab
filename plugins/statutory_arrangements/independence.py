"""The floor under who chairs the partnership and who scrutinises it: one of the partners chairs, and none of them scrutinises."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plugins.statutory_arrangements.floor import joined, lacking
from plugins.statutory_arrangements.in_words import may_be_all, partners_of
from plugins.statutory_arrangements.sitting import chosen, meant
from threefold.plugin_api import ArrangementView, Objection, Provided, Source

# That a partnership has a chair was read; that it is one of the partners' delegates was not read again.
_OF_A_GROUP = re.compile(
    r"\b(sub-?groups?|groups?|panel|committee|forum|hub|network|assembly|meeting|team)\b", re.IGNORECASE
)  # who chairs one of these chairs no partnership
CHAIR = Source("R-1.8: Working Together 2023 (one of the delegated safeguarding partners chairs)", "SG", "K")
# An arrangement that shows no scrutiny here is warned of and not refused: the subsection was not re-read.
SCRUTINY = Source("R-1.9: independent scrutiny (Children Act 2004, section 16G(3))", "PG", "K")
_FROM_ELSEWHERE = re.compile(
    r"\b(another|other|neighbouring|peers?|external|independent|outside|retired|former|national)\b", re.IGNORECASE
)
_CHAIR = re.compile(
    r"(the |our )?chair(person|man|woman)?( of (the |our )?(partnership|executive|board|safeguarding partnership))?",
    re.IGNORECASE,
)


def chairs(arrangement: ArrangementView) -> Iterable[Objection]:
    """One of the partners chairs the partnership, and nobody from outside (R-1.8): of the seats that chair, one at least is a partner's."""
    partners = {o.key for o in arrangement.partners}
    seated = [s for s in arrangement.seats if s.role == "chair" and not _OF_A_GROUP.search(s.title)]
    if seated and arrangement.entered != "adopted" and not any(s.organisation in partners for s in seated):
        yield Objection("chair-from-outside", "in_force",
                        f"{joined([f'“{s.title}”' for s in seated])} {'chairs' if len(seated) == 1 else 'chair'}, and "
                        f"{'stands' if len(seated) == 1 else 'stand'} for no safeguarding partner. Guidance has one of the partners’ delegates "
                        "chair the partnership; an independent chair is no substitute, nor for scrutiny.",
                        CHAIR, field=f"seats.{seated[0].key}.organisation")  # fmt: skip


def scrutineers(arrangement: ArrangementView) -> Iterable[Objection]:
    """A scrutineer's seat that stands for a safeguarding partner is not independent of the partners (R-1.9)."""
    partners = {o.key: o.name for o in arrangement.partners}
    for seat in arrangement.seats:
        if seat.role == "scrutineer" and seat.organisation in partners and arrangement.entered != "adopted":
            yield Objection("scrutineer-of-a-partner", "in_force",
                            f"The seat “{seat.title}” scrutinises the arrangements and stands for {partners[seat.organisation]}, a safeguarding "
                            "partner. Scrutiny is independent of the partners: let the seat stand for none of them.",
                            SCRUTINY, field=f"seats.{seat.key}.organisation", warns=True)  # fmt: skip


def scrutiny(arrangement: ArrangementView) -> Iterable[Objection]:
    """Independent scrutiny is part of every arrangement (R-1.9): of the forms that are told, one at least is independent of the partners."""
    told = arrangement.all("scrutiny")
    partners = {o.key for o in arrangement.partners}
    seated = any(s.role == "scrutineer" and s.organisation not in partners for s in arrangement.seats)
    if (
        told
        and not seated
        and arrangement.entered != "adopted"
        and all(_by_the_partners(form, arrangement) for _, form in told)
    ):
        rule, form = told[0]
        yield Objection("scrutiny-of-the-partners", "in_force",
                        f"“{form.title}” is not {'called independent' if form.get('independent') == 'no' else 'independent of the partners'}, and no other form of scrutiny is told. Scrutiny of the arrangements is "
                        "independent.", SCRUTINY, field=f"rules.{rule.use}.forms.{form.key}.{'independent' if form.get('independent') == 'no' else 'who'}", warns=True)  # fmt: skip
    if not arrangement.all("scrutiny") and not any(s.role == "scrutineer" for s in arrangement.seats):
        sentence = "The arrangements do not say how they are scrutinised independently."
        yield lacking("scrutiny", sentence, SCRUTINY, arrangement, "rules+scrutiny")


def _by_the_partners(form: Provided, arrangement: ArrangementView) -> bool:
    """Whether a form of scrutiny is done by a partner, or is said not to be independent."""
    if form.get("independent") == "no":
        return True
    partners = {o.key for o in arrangement.partners}
    who = str(form.get("who") or "")
    found = meant(arrangement, [who] if who else [])
    if who and not chosen(arrangement, who) and form.get("independent") != "yes" and not _FROM_ELSEWHERE.search(who):
        return bool(_CHAIR.fullmatch(who.strip(" ."))) or may_be_all(who) or bool(partners_of(who, arrangement))
    return bool(found.organisations) and not found.unread and all(o.key in partners for o in found.organisations)
