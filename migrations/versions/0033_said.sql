-- What is asked before a body is known is answered only with the service's word for it: without it nothing is there to be called.
revoke insert on post.letter from threefold_app
--
create or replace function walls.must_be_said(p_function text, p_said text) returns void language plpgsql stable parallel restricted
  security definer set search_path = '' as
$$
declare
  fault text;
begin
  select case
      when k.no is null or pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.encode(pg_catalog.sha256(k.outer_pad || pg_catalog.sha256(
          k.inner_pad || pg_catalog.convert_to(pg_catalog.left(s.said, -65), 'UTF8'))), 'hex'), 'UTF8'))
          <> pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.right(s.said, 64), 'UTF8'))
        or pg_catalog.split_part(s.said, '.', 1) <> 'say'
        then 'the service did not ask this'
      when pg_catalog.split_part(s.said, '.', 2) <> p_function then 'the service asked something else'
      when pg_catalog.split_part(s.said, '.', 3)::bigint < pg_catalog.date_part('epoch', pg_catalog.statement_timestamp())
        then 'the service asked this too long ago; compare the clocks of the service and of the database'
      when k.bound and pg_catalog.split_part(s.said, '.', 4)::bigint <> pg_catalog.pg_backend_pid()
        then 'the service asked this on another connection'
    end into fault
    from (select p_said) s(said)
    left join walls.scope_key k on k.no::text = pg_catalog.split_part(s.said, '.', 5);
  if fault is not null then raise exception using message = fault, errcode = '42501'; end if;
end $$
--
revoke all on function walls.must_be_said(text, text) from public
--
drop function directory.body_by_slug(text)
--
drop function directory.body_by_id(uuid)
--
drop function directory.bodies()
--
drop function directory.end_session(bytea, timestamptz)
--
drop function directory.visit(bytea, text, timestamptz, integer, text)
--
drop function directory.public_key(uuid, integer)
--
drop function post.put_letter(uuid, uuid, bytea, timestamptz, uuid)
--
drop function post.due_work(timestamptz, integer)
--
drop function post.claim_work(uuid, timestamptz)
--
drop function post.finish_work(uuid, text, text, timestamptz)
--
drop function directory.person_by_email(text)
--
drop function directory.person_by_id(uuid)
--
drop function directory.begin_session(uuid, bytea, uuid, timestamptz, timestamptz, text, text, timestamptz, text, text)
--
drop function directory.sign_in_state(bytea, timestamptz, integer, text)
--
drop function directory.pass_step(bytea, bytea, timestamptz, timestamptz, text, text, timestamptz, text)
--
drop function directory.goes_on_elsewhere(uuid, bytea, timestamptz, text)
--
drop function directory.new_place(uuid, bytea, text)
--
drop function directory.end_others(uuid, uuid, uuid, timestamptz)
--
drop function directory.sessions_of(uuid, timestamptz, integer)
--
drop function directory.ended_by_limit(bytea, text, timestamptz, integer)
--
drop function directory.came_from_provider(bytea, bytea)
--
drop function directory.end_provided(uuid, text, text, bytea, timestamptz, timestamptz)
--
drop function directory.sign_in_failed(uuid, text, timestamptz, text, text)
--
drop function directory.note_event(uuid, uuid, timestamptz, text, text)
--
drop function directory.events_of(uuid, integer)
--
drop function directory.remove_old_sign_ins(integer)
--
drop function directory.remove_old_work(integer)
--
drop function directory.sign_in_days()
--
drop function directory.code_failed(uuid, uuid, timestamptz, integer)
--
drop function directory.wrong_codes(uuid, timestamptz)
--
drop function directory.totp_of(uuid)
--
drop function directory.put_totp(uuid, bytea, bigint, timestamptz)
--
drop function directory.use_totp(uuid, bigint)
--
drop function directory.drop_totp(uuid)
--
drop function directory.passkeys_of(uuid)
--
drop function directory.passkey(bytea)
--
drop function directory.add_passkey(uuid, uuid, bytea, bytea, bigint, text, timestamptz)
--
drop function directory.use_passkey(bytea, bigint, timestamptz)
--
drop function directory.drop_passkey(uuid, uuid)
--
drop function directory.put_recovery_codes(uuid, bytea[], timestamptz)
--
drop function directory.use_recovery_code(uuid, bytea, timestamptz)
--
drop function directory.put_challenge(uuid, text, bytea, timestamptz, timestamptz)
--
drop function directory.take_challenge(uuid, text, timestamptz)
--
drop function directory.person_of_identity(text, text)
--
drop function directory.link_identity(text, text, uuid, timestamptz)
--
drop function directory.drop_identities(uuid)
--
drop function directory.tell_person(uuid, uuid, uuid, text, timestamptz)
--
drop function directory.mail_of(uuid)
--
drop function directory.mail_came_to(uuid, text)
--
drop function directory.ask_reset(uuid, bytea, text, timestamptz, timestamptz, uuid, uuid)
--
drop function directory.reset_by_token(bytea, timestamptz)
--
drop function directory.use_reset(bytea, timestamptz)
--
drop function directory.set_password(uuid, text)
--
drop function directory.hash_anew(uuid, text, text)
--
drop function directory.invitation_by_token(bytea, timestamptz)
--
drop function directory.accept_invitation(bytea, uuid, timestamptz, uuid, uuid)
--
drop function directory.new_person(bytea, uuid, text, text, timestamptz)
--
drop function directory.staff_member(bytea, timestamptz, integer)
--
drop function directory.staff_sessions_of(uuid, integer)
--
drop function directory.left_on(uuid)
--
create or replace function directory.body_by_slug(p_said text, p_slug text) returns table(id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/body_by_slug', p_said);
  select b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door from directory.body b where b.slug = p_slug$$
--
revoke all on function directory.body_by_slug(text, text) from public
--
grant execute on function directory.body_by_slug(text, text) to threefold_app
--
create or replace function directory.body_by_id(p_said text, p_id uuid) returns table(id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/body_by_id', p_said);
  select b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door from directory.body b where b.id = p_id$$
--
revoke all on function directory.body_by_id(text, uuid) from public
--
grant execute on function directory.body_by_id(text, uuid) to threefold_app
--
create or replace function directory.bodies(p_said text) returns table(id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/bodies', p_said);
  select b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door from directory.body b where b.on_platform order by b.name$$
--
revoke all on function directory.bodies(text) from public
--
grant execute on function directory.bodies(text) to threefold_app
--
create or replace function directory.end_session(p_said text, p_token bytea, p_at timestamptz) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/end_session', p_said);
  update directory.sign_in_session set ended_at = p_at where token_hash = p_token and ended_at is null$$
--
revoke all on function directory.end_session(text, bytea, timestamptz) from public
--
grant execute on function directory.end_session(text, bytea, timestamptz) to threefold_app
--
create or replace function directory.visit(p_said text, p_token bytea, p_slug text, p_at timestamptz, p_idle integer, p_here text) returns table(person_id uuid, person_name text, person_email text, fresh_at timestamptz, roles text[], seats text[], id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text, staff_session uuid, staff_ends timestamptz, staff_left integer, elsewhere boolean) language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/visit', p_said);
  with touched as (update directory.sign_in_session s set seen_at = p_at
    where token_hash = p_token and ended_at is null and expires_at > p_at and seen_at < p_at - interval '1 minute'
      and seen_at > p_at - make_interval(secs => p_idle) and not (not (p_here = any(s.shown_from)))),
  who as (
  select p.id, p.display_name, p.email, s.fresh_at, s.id as sign_in, not (p_here = any(s.shown_from)) as elsewhere from directory.sign_in_session s join directory.person p on p.id = s.person_id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at
    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active),
  here as (select m.body_id, array_agg(distinct m.role) roles, array_agg(distinct m.seat) seats
    from directory.membership m join who on who.id = m.person_id join directory.body b on b.id = m.body_id
    where (p_slug is null or b.slug = p_slug) and m.begins <= (p_at at time zone 'Europe/London')::date and (m.ends is null or m.ends >= (p_at at time zone 'Europe/London')::date) and m.ended_at is null group by m.body_id),
  staffed as (select x.id, x.body_id, x.ends from directory.staff_session x join who on who.id = x.person_id and who.sign_in = x.sign_in_id
    join directory.platform_staff f on f.person_id = x.person_id and f.ended_at is null join directory.body b on b.id = x.body_id
    where b.slug = p_slug and b.left_on is null and x.ended_at is null and x.begins <= pg_catalog.statement_timestamp() and x.ends > pg_catalog.statement_timestamp() and not exists(select 1 from here) limit 1)
  select who.id, who.display_name, who.email, who.fresh_at, here.roles, here.seats, b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door, staffed.id, staffed.ends,
    ceil(extract(epoch from staffed.ends - pg_catalog.statement_timestamp()))::integer, who.elsewhere
  from who left join here on true left join staffed on true left join directory.body b on b.id = coalesce(here.body_id, staffed.body_id)
  order by b.name$$
--
revoke all on function directory.visit(text, bytea, text, timestamptz, integer, text) from public
--
grant execute on function directory.visit(text, bytea, text, timestamptz, integer, text) to threefold_app
--
create or replace function directory.public_key(p_said text, p_body uuid, p_no integer) returns table(key_no integer, verify_key bytea, seal_key bytea) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/public_key', p_said);
  select k.key_no, k.verify_key, k.seal_key from directory.body_public_key k
  where k.body_id = p_body and (k.key_no = p_no or (p_no is null and k.retired_at is null)) order by k.key_no desc limit 1$$
--
revoke all on function directory.public_key(text, uuid, integer) from public
--
grant execute on function directory.public_key(text, uuid, integer) to threefold_app
--
create or replace function post.put_letter(p_said text, p_receiver uuid, p_id uuid, p_letter bytea, p_at timestamptz, p_work uuid) returns uuid language plpgsql volatile security definer set search_path = '' as $$
begin
  perform walls.must_be_said('post/put_letter', p_said);
  if walls.scope() is null then raise exception 'no body is bound'; end if;
  perform pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtextextended('stays ' || p_receiver::text, 0));
  if not exists (select from directory.body b where b.id = p_receiver) then raise exception 'no such receiver'; end if;
  if exists (select from directory.body b where b.id = p_receiver and b.left_on is not null) then
    raise exception 'the receiver has left' using errcode = 'TF001'; end if;
  insert into post.letter(receiver_id, id, sender_id, posted_at, letter) values (p_receiver, p_id, walls.scope(), p_at, p_letter)
    on conflict do nothing;
  insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error)
    values (p_work, p_receiver, 'take_in', p_id, p_at, 'waiting', 0, '') on conflict do nothing;
  return (select w.id from post.work w where w.body_id = p_receiver and w.kind = 'take_in' and w.subject = p_id);
end$$
--
revoke all on function post.put_letter(text, uuid, uuid, bytea, timestamptz, uuid) from public
--
grant execute on function post.put_letter(text, uuid, uuid, bytea, timestamptz, uuid) to threefold_app
--
create or replace function post.due_work(p_said text, p_at timestamptz, p_limit integer) returns table(id uuid) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('post/due_work', p_said);
  select w.id from post.work w where (w.state = 'waiting' and w.run_after <= p_at)
    or (w.state = 'running' and w.claimed_at < p_at - interval '5 minutes') order by w.run_after limit p_limit$$
--
revoke all on function post.due_work(text, timestamptz, integer) from public
--
grant execute on function post.due_work(text, timestamptz, integer) to threefold_app
--
create or replace function post.claim_work(p_said text, p_id uuid, p_at timestamptz) returns table(body_id uuid, kind text, subject uuid, attempts integer) language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('post/claim_work', p_said);
  update post.work w set state = 'running', claimed_at = p_at, attempts = w.attempts + 1 where w.id =
    (select x.id from post.work x where x.id = p_id and ((x.state = 'waiting' and x.run_after <= p_at)
      or (x.state = 'running' and x.claimed_at < p_at - interval '5 minutes')) for update skip locked)
  returning w.body_id, w.kind, w.subject, w.attempts$$
--
revoke all on function post.claim_work(text, uuid, timestamptz) from public
--
grant execute on function post.claim_work(text, uuid, timestamptz) to threefold_app
--
create or replace function post.finish_work(p_said text, p_id uuid, p_outcome text, p_error text, p_again timestamptz) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('post/finish_work', p_said);
  update post.work set state = p_outcome, last_error = p_error, run_after = coalesce(p_again, run_after) where id = p_id$$
--
revoke all on function post.finish_work(text, uuid, text, text, timestamptz) from public
--
grant execute on function post.finish_work(text, uuid, text, text, timestamptz) to threefold_app
--
create or replace function directory.person_by_email(p_said text, p_email text) returns table(person_id uuid, person_name text, password_hash text, active boolean, second_step boolean) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/person_by_email', p_said);
  select p.id, p.display_name, p.password_hash, p.active,
    exists(select 1 from directory.totp t where t.person_id = p.id) or exists(select 1 from directory.passkey k where k.person_id = p.id)
  from directory.person p where p.email = p_email$$
--
revoke all on function directory.person_by_email(text, text) from public
--
grant execute on function directory.person_by_email(text, text) to threefold_app
--
create or replace function directory.person_by_id(p_said text, p_id uuid) returns table(person_id uuid, person_name text, password_hash text, active boolean, second_step boolean) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/person_by_id', p_said);
  select p.id, p.display_name, p.password_hash, p.active,
    exists(select 1 from directory.totp t where t.person_id = p.id) or exists(select 1 from directory.passkey k where k.person_id = p.id)
  from directory.person p where p.id = p_id$$
--
revoke all on function directory.person_by_id(text, uuid) from public
--
grant execute on function directory.person_by_id(text, uuid) to threefold_app
--
create or replace function directory.begin_session(p_said text, p_id uuid, p_token bytea, p_person uuid, p_at timestamptz, p_expires timestamptz, p_stage text, p_how text, p_fresh timestamptz, p_device text, p_here text) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/begin_session', p_said);
  insert into directory.sign_in_session(id, token_hash, person_id, created_at, seen_at, expires_at, stage, how, fresh_at, device, tries, shown_from)
  values (p_id, p_token, p_person, p_at, p_at, p_expires, p_stage, p_how, p_fresh, p_device, 0, array[p_here])$$
--
revoke all on function directory.begin_session(text, uuid, bytea, uuid, timestamptz, timestamptz, text, text, timestamptz, text, text) from public
--
grant execute on function directory.begin_session(text, uuid, bytea, uuid, timestamptz, timestamptz, text, text, timestamptz, text, text) to threefold_app
--
create or replace function directory.sign_in_state(p_said text, p_token bytea, p_at timestamptz, p_idle integer, p_here text) returns table(session_id uuid, person_id uuid, person_name text, email text, stage text, how text, created_at timestamptz, fresh_at timestamptz, password_hash text, totp boolean, passkeys bigint, codes bigint, identities bigint, elsewhere boolean) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/sign_in_state', p_said);
  select s.id, p.id, p.display_name, p.email, s.stage, s.how, s.created_at, s.fresh_at, p.password_hash,
    exists(select 1 from directory.totp t where t.person_id = p.id), (select count(*) from directory.passkey k where k.person_id = p.id),
    (select count(*) from directory.recovery_code c where c.person_id = p.id and c.used_at is null),
    (select count(*) from directory.person_identity i where i.person_id = p.id), not (p_here = any(s.shown_from))
  from directory.sign_in_session s join directory.person p on p.id = s.person_id where s.token_hash = p_token and p.active and s.ended_at is null and s.expires_at > p_at and s.seen_at > p_at - make_interval(secs => p_idle)$$
--
revoke all on function directory.sign_in_state(text, bytea, timestamptz, integer, text) from public
--
grant execute on function directory.sign_in_state(text, bytea, timestamptz, integer, text) to threefold_app
--
create or replace function directory.pass_step(p_said text, p_old bytea, p_new bytea, p_at timestamptz, p_expires timestamptz, p_stage text, p_how text, p_fresh timestamptz, p_here text) returns boolean language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/pass_step', p_said);
  update directory.sign_in_session s set token_hash = p_new, seen_at = p_at, expires_at = p_expires, stage = p_stage, how = p_how,
    fresh_at = p_fresh, tries = 0, shown_from = case when s.stage <> 'open' then array[p_here] when not (p_here = any(s.shown_from))
      then (array[p_here] || s.shown_from)[1:20] else s.shown_from end
  where token_hash = p_old and ended_at is null and expires_at > p_at returning true$$
--
revoke all on function directory.pass_step(text, bytea, bytea, timestamptz, timestamptz, text, text, timestamptz, text) from public
--
grant execute on function directory.pass_step(text, bytea, bytea, timestamptz, timestamptz, text, text, timestamptz, text) to threefold_app
--
create or replace function directory.goes_on_elsewhere(p_said text, p_id uuid, p_token bytea, p_at timestamptz, p_here text) returns table(person_id uuid, tell boolean) language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/goes_on_elsewhere', p_said);
  with who as (select s.person_id from directory.sign_in_session s where s.token_hash = p_token),
  told as (select e.detail from directory.sign_in_event e join who on who.person_id = e.person_id
    where e.what = 'elsewhere' and e.at > p_at - interval '1 hour'),
  noted as (insert into directory.sign_in_event(id, person_id, at, what, detail) select p_id, who.person_id, p_at, 'elsewhere', p_here from who where p_here not in (select t.detail from told t)
    returning person_id)
  select n.person_id, not exists(select from told)
    and not exists(select from directory.sign_in_session o where o.person_id = n.person_id and p_here = any(o.shown_from)) from noted n$$
--
revoke all on function directory.goes_on_elsewhere(text, uuid, bytea, timestamptz, text) from public
--
grant execute on function directory.goes_on_elsewhere(text, uuid, bytea, timestamptz, text) to threefold_app
--
create or replace function directory.new_place(p_said text, p_person uuid, p_token bytea, p_here text) returns boolean language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/new_place', p_said);
  select coalesce(bool_and(not (p_here = any(s.shown_from))), false) from directory.sign_in_session s
  where s.person_id = p_person and s.token_hash <> p_token and s.stage = 'open' and s.shown_from <> '{}'$$
--
revoke all on function directory.new_place(text, uuid, bytea, text) from public
--
grant execute on function directory.new_place(text, uuid, bytea, text) to threefold_app
--
create or replace function directory.end_others(p_said text, p_person uuid, p_keep uuid, p_one uuid, p_at timestamptz) returns bigint language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/end_others', p_said);
  with ended as (update directory.sign_in_session set ended_at = p_at where person_id = p_person and ended_at is null
    and id is distinct from p_keep and (p_one is null or id = p_one) returning 1) select count(*) from ended$$
--
revoke all on function directory.end_others(text, uuid, uuid, uuid, timestamptz) from public
--
grant execute on function directory.end_others(text, uuid, uuid, uuid, timestamptz) to threefold_app
--
create or replace function directory.sessions_of(p_said text, p_person uuid, p_at timestamptz, p_idle integer) returns table(id uuid, created_at timestamptz, seen_at timestamptz, how text, device text, shown_from text[]) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/sessions_of', p_said);
  select s.id, s.created_at, s.seen_at, s.how, s.device, s.shown_from from directory.sign_in_session s
  where s.person_id = p_person and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at and s.seen_at > p_at - make_interval(secs => p_idle) order by s.seen_at desc$$
--
revoke all on function directory.sessions_of(text, uuid, timestamptz, integer) from public
--
grant execute on function directory.sessions_of(text, uuid, timestamptz, integer) to threefold_app
--
create or replace function directory.ended_by_limit(p_said text, p_token bytea, p_slug text, p_at timestamptz, p_within integer) returns table(person_id uuid, person_name text, body_id uuid) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/ended_by_limit', p_said);
  select p.id, p.display_name, b.id from directory.sign_in_session s join directory.person p on p.id = s.person_id
    join directory.membership m on m.person_id = p.id join directory.body b on b.id = m.body_id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and p.active and s.seen_at > p_at - make_interval(secs => p_within)
    and b.slug = p_slug and m.ended_at is null and m.begins <= (p_at at time zone 'Europe/London')::date
    and (m.ends is null or m.ends >= (p_at at time zone 'Europe/London')::date) limit 1$$
--
revoke all on function directory.ended_by_limit(text, bytea, text, timestamptz, integer) from public
--
grant execute on function directory.ended_by_limit(text, bytea, text, timestamptz, integer) to threefold_app
--
create or replace function directory.came_from_provider(p_said text, p_token bytea, p_provided bytea) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/came_from_provider', p_said);
  update directory.sign_in_session set provided = p_provided where token_hash = p_token and provided is null$$
--
revoke all on function directory.came_from_provider(text, bytea, bytea) from public
--
grant execute on function directory.came_from_provider(text, bytea, bytea) to threefold_app
--
create or replace function directory.end_provided(p_said text, p_once uuid, p_issuer text, p_subject text, p_provided bytea, p_at timestamptz, p_until timestamptz) returns bigint language plpgsql volatile security definer set search_path = '' as $$
declare ended bigint;
begin
  perform walls.must_be_said('directory/end_provided', p_said);
  delete from directory.challenge where expires_at < p_at;
  insert into directory.challenge(id, purpose, content, expires_at) values (p_once, 'provider_sign_out', '', p_until) on conflict do nothing;
  if not found then return null; end if;
  with gone as (update directory.sign_in_session s set ended_at = p_at
      where s.ended_at is null and s.expires_at > p_at and s.provided is not null and coalesce(p_subject, p_provided::text) is not null
        and (p_provided is null or s.provided = p_provided)
        and (p_subject is null or s.person_id = (select i.person_id from directory.person_identity i where i.issuer = p_issuer and i.subject = p_subject))
      returning s.person_id, s.device),
    noted as (insert into directory.sign_in_event(id, person_id, at, what, detail) select pg_catalog.gen_random_uuid(), g.person_id, p_at, 'provider_signed_out', g.device from gone g returning 1)
  select count(*) into ended from noted;
  return ended;
end$$
--
revoke all on function directory.end_provided(text, uuid, text, text, bytea, timestamptz, timestamptz) from public
--
grant execute on function directory.end_provided(text, uuid, text, text, bytea, timestamptz, timestamptz) to threefold_app
--
create or replace function directory.sign_in_failed(p_said text, p_id uuid, p_email text, p_at timestamptz, p_what text, p_detail text) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/sign_in_failed', p_said);
  insert into directory.sign_in_event(id, person_id, at, what, detail) select p_id, p.id, p_at, p_what, p_detail from directory.person p where p.email = p_email and p.active$$
--
revoke all on function directory.sign_in_failed(text, uuid, text, timestamptz, text, text) from public
--
grant execute on function directory.sign_in_failed(text, uuid, text, timestamptz, text, text) to threefold_app
--
create or replace function directory.note_event(p_said text, p_id uuid, p_person uuid, p_at timestamptz, p_what text, p_detail text) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/note_event', p_said);
  insert into directory.sign_in_event(id, person_id, at, what, detail) values (p_id, p_person, p_at, p_what, p_detail)$$
--
revoke all on function directory.note_event(text, uuid, uuid, timestamptz, text, text) from public
--
grant execute on function directory.note_event(text, uuid, uuid, timestamptz, text, text) to threefold_app
--
create or replace function directory.events_of(p_said text, p_person uuid, p_most integer) returns table(at timestamptz, what text, detail text) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/events_of', p_said);
  select e.at, e.what, e.detail from directory.sign_in_event e where e.person_id = p_person order by e.at desc, e.id limit p_most$$
--
revoke all on function directory.events_of(text, uuid, integer) from public
--
grant execute on function directory.events_of(text, uuid, integer) to threefold_app
--
create or replace function directory.remove_old_sign_ins(p_said text, p_most integer) returns table(events bigint, sign_ins bigint) language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/remove_old_sign_ins', p_said);
  with old as (select pg_catalog.statement_timestamp() - make_interval(days => l.days) as before from directory.sign_in_limit l),
  events as (delete from directory.sign_in_event e where e.id in
    (select x.id from directory.sign_in_event x join old on x.at < old.before order by x.at limit p_most) returning 1),
  sign_ins as (delete from directory.sign_in_session s where s.id in
    (select x.id from directory.sign_in_session x join old on x.created_at < old.before and (x.ended_at < old.before or x.expires_at < old.before)
      where not exists (select from directory.staff_session f where f.sign_in_id = x.id) order by x.created_at limit p_most) returning 1)
  select (select count(*) from events), (select count(*) from sign_ins)$$
--
revoke all on function directory.remove_old_sign_ins(text, integer) from public
--
grant execute on function directory.remove_old_sign_ins(text, integer) to threefold_app
--
create or replace function directory.remove_old_work(p_said text, p_most integer) returns table(mails bigint, links bigint, works bigint) language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/remove_old_work', p_said);
  with old as (select pg_catalog.statement_timestamp() - make_interval(days => l.days) as before from directory.sign_in_limit l),
  mails as (delete from directory.mail m where m.id in
    (select x.id from directory.mail x join old on x.made_at < old.before
      where not exists (select from post.work w where w.kind = 'mail_account' and w.subject = x.id and w.state <> 'done')
      order by x.made_at limit p_most) returning 1),
  links as (delete from directory.password_reset r where r.id in
    (select x.id from directory.password_reset x join old on x.expires_at < old.before order by x.expires_at limit p_most) returning 1),
  works as (delete from post.work w where w.state = 'done' and w.id in
    (select x.id from post.work x join old on x.run_after < old.before and x.claimed_at < old.before where x.state = 'done'
      order by x.run_after limit p_most) returning 1)
  select (select count(*) from mails), (select count(*) from links), (select count(*) from works)$$
--
revoke all on function directory.remove_old_work(text, integer) from public
--
grant execute on function directory.remove_old_work(text, integer) to threefold_app
--
create or replace function directory.sign_in_days(p_said text) returns integer language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/sign_in_days', p_said);
  select l.days from directory.sign_in_limit l$$
--
revoke all on function directory.sign_in_days(text) from public
--
grant execute on function directory.sign_in_days(text) to threefold_app
--
create or replace function directory.code_failed(p_said text, p_session uuid, p_id uuid, p_at timestamptz, p_most integer) returns integer language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/code_failed', p_said);
  insert into directory.sign_in_event(id, person_id, at, what, detail) select p_id, s.person_id, p_at, 'code_wrong', s.device from directory.sign_in_session s where s.id = p_session;
  update directory.sign_in_session set tries = tries + 1, ended_at = case when tries + 1 >= p_most then p_at end
    where id = p_session and ended_at is null returning tries$$
--
revoke all on function directory.code_failed(text, uuid, uuid, timestamptz, integer) from public
--
grant execute on function directory.code_failed(text, uuid, uuid, timestamptz, integer) to threefold_app
--
create or replace function directory.wrong_codes(p_said text, p_person uuid, p_since timestamptz) returns table(at timestamptz) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/wrong_codes', p_said);
  select e.at from directory.sign_in_event e where e.person_id = p_person and e.what = 'code_wrong' and e.at > p_since order by e.at desc$$
--
revoke all on function directory.wrong_codes(text, uuid, timestamptz) from public
--
grant execute on function directory.wrong_codes(text, uuid, timestamptz) to threefold_app
--
create or replace function directory.totp_of(p_said text, p_person uuid) returns table(secret bytea, last_step bigint) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/totp_of', p_said);
  select t.secret, t.last_step from directory.totp t where t.person_id = p_person$$
--
revoke all on function directory.totp_of(text, uuid) from public
--
grant execute on function directory.totp_of(text, uuid) to threefold_app
--
create or replace function directory.put_totp(p_said text, p_person uuid, p_secret bytea, p_step bigint, p_at timestamptz) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/put_totp', p_said);
  insert into directory.totp(person_id, secret, last_step, added_at) values (p_person, p_secret, p_step, p_at)
  on conflict (person_id) do update set secret = excluded.secret, last_step = excluded.last_step, added_at = excluded.added_at$$
--
revoke all on function directory.put_totp(text, uuid, bytea, bigint, timestamptz) from public
--
grant execute on function directory.put_totp(text, uuid, bytea, bigint, timestamptz) to threefold_app
--
create or replace function directory.use_totp(p_said text, p_person uuid, p_step bigint) returns boolean language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/use_totp', p_said);
  update directory.totp set last_step = p_step where person_id = p_person and last_step < p_step returning true$$
--
revoke all on function directory.use_totp(text, uuid, bigint) from public
--
grant execute on function directory.use_totp(text, uuid, bigint) to threefold_app
--
create or replace function directory.drop_totp(p_said text, p_person uuid) returns boolean language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/drop_totp', p_said);
  delete from directory.totp where person_id = p_person returning true$$
--
revoke all on function directory.drop_totp(text, uuid) from public
--
grant execute on function directory.drop_totp(text, uuid) to threefold_app
--
create or replace function directory.passkeys_of(p_said text, p_person uuid) returns table(id uuid, credential_id bytea, name text, added_at timestamptz, used_at timestamptz) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/passkeys_of', p_said);
  select k.id, k.credential_id, k.name, k.added_at, k.used_at from directory.passkey k where k.person_id = p_person order by k.added_at, k.id$$
--
revoke all on function directory.passkeys_of(text, uuid) from public
--
grant execute on function directory.passkeys_of(text, uuid) to threefold_app
--
create or replace function directory.passkey(p_said text, p_credential bytea) returns table(person_id uuid, public_key bytea, sign_count bigint) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/passkey', p_said);
  select k.person_id, k.public_key, k.sign_count from directory.passkey k join directory.person p on p.id = k.person_id
  where k.credential_id = p_credential and p.active$$
--
revoke all on function directory.passkey(text, bytea) from public
--
grant execute on function directory.passkey(text, bytea) to threefold_app
--
create or replace function directory.add_passkey(p_said text, p_id uuid, p_person uuid, p_credential bytea, p_key bytea, p_count bigint, p_name text, p_at timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/add_passkey', p_said);
  insert into directory.passkey(id, person_id, credential_id, public_key, sign_count, name, added_at)
  values (p_id, p_person, p_credential, p_key, p_count, p_name, p_at) on conflict do nothing returning true$$
--
revoke all on function directory.add_passkey(text, uuid, uuid, bytea, bytea, bigint, text, timestamptz) from public
--
grant execute on function directory.add_passkey(text, uuid, uuid, bytea, bytea, bigint, text, timestamptz) to threefold_app
--
create or replace function directory.use_passkey(p_said text, p_credential bytea, p_count bigint, p_at timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/use_passkey', p_said);
  update directory.passkey set sign_count = p_count, used_at = p_at where credential_id = p_credential
    and (sign_count < p_count or (sign_count = 0 and p_count = 0)) returning true$$
--
revoke all on function directory.use_passkey(text, bytea, bigint, timestamptz) from public
--
grant execute on function directory.use_passkey(text, bytea, bigint, timestamptz) to threefold_app
--
create or replace function directory.drop_passkey(p_said text, p_person uuid, p_id uuid) returns boolean language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/drop_passkey', p_said);
  delete from directory.passkey where person_id = p_person and id = p_id returning true$$
--
revoke all on function directory.drop_passkey(text, uuid, uuid) from public
--
grant execute on function directory.drop_passkey(text, uuid, uuid) to threefold_app
--
create or replace function directory.put_recovery_codes(p_said text, p_person uuid, p_hashes bytea[], p_at timestamptz) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/put_recovery_codes', p_said);
  delete from directory.recovery_code where person_id = p_person;
  insert into directory.recovery_code(person_id, code_hash, made_at) select p_person, h, p_at from unnest(p_hashes) h$$
--
revoke all on function directory.put_recovery_codes(text, uuid, bytea[], timestamptz) from public
--
grant execute on function directory.put_recovery_codes(text, uuid, bytea[], timestamptz) to threefold_app
--
create or replace function directory.use_recovery_code(p_said text, p_person uuid, p_hash bytea, p_at timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/use_recovery_code', p_said);
  update directory.recovery_code set used_at = p_at where person_id = p_person and code_hash = p_hash and used_at is null returning true$$
--
revoke all on function directory.use_recovery_code(text, uuid, bytea, timestamptz) from public
--
grant execute on function directory.use_recovery_code(text, uuid, bytea, timestamptz) to threefold_app
--
create or replace function directory.put_challenge(p_said text, p_id uuid, p_purpose text, p_content bytea, p_at timestamptz, p_expires timestamptz) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/put_challenge', p_said);
  delete from directory.challenge where expires_at < p_at;
  insert into directory.challenge(id, purpose, content, expires_at) values (p_id, p_purpose, p_content, p_expires)$$
--
revoke all on function directory.put_challenge(text, uuid, text, bytea, timestamptz, timestamptz) from public
--
grant execute on function directory.put_challenge(text, uuid, text, bytea, timestamptz, timestamptz) to threefold_app
--
create or replace function directory.take_challenge(p_said text, p_id uuid, p_purpose text, p_at timestamptz) returns bytea language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/take_challenge', p_said);
  delete from directory.challenge where id = p_id and purpose = p_purpose and expires_at > p_at returning content$$
--
revoke all on function directory.take_challenge(text, uuid, text, timestamptz) from public
--
grant execute on function directory.take_challenge(text, uuid, text, timestamptz) to threefold_app
--
create or replace function directory.person_of_identity(p_said text, p_issuer text, p_subject text) returns uuid language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/person_of_identity', p_said);
  select p.id from directory.person_identity i join directory.person p on p.id = i.person_id
  where i.issuer = p_issuer and i.subject = p_subject and p.active$$
--
revoke all on function directory.person_of_identity(text, text, text) from public
--
grant execute on function directory.person_of_identity(text, text, text) to threefold_app
--
create or replace function directory.link_identity(p_said text, p_issuer text, p_subject text, p_person uuid, p_at timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/link_identity', p_said);
  insert into directory.person_identity(issuer, subject, person_id, linked_at) values (p_issuer, p_subject, p_person, p_at)
  on conflict do nothing returning true$$
--
revoke all on function directory.link_identity(text, text, text, uuid, timestamptz) from public
--
grant execute on function directory.link_identity(text, text, text, uuid, timestamptz) to threefold_app
--
create or replace function directory.drop_identities(p_said text, p_person uuid) returns boolean language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/drop_identities', p_said);
  delete from directory.person_identity where person_id = p_person returning true$$
--
revoke all on function directory.drop_identities(text, uuid) from public
--
grant execute on function directory.drop_identities(text, uuid) to threefold_app
--
create or replace function directory.tell_person(p_said text, p_mail uuid, p_work uuid, p_person uuid, p_kind text, p_at timestamptz) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/tell_person', p_said);
  insert into directory.mail(id, person_id, kind, about, made_at, state) select p_mail, p_person, p_kind, null, p_at, 'waiting' ;
  insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error)
    select p_work, '00000000-0000-0000-0000-000000000000', 'mail_account', m.id, p_at, 'waiting', 0, '' from directory.mail m where m.id = p_mail;$$
--
revoke all on function directory.tell_person(text, uuid, uuid, uuid, text, timestamptz) from public
--
grant execute on function directory.tell_person(text, uuid, uuid, uuid, text, timestamptz) to threefold_app
--
create or replace function directory.mail_of(p_said text, p_mail uuid) returns table(kind text, about uuid, made_at timestamptz, email text, person_name text) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/mail_of', p_said);
  select m.kind, m.about, m.made_at, p.email, p.display_name from directory.mail m join directory.person p on p.id = m.person_id
  where m.id = p_mail and m.state <> 'sent' and p.active$$
--
revoke all on function directory.mail_of(text, uuid) from public
--
grant execute on function directory.mail_of(text, uuid) to threefold_app
--
create or replace function directory.mail_came_to(p_said text, p_mail uuid, p_state text) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/mail_came_to', p_said);
  update directory.mail set state = p_state where id = p_mail$$
--
revoke all on function directory.mail_came_to(text, uuid, text) from public
--
grant execute on function directory.mail_came_to(text, uuid, text) to threefold_app
--
create or replace function directory.ask_reset(p_said text, p_id uuid, p_hash bytea, p_email text, p_at timestamptz, p_expires timestamptz, p_mail uuid, p_work uuid) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/ask_reset', p_said);
  insert into directory.password_reset(id, person_id, token_hash, made_at, expires_at) select p_id, p.id, p_hash, p_at, p_expires
    from directory.person p where p.email = p_email and p.active and p.password_hash <> ''
      and (select count(*) from directory.password_reset r where r.person_id = p.id and r.made_at > p_at - interval '1 hour') < 3;
  
  insert into directory.mail(id, person_id, kind, about, made_at, state) select p_mail, p.person_id, 'reset', p.id, p_at, 'waiting' from directory.password_reset p where p.id = p_id;
  insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error)
    select p_work, '00000000-0000-0000-0000-000000000000', 'mail_account', m.id, p_at, 'waiting', 0, '' from directory.mail m where m.id = p_mail;$$
--
revoke all on function directory.ask_reset(text, uuid, bytea, text, timestamptz, timestamptz, uuid, uuid) from public
--
grant execute on function directory.ask_reset(text, uuid, bytea, text, timestamptz, timestamptz, uuid, uuid) to threefold_app
--
create or replace function directory.reset_by_token(p_said text, p_hash bytea, p_at timestamptz) returns table(person_id uuid, email text, person_name text) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/reset_by_token', p_said);
  select p.id, p.email, p.display_name from directory.password_reset r join directory.person p on p.id = r.person_id
  where r.token_hash = p_hash and r.used_at is null and r.expires_at > p_at and p.active$$
--
revoke all on function directory.reset_by_token(text, bytea, timestamptz) from public
--
grant execute on function directory.reset_by_token(text, bytea, timestamptz) to threefold_app
--
create or replace function directory.use_reset(p_said text, p_hash bytea, p_at timestamptz) returns uuid language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/use_reset', p_said);
  update directory.password_reset set used_at = p_at where token_hash = p_hash and used_at is null and expires_at > p_at returning person_id$$
--
revoke all on function directory.use_reset(text, bytea, timestamptz) from public
--
grant execute on function directory.use_reset(text, bytea, timestamptz) to threefold_app
--
create or replace function directory.set_password(p_said text, p_person uuid, p_password text) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/set_password', p_said);
  update directory.person set password_hash = p_password where id = p_person$$
--
revoke all on function directory.set_password(text, uuid, text) from public
--
grant execute on function directory.set_password(text, uuid, text) to threefold_app
--
create or replace function directory.hash_anew(p_said text, p_person uuid, p_before text, p_after text) returns void language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/hash_anew', p_said);
  update directory.person set password_hash = p_after where id = p_person and password_hash = p_before$$
--
revoke all on function directory.hash_anew(text, uuid, text, text) from public
--
grant execute on function directory.hash_anew(text, uuid, text, text) to threefold_app
--
create or replace function directory.invitation_by_token(p_said text, p_hash bytea, p_at timestamptz) returns table(id uuid, body_id uuid, body_name text, body_slug text, synthetic boolean, email text, role text, seat text, begins date, ends date, has_account boolean) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/invitation_by_token', p_said);
  select i.id, i.body_id, b.name, b.slug, b.synthetic, i.email, i.role, i.seat, i.begins, i.ends,
    exists(select 1 from directory.person p where p.email = i.email)
  from directory.invitation i join directory.body b on b.id = i.body_id
  where i.token_hash = p_hash and i.state = 'open' and i.expires_at > p_at$$
--
revoke all on function directory.invitation_by_token(text, bytea, timestamptz) from public
--
grant execute on function directory.invitation_by_token(text, bytea, timestamptz) to threefold_app
--
create or replace function directory.accept_invitation(p_said text, p_hash bytea, p_person uuid, p_at timestamptz, p_member uuid, p_event uuid) returns boolean language plpgsql volatile security definer set search_path = '' as $$
declare found directory.invitation;
begin
  perform walls.must_be_said('directory/accept_invitation', p_said);
  update directory.invitation set state = 'accepted', accepted_by = p_person, answered_at = p_at
    where token_hash = p_hash and state = 'open' and expires_at > p_at and body_id = walls.scope() and invited_by is distinct from p_person returning * into found;
  if found.id is null then return false; end if;
  insert into directory.membership(id, person_id, body_id, role, seat, begins, ends)
    values (p_member, p_person, found.body_id, found.role, found.seat, found.begins, found.ends) on conflict do nothing;
  insert into directory.sign_in_event(id, person_id, at, what, detail)
    select p_event, p_person, p_at, 'joined', b.name from directory.body b where b.id = found.body_id;
  return true;
end$$
--
revoke all on function directory.accept_invitation(text, bytea, uuid, timestamptz, uuid, uuid) from public
--
grant execute on function directory.accept_invitation(text, bytea, uuid, timestamptz, uuid, uuid) to threefold_app
--
create or replace function directory.new_person(p_said text, p_hash bytea, p_id uuid, p_name text, p_password text, p_at timestamptz) returns boolean language sql volatile security definer set search_path = '' as $$
  select walls.must_be_said('directory/new_person', p_said);
  insert into directory.person(id, email, display_name, password_hash, active)
  select p_id, i.email, p_name, p_password, true from directory.invitation i where i.token_hash = p_hash and state = 'open' and expires_at > p_at and body_id = walls.scope() on conflict do nothing returning true$$
--
revoke all on function directory.new_person(text, bytea, uuid, text, text, timestamptz) from public
--
grant execute on function directory.new_person(text, bytea, uuid, text, text, timestamptz) to threefold_app
--
create or replace function directory.staff_member(p_said text, p_token bytea, p_at timestamptz, p_idle integer) returns table(person_id uuid, person_name text, fresh_at timestamptz) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/staff_member', p_said);
  select p.id, p.display_name, s.fresh_at from directory.sign_in_session s join directory.person p on p.id = s.person_id
    join directory.platform_staff f on f.person_id = p.id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at
    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active and f.ended_at is null$$
--
revoke all on function directory.staff_member(text, bytea, timestamptz, integer) from public
--
grant execute on function directory.staff_member(text, bytea, timestamptz, integer) to threefold_app
--
create or replace function directory.staff_sessions_of(p_said text, p_person uuid, p_most integer) returns table(id uuid, body_id uuid, slug text, name text, begins timestamptz, ends timestamptz, ended_at timestamptz, ended_by uuid, open boolean) language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/staff_sessions_of', p_said);
  select x.id, b.id, b.slug, b.name, x.begins, x.ends, case when s.ended_at < x.ends then least(x.ended_at, s.ended_at) else x.ended_at end, x.ended_by, x.ended_at is null and s.ended_at is null and x.ends > pg_catalog.statement_timestamp() from directory.staff_session x join directory.body b on b.id = x.body_id
    join directory.sign_in_session s on s.id = x.sign_in_id where x.person_id = p_person order by x.begins desc, x.id limit p_most$$
--
revoke all on function directory.staff_sessions_of(text, uuid, integer) from public
--
grant execute on function directory.staff_sessions_of(text, uuid, integer) to threefold_app
--
create or replace function directory.left_on(p_said text, p_body uuid) returns date language sql stable security definer set search_path = '' as $$
  select walls.must_be_said('directory/left_on', p_said);
  select b.left_on from directory.body b where b.id = p_body$$
--
revoke all on function directory.left_on(text, uuid) from public
--
grant execute on function directory.left_on(text, uuid) to threefold_app
