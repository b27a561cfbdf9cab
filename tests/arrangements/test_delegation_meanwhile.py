"""A partner begins to act for another while a version waits for signatures: who signs again, and what is entered by itself."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.arrangements.area import LEAD, MANAGER, Area, area, day
from tests.arrangements.test_signature_reminders import here
from tests.arrangements.vale import APRIL, GOVERNANCE, LEADS, NOW_IN_FORCE
from tests.reminders.test_reminders import Inbox, inbox, text_of
from tests.reviews.neighbours import Neighbours
from threefold.doors.worker import planning
from threefold.governance.pack import Arrangement
from threefold.governance.periods import OnRecord
from threefold.governance.who_signs import acting_since
from threefold.plugin_api.arrangement import Organisation, Seat
from threefold.work.arrangements.stories import enter_version, versions
from threefold.work.people.access import PARTNER_LEAD

__all__ = ["area", "here", "inbox"]
COMES = date(2027, 3, 25)  # from this day the police act for the second force
SECOND = Organisation("police-2", "Second police", "police", True)


def with_second_force(version: str, begins: date, *, acts: bool) -> Arrangement:
    organisations = tuple(
        replace(o, acts_for=("police-2",)) if acts and o.key == "police" else o for o in NOW_IN_FORCE.organisations
    )
    seats = (*NOW_IN_FORCE.seats, Seat("police-2-lead", "Lead, second police", "lead", "police-2"))
    return replace(NOW_IN_FORCE, version=version, begins=begins, organisations=(*organisations, SECOND), seats=seats)


@pytest.fixture
def draft(area: Area) -> str:
    """Sent on 10 March to begin on 1 April; on record the police act for the second force from 25 March on."""
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, with_second_force("two-forces", date(2027, 2, 1), acts=False))
        enter_version(unit, GOVERNANCE, with_second_force("police-for-both", COMES, acts=True))
    area.site.person("police-2-lead@vale.example", area.body, PARTNER_LEAD, seats=("police-2-lead",))
    begun = area.begun("Huddle on day 12")
    area.answer(f"{begun}/line/organisations/police", {"acts_for": ["police-2"]})
    area.answer(f"{begun}/about", day("begins", APRIL))
    area.before_its_seats(begun)
    for seat in LEADS:
        area.answer(f"{begun}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    return begun


def on(area: Area, here: Neighbours, day_: date) -> None:
    area.browsers.clear()  # who was signed in has been signed out by then
    here.at = area.site.at = datetime(day_.year, day_.month, day_.day, 9, tzinfo=UTC)
    planning.remind_all(here.bench, here.at)
    here.work()


def recorded(area: Area) -> list[str]:
    with area.site.database.unit(area.body, area.site.at) as unit:
        return [one.version for one in versions(unit)]


def test_who_begins_to_act_for_another_signs_once_more_for_both(area: Area, here: Neighbours, inbox: Inbox, draft: str) -> None:
    before = recorded(area)
    assert "Not signed yet: Lead, second police." in area.by(LEAD).get(draft).text
    on(area, here, COMES + timedelta(days=1))
    told = area.by(LEAD).get(f"{draft}/sign").text
    assert (
        "Signed for itself on 10 March 2027. Since 25 March 2027 it signs for Second police too: it signs once more, for all of them."
        in told
    )
    assert recorded(area) == before
    (mail,) = [
        m for m in inbox.to("police-lead@vale.example") if "Not signed yet: Lead safeguarding partner, police" in text_of(m)
    ][-1:]
    assert "waits for a signature" in mail["Subject"]
    area.answer(f"{draft}/sign", {"seat": "police-lead", "answer": "sign"}, email="police-lead@vale.example")
    assert len(recorded(area)) == len(before) + 1
    with area.site.database.unit(area.body, area.site.at) as unit:
        signed = {seat: how for seat, _, how in versions(unit)[-1].signed}
    assert signed["police-lead"] == "on screen; also for Second police, by a recorded delegation"


def test_a_lead_whose_page_is_older_than_the_delegation_reads_why_nothing_was_recorded(
    area: Area, here: Neighbours, draft: str
) -> None:
    on(area, here, COMES - timedelta(days=1))
    here.at = area.site.at = datetime(2027, 3, 24, 23, 57, tzinfo=UTC)
    area.browsers.clear()
    answer = {"seat": "police-2-lead", "answer": "refuse", "reason": "We met on it yesterday."}
    form = area.filled(f"{draft}/sign", answer, "police-2-lead@vale.example")
    here.at = area.site.at = datetime(2027, 3, 25, 0, 3, tzinfo=UTC)
    page = area.by("police-2-lead@vale.example").send(f"{draft}/sign", form, 422).text
    assert "Nothing was recorded: your seat is not asked any more." in page
    assert "signs for Second police too, by a delegation that is on record." in page
    assert "We met on it yesterday." in page.partition("What you had written")[2]
    assert "A deputy does not sign" not in page


def test_the_lead_of_a_partner_that_another_signs_for_is_told_once_and_of_a_refusal_too(
    area: Area, here: Neighbours, inbox: Inbox, draft: str
) -> None:
    theirs = "police-2-lead@vale.example"
    on(area, here, COMES + timedelta(days=1))
    on(area, here, COMES + timedelta(days=2))
    (mail,) = [m for m in inbox.to(theirs) if "is signed for your partner" in m["Subject"]]
    assert (
        "signs it for Second police too, by a delegation that is on record, and the lead of Second police is not asked."
        in text_of(mail)
    )
    told = " ".join(area.by(LEAD).get(f"{draft}/sign").text.split())
    assert "was told that another partner signs for it on 26 March 2027: Lead, second police." in told
    refused = {"seat": "police-lead", "answer": "refuse", "reason": "Not so."}
    area.answer(f"{draft}/sign", refused, email="police-lead@vale.example")
    on(area, here, COMES + timedelta(days=3))
    assert [m["Subject"] for m in inbox.to(theirs)][-1] == "Threefold: a version of the arrangement was refused"
    assert "nor for Second police, for which it acts by a delegation that is on record. The reason" in text_of(
        inbox.to(theirs)[-1]
    )


def test_where_its_day_passes_before_it_signs_once_more_it_is_named_to_all(
    area: Area, here: Neighbours, inbox: Inbox, draft: str
) -> None:
    before = recorded(area)
    on(area, here, APRIL + timedelta(days=1))
    assert recorded(area) == before
    for page in (f"{draft}/sign", "/my-work"):
        assert "Lead safeguarding partner, police" in area.by(LEAD).get(page).text
    for email in (LEAD, *(f"{seat}@vale.example" for seat in LEADS)):  # who signed is told that it has not begun
        (mail,) = [m for m in inbox.to(email) if "was not signed in time" in m["Subject"]]
        assert "Lead safeguarding partner, police has not signed. The version before it governs." in text_of(mail)


def test_what_is_complete_without_anybodys_act_is_entered_by_itself(area: Area, here: Neighbours) -> None:
    """The police had two lead seats when it was sent, of which one signed; a version that begins meanwhile has that one alone."""
    two = Seat("police-second", "Second seat, police", "lead", "police")
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(
            unit,
            GOVERNANCE,
            replace(NOW_IN_FORCE, version="two-seats", begins=date(2027, 2, 1), seats=(*NOW_IN_FORCE.seats, two)),
        )
    begun = area.begun("Huddle on day 12")
    area.answer(f"{begun}/about", day("begins", APRIL))
    area.before_its_seats(begun)
    for seat in LEADS:
        area.answer(f"{begun}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    before = recorded(area)
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version="one-seat", begins=COMES))
    on(area, here, COMES)
    assert len(recorded(area)) == len(before) + 2
    on(area, here, COMES)  # done again, it is done once
    assert len(recorded(area)) == len(before) + 2


def test_since_when_one_acts_for_another_is_without_a_break() -> None:
    known = [
        with_second_force("a", date(2026, 1, 1), acts=True),
        with_second_force("b", date(2026, 6, 1), acts=False),
        with_second_force("c", date(2027, 1, 1), acts=True),
        with_second_force("d", date(2027, 3, 1), acts=True),
    ]
    told = [since(known, on) for on in (date(2026, 3, 1), date(2026, 7, 1), date(2027, 1, 1), date(2027, 4, 1))]
    assert told == [date(2026, 1, 1), None, date(2027, 1, 1), date(2027, 1, 1)]
    lasting = [replace(known[0], begins=None), known[2]]
    assert since(lasting, date(2027, 4, 1)) == date(2027, 1, 1)


def since(known: list[Arrangement], on: date, recorded: date = date(2026, 1, 1)) -> date | None:
    return acting_since([OnRecord(one, recorded) for one in known], "police", "police-2", on)


def test_a_variation_without_the_delegation_is_a_break_of_it_and_one_with_it_is_none() -> None:
    first = with_second_force("a", date(2026, 1, 1), acts=True)
    apart, alike = (
        replace(with_second_force("v", date(2026, 6, 1), acts=acts), until=date(2026, 6, 20)) for acts in (False, True)
    )
    days = (date(2026, 5, 1), date(2026, 6, 10), date(2026, 6, 21), date(2026, 7, 1))
    assert [since([first, apart], on) for on in days] == [date(2026, 1, 1), None, date(2026, 6, 21), date(2026, 6, 21)]
    assert [since([first, alike], on) for on in days] == [date(2026, 1, 1)] * 4


def test_a_delegation_that_a_correction_brought_stands_since_that_was_put_on_record() -> None:
    wrong = with_second_force("wrong", date(2026, 1, 1), acts=False)
    right = replace(with_second_force("right", date(2026, 1, 1), acts=True), corrects="wrong")
    record = [OnRecord(wrong, date(2026, 1, 1)), OnRecord(right, date(2026, 3, 20))]
    told = [acting_since(record, "police", "police-2", on) for on in (date(2026, 3, 20), date(2026, 5, 1))]
    assert told == [date(2026, 3, 20)] * 2


def test_a_delegation_that_a_version_to_come_brought_back_stands_since_that_was_put_on_record() -> None:
    """On record today, and not in what a draft of 1 July would follow, until another version was put on record that has it."""
    now = with_second_force("now", date(2026, 1, 1), acts=True)
    coming = with_second_force("coming", date(2026, 5, 1), acts=False)
    again = with_second_force("again", date(2026, 6, 1), acts=True)
    record = [OnRecord(now, date(2026, 1, 1)), OnRecord(coming, date(2026, 1, 1)), OnRecord(again, date(2026, 3, 20))]
    told = [acting_since(record, "police", "police-2", on, date(2026, 6, 30)) for on in (date(2026, 3, 19), date(2026, 4, 1))]
    assert told == [None, date(2026, 3, 20)]
    assert acting_since(record[:1], "police", "police-2", date(2026, 4, 1), date(2026, 6, 30)) == date(2026, 1, 1)


@pytest.mark.parametrize("way", ["variation", "correction", "a correction of the day of signing"])
def test_what_was_signed_while_no_delegation_stood_is_not_entered_by_itself_once_one_stands(
    area: Area, here: Neighbours, way: str
) -> None:
    """What it signed for itself, and what the other refused, is nothing that the other agreed to."""
    began, last = date(2027, 2, 1), date(2027, 3, 20)
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, with_second_force("base", began, acts=way == "variation"))
        if way == "variation":
            apart = with_second_force("apart", date(2027, 3, 2), acts=False)
            enter_version(unit, GOVERNANCE, replace(apart, until=last))
    area.site.person("police-2-lead@vale.example", area.body, PARTNER_LEAD, seats=("police-2-lead",))
    begun = area.begun("Huddle on day 12")
    area.answer(f"{begun}/line/organisations/police", {"acts_for": ["police-2"]})
    area.answer(f"{begun}/about", day("begins", APRIL))
    area.before_its_seats(begun)
    for seat in LEADS:
        area.answer(f"{begun}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    no = {"seat": "police-2-lead", "answer": "refuse", "reason": "Not so."}
    area.answer(f"{begun}/sign", no, email="police-2-lead@vale.example")
    if way == "a correction of the day of signing":
        last = area.site.at.date()
        area.site.at += timedelta(hours=3)
    else:
        on(area, here, last)
    if way != "variation":
        right = replace(with_second_force("right", began, acts=True), corrects="base", note="The delegation was forgotten.")
        with area.site.database.unit(area.body, area.site.at) as unit:
            enter_version(unit, GOVERNANCE, right)
    before = recorded(area)
    on(area, here, last + timedelta(days=1))
    assert recorded(area) == before
    assert "it signs once more, for all of them" in area.by(LEAD).get(f"{begun}/sign").text
    area.answer(f"{begun}/sign", {"seat": "police-lead", "answer": "sign"}, email="police-lead@vale.example")
    assert len(recorded(area)) == len(before) + 1


def test_who_signed_what_a_comma_changed_is_told_that_it_counts_no_more(area: Area, here: Neighbours, inbox: Inbox) -> None:
    begun = area.begun("Huddle on day 12")
    area.answer(f"{begun}/about", day("begins", APRIL))
    area.before_its_seats(begun)
    here.work()
    area.answer(f"{begun}/sign", {"seat": "police-lead", "answer": "sign"}, email="police-lead@vale.example")
    area.answer(f"{begun}/about", {"title": "Huddle, on day 12"})
    area.before_its_seats(begun)
    here.work()
    told = {seat: [(m["Subject"], text_of(m)) for m in inbox.to(f"{seat}@vale.example")] for seat in LEADS}
    assert [len(mails) for mails in told.values()] == [2, 2, 2]
    subject, text = told["police-lead"][-1]
    assert subject == "Threefold: a version that you signed was changed"
    assert "It was changed since it was signed for this seat: that signature counts no more." in text
    for seat in ("council-lead", "health-lead"):  # they signed nothing of it
        assert "waits for a signature" in told[seat][-1][0] and "counts no more" not in told[seat][-1][1]


def test_the_mail_that_its_day_passed_names_who_refused_beside_who_was_silent(
    area: Area, here: Neighbours, inbox: Inbox
) -> None:
    begun = area.begun("Huddle on day 12")
    area.answer(f"{begun}/about", day("begins", APRIL))
    area.before_its_seats(begun)
    area.answer(f"{begun}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example")
    area.answer(
        f"{begun}/sign", {"seat": "police-lead", "answer": "refuse", "reason": "Too soon."}, email="police-lead@vale.example"
    )
    on(area, here, APRIL)
    for email in (LEAD, "council-lead@vale.example", "health-lead@vale.example"):
        (mail,) = [m for m in inbox.to(email) if "was not signed in time" in m["Subject"]]
        assert "Lead safeguarding partner, police; and Lead safeguarding partner, health have not signed." in text_of(mail)


def test_whoever_records_or_checks_minutes_reads_for_whom_else_the_seat_signs(area: Area, here: Neighbours, draft: str) -> None:
    on(area, here, COMES + timedelta(days=1))
    draft = area.begun("Another, which nobody has signed")
    area.answer(f"{draft}/about", day("begins", APRIL + timedelta(days=9)))
    asked = area.by(LEAD).get(f"{draft}/ask").text
    assert "Example Vale Constabulary signs for Second police too: it acts for it, by a delegation that is on record." in asked
    area.before_its_seats(draft)
    told = "Example Vale Constabulary signs for Second police too: it acts for it, by a delegation that is on record."
    assert told in area.by(LEAD).get(f"{draft}/minutes").text
    for seat in ("police-lead", "health-lead"):
        area.minuted(draft, seat)
    links = [
        e.get("href") for e in area.by(MANAGER).get(f"{draft}/sign").page.all("a") if e.text.startswith("Check the minutes")
    ]
    also = "By a delegation that is on record, this seat signs for Second police too. If the minutes say so, Second police has signed as well."
    shown = [area.by(MANAGER).get(str(link)).text for link in links]
    assert sorted("safeguarding partner, police” signed" in text for text in shown if also in text) == [True]
    assert len(shown) == 2


def test_minutes_of_the_signature_for_both_can_be_checked_though_the_seat_had_signed_for_itself(
    area: Area, here: Neighbours, draft: str
) -> None:
    on(area, here, COMES)
    document = {"document": (io.BytesIO(b"%PDF-1.7 minutes %%EOF"), "m.pdf")}
    given = {"seat": "police-lead", "where": "Executive, item 4", **day("day", COMES)}
    area.by(LEAD).send(f"{draft}/minutes", area.filled(f"{draft}/minutes", given) | document)
    links = area.by(MANAGER).get(f"{draft}/sign").page.all("a")
    check = next(e.get("href") for e in links if e.text.startswith("Check the minutes"))
    before = recorded(area)
    area.answer(check, {"says_so": "yes"}, email=MANAGER)
    assert len(recorded(area)) == len(before) + 1
