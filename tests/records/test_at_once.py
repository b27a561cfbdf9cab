"""Somebody writes, takes out or saves while the records of a case are destroyed: they take turns, and whoever is late is told."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from tests.records.keeper import CHILD, Keeper
from tests.records.test_destroying import _until_somebody_waits
from tests.records.test_exporting import asked, content_of
from tests.records.test_in_the_way import due
from tests.reviews.neighbours import GOVERNANCE
from threefold.domain.errors import ThreefoldError
from threefold.governance import drafts
from threefold.governance.replay import Replayed, ReplayResult
from threefold.walls.destroying import RecordsDestroyed
from threefold.walls.refusals import TryAgain
from threefold.work.arrangements import drafting
from threefold.work.arrangements.stories import versions
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import CaseDestroyed
from threefold.work.incidents.tables import Case
from threefold.work.records import stories
from threefold.work.records.stories import exporting
from threefold.work.records.tables import BodyExport
from threefold.work.rehearsal import runs as rehearsal
from threefold.work.rehearsal.tables import RehearsalRun
from threefold.work.reviews import stories as reviews


def agreed(here: Keeper) -> UUID:
    export = asked(here)
    with here.by_lead() as unit:
        exporting.answer_export(unit, export, True)
    return export


def meanwhile(act: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    came: list[object] = []

    def run() -> None:
        try:
            came.append(act())
        except BaseException as error:  # noqa: BLE001  told by the test
            came.append(error)

    return threading.Thread(target=run), came


def state_of(here: Keeper, export: UUID) -> str:
    return str(here.rows("select state from body.body_export where id = %s", export)[0][0])


def test_an_export_that_begins_while_a_case_is_destroyed_holds_nothing_of_it(here: Keeper) -> None:
    case_id = due(here)
    disposal, export = here.proposed(case_id), agreed(here)
    thread, came = meanwhile(here.work)
    with here.by_lead() as unit:
        assert stories.confirm(unit, GOVERNANCE, case_id, disposal)
        thread.start()
        _until_somebody_waits(here)
    thread.join(60)
    assert came and not isinstance(came[0], BaseException)
    archive = zipfile.ZipFile(io.BytesIO(content_of(here, export)))
    assert not [name for name in archive.namelist() if CHILD["name"].encode() in archive.read(name)]


def test_an_export_in_the_making_goes_with_the_case_and_with_all_of_its_parts(here: Keeper) -> None:
    case_id = due(here)
    disposal, export = here.proposed(case_id), agreed(here)

    def destroy() -> UUID | None:
        with here.by_lead() as unit:
            return stories.confirm(unit, GOVERNANCE, case_id, disposal)

    thread, came = meanwhile(destroy)
    with here.unit() as unit:
        assert exporting.begin_export(unit, export)
    with here.unit() as unit:
        exporting.at_one_moment(unit)
        destroyed = exporting.make_export(unit, export, "vale", "Vale", None)
        thread.start()
        _until_somebody_waits(here)
    thread.join(60)
    assert destroyed == 0 and isinstance(came[0], UUID)
    with here.unit() as unit:
        exporting.export_ready(unit, export, destroyed)
    assert state_of(here, export) == "expired"
    assert not here.rows("select 1 from body.export_part")


def test_a_file_of_a_moment_before_a_destruction_is_never_given_out(here: Keeper) -> None:
    """Whatever the row says: held against how many cases had been destroyed."""
    case_id = due(here)
    export = agreed(here)
    with here.unit() as unit:
        exporting.begin_export(unit, export)
    with here.unit() as unit:
        exporting.at_one_moment(unit)
        destroyed = exporting.make_export(unit, export, "vale", "Vale", None)
    here.destroyed(case_id)
    with here.unit() as unit:
        unit.session.execute(update(BodyExport).values(state="running"))
    assert destroyed is not None
    with here.unit() as unit:
        exporting.export_ready(unit, export, destroyed)
    assert state_of(here, export) == "expired"


@pytest.mark.parametrize("what", ["action", "person", "question", "answer"])
def test_who_writes_meanwhile_is_told_in_words(here: Keeper, what: str) -> None:
    case_id = due(here)
    disposal = here.proposed(case_id)
    request = here.rows("select id from body.agency_request where case_id = %s", case_id)[0][0]
    long_ago = here.at.replace(year=2020)

    def write() -> None:
        if what == "answer":  # a link that ended in the moment between
            with here.database.unit(here.area, long_ago) as unit:
                reviews.answer_request(unit, request, "answered", text="Planted late")
            return
        with here.by_manager() as unit:
            if what == "action":
                reviews.add_safety_action(unit, case_id, "Planted late", None, uuid4())
            elif what == "person":
                incidents.add_person(unit, case_id, "other", {"name": "Planted late"})
            else:
                reviews.ask_agency(unit, case_id, "GP", "gp@vale.example", "Planted late", uuid4())

    thread, came = meanwhile(write)
    with here.by_lead() as unit:
        assert stories.confirm(unit, GOVERNANCE, case_id, disposal)
        thread.start()
        _until_somebody_waits(here)
    thread.join(30)
    assert isinstance(came[0], RecordsDestroyed | CaseDestroyed), came
    assert "were destroyed" in came[0].sentence and isinstance(came[0], ThreefoldError)


def test_two_who_lock_each_other_out_are_told_to_try_again(here: Keeper) -> None:
    one, other = here.opened(), here.opened()
    began, go = threading.Event(), threading.Event()

    def touch(first: UUID, second: UUID, mine: threading.Event, theirs: threading.Event) -> None:
        with here.unit() as unit:
            unit.session.execute(update(Case).where(Case.id == first).values(next_who="x"))
            mine.set()
            theirs.wait(10)
            unit.session.execute(update(Case).where(Case.id == second).values(next_who="x"))

    thread, came = meanwhile(lambda: touch(other, one, began, go))
    thread.start()
    try:
        touch(one, other, go, began)
    except BaseException as error:  # noqa: BLE001  either of the two
        came.append(error)
    thread.join(30)
    (told,) = [error for error in came if error is not None]
    assert isinstance(told, TryAgain)


def test_two_who_ask_for_everything_at_once_ask_once(here: Keeper) -> None:
    def ask() -> UUID | None:
        with here.by_manager() as unit:
            return exporting.ask_export(unit, "The area moves.", uuid4())

    thread, came = meanwhile(ask)
    with here.by_manager() as unit:
        assert exporting.ask_export(unit, "The area moves.", uuid4())
        thread.start()
        _until_somebody_waits(here)
    thread.join(30)
    assert isinstance(came[0], ThreefoldError) and "already" in came[0].sentence
    assert len(here.rows("select 1 from body.body_export")) == 1


def test_what_comes_of_a_run_that_a_case_was_in_is_not_kept_once_it_is_destroyed(here: Keeper) -> None:
    case_id = due(here)
    with here.by_manager() as unit:
        draft = drafting.start_draft(unit, drafts.begin_from(versions(unit)[0], "next", "Next"), "what is in force")
        run = rehearsal.ask_run(unit, draft)
        assert rehearsal.begin_run(unit, run)
        seen, _ = rehearsal.some_past(unit, None, 10)
    result = ReplayResult(done=1, differing=[Replayed(case=seen[0].case, state="differs")])  # type: ignore[arg-type]
    here.destroyed(case_id)
    with here.unit() as unit:
        rehearsal.end_run(unit, run, result)
        (row,) = unit.session.scalars(select(RehearsalRun))
        assert row.state == "done" and row.result is None
