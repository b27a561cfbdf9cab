"""Small rules for testing the contract itself: a plain one, a crashing one, and hostile ones."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from marshmallow import fields

from threefold.plugin_api import (
    Answer,
    Card,
    Config,
    Criterion,
    Days,
    Duty,
    Facts,
    Meeting,
    Objection,
    Provided,
    Quorate,
    Rule,
    Source,
    Span,
    Step,
    Way,
    answers,
)

LAW = Source("Example Act, section 1", "ACT", "K")
LOCAL = Source("An area's page", "LOCAL", "V")


def card(name: str, *reads: str, layer: str = "local", **other: Any) -> Card:
    return Card(name, 1, name, "A rule for tests.", LAW if layer == "law" else LOCAL, "Threefold maintainers",
                date(2027, 11, 1), frozenset(reads), layer=layer, **other)  # type: ignore[arg-type]  # fmt: skip


class ToyLaw(Rule):
    """Tell the Panel within `days` working days of becoming aware, when anyone died."""

    card = card("toy-law", "incident.children[].died", "review.events.aware", layer="law")

    class Config(Config):
        days = fields.Integer(load_default=5, metadata={"label": "Working days"})

    def provides(self) -> Iterable[Provided]:
        yield Provided("way", "notify", "Who decides", "The authority decides.", LAW)

    @answers
    def duties(self, facts: Facts) -> Iterable[Duty]:
        died: list[Answer] = [c.died.value or "unclear" for c in facts.incident.children]  # type: ignore[misc]
        arises: Answer = "yes" if "yes" in died else "unclear" if "unclear" in died or not died else "no"
        reads = tuple(f"incident.children[{c.key}].died" for c in facts.incident.children)
        yield Duty("notify-panel", "Notify the Panel", arises, "Somebody died.", LAW, reads, starts_on=facts.review.on("aware"))

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        aware = facts.review.on("aware")
        span = Span(self.settings["days"], "working_days")
        yield Step("notify", "Notify", "notify-panel", "Notify in time.", LAW, ("review.events.aware",), True, "aware",
                   starts_on=aware, span=span, due_on=days.due(aware, span).on if aware else None)  # fmt: skip

    @answers
    def decision(self, question: str) -> Way | None:
        return (
            Way(question, "The authority decides.", LAW, decides=("authority",), how="one_decides")
            if question == "notify"
            else None
        )


class ToyLocal(Rule):
    """A local target of `day` days and a way for one question."""

    card = card("toy-local", "review.events.aware", "incident.near_miss")

    class Config(Config):
        day = fields.Integer(load_default=3, metadata={"label": "Day"})
        answers_notify = fields.Boolean(load_default=False, metadata={"label": "Answers who decides"})

    def provides(self) -> Iterable[Provided]:
        yield Provided("step", "talk", "Talk", "Talk by then.", LOCAL, (("serves", "notify-panel"),))
        if self.settings["answers_notify"]:
            yield Provided("way", "notify", "Who decides", "All agree.", LOCAL)

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        aware = facts.review.on("aware")
        span = Span(self.settings["day"], "working_days")
        yield Step("talk", "Talk", "notify-panel", "Talk by then.", LOCAL, ("review.events.aware",), False, "aware",
                   starts_on=aware, span=span, due_on=days.due(aware, span, local=True).on if aware else None)  # fmt: skip

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        near = facts.incident.near_miss.value
        state = {"yes": "met", "no": "not_met"}.get(near or "", "unclear")
        yield Criterion("near-miss", "Near miss", state, "A near miss.", LOCAL, ("incident.near_miss",))  # type: ignore[arg-type]

    @answers
    def decision(self, question: str) -> Way:
        return Way(question, "All agree.", LOCAL, decides=("a", "b", "c"), how="all_agree")


class Crashing(Rule):
    """Raises at every hook."""

    card = card("crashing")

    def provides(self) -> Iterable[Provided]:
        yield Provided("way", "notify", "Who decides", "It would say.", LOCAL)

    @answers
    def steps(self) -> Iterable[Step]:
        raise ZeroDivisionError("crash")

    @answers
    def objections(self, move: str) -> Iterable[Objection]:
        raise RecursionError

    @answers
    def quorum(self, meeting: Meeting) -> Iterable[Quorate]:
        raise OverflowError(meeting.group)

    @answers
    def decision(self, question: str) -> Way:
        raise KeyError(question)


class Raising(Rule):
    """Would name agencies to ask, and raises whenever it is asked."""

    card = card("raising")

    @answers
    def agencies(self) -> Iterable[Any]:
        raise ZeroDivisionError("crash")


class Unprovided(Rule):
    """Raises when it is asked what it brings."""

    card = card("unprovided")

    def provides(self) -> Iterable[Provided]:
        raise ValueError("a setting it did not expect")


class Unprepared(Rule):
    """Raises when it is made."""

    card = card("unprepared")

    def prepare(self) -> None:
        raise KeyError("a setting that is not there")


class Stray(Rule):
    """Brings something that is no thing of an arrangement."""

    card = card("stray")

    def provides(self) -> Iterable[Any]:
        yield "a word"


class Odd(Rule):
    """Brings things with fields of a wrong type, as its settings say."""

    card = card("odd")

    class Config(Config):
        wrong = fields.String(load_default="", metadata={"label": "Which field is wrong"})

    def provides(self) -> Iterable[Provided]:
        good: dict[str, Any] = {"kind": "criterion", "key": "k", "title": "A title", "sentence": "A sentence.", "source": LOCAL}
        odd: dict[str, Any] = {
            "title": None, "sentence": 5, "source": "A page", "key": None, "values": (("a", {}),),
            "force": Source("A page", "WHAT", "V"), "sure": Source("A page", "LOCAL", "zzz"),  # type: ignore[arg-type]
            "half": "half a \ud800 character", "part": (("a", "\ud800"),),
        }  # fmt: skip
        places = {"force": "source", "sure": "source", "half": "sentence", "part": "values"}
        name = self.settings["wrong"]
        yield Provided(**good | ({places.get(name, name): odd[name]} if name not in ("", "many") else {}))
        if name == "many":
            yield from (Provided(**good | {"key": f"k{no}"}) for no in range(2000))


class Untitled(Rule):
    """Brings a thing with nothing in it."""

    card = card("untitled")

    def provides(self) -> Iterable[Provided]:
        yield Provided("criterion", None, None, None, None)  # type: ignore[arg-type]


class Looping(Rule):
    """Never says what it brings, and counts how often it was asked."""

    card = card("looping")
    asked: ClassVar[list[str]] = []

    class Config(Config):
        note = fields.String(load_default="", metadata={"label": "Note"})

    def provides(self) -> Iterable[Provided]:
        self.asked.append(self.settings["note"])
        while True:
            pass


class NeverMade(Rule):
    """Is never ready."""

    card = card("never-made")

    def prepare(self) -> None:
        while True:
            pass


class UnprovidedLaw(Rule):
    """A rule of the law with a fault."""

    card = card("unprovided-law", layer="law")

    def provides(self) -> Iterable[Provided]:
        raise ValueError("a fault of the platform")


class Exiting(Rule):
    """Tries to end the process."""

    card = card("exiting")

    @answers
    def criteria(self) -> Iterable[Criterion]:
        sys.exit(3)


class Endless(Rule):
    """Never stops, and swallows every exception it can."""

    card = card("endless")

    @answers
    def outcomes(self) -> Iterable[Any]:
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: BLE001
                continue


class Everywhere(Rule):
    """Never stops, whatever it is asked, and counts how often it was asked."""

    card = card("everywhere")
    asked: ClassVar[list[str]] = []

    def provides(self) -> Iterable[Provided]:
        yield Provided("way", "local_review", "Who decides", "Nobody, for ever.", self.card.source, ())

    def _for_ever(self, what: str) -> Any:
        self.asked.append(what)
        while True:
            pass

    @answers
    def criteria(self) -> Iterable[Criterion]:
        return self._for_ever("criteria")  # type: ignore[no-any-return]

    @answers
    def outcomes(self) -> Iterable[Any]:
        return self._for_ever("outcomes")  # type: ignore[no-any-return]

    @answers
    def objections(self, move: str) -> Iterable[Objection]:
        return self._for_ever("objections")  # type: ignore[no-any-return]

    @answers
    def decision(self, question: str) -> Way | None:
        return self._for_ever("decision")  # type: ignore[no-any-return]


class Flooding(Rule):
    """Yields without end."""

    card = card("flooding")

    @answers
    def agencies(self) -> Iterable[Any]:
        while True:
            yield None


class Hostile(Rule):
    """Claims the force of an Act to refuse the notification, and rewrites the facts it was given."""

    card = card("hostile", "incident.children[].died")

    @answers
    def objections(self, facts: Facts, move: str) -> Iterable[Objection]:
        object.__setattr__(facts.incident, "children", ())
        yield Objection("never", move, "Do not notify.", Source("An Act it made up", "ACT", "V"), bars=True)

    @answers
    def steps(self) -> Iterable[Step]:
        yield Step("longer", "Notify later", "notify-panel", "Take your time.", Source("An Act it made up", "ACT", "V"), (), True,
                   "aware", starts_on=date(2026, 3, 30), due_on=date(2027, 1, 1))  # fmt: skip
