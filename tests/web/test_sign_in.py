"""Signing in and out: who gets in, for how long, and what is never told."""

from __future__ import annotations

from datetime import timedelta

from tests.support.statements import counting
from tests.web.site import PASSWORD, Site
from threefold.walls.database import db
from threefold.work.people.access import BUSINESS_MANAGER, PARTNER_LEAD


def _someone(site: Site) -> None:
    site.person("manager@north.example", site.database.body("north"), BUSINESS_MANAGER)


def test_a_person_signs_in_and_out(site: Site) -> None:
    _someone(site)
    done = site.post("/sign-in", {"email": " Manager@North.Example ", "password": PASSWORD})
    assert done.location == "/my-work"
    cookie = done.response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "North" in site.get("/my-work").text
    site.get("/b/north/")
    token = site.client.get_cookie("threefold")
    assert token is not None
    out = site.post("/sign-out", read_first="/my-work")
    assert out.location == "/signed-out"
    site.client.set_cookie("threefold", token.value)
    assert site.get("/b/north/", 303).location.startswith("/sign-in")


def test_signing_out_clears_what_the_browser_has_but_knows_the_browser_again(site: Site) -> None:
    _someone(site)
    site.enter("manager@north.example")
    out = site.post("/sign-out", read_first="/my-work")
    assert out.response.headers["Clear-Site-Data"] == '"cache", "storage"'  # and not its cookies
    assert "Clear-Site-Data" not in site.get("/signed-out").response.headers


def test_signing_in_again_ends_the_sign_in_before(site: Site) -> None:
    _someone(site)
    site.enter("manager@north.example")
    before = site.client.get_cookie("threefold")
    assert before is not None
    site.post("/sign-in", {"email": "manager@north.example", "password": PASSWORD})
    after = site.client.get_cookie("threefold")
    assert after is not None and after.value != before.value
    site.get("/b/north/")
    site.client.set_cookie("threefold", before.value)
    site.get("/b/north/", 303)


def test_a_wrong_password_and_an_unknown_person_are_told_alike(site: Site) -> None:
    _someone(site)
    wrong = site.post("/sign-in", {"email": "manager@north.example", "password": "not this one"}, 422)
    unknown = site.post("/sign-in", {"email": "nobody@north.example", "password": "not this one"}, 422)
    assert "Enter a correct email address and password" in wrong.text
    assert wrong.text == unknown.text
    assert wrong.page.value("password") == "" and wrong.page.value("email") == "manager@north.example"


def test_what_is_missing_is_said_beside_its_box(site: Site) -> None:
    shown = site.post("/sign-in", {"email": "", "password": ""}, 422)
    assert "Enter your email address" in shown.text and "Enter your password" in shown.text
    assert [e.get("href") for e in shown.page.all("a") if e.get("href").startswith("#")] == [
        "#main-content",
        "#email",
        "#password",
    ]


def test_a_sign_in_ends_when_idle_and_in_any_case(site: Site) -> None:
    _someone(site)
    start = site.at
    site.enter("manager@north.example")
    for _ in range(11):
        site.at += timedelta(hours=1)
        site.get("/b/north/")
    site.at = start + timedelta(hours=12, seconds=1)
    assert site.get("/b/north/", 303).location == "/sign-in?next=/b/north/"
    site.enter("manager@north.example")
    site.at += timedelta(hours=2, seconds=1)
    site.get("/b/north/", 303)


def test_only_the_hash_of_the_token_is_kept(site: Site) -> None:
    import psycopg

    _someone(site)
    site.enter("manager@north.example")
    token = site.client.get_cookie("threefold")
    assert token is not None
    with psycopg.connect(site.database.admin) as connection:
        kept = connection.execute("select s::text from directory.sign_in_session s").fetchall()
    assert len(kept) == 1 and token.value not in kept[0][0] and token.value.encode().hex() not in kept[0][0]


def test_after_signing_in_one_goes_on_but_never_elsewhere(site: Site) -> None:
    _someone(site)
    right = {"email": "manager@north.example", "password": PASSWORD}
    assert site.post("/sign-in?next=/b/north/", right).location == "/b/north/"
    for elsewhere in (
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "/b\r\nX: y",
    ):
        assert site.another().post("/sign-in", right | {"next": elsewhere}).location == "/my-work"


def test_too_many_wrong_tries_are_refused(site: Site) -> None:
    _someone(site)
    form = site.get("/sign-in").page.hidden() | {"email": "manager@north.example", "password": "wrong"}
    for _ in range(10):
        site.send("/sign-in", form, 422)
    assert "Wait five minutes" in site.send("/sign-in", form, 429).text
    site.send("/sign-in", form | {"email": "other@north.example"}, 422)


def test_a_form_without_its_guard_does_nothing(site: Site) -> None:
    shown = site.send("/sign-in", {"email": "manager@north.example", "password": PASSWORD}, 400)
    assert "open for too long" in shown.page.heading


def test_sending_after_the_sign_in_ended_says_so(site: Site) -> None:
    _someone(site)
    site.enter("manager@north.example")
    form = site.get("/b/north/").page.hidden()
    site.at += timedelta(hours=3)
    shown = site.send("/b/north/", form, 405)
    assert shown.page.heading == "This page cannot be used in that way"


def test_one_person_works_for_two_bodies_at_once(site: Site) -> None:
    _someone(site)
    site.person("manager@north.example", site.database.body("south"), PARTNER_LEAD, seats=("health",))
    site.enter("manager@north.example")
    assert site.get("/b/north/").page.title == "North - North - Threefold"
    assert "Lead safeguarding partner" in site.get("/b/south/").text
    shown = site.get("/my-work")
    assert {"North", "South"} <= {e.text for e in shown.page.all("a")}


def test_finding_out_who_visits_is_one_statement(site: Site) -> None:
    _someone(site)
    site.enter("manager@north.example")
    with site.app.app_context():
        engine = db.engine
    site.get("/b/north/")
    with counting(engine) as counted:
        site.get("/b/north/")
    # Lists of cases ask the directory too, of who works here today: a part of their own statements.
    assert sum("directory." in s and "directory.staff(" not in s for s in counted.shapes) == 1
    assert len(counted.shapes) <= 11 and counted.transactions <= 2, (
        counted.shapes
    )  # one for each kind of thing that awaits them
