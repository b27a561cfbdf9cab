"""A draft read as it would be published, before anybody signs it; and what is published is named and read first."""

from __future__ import annotations

import re
from datetime import timedelta

import psycopg

from tests.arrangements.area import HOME, HUDDLE, LEAD, Area, area, day
from tests.arrangements.test_first_try import added
from tests.arrangements.test_odd_drafts import odd, put
from tests.arrangements.test_versions import publish
from tests.arrangements.vale import APRIL, LEADS, MARCH, NOW_IN_FORCE
from tests.web.site import Shown

__all__ = ["area"]
BANNER = "Not in force and not published: this is how it would read."


def drafted(area: Area) -> str:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", {**day("begins", APRIL), "note": "Agreed in March."})
    return draft


def signed(area: Area, draft: str) -> None:
    for seat in LEADS:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")


def test_a_draft_is_read_as_it_would_be_published_before_anybody_is_asked(area: Area) -> None:
    publish(area, NOW_IN_FORCE.version)
    draft = drafted(area)
    for email in (LEAD, "police-lead@vale.example"):
        shown = area.by(email).get(f"{draft}/as-published")
        assert BANNER in shown.text and "Not published" in shown.text and "Published on 10 March 2027" in shown.text
        assert "From 1 April 2027" in shown.text and "Begins on 1 April 2027" in shown.text and "Agreed in March." in shown.text
        assert "“Executive huddle” is now due by working day 12, was 14." in shown.text, "what changed stands there too"
        assert "Huddle on day 12 (this one, not published)" in shown.text and NOW_IN_FORCE.title in shown.text
        assert "Fingerprint" not in shown.text and "Read it as a PDF" not in shown.text
    assert "asked for when it is sent" not in shown.text
    assert "Huddle on day 12" not in area.site.another().get("/published/example-vale").text


def test_what_is_shown_before_it_is_signed_is_what_is_published_after(area: Area) -> None:
    draft = drafted(area)
    area.before_its_seats(draft)
    before = area.by(LEAD).get(f"{draft}/as-published")
    assert "asked for when it is sent" not in before.text, "the reasons stand in its note now"
    signed(area, draft)
    version = area.by(LEAD).client.get(f"{draft}/as-published").location
    assert version == f"{HOME}/versions/from-2027-04-01", "what is on record has its own page"
    after = area.site.another().get(publish(area, "from-2027-04-01"))

    def told(shown: Shown) -> list[str]:
        wanted = [e.text for e in shown.page.elements if e.name in ("h2", "li")]
        start = wanted.index("Who takes part", wanted.index("Who takes part") + 1)
        return wanted[start : wanted.index("Every version published here", start)]

    assert told(before) == told(after) and len(told(before)) > 20
    fingerprints = [re.findall(r"[0-9a-f]{64}", shown.text) for shown in (before, after)]
    assert fingerprints[0] == fingerprints[1] != []


def test_a_draft_without_a_day_or_with_a_rule_not_set_yet_says_what_is_missing(area: Area) -> None:
    draft = area.begun()
    shown = area.by(LEAD).get(f"{draft}/as-published").text
    assert "On which day it begins is not said yet" in shown and "no source gives the day" not in shown
    area.answer(f"{draft}/about", day("begins", MARCH.date() + timedelta(days=1)))
    area.site.at = MARCH + timedelta(days=3)
    area.browsers.clear()
    passed = area.by(LEAD).get(f"{draft}/as-published").text
    assert "In force now" not in passed and BANNER in passed


def test_a_draft_that_lacks_a_reason_or_a_setting_says_so(area: Area) -> None:
    draft = drafted(area)
    year = {f"{part}__{name}": value for part, on in (("begins", ("1", "4")), ("ends", ("31", "3")), ("due", ("31", "12")))
            for name, value in zip(("day", "month"), on, strict=True)}  # fmt: skip
    area.answer(added(area, draft, "report-year"), year)
    shown = area.by(LEAD).get(f"{draft}/as-published").text
    assert "A reason is asked for when it is sent to be signed, and published in its note. It is not here yet." in shown
    put(area, draft, odd("steps", ["x"], "rapid-review-plan"))
    unset = area.by(LEAD).get(f"{draft}/as-published")
    assert "What it says cannot be worked out yet." in unset.text and BANNER in unset.text
    assert f"{draft}/check" in [e.get("href") for e in unset.page.all("a")]


def test_a_correction_is_not_shown_as_in_force_before_it_is_signed(area: Area) -> None:
    draft = area.begun("Put right")
    told = {**day("begins", NOW_IN_FORCE.begins), "corrects": NOW_IN_FORCE.version, "note": "The day was written down wrongly."}
    area.answer(f"{draft}/about", told)
    shown = area.by(LEAD).get(f"{draft}/as-published").text
    assert "In force now" not in shown and "The day was written down wrongly." in shown


def test_it_is_reached_from_the_check_the_asking_and_the_signatures(area: Area) -> None:
    draft = drafted(area)
    for page in ("check", "ask"):
        links = {e.get("href"): e.text for e in area.by(LEAD).get(f"{draft}/{page}").page.all("a")}
        assert links[f"{draft}/as-published"] == "See it as it will be published", page
    area.before_its_seats(draft)
    links = {e.text: e.get("href") for e in area.by("police-lead@vale.example").get(f"{draft}/sign").page.all("a")}
    assert links["Read all of it, as it will be published"] == f"{draft}/as-published"


def test_what_is_published_is_named_with_its_day_and_read_first(area: Area) -> None:
    draft = drafted(area)
    area.before_its_seats(draft)
    signed(area, draft)
    page = area.by(LEAD).get(f"{HOME}/versions/from-2027-04-01/publish")
    assert "Huddle on day 12" in page.text and "Begins on Thursday 1 April 2027" in page.text
    assert {e.get("href") for e in page.page.all("a") if e.text.startswith("Read all of it")} == {
        f"{HOME}/versions/from-2027-04-01"
    }
    assert [e.text.strip() for e in page.page.all("button")][-1] == "Publish “Huddle on day 12”"
    area.by(LEAD).get(f"{HOME}/versions/nowhere/publish", 404)


def test_what_is_published_is_found_by_whoever_looks_for_it_and_what_is_made_up_by_nobody(area: Area) -> None:
    public = publish(area, NOW_IN_FORCE.version)
    pages = ("/published", "/published/example-vale", public, f"{public}.pdf")

    def hidden(path: str, status: int = 200) -> tuple[bool, bool]:
        response = area.by(LEAD).get(path, status).response
        return "X-Robots-Tag" in response.headers, b'name="robots"' in response.get_data()

    asked = "/published/example-vale?" + "&".join(f"on-{part}={n}" for part, n in (("day", 1), ("month", 4), ("year", 2027)))
    for made_up in (True, False):
        with psycopg.connect(area.site.database.admin) as connection:
            connection.execute("update directory.body set synthetic = %s where slug = 'example-vale'", (made_up,))
        assert {hidden(path) for path in pages[:3]} == {(made_up, made_up)}
        assert hidden(pages[3])[0] == made_up
        assert hidden(asked) == hidden("/published/nowhere", 404) == hidden(HOME) == (True, True)


def test_what_was_published_stays_under_the_name_that_its_body_had(area: Area) -> None:
    public = publish(area, NOW_IN_FORCE.version)
    lead = {"class": "govuk-body-l"}
    named = area.by(LEAD).get(public).page.one("p", **lead).text
    with psycopg.connect(area.site.database.admin) as connection:
        connection.execute("update directory.body set name = 'Another name' where slug = 'example-vale'")
    assert area.by(LEAD).get(public).page.one("p", **lead).text == named != "Another name"


def test_after_publishing_one_is_inside_still_with_the_way_to_the_public_page(area: Area) -> None:
    public = publish(area, NOW_IN_FORCE.version)
    assert public.startswith("/published/example-vale/")
    shown = area.by(LEAD).get(f"{HOME}/versions/{NOW_IN_FORCE.version}?done=published")
    assert "Published. See the public page" in shown.text and "Sign out" in shown.text
    again = area.by(LEAD).get(f"{HOME}/versions/{NOW_IN_FORCE.version}/publish")
    assert "It is published already. See the public page" in again.text
