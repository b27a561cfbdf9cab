"""The floor under a whole arrangement, the yearly report, and the ways the law itself gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from plugins.statutory_arrangements import StatutoryArrangements, signatures_needed
from tests.plugins.statutory.editions import case, rule, step
from threefold.domain.findings import Objection, Provided
from threefold.domain.sources import Source, effect_of
from threefold.plugin_api import MOVES
from threefold.plugin_api.arrangement import ArrangementView, Organisation, RuleProvides, Seat

SA = StatutoryArrangements
COUNCIL = Organisation("council", "Example Council", "local_authority", True)
BOARD = Organisation("board", "Example Board", "integrated_care_board", True)
FORCE = Organisation("force", "Example Police", "police", True)
THREE = (COUNCIL, BOARD, FORCE)
PAGE = Source("An area's page", "LOCAL", "V")


def leads(*organisations: Organisation) -> tuple[Seat, ...]:
    return tuple(Seat(f"{o.key}-lead", o.name, "lead", o.key) for o in organisations)


def view(
    *organisations: Organisation, seats: tuple[Seat, ...] | None = None, provided: tuple[Provided, ...] = (), **other: Any
) -> ArrangementView:
    scrutineer = Seat("scrutineer", "Independent scrutineer", "scrutineer")
    values: dict[str, Any] = {"entered": "signed", "begins": date(2026, 1, 1), "kind": "partnership", **other}
    return ArrangementView(
        "area", "one", values["entered"], values["begins"], (), organisations,
        (*leads(*organisations), scrutineer) if seats is None else seats, (RuleProvides("plan", "a-rule", provided),), values["kind"],
        frozenset(values.get("closures", ())),
    )  # fmt: skip


def said(arrangement: ArrangementView, edition: str = "wt-2023", on: date | None = None) -> dict[str, str]:
    """What the floor says, but for what published arrangements must tell, and what nobody said: `test_content.py` and
    `test_which_duty_it_serves.py` have that."""
    found: list[Objection] = [
        o
        for o in rule(SA, edition).floor(arrangement, on or arrangement.begins)
        if not o.key.startswith(("content/", "unsaid"))
    ]
    return {o.key: "refused" if o.bars else "warned" if o.warns else effect_of(o.force) for o in found}


def test_a_whole_arrangement_has_nothing_against_it() -> None:
    assert said(view(*THREE)) == {}


@pytest.mark.parametrize(
    ("without", "key"), [(COUNCIL, "partner-authority"), (BOARD, "partner-health"), (FORCE, "partner-police")]
)
def test_each_kind_of_partner_is_needed_where_partners_sign(without: Organisation, key: str) -> None:
    rest = tuple(o for o in THREE if o is not without)
    assert said(view(*rest)) == {key: "refused"}
    assert said(view(*rest, entered="adopted")) == {key: "warned"}


def test_an_organisation_that_is_no_partner_does_not_count() -> None:
    assert said(view(COUNCIL, BOARD, Organisation("force", "Example Police", "police"))) == {"partner-police": "refused"}


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2022, 6, 30), {}), (date(2022, 7, 1), {"partner-health": "refused", "former-partner/group": "warned"})],
)
def test_before_july_2022_the_health_partner_was_a_commissioning_group(on: date, expected: dict[str, str]) -> None:
    group = Organisation("group", "Example Group", "clinical_commissioning_group", True)
    assert said(view(COUNCIL, group, FORCE), "wt-2018", on) == expected


def test_only_partnerships_are_held_to_it() -> None:
    assert said(view(kind="national")) == {}
    assert said(view(kind="child_death_panel")) == {}


# Seats and signatures (case 10)

SIX = (
    *(Organisation(f"council-{i}", f"Council {i}", "local_authority", True) for i in (1, 2, 3)),
    *(Organisation(f"board-{i}", f"Board {i}", "integrated_care_board", True) for i in (1, 2)),
    FORCE,
)


def test_case_10_three_authorities_two_boards_and_one_force_sign_six_times() -> None:
    assert len(signatures_needed(view(*SIX))) == 6
    assert said(view(*SIX)) == {}


def test_case_10_a_missing_seat_is_refused_once_signed_and_warned_of_when_adopted() -> None:
    scrutineer = Seat("scrutineer", "Independent scrutineer", "scrutineer")
    seats = (*leads(*SIX[1:]), scrutineer)
    assert said(view(*SIX, seats=seats)) == {"seat-council-1": "refused"}
    assert said(view(*SIX, seats=seats, entered="adopted")) == {"seat-council-1": "warned"}


def test_case_10_a_recorded_delegation_needs_one_signature_less() -> None:
    delegate = Organisation("council-2", "Council 2", "local_authority", True, acts_for=("council-1",))
    organisations = (SIX[0], delegate, *SIX[2:])
    scrutineer = Seat("scrutineer", "Independent scrutineer", "scrutineer")
    assert len(signatures_needed(view(*organisations))) == 5
    assert said(view(*organisations, seats=(*leads(*organisations[1:]), scrutineer))) == {}


def test_two_that_act_for_each_other_both_sign() -> None:
    one = Organisation("one", "One", "local_authority", True, acts_for=("two",))
    two = Organisation("two", "Two", "local_authority", True, acts_for=("one",))
    assert signatures_needed(view(one, two, BOARD, FORCE)) == ("one", "two", "board", "force")


def test_the_2018_edition_knows_no_lead_seats() -> None:
    scrutineer = (Seat("scrutineer", "Independent scrutineer", "scrutineer"),)
    assert said(view(*THREE, seats=scrutineer), "wt-2018") == {}


@pytest.mark.parametrize("entered", ["signed", "adopted"])
def test_missing_scrutiny_is_said_once(entered: str) -> None:
    """Where the edition asks for A5, it says it with its own force; where it does not, the warning of R-1.9 stands."""
    bare = view(*THREE, seats=leads(*THREE), entered=entered)
    asked = [o.key for o in rule(SA).floor(bare, None) if "scrutin" in o.sentence]
    assert asked == ["content/A5"]
    unasked = [o for o in SA({"lead_seats": True}).floor(bare, None) if "scrutin" in o.sentence]
    assert [(o.key, effect_of(o.force)) for o in unasked] == [("scrutiny", "warned")]
    told = Provided("scrutiny", "peer", "Peer scrutiny", "By another area.", PAGE)
    scrutinised = view(*THREE, seats=leads(*THREE), entered=entered, provided=(told,))
    assert not any("scrutin" in o.sentence for law in (rule(SA), SA({})) for o in law.floor(scrutinised, None))


# Who notifies


def way(acts: str | None) -> Provided:
    return Provided("way", "notify", "Who decides", "As the page says.", PAGE, (("acts", acts),))


@pytest.mark.parametrize("acts", ["council", "council-lead", "local_authority", "local authority"])
def test_the_authority_performs_the_act(acts: str) -> None:
    assert said(view(*THREE, provided=(way(acts),))) == {}


@pytest.mark.parametrize("acts", ["board", "force-lead", "executive-group", "scrutineer"])
@pytest.mark.parametrize("entered", ["signed", "adopted"])
def test_nobody_else_does_however_the_arrangement_entered(acts: str, entered: str) -> None:
    assert said(view(*THREE, provided=(way(acts),), entered=entered)) == {"who-notifies": "refused"}


def test_a_trust_that_acts_for_the_council_may_notify_and_does_not_sign_in_its_place() -> None:
    trust = Organisation("trust", "Example Trust", "other", acts_for=("council",))
    assert said(view(*THREE, trust, provided=(way("trust-lead"),))) == {}
    assert said(view(*THREE, trust, provided=(way("trust"),))) == {}
    unseated = (*leads(BOARD, FORCE, trust), Seat("scrutineer", "Independent scrutineer", "scrutineer"))
    assert said(view(*THREE, trust, seats=unseated)) == {"seat-council": "refused"}
    stranger = Organisation("trust", "Example Trust", "other")
    assert said(view(*THREE, stranger, provided=(way("trust"),))) == {"who-notifies": "refused"}


@pytest.mark.parametrize("acts", ["", None])
def test_an_act_that_no_page_gives_to_anybody_is_pointed_out(acts: str | None) -> None:
    assert said(view(*THREE, provided=(way(acts),))) == {"who-notifies-unstated": "warned"}


def deciding(*decides: str) -> Provided:
    return Provided("way", "local_review", "Who decides", "As agreed.", PAGE, (("decides", decides),))


@pytest.mark.parametrize(
    ("decides", "expected"),
    [
        (("board-lead",), "needs_reason"),
        (("council", "board"), "needs_reason"),
        (("council-lead", "board-lead", "force-lead"), ""),
        (("council", "board", "force"), ""),
        (("executive-group",), ""),  # a group of theirs may do it for them
        ((), ""),
    ],
)
def test_a_local_review_that_some_partners_have_no_part_in_deciding_asks_for_a_reason(
    decides: tuple[str, ...], expected: str
) -> None:
    wanted = {"local-review-partners": expected} if expected else {}
    assert said(view(*THREE, provided=(deciding(*decides),))) == wanted
    adopted = {"local-review-partners": "warned"} if expected else {}
    assert said(view(*THREE, provided=(deciding(*decides),), entered="adopted")) == adopted


def test_who_has_the_last_word_alone_decides_alone() -> None:
    alone = Provided(
        "way",
        "local_review",
        "Who decides",
        "As agreed.",
        PAGE,
        (("decides", ()), ("how", "one_decides"), ("acts", "council-lead")),
    )
    assert said(view(*THREE, provided=(alone,))) == {"local-review-partners": "needs_reason"}


@pytest.mark.parametrize(("told", "warned"), [
    ((("decides", ("board-lead",)),), True),
    ((("decides", ()), ("how", "one_decides"), ("acts", "force-lead")), True),
    ((("decides", ()), ("how", "one_decides"), ("acts", "scrutineer")), True),  # a seat of no organisation is no partner's
    ((("decides", ("council", "board")), ("signs", ("council-lead", "board-lead", "force-lead"))), False),
    ((("decides", ("council", "board", "force")),), False),
    ((("decides", ("executive-group",)),), False),
])  # fmt: skip
@pytest.mark.parametrize(("question", "key"), [
    ("sign_rapid_review", "rapid-review-partners"), ("sign_arrangement", "sign-arrangement-partners"),
])  # fmt: skip
def test_what_not_every_partner_signs_off_is_warned_of(told: tuple[Any, ...], warned: bool, question: str, key: str) -> None:
    way = Provided("way", question, "Who signs off", "As agreed.", PAGE, told)
    seats = (*leads(*THREE), Seat("scrutineer", "Independent scrutineer", "scrutineer"))
    there = (Provided("group", "executive-group", "Executive", "Meets.", PAGE), way)
    assert said(view(*THREE, seats=seats, provided=there)) == ({key: "warned"} if warned else {})
    assert said(view(*THREE, seats=seats, provided=there, entered="adopted")) == {}


@pytest.mark.parametrize("way", ["local_review", "sign_rapid_review"])
@pytest.mark.parametrize(("how", "acts", "warned"), [
    ("one_decides", "whoever chairs", True),  # words may mean anybody, one of their groups too
    ("one_decides", "executive", False),  # a group that is there
    ("joint_view", "whoever chairs", False),
    ("one_decides", "", False),
])  # fmt: skip
def test_one_who_decides_alone_and_is_told_in_words_only_is_warned_of(way: str, how: str, acts: str, warned: bool) -> None:
    group = Provided("group", "executive", "Executive", "Meets.", PAGE)
    told = Provided("way", way, "Who", "As agreed.", PAGE, (("decides", ()), ("how", how), ("acts", acts)))
    assert said(view(*THREE, provided=(group, told))) == ({f"{way}-in-words": "warned"} if warned else {})
    assert said(view(*THREE, provided=(group, told), entered="adopted")) == {}


@pytest.mark.parametrize(("told", "warned"), [
    ((("decides", ("The cabinet of the council",)),), True),
    ((("decides", ("The cabinet", "The chief officers")), ("how", "all_agree")), True),
    ((("decides", ()), ("how", "one_decides"), ("acts", "whoever chairs")), True),
    ((("decides", ("executive",)), ("how", "group_decides")), False),  # a group that is there
    ((("decides", ("The cabinet",)), ("signs", ("council-lead", "board-lead", "force-lead"))), False),
    ((("decides", ()), ("how", "joint_view"), ("acts", "whoever chairs")), False),
    ((("decides", ()),), False),
])  # fmt: skip
def test_who_signs_the_arrangements_told_in_words_alone_is_warned_of(told: tuple[Any, ...], warned: bool) -> None:
    group = Provided("group", "executive", "Executive", "Meets.", PAGE)
    way = Provided("way", "sign_arrangement", "Who signs off", "As agreed.", PAGE, told)
    assert said(view(*THREE, provided=(group, way))) == ({"sign_arrangement-in-words": "warned"} if warned else {})
    assert said(view(*THREE, provided=(group, way), entered="adopted")) == {}


@pytest.mark.parametrize(("decides", "warned"), [
    (("council-deputy", "board-lead", "force-lead"), True),
    (("council-deputy", "council-lead", "board-lead", "force-lead"), False),
    (("council-deputy", "council", "board", "force"), False),
    (("executive",), True),
    (("executive", "council"), False),
])  # fmt: skip
def test_who_signs_the_arrangements_told_by_a_seat_below_the_lead_is_warned_of(decides: tuple[str, ...], warned: bool) -> None:
    deputy = Seat("council-deputy", "Director of the council", "delegate", "council")
    members = ("members", tuple(f"{who}: member" for who in ("council-deputy", "board-lead", "force")))
    group = Provided("group", "executive", "Executive", "Meets.", PAGE, (members,))
    way = Provided("way", "sign_arrangement", "Who signs off", "As agreed.", PAGE, (("decides", decides),))
    scrutineer = Seat("scrutineer", "Independent scrutineer", "scrutineer")
    made = view(*THREE, seats=(*leads(*THREE), deputy, scrutineer), provided=(group, way))
    assert said(made) == ({"sign-arrangement-delegates": "warned"} if warned else {})
    told = [o.sentence for o in rule(SA).floor(made, None) if o.key == "sign-arrangement-delegates"]
    assert all("is told as “Director of the council”." in sentence for sentence in told)


def test_a_scrutineer_who_stands_for_a_partner_is_warned_of() -> None:
    own, other = (Seat("scrutineer", "Scrutineer", "scrutineer", organisation) for organisation in ("council", "university"))
    assert said(view(*THREE, seats=(*leads(*THREE), own))) == {"scrutineer-of-a-partner": "warned"}
    assert said(view(*THREE, seats=(*leads(*THREE), other))) == {}


# Clocks

CHRISTMAS = tuple(date(2027, 12, day) for day in (24, 27, 28, 29, 30, 31))


@pytest.mark.parametrize(("days", "closures", "warned"), [
    (14, CHRISTMAS[:1], False),  # day 15 at the latest, which is the law's
    (14, CHRISTMAS[:2], True),
    (9, CHRISTMAS, False),
    (10, CHRISTMAS, True),
    (14, (date(2027, 1, 4), date(2027, 3, 1)), False),  # never both within one run of days
])  # fmt: skip
def test_a_local_time_that_closed_days_may_put_after_the_law_s_is_warned_of(
    days: int, closures: tuple[date, ...], warned: bool
) -> None:
    told = said(view(*THREE, provided=(local("rapid-review", days, "notification_sent"),), closures=closures))
    assert told == ({"closed/plan/target": "warned"} if warned else {})


def local(serves: str, days: int | None, *starts: str, **other: Any) -> Provided:
    told = (
        {"span_amount": days, "span_unit": "working_days", "span_start_is_day": 0, "span": f"{days} working days"}
        if days is not None
        else {}
    )
    values = (("serves", serves), ("start_events", starts), *(told | other).items())
    return Provided("step", "target", "A local target", "By then.", PAGE, values)


def timed(amount: int, unit: str, start: str = "notification_sent") -> Provided:
    return local("rapid-review", None, start, span_amount=amount, span_unit=unit, span_start_is_day=0, span=f"{amount} {unit}")


@pytest.mark.parametrize(
    ("provided", "expected"),
    [
        (local("rapid-review", 15, "notification_sent"), {}),
        (local("rapid-review", 10, "notification_sent"), {}),
        (local("rapid-review", 16, "notification_sent"), {"longer/plan/target": "refused"}),
        (local("rapid-review", 20, "referral_accepted", "notification_sent"), {"longer/plan/target": "refused"}),
        (local("rapid-review", 20, "rapid_review_started"), {"longer/plan/target": "refused"}),  # it follows the notification
        (local("rapid-review", 14, "rapid_review_started"), {"later/plan/target": "warned"}),  # it may begin on any day
        (
            local("rapid-review", 1, "panel_replied"),
            {"later/plan/target": "warned"},
        ),  # the Panel replies to a review that was sent
        (local("notify-panel", 1, "notification_sent"), {"later/plan/target": "warned"}),
        (local("notify-panel", 1, "notification_sent", "aware"), {}),  # of several the earliest counts
        (local("tell-partners", 1, "notification_sent"), {"later/plan/target": "warned"}),
        (local("tell-partners", 1, "partners_told"), {"later/plan/target": "warned"}),
        (local("rapid-review", None, "panel_replied"), {}),  # no time is given for it
        (
            local("rapid-review", 15, "rapid_review_started"),
            {"later/plan/target": "warned"},
        ),  # where it began later, so does this end
        (local("rapid-review", 15, "panel_replied"), {"later/plan/target": "warned"}),
        (local("rapid-review", 20, "briefing_received"), {"later/plan/target": "warned"}),
        (local("rapid-review", 20, "briefing_received", replaces_statutory=True), {"longer/plan/target": "refused"}),
        (local("notify-panel", 5, "incident"), {}),
        (local("notify-panel", 6, "aware"), {"longer/plan/target": "refused"}),
        (local("tell-partners", 10, "aware"), {"longer/plan/target": "refused"}),
        (timed(15, "not_stated"), {}),
        (timed(19, "calendar_days"), {}),
        (timed(20, "calendar_days"), {"later/plan/target": "warned"}),  # from a Sunday
        # At most fifteen working days lie in three weeks; from a Sunday they end on a Sunday, after the law's Friday.
        (timed(21, "calendar_days"), {"later/plan/target": "warned"}),
        (timed(22, "calendar_days"), {"longer/plan/target": "refused"}),  # sixteen from a Monday
        (timed(23, "calendar_days"), {"longer/plan/target": "refused"}),
        (timed(30, "calendar_days"), {"longer/plan/target": "refused"}),
        (timed(4, "weeks"), {"longer/plan/target": "refused"}),
        (timed(3, "weeks"), {"later/plan/target": "warned"}),
        (local("rapid-review", 1, "rapid_review_sent"), {"later/plan/target": "warned"}),  # it always lies after it
        (local("rapid-review", 1, "rapid_review_sent", "notification_sent"), {}),
        (timed(1, "calendar_months"), {"longer/plan/target": "refused"}),
        (timed(600, "hours"), {"longer/plan/target": "refused"}),
        (timed(48, "hours"), {}),
        (timed(4, "weeks", "briefing_received"), {"later/plan/target": "warned"}),
        (local("huddle", 40, "notification_sent"), {}),
        (local("rapid-review", 10, "notification_sent", statutory=True), {"claims/plan/target": "refused"}),
    ],
)
def test_a_local_plan_never_lengthens_a_statutory_clock(provided: Provided, expected: dict[str, str]) -> None:
    assert said(view(*THREE, provided=(provided,))) == expected
    assert said(view(*THREE, provided=(provided,), entered="adopted")) == expected


@pytest.mark.parametrize("edition", ["wt-2018", "wt-2023", "wt-2026"])
@pytest.mark.parametrize(("serves", "start", "cited"), [
    ("rapid-review", "notification_sent", "RR-3"), ("tell-partners", "aware", "N-3"), ("notify-panel", "aware", "N-1: Children Act 2004, section 16C(1)"),
])  # fmt: skip
def test_a_longer_clock_is_refused_with_where_the_edition_has_its_time_from(
    edition: str, serves: str, start: str, cited: str
) -> None:
    arrangement = view(*THREE, provided=(local(serves, 20, start, set_in="day"),))
    refused = next(o for o in rule(SA, edition).floor(arrangement, arrangement.begins) if o.key == "longer/plan/target")
    assert refused.source.ref.startswith(cited) and refused.source.ref != cited
    assert refused.field == "rules.plan.steps.target.day"


@pytest.mark.parametrize(
    ("provided", "expected"),
    [
        (local("", 20, "notification_sent", ends_with="rapid_review_sent"), "longer"),
        (local("", 15, "notification_sent", ends_with="rapid_review_sent"), ""),
        (local("", 20, "rapid_review_started", ends_with="rapid_review_sent"), "longer"),
        (local("", 20, "briefing_received", ends_with="rapid_review_sent"), "later"),
        (local("", 20, "notification_sent", ends_with="done:plan.target"), ""),
        (local("", 30, "aware", ends_with="rapid_review_sent"), "later"),
        (local("", 10, "incident", ends_with="notification_sent"), "later"),
        (local("", 6, "aware", ends_with="notification_sent"), "longer"),
        (local("", 6, "aware", ends_with="partners_told"), "longer"),
        (replace(local("", 20, "notification_sent"), title="The rapid review"), "named"),
        (replace(local("", 20, "notification_sent"), title="Rapid review is finished"), "named"),
        (replace(local("", 20, "rapid_review_started"), title="Rapid Review completed"), "named"),
        (replace(local("", 16, "notification_sent"), title="Send the rapid review to the Panel"), "named"),
        (replace(local("", 20, "notification_sent"), title="Rapid review meeting notes are filed"), "about"),
        (replace(local("", 20, "notification_sent"), title="Rapid review report to the national Panel"), "named"),
        (replace(local("", 20, "briefing_received"), title="Rapid review"), ""),
        (replace(local("", 15, "notification_sent"), title="Rapid review"), ""),
        (replace(local("", 20, "notification_sent"), title="Rapid review learning is shared"), "about"),
        (replace(local("", 20, "notification_sent"), title="RR complete"), "named"),
        (replace(local("", 16, "notification_sent"), title="RR report signed off by leads"), "about"),
        (replace(local("", 20, "notification_sent"), title="Carry over the work"), ""),
        (replace(local("", 6, "aware"), title="Notify the Panel"), "named"),
        (replace(local("", 6, "aware"), title="Notify the Panel of the incident"), "named"),
        (replace(local("", 6, "aware"), title="Panel notified of the serious incident"), "named"),
        (replace(local("", 6, "aware"), title="Serious incident notified"), "named"),
        (replace(local("", 6, "aware"), title="The incident is notified to the Panel"), "named"),
        (replace(local("", 6, "aware"), title="Incident notified to the family"), ""),
        (replace(local("", 6, "aware"), title="Notify the Child Safeguarding Practice Review Panel"), "named"),
        (replace(local("", 6, "aware"), title="Notify the CSPRP"), "named"),
        (replace(local("", 6, "aware"), title="Partners told of the incident by the council"), "named"),
        (
            replace(
                local("", 18, "notification_sent"), title="Rapid review sent to the Child Safeguarding Practice Review Panel"
            ),
            "named",
        ),
        (replace(local("", 18, "notification_sent"), title="Rapid review signed off by all partners and sent"), "named"),
        (
            replace(
                timed(10, "calendar_days", "aware"),
                title="Notification",
                values=(*timed(10, "calendar_days", "aware").values, ("serves", "")),
            ),
            "named",
        ),
        (replace(local("", 5, "aware"), title="Notify the Panel"), ""),
        (replace(local("", 6, "notification_sent"), title="Notify the Panel"), ""),
        (replace(local("", 6, "aware"), title="Notification is quality assured"), "about"),
        (replace(local("", 6, "aware"), title="Tell the safeguarding partners"), "named"),
        (replace(local("", 6, "aware"), title="Notify partners of the outcome"), "about"),
    ],
)
def test_a_step_that_ends_what_the_law_asks_for_is_held_to_its_clock_without_saying_so(
    provided: Provided, expected: str
) -> None:
    told = {
        "longer": ("longer", "refused"),
        "named": ("named", "refused"),
        "about": ("named", "warned"),
        "later": ("later", "warned"),
    }
    wanted = {f"{told[expected][0]}/plan/target": told[expected][1]} if expected else {}
    assert said(view(*THREE, provided=(provided,))) == wanted


def test_twenty_days_of_no_stated_unit_are_refused_where_partners_sign_and_warned_of_on_an_adopted_page() -> None:
    """As working days they are longer than the law allows; what is signed says which days it means."""
    (refused,) = [
        o for o in rule(SA).floor(view(*THREE, provided=(timed(20, "not_stated"),)), None) if o.key == "longer/plan/target"
    ]
    assert "Say which days they are" in refused.sentence
    assert said(view(*THREE, provided=(timed(20, "not_stated"),), entered="adopted")) == {"later/plan/target": "warned"}


@pytest.mark.parametrize(
    ("starts", "told"), [((), ", from a start that is not said)"), (("briefing_received",), ", from another start)")]
)
def test_of_a_later_target_it_is_told_from_where_it_runs(starts: tuple[str, ...], told: str) -> None:
    made = view(*THREE, provided=(local("rapid-review", 20, *starts),), entered="adopted")
    (later,) = [o for o in rule(SA).floor(made, None) if "later/" in o.key]
    assert told in later.sentence


def test_a_target_of_no_start_that_partners_sign_is_read_from_the_laws_own() -> None:
    assert said(view(*THREE, provided=(local("rapid-review", 20),))) == {"longer/plan/target": "refused"}
    assert said(view(*THREE, provided=(local("rapid-review", 15),))) == {}


# The yearly report


def year(months: int, due: str | None, ends: str = "31 March") -> Provided:
    return Provided("report_year", "year", "Report year", "A year.", PAGE, (("ends", ends), ("due", due), ("months", months)))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (year(12, "30 September"), {}),
        (year(12, None), {}),
        (year(18, "30 September"), {"yearly-report-months": "refused"}),
        (year(12, "31 December"), {"yearly-report-due": "needs_reason"}),
        (year(12, "31 January"), {"yearly-report-due": "needs_reason"}),
        (year(12, "31 December", "30 September"), {}),  # the common month is for the financial year
    ],
)
def test_a_yearly_report_covers_a_year_and_comes_by_the_common_month(told: Provided, expected: dict[str, str]) -> None:
    assert said(view(*THREE, provided=(told,))) == expected
    assert said(view(*THREE, provided=(told,), entered="adopted")) == dict.fromkeys(expected, "warned")


# Tests the law no longer has (case 9)


def criterion(effect: str, *reads: str) -> Provided:
    return Provided("criterion", "c", "A local test", "As the page says.", PAGE, (("effect", effect), ("reads", reads)))


def test_case_9_a_concern_about_joint_working_before_any_review_is_pointed_out() -> None:
    narrow = view(*THREE, provided=(criterion("narrows", "incident.working_together_concern"),))
    found = [o for o in rule(SA).floor(narrow, None) if not o.key.startswith("content/")]
    assert [(o.key, o.source.ref[:3], effect_of(o.force), o.bars) for o in found] == [
        ("narrows/plan/c", "S-1", "warned", False)
    ]
    assert "joint working" in found[0].sentence


def test_any_narrower_test_is_pointed_out_and_a_wider_one_is_not() -> None:
    assert said(view(*THREE, provided=(criterion("narrows", "incident.near_miss"),))) == {"narrows/plan/c": "warned"}
    for effect in ("adds", "hint"):  # whoever writes it down may well call it something else
        rests = criterion(effect, "incident.working_together_concern")
        called = replace(criterion(effect, "incident.near_miss"), title="Concern about joint working before any review")
        assert said(view(*THREE, provided=(rests,))) == said(view(*THREE, provided=(called,))) == {"narrows/plan/c": "warned"}
        condition = replace(called, values=(*called.values, ("about", "local-review")))
        assert said(view(*THREE, provided=(condition,))) == {"narrows/plan/c": "warned"}, (
            "a factor, and no condition, of a local review"
        )
        factor = replace(condition, title="Concern about joint working")
        assert said(view(*THREE, provided=(factor,))) == {}
        good = replace(called, title="A seriously good outcome of joint working")
        assert said(view(*THREE, provided=(good,))) == {}
    assert said(view(*THREE, provided=(criterion("adds", "incident.near_miss"),))) == {}


@pytest.mark.parametrize(("about", "told", "row"), [
    ("notify", "narrows the national test, which stands whatever a local criterion says.", "N-1"),
    ("rapid-review", "narrows which cases have a rapid review. One follows every notification, whatever a local criterion says.", "RR-1"),
    ("local-review", "narrows when a local review is carried out. What regulation 11 lists is taken into account whatever a local criterion says.",
     "L-2"),
])  # fmt: skip
def test_of_what_narrows_it_is_told_what_it_narrows(about: str, told: str, row: str) -> None:
    def one(*reads: str) -> Objection:
        narrow = criterion("narrows", *reads)
        made = view(*THREE, provided=(replace(narrow, values=(*narrow.values, ("about", about))),))
        (found,) = [o for o in rule(SA).floor(made, None) if not o.key.startswith("content/")]
        assert effect_of(found.force) == "warned"
        return found

    assert one("incident.near_miss").sentence == f"'A local test' {told}"
    assert one("incident.near_miss").source.ref.startswith(row)
    joint = one("incident.working_together_concern")
    assert joint.sentence.startswith(f"'A local test' {told} A concern about joint working was superseded")
    assert joint.source.ref.startswith("S-1")


@pytest.mark.parametrize("move", MOVES)
def test_what_speaks_against_what_the_law_has_done_is_told(move: str) -> None:
    """Of every move that a criterion may speak against: the notification, and the rapid review that follows each."""
    against = criterion("hint", "incident.near_miss")
    made = view(*THREE, provided=(replace(against, values=(*against.values, ("speaks_against", (move,)))),))
    expected = {"notify": "N-1", "start_rapid_review": "RR-1", "send_rapid_review": "RR-1"}.get(move)
    found = [o for o in rule(SA).floor(made, None) if not o.key.startswith("content/")]
    assert [(o.source.ref.partition(":")[0], o.field) for o in found] == (
        [(expected, "rules.plan.criteria.c.speaks_against")] if expected else []
    )


@pytest.mark.parametrize(
    "reads", ["incident.near_miss", "incident.working_together_concern", "incident.children[].regulated_setting"]
)
@pytest.mark.parametrize("effect", ["narrows", "adds", "hint"])
def test_an_area_s_own_kind_of_review_is_no_national_test(effect: str, reads: str) -> None:
    own = criterion(effect, reads)
    assert said(view(*THREE, provided=(replace(own, values=(*own.values, ("about", "local-type"))),))) == {}


def test_the_legacy_limb_of_regulated_settings_is_pointed_out() -> None:
    stale = criterion("adds", "incident.children[].regulated_setting")
    assert said(view(*THREE, provided=(stale,))) == {"stale/plan/c": "warned"}
    for about in ("rapid-review", "local-review"):  # only the test for notifying had it
        elsewhere = replace(stale, values=(*stale.values, ("about", about)))
        assert said(view(*THREE, provided=(elsewhere,))) == {}


# The yearly report


def test_the_yearly_report_within_twelve_months_and_its_copy_within_seven_days() -> None:
    facts = case(events=[("yearly_report_period_ended", "2026-03-31"), ("yearly_report_published", "2026-09-15")])
    report, copy = step(facts, "yearly-report", SA), step(facts, "yearly-report-copy", SA)
    assert report is not None and copy is not None
    assert (report.due_on, report.source.force, report.done_on) == (date(2027, 3, 31), "ACT", date(2026, 9, 15))
    assert (copy.due_on, copy.source.sure) == (date(2026, 9, 22), "K")


def test_the_common_date_stands_apart_is_to_be_confirmed_and_is_for_financial_years_of_the_2023_edition() -> None:
    def common(ended: str, edition: str) -> Any:
        return step(case(events=[("yearly_report_period_ended", ended)]), "yearly-report-common-date", SA, edition)

    found = common("2026-03-31", "wt-2023")
    assert (found.due_on, found.serves, found.source.sure) == (date(2026, 9, 30), "yearly-report-common-date", "K")
    assert "to be confirmed" in found.sentence
    assert common("2026-03-31", "wt-2018") is None
    assert common("2025-12-31", "wt-2023") is None


# The law's own ways


def test_the_law_s_own_ways() -> None:
    law = rule(SA)
    notify = law.decision("notify")
    assert (notify.decides, notify.acts) == (("local authority",), "local authority")
    assert law.decision("sign_arrangement").decides == ("lead safeguarding partners",)
    assert rule(SA, "wt-2018").decision("sign_arrangement").decides == ("safeguarding partners",)
    assert (law.decision("sign_rapid_review").source.ref[:4], law.decision("sign_rapid_review").source.force) == ("RR-7", "PG")
    assert law.decision("lead_on_an_issue") is None
