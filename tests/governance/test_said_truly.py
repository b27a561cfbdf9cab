"""What the page says where keys, units or other people's words could lead it astray."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.timetable import Timetable
from tests.arrangements.vale import GOVERNANCE, MARCH, NOW_IN_FORCE
from threefold.governance import drafts
from threefold.governance.comparison import compare
from threefold.governance.plain import text_of
from threefold.governance.publishing import document
from threefold.governance.remarks import remarks
from threefold.plugin_api import Provided, Source

BASE = {**drafts.begin_from(NOW_IN_FORCE, "x", "X"), "begins": "2027-04-01"}
STEPS = ("rules", "rapid-review-plan", "steps")


def page(content: dict[str, Any]) -> dict[str, str]:
    """What the document tells, by title."""
    sections = document(GOVERNANCE, drafts.as_arrangement(content), "Vale")["sections"]
    return {item["title"]: item["text"] for section in sections for item in section["items"]}


@pytest.mark.parametrize(("wait", "time", "told"), [
    ((2, "weeks"), (15, "working_days"), "Not before 2 weeks and within 15 working days"),
    ((24, "hours"), (5, "working_days"), "Not before 24 hours and within 5 working days"),
    ((1, "weeks"), (1, "calendar_months"), "Not before 1 week and within 1 month"),
    ((5, "working_days"), (8, "working_days"), "Not before 5 and within 8 working days"),
])  # fmt: skip
def test_a_window_says_each_of_its_units(wait: tuple[int, str], time: tuple[int, str], told: str) -> None:
    step = {"key": "meet", "title": "Meet", "start_events": ["aware"], "source": {"ref": "A page", "force": "LOCAL", "sure": "V"},
            "span": {"amount": time[0], "unit": time[1]}, "from_span": {"amount": wait[0], "unit": wait[1]}}  # fmt: skip
    (thing,) = Timetable({"steps": [step]}).provides()
    assert text_of(thing, {}).startswith(f"{told}, counted from the day when the local authority became aware")


def test_what_people_wrote_is_printed_as_they_wrote_it() -> None:
    written = "The 'police' and the 'huddle' meet within 3 working days, starting when called; the start is not stated."
    node = drafts.node_at(BASE, (*STEPS, "huddle"))
    assert written in page(drafts.put(BASE, (*STEPS, "huddle"), {**node, "text": written}))["Executive huddle"]


def test_a_title_that_is_a_key_of_somebody_else_gets_a_key_of_its_own() -> None:
    _, place = drafts.add(BASE, STEPS, {"key": "", "title": "Health"})
    assert place[-1] == "health-2"
    _, place = drafts.add(BASE, ("organisations",), {"key": "", "name": "Executive huddle"})
    assert place[-1] == "executive-huddle" or place[-1].startswith("executive-huddle-")
    content, use = drafts.add_rule(BASE, "decision-making", 1)
    _, place = drafts.add(content, (*use, "groups"), {"key": "", "title": "Police"})
    assert place[-1] == "police-2"


def test_a_file_that_gives_two_things_one_key_is_told_where() -> None:
    content, use = drafts.add_rule(BASE, "decision-making", 1)
    source = dict(drafts.AGREED)
    content = drafts.put(
        content, use, {"groups": [{"key": "police", "title": "The police group", "source": source}], "ways": []}
    )
    (told,) = [r for r in remarks(GOVERNANCE, content, MARCH.date()) if r.key.startswith("one-key")]
    assert (
        told.effect == "mend" and told.field == f"rules.{use[1]}.groups.police" and "Example Vale Constabulary" in told.sentence
    )


def test_a_step_of_another_plan_is_named_by_its_own_title() -> None:
    source = dict(drafts.AGREED)
    content, use = drafts.add_rule(BASE, "timetable", 1)
    steps = [
        {"key": "huddle", "title": "Second huddle", "day": 3, "start_events": ["aware"], "source": source},
        {"key": "after", "title": "After it", "day": 2, "start_events": [f"done:{use[1]}.huddle"], "source": source},
        {"key": "later", "title": "Later", "day": 2, "start_events": ["done:rapid-review-plan.huddle"], "source": source},
    ]
    told = page(drafts.put(content, use, {"unit": "working_days", "steps": steps, "source": source}))
    assert "the step “Second huddle” was done" in told["After it"] and "the step “Executive huddle” was done" in told["Later"]


def test_what_an_area_calls_a_seat_stays_as_it_is_called() -> None:
    way = Provided("way", "notify", "Who decides", "Views are sought from the police, health.", Source("A page", "LOCAL", "V"), (
        ("views_from", ("police", "health")), ("called", ("police-lead: the police",)), ("text", "")))  # fmt: skip
    assert (
        text_of(way, {"police": "Vale Constabulary", "health": "Vale Health"})
        == "Views are sought from the police, Vale Health."
    )


def test_who_stands_in_for_a_seat_and_what_part_it_has_is_on_the_page() -> None:
    content = {**BASE, "seats": [{**s, "title": "Chief executive"} if s["key"] == "council-lead" else s for s in BASE["seats"]]}
    before = page(content)
    for change in ({"deputy": ""}, {"role": "member"}):
        seats = [{**s, **change} if s["key"] == "council-lead" else s for s in content["seats"]]
        assert page({**content, "seats": seats}) != before, change
    kinds = [{**o, "kind": "other"} if o["key"] == "police" else o for o in content["organisations"]]
    assert page({**content, "organisations": kinds}) != before


def test_a_full_stop_in_a_title_ends_no_sentence() -> None:
    source, since = dict(drafts.AGREED), "done:rapid-review-plan.call"
    node = drafts.node_at(BASE, ("rules", "rapid-review-plan"))
    after = [
        {
            "key": f"n{no}",
            "title": f"Next {no}",
            "source": source,
            "start_events": [since],
            "span": {"amount": no, "unit": "working_days"},
        }
        for no in range(1, 9)
    ]
    call = {"key": "call", "title": "Call by 5 p.m. Ask the G.P.", "source": source, "day": 2}
    content = drafts.put(BASE, ("rules", "rapid-review-plan"), {**node, "steps": [*node["steps"], call, *after]})
    sections = {s["title"]: s for s in document(GOVERNANCE, drafts.as_arrangement(content), "Vale")["sections"]}
    told = sections["What is done by when"]
    assert told["said"].endswith("the day when the step “Call by 5 p.m. Ask the G.P.” was done.")
    texts = {i["title"]: i["text"] for i in told["items"]}
    assert texts["Next 3"] == "Within 3 working days." and "m. Ask" not in " ".join(texts.values()).replace(
        "5 p.m. Ask the G.P.”", ""
    )


def test_names_with_colons_and_fors_in_them_stay_whole() -> None:
    group = ("rules", "groups", "groups", "executive")
    quorum = {"needed": ["Director for children"], "count": 0, "among": [], "note": "", "source": dict(drafts.AGREED),
              "substitutes": [{"for": "council", "by": "Director for children"}]}  # fmt: skip
    members = [{"who": "Head of service: children", "number": 2, "note": "by turns: yearly"}]
    content = drafts.put(BASE, group, {**drafts.node_at(BASE, group), "members": members, "quorum": quorum})
    told = page(content)
    assert "Members: Head of service: children (2, by turns: yearly)." in told["Executive"]
    assert "Director for children may stand in for Example Vale Council." in told["Quorum of Executive"]
    compared = " ".join(
        d.sentence for d in compare(GOVERNANCE.catalogue, drafts.as_arrangement(BASE), drafts.as_arrangement(content))
    )
    assert "Director for children may stand in for" in compared or "Director for children for" in compared


def test_a_word_of_a_free_name_is_nobody_s_key() -> None:
    way = Provided("way", "notify", "Who decides", "public health team recommends. Decided by health.", Source("A page", "LOCAL", "V"), (
        ("recommends", "public health team"), ("decides", ("health",)), ("text", "")))  # fmt: skip
    assert text_of(way, {"health": "Vale Health"}) == "public health team recommends. Decided by Vale Health."


@pytest.mark.parametrize("mark", ["\ue001", chr(0xE100), chr(0xE101), chr(0xE1C7)])
def test_the_marks_of_the_making_are_nobody_s_words(mark: str) -> None:
    text = f"A{mark}B {mark} text."
    thing = Provided("step", "meet", "Meet", f"Within 2 days. {text}", Source("A page", "LOCAL", "V"), (("text", text),))
    assert text_of(thing, {}) == f"Within 2 days. {text}"
    bare = Provided("step", "meet", "Meet", "Within 2 days, starting when 'x' is done.", Source("A page", "LOCAL", "V"), ())
    assert "“Anything. More” is done" in text_of(bare, {"x": f"An{mark}ything. More"})


CUT = "keep it, counted from the day when it rains. The 'police' meet; the start is not stated"


@pytest.mark.parametrize(("rule", "settings"), [
    ("publication-and-retention", {"texts": [{"key": f"t{n}", "title": f"Text {n}", "after": CUT} for n in range(3)]}),
    ("referral-routes", {"routes": [{"key": f"r{n}", "title": f"Route {n}", "first": CUT} for n in range(3)]}),
    ("timetable", {"unit": "working_days", "steps": [
        {"key": f"s{n}", "title": f"Step {n}", "day": n + 1, "who": CUT, "start_events": ["aware"]} for n in range(3)]}),
    ("decision-making", {"groups": [{"key": f"g{n}", "title": f"Group {n}", "chair": CUT, "members": [{"who": "Co-ordinator of Stoke-on-Trent"}]}
                                    for n in range(3)]}),
])  # fmt: skip
def test_every_free_word_is_printed_as_it_was_written(rule: str, settings: dict[str, Any]) -> None:
    source = dict(drafts.AGREED)
    with_sources = {k: [{**one, "source": source} for one in v] if isinstance(v, list) else v for k, v in settings.items()}
    content, place = drafts.add_rule(BASE, rule, 1)
    content = drafts.put(content, place, with_sources | ({"source": source} if rule == "timetable" else {}))
    sections = document(GOVERNANCE, drafts.as_arrangement(content), "Vale")["sections"]
    told = [
        i["text"]
        for s in sections
        for i in s["items"]
        if i["title"][-1] in "012" and i["title"][:-2] in ("Text", "Route", "Step", "Group")
    ]
    assert len(told) == 3 and all(CUT in text for text in told), told
    assert not any("it rains" in s["said"] for s in sections)
    assert rule != "decision-making" or all("Co-ordinator of Stoke-on-Trent" in text for text in told)
