"""Which duty of the law a step, a kind of review or a kind of text serves: asked of what is new, and left as it is of what is there."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.arrangements.area import LEAD, Area, area
from threefold.governance import drafts
from threefold.governance.drafts import Content
from threefold.plugin_api import AGREED_HERE
from threefold.work.arrangements import drafting
from threefold.work.people.access import AREA_LEAD

PLACE = ("rules", "rapid-review-plan", "steps", "huddle")
HUDDLE = "line/rules/rapid-review-plan/steps/huddle"
STEPS = "add/rules/rapid-review-plan/steps"
ASKED = "Select an answer to “Which duty of the law does it serve?”, or “None of these”"
AGREED = {"ref": AGREED_HERE, "force": "LOCAL", "sure": "V"}
LATE = {
    "key": "closing-talk", "title": "Closing talk", "source": AGREED,
    "span": {"amount": 30, "unit": "working_days"}, "start_events": ["notification_sent"],
}  # fmt: skip

__all__ = ["area"]


def huddle(area: Area, draft: str) -> dict[str, object]:
    return dict(drafts.node_at(area.content(draft), PLACE))


def changed(area: Area, draft: str, edit: Callable[[Content], Content]) -> None:
    """As a file may have it, which asks nothing."""
    with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
        drafting.change_draft(unit, UUID(draft.rsplit("/", 1)[1]), "changed", edit)


def test_a_new_step_is_added_once_somebody_said_which_duty_it_serves(area: Area) -> None:
    draft = area.begun()
    boxes = area.by(LEAD).get(f"{draft}/{STEPS}").page.all("input", name="serves")
    assert [b.get("value") for b in boxes][-1] == "none" and not any("checked" in b.attributes for b in boxes)
    page = area.answer(f"{draft}/{STEPS}", {"title": "Call the family", "day": "3", "serves": None}, 422)
    assert ASKED in page.text and 'value="Call the family"' in page.response.get_data(as_text=True), "nothing typed is lost"
    for title, said in (("One", {"serves": "none"}), ("Two", {"serves": None, "serves__other": "The family"})):
        done = area.answer(f"{draft}/{STEPS}", {"title": title, "day": "3", **said})
        assert done.location.endswith("done=added")
    kept = {s["title"]: s.get("serves") for s in drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps"))}
    assert (kept["One"], kept["Two"]) == ("none", "The family")


@pytest.mark.parametrize(("rule", "listed"), [("review-types@1", "types"), ("publication-and-retention@1", "texts")])
def test_a_kind_of_review_and_a_kind_of_text_are_asked_too(area: Area, rule: str, listed: str) -> None:
    draft = area.begun()
    page = area.answer(f"{draft}/rules/add?rule={rule}", {}).location.split("?")[0].replace("/line/", "/add/")
    assert "or “None of these”" in area.answer(f"{page}/{listed}", {"title": "Booklet", "serves": None}, 422).text
    assert area.answer(f"{page}/{listed}", {"title": "Booklet", "serves": "local-review"}).location.endswith("done=added")


def test_a_step_that_is_there_is_saved_without_an_answer_and_keeps_its_source_with_one(area: Area) -> None:
    draft = area.begun()
    before = {n: v for n, v in huddle(area, draft).items() if n != "serves"}
    changed(area, draft, lambda c: drafts.put(c, PLACE, before))
    area.answer(f"{draft}/{HUDDLE}", {})
    assert huddle(area, draft) == before
    area.answer(f"{draft}/{HUDDLE}", {"serves": "none"})
    assert huddle(area, draft) == {**before, "serves": "none"}, "no page says which duty of the law it is"
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/{HUDDLE}", {"day": "14"})
    assert huddle(area, draft) == {**before, "serves": "none"}, "what is changed back is the page's again, and the answer stays"


def test_the_check_asks_about_a_late_step_that_a_file_brought_and_leads_to_its_page(area: Area) -> None:
    draft = area.begun()
    changed(area, draft, lambda c: drafts.add(c, PLACE[:3], LATE)[0])
    asked = area.by(LEAD).get(f"{draft}/check")
    assert (
        "Nobody has said which duty of the law this serves: “Closing talk” (30 working days; as the rapid review too late)"
        in asked.text
    )
    step = f"{draft}/line/rules/rapid-review-plan/steps/closing-talk"
    assert any(str(a.get("href")).startswith(step) for a in asked.page.all("a"))
    area.answer(step, {"serves": "none"})
    assert "Nobody has said" not in area.by(LEAD).get(f"{draft}/check").text
    area.answer(step, {"serves": "rapid-review"})
    assert "cannot lengthen a statutory clock" in area.by(LEAD).get(f"{draft}/check").text


def test_an_answer_is_told_in_a_comparison(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"serves": "none"})
    assert "none of the law’s duties" in area.by(LEAD).get(f"{draft}/compare").text
    area.answer(f"{draft}/{HUDDLE}", {"serves": "local-review"})
    assert "the local child safeguarding practice review" in area.by(LEAD).get(f"{draft}/compare").text
