"""A step whose start a later version changes: an open case that moves has it once, under one version, and keeps the date it got."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from marshmallow import fields

from tests.contract.toys import LOCAL, card
from tests.governance.test_decide import arrangement
from tests.support.tenants import read_tenants
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, RuleUse
from threefold.governance.verdict import Line, step_of
from threefold.plugin_api import Config, Provided, Rule, Step, answers
from threefold.plugin_api.facts import Fact, Facts, read_facts

REAL = Governance(read_tenants("example-vale").editions, Catalogue.installed())
SAID = {"ref": "A made-up arrangement for tests", "force": "LOCAL", "sure": "V"}
AWARE, NOTIFIED, STARTED = "aware", "notification_sent", "rapid_review_started"
MARCH, APRIL = date(2027, 3, 1), date(2027, 4, 1)


def plan(start: str, day: int = 9, *others: tuple[str, str]) -> RuleUse:
    steps = [
        {"key": key, "title": key.title(), "day": day, "start_events": [event], "source": SAID}
        for key, event in (("huddle", start), *others)
    ]
    return RuleUse("plan", "timetable", 1, {"unit": "working_days", "steps": steps, "source": SAID})


def version(name: str, begins: date, *uses: RuleUse, way: str = "move_at_next_stage", until: date | None = None) -> Arrangement:
    return replace(arrangement(name, begins, *uses, open_cases=way), until=until)


def case(**days: date) -> Facts:
    events = [{"name": name, "at": day.isoformat()} for name, day in days.items()]
    return read_facts({"incident": {"children": [{"key": "child-1", "died": "yes"}]}, "review": {"events": events}})


def told(versions: tuple[Arrangement, ...], facts: Facts, as_of: date, key: str = "huddle") -> list[Line]:
    found = REAL.decide("area", versions, facts, as_of).of("steps")
    return [line for line in found if line.rule.layer == "local" and line.finding.key == key]


def one(versions: tuple[Arrangement, ...], facts: Facts, as_of: date, key: str = "huddle") -> tuple[str | None, str | None]:
    (line,) = told(versions, facts, as_of, key)
    due = step_of(line).due_on
    return line.pin.version, due.isoformat() if due else None


BEFORE, AFTER = date(2027, 3, 31), date(2027, 4, 2)


@pytest.mark.parametrize(("was", "becomes", "days", "before", "after"), [
    (STARTED, NOTIFIED, {AWARE: date(2027, 3, 15), NOTIFIED: date(2027, 3, 15), STARTED: AFTER}, ("a", None), ("b", "2027-03-30")),
    (NOTIFIED, STARTED, {AWARE: date(2027, 3, 15), NOTIFIED: date(2027, 3, 15), STARTED: AFTER}, ("a", "2027-03-30"), ("a", "2027-03-30")),
    (NOTIFIED, STARTED, {AWARE: date(2027, 3, 24), NOTIFIED: AFTER}, ("a", None), ("b", None)),
    (STARTED, NOTIFIED, {AWARE: date(2027, 3, 24), NOTIFIED: AFTER}, ("a", None), ("b", "2027-04-15")),
    (NOTIFIED, NOTIFIED, {AWARE: date(2027, 3, 24), NOTIFIED: AFTER}, ("a", None), ("b", "2027-04-15")),
])  # fmt: skip
def test_it_is_there_once_before_and_after(
    was: str, becomes: str, days: dict[str, date], before: tuple[str, str | None], after: tuple[str, str | None]
) -> None:
    versions = (version("a", MARCH, plan(was)), version("b", APRIL, plan(becomes)))
    facts = case(**days)
    assert one(versions, facts, BEFORE) == before
    assert one(versions, facts, AFTER) == after
    finishing = (versions[0], replace(versions[1], open_cases="finish_under_old"))
    assert one(finishing, facts, AFTER)[0] == "a"


def test_a_step_that_comes_new_is_not_put_on_cases_whose_start_was_before_it() -> None:
    versions = (version("a", MARCH, plan(NOTIFIED)), version("b", APRIL, plan(NOTIFIED, 9, ("call", NOTIFIED))))
    begun = case(aware=date(2027, 3, 15), notification_sent=date(2027, 3, 15))
    assert told(versions, begun, AFTER, "call") == []
    later = case(aware=date(2027, 3, 15), notification_sent=AFTER)
    (call,) = told(versions, later, AFTER, "call")
    assert call.pin.version == "b"
    (waits,) = told(versions, case(aware=date(2027, 3, 15)), AFTER, "call")
    assert waits.pin.version == "b" and step_of(waits).due_on is None


def test_a_step_that_came_too_late_for_a_case_stays_away_whatever_changes_beside_it() -> None:
    new = (("call", NOTIFIED), ("minutes", "done:plan.call"))
    first, then = version("a", MARCH, plan(NOTIFIED)), version("b", APRIL, plan(NOTIFIED, 9, *new))
    case_of = case(aware=date(2027, 3, 15), notification_sent=date(2027, 3, 15))
    may = date(2027, 5, 4)
    for later in (
        version("c", may, plan(NOTIFIED, 8, *new)),
        version("storm", may, plan(NOTIFIED, 8, *new), until=date(2027, 5, 6)),
    ):
        for day in (AFTER, may, date(2027, 5, 20)):
            assert [told((first, then, later), case_of, day, key) for key, _ in new] == [[], []], (later.version, day)
    instead = version("c", may, plan(NOTIFIED, 9, ("call", NOTIFIED), ("minutes", NOTIFIED)))
    assert told((first, then, instead), case_of, may, "minutes") == [], "it had come new with what it waited for"
    own = version("c", may, plan(NOTIFIED, 9, ("call", STARTED)))
    later_on = case(aware=date(2027, 3, 15), notification_sent=date(2027, 3, 15), rapid_review_started=may)
    (call,) = told((first, then, own), later_on, may, "call")
    assert call.pin.version == "c", "it starts within that one's time"


def test_a_step_that_is_taken_out_stays_where_it_had_begun_and_only_there() -> None:
    versions = (version("a", MARCH, plan(NOTIFIED, 9, ("call", NOTIFIED))), version("b", APRIL, plan(NOTIFIED)))
    (call,) = told(versions, case(aware=date(2027, 3, 15), notification_sent=date(2027, 3, 15)), AFTER, "call")
    assert call.pin.version == "a"
    assert told(versions, case(aware=date(2027, 3, 15), notification_sent=AFTER), AFTER, "call") == []
    assert told(versions, case(aware=date(2027, 3, 15)), AFTER, "call") == []


def test_after_a_variation_what_began_in_it_stays_and_the_rest_follows_what_was_before() -> None:
    versions = (version("a", MARCH, plan(STARTED)), version("v", APRIL, plan(NOTIFIED), until=date(2027, 4, 30)))
    may = date(2027, 5, 4)
    assert one(versions, case(aware=date(2027, 3, 15), notification_sent=AFTER, rapid_review_started=may), may)[0] == "v"
    assert one(versions, case(aware=date(2027, 3, 15), rapid_review_started=may), may)[0] == "a"
    without = (versions[0], version("v", APRIL, until=date(2027, 4, 30)))
    assert told(without, case(aware=date(2027, 3, 15), rapid_review_started=AFTER), may) == [], "it began while there was none"


def test_what_comes_after_a_step_that_was_taken_out_goes_on_after_it() -> None:
    after = ("second", "done:plan.first")
    others = (("first", AWARE), after, ("third", "done:plan.second"))
    anew = (("meet", AWARE), ("second", "done:plan.meet"), ("third", "done:plan.second"))
    versions = (version("a", MARCH, plan(NOTIFIED, 9, *others)), version("b", APRIL, plan(NOTIFIED, 9, *anew)))
    days = {"aware": date(2027, 3, 15), "done:plan.first": AFTER, "done:plan.second": AFTER}
    for key in ("first", "second", "third"):
        (line,) = told(versions, case(**days), AFTER, key)
        assert step_of(line).starts_on is not None and (line.pin.version == "a" or key == "third"), key
    assert told(versions, case(**days), AFTER, "meet") == []
    (second,) = told(versions, case(aware=AFTER, **{"done:plan.meet": AFTER}), AFTER, "second")
    assert second.pin.version == "b"


@pytest.mark.parametrize("between", ["the same", "with one more", "for a time"])
@pytest.mark.parametrize("start", [NOTIFIED, STARTED])
def test_a_version_in_between_takes_no_chain_apart(between: str, start: str) -> None:
    """The step before stands on the case from two versions ago; it is the next that takes it out."""
    chain = ("first", AWARE), ("second", "done:plan.first")
    first = version("a", MARCH, RuleUse("plan", "timetable", 1, settings_of(*chain)))
    more = (("other", STARTED),) if between == "with one more" else ()
    until = date(2027, 4, 5) if between == "for a time" else None
    second = version("b", APRIL, RuleUse("plan", "timetable", 1, settings_of(*chain, *more)), until=until)
    third = version("c", date(2027, 4, 20), RuleUse("plan", "timetable", 1, settings_of(("second", start))))
    days = {AWARE: date(2027, 3, 15), NOTIFIED: date(2027, 3, 16), "done:plan.first": date(2027, 4, 25)}
    for on, due in ((date(2027, 4, 22), None), (date(2027, 4, 28), "2027-04-30")):
        (line,) = told((first, second, third), case(**days), on, "second")
        assert line.pin.version in ("a", "b")
        found = step_of(line)
        assert (found.due_on.isoformat() if found.due_on and found.starts_on else None) == due


def test_steps_that_are_taken_out_one_after_the_other_take_no_chain_apart() -> None:
    chain = ("first", AWARE), ("second", "done:plan.first"), ("third", "done:plan.second")
    first = version("a", MARCH, RuleUse("plan", "timetable", 1, settings_of(*chain)))
    second = version("b", APRIL, RuleUse("plan", "timetable", 1, settings_of(("second", NOTIFIED), chain[2])))
    third = version("c", date(2027, 4, 10), RuleUse("plan", "timetable", 1, settings_of(("third", NOTIFIED))))
    facts = case(**{AWARE: date(2027, 3, 15), NOTIFIED: date(2027, 3, 16)})
    assert told((first, second, third), facts, date(2027, 4, 12), "second")[0].pin.version == "a"
    (line,) = told((first, second, third), facts, date(2027, 4, 12), "third")
    assert line.pin.version == "b" and step_of(line).due_on is None, "it waits for the second"


@pytest.mark.parametrize("near_miss", ["without a condition", "yes", None])
def test_a_step_without_a_day_takes_no_chain_apart(near_miss: str | None) -> None:
    """It says nothing until it begins; it waits all the same for what the case has, and what comes after it waits for it. A condition that
    holds changes nothing, nor does one that is not clear yet."""
    chain = settings_of(("first", AWARE), ("talk", "done:plan.first"), ("second", "done:plan.talk"))
    chain["steps"][1].pop("day")  # type: ignore[index]
    if near_miss != "without a condition":
        chain["steps"][1]["when"] = {"is": {"fact": "incident.near_miss", "value": "yes"}}  # type: ignore[index]
    versions = (
        version("a", MARCH, RuleUse("plan", "timetable", 1, chain)),
        version("b", APRIL, RuleUse("plan", "timetable", 1, settings_of(("second", NOTIFIED)))),
    )
    days = {AWARE: date(2027, 3, 15), NOTIFIED: date(2027, 3, 16)}
    done: dict[str, date] = {}
    for on, now, due in (
        (date(2027, 3, 20), {}, None), (date(2027, 4, 5), {}, None), (date(2027, 4, 12), {"done:plan.first": date(2027, 4, 10)}, None),
        (date(2027, 4, 14), {"done:plan.talk": date(2027, 4, 13)}, date(2027, 4, 18)),
    ):  # fmt: skip
        done |= now
        facts = case(**days, **done)
        if near_miss == "yes":
            facts = replace(facts, incident=replace(facts.incident, near_miss=Fact("yes")))
        (line,) = told(versions, facts, on, "second")
        assert (line.pin.version, step_of(line).due_on) == ("a", due), on
        assert bool(told(versions, facts, on, "talk")) == ("done:plan.first" in done), "until it begins nothing is told of it"
        assert bool(told(versions[:1], facts, on, "talk")) == ("done:plan.first" in done), "under one version too"


def test_what_comes_after_a_step_that_does_not_apply_is_not_held_for_it() -> None:
    chain = settings_of(("first", AWARE), ("talk", "done:plan.first"), ("second", "done:plan.talk"))
    chain["steps"][1].pop("day")  # type: ignore[index]
    chain["steps"][1]["when"] = {"is": {"fact": "incident.near_miss", "value": "yes"}}  # type: ignore[index]
    versions = (
        version("a", MARCH, RuleUse("plan", "timetable", 1, chain)),
        version("b", APRIL, RuleUse("plan", "timetable", 1, settings_of(("second", NOTIFIED)))),
    )
    events = [{"name": AWARE, "at": "2027-03-15"}, {"name": NOTIFIED, "at": "2027-04-02"}]
    facts = read_facts({"incident": {"near_miss": "no", "children": []}, "review": {"events": events}})
    assert one(versions, facts, date(2027, 4, 5), "second") == ("b", "2027-04-07")


def settings_of(*steps: tuple[str, str]) -> dict[str, object]:
    made = [{"key": k, "title": k.title(), "day": 5, "start_events": [start], "source": SAID} for k, start in steps]
    return {"unit": "calendar_days", "steps": made, "source": SAID}


def test_what_has_begun_after_a_step_taken_out_is_not_moved_by_what_happens_later() -> None:
    one = version("one", MARCH, plan(NOTIFIED, 9, ("first", AWARE), ("second", "done:plan.first")))
    two = version("two", APRIL, plan(NOTIFIED, 9, ("second", STARTED)))
    days = {"aware": date(2027, 3, 15), "done:plan.first": date(2027, 4, 10)}
    (then,) = told((one, two), case(**days), date(2027, 4, 12), "second")
    (later,) = told((one, two), case(**days, rapid_review_started=date(2027, 4, 20)), date(2027, 4, 21), "second")
    assert step_of(then).due_on == step_of(later).due_on and (then.pin.version, later.pin.version) == ("one", "one")
    days |= {"rapid_review_started": date(2027, 4, 5)}
    (still,) = told((one, two), case(**days), date(2027, 4, 21), "second")
    assert (still.pin.version, step_of(still).starts_on) == ("one", date(2027, 4, 10)), "it comes after what the case has"


def test_while_what_was_taken_out_still_runs_what_comes_after_it_waits() -> None:
    chain = (("first", AWARE), ("call", "done:plan.first"), ("second", "done:plan.call"))
    one = version("one", MARCH, plan(NOTIFIED, 9, *chain))
    two = version("two", APRIL, plan(NOTIFIED, 9, ("first", AWARE), ("second", "done:plan.first")))
    days = {"aware": date(2027, 3, 15), "done:plan.first": date(2027, 3, 24)}
    (waits,) = told((one, two), case(**days), AFTER, "second")
    assert (waits.pin.version, step_of(waits).due_on) == ("one", None)
    (goes_on,) = told((one, two), case(**days, **{"done:plan.call": date(2027, 4, 6)}), date(2027, 4, 7), "second")
    assert (goes_on.pin.version, step_of(goes_on).starts_on) == ("one", date(2027, 4, 6))


def test_what_began_after_a_step_that_a_variation_took_out_is_there_when_it_has_ended() -> None:
    one = version("one", MARCH, plan(NOTIFIED, 9, ("first", AWARE), ("second", "done:plan.first")))
    storm = version("storm", APRIL, plan(NOTIFIED), until=date(2027, 4, 14))
    days = {"aware": date(2027, 3, 15), "done:plan.first": date(2027, 4, 6)}
    found = [told((one, storm), case(**days), day, "second") for day in (date(2027, 4, 7), date(2027, 4, 15), date(2027, 5, 4))]
    assert [[step_of(line).due_on for line in lines] for lines in found] == [[date(2027, 4, 19)]] * 3


def test_a_step_does_not_wait_for_one_that_this_case_does_not_get() -> None:
    one = version("one", MARCH, plan(STARTED))
    new = (("first", NOTIFIED),)
    two = version("two", APRIL, plan(FIRST, 9, *new))
    days = {"aware": date(2027, 3, 15), "notification_sent": date(2027, 3, 15)}
    (waits,) = told((one, two), case(**days), AFTER)
    assert told((one, two), case(**days), AFTER, "first") == [] and waits.pin.version == "one"
    assert (begun := one_of((one, two), case(**days, rapid_review_started=AFTER)))[0] == "one" and begun[1] is not None
    later = {"aware": date(2027, 3, 15), "notification_sent": AFTER}
    (gets_it,) = told((one, two), case(**later), AFTER)
    assert gets_it.pin.version == "two"


def test_what_comes_only_after_steps_that_came_too_late_for_a_case_comes_too_late_with_them() -> None:
    chain = (("first", NOTIFIED), ("second", FIRST), ("third", "done:plan.second"))
    versions = (version("one", MARCH, plan(NOTIFIED)), version("two", APRIL, plan(NOTIFIED, 9, *chain)))
    early = case(aware=date(2027, 3, 15), notification_sent=date(2027, 3, 15))
    assert [told(versions, early, AFTER, key) for key, _ in chain] == [[], [], []]
    late = case(aware=date(2027, 3, 15), notification_sent=AFTER)
    assert [len(told(versions, late, AFTER, key)) for key, _ in chain] == [1, 1, 1]
    either = (("first", NOTIFIED), ("second", FIRST), ("third", STARTED))
    changed = (versions[0], version("two", APRIL, plan(NOTIFIED, 9, *either)))
    assert [len(told(changed, early, AFTER, key)) for key, _ in either] == [0, 0, 1], "what something else starts is there"


def one_of(versions: tuple[Arrangement, ...], facts: Facts) -> tuple[str | None, str | None]:
    return one(versions, facts, AFTER)


FIRST = "done:plan.first"


class EachChild(Rule):
    """A made-up rule: it brings one step, and says it of each child."""

    card = card("each-child", "incident.children[].*", "review.events.*")

    class Config(Config):
        start = fields.String(load_default=NOTIFIED, metadata={"label": "What starts it"})
        of = fields.String(load_default="", metadata={"label": "Of which child alone"})
        once = fields.Boolean(load_default=False, metadata={"label": "Once for all of them"})

    def provides(self) -> Iterable[Provided]:
        yield Provided("step", "call", "Call", "Call them.", LOCAL, (("start_events", (self.settings["start"],)),))

    @answers
    def steps(self, facts: Facts) -> Iterable[Step]:
        start = facts.review.on(self.settings["start"])
        if self.settings["once"]:
            yield Step("call", "Call", "call", "Call them.", LOCAL, (), False, self.settings["start"], starts_on=start)
        for child in () if self.settings["once"] else facts.incident.children:
            if self.settings["of"] not in ("", child.key):
                continue
            yield Step(
                f"call/{child.key}", "Call", "call", "Call them.", LOCAL, (), False, self.settings["start"], starts_on=start
            )


def test_a_step_that_is_said_of_each_child_crosses_as_one_that_is_said_once() -> None:
    service = Governance(REAL.editions, Catalogue.of([*REAL.catalogue.rules.values(), EachChild]))
    uses = [RuleUse("call", "each-child", 1, {"start": start}) for start in (NOTIFIED, AWARE)]
    versions = (version("a", MARCH, uses[0]), version("b", APRIL, uses[1]))
    for day, by in ((BEFORE, "a"), (AFTER, "b")):
        found = service.decide("area", versions, case(aware=date(2027, 3, 15)), day).of("steps")
        told_of = [(line.finding.key, line.pin.version) for line in found if line.rule.layer == "local"]
        assert told_of == [("call/child-1", by)]


def test_of_a_child_that_the_version_before_did_not_say_it_of_it_is_not_lost() -> None:
    """As one that is said once: a step that both versions have, and that had not begun for that child, follows the new one."""
    service = Governance(REAL.editions, Catalogue.of([*REAL.catalogue.rules.values(), EachChild]))
    uses = [RuleUse("call", "each-child", 1, {"start": NOTIFIED, "of": of}) for of in ("child-1", "")]
    versions = (version("a", MARCH, uses[0]), version("b", APRIL, uses[1]))
    events = [{"name": NOTIFIED, "at": "2027-03-20"}]
    children = [{"key": "child-1", "died": "yes"}, {"key": "child-2", "died": "no"}]
    facts = read_facts({"incident": {"children": children}, "review": {"events": events}})
    found = service.decide("area", versions, facts, AFTER).of("steps")
    told_of = [(line.finding.key, line.pin.version) for line in found if line.rule.layer == "local"]
    assert sorted(told_of) == [("call/child-1", "a"), ("call/child-2", "b")]


@pytest.mark.parametrize(("was", "now"), [(False, True), (True, False)])
def test_one_call_for_all_is_not_made_again_of_what_was_one_of_each_child(was: bool, now: bool) -> None:
    """A later major may say once what the one before says of each child. What had begun goes on, and nothing is asked in its place;
    what had not begun is asked as the later version says it."""
    service = Governance(REAL.editions, Catalogue.of([*REAL.catalogue.rules.values(), EachChild]))

    def told_by(start: str) -> list[tuple[str, str | None]]:
        after = {"key": "report", "title": "Report", "day": 1, "start_events": ["done:call.call"], "source": SAID}
        plan = RuleUse("plan", "timetable", 1, {"unit": "working_days", "steps": [after], "source": SAID})
        uses = [RuleUse("call", "each-child", 1, {"start": start, "once": once}) for once in (was, now)]
        versions = (version("a", MARCH, uses[0], plan), version("b", APRIL, uses[1], plan))
        found = service.decide("area", versions, case(aware=date(2027, 3, 15)), AFTER).of("steps")
        return sorted((line.finding.key, line.pin.version) for line in found if line.rule.layer == "local")

    names = {True: "call", False: "call/child-1"}
    assert told_by(AWARE) == [(names[was], "a"), ("report", "a")], "what comes after it comes after it still"
    assert told_by(NOTIFIED) == [(names[now], "b"), ("report", "b")]


def with_near_miss(facts: Facts, value: str | None) -> Facts:
    return replace(facts, incident=replace(facts.incident, near_miss=Fact(value)))  # type: ignore[arg-type]


@pytest.mark.parametrize("becomes", [AWARE, STARTED])
def test_what_was_done_before_its_start_is_on_record_has_begun(becomes: str) -> None:
    """Held early, or recorded before what starts it: a version that comes later neither makes it late nor takes it away."""
    held = {AWARE: date(2027, 3, 15), "done:plan.huddle": date(2027, 3, 17)}
    was = version("a", MARCH, plan(NOTIFIED))
    for now in (version("b", APRIL, plan(becomes, 1)), version("b", APRIL, plan(NOTIFIED, 9)), version("b", APRIL)):
        for days in (held, held | {NOTIFIED: AFTER}):
            (line,) = told((was, now), case(**days), AFTER)
            assert line.pin.version == "a" and step_of(line).done_on == date(2027, 3, 17)
            assert step_of(line).due_on == (date(2027, 4, 15) if NOTIFIED in days else None)


def test_a_step_of_which_nothing_says_when_it_starts_has_not_begun() -> None:
    """Pages that were adopted hold such steps; who mends what the check warns of mends it for open cases too."""
    step = {"key": "huddle", "title": "Huddle", "day": 3, "start_events": [], "source": SAID}
    without = RuleUse("plan", "timetable", 1, {"unit": "working_days", "steps": [step], "source": SAID})
    versions = (version("a", MARCH, without), version("b", APRIL, plan(STARTED, 3)))
    facts = case(aware=date(2027, 3, 15))
    assert one(versions, facts, BEFORE) == ("a", None)
    assert one(versions, facts, AFTER) == ("b", None)
    assert one(versions, case(aware=date(2027, 3, 15), rapid_review_started=date(2027, 4, 6)), date(2027, 4, 6)) == (
        "b",
        "2027-04-09",
    )
    finishing = (versions[0], replace(versions[1], open_cases="finish_under_old"))
    assert one(finishing, facts, AFTER)[0] == "a"


@pytest.mark.parametrize(("near_miss", "held"), [("no", False), ("yes", True), (None, True)])
def test_a_step_whose_condition_does_not_hold_is_not_told_though_what_it_comes_after_is_on_the_case(
    near_miss: str | None, held: bool
) -> None:
    chain = settings_of(("first", AWARE), ("second", "done:plan.first"))
    chain["steps"][1]["when"] = {"is": {"fact": "incident.near_miss", "value": "yes"}}  # type: ignore[index]
    versions = (
        version("a", MARCH, RuleUse("plan", "timetable", 1, chain)),
        version("b", APRIL, RuleUse("plan", "timetable", 1, settings_of(("second", NOTIFIED)))),
    )
    facts = with_near_miss(case(aware=date(2027, 3, 15), notification_sent=date(2027, 3, 16)), near_miss)
    for day in (BEFORE, AFTER):
        assert [line.pin.version for line in told(versions, facts, day, "second")] == (["a"] if held else [])
        assert [line.pin.version for line in told(versions, facts, day, "first")] == ["a"]


def test_a_stage_that_waits_for_one_that_was_taken_out_is_told_once_that_is_done() -> None:
    """A ladder says only what has begun."""

    def ladder(name: str, begins: date, **stages: str) -> Arrangement:
        told_of = [
            {
                "key": key,
                "title": key.title(),
                "stage": no,
                "start_events": [start],
                "span": {"amount": 5, "unit": "calendar_days"},
                "source": SAID,
            }
            for no, (key, start) in enumerate(stages.items(), 1)
        ]
        return version(name, begins, RuleUse("ladder", "escalation-ladder", 1, {"stages": told_of}))

    versions = (
        ladder("a", MARCH, one="dispute_raised", two="done:ladder.one"),
        ladder("b", APRIL, two="dispute_raised"),
    )
    raised = {AWARE: date(2027, 3, 15), "dispute_raised": date(2027, 3, 20)}
    assert told(versions, case(**raised), AFTER, "two") == []
    (two,) = told(versions, case(**raised, **{"done:ladder.one": AFTER}), AFTER, "two")
    assert (two.pin.version, step_of(two).due_on) == ("a", date(2027, 4, 7))
