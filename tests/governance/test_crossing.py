"""From one version to the next: open cases finish or move, a variation ends by itself, a correction is a version of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.governance.test_changed_starts import REAL, SAID
from tests.governance.test_decide import arrangement, case, governance, local
from tests.reviews.neighbours import PARTNERS, SEATS
from tests.support.tenants import read_tenants
from threefold.governance.case_days import begun_on
from threefold.governance.decide import Governance, governing
from threefold.governance.pack import Arrangement, Library, RuleUse, load_library
from threefold.governance.pack_export import to_toml
from threefold.governance.verdict import Verdict, step_of
from threefold.plugin_api.facts import read_facts

OLD = arrangement("old", date(2025, 1, 1), local(5))
DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))


def due(verdict: Verdict, line_id: str) -> date | None:
    line = verdict.line(line_id)
    return step_of(line).due_on if line else None  # type: ignore[return-value]


@pytest.mark.parametrize(("way", "version"), [("finish_under_old", "old"), ("move_at_next_stage", "new")])
def test_an_open_case_finishes_under_the_old_or_moves_at_its_next_stage(way: str, version: str) -> None:
    new = arrangement("new", date(2026, 4, 1), local(3), open_cases=way)
    facts = case("2026-03-30")
    events = [{"name": "aware", "at": "2026-03-30"}, {"name": "notification_sent", "at": "2026-04-02"}]
    both = read_facts({"incident": {"children": [{"key": "child-1", "died": "yes"}]}, "review": {"events": events}})
    gov = governance()
    assert {p.version for p in gov.decide("area", (OLD, new), facts, date(2026, 3, 31)).pins} == {"old"}
    assert gov.pin((OLD, new), both.review.on("notification_sent") or date.min, date(2026, 3, 30))[0].version == version
    assert gov.pin((OLD, new), date(2026, 4, 2), date(2026, 4, 1))[0].version == "new", "a case begun under the new one"


def test_a_case_begun_before_the_first_version_known_is_told_so() -> None:
    first = arrangement("first", date(2026, 1, 1), local(5), open_cases="finish_under_old")
    gov = governance()
    pin, governs, _ = gov.pin((first,), date(2026, 3, 1), date(2025, 12, 1))
    (note,) = pin.notes
    assert governs is None and "was in force" not in note
    assert "The case began on 1 December 2025, before the first version of the local arrangement known here" in note
    (note,) = gov.pin((first,), date(2025, 12, 20), date(2025, 12, 1))[0].notes
    assert note.startswith("No version of the local arrangement was in force on 20 December 2025")
    variation = arrangement("summer", date(2025, 6, 1), local(9), until=date(2025, 8, 31))
    (note,) = gov.pin((variation, first), date(2026, 3, 1), date(2025, 10, 1))[0].notes
    assert note.startswith("The case began on 1 October 2025. 'Version first', in force on 1 March 2026, leaves")


def test_a_variation_governs_until_its_last_day_and_then_what_was_before() -> None:
    summer = arrangement("summer", date(2026, 7, 1), local(9), until=date(2026, 8, 31))
    assert governing((OLD, summer), date(2026, 6, 30)) is OLD
    assert governing((OLD, summer), date(2026, 7, 1)) is summer
    assert governing((OLD, summer), date(2026, 8, 31)) is summer
    assert governing((OLD, summer), date(2026, 9, 1)) is OLD


def test_a_correction_of_the_same_day_governs_in_place_of_what_it_corrects() -> None:
    right = arrangement("old-2", date(2025, 1, 1), local(4), corrects="old")
    assert governing((OLD, right), date(2026, 1, 1)) is right
    assert governing((OLD, right), date(2024, 12, 31)) is None


@given(DAYS, DAYS, st.lists(st.tuples(DAYS, st.booleans(), st.none() | st.integers(0, 400)), max_size=6))
def test_exactly_one_version_governs_a_day_and_it_has_begun_and_not_ended(
    day: date, since: date, told: list[tuple[date, bool, int | None]]
) -> None:
    versions = [
        replace(OLD, version=f"v{i}", begins=begins, open_cases="finish_under_old" if finish else "move_at_next_stage",
                until=None if length is None else begins + timedelta(days=length))
        for i, (begins, finish, length) in enumerate(sorted(told, key=lambda t: t[0]))
    ]  # fmt: skip
    now, of_case = governing(versions, day), governing(versions, day, since)
    standing = [v for v in versions if v.begins and v.begins <= day and (v.until is None or day <= v.until)]
    assert (now is None) == (not standing)
    if now:
        assert now in standing and now.begins == max(v.begins for v in standing if v.begins)
    if of_case:
        assert of_case in standing
        assert of_case.open_cases != "finish_under_old" or since >= (of_case.begins or date.min)
    if since >= day:
        assert of_case is now, "a case that begins on the day itself is under what governs that day"


DEVON_CHANGE = {
    "incident": {"happened_on": "2027-03-15", "children": [{"key": "child-1", "abuse_or_neglect": "yes", "seriously_harmed": "yes"}]},
    "review": {"events": [{"name": n, "at": "2027-03-15"} for n in ("aware", "briefing_received", "notification_sent", "notification_copied")]},
}  # fmt: skip


def moved(library: Library, day: int, **other: object) -> tuple[Arrangement, Arrangement]:
    """The demonstration area's arrangement, and the same from 1 April 2027 with its huddle on another day."""
    (now,) = library.bodies["example-vale"].versions
    plan = next(u for u in now.uses if u.use == "rapid-review-plan")
    steps = [{**s, "day": day} if s["key"] == "huddle" else s for s in plan.settings["steps"]]
    uses = tuple(replace(u, settings={**u.settings, "steps": steps}) if u is plan else u for u in now.uses)
    return now, replace(now, version="april", begins=date(2027, 4, 1), uses=uses, **other)  # type: ignore[arg-type]


def test_the_devon_change(library: Library, real: Governance) -> None:
    now, april = moved(library, 12)
    facts, as_of = read_facts(DEVON_CHANGE), date(2027, 4, 2)
    kept = real.decide("vale", (now, april), facts, as_of)
    huddle, law = "steps:rapid-review-plan:huddle", "steps:rapid-review:rapid-review"
    assert (due(kept, huddle), due(kept, law)) == (date(2027, 4, 5), date(2027, 4, 7))
    under_new = real.decide("vale", (replace(april, begins=date(2027, 1, 1)),), facts, as_of)
    assert (due(under_new, huddle), due(under_new, law)) == (date(2027, 4, 1), date(2027, 4, 7))
    assert real.pin((now, april), date(2027, 3, 31))[0].version == now.version
    assert real.pin((now, april), date(2027, 4, 1))[0].version == "april"


def test_who_takes_part_the_end_and_what_is_corrected_are_exported_and_read_back(library: Library, tmp_path: object) -> None:
    _, april = moved(library, 12, until=date(2027, 6, 30))
    again = _read_back(april, library, tmp_path)
    assert again == replace(april, uses=again.uses)
    right = replace(april, until=None, corrects="demonstration", seats=april.seats[:4], organisations=april.organisations[:3])
    assert _read_back(right, library, tmp_path).seats == april.seats[:4]
    assert _read_back(right, library, tmp_path).corrects == "demonstration"


def _read_back(arrangement_: Arrangement, library: Library, tmp_path: object) -> Arrangement:
    from pathlib import Path

    root = Path(str(tmp_path))
    folder = root / "example-vale" / "arrangements"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "example-vale" / "body.toml").write_text(
        'format = 1\nid = "example-vale"\nname = "Example Vale"\nkind = "partnership"\nsynthetic = true\n', encoding="utf-8"
    )
    (folder / "april.toml").write_text(to_toml(arrangement_), encoding="utf-8")
    return load_library(root).bodies["example-vale"].versions[0]


@pytest.fixture(scope="module")
def library() -> Library:

    return read_tenants("example-vale")


@pytest.fixture(scope="module")
def real(library: Library) -> Governance:
    from threefold.governance.catalogue import Catalogue

    return Governance(library.editions, Catalogue.installed())


@pytest.mark.parametrize("first", ["referral_received", "partners_told", "briefing_received", "rapid_review_started"])
def test_a_case_that_finishes_under_the_old_stays_there_whatever_is_recorded_of_it_later(first: str) -> None:
    """The day on which the authority became aware, put on record afterwards, does not begin the case a second time."""
    new = arrangement("new", date(2026, 4, 1), local(3), open_cases="finish_under_old")
    gov, events = governance(), [{"name": first, "at": "2026-03-25"}]
    for later in ("", "briefing_received", "aware", "referral_received"):
        if later and later != first:
            events.append({"name": later, "at": "2026-04-02"})
        facts = read_facts({"incident": {"children": [{"key": "child-1"}]}, "review": {"events": events}})
        verdict = gov.decide("area", (OLD, new), facts, date(2026, 4, 9))
        assert {line.pin.version for line in verdict.lines if line.rule.layer == "local"} <= {"old"}
        assert {pin.version for pin in verdict.pins} == {"old"}, later


def signed_by(version: str, begins: date, *seats: str, open_cases: str = "finish_under_old") -> Arrangement:
    """A version that asks these seats to sign a rapid review."""
    way = {"question": "sign_rapid_review", "decides": seats, "how": "all_agree", "signs": seats, "source": SAID}
    use = RuleUse("decisions", "decision-making", 1, {"ways": [way]})
    return replace(arrangement(version, begins, use, open_cases=open_cases), seats=SEATS, organisations=PARTNERS)


@pytest.mark.parametrize("first", ["aware", "referral_received"])
def test_what_is_asked_at_an_act_is_of_the_version_that_the_page_tells(first: str) -> None:
    """One signature is asked by the version that the case finishes under, two by the later one."""
    versions = (
        signed_by("old", date(2025, 1, 1), "council-lead"),
        signed_by("new", date(2026, 4, 1), "council-lead", "police-lead"),
    )
    later = [] if first == "aware" else [{"name": "aware", "at": "2026-04-02"}]
    events = [{"name": first, "at": "2026-03-25"}, *later, {"name": "notification_sent", "at": "2026-04-03"}]
    facts = read_facts({"incident": {"children": [{"key": "child-1", "died": "yes"}]}, "review": {"events": events}})
    told = REAL.decide("area", versions, facts, date(2026, 4, 10)).of("objections")
    asked, _ = REAL.objections(versions, facts, date(2026, 4, 10), "send_rapid_review")
    found = [{(line.finding.key, line.pin.version) for line in lines if line.rule.layer == "local"} for lines in (told, asked)]
    assert found[0] == found[1] and {version for _, version in found[1]} == {"old"}


@pytest.mark.parametrize(("before", "after"), [
    (("council-lead", "police-lead", "health-lead"), ("council-lead", "police-lead")),
    (("council-lead",), ("council-lead", "police-lead", "health-lead")),
    ((), ("council-lead", "police-lead", "health-lead")),
    (("council-lead", "police-lead", "health-lead"), ()),
])  # fmt: skip
def test_the_signatures_that_are_missing_are_those_of_the_version_that_says_who_signs(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    """The area was aware under the old version and notified under the new one, which changes who signs."""
    versions = (
        signed_by("old", date(2025, 1, 1), *before),
        signed_by("new", date(2026, 4, 1), *after, open_cases="move_at_next_stage"),
    )
    if not after:  # the new version leaves the question to the law, which asks for no seat
        versions = (versions[0], replace(versions[1], uses=()))
    if not before:
        versions = (replace(versions[0], uses=()), versions[1])
    events = [{"name": "aware", "at": "2026-03-25"}, {"name": "notification_sent", "at": "2026-04-03"}]
    facts = read_facts({"incident": {"children": [{"key": "child-1", "died": "yes"}]}, "review": {"events": events}})
    verdict = REAL.decide("area", versions, facts, date(2026, 4, 10))
    (way,) = [line for line in verdict.of("decision") if line.finding.key == "sign_rapid_review"]
    asked, failures = REAL.objections(versions, facts, date(2026, 4, 10), "send_rapid_review")
    for lines in (verdict.of("objections"), asked):
        unsigned = [line for line in lines if line.finding.key.startswith("unsigned/")]
        assert {line.finding.key.removeprefix("unsigned/") for line in unsigned} == set(after)
        assert {line.pin for line in unsigned} == ({way.pin} if after else set())
    assert not failures


def test_a_child_that_died_before_anybody_was_told_begins_no_case() -> None:
    new = arrangement("new", date(2026, 4, 1), local(3), open_cases="finish_under_old")
    events = [{"name": "death", "at": "2026-03-25"}, {"name": "aware", "at": "2026-04-02"}]
    facts = read_facts({"incident": {"children": [{"key": "child-1", "died": "yes"}]}, "review": {"events": events}})
    assert begun_on(facts) == date(2026, 4, 2)
    assert begun_on(read_facts({"incident": {"children": []}, "review": {"events": events[:1]}})) is None
    assert begun_on(read_facts({"incident": {"happened_on": "2026-03-25", "children": []}})) is None
    local_lines = [
        line
        for line in governance().decide("area", (OLD, new), facts, date(2026, 4, 9)).of("steps")
        if line.rule.layer == "local" and step_of(line).starts_on == date(2026, 4, 2)
    ]
    assert local_lines and {line.pin.version for line in local_lines} == {"new"}
