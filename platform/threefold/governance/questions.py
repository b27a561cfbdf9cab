"""Questions of the area's own: an answer belongs to a question as it was asked, which its key stands for.

Worded anew in substance it is another question, with a key of its own: nobody answered it yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from threefold.domain.findings import Provided
from threefold.governance.drafts import Content, Place, free_key, named_in, node_at, put
from threefold.plugin_api.facts.incident import LOCAL_KEY

OWN = "incident.local."  # the facts that are answers to them


def own_questions(settings: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The area's own questions in the settings of an arrangement's rules: titles by key."""
    return {q["key"]: q["title"] for one in settings for q in named_in(one, "questions")}


def is_asked(thing: Provided) -> bool:
    """Whether what a rule brings is a question whose answers can be kept. A version on record may have one of an older file whose key is none."""
    return thing.kind == "question" and re.fullmatch(LOCAL_KEY, thing.key) is not None


def plainly_worded(title: str) -> str:
    """The words of a question alone: capitals, full stops and spaces make it no other."""
    return " ".join(re.findall(r"\w+", title.casefold()))


def is_another_question(before: str, now: str) -> bool:
    return plainly_worded(before) != plainly_worded(now)


def is_question(place: Place) -> bool:
    """Whether a place of a draft is a question of the area's own."""
    return len(place) == 4 and place[0] == "rules" and place[2] == "questions"


def asked_anew(content: Content, place: Place, known: Iterable[str]) -> Content:
    """The draft with another key for the question at a place, and in every condition that rests on it. `known`: keys not to be used."""
    question = dict(node_at(content, place))
    old = str(question["key"])
    taken = {*known, *own_questions(use["settings"] for use in content["uses"])}
    question["key"] = free_key(str(question["title"]), taken)
    made = put(content, place, question)
    made["uses"] = [
        {**use, "settings": _with(use["settings"], f"{OWN}{old}", f"{OWN}{question['key']}")} for use in made["uses"]
    ]
    return made


def key_of_new(title: str, asked: Iterable[Mapping[str, str]], now: Content) -> str:
    """The key of a question that is added: the one under which the same was asked before, and is asked no more; else one that no other
    question had, whose answers and conditions would be taken for its own. `asked`: what was asked before, titles by key, oldest first."""
    there, before = own_questions(use["settings"] for use in now["uses"]), dict[str, str]()
    for one in asked:
        before |= one
    same = (
        key for key, words in before.items()
        if key not in there and not is_another_question(words, title) and re.fullmatch(LOCAL_KEY, key)
    )  # fmt: skip
    return next(same, "") or free_key(title, {*before, *there})


def _with(value: Any, old: str, new: str) -> Any:
    """Settings with another path in the comparisons that look at one."""
    if isinstance(value, Mapping):
        return {n: new if n == "fact" and inner == old else _with(inner, old, new) for n, inner in value.items()}
    return [_with(inner, old, new) for inner in value] if isinstance(value, list) else value
