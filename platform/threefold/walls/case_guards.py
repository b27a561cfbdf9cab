"""Guards of the tables that refer to a case and have nothing sealed: no new row of a case whose records were destroyed.

What has something sealed is guarded whole (`walls.destroying.guard_of`). Here a row that stands may still be ended.
"""

from __future__ import annotations

from threefold.walls.database import WALLED
from threefold.walls.destroying import guarded_tables
from threefold.walls.policies import walled_tables

# Written when the records are destroyed, and why.
WITH_IT = {"destruction": "the certificate itself"}


def tables_of_cases() -> list[str]:
    """The tables that refer to a case and are not guarded whole."""
    whole = {*guarded_tables(), *WITH_IT}
    return [
        t.name for t in walled_tables()
        if t.name not in whole and any("incident_case.id" in str(e.target_fullname) for f in t.foreign_key_constraints for e in f.elements)
    ]  # fmt: skip


def new_guard_of(table: str) -> str:
    """The trigger of such a table. Its migration makes it."""
    return f"create trigger case_stands_at_first before insert on {WALLED}.{table} for each row execute function walls.case_stands()"
