"""Each thing that is said of a draft leads to the field that mends it: to its box, or to the page that has nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.arrangements.area import LEAD, MANAGER, Area
from tests.arrangements.area import area as area
from tests.arrangements.vale import EVERY_BODY
from threefold.governance import drafts
from threefold.governance.drafts import Content
from threefold.work.arrangements import drafting

# Pages that have no box to lead to: a list of lines, a condition, the page that puts a partner back, and one of the whole rule.
WITHOUT_A_BOX = re.compile(r"/(line/(organisations|seats|rules/[\w-]+(/[\w-]+)?)|when/.*|add/organisations\?back=.*|compare)")

FAULTS: dict[str, Any] = {
    "no list": lambda line: {k: [] for k, v in line.items() if isinstance(v, list) and v and isinstance(v[0], dict)},
    "not published": lambda line: {"published": "no", "serves": ""} if "published" in line else {},
    "said to be the review": lambda line: {"serves": "local-review"} if "serves" in line or "published" in line else {},
    "may be left out": lambda line: {"optional": True} if "optional" in line else {},
    "no title of its own": lambda line: {"title": "Notification and review"} if "title" in line else {},
    "one decides": lambda line: {"how": "one_decides", "decides": [], "acts": ""} if "how" in line else {},
    "narrows": lambda line: {"effect": "narrows"} if "effect" in line else {},
    "long": lambda line: (
        {"span": {"amount": 400, "unit": "calendar_days"}, "day": None} if "span" in line or "day" in line else {}
    ),
}


def lines_of(node: Any) -> Iterator[dict[str, Any]]:
    """Every line of a rule's settings that stands in a list, and the settings as a whole."""
    if isinstance(node, dict):
        yield node
        for part in node.values():
            if isinstance(part, list):
                for one in part:
                    yield from lines_of(one)


def with_fault(content: Content, fault: str) -> Content:
    made: Content = json.loads(json.dumps(content))
    for use in made["uses"]:
        for line in list(lines_of(use["settings"])):
            line |= FAULTS[fault](line)
    return made


def links_of(area: Area, content: Content) -> set[str]:
    """The links of what is said of a draft with this content, each followed: the fragments that are not on their page are told."""
    with area.site.database.unit(area.body, area.site.at, roles=("area_lead",)) as unit:
        draft = f"/b/example-vale/arrangement/drafts/{drafting.start_draft(unit, content, 'begun').id}"
    checked = area.by(LEAD).get(f"{draft}/check")
    said = [e.get("href") for e in checked.page.all("a") if e.get("href").startswith(f"{draft}/")]
    mending = {href for href in said if not re.fullmatch(rf"{draft}/(check|compare|replay|ask|sign|as-published).*", href)}
    for href in mending:
        page, _, box = href.partition("#")
        shown = area.by(LEAD).get(page)
        if box:
            assert any(e.get("id") == box for e in shown.page.elements), href
        else:
            assert WITHOUT_A_BOX.fullmatch(href.removeprefix(draft)), f"{href} leads to no box"
    return {href.removeprefix(draft) for href in mending}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_link_leads_to_the_box_that_mends_it(area: Area, fault: str) -> None:
    for slug in ("devon", "croydon"):
        version = max(EVERY_BODY.bodies[slug].versions, key=lambda v: str(v.begins or ""))
        content = drafts.begin_from(version, "v-2027", "Year 2027") | {"begins": "2027-04-01"}
        assert links_of(area, with_fault(content, fault))


def test_a_kind_of_partner_that_is_missing_is_added_filled_in_or_said_to_be_one(area: Area) -> None:
    draft = area.begun()
    shown = area.by(LEAD).get(f"{draft}/check")
    assert "must include" not in shown.text
    with area.site.database.unit(area.body, area.site.at, roles=("area_lead",)) as unit:
        content = drafts.begin_from(EVERY_BODY.bodies["devon"].versions[-1], "v-2027", "Year 2027") | {"begins": "2027-04-01"}
        boards = [o["key"] for o in content["organisations"] if o["kind"] == "integrated_care_board"]
        content["organisations"] = [{**o, "partner": False} if o["key"] in boards else o for o in content["organisations"]]
        content["organisations"] = [o for o in content["organisations"] if o["kind"] != "police"]
        draft = f"/b/example-vale/arrangement/drafts/{drafting.start_draft(unit, content, 'begun').id}"
    links = {e.get("href").removeprefix(draft) for e in area.by(LEAD).get(f"{draft}/check").page.all("a")}
    assert f"/line/organisations/{boards[0]}#partner" in links
    add = "/add/organisations?kind=police&partner=yes"
    assert f"{add}#name" in links
    area.answer(f"{draft}{add}", {"name": "Vale Police"}, email=MANAGER)
    (police,) = [o for o in area.content(draft)["organisations"] if o["name"] == "Vale Police"]
    assert (police["kind"], police["partner"]) == ("police", True)


def test_who_decides_is_asked_where_the_question_stands_already(area: Area) -> None:
    draft = area.begun()
    with area.site.database.unit(area.body, area.site.at, roles=("area_lead",)) as unit:
        content = drafts.begin_from(EVERY_BODY.bodies["devon"].versions[-1], "v-2027", "Year 2027") | {"begins": "2027-04-01"}
        for use in content["uses"]:
            for way in use["settings"].get("ways", ()) if use["rule"] == "decision-making" else ():
                if way["question"] == "local_review":
                    way |= {"decides": [], "acts": "", "signs": [], "group": "", "text": ""}
                    where = f"/line/rules/{use['use']}/ways/local_review"
        draft = f"/b/example-vale/arrangement/drafts/{drafting.start_draft(unit, content, 'begun').id}"
    hrefs = {e.get("href").removeprefix(draft) for e in area.by(LEAD).get(f"{draft}/check").page.all("a")}
    assert f"{where}#decides" in hrefs
