"""A draft over 10,000 past verdicts, from the JSON texts as they are unsealed: how many times it fits into three seconds.

Varied cases (no two of one text), and a draft that moves one step of the plan. What is measured includes reading the facts.
"""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace
from datetime import date, timedelta

from benchmarks.measure import Result, at_least
from threefold.doors.cli.packs import tenants_folder
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import load_library
from threefold.governance.replay import PastVerdict, replay
from threefold.governance.verdict import verdict_to_json
from threefold.plugin_api.facts import read_facts, write_facts

ROUNDS = 3
VERDICTS, SECONDS = 10_000, 3.0


def run() -> list[Result]:
    library = load_library(tenants_folder(), "example-vale")
    governance = Governance(library.editions, Catalogue.installed())
    (now,) = library.bodies["example-vale"].versions
    plan = next(u for u in now.uses if u.use == "rapid-review-plan")
    steps = [{**s, "day": 12} if s["key"] == "huddle" else s for s in plan.settings["steps"]]
    moved = replace(plan, settings={**plan.settings, "steps": steps})
    draft = replace(now, version="draft", begins=date(2027, 4, 1), uses=tuple(moved if u is plan else u for u in now.uses))
    chance = random.Random(20260330)
    past = [_past(governance, now, chance, number) for number in range(VERDICTS // 5)]
    # Five texts a case that differ in their blanks only: none is found among those already read.
    every = [replace(one, case=f"{one.case}-{n}", facts=f"{one.facts}{' ' * n}") for n in range(5) for one in past]
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        result = replay(governance, now, draft, every)
        took.append(time.perf_counter() - start)
        assert result.done == VERDICTS and result.states["changed"] > 0
    return [
        at_least("three seconds against replaying a draft over 10,000 past verdicts", SECONDS / sorted(took)[1], 1.0, ROUNDS)
    ]


def _past(governance: Governance, now: object, chance: random.Random, number: int) -> PastVerdict:
    day = date(2026, 2, 1) + timedelta(days=chance.randrange(200))

    def answer() -> str:
        return chance.choice(["yes", "no", "unclear"])

    children = [{"key": f"child-{n + 1}", "died": answer(), "seriously_harmed": answer(), "age_years": chance.randrange(17),
                 "abuse_or_neglect": {"value": answer(), "known_on": day.isoformat(), "given_by": "council-lead"}}
                for n in range(chance.randrange(1, 3))]  # fmt: skip
    events = [{"name": "aware", "at": day.isoformat()}, {"name": "briefing_received", "at": (day + timedelta(days=1)).isoformat()},
              {"name": "notification_sent", "at": (day + timedelta(days=4)).isoformat()}]  # fmt: skip
    facts = read_facts({"incident": {"happened_on": day.isoformat(), "children": children}, "review": {"events": events}})
    verdict = governance.decide("vale", (now,), facts, day + timedelta(days=9))  # type: ignore[arg-type]
    return PastVerdict(
        str(number), verdict.as_of, json.dumps(write_facts(facts)), json.dumps(verdict_to_json(verdict)), verdict.fingerprints
    )
