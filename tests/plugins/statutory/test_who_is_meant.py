"""A group is looked through to its listed members: what it decides is decided by whoever sits in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugins.statutory_arrangements import StatutoryArrangements
from tests.plugins.statutory.editions import rule
from tests.plugins.statutory.test_arrangements import COUNCIL, PAGE, THREE, said, view
from threefold.domain.findings import Objection, Provided
from threefold.domain.sources import effect_of
from threefold.plugin_api.arrangement import ArrangementView, Organisation

TRUST = Organisation("trust", "Example Trust", "other", acts_for=("council",))
LEADS = ("council-lead", "board-lead", "force-lead")


def group(key: str, *members: str, chair: str = "") -> Provided:
    """A group; a member's part is `member` where none is given."""
    parts = tuple(m if ": " in m else f"{m}: member" for m in members)
    return Provided("group", key, key.title(), "Meets.", PAGE, (("members", parts), ("chair", chair)))


def way(question: str, **values: Any) -> Provided:
    return Provided("way", question, "Who decides", "As agreed.", PAGE, tuple(values.items()))


def found(arrangement: ArrangementView) -> list[Objection]:
    floor = rule(StatutoryArrangements).floor(arrangement, arrangement.begins)
    return [o for o in floor if not o.key.startswith("content/")]


# The group alone decides: what is said of it, and not, is the same as of its members named one by one.
GROUPS: list[tuple[tuple[Provided, ...], bool]] = [
    ((group("executive", "council-lead"),), True),
    ((group("executive", *LEADS),), False),
    ((group("executive", "council", "board", "force"),), False),
    ((group("executive", "trust", "board-lead", "force-lead"),), False),  # one that acts for a partner
    ((group("executive", "council-lead", "board-lead", chair="force-lead"),), False),
    ((group("executive", "council-lead", "board-lead: advises", "force-lead: attends"),), True),
    ((group("executive", "council-lead: decides", "board-lead: decides", "force-lead: authors"),), True),
    ((group("executive", "inner", "force-lead"), group("inner", "council", "board")), False),
    ((group("executive", "inner", "council"), group("inner", "council-lead", "executive")), True),  # each within the other
    ((group("executive", "council-lead", "inner"), group("inner")), False),  # nobody is listed there
    ((group("executive", "council-lead", "police officers"),), False),  # words may mean anybody
    ((group("executive", "council-lead", chair="whoever they choose"),), False),
    ((group("executive", chair="council-lead"),), False),
    ((group("executive", "council-lead: attends"),), False),  # who decides in it is not listed
    ((group("executive", "scrutineer"),), True),  # a seat of no organisation is no partner's
]


@pytest.mark.parametrize(("groups", "without"), GROUPS)
@pytest.mark.parametrize(("question", "key", "effect"), [
    ("local_review", "local-review-partners", "needs_reason"), ("sign_rapid_review", "rapid-review-partners", "warned"),
    ("sign_arrangement", "sign-arrangement-partners", "warned"),
])  # fmt: skip
@pytest.mark.parametrize("told", [{"decides": ("executive",)}, {"decides": (), "how": "group_decides", "group": "executive"}])
def test_what_a_group_decides_is_decided_by_those_listed_in_it(
    groups: tuple[Provided, ...], without: bool, question: str, key: str, effect: str, told: dict[str, Any]
) -> None:
    arrangement = view(*THREE, TRUST, provided=(*groups, way(question, **told)))
    assert said(arrangement) == ({key: effect} if without else {})


def test_of_a_group_it_is_told_whose_members_were_looked_at() -> None:
    made = view(*THREE, provided=(group("executive", "council-lead"), way("local_review", decides=("executive",))))
    (told,) = found(made)
    assert told.sentence.startswith(
        "Whether to carry out a local review is decided without Example Board and Example Police, of whom nobody is listed in “Executive” as one who decides."
    )
    (told,) = found(replace(made, entered="adopted"))
    assert effect_of(told.force) == "warned"


def test_a_group_beside_somebody_named_counts_with_them() -> None:
    both = (group("executive", "board", "force"), way("local_review", decides=("council", "executive")))
    assert said(view(*THREE, provided=both)) == {}
    assert said(view(*THREE, provided=(both[0], way("local_review", decides=("executive",))))) == {
        "local-review-partners": "needs_reason"
    }
    assert COUNCIL.name in found(view(*THREE, provided=(both[0], way("local_review", decides=("executive",)))))[0].sentence


# Whether to notify: the duty is the local authority's (N-7), and so is the decision (N-8)

NOT_THEIRS, NOT_ALONE = {"who-decides-to-notify": "needs_reason"}, {"who-decides-to-notify": "warned"}
IN_WORDS = NOT_ALONE


@pytest.mark.parametrize(("told", "expected"), [
    ({"decides": ("force-lead",), "how": "one_decides"}, NOT_THEIRS),
    ({"decides": ("force-lead",)}, NOT_THEIRS),
    ({"decides": ("board", "force"), "how": "all_agree"}, NOT_THEIRS),
    ({"decides": ("scrutineer",), "how": "one_decides"}, NOT_THEIRS),
    ({"decides": ("others",), "how": "group_decides"}, NOT_THEIRS),
    ({"decides": (), "how": "group_decides", "group": "others"}, NOT_THEIRS),
    ({"decides": LEADS, "how": "all_agree"}, NOT_ALONE),  # each alone could hold it up
    ({"decides": ("executive",), "how": "all_agree"}, NOT_ALONE),
    ({"decides": (), "views_from": LEADS, "how": "all_agree"}, NOT_ALONE),  # nobody else is named who could be meant
    ({"decides": ("executive",), "how": "group_decides"}, NOT_ALONE),  # the others could outvote it
    ({"decides": ("force-lead", "whoever is on duty"), "how": "all_agree"}, NOT_ALONE),
    ({"decides": LEADS, "how": "joint_view"}, {}),  # a view is no decision
    ({"decides": LEADS}, {}),
    ({"decides": ("council-lead",), "how": "one_decides"}, {}),
    ({"decides": ("trust",), "how": "one_decides"}, {}),  # it acts for the authority
    ({"decides": ("council", "council-lead"), "how": "all_agree"}, {}),
    ({"decides": ("board-lead", "council-lead"), "how": "one_decides"}, {}),
    ({"decides": ("the partners",), "how": "all_agree"}, {}),  # words may mean anybody
    ({"decides": ("All three safeguarding partners must agree",), "how": "all_agree"}, IN_WORDS),
    ({"decides": ("Council and police",), "how": "all_agree"}, IN_WORDS),
    ({"decides": ("Council and police",), "how": "joint_view"}, {}),
    ({"decides": ("whoever is on duty",), "how": "one_decides"}, {}),
    ({"decides": ("unlisted",), "how": "group_decides"}, {}),
    ({"decides": ()}, {}),
    ({"decides": ("The independent scrutineer",), "how": "joint_view"}, NOT_THEIRS),  # a seat is called so
    *(({"decides": (words,), "how": how}, IN_WORDS) for how in ("one_decides", "all_agree", "not_stated") for words in (
        "An independent reviewer", "Independent chair of the Vale Safeguarding Children Partnership", "The duty inspector of police", "scrutiny lead")),
    ({"decides": ("The independent chair", "Director of Children’s Services"), "how": "joint_view"}, {}),
    ({"decides": ("Independent chair with the partners",), "how": "joint_view"}, {}),
    ({"decides": ("The independent chair", "council-lead"), "how": "joint_view"}, {}),
    ({"decides": ("example council",), "how": "one_decides"}, {}),  # its name is as good as its key
    ({"decides": ("Example Police",), "how": "one_decides"}, NOT_THEIRS),
])  # fmt: skip
def test_whether_to_notify_is_the_authority_s_to_decide(told: dict[str, Any], expected: dict[str, str]) -> None:
    groups = (group("executive", *LEADS), group("others", "board-lead", "force-lead"), group("unlisted"))
    provided = (*groups, way("notify", acts="council", **told))
    assert said(view(*THREE, TRUST, provided=provided)) == expected
    told_in_words = (
        any(" " in str(one) for one in told["decides"])
        and expected == IN_WORDS
        and told.get("decides") != ("force-lead", "whoever is on duty")
    )
    assert said(view(*THREE, TRUST, provided=provided, entered="adopted")) == (
        {} if told_in_words else dict.fromkeys(expected, "warned")
    )


@pytest.mark.parametrize(("words", "warned"), [
    *((words, True) for words in (
        "Director of Nursing and Quality, ICB", "Head of Public Protection, Metropolitan Police", "Detective Inspector, Public Protection Unit",
        "Chief Constable or deputy", "ICB head of safeguarding", "ICB safeguarding team", "Police public protection team", "Named GP for safeguarding",
        "ICB Director of Nursing and Quality", "Head of Public Protection", "Detective Inspector", "GMP",
         "Chief Constable", "Assistant Chief Constable", "Detective Superintendent", "Chief Nurse", "ICB Chief Executive", "Police and ICB",
             "Designated nurse", "NHS England", "The ICB", "The independent scrutineer", "Independent chair",
             "Independent chair of the Vale Safeguarding Children Partnership", "Partnership business manager", "Business manager", "scrutiny lead",
             "The duty inspector of police", "An independent reviewer", "The national Panel", "Independent person",
    )),
    *((words, False) for words in (
        "Head of Safeguarding after speaking to the police", "Strategic Director following police advice", "Duty director on hearing from the police",
        "Assistant Director having taken police advice",
        "Service Director advised by the designated nurse", "Safeguarding partners on the advice of the independent scrutineer", "DCS or deputy",
        "Rapid review group chaired by the detective superintendent",
    "Child protection chair", "Head of Safeguarding and Independent Reviewing", "Principal Independent Reviewing Officer",
    "Head of Safeguarding Partnerships", "Head of Children’s Health and Social Care", "Head of service, school improvement",
    "whoever is on duty", "Director of Children’s Services", "The council", "Chief Executive", "Head of safeguarding", "MASH manager",
    "Assistant director, social care", "Duty manager", "The executive", "Strategic lead", "Rapid review group", "Chair of the executive",
    )),
])  # fmt: skip
def test_words_that_are_plainly_another_s_decide_on_no_notification(words: str, *, warned: bool) -> None:
    told = view(*THREE, TRUST, provided=(way("notify", acts="council", decides=(words,), how="one_decides"),))
    assert bool(said(told)) is (warned or words.removeprefix("The ").lower() == "independent scrutineer")


def test_a_district_council_beside_the_authority_has_no_such_duty() -> None:
    district = replace(COUNCIL, key="district", name="Example District Council", partner=False)
    told = way("notify", acts="district", decides=("district",), how="one_decides")
    assert set(said(view(*THREE, district, provided=(told,)))) == {"who-notifies", "who-decides-to-notify"}


@pytest.mark.parametrize(("question", "effect"), [("local_review", "needs_reason"), ("sign_rapid_review", "warned")])
def test_where_one_has_the_last_word_the_others_named_beside_decide_nothing(question: str, effect: str) -> None:
    told = way(question, decides=LEADS, how="one_decides", acts="council-lead")
    assert list(said(view(*THREE, provided=(told,))).values()) == [effect]
    assert said(view(*THREE, provided=(way(question, decides=LEADS, how="one_decides"),))) == {}


def test_of_who_decides_to_notify_it_is_told_with_its_row() -> None:
    def told(**values: Any) -> Objection:
        (one,) = found(view(*THREE, provided=(way("notify", acts="council", **values),)))
        return one

    police = told(decides=("force-lead",), how="one_decides")
    assert police.sentence == (
        "Whether to notify is decided without the local authority. Whoever else is heard, the duty stays with it, and so does the decision."
    )
    assert (police.source.ref[:3], police.source.sure, police.field) == ("N-7", "V2", "rules.plan.ways.notify.decides")
    agreed = told(decides=LEADS, how="all_agree")
    assert agreed.sentence == (
        "Whether to notify is decided only where all agree, so that Example Board or Example Police alone could hold it up. The partners "
        "should agree which incidents are notified; the local authority decides, and holds the duty."
    )
    assert (agreed.source.ref[:3], agreed.source.sure) == ("N-8", "V")
