"""What starts a local clock: the same day as the law counts from, whether it is an event or an answer of the incident's own form."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from plugins.timetable import Timetable
from tests.governance.test_changed_starts import REAL, SAID, version
from threefold.governance.pack import Arrangement, RuleUse
from threefold.governance.verdict import step_of
from threefold.plugin_api.facts import read_facts

AS_OF = date(2027, 3, 31)


def due(start: str, incident: dict[str, Any], *events: tuple[str, str]) -> dict[str, date | datetime | None]:
    """By its key, when a step of a plan and a chosen kind of review are due: two working days from what starts them."""
    span = {"amount": 2, "unit": "working_days"}
    step = {"key": "step", "title": "Step", "start_events": [start], "span": span, "source": SAID}
    kind = {"key": "kind", "title": "Kind", "clock": span, "clock_starts": [start], "source": SAID}
    uses = (
        RuleUse("plan", "timetable", 1, {"unit": "working_days", "steps": [step], "source": SAID}),
        RuleUse("kinds", "review-types", 1, {"types": [kind]}),
        RuleUse(
            "ladder",
            "escalation-ladder",
            1,
            {"stages": [{"key": "stage", "title": "Stage", "stage": 1, "start_events": [start], "span": span, "source": SAID}]},
        ),
    )
    facts = {"incident": incident, "review": {"local_type": "kind", "events": [{"name": n, "at": at} for n, at in events]}}
    verdict = REAL.decide("area", (version("one", date(2027, 1, 1), *uses),), read_facts(facts), AS_OF)
    return {ln.finding.key: step_of(ln).due_on for ln in verdict.of("steps") if ln.rule.layer == "local"}


CHILD = {"key": "child-1", "died": "yes"}


@pytest.mark.parametrize(("start", "incident", "events", "day"), [
    ("incident", {"happened_on": "2027-03-08", "children": [CHILD]}, (), date(2027, 3, 10)),
    ("death", {"children": [{**CHILD, "died_on": "2027-03-08"}]}, (), date(2027, 3, 10)),
    ("death", {"children": [{**CHILD, "died_on": "2027-03-09"}, {**CHILD, "key": "child-2", "died_on": "2027-03-08"}]}, (), date(2027, 3, 10)),
    ("death", {"children": [CHILD]}, (("death", "2027-03-08"),), date(2027, 3, 10)),
    ("death", {"children": [CHILD]}, (), None),
    # A day that was left beside the corrected answer is nobody's.
    ("death", {"children": [{**CHILD, "died": "no", "died_on": "2027-03-08"}]}, (), None),
    ("death", {"children": [{**CHILD, "died_on": "2027-03-09"}, {**CHILD, "key": "child-2", "died": "no", "died_on": "2027-03-08"}]}, (), date(2027, 3, 11)),
    ("aware", {"happened_on": "2027-03-08", "children": [CHILD]}, (), None),
    # A day that was planned is not planned any more once another was put on record.
    ("publication_planned", {"children": [CHILD]}, (("publication_planned", "2027-06-01"), ("publication_planned", "2027-06-15")), date(2027, 6, 17)),
    ("publication_planned", {"children": [CHILD]}, (("publication_planned", "2027-06-15"), ("publication_planned", "2027-06-01")), date(2027, 6, 3)),
])  # fmt: skip
def test_a_local_clock_starts_on_the_day_that_is_on_record(
    start: str, incident: dict[str, Any], events: tuple[tuple[str, str], ...], day: date | None
) -> None:
    assert due(start, incident, *events) == {"step": day, "kind": day} | ({"stage": day} if day else {})


def call(name: str, begins: date, *days: int) -> Arrangement:
    """A version with a step of so many working days from the incident and one from the death; without a number it has neither."""
    steps = [
        {
            "key": start,
            "title": "Call",
            "start_events": [start],
            "span": {"amount": amount, "unit": "working_days"},
            "source": SAID,
        }
        for amount in days
        for start in ("incident", "death")
    ]
    uses = [RuleUse("calls", "timetable", 1, {"unit": "working_days", "steps": steps, "source": SAID})] if steps else []
    return version(name, begins, *uses)


FIRST, SECOND = call("first", date(2026, 1, 1), 5), call("second", date(2027, 2, 1), 7)
LIVES = {"key": "child-2", "died": "no", "died_on": "2024-01-12"}


@pytest.mark.parametrize("versions", [
    (FIRST, SECOND), (FIRST, SECOND, call("third", date(2027, 3, 15), 9)), (FIRST, call("without", date(2027, 2, 1))),
])  # fmt: skip
@pytest.mark.parametrize(("start", "incident", "events"), [
    ("incident", {"children": [CHILD]}, [("incident", "2027-01-12")]),
    ("incident", {"happened_on": "2027-01-12", "children": [CHILD]}, []),
    ("death", {"children": [CHILD]}, [("death", "2027-01-12")]),
    ("death", {"children": [{**CHILD, "died_on": "2027-01-12"}]}, []),
    ("death", {"children": [{**CHILD, "died_on": "2027-01-12"}, LIVES]}, []),
])  # fmt: skip
def test_what_began_before_anybody_was_aware_is_of_the_version_of_its_day(
    start: str, incident: dict[str, Any], events: list[tuple[str, str]], versions: tuple[Arrangement, ...]
) -> None:
    """However that day stands on record, and whatever begins after it."""
    told = [{"name": name, "at": at} for name, at in (*events, ("aware", "2027-03-01"))]
    verdict = REAL.decide("area", versions, read_facts({"incident": incident, "review": {"events": told}}), AS_OF)
    (line,) = [ln for ln in verdict.of("steps") if ln.rule.use == "calls" and ln.finding.key == start]
    assert (line.pin.version, step_of(line).due_on) == ("first", date(2027, 1, 19))


@pytest.mark.parametrize(("name", "incident"), [
    ("incident", {"happened_on": "2027-03-08", "children": [CHILD]}), ("death", {"children": [{**CHILD, "died_on": "2027-03-08"}]}),
])  # fmt: skip
@pytest.mark.parametrize("on_the_form", [True, False])
def test_a_day_of_the_incident_s_form_tells_and_completes_like_one_on_record(
    name: str, incident: dict[str, Any], on_the_form: bool
) -> None:
    ends = {"ends_with": name, "source": SAID, "start_events": ["aware"], "span": {"amount": 2, "unit": "working_days"}}
    told = {"key": "tell", "title": "Tell", "event": name, "whom": "The coroner", "source": SAID}
    uses = (
        RuleUse("plan", "timetable", 1, {"unit": "working_days", "steps": [{"key": "step", "title": "Step", **ends}]}),
        RuleUse(
            "ladder",
            "escalation-ladder",
            1,
            {"tells": [told], "stages": [{"key": "stage", "title": "Stage", "stage": 1, **ends}]},
        ),
    )
    events = [("aware", "2027-03-10"), *([] if on_the_form else [(name, "2027-03-08")])]
    facts = {"incident": incident if on_the_form else {"children": [CHILD]}}
    facts["review"] = {"events": [{"name": n, "at": at} for n, at in events]}
    verdict = REAL.decide("area", (version("one", date(2027, 1, 1), *uses),), read_facts(facts), AS_OF)
    done = {ln.finding.key: step_of(ln).done_on for ln in verdict.of("steps") if ln.rule.layer == "local"}
    assert done == {"step": date(2027, 3, 8), "stage": date(2027, 3, 8)}
    (line,) = [ln for ln in verdict.of("to_tell") if ln.rule.use == "ladder"]
    assert (line.finding.key, line.finding.starts_on) == ("tell", date(2027, 3, 8))


def purposes(*steps: dict[str, Any], kind: str = "") -> set[tuple[str, bool, bool]]:
    """What the steps of a case serve, and whether the law and the area each say something of it. The review was decided on 8 March 2027."""
    given = [{"title": "Step", "start_events": ["local_review_decided"], "span": {"amount": 2, "unit": "working_days"}, "source": SAID} | one for one in steps]  # fmt: skip
    one = {"key": "kind", "title": "Kind", "serves": kind, "clock": {"amount": 4, "unit": "calendar_months"}, "clock_starts": ["local_review_decided"], "source": SAID}  # fmt: skip
    uses = (
        *((RuleUse("plan", "timetable", 1, {"unit": "working_days", "steps": given, "source": SAID}),) if given else ()),
        RuleUse("kinds", "review-types", 1, {"types": [one]}),
        RuleUse("law", "statutory-practice-review", 1, {}),
    )
    events = [{"name": "local_review_decided", "at": "2027-03-08", "how": "yes"}]
    facts = read_facts({"incident": {}, "review": {"local_type": "kind", "events": events}})
    verdict = REAL.decide("area", (version("one", date(2027, 1, 1), *uses),), facts, AS_OF)
    return {(t.serves, bool(t.statutory), bool(t.local)) for t in verdict.two_dates}


def test_steps_that_serve_no_duty_stand_each_for_itself() -> None:
    served = purposes({"key": "a", "serves": "none"}, {"key": "b", "serves": "none"})
    assert {("plan.a", False, True), ("plan.b", False, True)} <= served


def test_a_step_or_a_kind_of_review_that_is_the_local_review_stands_beside_the_law_s_date() -> None:
    assert ("local-review", True, True) in purposes({"key": "a", "serves": "local-review"})
    assert ("local-review", True, True) in purposes(kind="local-review")
    assert {("local-review", True, False), ("local-type.kind", False, True)} <= purposes(kind="none")


def test_a_step_that_is_done_with_another_says_so() -> None:
    steps = [
        {"key": key, "title": key, "ends_with": ends, "source": SAID} for key, ends in (("a", ""), ("b", "done:timetable.a"))
    ]
    first, second = Timetable({"steps": steps}).provides()
    assert "It is done when" not in first.sentence
    assert "It is done when the step 'timetable.a' is done." in second.sentence
