"""Requests for one's own records that were on record before there was a clock: they go on, with the day worked out anew."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from tests.support.database import Cluster, Database, migrate, of_before
from threefold.walls.session import Unit
from threefold.work.records.stories import asking, clock

THEN = "0021"  # the newest migration of the release before
AT = datetime(2027, 2, 10, 9, 0, tzinfo=UTC)
COLUMNS = "tenant_id, id, reference, about, state, received_on, due_on, extended_to, extended_on, extended_why, opened_at"


def written_then(unit: Unit, reference: str, extended: bool) -> UUID:
    request, about = uuid4(), {"asks": "The person", "name": "Somebody"}
    why = unit.seal_json("It is complex.").raw if extended else None
    told = (date(2027, 4, 30), date(2027, 2, 3)) if extended else (None, None)
    unit.session.connection().exec_driver_sql(
        f"insert into body.subject_request ({COLUMNS}) values (%s, %s, %s, %s, 'open', '2027-01-31', '2027-02-28', %s, %s, %s, %s)",
        (unit.scope.body_id, request, reference, unit.seal_json(about).raw, *told, why, AT),
    )
    return request


def test_they_are_read_and_go_on_after_the_upgrade(cluster: Cluster) -> None:
    with of_before(cluster, THEN) as database:
        body = database.body("vale")
        with database.unit(body, AT) as unit:
            plain, longer = written_then(unit, "SAR-2027-0001", False), written_then(unit, "SAR-2027-0002", True)
        migrate(cluster, database.name)
        goes_on(database, body, plain, longer)


def goes_on(database: Database, body: UUID, plain: UUID, longer: UUID) -> None:
    with database.unit(body, AT) as unit:
        assert [(one.id, one.due_on, one.extended) for one in asking.list_requests(unit)] == [
            (plain, date(2027, 3, 1), False),  # 28 February is a Sunday
            (longer, date(2027, 4, 30), True),
        ]
        assert asking.request_of(unit, longer).extended_why == "It is complex."
        no = clock.ask(unit, plain, "identity", "Your passport, please.", AT.date(), uuid4())
        assert asking.request_of(unit, plain).due_on is None
        clock.it_came(unit, plain, no, AT.date())
        assert asking.request_of(unit, plain).due_on == date(2027, 3, 10)
