"""Meetings on screen: a real area's whole table of quorums, the chair's discretion per item, corrections, and who may what."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.meetings.terms import DISTRICTS, HELPER, Area, area_of, terms
from tests.support.database import Database
from tests.web.site import Site

ALL = {"council": "seat:council-lead", "health": "seat:health-lead", "police": "own"}
NO_HEALTH = {"council": "seat:council-lead", "police": "own"}
TRUST = {**NO_HEALTH, "health": "by:health-trust"}
MATTERS = {"matters": "The audit programme\nThe budget"}
CHAIR_MAY = "The chair may say, with a recorded reason, which items go ahead."
HEALTH_MISSING = "There was no quorum. Missing: Integrated care board."
UNSTATED = "The arrangement does not say what the quorum of this group is."


def districts(number: int) -> dict[str, str]:
    return dict.fromkeys(DISTRICTS[:number], "own")


@pytest.mark.parametrize(("group", "hows", "tag", "sentence"), [
    ("executive", ALL, "Quorate", "There was a quorum."),
    ("executive", NO_HEALTH, "Not quorate", HEALTH_MISSING),
    ("management", ALL, "Quorate", "There was a quorum."),
    ("management", NO_HEALTH, "Not quorate", f"{HEALTH_MISSING} {CHAIR_MAY}"),
    ("quality", TRUST, "Quorate", "There was a quorum. Another health trust stood in for Integrated care board."),
    ("quality", NO_HEALTH, "Not quorate", f"{HEALTH_MISSING} {CHAIR_MAY}"),
    ("districts", districts(4), "Quorate", "There was a quorum."),
    ("districts", districts(3), "Not quorate", "There was no quorum. 1 more of District council (first of six"),
    ("policies", ALL, "Quorate", "There was a quorum."),
    ("policies", {**NO_HEALTH, "health": "not_known"}, "Not clear", "Whether there was a quorum is not clear. Not recorded: Integrated care board."),
])  # fmt: skip
def test_each_group_s_quorum_is_answered_with_its_source(
    area: Area, group: str, hows: Mapping[str, str], tag: str, sentence: str
) -> None:
    meeting = area.begun(group)
    area.there(meeting, group, hows)
    at_once = area.site.get(f"{meeting}/chair").text
    assert tag in at_once and "terms of reference" in at_once
    told, said = area.says(meeting)
    assert told == tag
    assert said.startswith(sentence)


@pytest.mark.parametrize("group", ["mash", "education", "exploitation"])
def test_a_group_without_a_stated_quorum_is_unclear_and_says_so(area: Area, group: str) -> None:
    meeting = area.begun(group)
    area.site.post(f"{meeting}/who", {"others": ["council-lead", "police"]})
    assert area.says(meeting) == ("Not clear", UNSTATED)
    shown = area.site.get(meeting).text
    assert "Lead partner, council, Constabulary" in shown


def test_a_trust_that_only_came_or_somebody_else_by_role_counts_for_nobody(area: Area) -> None:
    meeting = area.begun("quality")
    area.there(meeting, "quality", NO_HEALTH, others=["health-trust"])
    assert area.says(meeting)[0] == "Not quorate"
    other = {**NO_HEALTH, "health": "other"}
    area_asks = area.site.get(f"{meeting}/who")
    told = {f"counted-{no}": other[key] for no, key in enumerate(("council", "health", "police"), 1)}
    assert "Enter by role who stood in" in area.site.send(f"{meeting}/who", area_asks.page.hidden() | told, 422).text
    area.there(meeting, "quality", other, stood_in_words="A deputy director, for health")
    assert area.says(meeting)[0] == "Not quorate"
    assert "A deputy director, for health" in area.site.get(meeting).text


def test_a_substitute_the_terms_do_not_allow_is_not_offered(area: Area) -> None:
    meeting = area.begun("executive")
    assert "stood in for it" not in area.site.get(f"{meeting}/who").text
    assert "stood in for it" in area.site.get(f"{area.begun('quality')}/who").text


def test_on_a_miss_the_chair_s_reason_stands_with_each_item(area: Area) -> None:
    case_id = area.opened()
    meeting = area.recorded(
        "quality", NO_HEALTH, {"cases": area.references[case_id], **MATTERS},
        way_item_1="ahead", reason_item_1="The three leads spoke by phone.", way_item_2="put_off", way_item_3="ahead",
        reason_item_3="Nothing in it is about health.",
    )  # fmt: skip
    shown = area.site.get(meeting).text
    for wanted in ("The chair let it go ahead; the reason is recorded. Went ahead, because: The three leads spoke by phone.",
                   "There was no quorum, and no reason of the chair is recorded. Put off.", "Nothing in it is about health.",
                   "The chair may vary the quorum for an item", "Lead partner, council"):  # fmt: skip
        assert wanted in " ".join(shown.split()), wanted
    (link,) = [a for a in area.site.get(meeting).page.all("a") if a.text == f"Case {area.references[case_id]}"]
    assert link.get("href") == area.case(case_id)


def test_an_item_that_went_ahead_needs_a_reason_and_a_chair(area: Area) -> None:
    meeting = area.begun("management")
    area.there(meeting, "management", NO_HEALTH)
    area.site.get(f"{meeting}/chair")
    area.site.post(f"{meeting}/agenda", {"matters": "The budget"})
    page = f"{meeting}/items"
    ahead = {"way-item-1": "ahead", "reason-item-1": "It is small."}
    assert "Say first who chaired" in area.site.post(page, ahead, 422).text
    put_off = area.site.post(page, ahead | {"way-item-1": "put_off"}, 422)
    assert "Choose “It went ahead”, or empty this box if it did not" in put_off.text and "It is small." in put_off.text
    seat = area.site.post(f"{meeting}/chair", {"chair": "council-lead", "chair_words": "An executive nominee"}, 422)
    assert "Choose “Somebody else”, or empty this box" in seat.text and seat.page.value("chair_words") == "An executive nominee"
    area.site.post(f"{meeting}/chair", {"chair": "other", "chair_words": "An executive nominee"})
    assert "Enter the chair’s reason" in area.site.post(page, {"way-item-1": "ahead"}, 422).text
    assert area.site.post(page, ahead).location == f"{meeting}/check"


def test_without_discretion_what_happened_is_recorded_and_called_what_it_is(area: Area) -> None:
    meeting = area.recorded(
        "executive", NO_HEALTH, MATTERS, way_item_1="ahead", reason_item_1="It could not wait.", way_item_2="put_off"
    )
    shown = area.site.get(meeting).text
    assert (
        "The terms of this group give its chair no discretion over the quorum. Went ahead, because: It could not wait."
        in " ".join(shown.split())
    )
    assert "gives the chair no discretion" in area.site.get(f"{meeting}/items").text


def test_a_correction_needs_its_reason_and_overwrites_nothing(area: Area) -> None:
    meeting = area.recorded("executive", NO_HEALTH)
    told = {"counted-1": "own", "counted-2": "own", "counted-3": "own"}
    assert "Enter why the record is corrected" in area.site.post(f"{meeting}/who", told, 422).text
    hidden = area.site.get(f"{meeting}/who").page.hidden() | told | {"correction": "Health dialled in."}
    for _ in range(2):  # a double click
        assert area.site.send(f"{meeting}/who", hidden).location == f"{meeting}?done=corrected"
    shown = area.site.get(f"{meeting}?done=corrected").text
    assert area.says(meeting)[0] == "Quorate"
    assert shown.count("Who was there: corrected") == 1 and "Health dialled in." in shown


def test_two_people_who_record_the_same_choose_and_other_answers_are_both_kept(area: Area) -> None:
    meeting = area.begun("executive")
    page = f"{meeting}/who"
    old = area.site.get(page).page.hidden()
    area.there(meeting, "executive", NO_HEALTH)
    mine = old | {"counted-1": "seat:council-lead", "counted-2": "own", "counted-3": "own"}
    clash = area.site.send(page, mine, 409)
    assert "Theirs: nobody" in clash.text and "Yours: was there" in clash.text
    area.site.send(
        page, clash.page.hidden() | mine | {"form_token": clash.page.value("form_token"), "keep:counted.health": "yours"}
    )
    assert area.says(meeting)[0] == "Quorate"


def test_which_answer_is_kept_is_asked_by_what_the_box_is_called(area: Area) -> None:
    meeting = area.begun("executive")
    page = f"{meeting}/who"
    everybody = {"counted-1": "own", "counted-2": "own", "counted-3": "own"}
    old = area.site.get(page).page.hidden() | everybody
    area.site.post(page, everybody | {"others_words": "Scribe", "counted-1": "other", "stood_in_words": "by: the deputy"})
    clash = area.site.send(
        page, old | {"others_words": "Head of audit", "counted-1": "other", "stood_in_words": "A colleague"}, 409
    )
    for label in ("Anyone else, by role", "If somebody else stood in, who and for whom?"):
        assert f"Somebody else changed “{label}” while you were writing" in clash.text
    assert "Choose which of two answers to keep: Anyone else, by role" in clash.text
    assert "Theirs: Scribe" in clash.text and "Theirs: by: the deputy" in clash.text and "_words" not in clash.text
    area.site.post(f"{meeting}/chair", {"chair": "other", "chair_words": "The deputy"})
    old = area.site.get(f"{meeting}/chair").page.hidden()
    area.site.post(f"{meeting}/chair", {"chair": "other", "chair_words": "The scribe"})
    clash = area.site.send(f"{meeting}/chair", old | {"chair": "other", "chair_words": "The auditor"}, 409)
    assert "changed “Who chaired?”" in clash.text


def test_a_record_put_aside_by_another_says_so_and_drops_no_reason(area: Area) -> None:
    meeting = area.begun("executive")
    page = f"{meeting}/put-aside"
    mine = area.site.get(page).page.hidden() | {"reason": "It was another group."}
    theirs = area.site.get(page).page.hidden() | {"reason": "It did not take place."}
    for _ in range(2):  # a double click
        assert area.site.send(page, theirs).location == f"{meeting}?done=aside"
    refused = area.site.send(page, mine, 422)
    assert "put aside already" in refused.text and "It was another group." in refused.text


def test_one_click_twice_begins_one_meeting(area: Area) -> None:
    hidden = area.site.get(f"{area.base}/new").page.hidden()
    told = hidden | {"group": "executive", "day-day": "3", "day-month": "3", "day-year": "2027"}
    assert area.site.send(f"{area.base}/new", told).location == area.site.send(f"{area.base}/new", told).location
    assert area.site.get(area.base).text.count("3 March 2027") == 3  # once for the eye, and in the hidden words of two links


def test_what_cannot_be_is_refused_beside_its_question(area: Area) -> None:
    page = f"{area.base}/new"
    future = {"group": "executive", "day-day": "3", "day-month": "3", "day-year": "2028"}
    assert "lies in the future" in area.site.post(page, future, 422).text
    meeting = area.begun("executive")
    assert "There is no case 2027-0009 here" in area.site.post(f"{meeting}/agenda", {"cases": "2027-0009"}, 422).text
    told = {"counted-1": "nobody", "counted-2": "own", "counted-3": "own", "others": ["made-up"]}
    assert "Select who was there from the list" in area.site.post(f"{meeting}/who", told, 422).text


def test_an_item_keeps_what_the_chair_said_when_the_agenda_is_corrected(area: Area) -> None:
    meeting = area.recorded(
        "quality", NO_HEALTH, MATTERS, way_item_1="put_off", way_item_2="ahead", reason_item_2="It is small."
    )
    area.site.post(f"{meeting}/agenda", {"matters": "The budget\nA late item", "correction": "The audit was not on it."})
    shown = " ".join(area.site.get(meeting).text.split())
    assert "The budget The chair let it go ahead; the reason is recorded. Went ahead, because: It is small." in shown
    assert "A late item There was no quorum, and no reason of the chair is recorded." in shown
    area.site.post(f"{meeting}/chair", {"chair": "police-lead", "correction": "The police chaired."})
    assert "because: It is small. (Chair: Lead partner, council)" in area.site.get(meeting).text


def test_a_record_put_aside_is_read_and_changed_no_more(area: Area) -> None:
    meeting = area.recorded("executive", ALL)
    area.site.post(f"{meeting}/put-aside", {"reason": "It was the management group."})
    shown = area.site.get(meeting)
    assert "Put aside" in shown.text and "It was the management group." in shown.text
    assert not [a for a in shown.page.all("a") if a.get("href").startswith(f"{meeting}/")]
    told = {"counted-1": "own", "counted-2": "own", "counted-3": "nobody", "correction": "x"}
    assert "put aside and is changed no more" in area.site.post(f"{meeting}/who", told, 422).text


def test_whoever_sees_cases_sees_meetings_and_records_none(area: Area) -> None:
    meeting = area.recorded("executive", ALL)
    helper = area.site.another()
    helper.enter(HELPER)
    assert "Record a meeting" not in helper.get(area.base).text
    assert not [a for a in helper.get(meeting).page.all("a") if a.get("href").startswith(f"{meeting}/")]
    for part in ("who", "chair", "agenda", "items", "check", "put-aside"):
        helper.get(f"{meeting}/{part}", 403)
    helper.get(f"{area.base}/new", 403)


def test_what_was_passed_over_is_said_before_the_record_is_saved_and_stops_nothing(area: Area) -> None:
    meeting = area.begun("executive")
    empty = area.site.get(f"{meeting}/check").text
    assert "Nobody is recorded as there." in empty and "Nobody is recorded as chair." in empty
    area.there(meeting, "executive", {"council": "seat:council-lead"})
    area.site.post(f"{meeting}/chair", {"chair": "health-lead"})
    told = area.site.get(f"{meeting}/check").text
    assert (
        "is recorded as chair and not as there. Change one of them, or save it so." in told
        and "Nobody" not in told.split("Who was there")[0]
    )
    for chair in ("council-lead", "council"):
        area.site.post(f"{meeting}/chair", {"chair": chair})
        assert "not as there" not in area.site.get(f"{meeting}/check").text
    assert "not as there" not in area.site.get(meeting).text, "the page of a meeting tells what is on record"
    area.site.post(f"{meeting}/chair", {"chair": "health-lead"})
    assert area.site.post(f"{meeting}/check").location == f"{meeting}?done=saved"


def test_a_record_that_is_not_saved_leads_to_where_it_is_saved(area: Area) -> None:
    meeting = area.begun("executive")
    for path in (area.base, meeting):
        assert f"{meeting}/check" in [a.get("href") for a in area.site.get(path).page.all("a")], path
    helper = area.site.another()
    helper.enter(HELPER)
    who = "A business manager or lead safeguarding partner or delegate or deputy of this body can"
    assert f"{who} record a meeting" in helper.get(area.base).text
    assert f"{who} save it" in helper.get(meeting).text
    area.site.post(f"{meeting}/check")
    for path in (area.base, meeting):
        assert f"{meeting}/check" not in [a.get("href") for a in area.site.get(path).page.all("a")], path


def test_the_navigation_leads_there_only_where_groups_meet(area: Area, database: Database) -> None:
    assert "Meetings" in [a.text.strip() for a in area.site.get("/b/vale/").page.all("a")]
    plain = database.body("plain")
    area.site.person("both@plain.example", plain, "business_manager")
    other: Site = area.site.another()
    other.enter("both@plain.example")
    assert "Meetings" not in [a.text.strip() for a in other.get("/b/plain/").page.all("a")]
    assert "names no group that meets" in other.get("/b/plain/meetings").text


def test_where_the_version_in_force_is_unknown_the_answer_is_told_apart(database: Database, site: Site) -> None:
    area = area_of(database, site, terms(begins=None))
    meeting = area.begun("executive")
    area.there(meeting, "executive", ALL)
    tag, sentence = area.says(meeting)
    assert tag == "Not clear"
    assert sentence.startswith(
        "If “Terms of reference as published” applied on that day, which no source gives: There was a quorum."
    )
