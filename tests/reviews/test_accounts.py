"""Somebody of an agency who is asked in an account of their own (ASVS 6.6.1): what they see, what they do not, and until when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests.reviews.neighbours import PUBLIC, Neighbours
from tests.reviews.test_links import QUESTION, address_in, only, opened
from tests.web.site import Site
from threefold.domain.calendar import LONDON
from threefold.domain.errors import ThreefoldError
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import NotFound
from threefold.work.incidents.stories import opening
from threefold.work.people import members
from threefold.work.people.access import AGENCY, Forbidden
from threefold.work.reviews import stories

NURSE, HEAD = "nurse@agency.example", "head@school.example"


@pytest.fixture
def nurse(web: Site, here: Neighbours) -> UUID:
    return web.person(NURSE, here.area, AGENCY)


def ask(here: Neighbours, case_id: UUID, person: UUID, token: UUID | None = None) -> stories.Asked:
    with here.unit() as unit:
        return stories.ask_person(unit, case_id, "Health visiting", person, QUESTION, token or uuid4())


def theirs(web: Site, email: str = NURSE) -> Site:
    other = web.another()
    other.enter(email)
    return other


def sends(site: Site, address: str, data: dict[str, str], status: int) -> str:
    """Send a form whose page is not there for them any more, or never was."""
    guard = site.get("/my-work").page.value("csrf_token")
    return site.send(address, {"csrf_token": guard, **data}, status).text


def question(one: stories.Asked) -> str:
    return f"/b/vale/asked/{one.case_id}/{one.id}"


def test_the_whole_way_from_the_question_to_the_answer(web: Site, here: Neighbours, nurse: UUID) -> None:
    case_id = here.notified()
    review = f"/b/vale/cases/{case_id}/review"
    page = web.get(f"{review}/agencies/ask")
    assert "Ask them in their account" in page.text
    boxes = {"person": str(nurse), "agency": "Health visiting", "question": QUESTION}
    assert web.post(f"{review}/agencies/ask-person", boxes).location == f"{review}?done=asked_person"
    here.work()
    to, subject, text = here.mails[-1]
    assert to == NURSE and f"{PUBLIC}/b/vale/asked" in text and "Sign in to see what is asked" in text
    for word in ("Example Row", "2026-0001", "Health visiting", str(case_id), "code"):
        assert word not in subject + text, word
    one = only(here, case_id)
    assert one.mail_state == "sent" and one.code_state == ""
    told = web.get(review).text
    assert "in their account" in told and "Make a new code" not in told and "Close the question" in told
    agency = theirs(web)
    assert "Answer for Health visiting: asked on 30 March 2026" in agency.get("/my-work").text
    assert "No answer yet" in agency.get("/b/vale/asked").text
    assert QUESTION in agency.get(question(one)).text
    address = f"{question(one)}?answer=answered"
    assert agency.post(address, {"text": "Seen twice in March.", "by": "Team leader"}).location == "/b/vale/asked?done=answered"
    assert "Answer for" not in agency.get("/my-work").text and "Given on 30 March 2026" in agency.get("/b/vale/asked").text
    told = web.get(review).text
    assert "Seen twice in March." in told and "Team leader" in told and only(here, case_id).answer["by"].startswith("Nurse")
    agency.post(address, {"text": "Seen three times in March."})
    assert only(here, case_id).answer["text"] == "Seen three times in March."


def test_choosing_no_answer_and_leaving_it_empty_are_told(web: Site, here: Neighbours, nurse: UUID) -> None:
    one, agency = ask(here, here.notified(), nurse), theirs(web)
    assert "Select your answer" in agency.get(f"{question(one)}?answer=", 422).text
    assert "Write what your agency knows" in agency.post(f"{question(one)}?answer=answered", {"text": ""}, 422).text


def test_their_account_opens_nothing_of_the_case(web: Site, here: Neighbours, nurse: UUID) -> None:
    case_id = here.notified()
    ask(here, case_id, nurse)
    agency = theirs(web)
    for path in ("cases", f"cases/{case_id}", f"cases/{case_id}/review", "meetings", "search", "people", "audit"):
        answer = agency.client.get(f"/b/vale/{path}")
        assert answer.status_code in (403, 404) and "2026-0001" not in answer.get_data(as_text=True), path


def test_nobody_else_reads_or_answers_it(web: Site, here: Neighbours, nurse: UUID) -> None:
    one = ask(here, here.notified(), nurse)
    web.person(HEAD, here.area, AGENCY)
    other = theirs(web, HEAD)
    assert "You are asked nothing now" in other.get("/b/vale/asked").text
    other.get(question(one), 404)
    sends(other, f"{question(one)}?answer=nothing_known", {}, 404)
    web.get(question(one), 403)  # not even who asked: the answer stands on the review's page
    theirs(web).get(f"/b/vale/asked/{uuid4()}/{one.id}", 404)
    assert one.case_id is not None and only(here, one.case_id).state == "asked"


def test_no_link_opens_it(here: Neighbours, web: Site, nurse: UUID) -> None:
    one = ask(here, here.notified(), nurse)
    for act in (
        lambda u: stories.look_again(u, one.id),
        lambda u: stories.open_link(u, one.id),
        lambda u: stories.request_opened(u, one.id),
        lambda u: stories.answer_request(u, one.id, "nothing_known"),
    ):
        with here.unit() as unit, pytest.raises(NotFound):
            act(unit)


def test_a_conflict_of_interest_keeps_them_out(web: Site, here: Neighbours, nurse: UUID) -> None:
    case_id = here.notified()
    one, agency = ask(here, case_id, nurse), theirs(web)
    agency.get(question(one))
    with here.unit() as unit:
        incidents.declare_conflict(unit, case_id, nurse, "A neighbour of the family.", None, uuid4())
    agency.get(question(one), 404)
    sends(agency, f"{question(one)}?answer=nothing_known", {}, 404)
    assert "You are asked nothing now" in agency.get("/b/vale/asked").text
    with pytest.raises(ThreefoldError) as told:
        ask(here, case_id, nurse)
    assert told.value.field == "person" and "keeps them out of this case" in told.value.sentence


def test_it_ends_and_what_was_typed_is_theirs_to_keep(web: Site, here: Neighbours, nurse: UUID) -> None:
    case_id = here.notified()
    one, agency = ask(here, case_id, nurse), theirs(web)
    typed = {"text": "Written for an hour."}
    close = f"/b/vale/cases/{case_id}/review/agencies/{one.id}/revoke"
    assert "Close the question to Health visiting" in web.get(close).page.heading
    web.post(close)
    assert "Question closed" in web.get(f"/b/vale/cases/{case_id}/review").text
    told = sends(agency, f"{question(one)}?answer=answered", typed, 410)
    assert "This question was closed" in told and "Written for an hour." in told
    two = ask(here, case_id, nurse)
    here.later(days=22)
    web.at = here.at
    assert "This question has expired" in theirs(web).get(question(two), 410).text


def test_it_can_be_answered_to_the_end_of_the_last_day_in_london(web: Site, here: Neighbours, nurse: UUID) -> None:
    one = ask(here, here.notified(), nurse)
    assert one.last_day == date(2026, 4, 20)
    web.at = datetime(2026, 4, 20, 23, 59, 59, tzinfo=LONDON)
    assert "until 20 April 2026" in theirs(web).get(question(one)).text
    web.at += timedelta(seconds=1)
    assert "has expired" in theirs(web).get(question(one), 410).text


def test_somebody_who_left_answers_no_more_and_the_asker_sees_it(web: Site, here: Neighbours, nurse: UUID) -> None:
    case_id = here.notified()
    one, agency = ask(here, case_id, nurse), theirs(web)
    with here.unit() as unit:
        found = next(m for m in members.members(unit) if m.person_id == nurse)
        members.end_member(unit, found.id, None)
    assert agency.client.get(question(one)).status_code in (303, 404)
    assert "May not answer any more" in web.get(f"/b/vale/cases/{case_id}/review").text
    with pytest.raises(ThreefoldError) as told:
        ask(here, case_id, nurse)
    assert told.value.field == "person"
    assert "Nobody answers for an agency" in web.get(f"/b/vale/cases/{case_id}/review/agencies/ask-person").text


def test_passed_on_it_becomes_a_link_that_wants_a_code(web: Site, here: Neighbours, nurse: UUID) -> None:
    case_id = here.notified()
    one, agency = ask(here, case_id, nurse), theirs(web)
    passed = agency.post(f"{question(one)}?answer=passed_on", {"colleague": HEAD}).location
    assert "It was passed to your colleague" in agency.get(passed).text
    here.work()
    assert here.mails[-1][0] == HEAD
    assert "passed to a colleague" in agency.get(question(one), 410).text
    with here.unit() as unit:
        second, first = sorted(stories.requests(unit, case_id), key=lambda r: r.state == "passed_on")
    assert (first.state, second.route, second.person_id) == ("passed_on", "phone", None)
    review = f"/b/vale/cases/{case_id}/review"
    shown = web.post(f"{review}/agencies/{second.id}/code", status=200)
    code = "".join(c for c in shown.text.split("Tell it by phone")[0][-30:] if c.isdigit())[-8:]
    assert QUESTION in (phone := web.another()).get(opened(phone, address_in(here), code)).text


def test_sent_twice_it_is_one_question_and_one_answer(here: Neighbours, web: Site, nurse: UUID) -> None:
    case_id, token, again = here.notified(), uuid4(), uuid4()
    one = ask(here, case_id, nurse, token)
    assert ask(here, case_id, nurse, token).id == one.id == only(here, case_id).id
    for text in ("First.", "Second."):
        with here.unit(person=nurse, roles=(AGENCY,)) as unit:
            stories.answer_own(unit, case_id, one.id, stories.Given("answered", text), again)
    assert only(here, case_id).answer["text"] == "First."


def test_what_was_told_once_is_kept_whatever_is_answered_after_it(here: Neighbours, web: Site, nurse: UUID) -> None:
    case_id = here.notified()
    one, agency = ask(here, case_id, nurse), theirs(web)
    agency.post(f"{question(one)}?answer=answered", {"text": "Seen twice, bruises.\nTold the ward."})
    shown = agency.get(question(one))
    assert all(words in shown.text for words in ("You told:", "Seen twice, bruises.", "Told the ward."))
    box = agency.get(f"{question(one)}?answer=answered").page.one("textarea")
    assert box.text.strip().splitlines() == ["Seen twice, bruises.", "Told the ward."], "theirs to go on from"
    agency.post(
        f"{question(one)}?answer=closed_until",
        {f"closed_until-{n}": v for n, v in (("day", "13"), ("month", "4"), ("year", "2026"))},
    )
    agency.post(f"{question(one)}?answer=nothing_known", {})
    shown = agency.get(question(one)).text
    assert "is “We know nothing of this”" in shown and "Before it you told:" in shown
    agency.post(f"{question(one)}?answer=passed_on", {"colleague": HEAD})
    with here.unit() as unit:
        kept = next(a for a in stories.requests(unit, case_id) if a.id == one.id)
    assert [b["state"] for b in kept.before] == ["answered", "closed_until", "nothing_known"] and kept.state == "passed_on"
    assert kept.before[1]["closed_until"] == date(2026, 4, 13)
    told = web.get(f"/b/vale/cases/{case_id}/review").text
    assert "Seen twice, bruises." in told and "Closed until 13 April 2026" in told and told.count("Before, 30 March 2026") == 3


def test_it_is_not_passed_on_to_oneself_nor_closed_for_years(here: Neighbours, web: Site, nurse: UUID) -> None:
    one, agency = ask(here, here.notified(), nurse), theirs(web)
    told = agency.post(f"{question(one)}?answer=passed_on", {"colleague": NURSE.upper()}, 422).text
    assert "That is the address that was asked already" in told
    years = {f"closed_until-{n}": v for n, v in (("day", "1"), ("month", "1"), ("year", "2099"))}
    assert "Check the year" in agency.post(f"{question(one)}?answer=closed_until", years, 422).text


def test_what_was_written_while_they_were_being_kept_out_is_theirs_to_copy(here: Neighbours, web: Site, nurse: UUID) -> None:
    case_id = here.notified()
    one, agency = ask(here, case_id, nurse), theirs(web)
    address = f"{question(one)}?answer=answered"
    sent = agency.get(address).page.hidden() | {"text": "Seen twice,\r\nbruises <b>.", "by": "Lead"}
    with here.unit() as unit:
        incidents.declare_conflict(unit, case_id, nurse, "A neighbour of the family.", None, uuid4())
    told = agency.send(address, sent, 404)
    assert "What you had typed" in told.text and "Seen twice," in told.text and "bruises <b>." in told.text
    assert "What you had typed" not in agency.get(address, 404).text


def test_closed_until_a_day_it_waits_again_on_that_day(web: Site, here: Neighbours, nurse: UUID) -> None:
    one, agency = ask(here, here.notified(), nurse), theirs(web)
    day = {"closed_until-day": "13", "closed_until-month": "4", "closed_until-year": "2026"}
    agency.post(f"{question(one)}?answer=closed_until", day)
    assert "Answer for" not in agency.get("/my-work").text
    asked = only(here, one.case_id) if one.case_id else one
    assert not stories.still_waits(asked, date(2026, 4, 12)) and stories.still_waits(asked, date(2026, 4, 13))
    web.at = here.at + timedelta(days=14)
    assert "Answer for Health visiting" in theirs(web).get("/my-work").text


def test_who_covers_no_asking_asks_nobody(here: Neighbours, web: Site, nurse: UUID) -> None:
    case_id = here.notified()
    with here.unit(person=nurse, roles=(AGENCY,)) as unit, pytest.raises(Forbidden):
        stories.ask_person(unit, case_id, "School", nurse, QUESTION, uuid4())
    with here.unit() as unit, pytest.raises(Forbidden):
        stories.own_requests(unit)


def test_who_may_answer_no_more_is_not_mailed(here: Neighbours, web: Site, nurse: UUID) -> None:
    case_id = here.notified()
    ask(here, case_id, nurse)
    with here.unit() as unit:
        incidents.declare_conflict(unit, case_id, nurse, "A neighbour of the family.", None, uuid4())
    here.work()
    assert not [to for to, _, _ in here.mails if to == NURSE]
    assert only(here, case_id).mail_state.startswith("not sent")


def test_the_last_day_is_london_s_in_the_e_mail_too(here: Neighbours, web: Site, nurse: UUID) -> None:
    here.at = here.at.replace(hour=23, minute=30)  # half past midnight in London
    case_id = here.notified()
    one = ask(here, case_id, nurse)
    here.work()
    assert f"until {one.last_day:%-d %B %Y}" in here.mails[-1][2]


def test_a_conflict_declared_after_asking_is_seen_by_who_asked(web: Site, here: Neighbours, nurse: UUID) -> None:
    case_id = here.notified()
    ask(here, case_id, nurse)
    with here.unit() as unit:
        incidents.declare_conflict(unit, case_id, nurse, "A neighbour of the family.", None, uuid4())
    assert "May not answer any more" in web.get(f"/b/vale/cases/{case_id}/review").text


@pytest.mark.parametrize(("meanwhile", "status", "said"), [
    ("closed", 410, "This question was closed"), ("kept out", 404, "What you had typed"),
])  # fmt: skip
def test_what_was_typed_while_the_sign_in_had_ended_is_theirs_whatever_came_meanwhile(
    web: Site, here: Neighbours, nurse: UUID, meanwhile: str, status: int, said: str
) -> None:
    case_id = here.notified()
    one, agency = ask(here, case_id, nurse), theirs(web)
    address = f"{question(one)}?answer=answered"
    sent = agency.get(address).page.hidden() | {"text": "Written for an hour."}
    web.at = here.at + timedelta(hours=3)
    assert agency.send(address, sent).location
    with here.unit() as unit:
        if meanwhile == "closed":
            stories.revoke_request(unit, case_id, one.id)
        else:
            incidents.declare_conflict(unit, case_id, nurse, "A neighbour of the family.", None, uuid4())
    agency.enter(NURSE)
    back = next(e.get("href") for e in agency.get("/my-work").page.all("a") if "held=" in (e.get("href") or ""))
    told = agency.get(str(back), status).text
    assert said in told and "Written for an hour." in told


def test_an_account_of_an_agency_holds_no_seat() -> None:
    with pytest.raises(ThreefoldError) as told:
        members.refuse_wrong_place("partnership", {"council-lead": "Council lead"}, AGENCY, "council-lead")
    assert told.value.field == "seat"


def test_who_answers_for_an_agency_is_let_into_no_case(web: Site, here: Neighbours, nurse: UUID) -> None:
    case_id = here.notified()
    page = web.get(f"/b/vale/cases/{case_id}/opening/add")
    assert str(nurse) not in {e.get("value") for e in page.page.all("option")}
    with here.unit() as unit, pytest.raises(ThreefoldError, match="works with cases here"):
        opening.let_into_case(unit, case_id, nurse, "team", unit.today, None, uuid4())
