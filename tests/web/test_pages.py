"""The pages of the frame: what each says, to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from tests.governance.test_decide import ALL, OLD_LAW, arrangement, local
from tests.support.database import Database
from tests.web.html import read
from tests.web.site import PASSWORD, Rules, Site, make_site, says_what_it_is
from threefold.doors.web.assets import OWN
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, Body, Library, RuleUse
from threefold.walls.database import db
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import enter_version
from threefold.work.arrangements.tables import ArrangementVersion
from threefold.work.people.access import BUSINESS_MANAGER, NATIONAL_OFFICER, permissions
from threefold.work.people.web.services import EXTENSION

EMAIL = "manager@north.example"
DOOR = {"text": "Call the North children's team on 01632 960000", "where": "https://north.example/concern", "source": "S1"}
REAL = Body(
    "north", "North", "partnership", False, (), (), (), (), {"front_door": DOOR, "sources": {"S1": {"read": "1 March 2026"}}}
)
MADE_UP = Body("vale", "Vale of Nowhere", "partnership", True, (), (), (), (), {"front_door": DOOR, "sources": {}})
GOVERNANCE = Governance((OLD_LAW,), ALL)


@pytest.fixture
def rules() -> Rules:
    return Library((OLD_LAW,), {"north": REAL, "vale": MADE_UP}), GOVERNANCE


def put_as_it_was(unit: Unit, version: Arrangement) -> None:
    """A version on record whose rule has since been uninstalled: it can no longer be entered, but it stays readable."""
    unit.session.add(ArrangementVersion(
        id=uuid4(), version=version.version, content_hash=version.content_hash, entered=version.entered, begins=version.begins,
        recorded_at=unit.at, content=version.stored(),
    ))  # fmt: skip


def _close(site: Site) -> None:
    with site.app.app_context():
        db.engine.dispose()


def _manager(site: Site, *, synthetic: bool = True) -> None:
    site.person(EMAIL, site.database.body("north", synthetic=synthetic), BUSINESS_MANAGER)
    site.enter(EMAIL)


def test_the_first_page_sends_live_concerns_to_the_front_door_of_real_areas(site: Site) -> None:
    shown = site.get("/")
    assert shown.page.heading == "Is a child at risk of harm right now?"
    assert shown.page.one("a", href="tel:999").text == "call 999"
    assert "01632 960000" in shown.text and "read on 1 March 2026" in shown.text
    assert shown.page.one("a", href="https://north.example/concern")
    assert "Vale of Nowhere" not in shown.text
    assert shown.page.one("a", href="/sign-in").text.strip() == "Sign in"
    _manager(site)
    assert site.get("/").page.one("a", href="/my-work", role="button").text.strip() == "Go to my work"


def test_a_front_door_is_linked_where_it_has_a_link_s_address_and_told_otherwise(site: Site) -> None:
    services = site.app.extensions[EXTENSION]
    for where in ("httpbin.example/concern", "http:javascript.x", "https.example.org"):
        body = replace(REAL, details={"front_door": {**DOOR, "where": where}, "sources": {}})
        site.app.extensions[EXTENSION] = replace(services, library=replace(services.library, bodies={"north": body}))
        shown = site.get("/")
        assert where in shown.text and not [a for a in shown.page.all("a") if where in a.get("href")], where


def test_every_page_of_a_made_up_body_says_so_and_no_page_of_a_real_one(site: Site) -> None:
    _manager(site)
    said = "This is a demonstration. Every case here is made up."
    for path in ("/b/north/", "/b/north/arrangement", "/b/north/who-may-do-what", "/my-work"):
        assert said in site.get(path).text, path
    site.person("other@south.example", site.database.body("south", synthetic=False), BUSINESS_MANAGER)
    other = site.another()
    other.enter("other@south.example")
    for path in ("/b/south/", "/b/south/arrangement", "/my-work"):
        assert said not in other.get(path).text, path


def test_the_national_body_has_its_own_page(site: Site) -> None:
    site.person("officer@nation.example", site.database.body("nation", "national"), NATIONAL_OFFICER)
    site.enter("officer@nation.example")
    assert "National body. You are here as: Officer of the national body." in site.get("/b/nation/").text


def test_a_membership_that_ended_opens_nothing(site: Site) -> None:
    site.person(EMAIL, site.database.body("north"), BUSINESS_MANAGER, ends=date(2026, 3, 29))
    site.enter(EMAIL)
    site.get("/b/north/", 404)
    assert "You do not work for any body here" in site.get("/my-work").text


def test_the_arrangement_page_says_what_is_in_force_and_what_is_not_known(site: Site) -> None:
    _manager(site)
    assert "None on record" in site.get("/b/north/arrangement").text
    adopted = {"ref": "Multi-agency arrangements, section 4", "force": "LOCAL", "sure": "V", "where": "north.example/plan.pdf"}
    body = site.database.body("north")
    with site.database.unit(body) as unit:
        enter_version(unit, GOVERNANCE, arrangement("one", date(2025, 1, 1), local(3)))
        second = arrangement("two", None, RuleUse("gone", "rule-not-here", 2, {}), adopted_from=(adopted,), read="2026-03-02")
        put_as_it_was(unit, replace(second, entered="adopted", not_before=date(2026, 6, 1)))
    shown = site.get("/b/north/arrangement")
    assert "Local arrangement Version one" in shown.text and "Edition of the law First edition" in shown.text
    assert "Since 1 January 2025" in shown.text
    assert "No source gives the day on which it began; not before 1 June 2026" in shown.text
    told = site.get("/b/north/arrangement/versions/two").text
    assert "Multi-agency arrangements, section 4" in told and "read on 2 March 2026" in told
    assert "What it says cannot be worked out here." in told
    assert "The day after the event that starts a period is day 1" in shown.text


def test_before_the_first_edition_of_the_law_the_page_says_so(database: Database, tmp_path: Path) -> None:
    later = replace(OLD_LAW, begins=date(2030, 1, 1))
    site = make_site(database, tmp_path, tenants=tmp_path, rules=(Library((later,), {}), Governance((later,), ALL)))
    _manager(site)
    assert "The law known here begins on 1 January 2030" in site.get("/b/north/arrangement").text
    _close(site)


def test_the_permission_table_is_shown_whole(site: Site) -> None:
    _manager(site)
    shown = site.get("/b/north/who-may-do-what")
    keys = {" ".join(e.text.split()) for e in shown.page.all("dt")}
    assert keys == {p.act[0].upper() + p.act[1:] for p in permissions()}


def test_health_and_readiness(site: Site) -> None:
    assert site.client.get("/healthz").json == {"status": "alive"}
    ready = site.client.get("/readyz")
    assert ready.status_code == 200, ready.json
    assert ready.json == {"status": "ready", "checks": {"database": "ok", "migrations": "ok", "walls": "ok"}}
    assert site.client.get("/robots.txt").text.endswith("Disallow: /\n")


def test_it_is_not_ready_when_a_wall_is_down(site: Site) -> None:
    import psycopg

    with psycopg.connect(site.database.admin, autocommit=True) as connection:
        connection.execute("alter table body.audit_entry no force row level security")
    told = site.client.get("/readyz")
    assert told.status_code == 503 and told.json is not None
    assert told.json["checks"] == {"database": "ok", "migrations": "ok", "walls": "not ready"}
    assert "audit_entry" not in told.text


def test_the_program_refuses_to_start_without_its_walls(database: Database, tmp_path: Path, rules: Rules) -> None:
    import psycopg

    from threefold.domain.errors import ThreefoldError

    with psycopg.connect(database.admin, autocommit=True) as connection:
        connection.execute("alter table body.audit_entry disable row level security")
    with pytest.raises(ThreefoldError, match=r"Row security is not forced on body\.audit_entry"):
        make_site(database, tmp_path, tenants=tmp_path, rules=rules)


def test_assets_are_kept_for_good_and_pages_not_at_all(database: Database, tmp_path: Path, rules: Rules) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "govuk-frontend-abc.css").write_text("p{}")
    (tmp_path / "assets" / "secret.txt").write_text("not listed")
    (tmp_path / "assets" / "manifest.json").write_text('{"govuk-frontend.css": "govuk-frontend-abc.css"}')
    site = make_site(database, tmp_path, tenants=tmp_path, rules=rules)
    page = site.get("/sign-in")
    assert page.page.one("link", href="/assets/govuk-frontend-abc.css")
    assert page.response.headers["Cache-Control"] == "no-store"
    with site.client.get("/assets/govuk-frontend-abc.css") as asset:
        assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for name in ("secret.txt", "manifest.json", "../secret.key"):
        assert site.client.get(f"/assets/{name}").status_code == 404
    _close(site)


def test_every_kind_of_file_and_answer_says_what_it_is(site: Site) -> None:
    """Pages are looked at whenever a test opens one (`says_what_it_is`)."""
    own = [f"/static/{file.name}" for file in OWN.iterdir()]
    paths = [
        *own,
        "/",
        "/robots.txt",
        "/nothing-here",
        "/healthz",
        "/readyz",
        "/api/v1/b/north/cases",
        "/api/openapi.json",
        "/api/docs",
    ]
    assert {Path(path).suffix for path in own} >= {".js", ".css"}
    for path in paths:
        with site.client.get(path) as answer:
            assert says_what_it_is(answer), (path, answer.headers.get("Content-Type"))


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing-here", "/health", "/api/v1/b/north/cases"])
def test_no_answer_is_shown_in_a_frame_of_another_site(site: Site, path: str) -> None:
    with site.client.get(path) as answer:
        assert (
            "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        )  # what is allowed by default says nothing of it
        assert answer.headers["X-Frame-Options"] == "DENY" and answer.headers["X-Content-Type-Options"] == "nosniff"


def test_over_https_the_cookies_insist_on_it(database: Database, tmp_path: Path, rules: Rules) -> None:
    site = make_site(database, tmp_path, tenants=tmp_path, rules=rules, public_url="https://threefold.example")
    assert site.app.extensions[EXTENSION].secure
    answer = site.client.get("/sign-in", base_url="https://threefold.example")
    assert answer.headers["Set-Cookie"].startswith("__Host-threefold-form=") and "Secure" in answer.headers["Set-Cookie"]
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    email = "manager@north.example"
    site.person(email, database.body("north"), BUSINESS_MANAGER)
    typed = {**read(answer.get_data(as_text=True)).hidden(), "email": email, "password": PASSWORD}
    there = {"base_url": "https://threefold.example", "headers": {"Referer": "https://threefold.example/sign-in"}}
    entered = site.client.post("/sign-in", data=typed, **there)
    assert entered.status_code == 303
    kept = [cookie for cookie in entered.headers.getlist("Set-Cookie") if "threefold" in cookie]
    assert any(cookie.startswith("__Host-threefold=") for cookie in kept), kept
    for cookie in kept:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}, cookie
    _close(site)
