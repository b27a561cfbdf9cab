"""Drafts and signatures, against real walls: nothing is lost, nothing governs before every seat has signed exactly that."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.arrangements.vale import APRIL, GOVERNANCE, LEADS, NOW_IN_FORCE, Vale, opened
from tests.support.database import Database
from threefold.domain.errors import FloorError, PackError, ThreefoldError
from threefold.governance import drafts
from threefold.governance.pack import load_library
from threefold.governance.pack_export import to_toml
from threefold.governance.remark import place_of
from threefold.governance.remarks import remarks
from threefold.plugin_api.arrangement import Organisation, Seat
from threefold.work.arrangements import asking, drafting, signing
from threefold.work.arrangements.stale import StaleDraft
from threefold.work.arrangements.stories import enter_version, versions
from threefold.work.people.access import Forbidden, NotHere

HUDDLE = ("rules", "rapid-review-plan", "steps", "huddle")


@pytest.fixture
def vale(database: Database) -> Vale:
    return opened(database)


def begun(vale: Vale) -> UUID:
    with vale.lead() as unit:
        content = drafts.begin_from(NOW_IN_FORCE, "next", "Huddle on day 12")
        return drafting.start_draft(unit, content, "what is in force").id


def ready(vale: Vale, begins: date = APRIL) -> drafting.Draft:
    """A draft with its huddle on day 12 that begins on a day, sent to be signed."""
    draft_id = begun(vale)
    with vale.lead() as unit:
        drafting.save_line(unit, draft_id, HUDDLE, {"day": 12}, 1, "huddle")
        drafting.save_line(unit, draft_id, (), {"begins": begins.isoformat()}, 2, "begins")
        return asking.ask_for_signatures(unit, GOVERNANCE, draft_id, REASONS(unit, draft_id))


def REASONS(unit: object, draft_id: UUID) -> dict[str, str]:  # noqa: N802 - reads as the constant it is
    draft = drafting.load_draft(unit, draft_id)  # type: ignore[arg-type]
    return {r.known_by: "It was agreed so." for r in remarks(GOVERNANCE, draft.content) if r.effect == "needs_reason"}


def test_a_draft_saves_as_one_goes_and_governs_nothing(vale: Vale) -> None:
    draft_id = begun(vale)
    with vale.lead() as unit:
        drafting.save_line(unit, draft_id, HUDDLE, {"day": 12}, 1, "The huddle's day")
    with vale.manager() as unit:
        draft = drafting.see_draft(unit, draft_id)
        assert drafts.node_at(draft.content, HUDDLE)["day"] == 12
        assert [(r.no, r.what, r.by) for r in drafting.revisions(unit, draft_id)] == [
            (2, "The huddle's day", vale.people["area-lead"]), (1, "what is in force", vale.people["area-lead"])]  # fmt: skip
        assert [v.version for v in versions(unit)] == ["demonstration"]


def test_two_editors_keep_each_other_s_changes_and_a_clash_asks_for_each_field(vale: Vale) -> None:
    draft_id = begun(vale)
    with vale.lead() as unit:
        drafting.save_line(unit, draft_id, HUDDLE, {"day": 12, "title": "Executive huddle"}, 1, "a")
    with vale.manager() as unit:
        saved = drafting.save_line(unit, draft_id, HUDDLE, {"day": 14, "title": "Executive huddle", "who": "the chair"}, 1, "b")
    assert {k: drafts.node_at(saved.content, HUDDLE)[k] for k in ("day", "who")} == {"day": 12, "who": "the chair"}
    with vale.manager() as unit, pytest.raises(StaleDraft) as stale:
        drafting.save_line(unit, draft_id, HUDDLE, {"day": 11}, 1, "c", labels={"day": "By day"})
    assert [(c.path, c.label, c.theirs, c.yours) for c in stale.value.clashes] == [("day", "By day", 12, 11)]
    with vale.manager() as unit:
        kept = drafting.save_line(unit, draft_id, HUDDLE, {"day": 11}, 1, "c", keep={"day": "yours"})
    assert drafts.node_at(kept.content, HUDDLE)["day"] == 11


def test_a_line_that_somebody_removed_is_said_to_be_gone(vale: Vale) -> None:
    draft_id = begun(vale)
    with vale.lead() as unit:
        drafting.change_draft(unit, draft_id, "removed", lambda c: drafts.remove(c, HUDDLE))
    with vale.manager() as unit, pytest.raises(drafts.NoSuchPlace):
        drafting.save_line(unit, draft_id, HUDDLE, {"day": 12}, 1, "x")


def test_three_leads_sign_and_it_governs_from_its_day_by_itself(vale: Vale) -> None:
    draft = ready(vale)
    for seat in LEADS[:2]:
        with vale.seat(seat) as unit:
            assert signing.sign_draft(unit, GOVERNANCE, draft.id, seat, draft.signed_hash).state == "signing"
    with vale.lead() as unit:
        stands = {s.seat.key: s.state for s in signing.standing(unit, drafting.load_draft(unit, draft.id))}
        assert stands == {"council-lead": "signed", "police-lead": "signed", "health-lead": "missing"}
        assert len(versions(unit)) == 1
    with vale.seat("health-lead") as unit:
        assert signing.sign_draft(unit, GOVERNANCE, draft.id, "health-lead", draft.signed_hash).state == "entered"
    with vale.lead() as unit:
        known = versions(unit)
        new = known[-1]
        assert [seat for seat, _, _ in new.signed] == ["council-lead", "health-lead", "police-lead"] or len(new.signed) == 3
        assert new.signed_hash == draft.signed_hash
        assert GOVERNANCE.pin(known, date(2027, 3, 31))[0].version == "demonstration"
        assert GOVERNANCE.pin(known, APRIL)[0].version == new.version == "from-2027-04-01"
        with pytest.raises(PackError, match="changed no more"):
            drafting.save_line(unit, draft.id, HUDDLE, {"day": 9}, draft.no, "late")


@pytest.mark.parametrize("edit", ["title", "note"])
def test_any_edit_a_comma_included_voids_the_signatures(vale: Vale, edit: str) -> None:
    draft = ready(vale)
    for seat in LEADS[:2]:
        with vale.seat(seat) as unit:
            signing.sign_draft(unit, GOVERNANCE, draft.id, seat, draft.signed_hash)
    with vale.lead() as unit:
        drafting.save_line(unit, draft.id, (), {edit: draft.content[edit] + ","}, draft.no, "a comma")
        now = drafting.load_draft(unit, draft.id)
        assert (now.state, {s.state for s in signing.standing(unit, now)}) == ("open", {"missing"})
        asking.ask_for_signatures(unit, GOVERNANCE, draft.id, REASONS(unit, draft.id))
    with vale.seat("health-lead") as unit, pytest.raises(PackError, match="changed since you read it"):
        signing.sign_draft(unit, GOVERNANCE, draft.id, "health-lead", draft.signed_hash)


def test_with_one_signature_missing_the_date_passes_and_the_old_governs(vale: Vale) -> None:
    draft = ready(vale)
    for seat in LEADS[:2]:
        with vale.seat(seat) as unit:
            signing.sign_draft(unit, GOVERNANCE, draft.id, seat, draft.signed_hash)
    vale.at += timedelta(days=22)
    with (
        vale.seat("health-lead") as unit,
        pytest.raises(
            PackError,
            match="1 April 2027, and that day has come without every signature",
        ),
    ):
        signing.sign_draft(unit, GOVERNANCE, draft.id, "health-lead", draft.signed_hash)
    with vale.lead() as unit:
        assert GOVERNANCE.pin(versions(unit), APRIL)[0].version == "demonstration"
        missing = [s.seat.title for s in signing.standing(unit, drafting.load_draft(unit, draft.id)) if s.state != "signed"]
        assert missing == ["Lead safeguarding partner, health"]


def test_a_refusal_is_kept_with_its_reason_and_can_turn_into_a_signature(vale: Vale) -> None:
    draft = ready(vale)
    with vale.seat("police-lead") as unit, pytest.raises(PackError, match="Say why"):
        signing.refuse_draft(unit, draft.id, "police-lead", draft.signed_hash, " ")
    with vale.seat("police-lead") as unit:
        signing.refuse_draft(unit, draft.id, "police-lead", draft.signed_hash, "The huddle is too early.")
        stands = {s.seat.key: s for s in signing.standing(unit, drafting.load_draft(unit, draft.id))}
        assert (stands["police-lead"].state, stands["police-lead"].said) == ("refused", "The huddle is too early.")
    vale.at += timedelta(minutes=5)
    with vale.seat("police-lead") as unit:
        signing.sign_draft(unit, GOVERNANCE, draft.id, "police-lead", draft.signed_hash)
        stands = {s.seat.key: s for s in signing.standing(unit, drafting.load_draft(unit, draft.id))}
        assert stands["police-lead"].state == "signed"


def test_who_may_prepare_and_who_may_sign(vale: Vale) -> None:
    draft = ready(vale)
    with vale.seat("police-lead") as unit:
        with pytest.raises(Forbidden):
            drafting.save_line(unit, draft.id, HUDDLE, {"day": 1}, draft.no, "x")
        with pytest.raises(ThreefoldError, match="Only the person who holds a seat"):
            signing.sign_draft(unit, GOVERNANCE, draft.id, "health-lead", draft.signed_hash)
        with pytest.raises(PackError, match="does not sign"):
            signing.sign_draft(unit, GOVERNANCE, draft.id, "scrutineer", draft.signed_hash)
    other = vale.database.body("elsewhere")
    with vale.database.unit(other, vale.at, roles=("area_lead",)) as unit, pytest.raises(NotHere):
        drafting.see_draft(unit, draft.id)


@pytest.mark.parametrize(("begins", "told"), [
    (date(2026, 1, 1), "has come or passed"), (date(2027, 3, 10), "has come or passed"), (None, "on which day"),
])  # fmt: skip
def test_a_begin_date_that_cannot_be_is_told(vale: Vale, begins: date | None, told: str) -> None:
    draft_id = begun(vale)
    with vale.lead() as unit:
        drafting.save_line(unit, draft_id, (), {"begins": begins.isoformat() if begins else None}, 1, "begins")
        with pytest.raises(ThreefoldError, match=told):
            asking.ask_for_signatures(unit, GOVERNANCE, draft_id, REASONS(unit, draft_id))


def test_a_draft_that_was_changed_since_it_was_read_is_not_sent(vale: Vale) -> None:
    """Looked at under the lock that sends it: however late the other's change was, it is seen."""
    draft_id = begun(vale)
    with vale.lead() as unit:
        read = drafting.save_line(unit, draft_id, (), {"begins": APRIL.isoformat()}, 1, "begins").no
    with vale.manager() as unit:
        drafting.save_line(unit, draft_id, HUDDLE, {"day": 12}, read, "huddle")
    with vale.lead() as unit:
        reasons = REASONS(unit, draft_id)
        with pytest.raises(PackError, match="Somebody changed this draft since"):
            asking.ask_for_signatures(unit, GOVERNANCE, draft_id, reasons, seen_no=read)
        assert asking.ask_for_signatures(unit, GOVERNANCE, draft_id, reasons, seen_no=read + 1).state == "signing"


def test_a_begin_date_before_the_last_version_is_told(database: Database) -> None:
    vale = opened(database)
    with vale.lead() as unit:
        from threefold.work.arrangements.stories import enter_version

        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version="later", begins=date(2027, 9, 1)))
    draft_id = begun(vale)
    with vale.lead() as unit:
        drafting.save_line(unit, draft_id, (), {"begins": APRIL.isoformat()}, 1, "begins")
        with pytest.raises(PackError, match="The last version begins on 1 September 2027"):
            asking.ask_for_signatures(unit, GOVERNANCE, draft_id, REASONS(unit, draft_id))


SECOND_BOARD = Organisation("health-2", "NHS Example Vale North Integrated Care Board", "integrated_care_board", partner=True)


def test_two_health_bodies_both_sign_unless_one_acts_for_the_other(vale: Vale) -> None:
    both = replace(NOW_IN_FORCE, organisations=(*NOW_IN_FORCE.organisations, SECOND_BOARD))
    said = {r.key: r for r in remarks(GOVERNANCE, drafts.begin_from(both, "n", "t"), APRIL)}
    assert said["seat-health-2"].effect == "refused"
    assert said["seat-health-2"].field == "seats.health-2"
    seated = replace(both, seats=(*both.seats, Seat("health-2-lead", "Lead of the second board", "lead", "health-2")))
    assert not [r for r in remarks(GOVERNANCE, drafts.begin_from(seated, "n", "t"), APRIL) if r.effect == "refused"]
    assert [s.key for s in asking.signing_seats(seated)] == [*LEADS, "health-2-lead"]
    delegated = replace(both, organisations=tuple(
        replace(o, acts_for=("health-2",)) if o.key == "health" else o for o in both.organisations))  # fmt: skip
    assert not [r for r in remarks(GOVERNANCE, drafts.begin_from(delegated, "n", "t"), APRIL) if r.effect == "refused"]
    assert [s.key for s in asking.signing_seats(delegated)] == list(LEADS)


def test_a_delegation_is_not_passed_on_and_two_do_not_act_for_each_other(vale: Vale) -> None:
    both = replace(NOW_IN_FORCE, organisations=(*NOW_IN_FORCE.organisations, SECOND_BOARD))

    def acting(**acts: str) -> dict[str, tuple[str, str]]:
        organisations = tuple(
            replace(o, acts_for=(acts[k],) if (k := o.key.replace("-", "_")) in acts else ()) for o in both.organisations
        )
        found = remarks(GOVERNANCE, drafts.begin_from(replace(both, organisations=organisations), "n", "t"), APRIL)
        return {r.key: (r.effect, r.sentence) for r in found}

    effect, said = acting(council="health", health="health-2")["seat-health-2"]
    assert (
        effect == "refused"
        and "which acts for it, is acted for by Example Vale Council: a delegation is not passed on." in said
    )
    assert "no delegation is recorded" in acting()["seat-health-2"][1]
    effect, said = acting(council="police", police="council")["each-other"]
    assert effect == "mend" and "act for each other, so that neither would." in said
    effect, said = acting(police="health", health="council", council="police")["each-other"]
    council, health, police = "Example Vale Council", "NHS Example Vale Integrated Care Board", "Example Vale Constabulary"
    assert effect == "mend" and said.startswith(
        f"{council} acts for {police}, {police} for {health} and {health} for {council},"
    )
    assert "each-other" not in acting(police="health", health="council"), "a chain is no circle"


def test_who_is_acted_for_by_no_partner_or_along_a_chain_is_told_why_its_seat_is_missing(vale: Vale) -> None:
    """The draft shows a delegation: that none is recorded would not be true."""
    unseated = tuple(s for s in NOW_IN_FORCE.seats if s.organisation != "health")

    def told(**acts: str) -> str:
        organisations = tuple(replace(o, acts_for=(acts[o.key],) if o.key in acts else ()) for o in NOW_IN_FORCE.organisations)
        content = drafts.begin_from(replace(NOW_IN_FORCE, organisations=organisations, seats=unseated), "n", "t")
        return {r.key: r.sentence for r in remarks(GOVERNANCE, content, APRIL)}["seat-health"]

    assert (
        "Example Vale Constabulary, which acts for it, is acted for by Example Vale Council: a delegation is not passed on."
        in told(council="police", police="health")
    )
    assert "no partner acts for it" in told(schools="health") and "no delegation is recorded" in told()


def test_no_health_board_and_a_longer_clock_are_refused_with_the_paragraph(vale: Vale) -> None:
    none = replace(NOW_IN_FORCE, organisations=tuple(o for o in NOW_IN_FORCE.organisations if o.key != "health"),
                   seats=tuple(s for s in NOW_IN_FORCE.seats if s.organisation != "health"))  # fmt: skip
    said = {r.key: r for r in remarks(GOVERNANCE, drafts.begin_from(none, "n", "t"), APRIL)}
    assert (said["partner-health"].effect, said["partner-health"].paragraph) == ("refused", "Children Act 2004, section 16E(3)")
    content = drafts.begin_from(NOW_IN_FORCE, "n", "t")
    content, place = drafts.add_rule(content, "timetable", 1)
    step = {"key": "", "title": "Rapid review", "serves": "rapid-review", "start_events": ["notification_sent"],
            "span": {"amount": 20, "unit": "working_days"}}  # fmt: skip
    content, step_place = drafts.add(content, (*place, "steps"), step)
    (longer,) = [r for r in remarks(GOVERNANCE, content, APRIL) if r.effect == "refused"]
    assert "20 working days where the law gives 15" in longer.sentence
    assert place_of(longer.field, content) == (*step_place, "span")
    draft_id = begun(vale)
    with vale.lead() as unit:
        drafting.change_draft(unit, draft_id, "x", lambda _: {**content, "begins": APRIL.isoformat()})
        with pytest.raises(FloorError, match="Mend this before it is signed"):
            asking.ask_for_signatures(unit, GOVERNANCE, draft_id, REASONS(unit, draft_id))


def test_one_signature_never_counts_for_two_seats(vale: Vale) -> None:
    """Two seats of one key, of one name, two organisations of one key, and one that acts for nobody there: all to be mended."""
    draft_id = begun(vale)

    def twice(content: drafts.Content) -> drafts.Content:
        seats = [s | {"key": "council-lead"} if s["key"] == "police-lead" else s for s in content["seats"]]
        return {**content, "seats": [*seats, {**seats[2], "key": "other", "title": seats[2]["title"].upper()}],
                "organisations": [*content["organisations"], {**content["organisations"][1], "acts_for": ["nobody"]}]}  # fmt: skip

    with vale.lead() as unit:
        drafting.save_line(unit, draft_id, (), {"begins": APRIL.isoformat()}, 1, "begins")
        draft = drafting.change_draft(unit, draft_id, "taken in", twice)
        stops = {r.key for r in asking.said_of(unit, GOVERNANCE, draft) if r.stops}
        assert {"twice-council-lead", "same-other", "twice-police", "acts-for"} <= stops
        with pytest.raises(FloorError):
            asking.ask_for_signatures(unit, GOVERNANCE, draft_id)


def test_what_a_change_voided_stays_void_when_the_words_come_back(vale: Vale) -> None:
    draft = ready(vale)
    with vale.seat("council-lead") as unit:
        signing.sign_draft(unit, GOVERNANCE, draft.id, "council-lead", draft.signed_hash)
    vale.at = vale.at + timedelta(minutes=1)
    with vale.lead() as unit:
        drafting.save_line(unit, draft.id, HUDDLE, {"day": 11}, draft.no, "another day")
        drafting.save_line(unit, draft.id, HUDDLE, {"day": 12}, draft.no + 1, "back again")
        again = asking.ask_for_signatures(unit, GOVERNANCE, draft.id, REASONS(unit, draft.id))
        assert again.signed_hash == draft.signed_hash
        assert {s.state for s in signing.standing(unit, again)} == {"missing"}
        assert [(s.act, s.void) for s in signing.everything_said(unit, again)] == [("signed", True)]


def test_a_correction_stands_in_the_place_of_what_it_corrects(vale: Vale) -> None:
    """From the same day, of a version that is there, with what was wrong: told before anybody signs."""
    draft_id = begun(vale)

    def wrong(**values: object) -> list[str]:
        with vale.lead() as unit:
            now = drafting.load_draft(unit, draft_id)
            drafting.save_line(unit, draft_id, (), values, now.no, "head")
            return [
                r.field for r in asking.said_of(unit, GOVERNANCE, drafting.load_draft(unit, draft_id)) if r.effect == "mend"
            ]

    assert wrong(begins="2026-01-01", corrects="nonesuch", note="") == ["corrects"]
    assert wrong(corrects="demonstration", begins="2026-03-01") == ["begins", "note"]
    assert wrong(begins="2026-01-01") == ["note"]
    assert wrong(note="The huddle was on day 12 all along.") == []


def test_a_day_that_a_variation_has_taken_is_told_before_anybody_signs(vale: Vale) -> None:
    with vale.database.unit(vale.id, vale.at) as unit:
        enter_version(
            unit,
            GOVERNANCE,
            replace(NOW_IN_FORCE, version="variation", title="April only", begins=APRIL, until=date(2027, 4, 30)),
        )
    with pytest.raises(PackError, match="“April only” begins on 1 April 2027 already"):
        ready(vale)


def test_a_draft_begun_from_what_is_in_force_is_told_of_a_version_that_waits_for_its_day(vale: Vale) -> None:
    """Signed for 20 March, and a draft for April is begun from what is in force today: it would undo March without a word."""
    with vale.database.unit(vale.id, vale.at) as unit:
        plan = next(u for u in NOW_IN_FORCE.uses if u.use == "rapid-review-plan")
        steps = [{**s, "day": 11} if s["key"] == "huddle" else s for s in plan.settings["steps"]]
        uses = tuple(replace(u, settings={**u.settings, "steps": steps}) if u is plan else u for u in NOW_IN_FORCE.uses)
        march = replace(NOW_IN_FORCE, version="march", title="The March version", begins=date(2027, 3, 20), uses=uses)
        enter_version(unit, GOVERNANCE, march)
    draft_id = begun(vale)
    with vale.lead() as unit:
        drafting.save_line(unit, draft_id, (), {"begins": APRIL.isoformat()}, 1, "begins")
        (told,) = [r for r in asking.said_of(unit, GOVERNANCE, drafting.load_draft(unit, draft_id)) if r.field == "compare"]
        assert (
            told.effect == "warned"
            and "“The March version”, which begins on 20 March 2027, is what this version follows" in told.sentence
        )
        assert "would go: compare the two" in told.sentence
        from_march = drafting.start_draft(unit, drafts.begin_from(march, "next", "From March"), "march").id
        drafting.save_line(unit, from_march, (), {"begins": APRIL.isoformat()}, 1, "begins")
        drafting.save_line(unit, from_march, HUDDLE, {"day": 12}, 2, "its own change")
        assert not [r for r in asking.said_of(unit, GOVERNANCE, drafting.load_draft(unit, from_march)) if r.field == "compare"]


def test_an_empty_box_and_one_that_was_never_filled_are_no_clash(vale: Vale) -> None:
    """One changes the day; the other's form sends an empty text where the file has none, and fills it."""
    draft_id = begun(vale)
    with vale.lead() as unit:
        drafting.save_line(unit, draft_id, HUDDLE, {"day": 12, "text": "", "who": "", "optional": False}, 1, "a")
    with vale.manager() as unit:
        saved = drafting.save_line(
            unit, draft_id, HUDDLE, {"day": 14, "text": "Executives meet.", "who": "", "optional": False}, 1, "b"
        )
    step = drafts.node_at(saved.content, HUDDLE)
    assert (step["day"], step["text"]) == (12, "Executives meet.")


def test_a_question_that_a_condition_rests_on_is_missed_when_it_goes(vale: Vale) -> None:
    draft_id = begun(vale)
    condition = {"is": {"fact": "incident.local.sibling-at-home", "value": "yes"}}
    with vale.lead() as unit:
        draft = drafting.change_draft(unit, draft_id, "x", lambda c: drafts.put(c, (*HUDDLE, "when"), condition))
        (lost,) = [r for r in asking.said_of(unit, GOVERNANCE, draft) if r.key.startswith("lost-")]
    assert lost.stops and lost.field == "rules.rapid-review-plan.steps.huddle"
    assert "“Executive huddle” rests on a question of the area’s own, “sibling at home”" in lost.sentence


@pytest.mark.parametrize("later", [0, 2])
def test_of_two_drafts_signed_at_the_same_moment_one_is_entered_and_the_other_told_why(vale: Vale, later: int) -> None:
    pair = [ready(vale, APRIL + timedelta(days=later)), ready(vale)]
    for draft in pair:
        for seat in LEADS[:2]:
            with vale.seat(seat) as unit:
                signing.sign_draft(unit, GOVERNANCE, draft.id, seat, draft.signed_hash)
    came: list[str] = []
    together = threading.Barrier(2)

    def sign(draft: drafting.Draft) -> None:
        try:
            with vale.seat(LEADS[2]) as unit:
                together.wait()
                came.append(signing.sign_draft(unit, GOVERNANCE, draft.id, LEADS[2], draft.signed_hash).state)
        except PackError as error:
            came.append(error.field)
        except Exception as error:  # noqa: BLE001 - what a thread raises would be lost
            came.append(repr(error))

    threads = [threading.Thread(target=sign, args=(draft,)) for draft in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # On two days the earlier may come first, and then both are in order.
    assert sorted(came) in ([["begins", "entered"]] if later == 0 else [["begins", "entered"], ["entered", "entered"]])
    with vale.lead() as unit:
        begins = [v.begins for v in versions(unit) if v.entered == "signed"]
    assert begins == sorted(begins, key=str) and len(set(begins)) == len(begins)
    assert len([b for b in begins if b and b >= APRIL]) == came.count("entered")


def test_an_export_of_a_signed_version_put_among_the_files_is_the_version_on_record(
    vale: Vale, tmp_path: Path, project: Path
) -> None:
    """Its rules were read from other files then; who loads it finds nothing new, and another content is refused as before."""
    draft = ready(vale)
    for seat in LEADS:
        with vale.seat(seat) as unit:
            signing.sign_draft(unit, GOVERNANCE, draft.id, seat, draft.signed_hash)
    with vale.lead() as unit:
        signed = versions(unit)[-1]
    shutil.copytree(project / "tenants", tmp_path / "tenants")
    (tmp_path / "tenants" / "example-vale" / "arrangements" / f"{signed.version}.toml").write_text(
        to_toml(signed), encoding="utf-8"
    )
    again = load_library(tmp_path / "tenants").bodies["example-vale"].versions[-1]
    assert again.version == signed.version
    assert {u.file for u in again.uses} != {u.file for u in signed.uses}
    with vale.lead() as unit:
        assert enter_version(unit, GOVERNANCE, again) is False
        with pytest.raises(PackError, match="on record with other content"):
            enter_version(unit, GOVERNANCE, replace(again, title="Another"))
        assert len(versions(unit)) == 2


def test_so_is_one_that_a_seat_signed_which_it_has_no_more(vale: Vale, tmp_path: Path, project: Path) -> None:
    """The seat of the version before signs, and this one gives its partner another: the file names it as a former one."""
    signed = replace(
        NOW_IN_FORCE, version="from-2027-04-01", title="Another seat", begins=APRIL,
        seats=tuple(replace(s, key="police-lead-2") if s.key == "police-lead" else s for s in NOW_IN_FORCE.seats),
        signed=tuple((seat, date(2027, 3, 10), "on screen") for seat in LEADS),
    )  # fmt: skip
    with vale.lead() as unit:
        enter_version(unit, GOVERNANCE, signed)
    shutil.copytree(project / "tenants", tmp_path / "tenants")
    (tmp_path / "tenants" / "example-vale" / "arrangements" / f"{signed.version}.toml").write_text(
        to_toml(signed), encoding="utf-8"
    )
    again = load_library(tmp_path / "tenants").bodies["example-vale"].versions[-1]
    assert again.signed == signed.signed and again.signed_hash == signed.signed_hash
    with vale.lead() as unit:
        assert enter_version(unit, GOVERNANCE, again) is False
        with pytest.raises(PackError, match="on record with other content"):
            enter_version(unit, GOVERNANCE, replace(again, signed=again.signed[:1]))


def test_what_was_entered_and_begun_under_the_former_fingerprint_is_found_again_and_signed_under_that_of_now(
    database: Database,
) -> None:
    former = replace(NOW_IN_FORCE, format=1)
    vale = opened(database, former)
    with vale.lead() as unit:
        assert enter_version(unit, GOVERNANCE, NOW_IN_FORCE) is False, "the same content, from the files of a later release"
        assert versions(unit) == (former,)
        content = {**drafts.begin_from(NOW_IN_FORCE, "next", "Next"), "format": 1, "begins": APRIL.isoformat()}
        begun_before = drafting.start_draft(unit, content, "what is in force")
        assert (
            asking.ask_for_signatures(unit, GOVERNANCE, begun_before.id, REASONS(unit, begun_before.id)).content["format"] == 2
        )


def test_an_export_differs_from_the_one_before_in_what_was_changed_alone(vale: Vale) -> None:
    """Sources keep their names, those that came from the files and those that came on screen; so do keys their order, wherever it is read."""

    def exported(draft_id: UUID) -> list[str]:
        with vale.lead() as unit:
            return to_toml(drafting.see_draft(unit, draft_id).arrangement).splitlines()

    def with_source(draft_id: UUID, place: drafts.Place, ref: str) -> None:
        with vale.lead() as unit:
            source = {"ref": ref, "force": "LOCAL", "sure": "V", "where": ""}
            seen = drafting.load_draft(unit, draft_id).no
            drafting.save_line(unit, draft_id, place, {"source": source}, seen, ref)

    draft_id = begun(vale)
    first = exported(draft_id)
    with vale.lead() as unit:
        on_record = to_toml(versions(unit)[-1]).splitlines()
    rest = [lines[next(no for no, line in enumerate(lines) if line.startswith("[sources.")) :] for lines in (first, on_record)]
    assert rest[0] == rest[1], "begun as a copy it has the sources and rules to the letter"
    assert set(to_toml(NOW_IN_FORCE).splitlines()) == set(on_record), "from the files and from the database alike"
    with_source(draft_id, HUDDLE, "Agreed in May")
    second = exported(draft_id)
    (name,) = [line for line in second if line.startswith("[sources.") and line not in first]
    with_source(draft_id, ("rules", "rapid-review-plan", "steps", "templates"), "Agreed in June")
    third = exported(draft_id)
    assert third[third.index(name) + 1] == 'ref = "Agreed in May"', "though another stands before it now"
    assert [line for line in third if line not in second and not line.startswith("settings")] == [
        f"[sources.S{int(name.strip('[]').rpartition('.S')[2]) + 1}]", 'ref = "Agreed in June"',
    ]  # fmt: skip
    assert len([line for line in third if line not in second and line.startswith("settings")]) == 1
    with vale.lead() as unit:
        asked = {one for one, _ in drafting.load_draft(unit, draft_id).arrangement.source_names}
        signed = replace(drafting.load_draft(unit, draft_id).arrangement, version="may", begins=APRIL, uses=NOW_IN_FORCE.uses)
        assert enter_version(unit, GOVERNANCE, signed)
        assert {one for one, _ in versions(unit)[-1].source_names} < asked, (
            "of what it has no more nothing is kept in a version"
        )
