"""A closed case is opened again by nobody who was not told: its pages say so before, a form of before is shown once more, and it is told after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from tests.records.keeper import CHILD, Keeper, keeper
from tests.reviews.neighbours import EDITIONS, GOVERNANCE, MANAGER, POLICE, staffed
from tests.support.database import Database
from tests.web.html import read
from tests.web.site import Site, make_site
from threefold.governance.pack import Library
from threefold.work.incidents import stories as incidents

CLOSED = "This case was closed on 6 April 2020."
TELLS = f"{CLOSED} What you save opens it again."
UNSEEN = "This case was closed on 6 April 2020, which your page did not say, so nothing was saved."
AGAIN = "The case is open again."
# What a page with a form needs in its address besides the case, and those that are about something which this case has not.
PARTS = {"key": "child-1", "part": "harm", "factor": "recurrent_themes"}


@pytest.fixture
def kept(database: Database, tmp_path: Path) -> Iterator[tuple[Site, Keeper]]:
    here = keeper(database)
    site = make_site(database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    staffed(site, here)
    yield site, here
    site.app.extensions["threefold"].walls.engine.dispose()


def a_case(site: Site, here: Keeper) -> tuple[UUID, str]:
    """A case of a week ago, with a person, read by the manager and the police lead."""
    case_id = here.notified(happened_on="2020-03-28")
    with here.by_manager() as unit:
        incidents.add_person(unit, case_id, "child", CHILD, "child-1")
    here.later(days=7)
    site.at = here.at
    site.enter(MANAGER)
    return case_id, f"/b/vale/cases/{case_id}"


def another(site: Site, email: str = MANAGER) -> Site:
    found = site.another()
    found.enter(email)
    return found


def with_forms(app: Flask, case: str) -> dict[str, bool]:
    """Each page of a case that sends something: its address, and whether what it sends leaves a closed case closed."""
    found = {}
    for rule in app.url_map.iter_rules():
        if "/cases/<uuid:case_id>" in rule.rule and "POST" in (rule.methods or ()) and rule.rule.startswith("/b/"):
            asked = rule.arguments - {"slug", "case_id"}
            if asked <= PARTS.keys():
                rest = rule.rule.split("<uuid:case_id>", 1)[1]
                if rest == "/record/<key>":
                    rest = "/record/incident"
                for name in asked:
                    rest = rest.replace(f"<{name}>", PARTS[name])
                found[case + rest] = app.view_functions[rule.endpoint].leaves_closed  # type: ignore[attr-defined]
    return found


def test_each_page_with_a_form_says_that_its_case_is_closed_and_takes_none_of_before_unseen(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id, case = a_case(site, here)
    lead = another(site, POLICE)
    pages = with_forms(site.app, case)
    assert len(pages) > 25, "all that need nothing but a case, a child or a matter"
    before: dict[str, tuple[Site, dict[str, str]]] = {}
    for address in pages:
        reader = lead if address.endswith(("/sign", "/view", "/views")) else site
        shown = reader.client.get(address)
        if shown.status_code == 200:
            page = read(shown.get_data(as_text=True))
            before[address] = reader, page.hidden()
            assert "was closed on" not in page.text, address
    here.closed(case_id)
    opening = 0
    for address, (reader, boxes) in before.items():
        told = " ".join(reader.get(address).text.split())
        if pages[address]:
            assert "opens it again" not in told, address
        elif "form_token" in boxes:  # else it asks nothing now, whatever the case
            opening += 1
            assert TELLS in told, address
            refused = " ".join(reader.send(address, boxes, 409).text.split())
            assert UNSEEN in refused and TELLS in refused, address
    assert opening >= 18, sorted(before)
    with here.by_manager() as unit:
        assert incidents.see_case(unit, case_id).closed_on, "nothing of it was saved"


def test_a_form_of_before_the_closing_is_shown_once_more_and_then_sent_on_purpose(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id, case = a_case(site, here)
    third = another(site, POLICE)
    boxes = third.get(f"{case}/review/safety").page.hidden() | {"action": "The other child lives elsewhere now."}
    here.closed(case_id)
    refused = third.send(f"{case}/review/safety", boxes, 409)
    assert UNSEEN in refused.text and "The other child lives elsewhere now." in refused.text
    assert "Closed on 6 April 2020" in site.get(f"{case}/records").text
    sent = third.send(f"{case}/review/safety", refused.page.hidden() | {"action": "The other child lives elsewhere now."})
    told = third.get(sent.location)
    assert f"The safety action is on record. {AGAIN}" in told.text and "was closed on" not in told.text
    assert "This case is not closed" in site.get(f"{case}/records").text
    newest = site.get(f"{case}/timeline").text.split("Records, newest first", 1)[1]
    assert "Case closed on 6 April 2020. It is open again: something was put on record after that" in newest
    ordinary = third.post(f"{case}/review/safety", {"action": "Another one."})
    assert AGAIN not in third.get(ordinary.location).text


def test_what_leads_to_a_page_without_a_message_of_its_own_says_it_too(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id, case = a_case(site, here)
    here.closed(case_id)
    assert CLOSED in site.get(f"{case}/record").text, "the list of what is asked"
    assert CLOSED in site.get(f"{case}/verdict").text
    sent = site.post(f"{case}/record/children", {})
    assert AGAIN in site.get(sent.location).text


def test_a_page_that_is_itself_the_answer_says_it_too(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id, case = a_case(site, here)
    here.closed(case_id)
    told = site.post(
        f"{case}/review/agencies/ask",
        {"agency": "School", "email": "school@vale.example", "question": "What is known?", "route": "phone"}, 200,
    )  # fmt: skip
    assert "code by phone" in told.text and AGAIN in told.text and "was closed on" not in told.text


def test_what_puts_nothing_on_record_of_the_case_leaves_it_closed_and_says_no_such_thing(kept: tuple[Site, Keeper]) -> None:
    site, here = kept
    case_id, case = a_case(site, here)
    boxes = site.get(f"{case}/opening/restrict").page.hidden()
    here.closed(case_id)
    shown = site.get(f"{case}/opening/restrict").text
    assert CLOSED in shown and "opens it again" not in shown
    sent = site.send(f"{case}/opening/restrict", boxes | {"why": "It is to be read by few."})
    assert AGAIN not in site.get(sent.location).text
    assert "Closed on 6 April 2020" in site.get(f"{case}/records").text
