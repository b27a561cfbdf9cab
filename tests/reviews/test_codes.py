"""How long the code of an agency's link counts (ASVS 6.5.5), and that it counts once whoever sends it at the same time."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.reviews.neighbours import MANAGER, Neighbours
from tests.reviews.test_links import QUESTION, asks_for_code, only, opened, with_code
from tests.support.database import until_somebody_waits
from tests.web.site import Rules, Site, make_site
from threefold.config import NAMES, SettingsError, read_settings
from threefold.walls.database import db
from threefold.work.incidents.records import load
from threefold.work.records.dated import newest_day
from threefold.work.reviews import stories


def test_a_code_opens_for_ten_minutes_and_the_asker_makes_another(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    address, code = with_code(here, case_id)
    phone, review = web.another(), f"/b/vale/cases/{case_id}/review"
    assert "Waits for the code until 30 March 2026 at 11:10am" in web.get(review).text
    web.at = here.at + timedelta(minutes=10)
    asking = asks_for_code(phone, address)
    for told in (phone.post(asking, {"code": code}, 422), phone.post(asking, {"code": "00000000"}, 422)):
        assert "The code has run out" in told.text and QUESTION not in told.text
    assert "The code has run out" in web.get(review).text
    shown = web.post(f"{review}/agencies/{only(here, case_id).id}/code", status=200)
    assert "30 March 2026 at 11:20am" in shown.text
    again = "".join(re.findall(r"(\d{4}) (\d{4})", shown.text)[0])
    web.at += timedelta(minutes=9, seconds=59)
    page = opened(phone, address, again)
    web.at += timedelta(days=1)
    assert QUESTION in phone.get(page).text  # what was opened in time stays open in that browser


def test_an_operator_may_make_codes_shorter_and_never_longer(
    web: Site, here: Neighbours, tmp_path: Path, project: Path, rules: Rules
) -> None:
    case_id = here.notified()
    for minutes, lasts in ((3, 3), (60, 10)):
        with here.unit() as unit:
            asked = stories.ask_agency(
                unit, case_id, "GP", "gp@agency.example", QUESTION, uuid4(), lasts=timedelta(minutes=minutes)
            )
        assert asked.code_until == here.at + timedelta(minutes=lasts)
    site = make_site(here.database, tmp_path, tenants=project / "tenants", rules=rules, link_code_minutes=2)
    site.enter(MANAGER)
    shown = site.post(f"/b/vale/cases/{case_id}/review/agencies/{asked.id}/code", status=200)
    assert "30 March 2026 at 11:02am" in shown.text
    with site.app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("minutes", ["0", "11", "-3", "ten"])
def test_a_life_of_codes_that_cannot_be_is_refused_by_name(minutes: str, tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql+psycopg://x@/x", "REDIS_URL": "redis://x", "THREEFOLD_MODE": "test", "THREEFOLD_SECRET_KEY_FILE": str(tmp_path),
        "THREEFOLD_MASTER_KEY_FILE": str(tmp_path),
    }  # fmt: skip
    assert read_settings(given).link_code_minutes == 10
    with pytest.raises(SettingsError) as told:
        read_settings(given | {NAMES["link_code_minutes"]: minutes})
    assert told.value.field == "THREEFOLD_LINK_CODE_MINUTES"


def test_two_who_send_the_code_at_once_do_not_both_open_the_link(here: Neighbours) -> None:
    case_id = here.notified()
    _, code = with_code(here, case_id)
    request, came = only(here, case_id).id, []

    def open_too() -> None:
        with here.unit() as unit:
            came.append(stories.open_link(unit, request, code, uuid4())[0])

    thread = threading.Thread(target=open_too)
    with here.unit() as unit:
        assert stories.open_link(unit, request, code, uuid4())[0] is not None
        unit.session.flush()
        thread.start()
        until_somebody_waits(here.database)
    thread.join(30)
    assert came == [None]


def test_a_code_that_ends_after_midnight_makes_no_case_younger(here: Neighbours) -> None:
    case_id = here.notified()
    here.at = here.at.replace(hour=22, minute=55)  # five to midnight in London
    with_code(here, case_id)
    with here.unit() as unit:
        assert newest_day(unit, case_id, load(unit, case_id).facts) == date(2026, 3, 30)


def test_the_page_says_what_a_phone_cannot_do(web: Site, here: Neighbours) -> None:
    asked = web.get(f"/b/vale/cases/{here.notified()}/review/agencies/ask").text
    assert "Calls can be diverted: ring a number you had before" in asked and "works for a few minutes" in asked
