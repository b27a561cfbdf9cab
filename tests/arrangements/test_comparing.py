"""Compared in words: a draft, two versions, two areas, an area and its pack, from the pages an area lead uses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from tests.arrangements.area import HOME, HUDDLE, LEAD, Area, area
from tests.arrangements.vale import EVERY_BODY, GOVERNANCE, MARCH, NOW_IN_FORCE
from threefold.walls.tables import AuditEntry
from threefold.work.arrangements.publishing import publish_version
from threefold.work.arrangements.stories import enter_version
from threefold.work.arrangements.web.elsewhere import newest
from threefold.work.people.access import AREA_LEAD

__all__ = ["area"]


def test_a_draft_is_compared_in_words_with_versions_areas_and_packs(area: Area) -> None:
    draft = area.begun()
    assert "Nothing a person would notice is different" not in area.by(LEAD).get(f"{draft}/compare").text, (
        "it says when it begins, or that it does not"
    )
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    assert "“Executive huddle” is now due by working day 12, was 14." in area.by(LEAD).get(f"{draft}/compare").text
    offered = [e.get("value") for e in area.by(LEAD).get(f"{draft}/compare").page.all("input", name="with")]
    assert {"in-force"} <= set(offered)
    for one in offered:
        area.by(LEAD).get(f"{draft}/compare?with={one}")
    area.by(LEAD).get(f"{draft}/compare?with=nothing-of-the-kind")


def test_any_two_are_compared_from_the_arrangement_page(area: Area) -> None:
    by = area.by(LEAD)
    assert f"{HOME}/compare" in [e.get("href") for e in by.get(HOME).page.all("a")]
    first = by.get(f"{HOME}/compare")
    asked = "There is no earlier version of ours on record. Select what to compare with."
    assert asked in first.text, "no area is chosen for anyone"
    ours = [e.get("value") for e in first.page.all("input", name="this")]
    assert ours == ["in-force"] and "checked" in first.page.all("input", name="this")[0].attributes
    assert "Which arrangement of ours?" in first.text and "With which?" in first.text
    assert "A shared pack is what several areas agreed together." in first.text
    listed = [e.get("value") for e in first.page.all("input", name="with")]
    assert listed.index("body:devon/current") == listed.index("body:devon/old") - 1, "an area's current version first"
    assert "in-force" not in listed, "nothing is compared with itself"
    offered = {*ours, *listed}
    assert {"in-force", "body:devon/old", "body:devon/current", "pack:_shared/pan-sussex/procedures"} <= offered
    assert not any(o.startswith("body:example-vale/") for o in offered), "its own versions stand once"
    assert "?either=yes" in {e.get("href") for e in first.page.all("a")}
    two_others = by.get(f"{HOME}/compare?either=yes").page.all("input", name="this")
    assert {"in-force", "body:barnet/current"} <= {e.get("value") for e in two_others}
    shown = by.get(f"{HOME}/compare?this=body:devon/current&with=body:devon/old").text
    assert (
        "New step: “Executive huddle”" in shown and "Each cites its own pages" not in shown and "the same in both" not in shown
    )
    assert "This one: Devon Safeguarding Children Partnership, Rapid review process, current published version" in shown
    there = by.get(f"{HOME}/compare?this=body:barnet/current&with=body:bexley/current").text
    assert "Barnet covers Barnet; Bexley S.H.I.E.L.D. covers Bexley." in there and "Each cites its own pages" in there
    assert "differences." in there and "Who takes part: " in there
    assert "Read what Barnet says" in there and "10 things are the same" in there and "Statement “Who pays”" in there
    decides = "“Who decides whether to carry out a local child safeguarding practice review”"
    assert there.count(decides) == 1, "what is told of one thing stands together under its title"
    assert "in Barnet, who recommends is nobody; in Bexley S.H.I.E.L.D., Learning from Practice group." in there
    assert "Nothing a person would notice is different." in by.get(f"{HOME}/compare?this=in-force&with=in-force").text
    assert by.get(f"{HOME}/compare?this=nothing&with=nobody").text == first.text
    with area.site.database.unit(area.body, area.site.at) as unit:
        done = unit.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "arrangements compared")).all()
    assert len(done) == 6, "each look is on record"


def test_at_first_what_is_in_force_stands_beside_what_was_before_it(area: Area) -> None:
    before = replace(
        NOW_IN_FORCE,
        version="before",
        title="The plan before",
        begins=NOW_IN_FORCE.begins and NOW_IN_FORCE.begins - timedelta(days=90),
    )
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, before)
    first = area.by(LEAD).get(f"{HOME}/compare")
    chosen = [e.get("value") for e in first.page.all("input", type="radio") if "checked" in e.attributes]
    assert chosen == ["in-force", "version:before"]
    assert f"It is called “{NOW_IN_FORCE.title}”, the other “The plan before”." in first.text


def test_another_area_s_arrangement_is_found_read_with_its_pages_and_compared_with_ours(area: Area) -> None:
    by = area.by(LEAD)
    assert f"{HOME}/areas" in [e.get("href") for e in by.get(HOME).page.all("a")]
    listed = by.get(f"{HOME}/areas")
    at = [e.get("href") for e in listed.page.all("a") if e.get("href").startswith(f"{HOME}/areas/")]
    assert at.index(f"{HOME}/areas/devon/current") == at.index(f"{HOME}/areas/devon/old") - 1, "what it uses now first"
    assert f"{HOME}/areas/example-vale/demonstration" not in at, "its own stands on the page of the arrangement"
    assert "Beginning not known" in listed.text and "Begins 1 June 2025" in listed.text
    assert "Rapid review process flowchart (current version)" in listed.text, "the pages are cited"
    devon = by.get(f"{HOME}/areas/devon/current")
    assert "As read from what this area published; not entered by the area itself." in devon.text
    assert "Read in November 2026." in devon.text and "Executive huddle" in devon.text and "What is done by when" in devon.text
    assert "the council's name is general knowledge" in devon.text and "Police: The pages" not in devon.text
    slough = by.get(f"{HOME}/areas/slough/current").text
    assert "Listed below, and not on these pages: source to confirm" in slough
    assert "Police: The pages read do not list the partners; which they are follows the Act." in slough
    assert "It acts for Slough Borough Council." in slough and "recorded delegation" not in slough, (
        "a trust that is no partner holds none"
    )
    links = {e.get("href"): e.text for e in devon.page.all("a")}
    assert links["https://www.devonscp.org.uk/?p=14322"] == "Independent Scrutineer's report 2024-25"
    (compared,) = [href for href, text in links.items() if text == "Compare it with ours"]
    assert "Read what Devon says" in by.get(compared).text and "Only Devon: " in by.get(compared).text
    (change,) = [href for href, text in links.items() if text.startswith("Compare the two")]
    assert "was" in by.get(change).text and "Only Devon" not in by.get(change).text, "two versions of one area"
    sound = by.get(f"{HOME}/areas/example-sound/demonstration").text
    assert "As read from" not in sound and "Signed by: " in sound, "this one is no adopted page"
    for nowhere in ("areas/devon/none", "areas/nowhere/current", "areas/example-vale/demonstration"):
        by.get(f"{HOME}/{nowhere}", 404)
    with area.site.database.unit(area.body, area.site.at) as unit:
        read = unit.session.scalars(
            select(AuditEntry.subject).where(AuditEntry.action == "arrangement of another area read")
        ).all()
    assert set(read) == {"devon:current", "slough:current", "example-sound:demonstration"} and len(read) == 3


def test_the_newest_of_an_area_is_what_is_in_force_and_without_days_what_is_called_current() -> None:
    (current, old), today = EVERY_BODY.bodies["devon"].versions, MARCH.date()
    assert newest((current, old), today) is newest((old, current), today) is current
    began, ended = (replace(old, begins=date(2026, 1, 1), until=until) for until in (None, date(2026, 2, 1)))
    to_come = replace(old, begins=today + timedelta(days=1))
    assert newest((current, began, to_come), today) is began
    assert newest((ended, to_come, current), today) is current


def test_what_an_area_published_here_is_read_inside_with_a_way_to_its_public_page(area: Area) -> None:
    neighbour = area.site.database.body("example-sound")
    (theirs,) = EVERY_BODY.bodies["example-sound"].versions
    with area.site.database.unit(neighbour, MARCH) as unit:
        enter_version(unit, GOVERNANCE, theirs)
    with area.site.database.unit(neighbour, MARCH, roles=(AREA_LEAD,)) as unit:
        made = publish_version(unit, GOVERNANCE, "Example Sound", theirs.version)
    shown = area.by(LEAD).get(f"{HOME}/areas/example-sound/{theirs.version}")
    assert f"/published/example-sound/{made}" in [e.get("href") for e in shown.page.all("a")]
    everyone = area.site.another().get("/published")
    assert "Read another area’s arrangement" in everyone.text and "/my-work" in [e.get("href") for e in everyone.page.all("a")]
