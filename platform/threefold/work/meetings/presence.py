"""Whether the answers to who was at a meeting hold together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from threefold.domain.errors import ThreefoldError
from threefold.work.incidents.stories import told
from threefold.work.meetings.records import COUNTED, Places, in_the_room
from threefold.work.meetings.stale import how_words


def hold_together(who: Mapping[str, Any], there: Places) -> None:
    """Raise `ThreefoldError` where nobody is said to have been there of what another answer says was there, and where somebody else stood in
    and no words say who."""
    for key, (answer, named) in in_the_room(who, there).items():
        if who.get(COUNTED + key) != "nobody":
            continue
        if answer == "others":
            ticked = f"{there.name(named)} is ticked as there, and of {there.name(key)} nobody. Change one of them."
            raise ThreefoldError(ticked, field=answer)
        other = f"{there.name(named)}: {how_words(who[answer], there)}"
        raise ThreefoldError(
            f"“{there.name(key)}: nobody” and “{other}” exclude each other. Change one of them.", field=COUNTED + key
        )
    if any(how == "other" for how in who.values()):
        told(str(who.get("stood_in_words", "")), "Enter by role who stood in, and for whom. Name nobody.", "stood_in_words")
