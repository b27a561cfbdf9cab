"""A meeting whose arrangement was corrected after it: explained from itself, kept by what it was called by, and told of the correction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.meetings.terms import Area, area_of, terms
from tests.meetings.test_meetings import ALL, NO_HEALTH
from tests.reviews.neighbours import GOVERNANCE, SAID
from tests.support.database import Database
from tests.web.site import Site
from threefold.work.arrangements.stories import enter_version

Groups = list[Mapping[str, Any]]
SINCE = "Since then what governed was corrected:"
REASON = {"correction": "Health dialled in."}


def set_right(area: Area, change: Callable[[Groups], Groups], **more: Any) -> None:
    """Put on record what corrects the terms of reference, with other groups."""
    before = terms()

    def other(use: Any) -> Any:
        if use.rule != "decision-making":
            return use
        return replace(use, settings={**use.settings, "groups": change(use.settings["groups"]), "ways": []})

    right = {"version": "corrected", "title": "Terms as they should read", "corrects": before.version} | more
    with area.unit() as unit:
        enter_version(unit, GOVERNANCE, replace(before, uses=tuple(map(other, before.uses)), **right))


def without(key: str) -> Callable[[Groups], Groups]:
    return lambda groups: [group for group in groups if group["key"] != key]


def test_a_record_is_explained_from_itself_when_the_arrangement_of_its_day_is_corrected(area: Area) -> None:
    meeting = area.recorded("executive", ALL)
    set_right(area, without("executive"), organisations=terms().organisations[:3])
    assert area.says(meeting) == ("Quorate", "There was a quorum.")
    assert "Lead partner, integrated care board" in area.site.get(meeting).text


def test_a_meeting_of_a_group_that_a_correction_took_out_is_kept_by_the_version_by_which_it_was_called(area: Area) -> None:
    meeting = area.recorded("executive", NO_HEALTH, {"matters": "The budget"}, way_item_1="put_off")
    set_right(area, without("executive"))
    assert area.says(meeting)[0] == "Not quorate"
    for part in ("who", "chair", "agenda", "items", "check", "put-aside"):
        area.site.get(f"{meeting}/{part}")
    for how in ("own", "nobody", "own"):  # and again, once the newest record was written after the correction
        told = {"counted-1": "own", "counted-2": how, "counted-3": "own"} | REASON
        assert area.site.post(f"{meeting}/who", told).location == f"{meeting}?done=corrected"
        assert area.says(meeting)[0] == ("Quorate" if how == "own" else "Not quorate")
    assert SINCE in area.site.get(meeting).text
    area.site.post(f"{meeting}/put-aside", {"reason": "It did not take place."})
    assert SINCE not in area.site.get(meeting).text
    assert "It did not take place." in area.site.get(meeting).text


def with_quorum(key: str, *needed: str) -> Callable[[Groups], Groups]:
    """The groups, of which one has another quorum."""
    quorum = {"needed": list(needed), "source": SAID}
    return lambda groups: [{**group, "quorum": quorum} if group["key"] == key else group for group in groups]


def told_since(area: Area, meeting: str) -> str:
    """What a meeting's page tells of a correction after it; "" where it tells of none."""
    shown = " ".join(area.site.get(meeting).text.split())
    return shown[shown.index(SINCE) :].partition(" Quorate ")[0].partition(" Not quorate ")[0] if SINCE in shown else ""


def test_a_meeting_tells_that_what_governed_was_corrected_since_and_what_that_says_of_its_quorum(area: Area) -> None:
    meeting = area.recorded("executive", ALL)
    assert told_since(area, meeting) == ""
    set_right(area, with_quorum("executive", "council", "health-trust"))
    assert told_since(area, meeting) == (
        f"{SINCE} on 10 March 2027 “Terms as they should read” set right “Terms of reference as published”, by which this meeting was answered. "
        "By that one: Whether there was a quorum is not clear. Not recorded: Another health trust. "
        "What stands here was worked out before; it is worked out anew, by that one, once the record is corrected."
    )
    assert area.says(meeting) == ("Quorate", "There was a quorum.")
    told = {"counted-1": "own", "counted-2": "nobody", "correction": "The trust was not there."}
    area.site.post(f"{meeting}/who", told)
    assert area.says(meeting) == ("Not quorate", "There was no quorum. Missing: Another health trust.")
    assert told_since(area, meeting) == ""


def test_a_meeting_tells_of_a_correction_that_leaves_its_quorum_as_it_was(area: Area) -> None:
    meeting = area.recorded("executive", ALL)
    set_right(area, without("quality"))
    assert told_since(area, meeting).endswith("by which this meeting was answered. What it says of this meeting is the same.")
    area.site.at += timedelta(minutes=5)
    set_right(area, without("executive"), version="again", title="Terms once more", corrects="corrected")
    assert told_since(area, meeting).endswith("Terms once more” set right “Terms of reference as published”, by which this meeting was answered. "
                                              "It has no such group, so the record is kept by the one before.")  # fmt: skip


def test_a_meeting_tells_of_a_version_that_was_put_on_record_later_for_its_day(area: Area) -> None:
    meeting = area.recorded("executive", ALL)
    set_right(area, with_quorum("executive", "council"), corrects="", begins=date(2027, 3, 1))
    assert told_since(area, meeting) == (
        f"{SINCE} “Terms as they should read”, put on record on 10 March 2027, governs that day, and no more “Terms of reference as published”, "
        "by which this meeting was answered. What it says of this meeting is the same."
    )


def test_a_meeting_of_whose_day_nothing_was_known_tells_what_governs_it_now(database: Database, site: Site) -> None:
    area = area_of(database, site, terms(begins=None))
    meeting = area.recorded("executive", ALL)
    set_right(area, lambda groups: groups, corrects="", begins=terms().begins)
    assert (
        "Since then it became known what governed: “Terms as they should read”, put on record on 10 March 2027. By that one: There was a quorum. "
        "What stands here was worked out before; it is worked out anew, by that one, once the record is corrected."
    ) in " ".join(area.site.get(meeting).text.split())


def test_no_other_meeting_is_begun_of_a_group_that_was_taken_out(area: Area) -> None:
    set_right(area, without("executive"))
    told = {"group": "executive", "day-day": "3", "day-month": "3", "day-year": "2027"}
    area.site.post(f"{area.base}/new", told, 422)


def test_a_meeting_under_a_version_of_unknown_beginning_is_kept_by_it_where_one_is_dated_later(
    database: Database, site: Site
) -> None:
    area = area_of(database, site, terms(begins=None))
    meeting = area.recorded("executive", ALL)
    set_right(area, without("executive"), corrects="", begins=terms().begins)
    told = {"counted-1": "own", "counted-2": "own", "counted-3": "nobody"} | REASON
    assert area.site.post(f"{meeting}/who", told).location == f"{meeting}?done=corrected"
    assert area.says(meeting)[1].startswith("If “Terms of reference as published” applied on that day")
