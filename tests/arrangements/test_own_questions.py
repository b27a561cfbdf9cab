"""A question of the area's own: an answer belongs to it as it was asked, and nobody answers what they were not asked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from tests.arrangements.area import LEAD, MANAGER, Area, area, day
from tests.arrangements.test_first_try import added, line_in, with_question
from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from threefold.governance import drafts
from threefold.governance.pack import RuleUse
from threefold.governance.questions import is_another_question, own_questions
from threefold.governance.remarks import remarks
from threefold.plugin_api.facts import read_facts
from threefold.plugin_api.facts.incident import LOCAL_KEY
from threefold.work.arrangements import stories
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents.stories import record_incident

__all__ = ["area"]
ASKED = own_questions(use.settings for use in NOW_IN_FORCE.uses)


def place_of_first(area: Area, draft: str) -> str:
    """The address of a question that is asked in what is in force."""
    use = next(u["use"] for u in area.content(draft)["uses"] if any(drafts.named_in(u["settings"], "questions")))
    return f"{draft}/line/rules/{use}/questions/{next(iter(ASKED))}"


def questions_of(area: Area, draft: str) -> dict[str, str]:
    return own_questions(use["settings"] for use in area.content(draft)["uses"])


def test_words_make_a_question_and_stops_do_not() -> None:
    assert not is_another_question("Is the child known?", "is the child  known")
    assert is_another_question("Is the child known?", "Has the child moved?")


def test_worded_anew_in_substance_it_is_asked_anew_and_conditions_go_with_it(area: Area) -> None:
    draft = area.begun()
    line, key = place_of_first(area, draft), next(iter(ASKED))
    when = f"rules/{line.partition('/rules/')[2].split('/')[0]}/criteria"
    criterion = line_in(area, draft, f"{draft}/line/{when}", {"title": "Moved", "effect": "hint", "about": "notify"})
    at = criterion.partition("/line/")[2] + "/when"
    area.worded(f"{draft}/when-fact/{at}", "add", "", f"incident.local.{key}", {"how": "yes"})
    area.answer(line, {"title": ASKED[key].upper()})
    assert key in questions_of(area, draft), "the same question, in other letters"
    done = area.answer(line, {"title": "Has the child moved school in the last year?"}).location
    assert done.endswith("done=anew") and "asked anew" in area.by(LEAD).get(done).text
    now = questions_of(area, draft)
    assert key not in now and "has-the-child-moved-school-in-the-last-year" in now
    tree = drafts.node_at(area.content(draft), tuple(at.split("/")))
    assert tree == {"is": {"fact": "incident.local.has-the-child-moved-school-in-the-last-year", "value": "yes"}}
    assert "is not asked any more" not in area.by(LEAD).get(f"{draft}/check").text


def test_who_compares_a_question_that_another_removes_is_told_so(area: Area) -> None:
    draft = area.begun()
    line, key = place_of_first(area, draft), next(iter(ASKED))
    when = f"rules/{line.partition('/rules/')[2].split('/')[0]}/criteria"
    criterion = line_in(area, draft, f"{draft}/line/{when}", {"title": "Moved", "effect": "hint", "about": "notify"})
    at = criterion.partition("/line/")[2] + "/when"
    asked = area.answer(f"{draft}/when-fact/{at}?do=add&part=", {"fact": f"incident.local.{key}"}).location
    typed = area.filled(asked, {"how": "yes"})
    area.answer(line.replace("/line/", "/remove/"), {}, email=MANAGER)
    told = area.by(LEAD).send(asked, typed).location
    assert "was removed from this draft meanwhile. Nothing was saved." in area.by(LEAD).get(told).text
    assert told.startswith(f"{draft}/when/{at}")


def test_a_file_that_words_it_anew_under_its_key_is_warned_of(area: Area) -> None:
    content = drafts.begin_from(NOW_IN_FORCE, "next", "Next")
    for use in content["uses"]:
        for asked in drafts.named_in(use["settings"], "questions"):
            asked["title"] = "Has the child moved school?"  # type: ignore[index]
    told = [r for r in remarks(GOVERNANCE, content, before=(NOW_IN_FORCE,)) if r.key.startswith("reworded-")]
    assert told and "would count for it" in told[0].sentence and told[0].effect == "warned"


def test_two_of_the_same_words_are_warned_of(area: Area) -> None:
    draft, _ = with_question(area)
    rule = added(area, draft, "local-criteria")
    line_in(area, draft, f"{rule}/questions", {"title": "Is the child known to the youth service?"})
    assert "Nobody could tell their answers apart" in area.by(LEAD).get(f"{draft}/check").text
    assert "is asked of every case already" not in area.by(LEAD).get(f"{draft}/check").text
    line_in(area, draft, f"{rule}/questions", {"title": "was it a near miss?"})
    assert "“was it a near miss?” is asked of every case already." in area.by(LEAD).get(f"{draft}/check").text


def test_added_again_in_the_same_words_it_is_the_same_question(area: Area) -> None:
    draft = area.begun()
    line, key = place_of_first(area, draft), next(iter(ASKED))
    area.answer(line.replace("/line/", "/remove/"), {})
    assert key not in questions_of(area, draft)
    line_in(area, draft, line.rpartition("/")[0], {"title": ASKED[key]})
    assert questions_of(area, draft)[key] == ASKED[key]


def asking(*keys: str, use: str = "own") -> RuleUse:
    """A use of the rule that brings questions, with these."""
    questions = [
        {"key": key, "title": f"Is {key} so?", "source": {"ref": "A page", "force": "LOCAL", "sure": "V"}} for key in keys
    ]
    return RuleUse(use, "local-criteria", 1, {"questions": questions})


def test_a_key_that_no_answer_can_be_kept_under_is_to_be_mended_and_what_is_on_record_breaks_no_page(
    area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        stories, "settings_to_mend", lambda *_: []
    )  # entered before a release that asks more of what is written
    wrong = ("known.to-service", "k" * 61)
    with area.site.database.unit(area.body, area.site.at) as unit:
        version = replace(
            NOW_IN_FORCE,
            version="older",
            title="Older",
            begins=date(2027, 3, 17),
            uses=(*NOW_IN_FORCE.uses, asking(*wrong, "k" * 60)),
        )
        enter_version(unit, GOVERNANCE, version)
    area.site.at = datetime(2027, 3, 18, 9, tzinfo=UTC)
    area.browsers.clear()
    with area.site.database.unit(area.body, area.site.at) as unit:
        case = record_incident(
            unit,
            GOVERNANCE,
            {"incident": {"happened_on": "2027-03-17"}, "review": {"events": [{"name": "aware", "at": "2027-03-17"}]}},
            uuid4(),
        )
    page = f"/b/example-vale/cases/{case.id}/record/local"
    assert {n for n in area.filled(page, {}, email=MANAGER) if n.startswith("local-k")} == {f"local-{'k' * 60}"}
    area.answer(page, {f"local-{'k' * 60}": "yes"}, email=MANAGER)
    draft = area.begun("From the older one")
    said = area.by(LEAD).get(f"{draft}/check").text
    assert "Its key has a dot, which parts one key from the next. On screen, remove this and add it again" in said
    assert said.count("No answer can be kept under its key. On screen, remove this and add it again") == 2
    rule = next(u["use"] for u in area.content(draft)["uses"] if u["use"] == "own")
    for key in wrong:  # which is what mends it
        title = questions_of(area, draft)[key]
        area.answer(f"{draft}/remove/rules/{rule}/questions/{key}", {})
        assert len(line_in(area, draft, f"{draft}/line/rules/{rule}/questions", {"title": title}).rpartition("/")[2]) <= 60
    assert "remove this and add it again" not in area.by(LEAD).get(f"{draft}/check").text


def test_more_questions_than_a_page_takes_are_to_be_mended_and_all_that_a_version_may_ask_are_answered(area: Area) -> None:
    two = [asking(*(f"{use}{n}" for n in range(50)), use=use) for use in ("one", "two")]
    content = drafts.begin_from(replace(NOW_IN_FORCE, uses=(*NOW_IN_FORCE.uses, *two)), "next", "Next")
    (told,) = (r for r in remarks(GOVERNANCE, content) if r.key == "too-many-questions")
    assert told.effect == "mend" and told.sentence.startswith(f"It asks {100 + len(ASKED)} questions of its own")
    read_facts({"incident": {"local": dict.fromkeys((f"{use}{n}" for use in "abcd" for n in range(100)), "yes")}})


def test_a_key_made_of_a_long_question_is_one_that_answers_are_kept_under_whatever_is_taken() -> None:
    long, taken = "Is the child, or was any brother or sister of the child, known to anybody at all?", set[str]()
    for _ in range(120):
        taken.add(drafts.free_key(long, taken))
    assert len(taken) == 120 and all(re.fullmatch(LOCAL_KEY, key) for key in taken)


LONG = "Is the child, or was any brother or sister of the child, at any time in the last two years known to"


def test_a_question_never_takes_the_key_of_another_that_was_asked_before(area: Area) -> None:
    """Its answers and conditions would count for it: in a case, and within the draft."""
    draft = area.begun()
    rule = place_of_first(area, draft).rpartition("/")[0]
    first = line_in(area, draft, rule, {"title": f"{LONG} youth justice?"})
    area.answer(first.replace("/line/", "/remove/"), {})
    second = line_in(area, draft, rule, {"title": f"{LONG} housing?"})
    assert second != first and len(second.rpartition("/")[2]) <= 60
    area.answer(second.replace("/line/", "/remove/"), {})
    assert line_in(area, draft, rule, {"title": f"{LONG} youth justice?"}) == first, "the same question again"
    # One that an older version asked and the one that was begun from asks no more.
    with area.site.database.unit(area.body, area.site.at) as unit:
        uses = (*NOW_IN_FORCE.uses, RuleUse("old", "local-criteria", 1, {"questions": [
            {"key": "was-there-a-dog", "title": "Was there a dog in the house next door?", "source": {"ref": "A page", "force": "LOCAL", "sure": "V"}}]}))  # fmt: skip
        enter_version(
            unit, GOVERNANCE, replace(NOW_IN_FORCE, version="older", title="Older", begins=date(2027, 3, 20), uses=uses)
        )
    assert line_in(area, draft, rule, {"title": "Was there a dog?"}).endswith("/was-there-a-dog-2")
    again = line_in(area, draft, rule, {"title": "Was there a dog in the house next door?"})
    assert again.endswith("/was-there-a-dog"), "the same question, of an older version"
    done = area.answer(again, {"title": "Was there a dog that barked?"}).location
    assert done.endswith("done=anew") and "was-there-a-dog" not in questions_of(area, draft)


def test_two_questions_whose_keys_differ_by_a_number_have_each_its_own_buttons(area: Area) -> None:
    with area.site.database.unit(area.body, area.site.at) as unit:
        version = replace(
            NOW_IN_FORCE,
            version="two",
            title="Two",
            begins=date(2027, 3, 17),
            uses=(*NOW_IN_FORCE.uses, asking("k", "k-2", "k-3")),
        )
        enter_version(unit, GOVERNANCE, version)
    area.site.at = datetime(2027, 3, 18, 9, tzinfo=UTC)
    area.browsers.clear()
    with area.site.database.unit(area.body, area.site.at) as unit:
        facts = {"incident": {"happened_on": "2027-03-17"}, "review": {"events": [{"name": "aware", "at": "2027-03-17"}]}}
        case = record_incident(unit, GOVERNANCE, facts, uuid4())
    page = (
        area.by(MANAGER).get(f"/b/example-vale/cases/{case.id}/record/local").page
    )  # the test's own browser refuses an id that stands twice
    ids = [e.get("id") for e in page.all("input") if e.get("type") == "radio"]
    assert len(ids) == len(set(ids)) and {"local-k", "local-k-2", "local-k-3"} <= set(ids)


def test_a_step_of_a_long_name_in_a_rule_of_a_long_name_is_done_and_starts_another(area: Area) -> None:
    use, key = f"shared-{'u' * 73}", "k" * 80
    steps = [
        {"key": key, "title": "Meet", "day": 3},
        {"key": "after", "title": "After it", "day": 1, "start_events": [f"done:{use}.{key}"]},
    ]
    plan = RuleUse(use, "timetable", 1, {"unit": "working_days", "start_events": ["aware"], "steps": steps})
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(
            unit,
            GOVERNANCE,
            replace(NOW_IN_FORCE, version="long", title="Long", begins=date(2027, 3, 17), uses=(*NOW_IN_FORCE.uses, plan)),
        )
    area.site.at = datetime(2027, 3, 18, 9, tzinfo=UTC)
    area.browsers.clear()
    with area.site.database.unit(area.body, area.site.at) as unit:
        facts = {"incident": {"happened_on": "2027-03-17"}, "review": {"events": [{"name": "aware", "at": "2027-03-17"}]}}
        case = record_incident(unit, GOVERNANCE, facts, uuid4())
    base = f"/b/example-vale/cases/{case.id}"
    area.answer(f"{base}/events/add", {"name": f"done:{use}.{key}", **day("at", date(2027, 3, 18))}, email=MANAGER)
    shown = area.by(MANAGER).get(base).text
    assert "Done on 18 March 2027" in shown and "After it Friday 19 March 2027" in " ".join(shown.split())


def test_two_questions_that_look_the_same_are_told_however_their_accents_were_typed(area: Area) -> None:
    draft = area.begun()
    rule = area.answer(f"{draft}/rules/add", {"rule": "local-criteria@1"}).location.split("?")[0]
    for title in ("Youth caf\u00e9?", "Youth cafe\u0301?"):
        area.answer(f"{rule}/questions".replace("/line/", "/add/"), {"title": title})
    assert "Two questions are asked as “Youth caf" in area.by(LEAD).get(f"{draft}/check").text
