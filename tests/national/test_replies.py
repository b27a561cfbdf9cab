"""Two officers of the national body at one rapid review: no second reply goes to the area unseen of the first."""

from __future__ import annotations

from uuid import UUID, uuid4

from tests.api.caller import Caller
from tests.national.test_desk import DESK, officer, sent
from tests.national.test_taken_back import take_back
from tests.reviews.neighbours import GOVERNANCE, OFFICER, Neighbours
from tests.web.site import Site
from threefold.work.incidents import stories as incidents
from threefold.work.national import stories
from threefold.work.people.access import NATIONAL_OFFICER

QUESTION = {"view": "query", "national_review": "unclear", "reason": "Which school?"}
AGREES = {"view": "agree", "national_review": "no", "reason": "All well."}


def second(web: Site, here: Neighbours) -> Site:
    other = web.another()
    other.person("second@nation.example", here.national, NATIONAL_OFFICER)
    other.enter("second@nation.example")
    return other


def replies(here: Neighbours, case_id: UUID) -> list[str]:
    here.work()
    return [e.how for e in here.state(case_id).facts.review.events if e.name == "panel_replied"]


def test_whoever_replies_second_is_shown_the_first_reply_and_may_then_send_theirs(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    sent(here, case_id)
    page, first, other = f"{DESK}/{here.area}/{case_id}/reply", officer(web), second(web, here)
    old_page = other.get(page).page.hidden() | AGREES
    first.post(page, QUESTION)
    shown = other.send(page, old_page, 409)
    assert "Somebody replied to this rapid review while you were writing, and nothing of yours was saved." in shown.text
    assert "Replied while you were writing" in shown.text and "Replied before" not in shown.text
    assert "Which school?" in shown.text and "by Officer." in shown.text
    assert [e.text.strip() for e in shown.page.all("textarea")] == ["All well."]
    assert replies(here, case_id) == ["query"]
    for _ in range(2):  # and a second click
        other.send(page, shown.page.hidden() | AGREES)
    assert replies(here, case_id) == ["query", "agree"]
    told = first.get(f"{DESK}/{here.area}/{case_id}").text
    assert told.count("by Officer.") == 1 and told.count("by Second.") == 1
    assert "Replied before" in first.get(page).text and "while you were writing" not in first.get(page).text
    area = web.get(f"/b/vale/cases/{case_id}/review/replies").text
    assert "Which school?" in area and "Officer" not in area, "a letter of the Panel names nobody"
    timeline = web.get(f"/b/vale/cases/{case_id}/timeline").text
    assert "The Panel replied: it has a question" in timeline and "query" not in timeline


def test_a_reply_written_while_the_notification_was_taken_back_is_not_sent_unseen(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    sent(here, case_id)
    page, desk = f"{DESK}/{here.area}/{case_id}/reply", officer(web)
    open_before = desk.get(page).page.hidden() | QUESTION
    assert "took this notification back" not in desk.get(page).text
    take_back(web, here, case_id, "criteria_not_met", "It was an accident.")
    told = "The area took this notification back on 30 March 2026: criteria found not met. Reason: It was an accident."
    shown = desk.send(page, open_before, 409)
    assert "The area took the notification back while you were writing, and nothing of yours was saved." in shown.text
    assert told in shown.text and "Replied" not in shown.text
    assert [e.text.strip() for e in shown.page.all("textarea")] == ["Which school?"]
    assert told in desk.get(page).text, "a page opened afresh says it too"
    assert replies(here, case_id) == []
    desk.send(page, shown.page.hidden() | QUESTION)
    assert replies(here, case_id) == ["query"]


def test_a_colleague_s_reply_and_a_notification_sent_anew_meanwhile_are_both_told(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    sent(here, case_id)
    page, first, other = f"{DESK}/{here.area}/{case_id}/reply", officer(web), second(web, here)
    open_before = other.get(page).page.hidden() | AGREES
    first.post(page, QUESTION)
    here.later(hours=1)
    take_back(web, here, case_id, "notification_withdrawn", "The wrong matter.")
    here.later(days=1)
    with here.unit() as unit:
        incidents.notify(unit, GOVERNANCE, case_id, here.national, uuid4())
    here.work()
    sent(here, case_id, "Of the second.")
    told = "Somebody replied to this rapid review, and the area took the notification back and notified anew, while you were writing"
    shown = other.send(page, open_before, 409)
    assert told in shown.text and "Replied while you were writing" in shown.text
    other.send(page, shown.page.hidden() | AGREES)
    assert replies(here, case_id) == ["query", "agree"]


def test_the_area_reads_the_day_of_the_newest_reply_beside_it(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    sent(here, case_id)
    for reply in (QUESTION, AGREES):
        here.later(days=1)
        with here.desk() as unit:
            stories.reply(unit, here.area, case_id, reply["view"], reply["national_review"], reply["reason"], uuid4())
        here.work()
    text = web.get(f"/b/vale/cases/{case_id}/review").text
    assert "stays the partners’. Read what it replied" in text
    shown = " ".join(text.split())
    assert "The Panel agrees (replied on 1 April 2026; the newest of its replies)." in shown


def test_the_json_door_holds_a_reply_against_what_was_read_too(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    sent(here, case_id)
    second(web, here)
    one, two = Caller(web).enter(OFFICER), Caller(web).enter("second@nation.example")
    (line,) = two.call("GET", "/b/nation/desk")["cases"]
    path = f"/b/nation/desk/{here.area}/{case_id}/replies"
    tokens = ("4f0c7c1e-8f1a-4d0e-9f39-0a4d9b5f7a01", "4f0c7c1e-8f1a-4d0e-9f39-0a4d9b5f7a02")
    one.call("POST", path, QUESTION | {"token": tokens[0], "seen_no": line["no"]}, 201)
    told = two.call("POST", path, AGREES | {"token": tokens[1], "seen_no": line["no"]}, 409)
    assert told["field"] == "seen_no" and "replied to this rapid review" in told["message"]
    here.later(minutes=1)
    take_back(web, here, case_id, "notification_withdrawn", "The wrong matter.")
    told = two.call("POST", path, AGREES | {"token": tokens[1], "seen_no": line["no"] + 1}, 409)
    assert told["field"] == "seen_no" and "The area took the notification back" in told["message"]
    (line,) = two.call("GET", "/b/nation/desk")["cases"]
    two.call("POST", path, AGREES | {"token": tokens[1], "seen_no": line["no"]}, 201)
    assert replies(here, case_id) == ["query", "agree"]
