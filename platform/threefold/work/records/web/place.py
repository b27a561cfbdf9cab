"""The pages on which the records of a matter are reviewed: one set for a body's own cases, and for those that it received.

Who may open a page is said where its address is; what is done on it is what a `Place` says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from threefold.walls.session import Unit
from threefold.work.arrangements.pdf import pdf_of
from threefold.work.incidents.records import NotFound
from threefold.work.people.access import NotHere
from threefold.work.people.web import Visit, fill, render
from threefold.work.records.matters import Line
from threefold.work.records.stories import Certificate, Hold, Proof, Proposed
from threefold.work.records.stories.certifying import fingerprint
from threefold.work.records.web import shown
from threefold.work.records.web.forms import Decide, Lift, Put, Review

DONE = {
    "closed": "The case is closed. The time for keeping its records runs.", "opened": "The case is open again. No time runs.",
    "held": "The hold stands from now on. Nothing is destroyed while it does.", "lifted": "The hold is lifted.",
    "proposed": "It is proposed. Nothing happens until another person confirms it.", "declined": "It is declined. The records stay as they are.",
    "kept": "The records are kept until that day.",
}  # fmt: skip
CERTIFIED = {"destroyed": "The records of this case are destroyed."}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the records of one matter are reviewed, and the stories that do it.

    `called`: as in "the records of case X"; `case` its own page, `base` that of its records, `everything` the list; `goes` and `stays`: what
    destroying it takes and leaves, in words; `who`: who confirms where no seat is named.
    """

    called: Callable[[Unit], str]
    case: str
    base: str
    everything: str
    goes: str
    stays: str
    who: str
    line: Callable[[Unit], Line | None]
    past: Callable[[Unit], list[Proposed]]
    holds: Callable[[Unit], list[Hold]]
    put: Callable[[Unit, str, UUID], object]
    lift: Callable[[Unit, UUID, str], None]
    propose: Callable[[Unit, str, str, date | None, UUID], object]
    decline: Callable[[Unit, UUID, str], None]
    confirm: Callable[[Unit, UUID, str], UUID | None]
    may_confirm: Callable[[Visit, str], bool]
    certificate: Callable[[Unit], tuple[Certificate, Proof]]


def show(visit: Visit, place: Place, *, may_close: bool, may_hold: bool, may_review: bool) -> ResponseReturnValue:
    """Until when it is kept, by which rule, what holds it and what was decided."""
    with visit.unit("see how long the records of a case are kept") as unit:
        line, called, holds, past = place.line(unit), place.called(unit), place.holds(unit), place.past(unit)
    return render(
        "records/case.html", title=f"Records of {called}", back=place.case, base=place.base, everything=place.everything, line=line,
        standing=[hold for hold in holds if hold.lifted_at is None], lifted=[hold for hold in holds if hold.lifted_at], past=past, done=DONE,
        may_close=may_close, may_hold=may_hold, may_review=may_review, waiting=next((p for p in past if p.state == "proposed"), None),
        due=line is not None and line.kept.is_due(visit.today),
    )  # fmt: skip


def review(visit: Visit, place: Place) -> ResponseReturnValue:
    """Propose what becomes of it, or put a hold on it."""
    with visit.unit("review the records of a case") as unit:
        line, called = place.line(unit), place.called(unit)
    form = fill(Review)
    form.only_with("until", "outcome", "keep", "otherwise")
    if form.valid:
        with form.refusals({"keep_until": "until", "why": "reason"}), visit.unit("review the records of a case") as unit:
            if form["outcome"] == "hold":
                place.put(unit, form["reason"], form.token)
            else:
                place.propose(unit, form["outcome"], form["reason"], form["until"], form.token)
            return redirect(f"{place.base}?done={'held' if form['outcome'] == 'hold' else 'proposed'}", 303)
    return render("records/review.html", title=f"Review the records of {called}", form=form, back=place.base, line=line)


def decide(visit: Visit, place: Place, disposal_id: UUID) -> ResponseReturnValue:
    """Confirm or decline what was proposed."""
    with visit.unit("decide what becomes of records") as unit:
        line, called = place.line(unit), place.called(unit)
        one = next((p for p in place.past(unit) if p.id == disposal_id), None)
    if one is None:
        raise NotFound
    form = fill(Decide)
    if one.state != "proposed":
        form.not_asked("This is not to be decided any more. What became of it stands below; nothing of yours was saved.")
    if form.valid:
        with form.refusals({"outcome": "answer"}), visit.unit("decide what becomes of records") as unit:
            if form["answer"] == "decline":
                place.decline(unit, disposal_id, form["reason"])
                return redirect(f"{place.base}?done=declined", 303)
            certificate = place.confirm(unit, disposal_id, form["reason"])
            return redirect(f"{place.base}/certificate?done=destroyed" if certificate else f"{place.base}?done=kept", 303)
    mine = one.proposed_by == visit.actor.person_id
    return render(
        "records/decide.html", title=f"{'Destroy' if one.outcome == 'destroy' else 'Keep'} the records of {called}?", form=form,
        back=place.base, line=line, one=one, mine=mine, may=not mine and place.may_confirm(visit, one.confirms), decided=one.state != "proposed",
        goes=place.goes, who=place.who,
    )  # fmt: skip


def put(visit: Visit, back: str, title: str, about: str, story: Callable[[Unit, str, UUID], object]) -> ResponseReturnValue:
    """Put a hold, on a case or on everything."""
    form = fill(Put)
    if form.valid:
        with form.refusals(), visit.unit("put a legal hold") as unit:
            story(unit, form["why"], form.token)
            return redirect(f"{back}?done=held", 303)
    return render("threefold/one_form.html", title=title, form=form, back=back, send="Put the hold",
                  about=[about, "It stands at once, and on record with your name."])  # fmt: skip


def lift(visit: Visit, hold_id: UUID, back: str, title: str, holds: Callable[[Unit], list[Hold]], story: Callable[[Unit, UUID, str], None]) -> ResponseReturnValue:  # fmt: skip
    """Lift a hold."""
    with visit.unit("lift a legal hold") as unit:
        one = next((h for h in holds(unit) if h.id == hold_id), None)
    if one is None:
        raise NotHere
    form = fill(Lift)
    if form.valid:
        with form.refusals(), visit.unit("lift a legal hold") as unit:
            story(unit, hold_id, form["why"])
            return redirect(f"{back}?done=lifted", 303)
    return render("threefold/one_form.html", title=title, form=form, back=back, send="Lift the hold", about=[
        f"Put by {one.put_name} ({one.put_as}): {one.why}", "Lifting it destroys nothing of a case: two people still decide on each. A request for one’s own records whose time has ended goes within a day."])  # fmt: skip


def certificate(visit: Visit, place: Place) -> ResponseReturnValue:
    """What was destroyed, as a page."""
    with visit.unit("see a certificate of destruction") as unit:
        found, proof = place.certificate(unit)
    return render(
        "records/certificate.html", title=f"Certificate of destruction: case {found.reference}", back=place.case, found=found, proof=proof,
        stays=place.stays, rows=shown.rows(found), counts=shown.counts(found), print_of=fingerprint(found), address=f"{place.base}/certificate.pdf",
        done=CERTIFIED,
    )  # fmt: skip


def certificate_pdf(visit: Visit, place: Place) -> ResponseReturnValue:
    """The same as a PDF."""
    with visit.unit("print a certificate of destruction") as unit:
        found, proof = place.certificate(unit)
    made = pdf_of(shown.document(visit, found, proof, place.stays))
    return Response(made, mimetype="application/pdf", headers={
        "Content-Disposition": f'attachment; filename="certificate-{found.reference}.pdf"', "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"})  # fmt: skip
