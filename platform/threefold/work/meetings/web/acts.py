"""Who may do what with meetings, and which bodies have any: those whose arrangement has groups."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app

from threefold.domain.errors import ThreefoldError
from threefold.work.meetings.stories import RECORDING, groups_known
from threefold.work.people.access import CASE_ROLES, declare
from threefold.work.people.web import Visit, services

SEE = declare("see meetings", CASE_ROLES).act
RECORD = declare("record a meeting", RECORDING).act
SEE_CASES = declare("see cases", CASE_ROLES).act

LOOK_AGAIN = timedelta(minutes=1)
# In the application, by body: whether it has groups, and when that was looked up. Once it has some it keeps them: versions are
# never taken away.
_KNOWN = "threefold-groups-known"


def bodies_with_groups(visit: Visit, may_look_up: bool) -> bool:
    """Whether the visited body's arrangement has groups that meet. Looked up once a process, and again where there were none."""
    kept: dict[UUID, tuple[bool, datetime]] = current_app.extensions.setdefault(_KNOWN, {})
    known = kept.get(visit.body.id)
    stale = known is None or (not known[0] and visit.at - known[1] > LOOK_AGAIN)
    if stale and may_look_up:
        with visit.unit("find out whether any group meets here") as unit:
            try:
                found = bool(groups_known(unit, services().governance, visit.today))
            except ThreefoldError:  # a rule that is not installed, or no law that day: the arrangement's own page says so
                found = False
        known = kept[visit.body.id] = (found, visit.at)
    return known is not None and known[0]
