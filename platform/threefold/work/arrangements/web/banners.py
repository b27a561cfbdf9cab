"""The banners over a page of a draft: what was done, and to which line."""

from __future__ import annotations

from flask import request

from threefold.governance import drafts
from threefold.governance.drafts import Content, NoSuchPlace, Place
from threefold.work.arrangements.web import offers
from threefold.work.arrangements.web.shown import DONE, place_in, titled
from threefold.work.people.access import NotHere

_SAVED = "Saved."


def banners(content: Content, place: Place = ()) -> dict[str, str]:
    """The words of each banner of a page. Where the address names the line that was saved, or moved in the list at `place`, they name it too."""
    if saved := _line_saved(content):
        return {
            name: f"“{saved}” is saved.{words.removeprefix(_SAVED)}" if words.startswith(_SAVED) else words
            for name, words in DONE.items()
        }
    return _moved(content, place) if place else DONE


def _line_saved(content: Content) -> str:
    """What the line is called that the address says was saved; empty where it is not there, or the address names none."""
    try:
        place = place_in(request.args.get("of", ""))
        drafts.node_at(content, place)
        return titled(content, place)
    except (NotHere, NoSuchPlace):  # somebody removed it meanwhile
        return ""


def _moved(content: Content, place: Place) -> dict[str, str]:
    """Of a line that was moved: where it stands now."""
    moved, holder = request.args.get("moved", ""), request.args.get("in", "")
    listed = place if place[-1] == holder else (*place, holder)
    try:
        names = [name for name, _ in offers.rows_of(list(drafts.node_at(content, listed)), content)] if moved and holder else []
    except NoSuchPlace:
        names = []
    if moved not in names:
        return DONE
    words = f"“{titled(content, (*listed, moved))}” is now number {names.index(moved) + 1} of {len(names)}."
    stands = f"“{titled(content, (*listed, moved))}” is number {names.index(moved) + 1} of {len(names)}. The list was changed since you opened it, and it was not moved again."
    return DONE | {"moved": words, "stands": stands, "voided": f"{words} {DONE['voided'].removeprefix(f'{_SAVED} ')}"}
