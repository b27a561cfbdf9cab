"""Facts that note which of them are looked at, so that a rule's declared reads can be held against its real ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from threefold.plugin_api.facts import Child, Consideration, Event, Fact, Facts, Incident, Review, View


class TracedFacts:
    """Facts to a rule; a notebook to the kit. `reads` collects paths in the form cards declare them."""

    def __init__(self, facts: Facts) -> None:
        self.reads: set[str] = set()
        self.incident = _Traced(facts.incident, "incident", self.reads)
        self.review = _TracedReview(facts.review, "review", self.reads)


class _Traced:
    def __init__(self, holder: Incident | Child | Review, path: str, reads: set[str]) -> None:
        self._holder, self._path, self._reads = holder, path, reads

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._holder, name)
        path = f"{self._path}.{name}"
        if name == "children":
            return tuple(_Traced(child, f"{path}[]", self._reads) for child in value)
        if name == "local":
            return _TracedLocal(value, self._reads)
        if isinstance(value, Fact) or name in ("family", "signed_by", "local_type", "publication_reason"):
            self._reads.add(path)
        return value


class _TracedLocal(dict[str, Fact[Any]]):
    def __init__(self, local: dict[str, Fact[Any]], reads: set[str]) -> None:
        super().__init__(local)
        self._reads = reads

    def get(self, key: str, default: Any = None) -> Any:
        self._reads.add(f"incident.local.{key}")
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._reads.add(f"incident.local.{key}")
        return super().__getitem__(key)


class _TracedReview(_Traced):
    _holder: Review

    def event(self, name: str) -> Event | None:
        self._reads.add(f"review.events.{name}")
        return self._holder.event(name)

    def start(self, name: str) -> Event | None:
        self._reads.add(f"review.events.{name}")
        return self._holder.start(name)

    def on(self, name: str) -> Any:
        self._reads.add(f"review.events.{name}")
        return self._holder.on(name)

    def done(self, name: str, since: date | None) -> Event | None:
        self._reads.add(f"review.events.{name}")
        return self._holder.done(name, since)

    def done_on(self, name: str, since: date | None) -> date | None:
        self._reads.add(f"review.events.{name}")
        return self._holder.done_on(name, since)

    @property
    def done_before(self) -> tuple[Event, ...]:
        return self._holder.done_before

    @property
    def still_done(self) -> tuple[Event, ...]:
        return self._holder.still_done

    @property
    def events(self) -> tuple[Event, ...]:
        self._reads.add("review.events.*")
        return self._holder.events

    @property
    def counted(self) -> tuple[Event, ...]:
        self._reads.add("review.events.*")
        return self._holder.counted

    @property
    def notified(self) -> bool:
        self._reads |= {f"review.events.{n}" for n in ("notification_sent", "notification_withdrawn", "criteria_not_met")}
        return self._holder.notified

    @property
    def notified_on(self) -> date | None:
        self._reads |= {f"review.events.{n}" for n in ("notification_sent", "notification_withdrawn", "criteria_not_met")}
        return self._holder.notified_on

    @property
    def was_notified(self) -> bool:
        self._reads.add("review.events.notification_sent")
        return self._holder.was_notified

    def considers(self, factor: str) -> Consideration | None:
        self._reads.add(f"review.considered.{factor}")
        return self._holder.considers(factor)

    @property
    def considered(self) -> tuple[Consideration, ...]:
        self._reads.add("review.considered.*")
        return self._holder.considered

    @property
    def views(self) -> tuple[View, ...]:
        self._reads.add("review.views.*")
        return self._holder.views


def covered(path: str, declared: frozenset[str]) -> bool:
    """Whether a declared read (which may end in `.*`) covers a path."""
    return path in declared or any(path == d or path.startswith(d) for d in _prefixes(declared))


def _prefixes(declared: frozenset[str]) -> Iterator[str]:
    return (d.removesuffix("*") for d in declared if d.endswith(".*"))
