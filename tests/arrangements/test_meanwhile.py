"""Two people on one draft: whoever comes second is told, nothing of the other is lost, and what they typed is still there."""

from __future__ import annotations

from tests.arrangements.test_screens import LEAD, Area, area, day
from tests.arrangements.vale import APRIL
from threefold.governance import drafts
from threefold.plugin_api import AGREED_HERE

__all__ = ["area"]


def test_a_larger_part_that_somebody_else_added_meanwhile_is_not_written_over(area: Area) -> None:
    draft = area.begun()
    rule = area.answer(f"{draft}/rules/add?rule=decision-making@1", {}).location.split("?")[0]
    group = area.answer(rule.replace("/line/", "/add/") + "/groups", {"title": "Learning group"}).location.split("?")[0]
    adding = group.replace("/line/", "/add/") + "/quorum"
    mine = area.filled(adding, {"note": "Mine"})
    area.answer(adding, {"note": "Theirs"})
    refused = area.by(LEAD).send(adding, mine, 422).text
    assert "Somebody added “" in refused and "nothing of yours was saved" in refused and "Mine" in refused
    place = tuple(group.partition("/line/")[2].split("/"))
    assert drafts.node_at(area.content(draft), place)["quorum"]["note"] == "Theirs"
    again = area.filled(adding.replace("/add/", "/line/"), {})
    assert again["note"] == ["Theirs"]


def test_what_somebody_changed_meanwhile_is_not_removed_or_written_over(area: Area) -> None:
    """Two people on one line: whoever comes second is told, and what they typed is still there."""
    draft = area.begun()
    at = "rules/rapid-review-plan/steps/huddle"
    seen = area.filled(f"{draft}/remove/{at}", {})
    area.answer(f"{draft}/line/{at}", {"day": "12"})
    told = area.by(LEAD).send(f"{draft}/remove/{at}", seen, 422)
    assert "it was not removed" in told.text
    area.answer(f"{draft}/remove/{at}", {})
    assert area.by(LEAD).send(f"{draft}/remove/{at}", seen).location.endswith("?done=removed"), "pressed twice"
    # A whole rule is not written over by the page that adds a part of one.
    rule = area.content(draft)["uses"]
    hidden = area.by(LEAD).get(f"{draft}/line/rules/rapid-review-plan").page.hidden()
    area.by(LEAD).send(f"{draft}/add/rules/rapid-review-plan", hidden, 404)
    assert area.content(draft)["uses"] == rule


def test_what_was_typed_into_a_line_that_somebody_removed_is_shown_and_can_be_added_again(area: Area) -> None:
    draft = area.begun()
    line = f"{draft}/line/rules/rapid-review-plan/steps/huddle"
    mine = area.filled(line, {"title": "Huddle of the executive", "day": "12"})
    area.answer(line.replace("/line/", "/remove/"), {})
    gone = area.by(LEAD).send(line, mine, 409)
    assert "Somebody removed this while you were writing" in gone.text and "Huddle of the executive" in gone.response.get_data(
        as_text=True
    )
    form = next(e for e in gone.page.all("form") if "/add/" in (e.get("action") or ""))
    again = area.by(LEAD).send(form.get("action"), {**mine, **gone.page.hidden()}, 303).location
    assert "Huddle of the executive" in area.by(LEAD).get(again.split("?")[0]).text


def test_who_signs_is_not_told_of_a_form_that_was_never_kept(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    asked = area.by(LEAD).get(f"{draft}/ask")
    area.answer(f"{draft}/ask", {e.get("name"): "Agreed so." for e in asked.page.elements if e.name == "textarea"})
    shown = area.by("council-lead@vale.example").get(f"{draft}/sign")
    assert "Your signature" in shown.text and "not sent yet" not in shown.text
    done = area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example").location
    assert "not sent yet" not in area.by("council-lead@vale.example").get(done).text


def test_a_condition_that_was_set_here_is_not_told_as_the_cited_page_s(area: Area) -> None:
    draft, place = area.begun(), ("rules", "rapid-review-plan", "steps", "huddle")
    cited = drafts.node_at(area.content(draft), place)["source"]["ref"]
    at = f"{'/'.join(place)}/when"
    area.worded(f"{draft}/when-fact/{at}", "add", "", "incident.urgent", {"how": "yes"})
    source = drafts.node_at(area.content(draft), place)["source"]["ref"]
    assert source == AGREED_HERE != cited
    assert "Where it comes from" in area.by(LEAD).get(f"{draft}/compare").text
