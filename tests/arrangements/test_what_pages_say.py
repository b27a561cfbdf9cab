"""What the pages of a draft say beside what they do: of what was refused, of whose draft it is, and of what is done already."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, day, taken_in
from tests.arrangements.vale import APRIL, LEADS, MARCH
from tests.web.html import Html
from threefold.work.arrangements.tables import ArrangementDraft, DraftSignature

__all__ = ["area"]
PAGES = ("about", "as-published", HUDDLE, "line/rules/rapid-review-plan", "line/organisations", "add/organisations", "remove/seats/scrutineer", "rules/add", "rules/major/rapid-review-plan", "check", "ask", "sign",
         "minutes", "cases", "compare", "history", "give-up", "replay", "replay/examples")  # fmt: skip


def sent_to_be_signed(area: Area) -> str:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    return draft


def summary(page: Html) -> dict[str, str]:
    """The links of the error summary, by where they lead."""
    return {
        e.get("href"): " ".join(e.text.split())
        for e in page.all("a")
        if e.get("href").startswith("#") and e.get("href") != "#main-content"
    }


def test_what_was_refused_is_not_told_as_done_too(area: Area) -> None:
    draft = area.begun()
    for address in (f"{draft}/{HUDDLE}?done=added", f"{draft}/{HUDDLE}?done=saved"):
        assert area.by(LEAD).get(address).page.all("div", aria_labelledby="govuk-notification-banner-title")
        refused = area.answer(address, {"day": "ten"}, 422)
        assert "There is a problem" in refused.text
        assert not refused.page.all("div", aria_labelledby="govuk-notification-banner-title") and "Success" not in refused.text
        assert "what you see below is saved" not in refused.text


def test_minutes_that_are_missing_are_asked_for_at_their_box_and_lost_ones_are_asked_for_again(area: Area) -> None:
    path = f"{sent_to_be_signed(area)}/minutes"
    given = {"seat": "health-lead", "where": "Executive, item 4", **day("day", MARCH)}
    missing = area.answer(path, given, 422)
    assert summary(missing.page) == {"#document": "Attach the signed minutes."}
    box = missing.page.one("input", type="file", name="document")
    assert "govuk-file-upload--error" in box.get("class") and "document-error" in box.get("aria-describedby")
    lost = area.by(LEAD).send(
        path, area.filled(path, given | {"day-year": "2029"}) | {"document": (io.BytesIO(b"%PDF-1.7 %%EOF"), "m.pdf")}, 422
    )
    assert summary(lost.page)["#document"] == "Choose the signed minutes again: nothing was kept of the file"
    assert len(summary(lost.page)) == 2
    area.by(LEAD).send(path, area.filled(path, given) | {"document": (io.BytesIO(b"%PDF-1.7 %%EOF"), "m.pdf")}, 303)


def test_a_file_to_begin_from_is_asked_for_at_its_box_and_again_where_it_was_refused(area: Area) -> None:
    path = f"{HOME}/drafts/import"
    assert summary(area.answer(path, {}, 422).page) == {"#file": "Select a file. It ends in .toml."}
    refused = taken_in(area, b"[[[ no arrangement")
    assert summary(refused.page) == {"#file": "Choose the file again: nothing was kept of the file"}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_a_draft_says_which_draft_it_is_of(area: Area, path: str) -> None:
    draft = sent_to_be_signed(area) if path in ("minutes", "sign") else area.begun()
    shown = area.by(LEAD).get(f"{draft}/{path}").page
    assert "Huddle on day 12" in shown.title and [e.text for e in shown.elements if e.get("class") == "govuk-caption-l"] == [
        "Huddle on day 12"
    ]


COUNCIL, POLICE = (f"{seat}@vale.example" for seat in LEADS[:2])


def test_who_refuses_is_told_before_who_reads_why_and_after_that_nothing_more_is_to_be_done(area: Area) -> None:
    draft = sent_to_be_signed(area)
    asked = area.by(COUNCIL).get(f"{draft}/sign").page
    (hint,) = [e.text for e in asked.elements if e.get("id") == "reason-hint"]
    assert "Everybody who may read this draft reads it" in hint and "the other seats that sign" in hint
    area.answer(f"{draft}/sign", {"answer": "refuse", "reason": "The day is too late."}, email=COUNCIL)
    after = area.by(COUNCIL).get(f"{draft}/sign")
    assert "You have refused, and your reason stands above. There is nothing more for you to do" in after.text
    assert "Change my answer" in after.text and "You have signed" not in after.text
    assert "The day is too late." in area.by(POLICE).get(f"{draft}/sign").text, "as it was said before"
    assert "You have refused" not in area.by(POLICE).get(f"{draft}/sign").text
    area.site.at += timedelta(minutes=1)
    area.answer(f"{draft}/sign", {"answer": "sign"}, email=COUNCIL)
    assert "You have signed." in area.by(COUNCIL).get(f"{draft}/sign").text


def test_that_a_change_voided_what_was_signed_is_told_until_it_is_sent_again(area: Area) -> None:
    draft = sent_to_be_signed(area)
    for email in (COUNCIL, POLICE):
        area.answer(f"{draft}/sign", {"answer": "sign"}, email=email)
    words = "Send “Huddle on day 12” to be signed again"
    assert words not in area.by(LEAD).get("/my-work").text
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/{HUDDLE}", {"day": "11"})  # and once more
    names = "what Lead safeguarding partner, council, Lead safeguarding partner, police had signed counts no more"
    for email in (LEAD, MANAGER):
        work = area.by(email).get("/my-work")
        assert f"{words}: it was changed since it was sent, and {names}" in work.text
        assert f"{draft}/ask" in [e.get("href") for e in work.page.all("a")]
    assert words not in area.by(COUNCIL).get("/my-work").text, "it is no work of theirs"
    for page in ("", "/sign"):
        assert (
            f"It was sent to be signed, and was changed since: {names}. It has to be sent again."
            in area.by(COUNCIL).get(f"{draft}{page}").text
        )
    area.before_its_seats(draft)
    assert words not in area.by(LEAD).get("/my-work").text and "was changed since" not in area.by(LEAD).get(draft).text
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    again = area.by(LEAD).get("/my-work").text
    assert words in again and "had signed counts no more" not in again
    assert "changed since: nobody had signed it. It has to be sent again." in area.by(LEAD).get(draft).text
    area.answer(f"{draft}/give-up", {})
    assert words not in area.by(LEAD).get("/my-work").text


def test_a_number_that_is_missing_is_asked_for_as_a_number(area: Area) -> None:
    draft = area.begun()
    asked = f"{draft}/when-is/rules/rapid-review-plan/steps/huddle/when?fact=incident.children[].age_years"
    assert "Enter a number" in area.answer(asked, {"how": "at_least"}, 422).text


def test_what_is_sent_twice_by_a_double_click_is_done_once(area: Area) -> None:
    def twice(path: str, sent: dict[str, Any], **files: tuple[bytes, str]) -> str:
        """Where both lead, which is to the same."""
        to = [
            area.by(LEAD).send(path, sent | {n: (io.BytesIO(content), name) for n, (content, name) in files.items()}).location
            for _ in range(2)
        ]
        assert to[0] == to[1]
        return to[0].split("?")[0]

    def begun() -> int:
        with area.site.database.unit(area.body, area.site.at) as unit:
            return unit.session.scalar(select(func.count()).select_from(ArrangementDraft)) or 0

    draft = twice(f"{HOME}/drafts/new", area.filled(f"{HOME}/drafts/new", {"base": "in_force", "title": "Once"}))
    assert begun() == 1
    file = area.by(LEAD).get(f"{draft}/export").response.get_data()
    twice(f"{HOME}/drafts/import", area.filled(f"{HOME}/drafts/import", {}), file=(file, "x.toml"))
    assert begun() == 2
    before = len(area.content(draft)["uses"])
    twice(f"{draft}/rules/add", area.filled(f"{draft}/rules/add", {"rule": "resourcing@1"}))
    assert len(area.content(draft)["uses"]) == before + 1
    draft = sent_to_be_signed(area)
    sent = area.filled(f"{draft}/minutes", {"seat": "health-lead", "where": "Executive, item 4", **day("day", MARCH)})
    twice(f"{draft}/minutes", sent, document=(b"%PDF-1.7 minutes %%EOF", "m.pdf"))
    with area.site.database.unit(area.body, area.site.at) as unit:
        assert unit.session.scalar(select(func.count()).select_from(DraftSignature)) == 1
    for _ in range(2):  # sent from two pages, they are two
        area.answer(f"{HOME}/drafts/new", {"base": "in_force", "title": "Once"})
    assert begun() == 5


def test_what_is_said_of_the_version_itself_leads_to_its_box(area: Area) -> None:
    draft = area.begun()
    leads = [e.get("href") for e in area.by(LEAD).get(f"{draft}/check").page.all("a") if "/about" in e.get("href")]
    assert f"{draft}/about#begins-day" in leads
    boxes = {e.get("id") for e in area.by(LEAD).get(f"{draft}/about").page.elements}
    assert {"begins-day", "until-day", "title", "corrects", "area_codes", "note"} <= boxes
