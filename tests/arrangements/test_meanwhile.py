"""Two people on one draft: whoever comes second is told, nothing of the other is lost, and what they typed is still there."""

from __future__ import annotations

import threading

import psycopg
import pytest

from tests.arrangements.area import HUDDLE, LEAD, MANAGER, Area, area, boxes_of, day
from tests.arrangements.vale import APRIL
from tests.support.database import until_somebody_waits
from threefold.governance import drafts
from threefold.plugin_api import AGREED_HERE, QUESTIONS

__all__ = ["area"]


def test_of_a_larger_part_that_somebody_else_added_meanwhile_it_is_asked_which_answer_is_kept(area: Area) -> None:
    draft = area.begun()
    rule = area.answer(f"{draft}/rules/add?rule=decision-making@1", {}).location.split("?")[0]
    group = area.answer(rule.replace("/line/", "/add/") + "/groups", {"title": "Learning group"}).location.split("?")[0]
    adding = group.replace("/line/", "/add/") + "/quorum"
    mine = area.filled(adding, {"note": "Mine"})
    area.answer(adding, {"note": "Theirs"}, email=MANAGER)
    asked = " ".join(area.by(LEAD).send(adding, mine, 409).text.split())
    assert "Theirs: Theirs" in asked and "Yours: Mine" in asked
    place = tuple(group.partition("/line/")[2].split("/"))
    assert drafts.node_at(area.content(draft), place)["quorum"]["note"] == "Theirs"
    again = area.filled(adding.replace("/add/", "/line/"), {})
    assert again["note"] == ["Theirs"]


def test_two_who_say_what_different_seats_are_called_are_asked_nothing_and_of_one_seat_they_are(area: Area) -> None:
    draft = area.begun()
    way = f"{draft}/line/rules/groups/ways/notify"

    def titles() -> dict[str, str]:
        return dict(drafts.node_at(area.content(draft), ("rules", "groups", "ways", "notify")).get("titles") or {})

    before = titles()
    mine = area.filled(way, {"titles__health-lead": "the NHS lead"}, MANAGER)
    area.answer(way, {"titles__police-lead": "the police lead", "text": "Their words."})
    area.by(MANAGER).send(way, mine, 303)
    assert titles() == {**before, "health-lead": "the NHS lead", "police-lead": "the police lead"}
    mine = area.filled(way, {"titles__health-lead": ""}, MANAGER)
    area.answer(way, {"titles__police-lead": "the police"})
    area.by(MANAGER).send(way, mine, 303)
    assert titles() == {**{k: v for k, v in before.items() if k != "health-lead"}, "police-lead": "the police"}
    mine = area.filled(way, {"titles__police-lead": "mine"}, MANAGER)
    area.answer(way, {"titles__police-lead": "theirs"})
    assert "Choose which" in area.by(MANAGER).send(way, mine, 409).text and titles()["police-lead"] == "theirs"


def test_who_chose_what_another_removed_meanwhile_is_told_that_it_was_removed(area: Area) -> None:
    draft = area.begun()
    council, huddle = f"{draft}/line/organisations/council", f"{draft}/{HUDDLE}"
    area.answer(f"{draft}/add/organisations", {"name": "Schools’ trust", "kind": "other", "partner": "yes"})
    (added,) = [o["key"] for o in area.content(draft)["organisations"] if o["name"] == "Schools’ trust"]
    for page, chosen, gone, name in (
        (council, {"acts_for": [added]}, f"organisations/{added}", "Schools’ trust"),
        (
            huddle,
            {
                "due_by": "own",
                "day": "",
                "start_events": ["done:rapid-review-plan.templates"],
                "span__amount": "3",
                "span__unit": "weeks",
            },
            "rules/rapid-review-plan/steps/templates",
            "Done: The review starts and templates go out",
        ),
    ):
        mine = area.filled(page, chosen, MANAGER)
        area.answer(f"{draft}/remove/{gone}", {})
        told = area.by(MANAGER).send(page, mine, 422).text
        assert f"Somebody removed “{name}” while you were writing. Select" in told, page
        assert "Somebody removed" not in area.by(LEAD).get(page).text
    adding = f"{draft}/add/seats"
    area.answer(f"{draft}/add/organisations", {"name": "Second trust", "kind": "other", "partner": "no"})
    (added,) = [o["key"] for o in area.content(draft)["organisations"] if o["name"] == "Second trust"]
    mine = area.filled(adding, {"title": "Head", "role": "delegate", "organisation": added}, MANAGER)
    area.answer(f"{draft}/remove/organisations/{added}", {})
    assert "Somebody removed “Second trust” while you were writing." in area.by(MANAGER).send(adding, mine, 422).text


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


def test_what_became_of_a_line_that_is_called_otherwise_now_is_led_to(area: Area) -> None:
    draft = area.begun()
    ways = f"{draft}/line/rules/groups/ways"
    mine = area.filled(f"{ways}/notify", {"words": "As the group sees fit."}, MANAGER)
    free = next(
        q
        for q in QUESTIONS
        if q not in {w["question"] for w in drafts.node_at(area.content(draft), ("rules", "groups", "ways"))}
    )
    area.answer(f"{ways}/notify", {"question": free})
    gone = area.by(MANAGER).send(f"{ways}/notify", mine, 409)
    assert "Somebody removed this, or changed what it is about, while you were writing" in gone.text
    assert [a.text for a in gone.page.all("a") if a.get("href") == f"{ways}/{free}"] == [QUESTIONS[free]]
    criteria = f"{draft}/line/rules/criteria/questions"
    key = area.content(draft)["uses"][0]["settings"]["questions"][0]["key"]
    mine = area.filled(f"{criteria}/{key}", {"title": "Was it met?"}, MANAGER)
    area.answer(f"{criteria}/{key}", {"title": "Has the child moved school in the last year?"})
    gone = area.by(MANAGER).send(f"{criteria}/{key}", mine, 409)
    assert [a.text for a in gone.page.all("a") if f"{criteria}/" in (a.get("href") or "")] == [
        "Has the child moved school in the last year?"
    ]


def test_what_was_typed_is_shown_where_another_removed_the_whole_rule_or_group(area: Area) -> None:
    draft = area.begun()
    plan = "rules/rapid-review-plan"
    pages = {
        f"{draft}/line/{plan}": {},
        f"{draft}/line/{plan}/steps/huddle": {"title": "Typed by hand"},
        f"{draft}/add/{plan}/steps": {"title": "Typed by hand", "day": "3"},
    }
    sent = {page: area.filled(page, changes, MANAGER) for page, changes in pages.items()}
    area.answer(f"{draft}/remove/{plan}", {})
    for page, changes in pages.items():
        gone = area.by(MANAGER).send(page, sent[page], 409)
        assert "Somebody removed" in gone.text, page
        assert not changes or "Typed by hand" in gone.response.get_data(as_text=True), page
        area.by(MANAGER).get(page, 404)


def test_the_address_of_a_line_that_somebody_removed_says_so_and_leads_back(area: Area) -> None:
    draft = area.begun()
    line = f"{draft}/line/rules/rapid-review-plan/steps/huddle"
    area.answer(line.replace("/line/", "/remove/"), {})
    for at in (line, line.replace("/line/", "/remove/")):
        told = area.by(LEAD).get(at, 404)
        assert "This is not in the draft, or not any more" in told.text
        assert draft in [link.get("href") for link in told.page.all("a")]


def test_the_draft_s_page_leads_to_each_line_of_its_rules_and_lists_lead_back(area: Area) -> None:
    draft = area.begun()
    seen = area.by(LEAD).get(draft).page
    steps = [a.get("href") for a in seen.all("a") if "/line/rules/rapid-review-plan/steps/" in (a.get("href") or "")]
    assert f"{draft}/line/rules/rapid-review-plan/steps/huddle" in steps
    for step in steps:
        area.by(LEAD).get(step)
    listed = area.by(LEAD).get(f"{draft}/line/rules/rapid-review-plan/steps").page
    assert [a for a in listed.all("a") if a.get("href") == draft and "Back to the draft" in a.text]


def test_who_signs_is_not_told_of_a_form_that_was_never_kept(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
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


def test_a_choice_between_two_answers_is_of_the_answers_that_were_shown(area: Area) -> None:
    """A third answer that came meanwhile was shown to nobody: it is asked about, and not written over."""
    draft = area.begun()
    path = f"{draft}/{HUDDLE}"
    mine = area.filled(path, {"day": "11"}, MANAGER)
    area.answer(path, {"day": "12", "title": "Huddle of directors"})
    asked = area.by(MANAGER).send(path, mine, 409)
    boxes = {e.get("name"): e.get("value") for e in asked.page.all("input")}
    assert boxes["title"] == "Huddle of directors", "what I left as it was is shown as the other left it"
    (yours,) = [e.get("value") for e in asked.page.all("input") if e.get("name") == "keep:day" and "yours" in e.get("value")]
    area.answer(path, {"day": "13"})
    again = area.by(MANAGER).send(path, mine | {"keep:day": yours}, 409)
    assert "Theirs: 13" in again.text
    (yours,) = [e.get("value") for e in again.page.all("input") if e.get("name") == "keep:day" and "yours" in e.get("value")]
    area.by(MANAGER).send(path, mine | {"keep:day": yours})
    step = drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps", "huddle"))
    assert (step["day"], step["title"]) == (11, "Huddle of directors")


def test_what_was_typed_into_a_draft_that_was_put_aside_meanwhile_is_shown(area: Area) -> None:
    draft = area.begun()
    line = area.filled(f"{draft}/{HUDDLE}", {"title": "Huddle of directors"}, MANAGER)
    added = area.filled(f"{draft}/add/rules/rapid-review-plan/steps", {"title": "Call the family"}, MANAGER)
    removal = area.filled(f"{draft}/remove/rules/rapid-review-plan/steps/huddle", {}, MANAGER)
    about = area.filled(f"{draft}/about", {"title": "Named in the meantime"}, MANAGER)
    aside = area.filled(f"{draft}/give-up", {}, MANAGER)
    area.answer(f"{draft}/give-up", {})
    assert area.by(MANAGER).send(f"{draft}/give-up", aside).location == "/b/example-vale/arrangement?done=given_up", (
        "it is done already"
    )
    assert area.by(MANAGER).get(f"{draft}/give-up", 303).location == draft
    for path, typed, words in (
        (f"{draft}/{HUDDLE}", line, "Huddle of directors"),
        (f"{draft}/add/rules/rapid-review-plan/steps", added, "Call the family"),
    ):
        shown = area.by(MANAGER).send(path, typed, 409)
        assert "was put aside: it is changed no more. Nothing of yours was saved." in shown.text
        assert words in {e.get("value") for e in shown.page.all("input")}
        assert area.by(MANAGER).get(path, 303).location == draft
    when = f"{draft}/when-is/rules/rapid-review-plan/steps/huddle/when?fact=incident.urgent"
    for path in (
        f"{draft}/about",
        f"{draft}/rules/add",
        f"{draft}/rules/major/rapid-review-plan",
        when,
        when.replace("-is", "-fact"),
        when.replace("-is", ""),
    ):
        assert area.by(MANAGER).get(path, 303).location == draft
    shown = area.by(MANAGER).send(f"{draft}/about", about, 409)
    assert "Named in the meantime" in {e.get("value") for e in shown.page.all("input")}
    told = area.by(MANAGER).send(f"{draft}/remove/rules/rapid-review-plan/steps/huddle", removal, 422)
    assert "was put aside: it is changed no more" in told.text
    assert "/my-work" in [e.get("href") for e in told.page.all("a") if e.text.strip() == "Go to My work"], "a way on"


def test_a_draft_is_not_put_aside_unseen_and_who_put_it_aside_is_told(area: Area) -> None:
    draft = area.begun("Set aside")
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    mine = area.filled(f"{draft}/give-up", {}, MANAGER)
    area.before_its_seats(draft)
    area.answer(f"{draft}/sign", {"seat": "council-lead", "answer": "sign"}, email="council-lead@vale.example")
    told = area.by(MANAGER).send(f"{draft}/give-up", mine, 422)
    assert "was changed or signed after you had opened this page, and was not put aside" in told.text
    assert "New since you opened this page: Lead safeguarding partner, council signed, by Council-Lead" in told.text
    assert "Made ready to be signed, by Lead" in told.text and "Huddle" not in told.text
    assert "Waiting for signatures" in area.by(LEAD).get(draft).text
    area.by(MANAGER).send(f"{draft}/give-up", boxes_of(told))
    assert "Put aside On 10 March 2027, by Manager. It is changed and signed no more." in area.by(LEAD).get(draft).text
    assert "counts no more" not in area.by(LEAD).get(f"{draft}/history").text, "what was signed was signed of what stands there"
    listed = area.by(LEAD).get("/b/example-vale/arrangement")
    assert "Drafts that were put aside Set aside (begun on" in listed.text


def test_a_condition_that_somebody_changed_meanwhile_is_shown_as_it_is_now(area: Area) -> None:
    draft, at = area.begun(), "rules/rapid-review-plan/steps/huddle/when"
    area.worded(f"{draft}/when-fact/{at}", "add", "", "incident.urgent", {"how": "yes"})
    shown = area.by(LEAD).get(f"{draft}/when/{at}").page
    facts = next(e.get("href") for e in shown.all("a") if "do=change" in (e.get("href") or "") and "seen=" in e.get("href"))
    change = area.answer(facts, {"fact": "incident.urgent"}).location
    mine = area.filled(change, {"how": "no"})
    area.answer(change, {"how": "unclear"}, email=MANAGER)
    told = area.by(LEAD).send(change, mine, 422)
    assert "As somebody left it meanwhile: It applies when" in told.text
    assert f"{draft}/when/{at}" in [e.get("href") for e in told.page.all("a")]
    assert boxes_of(told)["how"] == ["no"], "what was answered stands there still"
    assert "Select which is kept" in told.text
    theirs, yours = (
        {e.get("value") for e in told.page.all("input") if (e.get("value") or "").startswith(side)}
        for side in ("theirs:", "yours:")
    )
    kept = {**boxes_of(told), "keep": sorted(theirs)}
    assert area.by(LEAD).send(change, kept).location.endswith(f"/when/{at}")
    assert condition_of(area, draft, at) == {"is": {"fact": "incident.urgent", "value": "unclear"}}
    area.by(LEAD).send(change, {**boxes_of(told), "keep": sorted(yours)})
    assert condition_of(area, draft, at) == {"is": {"fact": "incident.urgent", "value": "no"}}
    again = area.by(LEAD).send(change, mine)
    assert again.location.endswith("done=saved"), "sent twice, it is so already"


def test_a_turn_of_a_condition_that_was_changed_meanwhile_leads_to_the_condition_and_says_so(area: Area) -> None:
    draft, at = area.begun(), "rules/rapid-review-plan/steps/huddle/when"
    area.worded(f"{draft}/when-fact/{at}", "add", "", "incident.urgent", {"how": "yes"})
    when, turn = f"{draft}/when/{at}", f"{draft}/when-turn/{at}"
    mine = area.by(LEAD).get(when).page.hidden() | {"part": "", "to": "not"}
    first, again = (area.by(LEAD).send(turn, mine).location for _ in range(2))
    assert first == again == f"{when}?done=saved", "pressed twice, it is turned once"
    denied = {"not": {"is": {"fact": "incident.urgent", "value": "yes"}}}
    assert condition_of(area, draft, at) == denied
    told = area.by(LEAD).get(area.by(LEAD).send(turn, mine | {"to": "remove"}).location)
    assert "You, in another window, changed this condition after you had opened it." in told.text
    area.by(MANAGER).send(turn, area.by(MANAGER).get(when).page.hidden() | {"part": "", "to": "out"})
    told = area.by(LEAD).get(area.by(LEAD).send(turn, mine | {"seen": told.page.value("seen"), "to": "remove"}).location)
    assert "Somebody else changed this condition after you had opened it." in told.text
    assert "It stands here as it is now; what you pressed was not done." in told.text
    assert condition_of(area, draft, at) == {"is": {"fact": "incident.urgent", "value": "yes"}}


def test_a_turn_that_makes_a_condition_too_deep_is_not_done_and_leads_back_to_it(area: Area) -> None:
    draft, at = area.begun(), "rules/rapid-review-plan/steps/huddle/when"
    area.worded(f"{draft}/when-fact/{at}", "add", "", "incident.urgent", {"how": "yes"})
    when, turn = f"{draft}/when/{at}", f"{draft}/when-turn/{at}"
    for _ in range(8):
        done = area.by(LEAD).send(turn, area.by(LEAD).get(when).page.hidden() | {"part": "", "to": "not"}).location
    told = area.by(LEAD).get(done)
    assert told.response.request.path == when and "more than 8 levels deep" in told.text and "was not done" in told.text


def condition_of(area: Area, draft: str, at: str) -> object:
    return drafts.node_at(area.content(draft), tuple(at.split("/")))


def test_a_page_that_says_it_saw_what_cannot_be_is_not_there(area: Area) -> None:
    draft = area.begun()
    gone = f"{draft}/line/rules/nothing-of-that-name/steps/huddle"
    sent = area.filled(f"{draft}/{HUDDLE}", {"seen_no": "9" * 5000})
    area.by(LEAD).send(gone, sent, 404)


def test_a_condition_sent_twice_is_saved_once_and_whoever_changed_it_is_named(area: Area) -> None:
    draft, at = area.begun(), "rules/rapid-review-plan/steps/huddle/when"
    page = area.answer(f"{draft}/when-fact/{at}?do=add&part=", {"fact": "incident.urgent"}).location
    sent = area.filled(page, {"how": "yes"})
    first, second = (area.by(LEAD).send(page, sent).location for _ in range(2))
    assert first == second and first.endswith("done=saved")
    once = {"is": {"fact": "incident.urgent", "value": "yes"}}
    assert condition_of(area, draft, at) == once
    other = area.by(LEAD).send(page, {**sent, "how": "no"}, 422).text
    assert "You changed this condition in another window while you were writing here. Which is kept?" in other
    assert "Somebody" not in other
    assert "As you left it in another window: It applies when" in other
    area.worded(f"{draft}/when-fact/{at}", "add", "", "incident.urgent", {"how": "unclear"})  # not stale, it is one more
    assert condition_of(area, draft, at) != once


@pytest.mark.parametrize(("together", "told"), [("all", "yes and 'Is media"), ("any", "yes or 'Is media")])
def test_how_a_second_comparison_belongs_to_the_first_is_asked(area: Area, together: str, told: str) -> None:
    draft, at = area.begun(), "rules/rapid-review-plan/steps/huddle/when"
    area.worded(f"{draft}/when-fact/{at}", "add", "", "incident.urgent", {"how": "yes"})
    page = area.answer(f"{draft}/when-fact/{at}?do=add&part=", {"fact": "incident.media_interest"}).location
    refused = area.answer(page, {"how": "no"}, 422)
    assert "Select whether both must hold or either is enough" in refused.text
    area.answer(page, {"how": "no", "together": together})
    assert told in area.by(LEAD).get(f"{draft}/when/{at}").text
    third = area.answer(f"{draft}/when-fact/{at}?do=add&part=", {"fact": "incident.urgent"}).location
    assert "Both must hold" not in area.by(LEAD).get(third).text, "it joins a group, which says it"


def test_the_same_line_added_by_two_in_the_same_instant_is_added_once(area: Area) -> None:
    draft = area.begun()
    add = f"{draft}/add/rules/rapid-review-plan/steps"
    typed = {"title": "Tell the chair", "due_by": "plan", "day": "2"}
    sent = {who: area.filled(add, typed, who) for who in (LEAD, MANAGER)}
    told: list[str] = []

    def send(who: str) -> None:
        told.append(area.by(who).send(add, sent[who]).location)

    threads = [threading.Thread(target=send, args=(who,)) for who in sent]
    with psycopg.connect(area.site.database.admin) as connection:
        connection.execute("select 1 from body.arrangement_draft where id = %s for update", [draft.rpartition("/")[2]])
        for thread in threads:
            thread.start()
        until_somebody_waits(area.site.database, 2)
    for thread in threads:
        thread.join()
    assert len(told) == 2 and len(set(told)) == 1
    assert told[0].endswith("/steps/tell-the-chair?done=added")
    steps = drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps"))
    assert [s["title"] for s in steps].count("Tell the chair") == 1


def test_a_page_older_than_the_sending_of_its_draft_asks_before_it_voids_what_was_signed(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    stale = area.filled(f"{draft}/{HUDDLE}", {"day": "9", "text": "As we agreed in March."}, MANAGER)
    moved = boxes_of(area.by(MANAGER).get(f"{draft}/line/rules/rapid-review-plan/steps")) | {"way": "up", "stood": "1"}
    area.before_its_seats(draft)
    area.answer(f"{draft}/sign", {"seat": "police-lead", "answer": "sign"}, email="police-lead@vale.example")
    before = area.content(draft)
    asked = area.by(MANAGER).send(f"{draft}/move/rules/rapid-review-plan/steps/huddle", moved, 409)
    assert asked.page.heading == "This version was sent to the partners to sign"
    assert "It was sent after you had opened the page, and what you pressed was not done yet." in asked.text
    again = area.by(MANAGER).send(f"{draft}/{HUDDLE}", stale, 422)
    assert "As we agreed in March." in again.text and "A change voids whatever was signed of it since" in again.text
    assert area.content(draft) == before
    done = area.by(MANAGER).send(f"{draft}/{HUDDLE}", boxes_of(again))
    assert done.location.endswith("done=voided")
    assert area.content(draft) != before


def test_a_page_that_says_what_a_change_voids_asks_nothing_more(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    area.answer(f"{draft}/{HUDDLE}", {"day": "9"})
    assert "It has to be sent again" in area.by(LEAD).get(f"{draft}/sign").text


def test_a_rule_that_two_add_at_once_is_added_once_unless_the_second_wants_another(area: Area) -> None:
    draft = area.begun()
    mine = area.filled(f"{draft}/rules/add", {"rule": "resourcing@1"})
    area.answer(f"{draft}/rules/add", {"rule": "resourcing@1"}, email=MANAGER)
    told = area.by(LEAD).send(f"{draft}/rules/add", mine, 422)
    assert "Somebody added “Resourcing” while you were choosing" in told.text
    assert [use["use"] for use in area.content(draft)["uses"] if use["rule"] == "resourcing"] == ["resourcing"]
    area.by(LEAD).send(f"{draft}/rules/add", boxes_of(told))
    assert [use["use"] for use in area.content(draft)["uses"] if use["rule"] == "resourcing"] == ["resourcing", "resourcing-2"]
    again = area.filled(f"{draft}/rules/add", {"rule": "scrutiny@1"})
    for _ in range(2):  # one who presses twice hears of nobody else
        assert area.by(LEAD).send(f"{draft}/rules/add", again).location.endswith("?done=added")
