"""Two people change one step: whatever they answer, what is saved can be read, and nothing that either chose is lost in silence."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.arrangements.test_first_try import PLAN
from tests.arrangements.vale import GOVERNANCE
from threefold.domain.errors import PackError
from threefold.work.arrangements.stale import StaleDraft, as_two_changed_it
from threefold.work.arrangements.web import answered, either, lines

STEP, _ = lines.schema_at((*PLAN, "steps", "x"), GOVERNANCE.catalogue.get("timetable", 1, field=""))
KINDS = either.kinds(STEP)
BY_PLAN = st.fixed_dictionaries({"day": st.integers(1, 5)}, optional={"from_day": st.integers(1, 5)}).filter(
    lambda step: step.get("from_day", 0) <= step["day"]
)
OWN = st.fixed_dictionaries(
    {}, optional={"span": st.builds(lambda n: {"amount": n, "unit": "working_days"}, st.integers(1, 9)),
                  "start_events": st.lists(st.sampled_from(["aware", "notification_sent", "panel_replied"]), min_size=1, unique=True)})  # fmt: skip
TITLE = st.fixed_dictionaries({"key": st.just("x"), "title": st.sampled_from(["A", "B", "C"])})
A_STEP = st.builds(lambda title, due: title | due, TITLE, BY_PLAN | OWN)
NAMES = ("title", "day", "from_day", "span", "start_events")


def wrong(line: Any) -> str:
    return answered.first_wrong(STEP, line)


def saved(before: Any, mine: Any, theirs: Any, keep: dict[str, str]) -> dict[str, Any]:
    """The line as two left it. A form sends each of its answers, and None for what was emptied."""
    values = {n: mine.get(n) for n in NAMES if n in mine or n in before}
    changed = as_two_changed_it(before, values, theirs, keep, {}, KINDS, wrong)
    return {n: v for n, v in {**theirs, **changed}.items() if v is not None}


def merged(before: Any, mine: Any, theirs: Any, side: str) -> tuple[dict[str, Any] | None, list[str]]:
    """What is saved after each question is answered with one side, and what was asked; None where that does not fit together."""
    keep: dict[str, str] = {}
    for _ in range(3):  # it is never asked for ever
        try:
            return saved(before, mine, theirs, keep), list(keep)
        except StaleDraft as asked:
            new = {clash.path: side for clash in asked.clashes}
            assert new.keys().isdisjoint(keep), "nothing is asked twice"
            keep |= new
        except PackError:
            return None, list(keep)
    raise AssertionError("it is asked again and again")


@given(A_STEP, A_STEP, A_STEP, st.sampled_from(["yours", "theirs"]))
@settings(max_examples=400, deadline=None)
def test_what_is_saved_can_be_read_and_the_side_that_was_chosen_counts(before: Any, mine: Any, theirs: Any, side: str) -> None:
    line, asked = merged(before, mine, theirs, side)
    chosen = mine if side == "yours" else theirs
    assert line is not None, "one side is right by itself"
    assert not wrong(line)
    for name in asked:
        for field in (n for each in KINDS[name] for n in each) if name in KINDS else (name,):
            assert line.get(field) == chosen.get(field), field
    if not asked:
        for name in NAMES:
            assert line.get(name) in (mine.get(name), theirs.get(name))
            if mine.get(name) == before.get(name):
                assert line.get(name) == theirs.get(name), "what this person left as it was is the other's"


@given(A_STEP, A_STEP)
@settings(max_examples=100, deadline=None)
def test_who_saves_alone_is_asked_nothing(before: Any, mine: Any) -> None:
    assert merged(before, mine, before, "yours") == (mine, [])
    assert merged(before, before, mine, "yours") == (mine, [])
