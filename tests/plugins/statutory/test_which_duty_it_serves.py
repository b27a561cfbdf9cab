"""Which duty of the law something serves: the floor goes by what is said of it, and asks where nobody said."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.publication_and_retention import PublicationAndRetention
from plugins.review_types import ReviewTypes
from plugins.statutory_arrangements import StatutoryArrangements
from plugins.statutory_notification import StatutoryNotification
from plugins.statutory_practice_review import StatutoryPracticeReview
from tests.plugins.statutory.editions import rule
from tests.plugins.statutory.test_arrangements import PAGE, THREE, leads, view, year
from tests.plugins.statutory.test_later_than_the_law import days, plan
from threefold.domain.findings import Provided
from threefold.domain.sources import effect_of
from threefold.plugin_api import Objection
from threefold.plugin_api.arrangement import ArrangementView, Seat

SOURCE = {"ref": "A page", "force": "LOCAL", "sure": "V", "where": ""}
SEVEN_MONTHS = {"span": {"amount": 7, "unit": "calendar_months"}}
DECIDED = {"start_events": ["local_review_decided"]}


def objections(made: ArrangementView) -> list[Objection]:
    found = [
        *rule(StatutoryArrangements).floor(made, made.begins),
        *rule(StatutoryPracticeReview).floor(made),
        *rule(StatutoryNotification).floor(made),
    ]
    return [o for o in found if not o.key.startswith("content/")]


def found(*provided: Provided, **told: Any) -> dict[str, str]:
    seats = (*leads(*THREE), Seat("scrutineer", "Scrutineer", "scrutineer"))
    made = view(*THREE, seats=seats, provided=provided, **told)
    return {o.key: "refused" if o.bars else "warned" if o.warns else effect_of(o.force) for o in objections(made)}


def of_step(**told: Any) -> dict[str, str]:
    return found(*plan({"key": "s", "title": "Closing talk", **told}))


def of_kind(**told: Any) -> dict[str, str]:
    return found(*ReviewTypes({"types": [{"key": "k", "title": "Booklet", "source": SOURCE} | told]}).provides())


def of_text(**told: Any) -> dict[str, str]:
    return found(*PublicationAndRetention({"texts": [{"key": "t", "source": SOURCE, **told}]}).provides())


@pytest.mark.parametrize(("told", "expected"), [
    ({"serves": "rapid-review", "start_events": ["notification_sent"], **days(20)}, {"longer/plan/s": "refused"}),
    ({"serves": "rapid-review", "start_events": ["notification_sent"], **days(15)}, {}),
    ({"serves": "notify-panel", "start_events": ["aware"], **days(6)}, {"longer/plan/s": "refused"}),
    ({"serves": "tell-partners", "start_events": ["aware"], **days(6)}, {"longer/plan/s": "refused"}),
    ({"serves": "local-review", **DECIDED, **SEVEN_MONTHS}, {"later-review/plan/s": "needs_reason"}),
    ({"serves": "local-review", **DECIDED, **days(120)}, {}),
    ({"serves": "yearly-report", "start_events": ["yearly_report_period_ended"], **days(400)}, {"yearly-report-step/plan/s": "refused"}),
    ({"serves": "yearly-report-copy", "start_events": ["yearly_report_published"], **days(30)}, {"yearly-report-copy/plan/s": "needs_reason"}),
    ({"serves": "advance-copy", "start_events": ["published"], **days(1)}, {"sent-too-late/plan/s": "needs_reason"}),
    ({"serves": "advance-copy", **DECIDED, **SEVEN_MONTHS}, {"later-review/plan/s": "needs_reason"}),
    ({"serves": "yearly-report", "start_events": ["yearly_report_published"], **days(400)}, {"yearly-report-step/plan/s": "refused"}),
    *(({"serves": "local-review", "start_events": [start], **SEVEN_MONTHS}, {"later-review/plan/s": "warned"}) for start in ("panel_replied", "rapid_review_sent", "aware")),
    ({"serves": "local-review", "start_events": ["panel_replied"], **days(60)}, {"later-review/plan/s": "warned"}),
    ({"serves": "local-review", "start_events": ["panel_replied", "local_review_decided"], **days(60)}, {}),
    ({"serves": "local-review", "start_events": ["notification_sent"], **days(100)}, {}),
    ({"serves": "advance-copy", "start_events": ["publication_planned"], **days(5)}, {"sent-too-late/plan/s": "needs_reason"}),
    ({"serves": "advance-copy", "start_events": ["publication_planned"]}, {}),
    *(({"serves": "notify-panel", "start_events": [start], **days(5)}, {"later/plan/s": "warned"}) for start in ("notification_decided", "referral_received", "partners_told")),
    ({"serves": "notify-panel", "start_events": ["incident"], **days(5)}, {}),
    ({"serves": "rapid-review", "start_events": ["partners_told"], **days(15)}, {"later/plan/s": "warned"}),
    ({"serves": "tell-state", "start_events": ["death"], **days(5)}, {}),
    ({"serves": "tell-state", "start_events": ["death"], **days(6)}, {"later-telling/plan/s": "needs_reason"}),
    ({"serves": "tell-state", "start_events": ["inquest_ended"], **days(2)}, {"later-telling/plan/s": "warned"}),
    ({"serves": "rapid-review", "start_events": ["aware"], **days(15)}, {}),
])  # fmt: skip
def test_a_step_of_any_name_is_held_to_the_duty_that_it_is_said_to_serve(
    told: dict[str, Any], expected: dict[str, str]
) -> None:
    assert of_step(**told) == expected


@pytest.mark.parametrize(
    "said",
    [
        "Rapid review",
        "the rapid review",
        "rapid_review",
        "RAPID-REVIEW",
        "The rapid  review",
        "RR",
        "A rapid review",
        "rapid reviews",
    ],
)
def test_words_that_name_a_duty_are_that_duty(said: str) -> None:
    late = {"start_events": ["notification_sent"], **days(20)}
    assert of_step(serves=said, **late) == {"longer/plan/s": "refused"}
    assert of_step(serves="the rapid review’s learning", **late) == {}


LATE: list[tuple[dict[str, Any], str]] = [
    ({"start_events": ["notification_sent"], **days(20)}, "unsaid/plan"),
    ({"start_events": ["aware"], **days(6)}, "unsaid/plan"),
    ({**DECIDED, **SEVEN_MONTHS}, "unsaid-review/plan/s"),
    ({"start_events": ["yearly_report_period_ended"], **days(400)}, "unsaid/plan"),
    ({"start_events": ["yearly_report_published"], **days(30)}, "unsaid/plan"),
]


@pytest.mark.parametrize(("told", "asked"), LATE)
def test_of_what_would_be_too_late_it_is_asked_which_duty_it_serves_until_somebody_says_none(
    told: dict[str, Any], asked: str
) -> None:
    assert of_step(**told) == {asked: "warned"}
    assert of_step(**told, serves="none") == of_step(**told, serves="the family") == {}
    assert found(*plan({"key": "s", "title": "Closing talk", **told}), entered="adopted") == {}, "a page was never asked"


@pytest.mark.parametrize("told", [
    {"start_events": ["notification_sent"], **days(15)}, {"start_events": ["briefing_received"], **days(60)}, {"start_events": ["aware"]},
    {"start_events": ["rapid_review_sent"], **days(60)}, {**DECIDED, **days(100)}, {"start_events": ["aware"], **days(20), "ends_with": "rapid_review_started"},
])  # fmt: skip
def test_of_what_is_in_time_or_no_duty_s_nothing_is_asked(told: dict[str, Any]) -> None:
    assert of_step(**told) == {}


def test_one_message_names_every_step_of_a_plan_that_is_asked_about_and_leads_to_the_first() -> None:
    late = {"start_events": ["notification_sent"], **days(20)}
    steps = plan({"key": "a", "title": "One", **late}, {"key": "b", "title": "Two", **late, **days(30)})
    (asked,) = objections(view(*THREE, seats=(*leads(*THREE), Seat("s", "Scrutineer", "scrutineer")), provided=steps))
    assert asked.sentence == (
        "Nobody has said which duty of the law these serve: “One” (20 working days; as the rapid review too late) and “Two” (30 working "
        "days; as the rapid review too late). Answer “Which duty of the law does it serve?” of each, with “None of these” where it "
        "serves none."
    )
    assert asked.field == "rules.plan.steps.a.serves"


def test_of_what_follows_a_step_that_serves_the_duty_nothing_is_asked() -> None:
    first = {"key": "a", "title": "Sent", "start_events": ["notification_sent"], **days(15)}
    then = {"key": "b", "title": "Plan of action", "start_events": ["done:timetable.a"], **days(20)}
    assert found(*plan({**first, "serves": "rapid-review"}, then)) == {}
    assert found(*plan({**first, "serves": "none"}, then)) == {"unsaid/plan": "warned"}


def after(one: dict[str, Any], then: dict[str, Any]) -> dict[str, str]:
    first = {"key": "a", "title": "First", **one}
    return found(*plan(first, {"key": "b", "title": "Then", "start_events": ["done:timetable.a"], **then}))


def test_what_follows_a_step_that_is_the_duty_before_is_held_to_the_next_duty() -> None:
    notified = {"serves": "notify-panel", "start_events": ["aware"], **days(5)}
    assert after(notified, days(30)) == {"unsaid/plan": "warned"}
    assert after(notified, {"serves": "rapid-review", **days(20)}) == {"later/plan/b": "warned"}
    scoping = {"serves": "none", "start_events": ["notification_sent"], **days(1)}
    assert after(scoping, {"serves": "rapid-review", **days(16)}) == {"longer/plan/b": "refused"}, (
        "its own time is too long from any day"
    )
    assert after(scoping, {"serves": "rapid-review", **days(15)}) == {"later/plan/b": "warned"}
    assert after(scoping, {"serves": "none", "title": "Rapid review completed", **days(16)}) == {"named/plan/b": "refused"}
    assert after({"serves": "none", **DECIDED}, {"serves": "local-review", **days(60)}) == {"later-review/plan/b": "warned"}, (
        "no time before it"
    )
    reported = {"serves": "yearly-report", "start_events": ["yearly_report_period_ended"], **days(100)}
    assert after(reported, {"serves": "yearly-report-copy", **days(40)}) == {"yearly-report-copy/plan/b": "warned"}
    reviewed = {"serves": "local-review", **DECIDED, **days(100)}
    assert after(reviewed, {"serves": "advance-copy", **days(7)}) == {"sent-too-late/plan/b": "warned"}


def test_what_is_called_the_rapid_review_and_too_late_is_refused_whatever_it_is_said_to_serve() -> None:
    late = {"start_events": ["notification_sent"], **days(20)}
    assert of_step(**late, title="Rapid review completed", serves="none") == {"named/plan/s": "refused"}
    assert of_step(**late, title="Rapid review notes are filed", serves="none") == {}, "its name is not asked about again"
    assert of_step(**late, title="Rapid review notes are filed") == {"named/plan/s": "warned"}
    assert of_step(**late, title="Rapid review (learning shared with staff)", serves="none") == {}, (
        "the words in brackets say what else"
    )
    assert of_step(**late, title="Rapid review (RR)", serves="none") == {"named/plan/s": "refused"}
    assert of_step(**late, title="Rapid review (debrief)", serves="none") == {}


def test_a_chain_of_steps_is_held_to_the_time_of_a_local_review_as_a_whole() -> None:
    def chained(first: int, then: int) -> dict[str, str]:
        months = [{"span": {"amount": n, "unit": "calendar_months"}} for n in (first, then)]
        return found(*plan(
            {"key": "a", "title": "Draft", "serves": "none", **DECIDED, **months[0]},
            {"key": "b", "title": "Book", "serves": "local-review", "start_events": ["done:timetable.a"], **months[1]},
        ))  # fmt: skip

    assert chained(3, 3) == {}
    assert chained(4, 3) == {"later-review/plan/b": "needs_reason"}


def test_a_kind_of_review_is_held_to_the_review_that_it_is_said_to_be() -> None:
    clock = {"clock": SEVEN_MONTHS["span"], "clock_starts": ["local_review_decided"]}
    assert of_kind(**clock, serves="local-review") == {"later-review/plan/k": "needs_reason"}
    assert of_kind(**clock) == {"unsaid-review/plan/k": "warned"}
    assert of_kind(**clock, serves="none") == {}
    rapid = {"clock": {"amount": 20, "unit": "working_days"}, "clock_starts": ["notification_sent"]}
    assert of_kind(**rapid, serves="rapid-review", national=True) == {"longer/plan/k": "refused"}
    assert of_kind(serves="rapid-review") == {"stays/plan/k": "refused"}, "a rapid review is sent to the Panel"
    assert of_kind(**rapid, title="Extended rapid review") == {"unsaid/plan": "warned"}
    assert of_kind(clock=SEVEN_MONTHS["span"], serves="local-review") == {"later-review/plan/k": "warned"}, (
        "its start is not said"
    )
    assert of_kind(**rapid) == {"unsaid/plan": "warned"}


def test_a_kind_of_text_is_held_to_the_report_that_it_is_said_to_be() -> None:
    assert of_text(title="Learning booklet", serves="local-review", published="no") == {"unpublished/plan/t": "refused"}
    assert of_text(title="Learning booklet", serves="local-review", published="usually_not") == {
        "unpublished/plan/t": "needs_reason"
    }
    assert of_text(title="Full reports stay on the site", published="no") == {"unsaid-text/plan/t": "warned"}
    assert of_text(title="Full reports stay on the site", published="no", serves="none") == {}
    held = {"limit": "publish.available_months", "amount": 12}
    assert of_text(title="Full reports stay on the site", published="no", **held) == {"unpublished/plan/t": "warned"}
    assert of_text(title="LCSPR report", serves="none", published="no") == {"unpublished/plan/t": "warned"}, (
        "one of the two is wrong"
    )
    assert of_text(title="Learning from the LCSPR", serves="none", published="no") == {}
    assert of_text(title="A year in numbers", serves="yearly-report", published="no") == {
        "yearly-report-unpublished/plan/t": "refused"
    }
    assert of_text(title="A year in numbers", serves="yearly-report", published="usually_not") == {
        "yearly-report-unpublished/plan/t": "refused"
    }, "unlike the report of a review, the law knows no case in which it is not published"
    for published in ("no", "usually_not"):
        assert of_text(title="LSCP Annual Report 26/27", serves="none", published=published) == {
            "yearly-report-unpublished/plan/t": "warned"
        }
        assert of_text(title="Our annual report for 2026-27", serves="none", published=published) == {
            "yearly-report-unpublished/plan/t": "warned"
        }
        assert of_text(title="Annual report", serves="none", published=published) == {
            "yearly-report-unpublished/plan/t": "warned"
        }
        assert of_text(title="LCSPR report", serves="none", published=published) == {"unpublished/plan/t": "warned"}
    assert of_text(title="Annual report of the scrutineer", serves="none", published="no") == {}
    briefly = {"limit": "publish.available_months", "amount": 2, "published": "yes"}
    assert of_text(title="Newsletter", serves="local-review", **briefly) == {"looser/plan/t": "needs_reason"}
    assert of_text(title="Booklet", serves="none", **briefly) == {}


@pytest.mark.parametrize(("amount", "ends", "told"), [(9, "31 March", True), (6, "31 March", False), (9, "31 December", False)])
def test_a_step_that_is_the_yearly_report_is_held_to_the_common_month_of_a_financial_year(
    amount: int, ends: str, told: bool
) -> None:
    span = {"amount": amount, "unit": "calendar_months"}
    step = plan(
        {
            "key": "s",
            "title": "Our year",
            "serves": "yearly-report",
            "start_events": ["yearly_report_period_ended"],
            "span": span,
        }
    )
    assert ("yearly-report-due/plan/s" in found(*step, year(12, "30 September", ends))) is told


def test_a_name_of_the_law_s_and_an_answer_that_denies_it_are_told() -> None:
    late = {**DECIDED, "span": {"amount": 12, "unit": "calendar_months"}, "serves": "none"}
    assert of_step(**late, title="LCSPR published") == {"later-review/plan/s": "warned"}
    assert of_step(**late, title="Learning from the LCSPR is shared") == {}
    assert of_kind(
        clock=late["span"],
        clock_starts=["local_review_decided"],
        serves="none",
        title="Local child safeguarding practice review",
    ) == {"later-review/plan/k": "warned"}
    year_on = {"start_events": ["yearly_report_period_ended"], **days(400), "serves": "none"}
    assert of_step(**year_on, title="Annual report published") == {"yearly-report-step/plan/s": "warned"}


def test_what_the_law_has_done_is_not_said_to_be_left_out() -> None:
    told = {"start_events": ["notification_sent"], **days(10), "optional": True, "serves": "rapid-review"}
    assert of_step(**told, title="Rapid review completed") == {"optional/plan/s": "warned"}
    assert of_step(**told, title="Huddle") == {}, "a step on the way to it may be"


@pytest.mark.parametrize(("title", "serves", "starts"), [
    ("Rapid review completed and sent", "rapid-review", "notification_sent"), ("Report goes to the Panel", "rapid-review", "notification_sent"),
    ("SIN submitted via the online form", "notify-panel", "aware"), ("Tell the three partners", "tell-partners", "aware"),
    ("Ofsted told of the death", "tell-state", "aware"), ("Review published", "local-review", "local_review_decided"),
    ("The Panel has the report", "advance-copy", "local_review_decided"), ("Yearly report published", "yearly-report", "yearly_report_period_ended"),
    ("The year goes to the Panel", "yearly-report-copy", "yearly_report_published"),
])  # fmt: skip
def test_a_step_that_alone_is_said_to_be_for_a_duty_is_not_left_out(title: str, serves: str, starts: str) -> None:
    told = {"title": title, "serves": serves, "start_events": [starts], **days(4), "optional": True}
    assert "optional/plan/s" in of_step(**told)
    assert "optional/plan/s" not in of_step(**{**told, "optional": False})
    assert "optional/plan/s" not in of_step(**{**told, "title": f"Planning call: {title}"})
    assert "optional/plan/s" not in of_step(**{**told, "serves": "none", "title": "A talk"})
    for beside in ("Terms of reference agreed", "Independent reviewer appointed", "Practitioner learning event", "Family told of the review", "Police asked for their view",
                   "Young people’s version", "Copy to the health and wellbeing board", "Neighbouring partners told", "Ofsted rung ahead"):  # fmt: skip
        assert "optional/plan/s" not in of_step(**{**told, "title": beside})
    second = {"key": "t", "title": "Another", "serves": serves, "start_events": [starts], **days(4)}
    both = found(*plan({"key": "s", **told}, second))
    assert ("optional/plan/s" in both) is (
        title in ("SIN submitted via the online form", "Rapid review completed and sent", "Tell the three partners")
    )


@pytest.mark.parametrize("title", [
    "Rapid review submitted to Panel", "Submit rapid review to National Panel", "Rapid review completed and sent", "Rapid review finalised and submitted to the national Panel",
    "Rapid review report to the Panel", "Rapid review report sent", "RR report submitted", "Rapid review and decision sent to the Panel",
    "Rapid review sent to Panel and DfE", "Submission of the rapid review",
    "Council submits the rapid review", "Rapid review sent to the Panel with the decision",
])  # fmt: skip
def test_what_is_called_as_the_rapid_review_and_said_to_be_none_is_refused_where_it_is_longer(title: str) -> None:
    told = {"start_events": ["notification_sent"], "serves": "none", "title": title}
    assert of_step(**told, **days(20)) == {"named/plan/s": "refused"}
    assert of_step(**told, **days(15)) == {}
    assert of_step(**{**told, "title": "Rapid review report drafted"}, **days(20)) == {}


def test_the_yearly_report_s_own_day_is_told_where_no_year_is_said() -> None:
    for due, warned in (
        ("31 December", True),
        ("31 March", True),
        ("31 January", True),
        ("30 September", False),
        ("30 April", False),
    ):
        assert ("yearly-report-due" in found(year(12, due, ""))) is warned
    step = {"key": "s", "title": "Our year", "serves": "yearly-report", "start_events": ["yearly_report_period_ended"]}
    for amount, unit, late in (
        (26, "weeks", False),
        (183, "calendar_days", False),
        (184, "calendar_days", True),
        (27, "weeks", True),
        (6, "calendar_months", False),
    ):
        steps = plan({**step, "span": {"amount": amount, "unit": unit}})
        assert ("yearly-report-due/plan/s" in found(*steps)) is late
        assert ("yearly-report-due/plan/s" in found(*steps, year(12, "30 September", "31 March"))) is late


NOT_ALL = [
    "DCS, after hearing the other partners", "DCS in liaison with partners", "Council in partnership with the ICB", "The chair after hearing the partners",
    "Independent scrutineer after discussion with the partners", "DCS having regard to partners' views",
    "DCS, Head of Safeguarding and Principal Social Worker", "Community safety partnership", "Corporate parenting board", "ICB safeguarding team",
    "Police leadership team", "Children’s services senior management team", "DCS in consultation with the partners", "Council, police and voluntary sector",
    "Independent chair, DCS and business manager", "Council, police and education",
    "Service Director, Children’s Social Care", "Director of Quality, ICB", "The council’s director of children’s services",
    "Police Detective Superintendent", "Gloucestershire police", "LSP for the council", "The lead safeguarding partner (local authority)",
    "Police and council", "Council and ICB", "Director of Children’s Services and Chief Constable",
    "Independent Chair of the Partnership and the Business Manager", "The national Panel", "The council’s cabinet",
    "Health and wellbeing board", "The independent chair",
    "Independent chair of the Torbay Safeguarding Children and Young People Partnership", "The local authority", "Chief Constable",
    "Chair of the executive group", "Chair of the case review group", "Business manager", "Deputy director", "Lead member",
    "Independent person", "Head of Safeguarding", "Head of Safeguarding and Independent Reviewing", "Principal social worker",
]  # fmt: skip
MAY_BE_ALL = [
    "Safeguarding partners through the business manager", "The DSPs via the independent chair", "The safeguarding partners including the independent chair",
    "Each DSP via the business manager", "The following partners: council, police and ICB",
    "The safeguarding partners on the advice of the independent scrutineer", "Case Review Group chaired by the independent scrutineer",
    "Safeguarding partnership executive chaired by the Director of Children’s Services", "A senior officer from each safeguarding partner",
    "Executive chaired by the independent chair", "The executive, advised by the independent scrutineer", "A senior officer of each partner",
    "The chair on behalf of the partners", "Director of People, Assistant Chief Constable and Director of Nursing and Quality",
    "Director of Children’s Services / BCU Commander / Director of Nursing",
    "Director of People / Assistant Chief Constable / Deputy Chief Nurse", "Chief Executive / Chief Constable / Accountable Officer",
    "The two local authorities / Police / The ICB", "The three agencies", "Statutory agencies", "Accountable officers", "The tripartite",
    "The three lead safeguarding partners", "LSP group", "LSPs", "Executive", "The executive", "Delegated safeguarding partners",
    "Chief officers", "the chief officers", "Statutory directors", "Executive officer group", "The safeguarding partners",
    "The partnership", "Vale Safeguarding Children Partnership", "Partnership board", "All partners", "Lead safeguarding partner",
    "The DSPs", "Director of Children’s Services, chief constable and chief nurse", "Independent chair with the partners",
    "Strategic leads", "Case review panel", "The chief executives", "Police, council and health",
    "Chief Constable, ICB Chief Executive, Director of Children’s Services", "DCS, Superintendent, Designated Nurse",
    "Heads of the three agencies", "Directors", "Local authority, police and health directors",
    "Statutory safeguarding partners (police, council and ICB)", "Senior leaders of the three partners",
]  # fmt: skip


@pytest.mark.parametrize(("decides", "warned"), [
    *(((words,), True) for words in NOT_ALL), *(((words,), False) for words in MAY_BE_ALL),
    (("Executive Director, Children and Families", "Chief Superintendent", "Chief Nurse"), False), (("DCS", "ACC", "CNO"), False),
    (("Corporate Director (Children)", "Detective Superintendent", "Director of Nursing"), False), (("DCS", "Independent chair", "Business manager"), True),
    (("council-lead", "The independent chair"), True), (("council-lead", "police-lead", "icb-lead", "The independent chair"), False),
    (("Director of Children’s Services", "Chief Constable", "ICB chief nurse"), False), (("council-lead", "police-lead", "The ICB"), False),
])  # fmt: skip
@pytest.mark.parametrize("how", ["not_stated", "all_agree"])
def test_words_that_do_not_show_all_partners_decide_on_no_local_review(
    decides: tuple[str, ...], how: str, *, warned: bool
) -> None:
    way = Provided("way", "local_review", "Whether", "So.", PAGE, (("decides", decides), ("how", how)))
    assert ("local_review-in-words" in found(way)) is warned


def test_a_kind_of_review_of_the_law_that_is_open_for_some_only_is_warned_of() -> None:
    when = {"when": {"is": {"fact": "incident.urgent", "value": "yes"}}}
    assert of_kind(serves="local-review", **when) == {"for-some/plan/k": "warned"}
    assert of_kind(serves="none", **when) == {}


def test_the_notification_is_the_authority_s_under_any_name() -> None:
    told = {"start_events": ["aware"], **days(3), "who": "force-lead"}
    assert of_step(**told, serves="notify-panel") == {"who-notifies/plan/s": "refused"}
    assert of_step(**told, serves="none", title="Notify the Panel") == {}


def test_a_plan_whose_steps_are_counted_from_all_those_before_is_gone_through_once() -> None:
    """Ways through it are millions; each step is looked at a few times."""
    steps: list[dict[str, Any]] = [
        {"key": "s0", "title": "S0", "start_events": ["notification_sent"], **days(1), "serves": "rapid-review"}
    ]
    for number in range(1, 40):
        before = [f"done:timetable.s{n}" for n in range(max(0, number - 10), number)]
        steps.append(
            {
                "key": f"s{number}",
                "title": f"S{number}",
                "start_events": before,
                **days(1),
                "serves": ("rapid-review", "local-review", "")[number % 3],
            }
        )
    assert "longer/plan/s39" not in found(*plan(*steps))


@pytest.mark.parametrize(("question", "told", "where"), [
    ("sign_rapid_review", (("signs", ("The independent chair",)),), "signs"), ("sign_rapid_review", (("decides", ("The independent chair",)),), "decides"),
    ("sign_rapid_review", (("signs", ("council-lead",)), ("decides", ("The executive",))), "signs"),
    ("local_review", (("decides", ("council-lead", "force-lead", "board-lead")), ("how", "one_decides"), ("acts", "council-lead")), "acts"),
    ("local_review", (("decides", ("council-lead",)), ("how", "all_agree")), "decides"),
    ("sign_arrangement", (("signs", ("The independent chair",)),), "signs"), ("local_review", (("decides", ("The independent chair",)),), "decides"),
])  # fmt: skip
def test_a_remark_leads_to_the_answer_that_it_is_of(question: str, told: Any, where: str) -> None:
    way = Provided(
        "way", question, "Who", "So.", PAGE, told if any(name == "how" for name, _ in told) else (("how", "not_stated"), *told)
    )
    made = view(*THREE, seats=leads(*THREE), provided=(way,))
    fields = {one.field for one in objections(made) if f"ways.{question}" in one.field}
    assert fields == {f"rules.plan.ways.{question}.{where}"}
