"""Leaving loses nothing that is on its way: writers are waited for and seen, letters are taken in first, and who comes later is told."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import func, select, update

from tests.records.keeper import Keeper
from tests.records.test_leaving import left, proposed, taken
from tests.reviews.neighbours import EDITIONS, GOVERNANCE, PUBLIC
from tests.support.database import MASTER, until_somebody_waits
from tests.web.site import make_site
from threefold.domain.errors import ThreefoldError
from threefold.doors.worker import jobs
from threefold.exchange.letters import LetterError
from threefold.governance.pack import Library
from threefold.walls import leaving as walls_leaving
from threefold.walls.destroying import CannotBeDestroyed
from threefold.walls.sealed import KeysDestroyed
from threefold.walls.session import SYSTEM, Actor, Scope, Walls
from threefold.walls.tables import AuditEntry, OutboxLetter
from threefold.work.incidents import stories as incidents
from threefold.work.national import stories as national
from threefold.work.records.stories import leaving
from threefold.work.records.tables import BodyLeaving
from threefold.work.reviews import stories as reviews


def has_left(here: Keeper) -> bool:
    return bool(here.rows("select 1 from directory.body where id = %s and left_on is not null", here.area))


def at_once(here: Keeper, act: Callable[[], object]) -> tuple[threading.Thread, list[BaseException | None]]:
    """Begin `act` beside what is open, and come back when it waits for it."""
    came: list[BaseException | None] = []

    def do() -> None:
        try:
            act()
            came.append(None)
        except BaseException as error:  # noqa: BLE001  told by the test
            came.append(error)

    thread = threading.Thread(target=do)
    thread.start()
    until_somebody_waits(here.database)
    return thread, came


def confirms(here: Keeper, one: UUID, digest: str) -> Callable[[], None]:
    def confirm() -> None:
        with here.by_lead() as unit:
            leaving.answer_leaving(unit, one, True, digest)

    return confirm


def test_who_is_writing_while_it_is_confirmed_is_waited_for_and_seen(here: Keeper) -> None:
    case_id = here.notified(happened_on="2020-03-28")
    digest = taken(here)
    one = proposed(here, digest)
    with here.by_manager() as unit:
        reviews.add_safety_action(unit, case_id, "Written meanwhile", None, uuid4())
        thread, came = at_once(here, confirms(here, one, digest))
    thread.join(30)
    assert isinstance(came[0], ThreefoldError) and "changed after everything was taken out" in came[0].sentence
    assert not has_left(here)
    with here.by_manager() as unit:
        assert "Written meanwhile" in repr(reviews.safety_actions(unit, case_id))


def test_who_writes_once_it_is_confirmed_waits_and_is_told(here: Keeper) -> None:
    """Also where their process still has the key."""
    case_id = here.notified(happened_on="2020-03-28")
    other = Walls(here.database.engine, MASTER)

    def elsewhere() -> Any:
        actor = Actor(here.manager, "Manager", frozenset({"business_manager"}))
        return other.open(Scope(here.area), actor=actor, purpose="test", at=here.at)

    with elsewhere() as unit:
        incidents.see_case(unit, case_id)
    digest = taken(here)
    one = proposed(here, digest)

    def write() -> None:
        with elsewhere() as unit:
            reviews.add_safety_action(unit, case_id, "Written later", None, uuid4())

    with here.by_lead() as unit:
        leaving.answer_leaving(unit, one, True, digest)
        thread, came = at_once(here, write)
    thread.join(30)
    assert isinstance(came[0], KeysDestroyed) and has_left(here)
    with pytest.raises(KeysDestroyed):
        write()
    # What is not sealed is refused too where a person changes it; what the platform notes of it is not.
    with pytest.raises(KeysDestroyed), elsewhere() as unit:
        unit.audit("case closed", f"case:{case_id}")
    with other.open(Scope(here.area), actor=SYSTEM, purpose="test", at=here.at) as unit:
        unit.audit("export expired", "body")
    assert not here.rows("select 1 from body.safety_action")


def test_an_agency_s_answer_to_a_body_that_left_is_not_taken_for_given(here: Keeper, tmp_path: Path) -> None:
    case_id = here.notified(happened_on="2020-03-28")
    with here.unit() as unit:
        reviews.ask_agency(
            unit, case_id, "School", "school@vale.example", "What is known?", uuid4(), route="link", why="No number."
        )
    here.work()
    address = re.findall(rf"{re.escape(PUBLIC)}(/answer/\S+)", here.mails[-1][2])[0]
    phone = make_site(here.database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    phone.at = here.at
    page = f"{phone.follow(address).location}?answer=answered"
    form = phone.get(page).page.hidden() | {"text": "Seen twice this year.", "by": "Nurse"}
    left(here)
    told = phone.send(page, form, 410)
    assert "keys of this body were destroyed" in told.text
    assert here.rows("select state from body.agency_request") == [("asked",)]
    phone.app.extensions["threefold"].walls.engine.dispose()


def test_somebody_who_goes_on_writing_does_not_stop_everybody(here: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = here.notified(happened_on="2020-03-28")
    digest = taken(here)
    one = proposed(here, digest)
    monkeypatch.setattr(walls_leaving, "WAITS", "50ms")
    with here.by_manager() as unit:
        reviews.add_safety_action(unit, case_id, "Written meanwhile", None, uuid4())
        with pytest.raises(ThreefoldError, match="is being written here right now"):
            confirms(here, one, digest)()
    assert not has_left(here)


# letters


def replied(here: Keeper) -> UUID:
    """The Panel replied: delivered to the area's letterbox, and not taken in. Returns the case."""
    case_id = here.notified(happened_on="2020-03-28")
    with here.by_manager() as unit:
        reviews.send_rapid_review(unit, GOVERNANCE, case_id, here.national, "What was learnt.", "Nobody could sign.", uuid4())
    here.work()
    with here.desk() as unit:
        national.reply(unit, here.area, case_id, "agree", "no", "A reply", uuid4())
    return case_id


def deliver(here: Keeper) -> UUID:
    with here.desk() as unit:
        letter = unit.session.scalars(select(OutboxLetter.id).where(OutboxLetter.delivered_at.is_(None))).one()
    here.bench.post.deliver(here.national, letter, here.at)
    return letter


def test_a_letter_that_was_not_taken_in_yet_stands_in_the_way(here: Keeper) -> None:
    replied(here)
    digest = taken_without_work(here)
    one = proposed(here, digest)
    deliver(here)
    with pytest.raises(ThreefoldError, match="has not been taken in yet"):
        confirms(here, one, digest)()
    with here.by_lead() as unit:
        assert "has not been taken in yet" in leaving.see_leaving(unit)[1]
        # The database says the same to whoever asks past the story.
        unit.session.execute(update(BodyLeaving).values(state="confirmed", confirmed_by=here.lead))
        with pytest.raises(CannotBeDestroyed, match=r"cannot be done now|has not been taken in yet"):
            walls_leaving.leave(unit, one)
        unit.session.rollback()
    here.work()
    with pytest.raises(ThreefoldError, match="changed after everything was taken out"):
        confirms(here, one, digest)()


def taken_without_work(here: Keeper) -> str:
    """Everything taken out, while the letter still lies with its sender."""
    with here.desk() as unit:
        unit.session.execute(select(func.post.add_work(uuid4(), "deliver", uuid4(), here.at)))
    with psycopg.connect(here.database.admin) as connection:
        connection.execute("update post.work set run_after = run_after + interval '1 year' where state = 'waiting'")
    digest = taken(here)
    with psycopg.connect(here.database.admin) as connection:
        connection.execute(
            "update post.work set run_after = run_after - interval '1 year' where run_after > now() or kind = 'deliver'"
        )
    return digest


def test_a_letter_that_is_held_back_counts_as_a_change(here: Keeper) -> None:
    """It came, and waits for the one before it: what it says is in no export made before."""
    case_id = replied(here)
    with here.desk() as unit:
        national.reply(unit, here.area, case_id, "query", "no", "A second reply", uuid4())
    digest = taken_without_work(here)
    one = proposed(here, digest)
    with here.desk() as unit:
        _, second = unit.session.scalars(select(OutboxLetter.id).order_by(OutboxLetter.seq)).all()
    here.bench.post.deliver(here.national, second, here.at)
    assert here.bench.post.take_in(here.area, second, here.at) == "held"
    with pytest.raises(ThreefoldError, match="changed after everything was taken out"):
        confirms(here, one, digest)()


def test_a_letter_to_a_body_that_left_is_not_said_to_be_delivered(here: Keeper) -> None:
    replied(here)
    left_without_work(here)
    with here.desk() as unit:
        letter = unit.session.scalars(select(OutboxLetter.id).where(OutboxLetter.delivered_at.is_(None))).one()
    with pytest.raises(LetterError, match="left this service"):
        here.bench.post.deliver(here.national, letter, here.at)
    with here.desk() as unit:
        assert unit.session.scalars(select(OutboxLetter.delivered_at)).one() is None
        # Their own leaving does not wait for it.
        assert "not been delivered" not in leaving.see_leaving(unit)[1]
    assert not here.rows("select 1 from post.letter where id = %s", letter)
    work = here.rows("select id from post.work where kind = 'deliver' and subject = %s", letter)
    with psycopg.connect(here.database.admin) as connection:
        connection.execute(
            "update post.work set attempts = 9, state = 'waiting', run_after = %s where id = %s", (here.at, work[0][0])
        )
    assert jobs.perform(here.bench, work[0][0], here.at) == "failed"


def left_without_work(here: Keeper) -> None:
    digest = taken_without_work(here)
    one = proposed(here, digest)
    confirms(here, one, digest)()


def test_a_letter_that_is_being_delivered_is_waited_for(here: Keeper) -> None:
    replied(here)
    digest = taken_without_work(here)
    one = proposed(here, digest)
    with here.desk() as unit:
        row = unit.session.scalars(select(OutboxLetter).where(OutboxLetter.delivered_at.is_(None))).one()
        unit.session.execute(
            select(func.post.put_letter(unit.said("post.put_letter"), here.area, row.id, row.letter, here.at, uuid4()))
        )
        thread, came = at_once(here, confirms(here, one, digest))
    thread.join(30)
    assert isinstance(came[0], ThreefoldError) and "has not been taken in yet" in came[0].sentence


# platform staff


def test_whoever_looks_in_for_the_platform_is_out_when_the_body_leaves(here: Keeper) -> None:
    person = here.database.provision.put_person("ops@service.example", "Ops", "x")
    here.database.provision.put_platform_staff(person, here.at)
    with psycopg.connect(here.database.admin) as connection:
        connection.execute(
            "insert into directory.sign_in_session(token_hash, person_id, created_at, seen_at, expires_at, id, stage, how, device, tries, shown_from) "
            "values ('x', %s, now(), now(), now() + interval '1 hour', %s, 'open', '', '', 0, '{}')", (person, person))  # fmt: skip
        connection.execute(
            "insert into directory.staff_session(id, person_id, body_id, sign_in_id, begins, ends) "
            "values (%s, %s, %s, %s, now() - interval '1 minute', now() + interval '1 hour')", (person, person, here.area, person))  # fmt: skip
    left(here)
    assert here.rows("select 1 from directory.staff_session where ended_at between begins and ends")


# the database


def test_everything_that_is_sealed_and_the_audit_takes_part(here: Keeper) -> None:
    """A new table's migration makes its trigger (`walls.leaving.stays_of`)."""
    asked = ("select c.relname, pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid "
             "where t.tgname = 'body_stays' order by 1")  # fmt: skip
    with psycopg.connect(here.database.admin) as connection:
        live = dict(connection.execute(asked).fetchall())
        assert list(live) == walls_leaving.staying_tables()
        for table in live:
            connection.execute(f"drop trigger body_stays on body.{table}")  # type: ignore[call-overload]
            connection.execute(walls_leaving.stays_of(table))  # type: ignore[call-overload]
        assert dict(connection.execute(asked).fetchall()) == live
        connection.rollback()


def test_keys_are_not_made_anew_for_a_body_that_left(here: Keeper) -> None:
    left(here)
    with psycopg.connect(here.database.admin) as connection, pytest.raises(psycopg.DatabaseError, match="the body has left"):
        connection.execute(
            "insert into body.body_key(tenant_id, key_no, wrapped, created_at) values (%s, 9, 'x', now())", (here.area,)
        )


def test_reading_and_what_is_not_a_change_take_no_part(here: Keeper) -> None:
    case_id = here.notified(happened_on="2020-03-28")
    with here.by_manager() as unit:
        incidents.see_case(unit, case_id)
        held = unit.session.execute(select(func.count()).select_from(AuditEntry)).scalar_one()
        locks = here.rows(
            "select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"
        )
        assert held and not locks
