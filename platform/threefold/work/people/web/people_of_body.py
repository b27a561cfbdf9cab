"""The people of a body on screen: who, as what, from when until when; inviting, moving and leaving."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue
from marshmallow import fields

from threefold.work.people import invitations as inviting
from threefold.work.people import members as people
from threefold.work.people.access import AGENCY, ROLES, SIGNATORY, NotHere, declare
from threefold.work.people.groups import sittings
from threefold.work.people.seats import seats_of
from threefold.work.people.web.fields import choice, day, email
from threefold.work.people.web.forms import Filled, Form, fill
from threefold.work.people.web.pages import blueprint
from threefold.work.people.web.render import add_navigation, render
from threefold.work.people.web.render import day as in_words
from threefold.work.people.web.visits import Visit, page

MANAGE = declare(people.MANAGE, people.MANAGING).act
DONE = {
    "invited": "The invitation is on its way by email.", "again": "Another link is on its way. The former opens nothing any more.",
    "revoked": "The invitation was taken back.", "moved": "The change is on record.", "ended": "The end is on record.",
    "stays": "No end is on record any more.",
}  # fmt: skip
STATES = {
    "open": ("Waiting", "yellow"), "expired": ("Expired", "grey"), "accepted": ("Accepted", "green"), "revoked": ("Taken back", "grey"),
}  # fmt: skip
HINTS = {
    SIGNATORY: "For the seat of a partner that joins with a version which is not signed yet. Change it once they work with cases.",
    AGENCY: "For the person of an agency who is asked often: they sign in to answer, and see only what they are asked.",
}
add_navigation("People", "people.people_of_body", needs=MANAGE, order=90)


def _when(ends: bool) -> fields.String:
    """When it ends; where an end is known, also that it is taken away."""
    answers = {"now": "At once", "day": "After a day"} | ({"none": "It has no end"} if ends else {})
    return choice("When does it end?", answers, missing="Select when it ends",
                  hints={"now": "They see nothing of this body from their next page on."})  # fmt: skip


class Leave(Form):
    last = day("Last day", required=False, hint="Only if it ends after a day. For example, 31 3 2026")
    what = choice(
        "What ends?",
        {"this": "This role and seat", "everything": "Everything they do in this body"},
        missing="Select what ends",
        hints={
            "this": "Where nothing else is left to them here, invitations that they have not answered are taken back.",
            "everything": "Invitations that they have not answered are taken back.",
        },
    )


def _place(kind: str, seats: dict[str, str], begins: str = "") -> dict[str, object]:
    asked: dict[str, object] = {"role": choice("Role", people.roles_of(kind), missing="Select a role", hints=HINTS)}
    if seats:
        asked["seat"] = choice(
            "Seat in the arrangement", seats, required=False, as_list=True, hint="Leave it empty for somebody without a seat."
        )
    asked["begins"] = day("First day", missing="Enter the first day", hint=begins)
    asked["ends"] = day("Last day", required=False, hint="Leave it empty if no end is known.")
    return asked


@blueprint.get("/b/<slug>/people")
@page(needs=MANAGE)
def people_of_body(visit: Visit) -> ResponseReturnValue:
    with visit.unit("see the people of this body") as unit:
        everybody, invited, seats = people.see_people(unit), inviting.invitations(unit), seats_of(unit)
        sitting = sittings(unit, everybody, visit.today)
    over = [m for m in everybody if m.is_over(visit.today)]
    return render(
        "people/people.html", title="People of this body", here=[m for m in everybody if m not in over], over=over, invited=invited, seats=seats, sitting=sitting,
        roles=ROLES, states=STATES, at=visit.at, today=visit.today, done=DONE, base=f"/b/{visit.body.slug}/people", me=visit.actor.person_id,
        names={m.person_id: m.name for m in everybody},
    )  # fmt: skip


@blueprint.route("/b/<slug>/people/invite", methods=["GET", "POST"])
@page(needs=MANAGE)
def invite(visit: Visit) -> ResponseReturnValue:
    with visit.unit("invite a person") as unit:
        seats = seats_of(unit)
    base, kind = f"/b/{visit.body.slug}/people", visit.body.kind
    asked = {"email": email(missing="Enter their email address"), **_place(kind, seats)}
    form = fill(type("Invite", (Form,), dict(asked)), initial={"begins": visit.today})
    if form.valid:
        with form.refusals(), visit.unit("invite a person") as unit:
            inviting.invite(
                unit, kind, seats, form["email"], form["role"], form.answers.get("seat") or "", form["begins"], form["ends"]
            )
            return redirect(f"{base}?done=invited", 303)
    return render("people/person_form.html", title="Invite a person", form=form, back=base, names=list(asked), send="Send the invitation",
                  about="They get a link by email that works for 7 days. You are not told whether they have an account already.")  # fmt: skip


@blueprint.post("/b/<slug>/people/invitations/<uuid:invitation_id>/again")
@page(needs=MANAGE)
def invite_again(visit: Visit, invitation_id: UUID) -> ResponseReturnValue:
    with visit.unit("send an invitation again") as unit:
        inviting.send_again(unit, invitation_id)
    return redirect(f"/b/{visit.body.slug}/people?done=again", 303)


@blueprint.post("/b/<slug>/people/invitations/<uuid:invitation_id>/revoke")
@page(needs=MANAGE)
def revoke_invitation(visit: Visit, invitation_id: UUID) -> ResponseReturnValue:
    with visit.unit("take an invitation back") as unit:
        inviting.revoke(unit, invitation_id)
    return redirect(f"/b/{visit.body.slug}/people?done=revoked", 303)


@blueprint.route("/b/<slug>/people/<uuid:member_id>/change", methods=["GET", "POST"])
@page(needs=MANAGE)
def change_person(visit: Visit, member_id: UUID) -> ResponseReturnValue:
    """A mover: one membership ends before another begins."""
    with visit.unit("change what a person does") as unit:
        member, seats = _member(people.members(unit), member_id), seats_of(unit)
    base, kind = f"/b/{visit.body.slug}/people", visit.body.kind
    asked = _place(kind, seats, "Of who has a day here between one role and the next, every case lets them in anew.")
    form = fill(
        type("Change", (Form,), dict(asked)),
        initial={"role": member.role, "seat": member.seat, "begins": visit.today, "ends": member.ends},
        seen_no=people.end_as_number(member),
    )
    if form.valid:
        with form.refusals({"last": "begins"}), visit.unit("change what a person does") as unit:
            people.change_member(
                unit, member_id, kind, seats, form["role"], form.answers.get("seat") or "", form["begins"], form["ends"],
                seen_end=form.seen_no,
            )  # fmt: skip
            return redirect(f"{base}?done=moved", 303)
    member = _again(visit, member, form)
    until = "the day before, or on its last day if that is earlier," if member.ends else "the day before,"
    return render("people/person_form.html", title=f"Change what {member.name} does", form=form, back=base, names=list(asked), send="Save the change",
                  about=f"What they do now: {_what(member, seats)}. It ends {until} and stays on record.")  # fmt: skip


@blueprint.route("/b/<slug>/people/<uuid:member_id>/leave", methods=["GET", "POST"])
@page(needs=MANAGE)
def leave_person(visit: Visit, member_id: UUID) -> ResponseReturnValue:
    with visit.unit("end what a person does") as unit:
        member, seats = _member(people.members(unit), member_id), seats_of(unit)
    base = f"/b/{visit.body.slug}/people"
    asked = type("LeaveOrStay", (Leave,), {"when": _when(member.ends is not None)})
    form = fill(asked, initial={"what": "this"}, seen_no=people.end_as_number(member))
    stays = form.values.get("when") == "none"
    form.only_with("last", "when", "day", "to take the end away" if stays else "to end it at once")
    if form.valid and form["when"] == "day" and form["last"] is None:
        form.errors["last"] = "Enter the last day"
    if form.valid and stays and form["what"] == "everything":
        form.errors["what"] = "Of one role and seat at a time an end is taken away"
    if form.valid and stays:
        with form.refusals(), visit.unit("end what a person does") as unit:
            people.take_end_away(unit, member_id, seen_end=form.seen_no)
            return redirect(f"{base}?done=stays", 303)
    if form.valid:
        with form.refusals(), visit.unit("end what a person does") as unit:
            last = form["last"] if form["when"] == "day" else None
            people.end_member(unit, member_id, last, everything=form["what"] == "everything", seen_end=form.seen_no)
            return redirect(
                "/my-work" if member.person_id == visit.actor.person_id and last is None else f"{base}?done=ended", 303
            )
    member = _again(visit, member, form)
    return render("people/person_form.html", title=f"{member.name} leaves", form=form, back=base, names=["what", "when", "last"], send="Record the end",
                  about=f"What they do: {_what(member, seats)}.")  # fmt: skip


def _member(found: list[people.Member], member_id: UUID) -> people.Member:
    member = next((m for m in found if m.id == member_id), None)
    if member is None:
        raise NotHere
    return member


def _again(visit: Visit, member: people.Member, form: Filled) -> people.Member:
    """A person as they are now, where somebody changed when it ends while this one was typing: the page shows it before it is sent again."""
    if form.meanwhile:
        with visit.unit("see the people of this body") as unit:
            member = _member(people.members(unit), member.id)
    form.shows(people.end_as_number(member))
    return member


def _what(member: people.Member, seats: dict[str, str]) -> str:
    place = ROLES[member.role] + (f" ({seats.get(member.seat, member.seat)})" if member.seat else "")
    return f"{place}, until {in_words(member.ends)}" if member.ends else place
