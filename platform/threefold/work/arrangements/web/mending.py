"""Where what the check says is mended: of each remark the pages that mend it, down to the box."""

from __future__ import annotations

from urllib.parse import urlencode

from marshmallow import Schema

from threefold.governance.drafts import Content, NoSuchPlace, Place, name_of, named_in, node_at
from threefold.governance.remark import LEFT_OUT, Remark, place_of
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.shapes import strange_at
from threefold.work.arrangements.web.shown import has_lead_seat, is_installed, schema_of, titled
from threefold.work.people.access import NotHere
from threefold.work.people.web import services


def mended_by(remark: Remark, content: Content, base: str) -> list[tuple[str, str]]:
    """The pages that mend what is said, the nearest first: each an address and its words."""
    head, _, rest = remark.field.partition("+")
    if remark.field == "compare":
        return [(f"{base}/compare", "Compare the two")]
    if remark.field in ("begins", "until", "title", "corrects", "area_codes", "note"):
        return [(f"{base}/about#{remark.field}{'-day' if remark.field in ('begins', 'until') else ''}", "About this version")]
    if head == "rules" and rest:
        return [_add_rule(rest, content, base)]
    if rest and head.startswith("rules."):
        return [_line_that_says(head, rest, content, base)]
    if remark.field.startswith("narrative."):
        return [_statement(remark.field.removeprefix("narrative."), content, base)]
    if remark.key.startswith(LEFT_OUT):
        key = remark.key.removeprefix(LEFT_OUT)
        if any(o["key"] == key for o in content["organisations"]):  # it is there, and no partner
            return [(f"{base}/line/organisations/{key}#partner", "Go to where it is set")]
        back = f"{base}/add/organisations?back={key}"
        if not has_lead_seat(
            content, key
        ):  # no seat can be given to what is not there: the page that puts it back leads on to it
            return [(back, "Put it back, then add its seat")]
        return [(back, "Put it back"), _seat_of(key, "lead", content, base)]
    if head == "organisations" and rest:
        return [_partner_of(rest, content, base)]
    if head == "seats" and rest:
        role, _, organisation = rest.partition(".")
        return [_seat_of(organisation, role, content, base)]
    place = place_of(remark.field, content)
    if place == ("seats",) and remark.field != "seats":  # of a partner that has no lead's seat
        return [_seat_of(remark.field.removeprefix("seats."), "lead", content, base)]
    if len(place) > 1 and place[0] == "rules" and is_installed(content, place[1]):
        too_many = {f"rules.{place[1]}.{one.name}" for one in strange_at(content, place)}
        if remark.field in too_many:
            return [(f"{base}/take-out/{place[1]}", "See it and put it right")]
    while len(place) > 2 and not _has_page(place, content):
        place = place[:-1]
    if place and place != ("rules",):
        return [(_page_of(remark.field, place, content, base), "Go to where it is set")]
    return [(f"{base}/rules/add", "Add a rule")]


def _page_of(field: str, place: Place, content: Content, base: str) -> str:
    """The page on which what a remark is about is set, and where on it: its box; the page of its own of a list, a part or a condition that
    is there, else the one that adds it; the page of the line where nothing of it is named."""
    at = "/".join(place)
    page, name = f"{base}/line/{at}", field.removeprefix(f"{'.'.join(place)}.").partition(".")[0]
    if place[0] == "rules" and (len(place) < 2 or not is_installed(content, place[1])):
        return page
    schema, is_list = schema_of(content, place)
    if is_list:
        return page if node_at(content, place) else f"{base}/add/{at}{_first_box(schema, content)}"
    part = next((one for one in lines.parts_of(schema) if one.name == name), None)
    if part is not None and part.schema is not None:
        return f"{base}/add/{at}/{name}{_first_box(part.schema, content)}"
    if part is not None:
        return f"{base}/when/{at}/{name}"
    if name not in lines.named(schema):
        return page
    asked = lines.form_of(schema, content)
    inner = field.removeprefix(f"{'.'.join(place)}.").replace(".", "__")
    boxes = (inner, *(f"{name}__{one}" for one in lines.inline_names(lines.named(schema)[name])), name)
    return page + next((f"#{box}" for box in boxes if box in asked), "")


def _first_box(schema: type[Schema], content: Content) -> str:
    """Where the questions of a line that is added begin."""
    return next((f"#{name}" for name in lines.form_of(schema, content)), "")


def _line_that_says(field: str, says: str, content: Content, base: str) -> tuple[str, str]:
    """The line of a list that answers a question so, and its box (`question=local_review.decides`), where there is one; else the page that
    adds it, filled in that far."""
    name, _, rest = says.partition("=")
    answer, _, asked = rest.partition(".")
    place = place_of(field, content)
    there = node_at(content, place) if len(place) > 2 else []
    for index, one in enumerate(there):
        if one.get(name) == answer:
            found = (*place, name_of(one, index))
            return _page_of(f"{'.'.join(found)}.{asked}", found, content, base), "Go to where it is set"
    return f"{base}/add/{field.replace('.', '/')}?{urlencode({name: answer})}#{asked}", "Add it"


def _has_page(place: Place, content: Content) -> bool:
    """Whether a place is a line, or a list of lines, that has a page of its own."""
    try:
        schema_of(content, place)
        schema, is_list = schema_of(content, place[:-1])
    except (NotHere, NoSuchPlace):
        return False
    part = None if is_list else lines.named(schema).get(place[-1])
    return not (part is not None and lines.inline_names(part))  # a small part is asked on the page of its line


def _statement(asked: str, content: Content, base: str) -> tuple[str, str]:
    """Where a requirement, or a part of it, is told: the statement that is under its section and says too little; else the page that adds one.

    That is filled in with the section of the part. Only where no section answers the requirement is it filled in that the statement
    answers all of it: what a person has not said is not ticked for them. Where statements are kept in several places: where some
    answer requirements already, else where most are.
    """
    row, _, part = asked.partition(".")
    told = [
        (u["use"], u["major"], list(named_in(u["settings"], "statements"))) for u in content["uses"] if u["rule"] == "narrative"
    ]
    if not told:
        return _add_rule("narrative", content, base)
    use, major, _ = max(told, key=lambda t: (any(s.get("answers") for s in t[2]), len(t[2])))
    rule = services().governance.catalogue.rules.get(("narrative", major))
    if rule is None:
        return f"{base}/add/rules/{use}/statements?{urlencode({'answers': row})}", "Say it in a statement"
    section = lines.named(lines.schema_at(("rules", use, "statements"), rule)[0])["section"]
    labels = {key: str(label).casefold() for key, label in section.metadata.get("suggests", {}).items()}
    fitting = [key for key, answers in section.metadata.get("answering", {}).items() if answers == row and part in ("", key)]
    for name, _, statements in told:
        for one in statements:
            said_under = str(one.get("section") or "").strip().casefold()
            if any(said_under in (key, labels.get(key)) for key in fitting):
                return f"{base}/line/rules/{name}/statements/{one['key']}#text", "Say more in its statement"
    filled = {"section": fitting[0]} if fitting else {"answers": row}
    return f"{base}/add/rules/{use}/statements?{urlencode(filled)}#title", "Say it in a statement"


def _add_rule(name: str, content: Content, base: str) -> tuple[str, str]:
    """The rule of that name, where the draft has it already; else the catalogue with it chosen, the newest."""
    there = next((use["use"] for use in content["uses"] if use["rule"] == name), None)
    if there is not None:
        return f"{base}/line/rules/{there}", f"Go to “{titled(content, ('rules', there))}”"
    known = [(major, rule.card.title) for (own, major), rule in services().governance.catalogue.rules.items() if own == name]
    if not known:
        return f"{base}/rules/add", "Add a rule"
    major, title = max(known)
    return f"{base}/rules/add?rule={name}@{major}#rule", f"Add the rule “{title}”"


def _partner_of(kind: str, content: Content, base: str) -> tuple[str, str]:
    """The organisation of a kind that is there and no partner, where there is one alone; else the page that adds it as one."""
    there = [o["key"] for o in content["organisations"] if o["kind"] == kind]
    if len(there) == 1:
        return f"{base}/line/organisations/{there[0]}#partner", "Go to where it is set"
    return f"{base}/add/organisations?{urlencode({'kind': kind, 'partner': 'yes'})}#name", "Add it"


def _seat_of(organisation: str, role: str, content: Content, base: str) -> tuple[str, str]:
    """The seat of an organisation in a role, where there is one; else the page that adds it, filled in that far."""
    seat = next((s["key"] for s in content["seats"] if (s["organisation"], s["role"]) == (organisation, role)), None)
    if seat is not None:
        return f"{base}/line/seats/{seat}", "Go to its seat"
    known = {"role": role} | ({"organisation": organisation} if organisation else {})
    return f"{base}/add/seats?{urlencode(known)}#title", "Add the seat"
