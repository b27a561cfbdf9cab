"""One received case: the notification, the rapid review, who did not sign and why; replying; linking a duplicate."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.plugin_api.facts import label_of
from threefold.work.incidents.records import CaseDestroyed
from threefold.work.incidents.web import words
from threefold.work.national import keeping, standing_aside, stories
from threefold.work.national.happened import REPLIED, happened
from threefold.work.national.keeping import Received
from threefold.work.national.web import LINK, REPLY, SEE, blueprint
from threefold.work.national.web.desk import COLOURS, REPLIES, WAYS, refuse_elsewhere
from threefold.work.national.web.standing_aside import told_of
from threefold.work.people.web import Form, Visit, choice, fill, long_text, page, render, services, yes_no_unclear

OUTCOMES = {
    "yes": "A local review follows",
    "no": "No local review",
    "not_decided": "Not decided when it was sent",
    "": "Not known yet",
}
FACTOR_VIEWS = {"applies": "applies", "does_not_apply": "does not apply", "unclear": "unclear"}
DONE = {
    "replied": "The reply was sent to the area.",
    "linked": "The link is on record.",
    "unlinked": "The link was taken back.",
    "declared": "The conflict of interest is on record. They see nothing of this case until it is decided.",
    "decided": "The decision is on record.",
}
ASIDE_STATES = {
    "declared": "declared, to be decided",
    "upheld": "upheld: kept out of this case",
    "dismissed": "dismissed: no conflict",
}
NEAR_DAYS = 120
NOT_LINKED = "none"


class Reply(Form):
    view = choice("What does the Panel reply?", {"agree": "It agrees with the partners’ decision", "disagree": "It disagrees", "query": "It has a question"},
                  missing="Select what the Panel replies")  # fmt: skip
    national_review = yes_no_unclear("Will there be a national review?")
    reason = long_text(
        "Reason or question", required=False, hint="Needed unless the Panel agrees. It is sent to the area. Name nobody."
    )


@blueprint.get("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>")
@page(needs=SEE)
def received(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    refuse_elsewhere(visit)
    try:
        return _received(visit, sender, case_ref)
    except CaseDestroyed:
        return _destroyed(visit, sender, case_ref)


def _destroyed(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    """What stays of a received case that was destroyed, and whether something came of it afterwards."""
    with visit.unit("see a received case that was destroyed") as unit:
        line, afterwards = (
            stories.see_what_stays(unit, sender, case_ref),
            keeping.came_afterwards(unit, date.min, Received(sender, case_ref)),
        )
    desk = f"/b/{visit.body.slug}/desk"
    return render("national/gone.html", title=f"{line.sender_name}: {line.reference}", back=desk, line=line, base=f"{desk}/{sender}/{case_ref}",
                  states=stories.STATES, colours=COLOURS, answers=REPLIES, ways=WAYS, afterwards=afterwards)  # fmt: skip


def _received(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    with visit.unit("see a received case") as unit:
        line, notification, report, replies = stories.see_received(unit, sender, case_ref)
        found, names = standing_aside.conflicts(unit, sender, case_ref), {c.person_id: c.display_name for c in unit.staff()}
        told = [
            (
                names.get(c.person_id, "Somebody who left"),
                ASIDE_STATES[c.state],
                standing_aside.may_decide(unit, c),
                c,
                told_of(c.made[:-1], names),
            )
            for c in found
        ]
        time = keeping.until_when(unit, services().governance, Received(sender, case_ref))
        first = stories.first_of(unit, sender, case_ref) if line.linked_to else None
    late = {s["seat"]: s["signed_on"] for s in report.get("signed_later", [])}
    return render(
        "national/received.html", title=f"{line.sender_name}: {line.reference}", back=f"/b/{visit.body.slug}/desk", line=line,
        base=f"/b/{visit.body.slug}/desk/{sender}/{case_ref}", notification=notification, report=report, replies=replies, late=late, words=words,
        states=stories.STATES, colours=COLOURS, answers=REPLIES, outcomes=OUTCOMES, factor_views=FACTOR_VIEWS, factor_words=factor_words,
        done=DONE, conflicts=told, time=time, first=first, names=names, ways=WAYS,
    )  # fmt: skip


def factor_words(factor: str) -> str:
    """A factor's key as words."""
    told = label_of(f"review.considered.{factor}")
    return told[:1].upper() + told[1:]


@blueprint.route("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/reply", methods=["GET", "POST"])
@page(needs=REPLY)
def reply(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    refuse_elsewhere(visit)
    line, what, known = _replies(visit, sender, case_ref)
    base, form = f"/b/{visit.body.slug}/desk/{sender}/{case_ref}", fill(Reply, seen_no=line.no)
    if not line.arrived_on:
        form.not_asked("The rapid review has not arrived yet; there is nothing to reply to.")
    if form.valid:
        with form.refusals(), visit.unit("reply to an area") as unit:
            stories.reply(
                unit, sender, case_ref, form["view"], form["national_review"], form.answers.get("reason") or "", form.token,
                seen_no=form.seen_no,
            )  # fmt: skip
            return redirect(f"{base}?done=replied", 303)
    if form.meanwhile:
        line, what, known = _replies(visit, sender, case_ref)
    unseen = what[form.seen_no or 0 :].count(REPLIED) if form.meanwhile else 0
    form.shows(line.no)
    return render(
        "national/reply.html",
        title=f"Reply to {line.sender_name}",
        form=form,
        back=base,
        line=line,
        unseen=unseen,
        words=words,
        answers=REPLIES,
        ways=WAYS,
        **known,
    )


def _replies(visit: Visit, sender: UUID, case_ref: UUID) -> tuple[stories.DeskLine, list[str], dict[str, Any]]:
    """The case, what happened to it, and what the page shows of that: the replies, who works here, and why it was taken back."""
    with visit.unit("reply to an area") as unit:
        line, notification, _, replies = stories.see_received(unit, sender, case_ref)
        names = {c.person_id: c.display_name for c in unit.staff()}
        why = notification.get("taken_back", {}).get("reason", "")
        return line, happened(unit, sender, case_ref), {"replies": replies, "names": names, "why": why}


@blueprint.route("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/link", methods=["GET", "POST"])
@page(needs=LINK)
def link(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    refuse_elsewhere(visit)
    with visit.unit("link a duplicate") as unit:
        line, *_ = stories.see_received(unit, sender, case_ref)
        every, first = stories.desk(unit), stories.first_of(unit, sender, case_ref)
    here = next(ln for ln in every if (ln.sender_id, ln.case_ref) == (sender, case_ref))
    near = {
        _key(ln): f"{ln.sender_name}: {ln.reference}, notified on {ln.notified_on:%-d %B %Y}{_back(ln)}"
        for ln in sorted(every, key=lambda ln: (ln.case_ref != here.duplicate_case, ln.notified_on))
        if ln.case_ref != case_ref and ln.counts_by_itself and 0 <= (line.notified_on - ln.notified_on).days <= NEAR_DAYS
        and (not ln.taken_back_on or _key(ln) == request.form.get("to_case"))  # chosen before it was: the story says that it was
    }  # fmt: skip
    linked_to = next((key for key in near if line.linked_to and key.endswith(str(line.linked_to))), "")
    base, form = (
        f"/b/{visit.body.slug}/desk/{sender}/{case_ref}",
        fill(_link_form(near), initial={"to_case": linked_to or _suggested(here, near)}),
    )
    if form.valid:
        chosen, now = form["to_case"], str(line.linked_to or "")
        to_case = chosen.partition("_")[2]
        if form.saw("seen") != now and to_case == now:  # sent twice, or another chose the same
            return redirect(f"{base}?done={'linked' if to_case else 'unlinked'}", 303)
        with form.refusals(), visit.unit("link a duplicate") as unit:
            if chosen == NOT_LINKED:
                stories.unlink(unit, sender, case_ref, seen=form.saw("seen"))
                return redirect(f"{base}?done=unlinked", 303)
            stories.link(unit, sender, case_ref, UUID(chosen.partition("_")[0]), UUID(to_case), seen=form.saw("seen"))
            return redirect(f"{base}?done=linked", 303)
    return render(
        "national/link.html", title="Link to the first notification of the same incident", form=form, back=base, here=here,
        first=first, now=line.linked_to or "",
    )  # fmt: skip


def _key(line: stories.DeskLine) -> str:
    return f"{line.sender_id}_{line.case_ref}"


def _back(line: stories.DeskLine) -> str:
    return f", taken back on {line.taken_back_on:%-d %B %Y}" if line.taken_back_on else ""


def _suggested(here: stories.DeskLine, near: dict[str, str]) -> str:
    key = f"{here.duplicate_sender}_{here.duplicate_case}"
    return key if key in near else ""


def _link_form(near: dict[str, str]) -> type[Form]:
    class Link(Form):
        to_case = choice(
            "Which notification came first?", {**near, NOT_LINKED: "None: it stands by itself"}, missing="Select a notification"
        )

    return Link
