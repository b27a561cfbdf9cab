"""An area lead prepares a change in a real browser: what axe finds, a phone's width, and the journey by keyboard without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from tests.arrangements.area import HOME, HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.test_rehearsal import LATER, draft_of, recorded, worked
from tests.arrangements.vale import APRIL, GOVERNANCE, MARCH, NOW_IN_FORCE
from tests.browser.conftest import Live, serving
from tests.browser.looks import axe, fits
from threefold.governance import drafts
from threefold.work.arrangements.stories import enter_version
from threefold.work.rehearsal.tables import RehearsalRun

__all__ = ["area"]
pytestmark = pytest.mark.usefixtures("assets")
PAGES = ("", "/about", "/as-published", f"/{HUDDLE}", "/line/rules/rapid-review-plan", "/line/rules/rapid-review-plan/steps", "/line/organisations", "/line/seats",
         "/line/seats/council-lead", "/add/rules/rapid-review-plan/steps", "/add/organisations", "/remove/seats/scrutineer", "/rules/add",
         "/when/rules/rapid-review-plan/steps/huddle/when", "/when-fact/rules/rapid-review-plan/steps/huddle/when?do=group",
         "/when-is/rules/rapid-review-plan/steps/huddle/when?fact=incident.urgent",
         "/when-is/rules/rapid-review-plan/steps/huddle/when?fact=incident.children[].died", "/line/rules/groups", "/check", "/ask", "/sign", "/minutes", "/cases", "/compare", "/history", "/history/2/back",
         "/give-up")  # fmt: skip


@pytest.fixture
def served(area: Area) -> Iterator[Live]:
    with serving(area.site) as one:
        yield one


@pytest.mark.timeout(240)
def test_every_screen_is_accessible_and_fits_a_phone(area: Area, served: Live, browser_page: Page) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    when = f"{draft}/when-fact/rules/rapid-review-plan/steps/huddle/when"
    area.worded(when, "add", "", "incident.children[].died", {"how": "yes"})
    area.worded(when, "add", "", "incident.children[].age_years", {"how": "less_than", "number": "1"})
    area.answer(f"{HOME}/versions/demonstration/publish", {})
    served.sign_in(browser_page, LEAD)
    plain = (
        HOME,
        f"{HOME}/drafts/new",
        f"{HOME}/drafts/import",
        f"{HOME}/versions/demonstration/publish",
        f"{HOME}/compare",
        f"{HOME}/compare?this=in-force&with=body:devon/current",
        f"{HOME}/compare?this=body:barnet/current&with=body:bexley/current",
        f"{HOME}/areas",
        f"{HOME}/areas/devon/current",
        "/published",
        "/published/example-vale",
    )
    asked = "?on-day=1&on-month=5&on-year=2026"
    plain = (*plain, f"{HOME}/versions/demonstration", f"{HOME}{asked}", f"/published/example-vale{asked}")
    for path in (*plain, *(f"{draft}{page}" for page in PAGES)):
        browser_page.set_viewport_size({"width": 1280, "height": 900})
        browser_page.goto(served.url + path)
        axe(browser_page)
        fits(browser_page)
    browser_page.goto(f"{served.url}{draft}/{HUDDLE}")
    browser_page.get_by_label("Title").fill("")
    browser_page.get_by_role("button", name="Save").click()
    axe(browser_page)


@pytest.mark.timeout(120)
def test_sending_signing_and_publishing_are_accessible_and_fit_a_phone(area: Area, served: Live, browser_page: Page) -> None:
    draft, version = area.begun(), f"{HOME}/versions/demonstration"
    area.answer(f"{draft}/about", day("begins", APRIL))
    served.sign_in(browser_page, LEAD)

    def looked_at(*paths: str) -> None:
        for path in paths:
            browser_page.set_viewport_size({"width": 1280, "height": 900})
            browser_page.goto(served.url + path)
            axe(browser_page)
            fits(browser_page)

    looked_at(f"{draft}/ask", f"{draft}/as-published", f"{version}/publish")
    browser_page.set_viewport_size({"width": 1280, "height": 900})
    browser_page.goto(f"{served.url}{draft}/{HUDDLE}")
    area.before_its_seats(draft)
    browser_page.get_by_role("button", name="Save").click()
    expect(browser_page.get_by_role("alert")).to_contain_text(
        "This version was sent to the partners to sign after you had opened"
    )
    axe(browser_page)
    fits(browser_page)
    area.answer(f"{version}/publish", {})
    looked_at(f"{draft}/sign?done=asked", f"{draft}/as-published", f"{version}?done=published")
    browser_page.get_by_role("link", name="See the public page").press("Enter")
    browser_page.wait_for_url("**/published/example-vale/*")


@pytest.mark.timeout(120)
def test_a_correction_and_a_day_are_accessible_wherever_they_are_told(area: Area, served: Live, browser_page: Page) -> None:
    area.answer(f"{HOME}/versions/demonstration/publish", {})
    with area.site.database.unit(area.body, MARCH) as unit:
        enter_version(
            unit, GOVERNANCE, replace(NOW_IN_FORCE, version="right", title="Written rightly", corrects="demonstration")
        )
    served.sign_in(browser_page, LEAD)
    front = "/published/example-vale"  # what is in force now is not published
    days = ("?on-day=1&on-month=5&on-year=2026", "?on-day=31&on-month=2&on-year=2026", "?on-day=1&on-month=1&on-year=1990")
    right = f"{HOME}/versions/right"
    for path in (HOME, right, f"{HOME}/versions/demonstration", front, *(f"{at}{on}" for at in (HOME, front) for on in days)):
        for width, height in ((1280, 900), (390, 844)):
            browser_page.set_viewport_size({"width": width, "height": height})
            browser_page.goto(served.url + path)
            axe(browser_page)
        fits(browser_page)


def test_a_day_is_asked_for_by_keyboard_without_scripts(area: Area, served: Live, plain_page: Page) -> None:
    area.answer(f"{HOME}/versions/demonstration/publish", {})
    plain_page.goto(f"{served.url}/published/example-vale")
    leads_there = plain_page.get_by_role("link", name="What was in force on a day")
    plain_page.emulate_media(media="print")
    assert not leads_there.is_visible(), "what it leads to is not printed"
    plain_page.emulate_media(media="screen")
    assert leads_there.is_visible()
    asked = plain_page.get_by_role("group", name="What was in force on which day?")
    for label, value in (("Day", "1"), ("Month", "May"), ("Year", "2026")):
        asked.get_by_label(label).fill(value)
    plain_page.keyboard.press("Enter")
    plain_page.wait_for_url("**?on-day=1*")
    assert "was in force (since 1 January 2026)" in plain_page.inner_text("main")
    plain_page.get_by_role("link", name=NOW_IN_FORCE.title).press("Enter")
    plain_page.wait_for_url("**/published/example-vale/*")
    assert "Every version published here" in plain_page.inner_text("main")


def test_what_was_typed_and_not_saved_survives_a_closed_window(area: Area, served: Live, browser_page: Page) -> None:
    draft = area.begun()
    served.sign_in(browser_page, LEAD)
    address = f"{served.url}{draft}/{HUDDLE}"
    browser_page.goto(address)
    browser_page.get_by_label("In plain words").fill("Executives meet for an hour.")
    browser_page.get_by_label("By which day of the plan?").fill("12")
    context = browser_page.context
    browser_page.close()
    again = context.new_page()
    again.goto(address)
    assert again.get_by_label("By which day of the plan?").input_value() == "14"
    axe(again)
    again.get_by_role("button", name="Bring it back").press("Enter")
    assert again.get_by_label("By which day of the plan?").input_value() == "12"
    again.get_by_role("button", name="Save").press("Enter")
    again.wait_for_url("**done=*")
    again.goto(address)
    assert again.get_by_label("In plain words").input_value() == "Executives meet for an hour."
    assert again.get_by_role("button", name="Bring it back").count() == 0


def test_a_condition_of_three_levels_is_worded_by_keyboard_without_scripts(area: Area, served: Live, plain_page: Page) -> None:
    page = plain_page
    draft = area.begun()
    served.sign_in(page, LEAD)
    when = f"{served.url}{draft}/when/rules/rapid-review-plan/steps/huddle/when"

    def comparison(link: str, fact: str, answer: str, group: str = "", together: str = "") -> None:
        page.get_by_role("link", name=link).last.press("Enter") if link else page.get_by_role(
            "button", name="Add a comparison"
        ).press("Enter")
        if group:
            page.get_by_label(group, exact=True).focus()
            page.keyboard.press("Space")
        page.get_by_role("combobox").select_option(label=fact)
        page.get_by_role("button", name="Continue").press("Enter")
        for choice in filter(None, (answer, together)):
            page.get_by_label(choice, exact=True).focus()
            page.keyboard.press("Space")
        page.get_by_role("button", name="Save").press("Enter")
        page.wait_for_url("**done=saved")

    page.goto(when)
    comparison("", "Is it urgent?", "Yes")
    comparison("", "Is media interest likely?", "No", together="Both must hold")
    comparison("Add a group", "For at least one child: Has the child died?", "Yes", "For at least one child")
    comparison(
        "Add a comparison in “All of these hold”", "For at least one child: Was the child looked after by a council?", "Unclear"
    )
    told = "'Is it urgent?' is yes and 'Is media interest likely?' is no and (for at least one child, 'Has the child died?' is yes and"
    assert told in page.inner_text("main")
    page.get_by_label("Is it urgent?").select_option("no")
    page.get_by_role("button", name="Try").press("Enter")
    assert "the condition is: not met" in page.inner_text("main")
    page.goto(f"{served.url}{draft}/check")
    assert "Only when" in area.by(LEAD).get(f"{draft}/{HUDDLE}").text


def asked_over_past_cases(area: Area) -> str:
    """The address of a run over two past cases that the worker has not begun."""
    recorded(area, 2)
    draft = draft_of(area)
    area.site.at = LATER
    area.browsers.clear()  # the sign-ins of a week ago have ended
    area.answer(f"{draft}/replay", {"act": "try"})
    return f"{draft}/replay"


def test_a_run_is_watched_without_the_page_being_loaded_anew_and_the_reader_keeps_their_place(
    area: Area, served: Live, browser_page: Page
) -> None:
    address = asked_over_past_cases(area)
    browser_page.clock.install()
    served.sign_in(browser_page, LEAD)
    browser_page.goto(served.url + address)
    axe(browser_page)
    browser_page.evaluate("document.body.dataset.loadedOnce = 'yes'")
    check = browser_page.get_by_role("link", name="Check progress")
    check.focus()
    with area.site.database.unit(area.body, LATER) as unit:
        unit.session.execute(update(RehearsalRun).values(state="running", done=1))
    browser_page.clock.run_for(3000)
    expect(browser_page.get_by_text("1 of 2 cases")).to_be_visible()
    expect(check).to_be_focused()
    expect(browser_page.get_by_role("status")).to_have_text("")  # each case told aloud would be a chatter
    assert worked(area) == ["done", "done"]  # the run, and the e-mail about a sign-in from where they never signed in before
    browser_page.clock.run_for(3000)
    expect(browser_page.get_by_role("status")).to_have_text("It has ended.")
    result = browser_page.get_by_role("link", name="Read what came of it")
    expect(result).to_be_focused()
    expect(browser_page.get_by_role("button", name="Stop")).to_be_hidden()
    axe(browser_page)
    assert browser_page.evaluate("document.body.dataset.loadedOnce") == "yes"
    result.press("Enter")
    expect(browser_page.get_by_text("Tried on 18 March 2027")).to_be_visible()


def test_without_scripts_a_run_is_looked_at_when_the_reader_asks(area: Area, served: Live, plain_page: Page) -> None:
    address = asked_over_past_cases(area)
    served.sign_in(plain_page, LEAD)
    plain_page.goto(served.url + address)
    assert worked(area) == ["done", "done"]  # the run, and the e-mail about a sign-in from where they never signed in before
    plain_page.get_by_role("link", name="Check progress").press("Enter")
    expect(plain_page.get_by_text("Tried on 18 March 2027")).to_be_visible()


def test_what_belongs_to_one_answer_is_shown_with_it_and_stands_there_without_scripts(
    area: Area, served: Live, browser_page: Page, plain_page: Page
) -> None:
    draft = area.begun()
    served.sign_in(browser_page, LEAD)
    browser_page.goto(f"{served.url}{draft}/{HUDDLE}")
    day, amount = browser_page.locator("input[name=day]"), browser_page.locator("input[name=span__amount]")
    expect(day).to_be_visible()
    expect(amount).to_be_hidden()
    browser_page.get_by_label("After something of its own").check()
    expect(day).to_be_hidden()
    axe(browser_page)
    browser_page.get_by_label("The rapid review was sent to the Panel").check()
    amount.fill("10")
    browser_page.reload()  # as a window that was closed
    expect(amount).to_be_hidden()
    browser_page.get_by_role("button", name="Bring it back").click()
    expect(amount).to_have_value("10")
    expect(amount).to_be_visible()
    browser_page.get_by_role("button", name="Save").click()
    browser_page.wait_for_url("**done=own")
    step = drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps", "huddle"))
    assert (step["span"]["amount"], step["start_events"], "day" in step) == (10, ["rapid_review_sent"], False)
    served.sign_in(plain_page, LEAD)
    plain_page.goto(f"{served.url}{draft}/{HUDDLE}")
    assert plain_page.locator("input[name=day]").is_visible() and plain_page.locator("input[name=span__amount]").is_visible()


def test_a_choice_between_two_kinds_of_answer_is_sent_with_scripts_as_it_was_typed(
    area: Area, served: Live, browser_page: Page
) -> None:
    draft = area.begun()
    served.sign_in(browser_page, LEAD)
    browser_page.goto(f"{served.url}{draft}/{HUDDLE}")
    browser_page.get_by_label("By which day of the plan?").fill("11")
    own = {
        "due_by": "own",
        "day": None,
        "span__amount": "10",
        "span__unit": "working_days",
        "start_events": ["rapid_review_sent"],
    }
    area.answer(f"{draft}/{HUDDLE}", own, email=MANAGER)
    browser_page.get_by_role("button", name="Save").click()
    asked = browser_page.get_by_role("group", name="Which answer is kept?")
    axe(browser_page)
    expect(browser_page.locator("input[name=day]")).to_have_attribute("type", "hidden")
    asked.get_by_label("Yours").check()
    browser_page.get_by_role("button", name="Save").click()
    browser_page.wait_for_url("**done=*")
    step = drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps", "huddle"))
    assert (step["day"], "span" in step) == (11, False)
