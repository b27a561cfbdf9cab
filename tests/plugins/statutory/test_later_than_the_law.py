"""The floor under what is told in months: local reviews and the yearly report, their publishing, and who chairs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plugins.review_types import ReviewTypes
from plugins.statutory_arrangements import StatutoryArrangements
from plugins.statutory_practice_review import StatutoryPracticeReview
from plugins.timetable import Timetable
from tests.plugins.statutory.editions import rule
from tests.plugins.statutory.test_arrangements import PAGE, THREE, leads, said, view, year
from threefold.domain.findings import Provided
from threefold.domain.sources import AGREED_HERE, Source, effect_of
from threefold.plugin_api import may_outlast
from threefold.plugin_api.arrangement import ArrangementView, Organisation, Seat

REVIEW = {"title": "X", "start_events": ["local_review_decided"], "ends_with": "published"}
YEARLY = {"title": "X", "start_events": ["yearly_report_period_ended"], "ends_with": "yearly_report_published"}


def plan(*steps: dict[str, Any]) -> tuple[Provided, ...]:
    """Steps as the timetable tells them to the floor."""
    source = {"ref": "A page", "force": "LOCAL", "sure": "V", "where": ""}
    return tuple(Timetable({"steps": [{"source": source, **one} for one in steps]}).provides())


def step(amount: int = 9, unit: str = "calendar_months", **told: Any) -> Provided:
    (made,) = plan({"key": "s", "span": {"amount": amount, "unit": unit}, **told})
    return made


def effects(made: ArrangementView) -> dict[str, str]:
    found = [o for o in rule(StatutoryPracticeReview).floor(made) if not o.key.startswith("unsaid")]
    return {o.key: "refused" if o.bars else "warned" if o.warns else effect_of(o.force) for o in found}


@pytest.mark.parametrize(("amount", "unit", "longer"), [
    (6, "calendar_months", False), (7, "calendar_months", True), (1, "years", True), (25, "weeks", False), (26, "weeks", True),
    (181, "calendar_days", False), (182, "calendar_days", True), (129, "working_days", False), (130, "working_days", True),
    (3660, "hours", False), (129, "not_stated", False), (130, "not_stated", True),
])  # fmt: skip
def test_a_time_is_longer_than_six_months_where_it_can_end_after_them(amount: int, unit: str, longer: bool) -> None:
    """Six months from 31 August are 181 days."""
    assert may_outlast(step(amount, unit, **REVIEW), 6) is longer


def test_what_has_no_time_is_no_longer() -> None:
    assert not may_outlast(Provided("step", "s", "S", "S.", PAGE), 6)


@pytest.mark.parametrize(("told", "later"), [
    (REVIEW, True),
    (REVIEW | {"amount": 6}, False),
    (REVIEW | {"start_events": ["published"]}, False),  # not from the decision
    (REVIEW | {"ends_with": "report_sent"}, True),  # it is published after that
    (REVIEW | {"ends_with": "", "title": "LCSPR final report approved by the partners"}, True),
    (REVIEW | {"ends_with": "", "title": "Publication of the LCSPR report"}, True),
    (REVIEW | {"ends_with": "", "title": "Learning from the LCSPR is shared"}, False),
    (REVIEW | {"ends_with": "", "title": "Complete and publish the local review"}, True),
    (REVIEW | {"ends_with": "", "title": "LCSPR published"}, True),
    (REVIEW | {"ends_with": "", "title": "Publish the report of the local child safeguarding practice review"}, True),
    (REVIEW | {"ends_with": "", "title": "Look back at the local review"}, False),
    (REVIEW | {"ends_with": "", "serves": "local-review"}, True),
])  # fmt: skip
def test_a_local_review_that_ends_later_than_guidance_has_it_asks_for_a_reason(told: dict[str, Any], later: bool) -> None:
    made = view(*THREE, provided=(step(**told),))
    assert effects(made) == ({"later-review/plan/s": "needs_reason"} if later else {})
    adopted = view(*THREE, provided=(step(**told),), entered="adopted")
    assert effects(adopted) == ({"later-review/plan/s": "warned"} if later else {})


@pytest.mark.parametrize(("title", "published", "when", "effect"), [
    ("Reports of local child safeguarding practice reviews", "no", None, "refused"),
    ("LCSPR reports", "no", None, "refused"),
    ("Local review", "no", None, "warned"),  # an area may call another kind so
    ("CSP report", "no", None, ""),
    ("Reports of local child safeguarding practice reviews", "no", "a child may be identified", "warned"),
    ("Notes of the practice review group", "no", None, "warned"),
    ("Rapid reviews", "no", None, ""),
    ("LCSPR reports", "usually_not", None, "warned"),
    ("Learning briefings", "no", None, ""),
    ("LCSPR reports", "yes", None, ""),
])  # fmt: skip
def test_reports_of_local_reviews_are_not_said_never_to_be_published(
    title: str, published: str, when: str | None, effect: str
) -> None:
    """L-10: published unless inappropriate, and then the improvements."""
    text = Provided("publication", "t", title, "So.", PAGE, (("published", published), ("when", when)))
    expected = {"unpublished/plan/t": effect} if effect else {}
    assert effects(view(*THREE, provided=(text,))) == expected
    adopted = effects(view(*THREE, provided=(text,), entered="adopted"))
    assert adopted == dict.fromkeys(expected, "warned")


@pytest.mark.parametrize(("kind", "title", "text", "where"), [
    ("outcome", "Serious case review", "Held when a child dies.", "types.a.title"),
    ("outcome", "Review of a death", "Held under regulation 5 of the LSCB Regulations 2006.", "types.a.text"),
    ("group", "Local Safeguarding Children Board", "It meets monthly.", "groups.a.title"),
    ("narrative", "Health", "The clinical commissioning group leads on it.", "statements.a.text"),
    ("narrative", "History", "The partners took the place of the local safeguarding children board, which ended in 2019.", ""),
    ("group", "Safeguarding board", "It meets monthly.", ""),
])  # fmt: skip
def test_what_the_law_has_no_more_is_warned_of_where_partners_write_of_it_as_if_it_were_there(
    kind: str, title: str, text: str, where: str
) -> None:
    def made(ref: str, entered: str = "signed") -> list[str]:
        thing = Provided(kind, "a", title, text, Source(ref, "LOCAL", "V"), (("text", text),))
        found = rule(StatutoryArrangements).floor(view(*THREE, provided=(thing,), entered=entered), date(2027, 4, 1))
        return [o.field for o in found if o.key.startswith("stale-words")]

    assert made(AGREED_HERE) == ([f"rules.plan.{where}"] if where else [])
    assert made("A page") == made(AGREED_HERE, "adopted") == []


def test_two_report_years_that_are_not_the_same_are_warned_of() -> None:
    def year(ends: str, due: str) -> Provided:
        return Provided(
            "report_year",
            "year",
            "Report year",
            f"It ends on {ends}, due by {due}.",
            PAGE,
            (("ends", ends), ("due", due), ("months", 12)),
        )

    one, other = year("31 March", "30 September"), year("31 August", "30 November")
    found = said(view(*THREE, provided=(one, other)))
    assert found == {"yearly-report-twice": "warned"}
    assert said(view(*THREE, provided=(one, one))) == said(view(*THREE, provided=(one, other), entered="adopted")) == {}


@pytest.mark.parametrize(("due", "asked"), [
    ("1 March", True), ("31 March", True), ("1 April", False), ("30 September", False), ("1 October", True), ("30 March", True),
])  # fmt: skip
def test_a_yearly_report_due_on_or_before_the_end_of_its_year_is_due_a_year_later(due: str, asked: bool) -> None:
    assert said(view(*THREE, provided=(year(12, due),))) == ({"yearly-report-due": "needs_reason"} if asked else {})
    told = [
        o.sentence for o in rule(StatutoryArrangements).floor(view(*THREE, provided=(year(12, due),)), None) if "due" in o.key
    ]
    assert all((" of the year after. " in one) is (due != "1 October") for one in told)


@pytest.mark.parametrize(("amount", "later"), [(12, False), (13, True)])
def test_a_step_that_publishes_the_yearly_report_more_than_a_year_on_is_refused(amount: int, later: bool) -> None:
    made = view(*THREE, provided=(step(amount, **YEARLY),))
    assert said(made) == {"yearly-report-step/plan/s": "refused"} if later else {"yearly-report-due/plan/s": "warned"}
    other = step(amount, **(YEARLY | {"ends_with": ""}))
    assert said(view(*THREE, provided=(other,))) == {}


def chaired(*organisations: str) -> dict[str, str]:
    chairs = tuple(Seat(f"chair-{n}", f"Chair {n}", "chair", o) for n, o in enumerate(organisations))
    scrutineer = Seat("scrutineer", "Independent scrutineer", "scrutineer")
    return said(view(*THREE, seats=(*leads(*THREE), scrutineer, *chairs)), on=date(2027, 1, 1))


def test_a_chair_from_outside_is_warned_of_where_none_is_a_partner_s() -> None:
    assert chaired("") == chaired("a-trust") == chaired("", "") == {"chair-from-outside": "needs_reason"}
    assert chaired() == chaired("council") == chaired("", "board") == {}


FIRST = {"title": "One", "start_events": ["notification_sent"]}
THEN = {"title": "Two", "start_events": ["done:timetable.one"], "serves": "rapid-review"}


def days(amount: int) -> dict[str, Any]:
    return {"span": {"amount": amount, "unit": "working_days"}}


def chain(first: int, then: int, **told: Any) -> dict[str, str]:
    """What is said of two steps, the second counted from when the first is done."""
    steps = plan({"key": "one", **days(first), **FIRST}, {"key": "two", **days(then), **THEN, **told})
    return said(view(*THREE, provided=steps))


def test_a_target_that_follows_other_local_steps_is_held_to_the_law_s_time_with_theirs() -> None:
    assert chain(10, 5) == {}
    assert chain(10, 6) == chain(10, 10) == {"later/plan/two": "warned"}
    assert chain(10, 10, start_events=["done:timetable.one", "notification_sent"]) == {}, "the earliest of its starts counts"
    assert chain(10, 10, serves="", ends_with="rapid_review_sent") == {"later/plan/two": "warned"}
    assert chain(10, 10, serves="", title="Rapid review completed") == {"named/plan/two": "warned"}
    assert chain(10, 10, serves="", title="Look back") == {}
    both = {"serves": "rapid-review", "title": "X", **days(5)}
    steps = plan(
        *(both | {"key": key, "start_events": [f"done:timetable.{other}"]} for key, other in (("one", "two"), ("two", "one")))
    )
    assert set(said(view(*THREE, provided=steps))) <= {"later/plan/one", "later/plan/two"}


@pytest.mark.parametrize("event", ["published", "publication_planned", "rapid_review_sent"])
def test_a_target_for_the_rapid_review_that_runs_from_what_comes_long_after_it_is_warned_of(event: str) -> None:
    made = step(2, "working_days", title="X", start_events=[event], serves="rapid-review")
    assert said(view(*THREE, provided=(made,))) == {"later/plan/s": "warned"}


@pytest.mark.parametrize(("who", "refused"), [
    ("force-lead", True), ("force", True), ("council-lead", False), ("council", False), ("whoever is on duty", False), ("", False),
])  # fmt: skip
@pytest.mark.parametrize("told", [{"serves": "notify-panel"}, {"ends_with": "notification_sent"}])
def test_the_step_that_is_the_notification_is_the_authority_s(who: str, refused: bool, told: dict[str, Any]) -> None:
    made = step(2, "working_days", title="Tell them", start_events=["aware"], who=who, **told)
    assert said(view(*THREE, provided=(made,))) == ({"who-notifies/plan/s": "refused"} if refused else {})
    adopted = said(view(*THREE, provided=(made,), entered="adopted"))
    assert adopted == ({"who-notifies/plan/s": "warned"} if refused else {})


def kind(title: str, amount: int, unit: str, start: str) -> Provided:
    source = {"ref": "A page", "force": "LOCAL", "sure": "V", "where": ""}
    one = {"key": "k", "title": title, "source": source, "clock": {"amount": amount, "unit": unit}, "clock_starts": [start]}
    return next(iter(ReviewTypes({"types": [one]}).provides()))


@pytest.mark.parametrize(("made", "law", "expected"), [
    (kind("Rapid review", 20, "working_days", "notification_sent"), "", {"named/plan/k": "refused"}),
    (kind("Rapid review", 15, "working_days", "notification_sent"), "", {}),
    (kind("Learning review", 60, "working_days", "notification_sent"), "", {}),
    (kind("Local child safeguarding practice review", 9, "calendar_months", "local_review_decided"), "review", {"later-review/plan/k": "needs_reason"}),
    (kind("Local child safeguarding practice review", 6, "calendar_months", "local_review_decided"), "review", {}),
])  # fmt: skip
def test_the_clock_of_an_area_s_own_kind_of_review_is_held_to_the_law_s_too(
    made: Provided, law: str, expected: dict[str, str]
) -> None:
    arrangement = view(*THREE, provided=(made,))
    assert (effects(arrangement) if law else said(arrangement)) == expected


def test_a_chain_goes_by_whatever_ends_a_step_and_never_behind_where_the_law_begins() -> None:
    decides = {"key": "one", "title": "Threshold meeting", "start_events": ["aware"], "ends_with": "notification_decided"}
    form = {"key": "two", "title": "The form", "start_events": ["notification_decided"], "ends_with": "notification_sent"}
    sent = {"key": "two", "title": "Target", "start_events": ["notification_sent"], "serves": "rapid-review"}
    notify = {"key": "one", "title": "Tell", "start_events": ["aware"], "ends_with": "notification_sent"}
    for then, expected in ((3, {"later/plan/two": "warned"}), (1, {})):
        assert said(view(*THREE, provided=plan({**decides, **days(4)}, {**form, **days(then)}))) == expected
    assert said(view(*THREE, provided=plan({**notify, **days(5)}, {**sent, **days(14)}))) == {}


@pytest.mark.parametrize(("title", "starts", "days_", "expected"), [
    ("Close the rapid review", ["panel_replied"], 20, {}),
    ("Submit the SIN", ["aware"], 10, {"named/plan/s": "refused"}),
    ("Report the incident to the national Panel", ["aware"], 10, {"named/plan/s": "refused"}),
    ("Notify the family", ["aware"], 10, {}),
    ("Notify Ofsted", ["aware"], 10, {}),
])  # fmt: skip
def test_what_a_step_is_called(title: str, starts: list[str], days_: int, expected: dict[str, str]) -> None:
    assert said(view(*THREE, provided=(step(days_, "working_days", title=title, start_events=starts),))) == expected


@pytest.mark.parametrize(("acts", "effect"), [
    ("The local authority", ""), ("Director of Children’s Services", ""), ("Council", ""), ("Example council", ""),
    ("Whoever chairs", "who-notifies-in-words"), ("The police", "who-notifies"), ("A group of partners", "who-notifies"),
])  # fmt: skip
def test_who_notifies_in_words(acts: str, effect: str) -> None:
    way = Provided("way", "notify", "Who notifies", "As agreed.", PAGE, (("acts", acts), ("decides", ("council",))))
    expected = {"who-notifies-in-words": "warned", "who-notifies": "refused"}
    assert said(view(*THREE, provided=(way,))) == ({effect: expected[effect]} if effect else {})


@pytest.mark.parametrize(("title", "amount", "unit", "expected"), [
    ("Copy of the yearly report to the Panel", 30, "calendar_days", {"yearly-report-copy/plan/s": "needs_reason"}),
    ("Send a copy to the Panel", 2, "calendar_months", {"yearly-report-copy/plan/s": "needs_reason"}),
    ("Send a copy to the Panel", 7, "calendar_days", {}),
    ("Send a copy to the Panel", 5, "working_days", {}),
    ("Thank everybody", 30, "calendar_days", {}),
])  # fmt: skip
def test_the_copy_of_the_yearly_report(title: str, amount: int, unit: str, expected: dict[str, str]) -> None:
    made = step(amount, unit, title=title, start_events=["yearly_report_published"])
    assert said(view(*THREE, provided=(made,))) == expected


def test_a_yearly_report_is_not_said_never_to_be_published() -> None:
    def text(title: str, published: str) -> Provided:
        return Provided("publication", "t", title, "So.", PAGE, (("published", published),))

    assert said(view(*THREE, provided=(text("Yearly report", "no"),))) == {"yearly-report-unpublished/plan/t": "refused"}
    assert (
        said(view(*THREE, provided=(text("Yearly report", "yes"),)))
        == said(view(*THREE, provided=(text("Minutes", "no"),)))
        == {}
    )


def test_what_another_text_publishes_of_local_reviews_is_not_refused() -> None:
    texts = [Provided("publication", key, title, "So.", PAGE, (("published", published),)) for key, title, published in (
        ("a", "Local reviews", "no"), ("b", "LCSPR reports", "yes"))]  # fmt: skip
    assert effects(view(*THREE, provided=tuple(texts))) == {"unpublished/plan/a": "warned"}


def test_a_report_that_is_sent_once_it_is_published_comes_after_guidance() -> None:
    told = {"title": "Report to the Panel", "ends_with": "report_sent"}
    late = step(5, "working_days", start_events=["published"], **told)
    assert set(effects(view(*THREE, provided=(late,)))) == {"sent-too-late/plan/s"}
    planned = step(5, "working_days", start_events=["publication_planned"], **told)
    assert set(effects(view(*THREE, provided=(planned,)))) == {"sent-too-late/plan/s"}, "that day is the publishing's"


def test_a_kind_of_partner_that_the_law_does_not_know_is_warned_of() -> None:
    schools = Organisation("schools", "Schools", "other", True)
    assert said(view(*THREE, schools)) == {"other-partner/schools": "warned"}
    assert said(view(*THREE, schools, entered="adopted")) == {}


@pytest.mark.parametrize(("values", "warned"), [
    ((("independent", "no"),), True), ((("independent", "no"), ("who", "the Director of Children’s Services")), True),
    ((("who", "Delegated safeguarding partners"),), True), ((("who", "Chair of the partnership"),), True), ((("who", "Head of safeguarding, council"),), True),
    ((("who", "Peer review by another council"),), False), ((("who", "Independent chair"),), False), ((("independent", "yes"), ("who", "The partners’ scrutiny team")), False), ((("who", "council-lead"),), True), ((("who", "council"),), True),
    ((("who", "A retired judge"),), False), ((("who", "business"),), False), ((("independent", "yes"),), False), ((), False),
])  # fmt: skip
def test_scrutiny_by_the_partners_alone_is_warned_of(values: tuple[tuple[str, str], ...], warned: bool) -> None:
    told = Provided("scrutiny", "own", "Own scrutiny", "We look.", PAGE, values)
    other = Provided("scrutiny", "peer", "Peer scrutiny", "By another area.", PAGE, (("independent", "yes"),))
    seats = (*leads(*THREE), Seat("business", "Business manager", "business_manager"))
    assert said(view(*THREE, seats=seats, provided=(told,))) == ({"scrutiny-of-the-partners": "warned"} if warned else {})
    assert said(view(*THREE, seats=seats, provided=(told, other))) == said(view(*THREE, provided=(told,))) == {}


def test_weeks_counted_from_the_day_itself_lose_a_day_and_no_week() -> None:
    year = step(53, "weeks", **YEARLY)
    first = step(53, "weeks", **(YEARLY | {"span": {"amount": 53, "unit": "weeks", "start_is_day": 1}}))
    assert may_outlast(year, 12) and may_outlast(first, 12)


def test_who_chairs_a_group_chairs_no_partnership() -> None:
    chair = Seat("c", "Independent chair of the Learning Review Group", "chair")
    scrutineer = Seat("scrutineer", "Independent scrutineer", "scrutineer")
    assert said(view(*THREE, seats=(*leads(*THREE), scrutineer, chair)), on=date(2027, 1, 1)) == {}


def test_what_is_still_to_come_is_not_told() -> None:
    def a7(text: str) -> bool:
        told = Provided("narrative", "n", "Education", text, PAGE, (("part", "education"), ("answers", ())))
        found = rule(StatutoryArrangements).floor(view(*THREE, provided=(told,)), date(2027, 1, 1))
        return any(o.key == "content/A7" for o in found)

    assert all(
        a7(text) for text in ("To be confirmed.", "This is still to be agreed.", "Details to follow.", "Not yet agreed.")
    )
    assert not a7("Schools sit on the executive.") and not a7("Schools are to be confirmed as members each May.")


def test_a_disagreement_that_the_partners_take_to_the_secretary_of_state_ended_with_them() -> None:
    def stage(number: int, title: str, who: str) -> Provided:
        return Provided("ladder_stage", f"s{number}", title, f"{title}.", PAGE, (("stage", number), ("who", who)))

    def a16(*stages: Provided) -> bool:
        found = rule(StatutoryArrangements).floor(view(*THREE, provided=stages), date(2027, 1, 1))
        return any(o.key == "content/A16" for o in found)

    leads_, outside = stage(1, "Lead safeguarding partners meet", ""), stage(2, "Secretary of State", "Secretary of State")
    assert not a16(leads_, outside) and a16(stage(1, "Managers meet", ""), outside) and a16(outside)
