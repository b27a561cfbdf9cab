"""Every kind of question on one page, as a person meets it: empty, wrong, clashing and right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.looks import axe, fits
from threefold.domain.errors import ThreefoldError
from threefold.work.people.access import BUSINESS_MANAGER, declare
from threefold.work.people.web import (
    Form,
    Visit,
    answers_with,
    choice,
    choices,
    day,
    fill,
    long_text,
    moment,
    page,
    render,
    text,
    whole_number,
    yes_no_unclear,
)

EMAIL = "manager@north.example"
FILL = declare("fill in the toy form", {BUSINESS_MANAGER}).act


class Sample(Form):
    name = text("Name of the school", hint="As the school itself writes it", width="20")
    note = long_text("What is known", required=False)
    died = yes_no_unclear("Did the child die?")
    died_on = day("Date of death", required=False)
    wards = choices("Wards", {"east": "East", "west": "West"}, hint="Select all that apply")
    age = whole_number("Age in years", low=0, high=25, required=False)
    seat = choice("Seat", {"health": "Health", "police": "Police"}, as_list=True, required=False)
    sent_at = moment("When the form was sent", required=False)


@dataclass(frozen=True)
class Clash:
    path: str
    theirs: Any
    yours: Any


class Stale(ThreefoldError):
    clashes = (Clash("incident.children[child-1].died", {"value": "yes"}, {"value": "no"}),)


def toy() -> Blueprint:
    answers_with(Stale, 409)
    blueprint = Blueprint("toy", __name__, template_folder=str(Path(__file__).with_name("templates")))

    @blueprint.route("/b/<slug>/toy", methods=["GET", "POST"])
    @page(needs=FILL)
    def form(visit: Visit) -> ResponseReturnValue:
        filled = fill(Sample, seen_no=4)
        if filled.valid:
            with filled.refusals():
                if filled["died"] == "no" and not filled.keep:
                    raise Stale("Somebody changed the same answers.", field="died")
                return redirect(f"/b/{visit.body.slug}/toy?done=saved", 303)
        return render("toy/form.html", title="A sample", form=filled, back="/my-work")

    return blueprint


@pytest.fixture
def sample(live: Live, browser_page: Page) -> Page:
    live.site.app._got_first_request = False  # the toy page joins an app that may have answered already
    live.site.app.register_blueprint(toy())
    live.site.person(EMAIL, live.site.database.body("north"), BUSINESS_MANAGER)
    live.sign_in(browser_page, EMAIL)
    browser_page.goto(f"{live.url}/b/north/toy")
    return browser_page


def test_every_kind_of_question_is_accessible_empty_and_wrong(sample: Page) -> None:
    axe(sample)
    fits(sample)
    sample.get_by_label("Age in years").fill("ninety")
    sample.get_by_label("Yes", exact=True).check()
    sample.get_by_role("group", name="Date of death").get_by_label("Month").fill("13")
    sample.get_by_role("button", name="Save and continue").click()
    expect(sample).to_have_title("Error: A sample - North - Threefold")
    axe(sample)
    fits(sample)
    sample.get_by_role("link", name="Date of death must include a day and year").click()
    expect(sample.get_by_role("group", name="Date of death").get_by_label("Day")).to_be_focused()
    expect(sample.get_by_label("Age in years")).to_have_value("ninety")


def test_a_clash_asks_which_answer_to_keep(sample: Page) -> None:
    sample.get_by_label("Name of the school").fill("Oak")
    sample.get_by_label("No", exact=True).check()
    sample.get_by_role("button", name="Save and continue").click()
    question = sample.get_by_role(
        "group", name="Somebody else changed “died (child-1)” while you were writing. Which answer is kept?"
    )
    expect(question).to_be_visible()
    axe(sample)
    question.get_by_label("Yours: no").check()
    sample.get_by_role("button", name="Save and continue").click()
    expect(sample.get_by_text("Your answers were saved.")).to_be_visible()
    axe(sample)
