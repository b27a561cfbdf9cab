"""A number in a setting comes back from the database as it was: the database keeps decimals, and neither an exponent nor a sign of zero."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.arrangements.vale import GOVERNANCE, LIBRARY, NOW_IN_FORCE, Vale, opened
from tests.governance.test_fingerprint import read_back
from tests.support.database import Database
from threefold.governance import drafts
from threefold.governance.arrangement import Arrangement, RuleUse
from threefold.work.arrangements import drafting
from threefold.work.arrangements.stories import enter_version, versions
from threefold.work.arrangements.tables import ArrangementVersion

NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**63), 2**63 - 1)
    | st.decimals(-1000, 1000, places=2).map(float)
    | st.sampled_from((0.1, 1.0, -0.0, 1e16, -1e16, 1e22, 1.5e300, 5e-324, 1e-7, 123456789012345680.0))
)


def with_number(number: float) -> Arrangement:
    use = RuleUse("odd", "timetable", 1, {"steps": [{"key": "one", "amount": number}], "amount": number})
    return replace(NOW_IN_FORCE, uses=tuple(sorted((*NOW_IN_FORCE.uses, use), key=lambda one: one.use)))


@pytest.fixture
def vale(database: Database) -> Iterator[Vale]:
    yield opened(database)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(NUMBERS)
@example(1e16)
@example(-0.0)
@example(5e-324)
def test_it_comes_back_exactly_and_the_fingerprint_stands(vale: Vale, number: float) -> None:
    arrangement = with_number(number)
    with vale.lead() as unit:
        begun = drafting.start_draft(unit, drafts.begin_from(arrangement, "next", "Next"), "a file")
        unit.session.expire_all()  # read anew from the database
        kept = drafting.load_draft(unit, begun.id)
    found = next(use for use in kept.arrangement.uses if use.use == "odd").settings["amount"]
    assert found == number and Decimal(found) == Decimal(number)
    assert kept.signed_hash == begun.signed_hash == begun.arrangement.signed_hash == kept.arrangement.signed_hash
    assert kept.arrangement.content_hash == begun.arrangement.content_hash
    assert read_back(kept.arrangement, LIBRARY.bodies["example-vale"]).signed_hash == kept.signed_hash


@given(NUMBERS)
def test_a_version_is_made_of_its_stored_form_again(number: float) -> None:
    arrangement = with_number(number)
    assert Arrangement.from_stored(arrangement.stored()) == arrangement
    assert Arrangement.from_stored(arrangement.stored()).stored() == arrangement.stored()


@pytest.mark.parametrize("number", [1e16, -0.0, 0.5])
def test_the_same_file_is_found_on_record_again_under_another_name(vale: Vale, number: float) -> None:
    """A release later the files are read anew, and what they say is held against what is on record."""
    said = replace(with_number(number), version="odd", begins=vale.at.date())
    with vale.lead() as unit:
        unit.session.add(ArrangementVersion(
            id=uuid4(), version=said.version, content_hash=said.content_hash, entered=said.entered, begins=said.begins, recorded_at=unit.at,
            content=said.stored()))  # fmt: skip
    moved = replace(said, uses=tuple(replace(use, file="elsewhere.toml") for use in said.uses))
    with vale.lead() as unit:
        assert versions(unit)[-1].content_hash == said.content_hash
        assert enter_version(unit, GOVERNANCE, moved) is False
