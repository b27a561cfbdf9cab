"""What a rule brings, as a member of the public reads it: names for keys, and the counting of days in a sentence of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from threefold.domain.findings import Provided
from threefold.plugin_api.facts import EVENTS
from threefold.plugin_api.saying import FOR, SAYS, spoken

_KEYED = re.compile(r"'([\w./-]+)'")
_KEYED_OR_TITLE = re.compile(rf"“[^”]*”|{_KEYED.pattern}")
_STAGE = re.compile(r"Stage (\d+): ")
_COUNTED = re.compile(
    r"(?P<when>(?:Within|To be done within|Not before \d+[^;.]*? and within) \d+ [^,;.]+?)(?P<inferred>, unit inferred)?(?P<own>; the event's own day is day 1)?"
    r"(?P<start>, starting when [^.]*|; the start is not stated)?(?P<end>\.|$)"
)
_INFERRED = re.compile(r" The source [^.;]*?does not say [^.;]+; (?:it is|they are) read as [^.]+\.")
# What stands for a full stop in a title, and for each text that stays as it is, while the sentence around them is made.
_STOP, _COMMA, _FIRST, _MOST = "\ue001", "\ue002", 0xE100, 200
_MARKED = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + _MOST - 1)}]")
# No name has them: nothing is written with them.
_MARKS = dict.fromkeys((ord(_STOP), ord(_COMMA), *range(_FIRST, _FIRST + _MOST)))
# Where words of people's own end a rule's sentence, with a full stop of their own.
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
_A_KEY = re.compile(r"[a-z0-9][a-z0-9_.:-]*")
_ALONE = ("text", "deputies_need")  # what people may write in one word beside others whose keys a rule says as words
# What a rule makes itself of what is set: times, conditions, two names in one.
_MADE = frozenset({
    "span", "not_before", "clock", "when", "mandatory_when", "phone_first_when", "members", "of_members", "substitutes", "start_events", "set_in",
})  # fmt: skip
_OWN_DAY = " That day itself is counted as day 1."
COUNTED_FROM = re.compile(
    rf", (counted from the day when [^.{chr(_FIRST)}-{chr(_FIRST + _MOST - 1)}]*\.(?: That day itself is counted as day 1\.)?"
    rf"(?:{_INFERRED.pattern})?)"
)
# Lists of keys in what a rule tells of itself: each is named by its title instead.
_WHO = ("views_from", "recommends", "invited", "decides", "acts", "signs")
_SEVERAL = re.compile(r"(?:Views are sought from|Decided by|Signed by) [^.]*|[^.]* may comment")


def text_of(thing: Provided, names: Mapping[str, str]) -> str:
    """What is told of a thing under its title. `names`: titles of seats, organisations, groups and steps by key."""
    return whole(*marked(thing, names))


def marked(thing: Provided, names: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The same for whoever puts several together first: with a mark for each text that stays as it is, and these texts. `whole` makes
    the text of the two."""
    kept = _Kept()
    if thing.kind == "quorum":
        return kept.keep(_quorum(thing, names)), tuple(kept.texts)
    if thing.kind == "reminder":
        return kept.keep(_reminders(_many(thing, "lead_days"))), tuple(kept.texts)
    sentence = _set_aside(thing, kept)
    # A full stop within a title ends no sentence.
    sentence = keys_named(sentence, {key: title.translate(_MARKS).replace(".", _STOP) for key, title in names.items()})
    text = who_named(thing, _KEYED.sub(lambda m: m[0].replace(".", _STOP), sentence), names)
    text = _without_title(counted(text), thing.title, kept.mark_of(thing.title))
    more = " ".join((*_starts(thing, names), *_done_by(thing, names), *beside(thing, names)))
    return " ".join(part for part in (text, kept.keep(more) if more else "") if part), tuple(kept.texts)


def whole(text: str, kept: Sequence[str]) -> str:
    """A marked text as it is read."""
    return _MARKED.sub(lambda m: kept[ord(m[0]) - _FIRST], text.replace(_STOP, "."))


def around_words(thing: Provided, made: Callable[[str], str]) -> str:
    """A rule's own sentence of a thing as `made` makes it, around what people wrote, which stays as it is."""
    kept = _Kept()
    return whole(made(_set_aside(thing, kept)), kept.texts)


class _Kept:
    """Texts that stay as they are, each with the mark that stands for it meanwhile."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def keep(self, text: str) -> str:
        if text not in self.texts and len(self.texts) < _MOST:
            self.texts.append(text)
        return self.mark_of(text)

    def mark_of(self, text: str) -> str:
        return chr(_FIRST + self.texts.index(text)) if text in self.texts else text


def _set_aside(thing: Provided, kept: _Kept) -> str:
    """The sentence with a mark for each text in it that people wrote: nobody else's words are put into it.

    Nor is anything read out of it: a text that names a seat or a number may say another thing of it than what is set.
    """
    texts = [t for t in _free(thing) if t.rstrip(".") != thing.title.rstrip(".")]
    wanted = sorted({thing.title, *texts} - {""}, key=len, reverse=True)
    if not wanted:
        return _TWO_STOPS.sub(".", thing.sentence.translate(_MARKS))
    # One word that could be a key is somebody's own where it begins the sentence or follows a colon; elsewhere the rule says it.
    words = (str(thing.get(name) or "").rstrip(".") for name in _ALONE)
    alone = [rf"(?:^|(?<=: )){re.escape(word)}(?!\w)" for word in words if _A_KEY.fullmatch(word)]
    found = re.compile("|".join((*(rf"(?<!\w){re.escape(text)}(?!\w)" for text in wanted), *alone)))
    parts, at = [], 0
    times = [
        made.span("when") for made in _COUNTED.finditer(thing.sentence)
    ]  # "14 working days" may stand in a text, and in a time
    for one in found.finditer(thing.sentence):
        if any(begin <= one.start() and one.end() <= end for begin, end in times):
            continue
        parts += [thing.sentence[at : one.start()].translate(_MARKS), kept.keep(one[0])]
        at = one.end()
    return _TWO_STOPS.sub(".", "".join((*parts, thing.sentence[at:].translate(_MARKS))))


def _free(thing: Provided) -> Iterator[str]:
    """What people wrote of a thing in words of their own."""
    for name, value in thing.values:
        for one in value if isinstance(value, tuple) else (value,):
            if not isinstance(one, str) or name in _MADE:
                continue
            words = (apart(one, SAYS)[1] if name == "called" else one).strip()
            if name != "text":
                words = words.rstrip(". ")  # its rule ends the sentence
            if words and not _A_KEY.fullmatch(words):
                yield words


def counted(sentence: str) -> str:
    """A rule's own sentence with how its days are counted as sentences of their own."""
    return _COUNTED.sub(_counting, sentence)


def once_said(texts: list[str]) -> tuple[str, list[str]]:
    """What three or more steps say of how their days are counted, to be said once above them; and the texts without it. All are marked."""
    said = Counter(found[1] for text in texts if (found := COUNTED_FROM.search(text)))
    words, times = said.most_common(1)[0] if said else ("", 0)
    if times < 3:
        return "", texts
    # Where the first day of most is their own start's, it is said of the others that it is not.
    rest = " The day after it is day 1." if _OWN_DAY in words else ""
    made = [
        text.replace(f", {words}", ".")
        if words in text
        else COUNTED_FROM.sub(lambda m: m[0] if _OWN_DAY in m[0] else f"{m[0]}{rest}", text, count=1)
        for text in texts
    ]
    return f"Unless another start is named, days are {words}", made


def keys_named(sentence: str, names: Mapping[str, str]) -> str:
    """Keys in quotation marks as what they name; other things in quotation marks, and what a title holds, stay as they are."""
    return _KEYED_OR_TITLE.sub(lambda m: f"“{names[m[1]]}”" if m[1] in names else m[0], sentence)


def who_named(thing: Provided, sentence: str, names: Mapping[str, str]) -> str:
    """Keys that a rule says as words ("council lead") by the titles they stand for; a title that it says itself stays as it is.

    `sentence`: with a mark for each text that people wrote.
    """
    if thing.kind != "way":
        return sentence
    called = dict(_pair(one) for one in _many(thing, "called"))
    keys = {key for name in _WHO for key in _many(thing, name) if key in names and key not in called}
    if not keys:
        return sentence
    titles = {key: names[key].translate(_MARKS) for key in keys}
    put = {title: title.replace(".", _STOP).replace(",", _COMMA) for title in titles.values()}
    words = {spoken(key): put[title] for key, title in titles.items()} | put
    pattern = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
    told = re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda m: words[m[0]], sentence)
    # Names that hold a comma of their own are parted by semicolons.
    return _SEVERAL.sub(lambda m: m[0].replace(", ", "; ") if _COMMA in m[0] else m[0], told).replace(_COMMA, ",")


def _without_title(text: str, title: str, mark: str) -> str:
    """The text without the title it repeats, which stands before it on the page. `mark`: what stands for the title in the text."""
    stage = _STAGE.match(text)
    start = stage[0] if stage and title != stage[0].removesuffix(": ") else ""
    rest = text.removeprefix(start) if start else text.removeprefix(stage[0] if stage else "")
    rest = title_once(rest, mark)
    return f"{start.removesuffix(': ')}. {rest}".strip() if start and rest != text.removeprefix(start) else f"{start}{rest}"


def title_once(text: str, title: str) -> str:
    """A text without the title that it begins with, which stands before it already."""
    if (rest := text.removeprefix(f"{title}: ")) != text:
        return rest[:1].upper() + rest[1:]
    return text.removeprefix(f"{title}.").strip()


def _counting(found: re.Match[str]) -> str:
    """A span's small print as sentences: which day is day 1, and what the source does not say."""
    own = " That day itself is counted as day 1." if found["own"] else ""
    unit = _read_as(found["when"]) if found["inferred"] else ""
    start = (found["start"] or "").replace("; the start is not stated", "; from when is not stated")
    return f"{found['when']}{start.replace(', starting when', ', counted from the day when')}.{own}{unit}"


def _read_as(when: str) -> str:
    """That a unit is read into a source that does not say it. `when`: such as "Within 12 working days"."""
    unit = f"{re.sub(r'^(?:Within|To be done within|Not before [0-9]+[^;.]* and within) [0-9]+ ', '', when).removesuffix('s')}s"
    if not unit.endswith(" days"):
        return f" The source does not say the unit; it is read as {unit}."
    return f" The source gives a number of days only and does not say that they are {unit}; they are read as {unit}."


def _starts(thing: Provided, names: Mapping[str, str]) -> list[str]:
    """From when the clock of a stage runs, which its rule does not say in words."""
    if thing.kind != "ladder_stage" or not thing.get("span"):
        return []
    words = [EVENTS.get(e) or f"“{names.get(e.removeprefix('done:'), e.rpartition('.')[2].replace('-', ' '))}” is recorded"
             for e in _many(thing, "start_events")]  # fmt: skip
    return [f"Counted from when {' or '.join(words)}."] if words else []


def _done_by(thing: Provided, names: Mapping[str, str]) -> list[str]:
    """Who does a step or acts at a stage: whatever else is written of it, for others may be named there."""
    who = str(thing.get("who") or "") if thing.kind in ("step", "ladder_stage") else ""
    named = _called(who, names)
    return [_ended(f"Done by: {named}")] if named else []


def beside(thing: Provided, names: Mapping[str, str]) -> list[str]:
    """What is told of a thing beside its rule's own sentence: who belongs to a group, what seats are called where a matter is decided."""
    return _group(thing, names) if thing.kind == "group" else _called_here(thing, names) if thing.kind == "way" else []


def _called_here(thing: Provided, names: Mapping[str, str]) -> list[str]:
    """What the seats are called on the screen of one decision, by other words than their titles."""
    pairs = [(names.get(key, ""), words) for key, words in map(_pair, _many(thing, "called"))]
    told = [f"“{title}” is called “{words}”" for title, words in pairs if title and words != title]
    return [f"Here {', and '.join(filter(None, (', '.join(told[:-1]), told[-1])))}."] if told else []


def _group(thing: Provided, names: Mapping[str, str]) -> list[str]:
    """Who belongs to a group and leads it, where the rule knows it."""
    notes = dict(_pair(one) for one in _many(thing, "of_members"))
    by_part: dict[str, list[str]] = {}
    for one in _many(thing, "members"):
        who, _, part = one.rpartition(": ")
        note = f" ({notes[who]})" if who in notes else ""
        by_part.setdefault(part, []).append(f"{_called(who, names)}{note}")
    words = {"member": "Members", "attends": "Also attend", "adviser": "Advised by"}
    said = [
        _ended(f"{words.get(part, part.replace('_', ' ').capitalize())}: {'; '.join(who)}") for part, who in by_part.items()
    ]
    for name, label in (("chair", "Chair"), ("vice_chair", "Vice-chair")):
        key = str(thing.get(name) or "")
        said += [_ended(f"{label}: {_called(key, names)}")] if key else []
    if thing.get("chair_rotates"):
        said.append("The chair moves between the partners.")
    if joint := str(thing.get("joint_with") or ""):
        said.append(_ended(f"It is shared with: {joint}"))
    reports = [_called(key, names) for key in _many(thing, "reports_to")]
    said += [f"It reports to: {_all(reports)}."] if reports else []
    return said + ([_ended(f"A deputy needs: {thing.get('deputies_need')}")] if thing.get("deputies_need") else [])


def _ended(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _called(who: str, names: Mapping[str, str]) -> str:
    """Somebody by the title of the key, by words for a key that is not known, or as people wrote it."""
    return names.get(who) or (spoken(who) if _A_KEY.fullmatch(who) else who)


def _quorum(thing: Provided, names: Mapping[str, str]) -> str:
    def named(key: str) -> str:
        return _called(key, names)

    told = []
    needed, among = [named(k) for k in _many(thing, "needed")], [named(k) for k in _many(thing, "among")]
    if needed:
        told.append(f"{_all(needed)} must be there.")
    if thing.get("count"):
        told.append(f"At least {thing.get('count')} of these must be there: {'; '.join(among)}.")
    elif among:
        told.append(f"Of these some must be there, and how many is not stated: {'; '.join(among)}.")
    for one in _many(thing, "substitutes"):
        by, whom = apart(one, FOR)
        told.append(f"{named(by)} may stand in for {named(whom)}.")
    if thing.get("chair_may_vary"):
        told.append("The chair may vary this; the reason is recorded.")
    if thing.get("chair_may_choose_items"):
        told.append("Where it is missed, the chair picks which items go ahead; the reason is recorded.")
    note = str(thing.get("text") or "")
    return " ".join([*told, note] if note else told) or "A quorum is named; its value is not stated."


def _reminders(days: tuple[str, ...]) -> str:
    """Calendar days ahead of a due date, as they are stored: 0 is the day itself, -1 the day after."""
    told = []
    for day in sorted((int(d) for d in days), reverse=True):
        days_words = f"{abs(day)} {'day' if abs(day) == 1 else 'days'}"
        told.append("on the day itself" if day == 0 else f"{days_words} {'before' if day > 0 else 'after'} it")
    return f"For each date by which something is due: {_all(told)}." if told else ""


def _many(thing: Provided, name: str) -> tuple[str, ...]:
    value = thing.get(name)
    return value if isinstance(value, tuple) else (str(value),) if value else ()


def _pair(told: str) -> tuple[str, str]:
    return apart(told, SAYS)


def apart(told: str, by: str) -> tuple[str, str]:
    """The two halves of what a rule tells of two at once. `by`: `FOR` or `SAYS`, or the same with a plain space, as older rules tell it."""
    first, _, second = told.partition(by if by in told else by.replace("\u00a0", " "))
    return first, second


def _all(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
