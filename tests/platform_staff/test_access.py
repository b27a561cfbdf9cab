"""Platform staff in a body: from a fresh sign-in, with a reason the body reads, for a time by the database's clock, only reading."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import InternalError

from tests.audit.world import AREA, CHILD, EVERY, HELPER, NATION, World, looks_in
from tests.support.database import bind, until_somebody_waits
from tests.support.statements import counting
from tests.web.site import Shown, Site
from threefold.domain.errors import ThreefoldError
from threefold.doors.worker import jobs
from threefold.governance.decide import Governance
from threefold.walls.post import Post
from threefold.walls.session import Actor, Scope, StaffSessionOver
from threefold.walls.tables import AuditEntry
from threefold.work.incidents import stories as incidents
from threefold.work.people.access import STAFF_READS, permissions
from threefold.work.people.sign_in import token_hash
from threefold.work.people.tables import CaseMember
from threefold.work.platform_staff import stories
from threefold.work.platform_staff.tables import StaffAccess

OPS, WHY = "ops.two@service.example", "A colleague there says that a reminder never came."
HOME = f"/b/{AREA}"


def owner(world: World, statement: str, *values: Any) -> None:
    """As whoever administers the database: how time passes, and how a row goes, without waiting."""
    with psycopg.connect(world.site.database.admin, autocommit=True) as connection:
        connection.execute(statement, values)  # type: ignore[call-overload]


def runs_out(world: World) -> None:
    owner(world, "update directory.staff_session set begins = begins - interval '3 hours', ends = ends - interval '3 hours'")


def member(world: World, email: str = OPS) -> Site:
    """One of the platform's staff, signed in, with no session open."""
    from tests.web.site import _hash

    person = world.site.database.provision.put_person(email, "Ops Two", _hash())
    assert world.site.database.provision.put_platform_staff(person, world.site.at)
    browser = world.site.another()
    browser.enter(email)
    return browser


def begin(browser: Site, status: int = 303, **answers: str) -> Shown:
    return browser.post("/platform-staff/begin", {"body": AREA, "why": WHY, "minutes": "60"} | answers, status)


def session_of(world: World, email: str = OPS) -> dict[str, Any]:
    with psycopg.connect(world.site.database.admin, row_factory=psycopg.rows.dict_row) as connection:
        found = connection.execute(
            "select s.* from directory.staff_session s join directory.person p on p.id = s.person_id where p.email = %s "
            "order by s.begins desc limit 1", (email,)).fetchone()  # fmt: skip
    assert found is not None
    return found


# beginning


def test_nobody_else_has_these_pages(world: World) -> None:
    for path in ("/platform-staff", "/platform-staff/begin"):
        assert world.site.another().get(path, 303).location.startswith("/sign-in")
        assert world.site.get(path, 404).page.heading == "Page not found"
    guard = world.site.get("/my-work").page.value("csrf_token")
    world.site.send(f"/platform-staff/{uuid4()}/end", {"csrf_token": guard}, 404)


def test_without_a_session_a_body_is_not_there(world: World) -> None:
    browser = member(world)
    assert "Look into a body" in browser.get("/platform-staff").text
    assert "You run this service" in browser.get("/my-work").text
    browser.get(f"{HOME}/", 404)
    browser.get(f"{HOME}/cases", 404)


def test_a_stale_sign_in_shows_first_who_it_is(world: World) -> None:
    browser = member(world)
    form = browser.get("/platform-staff/begin").page.hidden()
    world.site.at += timedelta(minutes=10)
    assert browser.get("/platform-staff/begin", 303).location == "/confirm?next=/platform-staff/begin"
    browser.send("/platform-staff/begin", form | {"body": AREA, "why": WHY, "minutes": "60"}, 303)
    browser.get(f"{HOME}/", 404)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"why": ""}, "Say why you need to look"),
        ({"why": "Support"}, "in a sentence"),
        ({"why": "The child with number 943 476 5919 is missing."}, "must name nobody"),
        ({"why": "She was born on 17/7/2019 and is not listed."}, "must name nobody"),
        ({"why": "somebody@vale.example rang us about it."}, "must name nobody"),
        ({"why": "x" * 400}, "300 characters"),
        ({"minutes": "600"}, "Select for how long"),
        ({"body": ""}, "Select a body"),
        ({"body": "never-was"}, "Select a body"),
    ],
)
def test_a_reason_names_nobody_and_the_time_is_short(world: World, answers: dict[str, str], told: str) -> None:
    browser = member(world)
    assert told in begin(browser, 422, **answers).text
    browser.get(f"{HOME}/", 404)


def test_a_session_is_on_record_and_the_business_manager_is_told_once(world: World) -> None:
    before = world.entries()
    browser = member(world)
    begin(browser)
    session = session_of(world)
    assert (session["ends"] - session["begins"]) == timedelta(hours=1)
    left = world.entries(len(before))
    assert [e["action"] for e in left if e["subject"] == f"staff:{session['id']}"] == ["platform staff access begun"]
    assert all(WHY not in str(e) for e in left)
    sent: list[tuple[str, str, str]] = []
    bench = jobs.Bench(world.site.database.walls, Governance((), None), Post(world.site.database.walls, {}),  # type: ignore[arg-type]
                       lambda *mail: sent.append(mail), "https://threefold.example")  # fmt: skip
    for _ in range(2):
        with world.site.database.walls.directory() as directory:
            due = directory.due_work(world.site.at, 1000)
        kinds = _kinds(world)
        for work in due:
            if kinds[work] == "mail_notice":
                assert jobs.perform(bench, work, world.site.at) == "done"
    told = [mail for mail in sent if "platform staff" in mail[1]]
    assert {to for to, _, _ in told} == {EVERY} and len(told) == 2  # one for each of the two sessions there were
    assert all(f"https://threefold.example/b/{AREA}/platform-staff" in mail and WHY not in mail for _, _, mail in told)


def _kinds(world: World) -> dict[UUID, str]:
    with psycopg.connect(world.site.database.admin) as connection:
        return dict(connection.execute("select id, kind from post.work").fetchall())


def test_one_session_at_a_time_and_none_for_who_works_for_a_body(world: World) -> None:
    browser = member(world)
    begin(browser)
    assert "End the session you have open first" in begin(browser, 422, body=NATION).text
    browser.get(f"/b/{NATION}/", 404)
    provision = world.site.database.provision
    working = provision.put_person("both@vale.example", "Both", "")
    provision.put_membership(working, world.here.area, "contributor", "", world.site.at.date(), None)
    assert not provision.put_platform_staff(working, world.site.at)


def test_whoever_comes_to_work_for_a_body_begins_no_session(world: World) -> None:
    browser = member(world)
    world.site.database.provision.put_membership(
        session_person(world), world.here.national, "contributor", "", world.site.at.date().replace(year=2020)
    )
    assert "whoever works for a body is not platform staff" in begin(browser, 422).text


def session_person(world: World) -> UUID:
    with world.site.database.walls.directory() as directory:
        known = directory.person_by_email(OPS)
    assert known is not None
    return known.person_id


# what is seen


def test_the_banner_stands_on_each_page_with_the_time_left(world: World) -> None:
    browser = member(world)
    begin(browser)
    pages = [f"{HOME}/", f"{HOME}/cases", f"{HOME}/cases/{world.case_id}", f"{HOME}/arrangement"]
    for path in pages:
        assert re.search(r"You are here as platform staff: (59 minutes|1 hour) left, until", browser.get(path).text), path
    assert "You are here as platform staff" in browser.get(f"{HOME}/audit", 403).text
    assert "as platform staff" not in world.site.get(f"{HOME}/").text


def test_they_read_dates_and_no_name(world: World) -> None:
    browser = member(world)
    begin(browser)
    case = browser.get(f"{HOME}/cases/{world.case_id}")
    assert "Due by law" in case.text and CHILD not in case.text and "not shown to platform staff" in case.text
    assert CHILD in world.site.get(f"{HOME}/cases/{world.case_id}").text
    shown = {e.get("href") for e in case.page.all("a")}
    assert not any(("/record" in h and "/records/" not in h) or "/opening" in h or "/review" in h for h in shown), shown
    assert not any(h.endswith("/search") for h in (e.get("href") for e in browser.get(f"{HOME}/cases").page.all("a")))
    world.site.post(f"{HOME}/cases/{world.case_id}/events/add", {
        "name": "briefing_received", "at-day": "2", "at-month": "3", "at-year": "2026", "how": "Told by her aunt"})  # fmt: skip
    assert "Told by her aunt" in world.site.get(f"{HOME}/cases/{world.case_id}/timeline").text
    assert "Told by her aunt" not in browser.get(f"{HOME}/cases/{world.case_id}/timeline").text, "what was typed beside a date"
    navigation = [e.get("href") for e in browser.get(f"{HOME}/").page.all("a")]
    assert f"{HOME}/audit" not in navigation and f"{HOME}/people" not in navigation and f"{HOME}/cases" in navigation


def test_each_reading_is_under_the_session(world: World) -> None:
    browser = member(world)
    begin(browser)
    session = session_of(world)
    left = world.left_by(
        lambda: [browser.get(f"{HOME}/cases"), browser.get(f"{HOME}/cases/{world.case_id}"), browser.get(f"{HOME}/audit", 403)]
    )
    assert [(e["action"], e["outcome"]) for e in left] == [
        ("cases listed", "done"),
        ("case read", "done"),
        ("refused", "refused"),
    ]
    assert {(e["actor"], e["detail"]["staff_session"]) for e in left} == {(session["person_id"], str(session["id"]))}


def test_a_restricted_case_is_not_there_even_to_who_was_let_in_before(world: World) -> None:
    browser = member(world)
    begin(browser)
    case_id = world.case_id
    listed = browser.get(f"{HOME}/cases").page
    assert any(str(case_id) in e.get("href") for e in listed.all("a"))
    with world.here.unit() as unit:
        unit.session.add(CaseMember(id=uuid4(), case_id=case_id, person_id=session_of(world)["person_id"], part="team", begins=unit.today, ends=None,
                                    at=unit.at, by=None, ended_at=None, ended_by=None))  # fmt: skip
        incidents.restrict_case(unit, case_id, True, "About a colleague.")
    assert not any(str(case_id) in e.get("href") for e in browser.get(f"{HOME}/cases").page.all("a"))
    engine = world.site.app.extensions["threefold"].walls.engine
    told = []
    for one in (case_id, uuid4()):
        with counting(engine) as counted:
            answer = browser.get(f"{HOME}/cases/{one}", 404)
        told.append((_without_time(answer.text), counted.shapes))
    assert told[0] == told[1]


def _without_time(said: str) -> str:
    return re.sub(r"platform staff: .* left, until [^.]*\.", "platform staff", said)


def test_a_conflict_of_interest_bars_them(world: World) -> None:
    """Somebody who worked here once, was kept out of a case, left, and runs the service now."""
    person = world.site.person("ops.two@service.example", world.here.area, "contributor")
    with world.here.unit() as unit:
        incidents.declare_conflict(unit, world.case_id, person, "They know the family.", None, uuid4())
    owner(world, "update directory.membership set ends = date '2020-02-01' where person_id = %s", person)
    browser = member(world)
    begin(browser)
    browser.get(f"{HOME}/cases")
    browser.get(f"{HOME}/cases/{world.case_id}", 404)


def test_the_acts_they_may_are_three_readings(world: World) -> None:
    known = {p.act for p in permissions()}
    assert (
        known >= STAFF_READS and {p.act for p in permissions() if p.covers(Actor(uuid4(), "Ops", staff=uuid4()))} == STAFF_READS
    )
    with_roles = Actor(uuid4(), "Ops", frozenset({"business_manager"}), staff=uuid4())
    assert {p.act for p in permissions() if p.covers(with_roles)} == STAFF_READS


# ending


def test_when_the_time_is_over_they_are_answered_like_any_stranger(world: World) -> None:
    browser = member(world)
    begin(browser)
    browser.get(f"{HOME}/cases")
    runs_out(world)
    engine = world.site.app.extensions["threefold"].walls.engine
    before = len(world.entries())
    for path in ("/", "/cases", f"/cases/{world.case_id}", "/audit"):
        told = []
        for slug in (AREA, "never-was"):
            with counting(engine) as counted:
                answer = browser.get(f"/b/{slug}{path}", 404)
            told.append((answer.text, counted.shapes))
        assert told[0] == told[1] and len(told[0][1]) == 1, path
    assert len(world.entries()) == before


def test_the_body_sees_who_why_and_what_and_ends_it_at_once(world: World) -> None:
    browser = member(world)
    begin(browser)
    browser.get(f"{HOME}/cases")
    browser.get(f"{HOME}/cases/{world.case_id}")
    session = session_of(world)
    page = world.site.get(f"{HOME}/platform-staff")
    assert WHY in page.text and "Ops Two" in page.text and "End at once" in page.text
    one = world.site.get(f"{HOME}/platform-staff/{session['id']}")
    assert "Cases listed" in one.text and "Case read" in one.text
    link = next(e.get("href") for e in one.page.all("a") if "audit?staff=" in e.get("href"))
    audit = world.site.get(link).text
    assert "Ops Two (platform staff)" in audit and audit.count("Ops Two (platform staff)") >= 2
    ended = world.site.post(f"{HOME}/platform-staff/{session['id']}/end", read_first=f"{HOME}/platform-staff")
    assert ended.location.endswith("?done=ended")
    browser.get(f"{HOME}/cases", 404)
    assert "Ended early by" in world.site.get(f"{HOME}/platform-staff").text
    assert (
        "ended already"
        in world.site.post(f"{HOME}/platform-staff/{session['id']}/end", status=422, read_first=f"{HOME}/platform-staff").text
    )


def test_leads_see_it_without_the_audit_and_a_contributor_does_not(world: World) -> None:
    begin(member(world))
    session = session_of(world)
    lead = world.site.another()
    lead.enter("mate@vale.example")
    one = lead.get(f"{HOME}/platform-staff/{session['id']}")
    assert WHY in one.text and not any("audit?staff" in e.get("href") for e in one.page.all("a"))
    other = world.site.another()
    other.enter(HELPER)
    other.get(f"{HOME}/platform-staff", 403)


def test_they_end_it_themselves_and_nobody_ends_another_s(world: World) -> None:
    browser, second = member(world), member(world, "ops.three@service.example")
    begin(browser)
    session = session_of(world)
    form = second.get("/platform-staff").page
    second.send(f"/platform-staff/{session['id']}/end", {"csrf_token": form.value("csrf_token")}, 404)
    browser.get(f"{HOME}/cases")
    browser.post(f"/platform-staff/{session['id']}/end", read_first=f"{HOME}/")
    browser.get(f"{HOME}/cases", 404)
    assert "Ended early by Ops Two" in world.site.get(f"{HOME}/platform-staff").text


def test_another_sign_in_of_the_same_person_is_a_stranger(world: World) -> None:
    browser = member(world)
    begin(browser)
    again = world.site.another()
    again.enter(OPS)
    again.get(f"{HOME}/cases", 404)
    browser.post("/sign-out", read_first=f"{HOME}/")
    assert not any(one["open"] for one in _seen(world))


def _seen(world: World) -> list[dict[str, Any]]:
    with world.here.unit() as unit:
        return [{"open": one.session.open} for one in stories.see_access(unit) if one.session.name == "Ops Two"]


def _signed_out(world: World, when: str) -> None:
    """The sign-in of the newest session ended at `when`, in words of SQL of that session `x`."""
    owner(
        world,
        f"update directory.sign_in_session s set ended_at = {when} from directory.staff_session x where x.sign_in_id = s.id",
    )


def test_a_session_that_ended_by_itself_is_not_said_to_have_ended_with_a_later_sign_out(world: World) -> None:
    begin(member(world))
    session = session_of(world)
    runs_out(world)
    _signed_out(world, "x.ends + interval '2 hours'")
    with world.here.unit() as unit:
        one = stories.see_one(unit, session["id"])[0].session
    assert (one.ended_at, one.open, one.signed_out) == (None, False, False)
    assert "Ended early" not in world.site.get(f"{HOME}/platform-staff").text
    _signed_out(world, "x.begins + interval '10 minutes'")
    with world.here.unit() as unit:
        one = stories.see_one(unit, session["id"])[0].session
    assert one.ended_at == one.begins + timedelta(minutes=10) and one.signed_out and not one.open
    shown = world.site.get(f"{HOME}/platform-staff").text
    assert "Ended early: their sign-in ended" in shown and "the service itself" not in shown
    owner(world, "update directory.staff_session set ended_at = begins + interval '5 minutes', ended_by = person_id")
    assert "Ended early by Ops Two" in world.site.get(f"{HOME}/platform-staff").text


def test_two_that_begin_at_once_take_turns_and_one_begins(world: World) -> None:
    browser = member(world)
    token = browser.client.get_cookie("threefold")
    assert token is not None
    walls = world.site.database.walls
    with walls.directory() as directory:
        bodies = {one.slug: one for one in directory.bodies()}
    who = stories.who_of_staff(walls, token.value, world.site.at)
    came: list[BaseException | None] = []

    def second() -> None:
        try:
            stories.begin(walls, token.value, who, bodies[AREA], WHY, 60, world.site.at, "test")
            came.append(None)
        except BaseException as error:  # noqa: BLE001  told by the test
            came.append(error)

    thread = threading.Thread(target=second)
    actor = Actor(who.person_id, "Ops Two")
    with walls.open(Scope(bodies[NATION].id), actor=actor, purpose="test", at=world.site.at) as unit:
        begun = func.directory.begin_staff_session(uuid4(), token_hash(token.value), world.site.at, 7200, 600, 60)
        assert unit.session.execute(select(begun)).scalar()
        thread.start()
        until_somebody_waits(world.site.database)
    thread.join(30)
    assert isinstance(came[0], ThreefoldError) and "could not begin" in came[0].sentence


def test_in_a_body_that_left_nobody_looks_any_more(world: World) -> None:
    """Whatever became of the session's own row: the door and the beginning ask the body's."""
    browser = member(world)
    begin(browser)
    browser.get(f"{HOME}/cases")
    owner(world, "update directory.body set left_on = current_date where slug = %s", AREA)
    browser.get(f"{HOME}/cases", 404)
    owner(world, "update directory.staff_session set ended_at = now()")
    assert begin(browser, 422)
    owner(world, "update directory.body set left_on = null where slug = %s", AREA)
    begin(browser)


def test_whose_role_of_the_platform_ends_is_out_at_once(world: World) -> None:
    browser = member(world)
    begin(browser)
    assert world.site.database.provision.end_platform_staff(session_person(world), world.site.at)
    browser.get(f"{HOME}/cases", 404)
    browser.get("/platform-staff", 404)


# the database


def _acting(world: World, session: dict[str, Any], **more: Any) -> Any:
    actor = Actor(more.get("person", session["person_id"]), "Ops", staff=more.get("staff", session["id"]))
    return world.site.database.walls.open(
        Scope(more.get("body", world.here.area)), actor=actor, purpose="look", at=world.site.at
    )


def test_the_database_asks_for_a_live_row_whatever_the_program_says(world: World) -> None:
    begin(member(world))
    session = session_of(world)
    with _acting(world, session) as unit:
        assert incidents.list_cases(unit)[0]
    for more in ({"staff": uuid4()}, {"person": world.person}, {"body": world.here.national}):
        with pytest.raises(StaffSessionOver), _acting(world, session, **more) as unit:
            pytest.fail("opened")
    runs_out(world)
    with pytest.raises(StaffSessionOver), _acting(world, session) as unit:
        pytest.fail("opened")


def test_a_session_that_ends_within_a_request_is_answered_like_any_stranger(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The door let them in; before the case is read the body ends it."""
    browser = member(world)
    begin(browser)
    from threefold.work.people.web import visits

    opened = visits.open_visit

    def open_and_end(slug: str) -> Any:
        visit = opened(slug)
        runs_out(world)
        return visit

    monkeypatch.setattr(visits, "open_visit", open_and_end)
    here = browser.get(f"{HOME}/cases/{world.case_id}", 404)
    monkeypatch.undo()
    assert here.text == browser.get("/b/never-was/cases", 404).text


def test_postgresql_refuses_every_writing_of_theirs(world: World) -> None:
    begin(member(world))
    session = session_of(world)
    attempts = [
        lambda unit: unit.session.add(StaffAccess(id=uuid4(), person_id=uuid4(), at=unit.at, minutes=1, why=unit.seal_json({"why": "x"})))
        or unit.session.flush(),
        lambda unit: unit.session.execute(insert(AuditEntry).values(tenant_id=unit.scope.body_id, id=uuid4(), at=unit.at, purpose="", action="",
                                                                    subject="", detail={})),
        lambda unit: unit.later("deliver", uuid4()),
        lambda unit: unit.session.execute(select(func.directory.put_member(uuid4(), world.person, "business_manager", "", unit.today, None))),
        lambda unit: unit.session.connection().execute(text("set transaction read write")),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(InternalError) as refused, _acting(world, session) as unit:
            attempt(unit)
        assert isinstance(refused.value.orig, errors.ReadOnlySqlTransaction | errors.ActiveSqlTransaction), refused.value


def test_what_was_read_and_could_not_be_noted_is_not_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = member(world)
    begin(browser)
    owner(world, "revoke insert on body.audit_entry from threefold_app")
    world.site.app.config["PROPAGATE_EXCEPTIONS"] = False
    world.site.app.testing = False
    assert "2027" not in browser.get(f"{HOME}/cases", 500).page.one("main").text


def test_nobody_gives_themselves_the_role_or_a_session(world: World) -> None:
    """The running role, with the body's scope bound: no table, and a function that asks for a fresh sign-in of platform staff."""
    with psycopg.connect(world.site.database.app_url.replace("postgresql+psycopg", "postgresql")) as connection:
        bind(connection, world.here.area)
        for statement in (
            "insert into directory.platform_staff(person_id, granted_at) values (gen_random_uuid(), now())",
            "update directory.staff_session set ends = now() + interval '1 hour'",
            "select 1 from directory.staff_session",
        ):
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)  # type: ignore[call-overload]
        begun = connection.execute(
            "select directory.begin_staff_session(gen_random_uuid(), %s, now(), 7200, 600, 60)", (b"x" * 32,)
        ).fetchone()
        assert begun == (None,)


def test_the_database_asks_for_a_fresh_sign_in_too(world: World) -> None:
    browser = member(world)
    token = browser.client.get_cookie("threefold")
    assert token is not None
    walls = world.site.database.walls
    with walls.directory() as directory:
        body = next(one for one in directory.bodies() if one.slug == AREA)
    who = stories.who_of_staff(walls, token.value, world.site.at)
    for later, over in ((timedelta(minutes=11), True), (timedelta(minutes=9), False)):
        told = None
        try:
            stories.begin(walls, token.value, who, body, WHY, 60, world.site.at + later, "test")
        except ThreefoldError as error:
            told = error
        assert (told is not None) == over
    with world.here.unit() as unit:
        assert sum(one.session.name == "Ops Two" for one in stories.see_access(unit)) == 1


def test_a_session_is_never_longer_than_four_hours(world: World) -> None:
    begin(member(world), minutes="240")
    with pytest.raises(errors.CheckViolation):
        owner(world, "update directory.staff_session set ends = ends + interval '1 minute'")


def test_two_browsers_of_the_world(world: World) -> None:
    """`looks_in` is what the sweeps use: it opens what it says."""
    assert looks_in(world.site, "ops.four@service.example", NATION).get(f"/b/{NATION}/").status == 200
