"""Two texts that people wrote, compared paragraph by paragraph: which came, which went, and what of one is said otherwise.

A point of a list counts as a paragraph does. A text is never repeated whole: of a paragraph that changed, the sentences that
differ are told; of a long one that came or went, how it begins. The whole stands where the text itself is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from threefold.governance.comparison_sides import Sides
from threefold.governance.prose import blocks

LONG = 400  # letters, up to which a text is quoted whole
_BEGINNING = 200  # letters of a longer one
_NEAR = 5  # how far on in the other text a paragraph that changed is looked for
_ALIKE = 0.5  # the share of words that two paragraphs have in common, from which on one is the other, changed
_ABOUT = 6  # words before and after what differs in a long sentence


@dataclass(frozen=True, slots=True)
class _Part:
    """A paragraph, or a point of a list."""

    called: str
    text: str


def many(text: str) -> bool:
    """Whether a text is told by its paragraphs: it has several, or is long."""
    return len(text) > LONG or len(_parts(text)) > 1


def in_common(before: str, after: str) -> bool:
    """Whether two texts share a paragraph, or have one that is the other changed."""
    return any(tag != "gone" and tag != "come" for tag, _, _ in _steps(_parts(before), _parts(after), keep=True))


def by_paragraphs(quoted: str, before: str, after: str, *, sides: Sides | None) -> Iterator[str]:
    """How a text differs from what it was, or (`sides`) from another body's, in sentences that begin with its title."""
    steps = list(_steps(_parts(before), _parts(after)))
    gone = Counter(was.text for tag, was, _ in steps if tag == "gone" and was)
    moved = gone & Counter(now.text for tag, _, now in steps if tag == "come" and now)
    said, waiting = False, Counter(moved)
    for tag, was, now in steps:
        part = now or was
        if part is None:
            continue
        if tag == "changed" and was and now:
            yield f"{quoted}: {_changed(was, now, sides)}"
        elif part.text in moved:
            if tag == "come" or not waiting[part.text]:
                continue
            waiting[part.text] -= 1
            yield f"{quoted}: a {part.called} stands elsewhere{'' if sides else ' now'}: {_quoted(part.text)}"
        else:
            yield f"{quoted}: {_alone(part, come=tag == 'come', sides=sides)}"
        said = True
    if not said and before != after:
        yield f"{quoted}: the words are the same; its paragraphs and lists are set out in another way."


def shortened(text: str) -> str:
    """A text whole, on one line; of a long one how many words it has and how it begins."""
    plain = " ".join(text.split())
    return one_line(text) if len(plain) <= LONG else f"It has {_words(plain)} words and begins {_quoted(plain)}"


def one_line(text: str) -> str:
    """Paragraphs one after the other, and the points of a list in quotation marks: a mark of a point means nothing within a line."""
    told = []
    for block in blocks(text):
        texts = [" ".join(one.split()) for one in block.texts]
        if block.kind == "points":
            texts = [f"“{one}”" for one in texts]
        elif block.kind == "numbered":
            texts = [f"{number}. “{one}”" for number, one in enumerate(texts, block.first)]
        told.append("; ".join(texts) if block.kind == "paragraph" else f"{'; '.join(texts)}.")
    return " ".join(told)


def _parts(text: str) -> list[_Part]:
    called = {"paragraph": "paragraph", "points": "point of a list", "numbered": "point of a list"}
    return [_Part(called[block.kind], " ".join(one.split())) for block in blocks(text) for one in block.texts]


def _steps(old: list[_Part], new: list[_Part], *, keep: bool = False) -> Iterator[tuple[str, _Part | None, _Part | None]]:
    """What becomes of each part: gone, come or changed; and `keep`, stayed."""
    texts = [part.text for part in old], [part.text for part in new]
    first, last = _same_ends(*texts)
    if keep and (first or last):
        yield "stayed", None, None
    olds, news = old[first : len(old) - last], new[first : len(new) - last]
    matcher = SequenceMatcher(None, [p.text for p in olds], [p.text for p in news])
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal" and keep:
            yield "stayed", None, None
        elif tag != "equal":
            yield from _replaced(olds[i:i_end], news[j:j_end])


def _replaced(olds: list[_Part], news: list[_Part]) -> Iterator[tuple[str, _Part | None, _Part | None]]:
    """In the place of some parts others stand: each beside the one before it that it may have been made of."""
    at = 0
    for now in news:
        near = range(at, min(at + _NEAR, len(olds)))
        same = next((n for n in near if olds[n].called == now.called and _alike(olds[n].text, now.text)), None)
        if same is None:
            yield "come", None, now
            continue
        yield from (("gone", was, None) for was in olds[at:same])
        yield "changed", olds[same], now
        at = same + 1
    yield from (("gone", was, None) for was in olds[at:])


def _alike(one: str, other: str) -> bool:
    words = Counter(one.casefold().split()), Counter(other.casefold().split())
    return 2 * (words[0] & words[1]).total() >= _ALIKE * (words[0].total() + words[1].total())


def _same_ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """How many entries two lists have in common at their beginnings, and how many more at their ends."""
    most = min(len(one), len(other))
    first = next((n for n in range(most) if one[n] != other[n]), most)
    last = next((n for n in range(most - first) if one[-1 - n] != other[-1 - n]), most - first)
    return first, last


def _alone(part: _Part, *, come: bool, sides: Sides | None) -> str:
    """A part that is in one text only, whole; of a long one how many words it has, and how it begins."""
    long = len(part.text) > LONG
    called = f"{part.called} of {_words(part.text)} words" if long else part.called
    told = f"{', which begins' if long else ':'} {_quoted(part.text)}"
    if sides:
        return f"a {called} only in {sides.this if come else sides.other}{told}"
    return (
        f"new {called}{told}" if come else f"a {called} is no longer there{told.replace('begins', 'began') if long else told}"
    )


def _changed(was: _Part, now: _Part, sides: Sides | None) -> str:
    """What of a part is said otherwise, by the sentences that differ."""
    sentences = [re.split(r"(?<=[.?!])\s+", part.text) for part in (was, now)]
    first, last = _same_ends(*sentences)
    before, after = (" ".join(s[first : len(s) - last]) for s in sentences)
    if before and after and max(len(before), len(after)) > LONG:
        before, after = _near_what_differs(before.split(), after.split())
    which = f"the {now.called} that begins {_quoted(sentences[1][0].rstrip('.?!'), cut=True)}" if first else f"a {now.called}"
    if not before:
        return f"{which} {f'also says in {sides.this}' if sides else 'now also says'} “{after}”"
    if not after:
        return f"{which} {f'also says in {sides.other}' if sides else 'no longer says'} “{before}”"
    if sides:
        return f"{which} says “{after}” in {sides.this}, and in {sides.other} “{before}”"
    return f"{which} now says “{after}”; it said “{before}”"


def _near_what_differs(before: list[str], after: list[str]) -> tuple[str, str]:
    first, last = _same_ends(before, after)
    first, last = max(first - _ABOUT, 0), max(last - _ABOUT, 0)
    cut = [" ".join(words[first : len(words) - last]) for words in (before, after)]
    return tuple(f"{'… ' if first else ''}{words}{' …' if last else ''}" for words in cut)  # type: ignore[return-value]


def _quoted(text: str, *, cut: bool = False) -> str:
    """A text in quotation marks; of a long one how it begins. `cut`: it goes on."""
    if len(text) <= (_BEGINNING if cut else LONG):
        return f"“{text}{' …' if cut else ''}”"
    return f"“{text[:_BEGINNING].rsplit(' ', 1)[0]} …”"


def _words(text: str) -> int:
    return len(text.split())
