"""The defences of what areas sent to the national desk: rows of `make defences`."""

from __future__ import annotations

from tests.proof.defence import Defence

GOES = "migrations/versions/0019_received_go.sql"
LETTERS = "platform/threefold/work/national/letters.py"
REFUSED, KEPT = "tests/national/test_keeping_refused.py::", "tests/national/test_keeping.py::"
DECIDED = "tests/national/test_keeping_decided.py::"
ITSELF = REFUSED + "test_the_database_itself_refuses"
UNSIGNED = REFUSED + "test_an_order_that_the_service_did_not_sign_or_for_another_case_does_nothing"
TODAY = "(pg_catalog.statement_timestamp() at time zone 'Europe/London')::date"
KEEPING, STORIES, SCREENS = (
    "platform/threefold/work/national/keeping.py",
    "platform/threefold/work/national/stories.py",
    "tests/national/test_keeping_screens.py::",
)
REVIEWING, LATER = "platform/threefold/work/records/stories/reviewing.py", DECIDED + "test_whatever_comes_later_opens_it_again"
KEPT_OUT, TAKEN_OUT = (
    (GOES, "b.sender_id = p_sender and b.case_ref = p_case\n", "false\n"),
    (GOES, "e.state in ('running', 'ready'))", "false)"),
)
RECEIVED = (
    Defence("what areas sent is not destroyed early by the database's clock", GOES, f"or decided.ends_on > {TODAY} or", "or", REFUSED + "test_a_worker_or_a_service_whose_clock_runs_ahead_takes_nothing_early"),
    Defence("what two officers keep longer is kept", GOES, "and k.state = 'confirmed' and k.keep_until >", "and false and k.keep_until >", ITSELF),
    Defence("a hold on what areas sent, asked by the database", GOES, "((h.sender_id = p_sender and h.case_ref = p_case) or (h.case_id is null and h.sender_id is null))", "(false)", ITSELF),
    Defence("a hold on what areas sent is none on everything", "migrations/versions/0023_request_clock.sql", "((h.case_id is null and h.sender_id is null)\n    or h.case_id in", "((h.case_id is null)\n    or h.case_id in", DECIDED + "test_a_hold_on_a_received_case_holds_no_case_of_the_body_s_own_and_no_request"),
    Defence("who is kept out of a received case decides nothing of it, asked by the database", GOES, "b.sender_id = p_sender and b.case_ref = p_case\n", "false\n", ITSELF),
    Defence("what was proposed for one closing falls with it", GOES, "if decided.closing_no <> it.closing_no then", "if false then", ITSELF),
    Defence("while somebody asks for their records nothing received goes", GOES, "q.tenant_id = own and q.state = 'open')", "q.tenant_id = own and false)", ITSELF),
    Defence("while everything is taken out nothing received goes", GOES, "e.state in ('running', 'ready'))", "false)", ITSELF),
    Defence("an order to destroy what was received is for that act", GOES, "part[1] = 'destroy_received'", "part[1] ~ 'destroy'", UNSIGNED),
    Defence("an order to destroy what was received is for that case", GOES, "\n    or part[6] <> pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p_sender::text || '/' || p_case::text, 'UTF8')), 'hex') then", " then", UNSIGNED,
            ((GOES, "x.id = part[3]::uuid and x.sender_id = p_sender and x.case_ref = p_case for update", "x.id = part[3]::uuid for update"),)),
    Defence("the running role marks no received case as destroyed", GOES, "if current_user <> 'threefold_owner' then", "if false then", REFUSED + "test_the_running_role_marks_none_as_destroyed_and_empties_none"),
    Defence("a received case is emptied whole or not at all", GOES, "check ((destroyed_at is null) = (octet_length(notification) > 0))", "check (true)", REFUSED + "test_the_running_role_marks_none_as_destroyed_and_empties_none"),
    Defence("nothing is added to a received case that is gone", GOES, "if new.sender_id is null then return new; end if;", "return new;", REFUSED + "test_no_row_is_added_to_it_afterwards"),
    Defence("no half-written form is kept of a received case that is gone", GOES, "x.tenant_id = new.tenant_id and (x.sender_id, x.case_ref) in", "false and (x.sender_id, x.case_ref) in", REFUSED + "test_nothing_of_it_is_changed_afterwards"),
    Defence("the day and the place of the incident go with what areas sent", GOES, "', destroyed_at = %L, happened_on = null, happened_in = %L'", "', destroyed_at = %L, forms = forms + length(%L)'", KEPT + "test_everything_of_it_is_gone_at_the_desk_and_nothing_of_another_or_of_the_area",
            ((GOES, "and happened_on is null and happened_in = '' and coalesce", "and coalesce"),)),
    Defence("a letter about what is gone at the desk is sealed away", LETTERS, "            redact(unit, letter.envelope.id)\n", "", KEPT + "test_a_letter_that_comes_afterwards_is_sealed_away_and_the_desk_is_told"),
    Defence("a letter opens a closed case of the desk again", LETTERS, "            open_by(unit, row)\n", "            pass\n", DECIDED + "test_whatever_comes_later_opens_it_again"),
    Defence("where the rule names a seat, an officer who holds it confirms", KEEPING, "return NATIONAL_OFFICER in actor.roles and (not seat or seat in actor.seats)", "return NATIONAL_OFFICER in actor.roles", DECIDED + "test_where_the_arrangement_names_a_seat_its_holder_confirms"),
    Defence("who proposed to destroy what areas sent, and is kept out since, does not bring it about", REVIEWING, "if row.proposed_by is not None and matter.keeps_out(unit, row.proposed_by):", "if False:", DECIDED + "test_two_officers_decide_and_neither_is_kept_out", (KEPT_OUT,)),
    Defence("an export at hand goes before what areas sent does", KEEPING, "        exports_go(unit, self.case_ref)\n", "", DECIDED + "test_an_export_that_can_be_fetched_goes_with_it", (TAKEN_OUT,)),
    Defence("nothing received is closed on a day before anything on record", KEEPING, "    if on < newest:\n", "    if False:\n", DECIDED + "test_it_is_closed_on_a_day_that_is_not_before_anything_on_record_and_not_ahead"),
    Defence("only officers of the desk see until when it is kept", KEEPING, '@needs("see the national desk", OFFICERS)\ndef see_received_kept', "def see_received_kept", DECIDED + "test_only_officers_of_the_desk_do_any_of_it"),
    Defence("what areas sent is kept by the entries for it and by no other", "platform/threefold/governance/keeping.py", "for rule in rules if rule.cases == RECEIVED)", "for rule in rules if rule.cases in (ANY, RECEIVED))", KEPT + "test_nothing_ends_where_nobody_set_a_time"),
    Defence("who is kept out of a received case sees nothing of how long it is kept", KEEPING, "ReceivedCase.destroyed_at.is_(None), OPEN)", "ReceivedCase.destroyed_at.is_(None))", SCREENS + "test_whoever_is_kept_out_is_answered_as_if_nothing_were_there_and_lifts_no_hold_on_everything"),
    Defence("a version that cannot be read ends nothing at the desk", KEEPING, "    except ThreefoldError:\n        return None\n", "    except ThreefoldError:\n        raise\n", SCREENS + "test_where_the_version_in_force_cannot_be_read_the_desk_still_opens_and_nothing_ends"),
    Defence("a reply opens a closed case of the desk again", STORIES, "    open_by(unit, row)\n    row.reply,", "    row.reply,", LATER),
    Defence("a link opens a closed case of the desk again", STORIES, "    open_by(unit, row)\n    row.linked_sender, row.linked_to", "    row.linked_sender, row.linked_to", LATER),
    Defence("the end of a link opens a closed case of the desk again", STORIES, "    open_by(unit, row)\n    row.linked_sender = row.linked_to", "    row.linked_sender = row.linked_to", LATER),
)  # fmt: skip
