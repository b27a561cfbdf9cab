"""A partner that joins: nobody holds its seat while the version that brings it is signed, so it is given to somebody first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.arrangements.area import HOME, LEAD, MANAGER, Area, area, day
from tests.arrangements.test_signature_reminders import here
from tests.arrangements.vale import APRIL, GOVERNANCE, LEADS, MARCH, NOW_IN_FORCE
from tests.reminders.test_reminders import Inbox, inbox, text_of
from tests.reviews.neighbours import Neighbours
from threefold.work.arrangements.stories import enter_version

__all__ = ["area", "here", "inbox"]
NORTH = "north@vale.example"


def put_before_its_seats(area: Area, draft: str) -> None:
    shown = area.by(LEAD).get(f"{draft}/ask")
    area.answer(f"{draft}/ask", {e.get("name"): "Agreed so." for e in shown.page.elements if e.name == "textarea"})


def with_a_second_board(area: Area) -> tuple[str, str]:
    """A draft with another health body and its lead seat, made on screen: its address, and the seat's key."""
    draft = area.begun("Two health bodies")
    area.answer(f"{draft}/about", day("begins", APRIL))
    added = {"name": "NHS Example Vale North Integrated Care Board", "kind": "integrated_care_board", "partner": "yes"}
    area.answer(f"{draft}/add/organisations", added)
    board = area.content(draft)["organisations"][-1]["key"]
    seat = {"title": "Lead safeguarding partner, health north"}
    area.answer(f"{draft}/add/seats?role=lead&organisation={board}", seat)
    return draft, area.content(draft)["seats"][-1]["key"]


def test_the_seat_of_a_partner_that_joins_is_given_to_somebody_who_signs_on_screen(
    area: Area, here: Neighbours, inbox: Inbox
) -> None:
    draft, seat = with_a_second_board(area)
    person = area.site.person(NORTH, area.body, "partner_lead")
    assert (
        "Lead safeguarding partner, health north (NHS Example Vale North Integrated Care Board): nobody holds this seat yet"
        in area.by(LEAD).get(f"{draft}/ask").text
    )
    assert seat not in area.by(MANAGER).get("/b/example-vale/people/invite").response.get_data(as_text=True)
    put_before_its_seats(area, draft)
    here.work()
    (told,) = [m for m in inbox.to(LEAD) if "waits for a signature" in m["Subject"]]
    assert "Nobody holds this seat: give it to somebody on the page People" in text_of(told)
    signatures = area.by(LEAD).get(f"{draft}/sign")
    assert signatures.text.count("Nobody holds this seat.") == 1
    (people,) = [a.get("href") for a in signatures.page.all("a") if a.text.startswith("Give it to somebody")]
    assert seat in area.by(LEAD).get("/b/example-vale/people/invite").response.get_data(as_text=True)
    (change,) = [
        a.get("href")
        for a in area.by(LEAD).get(people).page.all("a")
        if a.get("href").endswith("/change") and "North" in a.text
    ]
    area.answer(change, {"seat": seat})
    assert person and "Nobody holds" not in area.by(LEAD).get(f"{draft}/sign").text
    for key in LEADS:
        area.answer(f"{draft}/sign", {"seat": key, "answer": "sign"}, email=f"{key}@vale.example")
    done = area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=NORTH)
    assert done.location.endswith("done=entered")


def test_whoever_only_signs_reads_and_signs_the_draft_and_sees_no_cases(area: Area) -> None:
    draft, seat = with_a_second_board(area)
    put_before_its_seats(area, draft)
    area.site.person(NORTH, area.body, "signatory", seats=(seat,))
    theirs = area.by(NORTH)
    shown = theirs.get(draft)
    assert "See what it would change in open cases" not in shown.text
    assert "See what it would change in open cases" in area.by(LEAD).get(draft).text
    for page in ("check", "compare", "as-published", "sign"):
        assert theirs.get(f"{draft}/{page}").status == 200
    for page in (f"{draft}/cases", f"{draft}/replay", "/b/example-vale/cases", "/b/example-vale/meetings"):
        theirs.get(page, 403)
    assert area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=NORTH).location.endswith("done=signed")
    for key in LEADS:
        area.answer(f"{draft}/sign", {"seat": key, "answer": "sign"}, email=f"{key}@vale.example")
    told = "Whoever holds the seat “Lead safeguarding partner, health north” can only sign. Give them the role that their work needs"
    assert told not in area.by(MANAGER).get("/my-work").text, "it is not in force yet"
    area.site.at = datetime(2027, 4, 1, 9, tzinfo=UTC)
    area.browsers.clear()
    assert (
        told in area.by(MANAGER).get("/my-work").text and told not in area.by(f"{LEADS[0]}@vale.example").get("/my-work").text
    )
    area.site.person(NORTH, area.body, "partner_lead", seats=(seat,))
    assert told not in area.by(MANAGER).get("/my-work").text


def test_whoever_puts_a_draft_aside_is_told_of_seats_that_only_it_has(area: Area) -> None:
    draft, _ = with_a_second_board(area)
    assert "which only this draft has" not in area.by(LEAD).get(f"{draft}/give-up").text, "nobody could be given it yet"
    put_before_its_seats(area, draft)
    told = area.by(LEAD).get(f"{draft}/give-up").text
    assert "People may have been given Lead safeguarding partner, health north, which only this draft has." in told


def test_a_body_whose_pages_name_no_seats_signs_its_first_version_on_screen(area: Area) -> None:
    """What was adopted from published pages has no seats here: every seat is new."""
    with area.site.database.unit(area.body, MARCH) as unit:
        pages = replace(
            NOW_IN_FORCE, version="pages", title="As the pages say", entered="adopted", begins=MARCH.date(), seats=(), signed=(),
            adopted_from=({"ref": "Pages", "where": "pages.example", "force": "LOCAL", "sure": "V"},),
        )  # fmt: skip
        enter_version(unit, GOVERNANCE, pages)
    draft = area.begun("The first that partners sign")
    area.answer(f"{draft}/about", day("begins", APRIL))
    for organisation in ("council", "police", "health"):
        area.answer(f"{draft}/add/seats?role=lead&organisation={organisation}", {"title": f"The lead of {organisation}"})
    put_before_its_seats(area, draft)
    assert area.by(LEAD).get(f"{draft}/sign").text.count("Nobody holds this seat.") == 3
    made = [(s["key"], s["organisation"]) for s in area.content(draft)["seats"]]
    for key, organisation in made:
        email = f"first.{organisation}@vale.example"
        area.site.person(email, area.body, "partner_lead")
        shown = area.by(LEAD).get("/b/example-vale/people")
        name = f"First {organisation.title()}"
        (change,) = [a.get("href") for a in shown.page.all("a") if a.get("href").endswith("/change") and name in a.text]
        area.answer(change, {"seat": key})
        area.answer(f"{draft}/sign", {"seat": key, "answer": "sign"}, email=email)
    assert "Every seat has signed" in area.by(LEAD).get(f"{draft}/sign?done=entered").text
    assert "on record since" in area.by(LEAD).get(HOME).text


def test_a_new_seat_does_not_take_the_key_of_one_that_was_another_partner_s(area: Area) -> None:
    """Whoever holds that seat would hold the new one, and what names it as a stand-in would name another partner's."""
    draft = area.begun()
    area.answer(f"{draft}/add/seats", {"title": "Second lead", "role": "delegate", "organisation": "police"})
    area.answer(f"{draft}/line/seats/police-lead", {"deputy": "second-lead"})
    area.by(LEAD).send(f"{draft}/remove/seats/second-lead", area.filled(f"{draft}/remove/seats/second-lead", {}))
    stops = "names a deputy that is not another seat"
    assert stops in area.by(LEAD).get(f"{draft}/check").text
    other = area.answer(f"{draft}/add/seats", {"title": "Second lead", "role": "delegate", "organisation": "council"}).location
    assert "/line/seats/second-lead-2?" in other and stops in area.by(LEAD).get(f"{draft}/check").text
    own = area.answer(f"{draft}/add/seats", {"title": "Second lead", "role": "delegate", "organisation": "police"}).location
    assert "/line/seats/second-lead?" in own, "the same again is the same"
    assert stops not in area.by(LEAD).get(f"{draft}/check").text
