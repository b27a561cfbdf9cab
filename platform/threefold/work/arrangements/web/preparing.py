"""Preparing a change of the arrangement: begin a draft, see it whole, say when it begins, add a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import PackError, ThreefoldError
from threefold.governance import drafts
from threefold.governance.comparison_head import day_in_words
from threefold.governance.drafts import Content, Place
from threefold.governance.notices import ending_words
from threefold.governance.pack import Arrangement, Body, RuleUse
from threefold.plugin_api.arrangement import SEAT_ROLES
from threefold.walls.session import Unit
from threefold.work.arrangements import asking, drafting, lateness, signing
from threefold.work.arrangements.followed import follows_another
from threefold.work.arrangements.stories import versions
from threefold.work.arrangements.voided import had_signed
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.banners import banners
from threefold.work.arrangements.web.elsewhere import rules_used
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.overview import rule_line
from threefold.work.arrangements.web.shown import (
    PREPARE,
    SEE_DRAFT,
    WAYS,
    Choice,
    address,
    ask_unaware,
    body_of,
    catalogue,
    leave,
    may_change,
    names_of,
    titled,
    use_at,
    with_items,
)
from threefold.work.people.form_tokens import came_of_it, first_time
from threefold.work.people.web import (
    Form,
    Visit,
    choice,
    fill,
    page,
    render,
    services,
    text,
)


def _from_what(kinds: Mapping[str, str]) -> Any:
    hints = {"in_force": "The usual way: everything stays as it is but what you change.",
             "other": "Select which below. It takes the place of the rules in force; who takes part stays."}  # fmt: skip
    if "coming" in kinds:
        hints = {"coming": "The usual way: everything stays as it is there but what you change."} | {
            k: v for k, v in hints.items() if k != "in_force"
        }
    return choice("What do you start from?", kinds, hints=hints, missing="Select what you start from")


def _coming(known: tuple[Arrangement, ...], today: date) -> Arrangement | None:
    """The last version that is signed and waits for its day; none of a variation that ends, for what is before it comes back."""
    waiting = [v for v in known if v.begins is not None and v.begins > today and v.until is None]
    return max(waiting, key=lambda v: v.begins or today, default=None)


class Start(Form):
    other = choice("Which version or shared pack?", {}, required=False, as_list=True,
                   hint="Only where you start from an earlier version or a shared pack.")  # fmt: skip
    title = text(
        "What is the arrangement called with this change?",
        hint="The public reads this title once it is published. For example: Multi-agency safeguarding arrangements, from April 2027",
        missing="Enter what the arrangement is called with this change",
    )


@blueprint.route("/b/<slug>/arrangement/drafts/new", methods=["GET", "POST"])
@page(needs=PREPARE)
def start(visit: Visit) -> ResponseReturnValue:
    packs = {f"pack:{name}": f"Shared pack: {pack.title}" for name, pack in services().library.packs.items()}
    with visit.unit("prepare a change of the arrangement") as unit:
        known = versions(unit)
    offered = {f"version:{v.version}": f"Version: {v.title}" for v in reversed(known)}
    elsewhere = _elsewhere(visit)
    items = {**elsewhere, **offered, **dict(sorted(packs.items(), key=lambda p: p[1]))}
    start = {"base": "other", "other": next(iter(elsewhere))} if elsewhere else {}
    coming = _coming(known, visit.today)
    kinds = {
        "in_force": "What is in force",
        "default": "What the law asks for, and nothing else",
        "other": "An earlier version, or a shared pack",
    }
    _, now, _ = services().governance.pin(known, visit.today)
    if now is not None and now.until is not None:
        kinds["in_force"] = (
            f"What is in force: a temporary variation that ends on {day_in_words(now.until)}. What it changes would then stay"
        )
    if coming is not None and coming.begins is not None:
        kinds = {"coming": f"“{coming.title}”, which is signed and begins on {day_in_words(coming.begins)}",
                 "in_force": "What is in force today: what that version changes would be left out"} | {k: v for k, v in kinds.items() if k != "in_force"}  # fmt: skip
    usual = {"base": "coming" if coming is not None else "in_force"} if known else {}
    asked = {"base": _from_what(kinds), **with_items(Start, "other", items)._declared_fields}
    form = fill(Form.from_dict(asked), initial=start or usual)
    form.only_with("other", "base", "other", "to start from what is chosen above")
    if form.sent and form.values["base"] == "other" and not form.values["other"]:
        form.errors["other"] = "Select which version or shared pack"
    if form.valid:
        base = form["other"] if form["base"] == "other" else form["base"]
        base = f"version:{coming.version}" if base == "coming" and coming is not None else base
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            if begun := first_time(unit, form.token, "begin_draft"):  # sent twice
                return redirect(f"{address(visit, UUID(begun))}?done=begun", 303)
            content, what = _content(visit, unit, known, base, form["title"])
            draft = drafting.start_draft(unit, content, what)
            came_of_it(unit, form.token, str(draft.id))
            return redirect(f"{address(visit, draft.id)}?done=begun", 303)
    return render("arrangements/start.html", title="Prepare a change", form=form, back=f"/b/{visit.body.slug}/arrangement")


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>")
@page(needs=SEE_DRAFT)
def draft(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("see a draft of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        first = drafting.content_at(unit, draft_id, 1)
        changes, names = drafting.revisions(unit, draft_id)[:5], names_of(unit)
        said = asking.said_of(unit, services().governance, found, body_of(visit))
        new, _ = asking.new_and_before(unit, services().governance, found, said, body_of(visit))
        stands = signing.standing(unit, found) if found.state == "signing" else []
        missing, never = signing.missing(stands), lateness.can_be_signed_no_more(unit, found)
        never = never or lateness.unreadable(services().governance, found)
        not_begun = lateness.not_begun(unit, found, missing) if stands and lateness.is_late(unit, found) else None
        followed = None if not_begun or never else follows_another(unit, found, stands)
        signed_before = had_signed(unit, found)
        corrects = found.arrangement.corrects
        corrected = next((v.title for v in versions(unit) if v.version == corrects), corrects) if corrects else ""
    return render(
        "arrangements/draft.html", title=found.title, back=f"/b/{visit.body.slug}/arrangement", draft=found, base=address(visit, draft_id),
        rules=[rule_line(found.content, use, first) for use in found.content["uses"]], ways=WAYS, changes=changes, names=names, put_aside=drafting.PUT_ASIDE,
        stops=[r.sentence for r in said if r.stops], remarks=len(said), new=len(new), may=visit.may(PREPARE), done=banners(found.content), arrangement=found.arrangement,
        seat_roles=SEAT_ROLES, corrected=corrected, missing=missing, signed_before=signed_before, never=never, not_begun=not_begun, followed=followed, refused=[s for s in stands if s.state == "refused"], today=visit.today,
    )  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/rules/add", methods=["GET", "POST"])
@page(needs=PREPARE)
def add_rule(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    """The catalogue: what each rule does in plain words, its source, its owner, when it is due for review, who uses it."""
    base = address(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        found, known = drafting.see_draft(unit, draft_id), versions(unit)
    if not may_change(found):
        return leave(found, base)
    offered = catalogue(rules_used(visit, known))
    most = _kept_by_most(offered)
    there = {f"{use['rule']}@{use['major']}" for use in found.content["uses"]}
    hints = {
        c.value: f"{'This draft has it already: adding it makes another beside it. ' if c.value in there else ''}{c.ends} {c.older} {c.summary} Source: {c.source}. {'' if (c.owner, c.review_by) == most else _kept(c.owner, c.review_by)}"
        f"Used by {c.used_by} {'area' if c.used_by == 1 else 'areas'}.".strip()
        for c in offered
    }
    asked = choice("Which rule do you add?", {c.value: c.title for c in offered}, hints=hints, missing="Select a rule")
    form = fill(Form.from_dict({"rule": asked}), initial={"rule": request.args.get("rule")}, seen_no=found.no)
    ask_unaware(found, form)
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            if added := first_time(unit, form.token, "add_rule", draft_id):  # sent twice
                return redirect(f"{base}/line/{added}?done=added", 303)
            name, _, major = str(form["rule"]).rpartition("@")
            rule = services().governance.catalogue.get(name, int(major))
            if form.seen_no and form["rule"] in there - _rules_at(unit, draft_id, form.seen_no):
                raise PackError(
                    f"Somebody added “{rule.card.title}” while you were choosing, and it is in the draft already: yours was not added. To add "
                    "another beside it, press the button once more. To go to theirs, go back to the draft."
                )
            where: list[Place] = []

            def edit(now: Content) -> Content:
                made, place = drafts.add_rule(now, name, int(major), lines.begins_with(rule.Config))
                where.append(place)
                return made

            drafting.change_draft(unit, draft_id, f"rule added: {rule.card.title}", edit)
            came_of_it(unit, form.token, "/".join(where[-1]))
            return redirect(f"{base}/line/{'/'.join(where[-1])}?done=added", 303)
    form.seen_no = found.no  # what is shown now
    return render(
        "arrangements/catalogue.html",
        title="Add a rule",
        caption=found.title,
        draft=found,
        form=form,
        back=base,
        offered=offered,
        kept=_kept(*most) if most else "",
    )


def _rules_at(unit: Unit, draft_id: UUID, seen_no: int) -> set[str]:
    """The rules of a draft as it was at a revision, each with its major."""
    return {f"{use['rule']}@{use['major']}" for use in drafting.content_at(unit, draft_id, seen_no)["uses"]}


def _kept(owner: str, review_by: date) -> str:
    return f"Kept by: {owner}. Due for review on {review_by.day} {review_by:%B %Y}. "


def _kept_by_most(offered: Iterable[Choice]) -> tuple[str, date] | None:
    """Who keeps most of the rules that are offered, and until when: said once above them. None where it is so of few."""
    most = Counter((c.owner, c.review_by) for c in offered).most_common(1)
    return most[0][0] if most and most[0][1] > 2 else None


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/rules/major/<use>", methods=["GET", "POST"])
@page(needs=PREPARE)
def major(visit: Visit, draft_id: UUID, use: str) -> ResponseReturnValue:
    """Another major of a rule that the draft uses. Its settings stay; what that major does not have is left out, and said.

    A rule of which the draft's own major is not installed is mended here too.
    """
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
    base, now, installed = address(visit, draft_id), use_at(found.content, use), services().governance.catalogue
    if not may_change(found):
        return leave(found, base)
    rules = {str(m): installed.rules[now["rule"], m] for m in installed.majors(now["rule"])}
    here = str(now["major"]) in rules
    hints = {m: f"{ending_words(r.card)} {r.card.summary}".strip() for m, r in rules.items()}
    asked = choice("Which version of this rule do you use?", {m: f"Version {m}" for m in rules}, hints=hints,
                   missing="Select a version")  # fmt: skip
    form = fill(Form.from_dict({"major": asked}), initial={"major": str(now["major"])} if here else None)
    ask_unaware(found, form)
    if form.valid:
        wanted = rules[str(form["major"])]
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            left_out = drafting.use_major(unit, draft_id, use, wanted.card.major, lines.named(wanted.Config))
            return redirect(f"{base}/line/rules/{use}?done={'fewer' if left_out else 'saved'}", 303)
    return render("arrangements/major.html", title=f"Version of “{titled(found.content, ('rules', use))}”", caption=found.title, form=form, base=base, use=now,
                  here=here, draft=found, offered=rules, back=f"{base}/line/rules/{use}" if here else base)  # fmt: skip


def _content(visit: Visit, unit: Unit, known: tuple[Arrangement, ...], base: str, title: str) -> tuple[Content, str]:
    kind, _, name = base.partition(":")
    version = drafting.free_version(unit, None)
    body = services().library.bodies.get(visit.body.slug)
    if kind == "in_force":
        _, current, _ = services().governance.pin(known, visit.today)
        if current is None:
            raise ThreefoldError(
                "No version is known to be in force today. Start from one of the versions, or from what the law asks for.",
                field="base",
            )
        return drafts.begin_from(current, version, title), f"begun from what is in force: {current.title}"
    if kind == "version":
        chosen = next(v for v in known if v.version == name)
        return drafts.begin_from(chosen, version, title), f"begun from the version: {chosen.title}"
    if known:
        last = known[-1]
        empty = drafts.begin_from(last, version, title) | {"uses": [], "closures": []}
    elif body is not None:
        empty = drafts.begin_empty(body, (), version, title)
    else:
        raise ThreefoldError(
            "Nothing is known of who takes part here. Ask the platform’s operator to load this body.", field="base"
        )
    if kind == "pack":
        pack = services().library.packs[name]
        return empty | {"uses": _stored(pack.uses)}, f"begun from the shared pack: {pack.title}"
    if kind == "elsewhere":
        other, theirs = _named(name)
        return empty | {"uses": _stored(theirs.uses)}, f"begun from the rules of {other.name}: {theirs.title}"
    return empty, "begun from what the law asks for"


def _elsewhere(visit: Visit) -> dict[str, str]:
    """The version of another area that the address asks to begin from, as one more thing to choose."""
    name = request.args.get("from", "")
    body, _, version = name.partition("/")
    found = services().library.bodies.get(body)
    theirs = next((v for v in found.versions if v.version == version), None) if found else None
    if found is None or theirs is None or body == visit.body.slug or found.kind != visit.body.kind:
        return {}
    return {f"elsewhere:{name}": f"The rules of {found.name}: {theirs.title}"}


def _named(name: str) -> tuple[Body, Arrangement]:
    body, _, version = name.partition("/")
    found = services().library.bodies[body]
    return found, next(v for v in found.versions if v.version == version)


def _stored(uses: Iterable[RuleUse]) -> list[dict[str, Any]]:
    """Rule uses as a draft stores them."""
    return [
        {"use": u.use, "rule": u.rule, "major": u.major, "settings": u.plain, "layers": list(u.layers), "file": u.file}
        for u in uses
    ]
