"""A change of a draft that was a mistake: it is put back from the draft's history, and nothing is lost by that either."""

from __future__ import annotations

from tests.arrangements.area import HUDDLE, LEAD, LEADS, MANAGER, Area, area, day
from tests.arrangements.vale import APRIL

__all__ = ["area"]
PLAN = "rapid-review-plan"


def back_of(area: Area, draft: str, what: str) -> str:
    """Where the history leads to put the draft back as it was before a change."""
    links = area.by(LEAD).get(f"{draft}/history").page.all("a")
    return str(next(e.get("href") for e in links if e.text.startswith("Put the draft back") and what in e.text))


def test_a_whole_rule_that_was_removed_comes_back_as_it_was(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    before = area.content(draft)
    area.answer(f"{draft}/about", day("begins", APRIL))
    told = area.by(LEAD).get(f"{draft}/history").text
    assert "It begins on 1 April 2027; before, no day was set." in told
    before = area.content(draft)
    assert "can be put back from there as it was before" in area.by(LEAD).get(f"{draft}/remove/rules/{PLAN}").text
    area.answer(f"{draft}/remove/rules/{PLAN}", {})
    assert PLAN not in {u["use"] for u in area.content(draft)["uses"]}
    page = back_of(area, draft, "removed")
    told = area.by(LEAD).get(page).text
    assert "This change is undone" in told and "Nothing is lost" in told
    done = area.answer(page, {}).location
    assert done.endswith("/history?done=put_back") and "The draft is put back" in area.by(LEAD).get(done).text
    assert area.content(draft) == before, "with the day that was changed before the rule was removed"
    assert "Put back as it was before" in area.by(LEAD).get(f"{draft}/history").text
    area.answer(back_of(area, draft, "put back"), {})
    assert PLAN not in {u["use"] for u in area.content(draft)["uses"]}, "to put back is a change like any other"


def test_all_that_is_undone_is_told_and_what_somebody_does_meanwhile_is_never_undone(area: Area) -> None:
    draft = area.begun()
    first = area.content(draft)
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    page = area.by(LEAD).get(f"{draft}/history").page
    links = [e.get("href") for e in page.all("a") if e.text.startswith("Put the draft back")]
    assert len(links) == 2, "not of how it was begun"
    oldest = str(links[-1])
    told = area.by(LEAD).get(oldest).text
    assert "These 2 changes are undone" in told and "working day 14, was 12" in told
    stale = area.filled(oldest, {})
    area.answer(f"{draft}/{HUDDLE}", {"day": "11"}, email=MANAGER)
    refused = area.by(LEAD).send(oldest, stale, 422)
    assert "Somebody changed the draft since" in refused.text and "These 3 changes are undone" in refused.text
    area.answer(oldest, {})
    area.by(LEAD).send(oldest, stale)  # pressed twice
    assert area.content(draft) == first
    assert [e for e in area.by(LEAD).get(f"{draft}/history").page.all("a") if e.get("href") == oldest] == [], "it is so already"
    assert "as it was then already" in area.by(LEAD).get(oldest).text


def test_it_voids_what_was_signed_and_is_not_offered_once_the_draft_is_done_with(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    area.answer(f"{draft}/sign", {"seat": LEADS[0], "answer": "sign"}, email=f"{LEADS[0]}@vale.example")
    page = back_of(area, draft, "huddle")
    assert "voids what was signed" in area.by(LEAD).get(page).text
    assert area.answer(page, {}).location.endswith("done=voided")
    assert "It governs nothing yet" in area.by(LEAD).get(draft).text
    area.answer(f"{draft}/give-up", {})
    assert "Put aside Lead, 10 March 2027" in area.by(LEAD).get(f"{draft}/history").text
    assert "Put the draft back" not in area.by(LEAD).get(f"{draft}/history").text
    assert area.by(LEAD).get(page, 303).location == draft
    for no in (0, 1, 99):
        area.by(LEAD).get(f"{draft}/history/{no}/back", 404)
