"""Rows C-1 to C-11: which deaths are reviewed, the joint agency response, and the clocks, some of them in hours."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plugins.statutory_child_death import StatutoryChildDeath
from tests.plugins.statutory.editions import DAYS, case, duty, rule, step

CD = StatutoryChildDeath
LONDON = ZoneInfo("Europe/London")


def reviewed(**child: Any) -> str:
    found = duty(case(child), "child-death-review/child-1", CD)
    return found.arises if found else "not said"


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        ({"died": "yes", "age_years": 16}, "yes"),
        ({"died": "yes", "live_born": "yes"}, "yes"),
        ({"died": "yes", "age_years": 0, "live_born": "yes"}, "yes"),
        ({"died": "yes"}, "yes"),
        ({"died": "yes", "age_years": 0}, "unclear"),
        ({"died": "yes", "live_born": "unclear"}, "unclear"),
        ({"age_years": 9}, "unclear"),
        ({"died": "unclear", "age_years": 9}, "unclear"),
        ({"died": "no", "age_years": 9}, "not said"),
        ({"died": "yes", "age_years": 18}, "no"),
        ({"died": "yes", "live_born": "no", "unattended_stillbirth": "no"}, "no"),
        ({"died": "yes", "live_born": "no", "unattended_stillbirth": "yes"}, "yes"),
        ({"died": "yes", "live_born": "no"}, "unclear"),
        ({"died": "yes", "unborn": "yes"}, "unclear"),
        ({"died": "yes", "age_years": 9, "lives_in": "W99000001"}, "no"),
    ],
)
def test_any_child_born_alive_who_died_before_18(child: dict[str, Any], expected: str) -> None:
    assert reviewed(**child) == expected


def test_what_was_taken_as_usual_is_said() -> None:
    def sentence(**child: Any) -> str:
        found = duty(case({"died": "yes", **child}), "child-death-review/child-1", CD)
        assert found is not None
        return found.sentence

    assert "taken so" in sentence()
    assert "taken so" not in sentence(live_born="yes")
    assert "taken so" not in sentence(age_years=3)


def test_an_unattended_stillbirth_is_not_said_to_be_required_by_the_act() -> None:
    found = duty(case({"unattended_stillbirth": "yes", "live_born": "no"}), "child-death-review/child-1", CD)
    assert found is not None
    assert (found.arises, found.source.force) == ("yes", "SG")


def test_the_partners_of_residence_have_the_duty_and_those_of_the_death_may_review() -> None:
    facts = case({"died": "yes", "age_years": 9, "lives_in": "E99000001", "died_in": "E99000002"})
    found = duty(facts, "child-death-review/child-1", CD)
    assert found is not None
    assert found.who == "The child death review partners of E99000001"
    assert [(o.key, o.is_open) for o in rule(CD).outcomes(facts)] == [("child-death-review-here/child-1", "yes")]
    at_home = case({"died": "yes", "age_years": 9, "lives_in": "E99000001", "died_in": "E99000001"})
    assert list(rule(CD).outcomes(at_home)) == []


# Joint agency response

QUIET = {"external_cause": "no", "sudden_unexplained": "no", "in_custody_or_detained": "no", "suspicious": "no"}


def response(**child: Any) -> str:
    found = duty(case({"died": "yes", "age_years": 9, **child}), "joint-agency-response/child-1", CD)
    assert found is not None
    return found.arises


@pytest.mark.parametrize("trigger", sorted(QUIET))
def test_any_one_trigger_is_enough(trigger: str) -> None:
    assert response(**{**QUIET, trigger: "yes"}) == "yes"
    assert response(**{trigger: "yes"}) == "yes"


def test_none_of_them_is_no_and_one_left_open_is_unclear() -> None:
    assert response(**QUIET) == "no"
    for trigger in QUIET:
        assert response(**{**QUIET, trigger: "unclear"}) == "unclear"
        assert response(**{k: v for k, v in QUIET.items() if k != trigger}) == "unclear"


def test_an_unattended_stillbirth_is_a_trigger() -> None:
    found = duty(case({"unattended_stillbirth": "yes", "live_born": "no"}), "joint-agency-response/child-1", CD)
    assert found is not None
    assert found.arises == "yes"


def test_case_1_a_suicide_is_a_death_from_external_causes() -> None:
    assert response(suspected_suicide="yes") == "yes"
    assert response(**{**QUIET, "suspected_suicide": "unclear"}) == "unclear"
    assert response(**{**QUIET, "suspected_suicide": "no"}) == "no"


# Clocks


def test_hours_are_hours_over_the_night_the_clocks_change() -> None:
    facts = case({"died": "yes", "age_years": 3}, events=[("death", "2026-03-28T12:00:00+00:00")])
    office, database = step(facts, "tell-office/child-1", CD), step(facts, "tell-database/child-1", CD)
    assert office is not None and database is not None
    assert office.due_on == datetime(2026, 3, 29, 13, 0, tzinfo=LONDON)
    assert database.due_on == datetime(2026, 3, 30, 13, 0, tzinfo=LONDON)
    assert {office.source.sure, database.source.sure} == {"K"}


def test_with_only_the_day_on_record_hours_run_from_its_end() -> None:
    facts = case({"died": "yes", "age_years": 3, "died_on": "2026-03-02"})
    found = step(facts, "tell-office/child-1", CD)
    assert found is not None
    assert found.due_on == datetime(2026, 3, 3, 23, 59, tzinfo=LONDON)


def test_each_child_s_death_has_its_own_clock() -> None:
    facts = case(
        {"died": "yes", "age_years": 3, "died_on": "2026-03-02"}, {"died": "yes", "age_years": 5, "died_on": "2026-03-09"},
        {"died": "no", "age_years": 7}, events=[("death", "2026-03-02T08:00:00+00:00")],
    )  # fmt: skip
    found = {s.key: s.due_on for s in rule(CD).steps(facts, DAYS) if s.key.startswith("review-meeting")}
    assert found == {"review-meeting/child-1": date(2026, 6, 2), "review-meeting/child-2": date(2026, 6, 9)}
    assert step(facts, "tell-office/child-1", CD).due_on == datetime(2026, 3, 3, 8, 0, tzinfo=LONDON)  # type: ignore[union-attr]


def test_no_clock_runs_for_a_death_outside_the_scope_or_not_known_to_be_in_it() -> None:
    for child in ({"died": "yes", "live_born": "no", "unattended_stillbirth": "no"}, {"died": "yes", "age_years": 0}):
        assert list(rule(CD).steps(case(child, events=[("death", "2026-03-02")]), DAYS)) == []


def test_the_panel_meets_as_a_guide_six_weeks_after_the_later_of_meeting_and_inquest() -> None:
    events = [("death", "2026-01-05"), ("child_death_meeting", "2026-02-02"), ("inquest_ended", "2026-03-02")]
    found = step(case({"died": "yes", "age_years": 3}, events=events), "panel/child-1", CD)
    assert found is not None
    assert (found.start_event, found.due_on, found.optional) == ("inquest_ended", date(2026, 4, 13), True)


def test_each_step_ends_with_an_event() -> None:
    events = [
        ("death", "2026-01-05"),
        ("child_death_meeting", "2026-02-02"),
        ("done:child-death.tell-office.child-1", "2026-01-05"),
    ]
    facts = case({"died": "yes", "age_years": 3}, events=events)
    found = {s.key: (s.ends_with, s.done_on) for s in rule(CD).steps(facts, DAYS)}
    assert found["tell-office/child-1"] == ("done:child-death.tell-office.child-1", date(2026, 1, 5))
    assert found["review-meeting/child-1"] == ("child_death_meeting", date(2026, 2, 2))
    assert all(ends for ends, _ in found.values())


def test_abuse_suspected_at_the_meeting_is_told_to_the_panel_and_the_partners() -> None:
    told = list(rule(CD).to_tell(case({"died": "yes", "abuse_or_neglect": "yes"}), "child_death_meeting"))
    assert [t.key for t in told] == ["abuse-suspected"]
    assert list(rule(CD).to_tell(case({"died": "yes", "abuse_or_neglect": "no"}), "child_death_meeting")) == []


def test_a_step_of_one_child_names_the_child_and_one_of_the_case_names_nobody() -> None:
    events = [("death", "2026-03-02"), ("child_death_meeting", "2026-03-09")]
    of_each = list(rule(CD).steps(case({"died": "yes", "age_years": 3}, {"died": "yes", "age_years": 5}, events=events), DAYS))
    assert len(of_each) == 8
    for found in of_each:
        assert found.title.endswith(f" (Child {found.key[-1]})"), found.key
    assert {s.ends_with for s in of_each if s.key == "tell-office/child-2"} == {"done:child-death.tell-office.child-2"}
    assert not [s.title for s in rule(CD).steps(case(events=events), DAYS) if "(Child" in s.title]


def test_a_meeting_or_an_inquest_before_a_death_neither_ends_nor_starts_a_step_of_that_child() -> None:
    children = (
        {"died": "yes", "age_years": 3, "died_on": "2026-01-05"},
        {"died": "yes", "age_years": 5, "died_on": "2026-03-09"},
    )
    early = [("child_death_meeting", "2026-02-02"), ("inquest_ended", "2026-03-02")]
    facts = case(*children, events=early)
    first, second = (step(facts, f"review-meeting/child-{n}", CD) for n in (1, 2))
    assert first is not None and second is not None
    assert (first.done_on, second.done_on) == (date(2026, 2, 2), None)
    assert "before this death" not in first.sentence
    assert (
        "A child death review meeting was held on 2 February 2026, before this death: it is not counted here."
        in second.sentence
    )
    panel = step(facts, "panel/child-1", CD)
    assert panel is not None and panel.starts_on == date(2026, 3, 2)
    assert step(facts, "panel/child-2", CD) is None
    # The next meeting is held of the incident, and is the first of the second child.
    facts = case(*children, events=[*early, ("child_death_meeting", "2026-03-16")])
    first, second, panel = (
        step(facts, key, CD) for key in ("review-meeting/child-1", "review-meeting/child-2", "panel/child-2")
    )
    assert first is not None and second is not None and panel is not None
    assert (first.done_on, second.done_on) == (date(2026, 2, 2), date(2026, 3, 16))
    assert (panel.start_event, panel.starts_on) == ("child_death_meeting", date(2026, 3, 16))
    assert "An inquest ended on 2 March 2026, before this death: it is not counted here." in panel.sentence


def test_one_meeting_after_two_deaths_and_one_on_the_day_of_a_death_count() -> None:
    children = (
        {"died": "yes", "age_years": 3, "died_on": "2026-03-02"},
        {"died": "yes", "age_years": 5, "died_on": "2026-03-09"},
    )
    facts = case(*children, events=[("child_death_meeting", "2026-03-09")])
    found = {s.key: s.done_on for s in rule(CD).steps(facts, DAYS) if s.key.startswith("review-meeting")}
    assert found == {"review-meeting/child-1": date(2026, 3, 9), "review-meeting/child-2": date(2026, 3, 9)}


def clocks(*children: dict[str, Any], events: list[tuple[str, str]]) -> dict[str, tuple[Any, date | None]]:
    """By its key, when a step of a death is due and was done; of the guides nothing."""
    found = rule(CD).steps(case(*children, events=events), DAYS)
    return {s.key: (s.due_on, s.done_on) for s in found if not s.optional}


DIED, ALIVE = {"died": "yes", "age_years": 3}, {"died": "no", "age_years": 3}
DEATH = ("death", "2026-03-02")


def test_what_was_done_before_a_child_was_on_the_case_counts_for_the_first_that_died() -> None:
    done = [DEATH, ("done:child-death.tell-office", "2026-03-02")]
    assert clocks(events=done)["tell-office"][1] == date(2026, 3, 2)
    assert clocks({**DIED, "died_on": "2026-03-02"}, events=done)["tell-office/child-1"][1] == date(2026, 3, 2)
    two = clocks({**DIED, "died_on": "2026-03-05"}, {**DIED, "died_on": "2026-03-02"}, events=done)
    assert (two["tell-office/child-2"][1], two["tell-office/child-1"][1]) == (date(2026, 3, 2), None), (
        "the first had not died by then"
    )
    two = clocks({**DIED, "died_on": "2026-03-02"}, {**DIED, "died_on": "2026-03-01"}, events=done)
    assert (two["tell-office/child-1"][1], two["tell-office/child-2"][1]) == (date(2026, 3, 2), None), (
        "it stays with the first on the case"
    )


def test_the_date_of_a_death_counts_until_it_is_said_whose_it_was() -> None:
    alone = clocks(events=[DEATH])
    assert alone and clocks({}, events=[DEATH]) == alone == clocks({"died": "unclear"}, ALIVE, events=[DEATH])
    assert set(clocks({**DIED}, {}, events=[DEATH])) == {f"{key}/child-1" for key in alone}
    assert clocks(ALIVE, events=[DEATH]) == {}, "nobody on the case died"


def test_the_day_of_one_child_s_death_dates_no_other() -> None:
    first, unknown = {**DIED, "died_on": "2026-03-02"}, {**DIED}
    of_one = set(clocks(first, unknown, events=[]))
    assert of_one and all(key.endswith("/child-1") for key in of_one)
    assert set(clocks(first, unknown, events=[DEATH])) == of_one, "that day is the first child's"
    both = clocks(first, unknown, events=[DEATH, ("death", "2026-03-04")])
    assert {key.rpartition("/")[2] for key in both} == {"child-1", "child-2"}
