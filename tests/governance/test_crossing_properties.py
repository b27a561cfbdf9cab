"""Whatever the starts, the versions and the conditions: what holds of every case that crosses over. Helpers are in `test_changed_starts`."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.governance.test_changed_starts import (
    AWARE,
    FIRST,
    MARCH,
    NOTIFIED,
    REAL,
    SAID,
    STARTED,
    case,
    plan,
    told,
    version,
    with_near_miss,
)
from threefold.governance.pack import Arrangement, RuleUse
from threefold.governance.verdict import step_of

EVENTS = st.sampled_from((AWARE, NOTIFIED, STARTED))
DAYS = st.dates(date(2027, 3, 2), date(2027, 6, 30))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(EVENTS, st.integers(1, 60), st.booleans(), st.none() | st.integers(0, 50)), min_size=1, max_size=3),
    st.dictionaries(EVENTS, DAYS, min_size=1),
    DAYS,
    st.integers(0, 60),
)
def test_whatever_the_starts_a_step_of_every_version_is_there_once_and_keeps_its_date(
    made: list[tuple[str, int, bool, int | None]], days: dict[str, date], as_of: date, later: int
) -> None:
    begins, versions = MARCH, []
    for number, (start, gap, finish, lasts) in enumerate(made):
        way = "finish_under_old" if finish and number else "move_at_next_stage"
        until = begins + timedelta(days=lasts) if number and lasts is not None else None  # a temporary variation
        versions.append(version(f"v{number}", begins, plan(start), way=way, until=until))
        begins += timedelta(days=gap)
    in_order = sorted(days.values())  # nothing starts before what leads to it
    facts = case(**dict(zip((n for n in (AWARE, NOTIFIED, STARTED) if n in days), in_order, strict=True)))
    (now,) = told(tuple(versions), facts, as_of)
    (then,) = told(tuple(versions), facts, as_of + timedelta(days=later))
    if step_of(now).due_on is not None:
        assert (then.pin.version, step_of(then).due_on) == (now.pin.version, step_of(now).due_on)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from((NOTIFIED, STARTED, FIRST)), st.booleans(), st.booleans(), st.integers(1, 40), st.none() | st.integers(0, 40)),
        min_size=2, max_size=3,
    ),
    st.dictionaries(EVENTS, DAYS, min_size=1),
    st.none() | DAYS,
    DAYS,
    st.integers(0, 60),
)  # fmt: skip
def test_a_date_that_a_step_got_stays_whatever_is_taken_out_beside_it(
    made: list[tuple[str, bool, bool, int, int | None]], days: dict[str, date], first_done: date | None, as_of: date, later: int
) -> None:
    begins, versions = MARCH, []
    for number, (start, has_first, has_second, gap, lasts) in enumerate(made):
        until = begins + timedelta(days=lasts) if number and lasts is not None else None
        others = ((("first", AWARE),) if has_first else ()) + ((("second", start),) if has_second or not number else ())
        versions.append(version(f"v{number}", begins, plan(NOTIFIED, 9, *others), until=until))
        begins += timedelta(days=gap)
    in_order = dict(zip((n for n in (AWARE, NOTIFIED, STARTED) if n in days), sorted(days.values()), strict=True))
    facts = case(**in_order, **({FIRST: first_done} if first_done else {}))
    now, then = (told(tuple(versions), facts, day, "second") for day in (as_of, as_of + timedelta(days=later)))
    assert len(now) < 2 and len(then) < 2
    if now and step_of(now[0]).due_on is not None:
        assert then and step_of(then[0]).due_on == step_of(now[0]).due_on


KEYS = ("one", "two", "three")


@st.composite
def plans(draw: st.DrawFn) -> list[dict[str, object]]:
    """Steps that start with an event, or after one that stands before them."""
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=3))
    return [
        {"key": key, "title": key.title(), "day": draw(st.sampled_from([5, 5, 5, None])), "source": SAID,
         "start_events": [draw(st.sampled_from([NOTIFIED, STARTED, *(f"done:plan.{before}" for before in keys[:no])]))],
         **draw(st.sampled_from([{}, {}, {"when": {"is": {"fact": "incident.near_miss", "value": "yes"}}}]))}
        for no, key in enumerate(keys)
    ]  # fmt: skip


NEAR_MISS = st.sampled_from([None, "yes", "no"])


def of(steps: list[dict[str, object]]) -> RuleUse:
    return RuleUse("plan", "timetable", 1, {"unit": "working_days", "steps": steps, "source": SAID})


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(plans(), st.integers(8, 30), st.none() | st.integers(2, 6)), min_size=1, max_size=3),
    st.integers(0, 10),
    st.none() | st.integers(0, 9),
    st.dictionaries(EVENTS, st.dates(date(2027, 3, 2), date(2027, 4, 10)), min_size=1),
    st.dictionaries(st.sampled_from([f"done:plan.{key}" for key in KEYS]), DAYS, max_size=2),
    st.integers(0, 60),
    NEAR_MISS,
)
def test_a_version_that_says_the_same_changes_nothing_in_a_case(
    made: list[tuple[list[dict[str, object]], int, int | None]], gap: int, lasts: int | None, days: dict[str, date],
    done: dict[str, date], later: int, near_miss: str | None,
) -> None:  # fmt: skip
    begins, versions, now = MARCH, [], of(made[0][0])
    for number, (steps, until_next, short) in enumerate(made):
        until = begins + timedelta(days=short) if number and short is not None else None
        versions.append(version(f"v{number}", begins, of(steps), until=until))
        now = now if until else of(steps)
        begins += timedelta(days=until_next)
    again = begins + timedelta(days=gap)
    same = version("same", again, now, until=again + timedelta(days=lasts) if lasts is not None else None)
    in_order = dict(zip((n for n in (AWARE, NOTIFIED, STARTED) if n in days), sorted(days.values()), strict=True))
    facts = with_near_miss(case(**in_order, **{name: max(day, *in_order.values()) for name, day in done.items()}), near_miss)

    def lines(*all_of: Arrangement) -> list[tuple[str, date | None, object]]:
        found = REAL.decide("area", all_of, facts, again + timedelta(days=later)).of("steps")
        own = [line for line in found if line.rule.layer == "local"]
        return sorted((line.finding.key, step_of(line).starts_on, step_of(line).due_on) for line in own)

    assert lines(*versions, same) == lines(*versions)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(plans(), st.integers(8, 30)), min_size=2, max_size=4),
    st.integers(0, 2),
    st.integers(1, 7),
    st.none() | st.integers(0, 9),
    st.dictionaries(EVENTS, st.dates(date(2027, 3, 2), date(2027, 4, 10)), min_size=1),
    st.dictionaries(st.sampled_from([f"done:plan.{key}" for key in KEYS]), DAYS, max_size=2),
    st.integers(0, 60),
    NEAR_MISS,
)
def test_a_version_in_between_that_says_the_same_changes_nothing_in_a_case(
    made: list[tuple[list[dict[str, object]], int]], place: int, gap: int, lasts: int | None, days: dict[str, date],
    done: dict[str, date], later: int, near_miss: str | None,
) -> None:  # fmt: skip
    begins, versions = MARCH, []
    for number, (steps, until_next) in enumerate(made):
        versions.append(version(f"v{number}", begins, of(steps)))
        begins += timedelta(days=until_next)
    place = min(place, len(made) - 2)
    day = versions[place].begins
    next_day = versions[place + 1].begins
    assert day is not None and next_day is not None
    again = day + timedelta(days=gap)
    until = again + timedelta(days=lasts) if lasts is not None else None
    same = version("same", again, of(made[place][0]), until=until if until is None or until < next_day else None)
    in_order = dict(zip((n for n in (AWARE, NOTIFIED, STARTED) if n in days), sorted(days.values()), strict=True))
    facts = with_near_miss(case(**in_order, **{name: max(on, *in_order.values()) for name, on in done.items()}), near_miss)

    def lines(*all_of: Arrangement) -> list[tuple[str, date | None, object]]:
        found = REAL.decide("area", all_of, facts, begins + timedelta(days=later)).of("steps")
        own = [line for line in found if line.rule.layer == "local"]
        return sorted((line.finding.key, step_of(line).starts_on, step_of(line).due_on) for line in own)

    assert lines(*versions[: place + 1], same, *versions[place + 1 :]) == lines(*versions)
