"""My account: my sign-ins and nobody else's, what happened, my password, and a forgotten one."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from tests.support.inbox import receiving, text_of
from tests.support.statements import counting
from tests.web.sign_ins import MANAGER, code_at, deliver, give_app, link_in, password_step, secret_behind, someone, token
from tests.web.site import PASSWORD, Site
from threefold.walls.database import db

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
OTHER = "other@north.example"
NEW = "quite another password"


def test_my_sign_ins_are_listed_and_one_is_ended(site: Site) -> None:
    someone(site)
    site.client.environ_base["HTTP_USER_AGENT"] = CHROME
    password_step(site)
    phone = site.another()
    phone.enter(MANAGER)
    shown = site.get("/account")
    assert "Chrome on Windows" in shown.text and "This one" in shown.text
    (end,) = [e.get("action") for e in shown.page.all("form") if e.get("action").endswith("/end")]
    site.post(end, read_first="/account")
    phone.get("/my-work", 303)
    site.get("/my-work")
    assert "Other sign-ins were ended" in site.get("/account").text


def test_with_an_eleventh_sign_in_the_one_used_longest_ago_ends(site: Site) -> None:
    someone(site)
    browsers = [site.another() for _ in range(11)]
    for browser in browsers[:10]:
        password_step(browser)
        site.at += timedelta(minutes=1)
    browsers[0].get("/my-work")
    password_step(browsers[10])
    browsers[1].get("/my-work", 303)
    for browser in (browsers[0], *browsers[2:]):
        browser.get("/my-work")
    assert "because there were more than ten" in browsers[10].get("/account").text


def test_all_others_are_ended_at_once(site: Site) -> None:
    someone(site)
    browsers = [site.another() for _ in range(3)]
    for browser in (site, *browsers):
        browser.enter(MANAGER)
    site.post("/account/sign-ins/end-others", read_first="/account")
    for browser in browsers:
        browser.get("/my-work", 303)
    site.get("/my-work")


def test_somebody_else_s_sign_in_can_not_be_ended_nor_seen(site: Site) -> None:
    someone(site)
    someone(site, OTHER)
    for email in (MANAGER, OTHER):
        site.enter(email)
        site.get("/account")
    other = site.another()
    other.enter(OTHER)
    mine = site.another()
    mine.enter(MANAGER)
    with psycopg.connect(site.database.admin) as connection:
        rows = connection.execute("select s.id from directory.sign_in_session s join directory.person p on p.id = s.person_id "
                                  "where p.email = %s", [OTHER]).fetchall()  # fmt: skip
    assert all(str(r[0]) not in e.get("action") for r in rows for e in mine.get("/account").page.all("form"))
    for (number,) in rows:
        mine.post(f"/account/sign-ins/{number}/end", read_first="/account")
    other.get("/my-work")


def test_what_happened_at_my_sign_ins_is_told_to_me_alone(site: Site) -> None:
    give_app(site, someone(site))
    someone(site, OTHER)
    password_step(site, password="wrong wrong wrong", status=422)
    password_step(site)
    site.post("/sign-in/code", {"code": "000000"}, 422)
    site.post("/sign-in/code", {"code": code_at(site.at)})
    told = site.get("/account").text
    for words in ("You signed in (password and code from an app", "A wrong password was given", "A wrong code or password"):
        assert words in told
    site.enter(OTHER)
    assert "A wrong password" not in site.get("/account").text


def test_of_an_address_nobody_has_nothing_is_kept(site: Site) -> None:
    password_step(site, "stranger@nowhere.example", status=422)
    site.post("/forgotten-password", {"email": "stranger@nowhere.example"})
    with psycopg.connect(site.database.admin) as connection:
        for table in ("sign_in_event", "password_reset", "mail"):
            assert connection.execute(f"select count(*) from directory.{table}").fetchone() == (0,)  # type: ignore[arg-type]


def test_a_password_is_changed_by_somebody_who_showed_who_they_are(site: Site) -> None:
    someone(site)
    site.enter(MANAGER)
    other = site.another()
    other.enter(MANAGER)
    site.at += timedelta(minutes=11)
    assert site.get("/account/password", 303).location == "/confirm?next=/account/password"
    site.post("/confirm", {"password": PASSWORD})
    assert "at least 12" in site.post("/account/password", {"password": "short"}, 422).text
    site.post("/account/password", {"password": NEW})
    other.get("/my-work", 303)
    site.get("/my-work")
    fresh = site.another()
    password_step(fresh, status=422)
    password_step(fresh, password=NEW)


def test_a_forgotten_password_is_replaced_by_a_link_once(site: Site) -> None:
    give_app(site, someone(site))
    site.enter(MANAGER)
    phone = site.another()
    phone.post("/forgotten-password", {"email": " Manager@North.Example"})
    with receiving() as (inbox, port):
        deliver(site, inbox, port)
        link = link_in(inbox, MANAGER)
        secret = secret_behind(link)
        with psycopg.connect(site.database.admin) as connection:
            kept = str(connection.execute("select r::text, (select string_agg(m::text, '') from directory.mail m) from directory.password_reset r")
                       .fetchall()) + str(connection.execute("select w::text from post.work w").fetchall())  # fmt: skip
        assert secret not in kept and secret.encode().hex() not in kept
        for _ in range(3):
            phone.get(link)  # a mail scanner, or a second look
            assert phone.follow(link).location == "/new-password"  # or a second click
        assert (
            "Choose a password that does not hold your email address"
            in phone.post("/new-password", {"password": f"x {MANAGER}"}, 422).text
        )
        assert phone.post("/new-password", {"password": NEW}).location == "/new-password/done"
        phone.get("/my-work", 303)
        site.get("/my-work", 303)
        assert "it has ended: ask for another" in phone.follow(link, 422).text
        phone.get("/new-password", 410)
        assert password_step(phone, password=NEW).location == "/sign-in/code"
        phone.get("/my-work", 303)
        deliver(site, inbox, port)
        assert "was changed" in text_of(inbox.to(MANAGER)[-1])


def test_a_link_for_a_new_password_ends_after_an_hour_and_no_other_secret_opens(site: Site) -> None:
    someone(site)
    site.post("/forgotten-password", {"email": MANAGER})
    with receiving() as (inbox, port):
        deliver(site, inbox, port)
        link = link_in(inbox, MANAGER)
    site.follow(link)
    wrong = link[:-1] + ("a" if link[-1] != "a" else "b")
    told = site.follow(wrong, 422).text
    site.at += timedelta(hours=1, seconds=1)
    assert site.follow(link, 422).text == told


def test_a_forgotten_password_of_a_stranger_is_answered_alike_by_the_same_statements(site: Site) -> None:
    someone(site)
    with site.app.app_context():
        engine = db.engine
    told = []
    for email in (MANAGER, "stranger@nowhere.example"):
        form = site.get("/forgotten-password").page.hidden()
        with counting(engine) as counted:
            shown = site.send("/forgotten-password", form | {"email": email})
        told.append((shown.location, counted.shapes, shown.response.headers.get("Set-Cookie", "")))
    assert told[0] == told[1] and told[0][0] == "/forgotten-password/sent"


def test_somebody_who_signs_in_with_a_provider_alone_gets_no_password_by_email(site: Site) -> None:
    """A mailbox is not to open what the provider guards."""
    site.database.provision.put_person(MANAGER, "Manager", "")
    site.post("/forgotten-password", {"email": MANAGER})
    with receiving() as (inbox, port):
        deliver(site, inbox, port)
        assert inbox.mails == []


def test_a_link_is_not_mailed_again_and_again(site: Site) -> None:
    someone(site)
    for _ in range(5):
        site.post("/forgotten-password", {"email": MANAGER})
    with receiving() as (inbox, port):
        deliver(site, inbox, port)
        assert len(inbox.to(MANAGER)) == 3
    site.post("/forgotten-password", {"email": MANAGER}, 429)


def test_the_longer_tries_go_on_the_longer_one_waits_and_a_known_browser_is_not_kept_out(site: Site) -> None:
    someone(site)
    known = site.another()
    password_step(known)
    known.post("/sign-out", read_first="/my-work")
    form = site.get("/sign-in").page.hidden() | {"email": MANAGER, "password": "wrong"}
    for place in range(2):
        for _ in range(10):
            site.client.environ_base["REMOTE_ADDR"] = f"198.51.100.{place}"
            site.send("/sign-in", form, 422)
    site.client.environ_base["REMOTE_ADDR"] = "198.51.100.99"
    assert "Wait five minutes" in site.send("/sign-in", form, 429).text
    site.send("/sign-in", form | {"password": PASSWORD}, 429)
    password_step(known)


@pytest.mark.parametrize(
    "path", ["/account", "/account/password", "/account/second-step", "/account/app", "/account/passkey", "/confirm"]
)
def test_nobody_signed_in_sees_no_account(site: Site, path: str) -> None:
    assert site.get(path, 303).location.startswith("/sign-in")
    assert token(site) == ""
