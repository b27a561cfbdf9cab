"""Two people at one record of a meeting: who chaired is one answer, and nothing is saved or put aside that was changed unseen."""

from __future__ import annotations

import pytest

from tests.meetings.terms import Area
from tests.web.site import Shown, Site
from threefold.work.people.access import BUSINESS_MANAGER

SECOND = "second@vale.example"
SEAT = {"chair": "council-lead", "chair_words": ""}
ELSE = {"chair": "other", "chair_words": "A deputy of the council"}
TOLD = {"council-lead": "Lead partner, council", "other": "A deputy of the council"}


@pytest.fixture
def other(area: Area) -> Site:
    """A second business manager, in another browser."""
    area.site.person(SECOND, area.id, BUSINESS_MANAGER)
    site = area.site.another()
    site.enter(SECOND)
    return site


def keep(shown: Shown, whose: str) -> dict[str, str]:
    (box,) = [e for e in shown.page.all("input") if e.get("name").startswith("keep:") and e.get("value").startswith(whose)]
    return {box.get("name"): box.get("value")}


@pytest.mark.parametrize(("theirs", "mine"), [(SEAT, ELSE), (ELSE, SEAT)])
@pytest.mark.parametrize("whose", ["theirs", "yours"])
def test_who_chaired_is_one_answer_of_two_people_in_either_order(
    area: Area, other: Site, theirs: dict[str, str], mine: dict[str, str], whose: str
) -> None:
    meeting = area.begun("executive")
    page = f"{meeting}/chair"
    old_tab = area.site.get(page).page.hidden() | mine
    other.post(page, theirs)
    asked = area.site.send(page, old_tab, 409)
    assert "Somebody else changed “Who chaired?” while you were writing" in asked.text
    assert f"Theirs: {TOLD[theirs['chair']]}" in asked.text and f"Yours: {TOLD[mine['chair']]}" in asked.text
    assert not [e for e in (*asked.page.all("select"), *asked.page.all("input"))
                if e.get("name") in ("chair", "chair_words") and e.get("type") != "hidden"]  # fmt: skip
    area.site.send(page, asked.page.hidden() | keep(asked, whose))
    kept = TOLD[(theirs if whose == "theirs" else mine)["chair"]]
    shown = " ".join(area.site.get(f"{meeting}/check").text.split())
    assert f"Chair {kept}" in shown
    assert ("is recorded as chair and not as there" in shown) is (kept == TOLD["council-lead"])
    assert sum(words in shown.split("Who was there", 1)[1] for words in TOLD.values()) == 1, "nothing stands hidden"


def test_the_same_chair_told_twice_is_asked_of_nobody(area: Area, other: Site) -> None:
    meeting = area.begun("executive")
    old_tab = area.site.get(f"{meeting}/chair").page.hidden() | ELSE
    other.post(f"{meeting}/chair", ELSE)
    assert area.site.send(f"{meeting}/chair", old_tab).location == f"{meeting}/agenda"


def test_a_record_is_not_saved_that_was_changed_since_it_was_checked(area: Area, other: Site) -> None:
    meeting = area.begun("executive")
    area.site.post(f"{meeting}/agenda", {"matters": "The budget"})
    old_tab = area.site.get(f"{meeting}/check").page.hidden()
    other.post(f"{meeting}/agenda", {"matters": "The budget\nA late matter"})
    shown = area.site.send(f"{meeting}/check", old_tab, 409)
    assert "Somebody changed this record while you were writing, and nothing of yours was saved." in shown.text
    assert "A late matter" in shown.text and "The agenda: recorded, by Second" in shown.text
    assert "Not saved yet" in area.site.get(meeting).text
    for _ in range(2):  # and a second click
        assert area.site.send(f"{meeting}/check", shown.page.hidden()).location == f"{meeting}?done=saved"
    assert "The meeting is on record." in area.site.get(f"{meeting}?done=saved").text


def test_a_record_that_was_put_aside_meanwhile_is_not_called_saved(area: Area, other: Site) -> None:
    meeting = area.begun("executive")
    old_tab = area.site.get(f"{meeting}/check").page.hidden()
    other.post(f"{meeting}/put-aside", {"reason": "It did not take place."})
    shown = area.site.send(f"{meeting}/check", old_tab, 422)
    assert "This record was put aside meanwhile" in shown.text and "It did not take place." in shown.text
    assert "Save this record" not in shown.text


def test_a_record_is_not_put_aside_that_was_corrected_unseen(area: Area, other: Site) -> None:
    meeting = area.recorded("executive", {"council": "own", "health": "own", "police": "own"}, {"matters": "The budget"})
    page, reason = f"{meeting}/put-aside", {"reason": "It was another group."}
    first = area.site.get(page)
    assert "The budget" in first.text, "what is put aside is shown"
    old_tab = first.page.hidden() | reason
    other.post(f"{meeting}/agenda", {"matters": "The budget\nA late matter", "correction": "It was left out."})
    shown = area.site.send(page, old_tab, 409)
    assert "Somebody changed this record while you were writing" in shown.text
    assert "A late matter" in shown.text and "by Second. Reason: It was left out." in shown.text
    assert [e.text.strip() for e in shown.page.all("textarea")] == [reason["reason"]]
    for _ in range(2):
        assert area.site.send(page, shown.page.hidden() | reason).location == f"{meeting}?done=aside"
    assert "It was another group." in area.site.get(meeting).text


def test_a_reason_is_not_put_down_as_that_of_somebody_who_was_named_as_chair_meanwhile(area: Area, other: Site) -> None:
    meeting = area.begun("executive")
    area.there(meeting, "executive", {"council": "own"})
    area.site.post(f"{meeting}/chair", SEAT)
    page = area.site.post(f"{meeting}/agenda", {"matters": "The budget"}).location
    asked = area.site.get(page)
    (way,) = {e.get("name") for e in asked.page.all("input") if e.get("type") == "radio"}
    mine = {way: "ahead", way.replace("way", "reason", 1): "The reason of the council lead."}
    old_tab = asked.page.hidden() | mine
    other.post(f"{meeting}/chair", ELSE)
    shown = area.site.send(page, old_tab, 409)
    assert "Somebody said that somebody else chaired" in shown.text and "A deputy of the council" in shown.text
    assert "The reason of the council lead." in shown.text
    area.site.send(page, shown.page.hidden() | mine)
    assert "The reason of the council lead. (Chair: A deputy of the council)" in " ".join(
        area.site.get(f"{meeting}/check").text.split()
    )


def test_what_was_said_of_an_item_that_left_the_agenda_is_not_said_of_the_next(area: Area) -> None:
    meeting = area.begun("executive")
    area.there(meeting, "executive", {"council": "own"})
    area.site.post(f"{meeting}/chair", SEAT)
    page = area.site.post(f"{meeting}/agenda", {"matters": "The budget"}).location
    (way,) = {e.get("name") for e in area.site.get(page).page.all("input") if e.get("type") == "radio"}
    area.site.post(page, {way: "ahead", way.replace("way", "reason", 1): "Staff must be paid."})
    assert "Staff must be paid." in area.site.get(f"{meeting}/check").text
    area.site.post(f"{meeting}/agenda", {"matters": ""})
    area.site.post(f"{meeting}/agenda", {"matters": "A plan"})
    shown = area.site.get(f"{meeting}/check").text
    assert "A plan" in shown and "Staff must be paid." not in shown.split("Record", 1)[0]


def test_no_box_stands_open_beside_the_choice_of_who_was_there(area: Area, other: Site) -> None:
    meeting = area.begun("executive")
    page = f"{meeting}/who"
    first = area.site.get(page)
    box = next(e.get("name") for e in first.page.all("input") if str(e.get("name")).startswith("counted-"))
    values = [e.get("value") for e in first.page.all("input") if e.get("name") == box]
    radios = [e for e in first.page.all("input") if str(e.get("name")).startswith("counted-")]
    as_shown = {e.get("name"): e.get("value") for e in radios}  # the last of each: not recorded
    old_tab = first.page.hidden() | as_shown | {box: values[0]}
    other.send(page, other.get(page).page.hidden() | as_shown | {box: values[1]})
    asked = area.site.send(page, old_tab, 409)
    assert not [e for e in asked.page.all("input") if e.get("name") == box and e.get("type") != "hidden"]
    area.site.send(page, asked.page.hidden() | as_shown | asked.page.hidden() | keep(asked, "theirs"))
