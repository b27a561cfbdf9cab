"""Words in a box that belongs to another answer than the one chosen: a yes on a condition is neither a yes nor dropped."""

from __future__ import annotations

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, boxes_of, day
from tests.arrangements.vale import APRIL

__all__ = ["area"]
SEAT = "council-lead@vale.example"
CONDITION = "Only if the huddle is day 13."


def _sent(area: Area) -> str:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    return draft


def test_a_yes_with_words_signs_nothing_and_says_what_to_do(area: Area) -> None:
    draft = _sent(area)
    refused = area.answer(f"{draft}/sign", {"answer": "sign", "reason": CONDITION}, 422, SEAT)
    (link,) = [
        a for a in refused.page.all("a") if a.text.startswith("Choose “No, I do not sign it”, or empty this box to sign")
    ]
    assert link.get("href") == "#reason"
    assert refused.page.one("textarea").text.strip() == CONDITION
    assert [e.get("value") for e in refused.page.all("input", name="answer") if "checked" in e.attributes] == ["sign"]
    assert area.by(MANAGER).get(f"{draft}/sign").text.count("Not signed yet") == 3
    done = area.answer(f"{draft}/sign", {"answer": "refuse", "reason": CONDITION}, email=SEAT).location
    assert CONDITION in area.by(MANAGER).get(done).text
    assert area.answer(f"{draft}/sign", {"answer": "sign", "reason": "  \n "}, email=SEAT).location.endswith("done=signed")


def test_a_pack_that_was_picked_is_not_ignored_where_the_draft_starts_from_something_else(area: Area) -> None:
    page = f"{HOME}/drafts/new"
    pack = next(e.get("value") for e in area.by(LEAD).get(page).page.all("option") if e.get("value").startswith("pack:"))
    told = "Choose “An earlier version, or a shared pack”, or select nothing here to start from what is chosen above"
    refused = area.answer(page, {"base": "in_force", "other": pack, "title": ""}, 422)
    (link,) = [a for a in refused.page.all("a") if a.text == told]
    assert link.get("href") == "#other" and "Enter what the arrangement is called" in refused.text
    assert boxes_of(refused)["other"] == [pack]
    refused = area.answer(page, {"base": "other", "other": "", "title": ""}, 422)
    assert "Select which version or shared pack" in refused.text and "Enter what the arrangement is called" in refused.text
    assert area.answer(page, {"base": "other", "other": pack, "title": "From a pack"}).location.endswith("done=begun")


def test_minutes_that_say_so_on_a_condition_are_not_counted(area: Area) -> None:
    draft = _sent(area)
    check = area.minuted(draft)
    refused = area.answer(check, {"says_so": "yes", "reason": CONDITION}, 422, MANAGER)
    assert "Choose “No, they do not say so”, or empty this box if they say so" in refused.text
    assert refused.page.one("textarea").text.strip() == CONDITION
    assert "Recorded from minutes, to be checked" in area.by(MANAGER).get(f"{draft}/sign").text
    assert area.answer(check, {"says_so": "yes", "reason": ""}, email=MANAGER).location.endswith("done=checked")
