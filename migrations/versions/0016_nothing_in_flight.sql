alter table body.body_leaving drop constraint ck_body_leaving_state_is_known
--
alter table body.body_leaving add constraint ck_body_leaving_state_is_known check (state in ('proposed', 'confirmed', 'declined', 'taken_back'))
--
create or replace function walls.body_stays() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtextextended('stays ' || new.tenant_id::text, 0));
  if exists (select from directory.body b where b.id = new.tenant_id and b.left_on is not null) then
    if tg_table_name = 'audit_entry' then
      if new.actor is null then return new; end if;
    end if;
    raise exception 'the body has left' using errcode = 'TF001';
  end if;
  return new;
end $$
--
revoke all on function walls.body_stays() from public
--
create trigger body_stays before insert or update on body.agency_request for each row execute function walls.body_stays()
--
create trigger body_stays before insert on body.audit_entry for each row when (new.kind = 'change' and new.outcome = 'done') execute function walls.body_stays()
--
create trigger body_stays before insert on body.body_export for each row execute function walls.body_stays()
--
create trigger body_stays before insert on body.body_key for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.body_leaving for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.case_bar for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.case_person for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.case_record for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.case_restriction for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.decision for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.disposal for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.draft_signature for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.export_part for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.form_draft for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.legal_hold for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.letter_in for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.meeting_record for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.outbox_letter for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.panel_reply for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.received_bar for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.received_case for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.rehearsal_run for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.safety_action for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.staff_access for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.subject_item for each row execute function walls.body_stays()
--
create trigger body_stays before insert or update on body.subject_request for each row execute function walls.body_stays()
--
create trigger case_stands_at_first before insert on body.case_closing for each row execute function walls.case_stands()
--
create trigger case_stands_at_first before insert on body.case_member for each row execute function walls.case_stands()
--
create trigger case_stands_at_first before insert on body.notice for each row execute function walls.case_stands()
--
create trigger case_stands_at_first before insert on body.reminder for each row execute function walls.case_stands()
--
create trigger case_stands_at_first before insert on body.decision_meeting for each row execute function walls.case_stands()
--
create trigger case_stands_at_first before insert on body.meeting_case for each row execute function walls.case_stands()
--
create or replace function directory.visit(p_token bytea, p_slug text, p_at timestamptz, p_idle integer) returns table(person_id uuid, person_name text, person_email text, fresh_at timestamptz, roles text[], seats text[], id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text, staff_session uuid, staff_ends timestamptz, staff_left integer) language sql volatile security definer set search_path = '' as $$
  with touched as (update directory.sign_in_session set seen_at = p_at
    where token_hash = p_token and ended_at is null and expires_at > p_at and seen_at < p_at - interval '1 minute'
      and seen_at > p_at - make_interval(secs => p_idle)),
  who as (
  select p.id, p.display_name, p.email, s.fresh_at, s.id as sign_in from directory.sign_in_session s join directory.person p on p.id = s.person_id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at
    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active),
  here as (select m.body_id, array_agg(distinct m.role) roles, array_agg(distinct m.seat) seats
    from directory.membership m join who on who.id = m.person_id join directory.body b on b.id = m.body_id
    where (p_slug is null or b.slug = p_slug) and m.begins <= (p_at at time zone 'Europe/London')::date and (m.ends is null or m.ends >= (p_at at time zone 'Europe/London')::date) and m.ended_at is null group by m.body_id),
  staffed as (select x.id, x.body_id, x.ends from directory.staff_session x join who on who.id = x.person_id and who.sign_in = x.sign_in_id
    join directory.platform_staff f on f.person_id = x.person_id and f.ended_at is null join directory.body b on b.id = x.body_id
    where b.slug = p_slug and b.left_on is null and x.ended_at is null and x.begins <= pg_catalog.statement_timestamp() and x.ends > pg_catalog.statement_timestamp() and not exists(select 1 from here) limit 1)
  select who.id, who.display_name, who.email, who.fresh_at, here.roles, here.seats, b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door, staffed.id, staffed.ends,
    ceil(extract(epoch from staffed.ends - pg_catalog.statement_timestamp()))::integer
  from who left join here on true left join staffed on true left join directory.body b on b.id = coalesce(here.body_id, staffed.body_id)
  order by b.name$$
--
revoke all on function directory.visit(bytea, text, timestamptz, integer) from public
--
grant execute on function directory.visit(bytea, text, timestamptz, integer) to threefold_app
--
create or replace function post.put_letter(p_receiver uuid, p_id uuid, p_letter bytea, p_at timestamptz, p_work uuid) returns uuid language plpgsql volatile security definer set search_path = '' as $$
begin
  if walls.scope() is null then raise exception 'no body is bound'; end if;
  perform pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtextextended('stays ' || p_receiver::text, 0));
  if exists (select from directory.body b where b.id = p_receiver and b.left_on is not null) then
    raise exception 'the receiver has left' using errcode = 'TF001'; end if;
  insert into post.letter(receiver_id, id, sender_id, posted_at, letter) values (p_receiver, p_id, walls.scope(), p_at, p_letter)
    on conflict do nothing;
  insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error)
    values (p_work, p_receiver, 'take_in', p_id, p_at, 'waiting', 0, '') on conflict do nothing;
  return (select w.id from post.work w where w.body_id = p_receiver and w.kind = 'take_in' and w.subject = p_id);
end$$
--
revoke all on function post.put_letter(uuid, uuid, bytea, timestamptz, uuid) from public
--
grant execute on function post.put_letter(uuid, uuid, bytea, timestamptz, uuid) to threefold_app
--
create or replace function directory.leave(p_order text, p_leaving uuid, p_at timestamptz, p_replaced text) returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  own uuid := walls.scope();
  part text[] := pg_catalog.string_to_array(p_order, '.');
  wanted text;
  for_one boolean;
  decided record;
begin
  if pg_catalog.array_length(part, 1) = 8 and part[1] = 'leave' and part[7] ~ '^[0-9]{1,10}$' and part[4] ~ '^[0-9]{1,12}$' and part[5] ~ '^[0-9]{1,10}$' then
    select pg_catalog.encode(pg_catalog.sha256(k.outer_pad || pg_catalog.sha256(k.inner_pad || pg_catalog.convert_to(
        pg_catalog.array_to_string(part[1:7], '.'), 'UTF8'))), 'hex'), k.bound
      into wanted, for_one from walls.scope_key k where k.no = part[7]::bigint;
  end if;
  if own is null or wanted is null or pg_catalog.sha256(pg_catalog.convert_to(wanted, 'UTF8')) <> pg_catalog.sha256(pg_catalog.convert_to(part[8], 'UTF8'))
    or part[2]::uuid <> own or part[4]::bigint < pg_catalog.date_part('epoch', pg_catalog.transaction_timestamp())
    or (for_one and part[5]::bigint <> pg_catalog.pg_backend_pid())
    or part[6] <> pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p_replaced, 'UTF8')), 'hex') then
    raise exception 'this order was not signed by the service' using errcode = '42501';
  end if;
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('stays ' || own::text, 0));
  select l.* into decided from body.body_leaving l join body.body_export e on e.tenant_id = l.tenant_id and e.id = l.export_id
    where l.tenant_id = own and l.id = p_leaving and part[3] = p_leaving::text and e.sha256 = l.sha256 and e.sha256 <> '' and e.taken_at is not null for update of l;
  if not found or decided.state <> 'confirmed' or decided.proposed_by is null or decided.confirmed_by is null or decided.confirmed_by = decided.proposed_by then
    raise exception 'two people have not decided this' using errcode = 'TF001'; end if;
  if exists (select from body.legal_hold h where h.tenant_id = own and h.lifted_at is null) then
    raise exception 'a hold stands' using errcode = 'TF001'; end if;
  if exists (select from post.letter p where p.receiver_id = own and not exists (select from body.letter_in i where i.tenant_id = own and i.id = p.id)) then
    raise exception 'a letter has not been taken in' using errcode = 'TF001'; end if;
  update directory.body set left_on = (p_at at time zone 'Europe/London')::date where id = own and left_on is null;
  if not found then raise exception 'the body has left' using errcode = 'TF001'; end if;
  update directory.body_public_key set retired_at = p_at where body_id = own and retired_at is null;
  update directory.membership set ended_at = p_at
    where body_id = own and ended_at is null and (ends is null or ends >= (p_at at time zone 'Europe/London')::date);
  update directory.invitation set state = 'revoked' where body_id = own and state = 'open';
  update directory.staff_session set ended_at = pg_catalog.statement_timestamp()
    where body_id = own and ended_at is null and ends > pg_catalog.statement_timestamp();
end$$
--
revoke all on function directory.leave(text, uuid, timestamptz, text) from public
--
grant execute on function directory.leave(text, uuid, timestamptz, text) to threefold_app
--
drop function directory.staff_sessions()
--
create or replace function directory.hash_anew(p_person uuid, p_before text, p_after text) returns void language sql volatile security definer set search_path = '' as $$update directory.person set password_hash = p_after where id = p_person and password_hash = p_before$$
--
revoke all on function directory.hash_anew(uuid, text, text) from public
--
grant execute on function directory.hash_anew(uuid, text, text) to threefold_app
--
create or replace function directory.begin_staff_session(p_id uuid, p_token bytea, p_at timestamptz, p_idle integer, p_fresh integer, p_minutes integer) returns timestamptz language plpgsql volatile security definer set search_path = '' as $$
declare
  told timestamptz;
begin
  perform 1 from directory.sign_in_session s where s.token_hash = p_token for update;
  insert into directory.staff_session(id, person_id, body_id, sign_in_id, begins, ends)
  select p_id, p.id, walls.scope(), s.id, pg_catalog.statement_timestamp(), pg_catalog.statement_timestamp() + make_interval(mins => p_minutes) from directory.sign_in_session s join directory.person p on p.id = s.person_id
    join directory.platform_staff f on f.person_id = p.id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at
    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active and f.ended_at is null
    and s.fresh_at > p_at - make_interval(secs => p_fresh) and p_minutes between 1 and 240
    and not exists(select 1 from directory.membership m where m.person_id = p.id and m.ended_at is null
      and (m.ends is null or m.ends >= (pg_catalog.statement_timestamp() at time zone 'Europe/London')::date))
    and not exists(select 1 from directory.staff_session x where x.sign_in_id = s.id and x.ended_at is null and x.begins <= pg_catalog.statement_timestamp() and x.ends > pg_catalog.statement_timestamp())
    and exists(select 1 from directory.body b where b.id = walls.scope() and b.left_on is null)
  returning ends into told;
  return told;
end$$
--
revoke all on function directory.begin_staff_session(uuid, bytea, timestamptz, integer, integer, integer) from public
--
grant execute on function directory.begin_staff_session(uuid, bytea, timestamptz, integer, integer, integer) to threefold_app
--
create or replace function directory.staff_sessions() returns table(id uuid, person_id uuid, person_name text, begins timestamptz, ends timestamptz, ended_at timestamptz, ended_by uuid, open boolean, signed_out boolean) language sql stable security definer set search_path = '' as $$select x.id, p.id, p.display_name, x.begins, x.ends, case when s.ended_at < x.ends then least(x.ended_at, s.ended_at) else x.ended_at end, x.ended_by, x.ended_at is null and s.ended_at is null and x.ends > pg_catalog.statement_timestamp(), coalesce(s.ended_at < x.ends and s.ended_at < coalesce(x.ended_at, x.ends), false) from directory.staff_session x join directory.person p on p.id = x.person_id
    join directory.sign_in_session s on s.id = x.sign_in_id where x.body_id = walls.scope() order by x.begins desc, x.id$$
--
revoke all on function directory.staff_sessions() from public
--
grant execute on function directory.staff_sessions() to threefold_app
--
create or replace function directory.staff_sessions_of(p_person uuid, p_most integer) returns table(id uuid, body_id uuid, slug text, name text, begins timestamptz, ends timestamptz, ended_at timestamptz, ended_by uuid, open boolean) language sql stable security definer set search_path = '' as $$select x.id, b.id, b.slug, b.name, x.begins, x.ends, case when s.ended_at < x.ends then least(x.ended_at, s.ended_at) else x.ended_at end, x.ended_by, x.ended_at is null and s.ended_at is null and x.ends > pg_catalog.statement_timestamp() from directory.staff_session x join directory.body b on b.id = x.body_id
    join directory.sign_in_session s on s.id = x.sign_in_id where x.person_id = p_person order by x.begins desc, x.id limit p_most$$
--
revoke all on function directory.staff_sessions_of(uuid, integer) from public
--
grant execute on function directory.staff_sessions_of(uuid, integer) to threefold_app
