"""What stands in the way of destroying: open requests, links that work, proposals that fell, newer content, and who is kept out."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from tests.records.keeper import CHILD, Keeper, barred
from tests.records.test_asking import gathered, opened
from tests.records.test_destroying import planted
from tests.reviews.neighbours import GOVERNANCE
from threefold.domain.errors import ThreefoldError
from threefold.walls.destroying import CannotBeDestroyed, destroy_case
from threefold.work.incidents import stories as incidents
from threefold.work.people.half_written import keep_form
from threefold.work.records import stories
from threefold.work.records.stories import answering
from threefold.work.records.tables import Disposal
from threefold.work.records.web.awaiting import open_again, to_confirm
from threefold.work.reviews import stories as reviews


def due(here: Keeper) -> UUID:
    """A closed case whose time has ended."""
    case_id = here.closed(here.whole_case())
    here.after(11)
    return case_id


def confirmed(here: Keeper, case_id: UUID, disposal: UUID) -> UUID | None:
    with here.by_lead() as unit:
        return stories.confirm(unit, GOVERNANCE, case_id, disposal)


def decided_past_the_stories(here: Keeper, disposal: UUID) -> None:
    with here.by_lead() as unit:
        unit.session.execute(
            update(Disposal)
            .where(Disposal.id == disposal)
            .values(state="confirmed", confirmed_at=unit.at, confirmed_by=here.lead)
        )


def refused_by_the_database(here: Keeper, case_id: UUID, disposal: UUID, told: str) -> None:
    """As the running role may ask it, whatever the stories would say."""
    decided_past_the_stories(here, disposal)
    with here.by_lead() as unit, pytest.raises(CannotBeDestroyed, match=told):
        destroy_case(unit, case_id, disposal, uuid4())
    assert "case_person.details" in planted(here)


# somebody asks for what is held of them


def test_nothing_that_was_gathered_for_an_open_request_is_destroyed(here: Keeper) -> None:
    case_id = due(here)
    disposal = here.proposed(case_id)
    request = gathered(here, case_id)
    with pytest.raises(ThreefoldError, match="Somebody asked for their own records"):
        confirmed(here, case_id, disposal)
    refused_by_the_database(here, case_id, disposal, "Answer the request first")
    with here.by_manager() as unit:
        answering.close_request(unit, request, "refused", unit.today, "By letter.")
    with here.by_lead() as unit:
        assert destroy_case(unit, case_id, disposal, uuid4())


def test_a_case_that_somebody_who_asks_may_be_on_is_not_destroyed_either(here: Keeper) -> None:
    case_id = due(here)
    opened(here)  # nothing was gathered for it yet
    with pytest.raises(ThreefoldError, match=r"SAR-2031-0001"):
        here.proposed(case_id)


# proposals


def test_a_proposal_falls_when_the_case_is_opened_again(here: Keeper) -> None:
    case_id = due(here)
    disposal = here.proposed(case_id)
    with here.by_lead() as unit:
        assert len(to_confirm(unit)) == 1
    with here.by_manager() as unit:
        stories.open_again(unit, case_id, uuid4())
    with here.by_lead() as unit:
        assert to_confirm(unit) == []
        assert stories.disposals(unit, case_id)[0].state == "declined"
    here.closed(case_id, date(2031, 4, 9))
    with pytest.raises(ThreefoldError, match="decided already"):
        confirmed(here, case_id, disposal)


def test_a_proposal_falls_when_the_case_was_changed_and_closed_again(here: Keeper) -> None:
    case_id = due(here)
    disposal = here.proposed(case_id)
    with here.by_manager() as unit:
        reviews.add_safety_action(unit, case_id, "Another action", None, uuid4())
    with here.by_lead() as unit:
        assert to_confirm(unit) == []
    here.closed(case_id)
    here.after(11)
    with pytest.raises(ThreefoldError, match="decided already"):
        confirmed(here, case_id, disposal)
    decided_past_the_stories(here, disposal)
    with here.by_lead() as unit, pytest.raises(CannotBeDestroyed, match="opened and closed again"):
        destroy_case(unit, case_id, disposal, uuid4())


def test_a_day_to_keep_until_that_has_passed_is_not_confirmed(here: Keeper) -> None:
    case_id = due(here)
    disposal = here.proposed(case_id, "keep", date(2031, 5, 1))
    here.after(1)
    with pytest.raises(ThreefoldError, match="later than today"):
        confirmed(here, case_id, disposal)


def test_what_two_people_keep_longer_is_not_destroyed_before_its_day_by_the_database_s_own_clock(here: Keeper) -> None:
    """Past every story, as by a service whose clock runs ahead of the day."""
    other = here.closed(here.whole_case())
    case_id = due(here)
    disposals = [here.proposed(one) for one in (case_id, other)]
    for disposal in disposals:
        decided_past_the_stories(here, disposal)
    confirmed(here, case_id, here.proposed(case_id, "keep", date(2110, 1, 1)))
    refused_by_the_database(here, case_id, disposals[0], "time for keeping this case has not ended")
    with here.by_lead() as unit:
        assert destroy_case(unit, other, disposals[1], uuid4()).digest  # nothing is said by that of another case
    with here.by_lead() as unit:
        unit.session.execute(update(Disposal).where(Disposal.outcome == "keep").values(keep_until=date(2026, 1, 1)))
    with here.by_lead() as unit:
        assert destroy_case(unit, case_id, disposals[0], uuid4()).digest


# what was put on record since


def a_person(here: Keeper, case_id: UUID) -> None:
    with here.by_manager() as unit:
        incidents.add_person(unit, case_id, "other", {"name": "Planted later", "born_on": None})


def a_correction(here: Keeper, case_id: UUID) -> None:
    with here.by_manager() as unit:
        person = incidents.people(unit, case_id)[0]
        incidents.correct_person(unit, case_id, person.id, "child", CHILD | {"aliases": "Zeph"}, "child-1")


def a_removal(here: Keeper, case_id: UUID) -> None:
    with here.by_manager() as unit:
        incidents.remove_person(unit, case_id, incidents.people(unit, case_id)[0].id, "Put here by mistake.")


def an_action(here: Keeper, case_id: UUID) -> None:
    with here.by_manager() as unit:
        reviews.add_safety_action(unit, case_id, "Planted later", None, uuid4())


def a_question(here: Keeper, case_id: UUID) -> None:
    with here.by_manager() as unit:
        made = reviews.ask_agency(unit, case_id, "School", "school@vale.example", "And now?", uuid4())
        reviews.revoke_request(unit, case_id, made.id)


@pytest.mark.parametrize("act", [a_person, a_correction, a_removal, an_action, a_question])
def test_whatever_is_put_on_record_opens_a_closed_case_again(here: Keeper, act: object) -> None:
    case_id = due(here)
    disposal = here.proposed(case_id)
    act(here, case_id)  # type: ignore[operator]
    with here.by_manager() as unit:
        assert stories.list_kept(unit, GOVERNANCE) == []
    with pytest.raises(ThreefoldError, match="was changed after it was closed"):
        confirmed(here, case_id, disposal)
    decided_past_the_stories(here, disposal)
    with here.by_lead() as unit, pytest.raises(CannotBeDestroyed, match="was changed after it was closed"):
        destroy_case(unit, case_id, disposal, uuid4())


def test_while_an_agency_can_answer_nothing_is_destroyed_and_its_answer_opens_the_case(here: Keeper) -> None:
    case_id = here.whole_case()
    here.after(11)
    with here.by_manager() as unit:
        made = reviews.ask_agency(unit, case_id, "GP", "gp@vale.example", "What is known?", uuid4())
    here.closed(case_id)
    with here.by_manager() as unit:
        reviews.answer_request(unit, made.id, "answered", text="Planted answer")
        assert stories.list_kept(unit, GOVERNANCE) == []
        (waits,) = open_again(unit)
        assert waits.title == "Look at what came after it was closed" and waits.path == f"cases/{case_id}/records"
    here.closed(case_id)
    with here.by_manager() as unit:
        assert open_again(unit) == []
    here.work()
    with here.by_manager() as unit:  # as if the time of ten years were over
        unit.session.add(row := _disposal(here, case_id))
    refused_by_the_database(here, case_id, row.id, "An agency can still answer")


def _disposal(here: Keeper, case_id: UUID) -> Disposal:
    (no,) = here.rows("select max(no) from body.case_closing where case_id = %s", case_id)[0]
    with here.unit() as unit:
        sealed = unit.seal_json("x")
    return Disposal(
        id=uuid4(), case_id=case_id, closing_no=no, outcome="destroy", keep_until=None, reason=sealed, basis=sealed, version="one", rule="r", state="proposed",
        proposed_at=here.at, proposed_by=here.manager, proposed_name="M", proposed_as="M", confirmed_at=None, confirmed_by=None, answer=None)  # fmt: skip


# who decides


def test_what_was_proposed_by_somebody_who_is_kept_out_by_now_is_not_confirmed(here: Keeper) -> None:
    case_id = due(here)
    disposal = here.proposed(case_id)
    barred(here, case_id, here.manager)
    with pytest.raises(ThreefoldError, match="Whoever proposed this is kept out"):
        confirmed(here, case_id, disposal)
    refused_by_the_database(here, case_id, disposal, "kept out of the case")


def test_who_is_kept_out_of_a_case_lifts_no_hold_on_everything(here: Keeper) -> None:
    case_id = due(here)
    with here.by_lead() as unit:
        hold = stories.put_hold(unit, None, "An inquiry began.", uuid4())
    barred(here, case_id, here.manager)
    assert hold is not None
    with pytest.raises(ThreefoldError, match="Somebody else lifts it"), here.by_manager() as unit:
        stories.lift_hold(unit, hold, None, "It ended.")
    with here.by_lead() as unit:
        stories.lift_hold(unit, hold, None, "It ended.")


# what is not of the case any more


def test_the_name_of_an_agency_goes_and_no_form_is_kept_of_a_case_that_is_gone(here: Keeper) -> None:
    case_id = due(here)
    assert here.rows("select 1 from body.agency_request where agency <> ''")
    here.destroyed(case_id)
    assert not here.rows("select 1 from body.agency_request where case_id = %s and agency <> ''", case_id)
    with here.by_manager() as unit, pytest.raises(CannotBeDestroyed, match="were destroyed"):
        keep_form(unit, f"cases/{str(case_id).upper()}/people/add", [("name", "Planted late")])
    with here.by_manager() as unit:
        keep_form(unit, "cases/new", [("name", "Another")])
