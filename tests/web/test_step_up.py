"""Showing again who one is, before a signature or an export: which pages ask, and that nothing typed is lost."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from tests.web.sign_ins import MANAGER, code_at, give_app, password_step, someone, token
from tests.web.site import PASSWORD, Site
from threefold.work.people.access import EVERYONE, declare, permissions
from threefold.work.people.web import Form, Visit, choices, day, fill, long_text, page, render

# The acts that are a signature or bring one about, and the functions that make an export.
SIGNING = (
    "sign ",
    "check minutes",
    "decide what becomes of ",
    "take everything out",
    "agree to take everything",
    "fetch what was",
    "propose that the body leaves",
    "confirm that the body leaves",
)
EXPORTS = {"to_toml", "record_minutes", "answer_of"}
STEP_UP = {
    "arrangements.sign", "arrangements.minutes", "arrangements.check_minutes", "arrangements.export", "arrangements.export_version", "reviews.sign", "api.signature",
    "audit.audit_csv", "national.desk_csv", "national.decide_received",
    "records.decide", "records.ask_everything", "records.subject_file", "records.agree_everything", "records.everything_file",
    "records.propose_leaving", "records.confirm_leaving", "records.take_back_everything",
}  # fmt: skip
# Pages of no body that ask by themselves, since no act of the permission table stands for them.
OWN = {"platform_staff.begin"}


def _calls(view: Any) -> set[str]:
    return set(inspect.unwrap(view).__code__.co_names)


def test_every_route_that_signs_or_exports_asks_again_who_it_is(site: Site) -> None:
    stories = {s.rpartition(".")[2] for p in permissions() if p.act.startswith(SIGNING) for s in p.stories} | EXPORTS
    assert {"sign", "sign_draft", "refuse_draft", "check_minutes", "deny_minutes", "to_toml"} <= stories
    found = {}
    for rule in site.app.url_map.iter_rules():
        view = site.app.view_functions[rule.endpoint]
        need = getattr(view, "needs", None) or ""
        named = need.startswith(SIGNING) or "export" in need or "export" in rule.rule or (need and rule.rule.endswith(".csv"))
        if named or (_calls(view) & stories and getattr(view, "needs", None)):
            found[rule.endpoint] = getattr(view, "fresh", False)
    assert [endpoint for endpoint, fresh in found.items() if not fresh] == []
    assert set(found) == STEP_UP
    fresh = {e for e, view in site.app.view_functions.items() if getattr(view, "fresh", False)}
    assert fresh == STEP_UP | OWN


class Note(Form):
    note = long_text("Note")
    wards = choices("Wards", {"east": "East", "west": "West"})
    on = day("Day")


@pytest.fixture
def toy(site: Site) -> Iterator[Site]:
    """The site with a page that signs, a page that only saves, an export, and a button."""
    act = declare("see the body's page", EVERYONE).act
    blueprint = Blueprint("toy_fresh", __name__, template_folder="../browser/templates")

    def form(visit: Visit) -> ResponseReturnValue:
        form = fill(Note, initial={"wards": ["east"]})
        if form.valid:
            DONE.append(form["note"])
            return redirect(f"/b/{visit.body.slug}/", 303)
        return render("people/person_form.html", title="Note", form=form, names=["note", "wards", "on"], send="Send")

    def button(visit: Visit) -> ResponseReturnValue:
        DONE.append("pressed")
        return redirect(f"/b/{visit.body.slug}/", 303)

    def file(visit: Visit) -> ResponseReturnValue:
        return "the export"

    blueprint.add_url_rule("/b/<slug>/fresh", "fresh", page(needs=act, fresh=True)(form), methods=["GET", "POST"])
    blueprint.add_url_rule("/b/<slug>/plain", "plain", page(needs=act)(form), methods=["GET", "POST"])
    blueprint.add_url_rule("/b/<slug>/press", "press", page(needs=act, fresh=True)(button), methods=["POST"])
    blueprint.add_url_rule("/b/<slug>/file", "file", page(needs=act, fresh=True)(file), methods=["GET"])
    site.app.register_blueprint(blueprint)
    DONE.clear()
    return site


DONE: list[str] = []
TYPED = {"note": "typed at length", "wards": "west", "on-day": "8", "on-month": "April", "on-year": "2026"}


def _kept(shown: Any) -> None:
    assert "What you had typed is here again" in shown.text
    assert shown.page.one("textarea").text.strip() == "typed at length"
    assert [e.get("value") for e in shown.page.all("input", type="checkbox") if "checked" in e.attributes] == ["west"]
    assert shown.page.value("on-month") == "April"


def test_after_ten_minutes_a_signature_asks_and_keeps_what_was_typed(toy: Site) -> None:
    give_app(toy, someone(toy))
    toy.enter(MANAGER)
    toy.at += timedelta(minutes=10)
    form = toy.get("/b/north/fresh").page.hidden()
    asked = toy.send("/b/north/fresh", form | TYPED)
    assert DONE == [] and asked.location.startswith("/confirm?next=/b/north/fresh%3Fheld%3D")
    before = token(toy)
    back = toy.post(asked.location, {"code": code_at(toy.at)})
    assert token(toy) != before
    shown = toy.get(back.location)
    _kept(shown)
    assert shown.page.value("form_token") == form["form_token"]
    assert "Go on with a form that was not sent" in toy.get("/b/north/").text
    toy.send(back.location, shown.page.hidden() | TYPED)
    assert DONE == ["typed at length"]
    assert "Go on with a form" not in toy.get("/b/north/").text


def test_within_ten_minutes_nobody_is_asked(toy: Site) -> None:
    someone(toy)
    password_step(toy)
    toy.at += timedelta(minutes=9)
    toy.post("/b/north/fresh", TYPED)
    toy.post("/b/north/press", read_first="/b/north/")
    assert toy.client.get("/b/north/file").text == "the export"
    assert DONE == ["typed at length", "pressed"]


def test_a_button_and_an_export_lead_back_to_the_page_they_stand_on(toy: Site) -> None:
    someone(toy)
    toy.enter(MANAGER)
    toy.at += timedelta(minutes=11)
    form = toy.get("/b/north/").page.hidden()
    here = {"Referer": "http://localhost/b/north/plain?x=1"}
    pressed = toy.client.post("/b/north/press", data=form, headers=here)
    assert pressed.status_code == 303 and pressed.location == "/confirm?next=/b/north/plain%3Fx%3D1" and DONE == []
    assert toy.client.get("/b/north/file", headers=here).location == "/confirm?next=/b/north/plain%3Fx%3D1"
    elsewhere = {"Referer": "https://elsewhere.example/b/north/plain"}
    assert toy.client.get("/b/north/file", headers=elsewhere).location == "/confirm?next=/b/north/file"


def test_without_a_second_step_the_password_is_asked_again(toy: Site) -> None:
    someone(toy)
    toy.enter(MANAGER)
    toy.at += timedelta(minutes=11)
    assert "Enter your correct password" in toy.post("/confirm?next=/b/north/", {"password": "wrong"}, 422).text
    assert toy.post("/confirm?next=/b/north/", {"password": PASSWORD}).location == "/b/north/"
    toy.post("/b/north/press", read_first="/b/north/")
    assert DONE == ["pressed"]


def test_with_a_second_step_the_password_is_not_enough(toy: Site) -> None:
    give_app(toy, someone(toy))
    toy.enter(MANAGER)
    toy.at += timedelta(minutes=11)
    form = toy.get("/confirm").page.hidden()
    toy.send("/confirm", form | {"password": PASSWORD}, 422)
    assert toy.send("/confirm", form | {"password": PASSWORD, "code": "000000"}, 422).status == 422
    toy.post("/b/north/press", read_first="/b/north/")
    assert DONE == []


def test_a_form_sent_after_the_sign_in_ran_out_is_kept(toy: Site) -> None:
    someone(toy)
    toy.enter(MANAGER)
    form = toy.get("/b/north/plain?step=2").page.hidden()
    toy.at += timedelta(hours=3)
    kept = toy.send("/b/north/plain?step=2", form | TYPED)
    assert kept.location.startswith("/sign-in?kept=yes&next=/b/north/plain%3Fstep%3D2%26held%3D")
    assert "What you had typed is kept" in toy.get(kept.location).text
    back = toy.post(kept.location, {"email": MANAGER, "password": PASSWORD})
    _kept(toy.get(back.location))
    assert DONE == []


def test_what_one_person_had_typed_is_shown_to_nobody_else(toy: Site) -> None:
    someone(toy)
    someone(toy, "other@north.example")
    toy.enter(MANAGER)
    form = toy.get("/b/north/plain").page.hidden()
    toy.at += timedelta(hours=3)
    toy.send("/b/north/plain", form | TYPED)
    toy.enter(MANAGER)
    held = next(e.get("href") for e in toy.get("/b/north/").page.all("a") if "held=" in e.get("href"))
    _kept(toy.get(held))
    other = toy.another()
    other.enter("other@north.example")
    assert "typed at length" not in other.client.get(held).text
    assert "typed at length" not in toy.client.get(held.replace("/plain", "/fresh")).text
    assert "Go on with a form" not in other.get("/b/north/").text


def test_nothing_is_kept_for_somebody_who_signed_out_or_was_never_here(toy: Site) -> None:
    someone(toy)
    toy.enter(MANAGER)
    form = toy.get("/b/north/plain").page.hidden()
    held = token(toy)
    toy.post("/sign-out", read_first="/my-work")
    toy.client.set_cookie("threefold", held)
    assert toy.send("/b/north/plain", form | TYPED, 401).page.heading == "You were signed out"
    toy.client.set_cookie("threefold", "never-a-token")
    toy.send("/b/north/plain", form | TYPED, 401)
    toy.enter(MANAGER)
    assert "Go on with a form" not in toy.get("/b/north/").text


def test_a_held_number_that_is_not_there_changes_nothing(toy: Site) -> None:
    someone(toy)
    toy.enter(MANAGER)
    for number in ("x", str(uuid4())):
        assert toy.get(f"/b/north/plain?held={number}").page.one("textarea").text.strip() == ""


def test_a_forged_form_keeps_nothing(toy: Site) -> None:
    someone(toy)
    toy.enter(MANAGER)
    toy.at += timedelta(hours=3)
    toy.send("/b/north/plain", TYPED, 400)
    toy.enter(MANAGER)
    assert "Go on with a form" not in toy.get("/b/north/").text


def test_the_json_door_signs_only_soon_after_signing_in(toy: Site) -> None:
    someone(toy, MANAGER, "partner_lead", seats=("health-lead",))
    sent = {"email": MANAGER, "password": PASSWORD}
    bearer = {"Authorization": f"Bearer {toy.client.post('/api/v1/sign-in', json=sent).get_json()['token']}"}
    address = f"/api/v1/b/north/cases/{uuid4()}/signatures"
    assert toy.client.post(address, json={"seat": "health-lead", "seen_no": 1}, headers=bearer).status_code in (404, 422)
    toy.at += timedelta(minutes=11)
    refused = toy.client.post(address, json={"seat": "health-lead", "seen_no": 1}, headers=bearer)
    assert refused.status_code == 403 and "Confirm that it is you" in refused.get_json()["message"]
