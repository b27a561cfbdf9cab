"""What a draft that waits for signatures follows, where temporary variations stand before it; and who had signed when another came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.vale import APRIL, GOVERNANCE, LEADS, NOW_IN_FORCE
from tests.web.html import read
from threefold.governance.pack import Arrangement, RuleUse
from threefold.work.arrangements.stories import enter_version

__all__ = ["area"]
STAYS = "“Executive huddle” is now due by working day 9, was 14."
BASE = NOW_IN_FORCE.title
NOT_FROM = "was not begun from that one"


def version(name: str, begins: date, huddle: int, **more: Any) -> Arrangement:
    """What is in force, with its huddle on another day."""

    def moved(use: RuleUse) -> RuleUse:
        if use.use != "rapid-review-plan":
            return use
        steps = [{**step, "day": huddle} if step["key"] == "huddle" else step for step in use.plain["steps"]]
        return replace(use, settings={**use.plain, "steps": steps})

    uses = tuple(moved(use) for use in NOW_IN_FORCE.uses)
    return replace(NOW_IN_FORCE, version=name, title=name.capitalize(), begins=begins, uses=uses, **more)


def enter(area: Area, *versions: Arrangement) -> None:
    with area.site.database.unit(area.body, area.site.at) as unit:
        for one in versions:
            enter_version(unit, GOVERNANCE, one)


def at(area: Area, on: date, hour: int = 9) -> None:
    area.site.at = datetime(on.year, on.month, on.day, hour, tzinfo=UTC)
    area.browsers.clear()


def words(area: Area, path: str, email: str = LEAD) -> str:
    return " ".join(area.by(email).get(path).text.split())


VAR = version("var", date(2027, 3, 1), 9, until=date(2027, 4, 20))
RIGHT = replace(VAR, version="right", title="Right", corrects="var", closures=frozenset(), note="A closing day was wrong.")
CHAINS = {
    "alone": (VAR,),
    "set right": (VAR, RIGHT),
    "extended": (replace(VAR, until=date(2027, 3, 31)), version("longer", APRIL, 9, until=date(2027, 4, 20))),
    "one within another": (VAR, version("within", date(2027, 4, 15), 9, until=date(2027, 4, 20))),
}


@pytest.mark.parametrize("chain", CHAINS)
def test_what_would_stay_of_variations_is_told_beside_what_they_interrupt(area: Area, chain: str) -> None:
    enter(area, *CHAINS[chain])
    at(area, date(2027, 4, 15))
    draft = area.begun("Lasting")
    area.answer(f"{draft}/{HUDDLE}", {"title": "Executive huddle"})
    area.answer(f"{draft}/about", day("begins", date(2027, 4, 21)))
    area.before_its_seats(draft)
    told = words(area, f"{draft}/sign")
    assert f"Compared with “{BASE}”, which the variation interrupts: " in told and STAYS in told


@pytest.mark.parametrize("chain", CHAINS)
def test_begun_from_what_variations_interrupt_it_was_begun_rightly(area: Area, chain: str) -> None:
    enter(area, *CHAINS[chain])
    at(area, date(2027, 4, 15))
    asked = {"base": "other", "other": "version:demonstration", "title": "From the base"}
    draft = area.answer(f"{HOME}/drafts/new", asked).location.removesuffix("?done=begun")
    area.answer(f"{draft}/{HUDDLE}", {"day": "7"})
    area.answer(f"{draft}/about", day("begins", date(2027, 4, 21)))
    assert "follows" not in words(area, f"{draft}/check")
    area.before_its_seats(draft)
    assert NOT_FROM not in words(area, f"{draft}/sign")
    area.answer(f"{draft}/sign", {"seat": LEADS[0], "answer": "sign"}, email=f"{LEADS[0]}@vale.example")
    at(area, date(2027, 4, 16))
    enter(area, version("set-right", NOW_IN_FORCE.begins or APRIL, 11, corrects="demonstration", note="It was day 11."))
    told = words(area, f"{draft}/sign")
    assert "“Set-right” was put on record on 16 April 2027, after this was sent to be signed, and after" in told


def test_who_had_only_refused_or_been_denied_had_not_signed(area: Area) -> None:
    draft = area.begun("Next")
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example")
    refused = {"seat": "police-lead", "answer": "refuse", "reason": "Not yet."}
    area.answer(f"{draft}/sign", refused, email="police-lead@vale.example")
    area.answer(area.minuted(draft), {"says_so": "no", "reason": "They say nothing of it."}, email=MANAGER)
    at(area, date(2027, 3, 11))
    enter(area, version("other", date(2027, 3, 25), 9))
    at(area, date(2027, 3, 12))
    area.answer(f"{draft}/sign", {"seat": "police-lead", "answer": "sign"}, email="police-lead@vale.example")
    told = words(area, f"{draft}/sign")
    assert "and after Lead safeguarding partner, council had signed." in told
    assert "after you signed" not in words(area, "/my-work", "police-lead@vale.example")
    assert "after you signed" in words(area, "/my-work", "council-lead@vale.example")


def test_a_seat_that_a_version_removes_signed_it_as_the_version_before_calls_it(area: Area) -> None:
    def called(title: str, name: str, begins: date) -> Arrangement:
        seats = tuple(replace(seat, title=title) if seat.key == "police-lead" else seat for seat in NOW_IN_FORCE.seats)
        return replace(NOW_IN_FORCE, version=name, title=name, begins=begins, seats=seats)

    enter(area, called("Assistant constable", "one", date(2027, 2, 1)), called("Deputy constable", "two", date(2027, 3, 1)))
    draft = area.begun("Three")
    renamed = area.filled(f"{draft}/line/seats/police-lead", {"title": "Chief constable"})
    area.by(LEAD).send(f"{draft}/line/seats/police-lead", renamed)
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    for seat in LEADS:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    page = read(area.by(LEAD).client.get(f"{draft}/sign").get_data(as_text=True))
    table = " ".join(e.text for e in page.all("th"))
    assert "Chief constable" in table and "Assistant constable" not in table


def correcting(area: Area, base: dict[str, str], corrected: Arrangement) -> str:
    """A draft begun from something that is to set right a version, with its step said otherwise."""
    draft = area.answer(f"{HOME}/drafts/new", {**base, "title": "Set right"}).location.removesuffix("?done=begun")
    area.answer(f"{draft}/{HUDDLE}", {"title": "The huddle of all"})
    assert corrected.begins
    told = {**day("begins", corrected.begins), "corrects": corrected.version, "note": "Written down wrongly."}
    area.answer(f"{draft}/about", told)
    return draft


SUMMER, COVER = version("summer", date(2027, 3, 1), 12), version("cover", date(2027, 3, 8), 7, until=date(2027, 3, 12))
FROM_IT = {"base": "other", "other": "version:summer"}


def test_a_correction_that_was_not_begun_from_what_it_corrects_is_warned_of(area: Area) -> None:
    enter(area, SUMMER, COVER)
    draft = correcting(area, {"base": "in_force"}, SUMMER)
    counts = "All that is different counts from 1 March 2027 on, not only what was written down wrongly"
    told = words(area, f"{draft}/check")
    assert f"“Summer” is what this version sets right, and this draft was not begun from it. {counts}: compare the two." in told
    assert "brings nothing new to warn of" not in told
    area.before_its_seats(draft)
    for who in (LEAD, "police-lead@vale.example"):
        told = words(area, f"{draft}/sign", who)
        assert (
            f"“Summer” is what this version sets right, and it was not begun from that one. {counts}. Compare the two." in told
        )
    assert "was not begun from" not in words(area, "/my-work"), "sent knowingly: the check said so"


def test_a_correction_that_was_begun_from_what_it_corrects_or_from_what_set_that_right_is_not(area: Area) -> None:
    enter(area, SUMMER, COVER)
    draft = correcting(area, FROM_IT, SUMMER)
    assert "was not begun from" not in words(area, f"{draft}/check")
    area.before_its_seats(draft)
    assert "was not begun from" not in words(area, f"{draft}/sign")
    enter(area, version("right", date(2027, 3, 1), 11, corrects="summer", note="It was day 11."))
    draft = correcting(area, {"base": "other", "other": "version:right"}, SUMMER)
    told = words(area, f"{draft}/check")
    assert "was not begun from" not in told and "“Right” stands in its place" in told


def test_a_correction_whose_mistake_comes_back_with_what_is_signed_already_is_told_so(area: Area) -> None:
    later = version("june", date(2027, 6, 1), 12)
    enter(area, SUMMER, COVER, later)
    draft = correcting(area, FROM_IT, SUMMER)
    told = (
        "“June” governs from 1 June 2027 on, and was written without what is set right here. What was written down wrongly counts again from "
        "that day on, unless it is right there already: compare the two, and set that one right too."
    )
    assert told in words(area, f"{draft}/check")
    assert "“Cover” governs" not in words(area, f"{draft}/check"), "what it interrupts is right after it again"
    last = correcting(area, {"base": "other", "other": "version:june"}, later)
    assert "was written without what is set right here" not in words(area, f"{last}/check")


def test_a_draft_that_was_not_begun_from_a_version_of_no_known_day_is_warned_of_too(area: Area) -> None:
    with psycopg.connect(
        area.site.database.admin
    ) as connection:  # the demonstration's own version has a day: none is on record now
        connection.execute("delete from body.arrangement_version")
    enter(area, replace(NOW_IN_FORCE, version="pages", title="The pages", begins=None, until=None))
    draft = area.answer(f"{HOME}/drafts/new", {"base": "default", "title": "Anew"}).location.removesuffix("?done=begun")
    area.answer(f"{draft}/about", day("begins", APRIL))
    assert "“The pages” is what this version follows, and this draft was not begun from it." in words(area, f"{draft}/check")
