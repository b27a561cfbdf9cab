"""The questions about an incident, a page each; and how their answers become facts with who gave them and when.

The words and kinds of the questions are those of the facts themselves, so a new fact needs one name here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from marshmallow import fields

from threefold.plugin_api.facts import FIELDS
from threefold.plugin_api.facts.incident import Child, ChildSchema, IncidentSchema
from threefold.work.incidents.given import fact_json
from threefold.work.people.web import Filled, Form, choice, day, text, whole_number

UNKNOWN, OTHER, NOT_ASKED = "unknown", "other", "not_asked"
OLDEST_AGE = 25
_ANSWERS = {"yes": "Yes", "no": "No", "unclear": "Unclear or not known yet", NOT_ASKED: "Not asked yet"}


@dataclass(frozen=True, slots=True)
class Section:
    """One page of questions. `known` are the facts for which the day they became known or suspected is asked too."""

    key: str
    title: str
    facts: tuple[str, ...]
    known: frozenset[str] = frozenset()
    said: str = ""


INCIDENT: tuple[Section, ...] = (
    Section("what", "What happened", ("happened_on", "outside_england", "large_exploitation"),
            said="Leave a date empty if it is not known."),
    Section("where", "Where it happened", ("happened_in",),
            said="Where each child lives, who looks after them and where a death was are asked with the child."),
    Section("circumstances", "What is known of the circumstances", (
        "family_known_recently", "single_agency_concern", "no_agency_involved", "more_than_one_area", "institutional_setting",
        "good_practice", "near_miss", "learning_likely", "working_together_concern", "urgent", "media_interest",
    )),
)  # fmt: skip
CHILD: tuple[Section, ...] = (
    Section("about", "About the child", ("age_years", "unborn", "family", "looked_after", "care_leaver")),
    Section("where", "Areas of the child", ("lives_in", "looked_after_by", "died_in"),
            said="Each of these may be a different area, and each may be unknown."),
    Section("abuse", "Abuse or neglect", ("abuse_or_neglect",), frozenset({"abuse_or_neglect"}),
            "The time to notify runs from the day both this, and death or serious harm, are known or suspected."),
    Section("death", "Whether the child has died", ("died", "died_on"), frozenset({"died"})),
    Section("harm", "Serious harm", ("seriously_harmed", "recovered"), frozenset({"seriously_harmed"})),
    Section("circumstances", "Circumstances of a death", (
        "live_born", "external_cause", "sudden_unexplained", "in_custody_or_detained", "suspicious", "unattended_stillbirth",
        "regulated_setting", "suspected_suicide",
    ), said="Only if the child has died. Leave them as not asked otherwise."),
)  # fmt: skip


def section(sections: Sequence[Section], key: str) -> Section | None:
    """The section of that key, or None."""
    return next((s for s in sections if s.key == key), None)


def form_of(wanted: Section, *, child: bool, areas: Mapping[str, str], families: Sequence[str] = ()) -> type[Form]:
    """The form of one page. `areas` are the areas offered by name, code first; `families` the family keys offered."""
    made: dict[str, fields.Field[Any]] = {}
    for name in wanted.facts:
        if name == "family":
            made[name] = choice("Family", {"": "Not stated"} | {f: f.replace("-", " ").capitalize() for f in families}, required=False,
                                hint="Brothers and sisters share a family: it decides how many forms are needed.")  # fmt: skip
            continue
        path = f"incident.children[].{name}" if child else f"incident.{name}"
        made |= _question(name, FIELDS[path].kind, FIELDS[path].label, _hint(name, child), areas)
        if name in wanted.known:
            made[f"{name}-known"] = day(
                "When this first became known or suspected", required=False,
                hint="Only if yes. If it is left empty, the day the authority became aware counts.",
            )  # fmt: skip
    return _form(made)


def local_form(questions: Mapping[str, str], hints: Mapping[str, str]) -> type[Form]:
    """The area's own questions, by key and words; `hints`: what is said beside them."""
    made: dict[str, fields.Field[Any]] = {}
    for key, words in questions.items():
        made |= _question(f"local-{key}", "answer", words, hints.get(key, ""), {})
    return _form(made)


def _form(made: dict[str, fields.Field[Any]]) -> type[Form]:
    return Form.from_dict(dict(made))  # type: ignore[return-value]  # marshmallow says Schema; it is a subclass of the one called


def _hint(name: str, child: bool) -> str:
    schema = ChildSchema if child else IncidentSchema
    return str(schema._declared_fields[name].metadata.get("hint", ""))


def _question(name: str, kind: str, label: str, hint: str, areas: Mapping[str, str]) -> dict[str, fields.Field[Any]]:
    match kind:
        case "date":
            return {name: day(label, hint=hint, required=False)}
        case "count":
            return {
                name: whole_number(
                    label, low=0, high=OLDEST_AGE, hint=hint or "Leave empty if it is not known.", required=False
                )
            }
        case "area":
            items = {**areas, OTHER: "Another area", UNKNOWN: "I do not know"}
            code = text(f"Code of another area ({label.lower()})", required=False, width="10", pattern=r"(?i:[EWSNJLM])[0-9]{8}",
                        hint="Only for another area: its nine-character code, such as E10000008.",
                        wrong="Enter a nine-character area code, like E10000008")  # fmt: skip
            return {name: choice(label, items, hint=hint, required=False, as_list=len(items) > 8), f"{name}-code": code}
        case _:
            return {name: choice(label, _ANSWERS, hint=hint, missing="Select an answer, or “Not asked yet”")}


def initial(wanted: Section, holder: Any, areas: Mapping[str, str]) -> dict[str, Any]:
    """What the boxes of a page show at first, from an incident or a child."""
    shown: dict[str, Any] = {}
    for name in wanted.facts:
        fact = getattr(holder, name)
        if isinstance(fact, str):
            shown[name] = fact
            continue
        shown[name] = fact.value
        if _kind(name) == "area":
            given = fact.given_on is not None or bool(fact.given_by)
            shown[name] = fact.value if fact.value in areas else OTHER if fact.value else UNKNOWN if given else ""
            shown[f"{name}-code"] = "" if fact.value in areas else fact.value
        elif _kind(name) == "answer":
            shown[name] = fact.value or NOT_ASKED
        if name in wanted.known:
            shown[f"{name}-known"] = fact.known_on
    return shown


def _kind(name: str) -> str:
    return FIELDS[f"incident.{name}" if f"incident.{name}" in FIELDS else f"incident.children[].{name}"].kind


def refuse_future_and_gaps(wanted: Section, form: Filled, today: date) -> None:
    """Note in the form what no field can see alone: days that lie ahead, and another area without its code."""
    for name, value in form.answers.items():
        if isinstance(value, date) and value > today:
            form.errors[name] = f"{form.field(name).metadata['label']} must be today or in the past"
    for name in (n for n in wanted.facts if f"{n}-code" in form.schema.fields):
        form.only_with(f"{name}-code", name, OTHER, "where it is not that")
        if form[name] == OTHER and not form[f"{name}-code"]:
            form.errors[f"{name}-code"] = "Enter the code of the other area"


def answered(wanted: Section, old: Mapping[str, Any], form: Filled, given_by: str, given_on: date) -> dict[str, Any]:
    """The JSON of an incident or a child with this page's answers. What was not changed keeps who gave it and when."""
    new = dict(old)
    for name in wanted.facts:
        if name == "family":
            _put(new, name, form[name] or None)
            continue
        value, known_on, said = _answer(name, form), form.answers.get(f"{name}-known"), form[name] not in (None, "", NOT_ASKED)
        _put(new, name, fact_json(old.get(name), value, known_on, given_by, given_on) if said else None)
    return new


def locally_answered(
    old: Mapping[str, Any], keys: Iterable[str], form: Filled, given_by: str, given_on: date
) -> dict[str, Any]:
    """The JSON of the local answers with those of this page."""
    new = dict(old)
    for key in keys:
        value = form[f"local-{key}"]
        _put(new, key, fact_json(old.get(key), value, None, given_by, given_on) if value not in ("", None, NOT_ASKED) else None)
    return new


def name_areas(form: Filled, areas: Mapping[str, str]) -> None:
    """Call the areas of a choice between two answers as the page calls them."""

    def named(told: Any) -> str:
        return areas.get(told["value"] if isinstance(told, Mapping) and told.get("value") else "", "")

    form.clashes = tuple(replace(clash, words=(named(clash.theirs), named(clash.yours))) for clash in form.clashes)


def _answer(name: str, form: Filled) -> Any:
    if f"{name}-code" in form.schema.fields:
        return {OTHER: (form[f"{name}-code"] or "").upper(), UNKNOWN: None}.get(form[name], form[name])
    return form[name]


def _put(target: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        target.pop(name, None)
    else:
        target[name] = value


def sections_for(child: Child) -> list[Section]:
    """The pages of one child: the circumstances of a death only where the child may have died, or something was answered."""
    asked = child.died.value in ("yes", "unclear")
    return [s for s in CHILD if s.key != "circumstances" or asked or progress(s, child) != "none"]


def progress(wanted: Section, holder: Any) -> str:
    """How far a page is: `none`, `some` or `all` of its questions answered, "I do not know" included."""
    facts = [getattr(holder, name) for name in wanted.facts if name != "family"]
    said = [fact for fact in facts if fact.value is not None or fact.given_on is not None]
    return "none" if not said else "all" if len(said) == len(facts) else "some"
