"""Until when records are kept: by which rule of which version and from which fact; and nothing that nobody set ever ends."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.governance.test_decide import arrangement
from tests.records.keeper import CHILD, Keeper, keeper, keeping
from tests.reviews.neighbours import DEAD, GOVERNANCE, PARTNERS, SAID, SEATS, USES
from tests.support.database import Database
from tests.support.statements import counting
from threefold.domain.errors import ThreefoldError
from threefold.governance.keeping import kept_request
from threefold.governance.pack_export import to_toml
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories as incidents
from threefold.work.records import stories
from threefold.work.reviews import stories as reviews

BIRTH = {"key": "birth", "title": "Until 25", "amount": 25, "starts": "birth", "source": SAID}
CLOSED = {"key": "closed", "title": "Ten years", "amount": 10, "source": SAID}


def told(here: Keeper, *kept: dict[str, Any], child: dict[str, Any] | None = None) -> stories.Line:
    case_id = here.opened(children=[DEAD])
    if child is not None:
        with here.by_manager() as unit:
            incidents.add_person(unit, case_id, "child", child, "child-1")
    here.closed(case_id)
    with here.by_manager() as unit:
        line = stories.see_kept(unit, GOVERNANCE, case_id)
    assert line is not None
    return line


def test_the_latest_end_of_several_rules_counts_and_says_from_which_fact(database: Database) -> None:
    line = told(keeper(database, BIRTH, CLOSED), child=CHILD)
    assert line.kept.ends_on == date(2037, 2, 1)
    assert line.kept.governing is not None and line.kept.governing.rule.version == "one"
    assert line.kept.sentence == (
        "Kept until 1 February 2037. Counted from 1 February 2012, the day on which the youngest child in the case was born.")  # fmt: skip


@pytest.mark.parametrize("child", [None, CHILD | {"born_on": None}])
def test_a_fact_that_is_not_known_is_no_end(database: Database, child: dict[str, Any] | None) -> None:
    kept = told(keeper(database, BIRTH, CLOSED), child=child).kept
    assert kept.ends_on is None and "date of birth of a child in this case is not on record" in kept.sentence


@pytest.mark.parametrize("local_review", ["yes", "no"])
def test_a_case_that_was_not_notified_is_kept_as_such_whatever_is_decided_of_a_local_review(
    database: Database, local_review: str
) -> None:
    thirty = {"key": "long", "title": "Not notified", "cases": "not_notified", "amount": 30, "source": SAID}
    here = keeper(database, thirty, CLOSED | {"cases": "no_local_review"})
    case_id = here.opened(children=[{"key": "child-1", "died": "no", "seriously_harmed": "no", "abuse_or_neglect": "no"}])
    with here.by_manager() as unit:
        incidents.decide_notify(unit, GOVERNANCE, case_id, "no", "Nobody was harmed.", uuid4())
        reviews.decide_local_review(unit, GOVERNANCE, case_id, local_review, "As was agreed.", None, uuid4())
    here.closed(case_id)
    with here.by_manager() as unit:
        line = stories.see_kept(unit, GOVERNANCE, case_id)
    assert line is not None and line.kept.ends_on == date(2050, 3, 30)
    titles = {ending.rule.title for ending in line.kept.endings}
    assert titles == ({"Not notified", "Ten years"} if local_review == "no" else {"Not notified"})


def test_what_no_rule_is_about_is_kept_for_good(database: Database) -> None:
    here = keeper(database, CLOSED | {"cases": "published"})
    line = told(here)
    assert line.kept.ends_on is None and "sets no time for records like these" in line.kept.sentence
    here.after(100)
    with pytest.raises(ThreefoldError, match="sets no time"):
        here.proposed(line.id)


def test_a_schedule_agreed_later_governs_from_its_day(here: Keeper) -> None:
    line = told(here)
    assert line.kept.ends_on == date(2030, 3, 30)
    version = replace(
        arrangement("two", date(2021, 1, 1), *USES, keeping(CLOSED | {"amount": 12})), organisations=PARTNERS, seats=SEATS
    )
    with here.by_manager() as unit:
        enter_version(unit, GOVERNANCE, version)
        assert stories.list_kept(unit, GOVERNANCE)[0].kept.ends_on == date(2030, 3, 30)
    here.after(1)
    with here.by_manager() as unit:
        (line,) = stories.list_kept(unit, GOVERNANCE)
    assert line.kept.ends_on == date(2032, 3, 30) and line.kept.governing and line.kept.governing.rule.version == "two"


def test_a_changed_case_is_not_closed_any_more(here: Keeper) -> None:
    line = told(here)
    with here.by_manager() as unit:
        incidents.save_facts(unit, GOVERNANCE, line.id, 1, {"incident": {"children": [DEAD], "urgent": "yes"}})
        assert stories.list_kept(unit, GOVERNANCE) == []
    here.closed(line.id)
    with here.by_manager() as unit:
        assert len(stories.list_kept(unit, GOVERNANCE)) == 1


def test_two_people_keep_it_longer_and_the_day_counts(here: Keeper) -> None:
    line = told(here)
    here.after(11)
    disposal = here.proposed(line.id, "keep", date(2040, 1, 1))
    with here.by_lead() as unit:
        assert stories.confirm(unit, GOVERNANCE, line.id, disposal) is None
    with here.by_manager() as unit:
        (line,) = stories.list_kept(unit, GOVERNANCE)
    assert line.kept.ends_on == date(2040, 1, 1) and "as two people decided" in line.kept.sentence
    with pytest.raises(ThreefoldError, match="ends on 1 January 2040"):
        here.proposed(line.id)


def test_the_seat_that_the_arrangement_names_confirms_and_no_other(database: Database) -> None:
    here = keeper(database, CLOSED | {"confirms": "health-lead"})
    line = told(here)
    here.after(11)
    disposal = here.proposed(line.id)
    with pytest.raises(ThreefoldError, match="The seat that the arrangement names"), here.by_lead() as unit:
        stories.confirm(unit, GOVERNANCE, line.id, disposal)
    with here.by_lead(seats=("health-lead",)) as unit:
        assert stories.confirm(unit, GOVERNANCE, line.id, disposal)


def test_what_is_declined_stays_and_can_be_proposed_again(here: Keeper) -> None:
    line = told(here)
    here.after(11)
    disposal = here.proposed(line.id)
    with pytest.raises(ThreefoldError, match="Something is proposed"):
        here.proposed(line.id)
    with here.by_lead() as unit:
        stories.decline(unit, line.id, disposal, "An appeal is expected.")
    with here.by_lead() as unit, pytest.raises(ThreefoldError, match="decided already"):
        stories.confirm(unit, GOVERNANCE, line.id, disposal)
    assert here.proposed(line.id)


def test_no_case_is_closed_before_what_is_on_record_of_it_or_in_the_future(here: Keeper) -> None:
    case_id = here.notified(happened_on="2020-03-28", children=[DEAD])
    for day, told_ in (
        (here.at.date() - timedelta(days=1), "after that day"),
        (here.at.date() + timedelta(days=1), "not in the future"),
    ):
        with pytest.raises(ThreefoldError, match=told_):
            here.closed(case_id, day)


def test_nor_before_it_happened_or_was_opened_here_or_before_the_last_thing_on_record(here: Keeper) -> None:
    case_id = here.opened()
    opened = here.at.date()
    with pytest.raises(ThreefoldError, match="Give 30 March 2020, or a later day"):
        here.closed(case_id, date(1950, 1, 1))
    here.later(days=3)
    with here.by_manager() as unit:
        reviews.add_safety_action(unit, case_id, "Somebody looks after the child.", opened + timedelta(days=1), uuid4())
    with pytest.raises(ThreefoldError, match="Give 2 April 2020, or a later day"):
        here.closed(case_id, opened + timedelta(days=2))
    here.closed(case_id, opened + timedelta(days=3))


@pytest.mark.parametrize("known_first", [True, False])
def test_a_child_who_is_on_a_case_twice_has_no_birthday_while_one_is_not_known(database: Database, known_first: bool) -> None:
    here = keeper(database, BIRTH, CLOSED)
    case_id = here.opened(children=[DEAD])
    both = [CHILD, CHILD | {"born_on": None}]
    for child in both if known_first else reversed(both):
        with here.by_manager() as unit:
            incidents.add_person(unit, case_id, "child", child, "child-1")
    here.closed(case_id)
    with here.by_manager() as unit:
        line = stories.see_kept(unit, GOVERNANCE, case_id)
    assert line and line.kept.ends_on is None


@pytest.mark.parametrize("later_first", [True, False])
def test_a_child_who_is_on_a_case_twice_counts_from_the_later_birthday(database: Database, later_first: bool) -> None:
    here = keeper(database, BIRTH, CLOSED)
    case_id = here.opened(children=[DEAD])
    both = [CHILD | {"born_on": "2012-03-01"}, CHILD]
    for child in both if later_first else reversed(both):
        with here.by_manager() as unit:
            incidents.add_person(unit, case_id, "child", child, "child-1")
    here.closed(case_id)
    with here.by_manager() as unit:
        line = stories.see_kept(unit, GOVERNANCE, case_id)
    assert line and line.kept.ends_on == date(2037, 3, 1)


def test_the_list_costs_as_many_statements_however_long_it_is(here: Keeper) -> None:
    told(here)
    shapes = []
    for _ in range(2):
        with counting(here.database.engine) as counted, here.by_manager() as unit:
            stories.list_kept(unit, GOVERNANCE)
        shapes.append(len(counted.statements))
        for _ in range(3):
            told(here, child=CHILD)
    assert shapes[0] == shapes[1] <= 8, counted.shapes


def test_restricted_cases_are_in_the_list_of_nobody_else(here: Keeper) -> None:
    line = told(here)
    here.restricted(line.id)
    with here.by_manager() as unit:
        assert stories.list_kept(unit, GOVERNANCE) == []
    with here.by_manager() as unit, pytest.raises(ThreefoldError):
        stories.put_hold(unit, line.id, "A claim.", uuid4())


# requests for one's own records


REQUESTS = {"key": "own", "title": "Own records", "cases": "requests", "amount": 2, "starts": "answered", "source": SAID}


def test_an_entry_for_requests_is_about_no_case_and_one_for_every_case_about_no_request(database: Database) -> None:
    here = keeper(database, CLOSED | {"cases": "any"}, REQUESTS)
    assert told(here).kept.ends_on == date(2030, 3, 30)
    with here.by_manager() as unit:
        rules = stories.rules_today(unit, GOVERNANCE)
    assert kept_request(rules, date(2020, 2, 29)).sentence == (
        "Kept until 28 February 2022. Counted from 29 February 2020, the day on which the request was answered or refused.")  # fmt: skip
    only_cases = kept_request([rule for rule in rules if rule.cases == "any"], date(2020, 2, 29))
    assert only_cases.ends_on is None and "sets no time for requests for one’s own records" in only_cases.sentence
    assert kept_request(rules, None).ends_on is None


def test_of_several_entries_for_requests_the_latest_end_counts(database: Database) -> None:
    here = keeper(database, REQUESTS, REQUESTS | {"key": "longer", "title": "Longer", "amount": 30, "unit": "months"})
    with here.by_manager() as unit:
        kept = kept_request(stories.rules_today(unit, GOVERNANCE), date(2020, 1, 15))
    assert kept.ends_on == date(2022, 7, 15) and kept.governing is not None and kept.governing.rule.key == "longer"
    assert kept.governing.rule.sentence == (
        "Requests for one’s own records: kept for 30 months from the day the request was answered or refused.")  # fmt: skip


def test_a_file_that_counts_requests_from_another_day_is_refused_at_its_place_and_a_right_one_comes_out_again() -> None:
    version = replace(arrangement("one", date(2019, 1, 1), *USES, keeping(REQUESTS)), organisations=PARTNERS, seats=SEATS)
    (use,) = [use for use in tomllib.loads(to_toml(version))["rules"] if use["use"] == "keeping"]
    (kept,) = use["settings"]["kept"]
    assert (kept["cases"], kept["starts"], kept["amount"]) == ("requests", "answered", 2)
    _, _, edition = GOVERNANCE.pin([version], date(2020, 1, 1))
    (told_so,) = [p.sentence for _, p in GOVERNANCE.rule_set(version, edition).provided if p.kind == "retention"]
    assert told_so == "Requests for one’s own records: kept for 2 years from the day the request was answered or refused."
    wrong = replace(version, uses=(*USES, keeping(REQUESTS | {"starts": "closed"})))
    with pytest.raises(ThreefoldError) as error:
        GOVERNANCE.rule_set(wrong, edition)
    assert error.value.field.endswith("starts") and "counted from the day they were answered" in error.value.sentence
