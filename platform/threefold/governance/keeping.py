"""Until when the records of a closed case, of one received from another body, or a request for one's own records, are kept: by which
rule of which version, and from which fact. No database, no clock.

The version in force on the day that is asked about governs: an area's schedule is about what it holds, not about when the case
was. Of several rules that apply the latest end counts, and a start that is not known is no end: what nobody set, and what
cannot be worked out, is kept. No end destroys anything of a case; it says from when somebody may propose it. A request goes by
itself, each day (decision 0027).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from threefold.domain.calendar import add_months
from threefold.domain.sources import Source
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement

ANY = "any"  # closed case: what is no case has a word of its own
REQUESTS, ANSWERED = "requests", "answered"
RECEIVED = "received"
STARTS: Mapping[str, str] = {
    "closed": "the case was closed", "birth": "the youngest child in the case was born", "death": "the last child in the case who died, died",
    "published": "the report was published", "notified": "the notification was sent",
    ANSWERED: "the request was answered or refused",
}  # fmt: skip
MISSING: Mapping[str, str] = {
    "closed": "The case is not closed.", "birth": "The date of birth of a child in this case is not on record.",
    "death": "The date on which a child in this case died is not on record, or none died.",
    "published": "No day of publication is on record.", "notified": "No day of notification is on record.",
    ANSWERED: "The request is open.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeepingRule:
    """One time for keeping records, as the version in force sets it. `use` and `key` name the rule and its entry."""

    version: str
    use: str
    key: str
    title: str
    sentence: str
    source: Source
    cases: str
    months: int
    starts: str
    confirms: str

    @property
    def id(self) -> str:
        return f"{self.use}/{self.key}"


@dataclass(frozen=True, slots=True)
class Ending:
    """What one rule says of one case: from which day it counts and when it ends; None where that fact is not known."""

    rule: KeepingRule
    starts_on: date | None
    ends_on: date | None

    @property
    def why(self) -> str:
        """The fact it counts from, in words."""
        if self.starts_on is None:
            return MISSING[self.rule.starts]
        return f"Counted from {said(self.starts_on)}, the day on which {STARTS[self.rule.starts]}."


@dataclass(frozen=True, slots=True)
class Kept:
    """How long a case's records are kept. `ends_on` None: no end is set or known, so that nothing may be destroyed."""

    endings: tuple[Ending, ...]
    ends_on: date | None
    governing: Ending | None
    sentence: str

    def is_due(self, on: date) -> bool:
        return self.ends_on is not None and self.ends_on <= on


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a closed case: how it ended, and the day of each fact that a time may count from.

    `ended`: each of the words of the rules that holds of it: one that was not notified may be one without a local review too.
    """

    ended: frozenset[str]
    starts: Mapping[str, date | None]
    keep_until: date | None = None


def keeping_rules(governance: Governance, versions: Sequence[Arrangement], day: date) -> tuple[KeepingRule, ...]:
    """The times for keeping records that the version in force on a day sets. None where no version surely governs."""
    _, governs, edition = governance.pin(versions, day)
    if governs is None:
        return ()
    found = []
    for ref, thing in governance.rule_set(governs, edition).provided:
        if thing.kind == "retention":
            amount = int(str(thing.get("amount")))
            found.append(KeepingRule(
                governs.version, ref.use, thing.key, thing.title, thing.sentence, thing.source, str(thing.get("cases")),
                amount * 12 if thing.get("unit") == "years" else amount, str(thing.get("starts")), str(thing.get("confirms") or ""),
            ))  # fmt: skip
    return tuple(sorted(found, key=lambda r: (r.use, r.key)))


def kept(rules: Sequence[KeepingRule], known: Known) -> Kept:
    """Until when the records of a case are kept: the latest end of every rule that applies, and of what was decided since."""
    endings = tuple(_ending(rule, known) for rule in rules if rule.cases == ANY or rule.cases in known.ended)
    return _latest(endings, known, "The arrangement in force sets no time for records like these. They are kept until it does.")


def kept_request(rules: Sequence[KeepingRule], answered_on: date | None) -> Kept:
    """Until when a request for one's own records is kept, that was answered or refused on a day (None: it is open): by the entries for
    requests and by no other."""
    known = Known(frozenset({REQUESTS}), {ANSWERED: answered_on})
    endings = tuple(_ending(rule, known) for rule in rules if rule.cases == REQUESTS)
    return _latest(
        endings, known, "The arrangement in force sets no time for requests for one’s own records. They are kept until it does."
    )


def kept_received(rules: Sequence[KeepingRule], starts: Mapping[str, date | None], keep_until: date | None = None) -> Kept:
    """Until when what a body received of another's case is kept: by the entries for received cases and by no other."""
    known = Known(frozenset({RECEIVED}), starts, keep_until)
    endings = tuple(_ending(rule, known) for rule in rules if rule.cases == RECEIVED)
    return _latest(
        endings, known, "The arrangement in force sets no time for cases received from areas. They are kept until it does."
    )


def _latest(endings: tuple[Ending, ...], known: Known, none_set: str) -> Kept:
    if not endings:
        return Kept((), None, None, none_set)
    unknown = next((e for e in endings if e.ends_on is None), None)
    if unknown is not None:
        return Kept(
            endings, None, None, f"{unknown.why} So the end of “{unknown.rule.title}” cannot be worked out, and they are kept."
        )
    governing = max(endings, key=lambda e: (e.ends_on or date.min, e.rule.id))
    assert governing.ends_on is not None
    ends_on = max(governing.ends_on, known.keep_until or date.min)
    if ends_on > governing.ends_on:
        return Kept(
            endings,
            ends_on,
            governing,
            f"Kept until {said(ends_on)}, as two people decided. The rule’s own time ends on {said(governing.ends_on)}.",
        )
    return Kept(endings, ends_on, governing, f"Kept until {said(ends_on)}. {governing.why}")


def _ending(rule: KeepingRule, known: Known) -> Ending:
    start = known.starts.get(rule.starts)
    return Ending(rule, start, add_months(start, rule.months) if start else None)


def said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
