"""Words of what partners agree now that name what the law has no more: serious case reviews, the boards that held them, commissioning groups.

Source: the Working Together 2018 transitional guidance (S-5), Health and Care Act 2022 for commissioning groups (R-1.2). Only what partners
wrote here themselves is read: a page that was adopted may tell of its past, and so may a sentence that speaks of it as past.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from plugins.statutory_arrangements.floor import CCG_UNTIL
from threefold.plugin_api import AGREED_HERE, ArrangementView, Objection, Source

ENDED = Source(
    "S-5: Working Together 2018, transitional guidance (boards and serious case reviews ended by 29 September 2019)", "PG", "K"
)
GROUPS = Source("R-1.2: integrated care boards took the place of clinical commissioning groups in July 2022", "PG", "V2")
_I = re.IGNORECASE
_STALE = (
    (re.compile(r"\bserious case reviews?\b|\bSCRs?\b", _I), "serious case reviews, whose place local child safeguarding practice reviews took", ENDED, None),
    (re.compile(r"\blocal safeguarding children['’]?s? boards?\b|\bLSCBs?\b", _I), "the local safeguarding children board, whose place the safeguarding partners took", ENDED, None),
    (re.compile(r"\bclinical commissioning groups?\b|\bCCGs?\b", _I), "clinical commissioning groups, whose place integrated care boards took in July 2022", GROUPS, CCG_UNTIL),
)  # fmt: skip
_PAST = re.compile(
    r"\b(former(ly)?|until|replac\w+|before|ended|histor\w+|no longer|was|were|had been|used to|succe\w+|legacy|earlier|older)\b",
    _I,
)
# In which list of its rule a thing stands, and what says its words.
_LISTS = {
    "step": "steps", "group": "groups", "criterion": "criteria", "outcome": "types", "narrative": "statements", "publication": "texts",
    "ladder_stage": "stages", "agency": "agencies", "agency_terms": "terms", "way": "ways", "scrutiny": "forms", "question": "questions",
    "route": "routes", "fund": "funds", "telling": "tells", "carve_out": "carve_outs",
}  # fmt: skip


def stale_words(arrangement: ArrangementView, on: date | None) -> Iterable[Objection]:
    """A warning for each line that partners agreed here and that names one of them as if it were there still."""
    if arrangement.entered == "adopted":
        return
    for rule in arrangement.rules:
        for thing in rule.provided:
            if thing.kind not in _LISTS or thing.source.ref != AGREED_HERE:
                continue
            own = str(thing.get("text") or "")
            for words, what, source, since in _STALE:
                in_title = bool(words.search(thing.title))
                if (
                    (since is None or (on is not None and on >= since))
                    and (in_title or words.search(own))
                    and not _PAST.search(f"{thing.title}. {own}")
                ):
                    yield Objection(f"stale-words/{rule.use}/{thing.kind}/{thing.key}", "in_force",
                                    f"“{thing.title}” speaks of {what}. Say what is meant now, or that it is told of the past.",
                                    source, field=f"rules.{rule.use}.{_LISTS[thing.kind]}.{thing.key}.{'title' if in_title else 'text'}", warns=True)  # fmt: skip
                    break
