"""What the page tells of a thing that is new, the comparison tells too, and by the same names: it stands on the public page beside it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.arrangements.vale import GOVERNANCE, MARCH, NOW_IN_FORCE
from threefold.governance import drafts
from threefold.governance.comparison import compare
from threefold.governance.publishing import document
from threefold.governance.remarks import remarks

BASE = {**drafts.begin_from(NOW_IN_FORCE, "x", "X"), "begins": "2027-04-01"}
GROUPS, WAYS = ("rules", "groups", "groups"), ("rules", "groups", "ways")
SOURCE = dict(drafts.AGREED)


def page(content: dict[str, Any]) -> dict[str, str]:
    sections = document(GOVERNANCE, drafts.as_arrangement(content), "Vale")["sections"]
    return {item["title"]: item["text"] for section in sections for item in section["items"]}


def compared(content: dict[str, Any], before: dict[str, Any] = BASE) -> str:
    told = compare(GOVERNANCE.catalogue, drafts.as_arrangement(before), drafts.as_arrangement(content))
    return " ".join(one.sentence for one in told)


def with_way(**settings: Any) -> dict[str, Any]:
    content, _ = drafts.add(BASE, WAYS, {"question": "conflict_of_interest", "source": SOURCE, **settings})
    return content


def with_group(content: dict[str, Any] = BASE, *, key: str = "", **settings: Any) -> dict[str, Any]:
    if not key:
        return drafts.add(content, GROUPS, {"key": "", "title": "Panel", "source": SOURCE, **settings})[0]
    return drafts.put(content, (*GROUPS, key), {**drafts.node_at(content, (*GROUPS, key)), **settings})


def test_a_new_way_of_deciding_is_told_by_the_same_names_in_both() -> None:
    content = with_way(
        text="The council lead rings the police lead.", decides=["council-lead", "police-lead"], signs=["health-lead"], how="all_agree",
        acts="business-manager", recommends="practice-review-group", invited=["scrutineer", "schools"], invited_days=1,
    )  # fmt: skip
    told = page(content)["Who decides on a conflict of interest"]
    assert told == (
        "The council lead rings the police lead. Decided by Lead safeguarding partner, council; Lead safeguarding partner, police. Signed by "
        "Lead safeguarding partner, health. Practice review group recommends. All of them must agree. The final act is by Business manager. "
        "Independent scrutineer, Example Vale Schools Forum may comment for 1 working day; silence is recorded and delays nothing."
    )
    assert compared(content) == f"New decision: “Who decides on a conflict of interest”. {told}"


@pytest.mark.parametrize(
    "title",
    [
        "Joint practice review group",
        "The practice review group (police lead in the chair)",
        "Practice review group",
        "Board of St. Ann",
    ],
)
def test_a_group_whose_title_holds_its_key_s_words_is_named_once(title: str) -> None:
    content = with_group(with_way(decides=["practice-review-group", "police-lead"], recommends="practice-review-group", how="group_decides"),
                         key="practice-review-group", title=title)  # fmt: skip
    lead = "Lead safeguarding partner, police"
    told = page(content)["Who decides on a conflict of interest"]
    assert told == f"Decided by {title}; {lead}. {title} recommends. The group decides."
    assert told in compared(content)


def test_a_new_group_is_told_with_who_belongs_to_it_and_leads_it() -> None:
    members = [
        {"who": "council-lead", "part": "decides"}, {"who": "a GP, nurse or midwife", "number": 2, "part": "member"},
        {"who": "police", "part": "decides", "note": "one each"}, {"who": "schools", "part": "authors"}, {"who": "scrutineer", "part": "advises"},
        {"who": "executive", "part": "attends"},
    ]  # fmt: skip
    content = with_group(text="It meets 'health'.", members=members, chair="the council lead or the police", vice_chair="council-lead",
                         reports_to=["executive"], deputies_need="a letter")  # fmt: skip
    told = page(content)["Panel"]
    for part in ("Decides: Lead safeguarding partner, council; Example Vale Constabulary (one each).", "Members: a GP, nurse or midwife (2).",
                 "Chair: the council lead or the police.", "Vice-chair: Lead safeguarding partner, council.", "Also attend: Executive."):  # fmt: skip
        assert part in told
    assert compared(content) == f"New group: “Panel”. {told}"


def test_of_a_new_group_with_a_long_text_the_members_are_told_all_the_same() -> None:
    content = with_group(text="It meets. " * 80, chair="council-lead")
    assert compared(content).endswith("Chair: Lead safeguarding partner, council.") and "It has 160 words" in compared(content)


def test_what_a_seat_is_called_on_screen_is_told_in_both() -> None:
    content = with_way(
        decides=["council-lead"], titles={"council-lead": "the council", "police-lead": "the 'police'", "nobody-here": "x"}
    )
    here = "Here “Lead safeguarding partner, council” is called “the council”, and “Lead safeguarding partner, police” is called “the 'police'”."
    told = page(content)["Who decides on a conflict of interest"]
    assert told.startswith("Decided by the council. ") and told.endswith(here)
    assert compared(content).endswith(here)


def with_step(**settings: Any) -> dict[str, Any]:
    plan = ("rules", "rapid-review-plan", "steps")
    return drafts.add(BASE, plan, {"key": "", "title": "Ring", "day": 3, "source": SOURCE, **settings})[0]


@pytest.mark.parametrize(("serves", "told"), [
    ("The 'police' and St. Ann's.", "It is for: The 'police' and St. Ann's."), ("action-plans", "It is for: action plans."),
    ("rapid-review", "It serves the rapid review."),
])  # fmt: skip
def test_what_a_step_is_for_is_told_in_both(serves: str, told: str) -> None:
    assert page(with_step(serves=serves))["Ring"].endswith(told)
    assert told in compared(with_step(serves=serves))


def with_quorum(**settings: Any) -> dict[str, Any]:
    return with_group(key="executive", quorum={"needed": [], "among": [], "count": 0, "source": SOURCE, **settings})


def test_of_whom_a_quorum_counts_is_told_without_a_number_too() -> None:
    content = with_quorum(among=["council", "police"])
    told = "Of these some must be there, and how many is not stated: Example Vale Council; Example Vale Constabulary."
    assert page(content)["Quorum of Executive"] == told
    assert told in compared(content)


def test_a_number_is_asked_for_where_it_is_said_of_whom() -> None:
    (found,) = [
        r for r in remarks(GOVERNANCE, with_quorum(among=["council", "police"]), MARCH.date()) if "how many" in r.sentence
    ]
    assert found.stops and found.sentence.endswith("Enter how many of them must be there, or choose nobody.")
    assert found.field == "rules.groups.groups.executive.quorum.count"
    for settings in ({"among": ["council", "police"], "count": 1}, {"needed": ["council"]}):
        assert not [r for r in remarks(GOVERNANCE, with_quorum(**settings), MARCH.date()) if "how many" in r.sentence]
