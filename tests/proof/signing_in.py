"""The defences of signing in: rows of `make defences`."""

from __future__ import annotations

from tests.proof.defence import SAID, Defence

PEOPLE, API = "platform/threefold/work/people/", "platform/threefold/doors/api/"
VISITS, STEPS, SIGN_IN, PASSKEYS = (
    PEOPLE + "web/visits.py",
    PEOPLE + "second_steps.py",
    PEOPLE + "sign_in.py",
    PEOPLE + "passkeys.py",
)
STEP, UP = "tests/web/test_second_step.py::", "tests/web/test_step_up.py::"
KEPT, BROWSER = "tests/people/test_second_steps.py::", "tests/browser/test_sign_in.py::"
ALONE = STEP + "test_a_password_alone_opens_nothing_where_there_is_a_second_step"
CODE = KEPT + "test_a_code_is_right_for_its_half_minute_and_once"
OTHERS = STEP + "test_a_change_of_second_steps_ends_the_other_sign_ins_and_is_told"
TYPED = UP + "test_what_one_person_had_typed_is_shown_to_nobody_else"
TAKEN = KEPT + "test_what_a_passkey_is_to_sign_is_taken_once_in_time_and_for_its_purpose"
CODES = KEPT + "test_a_recovery_code_works_once_and_new_ones_replace_the_old"
AWAY = "tests/web/test_elsewhere.py::"
EVERYWHERE = AWAY + "test_every_page_and_operation_of_a_body_asks_first_whichever_it_is"
REQUIRED = STEP + "test_where_it_is_required_it_is_set_up_before_anything_opens"
PLAIN = KEPT + "test_nothing_of_a_second_step_is_kept_in_plain"
TAKE = "where id = p_id and purpose = p_purpose and expires_at > p_at returning content"
SIGNING_IN = (
    Defence("a sign-in that is not open visits nothing", SAID, "p_token and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at\n    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active),", "p_token and s.ended_at is null and s.expires_at > p_at\n    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active),", ALONE),
    Defence("a sign-in that is not open sees no account", PEOPLE + "web/state.py", 'if state is None or state.stage != "open":', "if state is None:", ALONE),
    Defence("another token after each step", SIGN_IN, "signed_in = SignedIn(secrets.token_urlsafe(32), state.person_id, state.created_at + ABSOLUTE)", "signed_in = SignedIn(token, state.person_id, state.created_at + ABSOLUTE)", ALONE),
    Defence("each code once", SAID, " and last_step < p_step returning true", " returning true", CODE),
    Defence("a code for its half minute", STEPS, "for moment in (second - grace, second, second + grace)", "for moment in (second - 30, second, second + 30)", CODE),
    Defence("five wrong codes", STEPS, "MOST_TRIES = 5", "MOST_TRIES = 500", STEP + "test_five_wrong_codes_and_one_begins_anew"),
    Defence("guessing over sign-ins", STEPS, "MOST_WRONG = ((timedelta(hours=1), 10), (timedelta(days=1), 20))", "MOST_WRONG = ((timedelta(hours=1), 1000),)", KEPT + "test_guessing_on_and_on_is_refused_but_a_recovery_code_helps"),
    Defence("recovery code once", SAID, "code_hash = p_hash and used_at is null returning true", "code_hash = p_hash returning true", CODES),
    Defence("app secret sealed", STEPS, "kept = DirectorySeal(walls.master).seal(secret.encode(), state.person_id)", "kept = secret.encode()", PLAIN),
    Defence("required second step", SIGN_IN, 'else "set_up" if required else "open"', 'else "open"', REQUIRED),
    Defence("last second step stays", STEPS, "if required and not state.passkeys:", "if False:", REQUIRED),
    Defence("ten minutes for the second step", SIGN_IN, '"second_step": timedelta(minutes=10)', '"second_step": ABSOLUTE', STEP + "test_a_sign_in_waits_ten_minutes_for_its_second_step"),
    Defence("changes end other sign-ins", STEPS, "        directory.end_others(state.person_id, at, keep=state.session_id)\n", "", OTHERS),
    Defence("changes are mailed", STEPS, "        work = directory.tell_person(state.person_id, what, at)\n    tell(walls, work)\n", "", OTHERS),
    Defence("the JSON door asks for the code of the second step", API + "mount.py", 'if signed_in.stage == "open":', "if True:", STEP + "test_the_json_door_asks_for_the_code_too"),
    Defence("recovery codes go with the last second step", STEPS, "if gone and not state.passkeys:", "if False:", STEP + "test_recovery_codes_go_with_the_last_second_step"),
    Defence("step-up on pages", VISITS, "if fresh and is_the_act() and not is_fresh(visit.fresh_at, visit.at):", "if False:", UP + "test_after_ten_minutes_a_signature_asks_and_keeps_what_was_typed"),
    Defence("every signing route is step-up", "platform/threefold/work/reviews/web/sending.py", "@page(needs=SIGN, fresh=True)", "@page(needs=SIGN)", UP + "test_every_route_that_signs_or_exports_asks_again_who_it_is"),
    Defence("every export route is step-up", "platform/threefold/work/national/web/desk.py", "@page(needs=SEE, fresh=True)", "@page(needs=SEE)", UP + "test_every_route_that_signs_or_exports_asks_again_who_it_is"),
    Defence("the JSON door signs only soon after signing in", API + "door.py", "if fresh and not is_fresh(visit.fresh_at, visit.at):", "if False:", UP + "test_the_json_door_signs_only_soon_after_signing_in"),
    Defence("kept form: own only", PEOPLE + "half_written.py", "FormDraft.id == form_id, FormDraft.person_id == unit.actor.person_id, ~", "FormDraft.id == form_id, ~", TYPED),
    Defence("kept form: for two weeks", PEOPLE + "half_written.py", "return FormDraft.updated_at <= unit.at - KEPT_FOR", "return FormDraft.updated_at <= unit.at - 100 * KEPT_FOR", "tests/people/test_half_written.py::test_it_is_shown_for_two_weeks_and_not_longer_though_the_worker_stands"),
    Defence("kept form: own page only", PEOPLE + "web/held.py", "if kept is not None and _same_page(below + kept.address):", "if kept is not None:", TYPED),
    Defence("kept form: not for ended sign-ins", SAID, "s.ended_at is null and p.active and s.seen_at > p_at - make_interval(secs => p_within)", "p.active and s.seen_at > p_at - make_interval(secs => p_within)", UP + "test_nothing_is_kept_for_somebody_who_signed_out_or_was_never_here"),
    Defence("no address elsewhere after step-up", PEOPLE + "web/going_on.py", "if parts.netloc == request.host else", "if True else", UP + "test_a_button_and_an_export_lead_back_to_the_page_they_stand_on"),
    Defence("a page is sent by who opened it", PEOPLE + "web/state.py", "    tie_forms_to(signed_in.person_id)\n", "", "tests/web/test_whose_page.py::test_what_another_opened_is_not_saved_in_ones_name"),
    Defence("a passkey never counts backwards", PASSKEYS, "credential_current_sign_count=known.sign_count", "credential_current_sign_count=0", BROWSER + "test_a_copy_of_a_passkey_and_a_replayed_answer_are_refused", ((SAID, "(sign_count < p_count or (sign_count = 0 and p_count = 0)) returning true", "true returning true"),)),
    Defence("a challenge is for its purpose", SAID, TAKE, TAKE.replace(" and purpose = p_purpose", ""), TAKEN),
    Defence("a challenge ends", SAID, TAKE, TAKE.replace(" and expires_at > p_at", ""), TAKEN),
    Defence("a sign-in that goes on elsewhere sees no page before it shows who it is", VISITS, "    if visitor.elsewhere:\n        ask_again(token, at)\n    if only_reads", "    if only_reads", EVERYWHERE),
    Defence("a sign-in that goes on elsewhere learns of no body", VISITS, "        if visitor.elsewhere:\n            ask_again(token, at)\n        raise", "        raise", EVERYWHERE),
    Defence("a sign-in that goes on elsewhere calls no operation", API + "door.py", "                if elsewhere:\n", "                if False:\n", EVERYWHERE),
    Defence("a sign-in that goes on elsewhere learns of no body from an operation either", API + "door.py", "raise Elsewhere if visitor.elsewhere else NotHere", "raise NotHere", EVERYWHERE),
    Defence("a sign-in that goes on elsewhere sees no account", PEOPLE + "web/state.py", "    if state.elsewhere:\n", "    if False:\n", AWAY + "test_nothing_is_shown_there_before_they_showed_who_they_are_and_then_it_goes_on_in_both"),
    Defence("a sign-in that goes on elsewhere sees no work", PEOPLE + "web/pages.py", "    if rows[0].elsewhere:\n", "    if False:\n", AWAY + "test_nothing_is_shown_there_before_they_showed_who_they_are_and_then_it_goes_on_in_both"),
    Defence("elsewhere no second step is set up", PEOPLE + "web/state.py", 'state.stage == "set_up" and not state.elsewhere else', 'state.stage == "set_up" else', AWAY + "test_where_a_second_step_is_still_to_be_set_up_elsewhere_it_is_signed_in_anew"),
    Defence("from elsewhere the idle limit is not put off", SAID, "make_interval(secs => p_idle) and not (not (p_here = any(s.shown_from)))),", "make_interval(secs => p_idle)),", AWAY + "test_from_elsewhere_a_sign_in_is_not_kept_from_running_out"),
    Defence("a token of one door opens nothing at the other", PEOPLE + "web/whence.py", "return Whence(door or device(), network())", "return Whence(device(), network())", AWAY + "test_a_token_of_one_door_does_not_go_on_at_the_other"),
    Defence("a sign-in from somewhere new is mailed", SIGN_IN, "if new else ()", "if False else ()", AWAY + "test_a_sign_in_from_where_there_was_none_yet_is_told_by_email_and_the_first_of_all_is_not"),
    Defence("that a sign-in goes on elsewhere is mailed, and noted for its person", SIGN_IN, "person_id = directory.goes_on_elsewhere(token_hash(token), at, str(whence))", "person_id = None", AWAY + "test_the_body_reads_it_in_its_audit_and_the_person_in_their_account_and_by_email_once"),
)  # fmt: skip
