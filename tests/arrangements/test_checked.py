"""What the check says of clocks that never start and of groups that lead themselves, and that it speaks in titles, never in keys."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from plugins.escalation_ladder import StageSchema
from plugins.timetable.settings import StepSchema
from tests.arrangements.area import LEAD, Area, area
from tests.arrangements.test_walkthroughs import BEGINS, GOVERNANCE, draft
from threefold.governance import drafts
from threefold.governance.coverage import things_of
from threefold.governance.drafts import Content, Place
from threefold.governance.remark import place_of
from threefold.governance.remarks import remarks
from threefold.plugin_api import AGREED_HERE, QUESTIONS
from threefold.work.arrangements import drafting
from threefold.work.arrangements.web.lines import seldom
from threefold.work.people.access import AREA_LEAD

__all__ = ["area"]
STEP = {"title": "Meeting of the chairs", "source": "A page", "span": {"amount": 3, "unit": "working_days"}}
CITED = {"ref": AGREED_HERE, "force": "LOCAL", "sure": "V"}
STAGE = {"title": "Between managers", "source": "A page", "stage": 1, "span": {"amount": 5, "unit": "working_days"}}


def plan(*steps: dict[str, Any]) -> tuple[Content, Place]:
    content, place = drafts.add_rule(draft(), "timetable", 1)
    settings = {"unit": "working_days", "start_events": ["notification_sent"], "steps": list(steps)}
    return drafts.put(content, place, settings), place


def circles(content: Content) -> list[tuple[str, str, Place]]:
    return [
        (r.effect, r.sentence, place_of(r.field, content))
        for r in remarks(GOVERNANCE, content, BEGINS)
        if r.key.startswith("circle-")
    ]


def test_steps_that_wait_for_each_other_are_to_be_mended_each_at_its_own_line() -> None:
    content, place = plan(
        {**STEP, "key": "alpha", "title": "Alpha", "start_events": ["done:timetable.beta"]},
        {**STEP, "key": "beta", "start_events": ["done:timetable.alpha"]},
        {**STEP, "key": "gamma", "title": "Gamma", "start_events": ["done:timetable.beta"]},
    )
    ends = "is done, and that waits for it in turn, so none of them ever starts. Choose what else starts it."
    assert circles(content) == [
        ("mend", f"“Alpha” starts when “Meeting of the chairs” {ends}", (*place, "steps", "alpha")),
        ("mend", f"“Meeting of the chairs” starts when “Alpha” {ends}", (*place, "steps", "beta")),
    ]


def test_a_circle_is_told_beside_what_the_law_says_of_the_whole() -> None:
    content, _ = plan({**STEP, "key": "alpha", "title": "Alpha", "start_events": ["done:timetable.alpha"]})
    with_way, _ = drafts.add_rule(content, "decision-making", 1)
    found = remarks(GOVERNANCE, {**with_way, "organisations": with_way["organisations"][:1]}, BEGINS)
    assert any(r.key.startswith("circle-") for r in found) and not any(r.unread for r in found)
    assert any(r.effect == "refused" and "integrated care board" in r.sentence for r in found), "worked out all the same"


def test_of_a_longer_circle_each_says_what_it_names_itself() -> None:
    names = ("alpha", "beta", "gamma")
    content, _ = plan(*(
        {**STEP, "key": key, "title": key.title(), "start_events": [f"done:timetable.{after}"]}
        for key, after in zip(names, (*names[1:], names[0]), strict=True)
    ))  # fmt: skip
    assert [said.split(" is done")[0] for _, said, _ in circles(content)] == [
        "“Alpha” starts when “Beta”",
        "“Beta” starts when “Gamma”",
        "“Gamma” starts when “Alpha”",
    ]


def test_a_stage_names_only_what_is_chosen_as_its_start_whatever_else_ends_with_that() -> None:
    content, place = drafts.add_rule(draft(), "escalation-ladder", 1)
    name = place[1]
    stages = [
        {**STAGE, "key": "alpha", "title": "Alpha", "start_events": [f"done:{name}.beta"]},
        {**STAGE, "key": "beta", "title": "Beta", "start_events": [f"done:{name}.alpha"]},
        {**STAGE, "key": "gamma", "title": "Gamma", "start_events": [f"done:{name}.alpha"], "ends_with": f"done:{name}.beta"},
    ]
    told = [said for _, said, _ in circles(drafts.put(content, place, {"stages": stages}))]
    assert told[0].startswith("“Alpha” starts when “Beta” is done, and that waits for it in turn")
    del stages[2]["ends_with"]
    stages[1]["start_events"] = [f"done:{name}.gamma", f"done:{name}.alpha"]
    told = [said for _, said, _ in circles(drafts.put(content, place, {"stages": stages}))]
    assert told[1].startswith("“Beta” starts when “Gamma” or “Alpha” is done, and each of them waits for it in turn")


@pytest.mark.parametrize("starts", [
    [["done:timetable.b", "notification_sent"], ["done:timetable.a"]],  # the earliest of its starts counts
    [["done:timetable.agreed-by-hand"], ["done:timetable.a"]],  # nothing ends with it: it is put on record by hand
    [[], ["done:timetable.a"]],  # the plan's own start
])  # fmt: skip
def test_a_step_that_something_else_starts_is_in_no_circle(starts: list[list[str]]) -> None:
    content, _ = plan(*({**STEP, "key": key, "title": key, "start_events": s} for key, s in zip("ab", starts, strict=True)))
    assert not circles(content)


def test_a_stage_that_waits_for_itself_is_to_be_mended_and_the_circle_may_go_over_two_rules() -> None:
    content, place = drafts.add_rule(draft(), "escalation-ladder", 1)
    name = place[1]
    own = drafts.put(content, place, {"stages": [{**STAGE, "key": "one", "start_events": [f"done:{name}.one"]}]})
    said = "“Between managers” starts when it is done itself, so it never starts. Choose what else starts it."
    assert circles(own) == [("mend", said, (*place, "stages", "one"))]
    content, steps = drafts.add_rule(content, "timetable", 1)
    content = drafts.put(content, place, {"stages": [{**STAGE, "key": "one", "start_events": ["done:timetable.chairs"]}]})
    content = drafts.put(content, steps, {"steps": [{**STEP, "key": "chairs", "start_events": [f"done:{name}.one"]}]})
    assert {at for _, _, at in circles(content)} == {(*place, "stages", "one"), (*steps, "steps", "chairs")}


@pytest.mark.parametrize(("own", "said"), [
    ({"chair": "panel"}, "A group cannot chair itself. Choose who chairs it."),
    ({"vice_chair": "panel"}, "A group cannot be its own vice-chair. Choose who that is."),
    ({"reports_to": ["panel"]}, "A group cannot report to itself. Choose to whom it reports."),
])  # fmt: skip
def test_a_group_does_not_lead_itself(own: dict[str, Any], said: str) -> None:
    content, place = drafts.add_rule(draft(), "decision-making", 1)
    groups = [
        {"key": "board", "title": "Board", "source": "A page"},
        {"key": "panel", "title": "Panel", "source": "A page", **own},
    ]
    content = drafts.put(content, place, {"groups": groups})
    (told,) = [r for r in remarks(GOVERNANCE, content, BEGINS) if r.stops and r.field.startswith("rules.")]
    assert said in told.sentence and place_of(told.field, content)[:4] == (*place, "groups", "panel")
    beside = {"chair": "board", "reports_to": ["board"]}
    content = drafts.put(
        content, place, {"groups": [groups[0], {"key": "panel", "title": "Panel", "source": "A page", **beside}]}
    )
    assert not [r for r in remarks(GOVERNANCE, content, BEGINS) if r.stops and r.field.startswith("rules.")]


@pytest.mark.parametrize(("fields", "said", "where"), [
    ([("reports_to", ["{}"])] * 2,
     "“Aa” reports to “Bb” and “Bb” to “Aa”, in a circle. Choose to whom else “Aa” reports.", ["aa", "reports_to"]),
    ([("reports_to", ["{}"])] * 3, "“Aa” reports to “Bb”, “Bb” to “Cc” and “Cc” to “Aa”, in a circle. "
     "Choose to whom else “Aa” reports.", ["aa", "reports_to"]),
    ([("chair", "{}")] * 2, "“Aa” is chaired by “Bb” and “Bb” by “Aa”, in a circle. Choose who else leads “Aa”.", ["aa"]),
    ([("vice_chair", "{}"), ("chair", "{}")],
     "“Aa” is led by “Bb” and “Bb” by “Aa”, as chair or vice-chair, in a circle. Choose who else leads “Aa”.", ["aa"]),
])  # fmt: skip
def test_groups_do_not_lead_each_other_in_a_circle(fields: list[tuple[str, Any]], said: str, where: list[str]) -> None:
    names = ("aa", "bb", "cc")[: len(fields)]
    groups = [
        {"key": key, "title": key.title(), "source": "A page", name: json.loads(json.dumps(value).replace("{}", after))}
        for key, after, (name, value) in zip(names, (*names[1:], names[0]), fields, strict=True)
    ]
    outside = {"key": "dd", "title": "Dd", "source": "A page", "reports_to": ["aa"], "chair": "aa"}
    content, place = drafts.add_rule(draft(), "decision-making", 1)
    content = drafts.put(content, place, {"groups": [*groups, outside]})
    told = [r for r in remarks(GOVERNANCE, content, BEGINS) if r.stops and "circle" in r.key]
    assert [place_of(r.field, content)[3] for r in told] == list(names), "each at its own line, and no other"
    assert told[0].sentence == said and list(place_of(told[0].field, content)[3:]) == where
    assert not any(r.unread for r in told), "the rest is worked out all the same"


def test_the_check_leads_to_the_field_of_groups_that_report_to_each_other(area: Area) -> None:
    draft = area.begun()
    rule = next(u for u in area.content(draft)["uses"] if u["rule"] == "decision-making")
    first, second = [g["key"] for g in rule["settings"]["groups"]][:2]
    lines = f"{draft}/line/rules/{rule['use']}/groups"
    area.answer(f"{lines}/{first}", {"reports_to": [second]})
    area.answer(f"{lines}/{second}", {"reports_to": [first]})
    page = area.by(LEAD).get(f"{draft}/check")
    assert "in a circle. Choose to whom else" in page.text
    assert any(str(a.get("href")).startswith(f"{lines}/{first}") for a in page.page.all("a"))


def test_the_check_speaks_of_who_acts_and_of_rules_by_their_titles() -> None:
    content, place = drafts.add_rule(draft(), "decision-making", 1)
    board = next(o for o in content["organisations"] if o["kind"] == "integrated_care_board")
    way = {"question": "notify", "how": "one_decides", "acts": board["key"], "source": "A page"}
    content = drafts.put(content, place, {"ways": [way]})
    (told,) = [r for r in remarks(GOVERNANCE, content, BEGINS) if r.key == "who-notifies"]
    assert told.sentence.startswith(f"“Groups and decisions” lets “{board['name']}” notify. Only the local authority")
    keys = (
        {u["use"] for u in content["uses"]}
        | {o["key"] for o in content["organisations"]}
        | {s["key"] for s in content["seats"]}
    )
    quoted = [r.sentence for r in remarks(GOVERNANCE, content, BEGINS) if any(f"'{key}'" in r.sentence for key in keys)]
    assert not quoted


def test_who_signs_off_the_arrangements_in_words_alone_is_warned_of_with_the_place_that_mends_it(area: Area) -> None:
    draft = area.begun()
    use = next(u["use"] for u in area.content(draft)["uses"] if u["rule"] == "decision-making")
    told = {"question": "sign_arrangement", "decides__other": "The cabinet of the council"}
    way = area.answer(f"{draft}/add/rules/{use}/ways", told).location.split("?")[0]
    page = area.by(LEAD).get(f"{draft}/check")
    assert "Who signs off the arrangements is told in words alone: “The cabinet of the council”." in page.text
    assert "Choose the seats or the group that is meant." in page.text
    assert any(str(a.get("href")).startswith(way) for a in page.page.all("a"))
    area.answer(way, {"decides": ["council-lead", "police-lead", "health-lead"], "decides__other": ""})
    assert "in words alone" not in area.by(LEAD).get(f"{draft}/check").text


def test_the_time_of_a_stage_of_a_disagreement_and_what_starts_it_stand_among_its_first_questions() -> None:
    """It is what the rule is for: under "More settings" nobody who has not seen it before would find it."""
    assert seldom(StageSchema, whole_rule=False).isdisjoint({"span", "start_events"})
    assert "ends_with" in seldom(StageSchema, whole_rule=False)
    assert seldom(StepSchema, whole_rule=False).isdisjoint({"span", "start_events", "day"})
    assert {"ends_with", "from_span"} <= seldom(StepSchema, whole_rule=False)


def test_what_partners_agreed_themselves_is_not_said_to_be_missing_from_a_page() -> None:
    for name, settings in (
        ("escalation-ladder", {"stages": [{"key": "one", "title": "Between managers", "stage": 1}]}),
        ("timetable", {"steps": [{"key": "tea", "title": "Tea"}]}),
        ("decision-making", {"ways": [{"question": "local_review"}]}),
    ):
        content, place = drafts.add_rule(draft(), name, 1)
        (lists,) = settings
        for source, stated in (({"ref": AGREED_HERE, "force": "LOCAL", "sure": "V"}, False), ("A page", True)):
            lined = {lists: [{**settings[lists][0], "source": source}]}
            version = drafts.as_arrangement(drafts.put(content, place, lined))
            told = " ".join(thing.sentence for thing in things_of(GOVERNANCE.catalogue, version, place[1]))
            assert ("stated in the source" in told) is stated, told
            assert stated or "is set" in told or "is not set" in told


def test_a_time_that_nothing_starts_and_days_of_which_the_kind_is_not_said_are_warned_of() -> None:
    agreed = {"ref": AGREED_HERE, "force": "LOCAL", "sure": "V"}
    step = {"key": "meet", "title": "Meeting", "day": 3, "source": agreed}

    def told(settings: dict[str, Any], rule: str = "timetable") -> dict[str, str]:
        content, place = drafts.add_rule(draft(), rule, 1)
        content = drafts.put(content, place, settings)
        found = [r for r in remarks(GOVERNANCE, content, BEGINS) if r.key.startswith(("unstarted-", "no-unit-"))]
        assert all(
            r.effect == "warned"
            and place_of(r.field, content)[:2] == place
            and len(place_of(r.field, content)) == (2 if r.key.startswith("no-unit-") else 4)
            for r in found
        )
        return {r.key: r.sentence for r in found}

    found = told({"steps": [step]})
    assert found["unstarted-timetable-meet"].endswith("Say what starts it, or what starts the plan.")
    assert found["no-unit-timetable-meet"].endswith("Say in what the plan is counted: it holds for all its steps.")
    assert not told({"unit": "working_days", "start_events": ["notification_sent"], "steps": [step]})
    assert not told({"steps": [{**step, "source": "A page"}]}), "of an adopted page it is told beside the step"
    stage = {"key": "one", "title": "Managers", "stage": 1, "span": {"amount": 5, "unit": "working_days"}, "source": agreed}
    assert list(told({"stages": [stage]}, "escalation-ladder")) == ["unstarted-escalation-ladder-one"]


def test_a_question_that_is_settled_already_is_refused_where_it_is_chosen(area: Area) -> None:
    draft = area.begun()
    rule = next(u for u in area.content(draft)["uses"] if u["rule"] == "decision-making")
    first, lines = rule["settings"]["ways"][0]["question"], f"rules/{rule['use']}/ways"
    second, free = [q for q in QUESTIONS if q not in {way["question"] for way in rule["settings"]["ways"]}][:2]
    area.answer(f"{draft}/add/{lines}", {"question": second})
    before = area.content(draft)["uses"]
    for path, asked in ((f"{draft}/add/{lines}", first), (f"{draft}/line/{lines}/{second}", first)):
        told = area.answer(path, {"question": asked}, 422)
        assert f"“{QUESTIONS[first]}” is settled twice. Keep one." in told.text
        assert any(a.get("href") == "#question" for a in told.page.all("a")), "the summary leads to the question"
    assert area.content(draft)["uses"] == before
    area.answer(f"{draft}/line/{lines}/{second}", {"question": free})
    assert area.by(LEAD).get(f"{draft}/line/{lines}/{free}").page.heading == QUESTIONS[free]


def test_one_remark_is_told_as_one(area: Area) -> None:
    begun = area.begun()
    # Of what a panel's arrangement must tell no law here says anything: all that is remarked is an area of another body.
    of_a_panel = {"kind": "child_death_panel", "begins": "2027-04-01"}
    with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
        drafting.change_draft(
            unit,
            UUID(begun.rsplit("/", 1)[1]),
            "changed",
            lambda c: {**c, **of_a_panel, "area_codes": [*c["area_codes"], "E09000001"]},
        )
    assert "Check it against the law and guidance (1 new thing to read)" in area.by(LEAD).get(begun).text


@pytest.mark.parametrize(("closed", "warned"), [("2027-03-29", False), ("2027-03-30", True), ("2027-04-03", False)])
def test_a_day_that_is_no_working_day_anyway_puts_nothing_off(closed: str, warned: bool) -> None:
    """Easter Monday, the Tuesday after, and a Saturday."""
    step = {
        "key": "meet",
        "title": "Meeting",
        "day": 15,
        "serves": "rapid-review",
        "source": {"ref": AGREED_HERE, "force": "LOCAL", "sure": "V"},
    }
    content, place = drafts.add_rule({**draft(), "closures": [closed]}, "timetable", 1)
    content = drafts.put(content, place, {"unit": "working_days", "start_events": ["notification_sent"], "steps": [step]})
    told = [r.sentence for r in remarks(GOVERNANCE, content, BEGINS) if r.key == "closed/timetable/meet"]
    assert bool(told) is warned, told


def test_a_step_that_waits_for_another_by_name_which_is_done_with_an_event_is_told_to_wait_for_that(area: Area) -> None:
    begun = area.begun()
    ends = {**STEP, "key": "ends", "title": "Report goes in", "ends_with": "rapid_review_sent"}
    waits = {**STEP, "key": "waits", "title": "Final talk", "start_events": ["done:timetable.ends"]}
    content, _ = plan({**ends, "source": CITED}, {**waits, "source": CITED})
    told = [r for r in remarks(GOVERNANCE, content, BEGINS) if r.key.startswith("no-end")]
    assert [r.sentence for r in told] == [
        "“Final talk” starts when “Report goes in” is done, and that is done when the rapid review was sent to the Panel. Choose that "
        "instead: nothing else is put on record."
    ]
    with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
        drafting.change_draft(unit, UUID(begun.rsplit("/", 1)[1]), "changed", lambda c: {**c, "uses": content["uses"]})
    line = f"{begun}/line/rules/timetable/steps/waits"
    assert any(e.get("value") == "done:timetable.ends" for e in area.by(LEAD).get(line).page.all("input")), (
        "it is there to be mended"
    )
    area.answer(line, {"start_events": ["rapid_review_sent"]})
    assert "nothing else is put on record" not in area.by(LEAD).get(f"{begun}/check").text
    boxes = area.by(LEAD).get(f"{begun}/add/rules/timetable/steps").page.all("input", name="start_events")
    offered = {e.get("value") for e in boxes}
    assert "done:timetable.ends" not in offered and {"done:timetable.waits", "rapid_review_sent"} <= offered


def test_a_kind_of_review_who_is_told_and_what_a_step_is_done_with_wait_for_no_name_either() -> None:
    ends = {**STEP, "key": "ends", "title": "Report goes in", "ends_with": "rapid_review_sent", "source": CITED}
    done = {**STEP, "key": "done", "title": "Close", "ends_with": "done:timetable.ends", "source": CITED}
    content, _ = plan(ends, done)
    kind = {"key": "kind", "title": "Talk", "clock": STEP["span"], "clock_starts": ["done:timetable.ends"], "source": CITED}
    tell = {"key": "tell", "title": "The coroner", "whom": "The coroner", "event": "done:timetable.ends", "source": CITED}
    for rule, settings in (("review-types", {"types": [kind]}), ("escalation-ladder", {"tells": [tell]})):
        content, place = drafts.add_rule(content, rule, 1)
        content = drafts.put(content, place, settings)
    told = {
        r.sentence.partition(" is done, and")[0] for r in remarks(GOVERNANCE, content, BEGINS) if r.key.startswith("no-end")
    }
    assert told == {
        "“Close” is done when “Report goes in”",
        "“Talk” starts when “Report goes in”",
        "“The coroner” is told when “Report goes in”",
    }
