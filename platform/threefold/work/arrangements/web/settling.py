"""Checking a draft, sending it to the partners to sign, and signing it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from threefold.domain.errors import ThreefoldError
from threefold.governance.comparison_words import joined
from threefold.governance.drafts import Content
from threefold.governance.in_force import for_a_time
from threefold.governance.remark import LEFT_OUT, Remark
from threefold.walls.session import Unit
from threefold.work.arrangements import asking, drafting, lateness, signing
from threefold.work.arrangements.followed import follows_another
from threefold.work.arrangements.publishing import made_lasting, since
from threefold.work.arrangements.stories import versions
from threefold.work.arrangements.voided import had_signed, last_answer
from threefold.work.arrangements.web.history import differences_in_words
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.mending import mended_by
from threefold.work.arrangements.web.reasons import reason_for, reasons_in, sent_by_another
from threefold.work.arrangements.web.sending import SENT, how_soon, last_day_to_sign, sent_words
from threefold.work.arrangements.web.shown import (
    ACTS,
    PREPARE,
    SEE_DRAFT,
    address,
    body_of,
    leave,
    may_change,
    with_items,
)
from threefold.work.people.access import EVERYONE, LOCAL_STAFF, declare
from threefold.work.people.members import MANAGE
from threefold.work.people.web import (
    Filled,
    Form,
    Visit,
    choice,
    fill,
    long_text,
    page,
    render,
    services,
)  # fmt: skip

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
    "asked": SENT, "signed": "Your signature is on record.", "refused": "The refusal is on record, with its reason.",
    "recorded": "The minutes are on record. Somebody else must check them.", "checked": "The check is on record.",
    "denied": "It is on record that the minutes do not say so. What was recorded from them counts for nothing.",
    "entered": "Every seat has signed. The version is on record.",
}  # fmt: skip
MOST_TOLD = 12  # differences on the page of signatures; the comparison has them all
CONFIRM = "source to confirm"  # how a source is told that nobody has held against its page yet
# What other capabilities say beside the signatures of a draft, such as which reminders went out: sentences, each one statement.
# Given the seats that have answered.
beside_signatures: list[Callable[[Unit, drafting.Draft, Collection[str]], list[str]]] = []


class Sign(Form):
    seat = choice("For which seat do you sign?", {}, missing="Select the seat")
    answer = choice("Do you sign this version?", {"sign": "Yes, I sign exactly what it says", "refuse": "No, I do not sign it"},
                    missing="Select whether you sign")  # fmt: skip
    reason = long_text("If not, why?", required=False, optional=False, rows=3,
                       hint="Everybody who may read this draft reads it beside your seat: who prepares it, the other seats that sign, and the people of this body.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A remark with the page that mends it, and others that belong to it: each an address and its words."""

    remark: Remark
    words: str
    colour: str
    href: str
    mends: str
    more: tuple[tuple[str, str], ...] = ()


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/check")
@page(needs=SEE_DRAFT)
def check(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("check a draft of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        remarks = asking.said_of(unit, services().governance, found, body_of(visit))
        parts = asking.new_and_before(unit, services().governance, found, remarks, body_of(visit))
    base = address(visit, draft_id)
    said, before = ([_said(r, found.content, base) for r in part] for part in parts)
    return render("arrangements/check.html", title="Check the draft", caption=found.title, back=base, base=base, said=said, before=before, may=visit.may(PREPARE) and may_change(found), ended=None if may_change(found) else found.state,
                  stops=sum(1 for s in said if s.remark.stops), reasons=sum(1 for s in said if s.remark.effect == "needs_reason"), unread=any(s.remark.unread for s in said),
                  unconfirmed=[any(CONFIRM in one.remark.paragraph for one in part) for part in (said, before)])  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/ask", methods=["GET", "POST"])
@page(needs=PREPARE)
def ask(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    """Send the draft to the partners to sign; what departs from guidance is given its reason, which is published."""
    with visit.unit("send a draft to be signed") as unit:
        found = drafting.see_draft(unit, draft_id)
        said = asking.said_of(unit, services().governance, found, body_of(visit))
        new, old = asking.new_and_before(unit, services().governance, found, said, body_of(visit))
        seats, held = asking.who_signs(unit, found), {c.seat for c in unit.staff()}
        organisations = asking.organisation_names(unit, found)
        given, unclear = asking.reasons_before(unit, services().governance, found, said, body_of(visit))
        interrupted, from_lasting = made_lasting(services().governance, versions(unit), found.arrangement)
        till = for_a_time(found.arrangement, versions(unit), unit.today)
        for_another = asking.who_signs_for_another(unit, found)
    base = address(visit, draft_id)
    typed: MultiDict[str, str] = request.form if request.method == "POST" else g.get("held") or MultiDict()
    if found.state == "signing":  # sent already, perhaps by pressing twice
        sent = {" ".join(reason.split()) for reason in given.values()}
        other = [words for words in reasons_in(typed) if " ".join(words.split()) not in sent]
        if other:
            return sent_by_another(base, other)
        return redirect(f"{base}/sign{'?done=asked' if request.method == 'POST' else ''}", 303)
    if not may_change(found):
        return leave(found, f"{base}/sign")
    departs = {reason_for(r): r for r in said if r.effect == "needs_reason"}
    which = [f" ({no} of {len(departs)})" if len(departs) > 1 else "" for no in range(1, len(departs) + 1)]
    asked = {
        name: long_text(f"{'Why is it a partner no longer?' if r.key.startswith(LEFT_OUT) else 'Why do you depart from guidance here?'}{which[no]}", hint=f"{r.sentence} ({r.paragraph}) The reason is published.",
                                  missing=f"Enter the reason{which[no]}; it is published", rows=3)
        for no, (name, r) in enumerate(departs.items())
    }  # fmt: skip
    form = fill(
        Form.from_dict(dict(asked)),
        seen_no=found.no,
        initial={name: given.get(r.known_by, "") for name, r in departs.items()},
    )
    if form.sent and form.seen_no and form.seen_no < found.no and not form.valid:
        form.general.append(asking.CHANGED)  # beside what else is to be put right
    if form.valid:
        reasons = {r.known_by: form[name] for name, r in departs.items()}
        try:
            with form.refusals(), visit.unit("send a draft to be signed") as unit:
                asking.ask_for_signatures(unit, services().governance, draft_id, reasons, body_of(visit), form.seen_no)
                return redirect(f"{base}/sign?done=asked", 303)
        except asking.SentAlready:
            return redirect(request.full_path, 307)  # the same form once more: answered as one that came a moment later
    form.seen_no = found.no  # what is shown now
    stops = [_said(r, found.content, base) for r in said if r.stops]
    gone = reasons_in(typed, beside=() if stops else asked)
    leaves = asking.taken_out(str(found.content["note"]), said)
    return render("arrangements/ask.html", gone=gone, leaves=leaves, unclear=unclear, to_copy=bool(stops), title="Send it to the partners to sign", caption=found.title, form=form, back=f"{base}/sign", base=base, draft=found,
                  stops=stops, names=list(asked), for_another=for_another,
                  seats=seats, organisations=organisations, nobodys={seat.key for seat in seats} - held, new=_stay(new), old=_stay(old),
                  for_a_time=till, interrupted=interrupted, from_lasting=from_lasting, arrangement=found.arrangement, last_day=last_day_to_sign(found), soon=how_soon(visit.today, found.arrangement.begins), today=visit.today)  # fmt: skip


def _stay(said: list[Remark]) -> int:
    """How many things the check says that are neither mended nor given a reason here, and stay as they are."""
    return sum(1 for remark in said if not remark.stops and remark.effect != "needs_reason")


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/sign", methods=["GET", "POST"])
@page(needs=SEE_DRAFT, fresh=True)
def sign(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("see who has signed") as unit:
        found = drafting.see_draft(unit, draft_id)
        stands, staff = signing.standing(unit, found), unit.staff()
        said_before, for_another = (
            signing.everything_said(unit, found),
            asking.who_signs_for_another(unit, found) if found.state != "entered" else [],
        )
        beside = [
            line
            for told in beside_signatures
            for line in told(unit, found, {s.seat.key for s in stands if s.state in ("signed", "refused")})
        ]
        passed = found.state == "signing" and lateness.is_late(unit, found)
        not_begun = lateness.not_begun(unit, found, signing.missing(stands)) if passed else None
        never = lateness.can_be_signed_no_more(unit, found)
        unreadable = [] if passed or never else lateness.unreadable(services().governance, found)
        followed = None if passed or never or unreadable else follows_another(unit, found, stands)
        signed_before = had_signed(unit, found)
        theirs = last_answer(unit, found, {s.seat.key for s in stands if s.state == "missing"} & visit.actor.seats)
        gone = [organisation.name for organisation, _ in asking.left_out(unit, found)]
        interrupted, from_lasting = made_lasting(services().governance, versions(unit), found.arrangement)
        till = for_a_time(found.arrangement, versions(unit), unit.today)
        differences = (
            since(services().governance, versions(unit), found.arrangement, beside=("begins",))
            if found.state == "signing"
            else ()
        )
    base = address(visit, draft_id)
    nobodys = {s.seat.key for s in stands} - {c.seat for c in staff}
    own = {s.seat.key: s.seat.title for s in stands if s.seat.key in visit.actor.seats}
    deputy_of = [s.seat.title for s in stands if s.seat.deputy in visit.actor.seats and s.seat.key not in own]
    form = fill(with_items(Sign, "seat", own), initial=only_one(own))
    form.only_with("reason", "answer", "refuse", "to sign exactly what it says")  # a yes on a condition is none
    changed = changed_since(form, found)
    if changed:  # their answer was about another content: it is asked again
        form.values["answer"] = ""
    asked_no_more = "" if own or not form.sent else _asked_no_more(visit, found, for_another)
    if form.sent and not own and not asked_no_more:  # the page asks nothing of whoever holds no seat of it
        raise ThreefoldError(
            "Only the person who holds a seat can sign for it. A deputy does not sign in its place.", field="seat"
        )
    if asked_no_more:
        form.not_asked(asked_no_more)
    if form.valid:
        seen = request.form.get("signed_hash", "")
        with form.refusals(), visit.unit("sign for a seat") as unit:
            if form["answer"] == "refuse":
                signing.refuse_draft(unit, draft_id, form["seat"], seen, form["reason"] or "")
                return redirect(f"{base}/sign?done=refused", 303)
            signed = signing.sign_draft(unit, services().governance, draft_id, form["seat"], seen)
            return redirect(f"{base}/sign?done={'entered' if signed.state == 'entered' else 'signed'}", 303)
    open_to_sign = found.state == "signing" and not passed and not never and not unreadable and bool(own)
    unsaid = str(form.values.get("reason") or "").strip() if (form.sent or g.get("held")) and not open_to_sign else ""
    return render(
        "arrangements/sign.html", unsaid=unsaid, to_copy=not open_to_sign, title="Signatures", caption=found.title, form=form, back=base, base=base, draft=found, stands=stands, states=STATES,
        names={c.person_id: c.display_name for c in staff},
        held=own, deputy_of=deputy_of, changed=changed, unreadable=unreadable, for_another=for_another, never=never, followed=followed, may=visit.may(PREPARE), may_check=visit.may(CHECK_MINUTES), me=visit.actor.person_id, passed=passed, not_begun=not_begun,
        done=DONE | {"asked": sent_words(found, nobodys, len(stands))}, last_day=last_day_to_sign(found), signed_before=signed_before,
        missing=signing.missing(stands), arrangement=found.arrangement, said_before=said_before, acts=ACTS, beside=beside, left_out=gone,
        for_a_time=till, interrupted=interrupted, from_lasting=from_lasting, differences=differences, theirs=theirs, since_theirs=differences_in_words(theirs.content, found.content) if theirs else [], most_told=MOST_TOLD, today=visit.today, nobodys=nobodys, may_give=visit.may(MANAGE), seat_titles={s.key: s.title for s in [*found.arrangement.seats, *(one.seat for one in stands)]},
    )  # fmt: skip


def _asked_no_more(visit: Visit, draft: drafting.Draft, for_another: Iterable[tuple[str, str]]) -> str:
    """Why the seat that somebody holds does not sign a draft now, where they had its page open while it still did; else empty."""
    names = {o.key: o.name for o in draft.arrangement.organisations}
    held = [s.organisation for s in draft.arrangement.seats if s.role == "lead" and s.key in visit.actor.seats]
    theirs = {names.get(key, "") for key in held}
    if acting := [
        f"{actor} signs for {other} too, by a delegation that is on record" for actor, other in for_another if other in theirs
    ]:
        return f"Nothing was recorded: your seat is not asked any more. {joined(acting)}."
    return "Nothing was recorded: your seat does not sign this version now." if held else ""


def _said(remark: Remark, content: Content, base: str) -> Said:
    (href, mends), *more = mended_by(remark, content, base)
    return Said(remark, *EFFECTS[remark.effect], href, mends, tuple(more))


def only_one(seats: Mapping[str, str]) -> dict[str, str]:
    """The one seat there is to choose, chosen already."""
    return {"seat": next(iter(seats))} if len(seats) == 1 else {}


CHANGED = "This version was changed since you read it. Read it again; nothing was signed."


def changed_since(form: Filled, found: drafting.Draft) -> str:
    """That what somebody is about to sign is not what they read: told wherever the form was meanwhile, sent or kept. Else empty."""
    saw = form.saw("signed_hash")
    changed = CHANGED if saw and saw != found.signed_hash and found.state == "signing" else ""
    if changed and form.sent:
        form.general.append(changed)
    return changed
