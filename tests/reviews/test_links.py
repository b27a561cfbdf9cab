"""The link an agency gets: no account, one question, four answers; and what it says when it no longer opens."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.reviews.neighbours import PUBLIC, Neighbours
from tests.web.html import read
from tests.web.sign_ins import secret_behind
from tests.web.site import Rules, Site, make_site
from threefold.domain.calendar import LONDON
from threefold.domain.errors import ThreefoldError
from threefold.walls.database import db
from threefold.work.reviews import stories
from threefold.work.reviews.tables import AgencyRequest

QUESTION = "Please check your records of the family at 4 Example Row."


def asked(here: Neighbours, case_id: UUID | None = None, email: str = "nurse@agency.example") -> str:
    """Ask an agency, let the e-mail go out, and take the address from it."""
    case_id = case_id or here.notified()
    with here.unit() as unit:
        stories.ask_agency(unit, case_id, "Health visiting", email, QUESTION, uuid4(), route="link", why="No number is known.")
    here.work()
    return address_in(here)


def with_code(here: Neighbours, case_id: UUID) -> tuple[str, str]:
    """Ask an agency whose link wants a code: (address, code)."""
    with here.unit() as unit:
        code = stories.ask_agency(unit, case_id, "Health visiting", "nurse@agency.example", QUESTION, uuid4()).code
    here.work()
    return address_in(here), code


def opened(phone: Site, address: str, code: str = "") -> str:
    """Open a link in a browser: the address that the question stands at."""
    location = phone.follow(address).location
    if code:
        location = phone.post(location, {"code": code}).location
    assert secret_behind(address) not in location
    return location


def asks_for_code(phone: Site, address: str) -> str:
    """Where a browser that sent the e-mail's code is asked for the other one."""
    location = phone.follow(address).location
    assert location.endswith("/code")
    return location


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
    assert [line for line in text.splitlines() if secret_behind(address) in line] == [PUBLIC + address, secret_behind(address)]
    assert only(here, case_id).mail_state == "sent"
    secret = secret_behind(address)
    with here.unit() as unit:
        row = unit.session.get_one(AgencyRequest, (here.area, only(here, case_id).id))
        assert secret not in str(unit.open_json(row.asked))


def test_no_log_holds_what_a_failed_email_said(here: Neighbours, capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []

    def fail(to: str, _subject: str, text: str) -> None:
        told.extend((to, text.split("/answer/vale/open#")[1].split()[0]))
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


def test_looking_consumes_nothing_and_shows_nothing_and_opening_shows_the_question_alone(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, phone = asked(here, case_id), web.another()
    for _ in range(3):
        shown = phone.get(address)
        for word in (QUESTION, "Health visiting", "2026-0001", "child-1"):
            assert word.lower() not in shown.text.lower(), word
        assert "Set-Cookie" not in shown.response.headers or "threefold-answer" not in shown.response.headers["Set-Cookie"]
    assert shown.response.headers["Cache-Control"] == "no-store"
    page = opened(phone, address)
    shown = phone.get(page)
    assert QUESTION in shown.text and "2026-0001" not in shown.text and "child-1" not in shown.text.lower()
    assert shown.response.headers["Cache-Control"] == "no-store"
    assert phone.follow(address).location == page  # a second click, or Back, and again
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
    phone = web.another()
    done = phone.post(f"{opened(phone, asked(here, case_id))}?answer={state}", sent | {"by": "Named nurse"})
    assert done.location == "/answer/thank-you"
    phone.get(done.location)
    assert only(here, case_id).state == state
    shown = web.get(f"/b/vale/cases/{case_id}/review")
    assert told in shown.text
    assert "Named nurse" in shown.text


def test_an_answer_may_be_given_again_and_a_double_click_gives_one(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    phone = web.another()
    address = opened(phone, asked(here, case_id))
    nothing = f"{address}?answer=nothing_known"
    first = phone.get(nothing).page.hidden()
    phone.send(nothing, first)
    phone.post(f"{address}?answer=answered", {"text": "We found a file."})
    phone.send(nothing, first)
    one = only(here, case_id)
    assert (one.state, one.answer["text"]) == ("answered", "We found a file.")
    assert "We found a file." not in phone.get(address).text


def test_over_https_each_step_has_its_guard_and_no_other_site_is_told_of_it(
    here: Neighbours, tmp_path: Path, project: Path, rules: Rules
) -> None:
    site = make_site(here.database, tmp_path, tenants=project / "tenants", rules=rules, public_url="https://localhost")
    case_id = here.notified()
    phone = site.app.test_client()
    link, over = asked(here, case_id), {"base_url": "https://localhost"}
    address, secret = link.partition("#")[0], {"code_of_email": secret_behind(link)}
    shown = phone.get(address, **over)
    assert shown.headers["Referrer-Policy"] == "same-origin"
    assert phone.post(address, data=secret, **over).status_code == 400
    hidden, told = read(shown.get_data(as_text=True)).hidden(), {"Referer": f"https://localhost{address}"}
    page = phone.post(address, data=hidden | secret, headers=told, **over)
    (cookie,) = [c for c in page.headers.getlist("Set-Cookie") if "threefold-answer" in c]
    assert cookie.startswith("__Host-") and all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Lax"))
    answer = f"{page.headers['Location']}?answer=nothing_known"
    shown = phone.get(answer, **over)
    assert shown.headers["Referrer-Policy"] == "same-origin"
    assert phone.post(answer, **over).status_code == 400  # the cookie gives a right, so the guard stands
    assert phone.post("/sign-in", **over).status_code == 400
    sent = phone.post(
        answer, data=read(shown.get_data(as_text=True)).hidden(), headers={"Referer": f"https://localhost{answer}"}, **over
    )
    assert sent.status_code == 303
    assert only(here, case_id).state == "nothing_known"
    with site.app.app_context():
        db.engine.dispose()


def test_what_is_missing_is_asked_for_beside_its_box(web: Site, here: Neighbours) -> None:
    phone = web.another()
    address = opened(phone, asked(here))
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
    page = opened(phone, address)
    phone.post(f"{page}?answer=passed_on", {"colleague": "other@agency.example"})
    here.work()
    assert here.mails[-1][0] == "other@agency.example"
    passed = address_in(here)
    assert passed != address
    for ended in (phone.follow(address, 410), phone.get(page, 410)):
        assert "passed to a colleague" in ended.text
        assert QUESTION not in ended.text
    phone.post(f"{opened(phone, passed)}?answer=nothing_known")
    with here.unit() as unit:
        assert {a.state for a in stories.requests(unit, case_id)} == {"passed_on", "nothing_known"}


def test_a_closed_link_says_so(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, phone = asked(here, case_id), web.another()
    page = f"/b/vale/cases/{case_id}/review/agencies/{only(here, case_id).id}/revoke"
    at = opened(phone, address)
    sending = f"{at}?answer=nothing_known"
    before = phone.get(sending).page.hidden()
    web.post(page)
    for ended in (phone.follow(address, 410), phone.get(at, 410), phone.send(sending, before, 410)):
        assert "was closed" in ended.text
        assert QUESTION not in ended.text
    assert "Link closed" in web.get(f"/b/vale/cases/{case_id}/review").text
    web.get(page.replace(str(only(here, case_id).id), str(uuid4())), 404)


@pytest.mark.parametrize("how", ["closed", "destroyed"])
def test_what_was_typed_is_shown_again_when_the_link_ended_meanwhile(web: Site, here: Neighbours, how: str) -> None:
    case_id = here.notified()
    phone, page = web.another(), ""
    at = f"{opened(phone, asked(here, case_id))}?answer=answered"
    before = phone.get(at).page.hidden()
    if how == "closed":
        page = f"/b/vale/cases/{case_id}/review/agencies/{only(here, case_id).id}/revoke"
        web.post(page)
    else:
        with psycopg.connect(here.database.admin) as connection:
            connection.execute("update body.agency_request set asked = ''")
            connection.execute("update body.incident_case set destroyed_at = now()")
    shown = phone.send(at, before | {"text": "Seen <twice> this year."}, 410)
    assert "Seen <twice> this year." in shown.text and "was not saved" in shown.text


def test_an_expired_link_says_so(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, phone = asked(here, case_id), web.another()
    assert "works until 20 April 2026" in here.mails[-1][2] and only(here, case_id).last_day == date(2026, 4, 20)
    web.at = datetime(
        2026, 4, 20, 23, 59, 59, tzinfo=LONDON
    )  # asked at eleven in the morning, it works to the end of the day it names
    page = opened(phone, address)
    web.at += timedelta(seconds=1)
    phone.get(page, 404)  # the browser's right has ended with it
    ended = phone.follow(address, 410)
    assert "expired" in ended.text
    assert QUESTION not in ended.text
    assert only(here, case_id).state == "asked"


def test_another_area_s_address_with_the_right_secret_is_not_found(web: Site, here: Neighbours) -> None:
    here.database.body("brook", national="nation")
    address, phone = asked(here), web.another()
    secret = secret_behind(address)
    told = {
        phone.follow(f"/answer/{slug}/open#{word}", 422).text
        for slug, word in (("brook", secret), ("nowhere", secret), ("vale", "x" * 43), ("vale", "y" * 500))
    }
    assert len(told) == 1
    assert "If it opens nothing, it has ended: ask the partnership’s business team" in told.pop()
    shown = {phone.get(f"/answer/{slug}/open").text for slug in ("vale", "nowhere")}
    assert len(shown) == 1  # nor does looking tell which areas there are


def test_guessing_is_slowed_down_and_a_working_link_is_not(web: Site, here: Neighbours) -> None:
    address, phone = asked(here), web.another()
    for _ in range(61):  # opened on and on it is never counted, so that the guesses are
        phone.follow(address)
    guess = phone.get(address).page.hidden() | {"code_of_email": "guess"}
    for _ in range(60):
        assert phone.client.post("/answer/vale/open", data=guess).status_code == 422
    assert phone.client.post("/answer/vale/open", data=guess).status_code == 429
    with here.unit() as unit, pytest.raises(ThreefoldError, match="lies ahead"):
        stories.answer_request(
            unit, stories.look_at_link(unit, secret_behind(address)).id, "closed_until", closed_until=date(2026, 3, 30)
        )


def test_the_link_alone_opens_nothing_where_a_code_is_told_by_phone(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, code = with_code(here, case_id)
    phone, other = web.another(), web.another()
    assert code not in here.mails[-1][2] and re.fullmatch(r"\d{8}", code)
    asking = asks_for_code(phone, address)
    for wrong in ({}, {"code": "1"}, {"code": f"{(int(code) + 1) % 10**8:08}"}):
        told = phone.post(asking, wrong, 422)
        assert "code" in told.text.lower() and QUESTION not in told.text
    assert phone.get(asking.removesuffix("/code"), 303).location == asking
    other.get(asking, 404)
    page = opened(phone, address, f"{code[:4]} {code[4:]}")
    assert QUESTION in phone.get(page).text
    assert phone.get(asking, 303).location == page  # Back
    assert "needs a new code" in other.post(asks_for_code(other, address), {"code": code}, 422).text  # another browser used it
    assert QUESTION in phone.get(page).text
    assert "The code was used" in web.get(f"/b/vale/cases/{case_id}/review").text


def test_five_wrong_codes_and_another_is_needed_which_the_asker_makes(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, code = with_code(here, case_id)
    phone = web.another()
    asking = asks_for_code(phone, address)
    for no in range(1, 6):
        phone.post(asking, {"code": f"{(int(code) + no) % 10**8:08}"}, 422)
    assert "needs a new code" in phone.post(asking, {"code": code}, 422).text
    assert "Too many wrong codes" in web.get(f"/b/vale/cases/{case_id}/review").text
    shown = web.post(f"/b/vale/cases/{case_id}/review/agencies/{only(here, case_id).id}/code", status=200)
    again = "".join(re.findall(r"(\d{4}) (\d{4})", shown.text)[0])
    assert shown.response.headers["Cache-Control"] == "no-store"
    assert again != code and QUESTION in phone.get(opened(phone, address, again)).text


def test_what_one_browser_opened_opens_no_other_request_and_no_other_browser_has_it(web: Site, here: Neighbours) -> None:
    case_id, other_case = here.notified(), here.notified()
    phone = web.another()
    page, other = opened(phone, asked(here, case_id)), only_id(here, asked(here, other_case), other_case)
    elsewhere = page.replace(page.rsplit("/", 1)[1], str(other))
    for browser, address in (
        (phone, elsewhere),
        (web.another(), page),
        (phone, page.replace("/vale/", "/brook/")),
        (phone, elsewhere[:-1] + "0"),
    ):
        assert "This browser shows no question now" in browser.get(address, 404).text
        assert browser.client.post(address).status_code in (400, 404)
    (name,) = [c.key for c in phone.client._cookies.values() if "threefold-answer" in c.key]
    value = phone.client.get_cookie(name).value
    phone.client.set_cookie(name.replace(page.rsplit("/", 1)[1].replace("-", ""), other.hex), value)
    phone.get(elsewhere, 404)  # nor does its cookie under the other's name
    phone.client.set_cookie(name, value[:-2] + "xx")
    phone.get(page, 404)


def only_id(here: Neighbours, _address: str, case_id: UUID) -> UUID:
    return only(here, case_id).id


def test_codes_are_kept_as_a_digest_under_the_body_s_key(here: Neighbours) -> None:
    case_id = here.notified()
    _, code = with_code(here, case_id)
    with here.unit() as unit:
        row = unit.session.get_one(AgencyRequest, (here.area, only(here, case_id).id))
        assert row.code_digest == unit.blind("request code", f"{row.id}:{code}")
        assert code not in str(unit.open_json(row.asked)) and code not in repr(only(here, case_id))
    assert hashlib.sha256(code.encode()).digest() != row.code_digest


def test_the_asker_chooses_the_route_on_screen_and_by_the_link_only_with_a_reason(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    page = f"/b/vale/cases/{case_id}/review/agencies/ask"
    boxes = {"agency": "GP", "email": "gp@agency.example", "question": QUESTION}
    assert "Select what else opens the link" in web.post(page, boxes, 422).text
    assert "Say why the link alone" in web.post(page, boxes | {"route": "link"}, 422).text
    web.post(page, boxes | {"route": "link", "why": "It has no telephone."})
    assert "By the link only: It has no telephone." in web.get(f"/b/vale/cases/{case_id}/review").text
    both = web.post(page, boxes | {"route": "phone", "why": "It has no telephone."}, 422)
    assert "or empty this box where a code opens it" in both.text and both.page.value("why") == "It has no telephone."
    hidden = web.get(page).page.hidden() | boxes | {"route": "phone"}
    shown = web.send(page, hidden, 200)
    assert "Tell GP this code by phone" in shown.text and "It is not shown again" in shown.text
    web.send(page, hidden)  # a second click shows it no more, and asks nobody twice
    with here.unit() as unit:
        assert sorted(a.route for a in stories.requests(unit, case_id)) == ["link", "phone"]


def test_a_colleague_s_link_asks_for_a_code_of_its_own(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, code = with_code(here, case_id)
    phone = web.another()
    phone.post(f"{opened(phone, address, code)}?answer=passed_on", {"colleague": "other@agency.example"})
    here.work()
    other = web.another()
    assert "needs a new code" in other.post(asks_for_code(other, address_in(here)), {"code": code}, 422).text


def test_no_log_holds_a_link_or_a_code(web: Site, here: Neighbours, capfd: pytest.CaptureFixture[str]) -> None:
    address, code = with_code(here, here.notified())
    phone = web.another()
    phone.post(asks_for_code(phone, address), {"code": "00000000"}, 422)
    phone.get(opened(phone, address, code))
    phone.follow(f"{address}x", 422)
    logged = "".join(capfd.readouterr())
    assert secret_behind(address) not in logged and code not in logged


def test_a_second_click_with_the_code_opens_it_too_and_no_other_form_does(web: Site, here: Neighbours) -> None:
    """The browser follows the second answer and may never have read the cookie of the first."""
    address, code = with_code(here, here.notified())
    phone = web.another()
    asking = asks_for_code(phone, address)
    form = phone.get(asking).page.hidden()
    name = next(c.key for c in phone.client._cookies.values() if "threefold-answer" in c.key)
    before = phone.client.get_cookie(name).value
    phone.send(asking, form | {"code": "00000000"}, 422)  # a slip, put right in the same form
    for _ in range(2):
        phone.client.set_cookie(name, before)
        page = phone.send(asking, form | {"code": code}).location
    assert QUESTION in phone.get(page).text
    phone.client.set_cookie(name, before)
    assert "needs a new code" in phone.post(asking, {"code": code}, 422).text


def test_the_code_of_the_email_is_asked_for_again_after_half_a_day(web: Site, here: Neighbours) -> None:
    address, _ = with_code(here, here.notified())
    phone = web.another()
    asking = asks_for_code(phone, address)
    web.at = here.at + timedelta(hours=12)
    phone.get(asking, 404)
    asks_for_code(phone, address)
