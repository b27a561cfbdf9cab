"""What is wrong with a form is told at once, each at its box, and names the question that it is about."""

from __future__ import annotations

from datetime import timedelta

from tests.arrangements.area import Area, area, day
from tests.arrangements.vale import APRIL, MARCH
from tests.web.site import Shown

__all__ = ["area"]


def _told(shown: Shown) -> dict[str, str]:
    """The lines of an error summary, by where each leads."""
    links = [(a.get("href"), a.text) for a in shown.page.all("a") if a.get("href").startswith("#")]
    return {href: text for href, text in links if href != "#main-content"}


def test_empty_minutes_are_told_all_that_is_missing(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    page = f"{draft}/minutes"
    missing = {"#where": "Enter which minutes", "#document": "Attach the signed minutes."}
    refused = area.answer(page, {"seat": None}, 422)
    assert _told(refused) == {"#seat": "Select whose signature it is", "#day-day": "Enter the day of the meeting"} | missing
    later = day("day", MARCH.date() + timedelta(days=1))
    assert (
        _told(area.answer(page, {"seat": "health-lead", **later}, 422))
        == {"#day-day": "The minutes cannot be of a day to come."} | missing
    )


def test_a_title_that_is_missing_hides_nothing_else_that_is_wrong_about_a_version(area: Area) -> None:
    draft = area.begun()
    wrong = {"title": "", "area_codes": "Barnsley", "closures": "some day", **day("begins", APRIL), "begins-year": "27"}
    wrong |= {"until-day": "31", "until-month": "2", "until-year": "2027"}
    assert _told(area.answer(f"{draft}/about", wrong, 422)) == {
        "#title": "Enter what this version is called",
        "#begins-year": "The day it begins: the year must have 4 numbers",
        "#until-day": "The day it ends must be a real date",
        "#area_codes": "“Barnsley” is not a nine-character area code, such as E10000008",
        "#closures": "“some day” is not a day from 2000 to 2200, such as 24 December 2027",
    }
    early = {"title": "", **day("begins", APRIL), **day("until", APRIL - timedelta(days=1))}
    assert _told(area.answer(f"{draft}/about", early, 422)) == {
        "#title": "Enter what this version is called",
        "#until-day": "The day it ends must be on or after the day it begins",
    }
    past = {"title": "", **day("begins", MARCH.date() - timedelta(days=9))}
    told = _told(area.answer(f"{draft}/about", past, 422))
    assert set(told) == {"#title", "#begins-day"}
