"""Two people correct what is known of one person on a case: nothing that either told is lost without a choice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.incidents.web.conftest import POLICE, Area
from tests.incidents.web.test_recording import day


def put_on(area: Area, case_id: UUID) -> str:
    """The address of the page that corrects a parent of whom the name alone is known."""
    people = f"{area.address(case_id)}/record/people"
    area.answer(people, {"part": "parent", "name": "Zebedee Madeup"})
    return next(e.get("href") for e in area.site.get(people).page.all("a") if e.get("href").count("/people/"))


def known(area: Area, case_id: UUID) -> str:
    return area.site.get(f"{area.address(case_id)}/record/people").text


def told(born: str, addresses: str) -> dict[str, Any]:
    return {"aliases": "Zeb M", "addresses": addresses} | day("born_on", born)


def test_boxes_left_as_they_were_leave_what_somebody_else_told_meanwhile(area: Area) -> None:
    case_id = area.opened()
    page = put_on(area, case_id)
    old_tab = area.filled(page, {"nhs_number": "9434765919"})
    area.answer(page, told("1989-02-01", "4 Example Row\n7 Second Street"), site=area.as_person(POLICE))
    for _ in range(2):
        assert area.site.send(page, old_tab).location.endswith("?done=corrected")
    shown = known(area, case_id)
    for words in ("Zeb M", "Born on 1 February 1989", "NHS number 943 476 5919", "4 Example Row", "7 Second Street"):
        assert words in shown
    before = area.site.get(page).text.split("What stood before")[-1]
    assert before.count("Until ") == 2, "the second click changed nothing"


def test_where_both_changed_a_box_both_are_shown_and_one_is_chosen(area: Area) -> None:
    case_id = area.opened()
    page = put_on(area, case_id)
    old_tab = area.filled(page, told("1989-02-02", "4 Example Row") | {"nhs_number": "9434765919"})
    area.answer(page, {"aliases": "Zeb M", "part": "carer"} | day("born_on", "1989-02-01"), site=area.as_person(POLICE))
    asked = area.site.send(page, old_tab, 409)
    assert "Somebody else changed “Date of birth” while you were writing. Which answer is kept?" in asked.text
    assert "Theirs: 1 February 1989" in asked.text and "Yours: 2 February 1989" in asked.text
    assert "“Other names”" not in asked.text, "both told the same"
    carer = next(e for e in asked.page.all("input") if e.get("name") == "part" and e.get("value") == "carer")
    assert "checked" in carer.attributes, "what others changed stands in the boxes that were left as they were"
    kept = [e.get("value") for e in asked.page.all("input") if e.get("name") == "keep:born_on"]
    boxes = asked.page.hidden() | {"part": "carer", "name": "Zebedee Madeup", "aliases": "Zeb M", "addresses": "4 Example Row", "nhs_number": "9434765919"}  # fmt: skip
    area.site.send(page, boxes | {"keep:born_on": next(one for one in kept if one.startswith("yours"))})
    shown = known(area, case_id)
    assert "Zebedee Madeup Carer" in shown and "Born on 2 February 1989" in shown and "NHS number 943 476 5919" in shown


def test_who_somebody_is_and_near_to_which_child_is_one_answer(area: Area) -> None:
    case_id = area.opened()
    page = put_on(area, case_id)
    old_tab = area.filled(page, {"part": "carer", "child_key": "child-1"})
    area.answer(page, {"part": "household"}, site=area.as_person(POLICE))
    asked = area.site.send(page, old_tab, 409)
    assert "Theirs: Lives or lived in the household" in asked.text and "Yours: Carer (Child 1)" in asked.text
    theirs = next(
        e.get("value") for e in asked.page.all("input") if e.get("name") == "keep:part" and "theirs" in e.get("value")
    )
    area.site.send(page, old_tab | {"keep:part": theirs})
    assert "Zebedee Madeup Lives or lived in the household" in known(area, case_id)
    assert area.site.get(page).text.split("What stood before")[-1].count("Until ") == 1


def test_nobody_is_taken_off_unseen_who_was_corrected_meanwhile(area: Area) -> None:
    case_id = area.opened()
    page = put_on(area, case_id)
    old_tab = area.filled(f"{page}/remove", {"reason": "Put down twice."})
    area.answer(page, told("1989-02-01", "4 Example Row"), site=area.as_person(POLICE))
    shown = area.site.send(f"{page}/remove", old_tab, 409)
    assert "Somebody corrected what is known of this person while you were writing" in shown.text
    assert "Born on 1 February 1989" in shown.text and "Until " in shown.text, "what stands now, and what stood before"
    assert [e.text.strip() for e in shown.page.all("textarea")] == ["Put down twice."]
    assert "Zebedee Madeup" in known(area, case_id)
    area.site.send(f"{page}/remove", shown.page.hidden() | {"reason": "Put down twice."})
    after = known(area, case_id)
    assert "Zebedee Madeup" not in after, "they may have nothing to do with the case"
    assert "Parent, on 30 March 2026 at 11am, by Manager: Put down twice." in after


def test_an_emptied_box_is_no_answer_where_two_answers_are_shown(area: Area) -> None:
    case_id = area.opened()
    page = put_on(area, case_id)
    area.answer(page, told("1989-02-01", "4 Example Row"))
    old_tab = area.filled(page, {"addresses": ""})
    area.answer(page, {"addresses": "7 Second Street"}, site=area.as_person(POLICE))
    asked = area.site.send(page, old_tab, 409).text
    assert "Theirs: 7 Second Street" in asked and "Yours: no answer" in asked
