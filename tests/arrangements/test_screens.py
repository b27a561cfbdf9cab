"""The way of an area lead who has never seen a file: begin, change, check, send to be signed, sign; as they would try it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.arrangements.vale import APRIL, EVERY_BODY, GOVERNANCE, LEADS, LIBRARY, MARCH, NOW_IN_FORCE
from tests.contract.toys import Unprepared, Unprovided
from tests.support.database import Database
from tests.web.site import Shown, Site, make_site
from threefold.governance import drafts
from threefold.governance.pack_export import to_toml
from threefold.governance.pack_import import read_pack
from threefold.plugin_api.rule import Rule
from threefold.walls.tables import AuditEntry
from threefold.work.arrangements import drafting
from threefold.work.arrangements.publishing import publish_version
from threefold.work.arrangements.stories import enter_version, versions
from threefold.work.arrangements.web.elsewhere import newest
from threefold.work.incidents.stories import record_incident
from threefold.work.people.access import AREA_LEAD, BUSINESS_MANAGER, PARTNER_LEAD

HOME = "/b/example-vale/arrangement"
HUDDLE = "line/rules/rapid-review-plan/steps/huddle"
LEAD, MANAGER = "lead@vale.example", "manager@vale.example"


@dataclass
class Area:
    """The site with one area, and a browser for each person."""

    site: Site
    body: UUID
    browsers: dict[str, Site] = field(default_factory=dict)

    def by(self, email: str) -> Site:
        if email not in self.browsers:
            self.browsers[email] = self.site.another()
            self.browsers[email].enter(email)
        return self.browsers[email]

    def filled(self, path: str, changes: dict[str, Any], email: str = LEAD) -> dict[str, Any]:
        """What a browser would send of a page after a person changed some boxes; None empties one."""
        return {k: v for k, v in {**boxes_of(self.by(email).get(path)), **changes}.items() if v is not None}

    def answer(self, path: str, changes: dict[str, Any], status: int = 303, email: str = LEAD) -> Shown:
        return self.by(email).send(path, self.filled(path, changes, email), status)

    def worded(self, fact: str, do: str, part: str, about: str, answers: dict[str, Any], group: str = "") -> None:
        """One comparison put into a condition, over its two pages. `fact`: the address of the first."""
        first = {"fact": about, **({"group": group} if group else {})}
        second = self.answer(f"{fact}?do={do}&part={part}", first).location
        assert self.answer(second, answers).location.endswith("done=saved")

    def begun(self, title: str = "Huddle on day 12") -> str:
        """The address of a draft begun from what is in force."""
        done = self.answer(f"{HOME}/drafts/new", {"base": "in_force", "title": title})
        return done.location.removesuffix("?done=begun")

    def before_its_seats(self, draft: str) -> None:
        """Send a draft to be signed, with a reason for each departure from guidance."""
        asked = self.by(LEAD).get(f"{draft}/ask")
        self.answer(f"{draft}/ask", {e.get("name"): "Agreed so." for e in asked.page.elements if e.name == "textarea"})

    def minuted(self, draft: str, seat: str = "health-lead") -> str:
        """Record that a seat signed from minutes; the address of the page on which another checks them."""
        given = {"seat": seat, "where": "Executive, item 4", **day("day", MARCH)}
        document = {"document": (io.BytesIO(b"%PDF-1.7 minutes %%EOF"), "m.pdf")}
        self.by(LEAD).send(f"{draft}/minutes", self.filled(f"{draft}/minutes", given) | document)
        links = self.by(MANAGER).get(f"{draft}/sign").page.all("a")
        return next(e.get("href") for e in links if e.text.startswith("Check the minutes"))

    def content(self, draft: str) -> drafts.Content:
        with self.site.database.unit(self.body, self.site.at) as unit:
            return drafting.load_draft(unit, UUID(draft.rsplit("/", 1)[1])).content


def boxes_of(shown: Shown) -> dict[str, list[str]]:
    """What a browser would send of a page as it is shown."""
    boxes: dict[str, list[str]] = {}
    picking = ""
    for e in shown.page.elements:
        picking = e.get("name") if e.name == "select" else picking
        if e.name == "option" and "selected" in e.attributes:
            boxes.setdefault(picking, []).append(e.get("value"))
        elif e.name == "textarea":
            boxes.setdefault(e.get("name"), []).append(e.text.strip())
        elif (
            e.name == "input"
            and e.get("type") != "file"
            and (e.get("type") not in ("radio", "checkbox") or "checked" in e.attributes)
        ):
            boxes.setdefault(e.get("name"), []).append(e.get("value"))
    return boxes


def chosen_on(shown: Shown, sides: dict[str, str]) -> dict[str, Any]:
    """What a browser would send of a page that asks which of two answers to keep, once they are chosen; "theirs" or "yours" by field."""
    offered = [(e.get("name"), e.get("value")) for e in shown.page.all("input") if (e.get("name") or "").startswith("keep:")]
    assert {name for name, _ in offered} == {f"keep:{field}" for field in sides}
    return boxes_of(shown) | {
        name: value for name, value in offered if value.startswith(f"{sides[name.removeprefix('keep:')]}:")
    }


def day(name: str, value: Any) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


@pytest.fixture
def area(database: Database, tmp_path: Path, project: Path) -> Iterator[Area]:
    site = make_site(database, tmp_path, tenants=project / "tenants", rules=(EVERY_BODY, GOVERNANCE))
    site.at = MARCH
    body = database.body("example-vale")
    with database.unit(body, MARCH) as unit:
        enter_version(unit, GOVERNANCE, NOW_IN_FORCE)
    site.person(LEAD, body, AREA_LEAD)
    site.person(MANAGER, body, BUSINESS_MANAGER)
    for seat in LEADS:
        site.person(f"{seat}@vale.example", body, PARTNER_LEAD, seats=(seat,))
    yield Area(site, body)
    site.app.extensions["threefold"].walls.engine.dispose()


def test_from_a_draft_to_a_version_that_governs(area: Area) -> None:
    draft = area.begun()
    page = area.by(LEAD).get(draft)
    assert "It governs nothing yet" in page.text and "devon" in page.text.lower(), "each rule says which layer it comes from"
    line = area.by(LEAD).get(f"{draft}/{HUDDLE}")
    assert line.page.heading.lower().count("huddle")
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    assert drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps", "huddle"))["day"] == 12
    assert "Say on which day this version begins" in area.by(LEAD).get(f"{draft}/check").text
    area.answer(f"{draft}/about", day("begins", APRIL))
    asked = area.by(LEAD).get(f"{draft}/ask")
    reasons = {e.get("name"): "Agreed so." for e in asked.page.elements if e.name == "textarea"}
    area.answer(f"{draft}/ask", reasons)
    for seat in LEADS:
        assert "Not signed yet" in area.by(LEAD).get(f"{draft}/sign").text
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    done = area.by(LEAD).get(f"{draft}/sign?done=entered").text
    assert "Every seat has signed" in done and "Thursday 1 April 2027" in done
    with area.site.database.unit(area.body, MARCH) as unit:
        known = versions(unit)
    assert [GOVERNANCE.pin(known, on)[0].version for on in (APRIL - timedelta(days=1), APRIL)] == [
        "demonstration",
        "from-2027-04-01",
    ]
    assert "Signed here; on record since" in area.by(LEAD).get(HOME).text


def test_two_editors_are_asked_about_the_one_field_they_both_changed(area: Area) -> None:
    draft = area.begun()
    path = f"{draft}/{HUDDLE}"
    old_tab = area.filled(path, {"day": "11", "title": "Huddle of executives"}, MANAGER)
    area.answer(path, {"day": "12"})
    asked = area.by(MANAGER).send(path, old_tab, 409)
    assert "Theirs: 12" in asked.text and "Yours: 11" in asked.text
    area.by(MANAGER).send(path, old_tab | {"keep:day": "theirs"})
    step = drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps", "huddle"))
    assert (step["day"], step["title"]) == (12, "Huddle of executives")
    assert "Manager" in area.by(LEAD).get(f"{draft}/history").text


def test_lines_are_added_moved_and_removed_without_a_file(area: Area) -> None:
    draft = area.begun()
    steps = f"{draft}/line/rules/rapid-review-plan/steps"
    done = area.answer(f"{draft}/add/rules/rapid-review-plan/steps", {"title": "Call the family", "day": "3"})
    assert done.location.endswith("/steps/call-the-family?done=added")
    assert "Enter" in area.answer(f"{draft}/add/rules/rapid-review-plan/steps", {"day": "3"}, 422).text
    hidden = area.by(LEAD).get(steps).page.hidden()

    def stands() -> int:
        listed = drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps"))
        return [s["key"] for s in listed].index("call-the-family")

    before = stands()
    area.by(LEAD).send(f"{draft}/move/rules/rapid-review-plan/steps/call-the-family", hidden | {"way": "up"})
    assert stands() == before - 1
    area.by(LEAD).post(f"{draft}/remove/rules/rapid-review-plan/steps/call-the-family")
    area.by(LEAD).get(f"{draft}/line/rules/rapid-review-plan/steps/call-the-family", 404)
    area.by(LEAD).get(f"{draft}/line/nowhere/at/all", 404)


def test_a_rule_is_chosen_from_the_catalogue_and_set_in_its_own_form(area: Area) -> None:
    draft = area.begun()
    shown = area.by(LEAD).get(f"{draft}/rules/add").text
    assert "Due for review on 1 November 2027" in shown and "kept by: Threefold maintainers" in shown
    done = area.answer(f"{draft}/rules/add", {"rule": "local-criteria@1"})
    rule = done.location.removesuffix("?done=added")
    added = area.answer(
        f"{draft}/add/{rule.split('/line/')[1]}/criteria", {"title": "Known to services", "effect": "hint", "about": "notify"}
    )
    line = added.location.removesuffix("?done=added")
    when = line.replace("/line/", "/when/") + "/when"
    fact = f"{line.replace('/line/', '/when-fact/')}/when"
    assert "Select a fact" in area.answer(f"{fact}?do=add&part=", {}, 422).text
    area.worded(fact, "add", "", "incident.family_known_recently", {"how": "yes"})
    assert "the condition is: met" in area.by(LEAD).get(f"{when}?try=yes&try-1=yes").text
    assert "the condition is: not met" in area.by(LEAD).get(f"{when}?try=yes&try-1=no").text
    assert "never counts as no" in area.by(LEAD).get(f"{when}?try=yes").text
    area.answer(f"{draft}/add/{rule.split('/line/')[1]}/questions", {"title": "Was a huddle held?"})
    uses = {u["rule"]: u for u in area.content(draft)["uses"] if u["rule"] == "local-criteria"}
    assert [q["key"] for q in uses["local-criteria"]["settings"]["questions"]] == ["was-a-huddle-held"]


def test_the_floor_s_refusal_leads_to_the_seat_that_mends_it(area: Area) -> None:
    draft = area.begun()
    area.answer(
        f"{draft}/add/organisations",
        {"name": "NHS Vale North Integrated Care Board", "kind": "integrated_care_board", "partner": "yes"},
    )
    checked = area.by(LEAD).get(f"{draft}/check")
    assert "NHS Vale North Integrated Care Board has no lead seat" in checked.text
    organisation = "nhs-vale-north-integrated-care-board"
    add = f"{draft}/add/seats?role=lead&organisation={organisation}"
    assert any(e.get("href") == add for e in checked.page.all("a"))
    area.answer(add, {"title": "Lead, second board"})
    seat = area.content(draft)["seats"][-1]
    assert (seat["role"], seat["organisation"]) == ("lead", organisation), "the page was filled in that far"
    assert "has no lead seat" not in area.by(LEAD).get(f"{draft}/check").text


def test_a_partner_that_was_left_out_is_put_back_as_it_was_and_its_seat_is_named(area: Area) -> None:
    draft = area.begun()
    before = area.content(draft)["organisations"]
    health = next(o for o in before if o["kind"] == "integrated_care_board")
    area.answer(f"{draft}/remove/organisations/{health['key']}", {})
    checked = area.by(LEAD).get(f"{draft}/check")
    links = {e.get("href") for e in checked.page.all("a")}
    back = f"{draft}/add/organisations?back={health['key']}"
    assert {back, f"{draft}/line/seats/health-lead"} <= links
    area.answer(back, {})
    assert sorted(area.content(draft)["organisations"], key=str) == sorted(before, key=str)
    assert "is left out" not in area.by(LEAD).get(f"{draft}/check").text
    assert "Enter" in area.answer(back, {}, 422).text, "once it is there, nothing is filled in"


def test_a_partner_that_was_left_out_with_its_seat_is_put_back_and_then_given_one(area: Area) -> None:
    draft = area.begun()
    health = next(o for o in area.content(draft)["organisations"] if o["kind"] == "integrated_care_board")
    area.answer(f"{draft}/remove/organisations/{health['key']}", {})
    area.answer(f"{draft}/remove/seats/health-lead", {})
    links = {e.get("href"): e.text for e in area.by(LEAD).get(f"{draft}/check").page.all("a")}
    back = f"{draft}/add/organisations?back={health['key']}"
    assert links[back].startswith("Put it back, then add its seat")
    assert not [href for href in links if "/add/seats?role=lead" in href], "a seat for what is not there would stand for nobody"
    seat = area.answer(back, {}).location
    assert seat == f"{draft}/add/seats?role=lead&organisation={health['key']}"
    area.answer(seat, {"title": "Lead, health"})
    assert area.content(draft)["seats"][-1]["organisation"] == health["key"]
    assert not [r for r in area.by(LEAD).get(f"{draft}/check").page.all("a") if "/add/organisations" in r.get("href")]


def test_a_rule_that_would_mend_a_warning_is_chosen_in_the_catalogue(area: Area) -> None:
    draft = area.begun()
    checked = area.by(LEAD).get(f"{draft}/check")
    link = f"{draft}/rules/add?rule=resourcing@1"
    (words,) = [e.text for e in checked.page.all("a") if e.get("href") == link]
    assert "Add the rule “" in words
    assert area.answer(link, {}).location.startswith(f"{draft}/line/rules/resourcing")
    assert "how the arrangements are funded" in area.by(LEAD).get(f"{draft}/check").text, "it brings nothing yet"
    assert area.by(LEAD).get(f"{draft}/rules/add?rule=nothing@9").page.heading == "Add a rule"


def test_minutes_are_recorded_checked_by_another_and_shown_as_such(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    given = {"seat": "health-lead", "where": "Executive, item 4", **day("day", MARCH)}
    assert "Attach the signed minutes" in area.answer(f"{draft}/minutes", given, 422).text
    with_file = area.filled(f"{draft}/minutes", given) | {
        "document": (io.BytesIO(b"%PDF-1.7 <script>alert(1)</script> %%EOF"), "../minutes.pdf")
    }
    area.by(LEAD).send(f"{draft}/minutes", with_file)
    own = area.by(LEAD).get(f"{draft}/sign")
    assert "Recorded from minutes, to be checked" in own.text and "Somebody else must check it" in own.text
    others = area.by(MANAGER).get(f"{draft}/sign")
    check = next(e.get("href") for e in others.page.all("a") if e.text.startswith("Check the minutes"))
    saved = area.by(MANAGER).client.get(check.removesuffix("/check") + "/document")
    assert (saved.mimetype, saved.headers["Content-Disposition"].split(";")[0]) == ("application/octet-stream", "attachment")
    assert saved.headers["Content-Disposition"].endswith('.pdf"') and saved.headers["X-Content-Type-Options"] == "nosniff"
    assert saved.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox;")
    assert saved.headers["Cache-Control"] == "no-store"
    area.answer(check, {"says_so": "yes"}, email=MANAGER)
    assert "recorded from signed minutes, checked by a second person" in area.by(LEAD).get(f"{draft}/sign").text


def test_a_draft_is_exported_and_taken_in_again_as_the_same(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    file = area.by(LEAD).client.get(f"{draft}/export").get_data()
    sent = area.filled(f"{HOME}/drafts/import", {}) | {"file": (io.BytesIO(file), "april.toml")}
    again = area.by(LEAD).send(f"{HOME}/drafts/import", sent).location.removesuffix("?done=begun")
    mine, theirs = (drafts.as_arrangement(area.content(d)) for d in (draft, again))
    assert (theirs, theirs.signed_hash) == (mine, mine.signed_hash)


def taken_in(area: Area, file: bytes, status: int = 422, **ticked: str) -> Shown:
    sent = area.filled(f"{HOME}/drafts/import", {}) | ticked | {"file": (io.BytesIO(file), "x.toml")}
    return area.by(LEAD).send(f"{HOME}/drafts/import", sent, status)


def test_what_is_wrong_with_a_file_is_told_with_its_key(area: Area) -> None:
    toml = to_toml(NOW_IN_FORCE)
    for wrong, told in (
        (b"", "This file is empty"), (b"x = [", "not TOML"), (b"format = 1\nkind = 'arrangement'", "title: This key is needed and is missing"),
        (toml.replace('"day" = 14', '"day" = nan').encode(), "rules.rapid-review-plan.settings.steps.huddle.day: This is not a number"),
        (toml.replace('title = "', 'title = "\\u0000', 1).encode(), "title: This text has a character that cannot be shown"),
        (toml.encode("utf-16"), "Save it as UTF-8"),
    ):  # fmt: skip
        assert told in taken_in(area, wrong).text
    taken_in(area, b"\xef\xbb\xbf" + toml.encode(), 303)


def test_a_file_of_another_area_is_not_taken_in_and_its_rules_can_be_begun_from(area: Area) -> None:
    other = LIBRARY.bodies["example-vale"]
    known = replace(other, id="example-glen", name="Example Glen", versions=(replace(NOW_IN_FORCE, body="example-glen"),))
    own = area.site.app.extensions["threefold"]
    library = replace(own.library, bodies={**own.library.bodies, "example-glen": known})
    area.site.app.extensions["threefold"] = replace(own, library=library)
    refused = taken_in(area, to_toml(known.versions[0]).encode())
    assert "the arrangement of 'example-glen', and it was to be taken in for 'example-vale'" in refused.text
    instead = next(e.get("href") for e in refused.page.all("a") if "from=" in (e.get("href") or ""))
    assert "The rules of Example Glen" in area.by(LEAD).get(instead).text
    done = area.answer(instead, {"title": "As in Example Glen"})
    content = area.content(done.location.removesuffix("?done=begun"))
    assert content["body"] == "example-vale"
    assert [u["use"] for u in content["uses"]] == [u.use for u in NOW_IN_FORCE.uses]


def test_a_version_is_downloaded_as_a_file(area: Area) -> None:
    shown = area.by("police-lead@vale.example").get(f"{HOME}/versions/demonstration")
    link = next(e.get("href") for e in shown.page.all("a") if (e.get("href") or "").endswith("/export"))
    file = area.by("police-lead@vale.example").client.get(link)
    assert file.headers["Content-Disposition"] == 'attachment; filename="demonstration.toml"'
    mine, theirs = (
        read_pack(f, LIBRARY.bodies["example-vale"], "next") for f in (file.get_data(), to_toml(NOW_IN_FORCE).encode())
    )
    assert mine == theirs
    area.by(LEAD).get(f"{HOME}/versions/none/export", 404)


def test_who_may_only_look_is_shown_no_way_to_change(area: Area) -> None:
    draft = area.begun()
    police = area.by("police-lead@vale.example")
    shown = police.get(draft)
    assert not any("/line/" in str(e.get("href")) for e in shown.page.all("a"))
    police.get(f"{draft}/{HUDDLE}", 403)
    police.get(f"{draft}/about", 403)


def test_open_cases_are_shown_beforehand_with_both_dates(area: Area) -> None:
    from uuid import uuid4

    from tests.governance.test_crossing import DEVON_CHANGE
    from threefold.work.incidents.stories import record_incident

    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    with area.site.database.unit(area.body, MARCH + timedelta(days=6)) as unit:
        record_incident(unit, GOVERNANCE, DEVON_CHANGE, uuid4())
    shown = area.by(LEAD).get(f"{draft}/cases").text
    assert "Executive huddleMonday 5 April 2027The sameThursday 1 April 2027" in shown
    assert (
        "By law, and the same in any case: Tell the safeguarding partners, Monday 22 March 2027; Complete and send the rapid review, Wednesday 7 April 2027."
        in shown
    )


def test_a_signed_version_is_published_for_anyone_to_read_as_a_page_and_a_pdf(area: Area) -> None:
    stranger = area.site.another()
    stranger.get("/published/example-vale", 404)
    old_tab = area.filled(f"{HOME}/versions/demonstration/publish", {})
    area.answer(f"{HOME}/versions/demonstration/publish", {})
    area.by(LEAD).send(f"{HOME}/versions/demonstration/publish", old_tab)
    assert "Example-Vale" in stranger.get("/published").text
    shown = stranger.get("/published/example-vale")
    assert "Signed by: Lead safeguarding partner, council, 10 December 2025" in shown.text
    assert "This is a demonstration" in shown.text and "Executive huddle" in shown.text
    assert shown.text.count("(this one)") == 1, "published twice, it is one publication"
    (pdf,) = {e.get("href") for e in shown.page.all("a") if e.get("href").endswith(".pdf")}
    made = stranger.client.get(pdf)
    assert made.mimetype == "application/pdf" and made.data.startswith(b"%PDF")
    assert b"pdfuaid:part" in made.data, "it says that it is PDF/UA"
    stranger.get("/published/nowhere", 404)
    area.by("police-lead@vale.example").get(f"{HOME}/versions/demonstration/publish", 403)


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
    assert len(done) == 5, "each look is on record"


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
    assert set(read) == {"devon:current", "example-sound:demonstration"} and len(read) == 2


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


@pytest.mark.parametrize("rule", [Unprovided, Unprepared])
def test_a_rule_that_cannot_be_worked_out_is_shown_checked_and_removed(area: Area, rule: type[Rule]) -> None:
    GOVERNANCE.catalogue.rules[rule.card.id, 1] = rule
    with area.site.database.unit(area.body, MARCH) as unit:
        record_incident(unit, GOVERNANCE, {"incident": {"children": [{"key": "child-1", "died": "yes"}]}}, uuid4())
    draft, name = area.begun(), rule.card.id
    try:
        with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
            drafting.change_draft(unit, UUID(draft.rsplit("/", 1)[1]), "added", lambda c: drafts.add_rule(c, name, 1)[0])
        area.answer(f"{draft}/about", day("begins", APRIL))
        assert name in area.by(LEAD).get(draft).text
        assert f"The rule “{rule.card.title}” could not be worked out" in area.by(LEAD).get(f"{draft}/check").text
        for page in ("compare", "ask", "replay", f"line/rules/{name}"):
            assert area.by(LEAD).get(f"{draft}/{page}").page.heading, page
        assert (
            f"Cannot say all of it: the rule “{rule.card.title}” of the draft could not be worked out"
            in area.by(LEAD).get(f"{draft}/cases").text
        )
        area.answer(f"{draft}/remove/rules/{name}", {})
        assert name not in {use["use"] for use in area.content(draft)["uses"]}
        assert "could not be worked out" not in area.by(LEAD).get(f"{draft}/check").text
    finally:
        del GOVERNANCE.catalogue.rules[name, 1]
