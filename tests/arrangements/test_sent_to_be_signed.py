"""Sending a draft to the partners to sign, in plain words: who, until when, what if one does not, and what is not mended."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.vale import APRIL, GOVERNANCE, LEADS, MARCH, NOW_IN_FORCE
from threefold.governance import drafts
from threefold.work.arrangements import drafting
from threefold.work.arrangements.stories import enter_version
from threefold.work.arrangements.web.sending import how_soon
from threefold.work.people.access import PARTNER_LEAD

__all__ = ["area"]
BUTTON = "Send it to the partners to sign"


def drafted(area: Area, begins: date = APRIL, title: str = "") -> str:
    draft = area.begun(title) if title else area.begun()
    area.answer(f"{draft}/about", day("begins", begins))
    return draft


def buttons(area: Area, path: str) -> list[str]:
    page = area.by(LEAD).get(path).page
    return [e.text.strip() for e in page.elements if e.name == "button" or "govuk-button" in e.get("class")]


def test_the_check_leads_on_to_the_page_that_sends_it_and_each_has_a_button_of_its_own(area: Area) -> None:
    draft = drafted(area)
    assert "Go on to send it to be signed" in buttons(area, f"{draft}/check")
    assert BUTTON not in buttons(area, f"{draft}/check")
    asked = area.by(LEAD).get(f"{draft}/ask")
    assert asked.page.heading == BUTTON and BUTTON in buttons(area, f"{draft}/ask")


def test_who_signs_stands_a_line_each_with_the_organisation(area: Area) -> None:
    draft = drafted(area)
    lines = [e.text.strip() for e in area.by(LEAD).get(f"{draft}/ask").page.all("li")]
    names = {o.key: o.name for o in NOW_IN_FORCE.organisations}
    for seat in (s for s in NOW_IN_FORCE.seats if s.role == "lead"):
        assert f"{seat.title} ({names[seat.organisation]})" in lines


def test_who_is_asked_again_reads_what_is_new_since_they_signed(area: Area) -> None:
    draft, seat = area.begun(), "council-lead@vale.example"
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    assert "What is new since" not in area.by(seat).get(f"{draft}/sign").text
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email=seat)
    area.answer(f"{draft}/{HUDDLE}", {"day": "11"})
    area.before_its_seats(draft)
    told = area.by(seat).get(f"{draft}/sign").text
    new = told.partition("What is new since you signed")[2].partition("What changes")[0]
    assert "You signed on 10 March 2027" in new and "“Executive huddle” is now due by working day 11, was 12" in new
    assert "was 14" in told.partition("What changes")[2], "beside what is in force, as before"
    assert "What is new since" not in area.by("police-lead@vale.example").get(f"{draft}/sign").text
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email=seat)
    assert "What is new since" not in area.by(seat).get(f"{draft}/sign").text


def test_a_new_holder_of_a_seat_reads_who_signed_for_it_before(area: Area) -> None:
    draft = drafted(area)
    area.before_its_seats(draft)
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example")
    area.answer(f"{draft}/{HUDDLE}", {"day": "11"})
    area.before_its_seats(draft)
    area.site.person("newly-lead@vale.example", area.body, PARTNER_LEAD, seats=("council-lead",))
    told = area.by("newly-lead@vale.example").get(f"{draft}/sign").text
    assert "What is new since your seat signed" in told and "You signed" not in told
    assert "Council-Lead signed on 10 March 2027" in told and "for “Lead safeguarding partner, council”" in told


def test_who_signed_by_minutes_reads_what_is_new_since(area: Area) -> None:
    draft = drafted(area)
    area.before_its_seats(draft)
    area.answer(area.minuted(draft), {"says_so": "yes"}, email=MANAGER)
    area.answer(f"{draft}/{HUDDLE}", {"day": "11"})
    area.before_its_seats(draft)
    told = area.by("health-lead@vale.example").get(f"{draft}/sign").text
    new = told.partition("What is new since your seat signed")[2].partition("What changes")[0]
    assert (
        "By minutes that a second person checked, “Lead safeguarding partner, health” signed at the meeting of 10 March" in new
    )
    assert "“Executive huddle” is now due by working day 11, was 14" in new


def test_the_signatures_of_a_version_on_record_are_those_that_were_given_whoever_signs_today(area: Area) -> None:
    draft = drafted(area)
    area.answer(f"{draft}/add/seats", {"title": "Deputy chief constable", "role": "lead", "organisation": "police"})
    area.answer(f"{draft}/line/organisations/council", {"acts_for": ["health"]})
    area.before_its_seats(draft)
    for seat in LEADS:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    for later in (0, 25):
        area.site.at += timedelta(days=later)
        area.browsers.clear()
        told = area.by(LEAD).get(f"{draft}/sign").text
        assert "Every seat has signed." in told and "Not signed yet" not in told and "Deputy chief constable" not in told
        assert all(
            f"Lead safeguarding partner, {who} Signed" in " ".join(told.split()) for who in ("council", "police", "health")
        )
        assert "signs for" not in told


def test_what_a_version_ends_that_waits_for_signatures_is_said_before_it_is_signed(area: Area) -> None:
    first, later = drafted(area, title="First"), drafted(area, title="Later")
    said = (
        "“First” waits for signatures and begins on 1 April 2027. Once this version is signed, that one can be signed no more"
    )
    area.answer(f"{later}/about", day("begins", APRIL + timedelta(days=4)))
    assert said not in area.by(LEAD).get(f"{later}/check").text
    area.before_its_seats(first)
    assert said in area.by(LEAD).get(f"{later}/check").text
    assert "“Later” waits" not in area.by(LEAD).get(f"{first}/check").text, "nothing ends in the other order"
    area.answer(f"{later}/about", day("begins", APRIL - timedelta(days=4)))
    assert said not in area.by(LEAD).get(f"{later}/check").text


def test_what_happens_when_a_signature_is_missing_is_said_before_it_is_sent(area: Area) -> None:
    draft = drafted(area)
    told = area.by(LEAD).get(f"{draft}/ask").text
    assert (
        "On Thursday 1 April 2027. It begins by itself if every seat has signed by the end of Wednesday 31 March 2027." in told
    )
    assert "If a signature is missing then, it does not begin. The version before it goes on to govern" in told
    assert "It can begin only once a later day is set and it is sent to be signed again" in told
    assert "working day after today" not in told
    area.answer(f"{draft}/about", day("begins", date(2027, 3, 12)))
    assert "On Friday 12 March 2027. That is the second working day after today." in area.by(LEAD).get(f"{draft}/ask").text


@pytest.mark.parametrize(
    ("begins", "told"),
    [
        (date(2027, 3, 11), "That is the first working day after today."),
        (date(2027, 3, 13), "Only 2 working days lie before it."),
        (date(2027, 3, 23), "That is the ninth working day after today."),
        (date(2027, 3, 24), ""), (date(2027, 3, 10), ""), (None, ""), (date(2099, 1, 1), ""),
    ],
)  # fmt: skip
def test_how_soon_it_begins_is_said_of_fewer_than_ten_working_days(begins: date | None, told: str) -> None:
    assert how_soon(MARCH.date(), begins) == told


def test_no_working_day_before_it_is_said_and_days_beyond_the_known_holidays_are_not_guessed() -> None:
    assert how_soon(date(2027, 3, 12), date(2027, 3, 13)) == "No working day lies before it."
    assert how_soon(date(2199, 3, 12), date(2199, 3, 13)) == ""


def test_once_sent_it_says_who_gets_an_email_and_until_when_it_can_be_signed(area: Area) -> None:
    draft = drafted(area)
    area.before_its_seats(draft)
    sent = area.by(LEAD).get(f"{draft}/sign?done=asked").text
    assert (
        "Sent. Each lead below gets an email, and can sign until the end of Wednesday 31 March 2027, the day before it begins."
        in sent
    )
    assert "begins on Thursday 1 April 2027 if every seat below has signed by the end of Wednesday 31 March 2027." in sent
    assert "Waiting for signatures" in area.by(LEAD).get(draft).text
    area.site.at = MARCH + timedelta(days=21)  # the last day
    area.browsers.clear()
    for seat in LEADS:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    assert "Every seat has signed." in area.by(LEAD).get(f"{draft}/sign").text, "it could be signed until then"


def test_a_seat_that_nobody_holds_gets_no_email_and_that_is_said(area: Area) -> None:
    draft = drafted(area)
    partner = {"name": "The second board", "kind": "integrated_care_board", "partner": "yes"}
    key = area.answer(f"{draft}/add/organisations", partner).location.split("?")[0].rpartition("/")[2]
    area.answer(f"{draft}/add/seats", {"title": "Lead, second board", "role": "lead", "organisation": key})
    lines = [e.text.strip() for e in area.by(LEAD).get(f"{draft}/ask").page.all("li")]
    assert "Lead, second board (The second board): nobody holds this seat yet" in lines
    area.before_its_seats(draft)
    assert "Each lead below whose seat somebody holds gets an email" in area.by(LEAD).get(f"{draft}/sign?done=asked").text


def test_a_change_after_it_was_sent_is_told_in_plain_words(area: Area) -> None:
    draft = drafted(area)
    assert "This draft was not sent to be signed yet." in area.by(LEAD).get(f"{draft}/sign").text
    area.before_its_seats(draft)
    assert "This draft was sent to the partners to sign." in area.by(LEAD).get(f"{draft}/{HUDDLE}").text
    voided = area.answer(f"{draft}/{HUDDLE}", {"day": "12"}).location
    assert (
        "The draft had been sent to be signed, and whatever was signed of it counts no more." in area.by(LEAD).get(voided).text
    )
    told = area.by(LEAD).get(f"{draft}/sign").text
    assert "It was sent to be signed, and was changed since: nobody had signed it. It has to be sent again." in told
    area.answer(f"{draft}/give-up", {})
    assert "This draft was put aside, and is signed no more." in area.by(LEAD).get(f"{draft}/sign").text


def test_no_page_shows_a_fingerprint_before_it_is_sent_and_then_says_what_it_is_for(area: Area) -> None:
    draft = drafted(area)
    pages = ("", "/check", "/ask", "/sign", "/as-published", "/compare", "/history", "/about")
    for page in pages:
        assert not re.search(r"[0-9a-f]{64}", area.by(LEAD).get(f"{draft}{page}").text), page
    area.before_its_seats(draft)
    said = (
        r"Fingerprint of what is signed: ([0-9a-f]{64})\. Every letter is part of it, so whoever compares it later sees whether"
    )
    shown = [re.findall(said, area.by(MANAGER).get(f"{draft}{page}").text) for page in ("/sign", "/as-published")]
    assert shown[0] == shown[1] and len(shown[0]) == 1
    for seat in LEADS:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    assert f"Fingerprint of what was signed: {shown[0][0]}" in area.by(LEAD).get(f"{draft}/sign").text


def test_warnings_that_stay_are_counted_new_ones_and_those_of_before_apart(area: Area) -> None:
    draft = drafted(area)
    checked = area.by(LEAD).get(f"{draft}/check")
    asked = area.by(LEAD).get(f"{draft}/ask")
    (line,) = [e.text for e in asked.page.all("p") if "as they are: read" in e.text or "as it is: read" in e.text]
    assert re.fullmatch(
        r"\s*The check says (\d+) things? that w(as|ere) said of the version before too, and stays? as (it is|they are): read (it|them)\.\s*",
        line,
    ), line
    (counted,) = re.findall(r"\d+", line)
    assert f"{counted} things said of the version before too" in checked.text, "both pages count the same"
    assert f"{draft}/check" in [e.get("href") for e in asked.page.all("a")]
    assert "of the version before too" in checked.text
    area.answer(f"{draft}/rules/add", {"rule": "resourcing@1"})  # it brings nothing yet
    both = area.by(LEAD).get(f"{draft}/ask").text
    assert re.search(
        r"The check says 1 new thing, and \d+ that were said of the version before too\. They stay as they are: read them\.",
        both,
    )


def test_once_a_version_is_signed_the_next_change_starts_from_it(area: Area) -> None:
    assert area.filled(f"{HOME}/drafts/new", {})["base"] == ["in_force"]
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    for no, seat in enumerate(LEADS):
        page = area.by(f"{seat}@vale.example").get(f"{draft}/sign")
        assert "You have signed" not in page.text
        work = area.by(f"{seat}@vale.example").get("/my-work").text
        assert "31 March 2027" in work and "1 April 2027" not in work, "the last day on which it can be signed"
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
        if no < len(LEADS) - 1:
            after = area.by(f"{seat}@vale.example").get(f"{draft}/sign")
            assert "You have signed." in after.text and "there is nothing more for you to do" in after.text
            assert "Change my answer" in after.text
    asked = area.by(LEAD).get(f"{HOME}/drafts/new")
    assert "“Huddle on day 12”, which is signed and begins on 1 April 2027" in asked.text
    assert "what that version changes would be left out" in asked.text
    begun = area.answer(f"{HOME}/drafts/new", {"title": "And another"}).location.split("?")[0]
    assert drafts.node_at(area.content(begun), ("rules", "rapid-review-plan", "steps", "huddle"))["day"] == 12


@pytest.mark.parametrize(
    "note", ["  It was agreed.", "It was agreed.\r\nIn March.\r\n", "One\rtwo", "One.  \nTwo.", "One\u2028two."]
)
def test_a_note_whose_lines_a_file_ended_otherwise_is_no_change_where_its_page_is_saved_as_it_was(
    area: Area, note: str
) -> None:
    draft = drafted(area)
    with area.site.database.unit(area.body, area.site.at) as unit:
        drafting.change_draft(unit, UUID(draft.rpartition("/")[2]), "from a file", lambda c: {**c, "note": note})
    area.before_its_seats(draft)
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example")
    before = area.content(draft)
    area.answer(f"{draft}/about", {})
    assert area.content(draft) == before
    assert "Waiting for signatures" in area.by(LEAD).get(draft).text


def test_whoever_signs_reads_what_the_other_is(area: Area) -> None:
    draft = area.begun("Another way for open cases")
    area.answer(f"{draft}/about", {"open_cases": "move_at_next_stage", **day("begins", APRIL)})
    area.before_its_seats(draft)
    shown = area.by("council-lead@vale.example").get(f"{draft}/sign").text
    assert "in the other they finish" in shown and "Beside the version before it, which here is “the other”:" in shown


def test_what_waits_no_more_is_not_said_to_end_and_what_took_its_day_first_is_named(area: Area) -> None:
    first = drafted(area, title="First")
    third = drafted(area, APRIL + timedelta(days=9), title="Third")
    area.before_its_seats(first)
    said = "“First” waits for signatures and begins on 1 April 2027."
    assert said in area.by(LEAD).get(f"{third}/check").text
    for title, begins in (("Second", APRIL + timedelta(days=4)), ("Last", APRIL + timedelta(days=30))):
        area.site.at += timedelta(days=1)
        area.browsers.clear()
        with area.site.database.unit(area.body, area.site.at) as unit:
            enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version=title.lower(), title=title, begins=begins))
    assert said not in area.by(LEAD).get(f"{third}/check").text, "it can be signed no more"
    assert "It can be signed no more as it is." in area.by(LEAD).get(HOME).text
    area.site.at = datetime(2027, 4, 3, 9, tzinfo=UTC)
    area.browsers.clear()
    assert said not in area.by(LEAD).get(f"{third}/check").text, "its day has passed"
    shown = area.by(LEAD).get(f"{first}/sign").text
    assert "“Second”, which begins on 5 April 2027, was put on record first" in shown


def test_what_was_changed_since_it_was_sent_and_cannot_be_sent_as_it_is_is_not_told_as_to_be_sent(area: Area) -> None:
    draft = drafted(area, title="Changed since")
    area.before_its_seats(draft)
    area.answer(f"{draft}/about", {"note": "A word more."})
    assert "Send “Changed since” to be signed again" in area.by(LEAD).get("/my-work").text
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version="took", title="Took", begins=APRIL + timedelta(days=3)))
    told = "cannot be sent as it is. The last version begins on 4 April 2027. This one must begin after that day"
    assert (
        "Change or put aside “Changed since”: it was changed since it was sent to be signed"
        in area.by(LEAD).get("/my-work").text
    )
    assert told in area.by(LEAD).get("/my-work").text


def test_what_leaves_the_note_is_told_before_it_is_sent(area: Area) -> None:
    draft = area.begun()
    own = "Departs from guidance (chapter 3) in one point: the panel meets monthly. Reason: It is rural here."
    area.answer(f"{draft}/about", {**day("begins", APRIL), "note": f"Agreed in March.\r\n\r\n{own}"})
    asked = area.by(LEAD).get(f"{draft}/ask").text
    assert "What leaves the note" in asked and own in asked and "begin with other words" in asked
    area.answer(f"{draft}/about", {"note": f"Agreed in March.\r\n\r\nWe d{own[1:]}"})
    assert "What leaves the note" not in area.by(LEAD).get(f"{draft}/ask").text
    area.before_its_seats(draft)
    assert f"We d{own[1:]}" in str(area.content(draft)["note"])


def test_reasons_are_not_compared_before_they_are_given(area: Area) -> None:
    draft = area.begun()
    reason = "Departs from guidance (chapter 3): It is later. Reason: It is rural here."
    area.answer(f"{draft}/about", {"note": reason})
    assert "rural" not in area.by(LEAD).get(f"{draft}/compare").text
    area.answer(f"{draft}/about", {"note": f"{reason}\r\n\r\nAgreed in March."})
    told = area.by(LEAD).get(f"{draft}/compare").text
    assert "Agreed in March" in told and "rural" not in told
