"""What a page tells of what was just done, and of what is to come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, boxes_of, chosen_on, day
from tests.arrangements.test_first_try import added
from tests.arrangements.vale import APRIL, LEADS

__all__ = ["area"]
STEPS = "rules/rapid-review-plan/steps"


def in_text(area: Area, path: str, email: str = LEAD) -> str:
    return " ".join(area.by(email).get(path).text.split())


def test_the_banner_names_the_line_that_was_saved(area: Area) -> None:
    draft = area.begun()
    saved = area.answer(f"{draft}/{HUDDLE}", {"day": "12"}).location
    assert "“Executive huddle” is saved. It cites the partners’ own agreement now" in in_text(area, saved)
    assert "Saved. It cites" in in_text(area, saved.replace("steps/huddle", "steps/gone")), "nothing is named that is not there"
    assert "Saved. It cites" in in_text(area, saved.replace("of=rules", "of=<b>Anything</b>"))
    whole = area.answer(f"{draft}/line/rules/rapid-review-plan", {}).location
    assert "” is saved." in in_text(area, whole)


def test_a_closed_day_with_the_name_of_another_day_is_refused_with_the_right_one(area: Area) -> None:
    draft = area.begun()
    told = area.answer(
        f"{draft}/about", {"closures": "Friday 25 December 2027\nmonday, 27 December 2027\nFriday 24 December 2027"}, 422
    )
    assert "“Friday 25 December 2027” is a Saturday. Give the right day of the week, or the right date" in told.text
    assert "27 December 2027” is a" not in told.text and "24 December 2027” is a" not in told.text


def test_an_area_code_that_stands_twice_is_kept_once(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", {"area_codes": "E99000002\nE99000001\n E99000002\u200b\n"})
    assert area.content(draft)["area_codes"] == ["E99000002", "E99000001"]
    area.answer(f"{draft}/about", {"area_codes": "e99000001\nE99000001"})
    assert area.content(draft)["area_codes"] == ["E99000001"], "a code has capitals, however it is typed"
    refused = area.answer(f"{draft}/about", {"area_codes": "x99"}, 422).text
    assert "“x99” is not a nine-character area code" in refused


def test_each_wrong_closed_day_is_told(area: Area) -> None:
    draft = area.begun()
    told = area.answer(f"{draft}/about", {"closures": "Christmas\n24 December 2027\n31 February 2027"}, 422).text
    assert "“Christmas” and “31 February 2027” are not days from 2000 to 2200, such as 24 December 2027" in told
    many = area.answer(f"{draft}/about", {"closures": "\n".join(f"day {n}" for n in range(8))}, 422).text
    assert "“day 4” and 3 more are not days" in many
    assert (
        "“1 January 1990” is not a day from 2000 to 2200"
        in area.answer(f"{draft}/about", {"closures": "1 January 1990"}, 422).text
    )
    area.answer(
        f"{draft}/about", {"closures": "Friday 24 December 2027\n29th December 2027\n30 dec 2027\nTuesday, 4th January 2028"}
    )
    assert area.content(draft)["closures"] == ["2027-12-24", "2027-12-29", "2027-12-30", "2028-01-04"]


def test_closed_days_that_two_set_are_asked_about_as_days(area: Area) -> None:
    draft = area.begun()
    stale = area.filled(f"{draft}/about", {"closures": "24 December 2027"}, MANAGER)
    area.answer(f"{draft}/about", {"closures": "27 December 2027\n28 December 2027"})
    asked = area.by(MANAGER).send(f"{draft}/about", stale, 409)
    told = " ".join(asked.text.split())
    assert "Theirs: 27 December 2027; 28 December 2027 Yours: 24 December 2027" in told
    area.by(MANAGER).send(f"{draft}/about", chosen_on(asked, {"closures": "yours"}))
    assert area.content(draft)["closures"] == ["2027-12-24"]


def test_who_signs_reads_what_changes_and_who_prepares_it_sees_who_is_missing(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    assert "is being signed" not in in_text(area, "/my-work")
    area.before_its_seats(draft)
    page = in_text(area, f"{draft}/sign", "police-lead@vale.example")
    assert "What changes “Executive huddle” is now due by working day 12, was 14." in page
    work = in_text(area, "/my-work")
    assert "“Huddle on day 12” is being signed. Still to sign: " in work and "31 March 2027" in work
    for lead in LEADS:
        area.answer(f"{draft}/sign", {"seat": lead, "answer": "sign"}, email=f"{lead}@vale.example")
    assert "is being signed" not in in_text(area, "/my-work")
    version = next(a.get("href") for a in area.by(LEAD).get(HOME).page.all("a") if "/versions/from-" in a.get("href"))
    assert "is in force today, and is not published. Publish that one" in in_text(area, f"{version}/publish")
    area.answer(f"{HOME}/versions/demonstration/publish", {})
    assert "is in force today, and is not published" not in in_text(area, f"{version}/publish")
    published = area.answer(f"{version}/publish", {}).location
    assert "Published. It is not in force yet: it begins on Thursday 1 April 2027" in in_text(area, published)
    area.site.at += timedelta(days=(APRIL - date(2027, 3, 10)).days)
    area.browsers.clear()
    assert "It is not in force yet" not in in_text(area, published)


def test_a_long_list_is_added_to_at_its_head_too(area: Area) -> None:
    draft = area.begun()
    page = area.by(LEAD).get(f"{draft}/line/{STEPS}").page
    adds = [e for e in page.all("a") if e.get("href") == f"{draft}/add/{STEPS}"]
    lines = [e for e in page.elements if (e.get("id") or "").startswith("line-")]
    assert len(adds) == (2 if len(lines) > 6 else 1), len(lines)


def test_a_seat_that_is_gone_is_called_by_its_name_where_a_step_names_it_still(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"who": "council-lead", "who__other": ""})
    area.answer(f"{draft}/remove/seats/council-lead", {})
    page = area.by(LEAD).get(f"{draft}/{HUDDLE}").page
    (chosen,) = [e for e in page.all("option") if "selected" in e.attributes and e.get("value") == "council-lead"]
    assert chosen.text.strip() == "Lead safeguarding partner, council (not there any more)"
    assert all(e.get("value") == "" for e in page.all("input") if e.get("name") == "who__other")
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    step = next(s for u in area.content(draft)["uses"] if u["use"] == "rapid-review-plan" for s in u["settings"]["steps"] if s["key"] == "huddle")  # fmt: skip
    assert step["who"] == "council-lead", "what nobody touched stays, and the check asks for another"
    area.answer(f"{draft}/{HUDDLE}", {"who": "police-lead"})
    page = area.by(LEAD).get(f"{draft}/{HUDDLE}").page
    assert "council-lead" not in [e.get("value") for e in page.all("option")]


def test_a_correction_has_no_last_day_to_sign(area: Area) -> None:
    draft = area.begun()
    written = {"corrects": "demonstration", "note": "It was written down wrongly.", **day("begins", date(2026, 1, 1))}
    area.answer(f"{draft}/about", written)
    area.answer(f"{draft}/{HUDDLE}", {"day": "13"})
    area.before_its_seats(draft)
    for email in (LEAD, "police-lead@vale.example"):
        work = in_text(area, "/my-work", email)
        assert (
            "Huddle on day 12” " in work
            and "1 January 2026 " not in work.partition("What awaits you")[2].partition("Publish")[0]
        )


def test_a_draft_that_another_changed_is_not_sent_before_it_is_looked_at_again(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    shown = area.by(LEAD).get(f"{draft}/ask")
    given = {e.get("name"): "Agreed so." for e in shown.page.elements if e.name == "textarea"}
    stale = area.filled(f"{draft}/ask", given)
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"}, email=MANAGER)
    told = area.by(LEAD).send(f"{draft}/ask", stale, 422)
    assert "Somebody changed this draft since you opened this page, and it was not sent." in told.text
    assert "Agreed so." in told.response.get_data(as_text=True) or not given
    again = boxes_of(told) | given
    assert area.by(LEAD).send(f"{draft}/ask", again).location.endswith("/sign?done=asked")


def test_a_message_leads_to_the_rule_that_is_there_already(area: Area) -> None:
    draft = area.begun()
    checked = area.by(LEAD).get(f"{draft}/check").page
    add = next(e.get("href") for e in checked.all("a") if "/rules/add?rule=" in (e.get("href") or ""))
    rule = area.answer(add, {}).location.partition("/line/")[2].partition("?")[0]
    links = [e.get("href") or "" for e in area.by(LEAD).get(f"{draft}/check").page.all("a")]
    assert add not in links and f"{draft}/line/{rule}" in links


def test_what_was_agreed_for_a_time_is_not_made_lasting_unseen(area: Area) -> None:
    storm = area.begun("Storm")
    area.answer(f"{storm}/{HUDDLE}", {"day": "11"})
    area.answer(f"{storm}/about", day("begins", date(2027, 6, 1)) | day("until", date(2027, 6, 30)))
    area.before_its_seats(storm)
    assert "What would stay" not in in_text(area, f"{storm}/sign")
    for lead in LEADS:
        area.answer(f"{storm}/sign", {"seat": lead, "answer": "sign"}, email=f"{lead}@vale.example")
    area.site.at = datetime(2027, 6, 15, 9, tzinfo=UTC)
    area.browsers.clear()
    told = "What is in force: a temporary variation that ends on 30 June 2027. What it changes would then stay"
    assert told in in_text(area, f"{HOME}/drafts/new")
    draft = area.begun("Amid")
    area.answer(f"{draft}/about", day("begins", date(2027, 6, 20)) | {"closures": "24 December 2027"})
    told = "“Executive huddle” is now due by working day 11, was 14."
    asked = in_text(area, f"{draft}/ask")
    assert "which the variation interrupts: " in asked and told in asked
    area.before_its_seats(draft)
    assert told in in_text(area, f"{draft}/sign", "police-lead@vale.example")
    area.answer(f"{draft}/about", day("until", date(2027, 6, 28)))
    assert "What would stay" not in in_text(area, f"{draft}/ask"), "with an end, it is a variation itself"


def test_the_pages_of_a_line_and_of_its_rule_tell_a_text_as_it_was_written(area: Area) -> None:
    draft = area.begun()
    written = "The 'police' and the 'near miss' are our words."
    asks = added(area, draft, "local-criteria").replace("/line/", "/add/")
    area.answer(f"{asks}/questions", {"title": "Near miss"})
    area.answer(f"{draft}/{HUDDLE}", {"text": written})
    told = in_text(area, f"{draft}/{HUDDLE}")
    assert told.count(written) == 2, "in its box, and in what the rule says of it"
    assert written in in_text(area, f"{draft}/line/rules/rapid-review-plan")


@pytest.mark.parametrize(
    "written", ["24 12 2027", "24.12.2027", "24/12/2027", "24 December 2027", "Friday 24th Dec 2027", "2027-12-24"]
)
def test_a_closed_day_is_taken_as_people_write_it(area: Area, written: str) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", {"closures": written})
    assert area.content(draft)["closures"] == ["2027-12-24"]
