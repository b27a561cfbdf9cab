"""Checking a draft, comparing it, signing it, recording minutes, and taking it out and in as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import ThreefoldError
from threefold.governance import drafts
from threefold.governance.comparison import compare, grouped
from threefold.governance.drafts import Content, Remark
from threefold.governance.pack import Arrangement, Pack
from threefold.governance.pack_export import to_toml
from threefold.governance.pack_import import read_pack
from threefold.walls.session import Unit
from threefold.work.arrangements import drafting, signing
from threefold.work.arrangements.stories import versions
from threefold.work.arrangements.web.main import SEE_ARRANGEMENT, blueprint
from threefold.work.arrangements.web.shown import PREPARE, address, body_of, names_of
from threefold.work.people.access import EVERYONE, LOCAL_STAFF, declare
from threefold.work.people.web import Form, Visit, choice, day, fill, long_text, page, render, services, takes_a_document, text

SIGN = declare("sign for a seat", EVERYONE).act
CHECK_MINUTES = declare("check minutes that another recorded", LOCAL_STAFF).act
EFFECTS = {
    "mend": ("To mend", "red"), "refused": ("The law does not allow this", "red"), "needs_reason": ("Needs a reason that is published", "yellow"),
    "warned": ("Warning", "yellow"), "noted": ("Noted", "grey"),
}  # fmt: skip
STATES = {
    "signed": ("Signed", "green"), "refused": ("Refused", "red"), "unchecked": ("Recorded from minutes, to be checked", "yellow"),
    "missing": ("Not signed yet", "yellow"),
}  # fmt: skip
DONE = {
    "asked": "The draft is before its seats.", "signed": "Your signature is on record.", "refused": "The refusal is on record, with its reason.",
    "recorded": "The minutes are on record. Somebody else must check them.", "checked": "The check is on record.",
    "entered": "Every seat has signed. The version begins on its day by itself.",
}  # fmt: skip
MOST_FILE = 512 * 1024


class Minutes(Form):
    seat = choice("Whose signature do the minutes hold?", {}, missing="Select whose signature it is")
    day = day("Day of the meeting", missing="Enter the day of the meeting")
    where = text(
        "Which minutes?",
        hint="The meeting and the item, such as: Executive, item 4.",
        missing="Enter which minutes",
        longest=300,
    )


class Sign(Form):
    seat = choice("For which seat do you sign?", {}, missing="Select the seat")
    answer = choice("Do you sign this version?", {"sign": "Yes, I sign exactly what it says", "refuse": "No, I do not sign it"},
                    missing="Select whether you sign")  # fmt: skip
    reason = long_text("If not, why?", required=False, hint="It is shown to who prepares the draft.", rows=3)


@dataclass(frozen=True, slots=True)
class Said:
    """A remark with the page that mends it."""

    remark: Remark
    words: str
    colour: str
    href: str
    mends: str


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/check")
@page(needs=SEE_ARRANGEMENT)
def check(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("check a draft of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
    base = address(visit, draft_id)
    said = [
        _said(r, found.content, base) for r in drafts.remarks(services().governance, found.content, visit.today, body_of(visit))
    ]
    return render("arrangements/check.html", title="Check the draft", back=base, base=base, said=said, may=visit.may(PREPARE),
                  stops=sum(1 for s in said if s.remark.stops))  # fmt: skip


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/compare")
@page(needs=SEE_ARRANGEMENT)
def compare_draft(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    """The draft beside what is in force, another version, another area, or a shared pack: in words."""
    own = services()
    with visit.unit("compare a draft of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        known = versions(unit)
        unit.audit("draft compared", f"draft:{draft_id}")
    offered = _comparable(known, visit)
    chosen = request.args.get("with", "") if request.args.get("with", "") in offered else next(iter(offered), "")
    words, other = offered.get(chosen, ("", None))
    wrong, differences = "", []
    if other is not None:
        try:
            differences = grouped(compare(own.governance.catalogue, other, found.arrangement))
        except ThreefoldError as error:
            wrong = error.sentence
    return render("arrangements/compare.html", title="Compare the draft", back=address(visit, draft_id), offered={k: w for k, (w, _) in offered.items()},
                  chosen=chosen, words=words, differences=differences, wrong=wrong, draft=found)  # fmt: skip


def _comparable(known: tuple[Arrangement, ...], visit: Visit) -> dict[str, tuple[str, Arrangement | Pack]]:
    """What a draft can be held beside, what is in force first."""
    own = services()
    _, current, _ = own.governance.pin(known, visit.today)
    found: dict[str, tuple[str, Arrangement | Pack]] = (
        {"in-force": (f"What is in force: {current.title}", current)} if current else {}
    )
    found |= {f"version:{v.version}": (f"Version: {v.title}", v) for v in reversed(known) if v is not current}
    found |= {
        f"body:{b.id}/{v.version}": (f"{b.name}: {v.title}", v)
        for b in sorted(own.library.bodies.values(), key=lambda b: b.name)
        for v in b.versions
        if b.id != visit.body.slug and b.kind == visit.body.kind
    }
    return found | {f"pack:{name}": (f"Shared pack: {pack.title}", pack) for name, pack in own.library.packs.items()}


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/ask", methods=["GET", "POST"])
@page(needs=PREPARE)
def ask(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    """Put the draft before its seats; what departs from guidance is given its reason, which is published."""
    with visit.unit("put a draft before its seats") as unit:
        found = drafting.see_draft(unit, draft_id)
    base = address(visit, draft_id)
    said = drafts.remarks(services().governance, found.content, visit.today, body_of(visit))
    departs = [r for r in said if r.effect == "needs_reason"]
    asked = {
        f"reason-{no}": long_text("Why do you depart from guidance here?", hint=f"{r.sentence} ({r.paragraph}) The reason is published.",
                                  missing="Enter the reason; it is published", rows=3)
        for no, r in enumerate(departs)
    }  # fmt: skip
    form = fill(Form.from_dict(dict(asked)))
    if form.valid:
        reasons = {r.key: form[f"reason-{no}"] for no, r in enumerate(departs)}
        with form.refusals(), visit.unit("put a draft before its seats") as unit:
            signing.ask_for_signatures(unit, services().governance, draft_id, reasons, body_of(visit))
            return redirect(f"{base}/sign?done=asked", 303)
    return render("arrangements/ask.html", title="Put it before its seats", form=form, back=f"{base}/sign", base=base, draft=found,
                  stops=[_said(r, found.content, base) for r in said if r.stops], names=list(asked),
                  seats=signing.signing_seats(found.arrangement))  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/sign", methods=["GET", "POST"])
@page(needs=SEE_ARRANGEMENT, fresh=True)
def sign(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("see who has signed") as unit:
        found = drafting.see_draft(unit, draft_id)
        stands, names = signing.standing(unit, found), names_of(unit)
        passed = _day_passed(unit, found)
    base = address(visit, draft_id)
    own = {s.seat.key: s.seat.title for s in stands if s.seat.key in visit.actor.seats}
    form = fill(_offering(Sign, "seat", own))
    if form.valid:
        seen = request.form.get("signed_hash", "")
        with form.refusals(), visit.unit("sign for a seat") as unit:
            if form["answer"] == "refuse":
                signing.refuse_draft(unit, draft_id, form["seat"], seen, form["reason"] or "")
                return redirect(f"{base}/sign?done=refused", 303)
            signed = signing.sign_draft(unit, services().governance, draft_id, form["seat"], seen)
            return redirect(f"{base}/sign?done={'entered' if signed.state == 'entered' else 'signed'}", 303)
    return render(
        "arrangements/sign.html", title="Signatures", form=form, back=base, base=base, draft=found, stands=stands, states=STATES, names=names,
        held=own, may=visit.may(PREPARE), may_check=visit.may(CHECK_MINUTES), me=visit.actor.person_id, done=DONE, passed=passed,
        missing=[s.seat.title for s in stands if s.state != "signed"], arrangement=found.arrangement,
    )  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/minutes", methods=["GET", "POST"])
@takes_a_document(signing.MOST_DOCUMENT)
@page(needs=PREPARE, fresh=True)
def minutes(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("record signed minutes") as unit:
        found = drafting.see_draft(unit, draft_id)
    base = address(visit, draft_id)
    seats = {s.key: s.title for s in signing.signing_seats(found.arrangement)}
    form = fill(_offering(Minutes, "seat", seats))
    if form.valid:
        sent = request.files.get("document")
        document = (sent.filename or "minutes", sent.stream.read(signing.MOST_DOCUMENT + 1)) if sent and sent.filename else None
        with form.refusals(), visit.unit("record signed minutes") as unit:
            seen = request.form.get("signed_hash", "")
            signing.record_minutes(unit, draft_id, form["seat"], seen, form["day"], form["where"], document)
            return redirect(f"{base}/sign?done=recorded", 303)
    return render(
        "arrangements/minutes.html", title="Record a signature from minutes", form=form, back=f"{base}/sign", draft=found
    )


@blueprint.post("/b/<slug>/arrangement/drafts/<uuid:draft_id>/minutes/<uuid:record>/check")
@page(needs=CHECK_MINUTES, fresh=True)
def check_minutes(visit: Visit, draft_id: UUID, record: UUID) -> ResponseReturnValue:
    with visit.unit("check minutes that another recorded") as unit:
        signed = signing.check_minutes(unit, services().governance, draft_id, record)
    return redirect(f"{address(visit, draft_id)}/sign?done={'entered' if signed.state == 'entered' else 'checked'}", 303)


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/minutes/<uuid:record>/document")
@page(needs=SEE_ARRANGEMENT)
def document(visit: Visit, draft_id: UUID, record: UUID) -> ResponseReturnValue:
    """The minutes, to be saved and never opened in the browser, whatever they are."""
    with visit.unit("read signed minutes") as unit:
        _, content = signing.minutes_document(unit, draft_id, record)
    return _as_file(content, f"minutes-{record}", "application/octet-stream")


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/export")
@page(needs=SEE_ARRANGEMENT, fresh=True)
def export(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("export a draft of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        unit.audit("draft exported", f"draft:{draft_id}")
    return _as_file(to_toml(found.arrangement).encode(), f"{found.arrangement.version}.toml", "application/toml")


@blueprint.route("/b/<slug>/arrangement/drafts/import", methods=["GET", "POST"])
@page(needs=PREPARE)
def import_(visit: Visit) -> ResponseReturnValue:
    """A file as a draft: what it says is checked as if it had been typed in."""
    form = fill(Form)
    if form.valid:
        sent = request.files.get("file")
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            if not sent or not sent.filename:
                raise ThreefoldError("Select a file. It ends in .toml.", field="file")
            body = services().library.bodies.get(visit.body.slug)
            content = read_pack(sent.stream.read(MOST_FILE + 1), body, drafting.free_version(unit, None))
            draft = drafting.start_draft(unit, content, f"begun from the file {sent.filename[:80]}")
            return redirect(f"{address(visit, draft.id)}?done=begun", 303)
    return render(
        "arrangements/import.html", title="Begin a draft from a file", form=form, back=f"/b/{visit.body.slug}/arrangement"
    )


def _said(remark: Remark, content: Content, base: str) -> Said:
    words, colour = EFFECTS[remark.effect]
    if remark.field in ("begins", "until", "title", "corrects", "area_codes"):
        return Said(remark, words, colour, f"{base}/about", "About this version")
    if remark.field.startswith("rules+"):
        return Said(remark, words, colour, f"{base}/rules/add", "Add a rule")
    if remark.field.startswith("narrative."):
        told = next((u["use"] for u in content["uses"] if u["rule"] == "narrative"), "")
        where = f"{base}/add/rules/{told}/statements" if told else f"{base}/rules/add"
        return Said(remark, words, colour, where, "Say it in a statement" if told else "Add the rule “What is told”")
    place = drafts.place_of(remark.field, content)
    if place and place != ("rules",):
        return Said(remark, words, colour, f"{base}/line/{'/'.join(place)}", "Go to where it is set")
    return Said(remark, words, colour, f"{base}/rules/add", "Add a rule")


def _offering(form: type[Form], name: str, items: Mapping[str, str]) -> type[Form]:
    asked = form().fields[name]
    wanted = choice(asked.metadata["label"], items, missing=str(asked.error_messages["required"]))
    return type(form.__name__, (form,), {name: wanted})


def _day_passed(unit: Unit, found: drafting.Draft) -> str:
    """Why it can be signed no more as it is: its day has come, or is taken; nothing where it can."""
    if found.state != "signing":
        return ""
    try:
        signing.refuse_wrong_day(unit, found.arrangement)
    except ThreefoldError as error:
        return error.sentence
    return ""


def _as_file(content: bytes, name: str, kind: str) -> Response:
    return Response(content, mimetype=kind, headers={
        "Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"})  # fmt: skip
