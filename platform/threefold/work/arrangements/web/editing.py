"""Changing a draft line by line: a line's form, one more line, a line removed or moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import PackError
from threefold.governance import drafts, questions, wording
from threefold.governance.drafts import Content, NoSuchPlace, Place
from threefold.governance.notices import ending_words
from threefold.plugin_api.conditions import KINDS
from threefold.plugin_api.settings import chosen_in
from threefold.work.arrangements import asked_before, drafting
from threefold.work.arrangements.seats_before import seats_of_others
from threefold.work.arrangements.stale import as_two_changed_it, theirs_of
from threefold.work.arrangements.web import answered, either, lines, offers
from threefold.work.arrangements.web.banners import banners
from threefold.work.arrangements.web.for_all import another, another_of, has_no_lines, order_of, set_for_all
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.once_there import (
    called_as_before,
    parts_of_removed,
    proposed_by_link,
    with_what_is_gone,
)
from threefold.work.arrangements.web.resting import began_with, cited_with, with_their_sources
from threefold.work.arrangements.web.shapes import addable, line_at, sent_before, strange_at
from threefold.work.arrangements.web.shown import (
    PREPARE,
    Row,
    address,
    after,
    apart,
    ask_unaware,
    ended,
    has_lead_seat,
    is_installed,
    may_change,
    one_of,
    origin_words,
    place_in,
    rows_of,
    rule_at,
    schema_of,
    there,
    titled,
    up_from,
)
from threefold.work.arrangements.web.told import brings, told_of, told_of_parts
from threefold.work.arrangements.web.typed import (
    gone,
    keeps_what_was_typed,
    say_what_was_removed,
    theirs_meanwhile,
    was_there,
)
from threefold.work.arrangements.web.whole_rule import wrong_beside
from threefold.work.people.web import (
    Form,
    Visit,
    fill,
    page,
    render,
    services,
)


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/line/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
@keeps_what_was_typed
def line(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """One line of the draft: its questions, and the lists and larger parts within it. For a list: its lines."""
    return _line(visit, draft_id, at)


def _line(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    place, base = place_in(at), address(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        first = drafting.content_at(unit, draft_id, 1)
    content = found.content
    if not may_change(found):
        return _ended(found, place, base)
    if place[0] == "rules" and len(place) > 1 and not is_installed(content, place[1]):
        return redirect(f"{base}/rules/major/{place[1]}", 303)
    strange = strange_at(content, place)
    if any(one.hides for one in strange):
        return redirect(f"{base}/take-out/{place[1]}", 303)
    rule, (schema, is_list) = rule_at(content, place), schema_of(content, place)
    if is_list:
        entries = _entries(content, place)
        return render("arrangements/list.html", title=titled(content, place), caption=found.title, back=up_from(base, place), base=base, at=at,
                      rows=rows_of(content, first, place, entries, with_what_is_gone(visit, draft_id, content, *entries)), done=banners(content, place), one=one_of(place, content), draft=found)  # fmt: skip
    try:
        node = line_at(content, place)
    except NoSuchPlace:
        if _sends() and len(place) > 1 and there(content, place[:-1]) is not None:
            return gone(visit, found, place, schema, base)
        raise
    called = with_what_is_gone(visit, draft_id, content, node)
    shown = lines.initial_of(schema, node, called) | chosen_in(schema, node)
    form = fill(
        Form.from_dict(either.with_choices(schema, lines.form_of(schema, offers.others(called, place, node)))),
        initial=shown,
        seen_no=found.no,
    )
    ask_unaware(found, form)
    saw = was_there(visit, found, form.seen_no, place) if form.sent and form.seen_no and form.seen_no < found.no else node
    if saw is not node and "~" in place[-1] and _one_of_several(visit, found, form.seen_no or 0, place):
        return gone(visit, found, place, schema, base)  # which of those that are called alike was meant is not known any more
    shown_then, refused = (
        lines.initial_of(schema, saw, with_what_is_gone(visit, draft_id, content, saw)) | chosen_in(schema, saw),
        False,
    )
    if form.sent:
        for name in theirs_of(node, either.kinds(schema), form.keep):
            for path in either.of_kind(schema, name):
                form.take(path, shown)
        either.settle(form, schema, shown_then)
        say_what_was_removed(visit, found, form, lambda then: lines.form_of(schema, offers.others(then, place, node)))
    if form.valid:
        values = answered.only_changed(schema, answered.values_of(schema, form.answers, called, {**node, **saw}), called, saw)
        if saw is not node:  # which of two answers is kept is asked before anything is said of what the two make together
            with form.refusals():
                as_two_changed_it(
                    saw, values, node, form.keep, either.labels(schema), either.kinds(schema),
                    lambda line: answered.first_wrong(schema, line), either.by_key(schema),
                )  # fmt: skip
            refused = bool(form.wrong)
    if form.valid:
        saved = either.as_a_whole(schema, saw, node, values)
        wrong = answered.wrong_in(schema, saved, form.schema.fields) | answered.half_said(schema, form.answers, {**node, **saw})
        form.errors |= {name: told for name, told in wrong.items() if name}
        form.general += [told for name, told in wrong.items() if not name]
        if not wrong:
            # What names it may be what was changed, such as the question that is decided, or who a member is.
            in_list = isinstance(drafts.node_at(content, place[:-1]), list) and (place[0] != "rules" or len(place) > 2)
            saved_at = (*place[:-1], drafts.name_of(saved, drafts.index_at(content, place))) if in_list else place
            form.errors |= wrong_beside(rule, drafts.put(content, place, saved), saved_at, form.schema.fields)
        refused = bool(form.wrong) and saw is not node
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            now = drafting.save_line(
                unit, draft_id, place, values, form.seen_no or found.no, titled(content, place), keep=form.keep, labels=either.labels(schema),
                kinds=either.kinds(schema), by_key=either.by_key(schema), wrong=lambda line: answered.first_wrong(schema, line),
                sourced=lambda line, merged: answered.own_source(
                    schema, line, merged, began_with(content, first, place, schema, {**line, **merged})
                ),
                then=lambda made: (
                    with_their_sources(made, first, place, schema, node)
                    if len(place) == 2
                    else cited_with(content, made, first, place)
                ),
            )  # fmt: skip
            done = after(found, now, done=_whose(values.get("source"), there(now.content, saved_at)))
            if (
                questions.is_answered_to(place, node)
                and any(
                    place[3] in one
                    for one in (
                        questions.titles_in((use["settings"] for use in first["uses"]), place[2]),
                        *asked_before.on_record(unit, place[2]),
                    )
                )
                and questions.is_another_question(node["title"], values["title"])
            ):
                heading = titled(now.content, place)
                taken = {key for one in asked_before.ever(unit, draft_id, place[2]) for key in one}
                drafting.change_draft(unit, draft_id, f"asked anew: {heading}", lambda c: questions.asked_anew(c, place, taken))
                done = done if done == "voided" else "anew" if questions.is_question(place) else "found_anew"
            # Of a rule without a line yet, the lines are what comes next, and they are added on its own page.
            back = f"{base}/line/{at}" if len(place) == 2 and has_no_lines(schema, node) else up_from(base, place)
            return redirect(f"{back}?of={quote('/'.join(saved_at))}&done={done}", 303)
        refused = True
    if refused and form.seen_no:
        form.by_oneself = _by_oneself(visit, draft_id, form.seen_no)
        form.clashes = either.worded(schema, form.clashes, called)
        with_them = [path for clash in form.clashes for path in either.of_kind(schema, clash.path)]
        form.catch_up(shown_then, shown, with_them)
    if (
        (refused or form.keep) and form.wrong and not form.clashes
    ):  # it shows what would be saved: with what others made meanwhile
        form.general += theirs_meanwhile(schema, saw, node, own=_by_oneself(visit, draft_id, form.seen_no or found.no))
        form.catch_up(shown_then, shown)
        form.seen_no = found.no
    parts = [(part, _part_rows(content, first, place, node, part)) for part in lines.parts_of(schema)]
    return render(
        "arrangements/line.html", title=titled(content, place), caption=found.title, draft=found, told=told_of(content, place, first), form=form, back=up_from(base, place), base=base, at=at, parts=parts, done=banners(content, place),
        origin=origin_words(content, first, place), card=rule.card if rule and len(place) == 2 else None, ends=ending_words(rule.card) if rule and len(place) == 2 else "",
        majors=services().governance.catalogue.majors(rule.card.id) if rule and len(place) == 2 else (), in_list=len(place) > 1, another=another(content, place),
        **apart(form, schema, whole_rule=len(place) == 2),
        for_all=set_for_all(content, place), every=another_of(content, place), strange=strange, brings=brings(content, place[1], first) if rule and len(place) == 2 else (), conditions=_conditions(node, content), told_parts=told_of_parts(content, place), one_of=lambda name: one_of((*place, name), content),
    )  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/add/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
@keeps_what_was_typed
def add(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """One more line of a list, or a larger part that is not there yet."""
    place, base = place_in(at), address(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        first = drafting.content_at(unit, draft_id, 1)
    content = found.content
    if not may_change(found):
        return _ended(found, place, base)
    schema, is_list = schema_of(content, place)
    addable(content, place, is_list=is_list)
    if not is_list and there(content, place) is not None:
        if request.method == "POST":  # another set it meanwhile: the two are asked about as of any line that two changed
            return _line(visit, draft_id, at)
        if not _sends():
            return redirect(f"{base}/line/{at}", 303)
    asked = either.with_choices(schema, lines.form_of(schema, offers.others(content, place, {})))
    # A link may say what is to be filled in, such as the requirement that a statement is to answer.
    linked = {
        n: request.args.getlist(n) if f.metadata["control"] == "choices" else request.args[n]
        for n, f in asked.items()
        if n in request.args
    }
    proposed = proposed_by_link(visit, place, content, first)
    shown = lines.initial_of(schema, proposed, content) | chosen_in(schema, proposed)
    form = fill(Form.from_dict(asked), initial=shown | linked, seen_no=found.no)
    ask_unaware(found, form)
    if form.sent:
        either.settle(form, schema, shown)
        say_what_was_removed(visit, found, form, lambda then: lines.form_of(schema, then))
    if form.valid:
        values = answered.values_of(schema, form.answers, content, {})
        proposed = proposed or called_as_before(visit, place, content, first, values)
        node = {**({"key": proposed.get("key", "")} if "key" in lines.named(schema) else {}), **values}
        node |= parts_of_removed(visit, found, place, schema)
        wrong = answered.wrong_in(schema, {**node, **({"key": "new"} if "key" in node else {})}, form.schema.fields)
        wrong |= answered.half_said(schema, form.answers, {}) | lines.unanswered(schema, values)
        if not is_list and answered.says_nothing(schema, values):
            wrong |= {"": "Answer at least one of these questions. To leave all of them open, go back."}
        form.errors |= {name: told for name, told in wrong.items() if name}
        form.general += [told for name, told in wrong.items() if not name]
        if is_list and not wrong:
            form.errors |= wrong_beside(rule_at(content, place), *drafts.add(content, place, node), form.schema.fields)
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            where: list[Place] = [place]
            before = there(drafting.content_at(unit, draft_id, form.seen_no or found.no), place) if is_list else None
            of_rule = is_list and len(place) == 3 and place[0] == "rules" and "title" in node and node.get("key") == ""
            known = asked_before.ever(unit, draft_id, place[2]) if of_rule else []
            of_others = seats_of_others(unit, draft_id, node) if place == ("seats",) else frozenset()

            def edit(now: Content) -> Content:
                if not is_list:
                    if there(now, place) not in (None, node):  # in the same instant; sent twice, it is the same
                        raise PackError(
                            f"Somebody set “{titled(now, place)}” while you were writing, and nothing of yours was saved yet. "
                            "Press the button once more, and you are asked which answers to keep."
                        )
                    return drafts.put(now, place, node)
                if twice := sent_before(list(before or ()), list(there(now, place) or ()), node):
                    where[0] = (*place, twice)
                    return now
                key = {"key": questions.key_of_new(str(node["title"]), known, now, place[2])} if of_rule else {}
                made, where[0] = drafts.add(now, place, {**node, **key}, order_of(now, place), of_others)
                return cited_with(now, made, first, place)

            now = drafting.change_draft(unit, draft_id, f"added: {offers.heading_of(node, 0, found.content)}", edit)
            if (key := proposed.get("key", "")) and not has_lead_seat(now.content, key):  # a partner that was put back
                return redirect(f"{base}/add/seats?role=lead&organisation={key}&done=added", 303)
            return redirect(f"{base}/line/{'/'.join(where[0])}?done={after(found, now, done='added')}", 303)
    return render("arrangements/add.html", title=f"Add {one_of(place, content)}" if is_list else titled(content, place), caption=found.title, draft=found, form=form, back=f"{base}/line/{at}" if is_list else up_from(base, place),
                  base=base, at=at, for_all=set_for_all(content, place), every=another_of(content, (*place, "")), **apart(form, schema, whole_rule=False))  # fmt: skip


def _by_oneself(visit: Visit, draft_id: UUID, seen_no: int) -> bool:
    with visit.unit("prepare a change of the arrangement") as unit:
        return drafting.changed_by_oneself(unit, draft_id, seen_no)


def _sends() -> bool:
    """Whether something typed comes with this request: sent now, or kept while the sign-in had ended."""
    return request.method == "POST" or bool(g.get("held"))


def _one_of_several(visit: Visit, found: drafting.Draft, seen_no: int, place: Place) -> bool:
    """Whether several of a list are called alike, then or now, and the list was changed since: a place does not tell which is which."""
    with visit.unit("prepare a change of the arrangement") as unit:
        seen = drafting.content_at(unit, found.id, seen_no)
    then, now = (list(there(content, place[:-1]) or ()) for content in (seen, found.content))
    mark = place[-1].partition("~")[2]
    alike = max(
        sum(name.partition("~")[2] == mark for name, _ in offers.rows_of(entries, found.content)) for entries in (then, now)
    )
    return alike > 1 and then != now


def _ended(found: drafting.Draft, place: Place, base: str) -> ResponseReturnValue:
    """Of a draft that is changed no more: its own page; and what somebody had typed into it meanwhile, so that nothing of it is lost."""
    if not _sends():
        return redirect(base, 303)
    schema, _ = schema_of(found.content, place)
    form = fill(Form.from_dict(either.with_choices(schema, lines.form_of(schema, found.content))))
    return ended(found, base, form, apart(form, schema, whole_rule=False))


def _whose(answered_source: Any, line: Any) -> str:
    """Which banner tells whose word a saved line is: as it was answered, the partners' own now, or what its page says again."""
    source = line.get("source") if isinstance(line, Mapping) else None
    if source == answered_source:
        return "saved"
    return "own" if source == drafts.AGREED else "again"


def _entries(content: Content, place: Place) -> list[Any]:
    try:
        return list(drafts.node_at(content, place))
    except NoSuchPlace:
        drafts.node_at(content, place[:-1])  # the list is empty; what holds it must be there
        return []


def _part_rows(content: Content, first: Content, place: Place, node: Mapping[str, Any], part: lines.Part) -> list[Row]:
    value = node.get(part.name)
    if part.kind == "list":
        return rows_of(content, first, (*place, part.name), list(value or ()))
    return [Row(part.name, part.label)] if value else []


def _conditions(node: Mapping[str, Any], content: Content) -> dict[str, str]:
    found, asks = {}, questions.own_questions(use["settings"] for use in content["uses"])
    for name, value in node.items():
        if isinstance(value, Mapping) and len(value) == 1 and set(value) <= set(KINDS):
            found[name] = wording.in_words(dict(value), asks)
    return found
