"""Seats that have not signed are reminded: when asked, ahead of the day, and once it has passed, with the missing one named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from email.message import Message

import pytest
from sqlalchemy import select

from tests.arrangements.area import HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.vale import APRIL, GOVERNANCE, LEADS, MARCH, NOW_IN_FORCE
from tests.reminders.test_reminders import Inbox, inbox, text_of
from tests.reviews.neighbours import Neighbours
from threefold.doors.worker import planning
from threefold.plugin_api.arrangement import Organisation, Seat
from threefold.work.arrangements.stories import enter_version
from threefold.work.people.access import PARTNER_LEAD
from threefold.work.reminders.signatures import make_signature_reminders, signature_mail_came_to
from threefold.work.reminders.tables import SignatureReminder

__all__ = ["area", "inbox"]
HOME = "/b/example-vale/arrangement"


@pytest.fixture
def here(area: Area, monkeypatch: pytest.MonkeyPatch) -> Neighbours:
    """The area's worker."""
    monkeypatch.setattr("tests.reviews.neighbours.GOVERNANCE", GOVERNANCE)
    return Neighbours(area.site.database, area.body, area.body, MARCH)


def asked(area: Area) -> str:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    return draft


def on(area: Area, here: Neighbours, days_ahead: int) -> None:
    """At work so many days ahead of the first of April."""
    here.at = area.site.at = MARCH + (APRIL - MARCH.date()) - timedelta(days=days_ahead)
    planning.remind_all(here.bench, here.at)
    here.work()


def subjects(mails: list[Message]) -> list[str]:
    return [m["Subject"].removeprefix("Threefold: ") for m in mails]


def test_a_seat_is_asked_reminded_and_named_when_the_day_passed(area: Area, here: Neighbours, inbox: Inbox) -> None:
    draft = asked(area)
    here.work()
    for seat in LEADS:
        (mail,) = inbox.to(f"{seat}@vale.example")
        assert "waits for a signature" in mail["Subject"] and f"{draft}/sign" in text_of(mail)
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example")
    area.answer(
        f"{draft}/sign", {"seat": "police-lead", "answer": "refuse", "reason": "Too soon."}, email="police-lead@vale.example"
    )
    here.work()
    for preparing in (LEAD, MANAGER):
        assert subjects(inbox.to(preparing)) == ["a version of the arrangement was refused"]
    assert "“Huddle on day 12” was refused by Lead safeguarding partner, police" in area.by(LEAD).get("/my-work").text
    listed = "(waiting for signatures: 1 of 3 has signed, refused by Lead safeguarding partner, police, begun on"
    assert listed in area.by(LEAD).get("/b/example-vale/arrangement").text
    assert "Lead safeguarding partner, police refused on 10 March 2027: Too soon." in area.by(LEAD).get(draft).text
    for days_ahead in (8, 7, 7, 5, 2, 1):
        on(area, here, days_ahead)
    assert len(inbox.to("health-lead@vale.example")) == 3, "asked, a week ahead, two days ahead"
    assert len(inbox.to("police-lead@vale.example")) == len(inbox.to("council-lead@vale.example")) == 1
    on(area, here, 0)
    on(area, here, -1)
    assert len(inbox.to("health-lead@vale.example")) == 4, "one that names both seats which have not signed"
    last = inbox.to("health-lead@vale.example")[-1]
    assert "was not signed in time" in last["Subject"] and "The version before it governs" in text_of(last)
    for preparing in (LEAD, MANAGER):
        assert "a version of the arrangement was not signed in time" in subjects(inbox.to(preparing))
    area.browsers.clear()  # the sign-ins of three weeks before have ended
    told = area.by(LEAD).get(f"{draft}/sign").text
    assert (
        "was not signed by every seat. Not signed: Lead safeguarding partner, police, Lead safeguarding partner, health" in told
    )
    assert "Not signed: Lead safeguarding partner, police" in area.by(LEAD).get(draft).text
    assert "was not signed in time. Not signed:" in area.by(LEAD).get("/b/example-vale/").text
    listed = area.by(LEAD).get(HOME).text
    assert "Its day has passed without every signature. Not signed: Lead safe" in listed


def test_what_awaits_a_seat_is_in_its_work_and_what_was_sent_is_shown(area: Area, here: Neighbours, inbox: Inbox) -> None:
    inbox.refused = "health-lead@vale.example"
    draft = asked(area)
    here.work()
    assert (
        "Sign “Huddle on day 12” for Lead safeguarding partner, health"
        in area.by("health-lead@vale.example").get("/my-work").text
    )
    shown = area.by(LEAD).get(f"{draft}/sign").text
    assert "was asked on 10 March 2027: Lead safeguarding partner, council" in shown
    assert "for Lead safeguarding partner, health could not be sent on 10 March 2027. Phone instead." in shown
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example")
    assert "Sign “" not in area.by("council-lead@vale.example").get("/my-work").text


def test_another_content_asks_anew_and_what_waits_for_the_old_is_dropped(area: Area, here: Neighbours, inbox: Inbox) -> None:
    draft = asked(area)
    area.answer(f"{draft}/line/rules/rapid-review-plan/steps/huddle", {"day": "12"})
    here.work()
    assert inbox.mails == [], "the draft was changed before the mails went out"
    area.before_its_seats(draft)
    here.work()
    assert len(inbox.mails) == len(LEADS)


def test_who_signed_before_the_mail_went_out_is_not_to_be_phoned(area: Area, here: Neighbours, inbox: Inbox) -> None:
    draft = asked(area)
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example")
    here.work()
    assert not inbox.to("council-lead@vale.example") and inbox.to("police-lead@vale.example")
    told = area.by(LEAD).get(f"{draft}/sign").text
    assert "could not be sent" not in told and "Who was told" in told


def test_a_mail_that_failed_is_told_until_its_seat_has_answered(area: Area) -> None:
    draft = asked(area)
    with area.site.database.unit(area.body, area.site.at) as unit:
        make_signature_reminders(unit, GOVERNANCE)
    with area.site.database.unit(area.body, area.site.at) as unit:
        for row in unit.session.scalars(select(SignatureReminder)):
            signature_mail_came_to(unit, row.id, "the server is away")
    assert area.by(LEAD).get(f"{draft}/sign").text.count("could not be sent") == 3
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example")
    assert area.by(LEAD).get(f"{draft}/sign").text.count("could not be sent") == 2


def test_a_correction_misses_no_day_and_says_what_it_takes_the_place_of(area: Area, here: Neighbours, inbox: Inbox) -> None:
    draft = area.begun("Put right")
    told = {**day("begins", NOW_IN_FORCE.begins), "corrects": NOW_IN_FORCE.version, "note": "The day was written down wrongly."}
    area.answer(f"{draft}/about", told)
    area.before_its_seats(draft)
    here.work()
    on(area, here, 5)
    area.browsers.clear()
    for seat in LEADS:
        (mail,) = inbox.to(f"{seat}@vale.example")
        assert "waits for a signature" in mail["Subject"] and "takes the place of what it corrects" in text_of(mail)
        assert "Sign “Put right”" in area.by(f"{seat}@vale.example").get("/my-work").text
    assert not inbox.to(LEAD)
    assert "was not signed in time" not in area.by(LEAD).get("/my-work").text


def test_a_second_correction_of_one_version_is_not_signed_unseen(area: Area, here: Neighbours, inbox: Inbox) -> None:
    one, other = area.begun("Set right A"), area.begun("Set right B")
    area.answer(f"{one}/{HUDDLE}", {"day": "12"})
    area.answer(f"{other}/{HUDDLE}", {"title": "The huddle of all"})
    told = {**day("begins", NOW_IN_FORCE.begins), "corrects": NOW_IN_FORCE.version, "note": "Written down wrongly."}
    for draft in (one, other):
        area.answer(f"{draft}/about", told)
        area.before_its_seats(draft)
    health = "health-lead@vale.example"
    late = area.filled(f"{other}/sign", {"seat": "health-lead", "answer": "sign"}, health)
    for draft, seats in ((other, LEADS[:2]), (one, LEADS)):
        for seat in seats:
            area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    here.work()
    never = "“Set right A” was put on record after this one was sent to be signed"
    assert never in area.by(health).send(f"{other}/sign", late, 422).text
    shown = area.by(health).get(f"{other}/sign")
    assert "This cannot be signed as it is." in shown.text and never in shown.text and not shown.page.all("textarea")
    assert never in area.by(LEAD).get(other).text
    assert "Sign “Set right B”" not in area.by(health).get("/my-work").text
    (mail,) = [m for m in inbox.to(health) if "can be signed no more" in m["Subject"]]
    assert "another that sets right the same was put on record" in text_of(mail)
    area.answer(f"{other}/about", {"note": "Written down wrongly, too."})
    assert "“Set right A” stands in its place." in area.by(LEAD).get(f"{other}/check").text
    area.before_its_seats(other)
    for page in ("sign", "compare"):
        assert "is now due by working day 14, was 12" in area.by(health).get(f"{other}/{page}").text, page
    for seat in LEADS:
        area.answer(f"{other}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    assert "“Executive huddle” is now called “The huddle of all”" in area.by(LEAD).get(f"{other}/compare").text


def test_what_came_on_record_since_a_draft_was_sent_is_told_to_who_signs_it(area: Area) -> None:
    coming, right = area.begun("Next"), area.begun("Set right")
    council, health = "council-lead@vale.example", "health-lead@vale.example"
    area.answer(f"{coming}/{HUDDLE}", {"title": "The huddle of all"})
    area.answer(f"{coming}/about", day("begins", APRIL))
    area.before_its_seats(coming)
    area.answer(f"{coming}/sign", {"seat": "council-lead", "answer": "sign"}, email=council)
    area.site.at += timedelta(minutes=5)
    area.answer(f"{right}/{HUDDLE}", {"day": "12"})
    told = {**day("begins", NOW_IN_FORCE.begins), "corrects": NOW_IN_FORCE.version, "note": "Written down wrongly."}
    area.answer(f"{right}/about", told)
    area.before_its_seats(right)
    said = "“Set right” was put on record on 10 March 2027, after this was sent to be signed"
    assert said not in area.by(health).get(f"{coming}/sign").text
    for seat in LEADS:
        area.answer(f"{right}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    warned = area.by(health).get(f"{coming}/sign").text
    assert f"{said}, and after Lead safeguarding partner, council had signed." in warned
    assert "was not begun from it: what that one has and this one has not would go" in warned
    assert said in area.by(LEAD).get(coming).text
    assert "“Next” waits for signatures, and was not begun from “Set right”" in area.by(LEAD).get("/my-work").text
    assert "“Set right” was put on record after you signed “Next”" in area.by(council).get("/my-work").text
    assert "after you signed" not in area.by(health).get("/my-work").text
    area.answer(f"{coming}/sign", {"seat": "health-lead", "answer": "refuse", "reason": "Not with that gone."}, email=health)
    assert said in area.by(LEAD).get(coming).text, "beside a refusal too"
    area.site.at += timedelta(minutes=5)
    area.answer(f"{coming}/about", {"note": "A comma, more."})
    area.before_its_seats(coming)
    told = area.by(health).get(f"{coming}/sign").text
    assert said not in told and "“Set right” is what this version follows, and it was not begun from that one" in told
    assert "was not begun from" not in area.by(LEAD).get("/my-work").text, "sent knowingly: the check said so"


def test_what_sets_right_what_a_variation_interrupts_is_told_too(area: Area) -> None:
    def entered(draft: str) -> None:
        area.before_its_seats(draft)
        for seat in LEADS:
            area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")

    varied, health = area.begun("For a time"), "health-lead@vale.example"
    area.answer(f"{varied}/about", {**day("begins", APRIL - timedelta(days=7)), **day("until", APRIL + timedelta(days=7))})
    area.answer(f"{varied}/{HUDDLE}", {"day": "12"})
    entered(varied)
    coming, right = area.begun("Next"), area.begun("Right")
    area.answer(f"{coming}/about", day("begins", APRIL + timedelta(days=4)))
    area.before_its_seats(coming)
    assert "was not begun from" not in area.by(health).get(f"{coming}/sign").text
    area.site.at += timedelta(minutes=5)
    told = {**day("begins", NOW_IN_FORCE.begins), "corrects": NOW_IN_FORCE.version, "note": "Written down wrongly."}
    area.answer(f"{right}/about", told)
    area.answer(f"{right}/{HUDDLE}", {"day": "10"})
    entered(right)
    assert "“Right” was put on record on 10 March 2027" in area.by(health).get(f"{coming}/sign").text


def test_nobody_is_asked_to_sign_what_another_version_overtook(area: Area, here: Neighbours, inbox: Inbox) -> None:
    asked(area)  # its reminders wait to be sent
    quick = area.begun("Quick")
    area.answer(f"{quick}/about", day("begins", APRIL + timedelta(days=20)))
    area.before_its_seats(quick)
    for seat in LEADS:
        area.answer(f"{quick}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    here.work()
    on(area, here, 5)
    for seat in LEADS:
        assert subjects(inbox.to(f"{seat}@vale.example")) == ["a version of the arrangement can be signed no more"]


def test_when_another_version_takes_its_day_all_who_were_to_sign_are_told_why_and_so_is_the_day(
    area: Area, here: Neighbours, inbox: Inbox
) -> None:
    first, second = asked(area), area.begun("Two")
    area.answer(f"{second}/about", day("begins", APRIL))
    area.before_its_seats(second)
    for seat in LEADS[:2]:
        area.answer(f"{second}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    here.work()
    inbox.mails.clear()
    signed_by_all(area, first)
    for _ in range(2):  # it is told once
        here.work()
        planning.remind_all(here.bench, here.at)
    why = "can be signed no more: another version, which begins on 1 April 2027, was put on record before every seat had signed this one."
    for told in (*(f"{seat}@vale.example" for seat in LEADS), LEAD, MANAGER):
        (mail,) = [m for m in inbox.to(told) if "no more" in m["Subject"]]
        assert f"A version of the arrangement that was to begin on 1 April 2027 {why}" in text_of(mail)
        assert f"{second}/sign" in text_of(mail)
    assert "was told on 10 March 2027 that it can be signed no more." in area.by(LEAD).get(f"{second}/sign").text
    assert "“Huddle on day 12” begins on 1 April 2027 already" in area.by(LEAD).get(second).text
    inbox.mails.clear()
    for days_ahead in (7, 2, 0, -1):
        on(area, here, days_ahead)
    area.browsers.clear()
    for seat in LEADS:
        (mail,) = inbox.to(f"{seat}@vale.example")
        assert "has not begun: another version, which begins on 1 April 2027, was put on record before" in text_of(mail)
        assert "not signed" not in text_of(mail) and "governs" not in text_of(mail)
    took = "“Huddle on day 12”, which begins on 1 April 2027, was put on record first, so that this could be signed no more"
    for page in ("/my-work", HOME, second, f"{second}/sign"):
        shown = area.by(LEAD).get(page).text
        assert took in shown and "Not signed: " not in shown and "The version before it governs" not in shown, page


def test_a_version_that_is_entered_after_the_day_passed_is_not_the_reason(area: Area, here: Neighbours, inbox: Inbox) -> None:
    draft = asked(area)
    on(area, here, -4)
    area.browsers.clear()
    later = area.begun("Later")
    area.answer(f"{later}/about", day("begins", APRIL + timedelta(days=30)))
    area.before_its_seats(later)
    signed_by_all(area, later)
    here.work()
    shown = area.by(LEAD).get(f"{draft}/sign").text
    assert "Not signed: Lead safeguarding partner, council" in shown and "put on record first" not in shown
    assert not [m for m in inbox.mails if "no more" in m["Subject"]]


def test_the_seats_of_a_draft_that_is_put_aside_are_told_and_nobody_else(area: Area, here: Neighbours, inbox: Inbox) -> None:
    draft = asked(area)
    here.work()
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example")
    inbox.mails.clear()
    area.answer(f"{draft}/give-up", {})
    for _ in range(2):
        here.work()
        planning.remind_all(here.bench, here.at)
    assert sorted(m["To"] for m in inbox.mails) == sorted(f"{seat}@vale.example" for seat in LEADS)
    for mail in inbox.mails:
        assert mail["Subject"] == "Threefold: a version of the arrangement was put aside"
        assert (
            "was to begin on 1 April 2027, and that waited for signatures, was put aside. Nobody signs it any more"
            in text_of(mail)
        )
    assert "was told on 10 March 2027 that it was put aside." in area.by(LEAD).get(f"{draft}/sign").text
    inbox.mails.clear()
    never_sent = area.begun("Never sent")
    area.answer(f"{never_sent}/give-up", {})
    here.work()
    assert inbox.mails == []


def test_the_lead_of_a_partner_that_is_left_out_is_told_and_not_asked(area: Area, here: Neighbours, inbox: Inbox) -> None:
    second = Organisation("second-board", "Second Board", "integrated_care_board", True)
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, replace(
            NOW_IN_FORCE, version="five", title="Five", begins=MARCH.date(), organisations=(*NOW_IN_FORCE.organisations, second),
            seats=(*NOW_IN_FORCE.seats, Seat("second-lead", "Second board lead", "lead", "second-board"))))  # fmt: skip
    area.site.person("second-lead@vale.example", area.body, PARTNER_LEAD, seats=("second-lead",))
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.answer(f"{draft}/remove/seats/second-lead", {})
    area.answer(f"{draft}/remove/organisations/second-board", {})
    area.before_its_seats(draft)
    for _ in range(2):  # it is told once
        here.work()
        planning.remind_all(here.bench, here.at)
    (mail,) = inbox.to("second-lead@vale.example")
    assert "leaves out a partner" in mail["Subject"] and "leaves out Second Board as a safeguarding partner" in text_of(mail)
    told = area.by(LEAD).get(f"{draft}/sign").text
    assert "Second Board is left out of this version and not asked to sign it." in told
    assert "was told that the partner is left out" in told and "Second board lead" in told


def signed_by_all(area: Area, draft: str) -> None:
    for seat in LEADS:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")


def test_who_prepares_it_is_told_once_that_every_seat_has_signed_and_on_which_day_it_begins(
    area: Area, here: Neighbours, inbox: Inbox
) -> None:
    draft = asked(area)
    signed_by_all(area, draft)
    for _ in range(2):  # it is told once
        here.work()
        planning.remind_all(here.bench, here.at)
    on(area, here, 8)
    for preparing in (LEAD, MANAGER):
        (mail,) = inbox.to(preparing)
        assert mail["Subject"] == "Threefold: a version of the arrangement is signed by every seat"
        told = text_of(mail)
        assert "Every seat has signed a version of the arrangement. It begins on 1 April 2027, by itself." in told
        assert "It can be published now" in told and f"{HOME}/versions/from-2027-04-01/publish" in told
    assert not [m for seat in LEADS for m in inbox.to(f"{seat}@vale.example") if "signed by every seat" in m["Subject"]]
    area.browsers.clear()
    assert "was told on 10 March 2027 that every seat has signed." in area.by(LEAD).get(f"{draft}/sign").text


def test_the_email_of_a_version_that_is_published_already_does_not_ask_for_it(
    area: Area, here: Neighbours, inbox: Inbox
) -> None:
    inbox.refused = MANAGER
    draft = asked(area)
    signed_by_all(area, draft)
    area.answer(f"{HOME}/versions/from-2027-04-01/publish", {})
    here.work()
    (mail,) = inbox.to(LEAD)
    assert "can be published" not in text_of(mail) and "/publish" not in text_of(mail)
    shown = area.by(LEAD).get(f"{draft}/sign").text
    assert "could not be told by email on 10 March 2027 that every seat has signed." in shown


def test_a_version_that_was_signed_long_ago_is_no_news(area: Area, here: Neighbours, inbox: Inbox) -> None:
    draft = asked(area)
    signed_by_all(area, draft)
    on(area, here, 2)  # the worker stood still for weeks
    assert not inbox.to(LEAD) and not inbox.to(MANAGER)


def test_to_publish_what_is_signed_awaits_who_may_until_it_is_published(area: Area) -> None:
    area.answer(f"{HOME}/versions/{NOW_IN_FORCE.version}/publish", {})
    assert "Publish “" not in area.by(LEAD).get("/my-work").text
    draft = asked(area)
    assert "Publish “" not in area.by(LEAD).get("/my-work").text, "it is not signed yet"
    signed_by_all(area, draft)
    awaits = "Publish “Huddle on day 12”, which every seat has signed and which begins on 1 April 2027"
    for preparing in (LEAD, MANAGER):
        links = {e.text: e.get("href") for e in area.by(preparing).get("/my-work").page.all("a")}
        assert links[awaits] == f"{HOME}/versions/from-2027-04-01/publish"
    assert "Publish “" not in area.by("police-lead@vale.example").get("/my-work").text
    area.site.at = MARCH + (APRIL - MARCH.date())
    area.browsers.clear()
    assert "Publish “Huddle on day 12”, which every seat has signed and which is in force" in area.by(LEAD).get("/my-work").text
    area.answer(f"{HOME}/versions/from-2027-04-01/publish", {})
    assert "Publish “" not in area.by(LEAD).get("/my-work").text
    later = area.begun("Later")
    area.answer(f"{later}/about", day("begins", APRIL + timedelta(days=20)))
    area.before_its_seats(later)
    signed_by_all(area, later)
    area.site.at = MARCH + timedelta(days=400)
    area.browsers.clear()
    told = area.by(LEAD).get("/my-work").text
    assert "Publish “Later”" in told and told.count("Publish “") == 1, "what has ended is not asked for any more"


def test_what_was_adopted_from_pages_is_not_to_be_published_here(area: Area) -> None:
    area.answer(f"{HOME}/versions/{NOW_IN_FORCE.version}/publish", {})
    with area.site.database.unit(area.body, area.site.at) as unit:
        adopted = replace(NOW_IN_FORCE, version="pages", title="Pages", entered="adopted", begins=MARCH.date(), signed=(),
                          adopted_from=({"ref": "Old pages", "where": "pages.example/old", "force": "LOCAL", "sure": "V"},))  # fmt: skip
        enter_version(unit, GOVERNANCE, adopted)
    assert "Publish “" not in area.by(LEAD).get("/my-work").text


def test_whoever_can_check_minutes_is_asked_to_and_reminded_until_it_is_done(
    area: Area, here: Neighbours, inbox: Inbox
) -> None:
    draft = asked(area)
    for seat in ("council-lead", "police-lead"):
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    here.work()
    check = area.minuted(draft)
    here.work()
    (mail,) = inbox.to(MANAGER)
    assert str(
        make_header(decode_header(mail["Subject"]))
    ) == "Threefold: minutes wait for a second person’s check" and f"{draft}/sign" in text_of(mail)
    assert (
        "Lead safeguarding partner, health signed the version of the arrangement that is to begin on 1 April 2027"
        in text_of(mail)
    )
    assert inbox.to(LEAD) == [], "who recorded them cannot check them"
    on(area, here, 7)
    on(area, here, 7)
    assert len(inbox.to(MANAGER)) == 2, "a week ahead"
    assert len(inbox.to("health-lead@vale.example")) == 1, "it has nothing to do"
    area.browsers.clear()
    assert "was asked to check the minutes on" in area.by(LEAD).get(f"{draft}/sign").text
    area.answer(check, {"says_so": "yes"}, email=MANAGER)
    on(area, here, 2)
    assert not [s for s in subjects(inbox.to(MANAGER))[2:] if "minutes" in s]


def test_the_day_that_passed_is_told_of_no_seat(area: Area, here: Neighbours) -> None:
    draft = asked(area)
    on(area, here, -1)
    area.browsers.clear()
    told = area.by(LEAD).get(f"{draft}/sign").text
    assert "was told that the day passed on 2 April 2027." in told and ": ." not in told


CHANGED = "a version that you signed was changed"


def signed_by_council(area: Area, here: Neighbours) -> str:
    draft = asked(area)
    here.work()
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example")
    area.site.at += timedelta(minutes=5)
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    return draft


def test_whoever_signed_what_was_changed_and_is_not_sent_again_is_told_after_a_day(
    area: Area, here: Neighbours, inbox: Inbox
) -> None:
    draft = signed_by_council(area, here)
    here.at = area.site.at
    planning.remind_all(here.bench, here.at)
    here.work()
    assert len(inbox.to("council-lead@vale.example")) == 1, "it may be sent again at once"
    for days_ahead in (20, 19, 7, 0):
        on(area, here, days_ahead)
    _, mail = inbox.to("council-lead@vale.example")
    told = " ".join(text_of(mail).split())
    assert subjects([mail]) == [CHANGED] and f"{draft}/sign" in told
    assert "to begin on 1 April 2027 was signed for Lead safeguarding partner, council. It was changed since" in told
    assert all(len(inbox.to(f"{seat}@vale.example")) == 1 for seat in ("police-lead", "health-lead")), "they had not signed"


def test_the_same_content_sent_again_is_asked_about_anew(area: Area, here: Neighbours, inbox: Inbox) -> None:
    draft = signed_by_council(area, here)
    area.site.at += timedelta(minutes=5)
    area.answer(f"{draft}/{HUDDLE}", {"day": "14"})  # as it was when it was signed
    area.site.at += timedelta(minutes=5)
    area.before_its_seats(draft)
    here.at = area.site.at
    here.work()
    assert subjects(inbox.to("council-lead@vale.example"))[1:] == [CHANGED]
    assert subjects(inbox.to("police-lead@vale.example"))[1:] == ["a version of the arrangement waits for a signature"]
    for _ in range(2):
        planning.remind_all(here.bench, here.at)
        here.work()
    assert len(inbox.to("council-lead@vale.example")) == 2, "once"
    assert "was reminded on 10 March 2027: Lead safeguarding partner, council" in area.by(LEAD).get(f"{draft}/sign").text
