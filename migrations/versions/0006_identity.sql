alter table directory.membership add column ended_at timestamp with time zone;
--
alter table directory.membership drop constraint uq_membership_person_id_body_id_role_seat_begins;
--
create unique index uq_membership_begins on directory.membership (person_id, body_id, role, seat, begins) where ended_at is null;
--
alter table directory.sign_in_session add column id uuid not null default gen_random_uuid(), add column stage text not null default 'open',
  add column how text not null default 'password', add column fresh_at timestamp with time zone, add column device text not null default '',
  add column tries integer not null default 0,
  add constraint uq_sign_in_session_id unique (id),
  add constraint ck_sign_in_session_stage_is_known check (stage in ('second_step', 'set_up', 'open'));
--
alter table directory.sign_in_session alter column id drop default, alter column stage drop default, alter column how drop default, alter column device drop default, alter column tries drop default;
--
CREATE TABLE directory.totp (
  person_id UUID NOT NULL,
  secret BYTEA NOT NULL,
  last_step BIGINT NOT NULL,
  added_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_totp PRIMARY KEY (person_id),
  CONSTRAINT fk_totp_person_id FOREIGN KEY(person_id) REFERENCES directory.person (id)
);
--
CREATE TABLE directory.passkey (
  id UUID NOT NULL,
  person_id UUID NOT NULL,
  credential_id BYTEA NOT NULL,
  public_key BYTEA NOT NULL,
  sign_count BIGINT NOT NULL,
  name TEXT NOT NULL,
  added_at TIMESTAMP WITH TIME ZONE NOT NULL,
  used_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_passkey PRIMARY KEY (id),
  CONSTRAINT fk_passkey_person_id FOREIGN KEY(person_id) REFERENCES directory.person (id),
  CONSTRAINT uq_passkey_credential_id UNIQUE (credential_id)
);
--
CREATE INDEX ix_passkey_person ON directory.passkey (person_id);
--
CREATE TABLE directory.recovery_code (
  person_id UUID NOT NULL,
  code_hash BYTEA NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  used_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_recovery_code PRIMARY KEY (person_id, code_hash),
  CONSTRAINT fk_recovery_code_person_id FOREIGN KEY(person_id) REFERENCES directory.person (id)
);
--
CREATE TABLE directory.person_identity (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  person_id UUID NOT NULL,
  linked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_person_identity PRIMARY KEY (issuer, subject),
  CONSTRAINT fk_person_identity_person_id FOREIGN KEY(person_id) REFERENCES directory.person (id)
);
--
CREATE INDEX ix_person_identity_person ON directory.person_identity (person_id);
--
CREATE TABLE directory.challenge (
  id UUID NOT NULL,
  purpose TEXT NOT NULL,
  content BYTEA NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_challenge PRIMARY KEY (id)
);
--
CREATE INDEX ix_challenge_expires ON directory.challenge (expires_at);
--
CREATE TABLE directory.password_reset (
  id UUID NOT NULL,
  person_id UUID NOT NULL,
  token_hash BYTEA NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  used_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_password_reset PRIMARY KEY (id),
  CONSTRAINT fk_password_reset_person_id FOREIGN KEY(person_id) REFERENCES directory.person (id),
  CONSTRAINT uq_password_reset_token_hash UNIQUE (token_hash)
);
--
CREATE INDEX ix_password_reset_person ON directory.password_reset (person_id, made_at);
--
CREATE TABLE directory.invitation (
  id UUID NOT NULL,
  body_id UUID NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  seat TEXT NOT NULL,
  begins DATE NOT NULL,
  ends DATE,
  invited_by UUID,
  invited_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  sends INTEGER NOT NULL,
  token_hash BYTEA NOT NULL,
  state TEXT NOT NULL,
  mail_state TEXT NOT NULL,
  accepted_by UUID,
  answered_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_invitation PRIMARY KEY (id),
  CONSTRAINT ck_invitation_state_is_known CHECK (state in ('open', 'accepted', 'revoked')),
  CONSTRAINT fk_invitation_body_id FOREIGN KEY(body_id) REFERENCES directory.body (id),
  CONSTRAINT uq_invitation_token_hash UNIQUE (token_hash),
  CONSTRAINT fk_invitation_accepted_by FOREIGN KEY(accepted_by) REFERENCES directory.person (id)
);
--
CREATE INDEX ix_invitation_body ON directory.invitation (body_id, invited_at);
--
CREATE TABLE directory.mail (
  id UUID NOT NULL,
  person_id UUID NOT NULL,
  kind TEXT NOT NULL,
  about UUID,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  state TEXT NOT NULL,
  CONSTRAINT pk_mail PRIMARY KEY (id),
  CONSTRAINT fk_mail_person_id FOREIGN KEY(person_id) REFERENCES directory.person (id)
);
--
CREATE TABLE directory.sign_in_event (
  id UUID NOT NULL,
  person_id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  what TEXT NOT NULL,
  detail TEXT NOT NULL,
  CONSTRAINT pk_sign_in_event PRIMARY KEY (id),
  CONSTRAINT fk_sign_in_event_person_id FOREIGN KEY(person_id) REFERENCES directory.person (id)
);
--
CREATE INDEX ix_sign_in_event_person ON directory.sign_in_event (person_id, at);
--
drop function directory.visit(bytea, text, timestamptz, integer);
--
drop function directory.person_by_email(text);
--
drop function directory.begin_session(bytea, uuid, timestamptz, timestamptz);
--
create or replace function directory.visit(p_token bytea, p_slug text, p_at timestamptz, p_idle integer) returns table(person_id uuid, person_name text, person_email text, fresh_at timestamptz, roles text[], seats text[], id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text) language sql volatile security definer set search_path = '' as $$
  with touched as (update directory.sign_in_session set seen_at = p_at
    where token_hash = p_token and ended_at is null and expires_at > p_at and seen_at < p_at - interval '1 minute'
      and seen_at > p_at - make_interval(secs => p_idle)),
  who as (
  select p.id, p.display_name, p.email, s.fresh_at from directory.sign_in_session s join directory.person p on p.id = s.person_id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at
    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active),
  here as (select m.body_id, array_agg(distinct m.role) roles, array_agg(distinct m.seat) seats
    from directory.membership m join who on who.id = m.person_id join directory.body b on b.id = m.body_id
    where (p_slug is null or b.slug = p_slug) and m.begins <= (p_at at time zone 'Europe/London')::date and (m.ends is null or m.ends >= (p_at at time zone 'Europe/London')::date) and m.ended_at is null group by m.body_id)
  select who.id, who.display_name, who.email, who.fresh_at, here.roles, here.seats, b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door
  from who left join here on true left join directory.body b on b.id = here.body_id order by b.name$$;
--
revoke all on function directory.visit(bytea, text, timestamptz, integer) from public;
--
grant execute on function directory.visit(bytea, text, timestamptz, integer) to threefold_app;
--
create or replace function directory.staff(p_on date) returns table(person_id uuid, email text, person_name text, role text, seat text) language sql stable security definer set search_path = '' as $$select p.id, p.email, p.display_name, m.role, m.seat from directory.membership m join directory.person p on p.id = m.person_id
  where m.body_id = (select walls.scope()) and p.active and m.begins <= p_on and (m.ends is null or m.ends >= p_on) and m.ended_at is null$$;
--
revoke all on function directory.staff(date) from public;
--
grant execute on function directory.staff(date) to threefold_app;
--
create or replace function directory.person_by_email(p_email text) returns table(person_id uuid, person_name text, password_hash text, active boolean, second_step boolean) language sql stable security definer set search_path = '' as $$select p.id, p.display_name, p.password_hash, p.active,
    exists(select 1 from directory.totp t where t.person_id = p.id) or exists(select 1 from directory.passkey k where k.person_id = p.id)
  from directory.person p where p.email = p_email$$;
--
revoke all on function directory.person_by_email(text) from public;
--
grant execute on function directory.person_by_email(text) to threefold_app;
--
create or replace function directory.person_by_id(p_id uuid) returns table(person_id uuid, person_name text, password_hash text, active boolean, second_step boolean) language sql stable security definer set search_path = '' as $$select p.id, p.display_name, p.password_hash, p.active,
    exists(select 1 from directory.totp t where t.person_id = p.id) or exists(select 1 from directory.passkey k where k.person_id = p.id)
  from directory.person p where p.id = p_id$$;
--
revoke all on function directory.person_by_id(uuid) from public;
--
grant execute on function directory.person_by_id(uuid) to threefold_app;
--
create or replace function directory.begin_session(p_id uuid, p_token bytea, p_person uuid, p_at timestamptz, p_expires timestamptz, p_stage text, p_how text, p_fresh timestamptz, p_device text) returns void language sql volatile security definer set search_path = '' as $$insert into directory.sign_in_session(id, token_hash, person_id, created_at, seen_at, expires_at, stage, how, fresh_at, device, tries)
  values (p_id, p_token, p_person, p_at, p_at, p_expires, p_stage, p_how, p_fresh, p_device, 0)$$;
--
revoke all on function directory.begin_session(uuid, bytea, uuid, timestamptz, timestamptz, text, text, timestamptz, text) from public;
--
grant execute on function directory.begin_session(uuid, bytea, uuid, timestamptz, timestamptz, text, text, timestamptz, text) to threefold_app;
--
create or replace function directory.sign_in_state(p_token bytea, p_at timestamptz, p_idle integer) returns table(session_id uuid, person_id uuid, person_name text, email text, stage text, how text, created_at timestamptz, fresh_at timestamptz, password_hash text, totp boolean, passkeys bigint, codes bigint, identities bigint) language sql stable security definer set search_path = '' as $$select s.id, p.id, p.display_name, p.email, s.stage, s.how, s.created_at, s.fresh_at, p.password_hash,
    exists(select 1 from directory.totp t where t.person_id = p.id), (select count(*) from directory.passkey k where k.person_id = p.id),
    (select count(*) from directory.recovery_code c where c.person_id = p.id and c.used_at is null),
    (select count(*) from directory.person_identity i where i.person_id = p.id)
  from directory.sign_in_session s join directory.person p on p.id = s.person_id where s.token_hash = p_token and p.active and s.ended_at is null and s.expires_at > p_at and s.seen_at > p_at - make_interval(secs => p_idle)$$;
--
revoke all on function directory.sign_in_state(bytea, timestamptz, integer) from public;
--
grant execute on function directory.sign_in_state(bytea, timestamptz, integer) to threefold_app;
--
create or replace function directory.pass_step(p_old bytea, p_new bytea, p_at timestamptz, p_expires timestamptz, p_stage text, p_how text, p_fresh timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$update directory.sign_in_session set token_hash = p_new, seen_at = p_at, expires_at = p_expires, stage = p_stage, how = p_how,
    fresh_at = p_fresh, tries = 0 where token_hash = p_old and ended_at is null and expires_at > p_at returning true$$;
--
revoke all on function directory.pass_step(bytea, bytea, timestamptz, timestamptz, text, text, timestamptz) from public;
--
grant execute on function directory.pass_step(bytea, bytea, timestamptz, timestamptz, text, text, timestamptz) to threefold_app;
--
create or replace function directory.end_others(p_person uuid, p_keep uuid, p_one uuid, p_at timestamptz) returns bigint language sql volatile security definer set search_path = '' as $$with ended as (update directory.sign_in_session set ended_at = p_at where person_id = p_person and ended_at is null
    and id is distinct from p_keep and (p_one is null or id = p_one) returning 1) select count(*) from ended$$;
--
revoke all on function directory.end_others(uuid, uuid, uuid, timestamptz) from public;
--
grant execute on function directory.end_others(uuid, uuid, uuid, timestamptz) to threefold_app;
--
create or replace function directory.sessions_of(p_person uuid, p_at timestamptz, p_idle integer) returns table(id uuid, created_at timestamptz, seen_at timestamptz, how text, device text) language sql stable security definer set search_path = '' as $$select s.id, s.created_at, s.seen_at, s.how, s.device from directory.sign_in_session s
  where s.person_id = p_person and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at and s.seen_at > p_at - make_interval(secs => p_idle) order by s.seen_at desc$$;
--
revoke all on function directory.sessions_of(uuid, timestamptz, integer) from public;
--
grant execute on function directory.sessions_of(uuid, timestamptz, integer) to threefold_app;
--
create or replace function directory.ended_by_limit(p_token bytea, p_slug text, p_at timestamptz, p_within integer) returns table(person_id uuid, person_name text, body_id uuid) language sql stable security definer set search_path = '' as $$select p.id, p.display_name, b.id from directory.sign_in_session s join directory.person p on p.id = s.person_id
    join directory.membership m on m.person_id = p.id join directory.body b on b.id = m.body_id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and p.active and s.seen_at > p_at - make_interval(secs => p_within)
    and b.slug = p_slug and m.ended_at is null and m.begins <= (p_at at time zone 'Europe/London')::date
    and (m.ends is null or m.ends >= (p_at at time zone 'Europe/London')::date) limit 1$$;
--
revoke all on function directory.ended_by_limit(bytea, text, timestamptz, integer) from public;
--
grant execute on function directory.ended_by_limit(bytea, text, timestamptz, integer) to threefold_app;
--
create or replace function directory.sign_in_failed(p_id uuid, p_email text, p_at timestamptz, p_what text, p_detail text) returns void language sql volatile security definer set search_path = '' as $$insert into directory.sign_in_event(id, person_id, at, what, detail) select p_id, p.id, p_at, p_what, p_detail from directory.person p where p.email = p_email and p.active$$;
--
revoke all on function directory.sign_in_failed(uuid, text, timestamptz, text, text) from public;
--
grant execute on function directory.sign_in_failed(uuid, text, timestamptz, text, text) to threefold_app;
--
create or replace function directory.note_event(p_id uuid, p_person uuid, p_at timestamptz, p_what text, p_detail text) returns void language sql volatile security definer set search_path = '' as $$insert into directory.sign_in_event(id, person_id, at, what, detail) values (p_id, p_person, p_at, p_what, p_detail)$$;
--
revoke all on function directory.note_event(uuid, uuid, timestamptz, text, text) from public;
--
grant execute on function directory.note_event(uuid, uuid, timestamptz, text, text) to threefold_app;
--
create or replace function directory.events_of(p_person uuid, p_most integer) returns table(at timestamptz, what text, detail text) language sql stable security definer set search_path = '' as $$select e.at, e.what, e.detail from directory.sign_in_event e where e.person_id = p_person order by e.at desc, e.id limit p_most$$;
--
revoke all on function directory.events_of(uuid, integer) from public;
--
grant execute on function directory.events_of(uuid, integer) to threefold_app;
--
create or replace function directory.code_failed(p_session uuid, p_id uuid, p_at timestamptz, p_most integer) returns integer language sql volatile security definer set search_path = '' as $$
  insert into directory.sign_in_event(id, person_id, at, what, detail) select p_id, s.person_id, p_at, 'code_wrong', s.device from directory.sign_in_session s where s.id = p_session;
  update directory.sign_in_session set tries = tries + 1, ended_at = case when tries + 1 >= p_most then p_at end
    where id = p_session and ended_at is null returning tries$$;
--
revoke all on function directory.code_failed(uuid, uuid, timestamptz, integer) from public;
--
grant execute on function directory.code_failed(uuid, uuid, timestamptz, integer) to threefold_app;
--
create or replace function directory.wrong_codes(p_person uuid, p_since timestamptz) returns table(at timestamptz) language sql stable security definer set search_path = '' as $$select e.at from directory.sign_in_event e where e.person_id = p_person and e.what = 'code_wrong' and e.at > p_since order by e.at desc$$;
--
revoke all on function directory.wrong_codes(uuid, timestamptz) from public;
--
grant execute on function directory.wrong_codes(uuid, timestamptz) to threefold_app;
--
create or replace function directory.totp_of(p_person uuid) returns table(secret bytea, last_step bigint) language sql stable security definer set search_path = '' as $$select t.secret, t.last_step from directory.totp t where t.person_id = p_person$$;
--
revoke all on function directory.totp_of(uuid) from public;
--
grant execute on function directory.totp_of(uuid) to threefold_app;
--
create or replace function directory.put_totp(p_person uuid, p_secret bytea, p_step bigint, p_at timestamptz) returns void language sql volatile security definer set search_path = '' as $$insert into directory.totp(person_id, secret, last_step, added_at) values (p_person, p_secret, p_step, p_at)
  on conflict (person_id) do update set secret = excluded.secret, last_step = excluded.last_step, added_at = excluded.added_at$$;
--
revoke all on function directory.put_totp(uuid, bytea, bigint, timestamptz) from public;
--
grant execute on function directory.put_totp(uuid, bytea, bigint, timestamptz) to threefold_app;
--
create or replace function directory.use_totp(p_person uuid, p_step bigint) returns boolean language sql volatile security definer set search_path = '' as $$update directory.totp set last_step = p_step where person_id = p_person and last_step < p_step returning true$$;
--
revoke all on function directory.use_totp(uuid, bigint) from public;
--
grant execute on function directory.use_totp(uuid, bigint) to threefold_app;
--
create or replace function directory.drop_totp(p_person uuid) returns boolean language sql volatile security definer set search_path = '' as $$delete from directory.totp where person_id = p_person returning true$$;
--
revoke all on function directory.drop_totp(uuid) from public;
--
grant execute on function directory.drop_totp(uuid) to threefold_app;
--
create or replace function directory.passkeys_of(p_person uuid) returns table(id uuid, credential_id bytea, name text, added_at timestamptz, used_at timestamptz) language sql stable security definer set search_path = '' as $$select k.id, k.credential_id, k.name, k.added_at, k.used_at from directory.passkey k where k.person_id = p_person order by k.added_at, k.id$$;
--
revoke all on function directory.passkeys_of(uuid) from public;
--
grant execute on function directory.passkeys_of(uuid) to threefold_app;
--
create or replace function directory.passkey(p_credential bytea) returns table(person_id uuid, public_key bytea, sign_count bigint) language sql stable security definer set search_path = '' as $$select k.person_id, k.public_key, k.sign_count from directory.passkey k join directory.person p on p.id = k.person_id
  where k.credential_id = p_credential and p.active$$;
--
revoke all on function directory.passkey(bytea) from public;
--
grant execute on function directory.passkey(bytea) to threefold_app;
--
create or replace function directory.add_passkey(p_id uuid, p_person uuid, p_credential bytea, p_key bytea, p_count bigint, p_name text, p_at timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$insert into directory.passkey(id, person_id, credential_id, public_key, sign_count, name, added_at)
  values (p_id, p_person, p_credential, p_key, p_count, p_name, p_at) on conflict do nothing returning true$$;
--
revoke all on function directory.add_passkey(uuid, uuid, bytea, bytea, bigint, text, timestamptz) from public;
--
grant execute on function directory.add_passkey(uuid, uuid, bytea, bytea, bigint, text, timestamptz) to threefold_app;
--
create or replace function directory.use_passkey(p_credential bytea, p_count bigint, p_at timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$update directory.passkey set sign_count = p_count, used_at = p_at where credential_id = p_credential
    and (sign_count < p_count or (sign_count = 0 and p_count = 0)) returning true$$;
--
revoke all on function directory.use_passkey(bytea, bigint, timestamptz) from public;
--
grant execute on function directory.use_passkey(bytea, bigint, timestamptz) to threefold_app;
--
create or replace function directory.drop_passkey(p_person uuid, p_id uuid) returns boolean language sql volatile security definer set search_path = '' as $$delete from directory.passkey where person_id = p_person and id = p_id returning true$$;
--
revoke all on function directory.drop_passkey(uuid, uuid) from public;
--
grant execute on function directory.drop_passkey(uuid, uuid) to threefold_app;
--
create or replace function directory.put_recovery_codes(p_person uuid, p_hashes bytea[], p_at timestamptz) returns void language sql volatile security definer set search_path = '' as $$delete from directory.recovery_code where person_id = p_person;
  insert into directory.recovery_code(person_id, code_hash, made_at) select p_person, h, p_at from unnest(p_hashes) h$$;
--
revoke all on function directory.put_recovery_codes(uuid, bytea[], timestamptz) from public;
--
grant execute on function directory.put_recovery_codes(uuid, bytea[], timestamptz) to threefold_app;
--
create or replace function directory.use_recovery_code(p_person uuid, p_hash bytea, p_at timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$update directory.recovery_code set used_at = p_at where person_id = p_person and code_hash = p_hash and used_at is null returning true$$;
--
revoke all on function directory.use_recovery_code(uuid, bytea, timestamptz) from public;
--
grant execute on function directory.use_recovery_code(uuid, bytea, timestamptz) to threefold_app;
--
create or replace function directory.put_challenge(p_id uuid, p_purpose text, p_content bytea, p_at timestamptz, p_expires timestamptz) returns void language sql volatile security definer set search_path = '' as $$delete from directory.challenge where expires_at < p_at;
  insert into directory.challenge(id, purpose, content, expires_at) values (p_id, p_purpose, p_content, p_expires)$$;
--
revoke all on function directory.put_challenge(uuid, text, bytea, timestamptz, timestamptz) from public;
--
grant execute on function directory.put_challenge(uuid, text, bytea, timestamptz, timestamptz) to threefold_app;
--
create or replace function directory.take_challenge(p_id uuid, p_purpose text, p_at timestamptz) returns bytea language sql volatile security definer set search_path = '' as $$delete from directory.challenge where id = p_id and purpose = p_purpose and expires_at > p_at returning content$$;
--
revoke all on function directory.take_challenge(uuid, text, timestamptz) from public;
--
grant execute on function directory.take_challenge(uuid, text, timestamptz) to threefold_app;
--
create or replace function directory.person_of_identity(p_issuer text, p_subject text) returns uuid language sql stable security definer set search_path = '' as $$select p.id from directory.person_identity i join directory.person p on p.id = i.person_id
  where i.issuer = p_issuer and i.subject = p_subject and p.active$$;
--
revoke all on function directory.person_of_identity(text, text) from public;
--
grant execute on function directory.person_of_identity(text, text) to threefold_app;
--
create or replace function directory.link_identity(p_issuer text, p_subject text, p_person uuid, p_at timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$insert into directory.person_identity(issuer, subject, person_id, linked_at) values (p_issuer, p_subject, p_person, p_at)
  on conflict do nothing returning true$$;
--
revoke all on function directory.link_identity(text, text, uuid, timestamptz) from public;
--
grant execute on function directory.link_identity(text, text, uuid, timestamptz) to threefold_app;
--
create or replace function directory.drop_identities(p_person uuid) returns boolean language sql volatile security definer set search_path = '' as $$delete from directory.person_identity where person_id = p_person returning true$$;
--
revoke all on function directory.drop_identities(uuid) from public;
--
grant execute on function directory.drop_identities(uuid) to threefold_app;
--
create or replace function directory.tell_person(p_mail uuid, p_work uuid, p_person uuid, p_kind text, p_at timestamptz) returns void language sql volatile security definer set search_path = '' as $$
  insert into directory.mail(id, person_id, kind, about, made_at, state) select p_mail, p_person, p_kind, null, p_at, 'waiting' ;
  insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error)
    select p_work, '00000000-0000-0000-0000-000000000000', 'mail_account', m.id, p_at, 'waiting', 0, '' from directory.mail m where m.id = p_mail;$$;
--
revoke all on function directory.tell_person(uuid, uuid, uuid, text, timestamptz) from public;
--
grant execute on function directory.tell_person(uuid, uuid, uuid, text, timestamptz) to threefold_app;
--
create or replace function directory.mail_of(p_mail uuid) returns table(kind text, about uuid, made_at timestamptz, email text, person_name text) language sql stable security definer set search_path = '' as $$select m.kind, m.about, m.made_at, p.email, p.display_name from directory.mail m join directory.person p on p.id = m.person_id
  where m.id = p_mail and m.state <> 'sent' and p.active$$;
--
revoke all on function directory.mail_of(uuid) from public;
--
grant execute on function directory.mail_of(uuid) to threefold_app;
--
create or replace function directory.mail_came_to(p_mail uuid, p_state text) returns void language sql volatile security definer set search_path = '' as $$update directory.mail set state = p_state where id = p_mail$$;
--
revoke all on function directory.mail_came_to(uuid, text) from public;
--
grant execute on function directory.mail_came_to(uuid, text) to threefold_app;
--
create or replace function directory.ask_reset(p_id uuid, p_hash bytea, p_email text, p_at timestamptz, p_expires timestamptz, p_mail uuid, p_work uuid) returns void language sql volatile security definer set search_path = '' as $$insert into directory.password_reset(id, person_id, token_hash, made_at, expires_at) select p_id, p.id, p_hash, p_at, p_expires
    from directory.person p where p.email = p_email and p.active and p.password_hash <> ''
      and (select count(*) from directory.password_reset r where r.person_id = p.id and r.made_at > p_at - interval '1 hour') < 3;

  insert into directory.mail(id, person_id, kind, about, made_at, state) select p_mail, p.person_id, 'reset', p.id, p_at, 'waiting' from directory.password_reset p where p.id = p_id;
  insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error)
    select p_work, '00000000-0000-0000-0000-000000000000', 'mail_account', m.id, p_at, 'waiting', 0, '' from directory.mail m where m.id = p_mail;$$;
--
revoke all on function directory.ask_reset(uuid, bytea, text, timestamptz, timestamptz, uuid, uuid) from public;
--
grant execute on function directory.ask_reset(uuid, bytea, text, timestamptz, timestamptz, uuid, uuid) to threefold_app;
--
create or replace function directory.reset_by_token(p_hash bytea, p_at timestamptz) returns table(person_id uuid, email text, person_name text) language sql stable security definer set search_path = '' as $$select p.id, p.email, p.display_name from directory.password_reset r join directory.person p on p.id = r.person_id
  where r.token_hash = p_hash and r.used_at is null and r.expires_at > p_at and p.active$$;
--
revoke all on function directory.reset_by_token(bytea, timestamptz) from public;
--
grant execute on function directory.reset_by_token(bytea, timestamptz) to threefold_app;
--
create or replace function directory.use_reset(p_hash bytea, p_at timestamptz) returns uuid language sql volatile security definer set search_path = '' as $$update directory.password_reset set used_at = p_at where token_hash = p_hash and used_at is null and expires_at > p_at returning person_id$$;
--
revoke all on function directory.use_reset(bytea, timestamptz) from public;
--
grant execute on function directory.use_reset(bytea, timestamptz) to threefold_app;
--
create or replace function directory.set_password(p_person uuid, p_password text) returns void language sql volatile security definer set search_path = '' as $$update directory.person set password_hash = p_password where id = p_person$$;
--
revoke all on function directory.set_password(uuid, text) from public;
--
grant execute on function directory.set_password(uuid, text) to threefold_app;
--
create or replace function directory.members() returns table(id uuid, person_id uuid, email text, person_name text, role text, seat text, begins date, ends date, ended_at timestamptz) language sql stable security definer set search_path = '' as $$select m.id, p.id, p.email, p.display_name, m.role, m.seat, m.begins, m.ends, m.ended_at
  from directory.membership m join directory.person p on p.id = m.person_id where m.body_id = (select walls.scope())$$;
--
revoke all on function directory.members() from public;
--
grant execute on function directory.members() to threefold_app;
--
create or replace function directory.lock_people() returns void language sql volatile security definer set search_path = '' as $$select 1 from directory.body b where b.id = walls.scope() for update$$;
--
revoke all on function directory.lock_people() from public;
--
grant execute on function directory.lock_people() to threefold_app;
--
create or replace function directory.put_member(p_id uuid, p_person uuid, p_role text, p_seat text, p_begins date, p_ends date) returns boolean language sql volatile security definer set search_path = '' as $$insert into directory.membership(id, person_id, body_id, role, seat, begins, ends)
  select p_id, p_person, walls.scope(), p_role, p_seat, p_begins, p_ends
  where exists(select 1 from directory.membership m where m.person_id = p_person and m.body_id = walls.scope())
  on conflict do nothing returning true$$;
--
revoke all on function directory.put_member(uuid, uuid, text, text, date, date) from public;
--
grant execute on function directory.put_member(uuid, uuid, text, text, date, date) to threefold_app;
--
create or replace function directory.end_member(p_id uuid, p_ends date, p_ended timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$update directory.membership set ends = p_ends, ended_at = p_ended
  where id = p_id and body_id = walls.scope() and ended_at is null returning true$$;
--
revoke all on function directory.end_member(uuid, date, timestamptz) from public;
--
grant execute on function directory.end_member(uuid, date, timestamptz) to threefold_app;
--
create or replace function directory.invite(p_id uuid, p_email text, p_role text, p_seat text, p_begins date, p_ends date, p_by uuid, p_at timestamptz, p_expires timestamptz, p_hash bytea) returns void language sql volatile security definer set search_path = '' as $$insert into directory.invitation(id, body_id, email, role, seat, begins, ends, invited_by, invited_at, expires_at, sends, token_hash,
    state, mail_state)
  values (p_id, walls.scope(), p_email, p_role, p_seat, p_begins, p_ends, p_by, p_at, p_expires, 1, p_hash, 'open', 'waiting')$$;
--
revoke all on function directory.invite(uuid, text, text, text, date, date, uuid, timestamptz, timestamptz, bytea) from public;
--
grant execute on function directory.invite(uuid, text, text, text, date, date, uuid, timestamptz, timestamptz, bytea) to threefold_app;
--
create or replace function directory.invitations() returns table(id uuid, email text, role text, seat text, begins date, ends date, invited_by uuid, invited_at timestamptz, expires_at timestamptz, sends integer, state text, mail_state text, accepted_by uuid) language sql stable security definer set search_path = '' as $$select i.id, i.email, i.role, i.seat, i.begins, i.ends, i.invited_by, i.invited_at, i.expires_at, i.sends, i.state, i.mail_state,
    i.accepted_by from directory.invitation i where i.body_id = (select walls.scope()) order by i.invited_at desc, i.id$$;
--
revoke all on function directory.invitations() from public;
--
grant execute on function directory.invitations() to threefold_app;
--
create or replace function directory.send_again(p_id uuid, p_hash bytea, p_expires timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$update directory.invitation set sends = sends + 1, token_hash = p_hash, expires_at = p_expires, mail_state = 'waiting'
  where id = p_id and body_id = walls.scope() and state = 'open' returning true$$;
--
revoke all on function directory.send_again(uuid, bytea, timestamptz) from public;
--
grant execute on function directory.send_again(uuid, bytea, timestamptz) to threefold_app;
--
create or replace function directory.revoke_invitation(p_id uuid, p_at timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$update directory.invitation set state = 'revoked', answered_at = p_at
  where id = p_id and body_id = walls.scope() and state = 'open' returning true$$;
--
revoke all on function directory.revoke_invitation(uuid, timestamptz) from public;
--
grant execute on function directory.revoke_invitation(uuid, timestamptz) to threefold_app;
--
create or replace function directory.invitation_mail_came_to(p_id uuid, p_state text) returns void language sql volatile security definer set search_path = '' as $$update directory.invitation set mail_state = p_state where id = p_id and body_id = walls.scope()$$;
--
revoke all on function directory.invitation_mail_came_to(uuid, text) from public;
--
grant execute on function directory.invitation_mail_came_to(uuid, text) to threefold_app;
--
create or replace function directory.invitation_by_token(p_hash bytea, p_at timestamptz) returns table(id uuid, body_id uuid, body_name text, body_slug text, synthetic boolean, email text, role text, seat text, begins date, ends date, has_account boolean) language sql stable security definer set search_path = '' as $$select i.id, i.body_id, b.name, b.slug, b.synthetic, i.email, i.role, i.seat, i.begins, i.ends,
    exists(select 1 from directory.person p where p.email = i.email)
  from directory.invitation i join directory.body b on b.id = i.body_id
  where i.token_hash = p_hash and i.state = 'open' and i.expires_at > p_at$$;
--
revoke all on function directory.invitation_by_token(bytea, timestamptz) from public;
--
grant execute on function directory.invitation_by_token(bytea, timestamptz) to threefold_app;
--
create or replace function directory.accept_invitation(p_hash bytea, p_person uuid, p_at timestamptz, p_member uuid, p_event uuid) returns boolean language plpgsql volatile security definer set search_path = '' as $$
declare found directory.invitation;
begin
  update directory.invitation set state = 'accepted', accepted_by = p_person, answered_at = p_at
    where token_hash = p_hash and state = 'open' and expires_at > p_at and body_id = walls.scope() and invited_by is distinct from p_person returning * into found;
  if found.id is null then return false; end if;
  insert into directory.membership(id, person_id, body_id, role, seat, begins, ends)
    values (p_member, p_person, found.body_id, found.role, found.seat, found.begins, found.ends) on conflict do nothing;
  insert into directory.sign_in_event(id, person_id, at, what, detail)
    select p_event, p_person, p_at, 'joined', b.name from directory.body b where b.id = found.body_id;
  return true;
end$$;
--
revoke all on function directory.accept_invitation(bytea, uuid, timestamptz, uuid, uuid) from public;
--
grant execute on function directory.accept_invitation(bytea, uuid, timestamptz, uuid, uuid) to threefold_app;
--
create or replace function directory.new_person(p_hash bytea, p_id uuid, p_name text, p_password text, p_at timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$insert into directory.person(id, email, display_name, password_hash, active)
  select p_id, i.email, p_name, p_password, true from directory.invitation i where i.token_hash = p_hash and state = 'open' and expires_at > p_at and body_id = walls.scope() on conflict do nothing returning true$$;
--
revoke all on function directory.new_person(bytea, uuid, text, text, timestamptz) from public;
--
grant execute on function directory.new_person(bytea, uuid, text, text, timestamptz) to threefold_app;
