"""The case list, 25 rows of two million cases over a thousand bodies, against a page written by hand.

The page by hand is Flask and psycopg: one query on the same table, the same template with the same words around it, no
sign-in, no permission, no audit. Both are called in this process, in turn; the database is a process of its own, so the
processor time is Python's.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask, template_rendered

from benchmarks.measure import Result, at_least, at_most, cost, on_one_processor, speed, turns
from tests.support.database import Database, bind, cloned, prepare_template
from tests.support.postgres import started
from tests.web.site import make_site
from threefold.walls.database import db
from threefold.work.people.access import BUSINESS_MANAGER

ROUNDS = 31
REQUESTS = 30
FILL = """
insert into body.incident_case(tenant_id, id, reference, status, head_no, opened_at, updated_at, next_due_on, next_step, next_who,
  next_statutory, version, edition, restricted)
select b.id, gen_random_uuid(), '2026-' || lpad(n::text, 5, '0'), 'notified', 1, now(), now(), date '2026-01-01' + (n * 37 %% 700),
  'Complete and send the rapid review', 'business_manager', n %% 3 > 0, 'current', 'wt-2023', false
from directory.body b cross join generate_series(1, %s) n where b.slug like 'area-%%'
"""


@dataclass
class Bench:
    """A site over many bodies, a signed-in browser, and the page by hand."""

    bodies: list[tuple[str, UUID]]
    ours: Callable[[int], object]
    theirs: Callable[[int], object]


@contextmanager
def bench(bodies: int, cases: int) -> Iterator[Bench]:
    """A database with so many bodies, and so many cases in each of them."""
    # The folder belongs to the server while it runs.
    with tempfile.TemporaryDirectory(prefix="threefold-bench-") as folder, started(Path(folder)) as cluster:
        prepare_template(cluster)
        with cloned(cluster) as database:
            yield _filled(database, Path(folder), bodies, cases)
            for app in _APPS:
                with app.app_context():
                    db.engine.dispose()
            _APPS.clear()


_APPS: list[Flask] = []


def _filled(database: Database, folder: Path, bodies: int, cases: int) -> Bench:
    names = [f"area-{n:04d}" for n in range(bodies)]
    found = [(name, database.body(name) if n < 10 else _bare(database, name)) for n, name in enumerate(names)]
    with psycopg.connect(database.admin, autocommit=True) as connection:
        connection.execute(FILL, (cases,))
        connection.execute("vacuum analyze body.incident_case")
    (folder / "site").mkdir()
    site = make_site(database, folder / "site", tenants=Path(__file__).parents[1] / "tenants", reads=100_000)
    _APPS.append(site.app)
    site.at = datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
    asked = [found[i * max(1, bodies // 10) % bodies] for i in range(10)]
    person: UUID | None = None
    for _name, body_id in asked:
        person = site.person("manager@bench.example", body_id, BUSINESS_MANAGER)
    assert person
    site.enter("manager@bench.example")
    client = site.client
    addresses = [f"/b/{name}/cases" for name, _ in asked]
    by_hand = _by_hand(site.app, database, client, addresses[0])
    plain = by_hand.test_client()

    def ours(number: int) -> object:
        answer = client.get(addresses[number % 10])
        assert answer.status_code == 200
        return answer.data

    def theirs(number: int) -> object:
        answer = plain.get(f"/{asked[number % 10][1]}")
        assert answer.status_code == 200
        return answer.data

    return Bench(found, ours, theirs)


def _bare(database: Database, slug: str) -> UUID:
    return database.provision.put_body(slug, slug.title(), "partnership", datetime(2026, 1, 1, tzinfo=UTC))


def _by_hand(app: Flask, database: Database, client: Any, address: str) -> Flask:
    """The page by hand: what the template needs is taken once from our page, the rows from one query each time."""
    taken: list[dict[str, Any]] = []

    def take(_sender: Flask, context: dict[str, Any], **_: Any) -> None:
        taken.append(dict(context))

    with template_rendered.connected_to(take, app):
        client.get(address)
    context = {k: v for k, v in taken[0].items() if k not in ("lines", "more", "g", "request", "session")}
    line = taken[0]["lines"][0]
    template = app.jinja_env.get_template("incidents/cases.html")
    connection = psycopg.connect(database.app_url.replace("+psycopg", ""), autocommit=False)
    plain = Flask("by-hand")
    plain.secret_key = app.secret_key  # the page holds a sign-out form, and that a form token

    @plain.get("/<tenant>")
    def page(tenant: str) -> str:
        bind(connection, UUID(tenant))
        rows = connection.execute(
            "select id, reference, status, next_due_on, next_step, next_who, next_statutory, opened_at from body.incident_case "
            "where tenant_id = %s and not restricted order by next_due_on nulls last, id limit 26", (tenant,)
        ).fetchall()  # fmt: skip
        connection.commit()
        today = datetime(2026, 3, 30, tzinfo=UTC).date()
        lines = [replace(line, id=r[0], reference=r[1], status=r[2], next_due_on=r[3], next_step=r[4], next_who=r[5], next_statutory=r[6],
                         opened_at=r[7], late=r[3] is not None and r[3] < today) for r in rows[:25]]  # fmt: skip
        return template.render({**context, "lines": lines, "more": len(rows) > 25})

    return plain


def _many(call: Callable[[int], object]) -> Callable[[], object]:
    return lambda: [call(n) for n in range(REQUESTS)]


def run() -> list[Result]:
    on_one_processor()
    bodies = int(os.environ.get("BENCH_BODIES", "1000"))
    cases = int(os.environ.get("BENCH_CASES", "2000"))
    with bench(bodies, cases) as many:
        wall = turns(_many(many.ours), _many(many.theirs), ROUNDS)
        processor = turns(_many(many.ours), _many(many.theirs), ROUNDS, clock=time.process_time)
        with bench(10, cases) as few:
            apart = turns(_many(many.ours), _many(few.ours), ROUNDS)
            apart_processor = turns(_many(many.ours), _many(few.ours), ROUNDS, clock=time.process_time)
    size = f"25 rows of {bodies * cases:,} cases over {bodies:,} bodies"
    return [
        at_least(f"case list ({size}): requests a second against a page by hand", speed(wall), 0.5, ROUNDS),
        at_most(f"case list ({size}): processor time against a page by hand", cost(processor), 2.0, ROUNDS),
        at_most(f"case list: median time, {bodies:,} bodies against 10", cost(apart), 1.1, ROUNDS),
        at_most(f"case list: processor time, {bodies:,} bodies against 10", cost(apart_processor), 1.1, ROUNDS),
    ]
