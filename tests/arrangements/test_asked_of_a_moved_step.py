"""A step that an open case takes over from a newer version rests on a question of that version: the case is asked it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from tests.arrangements.area import MANAGER, Area, area, day
from tests.arrangements.test_signature_reminders import here
from tests.arrangements.vale import APRIL, GOVERNANCE, NOW_IN_FORCE
from tests.governance.test_changed_starts import SAID
from tests.reminders.test_reminders import Inbox, inbox
from tests.reviews.neighbours import Neighbours
from threefold.doors.worker import planning
from threefold.governance.pack import Arrangement, RuleUse
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents.stories import add_event, record_incident

__all__ = ["area", "here", "inbox"]
CARER = "Was a foster carer there?"


def next_version(way: str) -> Arrangement:
    """It asks about a carer, and has a step three working days after the Panel replied where one was there; and asks something else too."""
    questions = [
        {"key": key, "title": words, "source": SAID} for key, words in (("carer", CARER), ("other", "Was a car there?"))
    ]
    step = {"key": "call", "title": "Call the carer", "start_events": ["panel_replied"], "span": {"amount": 3, "unit": "working_days"},
            "when": {"is": {"fact": "incident.local.carer", "value": "yes"}}, "source": SAID}  # fmt: skip
    uses = (
        *NOW_IN_FORCE.uses,
        RuleUse("own", "local-criteria", 1, {"questions": questions, "criteria": []}),
        RuleUse("calls", "timetable", 1, {"unit": "working_days", "steps": [step], "source": SAID}),
    )
    return replace(NOW_IN_FORCE, version="next", title="Next", begins=APRIL, open_cases=way, uses=uses)


def moved(area: Area, way: str = "move_at_next_stage") -> UUID:
    """A case begun in March, to whose rapid review the Panel replied on Friday 2 April."""
    facts = {
        "incident": {"children": [{"key": "child-1", "died": "yes"}]},
        "review": {"events": [{"name": "aware", "at": "2027-03-10"}]},
    }
    with area.site.database.unit(area.body, area.site.at) as unit:
        case_id = record_incident(unit, GOVERNANCE, facts, uuid4()).id
        enter_version(unit, GOVERNANCE, next_version(way))
    area.site.at = datetime(2027, 4, 2, 9, tzinfo=UTC)
    area.browsers.clear()
    with area.site.database.unit(area.body, area.site.at) as unit:
        add_event(unit, GOVERNANCE, case_id, "panel_replied", date(2027, 4, 2))
    return case_id


def said(area: Area, page: str) -> str:
    return " ".join(area.by(MANAGER).get(page).text.split())


def test_a_case_is_asked_what_a_step_rests_on_that_it_takes_over_and_nothing_else(area: Area) -> None:
    case = f"/b/example-vale/cases/{moved(area)}"
    assert (
        "Call the carer" in said(area, case) and "only if a condition holds that is not clear yet" in said(area, case).lower()
    )
    asked = said(area, f"{case}/record/local")
    assert CARER in asked and "Was a car there?" not in asked
    assert CARER in said(area, f"{case}/record/check")
    area.answer(f"{case}/record/local", {"local-carer": "no"}, email=MANAGER)
    assert "Call the carer" not in said(area, case)
    for page in ("local", "check"):
        shown = said(area, f"{case}/record/{page}")
        assert CARER in shown and "This is not asked of this case any more" not in shown, "it is asked whatever was answered"
    area.answer(f"{case}/record/local", {"local-carer": "yes"}, email=MANAGER)
    now = said(area, case)
    assert "Call the carer" in now and "that is not clear yet" not in now


def test_a_case_that_finishes_under_the_old_is_asked_nothing_of_the_new(area: Area) -> None:
    case = f"/b/example-vale/cases/{moved(area, 'finish_under_old')}"
    assert "Call the carer" not in said(area, case)
    assert CARER not in said(area, f"{case}/record/check")


def test_nobody_is_reminded_of_a_step_that_may_not_apply(area: Area, here: Neighbours, inbox: Inbox) -> None:
    case_id = moved(area)

    def reminded_until(last: date) -> list[str]:
        while here.at.date() < last:
            here.at = area.site.at = here.at + timedelta(days=1)
            planning.remind_all(here.bench, here.at)
            here.work()
        return [m["Subject"] for m in inbox.mails if "7 April 2027" in m["Subject"]]

    here.at = area.site.at
    with area.site.database.unit(area.body, area.site.at) as unit:
        add_event(unit, GOVERNANCE, case_id, "notification_sent", date(2027, 3, 16))
    assert reminded_until(date(2027, 4, 9)) == []
    assert any("8 April 2027" in m["Subject"] for m in inbox.mails), "of the rapid review they were"
    assert "7 April" not in said(area, f"/b/example-vale/cases/{case_id}/reminders")


def test_the_page_of_open_cases_says_beforehand_what_a_case_would_be_asked(area: Area) -> None:
    """The draft words the question anew on which a step rests that has not begun: it is another question, and nobody answered it yet."""
    stands = replace(next_version("finish_under_old"), version="stands", title="Stands", begins=date(2027, 3, 9))
    facts = {
        "incident": {"children": [{"key": "child-1", "died": "yes"}], "local": {"carer": "yes"}},
        "review": {"events": [{"name": "aware", "at": "2027-03-10"}]},
    }
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, stands)
        record_incident(unit, GOVERNANCE, facts, uuid4())
    for way, told in (("move_at_next_stage", True), ("finish_under_old", False)):
        draft = area.begun(way)
        area.answer(f"{draft}/about", day("begins", APRIL) | {"open_cases": way})
        area.answer(f"{draft}/line/rules/own/questions/carer", {"title": "Was a guardian there?"})
        assert ("since a step of the draft rests on it: “Was a guardian there?”." in said(area, f"{draft}/cases")) is told
