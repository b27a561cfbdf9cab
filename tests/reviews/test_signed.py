"""What a seat signs stands on the page where it signs; what was changed afterwards is told beside its signature."""

from __future__ import annotations

from uuid import uuid4

from tests.reviews.neighbours import GOVERNANCE, HEALTH, POLICE, Neighbours
from tests.reviews.test_screens import base, entered
from tests.web.site import Site
from threefold.work.incidents import stories as incidents
from threefold.work.reviews import stories

THEMES = "recurrent themes"


def test_who_signs_reads_what_they_sign(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    police = entered(web, POLICE)
    before = police.get(f"{base(case_id)}/sign").text
    assert "Nothing is decided yet" in before and "Not considered yet" in before
    web.post(f"{base(case_id)}/factors/recurrent_themes", {"view": "applies", "reason": "Seen in 2024."})
    web.post(f"{base(case_id)}/national", {"national_issues": "no", "law_change_issue": "unclear"})
    web.post(f"{base(case_id)}/decide", {"outcome": "no", "reason": "The rapid review told enough."})
    shown = police.get(f"{base(case_id)}/sign").text
    assert "It applies. Seen in 2024." in shown
    assert "Local review: no. The rapid review told enough." in shown
    assert "Not signed by Lead of Vale Health" in shown


def test_what_was_changed_after_a_seat_signed_is_told_beside_its_signature(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    page = f"{base(case_id)}/factors/recurrent_themes"
    web.post(page, {"view": "applies", "reason": "Seen in 2024."})
    police = entered(web, POLICE)
    police.post(f"{base(case_id)}/sign")
    web.post(page, {"view": "applies", "reason": "Seen in 2024."})  # said again, and not changed
    assert "Changed since" not in web.get(base(case_id)).text
    web.post(page, {"view": "applies", "reason": "Recurrent after the police signed."})
    web.post(f"{base(case_id)}/decide", {"outcome": "no", "reason": "The rapid review told enough."})
    health = entered(web, HEALTH)
    told = health.get(f"{base(case_id)}/sign").text
    assert "Signed by Lead of Vale Police. Changed since: " in told
    health.post(f"{base(case_id)}/sign")
    shown = web.get(base(case_id)).text
    assert shown.count("Changed since: ") == 1, "the health lead signed what stands"
    since = shown.split("Changed since: ")[1].split("Decision", 1)
    assert THEMES in since[0].lower() and since[1].startswith(" on a local review")
    assert here.state(case_id).facts.review.signed_by == ("police-lead", "health-lead"), "no signature is void by it"


def test_what_was_changed_while_it_was_read_is_not_signed(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    police = entered(web, POLICE)
    read = police.get(f"{base(case_id)}/sign").page.hidden()
    with here.unit() as unit:
        stories.decide_local_review(unit, GOVERNANCE, case_id, "yes", "More to learn.", here.national, uuid4())
    refused = police.send(f"{base(case_id)}/sign", read, 409)
    assert "was changed while you read it" in refused.text
    assert "Local review: yes. More to learn." in refused.text
    assert here.state(case_id).facts.review.signed_by == ()
    assert police.send(f"{base(case_id)}/sign", refused.page.hidden()).location.endswith("?done=signed")
    assert here.state(case_id).facts.review.signed_by == ("police-lead",)


def test_after_a_new_notification_the_new_signature_is_what_counts(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    with here.unit(seats=("police-lead",)) as unit:
        stories.sign(unit, GOVERNANCE, case_id, "police-lead", here.national)
    with here.unit() as unit:
        stories.consider(unit, GOVERNANCE, case_id, "recurrent_themes", "applies", "Seen before.")
        incidents.leave(unit, GOVERNANCE, case_id, "notification_withdrawn", "The wrong matter.", here.national, uuid4())
        incidents.notify(unit, GOVERNANCE, case_id, here.national, uuid4())
    with here.unit(seats=("police-lead",)) as unit:
        stories.sign(unit, GOVERNANCE, case_id, "police-lead", here.national)
    assert "Changed since" not in web.get(base(case_id)).text


def test_a_signature_is_for_the_seat_that_its_page_named_or_for_none(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    police = entered(web, POLICE)
    read = police.get(f"{base(case_id)}/sign").page.hidden()
    assert read["seat"] == "police-lead"
    of_another = police.send(f"{base(case_id)}/sign", read | {"seat": "health-lead"}, 422)
    assert "Select the seat" in of_another.text and here.state(case_id).facts.review.signed_by == ()
    for _ in range(2):  # pressed twice
        assert police.send(f"{base(case_id)}/sign", read).location.endswith("?done=signed")
    assert here.state(case_id).facts.review.signed_by == ("police-lead",)
