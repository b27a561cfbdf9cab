"""What the database refuses of a received case that goes, past every story; and whatever is written of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import DBAPIError

from tests.national.kept import PEOPLE, TWO_YEARS, closed, confirmed, desk_of, destroyed, is_gone, officer, proposed, whole
from tests.records.keeper import Keeper
from tests.records.test_at_once import meanwhile
from tests.records.test_destroying import planted
from tests.reviews.neighbours import GOVERNANCE
from tests.support.database import Database, until_somebody_waits
from threefold.domain.errors import ThreefoldError
from threefold.walls.destroying import signed_order
from threefold.walls.received_guards import ACT, destroy_received, tables_of_received
from threefold.walls.refusals import CannotBeDestroyed, RecordsDestroyed
from threefold.walls.rotation import keys_in_use, reseal_all
from threefold.walls.sealed import SealedValue
from threefold.walls.session import Unit
from threefold.walls.tables import LetterIn, OutboxLetter
from threefold.work.national import keeping, stories
from threefold.work.national.keeping import Received
from threefold.work.national.tables import ReceivedBar, ReceivedCase, Reply
from threefold.work.people.half_written import keep_form
from threefold.work.records.subject_tables import SubjectRequest
from threefold.work.records.tables import BodyExport, Disposal, LegalHold
from threefold.work.reviews import stories as reviews

FAR = date(2200, 1, 1)


@pytest.fixture
def here(database: Database) -> Keeper:
    return desk_of(database, TWO_YEARS)


def due(here: Keeper) -> tuple[Received, UUID]:
    """One whose time has ended, and what two officers decided for it, written past the stories."""
    matter = closed(here)
    here.after(3)
    disposal = proposed(here, matter)
    with officer(here) as unit:
        unit.session.execute(update(Disposal).values(state="confirmed", confirmed_at=unit.at, confirmed_by=PEOPLE[1]))
    return matter, disposal


def by_hand(here: Keeper, matter: Received, disposal: UUID) -> None:
    with officer(here, 1) as unit:
        destroy_received(unit, matter.sender, matter.case_ref, disposal, uuid4())


def row_of(table: Any, unit: Unit, matter: Received) -> dict[str, Any]:
    """A new row of a table that refers to a received case."""
    mine: dict[str, Any] = {
        "tenant_id": unit.scope.body_id,
        "id": uuid4(),
        "sender_id": matter.sender,
        "case_ref": matter.case_ref,
    }
    return mine | {
        LegalHold: {"why": unit.seal(b"x"), "put_at": unit.at, "put_name": "x", "put_as": "x"},
        Disposal: {"outcome": "keep", "keep_until": FAR, "reason": unit.seal(b"x"), "basis": unit.seal(b"x"), "state": "confirmed", "proposed_at": unit.at,
                   "proposed_by": PEOPLE[0], "confirmed_by": PEOPLE[1], "proposed_name": "x", "proposed_as": "x"},
        ReceivedBar: {"person_id": PEOPLE[0], "why": unit.seal(b"x"), "state": "declared", "declared_at": unit.at},
        Reply: {"view": "agree", "national_review": "no", "reason": unit.seal(b"x"), "at": unit.at},
    }[table]  # fmt: skip


def _adds(table: Any, **other: Any) -> Callable[[Unit, Received], None]:
    return lambda unit, matter: unit.session.execute(insert(table).values(row_of(table, unit, matter) | other)) and None


def _asks(unit: Unit, matter: Received) -> None:
    unit.session.execute(insert(SubjectRequest).values(
        tenant_id=unit.scope.body_id, id=uuid4(), reference="x", about=unit.seal(b"x"), state="open", received_on=unit.today, opened_at=unit.at))  # fmt: skip


def _exports(state: str) -> Callable[[Unit, Received], None]:
    def export(unit: Unit, matter: Received) -> None:
        unit.session.execute(insert(BodyExport).values(
            tenant_id=unit.scope.body_id, id=uuid4(), why=unit.seal(b"x"), state=state, asked_at=unit.at, asked_name="x", asked_as="x"))  # fmt: skip

    return export


def _sets(table: Any, **values: Any) -> Callable[[Unit, Received], None]:
    return lambda unit, matter: unit.session.execute(update(table).values(values)) and None


BROKEN: dict[str, tuple[Callable[[Unit, Received], None], str]] = {
    "nobody confirmed": (_sets(Disposal, state="proposed", confirmed_by=None), "Two different people"),
    "it was to be kept": (_sets(Disposal, outcome="keep", keep_until=date(2021, 1, 1)), "Two different people"),
    "nobody proposed": (_sets(Disposal, proposed_by=None), "Two different people"),
    "its end is ahead": (_sets(Disposal, ends_on=FAR), "time for keeping this case has not ended"),
    "it has no end": (_sets(Disposal, ends_on=None), "time for keeping this case has not ended"),
    "it ends before it came": (_sets(Disposal, ends_on=date(2020, 3, 30)), "time for keeping this case has not ended"),
    "it is closed ahead": (_sets(ReceivedCase, closed_on=FAR), "time for keeping this case has not ended"),
    "two people keep it longer": (_adds(Disposal), "time for keeping this case has not ended"),
    "it is open": (_sets(ReceivedCase, closed_on=None), "is not closed"),
    "it was closed again": (_sets(ReceivedCase, closing_no=9), "closed again"),
    "it is held": (_adds(LegalHold), "legal hold stands"),
    "everything is held": (_adds(LegalHold, sender_id=None, case_ref=None), "legal hold stands"),
    "who proposed is kept out": (_adds(ReceivedBar), "kept out of the case"),
    "who confirmed is kept out": (_adds(ReceivedBar, person_id=PEOPLE[1]), "kept out of the case"),
    "somebody asks for their records": (_asks, "asked for their own records"),
    "an export is being made": (_exports("running"), "is being taken out"),
    "an export can be fetched": (_exports("ready"), "is being taken out"),
    "a letter is on its way": (_sets(OutboxLetter, delivered_at=None), "has not been delivered yet"),
    "a letter has no hash": (_sets(OutboxLetter, sha256=""), "has not been delivered yet"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_the_database_itself_refuses(here: Keeper, what: str) -> None:
    matter, disposal = due(here)
    change, told = BROKEN[what]
    with officer(here) as unit:
        change(unit, matter)
    with pytest.raises(CannotBeDestroyed, match=told):
        by_hand(here, matter, disposal)
    assert not is_gone(here, matter) and "received_case.report" in planted(here, here.national)


def test_what_is_only_of_another_case_stands_in_nobody_s_way(here: Keeper) -> None:
    other = whole(here)
    matter, disposal = due(here)
    with officer(here) as unit:
        for table in (LegalHold, ReceivedBar):
            unit.session.execute(insert(table).values(row_of(table, unit, other)))
    by_hand(here, matter, disposal)
    assert is_gone(here, matter) and not is_gone(here, other)


def test_a_worker_or_a_service_whose_clock_runs_ahead_takes_nothing_early(database: Database) -> None:
    """The stories go by their own clock and find that the time has ended; the database does not."""
    here = desk_of(database, TWO_YEARS | {"amount": 200})
    matter = closed(here)
    here.at = here.at.replace(year=2221)
    disposal = proposed(here, matter)
    with pytest.raises(CannotBeDestroyed, match="has not ended"):
        confirmed(here, matter, disposal)
    assert not is_gone(here, matter)


def test_an_order_that_the_service_did_not_sign_or_for_another_case_does_nothing(here: Keeper) -> None:
    other = closed(here)
    matter, disposal = due(here)

    def tried(unit: Unit, order: str) -> None:
        unit.session.execute(select(func.walls.destroy_received(order, matter.sender, matter.case_ref, uuid4(), unit.at)))

    handed = f"{matter.sender}/{matter.case_ref}"
    for act, named in ((ACT, f"{other.sender}/{other.case_ref}"), ("destroy", handed), ("leave", handed)):
        with officer(here) as unit, pytest.raises(DBAPIError, match="not signed by the service"):
            tried(unit, signed_order(unit, act, disposal, named))
    with officer(here) as unit, pytest.raises(DBAPIError, match="not signed by the service"):
        tried(unit, f"{signed_order(unit, ACT, disposal, handed)[:-64]}{'0' * 64}")
    with officer(here) as one, officer(here) as unit:
        with pytest.raises(DBAPIError, match="not signed by the service"):
            tried(unit, signed_order(one, ACT, disposal, handed))
        unit.session.rollback()
    assert not is_gone(here, matter)


def test_the_running_role_marks_none_as_destroyed_and_empties_none(here: Keeper) -> None:
    matter, _ = due(here)
    empty = {"notification": SealedValue(b""), "report": SealedValue(b""), "happened_on": None, "happened_in": ""}
    mine = update(ReceivedCase).where(ReceivedCase.case_ref == matter.case_ref)
    with pytest.raises(CannotBeDestroyed, match="Two different people"), officer(here) as unit:
        unit.session.execute(mine.values(destroyed_at=unit.at, **empty))
    with pytest.raises(DBAPIError, match="emptied_as_a_whole"), officer(here) as unit:
        unit.session.execute(mine.values(empty))
    with pytest.raises(CannotBeDestroyed, match="Two different people"), officer(here) as unit:
        unit.session.execute(insert(ReceivedCase).values(
            tenant_id=here.national, sender_id=here.area, case_ref=uuid4(), sender_name="x", reference="x", route="letter", nature="death", forms=1,
            notified_on=unit.today, received_at=unit.at, closed_on=unit.today, destroyed_at=unit.at, **empty))  # fmt: skip


@pytest.mark.parametrize("table", [LegalHold, Disposal, ReceivedBar, Reply], ids=lambda t: t.__tablename__)
def test_no_row_is_added_to_it_afterwards(here: Keeper, table: Any) -> None:
    matter, disposal = due(here)
    by_hand(here, matter, disposal)
    with pytest.raises(RecordsDestroyed, match="destroyed meanwhile"), officer(here) as unit:
        unit.session.execute(insert(table).values(row_of(table, unit, matter)))


@pytest.mark.parametrize("what", ["bar", "hold", "disposal", "moved in", "row", "taken back", "form"])
def test_nothing_of_it_is_changed_afterwards(here: Keeper, what: str) -> None:
    other = whole(here)
    matter, disposal = due(here)
    by_hand(here, matter, disposal)
    mine = ReceivedCase.case_ref == matter.case_ref
    with pytest.raises(RecordsDestroyed, match="destroyed meanwhile"), officer(here) as unit:
        if what == "form":
            keep_form(
                unit, f"/b/nation/desk/{str(here.area).upper()}/{str(matter.case_ref).upper()}/reply", [("reason", "Planted")]
            )
            return
        unit.session.execute({
            "bar": update(ReceivedBar).where(ReceivedBar.case_ref == matter.case_ref).values(why=unit.seal(b"x")),
            "hold": update(LegalHold).where(LegalHold.case_ref == matter.case_ref).values(why=unit.seal(b"x")),
            "disposal": update(Disposal).where(Disposal.case_ref == matter.case_ref).values(reason=unit.seal(b"x")),
            "moved in": update(ReceivedBar).where(ReceivedBar.case_ref == other.case_ref).values(case_ref=matter.case_ref),
            "row": update(ReceivedCase).where(mine).values(notification=unit.seal(b"x")),
            "taken back": update(ReceivedCase).where(mine).values(destroyed_at=None, notification=unit.seal(b"x")),
        }[what])  # fmt: skip


@pytest.mark.parametrize("what", ["reply", "hold", "form", "conflict"])
def test_who_writes_of_it_at_the_same_moment_waits_and_is_refused(here: Keeper, what: str) -> None:
    matter, disposal = due(here)

    def write() -> None:
        with officer(here, 2) as unit:
            if what == "form":
                keep_form(unit, f"/b/nation/desk/{here.area}/{matter.case_ref}/reply", [("reason", "Planted late")])
            elif what == "hold":
                keeping.hold_received(unit, matter, "Planted late", uuid4())
            else:
                table = Reply if what == "reply" else ReceivedBar
                unit.session.execute(insert(table).values(row_of(table, unit, matter)))

    thread, came = meanwhile(write)
    with officer(here, 1) as unit:
        destroy_received(unit, matter.sender, matter.case_ref, disposal, uuid4())
        thread.start()
        until_somebody_waits(here.database)
    thread.join(30)
    assert isinstance(came[0], RecordsDestroyed), came
    assert not planted(here, here.national)


def test_a_hold_that_was_put_first_is_seen_by_who_destroys_at_the_same_moment(here: Keeper) -> None:
    matter, disposal = due(here)
    thread, came = meanwhile(lambda: by_hand(here, matter, disposal))
    with officer(here) as unit:
        keeping.hold_received(unit, None, "An inquiry", uuid4())
        thread.start()
        until_somebody_waits(here.database)
    thread.join(30)
    assert isinstance(came[0], ThreefoldError) and "hold stands" in came[0].sentence
    assert not is_gone(here, matter)


def test_a_letter_that_waited_for_the_destruction_is_sealed_away(here: Keeper) -> None:
    matter, disposal = due(here)
    with here.by_manager() as unit:
        reviews.decide_local_review(unit, GOVERNANCE, matter.case_ref, "yes", "Planted late", here.national, uuid4())
    thread, came = meanwhile(here.work)
    with officer(here, 1) as unit:
        destroy_received(unit, matter.sender, matter.case_ref, disposal, uuid4())
        thread.start()
        until_somebody_waits(here.database)
    thread.join(60)
    assert set(came[0]) == {"done"}, came
    assert not planted(here, here.national) and is_gone(here, matter)


def test_of_two_areas_with_one_number_only_the_sender_s_letters_go(here: Keeper) -> None:
    """A case's number is the area's own: another area may use it too, and its case and letters are another's."""
    another = here.database.body("dale", national="nation")
    matter, disposal = due(here)
    with officer(here) as unit:
        unit.session.execute(insert(ReceivedCase).values(
            tenant_id=here.national, sender_id=another, case_ref=matter.case_ref, sender_name="x", reference="x", route="letter", nature="death", forms=1,
            notified_on=unit.today, received_at=unit.at, notification=unit.seal(b"Planted elsewhere")))  # fmt: skip
        unit.session.execute(insert(LetterIn).values(
            tenant_id=here.national, id=uuid4(), sender_id=another, type="x", case_ref=matter.case_ref, seq=1, written_at=unit.at, arrived_at=unit.at,
            state="in_effect", sha256="x", content=unit.seal(b"Planted elsewhere")))  # fmt: skip
        unit.session.execute(insert(OutboxLetter).values(
            tenant_id=here.national, id=uuid4(), receiver_id=another, type="x", case_ref=matter.case_ref, seq=1, written_at=unit.at, delivered_at=None,
            letter=b"x", copy=unit.seal(b"Planted elsewhere"), sha256="x"))  # fmt: skip
        keep_form(unit, f"/b/nation/desk/{another}/{matter.case_ref}/reply", [("reason", "Planted elsewhere")])
    by_hand(here, matter, disposal)
    assert planted(here, here.national) == {
        "received_case.notification",
        "letter_in.content",
        "outbox_letter.copy",
        "form_draft.content",
    }


def test_the_digest_is_that_of_what_stood_there(here: Keeper) -> None:
    matter, disposal = due(here)
    lines = _lines(here, matter)
    with officer(here, 1) as unit:
        came = destroy_received(unit, matter.sender, matter.case_ref, disposal, uuid4())
    assert came.digest == sha256("\n".join(lines).encode()).hexdigest()


def _lines(here: Keeper, matter: Received) -> list[str]:
    """As the owner's function writes them: each table by name and the case's own row last, each row by its key, the digest of each value."""

    def digest(value: Any) -> str:
        return "-" if value is None else sha256(bytes(value)).hexdigest()

    found: list[str] = []
    places = [
        ("disposal", ["id"], ["reason", "basis", "answer"]), ("legal_hold", ["id"], ["why", "lifted_why"]), ("panel_reply", ["id"], ["reason"]),
        ("received_bar", ["id"], ["why", "decision"]), ("received_case", ["sender_id", "case_ref"], ["notification", "report"]),
        ("outbox_letter", ["id"], ["letter", "copy"]), ("letter_in", ["id"], ["content"]),
    ]  # fmt: skip
    with psycopg.connect(here.database.admin) as connection:
        for table, key, columns in places:
            whose = "receiver_id" if table == "outbox_letter" else "sender_id"
            rows = connection.execute(
                f"select {', '.join(key)}, {', '.join(columns)} from body.{table} where tenant_id = %s and {whose} = %s and case_ref = %s",  # type: ignore[call-overload]
                (here.national, matter.sender, matter.case_ref),
            ).fetchall()
            told = [("/".join(str(v) for v in row[: len(key)]), [digest(v) for v in row[len(key) :]]) for row in rows]
            found += [f"{table} {name} {' '.join(values)}" for name, values in sorted(told)]
    return found


def test_keys_are_rotated_past_it_and_what_is_closed_stays_closed(here: Keeper) -> None:
    matter, other = closed(here), closed(here)
    here.after(3)
    destroyed(here, matter)
    with here.database.unit(here.national, here.at) as unit:
        here.database.walls.add_keys(unit)
    came = reseal_all(lambda: here.database.unit(here.national, here.at), also_added_to=False)
    with officer(here) as unit:
        assert came.broken == {} and set(keys_in_use(unit)) <= {1, 2}
        assert keeping.see_received_kept(unit, GOVERNANCE, here.area, other.case_ref) is not None
        assert len(stories.desk(unit)) == 2


def test_every_table_that_refers_to_a_received_case_is_guarded(here: Keeper) -> None:
    """A new table joins the destruction by itself; its migration makes the guard (`walls.received_guards.received_guard_of`)."""
    found = here.rows(
        "select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'received_stands'"
    )
    assert {row[0] for row in found} == set(tables_of_received()) == {"disposal", "legal_hold", "panel_reply", "received_bar"}
