"""Working-day sums by look-up, against a loop over days. All dates must be equal."""

from __future__ import annotations

import random
from datetime import date, timedelta

from benchmarks.measure import Result, at_least, speed, turns
from threefold.domain.calendar import england_and_wales

ROUNDS = 15


def run() -> list[Result]:
    calendar = england_and_wales()
    chance = random.Random(20260330)
    first = date(2013, 1, 1)
    asked = [(first + timedelta(days=chance.randrange(5000)), chance.choice((5, 7, 10, 15, 20))) for _ in range(2000)]
    holidays = {first + timedelta(days=n) for n in range(5600) if not calendar.is_working(first + timedelta(days=n))}

    def naive(start: date, days: int) -> date:
        day, one = start, timedelta(days=1)
        while days:
            day += one
            if day.weekday() < 5 and day not in holidays:
                days -= 1
        return day

    equal = all(calendar.add(start, days) == naive(start, days) for start, days in asked)
    found = turns(lambda: [calendar.add(s, d) for s, d in asked], lambda: [naive(s, d) for s, d in asked], ROUNDS)
    result = at_least("working-day sums against a naive day loop", speed(found), 5.0, ROUNDS)
    return [result if equal else Result(result.name + " (DATES DIFFER)", 0.0, result.goal, False, ROUNDS)]
