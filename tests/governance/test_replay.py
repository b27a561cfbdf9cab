"""A draft over past verdicts gives what asking everything again would give, tells cannot-say apart, and can be stopped."""

from __future__ import annotations

import itertools
import json
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from tests.contract.toys import Crashing, Endless, Raising, ToyLocal
from tests.support.tenants import read_tenants
from threefold.domain.errors import ThreefoldError
from threefold.governance.ask import RuleTooSlow
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, RuleUse
from threefold.governance.replay import LineDiffers, PastVerdict, Replayed, ReplayResult, replay
from threefold.governance.verdict import Verdict, verdict_to_json
from threefold.plugin_api.facts import Facts, read_facts, write_facts
from threefold.plugin_api.facts.stored import restore_facts
from threefold.plugin_api.rule import Rule

LIBRARY = read_tenants()
GOVERNANCE = Governance(LIBRARY.editions, Catalogue.installed())
ALWAYS = date(2018, 6, 29)
WITH_RULES = sorted(
    f"{b.id}/{v.version}"
    for b in LIBRARY.bodies.values()
    for v in b.versions
    if {u.rule for u in v.uses} & {"timetable", "local-criteria", "review-types"}
)
DAY = st.dates(date(2020, 1, 10), date(2026, 6, 1))
ANSWER = st.sampled_from(["yes", "no", "unclear"]) | st.none()


@st.composite
def cases(draw: st.DrawFn) -> Facts:
    day = draw(DAY)
    child = {
        "key": "child-1",
        **{n: a for n in ("died", "abuse_or_neglect", "seriously_harmed", "suspected_suicide") if (a := draw(ANSWER))},
    }
    incident = {
        "children": [child],
        **{
            n: a
            for n in ("urgent", "near_miss", "good_practice", "family_known_recently", "learning_likely")
            if (a := draw(ANSWER))
        },
    }
    events = [{"name": "aware", "at": day.isoformat()}]
    for name, after in (
        ("briefing_received", 0),
        ("notification_sent", 3),
        ("notification_copied", 4),
        ("dispute_raised", 5),
        ("referral_accepted", 1),
    ):
        if draw(st.booleans()):
            events.append({"name": name, "at": (day + timedelta(days=after)).isoformat()})
    return read_facts({"incident": incident, "review": {"events": events}})


def version(name: str) -> Arrangement:
    body, _, key = name.partition("/")
    return next(v for v in LIBRARY.bodies[body].versions if v.version == key)


VALE = replace(version("example-vale/demonstration"), begins=ALWAYS)


@st.composite
def drafts(draw: st.DrawFn) -> tuple[Arrangement, Arrangement]:
    """A version in force from the first day, and a draft of it: a thing dropped, changed, or a rule dropped or come."""
    before = replace(version(draw(st.sampled_from(WITH_RULES))), begins=ALWAYS, until=None, entered="signed")
    uses = list(before.uses)
    place = draw(st.integers(0, len(uses) - 1))
    way = draw(st.sampled_from(["drop", "add", "change", "day"]))
    if way == "drop":
        del uses[place]
    elif way == "add":
        other = version(draw(st.sampled_from(WITH_RULES)))
        uses.append(replace(draw(st.sampled_from(other.uses)), use="another"))
    else:
        uses[place] = _changed(draw, uses[place], way)
    return before, replace(before, version="draft", uses=tuple(uses))


def _changed(draw: st.DrawFn, use: RuleUse, way: str) -> RuleUse:
    made: dict[str, Any] = json.loads(json.dumps(dict(use.settings), default=str))
    for name, entries in made.items():
        if isinstance(entries, list) and entries and isinstance(entries[0], dict) and "key" in entries[0]:
            index = draw(st.integers(0, len(entries) - 1))
            if way == "day" and entries[index].get("day"):
                entries[index]["day"] += 1
            elif way == "change":
                del entries[index]
            made[name] = entries
            break
    return replace(use, settings=made)


# What a finding says that is wording, or where it comes from, or tells of the case and not of the rule.
UNSAID = {
    "key", "title", "agency", "question", "sentence", "source", "reads", "when", "judgement", "view", "reason", "children", "span",
    "start_event", "starts", "from_span", "starts_on", "ends_with", "done_on",
}  # fmt: skip
LOCAL_LINES = ("duties", "steps", "criteria", "outcomes", "agencies", "decision")
Said = dict[str, dict[str, Any]]


def by_asking_everything(governance: Governance, arrangement: Arrangement, facts: Facts, as_of: date) -> Said:
    """The slow reference: the whole verdict, and of each local line every value of its finding but its wording."""
    found: Said = {}
    for line in governance.decide("area", (arrangement,), facts, as_of):
        if line.hook in LOCAL_LINES and line.rule.layer == "local" and not line.finding.key.startswith("question/"):
            values = {f.name: getattr(line.finding, f.name) for f in fields(line.finding) if f.name not in UNSAID}
            if getattr(line.finding, "judgement", False):
                values["state"] = "judged"
            key = line.finding.key
            found[f"decision:{key}" if line.hook == "decision" else line.id] = values
    return found


def past(verdict: Verdict, facts: Facts, *, fresh: bool = True) -> PastVerdict:
    prints = verdict.fingerprints if fresh else ("of another time",)
    return PastVerdict("one", verdict.as_of, json.dumps(write_facts(facts)), json.dumps(verdict_to_json(verdict)), prints)


def states(result: ReplayResult) -> dict[str, str]:
    return {ln.line_id: "cannot_say" if ln.cannot_say else "changed" for case in result.differing for ln in case.lines}


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(drafts(), cases(), st.booleans())
def test_a_replay_says_what_asking_everything_again_says(
    pair: tuple[Arrangement, Arrangement], facts: Facts, fresh: bool
) -> None:
    before, draft = pair
    try:
        GOVERNANCE.rule_set(draft, GOVERNANCE.editions[0])
    except ThreefoldError:
        reject()  # two rules that answer one question: such a draft is mended before it is tried
    as_of = max(e.day for e in facts.review.events)
    stored = past(GOVERNANCE.decide("area", (before,), facts, as_of), facts, fresh=fresh)
    result = replay(GOVERNANCE, before, draft, [stored])
    was, now = (by_asking_everything(GOVERNANCE, side, facts, as_of) for side in pair)
    found = states(result)
    differ = {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
    # A step that one side alone has says nothing of a case in which nothing has started it.
    waiting = {key for key in was.keys() ^ now.keys() if key.startswith("steps:") and _waits((was | now)[key])}
    assert {key for key, state in found.items() if state == "changed"} <= differ
    assert differ - waiting <= found.keys()
    assert result.states == {"changed" if "changed" in found.values() else "cannot_say" if found else "unchanged": 1}


def _waits(said: dict[str, Any]) -> bool:
    return said["due_on"] is None and not said["readings"]


@pytest.mark.parametrize("fresh", [True, False])
def test_a_new_step_that_nothing_has_started_is_no_difference(fresh: bool) -> None:
    before = replace(VALE, version="before", uses=())
    for event, told in (("panel_replied", "unchanged"), ("aware", "changed")):
        draft = replace(VALE, version="draft", uses=(_step(day=3, start_events=[event]),))
        facts = small_case({})
        for one_side, other in ((before, draft), (draft, before)):
            verdict = GOVERNANCE.decide("area", (one_side,), facts, AWARE)
            assert dict(replay(GOVERNANCE, one_side, other, [past(verdict, facts, fresh=fresh)]).states) == {told: 1}


def test_a_question_of_the_area_s_own_is_told_apart_and_counted_nowhere() -> None:
    question = {"key": "known", "title": "Is the child known to the youth service?"}
    criterion = {"key": "known", "title": "Known there", "when": {"is": {"fact": "incident.local.known", "value": "yes"}}}
    uses = lambda **s: (RuleUse("more", "local-criteria", 1, s),)  # noqa: E731
    plain, asks, turns = (replace(VALE, version=v, uses=u) for v, u in (
        ("before", ()), ("draft", uses(questions=[question])), ("draft", uses(questions=[question], criteria=[criterion]))))  # fmt: skip
    facts = small_case({})
    for fresh in (True, False):
        stored = [past(GOVERNANCE.decide("area", (side,), facts, AWARE), facts, fresh=fresh) for side in (plain, asks)]
        added, gone = replay(GOVERNANCE, plain, asks, stored[:1]), replay(GOVERNANCE, asks, plain, stored[1:])
        assert (added.states, added.asks, added.asks_no_more) == ({"unchanged": 1}, (question["title"],), ())
        assert (gone.states, gone.asks, gone.asks_no_more) == ({"unchanged": 1}, (), (question["title"],))
        result = replay(GOVERNANCE, plain, turns, stored[:1])
        assert result.states == {"cannot_say": 1}, "a criterion that rests on it is a line like any other"
        assert list(states(result)) == ["criteria:more:known"]


# Every answer to what was never asked, tried: what must be said of a line where facts are missing.

ASKABLE = ("urgent", "near_miss", "family_known_recently")
LAWLESS = Governance((replace(GOVERNANCE.editions[0], uses=()),), GOVERNANCE.catalogue)
AWARE = date(2026, 3, 2)
WORLDS = [dict(zip(ASKABLE, told, strict=True)) for told in itertools.product(("yes", "no", "unclear"), repeat=len(ASKABLE))]


@st.composite
def condition(draw: st.DrawFn) -> dict[str, Any]:
    one = st.builds(
        lambda f, v: {"is": {"fact": f"incident.{f}", "value": v}}, st.sampled_from(ASKABLE), st.sampled_from(["yes", "no"])
    )
    joined = st.builds(
        lambda kind, parts: {kind: parts}, st.sampled_from(["all", "any"]), st.lists(one, min_size=2, max_size=2)
    )
    return draw(one | joined | st.builds(lambda c: {"not": c}, one))


@st.composite
def small(draw: st.DrawFn) -> tuple[RuleUse, ...]:
    """One thing of each kind, its settings from few choices, so that two draws often agree in most of them."""

    def maybe(**told: st.SearchStrategy[Any]) -> dict[str, Any]:
        return {name: value for name, strategy in told.items() if (value := draw(strategy)) is not None}

    few, when = st.sampled_from, st.none() | condition()
    hours = draw(few([4, 8]))
    step = {
        "key": "a",
        "title": "A",
        "day": draw(few([3, 5])),
        **maybe(
            who=few([None, "council-lead", "police-lead"]), optional=few([True, False]), from_day=few([None, 1, 2]), when=when
        ),
    }
    timed = {"key": "b", "title": "B", "start_events": ["aware"], "span": {"amount": hours, "unit": "hours"}}
    judged = draw(few([True, False]))
    criterion = {
        "key": "k",
        "title": "K",
        **maybe(effect=few(["adds", "hint"]), about=few(["notify", "local-review"]), when=condition() if judged else when),
    }
    way = {"question": "local_review", "text": "t", "decides": [draw(few(["council-lead", "police-lead"]))], "how": "one_decides",
           **maybe(invited=few([None, ["health-lead"]]), invited_days=few([None, 3, 9]))}  # fmt: skip
    made = (
        RuleUse("ag", "relevant-agencies", 1, {"agencies": [{"key": "x", "title": "X", "asked": True, **maybe(when=when)}]}),
        RuleUse("more", "local-criteria", 1, {"criteria": [criterion]}),
        RuleUse("plan", "timetable", 1, {"start_events": ["aware"], "unit": "working_days", "steps": [step, timed]}),
        RuleUse(
            "ty",
            "review-types",
            1,
            {"types": [{"key": "x", "title": "X", "national": draw(few([True, False])), **maybe(when=when)}]},
        ),
        RuleUse("w", "decision-making", 1, {"ways": [way]}),
    )
    return tuple(use for use in made if draw(few([True, True, True, False])))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(small(), small(), st.tuples(*[st.sampled_from(["yes", "no", "unclear", None])] * len(ASKABLE)), st.booleans())
def test_what_hangs_on_a_fact_never_asked_is_never_counted_as_the_same_or_as_another(
    old: tuple[RuleUse, ...], new: tuple[RuleUse, ...], answers: tuple[str | None, ...], fresh: bool
) -> None:
    before, draft = (replace(VALE, version=v, uses=uses) for v, uses in (("before", old), ("draft", new)))
    given_ = {name: answer for name, answer in zip(ASKABLE, answers, strict=True) if answer}
    facts = small_case(given_)
    result = replay(LAWLESS, before, draft, [past(LAWLESS.decide("area", (before,), facts, AWARE), facts, fresh=fresh)])
    worlds = [w for w in WORLDS if all(w[name] == answer for name, answer in given_.items())]
    pairs = [tuple(by_asking_everything(LAWLESS, side, small_case(w), AWARE) for side in (before, draft)) for w in worlds]
    found = states(result)
    for key in {key for pair in pairs for side in pair for key in side}:
        sides = [(was.get(key), now.get(key)) for was, now in pairs]
        assert found.get(key, "unchanged") in may_be_said(sides), (key, sides)


def may_be_said(sides: list[tuple[dict[str, Any] | None, dict[str, Any] | None]]) -> set[str]:
    """What a replay may say of a line, by what the two sides say under every answer: a judgement is tried on neither side."""
    if any(((was or {}).get("state") == "judged") != ((now or {}).get("state") == "judged") for was, now in sides):
        does = {tuple((side or {}).get(n) for n in ("effect", "about")) for pair in sides for side in pair if side}
        return {"cannot_say"} if len(does) == 1 else {"cannot_say", "changed"}
    same = {was == now for was, now in sides}
    always = {"unchanged" if same == {True} else "changed"} if len(same) == 1 else set()
    return always | ({"cannot_say"} if len(sides) > 1 else set())


def small_case(told: dict[str, str]) -> Facts:
    events = [
        {"name": "aware", "at": f"{AWARE}T09:00:00+00:00"},
        {"name": "notification_sent", "at": f"{AWARE}T10:00:00+00:00"},
    ]
    return read_facts({"incident": {"children": [{"key": "child-1", "died": "yes"}], **told}, "review": {"events": events}})


@settings(max_examples=60, deadline=None)
@given(cases())
def test_facts_restored_without_checks_are_the_facts(facts: Facts) -> None:
    assert restore_facts(json.loads(json.dumps(write_facts(facts)))) == facts


CRITERION = RuleUse("more", "local-criteria", 1, {"criteria": [
    {"key": "known", "title": "Known to services", "when": {"is": {"fact": "incident.family_known_recently", "value": "yes"}}}]})  # fmt: skip


def one(day: date, **incident: str) -> PastVerdict:
    facts = read_facts({"incident": {"children": [{"key": "child-1", "died": "yes"}], **incident},
                        "review": {"events": [{"name": "aware", "at": day.isoformat()}]}})  # fmt: skip
    return past(GOVERNANCE.decide("area", (VALE,), facts, day), facts)


def test_a_fact_never_asked_is_not_no() -> None:
    draft = replace(VALE, version="draft", uses=(*VALE.uses, CRITERION))
    asked = one(date(2026, 3, 2), family_known_recently="no")
    never = one(date(2026, 3, 2))
    result = replay(GOVERNANCE, VALE, draft, [asked, never])
    assert [(c.state, c.lines[0].after) for c in result.differing] == [("changed", "not met"), ("cannot_say", "unclear")]
    assert result.lines == {"Known to services": 1}


def _criterion(fact: str, **more: Any) -> RuleUse:
    when = {"is": {"fact": f"incident.{fact}", "value": "yes"}}
    return RuleUse("u", "local-criteria", 1, {"criteria": [{"key": "k", "title": "K", "when": when, **more}]})


def _step(**more: Any) -> RuleUse:
    return RuleUse(
        "u", "timetable", 1, {"start_events": ["aware"], "unit": "working_days", "steps": [{"key": "a", "title": "A", **more}]}
    )


def _hours(amount: int) -> RuleUse:
    return _step(start_events=["aware"], span={"amount": amount, "unit": "hours"})


def _agency(**more: Any) -> RuleUse:
    return RuleUse("u", "relevant-agencies", 1, {"agencies": [{"key": "x", "title": "X", "asked": True, **more}]})


def _type(fact: str) -> RuleUse:
    return RuleUse(
        "u",
        "review-types",
        1,
        {"types": [{"key": "x", "title": "X", "when": {"is": {"fact": f"incident.{fact}", "value": "yes"}}}]},
    )


def _way(**more: Any) -> RuleUse:
    way = {"question": "local_review", "text": "t", "decides": ["council-lead"], "how": "one_decides", **more}
    return RuleUse("u", "decision-making", 1, {"ways": [way]})


URGENT = {"is": {"fact": "incident.urgent", "value": "yes"}}
NEAR = {"is": {"fact": "incident.near_miss", "value": "yes"}}
INCIDENT: dict[str, Any] = {"day": 3, "start_events": ["incident"]}  # nobody was asked when it happened
WORDS = {"title": "Another title", "text": "Said in other words."}
TURNED = [({kind: [URGENT, NEAR]}, {kind: [NEAR, URGENT]}) for kind in ("all", "any")] + [
    ({"not": {"all": [URGENT, {"any": [URGENT, NEAR]}]}}, {"not": {"all": [{"any": [NEAR, URGENT]}, URGENT]}})
]  # fmt: skip


@pytest.mark.parametrize("fresh", [True, False], ids=["today's", "of another time"])
@pytest.mark.parametrize(("was", "now", "told", "state", "words"), [
    (_criterion("urgent"), _criterion("near_miss"), {}, "cannot_say", ("unclear", "unclear")),
    (_criterion("urgent"), _criterion("urgent", title="Another title"), {}, "unchanged", None),
    (_criterion("urgent"), _criterion("near_miss"), {"urgent": "no", "near_miss": "no"}, "unchanged", None),
    (_criterion("urgent"), _criterion("urgent", effect="adds"), {}, "changed", ("what it does to the national test: hint", "what it does to the national test: adds")),
    (_criterion("urgent"), _criterion("urgent", about="local-review"), {"urgent": "yes"}, "changed",
     ("what it is about: notify", "what it is about: local review")),
    (_criterion("urgent"), _criterion("urgent", when=None), {"urgent": "yes"}, "cannot_say", ("met", "for the partners to judge")),
    (_type("urgent"), _type("near_miss"), {}, "cannot_say", ("unclear", "unclear")),
    (_step(day=3), _step(day=3, when=URGENT), {}, "cannot_say", None),
    (_step(day=3), _step(day=3, when=URGENT), {"urgent": "yes"}, "unchanged", None),
    (_step(day=3), _step(day=3, when=URGENT), {"urgent": "no"}, "changed", None),
    (_step(day=3, when=URGENT), _step(day=3, when=NEAR), {"urgent": "yes"}, "cannot_say", None),
    (_step(day=3, when=URGENT), _step(day=3, when=URGENT, optional=True), {}, "cannot_say", None),
    (_step(day=3, who="police-lead"), _step(day=3, who="council-lead"), {}, "changed",
     ("who does it: Lead safeguarding partner, police", "who does it: Lead safeguarding partner, council")),
    (_step(day=3), _step(day=3, optional=True), {}, "changed", ("not optional", "optional")),
    (_step(day=3, start_events=["incident"]), _step(day=5, start_events=["incident"]), {}, "cannot_say", None),
    (_step(day=3, start_events=["incident"]), _way(), {}, "changed", None),
    (_step(day=3), _step(day=3, from_day=1), {}, "changed", ("with no first day", "from 3 March 2026")),
    (_hours(4), _hours(8), {}, "changed", ("due 2 March 2026 at 13:00", "due 2 March 2026 at 17:00")),
    (_agency(), _agency(when=URGENT), {}, "cannot_say", None),
    (_agency(), _agency(when=URGENT), {"urgent": "yes"}, "unchanged", None),
    (_way(), _way(decides=["police-lead"], how="joint_view"), {}, "changed",
     ("who decides: Lead safeguarding partner, council; how: one has the last word",
      "who decides: Lead safeguarding partner, police; how: by their joint view")),
    (_way(invited=["health-lead"], invited_days=3), _way(invited=["health-lead"], invited_days=9), {}, "changed", None),
    (_way(), _way(invited=["health-lead"]), {}, "changed", None),
    (_way(), _step(day=3), {}, "changed", None),
    # Words alone, in the title and in what is said of it.
    (_step(**INCIDENT), _step(**INCIDENT, **WORDS), {}, "unchanged", None),
    (_step(**INCIDENT, when=URGENT), _step(**INCIDENT, when=URGENT, **WORDS), {}, "unchanged", None),
    (_step(day=3), _step(day=3, **WORDS), {}, "unchanged", None),
    (_criterion("urgent"), _criterion("urgent", **WORDS), {}, "unchanged", None),
    (_agency(when=URGENT), _agency(when=URGENT, text="Said in other words."), {}, "unchanged", None),
    (_way(), _way(text="Said in other words."), {}, "unchanged", None),
    # Who does a step that applies, and whether it may be left out, is certain where its day is not.
    (_step(**INCIDENT, who="police-lead"), _step(**INCIDENT, who="council-lead"), {}, "changed",
     ("who does it: Lead safeguarding partner, police", "who does it: Lead safeguarding partner, council")),
    (_step(**INCIDENT), _step(**(INCIDENT | {"day": 5}), optional=True), {}, "changed", ("not optional", "optional")),
    (_step(**INCIDENT, when=URGENT), _step(**INCIDENT, when=URGENT, optional=True), {}, "cannot_say", None),
    (_step(**INCIDENT, when=URGENT), _step(**INCIDENT, when=URGENT, optional=True), {"urgent": "yes"}, "changed", ("not optional", "optional")),
    # What a step counts from, and from when it may be done, is no wording.
    (_step(**INCIDENT), _step(**INCIDENT, from_day=1), {}, "cannot_say", None),
    (_step(**INCIDENT, when=URGENT), _step(**INCIDENT, from_day=1, when=URGENT), {}, "cannot_say", None),
    (_step(day=3, start_events=["incident", "death"]), _step(day=3, start_events=["death", "incident"]), {}, "unchanged", None),
    (_step(day=3, start_events=["death"], ends_with="published"), _step(day=3, start_events=["published"], ends_with="death"), {}, "cannot_say", None),
    (_step(day=3, start_events=["incident"], ends_with="published"), _step(day=3, start_events=["published"], ends_with="incident"), {}, "cannot_say", None),
    # The order of the parts of a condition.
    *((_criterion("urgent", when=one), _criterion("urgent", when=other), {}, "unchanged", None) for one, other in TURNED),
    *((_step(day=3, when=one), _step(day=3, when=other, **WORDS), {}, "unchanged", None) for one, other in TURNED),
    *((_agency(when=one), _agency(when=other), {}, "unchanged", None) for one, other in TURNED),
    (_criterion("urgent", when={"all": [URGENT, NEAR]}), _criterion("urgent", when={"any": [NEAR, URGENT]}), {}, "cannot_say", ("unclear", "unclear")),
    (_criterion("urgent", when={"all": [{"any": [URGENT, NEAR]}, URGENT]}), _criterion("urgent", when={"any": [{"all": [URGENT, NEAR]}, URGENT]}), {}, "cannot_say", None),
])  # fmt: skip
def test_what_is_another_and_what_cannot_be_said(
    was: RuleUse, now: RuleUse, told: dict[str, str], state: str, words: tuple[str, str] | None, fresh: bool
) -> None:
    before, draft = (replace(VALE, version=v, uses=(use,)) for v, use in (("before", was), ("draft", now)))
    facts = small_case(told)
    result = replay(GOVERNANCE, before, draft, [past(GOVERNANCE.decide("area", (before,), facts, AWARE), facts, fresh=fresh)])
    assert dict(result.states) == {state: 1}
    if words:
        assert [(ln.before, ln.after) for case in result.differing for ln in case.lines] == [words]


def test_what_a_verdict_of_an_earlier_release_did_not_keep_is_no_difference() -> None:
    before = replace(VALE, uses=(_criterion("urgent"),))
    facts = small_case({"urgent": "yes"})
    stored = past(GOVERNANCE.decide("area", (before,), facts, AWARE), facts, fresh=False)
    kept = json.loads(stored.verdict)
    for line in kept["criteria"]:
        for name in ("when", "effect", "about", "speaks_against"):
            line.pop(name, None)
    result = replay(GOVERNANCE, before, replace(before, version="draft"), [replace(stored, verdict=json.dumps(kept))])
    assert dict(result.states) == {"unchanged": 1}


def test_a_rule_of_the_draft_that_fails_says_neither_no_nor_gone() -> None:
    governance = Governance(GOVERNANCE.editions, Catalogue(dict(GOVERNANCE.catalogue.rules)))
    before = replace(VALE, uses=(RuleUse("u", "toy-local", 1, {}),))
    governance.catalogue.rules["toy-local", 1] = ToyLocal
    governance.catalogue.rules["crashing", 1] = Crashing
    facts = small_case({"near_miss": "no"})
    stored = past(governance.decide("area", (before,), facts, AWARE), facts)
    result = replay(governance, before, replace(before, version="draft", uses=(RuleUse("u", "crashing", 1, {}),)), [stored])
    assert [(ln.line_id, ln.after, ln.cannot_say) for case in result.differing for ln in case.lines] == [
        ("criteria:u:near-miss", None, False), ("steps:u:talk", "unknown: it could not be worked out", True), ("decision:u", "unknown: it could not be worked out", True)]  # fmt: skip
    titles = {ln.line_id: ln.title for ln in result.differing[0].lines}
    assert result.lines == {titles["criteria:u:near-miss"]: 1} and result.stored()["unsaid"] == {
        titles["steps:u:talk"]: 1,
        titles["decision:u"]: 1,
    }, "of a case that would be different, what cannot be said is counted too"


def added(rule: type[Rule]) -> ReplayResult:
    """A draft that adds a rule to a version, over three cases."""
    name = rule.card.id
    governance = Governance(GOVERNANCE.editions, Catalogue({**GOVERNANCE.catalogue.rules, (name, 1): rule}))
    draft = replace(VALE, version="draft", uses=(*VALE.uses, RuleUse("u", name, 1, {})))
    return replay(governance, VALE, draft, [one(date(2026, 3, day)) for day in (2, 3, 4)])


@pytest.mark.parametrize("fresh", [True, False])
def test_who_does_a_step_that_nothing_has_started_is_a_difference_and_its_time_is_none(fresh: bool) -> None:
    facts = read_facts(
        {"incident": {"children": [{"key": "child-1"}]}, "review": {"events": [{"name": "aware", "at": AWARE.isoformat()}]}}
    )

    def states(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
        stood = replace(VALE, uses=(_step(start_events=["notification_sent"], **before),))
        draft = replace(VALE, version="d", uses=(_step(start_events=["notification_sent"], **after),))
        verdict = GOVERNANCE.decide("area", (stood,), facts, AWARE)
        return [state for state, n in replay(GOVERNANCE, stood, draft, [past(verdict, facts, fresh=fresh)]).states.items() if n]

    unclear = {"is": {"fact": "incident.near_miss", "value": "yes"}}
    assert states({"day": 3}, {"day": 5}) == ["unchanged"]
    assert states({"day": 3}, {"day": 3, "when": unclear}) == ["unchanged"]
    assert states({"day": 3, "who": "The council"}, {"day": 3, "who": "The police"}) == ["changed"]


def test_a_rule_that_a_draft_adds_and_that_fails_on_every_case_leaves_nothing_the_same() -> None:
    """It has no line anywhere that could differ: what it would have said is not known all the same."""
    result = added(Raising)
    assert dict(result.states) == {"cannot_say": 3}
    assert {(ln.line_id, ln.title, ln.before, ln.after) for case in result.differing for ln in case.lines} == {
        ("agencies:u", "The rule “raising: u”", None, "unknown: it could not be worked out")
    }


def test_a_rule_that_does_not_answer_ends_the_replay_with_its_place() -> None:
    with pytest.raises(RuleTooSlow, match="does not answer in its time") as told:
        added(Endless)
    assert told.value.field == "rules.u"


def test_it_can_be_stopped_and_says_how_far_it_came() -> None:
    seen: list[int] = []
    many = [one(date(2026, 3, 2))] * 1000
    result = replay(GOVERNANCE, VALE, replace(VALE, version="draft"), many, stop=lambda: len(seen) > 2, progress=seen.append)
    assert (result.stopped, result.done) == (True, 500)
    assert result.stored()["stopped"] is True


def test_a_long_list_is_kept_in_part_and_says_of_how_many() -> None:
    draft = replace(VALE, version="draft", uses=(*VALE.uses, CRITERION))
    kept = replay(GOVERNANCE, VALE, draft, [one(date(2026, 3, 2))] * 3).stored(most=2)
    assert (len(kept["cases"]), kept["differing"]) == (2, 3)


def test_the_law_s_lines_never_differ_whatever_a_draft_drops() -> None:
    stored = one(date(2026, 3, 2))
    result = replay(GOVERNANCE, VALE, replace(VALE, version="draft", uses=()), [stored])
    law = {line["id"] for served in json.loads(stored.verdict)["steps"] if (line := served["statutory"])}
    assert law and not law & {line.line_id for case in result.differing for line in case.lines}


def test_what_would_be_different_is_listed_before_what_cannot_be_said_however_many_those_are() -> None:
    """A list that is cut off hides no change behind cases in which an answer was never given."""
    unsure = [
        Replayed(f"2026-{n:04d}", "cannot_say", (LineDiffers("x", "A test", "", "", cannot_say=True),)) for n in range(600)
    ]
    sure = [Replayed(case, "changed", (LineDiffers("x", "A test", "no", "yes"),)) for case in ("2027-0002", "2027-0001")]
    told = ReplayResult(done=602, differing=[*unsure, *sure]).stored(most=500)
    assert [c["case"] for c in told["cases"][:3]] == ["2027-0001", "2027-0002", "2026-0000"]
    assert (len(told["cases"]), told["differing"]) == (500, 602)
