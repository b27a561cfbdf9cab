"""What was in force on any day: the public front page, a page for each version, a day asked for, and what was set right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.test_pdf import inside
from tests.arrangements.vale import APRIL, GOVERNANCE, LEADS, LIBRARY, MARCH, NOW_IN_FORCE
from tests.support.tenants import read_tenants
from tests.web.test_pages import put_as_it_was
from threefold.governance import drafts
from threefold.governance.in_force import OnRecord, before, for_a_time, on_day, periods, standings
from threefold.governance.pack import Arrangement, RuleUse
from threefold.governance.publishing import document
from threefold.governance.remarks import remarks
from threefold.work.arrangements.asking import with_reasons
from threefold.work.arrangements.stories import Called, called_among, enter_version
from threefold.work.arrangements.web.publishing import _shelf

__all__ = ["area"]
PUBLIC = "/published/example-vale"
NEXT = replace(NOW_IN_FORCE, version="from-2027-04-01", title="Huddle on day 12", begins=APRIL)
STORM = replace(
    NOW_IN_FORCE, version="storm", title="While the bridge is closed", begins=date(2027, 6, 1), until=date(2027, 6, 30)
)
RIGHT = replace(NEXT, version="right", title="Huddle on day 12, written rightly", corrects=NEXT.version, note="Mended.")
ADOPTED = replace(NOW_IN_FORCE, version="old-pages", title="As the pages say", entered="adopted", begins=None, signed=(),
                  adopted_from=({"ref": "Old pages", "where": "pages.example/old", "force": "LOCAL", "sure": "V"},))  # fmt: skip
LATER = datetime(2027, 7, 5, 9, 0, tzinfo=UTC)


def at(month: int, number: int) -> datetime:
    return datetime(2027, month, number, 9, 0, tzinfo=UTC)


def entered(area: Area, version: Arrangement, moment: datetime) -> None:
    with area.site.database.unit(area.body, moment) as unit:
        enter_version(unit, GOVERNANCE, version)


def later(area: Area, moment: datetime) -> None:
    """Time goes on, and who was signed in signs in again."""
    area.site.at = moment
    area.browsers.clear()


def publish(area: Area, version: str) -> str:
    """Publish a version; the address of its public page, which the page inside leads to."""
    done = area.answer(f"{HOME}/versions/{version}/publish", {}).location
    assert done == f"{HOME}/versions/{version}?done=published"
    links = area.by(LEAD).get(done).page.all("a")
    return next(e.get("href") for e in links if e.text == "See the public page")


def asked_for(area: Area, path: str, wanted: date, email: str = "") -> str:
    browser = area.by(email) if email else area.site.another()
    return browser.get(path, query_string=day("on", wanted)).text


def recorded(*pairs: tuple[Arrangement, date]) -> tuple[OnRecord, ...]:
    return tuple(OnRecord(version, on) for version, on in pairs)


WHOLE = recorded(
    (NOW_IN_FORCE, date(2027, 3, 10)), (NEXT, date(2027, 3, 12)), (RIGHT, date(2027, 5, 20)), (STORM, date(2027, 5, 21))
)
LONG_STORM = replace(STORM, version="long-storm", title="Storm", begins=APRIL, until=date(2027, 5, 20))
FLOOD = replace(STORM, version="flood", title="Flood", begins=date(2027, 4, 10), until=date(2027, 4, 12))
FLOODED = recorded(
    (replace(NOW_IN_FORCE, title="Huddle on day 14"), date(2027, 3, 10)),
    (LONG_STORM, date(2027, 3, 12)),
    (FLOOD, date(2027, 3, 13)),
)
CUTS = replace(NEXT, begins=date(2027, 5, 1))
CUT = recorded((NOW_IN_FORCE, date(2027, 3, 10)), (LONG_STORM, date(2027, 3, 12)), (CUTS, date(2027, 3, 13)))
CUT_AND_FLOODED = (CUT[0], CUT[1], FLOODED[2], CUT[2])
BACKDATED = recorded(
    (replace(NOW_IN_FORCE, title="Huddle on day 14"), date(2027, 3, 10)),
    (replace(NOW_IN_FORCE, version="put-right", title="Put right", corrects=NOW_IN_FORCE.version), date(2027, 3, 12)),
)  # both begin on 1 January 2026, long before either was put on record here


def test_a_version_that_is_interrupted_on_its_second_day_is_told_by_its_first() -> None:
    storm = replace(STORM, begins=APRIL + timedelta(days=1), until=APRIL + timedelta(days=3))
    tags = {s.version.version: s.tag for s in standings(recorded((NEXT, APRIL), (storm, APRIL)), date(2027, 3, 12))}
    assert tags == {NEXT.version: "On 1 April 2027, and again from 5 April 2027", "storm": "From 2 April 2027 to 4 April 2027"}
    one_day = recorded((replace(STORM, begins=APRIL, until=APRIL), APRIL))
    assert standings(one_day, date(2027, 3, 12))[0].tag == "On 1 April 2027 only"
    assert (standings(one_day, APRIL)[0].tag, standings(one_day, APRIL)[0].days) == ("In force now", "On 1 April 2027 only")
    assert standings(one_day, date(2027, 4, 2))[0].tag == "In force on 1 April 2027 only"
    assert on_day(GOVERNANCE, one_day, APRIL, date(2027, 4, 2)).sentences[0].endswith("was in force (on 1 April 2027 only).")
    twice = {s.version.version: s.tag for s in standings(recorded((NEXT, APRIL), (storm, APRIL)), date(2027, 6, 1))}
    assert twice[NEXT.version] == "In force now"
    ended = standings(recorded((NEXT, APRIL), (storm, APRIL), (RIGHT, date(2027, 5, 1))), date(2027, 6, 1))
    assert "only" not in " ".join(s.tag + s.days for s in ended)


def test_a_version_of_one_day_is_told_so_on_its_page_in_the_list_and_in_public(area: Area) -> None:
    entered(area, NEXT, MARCH)
    entered(area, replace(NEXT, version="next-day", title="From the day after", begins=APRIL + timedelta(days=1)), MARCH)
    public = publish(area, NEXT.version)
    later(area, at(4, 5))
    for shown in (
        area.by(LEAD).get(f"{HOME}/versions/{NEXT.version}"), area.by(LEAD).get(HOME), area.site.another().get(public), area.site.another().get(PUBLIC),
    ):  # fmt: skip
        assert "In force on 1 April 2027 only" in shown.text and "In force 1 April 2027" not in shown.text


def corrected(version: str, of: str, title: str) -> Arrangement:
    return replace(NOW_IN_FORCE, version=version, title=title, corrects=of)


def test_a_version_corrected_twice_tells_what_stood_on_record_and_what_took_its_place() -> None:
    record = recorded(
        (NOW_IN_FORCE, date(2027, 3, 10)), (corrected("one", "demonstration", "First"), date(2027, 3, 20)),
        (corrected("two", "one", "Second"), date(2027, 3, 21)), (corrected("three", "demonstration", "Third"), date(2027, 3, 22)),
    )  # fmt: skip
    stands = {s.version.version: s for s in standings(record, date(2027, 3, 25))}
    assert {v: s.state for v, s in stands.items()} == {
        "demonstration": "set_right",
        "one": "set_right",
        "two": "set_right",
        "three": "now",
    }
    assert stands["two"].days == (
        "It stood on record from 21 March 2027 as in force from 1 January 2026, until “Third” was entered on 22 March 2027"
    )
    assert stands["one"].days.endswith("until the correction was entered on 21 March 2027")
    assert stands["demonstration"].days.endswith("until the correction was entered on 20 March 2027")
    (by,) = (mark for mark in stands["two"].marks if mark.other.version == "three")
    assert by.words == "It stood on record as in force from 1 January 2026, until “Third” was entered on 22 March 2027."
    assert "two" in {mark.other.version for mark in stands["three"].marks}


def test_who_follows_what_was_set_right_is_told_what_stands_in_its_place_now() -> None:
    """Also where that corrects what theirs corrected, and not theirs."""
    own, april = (NOW_IN_FORCE, date(2027, 3, 10)), (NEXT, date(2027, 3, 11))
    one, two = (
        (corrected("one", "demonstration", "First"), date(2027, 3, 20)),
        (corrected("two", "one", "Second"), date(2027, 3, 21)),
    )
    three = (corrected("three", "demonstration", "Third"), date(2027, 3, 22))
    for entered in ([own], [own, one], [own, one, two], [own, one, two, three]):
        names = {version.version for version, _ in entered}
        told = called_among(recorded(*entered, april), names)
        last, on = entered[-1]
        assert (told[last.version].set_right_by, told[last.version].set_right_on) == ("", None)
        before_it = {(told[name].set_right_by, told[name].set_right_on) for name in names - {last.version}}
        assert before_it == ({(last.title, on)} if len(entered) > 1 else set())
        assert called_among(recorded(*entered, april), {NEXT.version}) == {NEXT.version: Called(NEXT.title)}


def test_a_version_that_is_corrected_after_its_time_stood_until_its_own_end() -> None:
    june = replace(NOW_IN_FORCE, version="june", title="June", begins=date(2027, 6, 1))
    july = replace(NOW_IN_FORCE, version="july", title="July", begins=date(2027, 7, 1))
    right = replace(june, version="right", title="June, set right", corrects="june")
    record = recorded((june, date(2027, 5, 1)), (july, date(2027, 6, 15)), (right, date(2027, 8, 20)))
    stands = {s.version.version: s for s in standings(record, date(2027, 9, 1))}
    assert stands["june"].days == (
        "It stood as in force from 1 June to 30 June 2027; the correction was entered on 20 August 2027"
    )
    assert stands["july"].days == "Since 1 July 2027"
    in_its_time = recorded((june, date(2027, 5, 1)), (july, date(2027, 6, 15)), (right, date(2027, 6, 20)))
    (told,) = (s.days for s in standings(in_its_time, date(2027, 9, 1)) if s.version is june)
    assert told == "It stood as in force from 1 June 2027, until the correction was entered on 20 June 2027"


def test_a_version_whose_past_days_another_took_later_is_told_so_and_one_that_was_followed_in_time_is_not() -> None:
    late = replace(NEXT, version="late", title="Late", begins=date(2027, 2, 1))
    before_, after = standings(recorded((NOW_IN_FORCE, date(2026, 1, 1)), (late, date(2027, 3, 12))), date(2027, 3, 25))
    assert [m.words for m in before_.marks] == [
        "It stood on record as in force from 1 February 2027, until “Late” was entered on 12 March 2027."
    ]
    assert after.state == "now" and len(after.marks) == 1
    in_time = standings(
        recorded((NOW_IN_FORCE, date(2026, 1, 1)), (NEXT, date(2027, 3, 12)), (STORM, date(2027, 3, 13))), LATER.date()
    )
    assert not any(s.marks for s in in_time)


def test_a_version_s_days_end_before_the_next_and_go_on_after_a_variation() -> None:
    told = [(p.version.version, p.first, p.last) for p in periods([one.version for one in WHOLE])]
    assert told == [
        ("demonstration", date(2026, 1, 1), date(2027, 3, 31)), ("right", APRIL, date(2027, 5, 31)),
        ("storm", date(2027, 6, 1), date(2027, 6, 30)), ("right", date(2027, 7, 1), None),
    ]  # fmt: skip
    tags = {s.version.version: s.tag for s in standings(WHOLE, date(2027, 6, 10))}
    assert tags == {
        "demonstration": "In force 1 January 2026 to 31 March 2027", "from-2027-04-01": "Set right by a later version", "storm": "In force now",
        "right": "In force 1 April to 31 May 2027 and from 1 July 2027",
    }  # fmt: skip
    assert {s.version.version: s.tag for s in standings(WHOLE, date(2027, 3, 12))}[
        "right"
    ] == "From 1 April 2027 to 31 May 2027, and again from 1 July 2027"
    assert before([one.version for one in WHOLE], STORM) is RIGHT
    assert before([one.version for one in WHOLE], RIGHT) is NEXT
    assert before([one.version for one in WHOLE], NOW_IN_FORCE) is None


def test_every_day_is_the_one_that_pins_cases() -> None:
    known = [one.version for one in WHOLE]
    for wanted in (
        date(2025, 12, 31),
        date(2026, 1, 1),
        date(2027, 3, 31),
        APRIL,
        date(2027, 6, 1),
        date(2027, 6, 30),
        date(2027, 7, 1),
    ):
        found = on_day(GOVERNANCE, WHOLE, wanted, wanted)
        pin, version, edition = GOVERNANCE.pin(known, wanted)
        assert (found.version, found.law) == (version, edition.title), (wanted, pin)


@pytest.mark.parametrize(
    ("record", "wanted", "told"),
    [
        (WHOLE, date(2025, 12, 31), "No version on record here was in force on 31 December 2025: the first one begins on 1 January 2026."),
        (WHOLE, date(1990, 1, 1), "The law known here begins on"),
        (WHOLE, date(2027, 6, 2), "It is a temporary variation: its last day is 30 June 2027. From the day after, “Huddle on day 12, written rightly” governs."),
        (CUT, date(2027, 4, 2), "It is a temporary variation, agreed until 20 May 2027: “Huddle on day 12” begins before that, and governs from 1 May 2027."),
        (CUT_AND_FLOODED, date(2027, 4, 2), "It is a temporary variation, agreed until 20 May 2027: “Huddle on day 12” begins before that, and governs from 1 May 2027."),
        (FLOODED, date(2027, 4, 2), "It is a temporary variation: its last day is 20 May 2027. From the day after, “Huddle on day 14” governs."),
        (WHOLE, date(2027, 5, 1), "On that day “Huddle on day 12” was on record. It was set right later: “Huddle on day 12, written rightly” corrects it; entered on 20 May 2027, back to 1 April 2027."),
        (WHOLE, date(2027, 5, 25), "It corrects “Huddle on day 12”; entered on 20 May 2027, back to 1 April 2027. Until that was entered, “Huddle on day 12” stood on record for 25 May 2027."),
        (BACKDATED, date(2026, 6, 1), "It corrects “Huddle on day 14”; entered on 12 March 2027, back to 1 January 2026. Until that was entered, “Huddle on day 14” stood on record for 1 June 2026, since 10 March 2027."),
        (WHOLE, date(2026, 5, 1), "It was put on record here later than that, on 10 March 2027."),
        (WHOLE, date(2028, 1, 1), "That is what is on record today"),
        (recorded((ADOPTED, APRIL)), APRIL, "Which version applied on 1 April 2027 is not known: no source gives the day on which “As the pages say” began."),
        (recorded((STORM, APRIL)), date(2027, 7, 1), "the last one before it had ended"),
        (recorded((replace(ADOPTED, not_before=date(2027, 5, 1)), APRIL)), APRIL, "No version on record here was in force on 1 April 2027: “As the pages say” began no earlier than 1 May 2027."),
        ((), APRIL, "No local arrangement is on record here."),
    ],
)  # fmt: skip
def test_a_day_is_answered_in_plain_words(record: tuple[OnRecord, ...], wanted: date, told: str) -> None:
    assert told in " ".join(on_day(GOVERNANCE, record, wanted, LATER.date()).sentences)


def test_the_front_page_is_what_is_in_force_today_whatever_was_published_last(area: Area) -> None:
    entered(area, NEXT, MARCH)
    first = publish(area, "demonstration")
    publish(area, NEXT.version)
    stranger = area.site.another()
    now = stranger.get(PUBLIC)
    assert now.page.heading == NOW_IN_FORCE.title
    assert "In force now Since 1 January 2026" not in now.text and "In force now 1 January 2026 to 31 March 2027" in now.text
    assert "Huddle on day 12From 1 April 2027Published on 10 March 2027" in now.text.replace(" From", "From").replace(
        " Published", "Published"
    )
    later(area, at(4, 1))
    then = stranger.get(PUBLIC)
    assert then.page.heading == "Huddle on day 12" and "In force now Since 1 April 2027" in then.text
    assert "In force 1 January 2026 to 31 March 2027" in then.text
    assert "See what is in force today" in stranger.get(first).text
    assert "See what is in force today" not in then.text


def test_that_what_is_in_force_is_not_published_is_said_to_all_and_mended_inside(area: Area) -> None:
    publish(area, "demonstration")
    entered(area, NEXT, MARCH)
    later(area, at(4, 2))
    front = area.site.another().get(PUBLIC)
    assert "What is in force today is not published here." in front.text
    assert NEXT.title not in front.text, "not even the title of what is not published"
    assert "In force 1 January 2026 to 31 March 2027" in front.text
    told = asked_for(area, PUBLIC, date(2027, 4, 2))
    assert "A version that is not published here. Ask the partnership for it." in told and NEXT.title not in told
    inside = area.by(LEAD).get(HOME)
    assert "What is in force is not published." in inside.text
    assert any(e.get("href") == f"{HOME}/versions/{NEXT.version}/publish" for e in inside.page.all("a"))
    assert "Publish what is in force" not in area.by("police-lead@vale.example").get(HOME).text
    publish(area, NEXT.version)
    assert "What is in force is not published." not in area.by(LEAD).get(HOME).text
    assert area.site.another().get(PUBLIC).page.heading == NEXT.title


@pytest.mark.parametrize(("path", "email"), [(PUBLIC, ""), (HOME, LEAD)])
def test_a_day_asked_for_is_answered_with_version_law_and_where_to_read(area: Area, path: str, email: str) -> None:
    publish(area, "demonstration")
    for version, moment in ((NEXT, at(3, 12)), (RIGHT, at(5, 20)), (STORM, at(5, 21))):
        entered(area, version, moment)
        publish(area, version.version)
    later(area, LATER)
    law, _ = GOVERNANCE.edition_on(APRIL)
    told = asked_for(area, path, date(2027, 5, 1), email)
    assert "On that day “Huddle on day 12” was on record. It was set right later" in told and law.title in told
    browser = area.by(email) if email else area.site.another()
    shown = browser.get(path, query_string=day("on", date(2027, 5, 1)))
    where = {e.text: e.get("href") for e in shown.page.all("a")}
    for title in (NEXT.title, RIGHT.title):
        assert browser.get(where[title]).page.heading == title
    assert "No version on record here was in force on 31 December 2025" in asked_for(area, path, date(2025, 12, 31), email)
    assert "It is a temporary variation" in asked_for(area, path, date(2027, 6, 5), email)
    for wrong, said in (({"on-day": "31", "on-month": "2", "on-year": "2027"}, "must be a real date"), ({"on-day": "", "on-month": "", "on-year": ""}, "Enter a day"),
                        ({"on-day": "1", "on-year": "2027"}, "must include a month"), ({"on-day": "x" * 5000}, "must include"),
                        ({"on-day": "9999999999", "on-month": "4", "on-year": "2027"}, "must be a real date")):  # fmt: skip
        assert said in browser.get(path, 422, query_string=wrong).text


def test_adopted_versions_of_unknown_beginning_are_told_as_such(area: Area) -> None:
    entered(area, ADOPTED, MARCH)
    told = asked_for(area, HOME, date(2025, 6, 1), LEAD)
    assert "Which version applied on 1 June 2025 is not known" in told and "As the pages say" in told
    page = area.by(LEAD).get(f"{HOME}/versions/old-pages")
    assert (
        "Beginning not known" in page.text
        and "pages.example/old" in page.text
        and "The partners have not signed it here" in page.text
    )
    assert "Publish this version" not in page.text
    publish(area, "demonstration")
    assert "As the pages say" in asked_for(area, PUBLIC, date(2025, 6, 1)), "it is open where it was read"


def test_a_correction_is_marked_on_both_versions_wherever_they_are_shown(area: Area) -> None:
    entered(area, NEXT, at(3, 12))
    entered(area, RIGHT, at(5, 20))
    later(area, LATER)
    wrong, right = publish(area, NEXT.version), publish(area, RIGHT.version)
    corrects = "Corrects “Huddle on day 12”; entered on 20 May 2027, back to 1 April 2027."
    set_right = "Set right by “Huddle on day 12, written rightly”; entered on 20 May 2027, back to 1 April 2027."
    stranger = area.site.another()
    for path in (PUBLIC, wrong, right):
        assert corrects in stranger.get(path).text and set_right in stranger.get(path).text, path
        assert "the other corrects" not in stranger.get(path).text, "it may be of a version that is not published"
    home = area.by(LEAD).get(HOME).text
    assert corrects in home and set_right in home
    assert corrects in area.by(LEAD).get(f"{HOME}/versions/right").text
    assert set_right in area.by(LEAD).get(f"{HOME}/versions/{NEXT.version}").text
    made = stranger.client.get(f"{wrong}.pdf").data
    assert b"/Title(Every version published here)" in inside(made), "the history stands in the PDF too"


def test_lists_that_partners_write_are_lists_wherever_a_version_is_read_and_the_history_tells_each_version(area: Area) -> None:
    text = "We meet:\n- weekly <b>\n- when asked\n\n3. third\n4. fourth\n\nOver."
    told = RuleUse("more-told", "narrative", 1, {"statements": [{"key": "meet", "title": "How we meet", "text": text}]})
    entered(area, replace(NEXT, uses=(*NEXT.uses, told), note="Because:\n- it was asked for\n- it helps"), at(3, 12))
    later(area, LATER)
    earlier, path = publish(area, "demonstration"), publish(area, NEXT.version)
    for page in (area.site.another().get(path), area.by(LEAD).get(f"{HOME}/versions/{NEXT.version}")):
        points = [e.text for e in page.page.all("li")]
        assert {"weekly <b>", "when asked", "third", "fourth", "it was asked for", "it helps"} <= set(points)
        assert [e.get("start") for e in page.page.all("ol")] == ["3"]
    with area.site.app.test_request_context():
        shelf = _shelf("example-vale")
        (history,) = shelf.history(shelf.one(UUID(path.rsplit("/", 1)[1])))
    assert (history["title"], history["said"]) == ("Every version published here", "As known on 5 July 2027.")
    assert [(item["title"], item["text"]) for item in history["items"]] == [
        ("Huddle on day 12 (this one)", "In force now. Since 1 April 2027. Published on 5 July 2027."),
        (NOW_IN_FORCE.title, "In force 1 January 2026 to 31 March 2027. Published on 5 July 2027."),
    ]
    assert earlier != path


def test_every_version_has_a_page_that_says_all_of_it_and_how_it_was_made(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/line/rules/rapid-review-plan/steps/huddle", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    check = area.minuted(draft)
    area.answer(check, {"says_so": "yes"}, email=MANAGER)
    for seat in ("council-lead", "police-lead"):
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    home = area.by(LEAD).get(HOME)
    (version,) = {e.get("href") for e in home.page.all("a") if e.text == "Huddle on day 12"}
    shown = area.by("police-lead@vale.example").get(version)
    assert shown.page.heading == "Huddle on day 12" and "From 1 April 2027" in shown.text
    assert "Lead safeguarding partner, police10 March 2027On screenBy Police-Lead" in re.sub(
        r"(?<=\w) (?=10 March|On screen|By )", "", shown.text
    )
    assert "Recorded from signed minutes, checked by a second personRecorded by Lead, checked by Manager" in shown.text
    assert check.removesuffix("/check") + "/document" in {e.get("href") for e in shown.page.all("a")}
    assert {f"{draft}", f"{draft}/history"} <= {e.get("href") for e in shown.page.all("a")}
    assert "“Executive huddle” is now due by working day 12, was 14." in shown.text
    assert "Executive huddle: Within 12 working days" in shown.text
    assert "Publish this version" not in shown.text and "Publish this version" in area.by(LEAD).get(version).text
    area.by(LEAD).get(f"{HOME}/versions/nothing", 404)
    public = publish(area, version.rsplit("/", 1)[1])
    assert "Executive huddle: Within 12 working days" in area.site.another().get(public).text


def test_a_version_whose_rule_is_gone_is_shown_with_what_is_still_known(area: Area) -> None:
    gone = replace(NEXT, uses=(replace(NOW_IN_FORCE.uses[0], rule="gone-rule"),))
    with area.site.database.unit(area.body, MARCH) as unit:  # as it was put on record while the rule was installed
        put_as_it_was(unit, gone)
    shown = area.by(LEAD).get(f"{HOME}/versions/{NEXT.version}")
    assert "What it says cannot be worked out here." in shown.text and "gone-rule" in shown.text
    assert "not installed here" not in area.by(LEAD).get(HOME).text
    area.site.at = datetime(2027, 4, 2, 9, tzinfo=UTC)
    area.browsers.clear()  # the sign-ins of weeks ago have ended
    told = area.by(LEAD).get(HOME).text
    assert (
        "A rule of what is in force is not installed here: gone-rule." in told
        and "What the law requires is not affected." in told
    )
    assert "Lead safeguarding partner, police" in shown.text


def test_a_condition_and_free_text_of_a_step_are_published(area: Area) -> None:
    def with_condition(use: RuleUse) -> RuleUse:
        if use.use != "rapid-review-plan":
            return use
        when = {"is": {"fact": "incident.family_known_recently", "value": "yes"}}
        steps = [{**s, "when": when, "text": "By telephone."} if s["key"] == "huddle" else s for s in use.settings["steps"]]
        return replace(use, settings={**use.settings, "steps": steps})

    entered(area, replace(NEXT, uses=tuple(with_condition(u) for u in NOW_IN_FORCE.uses)), MARCH)
    shown = area.site.another().get(publish(area, NEXT.version)).text
    assert "By telephone. Only when" in shown


def test_what_changed_names_the_version_it_was_held_beside_and_on_which_day(area: Area) -> None:
    """A page stays as it was published: a correction of the version before it, entered later, changes nothing of it, and is another one."""
    said = "the version before this one as things stood on 10 March 2027."
    entered(area, replace(NEXT, version="storm", title="Storm", until=date(2027, 5, 20)), MARCH)
    entered(area, replace(NEXT, version="two", title="Two", begins=date(2027, 5, 1), open_cases="finish_under_old"), MARCH)
    draft = area.begun("Three")
    area.answer(f"{draft}/{HUDDLE}", {"day": "9"})
    area.answer(f"{draft}/about", day("begins", date(2027, 5, 10)))
    url = publish(area, "two")
    assert (
        f"Held beside a version that was not published then, in force from 1 April 2027: {said}"
        in area.site.another().get(url).text
    )
    assert f"Held beside “Two”, in force from 1 May 2027: {said}" in area.by(LEAD).get(f"{draft}/as-published").text
    pdf = next(e.get("href") for e in area.site.another().get(url).page.all("a") if e.get("href").endswith(".pdf"))
    assert area.site.another().client.get(pdf).data.startswith(b"%PDF")
    later(area, area.site.at + timedelta(days=20))
    entered(
        area,
        replace(NEXT, version="right", title="Right", until=date(2027, 5, 20), corrects="storm", note="Slip."),
        area.site.at,
    )
    assert (
        f"Held beside a version that was not published then, in force from 1 April 2027: {said}"
        in area.site.another().get(url).text
    )


def test_what_changed_is_published_without_the_note_of_a_version_that_is_not(area: Area) -> None:
    """The note of a version that nobody published may hold what its partners meant for themselves."""
    entered(
        area, replace(NEXT, title="After the row with the inspectors", note="Only for us: the inspectors were unhappy."), MARCH
    )
    entered(area, replace(NEXT, version="then", begins=date(2027, 6, 1), title="Read by all", note="Said to all."), MARCH)
    shown = area.site.another().get(publish(area, "then")).text
    assert "inspectors" not in shown and "Said to all." in shown and "Read by all" in shown


def _texts(told: Mapping[str, Any]) -> list[str]:
    return [
        text for s in told["sections"] for text in (s["said"], *(part for i in s["items"] for part in (i["title"], i["text"])))
    ]


def test_no_published_text_of_any_area_shows_a_key(project: Path) -> None:
    for body in read_tenants().bodies.values():
        for version in body.versions:
            keys = {o.key for o in version.organisations} | {s.key for s in version.seats} | {u.use for u in version.uses}
            for text in _texts(document(GOVERNANCE, version, body.name)):
                assert not keys & set(re.findall(r"'([\w./-]+)'", text)), (body.id, text)
                assert not {k for k in keys if "-" in k} & set(re.findall(r"[\w-]+", text.replace(body.name, ""))), (
                    body.id,
                    text,
                )
                assert "unit inferred" not in text and "own day is day 1" not in text, (body.id, text)


def test_the_reasons_in_the_note_name_rules_and_organisations_by_their_titles() -> None:
    """They are named where a reason is put into the note: the rest of it is the partners' own, and stays as they wrote it."""
    police = next(o for o in NOW_IN_FORCE.organisations if o.kind == "police")
    begun = drafts.begin_from(NOW_IN_FORCE, "x", "X")
    groups = next(use for use in begun["uses"] if use["use"] == "groups")
    ways = [{**way, "acts": police.key} for way in groups["settings"]["ways"]]
    content = drafts.put(begun, ("rules", "groups"), {**groups["settings"], "ways": ways})
    (found,) = [r for r in remarks(GOVERNANCE, content, MARCH.date()) if "notify" in r.sentence and r.stops]
    note = with_reasons(
        "The 'police' and 'groups' are our words.", [replace(found, effect="needs_reason")], {found.known_by: "We agreed it."}
    )
    told = document(GOVERNANCE, replace(NOW_IN_FORCE, note=note), "Vale")["note"]
    assert told.startswith("The 'police' and 'groups' are our words.\n\nDeparts from guidance (") and told.endswith(
        " Reason: We agreed it."
    )
    assert f"“Groups and decisions” lets “{police.name}” notify." in told


def test_a_source_to_confirm_is_told_as_such() -> None:
    assert LIBRARY.bodies
    use = next(u for u in NOW_IN_FORCE.uses if u.use == "rapid-review-plan")
    for sure, told in (
        ("K", "source to confirm"),
        ("unknown", "source to confirm"),
        ("V", ""),
        ("inferred", "inferred from the source, which does not say so itself"),
    ):
        steps = [{**s, "source": {**s["source"], "sure": sure}} for s in use.settings["steps"]]
        version = replace(NOW_IN_FORCE, uses=(replace(use, settings={**use.settings, "steps": steps}),))
        sections = {s["title"]: s for s in document(GOVERNANCE, version, "Vale")["sections"]}
        assert {i["sure"] for i in sections["What is done by when"]["items"] if i["title"] == "Executive huddle"} == {told}


def test_a_correction_that_was_corrected_itself_has_no_days() -> None:
    later_one = replace(NOW_IN_FORCE, version="later", title="Later", begins=date(2027, 2, 1))
    one, two = corrected("one", "demonstration", "First"), corrected("two", "one", "Second")
    known = [NOW_IN_FORCE, one, two, later_one]
    assert for_a_time(one, known, date(2027, 3, 1)) == ""
    assert for_a_time(two, known, date(2027, 3, 1)).startswith("Its days are 1 January 2026 to 31 January 2027")
    assert for_a_time(two, known[:2] + known[3:], date(2027, 3, 1)).startswith("Its days are"), "before it is on record"


def test_a_correction_of_days_that_are_over_says_which_they_are_before_it_is_signed(area: Area) -> None:
    entered(area, replace(NOW_IN_FORCE, version="june", title="June", begins=date(2027, 6, 1)), MARCH)
    entered(area, replace(NOW_IN_FORCE, version="july", title="July", begins=date(2027, 7, 1)), MARCH)
    later(area, datetime(2027, 8, 20, 9, tzinfo=UTC))
    draft = area.begun("June, set right")
    area.answer(
        f"{draft}/about", {"corrects": "june", "note": "The health partner was left out.", **day("begins", date(2027, 6, 1))}
    )
    told = "Its days are 1 June to 30 June 2027: what governs after them stays as it is."
    for path in ("ask", "as-published"):
        assert told in area.by(LEAD).get(f"{draft}/{path}").text, path
    area.answer(f"{draft}/line/organisations/council", {"acts_for": ["police"]})
    assert "is to act for Example Vale Constabulary in this version." in area.by(LEAD).get(f"{draft}/check").text
    area.answer(f"{draft}/line/organisations/council", {"acts_for": []})
    area.before_its_seats(draft)
    assert told in area.by("council-lead@vale.example").get(f"{draft}/sign").text
    for seat in LEADS:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    assert told in area.by(LEAD).get(f"{draft}/sign").text
