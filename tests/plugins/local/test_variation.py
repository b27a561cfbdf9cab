"""What varies between real areas fits in settings: one case for each hard value of the comparison of areas.

The areas encoded under `tenants/` have their own tests. Here stand the values that none of those has, so that an area
encoded later from its published pages needs data only.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marshmallow import ValidationError

from plugins.decision_making import DecisionMaking
from plugins.escalation_ladder import EscalationLadder
from plugins.local_criteria import LocalCriteria
from plugins.publication_and_retention import PublicationAndRetention
from plugins.referral_routes import ReferralRoutes
from plugins.relevant_agencies import RelevantAgencies
from plugins.report_year import ReportYear
from plugins.resourcing import Resourcing
from plugins.review_types import ReviewTypes
from plugins.scrutiny import Scrutiny
from plugins.timetable import Timetable
from threefold.domain.calendar import england_and_wales
from threefold.domain.errors import ThreefoldError
from threefold.plugin_api import Days, Facts, Provided, Rule
from threefold.plugin_api.facts import read_facts

LAW = england_and_wales()
DAYS = Days(LAW, LAW)
WORKING_DAYS = {"amount": 5, "unit": "working_days"}


def is_(fact: str, value: str = "yes") -> dict[str, Any]:
    return {"is": {"fact": fact, "value": value}}


def any_child(*facts: str) -> dict[str, Any]:
    return {"any_child": {"all": [is_(f"incident.children[].{f}") for f in facts]}}


def facts(incident: dict[str, Any] | None = None, *events: tuple[str, str], **review: Any) -> Facts:
    return read_facts({"incident": incident or {}, "review": {**review, "events": [{"name": n, "at": at} for n, at in events]}})


def provided(rule: Rule, kind: str, key: str) -> Provided:
    return next(p for p in rule.provides() if (p.kind, p.key) == (kind, key))


def test_the_panel_s_reply_is_expected_some_days_after_sending() -> None:
    plan = Timetable({"steps": [{"key": "reply", "title": "The Panel's reply is expected", "text": "About 10 days later.", "ends_with": "panel_replied",
                                 "start_events": ["rapid_review_sent"], "span": {"amount": 10, "unit": "not_stated"}}]})  # fmt: skip
    (step,) = plan.steps(facts({}, ("rapid_review_sent", "2026-05-26"), ("panel_replied", "2026-06-04")), DAYS)
    assert (step.due_on, step.done_on) == (None, date(2026, 6, 4))


def test_two_tracks_picked_at_triage() -> None:
    track = "incident.local.notifiable"
    plan = Timetable({"start_events": ["referral_received"], "unit": "working_days", "steps": [
        {"key": "rapid", "title": "Rapid review", "day": 15, "when": is_(track)}, {"key": "triage", "title": "Triage", "day": 2}]})  # fmt: skip
    local = ReviewTypes(
        {
            "types": [
                {"key": "local", "title": "Local review", "timescale": "Slightly longer timescales.", "when": is_(track, "no")}
            ]
        }
    )
    chosen = facts({"local": {"notifiable": "no"}}, ("referral_received", "2026-03-02"))
    assert [s.key for s in plan.steps(chosen, DAYS)] == ["triage"]
    assert [o.is_open for o in local.outcomes(chosen)] == ["yes"]


@pytest.mark.parametrize(
    "way",
    [
        {
            "question": "notify",
            "text": "The authority notifies; consulting partners is good practice.",
            "views_from": ["police"],
            "acts": "council",
        },
        {
            "question": "notify",
            "decides": ["trust"],
            "how": "one_decides",
            "acts": "trust",
        },  # a trust company acts for the council
        {"question": "local_review", "recommends": "group", "decides": ["a", "b", "c"], "how": "joint_view"},
        {
            "question": "local_review",
            "recommends": "group",
            "invited": ["scrutineer"],
            "invited_days": 5,
            "decides": ["a", "b", "c"],
        },
        {
            "question": "local_review",
            "decides": ["group"],
            "how": "group_decides",
            "deputies_need": "power to decide for and commit the agency",
        },
        {
            "question": "sign_arrangement",
            "decides": ["la-1", "la-2", "icb", "police"],
            "how": "all_agree",
            "signs": ["la-1", "la-2", "icb", "police"],
        },
        {"question": "lead_on_an_issue", "decides": ["executive"], "how": "group_decides"},
    ],
)
def test_who_decides(way: dict[str, Any]) -> None:
    found = DecisionMaking({"ways": [way]}).decision(way["question"])
    assert found is not None
    assert found.sentence
    assert list(found.decides) == way.get("decides", [])


@pytest.mark.parametrize(
    ("meets", "words"),
    [
        ({"times": 12, "per": "year", "text": "Monthly."}, "12 times a year. Monthly."),
        ({"every_weeks": 6}, "Every 6 weeks."),
        (
            {"times": 2, "per": "year", "text": "On the footprint of the police force."},
            "2 times a year. On the footprint of the police force.",
        ),
        ({"times": 1, "per": "year"}, "Once a year."),
        ({"text": "Four-month cycles, one priority each."}, "Four-month cycles, one priority each."),
    ],
)
def test_working_rhythms(meets: dict[str, Any], words: str) -> None:
    rule = DecisionMaking(
        {"groups": [{"key": "g", "title": "Group", "chair_rotates": True, "deputies_need": "like seniority", "meets": meets}]}
    )
    assert provided(rule, "meeting", "g").sentence == words
    assert provided(rule, "group", "g").get("deputies_need") == "like seniority"


def test_extra_review_types() -> None:
    rule = ReviewTypes({"types": [
        {"key": "near-miss", "title": "Near-miss review", "methods": ["individual management reports"], "when": is_("incident.near_miss")},
        {"key": "good", "title": "Seriously good outcome", "good_practice": True, "when": is_("incident.good_practice")},
        {"key": "in-care", "title": "Death of a child in care or care leaver",
         "when": {"any": [any_child("died", "looked_after"), any_child("died", "care_leaver")]}},
        {"key": "single", "title": "Single-agency learning review", "when": is_("incident.single_agency_concern")},
        {"key": "themes", "title": "Action learning on themes", "text": "No case is needed."},
    ]})  # fmt: skip
    child = {"key": "child-1", "died": "yes", "looked_after": "no", "care_leaver": "yes"}
    case = facts({"near_miss": "no", "good_practice": "unclear", "children": [child]})
    assert {o.key: o.is_open for o in rule.outcomes(case)} == {
        "near-miss": "no", "good": "unclear", "in-care": "yes", "single": "unclear", "themes": "yes"}  # fmt: skip
    (objection,) = rule.objections(case, "send_rapid_review")
    assert objection.offers == ("good", "in-care", "single", "themes")


def test_a_known_family_and_a_suicide_is_treated_as_serious() -> None:
    unexplained = {
        "any_child": {"any": [is_("incident.children[].suspected_suicide"), is_("incident.children[].sudden_unexplained")]}
    }
    rule = LocalCriteria({"criteria": [{"key": "known", "title": "Known family", "effect": "adds", "speaks_against": ["decide_not_to_notify"],
                                        "when": {"all": [is_("incident.family_known_recently"), unexplained]}}]})  # fmt: skip
    case = facts({"family_known_recently": "yes", "children": [{"key": "child-1", "suspected_suicide": "yes"}]})
    assert [c.state for c in rule.criteria(case)] == ["met"]
    assert [o.force for o in rule.objections(case, "decide_not_to_notify")] == ["LOCAL"]


def test_a_local_criterion_that_left_the_national_test_can_be_told() -> None:
    rule = LocalCriteria({"criteria": [
        {"key": "regulated", "title": "Death in a regulated setting", "effect": "adds", "when": any_child("died", "regulated_setting")}]})  # fmt: skip
    assert provided(rule, "criterion", "regulated").get("reads") == (
        "incident.children[].died",
        "incident.children[].regulated_setting",
    )


def test_a_criterion_ends_its_sentence_once_however_it_is_typed() -> None:
    typed = {"stop": "It is grave.", "asked": "Is it grave?", "bare": "It is grave ", "": ""}
    rule = LocalCriteria({"criteria": [
        {"key": f"c-{key or 'none'}", "title": "Grave", "text": text, "effect": "adds"} for key, text in typed.items()]})  # fmt: skip
    said = {p.key: p.sentence.split(" Whether")[0] for p in rule.provides()}
    assert said == {"c-stop": "It is grave.", "c-asked": "Is it grave?", "c-bare": "It is grave.", "c-none": "Grave."}


def test_routes_of_referral() -> None:
    rule = ReferralRoutes({"routes": [
        {"key": "online", "title": "Online", "phone_first_when": {"any": [is_("incident.urgent"), is_("incident.media_interest")]}},
        {"key": "must", "title": "Mandatory", "mandatory_when": any_child("died", "abuse_or_neglect"), "by": "its own member of the group checks it first"},
        {"key": "mailbox", "title": "Shared mailbox", "warning": "a live child protection referral"},
    ]})  # fmt: skip
    states = {c.key: c.state for c in rule.criteria(facts({"urgent": "no", "media_interest": "yes"}))}
    assert states == {"phone-first/online": "met", "mandatory/must": "unclear"}
    assert "Not for: a live child protection referral." in provided(rule, "route", "mailbox").sentence


def test_ladders_of_other_shapes() -> None:
    five = [{"key": f"s{n}", "title": f"Stage {n}", "stage": n, "formal": n > 2} for n in range(1, 6)]
    urgent = {"key": "reply", "title": "Reply", "stage": 2, "start_events": ["dispute_stage_2"], "when": is_("incident.urgent")}
    named = {
        "key": "named",
        "title": "The named professional is brought in",
        "stage": 2,
        "optional": True,
        "start_events": ["dispute_stage_2"],
    }
    rule = EscalationLadder(
        {"stages": [*five, urgent, named], "carve_outs": [{"key": "conference", "title": "Conference decisions"}]}
    )
    told = {p.key: p.get("formal") for p in rule.provides() if p.kind == "ladder_stage"}
    assert [told[f"s{n}"] for n in range(1, 6)] == [False, False, True, True, True]
    assert list(told) == ["s1", "s2", "reply", "named", "s3", "s4", "s5"], "by their numbers, side by side as they were listed"
    found = {
        s.key: (s.optional, s.due_on) for s in rule.steps(facts({"urgent": "yes"}, ("dispute_stage_2", "2026-03-02")), DAYS)
    }
    assert found == {"reply": (False, None), "named": (True, None)}


def test_money() -> None:
    rule = Resourcing({"funds": [
        {"key": "q", "title": "Quarter", "split": "Equal quarters between four partners."},
        {"key": "p", "title": "Police", "pounds": 63732, "year": "2022/23", "split": "Half for children, half for adults."},
        {"key": "prison", "title": "Prison service", "text": "A historic sum; no formula."},
    ]})  # fmt: skip
    assert provided(rule, "fund", "p").sentence == "Police. Amount: £63,732, 2022/23. Half for children, half for adults."
    assert provided(rule, "fund", "prison").get("pounds") is None


def test_publication_and_report_years() -> None:
    texts = PublicationAndRetention({"texts": [
        {"key": "report", "title": "Report", "published": "yes", "limit": "publish.available_months", "amount": 12, "after": "the briefing stays"},
        {"key": "progress", "title": "Progress of agency action, published with the report", "published": "yes"},
        {"key": "repository", "title": "National repository copy", "after": "the link is removed after 5 years"},
    ]})  # fmt: skip
    assert [(x.key, x.value) for x in texts.limits(facts())] == [("publish.available_months", 12)]
    april, march, due = {"day": 1, "month": 4}, {"day": 31, "month": 3}, {"day": 30, "month": 9}
    year = ReportYear({"begins": april, "ends": march, "due": due, "goes_to": ["the health and wellbeing board"]})
    assert "due by 30 September" in provided(year, "report_year", "year").sentence
    assert provided(ReportYear({"begins": april, "ends": due, "months": 18}), "report_year", "year").get("months") == 18
    unstated = provided(ReportYear({"goes_to": ["full council"]}), "report_year", "year")
    assert unstated.sentence == "Which year it covers is not stated. No local due date is stated. It goes to full council."
    with pytest.raises(ThreefoldError, match="or neither"):
        ReportYear({"begins": april})


def test_scrutiny_in_other_forms_and_agencies_by_nominee() -> None:
    rule = Scrutiny(
        {
            "forms": [
                {"key": "team", "title": "A team of scrutineers, yearly", "number": 3},
                {"key": "chair", "title": "Chair and scrutineer", "also": ["chairs"]},
            ]
        }
    )
    assert provided(rule, "scrutiny", "chair").get("also") == ("chairs",)
    agencies = RelevantAgencies({"agencies": [{"key": "districts", "title": "Eight districts, one nominee", "asked": True}]})
    assert [a.agency for a in agencies.agencies(facts({}, ("notification_sent", "2026-03-02")))] == [
        "Eight districts, one nominee"
    ]


def test_a_group_has_one_rhythm_and_whose_quorum_holds_is_told() -> None:
    group = {"key": "executive", "title": "Executive", "quorum": {"needed": ["council"]}}
    way = {"question": "notify", "decides": ["council"], "group": "executive"}
    rule = DecisionMaking({"groups": [group], "ways": [way]}, use="groups")
    (told,) = [thing.sentence for thing in rule.provides() if thing.kind == "way"]
    assert "The quorum of Executive holds for it." in told
    both = {"groups": [{"key": "executive", "title": "Executive", "meets": {"times": 4, "every_weeks": 6}}]}
    with pytest.raises(ValidationError, match="Keep one of the two"):
        DecisionMaking.Config().load_draft(both)
