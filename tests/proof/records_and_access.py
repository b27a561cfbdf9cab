"""The defences of platform staff and of exports: rows of `make defences`."""

from __future__ import annotations

from tests.proof.defence import Defence

LATEST = "migrations/versions/0016_nothing_in_flight.sql"
STAFF = "tests/platform_staff/test_access.py::"
NOW = "pg_catalog.statement_timestamp()"
RECORDS_AND_ACCESS = (
    Defence("a cell of an export is no formula", "platform/threefold/work/people/csv_rows.py", "f\"'{text}\" if", "text if", "tests/people/test_csv_rows.py::test_what_begins_like_a_formula_is_text"),
    Defence("a session is over by the database's clock", LATEST, f"and x.ends > {NOW} and not exists(select 1 from here)", "and not exists(select 1 from here)", STAFF + "test_when_the_time_is_over_they_are_answered_like_any_stranger"),
    Defence("a session from a fresh sign-in, asked by the database", LATEST, "and s.fresh_at > p_at - make_interval(secs => p_fresh) and p_minutes", "and p_minutes", STAFF + "test_the_database_asks_for_a_fresh_sign_in_too"),
    Defence("a session is of one sign-in", LATEST, "on who.id = x.person_id and who.sign_in = x.sign_in_id", "on who.id = x.person_id", STAFF + "test_another_sign_in_of_the_same_person_is_a_stranger"),
    Defence("a page is open to platform staff where it says so", "platform/threefold/work/people/web/visits.py", "and not (staff and request.method", "and not (request.method", "tests/proof/test_permissions.py::test_platform_staff_are_answered_in_each_cell_as_the_table_says"),
)  # fmt: skip
