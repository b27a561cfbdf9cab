"""What partners found of the matters that are left to their judgement, each in the words in which it was asked of them.

It stays with a case whatever its arrangement asks later: a version, or one that sets it right, may ask a matter in other words, or no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from threefold.governance.questions import is_another_question
from threefold.plugin_api.facts import Consideration, Facts, label_of

READS = "review.considered."
VerdictJson = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Before:
    """What partners found of a matter that is asked otherwise now (`now`: in which words), or not any more (`now` empty; `since`: for how
    long, None where no record tells it). `unsure`: it cannot be said whether it still is, because a rule could not be worked out."""

    said: Consideration
    title: str
    sentence: str
    source: str
    now: str = ""
    since: date | None = None
    unsure: bool = False


def asked_matters(verdict: VerdictJson) -> dict[str, Mapping[str, Any]]:
    """What is left to the partners' judgement in a case: each matter by its key, with the line of the verdict that asks it."""
    found: dict[str, Mapping[str, Any]] = {}
    for line in verdict["criteria"]:
        for path in line["reads"]:
            if line["judgement"] and path.startswith(READS):
                found.setdefault(path.removeprefix(READS), line)
    return found


def kept(facts: Facts, verdict: VerdictJson, was: Facts, before: VerdictJson, on: date) -> list[dict[str, Any]]:
    """For the verdict of the next record, what was found: each matter in the words in which it was asked when partners considered it, and
    since when it is asked no more. `was`, `before`: the facts and the verdict of the record before; `on`: the day of this one."""
    asks, asked, stood = asked_matters(verdict), asked_matters(before), _kept_in(before)
    found = []
    for said in facts.review.considered:
        key = said.factor
        old = stood.get(key) or asked.get(key)
        words = asks.get(key, old) if old is None or said != was.review.considers(key) else old
        began = stood.get(key, {}).get("no_longer_asked_since") or (None if _unsure(verdict) else on.isoformat())
        since = None if key in asks else began
        if words is not None:
            told = {name: words[name] for name in ("title", "sentence", "source")}
            found.append({"matter": key, **told, "no_longer_asked_since": since})
    return found


def considered_before(facts: Facts, verdict: VerdictJson) -> list[Before]:
    """What partners found of matters that are asked in other words now, or not any more."""
    asks, stood = asked_matters(verdict), _kept_in(verdict)
    found = []
    for said in facts.review.considered:
        words, line = stood.get(said.factor), asks.get(said.factor)
        title = str(words["title"]) if words else label_of(f"{READS}{said.factor}").capitalize()
        sentence, source = (str(words["sentence"]), str(words["source"]["ref"])) if words else ("", "")
        since = words["no_longer_asked_since"] if words else None
        if line is None:
            unsure = since is None and _unsure(verdict)
            found.append(
                Before(said, title, sentence, source, since=date.fromisoformat(since) if since else None, unsure=unsure)
            )
        elif words and is_another_question(title, line["title"]):
            found.append(Before(said, title, sentence, source, now=line["title"]))
    return found


def titles_of_matters(verdict: VerdictJson) -> dict[str, str]:
    """What each matter is called that is left to judgement in a case, or was when partners considered it."""
    return {key: line["title"] for key, line in (_kept_in(verdict) | asked_matters(verdict)).items()}


def _unsure(verdict: VerdictJson) -> bool:
    """Whether a rule of the area could not say what it asks: that a matter is missing then says nothing."""
    return any(one["hook"] in ("criteria", "build") for one in verdict["failures"])


def _kept_in(verdict: VerdictJson) -> dict[str, Mapping[str, Any]]:
    return {one["matter"]: one for one in verdict.get("found", ())}
