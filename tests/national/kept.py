"""What an area sent of a case, with something that names somebody wherever something can stand, and the officers who decide on it.

Days lie in 2020 to 2024, since the database asks its own clock too.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from tests.governance.test_decide import arrangement
from tests.records.keeper import TEN_YEARS, Keeper, keeper
from tests.records.keeper import keeping as rule
from tests.reviews.neighbours import GOVERNANCE, SAID
from tests.support.database import Database
from threefold.walls.provision import person_id_of
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import enter_version
from threefold.work.national import keeping, standing_aside
from threefold.work.national.keeping import Received
from threefold.work.people.access import NATIONAL_OFFICER
from threefold.work.people.half_written import keep_form

TWO_YEARS = {"key": "desk", "title": "What areas sent", "cases": "received", "amount": 2, "starts": "closed", "source": SAID}
NAMES = ("one", "two", "aside")
PEOPLE = tuple(person_id_of(f"{name}@nation.example") for name in NAMES)
EVERYWHERE = {"received_case.report", "panel_reply.reason", "received_bar.why", "received_bar.decision", "legal_hold.why",
              "legal_hold.lifted_why", "outbox_letter.copy", "letter_in.content", "post.letter", "form_draft.content"}  # fmt: skip


def desk_of(database: Database, *kept: dict[str, Any]) -> Keeper:
    """An area and the national body, whose own arrangement says how long it keeps what it receives: nothing, where nothing is given."""
    here = keeper(database, TEN_YEARS)
    for name in NAMES:
        person = database.provision.put_person(f"{name}@nation.example", f"Officer {name}", "x")
        database.provision.put_membership(person, here.national, NATIONAL_OFFICER, "", date(2019, 1, 1))
    set_rules(here, *kept)
    return here


def set_rules(here: Keeper, *kept: dict[str, Any], version: str = "own", since: date = date(2019, 1, 1)) -> None:
    if kept:
        own = replace(arrangement(version, since, rule(*kept)), kind="national")
        with here.database.unit(here.national, here.at) as unit:
            enter_version(unit, GOVERNANCE, own)


def officer(here: Keeper, no: int = 0, *seats: str) -> AbstractContextManager[Unit]:
    return here.database.unit(here.national, here.at, roles=(NATIONAL_OFFICER,), seats=seats, person=PEOPLE[no])


def whole(here: Keeper) -> Received:
    """A case that was notified, reviewed and replied to, with a conflict of interest, a hold that was lifted, and a half-written form."""
    matter = Received(here.area, here.whole_case())
    with officer(here) as unit:
        conflict = standing_aside.declare(unit, here.area, matter.case_ref, PEOPLE[2], "Planted: a cousin", uuid4())
        hold = keeping.hold_received(unit, matter, "Planted inquiry", uuid4())
        keep_form(
            unit, f"/b/nation/desk/{here.area}/{str(matter.case_ref).upper()}/reply", [("reason", "Planted half-written")]
        )
    assert conflict is not None and hold is not None
    with officer(here, 1) as unit:
        standing_aside.decide(unit, here.area, matter.case_ref, conflict, "dismissed", "Planted: no cousin", uuid4())
        keeping.lift_received(unit, matter, hold, "Planted: over")
    return matter


def closed(here: Keeper, matter: Received | None = None) -> Received:
    matter = matter or whole(here)
    with officer(here) as unit:
        keeping.close_received(unit, matter.sender, matter.case_ref, unit.today, uuid4())
    return matter


def proposed(here: Keeper, matter: Received, outcome: str = "destroy", until: date | None = None) -> UUID:
    with officer(here) as unit:
        made = keeping.propose_received(unit, GOVERNANCE, matter, outcome, "Planted: the time has ended.", until, uuid4())
    assert made is not None
    return made


def confirmed(here: Keeper, matter: Received, disposal: UUID, no: int = 1, *seats: str) -> UUID | None:
    with officer(here, no, *seats) as unit:
        return keeping.confirm_received(unit, GOVERNANCE, matter, disposal, "Planted: yes")


def destroyed(here: Keeper, matter: Received) -> UUID:
    certificate = confirmed(here, matter, proposed(here, matter))
    assert certificate is not None
    return certificate


def is_gone(here: Keeper, matter: Received) -> bool:
    gone = here.rows(
        "select destroyed_at from body.received_case where sender_id = %s and case_ref = %s", matter.sender, matter.case_ref
    )
    return gone[0][0] is not None
