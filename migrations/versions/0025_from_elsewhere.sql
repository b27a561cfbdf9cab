alter table directory.sign_in_session add column shown_from text[] not null default '{}'
--
alter table directory.sign_in_session alter column shown_from drop default
--
drop function directory.visit(bytea, text, timestamptz, integer)
--
drop function directory.begin_session(uuid, bytea, uuid, timestamptz, timestamptz, text, text, timestamptz, text)
--
drop function directory.sign_in_state(bytea, timestamptz, integer)
--
drop function directory.pass_step(bytea, bytea, timestamptz, timestamptz, text, text, timestamptz)
--
drop function directory.sessions_of(uuid, timestamptz, integer)
--
create or replace function directory.visit(p_token bytea, p_slug text, p_at timestamptz, p_idle integer, p_here text) returns table(person_id uuid, person_name text, person_email text, fresh_at timestamptz, roles text[], seats text[], id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text, staff_session uuid, staff_ends timestamptz, staff_left integer, elsewhere boolean) language sql volatile security definer set search_path = '' as $$
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
revoke all on function directory.visit(bytea, text, timestamptz, integer, text) from public
--
grant execute on function directory.visit(bytea, text, timestamptz, integer, text) to threefold_app
--
create or replace function directory.begin_session(p_id uuid, p_token bytea, p_person uuid, p_at timestamptz, p_expires timestamptz, p_stage text, p_how text, p_fresh timestamptz, p_device text, p_here text) returns void language sql volatile security definer set search_path = '' as $$insert into directory.sign_in_session(id, token_hash, person_id, created_at, seen_at, expires_at, stage, how, fresh_at, device, tries, shown_from)
  values (p_id, p_token, p_person, p_at, p_at, p_expires, p_stage, p_how, p_fresh, p_device, 0, array[p_here])$$
--
revoke all on function directory.begin_session(uuid, bytea, uuid, timestamptz, timestamptz, text, text, timestamptz, text, text) from public
--
grant execute on function directory.begin_session(uuid, bytea, uuid, timestamptz, timestamptz, text, text, timestamptz, text, text) to threefold_app
--
create or replace function directory.sign_in_state(p_token bytea, p_at timestamptz, p_idle integer, p_here text) returns table(session_id uuid, person_id uuid, person_name text, email text, stage text, how text, created_at timestamptz, fresh_at timestamptz, password_hash text, totp boolean, passkeys bigint, codes bigint, identities bigint, elsewhere boolean) language sql stable security definer set search_path = '' as $$select s.id, p.id, p.display_name, p.email, s.stage, s.how, s.created_at, s.fresh_at, p.password_hash,
    exists(select 1 from directory.totp t where t.person_id = p.id), (select count(*) from directory.passkey k where k.person_id = p.id),
    (select count(*) from directory.recovery_code c where c.person_id = p.id and c.used_at is null),
    (select count(*) from directory.person_identity i where i.person_id = p.id), not (p_here = any(s.shown_from))
  from directory.sign_in_session s join directory.person p on p.id = s.person_id where s.token_hash = p_token and p.active and s.ended_at is null and s.expires_at > p_at and s.seen_at > p_at - make_interval(secs => p_idle)$$
--
revoke all on function directory.sign_in_state(bytea, timestamptz, integer, text) from public
--
grant execute on function directory.sign_in_state(bytea, timestamptz, integer, text) to threefold_app
--
create or replace function directory.pass_step(p_old bytea, p_new bytea, p_at timestamptz, p_expires timestamptz, p_stage text, p_how text, p_fresh timestamptz, p_here text) returns boolean language sql volatile security definer set search_path = '' as $$update directory.sign_in_session s set token_hash = p_new, seen_at = p_at, expires_at = p_expires, stage = p_stage, how = p_how,
    fresh_at = p_fresh, tries = 0, shown_from = case when s.stage <> 'open' then array[p_here] when not (p_here = any(s.shown_from))
      then (array[p_here] || s.shown_from)[1:20] else s.shown_from end
  where token_hash = p_old and ended_at is null and expires_at > p_at returning true$$
--
revoke all on function directory.pass_step(bytea, bytea, timestamptz, timestamptz, text, text, timestamptz, text) from public
--
grant execute on function directory.pass_step(bytea, bytea, timestamptz, timestamptz, text, text, timestamptz, text) to threefold_app
--
create or replace function directory.goes_on_elsewhere(p_id uuid, p_token bytea, p_at timestamptz, p_here text) returns table(person_id uuid, tell boolean) language sql volatile security definer set search_path = '' as $$with who as (select s.person_id from directory.sign_in_session s where s.token_hash = p_token),
  told as (select e.detail from directory.sign_in_event e join who on who.person_id = e.person_id
    where e.what = 'elsewhere' and e.at > p_at - interval '1 hour'),
  noted as (insert into directory.sign_in_event(id, person_id, at, what, detail) select p_id, who.person_id, p_at, 'elsewhere', p_here from who where p_here not in (select t.detail from told t)
    returning person_id)
  select n.person_id, not exists(select from told)
    and not exists(select from directory.sign_in_session o where o.person_id = n.person_id and p_here = any(o.shown_from)) from noted n$$
--
revoke all on function directory.goes_on_elsewhere(uuid, bytea, timestamptz, text) from public
--
grant execute on function directory.goes_on_elsewhere(uuid, bytea, timestamptz, text) to threefold_app
--
create or replace function directory.new_place(p_person uuid, p_token bytea, p_here text) returns boolean language sql stable security definer set search_path = '' as $$select coalesce(bool_and(not (p_here = any(s.shown_from))), false) from directory.sign_in_session s
  where s.person_id = p_person and s.token_hash <> p_token and s.stage = 'open' and s.shown_from <> '{}'$$
--
revoke all on function directory.new_place(uuid, bytea, text) from public
--
grant execute on function directory.new_place(uuid, bytea, text) to threefold_app
--
create or replace function directory.sessions_of(p_person uuid, p_at timestamptz, p_idle integer) returns table(id uuid, created_at timestamptz, seen_at timestamptz, how text, device text, shown_from text[]) language sql stable security definer set search_path = '' as $$select s.id, s.created_at, s.seen_at, s.how, s.device, s.shown_from from directory.sign_in_session s
  where s.person_id = p_person and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at and s.seen_at > p_at - make_interval(secs => p_idle) order by s.seen_at desc$$
--
revoke all on function directory.sessions_of(uuid, timestamptz, integer) from public
--
grant execute on function directory.sessions_of(uuid, timestamptz, integer) to threefold_app
