"""A criterion that is left to the partners' judgement: it is considered in a case like the matters of the law, and then speaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

from tests.arrangements.area import LEAD, MANAGER, Area, area
from tests.arrangements.test_first_try import added, line_in
from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from threefold.governance import drafts
from threefold.governance.pack import Arrangement, RuleUse
from threefold.governance.remarks import remarks
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents.stories import record_incident
from threefold.work.incidents.web.deciding import seat_titles

__all__ = ["area"]
SOURCE = {"ref": "A page", "force": "LOCAL", "sure": "V"}
CRITERION = {"key": "confidence", "title": "Public confidence", "effect": "hint", "about": "local-review", "speaks_against": ["send_rapid_review"], "source": SOURCE}  # fmt: skip
AGAINST = "The partners found that “Public confidence” applies."


def test_the_partners_say_in_the_case_whether_it_applies_and_then_it_speaks_against(area: Area) -> None:
    with area.site.database.unit(area.body, area.site.at) as unit:
        uses = (*NOW_IN_FORCE.uses, RuleUse("own", "local-criteria", 1, {"criteria": [CRITERION]}))
        enter_version(
            unit, GOVERNANCE, replace(NOW_IN_FORCE, version="judged", title="Judged", begins=date(2027, 3, 17), uses=uses)
        )
    area.site.at = datetime(2027, 3, 18, 9, tzinfo=UTC)
    area.browsers.clear()
    facts = {"incident": {"happened_on": "2027-03-17"}, "review": {"events": [
        {"name": "aware", "at": "2027-03-17"}, {"name": "notification_sent", "at": "2027-03-17"}]}}  # fmt: skip
    with area.site.database.unit(area.body, area.site.at) as unit:
        case = record_incident(unit, GOVERNANCE, facts, uuid4()).id
    base = f"/b/example-vale/cases/{case}"
    manager = area.by(MANAGER)
    listed = manager.get(f"{base}/review")
    assert "Public confidence" in listed.text and "The partners found" not in manager.get(f"{base}/review/send").text
    area.answer(
        f"{base}/review/factors/local-confidence", {"view": "applies", "reason": "The press writes of it."}, email=MANAGER
    )
    shown = manager.get(f"{base}/verdict").text
    assert "Public confidence Considered" in shown and "Facts read confidence: applies, given by" in shown
    assert AGAINST in manager.get(f"{base}/review/send").text
    assert "Considered: “Public confidence”" in manager.get(f"{base}/timeline").text
    area.answer(f"{base}/review/factors/local-confidence", {"view": "does_not_apply", "reason": "It died down."}, email=MANAGER)
    assert AGAINST not in manager.get(f"{base}/review/send").text


def test_the_area_s_own_criteria_that_are_met_stand_where_one_decides_whether_to_notify(area: Area) -> None:
    urgent = {"key": "urgent", "title": "An urgent matter", "effect": "adds", "about": "notify", "source": SOURCE, "when": {"is": {"fact": "incident.urgent", "value": "yes"}}}  # fmt: skip
    about_review = {**urgent, "key": "other", "title": "About the review", "about": "local-review"}
    with area.site.database.unit(area.body, area.site.at) as unit:
        uses = (*NOW_IN_FORCE.uses, RuleUse("own", "local-criteria", 1, {"criteria": [urgent, about_review]}))
        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version="own", title="Own", begins=date(2027, 3, 17), uses=uses))
    area.site.at = datetime(2027, 3, 18, 9, tzinfo=UTC)
    area.browsers.clear()
    for said, shown in (("yes", True), ("no", False)):
        facts = {
            "incident": {"happened_on": "2027-03-17", "urgent": said},
            "review": {"events": [{"name": "aware", "at": "2027-03-17"}]},
        }
        with area.site.database.unit(area.body, area.site.at) as unit:
            case = record_incident(unit, GOVERNANCE, facts, uuid4()).id
        text = area.by(MANAGER).get(f"/b/example-vale/cases/{case}/notify/decide").text
        assert ("Your area’s own criteria that are met" in text and "An urgent matter" in text) is shown
        assert "About the review" not in text


def test_a_criterion_that_the_partners_found_to_apply_stands_among_those_that_are_met(area: Area) -> None:
    judged = {"key": "confidence", "title": "Confidence of the public", "effect": "adds", "about": "notify", "source": SOURCE}
    with area.site.database.unit(area.body, area.site.at) as unit:
        uses = (*NOW_IN_FORCE.uses, RuleUse("own", "local-criteria", 1, {"criteria": [judged]}))
        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version="own", title="Own", begins=date(2027, 3, 17), uses=uses))
    area.site.at = datetime(2027, 3, 18, 9, tzinfo=UTC)
    area.browsers.clear()
    facts = {"incident": {"happened_on": "2027-03-17"}, "review": {"events": [{"name": "aware", "at": "2027-03-17"}]}}
    with area.site.database.unit(area.body, area.site.at) as unit:
        base = f"/b/example-vale/cases/{record_incident(unit, GOVERNANCE, facts, uuid4()).id}"
    page = f"{base}/notify/decide"
    for view, shown in (("applies", True), ("does_not_apply", False)):
        area.answer(f"{base}/review/factors/local-confidence", {"view": view, "reason": "The press."}, email=MANAGER)
        text = area.by(MANAGER).get(page).text
        assert ("Your area’s own criteria that are met" in text and "Confidence of the public" in text) is shown


def test_a_seat_is_called_as_in_the_version_that_governs_and_not_as_in_one_to_come(area: Area) -> None:
    def called(version: str, begins: date, title: str) -> None:
        seats = tuple(replace(s, title=title) if s.key == "police-lead" else s for s in NOW_IN_FORCE.seats)
        with area.site.database.unit(area.body, area.site.at) as unit:
            enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version=version, title=version, begins=begins, seats=seats))

    called("soon", date(2027, 6, 1), "The delegate to come")
    facts = {"incident": {"happened_on": "2027-03-01"}, "review": {"events": [{"name": "aware", "at": "2027-03-02"}]}}
    with area.site.database.unit(area.body, area.site.at) as unit:
        base = f"/b/example-vale/cases/{record_incident(unit, GOVERNANCE, facts, uuid4()).id}"
    page = f"{base}/notify/view"
    with area.site.database.unit(area.body, area.site.at) as unit:  # one of which no source says when it began
        once = replace(NOW_IN_FORCE.seats[0], key="once-lead", title="Lead as it was once")
        enter_version(
            unit, GOVERNANCE, replace(NOW_IN_FORCE, version="once", title="Once", begins=None, seats=(once,), entered="adopted")
        )
        titles = seat_titles(unit)
    assert (titles["police-lead"], titles["once-lead"]) == ("Lead safeguarding partner, police", "Lead as it was once")
    assert "Lead safeguarding partner, police" in area.by("police-lead@vale.example").get(page).text
    area.site.at = datetime(2027, 6, 2, 9, tzinfo=UTC)
    area.browsers.clear()
    assert "The delegate to come" in area.by("police-lead@vale.example").get(page).text


def test_a_judged_criterion_in_other_words_is_another_one_that_nobody_found_to_apply(area: Area) -> None:
    draft = area.begun()
    rule = added(area, draft, "local-criteria")
    line = line_in(area, draft, f"{rule}/criteria", {"title": "Confidence is at stake", "effect": "adds", "about": "notify"})
    with area.site.database.unit(area.body, area.site.at) as unit:
        on_record = drafts.as_arrangement(area.content(draft))
        enter_version(
            unit, GOVERNANCE, replace(NOW_IN_FORCE, version="own", title="Own", begins=date(2027, 3, 17), uses=on_record.uses)
        )
    area.answer(line, {"title": "confidence is at stake."})
    assert "confidence-is-at-stake" in str(area.content(draft)["uses"]), "the same words: it stays what it was"
    done = area.answer(line, {"title": "Confidence was never in doubt"}).location
    assert "It is another criterion now" in area.by(LEAD).get(done).text
    now = [c["key"] for use in area.content(draft)["uses"] for c in drafts.named_in(use["settings"], "criteria")]
    assert "confidence-was-never-in-doubt" in now and "confidence-is-at-stake" not in now


def test_a_file_that_words_a_judged_criterion_anew_under_its_key_is_warned_of() -> None:
    def version(title: str, **more: object) -> Arrangement:
        one = {"key": "confidence", "title": title, "effect": "adds", "about": "notify", "source": SOURCE, **more}
        return replace(NOW_IN_FORCE, uses=(*NOW_IN_FORCE.uses, RuleUse("own", "local-criteria", 1, {"criteria": [one]})))

    def told(now: Arrangement) -> list[str]:
        content, before = drafts.begin_from(now, "next", "Next"), version("Confidence is at stake")
        return [r.effect for r in remarks(GOVERNANCE, content, before=(before,)) if r.key.startswith("judged-otherwise-")]

    assert told(version("Confidence was never in doubt")) == ["warned"]
    assert told(version("Confidence is at stake")) == []
    assert told(version("Confidence was never in doubt", when={"is": {"fact": "incident.urgent", "value": "yes"}})) == []
