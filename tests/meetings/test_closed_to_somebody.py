"""The record of a meeting at which a case was spoken of that is open to some only: the others keep the rest of it, and learn nothing."""

from __future__ import annotations

import pytest

from tests.meetings.terms import Area
from tests.meetings.test_decisions import decided
from tests.meetings.test_meetings import ALL, NO_HEALTH
from tests.web.site import Site
from threefold.work.people.access import DEPUTY

DEPUTY_OF_ONE = "deputy@vale.example"
NOT_OPEN = "A case that is not open to you"
STAYS = "A case on this agenda is not open to you. It stays on it, whatever you change here."
ITEMS = {
    "way_item_1": "ahead", "reason_item_1": "It is due by law.", "way_item_2": "ahead", "reason_item_2": "It is a second.",
    "way_item_3": "put_off",
}  # fmt: skip


@pytest.fixture
def deputy(area: Area) -> Site:
    """Somebody who keeps records of meetings and may open no restricted case, in another browser."""
    area.site.person(DEPUTY_OF_ONE, area.id, DEPUTY)
    site = area.site.another()
    site.enter(DEPUTY_OF_ONE)
    return site


def restricted(area: Area) -> tuple[str, str, str]:
    """A recorded meeting without a quorum, and the references of two cases of its agenda, of which the first is restricted."""
    closed, other = area.opened(), area.opened()
    told = {"cases": f"{area.references[closed]}\n{area.references[other]}", "matters": "The budget"}
    meeting = area.recorded("quality", NO_HEALTH, told, **ITEMS)
    area.site.post(f"{area.case(closed)}/opening/restrict", {"why": "A colleague’s family."})
    return meeting, area.references[closed], area.references[other]


def shown(site: Site, page: str) -> str:
    return " ".join(site.get(page).text.split())


def test_whoever_may_not_open_a_case_corrects_the_rest_of_the_agenda_and_learns_nothing(area: Area, deputy: Site) -> None:
    meeting, closed, other = restricted(area)
    asked = deputy.get(f"{meeting}/agenda")
    assert closed not in asked.text and STAYS in asked.text
    assert [e.text.strip() for e in asked.page.all("textarea")][:2] == [other, "The budget"]
    told = {"cases": other, "matters": "The budget\nA late item", "correction": "One was left out."}
    assert deputy.post(f"{meeting}/agenda", told).location == f"{meeting}?done=corrected"
    read = shown(deputy, meeting)
    assert closed not in read and NOT_OPEN in read and "A late item" in read
    assert "The budget There was no quorum, and no reason of the chair is recorded. Put off." in read
    whole = shown(area.site, meeting)
    assert f"Case {closed}" in whole and "Went ahead, because: It is due by law." in whole
    deputy.post(f"{meeting}/agenda", {"cases": "", "matters": "", "correction": "None of these."})
    assert f"Case {closed}" in shown(area.site, meeting) and other not in shown(area.site, meeting)


def test_a_case_that_is_not_open_is_answered_as_if_it_were_not_there_also_where_it_is_on_the_agenda(
    area: Area, deputy: Site
) -> None:
    meeting, closed, other = restricted(area)
    told = {"cases": f"{other}\n{closed}", "matters": "", "correction": "As it was."}
    assert f"There is no case {closed} here. Check the reference." in deputy.post(f"{meeting}/agenda", told, 422).text


def test_whoever_may_open_a_restricted_case_corrects_its_agenda_too(area: Area) -> None:
    meeting, closed, _ = restricted(area)
    told = {"cases": closed, "matters": "The budget", "correction": "The other was not on it."}
    assert area.site.post(f"{meeting}/agenda", told).location == f"{meeting}?done=corrected"
    assert f"Case {closed}" in shown(area.site, meeting)
    area.site.post(f"{meeting}/agenda", {"cases": "", "matters": "The budget", "correction": "Nor was this."})
    assert closed not in shown(area.site, meeting).split("Record ", 1)[0]


def test_a_restricted_case_comes_on_no_agenda(area: Area) -> None:
    closed = area.opened()
    area.site.post(f"{area.case(closed)}/opening/restrict", {"why": "A colleague’s family."})
    meeting = area.recorded("executive", ALL)
    told = {"cases": area.references[closed], "correction": "It was on it."}
    assert "There is no case" in area.site.post(f"{meeting}/agenda", told, 422).text


def test_who_was_there_and_what_the_chair_said_of_the_others_is_corrected_as_well(area: Area, deputy: Site) -> None:
    meeting, closed, other = restricted(area)
    asked = deputy.get(f"{meeting}/items")
    assert (
        closed not in asked.text and "It is due by law." not in asked.text and f"Case {other}: did it go ahead?" in asked.text
    )
    told = {
        "way-item-2": "put_off",
        "reason-item-2": "",
        "way-item-3": "ahead",
        "reason-item-3": "It is small.",
        "correction": "So it was.",
    }
    assert deputy.post(f"{meeting}/items", told).location == f"{meeting}?done=corrected"
    whole = shown(area.site, meeting)
    assert "Went ahead, because: It is due by law." in whole and "Went ahead, because: It is small." in whole
    assert "It is a second." not in whole
    who = {"counted-1": "own", "counted-2": "own", "counted-3": "own", "correction": "Health dialled in."}
    assert deputy.post(f"{meeting}/who", who).location == f"{meeting}?done=corrected"
    assert (
        deputy.post(f"{meeting}/chair", {"chair": "police-lead", "correction": "The police chaired."}).location
        == f"{meeting}?done=corrected"
    )


def test_what_two_wrote_at_once_is_shown_without_the_case_that_is_not_open(area: Area, deputy: Site) -> None:
    meeting, closed, other = restricted(area)
    mine = deputy.get(f"{meeting}/agenda").page.hidden() | {
        "cases": other,
        "matters": "The audit",
        "correction": "It was this.",
    }
    told = {"cases": f"{closed}\n{other}", "matters": "The rota", "correction": "It was that."}
    area.site.post(f"{meeting}/agenda", told)
    clash = deputy.send(f"{meeting}/agenda", mine, 409)
    assert f"Theirs: {other}, The rota" in clash.text and closed not in clash.text


def test_a_record_is_put_aside_by_whoever_may_open_every_case_of_its_agenda(area: Area, deputy: Site) -> None:
    meeting, _, _ = restricted(area)
    read = deputy.get(meeting)
    assert f"{meeting}/put-aside" not in [a.get("href") for a in read.page.all("a")]
    assert "Whoever may open every case of its agenda can put this record aside." in read.text
    deputy.get(f"{meeting}/put-aside", 404)
    area.site.get(f"{meeting}/put-aside")


def test_an_agenda_of_one_case_that_is_not_open_asks_nothing_of_its_items(area: Area, deputy: Site) -> None:
    case_id = area.opened()
    meeting = area.begun("quality")
    area.there(meeting, "quality", NO_HEALTH)
    area.site.post(f"{meeting}/chair", {"chair": "council-lead"})
    area.site.post(f"{meeting}/agenda", {"cases": area.references[case_id]})
    area.site.post(f"{area.case(case_id)}/opening/restrict", {"why": "A colleague’s family."})
    assert f"{meeting}/items" not in [a.get("href") for a in deputy.get(meeting).page.all("a")]
    assert deputy.post(f"{meeting}/agenda", {}).location == f"{meeting}/check"
    assert area.references[case_id] not in deputy.get(f"{meeting}/check").text


def test_a_decision_of_a_case_that_is_not_open_stays_at_its_meeting(area: Area, deputy: Site) -> None:
    case_id = area.opened()
    meeting = area.recorded("executive", ALL, {"cases": area.references[case_id]})
    area.site.post(decided(area, case_id), {"meeting": meeting.rpartition("/")[2]})
    area.site.post(f"{area.case(case_id)}/opening/restrict", {"why": "A colleague’s family."})
    deputy.post(f"{meeting}/agenda", {"matters": "The budget", "correction": "It was left out."})
    assert "Decided at the Executive of 3 March 2027: quorate." in area.site.get(area.case(case_id)).text
