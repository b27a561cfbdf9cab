"""The pages of platform staff: which bodies there are, looking into one for a time, and ending that.

They belong to no body, so each asks the directory itself who is here; to anybody else there are no such pages.
"""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import ThreefoldError
from threefold.walls.directory import BodyRef
from threefold.walls.staff import StaffMember
from threefold.work.people.sign_in import began_at_provider, is_fresh
from threefold.work.people.web import Form, choice, fill, long_text, public_page, render, services
from threefold.work.people.web.errors import ConfirmNeeded, answers_with
from threefold.work.people.web.state import my_account, now
from threefold.work.people.web.visits import sign_in_token
from threefold.work.platform_staff import stories
from threefold.work.platform_staff.web import blueprint


class ProviderNeeded(ThreefoldError):
    """The operator lets platform staff in only from a sign-in that began at the provider: it knows the device, and what is odd."""

    def __init__(self, name: str) -> None:
        super().__init__(f"To look into a body, sign in with {name}: sign out here, and choose that way.")


answers_with(ProviderNeeded, 403)
DONE = {"ended": "The session has ended."}


@blueprint.get("/platform-staff")
@public_page
def own() -> ResponseReturnValue:
    """The bodies, and one's own sessions."""
    member, bodies = _member(), _bodies()
    sessions = stories.own_sessions(services().walls, member)
    return render(
        "platform_staff/own.html", title="Platform staff", back="/my-work", bodies=bodies, sessions=sessions, done=DONE,
        open=next((one for one in sessions if one.open), None),
    )  # fmt: skip


@blueprint.route("/platform-staff/begin", methods=["GET", "POST"])
@public_page
def begin() -> ResponseReturnValue:
    """Look into one body. It is asked first who one is, so that nothing that was typed is lost."""
    member = _member()
    if services().settings.staff_by_provider and not began_at_provider(my_account()):
        raise ProviderNeeded(services().settings.oidc_name)
    if not is_fresh(member.fresh_at, now()):
        raise ConfirmNeeded
    bodies = {body.slug: body for body in _bodies()}
    form = fill(_asking(bodies), initial={"minutes": stories.DEFAULT, "body": request.args.get("body", "")})
    if form.valid:
        with form.refusals():
            body = bodies[form["body"]]
            stories.begin(services().walls, sign_in_token(), member, body, form["why"], int(form["minutes"]), now(), _source())
            return redirect(f"/b/{body.slug}/", 303)
    return render("platform_staff/begin.html", title="Look into a body", form=form, back="/platform-staff")


begin.fresh = True  # type: ignore[attr-defined]  # told to the sweep over what asks again who one is


@blueprint.post("/platform-staff/<uuid:session_id>/end")
@public_page
def end_own(session_id: UUID) -> ResponseReturnValue:
    stories.leave(services().walls, _member(), session_id, now(), _source())
    return redirect("/platform-staff?done=ended", 303)


def _asking(bodies: dict[str, BodyRef]) -> type[Form]:
    class Asking(Form):
        body = choice("Which body?", {slug: one.name for slug, one in bodies.items()}, missing="Select a body", as_list=True)
        why = long_text(
            "Why do you need to look?", missing="Say why you need to look", rows=3,
            hint="The body reads this. A sentence that names nobody: no child, no family, nobody who reported something.",
        )  # fmt: skip
        minutes = choice("For how long?", stories.MINUTES, missing="Select for how long")

    return Asking


def _member() -> StaffMember:
    """Who of the platform's staff is here. Raises `SignInNeeded`, and `NotHere` for anybody else."""
    my_account()
    return stories.who_of_staff(services().walls, sign_in_token(), now())


def _bodies() -> list[BodyRef]:
    with services().walls.directory() as directory:
        return directory.bodies()


def _source() -> str:
    return f"web {request.remote_addr}"
