"""The pages of people: the first page, what awaits me, a body's own page, and the two statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from threefold.walls.audit import DETAIL, LIST
from threefold.walls.directory import BodyRef, VisitRow
from threefold.walls.session import Actor, Scope
from threefold.work.people.access import CASE_ROLES, EVERYONE, ROLES, declare, permissions
from threefold.work.people.awaiting import Awaiting, awaiting, by_due_day
from threefold.work.people.sign_in import IDLE, their_bodies, token_hash
from threefold.work.people.web.errors import SignInNeeded
from threefold.work.people.web.render import render
from threefold.work.people.web.services import services
from threefold.work.people.web.visits import Visit, page, public_page, sign_in_token
from threefold.work.people.web.whence import ask_again, whence

blueprint = Blueprint("people", __name__, template_folder="templates")

SEE_BODY = declare("see the body's page", EVERYONE).act


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """Where a live concern about a child goes in one area, as the body itself published it."""

    area: str
    text: str
    where: str
    source: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the list of what awaits me: the thing to do, and in which body."""

    item: Awaiting
    body: BodyRef

    @property
    def href(self) -> str:
        return f"/b/{self.body.slug}/{self.item.path}"


@blueprint.get("/")
@public_page
def first() -> ResponseReturnValue:
    """Is a child at risk now? Live concerns go to the area's front door and never into this service."""
    g.signed_in = _signed_in() is not None
    return render("people/first.html", title="Is a child at risk of harm right now?", doors=front_doors())


@blueprint.get("/my-work")
@public_page
def my_work() -> ResponseReturnValue:
    """What awaits me over all my bodies: one unit for each in turn, since no scope spans them."""
    rows = _signed_in()
    if rows is None:
        raise SignInNeeded
    g.signed_in, g.person_id = True, rows[0].person_id
    own, found = services(), []
    if rows[0].elsewhere:
        ask_again(sign_in_token(), own.clock())
    rows = [row for row in rows if row.body is not None]
    for row in rows:
        assert row.body is not None
        actor = Actor(row.person_id, row.display_name, row.roles, row.seats)
        source = f"web {request.remote_addr}"
        with own.walls.open(
            Scope(row.body.id), actor=actor, purpose="see what awaits me", at=own.clock(), source=source
        ) as unit:
            found += [Waiting(item, row.body) for item in awaiting(unit)]
            if not unit.noted:
                unit.audit("own work listed", "body", kind=LIST)
    found.sort(key=lambda w: by_due_day(w.item))
    runs_the_service = False
    if not rows:
        with own.walls.directory() as directory:
            runs_the_service = directory.staff_member(token_hash(sign_in_token()), own.clock(), IDLE) is not None
    return render(
        "people/my_work.html", title="My work", waiting=found, rows=rows, several=len(rows) > 1,
        synthetic=any(r.body and r.body.synthetic for r in rows), roles=role_words,
        runs_the_service=runs_the_service,
    )  # fmt: skip


@blueprint.get("/b/<slug>/")
@page(needs=SEE_BODY, staff=True)
def body_home(visit: Visit) -> ResponseReturnValue:
    with visit.unit("see the body's page") as unit:
        items = awaiting(unit) if visit.actor.staff is None else []
        unit.audit("body page read", "body", kind=DETAIL)
    waiting = [Waiting(item, visit.body) for item in items]
    return render("people/body.html", title=visit.body.name, waiting=waiting, roles=role_words, kind=KINDS[visit.body.kind])


@blueprint.get("/b/<slug>/who-may-do-what")
@page(needs=SEE_BODY, staff=True)
def who_may_do_what(visit: Visit) -> ResponseReturnValue:
    """The permission table, as it is asked about: read from the same place as the stories read it."""
    return render(
        "people/permissions.html", title="Who may do what", back=f"/b/{visit.body.slug}/", table=permissions(), roles=role_words,
        everyone=EVERYONE, at_cases=CASE_ROLES,
    )  # fmt: skip


@blueprint.get("/accessibility")
@public_page
def accessibility() -> ResponseReturnValue:
    return render("people/accessibility.html", title="Accessibility statement", back="/")


@blueprint.get("/privacy-and-data")
@public_page
def privacy() -> ResponseReturnValue:
    return render("people/privacy.html", title="Privacy and data", back="/")


KINDS = {
    "partnership": "Local safeguarding children partnership",
    "child_death_panel": "Child death overview panel",
    "national": "National body",
    "addressee": "Addressee",
}


def front_doors() -> list[FrontDoor]:
    """The front doors that the bodies' own files name, by area. Made-up areas have none that anyone could call."""
    doors = []
    for body in services().library.bodies.values():
        door: Mapping[str, Any] | None = body.details.get("front_door")
        if door and not body.synthetic:
            source = body.details.get("sources", {}).get(door.get("source"))
            doors.append(FrontDoor(body.name, door["text"], door.get("where", ""), source))
    return sorted(doors, key=lambda d: d.area)


def role_words(roles: frozenset[str]) -> str:
    """Roles as they are said, one behind the other: some have a comma of their own."""
    return "; ".join(ROLES[role] for role in ROLES if role in roles)


def note_who_is_there() -> None:
    """Of a page that asks for nobody: who is signed in here, if anybody is, so that what stands around it is as on their other pages."""
    if rows := _signed_in():
        g.signed_in, g.person_id = True, rows[0].person_id


def _signed_in() -> list[VisitRow] | None:
    token = sign_in_token()
    return their_bodies(services().walls, token, services().clock(), whence()) if token else None
