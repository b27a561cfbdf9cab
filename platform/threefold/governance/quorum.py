"""Whether a meeting could decide, under the version and the edition in force on its day.

A version whose beginning is unknown governs nothing: what it says of a quorum is shown apart, as what would hold if it
applied, and settles nothing. Nothing here can stop an act: it is asked when a meeting is put on record, and never when a
duty is discharged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from threefold.domain.findings import Answer, Meeting, Provided, Quorate
from threefold.governance.ask import Failure, Said, ask
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, Edition
from threefold.governance.rule_set import RuleSet
from threefold.governance.time_limit import bounded
from threefold.governance.verdict import Line, Pin

QuorumState = Literal["met", "not_met", "unclear"]
NOT_STATED = "The arrangement does not say what the quorum of this group is."


@dataclass(frozen=True, slots=True)
class Group:
    """A group of an arrangement: what it brings of it, whether a quorum is stated, and whether the version surely governs."""

    thing: Provided
    states_quorum: bool
    arrangement: Arrangement
    certain: bool


@dataclass(frozen=True, slots=True)
class CouldDecide:
    """What the rules say of one meeting. `certain` is False where the version in force that day is unknown."""

    state: QuorumState
    sentence: str
    lines: tuple[Line, ...]
    failures: tuple[Failure, ...]
    pin: Pin
    certain: bool
    fingerprint: str

    @property
    def found(self) -> tuple[Quorate, ...]:
        return tuple(line.finding for line in self.lines if isinstance(line.finding, Quorate))

    def item(self, key: str) -> tuple[Answer, str]:
        """Whether an item could go ahead, and why: of several rules the strictest counts. Unclear where none says."""
        said = [(answer, why) for one in self.found for name, answer, why in one.items if name == key]
        if not said or not self.certain or self.failures:
            return "unclear", " ".join(why for _, why in said) or self.sentence
        return min(said, key=lambda s: ("no", "unclear", "yes").index(s[0]))


def groups_on(governance: Governance, versions: Sequence[Arrangement], day: date) -> tuple[Group, ...]:
    """The groups of the version in force on a day; where that is unknown, those of each version that may have been."""
    _, named, edition, certain = _in_force(governance, versions, day)
    found: dict[str, Group] = {}
    for arrangement in named:
        things = [thing for ref, thing in governance.rules_at_work(arrangement, edition)[0].provided if ref.layer == "local"]
        quorums = {thing.key for thing in things if thing.kind == "quorum"}
        for thing in (t for t in things if t.kind == "group"):
            found.setdefault(thing.key, Group(thing, thing.key in quorums, arrangement, certain))
    return tuple(found.values())


def could_decide(governance: Governance, versions: Sequence[Arrangement], meeting: Meeting, day: date) -> CouldDecide:
    """Ask every rule whether a meeting of that day could decide. No rule that says anything: unclear."""
    pin, named, edition, certain = _in_force(governance, versions, day)
    holds = [a for a in named if certain or meeting.group in _groups_of(governance.rules_at_work(a, edition)[0])]
    lines: list[Line] = []
    failures: list[Failure] = []
    fingerprints: list[str] = []
    for arrangement in holds:
        rules, lost = governance.rules_at_work(arrangement, edition)
        said, failed = _asked(rules, meeting)
        own = pin if certain else Pin(arrangement.version, edition.id, pin.notes)
        lines += [Line("quorum", one, own) for one in said]
        failures += [*lost, *failed]
        fingerprints.append(rules.fingerprint)
    state, sentence = _together(lines, failures, certain, holds)
    return CouldDecide(state, sentence, tuple(lines), tuple(failures), pin, certain, ",".join(fingerprints))


def _in_force(
    governance: Governance, versions: Sequence[Arrangement], day: date
) -> tuple[Pin, tuple[Arrangement, ...], Edition, bool]:
    pin, governs, edition = governance.pin(versions, day)
    if governs is not None:
        return pin, (governs,), edition, True
    return pin, tuple(v for v in versions if v.begins is None and (v.until is None or day <= v.until)), edition, False


def _groups_of(rules: RuleSet) -> set[str]:
    return {thing.key for ref, thing in rules.provided if thing.kind == "group" and ref.layer == "local"}


def _asked(rules: RuleSet, meeting: Meeting) -> tuple[list[Said[Quorate]], list[Failure]]:
    law, _ = ask(rules, "quorum", "law", meeting=meeting)
    with bounded():
        local, failures = ask(rules, "quorum", "local", meeting=meeting)
    return [said for said in (*law, *local) if said.finding.key == meeting.group], failures


def _together(
    lines: Iterable[Line], failures: Iterable[Failure], certain: bool, holds: Sequence[Arrangement]
) -> tuple[QuorumState, str]:
    """One answer of many: a miss anywhere is a miss; what failed or is not certain leaves it unclear."""
    found = [line.finding for line in lines]
    told = [*(f.sentence for f in failures), *dict.fromkeys(f.sentence for f in found)] or [NOT_STATED]
    if not certain:
        names = ", ".join(f"“{a.title}”" for a in holds)
        return "unclear", f"If {names} applied on that day, which no source gives: {' '.join(told)}" if holds else NOT_STATED
    states = [f.state for f in found if isinstance(f, Quorate)]
    if "not_met" in states:
        return "not_met", " ".join(told)
    return ("met" if states and "unclear" not in states and not list(failures) else "unclear"), " ".join(told)


__all__ = ["CouldDecide", "Group", "QuorumState", "could_decide", "groups_on"]
