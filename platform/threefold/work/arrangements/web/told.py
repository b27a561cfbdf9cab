"""What rules say of themselves and of single lines, as a draft sets them, in the words of a person."""

from __future__ import annotations

from collections.abc import Mapping

from threefold.domain.errors import ThreefoldError
from threefold.domain.findings import Provided
from threefold.governance import drafts, questions, wording
from threefold.governance.coverage import things_of
from threefold.governance.drafts import Content, NoSuchPlace, Place
from threefold.governance.names import titles_of
from threefold.governance.plain import around_words, keys_named, marked, whole
from threefold.work.arrangements.web.offers import steps_that_are_gone
from threefold.work.people.web import services


def titles_in(content: Content, first: Content) -> dict[str, str]:
    """What the keys in a draft stand for; also of a step that it was begun with and has no more, which a line may name still."""
    return steps_that_are_gone(content, first) | titles_of(services().governance.catalogue, content)


def told_of(content: Content, place: Place, first: Content) -> str:
    """What a rule says of one thing in a list of its, as it is set now: a step's time, its start, when it applies."""
    named = titles_in(content, first)
    return next(
        (of_thing(thing, named, content) for thing in _things_of_line(content, place) if thing.sentence != thing.title), ""
    )


def of_thing(thing: Provided, named: Mapping[str, str], content: Content) -> str:
    """What a rule says of one thing; what people wrote in it stays as it is."""
    text, kept = marked(thing, named)
    return whole(as_asked(text, content), kept)


def _things_of_line(content: Content, place: Place) -> list[Provided]:
    """What a rule brings by one line of a list of its; nothing while its settings cannot be read.

    A line of another list may have the same key: of several things that could be the line's own, those are that go with it.
    """
    if place[0] != "rules" or len(place) != 4:
        return []
    catalogue, key = services().governance.catalogue, place[3]
    try:
        things = things_of(catalogue, drafts.as_arrangement(content), place[1])
        found = [thing for thing in things if thing.key == key or thing.key.endswith(f"-{key}")]
        if len(found) < 2:
            return found
    except ThreefoldError:
        return []
    try:
        others = things_of(catalogue, drafts.as_arrangement(drafts.remove(content, place)), place[1])
    except (ThreefoldError, NoSuchPlace):  # something else of the rule names it, as a way of deciding names its group
        return [thing for thing in found if thing.key == key]
    return [thing for thing in found if thing not in others]


def told_of_parts(content: Content, place: Place) -> dict[str, str]:
    """What a rule says of the parts of one thing that have pages of their own, by the name of the part: a group's quorum, how often it meets."""
    named = titles_of(services().governance.catalogue, content)
    return {
        str(thing.get("set_in")): of_thing(thing, named, content)
        for thing in _things_of_line(content, place)
        if thing.get("set_in")
    }


def brings(content: Content, use: str, first: Content) -> tuple[str, ...]:
    """What a rule brings as it is set now, in the words of the rule itself; nothing while its settings cannot be read."""
    try:
        things = things_of(services().governance.catalogue, drafts.as_arrangement(content), use)
    except ThreefoldError:
        return ()
    titles = titles_in(content, first)
    told = ((thing, around_words(thing, lambda sentence: as_asked(keys_named(sentence, titles), content))) for thing in things)
    return tuple(sentence if thing.sentence == thing.title else f"{thing.title}: {sentence}" for thing, sentence in told)


def as_asked(sentence: str, content: Content) -> str:
    return wording.with_questions(sentence, questions.own_questions(one["settings"] for one in content["uses"]))
