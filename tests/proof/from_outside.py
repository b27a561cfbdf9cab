"""The defences against what other servers send or stand for: rows of `make defences`."""

from __future__ import annotations

from tests.proof.defence import SAID, Defence

OUT = "platform/threefold/work/people/web/provider_sign_out.py"
TOLD = "tests/web/test_provider_sign_out.py::"
HOLDS = TOLD + "test_a_logout_token_that_does_not_hold_ends_nothing"
OLD = "tests/people/test_old_work.py::"
LINES, WRITTEN = "platform/threefold/walls/audit/lines.py", "tests/walls/test_audit_lines.py::"
PROXIES, PROXIED = "platform/threefold/doors/web/proxies.py", "tests/web/test_proxies.py::"
CONNECTIONS, SETTING = (
    "platform/threefold/connections.py",
    "tests/deploy/test_local.py::test_a_wrong_setting_is_refused_by_name",
)
CERTIFICATES, MEMORY = "tests/deploy/test_certificates.py::", "tests/deploy/test_memory.py::"
FROM_OUTSIDE = (
    Defence("signing out at the provider: its signature", OUT, "        return jwt.decode(token, KeySet.import_key_set(provider.fetch_jwk_set()), registry=registry)\n", '        import base64, json\n\n        head, said = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])\n        return jwt.Token(head, said)\n', HOLDS),
    Defence("signing out at the provider: its issuer", OUT, """iss={"essential": True, "value": services().settings.oidc_issuer},""", """iss={"essential": True},""", HOLDS),
    Defence("signing out at the provider: for us", OUT, """aud={"essential": True, "value": services().settings.oidc_client_id},""", """aud={"essential": True},""", HOLDS),
    Defence("signing out at the provider: its end", OUT, """ exp={"essential": True},""", "", HOLDS),
    Defence("signing out at the provider: no old word", OUT, """if datetime.fromtimestamp(claims["iat"], UTC) < at - _OLD:""", "if False:", HOLDS),
    Defence("signing out at the provider: the event", OUT, "if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict) or", "if", HOLDS),
    Defence("signing out at the provider: no nonce", OUT, """ or "nonce" in claims:""", ":", HOLDS),
    Defence("signing out at the provider: no other kind", OUT, """not in ("logout+jwt", "jwt"):""", """not in ("logout+jwt", "jwt", "at+jwt"):""", HOLDS),
    Defence("signing out at the provider: once", SAID, "  if not found then return null; end if;\n", "", TOLD + "test_one_word_of_the_provider_counts_once"),
    Defence("signing out at the provider: that session alone", SAID, "(p_provided is null or s.provided = p_provided)", "true", TOLD + "test_the_end_of_a_session_at_the_provider_ends_what_began_in_it_and_nothing_else"),
    Defence("signing out at the provider: what began there alone", SAID, "s.provided is not null and", "true and", TOLD + "test_the_end_of_every_session_of_a_subject_ends_all_that_began_at_the_provider"),
    Defence("signing out at the provider: that person alone", SAID, "p_subject is null or s.person_id =", "true or s.person_id =", TOLD + "test_where_subject_and_session_are_told_both_must_be_so"),
    Defence("signing out at the provider: one token a form", OUT, "len(sent) != 1 or not", "not", TOLD + "test_two_tokens_in_one_form_are_refused"),
    Defence("the provider’s session is not stored", "platform/threefold/work/people/sign_in.py", 'return hashlib.sha256(f"{issuer}\\n{session}".encode()).digest()', "return session.encode().ljust(32)[:32]", TOLD + "test_what_is_kept_of_the_provider_s_session_does_not_tell_it"),
    Defence("a proxy that was not named is not believed", PROXIES, "return any(found in network for network in self._trusted)", "return True", PROXIED + "test_nobody_else_is_believed_and_nothing_of_what_they_said_is_left"),
    Defence("nothing of a forged way is left", PROXIES, "            del environ[name]\n", "", PROXIED + "test_nobody_else_is_believed_and_nothing_of_what_they_said_is_left"),
    Defence("not every address is a proxy", "platform/threefold/config.py", "if any(network.prefixlen == 0 for network in networks):", "if False:", PROXIED + "test_what_is_no_address_or_is_every_address_is_refused"),
    Defence("the audit’s lines: each entry once", LINES, "AuditLink.no > no", "AuditLink.no > 0", WRITTEN + "test_what_was_sealed_is_written_once_and_goes_on_where_it_stopped"),
    Defence("the audit’s lines: none is left out", "platform/threefold/doors/worker/planning.py", " or _unwritten(bench, body.slug, head.no))", ")", WRITTEN + "test_a_folder_that_cannot_be_written_keeps_nothing_from_being_sealed"),
    Defence("the audit’s lines: a full disk stops no sealing", "platform/threefold/doors/worker/jobs.py", "        except (OSError, ValueError) as error:  # a full", "        except KeyError as error:  # a full", WRITTEN + "test_a_folder_that_cannot_be_written_keeps_nothing_from_being_sealed"),
    Defence("an answer says in which characters it is written", "platform/threefold/doors/web/health.py", "text/plain; charset=utf-8", "text/plain", "tests/web/test_pages.py::test_every_kind_of_file_and_answer_says_what_it_is"),
    Defence("every server that a database’s address names", CONNECTIONS, 'for where in _WHERE for value', 'for where in () for value', SETTING),
    Defence("the certificate of the queue is checked, whatever its address says", CONNECTIONS, 'asked.get("ssl_cert_reqs", ["required"]) != ["required"] or asked.get("ssl_check_hostname", ["true"]) != ["true"]', "False", SETTING),
    Defence("a queue whose certificate does not hold is told nothing", "platform/threefold/doors/worker/queue.py", "Redis.from_url(settings.redis_url)", 'Redis.from_url(settings.redis_url, ssl_cert_reqs="none", ssl_check_hostname=False)', CERTIFICATES + "test_a_server_whose_certificate_does_not_hold_is_told_nothing"),
    Defence("no key of an address that others read", CONNECTIONS, '(*_asked(url).get("sslkey", ()), *_asked(url).get("passfile", ()))', "()", CERTIFICATES + "test_production_takes_no_key_of_an_address_that_others_may_get_at"),
    Defence("a token of the key service may be good for an hour", "platform/threefold/walls/key_services.py", "token = self._token()", "token = self._kept = getattr(self, '_kept', None) or self._token()", "tests/walls/test_master_key.py::test_a_token_that_is_written_anew_is_shown_with_the_next_question"),
    Defence("the mail server is shown a certificate", "platform/threefold/doors/worker/mail.py", "        if self._certificate:\n", "        if False:\n", "tests/worker/test_mail.py::test_a_server_that_asks_for_a_certificate_is_shown_the_newest"),
    Defence("no secret from a file that others read", "platform/threefold/connections.py", "& (stat.S_IRWXO | stat.S_IWGRP))", "& 0)", "tests/deploy/test_local.py::test_production_takes_no_secret_from_a_file_that_others_may_get_at"),
    Defence("old work goes by the owner’s limit", SAID, "join old on x.run_after < old.before and x.claimed_at < old.before where x.state = 'done'", "where x.state = 'done'", OLD + "test_by_the_owner_s_limit_and_by_nobody_else_s_word"),
    Defence("only work that was done goes", SAID, "where w.state = 'done' and w.id in", "where w.id in", OLD + "test_work_that_is_put_on_the_list_again_meanwhile_is_not_removed"),
    Defence("an e-mail stays while it is to be sent", SAID, "w.kind = 'mail_account' and w.subject = x.id and w.state <> 'done'", "false", OLD + "test_what_was_done_goes_when_it_is_older_than_the_limit_and_nothing_else"),
    Defence("a letter holds the fields of its type alone", "platform/threefold/exchange/types.py", 'unknown = "raise"', 'unknown = "include"', "tests/exchange/test_post.py::test_content_that_fits_no_schema_is_not_written"),
    Defence("no core file of a process with keys", "platform/threefold/doors/memory.py", "    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n", "", MEMORY + "test_what_it_holds_in_memory_is_neither_written_down_nor_read_by_others"),
    Defence("what was freed is overwritten, in the unit's processes", "deploy/systemd/threefold-web.service", "Environment=PYTHONMALLOC=malloc_debug\n", "", MEMORY + "test_nothing_that_a_page_showed_is_left_in_the_memory_of_the_process"),
    Defence("nothing of a request outlasts its answer", "platform/threefold/app.py", "    app.wsgi_app = Forgetful(app.wsgi_app)  # type: ignore[method-assign]\n", "", MEMORY + "test_nothing_that_a_page_showed_is_left_in_the_memory_of_the_process"),
    Defence("a key that is not used is let go", "platform/threefold/walls/keys.py", "            self._values.pop(old, None)\n", "            pass\n", "tests/walls/test_rotation.py::test_a_key_that_was_not_used_for_a_while_is_held_no_longer"),
    Defence("nobody attaches to a process with keys", "platform/threefold/doors/memory.py", "        prctl(_SET_DUMPABLE, 0, 0, 0, 0)\n", "        pass\n", MEMORY + "test_what_it_holds_in_memory_is_neither_written_down_nor_read_by_others"),
)  # fmt: skip
