"""A body that leaves takes everything: then its keys are gone, its people's roles end, its numbers stay and its public page says so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from tests.records.keeper import Keeper
from tests.records.test_destroying import counts, planted
from tests.records.test_exporting import content_of, made
from tests.reviews.neighbours import EDITIONS, GOVERNANCE, MANAGER, POLICE, staffed
from tests.web.site import Site, make_site
from threefold.domain.errors import ThreefoldError
from threefold.exchange.letters import Draft, LetterError
from threefold.governance.pack import Library
from threefold.walls.audit.anchors import Anchors
from threefold.walls.audit.sealing import seal_some
from threefold.walls.audit.verifying import verify
from threefold.walls.refusals import CannotBeDestroyed
from threefold.walls.sealed import KeysDestroyed
from threefold.work.arrangements.publishing import publish_version
from threefold.work.incidents import stories as incidents
from threefold.work.national import stories as national
from threefold.work.records.stories import leaving, lift_hold, put_hold
from threefold.work.records.tables import BodyExport, BodyLeaving


def taken(here: Keeper) -> str:
    """Everything taken out and fetched: the digest of the file."""
    export = made(here)
    return sha256(content_of(here, export)).hexdigest()


def proposed(here: Keeper, digest: str) -> UUID:
    with here.by_manager() as unit:
        one = leaving.propose_leaving(unit, digest, "The area moves.", uuid4())
    assert one
    return one


def left(here: Keeper) -> None:
    digest = taken(here)
    one = proposed(here, digest)
    with here.by_lead() as unit:
        leaving.answer_leaving(unit, one, True, digest)


def test_after_it_left_nothing_opens_numbers_are_right_and_others_records_stay(here: Keeper, tmp_path: Path) -> None:
    case_id = here.whole_case()
    before = counts(here)
    left(here)
    here.database.walls.forget_keys()
    with here.unit() as unit, pytest.raises(KeysDestroyed):
        incidents.see_case(unit, case_id)
    assert counts(here) == before
    assert not here.rows("select 1 from body.export_part")
    assert not here.rows("select 1 from directory.membership where body_id = %s and ended_at is null", here.area)
    assert here.rows("select left_on from directory.body where id = %s", here.area)[0][0] == here.at.date()
    with here.desk() as unit:
        assert national.see_received(unit, here.area, case_id)[2]["summary"] == "Planted summary"
    assert "received_case.report" in planted(here, here.national)
    with here.desk() as unit, pytest.raises(LetterError, match="not on this platform"):
        unit.send(
            Draft(
                "panel_reply",
                case_id,
                {"reference": "x", "view": "agree", "national_review": "no", "reason": "", "replied_at": here.at.isoformat()},
            ),
            here.area,
        )
    with here.unit() as unit:
        seal_some(unit)
        key = here.database.walls.audit_key(unit)
    assert verify(lambda: here.unit(), key, "vale", Anchors(tmp_path)).count == 0
    assert set(here.work()) <= {"done"}


def test_two_people_confirm_the_digest_of_the_file_that_was_fetched_last(here: Keeper) -> None:
    with pytest.raises(ThreefoldError, match="taken out first"):
        proposed(here, "0" * 64)
    digest = taken(here)
    with pytest.raises(ThreefoldError, match="not the SHA-256"):
        proposed(here, "0" * 64)
    one = proposed(here, digest.upper())
    with pytest.raises(ThreefoldError, match="You proposed this yourself"), here.by_lead(here.manager) as unit:
        leaving.answer_leaving(unit, one, True, digest)
    with pytest.raises(ThreefoldError, match="not the SHA-256"), here.by_lead() as unit:
        leaving.answer_leaving(unit, one, True, "")
    with here.by_lead() as unit:
        leaving.answer_leaving(unit, one, False, "")
    assert not here.rows("select 1 from directory.body where left_on is not null")


def test_what_changed_since_or_a_hold_stands_in_the_way(here: Keeper) -> None:
    digest = taken(here)
    one = proposed(here, digest)
    here.later(minutes=1)
    here.opened()
    with pytest.raises(ThreefoldError, match="changed after everything was taken out"), here.by_lead() as unit:
        leaving.answer_leaving(unit, one, True, digest)
    with here.by_lead() as unit:
        leaving.answer_leaving(unit, one, False, "")
    with here.by_manager() as unit:
        put_hold(unit, None, "An inquiry began.", uuid4())
    here.later(minutes=1)
    with pytest.raises(ThreefoldError, match="A legal hold stands"):
        proposed(here, taken(here))


def test_the_database_itself_refuses_without_an_order_two_people_the_digest_or_with_a_hold(here: Keeper) -> None:
    one = proposed(here, taken(here))

    def call(unit: Any) -> None:
        driver = unit.session.connection().connection.driver_connection
        order = unit.session.key.order("leave", here.area, one, driver.info.backend_pid, time.time(), sha256(b"").hexdigest())
        unit.session.execute(select(func.directory.leave(order, one, unit.at, "")))

    with here.by_lead() as unit, pytest.raises(DBAPIError, match="not signed by the service"):
        unit.session.execute(select(func.directory.leave("", one, unit.at, "")))
    with here.by_lead() as unit, pytest.raises(CannotBeDestroyed, match="Two different people"):
        call(unit)
    with here.by_lead() as unit:
        unit.session.execute(update(BodyLeaving).values(state="confirmed", confirmed_by=here.lead))
        hold = put_hold(unit, None, "An inquiry began.", uuid4())
    with here.by_lead() as unit, pytest.raises(CannotBeDestroyed, match="A legal hold stands"):
        call(unit)
    with here.by_manager() as unit:
        assert hold is not None
        lift_hold(unit, hold, None, "It ended.")
    with here.by_lead() as unit:
        unit.session.execute(update(BodyExport).values(sha256="0" * 64))
        with pytest.raises(CannotBeDestroyed, match="Two different people"):
            call(unit)
        unit.session.rollback()
    assert not here.rows("select 1 from directory.body where left_on is not null")


@pytest.fixture
def site(here: Keeper, tmp_path: Path) -> Iterator[Site]:
    one = make_site(here.database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    one.at = here.at
    staffed(one, here)
    yield one
    one.app.extensions["threefold"].walls.engine.dispose()


def taken_again(here: Keeper, site: Site, lead: Site) -> str:
    """Taken out by the two on screen, and fetched: the digest of the file."""
    base = "/b/vale/records/everything"
    site.post(f"{base}/ask", {"why": "The area moves."})
    link = next(a.get("href") for a in lead.get(base).page.all("a") if a.text.strip() == "Agree or decline")
    lead.post(link, {"answer": "yes"})
    here.work()
    return sha256(site.client.get(f"{link}/file").data).hexdigest()


def test_on_screen_and_the_public_page_says_when_it_left(here: Keeper, site: Site) -> None:
    with here.by_manager() as unit:
        publish_version(unit, GOVERNANCE, "Vale", "one", {})
    here.later(minutes=1)
    site.at = here.at
    base = "/b/vale/records"
    lead = site.another()
    lead.enter(POLICE)
    assert "Not yet: Everything must be taken out first" in site.get(f"{base}/leaving").text
    digest = taken_again(here, site, lead)
    site.post(f"{base}/leaving/propose", {"digest": digest, "why": "The area moves."})
    # Whoever proposed it may take it back; what stands in the way is shown beside what is proposed.
    assert "cannot be confirmed yet" not in site.get(f"{base}/leaving").text
    here.opened()
    shown = site.get(f"{base}/leaving")
    assert "It cannot be confirmed yet: Something was changed" in shown.text
    back = next(f.get("action") for f in shown.page.all("form") if f.get("action").endswith("/take-back"))
    assert not any("take-back" in f.get("action") for f in lead.get(f"{base}/leaving").page.all("form"))
    lead.send(back, {"csrf_token": lead.get(f"{base}/leaving").page.value("csrf_token")}, 403)
    for _ in range(2):
        assert site.send(back, {"csrf_token": shown.page.value("csrf_token")}).location.endswith("?done=taken_back")
    assert "It is taken back" in site.get(f"{base}/leaving?done=taken_back").text
    here.later(minutes=1)
    site.at = here.at
    digest = taken_again(here, site, lead)
    site.post(f"{base}/leaving/propose", {"digest": digest, "why": "The area moves."})
    confirm = next(a.get("href") for a in lead.get(f"{base}/leaving").page.all("a") if a.text.strip() == "Confirm or decline")
    assert "not the SHA-256" in lead.post(confirm, {"answer": "confirm", "digest": "abc"}, 422).text
    assert "Vale left this service" not in site.get("/published/vale").text
    assert lead.post(confirm, {"answer": "confirm", "digest": digest}).location == "/my-work"
    assert site.client.get("/b/vale/cases").status_code == 404
    shown = site.get("/published/vale").text
    assert f"Vale left this service on {here.at.day} {here.at:%B %Y}." in shown and MANAGER
