"""No encoded clock waits for something that nobody can put on record."""

from __future__ import annotations

from threefold.governance.catalogue import Catalogue
from threefold.governance.moments import by_hand, clocks_of
from threefold.governance.pack import Library
from threefold.plugin_api.facts import EVENTS
from threefold.work.incidents.stories import OWN_ACT


def test_every_start_of_every_clock_can_be_recorded(library: Library, catalogue: Catalogue) -> None:
    """What starts a clock is noted by hand, set by an act of the system, or the end of a step that has itself begun."""
    waiting = []
    for body in library.bodies.values():
        for version in body.versions:
            clocks = clocks_of(catalogue, version)
            recorded = set(EVENTS) | by_hand(catalogue, [version]).keys()
            while more := {end for _, starts, end in clocks if recorded & set(starts)} - recorded:
                recorded |= more
            waiting += [(body.id, version.version, title) for title, starts, _ in clocks if not recorded & set(starts)]
    assert waiting == []
    assert set(EVENTS) >= OWN_ACT


def test_the_moments_that_only_a_person_can_note(library: Library, catalogue: Catalogue) -> None:
    found = {b.id: told for b in library.bodies.values() if (told := by_hand(catalogue, b.versions))}
    assert found == {
        "sefton": {
            "done:escalation.decision": "Decision (starts: raise it with the practitioner and the team manager)",
            "done:escalation.not-agreed": "Not agreed (starts: otherwise, a meeting is called)",
        }
    }
