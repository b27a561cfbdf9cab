"""Recording that the rapid review was sent by the official form: where the national body is not on this platform, and where it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import func, select

from tests.governance.test_decide import arrangement
from tests.reviews.neighbours import GOVERNANCE, HEALTH, HELPER, PARTNERS, POLICE, SEATS, USES, Neighbours
from tests.reviews.test_screens import base, entered
from tests.web.site import Site
from threefold.domain.errors import ThreefoldError
from threefold.walls.tables import AuditEntry, OutboxLetter
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories as incidents
from threefold.work.national import stories as national
from threefold.work.reviews import stories

FORM = {"sent_at-day": "30", "sent_at-month": "3", "sent_at-year": "2026", "sent_at-time": "10:30", "sent_by": "business manager",
        "reference": "FORM-8", "reason": "Health follows."}  # fmt: skip


@pytest.fixture
def alone(web: Site, here: Neighbours) -> UUID:
    """A case of an area whose national body is not on this platform, notified by the official form."""
    with psycopg.connect(here.database.admin, autocommit=True) as admin:
        admin.execute("update directory.body set on_platform = false where id = %s", (here.national,))
    case_id = here.opened()
    with here.unit() as unit:
        incidents.notify(
            unit,
            GOVERNANCE,
            case_id,
            None,
            uuid4(),
            sent_at=here.at - timedelta(hours=1),
            sent_by="duty manager",
            reference="FORM-7",
        )
    return case_id


def letters(here: Neighbours) -> int:
    with here.unit() as unit:
        return int(unit.session.execute(select(func.count()).select_from(OutboxLetter)).scalar_one())


def step(here: Neighbours, case_id: UUID) -> dict[str, object]:
    found: dict[str, object] = next(s for s in here.state(case_id).verdict["steps"] if s["serves"] == "rapid-review")[
        "statutory"
    ]
    return found


def test_where_the_national_body_is_not_here_the_form_is_recorded_and_the_date_of_the_law_is_met(
    web: Site, here: Neighbours, alone: UUID
) -> None:
    assert step(here, alone)["done_on"] is None
    offered = web.get(f"{base(alone)}/send")
    assert not offered.page.all("textarea")
    assert any(e.get("href") == f"{base(alone)}/send/form" for e in offered.page.all("a"))
    assert any(e.get("href") == f"{base(alone)}/send/form" for e in web.get(base(alone)).page.all("a"))
    page = f"{base(alone)}/send/form"
    assert "Not signed by Lead of Vale Health" in web.get(page).text
    hidden = web.get(page).page.hidden() | FORM
    for _ in range(2):
        assert web.send(page, hidden).location.endswith("?done=form_sent")
    event = here.state(alone).facts.review.event("rapid_review_sent")
    assert event is not None
    assert (event.day, event.reference, event.given_by) == (date(2026, 3, 30), "FORM-8", "business manager")
    assert event.how.startswith("official form; Not signed by")
    assert step(here, alone)["done_on"] == "2026-03-30"
    assert here.state(alone).status == "rapid_review_sent"
    assert letters(here) == 0
    with here.unit() as unit:
        noted = unit.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "rapid review sent")).all()
    assert [one["how"] for one in noted] == ["official form"]
    shown = web.get(f"{base(alone)}?done=form_sent").text
    assert "Sent by the official form on 30 March 2026, reference FORM-8, by business manager." in shown
    assert "Not signed by lead of Vale Health when it was sent" in shown
    assert "Reason: Health follows." in shown
    health = entered(web, HEALTH)
    assert "tell it of your signature yourself" in health.get(f"{base(alone)}/sign").text
    signed = health.post(f"{base(alone)}/sign")
    assert "tell it of this yourself" in health.get(signed.location).text, "nobody is told by this service"
    assert "signed since" in web.get(base(alone)).text
    assert "tell it of what you decide now yourself" in web.get(f"{base(alone)}/decide").text
    decided = web.post(f"{base(alone)}/decide", {"outcome": "yes", "reason": "There is more to learn."})
    assert "The decision is on record. The rapid review was sent already" in web.get(decided.location).text
    assert letters(here) == 0


def test_what_cannot_be_right_of_the_form_is_refused_at_its_box(web: Site, here: Neighbours, alone: UUID) -> None:
    page = f"{base(alone)}/send/form"
    for wrong, told, box in (
        ({"sent_at-time": "23:30"}, "lies in the future", "sent_at-day"),
        ({"sent_at-day": "29"}, "The incident was notified on 30 March 2026 at 10:00am", "sent_at-day"),
        ({"sent_at-time": "9:59"}, "The incident was notified on 30 March 2026 at 10:00am", "sent_at-day"),
        ({"reference": ""}, "Enter the reference", "reference"),
        ({"sent_by": ""}, "Enter who sent the form", "sent_by"),
        ({"reason": ""}, "Enter why it is sent without", "reason"),
    ):
        refused = web.post(page, FORM | wrong, 422)
        assert told in refused.text
        assert any(e.get("href") == f"#{box}" for e in refused.page.all("a")), box
        assert box == "reference" or any(e.get("value") == "FORM-8" for e in refused.page.elements)
    assert here.state(alone).facts.review.event("rapid_review_sent") is None


def test_a_letter_that_cannot_go_is_refused_with_its_words_and_the_way_that_is_open(
    web: Site, here: Neighbours, alone: UUID
) -> None:
    page = web.get(f"{base(alone)}/send/form").page.hidden()
    refused = web.send(f"{base(alone)}/send", page | {"summary": "Two pages of it.", "reason": "In time."}, 422)
    assert "The national body is not on this platform" in refused.text
    assert "Two pages of it." in refused.text
    with here.unit() as unit, pytest.raises(ThreefoldError, match="not on this platform"):
        stories.send_rapid_review(unit, GOVERNANCE, alone, None, "Learnt.", "In time.", uuid4())


def test_whoever_comes_second_is_told_and_keeps_their_words(web: Site, here: Neighbours, alone: UUID) -> None:
    page, police = f"{base(alone)}/send/form", entered(web, POLICE)
    second = police.get(page).page.hidden() | FORM | {"reason": "Another reason."}
    web.post(page, FORM)
    for sent in (second, second | {"reference": ""}):
        refused = police.send(page, sent, 422)
        assert "It is not sent twice" in refused.text
        assert "Another reason." in refused.text
        assert not refused.page.all("textarea")
    event = here.state(alone).facts.review.event("rapid_review_sent")
    assert event is not None and event.reference == "FORM-8"


def test_without_a_notification_the_form_is_refused_and_who_only_looks_may_not(web: Site, here: Neighbours) -> None:
    case_id = here.opened()
    page = f"{base(case_id)}/send/form"
    shown = web.get(page)
    assert "RR-1" in shown.text and not shown.page.all("textarea")
    assert "RR-1" in web.send(page, shown.page.hidden() | FORM, 422).text
    helper = entered(web, HELPER)
    helper.post(f"/b/vale/cases/{case_id}/reason", {"reason": "asked_to_help"})
    helper.get(page, 403)


def test_where_the_national_body_is_here_it_is_told_that_the_form_was_sent(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    here.later(days=30)
    web.at = here.at
    web.enter("manager@vale.example")
    assert any(e.get("href") == f"{base(case_id)}/send/form" for e in web.get(f"{base(case_id)}/send").page.all("a"))
    web.post(f"{base(case_id)}/send/form", FORM | {"sent_at-time": "15:00"})
    here.work()
    with here.desk() as unit:
        line, _, report, _ = national.see_received(unit, here.area, case_id)
    assert (line.state, line.arrived_on) == ("arrived_in_time", date(2026, 3, 30))
    assert report["summary"] == "The review itself was sent by the official form, under the reference FORM-8."
    assert report["not_signed_reason"] == "Health follows."
    with here.unit() as unit, pytest.raises(ThreefoldError, match="Nothing was sent again"):
        stories.send_rapid_review(unit, GOVERNANCE, case_id, here.national, "Learnt.", "In time.", uuid4())
    before = letters(here)
    health = entered(web, HEALTH)
    signed = health.post(f"{base(case_id)}/sign").location
    assert "The rapid review was sent already, and the national body is told of it." in health.get(signed).text
    assert letters(here) == before + 1


def test_after_notifying_anew_a_form_of_the_earlier_review_does_not_count(here: Neighbours) -> None:
    case_id = here.notified()
    earlier = here.at
    here.later(days=1)
    with here.unit() as unit:
        incidents.leave(unit, GOVERNANCE, case_id, "notification_withdrawn", "The wrong matter.", here.national, uuid4())
    with here.unit() as unit:
        incidents.notify(unit, GOVERNANCE, case_id, here.national, uuid4())
    with here.unit() as unit, pytest.raises(ThreefoldError, match="was notified on 31 March 2026"):
        stories.send_rapid_review(
            unit, GOVERNANCE, case_id, here.national, "", "In time.", uuid4(), sent_at=earlier, reference="FORM-8"
        )


def test_what_the_panel_replied_is_recorded_where_no_letter_of_it_can_come(web: Site, here: Neighbours, alone: UUID) -> None:
    page = f"{base(alone)}/replies/add"
    reply = {"view": "disagree", "national_review": "no", "reason": "More could be learnt.", "replied_at-day": "1", "replied_at-month": "4",
             "replied_at-year": "2026", "replied_at-time": "9:00"}  # fmt: skip
    assert "nothing to reply to" in web.get(page).text
    web.post(f"{base(alone)}/decide", {"outcome": "no", "reason": "Enough is known."})
    web.post(f"{base(alone)}/send/form", FORM)
    assert any(e.get("href") == page for e in web.get(base(alone)).page.all("a"))
    assert "lies in the future" in web.post(page, reply, 422).text
    here.later(days=3)
    web.at = here.at
    web.enter("manager@vale.example")
    early = reply | {"replied_at-day": "29", "replied_at-month": "3"}
    assert "The rapid review was sent on 30 March 2026 at 10:30am" in web.post(page, early, 422).text
    early = reply | {"replied_at-day": "30", "replied_at-month": "3", "replied_at-time": "10:29"}
    assert "The rapid review was sent on 30 March 2026 at 10:30am" in web.post(page, early, 422).text
    assert "Enter why the Panel disagrees" in web.post(page, reply | {"reason": ""}, 422).text
    hidden = web.get(page).page.hidden() | reply
    for _ in range(2):
        assert web.send(page, hidden).location.endswith("?done=replied")
    state = here.state(alone)
    assert state.facts.review.panel_view.value == "disagree"
    assert state.facts.review.on("panel_replied") == date(2026, 4, 1)
    assert [e.name for e in state.facts.review.events].count("panel_replied") == 1
    assert [d["arises"] for d in state.verdict["duties"] if d["key"] == "decide-again"] == ["yes"]
    told = web.get(f"{base(alone)}/replies").text
    assert "The Panel disagrees" in told and told.count("More could be learnt.") == 1
    assert "Recorded here on 2 April 2026 at 11am, by Manager." in told
    assert "What the Panel replied: it disagrees" in web.get(f"/b/vale/cases/{alone}").text


def test_whoever_records_a_reply_second_is_shown_the_first(web: Site, here: Neighbours, alone: UUID) -> None:
    web.post(f"{base(alone)}/send/form", FORM)
    here.later(days=3)
    web.at = here.at
    web.enter("manager@vale.example")
    page, police = f"{base(alone)}/replies/add", entered(web, POLICE)
    theirs = {"view": "disagree", "national_review": "no", "reason": "Look at timing.", "replied_at-day": "1", "replied_at-month": "4",
              "replied_at-year": "2026", "replied_at-time": "11:30"}  # fmt: skip
    mine = theirs | {"view": "agree", "reason": "All well.", "replied_at-time": "11:45"}
    old_tab = web.get(page).page.hidden() | mine
    police.post(page, theirs)
    shown = web.send(page, old_tab, 409)
    assert "Somebody recorded a reply of the Panel while you were writing, and nothing of yours was saved." in shown.text
    assert "The Panel disagrees" in shown.text and "Look at timing." in shown.text and "by Police." in shown.text
    assert [e.text.strip() for e in shown.page.all("textarea")] == ["All well."]
    assert here.state(alone).facts.review.panel_view.value == "disagree"
    for _ in range(2):  # and a second click
        web.send(page, shown.page.hidden() | mine)
    told = web.get(f"{base(alone)}/replies").text
    assert told.count("by Manager.") == 1 and told.count("by Police.") == 1


def test_no_reason_is_put_on_record_that_nobody_typed(web: Site, here: Neighbours, alone: UUID) -> None:
    for lead in ("police", "health", "council"):
        with here.database.unit(here.area, here.at, seats=(f"{lead}-lead",)) as unit:
            stories.sign(unit, GOVERNANCE, alone, f"{lead}-lead", None)
    web.post(f"{base(alone)}/send/form", {k: v for k, v in FORM.items() if k != "reason"})
    decided = web.get(f"/b/vale/cases/{alone}").text.split("Decisions", 1)[1]
    assert "The rapid review was sent" in decided and "Send rapid review" not in decided
    assert "Reason:" not in decided and "Everything asked for was there" not in decided
    assert "Reason:" not in web.get(base(alone)).text.split("Sending", 1)[1]


def test_what_is_missing_is_listed_alike_where_it_is_sent_and_where_that_is_recorded(
    web: Site, here: Neighbours, alone: UUID
) -> None:
    for page in (f"{base(alone)}/send", f"{base(alone)}/send/form"):
        shown = web.get(page).text
        assert "Not signed by Lead of Vale Health" in shown and "Not considered yet" in shown
        assert "Agencies still to be asked" in shown and "Education settings that knew the child" in shown


def test_where_the_arrangement_names_nobody_who_signs_the_partners_that_did_not_are_named(
    web: Site, here: Neighbours, alone: UUID
) -> None:
    uses = tuple(use for use in USES if use.use != "decisions")
    version = replace(arrangement("two", date(2025, 6, 1), *uses), organisations=PARTNERS, seats=SEATS)
    with here.unit() as unit:
        enter_version(unit, GOVERNANCE, version)
    entered(web, POLICE).post(f"{base(alone)}/sign")
    for page in (f"{base(alone)}/send", f"{base(alone)}/send/form"):
        shown = web.get(page).text
        assert "All safeguarding partners sign off the rapid review." in shown
        assert "Signed by Lead of Vale Police" in shown and "Nobody of Vale Police has signed" not in shown
        assert "Nobody of Vale Health has signed." in shown and "Nobody of Vale Council has signed." in shown


def test_where_the_national_body_is_here_its_reply_comes_by_letter_alone(web: Site, here: Neighbours) -> None:
    case_id = here.notified()
    web.post(f"{base(case_id)}/send/form", FORM | {"sent_at-time": "11:00"})
    assert "comes by letter" in web.get(f"{base(case_id)}/replies/add").text
    with here.unit() as unit, pytest.raises(ThreefoldError, match="comes by letter"):
        stories.record_reply(unit, GOVERNANCE, case_id, here.national, "agree", "no", "", here.at, uuid4())
