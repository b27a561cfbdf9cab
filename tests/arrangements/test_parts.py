"""Parts of a line that have pages of their own, and rules that a draft has twice: called and told as a person reads them."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.arrangements.area import LEAD, Area, area, boxes_of, day
from tests.arrangements.vale import APRIL
from threefold.governance import drafts
from threefold.work.arrangements import drafting

__all__ = ["area"]


def group_of(area: Area, draft: str) -> str:
    """The address of a group without a quorum."""
    listed = f"{draft}/add/rules/groups/groups"
    made = area.answer(listed, {"title": "Learning group"}).location.split("?")[0]
    return made.partition(draft)[2].removeprefix("/")


def test_a_part_is_told_on_the_page_of_its_line_and_headed_by_its_name(area: Area) -> None:
    draft = area.begun()
    line = group_of(area, draft)
    adding = line.replace("line/", "add/", 1)
    for part, called in (("quorum", "Quorum"), ("meets", "How often it meets")):
        page = area.by(LEAD).get(f"{draft}/{adding}/{part}").page
        assert [e.text for e in page.all("h1")] == [called]
    area.answer(f"{draft}/{adding}/quorum", {"count": "2", "among": ["council-lead", "health-lead", "police-lead"]})
    area.answer(f"{draft}/{adding}/meets", {"every_weeks": "6"})
    told = area.by(LEAD).get(f"{draft}/{line}").text
    titles = [f"Lead safeguarding partner, {name}" for name in ("council", "health", "police")]
    assert f"At least 2 of these must be there: {'; '.join(titles)}." in told
    assert "Every 6 weeks." in told and "It is set." not in told
    compared = area.by(LEAD).get(f"{draft}/compare").text
    assert f"At least 2 of these must be there: {'; '.join(titles)}." in compared and "council lead" not in compared


@pytest.mark.parametrize("part", ["quorum", "meets"])
def test_a_part_in_which_nothing_is_said_is_not_added(area: Area, part: str) -> None:
    draft = area.begun()
    line = group_of(area, draft)
    refused = area.answer(f"{draft}/{line.replace('line/', 'add/', 1)}/{part}", {}, 422)
    assert "Answer at least one of these questions." in refused.text
    assert "Not set." in area.by(LEAD).get(f"{draft}/{line}").text


def test_a_rule_that_is_there_already_is_said_to_be_and_two_of_one_are_told_apart(area: Area) -> None:
    draft = area.begun()
    add = f"{draft}/rules/add"
    assert (
        "This draft has it already"
        not in area.by(LEAD).get(add).text.partition("Escalation of disagreements")[2].partition("Used by")[0]
    )
    for _ in range(2):
        area.answer(add, {"rule": "escalation-ladder@1"})
    assert "This draft has it already: adding it makes another beside it." in area.by(LEAD).get(add).text
    told = area.by(LEAD).get(draft).text
    assert "Escalation of disagreements (2)" in told
    assert "rule added: Escalation of disagreements" in told and "escalation-ladder" not in told


def test_a_new_stage_is_compared_with_what_starts_it(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/rules/add", {"rule": "escalation-ladder@1"})
    page = area.by(LEAD).get(f"{draft}/add/rules/escalation-ladder/stages")
    boxes = boxes_of(page)
    assert "title" in boxes
    area.answer(f"{draft}/add/rules/escalation-ladder/stages", {
        "title": "Managers talk", "stage": "1", "start_events": ["dispute_raised"], "span__amount": "5", "span__unit": "working_days"})  # fmt: skip
    told = area.by(LEAD).get(f"{draft}/compare").text
    assert "Managers talk" in told and "Counted from when a disagreement was raised." in told


def test_who_prepares_a_version_reads_one_last_day_to_sign_of_it(area: Area) -> None:
    draft = area.begun("Huddle on day 12")
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    area.answer(
        f"{draft}/sign", {"seat": "police-lead", "answer": "refuse", "reason": "Not agreed."}, email="police-lead@vale.example"
    )
    work = area.by(LEAD).get("/my-work").text
    assert "was refused by" in work and "31 March 2027" in work and "1 April 2027" not in work


def test_each_of_two_lines_with_one_title_in_two_lists_is_told_by_its_own_words(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/rules/add", {"rule": "publication-and-retention@1"})
    rule = f"{draft}/line/rules/publication-and-retention"
    adding = rule.replace("/line/", "/add/")
    text = area.answer(f"{adding}/texts", {"title": "Reports of local reviews", "published": "yes"}).location.split("?")[0]
    kept = area.answer(f"{adding}/kept", {"title": "Reports of local reviews", "amount": "25"}).location.split("?")[0]
    assert text.rpartition("/")[2] == kept.rpartition("/")[2], "what this test is about"
    told = area.by(LEAD).get(kept).text
    assert "kept for 25 years from the day the case was closed" in told and "It is published" not in told
    told = area.by(LEAD).get(text).text
    assert "It is published" in told and "25 years" not in told


def test_what_a_procedure_is_for_and_what_is_kept_out_of_it_are_told_apart_wherever_they_stand(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/rules/add", {"rule": "escalation-ladder@1"})
    adding = f"{draft}/add/rules/escalation-ladder"
    area.answer(f"{adding}/covers", {"title": "Thresholds"})
    area.answer(f"{adding}/carve_outs", {"title": "Complaints", "text": "They go to the complaints officer."})
    area.answer(f"{adding}/tells", {"title": "Chief officers", "whom": "the chief constable", "event": "dispute_stage_3"})
    for page in (draft, f"{draft}/compare", f"{draft}/as-published"):
        told = area.by(LEAD).get(page).text
        assert (
            "It is settled in this way." in told and "They go to the complaints officer. It is not settled in this way." in told
        )
        assert "Told to: the chief constable, when a disagreement reached stage 3." in told


def test_a_condition_that_was_built_is_told_where_the_version_is_read(area: Area) -> None:
    """A duty that holds in some cases only is never published as one that holds in all."""
    draft = area.begun()
    urgent = {"when": {"is": {"fact": "incident.urgent", "value": "yes"}}}
    for rule, listed, line in (
        ("escalation-ladder@1", "stages", {"title": "Heads meet", "stage": "1", "start_events": ["dispute_raised"], "span__amount": "2", "span__unit": "working_days"}),
        ("review-types@1", "types", {"title": "Quick look"}),
    ):  # fmt: skip
        area.answer(f"{draft}/rules/add", {"rule": rule})
        area.answer(f"{draft}/add/rules/{rule[:-2]}/{listed}", line)
        key = line["title"].lower().replace(" ", "-")
        place = ("rules", rule[:-2], listed, key)
        with area.site.database.unit(area.body, area.site.at) as unit:
            drafting.change_draft(
                unit,
                UUID(draft.rpartition("/")[2]),
                "condition",
                lambda c, at=place: drafts.put(c, (*at, "when"), urgent["when"]),
            )
    for page in (draft, f"{draft}/compare", f"{draft}/as-published"):
        told = area.by(LEAD).get(page).text.replace("“", "'").replace("”", "'")
        assert "Only when 'Is it urgent?' is yes." in told and "It is open where this holds: 'Is it urgent?' is yes." in told
