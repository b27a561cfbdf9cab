"""What it costs that a scope is signed: a list under the signed scope against one under a scope that is only a claim."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from benchmarks.measure import Result, at_most, cost, on_one_processor, turns
from tests.support.database import bind, cloned, prepare_template
from tests.support.postgres import started

CASES, TIMES, ROUNDS = 2000, 200, 15
LIST = "select id, reference, status, next_due_on from body.incident_case order by opened_at, id limit 25"
CLAIM = """create or replace function walls.claimed() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('app.claimed', true), '')::uuid $$"""


def run() -> list[Result]:
    on_one_processor()
    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as cluster:
        prepare_template(cluster)
        with cloned(cluster) as database:
            body = database.body("measured")
            _fill(database.admin, body)
            address = database.app_url.replace("+psycopg", "")
            with psycopg.connect(address) as signed, psycopg.connect(address) as claimed:

                def ours() -> None:
                    for _ in range(TIMES):
                        bind(signed, body)
                        signed.execute(LIST).fetchall()
                        signed.commit()

                def theirs() -> None:
                    for _ in range(TIMES):
                        claimed.execute(f"set local app.claimed = '{body}'")  # type: ignore[call-overload]
                        claimed.execute(LIST.replace("body.incident_case", "public.claimed_case")).fetchall()  # type: ignore[call-overload]
                        claimed.commit()

                measured = cost(turns(ours, theirs, ROUNDS))
    name = "a list of 25 of 2,000 rows, its transaction included: under a signed scope against under a claim"
    return [at_most(name, measured, 1.5, ROUNDS)]


def _fill(admin: str, body: UUID) -> None:
    """The same rows behind the wall, and in a table of the same shape whose policy believes a claim."""
    now = datetime.now(UTC)
    with psycopg.connect(admin) as connection:
        rows = [(body, uuid4(), f"R-{n}", "deciding", 1, now, now, "", "", False, "", "", False) for n in range(CASES)]
        columns = "tenant_id, id, reference, status, head_no, opened_at, updated_at, next_step, next_who, next_statutory, version, edition, restricted"
        with connection.cursor() as cursor:
            cursor.executemany(f"insert into body.incident_case({columns}) values ({', '.join(['%s'] * 13)})", rows)  # type: ignore[arg-type]
        for statement in (
            CLAIM, "grant execute on function walls.claimed() to threefold_app",
            "create table public.claimed_case (like body.incident_case including all)",
            "insert into public.claimed_case select * from body.incident_case",
            "alter table public.claimed_case enable row level security", "alter table public.claimed_case force row level security",
            "create policy own_body on public.claimed_case using (tenant_id = (select walls.claimed()))",
            "grant select on public.claimed_case to threefold_app", "analyze body.incident_case", "analyze public.claimed_case",
        ):  # fmt: skip
            connection.execute(statement)  # type: ignore[call-overload]
