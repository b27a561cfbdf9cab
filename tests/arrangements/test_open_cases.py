"""What a draft would change in open cases, step by step: what is done, what starts a step, and its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.arrangements.area import HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.vale import APRIL, GOVERNANCE, NOW_IN_FORCE
from tests.governance.test_changed_starts import SAID
from threefold.governance import drafts
from threefold.governance.pack import RuleUse
from threefold.governance.publishing import document
from threefold.work.arrangements import drafting
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents.stories import record_incident
from threefold.work.people.access import AREA_LEAD

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


def times(area: Area, draft: str) -> dict[str, str]:
    """What is told of the steps without a date, by the title of the step."""
    listed = (" ".join(e.text.split()) for e in area.by(LEAD).get(f"{draft}/cases").page.all("li"))
    return dict(one.split(": ", 1) for one in listed if "had the case begun under the draft" in one)


def case_of(area: Area, *events: tuple[str, str]) -> None:
    told = {"incident": {"children": [{"key": "child-1", "died": "yes"}]}, "review": {"events": [{"name": n, "at": at} for n, at in events]}}  # fmt: skip
    with area.site.database.unit(area.body, area.site.at) as unit:
        record_incident(unit, GOVERNANCE, told, uuid4())


def ladder(span: dict[str, Any] | None) -> dict[str, Any]:
    """One stage of a disagreement."""
    return {
        "stages": [
            {
                "key": "talk",
                "title": "Managers talk",
                "stage": 1,
                "start_events": ["dispute_raised"],
                "source": SAID,
                "span": span,
            }
        ]
    }


def in_force_with_ladder(area: Area, span: dict[str, Any] | None) -> None:
    """A case in which a disagreement was raised, in an area with such a stage."""
    uses = (*NOW_IN_FORCE.uses, RuleUse("ladder", "escalation-ladder", 1, ladder(span)))
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version="l", title="Ladder", begins=date(2027, 3, 11), uses=uses))
    area.site.at = datetime(2027, 3, 15, 9, tzinfo=UTC)
    area.browsers.clear()
    case_of(area, ("aware", "2027-03-12"), ("dispute_raised", "2027-03-12"))


def reset(area: Area, draft: str, use: str, settings: dict[str, Any]) -> None:
    """Give a rule of a draft other settings."""

    def changed(content: Any) -> Any:
        return {**content, "uses": [{**u, "settings": settings} if u["use"] == use else u for u in content["uses"]]}

    with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
        drafting.change_draft(unit, UUID(draft.rsplit("/", 1)[1]), "set otherwise", changed)


@pytest.mark.parametrize("way", ["move_at_next_stage", "finish_under_old"])
def test_the_time_of_a_step_without_a_date_is_told_in_each_way(area: Area, way: str) -> None:
    case_of(area, ("aware", "2027-03-08"))
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", {**day("begins", APRIL), "open_cases": way})
    now, _, rest = times(area, draft)["Executive huddle"].partition(" as it is; ")
    crossing, _, under = rest.partition(" once the draft is in force; ")
    assert now.startswith("14 working days") and under.startswith("12 working days") and ", from when " in under
    assert crossing == (
        under.removesuffix(" had the case begun under the draft") if way == "move_at_next_stage" else "the same"
    )


def test_what_ends_a_stage_is_not_told_as_what_starts_it(area: Area) -> None:
    in_force_with_ladder(area, None)
    draft = area.begun("Five days")
    reset(area, draft, "ladder", ladder({"amount": 5, "unit": "working_days"}))
    area.answer(f"{draft}/about", day("begins", APRIL))
    talk = times(area, draft)["Managers talk"]
    assert talk.startswith(
        "no time stated, from when a disagreement was raised as it is; the same once the draft is in force; "
    )
    assert "settled" not in talk and "Friday 19 March 2027 had the case begun under the draft" in talk


def test_a_step_of_which_several_days_are_told_is_not_among_those_without_a_date(area: Area) -> None:
    in_force_with_ladder(area, {"amount": 5, "unit": "not_stated"})
    draft = area.begun("Six days")
    reset(area, draft, "ladder", ladder({"amount": 6, "unit": "not_stated"}))
    area.answer(f"{draft}/about", day("begins", APRIL))
    assert "Managers talk" not in times(area, draft)
    assert "17 March 2027" in rows(area, draft)["Managers talk"][0] and "18 March 2027" in rows(area, draft)["Managers talk"][2]


def longer_ladder(first: int, second: int, third: bool = False) -> dict[str, Any]:
    """A ladder of two stages, or of three."""
    stages = [
        {
            "key": key, "title": title, "stage": number, "start_events": [starts], "source": SAID,
            "span": {"amount": amount, "unit": "working_days"},
        }
        for number, (key, title, starts, amount) in enumerate(
            (("one", "Step one", "dispute_raised", first), ("two", "Step two", "dispute_stage_2", second), ("three", "Step three", "dispute_stage_2", 2)), 1
        )
    ]  # fmt: skip
    return {"stages": stages[: 3 if third else 2]}


@pytest.mark.parametrize("way", ["move_at_next_stage", "finish_under_old"])
def test_the_stages_that_a_disagreement_has_before_it_are_told_beforehand(area: Area, way: str) -> None:
    uses = (*NOW_IN_FORCE.uses, RuleUse("ladder", "escalation-ladder", 1, longer_ladder(5, 10)))
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version="l", title="Ladder", begins=date(2027, 3, 11), uses=uses))
    area.site.at = datetime(2027, 3, 15, 9, tzinfo=UTC)
    area.browsers.clear()
    case_of(area, ("aware", "2027-03-12"))
    draft = area.begun("Quicker")
    area.answer(f"{draft}/about", {**day("begins", APRIL), "open_cases": way})
    assert "other stages of a disagreement" not in area.by(LEAD).get(f"{draft}/cases").text
    reset(area, draft, "ladder", longer_ladder(5, 4, third=True))
    told = area.by(LEAD).get(f"{draft}/cases").text
    moves = way == "move_at_next_stage"
    assert "The draft has other stages of a disagreement, or gives them other times." in told
    assert ("A stage that begins once the draft is in force goes by the draft" in told) == moves
    assert "Step two" not in times(area, draft), "nobody disagrees in it"
    case_of(area, ("aware", "2027-03-12"), ("dispute_raised", "2027-03-12"))
    from_when = "from when a disagreement reached stage 2"
    listed = times(area, draft)
    assert listed["Step two"].startswith(f"10 working days, {from_when}")
    assert (f"4 working days, {from_when} once the draft is in force" in listed["Step two"]) == moves
    assert f"4 working days, {from_when} had the case begun" in listed["Step two"] or moves
    assert listed["Step three"].startswith("No such step as it is; ")
    assert (f"2 working days, {from_when} once the draft is in force" in listed["Step three"]) == moves


def test_what_runs_by_the_hour_is_told_with_its_clock(area: Area) -> None:
    def by_the_hour(hours: int) -> dict[str, Any]:
        step = {
            "key": "call", "title": "A call to the partners", "start_events": ["notification_sent"], "source": SAID,
            "span": {"amount": hours, "unit": "hours"},
        }  # fmt: skip
        return {"start_events": ["notification_sent"], "unit": "working_days", "steps": [step]}

    uses = (*NOW_IN_FORCE.uses, RuleUse("calls", "timetable", 1, by_the_hour(24)))
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version="h", title="Hours", begins=date(2027, 3, 11), uses=uses))
    area.site.at = datetime(2027, 3, 30, 7, tzinfo=UTC)
    area.browsers.clear()
    case_of(area, ("aware", "2027-03-12"), ("notification_sent", "2027-03-30T07:00:00+00:00"))
    draft = area.begun("Longer")
    reset(area, draft, "calls", by_the_hour(38))
    area.answer(f"{draft}/about", day("begins", APRIL))
    assert rows(area, draft)["A call to the partners"] == [
        "Wednesday 31 March 2027 at 8am", "The same", "Wednesday 31 March 2027 at 10pm"]  # fmt: skip
    (case,) = [e.get("href") for e in area.by(LEAD).get(f"{draft}/cases").page.all("a") if "/cases/" in (e.get("href") or "")]
    said = area.by(MANAGER).get(str(case)).text
    assert "Wednesday 31 March 2027 at 8am" in said


def test_words_of_a_stage_are_no_other_stage_and_its_condition_is(area: Area) -> None:
    stood = longer_ladder(5, 10)
    stood["stages"][1]["span"]["unit_from"] = "inferred"
    uses = (*NOW_IN_FORCE.uses, RuleUse("ladder", "escalation-ladder", 1, stood))
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version="l", title="Ladder", begins=date(2027, 3, 11), uses=uses))
    area.site.at = datetime(2027, 3, 15, 9, tzinfo=UTC)
    area.browsers.clear()
    case_of(area, ("aware", "2027-03-12"), ("dispute_raised", "2027-03-12"))
    draft = area.begun("Worded anew")
    area.answer(f"{draft}/about", {**day("begins", APRIL), "open_cases": "move_at_next_stage"})

    def settled(settings: dict[str, Any]) -> str:
        reset(area, draft, "ladder", settings)
        return area.by(LEAD).get(f"{draft}/cases").text

    new = longer_ladder(5, 10)
    new["stages"][1]["title"] = "The second step"
    assert "other stages of a disagreement" not in settled(new)
    new["stages"][1]["when"] = {"is": {"fact": "incident.near_miss", "value": "yes"}}
    assert "other stages of a disagreement" in settled(new)
    assert ", only when " in times(area, draft)["Step two"]


def test_a_correction_without_a_day_is_tried_from_the_day_of_what_it_corrects(area: Area) -> None:
    case_of(area, ("aware", "2027-03-01"), ("notification_sent", "2027-03-02"), ("notification_copied", "2027-03-02"))
    draft = area.begun("Right")
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", {"corrects": NOW_IN_FORCE.version, "note": "The day was written down wrongly."})
    told = area.by(LEAD).get(f"{draft}/cases").text
    assert "as if it began on 1 January 2026, the day of what it corrects" in " ".join(told.split())
    assert f"written down wrongly: “{NOW_IN_FORCE.title}”" in area.by(LEAD).get(draft).text
    without_a_day = rows(area, draft)
    assert without_a_day["Executive huddle"][0] != without_a_day["Executive huddle"][1], "the correction moves what has begun"
    area.answer(f"{draft}/about", day("begins", NOW_IN_FORCE.begins))
    assert rows(area, draft) == without_a_day


@pytest.mark.parametrize("way", ["move_at_next_stage", "finish_under_old"])
def test_of_a_version_for_a_time_it_is_told_what_governs_once_it_has_ended(area: Area, way: str) -> None:
    case_of(area, ("aware", "2027-03-01"), ("notification_sent", "2027-03-01"), ("publication_planned", "2027-05-20"))
    draft = area.begun()
    family = {"title": "Tell the family of the day", "due_by": "own", "span__amount": "5", "span__unit": "working_days"}
    area.answer(f"{draft}/add/rules/rapid-review-plan/steps", {**family, "start_events": ["publication_planned"]})
    about = {**day("begins", APRIL), **day("until", date(2027, 4, 30)), "open_cases": way}
    area.answer(f"{draft}/about", about)
    told = document(GOVERNANCE, drafts.as_arrangement(area.content(draft)), "Vale")["open_cases"]
    assert ("After its last day" in told) is ("the day of the notification" in told) is (way == "move_at_next_stage")
    page = area.by(LEAD).get(f"{draft}/cases")
    assert "its last day is Friday 30 April 2027. From the day after, what was in force before governs again." in page.text
    assert ("as if nothing more began in the case by then" in page.text) is (way == "move_at_next_stage")
    headings = ["As it is", "Once the draft is in force", "Once it has ended", "Had the case begun under the draft"]
    assert [" ".join(e.text.split()) for e in page.page.all("th")][1:5] == headings
    moved = "Thursday 27 May 2027" if way == "move_at_next_stage" else "No such step"
    assert rows(area, draft)["Tell the family of the day"] == ["No such step", moved, "No such step", "Thursday 27 May 2027"]
    area.answer(f"{draft}/about", {**about, **day("until", date(2027, 5, 20))})
    ended = rows(area, draft)["Tell the family of the day"][2]
    assert ended == moved, "what has begun by its last day keeps the date that it gave"


def test_of_a_version_for_a_time_the_time_of_a_step_without_a_date_is_told_as_it_is_once_it_has_ended(area: Area) -> None:
    case_of(area, ("aware", "2027-03-01"), ("notification_sent", "2027-03-01"))
    draft = area.begun()
    told = {"title": "Family told", "due_by": "own", "span__amount": "2", "span__unit": "weeks"}
    area.answer(f"{draft}/add/rules/rapid-review-plan/steps", {**told, "start_events": ["done:rapid-review-plan.huddle"]})
    area.answer(
        f"{draft}/about", {**day("begins", APRIL), **day("until", date(2027, 4, 30)), "open_cases": "move_at_next_stage"}
    )
    said = times(area, draft)["Family told"]
    assert (
        said.startswith("No such step as it is; 2 weeks")
        and "once the draft is in force; as it is now once it has ended;" in said
    )
