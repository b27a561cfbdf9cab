"""What people wrote stays as they wrote it, wherever it is told: a name is put where the product itself wrote a key, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from threefold.governance import drafts
from threefold.governance.comparison import compare
from threefold.governance.plain import keys_named
from threefold.governance.publishing import document
from threefold.governance.wording import with_questions

BASE = {**drafts.begin_from(NOW_IN_FORCE, "x", "X"), "begins": "2027-04-01"}
STEP = ("rules", "rapid-review-plan", "steps", "huddle")
WRITTEN = "The 'police' and 'health' asked for this; 'huddle' is our word. Counted from the day when 'groups' met."
ASKED = {"near-miss": "Was it a 'near miss' or a 'close call'?", "close-call": "Was it close?"}


def with_text(text: str, content: dict[str, Any] = BASE) -> dict[str, Any]:
    return drafts.put(content, STEP, {**drafts.node_at(content, STEP), "text": text})


def compared(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    told = compare(GOVERNANCE.catalogue, drafts.as_arrangement(before), drafts.as_arrangement(after))
    return tuple(one.sentence for one in told)


def test_a_note_is_published_as_it_was_written() -> None:
    assert document(GOVERNANCE, replace(NOW_IN_FORCE, note=WRITTEN), "Vale")["note"] == WRITTEN


def test_what_changed_tells_both_texts_as_they_were_written() -> None:
    other = "Now 'health' only; see 'panel-reading'. - 'schools' too."
    told = compared(with_text(WRITTEN), with_text(other))
    assert told == (f"“Executive huddle” now says: {other} It said: {WRITTEN}",)
    shown = document(GOVERNANCE, drafts.as_arrangement(with_text(other)), "Vale", told)
    assert tuple(shown["differences"]) == told


def test_a_new_step_is_told_with_its_text_as_it_was_written() -> None:
    source = dict(drafts.AGREED)
    step = {
        "key": "ring",
        "title": "Ring the 'police'",
        "day": 3,
        "text": WRITTEN,
        "start_events": ["done:rapid-review-plan.huddle"],
        "source": source,
    }
    content, _ = drafts.add(BASE, STEP[:-1], step)
    (told,) = compared(BASE, content)
    assert WRITTEN in told and "“Ring the 'police'”" in told and "“Executive huddle” was done" in told
    (shown,) = document(GOVERNANCE, drafts.as_arrangement(content), "Vale", (told,))["differences"]
    assert shown == told


def test_a_word_that_is_somebody_s_key_stays_a_word_where_people_write_freely() -> None:
    group = ("rules", "groups", "groups", "executive")
    content = drafts.put(BASE, group, {**drafts.node_at(BASE, group), "deputies_need": "health", "joint_with": "police"})
    told = " ".join(compared(BASE, content))
    assert "what a deputy needs is now health," in told and "with whom it is shared is now police," in told, told
    texts = {
        i["title"]: i["text"]
        for s in document(GOVERNANCE, drafts.as_arrangement(content), "Vale")["sections"]
        for i in s["items"]
    }
    assert "It is shared with: police." in texts["Executive"] and "A deputy needs: health." in texts["Executive"]
    told = " ".join(compared(BASE, drafts.put(BASE, STEP, {**drafts.node_at(BASE, STEP), "serves": "police"})))
    assert "what it is for is now police," in told, told


def test_a_question_is_told_as_it_is_asked_and_its_own_quotation_marks_stay() -> None:
    sentence = "Only when 'near miss' is yes."
    assert with_questions(sentence, ASKED) == "Only when “Was it a 'near miss' or a 'close call'?” is yes."
    assert with_questions("We call it a 'near miss'. Only when 'close call' is no.", ASKED) == (
        "We call it a 'near miss'. Only when “Was it close?” is no."
    )  # fmt: skip


def test_the_title_in_a_sentence_of_the_product_keeps_its_quotation_marks() -> None:
    assert keys_named("“Ring the 'police'” waits for 'police'.", {"police": "Vale Constabulary"}) == (
        "“Ring the 'police'” waits for “Vale Constabulary”."
    )  # fmt: skip


def own_question(title: str) -> dict[str, Any]:
    content, use = drafts.add_rule(BASE, "local-criteria", 1)
    return drafts.put(content, use, {"questions": [{"key": "near-miss", "title": title, "source": dict(drafts.AGREED)}]})


def test_a_condition_in_the_comparison_tells_a_question_as_it_is_asked() -> None:
    content = own_question("Was it a 'near miss' or not?")
    when = {"is": {"fact": "incident.local.near-miss", "value": "yes"}}
    held = drafts.put(content, STEP, {**drafts.node_at(content, STEP), "when": when})
    told = " ".join(compared(content, held))
    assert "“Was it a 'near miss' or not?” is yes" in told, told
    step = {"key": "ring", "title": "Ring", "day": 3, "when": when, "source": dict(drafts.AGREED)}
    told = " ".join(compared(content, drafts.add(content, STEP[:-1], step)[0]))
    assert "“Was it a 'near miss' or not?” is yes" in told, told


def test_words_of_people_s_own_that_end_in_a_full_stop_end_the_sentence_once() -> None:
    group = ("rules", "groups", "groups", "executive")
    members = [{"who": "The lead of St. Ann's Trust."}]
    content = drafts.put(
        BASE, group, {**drafts.node_at(BASE, group), "deputies_need": "A letter.", "chair": "One of us.", "members": members}
    )
    content, _ = drafts.add(content, ("rules", "groups", "ways"), {
        "question": "conflict_of_interest", "decides": ["Whoever is there."], "deputies_need": "wait and see...", "text": "Well .. yes.", "source": dict(drafts.AGREED),
    })  # fmt: skip
    texts = {
        i["title"]: i["text"]
        for s in document(GOVERNANCE, drafts.as_arrangement(content), "Vale")["sections"]
        for i in s["items"]
    }
    assert texts["Executive"].endswith("Members: The lead of St. Ann's Trust. Chair: One of us. A deputy needs: A letter.")
    told = "Well .. yes. Decided by Whoever is there. A deputy needs: wait and see...."
    assert texts["Who decides on a conflict of interest"] == told
    assert told in " ".join(compared(BASE, content))


def test_one_word_of_people_s_own_stays_beside_the_name_of_whose_key_it_is() -> None:
    content, _ = drafts.add(BASE, ("rules", "groups", "ways"), {
        "question": "conflict_of_interest", "text": "police", "decides": ["police", "health"], "deputies_need": "health", "source": dict(drafts.AGREED),
    })  # fmt: skip
    texts = {
        i["title"]: i["text"]
        for s in document(GOVERNANCE, drafts.as_arrangement(content), "Vale")["sections"]
        for i in s["items"]
    }
    told = "police. Decided by Example Vale Constabulary, NHS Example Vale Integrated Care Board. A deputy needs: health."
    assert texts["Who decides on a conflict of interest"] == told
    assert told in " ".join(compared(BASE, content))
