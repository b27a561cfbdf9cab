"""Requests for one's own records go by themselves when their time has ended: emptied as a whole, in turn with holds, and the fact stays."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from tests.governance.test_decide import arrangement
from tests.records.ended import TWO_YEARS, by_hand, closed, day_by_day, is_gone, left_of, row
from tests.records.keeper import TEN_YEARS, Keeper, keeper, keeping
from tests.records.test_asking import opened
from tests.records.test_at_once import agreed, meanwhile
from tests.records.test_destroying import _until_somebody_waits, planted
from tests.records.test_exporting import content_of
from tests.records.test_exporting import made as export_made
from tests.reviews.neighbours import GOVERNANCE, PARTNERS, SEATS, USES
from tests.support.database import Database
from threefold.doors.worker.ended_requests import end_requests
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.walls.destroying import in_turn
from threefold.walls.refusals import CannotBeDestroyed
from threefold.work.arrangements.stories import enter_version
from threefold.work.records import stories
from threefold.work.records.stories import answering, ending, exporting
from threefold.work.records.subject_tables import SubjectItem, SubjectRequest


@pytest.fixture
def here(database: Database) -> Keeper:
    return keeper(database, TEN_YEARS, TWO_YEARS)


def test_what_is_in_it_goes_on_its_day_and_the_fact_stays(here: Keeper) -> None:
    request = closed(here)
    of_things = "select no, case_id, place, title, decision, ground, decided_at from body.subject_item order by no"
    before, things = row(here, request), here.rows(of_things)
    assert before["about"] and before["answer"] and before["extended_why"] and left_of(here, request) > len(things)
    other = opened(here)  # open, and so not asked about
    here.later(days=729)
    assert day_by_day(here) == [] and not is_gone(here, request)
    here.later(days=1)
    assert day_by_day(here) == ["done"]
    after = row(here, request)
    assert left_of(here, request) == 0 and not is_gone(here, other) and row(here, other)["about"]
    assert (after["destroyed_at"], after["kept_until"]) == (here.at, here.at.date())
    assert (after["version"], after["rule"]) == ("one", "keeping/own")
    assert (
        after["rule_said"]
        == "Requests for one’s own records: kept for 2 years from the day the request was answered or refused."
    )
    stays = [
        "reference",
        "state",
        "received_on",
        "extended_on",
        "opened_at",
        "opened_by",
        "answered_on",
    ]
    assert [after[name] for name in stays] == [before[name] for name in stays]
    assert here.rows(of_things) == things
    left = {where for where in planted(here) if where.startswith("subject_")}
    assert left == {"subject_request.about"}  # of the open one


def test_the_digest_is_of_what_stood_there_and_the_audit_tells_it_with_counts_and_nothing_else(here: Keeper) -> None:
    request = closed(here)

    def digest(value: Any) -> str:
        return "-" if value is None else sha256(bytes(value)).hexdigest()

    one = row(here, request)
    lines = [f"subject_request {request} {digest(one['about'])} {digest(one['extended_why'])} {digest(one['answer'])}"]
    rows = here.rows("select no, why, told, seen from body.subject_item where request_id = %s order by no", request)
    lines += [f"subject_item {request}/{no} {digest(why)} {digest(told)} {digest(seen)}" for no, why, told, seen in rows]
    asked = here.rows("select no, asked from body.subject_question where request_id = %s", request)
    lines += [f"subject_question {request}/{no} {digest(words)}" for no, words in asked]
    here.later(days=730)
    day_by_day(here)
    wanted = sha256("\n".join(lines).encode()).hexdigest()
    (entry,) = here.rows(
        "select subject, actor, kind, outcome, detail from body.audit_entry where action = 'subject request destroyed'"
    )
    assert row(here, request)["digest"] == wanted
    assert entry == (f"subject-request:{request}", None, "change", "done", {
        "digest": wanted, "counts": {"subject_request": 1, "subject_item": len(rows), "subject_question": 1, "form_draft": 1}})  # fmt: skip


def test_a_refused_request_goes_as_well_and_one_without_anything_gathered(here: Keeper) -> None:
    refused, bare = closed(here, state="refused"), opened(here)
    with here.by_manager() as unit:
        answering.close_request(unit, bare, "refused", unit.today, "By post.")
    here.later(days=730)
    assert day_by_day(here) == ["done"]
    assert is_gone(here, refused) and is_gone(here, bare) and not left_of(here, bare)
    assert row(here, bare)["extended_why"] is None


def test_without_a_time_it_is_kept(database: Database) -> None:
    here = keeper(database, TEN_YEARS, TEN_YEARS | {"key": "also", "title": "Also", "amount": 1})
    request = closed(here)
    with here.by_manager() as unit:
        time = ending.times(unit, GOVERNANCE)[request]
    assert time.kept.ends_on is None and "sets no time for requests for one’s own records" in time.kept.sentence
    here.after(4)
    assert day_by_day(here) == [] and not is_gone(here, request)


def test_a_version_that_cannot_be_read_as_a_whole_keeps_it_and_nobody_s_answer_waits_for_it(here: Keeper) -> None:
    request = closed(here)
    here.later(days=730)
    rules = {key: rule for key, rule in GOVERNANCE.catalogue.rules.items() if key[0] != "timetable"}  # not installed any more
    assert len(rules) < len(GOVERNANCE.catalogue.rules)
    without = Governance(GOVERNANCE.editions, Catalogue(rules))
    with here.by_manager() as unit:
        time = ending.times(unit, without)[request]
        assert ending.rules_for_requests(unit, without) is None
    assert time.kept.ends_on is None and "cannot be read as a whole" in time.kept.sentence
    with here.unit() as unit:
        assert ending.ended(unit, without) == [] and not ending.end_request(unit, without, request)
        assert ending.ended(unit, GOVERNANCE) == [request]


# holds and exports


@pytest.mark.parametrize("on", ["everything", "a case of it"])
def test_while_a_hold_stands_nothing_goes_and_after_it_everything(here: Keeper, on: str) -> None:
    case_id = here.whole_case()
    request = closed(here, case_id)
    with here.by_manager() as unit:
        hold = stories.put_hold(unit, None if on == "everything" else case_id, "A claim.", uuid4())
    here.later(days=730)
    with here.by_manager() as unit:
        time = ending.times(unit, GOVERNANCE)[request]
    assert time.held and time.kept.is_due(here.at.date())
    assert day_by_day(here) == [] and left_of(here, request)
    with here.unit() as unit:  # the story by itself, before the database is asked
        assert not ending.end_request(unit, GOVERNANCE, request)
    with pytest.raises(CannotBeDestroyed, match="hold stands"):
        by_hand(here, request)
    assert hold is not None
    with here.by_manager() as unit:
        stories.lift_hold(unit, hold, None if on == "everything" else case_id, "It is over.")
    assert day_by_day(here) == ["done"] and is_gone(here, request)


def test_a_hold_on_another_case_holds_it_not(here: Keeper) -> None:
    request = closed(here)
    other = here.opened()
    with here.by_manager() as unit:
        stories.put_hold(unit, other, "A claim.", uuid4())
    here.later(days=730)
    day_by_day(here)
    assert is_gone(here, request)


@pytest.mark.parametrize("first", ["hold", "end"])
def test_a_hold_that_is_put_at_the_same_moment_and_this_take_turns(here: Keeper, first: str) -> None:
    case_id = here.whole_case()
    request = closed(here, case_id)
    here.later(days=730)

    def hold() -> UUID | None:
        with here.by_manager() as unit:
            return stories.put_hold(unit, case_id, "A claim.", uuid4())

    def end() -> int:
        return end_requests(here.database.walls, GOVERNANCE, here.area, here.at)

    thread, came = meanwhile(end if first == "hold" else hold)
    if first == "hold":
        with here.by_manager() as unit:
            stories.put_hold(unit, case_id, "A claim.", uuid4())
            thread.start()
            _until_somebody_waits(here)
    else:
        with here.unit() as unit:
            assert ending.end_request(unit, GOVERNANCE, request)
            thread.start()
            _until_somebody_waits(here)
    thread.join(30)
    if first == "hold":
        assert came == [0] and left_of(here, request) and not is_gone(here, request)
    else:
        assert isinstance(came[0], UUID) and is_gone(here, request)  # the hold came after, and stands on what is there


def test_it_holds_nothing_while_it_waits_for_its_turn(here: Keeper) -> None:
    """So that it and the destruction of a case, which takes the same things, never wait for each other."""
    case_id = here.whole_case()
    request = closed(here, case_id)
    here.later(days=730)
    thread, came = meanwhile(lambda: end_requests(here.database.walls, GOVERNANCE, here.area, here.at))
    with here.unit() as unit:
        in_turn(unit)
        thread.start()
        _until_somebody_waits(here)
        unit.session.execute(select(SubjectItem.no).where(SubjectItem.case_id == case_id).with_for_update())
        unit.session.execute(select(SubjectRequest.id).with_for_update())
    thread.join(30)
    assert came == [1] and is_gone(here, request)


def test_while_an_export_is_being_made_or_can_be_fetched_it_is_left_for_another_day(here: Keeper) -> None:
    request = closed(here)
    here.later(days=730)
    export = agreed(here)
    with here.unit() as unit:
        assert exporting.begin_export(unit, export)
    with here.unit() as unit:
        assert not ending.end_request(unit, GOVERNANCE, request)
    assert end_requests(here.database.walls, GOVERNANCE, here.area, here.at) == 0
    with pytest.raises(CannotBeDestroyed, match="being taken out"):
        by_hand(here, request)
    here.work()  # it is made, and can be fetched
    assert here.rows("select state from body.body_export")[0][0] == "ready"
    assert end_requests(here.database.walls, GOVERNANCE, here.area, here.at) == 0 and left_of(here, request)
    here.later(days=4)
    here.work()
    assert here.rows("select state from body.body_export")[0][0] == "expired"
    assert day_by_day(here) == ["done"] and is_gone(here, request)


def test_an_export_made_afterwards_says_that_it_was_destroyed(here: Keeper) -> None:
    request = closed(here)
    here.later(days=730)
    day_by_day(here)

    archive = zipfile.ZipFile(io.BytesIO(content_of(here, export_made(here))))
    (told,) = [json.loads(line) for line in archive.read("tables/subject_request.jsonl").splitlines()]
    assert (told["id"], told["about"], told["answer"]) == (str(request), "[destroyed]", "[destroyed]") and told["destroyed_at"]


# twice, at once, killed, another clock


def test_done_twice_or_by_two_at_once_it_is_done_once(here: Keeper) -> None:
    request = closed(here)
    here.later(days=730)

    def end() -> int:
        return end_requests(here.database.walls, GOVERNANCE, here.area, here.at)

    thread, came = meanwhile(end)
    with here.unit() as unit:
        assert ending.end_request(unit, GOVERNANCE, request)
        thread.start()
        _until_somebody_waits(here)
    thread.join(30)
    first = row(here, request)
    assert came == [0] and end() == 0 and day_by_day(here) == []
    assert row(here, request) == first
    assert len(here.rows("select 1 from body.audit_entry where action = 'subject request destroyed'")) == 1


class Killed(BaseException):
    """The worker is killed: nothing catches it."""


def test_killed_in_between_each_is_whole_or_not_begun_and_the_rest_goes_on(here: Keeper) -> None:
    one, two = closed(here), closed(here)
    here.later(days=730)
    with pytest.raises(Killed), here.unit() as unit:
        assert ending.end_request(unit, GOVERNANCE, one)
        raise Killed
    assert not is_gone(here, one) and left_of(here, one)
    with here.unit() as unit:
        assert ending.end_request(unit, GOVERNANCE, one)
    assert is_gone(here, one) and not is_gone(here, two) and left_of(here, two)
    assert day_by_day(here) == ["done"] and is_gone(here, two)


def test_a_service_whose_clock_runs_ahead_takes_nothing_before_its_time(database: Database) -> None:
    """The database asks its own clock: nothing is ended that has not ended there too."""
    here = keeper(database, TWO_YEARS | {"amount": 90})
    request = closed(here)
    here.after(91)
    assert day_by_day(here) == ["done"]  # the work was done; what stood in the way is asked again the next day
    assert not is_gone(here, request) and left_of(here, request)
    with pytest.raises(CannotBeDestroyed, match="has not ended"), here.unit() as unit:
        ending.end_request(unit, GOVERNANCE, request)


def test_one_that_is_opened_again_is_kept(here: Keeper) -> None:
    request = closed(here)
    here.later(days=730)
    with here.unit() as unit:
        assert ending.ended(unit, GOVERNANCE) == [request]
    with psycopg.connect(here.database.admin) as connection:
        connection.execute("update body.subject_request set state = 'open', answered_on = null, answer = null")
    with here.unit() as unit:
        assert not ending.end_request(unit, GOVERNANCE, request)
    assert day_by_day(here) == [] and left_of(here, request)


def test_an_agreed_longer_time_is_asked_for_again_at_the_very_moment(here: Keeper) -> None:
    request = closed(here)
    here.later(days=730)
    version = replace(
        arrangement("two", date(2021, 1, 1), *USES, keeping(TWO_YEARS | {"amount": 3})), organisations=PARTNERS, seats=SEATS
    )
    with here.unit() as unit:
        assert ending.ended(unit, GOVERNANCE) == [request]
    with here.by_manager() as unit:
        enter_version(unit, GOVERNANCE, version)
    with here.unit() as unit:
        assert not ending.end_request(unit, GOVERNANCE, request)
    here.later(days=366)
    day_by_day(here)
    assert row(here, request)["version"] == "two" and "kept for 3 years" in row(here, request)["rule_said"]
