"""The page that says which arrangement is in force here, where it comes from, and how days are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from threefold.domain.errors import BeforeAnyVersion
from threefold.domain.sources import FORCE_WORDS, SURE_WORDS
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, Edition
from threefold.governance.verdict import Pin
from threefold.walls.audit import DETAIL
from threefold.work.arrangements.drafting import list_drafts
from threefold.work.arrangements.stories import versions
from threefold.work.people.access import EVERYONE, declare
from threefold.work.people.web import Visit, add_navigation, page, render, services

blueprint = Blueprint("arrangements", __name__, template_folder="templates")
SEE_ARRANGEMENT = declare("see the arrangement", EVERYONE).act
add_navigation("Arrangement", "arrangements.arrangement", needs=SEE_ARRANGEMENT, order=80)

OPEN_CASES = {
    "finish_under_old": "Cases that are open when this version begins finish under the one before.",
    "move_at_next_stage": "Cases that are open when this version begins move to it at their next stage.",
}


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
@page(needs=SEE_ARRANGEMENT)
def arrangement(visit: Visit) -> ResponseReturnValue:
    governance = services().governance
    with visit.unit("see the arrangement") as unit:
        found = versions(unit)
        drafts = list_drafts(unit)
        unit.audit("arrangement read", "arrangement", kind=DETAIL)
    with services().walls.published() as reading:
        public = {p.content["version"]: p.id for p in reading.of(visit.body.id, "arrangement")}
    unknown_law = ""
    try:
        pin, current, edition = governance.pin(found, visit.today)
    except BeforeAnyVersion as error:
        pin, current, edition, unknown_law = Pin(None, ""), None, None, error.sentence
    shown = [(version, rules_of(governance, version)) for version in reversed(found)]
    return render(
        "arrangements/arrangement.html", title="Arrangement", pin=pin, current=current, edition=edition, unknown_law=unknown_law,
        versions=shown, law=rules_of(governance, edition) if edition else [], open_cases=OPEN_CASES, begins=begins,
        published=public, may_publish=visit.may("publish the arrangement"),
        seat_titles={s.key: s.title for v in found for s in v.seats}, drafts=drafts, may=visit.may("prepare a change of the arrangement"), done={"given_up": "The draft is put aside. Its record stays."},
    )  # fmt: skip


def rules_of(governance: Governance, pack: Arrangement | Edition) -> list[RuleShown]:
    """The rules of a version or of an edition of the law, in the words of their own cards."""
    shown = []
    for use in pack.uses:
        rule = governance.catalogue.rules.get((use.rule, use.major))
        if rule is None:
            why = "This rule is not installed here, so what it says cannot be worked out."
            shown.append(RuleShown(use.use, use.rule, why, "", "", ""))
            continue
        card, source = rule.card, rule.card.source
        shown.append(RuleShown(
            use.use, card.title, card.summary, source.ref, FORCE_WORDS[source.force], SURE_WORDS[source.sure], cited(use.settings),
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


def begins(version: Arrangement) -> str:
    """When a version begins, with what is not known said."""
    if version.begins is not None:
        return f"{version.begins.day} {version.begins:%B %Y}"
    if version.not_before is not None:
        return f"Not known; not before {version.not_before.day} {version.not_before:%B %Y}"
    return "Not known: no source gives the day"
