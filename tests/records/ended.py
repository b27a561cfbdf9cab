"""Requests for one's own records that were answered long ago, and what is left of them.

Days lie in 2020 to 2024, since the database asks its own clock too.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import select, update

from tests.records.keeper import Keeper
from tests.records.test_asking import all_given, decided, gathered
from tests.reviews.neighbours import SAID
from threefold.doors.worker import planning
from threefold.walls.sealed import SealedValue
from threefold.work.people.half_written import keep_form
from threefold.work.records.stories import answering, clock
from threefold.work.records.subject_tables import SubjectItem, SubjectQuestion, SubjectRequest

TWO_YEARS = {"key": "own", "title": "Own records", "cases": "requests", "amount": 2, "starts": "answered", "source": SAID}
REQUESTS = "/b/vale/records/requests"


def closed(here: Keeper, case_id: UUID | None = None, state: str = "answered") -> UUID:
    """A request that was gone through, extended and closed: something sealed stands in each place where something can."""
    request = gathered(here, case_id or here.whole_case())
    all_given(here, request, but=1)
    decided(here, request, 1, "part", "others", "Planted why", "Planted part")
    with here.by_manager() as unit:
        clock.ask(unit, request, "clarification", "Planted question", unit.today, uuid4())
        clock.it_came(unit, request, 1, unit.today)
        clock.extend(unit, request, "Planted delay")
        answering.close_request(unit, request, state, unit.today, "By post to Zephyrine Planted.")
        keep_form(unit, f"{REQUESTS}/{request}/things/1", [("why", "Planted half-written")])
    return request


def day_by_day(here: Keeper) -> list[str]:
    """What the clock asks for once a day, and the worker does then."""
    planning.end_all(here.bench, here.at)
    return here.work()


def row(here: Keeper, request: UUID) -> dict[str, Any]:
    with psycopg.connect(here.database.admin, row_factory=psycopg.rows.dict_row) as connection:
        found = connection.execute("select * from body.subject_request where id = %s", (request,)).fetchone()
    assert found is not None
    return found


def is_gone(here: Keeper, request: UUID) -> bool:
    return row(here, request)["destroyed_at"] is not None


def left_of(here: Keeper, request: UUID) -> int:
    """How many sealed values of it are not empty, and how many half-written forms of its pages there are."""
    sealed = here.rows(
        "select coalesce(sum(n), 0)::int from (select (length(about) > 0)::int + (coalesce(length(extended_why), 0) > 0)::int + (coalesce(length(answer), 0) > 0)::int as n "
        "from body.subject_request where id = %s union all select (coalesce(length(why), 0) > 0)::int + (coalesce(length(told), 0) > 0)::int + (coalesce(length(seen), 0) > 0)::int "
        "from body.subject_item where request_id = %s union all select (length(asked) > 0)::int from body.subject_question where request_id = %s) x", request, request, request)[0][0]  # fmt: skip
    return int(sealed) + len(here.rows("select 1 from body.form_draft where form like %s", f"%{request}%"))


def by_hand(here: Keeper, request: UUID, **other: Any) -> None:
    """As whoever smuggles statements in would: everything emptied, and each column of the row as it must be, but for what is given."""
    with here.unit() as unit:
        answered = unit.session.execute(select(SubjectRequest.answered_on).where(SubjectRequest.id == request)).scalar_one()
        values = {
            "about": SealedValue(b""), "extended_why": SealedValue(b""), "answer": SealedValue(b""), "destroyed_at": unit.at,
            "kept_until": answered + timedelta(days=1) if answered else None, "version": "one", "rule": "x/y", "rule_said": "Said.", "digest": "0",
        } | other  # fmt: skip
        if not values.pop("things_stay", False):
            for column in (SubjectItem.why, SubjectItem.told, SubjectItem.seen):
                unit.session.execute(
                    update(SubjectItem)
                    .where(SubjectItem.request_id == request, column.is_not(None))
                    .values({column: SealedValue(b"")})
                )
        if not values.pop("questions_stay", False):
            mine = SubjectQuestion.request_id == request
            unit.session.execute(update(SubjectQuestion).where(mine).values(asked=SealedValue(b"")))
        if not values.pop("forms_stay", False):
            unit.session.connection().exec_driver_sql("delete from body.form_draft")
        unit.session.execute(update(SubjectRequest).where(SubjectRequest.id == request).values(values))
