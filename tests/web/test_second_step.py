"""The second step on its pages: required or offered, nothing opens before it, and each step has a token of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from tests.support.database import Database
from tests.support.inbox import receiving
from tests.web.sign_ins import MANAGER, code_at, deliver, give_app, give_codes, password_step, someone, token
from tests.web.site import PASSWORD, Site, make_site
from threefold.walls.database import db


@pytest.fixture
def strict(database: Database, tmp_path: Path, project: Path) -> Iterator[Site]:
    """A site where nobody works without a second step."""
    made = make_site(database, tmp_path, tenants=project / "tenants", second_step="required")
    yield made
    with made.app.app_context():
        db.engine.dispose()


def _nothing_opens(site: Site) -> None:
    for path in (
        "/my-work",
        "/b/north/",
        "/account",
        "/account/password",
        "/b/north/people",
        "/confirm",
        "/account/recovery-codes",
    ):
        assert site.get(path, 303).location.startswith("/sign-in"), path


def test_production_requires_a_second_step_and_the_rest_offers_it() -> None:
    from threefold.config import Settings

    def required(**given: str) -> bool:
        return Settings("", "", Path(), Path(), **given).second_step_required  # type: ignore[arg-type]

    assert required() and required(mode="demonstration", second_step="required")
    assert not required(mode="demonstration") and not required(mode="test") and not required(second_step="offered")


def test_a_password_alone_opens_nothing_where_there_is_a_second_step(site: Site) -> None:
    give_app(site, someone(site))
    assert password_step(site, next="/b/north/").location == "/sign-in/code?next=/b/north/"
    first = token(site)
    _nothing_opens(site)
    done = site.post("/sign-in/code?next=/b/north/", {"code": code_at(site.at)})
    assert done.location == "/b/north/" and token(site) != first
    site.get("/b/north/")
    site.client.set_cookie("threefold", first)
    site.get("/b/north/", 303)


def test_where_one_was_going_is_kept_over_every_step(site: Site) -> None:
    give_app(site, someone(site))
    going = "/b/north/people?done=moved&x=1"
    step = password_step(site, next=going)
    assert step.location == "/sign-in/code?next=/b/north/people%3Fdone%3Dmoved%26x%3D1"
    assert site.post(step.location, {"code": code_at(site.at)}).location == going


def test_a_sign_in_waits_ten_minutes_for_its_second_step(site: Site) -> None:
    give_app(site, someone(site))
    password_step(site)
    form = site.get("/sign-in/code").page.hidden()
    site.at += timedelta(minutes=10, seconds=1)
    assert site.send("/sign-in/code", form | {"code": code_at(site.at)}, 401).page.heading == "You were signed out"


def test_five_wrong_codes_and_one_begins_anew(site: Site) -> None:
    give_app(site, someone(site))
    password_step(site)
    form = site.get("/sign-in/code").page.hidden()
    for _ in range(4):
        assert "Enter the code that the app shows now" in site.send("/sign-in/code", form | {"code": "123456"}, 422).text
    assert "five times" in site.send("/sign-in/code", form | {"code": "123456"}, 401).text
    assert site.get("/sign-in/code", 303).location.startswith("/sign-in")


def test_a_recovery_code_stands_in_and_the_person_is_told(site: Site) -> None:
    person = someone(site)
    give_app(site, person)
    codes = give_codes(site, person)
    password_step(site)
    site.post("/sign-in/code", {"code": codes[3]})
    site.get("/b/north/")
    with receiving() as (inbox, port):
        deliver(site, inbox, port)
        assert [m["Subject"] for m in inbox.to(MANAGER)] == ["Threefold: a recovery code was used"]


def test_where_it_is_required_it_is_set_up_before_anything_opens(strict: Site) -> None:
    someone(strict)
    assert password_step(strict, next="/b/north/").location == "/account/second-step?next=/b/north/"
    _nothing_opens(strict)
    assert "Set up a second step" in strict.get("/account/second-step?next=/b/north/").page.heading
    assert strict.get("/sign-in", 303).location == "/account/second-step"
    page = strict.get("/account/app?next=/b/north/").page
    secret = re.sub(r"\s", "", page.one("dd").text)
    wrong = strict.send("/account/app", page.hidden() | {"code": "000000"}, 422)
    assert re.sub(r"\s", "", wrong.page.one("dd").text) == secret
    before = token(strict)
    done = strict.send("/account/app", wrong.page.hidden() | {"code": pyotp.TOTP(secret).at(strict.at)})
    assert done.location == "/account/recovery-codes?next=/b/north/" and token(strict) != before
    form = strict.get(done.location).page.hidden()
    shown = strict.send("/account/recovery-codes", form, 200)
    assert len(shown.page.all("code")) == 10 and shown.page.one("a", href="/b/north/")
    assert not strict.get("/account/recovery-codes").page.all("code")
    strict.get("/b/north/")
    assert "You need a second step" in strict.post("/account/app/remove", status=422, read_first="/account").text


def test_where_it_is_offered_a_password_is_enough(site: Site) -> None:
    someone(site)
    assert password_step(site).location == "/my-work"
    assert "None" in site.get("/account").text


def test_the_key_of_another_sign_in_s_page_is_not_taken(site: Site) -> None:
    someone(site)
    someone(site, "other@north.example")
    site.enter(MANAGER)
    page = site.get("/account/app").page
    other = site.another()
    other.enter("other@north.example")
    sent = other.get("/account/app").page.hidden() | {"sealed": page.value("sealed"), "code": "123456"}
    assert "open for too long" in other.send("/account/app", sent, 422).text


def test_a_change_of_second_steps_ends_the_other_sign_ins_and_is_told(site: Site) -> None:
    someone(site)
    site.enter(MANAGER)
    other = site.another()
    other.enter(MANAGER)
    page = site.get("/account/app").page
    secret = re.sub(r"\s", "", page.one("dd").text)
    site.send("/account/app", page.hidden() | {"code": pyotp.TOTP(secret).at(site.at)})
    other.get("/my-work", 303)
    site.get("/my-work")
    site.post("/account/app/remove", read_first="/account/second-step")
    with receiving() as (inbox, port):
        deliver(site, inbox, port)
        assert sorted(m["Subject"] for m in inbox.to(MANAGER)) == [
            "Threefold: an authenticator app was added", "Threefold: an authenticator app was removed"]  # fmt: skip


def test_recovery_codes_go_with_the_last_second_step(site: Site) -> None:
    person = someone(site)
    give_app(site, person)
    codes = give_codes(site, person)
    site.enter(MANAGER)
    site.post("/account/app/remove", read_first="/account/second-step")
    give_app(site, person)
    password_step(site)
    site.post("/sign-in/code", {"code": codes[0]}, 422)


def test_a_passkey_s_answer_that_nobody_asked_for_is_refused(site: Site) -> None:
    someone(site)
    guard = {"csrf_token": site.get("/sign-in").page.value("csrf_token")}
    asked = site.client.post("/sign-in/passkey/ask", data=guard).get_json()
    for sent in (
        {},
        {"asked": "x"},
        {"asked": asked["asked"], "answer_of_passkey": "{}"},
        {"asked": asked["asked"], "answer_of_passkey": "null"},
        {"asked": asked["asked"], "answer_of_passkey": "[" * 20_000},
    ):
        site.send("/sign-in/passkey", guard | sent, 422)
        site.get("/my-work", 303)


def test_the_json_door_asks_for_the_code_too(site: Site) -> None:
    give_app(site, someone(site))
    sent = {"email": MANAGER, "password": PASSWORD}
    told = site.client.post("/api/v1/sign-in", json=sent).get_json()
    assert "token" not in told and "Send the code" in told["message"]
    wrong = site.client.post("/api/v1/sign-in", json={**sent, "code": "000000"})
    assert wrong.status_code == 422
    right = site.client.post("/api/v1/sign-in", json={**sent, "code": code_at(site.at)})
    assert right.status_code == 200
    listed = site.client.get("/api/v1/b/north/cases", headers={"Authorization": f"Bearer {right.get_json()['token']}"})
    assert listed.status_code == 200


@pytest.mark.parametrize("code", ["١٢٣٤٥٦", "１２３４５６", "²²²²²²", "é", "12345\u200b6", "ß" * 10])
def test_a_code_of_other_letters_is_a_wrong_one_wherever_it_is_asked_for(site: Site, code: str) -> None:
    person = someone(site)
    site.enter(MANAGER)
    page = site.get("/account/app").page
    assert site.client.post("/account/app", data=page.hidden() | {"code": code}).status_code == 422
    assert site.client.post("/account/app", data=page.hidden() | {"code": "123456", "sealed": code}).status_code < 500
    give_app(site, person)
    give_codes(site, person)
    at = password_step(other := site.another()).location
    assert other.client.post(at, data=other.get(at).page.hidden() | {"code": code}).status_code == 422
    told = {"email": MANAGER, "password": PASSWORD, "code": code}
    assert site.another().client.post("/api/v1/sign-in", json=told).status_code in (401, 403, 422)
