"""Who may open a case, on screen: people with access, keeping it to its team, and conflicts of interest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue
from marshmallow import fields

from threefold.walls.directory import Colleague
from threefold.work.incidents import stories
from threefold.work.incidents.records import NotFound, load
from threefold.work.incidents.web import blueprint
from threefold.work.incidents.web.acts import CONFLICT, LET_IN, RESTRICT, SEE_OPENING, SETTLE
from threefold.work.incidents.web.cases import case_address, staff_names
from threefold.work.people.access import CASE_ROLES, EVERY_CASE, REVIEWER
from threefold.work.people.case_access import to_tell
from threefold.work.people.web import Filled, Form, Visit, choice, day, fill, long_text, page, render
from threefold.work.people.web.fields import Items
from threefold.work.people.web.render import moment

PARTS = {"team": "Of the case’s team", "reviewer": "Reviewer of this case"}
STATES = {
    "declared": ("Declared, not decided yet", "yellow"),
    "upheld": ("Kept out", "red"),
    "dismissed": ("Dismissed", "grey"),
}
RESTRICTED = {"restricted": "Restricted to its team", "lifted": "The restriction was lifted"}
DONE = {
    "in": "They may open this case from their first day on.", "ended": "The end is on record.",
    "restricted": "Only its team opens this case now, and who is let in by name.", "lifted": "Every role that covers it opens this case again.",
    "declared": "They are kept out of this case from now on. It waits for a decision.", "decided": "The decision is on record.",
}  # fmt: skip
WHY_SEALED = "Kept sealed, with this case. Name no child."


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/opening")
@page(needs=SEE_OPENING)
def opening(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("see who may open a case") as unit:
        found, staff = stories.see_opening(unit, case_id), unit.staff()
        names: dict[UUID | None, str] = {c.person_id: c.display_name for c in staff}
        acting = to_tell(unit, [case_id], visit.today)[case_id].out
        needing = {one.person_id for one in found.conflicts if stories.needs_deputy(staff, one.person_id)}
        verdict = load(unit, case_id).verdict
        seats, way = stories.deciding_seats(verdict), stories.deciding_way(verdict)
        mine = {one.id for one in found.conflicts if one.state != "dismissed" and stories.may_decide(unit, case_id, seats, one)}
    over = [one for one in found.people if one.is_over(visit.today)]
    return render(
        "incidents/opening.html", title="Who may open this case", back=case_address(visit, case_id), base=f"{case_address(visit, case_id)}/opening",
        found=found, here=[one for one in found.people if one not in over], over=over, names=names, parts=PARTS, states=STATES, restricted=RESTRICTED, mine=mine, way=way, acting=acting, needing=needing,
        may_let_in=visit.may(LET_IN), may_restrict=visit.may(RESTRICT), done=DONE, today=visit.today,
    )  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/opening/add", methods=["GET", "POST"])
@page(needs=LET_IN, leaves_closed=True)
def let_in(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("say who may open a case") as unit:
        stories.reference_of(unit, case_id)
        staff = unit.staff()
    reviewers = {c.person_id for c in staff if c.role == REVIEWER}

    class LetIn(Form):
        person = choice(
            "Who?", _people(c for c in staff if c.role in CASE_ROLES), missing="Select who may open this case", as_list=True
        )
        part = choice(
            "What do they do in this case?", PARTS, missing="Select what they do in this case",
            hints={"reviewer": "For somebody with the role of a reviewer. They see this case and no other, until the last day."},
        )  # fmt: skip
        begins = day("First day", missing="Enter the first day")
        ends = day("Last day", required=False, hint="A reviewer needs one. Leave it empty for the team if no end is known.")

    form, base = fill(LetIn, initial={"begins": visit.today}), f"{case_address(visit, case_id)}/opening"
    if form.valid and form["part"] == "reviewer" and UUID(form["person"]) not in reviewers:
        form.errors["person"] = "Select somebody with the role of a reviewer, or choose the team"
    if form.valid:
        with form.refusals(), visit.unit("say who may open a case") as unit:
            stories.let_into_case(unit, case_id, UUID(form["person"]), form["part"], form["begins"], form["ends"], form.token)
            return redirect(f"{base}?done=in", 303)
    return _form("Let somebody into this case", form, base, "Let them in",
                 "They are somebody who works for this body already. Their own role still says what they may do.")  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/opening/<uuid:access_id>/end", methods=["GET", "POST"])
@page(needs=LET_IN, leaves_closed=True)
def end_access(visit: Visit, case_id: UUID, access_id: UUID) -> ResponseReturnValue:
    class End(Form):
        when = choice("When does it end?", {"now": "At once", "day": "After a day"}, missing="Select when it ends")
        last = day("Last day", required=False, hint="Only if it ends after a day.")

    with visit.unit("say who may open a case") as unit:
        found, names = stories.see_opening(unit, case_id), staff_names(unit)
    one = next((m for m in found.people if m.id == access_id), None)
    if one is None:
        raise NotFound
    form, base = fill(End), f"{case_address(visit, case_id)}/opening"
    form.only_with("last", "when", "day", "to end it at once")
    if form.valid and form["when"] == "day" and form["last"] is None:
        form.errors["last"] = "Enter the last day"
    if form.valid:
        with form.refusals(), visit.unit("say who may open a case") as unit:
            stories.end_in_case(unit, case_id, access_id, form["last"] if form["when"] == "day" else None)
            return redirect(f"{base}?done=ended", 303)
    return _form(f"End the access of {names.get(one.person_id, 'somebody')}", form, base, "Record the end", f"{PARTS[one.part]}. What they did stays on record.")  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/opening/restrict", methods=["GET", "POST"])
@page(needs=RESTRICT, leaves_closed=True)
def restrict(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    class Restrict(Form):
        why = long_text("Reason", missing="Enter the reason", longest=2000, hint=WHY_SEALED)

    with visit.unit("restrict a case") as unit:
        restricted = stories.see_case(unit, case_id).restricted
    # What the page offered is what is done, whatever somebody did meanwhile: it is a switch that two may press.
    form, base = fill(Restrict, seen_no=int(restricted)), f"{case_address(visit, case_id)}/opening"
    restricted = restricted if form.seen_no is None else bool(form.seen_no)
    if form.valid:
        with form.refusals(), visit.unit("restrict a case") as unit:
            stories.restrict_case(unit, case_id, not restricted, form["why"])
            return redirect(f"{base}?done={'lifted' if restricted else 'restricted'}", 303)
    if restricted:
        return _form("Lift the restriction of this case", form, base, "Lift the restriction",
                     "Every role that covers a case opens this one again, but for those kept out by a conflict of interest.")  # fmt: skip
    return _form("Restrict this case to its team", form, base, "Restrict the case",
                 "Only its team, who is let in by name, and named deputies see it then, on any page or list. You are of the team.")  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/opening/conflict", methods=["GET", "POST"])
@page(needs=CONFLICT, leaves_closed=True)
def declare_conflict(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("declare a conflict of interest") as unit:
        reference = stories.reference_of(unit, case_id)
        staff = unit.staff()
    me, of_others = visit.actor.person_id, bool(visit.actor.roles & stories.OF_OTHERS)

    class Declare(Form):
        if of_others:
            person = choice(
                "Who has the conflict of interest?",
                _people(staff, first=me),
                missing="Select who has the conflict",
                as_list=True,
            )
        why = long_text(
            "What is the conflict of interest?", missing="Enter what the conflict of interest is", longest=2000, hint=WHY_SEALED
        )
        deputy = _deputy(staff)

    form, base = fill(Declare), case_address(visit, case_id)
    if form.valid:
        with form.refusals(), visit.unit("declare a conflict of interest") as unit:
            person, deputy = form.answers.get("person") or str(me), form["deputy"]
            stories.declare_conflict(unit, case_id, UUID(person), form["why"], UUID(deputy) if deputy else None, form.token)
            mine = person == str(me)
            may_see = visit.may(SEE_OPENING)
            return redirect(
                f"/b/{visit.body.slug}/cases?done=conflict" if mine else f"{base}{'/opening' if may_see else ''}?done=declared",
                303,
            )
    about = [
        "Whoever has it sees nothing of this case from now on, whatever their role, until it is decided. The deputy acts in their place."
    ]
    if form.wrong and visit.may(SEE_OPENING):  # what was declared of them is theirs to read
        about += _declared(visit, case_id, form.values.get("person"))
    return _form(f"Declare a conflict of interest in case {reference}", form, base, "Declare the conflict", about)


def _declared(visit: Visit, case_id: UUID, person: str | None) -> list[str]:
    """What keeps somebody out of the case already, in words."""
    with visit.unit("declare a conflict of interest") as unit:
        stands = [one for one in stories.conflicts(unit, case_id) if one.stands and str(one.person_id) == person]
        names = staff_names(unit)
    return [
        f"Declared on {moment(one.declared_at)} by {names.get(one.declared_by, 'somebody who no longer works here')}: {one.why}"
        for one in stands
    ]


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/opening/conflicts/<uuid:conflict_id>", methods=["GET", "POST"])
@page(needs=SETTLE, leaves_closed=True)
def settle(visit: Visit, case_id: UUID, conflict_id: UUID) -> ResponseReturnValue:
    """Shown to whoever decides it, and to nobody else: not here, for them."""
    with visit.unit("decide on a conflict of interest") as unit:
        seats = stories.deciding_seats(stories.see_case(unit, case_id).verdict)
        one = next((c for c in stories.conflicts(unit, case_id) if c.id == conflict_id), None)
        if one is None or not stories.may_decide(unit, case_id, seats, one):
            raise NotFound
        staff, names, concerned = unit.staff(), staff_names(unit), one.person_id

    class Settle(Form):
        outcome = choice("What is decided?", {"upheld": "They are kept out of this case", "dismissed": "There is no conflict: they may open it again"},
                         missing="Select what is decided")  # fmt: skip
        reason = long_text("Reason", missing="Enter the reason for the decision", longest=2000, hint=WHY_SEALED)
        deputy = _deputy([c for c in staff if c.person_id != concerned])

    form, base = fill(Settle, initial={"deputy": one.deputy_id}, seen_no=one.no), f"{case_address(visit, case_id)}/opening"
    if form.valid:
        with form.refusals(), visit.unit("decide on a conflict of interest") as unit:
            deputy = form["deputy"]
            stories.decide_conflict(
                unit, case_id, conflict_id, form["outcome"], form["reason"], UUID(deputy) if deputy else None, form.token, seen_no=form.seen_no
            )  # fmt: skip
            return redirect(f"{base}?done=decided" if visit.may(SEE_OPENING) else case_address(visit, case_id), 303)
    if form.meanwhile:
        with visit.unit("decide on a conflict of interest") as unit:
            one = next(c for c in stories.conflicts(unit, case_id) if c.id == conflict_id)
    form.shows(one.no)
    about = [f"What was declared: {one.why}"]
    if one.decided_at:
        by = names.get(one.decided_by, "somebody who no longer works here")
        about.append(f"Decided on {moment(one.decided_at)} by {by}: {STATES[one.state][0].lower()}. {one.decision}")
    for was in one.before:
        about.append(
            f"Before, {moment(was.at)}, {names.get(was.by, 'somebody who no longer works here')}: {STATES[was.state][0]}. {was.reason}"
        )
    return _form(f"Decide on the conflict of interest of {names.get(one.person_id, 'somebody')}", form, base, "Record the decision", about)  # fmt: skip


def _people(staff: Iterable[Colleague], first: UUID | None = None) -> Items:
    found = {str(c.person_id): c.display_name for c in sorted(staff, key=lambda c: c.display_name.casefold())}
    own = {str(first): "Myself"} if first else {}
    return {**own, **{key: name for key, name in found.items() if key not in own}}


def _deputy(staff: Iterable[Colleague]) -> fields.String:
    handling: Mapping[str, str] = _people(c for c in staff if c.role in EVERY_CASE)
    return choice("Who acts in their place in this case?", handling, required=False, as_list=True,
                  hint="Needed for whoever handles cases or holds a seat. The deputy acts for their seats here, and is reminded in their place.")  # fmt: skip


def _form(title: str, form: Filled, back: str, send: str, about: str | list[str]) -> ResponseReturnValue:
    return render("threefold/one_form.html", title=title, form=form, back=back, send=send, about=about)
