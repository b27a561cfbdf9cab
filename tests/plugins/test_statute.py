"""The law's rules against its own tables: the worked cases, the counting rules, the definitions, the editions."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.tenants import read_tenants
from threefold.domain.findings import Criterion, Duty, Outcome
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.verdict import Verdict, effect, step_of
from threefold.plugin_api.arrangement import Organisation, Seat
from threefold.plugin_api.facts import read_facts

LIBRARY = read_tenants()
LAW = Governance(LIBRARY.editions, Catalogue.installed())
ASKED = date(2026, 6, 1)


def child(key: str = "child-1", **facts: Any) -> dict[str, Any]:
    return {"key": key, **facts}


def judge(
    *children: dict[str, Any], as_of: date = ASKED, events: dict[str, str] | None = None, review: Any = None, **incident: Any
) -> Verdict:
    happened = [{"name": name, "at": at} for name, at in (events or {}).items()]
    facts = read_facts({"incident": {"children": list(children), **incident}, "review": {"events": happened, **(review or {})}})
    return LAW.decide("an-area", (), facts, as_of)


def duty(verdict: Verdict, key: str) -> Duty | None:
    return next((ln.finding for ln in verdict.of("duties") if ln.finding.key == key), None)  # type: ignore[return-value]


def arises(verdict: Verdict, key: str) -> str:
    found = duty(verdict, key)
    return found.arises if found else "not said"


def due(verdict: Verdict, serves: str) -> object:
    served = next((t for t in verdict.two_dates if t.serves == serves), None)
    return step_of(served.statutory).due_on if served and served.statutory else None


HARMED = {"seriously_harmed": "yes", "died": "no", "abuse_or_neglect": "yes"}
DEAD = {"died": "yes", "abuse_or_neglect": "yes"}


# The twelve worked cases (statute notes, section 12)


def test_case_1_a_suicide_of_a_child_unknown_to_any_service() -> None:
    verdict = judge(
        child(died="yes", age_years=16, live_born="yes", abuse_or_neglect="no", looked_after="no", external_cause="yes")
    )
    assert arises(verdict, "notify-panel") == "no"
    assert arises(verdict, "child-death-review/child-1") == "yes"
    assert arises(verdict, "joint-agency-response/child-1") == "yes"


def test_case_2_a_looked_after_child_dies_of_illness() -> None:
    verdict = judge(child(died="yes", age_years=9, live_born="yes", abuse_or_neglect="no", looked_after="yes"))
    found = duty(verdict, "tell-state-looked-after/child-1")
    assert found is not None
    assert found.arises == "yes"
    assert found.to_whom == ("Secretary of State for Education", "Ofsted")
    assert arises(verdict, "notify-panel") == "no"
    assert arises(verdict, "rapid-review") == "no"
    assert arises(verdict, "child-death-review/child-1") == "yes"


def test_case_3_the_area_where_it_happened_notifies() -> None:
    verdict = judge(child(lives_in="E99000001", **HARMED), happened_in="E99000002", events={"notification_sent": "2026-05-01"})
    notify, review = duty(verdict, "notify-panel"), duty(verdict, "rapid-review")
    assert notify is not None and "E99000002" in notify.who
    assert review is not None and "E99000002" in review.who


def test_case_4_outside_england_the_area_of_residence_notifies() -> None:
    notify = duty(judge(child(lives_in="E99000001", **HARMED), outside_england="yes"), "notify-panel")
    assert notify is not None and "normally lives (E99000001)" in notify.who


def test_case_5_recovery_does_not_undo_serious_harm() -> None:
    assert arises(judge(child(recovered="yes", **HARMED)), "notify-panel") == "yes"


@pytest.mark.parametrize(
    ("children", "incident", "forms"),
    [
        ([child("a", family="f", **HARMED), child("b", family="f", **HARMED)], {}, 1),
        ([child("a", family="f", **DEAD), child("b", family="f", **DEAD)], {}, 2),
        ([child("a", **HARMED), child("b", **HARMED)], {}, 2),
        ([child(k, **HARMED) for k in "abcde"], {"large_exploitation": "yes"}, 1),
        ([child("a", family="f", **DEAD), child("b", family="f", **HARMED), child("c", family="f", **HARMED)], {}, 2),
        ([child("a", **HARMED), child("b", abuse_or_neglect="no", died="no", seriously_harmed="no")], {}, 1),
    ],
)  # fmt: skip
def test_case_6_and_the_counting_rules(children: list[dict[str, Any]], incident: dict[str, str], forms: int) -> None:
    for order in permutations(children):
        notify = duty(judge(*order, **incident), "notify-panel")
        assert notify is not None and notify.forms == forms


@pytest.mark.parametrize(("age", "expected"), [(24, "yes"), (25, "no"), (18, "yes")])
def test_case_7_a_care_leaver_up_to_24(age: int, expected: str) -> None:
    verdict = judge(child(died="yes", care_leaver="yes", age_years=age, abuse_or_neglect="no"))
    assert arises(verdict, "tell-state-care-leaver/child-1") == expected


def test_case_7_is_voluntary_and_only_since_2023() -> None:
    dead = child(died={"value": "yes", "known_on": "2022-03-01"}, care_leaver="yes", age_years=20, abuse_or_neglect="no")
    assert arises(judge(dead, as_of=date(2022, 3, 10)), "tell-state-care-leaver/child-1") == "not said"
    assert arises(judge(dead), "tell-state-care-leaver/child-1") == "not said", (
        "a death of 2022 is judged under the edition of 2018"
    )
    later = duty(judge(child(died="yes", care_leaver="yes", age_years=20)), "tell-state-care-leaver/child-1")
    assert later is not None and later.voluntary


def test_case_8_the_panel_disagrees_and_the_decision_stays_the_partners() -> None:
    events = {
        "notification_sent": "2026-05-01",
        "rapid_review_sent": "2026-05-20",
        "local_review_declined": "2026-05-20",
        "panel_replied": "2026-05-28",
    }
    verdict = judge(child(**DEAD), events=events, review={"panel_view": "disagree"})
    outcome = next(ln.finding for ln in verdict.of("outcomes") if ln.finding.key == "local-review")
    assert isinstance(outcome, Outcome) and outcome.is_open == "yes"
    way = next(ln.finding for ln in verdict.of("decision") if ln.finding.key == "local_review")
    assert "partners decide" in way.sentence


def partnership(
    *organisations: Organisation, seats: tuple[Seat, ...] = (), entered: str = "signed", uses: Any = ()
) -> Arrangement:
    return Arrangement(
        "an-area", "partnership", "one", "One", entered, date(2026, 1, 1), None, uses, frozenset(), (), organisations, seats
    )  # type: ignore[arg-type]


def refused(arrangement: Arrangement) -> list[str]:
    return [ln.finding.key for ln in LAW.floor(arrangement) if effect(ln) == "refused"]


ORGANISATIONS = (
    *(Organisation(f"council-{i}", f"Council {i}", "local_authority", True) for i in (1, 2, 3)),
    *(Organisation(f"board-{i}", f"Board {i}", "integrated_care_board", True) for i in (1, 2)),
    Organisation("force", "Force", "police", True),
)


def test_case_10_three_authorities_two_boards_one_force_need_six_signatures() -> None:
    seats = (
        *(Seat(f"{o.key}-lead", o.name, "lead", o.key) for o in ORGANISATIONS),
        Seat("scrutineer", "Scrutineer", "scrutineer"),
    )
    assert refused(partnership(*ORGANISATIONS, seats=seats)) == []
    assert refused(partnership(*ORGANISATIONS, seats=seats[1:])) == ["seat-council-1"]
    delegated = Organisation("council-2", "Council 2", "local_authority", True, acts_for=("council-1",))
    changed = (ORGANISATIONS[0], delegated, *ORGANISATIONS[2:])
    assert refused(partnership(*changed, seats=seats[1:])) == []


def test_an_adopted_page_that_does_not_say_is_warned_not_refused() -> None:
    adopted = partnership(ORGANISATIONS[0], entered="adopted")
    assert refused(adopted) == []
    assert "partner-police" in [ln.finding.key for ln in LAW.floor(adopted)]
    assert {"partner-police", "partner-health"} <= set(refused(partnership(ORGANISATIONS[0])))


def test_case_11_an_issue_for_the_law_is_enough_for_the_national_way() -> None:
    verdict = judge(child(**DEAD), review={"law_change_issue": "yes", "national_issues": "no"})
    outcome = next(ln.finding for ln in verdict.of("outcomes") if ln.finding.key == "national-review-suggested")
    assert isinstance(outcome, Outcome) and outcome.is_open == "yes"


def test_case_12_improvements_only_and_the_clocks_still_run() -> None:
    events = {"local_review_decided": "2026-01-05", "publication_planned": "2026-05-20"}
    review = {"publication_appropriate": "no", "publication_reason": "A surviving sibling.", "sibling_identifiable": "yes"}
    verdict = judge(child(**DEAD), events=events, review=review)
    assert due(verdict, "local-review") == date(2026, 7, 5)
    assert due(verdict, "advance-copy") == date(2026, 5, 11)
    publish = duty(verdict, "publish")
    assert publish is not None and "improvements" in publish.sentence


# Clocks (section 11)


@pytest.mark.parametrize(
    ("aware", "expected"),
    [("2025-04-17", date(2025, 4, 28)), ("2025-12-13", date(2025, 12, 19)), ("2026-03-30", date(2026, 4, 8))],
)
def test_five_working_days_from_becoming_aware(aware: str, expected: date) -> None:
    assert due(judge(child(**DEAD), events={"aware": aware}), "notify-panel") == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2024-12-20", date(2025, 1, 15)),
        ("2025-04-04", date(2025, 4, 29)),
        ("2026-05-01", date(2026, 5, 26)),
        ("2026-01-20", date(2026, 2, 10)),
    ],
)
def test_fifteen_working_days_from_sending(sent: str, expected: date) -> None:
    assert due(judge(child(**DEAD), events={"notification_sent": sent}), "rapid-review") == expected


def test_the_clock_starts_on_the_day_both_limbs_are_known() -> None:
    baby = child(
        died={"value": "yes", "known_on": "2026-03-02"},
        abuse_or_neglect={"value": "yes", "known_on": "2026-04-20"},
        live_born="yes",
    )
    verdict = judge(baby, events={"death": "2026-03-02"})
    assert due(verdict, "notify-panel") == date(2026, 4, 27)
    reviewed = duty(verdict, "child-death-review/child-1")
    assert reviewed is not None and reviewed.starts_on == date(2026, 3, 2)


def test_half_past_midnight_counts_as_that_day_in_london() -> None:
    verdict = judge(child(**DEAD), events={"notification_sent": "2026-03-30T23:30:00+00:00"})
    assert due(verdict, "rapid-review") == date(2026, 4, 23)


def test_several_notifications_make_one_rapid_review_from_the_earliest() -> None:
    facts = read_facts({"incident": {"children": [child(**DEAD)]}, "review": {"events": [
        {"name": "notification_sent", "at": "2026-05-08"}, {"name": "notification_sent", "at": "2026-05-01"}]}})  # fmt: skip
    assert due(LAW.decide("an-area", (), facts, ASKED), "rapid-review") == date(2026, 5, 26)


def test_taken_back_ends_the_rapid_review() -> None:
    verdict = judge(child(**DEAD), events={"notification_sent": "2026-05-01", "criteria_not_met": "2026-05-05"})
    assert arises(verdict, "rapid-review") == "no"
    assert due(verdict, "rapid-review") is None


def test_sending_without_a_notification_is_refused_with_the_paragraph() -> None:
    lines, _ = LAW.objections((), read_facts({}), ASKED, "send_rapid_review")
    assert [(effect(ln), ln.finding.source.ref[:4]) for ln in lines] == [("refused", "RR-1")]


def test_deciding_not_to_notify_what_clearly_arises_is_refused_by_the_act() -> None:
    facts = read_facts({"incident": {"children": [child(**DEAD)]}})
    lines, _ = LAW.objections((), facts, ASKED, "decide_not_to_notify")
    assert [effect(ln) for ln in lines] == ["refused"]
    unclear = read_facts({"incident": {"children": [child(died="yes", abuse_or_neglect="unclear")]}})
    assert LAW.objections((), unclear, ASKED, "decide_not_to_notify")[0] == ()


def test_the_four_factors_are_matters_considered_and_nothing_else() -> None:
    verdict = judge(child(**DEAD), events={"notification_sent": "2026-05-01"}, review={
        "considered": [{"factor": "recurrent_themes", "view": "applies", "reason": "Seen before."}]})  # fmt: skip
    states = {
        ln.finding.key: ln.finding
        for ln in verdict.of("criteria")
        if ln.finding.source.ref.startswith("SI 2018/789, regulation 11")
    }
    assert set(states) == {"improvements_needed", "recurrent_themes", "working_together", "panel_suggests_local"}
    assert all(isinstance(c, Criterion) and c.judgement for c in states.values())
    assert {k: c.state for k, c in states.items()}["recurrent_themes"] == "considered"  # type: ignore[union-attr]
    assert {c.state for k, c in states.items() if k != "recurrent_themes"} == {"to_be_considered"}  # type: ignore[union-attr]


def test_the_fifth_aim_came_later() -> None:
    def aims(sent: str) -> set[str]:
        verdict = judge(child(**DEAD), events={"notification_sent": sent})
        return {ln.finding.key for ln in verdict.of("criteria") if ln.finding.key.startswith("aim-")}

    assert "aim-inequalities" not in aims("2022-05-03")
    assert "aim-inequalities" in aims("2025-07-01")


# What must hold of any case


ANSWER = st.sampled_from(["yes", "no", "unclear", None])
CHILDREN = st.lists(
    st.fixed_dictionaries({"abuse_or_neglect": ANSWER, "died": ANSWER, "seriously_harmed": ANSWER}), min_size=1, max_size=3
)


@given(CHILDREN)
def test_an_unclear_answer_never_decides_that_there_is_no_duty(told: list[dict[str, Any]]) -> None:
    state = arises(judge(*(child(f"c{i}", **c) for i, c in enumerate(told))), "notify-panel")
    could = any(
        c["abuse_or_neglect"] in ("yes", "unclear", None) and ({"yes", "unclear", None} & {c["died"], c["seriously_harmed"]})
        for c in told
    )
    assert (state == "no") == (not could)


@given(CHILDREN, st.randoms())
def test_the_order_of_children_is_nothing(told: list[dict[str, Any]], chance: Any) -> None:
    children = [child(f"c{i}", **c) for i, c in enumerate(told)]
    shuffled = list(children)
    chance.shuffle(shuffled)
    one, other = duty(judge(*children), "notify-panel"), duty(judge(*shuffled), "notify-panel")
    assert one is not None and other is not None
    assert (one.arises, one.forms, set(one.children)) == (other.arises, other.forms, set(other.children))
