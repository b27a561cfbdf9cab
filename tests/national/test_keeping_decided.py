"""Closing what areas sent, what opens it again, and two officers who decide on it; what stands in the way of that."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from tests.national.kept import (
    PEOPLE,
    TWO_YEARS,
    closed,
    confirmed,
    desk_of,
    is_gone,
    officer,
    proposed,
    set_rules,
    whole,
)
from tests.records.keeper import Keeper
from tests.reviews.neighbours import GOVERNANCE, SAID
from tests.support.database import Database
from threefold.domain.errors import ThreefoldError
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.letters import notification_letter
from threefold.work.incidents.records import NotFound
from threefold.work.national import keeping, standing_aside, stories
from threefold.work.national.keeping import Received
from threefold.work.people.access import Forbidden, NotHere
from threefold.work.records import stories as records
from threefold.work.records.stories import answering, asking, ending, exporting
from threefold.work.records.stories.closing import held_of
from threefold.work.records.stories.reviewing import NotTheirsToConfirm
from threefold.work.reviews import stories as reviews

REQUESTS = {"key": "own", "title": "Own records", "cases": "requests", "amount": 2, "starts": "answered", "source": SAID}


@pytest.fixture
def here(database: Database) -> Keeper:
    return desk_of(database, TWO_YEARS)


def kept(here: Keeper, matter: Received) -> tuple[date | None, str]:
    with officer(here) as unit:
        line = keeping.see_received_kept(unit, GOVERNANCE, matter.sender, matter.case_ref)
    assert line is not None
    return line.kept.ends_on, line.kept.sentence


@pytest.mark.parametrize("later", ["letter", "reply", "link", "unlink", "repeated"])
def test_whatever_comes_later_opens_it_again(here: Keeper, later: str) -> None:
    other, matter = whole(here), whole(here)
    if later == "unlink":
        with officer(here) as unit:
            stories.link(unit, here.area, matter.case_ref, here.area, other.case_ref)
    closed(here, matter)
    here.after(3)
    disposal = proposed(here, matter)
    if later == "letter":
        with here.by_manager() as unit:
            reviews.decide_local_review(unit, GOVERNANCE, matter.case_ref, "yes", "Another reason", here.national, uuid4())
        here.work()
    elif later == "repeated":
        with here.unit() as unit:
            unit.send(notification_letter(incidents.see_case(unit, matter.case_ref), unit.at, "letter", "again"), here.national)
        here.work()
    with officer(here, 1) as unit:
        if later == "reply":
            stories.reply(unit, here.area, matter.case_ref, "agree", "no", "", uuid4())
        elif later == "link":
            stories.link(unit, here.area, matter.case_ref, here.area, other.case_ref)
        elif later == "unlink":
            stories.unlink(unit, here.area, matter.case_ref)
    with officer(here, 1) as unit:
        assert keeping.see_received_kept(unit, GOVERNANCE, here.area, matter.case_ref) is None
    with pytest.raises(ThreefoldError, match="is not closed, or was changed"):
        confirmed(here, matter, disposal)
    closed(here, matter)
    with pytest.raises(ThreefoldError, match="decided already"):  # it fell with the closing it was proposed for
        confirmed(here, matter, disposal)
    assert not is_gone(here, matter)


def test_it_is_closed_on_a_day_that_is_not_before_anything_on_record_and_not_ahead(here: Keeper) -> None:
    matter = whole(here)
    for on, told in (
        (here.at.date() - timedelta(days=1), "on record of the case after"),
        (here.at.date() + timedelta(days=1), "not in the future"),
    ):
        with pytest.raises(ThreefoldError, match=told), officer(here) as unit:
            keeping.close_received(unit, here.area, matter.case_ref, on, uuid4())
    closed(here, matter)
    with pytest.raises(ThreefoldError, match="closed already"):
        closed(here, matter)
    with officer(here) as unit:
        keeping.open_received_again(unit, here.area, matter.case_ref, uuid4())
    with pytest.raises(ThreefoldError, match="is not closed"), officer(here) as unit:
        keeping.open_received_again(unit, here.area, matter.case_ref, uuid4())


def test_two_officers_decide_and_neither_is_kept_out(here: Keeper) -> None:
    matter = closed(here)
    here.after(3)
    disposal = proposed(here, matter)
    with pytest.raises(NotTheirsToConfirm, match="proposed this yourself"):
        confirmed(here, matter, disposal, 0)
    with officer(here, 1) as unit:
        standing_aside.declare(unit, here.area, matter.case_ref, PEOPLE[0], "A cousin", uuid4())
    with pytest.raises(ThreefoldError, match="Whoever proposed this is kept out of the case"):
        confirmed(here, matter, disposal)
    with pytest.raises(NotFound), officer(here) as unit:
        keeping.see_received_kept(unit, GOVERNANCE, here.area, matter.case_ref)
    with officer(here) as unit:
        assert keeping.list_received_kept(unit, GOVERNANCE) == [] and keeping.proposed_by_others(unit) == []
    with officer(here, 1) as unit:
        keeping.decline_received(unit, matter, disposal, "Others begin again.")
    disposal = proposed_by(here, matter, 1)
    assert confirmed(here, matter, disposal, 2) and is_gone(here, matter)


def proposed_by(here: Keeper, matter: Received, no: int) -> UUID:
    with officer(here, no) as unit:
        made = keeping.propose_received(unit, GOVERNANCE, matter, "destroy", "Its time has ended.", None, uuid4())
    assert made is not None
    return made


def test_where_the_arrangement_names_a_seat_its_holder_confirms(database: Database) -> None:
    here = desk_of(database, {**TWO_YEARS, "confirms": "police-lead"})
    matter = closed(here)
    here.after(3)
    disposal = proposed(here, matter)
    with pytest.raises(NotTheirsToConfirm, match="police lead"):
        confirmed(here, matter, disposal)
    with officer(here, 1) as unit:
        assert keeping.proposed_by_others(unit) == []
    with officer(here, 1, "police-lead") as unit:
        assert [one.id for one in keeping.proposed_by_others(unit)] == [disposal]
    assert confirmed(here, matter, disposal, 1, "police-lead")


def test_a_hold_on_it_or_on_everything_keeps_it_and_one_on_another_does_not(here: Keeper) -> None:
    matter, other = closed(here), closed(here)
    here.after(3)
    disposal = proposed(here, matter)
    for held in (matter, None):
        with officer(here) as unit:
            hold = keeping.hold_received(unit, held, "An inquiry", uuid4())
        assert hold is not None
        with pytest.raises(ThreefoldError, match="legal hold stands"):
            confirmed(here, matter, disposal)
        with pytest.raises(NotHere), officer(here) as unit:
            keeping.lift_received(unit, other, hold, "Not of this one.")
        with officer(here) as unit:
            keeping.lift_received(unit, held, hold, "It is over.")
    with officer(here) as unit:
        keeping.hold_received(unit, other, "Another inquiry", uuid4())
    assert confirmed(here, matter, disposal)
    with pytest.raises(ThreefoldError, match="legal hold stands"):
        proposed(here, other)


def test_a_hold_on_a_received_case_holds_no_case_of_the_body_s_own_and_no_request(database: Database) -> None:
    here = desk_of(database, TWO_YEARS, REQUESTS)
    with here.database.unit(here.national, here.at, roles=("business_manager",)) as unit:
        request = asking.open_request(unit, {"name": "Somebody", "asks": "Somebody", "checked": ""}, unit.today, uuid4())
    with here.database.unit(here.national, here.at, roles=("business_manager",)) as unit:
        answering.close_request(unit, request, "refused", unit.today, "By post.")
    with officer(here) as unit:
        keeping.hold_received(unit, Received(here.area, here.whole_case()), "An inquiry", uuid4())
    here.after(3)
    with here.database.unit(here.national, here.at, roles=("business_manager",)) as unit:
        assert records.holds(unit, None) == [] and held_of(unit, [uuid4()]) == frozenset()
        assert ending.ended(unit, GOVERNANCE) == [request]
    with here.database.unit(here.national, here.at) as unit:
        assert ending.end_request(unit, GOVERNANCE, request)


def test_an_export_that_can_be_fetched_goes_with_it(here: Keeper) -> None:
    matter = closed(here)
    here.after(3)
    disposal = proposed(here, matter)
    with officer(here) as unit:
        export = exporting.ask_export(unit, "An audit.", uuid4())
    assert export is not None
    with officer(here, 1) as unit:
        exporting.answer_export(unit, export, True)
    assert "failed" not in here.work()
    assert here.rows("select state from body.body_export") == [("ready",)] and here.rows("select 1 from body.export_part")
    assert confirmed(here, matter, disposal)
    assert here.rows("select state from body.body_export") == [("expired",)] and not here.rows("select 1 from body.export_part")
    with officer(here) as unit:  # and another one can be made, of what is left
        export = exporting.ask_export(unit, "Another audit.", uuid4())
    with officer(here, 1) as unit:
        exporting.answer_export(unit, export, True)  # type: ignore[arg-type]
    assert "failed" not in here.work()


def test_two_people_may_keep_it_longer(here: Keeper) -> None:
    matter = closed(here)
    until = here.at.date().replace(year=2024)
    assert confirmed(here, matter, proposed(here, matter, "keep", until)) is None
    assert kept(here, matter)[0] == until
    here.after(3)
    with pytest.raises(ThreefoldError, match="has not ended"):
        proposed(here, matter)


def test_another_rule_than_the_one_it_was_proposed_under_is_asked_for_again(here: Keeper) -> None:
    matter = closed(here)
    here.after(3)
    disposal = proposed(here, matter)
    set_rules(here, TWO_YEARS | {"amount": 1}, version="two", since=date(2021, 1, 1))
    with pytest.raises(ThreefoldError, match="Another rule keeps"):
        confirmed(here, matter, disposal)


def test_an_open_request_for_one_s_own_records_keeps_everything_received(here: Keeper) -> None:
    matter = closed(here)
    here.after(3)
    disposal = proposed(here, matter)
    with here.database.unit(here.national, here.at, roles=("business_manager",)) as unit:
        asking.open_request(
            unit,
            {"name": "Somebody", "asks": "Somebody", "aliases": "", "born_on": "", "nhs_number": "", "addresses": []},
            unit.today,
            uuid4(),
        )
    with pytest.raises(ThreefoldError, match="asked for their own records"):
        confirmed(here, matter, disposal)


def test_only_officers_of_the_desk_do_any_of_it(here: Keeper) -> None:
    matter = closed(here)
    with here.database.unit(here.national, here.at, roles=("business_manager", "partner_lead")) as unit:
        for act in (
            lambda: keeping.see_received_kept(unit, GOVERNANCE, here.area, matter.case_ref),
            lambda: keeping.close_received(unit, here.area, matter.case_ref, unit.today, uuid4()),
            lambda: keeping.hold_received(unit, None, "Mine", uuid4()),
            lambda: keeping.confirm_received(unit, GOVERNANCE, matter, uuid4()),
        ):
            with pytest.raises(Forbidden):
                act()
