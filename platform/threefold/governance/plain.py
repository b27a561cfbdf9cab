"""What a rule brings, as a member of the public reads it: names for keys, and the counting of days in a sentence of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from threefold.domain.findings import Provided
from threefold.plugin_api.facts import EVENTS
from threefold.plugin_api.saying import FOR, SAYS

_KEYED = re.compile(r"'([\w./-]+)'")
_STAGE = re.compile(r"Stage (\d+): ")
_COUNTED = re.compile(
    r"(?P<when>(?:Within|Not before \d+[^;.]*? and within) \d+ [^,;.]+?)(?P<inferred>, unit inferred)?(?P<own>; the event's own day is day 1)?"
    r"(?P<start>, starting when [^.]*|; the start is not stated)?(?P<end>\.|$)"
)
_INFERRED = re.compile(r" The source [^.;]*?does not say [^.;]+; (?:it is|they are) read as [^.]+\.")
# They stand for what people wrote, and for a full stop in a title, while the sentence around them is made.
_WRITTEN, _STOP = "\ue000", "\ue001"
_MARKS = dict.fromkeys(map(ord, (_WRITTEN, _STOP)))  # what people write with these characters is written without them
_OWN_DAY = " That day itself is counted as day 1."
COUNTED_FROM = re.compile(
    r", (counted from the day when [^.]*\.(?: That day itself is counted as day 1\.)?"
    rf"(?:{_INFERRED.pattern})?)"
)
# Lists of keys in what a rule tells of itself: each is named by its title instead.
_WHO = ("views_from", "recommends", "invited", "decides", "acts", "signs")


def text_of(thing: Provided, names: Mapping[str, str]) -> str:
    """What is told of a thing under its title. `names`: titles of seats, organisations, groups and steps by key."""
    return whole(*marked(thing, names))


def marked(thing: Provided, names: Mapping[str, str]) -> tuple[str, str]:
    """The same for whoever puts several together first: with marks in it, and what people wrote. `whole` makes the text of the two."""
    if thing.kind == "quorum":
        return _quorum(thing, names), ""
    if thing.kind == "reminder":
        return _reminders(_many(thing, "lead_days")), ""
    sentence, written = _set_aside(thing)
    # A full stop within a title ends no sentence.
    sentence = keys_named(sentence, {key: title.replace(_WRITTEN, "").replace(".", _STOP) for key, title in names.items()})
    text = _named(thing, _KEYED.sub(lambda m: m[0].replace(".", _STOP), sentence), names)
    text = _without_title(counted(text), thing.title)
    told = " ".join(part for part in (text, *_starts(thing, names), *_done_by(thing, names), *_group(thing, names)) if part)
    return told, written


def whole(text: str, written: str) -> str:
    """A marked text as it is read."""
    return text.replace(_STOP, ".").replace(_WRITTEN, written)


def _set_aside(thing: Provided) -> tuple[str, str]:
    """The sentence with a mark where what people wrote of it stands, and what they wrote: nobody else's words are put into it.

    Nor is anything read out of it: a text that names a seat or a number may say another thing of it than what is set.
    """
    written = str(thing.get("text") or "").strip()
    if not written or written.rstrip(".") == thing.title.rstrip("."):
        return thing.sentence.translate(_MARKS), ""
    whole_words = rf"(?<!\w){re.escape(written)}(?!\w)"
    before, found, after = _parted(re.search(whole_words, thing.sentence), thing.sentence)
    return f"{before.translate(_MARKS)}{_WRITTEN if found else ''}{after.translate(_MARKS)}", written


def _parted(found: re.Match[str] | None, sentence: str) -> tuple[str, bool, str]:
    return (sentence[: found.start()], True, sentence[found.end() :]) if found else (sentence, False, "")


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
    """Keys in quotation marks as what they name; other things in quotation marks stay as they are."""
    return _KEYED.sub(lambda m: f"“{names[m[1]]}”" if m[1] in names else m[0], sentence)


def _named(thing: Provided, sentence: str, names: Mapping[str, str]) -> str:
    """Keys that a rule says as words ("council lead") by the titles they stand for."""
    if thing.kind != "way":
        return sentence
    called = dict(_pair(one) for one in _many(thing, "called"))
    keys = {key for name in _WHO for key in _many(thing, name) if key in names and key not in called}
    if not keys:
        return sentence
    # What the area calls a seat here stays as it is, whatever words are in it.
    free = [one for name in _WHO for one in _many(thing, name) if one not in names]
    words = {key.replace("-", " "): names[key] for key in keys} | {words: words for words in (*called.values(), *free)}
    pattern = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
    return re.sub(rf"\b(?:{pattern})\b", lambda m: words[m[0]], sentence)


def _without_title(text: str, title: str) -> str:
    """The text without the title it repeats, which stands before it on the page."""
    stage = _STAGE.match(text)
    start = stage[0] if stage and title != stage[0].removesuffix(": ") else ""
    rest = text.removeprefix(start) if start else text.removeprefix(stage[0] if stage else "")
    rest = title_once(rest, title)
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
    unit = f"{re.sub(r'^(?:Within|Not before [0-9]+[^;.]* and within) [0-9]+ ', '', when).removesuffix('s')}s"
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
    named = names.get(who, who if " " in who else who.replace("-", " "))
    return [f"Done by: {named}."] if named else []


def _group(thing: Provided, names: Mapping[str, str]) -> list[str]:
    """Who belongs to a group and leads it, where the rule knows it."""
    if thing.kind != "group":
        return []
    notes = dict(_pair(one) for one in _many(thing, "of_members"))
    by_part: dict[str, list[str]] = {}
    for one in _many(thing, "members"):
        who, _, part = one.rpartition(": ")
        note = f" ({notes[who]})" if who in notes else ""
        by_part.setdefault(part, []).append(f"{names.get(who, who.replace('-', ' ') if ' ' not in who else who)}{note}")
    words = {"member": "Members", "attends": "Also attend", "adviser": "Advised by"}
    said = [f"{words.get(part, part.replace('_', ' ').capitalize())}: {'; '.join(who)}." for part, who in by_part.items()]
    for name, label in (("chair", "Chair"), ("vice_chair", "Vice-chair")):
        key = str(thing.get(name) or "")
        said += [f"{label}: {names.get(key, key.replace('-', ' '))}."] if key else []
    if thing.get("chair_rotates"):
        said.append("The chair moves between the partners.")
    if joint := str(thing.get("joint_with") or ""):
        said.append(f"It is shared with: {names.get(joint, joint.replace('-', ' ') if ' ' not in joint else joint)}.")
    reports = [names.get(key, key.replace("-", " ")) for key in _many(thing, "reports_to")]
    said += [f"It reports to: {_all(reports)}."] if reports else []
    return said + ([f"A deputy needs: {thing.get('deputies_need')}."] if thing.get("deputies_need") else [])


def _quorum(thing: Provided, names: Mapping[str, str]) -> str:
    def named(key: str) -> str:
        return names.get(key, key.replace("-", " "))

    told = []
    needed, among = [named(k) for k in _many(thing, "needed")], [named(k) for k in _many(thing, "among")]
    if needed:
        told.append(f"{_all(needed)} must be there.")
    if thing.get("count"):
        told.append(f"At least {thing.get('count')} of these must be there: {'; '.join(among)}.")
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
