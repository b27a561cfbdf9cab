"""What the notification's lines say: who must act, why, and by when."""

from __future__ import annotations

from datetime import date

from plugins.statutory_notification.limbs import Limbs
from threefold.plugin_api import Answer, Incident, Span


def who_notifies(incident: Incident, concerned: tuple[str, ...], outside: Answer) -> str:
    """The authority on which the duty lies: where it happened; outside England, where the child normally lives."""
    area = incident.happened_in.value
    happened = f"The local authority where it happened ({area})" if area else "The local authority where it happened"
    if outside == "no":
        return happened
    homes = sorted({c.lives_in.value for c in incident.children if c.lives_in.value and (c.key in concerned or not concerned)})
    named = f" ({', '.join(homes)})" if homes else ""
    if outside == "yes":
        return f"The local authority where the child normally lives{named}"
    return f"The local authority where it happened or, if that is outside England, where the child normally lives{named}"


def why(found: list[Limbs], arises: Answer, starts: date | None) -> str:
    """Why the duty arises, does not, or is not clear yet, naming what is missing."""
    missing = [text for limbs in found for text in limbs.missing]
    if arises == "unclear":
        return f"Not clear yet: {'; '.join(missing)}." if missing else "No child is on record yet."
    if arises == "no":
        over = [limbs.key for limbs in found if limbs.child == "no"]
        abroad = [limbs.key for limbs in found if limbs.place == "no"]
        return (
            "For no child do all parts of the test hold: abuse or neglect, with death or serious harm, known or suspected."
            + (f" {listed(over)} had reached 18, and the duty is about children." if over else "")
            + (f" It happened outside England, and {listed(abroad)} does not normally live in England." if abroad else "")
        )
    sentence = f"Abuse or neglect of {listed([ln.key for ln in found if ln.both == 'yes'])} is known or suspected, with death or serious harm"
    sentence += f" since {said(starts)}." if starts else "; the day on which both were known is not on record."
    unborn = [limbs.key for limbs in found if limbs.unborn and limbs.both != "no"]
    if unborn:
        sentence += f" {listed(unborn)} is unborn: the notification can include unborn children."
    open_still = [text for limbs in found if not limbs.unborn for text in limbs.missing]
    return f"{sentence} Not clear yet: {'; '.join(open_still)}." if open_still else sentence


def by_when(act: str, whom: str, starts: date | None, due: object, span: Span) -> str:
    """The step's sentence, with the day and what it is counted from."""
    if starts is None:
        return f"{act} {whom} within {span} of the day both limbs are known or suspected; that day is not on record."
    return f"{act} {whom} by {said(due)}: {span} from {said(starts)}, the day both limbs were known or suspected."


def listed(keys: list[str]) -> str:
    """a; a and b; a, b and c."""
    return " and ".join([", ".join(keys[:-1]), keys[-1]] if len(keys) > 1 else keys)


def in_words(answer: Answer) -> str:
    """An answer in a sentence."""
    return {"yes": "yes", "no": "no", "unclear": "not clear, which does not mean no"}[answer]


def said(day: object) -> str:
    """A day as it is read: 8 April 2026."""
    return f"{day:%-d %B %Y}" if isinstance(day, date) else "a day not on record"
