"""Titles and numbers with characters that nobody sees: no title is only these, and none of them spoils a number."""

from __future__ import annotations

import re

import pytest

from tests.arrangements.area import HUDDLE, Area, area
from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from threefold.domain.errors import ThreefoldError
from threefold.governance import drafts
from threefold.governance.drafts import begin_from
from threefold.governance.pack_export import to_toml
from threefold.governance.pack_import import read_pack, refuse_settings
from threefold.governance.remarks import remarks

__all__ = ["area"]
UNSEEN = "\u200b\u2060\u00a0"


def test_a_form_takes_no_title_of_which_nothing_can_be_seen_and_a_number_with_such_a_character_behind_it(area: Area) -> None:
    draft = area.begun()
    huddle = f"{draft}/{HUDDLE}"
    for page, name in ((huddle, "title"), (f"{draft}/about", "title"), (f"{draft}/line/seats/council-lead", "title")):
        assert "There is a problem" in area.answer(page, {name: UNSEEN}, 422).text, page
    area.answer(huddle, {"day": "12\u200b", "title": "\u200bHud\u200bdle\u200b"})
    step = drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps", "huddle"))
    assert (step["day"], step["title"]) == (12, "Hud\u200bdle"), "within a text it may have a meaning"
    before = area.content(draft)
    area.answer(huddle, {})
    assert area.content(draft) == before


def test_a_title_in_a_file_of_which_nothing_can_be_seen_is_refused_or_to_be_mended() -> None:
    text = to_toml(NOW_IN_FORCE)
    listed = re.sub('("key" = "huddle", "title" = )"[^"]*"', rf'\1"{UNSEEN}"', text)
    assert listed != text
    with pytest.raises(ThreefoldError) as told:
        refuse_settings(GOVERNANCE.catalogue, read_pack(listed.encode(), None, "next"))
    assert "steps.huddle.title" in str(told.value) and "Nothing of this title can be seen. Write it anew." in str(told.value)
    content = {**begin_from(NOW_IN_FORCE, "next", UNSEEN), "begins": "2027-04-01"}
    content["seats"] = [
        {**seat, "title": UNSEEN if seat["key"] == "council-lead" else seat["title"]} for seat in content["seats"]
    ]
    said = {(r.field, r.sentence) for r in remarks(GOVERNANCE, content) if r.stops}
    assert ("title", "Give this version a title.") in said
    assert ("seats.council-lead.title", "The seat “council-lead” has no name that can be seen. Give it one.") in said
