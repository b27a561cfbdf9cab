"""A criterion that speaks against an act: it is read on every page of the act before it is done, stops nothing, and stays with the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.api.caller import Caller
from tests.governance.test_decide import arrangement
from tests.incidents.web.conftest import AWARE, DEAD, GOVERNANCE, MANAGER, PARTNERS, SEATS, Area
from threefold.governance.pack import RuleUse
from threefold.plugin_api import MOVES
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories
from threefold.work.incidents.web.words import ACTS

LEFT = {"reason": "It was another matter."}
DAY = {"at-day": "30", "at-month": "3", "at-year": "2026"}
DECIDED = {"outcome": "no", "reason": "We think not."}


@dataclass(frozen=True)
class Act:
    """How a move is made: its page and what is typed there, every other page that leads to it or does it too, where it stays; and its
    operation at the JSON door."""

    page: str
    typed: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    stays: tuple[str, ...] = ("",)
    notified: bool = False
    operation: str = ""
    sent: Mapping[str, Any] = field(default_factory=dict)


REVIEW = {"summary": "What was learnt."}
ACTS_BY_PAGE = {
    "notify": Act("/notify/letter", also=("/notify", "/notify/form"), operation="notification", sent={"token": True}),
    "decide_not_to_notify": Act("/notify/decide", DECIDED, stays=("", "/notify/decide"), operation="decisions/notify",
                                sent={"token": True, "seen_no": True, **DECIDED}),
    "withdraw": Act("/leave", {"way_out": "notification_withdrawn", **LEFT}, stays=("", "/leave"), notified=True),
    "criteria_not_met": Act("/leave", {"way_out": "criteria_not_met", **LEFT}, stays=("", "/leave"), notified=True),
    "start_rapid_review": Act("/events/add", {"name": "rapid_review_started", **DAY}, operation="events",
                              sent={"name": "rapid_review_started", "at": "2026-03-30T09:00:00+00:00"}),
    "send_rapid_review": Act("/review/send", REVIEW, also=("/review/send/form",), stays=("", "/review"), notified=True,
                             operation="rapid-review", sent={"token": True, **REVIEW}),
    "decide_local_review": Act("/review/decide", DECIDED, stays=("", "/review", "/review/decide"), operation="decisions/local-review",
                               sent={"token": True, "seen_no": True, **DECIDED}),
    "publish": Act("/events/add", {"name": "published", **DAY}, operation="events",
                   sent={"name": "published", "at": "2026-03-30T09:00:00+00:00"}),
}  # fmt: skip
SAID = "It means a second look. (Vale’s own, page 4)"
STOPS_NOTHING = "It stops nothing, and is kept with the record."


def title(move: str) -> str:
    return f"Look twice before {move}"


@pytest.fixture
def urgent(area: Area) -> UUID:
    """A case in which a criterion against each move is met, and one that is not met speaks against all of them."""
    criteria = [
        {"key": move.replace("_", "-"), "title": title(move), "text": "It means a second look.", "speaks_against": [move],
         "when": {"is": {"fact": "incident.urgent", "value": "yes"}}, "source": "S1"} for move in MOVES
    ] + [{"key": "never", "title": "Never met", "speaks_against": list(MOVES),
          "when": {"is": {"fact": "incident.urgent", "value": "no"}}, "source": "S1"}]  # fmt: skip
    source = {"ref": "Vale’s own, page 4", "force": "LOCAL", "sure": "V"}
    rule = RuleUse("own", "local-criteria", 1, {"criteria": [{**c, "source": source} for c in criteria]})
    with area.site.database.unit(area.id) as unit:
        enter_version(
            unit,
            GOVERNANCE,
            replace(arrangement("two", date(2026, 1, 1), rule), organisations=PARTNERS, seats=SEATS),
        )
    children = [{**DEAD, "abuse_or_neglect": "unclear"}]  # nobody has to notify it
    return area.opened(incident={"urgent": "yes", "children": children}, review={"events": [AWARE]})


def test_each_move_has_an_act_here() -> None:
    """What a criterion may be set to speak against is done on some page. One that is not must not be offered in that setting."""
    assert set(ACTS_BY_PAGE) == set(MOVES)
    assert set(ACTS) >= stories.NOTED_ACTS


@pytest.mark.parametrize("move", MOVES)
def test_what_speaks_against_an_act_is_on_its_pages_before_it_and_with_the_record_after_it(
    area: Area, urgent: UUID, move: str
) -> None:
    act, base = ACTS_BY_PAGE[move], area.address(urgent)
    if act.notified:
        area.site.post(f"{base}/notify/letter")
    for path in (act.page, *act.also):
        shown = area.site.get(f"{base}{path}")
        assert f"“{title(move)}” is met. {SAID}" in shown.text, path
        assert "Noted beside the act" in shown.text and STOPS_NOTHING in shown.text
        assert f"If you {MOVES[move]}: what speaks against it" in shown.text
        of_this_page = {m for m, one in ACTS_BY_PAGE.items() if path in (one.page, *one.also)}
        assert [m for m in MOVES if f"“{title(m)}” is met." in shown.text] == [m for m in MOVES if m in of_this_page], (
            "of no other act"
        )
        assert "Never met" not in shown.text
        headings = [e.text.strip() for e in shown.page.elements if e.name in ("h1", "h2", "h3")]
        assert not headings[-1].endswith("what speaks against it"), "what is asked then stands under a heading of its own"
        assert f"stopped nothing: “{title(move)}”" not in shown.text, "nothing is put on record yet"
    area.answer(f"{base}{act.page}", dict(act.typed))
    for path in act.stays:
        shown = area.site.get(f"{base}{path}")
        assert f"Spoke against it, and stopped nothing: “{title(move)}” is met. {SAID}" in shown.text, path
        assert "Never met" not in shown.text


def test_what_was_noted_stays_in_the_words_of_then(area: Area, urgent: UUID) -> None:
    base = area.address(urgent)
    area.answer(f"{base}/notify/decide", dict(DECIDED))
    with area.site.database.unit(area.id, area.site.at) as unit:
        state = stories.see_case(unit, urgent)
        calm = {"incident": {"urgent": "no", "children": [{**DEAD, "abuse_or_neglect": "unclear"}]}}
        stories.save_facts(unit, GOVERNANCE, urgent, state.no, calm)
    shown = area.site.get(f"{base}/notify/decide").text
    assert f"stopped nothing: “{title('decide_not_to_notify')}” is met. {SAID}" in shown
    assert "“Never met” is met." in shown, "what speaks against deciding so once more"


def test_where_nothing_speaks_against_an_act_nothing_is_shown_or_kept(area: Area) -> None:
    case_id = area.opened(incident={"children": [{**DEAD, "abuse_or_neglect": "unclear"}]}, review={"events": [AWARE]})
    base = area.address(case_id)
    for path in ("/notify", "/notify/letter", "/notify/form", "/notify/decide", "/events/add", "/review/decide"):
        assert "what speaks against it" not in area.site.get(f"{base}{path}").text, path
    area.answer(f"{base}/events/add", dict(ACTS_BY_PAGE["publish"].typed))
    area.site.post(f"{base}/notify/letter")
    assert "what speaks against it" not in area.site.get(f"{base}/leave").text
    shown = area.site.get(base).text
    assert "Spoke against it" not in shown and "No decision is recorded yet" in shown, "a sending is no decision"


@pytest.mark.parametrize("move", [move for move, act in ACTS_BY_PAGE.items() if act.operation])
def test_the_json_door_answers_an_act_with_what_was_noted(area: Area, urgent: UUID, move: str) -> None:
    manager, act = Caller(area.site).enter(MANAGER), ACTS_BY_PAGE[move]
    path = f"/b/vale/cases/{urgent}"
    if act.notified:
        assert title("notify") in manager.call("POST", f"{path}/notification", {"token": str(uuid4())})["against"][0]
    own = {"token": str(uuid4()), "seen_no": area.state(urgent).no}
    body = {name: own[name] if value is True else value for name, value in act.sent.items()}
    answer = manager.call("POST", f"{path}/{act.operation}", body)
    assert answer["against"] == [f"“{title(move)}” is met. {SAID}"]
    assert "against" not in manager.call("GET", path)
