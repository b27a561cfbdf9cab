"""What a case no longer says is held all the same: whoever asks is given it, or it is decided that they are not."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tests.records.keeper import Keeper
from tests.records.test_asking import gathered, items
from tests.reviews.neighbours import GOVERNANCE
from threefold.work.incidents import stories as incidents
from threefold.work.records.stories import answering

NOW, THEN = (
    "Answers about what happened and what followed, as they stand now",
    "Answers that were changed or taken back on 7 April 2020",
)


def told(here: Keeper, request: UUID) -> dict[str, str]:
    return {item.title: item.text for item in items(here, request) if item.title.startswith("Answers")}


def test_what_was_said_before_is_gathered_where_it_ended(here: Keeper) -> None:
    case_id = here.whole_case()
    before = told(here, gathered(here, case_id))
    assert list(before) == [NOW]  # in none of its many records anything was taken back
    here.later(days=1)
    with here.by_manager() as unit:
        incidents.remove_child(unit, GOVERNANCE, case_id, "child-1")
    request = gathered(here, case_id)
    found = told(here, request)
    assert list(found) == [NOW, THEN]
    assert "Has the child died?: yes" in found[THEN] and "Has the child died?" not in found[NOW]
    assert set(found[THEN].splitlines()) <= set(before[NOW].splitlines()) and "Events" not in found[THEN]
    # What stands there does not change with what comes later.
    with here.by_manager() as unit:
        incidents.add_event(unit, GOVERNANCE, case_id, "published", date(2020, 4, 6))
    with here.by_manager() as unit:
        assert answering.gather_again(unit, request) == 0
    assert told(here, request)[THEN] == found[THEN]
