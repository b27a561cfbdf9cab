"""A sign-in that goes on from another browser or network than those in which its person showed who they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from tests.support.database import Database
from tests.support.inbox import receiving, text_of
from tests.web.sign_ins import MANAGER, code_at, deliver, give_app, password_step, someone, token
from tests.web.site import PASSWORD, Site, make_site
from threefold.config import NAMES, SettingsError, read_settings
from threefold.walls.database import db
from threefold.work.people.access import BUSINESS_MANAGER, EVERYONE, declare
from threefold.work.people.web import Form, Visit, fill, long_text, page, render

OFFICE, DESK, TRAIN, SIX = "198.51.100.7", "198.51.7.9", "203.0.113.9", "2001:db8:1::9"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
LATER_FIREFOX = FIREFOX.replace("140", "141")
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
HOME, ELSEWHERE = "/b/north/", "/confirm?next=/b/north/"


def come_from(site: Site, address: str, browser: str = FIREFOX) -> None:
    site.client.environ_base |= {"REMOTE_ADDR": address, "HTTP_USER_AGENT": browser}


def signed_in(site: Site) -> None:
    """Somebody who signed in at the office, with a second step."""
    give_app(site, someone(site))
    come_from(site, OFFICE)
    site.enter(MANAGER)


def show(site: Site, asked: str) -> str:
    """Show who it is; where that leads."""
    site.at += timedelta(seconds=30)
    return site.post(asked, {"code": code_at(site.at)}).location


def owner(site: Site, statement: str) -> list[Any]:
    with psycopg.connect(site.database.admin) as connection:
        return connection.execute(statement).fetchall()  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("whence", [(TRAIN, FIREFOX), (OFFICE, CHROME), (OFFICE, ""), (SIX, FIREFOX)])
def test_nothing_is_shown_there_before_they_showed_who_they_are_and_then_it_goes_on_in_both(
    site: Site, whence: tuple[str, str]
) -> None:
    signed_in(site)
    site.get(HOME)
    come_from(site, *whence)
    assert site.get("/b/north/people?x=1", 303).location == "/confirm?next=/b/north/people%3Fx%3D1"
    assert site.get("/my-work", 303).location == "/confirm?next=/my-work"
    assert site.get("/account", 303).location == "/confirm?next=/account"
    assert site.get("/platform-staff", 303).location == "/confirm?next=/platform-staff"
    assert "goes on from another browser or network" in site.get(ELSEWHERE).text
    before = token(site)
    assert show(site, ELSEWHERE) == HOME and token(site) != before
    site.get(HOME)
    come_from(site, OFFICE)
    site.get(HOME)
    come_from(site, *whence)
    site.get("/account")


def test_in_the_same_network_with_the_same_browser_nobody_is_asked(site: Site) -> None:
    signed_in(site)
    for address, browser in ((DESK, FIREFOX), (f"::ffff:{DESK}", LATER_FIREFOX), (OFFICE, LATER_FIREFOX)):
        come_from(site, address, browser)
        site.get(HOME)
        site.get("/account")
    assert "another browser or network" not in site.get("/account").text


def test_every_page_and_operation_of_a_body_asks_first_whichever_it_is(site: Site) -> None:
    signed_in(site)
    guard = site.get("/account").page.value("csrf_token")
    sent = {"email": MANAGER, "password": PASSWORD, "code": code_at(site.at)}
    bearer = {"Authorization": f"Bearer {site.client.post('/api/v1/sign-in', json=sent).get_json()['token']}"}
    come_from(site, TRAIN)
    asked = set()
    for rule in site.app.url_map.iter_rules():
        if not getattr(site.app.view_functions[rule.endpoint], "needs", ""):
            continue
        values = {
            name: 1 if f"int:{name}" in rule.rule else uuid4() if f"uuid:{name}" in rule.rule else "x"
            for name in rule.arguments
        }
        for slug in ("north", "never-was"):
            address = site.app.url_map.bind("localhost").build(rule.endpoint, values | {"slug": slug})
            for verb in (rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}:
                if address.startswith("/api/"):
                    answer = site.app.test_client().open(
                        address,
                        method=verb,
                        json=None if verb == "GET" else {},
                        headers=bearer,
                        environ_base={"REMOTE_ADDR": TRAIN},
                    )
                    assert answer.status_code == 403 and "another browser or network" in answer.get_json()["message"], address
                else:
                    answer = site.client.open(address, method=verb, data={"csrf_token": guard} if verb == "POST" else None)
                    assert answer.status_code == 303 and answer.location.startswith("/confirm?next="), f"{verb} {address}"
                asked.add(rule.endpoint)
    assert len(asked) > 150


@pytest.fixture
def toy(site: Site) -> Iterator[Site]:
    """The site with a page that saves."""
    act = declare("see the body's page", EVERYONE).act
    blueprint = Blueprint("toy_elsewhere", __name__, template_folder="../browser/templates")

    class Note(Form):
        note = long_text("Note")

    def form(visit: Visit) -> ResponseReturnValue:
        form = fill(Note)
        if form.valid:
            DONE.append(form["note"])
            return redirect(HOME, 303)
        return render("people/person_form.html", title="Note", form=form, names=["note"], send="Send")

    blueprint.add_url_rule("/b/<slug>/plain", "plain", page(needs=act)(form), methods=["GET", "POST"])
    site.app.register_blueprint(blueprint)
    DONE.clear()
    yield site


DONE: list[str] = []


def test_what_was_typed_before_the_train_left_is_kept_and_shown_again(toy: Site) -> None:
    signed_in(toy)
    form = toy.get("/b/north/plain").page.hidden()
    come_from(toy, TRAIN)
    asked = toy.send("/b/north/plain", form | {"note": "typed at length"})
    assert DONE == [] and asked.location.startswith("/confirm?next=/b/north/plain%3Fheld%3D")
    back = show(toy, asked.location)
    shown = toy.get(back)
    assert shown.page.one("textarea").text.strip() == "typed at length"
    toy.send(back, shown.page.hidden() | {"note": "typed at length"})
    assert DONE == ["typed at length"]


def test_who_cannot_show_it_ends_the_sign_in_with_the_fifth_wrong_code(site: Site) -> None:
    signed_in(site)
    thief = site.another()
    thief.client.set_cookie("threefold", token(site))
    come_from(thief, TRAIN)
    form = thief.get("/confirm").page.hidden()
    for status in (422, 422, 422, 422, 401):
        thief.send("/confirm", form | {"code": "000000"}, status)
    assert site.get(HOME, 303).location.startswith("/sign-in")


def test_without_a_second_step_the_password_is_asked(site: Site) -> None:
    someone(site)
    come_from(site, OFFICE)
    password_step(site)
    come_from(site, TRAIN)
    site.get(HOME, 303)
    site.post(ELSEWHERE, {"password": "wrong"}, 422)
    site.get(HOME, 303)
    assert site.post(ELSEWHERE, {"password": PASSWORD}).location == HOME
    site.get(HOME)


def test_from_elsewhere_a_sign_in_is_not_kept_from_running_out(site: Site) -> None:
    signed_in(site)
    thief = site.another()
    thief.client.set_cookie("threefold", token(site))
    come_from(thief, TRAIN)
    for _ in range(3):
        site.at += timedelta(minutes=45)
        thief.client.get(HOME)
    assert site.get(HOME, 303).location.startswith("/sign-in")


def test_where_a_second_step_is_still_to_be_set_up_elsewhere_it_is_signed_in_anew(
    database: Database, tmp_path: Path, project: Path
) -> None:
    site = make_site(database, tmp_path, tenants=project / "tenants", second_step="required")
    someone(site)
    come_from(site, OFFICE)
    assert password_step(site).location == "/account/second-step"
    come_from(site, TRAIN)
    assert site.get("/account/app", 303).location.startswith("/sign-in")
    come_from(site, OFFICE)
    site.get("/account/app")
    with site.app.app_context():
        db.engine.dispose()


def test_a_token_of_one_door_does_not_go_on_at_the_other(site: Site) -> None:
    signed_in(site)
    head = {"Authorization": f"Bearer {token(site)}"}
    answer = site.client.get("/api/v1/b/north/cases", headers=head)
    assert answer.status_code == 403 and "another browser or network" in answer.get_json()["message"]
    sent = {"email": MANAGER, "password": PASSWORD, "code": code_at(site.at)}
    told = site.client.post("/api/v1/sign-in", json=sent).get_json()["token"]
    assert site.client.get("/api/v1/b/north/cases", headers={"Authorization": f"Bearer {told}"}).status_code == 200
    browser = site.another()
    come_from(browser, OFFICE)
    browser.client.set_cookie("threefold", told)
    assert browser.get(HOME, 303).location == ELSEWHERE


def test_the_body_reads_it_in_its_audit_and_the_person_in_their_account_and_by_email_once(site: Site) -> None:
    signed_in(site)
    come_from(site, TRAIN)
    for _ in range(3):
        site.get(HOME, 303)
    come_from(site, SIX)
    site.get("/my-work", 303)
    noted = owner(site, "select detail ->> 'why', source, outcome from body.audit_entry where action = 'refused'")
    assert noted == [("from another browser or network", f"web {TRAIN}", "refused")] * 3
    with receiving() as (inbox, port):
        deliver(site, inbox, port)
        (mail,) = inbox.to(MANAGER)
    assert "goes on from somewhere new" in mail["Subject"] and "Nothing was shown there" in text_of(mail)
    assert TRAIN not in text_of(mail)
    assert show(site, "/confirm?next=/account") == "/account"
    shown = site.get("/account").text
    assert "another browser or network, and was asked who it is (Firefox on Windows, network 203.0.0.0/16)" in shown
    assert "another browser or network, and was asked who it is (Firefox on Windows, network 2001:db8::/32)" in shown
    assert shown.count("was asked who it is") == 2
    assert "You showed there who you are, and it went on (Firefox on Windows, network 2001:db8::/32)" in shown
    assert "Firefox on Windows, network 2001:db8::/32; Firefox on Windows, network 198.51.0.0/16" in shown


def test_that_somebody_was_asked_again_for_an_act_is_told_as_that_and_not_as_a_role(site: Site) -> None:
    signed_in(site)
    site.at += timedelta(minutes=11)
    site.get("/b/north/audit.csv", 303)
    assert owner(site, "select detail ->> 'why' from body.audit_entry where action = 'refused'") == [("asked who it is",)]


def test_a_sign_in_from_where_there_was_none_yet_is_told_by_email_and_the_first_of_all_is_not(site: Site) -> None:
    someone(site)
    come_from(site, OFFICE)
    with receiving() as (inbox, port):
        password_step(site)
        deliver(site, inbox, port)
        assert inbox.to(MANAGER) == []
        for browser in (site.another(), site.another()):
            come_from(browser, TRAIN)
            password_step(browser)
            deliver(site, inbox, port)
        (mail,) = inbox.to(MANAGER)
    assert "a sign-in from somewhere new" in mail["Subject"]


def test_one_sign_in_remembers_so_many_places_and_no_more(site: Site) -> None:
    signed_in(site)
    with site.database.walls.directory() as directory:
        (state,) = directory.sessions_of(owner(site, "select id from directory.person")[0][0], site.at, timedelta(hours=2))
    assert len(state.shown_from) == 1
    for n in range(25):
        come_from(site, f"10.{n}.0.1")
        show(site, site.get(HOME, 303).location)
    assert owner(site, "select cardinality(shown_from) from directory.sign_in_session") == [(20,)]


@pytest.mark.parametrize(("place", "asked"), [("24 48", True), ("16 32", False), ("any", False)])
def test_the_operator_says_what_is_one_place(
    database: Database, tmp_path: Path, project: Path, place: str, asked: bool
) -> None:
    site = make_site(database, tmp_path, tenants=project / "tenants", same_place=place)
    site.person(MANAGER, site.database.body("north"), BUSINESS_MANAGER)
    come_from(site, OFFICE)
    site.enter(MANAGER)
    come_from(site, DESK)
    site.get(HOME, 303 if asked else 200)
    come_from(site, TRAIN)
    site.get(HOME, 200 if place == "any" else 303)
    come_from(site, OFFICE, CHROME)
    site.get(HOME, 303)
    with site.app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("place", ["none", "16", "7 32", "33 32", "16 15", "16 129", "a b", "16 32 48"])
def test_a_place_that_cannot_be_is_told(place: str, tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql+psycopg://x@/x", "REDIS_URL": "redis://x", "THREEFOLD_MODE": "test", "THREEFOLD_SECRET_KEY_FILE": str(tmp_path),
        "THREEFOLD_MASTER_KEY_FILE": str(tmp_path),
    }  # fmt: skip
    assert read_settings(given).place_lengths == (16, 32)
    with pytest.raises(SettingsError, match="or any") as told:
        read_settings(given | {NAMES["same_place"]: place})
    assert told.value.field == "THREEFOLD_SAME_PLACE"
