"""A page of the rapid review that did not show what somebody else put on record meanwhile: nothing is lost without a choice."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.reviews.neighbours import HEALTH, POLICE, Neighbours
from tests.reviews.test_screens import base, entered
from tests.web.site import Shown, Site
from threefold.work.people.access import PARTNER_LEAD


def opened(web: Site, page: str, said: dict[str, str]) -> dict[str, str]:
    """What a browser sends from a page that was opened now, whenever it sends it."""
    return web.get(page).page.hidden() | said


def keeps(asked: Shown, name: str, whose: str) -> dict[str, str]:
    """The answer to which of two values stays."""
    boxes = [e.get("value") for e in asked.page.all("input") if e.get("name") == f"keep:{name}"]
    return {f"keep:{name}": next(value for value in boxes if value.startswith(whose))}


def records(here: Neighbours, case_id: UUID) -> int:
    return here.state(case_id).no


@pytest.mark.parametrize("whose", ["theirs", "yours"])
def test_of_a_matter_that_two_considered_at_once_one_answer_is_chosen_and_the_other_stays_readable(
    web: Site, here: Neighbours, whose: str
) -> None:
    case_id = here.notified()
    page = f"{base(case_id)}/factors/recurrent_themes"
    old_tab = opened(web, page, {"view": "does_not_apply", "reason": "Nothing was seen by me."})
    entered(web, POLICE).post(page, {"view": "applies", "reason": "The same injuries in 2025."})
    asked = web.send(page, old_tab, 409)
    assert "Theirs: It applies. The same injuries in 2025." in asked.text
    assert "Yours: It does not apply. Nothing was seen by me." in asked.text
    assert not asked.page.all("textarea"), "beside the choice nothing else can be typed"
    for _ in range(2):
        web.send(page, asked.page.hidden() | keeps(asked, "view", whose))
    said = here.state(case_id).facts.review.considers("recurrent_themes")
    assert said is not None
    assert said.reason == ("The same injuries in 2025." if whose == "theirs" else "Nothing was seen by me.")
    shown = web.get(page).text
    assert ("Before, " in shown) == (whose == "yours")
    if whose == "yours":
        assert "Police: It applies. The same injuries in 2025." in shown
    web.get(base(case_id))


def test_a_matter_that_is_saved_as_it_was_shown_leaves_what_somebody_else_said(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    page = f"{base(case_id)}/factors/recurrent_themes"
    first = {"view": "unclear", "reason": "To be looked at."}
    web.post(page, first)
    old_tab = opened(web, page, first)
    entered(web, POLICE).post(page, {"view": "applies", "reason": "Seen in 2025."})
    web.send(page, old_tab)
    said = here.state(case_id).facts.review.considers("recurrent_themes")
    assert said is not None and said.reason == "Seen in 2025."


def test_of_national_issues_each_answer_stands_for_itself(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    page = f"{base(case_id)}/national"
    web.post(page, {"national_issues": "no", "law_change_issue": "no"})
    one_box = opened(web, page, {"national_issues": "no", "law_change_issue": "unclear"})
    both = opened(web, page, {"national_issues": "unclear", "law_change_issue": "unclear"})
    entered(web, POLICE).post(page, {"national_issues": "yes", "law_change_issue": "no"})
    web.send(page, one_box)
    review = here.state(case_id).facts.review
    assert (review.national_issues.value, review.law_change_issue.value) == ("yes", "unclear")
    asked = web.send(page, both, 409)
    assert "Does the case raise issues that are complex" in asked.text and "Theirs: yes" in asked.text
    web.send(page, both | keeps(asked, "national_issues", "yours"))
    assert here.state(case_id).facts.review.national_issues.value == "unclear"
    assert "complex, or of national importance: yes; a change in law or guidance: no" in web.get(page).text


def test_a_decision_on_a_page_that_did_not_show_a_newer_one_is_shown_again(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    page = f"{base(case_id)}/decide"
    old_tab = opened(web, page, {"outcome": "no", "reason": "Everything was learnt."})
    entered(web, POLICE).post(page, {"outcome": "yes", "reason": "There is more to learn."})
    no = records(here, case_id)
    again = web.send(page, old_tab, 409)
    assert "Somebody decided on this while you were writing, and nothing of yours was saved." in again.text
    assert "Decided while you were writing Local review: yes" in again.text and "There is more to learn." in again.text
    assert "Everything was learnt." in again.text and records(here, case_id) == no
    for _ in range(2):
        web.send(page, again.page.hidden() | {"outcome": "no", "reason": "Everything was learnt."})
    assert records(here, case_id) == no + 1
    assert here.state(case_id).facts.review.event("local_review_declined")
    assert "Decided before Local review: no" in web.get(page).text


def test_a_kind_of_review_is_told_by_its_title_and_chosen_by_who_saw_what_was_chosen(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    page = f"{base(case_id)}/type"
    old_tab = opened(web, page, {"local_type": "none", "reason": "A conversation is enough."})
    entered(web, POLICE).post(page, {"local_type": "learning", "reason": "To learn from it."})
    again = web.send(page, old_tab, 409)
    assert "Decided while you were writing Kind of review: Learning from Experience review" in again.text
    assert "To learn from it." in again.text and "A conversation is enough." in again.text
    assert here.state(case_id).facts.review.local_type == "learning"
    web.send(page, again.page.hidden() | {"local_type": "none", "reason": "A conversation is enough."})
    assert here.state(case_id).facts.review.local_type == ""
    shown = web.get(base(case_id).removesuffix("/review")).text
    assert "Kind of review: Learning from Experience review" in shown and "Kind of review: none of the area’s own" in shown
    assert "Local type" not in shown


def test_whether_to_notify_is_decided_by_who_saw_what_was_decided(web: Site, here: Neighbours) -> None:
    case_id = here.opened()
    page = base(case_id).replace("/review", "/notify/decide")
    web.post(page, {"outcome": "yes", "reason": "First thoughts."})
    old_tab = opened(web, page, {"outcome": "yes", "reason": "On reflection."})
    entered(web, POLICE).post(page, {"outcome": "yes", "reason": "The duty is plain."})
    again = web.send(page, old_tab, 409)
    new, _, before = again.text.partition("Decided before")
    assert "The duty is plain." in new and "First thoughts." in before
    assert "Police" in new and "On reflection." in again.text
    web.send(page, again.page.hidden() | {"outcome": "yes", "reason": "On reflection."})
    assert "On reflection." in web.get(page).text


@pytest.mark.parametrize("path", ["/review/views", "/notify/view"])
def test_a_view_of_a_seat_is_given_by_who_saw_what_its_other_holder_gave(web: Site, here: Neighbours, path: str) -> None:
    case_id = here.opened() if path.startswith("/notify") else here.notified()
    page = base(case_id).removesuffix("/review") + path
    web.person("deputy.police@vale.example", here.area, PARTNER_LEAD, seats=("police-lead",))
    police, deputy = entered(web, POLICE), entered(web, "deputy.police@vale.example")
    old_tab = opened(police, page, {"view": "no", "reason": "Not for us."})
    entered(web, HEALTH).post(page, {"view": "yes", "reason": "Of another seat."})
    deputy.post(page, {"view": "yes", "reason": "We owe it to them."})
    again = police.send(page, old_tab, 409)
    assert "Somebody gave a view for this seat while you were writing" in again.text
    assert "We owe it to them." in again.text and "Not for us." in again.text
    for _ in range(2):
        police.send(page, again.page.hidden() | {"view": "no", "reason": "Not for us."})
    shown = police.get(page).text
    assert "Deputy Police: Yes. We owe it to them." in shown and shown.count("Before, ") == 1
