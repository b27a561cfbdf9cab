"""The rapid review on its pages: the task page, considering, views, signing, deciding, sending."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

import pytest

from tests.reviews.neighbours import GOVERNANCE, HEALTH, HELPER, POLICE, Neighbours
from tests.support.statements import counting
from tests.web.site import Site
from threefold.domain.calendar import LONDON
from threefold.walls.database import db
from threefold.work.national import stories as national
from threefold.work.reviews import stories


def base(case_id: UUID) -> str:
    return f"/b/vale/cases/{case_id}/review"


def entered(web: Site, email: str) -> Site:
    other = web.another()
    other.enter(email)
    return other


def test_statutory_and_local_dates_stand_apart_and_a_missing_unit_is_said(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    shown = web.get(base(case_id))
    captions = [c.text.strip() for c in shown.page.all("caption")]
    assert captions[:2] == ["Due by law", "Due by the local arrangement"]
    law, area = shown.text.split("Due by the local arrangement")[:2]
    assert "Wednesday 22 April 2026" in law
    assert "Unit not stated" in area
    assert "Unit not stated" not in law


def test_an_agency_is_asked_and_what_failed_is_shown(web: Site, here: Neighbours) -> None:
    def fail(_to: str, _subject: str, _text: str) -> None:
        raise OSError("no route")

    case_id = here.notified()
    here.send_mail = fail
    assert "Education settings that knew the child" in web.get(base(case_id)).text
    page = f"{base(case_id)}/agencies/ask"
    assert (
        "correct format" in web.post(page, {"agency": "School", "email": "school", "question": "What do you know?"}, 422).text
    )
    hidden = web.get(page).page.hidden() | {
        "agency": "School",
        "email": "a@school.example",
        "question": "What do you know?",
        "route": "link",
        "why": "No number.",
    }
    for _ in range(2):
        assert web.send(page, hidden).location.endswith("?done=asked")
    assert here.work() == ["waiting"]
    shown = web.get(f"{base(case_id)}?done=asked")
    assert shown.text.count("a@school.example") == 1
    assert "Email could not be sent; phone instead" in shown.text


def test_safety_actions_and_matters_are_put_on_record(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    page = f"{base(case_id)}/safety"
    future = {"action": "Moved to kin.", "done_on-day": "1", "done_on-month": "4", "done_on-year": "2026"}
    assert "lies in the future" in web.post(page, future, 422).text
    web.post(page, {"action": "Moved to kin."})
    web.post(f"{base(case_id)}/factors/recurrent_themes", {"view": "applies", "reason": "Seen in 2024."})
    web.post(f"{base(case_id)}/factors/recurrent_themes", {"view": "does_not_apply", "reason": "On reflection."})
    web.post(f"{base(case_id)}/national", {"national_issues": "no", "law_change_issue": "unclear"})
    web.get(f"{base(case_id)}/factors/made_up", 404)
    shown = web.get(base(case_id)).text
    assert "Moved to kin. (not done yet" in shown
    assert "It does not apply. On reflection." in shown
    assert "Seen in 2024." not in shown
    facts = here.state(case_id).facts.review
    assert (facts.national_issues.value, facts.law_change_issue.value) == ("no", "unclear")


def test_views_signatures_and_dissent(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    police, health = entered(web, POLICE), entered(web, HEALTH)
    police.post(f"{base(case_id)}/views", {"view": "yes", "reason": "There is more to learn."})
    health.post(f"{base(case_id)}/sign")
    web.post(f"{base(case_id)}/decide", {"outcome": "no", "reason": "The rapid review told enough."})
    shown = web.get(base(case_id)).text
    assert "Lead of Vale Police: Yes" in shown or "lead of Vale Police: Yes" in shown, "as a view on notifying is told"
    for page in (base(case_id), f"{base(case_id)}/decide"):
        assert ", by Manager. The rapid review told enough." in " ".join(web.get(page).text.split()), page
    told = " ".join(health.get(f"{base(case_id)}/views").text.split())
    assert (
        "Lead of Vale Police: Yes There is more to learn. Given on" in told.replace("lead of", "Lead of")
        and "by Police." in told
    )
    assert "Of another view: lead of Vale Police" in shown
    assert here.state(case_id).facts.review.signed_by == ("health-lead",)
    assert "You hold no seat that has still to sign" in health.get(f"{base(case_id)}/sign").text
    assert "You hold no seat" in web.get(f"{base(case_id)}/views").text


def test_sending_asks_for_the_reason_and_shows_who_did_not_sign(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    for email in (POLICE,):
        entered(web, email).post(f"{base(case_id)}/sign")
    page = f"{base(case_id)}/send"
    asked = web.get(page)
    assert "Not signed by Lead of Vale Health" in asked.text
    assert "Signed by Lead of Vale Police" in asked.text
    assert "not decided" in asked.text
    assert "Enter why it is sent" in web.post(page, {"summary": "What was learnt."}, 422).text
    hidden = web.get(page).page.hidden() | {"summary": "What was learnt.", "reason": "In time."}
    for _ in range(2):
        assert web.send(page, hidden).location.endswith("?done=sent")
    here.work()
    shown = web.get(f"{base(case_id)}?done=sent").text
    assert "Not signed by lead of Vale Health when it was sent" in shown
    entered(web, HEALTH).post(f"{base(case_id)}/sign")
    here.work()
    assert "signed since" in web.get(base(case_id)).text
    with here.desk() as unit:
        report = national.see_received(unit, here.area, case_id)[2]
    assert [s["seat"] for s in report["signed_later"]] == ["health-lead"]
    assert "It is not sent twice" in web.get(page).text


def test_a_review_without_a_notification_is_refused_with_open_ways(web: Site, here: Neighbours) -> None:
    case_id = here.opened({"name": "referral_accepted", "at": "2026-01-12"})
    page = f"{base(case_id)}/send"
    shown = web.get(page)
    assert "RR-1" in shown.text
    assert not shown.page.all("textarea")
    links = {a.text.strip(): a.get("href") for a in shown.page.all("a")}
    assert links["Notify the national body"].endswith(f"{case_id}/notify")
    assert links["Learning from Experience review"].endswith("/review/type")
    old_tab = shown.page.hidden() | {"summary": "We would like to.", "reason": "Because."}
    assert "RR-1" in web.send(page, old_tab, 422).text
    web.post(f"{base(case_id)}/type", {"local_type": "learning", "reason": "To learn."})
    assert "Kind of review: Learning from Experience review" in web.get(base(case_id)).text
    web.post(f"{base(case_id)}/type", {"local_type": "none", "reason": "We notify after all."})
    assert here.state(case_id).facts.review.local_type == ""


def test_the_panel_s_reply_is_shown_and_the_partners_decide_again(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    web.post(f"{base(case_id)}/decide", {"outcome": "no", "reason": "Enough is known."})
    web.post(f"{base(case_id)}/send", {"summary": "What was learnt.", "reason": "In time."})
    here.work()
    with here.desk() as unit:
        national.reply(unit, here.area, case_id, "disagree", "no", "More could be learnt.", uuid4())
    here.work()
    assert "The Panel disagrees" in web.get(base(case_id)).text
    assert "More could be learnt." in web.get(f"{base(case_id)}/replies").text
    assert web.get(f"{base(case_id)}/decide").page.heading == "Decide again on a local review"
    web.post(f"{base(case_id)}/decide", {"outcome": "yes", "reason": "We follow it."})
    shown = web.get(base(case_id)).text
    assert "Local review: yes" in shown
    assert "Local review: no" in shown


def test_who_may_only_look_is_shown_no_way_to_act(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    helper = entered(web, HELPER)
    helper.post(f"/b/vale/cases/{case_id}/reason", {"reason": "asked_to_help"})  # it is no case of theirs
    shown = helper.get(base(case_id))
    here_only = [a.get("href") for a in shown.page.all("a") if a.get("href").startswith(base(case_id))]
    assert here_only == []
    for act in ("send", "decide", "safety", "agencies/ask", "type", "factors/recurrent_themes"):
        helper.get(f"{base(case_id)}/{act}", 403)


def test_the_task_page_costs_the_same_however_much_came_back(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    with web.app.app_context():
        engine = db.engine
    web.get(base(case_id))  # keys and arrangement are read once a process
    counts = []
    for _ in range(3):
        with counting(engine) as counted:
            web.get(base(case_id))
        counts.append((len(counted.statements), counted.transactions))
        for no in range(5):
            with here.unit() as unit:
                stories.ask_agency(unit, case_id, f"Agency {no}", "a@b.example", "What?", uuid4())
                stories.add_safety_action(unit, case_id, "Done.", None, uuid4())
    assert set(counts) == {(12, 3)}


@pytest.mark.parametrize(
    ("sent_on", "due", "signed_later"),
    [(datetime(2026, 5, 1, 9, tzinfo=LONDON), date(2026, 5, 26), datetime(2026, 5, 28, 9, tzinfo=LONDON))],
)
def test_brent_s_dates_come_out_on_a_made_up_area(
    web: Site, here: Neighbours, sent_on: datetime, due: date, signed_later: datetime
) -> None:
    here.at = web.at = sent_on
    case_id = here.notified()
    with here.desk() as unit:
        assert [ln.due_on for ln in national.desk(unit)] == [due]
    here.at = web.at = datetime(2026, 5, 26, 16, tzinfo=LONDON)
    with here.unit() as unit:
        stories.send_rapid_review(unit, GOVERNANCE, case_id, here.national, "Learnt.", "Health has not signed.", uuid4())
    here.work()
    here.at = web.at = signed_later
    health = entered(web, HEALTH)
    health.post(f"{base(case_id)}/sign")
    here.work()
    with here.desk() as unit:
        line, _, report, _ = national.see_received(unit, here.area, case_id)
    assert (line.state, line.days_late) == ("arrived_in_time", 0)
    assert report["signed_later"][0]["signed_on"] == "2026-05-28"
