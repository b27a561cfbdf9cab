"""Whose seats sign: those on record for each partner. No draft gives its own author a partner's signature."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.arrangements.test_drafting import REASONS, SECOND_BOARD, begun, ready
from tests.arrangements.vale import APRIL, GOVERNANCE, LEADS, NOW_IN_FORCE, Vale, opened
from tests.support.database import Database
from threefold.domain.errors import PackError
from threefold.governance import drafts, who_signs
from threefold.governance.remark import Remark
from threefold.governance.remarks import remarks
from threefold.work.arrangements import asking, drafting, signing
from threefold.work.arrangements.record import how_made
from threefold.work.arrangements.stories import enter_version, versions


@pytest.fixture
def vale(database: Database) -> Vale:
    return opened(database)


def draft_before_seats(vale: Vale, change: object, begins: date = APRIL) -> drafting.Draft:
    """A draft changed by a function of its content, sent to be signed."""
    draft_id = begun(vale)
    with vale.lead() as unit:
        drafting.save_line(unit, draft_id, (), {"begins": begins.isoformat()}, 1, "begins")
        drafting.change_draft(unit, draft_id, "changed", change)  # type: ignore[arg-type]
        return asking.ask_for_signatures(unit, GOVERNANCE, draft_id, REASONS(unit, draft_id))


def acting_for(content: drafts.Content, actor: str, *keys: str) -> drafts.Content:
    organisations = [o | {"acts_for": list(keys)} if o["key"] == actor else o for o in content["organisations"]]
    return {**content, "organisations": organisations}


def test_no_partner_is_signed_away_by_the_draft_that_says_so(vale: Vale) -> None:
    """The council is to act for police and health from this version on: they sign this one themselves."""
    draft = draft_before_seats(vale, lambda c: acting_for(c, "council", "police", "health"))
    with vale.lead() as unit:
        assert [s.seat.key for s in signing.standing(unit, draft)] == list(LEADS)
        said = {r.key: r.effect for r in asking.said_of(unit, GOVERNANCE, draft)}
        assert said["delegates-police"] == said["delegates-health"] == "noted"
    for seat in LEADS:
        with vale.seat(seat) as unit:
            state = signing.sign_draft(unit, GOVERNANCE, draft.id, seat, draft.signed_hash).state
    assert state == "entered"
    vale.at = vale.at + timedelta(days=40)  # it governs: now the delegation is on record
    with vale.lead() as unit:
        content = drafts.begin_from(versions(unit)[-1], "next", "Another")
        before = who_signs.before_it(versions(unit), drafts.as_arrangement(content), unit.today)
        assert [s.key for s in asking.signing_seats(drafts.as_arrangement(content), before)] == ["council-lead"]
        without = {**content, "seats": [s for s in content["seats"] if s["key"] != "police-lead"]}
        told = {r.key for r in remarks(GOVERNANCE, without, unit.today, None, before)}
        assert "seats-police" not in told, "no word of a signature that nobody is asked for"


def test_of_two_partners_that_are_to_act_for_one_each_is_named(vale: Vale) -> None:
    content = drafts.begin_from(NOW_IN_FORCE, "next", "Next") | {"begins": APRIL.isoformat()}
    for actor in ("council", "health"):
        content = acting_for(content, actor, "police")
    before = (NOW_IN_FORCE,)
    (noted,) = [r for r in remarks(GOVERNANCE, content, APRIL, None, before) if r.key == "delegates-police"]
    council, police, health = (
        next(o.name for o in NOW_IN_FORCE.organisations if o.key == k) for k in ("council", "police", "health")
    )
    assert noted.sentence == (
        f"{council} and {health} are to act for {police} from this version on. {police} signs this version itself, once."
    )


def test_who_is_newly_acted_for_and_loses_its_seat_signs_with_the_seat_on_record(vale: Vale) -> None:
    draft = draft_before_seats(vale, lambda c: {
        **acting_for(c, "council", "police"), "seats": [s for s in c["seats"] if s["key"] != "police-lead"],
        "uses": json.loads(json.dumps(c["uses"]).replace('"police-lead"', '"police"'))})  # fmt: skip
    with vale.lead() as unit:
        assert {s.seat.key: s.state for s in signing.standing(unit, draft)} == dict.fromkeys(LEADS, "missing")
        said = {r.key: r for r in asking.said_of(unit, GOVERNANCE, draft)}
        assert "It has no lead seat after that" in said["seats-police"].sentence
    for seat in LEADS:
        with vale.seat(seat) as unit:
            state = signing.sign_draft(unit, GOVERNANCE, draft.id, seat, draft.signed_hash).state
    assert state == "entered"
    with vale.lead() as unit:
        made = versions(unit)[-1]
        police = next(s.title for s in NOW_IN_FORCE.seats if s.key == "police-lead")
        assert police in {one.seat for one in how_made(unit, made).signatures}


def test_who_is_newly_acted_for_and_never_had_a_seat_is_given_one_first(vale: Vale) -> None:
    draft_id = begun(vale)
    with vale.lead() as unit:
        joined = drafting.change_draft(unit, draft_id, "x", lambda c: {
            **acting_for(c, "council", "health-2"),
            "organisations": [*acting_for(c, "council", "health-2")["organisations"], {
                "key": "health-2", "name": SECOND_BOARD.name, "kind": SECOND_BOARD.kind, "partner": True, "acts_for": []}]})  # fmt: skip
        (mend,) = [r for r in asking.said_of(unit, GOVERNANCE, joined) if r.key == "delegates-health-2"]
        assert mend.stops and "Add a lead seat" in mend.sentence


def seats_with(content: drafts.Content, **changed: dict[str, str]) -> drafts.Content:
    """A draft whose seats (by key, with _ for -) have other answers."""
    return {**content, "seats": [s | changed.get(s["key"].replace("-", "_"), {}) for s in content["seats"]]}


def test_nobody_drafts_a_seat_of_theirs_into_another_partners_place(vale: Vale) -> None:
    """The council's seat as the lead of the police, by its key: to be mended, and never counted."""
    draft_id = begun(vale)
    with vale.lead() as unit:
        taken = drafting.change_draft(unit, draft_id, "x", lambda c: seats_with(
            c, council_lead={"organisation": "police"}, police_lead={"role": "member"}))  # fmt: skip
        (mend,) = [r for r in asking.said_of(unit, GOVERNANCE, taken) if r.key == "moved-council-lead"]
        assert mend.stops and "whoever holds it would speak for both" in mend.sentence
        assert {(s.key, s.organisation) for s in asking.who_signs(unit, taken)} == {
            (seat, seat.removesuffix("-lead")) for seat in LEADS}  # fmt: skip


def test_a_new_lead_seat_signs_from_the_next_version_on(vale: Vale) -> None:
    """Police's lead put down and another seat of police put in its place: the seat on record signs, and the draft says so."""
    new = {"key": "police-new", "title": "New lead of the police", "role": "lead", "organisation": "police", "deputy": ""}
    draft = draft_before_seats(
        vale, lambda c: {**(m := seats_with(c, police_lead={"role": "member"})), "seats": [*m["seats"], new]}
    )
    with vale.lead() as unit:
        assert {s.key for s in asking.who_signs(unit, draft)} == set(LEADS)
        (noted,) = [r for r in asking.said_of(unit, GOVERNANCE, draft) if r.key == "seats-police"]
        assert noted.effect == "noted" and noted.sentence.endswith("From the next version on: New lead of the police.")
    theirs = vale.database.unit(vale.id, vale.at, roles=("partner_lead",), seats=("police-new",), person=uuid4())
    with theirs as unit, pytest.raises(PackError, match="does not sign this version"):
        signing.sign_draft(unit, GOVERNANCE, draft.id, "police-new", draft.signed_hash)
    for seat in LEADS:
        with vale.seat(seat) as unit:
            state = signing.sign_draft(unit, GOVERNANCE, draft.id, seat, draft.signed_hash).state
    assert state == "entered"
    vale.at = vale.at + timedelta(days=40)
    with vale.lead() as unit:
        content = drafts.begin_from(versions(unit)[-1], "next", "Another")
        before = who_signs.before_it(versions(unit), drafts.as_arrangement(content), unit.today)
        assert {s.key for s in asking.signing_seats(drafts.as_arrangement(content), before)} == {*LEADS[::2], "police-new"}


def test_a_delegation_that_has_ended_signs_nothing(vale: Vale) -> None:
    """Of a variation that is over, and of a correction of a version that had it: what governs today counts as well."""
    with vale.lead() as unit:
        acting = drafts.as_arrangement(acting_for(drafts.begin_from(NOW_IN_FORCE, "n", "t"), "council", "police"))
        enter_version(unit, GOVERNANCE, replace(acting, version="over", begins=date(2027, 2, 1), until=date(2027, 3, 1)))
        enter_version(unit, GOVERNANCE, replace(acting, version="to-come", begins=date(2027, 3, 20), until=date(2027, 5, 1)))
        asked = replace(acting, version="new", begins=APRIL)
        before = who_signs.before_it(versions(unit), asked, unit.today)
        assert [v.version for v in before] == [NOW_IN_FORCE.version, "to-come"]
        assert {s.key for s in asking.signing_seats(asked, before)} == set(LEADS)
        past = replace(asked, begins=date(2027, 2, 1), corrects="over")
        assert {s.key for s in asking.signing_seats(past, who_signs.before_it(versions(unit), past, unit.today))} == set(LEADS)


def test_minutes_nobody_checked_do_not_hide_a_refusal(vale: Vale) -> None:
    draft, minutes = ready(vale), ("m.pdf", b"%PDF-1.7 signed")
    vale.at = vale.at + timedelta(days=2)
    with vale.seat("health-lead") as unit:
        signing.refuse_draft(unit, draft.id, "health-lead", draft.signed_hash, "Too soon.")
    vale.at = vale.at + timedelta(days=2)
    for day, told in ((date(2027, 3, 13), None), (date(2027, 3, 11), "refused on 12 March 2027")):
        with vale.lead() as unit:
            if told is None:
                signing.record_minutes(unit, draft.id, "health-lead", draft.signed_hash, day, "Executive", minutes)
                continue
            with pytest.raises(PackError, match=told):
                signing.record_minutes(unit, draft.id, "health-lead", draft.signed_hash, day, "Executive", minutes)


def test_minutes_recorded_before_a_refusal_are_not_checked_past_it(vale: Vale) -> None:
    draft = ready(vale)
    with vale.lead() as unit:
        signing.record_minutes(
            unit, draft.id, "health-lead", draft.signed_hash, date(2027, 3, 9), "Executive", ("m.pdf", b"%PDF")
        )
        record = next(s.record for s in signing.standing(unit, draft) if s.seat.key == "health-lead")
    with vale.seat("health-lead") as unit:
        signing.refuse_draft(unit, draft.id, "health-lead", draft.signed_hash, "That is not what was minuted.")
    with vale.manager() as unit, pytest.raises(PackError, match="refused on 10 March 2027"):
        assert record is not None
        signing.check_minutes(unit, GOVERNANCE, draft.id, record)


def test_only_the_reasons_of_what_departs_now_are_published() -> None:
    """Asked again after a change: the reason given last, and none of what departs from guidance no longer."""
    later, sooner = (Remark("needs_reason", f"It is {word}.", "chapter 3", key=word) for word in ("later", "sooner"))
    once = asking.with_reasons(
        "Agreed in March.\n\nReviewed yearly.", [later, sooner], {":later": "First\n\nthought.", ":sooner": "Agreed."}
    )
    assert once == (
        "Agreed in March.\n\nReviewed yearly.\n\nDeparts from guidance (chapter 3): It is later. Reason: First thought.\n\n"
        "Departs from guidance (chapter 3): It is sooner. Reason: Agreed."
    )
    again = asking.with_reasons(once, [later], {":later": "Second thought."})
    assert again.endswith("Reviewed yearly.\n\nDeparts from guidance (chapter 3): It is later. Reason: Second thought.")
    assert asking.with_reasons(again, [], {}) == "Agreed in March.\n\nReviewed yearly."


def test_the_reasons_that_were_given_are_there_when_it_is_put_before_its_seats_again() -> None:
    later = Remark("needs_reason", "It is later.", "chapter 3", key="later")
    note = asking.with_reasons("Agreed in March.", [later], {":later": "First thought."})
    assert asking.reasons_given(note, [later]) == {":later": "First thought."}
    assert asking.reasons_given(note, [replace(later, sentence="It is much later.")]) == {}
    assert asking.reasons_given("Agreed in March.", [later]) == {}


def test_two_rules_of_one_kind_that_depart_alike_have_each_its_own_reason() -> None:
    """Known by where they stand: what is said of them, and its key, may be the same."""
    one, other = (
        Remark("needs_reason", "It is late.", "chapter 3", field=f"rules.{use}.due", key="late") for use in ("a", "b")
    )
    note = asking.with_reasons("", [one, other], {one.known_by: "For the council.", other.known_by: "For the police."})
    assert note.endswith("Reason: For the council.\n\nDeparts from guidance (chapter 3): It is late. Reason: For the police.")
    given = {one.known_by: "For the council.", other.known_by: "For the police."}
    assert asking.reasons_given(note, [one, other]) == given
