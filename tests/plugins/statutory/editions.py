"""The law's rules as the editions in `tenants/_shared/law/` configure them, asked directly or through governance."""

from __future__ import annotations

from datetime import date
from typing import Any

from plugins.statutory_arrangements import StatutoryArrangements
from plugins.statutory_child_death import StatutoryChildDeath
from plugins.statutory_notification import StatutoryNotification
from plugins.statutory_practice_review import StatutoryPracticeReview
from plugins.statutory_rapid_review import StatutoryRapidReview
from tests.support.tenants import read_tenants
from threefold.domain.findings import Duty, Step
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.verdict import Verdict
from threefold.plugin_api.facts import Facts, read_facts
from threefold.plugin_api.rule import Rule
from threefold.testing.proof import plain_days

RULES: tuple[type[Rule], ...] = (
    StatutoryNotification,
    StatutoryRapidReview,
    StatutoryPracticeReview,
    StatutoryArrangements,
    StatutoryChildDeath,
)
EDITIONS = {e.id: e for e in read_tenants().editions}
LAW = Governance(tuple(EDITIONS.values()), Catalogue.of(RULES))
ASKED = date(2026, 6, 1)
DAYS = plain_days()


def rule(kind: type[Rule], edition: str = "wt-2023") -> Any:
    """One rule with the settings one edition gives it."""
    use = next(u for u in EDITIONS[edition].uses if u.rule == kind.card.id)
    return kind(use.settings, use=use.use)


def case(*children: dict[str, Any], events: Any = (), review: Any = None, **incident: Any) -> Facts:
    """Facts of children (keyed child-1, child-2, ... unless they say), events as (name, at) pairs, and anything else."""
    keyed = [{"key": f"child-{i}", **child} for i, child in enumerate(children, 1)]
    happened = [{"name": name, "at": at} for name, at in events]
    return read_facts({"incident": {"children": keyed, **incident}, "review": {"events": happened, **(review or {})}})


def judged(facts: Facts, as_of: date = ASKED) -> Verdict:
    return LAW.decide("an-area", (), facts, as_of)


def duty(facts: Facts, key: str, kind: type[Rule] = StatutoryNotification, edition: str = "wt-2023") -> Duty | None:
    found: Duty | None = next((d for d in _asked(kind, edition, "duties", facts) if d.key == key), None)
    return found


def step(facts: Facts, key: str, kind: type[Rule] = StatutoryNotification, edition: str = "wt-2023") -> Step | None:
    found: Step | None = next((s for s in _asked(kind, edition, "steps", facts) if s.key == key), None)
    return found


def _asked(kind: type[Rule], edition: str, hook: str, facts: Facts) -> list[Any]:
    method = getattr(rule(kind, edition), hook)
    names = method.__code__.co_varnames[1 : method.__code__.co_argcount]
    return list(method(**{n: {"facts": facts, "days": DAYS}[n] for n in names}))


HARMED = {"seriously_harmed": "yes", "died": "no", "abuse_or_neglect": "yes"}
DEAD = {"died": "yes", "abuse_or_neglect": "yes"}
