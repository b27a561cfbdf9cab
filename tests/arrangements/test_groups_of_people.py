"""Who sits in which group, with dates: as long as they hold the seat, and the arrangement has that seat in the group."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from tests.arrangements.area import MANAGER, Area, area
from tests.arrangements.vale import APRIL, GOVERNANCE, NOW_IN_FORCE
from tests.governance.test_changed_starts import SAID
from threefold.governance.pack import Arrangement, RuleUse
from threefold.work.arrangements.stories import enter_version
from threefold.work.people.access import PARTNER_LEAD

__all__ = ["area"]


def with_a_board(
    version: str, begins: date, part: str | None, until: date | None = None, chair: str = "", vice: str = "", twins: int = 1
) -> Arrangement:
    """The arrangement with a group in which the scrutineer has a part, or has none; `twins`: so many groups of that title."""
    members: list[dict[str, Any]] = [{"who": "scrutineer", "part": part}] if part else []
    group = {
        "key": "board",
        "title": "Learning board",
        "members": [*members, {"who": "A lay member"}],
        "chair": chair,
        "vice_chair": vice,
        "source": SAID,
    }
    groups = [{**group, "key": f"board-{n}"} for n in range(twins)]
    uses = (*NOW_IN_FORCE.uses, RuleUse("board", "decision-making", 1, {"groups": groups}))
    return replace(NOW_IN_FORCE, version=version, title=version, begins=begins, until=until, uses=uses)


def sittings(area: Area) -> list[tuple[str, ...]]:
    """The rows of the page of the body's people about the learning board: who, part, from, until."""
    page = area.by(MANAGER).get("/b/example-vale/people").response.get_data(as_text=True)
    _, _, told = page.partition('<h2 class="govuk-heading-m">Who sits in which group</h2>')
    rows = re.findall(r"<tr.*?</tr>", told.partition("</table>")[0], re.DOTALL)
    cells = [
        [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        for row in rows[1:]
    ]
    return [(row[1], *row[3:]) for row in cells if row[0] == "Learning board"]


def entered(area: Area, *versions: Arrangement) -> None:
    with area.site.database.unit(area.body, area.site.at) as unit:
        for one in versions:
            enter_version(unit, GOVERNANCE, one)


def test_a_person_sits_in_a_group_while_they_hold_the_seat_and_the_seat_is_in_it(area: Area) -> None:
    area.site.person("ends@boards.example", area.body, PARTNER_LEAD, seats=("scrutineer",), ends=date(2027, 6, 30))
    entered(area, with_a_board("one", date(2027, 3, 1), "advises"), with_a_board("two", APRIL, "decides"))
    assert sittings(area) == [
        ("Ends", "Advises", "1 March 2027", "31 March 2027"),
        ("Ends", "Decides", "1 April 2027 To come", "30 June 2027"),
    ]


def test_versions_that_say_the_same_are_told_as_one_and_a_variation_interrupts_them(area: Area) -> None:
    area.site.person("stays@boards.example", area.body, PARTNER_LEAD, seats=("scrutineer",))
    entered(
        area,
        with_a_board("one", date(2027, 3, 1), "attends", chair="scrutineer"),
        with_a_board("two", APRIL, "attends"),
        with_a_board("varied", date(2027, 5, 1), None, until=date(2027, 5, 31)),
    )
    assert sittings(area) == [
        ("Stays", "Attends", "1 March 2027", "30 April 2027"),
        ("Stays", "Chairs", "1 March 2027", "31 March 2027"),
        ("Stays", "Attends", "1 June 2027 To come", "No end"),
    ]


def test_a_vice_chair_is_shown_and_groups_of_one_title_are_each_told_once(area: Area) -> None:
    area.site.person("stays@boards.example", area.body, PARTNER_LEAD, seats=("scrutineer",))
    entered(
        area,
        with_a_board("one", date(2027, 3, 1), "attends", vice="scrutineer", twins=2),
        with_a_board("two", APRIL, "attends", twins=2),
    )
    assert sittings(area) == [
        *[("Stays", "Attends", "1 March 2027", "No end")] * 2,
        *[("Stays", "Vice-chair", "1 March 2027", "31 March 2027")] * 2,
    ]


def test_of_nobody_who_holds_a_seat_nothing_is_shown(area: Area) -> None:
    entered(area, with_a_board("one", date(2027, 3, 1), "decides"))
    assert sittings(area) == []
