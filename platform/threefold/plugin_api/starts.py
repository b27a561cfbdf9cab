"""When what starts a clock, ends it or is told of happened: an event on record, or a day that is an answer of the incident's own form.

The day of the incident, and that of a child's death, are facts of the incident; nobody has to put them on record a second time.
"""

from __future__ import annotations

from threefold.plugin_api.facts import Event, Facts, day_of_death


def started(facts: Facts, name: str) -> Event | None:
    """The event that starts a clock, or ends a step, or None. Of several deaths the earliest counts; a moment on record is more than its day."""
    event = facts.review.start(name)
    if name == "incident":
        days = [facts.incident.happened_on.value]
    elif name == "death":
        days = [day_of_death(child) for child in facts.incident.children]
    else:
        return event
    known = min((day for day in days if day is not None), default=None)
    return event if known is None or (event is not None and event.day <= known) else Event(name, known)


def from_the_form(facts: Facts) -> tuple[Event, ...]:
    """The days of the incident's own form as events, where none of that name is on record that is as early."""
    found = ((name, started(facts, name)) for name in ("incident", "death"))
    return tuple(event for name, event in found if event is not None and event is not facts.review.event(name))


def start_reads(name: str) -> tuple[str, ...]:
    """The paths that `started` looks at."""
    own = {
        "incident": ("incident.happened_on",),
        "death": ("incident.children[].died", "incident.children[].died_on", "review.events.death"),
    }
    return own.get(name, (f"review.events.{name}",))
