"""Settings of a shape nobody thought of: refused where a file brings them, told and taken out where a draft holds them."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from tests.arrangements.area import HOME, LEAD, Area, area, taken_in
from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from threefold.governance import drafts
from threefold.governance.pack_export import to_toml
from threefold.work.arrangements import drafting
from threefold.work.people.access import AREA_LEAD

__all__ = ["area"]
STEP = {"key": "a", "title": "A"}
ODD: list[tuple[str, str, Any]] = [
    ("rapid-review-plan", "steps", [{**STEP, "span": "3 days"}]),
    ("rapid-review-plan", "steps", ["x"]),
    ("rapid-review-plan", "steps", [{"title": "A step without a key"}]),
    ("rapid-review-plan", "steps", [{**STEP, "serves": {"x": 1}}]),
    ("local-criteria", "questions", [{"key": {"x": 1}, "title": "A question"}]),
    ("local-criteria", "questions", "x"),
    ("decision-making", "groups", [{"title": "A group without a key"}]),
    ("decision-making", "ways", [{"question": {"x": 1}}]),
    ("narrative", "statements", ["x"]),
    ("relevant-agencies", "agencies", [5]),
]


def odd(setting: str, value: Any, rule: str) -> drafts.Content:
    """What is in force, with one setting of a rule of another shape."""
    content = {**drafts.begin_from(NOW_IN_FORCE, "odd", "Odd"), "begins": "2027-04-01"}
    if not any(rule in (u["rule"], u["use"]) for u in content["uses"]):
        content, _ = drafts.add_rule(content, rule, 1)
    for use in content["uses"]:
        if rule in (use["rule"], use["use"]):
            use["settings"] = {**use["settings"], setting: value}
            break
    return content


def put(area: Area, draft: str, content: drafts.Content) -> None:
    """The draft with the rules of `content`, as no page would make it."""
    with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
        drafting.change_draft(unit, UUID(draft.rsplit("/", 1)[1]), "odd", lambda now: {**now, "uses": content["uses"]})


@pytest.mark.parametrize(("rule", "setting", "value"), ODD)
def test_it_is_told_and_its_pages_answer_and_the_rule_is_removed(area: Area, rule: str, setting: str, value: Any) -> None:
    draft, by, content = area.begun(), area.by(LEAD), odd(setting, value, rule)
    name = next(u["use"] for u in content["uses"] if u["settings"].get(setting) == value)
    put(area, draft, content)
    leads = " ".join(e.get("href") for e in by.get(f"{draft}/check").page.all("a"))
    assert f"rules/{name}" in leads or f"take-out/{name}" in leads, "the check leads to it"
    for page in (
        "",
        "/compare",
        "/as-published",
        "/about",
        "/ask",
        "/sign",
        "/history",
        "/replay",
        "/rules/add",
        "/line/seats",
        "/line/organisations",
    ):
        assert by.get(f"{draft}{page}").page.heading, page
    # One other rule stands for all: its page is made from the whole draft, as each of them is.
    for other in [u for u in content["uses"] if u["use"] == name] + [u for u in content["uses"] if u["use"] != name][-1:]:
        assert by.client.get(f"{draft}/line/rules/{other['use']}").status_code == (303 if other["use"] == name else 200), other
        assert by.client.get(f"{draft}/remove/rules/{other['use']}").status_code == 200
    for at in (f"{name}/{setting}", f"{name}/{setting}/{'a' if isinstance(value, str) or isinstance(value[0], dict) else '0'}"):
        for verb in ("line", "add", "remove", "when", "when-fact", "when-is"):
            assert by.client.get(f"{draft}/{verb}/rules/{at}/x").status_code in (303, 404), (verb, at)
            assert by.client.get(f"{draft}/{verb}/rules/{at}").status_code in (303, 404), (verb, at)
        guard = by.get(draft).page.value("csrf_token")
        for verb in ("move", "when-turn", "remove", "add"):
            assert by.client.post(f"{draft}/{verb}/rules/{at}", data={"csrf_token": guard}).status_code == 404, (verb, at)
    taking = f"{draft}/take-out/{name}"
    assert by.get(f"{draft}/line/rules/{name}", 303).location.endswith(f"/take-out/{name}")
    assert f"{setting}" in by.get(taking).text
    assert by.client.get(f"{draft}/remove/rules/{name}").status_code == 200, "the whole rule can be removed too"
    area.answer(taking, {})
    assert by.get(f"{draft}/line/rules/{name}").page.heading
    kept = next(u["settings"] for u in area.content(draft)["uses"] if u["use"] == name)
    before = next(u["settings"] for u in content["uses"] if u["use"] == name)
    assert {k: v for k, v in before.items() if k != setting} == {k: v for k, v in kept.items() if k != setting}


def test_what_stands_twice_or_is_unknown_is_taken_out_and_the_rest_stays(area: Area) -> None:
    draft, by, at = area.begun(), area.by(LEAD), "rapid-review-plan"
    (steps,) = (u["settings"]["steps"] for u in area.content(draft)["uses"] if u["use"] == at)
    put(area, draft, odd("steps", [{**steps[0], "dya": 12}, *steps[1:], {**steps[0], "title": "Again"}], at))
    assert by.get(f"{draft}/line/rules/{at}", 303).location.endswith(f"/take-out/{at}")
    told = by.get(f"{draft}/take-out/{at}").text
    key = steps[0]["key"]
    assert (
        f"“steps.{key}.dya” is no setting of this rule. It says “12”." in told
        and f"“Again” (steps.{key}) has the key of another one" in told
    )
    stale = by.get(f"{draft}/take-out/{at}").page.value("seen_no")
    put(area, draft, odd("steps", [{**steps[0], "dya": 13}, *steps[1:], {**steps[0], "title": "Again"}], at))
    refused = area.answer(f"{draft}/take-out/{at}", {"seen_no": stale}, 422)
    assert "Somebody changed" in refused.text and "“13”" in refused.text
    area.answer(f"{draft}/take-out/{at}", {})
    (kept,) = (u["settings"]["steps"] for u in area.content(draft)["uses"] if u["use"] == at)
    assert kept == [*steps, {**steps[0], "title": "Again", "key": "again"}] and "dya" not in kept[0]
    assert "It said “13”" in by.get(f"{draft}/history").text, "the history tells what was taken out"
    assert "There is nothing to take out" in by.get(f"{draft}/take-out/{at}").text


def test_a_file_is_taken_in_with_them_by_whoever_says_so_and_comes_out_the_same(area: Area) -> None:
    content = odd(
        "steps", [{**STEP, "day": 3, "dya": 12}, {**STEP, "title": "Twice"}, {"title": "No key"}], "rapid-review-plan"
    )
    toml = to_toml(drafts.as_arrangement(content))
    assert "If you cannot mend the file" not in area.by(LEAD).get(f"{HOME}/drafts/import").text
    assert "If you cannot mend the file" in taken_in(area, toml.encode(), 422).text
    checked = taken_in(area, toml.encode(), 303, as_it_is="yes").location
    assert checked.endswith("/check")
    draft = checked.removesuffix("/check")
    said = area.by(LEAD).get(checked)
    assert "There is no setting “dya”" in said.text
    assert f"{draft}/take-out/rapid-review-plan" in [e.get("href") for e in said.page.all("a")]
    taken = drafts.as_arrangement({**area.content(draft), "version": "odd"})
    assert taken.signed_hash == drafts.as_arrangement(content).signed_hash
    area.answer(f"{draft}/take-out/rapid-review-plan", {})
    (steps,) = (u["settings"]["steps"] for u in area.content(draft)["uses"] if u["use"] == "rapid-review-plan")
    assert steps == [{**STEP, "day": 3}, {**STEP, "title": "Twice", "key": "twice"}, {"title": "No key", "key": "no-key"}]


def test_a_file_with_such_settings_is_refused_and_every_one_is_told(area: Area) -> None:
    content = odd("steps", [{**STEP, "span": "3 days"}, {"title": "No key"}, "x"], "rapid-review-plan")
    content, _ = drafts.add_rule(content, "relevant-agencies", 1)
    next(u for u in content["uses"] if u["use"] == "relevant-agencies")["settings"] = {"agencies": [5], "nothing_such": 1}
    told = taken_in(area, to_toml(drafts.as_arrangement(content)).encode(), 422).text
    for wrong in (
        "steps.a.span",
        "steps.1.key",
        "steps.2",
        "relevant-agencies.agencies.0",
        "There is no setting “nothing_such”",
    ):
        assert wrong in told, wrong


def test_what_is_missing_is_no_such_thing_and_is_set_on_screen(area: Area) -> None:
    content = odd("steps", [STEP], "rapid-review-plan")
    assert taken_in(area, to_toml(drafts.as_arrangement(content)).encode(), 303).location.endswith("done=begun")


@pytest.mark.parametrize("rule", [rule.card.id for rule in GOVERNANCE.catalogue.rules.values() if rule.card.layer == "local"])
def test_every_setting_of_every_rule_may_hold_anything_and_its_pages_answer(area: Area, rule: str) -> None:
    draft, by = area.begun(), area.by(LEAD)
    kind = GOVERNANCE.catalogue.rules[rule, 1]
    for value in (["x"], "x", [{"key": {"x": 1}, "title": 5}], {"x": {"y": []}}):
        content, place = drafts.add_rule(drafts.begin_from(NOW_IN_FORCE, "odd", "Odd"), rule, 1)
        use = next(u for u in content["uses"] if u["use"] == place[1])
        use["settings"] = dict.fromkeys(kind.Config.described(), value)
        with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
            drafting.change_draft(
                unit, UUID(draft.rsplit("/", 1)[1]), "odd", lambda now, uses=content["uses"]: {**now, "uses": uses}
            )
        for page in (
            "",
            "/check",
            "/compare",
            f"/take-out/{place[1]}",
            f"/remove/rules/{place[1]}",
            "/line/rules/rapid-review-plan/steps/huddle",
        ):
            assert by.client.get(f"{draft}{page}").status_code in (200, 303), (page, value)
        area.answer(f"{draft}/take-out/{place[1]}", {})
        assert by.client.get(f"{draft}/line/rules/{place[1]}").status_code == 200, value


NO_LINES = [
    *(("get", f"{verb}/rules") for verb in ("line", "add", "remove")),
    *(("get", f"{verb}/{at}") for verb in ("when", "when-fact", "when-is") for at in ("rules", "seats", "organisations")),
    ("get", "line/seats/council-lead/title"), ("get", "line/organisations/council/acts_for"), ("get", "add/seats/council-lead"),
    *(("post", f"{verb}/{at}") for verb in ("when-turn", "remove", "move") for at in ("rules", "seats", "organisations")),
    ("post", "remove/organisations/council/acts_for"), ("post", "remove/seats/council-lead/title"),
    ("post", "remove/rules/rapid-review-plan/steps"), ("post", "move/rules/rapid-review-plan"),
]  # fmt: skip


def test_an_address_that_is_no_line_of_a_draft_is_told_as_not_there(area: Area) -> None:
    draft, by = area.begun(), area.by(LEAD)
    before = area.content(draft)
    guard = by.get(draft).page.value("csrf_token")
    for verb, address in NO_LINES:
        answer = by.client.open(
            f"{draft}/{address}", method=verb.upper(), data={"csrf_token": guard} if verb == "post" else None
        )
        assert answer.status_code == 404, (verb, address, answer.status_code)
    assert area.content(draft) == before


PLACES = [
    *("rules", "seats", "organisations", "nothing", "rules/nothing", "seats/nothing"),
    *(
        "rules/rapid-review-plan",
        "rules/rapid-review-plan/steps",
        "rules/rapid-review-plan/unit",
        "rules/rapid-review-plan/steps/0",
    ),
    *(
        "rules/rapid-review-plan/steps/huddle",
        "rules/rapid-review-plan/steps/huddle/title",
        "rules/rapid-review-plan/steps/huddle/when/x",
    ),
    *("seats/council-lead", "seats/council-lead/title", "seats/council-lead/title/x"),
    *("organisations/council", "organisations/council/acts_for", "organisations/council/acts_for/0", "/", "x/" * 40),
]


def test_every_route_into_a_draft_answers_whatever_place_it_is_asked_for(area: Area) -> None:
    draft, by = area.begun(), area.by(LEAD)
    guard = by.get(draft).page.value("csrf_token")
    routes = [r for r in area.site.app.url_map.iter_rules() if "at" in r.arguments and "draft_id" in r.arguments]
    assert {"arrangements.line", "arrangements.when_turn"} <= {r.endpoint for r in routes}
    for route in routes:
        verb = route.rule.partition("<uuid:draft_id>/")[2].partition("/")[0]
        for place in PLACES:
            for method in sorted((route.methods or set()) & {"GET", "POST"}):
                answer = by.client.open(f"{draft}/{verb}/{place}", method=method, data={"csrf_token": guard})
                assert answer.status_code < 500, (method, verb, place)


def test_the_group_whose_quorum_holds_is_chosen_among_the_groups_of_the_draft(area: Area) -> None:
    draft = area.begun()
    way = f"{draft}/add/rules/groups/ways"
    asked = area.by(LEAD).get(way)
    assert not [e for e in asked.page.elements if e.get("name") == "group__other"]
    groups = {g["key"] for use in area.content(draft)["uses"] for g in use["settings"].get("groups", ())}
    page = asked.response.get_data(as_text=True)
    offered = page.partition('name="group"')[2].partition("</select>")[0]
    assert set(re.findall(r'<option value="([^"]*)"', offered)) == {"", *groups}
