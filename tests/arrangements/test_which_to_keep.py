"""The question which of two answers to keep: it says each as the form does, never as a file does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from tests.arrangements.area import HUDDLE, LEAD, MANAGER, Area, area, boxes_of, chosen_on, day
from tests.arrangements.vale import APRIL, GOVERNANCE, NOW_IN_FORCE
from threefold.governance import drafts
from threefold.plugin_api import ConditionField, SourceField
from threefold.plugin_api.settings import KeyField, SpanSchema
from threefold.work.arrangements.stale import FieldClash
from threefold.work.arrangements.web import either, lines

__all__ = ["area"]
LOCAL = [rule for rule in GOVERNANCE.catalogue.rules.values() if rule.card.layer == "local"]
RAW = re.compile(r"\w_\w|\bunit:|\bamount:|[{}\[\]]|\bTrue\b|\bFalse\b|\b[a-z]+-lead\b")


def schemas(schema: type[Schema]) -> list[type[Schema]]:
    """A schema, and that of each list and part within it."""
    return [schema, *(found for part in lines.parts_of(schema) if part.schema for found in schemas(part.schema))]


def two_of(field: fields.Field[Any], content: drafts.Content) -> tuple[Any, Any]:
    """Two different values that a field of a form may have."""
    offers = list(lines._offers(field, content)) or list(lines._one_of(field, None))
    offers = [one for one in offers if one]
    match field:
        case SourceField():
            return {"ref": "Minutes of May", "where": "https://www.example.org/may", "unit": "V"}, {"ref": "Minutes of June"}
        case fields.Nested():
            inner = lines.named(type(field.schema))
            both = {name: two_of(one, content) for name, one in inner.items()}
            return {n: v[0] for n, v in both.items()}, {n: v[1] for n, v in both.items()}
        case fields.Dict():
            return {"council-lead": "Council"}, {"health-lead": "Health", "police-lead": "Police"}
        case fields.List():
            inner = [c for check in field.inner.validators if isinstance(check, validate.OneOf) for c in check.choices]
            if isinstance(field.inner, fields.Integer) and not inner:
                return [7, 2, 0], [5]
            some = inner or offers or ["One of them", "Another of them"]
            return some[:2], some[-1:] + ([] if inner else ["in other words"] if not offers else [])
        case fields.Boolean():
            return True, False
        case _ if isinstance(field, fields.Integer) and not offers:
            return 3, 4
    return (offers[0], offers[-1]) if offers else ("As it was said", "As it is said")


@pytest.mark.parametrize("rule", LOCAL, ids=lambda rule: f"{rule.card.id}@{rule.card.major}")
def test_no_setting_of_any_rule_is_asked_about_as_it_stands_in_a_file(rule: Any) -> None:
    content = drafts.begin_from(NOW_IN_FORCE, "next", "Next")
    for schema in schemas(rule.Config):
        for name, field in lines.named(schema).items():
            listed = isinstance(field, fields.List) and isinstance(field.inner, fields.Nested)
            large = isinstance(field, fields.Nested) and not lines.is_inline(field)
            if listed or large or isinstance(field, KeyField | ConditionField):
                continue  # they have pages of their own
            theirs, yours = two_of(field, content)
            (clash,) = either.worded(schema, [FieldClash(name, name, theirs, yours)], content)
            for value, words in zip((theirs, yours), clash.words, strict=True):
                assert words and not RAW.search(words.replace("https://www.example.org/may", "")), (schema, name, value, words)
            (emptied,) = either.worded(schema, [FieldClash(name, name, None, yours)], content)
            assert emptied.words[0] and not RAW.search(emptied.words[0]), (schema, name)
        for one in either.eithers_of(schema):
            for option in one.options:
                given = {n: two_of(lines.named(schema)[n], content)[0] for n in option.settings}
                (clash,) = either.worded(schema, [FieldClash(one.name, one.label, given, None)], content)
                assert not RAW.search(clash.words[0]), (schema, one.name, clash.words)


def test_a_stage_that_two_changed_is_asked_about_as_its_form_says_it(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/rules/add", {"rule": "escalation-ladder@1"})
    stage = {
        "title": "Heads meet",
        "stage": "1",
        "start_events": ["dispute_raised"],
        "span__amount": "2",
        "span__unit": "working_days",
    }
    path = area.answer(f"{draft}/add/rules/escalation-ladder/stages", stage).location.split("?")[0]
    stale = area.filled(
        path, {"span__amount": "5", "span__unit": "calendar_days", "start_events": ["dispute_stage_2"]}, MANAGER
    )
    area.answer(path, {"span__amount": "7", "start_events": ["dispute_raised", "dispute_meeting"]})
    asked = " ".join(area.by(MANAGER).send(path, stale, 409).text.split())
    assert "Theirs: 7 working days Yours: 5 calendar days" in asked
    assert "Theirs: A disagreement was raised; A meeting on a disagreement was held" in asked
    assert "Theirs: unit" not in asked and "start is day" not in asked


def test_a_time_of_one_is_asked_about_in_the_singular(area: Area) -> None:
    content = drafts.begin_from(NOW_IN_FORCE, "next", "Next")
    spans = [
        {"amount": amount, "unit": unit} for amount, unit in ((1, "calendar_days"), (2, "calendar_days"), (1, "not_stated"))
    ]

    class Asked(Schema):
        span = fields.Nested(SpanSchema)

    for span, words in zip(spans, ("1 calendar day", "2 calendar days", "1 day (unit not stated)"), strict=True):
        (clash,) = either.worded(Asked, [FieldClash("span", "span", span, {"amount": None, "unit": "hours"})], content)
        assert clash.words == (words, "No answer hours")


def test_seats_and_groups_are_asked_about_by_their_names(area: Area) -> None:
    draft = area.begun()
    listed = f"{draft}/add/rules/groups/groups"
    area.answer(listed, {"title": "Forum"})
    path = area.answer(listed, {"title": "Learning group"}).location.split("?")[0]
    stale = area.filled(path, {"reports_to": ["forum"]}, MANAGER)
    area.answer(path, {"reports_to": ["council-lead", "police-lead"]})
    asked = " ".join(area.by(MANAGER).send(path, stale, 409).text.split())
    assert "Theirs: Lead safeguarding partner, council; Lead safeguarding partner, police Yours: Forum" in asked


def test_what_is_asked_about_a_version_stands_in_the_order_of_its_page(area: Area) -> None:
    draft = area.begun()
    about = f"{draft}/about"
    stale = area.filled(about, {"title": "Mine", "note": "Mine.", **day("begins", APRIL)}, MANAGER)
    area.answer(about, {"title": "Theirs", "note": "Theirs.", **day("begins", APRIL.replace(day=2))})
    asked = area.by(MANAGER).send(about, stale, 409)
    names = list(dict.fromkeys(e.get("name") for e in asked.page.all("input") if (e.get("name") or "").startswith("keep:")))
    assert names == ["keep:title", "keep:begins", "keep:note"]


def test_a_list_is_headed_as_it_is_called_everywhere_else(area: Area) -> None:
    draft = area.begun()
    ways = next(f"rules/{u['use']}/ways" for u in area.content(draft)["uses"] if u["rule"] == "decision-making")
    page = area.by(LEAD).get(f"{draft}/line/{ways}").page
    rule = area.by(LEAD).get(f"{draft}/line/{ways.rpartition('/')[0]}").page
    (heading,) = [e.text for e in page.all("h1")]
    assert heading == "Who decides what" and heading in [e.text for e in rule.all("h2")]


def quorum_of(area: Area, draft: str) -> str:
    line = area.answer(f"{draft}/add/rules/groups/groups", {"title": "Learning group"}).location.split("?")[0]
    return f"{line}/quorum"


def set_now(area: Area, quorum: str) -> dict[str, Any]:
    draft, _, at = quorum.partition("/line/")
    return dict(drafts.node_at(area.content(draft), tuple(at.split("/"))))


@pytest.mark.parametrize("side", ["theirs", "yours"])
def test_the_second_of_two_who_set_one_part_is_asked_field_by_field(area: Area, side: str) -> None:
    draft = area.begun()
    quorum = quorum_of(area, draft)
    add = quorum.replace("/line/", "/add/")
    among = ["council-lead", "police-lead", "health-lead"]
    stale = area.filled(add, {"count": "3", "among": among, "note": "Mine alone."}, MANAGER)
    area.answer(add, {"count": "2", "among": among, "needed": ["council"]})
    asked = area.by(MANAGER).send(add, stale, 409)
    assert "Somebody else changed “How many of some must be there?” while you were writing." in asked.text
    assert "Theirs: 2 Yours: 3" in " ".join(asked.text.split())
    area.by(MANAGER).send(add, chosen_on(asked, {"count": side}))
    made = set_now(area, quorum)
    assert made["count"] == (2 if side == "theirs" else 3)
    assert (made["needed"], made["note"]) == (["council"], "Mine alone."), "what one of them answered alone stands"


def test_a_part_that_is_sent_twice_or_as_another_set_it_asks_nothing(area: Area) -> None:
    draft = area.begun()
    quorum = quorum_of(area, draft)
    add = quorum.replace("/line/", "/add/")
    mine, same = (area.filled(add, {"needed": ["council"]}, who) for who in (LEAD, MANAGER))
    for who, sent in ((LEAD, mine), (LEAD, mine), (MANAGER, same)):
        area.by(who).send(add, sent, 303)
    assert set_now(area, quorum)["needed"] == ["council"]


def test_a_number_that_another_set_meanwhile_is_said_to_be_theirs(area: Area) -> None:
    draft = area.begun()
    quorum = quorum_of(area, draft)
    among = ["council-lead", "health-lead", "police-lead"]
    area.answer(quorum.replace("/line/", "/add/"), {"count": "2", "among": among})
    stale = area.filled(quorum, {"among": among[:2]}, MANAGER)
    area.answer(quorum, {"count": "3"})
    shown = area.by(MANAGER).send(quorum, stale, 422)
    assert "3 cannot be there: only 2 are chosen" in shown.text
    assert (
        "Somebody else changed this while you were writing" in shown.text and "“How many of some must be there?”" in shown.text
    )


def test_what_oneself_changed_in_another_window_is_told_so_and_only_what_is_asked_can_be_chosen(area: Area) -> None:
    draft = area.begun()
    seen = area.filled(f"{draft}/{HUDDLE}", {"day": "10"})
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    asked = area.by(LEAD).send(f"{draft}/{HUDDLE}", seen, 409)
    assert "You changed “By which day of the plan?” in another window while you were writing here." in asked.text
    assert "In the other window: 12" in asked.text and "Here: 10" in asked.text and "Somebody" not in asked.text
    (box,) = asked.page.all("input", name="day")
    assert (box.get("type"), box.get("value")) == ("hidden", "10"), "nothing else than the two can be typed beside the question"
    summary = [e.text for e in asked.page.all("a") if e.get("href").startswith("#") and e.get("href") != "#main-content"]
    assert summary == ["Choose which of two answers to keep: By which day of the plan"]
    without = area.by(LEAD).send(f"{draft}/{HUDDLE}", boxes_of(asked), 409)
    for page in (asked, without):
        (error,) = [e for e in page.page.elements if "govuk-error-message" in e.get("class")]
        assert error.text.strip().removeprefix("Error: ") == summary[0], "beside the question, as above"
    area.by(LEAD).send(f"{draft}/{HUDDLE}", chosen_on(asked, {"day": "yours"}))
    assert drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps", "huddle"))["day"] == 10
    seen = area.filled(f"{draft}/{HUDDLE}", {"day": "11"})
    area.answer(f"{draft}/{HUDDLE}", {"day": "13"}, email=MANAGER)
    told = area.by(LEAD).send(f"{draft}/{HUDDLE}", seen, 409).text
    assert "Somebody else changed “By which day of the plan?” while you were writing." in told and "Theirs: 13" in told


def test_days_that_oneself_set_in_another_window_are_told_so(area: Area) -> None:
    draft = area.begun()
    seen = area.filled(f"{draft}/about", day("begins", APRIL))
    area.answer(f"{draft}/about", day("begins", APRIL.replace(month=5)))
    asked = area.by(LEAD).send(f"{draft}/about", seen, 409)
    assert "in another window while you were writing here" in asked.text and "Somebody" not in asked.text
    assert {e.get("type") for e in asked.page.all("input") if e.get("name").startswith("begins-")} == {"hidden"}
    area.by(LEAD).send(f"{draft}/about", chosen_on(asked, {"begins": "yours"}))
    assert area.content(draft)["begins"] == APRIL.isoformat()


def test_answers_that_do_not_fit_what_another_set_are_asked_about_before_they_are_called_wrong(area: Area) -> None:
    """A year of six months by the one, other days of a whole year by the other: the second hears who changed what, and can mend it."""
    draft = area.begun()
    year = area.answer(f"{draft}/rules/add?rule=report-year@1", {}).location.split("?")[0]
    area.answer(year, {"begins__day": "1", "begins__month": "4", "ends__day": "31", "ends__month": "3"})
    mine = area.filled(year, {"begins__month": "5", "ends__day": "30", "ends__month": "4"})
    area.answer(year, {"months": "6", "ends__day": "30", "ends__month": "9"}, email=MANAGER)
    asked = area.by(LEAD).send(year, mine, 409)
    assert "Choose which of two answers to keep: The year ends on" in asked.text
    keep = {e.get("name"): e.get("value") for e in asked.page.all("input") if (e.get("value") or "").startswith("yours")}
    told = area.by(LEAD).send(year, boxes_of(asked) | keep, 422)
    assert "From 1 May to 30 April are not 6 months." in told.text
    assert "Somebody else changed this while you were writing" in told.text
    shown = boxes_of(told)
    assert shown["months"] == ["6"] and shown["begins__month"] == ["5"] and shown["ends__month"] == ["4"]
    assert area.by(LEAD).send(year, shown | {"months": "12"}).status == 303


def test_a_text_in_paragraphs_is_shown_in_them_and_never_as_markup(area: Area) -> None:
    draft = area.begun()
    line = area.answer(f"{draft}/add/rules/told/statements", {"title": "Voice", "text": "As it was."}).location.split("?")[0]
    mine = area.filled(line, {"text": "One <b>bold</b>.\r\n\r\n- two"})
    area.answer(line, {"text": "Theirs."}, email=MANAGER)
    asked = area.by(LEAD).send(line, mine, 409).response.get_data(as_text=True)
    assert "Yours: One &lt;b&gt;bold&lt;/b&gt;.<br><br>- two" in asked and "Theirs: Theirs." in asked
