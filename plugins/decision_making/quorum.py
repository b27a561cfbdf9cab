"""Whether a meeting may decide: organisations are counted, not heads, and the chair's discretion is recorded, never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from threefold.plugin_api import Answer, Meeting, Quorate, Source

STATES: dict[Answer, Literal["met", "not_met", "unclear"]] = {"yes": "met", "no": "not_met", "unclear": "unclear"}
_NOWHERE = Source("Not stated", "LOCAL", "unknown")


@dataclass(frozen=True, slots=True)
class Terms:
    """What makes a group able to decide.

    `needed`: organisations that must all be there; `count` of `among`: so many of a list, such as four of six districts.
    `substitutes`: (for, by) pairs. `may_vary`: the chair may set the quorum aside for an item; `may_choose_items`: on a
    miss the chair picks which items go ahead.
    """

    needed: tuple[str, ...] = ()
    count: int = 0
    among: tuple[str, ...] = ()
    substitutes: tuple[tuple[str, str], ...] = ()
    may_vary: bool = False
    may_choose_items: bool = False
    source: Source = _NOWHERE

    @property
    def stated(self) -> bool:
        """Terms that name a quorum and not its value settle nothing."""
        return bool(self.needed or self.count)


def quorate(terms: Terms, meeting: Meeting) -> Quorate:
    """Whether those at `meeting` make the quorum, and which items of its agenda could go ahead.

    Who is not known to have been there makes an answer unclear, never no. A substitute counts where it is recorded to
    have stood in and the terms allow it. Towards `count` an organisation in the room counts once, for itself or for one that it
    stands in for. An item that the chair let go ahead may do so where the terms give discretion.
    """
    here, maybe = set(meeting.present), set(meeting.not_known)
    stood_in = tuple(pair for pair in meeting.stood_in if pair in terms.substitutes and pair[0] not in here)
    covered = here | {whom for whom, _ in stood_in}
    in_the_room = (here & set(terms.among)) | {by for whom, by in stood_in if whom in terms.among}
    lacking = tuple(o for o in terms.needed if o not in covered)
    short = max(0, terms.count - len(in_the_room))
    possible = not terms.stated or (all(o in maybe for o in lacking) and short <= len((maybe & set(terms.among)) - covered))
    met: Answer = "yes" if terms.stated and not lacking and not short else "unclear" if possible else "no"
    missing = tuple(o for o in lacking if o not in maybe)
    return Quorate(
        meeting.group, STATES[met], _sentence(terms, met, meeting, lacking, short, stood_in), terms.source,
        counts=tuple(dict.fromkeys((*terms.needed, *terms.among))), missing=missing, may_stand_in=terms.substitutes, stood_in=stood_in,
        chair_may=(*(("vary",) if terms.may_vary else ()), *(("choose_items",) if terms.may_choose_items else ())),
        items=tuple(_item(terms, met, item, item in meeting.let_ahead) for item in meeting.agenda),
    )  # fmt: skip


def _item(terms: Terms, met: Answer, item: str, let_ahead: bool) -> tuple[str, Answer, str]:
    if met == "yes":
        return item, "yes", "There was a quorum."
    if let_ahead and (terms.may_vary or terms.may_choose_items):
        return item, "yes", "The chair let it go ahead; the reason is recorded."
    if let_ahead:
        return item, met, "The terms of this group give its chair no discretion over the quorum."
    if met == "no":
        return item, met, "There was no quorum, and no reason of the chair is recorded."
    return item, met, "Who was there is not fully recorded, or the terms do not say what the quorum is."


def _sentence(
    terms: Terms, met: Answer, meeting: Meeting, lacking: Iterable[str], short: int, stood_in: Iterable[tuple[str, str]]
) -> str:
    def listed(keys: Iterable[str]) -> str:
        return ", ".join(meeting.named(key) for key in keys)

    parts = [f"{meeting.named(by)} stood in for {meeting.named(whom)}." for whom, by in stood_in]
    if met == "yes":
        return " ".join(["There was a quorum.", *parts])
    if not terms.stated:
        parts.append("The terms do not say what the quorum is.")
    absent, unsaid = ([o for o in lacking if (o in meeting.not_known) is known] for known in (False, True))
    parts += [f"{label}: {listed(keys)}." for label, keys in (("Missing", absent), ("Not recorded", unsaid)) if keys]
    if short:
        parts.append(f"{short} more of {listed(terms.among)} {'was' if short == 1 else 'were'} needed.")
    if met == "no" and (terms.may_choose_items or terms.may_vary):
        parts.append("The chair may say, with a recorded reason, which items go ahead.")
    return " ".join(["There was no quorum." if met == "no" else "Whether there was a quorum is not clear.", *parts])
