"""The way of an area lead who has never seen a file: begin, change, check, send to be signed, sign; as they would try it."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.vale import APRIL, GOVERNANCE, LEADS, MARCH
from tests.contract.toys import Looping, Unprepared, Unprovided, Untitled
from threefold.governance import drafts
from threefold.plugin_api.rule import Rule
from threefold.work.arrangements import drafting
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.stories import record_incident
from threefold.work.people.access import AREA_LEAD

__all__ = ["area"]


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
    move = f"{draft}/move/rules/rapid-review-plan/steps/call-the-family"
    up = hidden | {"way": "up", "stood": str(before)}
    area.by(LEAD).send(move, up)
    assert stands() == before - 1
    told = area.by(LEAD).get(area.by(LEAD).send(move, up).location).text
    assert stands() == before - 1 and f"is number {before} of" in told and "was not moved again" in told, (
        "pressed twice, or by two: moved once"
    )
    area.by(LEAD).send(move, hidden | {"way": "sideways"}, 422)
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


def test_a_stage_that_is_moved_takes_its_place_and_the_ladder_is_told_in_the_order_of_its_numbers(area: Area) -> None:
    draft = area.begun()
    rule = area.answer(f"{draft}/rules/add", {"rule": "escalation-ladder@1"}).location.split("?")[0]
    use = rule.rpartition("/")[2]
    for title, number in (("Heads of service", 1), ("Lead partners", 3), ("Senior managers", 2)):
        area.answer(f"{draft}/add/rules/{use}/stages", {"title": title, "stage": str(number)})

    def stages() -> list[tuple[str, int]]:
        (made,) = [one for one in area.content(draft)["uses"] if one["use"] == use]
        return [(stage["title"], stage["stage"]) for stage in made["settings"]["stages"]]

    assert stages() == [("Heads of service", 1), ("Senior managers", 2), ("Lead partners", 3)], (
        "each goes where its number says"
    )
    page = area.by(LEAD).get(rule)
    area.by(LEAD).send(
        f"{draft}/move/rules/{use}/stages/senior-managers", {**page.page.hidden(), "way": "up", "stood": "1"}, 303
    )
    assert stages() == [("Senior managers", 1), ("Heads of service", 2), ("Lead partners", 3)]
    published = area.by(LEAD).get(f"{draft}/as-published").text
    told = [published.index(f"{title}: Stage {number}.") for title, number in stages()]
    assert told == sorted(told)


def test_who_is_not_in_a_list_is_written_beside_it_and_asked_for_there(area: Area) -> None:
    draft = area.begun()
    step = area.by(LEAD).get(f"{draft}/add/rules/rapid-review-plan/steps").response.get_data(as_text=True)
    assert step.index('id="who__other"') < step.index("More settings") < step.index('id="serves__other"'), "most serve no duty"
    rule = area.answer(f"{draft}/rules/add", {"rule": "decision-making@1"}).location.split("?")[0].replace("/line/", "/add/")
    group = area.answer(f"{rule}/groups", {"title": "Case review group"}).location.split("?")[0]
    add = f"{group.replace('/line/', '/add/')}/members"
    page = area.by(LEAD).get(add).response.get_data(as_text=True)
    assert page.index('id="who__other"') < page.index('id="number"'), "right beside the list"
    refused = area.answer(add, {}, 422)
    assert "select one of the list, or write it below" in refused.text
    beside = refused.response.get_data(as_text=True).partition('id="who__other"')[0].rpartition("<details")[2]
    assert beside.startswith(' class="govuk-details" open'), "open where nothing was answered"
    area.answer(add, {"who__other": "Named doctor"})
    assert "Named doctor" in area.by(LEAD).get(group).text
    own = area.by(LEAD).get(group).response.get_data(as_text=True)
    assert 'value="case-review-group"' not in own, "a group neither reports to itself nor sits in itself"


def test_what_would_have_to_be_mended_is_said_before_a_line_is_removed(area: Area) -> None:
    draft = area.begun()
    told = area.by(LEAD).get(f"{draft}/remove/seats/council-deputy").text
    assert "Without it this has to be mended before the draft can be signed" in told
    assert "“Lead safeguarding partner, council” names a deputy that is not another seat" in told
    told = area.by(LEAD).get(f"{draft}/remove/organisations/health").text
    assert "The safeguarding partners must include an integrated care board." in told
    assert "has to be mended" not in area.by(LEAD).get(f"{draft}/remove/organisations/schools").text


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
    assert any(e.get("href") == f"{add}#title" for e in checked.page.all("a"))
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
    assert seat == f"{draft}/add/seats?role=lead&organisation={health['key']}&done=added"
    area.answer(seat, {"title": "Lead, health"})
    assert area.content(draft)["seats"][-1]["organisation"] == health["key"]
    assert not [r for r in area.by(LEAD).get(f"{draft}/check").page.all("a") if "/add/organisations" in r.get("href")]


def test_a_rule_that_would_mend_a_warning_is_chosen_in_the_catalogue(area: Area) -> None:
    draft = area.begun()
    checked = area.by(LEAD).get(f"{draft}/check")
    link = f"{draft}/rules/add?rule=resourcing@1"
    (words,) = [e.text for e in checked.page.all("a") if e.get("href") == f"{link}#rule"]
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


@pytest.mark.parametrize("rule", [Unprovided, Unprepared, Looping, Untitled])
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
        for page in ("compare", "as-published", "history", "ask", "replay", f"line/rules/{name}"):
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
