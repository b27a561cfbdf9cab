"""What the pages of a draft say beside what they do: of what was refused, of whose draft it is, and of what is done already."""

from __future__ import annotations

import io

import pytest

from tests.arrangements.area import HOME, HUDDLE, LEAD, Area, area, day, taken_in
from tests.arrangements.vale import APRIL, MARCH
from tests.web.html import Html

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
