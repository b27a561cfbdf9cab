"""A notification that was taken back and sent anew: what was done before counts where its own clock did not begin anew."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.escalation_ladder import EscalationLadder
from plugins.review_types import ReviewTypes
from plugins.statutory_child_death import StatutoryChildDeath
from plugins.statutory_notification import StatutoryNotification
from plugins.timetable import Timetable
from tests.governance.test_changed_starts import REAL, SAID, version
from tests.plugins.statutory.editions import DAYS, rule
from threefold.governance.pack import RuleUse
from threefold.governance.still_done import with_still_done
from threefold.governance.verdict import step_of
from threefold.plugin_api import Facts, Rule
from threefold.plugin_api.facts import read_facts

DIED = {"key": "child-1", "died": "yes", "age_years": 3, "died_on": "2027-03-08", "looked_after": "yes"}
ANEW = (
    ("aware", "2027-03-08"), ("notification_sent", "2027-03-10"), ("notification_withdrawn", "2027-03-15"),
    ("notification_sent", "2027-03-17"),
)  # fmt: skip


def facts(*done: tuple[str, str], **review: Any) -> Facts:
    events = [{"name": name, "at": at} for name, at in (*ANEW, *done)]
    return read_facts({"incident": {"children": [DIED]}, "review": {"events": events, **review}})


def done(of: Rule, known: Facts) -> dict[str, date | None]:
    return {step.key: step.done_on for step in of.steps(told_by(of, known), DAYS)}


def told_by(of: Rule, known: Facts) -> Facts:
    """The facts as a rule is told them that stands alone."""
    return with_still_done(known, lambda facts: [(of.use, step) for step in of.steps(facts, DAYS)])


def plan(*steps: dict[str, Any]) -> Timetable:
    titled = [{"title": one["key"].title(), "span": {"amount": 5, "unit": "working_days"}, **one} for one in steps]
    return Timetable({"steps": titled}, use="plan")


def test_what_was_done_of_a_child_s_death_stays_done() -> None:
    law = rule(StatutoryChildDeath)
    before = facts((f"done:{law.use}.tell-office.child-1", "2027-03-09"))
    assert done(law, before)["tell-office/child-1"] == date(2027, 3, 9)
    of_none = facts((f"done:{law.use}.tell-office", "2027-03-12"))
    assert done(law, of_none)["tell-office/child-1"] == date(2027, 3, 12)


def test_that_the_state_was_told_of_a_looked_after_child_s_death_stays_so() -> None:
    law = rule(StatutoryNotification)
    told = facts((f"done:{law.use}.state-told.child-1", "2027-03-09"))
    assert done(law, told)["tell-state-looked-after/child-1"] == date(2027, 3, 9)


def test_a_local_step_stays_done_unless_its_clock_began_anew_or_it_is_of_the_review() -> None:
    steps = plan(
        {"key": "chair", "start_events": ["aware"]},
        {"key": "family", "start_events": ["done:plan.chair"]},
        {"key": "letter", "start_events": ["notification_sent"]},
        {"key": "answer", "start_events": ["done:plan.letter"]},
        {"key": "huddle", "start_events": ["aware"], "serves": "rapid-review"},
    )
    before = [(f"done:plan.{key}", "2027-03-12") for key in ("chair", "family", "letter", "answer", "huddle")]
    day = date(2027, 3, 12)
    assert done(steps, facts(*before)) == {"chair": day, "family": day, "letter": None, "answer": None, "huddle": None}
    starts = {step.key: step.starts_on for step in steps.steps(told_by(steps, facts(*before)), DAYS)}
    assert (starts["family"], starts["answer"]) == (day, None)
    since = [(f"done:plan.{key}", "2027-03-19") for key in ("letter", "answer", "huddle")]
    again = date(2027, 3, 19)
    assert done(steps, facts(*before, *since)) == {
        "chair": day,
        "family": day,
        "letter": again,
        "answer": again,
        "huddle": again,
    }


def test_steps_that_start_each_other_in_a_circle_start_never() -> None:
    steps = plan({"key": "one", "start_events": ["done:plan.two"]}, {"key": "two", "start_events": ["done:plan.one"]})
    assert done(steps, facts(("done:plan.one", "2027-03-12"))) == {"one": None, "two": None}


def test_what_was_done_in_a_disagreement_stays_done() -> None:
    stages = [
        {"key": "talk", "title": "Talk", "stage": 1, "start_events": ["dispute_raised"], "span": {"amount": 2, "unit": "working_days"}},
        {"key": "heads", "title": "Heads", "stage": 2, "start_events": ["done:ladder.talk"]},
        {"key": "panel", "title": "Panel", "stage": 3, "start_events": ["notification_sent"]},
    ]  # fmt: skip
    known = facts(
        ("dispute_raised", "2027-03-11"), *((f"done:ladder.{key}", "2027-03-12") for key in ("talk", "heads", "panel"))
    )
    ladder = EscalationLadder({"stages": stages}, use="ladder")
    assert done(ladder, known) == {"talk": date(2027, 3, 12), "heads": date(2027, 3, 12), "panel": None}


def test_the_kind_of_review_that_was_done_stays_done() -> None:
    kind = {"key": "meeting", "title": "Meeting", "clock": {"amount": 5, "unit": "working_days"}, "clock_starts": ["aware"]}
    types = ReviewTypes({"types": [kind]}, use="types")
    assert done(types, facts(("done:types.meeting", "2027-03-12"), local_type="meeting")) == {"meeting": date(2027, 3, 12)}


def test_the_review_of_the_earlier_notification_is_history_and_a_local_review_goes_on() -> None:
    steps = plan({"key": "call", "start_events": ["rapid_review_started"]})
    earlier = [("rapid_review_started", "2027-03-11"), ("local_review_declined", "2027-03-12")]
    assert [step.starts_on for step in steps.steps(facts(*earlier), DAYS)] == [None]
    assert facts(*earlier).review.event("local_review_declined") is None
    assert [step.starts_on for step in steps.steps(facts(*earlier, ("rapid_review_started", "2027-03-18")), DAYS)] == [
        date(2027, 3, 18)
    ]
    assert facts(("local_review_decided", "2027-03-12")).review.on("local_review_decided") == date(2027, 3, 12)


WD = {"amount": 3, "unit": "working_days"}
STARTS = ("aware", "report_sent", "notification_sent", "rapid_review_started", "panel_replied")
EARLIER = (("aware", "2027-03-08"), ("notification_sent", "2027-03-10"), ("rapid_review_started", "2027-03-11"))
SINCE = (("notification_withdrawn", "2027-03-15"), ("notification_sent", "2027-03-17"), ("report_sent", "2027-03-18"))
NAMES = ("a", "b", "c", "d", "e")


def told(
    steps: dict[str, tuple[list[str], str]], of: dict[str, str], on_record: tuple[tuple[str, str], ...]
) -> dict[str, tuple[date | None, date | None]]:
    """By its key, when each step starts and was done. `of`: by its key, the use of the rule that has it; what begins with "ladder" is one."""

    def named(event: str) -> str:
        return f"done:{of[event]}.{event}" if event in steps else event

    held: dict[str, list[dict[str, Any]]] = {}
    for key, (starts, serves) in steps.items():
        entry = {"key": key, "title": key.upper(), "start_events": [named(one) for one in starts], "span": WD, "source": SAID}
        own = {"stage": 1} if of[key].startswith("ladder") else {"serves": serves}
        held.setdefault(of[key], []).append(entry | own)
    uses = (
        RuleUse(use, "escalation-ladder", 1, {"stages": entries})
        if use.startswith("ladder")
        else RuleUse(use, "timetable", 1, {"unit": "working_days", "steps": entries, "source": SAID})
        for use, entries in held.items()
    )
    events = [{"name": named(name), "at": at} for name, at in on_record]
    facts = read_facts({"incident": {"children": [DIED]}, "review": {"events": events}})
    verdict = REAL.decide("area", (version("one", date(2027, 1, 1), *uses),), facts, date(2027, 4, 20))
    found = {ln.finding.key: step_of(ln) for ln in verdict.of("steps") if ln.rule.layer == "local"}
    return {key: (step.starts_on, step.done_on) for key, step in found.items()}


def test_what_counts_from_another_rule_s_step_keeps_its_start_and_its_own_end() -> None:
    steps = {"a": (["aware"], ""), "b": (["a"], ""), "c": (["a", "report_sent"], ""), "d": (["b"], ""),
             "e": (["notification_sent"], ""), "f": (["e"], ""), "g": (["a"], "rapid-review")}  # fmt: skip
    done = tuple((key, f"2027-03-{day:02}") for key, day in zip("abdefg", (9, 10, 11, 12, 12, 12), strict=True))
    day = {key: date(2027, 3, int(at[-2:])) for key, at in done}
    expected = {
        "a": (date(2027, 3, 8), day["a"]), "b": (day["a"], day["b"]), "c": (day["a"], None), "d": (day["b"], day["d"]),
        "e": (date(2027, 3, 17), None), "f": (None, None), "g": (day["a"], None),
    }  # fmt: skip
    on_record = (*EARLIER, *done, *SINCE)
    assert told(steps, dict.fromkeys(steps, "plan"), on_record) == expected
    assert told(steps, {key: f"plan-{key}" for key in steps}, on_record) == expected
    # A stage of a ladder is one as well; one that has not begun is not told.
    assert told(steps, {key: f"plan-{key}" for key in steps} | {"b": "ladder", "d": "ladder-2"}, on_record) == expected


def test_the_clock_of_a_kind_of_review_keeps_its_start_and_one_of_the_rapid_review_is_done_anew() -> None:
    span = {"amount": 5, "unit": "working_days"}
    for serves, done_on in (("", date(2027, 3, 12)), ("rapid-review", None)):
        kind = {
            "key": "kind",
            "title": "Kind",
            "clock": span,
            "clock_starts": ["done:plan.a"],
            "serves": serves,
            "source": SAID,
        }
        step = {"key": "a", "title": "A", "start_events": ["aware"], "span": WD, "source": SAID}
        uses = (
            RuleUse("plan", "timetable", 1, {"unit": "working_days", "steps": [step], "source": SAID}),
            RuleUse("kinds", "review-types", 1, {"types": [kind]}),
        )
        known = facts(("done:plan.a", "2027-03-09"), ("done:kinds.kind", "2027-03-12"), local_type="kind")
        verdict = REAL.decide("area", (version("one", date(2027, 1, 1), *uses),), known, date(2027, 4, 20))
        of_kind = next(step_of(ln) for ln in verdict.of("steps") if ln.finding.key == "kind")
        assert (of_kind.starts_on, of_kind.done_on) == (date(2027, 3, 9), done_on)


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries({
        key: st.tuples(st.lists(st.sampled_from((*STARTS, *NAMES)), min_size=1, max_size=2, unique=True), st.sampled_from(("", "", "rapid-review")))
        for key in NAMES
    }),
    st.fixed_dictionaries({key: st.sampled_from((None, 9, 10, 12, 16, 19)) for key in NAMES}),
    st.fixed_dictionaries({key: st.sampled_from(("one", "two", "three")) for key in NAMES}),
)  # fmt: skip
def test_it_is_all_one_in_whose_plan_a_step_stands(
    steps: dict[str, tuple[list[str], str]], days: dict[str, int | None], of: dict[str, str]
) -> None:
    done = tuple((key, f"2027-03-{day:02}") for key, day in days.items() if day)
    on_record = (*EARLIER, *done, *SINCE)
    assert told(steps, of, on_record) == told(steps, dict.fromkeys(steps, "one"), on_record)
