"""What was removed and is named still, and a partner that is left out: told before anybody signs, and never passed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tests.arrangements.area import HUDDLE, LEAD, MANAGER, Area, area, boxes_of, day, taken_in
from tests.arrangements.test_a_new_step import html
from tests.arrangements.test_first_try import added
from tests.arrangements.vale import APRIL, GOVERNANCE, NOW_IN_FORCE
from threefold.governance import drafts
from threefold.governance.remark import Remark
from threefold.plugin_api.arrangement import Organisation, Seat
from threefold.work.arrangements import drafting
from threefold.work.arrangements.stories import enter_version
from threefold.work.arrangements.web import offers
from threefold.work.arrangements.web.reasons import reason_for
from threefold.work.people.access import AREA_LEAD

__all__ = ["area"]
# A year whose report is due later than guidance asks for.
YEAR = {f"{part}__{name}": value for part, on in (("begins", ("1", "4")), ("ends", ("31", "3")), ("due", ("31", "12")))
        for name, value in zip(("day", "month"), on, strict=True)}  # fmt: skip


def line(area: Area, listed: str, answers: dict[str, object]) -> str:
    return area.answer(listed.replace("/line/", "/add/"), answers).location.split("?")[0]


def test_a_group_that_is_removed_and_decides_still_is_to_be_mended(area: Area) -> None:
    draft = area.begun()
    rule = added(area, draft, "decision-making")
    group = line(area, f"{rule}/groups", {"title": "Bb"})
    key = group.rpartition("/")[2]
    line(area, f"{rule}/groups", {"title": "Aa", "chair": key})
    removal = area.by(LEAD).get(group.replace("/line/", "/remove/")).text
    assert "“Aa” names it" in removal
    area.answer(group.replace("/line/", "/remove/"), {})
    checked = area.by(LEAD).get(f"{draft}/check").text
    assert "“Aa” names “Bb”, which is not there any more." in checked and "2 things stand in the way" in checked
    assert "Bb (not there any more)" in area.by(LEAD).get(f"{rule}/groups/aa").text
    line(area, f"{rule}/groups", {"title": "Bb"})
    assert "is not there any more" not in area.by(LEAD).get(f"{draft}/check").text, "put back, it is named rightly"


def test_a_partner_that_is_added_again_by_its_name_alone_is_the_one_that_was_left_out(area: Area) -> None:
    draft = area.begun()
    (was,) = [o for o in area.content(draft)["organisations"] if o["key"] == "health"]
    area.answer(f"{draft}/remove/organisations/health", {})
    assert f"{was['name']} is a safeguarding partner of this area and is left out" in area.by(LEAD).get(f"{draft}/check").text
    area.answer(f"{draft}/add/organisations", {"name": f" {was['name'].upper()} ", "kind": was["kind"], "partner": "yes"})
    assert [o["key"] for o in area.content(draft)["organisations"]].count("health") == 1
    assert "is left out" not in area.by(LEAD).get(f"{draft}/check").text
    again = area.answer(f"{draft}/add/organisations", {"name": was["name"], "kind": "other", "partner": "no"})
    assert not again.location.split("?")[0].endswith("/health"), "it is there: another of that name is another"


def test_before_a_partner_is_removed_it_is_said_that_the_law_does_not_allow_it(area: Area) -> None:
    draft = area.begun()
    told = area.by(LEAD).get(f"{draft}/remove/organisations/council").text
    assert "Example Vale Council is a safeguarding partner of this area and is left out." in told
    assert "'council'" not in told


def test_a_partner_whose_kind_is_another_is_not_the_partner_that_the_law_asks_for(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/line/organisations/health", {"kind": "other"})
    told = area.by(LEAD).get(f"{draft}/check")
    assert "is a safeguarding partner of this area as “integrated care board”, and stands here as “other”" in told.text.lower()
    assert any("organisations/health" in e.get("href") for e in told.page.all("a"))


def test_what_was_added_and_removed_again_can_be_taken_out_of_all_that_names_it(area: Area) -> None:
    """A group, a seat and an organisation of this draft alone: their boxes stay where they are named, and to untick one is to take it out."""
    draft = area.begun()
    rule = added(area, draft, "decision-making")
    group = line(area, f"{rule}/groups", {"title": "Districts group"})
    line(area, group.replace("/line/", "/line/") + "/members", {"who": "council-lead"})
    trust = line(area, f"{draft}/line/organisations", {"name": "Vale Trust", "kind": "other", "partner": "no"})
    seat = line(area, f"{draft}/line/seats", {"title": "Chief nurse", "role": "delegate", "organisation": "health"})
    gone = [one.rpartition("/")[2] for one in (group, trust, seat)]
    way = line(
        area,
        f"{rule}/ways",
        {"question": "lead_on_an_issue", "decides": [*gone, "council"], "views_from": gone, "how": "joint_view"},
    )
    other = line(area, f"{rule}/groups", {"title": "Executive", "reports_to": [gone[0]]})
    line(area, f"{other}/members", {"who": gone[2]})
    for one in (group, trust, seat):
        area.answer(one.replace("/line/", "/remove/"), {})
    said = area.by(LEAD).get(f"{draft}/check").text
    assert said.count("there any more. Choose another") == 6, (
        "each and its link: the question, whom the group reports to, and its member"
    )
    assert f"“{gone[2]}”" not in said, "nothing is called by its key"
    shown = area.by(LEAD).get(way).text
    for title in ("Districts group", "Vale Trust", "Chief nurse"):
        assert f"{title} (not there any more)" in shown
    (member,) = [a.get("href") for a in area.by(LEAD).get(f"{draft}/check").page.all("a") if "/members/" in a.get("href")]
    assert "Chief nurse (not there any more)" in area.by(LEAD).get(f"{other}/members").text
    area.answer(way, {"decides": ["council"], "views_from": None})
    area.answer(other, {"reports_to": None})
    area.answer(member.partition("#")[0], {"who": "health"})
    assert "not there any more" not in area.by(LEAD).get(f"{draft}/check").text
    (kept,) = [
        one
        for use in area.content(draft)["uses"]
        for one in use["settings"].get("ways", ())
        if one["question"] == "lead_on_an_issue"
    ]
    assert kept["decides"] == ["council"]


def test_a_step_that_is_removed_starts_nothing(area: Area) -> None:
    draft = area.begun()
    rule = added(area, draft, "timetable")
    area.answer(rule, {"start_events": ["notification_sent"]})
    alpha = line(area, f"{rule}/steps", {"title": "Alpha", "day": "2"})
    done = f"done:{rule.rpartition('/')[2]}.{alpha.rpartition('/')[2]}"
    line(area, f"{rule}/steps", {"title": "Beta", "span__amount": "3", "start_events": [done]})
    area.answer(alpha.replace("/line/", "/remove/"), {})
    assert "“Beta” names “Alpha”, which is not there any more." in area.by(LEAD).get(f"{draft}/check").text


def test_words_that_were_never_a_key_name_whom_they_say(area: Area) -> None:
    draft = area.begun()
    rule = added(area, draft, "timetable")
    area.answer(rule, {"start_events": ["notification_sent"]})
    line(area, f"{rule}/steps", {"title": "Alpha", "day": "2", "who__other": "police"})
    assert "is not there any more" not in area.by(LEAD).get(f"{draft}/check").text


def test_a_partner_of_the_version_before_is_left_out_for_a_reason_that_is_published(area: Area) -> None:
    second = Organisation("second-board", "Second Board", "integrated_care_board", True)
    with area.site.database.unit(area.body, area.site.at) as unit:
        more = replace(NOW_IN_FORCE, version="five", title="Five", begins=day_after(NOW_IN_FORCE.begins),
                       organisations=(*NOW_IN_FORCE.organisations, second),
                       seats=(*NOW_IN_FORCE.seats, Seat("second-lead", "Second board lead", "lead", "second-board")))  # fmt: skip
        enter_version(unit, GOVERNANCE, more)
    draft = area.begun()
    area.answer(f"{draft}/about", {**day("begins", APRIL), "open_cases": "finish_under_old"})
    area.answer(f"{draft}/remove/seats/second-lead", {})
    area.answer(f"{draft}/remove/organisations/second-board", {})
    checked = area.by(LEAD).get(f"{draft}/check").text
    assert "Second Board is a safeguarding partner in the version before, and is left out." in checked
    assert "once the reason is given" in " ".join(checked.split()) and "Nothing stands in the way" not in checked
    page = area.by(LEAD).get(f"{draft}/ask").text
    assert "Why is it a partner no longer?" in page
    (back,) = [a.get("href") for a in area.by(LEAD).get(f"{draft}/check").page.all("a") if "back=second-board" in a.get("href")]
    area.answer(back, {})  # the page has it filled in as it was
    assert "Second Board" in [o["name"] for o in area.content(draft)["organisations"] if o["key"] == "second-board"]
    assert "is left out" not in area.by(LEAD).get(f"{draft}/check").text
    area.answer(f"{draft}/line/organisations/second-board", {"partner": "no"})
    links = [a.get("href") for a in area.by(LEAD).get(f"{draft}/check").page.all("a") if "second-board" in a.get("href")]
    assert links == [f"{draft}/line/organisations/second-board#partner"], (
        "it is there: its own page says whether it is a partner"
    )


def test_an_address_of_a_source_is_one(area: Area) -> None:
    draft = area.begun()
    rule = added(area, draft, "timetable")
    refused = area.answer(rule, {"source__where": "javascript:alert(1)"}, 422)
    assert "Enter a web address" in refused.text
    area.answer(rule, {"source__where": "www.example.org/plan"})


def test_who_may_sign_is_told_what_is_not_scanned(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", {**day("begins", APRIL), "open_cases": "finish_under_old"})
    area.before_its_seats(draft)
    assert "it is not checked for malicious software" in html(area, f"{draft}/minutes")


def day_after(begins: object) -> object:
    from datetime import date, timedelta

    assert isinstance(begins, date)
    return begins + timedelta(days=1)


def test_nobody_is_offered_as_their_own_deputy_or_delegate(area: Area) -> None:
    draft = area.begun()
    partner = next(o["key"] for o in area.content(draft)["organisations"] if o["partner"])
    page = html(area, f"{draft}/line/organisations/{partner}")
    assert 'name="acts_for"' in page and f'value="{partner}"' not in page


def test_a_step_that_waits_for_what_no_line_ends_with_begins_by_hand(area: Area) -> None:
    draft = area.begun()
    rule = added(area, draft, "timetable")
    area.answer(rule, {"start_events": ["notification_sent"]})
    beta = line(area, f"{rule}/steps", {"title": "Beta", "span__amount": "3"})
    place = ("rules", rule.rpartition("/")[2], "steps", beta.rpartition("/")[2])
    with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
        drafting.change_draft(
            unit,
            UUID(draft.rsplit("/", 1)[1]),
            "taken in",
            lambda c: drafts.put(c, place, {**drafts.node_at(c, place), "start_events": ["done:timetable.agreed-by-hand"]}),
        )
    assert (
        "“Beta” waits for “agreed by hand” to be done, and no step here is called so."
        in area.by(LEAD).get(f"{draft}/check").text
    )


def test_a_step_that_is_gone_is_told_once_and_by_its_name_though_another_is_called_so_now(area: Area) -> None:
    draft, steps = area.begun(), "rules/rapid-review-plan/steps"
    waits = {"due_by": "own", "start_events": ["done:rapid-review-plan.huddle"], "span__amount": "3", "span__unit": "weeks"}
    call = line(area, f"{draft}/line/{steps}", {"title": "Daily call", "optional": "no", **waits})
    area.answer(f"{draft}/remove/{HUDDLE.removeprefix('line/')}", {})
    told = area.by(LEAD).get(f"{draft}/check").text
    assert "“Daily call” names “Executive huddle”, which is not there any more. Choose another." in told
    assert "on record by hand" not in told, "it is to be mended, and nobody is sent to do it by hand"
    again = line(area, f"{draft}/line/{steps}", {"title": "Executive huddle", "due_by": "plan", "day": "2"}).rpartition("/")[2]
    told = area.by(LEAD).get(f"{draft}/check").text
    assert "not there any more. What is called “Executive huddle” now was added since: choose it if it is what you mean" in told
    assert "on record by hand" not in told and "“huddle”" not in told
    page = area.by(LEAD).get(call).page
    boxes = {e.get("value"): e.get("id") for e in page.all("input") if (e.get("value") or "").endswith("huddle")}
    named = {value: next(e.text.strip() for e in page.all("label") if e.get("for") == box) for value, box in boxes.items()}
    assert named == {
        "done:rapid-review-plan.huddle": "Done: Executive huddle (not there any more)",
        f"done:rapid-review-plan.{again}": "Done: Executive huddle",
    }
    for shown in (call, f"{draft}/line/{steps}", draft):
        words = area.by(LEAD).get(shown).text
        assert "“Executive huddle (not there any more)”" in words and "plan.huddle" not in words, shown
    area.answer(call, {"start_events": [f"done:rapid-review-plan.{again}"]})
    assert "names “Executive huddle”" not in area.by(LEAD).get(f"{draft}/check").text
    assert "not there any more" not in area.by(LEAD).get(call).text


def test_somebody_who_is_chosen_takes_the_place_of_the_words_that_stood_there(area: Area) -> None:
    draft = area.begun()
    rule = added(area, draft, "decision-making")
    group = line(area, f"{rule}/groups", {"title": "Bb"})
    other = line(area, f"{rule}/groups", {"title": "Aa", "chair": group.rpartition("/")[2]})
    area.answer(group.replace("/line/", "/remove/"), {})
    area.answer(other, {"chair": "council-lead"})
    place = ("rules", rule.rpartition("/")[2], "groups", other.rpartition("/")[2])
    assert drafts.node_at(area.content(draft), place)["chair"] == "council-lead"
    assert "is not there any more" not in area.by(LEAD).get(f"{draft}/check").text
    area.answer(other, {"chair": "", "chair__other": "whoever the group elects"})
    assert drafts.node_at(area.content(draft), place)["chair"] == "whoever the group elects"


def test_a_correction_that_leaves_out_who_signed_what_it_sets_right_asks_for_a_reason(area: Area) -> None:
    second = Organisation("second-board", "Second Board", "integrated_care_board", True)
    begins = day_after(NOW_IN_FORCE.begins)
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, replace(
            NOW_IN_FORCE, version="five", title="Five", begins=begins, organisations=(*NOW_IN_FORCE.organisations, second),
            seats=(*NOW_IN_FORCE.seats, Seat("second-lead", "Second board lead", "lead", "second-board"))))  # fmt: skip
    draft = area.begun("Set right")
    area.answer(
        f"{draft}/about",
        {**day("begins", begins), "open_cases": "finish_under_old", "corrects": "five", "note": "The board was wrong."},
    )
    area.answer(f"{draft}/remove/seats/second-lead", {})
    area.answer(f"{draft}/remove/organisations/second-board", {})
    assert "Second Board is a safeguarding partner in the version before" in area.by(LEAD).get(f"{draft}/check").text


def test_what_a_seat_that_is_gone_was_called_on_screen_names_nobody(area: Area) -> None:
    draft = area.begun()
    ways = next(f"rules/{u['use']}/ways" for u in area.content(draft)["uses"] if u["rule"] == "decision-making")
    way = drafts.node_at(area.content(draft), ("rules", ways.split("/")[1], "ways"))[0]
    at = f"{draft}/line/{ways}/{way['question']}"
    area.answer(at, {"titles__health-lead": "Health", "views_from": ["council-lead", "health-lead"]})
    area.answer(f"{draft}/remove/seats/health-lead", {})
    said = [e.get("href") for e in area.by(LEAD).get(f"{draft}/check").page.all("a")]
    assert f"{at}#views_from" in said, "to the question itself"
    area.answer(at, {"views_from": ["council-lead"], "views_from__other": "", "decides__other": "", "signs__other": ""})
    assert f"{at}#views_from" not in [e.get("href") for e in area.by(LEAD).get(f"{draft}/check").page.all("a")]
    assert "which is not there any more" not in area.by(LEAD).get(f"{draft}/check").text


def test_what_was_typed_while_the_sign_in_had_ended_is_shown_though_the_draft_was_put_aside(area: Area) -> None:
    draft = area.begun()
    sent = area.filled(f"{draft}/{HUDDLE}", {"text": "Written for an hour."})
    area.answer(f"{draft}/give-up", {}, email=MANAGER)
    area.site.at += timedelta(hours=3)
    browser = area.by(LEAD)
    browser.send(f"{draft}/{HUDDLE}", sent)
    browser.enter(LEAD)
    back = next(e.get("href") for e in browser.get("/my-work").page.all("a") if "held=" in (e.get("href") or ""))
    told = browser.get(str(back), 409)
    assert "changed no more" in told.text and "Written for an hour." in told.page.one("textarea").text
    assert "cannot be sent from this page now" in told.text and "then send it" not in told.text
    away = next(str(e.get("href")) for e in told.page.all("a") if e.text == "Throw it away")
    asked = browser.get(away)
    assert asked.page.heading == "Throw away what was not sent?"
    area.browsers.pop(MANAGER)  # their sign-in has ended too
    area.by(MANAGER).get(away, 404)  # what another typed is not here
    browser.send(away, boxes_of(asked))
    assert "held=" not in str(browser.get("/my-work").response.data), "it does not wait any more"
    browser.get(away, 404)


def test_what_is_added_again_waits_no_more_among_what_was_not_sent(area: Area) -> None:
    draft = area.begun()
    sent = area.filled(f"{draft}/{HUDDLE}", {"text": "Written for an hour."})
    area.answer(f"{draft}/remove/{HUDDLE.removeprefix('line/')}", {}, email=MANAGER)
    area.site.at += timedelta(hours=3)
    browser = area.by(LEAD)
    browser.send(f"{draft}/{HUDDLE}", sent)
    browser.enter(LEAD)
    back = next(str(e.get("href")) for e in browser.get("/my-work").page.all("a") if "held=" in (e.get("href") or ""))
    told = browser.get(back, 409)
    assert "check it, then send it" in told.text
    again = next(str(e.get("action")) for e in told.page.all("form") if "/add/" in (e.get("action") or ""))
    assert browser.send(again, boxes_of(told)).location.endswith("done=added")
    assert "held=" not in str(browser.get("/my-work").response.data)


def test_what_is_added_again_has_its_condition_and_its_lists_as_they_were(area: Area) -> None:
    """They have pages of their own, and are on no form."""
    draft = area.begun()
    line = f"{draft}/{HUDDLE}"
    area.worded(f"{draft}/when-fact/{HUDDLE.removeprefix('line/')}/when", "add", "", "incident.urgent", {"how": "yes"})
    said = next(e.text for e in area.by(LEAD).get(line).page.all("p") if "urgent" in e.text.lower())
    sent = area.filled(line, {"text": "Written for an hour."})
    area.answer(f"{draft}/remove/{HUDDLE.removeprefix('line/')}", {}, email=MANAGER)
    told = area.by(LEAD).send(line, sent, 409)
    assert "With it comes back as it was: “Only when”." in told.text
    again = next(str(e.get("action")) for e in told.page.all("form") if "/add/" in (e.get("action") or ""))
    added = area.by(LEAD).send(again, boxes_of(told)).location
    assert said in [e.text for e in area.by(LEAD).get(added).page.all("p")]
    for wrong in ("from=0&of=huddle", "from=9999&of=huddle", "from=x&of=", "of=nothing&from=1"):
        assert area.by(LEAD).get(f"{again.partition('?')[0]}?{wrong}").text


def test_a_reason_stays_with_what_it_was_typed_for_and_that_of_what_departs_no_longer_is_shown(area: Area) -> None:
    """Two yearly reports that are late; another mends the first while the reasons for both are typed."""
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    late = []
    for due in (("30", "11"), ("31", "12")):
        late.append(added(area, draft, "report-year"))
        area.answer(late[-1], YEAR | {"due__day": due[0], "due__month": due[1]})
    page = area.by(LEAD).get(f"{draft}/ask").page
    boxes = [str(e.get("name")) for e in page.all("textarea")]
    by_box = dict(
        zip(boxes, (next(e.text for e in page.elements if e.get("id") == f"{name}-hint") for name in boxes), strict=True)
    )
    november, december = (next(n for n, hint in by_box.items() if word in hint) for word in ("30 November", "31 December"))
    sent = area.filled(f"{draft}/ask", {november: "It suits the council.", december: "It suits the police."})
    area.answer(late[0], {"due__day": "30", "due__month": "9"}, email=MANAGER)
    told = area.by(LEAD).send(f"{draft}/ask", sent, 422)
    assert [e.text.strip() for e in told.page.all("textarea")] == ["It suits the police."]
    assert "from guidance no longer" in told.text and "It suits the council." in told.text
    area.by(LEAD).send(f"{draft}/ask", boxes_of(told))
    note = area.content(draft)["note"]
    assert "31 December" in note and note.endswith("Reason: It suits the police.") and "council" not in note


def test_two_that_depart_in_the_same_words_have_each_its_own_reason(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    for _ in range(2):
        area.answer(added(area, draft, "report-year"), YEAR)
    one, other = [str(e.get("name")) for e in area.by(LEAD).get(f"{draft}/ask").page.all("textarea")]
    area.answer(f"{draft}/ask", {one: "It suits the council.", other: "It suits the police."})
    note = area.content(draft)["note"]
    assert "It suits the council." in note and "It suits the police." in note


def test_why_a_seat_refused_is_shown_where_it_can_be_refused_no_more(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    police = area.by("police-lead@vale.example")
    refusal = {"seat": "police-lead", "answer": "refuse", "reason": "We have not seen the plan for weekends."}
    sent = area.filled(f"{draft}/sign", refusal, email="police-lead@vale.example")
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})  # it is open again
    told = police.send(f"{draft}/sign", sent, 422)
    assert "does not wait for signatures" in told.text and "We have not seen the plan for weekends." in told.text
    area.answer(f"{draft}/give-up", {})
    assert "We have not seen the plan for weekends." in police.send(f"{draft}/sign", sent, 422).text


def test_who_sends_after_another_is_told_so_and_keeps_their_reason(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.answer(added(area, draft, "report-year"), YEAR)
    (box,) = [str(e.get("name")) for e in area.by(LEAD).get(f"{draft}/ask").page.all("textarea")]
    sent = area.filled(f"{draft}/ask", {box: "The audit ends only in December."})
    agreed = area.filled(f"{draft}/ask", {box: "Agreed by email."}, email=MANAGER)
    area.by(MANAGER).send(f"{draft}/ask", agreed)
    told = area.by(LEAD).send(f"{draft}/ask", sent, 409)
    assert told.page.heading == "It was sent to be signed already" and "The audit ends only in December." in told.text
    assert area.by(MANAGER).send(f"{draft}/ask", agreed).location.endswith("/sign?done=asked"), "twice"
    assert (
        "Agreed by email." in area.content(draft)["note"] and "December." not in area.content(draft)["note"].split("Reason")[1]
    )


def test_what_was_kept_over_an_ended_sign_in_is_shown_wherever_its_page_asks_nothing_by_then(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.answer(added(area, draft, "report-year"), YEAR)
    (box,) = [str(e.get("name")) for e in area.by(LEAD).get(f"{draft}/ask").page.all("textarea")]
    asked = area.filled(f"{draft}/ask", {box: "The audit ends only in December."})
    area.answer(f"{draft}/ask", {box: "Agreed by email."}, email=MANAGER)
    refusal = {"seat": "police-lead", "answer": "refuse", "reason": "Weekends are left out."}
    refused = area.filled(f"{draft}/sign", refusal, email="police-lead@vale.example")
    minutes = area.filled(f"{draft}/minutes", {"seat": "health-lead", "where": "Executive, item four"})
    area.site.at += timedelta(hours=3)
    lead, police = area.by(LEAD), area.by("police-lead@vale.example")
    lead.send(f"{draft}/ask", asked)
    lead.send(f"{draft}/minutes", minutes)
    police.send(f"{draft}/sign", refused)
    area.browsers.pop(MANAGER)
    for browser, email in ((lead, LEAD), (police, "police-lead@vale.example")):
        browser.enter(email)
    kept = [str(e.get("href")) for e in lead.get("/my-work").page.all("a") if "held=" in (e.get("href") or "")]
    by_page = {address.split("?")[0].rpartition("/")[2]: address for address in kept}
    assert "The audit ends only in December." in lead.get(by_page["ask"], 409).text
    area.answer(f"{draft}/give-up", {}, email=MANAGER)
    for page, words in (("ask", "The audit ends only in December."), ("minutes", "Executive, item four")):
        shown = lead.get(by_page[page], 422).text
        assert words in shown and "then send it" not in shown
    back = next(str(e.get("href")) for e in police.get("/my-work").page.all("a") if "held=" in (e.get("href") or ""))
    shown = police.get(back).text
    assert "Weekends are left out." in shown and "then send it" not in shown


def test_of_two_that_depart_alike_the_reason_of_one_is_not_given_to_the_other(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    rules = [added(area, draft, "report-year") for _ in range(2)]
    for rule in rules:
        area.answer(rule, YEAR)
    one, other = [str(e.get("name")) for e in area.by(LEAD).get(f"{draft}/ask").page.all("textarea")]
    area.answer(f"{draft}/ask", {one: "It suits the council.", other: "It suits the police."})
    mended = next(rule for rule in rules if f"_{rule.rpartition('/')[2]}_" in one)
    area.answer(mended, {"due__day": "30", "due__month": "9"})
    assert _reasons(area, draft) == {other: "It suits the police."}
    area.answer(added(area, draft, "report-year"), YEAR)
    (third,) = _reasons(area, draft).keys() - {one, other}
    assert _reasons(area, draft) == {other: "It suits the police.", third: ""}, "one went and one came"
    shown = area.by(LEAD).get(f"{draft}/ask").text
    assert "Whether it was for this is not known" in shown and "It suits the council." in shown
    area.by(LEAD).send(f"{draft}/ask", area.filled(f"{draft}/ask", {}), 422)


def test_the_reason_of_what_is_mended_is_not_given_to_what_came_since_and_departs_alike(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    first = added(area, draft, "report-year")
    area.answer(first, YEAR)
    (one,) = _reasons(area, draft)
    area.answer(f"{draft}/ask", {one: "It suits the council."})
    area.answer(added(area, draft, "report-year"), YEAR)
    (other,) = _reasons(area, draft).keys() - {one}
    assert _reasons(area, draft) == {one: "It suits the council.", other: ""}
    area.answer(first, {"due__day": "30", "due__month": "9"})
    assert _reasons(area, draft) == {other: ""}
    shown = area.by(LEAD).get(f"{draft}/ask").text
    assert "Whether it was for this is not known" in shown and "It suits the council." in shown


def test_the_reasons_of_a_file_in_which_a_rule_got_another_name_are_not_given_to_each_other(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    for _ in range(2):
        area.answer(added(area, draft, "report-year"), YEAR)
    one, other = _reasons(area, draft)
    area.answer(f"{draft}/ask", {one: "It suits the council.", other: "It suits the police."})
    file = area.by(LEAD).client.get(f"{draft}/export").get_data(as_text=True)
    renamed = file.replace('use = "report-year"\n', 'use = "a-year"\n')
    assert renamed != file
    taken = taken_in(area, renamed.encode(), 303).location.split("?")[0]
    assert set(_reasons(area, taken).values()) == {""}, "whose each is is not known"
    shown = area.by(LEAD).get(f"{taken}/ask").text
    assert "Whether it was for this is not known" in shown
    assert "It suits the council." in shown and "It suits the police." in shown


def test_two_rules_whose_names_are_nearly_the_same_have_each_a_box_for_its_reason() -> None:
    named = {
        reason_for(Remark("needs_reason", "It is late.", "chapter 3", field=f"rules.{use}.due", key="late"))
        for use in ("year.report", "year_report", "year-report")
    }
    assert len(named) == 3 and all(name.isascii() and "." not in name for name in named)


def _reasons(area: Area, draft: str) -> dict[str, str]:
    return {str(e.get("name")): e.text.strip() for e in area.by(LEAD).get(f"{draft}/ask").page.all("textarea")}


def test_reasons_that_were_typed_stand_on_the_page_that_says_what_stops_it(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.answer(added(area, draft, "report-year"), YEAR)
    (box,) = [str(e.get("name")) for e in area.by(LEAD).get(f"{draft}/ask").page.all("textarea")]
    sent = area.filled(f"{draft}/ask", {box: "The audit ends only in December."})
    area.answer(f"{draft}/about", {f"begins-{part}": "" for part in ("day", "month", "year")}, email=MANAGER)
    told = area.by(LEAD).send(f"{draft}/ask", sent, 422)
    assert "cannot be sent to be signed yet" in told.text and "The audit ends only in December." in told.text


def test_a_step_of_a_rule_that_was_removed_whole_is_called_by_its_name_where_it_is_still_named() -> None:
    first = drafts.begin_from(NOW_IN_FORCE, "next", "Next")
    content = {**first, "uses": [use for use in first["uses"] if use["use"] != "rapid-review-plan"]}
    named = "done:rapid-review-plan.huddle"
    shown = offers.offered("events", offers.with_what_is_gone(content, [first], {named}))
    assert shown[named] == "Done: Executive huddle (not there any more)"
