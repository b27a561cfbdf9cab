"""The three walk-throughs: what the law and each area's own arrangement say of one case, on hand-checked dates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from threefold.governance.decide import Governance
from threefold.governance.pack import Library
from threefold.governance.verdict import Line, Verdict, effect, step_of
from threefold.plugin_api.facts import read_facts


def case(known_on: str, *events: tuple[str, str], **review: Any) -> dict[str, Any]:
    fact = {"value": "yes", "known_on": known_on}
    return {
        "incident": {"happened_on": known_on, "children": [{"key": "child-1", "abuse_or_neglect": fact, "seriously_harmed": fact}]},
        "review": {**review, "events": [{"name": name, "at": at} for name, at in events]},
    }  # fmt: skip


def decide(governance: Governance, library: Library, body: str, facts: dict[str, Any], as_of: str, move: str = "") -> Verdict:
    return governance.decide(body, library.bodies[body].versions, read_facts(facts), date.fromisoformat(as_of), move)


def due(verdict: Verdict, line_id: str) -> date | datetime | None:
    line = verdict.line(f"steps:{line_id}")
    assert line is not None, line_id
    return step_of(line).due_on


def against(verdict: Verdict) -> dict[str, Line]:
    return {line.finding.key: line for line in verdict.of("objections")}


def test_devon_adopted_which_version_applied_is_unknown(governance: Governance, library: Library) -> None:
    verdict = decide(governance, library, "devon", case("2021-03-29", ("aware", "2021-03-29")), "2021-03-30")
    assert any("Which local version applied on 29 March 2021 is unknown" in note for note in verdict.notes)
    assert {line.rule.layer for line in verdict.lines} == {"law"}
    assert due(verdict, "notification:notify-panel") == date(2021, 4, 7)
    assert sorted(version for version, _ in verdict.possible) == ["current", "old"]


DEVON = (
    ("aware", "2026-03-30"), ("briefing_received", "2026-03-30"), ("notification_sent", "2026-04-08"), ("notification_copied", "2026-04-08"),
)  # fmt: skip


def test_devon_day_plan_from_a_briefing(governance: Governance, library: Library) -> None:
    before = decide(governance, library, "example-vale", case("2026-03-30", *DEVON[:2]), "2026-04-01")
    after = decide(governance, library, "example-vale", case("2026-03-30", *DEVON), "2026-04-17")
    assert due(before, "notification:notify-panel") == date(2026, 4, 8)
    for verdict in (before, after):
        assert due(verdict, "rapid-review-plan:summaries") == date(2026, 4, 14)
        assert due(verdict, "rapid-review-plan:huddle") == date(2026, 4, 20)
        huddle = verdict.line("steps:rapid-review-plan:huddle")
        assert huddle is not None
        span = step_of(huddle).span
        assert span is not None
        assert (span.unit_from, span.start_is_day, span.amount) == ("inferred", 1, 14)
        assert "unit inferred" in huddle.finding.sentence
    assert due(after, "rapid-review:rapid-review") == date(2026, 4, 29)


def test_devon_statutory_and_local_stand_side_by_side(governance: Governance, library: Library) -> None:
    verdict = decide(governance, library, "example-vale", case("2026-03-30", *DEVON), "2026-04-17")
    (served,) = [t for t in verdict.two_dates if t.serves == "rapid-review"]
    assert served.statutory is not None
    assert step_of(served.statutory).due_on == date(2026, 4, 29)
    assert {step_of(line).statutory for line in served.local} == {False}
    assert len(served.local) == 5


def test_devon_before_the_version_began_the_local_plan_says_nothing(governance: Governance, library: Library) -> None:
    verdict = decide(
        governance,
        library,
        "example-vale",
        case("2025-12-29", ("aware", "2025-12-29"), ("briefing_received", "2025-12-29")),
        "2026-02-01",
    )
    assert verdict.line("steps:rapid-review-plan:huddle") is None
    assert due(verdict, "notification:notify-panel") == date(2026, 1, 6)


BRENT = (("aware", "2026-04-28"), ("notification_sent", "2026-05-01"))


def test_brent_sending_without_a_signature_needs_a_reason_and_stays_possible(governance: Governance, library: Library) -> None:
    facts = case("2026-04-28", *BRENT, signed_by=["council-lead", "police-lead"])
    verdict = decide(governance, library, "example-brook", facts, "2026-05-26", "send_rapid_review")
    assert due(verdict, "rapid-review:rapid-review") == date(2026, 5, 26)
    (only,) = verdict.of("objections")
    assert effect(only) == "needs_reason"
    assert only.finding.sentence.startswith("Not signed by health.")
    (way,) = [line for line in verdict.of("decision") if line.finding.key == "sign_rapid_review"]
    assert getattr(way.finding, "signs", ()) == ("council-lead", "police-lead", "health-lead")


def test_brent_signed_by_all_nothing_speaks_against(governance: Governance, library: Library) -> None:
    facts = case("2026-04-28", *BRENT, signed_by=["council-lead", "police-lead", "health-lead"])
    assert decide(governance, library, "example-brook", facts, "2026-05-26", "send_rapid_review").of("objections") == ()


def test_brent_shows_that_the_independent_role_writes(governance: Governance, library: Library) -> None:
    verdict = decide(governance, library, "example-brook", case("2026-04-28", *BRENT), "2026-05-26")
    line = verdict.line("criteria:scrutiny:authors/convener")
    assert line is not None
    assert "co-writes the rapid reviews" in line.finding.sentence


def test_plymouth_accepted_referral_unit_not_stated(governance: Governance, library: Library) -> None:
    facts = {
        "incident": {"children": [{"key": "child-1"}]},
        "review": {"events": [{"name": "referral_accepted", "at": "2026-01-12"}]},
    }
    verdict = decide(governance, library, "example-sound", facts, "2026-01-13", "send_rapid_review")
    line = verdict.line("steps:rapid-review-plan:decision")
    assert line is not None
    step = step_of(line)
    assert step.due_on is None
    assert "unit not stated" in step.sentence
    assert dict(step.readings) == {"if calendar days": date(2026, 1, 27), "if working days": date(2026, 2, 2)}
    spoken = against(verdict)
    assert effect(spoken["no-notification"]) == "refused"
    assert "RR-1" in spoken["no-notification"].finding.source.ref
    assert getattr(spoken["no-notification"].finding, "offers", ()) == ("notify",)
    assert getattr(spoken["local-ways"].finding, "offers", ()) == ("learning-from-experience",)
    assert effect(spoken["local-ways"]) == "noted"


def test_plymouth_once_notified(governance: Governance, library: Library) -> None:
    facts = case("2026-01-12", ("referral_accepted", "2026-01-12"), ("notification_sent", "2026-01-20"))
    verdict = decide(governance, library, "example-sound", facts, "2026-01-21", "send_rapid_review")
    assert due(verdict, "rapid-review:rapid-review") == date(2026, 2, 10)
    assert verdict.of("objections") == ()
    learning = verdict.line("outcomes:review-types:learning-from-experience")
    assert learning is not None
    assert getattr(learning.finding, "national", True) is False
    assert "a one-page report" in learning.finding.sentence


def test_sefton_nested_clocks_in_two_units(governance: Governance, library: Library) -> None:
    (version,) = library.bodies["sefton"].versions
    events = [
        ("done:escalation.decision", "2026-03-27"), ("dispute_raised", "2026-03-31"), ("done:escalation.read-and-speak", "2026-04-02"),
        ("dispute_stage_2", "2026-04-09"), ("done:escalation.not-agreed", "2026-04-13"), ("dispute_meeting", "2026-04-17T16:30:00+01:00"),
    ]  # fmt: skip
    facts = read_facts({"review": {"events": [{"name": name, "at": at} for name, at in events]}})
    verdict = governance.decide("sefton", (version,), facts, date(2026, 4, 20))
    ((_, lines),) = verdict.possible  # the day the ladder began is unknown: it is shown apart
    found = {line.finding.key: step_of(line).due_on for line in lines if line.hook == "steps"}
    assert found == {
        "raise": date(2026, 3, 31), "read-and-speak": date(2026, 4, 7), "outcome-letter": date(2026, 4, 8), "agree": date(2026, 4, 13),
        "meeting": date(2026, 4, 20), "meeting-letter": datetime.fromisoformat("2026-04-19T16:30:00+01:00"),
    }  # fmt: skip
    told = {line.finding.key for line in lines if line.hook == "to_tell"}
    assert told == {"business-manager", "safeguarding-leads", "copy-of-letter"}


def test_a_disagreement_never_moves_a_statutory_date(governance: Governance, library: Library) -> None:
    quiet = decide(governance, library, "example-vale", case("2026-03-30", *DEVON), "2026-04-17")
    loud = decide(governance, library, "example-vale", case("2026-03-30", *DEVON, ("dispute_raised", "2026-04-01"), ("dispute_stage_2", "2026-04-10")),
                  "2026-04-17")  # fmt: skip
    assert due(quiet, "rapid-review:rapid-review") == due(loud, "rapid-review:rapid-review")
