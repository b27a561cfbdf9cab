"""What a person sees when something cannot be done, and what they never see."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
from flask import Blueprint
from flask.typing import ResponseReturnValue

from tests.contract.toys import ToyLaw
from tests.governance.test_decide import OLD_LAW
from tests.support.database import Database
from tests.support.statements import counting
from tests.web.site import Rules, Site, make_site
from threefold import app as application
from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Library
from threefold.walls.database import db
from threefold.work.people.access import BUSINESS_MANAGER, CONTRIBUTOR, REVIEWER, declare
from threefold.work.people.web import Form, Visit, fill, page, public_page, render, text

EMAIL = "manager@north.example"
MEND = declare("mend the toy page", {BUSINESS_MANAGER}).act


class Stale(ThreefoldError):
    pass


def toy() -> Blueprint:
    """Pages that fail in every way there is."""
    blueprint = Blueprint("toy", __name__)

    @blueprint.get("/toy/bug")
    @public_page
    def bug() -> NoReturn:
        raise RuntimeError("the child's name is in this message")

    @blueprint.get("/toy/mistake")
    @public_page
    def mistake() -> NoReturn:
        raise ThreefoldError("Give the day on which it happened.", field="day", paragraph="Working Together 2026, chapter 5")

    @blueprint.get("/toy/many")
    @public_page
    def many() -> NoReturn:
        raise ManyErrors([ThreefoldError("First."), ThreefoldError("Second.")])

    @blueprint.route("/b/<slug>/toy", methods=["GET", "POST"])
    @page(needs=MEND)
    def form(visit: Visit) -> ResponseReturnValue:
        return render("threefold/error.html", title="Toy", sentences=["Sent"], form=fill(Form.from_dict({"a": text("A")})))

    return blueprint


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Iterator[Site]:
    made = make_site(database, tmp_path, tenants=tmp_path, rules=_rules())
    made.app.register_blueprint(toy())
    made.app.testing = False  # so that a bug becomes a page, as it does for people
    site = Site(made.app, database, made.hours)
    yield site
    with made.app.app_context():
        db.engine.dispose()


def _rules() -> Rules:
    return Library((OLD_LAW,), {}), Governance((OLD_LAW,), Catalogue.of([ToyLaw]))


def _manager(site: Site, *roles: str) -> None:
    site.person(EMAIL, site.database.body("north"), *(roles or (BUSINESS_MANAGER,)))
    site.enter(EMAIL)


def test_a_bug_shows_a_number_and_logs_no_word_of_its_message(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        shown = site.get("/toy/bug", 500)
    assert "Sorry, there is a problem with the service" in shown.text
    logged = "\n".join(r.getMessage() + str(r.exc_info or "") for r in caplog.records)
    number = logged.split("error ", 1)[1].split(":", 1)[0]
    assert number in shown.text and "RuntimeError in toy.bug" in logged and "test_failures.py" in logged
    assert "child's name" not in logged and "child's name" not in shown.text


def test_a_mistake_says_what_to_do_and_what_it_rests_on(site: Site) -> None:
    shown = site.get("/toy/mistake", 422)
    assert "Give the day on which it happened." in shown.text and "Working Together 2026, chapter 5" in shown.text
    many = site.get("/toy/many", 422)
    assert "First." in many.text and "Second." in many.text


def test_a_page_that_is_not_there_and_a_verb_that_is_not(site: Site) -> None:
    assert site.get("/nothing", 404).page.heading == "Page not found"
    assert site.send("/healthz", {"csrf_token": site.get("/sign-in").page.value("csrf_token")}, 405).page.title
    assert site.get("/nothing/<script>alert(1)</script>", 404)


def test_a_page_that_is_not_there_leaves_whoever_is_signed_in_a_way_on_and_a_way_out(site: Site) -> None:
    def around(address: str) -> set[str]:
        page = site.get(address, 404).page
        return {e.get("href") for e in page.all("a")} | {e.get("action") for e in page.all("form")}

    _manager(site)
    for address in ("/nothing", "/b/north/nothing", "/b/south/", "/published/nobody"):
        assert {"/my-work", "/account", "/sign-out"} <= around(address), address
    assert not {"/my-work", "/account", "/sign-out"} & {
        e.get("href") or e.get("action") for e in site.another().get("/nothing", 404).page.elements
    }


@pytest.mark.parametrize(
    "address", ["/%00", "/published/%00", "/published/a%00b", "/b/north%00/", "/links/%00", "/api/v1/b/%00/cases"]
)
def test_an_address_with_a_character_that_no_database_keeps_is_not_there(site: Site, address: str) -> None:
    assert site.client.get(address).status_code == 404


def test_under_the_json_door_errors_are_json(site: Site) -> None:
    missing = site.client.get("/api/v1/nothing")
    assert missing.status_code == 404 and missing.json is not None and missing.json["code"] == 404
    refused = site.client.post("/api/v1/sign-in", json={"email": 7})
    assert refused.status_code == 422 and refused.json is not None and refused.json["code"] == 422


def test_a_foreign_body_and_a_missing_one_are_told_alike_statement_by_statement(site: Site) -> None:
    _manager(site)
    site.database.body("south")
    with site.app.app_context():
        engine = db.engine
    site.get("/b/south/", 404)
    told = []
    for slug in ("south", "never-was"):
        with counting(engine) as counted:
            shown = site.get(f"/b/{slug}/", 404)
        told.append((shown.text, [e.attributes for e in shown.page.elements], counted.shapes, counted.transactions))
    foreign, missing = told
    assert foreign[0] == missing[0] and foreign[2:] == missing[2:]
    assert len(foreign[1]) == len(missing[1])


def test_a_role_that_does_not_cover_the_act_is_told_whom_to_ask(site: Site) -> None:
    _manager(site, CONTRIBUTOR, REVIEWER)
    shown = site.get("/b/north/toy", 403)
    assert "Your role does not let you mend the toy page. Ask a business manager of this body to do it." in shown.text


def test_sending_after_somebody_signed_out_keeps_what_was_typed_in_the_browser(site: Site) -> None:
    _manager(site)
    form = site.get("/b/north/toy").page.hidden()
    assert "csrf_token" in form
    site.client.delete_cookie("threefold")
    shown = site.send("/b/north/toy", form | {"a": "typed"}, 401)
    assert shown.page.heading == "You were signed out" and shown.page.one("a", href="/sign-in")
    assert "Sign in, and enter it again." in shown.text


def test_what_is_too_large_is_refused(site: Site) -> None:
    form = site.get("/sign-in").page.hidden()
    shown = site.send("/sign-in", form | {"email": "a" * (3 * 1024 * 1024)}, 413)
    assert shown.page.heading == "What you sent is too large"


def test_the_program_does_not_start_with_a_page_that_declares_nothing(site: Site) -> None:
    application.refuse_undeclared(site.app)
    blueprint = Blueprint("bare", __name__)
    blueprint.add_url_rule("/b/<slug>/bare", "bare", lambda slug: slug)
    site.app.register_blueprint(blueprint)
    with pytest.raises(RuntimeError, match="declares neither"):
        application.refuse_undeclared(site.app)


def test_the_program_does_not_start_with_an_act_nobody_declared(site: Site) -> None:
    blueprint = Blueprint("odd", __name__)

    @blueprint.get(f"/b/<slug>/{uuid4()}")
    @page(needs="do what nobody declared")
    def odd(visit: Visit) -> ResponseReturnValue:
        return visit.body.slug

    site.app.register_blueprint(blueprint)
    with pytest.raises(RuntimeError, match="no story and no declare"):
        application.refuse_undeclared(site.app)


def test_no_setting_of_the_environment_shows_how_it_failed_inside(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FLASK_DEBUG", "FLASK_ENV", "DEBUG"):
        monkeypatch.setenv(name, "development" if name == "FLASK_ENV" else "1")
    app = make_site(database, tmp_path, tenants=tmp_path, rules=_rules()).app
    assert app.debug is False and app.jinja_env.auto_reload is False
    app.testing = False
    app.add_url_rule("/breaks", "breaks", lambda: 1 // 0)
    shown = app.test_client().get("/breaks")
    assert shown.status_code == 500 and "ZeroDivisionError" not in shown.get_data(as_text=True)
    with app.app_context():
        db.engine.dispose()
