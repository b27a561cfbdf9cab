"""What is said of who leads whom: groups that report to, or chair, each other, and organisations that act for each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from threefold.governance.circles import circle_through, circles_among
from threefold.governance.comparison_words import joined
from threefold.governance.configured import brought
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.remark import Remark


@dataclass(frozen=True, slots=True)
class _Group:
    """One group: the place that mends it, its title, the keys of those it reports to, and of those that lead it."""

    field: str
    title: str
    reports_to: tuple[str, ...]
    led_by: tuple[str, ...]
    chair: str


def groups_in_circles(governance: Governance, arrangement: Arrangement) -> Iterator[Remark]:
    """One remark on each group that reports to itself, or is led by itself, over others. In one step its own rule refuses it.

    Rules that cannot read their settings are told elsewhere and count for nothing here.
    """
    groups = _groups(governance, arrangement)
    for key, group in groups.items():
        reports = circle_through(key, lambda k: [to for to in groups[k].reports_to if to in groups])
        if len(reports) > 1:
            said = _in_turn([(groups[a].title, groups[b].title) for a, b in _pairs(reports)], "reports to", "to")
            yield Remark(
                "mend",
                f"{said}, in a circle. Choose to whom else “{group.title}” reports.",
                field=f"{group.field}.reports_to",
                key=f"reports-in-circle-{group.field}",
            )
        led = circle_through(key, lambda k: [by for by in groups[k].led_by if by in groups])
        if len(led) > 1:
            chairs = all(groups[a].chair == b for a, b in _pairs(led))
            said = _in_turn(
                [(groups[a].title, groups[b].title) for a, b in _pairs(led)], "is chaired by" if chairs else "is led by", "by"
            )
            said = said if chairs else f"{said}, as chair or vice-chair"
            name = "chair" if group.chair == led[1] else "vice_chair"
            yield Remark(
                "mend",
                f"{said}, in a circle. Choose who else leads “{group.title}”.",
                field=f"{group.field}.{name}",
                key=f"led-in-circle-{group.field}",
            )


def acting_in_circles(arrangement: Arrangement) -> Iterator[Remark]:
    """Organisations that act for each other, two or more in a circle: then none of them would act."""
    named = {o.key: o for o in arrangement.organisations}

    def acts_for(key: str) -> list[str]:
        return [other for other in named[key].acts_for if other in named and other != key]

    for circle in circles_among(named, acts_for):
        names = [named[key].name for key in circle]
        if len(circle) == 2:
            said = f"{names[0]} and {names[1]} act for each other, so that neither would. Choose one that acts for the other."
        else:
            told = joined(
                f"{named[a].name} {'acts for' if n == 0 else 'for'} {named[b].name}" for n, (a, b) in enumerate(_pairs(circle))
            )
            said = f"{told}, so that none of them would. A delegation is not passed on: choose one that acts for the others."
        yield Remark("mend", said, field=f"organisations.{circle[0]}", key="each-other")


def _pairs(circle: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(zip(circle, (*circle[1:], circle[0]), strict=True))


def _in_turn(pairs: list[tuple[str, str]], first: str, then: str) -> str:
    return joined(f"“{one}” {first if n == 0 else then} “{other}”" for n, (one, other) in enumerate(pairs))


def _groups(governance: Governance, arrangement: Arrangement) -> dict[str, _Group]:
    found: dict[str, _Group] = {}
    for use, thing in brought(governance.catalogue, arrangement.uses):
        if thing.kind == "group":
            reports, chair = thing.get("reports_to"), str(thing.get("chair") or "")
            leads = tuple(key for key in (chair, str(thing.get("vice_chair") or "")) if key)
            to = tuple(map(str, reports)) if isinstance(reports, tuple) else ()
            found.setdefault(thing.key, _Group(f"rules.{use.use}.groups.{thing.key}", thing.title, to, leads, chair))
    return found
