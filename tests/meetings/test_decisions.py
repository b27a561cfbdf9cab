"""At which meeting a decision was made: shown with the case, stopping nothing."""

from __future__ import annotations

from uuid import UUID

from tests.meetings.terms import HELPER, Area
from tests.meetings.test_meetings import ALL, NO_HEALTH
from tests.support.statements import counting

NONE_RECORDED = "The arrangement asks for a quorum; no meeting is recorded."


def decided(area: Area, case_id: UUID) -> str:
    """The case's page of naming the meeting, once whether to notify was decided on screen."""
    area.site.post(f"{area.case(case_id)}/notify/decide", {"outcome": "yes", "reason": "It meets the test."})
    return link(area, case_id, "Say at which meeting it was decided")


def link(area: Area, case_id: UUID, words: str) -> str:
    return next(a.get("href") for a in area.site.get(area.case(case_id)).page.all("a") if a.text.strip().startswith(words))


def test_a_quorum_asked_for_and_no_meeting_is_said_and_the_notification_goes_out(area: Area) -> None:
    case_id = area.opened()
    naming = decided(area, case_id)
    assert NONE_RECORDED in area.site.get(area.case(case_id)).text
    assert "No saved record of a meeting has this case on its agenda" in area.site.get(naming).text
    area.site.post(f"{area.case(case_id)}/notify/letter")
    assert "Notified on 10 March 2027" in area.site.get(area.case(case_id)).text


def test_a_notification_decided_without_a_quorum_still_goes_out_and_says_so(area: Area) -> None:
    case_id = area.opened()
    meeting = area.recorded(
        "executive", NO_HEALTH, {"cases": area.references[case_id]}, way_item_1="ahead", reason_item_1="It is due by law."
    )
    naming = decided(area, case_id)
    area.site.post(naming, {"meeting": meeting.rpartition("/")[2]})
    shown = area.site.get(area.case(case_id)).text
    assert ("Decided at the Executive of 3 March 2027: not quorate, and the arrangement gives the chair no discretion; "
            "it went ahead all the same because: It is due by law.") in shown  # fmt: skip
    assert NONE_RECORDED not in shown
    area.site.post(f"{area.case(case_id)}/notify/letter")
    assert "Notified on 10 March 2027" in area.site.get(area.case(case_id)).text


def test_quorate_and_let_ahead_are_told_and_a_later_correction_is_seen(area: Area) -> None:
    case_id = area.opened()
    agenda = {"cases": area.references[case_id]}
    quorate = area.recorded("executive", ALL, agenda)
    let = area.recorded("quality", NO_HEALTH, agenda, way_item_1="ahead", reason_item_1="All three had agreed.")
    naming = decided(area, case_id)
    area.site.post(naming, {"meeting": quorate.rpartition("/")[2]})
    assert "Decided at the Executive of 3 March 2027: quorate." in area.site.get(area.case(case_id)).text
    changing = link(area, case_id, "Change the meeting")
    hidden = area.site.get(changing).page.hidden() | {"meeting": let.rpartition("/")[2]}
    for _ in range(2):
        area.site.send(changing, hidden)
    shown = area.site.get(area.case(case_id)).text
    assert (
        "of 3 March 2027: not quorate; the chair (Lead partner, council) let this item go ahead because: All three had agreed."
        in shown
    )
    assert "quorate." not in shown
    told = {"counted-1": "own", "counted-2": "by:health-trust", "counted-3": "own", "correction": "The trust stood in."}
    area.site.post(f"{let}/who", told)
    assert "quorate. The record of the meeting was corrected since." in area.site.get(area.case(case_id)).text
    area.site.post(changing, {"meeting": "none"})
    assert NONE_RECORDED in area.site.get(area.case(case_id)).text


def test_a_meeting_that_put_the_case_off_cannot_have_decided_it(area: Area) -> None:
    case_id = area.opened()
    meeting = area.recorded("quality", NO_HEALTH, {"cases": area.references[case_id]}, way_item_1="put_off")
    naming = decided(area, case_id)
    assert "this case was put off" in area.site.get(naming).text
    assert "At that meeting this case was put off" in area.site.post(naming, {"meeting": meeting.rpartition("/")[2]}, 422).text


def test_a_case_decided_at_a_meeting_stays_on_its_agenda(area: Area) -> None:
    case_id = area.opened()
    meeting = area.recorded("executive", ALL, {"cases": area.references[case_id]})
    area.site.post(decided(area, case_id), {"meeting": meeting.rpartition("/")[2]})
    refused = area.site.post(f"{meeting}/agenda", {"matters": "The budget", "correction": "Wrong meeting."}, 422)
    assert f"A decision of case {area.references[case_id]} was made at this meeting" in refused.text
    assert "was made at this meeting" in area.site.post(f"{meeting}/put-aside", {"reason": "Wrong."}, 422).text


def test_a_record_that_is_not_saved_can_not_be_named(area: Area) -> None:
    case_id = area.opened()
    meeting = area.begun("executive")
    area.site.post(f"{meeting}/agenda", {"cases": area.references[case_id]})
    assert "No saved record" in area.site.get(decided(area, case_id)).text


def test_the_review_shows_at_which_meeting_it_was_decided(area: Area) -> None:
    case_id = area.opened()
    meeting = area.recorded("executive", ALL, {"cases": area.references[case_id]})
    area.site.post(f"{area.case(case_id)}/notify/letter")
    area.site.post(f"{area.case(case_id)}/review/decide", {"outcome": "no", "reason": "Enough is known."})
    review = f"{area.case(case_id)}/review"
    naming = next(a.get("href") for a in area.site.get(review).page.all("a") if a.text.startswith("Say at which meeting"))
    area.site.post(naming, {"meeting": meeting.rpartition("/")[2]})
    assert "Decided at the Executive of 3 March 2027: quorate." in area.site.get(review).text


def test_who_may_only_look_sees_the_meeting_and_no_way_to_name_it(area: Area) -> None:
    case_id = area.opened()
    naming = decided(area, case_id)
    helper = area.site.another()
    helper.enter(HELPER)
    helper.post(f"{area.case(case_id)}/reason", {"reason": "covering"})
    shown = helper.get(area.case(case_id))
    assert NONE_RECORDED in shown.text
    assert naming not in [a.get("href") for a in shown.page.all("a")]
    helper.get(naming, 403)


def test_a_case_costs_the_same_however_many_meetings_it_had(area: Area) -> None:
    engine = area.site.app.extensions["threefold"].walls.engine
    case_id = area.opened()
    decided(area, case_id)
    costs = set()
    for _ in range(3):
        with counting(engine) as counted:
            area.site.get(area.case(case_id))
        costs.add((len(counted.statements), counted.transactions))
        area.recorded("executive", ALL, {"cases": area.references[case_id]})
    assert len(costs) == 1, costs


def test_a_case_that_is_not_open_to_somebody_is_not_named_to_them_on_an_agenda(area: Area) -> None:
    case_id = area.opened()
    meeting = area.recorded("executive", ALL, {"cases": area.references[case_id]})
    helper = area.site.another()
    helper.enter(HELPER)
    assert area.references[case_id] in helper.get(meeting).text
    area.site.post(f"{area.case(case_id)}/opening/restrict", {"why": "A colleague’s family."})
    shown = helper.get(meeting)
    assert area.references[case_id] not in shown.text and "A case that is not open to you" in shown.text
    assert area.references[case_id] in area.site.get(meeting).text


def test_where_two_name_a_meeting_at_once_it_is_asked_which_stays(area: Area) -> None:
    case_id = area.opened()
    agenda = {"cases": area.references[case_id]}
    one, other = (area.recorded(group, ALL, agenda).rpartition("/")[2] for group in ("executive", "quality"))
    naming = decided(area, case_id)
    hidden = area.site.get(naming).page.hidden()
    area.site.post(naming, {"meeting": one})
    asked = area.site.send(naming, hidden | {"meeting": other}, 409)
    assert "Which answer is kept?" in asked.text and "Theirs: Executive of 3 March 2027" in asked.text
    assert "Decided at the Executive" in area.site.get(area.case(case_id)).text
    yours = next(
        e.get("value") for e in asked.page.all("input") if e.get("name") == "keep:meeting" and "yours" in e.get("value")
    )
    for _ in range(2):
        area.site.send(naming, asked.page.hidden() | {"keep:meeting": yours})
    assert "Decided at the Executive" not in area.site.get(area.case(case_id)).text


def test_a_second_reason_for_putting_a_record_aside_is_not_dropped_silently(area: Area) -> None:
    meeting = area.recorded("executive", ALL)
    page = f"{meeting}/put-aside"
    first, second = (area.site.get(page).page.hidden() for _ in range(2))
    for _ in range(2):
        area.site.send(page, first | {"reason": "It was another group."})
    refused = area.site.send(page, second | {"reason": "It was another day."}, 422)
    assert "Yours was not saved" in refused.text and "It was another day." in refused.text
