"""Who decides on a conflict of interest: the seat that an area's own pack names; and who is told by e-mail, once, without a name."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.incidents.web.conftest import DEAD, HELPER, MANAGER, POLICE, Area
from tests.incidents.web.test_opening import HEALTH, conflict, everybody
from tests.web.site import Rules, Site
from threefold.doors.worker import jobs
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import load_library
from threefold.walls.post import Post
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories
from threefold.work.people.access import BUSINESS_MANAGER, CONTRIBUTOR, PARTNER_LEAD, SCRUTINEER
from threefold.work.people.tables import Notice

SCRUTINEER_EMAIL, OTHER = "scrutineer@vale.example", "other@vale.example"
PACK = """
format = 1
kind = "arrangement"
id = "named"
body = "vale"
title = "Arrangement that names who decides"
entered = "signed"
begins = 2025-01-01
signed = [
  { seat = "council-lead", on = 2024-12-01, how = "at a meeting" },
  { seat = "health-lead", on = 2024-12-01, how = "at a meeting" },
  { seat = "police-lead", on = 2024-12-01, how = "at a meeting" },
]

[sources.A]
ref = "The area's arrangements, page 9"
sure = "V"

[[rules]]
use = "decisions"
rule = "decision-making"
[[rules.settings.ways]]
question = "conflict_of_interest"
decides = ["scrutineer"]
how = "one_decides"
titles = { scrutineer = "the independent scrutineer" }
source = "A"
"""


BODY = """
format = 1
id = "vale"
name = "Vale"
kind = "partnership"
synthetic = true
national_body = "nation"
footprint = [{ code = "E99000001", name = "Vale (made up)", sure = "V" }]
organisations = [
  { key = "council", name = "Vale Council", kind = "local_authority", partner = true },
  { key = "police", name = "Vale Police", kind = "police", partner = true },
  { key = "health", name = "Vale Health", kind = "integrated_care_board", partner = true },
]
seats = [
  { key = "council-lead", title = "Lead of the council", role = "lead", organisation = "council" },
  { key = "police-lead", title = "Lead of the police", role = "lead", organisation = "police" },
  { key = "health-lead", title = "Lead of health", role = "lead", organisation = "health" },
  { key = "scrutineer", title = "Independent scrutineer", role = "scrutineer" },
]
"""


@pytest.fixture
def rules(project: Path, tmp_path: Path) -> Rules:
    """The law, and one area's own files."""
    shutil.copytree(project / "tenants" / "_shared", tmp_path / "tenants" / "_shared")
    folder = tmp_path / "tenants" / "vale"
    (folder / "arrangements").mkdir(parents=True)
    (folder / "body.toml").write_text(BODY, encoding="utf-8")
    (folder / "arrangements" / "named.toml").write_text(PACK, encoding="utf-8")
    library = load_library(tmp_path / "tenants")
    return library, Governance(library.editions, Catalogue.installed())


@pytest.fixture
def named(site: Site, rules: Rules) -> Area:
    """An area whose pack names the scrutineer's seat, with its people."""
    national = site.database.body("nation", "national")
    vale = site.database.body("vale", national="nation")
    (version,) = rules[0].bodies["vale"].versions
    with site.database.unit(vale) as unit:
        enter_version(unit, rules[1], version)
    site.person(MANAGER, vale, BUSINESS_MANAGER)
    site.person(POLICE, vale, PARTNER_LEAD, seats=("police-lead",))
    site.person(HELPER, vale, CONTRIBUTOR)
    site.person(SCRUTINEER_EMAIL, vale, SCRUTINEER, seats=("scrutineer",))
    site.enter(MANAGER)
    return Area(site, vale, national)


def opened(area: Area, rules: Rules) -> UUID:
    facts = {
        "incident": {"happened_on": "2026-03-28", "children": [DEAD]},
        "review": {"events": [{"name": "aware", "at": "2026-03-30"}]},
    }
    with area.site.database.unit(area.id, area.site.at) as unit:
        return stories.record_incident(unit, rules[1], facts, uuid4()).id


def mails(area: Area) -> list[tuple[str, str, str]]:
    """What the worker sends of what is due, done twice."""
    sent: list[tuple[str, str, str]] = []
    walls = area.site.database.walls
    bench = jobs.Bench(walls, area.site.app.extensions["threefold"].governance, Post(walls, {}), lambda *mail: sent.append(mail), "https://threefold.example")  # fmt: skip
    for _ in range(2):
        with psycopg.connect(area.site.database.admin) as connection:
            found = connection.execute("select id from post.work where kind = 'mail_notice'").fetchall()
        for (work,) in found:
            jobs.perform(bench, work, area.site.at)
    return sent


def test_the_seat_that_the_pack_names_decides_and_nobody_else(named: Area, rules: Rules) -> None:
    people, case_id = everybody(named), opened(named, rules)
    case = named.address(case_id)
    conflict(named, case, people[POLICE], people[HEALTH])
    with named.site.database.unit(named.id, named.site.at) as unit:
        (one,) = stories.conflicts(unit, case_id)
    page = f"{case}/opening/conflicts/{one.id}"
    opening = named.site.get(f"{case}/opening")
    assert "Decided by the independent scrutineer." in opening.text and "page 9" in opening.text
    assert page not in {e.get("href") for e in opening.page.all("a")}
    for email in (MANAGER, HEALTH, POLICE):
        named.as_person(email).get(page, 404)
    scrutineer = named.as_person(SCRUTINEER_EMAIL)
    scrutineer.post(f"{case}/reason", {"reason": "quality"})
    assert "A cousin of mine." in scrutineer.get(page).text
    named.answer(page, {"outcome": "dismissed", "reason": "Another family."}, site=scrutineer)
    named.as_person(POLICE).get(case)
    with named.site.database.unit(named.id, named.site.at) as unit:
        (one,) = stories.conflicts(unit, case_id)
        assert (one.state, one.decided_by) == ("dismissed", people[SCRUTINEER_EMAIL])
    assert "Who decides on a conflict of interest" in named.site.get(f"{case}/verdict").text


def test_where_the_seat_is_empty_or_concerned_the_business_manager_or_a_lead_decides(named: Area, rules: Rules) -> None:
    people, case_id = everybody(named), opened(named, rules)
    case = named.address(case_id)
    conflict(named, case, people[SCRUTINEER_EMAIL], people[HEALTH])
    with named.site.database.unit(named.id, named.site.at) as unit:
        (one,) = stories.conflicts(unit, case_id)
    named.site.get(f"{case}/opening/conflicts/{one.id}", 404)  # who declared it
    # The deputy of who is concerned holds their seat in this case, and decides as a lead, as any other would.
    named.as_person(POLICE).get(f"{case}/opening/conflicts/{one.id}")


def test_a_deputy_of_the_person_concerned_does_not_decide_with_their_seat(named: Area, rules: Rules) -> None:
    """Two hold the seat; the one concerned has a deputy, who holds it in this case too."""
    people, case_id = everybody(named), opened(named, rules)
    second = named.site.person(OTHER, named.id, SCRUTINEER, seats=("scrutineer",))
    case = named.address(case_id)
    conflict(named, case, people[SCRUTINEER_EMAIL], people[HEALTH])
    with named.site.database.unit(named.id, named.site.at) as unit:
        (one,) = stories.conflicts(unit, case_id)
    named.as_person(HEALTH).get(f"{case}/opening/conflicts/{one.id}", 404)
    other = named.as_person(OTHER)
    other.post(f"{case}/reason", {"reason": "quality"})
    other.get(f"{case}/opening/conflicts/{one.id}")
    assert second != people[SCRUTINEER_EMAIL]


def test_the_business_manager_the_deputy_and_who_decides_are_told_once_without_a_name(named: Area, rules: Rules) -> None:
    people, case_id = everybody(named), opened(named, rules)
    conflict(named, named.address(case_id), people[POLICE], people[HEALTH])
    sent = mails(named)
    assert sorted(to for to, _, _ in sent) == sorted([MANAGER, HEALTH, SCRUTINEER_EMAIL])
    reference = named.state(case_id).reference
    for to, subject, text in sent:
        assert "cousin" not in text and "Police" not in text and reference not in subject + text, to
        assert f"https://threefold.example{named.address(case_id)}/opening" in text
    decides = next(text for to, _, text in sent if to == SCRUTINEER_EMAIL)
    assert "your seat decides" in decides and "/opening/conflicts/" in decides


def test_who_is_kept_out_is_told_of_nothing_even_where_it_was_waiting(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    conflict(area, area.address(case_id), people[MANAGER], people[HEALTH])  # the business manager is concerned
    assert [to for to, _, _ in mails(area)] == [HEALTH]
    other = area.opened()
    conflict(area, area.address(other), people[POLICE], people[HEALTH])
    conflict(area, area.address(other), people[HEALTH], people[MANAGER])  # before the first e-mail went out
    assert HEALTH not in [to for to, _, _ in mails(area)]
    with area.site.database.unit(area.id, area.site.at) as unit:
        failed = [row for row in unit.session.query(Notice) if row.case_id == other and row.state == "failed"]
        assert {row.person_id for row in failed} == {people[HEALTH]}


def test_of_a_restricted_case_only_its_team_and_the_deputy_are_told(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case, police = area.address(case_id), area.as_person(POLICE)
    area.answer(f"{case}/opening/add", {"person": str(people[HELPER]), "part": "team", **{f"begins-{p}": v for p, v in _day(area.site.at.date()).items()}}, site=police)  # fmt: skip
    area.answer(f"{case}/opening/restrict", {"why": "A colleague’s family."}, site=police)
    conflict(area, case, people[POLICE], people[HEALTH], police)
    assert sorted(to for to, _, _ in mails(area)) == sorted([HELPER, HEALTH])


def test_a_failed_email_shows_where_conflicts_are_shown(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    conflict(area, area.address(case_id), people[POLICE], people[HEALTH])
    with area.site.database.unit(area.id, area.site.at) as unit:
        for row in unit.session.query(Notice):
            row.state, row.error = "failed", "The email could not be sent (OSError)."
    assert "could not be sent. Phone instead." in area.site.get(f"{area.address(case_id)}/opening").text


def _day(day: date) -> dict[str, str]:
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def test_who_did_not_see_a_decision_on_a_conflict_is_shown_it_before_theirs_counts(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case = area.address(case_id)
    area.site.person(OTHER, area.id, BUSINESS_MANAGER)
    health, other = area.as_person(HEALTH), area.as_person(OTHER)
    conflict(area, case, people[POLICE], people[HEALTH])
    page = next(a.get("href") for a in health.get(f"{case}/opening").page.all("a") if "/conflicts/" in a.get("href"))
    old_tab = area.filled(page, {"outcome": "dismissed", "reason": "Another family."}, health)
    area.answer(page, {"outcome": "upheld", "reason": "Close family."}, site=other)
    again = health.send(page, old_tab, 409)
    assert "Somebody decided on this while you were writing" in again.text
    assert "kept out. Close family." in again.text and "Another family." in again.text
    area.as_person(POLICE).get(case, 404)
    health.send(page, old_tab | {"seen_no": again.page.hidden()["seen_no"]})
    area.as_person(POLICE).get(case)


def test_a_page_that_restricts_a_case_never_lifts_the_restriction(area: Area) -> None:
    page = f"{area.address(area.opened())}/opening/restrict"
    old_tab = area.filled(page, {"why": "A colleague’s family."})
    area.site.send(page, old_tab)
    refused = area.site.send(page, old_tab, 422)  # a second click
    assert "It is restricted already." in refused.text and "A colleague’s family." in refused.text
    assert "This case is restricted" in area.site.get(page.removesuffix("/restrict")).text
    area.answer(page, {"why": "It is over."})
    assert "This case is not restricted" in area.site.get(page.removesuffix("/restrict")).text


def test_what_was_decided_before_on_a_conflict_is_read_where_what_stands_is(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case = area.address(case_id)
    area.site.person(OTHER, area.id, BUSINESS_MANAGER)
    conflict(area, case, people[POLICE], people[HEALTH])
    health, other = area.as_person(HEALTH), area.as_person(OTHER)
    page = next(a.get("href") for a in health.get(f"{case}/opening").page.all("a") if "/conflicts/" in a.get("href"))
    for minutes, (who, reason) in enumerate([(other, "Close family."), (health, "No, a far cousin, and still.")], 1):
        area.site.at += timedelta(minutes=minutes)
        area.answer(page, {"outcome": "upheld", "reason": reason}, site=who)
    area.site.at += timedelta(minutes=3)
    first = "Before, 30 March 2026 at 11:01am, Other: Kept out. Close family."
    assert first in " ".join(health.get(page).text.split()), "whoever decides again reads all of it"
    area.answer(page, {"outcome": "dismissed", "reason": "Another family."}, site=other)
    told = " ".join(health.get(f"{case}/opening").text.split())
    second = "Before, 30 March 2026 at 11:03am, Health: Kept out. No, a far cousin, and still."
    assert 0 < told.index("by Other: Another family.") < told.index(second) < told.index(first)
    area.as_person(HELPER).get(f"{case}/opening", 403)


def test_each_reason_for_restricting_a_case_and_for_lifting_that_is_read_by_whoever_reads_the_present_one(area: Area) -> None:
    case = area.address(area.opened())
    for reason in ("The first reason.", "It was over.", "The second reason."):
        area.site.at += timedelta(minutes=1)
        area.answer(f"{case}/opening/restrict", {"why": reason})
    told = " ".join(area.site.get(f"{case}/opening").text.split())
    lifted = "Before, 30 March 2026 at 11:02am, Manager: The restriction was lifted. It was over."
    first = "Before, 30 March 2026 at 11:01am, Manager: Restricted to its team. The first reason."
    assert 0 < told.index("Reason: The second reason.") < told.index(lifted) < told.index(first)
    assert told.count("The second reason.") == 1
    area.as_person(POLICE).get(f"{case}/opening", 404)
    area.answer(f"{case}/opening/restrict", {"why": "Over once more."})
    assert "The restriction was lifted. Over once more." in " ".join(area.site.get(f"{case}/opening").text.split())


def test_whoever_declares_it_of_somebody_who_is_kept_out_reads_what_was_declared_and_whom_to_tell(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case = area.address(case_id)
    conflict(area, case, people[POLICE], people[HEALTH])
    given = {"why": "He is my neighbour too.", "person": str(people[POLICE]), "deputy": str(people[HEALTH])}
    refused = area.answer(f"{case}/opening/conflict", given, 422, site=area.as_person(HEALTH))
    told = " ".join(refused.text.split())
    assert "They are kept out of this case already. Tell whoever decides on it what you know besides." in told
    assert "Declared on 30 March 2026 at 11am by Manager: A cousin of mine." in told and "He is my neighbour too." in told
    other = area.answer(f"{case}/opening/conflict", given | {"person": ""}, 422)
    assert "A cousin of mine." not in other.text, "of nobody else than whom they name"


def test_whoever_declared_it_is_told_why_they_do_not_decide(area: Area) -> None:
    people, case_id = everybody(area), area.opened()
    case = area.address(case_id)
    conflict(area, case, people[POLICE], people[HEALTH])
    why = "You declared it, so somebody else decides on it: another business manager or a lead."
    assert why in area.site.get(f"{case}/opening").text
    assert "You declared it" not in area.as_person(HEALTH).get(f"{case}/opening").text
