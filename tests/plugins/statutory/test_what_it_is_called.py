"""What the floor makes of titles and words: what the law asks for by its plain names, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from plugins.statutory_arrangements import StatutoryArrangements
from tests.plugins.statutory.editions import rule
from tests.plugins.statutory.test_arrangements import PAGE, THREE, leads, said, view
from tests.plugins.statutory.test_later_than_the_law import days, effects, kind, plan, step
from threefold.domain.findings import Provided
from threefold.plugin_api.arrangement import Organisation, Seat

ORDINARY: list[dict[str, Any]] = [
    {"title": "Notification", "who": "force-lead", "start_events": ["death"]},
    {"title": "Serious incident notification", "who": "Police public protection unit", "start_events": ["incident"]},
    {"title": "Notify the Panel", "who": "Director for Children, Adults and Health"},
    {"title": "Notify the Panel", "who": "Partnership business manager"},
    {"title": "Notify the Panel", "who": "business"},
    {"title": "Notify the Panel", "who": "The authority’s designated officer, for the partnership"},
    {"title": "Threshold meeting", "who": "Chief executive (lead safeguarding partner)", "ends_with": "notification_sent"},
    *({"title": f"Notify {whom}", "days": 10} for whom in ("the LADO", "CQC", "the lead member", "the Secretary of State", "GPs", "the home authority")),
    {"title": "Report the incident to the Serious Incident Panel", "days": 10, "who": "force-lead"},
    *({"title": title, "start_events": ["yearly_report_published"], "days": 30} for title in (
        "Present the yearly report to the scrutiny panel", "Send copies to schools and GPs", "Send a copy to the health and wellbeing board",
        "Police and crime panel receives the report", "The youth panel discusses the report", "Copy for the archive",
        "Agree what works and what does not")),
    {"title": "CSP report", "start_events": ["local_review_decided"], "days": 200},
    {"title": "Local review by the author: action plan checked", "start_events": ["local_review_decided"], "days": 300},
]  # fmt: skip


@pytest.mark.parametrize("told", ORDINARY, ids=lambda told: f"{told['title']}/{told.get('who', '')}")
def test_an_ordinary_step_is_taken_for_nothing_that_it_is_not(told: dict[str, Any]) -> None:
    one = {"key": "s", "start_events": ["aware"], **days(told.get("days", 3)), **{n: v for n, v in told.items() if n != "days"}}
    seats = (
        *leads(*THREE),
        Seat("business", "Business manager", "business_manager"),
        Seat("scrutineer", "Scrutineer", "scrutineer"),
    )
    made = view(*THREE, seats=seats, provided=plan(one))
    assert said(made) == {} and effects(made) == {}


@pytest.mark.parametrize(
    "title", ["Learning review where no notification was made", "Learning review in place of a rapid review"]
)
def test_a_kind_of_review_that_speaks_of_another_is_its_own(title: str) -> None:
    assert said(view(*THREE, provided=(kind(title, 60, "working_days", "notification_sent"),))) == {}
    assert said(view(*THREE, provided=(kind(title, 3, "calendar_months", "aware"),))) == {}


def test_the_step_called_the_notification_that_another_does_is_warned_of() -> None:
    made = step(3, "working_days", title="Notify the Panel", start_events=["aware"], who="force-lead")
    assert said(view(*THREE, provided=(made,))) == {"who-notifies/plan/s": "warned"}


@pytest.mark.parametrize(("title", "serves", "warned"), [
    ("Local child safeguarding practice review published", "local-review", True),
    ("Secretary of State and Ofsted told of a looked-after child’s death", "tell-state", True),
    ("Notify the Child Safeguarding Practice Review Panel", "notify-panel", True),
    ("Report of the local child safeguarding practice review shared with the family", "local-review", False),
    ("Child told that the rapid review was sent", "rapid-review", False),
])  # fmt: skip
def test_a_child_in_the_law_s_own_names_is_nobody_beside_it(title: str, serves: str, warned: bool) -> None:
    made = step(3, "working_days", title=title, start_events=["aware"], serves=serves, optional=True)
    assert ("optional/plan/s" in said(view(*THREE, provided=(made,)))) is warned


@pytest.mark.parametrize(("title", "warned"), [
    ("Director of Children’s Services", True), ("Detective superintendent, public protection", True), ("Designated nurse", True),
    ("Police and crime commissioner", True), ("Lead member for children", True), ("Deputy chief executive", True),
    ("Chief executive", False), ("Council partner", False), ("Commissioner", False), ("Managing director", False), ("Chief constable", False),
])  # fmt: skip
def test_a_post_that_leads_none_of_the_three_is_told_as_a_lead(title: str, warned: bool) -> None:
    """R-1.6 names the leads; a title is words, so that it is warned of."""
    made = (*leads(*THREE[1:]), Seat("lead", title, "lead", THREE[0].key), Seat("scrutineer", "Scrutineer", "scrutineer"))
    assert said(view(*THREE, seats=made)) == ({"lead-seat/lead": "warned"} if warned else {})
    assert said(view(*THREE, seats=made, entered="adopted")) == {}


@pytest.mark.parametrize(("who", "warned"), [
    ("Independent chair", True), ("Case review group", True), ("The partnership", True), ("Head teacher", True),
    ("Business manager", False), ("Partnership business unit", False), ("Secretary to the partnership", False),
    ("Social worker", False), ("Head of safeguarding", False), ("The local authority, with its partners", False),
])  # fmt: skip
def test_who_notifies_in_a_step_is_the_authority_or_an_office_that_writes_for_it(who: str, warned: bool) -> None:
    """Told in words, of a step that is said to be the notification: who acts for all the partners or for none of them is warned of."""
    made = step(3, "working_days", title="Notification", start_events=["aware"], who=who, serves="notify-panel")
    assert said(view(*THREE, provided=(made,))) == ({"who-notifies/plan/s": "warned"} if warned else {})


@pytest.mark.parametrize(
    "last",
    ["Lead safeguarding partners, who may turn to the Secretary of State", "Lead safeguarding partners decide; DfE is told"],
)
def test_a_last_stage_that_names_the_leads_is_theirs_whomever_else_it_names(last: str) -> None:
    made = Provided("ladder_stage", "s", last, f"{last}.", PAGE, (("stage", 2),))
    first = Provided("ladder_stage", "f", "Managers meet", "Managers meet.", PAGE, (("stage", 1),))
    found = rule(StatutoryArrangements).floor(view(*THREE, provided=(first, made)), date(2027, 1, 1))
    assert not any(o.key == "content/A16" for o in found)


def test_another_yearly_report_may_stay_unpublished_beside_the_one_that_is() -> None:
    texts = [Provided("publication", key, title, "So.", PAGE, (("published", published),)) for key, title, published in (
        ("a", "Annual report", "no"), ("b", "Yearly report", "yes"))]  # fmt: skip
    assert said(view(*THREE, provided=tuple(texts))) == {}


@pytest.mark.parametrize(("told", "expected"), [
    ({"title": "Tell the Panel", "start_events": ["aware"], **days(10)}, {"named/plan/s": "refused"}),
    ({"title": "Inform the national panel", "start_events": ["aware"], **days(10)}, {"named/plan/s": "refused"}),
    ({"title": "Rapid review (RR)", "start_events": ["notification_sent"], **days(20)}, {"named/plan/s": "refused"}),
    ({"title": "Publish the yearly report", "start_events": ["yearly_report_period_ended"], **days(400)}, {"yearly-report-step/plan/s": "refused"}),
    ({"title": "Tell the youth panel", "start_events": ["aware"], **days(10)}, {}),
])  # fmt: skip
def test_what_the_law_asks_for_by_other_plain_names(told: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(view(*THREE, provided=plan({"key": "s", **told}))) == expected


def test_reviews_by_other_plain_names() -> None:
    publish = plan({"key": "s", "title": "Publish the report", "start_events": ["local_review_decided"], **days(200)})
    assert effects(view(*THREE, provided=publish)) == {"later-review/plan/s": "needs_reason"}
    made = kind("Local child safeguarding practice review (LCSPR)", 9, "calendar_months", "local_review_decided")
    assert effects(view(*THREE, provided=(made,))) == {"later-review/plan/k": "needs_reason"}


def test_the_leads_named_one_by_one_are_the_leads() -> None:
    last = Provided("ladder_stage", "s", "Chief executives and the Chief Constable", "They decide.", PAGE, (("stage", 1),))
    found = rule(StatutoryArrangements).floor(view(*THREE, provided=(last,)), date(2027, 1, 1))
    assert not any(o.key == "content/A16" for o in found)


@pytest.mark.parametrize(
    ("acts", "warned"), [("council", True), ("council-lead", True), ("second", True), ("The local authority", False)]
)
def test_of_two_authorities_each_notifies_what_happens_in_its_area(acts: str, warned: bool) -> None:
    second = Organisation("second", "Second Council", "local_authority", True)
    way = Provided("way", "notify", "Who notifies", "As agreed.", PAGE, (("acts", acts), ("decides", ("council", "second"))))
    assert said(view(*THREE, second, provided=(way,))) == ({"who-notifies-elsewhere": "warned"} if warned else {})
    acting = (replace(THREE[0], acts_for=("second",)), *THREE[1:], second)
    seats = (*leads(*THREE), Seat("scrutineer", "Scrutineer", "scrutineer"))
    made = view(*acting, seats=seats, provided=(way,))
    assert said(made) == ({"who-notifies-elsewhere": "warned"} if acts == "second" else {})


@pytest.mark.parametrize("question", ["local_review", "sign_rapid_review"])
@pytest.mark.parametrize(("quorum", "left"), [
    ((("needed", ("council",)),), "Example Board or Example Police"),
    ((("count", 2), ("among", ("council", "board", "force"))), "Example Council, Example Board or Example Police"),
    ((("count", 3), ("among", ("council", "board", "force"))), ""),
    ((("needed", ("council-lead", "board-lead", "force-lead")),), ""),
    ((("needed", ("council",)), ("count", 2), ("among", ("board", "force"))), ""),
    ((("needed", ()), ("among", ("council", "board"))), ""),  # how many is not stated
    ((("needed", ("whoever leads",)),), ""),
])  # fmt: skip
def test_a_quorum_that_leaves_a_partner_out_is_told(quorum: tuple[tuple[str, Any], ...], left: str, question: str) -> None:
    members = ("members", tuple(f"{who}: member" for who in ("council", "board", "force")))
    there = (Provided("group", "executive", "Executive", "Meets.", PAGE, (members,)), Provided("quorum", "executive", "Quorum", "So.", PAGE, quorum),
             Provided("way", question, "Who", "As agreed.", PAGE, (("decides", ("executive",)), ("how", "group_decides"))))  # fmt: skip
    made = view(*THREE, provided=there)
    assert said(made) == ({f"{question}-quorum": "warned"} if left else {})
    told = [o for o in rule(StatutoryArrangements).floor(made, None) if o.key.endswith("-quorum")]
    assert all(f"can be met without {left}. " in one.sentence for one in told)
    assert all(one.field.endswith(".groups.executive.quorum.needed") for one in told), "where it is mended"
    assert said(view(*THREE, provided=there, entered="adopted")) == {}
