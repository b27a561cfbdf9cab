"""The narrow functions of accounts, as SQL: signing in, second steps, links, and the people of a body.

What is about the people of a body asks `walls.scope()`, as every policy does; what is asked before a body is known asks for the
service's word (see `policies.said_function`). Each function that must happen once or not at
all (a code, a link, a challenge) decides that in one statement and tells what came of it.
"""

from __future__ import annotations

from threefold.walls.policies import ELSEWHERE, narrow_function, said_function

# Work of the directory has no body; the work list knows it by this.
NO_BODY = "00000000-0000-0000-0000-000000000000"
MOST_PLACES = 20  # in which somebody showed who they are, that one sign-in remembers

_LIVE = """s.ended_at is null and s.expires_at > p_at and s.seen_at > p_at - make_interval(secs => p_idle)"""
_EVENT = "insert into directory.sign_in_event(id, person_id, at, what, detail)"
_MAIL = f"""
  insert into directory.mail(id, person_id, kind, about, made_at, state) select p_mail, {{person}}, {{kind}}, {{about}}, p_at, 'waiting' {{source}};
  insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error)
    select p_work, '{NO_BODY}', 'mail_account', m.id, p_at, 'waiting', 0, '' from directory.mail m where m.id = p_mail;"""


def _made(signature: str, returns: str, body: str, language: str = "sql") -> list[str]:
    return narrow_function(signature, returns, body, volatility="volatile", language=language)


def _said(signature: str, returns: str, body: str, language: str = "sql") -> list[str]:
    return said_function(signature, returns, body, volatility="volatile", language=language)


SESSIONS = [
    *said_function(
        "directory.person_by_email(p_email text)",
        "table(person_id uuid, person_name text, password_hash text, active boolean, second_step boolean)",
        """select p.id, p.display_name, p.password_hash, p.active,
    exists(select 1 from directory.totp t where t.person_id = p.id) or exists(select 1 from directory.passkey k where k.person_id = p.id)
  from directory.person p where p.email = p_email"""),
    *said_function(
        "directory.person_by_id(p_id uuid)",
        "table(person_id uuid, person_name text, password_hash text, active boolean, second_step boolean)",
        """select p.id, p.display_name, p.password_hash, p.active,
    exists(select 1 from directory.totp t where t.person_id = p.id) or exists(select 1 from directory.passkey k where k.person_id = p.id)
  from directory.person p where p.id = p_id"""),
    *_said(
        "directory.begin_session(p_id uuid, p_token bytea, p_person uuid, p_at timestamptz, p_expires timestamptz, p_stage text, p_how text, "
        "p_fresh timestamptz, p_device text, p_here text)", "void",
        """insert into directory.sign_in_session(id, token_hash, person_id, created_at, seen_at, expires_at, stage, how, fresh_at, device, tries, shown_from)
  values (p_id, p_token, p_person, p_at, p_at, p_expires, p_stage, p_how, p_fresh, p_device, 0, array[p_here])"""),
    *said_function(
        "directory.sign_in_state(p_token bytea, p_at timestamptz, p_idle integer, p_here text)",
        "table(session_id uuid, person_id uuid, person_name text, email text, stage text, how text, created_at timestamptz, fresh_at timestamptz, "
        "password_hash text, totp boolean, passkeys bigint, codes bigint, identities bigint, elsewhere boolean)",
        f"""select s.id, p.id, p.display_name, p.email, s.stage, s.how, s.created_at, s.fresh_at, p.password_hash,
    exists(select 1 from directory.totp t where t.person_id = p.id), (select count(*) from directory.passkey k where k.person_id = p.id),
    (select count(*) from directory.recovery_code c where c.person_id = p.id and c.used_at is null),
    (select count(*) from directory.person_identity i where i.person_id = p.id), {ELSEWHERE}
  from directory.sign_in_session s join directory.person p on p.id = s.person_id where s.token_hash = p_token and p.active and {_LIVE}"""),
    *_said(
        "directory.pass_step(p_old bytea, p_new bytea, p_at timestamptz, p_expires timestamptz, p_stage text, p_how text, p_fresh timestamptz, "
        "p_here text)", "boolean",
        f"""update directory.sign_in_session s set token_hash = p_new, seen_at = p_at, expires_at = p_expires, stage = p_stage, how = p_how,
    fresh_at = p_fresh, tries = 0, shown_from = case when s.stage <> 'open' then array[p_here] when {ELSEWHERE}
      then (array[p_here] || s.shown_from)[1:{MOST_PLACES}] else s.shown_from end
  where token_hash = p_old and ended_at is null and expires_at > p_at returning true"""),
    # Once an hour for each place. `tell`: by e-mail too, when the person never showed there who they are, and was not told within the hour.
    *_said(
        "directory.goes_on_elsewhere(p_id uuid, p_token bytea, p_at timestamptz, p_here text)", "table(person_id uuid, tell boolean)",
        f"""with who as (select s.person_id from directory.sign_in_session s where s.token_hash = p_token),
  told as (select e.detail from directory.sign_in_event e join who on who.person_id = e.person_id
    where e.what = 'elsewhere' and e.at > p_at - interval '1 hour'),
  noted as ({_EVENT} select p_id, who.person_id, p_at, 'elsewhere', p_here from who where p_here not in (select t.detail from told t)
    returning person_id)
  select n.person_id, not exists(select from told)
    and not exists(select from directory.sign_in_session o where o.person_id = n.person_id and p_here = any(o.shown_from)) from noted n"""),
    *said_function(
        "directory.new_place(p_person uuid, p_token bytea, p_here text)", "boolean",
        """select coalesce(bool_and(not (p_here = any(s.shown_from))), false) from directory.sign_in_session s
  where s.person_id = p_person and s.token_hash <> p_token and s.stage = 'open' and s.shown_from <> '{}'"""),
    *_said(
        "directory.end_others(p_person uuid, p_keep uuid, p_one uuid, p_at timestamptz)", "bigint",
        """with ended as (update directory.sign_in_session set ended_at = p_at where person_id = p_person and ended_at is null
    and id is distinct from p_keep and (p_one is null or id = p_one) returning 1) select count(*) from ended"""),
    *said_function(
        "directory.sessions_of(p_person uuid, p_at timestamptz, p_idle integer)",
        "table(id uuid, created_at timestamptz, seen_at timestamptz, how text, device text, shown_from text[])",
        f"""select s.id, s.created_at, s.seen_at, s.how, s.device, s.shown_from from directory.sign_in_session s
  where s.person_id = p_person and s.stage = 'open' and {_LIVE} order by s.seen_at desc"""),
    *said_function(
        "directory.ended_by_limit(p_token bytea, p_slug text, p_at timestamptz, p_within integer)",
        "table(person_id uuid, person_name text, body_id uuid)",
        """select p.id, p.display_name, b.id from directory.sign_in_session s join directory.person p on p.id = s.person_id
    join directory.membership m on m.person_id = p.id join directory.body b on b.id = m.body_id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and p.active and s.seen_at > p_at - make_interval(secs => p_within)
    and b.slug = p_slug and m.ended_at is null and m.begins <= (p_at at time zone 'Europe/London')::date
    and (m.ends is null or m.ends >= (p_at at time zone 'Europe/London')::date) limit 1"""),
    *_said(
        "directory.came_from_provider(p_token bytea, p_provided bytea)", "void",
        "update directory.sign_in_session set provided = p_provided where token_hash = p_token and provided is null"),
    # Taken once: null says that this word of the provider's was used before. Only sign-ins that began at the provider end.
    *_said(
        "directory.end_provided(p_once uuid, p_issuer text, p_subject text, p_provided bytea, p_at timestamptz, p_until timestamptz)", "bigint",
        f"""
declare ended bigint;
begin
  delete from directory.challenge where expires_at < p_at;
  insert into directory.challenge(id, purpose, content, expires_at) values (p_once, 'provider_sign_out', '', p_until) on conflict do nothing;
  if not found then return null; end if;
  with gone as (update directory.sign_in_session s set ended_at = p_at
      where s.ended_at is null and s.expires_at > p_at and s.provided is not null and coalesce(p_subject, p_provided::text) is not null
        and (p_provided is null or s.provided = p_provided)
        and (p_subject is null or s.person_id = (select i.person_id from directory.person_identity i where i.issuer = p_issuer and i.subject = p_subject))
      returning s.person_id, s.device),
    noted as ({_EVENT} select pg_catalog.gen_random_uuid(), g.person_id, p_at, 'provider_signed_out', g.device from gone g returning 1)
  select count(*) into ended from noted;
  return ended;
end""", "plpgsql"),
    *_said(
        "directory.sign_in_failed(p_id uuid, p_email text, p_at timestamptz, p_what text, p_detail text)", "void",
        f"{_EVENT} select p_id, p.id, p_at, p_what, p_detail from directory.person p where p.email = p_email and p.active"),
    *_said(
        "directory.note_event(p_id uuid, p_person uuid, p_at timestamptz, p_what text, p_detail text)", "void",
        f"{_EVENT} values (p_id, p_person, p_at, p_what, p_detail)"),
    *said_function(
        "directory.events_of(p_person uuid, p_most integer)", "table(at timestamptz, what text, detail text)",
        "select e.at, e.what, e.detail from directory.sign_in_event e where e.person_id = p_person order by e.at desc, e.id limit p_most"),
    # By the owner's limit and the database's own clock: nobody who calls it says how old is old. A sign-in in which platform staff
    # looked into a body stays: that body reads when it ended.
    *_said(
        "directory.remove_old_sign_ins(p_most integer)", "table(events bigint, sign_ins bigint)",
        """with old as (select pg_catalog.statement_timestamp() - make_interval(days => l.days) as before from directory.sign_in_limit l),
  events as (delete from directory.sign_in_event e where e.id in
    (select x.id from directory.sign_in_event x join old on x.at < old.before order by x.at limit p_most) returning 1),
  sign_ins as (delete from directory.sign_in_session s where s.id in
    (select x.id from directory.sign_in_session x join old on x.created_at < old.before and (x.ended_at < old.before or x.expires_at < old.before)
      where not exists (select from directory.staff_session f where f.sign_in_id = x.id) order by x.created_at limit p_most) returning 1)
  select (select count(*) from events), (select count(*) from sign_ins)"""),
    # What was done and no more: work that waits or was given up stays, and an e-mail as long as there is such work of it. What somebody put
    # on the list again meanwhile is no longer done, which is why that is asked of the row itself too.
    *_said(
        "directory.remove_old_work(p_most integer)", "table(mails bigint, links bigint, works bigint)",
        """with old as (select pg_catalog.statement_timestamp() - make_interval(days => l.days) as before from directory.sign_in_limit l),
  mails as (delete from directory.mail m where m.id in
    (select x.id from directory.mail x join old on x.made_at < old.before
      where not exists (select from post.work w where w.kind = 'mail_account' and w.subject = x.id and w.state <> 'done')
      order by x.made_at limit p_most) returning 1),
  links as (delete from directory.password_reset r where r.id in
    (select x.id from directory.password_reset x join old on x.expires_at < old.before order by x.expires_at limit p_most) returning 1),
  works as (delete from post.work w where w.state = 'done' and w.id in
    (select x.id from post.work x join old on x.run_after < old.before and x.claimed_at < old.before where x.state = 'done'
      order by x.run_after limit p_most) returning 1)
  select (select count(*) from mails), (select count(*) from links), (select count(*) from works)"""),
    *said_function("directory.sign_in_days()", "integer", "select l.days from directory.sign_in_limit l"),
]  # fmt: skip

STEPS = [
    *_said(
        "directory.code_failed(p_session uuid, p_id uuid, p_at timestamptz, p_most integer)", "integer",
        f"""
  {_EVENT} select p_id, s.person_id, p_at, 'code_wrong', s.device from directory.sign_in_session s where s.id = p_session;
  update directory.sign_in_session set tries = tries + 1, ended_at = case when tries + 1 >= p_most then p_at end
    where id = p_session and ended_at is null returning tries"""),
    *said_function(
        "directory.wrong_codes(p_person uuid, p_since timestamptz)", "table(at timestamptz)",
        "select e.at from directory.sign_in_event e where e.person_id = p_person and e.what = 'code_wrong' and e.at > p_since order by e.at desc"),
    *said_function(
        "directory.totp_of(p_person uuid)", "table(secret bytea, last_step bigint)",
        "select t.secret, t.last_step from directory.totp t where t.person_id = p_person"),
    *_said(
        "directory.put_totp(p_person uuid, p_secret bytea, p_step bigint, p_at timestamptz)", "void",
        """insert into directory.totp(person_id, secret, last_step, added_at) values (p_person, p_secret, p_step, p_at)
  on conflict (person_id) do update set secret = excluded.secret, last_step = excluded.last_step, added_at = excluded.added_at"""),
    *_said(
        "directory.use_totp(p_person uuid, p_step bigint)", "boolean",
        "update directory.totp set last_step = p_step where person_id = p_person and last_step < p_step returning true"),
    *_said("directory.drop_totp(p_person uuid)", "boolean", "delete from directory.totp where person_id = p_person returning true"),
    *said_function(
        "directory.passkeys_of(p_person uuid)",
        "table(id uuid, credential_id bytea, name text, added_at timestamptz, used_at timestamptz)",
        "select k.id, k.credential_id, k.name, k.added_at, k.used_at from directory.passkey k where k.person_id = p_person order by k.added_at, k.id"),
    *said_function(
        "directory.passkey(p_credential bytea)", "table(person_id uuid, public_key bytea, sign_count bigint)",
        """select k.person_id, k.public_key, k.sign_count from directory.passkey k join directory.person p on p.id = k.person_id
  where k.credential_id = p_credential and p.active"""),
    *_said(
        "directory.add_passkey(p_id uuid, p_person uuid, p_credential bytea, p_key bytea, p_count bigint, p_name text, p_at timestamptz)", "boolean",
        """insert into directory.passkey(id, person_id, credential_id, public_key, sign_count, name, added_at)
  values (p_id, p_person, p_credential, p_key, p_count, p_name, p_at) on conflict do nothing returning true"""),
    *_said(
        "directory.use_passkey(p_credential bytea, p_count bigint, p_at timestamptz)", "boolean",
        """update directory.passkey set sign_count = p_count, used_at = p_at where credential_id = p_credential
    and (sign_count < p_count or (sign_count = 0 and p_count = 0)) returning true"""),
    *_said(
        "directory.drop_passkey(p_person uuid, p_id uuid)", "boolean",
        "delete from directory.passkey where person_id = p_person and id = p_id returning true"),
    *_said(
        "directory.put_recovery_codes(p_person uuid, p_hashes bytea[], p_at timestamptz)", "void",
        """delete from directory.recovery_code where person_id = p_person;
  insert into directory.recovery_code(person_id, code_hash, made_at) select p_person, h, p_at from unnest(p_hashes) h"""),
    *_said(
        "directory.use_recovery_code(p_person uuid, p_hash bytea, p_at timestamptz)", "boolean",
        "update directory.recovery_code set used_at = p_at where person_id = p_person and code_hash = p_hash and used_at is null returning true"),
    *_said(
        "directory.put_challenge(p_id uuid, p_purpose text, p_content bytea, p_at timestamptz, p_expires timestamptz)", "void",
        """delete from directory.challenge where expires_at < p_at;
  insert into directory.challenge(id, purpose, content, expires_at) values (p_id, p_purpose, p_content, p_expires)"""),
    *_said(
        "directory.take_challenge(p_id uuid, p_purpose text, p_at timestamptz)", "bytea",
        "delete from directory.challenge where id = p_id and purpose = p_purpose and expires_at > p_at returning content"),
    *said_function(
        "directory.person_of_identity(p_issuer text, p_subject text)", "uuid",
        """select p.id from directory.person_identity i join directory.person p on p.id = i.person_id
  where i.issuer = p_issuer and i.subject = p_subject and p.active"""),
    *_said(
        "directory.link_identity(p_issuer text, p_subject text, p_person uuid, p_at timestamptz)", "boolean",
        """insert into directory.person_identity(issuer, subject, person_id, linked_at) values (p_issuer, p_subject, p_person, p_at)
  on conflict do nothing returning true"""),
    *_said("directory.drop_identities(p_person uuid)", "boolean", "delete from directory.person_identity where person_id = p_person returning true"),
]  # fmt: skip

_TELL = _MAIL.format(person="p_person", kind="p_kind", about="null", source="")
_NOTICE = _MAIL.format(
    person="p.person_id", kind="'reset'", about="p.id", source="from directory.password_reset p where p.id = p_id"
)

LINKS = [
    *_said(
        "directory.tell_person(p_mail uuid, p_work uuid, p_person uuid, p_kind text, p_at timestamptz)", "void", _TELL),
    *said_function(
        "directory.mail_of(p_mail uuid)", "table(kind text, about uuid, made_at timestamptz, email text, person_name text)",
        """select m.kind, m.about, m.made_at, p.email, p.display_name from directory.mail m join directory.person p on p.id = m.person_id
  where m.id = p_mail and m.state <> 'sent' and p.active"""),
    *_said("directory.mail_came_to(p_mail uuid, p_state text)", "void", "update directory.mail set state = p_state where id = p_mail"),
    *_said(
        "directory.ask_reset(p_id uuid, p_hash bytea, p_email text, p_at timestamptz, p_expires timestamptz, p_mail uuid, p_work uuid)", "void",
        f"""insert into directory.password_reset(id, person_id, token_hash, made_at, expires_at) select p_id, p.id, p_hash, p_at, p_expires
    from directory.person p where p.email = p_email and p.active and p.password_hash <> ''
      and (select count(*) from directory.password_reset r where r.person_id = p.id and r.made_at > p_at - interval '1 hour') < 3;
  {_NOTICE}"""),
    *said_function(
        "directory.reset_by_token(p_hash bytea, p_at timestamptz)", "table(person_id uuid, email text, person_name text)",
        """select p.id, p.email, p.display_name from directory.password_reset r join directory.person p on p.id = r.person_id
  where r.token_hash = p_hash and r.used_at is null and r.expires_at > p_at and p.active"""),
    *_said(
        "directory.use_reset(p_hash bytea, p_at timestamptz)", "uuid",
        "update directory.password_reset set used_at = p_at where token_hash = p_hash and used_at is null and expires_at > p_at returning person_id"),
    *_said(
        "directory.set_password(p_person uuid, p_password text)", "void",
        "update directory.person set password_hash = p_password where id = p_person"),
    # Only in the place of what was asked about: a password that was changed meanwhile stays.
    *_said(
        "directory.hash_anew(p_person uuid, p_before text, p_after text)", "void",
        "update directory.person set password_hash = p_after where id = p_person and password_hash = p_before"),
]  # fmt: skip

_MAY_JOIN = "token_hash = p_hash and state = 'open' and expires_at > p_at and body_id = walls.scope()"

# What concerns anybody at all, and not only who works for the body already, asks for both: its scope, and the service's word.
PEOPLE = [
    *narrow_function(
        "directory.members()",
        "table(id uuid, person_id uuid, email text, person_name text, role text, seat text, begins date, ends date, ended_at timestamptz)",
        """select m.id, p.id, p.email, p.display_name, m.role, m.seat, m.begins, m.ends, m.ended_at
  from directory.membership m join directory.person p on p.id = m.person_id where m.body_id = (select walls.scope())"""),
    # How long people work for the body without a break, whatever as: ended at once, until the day before.
    *narrow_function(
        "directory.stays()", "table(person_id uuid, begins date, ends date)",
        """with held as (select m.person_id, m.begins,
    case when m.ended_at is null then m.ends else least(m.ends, (m.ended_at at time zone 'Europe/London')::date - 1) end as ends
    from directory.membership m where m.body_id = (select walls.scope())),
  joined as (select h.person_id, unnest(range_agg(daterange(h.begins, h.ends, '[]'))) as days from held h
    where h.ends is null or h.ends >= h.begins group by h.person_id)
  select j.person_id, lower(j.days), upper(j.days) - 1 from joined j"""),
    *_made("directory.lock_people()", "void", "select 1 from directory.body b where b.id = walls.scope() for update"),
    *_made(
        "directory.put_member(p_id uuid, p_person uuid, p_role text, p_seat text, p_begins date, p_ends date)", "boolean",
        """insert into directory.membership(id, person_id, body_id, role, seat, begins, ends)
  select p_id, p_person, walls.scope(), p_role, p_seat, p_begins, p_ends
  where exists(select 1 from directory.membership m where m.person_id = p_person and m.body_id = walls.scope())
  on conflict do nothing returning true"""),
    *_made(
        "directory.end_member(p_id uuid, p_ends date, p_ended timestamptz)", "boolean",
        """update directory.membership set ends = p_ends, ended_at = p_ended
  where id = p_id and body_id = walls.scope() and ended_at is null returning true"""),
    *_made(
        "directory.invite(p_id uuid, p_email text, p_role text, p_seat text, p_begins date, p_ends date, p_by uuid, p_at timestamptz, "
        "p_expires timestamptz, p_hash bytea)", "void",
        """insert into directory.invitation(id, body_id, email, role, seat, begins, ends, invited_by, invited_at, expires_at, sends, token_hash,
    state, mail_state)
  values (p_id, walls.scope(), p_email, p_role, p_seat, p_begins, p_ends, p_by, p_at, p_expires, 1, p_hash, 'open', 'waiting')"""),
    *narrow_function(
        "directory.invitations()",
        "table(id uuid, email text, role text, seat text, begins date, ends date, invited_by uuid, invited_at timestamptz, expires_at timestamptz, "
        "sends integer, state text, mail_state text, accepted_by uuid)",
        """select i.id, i.email, i.role, i.seat, i.begins, i.ends, i.invited_by, i.invited_at, i.expires_at, i.sends, i.state, i.mail_state,
    i.accepted_by from directory.invitation i where i.body_id = (select walls.scope()) order by i.invited_at desc, i.id"""),
    *_made(
        "directory.send_again(p_id uuid, p_hash bytea, p_expires timestamptz)", "boolean",
        """update directory.invitation set sends = sends + 1, token_hash = p_hash, expires_at = p_expires, mail_state = 'waiting'
  where id = p_id and body_id = walls.scope() and state = 'open' returning true"""),
    *_made(
        "directory.revoke_invitation(p_id uuid, p_at timestamptz)", "boolean",
        """update directory.invitation set state = 'revoked', answered_at = p_at
  where id = p_id and body_id = walls.scope() and state = 'open' returning true"""),
    *_made(
        "directory.invitation_mail_came_to(p_id uuid, p_state text)", "void",
        "update directory.invitation set mail_state = p_state where id = p_id and body_id = walls.scope()"),
    *said_function(
        "directory.invitation_by_token(p_hash bytea, p_at timestamptz)",
        "table(id uuid, body_id uuid, body_name text, body_slug text, synthetic boolean, email text, role text, seat text, begins date, ends date, "
        "has_account boolean)",
        """select i.id, i.body_id, b.name, b.slug, b.synthetic, i.email, i.role, i.seat, i.begins, i.ends,
    exists(select 1 from directory.person p where p.email = i.email)
  from directory.invitation i join directory.body b on b.id = i.body_id
  where i.token_hash = p_hash and i.state = 'open' and i.expires_at > p_at"""),
    *_said(
        "directory.accept_invitation(p_hash bytea, p_person uuid, p_at timestamptz, p_member uuid, p_event uuid)", "boolean",
        f"""
declare found directory.invitation;
begin
  update directory.invitation set state = 'accepted', accepted_by = p_person, answered_at = p_at
    where {_MAY_JOIN} and invited_by is distinct from p_person returning * into found;
  if found.id is null then return false; end if;
  insert into directory.membership(id, person_id, body_id, role, seat, begins, ends)
    values (p_member, p_person, found.body_id, found.role, found.seat, found.begins, found.ends) on conflict do nothing;
  insert into directory.sign_in_event(id, person_id, at, what, detail)
    select p_event, p_person, p_at, 'joined', b.name from directory.body b where b.id = found.body_id;
  return true;
end""", "plpgsql"),
    *_said(
        "directory.new_person(p_hash bytea, p_id uuid, p_name text, p_password text, p_at timestamptz)", "boolean",
        f"""insert into directory.person(id, email, display_name, password_hash, active)
  select p_id, i.email, p_name, p_password, true from directory.invitation i where i.{_MAY_JOIN} on conflict do nothing returning true"""),
]  # fmt: skip

ACCOUNT_FUNCTIONS = [*SESSIONS, *STEPS, *LINKS, *PEOPLE]
