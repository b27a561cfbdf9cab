CREATE TABLE directory.platform_staff (
	person_id UUID NOT NULL,
	granted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_platform_staff PRIMARY KEY (person_id),
	CONSTRAINT fk_platform_staff_person_id FOREIGN KEY(person_id) REFERENCES directory.person (id)
);
--
CREATE TABLE directory.staff_session (
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	body_id UUID NOT NULL,
	sign_in_id UUID NOT NULL,
	begins TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	ended_by UUID,
	CONSTRAINT pk_staff_session PRIMARY KEY (id),
	CONSTRAINT ck_staff_session_at_most_four_hours CHECK (ends > begins and ends <= begins + interval '4 hours'),
	CONSTRAINT fk_staff_session_person_id FOREIGN KEY(person_id) REFERENCES directory.platform_staff (person_id),
	CONSTRAINT fk_staff_session_body_id FOREIGN KEY(body_id) REFERENCES directory.body (id),
	CONSTRAINT fk_staff_session_sign_in_id FOREIGN KEY(sign_in_id) REFERENCES directory.sign_in_session (id)
);
--
CREATE INDEX ix_staff_session_body ON directory.staff_session (body_id, begins);
--
CREATE INDEX ix_staff_session_person ON directory.staff_session (person_id, begins);
--
CREATE TABLE body.notice (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	kind TEXT NOT NULL,
	about UUID NOT NULL,
	case_id UUID,
	person_id UUID NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE,
	state TEXT NOT NULL,
	error TEXT NOT NULL,
	CONSTRAINT pk_notice PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_notice_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT uq_notice_kind_about_person UNIQUE (tenant_id, kind, about, person_id),
	CONSTRAINT ck_notice_kind_is_known CHECK (kind in ('platform_staff', 'conflict', 'conflict_to_decide')),
	CONSTRAINT ck_notice_case_where_it_is_about_one CHECK ((kind = 'platform_staff') = (case_id is null)),
	CONSTRAINT ck_notice_state_is_known CHECK (state in ('waiting', 'sent', 'failed'))
);
--
alter table body.notice enable row level security;
--
alter table body.notice force row level security;
--
create policy own_body on body.notice using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.notice from public;
--
grant select, insert, update on body.notice to threefold_app;
--
CREATE TABLE body.staff_access (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	minutes INTEGER NOT NULL,
	why BYTEA NOT NULL,
	CONSTRAINT pk_staff_access PRIMARY KEY (tenant_id, id)
);
--
alter table body.staff_access enable row level security;
--
alter table body.staff_access force row level security;
--
create policy own_body on body.staff_access using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.staff_access from public;
--
grant select, insert on body.staff_access to threefold_app;
--
drop function directory.visit(bytea, text, timestamptz, integer);
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
    where b.slug = p_slug and x.ended_at is null and x.begins <= pg_catalog.statement_timestamp() and x.ends > pg_catalog.statement_timestamp() and not exists(select 1 from here) limit 1)
  select who.id, who.display_name, who.email, who.fresh_at, here.roles, here.seats, b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door, staffed.id, staffed.ends,
    ceil(extract(epoch from staffed.ends - pg_catalog.statement_timestamp()))::integer
  from who left join here on true left join staffed on true left join directory.body b on b.id = coalesce(here.body_id, staffed.body_id)
  order by b.name$$;
--
revoke all on function directory.visit(bytea, text, timestamptz, integer) from public;
--
grant execute on function directory.visit(bytea, text, timestamptz, integer) to threefold_app;
--
create or replace function directory.staff_member(p_token bytea, p_at timestamptz, p_idle integer) returns table(person_id uuid, person_name text, fresh_at timestamptz) language sql stable security definer set search_path = '' as $$select p.id, p.display_name, s.fresh_at from directory.sign_in_session s join directory.person p on p.id = s.person_id
    join directory.platform_staff f on f.person_id = p.id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at
    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active and f.ended_at is null$$;
--
revoke all on function directory.staff_member(bytea, timestamptz, integer) from public;
--
grant execute on function directory.staff_member(bytea, timestamptz, integer) to threefold_app;
--
create or replace function directory.begin_staff_session(p_id uuid, p_token bytea, p_at timestamptz, p_idle integer, p_fresh integer, p_minutes integer) returns timestamptz language sql volatile security definer set search_path = '' as $$insert into directory.staff_session(id, person_id, body_id, sign_in_id, begins, ends)
  select p_id, p.id, walls.scope(), s.id, pg_catalog.statement_timestamp(), pg_catalog.statement_timestamp() + make_interval(mins => p_minutes) from directory.sign_in_session s join directory.person p on p.id = s.person_id
    join directory.platform_staff f on f.person_id = p.id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at
    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active and f.ended_at is null
    and s.fresh_at > p_at - make_interval(secs => p_fresh) and p_minutes between 1 and 240
    and not exists(select 1 from directory.membership m where m.person_id = p.id and m.ended_at is null
      and (m.ends is null or m.ends >= (pg_catalog.statement_timestamp() at time zone 'Europe/London')::date))
    and not exists(select 1 from directory.staff_session x where x.sign_in_id = s.id and x.ended_at is null and x.begins <= pg_catalog.statement_timestamp() and x.ends > pg_catalog.statement_timestamp())
  returning ends$$;
--
revoke all on function directory.begin_staff_session(uuid, bytea, timestamptz, integer, integer, integer) from public;
--
grant execute on function directory.begin_staff_session(uuid, bytea, timestamptz, integer, integer, integer) to threefold_app;
--
create or replace function directory.staff_session_stands(p_id uuid, p_person uuid) returns boolean language sql volatile security definer set search_path = '' as $$select exists(select 1 from directory.staff_session x join directory.platform_staff f on f.person_id = x.person_id
    join directory.person p on p.id = x.person_id join directory.sign_in_session s on s.id = x.sign_in_id
  where x.id = p_id and x.person_id = p_person and x.body_id = walls.scope() and f.ended_at is null and p.active and s.ended_at is null
    and x.ended_at is null and x.begins <= pg_catalog.statement_timestamp() and x.ends > pg_catalog.statement_timestamp())$$;
--
revoke all on function directory.staff_session_stands(uuid, uuid) from public;
--
grant execute on function directory.staff_session_stands(uuid, uuid) to threefold_app;
--
create or replace function directory.end_staff_session(p_id uuid, p_by uuid) returns boolean language sql volatile security definer set search_path = '' as $$update directory.staff_session x set ended_at = pg_catalog.statement_timestamp(), ended_by = p_by
  where x.id = p_id and x.body_id = walls.scope() and x.ended_at is null and x.begins <= pg_catalog.statement_timestamp() and x.ends > pg_catalog.statement_timestamp() returning true$$;
--
revoke all on function directory.end_staff_session(uuid, uuid) from public;
--
grant execute on function directory.end_staff_session(uuid, uuid) to threefold_app;
--
create or replace function directory.staff_sessions() returns table(id uuid, person_id uuid, person_name text, begins timestamptz, ends timestamptz, ended_at timestamptz, ended_by uuid, open boolean) language sql stable security definer set search_path = '' as $$select x.id, p.id, p.display_name, x.begins, x.ends, least(x.ended_at, s.ended_at), x.ended_by, least(x.ended_at, s.ended_at) is null and x.ends > pg_catalog.statement_timestamp() from directory.staff_session x join directory.person p on p.id = x.person_id
    join directory.sign_in_session s on s.id = x.sign_in_id where x.body_id = walls.scope() order by x.begins desc, x.id$$;
--
revoke all on function directory.staff_sessions() from public;
--
grant execute on function directory.staff_sessions() to threefold_app;
--
create or replace function directory.staff_sessions_of(p_person uuid, p_most integer) returns table(id uuid, body_id uuid, slug text, name text, begins timestamptz, ends timestamptz, ended_at timestamptz, ended_by uuid, open boolean) language sql stable security definer set search_path = '' as $$select x.id, b.id, b.slug, b.name, x.begins, x.ends, least(x.ended_at, s.ended_at), x.ended_by, least(x.ended_at, s.ended_at) is null and x.ends > pg_catalog.statement_timestamp() from directory.staff_session x join directory.body b on b.id = x.body_id
    join directory.sign_in_session s on s.id = x.sign_in_id where x.person_id = p_person order by x.begins desc, x.id limit p_most$$;
--
revoke all on function directory.staff_sessions_of(uuid, integer) from public;
--
grant execute on function directory.staff_sessions_of(uuid, integer) to threefold_app;
