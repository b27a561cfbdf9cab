"""The defences of platform staff and of records over time: rows of `make defences`."""

from __future__ import annotations

from tests.proof.defence import SAID, Defence

P, STORIES = "platform/threefold/", "platform/threefold/work/records/stories/"
GRANTED, LATEST = "migrations/versions/0013_platform_staff.sql", "migrations/versions/0016_nothing_in_flight.sql"
KEPT, DESTROYING = "migrations/versions/0014_records_over_time.sql", "migrations/versions/0024_kept_longer.sql"
SESSION, BEGINNING = P + "walls/session.py", P + "work/platform_staff/"
STAFF, CLOCK = "tests/platform_staff/test_access.py::", "pg_catalog.statement_timestamp()"
GONE, EXPORTED = "tests/records/test_destroying.py::", "tests/records/test_exporting.py::"
ASKED, LEFT = "tests/records/test_asking.py::", "tests/records/test_leaving.py::"
REVIEWING, EXPORTING, ANSWERING = STORIES + "reviewing.py", STORIES + "exporting.py", STORIES + "answering.py"
ORDER = GONE + "test_an_order_that_the_service_did_not_sign_does_nothing"
EVERYWHERE = GONE + "test_everything_of_the_case_is_gone_wherever_it_stood_and_nothing_of_another"
ITSELF = GONE + "test_the_database_itself_refuses_without_two_people_with_a_hold_or_an_open_case"
LEAVING = LEFT + "test_the_database_itself_refuses_without_an_order_two_people_the_digest_or_with_a_hold"
TWO_OF_THEM = EXPORTED + "test_nobody_agrees_to_what_they_asked_for_and_nobody_else_fetches_it"
DAYS = EXPORTED + "test_it_is_gone_after_its_days_and_when_the_records_of_a_case_are_destroyed"
CLOSED_CASES = ASKED + "test_cases_that_are_not_open_are_neither_found_nor_shown_nor_given"
WITHHELD = ASKED + "test_what_is_withheld_is_not_in_the_file_and_its_ground_is"
CONFIRMING = GONE + "test_nobody_confirms_what_they_proposed_and_only_a_lead_confirms"
TWO_PEOPLE = "raise exception 'two people have not decided this' using errcode = 'TF001'; end if;"
HOLD = "raise exception 'a hold stands' using errcode = 'TF001'; end if;"
NOT_CLOSED = "raise exception 'the case is not closed' using errcode = 'TF001'; end if;"
DISPOSAL, EXPORT = (
    ",\n\tCONSTRAINT ck_disposal_two_people CHECK (state <> 'confirmed' or confirmed_by <> proposed_by)",
    ",\n\tCONSTRAINT ck_body_export_two_people CHECK (agreed_by is null or agreed_by <> asked_by)",
)
WORKS_ELSEWHERE = "    and not exists(select 1 from directory.membership m where m.person_id = p.id and m.ended_at is null\n      and (m.ends is null or m.ends >= (pg_catalog.statement_timestamp() at time zone 'Europe/London')::date))\n"
ENDING, REFUSED = "migrations/versions/0018_requests_go.sql", "tests/records/test_ending_refused.py::"
REQUEST = "migrations/versions/0023_request_clock.sql"
NOT_WHOLE, AFTERWARDS = (
    REFUSED + "test_the_database_refuses_what_is_not_whole_or_not_ended",
    REFUSED + "test_nothing_is_written_of_it_afterwards",
)
WENT = "if gone is not null then raise exception 'what was in this request was destroyed' using errcode = 'TF001'; end if;"
# What stands beside these words in the function that destroys a case, and in no other.
VALUES = "\n    or part[6] <> pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p_replaced, 'UTF8')), 'hex') then"
ITS_HOLD = (
    "\n  if exists (select from body.legal_hold h where h.tenant_id = own and h.lifted_at is null and (h.case_id = p_case"
)
TAKEN_IN = "reason = 'The receiver sealed the content away.',\n    state = case when i.state = 'held' then 'refused' else i.state end where i.tenant_id = own and i.case_ref"
BOXED = " and l.id in (select i.id from body.letter_in i where i.tenant_id = own and i.case_ref"
LAST_OF_IT = "revoke all on function walls.destroy_received(text, uuid, uuid, uuid, timestamptz) from public"
KEEPS = "create function walls.keeps() returns trigger language plpgsql as $t$ begin return null; end $t$"
PLATFORM_STAFF = (
    Defence("platform staff by way of the provider, where the operator says so", "platform/threefold/work/platform_staff/web/beginning.py", "if services().settings.staff_by_provider and not", "if False and not", "tests/platform_staff/test_by_provider.py::test_a_password_lets_nobody_look_into_a_body_where_the_provider_is_asked_for"),
    Defence("a session is over by the database's clock", SAID, f"and x.ends > {CLOCK} and not exists(select 1 from here)", "and not exists(select 1 from here)", STAFF + "test_when_the_time_is_over_they_are_answered_like_any_stranger", ((GRANTED, f"and x.ended_at is null and x.begins <= {CLOCK} and x.ends > {CLOCK})$$", f"and x.ended_at is null and x.begins <= {CLOCK})$$"),)),
    Defence("a session from a fresh sign-in, asked by the database", LATEST, "and s.fresh_at > p_at - make_interval(secs => p_fresh) and p_minutes", "and p_minutes", STAFF + "test_the_database_asks_for_a_fresh_sign_in_too"),
    Defence("a session from a fresh sign-in, asked by the page", BEGINNING + "web/beginning.py", "if not is_fresh(member.fresh_at, now()):", "if False:", STAFF + "test_a_stale_sign_in_shows_first_who_it_is"),
    Defence("a session is of one sign-in", SAID, "on who.id = x.person_id and who.sign_in = x.sign_in_id", "on who.id = x.person_id", STAFF + "test_another_sign_in_of_the_same_person_is_a_stranger"),
    Defence("a page is open to platform staff where it says so", P + "work/people/web/visits.py", "and not (staff and request.method", "and not (request.method", "tests/proof/test_permissions.py::test_platform_staff_are_answered_in_each_cell_as_the_table_says"),
    Defence("each transaction of platform staff asks for a live session", SESSION, "                    _refuse_unless_staff_session_stands(session, actor)\n", "                    pass\n", STAFF + "test_the_database_asks_for_a_live_row_whatever_the_program_says"),
    Defence("what runs out within a request is told like a stranger's", P + "work/people/web/errors.py", "    StaffSessionOver: 404,\n", "", STAFF + "test_a_session_that_ends_within_a_request_is_answered_like_any_stranger"),
    Defence("platform staff only read: PostgreSQL refuses the rest", SESSION, "reading=actor.staff is not None,", "reading=False,", STAFF + "test_postgresql_refuses_every_writing_of_theirs"),
    Defence("three readings and no other act", P + "work/people/access.py", "        if actor.staff is not None:\n            return self.act in STAFF_READS\n", "", STAFF + "test_the_acts_they_may_are_three_readings"),
    Defence("no restricted case, whatever they were let into before", P + "work/people/case_access.py", "and_(not_(_STAFF), is_let_in(case.id)),", "is_let_in(case.id),", STAFF + "test_a_restricted_case_is_not_there_even_to_who_was_let_in_before",
            ((P + "work/people/case_access.py", "return and_(until, is_in_one_stay(CaseMember.person_id, CaseMember.at, day))", "return until"),)),
    Defence("a conflict of interest bars platform staff too", P + "work/people/case_access.py", "            not_(is_barred(case.id, _ASKER)),\n", "            or_(_STAFF, not_(is_barred(case.id, _ASKER))),\n", STAFF + "test_a_conflict_of_interest_bars_them"),
    Defence("whoever works for a body begins no session", LATEST, WORKS_ELSEWHERE, "", STAFF + "test_whoever_comes_to_work_for_a_body_begins_no_session"),
    Defence("each reading of platform staff is noted", SESSION, "            self.unwritten.append(entry)", "            pass", STAFF + "test_each_reading_is_under_the_session"),
    Defence("a reason without figures or addresses", BEGINNING + "stories.py", "if _SOMEBODY.search(why):", "if False:", STAFF + "test_a_reason_names_nobody_and_the_time_is_short"),
    Defence("nobody ends another's session", SAID, "where x.person_id = p_person order by x.begins desc", "order by x.begins desc", STAFF + "test_they_end_it_themselves_and_nobody_ends_another_s"),
)  # fmt: skip
RECORDS = (
    Defence("an order that the service did not sign destroys nothing", DESTROYING, f"{VALUES}\n    raise exception 'this order was not signed by the service' using errcode = '42501';", f"{VALUES}\n    null;", ORDER),
    Defence("an order to destroy is for one connection", DESTROYING, f"\n    or (for_one and part[5]::bigint <> pg_catalog.pg_backend_pid()){VALUES}", VALUES, ORDER),
    Defence("an order to destroy is for its values", DESTROYING, VALUES, " then", ORDER),
    Defence("the database asks for two people before it destroys", DESTROYING, f"{TWO_PEOPLE}{ITS_HOLD}", f"null; end if;{ITS_HOLD}", ITSELF),
    Defence("the database asks for no hold before it destroys", DESTROYING, f"{HOLD}\n  if exists (select from body.case_bar", "null; end if;\n  if exists (select from body.case_bar", ITSELF),
    Defence("the database asks for a closed case before it destroys", DESTROYING, f"    {NOT_CLOSED}", "    null; end if;", ITSELF),
    Defence("a hold and a destruction at once take turns", KEPT, "  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('records of ' || new.tenant_id::text, 0));\n", "", GONE + "test_a_hold_on_everything_and_a_destruction_at_once_take_turns"),
    Defence("nothing is written of a destroyed case, by whoever writes meanwhile neither", KEPT, "  if gone is not null then raise exception 'the records of this case were destroyed' using errcode = 'TF001'; end if;\n", "", GONE + "test_nothing_is_written_of_it_any_more_and_who_writes_meanwhile_is_refused"),
    Defence("what two people keep longer is kept, asked by the database", DESTROYING, "and k.state = 'confirmed' and k.keep_until >", "and false and k.keep_until >", "tests/records/test_in_the_way.py::test_what_two_people_keep_longer_is_not_destroyed_before_its_day_by_the_database_s_own_clock"),
    Defence("what is destroyed is gone from the letters that were sent", DESTROYING, "  update body.outbox_letter o set letter = '', copy = '' where o.tenant_id = own and o.case_ref = p_case;\n", "", EVERYWHERE),
    Defence("what is destroyed is gone from the letters that came", DESTROYING, f"update body.letter_in i set content = null, {TAKEN_IN}", f"update body.letter_in i set {TAKEN_IN}", EVERYWHERE),
    Defence("what is destroyed is gone from the letterbox", DESTROYING, f"where l.receiver_id = own{BOXED}", f"where false{BOXED}", EVERYWHERE),
    Defence("what is destroyed is gone from search", "migrations/versions/0019_received_go.sql", LAST_OF_IT, f"{LAST_OF_IT}\n--\n{KEEPS}\n--\ncreate trigger keeps before delete on body.person_index for each row execute function walls.keeps()", EVERYWHERE),
    Defence("what is destroyed is gone from half-written forms", DESTROYING, "delete from body.form_draft f where f.tenant_id = own and (", "delete from body.form_draft f where false and (", EVERYWHERE),
    Defence("a letter that comes afterwards is sealed away", P + "walls/post.py", "    row.content = None\n", "", GONE + "test_a_letter_that_comes_afterwards_is_sealed_away"),
    Defence("nobody confirms what they proposed", REVIEWING, "if unit.actor.person_id is None or row.proposed_by == unit.actor.person_id:", "if False:", CONFIRMING, ((KEPT, DISPOSAL, ""), (DESTROYING, f"{TWO_PEOPLE}{ITS_HOLD}", f"null; end if;{ITS_HOLD}"))),
    Defence("only a lead confirms, or the named seat", REVIEWING, "    if not matter.may_confirm(unit.actor, row.confirms):\n", "    if False:\n", CONFIRMING),
    Defence("no records end where a fact is not known", P + "governance/keeping.py", "    if unknown is not None:\n", "    if False:\n", "tests/records/test_keeping.py::test_a_fact_that_is_not_known_is_no_end"),
    Defence("no records end before their time", REVIEWING, "    if line.kept.ends_on > today:\n", "    if False:\n", GONE + "test_before_the_time_or_without_a_rule_or_while_a_hold_stands_nothing_is_proposed"),
    Defence("a changed certificate is told", STORIES + "certifying.py", 'same = entry.detail.get("digest") == found.digest and', "same = True or", GONE + "test_a_certificate_that_somebody_changed_is_told"),
    Defence("the item of a destroyed case goes from meetings", P + "work/meetings/gone.py", "@goes_with_case\n", "", "tests/meetings/test_gone.py::test_the_item_of_a_destroyed_case_is_gone_from_every_record_and_the_others_stay"),
    Defence("every table of a body is in its export", P + "work/records/bundle.py", "if table.name not in LEFT_OUT]", 'if table.name not in {*LEFT_OUT, "safety_action"}]', EXPORTED + "test_every_table_of_the_body_is_in_it_with_every_row_and_column"),
    Defence("a cell of an export is no formula", P + "work/people/csv_rows.py", "f\"'{text}\" if", "text if", "tests/people/test_csv_rows.py::test_what_begins_like_a_formula_is_text"),
    Defence("an export’s cells are written in that one place", P + "work/records/bundle.py", "return csv_line(values).encode()", "return (\",\".join('\"' + v.replace('\"', '\"\"') + '\"' for v in values) + \"\\r\\n\").encode()", EXPORTED + "test_a_cell_that_a_spreadsheet_would_run_is_text"),
    Defence("an export is of one moment", EXPORTING, '"REPEATABLE READ"', '"READ COMMITTED"', EXPORTED + "test_an_export_is_of_one_moment"),
    Defence("two people take everything out", EXPORTING, "(agreed and row.asked_by == unit.actor.person_id):", "False:", TWO_OF_THEM, ((KEPT, EXPORT, ""),)),
    Defence("nobody else fetches what was taken out", EXPORTING, "unit.actor.person_id not in (row.asked_by, row.agreed_by):", "False:", TWO_OF_THEM),
    Defence("who is kept out of a case takes nothing out", EXPORTING, "if unit.actor.person_id is not None and is_kept_out_of_any(unit):", "if False:", EXPORTED + "test_who_is_kept_out_of_a_case_takes_nothing_out"),
    Defence("an export is given out on its days", EXPORTING, " or row.expires_at <= unit.at:", ":", DAYS),
    Defence("an export is gone after its days", EXPORTING, '    unit.later("expire_export", export_id, expires)\n', "", DAYS),
    Defence("an export is gone with a destroyed case", EXPORTING, "    drop_parts(unit)\n    return ()", "    return ()", DAYS),
    Defence("other people’s own entries are not gathered for somebody who asks", P + "work/records/held.py", 'if name == "case_person" and row.id not in people:', "if False:", ASKED + "test_everything_of_the_case_is_gathered_and_of_other_people_nothing_of_their_own",
            ((P + "work/records/held.py", "people[row.id] if name", "people.get(row.id, TITLES[name]) if name"),)),
    Defence("cases that are not open are not shown to who answers", ANSWERING, "SubjectItem.request_id == request_id, OPEN)", "SubjectItem.request_id == request_id)", CLOSED_CASES),
    Defence("cases that are not open are not given", ANSWERING, '    refuse_elsewhere(unit, request_id)\n    if request.state == "refused":', '    if request.state == "refused":', CLOSED_CASES),
    Defence("cases that are not open are not gathered", ANSWERING, "if not case_ids or not set(case_ids) <= found:", "if not case_ids:", CLOSED_CASES),
    Defence("what is withheld is not in the answer", ANSWERING, '{"given": self.text, "part": self.told}', '{"given": self.text, "part": self.text}', WITHHELD),
    Defence("nothing in an answer runs", P + "work/records/answer.py", "return html.escape(str(value))", "return str(value)", WITHHELD),
    Defence("a request goes as a whole", REQUEST, "raise exception 'something of the request is left' using errcode = 'TF001'; end if;", "null; end if;", NOT_WHOLE),
    Defence("a request goes when its time has ended, and not before", REQUEST, "raise exception 'the time of the request has not ended' using errcode = 'TF001'; end if;", "null; end if;", NOT_WHOLE),
    Defence("a request goes as it was closed", REQUEST, "raise exception 'the request is open' using errcode = 'TF001'; end if;", "null; end if;", NOT_WHOLE),
    Defence("what a person was asked first goes with their request", REQUEST, "and pg_catalog.octet_length(a.asked) > 0)", "and false)", NOT_WHOLE),
    Defence("nothing is written of what a person was asked once their request went", REQUEST, "create trigger request_stands before insert or update on body.subject_question for each row execute function walls.request_stands()", "select 1", AFTERWARDS),
    Defence("nothing is written of the things of a request that went", ENDING, f"  {WENT}\n  return new;", "  return new;", AFTERWARDS),
    Defence("no form is kept of a request that went", ENDING, f"    {WENT}\n  end loop;", "    null;\n  end loop;", AFTERWARDS),
    Defence("the database asks for two people before a body leaves", LATEST, TWO_PEOPLE, "null; end if;", LEAVING),
    Defence("the database asks for no hold before a body leaves", LATEST, HOLD, "null; end if;", LEAVING),
    Defence("the database asks for the digest before a body leaves", LATEST, "and e.sha256 = l.sha256 and", "and", LEAVING),
    Defence("a body leaves only while nothing changed since its export", STORIES + "leaving.py", "    if changes_so_far(unit) != export.changes:\n", "    if False:\n", LEFT + "test_what_changed_since_or_a_hold_stands_in_the_way"),
)  # fmt: skip
