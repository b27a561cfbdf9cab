"""What differs between two versions as a whole: their days, areas and closing days, and how each came to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from threefold.governance.comparison_sides import Sides
from threefold.governance.comparison_words import joined
from threefold.governance.pack import Arrangement, Library

_OPEN_CASES = {"finish_under_old": "finish under the version before", "move_at_next_stage": "move to it at their next stage"}


def area_names(library: Library) -> dict[str, str]:
    """What each area code stands for, as the bodies' own files say."""
    return {area["code"]: area["name"] for body in library.bodies.values() for area in body.details.get("footprint", ())}


def differing_head(
    before: Arrangement, after: Arrangement, areas: Mapping[str, str], seats: Mapping[str, str], sides: Sides | None
) -> Iterator[tuple[str, str, str]]:
    """(place, title, sentence) of each difference. Of two areas: what is comparable, not their own titles and pages."""
    it, other = (f"The arrangement of {sides.this}", f"that of {sides.other}") if sides else ("It", "the other")
    if (before.begins, before.not_before) != (after.begins, after.not_before):
        told = f"{it} begins on {_begins(after)}, {other} on {_begins(before)}."
        if not sides and _no_day(before):
            told = f"It begins on {_begins(after)}; before, no day was set."
        elif not sides and _no_day(after):
            told = f"No day is set on which it begins. It was {_begins(before)}."
        yield "begins", "The day it begins", told
    if before.until != after.until:
        yield "until", "The day it ends", f"{it} {_until(after)}; {other} {_until(before)}."
    if before.open_cases != after.open_cases:
        ways = [_OPEN_CASES.get(told.open_cases, told.open_cases) for told in (after, before)]
        begins, there = (f"{it[:1].lower()}{it[1:]}", sides.other if sides else "the other")
        yield "open_cases", "Open cases", f"When {begins} begins, open cases {ways[0]}; in {there} they {ways[1]}."
    yield from _areas(before, after, areas, sides)
    come, gone = sorted(after.closures - before.closures), sorted(before.closures - after.closures)
    if come:
        yield (
            "closures",
            "Closing days",
            f"{f'Only {sides.this} is' if sides else 'Now also'} closed: {joined(map(day_in_words, come))}.",
        )
    if gone:
        yield (
            "closures",
            "Closing days",
            f"{f'Only {sides.other} is' if sides else 'No longer'} closed: {joined(map(day_in_words, gone))}.",
        )
    if not sides:
        yield from _told(before, after)
    yield from _entered(before, after, seats, (it, other), across=sides is not None)


def _areas(
    before: Arrangement, after: Arrangement, areas: Mapping[str, str], sides: Sides | None
) -> Iterator[tuple[str, str, str]]:
    def named(codes: Iterable[str]) -> str:
        return joined(areas.get(code) or f"the area with the code {code}" for code in sorted(codes))

    come, gone = set(after.area_codes) - set(before.area_codes), set(before.area_codes) - set(after.area_codes)
    if sides and (come or gone):
        told = [named(a.area_codes) or "no area that is named" for a in (after, before)]
        yield "area_codes", "Areas covered", f"{sides.this} covers {told[0]}; {sides.other} covers {told[1]}."
        return
    if come:
        yield "area_codes", "Areas covered", f"Now covered: {named(come)}."
    if gone:
        yield "area_codes", "Areas covered", f"No longer covered: {named(gone)}."


def _told(before: Arrangement, after: Arrangement) -> Iterator[tuple[str, str, str]]:
    """What a version says of itself."""
    if before.title != after.title:
        yield "title", "What it is called", f"It is called “{after.title}”, the other “{before.title}”."
    if before.note != after.note:
        notes = [f"“{a.note.rstrip('.')}”" if a.note else "none" for a in (after, before)]
        yield "note", "Note", f"Its note: {notes[0]}. The note of the other: {notes[1]}."
    if before.corrects != after.corrects:
        titles = {a.version: a.title for a in (before, after)}
        corrects = [
            f"corrects {f'the version “{titles[a.corrects]}”' if a.corrects in titles else 'another version'}"
            if a.corrects
            else "corrects none"
            for a in (after, before)
        ]
        yield "corrects", "What it corrects", f"It {corrects[0]}; the other {corrects[1]}."


def _entered(
    before: Arrangement, after: Arrangement, seats: Mapping[str, str], called: tuple[str, str], *, across: bool
) -> Iterator[tuple[str, str, str]]:
    """How each came to be. The pages that two areas adopted are their own; whether they adopted or signed is compared.

    That nobody has signed one yet is no difference: it is a draft, and where it is signed says who has.
    """
    both_signed = bool(before.signed and after.signed)
    if before.entered != after.entered or (not across and both_signed and before.signed != after.signed):
        yield "signed", "How it came to be", f"{called[0]} {_how(after, seats)}; {called[1]} {_how(before, seats)}."
    if across or before.entered != after.entered:
        return
    pages = [[_page(p) for p in a.adopted_from] for a in (after, before)]
    if pages[0] != pages[1]:
        yield (
            "adopted_from",
            "The pages it comes from",
            f"It comes from {joined(pages[0]) or 'no page'}; the other from {joined(pages[1]) or 'no page'}.",
        )
    if before.read != after.read:
        reads = [_read(a.read) for a in (after, before)]
        yield "read", "When its pages were read", f"Its pages were read {reads[0]}, those of the other {reads[1]}."


def _how(told: Arrangement, seats: Mapping[str, str]) -> str:
    if told.entered == "adopted":
        return "was adopted from published pages and not signed here"
    if not told.signed:
        return "is not signed yet"
    signed = (
        f"{seats.get(seat, 'a seat of its own')}{f' on {day_in_words(on)}' if on else ''}{f' ({how})' if how else ''}"
        for seat, on, how in told.signed
    )
    return f"is signed by {joined(signed)}"


def _page(page: Mapping[str, str]) -> str:
    title = page.get("title") or page.get("ref") or page.get("where") or "a page without a name"
    return f"“{title}”" + (f" ({page['where']})" if page.get("where") and page.get("where") != title else "")


def _read(day: str) -> str:
    try:
        return f"on {day_in_words(date.fromisoformat(day))}"
    except ValueError:
        return f"on {day}" if day else "on a day not known"


def _no_day(told: Arrangement) -> bool:
    """Whether a version of which partners set the day has none yet; of a page that was adopted the day may not be known."""
    return told.begins is None and told.not_before is None and told.entered != "adopted"


def _begins(told: Arrangement) -> str:
    if told.begins:
        return day_in_words(told.begins)
    return f"a day not known, not before {day_in_words(told.not_before)}" if told.not_before else "a day not known"


def _until(told: Arrangement) -> str:
    return f"ends on {day_in_words(told.until)}" if told.until else "has no last day of its own"


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
