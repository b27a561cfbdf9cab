"""A rapid review from the area to the national body and back: what is missing goes with it, what comes later is appended."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from tests.reviews.neighbours import GOVERNANCE, Neighbours
from threefold.domain.errors import ThreefoldError
from threefold.exchange.letters import Draft
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.stories import ReasonNeeded
from threefold.work.incidents.web.shown import dues
from threefold.work.national import stories as national
from threefold.work.reminders.stories import open_steps
from threefold.work.reviews import stories


def sign(here: Neighbours, case_id: UUID, *seats: str) -> None:
    for seat in seats:
        with here.unit(roles=("partner_lead",), seats=(seat,)) as unit:
            stories.sign(unit, GOVERNANCE, case_id, seat, here.national)


def send(here: Neighbours, case_id: UUID, reason: str = "", token: UUID | None = None) -> None:
    with here.unit() as unit:
        stories.send_rapid_review(unit, GOVERNANCE, case_id, here.national, "What was learnt.", reason, token or uuid4())


def test_the_whole_way_there_and_back(here: Neighbours) -> None:
    case_id = here.notified()
    with here.unit() as unit:
        stories.consider(unit, GOVERNANCE, case_id, "recurrent_themes", "applies", "Seen before.")
        stories.add_safety_action(unit, case_id, "Children moved.", date(2026, 3, 30), uuid4())
        stories.decide_local_review(unit, GOVERNANCE, case_id, "no", "Nothing new to learn.", here.national, uuid4())
    sign(here, case_id, "council-lead", "health-lead", "police-lead")
    here.later(days=7)
    send(here, case_id)
    assert set(here.work()) == {"done"}
    with here.desk() as unit:
        (line,) = national.desk(unit)
        _, notification, report, replies = national.see_received(unit, here.area, case_id)
    assert (line.state, line.sender_name, line.local_review) == ("arrived_in_time", "Vale", "no")
    assert notification["nature"] == "death"
    assert report["signed_by"] == ["council-lead", "health-lead", "police-lead"]
    assert (report["not_signed_by"], report["local_review_reason"]) == ([], "Nothing new to learn.")
    assert report["factors"] == [{"factor": "recurrent_themes", "view": "applies", "reason": "Seen before."}]
    assert (report["safety_actions"], replies) == (1, [])
    here.later(days=3)
    with here.desk() as unit:
        national.reply(unit, here.area, case_id, "disagree", "no", "A review would teach more.", uuid4())
    here.work()
    state = here.state(case_id)
    assert state.facts.review.panel_view.value == "disagree"
    assert state.facts.review.on("panel_replied") == here.at.date()
    assert [d["arises"] for d in state.verdict["duties"] if d["key"] == "decide-again"] == ["yes"]
    with here.unit() as unit:
        assert [r["reason"] for r in stories.panel_replies(unit, case_id)] == ["A review would teach more."]
        stories.decide_local_review(unit, GOVERNANCE, case_id, "yes", "We follow the advice.", here.national, uuid4())
        decided = [d["outcome"] for d in incidents.decisions(unit, case_id) if d["question"] == "local_review"]
    assert sorted(decided) == ["no", "yes"]
    here.work()
    state = here.state(case_id)
    assert [d["arises"] for d in state.verdict["duties"] if d["key"] == "decide-again"] == ["no"]
    assert state.status == "local_review"
    with here.desk() as unit:
        line, _, report, _ = national.see_received(unit, here.area, case_id)
    assert line.local_review == "yes"
    assert [d["reason"] for d in report["decided_later"]] == ["We follow the advice."]


def test_the_same_decision_again_does_not_start_the_six_months_anew(here: Neighbours) -> None:
    case_id = here.notified()
    for _ in range(2):
        with here.unit() as unit:
            stories.decide_local_review(unit, GOVERNANCE, case_id, "yes", "We review.", None, uuid4())
        here.later(days=30)
    steps = [t["statutory"] for t in here.state(case_id).verdict["steps"] if t["serves"] == "local-review"]
    assert [s["starts_on"] for s in steps] == ["2026-03-30"]


def test_a_missing_signature_needs_a_reason_and_a_later_one_is_appended(here: Neighbours) -> None:
    case_id = here.notified()
    sign(here, case_id, "council-lead", "police-lead")
    with pytest.raises(ReasonNeeded, match="Not signed by health"):
        send(here, case_id)
    assert here.state(case_id).facts.review.event("rapid_review_sent") is None
    send(here, case_id, "Their lead is away and the date would be missed.")
    here.work()
    with here.desk() as unit:
        report = national.see_received(unit, here.area, case_id)[2]
    assert report["not_signed_by"] == ["health-lead"]
    assert report["not_signed_reason"] == "Their lead is away and the date would be missed."
    here.later(days=2)
    sign(here, case_id, "health-lead", "health-lead")
    here.work()
    with here.desk() as unit:
        line, _, report, _ = national.see_received(unit, here.area, case_id)
    assert report["signed_later"] == [{"reference": "2026-0001", "seat": "health-lead", "signed_on": "2026-04-01"}]
    assert report["not_signed_by"] == ["health-lead"]
    assert line.arrived_on == date(2026, 3, 30)


def test_without_a_notification_it_is_refused_with_the_ways_that_are_open(here: Neighbours) -> None:
    case_id = here.opened({"name": "referral_accepted", "at": "2026-01-12"})
    with pytest.raises(stories.WaysOpen) as told:
        send(here, case_id, "We would like to.")
    assert told.value.paragraph.startswith("RR-1")
    assert set(told.value.offers) == {"notify", "learning"}
    with here.unit() as unit:
        state = stories.choose_local_type(unit, GOVERNANCE, case_id, "learning", "Learning without a notification.", uuid4())
    assert state.facts.review.local_type == "learning"
    with here.unit() as unit, pytest.raises(ThreefoldError, match="not open in this case"):
        stories.choose_local_type(unit, GOVERNANCE, case_id, "made-up", "Why not.", uuid4())


def test_a_double_click_sends_one_letter(here: Neighbours) -> None:
    case_id, token = here.notified(), uuid4()
    send(here, case_id, "All are away.", token)
    send(here, case_id, "All are away.", token)
    with pytest.raises(ThreefoldError, match="Nothing was sent again"):
        send(here, case_id, "All are away.")
    assert here.work() == ["done", "done"]


def test_only_the_body_that_was_notified_has_a_reply_to_give(here: Neighbours) -> None:
    case_id = here.notified()
    stranger = here.database.body("stranger", "national")
    content = {
        "reference": "2026-0001",
        "view": "agree",
        "national_review": "no",
        "reason": "",
        "replied_at": here.at.isoformat(),
    }
    with here.database.unit(stranger, here.at) as unit:
        unit.send(Draft("panel_reply", case_id, content), here.area)
    assert set(here.work()) == {"done"}
    assert here.state(case_id).facts.review.event("panel_replied") is None


def test_a_case_notified_again_after_a_way_out_counts_anew(here: Neighbours) -> None:
    case_id = here.notified()
    with here.unit() as unit:
        incidents.leave(unit, GOVERNANCE, case_id, "notification_withdrawn", "The wrong matter.", here.national, uuid4())
    here.work()
    with here.desk() as unit:
        assert [ln.state for ln in national.desk(unit)] == ["taken_back"]
    here.later(days=1)
    with here.unit() as unit:
        incidents.notify(unit, GOVERNANCE, case_id, here.national, uuid4())
    assert set(here.work()) == {"done"}
    with here.desk() as unit:
        line, notification, _, _ = national.see_received(unit, here.area, case_id)
    assert (line.state, line.notified_on) == ("due", date(2026, 3, 31))
    assert [e["taken_back_on"] for e in notification["earlier"]] == ["2026-03-30"]


def test_after_notifying_anew_the_review_is_signed_and_sent_anew(here: Neighbours) -> None:
    case_id = here.notified()
    sign(here, case_id, "council-lead")
    with here.unit() as unit:
        stories.send_rapid_review(unit, GOVERNANCE, case_id, here.national, "The first.", "Signatures follow.", uuid4())
    here.work()
    with here.desk() as unit:
        national.reply(unit, here.area, case_id, "disagree", "no", "A review would teach more.", uuid4())
    here.work()
    assert here.state(case_id).facts.review.panel_view.value == "disagree"
    here.later(days=1)
    with here.unit() as unit:
        incidents.leave(unit, GOVERNANCE, case_id, "notification_withdrawn", "The wrong matter.", here.national, uuid4())
    with here.unit() as unit, pytest.raises(stories.WaysOpen, match="notify again, or send nothing"):
        stories.send_rapid_review(unit, GOVERNANCE, case_id, here.national, "Again.", "Signatures follow.", uuid4())
    assert here.state(case_id).status == "withdrawn"
    with here.unit() as unit, pytest.raises(ThreefoldError, match="after that"):
        early = here.at - timedelta(days=1)
        incidents.notify(unit, GOVERNANCE, case_id, here.national, uuid4(), sent_at=early, reference="FORM-1")
    with here.unit() as unit:
        state = incidents.notify(unit, GOVERNANCE, case_id, here.national, uuid4())
    assert (state.status, state.notified_on, state.facts.review.signed_by) == ("notified", date(2026, 3, 31), ())
    assert state.facts.review.panel_view.value is None, "what was replied was of the review before"
    review = next(s for s in state.verdict["steps"] if s["serves"] == "rapid-review")["statutory"]
    assert (review["starts_on"], review["done_on"]) == ("2026-03-31", None)
    here.later(days=1)
    with here.unit() as unit:
        state = stories.send_rapid_review(
            unit, GOVERNANCE, case_id, here.national, "The second.", "Signatures follow.", uuid4()
        )
    assert state.facts.review.on("rapid_review_sent") == date(2026, 4, 1)
    here.work()
    with here.desk() as unit:
        line, notification, report, _ = national.see_received(unit, here.area, case_id)
    assert (line.arrived_on, report["summary"]) == (date(2026, 4, 1), "The second.")
    assert [(e["arrived_on"], e["report"]["summary"]) for e in notification["earlier"]] == [("2026-03-30", "The first.")]


def test_only_who_holds_a_seat_signs_for_it(here: Neighbours) -> None:
    case_id = here.notified()
    with here.unit(seats=("council-lead",)) as unit, pytest.raises(ThreefoldError, match="Only the person who holds a seat"):
        stories.sign(unit, GOVERNANCE, case_id, "police-lead", here.national)


def test_once_the_review_is_sent_a_local_step_nobody_ticked_off_is_not_late(here: Neighbours) -> None:
    case_id = here.notified()
    here.later(days=60)
    with here.unit() as unit:
        state = stories.send_rapid_review(
            unit, GOVERNANCE, case_id, here.national, "What was learnt.", "Signatures follow.", uuid4()
        )
    served = next(s for s in state.verdict["steps"] if s["serves"] == "rapid-review")
    assert served["statutory"]["done_on"] and not any(line["done_on"] for line in served["local"])
    shown = [d for d in dues(state.verdict, here.at.date()) if not d.statutory and d.title == "Review meeting"]
    assert [(d.late, "not recorded as done" in d.notes) for d in shown] == [(False, True)]
    assert not [one for one in open_steps(state.verdict) if "meet" in one.step], "and nobody is reminded of it"
