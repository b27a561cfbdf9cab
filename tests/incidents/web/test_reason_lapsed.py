"""A form in a case that is not one's own is sent when the reason given for it holds no more: it is kept, and comes back once the reason is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.incidents.web.conftest import HELPER, Area
from tests.web.site import PASSWORD, Site

WORDS = "Half an hour of careful words"


def midnight(area: Area, helper: Site) -> None:
    area.site.at = datetime(2026, 3, 30, 23, 5, tzinfo=UTC)


def signed_in_again_in_another_tab(area: Area, helper: Site) -> None:
    area.site.at += timedelta(hours=3)
    helper.enter(HELPER)


def asked_again_who_they_are(area: Area, helper: Site) -> None:
    area.site.at += timedelta(minutes=5)
    helper.post("/confirm", {"password": PASSWORD})


@pytest.mark.parametrize("meanwhile", [midnight, signed_in_again_in_another_tab, asked_again_who_they_are])
def test_what_was_typed_is_shown_again_once_the_reason_is_given(area: Area, meanwhile: Callable[[Area, Site], None]) -> None:
    area.site.at = datetime(2026, 3, 30, 22, 40, tzinfo=UTC)  # twenty to midnight in London
    case = area.address(area.opened())
    helper = area.as_person(HELPER)
    helper.post(f"{case}/reason", {"reason": "covering"})
    filled = area.filled(f"{case}/opening/conflict", {"why": WORDS, "deputy": ""}, helper)
    meanwhile(area, helper)
    asked = helper.send(f"{case}/opening/conflict", filled)
    assert asked.location.startswith(f"{case}/reason?next={case}/opening/conflict%3Fheld%3D")
    why = helper.get(asked.location)
    assert "What you had typed is kept" in why.text and WORDS not in why.text
    back = helper.send(asked.location, why.page.hidden() | {"reason": "covering"})
    shown = helper.get(back.location)
    assert "What you had typed is here again" in shown.text and shown.page.one("textarea").text.strip() == WORDS


def test_a_page_to_look_at_says_nothing_of_what_was_typed(area: Area) -> None:
    case = area.address(area.opened())
    helper = area.as_person(HELPER)
    assert "What you had typed" not in helper.get(helper.get(f"{case}/timeline", 303).location).text
