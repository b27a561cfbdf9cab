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
    holds: tuple[Arrangement, ...] = ()

    @property
    def found(self) -> tuple[Quorate, ...]:
        return tuple(line.finding for line in self.lines if isinstance(line.finding, Quorate))

    @property
    def chair_may(self) -> frozenset[str]:
        return chair_may((one.state, one.chair_may) for one in self.found)

    def item(self, key: str) -> tuple[Answer, str]:
        """Whether an item could go ahead, and why: of several rules the strictest counts. Unclear where none says."""
        said = [(answer, why, line) for line, one in self._by_line() for name, answer, why in one.items if name == key]
        if not said or not self.certain or self.failures:
            return "unclear", _each([(line, why) for _, why, line in said], self.certain, self.holds) if said else self.sentence
        # That there was a quorum by one rule is no reason where by another there was none.
        answer, why, _ = min(said, key=lambda s: (("no", "unclear", "yes").index(s[0]), _quorate(s[2])))
        return answer, why

    def _by_line(self) -> Iterable[tuple[Line, Quorate]]:
        return ((line, line.finding) for line in self.lines if isinstance(line.finding, Quorate))


def chair_may(found: Iterable[tuple[str, Iterable[str]]]) -> frozenset[str]:
    """What several rules together let the chair do on a miss. `found`: for each its state and what it gives. What is not met has to give some
    discretion, each of it: no chair can set aside a rule that gives none."""
    said = [(state, frozenset(may)) for state, may in found]
    missed = [may for state, may in said if state != "met"]
    return frozenset().union(*(missed or (may for _, may in said))) if all(missed) else frozenset()


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
    return CouldDecide(state, sentence, tuple(lines), tuple(failures), pin, certain, ",".join(fingerprints), tuple(holds))


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
    lines: Sequence[Line], failures: Sequence[Failure], certain: bool, holds: Sequence[Arrangement]
) -> tuple[QuorumState, str]:
    """One answer of many: a miss anywhere is a miss; what failed or is not certain leaves it unclear."""
    failed = dict.fromkeys(f.sentence for f in failures)
    said = _each([(line, line.finding.sentence) for line in lines], certain, holds) if lines or not failed else ""
    told = " ".join((*failed, *((said,) if said else ()))) or NOT_STATED
    if not certain:
        return "unclear", told
    found = [f for f in (line.finding for line in lines) if isinstance(f, Quorate)]
    missed = [f for f in found if f.state != "met"]
    if any(f.chair_may for f in missed) and not chair_may((f.state, f.chair_may) for f in missed):
        told += " Not each of these rules gives the chair a discretion, so there is none."
    states = [f.state for f in found]
    if "not_met" in states:
        return "not_met", told
    return ("met" if states and "unclear" not in states and not failures else "unclear"), told


def _each(said: Sequence[tuple[Line, str]], certain: bool, holds: Sequence[Arrangement]) -> str:
    """What several lines say, told so that none contradicts another: what all say alike once, else each with its rule; and where it is not
    certain which version applied, each with its version."""
    if certain:
        return _by_rule(said)
    by_words: dict[str, list[str]] = {}
    for version in holds:
        words = _by_rule([(line, one) for line, one in said if line.pin.version == version.version]) or NOT_STATED
        by_words.setdefault(words, []).append(f"“{version.title}”")
    return " ".join(
        f"If {', '.join(names)} applied on that day, which no source gives: {words}" for words, names in by_words.items()
    )


def _by_rule(said: Sequence[tuple[Line, str]]) -> str:
    words = dict.fromkeys(one for _, one in said)
    if len(words) < 2:
        return "".join(words)
    return " ".join(("Each of these rules has to be met.", *(f"{line.rule.quoted}: {one}" for line, one in said)))


def _quorate(line: Line) -> bool:
    return isinstance(line.finding, Quorate) and line.finding.state == "met"


__all__ = ["CouldDecide", "Group", "QuorumState", "chair_may", "could_decide", "groups_on"]
