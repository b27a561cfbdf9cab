"""What a newcomer stumbled over on a first try: each page says what is so, refuses what cannot be, and leads to what mends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.arrangements.area import HOME, HUDDLE, LEAD, Area, area, day, taken_in
from tests.arrangements.vale import APRIL, EVERY_BODY, GOVERNANCE, LEADS, MARCH, NOW_IN_FORCE
from tests.governance.test_crossing import DEVON_CHANGE
from tests.web.test_pages import put_as_it_was
from threefold.governance import drafts
from threefold.governance.drafts import AGREED
from threefold.governance.pack_export import to_toml
from threefold.governance.publishing import document
from threefold.plugin_api import AGREED_HERE
from threefold.work.arrangements import drafting
from threefold.work.arrangements.stories import enter_version
from threefold.work.arrangements.web import answered, lines
from threefold.work.incidents.stories import record_incident
from threefold.work.people.access import PARTNER_LEAD

__all__ = ["area"]
PLAN = ("rules", "rapid-review-plan")


def added(area: Area, draft: str, rule: str) -> str:
    """A rule of the catalogue in a draft: the address of its page, after the draft's own."""
    return area.answer(f"{draft}/rules/add?rule={rule}@1", {}).location.split("?")[0]


def line_in(area: Area, draft: str, listed: str, answers: dict[str, Any]) -> str:
    """One more line of a list: the address of its page."""
    return area.answer(listed.replace("/line/", "/add/"), answers).location.split("?")[0]


def text_of(found: drafts.Content, title: str) -> str:
    told = document(GOVERNANCE, replace(drafts.as_arrangement(found), begins=APRIL), "Vale")
    return next(item["text"] for section in told["sections"] for item in section["items"] if item["title"] == title)


def test_what_is_published_is_told_with_its_numbers(area: Area) -> None:
    draft = area.begun()
    texts = f"{added(area, draft, 'publication-and-retention')}/texts"
    for title, limit, amount in (
        ("Report", "publish.available_months", "6"),
        ("Copy to the Panel", "publish.advance_copy_working_days", "3"),
    ):
        line_in(area, draft, texts, {"title": title, "published": "yes", "limit": limit, "amount": amount})
    assert text_of(area.content(draft), "Report") == "It is published. It stays available for 6 months."
    assert text_of(area.content(draft), "Copy to the Panel") == "It is published. The Panel gets a copy 3 working days ahead."


def test_requests_are_counted_from_their_answer_and_what_else_is_typed_is_refused_beside_its_question(area: Area) -> None:
    draft = area.begun()
    kept = f"{added(area, draft, 'publication-and-retention')}/kept"
    given = {"title": "Own records", "cases": "requests", "amount": "2", "unit": "years", "starts": "closed"}
    page = area.answer(kept.replace("/line/", "/add/"), given, 422)
    assert page.text.count("counted from the day they were answered or refused, and from no other") == 2  # above, and beside it
    line_in(area, draft, kept, given | {"starts": "answered"})
    told = "Requests for one’s own records: kept for 2 years from the day the request was answered or refused."
    assert text_of(area.content(draft), "Own records") == told


def test_a_title_is_told_once_where_the_rule_s_own_words_begin_with_it(area: Area) -> None:
    draft = area.begun()
    kept = f"{added(area, draft, 'publication-and-retention')}/kept"
    title = "Cases that were not notified"
    line_in(area, draft, kept, {"title": title, "cases": "not_notified", "amount": "6", "unit": "years", "starts": "closed"})
    assert text_of(area.content(draft), title) == "Kept for 6 years from the day the case was closed."
    rule = added(area, draft, "local-criteria")
    criterion = line_in(area, draft, f"{rule}/criteria", {"title": "Known there", "effect": "hint", "about": "notify"})
    area.worded(f"{draft}/when-fact/{criterion.partition('/line/')[2]}/when", "add", "", "incident.urgent", {"how": "yes"})
    compared = " ".join(area.by(LEAD).get(f"{draft}/compare").text.split())
    assert "New criterion: “Known there”. It is met when" in compared, compared
    assert f"“{title}”. Kept for 6 years from the day the case was closed." in compared


def test_a_quorum_that_nobody_can_make_is_refused_where_it_is_typed(area: Area) -> None:
    draft = area.begun()
    groups = f"{added(area, draft, 'decision-making')}/groups"
    quorum = (
        line_in(area, draft, groups, {"title": "Learning group", "chair_rotates": "no"}).replace("/line/", "/add/") + "/quorum"
    )
    given = {"count": "2", "chair_may_vary": "no", "chair_may_choose_items": "no"}
    assert "Say of which organisations 2 must be there" in area.answer(quorum, given, 422).text
    one = next(iter(area.content(draft)["organisations"]))["key"]
    assert "2 cannot be there: only 1 are chosen" in area.answer(quorum, {**given, "among": [one]}, 422).text
    for none in ("", "0"):
        told = area.answer(quorum, {**given, "count": none, "among": [one]}, 422).text
        assert "Enter how many of them must be there, or choose nobody" in told
    area.answer(quorum, {**given, "count": "1", "among": [one]})


def test_a_plan_that_begins_on_day_1_takes_no_day_0(area: Area) -> None:
    draft = area.begun()
    assert drafts.node_at(area.content(draft), PLAN)["start_is_day"] == 1
    wrong = area.answer(f"{draft}/{HUDDLE}", {"day": "0"}, 422)
    assert "counts its start event’s own day as day 1" in wrong.text
    assert wrong.page.heading and wrong.response.get_data(as_text=True).count('href="#day"') == 1
    new = {"title": "Call", "day": "0", "optional": "no"}
    assert "Enter 1 or more" in area.answer(f"{draft}/add/rules/rapid-review-plan/steps", new, 422).text
    area.answer(f"{draft}/{HUDDLE}", {"day": "1"})


def test_a_day_the_partners_set_here_is_no_inference_from_a_page(area: Area) -> None:
    draft = area.begun()
    told = document(GOVERNANCE, replace(drafts.as_arrangement(area.content(draft)), begins=APRIL), "Vale")
    assert any("they are read as working days" in section["said"] for section in told["sections"]), (
        "of the other steps it stays said"
    )
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    assert drafts.node_at(area.content(draft), (*PLAN, "steps", "huddle"))["source"]["ref"] == AGREED_HERE
    own = text_of(area.content(draft), "Executive huddle")
    assert own.startswith("Within 12 working days, counted from the day when") and "read as" not in own
    assert "“Executive huddle” is now due by working day 12, was 14." in area.by(LEAD).get(f"{draft}/compare").text


def test_a_day_that_is_set_back_is_what_its_page_says_again(area: Area) -> None:
    draft, huddle = area.begun(), (*PLAN, "steps", "huddle")
    began = area.content(draft)
    assert area.answer(f"{draft}/{HUDDLE}", {"day": "12", "title": "Meeting of executives"}).location.endswith("done=own")
    assert area.answer(f"{draft}/{HUDDLE}", {"day": "14"}).location.endswith("done=again")
    back = drafts.node_at(area.content(draft), huddle)
    assert back == {**drafts.node_at(began, huddle), "title": "Meeting of executives"}, "a title may be worded anew"
    area.answer(f"{draft}/{HUDDLE}", {"title": drafts.node_at(began, huddle)["title"]})
    assert {**area.content(draft), "source_names": 0} == {**began, "source_names": 0}  # it remembers the names of its sources
    area.answer(f"{draft}/{HUDDLE}", {"source__ref": AGREED_HERE, "source__where": ""})
    said = area.content(draft)
    area.answer(f"{draft}/{HUDDLE}", {})
    assert area.content(draft) == said, (
        "whoever says that the partners agree it is believed, and a page saved as it was changes nothing"
    )
    area.answer(f"{draft}/{HUDDLE}", {"day": "13"})
    assert drafts.node_at(area.content(draft), huddle)["source"]["ref"] == AGREED_HERE


def test_what_the_whole_plan_counts_is_what_its_steps_cite(area: Area) -> None:
    draft, plan = area.begun(), f"{HUDDLE.partition('/steps')[0]}"
    began = drafts.node_at(area.content(draft), PLAN)

    def cited() -> dict[str, str]:
        return {s["key"]: s["source"]["ref"] for s in drafts.node_at(area.content(draft), (*PLAN, "steps"))}

    pages = cited()
    of_the_plan = {s["key"] for s in began["steps"] if "day" in s}
    assert of_the_plan and AGREED_HERE not in pages.values()
    area.answer(f"{draft}/{plan}", {"unit": "calendar_days"})
    assert {key for key, ref in cited().items() if ref == AGREED_HERE} == of_the_plan
    assert "Agreed by the partners in this version" in area.by(LEAD).get(f"{draft}/as-published").text
    assert "Where it comes from" in area.by(LEAD).get(f"{draft}/compare").text
    area.answer(f"{draft}/{plan}", {"unit": began["unit"]})
    assert cited() == pages, "as the page says again"
    assert drafts.node_at(area.content(draft), PLAN) == began, "the plan itself too"
    area.answer(f"{draft}/{plan}", {"start_is_day": "0" if began["start_is_day"] else "1"})
    area.answer(f"{draft}/{HUDDLE}", {"title": "Meeting of executives"})
    assert cited()["huddle"] == AGREED_HERE, "another title, and its day is counted otherwise still"
    area.answer(f"{draft}/{HUDDLE}", {"title": next(s["title"] for s in began["steps"] if s["key"] == "huddle")})
    area.answer(f"{draft}/{plan}", {"start_is_day": str(began["start_is_day"])})
    assert drafts.node_at(area.content(draft), PLAN) == began
    with area.site.database.unit(area.body, MARCH) as unit:
        assert len(drafting.revisions(unit, UUID(draft.rsplit("/", 1)[1]))) == 7, "begun, and one change for each save"
    area.answer(f"{draft}/{plan}", {"start_events": ["aware"]})
    without = {s["key"] for s in began["steps"] if not s.get("start_events")}
    assert {key for key, ref in cited().items() if ref == AGREED_HERE} == without
    area.answer(f"{draft}/{plan}", {"start_events": sorted(began["start_events"])})
    assert cited() == pages and drafts.node_at(area.content(draft), PLAN) == began
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/{plan}", {"unit": "calendar_days"})
    area.answer(f"{draft}/{plan}", {"unit": began["unit"]})
    assert {key for key, ref in cited().items() if ref == AGREED_HERE} == {"huddle"}, (
        "what is another day stays the partners’ own"
    )


def test_a_time_of_a_line_s_own_that_is_changed_is_stated_and_no_more_inferred() -> None:
    rule = GOVERNANCE.catalogue.get("timetable", 1, field="").Config
    span = {"amount": 2, "unit": "working_days", "unit_from": "inferred"}
    source = {"ref": "A page", "force": "LOCAL", "sure": "V", "where": ""}
    plan = {"unit": "working_days", "unit_from": "inferred", "source": source}
    assert answered.own_source(rule, plan, {**plan, "unit": "calendar_days"})["unit_from"] == "stated"
    assert answered.own_source(rule, plan, plan) == plan
    step, _ = lines.schema_at((*PLAN, "steps", "x"), GOVERNANCE.catalogue.get("timetable", 1, field=""))
    changed = answered.own_source(
        step, {"title": "X", "span": span, "source": source}, {"title": "X", "span": {**span, "amount": 3}, "source": source}
    )
    assert changed["span"] == {**span, "amount": 3, "unit_from": "stated"}
    agreed = {"title": "X", "span": {**span, "unit_from": "stated", "start_is_day": 0}, "source": AGREED}
    told = {"title": "X", "span": {**span, "unit_from": "stated"}, "source": source}
    plain = {"amount": 2, "unit": "working_days"}  # a file leaves out what goes without saying
    for since in ("inferred", "stated"):
        now = {"title": "X", "span": {**plain, "unit_from": since}, "source": source}
        assert answered.own_source(step, {"title": "X", "span": plain, "source": source}, now) == now
    assert answered.own_source(step, {"title": "X", "span": span, "source": source}, told) == told, (
        "that the page says it is said of the page"
    )
    back = {"title": "X", "span": {**span, "start_is_day": 0}, "source": AGREED}
    assert answered.own_source(step, agreed, back, {"title": "X", "span": span, "source": source}) == {
        "title": "X",
        "span": span,
        "source": source,
    }


def test_a_unit_without_its_number_is_not_dropped_in_silence(area: Area) -> None:
    draft = area.begun()
    refused = area.answer(
        f"{draft}/{HUDDLE}", {"due_by": "own", "day": "", "start_events": ["aware"], "span__unit": "calendar_days"}, status=422
    )
    assert "Enter how long, or choose no unit" in refused.text
    area.answer(f"{draft}/{HUDDLE}", {"day": "", "span__amount": "3", "span__unit": "working_days", "start_events": ["aware"]})
    area.answer(
        f"{draft}/{HUDDLE}", {"due_by": "plan", "day": "12", "span__amount": ""}
    )  # clearing the number takes the time away
    area.answer(f"{draft}/{HUDDLE}", {"span__unit": "working_days"})  # the form has it filled in: by itself it says nothing


def test_what_the_report_year_is_about_is_asked_and_not_folded_away(area: Area) -> None:
    page = area.by(LEAD).get(added(area, area.begun(), "report-year"))
    folded = page.response.get_data(as_text=True).partition("More settings")[2]
    for part in ("begins", "ends", "due"):
        assert f'name="{part}__day"' in page.response.get_data(as_text=True) and f'name="{part}__day"' not in folded


def test_open_cases_of_a_correction_are_those_of_what_it_corrects(area: Area) -> None:
    facts = {**DEVON_CHANGE, "incident": {**DEVON_CHANGE["incident"], "happened_on": "2027-02-27"}, "review": {
        "events": [e | {"at": "2027-03-01"} for e in DEVON_CHANGE["review"]["events"]]}}  # fmt: skip
    with area.site.database.unit(area.body, MARCH) as unit:
        record_incident(unit, GOVERNANCE, facts, uuid4())
    draft = area.begun("Put right")
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(
        f"{draft}/about", {**day("begins", NOW_IN_FORCE.begins), "corrects": NOW_IN_FORCE.version, "note": "The huddle's day."}
    )
    told = area.by(LEAD).get(f"{draft}/cases").text
    assert f"The draft corrects “{NOW_IN_FORCE.title}” and takes its place from 1 January 2026" in told
    assert "open cases finish under the version before" not in told
    row = told.partition("Executive huddle")[2][:80]
    assert row.startswith("Thursday 18 March 2027Tuesday 16 March 2027Tuesday 16 March 2027"), row


def test_a_correction_that_is_in_force_is_not_told_to_begin_by_itself(area: Area) -> None:
    draft = area.begun("Put right")
    area.answer(
        f"{draft}/about", {**day("begins", NOW_IN_FORCE.begins), "corrects": NOW_IN_FORCE.version, "note": "The day was wrong."}
    )
    reasons = {e.get("name"): "Agreed so." for e in area.by(LEAD).get(f"{draft}/ask").page.elements if e.name == "textarea"}
    area.answer(f"{draft}/ask", reasons)
    assert (
        "takes the place of what it corrects, from Thursday 1 January 2026, as soon as every seat"
        in area.by(LEAD).get(f"{draft}/sign").text
    )
    for seat in LEADS:
        shown = area.by(f"{seat}@vale.example").get(f"{draft}/sign").page
        assert [e.get("value") for e in shown.all("input") if e.get("name") == "seat" and "checked" in e.attributes] == [seat]
        area.answer(f"{draft}/sign", {"answer": "sign"}, email=f"{seat}@vale.example")
    done = area.by(LEAD).get(f"{draft}/sign?done=entered").text
    assert "takes the place of what it corrects, from Thursday 1 January 2026." in done and "by itself" not in done


def test_a_file_with_a_setting_there_is_not_is_refused_with_the_step_it_stands_in(area: Area) -> None:
    toml = to_toml(NOW_IN_FORCE)
    told = taken_in(area, toml.replace('"day" = 14', '"dya" = 14').encode()).text
    assert "rules.rapid-review-plan.steps.huddle.dya: There is no setting “dya” in steps.huddle; check its spelling." in told
    told = taken_in(area, toml.replace('"day" = 14', '"day" = 0').encode()).text
    assert "rules.rapid-review-plan.steps.huddle.day: " in told and "Enter 1 or more" in told


def with_question(area: Area) -> tuple[str, str]:
    """A draft with a question of the area's own, and a condition that rests on it and on the age: the draft, the condition."""
    draft = area.begun()
    rule = added(area, draft, "local-criteria")
    line_in(area, draft, f"{rule}/questions", {"title": "Is the child known to the youth service?"})
    criterion = line_in(area, draft, f"{rule}/criteria", {"title": "Known there", "effect": "hint", "about": "notify"})
    at = criterion.partition("/line/")[2] + "/when"
    (question,) = drafts.node_at(area.content(draft), tuple(rule.partition("/line/")[2].split("/")))["questions"]
    area.worded(f"{draft}/when-fact/{at}", "add", "", f"incident.local.{question['key']}", {"how": "yes"})
    area.worded(f"{draft}/when-fact/{at}", "add", "", "incident.children[].age_years", {"how": "at_least", "number": "16"})
    return draft, at


def test_a_question_of_the_area_s_own_is_told_everywhere_as_it_is_asked(area: Area) -> None:
    draft, at = with_question(area)
    asked, rule, criterion = "“Is the child known to the youth service?” is yes", *at.removesuffix("/when").split("/criteria/")
    for page in ("compare", f"line/{rule}", f"line/{rule}/criteria", f"line/{rule}/criteria/{criterion}"):
        shown = area.by(LEAD).get(f"{draft}/{page}").text
        assert asked in shown and "'is the child" not in shown, page
    made = document(GOVERNANCE, drafts.as_arrangement(area.content(draft)), "Example Vale")
    (told,) = [
        item
        for section in made["sections"]
        for item in section["items"]
        if item["title"] == "Known there" and "is met" in item["text"]
    ]
    assert "It is met when" in told["text"] and asked in told["text"]


def test_a_judgement_is_published_as_one(area: Area) -> None:
    draft = area.begun()
    rule = added(area, draft, "local-criteria")
    line_in(area, draft, f"{rule}/criteria", {"title": "A matter of concern", "effect": "hint", "about": "notify"})
    made = document(GOVERNANCE, drafts.as_arrangement(area.content(draft)), "Example Vale")
    assert "Whether it is met is the partners’ judgement." in str(made["sections"])


def test_an_example_s_mistake_stands_in_the_summary_and_a_question_is_told_as_it_is_asked(area: Area) -> None:
    draft, at = with_question(area)
    shown = area.by(LEAD).get(f"{draft}/when/{at}")
    assert "“Is the child known to the youth service?” is yes" in shown.text
    wrong = area.by(LEAD).get(f"{draft}/when/{at}?try=yes&try-1=x", 422)
    assert "There is a problem" in wrong.text and "must be a whole number" in wrong.text
    assert "<title>Error: " in wrong.response.get_data(as_text=True) and 'href="#try-1"' in wrong.response.get_data(
        as_text=True
    )
    assert "the condition is: met" in area.by(LEAD).get(f"{draft}/when/{at}?try=yes&try-1=17&try-2=yes").text
    assert "unclear" in area.by(LEAD).get(f"{draft}/when/{at}?try=yes&try-1=17&try-2=not_asked").text
    high = {"fact": "incident.children[].age_years"}
    asked = area.answer(f"{draft}/when-fact/{at}?do=add&part=", high).location
    of_another = {"together": "all"}  # there is a comparison about a child beside it
    assert "between 0 and 25" in area.answer(asked, {"how": "at_least", "number": "200"} | of_another, 422).text
    told = area.answer(asked, {"how": "less_than", "number": "0"} | of_another, 422).text
    assert "is never less than 0. Compare it with 1 or more" in told
    area.answer(asked, {"how": "less_than", "number": "1"} | of_another)
    assert "is less than 1" in area.by(LEAD).get(f"{draft}/when/{at}").text
    (question,) = drafts.node_at(area.content(draft), ("rules", at.split("/")[1]))["questions"]
    when = f"{draft}/when-fact/{HUDDLE.removeprefix('line/')}/when"
    area.worded(when, "add", "", f"incident.local.{question['key']}", {"how": "yes"})
    assert "Only when “Is the child known to the youth service?” is yes." in text_of(area.content(draft), "Executive huddle")


def test_a_question_s_removal_names_the_conditions_that_rest_on_it(area: Area) -> None:
    draft, at = with_question(area)
    rule = at.split("/")[1]
    (question,) = drafts.node_at(area.content(draft), ("rules", rule))["questions"]
    told = area.by(LEAD).get(f"{draft}/remove/rules/{rule}/questions/{question['key']}").text
    assert "Without it this has to be mended" in told and "The condition of “Known there” rests on a question" in told
    assert "Without it" not in area.by(LEAD).get(f"{draft}/remove/{HUDDLE.removeprefix('line/')}").text


def test_what_guidance_asks_in_words_opens_a_statement_filled_in_that_far(area: Area) -> None:
    draft = area.begun()
    other = added(area, draft, "narrative").partition("/line/rules/")[2]
    listed = f"{draft}/line/rules/{other}/statements"
    line_in(area, draft, listed, {"title": "Of us", "text": "x", "section__other": "Of us", "answers": ["A12"]})
    checked = area.by(LEAD).get(f"{draft}/check").page
    said = [e.get("href") for e in checked.all("a") if "/statements?" in (e.get("href") or "")]
    assert said and all(f"/add/rules/{other}/statements?section=" in href for href in said), said
    (training,) = [href for href in said if "section=training" in href]
    area.answer(training, {"title": "Training", "text": "Twice a year."})
    made = drafts.node_at(area.content(draft), ("rules", other, "statements"))[-1]
    assert (made["section"], made.get("answers") or []) == ("training", []), "nobody said that it tells all that is asked"
    # What else is asked beside it is asked on, and its own page opens; one that says too little is the page that opens.
    assert "how agencies audit their work together" in text_of_page(area, draft)
    (audits,) = [href for href in links(area, draft) if "section=audits" in href]
    area.answer(audits, {"title": "Audits", "text": "We audit."})
    page = area.by(LEAD).get(f"{draft}/check").page
    (more,) = [e for e in page.all("a") if e.text.startswith("Say more in its statement")]
    assert "/audits" in str(more.get("href")) and str(more.get("href")).endswith("#text")
    area.answer(str(more.get("href")).partition("#")[0], {"title": "Audits", "text": "We audit each term."})
    assert not [href for href in links(area, draft) if "section=audits" in href]
    assert "how agencies audit" not in text_of_page(area, draft)


def text_of_page(area: Area, draft: str) -> str:
    return area.by(LEAD).get(f"{draft}/check").text


def links(area: Area, draft: str) -> list[str]:
    """The pages that the check says would mend something."""
    return [e.get("href") or "" for e in area.by(LEAD).get(f"{draft}/check").page.all("a")]


def test_a_list_of_what_is_not_told_that_a_draft_makes_shorter_was_said_before(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    whole = "how training across agencies is commissioned, delivered and checked for its effect; how agencies audit their work together"

    def parts() -> list[str]:
        fold = area.by(LEAD).get(f"{draft}/check").response.get_data(as_text=True)
        return ["The arrangements do not say " in half for half in fold.split("<details", 1)] + [whole in fold]

    assert parts() == [False, True, True], "nothing of it stands outside the fold"
    other = added(area, draft, "narrative").partition("/line/rules/")[2]
    told = {"title": "Audits", "text": "Each term, together.", "section": "audits"}
    line_in(area, draft, f"{draft}/line/rules/{other}/statements", told)
    assert parts() == [False, True, False]


def test_each_reason_for_departing_from_guidance_is_asked_for_by_its_number(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    year = {f"{part}__{name}": value for part, on in (("begins", ("1", "4")), ("ends", ("31", "3")), ("due", ("31", "12")))
            for name, value in zip(("day", "month"), on, strict=True)}  # fmt: skip
    for _ in range(2):
        area.answer(added(area, draft, "report-year"), year)
    asked = area.by(LEAD).get(f"{draft}/ask").page
    labels = [e.text.strip() for e in asked.all("label")]
    assert labels == [f"Why do you depart from guidance here? ({no} of 2)" for no in (1, 2)]


def test_a_correction_says_what_stood_before_on_the_page_of_a_day(area: Area) -> None:
    right = replace(NOW_IN_FORCE, version="right", title="Put right", corrects=NOW_IN_FORCE.version)
    with area.site.database.unit(area.body, MARCH + timedelta(days=1)) as unit:
        enter_version(unit, GOVERNANCE, right)
    area.site.at = MARCH + timedelta(days=2)
    area.browsers.clear()
    shown = area.by(LEAD).get(HOME, query_string=day("on", APRIL - timedelta(days=200)))
    assert f"Until that was entered, “{NOW_IN_FORCE.title}” stood on record" in shown.text
    assert f"On record until it was set right{NOW_IN_FORCE.title}" in shown.text.replace("right ", "right")


def test_a_rule_whose_day_of_review_has_passed_is_warned_of(area: Area) -> None:
    draft = area.begun()
    said = "was due for review on 1 November 2027 and may be out of date. Ask who keeps it: Threefold maintainers."
    assert said not in area.by(LEAD).get(f"{draft}/check").text
    area.site.at = datetime(2027, 11, 2, 9, tzinfo=UTC)
    area.browsers.clear()  # the sign-ins of months ago have ended
    assert said in area.by(LEAD).get(f"{draft}/check").text


def test_what_is_wrong_with_a_setting_is_said_with_its_label_and_not_in_a_program_s_words(area: Area) -> None:
    draft = area.begun()
    path = f"{draft}/add/rules/rapid-review-plan/steps"
    told = area.answer(path, {"title": "Call the family", "day": "", "span__amount": "3", "span__unit": ""}, 422).text
    assert "Missing data" not in told and "may not be null" not in told and "is missing" in told


def test_the_list_of_what_is_corrected_offers_no_twice(area: Area) -> None:
    draft = area.begun()
    about = area.by(LEAD).get(f"{draft}/about").page
    empty = [e for e in about.elements if e.name == "option" and e.get("value") == ""]
    assert [e.text for e in empty] == ["No"]


def test_a_new_delegation_leads_to_the_seat_that_it_needs_filled_in(area: Area) -> None:
    draft = area.begun()
    added = {"name": "NHS Vale North Integrated Care Board", "kind": "integrated_care_board", "partner": "yes"}
    area.answer(f"{draft}/add/organisations", added)
    board = area.content(draft)["organisations"][-1]["key"]
    area.answer(f"{draft}/line/organisations/council", {"acts_for": [board]})
    links = [a.get("href") for a in area.by(LEAD).get(f"{draft}/check").page.all("a")]
    assert f"{draft}/add/seats?role=lead&organisation={board}#title" in links


def test_the_packs_that_an_arrangement_stands_on_are_told_from_the_other_packs(area: Area) -> None:
    """Of some sixty things to compare with, its own packs are found at once."""
    (version,) = EVERY_BODY.bodies["westmorland-and-furness"].versions
    assert {layer for use in version.uses for layer in use.layers if layer.startswith("_shared")}, "it stands on shared packs"
    with area.site.database.unit(area.body, MARCH) as unit:
        put_as_it_was(unit, replace(version, body=NOW_IN_FORCE.body, version="as-there", begins=MARCH.date()))
    page = area.by(LEAD).get(f"{HOME}/compare").page
    headings = " ".join(e.text for e in page.all("summary"))
    assert "Shared packs that our arrangement stands on" in headings and "Other shared packs" in headings


def test_a_day_that_cannot_be_is_told_where_it_is_typed_and_other_questions_are_saved_all_the_same(area: Area) -> None:
    draft = area.begun("Too late")
    about = f"{draft}/about"
    for answers, told in (
        (day("begins", NOW_IN_FORCE.begins), "1 January 2026 has come or passed. Choose a later day"),
        ({**day("begins", APRIL), "corrects": NOW_IN_FORCE.version}, "What corrects it begins on the same day"),
        (
            {**day("begins", NOW_IN_FORCE.begins), "corrects": NOW_IN_FORCE.version},
            "Say in the note what was written down wrongly",
        ),
    ):
        assert told in area.by(LEAD).send(about, area.filled(about, answers), 422).text
        assert area.content(draft)["begins"] is None
    area.answer(about, day("begins", APRIL))
    area.site.at = datetime(APRIL.year, APRIL.month, APRIL.day, 9, tzinfo=UTC)  # its day comes while nobody signs
    area.browsers.clear()
    area.answer(about, {"title": "Still too late"})
    assert (area.content(draft)["title"], area.content(draft)["begins"]) == ("Still too late", APRIL.isoformat())


def test_a_deputy_is_told_that_the_seat_itself_signs(area: Area) -> None:
    area.site.person("deputy@vale.example", area.body, PARTNER_LEAD, seats=("police-deputy",))
    draft = area.begun("Next")
    area.answer(f"{draft}/about", day("begins", APRIL))
    reasons = {e.get("name"): "Agreed so." for e in area.by(LEAD).get(f"{draft}/ask").page.elements if e.name == "textarea"}
    area.answer(f"{draft}/ask", reasons)
    told = area.by("deputy@vale.example").get(f"{draft}/sign").text
    assert "You hold none of these seats, so you do not sign this." in told
    assert "Your seat is the deputy of Lead safeguarding partner, police:" in told and "does not sign the arrangement" in told
    assert "Your seat is the deputy" not in area.by(LEAD).get(f"{draft}/sign").text
    holder = area.by("police-lead@vale.example").get(f"{draft}/sign").text
    assert "Your signature" in holder and "You hold none" not in holder


def test_the_days_on_which_an_area_is_closed_are_set_shown_and_published(area: Area) -> None:
    draft = area.begun("Closed at Easter")
    about = f"{draft}/about"
    told = area.by(LEAD).send(about, area.filled(about, {"closures": "29 March 2027\nthe Tuesday after"}), 422)
    assert "“the Tuesday after” is not a day from 2000 to 2200, such as 24 December 2027" in told.text
    assert "29 March 2027" in told.response.get_data(as_text=True), "what was typed is still there"
    area.answer(about, {**day("begins", APRIL), "closures": "31/03/2027\n\n30 March 2027\n2027-03-30"})
    assert area.content(draft)["closures"] == ["2027-03-30", "2027-03-31"]
    assert "Days closed30 March 2027, 31 March 2027" in area.by(LEAD).get(draft).text
    told = document(GOVERNANCE, drafts.as_arrangement(area.content(draft)), "Vale")
    (closed,) = [i for s in told["sections"] for i in s["items"] if i["title"] == "Days on which the area is closed"]
    assert closed["text"].startswith("30 March 2027, 31 March 2027. They are no working days")
    area.answer(about, {"title": "Renamed"})
    assert area.content(draft)["closures"] == ["2027-03-30", "2027-03-31"], "left as they were"
    area.answer(about, {"closures": ""})
    assert area.content(draft)["closures"] == [] and "Days closed" not in area.by(LEAD).get(draft).text
