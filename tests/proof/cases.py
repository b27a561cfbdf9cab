"""The defences of cases and of what is sent in about them: rows of `make defences`."""

from __future__ import annotations

from tests.proof.defence import Defence

WORK, ACCOUNTS = "platform/threefold/work/", "tests/reviews/test_accounts.py::"
ACCESS, OPENING, NOTICES, REMINDING = (
    WORK + "people/case_access.py",
    WORK + "incidents/stories/opening.py",
    WORK + "people/notices.py",
    WORK + "reminders/stories.py",
)
ON_THE_DAY = "tests/incidents/web/test_opening_on_the_day.py::"
RETURNING = "tests/incidents/web/test_leaving_and_returning.py::"
CONFLICTS, DECIDED = "tests/incidents/web/test_opening.py::", "tests/incidents/web/test_conflicts_decided.py::"
CODES = "tests/reviews/test_codes.py::"
SOMEBODY_ELSE = CONFLICTS + "test_it_is_decided_by_somebody_else_and_dismissed_it_opens_the_case_again"
CASES = (
    Defence("whose seat is kept out, the deputy acts for it", ACCESS, 'return Standing(frozenset(seat for seat in (found[1] or "").split(",") if seat), found[2])', "return Standing(frozenset(), found[2])", CONFLICTS + "test_a_conflict_of_interest_keeps_somebody_out_at_once_whatever_their_role_and_the_deputy_acts"),
    Defence("a seat with a role that sees no cases speaks in none", ACCESS, "CaseBar.person_id, holds.c.role.in_(_words(CASE_ROLES)))", "CaseBar.person_id)", ON_THE_DAY + "test_a_deputy_speaks_for_the_seat_to_which_whoever_is_kept_out_moved"),
    Defence("a deputy acts while they handle cases here", ACCESS, "    return and_(_STANDS, handles, CaseBar", "    return and_(_STANDS, CaseBar", ON_THE_DAY + "test_a_deputy_who_moved_on_acts_no_more_and_another_is_named"),
    Defence("a deputy who left acts for nobody, should they return", ACCESS, "CaseBar.deputy_ended_at.is_(None), is_in_one_stay(CaseBar.deputy_id, CaseBar.deputy_at, day))", "CaseBar.deputy_ended_at.is_(None))", RETURNING + "test_who_returns_after_a_time_away_is_let_in_by_nothing_of_before"),
    Defence("who left is let into no case by what was said before", ACCESS, "return and_(until, is_in_one_stay(CaseMember.person_id, CaseMember.at, day))", "return until", RETURNING + "test_who_returns_after_a_time_away_is_let_in_by_nothing_of_before"),
    Defence("a deputy who was ended at once acts for nobody, taken on again that day", ACCESS, ".values(deputy_ended_at=unit.at)", ".values(deputy_ended_at=None)", RETURNING + "test_who_is_ended_at_once_and_taken_on_again_the_same_day_is_let_in_by_nothing_of_before"),
    Defence("the person concerned decides no conflict", OPENING, "if me is None or me == conflict.person_id:", "if me is None:", SOMEBODY_ELSE),
    Defence("who declared a conflict does not decide it", OPENING, "return me != conflict.declared_by and bool(", "return bool(", SOMEBODY_ELSE),
    Defence("only some declare it of others", OPENING, "if person_id != unit.actor.person_id and not unit.actor.roles & OF_OTHERS:", "if False:", CONFLICTS + "test_anybody_declares_it_of_themselves_and_only_some_of_others"),
    Defence("a deputy who is kept out hands on", OPENING, "CaseBar.deputy_id == person_id, CaseBar.state.in_(STANDING))", 'CaseBar.deputy_id == person_id, CaseBar.state == "")', CONFLICTS + "test_where_a_deputy_is_kept_out_too_their_own_deputy_acts_for_both"),
    Defence("a deputy does not decide on the conflict of whom they stand in for", OPENING, "instead_of(holding) & holding", "instead_of(holding)", DECIDED + "test_a_deputy_of_the_person_concerned_does_not_decide_with_their_seat"),
    Defence("a conflict does not wait for an empty chair", OPENING, "    if deciding:\n", "    if seats:\n", DECIDED + "test_where_the_seat_is_empty_or_concerned_the_business_manager_or_a_lead_decides"),
    Defence("who is kept out is told of no conflict, even where it was waiting", NOTICES, "if row.case_id is not None and row.person_id in", "if False and row.person_id in", DECIDED + "test_who_is_kept_out_is_told_of_nothing_even_where_it_was_waiting"),
    Defence("of a restricted case its team is told", ACCESS, "        if not self.restricted:\n", "        if True:\n", DECIDED + "test_of_a_restricted_case_only_its_team_and_the_deputy_are_told"),
    Defence("a reminder that waits goes to nobody who is kept out since", REMINDING, "if row.person_id in to_tell(", "if False and row.person_id in to_tell(", "tests/reminders/test_reminders.py::test_who_is_kept_out_of_a_case_is_not_reminded_and_their_deputy_is"),
    Defence("in place of who is kept out their deputy is reminded", REMINDING, "for p in told.instead_of(as_deputy))", "for p in as_deputy)", "tests/reminders/test_reminders.py::test_who_is_kept_out_of_a_case_is_not_reminded_and_their_deputy_is"),
    Defence("five wrong codes end a code", WORK + "reviews/requests.py", "MOST_TRIES = 5", "MOST_TRIES = 500", "tests/reviews/test_links.py::test_five_wrong_codes_and_another_is_needed_which_the_asker_makes"),
    Defence("the code of the e-mail opens nothing where another is told by phone", WORK + "reviews/web/answering.py", "    if come_to == LOOKED:\n", "    if False:\n", "tests/reviews/test_links.py::test_the_link_alone_opens_nothing_where_a_code_is_told_by_phone"),
    Defence("a run over past cases leaves out what is not open to all who read it", WORK + "rehearsal/runs.py", "        .where(*_FOR_ALL)\n        .order_by(Case.id)", "        .order_by(Case.id)", "tests/arrangements/test_rehearsal.py::test_the_worker_does_for_whoever_asked_no_more_than_they_may"),
    Defence("a code of an agency’s link ends", WORK + "reviews/requests.py", "row.code_until is not None and unit.at < row.code_until", "row.code_until is not None", CODES + "test_a_code_opens_for_ten_minutes_and_the_asker_makes_another"),
    Defence("no operator makes such codes last longer", WORK + "reviews/requests.py", "unit.at + min(lasts, CODE_LASTS)", "unit.at + lasts", CODES + "test_an_operator_may_make_codes_shorter_and_never_longer"),
    Defence("what tells a person apart is given to who records alone", WORK + "incidents/stories/persons.py", "    whole = permission(TELL_APART).covers(unit.actor)\n", "    whole = True\n", "tests/incidents/test_fields.py::test_what_tells_a_person_apart_is_given_to_who_records_and_notifies_alone"),
    Defence("two with one code do not both open the link", WORK + "reviews/requests.py", "    row = still_open(unit, of_link(unit, request_id, lock=True))\n    if row.route", "    row = still_open(unit, of_link(unit, request_id))\n    if row.route", CODES + "test_two_who_send_the_code_at_once_do_not_both_open_the_link"),
    Defence("a question to somebody’s account is read by nobody else", WORK + "reviews/accounts.py", "(AgencyRequest.person_id == person) & ", "", ACCOUNTS + "test_nobody_else_reads_or_answers_it"),
    Defence("a conflict of interest keeps somebody of an agency from what they were asked", WORK + "reviews/accounts.py", "(AgencyRequest.person_id == person) & not_(is_barred(AgencyRequest.case_id, person).correlate(AgencyRequest))", "AgencyRequest.person_id == person", ACCOUNTS + "test_a_conflict_of_interest_keeps_them_out"),
    Defence("who answers for an agency opens no case", WORK + "people/access.py", "CASE_ROLES = EVERYONE - {SIGNATORY, AGENCY}", "CASE_ROLES = EVERYONE - {SIGNATORY}", ACCOUNTS + "test_their_account_opens_nothing_of_the_case"),
    Defence("no link opens a question to somebody’s account", WORK + "reviews/requests.py", '    if row.route == "account":\n        raise NotFound', '    if False:\n        raise NotFound', ACCOUNTS + "test_no_link_opens_it"),
    Defence("an arrangement’s file is scanned", WORK + "people/web/uploads.py", 'scanned(own.clamd, sent[1], production=own.mode == "production")', '"clean"', "tests/arrangements/test_documents.py::test_a_file_of_an_arrangement_is_scanned_like_any_other"),
    Defence("an archive is packed as its format knows", WORK + "people/archives.py", "if entry.compress_type not in _PACKED:", "if False:", "tests/web/test_documents.py::test_what_is_not_or_carries_something_is_refused_with_what_to_do"),
    Defence("an error summary leads somewhere", WORK + "people/web/forms.py", 'f"#{name}{self._to(name)}"', 'f"#box-{name}"', "tests/web/test_error_summaries.py::test_every_line_of_an_error_summary_leads_somewhere"),
    Defence("nothing leads to a box of a page that asks nothing", WORK + "people/web/forms.py", "        if self.sent:\n            self.errors, self.general = {}, [why]", "        pass", "tests/web/test_error_summaries.py::test_every_line_of_an_error_summary_leads_somewhere"),
)  # fmt: skip
