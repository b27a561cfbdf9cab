"""Invitations: by a link that works for a week and once; what the link's holder, the inviter and the database may know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.support.database import Database
from tests.support.inbox import Inbox, receiving, text_of
from tests.web.sign_ins import MANAGER, give_app, password_step, secret_behind, someone
from tests.web.site import PASSWORD, Site, make_site
from tests.web.test_people_of_body import INVITED, PEOPLE, invite, mailed
from threefold.domain.calendar import LONDON
from threefold.walls.database import db
from threefold.work.people.access import PARTNER_LEAD


@pytest.fixture
def mail() -> Iterator[tuple[Inbox, int]]:
    with receiving() as found:
        yield found


def test_a_joiner_makes_an_account_by_the_link_and_works_here(site: Site, mail: tuple[Inbox, int]) -> None:
    someone(site)
    site.enter(MANAGER)
    invite(site)
    link = mailed(site, mail)
    secret = secret_behind(link)
    with psycopg.connect(site.database.admin) as connection:
        kept = str(connection.execute("select i::text from directory.invitation i").fetchall()) + str(
            connection.execute("select w::text from post.work w").fetchall())  # fmt: skip
    assert secret not in kept and secret.encode().hex() not in kept
    joiner = site.another()
    for _ in range(2):
        joiner.get(link)
        assert joiner.follow(link).location == "/invitation"  # a second click, or Back, and again
    assert "Contributor from an agency" in joiner.get("/invitation").text
    assert "at least 12" in joiner.post("/invitation/new-account", {"name": "New Person", "password": "short"}, 422).text
    done = joiner.post("/invitation/new-account", {"name": "New Person", "password": "a good long password"})
    assert done.location == "/b/north/"
    joiner.get("/b/north/")
    assert "it has ended: ask whoever invited you" in joiner.follow(link, 422).text
    joiner.get("/invitation", 410)
    assert "New Person" in site.get(PEOPLE).text and "Accepted" in site.get(PEOPLE).text
    assert "You joined a body (North)" in joiner.get("/account").text


def test_somebody_who_works_elsewhere_keeps_one_sign_in(site: Site, mail: tuple[Inbox, int]) -> None:
    someone(site)
    someone(site, INVITED, PARTNER_LEAD, body="south")
    site.enter(MANAGER)
    invite(site)
    link = mailed(site, mail)
    joiner = site.another()
    joiner.follow(link)
    assert "Sign in and accept" in joiner.get("/invitation").text
    joiner.send("/invitation/accept", joiner.get("/sign-in").page.hidden(), 401)
    assert password_step(joiner, INVITED, next="/invitation").location == "/invitation"
    assert joiner.post("/invitation/accept", read_first="/invitation").location == "/b/north/"
    joiner.get("/b/north/")
    joiner.get("/b/south/")
    people = site.get(PEOPLE).text
    assert "South" not in people and "Lead safeguarding" not in people


def test_whether_an_address_has_an_account_is_not_told_to_who_invites(site: Site) -> None:
    someone(site)
    someone(site, "known@south.example", body="south")
    site.enter(MANAGER)
    told = []
    for email in ("known@south.example", "never@south.example"):
        invite(site, email)
        rows = [e.text for e in site.get(PEOPLE).page.all("tr") if email in e.text]
        told.append([" ".join(row.replace(email, "X").split()) for row in rows])
    assert told[0] == told[1] and len(told[0]) == 1


def test_the_password_of_an_account_is_not_replaced_by_an_invitation(site: Site, mail: tuple[Inbox, int]) -> None:
    someone(site)
    someone(site, INVITED, body="south")
    site.enter(MANAGER)
    invite(site)
    joiner = site.another()
    joiner.follow(mailed(site, mail))
    shown = joiner.post("/invitation/new-account", {"name": "Thief", "password": "a good long password"}, 422)
    assert "There is an account with that address already" in shown.text
    password_step(site.another(), INVITED)


def test_a_link_expires_is_replaced_and_is_taken_back(site: Site, mail: tuple[Inbox, int]) -> None:
    someone(site)
    site.enter(MANAGER)
    invite(site)
    first = mailed(site, mail)
    (again,) = [e.get("action") for e in site.get(PEOPLE).page.all("form") if e.get("action").endswith("/again")]
    site.post(again, read_first=PEOPLE)
    second = mailed(site, mail)
    joiner = site.another()
    wrong = joiner.follow(f"/invitation/open#{'x' * 43}", 422).text
    assert joiner.follow(first, 422).text.replace(secret_behind(first), "x" * 43) == wrong
    joiner.follow(second)
    assert "works until 6 April 2026" in text_of(mail[0].to(INVITED)[-1])
    site.at = datetime(
        2026, 4, 6, 23, 59, 59, tzinfo=LONDON
    )  # invited at eleven in the morning, it works to the end of the day it names
    joiner.follow(second)
    site.at += timedelta(seconds=1)
    assert joiner.follow(second, 422).text.replace(secret_behind(second), "x" * 43) == wrong
    site.enter(MANAGER)
    assert "Expired" in site.get(PEOPLE).text
    site.post(again, read_first=PEOPLE)
    third = mailed(site, mail)
    joiner.follow(third)
    site.post(again.replace("/again", "/revoke"), read_first=PEOPLE)
    joiner.follow(third, 422)
    joiner.get("/invitation", 410)
    assert "Taken back" in site.get(PEOPLE).text
    assert len(mail[0].to(INVITED)) == 3 and "7 days" not in text_of(mail[0].to(INVITED)[0])


def test_what_is_done_with_people_is_in_the_body_s_audit_without_addresses(site: Site) -> None:
    someone(site)
    site.enter(MANAGER)
    invite(site)
    with psycopg.connect(site.database.admin) as connection:
        rows = connection.execute("select action, subject, detail::text from body.audit_entry").fetchall()
    assert "person invited" in {r[0] for r in rows} and INVITED not in str(rows)


def test_a_joiner_where_a_second_step_is_required_sets_it_up_first(database: Database, tmp_path: Path, project: Path) -> None:
    strict = make_site(database, tmp_path, tenants=project / "tenants", second_step="required")
    give_app(strict, someone(strict))
    strict.enter(MANAGER)
    invite(strict)
    joiner = strict.another()
    with receiving() as mail:
        joiner.follow(mailed(strict, mail))
    done = joiner.post("/invitation/new-account", {"name": "New Person", "password": PASSWORD})
    assert done.location == "/account/second-step?next=/b/north/"
    joiner.get("/b/north/", 303)
    with strict.app.app_context():
        db.engine.dispose()
