"""Records on screen: closing, the list of what is due, holds, two people who decide, the certificate and what the case's page says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.records.keeper import Keeper, keeper
from tests.reviews.neighbours import EDITIONS, GOVERNANCE, HEALTH, HELPER, MANAGER, POLICE, staffed
from tests.support.database import Database
from tests.web.site import Site, make_site
from threefold.governance.pack import Library
from threefold.work.people.access import DEPUTY
from threefold.work.people.web.whence import JSON_DOOR
from threefold.work.reviews import stories as reviews


@pytest.fixture
def kept(database: Database, tmp_path: Path) -> Iterator[tuple[Site, Keeper]]:
    here = keeper(database)
    site = make_site(database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    site.at = here.at
    staffed(site, here)
    yield site, here
    site.app.extensions["threefold"].walls.engine.dispose()


def later(site: Site, here: Keeper, years: int) -> None:
    here.at += timedelta(days=366 * years)
    site.at = here.at


def as_person(site: Site, email: str) -> Site:
    other = site.another()
    other.enter(email)
    return other


def test_from_closing_a_case_to_its_certificate(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id = here.whole_case()
    site.at = here.at
    site.enter(MANAGER)
    case = f"/b/vale/cases/{case_id}"
    assert "This case is not closed, so no time runs" in site.get(f"{case}/records").text
    with here.by_manager() as unit:
        made = reviews.ask_agency(unit, case_id, "GP", "gp@vale.example", "What is known?", uuid4())
    told = site.get(f"{case}/records/close").text
    assert "GP can answer what it was asked until" in told and "close its link first" in told
    with here.by_manager() as unit:
        reviews.revoke_request(unit, case_id, made.id)
    assert "GP can answer" not in site.get(f"{case}/records/close").text
    site.post(f"{case}/records/close", {"on-day": "6", "on-month": "4", "on-year": "2020"})
    assert (
        "Kept until 6 April 2030. Counted from 6 April 2020, the day on which the case was closed."
        in site.get(f"{case}/records").text
    )
    listed = site.get("/b/vale/records").text
    assert "What the arrangement sets" in listed
    assert "Kept for longer (1)" in listed and "Records of a case, version one" in listed
    refused = site.post(f"{case}/records/review", {"outcome": "destroy", "reason": "The time has ended."}, 422)
    assert "it ends on 6 April 2030" in refused.text
    later(site, here, 11)
    site.enter(MANAGER)
    assert "Due for review now (1)" in site.get("/b/vale/records").text
    until = {"until-day": "31", "until-month": "3", "until-year": "2040"}
    both = site.post(f"{case}/records/review", {"outcome": "destroy", "reason": "The time has ended.", **until}, 422)
    assert "Choose “Keep them longer, until a day”, or empty this box otherwise" in both.text
    site.post(f"{case}/records/review", {"outcome": "destroy", "reason": "The time has ended."})
    assert "Destroying proposed" in site.get(f"{case}/records").text
    lead = as_person(site, POLICE)
    (link,) = [a.get("href") for a in lead.get("/my-work").page.all("a") if "Confirm destroying records" in a.text]
    assert "You proposed this. Another person confirms it" in site.get(link).text
    assert "You proposed this yourself" in site.post(link, {"answer": "confirm"}, 422).text
    done = lead.post(link, {"answer": "confirm"})
    assert done.location == f"{case}/records/certificate?done=destroyed"
    certificate = lead.get(done.location)
    assert "Police" in certificate.text and "Business manager" in certificate.text and "Zephyrine" not in certificate.text
    assert "kept for 10 years" in certificate.text and "How many" in certificate.text
    pdf = lead.client.get(f"{case}/records/certificate.pdf")
    assert pdf.data.startswith(b"%PDF") and pdf.headers["Content-Disposition"].startswith("attachment")
    shown = site.get(case).text
    assert "Records destroyed" in shown and "Proposed by Manager (Business manager), confirmed by Police" in shown
    assert "Records destroyed" in site.get("/b/vale/cases").text
    for page in ("record", "timeline", "verdict", "opening", "records", "review", "requests", "notify"):
        assert site.client.get(f"{case}/{page}").status_code in (404, 410), page
    assert site.get(f"{case}/records/close", 410)


def test_a_hold_stands_on_the_case_s_page_and_is_lifted_with_its_reason(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id = here.closed(here.opened())
    case = f"/b/vale/cases/{case_id}"
    site.post(f"{case}/records/review", {"outcome": "hold", "reason": "A claim was made."})
    assert "A legal hold stands: nothing of this case may be destroyed." in site.get(case).text
    shown = site.get(f"{case}/records")
    assert "A claim was made." in shown.text and "Manager (Business manager)" in shown.text
    lift = next(a.get("href") for a in shown.page.all("a") if "Lift this hold" in a.text)
    assert "Enter the reason" in site.post(lift, {}, 422).text
    site.post(lift, {"why": "The claim was settled."})
    assert "A legal hold stands" not in site.get(case).text
    assert "The claim was settled." in site.get(f"{case}/records").text
    site.post("/b/vale/records/hold", {"why": "An inquiry began."})
    assert "A legal hold stands on all records" in site.get("/b/vale/records").text
    assert "A legal hold stands: nothing of this case may be destroyed." in site.get(case).text


def test_who_does_not_run_cases_sees_no_list_of_records(kept: tuple[Site, Keeper]) -> None:
    site, _ = kept
    helper = as_person(site, HELPER)
    assert helper.get("/b/vale/records", 403)
    assert "Records" not in [a.text for a in helper.get("/b/vale/").page.all("a")]


def test_a_form_that_is_sent_of_a_case_that_is_gone_is_not_kept_and_breaks_nothing(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id = here.closed(here.whole_case())
    here.after(11)
    site.at = here.at
    site.enter(MANAGER)
    site.post(f"/b/vale/cases/{case_id}/records/review", {"outcome": "destroy", "reason": "The time has ended."})
    lead = as_person(site, POLICE)
    (link,) = [a.get("href") for a in lead.get("/my-work").page.all("a") if "Confirm destroying records" in a.text]
    form = lead.get(link).page.hidden() | {"answer": "decline", "reason": "Planted late"}
    lead.send(link, form | {"answer": "confirm"})
    site.at += timedelta(minutes=11)  # they are asked again who they are, before anything of the page is looked at
    assert lead.send(link, form).location.startswith("/confirm")
    assert not here.rows("select 1 from body.form_draft")


def test_a_deputy_is_shown_no_way_to_what_they_may_not_do(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    site.person("deputy@vale.example", here.area, DEPUTY)
    deputy = as_person(site, "deputy@vale.example")
    assert "Take out everything" not in deputy.get("/b/vale/records").text
    assert "Take out everything" in site.get("/b/vale/records").text


def test_where_nothing_is_set_the_page_says_so(database: Database, tmp_path: Path) -> None:
    here = keeper(database, {"key": "x", "title": "X", "amount": 1, "cases": "published"})
    site = make_site(database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    site.at = here.at
    staffed(site, here)
    here.closed(here.opened())
    assert "No end is set or known (1)" in site.get("/b/vale/records").text
    site.app.extensions["threefold"].walls.engine.dispose()


def test_everything_is_asked_for_agreed_to_and_fetched_by_the_two_who_show_who_they_are(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    here.whole_case()
    site.at = here.at
    site.enter(MANAGER)
    base = "/b/vale/records/everything"
    assert "Take out everything that this body keeps" in site.get("/b/vale/records").text
    site.post(f"{base}/ask", {"why": "The area moves."})
    lead = as_person(site, POLICE)
    (link,) = [a.get("href") for a in lead.get(base).page.all("a") if a.text.strip() == "Agree or decline"]
    assert "The area moves." in lead.get(link).text
    lead.post(link, {"answer": "yes"})
    here.work()
    (file,) = [a.get("href") for a in lead.get(base).page.all("a") if a.text.strip() == "Fetch the file"]
    given = lead.client.get(file)
    assert given.data.startswith(b"PK") and len(given.data) == int(given.headers["Content-Length"])
    assert given.headers["Content-Disposition"].startswith("attachment") and given.mimetype == "application/zip"
    assert "sandbox" in given.headers["Content-Security-Policy"] and given.headers["Cache-Control"] == "no-store"
    site.at += timedelta(minutes=11)
    assert site.client.get(file).headers["Location"].startswith("/confirm")
    assert as_person(site, HEALTH).client.get(file).status_code == 404


def test_the_json_door_opens_a_closed_case_only_for_who_says_that_they_read_so(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id = here.whole_case()
    here.closed(case_id)
    site.at = here.at
    head = {"Authorization": f"Bearer {site.enter(MANAGER, JSON_DOOR)}"}
    client, path = site.app.test_client(), f"/api/v1/b/vale/cases/{case_id}"
    case = client.get(path, headers=head).get_json()
    happened = {"name": "publication_planned", "at": (here.at + timedelta(days=30)).isoformat()}
    sent: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("POST", "/events", happened),
        ("POST", "/events", {**happened, "saw_closed": "2020-01-01"}),
        ("PUT", "/facts", {"seen_no": case["no"], "facts": case["facts"]}),
        ("POST", "/factors", {"seen_no": case["no"], "factor": "recurrent_themes", "view": "applies", "reason": "Seen."}),
        ("POST", "/rapid-review", {"token": str(uuid4()), "summary": "Learnt."}),
    )
    for verb, part, body in sent:
        refused = client.open(f"{path}{part}", method=verb, json=body, headers=head)
        assert refused.status_code == 409, refused.text
        assert refused.get_json()["field"] == "saw_closed" and "was closed on" in refused.get_json()["message"]
    assert client.head(path, headers=head).status_code == 200
    assert (now := client.get(path, headers=head).get_json())["no"] == case["no"] and now["closed_on"], "nothing was saved"
    opened = client.post(f"{path}/events", json={**happened, "saw_closed": case["closed_on"]}, headers=head)
    assert opened.status_code == 200, opened.text
    assert client.get(path, headers=head).get_json()["closed_on"] is None


def test_the_json_door_says_that_a_case_is_closed_and_that_its_records_are_gone(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id = here.whole_case()

    def call(path: str, status: int = 200) -> dict[str, Any]:
        site.at = here.at
        head = {"Authorization": f"Bearer {site.enter(MANAGER, JSON_DOOR)}"}
        answer = site.app.test_client().get(f"/api/v1/b/vale/cases{path}", headers=head)
        assert answer.status_code == status, answer.text
        told: dict[str, Any] = answer.get_json()
        return told

    assert call(f"/{case_id}")["closed_on"] is None
    here.closed(case_id)
    assert call(f"/{case_id}")["closed_on"] == here.at.date().isoformat()
    with here.by_manager() as unit:
        reviews.add_safety_action(unit, case_id, "Another action", None, uuid4())
    assert call(f"/{case_id}")["closed_on"] is None
    here.closed(case_id)
    assert [line["destroyed"] for line in call("")["cases"]] == [False]
    here.after(11)
    here.destroyed(case_id)
    assert [line["destroyed"] for line in call("")["cases"]] == [True]
    assert "records of this case were destroyed" in call(f"/{case_id}", 410)["message"]
