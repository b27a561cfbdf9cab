"""What is typed into a draft and not saved: kept by the browser for who typed it, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.arrangements.area import HUDDLE, LEAD, MANAGER, Area, area, day
from tests.arrangements.test_first_try import added
from tests.arrangements.test_gone import YEAR
from tests.arrangements.vale import APRIL, MARCH
from tests.browser.conftest import PASSWORD, Live, serving
from threefold.governance import drafts

__all__ = ["area"]
pytestmark = pytest.mark.usefixtures("assets")
TYPED = "Private remark of the lead."


@pytest.fixture
def served(area: Area) -> Iterator[Live]:
    with serving(area.site) as one:
        yield one


def typed(area: Area, served: Live, page: Page) -> tuple[str, str]:
    """A draft, and the address of a line of it into which the lead typed something."""
    draft = area.begun()
    address = f"{served.url}{draft}/{HUDDLE}"
    served.sign_in(page, LEAD)
    page.goto(address)
    page.get_by_label("In plain words").fill(TYPED)
    assert TYPED in stored(page)
    return draft, address


def stored(page: Page) -> str:
    return str(page.evaluate("JSON.stringify(localStorage)"))


def comes_to_hold(page: Page, *there: str, without: str = "") -> None:
    """Wait until the browser's store, as this window sees it, holds these words and not those.

    What one window wrote another sees a moment later: they are two processes of the browser.
    """
    page.wait_for_function(
        """([there, without]) => {
            const kept = JSON.stringify(localStorage);
            return there.every((words) => kept.includes(words)) && !(without && kept.includes(without));
        }""",
        arg=[list(there), without],
        polling=50,
    )


def offered(page: Page) -> int:
    return page.get_by_role("button", name="Bring it back").count()


def test_nobody_else_is_offered_it_and_it_is_gone_from_the_browser_once_they_are_there(
    area: Area, served: Live, browser_page: Page
) -> None:
    _, address = typed(area, served, browser_page)
    area.site.at = MARCH + timedelta(hours=3)  # the sign-in has run out, and nobody signed out
    served.sign_in(browser_page, MANAGER)
    assert TYPED not in stored(browser_page)  # their first page is enough
    browser_page.goto(address)
    assert offered(browser_page) == 0 and browser_page.get_by_label("In plain words").input_value() != TYPED


def test_choices_and_numbers_are_offered_in_their_words_and_the_two_buttons_stand_apart(
    area: Area, served: Live, browser_page: Page
) -> None:
    page, address = browser_page, f"{served.url}{area.begun()}/{HUDDLE}"
    served.sign_in(page, LEAD)
    page.goto(address)
    page.locator("input[name=day]").fill("11")
    page.locator("input[name=due_by]").nth(1).check()
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(address)
    offer = page.get_by_role("status").filter(has_text="did not save it")
    expect(offer).to_contain_text(": 11")
    expect(offer).to_contain_text("After something of its own")
    keep, away = (page.get_by_role("button", name=name).bounding_box() for name in ("Bring it back", "Throw it away"))
    assert keep and away and (away["y"] - keep["y"] - keep["height"] >= 8 or away["x"] - keep["x"] - keep["width"] >= 8)


def test_who_typed_it_is_offered_it_after_signing_in_again(area: Area, served: Live, browser_page: Page) -> None:
    _, address = typed(area, served, browser_page)
    area.site.at = MARCH + timedelta(hours=3)
    browser_page.goto(address)
    assert browser_page.url.startswith(f"{served.url}/sign-in")
    served.sign_in(browser_page, LEAD)
    browser_page.goto(address)
    browser_page.get_by_role("button", name="Bring it back").click()
    expect(browser_page.get_by_label("In plain words")).to_have_value(TYPED)


def test_what_was_sent_too_late_and_is_shown_again_is_not_offered_beside_it(
    area: Area, served: Live, browser_page: Page
) -> None:
    """The service shows it again after the sign-in. The browser's own copy differs in a box that is not asked, and that nobody typed in."""
    typed(area, served, browser_page)
    area.site.at = MARCH + timedelta(hours=3)
    browser_page.get_by_role("button", name="Save", exact=True).click()
    assert browser_page.url.startswith(f"{served.url}/sign-in")
    browser_page.get_by_label("Email address").fill(LEAD)
    browser_page.get_by_label("Password").fill(PASSWORD)
    browser_page.get_by_role("button", name="Sign in").click()
    expect(browser_page.get_by_label("In plain words")).to_have_value(TYPED)
    assert offered(browser_page) == 0 and "working_days" not in browser_page.inner_text("main")


def test_it_ends_after_two_weeks_wherever_the_browser_is(area: Area, served: Live, browser_page: Page) -> None:
    typed(area, served, browser_page)
    now = datetime.fromtimestamp(browser_page.evaluate("Date.now()") / 1000)  # noqa: DTZ006  # the browser's own clock
    browser_page.clock.set_fixed_time(now + timedelta(days=13))
    browser_page.goto(f"{served.url}/accessibility")  # a page on which nobody is known
    assert TYPED in stored(browser_page)
    browser_page.clock.set_fixed_time(now + timedelta(days=15))
    browser_page.goto(f"{served.url}/accessibility")
    assert TYPED not in stored(browser_page)


def test_it_is_offered_where_somebody_saved_something_else_meanwhile_and_asked_about_where_the_same(
    area: Area, served: Live, browser_page: Page
) -> None:
    draft, address = typed(area, served, browser_page)
    area.answer(f"{draft}/about", {"note": "A note of the manager's."}, email=MANAGER)
    area.answer(f"{draft}/{HUDDLE}", {"text": "In the manager's words.", "day": "12"}, email=MANAGER)
    browser_page.goto(address)
    browser_page.get_by_role("button", name="Bring it back").click()
    browser_page.get_by_role("button", name="Save").click()
    asked = browser_page.get_by_role("group", name="Which answer is kept?")
    expect(asked).to_contain_text("Theirs: In the manager's words.")
    asked.get_by_label(f"Yours: {TYPED}").check()
    browser_page.get_by_role("button", name="Save").click()
    browser_page.wait_for_url("**done=*")
    step = drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps", "huddle"))
    assert (step["text"], step["day"]) == (TYPED, 12)  # and what the manager set beside it stands
    assert TYPED not in stored(browser_page)


def test_it_is_kept_until_it_was_saved_and_not_until_save_was_pressed(area: Area, served: Live, browser_page: Page) -> None:
    _, address = typed(area, served, browser_page)
    browser_page.context.set_offline(True)
    browser_page.get_by_role("button", name="Save").click()
    browser_page.wait_for_url("chrome-error://**")
    browser_page.context.set_offline(False)
    browser_page.goto(f"{served.url}/my-work?done=saved")  # what an address says was done is not this
    browser_page.goto(address)
    browser_page.get_by_role("button", name="Bring it back").click()
    browser_page.get_by_label("By which day of the plan?").fill("ten")
    browser_page.get_by_role("button", name="Save").click()
    expect(browser_page.get_by_text("There is a problem")).to_be_visible()
    assert TYPED in stored(browser_page) and offered(browser_page) == 0  # it stands there
    browser_page.goto(address)
    browser_page.get_by_role("button", name="Bring it back").click()
    browser_page.get_by_label("By which day of the plan?").fill("10")
    browser_page.get_by_role("button", name="Save").click()
    browser_page.wait_for_url("**done=*")
    assert TYPED not in stored(browser_page)


def test_what_is_typed_beside_an_offer_takes_nothing_of_it_away(area: Area, served: Live, browser_page: Page) -> None:
    _, address = typed(area, served, browser_page)
    browser_page.goto(address)
    assert offered(browser_page) == 1
    browser_page.get_by_label("In plain words").fill("Something newer.")
    browser_page.goto(f"{served.url}/my-work")
    browser_page.goto(address)
    expect(browser_page.get_by_text("and did not save it: “Something newer.”")).to_contain_text(" at ")
    browser_page.get_by_text("1 more that you did not save").click()
    assert offered(browser_page) == 2
    browser_page.get_by_label("By which day of the plan?").fill("11")
    browser_page.goto(address)
    browser_page.get_by_text("2 more that you did not save").click()
    assert offered(browser_page) == 3, "what is overlooked stays, however often"
    browser_page.get_by_role("button", name="Throw it away").last.click()  # the oldest
    assert TYPED not in stored(browser_page)
    browser_page.goto(address)
    browser_page.get_by_text("1 more that you did not save").click()
    browser_page.get_by_role("button", name="Bring it back").last.click()
    assert browser_page.get_by_label("In plain words").input_value() == "Something newer."


def test_what_is_brought_back_is_of_its_window_though_the_one_it_was_typed_in_is_open(
    area: Area, served: Live, browser_page: Page
) -> None:
    _, address = typed(area, served, browser_page)
    other = browser_page.context.new_page()
    other.goto(address)
    other.get_by_role("button", name="Bring it back").click()
    other.get_by_label("In plain words").fill("Changed in the second window.")
    browser_page.get_by_label("In plain words").fill("Gone on with in the first.")
    comes_to_hold(other, "Changed in the second window.", "Gone on with in the first.")
    other.get_by_role("button", name="Save").first.click()
    other.wait_for_url("**done=*")
    comes_to_hold(other, "Gone on with in the first.", without="Changed in the second window.")


def test_what_is_saved_in_another_window_takes_nothing_of_this_one_away(area: Area, served: Live, browser_page: Page) -> None:
    _, address = typed(area, served, browser_page)
    browser_page.goto(address)
    browser_page.get_by_role("button", name="Throw it away").click()
    other = browser_page.context.new_page()
    other.goto(address)
    browser_page.get_by_label("In plain words").fill(TYPED)
    other.get_by_label("By which day of the plan?").fill("12")
    other.get_by_role("button", name="Save").first.click()
    other.wait_for_url("**done=*")
    comes_to_hold(other, TYPED)
    browser_page.close()
    other.goto(address)
    other.get_by_role("button", name="Bring it back").click()
    expect(other.get_by_label("In plain words")).to_have_value(TYPED)
    other.get_by_role("button", name="Save").first.click()
    other.wait_for_url("**done=*")
    assert TYPED not in stored(other)


def test_of_a_line_that_is_gone_the_words_are_shown_to_be_copied(area: Area, served: Live, browser_page: Page) -> None:
    draft, address = typed(area, served, browser_page)
    area.answer(f"{draft}/{HUDDLE.replace('line/', 'remove/')}", {}, email=MANAGER)
    browser_page.goto(address)
    expect(browser_page.get_by_role("heading", name="Not in this draft")).to_be_visible()
    expect(browser_page.get_by_text(TYPED)).to_be_visible()
    browser_page.get_by_role("button", name="Throw it away").click()
    assert TYPED not in stored(browser_page) and browser_page.get_by_text(TYPED).count() == 0


def test_of_a_draft_that_was_put_aside_the_words_are_shown_on_its_own_page(
    area: Area, served: Live, browser_page: Page
) -> None:
    draft, address = typed(area, served, browser_page)
    area.answer(f"{draft}/give-up", {}, email=MANAGER)
    browser_page.goto(address)
    expect(browser_page).to_have_url(f"{served.url}{draft}")
    expect(browser_page.get_by_text(TYPED)).to_be_visible()
    expect(browser_page.get_by_text("You typed this on the page")).to_be_visible()
    kept = browser_page.locator(".threefold-as-typed")
    expect(kept).to_have_count(1)  # no choice, and nothing that stood there
    expect(browser_page.get_by_text("In plain words").first).to_be_visible()
    browser_page.get_by_role("button", name="Throw it away").click()
    expect(browser_page.get_by_text(TYPED)).to_have_count(0)
    assert TYPED not in stored(browser_page)


def test_what_has_no_box_any_more_is_shown_when_the_rest_is_brought_back(area: Area, served: Live, browser_page: Page) -> None:
    """The reason for a departure from guidance that another mended meanwhile."""
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    late = []
    for due in (("30", "11"), ("31", "12")):
        late.append(added(area, draft, "report-year"))
        area.answer(late[-1], YEAR | {"due__day": due[0], "due__month": due[1]})
    served.sign_in(browser_page, LEAD)
    browser_page.goto(f"{served.url}{draft}/ask")
    boxes = browser_page.get_by_role("textbox")
    for no in (0, 1):
        name = boxes.nth(no).get_attribute("name")
        november = "30 November" in (browser_page.locator(f'[id="{name}-hint"]').text_content() or "")
        boxes.nth(no).fill("It suits the council." if november else "It suits the police.")
    area.answer(late[0], {"due__day": "30", "due__month": "9"}, email=MANAGER)
    browser_page.goto(f"{served.url}{draft}/ask")
    browser_page.get_by_role("button", name="Bring it back").click()
    expect(boxes).to_have_count(1)
    expect(boxes).to_have_value("It suits the police.")
    expect(browser_page.get_by_text("It suits the council.")).to_be_visible()
    browser_page.reload()
    assert "It suits the council." in stored(browser_page), "it is not lost before it was thrown away"


def test_what_was_changed_back_is_not_offered(area: Area, served: Live, browser_page: Page) -> None:
    _, address = typed(area, served, browser_page)
    browser_page.goto(address)
    browser_page.get_by_role("button", name="Throw it away").click()
    box = browser_page.get_by_label("In plain words")
    was = box.input_value()
    box.fill(TYPED)
    box.fill(was)
    browser_page.goto(address)
    assert offered(browser_page) == 0


def test_a_save_beside_an_offer_takes_nothing_of_it_away(area: Area, served: Live, browser_page: Page) -> None:
    _, address = typed(area, served, browser_page)
    browser_page.goto(address)
    browser_page.get_by_label("In plain words").fill("Saved beside it.")
    browser_page.get_by_role("button", name="Save").first.click()
    browser_page.wait_for_url("**done=*")
    assert TYPED in stored(browser_page) and "Saved beside it." not in stored(browser_page)
    browser_page.goto(address)
    browser_page.get_by_role("button", name="Bring it back").click()
    assert browser_page.get_by_label("In plain words").input_value() == TYPED


def test_signed_out_in_one_tab_another_keeps_nothing_more(area: Area, served: Live, browser_page: Page) -> None:
    typed(area, served, browser_page)
    other = browser_page.context.new_page()
    other.goto(f"{served.url}/my-work")
    other.get_by_role("button", name="Sign out").click()
    comes_to_hold(browser_page, without=TYPED)
    browser_page.get_by_label("In plain words").fill("Typed after that.")
    assert "Typed after that." not in stored(browser_page)


def test_where_two_answers_stand_to_be_chosen_one_s_own_is_kept(area: Area, served: Live, browser_page: Page) -> None:
    draft, address = typed(area, served, browser_page)
    area.answer(f"{draft}/{HUDDLE}", {"text": "What the manager wrote."}, email=MANAGER)
    browser_page.get_by_role("button", name="Save").click()
    expect(browser_page.get_by_text("Which answer is kept?").first).to_be_visible()
    assert TYPED in stored(browser_page)
    browser_page.goto(address)
    browser_page.get_by_role("button", name="Bring it back").click()
    assert browser_page.get_by_label("In plain words").input_value() == TYPED
    browser_page.get_by_role("button", name="Save").click()
    expect(browser_page.get_by_text("Which answer is kept?").first).to_be_visible()  # it is asked again, and nothing is lost
