"""What the partners settle about the report of a local review: whether it is published (L-10), and what delays it (L-12)."""

from __future__ import annotations

from tests.reviews.neighbours import POLICE, Neighbours
from tests.reviews.test_screens import base, entered
from tests.web.site import Shown, Site
from threefold.work.incidents.records import CaseState


def words_of(web: Site, page: str) -> str:
    return " ".join(web.get(page).text.split())


def checked(shown: Shown) -> list[str]:
    return [e.get("value") for e in shown.page.all("input") if e.get("type") == "radio" and "checked" in e.attributes]


def six_months(state: CaseState) -> list[str]:
    return [t["statutory"]["due_on"] for t in state.verdict["steps"] if t["serves"] == "local-review"]


def test_no_report_is_asked_about_before_a_local_review_is_decided(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    assert "The report" not in words_of(web, base(case_id))
    for page in (f"{base(case_id)}/publication", f"{base(case_id)}/delay"):
        shown = web.get(page)
        assert "No local review is decided in this case" in shown.text and not shown.page.all("textarea")
    before = here.state(case_id).no
    sent = {"appropriate": "yes", "sibling_identifiable": "no", "reason": ""}
    web.send(f"{base(case_id)}/publication", web.get(base(case_id)).page.hidden() | sent, 422)
    assert here.state(case_id).no == before


def test_a_report_that_is_not_published_keeps_its_reason_and_the_duty_says_what_is(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    web.post(f"{base(case_id)}/decide", {"outcome": "yes", "reason": "There is more to learn."})
    page = f"{base(case_id)}/publication"
    assert "Not answered yet" in words_of(web, base(case_id))
    asked = web.post(page, {"appropriate": "no", "sibling_identifiable": "yes"}, 422)
    assert "Enter why it is not appropriate to publish the report" in asked.text
    assert checked(asked) == ["no", "yes"], "nothing is lost"
    told = web.get(page).page.hidden() | {
        "appropriate": "no",
        "sibling_identifiable": "yes",
        "reason": "A brother would be known.",
    }
    for _ in range(2):
        assert web.send(page, told).location.endswith("?done=publication")
    review = here.state(case_id).facts.review
    assert (review.publication_appropriate.value, review.sibling_identifiable.value) == ("no", "yes")
    assert review.publication_reason == "A brother would be known."
    assert review.publication_appropriate.given_on is not None and review.publication_appropriate.given_by
    shown = words_of(web, base(case_id))
    assert "It is appropriate to publish it No. A brother would be known." in shown
    case = words_of(web, base(case_id).removesuffix("/review"))
    assert case.count("Whether it is appropriate to publish the report: no") == 1, "one decision, sent twice"
    verdict = words_of(web, f"{base(case_id).removesuffix('/review')}/verdict")
    assert "Publish at least the improvements, and keep the reason for not publishing the report." in verdict
    assert "Publication would identify a surviving brother or sister." in verdict
    web.post(page, {"appropriate": "yes", "sibling_identifiable": "no", "reason": "They moved away."})
    review = here.state(case_id).facts.review
    assert (review.publication_appropriate.value, review.publication_reason) == ("yes", "")
    before = words_of(web, page)
    assert "A brother would be known. A brother or sister could be identified: yes." in before, (
        "what was settled before stays readable"
    )
    web.post(f"{base(case_id)}/decide", {"outcome": "no", "reason": "The rapid review told enough."})
    assert "No local review is decided any more, so there is no report of one." in words_of(web, base(case_id))


def test_what_delays_the_report_is_a_duty_to_tell_and_lengthens_nothing(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    web.post(f"{base(case_id)}/decide", {"outcome": "yes", "reason": "There is more to learn."})
    due = six_months(here.state(case_id))
    page = f"{base(case_id)}/delay"
    assert "Enter what delays the report" in web.post(page, {"delays": "yes"}, 422).text
    web.post(page, {"delays": "yes", "reason": "An inquest is open."})
    state = here.state(case_id)
    assert state.facts.review.proceedings_delay.value == "yes"
    assert [d["arises"] for d in state.verdict["duties"] if d["key"] == "tell-of-delay"] == ["yes"]
    assert due and six_months(state) == due
    assert "An inquest is open." in words_of(web, page)
    web.post(page, {"delays": "no"})
    assert [d["arises"] for d in here.state(case_id).verdict["duties"] if d["key"] == "tell-of-delay"] == ["no"]


def test_a_page_that_did_not_show_what_was_settled_meanwhile_settles_nothing_unseen(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    web.post(f"{base(case_id)}/decide", {"outcome": "yes", "reason": "There is more to learn."})
    page = f"{base(case_id)}/publication"
    old_tab = web.get(page).page.hidden() | {"appropriate": "yes", "sibling_identifiable": "no"}
    entered(web, POLICE).post(page, {"appropriate": "no", "sibling_identifiable": "yes", "reason": "A sister would be known."})
    again = web.send(page, old_tab, 409)
    assert "A sister would be known." in again.text and "Decided while you were writing" in again.text
    assert here.state(case_id).facts.review.publication_appropriate.value == "no"
    web.send(page, again.page.hidden() | {"appropriate": "yes", "sibling_identifiable": "no"})
    assert here.state(case_id).facts.review.publication_appropriate.value == "yes"
