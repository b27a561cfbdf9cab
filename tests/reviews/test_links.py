"""The link an agency gets: no account, one question, four answers; and what it says when it no longer opens."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.reviews.neighbours import PUBLIC, Neighbours
from tests.web.site import Rules, Site, make_site
from threefold.domain.errors import ThreefoldError
from threefold.walls.database import db
from threefold.work.reviews import stories
from threefold.work.reviews.tables import AgencyRequest

QUESTION = "Please check your records of the family at 4 Example Row."


def asked(here: Neighbours, case_id: UUID | None = None, email: str = "nurse@agency.example") -> str:
    """Ask an agency, let the e-mail go out, and take the address from it."""
    case_id = case_id or here.notified()
    with here.unit() as unit:
        stories.ask_agency(unit, case_id, "Health visiting", email, QUESTION, uuid4())
    here.work()
    return address_in(here)


def address_in(here: Neighbours) -> str:
    found = re.findall(rf"{re.escape(PUBLIC)}(/answer/\S+)", here.mails[-1][2])
    assert len(found) == 1
    return str(found[0])


def only(here: Neighbours, case_id: UUID) -> stories.Asked:
    with here.unit() as unit:
        (one,) = stories.requests(unit, case_id)
    return one


def test_the_email_holds_no_detail_and_the_link_is_forgotten_once_it_was_sent(here: Neighbours) -> None:
    case_id = here.notified()
    address = asked(here, case_id)
    to, subject, text = here.mails[-1]
    assert to == "nurse@agency.example"
    for word in ("Example Row", "2026-0001", "Vale", "Health visiting", str(case_id)):
        assert word not in subject + text.replace(address, ""), word
    assert only(here, case_id).mail_state == "sent"
    secret = address.rsplit("/", 1)[1]
    with here.unit() as unit:
        row = unit.session.get_one(AgencyRequest, (here.area, only(here, case_id).id))
        assert secret not in str(unit.open_json(row.asked))


def test_no_log_holds_what_a_failed_email_said(here: Neighbours, capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []

    def fail(to: str, _subject: str, text: str) -> None:
        told.extend((to, text.split("/answer/vale/")[1].split()[0]))
        raise OSError("no route")

    here.send_mail = fail
    case_id = here.notified()
    with here.unit() as unit:
        stories.ask_agency(unit, case_id, "Health visiting", "nurse@agency.example", QUESTION, uuid4())
    assert here.work() == ["waiting"]
    logged = "".join(capsys.readouterr())
    assert "work_failed" in logged
    for word in (*told, QUESTION):
        assert word not in logged


def test_opening_consumes_nothing_and_shows_nothing_but_the_question(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, phone = asked(here, case_id), web.another()
    for _ in range(3):
        shown = phone.get(address)
        assert QUESTION in shown.text
        assert "2026-0001" not in shown.text
        assert "child-1" not in shown.text.lower()
    assert shown.response.headers["Referrer-Policy"] == "no-referrer"
    assert shown.response.headers["Cache-Control"] == "no-store"
    assert only(here, case_id).state == "asked"


@pytest.mark.parametrize(
    ("sent", "state", "told"),
    [
        ({"text": "Seen twice this year."}, "answered", "Seen twice this year."),
        ({}, "nothing_known", "Nothing known"),
        ({"closed_until-day": "13", "closed_until-month": "4", "closed_until-year": "2026"}, "closed_until", "13 April 2026"),
    ],
)
def test_every_answer_arrives(web: Site, here: Neighbours, sent: dict[str, str], state: str, told: str) -> None:
    case_id = here.notified()
    address, phone = asked(here, case_id), web.another()
    done = phone.post(f"{address}?answer={state}", sent | {"by": "Named nurse"})
    assert done.location == "/answer/thank-you"
    assert done.response.headers["Referrer-Policy"] == "no-referrer"
    phone.get(done.location)
    assert only(here, case_id).state == state
    shown = web.get(f"/b/vale/cases/{case_id}/review")
    assert told in shown.text
    assert "Named nurse" in shown.text


def test_an_answer_may_be_given_again_and_a_double_click_gives_one(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, phone = asked(here, case_id), web.another()
    nothing = f"{address}?answer=nothing_known"
    first = phone.get(nothing).page.hidden()
    phone.send(nothing, first)
    phone.post(f"{address}?answer=answered", {"text": "We found a file."})
    phone.send(nothing, first)
    one = only(here, case_id)
    assert (one.state, one.answer["text"]) == ("answered", "We found a file.")
    assert "We found a file." not in phone.get(address).text


def test_over_https_it_is_answered_by_a_browser_that_tells_no_referrer(
    here: Neighbours, tmp_path: Path, project: Path, rules: Rules
) -> None:
    site = make_site(here.database, tmp_path, tenants=project / "tenants", rules=rules, public_url="https://localhost")
    case_id = here.notified()
    phone = site.app.test_client()
    answer = f"{asked(here, case_id)}?answer=nothing_known"
    assert phone.get(answer, base_url="https://localhost").status_code == 200
    assert phone.post(answer, base_url="https://localhost").status_code == 303
    assert phone.post("/sign-in", base_url="https://localhost").status_code == 400  # elsewhere the guard stands
    assert only(here, case_id).state == "nothing_known"
    with site.app.app_context():
        db.engine.dispose()


def test_what_is_missing_is_asked_for_beside_its_box(web: Site, here: Neighbours) -> None:
    address, phone = asked(here), web.another()
    assert "Write what your agency knows" in phone.post(f"{address}?answer=answered", {}, 422).text
    assert "Enter the day you open again" in phone.post(f"{address}?answer=closed_until", {}, 422).text
    past = {"closed_until-day": "30", "closed_until-month": "3", "closed_until-year": "2026"}
    assert "it lies ahead" in phone.post(f"{address}?answer=closed_until", past, 422).text
    assert "correct format" in phone.post(f"{address}?answer=passed_on", {"colleague": "nobody"}, 422).text
    for nothing in ("?answer=", "?answer=made_up", "?answer=&answer="):
        assert "Select your answer" in phone.get(f"{address}{nothing}", 422).text


def test_passing_on_gives_the_colleague_a_link_and_ends_this_one(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, phone = asked(here, case_id), web.another()
    phone.post(f"{address}?answer=passed_on", {"colleague": "other@agency.example"})
    here.work()
    assert here.mails[-1][0] == "other@agency.example"
    passed = address_in(here)
    assert passed != address
    ended = phone.get(address, 410)
    assert "passed to a colleague" in ended.text
    assert QUESTION not in ended.text
    phone.post(f"{passed}?answer=nothing_known")
    with here.unit() as unit:
        assert {a.state for a in stories.requests(unit, case_id)} == {"passed_on", "nothing_known"}


def test_a_closed_link_says_so(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, phone = asked(here, case_id), web.another()
    page = f"/b/vale/cases/{case_id}/review/agencies/{only(here, case_id).id}/revoke"
    sending = f"{address}?answer=nothing_known"
    before = phone.get(sending).page.hidden()
    web.post(page)
    for ended in (phone.get(address, 410), phone.send(sending, before, 410)):
        assert "was closed" in ended.text
        assert QUESTION not in ended.text
    assert "Link closed" in web.get(f"/b/vale/cases/{case_id}/review").text
    web.get(page.replace(str(only(here, case_id).id), str(uuid4())), 404)


def test_an_expired_link_says_so(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, phone = asked(here, case_id), web.another()
    web.at = here.at + timedelta(days=21)
    phone.get(address)
    web.at = here.at + timedelta(days=21, seconds=1)
    ended = phone.get(address, 410)
    assert "expired" in ended.text
    assert QUESTION not in ended.text
    assert only(here, case_id).state == "asked"


def test_another_area_s_address_with_the_right_secret_is_not_found(web: Site, here: Neighbours) -> None:
    here.database.body("brook", national="nation")
    address, phone = asked(here), web.another()
    secret = address.rsplit("/", 1)[1]
    told = {
        phone.get(f"/answer/{slug}/{word}", 404).text
        for slug, word in (("brook", secret), ("nowhere", secret), ("vale", "x" * 43))
    }
    assert len(told) == 1
    assert "There is no such page here" in told.pop()
    phone.get(f"/answer/vale/{'y' * 500}", 404)


def test_guessing_is_slowed_down_and_a_working_link_is_not(web: Site, here: Neighbours) -> None:
    address, phone = asked(here), web.another()
    for _ in range(60):
        phone.client.get("/answer/vale/guess")
    assert phone.client.get("/answer/vale/guess").status_code == 429
    with here.unit() as unit, pytest.raises(ThreefoldError, match="lies ahead"):
        stories.answer_request(unit, address.rsplit("/", 1)[1], "closed_until", closed_until=date(2026, 3, 30))
