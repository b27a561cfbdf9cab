"""Questions of the area's own: an answer belongs to a question as it was asked, which its key stands for.

Worded anew in substance it is another question, with a key of its own: nobody answered it yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from threefold.domain.findings import Provided
from threefold.domain.visible import read_as
from threefold.governance.drafts import NAMED, Content, Place, free_key, named_in, named_keys, node_at, put
from threefold.plugin_api.facts.incident import LOCAL_KEY

OWN = "incident.local."  # the facts that are answers to them


def own_questions(settings: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The area's own questions in the settings of an arrangement's rules: titles by key."""
    return titles_in(settings, "questions")


def titles_in(settings: Iterable[Mapping[str, Any]], listed: str) -> dict[str, str]:
    """What stands in the lists of one name in the settings of an arrangement's rules: titles by key."""
    return {thing["key"]: thing["title"] for one in settings for thing in named_in(one, listed)}


def is_asked(thing: Provided) -> bool:
    """Whether what a rule brings is a question whose answers can be kept. A version on record may have one of an older file whose key is none."""
    return thing.kind == "question" and re.fullmatch(LOCAL_KEY, thing.key) is not None


def plainly_worded(title: str) -> str:
    """A question without what makes it no other: capitals, spaces, quotes, and the stops it ends with. Any other sign may turn it round."""
    return " ".join(re.sub(r"[\"'“”‘’«»]", "", read_as(title)).split()).rstrip(".?!…:; ")


def is_another_question(before: str, now: str) -> bool:
    return plainly_worded(before) != plainly_worded(now)


def is_question(place: Place) -> bool:
    """Whether a place of a draft is a question of the area's own."""
    return len(place) == 4 and place[0] == "rules" and place[2] == "questions"


def is_answered_to(place: Place, node: Mapping[str, Any]) -> bool:
    """Whether what people said is kept under the key of a line: a question of the area's own, or a criterion left to judgement."""
    return is_question(place) or (
        len(place) == 4 and place[0] == "rules" and place[2] == "criteria" and node.get("when") is None
    )


def asked_anew(content: Content, place: Place, known: Iterable[str]) -> Content:
    """The draft with another key for the question, or the criterion of judgement, at a place, and in every condition that rests on it.

    `known`: keys not to be used.
    """
    question = dict(node_at(content, place))
    old = str(question["key"])
    taken = {*known, *titles_in((use["settings"] for use in content["uses"]), place[2])}
    question["key"] = free_key(str(question["title"]), taken)
    made = put(content, place, question)
    if not is_question(place):
        return made
    made["uses"] = [
        {**use, "settings": _with(use["settings"], f"{OWN}{old}", f"{OWN}{question['key']}")} for use in made["uses"]
    ]
    return made


def key_of_new(title: str, known: Iterable[Mapping[str, str]], now: Content, listed: str = "questions") -> str:
    """The key of a thing that is added to a list of a rule: the one under which the same stood before, and stands no more; else one that no
    other had in a list of that name, whose answers, days and conditions would be taken for its own.

    `known`: what stood in such lists before, titles by key, oldest first.
    """
    there, before = titles_in((use["settings"] for use in now["uses"]), listed), dict[str, str]()
    for one in known:
        before |= one
    if listed in NAMED:  # others name it by its key, and say so where it is gone: what comes back in its words is chosen anew
        others = {key for key, words in before.items() if is_another_question(words, title)}
        return free_key(title, {*others, *there, *named_keys(now)})
    same = (
        key for key, words in before.items()
        if key not in there and not is_another_question(words, title) and (listed != "questions" or re.fullmatch(LOCAL_KEY, key))
    )  # fmt: skip
    return next(same, "") or free_key(title, {*before, *there, "none"})  # "none" is what a page says where none is chosen


def _with(value: Any, old: str, new: str) -> Any:
    """Settings with another path in the comparisons that look at one."""
    if isinstance(value, Mapping):
        return {n: new if n == "fact" and inner == old else _with(inner, old, new) for n, inner in value.items()}
    return [_with(inner, old, new) for inner in value] if isinstance(value, list) else value
