"""Where what the check says is mended: of each remark the pages that mend it, down to the box."""

from __future__ import annotations

from urllib.parse import urlencode

from threefold.governance.drafts import Content, NoSuchPlace, Place, named_in
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
    if remark.field.startswith("narrative."):
        return [_statement(remark.field.removeprefix("narrative."), content, base)]
    if remark.key.startswith(LEFT_OUT):
        key = remark.key.removeprefix(LEFT_OUT)
        if any(o["key"] == key for o in content["organisations"]):  # it is there, and no partner
            return [(f"{base}/line/organisations/{key}", "Go to where it is set")]
        back = f"{base}/add/organisations?back={key}"
        if not has_lead_seat(
            content, key
        ):  # no seat can be given to what is not there: the page that puts it back leads on to it
            return [(back, "Put it back, then add its seat")]
        return [(back, "Put it back"), _seat_of(key, "lead", content, base)]
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
        return [(f"{base}/line/{'/'.join(place)}{_question_in(remark.field, place, content)}", "Go to where it is set")]
    return [(f"{base}/rules/add", "Add a rule")]


def _question_in(field: str, place: Place, content: Content) -> str:
    """Where on the page of a place the question stands that a remark is about; "" for the page as a whole."""
    name = field.removeprefix(f"rules.{'.'.join(place[1:])}.")
    if place[0] != "rules" or not name.isidentifier() or not is_installed(content, place[1]):
        return ""
    schema, is_list = schema_of(content, place)
    if is_list or name not in lines.named(schema):
        return ""
    boxes = [f"{name}__{inner}" for inner in lines.inline_names(lines.named(schema)[name])] or [name]
    return f"#{boxes[0]}" if boxes[0] in lines.form_of(schema, content) else ""


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
    return f"{base}/add/rules/{use}/statements?{urlencode(filled)}", "Say it in a statement"


def _add_rule(name: str, content: Content, base: str) -> tuple[str, str]:
    """The rule of that name, where the draft has it already; else the catalogue with it chosen, the newest."""
    there = next((use["use"] for use in content["uses"] if use["rule"] == name), None)
    if there is not None:
        return f"{base}/line/rules/{there}", f"Go to “{titled(content, ('rules', there))}”"
    known = [(major, rule.card.title) for (own, major), rule in services().governance.catalogue.rules.items() if own == name]
    if not known:
        return f"{base}/rules/add", "Add a rule"
    major, title = max(known)
    return f"{base}/rules/add?rule={name}@{major}", f"Add the rule “{title}”"


def _seat_of(organisation: str, role: str, content: Content, base: str) -> tuple[str, str]:
    """The seat of an organisation in a role, where there is one; else the page that adds it, filled in that far."""
    seat = next((s["key"] for s in content["seats"] if (s["organisation"], s["role"]) == (organisation, role)), None)
    if seat is not None:
        return f"{base}/line/seats/{seat}", "Go to its seat"
    return f"{base}/add/seats?{urlencode({'role': role, 'organisation': organisation})}", "Add the seat"
