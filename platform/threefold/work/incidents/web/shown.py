"""A stored verdict as the screens show it: dates apart by kind, lines in groups, and the facts each line was read from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from threefold.domain.calendar import ABOUT_DAYS, LONDON, UNIT_WORDS, london_day
from threefold.governance.comparison_words import joined
from threefold.governance.moments import OWN
from threefold.plugin_api.facts import Fact, Facts, label_of
from threefold.plugin_api.hooks import LIMITS, MOVES, QUESTIONS
from threefold.work.incidents.web.words import NOT_ASKED, NOT_RECORDED, child_name, event_label, named, plainly
from threefold.work.people.web.render import day, told
from threefold.work.people.web.render import due as due_in_words

_NO_FACTS = Facts()
VerdictJson = Mapping[str, Any]
LineJson = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    """One date: of the law or of the area, never both. `notes` say what is not certain of it; `closed`, in a sentence, which closed
    days of the area moved it."""

    line_id: str
    title: str
    statutory: bool
    due_on: date | None
    done_on: date | None
    late: bool
    who: str
    sentence: str
    notes: tuple[str, ...]
    readings: tuple[tuple[str, str], ...]
    optional: bool
    closed: str = ""
    applies: bool = True
    after: float = 0  # about how many days after its start, of one without a date: so they stand in the order of the plan
    by_when: str = ""  # its day in words, with the clock where it runs by the hour


@dataclass(frozen=True, slots=True)
class ReadFact:
    """One fact that a line rests on: what was said, since when it was known, by whom and when it was given."""

    label: str
    value: str
    known_on: date | None = None
    given_by: str = ""
    given_on: date | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one kind under a heading."""

    title: str
    said: str
    lines: tuple[LineJson, ...]


def dues(
    verdict: VerdictJson, now: date | datetime, *, facts: Facts = _NO_FACTS, closed: bool = False, ended: Collection[str] = ()
) -> list[Due]:
    """Every date of a verdict: what is open first, soonest first, then what has no date, then what is done.

    `now`: what says what is late, by the moment where both are one; `facts`: of the case, for the moment at which a step was done.
    `closed`: the case is; then a local step that was not done is not late any more. What the law asks for is.
    `ended`: the purposes that the case waits for no more (`not_waited_for`); nothing that serves one is late.
    """
    found = [
        _due(
            line,
            now,
            facts,
            reached=line is not law and (closed or bool(law and law["done_on"])),
            ended=served["serves"] in ended,
        )
        for served in verdict["steps"]
        for law in (served["statutory"],)
        for line in (law, *served["local"])
        if line
    ]
    return sorted(
        found, key=lambda d: (d.done_on is not None, d.due_on is None, d.due_on or date.max, not d.statutory, d.after, d.title)
    )


def _due(line: LineJson, now: date | datetime, facts: Facts, *, reached: bool = False, ended: bool = False) -> Due:
    """`reached`: what this local step leads to is done, or its case is closed; then it is not late, only not ticked off.
    `ended`: nobody waits for what it serves any more."""
    due_on, done_on = _day(line["due_on"]), _day(line["done_on"])
    late = _after(_done_at(line, facts) or now, line["due_on"]) and not ((reached or ended) and done_on is None)
    left = "not waited for any more" if ended else "not recorded as done" if reached else ""
    return Due(
        line["id"], line["title"], bool(line["statutory"]), due_on, done_on,
        late and line.get("applies") != "unclear", named(line["who"]), plainly(line["sentence"]),
        (*_notes(line, due_on), *((left,) if left and done_on is None else ())),
        tuple((str(words), str(on)) for words, on in line["readings"]), bool(line["optional"]),
        _closed(line), line.get("applies") != "unclear", 0 if due_on else _about(line.get("span") or {}),
        due_in_words(line["due_on"]),
    )  # fmt: skip


def _after(when: date | datetime, due: str | None) -> bool:
    """Whether something is after what was due: by the minute where both are moments, else by the day."""
    if due is None:
        return False
    if "T" in due and isinstance(when, datetime):
        return when.replace(second=0, microsecond=0) > datetime.fromisoformat(due)
    return london_day(when) > date.fromisoformat(due[:10])


def _done_at(line: LineJson, facts: Facts) -> date | datetime | None:
    """When a step was done: the moment, where that is on record, else the day."""
    done_on, ends = _day(line["done_on"]), line.get("ends_with")
    moments = [e.at for e in facts.review.events if e.name == ends and e.day == done_on and isinstance(e.at, datetime)]
    return min(moments, default=done_on)


def still_by_law(verdict: VerdictJson, ended: Collection[str], today: date) -> list[Due]:
    """What the law still asks for: each of its dates that is not done, without those of the purposes that the case waits for no more."""
    steps = [one for one in verdict["steps"] if one["serves"] not in ended]
    return [
        due
        for due in dues({"steps": steps}, today)
        if due.statutory and due.due_on and not due.done_on and not due.optional and due.applies
    ]


def _about(span: Mapping[str, Any]) -> float:
    """About how many days a span is; one of an unknown unit stands as one of days, and no span last."""
    return float(span["amount"]) * ABOUT_DAYS.get(str(span.get("unit")), 1) if span.get("amount") is not None else float("inf")


def _notes(line: LineJson, due_on: date | None) -> tuple[str, ...]:
    span = line.get("span") or {}
    notes = []
    if span.get("unit") == "not_stated":
        notes.append("unit not stated")
    if span.get("unit_from") == "inferred":
        unit = next((words for key, words in UNIT_WORDS.items() if key == span.get("unit")), "days")
        notes.append(f"the source names no unit: read as {unit}")
    if span.get("start_is_day") == 1:
        notes.append("the event’s own day is day 1")
    if line.get("applies") == "unclear" and line["done_on"] is None:
        notes.append("only if a condition holds that is not clear yet")
    if line["optional"]:
        notes.append("optional")
    if due_on is None and line["starts_on"] is None:
        notes.append("not started yet")
    if line["source"]["sure"] == "K":
        notes.append("source to confirm")
    return tuple(notes)


def _closed(line: LineJson) -> str:
    """That days were not counted on which the area is closed. A verdict that was stored before these were kept says nothing of it."""
    days = [day(on) for on in line.get("closed") or ()]
    if not days:
        return ""
    return f"{joined(days)} {'was' if len(days) == 1 else 'were'} not counted: the area is closed on {'that day' if len(days) == 1 else 'those days'}."


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None


@dataclass(frozen=True, slots=True)
class Differs:
    """One line as it stands and as it would be: a date or an answer, and under which version and edition it is judged."""

    title: str
    statutory: bool
    now: str
    then: str
    now_under: tuple[str, str] | None
    then_under: tuple[str, str] | None

    @property
    def moves(self) -> bool:
        """Whether another version or edition would govern this line."""
        return self.now_under is not None and self.then_under is not None and self.now_under != self.then_under


def what_changes(now: VerdictJson, then: VerdictJson, today: date) -> list[Differs]:
    """Every dated step and every duty that would not be the same, dates first. What is of the law is the same under another local version."""
    before, after = _told(now, today), _told(then, today)
    found = [
        Differs(title, statutory, _say(before.get(key)), _say(after.get(key)), _under(before.get(key)), _under(after.get(key)))
        for key, (title, statutory) in {k: (v[0], v[1]) for k, v in (before | after).items()}.items()
        if _say(before.get(key)) != _say(after.get(key)) or _judged(before.get(key)) != _judged(after.get(key))
    ]
    return sorted(found, key=lambda d: (not d.statutory, d.title))


def version_moves(now: VerdictJson, then: VerdictJson) -> tuple[str, str] | None:
    """The local version that governs the duties and the one that would; None where it is the same."""
    before, after = (next((line["version"] or "unknown" for line in verdict["duties"]), "unknown") for verdict in (now, then))
    return (before, after) if before != after else None


def _told(verdict: VerdictJson, today: date) -> dict[str, tuple[str, bool, str, tuple[str, str]]]:
    lines = {line["id"]: line for line in lines_of(verdict)}
    steps = {
        due.line_id: (
            due.title,
            due.statutory,
            f"due {due.by_when.partition(' ')[2]}" if due.due_on else "no date",
            _governs(lines[due.line_id]),
        )
        for due in dues(verdict, today)
    }
    duties = {line["id"]: (line["title"], True, f"arises: {line['arises']}", _governs(line)) for line in verdict["duties"]}
    return duties | steps


def _governs(line: LineJson) -> tuple[str, str]:
    return line["version"] or "unknown", line["edition"]


def _say(told: tuple[str, bool, str, tuple[str, str]] | None) -> str:
    return told[2] if told else "not there"


def _judged(told: tuple[str, bool, str, tuple[str, str]] | None) -> tuple[str, str] | None:
    """Under what a line is judged, as far as it matters to it."""
    return None if told is None else ("", told[3][1]) if told[1] else told[3]


def _under(told: tuple[str, bool, str, tuple[str, str]] | None) -> tuple[str, str] | None:
    return told[3] if told else None


def groups(verdict: VerdictJson) -> list[Group]:
    """All lines but the dates, in the order a person asks: what must be done, why, what is open, who decides."""
    wanted = (
        ("duties", "What the law requires", "Duties, and whether each arises on these answers."),
        ("criteria", "Criteria and matters to consider", "Unclear never means no."),
        ("outcomes", "Ways that are open", ""),
        ("decisions", "Who decides", ""),
        ("objections", "What would speak against an act", "These are not faults of the case. Each counts only if somebody takes that act."),
        ("to_tell", "Who is to be told", ""),
        ("agencies", "Agencies to ask", ""),
        ("limits", "Limits on publication", ""),
    )  # fmt: skip
    return [Group(title, said, tuple(headed(line) for line in verdict[key])) for key, title, said in wanted if verdict[key]]


def lines_of(verdict: VerdictJson) -> list[LineJson]:
    """Every line of a stored verdict, the dates included, each with its heading."""
    steps = [headed(line) for served in verdict["steps"] for line in (served["statutory"], *served["local"]) if line]
    return steps + [line for group in groups(verdict) for line in group.lines]


def headed(line: LineJson) -> LineJson:
    """A line with what stands above it: its title, else its question, move, agency or key; and the children it is about."""
    plain = line.get("title") or line.get("whom") or line.get("agency")
    if line["id"].startswith("decision:"):
        plain = QUESTIONS.get(line["question"])
    elif line["id"].startswith("objections:"):
        plain = f"Against the act: {MOVES.get(line['move'], named(line['move']))}"
    elif line["id"].startswith("limits:"):
        plain = LIMITS.get(line["key"])
    words = plain or named(line["key"].replace(".", " ")).capitalize()
    about = ", ".join(child_name(key) for key in line.get("children") or ())
    sentence = f"{plainly(line['sentence'])} {_closed(line)}".strip()
    return {**line, "sentence": sentence, "heading": f"{words} ({about})" if about else words}


def readings_of(facts: Facts, lines: list[LineJson], asked: Mapping[str, str]) -> dict[str, list[ReadFact]]:
    """The facts read, by line. `asked`: the area's own questions by key."""
    steps = {line["ends_with"]: line["title"] for line in lines if str(line.get("ends_with", "")).startswith(OWN)}
    return {line["id"]: [read for path in line["reads"] for read in read_fact(facts, path, asked, steps)] for line in lines}


def read_fact(
    facts: Facts, path: str, asked: Mapping[str, str] | None = None, steps: Mapping[str, str] = MappingProxyType({})
) -> list[ReadFact]:
    """What stands under a path a rule has read. A path for each child gives one line a child; unknown paths give none.

    `steps`: what the steps are called, by their own ends.
    """
    part, _, name = path.partition(".")
    holder: Any = facts.incident if part == "incident" else facts.review
    if name.endswith("*"):
        return []
    if part == "incident" and name.startswith("children["):
        key, fact_name = name.removeprefix("children[").split("].", 1)
        return [
            _read(f"{child_name(child.key)}: {label_of(f'incident.children[].{fact_name}')}", getattr(child, fact_name))
            for child in facts.incident.children
            if key in ("", child.key) and hasattr(child, fact_name)
        ]
    family, _, key = name.partition(".")
    if family == "local":
        return [_read((asked or {}).get(key) or label_of(path), facts.incident.local.get(key, Fact()))]
    if family == "events":
        event = facts.review.event(key)
        value = (
            f"{event.at.astimezone(LONDON):%-d %B %Y}"
            if event and hasattr(event.at, "astimezone")
            else day(event.at)
            if event
            else "not on record"
        )
        return [
            ReadFact(
                event_label(key, steps),
                value,
                given_by=event.given_by if event else "",
                given_on=event.given_on if event else None,
            )
        ]
    if family == "considered":
        view = facts.review.considers(key)
        return [
            ReadFact(
                label_of(path),
                told(view.view) if view else "not recorded",
                given_by=view.by if view else "",
                given_on=view.given_on if view else None,
            )
        ]
    if family == "views":
        return [
            ReadFact(f"View of {named(v.seat)}", v.view, given_on=v.given_on) for v in facts.review.views if v.question == key
        ]
    return [_read(label_of(path), getattr(holder, family))] if hasattr(holder, family) else []


def _read(label: str, fact: Any) -> ReadFact:
    if not isinstance(fact, Fact):  # a plain value: a family, the seats that signed, a review type
        words = ", ".join(named(v) for v in fact) if isinstance(fact, tuple) else named(fact)
        return ReadFact(label[:1].upper() + label[1:], words[:1].upper() + words[1:] or NOT_RECORDED)
    return ReadFact(label, answer_words(fact), fact.known_on, fact.given_by, fact.given_on)


def answer_words(fact: Fact[Any]) -> str:
    """A fact as a person reads it: an answer, "I do not know", or that it was not asked yet."""
    if fact.value is None:
        return "Not known" if fact.given_on or fact.given_by else NOT_ASKED
    if isinstance(fact.value, date):
        return day(fact.value)
    return {"yes": "Yes", "no": "No", "unclear": "Unclear or not known yet"}.get(str(fact.value), str(fact.value))
