"""Two people tell of one child of an incident: the day since when a thing is known moves the time to notify, and is never lost unseen."""

from __future__ import annotations

import pytest

from tests.incidents.web.conftest import POLICE, Area
from tests.incidents.web.test_recording import day
from tests.web.site import Shown


def keep(shown: Shown, whose: str) -> dict[str, str]:
    radios = [e for e in shown.page.all("input") if e.get("name").startswith("keep:") and e.get("type") == "radio"]
    (box,) = [e for e in radios if e.get("value").startswith(whose)]
    return {box.get("name"): box.get("value")}


def test_two_days_since_when_it_is_known_are_both_told_and_no_box_stands_beside_the_choice(area: Area) -> None:
    case_id = area.opened()
    page = f"{area.address(case_id)}/record/children/child-1/harm"
    yes = {"seriously_harmed": "yes"}
    old_tab = area.filled(page, yes | day("seriously_harmed-known", "2026-03-20"))
    area.answer(page, yes | day("seriously_harmed-known", "2026-03-28"), site=area.as_person(POLICE))
    asked = area.site.send(page, old_tab, 409)
    assert "Theirs: yes, known or suspected since 28 March 2026" in asked.text
    assert "Yours: yes, known or suspected since 20 March 2026" in asked.text
    open_boxes = {e.get("name") for e in asked.page.all("input") if e.get("type") != "hidden"}
    assert not {name for name in open_boxes if name.startswith("seriously_harmed")} and "recovered" in open_boxes
    kept = asked.page.hidden() | {"recovered": "not_asked"}
    area.site.send(page, kept | keep(asked, "yours"))
    assert str(area.state(case_id).facts.incident.children[0].seriously_harmed.known_on) == "2026-03-20"


def test_dates_and_areas_of_a_choice_are_told_as_the_page_tells_them(area: Area) -> None:
    case_id = area.opened()
    page = f"{area.address(case_id)}/record/what"
    old_tab = area.filled(page, day("happened_on", "2026-03-26"))
    area.answer(page, day("happened_on", "2026-03-27"), site=area.as_person(POLICE))
    asked = area.site.send(page, old_tab, 409)
    assert "Theirs: 27 March 2026" in asked.text and "Yours: 26 March 2026" in asked.text
    assert not [e for e in asked.page.all("input") if e.get("name").startswith("happened_on") and e.get("type") != "hidden"]

    page = f"{area.address(case_id)}/record/children/child-1/where"
    old_tab = area.filled(page, {"lives_in": "other", "lives_in-code": "E10000008"})
    area.answer(page, {"lives_in": "unknown"}, site=area.as_person(POLICE))
    asked = area.site.send(page, old_tab, 409)
    assert "Theirs: not known" in asked.text and "Yours: E10000008" in asked.text


def test_no_child_is_taken_off_unseen_of_whom_more_was_recorded_meanwhile(area: Area) -> None:
    case_id = area.opened()
    area.site.send(f"{area.address(case_id)}/record/children", area.filled(f"{area.address(case_id)}/record/children", {}))
    page = f"{area.address(case_id)}/record/children/child-2"
    first = area.site.get(f"{page}/remove")
    assert "Nothing is recorded of this child yet." in first.text
    old_tab = first.page.hidden()
    other = area.as_person(POLICE)
    area.answer(f"{page}/death", {"died": "yes"} | day("died_on", "2026-03-28") | day("died-known", "2026-03-29"), site=other)
    shown = area.site.send(f"{page}/remove", old_tab, 409)
    assert "Somebody recorded more of this child while you were writing, and nothing of yours was saved." in shown.text
    assert "Known or suspected since 29 March 2026" in shown.text
    assert len(area.state(case_id).facts.incident.children) == 2
    for _ in range(2):  # and a second click
        area.site.send(f"{page}/remove", shown.page.hidden())
    assert [c.key for c in area.state(case_id).facts.incident.children] == ["child-1"]


def test_what_was_typed_of_a_child_that_was_taken_off_meanwhile_is_there_to_copy(area: Area) -> None:
    case_id = area.opened()
    area.site.send(f"{area.address(case_id)}/record/children", area.filled(f"{area.address(case_id)}/record/children", {}))
    page = f"{area.address(case_id)}/record/children/child-2"
    old_tab = area.filled(f"{page}/where", {"lives_in": "other", "lives_in-code": "E10000008"})
    area.answer(f"{page}/remove", {}, site=area.as_person(POLICE))
    no = area.state(case_id).no
    told = area.site.send(f"{page}/where", old_tab, 409).text
    assert "Child 2 was taken off this incident, so nothing of this page is on record." in told and "E10000008" in told
    assert area.state(case_id).no == no
    assert "Child 2 was taken off" in area.site.get(page, 409).text
    assert "Child 2 was taken off" in area.site.get(f"{page}/remove", 409).text
    area.site.get(f"{area.address(case_id)}/record/children/child-3", 404)


def test_what_is_told_of_the_other_child_meanwhile_stops_nobody(area: Area) -> None:
    case_id = area.opened()
    area.site.send(f"{area.address(case_id)}/record/children", area.filled(f"{area.address(case_id)}/record/children", {}))
    page = f"{area.address(case_id)}/record/children"
    old_tab = area.site.get(f"{page}/child-2/remove").page.hidden()
    area.answer(f"{page}/child-1/harm", {"seriously_harmed": "yes"}, site=area.as_person(POLICE))
    area.site.send(f"{page}/child-2/remove", old_tab)
    (left,) = area.state(case_id).facts.incident.children
    assert (left.key, left.seriously_harmed.value) == ("child-1", "yes")


def test_whoever_is_of_a_child_that_was_taken_off_can_still_be_corrected(area: Area) -> None:
    case_id = area.opened()
    base = f"{area.address(case_id)}/record"
    area.answer(f"{base}/children", {})
    area.answer(f"{base}/people", {"part": "child", "child_key": "child-2", "name": "not known"})
    page = next(e.get("href") for e in area.site.get(f"{base}/people").page.all("a") if e.get("href").count("/people/"))
    area.answer(f"{base}/children/child-2/remove", {})
    assert "Child 2 (taken off this incident)" in area.site.get(page).text
    area.answer(page, {"aliases": "Also not known"})
    assert "Other names: Also not known" in area.site.get(f"{base}/people").text


def test_the_key_of_a_child_that_was_taken_off_is_never_another_s(area: Area) -> None:
    """What was typed of the one, who it is and who is near to it would stand at the other."""
    case_id = area.opened()
    base = f"{area.address(case_id)}/record"
    area.answer(f"{base}/children", {})
    old_tab = area.filled(f"{base}/children/child-2/death", {"died": "yes"} | day("died_on", "2026-03-29"))
    area.answer(f"{base}/children/child-2/remove", {}, site=area.as_person(POLICE))
    area.answer(f"{base}/children", {}, site=area.as_person(POLICE))
    assert [c.key for c in area.state(case_id).facts.incident.children] == ["child-1", "child-3"]
    area.site.send(f"{base}/children/child-2/death", old_tab, 409)
    assert [c.died.value for c in area.state(case_id).facts.incident.children] == ["yes", None]


def test_whoever_stands_beside_a_child_is_told_where_it_is_taken_off(area: Area) -> None:
    case_id = area.opened()
    base = f"{area.address(case_id)}/record"
    area.answer(f"{base}/children", {})
    page = f"{base}/children/child-2/remove"
    old_tab = area.site.get(page).page.hidden()
    area.answer(
        f"{base}/people", {"part": "child", "child_key": "child-2", "name": "Zebedee Madeup"}, site=area.as_person(POLICE)
    )
    shown = area.site.send(page, old_tab, 409)
    assert "Somebody put another person on the case beside this child while you were writing" in shown.text
    assert "Zebedee Madeup, child" in shown.text and "Nothing is recorded of this child yet" not in shown.text
    assert len(area.state(case_id).facts.incident.children) == 2
    area.site.send(page, shown.page.hidden())
    assert len(area.state(case_id).facts.incident.children) == 1


@pytest.mark.parametrize(("whose", "day_kept"), [("theirs", "2026-03-28"), ("yours", "2026-03-20")])
def test_what_was_chosen_first_of_two_questions_stays_chosen_and_no_box_of_it_stands_open(
    area: Area, whose: str, day_kept: str
) -> None:
    case_id = area.opened()
    page = f"{area.address(case_id)}/record/children/child-1/harm"
    mine = {"seriously_harmed": "yes", "recovered": "no"} | day("seriously_harmed-known", "2026-03-20")
    old_tab = area.filled(page, mine)
    theirs = {"seriously_harmed": "yes", "recovered": "unclear"} | day("seriously_harmed-known", "2026-03-28")
    area.answer(page, theirs, site=area.as_person(POLICE))
    asked = area.site.send(page, old_tab, 409)
    boxes = [e for e in asked.page.all("input") if e.get("name").startswith("keep:")]
    assert len(boxes) == 4, "two questions"
    harm = next(e for e in boxes if "seriously_harmed" in e.get("name") and e.get("value").startswith(whose))
    again = area.site.send(page, asked.page.hidden() | {harm.get("name"): harm.get("value")}, 409)
    assert f"You chose already which answer to “Has the child been seriously harmed?” is kept: {whose}." in again.text
    open_boxes = {e.get("name") for e in again.page.all("input") if e.get("type") != "hidden"}
    assert not {name for name in open_boxes if name.startswith(("seriously_harmed", "recovered"))}
    area.site.send(page, again.page.hidden() | keep(again, "yours"))
    child = area.state(case_id).facts.incident.children[0]
    assert (str(child.seriously_harmed.known_on), child.recovered.value) == (day_kept, "no")
