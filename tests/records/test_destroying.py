"""Destroying the records of a case: two people, no hold, gone wherever it stood, counts and the audit's chain still right."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from tests.records.keeper import Keeper
from tests.reviews.neighbours import GOVERNANCE
from threefold.domain.errors import ThreefoldError
from threefold.exchange.letters import Draft, SealedLetter, open_letter
from threefold.walls.audit.anchors import Anchors
from threefold.walls.audit.sealing import seal_some
from threefold.walls.audit.verifying import verify
from threefold.walls.destroying import CannotBeDestroyed, RecordsDestroyed, destroy_case, guarded_tables
from threefold.walls.rotation import keys_in_use, reseal_all, sealed_tables
from threefold.walls.session import SYSTEM, Scope
from threefold.walls.tables import LetterIn, OutboxLetter, PostedLetter
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.person_index import has_unindexed
from threefold.work.incidents.records import CaseDestroyed
from threefold.work.incidents.stories import Sought
from threefold.work.incidents.tables import Case, CasePerson, CaseRecord, PersonIndex
from threefold.work.national import stories as national
from threefold.work.records import stories
from threefold.work.records.tables import Destruction, Disposal
from threefold.work.reviews import stories as reviews


def readable(here: Keeper, body: UUID | None = None) -> Iterator[tuple[str, bytes]]:
    """Everything that the body's keys open, wherever it stands: sealed columns, letters sent to it and by it."""
    body = body or here.area
    with here.database.walls.open(Scope(body), actor=SYSTEM, purpose="test", at=here.at) as unit:
        for table, columns in sealed_tables():
            for column in columns if table.name != "body_key" else ():
                for value in (
                    unit.session.connection()
                    .execute(select(column).where(table.c.tenant_id == body, column.is_not(None)))
                    .scalars()
                ):
                    if value.raw:
                        yield f"{table.name}.{column.name}", unit.open_sealed(value)
        for raw in unit.session.scalars(select(PostedLetter.letter).where(PostedLetter.receiver_id == body)):
            if raw:
                letter = SealedLetter.from_bytes(bytes(raw))
                yield (
                    "post.letter",
                    repr(open_letter(letter, unit.walls.letter_keys(unit, letter.envelope.seal_key_no))).encode(),
                )


def planted(here: Keeper, body: UUID | None = None) -> set[str]:
    return {where for where, told in readable(here, body) if b"Planted" in told}


def counts(here: Keeper) -> dict[str, int]:
    with here.unit() as unit:
        return {
            name: unit.session.execute(select(func.count()).select_from(model)).scalar_one()
            for name, model in {"cases": Case, "records": CaseRecord, "people": CasePerson, "letters": OutboxLetter, "in": LetterIn}.items()
        }  # fmt: skip


def test_everything_of_the_case_is_gone_wherever_it_stood_and_nothing_of_another(here: Keeper) -> None:
    case_id, other = here.whole_case(), here.whole_case()
    here.closed(case_id)
    assert {"case_person.details", "case_record.facts", "decision.reasons", "agency_request.asked", "safety_action.action", "form_draft.content",
            "outbox_letter.copy", "letter_in.content", "post.letter"} <= planted(here)  # fmt: skip
    before = counts(here)
    hashes = set(here.rows("select id, sha256 from body.letter_in where tenant_id = %s", here.area))
    alone = sorted(told for _, told in readable(here))
    here.after(11)
    here.destroyed(case_id)
    left = sorted(told for _, told in readable(here))
    assert len(left) < len(alone) and counts(here) == before
    assert set(here.rows("select id, sha256 from body.letter_in where tenant_id = %s", here.area)) == hashes
    # Nothing that is left is about that case: every table that has a case has nothing sealed for it any more.
    for table in guarded_tables():
        columns = [c.name for t, found in sealed_tables() if t.name == table for c in found]
        for column in columns:
            assert not here.rows(f"select 1 from body.{table} where case_id = %s and length({column}) > 0", case_id), (
                table,
                column,
            )
    assert not here.rows("select 1 from body.person_index where case_id = %s", case_id)
    assert not here.rows("select 1 from body.form_draft where form like %s", f"%{case_id}%")
    for statement in (
        "select 1 from body.outbox_letter where tenant_id = %s and case_ref = %s and (length(letter) > 0 or length(copy) > 0 or sha256 = '')",
        "select 1 from body.letter_in where tenant_id = %s and case_ref = %s and content is not null",
        "select 1 from post.letter l join body.letter_in i on i.id = l.id and i.tenant_id = l.receiver_id "
        "where i.tenant_id = %s and i.case_ref = %s and length(l.letter) > 0",
    ):
        assert not here.rows(statement, here.area, case_id)
    with here.unit() as unit:
        assert incidents.people(unit, other)[0].details["name"] == "Zephyrine Planted"
        assert [f.case_id for f in incidents.find_people(unit, Sought(name="Planted"))[0]] == [other]
        assert reviews.panel_replies(unit, other)[0]["reason"] == "Planted reply"
    assert "form_draft.content" in planted(here)
    # What the other body was sent stays that body's record.
    assert "received_case.report" in planted(here, here.national)


def test_the_case_s_row_and_certificate_stay_and_every_way_in_says_so(here: Keeper) -> None:
    case_id = here.closed(here.whole_case())
    here.after(11)
    certificate = here.destroyed(case_id)
    with here.unit() as unit:
        (line,) = incidents.list_cases(unit)[0]
        assert (line.status, line.next_due_on) == ("no_local_review", None)
        found, proof = stories.see_certificate(unit, case_id)
        assert (found.id, found.rule_said) == (
            certificate,
            "Every closed case: kept for 10 years from the day the case was closed.",
        )
        assert (found.version, found.proposed_as, found.confirmed_as) == (
            "one",
            "Business manager",
            "Lead safeguarding partner or delegate",
        )
        assert found.counts["case_person"] == 1 and found.counts["case_record"] > 3
        assert "Planted" not in repr(found) and proof.holds is None
        seal_some(unit)
    with here.unit() as unit:
        _, proof = stories.see_certificate(unit, case_id)
        assert proof.holds is True and proof.link
        for act in (incidents.see_case, incidents.see_opening, stories.open_again):
            with pytest.raises(CaseDestroyed):
                act(unit, case_id, *([uuid4()] if act is stories.open_again else []))  # type: ignore[operator]


def test_a_certificate_that_somebody_changed_is_told(here: Keeper) -> None:
    case_id = here.closed(here.whole_case())
    here.after(11)
    here.destroyed(case_id)
    with here.unit() as unit:
        seal_some(unit)
    with psycopg.connect(here.database.admin) as connection:
        connection.execute("update body.destruction set digest = repeat('0', 64)")
    with here.unit() as unit:
        assert stories.see_certificate(unit, case_id)[1].holds is False


def test_the_audit_s_chain_still_verifies(here: Keeper, tmp_path: Any) -> None:
    case_id = here.closed(here.whole_case())
    with here.unit() as unit:
        seal_some(unit)
    here.after(11)
    here.destroyed(case_id)
    with here.unit() as unit:
        seal_some(unit)
        key = here.database.walls.audit_key(unit)
    report = verify(lambda: here.unit(), key, "vale", Anchors(tmp_path))
    assert report.count == 0 and report.links == report.entries


def test_the_digest_is_that_of_what_stood_there(here: Keeper) -> None:
    """Whoever has a copy from before can show that it is what was destroyed."""
    case_id = here.closed(here.whole_case())
    here.after(11)
    disposal = here.proposed(case_id)
    with here.by_lead() as unit:
        unit.session.execute(
            update(Disposal)
            .where(Disposal.id == disposal)
            .values(state="confirmed", confirmed_at=unit.at, confirmed_by=here.lead)
        )
    lines = _lines(here, case_id)
    with here.by_lead() as unit:
        came = destroy_case(unit, case_id, disposal, uuid4())
    assert came.digest == sha256("\n".join(lines).encode()).hexdigest()


def _lines(here: Keeper, case_id: UUID) -> list[str]:
    """As the owner's function writes them: each table by name, each row by its key, the digest of each sealed value."""

    def digest(value: Any) -> str:
        return "-" if value is None else sha256(bytes(value)).hexdigest()

    found: list[str] = []
    with psycopg.connect(here.database.admin) as connection:
        keys = {"case_record": ["case_id", "no"], "subject_item": ["request_id", "no"]}
        for table in guarded_tables():
            unique = {"token_hash"}
            columns = [r[0] for r in connection.execute(
                "select column_name from information_schema.columns where table_schema = 'body' and table_name = %s and data_type = 'bytea' "
                "order by ordinal_position", (table,)).fetchall() if r[0] not in unique]  # fmt: skip
            key = keys.get(table, ["id"])
            rows = connection.execute(
                f"select {', '.join(key)}, {', '.join(columns)} from body.{table} where case_id = %s", (case_id,)
            ).fetchall()  # type: ignore[call-overload]
            told = [("/".join(str(v) for v in row[: len(key)]), [digest(v) for v in row[len(key) :]]) for row in rows]
            found += [f"{table} {name} {' '.join(values)}" for name, values in sorted(told)]
        for table, columns in (("outbox_letter", ["letter", "copy"]), ("letter_in", ["content"])):
            rows = connection.execute(
                f"select id, {', '.join(columns)} from body.{table} where tenant_id = %s and case_ref = %s order by id", (here.area, case_id)).fetchall()  # type: ignore[call-overload]  # fmt: skip
            found += [f"{table} {row[0]} {' '.join(digest(v) for v in row[1:])}" for row in rows]
    return found


def test_nobody_confirms_what_they_proposed_and_only_a_lead_confirms(here: Keeper) -> None:
    case_id = here.closed(here.whole_case())
    here.after(11)
    disposal = here.proposed(case_id)
    with pytest.raises(ThreefoldError, match="You proposed this yourself"), here.by_lead(here.manager) as unit:
        stories.confirm(unit, GOVERNANCE, case_id, disposal)
    with (
        pytest.raises(ThreefoldError, match="A lead of a partner confirms"),
        here.database.unit(here.area, here.at, person=uuid4()) as unit,
    ):
        stories.confirm(unit, GOVERNANCE, case_id, disposal)
    assert "case_person.details" in planted(here)


def test_before_the_time_or_without_a_rule_or_while_a_hold_stands_nothing_is_proposed(here: Keeper) -> None:
    case_id = here.closed(here.whole_case())
    for years, hold, told in ((9, False, "has not ended: it ends on 6 April 2030"), (2, True, "A legal hold stands")):
        here.after(years)
        if hold:
            with here.by_manager() as unit:
                stories.put_hold(unit, None, "An inquiry asked.", uuid4())
        with pytest.raises(ThreefoldError, match=told):
            here.proposed(case_id)


def test_a_hold_put_after_the_proposal_bars_the_confirmation(here: Keeper) -> None:
    case_id = here.closed(here.whole_case())
    here.after(11)
    disposal = here.proposed(case_id)
    with here.by_manager() as unit:
        hold = stories.put_hold(unit, case_id, "A claim was made.", uuid4())
    with pytest.raises(ThreefoldError, match="A legal hold stands"), here.by_lead() as unit:
        stories.confirm(unit, GOVERNANCE, case_id, disposal)
    with here.by_manager() as unit:
        assert hold is not None
        stories.lift_hold(unit, hold, case_id, "The claim was withdrawn.")
    with here.by_lead() as unit:
        assert stories.confirm(unit, GOVERNANCE, case_id, disposal)


def test_the_database_itself_refuses_without_two_people_with_a_hold_or_an_open_case(here: Keeper) -> None:
    """Past every story: what the running role may ask of the owner's function, in whatever state the rows are."""
    case_id = here.closed(here.whole_case())
    here.after(11)
    disposal = here.proposed(case_id)
    with here.by_lead() as unit:  # everything that a certificate tells is there, so that nothing else refuses
        unit.session.execute(update(Disposal).values(confirmed_by=here.manager, confirmed_at=unit.at))
    with here.by_lead() as unit, pytest.raises(CannotBeDestroyed, match="Two different people"):
        destroy_case(unit, case_id, disposal, uuid4())
    with here.by_lead() as unit, pytest.raises(DBAPIError, match="two_people"):
        unit.session.execute(update(Disposal).values(state="confirmed", confirmed_by=here.manager))
    with here.by_lead() as unit:
        unit.session.execute(update(Disposal).values(state="confirmed", confirmed_by=here.lead, confirmed_at=unit.at))
    with here.by_manager() as unit:
        hold = stories.put_hold(unit, None, "An inquiry asked.", uuid4())
    with here.by_lead() as unit, pytest.raises(CannotBeDestroyed, match="A legal hold stands"):
        destroy_case(unit, case_id, disposal, uuid4())
    with here.by_manager() as unit:
        assert hold is not None
        stories.lift_hold(unit, hold, None, "It ended.")
        unit.session.execute(update(Case).values(head_no=Case.head_no + 1))  # changed after it was closed
    with here.by_lead() as unit, pytest.raises(CannotBeDestroyed, match="not closed"):
        destroy_case(unit, case_id, disposal, uuid4())
    assert "case_person.details" in planted(here)


def test_an_order_that_the_service_did_not_sign_does_nothing(here: Keeper) -> None:
    case_id = here.closed(here.whole_case())
    here.after(11)
    disposal = here.proposed(case_id)
    with here.by_lead() as unit:
        unit.session.execute(update(Disposal).values(state="confirmed", confirmed_by=here.lead, confirmed_at=unit.at))
    digest = sha256(b"[]").hexdigest()
    # With everything as it should be, and another signature.
    with here.by_lead() as unit, pytest.raises(DBAPIError, match="not signed by the service"):
        driver: Any = unit.session.connection().connection.driver_connection
        order = unit.session.key.order("destroy", here.area, disposal, driver.info.backend_pid, time.time(), digest)
        unit.session.execute(select(func.walls.destroy_case(f"{order[:-64]}{'0' * 64}", case_id, uuid4(), unit.at, "[]")))
    for order in ("", f"destroy.{here.area}.{disposal}.9999999999.0.{digest}.1.{'0' * 64}"):
        with here.by_lead() as unit, pytest.raises(DBAPIError, match="not signed by the service"):
            unit.session.execute(select(func.walls.destroy_case(order, case_id, uuid4(), unit.at, "[]")))
    # An order that was overheard on another connection, or for other values, is for those alone.
    with here.by_lead() as one, here.by_lead() as unit:
        driver = one.session.connection().connection.driver_connection
        order = one.session.key.order("destroy", here.area, disposal, driver.info.backend_pid, time.time(), digest)
        with pytest.raises(DBAPIError, match="not signed by the service"):
            unit.session.execute(select(func.walls.destroy_case(order, case_id, uuid4(), unit.at, "[]")))
        unit.session.rollback()
        with pytest.raises(DBAPIError, match="not signed by the service"):
            one.session.execute(select(func.walls.destroy_case(order, case_id, uuid4(), one.at, "[ ]")))
        one.session.rollback()


def test_the_running_role_writes_no_certificate_and_empties_no_record(here: Keeper) -> None:
    case_id = here.closed(here.whole_case())
    with here.unit() as unit, pytest.raises(DBAPIError, match="permission denied"):
        unit.session.execute(update(CaseRecord).where(CaseRecord.case_id == case_id).values(no=9))
    with here.unit() as unit, pytest.raises(DBAPIError, match="permission denied"):
        unit.session.execute(Destruction.__table__.insert().values(  # type: ignore[attr-defined]
            tenant_id=here.area, id=uuid4(), case_id=case_id, disposal_id=uuid4(), at=unit.at, reference="", closed_on=unit.today, version="", rule="",
            rule_said="", proposed_at=unit.at, proposed_by=uuid4(), proposed_name="", proposed_as="", confirmed_at=unit.at, confirmed_by=uuid4(),
            confirmed_name="", confirmed_as="", counts={}, digest=""))  # fmt: skip


@pytest.mark.parametrize("first", ["hold", "destroy"])
def test_a_hold_and_a_destruction_at_once_take_turns(here: Keeper, first: str) -> None:
    """Whichever comes first counts: a hold that was there bars it, and of what is destroyed nobody is told that it is held."""
    case_id = here.closed(here.whole_case())
    here.after(11)
    disposal = here.proposed(case_id)
    came: dict[str, Any] = {}

    def hold() -> None:
        try:
            with here.by_manager() as unit:
                came["hold"] = stories.put_hold(unit, case_id, "A claim was made.", uuid4())
        except ThreefoldError as error:
            came["hold"] = error

    def destroy() -> None:
        try:
            with here.by_lead() as unit:
                came["destroy"] = stories.confirm(unit, GOVERNANCE, case_id, disposal)
        except ThreefoldError as error:
            came["destroy"] = error

    begin, other = (hold, destroy) if first == "hold" else (destroy, hold)
    holder = here.by_manager if first == "hold" else here.by_lead
    thread = threading.Thread(target=other)
    with holder() as unit:
        if first == "hold":
            stories.put_hold(unit, case_id, "A claim was made.", uuid4())
        else:
            stories.confirm(unit, GOVERNANCE, case_id, disposal)
        thread.start()
        _until_somebody_waits(here)
    thread.join(30)
    assert begin.__name__ == first
    if first == "hold":
        assert isinstance(came["destroy"], ThreefoldError) and "hold stands" in came["destroy"].sentence
        assert "case_person.details" in planted(here)
    else:
        assert isinstance(came["hold"], ThreefoldError)
        assert not here.rows("select 1 from body.legal_hold")


def test_a_hold_on_everything_and_a_destruction_at_once_take_turns(here: Keeper) -> None:
    """A hold that names no case has no row in common with the destruction: they take turns all the same."""
    case_id = here.closed(here.whole_case())
    here.after(11)
    disposal = here.proposed(case_id)
    came: list[BaseException | UUID | None] = []

    def destroy() -> None:
        try:
            with here.by_lead() as unit:
                came.append(stories.confirm(unit, GOVERNANCE, case_id, disposal))
        except ThreefoldError as error:
            came.append(error)

    thread = threading.Thread(target=destroy)
    with here.by_manager() as unit:
        stories.put_hold(unit, None, "An inquiry began.", uuid4())
        thread.start()
        _until_somebody_waits(here)
    thread.join(30)
    assert isinstance(came[0], ThreefoldError) and "hold stands" in came[0].sentence
    assert "case_person.details" in planted(here)


def _until_somebody_waits(here: Keeper) -> None:
    until = time.monotonic() + 20
    with psycopg.connect(here.database.admin, autocommit=True) as connection:
        while time.monotonic() < until and not connection.execute(
            "select 1 from pg_locks where not granted and database = (select oid from pg_database where datname = current_database()) or "
            "(not granted and locktype = 'transactionid')").fetchone():  # fmt: skip
            pass


@pytest.mark.parametrize("how", ["add", "change"])
def test_nothing_is_written_of_it_any_more_and_who_writes_meanwhile_is_refused(here: Keeper, how: str) -> None:
    case_id = here.closed(here.whole_case())
    here.after(11)
    disposal = here.proposed(case_id)
    came: list[BaseException | None] = []

    def write() -> None:
        try:
            with here.unit() as unit:
                late = unit.seal_json({"name": "Planted late"})
                if how == "add":
                    unit.session.add(CasePerson(id=uuid4(), case_id=case_id, part="other", details=late, added_at=unit.at))
                else:
                    unit.session.execute(update(CasePerson).where(CasePerson.case_id == case_id).values(details=late))
                unit.session.flush()
        except BaseException as error:  # noqa: BLE001  told by the test
            came.append(error)

    thread = threading.Thread(target=write)
    with here.by_lead() as unit:
        stories.confirm(unit, GOVERNANCE, case_id, disposal)
        thread.start()
        _until_somebody_waits(here)
    thread.join(30)
    assert came and "were destroyed" in str(came[0])
    assert not planted(here)
    assert isinstance(came[0], RecordsDestroyed)
    with here.unit() as unit, pytest.raises(RecordsDestroyed, match="were destroyed"):
        unit.session.execute(update(Case).where(Case.id == case_id).values(destroyed_at=None))


def test_a_letter_that_comes_afterwards_is_sealed_away(here: Keeper) -> None:
    case_id = here.closed(here.whole_case())
    here.after(11)
    here.destroyed(case_id)
    with here.desk() as unit:
        national.reply(unit, here.area, case_id, "query", "no", "Planted late reply", uuid4())
    assert set(here.work()) == {"done"}
    assert not planted(here)


def test_a_letter_that_comes_while_it_is_destroyed_is_sealed_away_too(here: Keeper) -> None:
    case_id = here.closed(here.whole_case())
    here.after(11)
    disposal = here.proposed(case_id)
    with here.desk() as unit:
        national.reply(unit, here.area, case_id, "query", "no", "Planted late reply", uuid4())
        letter = unit.session.scalars(select(OutboxLetter.id).where(OutboxLetter.delivered_at.is_(None))).one()
    here.bench.post.deliver(here.national, letter, here.at)
    told: list[str] = []
    thread = threading.Thread(target=lambda: told.extend(here.work()))
    with here.by_lead() as unit:
        stories.confirm(unit, GOVERNANCE, case_id, disposal)
        thread.start()
        _until_somebody_waits(here)
    thread.join(30)
    assert set(told) == {"done"} and not planted(here)
    assert here.rows("select state, content from body.letter_in where id = %s", letter) == [("in_effect", None)]
    assert here.rows("select length(letter) from post.letter where id = %s", letter) == [(0,)]


def test_a_letter_on_its_way_is_waited_for(here: Keeper) -> None:
    case_id = here.whole_case()
    with here.by_manager() as unit:
        content = unit.open_json(
            unit.session.scalars(select(OutboxLetter.copy).where(OutboxLetter.type == "rapid_review_report")).one()
        )
        unit.send(Draft("rapid_review_report", case_id, content), here.national)
    here.closed(case_id)
    here.after(11)
    disposal = here.proposed(case_id)
    with pytest.raises(ThreefoldError, match="has not been delivered"), here.by_lead() as unit:
        stories.confirm(unit, GOVERNANCE, case_id, disposal)
    here.work()
    with here.by_lead() as unit:
        assert stories.confirm(unit, GOVERNANCE, case_id, disposal)


def test_keys_are_rotated_past_what_was_destroyed_and_the_index_leaves_it_out(here: Keeper) -> None:
    case_id = here.closed(here.whole_case())
    here.after(11)
    here.destroyed(case_id)
    with here.unit() as unit:
        here.database.walls.add_keys(unit)
    came = reseal_all(lambda: here.unit(), also_added_to=False)
    with here.unit() as unit:
        assert came.broken == {} and set(keys_in_use(unit)) <= {1, 2}
        assert not has_unindexed(unit)
        assert unit.session.execute(select(func.count()).select_from(PersonIndex)).scalar_one() == 0


def test_every_table_that_refers_to_a_case_and_has_something_sealed_is_guarded(here: Keeper) -> None:
    """A new table joins the destruction by itself; its migration makes the guard (`walls.destroying.guard_of`)."""
    found = {
        row[0]
        for row in here.rows(
            "select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'case_stands'"
        )
    }
    assert found == {*guarded_tables(), "meeting_case"}  # what a meeting says of a case is in the meeting's record
    assert {"case_record", "case_person", "decision", "agency_request"} <= found


# What is sealed and refers to no case, and why it is not destroyed with one: or how it is.
APART = {
    "body_key": "the keys", "form_draft": "by the address of its page", "letter_in": "by the case it is about", "outbox_letter": "by the case it is about",
    "meeting_record": "the item of the case, by tests/meetings", "rehearsal_run": "by its own story", "received_case": "another body's case: its own record",
    "panel_reply": "of another body's case", "draft_signature": "an arrangement",
    "body_export": "what it was for", "body_leaving": "why the body leaves", "subject_request": "a record of its own, with its own time", "subject_question": "of such a request", "export_part": "every file goes, by its own story",
    "received_bar": "of another body's case", "staff_access": "why somebody of the platform looked in",
}  # fmt: skip


def test_whatever_is_sealed_goes_with_its_case_or_is_known_not_to(here: Keeper) -> None:
    assert {table.name for table, _ in sealed_tables()} == {*guarded_tables(), *APART}
