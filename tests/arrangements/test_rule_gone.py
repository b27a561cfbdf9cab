"""A rule that a draft uses is gone from the service while the draft waits for signatures: nobody signs what nobody can be shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.arrangements.area import LEAD, MANAGER, Area, area, day
from tests.arrangements.vale import APRIL, GOVERNANCE
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance

__all__ = ["area"]
WHY = "It uses a rule that this service does not have now"


@contextmanager
def without(area: Area, rule: str) -> Iterator[None]:
    """The service as it would run had the rule's package not been installed."""
    held = area.site.app.extensions["threefold"]
    left = Catalogue({key: one for key, one in GOVERNANCE.catalogue.rules.items() if key[0] != rule})
    object.__setattr__(held, "governance", Governance(held.governance.editions, left))
    try:
        yield
    finally:
        object.__setattr__(held, "governance", GOVERNANCE)


def test_it_is_signed_by_nobody_until_it_can_be_read_and_what_was_signed_stays(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/about", day("begins", APRIL))
    area.before_its_seats(draft)
    check = area.minuted(draft)
    sign, council = {"seat": "police-lead", "answer": "sign"}, {"seat": "council-lead", "answer": "sign"}
    area.answer(f"{draft}/sign", council, email="council-lead@vale.example")
    opened = area.filled(f"{draft}/sign", sign, "police-lead@vale.example")
    rule = area.content(draft)["uses"][0]["rule"]
    with without(area, rule):
        told = area.by("police-lead@vale.example").get(f"{draft}/sign").text
        assert f"This can be signed by nobody for now. {WHY} ({rule}, version 1)" in told
        assert "What was signed stays signed." in told and "Record my answer" not in told
        assert WHY in area.by("police-lead@vale.example").send(f"{draft}/sign", opened, 422).text
        assert WHY in area.by(LEAD).get(draft).text
        assert WHY in area.by(MANAGER).get(check).text
    area.by("police-lead@vale.example").send(f"{draft}/sign", opened)
    area.answer(check, {"says_so": "yes"}, email=MANAGER)
    assert "Every seat has signed." in area.by(LEAD).get(f"{draft}/sign").text
