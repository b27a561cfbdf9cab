"""What a draft would change in open cases, step by step: what is done, what starts a step, and its time."""

from __future__ import annotations

from uuid import uuid4

from tests.arrangements.area import HUDDLE, LEAD, Area, area, day
from tests.arrangements.vale import APRIL, GOVERNANCE
from threefold.work.incidents.stories import record_incident

__all__ = ["area"]


def rows(area: Area, draft: str) -> dict[str, list[str]]:
    """The cells of each step's row, by the title of the step."""
    found: list[list[str]] = []
    for element in area.by(LEAD).get(f"{draft}/cases").page.elements:
        if element.name == "tr":
            found.append([])
        elif element.name in ("th", "td"):
            found[-1].append(" ".join(element.text.split()))
    return {title: cells for title, *cells in found}


def test_a_step_that_is_done_is_told_as_done(area: Area) -> None:
    events = [("aware", "2027-03-01"), ("notification_sent", "2027-03-01"), ("done:rapid-review-plan.huddle", "2027-03-05")]
    facts = {
        "incident": {"children": [{"key": "child-1", "died": "yes"}]},
        "review": {"events": [{"name": name, "at": at} for name, at in events]},
    }
    with area.site.database.unit(area.body, area.site.at) as unit:
        record_incident(unit, GOVERNANCE, facts, uuid4())
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    assert "Executive huddle" not in rows(area, draft), "it is done in every way"
    area.answer(f"{draft}/{HUDDLE}", {"ends_with": "rapid_review_started"})
    assert rows(area, draft)["Executive huddle"] == ["Done", "Done", "No date yet"]
