"""The defences of accounts, invitations and the people of a body: rows of `make defences`."""

from __future__ import annotations

from tests.proof.defence import SAID, Defence

WORK = "platform/threefold/work/people/"
MEMBERS, PROVIDER, LINKS, INVITING = WORK + "members.py", WORK + "web/provider.py", WORK + "links.py", WORK + "invitations.py"
# The process would not start where a function asks for no scope at all.
ASKED = (
    "platform/threefold/walls/check.py",
    'run the migrations." for name in open_ones',
    'run the migrations." for name in ()',
)
IDENTITY = "migrations/versions/0006_identity.sql"
BODY, ACCOUNT, PROVIDED = "tests/web/test_people_of_body.py::", "tests/web/test_account.py::", "tests/web/test_provider.py::"
ONESELF, ONCE = BODY + "test_nobody_gives_themselves_a_role", ACCOUNT + "test_a_forgotten_password_is_replaced_by_a_link_once"
JOINING, TEST_STEPS = "tests/web/test_invitations.py::", "tests/people/test_second_steps.py::"
STATE_PAGES, LIMITS, PASSKEYS = WORK + "web/signing_in.py", WORK + "web/limits.py", WORK + "passkeys.py"
SEALED, LINKED = "platform/threefold/walls/sealed.py", WORK + "web/new_password.py"
WAITING, REACH = (
    ACCOUNT + "test_the_longer_tries_go_on_the_longer_one_waits_and_a_known_browser_is_not_kept_out",
    BODY + "test_another_body_s_people_and_invitations_are_out_of_reach",
)
JOINS, EXPIRES, MINE = (
    JOINING + "test_a_joiner_makes_an_account_by_the_link_and_works_here",
    JOINING + "test_a_link_expires_is_replaced_and_is_taken_back",
    ACCOUNT + "test_somebody_else_s_sign_in_can_not_be_ended_nor_seen",
)
TAKE = "where id = p_id and purpose = p_purpose and expires_at > p_at"
LAST = ("if day is not None and (was.ends is None or day <= was.ends):", "if False:")
PEOPLE_ROWS = (
    Defence("no role to oneself: own address", INVITING, "if address in mine:", "if False:", ONESELF),
    Defence("national roles", MEMBERS, "if role not in roles_of(kind):", "if False:", BODY + "test_a_role_of_the_national_body_is_given_by_it_alone"),
    Defence("seats of the arrangement", MEMBERS, "if seat and seat not in seats:", "if False:", BODY + "test_a_seat_is_one_of_the_arrangement_s"),
    Defence("the last who manages", MEMBERS, *LAST, BODY + "test_somebody_always_remains_who_manages_people"),
    Defence("who manages people on later days", MEMBERS, "day = None if m.ends is None else max(day, m.ends + timedelta(days=1))", "day = None", BODY + "test_on_each_day_that_somebody_manages_people_somebody_still_does"),
    Defence("two who end each other’s role at once do not both go", MEMBERS, "    unit.session.execute(select(func.directory.lock_people()))\n", "", BODY + "test_two_who_end_each_other_s_role_at_once_do_not_both_go"),
    Defence("leaving at once", SAID, " and m.ended_at is null group by m.body_id", " group by m.body_id", BODY + "test_a_leaver_sees_nothing_from_the_next_page_on"),
    Defence("weak passwords", WORK + "passwords.py", "< FEWEST_GUESSES:", "< 0:", "tests/people/test_second_steps.py::test_a_weak_password_is_refused"),
    Defence("linking needs showing", PROVIDER, "        fresh_account()\n", "        pass\n", PROVIDED + "test_linking_asks_who_it_is_first"),
    Defence("provider confirms only lately", PROVIDER, "if shown is None or now() - shown > FRESH or (", "if (", PROVIDED + "test_the_provider_confirms_only_what_it_asked_again"),
    Defence("our step unless the provider saw one", PROVIDER, "strong=_strong(claims),", "strong=True,", PROVIDED + "test_where_the_provider_saw_no_second_step_ours_is_asked"),
    Defence("reset link one hour", LINKS, "at, at + RESET)", "at, at + RESET * 48)", ACCOUNT + "test_a_link_for_a_new_password_ends_after_an_hour_and_no_other_secret_opens"),
    Defence("reset ends sign-ins", LINKS, "        directory.end_others(person, at)\n", "", ONCE),
    Defence("own events only", SAID, "where e.person_id = p_person order by", "where true order by", ACCOUNT + "test_what_happened_at_my_sign_ins_is_told_to_me_alone"),
    Defence("a challenge is taken once", SAID, f"delete from directory.challenge {TAKE} returning content", f"select content from directory.challenge {TAKE}", "tests/people/test_second_steps.py::test_what_a_passkey_is_to_sign_is_taken_once_in_time_and_for_its_purpose"),
    Defence("no role to oneself: own link", SAID, " and invited_by is distinct from p_person returning", " returning", ONESELF),
    Defence("no role to oneself: own change", MEMBERS, "if member.person_id == unit.actor.person_id:", "if False:", ONESELF),
    Defence("three reset mails an hour", SAID, "r.made_at > p_at - interval '1 hour') < 3;", "r.made_at > p_at - interval '1 hour') < 300;", ACCOUNT + "test_a_link_is_not_mailed_again_and_again"),
    Defence("no reset without a password", SAID, "p.email = p_email and p.active and p.password_hash <> ''", "p.email = p_email and p.active", ACCOUNT + "test_somebody_who_signs_in_with_a_provider_alone_gets_no_password_by_email"),
    Defence("reset link once", SAID, "r.token_hash = p_hash and r.used_at is null", "r.token_hash = p_hash", ONCE, ((SAID, "set used_at = p_at where token_hash = p_hash and used_at is null and expires_at > p_at returning person_id", "set used_at = p_at where token_hash = p_hash and expires_at > p_at returning person_id"),)),
    Defence("secret bound to its person", SEALED, "encrypt(nonce, value, _FORMAT + about.bytes)", "encrypt(nonce, value, _FORMAT)", TEST_STEPS + "test_a_sealed_secret_opens_for_its_person_and_with_its_key_only", ((SEALED, "sealed[1 + _NONCE :], _FORMAT + about.bytes)", "sealed[1 + _NONCE :], _FORMAT)"),)),
    Defence("password no step-up with a second step", STATE_PAGES, "            if state.second_step:\n", '            from threefold.work.people.passwords import verifies\n\n            if verifies(state.password_hash, request.form.get("password", "")):\n                return go_on(move_on(walls, token, state, at, whence()), next_address())\n            if state.second_step:\n', "tests/web/test_step_up.py::test_with_a_second_step_the_password_is_not_enough"),
    Defence("limit per account", LIMITS, 'TRIES_PER_ACCOUNT = "20 per', 'TRIES_PER_ACCOUNT = "2000 per', WAITING),
    Defence("known browser apart", LIMITS, """return f"{'known' if known else 'account'}|{account}\"""", """return f"account|{account}\"""", WAITING),
    Defence("what nobody sees of an address makes no other account", LIMITS, "as_taken(email).lower()", "email.strip().lower()", "tests/web/test_limits.py::test_who_guesses_with_characters_that_nobody_sees_guesses_at_the_same_account"),
    Defence("what is typed as an address is in no key and no line", LIMITS, 'return hmac.new(key, b"whose tries', 'return as_kept or hmac.new(key, b"whose tries', "tests/web/test_limits.py::test_what_was_typed_in_place_of_an_address_is_in_no_key_of_the_store_and_in_no_line_of_the_log"),
    Defence("own sign-ins only: ended", SAID, "set ended_at = p_at where person_id = p_person and ended_at is null\n    and id is", "set ended_at = p_at where ended_at is null\n    and id is", MINE),
    Defence("own sign-ins only: seen", SAID, "where s.person_id = p_person and s.stage = 'open'", "where s.stage = 'open'", MINE),
    Defence("events append-only", IDENTITY, "CREATE INDEX ix_sign_in_event_person ON directory.sign_in_event (person_id, at);", "CREATE INDEX ix_sign_in_event_person ON directory.sign_in_event (person_id, at);\n--\ngrant update on directory.sign_in_event to threefold_app;", TEST_STEPS + "test_the_events_of_sign_ins_cannot_be_changed_by_the_running_role"),
    Defence("password change needs showing", WORK + "web/account.py", "    state = fresh_account()\n    form = fill(NewPassword)", "    state = my_account()\n    form = fill(NewPassword)", ACCOUNT + "test_a_password_is_changed_by_somebody_who_showed_who_they_are"),
    Defence("reset link not stored", LINKS, 'hashed = token_hash(DirectorySeal(walls.master).link("reset", number))', 'hashed = DirectorySeal(walls.master).link("reset", number).encode()', ONCE),
    Defence("sending the code of a reset uses nothing up", LINKED, "            session[KEPT] = secret_in(form)\n", "            session[KEPT] = secret_in(form)\n            from threefold.work.people.sign_in import token_hash\n\n            with services().walls.directory() as directory:\n                directory.use_reset(token_hash(secret_in(form)), now())\n", ONCE),
    Defence("a mailed link’s secret stands behind its #", LINKS, 'return f"{address}#{secret}', 'return f"{address}?code={secret}', "tests/web/test_no_secret_in_addresses.py::test_a_mailed_link_holds_its_secret_behind_the_number_sign_alone"),
    Defence("reset alike for strangers", LINKS, "        work = directory.ask_reset(", "        if directory.person_by_email(email) is None:\n            return\n        work = directory.ask_reset(", ACCOUNT + "test_a_forgotten_password_of_a_stranger_is_answered_alike_by_the_same_statements"),
    Defence("invitation hashed", INVITING, "token_hash(_secret(unit.walls, number, 1))", "_secret(unit.walls, number, 1).encode()", JOINS),
    Defence("invitation once", SAID, "where i.token_hash = p_hash and i.state = 'open' and", "where i.token_hash = p_hash and i.state in ('open', 'accepted') and", JOINS, ((SAID, "where token_hash = p_hash and state = 'open' and expires_at > p_at and body_id = walls.scope() and invited_by", "where token_hash = p_hash and state in ('open', 'accepted') and expires_at > p_at and body_id = walls.scope() and invited_by"),)),
    Defence("invitation a week", INVITING, "LINK = timedelta(days=7)", "LINK = timedelta(days=70)", EXPIRES),
    Defence("a new link ends the former", IDENTITY, "sends = sends + 1, token_hash = p_hash, expires_at", "sends = sends + 1, expires_at", EXPIRES),
    Defence("revoking", IDENTITY, "set state = 'revoked', answered_at = p_at", "set answered_at = p_at", EXPIRES),
    Defence("an invitation replaces no password", SAID, "and expires_at > p_at and body_id = walls.scope() on conflict do nothing returning true", "and expires_at > p_at and body_id = walls.scope() on conflict (id) do update set password_hash = excluded.password_hash returning true", JOINING + "test_the_password_of_an_account_is_not_replaced_by_an_invitation"),
    Defence("no account told to the inviter", IDENTITY, "i.sends, i.state, i.mail_state,\n    i.accepted_by from", "i.sends, case when exists(select 1 from directory.person p where p.email = i.email) then 'accepted' else i.state end, i.mail_state,\n    i.accepted_by from", JOINING + "test_whether_an_address_has_an_account_is_not_told_to_who_invites"),
    Defence("no address in the audit", INVITING, 'f"invitation:{number}", {"role": role,', 'f"invitation:{number}", {"email": address, "role": role,', JOINING + "test_what_is_done_with_people_is_in_the_body_s_audit_without_addresses"),
    Defence("history kept", IDENTITY, "update directory.membership set ends = p_ends, ended_at", "update directory.membership set begins = p_ends, ends = p_ends, ended_at", BODY + "test_a_mover_s_history_is_kept"),
    Defence("another body’s people: ending asks the scope", IDENTITY, "where id = p_id and body_id = walls.scope() and ended_at is null", "where id = p_id and ended_at is null", REACH, (ASKED,)),
    Defence("another body’s people: taking back asks the scope", IDENTITY, "answered_at = p_at\n  where id = p_id and body_id = walls.scope() and state", "answered_at = p_at\n  where id = p_id and state", REACH, (ASKED,)),
    Defence("another body’s people: giving a role asks the scope", IDENTITY, "where m.person_id = p_person and m.body_id = walls.scope())\n", "where m.person_id = p_person)\n", REACH),
    Defence("ID token checked", PROVIDER, "    client_cls = _Straight\n", '    client_cls = _Straight\n\n    def parse_id_token(self, token, **given):\n        import base64, json\n\n        return json.loads(base64.urlsafe_b64decode(token["id_token"].split(".")[1] + "=="))\n', PROVIDED + "test_an_id_token_that_does_not_hold_signs_nobody_in"),
    Defence("no link by e-mail", PROVIDER, "        person_id = directory.person_of_identity(issuer, subject)\n", '        found = directory.person_by_email(str(claims.get("email", "")))\n        person_id = directory.person_of_identity(issuer, subject) or (found and found.person_id)\n', PROVIDED + "test_an_email_address_alone_makes_nobody_somebody"),
    Defence("provider sign-in is no fresher than it says", PROVIDER, "fresh_at=_shown_at(claims),", "fresh_at=now(),", PROVIDED + "test_the_provider_confirms_only_what_it_asked_again"),
    Defence("the provider is followed nowhere else", PROVIDER, "        self.max_redirects = 0\n", "", PROVIDED + "test_a_provider_that_sends_us_elsewhere_is_not_followed"),
    Defence("state bound to the browser", PROVIDER, "        current_app.extensions[_EXTENSION] = found\n", '        found.framework.get_state_data = lambda kept, _: next(v["data"] for k, v in kept.items() if k.startswith("_state_provider_"))\n        current_app.extensions[_EXTENSION] = found\n', PROVIDED + "test_a_wrong_state_and_another_browser_s_are_refused"),
    Defence("the functions on record are declared", SAID, "order by e.at desc, e.id limit p_most", "order by e.at desc limit p_most", "tests/walls/test_functions.py"),
    Defence("the person is checked by the device", PASSKEYS, "allow_credentials=allowed, user_verification=UserVerificationRequirement.REQUIRED", "allow_credentials=allowed, user_verification=UserVerificationRequirement.DISCOURAGED", "tests/browser/test_sign_in.py::test_a_passkey_without_the_person_s_finger_or_pin_is_refused", ((PASSKEYS, "credential_current_sign_count=known.sign_count, require_user_verification=True", "credential_current_sign_count=known.sign_count, require_user_verification=False"),)),
)  # fmt: skip
