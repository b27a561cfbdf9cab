"""How many forms one incident takes. The national guidance's rules decide the denominator of every national figure."""

from __future__ import annotations

from threefold.plugin_api import Incident


def forms_needed(incident: Incident, concerned: tuple[str, ...]) -> int | None:
    """One form for each child who died; one for seriously harmed brothers and sisters together; one for each other
    seriously harmed child; one in all for the harmed, for the main child, in a large sexual-exploitation operation.
    None where it is unclear whether it is such an operation and the number depends on it.

    Source: gov.uk/guidance/report-a-serious-child-safeguarding-incident.
    """
    children = [c for c in incident.children if c.key in concerned]
    deaths = sum(1 for c in children if c.died.value == "yes")
    harmed = [c for c in children if c.died.value != "yes"]
    apart = len({c.family for c in harmed if c.family}) + sum(1 for c in harmed if not c.family)
    match incident.large_exploitation.value:
        case "yes":
            return deaths + min(apart, 1)
        case "unclear" if apart > 1:
            return None
        case _:
            return deaths + apart
