"""What areas sent is kept for as long as the national body's arrangement says, and goes when two officers decide so: everywhere, and whole."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.national.kept import (
    EVERYWHERE,
    PEOPLE,
    TWO_YEARS,
    closed,
    desk_of,
    destroyed,
    is_gone,
    officer,
    proposed,
    whole,
)
from tests.records.keeper import Keeper
from tests.records.test_destroying import planted, readable
from tests.reviews.neighbours import GOVERNANCE
from tests.support.database import Database
from threefold.domain.errors import ThreefoldError
from threefold.walls.audit.sealing import seal_some
from threefold.work.incidents.records import CaseDestroyed
from threefold.work.national import keeping, standing_aside, stories
from threefold.work.national.keeping import Received
from threefold.work.reviews import stories as reviews

FROM_NOTIFICATION = TWO_YEARS | {
    "key": "told",
    "title": "From the notification",
    "amount": 30,
    "unit": "months",
    "starts": "notified",
}


@pytest.fixture
def here(database: Database) -> Keeper:
    return desk_of(database, TWO_YEARS)


def kept(here: Keeper, matter: Received) -> tuple[date | None, str]:
    with officer(here) as unit:
        line = keeping.see_received_kept(unit, GOVERNANCE, matter.sender, matter.case_ref)
    assert line is not None
    return line.kept.ends_on, line.kept.sentence


def test_everything_of_it_is_gone_at_the_desk_and_nothing_of_another_or_of_the_area(here: Keeper) -> None:
    matter, other = whole(here), whole(here)
    closed(here, matter)
    assert planted(here, here.national) == EVERYWHERE
    alone, theirs = sorted(told for _, told in readable(here, here.national)), planted(here)
    with officer(here) as unit:
        counted = stories.timeliness(stories.desk(unit))
    hashes = set(here.rows("select id, sha256 from body.letter_in where tenant_id = %s", here.national))
    here.after(3)
    certificate = destroyed(here, matter)
    assert is_gone(here, matter) and not is_gone(here, other)
    assert len(list(readable(here, here.national))) < len(alone) and planted(here) == theirs
    for table, columns in {
        "received_case": ("notification", "report"), "panel_reply": ("reason",), "received_bar": ("why", "decision"),
        "legal_hold": ("why", "lifted_why"), "disposal": ("reason", "basis", "answer"),
    }.items():  # fmt: skip
        for column in columns:
            where = f"from body.{table} where sender_id = %s and case_ref = %s and length({column}) > 0"
            assert not here.rows(f"select 1 {where}", here.area, matter.case_ref), (table, column)
            assert here.rows(f"select 1 {where}", here.area, other.case_ref) or table == "disposal", (table, column)
    for statement in (
        "select 1 from body.outbox_letter where tenant_id = %s and case_ref = %s and (length(letter) > 0 or length(copy) > 0 or sha256 = '')",
        "select 1 from body.letter_in where tenant_id = %s and case_ref = %s and content is not null",
        "select 1 from post.letter l join body.letter_in i on i.id = l.id and i.tenant_id = l.receiver_id where i.tenant_id = %s and i.case_ref = %s and length(l.letter) > 0",
        "select 1 from body.form_draft where tenant_id = %s and form like '%%' || upper(%s::text) || '%%'",
        "select 1 from body.received_case where tenant_id = %s and case_ref = %s and (happened_on is not null or happened_in <> '')",
    ):
        assert not here.rows(statement, here.national, matter.case_ref), statement
    assert set(here.rows("select id, sha256 from body.letter_in where tenant_id = %s", here.national)) == hashes
    # What counts, counts as before; and the other case is as it was.
    with officer(here) as unit:
        assert stories.timeliness(stories.desk(unit)) == counted
        line, _, report, replies = stories.see_received(unit, here.area, other.case_ref)
        assert (report["summary"], replies[0]["reason"], line.destroyed) == ("Planted summary", "Planted reply", False)
        found, proof = keeping.see_received_certificate(unit, matter)
        assert (found.id, found.rule_said) == (
            certificate,
            "Cases received from areas: kept for 2 years from the day the case was closed.",
        )
        assert found.counts["received_case"] == 1 and found.counts["panel_reply"] == 1 and found.counts["form_draft"] == 1
        assert found.counts["letter_in"] == 2 and proof.holds is None and "Planted" not in repr(found)
        seal_some(unit)
    with officer(here) as unit:
        assert keeping.see_received_certificate(unit, matter)[1].holds is True
    # The area holds its own record of it.
    with here.unit() as unit:
        assert reviews.panel_replies(unit, matter.case_ref)[0]["reason"] == "Planted reply"


def test_the_audit_says_what_went_and_names_nobody(here: Keeper) -> None:
    matter = closed(here)
    here.after(3)
    destroyed(here, matter)
    (detail,) = here.rows("select detail from body.audit_entry where action = 'received case destroyed'")[0]
    assert set(detail) == {"certificate", "disposal", "digest", "counts"} and detail["counts"]["received_case"] == 1
    assert not here.rows("select 1 from body.audit_entry where detail::text ilike '%%planted%%' or purpose ilike '%%planted%%'")


def test_nothing_ends_where_nobody_set_a_time(database: Database) -> None:
    here = desk_of(database, {**TWO_YEARS, "cases": "any"})
    matter = closed(here)
    here.after(5)
    assert kept(here, matter) == (
        None,
        "The arrangement in force sets no time for cases received from areas. They are kept until it does.",
    )
    with pytest.raises(ThreefoldError, match="sets no time"):
        proposed(here, matter)


def test_nothing_ends_where_the_body_has_no_arrangement_at_all(database: Database) -> None:
    here = desk_of(database)
    assert kept(here, closed(here))[0] is None


def test_of_several_times_the_latest_end_counts(database: Database) -> None:
    here = desk_of(database, TWO_YEARS, FROM_NOTIFICATION)
    matter = closed(here)
    assert kept(here, matter)[0] == date(2022, 9, 30)  # notified on 30 March 2020; closed a week later
    here.later(days=800)
    with pytest.raises(ThreefoldError, match="ends on 30 September 2022"):
        proposed(here, matter)


def test_an_area_s_own_rule_says_nothing_of_the_desk(here: Keeper) -> None:
    """The area's version keeps its cases for ten years; the desk's says two for what it received."""
    matter = closed(here)
    assert kept(here, matter)[0] == here.at.date() + timedelta(days=730)


def test_every_act_on_it_is_refused_in_words_afterwards(here: Keeper) -> None:
    matter, other = closed(here), whole(here)
    here.after(3)
    destroyed(here, matter)
    ref = here.area, matter.case_ref
    for act in (
        lambda unit: stories.see_received(unit, *ref),
        lambda unit: stories.reply(unit, *ref, "agree", "no", "", uuid4()),
        lambda unit: stories.link(unit, *ref, here.area, other.case_ref),
        lambda unit: stories.unlink(unit, *ref),
        lambda unit: standing_aside.declare(unit, *ref, PEOPLE[0], "A cousin", uuid4()),
        lambda unit: keeping.close_received(unit, *ref, unit.today, uuid4()),
        lambda unit: keeping.hold_received(unit, matter, "An inquiry", uuid4()),
        lambda unit: keeping.propose_received(unit, GOVERNANCE, matter, "destroy", "Again.", None, uuid4()),
    ):
        with pytest.raises(CaseDestroyed), officer(here) as unit:
            act(unit)
    with officer(here) as unit:  # another notification of the same incident is still linked to it, so that nothing counts twice
        stories.link(unit, here.area, other.case_ref, *ref)
        assert stories.see_what_stays(unit, *ref).destroyed


def test_a_letter_that_comes_afterwards_is_sealed_away_and_the_desk_is_told(here: Keeper) -> None:
    matter = closed(here)
    here.after(3)
    destroyed(here, matter)
    here.later(hours=1)
    with here.by_manager() as unit:
        reviews.decide_local_review(unit, GOVERNANCE, matter.case_ref, "yes", "Planted afterwards", here.national, uuid4())
    assert set(here.work()) == {"done"}
    assert not any(b"Planted afterwards" in told for _, told in readable(here, here.national))
    with officer(here) as unit:
        ((row, many, last),) = keeping.came_afterwards(unit, unit.today)
        assert (row.case_ref, many, last) == (matter.case_ref, 1, here.at)
    here.later(days=1)
    with officer(here) as unit:
        assert keeping.came_afterwards(unit, unit.today) == []
