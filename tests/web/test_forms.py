"""Forms: what is typed becomes typed answers or a plain error beside its box, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.work.people.access import NotHere
from threefold.work.people.web import (
    Form,
    choice,
    choices,
    day,
    email,
    fill,
    long_text,
    moment,
    secret,
    text,
    whole_number,
    yes_no_unclear,
)
from threefold.work.people.web.forms import Filled


class Sample(Form):
    email = email()
    password = secret()
    name = text("Name of the child's school", longest=20)
    note = long_text("Note", required=False)
    died = yes_no_unclear("Did the child die?")
    wards = choices("Wards", {"east": "East", "west": "West"})
    age = whole_number("Age in years", low=0, high=25, required=False)
    seat = choice("Seat", {"health": "Health", "police": "Police"}, as_list=True, required=False)
    known_on = day("Day you knew")
    sent_at = moment("Time of sending", required=False)


RIGHT = {
    "email": "a@b.example", "password": "  spaces kept ", "name": " Oak ", "died": "unclear", "wards": "west",
    "known_on-day": "8", "known_on-month": "April", "known_on-year": "2026",
}  # fmt: skip


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    yield Flask(__name__)


def sent(app: Flask, **changed: Any) -> Filled:
    data = MultiDict(RIGHT | {k.replace("__", "-"): v for k, v in changed.items()})
    with app.test_request_context(method="POST", data=data):
        return fill(Sample)


def test_right_answers_are_typed(app: Flask) -> None:
    form = sent(app, sent_at__day="29", sent_at__month="3", sent_at__year="2026", sent_at__time="2.05PM", age="7")
    assert form.valid, form.errors
    assert form["known_on"] == date(2026, 4, 8) and form["name"] == "Oak" and form["password"] == "  spaces kept "
    assert form["sent_at"] == datetime(2026, 3, 29, 13, 5, tzinfo=UTC) and form["age"] == 7
    assert form["died"] == "unclear" and form["wards"] == ["west"] and form["note"] == "" and form["seat"] == ""


def test_what_was_left_out_is_none(app: Flask) -> None:
    form = sent(app)
    assert form["sent_at"] is None and form["age"] is None


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"email": ""}, "email", "Enter email address"),
        ({"email": "nobody"}, "email", "Enter an email address in the correct format, like name@example.com"),
        ({"name": "   "}, "name", "Enter name of the child's school"),
        ({"name": "x" * 21}, "name", "Name of the child's school must be 20 characters or fewer"),
        ({"died": ""}, "died", "Select yes, no or unclear"),
        ({"died": "maybe"}, "died", "Select yes, no or unclear"),
        ({"wards": "north"}, "wards", "Select wards"),
        ({"age": "seven"}, "age", "Age in years must be a whole number"),
        ({"age": "26"}, "age", "Age in years must be between 0 and 25"),
        ({"seat": "king"}, "seat", "Select seat"),
        ({"known_on__day": "", "known_on__month": "", "known_on__year": ""}, "known_on", "Enter day you knew"),
        ({"known_on__month": ""}, "known_on", "Day you knew must include a month"),
        ({"known_on__day": "", "known_on__year": ""}, "known_on", "Day you knew must include a day and year"),
        ({"known_on__day": "31"}, "known_on", "Day you knew must be a real date"),
        ({"known_on__day": "1_0"}, "known_on", "Day you knew must be a real date"),
        ({"known_on__month": "13"}, "known_on", "Day you knew must be a real date"),
        ({"known_on__month": "Brumaire"}, "known_on", "Day you knew must be a real date"),
        ({"known_on__day": "9999999999"}, "known_on", "Day you knew must be a real date"),
        ({"known_on__month": "07700900000"}, "known_on", "Day you knew must be a real date"),
        ({"known_on__day": "9" * 5000}, "known_on", "Day you knew must be a real date"),
        ({"known_on__year": "9999999999"}, "known_on", "Day you knew: the year must have 4 numbers"),
        ({"sent_at__day": "9999999999", "sent_at__month": "4", "sent_at__year": "2026", "sent_at__time": "10:00"}, "sent_at",
         "Time of sending must be a real date"),
        ({"known_on__year": "26"}, "known_on", "Day you knew: the year must have 4 numbers"),
        ({"sent_at__day": "8", "sent_at__month": "4", "sent_at__year": "2026"}, "sent_at",
         "Time of sending must include a time, like 14:05 or 2:05pm"),
        ({"sent_at__day": "29", "sent_at__month": "3", "sent_at__year": "2026", "sent_at__time": "01:30"}, "sent_at",
         "Time of sending: the clocks went forward that night and there was no such time"),
        ({"sent_at__day": "8", "sent_at__month": "4", "sent_at__year": "2026", "sent_at__time": "25:00"}, "sent_at",
         "Time of sending: enter a real time, like 14:05 or 2:05pm"),
    ],
)  # fmt: skip
def test_each_mistake_is_said_beside_its_box(app: Flask, changed: dict[str, str], field: str, said: str) -> None:
    form = sent(app, **changed)
    assert not form.valid and form.errors == {field: said}
    assert form.summary()[0]["text"] == said
    assert form.values["name"] == changed.get("name", "Oak").strip() and form.values["password"] == ""


class Questions(Form):
    begins = day("When does it begin?", required=False)
    ends = day("When does it end?", required=False, called="The day it ends")
    called = text("What is it called?", longest=5)
    way = choice("Which way?", {"a": "A"})


def test_a_question_is_not_made_the_subject_of_its_error(app: Flask) -> None:
    typed = {"begins-day": "31", "begins-month": "2", "begins-year": "2027", "called": "too long"}
    typed |= {"ends-day": "1", "ends-month": "4", "ends-year": ""}
    with app.test_request_context(method="POST", data=RIGHT | typed):
        assert fill(Questions).errors == {
            "begins": "The date in “When does it begin?” must be a real date",
            "ends": "The day it ends must include a year",
            "called": "The answer to “What is it called?” must be 5 characters or fewer",
            "way": "Select an answer",
        }


@pytest.mark.parametrize(
    ("typed", "leads_to", "wrong"),
    [
        (("1", "4", "27"), "year", {"year"}),
        (("1", "4", "1066"), "year", {"year"}),
        (("1", "", ""), "month", {"month", "year"}),
        (("31", "2", "2027"), "day", {"day", "month", "year"}),
        (("", "", ""), "day", {"day", "month", "year"}),
    ],
)
def test_an_error_of_a_day_leads_to_the_box_that_is_wrong(
    app: Flask, typed: tuple[str, str, str], leads_to: str, wrong: set[str]
) -> None:
    form = sent(app, **{f"known_on__{part}": said for part, said in zip(("day", "month", "year"), typed, strict=True)})
    assert [line["href"] for line in form.summary()] == [f"#known_on-{leads_to}"]
    assert {part for part in ("day", "month", "year") if form.is_wrong("known_on", part)} == wrong


def test_an_error_of_a_time_leads_to_its_box(app: Flask) -> None:
    form = sent(app, sent_at__day="8", sent_at__month="4", sent_at__year="2026", sent_at__time="25:00")
    assert [line["href"] for line in form.summary()] == ["#sent_at-time"]
    assert [part for part in ("day", "month", "year", "time") if form.is_wrong("sent_at", part)] == ["time"]


@given(
    typed=st.dictionaries(
        st.sampled_from([*RIGHT, "age", "seat", "sent_at-day", "sent_at-time", "seen_no", "form_token", "keep:x"]),
        st.text(max_size=30),
    )
)
def test_nothing_that_can_be_typed_breaks_a_form(typed: dict[str, str]) -> None:
    with Flask(__name__).test_request_context(method="POST", data=RIGHT | typed):
        form = fill(Sample)
    assert form.valid != bool(form.errors)
    assert isinstance(form.token, UUID)


@dataclass(frozen=True)
class Clash:
    path: str
    theirs: str
    yours: str


class Stale(ThreefoldError):
    clashes = (Clash("incident.summary", "one", "two"),)


def test_a_story_s_refusal_is_shown_where_it_belongs(app: Flask) -> None:
    form = sent(app)
    with form.refusals({"school": "name"}):
        raise ManyErrors([
            ThreefoldError("Say which school.", field="school"), ThreefoldError("Not now.", field="elsewhere", paragraph="Section 16C")])  # fmt: skip
    assert form.errors == {"name": "Say which school."} and form.general == ["Not now. (Section 16C)"]
    assert [line.get("href") for line in form.summary()] == [None, "#name"]


def test_what_is_about_the_page_goes_past_the_form(app: Flask) -> None:
    form = sent(app)
    with pytest.raises(NotHere), form.refusals():
        raise NotHere
    with pytest.raises(ZeroDivisionError), form.refusals():
        raise ZeroDivisionError


def test_two_values_are_kept_and_a_person_is_asked(app: Flask) -> None:
    form = sent(app, seen_no="7")
    with form.refusals():
        raise Stale("Somebody changed the same answers.", field="incident.summary")
    assert form.clashes == Stale.clashes and form.seen_no == 7 and form.values["name"] == "Oak"
    assert form.summary() == [{"text": "Choose which of two answers to keep: summary", "href": "#keep-1"}]
    data = RIGHT | {"keep:incident.summary": "theirs"}
    with app.test_request_context(method="POST", data=data):
        assert fill(Sample).keep == {"incident.summary": "theirs"}


def test_a_form_shows_what_it_starts_from_and_keeps_its_token_when_sent_again(app: Flask) -> None:
    with app.test_request_context():
        form = fill(
            Sample,
            initial={
                "known_on": date(2026, 4, 8),
                "age": 0,
                "wards": ["east"],
                "sent_at": datetime(2026, 7, 1, 9, 5, tzinfo=UTC),
            },
            seen_no=3,
        )
    assert not form.valid and not form.wrong and form.seen_no == 3
    assert form.values["known_on"] == {"day": "8", "month": "4", "year": "2026"} and form.values["age"] == "0"
    assert form.values["sent_at"] == {"day": "1", "month": "7", "year": "2026", "time": "10:05"}
    with app.test_request_context(method="POST", data=RIGHT | {"form_token": str(form.token), "name": ""}):
        assert fill(Sample).token == form.token
