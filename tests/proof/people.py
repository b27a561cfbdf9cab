"""The defences of accounts, invitations and the people of a body: rows of `make defences`."""

from __future__ import annotations

from tests.proof.defence import Defence

WORK = "platform/threefold/work/people/"
MEMBERS, PROVIDER, LINKS, INVITING = WORK + "members.py", WORK + "web/provider.py", WORK + "links.py", WORK + "invitations.py"
IDENTITY, LATEST = "migrations/versions/0006_identity.sql", "migrations/versions/0016_nothing_in_flight.sql"
BODY, ACCOUNT, PROVIDED = "tests/web/test_people_of_body.py::", "tests/web/test_account.py::", "tests/web/test_provider.py::"
ONESELF, ONCE = BODY + "test_nobody_gives_themselves_a_role", ACCOUNT + "test_a_forgotten_password_is_replaced_by_a_link_once"
TAKE = "where id = p_id and purpose = p_purpose and expires_at > p_at"
LAST = ("if member.role in MANAGING and not _managed_without(unit, gone, first_without):", "if False:")
PEOPLE_ROWS = (
    Defence("no role to oneself: own address", INVITING, "if address in mine:", "if False:", ONESELF),
    Defence("national roles", MEMBERS, "if role not in roles_of(kind):", "if False:", BODY + "test_a_role_of_the_national_body_is_given_by_it_alone"),
    Defence("seats of the arrangement", MEMBERS, "if seat and seat not in seats:", "if False:", BODY + "test_a_seat_is_one_of_the_arrangement_s"),
    Defence("the last who manages", MEMBERS, *LAST, BODY + "test_somebody_always_remains_who_manages_people"),
    Defence("two who end each other’s role at once do not both go", MEMBERS, "    unit.session.execute(select(func.directory.lock_people()))\n", "", BODY + "test_two_who_end_each_other_s_role_at_once_do_not_both_go"),
    Defence("leaving at once", LATEST, " and m.ended_at is null group by m.body_id", " group by m.body_id", BODY + "test_a_leaver_sees_nothing_from_the_next_page_on"),
    Defence("weak passwords", WORK + "passwords.py", "< FEWEST_GUESSES:", "< 0:", "tests/people/test_second_steps.py::test_a_weak_password_is_refused"),
    Defence("linking needs showing", PROVIDER, "        fresh_account()\n", "        pass\n", PROVIDED + "test_linking_asks_who_it_is_first"),
    Defence("provider confirms only lately", PROVIDER, "if shown is None or now() - shown > FRESH or (", "if (", PROVIDED + "test_the_provider_confirms_only_what_it_asked_again"),
    Defence("our step unless the provider saw one", PROVIDER, "strong=_strong(claims),", "strong=True,", PROVIDED + "test_where_the_provider_saw_no_second_step_ours_is_asked"),
    Defence("reset link one hour", LINKS, "at, at + RESET)", "at, at + RESET * 48)", ACCOUNT + "test_a_link_for_a_new_password_ends_after_an_hour_and_no_other_secret_opens"),
    Defence("reset ends sign-ins", LINKS, "        directory.end_others(person, at)\n", "", ONCE),
    Defence("own events only", IDENTITY, "where e.person_id = p_person order by", "where true order by", ACCOUNT + "test_what_happened_at_my_sign_ins_is_told_to_me_alone"),
    Defence("a challenge is taken once", IDENTITY, f"delete from directory.challenge {TAKE} returning content", f"select content from directory.challenge {TAKE}", "tests/people/test_second_steps.py::test_what_a_passkey_is_to_sign_is_taken_once_in_time_and_for_its_purpose"),
)  # fmt: skip
