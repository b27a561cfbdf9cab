"""Two people at one condition: a comparison that the other changed, moved or removed, and what is added to a group that stands elsewhere by then."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.arrangements.area import LEAD, MANAGER, Area, area, boxes_of
from tests.arrangements.test_meanwhile import condition_of
from threefold.governance import drafts
from threefold.governance.wording import in_words
from threefold.work.arrangements import drafting
from threefold.work.people.access import AREA_LEAD

__all__ = ["area"]


def test_that_either_is_enough_is_not_lost_where_another_added_to_the_condition_meanwhile(area: Area) -> None:
    draft, at = area.begun(), "rules/rapid-review-plan/steps/huddle/when"
    area.worded(f"{draft}/when-fact/{at}", "add", "", "incident.urgent", {"how": "yes"})
    shown = area.by(LEAD).get(f"{draft}/when/{at}").page
    facts = next(e.get("href") for e in shown.all("a") if "do=add" in (e.get("href") or ""))
    add = area.answer(facts, {"fact": "incident.outside_england"}).location
    mine = area.filled(add, {"how": "no", "together": "any"})
    theirs = area.answer(facts, {"fact": "review.panel_view"}, email=MANAGER).location
    area.answer(theirs, {"how": "disagree", "together": "all"}, email=MANAGER)
    urgent, panel, outside = (
        {"is": {"fact": fact, "value": value}}
        for fact, value in (("incident.urgent", "yes"), ("review.panel_view", "disagree"), ("incident.outside_england", "no"))
    )
    assert condition_of(area, draft, at) == {"all": [urgent, panel]}
    told = area.by(LEAD).send(add, mine, 422)
    assert "How does this belong to what stands there already?" in told.text
    yours = next(e.get("value") for e in told.page.all("input") if (e.get("value") or "").startswith("yours:"))
    again = area.by(LEAD).send(add, {**boxes_of(told), "keep": yours}, 422)
    assert "More stands there now: select whether both must hold or either is enough" in again.text
    area.by(LEAD).send(add, {**boxes_of(again), "keep": yours, "whole": "any"})
    assert condition_of(area, draft, at) == {"any": [{"all": [urgent, panel]}, outside]}


def of_two_who_change(area: Area, fact: str, theirs: tuple[str, str]) -> tuple[str, str, str, dict[str, object]]:
    """A condition of which one comparison is changed twice since it was seen: the draft, its place, the page and what it sends."""
    draft, at = area.begun(), "rules/rapid-review-plan/steps/huddle/when"
    area.worded(f"{draft}/when-fact/{at}", "add", "", "incident.urgent", {"how": "yes"})
    area.worded(f"{draft}/when-fact/{at}", "add", "", "incident.near_miss", {"how": "yes"})
    shown = area.by(LEAD).get(f"{draft}/when/{at}").page
    change = next(e.get("href") for e in shown.all("a") if "do=change&part=0&" in (e.get("href") or ""))
    page = area.answer(change, {"fact": fact}).location
    mine = area.filled(page, {"how": "no"})
    other = area.answer(change, {"fact": theirs[0]}, email=MANAGER).location
    area.answer(other, {"how": theirs[1]}, email=MANAGER)
    return draft, at, page, mine


def is_(fact: str, value: str) -> dict[str, object]:
    return {"is": {"fact": fact, "value": value}}


@pytest.mark.parametrize("fact", ["incident.media_interest", "incident.urgent"])
def test_who_changed_the_comparison_that_another_changed_is_asked_which_is_kept(area: Area, fact: str) -> None:
    draft, at, page, mine = of_two_who_change(area, fact, ("incident.good_practice", "yes"))
    asked = area.by(LEAD).send(page, mine, 422)
    assert "Somebody else changed this condition while you were writing. Which is kept?" in asked.text
    there = in_words(is_("incident.good_practice", "yes"), {})
    assert f"what I answer below takes the place of “{there}”" in asked.text
    offered = {(e.get("value") or "").partition(":")[0]: e.get("value") for e in asked.page.all("input", name="keep")}
    assert area.by(LEAD).send(page, boxes_of(asked) | {"keep": offered["theirs"]}).location.endswith(at)
    near = is_("incident.near_miss", "yes")
    assert condition_of(area, draft, at) == {"all": [is_("incident.good_practice", "yes"), near]}
    area.by(LEAD).send(page, boxes_of(asked) | {"keep": offered["yours"]})
    assert condition_of(area, draft, at) == {"all": [is_(fact, "no"), near]}


def test_a_comparison_that_moved_in_its_condition_is_changed_where_it_stands_now(area: Area) -> None:
    draft, at = area.begun(), "rules/rapid-review-plan/steps/huddle/when"
    facts = f"{draft}/when-fact/{at}"
    area.worded(facts, "add", "", "incident.urgent", {"how": "yes"})
    shown = area.by(LEAD).get(f"{draft}/when/{at}").page
    change = next(e.get("href") for e in shown.all("a") if "do=change" in (e.get("href") or ""))
    page = area.answer(change, {"fact": "incident.media_interest"}).location
    mine = area.filled(page, {"how": "no"})
    area.worded(facts, "add", "", "incident.near_miss", {"how": "yes"})
    asked = area.by(LEAD).send(page, mine, 422)
    (yours,) = [e.get("value") for e in asked.page.all("input", name="keep") if (e.get("value") or "").startswith("yours")]
    area.by(LEAD).send(page, boxes_of(asked) | {"keep": yours})
    assert condition_of(area, draft, at) == {"all": [is_("incident.media_interest", "no"), is_("incident.near_miss", "yes")]}


def test_a_comparison_that_another_removed_is_not_put_in_the_place_of_the_next(area: Area) -> None:
    draft, at, _, _ = of_two_who_change(area, "incident.media_interest", ("incident.good_practice", "yes"))
    area.worded(f"{draft}/when-fact/{at}", "add", "", "incident.urgent", {"how": "yes"})
    shown = area.by(LEAD).get(f"{draft}/when/{at}").page
    change = next(e.get("href") for e in shown.all("a") if "do=change&part=0&" in (e.get("href") or ""))
    page = area.answer(change, {"fact": "incident.media_interest"}).location
    mine = area.filled(page, {"how": "no"})
    area.by(MANAGER).send(
        f"{draft}/when-turn/{at}",
        {**shown.hidden(), **boxes_of(area.by(MANAGER).get(f"{draft}/when/{at}")), "part": "0", "to": "remove"},
    )
    told = area.by(LEAD).send(page, mine, 422)
    assert "This condition was changed meanwhile." in told.text
    assert not told.page.all("input", name="keep") and boxes_of(told)["how"] == ["no"]
    assert condition_of(area, draft, at) == {"all": [is_("incident.near_miss", "yes"), is_("incident.urgent", "yes")]}


def test_a_comparison_that_another_removed_and_changed_the_next_is_not_taken_for_that(area: Area) -> None:
    draft, at = area.begun(), "rules/rapid-review-plan/steps/huddle/when"
    for fact in ("incident.urgent", "incident.near_miss", "incident.media_interest"):
        area.worded(f"{draft}/when-fact/{at}", "add", "", fact, {"how": "yes"})

    def change() -> str:
        links = [e.get("href") or "" for e in area.by(LEAD).get(f"{draft}/when/{at}").page.all("a")]
        return next(href for href in links if "do=change&part=0&" in href)

    page = area.answer(change(), {"fact": "incident.urgent"}).location
    mine = area.filled(page, {"how": "no"})
    shown = area.by(MANAGER).get(f"{draft}/when/{at}")
    area.by(MANAGER).send(f"{draft}/when-turn/{at}", {**boxes_of(shown), "part": "0", "to": "remove"})
    other = area.answer(change(), {"fact": "incident.near_miss"}, email=MANAGER).location
    area.answer(other, {"how": "unclear"}, email=MANAGER)
    told = area.by(LEAD).send(page, mine, 422)
    assert "This condition was changed meanwhile." in told.text and not told.page.all("input", name="keep")
    near, media = is_("incident.near_miss", "unclear"), is_("incident.media_interest", "yes")
    assert condition_of(area, draft, at) == {"all": [near, media]}


@pytest.mark.parametrize("removed", ["", "2", "0"])
def test_what_is_added_to_a_group_goes_into_that_group_wherever_it_stands_now(area: Area, removed: str) -> None:
    """`removed`: which part another takes away meanwhile: none, the group itself, one above it."""
    draft, at = area.begun(), "rules/rapid-review-plan/steps/huddle/when"
    one, other = ("incident.media_interest", "incident.good_practice"), ("incident.near_miss", "incident.outside_england")

    def both(*facts: str) -> dict[str, object]:
        return {"all": [is_(fact, "yes") for fact in facts]}

    whole = [is_("incident.urgent", "yes"), is_("review.panel_view", "disagree"), both(*one), both(*other)]

    def set_up(content: drafts.Content) -> drafts.Content:
        return drafts.put(content, tuple(at.split("/")), {"any": whole})

    with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
        drafting.change_draft(unit, UUID(draft.rsplit("/", 1)[1]), "set up", set_up)
    links = [e.get("href") or "" for e in area.by(LEAD).get(f"{draft}/when/{at}").page.all("a")]
    facts = next(href for href in links if "do=add&part=2&" in href)
    page = area.answer(facts, {"fact": "incident.learning_likely"}).location
    mine = area.filled(page, {"how": "yes"})
    if removed:
        shown = area.by(MANAGER).get(f"{draft}/when/{at}")
        area.by(MANAGER).send(f"{draft}/when-turn/{at}", {**boxes_of(shown), "part": removed, "to": "remove"})
    told = area.by(LEAD).send(page, mine, 422 if removed else 303)
    left = [part for number, part in enumerate(whole) if str(number) != removed]
    if removed == "2":
        assert "This condition was changed meanwhile." in told.text and not told.page.all("input", name="keep")
        assert condition_of(area, draft, at) == {"any": left}
        return
    if removed:
        (yours,) = [e.get("value") for e in told.page.all("input", name="keep") if (e.get("value") or "").startswith("yours")]
        area.by(LEAD).send(page, boxes_of(told) | {"keep": yours})
    grown = both(*one, "incident.learning_likely")
    assert condition_of(area, draft, at) == {"any": [grown if part == both(*one) else part for part in left]}
