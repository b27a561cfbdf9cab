"""One thing that is said of a version in the making, and the place of the draft that mends it."""

from __future__ import annotations

from dataclasses import dataclass

from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.governance.drafts import LISTS, Content, NoSuchPlace, Place, name_of, node_at

LEFT_OUT = "left-out-"  # the key of a remark on a partner that is left out begins so, and ends with the partner's key


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said of a draft. `refused` and `mend` stand in the way of signing; the rest is shown to who signs."""

    effect: str  # mend, refused, needs_reason, warned or noted
    sentence: str
    paragraph: str = ""
    field: str = ""
    key: str = ""

    @property
    def stops(self) -> bool:
        return self.effect in ("mend", "refused")

    @property
    def known_by(self) -> str:
        """What it is known again by, among all that is said of one draft: two rules of one kind may be said the same of."""
        return f"{self.field}:{self.key}"

    @property
    def unread(self) -> bool:
        """Whether a rule cannot be read as it is set: then nothing can be worked out of the whole. Other things that are to be mended
        in a rule have a key, by which they are known again."""
        return self.effect == "mend" and self.field.startswith("rules.") and not self.key


def place_of(field: str, content: Content) -> Place:
    """The nearest place of the draft that a remark's field names: `rules.plan.steps.huddle.day` is the step's place."""
    if not field.startswith("rules."):
        head, _, rest = field.partition(".")
        if head in LISTS:
            key = rest.partition(".")[0]
            return (head, key) if any(name_of(e, i) == key for i, e in enumerate(content.get(head, ()))) else (head,)
        return ()
    rest = field.removeprefix("rules.")
    uses = sorted((u["use"] for u in content["uses"]), key=len, reverse=True)
    use = next((u for u in uses if rest == u or rest.startswith(f"{u}.")), None)
    if use is None:
        return ("rules",)
    place: Place = ("rules", use)
    for part in rest.removeprefix(use).strip(".").split("."):
        try:
            node = node_at(content, (*place, part))
        except NoSuchPlace:
            break
        if not part or not isinstance(node, dict | list):
            break
        place = (*place, part)
    return place


def mends(error: ThreefoldError) -> list[Remark]:
    if isinstance(error, ManyErrors):
        return [r for one in error.errors for r in mends(one)]
    return [Remark("mend", error.sentence, error.paragraph, error.field)]
