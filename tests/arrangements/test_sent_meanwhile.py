"""Each page that changes a draft, opened before the draft was sent to be signed and after it: only the first asks once more."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from tests.arrangements.area import HUDDLE, LEAD, MANAGER, Area, area, boxes_of, day
from tests.arrangements.vale import APRIL

__all__ = ["area"]
PLAN = "rapid-review-plan"
WHEN = f"rules/{PLAN}/steps/huddle/when"
# The page on which something is changed, and what is answered on it.
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "the version": ("about", {"note": "A word more."}),
    "a step": (HUDDLE, {"day": "9"}),
    "a rule": (f"line/rules/{PLAN}", {"unit": "calendar_days"}),
    "a seat": ("line/seats/police-lead", {"title": "Chief constable"}),
    "an organisation": ("line/organisations/police", {"name": "The force"}),
    "one more step": (f"add/rules/{PLAN}/steps", {"title": "One more", "day": "3"}),
    "one more rule": ("rules/add", {"rule": "narrative@1"}),
    "a removal": (f"remove/rules/{PLAN}/steps/huddle", {}),
    "a comparison": (f"when-is/{WHEN}?do=add&part=&fact=incident.urgent&group=&seen=", {"how": "yes"}),
    "back to what was": ("history/2/back", {}),
}


def drafted(area: Area) -> str:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    return draft


# What is put back is asked anew anyway once somebody changed the draft, as the reasons given at its sending did.
def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("page", [one for one in PAGES if one != "back to what was"])
def test_a_page_older_than_the_sending_asks_once_and_then_does_it(area: Area, page: str) -> None:
    draft, (path, answers) = drafted(area), PAGES[page]
    stale = area.filled(f"{draft}/{path}", answers, MANAGER)
    area.before_its_seats(draft)
    area.answer(f"{draft}/sign", {"seat": "police-lead", "answer": "sign"}, email="police-lead@vale.example")
    before, manager = area.content(draft), area.by(MANAGER)
    asked = manager.send(f"{draft}/{path}", stale, 422)
    assert "This version was sent to the partners to sign after you had opened this page" in asked.text
    typed = {name: value for name, value in answers.items() if name not in ("rule", "how")}
    shown = {str(one) for value in boxes_of(asked).values() for one in listed(value)}
    assert set(typed.values()) <= shown, "as it was filled in"
    assert area.content(draft) == before and "Signed" in area.by(LEAD).get(f"{draft}/sign").text
    done = manager.send(f"{draft}/{path}", boxes_of(asked))
    assert area.content(draft) != before, done.location
    assert "It has to be sent again" in area.by(LEAD).get(f"{draft}/sign").text
    manager.client.post(f"{draft}/{path}", data=boxes_of(asked))  # pressed twice: it waits for nobody any more
    assert area.by(LEAD).get(draft).page.heading


def test_the_check_of_a_draft_put_aside_leads_to_no_page_that_changes_it(area: Area) -> None:
    draft = drafted(area)
    area.answer(f"{draft}/give-up", {})
    shown = area.by(LEAD).get(f"{draft}/check")
    assert "This draft was put aside: it is changed no more." in shown.text
    links = [e.get("href") for e in shown.page.all("a") if e.get("href").startswith(f"{draft}/")]
    assert links == [f"{draft}/as-published"], links


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_was_opened_after_the_sending_says_what_it_voids_and_asks_nothing_more(area: Area, page: str) -> None:
    draft, (path, answers) = drafted(area), PAGES[page]
    area.before_its_seats(draft)
    if page == "back to what was":  # what is sent has been changed by the reasons given: the same change is another number
        path = path.replace("2", "3") if area.by(MANAGER).client.get(f"{draft}/history/3/back").status_code == 200 else path
    before = area.content(draft)
    assert "voids what was signed of it" in area.by(MANAGER).get(f"{draft}/{path}").text
    area.answer(f"{draft}/{path}", answers, email=MANAGER)
    assert area.content(draft) != before


def turns_of(shown: Any) -> dict[str, str]:
    """What the first button that turns a part of the condition sends, as “Say the opposite”."""
    action, inner = re.findall(
        r'<form method="post" action="([^"]*/when-turn/[^"]*)"[^>]*>(.*?)</form>', shown.response.text, re.DOTALL
    )[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', inner)) | {"to": "not", "action": action}


def test_an_example_that_is_tried_does_not_make_an_older_page_one_that_says_what_is_voided(area: Area) -> None:
    draft = drafted(area)
    area.worded(f"{draft}/when-fact/{WHEN}", "add", "", "incident.urgent", {"how": "yes"})
    manager, tried = area.by(MANAGER), f"{draft}/when/{WHEN}?try-1=yes&try=yes"
    assert "knows_sent" not in turns_of(manager.get(f"{draft}/when/{WHEN}"))
    area.before_its_seats(draft)
    sent = {name: unescape(value) for name, value in turns_of(manager.get(tried)).items()}
    before = area.content(draft)
    asked = manager.send(sent.pop("action"), sent, 409)
    assert "This version was sent to the partners to sign" in asked.text and area.content(draft) == before
    again = manager.get(f"{draft}/when/{WHEN}")  # opened anew, it says so
    assert "knows_sent" in turns_of(again) and "knows_sent" in turns_of(manager.get(f"{tried}&knows_sent=yes"))
    assert any(e.get("name") == "knows_sent" for e in again.page.all("input") if e.get("value") == "yes")
