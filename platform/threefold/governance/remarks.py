"""What is said of a version in the making: what is to be mended, what the law refuses or guidance asks a reason for, what is
warned of and noted; each with the place that mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from threefold.domain.errors import ThreefoldError
from threefold.domain.sources import Source
from threefold.domain.visible import is_visible, read_as
from threefold.governance.comparison_words import joined
from threefold.governance.decide import Governance
from threefold.governance.drafts import Content, as_arrangement, named_in
from threefold.governance.names import titles_of
from threefold.governance.pack import Arrangement, Body
from threefold.governance.plain import keys_named
from threefold.governance.printed import printed
from threefold.governance.questions import is_another_question, own_questions, plainly_worded
from threefold.governance.remark import LEFT_OUT, Remark, mends
from threefold.governance.remarks_of_conditions import of_conditions
from threefold.governance.remarks_of_groups import acting_in_circles, groups_in_circles
from threefold.governance.remarks_of_names import by_hand, one_key_for_two
from threefold.governance.remarks_of_rules import remarks_of_use
from threefold.governance.remarks_of_starts import circles, waits_for_no_end
from threefold.governance.verdict import effect
from threefold.governance.who_signs import partners_that_sign, seats_that_changed_hands, seats_that_moved
from threefold.plugin_api.arrangement import ORGANISATION_KINDS, must_sign
from threefold.plugin_api.facts import FIELDS

ORDER = ("mend", "refused", "needs_reason", "warned", "noted")


def remarks(
    governance: Governance,
    content: Content,
    today: date | None = None,
    body: Body | None = None,
    before: Sequence[Arrangement] | None = None,
    once: Collection[str] = (),
) -> list[Remark]:
    """Everything said of a draft, what is to be mended first. The floor is that of the day it begins, else of `today`.

    `body`: who the body is, by the operator's record. A safeguarding partner that stands there cannot be left out.
    `before`: the versions whose seats and delegations count (`who_signs.before_it`); None: those of the draft do.
    `once`: the keys of what its rules could name once; that one of them is gone is told beside this (`remarks_of_names.gone`).
    """  # fmt: skip
    try:
        arrangement = as_arrangement(content)
    except (ThreefoldError, KeyError, TypeError, ValueError) as error:
        return [Remark("mend", f"This draft cannot be read: {error}.")]
    found = [*_of_the_head(arrangement), *_of_who_takes_part(arrangement), *_left_out(arrangement, body)]
    found += [*_new_delegations(arrangement, before), *_other_seats(arrangement, before or ())]
    found += [
        *of_conditions(arrangement),
        *_judged_alike(arrangement),
        *_judged_otherwise(arrangement, before or ()),
        *_keyed_alike(arrangement),
        *_never_counted(arrangement),
        *_own_questions(arrangement, before or ()),
        *_other_areas(arrangement, body),
    ]
    for use in arrangement.uses:
        found += remarks_of_use(governance, use, today)
    found += [
        *circles(governance, arrangement),
        *waits_for_no_end(governance, arrangement),
        *groups_in_circles(governance, arrangement),
    ]
    found += by_hand(governance.catalogue, content, once)
    found += one_key_for_two(content)
    if not any(remark.unread for remark in found):
        try:
            lines = governance.floor(arrangement, arrangement.begins or today)
        except ThreefoldError as error:  # of the day, where it names no rule: the law of such a day is not known here
            return found + [r if r.field.startswith("rules.") else replace(r, field="begins") for r in mends(error)]
        for line in lines:
            said = line.finding
            found.append(Remark(effect(line), said.sentence, _cited(said.source), getattr(said, "field", ""), said.key))
    titles = titles_of(governance.catalogue, content)
    found = [replace(r, sentence=keys_named(r.sentence, titles)) for r in found]
    return sorted(found, key=lambda r: (ORDER.index(r.effect), r.field, r.key))


def _other_areas(arrangement: Arrangement, body: Body | None) -> list[Remark]:
    """Areas that are not this body's by the operator's record: letters to it are addressed by that record."""
    return [
        Remark(
            "noted",
            f"{code} is not an area of this body by the operator’s record. Check the code.",
            field="area_codes",
            key=f"area-{code}",
        )
        for code in arrangement.area_codes
        if body and body.area_codes and code not in body.area_codes
    ]


def _left_out(arrangement: Arrangement, body: Body | None) -> list[Remark]:
    """The partners of the area that the draft does not have. Source: Children Act 2004, section 16E(3)."""
    there = {o.key: o.kind for o in arrangement.organisations if o.partner}
    ours = [o for o in (body.organisations if body else ()) if o.partner and o.kind != "other"]
    called = [
        Remark(
            "refused",
            f"{o.name} is a safeguarding partner of this area as “{ORGANISATION_KINDS[o.kind]}”, and stands here as “{ORGANISATION_KINDS[there[o.key]]}”. Put its kind back; if it is "
            "another body now, ask the platform’s operator to record that first.",
            "Children Act 2004, section 16E(3)",
            f"organisations.{o.key}.kind",
            f"kind-{o.key}",
        )
        for o in ours
        if o.key in there and there[o.key] != o.kind
    ]
    return called + [
        Remark(
            "refused",
            f"{o.name} is a safeguarding partner of this area and is left out. Put it back; if it is a partner no longer, ask the "
            "platform’s operator to record that first.",
            "Children Act 2004, section 16E(3)",
            "organisations",
            f"{LEFT_OUT}{o.key}",
        )
        for o in ours
        if o.key not in there
    ]


def _other_seats(arrangement: Arrangement, before: Sequence[Arrangement]) -> Iterator[Remark]:
    """Lead seats that are others than on record: whose signature this version needs, and a seat that is given to another partner."""
    names = {o.key: o.name for o in arrangement.organisations}
    for seat, was in seats_that_moved(arrangement, before):
        said = f"“{seat.title}” is on record as a seat of {was}, and is given to {names.get(seat.organisation, 'nobody')}: whoever holds it would speak for both."
        yield Remark(
            "mend", f"{said} Put it back, and add a new seat.", field=f"seats.{seat.key}.organisation", key=f"moved-{seat.key}"
        )
    for partner, signs, later in seats_that_changed_hands(arrangement, before):
        then = f"From the next version on: {joined(later)}." if later else "It has no lead seat after that."
        yield Remark(
            "noted", f"The lead seats of {partner.name} change. This version is signed by those on record: {joined(signs)}. {then}",
            field="seats", key=f"seats-{partner.key}",
        )  # fmt: skip


def _acting_for_nothing(arrangement: Arrangement) -> Iterator[Remark]:
    """Delegations between organisations that are not both partners: nobody signs by them, and the published page would tell of them."""
    named = {o.key: o for o in arrangement.organisations}
    for actor in arrangement.organisations:
        others = [named[key] for key in actor.acts_for if key in named and key != actor.key]
        for one in others if not actor.partner else [other for other in others if not other.partner]:
            none = actor if not actor.partner else one
            yield Remark(
                "mend",
                f"“{actor.name}” is to act for “{one.name}”, and “{none.name}” is no statutory safeguarding partner. Take that out, or say that it is one.",
                field=f"organisations.{actor.key}.acts_for",
                key=f"acts-for-nothing-{one.key}",
            )


def _new_delegations(arrangement: Arrangement, before: Sequence[Arrangement] | None) -> Iterator[Remark]:
    """Partners that another is to act for from this version on: that begins once they have signed it themselves (R-1.10)."""
    names = {o.key: o.name for o in arrangement.organisations}
    seated = {seat.organisation for one in (arrangement, *(before or ())) for seat in one.seats if seat.role == "lead"}
    for key in set(partners_that_sign(arrangement, before)) - set(must_sign(arrangement.organisations)):
        actors = [o.name for o in arrangement.organisations if o.partner and key in o.acts_for]
        long = "in" if arrangement.corrects or arrangement.until else "from"
        said = f"{joined(actors)} {'are' if len(actors) > 1 else 'is'} to act for {names[key]} {long} this version{' on' if long == 'from' else ''}. {names[key]} signs this version itself, once."
        if key in seated:
            yield Remark(
                "noted", said, "Children Act 2004, section 16J; source to confirm", "organisations", f"delegates-{key}"
            )
        else:
            yield Remark(
                "mend",
                f"{said} Add a lead seat for it.",
                "Children Act 2004, section 16J; source to confirm",
                f"seats+lead.{key}",
                f"delegates-{key}",
            )


MOST_QUESTIONS = 100  # of the area's own, on one page
# What the form of a case asks everywhere.
_STANDING = frozenset(plainly_worded(fact.label) for fact in FIELDS.values() if fact.kind in ("answer", "count", "choice"))


def _own_questions(arrangement: Arrangement, before: Sequence[Arrangement]) -> Iterator[Remark]:
    """Questions of the area's own that would take over the answers to another wording, or that nobody could tell apart."""
    was = own_questions(use.settings for version in before for use in version.uses)
    seen: set[str] = set()
    if (many := sum(1 for use in arrangement.uses for _ in named_in(use.settings, "questions"))) > MOST_QUESTIONS:
        said = f"It asks {many} questions of its own, and their page takes at most {MOST_QUESTIONS}. Remove some."
        yield Remark("mend", said, field="rules", key="too-many-questions")
    for use in arrangement.uses:
        for asked in named_in(use.settings, "questions"):
            key, title, field = asked["key"], asked["title"], f"rules.{use.use}.questions.{asked['key']}"
            if key in was and is_another_question(was[key], title):
                said = (
                    f"“{title}” stands in the place of “{was[key]}”, and answers that were given to that would count for it. If it asks "
                    "something else, remove it and add it as a new question."
                )
                yield Remark("warned", said, field=f"{field}.title", key=f"reworded-{key}")
            words = plainly_worded(title)
            if words in _STANDING:
                said = f"“{title}” is asked of every case already. Nobody could tell the two answers apart: remove it, or word it anew."
                yield Remark("warned", said, field=f"{field}.title", key=f"standing-question-{key}")
            if words in seen:
                yield Remark(
                    "warned",
                    f"Two questions are asked as “{title}”. Nobody could tell their answers apart; word one anew.",
                    field=f"{field}.title",
                    key=f"same-question-{key}",
                )
            seen.add(words)


def _judged_otherwise(arrangement: Arrangement, before: Sequence[Arrangement]) -> Iterator[Remark]:
    """Criteria left to judgement that stand in the place of another wording: what partners found of that would count for it."""
    was = {one["key"]: one["title"] for v in before for use in v.uses for one in named_in(use.settings, "criteria")
           if one.get("when") is None}  # fmt: skip
    for use in arrangement.uses:
        for one in named_in(use.settings, "criteria"):
            key, title = one["key"], one["title"]
            if one.get("when") is None and key in was and is_another_question(was[key], title):
                said = f"“{title}” stands in the place of “{was[key]}”, and what partners found of that would count for it. If it means something else, remove it and add it as a new criterion."
                yield Remark(
                    "warned", said, field=f"rules.{use.use}.criteria.{key}.title", key=f"judged-otherwise-{use.use}-{key}"
                )


def _judged_alike(arrangement: Arrangement) -> Iterator[Remark]:
    """Criteria of two rules that are left to judgement under one key: the partners' view of one would count for both."""
    seen: dict[str, str] = {}
    for use in arrangement.uses:
        for one in named_in(use.settings, "criteria"):
            if one.get("when") is None and "key" in one:
                other = seen.setdefault(one["key"], str(one.get("title", "")))
                if other != one.get("title"):
                    said = f"“{one['title']}” and “{other}” have one key and are both left to judgement: what partners find of one would count for both. Remove one, and add it anew."
                    yield Remark(
                        "mend", said, field=f"rules.{use.use}.criteria.{one['key']}", key=f"judged-{use.use}-{one['key']}"
                    )


_ALIKE = {
    "types": "who chooses one kind of review in a case would have chosen both",
    "groups": "what is said of one, and what names it, would be taken for both",
}


def _keyed_alike(arrangement: Arrangement) -> Iterator[Remark]:
    """Kinds of review, or groups, of two rules under one key: a case knows them by it alone."""
    for listed, because in _ALIKE.items():
        seen: dict[str, tuple[str, str]] = {}
        for use in arrangement.uses:
            for one in named_in(use.settings, listed):
                other, title = seen.setdefault(one["key"], (use.use, one["title"]))
                if other != use.use:
                    said = f"“{one['title']}” and “{title}” have one key: {because}. Remove one, and add it anew."
                    yield Remark(
                        "mend",
                        said,
                        field=f"rules.{use.use}.{listed}.{one['key']}",
                        key=f"alike-{use.use}-{listed}-{one['key']}",
                    )


def _never_counted(arrangement: Arrangement) -> Iterator[Remark]:
    """A kind of review that nobody can choose, or with a time that no case ever counts."""
    for use in arrangement.uses:
        for one in named_in(use.settings, "types"):
            called, said, asked = f"“{one['title']}”", "", "national"
            if one.get("national"):
                said = f"{called} is sent to the Panel, and is then none of the area’s own kinds: in no case can it be chosen. Say that it is not sent there, or take it out."
                if one.get("serves") == "rapid-review":
                    said = f"{called} is said to be the rapid review, which is there by law: as a kind of the area’s own it can be chosen in no case. Take it out, and tell its times as steps of a plan."
                elif one.get("clock"):
                    said = f"{called} has a time, and a kind that is sent to the Panel is not one of the area’s own to choose, so that its time never begins. Take the time out, or tell it in words."
            elif one.get("clock") and not one.get("clock_starts"):
                said = f"{called} has a time, and nothing is said of what starts its time, so that it never begins. Say what starts it, or tell the time in words."
                asked = "clock_starts"
            if said:
                yield Remark(
                    "warned", said, field=f"rules.{use.use}.types.{one['key']}.{asked}", key=f"uncounted-{use.use}-{one['key']}"
                )


def _cited(source: Source) -> str:
    return f"{source.ref}; source to confirm" if source.sure == "K" else source.ref


def _of_the_head(arrangement: Arrangement) -> Iterator[Remark]:
    if arrangement.begins is None:
        yield Remark("mend", "Say on which day this version begins.", field="begins")
    if not is_visible(printed(arrangement.title)):
        yield Remark("mend", "Give this version a title.", field="title")
    if arrangement.until and arrangement.begins and arrangement.until < arrangement.begins:
        yield Remark("mend", "A temporary variation ends on or after the day it begins.", field="until")


def _of_who_takes_part(arrangement: Arrangement) -> Iterator[Remark]:
    """Names that stand twice, or name nobody: one signature could count for two, or for none."""
    for listed, words, keys in (
        ("organisations", "organisation", [o.key for o in arrangement.organisations]),
        ("seats", "seat", [s.key for s in arrangement.seats]),
    ):
        for key, times in Counter(keys).items():
            if times > 1:
                yield Remark(
                    "mend",
                    f"{times} entries are the same {words}, “{key}”. Remove one, and add it anew.",
                    field=listed,
                    key=f"twice-{key}",
                )
    for listed, asked, words, names in (
        ("organisations", "name", "organisation", {o.key: o.name for o in arrangement.organisations}),
        ("seats", "title", "seat", {s.key: s.title for s in arrangement.seats}),
    ):
        for key, name in names.items():
            if not is_visible(printed(name)):
                said = f"The {words} “{key}” has no name that can be seen. Give it one."
                yield Remark("mend", said, field=f"{listed}.{key}.{asked}", key=f"unseen-{key}")
    titles = Counter(read_as(s.title) for s in arrangement.seats)
    for seat in arrangement.seats:
        if titles[read_as(seat.title)] > 1:
            yield Remark("mend", f"Two seats are called “{seat.title}”. Nobody could tell whose signature it is; give each a name of its own.",
                         field=f"seats.{seat.key}.title", key=f"same-{seat.key}")  # fmt: skip
    known, seats = {o.key for o in arrangement.organisations}, {s.key for s in arrangement.seats}
    for organisation in arrangement.organisations:
        if set(organisation.acts_for) - known or organisation.key in organisation.acts_for:
            yield Remark("mend", f"“{organisation.name}” acts for an organisation that is not listed, or for itself. Choose one that is.",
                         field=f"organisations.{organisation.key}.acts_for", key="acts-for")  # fmt: skip
    yield from _acting_for_nothing(arrangement)
    yield from acting_in_circles(arrangement)
    for seat in arrangement.seats:
        if seat.organisation and seat.organisation not in known:
            yield Remark(
                "mend",
                f"'{seat.title}' names an organisation that is not listed. Choose one that is.",
                field=f"seats.{seat.key}.organisation",
            )
        if seat.deputy and (seat.deputy not in seats or seat.deputy == seat.key):
            yield Remark(
                "mend",
                f"“{seat.title}” names a deputy that is not another seat. Choose one that is.",
                field=f"seats.{seat.key}.deputy",
            )
