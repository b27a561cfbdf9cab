"""What the pages of a draft show of it: its rules and lines in words, and where each of them has its page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from threefold.governance import drafts, origins
from threefold.governance.drafts import Content, NoSuchPlace, Place
from threefold.governance.names import called
from threefold.governance.notices import ending_words
from threefold.governance.pack import Body
from threefold.plugin_api import Rule
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import PREPARING, SEEING, Draft, changed_no_more
from threefold.work.arrangements.stale import StaleDraft
from threefold.work.arrangements.web import either, lines, offers
from threefold.work.arrangements.web.told import told_of
from threefold.work.people.access import NotHere, declare
from threefold.work.people.web import (
    Filled,
    Form,
    Visit,
    answers_with,
    choice,
    render,
    services,
)

PREPARE = declare("prepare a change of the arrangement", PREPARING).act
SEE_DRAFT = declare("see a draft of the arrangement", SEEING).act
answers_with(NoSuchPlace, 404)
answers_with(StaleDraft, 409)

DONE = {
    "begun": "The draft is begun. Nothing changes for any case until it is signed and its day has come.",
    "saved": "Saved.",
    "voided": "Saved. The draft had been sent to be signed, and whatever was signed of it counts no more. Send it to the partners to sign again when it is ready.",
    "own": "Saved. It cites the partners’ own agreement now, and not the page that it was taken from.",
    "again": "Saved. It says again what the page says that it was taken from, and cites that page.",
    "found_anew": "Saved. It is another criterion now: what partners found of the former wording stays with that.",
    "anew": "Saved. It is another question now, and is asked anew: answers that were given to the former wording stay with that.",
    "fewer": "Saved. This version of the rule does not have some settings of the one before; they are left out. See “Changes of this draft”.",
    "added": "Added.",
    "removed": "Removed from this draft.",
    "moved": "Moved.",
    "stands": "The list was changed since you opened it, and nothing was moved.",
    "taken_out": "Put right. Everything else of the rule stays as it was.",
    "put_back": "The draft is put back. What was undone stands in its history still.",
    "given_up": "The draft is put aside. Its record stays.",
}
ACTS = {
    "signed": "signed", "refused": "refused", "minutes": "was recorded as signed, from minutes", "checked": "was checked against the minutes",
    "denied": "was not signed: the minutes do not say what was recorded",
}  # fmt: skip
CHANGES = 30  # how many changes of a draft one page tells
WAYS = {
    "finish_under_old": "They finish under the version before",
    "move_at_next_stage": "They move to the new version at their next stage",
}
# decisions/0009: only steps move
WAY_HINTS = {
    "move_at_next_stage": "Only steps that have not begun move, and what they rest on is asked then. Who decides and who signs is as it is on "
    "the day that opens the question: of a local review and of the rapid review, the day of the notification. What else a case is asked, your "
    "own criteria and the kinds of review stay as they were when it began.",
}
HEADINGS = {"organisations": "Organisations that take part", "seats": "Seats", "rules": "Rules"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: its name in a place, its words, what its rule says of it, and where it comes from."""

    name: str
    words: str
    told: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule of the catalogue, with what a person chooses it by."""

    value: str
    title: str
    summary: str
    source: str
    owner: str
    review_by: date
    used_by: int
    older: str  # that a newer major is offered too; empty for the newest
    ends: str


def catalogue(used_by: Iterable[Collection[tuple[str, int]]] = ()) -> list[Choice]:
    """The local rules at hand, by title; of one rule the newest major first, and one that ends after those that do not.

    `used_by`: the rules that each area uses, as (rule, major); each area that uses a rule counts once.
    """
    installed = services().governance.catalogue
    areas = list(used_by)
    found = []
    for (name, major), rule in installed.rules.items():
        card = rule.card
        if card.layer == "local":
            used = sum(1 for rules in areas if (name, major) in rules)
            latest = installed.majors(name)[0]
            older = "" if major == latest else f"This is an older version of the rule; version {latest} is offered too."
            shown = Choice(f"{name}@{major}", installed.called(rule), card.summary, card.source.ref, card.owner, card.review_by, used,
                           older, ending_words(card))  # fmt: skip
            found.append((installed.rules[name, latest].card.title, name, bool(card.deprecated), -major, shown))
    return [shown for *_, shown in sorted(found, key=lambda f: f[:4])]


def rule_at(content: Content, place: Place) -> type[Rule] | None:
    """The rule a place belongs to, where it belongs to one. Raises `NoSuchPlace`."""
    if place[0] != "rules" or len(place) < 2:
        return None
    use = use_at(content, place[1])
    return services().governance.catalogue.get(use["rule"], use["major"], field=f"rules.{place[1]}")


def use_at(content: Content, name: str) -> Mapping[str, Any]:
    """A rule as the draft uses it, whether it is installed or not. Raises `NoSuchPlace`."""
    found: Mapping[str, Any] | None = next((u for u in content["uses"] if u["use"] == name), None)
    if found is None:
        raise NoSuchPlace
    return found


def is_installed(content: Content, name: str) -> bool:
    """Whether the rule that the draft uses under this name is installed here."""
    use = use_at(content, name)
    return (use["rule"], use["major"]) in services().governance.catalogue.rules


def layer_words(layer: str) -> str:
    """The file a rule came with, as people call it: a body's version, or a shared pack."""
    library = services().library
    body, _, rest = layer.removesuffix(".toml").partition("/arrangements/")
    if rest and body in library.bodies:
        found = library.bodies[body]
        return next(
            (f"{found.name}, {v.title[:1].lower()}{v.title[1:]}" for v in found.versions if v.version == rest), found.name
        )
    pack = library.packs.get(layer.removesuffix(".toml"))
    return pack.title if pack else layer


def origin_words(content: Content, first: Content, place: Place) -> str:
    """Where a line of a rule comes from, as people call it; nothing for what is no rule's."""
    if place[0] != "rules" or len(place) < 3:
        return ""
    told = origins.origin(services().library, content, first, place)
    return (
        told[:1].upper() + told[1:]
        if told in (origins.CHANGED, origins.MADE, origins.EARLIER)
        else f"Taken from: {layer_words(told)}"
    )


def rows_of(content: Content, first: Content, place: Place, entries: list[Any], called: Content | None = None) -> list[Row]:
    """The lines of a list at a place. `called`: the draft with what they name and that is gone."""
    return [
        Row(name, words, told_of(content, (*place, name), first), origin_words(content, first, (*place, name)))
        for name, words in offers.rows_of(entries, called or content)
    ]


def one_of(place: Place, content: Content) -> str:
    """One line of a list, in a word or two: "a step", "a seat"."""
    words = {"organisations": "an organisation", "seats": "a seat"}.get(place[-1])
    if words and len(place) == 1:
        return words
    if own := lines.called_one(place, rule_at(content, place)):
        return own
    label = offers.said_in_words(place[-1]).lower()
    one = label[:-3] + "y" if label.endswith("ies") else label.removesuffix("s")
    if label == "criteria":
        one = "criterion"
    return f"{'an' if one[:1] in 'aeiou' else 'a'} {one}"


def apart(form: Filled, schema: Any, *, whole_rule: bool) -> dict[str, Any]:
    """The questions of a line for its template: those asked at once, and those under "More settings" (open where one is wrong).

    `beside`: by the question that offers a list, the box for who or what is not in it. It is folded away beside its question while it is empty.
    """
    rare = lines.seldom(schema, whole_rule=whole_rule)
    names = list(form.schema.fields)
    asked = lines.named(schema)
    unsaid = [n for n in names if n.endswith("__other") and not form.values.get(n) and n not in form.errors]
    # Of which duty of the law a step serves, most serve none: other words for that are seldom needed.
    seldom = {n for n in unsaid if (one := asked.get(n.removesuffix("__other"))) is not None and lines.is_asked_of_new(one)}
    more = [n for n in names if n in rare or n.split("__", 1)[0] in rare or n in seldom]
    if len(more) == len(names):
        more = []
    beside = {n.removesuffix("__other"): n for n in unsaid if n not in seldom}
    more = [n for n in more if n not in beside.values()]
    at_once = [n for n in names if n not in more and n not in beside.values()]
    kinds = either.shown_with(schema, at_once)
    within = {n for options in kinds.values() for _, inner in options for n in inner}
    return {
        "names": [n for n in at_once if n not in within],
        "more": more,
        "beside": beside,
        "more_open": any(n in form.errors for n in more),
        "kinds": kinds,
    }


def after(before: Draft, now: Draft, *, done: str = "saved") -> str:
    """Which banner follows a change: that it is saved, or that it voided what was signed."""
    return "voided" if before.state == "signing" and now.state == "open" else done


def may_change(found: Draft) -> bool:
    """Whether a draft can be changed still: it is neither on record nor put aside."""
    return found.state in ("open", "signing")


SENT_MEANWHILE = (
    "This version was sent to the partners to sign after you had opened this page, and nothing of yours was saved yet. A change voids "
    "whatever was signed of it since, and it has to be sent again. To change it all the same, press the button once more."
)


def unaware(found: Draft) -> bool:
    """Whether a change is sent from a page that was opened while the draft was not with its seats yet: it did not say what it voids."""
    return request.method == "POST" and found.state == "signing" and "knows_sent" not in request.form


def ask_unaware(found: Draft, form: Filled) -> None:
    """Show the form again, as it was filled in, before a change that voids what was signed of what its reader had not heard of."""
    if unaware(found):
        form.general.append(SENT_MEANWHILE)


def refuse_unaware(found: Draft, base: str) -> None:
    """The same of a change that has no form of its own, such as a line moved up: asked on a page of its own."""
    if unaware(found):
        sent = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        title = "This version was sent to the partners to sign"
        page = render("arrangements/sent_meanwhile.html", title=title, caption=found.title, sent=sent, back=f"{base}/sign")
        abort(make_response(page, 409))


def leave(found: Draft, base: str) -> Response:
    """Of a draft that is changed no more: its own page; raises `PackError` where a change of it was sent, or was kept when the sign-in had
    ended, so that it is shown."""
    if request.method == "POST" or g.get("held"):
        raise changed_no_more(found.state)
    return redirect(base, 303)


def ended(found: Draft, base: str, form: Filled, questions: Mapping[str, Any]) -> ResponseReturnValue:
    """Of a draft that is changed no more: its own page; and what somebody had typed meanwhile, so that nothing of it is lost."""
    if request.method != "POST" and not g.get("held"):
        return redirect(base, 303)
    page = render("arrangements/gone.html", title="This draft is changed no more", caption=found.title, draft=found, form=form, back=base, again="", to_copy=True,
                  why=changed_no_more(found.state).sentence, **questions)  # fmt: skip
    return page, 409


def part_label(content: Content, place: Place) -> str:
    """What a part of a line is called on the page of its line; empty for a line of a list."""
    try:
        schema, is_list = lines.schema_at(place[:-1], rule_at(content, place))
    except (KeyError, IndexError, NotHere):
        return ""
    field = None if is_list else lines.named(schema).get(place[-1])
    return str(field.metadata.get("label", "")) if field is not None else ""


def schema_of(content: Content, place: Place) -> tuple[Any, bool]:
    try:
        return lines.schema_at(place, rule_at(content, place))
    except KeyError as error:
        raise NotHere from error


def titled(content: Content, place: Place) -> str:
    if len(place) == 1:
        return HEADINGS.get(place[0], place[0])
    if place[0] == "rules" and len(place) == 2:
        use, installed = use_at(content, place[1]), services().governance.catalogue
        rule = installed.rules.get((use["rule"], use["major"]))
        return called(installed.called(rule) if rule else offers.said_in_words(use["rule"]), use)
    try:
        node = drafts.node_at(content, place)
    except NoSuchPlace:
        node = None
    if isinstance(node, Mapping) and any(node.get(n) for n in ("title", "name", "who", "question", "for")):
        return offers.heading_of(node, 0, content)
    if label := part_label(content, place):
        return label
    return (
        offers.said_in_words(place[-1])
        if not place[-1].isdecimal()
        else f"{one_of(place[:-1], content)[2:].strip().capitalize()} {int(place[-1]) + 1}"
    )


def has_lead_seat(content: Content, organisation: str) -> bool:
    return any((seat["organisation"], seat["role"]) == (organisation, "lead") for seat in content["seats"])


def place_in(at: str) -> Place:
    place = tuple(part for part in at.split("/") if part)
    if not place or place[0] not in HEADINGS or len(place) > 12:
        raise NotHere
    return place


def up_from(base: str, place: Place) -> str:
    """The page that holds a place."""
    if len(place) <= 2 and place[0] == "rules":
        return base
    if len(place) == 1:
        return base
    return f"{base}/line/{'/'.join(place[:-1])}"


def there(content: Content, place: Place) -> Any:
    """What stands at a place; None where nothing does."""
    try:
        return drafts.node_at(content, place)
    except NoSuchPlace:
        return None


def address(visit: Visit, draft_id: UUID) -> str:
    return f"/b/{visit.body.slug}/arrangement/drafts/{draft_id}"


def names_of(unit: Unit) -> dict[UUID | None, str]:
    return {c.person_id: c.display_name for c in unit.staff()}


def body_of(visit: Visit) -> Body | None:
    """Who this body is, by the operator's record; None for one that has no file."""
    return services().library.bodies.get(visit.body.slug)


def with_items(form: type[Form], name: str, items: Mapping[str, str]) -> type[Form]:
    """A form whose one choice offers these items."""
    asked = form().fields[name]
    meta, missing = asked.metadata, str(asked.error_messages["required"])
    wanted = choice(
        meta["label"], items, missing=missing, hint=meta["hint"], required=asked.required, as_list=meta["control"] == "select"
    )
    return type(form.__name__, (form,), {name: wanted})
