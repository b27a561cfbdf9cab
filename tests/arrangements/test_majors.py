"""Two majors of a rule as an area lead meets them: told apart, the newest first, what ends said where it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from marshmallow import fields

from tests.arrangements.area import HOME, LEAD, Area
from tests.arrangements.vale import GOVERNANCE, LIBRARY, MARCH, NOW_IN_FORCE
from tests.contract import toys
from tests.support.database import Database
from tests.web.site import make_site
from threefold.governance.catalogue import Catalogue
from threefold.governance.comparison import compare
from threefold.governance.decide import Governance
from threefold.governance.pack import RuleUse
from threefold.plugin_api import Config, Criterion, Deprecation, Provided, Rule, answers
from threefold.work.arrangements.stories import enter_version
from threefold.work.people.access import AREA_LEAD


class First(Rule):
    """Asks by a number of days, and ends."""

    card = replace(toys.card("ask-early"), title="Ask early", deprecated=Deprecation("2.0", "2.9", "Use version 2."))

    class Config(Config):
        days = fields.Integer(load_default=3, metadata={"label": "Days"})
        loud = fields.Boolean(load_default=False, metadata={"label": "Loud?"})

    def provides(self) -> Iterable[Provided]:
        yield Provided("step", "ask", "Ask", f"Asked within {self.settings['days']} days.", toys.LOCAL)

    @answers
    def criteria(self) -> Iterable[Criterion]:
        yield Criterion("ask", "Ask", "met", "It is asked.", toys.LOCAL, ())


class Second(First):
    """The same, never loud."""

    card = replace(First.card, major=2, deprecated=None)

    class Config(Config):
        days = fields.Integer(load_default=3, metadata={"label": "Days"})


@pytest.fixture
def area(database: Database, tmp_path: Path, project: Path) -> Iterator[Area]:
    both = Catalogue({**GOVERNANCE.catalogue.rules, ("ask-early", 1): First, ("ask-early", 2): Second})
    rules = LIBRARY, Governance(LIBRARY.editions, both)
    site = make_site(database, tmp_path, tenants=project / "tenants", rules=rules)
    site.at = MARCH
    body = database.body("example-vale")
    with database.unit(body, MARCH) as unit:
        enter_version(unit, GOVERNANCE, NOW_IN_FORCE)
    site.person(LEAD, body, AREA_LEAD)
    yield Area(site, body)
    site.app.extensions["threefold"].walls.engine.dispose()


def used(area: Area, draft: str) -> dict[str, object]:
    (use,) = [u for u in area.content(draft)["uses"] if u["rule"] == "ask-early"]
    return use  # type: ignore[no-any-return]


def test_the_newest_is_offered_first_and_the_old_one_is_marked(area: Area) -> None:
    shown = area.by(LEAD).get(f"{area.begun()}/rules/add")
    offered = [e.get("value") for e in shown.page.all("input") if e.get("type") == "radio"]
    assert offered.index("ask-early@2") + 1 == offered.index("ask-early@1")
    assert "Ask early (version 2)" in shown.text and "Ask early (version 1)" in shown.text
    assert shown.text.count("older version of the rule; version 2 is offered too") == 1
    assert shown.text.count("release 2.9 of its package is the last that has it. Use version 2.") == 1
    assert "Timetable (version" not in shown.text, "a rule with one major is called as it is"


def test_what_ends_is_said_in_the_check_on_the_draft_and_on_the_rule_and_is_left_for_the_next(area: Area) -> None:
    draft = area.begun()
    added = area.answer(f"{draft}/rules/add", {"rule": "ask-early@1"}).location.removesuffix("?done=added")
    area.answer(added, {"days": "4", "loud": "yes"})
    checked = area.by(LEAD).get(f"{draft}/check")
    assert "Warning" in checked.text and "“Ask early” (version 1) ends" in checked.text
    assert any(e.get("href") == added for e in checked.page.all("a")), "the remark leads to the rule"
    for page in (draft, added):
        assert "“Ask early” (version 1) ends" in area.by(LEAD).get(page).text
    way = next(e.get("href") for e in area.by(LEAD).get(added).page.all("a") if "/rules/major/" in e.get("href"))
    done = area.answer(way, {"major": "2"})
    assert done.location == f"{added}?done=fewer"
    assert "does not have some settings of the one before" in area.by(LEAD).get(done.location).text
    assert (used(area, draft)["major"], used(area, draft)["settings"]) == (2, {"days": 4})
    assert "Version 2 of the rule ask-early; left out: loud" in area.by(LEAD).get(f"{draft}/history").text
    assert "(version 1) ends" not in area.by(LEAD).get(f"{draft}/check").text
    assert area.answer(way, {"major": "1"}).location.endswith("?done=saved")


def test_that_a_rule_in_force_ends_is_said_where_no_change_is_being_prepared(area: Area) -> None:
    def told() -> str:
        return area.by(LEAD).get(HOME).text

    assert "uses a rule that ends" not in told()
    uses = (*NOW_IN_FORCE.uses, RuleUse("ask", "ask-early", 1, {}), RuleUse("more", "ask-early", 1, {}))
    with area.site.database.unit(area.body, MARCH) as unit:
        governance = area.site.app.extensions["threefold"].governance
        enter_version(unit, governance, replace(NOW_IN_FORCE, version="b", begins=MARCH.date(), uses=uses))
    assert told().count("What is in force uses a rule that ends. “Ask early” (version 1) ends: release 2.9") == 1
    assert "Prepare a change, and choose another there, before that." in told()


def test_a_draft_that_needs_what_is_not_installed_is_led_to_what_is(area: Area) -> None:
    draft = area.begun()
    added = area.answer(f"{draft}/rules/add", {"rule": "ask-early@1"}).location.removesuffix("?done=added")
    rules = area.site.app.extensions["threefold"].governance.catalogue.rules
    first, second = rules.pop(("ask-early", 1)), rules.pop(("ask-early", 2))
    assert "This rule is not installed here" in area.by(LEAD).get(draft).text
    way = area.by(LEAD).get(added, 303).location
    assert "No other version is installed either" in area.by(LEAD).get(way).text
    area.by(LEAD).get(f"{draft}/remove/rules/ask-early")
    rules["ask-early", 2] = second
    assert "is installed in version 2, not 1" in area.by(LEAD).get(f"{draft}/check").text
    assert "uses version 1 of the rule, which is not installed here" in area.by(LEAD).get(way).text
    area.answer(way, {"major": "2"})
    assert used(area, draft)["major"] == 2
    assert "is installed in version" not in area.by(LEAD).get(f"{draft}/check").text
    assert first is First


def test_another_major_is_one_of_those_installed_and_of_a_rule_that_is_there(area: Area) -> None:
    draft = area.begun()
    added = area.answer(f"{draft}/rules/add", {"rule": "ask-early@2"}).location.removesuffix("?done=added")
    way = added.replace("/line/rules/", "/rules/major/")
    for wrong in ("3", "", "x"):
        assert "Select a version" in area.answer(way, {"major": wrong}, 422).text
    area.by(LEAD).get(f"{draft}/rules/major/nowhere", 404)
    assert used(area, draft)["major"] == 2


def test_another_major_is_told_to_whoever_compares_whatever_it_brings(area: Area) -> None:
    """What it says of cases may be other, though what it brings is told in the same words."""
    one = replace(NOW_IN_FORCE, uses=(*NOW_IN_FORCE.uses, RuleUse("early", "ask-early", 1, {})))
    two = replace(one, version="two", uses=(*NOW_IN_FORCE.uses, RuleUse("early", "ask-early", 2, {})))
    catalogue = area.site.app.extensions["threefold"].governance.catalogue
    told = [d.sentence for d in compare(catalogue, one, two) if d.key == "major/early"]
    assert told == ["The rule “Ask early” is now version 2, was 1. It may say something else of cases."]
    assert not [d for d in compare(catalogue, one, replace(one, version="two")) if d.key.startswith("major/")]
