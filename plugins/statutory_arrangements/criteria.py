"""Local tests that are narrower than what the law asks, or rest on what it no longer asks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from threefold.plugin_api import ArrangementView, Objection, Source

FAQ = "childsafeguarding.independent-panel.uk/about/faqs/"
S1 = Source("S-1: the test for serious case reviews, superseded in 2018", "PG", "V2", "docslib.org/doc/13917526")
WIDER = Source(
    "N-1: the national test stands beside a narrower local one",
    "PG",
    "V",
    "gov.uk/guidance/report-a-serious-child-safeguarding-incident",
)
# What a criterion that narrows is told of what it is about, and where that comes from.
NARROWED = {
    "notify": ("narrows the national test, which stands whatever a local criterion says.", WIDER),
    "rapid-review": (
        "narrows which cases have a rapid review. One follows every notification, whatever a local criterion says.",
        Source("RR-1: Panel, frequently asked questions (a rapid review follows a notification)", "PG", "V", FAQ),
    ),
    "local-review": (
        "narrows when a local review is carried out. What regulation 11 lists is taken into account whatever a local criterion says.",
        Source("L-2: SI 2018/789, regulation 11 stands beside a narrower local criterion", "PG", "V2", "legislation.gov.uk/uksi/2018/789"),
    ),
}  # fmt: skip
# What a criterion may speak against, and which test it then narrows.
AGAINST = {"notify": "notify", "start_rapid_review": "rapid-review", "send_rapid_review": "rapid-review"}
LEGACY = Source(
    "Legacy limb (iv), until 28 June 2018", "PG", "V", "proceduresonline.com/pancheshire/warrington/p_ser_case_rev.html"
)

JOINT_WORKING = "incident.working_together_concern"
_JOINT = re.compile(r"\b(joint(ly)? work|work(ed|ing)? (together|jointly))", re.IGNORECASE)  # where no condition says it
_CONCERN = re.compile(r"\b(concern|poor|fail|weak|problem|lack|breakdown)", re.IGNORECASE)  # good joint working is no such test
_NEEDED = re.compile(r"\b(before (any|a|there)|unless|must|only (if|when|where)|required|needed)\b", re.IGNORECASE)
REGULATED = "incident.children[].regulated_setting"


def stale(arrangement: ArrangementView) -> Iterable[Objection]:
    """Local tests that are narrower than what the law asks, or rest on what it no longer asks. Warned of, not blocked.

    An area's own kind of review is its own: the law has no test for it.
    """
    for rule, criterion in arrangement.all("criterion"):
        about = str(criterion.get("about") or "notify")
        if about not in NARROWED:
            continue
        where, reads = f"rules.{rule.use}.criteria.{criterion.key}", criterion.get("reads")
        reads = reads if isinstance(reads, tuple) else ()
        words = f"{criterion.title} {criterion.sentence}"
        narrows = criterion.get("effect") == "narrows"
        narrowed, source = NARROWED[about]
        joint = JOINT_WORKING in reads or bool(_JOINT.search(words) and (narrows or _CONCERN.search(words)))
        # Of a local review it is a factor that regulation 11 names, and no condition of one.
        joint = joint and (narrows or about != "local-review" or bool(_NEEDED.search(words)))
        if joint:  # whatever its effect is called: whoever writes it down does not think of it as narrower
            yield Objection(f"narrows/{rule.use}/{criterion.key}", "in_force",
                            f"'{criterion.title}' " + (narrowed if narrows
                                                       else f"{'rests on' if JOINT_WORKING in reads else 'speaks of'} concern about joint working.")
                            + " A concern about joint working was superseded as a test in 2018; it is one factor among four.",
                            S1, field=f"{where}.{'when' if JOINT_WORKING in reads else 'effect' if narrows else 'title'}")  # fmt: skip
        elif narrows:
            yield Objection(
                f"narrows/{rule.use}/{criterion.key}",
                "in_force",
                f"'{criterion.title}' {narrowed}",
                source,
                field=f"{where}.effect",
            )
        against = criterion.get("speaks_against")
        held = [NARROWED[AGAINST[move]] for move in (against if isinstance(against, tuple) else ()) if move in AGAINST]
        if held and not narrows:
            yield Objection(f"speaks-against/{rule.use}/{criterion.key}", "in_force",
                            f"'{criterion.title}' speaks against what the law has done. It {held[0][0]}", held[0][1], field=f"{where}.speaks_against")  # fmt: skip
        if REGULATED in reads and about == "notify":
            yield Objection(f"stale/{rule.use}/{criterion.key}", "in_force",
                            f"'{criterion.title}' rests on death in a regulated setting, which left the national test in June 2018.",
                            LEGACY, field=f"{where}.when")  # fmt: skip
