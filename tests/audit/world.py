"""An area and the national body with something for every page to show, and somebody who may open all of it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row

from tests.arrangements.area import HOME, Area, day
from tests.arrangements.vale import APRIL, EVERY_BODY, GOVERNANCE, MARCH, NOW_IN_FORCE
from tests.governance.test_decide import arrangement
from tests.records.keeper import keeping
from tests.reviews.neighbours import DEAD, SAID, Neighbours
from tests.support.database import Database
from tests.web.site import PASSWORD, Site, make_site
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories as incidents
from threefold.work.national import keeping as desk
from threefold.work.national import standing_aside
from threefold.work.people.access import CONTRIBUTOR, EVERYONE, NATIONAL_OFFICER
from threefold.work.people.half_written import keep_form
from threefold.work.people.passwords import password_hash
from threefold.work.records import stories as records
from threefold.work.records.stories import answering, asking, clock, exporting, leaving
from threefold.work.reviews import stories as reviews

EVERY, HELPER = "everything@vale.example", "helper@vale.example"
AREA, NATION = "example-vale", "nation"
WHY = "A planted reason"
RECEIVED = {"key": "desk", "title": "What areas sent", "cases": "received", "amount": 2, "starts": "closed", "source": SAID}
CHILD, NHS, BORN = "Zephyrine Planted", "943 476 5919", "17 7 2019"


@dataclass
class World:
    """The site, its bodies, and what stands for each part of an address: for all pages, or for one of them."""

    site: Site
    here: Neighbours
    person: UUID
    parts: dict[str, Any]
    for_page: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def case_id(self) -> UUID:
        found: UUID = self.parts["case_id"]
        return found

    def part(self, endpoint: str, name: str) -> Any:
        """The value of a part of an address. A new page with a part of a new name is put here, and joins the sweep."""
        found = self.for_page.get((endpoint, name), self.parts.get(name))
        assert found is not None, f"tests/audit/world.py: say what <{name}> of {endpoint} may be"
        return found

    def entries(self, since: int = 0) -> list[dict[str, Any]]:
        """The audit of both bodies in the order of writing, from a number on; read past the walls."""
        with psycopg.connect(self.site.database.admin, row_factory=dict_row) as connection:
            return connection.execute(
                "select * from body.audit_entry order by xmin::text::bigint, ctid offset %s", (since,)
            ).fetchall()

    def left_by(self, act: Any) -> list[dict[str, Any]]:
        """What entries something leaves."""
        before = len(self.entries())
        act()
        return self.entries(before)


def made(database: Database, folder: Path, project: Path) -> World:
    site = make_site(database, folder, tenants=project / "tenants", rules=(EVERY_BODY, GOVERNANCE), reads=100_000)
    site.at = MARCH
    national, body = database.body(NATION, "national"), database.body(AREA, national=NATION)
    with database.unit(body, datetime(2026, 1, 1, 9, tzinfo=UTC)) as unit:
        enter_version(unit, GOVERNANCE, NOW_IN_FORCE)
    seats = ("council-lead", "police-lead", "health-lead")
    person = site.person(EVERY, body, *sorted(EVERYONE), seats=seats)
    site.person(EVERY, national, *sorted(EVERYONE))
    site.person(HELPER, body, CONTRIBUTOR)
    site.enter(EVERY)
    here = Neighbours(database, body, national, MARCH)
    case_id = here.opened(
        {"name": "aware", "at": "2027-03-09"}, happened_on="2027-03-08"
    )  # not notified yet, so that every page of it opens
    sent = here.notified(happened_on="2027-03-01", children=[DEAD])
    with here.unit() as unit:
        person_id = incidents.add_person(unit, case_id, "child", {"name": CHILD}, "child-1")
        asked = reviews.ask_agency(unit, case_id, "School", "school@vale.example", "What is known?", uuid4())
        own = reviews.ask_person(unit, case_id, "Nursery", person, "What is known?", uuid4())
        line = incidents.see_case(unit, case_id).verdict["criteria"][0]["id"]
    with database.unit(body, MARCH, person=person) as unit:
        half_written = keep_form(unit, "arrangement/drafts/new", [("title", "Not sent")])
    mate = site.person("mate@vale.example", body, "partner_lead")
    with database.unit(body, MARCH, person=mate) as unit:
        incidents.let_into_case(unit, case_id, mate, "team", unit.today, None, uuid4())
        conflict = incidents.declare_conflict(
            unit, case_id, site.person("apart@vale.example", body, CONTRIBUTOR), WHY, None, uuid4()
        )
        access = incidents.see_opening(unit, case_id).people[0].id
    world = World(site, here, person, {
        "access_id": access, "conflict_id": conflict, "form_id": half_written,
        "slug": AREA, "case_id": case_id, "person_id": person_id, "request_id": asked.id, "question_id": own.id, "about": case_id, "no": 1, "line_id": line,
        "factor": "recurrent_themes", "sender": body, "case_ref": sent, "version": NOW_IN_FORCE.version, "key": "what", "part": "about",
    })  # fmt: skip
    _drafts(world)
    _meeting(world)
    _records(world, mate)
    with psycopg.connect(database.admin) as connection:
        member = connection.execute(
            "select id from directory.membership where body_id = %s and role = 'contributor'", (body,)
        ).fetchone()
    assert member is not None
    world.parts["member_id"] = member[0]
    world.parts["invitation_id"] = _invited(world)
    looks_in(world.site, "ops@service.example", AREA)
    with psycopg.connect(database.admin) as connection:
        looked = connection.execute("select id from directory.staff_session").fetchone()
    assert looked is not None
    world.parts["staff_access_id"] = looked[0]
    world.for_page["incidents.correct_event", "?"] = "?name=aware&at=2027-03-09"
    for page in ("desk", "timeliness", "desk_csv", "received", "reply", "link", "declare_conflict", "settle_conflict"):
        world.for_page[f"national.{page}", "slug"] = NATION
    aside = site.person("aside@nation.example", national, NATIONAL_OFFICER)
    with database.unit(national, MARCH, person=aside, roles=(NATIONAL_OFFICER,)) as unit:
        world.for_page["national.settle_conflict", "conflict_id"] = standing_aside.declare(
            unit, body, sent, aside, WHY, uuid4()
        )
    _desk_records(world, aside)
    for page in ("child", "child_page", "remove_child"):
        world.for_page[f"incidents.{page}", "key"] = "child-1"
    return world


def looks_in(site: Site, email: str, slug: str, why: str = "A colleague there says the list of cases is empty.") -> Site:
    """One of the platform's staff in a browser of their own, with a session open in a body."""
    provision = site.database.provision
    person = provision.put_person(email, email.split("@")[0].title(), password_hash(PASSWORD))
    assert provision.put_platform_staff(person, site.at)
    browser = site.another()
    browser.enter(email)
    begun = browser.post("/platform-staff/begin", {"body": slug, "why": why, "minutes": "60"})
    assert begun.location == f"/b/{slug}/"
    return browser


def at_rest(world: World) -> str:
    """The name of the world's database, with nobody connected to it any more: it can be copied then."""
    database = world.site.database
    for engine in (world.site.app.extensions["threefold"].walls.engine, database.engine):
        engine.dispose()
    database.provision.dispose()
    with psycopg.connect(database.cluster.admin_to("postgres"), autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (database.name,))
    return database.name


def copy_of(world: World, database: Database, folder: Path, project: Path) -> World:
    """The same world on a copy of its database, with everybody signed in as they were at first."""
    site = make_site(database, folder, tenants=project / "tenants", rules=(EVERY_BODY, GOVERNANCE), reads=100_000)
    site.at = MARCH
    site.enter(EVERY)
    here = Neighbours(database, world.here.area, world.here.national, MARCH)
    return World(site, here, world.person, dict(world.parts), dict(world.for_page))


def _invited(world: World) -> UUID:
    """Somebody who was invited and has not come yet."""
    world.site.post(f"/b/{AREA}/people/invite", {"email": "joiner@vale.example", "role": "contributor", **day("begins", MARCH)})
    with psycopg.connect(world.site.database.admin) as connection:
        found = connection.execute("select id from directory.invitation").fetchone()
    assert found is not None
    return UUID(str(found[0]))


def _records(world: World, lead: UUID) -> None:
    """Holds on a case and on the body, a case whose records may be destroyed, and one of which they were."""
    then = Neighbours(world.here.database, world.here.area, world.here.national, datetime(2019, 4, 1, 9, tzinfo=UTC))
    closed = [
        then.opened({"name": "aware", "at": "2019-03-01"}, {"name": "notification_decided", "at": "2019-03-04", "how": "no"}, happened_on="2019-02-28")
        for _ in range(2)
    ]  # fmt: skip
    proposed = []
    for one in closed:
        with then.unit(person=world.person) as unit:
            records.close_case(unit, one, date(2019, 4, 1), uuid4())
        with world.here.unit(person=world.person) as unit:
            proposed.append(records.propose(unit, GOVERNANCE, one, "destroy", WHY, None, uuid4()))
    assert proposed[0] and proposed[1]
    with world.here.unit(person=lead, roles=("partner_lead",)) as unit:
        records.confirm(unit, GOVERNANCE, closed[1], proposed[1])
    for page in ("of_case", "open_again", "decide", "lift_of_case", "review"):
        world.for_page[f"records.{page}", "case_id"] = closed[0]
    with world.here.unit(person=world.person) as unit:
        made = exporting.ask_export(unit, WHY, uuid4())
    with world.here.unit(person=lead, roles=("partner_lead",)) as unit:
        assert made
        exporting.answer_export(unit, made, True)
    with world.here.unit() as unit:
        exporting.begin_export(unit, made)
    with world.here.unit() as unit:
        exporting.at_one_moment(unit)
        came = exporting.make_export(unit, made, AREA, AREA, None)
    with world.here.unit() as unit:
        assert came is not None
        exporting.export_ready(unit, made, came)
    with world.here.unit(person=world.person) as unit:
        digest = exporting.fetch_export(unit, made).sha256
        world.parts["leaving_id"] = leaving.propose_leaving(unit, digest, WHY, uuid4())
    with world.here.unit(person=lead, roles=("partner_lead",)) as unit:
        on_case, on_body = records.put_hold(unit, closed[0], WHY, uuid4()), records.put_hold(unit, None, WHY, uuid4())
    world.parts |= {"disposal_id": proposed[0], "hold_id": on_case, "export_id": made, "thing": 1}
    world.for_page["records.lift_of_body", "hold_id"] = on_body
    with world.here.unit(person=world.person) as unit:
        for part, about in (
            ("subject_id", {"asks": WHY, "checked": WHY, "name": CHILD}),
            ("answered", {"asks": WHY, "checked": WHY, "name": CHILD}),
        ):
            world.parts[part] = asking.open_request(unit, about, unit.today, uuid4())
        answering.gather(unit, world.parts["subject_id"], [world.case_id])
        world.parts["question"] = clock.ask(unit, world.parts["subject_id"], "clarification", WHY, unit.today, uuid4())
    world.for_page["records.subject_file", "subject_id"] = world.parts["answered"]
    for page in ("certificate", "certificate_pdf"):
        world.for_page[f"records.{page}", "case_id"] = closed[1]


def _desk_records(world: World, other: UUID) -> None:
    """At the desk: a closed case that may be destroyed, one that was, holds on a case and on everything."""
    here = world.here
    with here.desk() as unit:
        enter_version(unit, GOVERNANCE, replace(arrangement("own", date(2019, 1, 1), keeping(RECEIVED)), kind="national"))
    then = Neighbours(here.database, here.area, here.national, datetime(2019, 4, 1, 9, tzinfo=UTC))
    closed, proposed = [desk.Received(here.area, then.notified(happened_on="2019-02-28")) for _ in range(2)], []

    def officer(at: Neighbours, person: UUID) -> Any:
        return here.database.unit(here.national, at.at, person=person, roles=(NATIONAL_OFFICER,))

    for one in closed:
        with officer(then, world.person) as unit:
            desk.close_received(unit, one.sender, one.case_ref, unit.today, uuid4())
        with officer(here, world.person) as unit:
            proposed.append(desk.propose_received(unit, GOVERNANCE, one, "destroy", WHY, None, uuid4()))
    assert proposed[0] and proposed[1]
    with officer(here, other) as unit:
        desk.confirm_received(unit, GOVERNANCE, closed[1], proposed[1])
    with officer(here, world.person) as unit:
        on_case, on_desk = desk.hold_received(unit, closed[0], WHY, uuid4()), desk.hold_received(unit, None, WHY, uuid4())
    for page in (
        "received_kept", "hold_desk", "lift_desk", "received_records", "close_received", "open_received", "hold_received", "lift_received",
        "review_received", "decide_received", "received_certificate", "received_certificate_pdf",
    ):  # fmt: skip
        world.for_page[f"national.{page}", "slug"] = NATION
        world.for_page[f"national.{page}", "case_ref"] = closed["certificate" in page].case_ref
    world.for_page["national.decide_received", "disposal_id"] = proposed[0]
    world.for_page["national.lift_received", "hold_id"], world.for_page["national.lift_desk", "hold_id"] = on_case, on_desk


def _meeting(world: World) -> None:
    """A meeting on record with something left over, and a decision of a case at none yet."""
    begun = world.site.post(f"/b/{AREA}/meetings/new", {"group": "executive", **day("day", MARCH)}).location
    world.parts["meeting_id"] = UUID(begun.split("/meetings/")[1].split("/")[0])
    other = world.here.opened({"name": "aware", "at": "2027-03-09"}, happened_on="2027-03-08")
    world.site.post(f"/b/{AREA}/cases/{other}/notify/decide", {"outcome": "yes", "reason": "It meets the test."})
    with psycopg.connect(world.site.database.admin) as connection:
        found = connection.execute("select id from body.decision where case_id = %s", (other,)).fetchone()
    assert found is not None
    world.parts["decision_id"] = found[0]
    world.for_page["meetings.name_meeting", "case_id"] = other


def _drafts(world: World) -> None:
    """One draft in the making, and one sent to be signed with minutes recorded."""
    area = Area(world.site, world.here.area, {EVERY: world.site})
    draft = area.answer(f"{HOME}/drafts/new", {"base": "in_force", "title": "One"}, email=EVERY).location.split("?")[0]
    rule = (
        area.answer(f"{draft}/rules/add", {"rule": "local-criteria@1"}, email=EVERY).location.split("/line/")[1].split("?")[0]
    )
    given = {"title": "Known to services", "effect": "hint", "about": "notify"}
    line = area.answer(f"{draft}/add/{rule}/criteria", given, email=EVERY).location.split("/line/")[1].split("?")[0]
    world.parts["draft_id"] = UUID(draft.rsplit("/", 1)[1])
    for page in ("when", "when_fact", "when_is", "when_turn"):
        world.for_page[f"arrangements.{page}", "at"] = f"{line}/when"
    world.for_page["arrangements.when_is", "?"] = "?fact=incident.urgent"
    world.parts["use"] = "rapid-review-plan"
    world.for_page["arrangements.put_back", "no"] = 2
    world.parts["area"] = "devon"
    world.for_page["arrangements.area_version", "version"] = "current"
    for page, at in (("line", "/huddle"), ("remove", "/huddle"), ("move", "/huddle"), ("add", "")):
        world.for_page[f"arrangements.{page}", "at"] = f"rules/rapid-review-plan/steps{at}"
    draft = area.answer(f"{HOME}/drafts/new", {"base": "in_force", "title": "Two"}, email=EVERY).location.split("?")[0]
    area.answer(f"{draft}/about", day("begins", APRIL), email=EVERY)
    asked = world.site.get(f"{draft}/ask")
    area.answer(f"{draft}/ask", {e.get("name"): "Agreed so." for e in asked.page.elements if e.name == "textarea"}, email=EVERY)
    document = {"document": (io.BytesIO(b"%PDF-1.7 minutes %%EOF"), "minutes.pdf")}
    minutes = area.filled(f"{draft}/minutes", {"seat": "health-lead", "where": "Item 4", **day("day", MARCH)}, EVERY)
    world.site.send(f"{draft}/minutes", minutes | document)
    with psycopg.connect(world.site.database.admin) as connection:
        found = connection.execute("select id from body.draft_signature").fetchone()
    assert found is not None
    world.parts["record"] = found[0]
    # What is sent, where a page cannot tell what is meant without.
    world.for_page["arrangements.when_turn", "!"] = {"to": "remove"}
    world.for_page["rehearsal.over_past_cases", "!"] = {"over": "examples"}
    world.for_page["arrangements.check_minutes", "!"] = {"says_so": "no", "reason": "Item 4 is the budget."}
    for page in ("minutes", "sign", "document", "check_minutes"):
        world.for_page[f"arrangements.{page}", "draft_id"] = UUID(draft.rsplit("/", 1)[1])
