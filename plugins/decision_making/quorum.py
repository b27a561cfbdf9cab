"""Whether a meeting may decide: organisations are counted, not heads, and the chair's discretion is recorded, never guessed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from threefold.plugin_api import Answer


@dataclass(frozen=True, slots=True)
class Quorum:
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


@dataclass(frozen=True, slots=True)
class QuorumAnswer:
    """Whether there was a quorum, who was missing, who stood in, and per item whether it may go ahead and why."""

    met: Answer
    missing: tuple[str, ...]
    stood_in: tuple[tuple[str, str], ...]
    sentence: str
    items: tuple[tuple[str, Answer, str], ...] = field(default=())


def quorum_met(
    quorum: Quorum,
    present: Collection[str],
    agenda: Collection[str] = (),
    *,
    not_known: Collection[str] = (),
    discretion: Mapping[str, str] | None = None,
) -> QuorumAnswer:
    """Whether `present` organisations make the quorum, and which items of `agenda` may go ahead.

    `not_known`: organisations of which it is not recorded whether they were there; they make an answer unclear, never
    no. `discretion`: item -> the chair's recorded reason; a reason that the quorum's terms do not allow changes nothing.
    """
    here, maybe = set(present), set(not_known)
    stood_in = tuple((whom, by) for whom, by in quorum.substitutes if whom not in here and by in here)
    covered = here | {whom for whom, _ in stood_in}
    missing = tuple(o for o in quorum.needed if o not in covered)
    short = max(0, quorum.count - len(covered & set(quorum.among)))
    stated = bool(quorum.needed or quorum.count)  # terms that name a quorum and not its value settle nothing
    certain = stated and not missing and not short
    possible = not stated or (all(o in maybe for o in missing) and short <= len((maybe & set(quorum.among)) - covered))
    met: Answer = "yes" if certain else "unclear" if possible else "no"
    sentence = _sentence(quorum, met, missing, short, stood_in)
    return QuorumAnswer(
        met, missing, stood_in, sentence, tuple(_item(quorum, met, i, (discretion or {}).get(i, "")) for i in agenda)
    )


def _item(quorum: Quorum, met: Answer, item: str, reason: str) -> tuple[str, Answer, str]:
    if met == "yes":
        return item, "yes", "There was a quorum."
    if reason and (quorum.may_vary or quorum.may_choose_items):
        return item, "yes", f"The chair let it go ahead: {reason}"
    if reason:
        return item, met, "The terms of this group give its chair no discretion over the quorum."
    return (
        item,
        met,
        "There was no quorum, and no reason of the chair is recorded."
        if met == "no"
        else "Who was there is not fully recorded, or the terms do not say what the quorum is.",
    )


def _sentence(quorum: Quorum, met: Answer, missing: tuple[str, ...], short: int, stood_in: tuple[tuple[str, str], ...]) -> str:
    parts = [f"{by} stood in for {whom}." for whom, by in stood_in]
    if met == "yes":
        return " ".join(["There was a quorum.", *parts])
    if not (quorum.needed or quorum.count):
        parts.append("The terms do not say what the quorum is.")
    if missing:
        parts.append(f"Missing: {', '.join(missing)}.")
    if short:
        parts.append(f"{short} more of {', '.join(quorum.among)} were needed.")
    if quorum.may_choose_items or quorum.may_vary:
        parts.append("The chair may say, with a recorded reason, which items go ahead.")
    return " ".join(["There was no quorum." if met == "no" else "Whether there was a quorum is not clear.", *parts])
