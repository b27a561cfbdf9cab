"""Whoever was told of an answer to a version, or recorded one, is told what became of it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from tests.arrangements.area import LEAD, MANAGER, Area, area, day
from tests.arrangements.test_signature_reminders import asked, here, subjects
from tests.arrangements.vale import MARCH
from tests.reminders.test_reminders import Inbox, inbox, text_of
from tests.reviews.neighbours import Neighbours

__all__ = ["area", "here", "inbox"]
POLICE, HEALTH = "police-lead@vale.example", "health-lead@vale.example"
AFTER = "a version of the arrangement that was refused is signed"


def answers(area: Area, draft: str, email: str, answer: str, **more: str) -> None:
    area.site.at += timedelta(minutes=1)
    area.answer(f"{draft}/sign", {"seat": email.partition("@")[0], "answer": answer, **more}, email=email)


def test_who_was_told_of_a_refusal_is_told_that_it_became_a_signature(area: Area, here: Neighbours, inbox: Inbox) -> None:
    draft = asked(area)
    answers(area, draft, POLICE, "refuse", reason="Too soon.")
    here.work()
    assert subjects(inbox.to(LEAD)) == subjects(inbox.to(MANAGER)) == ["a version of the arrangement was refused"]
    answers(area, draft, POLICE, "sign")
    for _ in range(2):
        here.work()
    for preparing in (LEAD, MANAGER):
        assert subjects(inbox.to(preparing))[1:] == [AFTER]
    told = text_of(inbox.to(LEAD)[-1])
    assert "Lead safeguarding partner, police had refused" in told and "1 April 2027, and has signed it since." in told
    assert AFTER not in subjects(inbox.to(POLICE)) + subjects(inbox.to(HEALTH))
    assert (
        "was told that it signed after all on 10 March 2027: Lead safeguarding partner, police"
        in area.by(LEAD).get(f"{draft}/sign").text
    )


def test_a_refusal_that_nobody_was_told_of_yet_is_told_as_what_it_became(area: Area, here: Neighbours, inbox: Inbox) -> None:
    draft = asked(area)
    here.work()
    answers(area, draft, POLICE, "refuse", reason="Too soon.")
    answers(area, draft, POLICE, "sign")
    here.work()
    assert inbox.to(LEAD) == [], "no mail of a refusal went out, and it is none any more"


def test_who_recorded_minutes_is_told_that_they_do_not_say_so(area: Area, here: Neighbours, inbox: Inbox) -> None:
    draft = asked(area)
    minutes = {"seat": "health-lead", "where": "Board, item 4", **day("day", MARCH.date())}
    area.answer(f"{draft}/minutes", {**minutes, "document": (BytesIO(b"%PDF-1.7 made up %%EOF"), "minutes.pdf")})
    page = next(
        e.get("href") for e in area.by(MANAGER).get(f"{draft}/sign").page.all("a") if e.text.startswith("Check the minutes")
    )
    here.work()
    area.answer(page, {"says_so": "no", "reason": "Item 4 is another matter."}, email=MANAGER)
    for _ in range(2):
        here.work()
    (mail,) = inbox.to(LEAD)
    assert "minutes do not say what you recorded from them" in mail["Subject"]
    assert "You recorded from minutes that Lead safeguarding partner, health signed" in text_of(mail)
    assert "Item 4" not in text_of(mail), "what somebody wrote stays on the platform"
    (other,) = inbox.to(MANAGER)
    assert "minutes wait for a second" in other["Subject"], "and is not told what they said themselves"
    assert "was told that the minutes do not say so on 10 March 2027" in area.by(LEAD).get(f"{draft}/sign").text
