"""Recording an incident step by step: save and come back, unclear as an answer, two people at once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.incidents.web.conftest import POLICE, Area
from threefold.domain.errors import ThreefoldError
from threefold.plugin_api.facts import label_of
from threefold.work.incidents import stories
from threefold.work.incidents.tables import CasePerson
from threefold.work.incidents.web.words import decision_title


def day(name: str, value: str) -> dict[str, str]:
    year, month, number = value.split("-")
    return {f"{name}-day": number, f"{name}-month": month, f"{name}-year": year}


def opened_by_hand(area: Area) -> tuple[str, UUID]:
    done = area.answer(f"{area.cases}/new", {"at_risk": "no"})
    base = done.location.removesuffix("/record?done=opened")
    return base, UUID(base.rsplit("/", 1)[1])


def test_a_live_concern_goes_to_the_front_door_and_opens_no_case(area: Area) -> None:
    shown = area.answer(f"{area.cases}/new", {"at_risk": "yes"}, 200)
    assert "call 999 now" in shown.text
    assert "There are no cases yet" in area.site.get(area.cases).text
    assert "Select whether a child is at risk" in area.answer(f"{area.cases}/new", {}, 422).text


def test_a_double_click_opens_one_case(area: Area) -> None:
    hidden = area.site.get(f"{area.cases}/new").page.hidden() | {"at_risk": "told"}
    first, second = (area.site.send(f"{area.cases}/new", hidden) for _ in range(2))
    assert first.location == second.location
    with area.site.database.unit(area.id) as unit:
        assert len(stories.list_cases(unit)[0]) == 1


def test_an_incident_is_recorded_page_by_page_and_shown_to_check(area: Area) -> None:
    site = area.site
    base, case_id = opened_by_hand(area)
    assert "Add a child" in site.get(f"{base}/record?done=opened").text
    area.answer(f"{base}/record/what", day("happened_on", "2026-03-28") | {"outside_england": "unclear"})
    area.answer(f"{base}/record/where", {"happened_in": "other", "happened_in-code": "e10000008"})
    area.answer(f"{base}/record/circumstances", {"near_miss": "no"})
    assert "A meeting of the directors. As its minutes say." in site.get(f"{base}/record/local").text
    area.answer(f"{base}/record/local", {"local-huddle": "yes"})
    child = area.answer(f"{base}/record/children", {}).location
    assert child.endswith("/record/children/child-1")
    assert "Child 1" in site.get(child).page.heading
    area.answer(f"{child}/about", {"age_years": "4", "family": "family-1"})
    area.answer(f"{child}/where", {"lives_in": "unknown", "looked_after_by": "unknown"})
    area.answer(f"{child}/abuse", {"abuse_or_neglect": "yes"} | day("abuse_or_neglect-known", "2026-03-29"))
    area.answer(f"{child}/death", {"died": "yes"} | day("died-known", "2026-03-28") | day("died_on", "2026-03-28"))
    area.answer(f"{child}/harm", {"seriously_harmed": "unclear"})
    area.answer(f"{child}/circumstances", {"suspicious": "not_asked"})
    area.answer(f"{base}/record/aware", day("at", "2026-03-30"))
    incident = area.state(case_id).facts.incident
    one = incident.children[0]
    assert incident.happened_on.value == date(2026, 3, 28)
    assert (incident.outside_england.value, incident.happened_in.value) == ("unclear", "E10000008")
    assert (incident.happened_on.given_by, incident.happened_on.given_on) == ("business manager", date(2026, 3, 30))
    assert incident.local["huddle"].value == "yes"
    assert (one.age_years.value, one.family, one.abuse_or_neglect.known_on) == (4, "family-1", date(2026, 3, 29))
    assert (one.lives_in.value, one.lives_in.given_on) == (None, date(2026, 3, 30))
    assert one.died_in.given_on is None
    assert one.suspicious.value is None
    shown = site.get(f"{base}/record/check")
    asked = [e.text for e in shown.page.all("dt")]
    heard = [e.text for e in shown.page.all("a") if e.text.startswith("Change")]
    assert heard and all(any(words.startswith(f"Change {one}") for one in asked) for words in heard), "as they are asked"
    for words in (
        "Known or suspected since 29 March 2026",
        "Not known",
        "Not asked yet",
        "Unclear or not known yet",
        "Was a huddle held?",
    ):
        assert words in shown.text
    assert "Completed" in site.get(f"{base}/record").text


def test_what_was_answered_stands_in_the_boxes_when_a_person_comes_back(area: Area) -> None:
    base, _ = opened_by_hand(area)
    area.answer(f"{base}/record/what", day("happened_on", "2026-03-28") | {"outside_england": "no"})
    again = area.site.get(f"{base}/record/what").page
    assert again.value("happened_on-day") == "28"
    assert [e.get("value") for e in again.all("input", name="outside_england") if "checked" in e.attributes] == ["no"]


def test_changing_an_answer_from_the_check_page_leads_back_to_it(area: Area) -> None:
    base, _ = opened_by_hand(area)
    done = area.answer(f"{base}/record/what?from=check", {"outside_england": "no"})
    assert done.location == f"{base}/record/check"


def test_wrong_answers_are_kept_and_each_is_said_at_its_box(area: Area) -> None:
    base, case_id = opened_by_hand(area)
    shown = area.answer(f"{base}/record/what", day("happened_on", "2026-02-30") | {"outside_england": "no"}, 422)
    assert "must be a real date" in shown.text
    assert shown.page.value("happened_on-day") == "30"
    assert any(e.get("href") == "#happened_on-day" for e in shown.page.all("a"))
    ahead = area.answer(f"{base}/record/what", day("happened_on", "2026-03-31"), 422)
    assert "must be today or in the past" in ahead.text
    for chosen in ("unknown", ""):
        both = area.answer(f"{base}/record/where", {"happened_in": chosen, "happened_in-code": "E10000008"}, 422)
        assert "Choose “Another area”, or empty this box where it is not that" in both.text
        assert both.page.value("happened_in-code") == "E10000008"
    assert "Enter the code of the other area" in area.answer(f"{base}/record/where", {"happened_in": "other"}, 422).text
    assert area.state(case_id).no == 1


def test_days_in_an_impossible_order_are_refused_at_their_box(area: Area) -> None:
    case_id = area.opened()
    path = f"{area.address(case_id)}/record/children/child-1/death"
    shown = area.answer(path, {"died": "yes"} | day("died_on", "2026-03-01"), 422)
    assert "Correct one of the two dates" in shown.text
    assert any(e.get("href") == "#died_on-day" for e in shown.page.all("a"))


def test_saving_without_a_change_makes_no_record(area: Area) -> None:
    case_id = area.opened()
    area.answer(f"{area.address(case_id)}/record/what", day("happened_on", "2026-03-28"))
    assert area.state(case_id).no == 1


def test_a_question_that_a_rule_brings_itself_is_asked_and_one_that_none_brings_is_refused(area: Area) -> None:
    governance = area.site.app.extensions["threefold"].governance
    with area.site.database.unit(area.id, area.site.at) as unit:
        stories.refuse_unasked(unit, governance, {"incident": {"local": {"huddle": "yes"}}})
        with pytest.raises(ThreefoldError) as error:
            stories.refuse_unasked(unit, governance, {"incident": {"local": {"hudle": "yes"}}})
    assert error.value.field == "incident.local.hudle" and "Did you mean 'huddle'?" in error.value.sentence


def clash(area: Area, case_id: UUID) -> tuple[str, dict[str, Any]]:
    """An old tab on a page, while the police lead answered the same question and another one."""
    path = f"{area.address(case_id)}/record/circumstances"
    old_tab = area.filled(path, {"urgent": "no", "near_miss": "yes"})
    area.answer(path, {"urgent": "yes", "media_interest": "yes"}, site=area.as_person(POLICE))
    return path, old_tab


def test_a_stale_save_shows_both_values_and_keeps_what_is_chosen(area: Area) -> None:
    case_id = area.opened()
    path, old_tab = clash(area, case_id)
    asked = area.site.send(path, old_tab, 409)
    assert "Theirs: yes" in asked.text
    assert "Yours: no" in asked.text
    assert f"Somebody else changed “{label_of('incident.urgent')}”" in asked.text
    assert "Somebody changed the same answers" not in asked.text
    assert area.state(case_id).facts.incident.near_miss.value is None
    chosen = old_tab | {"keep:incident.urgent": "yours"}
    area.site.send(path, chosen)
    incident = area.state(case_id).facts.incident
    assert (incident.urgent.value, incident.near_miss.value, incident.media_interest.value) == ("no", "yes", "yes")


def test_a_choice_of_an_answer_that_is_no_longer_the_other_s_is_asked_again(area: Area) -> None:
    case_id = area.opened()
    path, old_tab = clash(area, case_id)
    asked = area.site.send(path, old_tab, 409)
    (yours,) = [
        e.get("value") for e in asked.page.all("input") if e.get("name") == "keep:incident.urgent" and "yours" in e.get("value")
    ]
    area.answer(path, {"urgent": "unclear"}, site=area.as_person(POLICE))
    assert "Theirs: unclear" in area.site.send(path, old_tab | {"keep:incident.urgent": yours}, 409).text
    assert area.state(case_id).facts.incident.urgent.value == "unclear"


def test_a_stale_save_can_keep_the_other_value(area: Area) -> None:
    case_id = area.opened()
    path, old_tab = clash(area, case_id)
    area.site.send(path, old_tab, 409)
    area.site.send(path, old_tab | {"keep:incident.urgent": "theirs"})
    incident = area.state(case_id).facts.incident
    assert (incident.urgent.value, incident.near_miss.value) == ("yes", "yes")


def test_two_people_on_different_pages_lose_nothing(area: Area) -> None:
    case_id = area.opened()
    path = f"{area.address(case_id)}/record/what"
    old_tab = area.filled(path, day("happened_on", "2026-03-27"))
    area.answer(f"{area.address(case_id)}/record/circumstances", {"urgent": "yes"}, site=area.as_person(POLICE))
    area.site.send(path, old_tab)
    incident = area.state(case_id).facts.incident
    assert (incident.happened_on.value, incident.urgent.value) == (date(2026, 3, 27), "yes")


def test_a_second_click_on_add_a_child_adds_one(area: Area) -> None:
    base, case_id = opened_by_hand(area)
    hidden = area.site.get(f"{base}/record/children").page.hidden()
    for _ in range(2):
        area.site.send(f"{base}/record/children", hidden)
    assert [c.key for c in area.state(case_id).facts.incident.children] == ["child-1"]
    area.answer(f"{base}/record/children", {})
    area.answer(f"{base}/record/children/child-1/remove", {})
    assert [c.key for c in area.state(case_id).facts.incident.children] == ["child-2"]
    area.site.get(f"{base}/record/children/child-1", 409)


def test_people_are_named_in_one_place_and_never_in_the_facts(area: Area) -> None:
    case_id = area.opened()
    base = area.address(case_id)
    hidden = area.site.get(f"{base}/record/people").page.hidden()
    given = {
        "part": "child",
        "child_key": "child-1",
        "name": "Zebedee Madeup",
        "aliases": "Zeb",
        "addresses": "1 Nowhere Lane\r\n2 Nowhere Lane",
    }
    for _ in range(2):
        area.site.send(f"{base}/record/people", hidden | given | day("born_on", "2022-01-02"))
    shown = area.site.get(f"{base}/record/people?done=added")
    assert shown.text.count("Zebedee Madeup Child, Child 1") == 1
    assert "Born on 2 January 2022" in shown.text
    assert "Zebedee Madeup" in area.site.get(base).text
    assert "Zebedee" not in area.site.get(area.cases).text
    assert "Zebedee" not in repr(area.state(case_id).facts)
    assert "Select which child this is" in area.answer(f"{base}/record/people", {"part": "child", "name": "x"}, 422).text


def test_a_person_is_corrected_and_taken_off_and_nothing_is_lost(area: Area) -> None:
    case_id = area.opened()
    base = area.address(case_id)
    area.answer(f"{base}/record/people", {"part": "parent", "name": "Zebedee Madeup", "addresses": "1 Nowhere Lane"})
    link = next(e.get("href") for e in area.site.get(f"{base}/record/people").page.all("a") if e.get("href").count("/people/"))
    assert "1 Nowhere Lane" in area.site.get(link).text
    area.answer(link, {"part": "carer", "name": "Zebulon Madeup"})
    shown = area.site.get(f"{base}/record/people").text
    assert "Zebulon Madeup Carer" in shown and "Zebedee" not in shown
    assert "Enter why this person is taken off the case" in area.answer(f"{link}/remove", {}, 422).text
    area.answer(f"{link}/remove", {"reason": "Put on the wrong case."})
    assert "Zebulon" not in area.site.get(f"{base}/record/people").text
    area.site.get(link, 404)
    area.site.get(f"{link}/remove", 404)
    with area.site.database.unit(area.id) as unit:
        details = unit.open_json(unit.session.scalars(select(CasePerson)).one().details)
    assert [e["name"] for e in details["earlier"]] == ["Zebedee Madeup"]
    assert details["removed"]["reason"] == "Put on the wrong case."
    other = area.address(area.opened())
    area.answer(f"{base}/record/people", {"part": "parent", "name": "Somebody"})
    link = next(e.get("href") for e in area.site.get(f"{base}/record/people").page.all("a") if e.get("href").count("/people/"))
    area.site.get(link.replace(base, other), 404)


def test_the_day_of_awareness_is_given_once_and_then_corrected(area: Area) -> None:
    base, case_id = opened_by_hand(area)
    hidden = area.site.get(f"{base}/record/aware").page.hidden() | day("at", "2026-03-27")
    for _ in range(2):
        area.site.send(f"{base}/record/aware", hidden)
    assert len(area.state(case_id).facts.review.events) == 1
    link = next(e.get("href") for e in area.site.get(f"{base}/record/aware").page.all("a") if "events/correct" in e.get("href"))
    assert "Enter why the date is corrected" in area.answer(link, day("at", "2026-03-26"), 422).text
    corrected = day("at", "2026-03-26") | {"reason": "The call log says so."}
    asked = area.answer(link, corrected, 200)
    assert "due 1 April 2026" in asked.text and "due 31 March 2026" in asked.text
    assert area.state(case_id).facts.review.on("aware") == date(2026, 3, 27), (
        "what would follow is shown before anything is recorded"
    )
    area.site.send(link, asked.page.hidden())
    assert "The call log says so." in area.site.get(base).text
    (heard,) = [e.text for e in area.site.get(f"{base}/events/add").page.all("a") if "events/correct" in e.get("href")]
    assert heard.startswith("Correct When the local authority became aware"), "the words stay as they are written"
    assert area.state(case_id).facts.review.on("aware") == date(2026, 3, 26)
    late = area.site.get(link)
    assert "You corrected it to Thursday 26 March 2026" in late.text, "who opens an old address is led to the new date"


def test_the_title_of_a_corrected_date_keeps_the_capitals_of_names() -> None:
    assert decision_title("correct_date", "notification_sent") == (
        "Date corrected: when the notification was sent to the Panel"
    )


def test_a_time_that_no_clock_showed_is_not_taken(area: Area) -> None:
    base, _ = opened_by_hand(area)
    given = {"name": "dispute_raised"} | day("at", "2026-03-29")  # the clocks went from one to two
    assert "There was no such time on this day" in area.answer(f"{base}/events/add", given | {"time": "1.30"}, 422).text
    area.answer(f"{base}/events/add", given | {"time": "2.00"})
