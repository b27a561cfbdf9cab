"""What pages show of days: where each version stands, the question for one day, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask.typing import ResponseReturnValue

from threefold.governance import in_force
from threefold.governance.in_force import OnDay
from threefold.work.arrangements.publishing import KIND
from threefold.work.people.web import Filled, Form, day, render, services

# A colour beside each tag; its words say it all.
COLOURS = {"now": "govuk-tag--green", "coming": "govuk-tag--blue", "past": "govuk-tag--grey", "set_right": "govuk-tag--orange",
           "never": "govuk-tag--grey", "unknown": "govuk-tag--yellow"}  # fmt: skip


class DayAsked(Form):
    on = day("What was in force on which day?", missing="Enter a day")


def day_page(
    form: Filled, found: OnDay | None, places: Mapping[str, str], *, back: str, synthetic: bool = False
) -> ResponseReturnValue:
    """What was in force on a day, or the question again. `places`: where versions can be read, by version; the rest is not."""
    title = f"What was in force on {in_force.said(found.day)}" if found else "What was in force on a day"
    shown = [v for v in (found.version, found.then, *found.possible) if v] if found else []
    return render(
        "arrangements/on_day.html",
        title=title,
        form=form,
        back=back,
        found=found,
        places=places,
        shown=shown,
        synthetic=synthetic,
    )


def public(body_id: UUID) -> dict[str, UUID]:
    """The publications of a body, by the version each is of."""
    with services().walls.published() as reading:
        return {str(p.content["version"]): p.id for p in reading.of(body_id, KIND)}


def area_names() -> dict[str, str]:
    """The names of areas by their codes, as the bodies' own files give them."""
    return {str(f["code"]): str(f["name"]) for b in services().library.bodies.values() for f in b.details.get("footprint", ())}
