"""Two people at one date of a case, or one decision: what the second sent is never dropped without a word."""

from __future__ import annotations

from datetime import date

import pytest

from tests.incidents.web.conftest import GOVERNANCE, Area
from tests.incidents.web.test_recording import day, opened_by_hand
from tests.web.site import Site
from threefold.work.incidents import stories
from threefold.work.people.access import BUSINESS_MANAGER


def second_of(area: Area) -> Site:
    """A second business manager, in a browser of their own."""
    area.site.person("second@vale.example", area.id, BUSINESS_MANAGER)
    return area.as_person("second@vale.example")


def test_another_day_of_awareness_sent_after_one_was_recorded_is_not_dropped(area: Area) -> None:
    base, case_id = opened_by_hand(area)
    page = f"{base}/record/aware"
    mine = area.site.get(page).page.hidden() | day("at", "2026-03-25")
    area.answer(page, day("at", "2026-03-27"), site=second_of(area))
    told = area.site.send(page, mine, 422)
    assert "Second recorded 27 March 2026 meanwhile" in told.text
    assert "What you had typed" in told.text and "25 03 2026" in told.text
    assert any("events/correct?name=aware&at=2026-03-27" in e.get("href") for e in told.page.all("a"))
    assert area.state(case_id).facts.review.on("aware") == date(2026, 3, 27)
    assert area.site.send(page, mine | day("at", "2026-03-27")).location == f"{base}/record", "the same day again goes on"
    assert len(area.state(case_id).facts.review.events) == 1
    with area.site.database.unit(area.id, area.site.at) as unit, pytest.raises(stories.AwareAlready):
        stories.become_aware(unit, GOVERNANCE, case_id, date(2026, 3, 25))


def test_a_date_that_another_corrected_meanwhile_says_to_which_day(area: Area) -> None:
    base, case_id = opened_by_hand(area)
    area.answer(f"{base}/record/aware", day("at", "2026-03-27"))
    link = f"{base}/events/correct?name=aware&at=2026-03-27"
    corrected = day("at", "2026-03-25") | {"reason": "Says the log."}
    first, confirm = area.filled(link, corrected), area.answer(link, corrected, 200).page.hidden()
    second = second_of(area)
    for old, new in (("2026-03-27", "2026-03-26"), ("2026-03-26", "2026-03-24")):
        here = f"{base}/events/correct?name=aware&at={old}"
        asked = area.answer(here, day("at", new) | {"reason": "The call came then."}, 200, second)
        second.send(here, asked.page.hidden())
    for sent in (first, confirm):
        told = area.site.send(link, sent, 422)
        assert "Second corrected it to Tuesday 24 March 2026" in told.text
        assert "Says the log." in told.text and "25 03 2026" in told.text
        assert any("name=aware&at=2026-03-24" in e.get("href") for e in told.page.all("a"))
    assert area.state(case_id).facts.review.on("aware") == date(2026, 3, 24)
    area.site.get(f"{base}/events/correct?name=aware&at=2026-03-20", 404)


def test_what_is_said_beside_a_date_that_is_on_record_is_not_dropped(area: Area) -> None:
    base, case_id = opened_by_hand(area)
    page = f"{base}/events/add"
    told = day("at", "2026-03-27") | {"name": "partners_told", "how": "by telephone"}
    area.answer(page, told)
    refused = area.answer(page, told | {"how": "by letter"}, 422)
    assert "That date is on record already, with “by telephone”" in refused.text and refused.page.value("how") == "by letter"
    area.answer(page, told | {"how": ""})
    assert len(area.state(case_id).facts.review.events) == 1


def test_what_is_said_beside_a_date_is_read_where_the_date_is(area: Area) -> None:
    base, _ = opened_by_hand(area)
    told = day("at", "2026-03-27") | {"name": "partners_told", "how": "By telephone, by night", "reference": "LOG 7"}
    area.answer(f"{base}/events/add", told)
    for page in ("events/add", "timeline", "record/check", "notify/answers", "events/correct?name=partners_told&at=2026-03-27"):
        shown = area.site.get(f"{base}/{page}").text
        assert "How: By telephone, by night" in shown and "Reference: LOG 7" in shown, page
    area.answer(f"{base}/notify/decide", {"outcome": "yes", "reason": "The duty applies."})
    assert "How: yes" not in area.site.get(f"{base}/timeline").text, "what was decided is told in its own words"


def test_which_answer_to_the_areas_own_question_is_kept_is_asked_in_its_words(area: Area) -> None:
    page = f"{area.address(area.opened())}/record/local"
    mine = area.filled(page, {"local-huddle": "yes"})
    area.answer(page, {"local-huddle": "no"})
    assert "changed “Was a huddle held?” while you were writing" in area.site.send(page, mine, 409).text


def test_a_decision_sent_after_somebody_notified_is_shown_to_be_copied(area: Area) -> None:
    case_id = area.opened()
    base = area.address(case_id)
    page = f"{base}/notify/decide"
    mine = area.filled(page, {"outcome": "no", "reason": "The three partners met."})
    sent = day("sent_at", "2026-03-30") | {"sent_at-time": "9:00", "sent_by": "Duty manager", "reference": "REF-1"}
    late = area.filled(f"{base}/notify/form", sent | {"reference": "REF-2"})
    area.answer(f"{base}/notify/form", sent, site=second_of(area))
    told = area.site.send(page, mine, 422)
    assert "The incident was notified meanwhile, so there is nothing to decide here." in told.text
    assert (
        "What you had typed" in told.text
        and "The three partners met." in told.text
        and "Will the incident be notified?No" in told.text
    )
    with area.site.database.unit(area.id, area.site.at) as unit:
        assert not stories.decisions(unit, case_id)
    twice = area.site.send(f"{base}/notify/form", late, 422)
    assert "REF-2" in twice.text and "Duty manager" in twice.text


def test_of_a_person_who_is_gone_every_word_that_was_typed_is_shown_beside_its_question(area: Area) -> None:
    base, _ = opened_by_hand(area)
    area.answer(f"{base}/record/people", {"part": "parent", "name": "Zebedee Madeup"})
    link = next(e.get("href") for e in area.site.get(f"{base}/record/people").page.all("a") if e.get("href").count("/people/"))
    typed = {"aliases": "Zebbie", "nhs_number": "9434765919", "addresses": "Rosehill"} | day("born_on", "1990-04-03")
    mine = area.filled(link, typed)
    area.answer(f"{link}/remove", {"reason": "Put on the wrong case."}, site=second_of(area))
    told = area.site.send(link, mine, 404)
    assert "What you had typed" in told.text
    for words in (
        "NameZebedee Madeup",
        "Other namesZebbie",
        "NHS number9434765919",
        "Date of birth03 04 1990",
        "AddressesRosehill",
    ):
        assert words in told.text
    for mark in (mine["form_token"], mine["csrf_token"], "parent", "form_asks"):
        assert not any(mark in e.text for e in told.page.elements if "govuk-inset-text" in e.get("class"))
