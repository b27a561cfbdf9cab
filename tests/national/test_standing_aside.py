"""An officer with a conflict of interest in a received case sees nothing of it, anywhere, from the moment it is declared."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.national.test_desk import DESK, here_third, officer, sent
from tests.reviews.neighbours import OFFICER, Neighbours
from tests.support.database import until_somebody_waits
from tests.web.site import Site
from threefold.domain.errors import ThreefoldError
from threefold.walls.session import Unit
from threefold.walls.tables import AuditEntry
from threefold.work.incidents.records import NotFound
from threefold.work.national import standing_aside, stories
from threefold.work.national.tables import ReceivedBar
from threefold.work.people.access import NATIONAL_OFFICER

OTHER = "other.officer@nation.example"


@pytest.fixture
def case_ref(here: Neighbours) -> UUID:
    """A rapid review that arrived at the desk."""
    found = here.notified(happened_on="2026-03-01")
    sent(here, found)
    return found


def other(web: Site, here: Neighbours) -> Site:
    web.person(OTHER, here.national, NATIONAL_OFFICER)
    site = web.another()
    site.enter(OTHER)
    return site


def base(here: Neighbours, case_ref: UUID) -> str:
    return f"{DESK}/{here.area}/{case_ref}"


def test_it_is_gone_from_every_page_at_once_and_another_officer_decides(web: Site, here: Neighbours, case_ref: UUID) -> None:
    web.at = here.at
    me, colleague = officer(web), other(web, here)
    at = base(here, case_ref)
    reference = me.get(at).page.heading
    form = me.get(f"{at}/conflict")
    mine = next(e.get("value") for e in form.page.all("input") if e.get("name") == "person")
    assert (
        "Enter what the conflict of interest is" in me.send(f"{at}/conflict", form.page.hidden() | {"person": mine}, 422).text
    )
    told = form.page.hidden() | {"person": mine, "why": "I led the service that knew the family."}
    done = me.send(f"{at}/conflict", told)
    assert "on record" in me.get(done.location).text
    assert me.send(f"{at}/conflict", told, 404), "sent twice, the case is not there any more"
    missing = me.get(f"{DESK}/{here.area}/{uuid4()}", 404).text
    for page in (at, f"{at}/reply", f"{at}/link", f"{at}/conflict"):
        assert me.get(page, 404).text == missing, page
    for page in (DESK, f"{DESK}.csv", "/b/nation/", "/b/nation/audit"):
        assert reference.split(": ")[1] not in me.client.get(page).get_data(as_text=True), page

    shown = colleague.get(at)
    assert "declared, to be decided" in shown.text
    decide = next(e.get("href") for e in shown.page.all("a") if "/conflicts/" in e.get("href"))
    me.get(decide, 404)
    form = colleague.get(decide)
    assert "I led the service" in form.text
    assert "Select what is decided" in colleague.send(decide, form.page.hidden() | {"reason": "Years ago."}, 422).text
    colleague.send(decide, form.page.hidden() | {"outcome": "dismissed", "reason": "It was ten years ago."})
    assert "It was ten years ago." in me.get(at).text
    colleague.get(decide, 404)


def test_a_decision_that_is_sent_twice_is_made_once(web: Site, here: Neighbours, case_ref: UUID) -> None:
    web.at = here.at
    me, colleague = officer(web), other(web, here)
    at = base(here, case_ref)
    form = me.get(f"{at}/conflict").page
    mine = next(e.get("value") for e in form.all("input") if e.get("name") == "person")
    me.send(f"{at}/conflict", form.hidden() | {"person": mine, "why": "I led the service."})
    decide = next(e.get("href") for e in colleague.get(at).page.all("a") if "/conflicts/" in e.get("href"))
    for outcome in ("upheld", "dismissed"):
        told = colleague.get(decide).page.hidden() | {"outcome": outcome, "reason": f"It is {outcome}."}
        for _ in range(2):
            assert colleague.send(decide, told).location.endswith("?done=decided"), outcome
    with here.desk() as unit:
        sealed = unit.session.scalars(select(ReceivedBar.decision)).one()
        assert sealed and [told["outcome"] for told in unit.open_json(sealed)["all"]] == ["upheld", "dismissed"]
        told_of = unit.session.scalars(
            select(AuditEntry.action).where(AuditEntry.action == "decided: conflict of interest")
        ).all()
    assert len(told_of) == 2


def test_a_decision_is_not_written_over_unseen_and_the_one_before_it_is_told(
    web: Site, here: Neighbours, case_ref: UUID
) -> None:
    """Dismissed from a page opened before it was upheld, the case would be open again to whom another keeps out of it."""
    web.at = here.at
    web.person("third.officer@nation.example", here.national, NATIONAL_OFFICER)
    me, colleague, third = officer(web), other(web, here), web.another()
    third.enter("third.officer@nation.example")
    at = base(here, case_ref)
    form = me.get(f"{at}/conflict").page
    mine = next(e.get("value") for e in form.all("input") if e.get("name") == "person")
    me.send(f"{at}/conflict", form.hidden() | {"person": mine, "why": "I led the service."})
    decide = next(e.get("href") for e in colleague.get(at).page.all("a") if "/conflicts/" in e.get("href"))
    early = [third.get(decide).page.hidden() | {"outcome": "dismissed", "reason": "It was long ago."} for _ in range(2)]
    colleague.post(decide, {"outcome": "upheld", "reason": "It counts still."})
    told = third.send(decide, early[0], 409)
    assert "Somebody decided on this while you were writing" in told.text and "they are kept out. It counts still." in told.text
    assert "It was long ago." in told.text
    me.get(at, 404)
    third.send(decide, told.page.hidden() | {"outcome": "dismissed", "reason": "It was long ago."})
    page = me.get(at).text
    assert "Reason: It was long ago." in page and "by Other Officer: they are kept out. It counts still." in page
    late = third.send(decide, early[1], 409)
    assert "Somebody decided on this while you were writing" in late.text
    again = third.send(decide, late.page.hidden() | {"outcome": "upheld", "reason": "After all."}, 422)
    assert "That was dismissed already. Declare it again on new information." in again.text
    third.get(decide, 404)


@pytest.mark.parametrize("act", ["reply", "link", "declare", "decide"])
def test_who_was_kept_out_while_they_waited_for_their_turn_does_nothing(
    web: Site, here: Neighbours, case_ref: UUID, act: str
) -> None:
    third = here_third(here)
    late, first, more = (
        web.person(f"{n}.officer@nation.example", here.national, NATIONAL_OFFICER) for n in ("late", "first", "more")
    )
    came: list[BaseException | None] = []

    def by(person: UUID) -> Any:
        return here.database.unit(here.national, here.at, person=person, roles=(NATIONAL_OFFICER,))

    with by(first) as unit:
        earlier = standing_aside.declare(unit, here.area, case_ref, more, "They led it.", uuid4())
        assert earlier
    acts: dict[str, Callable[[Unit], object]] = {
        "reply": lambda unit: stories.reply(unit, here.area, case_ref, "agree", "no", "", uuid4()),
        "link": lambda unit: stories.link(unit, here.area, case_ref, here.area, third),
        "declare": lambda unit: standing_aside.declare(unit, here.area, case_ref, first, "They too.", uuid4()),
        "decide": lambda unit: standing_aside.decide(unit, here.area, case_ref, earlier, "dismissed", "No.", uuid4()),
    }

    def do() -> None:
        try:
            with by(late) as unit:
                acts[act](unit)
            came.append(None)
        except BaseException as error:  # noqa: BLE001  told by the test
            came.append(error)

    thread = threading.Thread(target=do)
    with by(first) as unit:
        standing_aside.declare(unit, here.area, case_ref, late, "A relative works there.", uuid4())
        thread.start()
        until_somebody_waits(here.database)
    thread.join(30)
    assert isinstance(came[0], NotFound)


def test_whoever_is_kept_out_neither_replies_nor_links_and_decides_nothing_of_it(
    web: Site, here: Neighbours, case_ref: UUID
) -> None:
    third = here_third(here)
    person = web.person(OTHER, here.national, NATIONAL_OFFICER)
    database = web.database
    with database.unit(here.national, here.at, person=person, roles=(NATIONAL_OFFICER,)) as unit:
        declared = standing_aside.declare(unit, here.area, case_ref, person, "A relative works there.", uuid4())
        assert declared is not None
    with database.unit(here.national, here.at, person=person, roles=(NATIONAL_OFFICER,)) as unit:
        for act in (
            lambda: stories.see_received(unit, here.area, case_ref),
            lambda: stories.reply(unit, here.area, case_ref, "agree", "no", "", uuid4()),
            lambda: stories.link(unit, here.area, case_ref, here.area, third),
            lambda: stories.link(unit, here.area, third, here.area, case_ref),
            lambda: stories.unlink(unit, here.area, case_ref),
            lambda: standing_aside.declare(unit, here.area, case_ref, person, "Again.", uuid4()),
            lambda: standing_aside.decide(unit, here.area, case_ref, declared, "dismissed", "Mine is none.", uuid4()),
        ):
            with pytest.raises(NotFound):
                act()
        assert case_ref not in {line.case_ref for line in (*stories.desk(unit), *stories.without_reply(unit))}


def test_who_declared_it_of_another_does_not_decide_it_and_somebody_always_remains(
    web: Site, here: Neighbours, case_ref: UUID
) -> None:
    database = web.database
    one, two = (web.person(email, here.national, NATIONAL_OFFICER) for email in (OTHER, "third.officer@nation.example"))
    first = web.person(OFFICER, here.national, NATIONAL_OFFICER)
    with database.unit(here.national, here.at, person=one, roles=(NATIONAL_OFFICER,)) as unit:
        with pytest.raises(ThreefoldError, match="officer who works here"):
            standing_aside.declare(unit, here.area, case_ref, uuid4(), "Somebody.", uuid4())
        declared = standing_aside.declare(unit, here.area, case_ref, two, "They led it.", uuid4())
        assert declared is not None
        with pytest.raises(ThreefoldError, match="kept out of this case already"):
            standing_aside.declare(unit, here.area, case_ref, two, "They led it.", uuid4())
        with pytest.raises(NotFound):
            standing_aside.decide(unit, here.area, case_ref, declared, "upheld", "So it is.", uuid4())
        assert standing_aside.declare(unit, here.area, case_ref, first, "They too.", uuid4())
        with pytest.raises(ThreefoldError, match="Nobody would be left"):
            standing_aside.declare(unit, here.area, case_ref, one, "I too.", uuid4())
