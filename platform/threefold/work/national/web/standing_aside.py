"""Standing aside from a received case: declaring a conflict of interest, and deciding on one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.walls.directory import Colleague
from threefold.work.incidents.records import NotFound
from threefold.work.incidents.web import words
from threefold.work.national import standing_aside
from threefold.work.national.web import ASIDE, SETTLE, blueprint
from threefold.work.national.web.desk import refuse_elsewhere
from threefold.work.people.access import NATIONAL_OFFICER
from threefold.work.people.web import Form, Visit, choice, fill, long_text, page, render
from threefold.work.people.web.render import moment

OUTCOMES = {"upheld": "they are kept out", "dismissed": "there is no conflict"}
WHY_SEALED = "Kept sealed. Name nobody but by their part."


@blueprint.route("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/conflict", methods=["GET", "POST"])
@page(needs=ASIDE)
def declare_conflict(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    refuse_elsewhere(visit)
    with visit.unit("stand aside from a received case") as unit:
        row = standing_aside.opened(unit, sender, case_ref)
        heading = f"{row.sender_name}: {row.reference}"
        officers = {str(c.person_id): _called(c) for c in unit.staff() if c.role == NATIONAL_OFFICER}
    me = str(visit.actor.person_id)

    class Declare(Form):
        person = choice(
            "Who has the conflict of interest?",
            {me: "Myself", **{key: name for key, name in sorted(officers.items(), key=lambda o: o[1].casefold()) if key != me}},
            missing="Select who has the conflict",
        )
        why = long_text(
            "What is the conflict of interest?", missing="Enter what the conflict of interest is", longest=2000, hint=WHY_SEALED
        )

    desk = f"/b/{visit.body.slug}/desk"
    base, form = f"{desk}/{sender}/{case_ref}", fill(Declare)
    if form.valid:
        with form.refusals(), visit.unit("stand aside from a received case") as unit:
            standing_aside.declare(unit, sender, case_ref, UUID(form["person"]), form["why"], form.token)
            return redirect(f"{desk}?done=aside" if form["person"] == me else f"{base}?done=declared", 303)
    about = "Whoever has it sees nothing of this case from now on. Another officer decides on it."
    return render("threefold/one_form.html", title="Declare a conflict of interest", caption=heading, form=form, back=base, about=about, send="Declare the conflict")  # fmt: skip


def _called(officer: Colleague) -> str:
    """An officer's name, with their seat: two may have one name."""
    return f"{officer.display_name}, {words.named(officer.seat)}" if officer.seat else officer.display_name


@blueprint.route("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/conflicts/<uuid:conflict_id>", methods=["GET", "POST"])
@page(needs=SETTLE)
def settle_conflict(visit: Visit, sender: UUID, case_ref: UUID, conflict_id: UUID) -> ResponseReturnValue:
    """Shown to whoever decides it, and to nobody else: not here, for them."""
    refuse_elsewhere(visit)
    with visit.unit("decide on standing aside") as unit:
        row = standing_aside.opened(unit, sender, case_ref)
        heading = f"{row.sender_name}: {row.reference}"
        one = next((c for c in standing_aside.conflicts(unit, sender, case_ref) if c.id == conflict_id), None)
        if one is None:
            raise NotFound
        theirs = standing_aside.is_theirs(unit, one)
        names = {c.person_id: c.display_name for c in unit.staff()}

    class Settle(Form):
        outcome = choice(
            "What is decided?",
            {
                "upheld": "They are kept out of this case",
                "dismissed": "There is no conflict: they may open it again",
            },
            missing="Select what is decided",
        )
        reason = long_text("Reason", missing="Enter the reason for the decision", longest=2000, hint=WHY_SEALED)

    base, form = f"/b/{visit.body.slug}/desk/{sender}/{case_ref}", fill(Settle, seen_no=len(one.made))
    if form.valid:  # asked first: a second click on what it just settled is answered as the first
        with form.refusals(), visit.unit("decide on standing aside") as unit:
            standing_aside.decide(
                unit, sender, case_ref, conflict_id, form["outcome"], form["reason"], form.token, seen_no=form.seen_no
            )
            return redirect(f"{base}?done=decided", 303)
    if form.meanwhile:
        with visit.unit("decide on standing aside") as unit:
            one = next(c for c in standing_aside.conflicts(unit, sender, case_ref) if c.id == conflict_id)
    if not theirs or (one.state == "dismissed" and not form.sent):
        raise NotFound
    form.shows(len(one.made))
    about = [f"What was declared: {one.why}", *(f"Decided on {told}" for told in told_of(one.made, names)[::-1])]
    return render("threefold/one_form.html", title=f"Decide on the conflict of interest of {names.get(one.person_id, 'Somebody who left')}", caption=heading,
                  form=form, back=base, about=about, send="Record the decision")  # fmt: skip


def told_of(made: Iterable[standing_aside.Decision], names: Mapping[UUID, str]) -> list[str]:
    """Each decision in words: when, by whom, what, why."""
    return [
        f"{moment(one.at)} by {names.get(one.by, 'somebody who left')}: {OUTCOMES[one.outcome]}. {one.reason}" for one in made
    ]
