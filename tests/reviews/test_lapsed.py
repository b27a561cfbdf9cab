"""An agency sends its answer from a browser that may show the question no more: what it wrote is given back, and the way on is told."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.reviews.neighbours import Neighbours
from tests.reviews.test_links import QUESTION, asked, only, opened, with_code
from tests.web.site import Site

WORDS = "An hour of <careful> writing."


@pytest.mark.parametrize(("route", "lasts"), [("link", timedelta(hours=12)), ("phone", timedelta(days=22))])
def test_what_was_written_is_given_back_and_no_question_is_shown(
    web: Site, here: Neighbours, route: str, lasts: timedelta
) -> None:
    case_id, phone = here.notified(), web.another()
    page = opened(phone, asked(here, case_id)) if route == "link" else opened(phone, *with_code(here, case_id))
    at = f"{page}?answer=answered"
    form = phone.get(at).page.hidden()
    web.at = here.at + lasts
    told = phone.send(at, form | {"text": WORDS, "by": "Named nurse"}, 404)
    assert "Open the link in your email" in told.page.heading
    assert WORDS in told.text and "Named nurse" in told.text and "was not saved" in told.text
    assert QUESTION not in told.text and only(here, case_id).state == "asked"


def test_opened_again_in_another_tab_the_page_that_waited_is_taken(web: Site, here: Neighbours) -> None:
    case_id, phone = here.notified(), web.another()
    address = asked(here, case_id)
    at = f"{opened(phone, address)}?answer=answered"
    form = phone.get(at).page.hidden()
    web.at = here.at + timedelta(hours=13)
    opened(phone, address)
    phone.send(at, form | {"text": WORDS})
    assert only(here, case_id).answer["text"] == WORDS


def test_whether_there_is_such_a_question_is_told_to_nobody(web: Site, here: Neighbours) -> None:
    stranger = web.another()
    page = opened(web.another(), asked(here))
    form = stranger.get(f"{page}?answer=answered", 404).page
    assert "threefold-answer" not in str(form)
    guard = {"csrf_token": stranger.get("/sign-in").page.value("csrf_token"), "text": WORDS}
    told = set()
    for address in (page, page.replace("/vale/", "/nowhere/"), f"{page.rpartition('/')[0]}/{uuid4()}"):
        told |= {stranger.get(address, 404).text, stranger.get(f"{address}/code", 404).text}
        assert WORDS in stranger.send(address, guard, 404).text
    assert len(told) == 1


def test_what_was_written_is_given_back_when_the_browser_forgot_the_page(web: Site, here: Neighbours) -> None:
    phone = web.another()
    at = f"{opened(phone, asked(here))}?answer=answered"
    form = phone.get(at).page.hidden() | {"text": WORDS}
    phone.client.delete_cookie("threefold-form")
    told = phone.client.post(at, data=form, headers={"Origin": "http://localhost"})
    assert told.status_code == 400 and "&lt;careful&gt; writing" in told.get_data(as_text=True)
    foreign = phone.client.post(at, data=form, headers={"Origin": "https://elsewhere.example"})
    assert "writing" not in foreign.get_data(as_text=True)
    asking = {"code_of_email": "a secret of an email", "form_asks": '{"code_of_email": "Code from the email"}'}
    told = phone.client.post("/answer/vale/open", data=asking, headers={"Origin": "http://localhost"})
    assert told.status_code == 400 and "a secret" not in told.get_data(as_text=True)
