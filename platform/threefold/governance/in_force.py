"""Which version was in force on which day, in plain words: for the page that anyone reads, and for the one inside.

`governing` says what governs; here it is told over time. A version ends on the day before the next one begins, or on its own
last day; after a temporary variation what was in force before governs again. A correction takes the place of what it
corrects, and both stay on record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from threefold.domain.errors import BeforeAnyVersion
from threefold.governance.decide import Governance, governing
from threefold.governance.pack import Arrangement
from threefold.governance.periods import DAY, Taken, taken_over
from threefold.governance.periods import OnRecord as OnRecord
from threefold.governance.periods import Period as Period
from threefold.governance.periods import periods as periods

State = Literal["now", "coming", "past", "set_right", "never", "unknown"]
Called = Callable[[Arrangement], str]
# Where the tag of a version does not tell its days, which are then told beside it.
DAYS_BESIDE: frozenset[State] = frozenset({"now", "set_right", "unknown", "never"})


@dataclass(frozen=True, slots=True)
class Mark:
    """That a version corrects another, or is corrected by it: the words, and that other version."""

    words: str
    other: Arrangement


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a version stands today: a tag of a few words, its days, and what was set right."""

    version: Arrangement
    recorded: date
    state: State
    tag: str
    days: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class OnDay:
    """What was in force on a day. `version` None: the sentences say why; `possible` are those of unknown beginning.

    `then`: what was on record for that day until another version set it right. `law` "": not known here.
    """

    day: date
    version: Arrangement | None
    then: Arrangement | None
    possible: tuple[Arrangement, ...]
    law: str
    sentences: tuple[str, ...]


def titled(version: Arrangement) -> str:
    """A version by its title, in quotation marks."""
    return f"“{version.title}”"


def standings(record: Sequence[OnRecord], today: date, called: Called = titled) -> tuple[Standing, ...]:
    """Every version on record, in the order given, with where it stands today."""
    over_time = periods([one.version for one in record])
    taken = taken_over(record)
    return tuple(
        _standing(one, [p for p in over_time if p.version is one.version], record, taken, today, called) for one in record
    )


def before(known: Sequence[Arrangement], version: Arrangement) -> Arrangement | None:
    """The version before one: what stood in the place of what it corrects; else what governed on the day before it begins; else the one
    listed before."""
    if version.corrects:
        place = next((i for i, v in enumerate(known) if _same(v, version)), len(known))
        right = set_right_by(version, known[:place])
        return right[-1] if right else next((v for v in known if v.version == version.corrects), None)
    if version.begins:
        found = governing([v for v in known if v.version != version.version], version.begins - DAY)
        if found is not None:
            return found
    place = next((i for i, v in enumerate(known) if v.version == version.version), 0)
    undated = [v for v in known[:place] if v.begins is None]
    return undated[-1] if undated else None


def interrupted(known: Iterable[Arrangement], day: date) -> Arrangement | None:
    """What would govern a day were there no temporary variation: what those interrupt, one after another, one within another, or one that
    was set right."""
    return governing([v for v in known if v.until is None], day)


def set_right_by(version: Arrangement, known: Iterable[Arrangement]) -> list[Arrangement]:
    """What set right before one the version that it corrects, in the order of `known`: the last stands in that one's place."""
    by = {one.version: one for one in known if not _same(one, version)}
    return [one for one in by.values() if version.corrects and version.corrects in _corrected_by(one, by)]


def stands_for(version: Arrangement, known: Iterable[Arrangement]) -> Arrangement:
    """What stands in the place of a version on record: the last, in the order of `known`, of those that set right the same, be it one of
    them or what they correct; itself where none came after it."""
    by = {one.version: one for one in known}
    own = {version.version, *_corrected_by(version, by)}
    return [one for one in by.values() if own & {one.version, *_corrected_by(one, by)}][-1]


def _same(one: Arrangement, other: Arrangement) -> bool:
    """Whether two are one version. A draft may still have a name, of its last sending, that another version got since."""
    return one.version == other.version and one.signed_hash == other.signed_hash


def _corrected_by(one: Arrangement, by: Mapping[str, Arrangement]) -> set[str]:
    """The versions that one corrects, and that those correct in turn."""
    found: set[str] = set()
    while one.corrects and one.corrects not in found:
        found.add(one.corrects)
        if one.corrects not in by:
            break
        one = by[one.corrects]
    return found


def for_a_time(version: Arrangement, known: Iterable[Arrangement], today: date) -> str:
    """Of a temporary variation, on record or to be: its last day, and what governs after. Of a correction of days that are over: which
    they are. Of any other version nothing.

    `known`: what is on record. Another variation may begin before its last day, or govern after it.
    """
    if version.begins is None or not (version.until or version.corrects):
        return ""
    known = list(known)
    others = [one for one in known if not _same(one, version)]
    if len(others) < len(known):  # on record: a later correction may stand in its place
        then = [version if _same(one, version) else one for one in known]
    else:
        then = sorted([*others, version], key=lambda one: (one.begins or date.min, bool(one.corrects)))
    own = [period for period in periods(then) if period.version is version]
    if version.until is None:
        last = own[-1].last if own else None
        return f"Its days are {_days_of(own)}: what governs after them stays as it is." if last and last < today else ""
    if not own:
        return f"It is a temporary variation until {said(version.until)}. Other versions govern each of its days."
    if own[-1].last != version.until or governing(then, version.until + DAY) is not governing(others, version.begins - DAY):
        return _varies(version, version.until, then, titled)
    over = version.until < today
    return (
        f"It {'was' if over else 'is'} a temporary variation: its last day {'was' if over else 'is'} {version.until:%A} {said(version.until)}. "
        f"From the day after, what was in force before {'governed' if over else 'governs'} again."
        f"{'' if over else ' What an open case has not begun by then follows that again too.'}"
    )


def _days_of(own: Sequence[Period]) -> str:
    return " and ".join(between(period.first, period.last) for period in own)


def on_day(governance: Governance, record: Sequence[OnRecord], day: date, today: date, called: Called = titled) -> OnDay:
    """What was in force on a day, as it is known today, with what was on record on that day where that is another thing."""
    known = [one.version for one in record]
    dated = [v for v in known if v.begins is not None]
    governs = governing(dated, day)
    undated = [v for v in known if v.begins is None and (v.until is None or day <= v.until)]
    possible = () if governs else tuple(v for v in undated if v.not_before is None or v.not_before <= day)
    told: list[str] = []
    then = None
    if governs is not None:
        told += _was(governs, day, today, known, called)
        recorded = next(one.recorded for one in record if one.version is governs)
        then = governing([one.version for one in record if one.version.begins and one.recorded <= day], day)
        told += _set_right(governs, recorded, then, day, today, record, called)
        then = _stood_before(governs, recorded, day, record) if then in (None, governs) else then
    elif possible:
        names = ", ".join(called(v) for v in possible)
        told.append(f"Which version applied on {said(day)} is not known: no source gives the day on which {names} began.")
    else:
        told.append(_nothing(dated, undated, day, called))
    try:
        edition, notes = governance.edition_on(day)
        law, told = edition.title, [*told, *notes]
    except BeforeAnyVersion as error:
        law, told = "", [*told, error.sentence]
    return OnDay(day, governs, then, possible, law, tuple(told))


def said(day: date) -> str:
    """`8 April 2026`."""
    return f"{day.day} {day:%B %Y}"


def between(first: date, last: date | None) -> str:
    """Days from first to last in few words: `1 January to 26 November 2026`, `on 1 April 2027`; without an end, `since` its first."""
    if last is None:
        return f"since {said(first)}"
    if first == last:
        return f"on {said(first)}"
    return f"{first.day} {first:%B}{f' {first.year}' if first.year != last.year else ''} to {said(last)}"


def _standing(
    one: OnRecord, own: list[Period], record: Sequence[OnRecord], taken: Sequence[Taken], today: date, called: Called
) -> Standing:
    version = one.version
    marks = _marks(one, record, taken, called)
    if version.begins is None:
        days = "No source gives the day on which it began" + (
            f"; not before {said(version.not_before)}" if version.not_before else ""
        )
        ends = f"; it ended on {said(version.until)}" if version.until else ""
        return Standing(version, one.recorded, "unknown", "Beginning not known", f"{days}{ends}", marks)
    now = next((p for p in own if p.first <= today and (p.last is None or today <= p.last)), None)
    ahead = [p for p in own if p.first > today]
    if not own:
        return _in_force_no_more(one, version.begins, taken, marks, called)
    days = " and ".join(f"from {said(p.first)}" if p.last is None and p in ahead else between(p.first, p.last) for p in own)
    days += _only(own)
    days = days[:1].upper() + days[1:]
    if now:
        return Standing(version, one.recorded, "now", "In force now", days, marks)
    if len(ahead) == len(own):
        return Standing(version, one.recorded, "coming", _coming(ahead), days, marks)
    return Standing(version, one.recorded, "past", f"In force {days[:1].lower() + days[1:]}", days, marks)


def _only(own: Sequence[Period]) -> str:
    """Of a version that governs one day in all: its day alone would read as if it were the first of more."""
    return " only" if len(own) == 1 and own[0].first == own[0].last else ""


def _coming(ahead: list[Period]) -> str:
    """From when a version will govern; one that governs again after a temporary variation is told so."""
    first, last = ahead[0].first, ahead[0].last
    begins = (
        f"From {said(first)}"
        if last is None
        else f"On {said(first)}{_only(ahead)}"
        if first == last
        else f"From {said(first)} to {said(last)}"
    )
    return f"{begins}, and again from {said(ahead[1].first)}" if len(ahead) > 1 else begins


def _in_force_no_more(one: OnRecord, begins: date, taken: Sequence[Taken], marks: tuple[Mark, ...], called: Called) -> Standing:
    """A version that governs no day as things are known today: most often because a correction stands in its place."""
    lost = next((t for t in taken if t.one is one), None)
    by = lost.by if lost else None
    set_right = by is not None or any(mark.other.corrects == one.version.version for mark in marks)
    if by is None or lost is None:
        days = f"It was to begin on {said(begins)}"
    else:
        what = "the correction" if by.version.corrects == one.version.version else called(by.version)
        since = f"on record from {said(one.recorded)} " if one.recorded > begins else ""
        last = max((t.last or date.max for t in taken if t.one is one and t.by is by), default=date.max)
        days = f"It stood {since}as in force {_until_entered(begins, last, what, by)}"
    if not set_right:
        return Standing(one.version, one.recorded, "never", "Not in force on any day", days, marks)
    return Standing(one.version, one.recorded, "set_right", "Set right by a later version", days, marks)


def _until_entered(first: date, last: date, what: str, by: OnRecord) -> str:
    """From when to when days stood that another took: to its own end, where that was passed before the other was entered."""
    if last < by.recorded:
        return f"{'from ' if first != last else ''}{between(first, last)}; {what} was entered on {said(by.recorded)}"
    return f"from {said(first)}, until {what} was entered on {said(by.recorded)}"


def _marks(one: OnRecord, record: Sequence[OnRecord], taken: Sequence[Taken], called: Called) -> tuple[Mark, ...]:
    found = []
    for other in record:
        if one.version.corrects and other.version.version == one.version.corrects:
            found.append(Mark(f"Corrects {called(other.version)}; {_entered(one)}.", other.version))
        if other.version.corrects and other.version.corrects == one.version.version:
            found.append(Mark(f"Set right by {called(other.version)}; {_entered(other)}.", other.version))
    for t in taken:
        if t.by.version.corrects == t.one.version.version:
            continue  # told as a correction
        if t.one is one:
            entered = _until_entered(t.first, t.last or date.max, called(t.by.version), t.by)
            found.append(Mark(f"It stood on record as in force {entered}.", t.by.version))
        if t.by is one:
            found.append(
                Mark(
                    f"From {said(t.first)} it takes the place of {called(t.one.version)}, which stood on record until then.",
                    t.one.version,
                )
            )
    return tuple(found)


def _entered(correction: OnRecord) -> str:
    begins = correction.version.begins
    if begins is None:
        return f"entered on {said(correction.recorded)}"
    return f"entered on {said(correction.recorded)}, {'back to' if begins < correction.recorded else 'from'} {said(begins)}"


def _was(governs: Arrangement, day: date, today: date, known: Sequence[Arrangement], called: Called) -> list[str]:
    verb = "was" if day < today else "is" if day == today else "will be"
    own = next(p for p in periods(known) if p.version is governs and p.first <= day and (p.last is None or day <= p.last))
    days = f"from {said(own.first)}" if own.last is None and own.first > today else between(own.first, own.last)
    days += _only([p for p in periods(known) if p.version is governs])
    told = [f"On {said(day)} {called(governs)} {verb} in force ({days})."]
    if day > today:
        told.append("That is what is on record today. A version that is signed later and begins before then takes its place.")
    if governs.until:
        told.append(_varies(governs, governs.until, known, called))
    return told


def _varies(variation: Arrangement, until: date, known: Sequence[Arrangement], called: Called) -> str:
    """That it is for a time, and what governs from when: another version may begin before its last day, and end it."""
    last = max(p.last for p in periods(known) if p.version is variation and p.last)
    after = governing([v for v in known if v.begins is not None], last + DAY)
    if last < until and after:
        return f"It is a temporary variation, agreed until {said(until)}: {called(after)} begins before that, and governs from {said(last + DAY)}."
    then = f" From the day after, {called(after)} governs." if after else ""
    return f"It is a temporary variation: its last day is {said(until)}.{then}"


def _set_right(
    governs: Arrangement, recorded: date, then: Arrangement | None, day: date, today: date, record: Sequence[OnRecord],
    called: Called,
) -> list[str]:  # fmt: skip
    """What was on record on the day itself, and what was set right later."""
    entered = _entered(OnRecord(governs, recorded))
    corrected = next((one for one in record if governs.corrects and one.version.version == governs.corrects), None)
    if corrected and (day > today or recorded <= day or then is None):
        return [_corrects(governs, recorded, corrected.version, day, record, called)]
    if day > today or recorded <= day:
        return []
    if then is None:
        return [f"It was put on record here later than that, on {said(recorded)}."]
    if governs.corrects:
        return [f"On that day {called(then)} was on record. It was set right later: {called(governs)} corrects it; {entered}."]
    return [f"On that day {called(then)} was on record; {called(governs)} was put on record later, on {said(recorded)}."]


def _corrects(
    governs: Arrangement, recorded: date, corrected: Arrangement, day: date, record: Sequence[OnRecord], called: Called
) -> str:
    """That a version corrects another, and what was on record for a day until that was entered."""
    entered = f"It corrects {called(corrected)}; {_entered(OnRecord(governs, recorded))}."
    stood = _stood_before(governs, recorded, day, record)
    if stood is None:
        return entered
    since = next(one.recorded for one in record if one.version is stood)
    later = f", since {said(since)}" if since > day else ""
    return f"{entered} Until that was entered, {called(stood)} stood on record for {said(day)}{later}."


def _stood_before(governs: Arrangement, recorded: date, day: date, record: Sequence[OnRecord]) -> Arrangement | None:
    """What governed a day as things were on record before a correction was entered; None for a version that corrects nothing."""
    if not governs.corrects:
        return None
    others = [one.version for one in record if one.version.begins and one.version is not governs and one.recorded <= recorded]
    return governing(others, day)


def _nothing(dated: Sequence[Arrangement], undated: Sequence[Arrangement], day: date, called: Called) -> str:
    """Why no version governs a day, and none may have. `undated`: those that began, on a day not known, after it."""
    first = min((v.begins for v in dated if v.begins), default=None)
    if undated:
        names = "; ".join(f"{called(v)} began no earlier than {said(v.not_before)}" for v in undated if v.not_before)
        return f"No version on record here was in force on {said(day)}: {names}."
    if first is None:
        return "No local arrangement is on record here."
    if day < first:
        return f"No version on record here was in force on {said(day)}: the first one begins on {said(first)}."
    return f"No version on record here was in force on {said(day)}: the last one before it had ended."
