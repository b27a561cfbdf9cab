"""The page that says which arrangement is in force here, where it comes from, and how days are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from threefold.domain.sources import FORCE_WORDS, SURE_WORDS
from threefold.governance.decide import Governance
from threefold.governance.drafts import NoSuchPlace
from threefold.governance.in_force import on_day, standings
from threefold.governance.notices import notices_of_use
from threefold.governance.pack import Edition
from threefold.governance.prose import blocks
from threefold.walls.audit import DETAIL
from threefold.work.arrangements.drafting import list_drafts
from threefold.work.arrangements.lateness import can_be_signed_no_more
from threefold.work.arrangements.seat_stands import so_far
from threefold.work.arrangements.signing import before_their_seats, not_signed_in_time
from threefold.work.arrangements.stories import on_record
from threefold.work.arrangements.web.days import COLOURS, DayAsked, day_page, public
from threefold.work.people.access import EVERYONE, declare
from threefold.work.people.web import Visit, add_navigation, asked, current_visit, note_refusal, page, render, services

blueprint = Blueprint("arrangements", __name__, template_folder="templates")
blueprint.add_app_template_filter(blocks, "in_blocks")
SEE_ARRANGEMENT = declare("see the arrangement", EVERYONE).act
add_navigation("Arrangement", "arrangements.arrangement", needs=SEE_ARRANGEMENT, order=80)


@blueprint.errorhandler(NoSuchPlace)
def not_in_the_draft(error: NoSuchPlace) -> ResponseReturnValue:
    """A line that somebody removed or renamed meanwhile: whoever may see the draft is told so, and led back to it."""
    note_refusal(current_visit(), error)
    args = request.view_args or {}
    draft = {"href": f"/b/{args['slug']}/arrangement/drafts/{args['draft_id']}", "text": "Back to the draft"}
    return render(
        "threefold/error.html",
        title="Not in this draft",
        status=404,
        sentences=[error.sentence],
        action=draft,
        kept_here=True,
        to_copy=True,
    )


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule as a person reads of it: what it does, and where that comes from."""

    use: str
    title: str
    summary: str
    source: str
    force: str
    sure: str
    local: tuple[str, ...] = ()


@blueprint.get("/b/<slug>/arrangement")
@page(needs=SEE_ARRANGEMENT, staff=True)
def arrangement(visit: Visit) -> ResponseReturnValue:
    """What is in force today, what is being prepared, and every version; or, asked for a day, what was in force on it."""
    governance, form = services().governance, asked(DayAsked)
    with visit.unit("see the arrangement") as unit:
        record = on_record(unit)
        listed = list_drafts(unit) if visit.may("see a draft of the arrangement") else []
        drafts = [draft for draft in listed if draft.state != "given_up"]
        waiting = any(draft.state == "signing" for draft in drafts)
        late = not_signed_in_time(unit) if waiting else {}
        asked_of = list(before_their_seats(unit)) if waiting else []
        signed = {draft.id: so_far(stands) for draft, stands in asked_of}
        overtaken = {draft.id: why for draft, _ in asked_of if (why := can_be_signed_no_more(unit, draft))}
        unit.audit("arrangement read", "arrangement", kind=DETAIL)
    home = f"/b/{visit.body.slug}/arrangement"
    if form.sent:
        found = on_day(governance, record, form["on"], visit.today) if form.valid else None
        return day_page(form, found, {r.version.version: f"{home}/versions/{r.version.version}" for r in record}, back=home)
    shown = standings(record, visit.today)
    today = on_day(governance, record, visit.today, visit.today)
    edition = next((e for e in governance.editions if e.title == today.law), None)
    installed = governance.catalogue.rules
    gone = sorted({use.rule for use in (today.version.uses if today.version else ()) if (use.rule, use.major) not in installed})
    ends = dict.fromkeys(
        notice.sentence
        for use in (today.version.uses if today.version else ())
        for notice in notices_of_use(governance.catalogue, use)
        if notice.whose == "arrangement"
    )
    return render(
        "arrangements/arrangement.html", title="Arrangement", gone=gone, ends=list(ends), home=home, form=form, today=today, shown=shown[::-1], colours=COLOURS,
        current=next((s for s in shown if s.version is today.version), None), law=rules_of(governance, edition) if edition else [],
        published=public(visit.body.id), may_publish=visit.may("publish the arrangement"), drafts=drafts, late=late, overtaken=overtaken, signed=signed, put_aside=[draft for draft in listed if draft.state == "given_up"],
        may=visit.may("prepare a change of the arrangement"), done={"given_up": "The draft is put aside. Its record stays."},
    )  # fmt: skip


def rules_of(governance: Governance, pack: Edition) -> list[RuleShown]:
    """The rules of an edition of the law, in the words of their own cards."""
    shown = []
    for use in pack.uses:
        rule = governance.catalogue.rules.get((use.rule, use.major))
        if rule is None:
            why = "This rule is not installed here, so what it says cannot be worked out."
            shown.append(RuleShown(use.use, use.rule, why, "", "", ""))
            continue
        card, source = rule.card, rule.card.source
        shown.append(RuleShown(
            use.use, governance.catalogue.called(rule), card.summary, source.ref, FORCE_WORDS[source.force], SURE_WORDS[source.sure], cited(use.settings),
        ))  # fmt: skip
    return shown


def cited(settings: Any) -> tuple[str, ...]:
    """The sources that the body's own settings of a rule name, each once."""
    found: list[str] = []
    if isinstance(settings, Mapping):
        source = settings.get("source")
        if isinstance(source, Mapping) and source.get("ref"):
            found.append(str(source["ref"]))
        for value in settings.values():
            found += cited(value)
    elif isinstance(settings, list | tuple):
        for value in settings:
            found += cited(value)
    return tuple(dict.fromkeys(found))
