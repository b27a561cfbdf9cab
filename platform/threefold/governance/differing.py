"""One line said twice, by what is in force and by a draft: whether it differs, and in which words.

What a line *says* is every value of its finding but its wording: the date to the minute, who does a step, whether it is
optional, the first day of its window, what a criterion does and is about, each part of who decides. A line is *sure* where no
answer to a question never asked could turn it: a condition that is met or not is, one that is unclear only because a fact was
never asked is not. Two lines that are not sure say the same only where they rest on the same condition over the same facts, two
steps also on the same starts and times; else nothing can be said. Words alone, and the order in which parts of a condition stand, are
nothing that a line rests on. Partners' judgements are never sure: they are not tried again.

A step that nothing in the case has started, in either, is no difference, whether one of the two has it or both: it says nothing of that
case yet. Who would do it, and whether it may be left out, is told of it already.

Stored lines are read as they were kept, in JSON; findings as they are. Both come to one shape here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from threefold.domain.calendar import LONDON
from threefold.governance.comparison_words import DETAILS
from threefold.plugin_api.facts import FIELDS, Child, Facts
from threefold.plugin_api.hooks import QUESTIONS

State = Literal["changed", "unchanged", "cannot_say"]
Names = Mapping[str, str]
LAW_DECIDES = "as the law has it"
FAILED = "unknown: it could not be worked out"
JUDGED = "for the partners to judge"
# Of each kind: what a case turns, the first of it said first; and what holds whatever the facts are.
_TURNS: Mapping[str, tuple[str, ...]] = {
    "duties": ("arises", "who", "to_whom", "voluntary", "forms"), "steps": ("due", "due_from", "who", "optional", "applies"),
    "criteria": ("state",), "outcomes": ("is_open",), "agencies": ("applies",),
    "decision": ("decides", "how", "acts", "signs", "views_from", "recommends", "invited", "invited_days", "quorum"),
}  # fmt: skip
_DAYS = 2  # the first of what a step says are its day and the first day of its window
_HOLDS: Mapping[str, tuple[str, ...]] = {"criteria": ("effect", "about", "speaks_against"), "outcomes": ("national",)}
_SINGLE = frozenset(
    {"duties", "criteria", "outcomes", "agencies"}
)  # said by its first part alone where the other side is not there
_STATES = {
    "met": "met", "not_met": "not met", "unclear": "unclear", "to_be_considered": "to be considered", "considered": "considered",
    "yes": "yes", "no": "no", "judged": JUDGED,
}  # fmt: skip
_HOW = {
    "joint_view": "by their joint view", "all_agree": "all of them must agree", "one_decides": "one has the last word",
    "group_decides": "a group decides", "not_stated": "not stated",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One line as one side says it."""

    kind: str
    title: str
    turns: tuple[Any, ...]
    holds: tuple[Any, ...]
    sure: bool
    rests: tuple[Any, ...]
    waits: bool = False  # a step that nothing has started, whatever the answers: it says nothing of the case yet
    silent: bool = False  # a step that is told only once it has begun


@dataclass(frozen=True, slots=True)
class LineDiffers:
    """One line that would have been another: what it said, and what it would have said. `None`: it would not be there.

    `cannot_say`: whether it differs hangs on a fact never asked, on a judgement, or on a rule that could not be worked out.
    """

    line_id: str
    title: str
    before: str | None
    after: str | None
    cannot_say: bool = False


def only_asks(told: Told) -> bool:
    """Whether a line is a question of the area's own and nothing more: no duty, date, criterion or decider hangs on it."""
    if told.kind != "criteria" or told.turns == ("judged",) or any(told.holds):
        return False
    _, reads, *_ = told.rests
    return bool(reads) and all(path.startswith("incident.local.") for path in reads)


def told_by_finding(kind: str, finding: Any, facts: Facts) -> Told:
    """What a finding says of a case."""
    title = QUESTIONS[finding.key] if kind == "decision" else getattr(finding, "title", "") or getattr(finding, "agency", "")
    return _told(kind, str(title or finding.key), lambda name: getattr(finding, name, None), facts)


def told_by_stored(line: Mapping[str, Any], facts: Facts) -> Told:
    """What a line of a stored verdict said of a case."""
    kind = str(line["id"]).partition(":")[0]
    title = QUESTIONS.get(line["question"]) if kind == "decision" else line.get("title") or line.get("agency")
    return _told(kind, str(title or line["key"]), line.get, facts)


def differs(
    line_id: str, was: Told | None, now: Told | None, names: Names, failed: tuple[bool, bool] = (False, False)
) -> LineDiffers | None:
    """The difference of one line, where there is one or none can be told. `failed`: whose rule could not be worked out."""
    state = _state(was, now, failed)
    told = now or was
    if state == "unchanged" or told is None:
        return None
    before, after = _words(was, now, names), _words(now, was, names)
    gone = LAW_DECIDES if told.kind == "decision" else None
    return LineDiffers(
        line_id, told.title, FAILED if failed[0] and was is None else before or gone,
        FAILED if failed[1] and now is None else after or gone, state == "cannot_say",
    )  # fmt: skip


def _state(was: Told | None, now: Told | None, failed: tuple[bool, bool]) -> State:
    if was is None or now is None:
        there = was or now
        if there is not None and there.waits and not any(failed):
            return "unchanged"
        lost = failed[0] if was is None else failed[1]
        return "unchanged" if there is None else "changed" if _is_there(there) and not lost else "cannot_say"
    # A verdict of an earlier release may not have kept it (None): what was not kept is not held against anything.
    if any(a != b for a, b in zip(was.holds, now.holds, strict=True) if a is not None and b is not None):
        return "changed"
    if was.waits and now.waits and was.turns[:-1] == now.turns[:-1]:
        return "unchanged"
    if was.kind == now.kind == "steps" and _is_there(was) and _is_there(now) and was.turns[_DAYS:] != now.turns[_DAYS:]:
        return "changed"  # its day may hang on what was never asked: who does it, and whether it may be left out, does not
    if was.sure and now.sure:
        return "unchanged" if was.turns == now.turns else "changed"
    same = (was.sure, was.turns) == (now.sure, now.turns) and len(was.rests) == len(now.rests)
    # A verdict of an earlier release did not keep all that a line rests on (None), as above.
    rests = all(a is None or b is None or a == b for a, b in zip(was.rests, now.rests, strict=False))
    return "unchanged" if same and rests else "cannot_say"


def _is_there(told: Told) -> bool:
    """Whether a line is there whatever the answers: a step that has begun and applies is, dated or not."""
    return told.sure or (told.kind == "steps" and told.turns[-1] == "yes" and not told.silent)


def _told(kind: str, title: str, of: Callable[[str], Any], facts: Facts) -> Told:
    reads = tuple(sorted(of("reads") or ()))
    if of("judgement"):
        return Told(kind, title, ("judged",), _values(_HOLDS[kind], of), False, ("judged",))
    turns = _values(_TURNS[kind], of)
    unasked = [path for path in reads if not _asked(path, facts)]
    return Told(kind, title, turns, _values(_HOLDS.get(kind, ()), of), not unasked or _decided(kind, turns, unasked),
                _rests(of, reads), kind == "steps" and _waits(turns, of, unasked), bool(of("silent")))  # fmt: skip


def _rests(of: Callable[[str], Any], reads: tuple[str, ...]) -> tuple[Any, ...]:
    """What a line rests on. What starts it, and its window, no verdict of an earlier release kept: None."""
    starts = of("starts")
    told = (None, None) if starts is None else (tuple(sorted(starts)), _span(of("from_span")) or ())
    return _condition(of), reads, _span(of("span")), *told


def _condition(of: Callable[[str], Any]) -> str:
    """The condition that a line depends on. Where its rule tells neither that nor what starts it, its sentence may be about one."""
    when, starts = of("when"), of("starts")
    unconditional = _applies(of) == "yes" and (
        starts or (starts is None and of("statutory") is not None)
    )  # a step of an earlier release
    return str(when or ("" if unconditional else of("sentence")))


def _waits(turns: tuple[Any, ...], of: Callable[[str], Any], unasked: list[str]) -> bool:
    return turns[0] is None and of("starts_on") is None and not any(_is_day(path) for path in unasked)


def _decided(kind: str, turns: tuple[Any, ...], unasked: list[str]) -> bool:
    """Whether a line that reads a fact never asked says the same whatever the answer would be."""
    if kind in ("criteria", "outcomes", "duties"):
        return bool(turns[0] != "unclear")
    if kind == "agencies":
        return bool(turns[0] == "yes")
    if kind == "steps":  # a day that was never asked could start it, or start it earlier
        return turns[0] is not None and turns[-1] == "yes" and not any(_is_day(path) for path in unasked)
    return False


def _values(names: tuple[str, ...], of: Callable[[str], Any]) -> tuple[Any, ...]:
    return tuple(_due(of) if name == "due" else _applies(of) if name == "applies" else _plain(of(name)) for name in names)


def _applies(of: Callable[[str], Any]) -> Any:
    return of("applies") or "yes"


def _due(of: Callable[[str], Any]) -> Any:
    """The day or moment, a day for each reading of a unit that is not stated, or None."""
    due = _moment(of("due_on"))
    return due if due is not None else tuple((words, _moment(on)) for words, on in of("readings") or ()) or None


def _moment(value: Any) -> date | datetime | None:
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    return value.astimezone(LONDON) if isinstance(value, datetime) else value


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return tuple(value) if isinstance(value, list) else value


def _span(value: Any) -> tuple[Any, ...] | None:
    """A time: whether its unit is stated or was read into it makes no other one."""
    names = ("amount", "unit", "start_is_day")
    return None if value is None else tuple(value[n] if isinstance(value, Mapping) else getattr(value, n) for n in names)


# what was asked


def _asked(path: str, facts: Facts) -> bool:
    """Whether a fact that a line rests on was ever asked. Events and what the partners judged are told, not asked."""
    part, _, name = path.partition(".")
    if part == "review" and "." in name:
        return True
    if name.startswith("local."):
        given = facts.incident.local.get(name.removeprefix("local."))
        return given is not None and given.value is not None
    if name.startswith("children["):
        key, fact = name.removeprefix("children[").split("].", 1)
        children = [c for c in facts.incident.children if key in ("", c.key)]
        return bool(children) and all(_given(c, fact) or (fact == "died_on" and c.died.value == "no") for c in children)
    return _given(facts.incident if part == "incident" else facts.review, name)


def _given(holder: Child | Any, name: str) -> bool:
    fact = getattr(holder, name, None)
    return not hasattr(fact, "known_on") or fact is None or fact.value is not None


def _is_day(path: str) -> bool:
    return path in FIELDS and FIELDS[path].kind == "date"


# words


def _words(told: Told | None, other: Told | None, names: Names) -> str | None:
    """What differs of a line, in words; the whole where the other side does not have it."""
    if told is None:
        return None
    wholes = list(zip((*_TURNS[told.kind], *_HOLDS.get(told.kind, ())), (*told.turns, *told.holds), strict=False))
    if told.turns == ("judged",):
        wholes = [(_TURNS[told.kind][0], "judged"), *zip(_HOLDS.get(told.kind, ()), told.holds, strict=True)]
    if other is None:
        said = [
            (n, v) for n, v in wholes[: 1 if told.kind in _SINGLE else None] if v not in (None, "", (), False) or n == "due"
        ]
        said = [(n, v) for n, v in said if (n, v) != ("applies", "yes")] or wholes[:1]
    else:
        there = dict(zip((*_TURNS[other.kind], *_HOLDS.get(other.kind, ())), (*other.turns, *other.holds), strict=False))
        said = [(n, v) for n, v in wholes if there.get(n) != v] or wholes[:1]
    return "; ".join(_word(told.kind, name, value, names) for name, value in said)


def _word(kind: str, name: str, value: Any, names: Names) -> str:
    if name in ("state", "is_open", "arises"):
        return _STATES.get(str(value), str(value))
    if name == "due":
        return _due_words(value)
    if name == "due_from":
        return f"from {_day(date.fromisoformat(value))}" if value else "with no first day"
    if name == "optional":
        return "optional" if value else "not optional"
    if name == "applies":
        whom = "asked" if kind == "agencies" else "it applies"
        return whom if value == "yes" else f"{whom}, if a condition holds that is not clear"
    if name == "how":
        return f"how: {_HOW.get(value, value)}"
    return f"{DETAILS.get(name, name.replace('_', ' '))}: {_named(value, names)}"


def _named(value: Any, names: Names) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value in ("", ()):
        return "not said"
    if isinstance(value, tuple):
        return ", ".join(_named(one, names) for one in value)
    text = str(value)
    return names.get(text) or (text if " " in text else text.replace("_", " ").replace("-", " "))


def _due_words(value: Any) -> str:
    if value is None:
        return "no date"
    if isinstance(value, tuple):
        return "; ".join(f"{_day(on)} {words}" for words, on in value)
    return f"due {_day(value)}"


def _day(when: date | datetime) -> str:
    clock = f" at {when:%H:%M}" if isinstance(when, datetime) else ""
    return f"{when.day} {when:%B %Y}{clock}"
