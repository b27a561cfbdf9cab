"""Requests for one's own records go by themselves when their time has ended: emptied as a whole, in turn with holds, and the fact stays.

Days lie in 2020 to 2024, since the database asks its own clock too.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select, update

from tests.governance.test_decide import arrangement
from tests.records.keeper import CHILD, TEN_YEARS, Keeper, barred, keeper, keeping
from tests.records.test_asking import all_given, decided, gathered, opened
from tests.records.test_at_once import agreed, meanwhile
from tests.records.test_destroying import _until_somebody_waits, planted
from tests.records.test_exporting import content_of
from tests.records.test_exporting import made as export_made
from tests.reviews.neighbours import EDITIONS, GOVERNANCE, MANAGER, PARTNERS, SAID, SEATS, USES, staffed
from tests.support.database import Database
from tests.web.site import Site, make_site
from threefold.doors.worker import jobs
from threefold.doors.worker.ended_requests import end_requests
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Library
from threefold.walls.refusals import CannotBeDestroyed, RecordsDestroyed
from threefold.walls.rotation import reseal_all
from threefold.walls.sealed import SealedValue
from threefold.work.arrangements.stories import enter_version
from threefold.work.people.half_written import keep_form
from threefold.work.records import stories
from threefold.work.records.stories import answering, asking, ending, exporting
from threefold.work.records.tables import SubjectItem, SubjectRequest

TWO_YEARS = {"key": "own", "title": "Own records", "cases": "requests", "amount": 2, "starts": "answered", "source": SAID}
REQUESTS = "/b/vale/records/requests"


@pytest.fixture
def here(database: Database) -> Keeper:
    return keeper(database, TEN_YEARS, TWO_YEARS)


def closed(here: Keeper, case_id: UUID | None = None, state: str = "answered") -> UUID:
    """A request that was gone through, extended and closed: something sealed stands in each place where something can."""
    request = gathered(here, case_id or here.whole_case())
    all_given(here, request, but=1)
    decided(here, request, 1, "part", "others", "Planted why", "Planted part")
    with here.by_manager() as unit:
        asking.extend(unit, request, "Planted delay")
        answering.close_request(unit, request, state, unit.today, "By post to Zephyrine Planted.")
        keep_form(unit, f"{REQUESTS}/{request}/things/1", [("why", "Planted half-written")])
    return request


def day_by_day(here: Keeper) -> list[str]:
    """What the clock asks for once a day, and the worker does then."""
    jobs.end_all(here.bench, here.at)
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
        "from body.subject_item where request_id = %s) x", request, request)[0][0]  # fmt: skip
    return int(sealed) + len(here.rows("select 1 from body.form_draft where form like %s", f"%{request}%"))


def test_what_is_in_it_goes_on_its_day_and_the_fact_stays(here: Keeper) -> None:
    request = closed(here)
    before, things = (
        row(here, request),
        here.rows("select no, case_id, place, title, decision, ground, decided_at from body.subject_item order by no"),
    )
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
    stays = (
        "reference",
        "state",
        "received_on",
        "due_on",
        "extended_to",
        "extended_on",
        "opened_at",
        "opened_by",
        "answered_on",
    )
    assert [after[name] for name in stays] == [before[name] for name in stays]
    assert (
        here.rows("select no, case_id, place, title, decision, ground, decided_at from body.subject_item order by no") == things
    )
    assert not {
        where for where in planted(here) if where.startswith(("subject_", "form_draft")) and "form_draft" not in where
    } - {"subject_request.about"}


def test_the_digest_is_of_what_stood_there_and_the_audit_tells_it_with_counts_and_nothing_else(here: Keeper) -> None:
    request = closed(here)

    def digest(value: Any) -> str:
        return "-" if value is None else sha256(bytes(value)).hexdigest()

    one = row(here, request)
    lines = [f"subject_request {request} {digest(one['about'])} {digest(one['extended_why'])} {digest(one['answer'])}"]
    rows = here.rows("select no, why, told, seen from body.subject_item where request_id = %s order by no", request)
    lines += [f"subject_item {request}/{no} {digest(why)} {digest(told)} {digest(seen)}" for no, why, told, seen in rows]
    here.later(days=730)
    day_by_day(here)
    wanted = sha256("\n".join(lines).encode()).hexdigest()
    (entry,) = here.rows(
        "select subject, actor, kind, outcome, detail from body.audit_entry where action = 'subject request destroyed'"
    )
    assert row(here, request)["digest"] == wanted
    assert entry == (f"subject-request:{request}", None, "change", "done", {
        "digest": wanted, "counts": {"subject_request": 1, "subject_item": len(rows), "form_draft": 1}})  # fmt: skip


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


def test_while_an_export_is_being_made_or_can_be_fetched_it_is_left_for_another_day(here: Keeper) -> None:
    request = closed(here)
    here.later(days=730)
    export = agreed(here)
    with here.unit() as unit:
        assert exporting.begin_export(unit, export)
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


# the database refuses it too


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
        if not values.pop("forms_stay", False):
            unit.session.connection().exec_driver_sql("delete from body.form_draft")
        unit.session.execute(update(SubjectRequest).where(SubjectRequest.id == request).values(values))


@pytest.mark.parametrize(("given", "told"), [
    ({"things_stay": True}, "Something of this request is left"),
    ({"forms_stay": True}, "Something of this request is left"),
    ({"answer": SealedValue(b"x")}, "Something of this request is left"),
    ({"extended_why": SealedValue(b"x")}, "Something of this request is left"),
    ({"kept_until": None}, "has not ended"),
    ({"kept_until": "answered"}, "has not ended"),
    ({"kept_until": "2200-01-01"}, "has not ended"),
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


@pytest.mark.parametrize("what", ["request", "thing", "new thing", "thing moved in", "opened again", "form"])
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


def test_who_keeps_a_half_written_form_at_the_same_moment_is_refused(here: Keeper) -> None:
    request = closed(here)
    here.later(days=730)

    def keep() -> UUID:
        with here.by_manager() as unit:
            return keep_form(unit, f"{REQUESTS}/{request}/close", [("how", "Planted")])

    thread, came = meanwhile(keep)
    with here.unit() as unit:
        assert ending.end_request(unit, GOVERNANCE, request)
        thread.start()
        _until_somebody_waits(here)
    thread.join(30)
    assert isinstance(came[0], RecordsDestroyed) and left_of(here, request) == 0


# beside the destruction of a case


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


# on screen


@pytest.fixture
def site(here: Keeper, tmp_path: Path) -> Iterator[Site]:
    one = make_site(here.database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    one.at = here.at
    staffed(one, here)
    yield one
    one.app.extensions["threefold"].walls.engine.dispose()


def shown(site: Site, here: Keeper, address: str) -> str:
    site.at = here.at
    site.enter(MANAGER)
    return site.get(address).text


def test_page_and_list_say_until_when_and_by_which_rule_and_afterwards_what_stays(site: Site, here: Keeper) -> None:
    request = opened(here)
    assert "It is open: no time runs" in shown(site, here, REQUESTS)
    assert "How long this request is kept" not in shown(site, here, f"{REQUESTS}/{request}")
    request = closed(here)
    until = "Kept until 6 April 2022. Counted from 6 April 2020, the day on which the request was answered or refused."
    for page in (shown(site, here, REQUESTS), shown(site, here, f"{REQUESTS}/{request}")):
        assert (
            until in page
            and "Own records, version one" in page
            and "goes by itself, within a day, and nobody confirms it" in page
        )
        assert "Requests for one’s own records: kept for 2 years from the day the request was answered or refused." in page
    with here.by_manager() as unit:
        hold = stories.put_hold(unit, None, "A claim.", uuid4())
    assert hold is not None
    for page in (shown(site, here, REQUESTS), shown(site, here, f"{REQUESTS}/{request}")):
        assert "A legal hold stands" in page and until in page
    with here.by_manager() as unit:
        stories.lift_hold(unit, hold, None, "It is over.")
    here.later(days=731)
    day_by_day(here)
    assert f"Destroyed on {here.at.day} April 2022" in shown(site, here, REQUESTS)
    page = shown(site, here, f"{REQUESTS}/{request}")
    assert (
        "Destroyed" in page and "6 April 2022" in page and "kept for 2 years" in page and row(here, request)["digest"] in page
    )
    assert "Given in part: 1" in page and asking.GROUNDS["others"] in page and CHILD["name"] not in page
    for act in ("find", "again", "extend", "close", "file", "things/1"):
        told = site.client.get(f"{REQUESTS}/{request}/{act}")
        assert (
            told.status_code == 410 and "was destroyed on" in told.text and "Nothing more can be done with it" in told.text
        ), act


def test_without_a_time_page_and_list_say_so(database: Database, tmp_path: Path) -> None:
    here = keeper(database)
    one = make_site(database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    staffed(one, here)
    request = closed(here)
    for address in (REQUESTS, f"{REQUESTS}/{request}"):
        assert "sets no time for requests for one’s own records. They are kept until it does." in shown(one, here, address)
    assert "no law sets one" in shown(one, here, REQUESTS)
    one.app.extensions["threefold"].walls.engine.dispose()


def test_who_is_kept_out_of_a_case_of_it_does_not_see_what_stays_and_whoever_acts_is_told(site: Site, here: Keeper) -> None:
    case_id = here.whole_case()
    request = closed(here, case_id)
    here.later(days=730)
    day_by_day(here)
    for act in (
        lambda unit: answering.see_request(unit, request),
        lambda unit: answering.see_item(unit, request, 1),
        lambda unit: answering.gather(unit, request, [case_id]),
        lambda unit: answering.gather_again(unit, request),
        lambda unit: answering.decide_item(unit, request, 1, "given", "", "", "", ""),
        lambda unit: answering.close_request(unit, request, "refused", unit.today, "By post."),
        lambda unit: answering.answer_of(unit, request),
        lambda unit: asking.extend(unit, request, "It is complex."),
        lambda unit: asking.look_for(unit, request),
    ):
        with pytest.raises(asking.RequestDestroyed, match="Nothing more can be done with it"), here.by_manager() as unit:
            act(unit)
    barred(here, case_id, here.manager)
    with pytest.raises(asking.OfAnother), here.by_manager() as unit:
        ending.see_ended(unit, request)
