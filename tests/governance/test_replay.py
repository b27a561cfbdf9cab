"""A draft over past verdicts gives what asking everything again would give, tells cannot-say apart, and can be stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from threefold.domain.errors import ThreefoldError
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, RuleUse, load_library
from threefold.governance.replay import PastVerdict, _says, replay
from threefold.governance.verdict import Verdict, verdict_to_json
from threefold.plugin_api.facts import Facts, read_facts, write_facts
from threefold.plugin_api.facts.stored import restore_facts

LIBRARY = load_library(Path(__file__).parents[2] / "tenants")
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


def by_asking_everything(arrangement: Arrangement, facts: Facts, as_of: date) -> dict[str, str]:
    """The slow reference: the whole verdict, and of it what local rules say and people did not judge."""
    verdict = GOVERNANCE.decide("area", (arrangement,), facts, as_of)
    return {
        line.id: _says(line.finding)
        for line in verdict
        if line.hook in ("duties", "steps", "criteria", "outcomes", "agencies", "decision") and line.rule.layer == "local"
        and not getattr(line.finding, "judgement", False)
    }  # fmt: skip


def past(verdict: Verdict, facts: Facts, *, fresh: bool = True) -> PastVerdict:
    prints = verdict.fingerprints if fresh else ("of another time",)
    return PastVerdict("one", verdict.as_of, json.dumps(write_facts(facts)), json.dumps(verdict_to_json(verdict)), prints)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
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
    was, now = by_asking_everything(before, facts, as_of), by_asking_everything(draft, facts, as_of)
    wanted = {key: (was.get(key), now.get(key)) for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
    found = {line.line_id: (line.before, line.after) for case in result.differing for line in case.lines}
    assert found == wanted
    assert sum(result.states.values()) == 1
    assert bool(found) == (result.states["unchanged"] == 0)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_facts_restored_without_checks_are_the_facts(facts: Facts) -> None:
    assert restore_facts(json.loads(json.dumps(write_facts(facts)))) == facts


VALE = replace(version("example-vale/demonstration"), begins=ALWAYS)
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
    assert [(c.state, c.lines[0].after) for c in result.differing] == [("changed", "not_met"), ("cannot_say", "unclear")]
    assert result.lines == {"Known to services": 1}


def test_it_can_be_stopped_and_says_how_far_it_came() -> None:
    seen: list[int] = []
    many = [one(date(2026, 3, 2))] * 1000
    result = replay(GOVERNANCE, VALE, replace(VALE, version="draft"), many, stop=lambda: len(seen) > 2, progress=seen.append)
    assert (result.stopped, result.done) == (True, 500)
    assert result.stored()["stopped"] is True


def test_the_law_s_lines_never_differ_whatever_a_draft_drops() -> None:
    stored = one(date(2026, 3, 2))
    result = replay(GOVERNANCE, VALE, replace(VALE, version="draft", uses=()), [stored])
    law = {line["id"] for served in json.loads(stored.verdict)["steps"] if (line := served["statutory"])}
    assert law and not law & {line.line_id for case in result.differing for line in case.lines}
