"""Signatures recorded from signed minutes: a second person checks them, and what they do not say counts for nothing."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.arrangements.area import HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.test_drafting import REASONS, ready, vale
from tests.arrangements.vale import APRIL, GOVERNANCE, LEADS, MARCH, Vale
from tests.web.site import PASSWORD
from threefold.domain.errors import PackError
from threefold.work.arrangements import asking, drafting, signing
from threefold.work.arrangements.stories import versions

__all__ = ["area", "vale"]


def test_minutes_count_once_a_second_person_has_checked_them(vale: Vale) -> None:
    draft = ready(vale)
    minutes = ("minutes.pdf", b"%PDF-1.7 made up")
    with vale.lead() as unit:
        for wrong, told in ((None, "Attach the signed minutes"), (("x", b""), "not empty")):
            with pytest.raises(PackError, match=told):
                signing.record_minutes(
                    unit, draft.id, "health-lead", draft.signed_hash, date(2027, 3, 1), "Board, item 4", wrong
                )
    with vale.lead() as unit:
        signing.record_minutes(
            unit, draft.id, "health-lead", draft.signed_hash, date(2027, 3, 1), "Board of 1 March, item 4", minutes
        )
        (one,) = [s for s in signing.standing(unit, draft) if s.seat.key == "health-lead"]
        assert (one.state, one.record is not None) == ("unchecked", True)
    assert one.record is not None
    with vale.lead() as unit, pytest.raises(PackError, match="Somebody else must check"):
        signing.check_minutes(unit, GOVERNANCE, draft.id, one.record)
    with vale.manager() as unit:
        assert signing.minutes_document(unit, draft.id, one.record) == minutes
        signing.check_minutes(unit, GOVERNANCE, draft.id, one.record)
    for seat in LEADS[:2]:
        with vale.seat(seat) as unit:
            signing.sign_draft(unit, GOVERNANCE, draft.id, seat, draft.signed_hash)
    with vale.lead() as unit:
        how = {seat: (day, told) for seat, day, told in versions(unit)[-1].signed}
        assert how["health-lead"] == (
            date(2027, 3, 1), "recorded from signed minutes, checked by a second person; the meeting was before this draft was begun")  # fmt: skip
        assert how["council-lead"] == (date(2027, 3, 10), "on screen")


def test_minutes_of_a_day_before_do_not_undo_a_refusal_or_a_signature(vale: Vale) -> None:
    draft = ready(vale)
    minutes = ("m.pdf", b"%PDF-1.7 signed")
    with vale.seat("health-lead") as unit:
        signing.refuse_draft(unit, draft.id, "health-lead", draft.signed_hash, "Too soon.")
    with vale.seat("council-lead") as unit:
        signing.sign_draft(unit, GOVERNANCE, draft.id, "council-lead", draft.signed_hash)
    for seat, told in (("health-lead", "refused on 10 March 2027"), ("council-lead", "has signed already")):
        with vale.lead() as unit, pytest.raises(PackError, match=told):
            signing.record_minutes(unit, draft.id, seat, draft.signed_hash, date(2027, 3, 10), "Executive, item 4", minutes)
    vale.at = vale.at + timedelta(days=2)
    with vale.lead() as unit:
        signing.record_minutes(
            unit, draft.id, "health-lead", draft.signed_hash, date(2027, 3, 12), "Executive, item 1", minutes
        )
        stands = {s.seat.key: s for s in signing.standing(unit, draft)}
        assert stands["health-lead"].state == "unchecked"
    record = stands["health-lead"].record
    vale.at = vale.at + timedelta(minutes=1)
    with vale.seat("health-lead") as unit:
        signing.refuse_draft(unit, draft.id, "health-lead", draft.signed_hash, "The minutes are wrong.")
    with vale.manager() as unit:
        with pytest.raises(PackError, match="refused on 12 March 2027"):
            signing.check_minutes(unit, GOVERNANCE, draft.id, record)  # type: ignore[arg-type]
        assert {s.seat.key: s.state for s in signing.standing(unit, draft)}["health-lead"] == "refused"


def test_minutes_that_do_not_say_so_count_for_nothing_and_the_seat_stands_as_before(vale: Vale) -> None:
    draft = ready(vale)
    minutes = ("m.pdf", b"%PDF-1.7 signed")

    def recorded() -> UUID:
        vale.at += timedelta(minutes=1)
        with vale.lead() as unit:
            signing.record_minutes(
                unit, draft.id, "health-lead", draft.signed_hash, date(2027, 3, 1), "Executive, item 1", minutes
            )
            (stands,) = [one for one in signing.standing(unit, draft) if one.seat.key == "health-lead"]
            assert stands.state == "unchecked" and stands.record
            with pytest.raises(PackError, match="Somebody else"):
                signing.deny_minutes(unit, draft.id, stands.record, "Item 1 is another matter.")
            return stands.record

    record = recorded()
    vale.at += timedelta(minutes=1)
    with vale.manager() as unit:
        with pytest.raises(PackError, match="Say what the minutes say"):
            signing.deny_minutes(unit, draft.id, record, " ")
        signing.deny_minutes(unit, draft.id, record, "Item 1 is another matter.")
        (stands,) = [one for one in signing.standing(unit, draft) if one.seat.key == "health-lead"]
        assert stands.state == "missing"
        assert any(
            one.act == "denied" and one.text == "Item 1 is another matter." for one in signing.everything_said(unit, draft)
        )
        for again in (
            lambda: signing.check_minutes(unit, GOVERNANCE, draft.id, record),
            lambda: signing.deny_minutes(unit, draft.id, record, "No."),
        ):
            with pytest.raises(PackError, match="checked these minutes already"):
                again()
    right = recorded()
    with vale.manager() as unit:
        signing.check_minutes(unit, GOVERNANCE, draft.id, right)
        (stands,) = [one for one in signing.standing(unit, draft) if one.seat.key == "health-lead"]
        assert stands.state == "signed"
        with pytest.raises(PackError, match="signed already"):
            signing.deny_minutes(unit, draft.id, right, "Too late.")


def test_the_page_of_whoever_checks_says_so_and_says_not(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    check = area.minuted(draft)
    shown = area.by(MANAGER).get(check)
    assert "Executive, item 4" in shown.text and "You recorded this." not in shown.text and shown.page.all("textarea")
    shown = area.by(LEAD).get(check)
    assert "You recorded this. Somebody else must check whether the minutes say so" in shown.text, (
        "at once, not once it is sent"
    )
    assert "Executive, item 4" in shown.text and not shown.page.all("textarea")
    assert "Select whether the minutes say so" in area.answer(check, {}, 422, MANAGER).text
    assert "Say what the minutes say instead" in area.answer(check, {"says_so": "no", "reason": ""}, 422, MANAGER).text
    assert "Somebody else must check" in area.answer(check, {"says_so": "no", "reason": "I misread it."}, 422).text
    done = area.answer(check, {"says_so": "no", "reason": "Item 4 is the budget."}, email=MANAGER).location
    told = area.by(LEAD).get(done).text
    assert "the minutes do not say so" in told and "Item 4 is the budget." in told and "Not signed yet" in told
    assert "Not signed yet The minutes recorded do not say so: Item 4 is the budget." in " ".join(told.split()), (
        "beside the seat itself"
    )
    shown = area.by(MANAGER).get(check)
    assert "There is nothing left to check here. Manager said on 10 March 2027" in shown.text
    assert "that the minutes do not say so." in shown.text and not shown.page.all("textarea")
    again = area.by(MANAGER).send(check, shown.page.hidden() | {"says_so": "no", "reason": "Again."}, 422)
    assert "checked these minutes already" in again.text and "There is nothing left to check here" in again.text
    assert "Again." in again.text and not again.page.all("textarea"), "to be copied, and no form that leads nowhere"


def test_where_the_seat_itself_signs_while_its_minutes_are_checked_that_is_said(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    check = area.minuted(draft)
    mine = area.filled(check, {"says_so": "yes"}, MANAGER)
    area.answer(f"{draft}/sign", {"seat": "health-lead", "answer": "sign"}, email="health-lead@vale.example")
    told = area.by(MANAGER).send(check, mine, 422).text
    assert "The seat itself signed on screen on 10 March 2027" in told and "somebody has said" not in told
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    assert "The draft was changed since, and waits for signatures no more." in area.by(MANAGER).get(check).text


def test_what_the_seat_said_before_its_minutes_were_recorded_is_not_why_they_are_checked_no_more(area: Area) -> None:
    area.site.at -= timedelta(days=1)
    draft, seat = area.begun(), "health-lead@vale.example"
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    area.answer(f"{draft}/sign", {"seat": "health-lead", "answer": "refuse", "reason": "Not as it is written now."}, email=seat)
    area.site.at += timedelta(days=1)
    area.browsers.clear()
    first = area.minuted(draft)
    assert "The meeting was before" not in area.by(MANAGER).get(first).text
    area.site.at += timedelta(minutes=1)
    second = area.minuted(draft)
    told = area.by(MANAGER).get(first).text
    assert "The minutes were recorded anew since." in told and "refused on screen" not in told
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.before_its_seats(draft)
    told = area.by(MANAGER).get(second).text
    assert "This version was changed since" in told and "refused on screen" not in told


def test_minutes_of_what_was_put_aside_or_overtaken_are_checked_no_more(area: Area) -> None:
    aside, late, first = area.begun("Aside"), area.begun("Late"), area.begun("First")
    for draft in (aside, late, first):
        area.answer(f"{draft}/about", day("begins", APRIL))
        area.before_its_seats(draft)
    checks = [area.minuted(draft) for draft in (aside, late)]
    area.answer(f"{aside}/give-up", {})
    for seat in LEADS:
        area.answer(f"{first}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    for check, why in zip(checks, ("The draft was put aside.", "“First” begins on 1 April 2027 already."), strict=True):
        shown = area.by(MANAGER).get(check)
        assert "There is nothing left to check here." in shown.text and why in shown.text
        assert not shown.page.all("textarea")
    told = area.by(MANAGER).get(f"{aside}/sign").text
    assert "and not checked in time." in told and "Somebody else must check it" not in told


def test_minutes_are_checked_no_more_once_the_day_has_come_without_every_signature(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    check = area.minuted(draft)
    page = area.by(MANAGER).get(check)
    area.site.at += timedelta(days=40)
    area.browsers.clear()
    shown = area.by(MANAGER).get(check)
    assert "has come without every signature" in shown.text and "If they say so" not in shown.text
    assert not shown.page.all("textarea")
    sent = (
        page.page.hidden() | shown.page.hidden() | {"csrf_token": area.by(MANAGER).get("/my-work").page.hidden()["csrf_token"]}
    )
    refused = area.by(MANAGER).send(check, sent | {"says_so": "no", "reason": "Item 4 is the budget."}, 422)
    assert (
        "Nothing was recorded." in refused.text and "Item 4 is the budget." in refused.text and not refused.page.all("textarea")
    )


def test_a_change_of_the_draft_does_not_make_an_earlier_meeting_stand_against_a_refusal(vale: Vale) -> None:
    draft = ready(vale)
    with vale.seat("health-lead") as unit:
        signing.refuse_draft(unit, draft.id, "health-lead", draft.signed_hash, "We do not agree to this at all.")
    vale.at += timedelta(days=1)
    with vale.lead() as unit:
        drafting.save_line(unit, draft.id, (), {"note": "With a comma,"}, draft.no, "the note")
        draft = asking.ask_for_signatures(unit, GOVERNANCE, draft.id, REASONS(unit, draft.id))
        assert next(s for s in signing.standing(unit, draft) if s.seat.key == "health-lead").state == "missing"
        for meeting in (date(2027, 3, 1), date(2027, 3, 10)):
            with pytest.raises(PackError, match="refused on 10 March 2027"):
                signing.record_minutes(
                    unit, draft.id, "health-lead", draft.signed_hash, meeting, "Item 1", ("m.pdf", b"%PDF-1.7 signed")
                )


def test_minutes_recorded_anew_stand_for_those_before_and_denied_they_bring_nothing_back(vale: Vale) -> None:
    draft = ready(vale)
    minutes = ("m.pdf", b"%PDF-1.7 signed")
    for meeting in (date(1950, 11, 20), date(2027, 3, 1)):
        vale.at += timedelta(minutes=1)
        with vale.lead() as unit:
            signing.record_minutes(unit, draft.id, "health-lead", draft.signed_hash, meeting, "Executive, item 1", minutes)
    with vale.manager() as unit:
        (stands,) = [one for one in signing.standing(unit, draft) if one.seat.key == "health-lead"]
        assert (stands.state, stands.day) == ("unchecked", date(2027, 3, 1)) and stands.record
        signing.deny_minutes(unit, draft.id, stands.record, "Item 1 is the budget.")
        (stands,) = [one for one in signing.standing(unit, draft) if one.seat.key == "health-lead"]
        assert stands.state == "missing"
        assert {one.day for one in signing.everything_said(unit, draft)} == {date(1950, 11, 20), date(2027, 3, 1)}


def test_what_completes_a_version_and_is_sent_twice_is_done_once_and_told_as_done(vale: Vale) -> None:
    """The last signature on screen, or the last check: a slow line, a button pressed again, a second tab."""
    first, minutes = ready(vale), ("m.pdf", b"%PDF-1.7 signed")
    for seat in LEADS[:2]:
        with vale.seat(seat) as unit:
            signing.sign_draft(unit, GOVERNANCE, first.id, seat, first.signed_hash)
    with vale.lead() as unit:
        signing.record_minutes(unit, first.id, LEADS[2], first.signed_hash, MARCH.date(), "Executive, item 4", minutes)
        record = next(s.record for s in signing.standing(unit, first) if s.seat.key == LEADS[2])
    assert record is not None
    for _ in range(2):
        with vale.manager() as unit:
            assert signing.check_minutes(unit, GOVERNANCE, first.id, record).state == "entered"
        with vale.seat(LEADS[0]) as unit:
            assert signing.sign_draft(unit, GOVERNANCE, first.id, LEADS[0], first.signed_hash).state == "entered"
    with vale.lead() as unit:
        assert len(versions(unit)) == 2
        with pytest.raises(PackError, match="Somebody else must check"):
            signing.check_minutes(unit, GOVERNANCE, first.id, record)  # whoever recorded it still checks nothing
    with vale.seat(LEADS[1]) as unit, pytest.raises(PackError, match="does not wait for signatures"):
        signing.sign_draft(unit, GOVERNANCE, first.id, LEADS[1], "another content")


def test_a_meeting_before_the_content_was_put_before_its_seats_is_told_so(vale: Vale) -> None:
    draft = ready(vale)
    vale.at = vale.at + timedelta(days=3)
    with vale.lead() as unit:
        drafting.save_line(unit, draft.id, (), {"note": "A comma, more."}, draft.no, "about this version")
        again = asking.ask_for_signatures(unit, GOVERNANCE, draft.id, REASONS)
        signing.record_minutes(
            unit, draft.id, LEADS[2], again.signed_hash, date(2027, 3, 11), "Executive", ("m.pdf", b"%PDF-1.7 x")
        )
        (one,) = [s for s in signing.standing(unit, drafting.load_draft(unit, draft.id)) if s.seat.key == LEADS[2]]
    assert one.how == "minutes; the meeting was before this content was sent to be signed"


def test_whoever_checks_minutes_of_a_meeting_before_the_draft_is_told_so(area: Area) -> None:
    area.site.at += timedelta(days=1)
    area.browsers.clear()
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    told = area.by(MANAGER).get(area.minuted(draft)).text
    assert "The meeting was before this draft was begun. Say that the minutes say so only if they are about this very" in told


def test_a_check_that_was_kept_while_somebody_showed_who_they_are_comes_back_on_its_own_page(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    check, browser = area.minuted(draft), area.by(MANAGER)
    sent = area.filled(check, {"says_so": "yes"}, MANAGER)
    area.site.at += timedelta(minutes=11)
    back = browser.post(browser.send(check, sent).location, {"password": PASSWORD}).location
    assert back.partition("?")[0] == check
    shown = browser.get(back)
    assert "This was not sent yet" in shown.text and "choose it again" not in shown.text, "no file goes with it"
    assert [e for e in shown.page.all("input") if e.get("value") == "yes" and "checked" in e.attributes]
    for _ in range(2):  # sent twice, it is done once and told as done
        assert area.answer(check, {"says_so": "yes"}, email=MANAGER).location == f"{draft}/sign?done=checked"
    with area.site.database.unit(area.body, area.site.at) as unit:
        stands = signing.standing(unit, drafting.load_draft(unit, UUID(draft.rsplit("/", 1)[1])))
        assert [s.state for s in stands if s.seat.key == "health-lead"] == ["signed"]


def test_minutes_that_were_kept_while_somebody_showed_who_they_are_ask_for_the_file_again(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    path, browser = f"{draft}/minutes", area.by(LEAD)
    sent = area.filled(path, {"seat": "health-lead", "where": "Executive, item 4"})
    area.site.at += timedelta(minutes=11)
    back = browser.post(browser.send(path, sent).location, {"password": PASSWORD}).location
    assert "choose it again" in browser.get(back).text
