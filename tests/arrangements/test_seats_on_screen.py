"""Who signs, over the pages: five partners, one person with two seats, two people in one, and one partner that acts for another."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.test_versions import publish
from tests.arrangements.vale import APRIL, LEADS
from tests.web.site import PASSWORD
from threefold.work.arrangements import drafting, signing
from threefold.work.people.access import PARTNER_LEAD

__all__ = ["area"]
SIGNED = "Every seat has signed."


def signed_by(area: Area, draft: str, *seats: str) -> None:
    for seat in seats:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")


def test_five_partners_sign_and_one_person_may_hold_two_seats_and_two_people_one(area: Area) -> None:
    draft = area.begun("Five partners")
    area.answer(f"{draft}/about", day("begins", APRIL))
    seats = {}
    for name, kind in (("The second council", "local_authority"), ("The second board", "integrated_care_board")):
        partner = {"name": name, "kind": kind, "partner": "yes"}
        key = area.answer(f"{draft}/add/organisations", partner).location.split("?")[0].rpartition("/")[2]
        title = f"Lead, {name.lower()}"
        seats[title] = (
            area.answer(f"{draft}/add/seats", {"title": title, "role": "lead", "organisation": key})
            .location.split("?")[0]
            .rpartition("/")[2]
        )
    area.before_its_seats(draft)
    both, council = "both@vale.example", seats["Lead, the second council"]
    area.site.person(both, area.body, PARTNER_LEAD, seats=tuple(seats.values()))
    area.site.person("another@vale.example", area.body, PARTNER_LEAD, seats=("police-lead",))
    signed_by(area, draft, "council-lead", "health-lead", "police-lead")
    again = area.by("another@vale.example").get(f"{draft}/sign").text
    assert "Lead safeguarding partner, police" in again
    area.answer(f"{draft}/sign", {"seat": "police-lead", "answer": "sign"}, email="another@vale.example")
    page = area.by(both).get(f"{draft}/sign").page
    assert {e.get("value") for e in page.all("input") if e.get("name") == "seat"} == set(seats.values())
    area.answer(f"{draft}/sign", {"seat": council, "answer": "sign"}, email=both)
    waiting = area.by(LEAD).get(draft).text
    assert "Not signed yet: Lead, the second board." in waiting
    area.answer(f"{draft}/sign", {"seat": seats["Lead, the second board"], "answer": "sign"}, email=both)
    assert SIGNED in area.by(LEAD).get(f"{draft}/sign").text


def test_a_partner_that_another_acts_for_signs_that_once_and_from_then_on_the_other_signs_for_it(area: Area) -> None:
    draft = area.begun("The council acts for the police")
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.answer(f"{draft}/line/organisations/council", {"acts_for": ["police"]})
    assert "signs this version itself, once" in area.by(LEAD).get(f"{draft}/check").text
    area.before_its_seats(draft)
    signed_by(area, draft, "council-lead", "health-lead")
    assert "signs for" not in area.by(LEAD).get(f"{draft}/sign").text
    assert "Not signed yet: Lead safeguarding partner, police." in area.by(LEAD).get(draft).text
    signed_by(area, draft, "police-lead")
    assert SIGNED in area.by(LEAD).get(f"{draft}/sign").text
    area.site.at = datetime(2027, 4, 2, 9, tzinfo=UTC)
    area.browsers.clear()
    later = area.begun("The huddle moves")
    area.answer(f"{later}/about", day("begins", date(2027, 5, 4)))
    area.answer(f"{later}/{HUDDLE}", {"day": "12"})
    area.before_its_seats(later)
    page = area.by("police-lead@vale.example").get(f"{later}/sign").text
    assert "You hold none of these seats" in page
    assert (
        "Example Vale Council signs for Example Vale Constabulary too: it acts for it, by a delegation that is on record."
        in page
    )
    signed_by(area, later, "council-lead")
    area.site.at = datetime(2027, 5, 4, 9, tzinfo=UTC)
    area.browsers.clear()
    for where in (HOME, later, f"{later}/sign"):
        told = area.by(LEAD).get(where).text
        assert "Not signed: Lead safeguarding partner, health." in told
    signed = area.begun("The huddle moves in June")
    area.answer(f"{signed}/about", day("begins", date(2027, 6, 1)))
    area.before_its_seats(signed)
    signed_by(area, signed, "council-lead", "health-lead")
    version, public = f"{HOME}/versions/from-2027-06-01", publish(area, "from-2027-06-01")
    for told in (area.by(LEAD).get(version).text, area.site.another().get(public).text):
        assert "n screen; also for Example Vale Constabulary, by a recorded delegation" in told
        assert told.count("; also for") == 1, "health signs for itself alone"


def test_a_draft_that_another_overtook_says_that_it_cannot_be_signed(area: Area) -> None:
    slow, quick = area.begun("Slow"), area.begun("Quick")
    area.answer(f"{slow}/about", day("begins", APRIL))
    area.before_its_seats(slow)
    area.answer(f"{quick}/about", day("begins", date(2027, 4, 20)))
    area.before_its_seats(quick)
    signed_by(area, quick, *LEADS)
    told = area.by("police-lead@vale.example").get(f"{slow}/sign").text
    assert (
        "This cannot be signed as it is. The last version begins on 20 April 2027. This one must begin after that day." in told
    )
    assert "Your signature" not in told and "if every seat below has signed" not in told
    assert "Sign “Slow”" not in area.by("police-lead@vale.example").get("/my-work").text
    assert "“Slow” cannot be signed as it is" in area.by(LEAD).get("/my-work").text


def test_whose_minutes_nobody_checked_in_time_is_told_as_that_and_the_button_goes(area: Area) -> None:
    draft = area.begun("Late")
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    signed_by(area, draft, *LEADS[:2])
    given = area.filled(f"{draft}/minutes", {"seat": LEADS[2], "where": "Executive, item 4", **day("day", area.site.at.date())})
    area.by(LEAD).send(f"{draft}/minutes", given | {"document": (io.BytesIO(b"%PDF-1.7 minutes %%EOF"), "m.pdf")})
    assert "Check the minutes" in area.by(MANAGER).get(f"{draft}/sign").text
    area.site.at = datetime(2027, 4, 2, 9, tzinfo=UTC)
    area.browsers.clear()
    for where in (HOME, draft, f"{draft}/sign"):
        assert "(its minutes wait for a second person’s check)" in area.by(MANAGER).get(where).text, where
    assert "Check the minutes" not in area.by(MANAGER).get(f"{draft}/sign").text


@pytest.mark.parametrize("way", ["kept", "incomplete"])
def test_what_somebody_was_about_to_sign_is_never_changed_under_their_answer(area: Area, way: str) -> None:
    """Their form is kept until they have shown who they are, or comes back with a question unanswered; meanwhile the draft is changed."""
    draft, lead = area.begun("Read first"), "police-lead@vale.example"
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    browser = area.by(lead)
    read = area.filled(f"{draft}/sign", {"seat": "police-lead", "answer": "sign"}, lead)
    if way == "kept":
        area.site.at += timedelta(minutes=11)
        confirm = browser.send(f"{draft}/sign", read).location
        assert confirm.startswith("/confirm")
    area.browsers.pop(LEAD)
    area.answer(f"{draft}/{HUDDLE}", {"day": "9"})
    area.before_its_seats(draft)
    if way == "kept":
        back = browser.get(browser.post(confirm, {"password": PASSWORD}).location)
    else:
        back = browser.send(f"{draft}/sign", {**read, "answer": ""}, 422)
    assert "This version was changed since you read it. Read it again; nothing was signed." in back.text
    assert not [e for e in back.page.all("input") if e.get("value") == "sign" and "checked" in e.attributes]
    with area.site.database.unit(area.body, area.site.at) as unit:
        assert {s.state for s in signing.standing(unit, drafting.load_draft(unit, UUID(draft.rsplit("/", 1)[1])))} == {
            "missing"
        }
    # Read again and answered anew, it is signed.
    area.answer(f"{draft}/sign", {"seat": "police-lead", "answer": "sign"}, email=lead)


def test_what_is_kept_and_not_changed_meanwhile_is_signed_as_it_was_read(area: Area) -> None:
    draft, lead = area.begun("Read first"), "police-lead@vale.example"
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    browser = area.by(lead)
    read = area.filled(f"{draft}/sign", {"seat": "police-lead", "answer": "sign"}, lead)
    area.site.at += timedelta(minutes=11)
    back = browser.post(browser.send(f"{draft}/sign", read).location, {"password": PASSWORD}).location
    shown = browser.get(back)
    assert "was changed since" not in shown.text
    assert [e for e in shown.page.all("input") if e.get("value") == "sign" and "checked" in e.attributes]
    assert browser.send(back, {**read, **shown.page.hidden()}).location.endswith("done=signed")


def test_only_partners_act_for_partners_and_what_counts_for_nothing_is_to_be_mended(area: Area) -> None:
    draft = area.begun("The forum acts for the council")
    forum = {"name": "The schools forum", "kind": "other", "partner": "no"}
    line = area.answer(f"{draft}/add/organisations", forum).location.split("?")[0]
    page = area.by(LEAD).get(f"{draft}/line/organisations/health").page
    assert {e.get("value") for e in page.all("input") if e.get("name") == "acts_for"} == {"council", "police"}
    area.answer(line, {"acts_for": ["council"]})
    said = area.by(LEAD).get(f"{draft}/check").text
    assert (
        "“The schools forum” is to act for “Example Vale Council”, and “The schools forum” is no statutory safeguarding partner. "
        "Take that out, or say that it is one."
    ) in said
    area.answer(line, {"acts_for": []})
    assert "is to act for" not in area.by(LEAD).get(f"{draft}/check").text
    # A file brought the other way: what it names is there to be taken out.
    with area.site.database.unit(area.body, area.site.at) as unit:
        key = line.rpartition("/")[2]
        drafting.change_draft(unit, UUID(draft.rpartition("/")[2]), "from a file", lambda c: {**c, "organisations": [
            o | {"acts_for": [key]} if o["key"] == "health" else o for o in c["organisations"]]})  # fmt: skip
    assert "and “The schools forum” is no statutory safeguarding partner" in area.by(LEAD).get(f"{draft}/check").text
    page = area.by(LEAD).get(f"{draft}/line/organisations/health").page
    assert {e.get("value") for e in page.all("input") if e.get("name") == "acts_for"} == {"council", "police", key}
