"""A page that one person opened is not sent in the name of another who signed in on the same browser since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from tests.web.sign_ins import MANAGER, password_step, someone
from tests.web.site import PASSWORD, Site
from threefold.work.people.access import EVERYONE, declare
from threefold.work.people.web import Form, Visit, fill, long_text, page, render

OTHER = "other@north.example"
TYPED = {"note": "typed at length"}
SAID = "This page was opened by somebody else"


class Note(Form):
    note = long_text("Note")


@pytest.fixture
def toy(site: Site) -> Iterator[Site]:
    """The site with a page that saves, and two people of one body."""
    blueprint, act = Blueprint("toy_whose", __name__), declare("see the body's page", EVERYONE).act

    def form(visit: Visit) -> ResponseReturnValue:
        form = fill(Note)
        if form.valid:
            DONE.append(f"{visit.actor.name}: {form['note']}")
            return redirect(f"/b/{visit.body.slug}/", 303)
        return render("people/person_form.html", title="Note", form=form, names=["note"], send="Send")

    blueprint.add_url_rule("/b/<slug>/whose", "whose", page(needs=act)(form), methods=["GET", "POST"])
    site.app.register_blueprint(blueprint)
    DONE.clear()
    someone(site)
    someone(site, OTHER)
    return site


DONE: list[str] = []


def test_what_another_opened_is_not_saved_in_ones_name(toy: Site) -> None:
    password_step(toy)
    opened = toy.get("/b/north/whose").page.hidden()
    toy.post("/sign-out", read_first="/my-work")
    password_step(toy, OTHER)
    refused = toy.send("/b/north/whose", opened | TYPED, 400)
    assert refused.page.heading == SAID and "Nothing was saved" in refused.text and "typed at length" not in refused.text
    assert "Sign out" in refused.text  # they are signed in, and the page is as their others
    assert DONE == []
    toy.post("/b/north/whose", TYPED)
    assert DONE == ["Other: typed at length"]


def test_whoever_signs_in_again_can_send_what_they_had_opened(toy: Site) -> None:
    password_step(toy)
    opened = toy.get("/b/north/whose").page.hidden()
    password_step(toy, OTHER)
    others = toy.get("/b/north/whose").page.hidden()
    toy.send("/sign-out", others)
    password_step(toy)
    assert toy.send("/b/north/whose", others | TYPED, 400).page.heading == SAID
    toy.send("/b/north/whose", opened | TYPED)
    password_step(toy, OTHER)
    toy.send("/b/north/whose", others | TYPED)
    assert DONE == ["Manager: typed at length", "Other: typed at length"]


def test_a_sign_in_that_ran_out_keeps_what_was_typed_for_the_same_person_alone(toy: Site) -> None:
    password_step(toy)
    opened = toy.get("/b/north/whose").page.hidden()
    toy.at += timedelta(hours=3)
    kept = toy.send("/b/north/whose", opened | TYPED)
    back = toy.post(kept.location, {"email": MANAGER, "password": PASSWORD})
    assert toy.get(back.location).page.one("textarea").text.strip() == "typed at length"
    toy.send("/b/north/whose", opened | TYPED)
    toy.at += timedelta(hours=3)
    password_step(toy, OTHER)
    assert toy.send("/b/north/whose", opened | TYPED, 400).page.heading == SAID
    assert DONE == ["Manager: typed at length"]


def test_an_account_is_not_changed_from_the_page_of_another(toy: Site) -> None:
    password_step(toy)
    opened = toy.get("/account").page.hidden()
    password_step(toy, OTHER)
    assert toy.send("/account/sign-ins/end-others", opened, 400).page.heading == SAID


def test_anybody_can_sign_out_and_sign_in_from_a_page_of_another(toy: Site) -> None:
    password_step(toy)
    opened, signing_in = toy.get("/b/north/whose").page.hidden(), toy.get("/sign-in").page.hidden()
    password_step(toy, OTHER)
    assert toy.send("/sign-out", opened).location == "/signed-out"
    toy.get("/my-work", 303)
    password_step(toy, OTHER)
    toy.send("/sign-in", signing_in | {"email": OTHER, "password": PASSWORD})


def test_a_token_of_another_browser_is_no_page_of_somebody_else(toy: Site) -> None:
    password_step(toy)
    other = toy.another()
    password_step(other, OTHER)
    opened = toy.get("/b/north/whose").page.hidden()
    for sent in (opened, opened | {"csrf_token": "made.up"}, {"form_token": opened["form_token"]}):
        assert "open for too long" in other.send("/b/north/whose", sent | TYPED, 400).page.heading
    assert DONE == []


@pytest.mark.parametrize(
    ("origin", "shown"), [("http://localhost", True), ("https://elsewhere.example", False), ("null", False), ("", False)]
)
def test_what_was_typed_and_not_taken_is_there_to_be_copied_where_a_page_of_ours_sent_it(
    toy: Site, origin: str, shown: bool
) -> None:
    password_step(toy)
    opened = toy.get("/b/north/whose").page.hidden()
    headers = {"Origin": origin} if origin else {}

    def words(of: Site, sent: dict[str, str]) -> bool:
        response = of.client.post("/b/north/whose", data=sent | TYPED, headers=headers)
        assert response.status_code == 400
        return TYPED["note"] in response.get_data(as_text=True)

    signed_out = toy.another()
    assert words(signed_out, opened) == shown, "signed out in another window"
    password_step(toy, OTHER)
    assert words(toy, opened) == shown, "somebody else has signed in"
    assert DONE == []
