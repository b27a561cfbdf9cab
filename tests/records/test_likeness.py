"""Who may be the person that asks: compared as the index of people compares, whoever was taken off a case among them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.records.keeper import CHILD, Keeper
from tests.records.test_asking import ABOUT, SISTER, items
from threefold.domain.errors import ThreefoldError
from threefold.work.incidents import stories as incidents
from threefold.work.records.likeness import AskedAbout, Likeness, likeness_of
from threefold.work.records.stories import answering, asking

THEIRS, NEAR = Likeness.THEIRS, Likeness.NEAR
DAY = "2012-02-01"
AWARE = {"name": "aware", "at": "2020-03-30"}
DECIDED = {"name": "notification_decided", "at": "2020-04-02", "how": "no"}


def called(name: str, born: str | None = DAY) -> dict[str, Any]:
    return {"name": name, "aliases": "", "born_on": born, "nhs_number": "", "addresses": ["1 Planted Lane"]}


@pytest.mark.parametrize(("name", "born", "number", "on_record", "like"), [
    ("Zephyrine Planted", "2012-02-01", "", CHILD, THEIRS),
    ("Zephyrine Other", "2012-02-01", "", CHILD, THEIRS),  # a name that changed
    ("Quillon Else", "2012-02-01", "", CHILD, None),  # the same birthday alone
    ("Zephyrine Planted", "2012-02-02", "", CHILD, NEAR),  # a day that may have been mistyped
    ("Zephyrine Planted", "", "", CHILD, THEIRS),
    ("Planted", "", "", SISTER, THEIRS),
    ("Planted", "2012-02-01", "", SISTER, None),
    ("Zephyrine Planted", "", "", SISTER, None),  # the family's name alone
    ("Zephyrine Planted", "2015-05-05", "", SISTER, THEIRS),
    ("Quillon Else", "", "9434765919", CHILD, THEIRS),
    ("Zephyrine Planted", "2012-02-01", "9434765870", CHILD, NEAR),  # a number that may have been
    ("Quillon Planted", "2012-02-01", "9434765870", CHILD, None),  # a twin
    ("Zephyrine Newfamily", "2012-02-01", "9434765870", CHILD, NEAR),  # adopted: another number, and another family's name
    ("Newfamily Zefirine", "2012-02-01", "9434765870", CHILD, NEAR),
    ("Newfamily, Anna Zephyrine", "2012-02-01", "9434765870", CHILD, NEAR),
    ("Zephyrine Newfamily", "2012-02-01", "9434765870", CHILD | {"name": "Planted, Zephyrine"}, NEAR),
    ("Zephyrine Newfamily", "2012-02-01", "9434765870", CHILD | {"name": "Planted Zephyrine"}, NEAR),
    ("Zephyrine-Anne Newfamily", "2012-02-01", "9434765870", CHILD, NEAR),
    ("Zephyrine Newfamily", "2012-02-01", "9434765870", CHILD | {"name": "Not known", "aliases": "Nobody Planted; Zephyrine"}, NEAR),
    ("Zephyrine Newfamily", "2012-02-02", "9434765870", CHILD, None),  # a stranger: not even the day
    ("Zephyrine Newfamily", "", "9434765870", CHILD, None),
    ("Not known", "2012-02-01", "9434765870", CHILD, None),
    ("Zephyrine Newfamily", "2012-02-01", "9434765870", CHILD | {"name": "Not known"}, None),
    ("Amina", "2012-02-02", "", called("Amina"), NEAR),  # one word is all of a name where no more of it is told
    ("Ameena", "", "9434765870", called("Amina", None) | {"nhs_number": "9434765919"}, NEAR),
    ("Amina", "2012-02-02", "", called("Amina Planted"), None),
    ("Amina Planted", "2012-02-02", "", called("Amina"), None),
    ("Amina", "2012-02-02", "", called("Not known") | {"aliases": "Amina"}, NEAR),
    ("", "", "9434765919", SISTER, None),
    ("Planted, Zefirine", "2012-02-03", "", CHILD | {"earlier": [called("Zephyrine Planted", "2012-02-03")]}, THEIRS),
    ("Not known", "2012-02-01", "", CHILD, THEIRS),
])  # fmt: skip
def test_whose_own_entries_are_gathered(
    name: str, born: str, number: str, on_record: dict[str, Any], like: Likeness | None
) -> None:
    assert likeness_of(AskedAbout(name, born, number), on_record) is like


SPELLED = [
    ("Zoë Ångström", "Zoe Angstrom", DAY), ("Zoë Ångström", "Zoë Ångström", DAY), ("Mary O'Neil", "Mary O’Neil", ""),
    ("Mary O'Neil", "Mary O’Neil", DAY), ("Jane Smith-Jones", "Jane Smith Jones", DAY), ("Jane Smith-Jones", "Jane Smith Jones", ""),
    ("Siobhán Planted", "Siobhan", DAY), ("Siobhan Planted", "Shivawn Planted", ""), ("Siobhan Planted", "Shivawn Other", DAY),
    ("Mary O Neil", "Mary O’Neil", ""), ("Annemarie Jones", "Anne Marie Smith", DAY), ("Mary O’Neil", "Mary O Neil", ""), ("Annemarie Planted", "Anne Marie Planted", ""), ("Anne Marie Planted", "Annemarie Planted", DAY),
]  # fmt: skip


def asked(here: Keeper, name: str, born: str = DAY) -> UUID:
    with here.by_manager() as unit:
        return asking.open_request(unit, ABOUT | {"name": name, "born_on": born, "nhs_number": ""}, unit.today, uuid4())


def put_on(here: Keeper, case_id: UUID, name: str) -> UUID:
    with here.by_manager() as unit:
        return incidents.add_person(unit, case_id, "child", called(name), "")


@pytest.mark.parametrize(("on_record", "name", "born"), SPELLED)
def test_of_whom_the_index_finds_the_own_entry_is_gathered(here: Keeper, on_record: str, name: str, born: str) -> None:
    put_on(here, case_id := here.opened(AWARE), on_record)
    request = asked(here, name, born)
    with here.by_manager() as unit:
        assert [one.case_id for one in asking.look_for(unit, request)[0]] == [case_id]
    with here.by_manager() as unit:
        answering.gather(unit, request, [case_id])
    assert "1 Planted Lane" in "".join(item.text for item in items(here, request) if item.title == THEIRS)


def test_somebody_of_the_same_name_is_gathered_under_a_title_that_says_so(here: Keeper) -> None:
    put_on(here, case_id := here.opened(AWARE), "Zephyrine Planted")
    request = asked(here, "Zephyrine Planted", "1982-02-01")
    with here.by_manager() as unit:
        answering.gather(unit, request, [case_id])
    assert [item.title for item in items(here, request)].count(NEAR) == 1


def test_of_an_adopted_child_the_own_entry_is_gathered_to_be_decided_on_and_kept_meanwhile(here: Keeper) -> None:
    """Adopted, a child is given another number and another family's name; the first name and the day of birth stay."""
    case_id = here.opened(AWARE, DECIDED)
    with here.by_manager() as unit:
        incidents.add_person(unit, case_id, "child", CHILD, "")
    here.later(days=7)
    here.closed(case_id)
    here.after(11)
    adopted = ABOUT | {"name": "Zephyrine Newfamily", "born_on": CHILD["born_on"], "nhs_number": "9434765870"}
    with here.by_manager() as unit:
        request = asking.open_request(unit, adopted, unit.today, uuid4())
    with pytest.raises(ThreefoldError, match="SAR-2031"):
        here.destroyed(case_id)
    with here.by_manager() as unit:
        assert [one.case_id for one in asking.look_for(unit, request)[0]] == [case_id]
        answering.gather(unit, request, [case_id])
    assert "1 Planted Lane" in "".join(item.text for item in items(here, request) if item.title == NEAR)


@pytest.mark.parametrize("off", [False, True])
def test_nothing_is_destroyed_while_its_person_asks_however_the_name_is_spelled_and_once_taken_off_too(
    here: Keeper, off: bool
) -> None:
    person = put_on(here, case_id := here.opened(AWARE, DECIDED), "Zoë Ångström")
    if off:
        with here.by_manager() as unit:
            incidents.remove_person(unit, case_id, person, "Another case.")
    here.later(days=7)
    here.closed(case_id)
    here.after(11)
    asked(here, "Zoe Angstrom")
    with pytest.raises(ThreefoldError, match="SAR-2031"):
        here.destroyed(case_id)


def test_who_was_taken_off_a_case_is_found_by_what_they_ask_and_by_no_search(here: Keeper) -> None:
    person = put_on(here, case_id := here.opened(AWARE), "Zoë Ångström")
    with here.by_manager() as unit:
        incidents.remove_person(unit, case_id, person, "Put on the wrong case.")
    request = asked(here, "Zoe Angstrom")
    with here.by_manager() as unit:
        assert incidents.find_people(unit, incidents.Sought("Zoe Angstrom"))[0] == []
        assert [(one.case_id, one.way) for one in asking.look_for(unit, request)[0]] == [(case_id, "taken_off")]
        assert answering.gather(unit, request, [case_id])
    (text,) = [item.text for item in items(here, request) if item.title == THEIRS]
    assert "1 Planted Lane" in text and "Put on the wrong case." in text and str(here.manager) not in text
    here.restricted(case_id)
    with here.by_manager() as unit:
        assert asking.look_for(unit, request)[0] == []


@pytest.mark.parametrize("off", [False, True])
def test_whose_entry_was_corrected_is_found_by_what_it_told_before_and_by_no_search(here: Keeper, off: bool) -> None:
    person = put_on(here, case_id := here.opened(AWARE), "Zoë Ångström")
    with here.by_manager() as unit:
        incidents.correct_person(unit, case_id, person, "child", called("Righton, Beth", "2013-03-03"))
    if off:
        with here.by_manager() as unit:
            incidents.remove_person(unit, case_id, person, "Put on the wrong case.")
    way = "taken_off" if off else "corrected"
    for request in (asked(here, "Zoe Angstrom"), asked(here, "Zoe Angstrom", ""), asked(here, "Zoe Else")):
        with here.by_manager() as unit:
            assert incidents.find_people(unit, incidents.Sought("Zoe Angstrom"))[0] == []
            assert [(one.case_id, one.way) for one in asking.look_for(unit, request)[0]] == [(case_id, way)]
            assert answering.gather(unit, request, [case_id])
        (text,) = [item.text for item in items(here, request) if item.title == THEIRS]
        assert "Zoë Ångström" in text
    here.restricted(case_id)
    with here.by_manager() as unit:
        assert asking.look_for(unit, asked(here, "Zoe Angstrom"))[0] == []
