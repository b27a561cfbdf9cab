"""Taking a notification back: what is told to the national body, where it is on this platform and where it is not, and to each other."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from tests.incidents.web.conftest import POLICE, Area
from tests.incidents.web.test_acting import FORM, letters

WITHDRAWN = {"way_out": "notification_withdrawn", "reason": "It was about another child."}


def take_away(area: Area) -> None:
    """Take the national body off this platform."""
    with psycopg.connect(area.site.database.admin, autocommit=True) as admin:
        admin.execute("update directory.body set on_platform = false where id = %s", (area.national,))


@pytest.fixture
def alone(area: Area) -> UUID:
    """A case notified by the official form, of an area whose national body is not on this platform."""
    take_away(area)
    case_id = area.opened()
    area.site.post(f"{area.address(case_id)}/notify/form", FORM)
    return case_id


def test_where_the_national_body_is_here_it_is_told_and_every_page_says_so(area: Area) -> None:
    base = area.address(area.opened())
    area.site.post(f"{base}/notify/letter")
    asked = area.site.get(f"{base}/leave")
    assert "The national body is told by letter, with the reason." in asked.text
    assert "Record and tell the national body" in asked.text
    assert not [e for e in asked.page.all("input") if e.get("name") == "told_how"]
    done = area.site.send(f"{base}/leave", asked.page.hidden() | WITHDRAWN).location
    shown = area.site.get(done).text
    assert "It is on record, and the national body is told." in shown
    assert "The national body was told by letter." in shown
    assert "Record when and how the national body was told" not in shown
    assert letters(area) == 2


def test_where_it_is_not_nothing_says_that_it_was_told(area: Area, alone: UUID) -> None:
    base = area.address(alone)
    asked = area.site.get(f"{base}/leave")
    assert "The national body is not on this platform, so nothing is sent to it from here. Tell it yourself" in asked.text
    assert "It is sent to the national body" not in asked.text and "tell the national body" not in asked.text
    assert "Enter the reason; it" not in area.site.post(f"{base}/leave", WITHDRAWN | {"reason": ""}, 422).text
    done = area.site.send(f"{base}/leave", asked.page.hidden() | WITHDRAWN).location
    shown = area.site.get(done).text
    assert "so nothing was sent to it: tell it yourself" in shown
    assert "the national body is told" not in shown
    assert "It is not on record that the national body was told. Nothing was sent to it from here." in shown
    assert letters(area) == 0


def test_when_and_how_the_area_told_it_is_put_on_record_at_once_or_afterwards(area: Area, alone: UUID) -> None:
    base, how = area.address(alone), "by email on 30 March 2026"
    hidden = area.site.get(f"{base}/leave").page.hidden() | WITHDRAWN | {"told_how": how}
    for _ in range(2):
        done = area.site.send(f"{base}/leave", hidden).location
    shown = area.site.get(done).text
    assert "It is on record here, with how the national body was told." in shown
    assert f"The national body was told: {how}" in shown
    assert not [e for e in area.site.get(f"{base}/leave/told").page.all("input") if e.get("name") == "told_how"]

    area.site.post(f"{base}/notify/form", FORM | {"reference": "FORM-9"})
    area.site.post(f"{base}/leave", WITHDRAWN | {"way_out": "criteria_not_met"})
    page = f"{base}/leave/told"
    assert any(e.get("href") == page for e in area.site.get(base).page.all("a"))
    assert "Enter when and how" in area.site.post(page, {}, 422).text
    hidden, police = area.site.get(page).page.hidden() | {"told_how": "by telephone"}, area.as_person(POLICE)
    late = police.get(page).page.hidden() | {"told_how": "by letter, too"}
    for _ in range(2):
        done = area.site.send(page, hidden).location
    shown = area.site.get(done)
    assert "When and how the national body was told is on record." in shown.text
    assert "The national body was told: by telephone" in shown.text and f"The national body was told: {how}" in shown.text
    assert not any(e.get("href") == page for e in shown.page.all("a"))
    refused = police.send(page, late, 409).text
    assert "The national body was told: by telephone" in refused and "by letter, too" in refused


def test_who_takes_it_back_second_is_told_who_did_when_as_what_and_why(area: Area, alone: UUID) -> None:
    base, police = area.address(alone), area.as_person(POLICE)
    typed = {"way_out": "criteria_not_met", "reason": "The post-mortem."}
    second = police.get(f"{base}/leave").page.hidden() | typed
    area.site.post(f"{base}/leave", WITHDRAWN)
    for _ in range(2):
        refused = police.send(f"{base}/leave", second, 409)
        assert "Notification withdrawn: 30 March 2026 at 11am, by Manager. Reason: It was about another child." in refused.text
        assert "The post-mortem." in refused.text, "to be copied"
        assert not refused.page.all("textarea")
    assert [e.name for e in area.state(alone).facts.review.events].count("notification_withdrawn") == 1
    assert "by Manager. Reason: It was about another child." in police.get(f"{base}/leave").text


def test_a_notification_sent_anew_is_not_taken_back_unseen(area: Area, alone: UUID) -> None:
    base, police = area.address(alone), area.as_person(POLICE)
    second = police.get(f"{base}/leave").page.hidden() | WITHDRAWN | {"reason": "Sent twice."}
    area.site.post(f"{base}/leave", WITHDRAWN)
    area.site.post(f"{base}/notify/form", FORM | {"reference": "FORM-9"})
    shown = police.send(f"{base}/leave", second, 409)
    assert "Somebody took the notification back and notified anew while you were writing" in shown.text
    assert area.state(alone).facts.review.notified
    police.send(f"{base}/leave", shown.page.hidden() | WITHDRAWN)
    assert not area.state(alone).facts.review.notified


def test_where_the_national_body_is_not_here_no_letter_to_it_is_offered(area: Area) -> None:
    base = area.address(area.opened())
    assert {e.get("value") for e in area.site.get(f"{base}/notify").page.all("input") if e.get("name") == "way"} == {
        "letter",
        "form",
    }
    take_away(area)
    shown = area.site.get(f"{base}/notify")
    assert not [e for e in shown.page.all("input") if e.get("name") == "way"]
    assert f"{base}/notify/form" in [e.get("href") for e in shown.page.all("a")]


def test_what_happened_twice_in_one_day_stays_twice_and_in_its_order_whatever_two_people_save_beside_it(
    area: Area, alone: UUID
) -> None:
    """The same form recorded anew after it was taken back by mistake: which came last says whether the incident is notified."""
    base = area.address(alone)
    area.answer(f"{base}/leave", WITHDRAWN)
    area.answer(f"{base}/notify/form", FORM)
    assert area.state(alone).facts.review.notified
    old_tab = area.filled(f"{base}/record/circumstances", {"near_miss": "no"})
    area.answer(f"{base}/record/children/child-1/about", {"age_years": "3"}, site=area.as_person(POLICE))
    area.site.send(f"{base}/record/circumstances", old_tab)
    state = area.state(alone)
    assert state.facts.incident.near_miss.value == "no" and state.facts.incident.children[0].age_years.value == 3
    assert [e.name for e in state.facts.review.events].count("notification_sent") == 2
    assert state.facts.review.notified and state.status == "notified"


def test_how_it_was_told_is_not_put_beside_another_time_that_it_was_taken_back(area: Area, alone: UUID) -> None:
    base = area.address(alone)
    area.answer(f"{base}/leave", WITHDRAWN)
    old_tab = area.filled(f"{base}/leave/told", {"told_how": "By telephone, of the first."})
    area.answer(f"{base}/notify/form", FORM, site=area.as_person(POLICE))
    area.answer(f"{base}/leave", WITHDRAWN | {"reason": "Another reason."}, site=area.as_person(POLICE))
    shown = area.site.send(f"{base}/leave/told", old_tab, 409)
    assert "took the notification back anew while you were writing" in shown.text and "Another reason." in shown.text
    assert not [e for e in area.state(alone).facts.review.events if e.how == "By telephone, of the first."]
