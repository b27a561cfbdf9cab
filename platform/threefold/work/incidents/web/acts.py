"""Who may do what with an incident: the acts the pages ask for. A seat's view is further held to the seat by its story."""

from __future__ import annotations

from threefold.work.incidents.stories.opening import OPENING
from threefold.work.people.access import BUSINESS_MANAGER, CASE_ROLES, DEPUTY, PARTNER_LEAD, declare

_ACTING = frozenset({BUSINESS_MANAGER, PARTNER_LEAD, DEPUTY})

SEE = declare("see cases", CASE_ROLES).act
SEARCH = declare("search for a person", CASE_ROLES).act
RECORD = declare("record an incident", _ACTING).act
DECIDE = declare("decide whether to notify", _ACTING).act
NOTIFY = declare("notify the national body", _ACTING).act
SEE_OPENING = declare("see who may open a case", _ACTING).act
LET_IN = declare("say who may open a case", OPENING).act
RESTRICT = declare("restrict a case", OPENING).act
CONFLICT = declare("declare a conflict of interest", CASE_ROLES).act
SETTLE = declare("decide on a conflict of interest", CASE_ROLES).act
GIVE_VIEW = declare("give the view of a seat", CASE_ROLES).act
