"""Each defence switched off once, in a copy of the project, to see the test that watches it fail: `make defences`.

A row says what is changed and which test must fail then. `docs/defences.md` is the table of these rows, written by this program
with `--write`. A defence whose words are no longer in its file, or whose test passes without it, is told, and the command fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.proof.cases import CASES
from tests.proof.defence import SAID, Defence
from tests.proof.from_outside import FROM_OUTSIDE
from tests.proof.people import PEOPLE_ROWS
from tests.proof.received import RECEIVED
from tests.proof.records_and_access import PLATFORM_STAFF, RECORDS
from tests.proof.signing_in import SIGNING_IN

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "defences.md"
MOST_SECONDS = 300
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis")
HEAD = """# Each defence and the test that watches it

Written by `make defences`, which switches each of these off in a copy of the project, by a change of the program or of its
migration, and sees the test named beside it fail; where two layers hold the same, both are switched off together. Other defences have
tests ([threat model](threat-model.md)) and no row here yet.

| defence | test |
|---|---|
"""


P, PEOPLE, DOORS = "platform/threefold/", "platform/threefold/work/people/", "platform/threefold/doors/"
DOCUMENTS, ARCHIVES, SCANNING = PEOPLE + "documents.py", PEOPLE + "archives.py", PEOPLE + "scanning.py"
VISITS, ACCESS, VALKEY = PEOPLE + "web/visits.py", PEOPLE + "case_access.py", DOORS + "local/valkey.py"
SCOPE = "migrations/versions/0012_scope_check.sql"
SENT = "tests/web/test_documents.py::test_what_is_not_or_carries_something_is_refused_with_what_to_do"
WORDS = "tests/walls/test_said.py::test_without_a_word_none_of_them_answers"
CELLS, TWO_BODIES = "tests/proof/test_permissions.py::", "tests/proof/test_two_bodies.py::"
ON_THE_DAY = "tests/incidents/web/test_opening_on_the_day.py::"
OPENING, QUEUE, WALLS = "tests/incidents/web/test_opening.py::", "tests/worker/test_queue.py::", "tests/walls/"
SCANNED = "tests/web/test_documents.py::test_a_scanner_passes_what_is_clean_and_finds_what_it_knows"
COOKIES = 'secure=services().secure, httponly=True, samesite="Lax", path="/",\n'

OTHERS = (
    Defence("a role is asked at each page", VISITS, "if not visit.may(needs):", "if False:", CELLS + "test_each_reading_is_answered_as_the_table_says"),
    Defence("a role is asked at each operation", DOORS + "api/door.py", "if not visit.may(needs):", "if False:",
            CELLS + "test_each_sending_is_refused_to_a_role_that_does_not_cover_it"),
    Defence("no business in a body: its pages are not here", VISITS, "raise NotHere\n    actor", "pass\n    actor",
            TWO_BODIES + "test_another_body_s_address_is_told_like_one_that_never_was"),
    Defence("no business in a body: its operations are not here", DOORS + "api/door.py", "        raise Elsewhere if visitor.elsewhere else NotHere\n", "        pass\n",
            TWO_BODIES + "test_another_body_s_address_is_told_like_one_that_never_was"),
    Defence("why somebody opens a case that is not theirs", VISITS, "            asks_why\n            and visit", "            False\n            and visit",
            "tests/audit/test_own_cases.py"),
    Defence("a conflict of interest keeps out at once, whatever the role", ACCESS, "            not_(is_barred(case.id, _ASKER)),\n", "",
            OPENING + "test_a_conflict_of_interest_keeps_somebody_out_at_once_whatever_their_role_and_the_deputy_acts"),
    Defence("a restricted case is its team's, in lists too", ACCESS, "and_(not_(case.restricted), not_(_OUTSIDE)),", "not_(_OUTSIDE),",
            OPENING + "test_a_restricted_case_is_there_for_its_team_and_for_nobody_else"),
    Defence("only a reviewer: only the cases one is named for", ACCESS, "and_(not_(case.restricted), not_(_OUTSIDE)),", "not_(case.restricted),",
            OPENING + "test_somebody_who_is_only_a_reviewer_sees_the_case_they_are_named_for_until_the_day"),
    Defence("access ends on its last day", ACCESS, "or_(CaseMember.ends.is_(None), CaseMember.ends >= day), ", "",
            OPENING + "test_access_begins_and_ends_on_its_days_and_at_once"),
    Defence("a restricted case is lost to nobody", ACCESS, "and_(case.restricted, or_(_MANAGES, and_(_LEADS, not_(manager))), not_(team)),", "",
            OPENING + "test_a_restricted_case_whose_team_is_gone_comes_back_to_the_business_manager"),
    Defence("who is only a reviewer opens no case as one of its team", ACCESS, "counts(_DAY), or_(not_(_OUTSIDE), not_(_TEAM))", "counts(_DAY)",
            ON_THE_DAY + "test_who_is_only_a_reviewer_is_let_in_until_a_day_and_by_nothing_else"),
    Defence("the team of a case is who works with cases here on the day", ACCESS, "_works_as(CaseMember.person_id, TEAM_ROLES, day), ", "",
            ON_THE_DAY + "test_a_restricted_case_comes_back_where_its_team_moves_to_a_role_that_sees_no_cases"),
    Defence("the audit is silent to who is kept out", ACCESS, ".where(CaseBar.person_id == _ASKER, _STANDS)", ".where(CaseBar.person_id == _ASKER, not_(_STANDS))",
            OPENING + "test_who_is_kept_out_reads_nothing_of_the_case_in_the_audit_either"),
    Defence("who leaves the body leaves its cases", ACCESS, ".values(ended_at=unit.at, ended_by=unit.actor.person_id)", ".values(ended_at=None)",
            OPENING + "test_who_leaves_the_body_leaves_its_cases"),
    Defence("an officer of the national body stands aside", P + "work/national/standing_aside.py", "or_(_PLATFORM, not_(exists()", "or_(_PLATFORM, _PLATFORM.is_(False), not_(exists()",
            "tests/national/test_standing_aside.py::test_whoever_is_kept_out_neither_replies_nor_links_and_decides_nothing_of_it"),
    Defence("a scope is signed", SCOPE, "then 'this scope was not signed by the service'", "then null", WALLS + "test_scope.py::test_a_scope_cannot_be_carried_over_to_another_body"),
    Defence("a scope ends", SCOPE, "then 'this scope has ended; compare the clocks of the service and of the database'", "then null", WALLS + "test_scope.py::test_a_scope_kept_for_later_has_ended"),
    Defence("a scope is for one connection", SCOPE, "then 'this scope was signed for another connection'", "then null",
            WALLS + "test_scope.py::test_a_scope_of_another_connection_is_refused"),
    Defence("what is bound is overheard by no other connection", P + "walls/scope.py", "[(_BIND, [signed.encode()])]", "[(_BIND.replace(b'$1', b\"'\" + signed.encode() + b\"'\"), None)]",
            WALLS + "test_scope.py::test_what_is_bound_on_one_connection_is_heard_on_no_other"),
    Defence("what is asked before a body is known, the service asked", SAID, "then 'the service did not ask this'", "then null", WORDS),
    Defence("a word of the service is for one function", SAID, "then 'the service asked something else'", "then null", WORDS),
    Defence("a word of the service ends", SAID, "then 'the service asked this too long ago; compare the clocks of the service and of the database'", "then null", WORDS),
    Defence("a word of the service is for one connection", SAID, "then 'the service asked this on another connection'", "then null", WORDS),
    Defence("no function answers for any body", SAID, "\n  select walls.must_be_said('directory/person_by_email', p_said);", "",
            WALLS + "test_said.py::test_every_function_that_may_be_called_asks_for_a_scope_or_for_a_word_of_its_own"),
    Defence("what is sealed is bound to its body", P + "walls/sealed.py", "return SealedValue(head + nonce + _BOXES[key.cipher](key.key).encrypt(nonce, value, head + key.body_id.bytes))",
            "return SealedValue(head + nonce + value)", WALLS + "test_isolation.py::test_what_is_sealed_for_one_body_does_not_open_for_another"),
    Defence("a key is for one cipher", P + "walls/sealed.py", "_BOXES[key.cipher](key.key).decrypt", "_BOXES[value.raw[0]](key.key).decrypt",
            WALLS + "test_rotation.py::test_a_key_is_for_one_cipher_and_what_says_otherwise_does_not_open"),
    Defence("letters are signed", P + "exchange/letters.py", "Ed25519PublicKey.from_public_bytes(verify_key).verify(letter.signature, letter.envelope_bytes)",
            "pass", "tests/exchange/test_post.py::test_no_altered_byte_of_a_signature_goes_unnoticed"),
    Defence("the largest document", DOCUMENTS, "if len(content) > largest:", "if False:", SENT),
    Defence("the type of a document by its content", DOCUMENTS, "    if kind is None or kind not in kinds:", "    kind = next((k for k in kinds if name.lower().endswith(k.ending)), kinds[0])\n    if False:", SENT),
    Defence("its ending says the type", DOCUMENTS, "if ending not in (kind.ending, *kind.also):", "if False:", SENT),
    Defence("a document is whole", DOCUMENTS, '_refuse(b"%%EOF" not in content[-1024:], "is not whole")', "pass", SENT),
    Defence("nothing behind a picture", DOCUMENTS, '_refuse(_end_of_png(content) != len(content), "is not whole, or something follows the picture")',
            "pass", SENT),
    Defence("no script in a PDF", DOCUMENTS, "_refuse(any(word in plain for word in _IN_PDF)", "_refuse(False and any(word in plain for word in _IN_PDF)", SENT),
    Defence("no archive at the end of a document", DOCUMENTS, "if kind is not None and _END_OF_ZIP", "if False and _END_OF_ZIP", SENT),
    Defence("no page in the place of text", DOCUMENTS, "or _MARKUP.match(text)", "or None", SENT),
    Defence("a clean name", DOCUMENTS, 'if c.isalnum() or c in " -_()"', "if True", "tests/web/test_documents.py::test_a_name_is_one_plain_name_whatever_was_sent"),
    Defence("nothing before or behind an archive", ARCHIVES, "if archive.comment or", "if False and", SENT),
    Defence("how many parts an archive has", ARCHIVES, "if len(entries) > MOST_ENTRIES:", "if False:", SENT),
    Defence("one name, one part", ARCHIVES, "if len({name.lower() for name in names}) != len(names):", "if False:", SENT),
    Defence("paths that lead out of an archive", ARCHIVES, 'if name.startswith(("/", "\\\\")) or', "if False and", SENT),
    Defence("macros", ARCHIVES, "if any(code in name.lower() for code in _CODE):", "if False:", SENT),
    Defence("archives that unpack without end", ARCHIVES, "if size > left or (size > 1024 * 1024 and size > MOST_RATIO * max(entry.compress_size, 1)):",
            "if False:", SENT),
    Defence("archives and programs within", ARCHIVES, "if first.startswith(_ARCHIVES) or first.startswith(_PROGRAMS):", "if False:", SENT),
    Defence("macros by type", ARCHIVES, 'if any("macroenabled" in', 'if False and any("macroenabled" in', SENT),
    Defence("templates from elsewhere", ARCHIVES, "        if outside and not", "        if False and not", SENT),
    Defence("another text within", ARCHIVES, "        if any(kind.endswith(_OTHER_FILES) for kind in kinds):", "        if False:", SENT),
    Defence("nothing between the parts of an archive", ARCHIVES, "        if between not in", "        if False and between not in", SENT),
    Defence("a script in a PDF by its letters’ numbers", DOCUMENTS, "plain = _BY_NUMBER.sub(lambda letter: bytes.fromhex(letter[1].decode()), content)", "plain = content", SENT),
    Defence("what the scanner finds is refused", SCANNING, "raise Infected\n", "return\n", SCANNED),
    Defence("only OK is OK", SCANNING, "    raise _unreachable()\n\n    def _connected", "    return\n\n    def _connected",
            "tests/web/test_documents.py::test_a_scanner_that_says_anything_but_ok_is_no_scanner"),
    Defence("a scanner that is down refuses", SCANNING, "raise _unreachable() from error", "return", SCANNED),
    Defence("no scanner, no documents", SCANNING, "if address == NONE or not (address or production):", 'if address in (NONE, ""):',
            "tests/web/test_documents.py::test_with_no_scanner_production_takes_nothing_unless_it_was_decided_so"),
    Defence("signed minutes are scanned", PEOPLE + "web/uploads.py", 'scanned(own.clamd, document.content, production=own.mode == "production")', '"clean"',
            "tests/arrangements/test_documents.py"),
    Defence("what is saved is sandboxed", DOORS + "web/headers.py", "            if _is_saved(response)", "            if False and _is_saved(response)",
            "tests/arrangements/test_screens.py::test_minutes_are_recorded_checked_by_another_and_shown_as_such"),
    Defence("no script but ours", DOORS + "web/headers.py", "script-src 'nonce-{nonce()}' 'self'", "script-src 'unsafe-inline' 'self'", "tests/web/test_pages.py"),
    Defence("no page in a frame of another site", DOORS + "web/headers.py", "base-uri 'none'; frame-ancestors 'none'\"\n            )", "base-uri 'none'\"\n            )",
            "tests/web/test_pages.py::test_no_answer_is_shown_in_a_frame_of_another_site"),
    Defence("the guard of forms", P + "app.py", "    csrf.init_app(app)\n    _limits",
            '    app.jinja_env.globals["csrf_token"] = lambda: ""\n    app.extensions["csrf"] = csrf\n    _limits',
            "tests/web/test_sign_in.py::test_a_form_without_its_guard_does_nothing"),
    Defence("a cookie that scripts cannot read", VISITS, COOKIES, COOKIES.replace("httponly=True", "httponly=False"),
            "tests/web/test_pages.py::test_over_https_the_cookies_insist_on_it"),
    Defence("a cookie over https only", VISITS, COOKIES, COOKIES.replace("services().secure", "False"), "tests/web/test_pages.py::test_over_https_the_cookies_insist_on_it"),
    Defence("tries at signing in", DOORS + "api/mount.py", "@limit_sign_in\n", "", "tests/api/test_api.py::test_guessing_at_the_json_door_is_slowed_down"),
    Defence("tries at links", PEOPLE + "web/limits.py", "limit_links = limiter.limit(LINKS_PER_PLACE, deduct_when=_refused)",
            'limit_links = limiter.limit("100000 per minute")', "tests/reviews/test_links.py::test_guessing_is_slowed_down_and_a_working_link_is_not"),
    Defence("a link that works is not counted as a try", PEOPLE + "web/limits.py", "limit_links = limiter.limit(LINKS_PER_PLACE, deduct_when=_refused)",
            "limit_links = limiter.limit(LINKS_PER_PLACE)", "tests/reviews/test_links.py::test_guessing_is_slowed_down_and_a_working_link_is_not"),
    Defence("the largest request", P + "app.py", 'request.max_content_length = getattr(view, "largest", _LARGEST)', "request.max_content_length = 2**30",
            "tests/web/test_failures.py::test_what_is_too_large_is_refused"),
    Defence("a fixed registry of functions", DOORS + "worker/main.py", "if job.func_name not in FUNCTIONS:", "if False:",
            QUEUE + "test_the_worker_performs_the_fixed_functions_only"),
    Defence("who has the queue's password administers nothing", VALKEY, "-@all +@read +@write +@connection +@transaction +@pubsub +@blocking -@dangerous +info -@scripting ",
            "+@all ", QUEUE + "test_who_has_the_queue_s_password_administers_nothing_and_sees_no_other_keys"),
    Defence("who has it sees no other keys", VALKEY, '"~rq:* &rq:*', '"~* &rq:*',
            QUEUE + "test_who_has_the_queue_s_password_administers_nothing_and_sees_no_other_keys"),
    Defence("who has it reads no names of other keys", VALKEY, '    "-scan -randomkey -dbsize"\n', "",
            QUEUE + "test_who_has_the_queue_s_password_administers_nothing_and_sees_no_other_keys"),
    Defence("who counts tries ends no connection of others", VALKEY, "+@connection -@dangerous ", "+@connection ",
            QUEUE + "test_who_counts_tries_touches_nothing_of_the_queue_not_even_by_a_script"),
    Defence("who counts tries touches nothing of the queue", VALKEY, '"~LIMITS:* resetchannels', '"~* resetchannels',
            QUEUE + "test_who_counts_tries_touches_nothing_of_the_queue_not_even_by_a_script"),
    Defence("no way to the queue without a password", VALKEY, "user default reset off", "user default reset on nopass ~* +@all",
            QUEUE + "test_who_counts_tries_touches_nothing_of_the_queue_not_even_by_a_script"),
    Defence("every package is pinned by its hash", "Makefile", "--require-hashes -r $(LOCK)/local.txt", "-r $(LOCK)/local.txt",
            "tests/house/test_house.py::test_every_package_is_pinned_by_its_hash_and_is_installed_so"),
    Defence("no mail to another machine in the clear", DOORS + "worker/mail.py", "elif not self._secure and not self._plain_will_do:", "elif False:",
            "tests/worker/test_mail.py::test_another_machine_that_offers_no_tls_gets_a_mail_only_over_an_encrypted_network"),
    Defence("the mail server’s certificate is checked", DOORS + "worker/mail.py", "context = ssl.create_default_context()", "context = ssl._create_unverified_context()",
            "tests/worker/test_mail.py::test_a_server_whose_certificate_no_authority_knows_gets_no_mail"),
    Defence("security.txt ends", DOORS + "web/security_txt.py", "timedelta(days=90)", "timedelta(days=900)", "tests/web/test_security_txt.py"),
)  # fmt: skip


DEFENCES = (*OTHERS, *SIGNING_IN, *PEOPLE_ROWS, *FROM_OUTSIDE, *CASES, *PLATFORM_STAFF, *RECORDS, *RECEIVED)
# What a test says when the change broke the program, and not the defence: nothing is proved by that.
BROKEN = ("ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError", "NameError", "AttributeError", "TypeError", "psycopg.errors.SyntaxError",
          "psycopg.errors.Undefined", "KeyError", "jinja2.", "fixture ")  # fmt: skip
# What it says when it was refused all the same, by something else: then nothing shows that the defence itself is missed.
ELSEWHERE = ("AssertionError: Regex pattern did not match", "psycopg.errors.NotNullViolation", "psycopg.errors.CheckViolation")


def written() -> str:
    """The table, as it stands in the documents."""
    return HEAD + "".join(f"| {one.name} | `{one.test}` |\n" for one in DEFENCES)


def copied(folder: Path) -> Path:
    copy = folder / "project"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    if (ROOT / "var").is_dir():  # page assets and the browser's path are made at set-up; nothing is written there
        (copy / "var").mkdir()
        for name in ("assets", "npm", "chromium.path"):
            if (ROOT / "var" / name).exists():
                (copy / "var" / name).symlink_to(ROOT / "var" / name)
    return copy


def without(copy: Path, one: Defence) -> str:
    """What became of the test with the defence off: it bites, with what it says; it survives; or why it could not be tried."""
    before = {copy / file: (copy / file).read_text(encoding="utf-8") for file, _, _ in one.changes}
    if any(before[copy / file].count(words) != 1 for file, words, _ in one.changes):
        return "its words are not in the file once"
    for file, words, after in one.changes:
        (copy / file).write_text((copy / file).read_text(encoding="utf-8").replace(words, after), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-x", "-p", "no:cacheprovider", one.test]
    paths = os.pathsep.join((str(copy / "platform"), str(copy)))
    try:
        done = subprocess.run(
            command, cwd=copy, capture_output=True, text=True, timeout=MOST_SECONDS, env={**os.environ, "PYTHONPATH": paths}
        )
    except subprocess.TimeoutExpired:
        return "the test did not end"
    finally:
        for path, whole in before.items():
            path.write_text(whole, encoding="utf-8")
    if done.returncode == 1 and "FAILED" in done.stdout:
        told = next((line[1:].strip() for line in done.stdout.splitlines() if line.startswith("E   ")), "nothing")
        if told.startswith(BROKEN):
            return f"broke something else: {told}"
        return f"was refused by something else: {told}" if told.startswith(ELSEWHERE) else f"bites: {told[:160]}"
    return "survives" if done.returncode == 0 else f"pytest ended with {done.returncode}: {done.stdout[-300:]}"


def tried(wanted: list[str]) -> Iterator[tuple[Defence, str]]:
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        for one in DEFENCES:
            if not wanted or any(words in one.name for words in wanted):
                yield one, without(copy, one)


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        TABLE.write_text(written(), encoding="utf-8")
        return 0
    wrong = 0
    for one, became in tried(arguments):
        wrong += not became.startswith("bites")
        print(f"{one.name} ({one.test}): {became}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
