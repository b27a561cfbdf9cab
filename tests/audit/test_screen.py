"""The body reads its own audit: in plain words, by filters, page by page, as CSV; and sees how far it is sealed."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.arrangements.vale import MARCH
from tests.audit.world import EVERY, HELPER, World
from tests.support.statements import counting
from threefold.walls.audit.sealing import seal_some
from threefold.walls.database import db
from threefold.work.audit import stories
from threefold.work.audit.web import BATCH
from threefold.work.people.access import AREA_LEAD, BUSINESS_MANAGER, EVERYONE, NATIONAL_OFFICER, permission

AUDIT = "/b/example-vale/audit"


def rows(world: World, query: str = "") -> list[str]:
    return [" ".join(row.text.split()) for row in world.site.get(f"{AUDIT}{query}").page.all("tr")][1:]


def test_who_answers_for_the_records_reads_it_and_nobody_else(world: World) -> None:
    assert permission(stories.READ).roles == {BUSINESS_MANAGER, AREA_LEAD, NATIONAL_OFFICER} < EVERYONE
    helper = world.site.another()
    helper.enter(HELPER)
    helper.get(AUDIT, 403)
    helper.get(f"{AUDIT}.csv", 403)


def test_an_entry_says_who_did_what_for_what_and_from_where(world: World) -> None:
    case = f"/b/example-vale/cases/{world.case_id}"
    world.site.get(case)
    page = world.site.get(f"{AUDIT}?person={world.person}")
    reference = world.site.get(case).page.heading.removeprefix("Case ")
    told = (" ".join(r.text.split()) for r in page.page.all("tr"))
    read = next(line for line in told if f"Case read: case {reference}" in line)
    assert read == f"10 March 2027 at 10am Everything Case read: case {reference}For: see a case Web page, 127.0.0.1"
    assert case in {a.get("href") for a in page.page.all("a")}
    assert "Threefold itself" in world.site.get(f"{AUDIT}?person={UUID(int=0)}").text


def test_the_filters_hold_one_by_one_and_together(world: World) -> None:
    case = world.site.get(f"/b/example-vale/cases/{world.case_id}")
    world.site.get(f"/b/example-vale/cases/{uuid4()}", 404)
    reference = case.page.heading.removeprefix("Case ")
    assert all("Refused" in row for row in rows(world, "?outcome=refused")) and rows(world, "?outcome=refused")
    assert all(f"case {reference}" in row for row in rows(world, f"?reference={reference}"))
    assert rows(world, "?reference=2000-0001") == []
    assert all("Everything" in row for row in rows(world, f"?person={world.person}"))
    assert all("Everything" not in row for row in rows(world, f"?person={UUID(int=0)}"))
    world.site.get("/b/example-vale/cases")
    lists = rows(world, f"?kind=list&person={world.person}&outcome=done")
    assert lists and all(": the list of cases" in row or ": the audit" in row for row in lists)
    assert rows(world, "?since-day=11&since-month=3&since-year=2027") == []
    assert rows(world, "?until-day=9&until-month=3&until-year=2027&until-time=") != rows(world)
    assert all("2026" in row or "2019" in row for row in rows(world, "?until-day=1&until-month=1&until-year=2027"))
    wrong = world.site.get(f"{AUDIT}?since-day=40&since-month=3&since-year=2027", 422)
    assert "From must be a real date" in wrong.text and not wrong.page.all("table")


def test_a_case_on_the_desk_is_found_by_its_reference(world: World) -> None:
    address = f"/b/nation/desk/{world.parts['sender']}/{world.parts['case_ref']}"
    shown = world.site.get(address)
    with psycopg.connect(world.site.database.admin) as connection:
        found = connection.execute("select reference from body.received_case").fetchone()
    assert found is not None and found[0] in shown.text
    page = world.site.get(f"/b/nation/audit?reference={found[0]}")
    assert f"Received case read: case {found[0]}" in " ".join(page.text.split())


def test_pages_follow_each_other_without_gap_or_double_while_more_is_written(world: World) -> None:
    with world.here.unit() as unit:
        for no in range(120):
            unit.audit("numbered", "body", {"no": no})
    subject = "kind=change&outcome=done"
    seen: list[str] = []
    query = f"?{subject}"
    while query:
        page = world.site.get(f"{AUDIT}{query}")
        seen += [" ".join(row.text.split()) for row in page.page.all("tr")][1:]
        with world.site.database.unit(world.here.area, MARCH + timedelta(minutes=1)) as unit:
            unit.audit("numbered", "body", {"no": -1})  # newer: it pushes nothing down
        older = [a.get("href") for a in page.page.all("a") if "Older" in a.text]
        query = older[0] if older else ""
        assert len(page.page.all("tr")) <= 51
    assert sum("Numbered" in row for row in seen) == 120


def test_a_page_costs_the_same_however_long_the_audit_is(world: World) -> None:
    with world.site.app.app_context():
        engine = db.engine
    counts = []
    for _ in range(2):
        with counting(engine) as counted:
            world.site.get(AUDIT)
        counts.append(len(counted.statements))
        with world.here.unit() as unit:
            for _no in range(60):
                unit.audit("numbered", "body")
    # Who it is, the staff, the entries, the references of cases, the note, the newest check, the newest link.
    assert counts[1] <= counts[0] <= 8


def test_it_says_how_far_it_is_sealed_and_what_the_last_check_found(world: World) -> None:
    assert "Nothing is sealed yet. Not checked yet" in world.site.get(AUDIT).text
    with world.site.database.unit(world.here.area, MARCH + timedelta(minutes=1)) as unit:
        unit.audit("numbered", "body")
    with world.site.database.unit(world.here.area, MARCH + timedelta(minutes=1)) as unit:
        assert seal_some(unit)
    shown = " ".join(world.site.get(AUDIT).text.split())
    assert "Sealed until 10 March 2027 at 10:01am" in shown and "Not checked yet" in shown
    for hours, faults in ((1, 0), (2, 3)):
        with world.site.database.unit(world.here.area, MARCH + timedelta(hours=hours)) as unit:
            unit.audit("audit checked", "audit-check", {"links": 9, "unsealed": 0, "faults": faults}, kind="detail")
        shown = " ".join(world.site.get(AUDIT).text.split())
        if faults:
            assert "found 3 faults" in shown and "Tell whoever runs this service at once" in shown
        else:
            assert "Checked on 10 March 2027 at 11am: nothing was changed or removed" in shown


def test_an_export_has_every_entry_asked_for_and_is_noted_before_the_first_line(world: World) -> None:
    with world.here.unit() as unit:
        for _ in range(BATCH + 50):
            unit.audit("=numbered", "body", {"no": 1}, kind="export")
    before = len(world.entries())
    response = world.site.client.get(f"{AUDIT}.csv?kind=export&outcome=done&reference=")
    (entry,) = world.entries(before)
    assert (entry["action"], entry["kind"], entry["detail"]) == ("audit exported", "export", {"filters": ["kind", "outcome"]})
    found = list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))
    numbered = [row for row in found if row["what"].endswith("numbered")]
    assert len(numbered) == BATCH + 50 and len({row["entry"] for row in found}) == len(found)
    assert {row["what"] for row in numbered} == {"'=numbered"}, "no cell is run as a formula"
    assert {row["kind"] for row in found} == {"export"} and str(entry["id"]) in {row["entry"] for row in found}


def test_an_export_holds_a_batch_at_a_time(world: World) -> None:
    with world.here.unit() as unit:
        for _ in range(3 * BATCH):
            unit.audit("numbered", "body")
    with world.site.app.app_context():
        engine = db.engine
    held: list[int] = []
    with counting(engine) as counted:
        response: Any = world.site.client.get(f"{AUDIT}.csv", buffered=False)
        for _line in response.response:
            held.append(len(counted.statements))
        response.close()
    assert held[0] < held[-1], "later entries are read only when the earlier ones were sent"
    assert held[1] - held[0] <= 3


def test_the_words_typed_for_a_reference_are_not_kept(world: World) -> None:
    left = world.left_by(lambda: world.site.get(f"{AUDIT}?reference=Zephyrine+Planted&person={world.person}"))
    assert [(e["kind"], e["detail"]) for e in left] == [("search", {"filters": ["person", "reference"]})]


@pytest.mark.parametrize("after", ["x", "2027-03-10T10:00:00_x", f"2027-03-10T10:00:00_{UUID(int=1)}", "_", "%00"])
def test_an_address_that_makes_no_sense_begins_at_the_newest(world: World, after: str) -> None:
    assert world.site.client.get(f"{AUDIT}?after={after}").status_code in (200, 422)
    assert EVERY.startswith("everything")
