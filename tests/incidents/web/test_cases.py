"""The list and the case: what each shows, to whom, and at what cost."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
from sqlalchemy import Engine, text

from tests.incidents.web.conftest import HELPER, POLICE, Area
from tests.support.statements import counting, messages
from tests.web.site import Site
from threefold.work.people.access import BUSINESS_MANAGER

SMALL = ("", "/verdict", "/timeline", "/notify/view")
FOR_ACTING = ("/record", "/record/what", "/record/people", "/record/children", "/record/aware", "/record/children/child-1",
              "/record/children/child-1/abuse", "/record/children/child-1/remove", "/notify", "/notify/decide", "/notify/letter",
              "/notify/form", "/notify/answers", "/leave", "/events/add", "/records/1")  # fmt: skip
FOREIGN = (*SMALL, *FOR_ACTING, "/record/check", "/verdict/duties:x:y", "/events/correct?name=aware&at=2026-03-30")


def test_the_list_says_what_is_due_by_whom_and_what_is_late(area: Area) -> None:
    area.opened()
    shown = area.site.get(area.cases).text
    assert "2026-0001" in shown
    assert "Deciding whether to notify" in shown
    assert "Local" in shown or "Statutory" in shown
    assert "Late" not in shown
    area.site.at = area.site.at.replace(month=4, day=20)
    area.site.enter("manager@vale.example")
    assert "Late" in area.site.get(area.cases).text


def test_the_list_goes_on_a_page_at_a_time(area: Area) -> None:
    for _ in range(27):
        area.opened()
    first, second = area.site.get(area.cases).page, area.site.get(f"{area.cases}?page=2").page
    references = [[e.text for e in page.all("a") if e.text.strip().startswith("2026-")] for page in (first, second)]
    assert [len(r) for r in references] == [25, 2]
    assert len(set(references[0]) | set(references[1])) == 27
    area.site.get(f"{area.cases}?page=x")


def test_the_list_and_a_case_cost_the_same_however_many_there_are(area: Area) -> None:
    engine = area.site.app.extensions["threefold"].walls.engine
    case = area.address(area.opened())
    costs = set()
    area.site.get(area.cases)
    area.site.get(case)
    for more in (0, 24, 25):  # 1, 25 and 50 rows
        for _ in range(more):
            area.opened()
        with counting(engine) as listed:
            area.site.get(area.cases)
        with counting(engine) as detail:
            area.site.get(case)
        costs.add((len(listed.statements), listed.transactions, len(detail.statements), detail.transactions))
    assert len(costs) == 1
    listing, list_transactions, reading, read_transactions = costs.pop()
    assert listing <= 6
    assert (
        reading <= 10
    )  # whether it is open to whoever asks, what other capabilities show on a case, and whether its version was set right
    assert (list_transactions, read_transactions) == (2, 3)


def test_the_list_waits_for_the_database_seven_times(area: Area) -> None:
    """Who is here; what that use left is forgotten; BEGIN with the scope; the list; the note that it was read; COMMIT; forgotten again."""
    engine = area.site.app.extensions["threefold"].walls.engine
    area.opened()
    for _ in range(8):  # until what is asked every time is prepared
        area.site.get(area.cases)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
    with messages(driver) as sent:
        area.site.get(area.cases)
    assert sent == ["Sync", "Query", "Sync", "Sync", "Sync", "Query", "Query"]


def test_the_plan_of_the_list_is_kept(area: Area) -> None:
    """PostgreSQL keeps the plan of a statement only where it thinks it as good as one made for the values: else it plans each time."""
    engine = area.site.app.extensions["threefold"].walls.engine
    database = area.site.database
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute(
            "insert into body.incident_case(tenant_id, id, reference, status, head_no, opened_at, updated_at, next_due_on, next_step, next_who, "
            "next_statutory, version, edition, restricted) select %s, gen_random_uuid(), 'M-' || n, 'notified', 1, now(), now(), "
            "date '2026-01-01' + n, '', '', false, '', '', false from generate_series(1, 4000) n", (area.id,))  # fmt: skip
        admin.execute("analyze body.incident_case")
    for _ in range(14):  # five times unprepared, five with the values looked at, and then by the plan that is kept
        area.site.get(area.cases)
    with engine.connect() as connection:
        plans = connection.execute(text(
            "select generic_plans, custom_plans from pg_prepared_statements where statement like 'WITH worked_on%next_due_on ASC%'"
        )).all()  # fmt: skip
    assert len(plans) == 1
    assert plans[0].generic_plans > 0 and plans[0].custom_plans == 5


def test_the_case_holds_the_dates_of_the_law_and_of_the_area_apart(area: Area) -> None:
    shown = area.site.get(area.address(area.opened()))
    captions = [e.text.strip() for e in shown.page.all("caption")]
    assert captions == ["Due by law", "Due by the local arrangement"]
    assert "Wednesday 8 April 2026" in shown.text
    assert "Could not be worked out" not in shown.text
    assert "Decide whether to notify" in shown.text


def asked_by_a_stranger(area: Area) -> tuple[Site, Engine]:
    """Somebody with every right in another body, and the engine their questions go to."""
    other = area.site.database.body("hill", national="nation")
    area.site.person("both@hill.example", other, BUSINESS_MANAGER)
    return area.as_person("both@hill.example"), area.site.app.extensions["threefold"].walls.engine


def test_a_foreign_case_and_a_missing_one_look_and_cost_the_same(area: Area) -> None:
    theirs = area.opened()
    visitor, engine = asked_by_a_stranger(area)
    visitor.get("/b/hill/cases")

    def asked(case_id: UUID, page: str) -> tuple[str, list[str]]:
        with counting(engine) as counted:
            shown = visitor.get(f"/b/hill/cases/{case_id}{page}", 404)
        return shown.text, counted.shapes

    for page in FOREIGN:
        assert asked(theirs, page) == asked(uuid4(), page), page


def test_sending_to_a_foreign_case_looks_like_sending_to_a_missing_one(area: Area) -> None:
    theirs = area.opened()
    visitor, engine = asked_by_a_stranger(area)
    hidden = visitor.get("/b/hill/cases/new").page.hidden() | {
        "outcome": "yes", "abuse_or_neglect": "yes", "outside_england": "no", "large_exploitation": "no", "part": "other", "name": "x", "way": "letter", "way_out": "criteria_not_met", "reason": "x", "view": "yes",
        "at-day": "1", "at-month": "3", "at-year": "2026", "sent_at-day": "1", "sent_at-month": "3", "sent_at-year": "2026",
        "sent_at-time": "10:00", "sent_by": "x", "reference": "x",
    }  # fmt: skip

    def sent(case_id: UUID, page: str) -> tuple[str, list[str]]:
        with counting(engine) as counted:
            shown = visitor.send(f"/b/hill/cases/{case_id}{page}", hidden | {"form_token": str(uuid4())}, 404)
        return shown.text, counted.shapes

    for page in ("/record/what", "/record/children", "/record/people", "/record/aware", "/record/children/child-1/abuse",
                 "/record/children/child-1/remove", "/notify", "/notify/letter", "/notify/form", "/notify/decide", "/notify/view",
                 "/leave", "/events/add", "/events/correct?name=aware&at=2026-03-30"):  # fmt: skip
        sent(uuid4(), page)
        assert sent(theirs, page) == sent(uuid4(), page), page


def test_who_may_only_see_sees_and_is_refused_the_rest(area: Area) -> None:
    helper = area.as_person(HELPER)
    base = area.address(area.opened())
    helper.post(f"{base}/reason", {"reason": "asked_to_help"})  # it is no case of theirs
    for page in (*SMALL, "/records/1", "/record/check"):
        helper.get(f"{base}{page}")
    for page in FOR_ACTING[:-1]:
        helper.get(f"{base}{page}", 403)
    assert "Record an incident" not in helper.get(area.cases).text
    helper.get(f"{area.cases}/new", 403)


def test_every_page_of_a_case_can_be_read(area: Area) -> None:
    base = area.address(area.opened())
    for page in (*SMALL, *FOR_ACTING, "/record/check", "/record/where", "/record/circumstances", "/record/local"):
        area.site.get(f"{base}{page}")
    for part in ("about", "where", "abuse", "death", "harm", "circumstances"):
        area.site.get(f"{base}/record/children/child-1/{part}")
    for gone in ("/record/nothing", "/record/children/child-9", "/record/children/child-1/nothing", "/records/99", "/records/99999999999",
                 "/verdict/no:such:line", "/events/correct?name=aware&at=2020-01-01"):  # fmt: skip
        area.site.get(f"{base}{gone}", 404)


def test_what_is_due_stands_in_the_list_of_what_awaits_me(area: Area) -> None:
    area.opened()
    assert "2026-0001" in area.as_person(POLICE).get("/my-work").text
