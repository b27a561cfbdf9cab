"""An area lead who never saw a configuration adds a rule and a step to it: what they are asked, what is filled in, what they read."""

from __future__ import annotations

from tests.arrangements.area import HUDDLE, LEAD, Area, area, day
from tests.arrangements.test_first_try import added
from tests.arrangements.vale import APRIL
from threefold.governance.drafts import AGREED

__all__ = ["area"]


def folded_apart(html: str) -> tuple[str, str]:
    """A page in what is seen at once and what is folded away."""
    seen, folded = [], []
    for no, part in enumerate(html.split("<details")):
        inside, _, rest = part.partition("</details>") if no else ("", "", part)
        folded.append(inside)
        seen.append(rest)
    return "".join(seen), "".join(folded)


def html(area: Area, at: str) -> str:
    return area.by(LEAD).get(at).response.get_data(as_text=True)


def test_a_plan_that_is_added_counts_working_days_and_asks_first_what_starts_it(area: Area) -> None:
    draft = area.begun()
    page = added(area, draft, "timetable")
    use = next(u for u in area.content(draft)["uses"] if page.endswith(f"/{u['use']}"))
    assert use["settings"] == {"unit": "working_days", "source": AGREED}
    seen, _ = folded_apart(html(area, page))
    assert seen.index("What starts the plan") < seen.index("Add a step"), "what holds for all steps is asked before the first"
    saved = area.answer(page, {"start_events": ["notification_sent"]})
    assert saved.location == f"{page}?of=rules/timetable&done=saved", "the steps come next, and are added on this page"
    step = f"{page.replace('/line/', '/add/')}/steps"
    told = area.by(LEAD).get(step).text
    assert (
        "What starts the plan: The notification was sent to the Panel" in told
        and "In what is the plan counted? working days" in told
    )
    line = area.answer(step, {"title": "Huddle", "day": "12"}).location.split("?")[0]
    told = area.by(LEAD).get(line).text
    assert "Within 12 working days, counted from the day when the notification was sent to the Panel" in told
    assert area.answer(page, {}).location == f"{draft}?of=rules/timetable&done=saved", (
        "once there are steps, one goes back to the draft"
    )
    seen, _ = folded_apart(html(area, page))
    assert seen.index("Add a step") < seen.index("What starts the plan"), "afterwards the steps are what people come for"


def test_a_step_asks_little_at_once_and_the_rest_on_demand(area: Area) -> None:
    draft = area.begun()
    seen, folded = folded_apart(html(area, f"{draft}/{HUDDLE}"))
    for name in ("title", "day", "span__amount", "span__unit", "who"):
        assert f'name="{name}"' in seen
    for name in ("span__unit_from", "span__start_is_day", "from_day", "optional", "source__ref"):
        assert f'name="{name}"' in folded and f'name="{name}"' not in seen
    assert 'value="notification_sent"' in seen and 'value="inquest_ended"' in folded
    area.answer(f"{draft}/{HUDDLE}", {"day": "", "span__amount": "3", "start_events": ["inquest_ended"]})
    seen, _ = folded_apart(html(area, f"{draft}/{HUDDLE}"))
    assert 'value="inquest_ended"' in seen, "what is chosen is never folded away"


def test_the_check_tells_apart_what_the_draft_brings(area: Area) -> None:
    draft = area.begun("Newcomer")
    assert "1 to mend Say on which day this version begins." in " ".join(area.by(LEAD).get(draft).text.split())
    area.answer(f"{draft}/about", {**day("begins", APRIL), "open_cases": "finish_under_old"})
    page = html(area, f"{draft}/check")
    seen, folded = folded_apart(page)
    assert "this draft brings nothing new to warn of" in seen
    assert "The arrangements do not say" in folded and "The arrangements do not say" not in seen
    assert "“Source to confirm” means" in folded and "“Source to confirm” means" not in seen
    assert "(nothing new to read)" in html(area, draft)
    area.answer(f"{draft}/{HUDDLE.rpartition('/')[0].replace('line/', 'add/')}", {"title": "Loose"})
    seen, folded = folded_apart(html(area, f"{draft}/check"))
    assert "“Loose”" in seen and "“Loose”" not in folded
    assert "new thing" in html(area, draft)


def test_comparing_shows_the_differences_first(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    seen, folded = folded_apart(html(area, f"{draft}/compare"))
    assert "is now due by working day 12, was 14" in seen
    assert "signed" not in seen.partition("differences.")[2].partition("<details")[0].lower(), (
        "that a draft is not signed is no news"
    )
    assert 'name="with"' in folded and 'name="with"' not in seen


def test_a_stage_without_a_start_says_that_none_is_stated(area: Area) -> None:
    draft = area.begun()
    stages = f"{added(area, draft, 'escalation-ladder')}/stages"
    line = area.answer(stages.replace("/line/", "/add/"), {"title": "First", "stage": "1", "span__amount": "5"}).location.split(
        "?"
    )[0]
    assert "Within 5 working days; from when is not stated" in area.by(LEAD).get(line).text
    area.answer(line, {"start_events": ["dispute_raised"]})
    assert "from when is not stated" not in area.by(LEAD).get(line).text


def test_after_a_line_comes_another_and_a_long_rule_is_folded_while_it_is_made(area: Area) -> None:
    draft = area.begun()
    page = html(area, f"{draft}/{HUDDLE}")
    steps = HUDDLE.rpartition("/")[0].replace("line/", "add/")
    assert f'href="{draft}/{steps}">Add another step</a>' in page
    seen, folded = folded_apart(html(area, draft))
    assert "Executive huddle" in folded and "things, from “" in folded.replace("\n", " ") + seen
    area.answer(f"{draft}/about", {**day("begins", APRIL), "open_cases": "finish_under_old"})
    area.before_its_seats(draft)
    seen, folded = folded_apart(html(area, draft))
    assert "Executive huddle" in seen, "whoever signs reads all of it at once"


def test_what_may_wait_or_is_answered_already_is_not_called_optional(area: Area) -> None:
    draft = area.begun()
    told = area.by(LEAD).get(f"{draft}/about").text
    assert "When does it begin?" in told and "When does it begin? (optional)" not in told
    told = area.by(LEAD).get(f"{draft}/replay").text
    assert "Over which cases?" in told and "Over which cases? (optional)" not in told
    told = area.by(LEAD).get(f"{draft}/{HUDDLE.partition('/steps')[0]}").text
    assert "In what is the plan counted?" in told and "In what is the plan counted? (optional)" not in told
