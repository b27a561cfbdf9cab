"""Signatures from signed minutes: one person records them with the document, and another says whether the minutes say so."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.walls.session import Unit
from threefold.work.arrangements import asking, drafting, lateness, signing
from threefold.work.arrangements.drafting import Draft
from threefold.work.arrangements.seat_stands import acts, counting, early_meeting
from threefold.work.arrangements.web.files import as_file
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.settling import CHECK_MINUTES, changed_since, only_one
from threefold.work.arrangements.web.shown import PREPARE, SEE_DRAFT, address, leave, may_change, names_of, with_items
from threefold.work.people.documents import KINDS
from threefold.work.people.form_tokens import first_time
from threefold.work.people.web import (
    Form,
    Visit,
    choice,
    day,
    file,
    fill,
    long_text,
    note_document,
    page,
    render,
    scans,
    services,
    take_document,
    takes_a_document,
    text,
)
from threefold.work.people.web.render import moment


class Minutes(Form):
    seat = choice("Whose signature do the minutes hold?", {}, missing="Select whose signature it is")
    day = day("Day of the meeting", missing="Enter the day of the meeting")
    where = text(
        "Which minutes?",
        hint="The meeting and the item, such as: Executive, item 4.",
        missing="Enter which minutes",
        longest=300,
    )
    document = file("The signed minutes")


class Check(Form):
    says_so = choice(
        "Do the minutes say that this seat signed this version?",
        {"yes": "Yes, they say so", "no": "No, they do not say so"},
        missing="Select whether the minutes say so",
    )
    reason = long_text("If not, what do they say?", required=False, optional=False, rows=3,
                       hint="Needed where they do not say so. Whoever prepares the draft reads it.")  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/minutes", methods=["GET", "POST"])
@takes_a_document(signing.MOST_DOCUMENT)
@page(needs=PREPARE, fresh=True)
def minutes(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("record signed minutes") as unit:
        found = drafting.see_draft(unit, draft_id)
        seats = {s.key: s.title for s in asking.who_signs(unit, found)}
        for_another = asking.who_signs_for_another(unit, found)
    base = address(visit, draft_id)
    if not may_change(found):
        return leave(found, f"{base}/sign")
    form = fill(with_items(Minutes, "seat", seats), initial=only_one(seats))
    changed = changed_since(form, found)
    document = request.files.get("document")
    if form.sent and not (document and document.filename):  # told beside what else is missing
        form.errors["document"] = signing.NO_DOCUMENT
    if form.sent and (on := form.right.get("day")) and on > visit.today:
        form.errors["day"] = signing.NOT_YET
    if form.valid:
        with form.refusals():
            taken = take_document("document", signing.MOST_DOCUMENT)
            with visit.unit("record signed minutes") as unit:
                if first_time(unit, form.token, "record_minutes", draft_id) is not None:  # sent twice
                    return redirect(f"{base}/sign?done=recorded", 303)
                if taken:
                    note_document(unit, taken, f"draft:{draft_id}")
                signed = (taken[0].name, taken[0].content) if taken else None
                seen = request.form.get("signed_hash", "")
                signing.record_minutes(unit, draft_id, form["seat"], seen, form["day"], form["where"], signed)
            return redirect(f"{base}/sign?done=recorded", 303)
    return render(
        "arrangements/minutes.html",
        title="Record a signature from minutes",
        caption=found.title,
        form=form,
        back=f"{base}/sign",
        draft=found,
        changed=changed,
        for_another=for_another,
        scans=scans(),
    )


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/minutes/<uuid:record>/check", methods=["GET", "POST"])
@page(needs=CHECK_MINUTES, fresh=True)
def check_minutes(visit: Visit, draft_id: UUID, record: UUID) -> ResponseReturnValue:
    """Somebody else than who recorded them says whether the minutes say what was recorded; if not, what they say."""
    with visit.unit("check minutes that another recorded") as unit:
        found, stands = signing.see_minutes(unit, draft_id, record)
        passed = found.state == "signing" and lateness.is_late(unit, found)
        never = lateness.can_be_signed_no_more(unit, found) or lateness.unreadable(services().governance, found)
        waits = found.state == "signing" and not never and any(
            one.record == record and one.state == "unchecked" for one in signing.standing(unit, found)
        )  # fmt: skip
        also = (
            [other.name for actor, other, _ in asking.acted_for(unit, found) if actor.key == stands.seat.organisation]
            if waits
            else []
        )
        why_not = "" if waits else " ".join(never) or _why_not(unit, found, stands)
    base, form, early = address(visit, draft_id), fill(Check), early_meeting(found, stands.day) if stands.day else ""
    form.only_with("reason", "says_so", "no", "if they say so")
    recorded_it = stands.recorded_by == visit.actor.person_id  # the page says so at once; the story refuses it all the same
    if recorded_it:
        form.not_asked("Somebody else must check what you recorded.")
    elif passed:
        form.not_asked("The day on which this version would have begun has come without every signature. Nothing was recorded.")
    if form.valid:
        with form.refusals(), visit.unit("check minutes that another recorded") as unit:
            if form["says_so"] == "no":
                signing.deny_minutes(unit, draft_id, record, form["reason"] or "")
                return redirect(f"{base}/sign?done=denied", 303)
            signed = signing.check_minutes(unit, services().governance, draft_id, record)
            return redirect(f"{base}/sign?done={'entered' if signed.state == 'entered' else 'checked'}", 303)
    if (
        not waits
    ):  # sent twice, it was done once and is told as done, above; whatever else was sent is refused, and asked no more
        form.not_asked(next(iter(form.general), "There is nothing left to check here, and nothing was recorded."))
    return render("arrangements/check_minutes.html", title="Check the minutes", caption=found.title, form=form, back=f"{base}/sign", base=base,
                  stands=stands, recorded_it=recorded_it, waits=waits, passed=passed, why_not=why_not, early=early, also=also)  # fmt: skip


def _why_not(unit: Unit, draft: Draft, recorded: signing.SeatStands) -> str:
    """What happened to a record of minutes that nobody can check any more, in a sentence."""
    if draft.state != "signing":
        return {"entered": "Every seat has signed this version.", "given_up": "The draft was put aside."}.get(
            draft.state, "The draft was changed since, and waits for signatures no more."
        )
    rows = acts(unit, draft.id)
    said = next((row for row in reversed(rows) if row.concerns == recorded.record), None)
    if said is not None:
        by = names_of(unit).get(said.by, "Somebody who no longer works here")
        return f"{by} said on {moment(said.at)} that the minutes {'do not ' if said.act == 'denied' else ''}say so."
    counted = {row.id: row for row in counting(unit, draft)}
    if recorded.record not in counted:
        return "This version was changed since: what was recorded of what it said before counts for nothing."
    own = [row for row in counted.values() if row.seat == recorded.seat.key and row.act in ("signed", "refused")]
    later = next((row for row in reversed(own) if row.at >= counted[recorded.record].at), None)
    if later is not None:
        return f"The seat itself {later.act} on screen on {moment(later.at)}."
    return "The minutes were recorded anew since."


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/minutes/<uuid:record>/document")
@page(needs=SEE_DRAFT)
def document(visit: Visit, draft_id: UUID, record: UUID) -> ResponseReturnValue:
    """The minutes, to be saved and never opened in the browser, whatever they are."""
    with visit.unit("read signed minutes") as unit:
        name, content = signing.minutes_document(unit, draft_id, record)
    ending = next((f".{kind.ending}" for kind in KINDS if name.endswith(f".{kind.ending}")), "")
    return as_file(content, f"minutes-{record}{ending}", "application/octet-stream")
