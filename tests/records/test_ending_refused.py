"""What the database refuses of a request that goes: what is not whole, what has not ended, and whatever is written of it afterwards."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import select, update

from tests.records.ended import REQUESTS, TWO_YEARS, by_hand, closed, day_by_day, is_gone, left_of, row
from tests.records.keeper import TEN_YEARS, Keeper, keeper
from tests.records.test_asking import gathered
from tests.records.test_at_once import meanwhile
from tests.records.test_destroying import _until_somebody_waits
from tests.reviews.neighbours import GOVERNANCE
from tests.support.database import Database
from threefold.walls.refusals import CannotBeDestroyed, RecordsDestroyed
from threefold.walls.rotation import reseal_all
from threefold.walls.sealed import SealedValue
from threefold.work.people.half_written import keep_form
from threefold.work.records.stories import ending
from threefold.work.records.subject_tables import SubjectItem, SubjectQuestion, SubjectRequest


@pytest.fixture
def here(database: Database) -> Keeper:
    return keeper(database, TEN_YEARS, TWO_YEARS)


@pytest.mark.parametrize(("given", "told"), [
    ({"things_stay": True}, "Something of this request is left"),
    ({"questions_stay": True}, "Something of this request is left"),
    ({"forms_stay": True}, "Something of this request is left"),
    ({"answer": SealedValue(b"x")}, "Something of this request is left"),
    ({"extended_why": SealedValue(b"x")}, "Something of this request is left"),
    ({"kept_until": "2200-01-01"}, "has not ended"),
    ({"kept_until": "answered"}, "has not ended"),
    ({"kept_until": None}, "has not ended"),
    ({"reference": "SAR-1"}, "not closed"),
    ({"answered_on": "2019-01-01"}, "not closed"),
    ({"state": "refused"}, "not closed"),
])  # fmt: skip
def test_the_database_refuses_what_is_not_whole_or_not_ended(here: Keeper, given: dict[str, Any], told: str) -> None:
    request = closed(here)
    if given.get("kept_until") == "answered":
        given = {"kept_until": row(here, request)["answered_on"]}
    with pytest.raises(CannotBeDestroyed, match=told):
        by_hand(here, request, **given)
    assert not is_gone(here, request) and left_of(here, request)


def test_the_database_refuses_an_open_request_and_one_that_is_emptied_without_its_day(here: Keeper) -> None:
    request = gathered(here, here.whole_case())
    with pytest.raises(CannotBeDestroyed, match="not closed"):
        by_hand(here, request, kept_until="2020-05-01", extended_why=None, answer=None)
    with pytest.raises(Exception, match="emptied_as_a_whole"), here.unit() as unit:
        unit.session.execute(update(SubjectRequest).values(about=SealedValue(b"")))
    assert left_of(here, request)


@pytest.mark.parametrize(
    "what", ["request", "thing", "new thing", "thing moved in", "new question", "question", "opened again", "form"]
)
def test_nothing_is_written_of_it_afterwards(here: Keeper, what: str) -> None:
    request = closed(here)
    other = gathered(here, here.whole_case())
    here.later(days=730)
    day_by_day(here)
    with pytest.raises(RecordsDestroyed, match="destroyed meanwhile"), here.by_manager() as unit:
        mine = update(SubjectItem).where(SubjectItem.request_id == request)
        if what == "request":
            unit.session.execute(update(SubjectRequest).where(SubjectRequest.id == request).values(about=unit.seal(b"again")))
        elif what == "opened again":
            unit.session.execute(
                update(SubjectRequest).where(SubjectRequest.id == request).values(destroyed_at=None, about=unit.seal(b"x"))
            )
        elif what == "thing":
            unit.session.execute(mine.values(told=unit.seal(b"again")))
        elif what == "thing moved in":
            unit.session.execute(
                update(SubjectItem).where(SubjectItem.request_id == other).values(request_id=request, no=SubjectItem.no + 100)
            )
        elif what == "new question":
            unit.session.add(SubjectQuestion(
                request_id=request, no=9, kind="fee", asked_on=unit.today, asked=unit.seal(b"x"), came_on=None, taken_back=False, noted_at=unit.at,
                noted_by=None))  # fmt: skip
            unit.session.flush()
        elif what == "question":
            unit.session.execute(
                update(SubjectQuestion).where(SubjectQuestion.request_id == request).values(asked=unit.seal(b"again"))
            )
        elif what == "new thing":
            case_id = (
                unit.session.execute(select(SubjectItem.case_id).where(SubjectItem.request_id == request)).scalars().first()
            )
            unit.session.add(SubjectItem(
                request_id=request, no=900, case_id=case_id, place="x", title="x", decision="undecided", why=None, told=unit.seal(b"x"), seen=None,
                decided_at=None, decided_by=None))  # fmt: skip
            unit.session.flush()
        else:
            keep_form(unit, f"{REQUESTS}/{str(request).upper()}/close", [("how", "Planted")])
    assert left_of(here, request) == 0


@pytest.mark.parametrize("what", ["form", "thing", "thing changed"])
def test_who_writes_of_it_at_the_same_moment_is_refused(here: Keeper, what: str) -> None:
    case_id = here.whole_case()
    request = closed(here, case_id)
    here.later(days=730)

    def write() -> None:
        with here.by_lead() as unit:
            if what == "form":
                keep_form(unit, f"{REQUESTS}/{request}/close", [("how", "Planted")])
            elif what == "thing":
                unit.session.add(SubjectItem(
                    request_id=request, no=900, case_id=case_id, place="x", title="x", decision="undecided", why=None, told=unit.seal(b"x"), seen=None,
                    decided_at=None, decided_by=None))  # fmt: skip
            else:
                unit.session.execute(
                    update(SubjectItem)
                    .where(SubjectItem.request_id == request, SubjectItem.no == 1)
                    .values(told=unit.seal(b"x"))
                )

    thread, came = meanwhile(write)
    with here.unit() as unit:
        assert ending.end_request(unit, GOVERNANCE, request)
        thread.start()
        _until_somebody_waits(here)
    thread.join(30)
    assert isinstance(came[0], RecordsDestroyed) and left_of(here, request) == 0


# beside the destruction of a case, of keys, of a body


def test_where_its_case_was_destroyed_first_the_rest_goes_and_the_other_way_round(here: Keeper) -> None:
    first, then = here.whole_case(), here.whole_case()
    one, two = closed(here, first), closed(here, then)
    for case_id in (first, then):
        here.closed(case_id)
    here.after(2)
    with here.unit() as unit:
        assert ending.end_request(unit, GOVERNANCE, two)
    told = row(here, two)
    here.after(9)
    here.destroyed(then)  # finds its things empty
    here.destroyed(first)
    assert row(here, two) == told and left_of(here, two) == 0
    with here.unit() as unit:
        assert ending.end_request(unit, GOVERNANCE, one)
    assert left_of(here, one) == 0
    counts = dict(
        here.rows(
            "select subject, (detail -> 'counts' ->> 'subject_item')::int from body.audit_entry where action = 'subject request destroyed'"
        )
    )
    assert counts[f"subject-request:{one}"] == 0 and counts[f"subject-request:{two}"] > 0


def test_keys_are_replaced_with_it_and_it_is_not_touched(here: Keeper) -> None:
    request = closed(here)
    here.later(days=730)
    day_by_day(here)
    before = row(here, request)
    with here.unit() as unit:
        here.database.walls.add_keys(unit)
    assert reseal_all(lambda: here.unit(), also_added_to=False).broken == {}
    assert row(here, request) == before


def test_a_body_that_left_is_passed_over(here: Keeper) -> None:
    request = closed(here)
    here.later(days=730)
    with psycopg.connect(here.database.admin) as connection:
        connection.execute("update directory.body set left_on = '2022-01-01' where id = %s", (here.area,))
    with here.unit() as unit:
        assert ending.ended(unit, GOVERNANCE) == []
    assert not is_gone(here, request)
