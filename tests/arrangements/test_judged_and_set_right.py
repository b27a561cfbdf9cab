"""What partners found of a criterion stays on the pages of a case, whatever a correction of its version asks later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.api.caller import Caller
from tests.arrangements.area import MANAGER, Area, area
from tests.arrangements.test_judged import CRITERION
from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from threefold.governance import decide
from threefold.governance.ask import Failure
from threefold.governance.pack import RuleUse
from threefold.governance.time_limit import TOO_LONG
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents.stories import record_incident

__all__ = ["area"]
FOUND = "It applies. The press writes of it."
GONE = "No longer asked since 20 March 2027"
FACTOR = "review/factors/local-confidence"


def entered(area: Area, day: int, version: str, *criteria: dict[str, object], corrects: str = "") -> None:
    area.site.at = datetime(2027, 3, day, 9, tzinfo=UTC)
    area.browsers.clear()
    uses = (*NOW_IN_FORCE.uses, RuleUse("own", "local-criteria", 1, {"criteria": list(criteria)}))
    stood = replace(
        NOW_IN_FORCE, version=version, title=version, begins=date(2027, 3, 17), uses=uses, corrects=corrects or None
    )
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, stood)


@pytest.fixture
def case(area: Area) -> str:
    """A case of which the partners found that the area's criterion applies."""
    entered(area, 18, "judged", CRITERION)
    facts = {"incident": {"happened_on": "2027-03-17"}, "review": {"events": [
        {"name": "aware", "at": "2027-03-17"}, {"name": "notification_sent", "at": "2027-03-17"}]}}  # fmt: skip
    with area.site.database.unit(area.body, area.site.at) as unit:
        base = f"/b/example-vale/cases/{record_incident(unit, GOVERNANCE, facts, uuid4()).id}"
    area.answer(f"{base}/{FACTOR}", {"view": "applies", "reason": "The press writes of it."}, email=MANAGER)
    return base


def go_on(area: Area, case: str, reason: str) -> None:
    """Something more is put on record, by which the case is worked out anew."""
    area.answer(f"{case}/review/factors/recurrent_themes", {"view": "unclear", "reason": reason}, email=MANAGER)


def row(area: Area, case: str, title: str, tail: str = "/review", email: str = MANAGER) -> str:
    """What stands beside a matter on a page."""
    return area.by(email).get(f"{case}{tail}").text.split(title, 1)[1][:160]


def test_what_was_found_of_a_criterion_that_was_taken_out_stays_and_is_told_as_no_longer_asked(area: Area, case: str) -> None:
    entered(area, 20, "without", corrects="judged")
    go_on(area, case, "First.")
    for tail, email in (("/review", MANAGER), ("/review/sign", "police-lead@vale.example")):
        told = row(area, case, "Public confidence", tail, email)
        assert FOUND in told and GONE in told, tail
    assert f"It applies. {GONE}." in row(area, case, "Public confidence", "/verdict")
    assert "Public confidence" in area.by(MANAGER).get(f"{case}/records/3").text
    assert "Considered: “Public confidence”" in area.by(MANAGER).get(f"{case}/timeline").text
    assert "Public confidence" not in area.by(MANAGER).get(f"{case}/review/send").text
    door = Caller(area.site).enter(MANAGER)
    read = door.call("GET", case)
    kept = next(one for one in read["verdict"]["found"] if one["matter"] == "local-confidence")
    assert (kept["title"], kept["no_longer_asked_since"]) == ("Public confidence", "2027-03-20")
    assert any(one["factor"] == "local-confidence" for one in read["facts"]["review"]["considered"])


def test_what_is_no_longer_asked_is_changed_knowingly_on_the_page_and_through_the_door_alike(area: Area, case: str) -> None:
    entered(area, 20, "without", corrects="judged")
    go_on(area, case, "First.")
    area.site.at = datetime(2027, 3, 22, 9, tzinfo=UTC)
    area.browsers.clear()
    shown = area.by(MANAGER).get(f"{case}/{FACTOR}").text
    assert "Public confidence" in shown and GONE in shown
    area.answer(f"{case}/{FACTOR}", {"view": "does_not_apply", "reason": "It died down."}, email=MANAGER)
    assert "It does not apply. It died down." in row(area, case, "Public confidence")
    door = Caller(area.site).enter(MANAGER)
    no = door.call("GET", case)["no"]
    sent = {"factor": "local-confidence", "view": "unclear", "reason": "Who knows.", "seen_no": no}
    answered = door.call("POST", f"{case}/factors", sent)
    assert answered["verdict"]["found"][-1]["title"] == "Public confidence"
    told = row(area, case, "Public confidence")
    assert "Unclear. Who knows." in told and GONE in told, "since when stays"


def test_a_criterion_that_a_later_correction_brings_back_stands_as_before(area: Area, case: str) -> None:
    entered(area, 20, "without", corrects="judged")
    go_on(area, case, "First.")
    entered(area, 22, "again", CRITERION, corrects="judged")
    go_on(area, case, "Second.")
    told = row(area, case, "Public confidence")
    assert FOUND in told and "No longer asked" not in area.by(MANAGER).get(f"{case}/review").text
    assert "Public confidence Considered" in area.by(MANAGER).get(f"{case}/verdict").text
    assert "No longer asked" not in area.by(MANAGER).get(f"{case}/verdict").text
    entered(area, 24, "never", corrects="judged")
    go_on(area, case, "Third.")
    assert "No longer asked since 24 March 2027" in row(area, case, "Public confidence")


def test_a_criterion_in_other_words_is_asked_anew_and_what_was_found_of_the_former_stays(area: Area, case: str) -> None:
    entered(area, 20, "worded", {**CRITERION, "key": "doubt", "title": "Confidence is in doubt"}, corrects="judged")
    go_on(area, case, "First.")
    told = row(area, case, "Public confidence")
    assert FOUND in told and GONE in told
    assert "Not considered yet" in row(area, case, "Confidence is in doubt")
    assert "Confidence is in doubt" in area.by(MANAGER).get(f"{case}/review/send").text


def test_a_criterion_in_other_words_under_its_key_tells_in_which_words_it_was_considered(area: Area, case: str) -> None:
    entered(area, 20, "worded", {**CRITERION, "title": "Confidence is in doubt"}, corrects="judged")
    go_on(area, case, "First.")
    assert "It applies. Considered as “Public confidence”." in area.by(MANAGER).get(f"{case}/verdict").text
    for tail, email in (("/review", MANAGER), ("/review/sign", "police-lead@vale.example")):
        assert "Considered as “Public confidence”" in row(area, case, "Confidence is in doubt", tail, email), tail
    area.answer(f"{case}/{FACTOR}", {"view": "unclear", "reason": "In the new words."}, email=MANAGER)
    assert "Considered as" not in area.by(MANAGER).get(f"{case}/review").text


@pytest.mark.parametrize("failed_at", ["criteria", "build"])
def test_a_rule_that_could_not_be_worked_out_asks_nothing_less(
    area: Area, case: str, failed_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = decide.ask

    def fails(rules: Any, hook: str, layer: Any, **given: Any) -> Any:
        said, failed = asked(rules, hook, layer, **given)
        return (
            ([], [Failure(said[0].rule, failed_at, TOO_LONG)])
            if (hook, layer) == ("criteria", "local") and said
            else (said, failed)
        )

    area.site.at = datetime(2027, 3, 22, 9, tzinfo=UTC)
    area.browsers.clear()
    monkeypatch.setattr(decide, "ask", fails)
    go_on(area, case, "First.")
    for tail, email in (("/review", MANAGER), ("/review/sign", "police-lead@vale.example"), ("/verdict", MANAGER)):
        told = area.by(email).get(f"{case}{tail}").text
        assert FOUND.partition(".")[0] in told and "No longer asked" not in told, tail
        assert "It cannot be said whether it is still asked: a rule of the area could not be worked out." in told, tail
    monkeypatch.setattr(decide, "ask", asked)
    go_on(area, case, "Second.")
    told = area.by(MANAGER).get(f"{case}/review").text
    assert "It cannot be said" not in told and "No longer asked" not in told
