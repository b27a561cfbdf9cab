"""Until when the desk keeps a case, on its page; and closing, holding, reviewing and destroying it on screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.national.kept import PEOPLE, TWO_YEARS, closed, desk_of, destroyed, officer, whole
from tests.records.keeper import Keeper
from tests.reviews.neighbours import EDITIONS, GOVERNANCE
from tests.support.database import Database
from tests.support.statements import counting
from tests.web.site import Site, make_site
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Library
from threefold.work.national import keeping, standing_aside
from threefold.work.people.access import NATIONAL_OFFICER
from threefold.work.people.web.whence import JSON_DOOR
from threefold.work.reviews import stories as reviews

DESK = "/b/nation/desk"
NONE_SET = "It is not closed, and no time is set: the arrangement in force says nothing of how long cases received from areas are kept."
UNTIL = "Closed on 6 April 2020. Kept until 6 April 2022. Counted from 6 April 2020, the day on which the case was closed."


def on_screen(database: Database, tmp_path: Path, here: Keeper) -> Site:
    site = make_site(database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    site.at = here.at
    for name in ("one", "two", "aside"):
        site.person(f"{name}@nation.example", here.national, NATIONAL_OFFICER)
    return site


@pytest.fixture
def here(database: Database) -> Keeper:
    return desk_of(database, TWO_YEARS)


@pytest.fixture
def site(database: Database, here: Keeper, tmp_path: Path) -> Iterator[Site]:
    one = on_screen(database, tmp_path, here)
    yield one
    one.app.extensions["threefold"].walls.engine.dispose()


def entered(site: Site, here: Keeper, name: str = "one") -> Site:
    browser = site.another()
    site.at = browser.at = here.at
    browser.enter(f"{name}@nation.example")
    return browser


def test_from_closing_a_case_to_its_certificate(site: Site, here: Keeper) -> None:
    matter = whole(here)
    case = f"{DESK}/{matter.sender}/{matter.case_ref}"
    one = entered(site, here)
    assert "It is not closed, so no time for keeping it runs." in one.get(case).text
    assert "This case is not closed, so no time runs" in one.get(f"{case}/records").text
    assert (
        "on record of the case after that day"
        in one.post(f"{case}/records/close", {"on-day": "5", "on-month": "4", "on-year": "2020"}, 422).text
    )
    one.post(f"{case}/records/close", {"on-day": "6", "on-month": "4", "on-year": "2020"})
    shown = one.get(case).text
    assert UNTIL in shown and "Nothing is destroyed by itself: two officers decide on it." in shown
    listed = one.get(f"{DESK}/records").text
    assert "Kept for longer (1)" in listed and "What areas sent, version own" in listed
    assert "Cases received from areas: kept for 2 years from the day the case was closed." in listed
    assert (
        "it ends on 6 April 2022"
        in one.post(f"{case}/records/review", {"outcome": "destroy", "reason": "Its time has ended."}, 422).text
    )
    here.after(3)
    one = entered(site, here)
    assert "Due for review now (1)" in one.get(f"{DESK}/records").text
    one.post(f"{case}/records/review", {"outcome": "destroy", "reason": "Its time has ended."})
    two = entered(site, here, "two")
    (link,) = [a.get("href") for a in two.get("/my-work").page.all("a") if "Confirm destroying records" in a.text]
    assert not [a for a in one.get("/my-work").page.all("a") if "Confirm destroying records" in a.text]
    assert "the day and the place of the incident" in two.get(link).text
    assert "You proposed this yourself" in one.post(link, {"answer": "confirm"}, 422).text
    done = two.post(link, {"answer": "confirm"})
    assert done.location == f"{case}/records/certificate?done=destroyed"
    certificate = two.get(done.location).text
    assert "What the area sent: the notification and the rapid review" in certificate and "Planted" not in certificate
    pdf = two.client.get(f"{case}/records/certificate.pdf")
    assert pdf.data.startswith(b"%PDF") and pdf.headers["Content-Disposition"].startswith("attachment")
    gone = two.get(case).text
    assert "was destroyed when its time had ended. Timeliness still counts it." in gone and "Planted" not in gone
    assert "Certificate of destruction" in gone and "Destroyed" in two.get(DESK).text
    for page in ("reply", "link", "conflict", "records", "records/review", "records/close", "records/hold"):
        assert "were destroyed when their time had ended" in two.get(f"{case}/{page}", 410).text, page


def test_where_no_time_is_set_the_page_says_so(database: Database, tmp_path: Path) -> None:
    here = desk_of(database)
    site, matter = on_screen(database, tmp_path, here), whole(here)
    one = entered(site, here)
    case = f"{DESK}/{matter.sender}/{matter.case_ref}"
    assert NONE_SET in one.get(case).text
    assert "sets no time for cases received from areas, and no law sets one" in one.get(f"{DESK}/records").text
    closed(here, matter)
    assert (
        "Closed on 6 April 2020. The arrangement in force sets no time for cases received from areas. They are kept until it does."
        in one.get(case).text
    )
    assert "No end is set or known (1)" in one.get(f"{DESK}/records").text
    site.app.extensions["threefold"].walls.engine.dispose()


def test_where_the_version_in_force_cannot_be_read_the_desk_still_opens_and_nothing_ends(
    database: Database, tmp_path: Path
) -> None:
    """As where a rule's package is gone (decision 0026): said, and everything is kept."""
    here = desk_of(database, TWO_YEARS)
    matter = closed(here)
    here.after(3)
    rules = {key: rule for key, rule in GOVERNANCE.catalogue.rules.items() if key[0] != "publication-and-retention"}
    site = make_site(
        database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), Governance(GOVERNANCE.editions, Catalogue(rules)))
    )
    site.person("one@nation.example", here.national, NATIONAL_OFFICER)
    one = entered(site, here)
    assert (
        "cannot be read as a whole, so that no end can be worked out"
        in one.get(f"{DESK}/{matter.sender}/{matter.case_ref}").text
    )
    assert "cannot be read as a whole" in one.get(f"{DESK}/records").text
    refused = one.post(
        f"{DESK}/{matter.sender}/{matter.case_ref}/records/review", {"outcome": "destroy", "reason": "Its time has ended."}, 422
    )
    assert "cannot be read as a whole" in refused.text
    site.app.extensions["threefold"].walls.engine.dispose()


def test_holds_stand_on_the_page_of_the_case_and_on_the_list_and_are_lifted_with_a_reason(site: Site, here: Keeper) -> None:
    matter = closed(here)
    case = f"{DESK}/{matter.sender}/{matter.case_ref}"
    one = entered(site, here)
    one.post(f"{case}/records/review", {"outcome": "hold", "reason": "An inquiry asked."})
    assert "A legal hold stands: nothing of this case may be destroyed." in one.get(case).text
    assert "Held" in one.get(f"{DESK}/records").text
    shown = one.get(f"{case}/records")
    (lift,) = [a.get("href") for a in shown.page.all("a") if "Lift this hold" in a.text]
    assert "An inquiry asked." in shown.text and "Enter the reason" in one.post(lift, {}, 422).text
    assert one.post(lift, {"why": "It ended."}).location == f"{case}/records?done=lifted"
    assert "A legal hold stands" not in one.get(case).text
    one.post(f"{DESK}/records/hold", {"why": "A claim."})
    assert "A legal hold stands on all records." in one.get(f"{DESK}/records").text
    (lift,) = [a.get("href") for a in one.get(f"{case}/records").page.all("a") if "Lift this hold" in a.text]
    assert lift.startswith(f"{DESK}/records/holds/")
    assert one.post(lift, {"why": "It ended."}).location == f"{DESK}/records?done=lifted"
    assert one.post(f"{case}/records/open", {}).location == f"{case}/records?done=opened"


def test_whoever_is_kept_out_is_answered_as_if_nothing_were_there_and_lifts_no_hold_on_everything(
    site: Site, here: Keeper
) -> None:
    matter = closed(here)
    case = f"{DESK}/{matter.sender}/{matter.case_ref}"
    with officer(here) as unit:
        hold = keeping.hold_received(unit, None, "A claim.", uuid4())
    with officer(here, 1) as unit:
        standing_aside.declare(unit, matter.sender, matter.case_ref, PEOPLE[0], "A cousin", uuid4())
    one = entered(site, here)
    for page in ("", "/records", "/records/review", "/records/close", "/records/certificate"):
        one.get(f"{case}{page}", 404)
    assert "No case is closed yet" in one.get(f"{DESK}/records").text
    refused = one.post(f"{DESK}/records/holds/{hold}/lift", {"why": "It ended."}, 422)
    assert "this hold protects every case. Somebody else lifts it" in refused.text


def test_a_letter_that_came_afterwards_is_told_on_the_page_and_among_what_awaits(site: Site, here: Keeper) -> None:
    matter = closed(here)
    here.after(3)
    destroyed(here, matter)
    one = entered(site, here)
    assert "came after the records were destroyed" not in one.get(f"{DESK}/{matter.sender}/{matter.case_ref}").text
    here.later(hours=1)
    with here.by_manager() as unit:
        reviews.decide_local_review(unit, GOVERNANCE, matter.case_ref, "yes", "Planted afterwards", here.national, uuid4())
    here.work()
    one = entered(site, here)
    (link,) = [
        a.get("href") for a in one.get("/my-work").page.all("a") if "a letter came after the records were destroyed" in a.text
    ]
    shown = one.get(link).text
    assert "A letter came after the records were destroyed" in shown and "ask the area" in shown and "Planted" not in shown
    here.later(days=29)
    assert "came after the records" not in entered(site, here).get("/my-work").text
    assert "came after the records" in entered(site, here).get(link).text


def test_another_body_has_no_such_pages(site: Site, here: Keeper) -> None:
    matter = closed(here)
    site.person("one@nation.example", here.area, NATIONAL_OFFICER)
    one = entered(site, here)
    one.get("/b/vale/desk/records", 404)
    one.get(f"/b/vale/desk/{matter.sender}/{matter.case_ref}/records", 404)


def test_the_list_costs_the_same_however_many_are_closed(here: Keeper) -> None:
    counts = set()
    closed(here)
    with officer(here) as unit:
        keeping.list_received_kept(unit, GOVERNANCE)  # the arrangement is read, and kept
    for _ in range(2):
        closed(here)
        with officer(here) as unit, counting(here.database.walls.engine) as counted:
            keeping.list_received_kept(unit, GOVERNANCE)
        counts.add(len(counted.statements))
    assert len(counts) == 1


def test_a_long_list_is_read_page_by_page_what_is_due_first(site: Site, here: Keeper) -> None:
    closed(here)
    with psycopg.connect(here.database.admin) as connection:
        (row,) = connection.execute("select to_jsonb(r) from body.received_case r").fetchone() or ({},)
        for no in range(1, 120):
            made = row | {
                "case_ref": str(uuid4()),
                "reference": f"NW-{no:03}",
                "closed_on": str(date(2016, 1, 1) + timedelta(days=no * 20)),
            }
            connection.execute(
                "insert into body.received_case select * from jsonb_populate_record(null::body.received_case, %s)",
                (Jsonb(made),),
            )
    one = entered(site, here)
    pages = [one.get(f"{DESK}/records?page={no}") for no in (1, 2, 3)]
    shown = [[a.text for a in page.page.all("a") if f"{DESK}/{here.area}/" in a.get("href")] for page in pages]
    assert [len(names) for names in shown] == [50, 50, 20] and len({name for names in shown for name in names}) == 120
    assert "NW-001" in shown[0][0] and "NW-119" not in " ".join(shown[0])
    heads = [
        re.findall(r"(Due for review now|Due for review within six months|Kept for longer) [(](\d+)[)]", page.text)
        for page in pages
    ]
    assert (
        sum(int(many) for many in dict(pair for some in heads for pair in some).values()) == 120
    )  # each heading says how many there are in all
    links = [[a.get("href") for a in page.page.all("a") if "?page=" in a.get("href")] for page in pages]
    assert links == [["?page=2"], ["?page=1", "?page=3"], ["?page=2"]]
    for far in ("4", "9999999", "0", "x", "²"):
        one.get(f"{DESK}/records?page={far}")
    assert one.get(f"{DESK}/records?page=4").text == pages[2].text


def test_the_json_door_says_what_became_of_a_received_case(site: Site, here: Keeper) -> None:
    def told() -> tuple[str | None, bool]:
        site.at = here.at
        head = {"Authorization": f"Bearer {site.enter('one@nation.example', JSON_DOOR)}"}
        (line,) = site.app.test_client().get("/api/v1/b/nation/desk", headers=head).get_json()["cases"]
        return line["closed_on"], line["destroyed"]

    matter = whole(here)
    assert told() == (None, False)
    closed(here, matter)
    day = here.at.date().isoformat()
    assert told() == (day, False)
    here.after(3)
    destroyed(here, matter)
    assert told() == (day, True)
