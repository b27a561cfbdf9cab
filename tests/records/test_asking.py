"""Subject access: found by the index, in cases that are open, gone through thing by thing, given without what is withheld."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.records.keeper import CHILD, Keeper, barred, keeper
from tests.reviews.neighbours import EDITIONS, GOVERNANCE, MANAGER, staffed
from tests.support.database import Database
from tests.web.site import Site, make_site
from threefold.domain.errors import ThreefoldError
from threefold.governance.pack import Library
from threefold.walls.destroying import guarded_tables
from threefold.work.incidents import stories as incidents
from threefold.work.people.access import NotHere
from threefold.work.records import held
from threefold.work.records.answer import answer_file
from threefold.work.records.stories import answering, asking, clock
from threefold.work.reviews import stories as reviews

ABOUT = {
    "asks": "The person",
    "checked": "By a letter with their passport",
    "name": CHILD["name"],
    "born_on": CHILD["born_on"],
    "nhs_number": "",
}
SISTER = {"name": "Quillon Planted", "born_on": "2015-05-05", "nhs_number": "", "aliases": "", "addresses": ["2 Elsewhere"]}


def opened(here: Keeper, received: date | None = None) -> UUID:
    with here.by_manager() as unit:
        return asking.open_request(unit, ABOUT, received or unit.today, uuid4())


def gathered(here: Keeper, case_id: UUID) -> UUID:
    request = opened(here)
    with here.by_manager() as unit:
        assert answering.gather(unit, request, [case_id])
    return request


def items(here: Keeper, request: UUID) -> list[answering.Item]:
    with here.by_manager() as unit:
        return answering.see_request(unit, request)[1].items


def decided(
    here: Keeper, request: UUID, no: int, decision: str = "given", ground: str = "", why: str = "", part: str = ""
) -> None:
    """Decided on as it is shown at that moment."""
    with here.by_manager() as unit:
        item = answering.see_item(unit, request, no)[1]
        answering.decide_item(unit, request, no, decision, ground, why, part, item.seen)


def on(day: date) -> dict[str, str]:
    """The day of a form's box `on`."""
    return {f"on-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def all_given(here: Keeper, request: UUID, but: int = 0) -> None:
    for item in items(here, request):
        if item.no != but and item.waits:
            decided(here, request, item.no)


@pytest.mark.parametrize(("received", "due", "extended"), [
    (date(2027, 1, 15), date(2027, 2, 15), date(2027, 4, 15)), (date(2027, 1, 31), date(2027, 3, 1), date(2027, 4, 30)),
    (date(2028, 1, 31), date(2028, 2, 29), date(2028, 5, 2)), (date(2027, 3, 31), date(2027, 4, 30), date(2027, 6, 30)),
])  # fmt: skip
def test_it_is_due_one_calendar_month_from_the_day_it_was_received_and_extended_by_two(
    here: Keeper, received: date, due: date, extended: date
) -> None:
    here.at = here.at.replace(year=received.year, month=received.month, day=received.day)
    request = opened(here, received)
    with here.by_manager() as unit:
        assert answering.see_request(unit, request)[0].due_on == due
        clock.extend(unit, request, "It is complex.")
        assert answering.see_request(unit, request)[0].due_on == extended
        with pytest.raises(ThreefoldError, match="extended once"):
            clock.extend(unit, request, "Again.")


def test_after_the_first_month_it_can_not_be_extended(here: Keeper) -> None:
    request = opened(here)
    here.later(days=40)
    with pytest.raises(ThreefoldError, match="first month has ended"), here.by_manager() as unit:
        clock.extend(unit, request, "Late.")


def test_everything_of_the_case_is_gathered_and_of_other_people_nothing_of_their_own(here: Keeper) -> None:
    case_id = here.whole_case()
    with here.by_manager() as unit:
        incidents.add_person(unit, case_id, "household", SISTER)
    request = gathered(here, case_id)
    found = items(here, request)
    text = "\n".join(item.text for item in found)
    for planted in (
        "Zephyrine Planted",
        "1 Planted Lane",
        "What did Zephyrine Planted say?",
        "Planted action",
        "Planted reason",
        "Planted factor",
        "Planted reply",
        "Planted summary",
    ):
        assert planted in text, planted
    assert "Elsewhere" not in text and "Quillon" not in text and "school@vale.example" not in text
    assert [item.title for item in found].count("What is recorded of the person") == 1
    with here.by_manager() as unit:
        assert answering.gather(unit, request, [case_id]) == 0  # once


def test_a_new_table_is_gathered_by_itself_or_left_out_by_name() -> None:
    assert set(guarded_tables()) >= held.NOT_OF_THEM and set(held.TITLES) == set(guarded_tables()) - held.NOT_OF_THEM


def test_what_is_withheld_is_not_in_the_file_and_its_ground_is(here: Keeper) -> None:
    case_id = here.whole_case()
    request = gathered(here, case_id)
    agency = next(i.no for i in items(here, request) if i.title.startswith("Request to an agency"))
    action = next(i.no for i in items(here, request) if i.title == "Safety action")
    all_given(here, request, but=agency)
    with pytest.raises(ThreefoldError, match="1 of what was gathered is not decided"), here.by_manager() as unit:
        answering.answer_of(unit, request)
    with pytest.raises(ThreefoldError, match="Select the ground"):
        decided(here, request, agency, "withheld", "", "Because.", "")
    decided(here, request, agency, "part", "others", "A teacher is named.", "The school was asked. <script>")
    decided(here, request, action, "withheld", "serious_harm", "A psychologist says so.", "")
    with here.by_manager() as unit:
        made = answer_file("Vale", *answering.answer_of(unit, request), here.at)
    archive = zipfile.ZipFile(io.BytesIO(made))
    page, told = archive.read("answer.html").decode(), json.loads(archive.read("answer.json"))
    assert "What did Zephyrine Planted say?" not in page + json.dumps(told) and "Planted action" not in page + json.dumps(told)
    assert "The school was asked. &lt;script&gt;" in page and "<script" not in page
    assert {w["ground"] for w in told["withheld"]} == {asking.GROUNDS["others"], asking.GROUNDS["serious_harm"]}
    assert "psychologist" not in page and "teacher" not in page and CHILD["name"] in page


def test_cases_that_are_not_open_are_neither_found_nor_shown_nor_given(here: Keeper) -> None:
    case_id = here.whole_case()
    request = gathered(here, case_id)
    all_given(here, request)
    here.restricted(case_id)
    with here.by_manager() as unit:
        request_, found = answering.see_request(unit, request)
        assert (found.items, found.elsewhere, request_.state) == ([], True, "open")
        assert asking.look_for(unit, request)[0] == []
    with pytest.raises(NotHere), here.by_manager() as unit:
        answering.decide_item(unit, request, 1, "given", "", "", "", "")
    with pytest.raises(ThreefoldError, match="not open to you"), here.by_manager() as unit:
        answering.answer_of(unit, request)
    with pytest.raises(ThreefoldError, match="Select the cases"), here.by_manager() as unit:
        answering.gather(unit, request, [case_id])


def test_nothing_that_identifies_somebody_is_in_the_audit_or_in_plain(here: Keeper) -> None:
    request = gathered(here, here.whole_case())
    all_given(here, request)
    with here.by_manager() as unit:
        answering.close_request(unit, request, "answered", unit.today, "By post to Zephyrine Planted.")
    for table in ("audit_entry", "subject_request", "subject_item"):
        assert not [
            row for row in here.rows(f"select * from body.{table}") if "Planted" in repr(row) or "2012-02-01" in repr(row)
        ], table
    actions = {row[0] for row in here.rows("select action from body.audit_entry where subject like %s", "subject-request:%")}
    assert {
        "subject request opened",
        "subject request gathered",
        "subject request decided on",
        "subject request closed",
    } <= actions


def test_it_is_answered_once_everything_is_decided_and_then_closed(here: Keeper) -> None:
    request = gathered(here, here.whole_case())
    with pytest.raises(ThreefoldError, match="not decided"), here.by_manager() as unit:
        answering.close_request(unit, request, "answered", unit.today, "By post.")
    all_given(here, request)
    with here.by_manager() as unit:
        answering.close_request(unit, request, "answered", unit.today, "By post.")
    with pytest.raises(ThreefoldError, match="closed already"), here.by_manager() as unit:
        answering.decide_item(unit, request, 1, "given", "", "", "", "")


def test_what_was_destroyed_since_is_said_to_be_gone(here: Keeper) -> None:
    case_id = here.whole_case()
    request = gathered(here, case_id)
    all_given(here, request, but=1)
    decided(here, request, 1, "part", "others", "Planted why", "Planted part")
    with here.by_manager() as unit:
        answering.close_request(unit, request, "answered", unit.today, "By post.")
    here.closed(case_id)
    here.after(11)
    here.destroyed(case_id)
    found = items(here, request)
    assert found and all(item.gone and not item.text and not item.told for item in found)


# a decision is about a text


def agency_item(here: Keeper, request: UUID) -> answering.Item:
    return next(item for item in items(here, request) if item.title.startswith("Request to an agency"))


def an_answer_comes(here: Keeper, case_id: UUID) -> None:
    request = here.rows("select id from body.agency_request where case_id = %s", case_id)[0][0]
    with here.unit() as unit:
        reviews.answer_request(unit, request, "answered", text="Planted: another family did it.")


def test_what_changed_since_it_was_decided_on_is_undecided_again_and_is_not_given(here: Keeper) -> None:
    case_id = here.whole_case()
    request = gathered(here, case_id)
    all_given(here, request)
    with here.by_manager() as unit:
        assert answering.answer_of(unit, request)
    an_answer_comes(here, case_id)
    item = agency_item(here, request)
    assert item.waits and item.changed and "another family" in item.text
    for act in ("answer", "close"):
        with pytest.raises(ThreefoldError, match="1 of what was gathered is not decided on"), here.by_manager() as unit:
            if act == "answer":
                answering.answer_of(unit, request)
            else:
                answering.close_request(unit, request, "answered", unit.today, "By post.")
    decided(here, request, item.no, "withheld", "others", "It is about others.")
    with here.by_manager() as unit:
        made = answer_file("Vale", *answering.answer_of(unit, request), here.at)
    assert "another family" not in zipfile.ZipFile(io.BytesIO(made)).read("answer.html").decode()


def test_nobody_decides_on_a_text_they_were_not_shown(here: Keeper) -> None:
    case_id = here.whole_case()
    request = gathered(here, case_id)
    shown = agency_item(here, request)
    an_answer_comes(here, case_id)
    with pytest.raises(ThreefoldError, match="changed since it was shown"), here.by_manager() as unit:
        answering.decide_item(unit, request, shown.no, "given", "", "", "", shown.seen)
    assert agency_item(here, request).decision == "undecided"


def test_what_came_on_record_since_is_gathered_before_it_is_answered(here: Keeper) -> None:
    case_id = here.whole_case()
    request = gathered(here, case_id)
    all_given(here, request)
    with here.by_manager() as unit:
        reviews.add_safety_action(unit, case_id, "Planted later", None, uuid4())
    with here.by_manager() as unit:
        assert answering.see_request(unit, request)[1].new == 1
    with pytest.raises(ThreefoldError, match="1 more came on record"), here.by_manager() as unit:
        answering.answer_of(unit, request)
    with here.by_manager() as unit:
        assert answering.gather_again(unit, request) == 1
    all_given(here, request)
    with here.by_manager() as unit:
        assert "Planted later" in "".join(item.given for item in answering.answer_of(unit, request)[1])


def test_what_is_gone_is_settled_and_the_answer_says_so(here: Keeper) -> None:
    """As it stands where a case was destroyed while a request was open, before that was refused."""
    case_id, other = here.whole_case(), here.whole_case()
    request = opened(here)
    with here.by_manager() as unit:
        answering.gather(unit, request, [case_id, other])
    number = len(items(here, request))
    with psycopg.connect(here.database.admin) as connection:
        connection.execute("update body.subject_request set state = 'refused'")
    here.closed(case_id)
    here.after(11)
    here.destroyed(case_id)
    with psycopg.connect(here.database.admin) as connection:
        connection.execute("update body.subject_request set state = 'open'")
    all_given(here, request)
    gone = next(item for item in items(here, request) if item.gone)
    with pytest.raises(ThreefoldError, match="not there any more"), here.by_manager() as unit:
        answering.decide_item(unit, request, gone.no, "given", "", "", "", gone.seen)
    with here.by_manager() as unit:
        made = answer_file("Vale", *answering.answer_of(unit, request), here.at)
    told = json.loads(zipfile.ZipFile(io.BytesIO(made)).read("answer.json"))
    assert told["gone"] == number // 2 and told["gone"] + len(told["given"]) == number


# who answers


def test_who_is_kept_out_of_a_case_of_it_sees_and_does_nothing_with_the_request(here: Keeper) -> None:
    request = gathered(here, case_id := here.whole_case())
    barred(here, case_id, here.manager)
    for act in (
        lambda unit: answering.see_request(unit, request),
        lambda unit: answering.see_item(unit, request, 1),
        lambda unit: asking.request_of(unit, request),
        lambda unit: asking.look_for(unit, request),
        lambda unit: clock.extend(unit, request, "It is complex."),
        lambda unit: answering.close_request(unit, request, "refused", unit.today, "By post."),
        lambda unit: answering.answer_of(unit, request),
    ):
        with pytest.raises(asking.OfAnother), here.by_manager() as unit:
            act(unit)
    with here.by_lead() as unit:
        clock.extend(unit, request, "It is complex.")


def test_who_may_not_open_every_case_of_it_neither_closes_nor_extends_it(here: Keeper) -> None:
    request = gathered(here, case_id := here.whole_case())
    here.restricted(case_id)
    with pytest.raises(asking.OfAnother), here.by_manager() as unit:
        clock.extend(unit, request, "It is complex.")
    with pytest.raises(asking.OfAnother), here.by_manager() as unit:
        answering.close_request(unit, request, "refused", unit.today, "By post.")


def test_reading_a_case_for_a_request_is_noted_under_the_case(here: Keeper) -> None:
    request = gathered(here, case_id := here.whole_case())
    noted = "select kind, count(*) from body.audit_entry where subject = %s and action = 'case read for a subject request' group by kind"
    assert dict(here.rows(noted, f"case:{case_id}")) == {"detail": 1}
    with here.by_manager() as unit:
        answering.see_request(unit, request)
    with here.by_manager() as unit:
        answering.see_item(unit, request, 1)
    assert dict(here.rows(noted, f"case:{case_id}")) == {"detail": 3}
    all_given(here, request)
    with here.by_manager() as unit:
        answering.answer_of(unit, request)
    assert dict(here.rows(noted, f"case:{case_id}"))["export"] == 1


def test_how_it_was_checked_is_in_no_answer_and_a_refused_request_has_none(here: Keeper) -> None:
    request = gathered(here, here.whole_case())
    all_given(here, request)
    with here.by_manager() as unit:
        made = answer_file("Vale", *answering.answer_of(unit, request), here.at)
    archive = zipfile.ZipFile(io.BytesIO(made))
    for name in archive.namelist():
        assert ABOUT["checked"] not in archive.read(name).decode()
        assert ABOUT["asks"] in archive.read(name).decode()
    with here.by_manager() as unit:
        answering.close_request(unit, request, "refused", unit.today, "By post.")
    with pytest.raises(ThreefoldError, match="was refused"), here.by_manager() as unit:
        answering.answer_of(unit, request)


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Iterator[tuple[Site, Keeper]]:
    here = keeper(database)
    one = make_site(database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    one.at = here.at
    staffed(one, here)
    yield one, here
    one.app.extensions["threefold"].walls.engine.dispose()


def test_from_the_request_to_the_file_on_screen(site: tuple[Site, Keeper]) -> None:
    one, here = site
    case_id = here.whole_case()
    one.at = here.at
    one.enter(MANAGER)
    base = "/b/vale/records/requests"
    assert "Requests for one’s own records" in one.get("/b/vale/records").text
    assert "Enter who asks" in one.post(f"{base}/new", {}, 422).text
    request = one.post(
        f"{base}/new",
        {
            "who": "The person",
            "name": "Zephyrine Planted",
            "born_on-day": "1",
            "born_on-month": "2",
            "born_on-year": "2012",
            "received_on-day": "1",
            "received_on-month": "4",
            "received_on-year": "2020",
        },
    ).location.split("?")[0]
    shown = one.get(request).text
    assert "One calendar month from 1 April 2020 ends on 1 May 2020." in shown and "(source to confirm)" in shown
    assert "same name and date of birth" in one.get(f"{request}/find").text
    one.post(f"{request}/find", {"cases": str(case_id)})
    first = next(a.get("href") for a in one.get(request).page.all("a") if "/things/" in (a.get("href") or ""))
    assert "Select the ground" in one.post(first, {"decision": "withheld"}, 422).text
    going = first
    for _ in range(40):
        going = one.post(going, {"decision": "given"}).location
        if "/things/" not in going:
            break
    assert going.endswith("?done=decided")
    (file,) = [a.get("href") for a in one.get(request).page.all("a") if a.text.strip() == "Save the answer"]
    given = one.client.get(file)
    assert given.data.startswith(b"PK") and "sandbox" in given.headers["Content-Security-Policy"]
    one.post(f"{request}/extend", {"why": "It is complex.", **on(here.at)})
    assert "Three calendar months, as the time was extended, from 1 April 2020 end on 1 July 2020." in one.get(request).text
    one.post(f"{request}/close", {"state": "answered", "how": "By post.", **on(here.at)})
    assert "Answered" in one.get(base).text
    one.at += timedelta(minutes=11)
    assert one.client.get(file).headers["Location"].startswith("/confirm")


def test_on_screen_what_is_gone_is_not_asked_about_and_sent_all_the_same_it_is_refused(site: tuple[Site, Keeper]) -> None:
    one, here = site
    case_id = here.whole_case()
    request = gathered(here, case_id)
    with psycopg.connect(here.database.admin) as connection:
        connection.execute("update body.subject_request set state = 'refused'")
    here.closed(case_id)
    here.after(11)
    here.destroyed(case_id)
    with psycopg.connect(here.database.admin) as connection:
        connection.execute("update body.subject_request set state = 'open'")
    one.at = here.at
    one.enter(MANAGER)
    page = f"/b/vale/records/requests/{request}/things/1"
    shown = one.get(page)
    assert "Nothing is to be decided" in shown.text and "Save and go on" not in shown.text
    guard = {"csrf_token": one.get(f"/b/vale/records/requests/{request}/close").page.hidden()["csrf_token"]}
    one.send(page, guard | {"decision": "given"}, 422)
    one.post(f"/b/vale/records/requests/{request}/close", {
        "state": "answered", "how": "By post.", **on(here.at)})  # fmt: skip


def test_on_screen_who_did_not_see_a_newer_decision_is_shown_it_before_theirs_counts(site: tuple[Site, Keeper]) -> None:
    one, here = site
    request = gathered(here, here.whole_case())
    one.at = here.at
    one.enter(MANAGER)
    page = f"/b/vale/records/requests/{request}/things/1"
    old_tab = one.get(page).page.hidden() | {"decision": "given"}
    withheld = one.get(page).page.hidden() | {
        "decision": "withheld",
        "ground": next(iter(asking.GROUNDS)),
        "why": "Of another.",
    }
    for _ in range(2):
        one.send(page, withheld)
    again = one.send(page, old_tab, 409)
    assert "Decided while you were writing Withheld." in again.text and "Of another." in again.text
    assert items(here, request)[0].decision == "withheld"
    one.send(page, again.page.hidden() | {"decision": "given"})
    assert items(here, request)[0].decision == "given"
