"""Platform staff that an operator lets in only by way of the organisation's provider, which knows the device (ASVS 8.4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.database import Database
from tests.support.oidc_provider import Running
from tests.web.conftest import CLIENT, SECRET, running
from tests.web.site import Site, _hash, make_site
from tests.web.test_provider import sign_in, to_provider
from tests.web.test_provider_sign_out import told
from threefold.config import SettingsError, read_settings
from threefold.walls.database import db

__all__ = ["running"]
OPS, BEGIN = "ops@service.example", "/platform-staff/begin"


@pytest.fixture
def site(database: Database, tmp_path: Path, project: Path, running: Running) -> Iterator[Site]:
    kept = tmp_path / "client.secret"
    kept.write_text(SECRET)
    running.behave(claims={"sid": "desk"})
    made = make_site(database, tmp_path, tenants=project / "tenants", oidc_issuer=running.issuer, oidc_client_id=CLIENT,
                     oidc_client_secret_file=str(kept), oidc_name="the council", staff_sign_in="provider")  # fmt: skip
    database.body("north")
    person = database.provision.put_person(OPS, "Ops", _hash())
    assert database.provision.put_platform_staff(person, made.at)
    with database.walls.directory() as directory:
        assert directory.link_identity(running.issuer, "subject-1", person, made.at)
    yield made
    with made.app.app_context():
        db.engine.dispose()


def test_a_password_lets_nobody_look_into_a_body_where_the_provider_is_asked_for(site: Site, running: Running) -> None:
    by_password, by_provider = site.another(), site.another()
    by_password.enter(OPS)
    form = {"body": "north", "why": "A colleague there says that a reminder never came.", "minutes": "60"}
    for answer in (
        by_password.get(BEGIN, 403),
        by_password.send(BEGIN, by_password.get("/platform-staff").page.hidden() | form, 403),
    ):
        assert "sign in with the council" in answer.text
    assert sign_in(by_provider, going_to="/platform-staff").location == "/platform-staff"
    assert by_provider.post(BEGIN, form).location == "/b/north/"
    by_provider.get("/b/north/")
    # Showing oneself again at the provider does not change where a sign-in began.
    by_password.get(to_provider(by_password, "confirm", BEGIN, read_first=f"/confirm?next={quote(BEGIN)}"), 303)
    assert "sign in with the council" in by_password.get(BEGIN, 403).text


def test_what_the_provider_ends_is_ended_here_with_the_look_into_a_body(site: Site, running: Running) -> None:
    """It watches the device and the person all the time; its word reaches a session that is open."""
    browser = site.another()
    sign_in(browser, going_to="/platform-staff")
    browser.post(BEGIN, {"body": "north", "why": "A colleague there says that a reminder never came.", "minutes": "60"})
    browser.get("/b/north/")
    assert told(site, running, {"sid": "desk"})[0] == 200
    assert browser.get("/b/north/", 303).location.startswith("/sign-in")


@pytest.mark.parametrize(("given", "said"), [("provider", "THREEFOLD_OIDC_ISSUER"), ("passkey", "any or provider")])
def test_a_way_in_that_cannot_be_is_refused_by_name(given: str, said: str, tmp_path: Path) -> None:
    needed = {
        "DATABASE_URL": "postgresql+psycopg://x@/x", "REDIS_URL": "redis://x", "THREEFOLD_MODE": "test", "THREEFOLD_SECRET_KEY_FILE": str(tmp_path),
        "THREEFOLD_MASTER_KEY_FILE": str(tmp_path),
    }  # fmt: skip
    assert not read_settings(needed).staff_by_provider
    with pytest.raises(SettingsError, match=said) as refused:
        read_settings(needed | {"THREEFOLD_STAFF_SIGN_IN": given})
    assert refused.value.field == "THREEFOLD_STAFF_SIGN_IN"
