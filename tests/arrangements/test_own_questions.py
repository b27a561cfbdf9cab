"""A question of the area's own: an answer belongs to it as it was asked, and nobody answers what they were not asked."""

from __future__ import annotations

from tests.arrangements.area import LEAD, MANAGER, Area, area
from tests.arrangements.test_first_try import added, line_in, with_question
from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from threefold.governance import drafts
from threefold.governance.questions import is_another_question, own_questions
from threefold.governance.remarks import remarks

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
