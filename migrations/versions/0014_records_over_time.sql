alter table body.incident_case add column destroyed_at timestamp with time zone
--
alter table directory.body add column left_on date
--
alter table body.outbox_letter add column sha256 text not null default ''
--
CREATE TABLE body.body_export (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	why BYTEA NOT NULL,
	state TEXT NOT NULL,
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	asked_by UUID,
	asked_name TEXT NOT NULL,
	asked_as TEXT NOT NULL,
	agreed_at TIMESTAMP WITH TIME ZONE,
	agreed_by UUID,
	agreed_name TEXT NOT NULL,
	agreed_as TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE,
	expires_at TIMESTAMP WITH TIME ZONE,
	taken_at TIMESTAMP WITH TIME ZONE,
	bytes BIGINT NOT NULL,
	sha256 TEXT NOT NULL,
	rows JSONB,
	changes INTEGER NOT NULL,
	CONSTRAINT pk_body_export PRIMARY KEY (tenant_id, id),
	CONSTRAINT ck_body_export_state_is_known CHECK (state in ('asked', 'declined', 'waiting', 'running', 'ready', 'failed', 'expired')),
	CONSTRAINT ck_body_export_two_people CHECK (agreed_by is null or agreed_by <> asked_by)
)
--
CREATE INDEX ix_body_export_asked ON body.body_export (tenant_id, asked_at)
--
alter table body.body_export enable row level security
--
alter table body.body_export force row level security
--
create policy own_body on body.body_export using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()))
--
revoke all on body.body_export from public
--
grant select, insert, update on body.body_export to threefold_app
--
CREATE TABLE body.export_part (
	tenant_id UUID NOT NULL,
	export_id UUID NOT NULL,
	no INTEGER NOT NULL,
	content BYTEA NOT NULL,
	CONSTRAINT pk_export_part PRIMARY KEY (tenant_id, export_id, no)
)
--
alter table body.export_part enable row level security
--
alter table body.export_part force row level security
--
create policy own_body on body.export_part using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()))
--
revoke all on body.export_part from public
--
grant select, insert, update, delete on body.export_part to threefold_app
--
CREATE TABLE body.subject_request (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	reference TEXT NOT NULL,
	about BYTEA NOT NULL,
	state TEXT NOT NULL,
	received_on DATE NOT NULL,
	due_on DATE NOT NULL,
	extended_to DATE,
	extended_on DATE,
	extended_why BYTEA,
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
	opened_by UUID,
	answered_on DATE,
	answer BYTEA,
	CONSTRAINT pk_subject_request PRIMARY KEY (tenant_id, id),
	CONSTRAINT uq_subject_request_tenant_id_reference UNIQUE (tenant_id, reference),
	CONSTRAINT ck_subject_request_state_is_known CHECK (state in ('open', 'answered', 'refused')),
	CONSTRAINT ck_subject_request_extended_with_its_reason CHECK ((extended_to is null) = (extended_why is null))
)
--
CREATE INDEX ix_subject_request_due ON body.subject_request (tenant_id, state, due_on)
--
alter table body.subject_request enable row level security
--
alter table body.subject_request force row level security
--
create policy own_body on body.subject_request using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()))
--
revoke all on body.subject_request from public
--
grant select, insert, update on body.subject_request to threefold_app
--
CREATE TABLE body.body_leaving (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	export_id UUID NOT NULL,
	sha256 TEXT NOT NULL,
	why BYTEA NOT NULL,
	state TEXT NOT NULL,
	proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	proposed_by UUID,
	proposed_name TEXT NOT NULL,
	proposed_as TEXT NOT NULL,
	confirmed_at TIMESTAMP WITH TIME ZONE,
	confirmed_by UUID,
	confirmed_name TEXT NOT NULL,
	confirmed_as TEXT NOT NULL,
	CONSTRAINT pk_body_leaving PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_body_leaving_tenant_id_export_id FOREIGN KEY(tenant_id, export_id) REFERENCES body.body_export (tenant_id, id),
	CONSTRAINT ck_body_leaving_state_is_known CHECK (state in ('proposed', 'confirmed', 'declined')),
	CONSTRAINT ck_body_leaving_two_people CHECK (state <> 'confirmed' or confirmed_by <> proposed_by)
)
--
CREATE UNIQUE INDEX uq_body_leaving_open ON body.body_leaving (tenant_id) WHERE state = 'proposed'
--
alter table body.body_leaving enable row level security
--
alter table body.body_leaving force row level security
--
create policy own_body on body.body_leaving using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()))
--
revoke all on body.body_leaving from public
--
grant select, insert, update on body.body_leaving to threefold_app
--
CREATE TABLE body.case_closing (
	tenant_id UUID NOT NULL,
	case_id UUID NOT NULL,
	no INTEGER NOT NULL,
	closed BOOLEAN NOT NULL,
	closed_on DATE,
	head_no INTEGER NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	CONSTRAINT pk_case_closing PRIMARY KEY (tenant_id, case_id, no),
	CONSTRAINT fk_case_closing_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT ck_case_closing_closed_on_a_day CHECK (closed = (closed_on is not null))
)
--
alter table body.case_closing enable row level security
--
alter table body.case_closing force row level security
--
create policy own_body on body.case_closing using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()))
--
revoke all on body.case_closing from public
--
grant select, insert on body.case_closing to threefold_app
--
CREATE TABLE body.destruction (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	case_id UUID NOT NULL,
	disposal_id UUID NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	reference TEXT NOT NULL,
	closed_on DATE NOT NULL,
	version TEXT NOT NULL,
	rule TEXT NOT NULL,
	rule_said TEXT NOT NULL,
	proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	proposed_by UUID NOT NULL,
	proposed_name TEXT NOT NULL,
	proposed_as TEXT NOT NULL,
	confirmed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	confirmed_by UUID NOT NULL,
	confirmed_name TEXT NOT NULL,
	confirmed_as TEXT NOT NULL,
	counts JSONB NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_destruction PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_destruction_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT uq_destruction_tenant_id_case_id UNIQUE (tenant_id, case_id)
)
--
alter table body.destruction enable row level security
--
alter table body.destruction force row level security
--
create policy own_body on body.destruction using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()))
--
revoke all on body.destruction from public
--
grant select on body.destruction to threefold_app
--
CREATE TABLE body.disposal (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	case_id UUID NOT NULL,
	outcome TEXT NOT NULL,
	keep_until DATE,
	reason BYTEA NOT NULL,
	basis BYTEA NOT NULL,
	version TEXT NOT NULL,
	rule TEXT NOT NULL,
	rule_said TEXT NOT NULL,
	confirms TEXT NOT NULL,
	state TEXT NOT NULL,
	proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	proposed_by UUID,
	proposed_name TEXT NOT NULL,
	proposed_as TEXT NOT NULL,
	confirmed_at TIMESTAMP WITH TIME ZONE,
	confirmed_by UUID,
	confirmed_name TEXT NOT NULL,
	confirmed_as TEXT NOT NULL,
	answer BYTEA,
	CONSTRAINT pk_disposal PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_disposal_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT ck_disposal_outcome_is_known CHECK (outcome in ('destroy', 'keep')),
	CONSTRAINT ck_disposal_state_is_known CHECK (state in ('proposed', 'confirmed', 'declined')),
	CONSTRAINT ck_disposal_kept_until_a_day CHECK ((outcome = 'keep') = (keep_until is not null)),
	CONSTRAINT ck_disposal_two_people CHECK (state <> 'confirmed' or confirmed_by <> proposed_by)
)
--
CREATE INDEX ix_disposal_case ON body.disposal (tenant_id, case_id, proposed_at)
--
CREATE UNIQUE INDEX uq_disposal_open ON body.disposal (tenant_id, case_id) WHERE state = 'proposed'
--
alter table body.disposal enable row level security
--
alter table body.disposal force row level security
--
create policy own_body on body.disposal using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()))
--
revoke all on body.disposal from public
--
grant select, insert, update on body.disposal to threefold_app
--
CREATE TABLE body.legal_hold (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	case_id UUID,
	why BYTEA NOT NULL,
	put_at TIMESTAMP WITH TIME ZONE NOT NULL,
	put_by UUID,
	put_name TEXT NOT NULL,
	put_as TEXT NOT NULL,
	lifted_at TIMESTAMP WITH TIME ZONE,
	lifted_by UUID,
	lifted_name TEXT NOT NULL,
	lifted_as TEXT NOT NULL,
	lifted_why BYTEA,
	CONSTRAINT pk_legal_hold PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_legal_hold_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT ck_legal_hold_lifted_with_its_reason CHECK ((lifted_at is null) = (lifted_why is null))
)
--
CREATE INDEX ix_legal_hold_case ON body.legal_hold (tenant_id, case_id, put_at)
--
alter table body.legal_hold enable row level security
--
alter table body.legal_hold force row level security
--
create policy own_body on body.legal_hold using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()))
--
revoke all on body.legal_hold from public
--
grant select, insert, update on body.legal_hold to threefold_app
--
CREATE TABLE body.subject_item (
	tenant_id UUID NOT NULL,
	request_id UUID NOT NULL,
	no INTEGER NOT NULL,
	case_id UUID NOT NULL,
	place TEXT NOT NULL,
	title TEXT NOT NULL,
	decision TEXT NOT NULL,
	ground TEXT NOT NULL,
	why BYTEA,
	told BYTEA,
	decided_at TIMESTAMP WITH TIME ZONE,
	decided_by UUID,
	CONSTRAINT pk_subject_item PRIMARY KEY (tenant_id, request_id, no),
	CONSTRAINT fk_subject_item_tenant_id_request_id FOREIGN KEY(tenant_id, request_id) REFERENCES body.subject_request (tenant_id, id),
	CONSTRAINT fk_subject_item_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT uq_subject_item_tenant_id_request_id_case_id_place UNIQUE (tenant_id, request_id, case_id, place),
	CONSTRAINT ck_subject_item_decision_is_known CHECK (decision in ('undecided', 'given', 'part', 'withheld')),
	CONSTRAINT ck_subject_item_withheld_on_a_ground CHECK ((decision in ('part', 'withheld')) = (ground <> ''))
)
--
CREATE INDEX ix_subject_item_case ON body.subject_item (tenant_id, case_id)
--
alter table body.subject_item enable row level security
--
alter table body.subject_item force row level security
--
create policy own_body on body.subject_item using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()))
--
revoke all on body.subject_item from public
--
grant select, insert, update on body.subject_item to threefold_app
--
create policy as_receiver_again on post.letter for update to threefold_owner using (receiver_id = (select walls.scope())) with check (receiver_id = (select walls.scope()))
--
create or replace function post.seal_away(p_letter uuid) returns void language sql volatile security definer set search_path = '' as $$update post.letter set letter = '' where receiver_id = (select walls.scope()) and id = p_letter
    and exists (select from body.letter_in i where i.tenant_id = (select walls.scope()) and i.id = p_letter and i.content is null)$$
--
revoke all on function post.seal_away(uuid) from public
--
grant execute on function post.seal_away(uuid) to threefold_app
--
create or replace function walls.case_stands() returns trigger language plpgsql set search_path = '' as $$
declare gone timestamptz;
begin
  if new.case_id is null then return new; end if;
  if tg_op = 'INSERT' then
    select x.destroyed_at into gone from body.incident_case x where x.tenant_id = new.tenant_id and x.id = new.case_id for key share;
  else  -- the row itself is locked, and destroying takes it too: no lock on the case, which others may hold while they wait for the row
    select x.destroyed_at into gone from body.incident_case x where x.tenant_id = new.tenant_id and x.id = new.case_id;
  end if;
  if gone is not null then raise exception 'the records of this case were destroyed' using errcode = 'TF001'; end if;
  return new;
end $$
--
create or replace function walls.destroyed_stays() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'the records of this case were destroyed' using errcode = 'TF001';
end $$
--
create or replace function walls.hold_in_turn() returns trigger language plpgsql set search_path = '' as $$
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('records of ' || new.tenant_id::text, 0));
  return new;
end $$
--
create or replace function walls.destroy_case(p_order text, p_case uuid, p_certificate uuid, p_at timestamptz, p_replaced text) returns table(digest text, counts jsonb) language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  own uuid := walls.scope();
  part text[] := pg_catalog.string_to_array(p_order, '.');
  wanted text;
  for_one boolean;
  it record;
  decided record;
  closing record;
  t record;
  new_one record;
  col record;
  cond text;
  told text;
  these text[];
  many bigint;
  lines text[] := '{}';
  kept jsonb := '{}';
begin
  if pg_catalog.array_length(part, 1) = 8 and part[1] = 'destroy' and part[7] ~ '^[0-9]{1,10}$' and part[4] ~ '^[0-9]{1,12}$' and part[5] ~ '^[0-9]{1,10}$' then
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
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('records of ' || own::text, 0));
  select * into it from body.incident_case x where x.tenant_id = own and x.id = p_case for update;
  if not found or it.destroyed_at is not null then raise exception 'no such records' using errcode = 'TF001'; end if;
  select * into decided from body.disposal x where x.tenant_id = own and x.id = part[3]::uuid and x.case_id = p_case for update;
  if not found or decided.outcome <> 'destroy' or decided.state <> 'confirmed' or decided.confirmed_by is null
    or decided.proposed_by is null or decided.confirmed_by = decided.proposed_by then
    raise exception 'two people have not decided this' using errcode = 'TF001'; end if;
  if exists (select from body.legal_hold h where h.tenant_id = own and h.lifted_at is null and (h.case_id = p_case or h.case_id is null)) then
    raise exception 'a hold stands' using errcode = 'TF001'; end if;
  select * into closing from body.case_closing x where x.tenant_id = own and x.case_id = p_case order by x.no desc limit 1;
  if not found or not closing.closed or closing.head_no <> it.head_no then
    raise exception 'the case is not closed' using errcode = 'TF001'; end if;
  if exists (select from body.outbox_letter o where o.tenant_id = own and o.case_ref = p_case and (o.delivered_at is null or o.sha256 = '')) then
    raise exception 'a letter is on its way' using errcode = 'TF001'; end if;
  for new_one in select * from pg_catalog.jsonb_array_elements(p_replaced::jsonb) loop
    select pg_catalog.string_agg(pg_catalog.format('x.%I::text = %L', k.key, k.value), ' and ') into cond
      from pg_catalog.jsonb_each_text(new_one.value -> 'key') k;
    for col in select * from pg_catalog.jsonb_each_text(new_one.value -> 'values') loop
      execute pg_catalog.format($q$select pg_catalog.string_agg(pg_catalog.format('%%s %%s %%s', %L, %L, pg_catalog.encode(pg_catalog.sha256(x.%I), 'hex')), E'\n')
        from body.%I x where x.tenant_id = $1 and %s$q$, new_one.value ->> 'table', new_one.value ->> 'key', col.key, new_one.value ->> 'table', cond)
        into told using own;
      if told is not null then lines := lines || told; end if;
      execute pg_catalog.format('update body.%I x set %I = pg_catalog.decode(%L, ''hex'') where x.tenant_id = $1 and %s',
        new_one.value ->> 'table', col.key, col.value, cond) using own;
    end loop;
    kept := kept || pg_catalog.jsonb_build_object('a part of ' || (new_one.value ->> 'table'),
      coalesce((kept ->> ('a part of ' || (new_one.value ->> 'table')))::int, 0) + 1);
  end loop;
  for t in
    with recursive reach(rel, cond, depth) as (
      select pg_catalog.to_regclass('body.incident_case')::oid, 'x.id = $2'::text collate "C", 0
      union all
      select k.conrelid, pg_catalog.format('(%s) in (select %s from %s x where x.tenant_id = $1 and (%s))',
          (select pg_catalog.string_agg(pg_catalog.format('x.%I', a.attname), ', ' order by u.n) from pg_catalog.unnest(k.conkey) with ordinality u(att, n)
            join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.att where a.attname <> 'tenant_id'),
          (select pg_catalog.string_agg(pg_catalog.format('x.%I', a.attname), ', ' order by u.n) from pg_catalog.unnest(k.confkey) with ordinality u(att, n)
            join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.att where a.attname <> 'tenant_id'),
          k.confrelid::pg_catalog.regclass, r.cond) collate "C", r.depth + 1
      from reach r join pg_catalog.pg_constraint k on k.confrelid = r.rel and k.contype = 'f' and k.conrelid <> k.confrelid where r.depth < 6)
    select r.rel, c.relname as named, pg_catalog.string_agg(distinct r.cond, ' or ') as cond,
      (select pg_catalog.array_agg(a.attname::text order by a.attnum) from pg_catalog.pg_attribute a where a.attrelid = r.rel and a.attnum > 0
        and not a.attisdropped and a.atttypid = 'pg_catalog.bytea'::pg_catalog.regtype and not exists (select from pg_catalog.pg_index i
          where i.indrelid = r.rel and i.indisunique and a.attnum = any(i.indkey::pg_catalog.int2[]))) as cols,
      (select pg_catalog.string_agg(pg_catalog.format('x.%I::text', a.attname), ' || ''/'' || ' order by u.n) from pg_catalog.pg_index i, pg_catalog.unnest(i.indkey::pg_catalog.int2[]) with ordinality u(att, n)
        join pg_catalog.pg_attribute a on a.attnum = u.att where i.indrelid = r.rel and i.indisprimary and a.attrelid = r.rel and a.attname <> 'tenant_id') as keyed,
      exists (select from pg_catalog.pg_index i join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey::pg_catalog.int2[])
        where i.indrelid = r.rel and i.indisprimary and a.atttypid = 'pg_catalog.bytea'::pg_catalog.regtype) as tokens,
      exists (select from pg_catalog.pg_attribute a where a.attrelid = r.rel and a.attname = 'id') as has_id
    from reach r join pg_catalog.pg_class c on c.oid = r.rel where r.depth > 0 group by r.rel, c.relname order by c.relname
  loop
    if t.has_id then
      execute pg_catalog.format('delete from post.work w where w.body_id = $1 and w.subject in (select x.id from body.%I x where x.tenant_id = $1 and (%s))', t.named, t.cond)
        using own, p_case;
    end if;
    if t.tokens then
      execute pg_catalog.format('delete from body.%I x where x.tenant_id = $1 and (%s)', t.named, t.cond) using own, p_case;
      get diagnostics many = row_count;
      kept := kept || pg_catalog.jsonb_build_object(t.named, many);
    elsif t.cols is not null then
      execute pg_catalog.format($q$select coalesce(pg_catalog.array_agg(pg_catalog.concat_ws(' ', %L, %s, %s) order by pg_catalog.concat_ws(' ', %s) collate "C"), '{}')
        from body.%I x where x.tenant_id = $1 and (%s)$q$, t.named, t.keyed,
        (select pg_catalog.string_agg(pg_catalog.format('coalesce(pg_catalog.encode(pg_catalog.sha256(x.%I), ''hex''), ''-'')', one), ', ' order by n)
          from pg_catalog.unnest(t.cols) with ordinality as v(one, n)), t.keyed, t.named, t.cond) into these using own, p_case;
      lines := lines || these;
      if pg_catalog.cardinality(these) > 0 then kept := kept || pg_catalog.jsonb_build_object(t.named, pg_catalog.cardinality(these)); end if;
      execute pg_catalog.format('update body.%I x set %s where x.tenant_id = $1 and (%s)', t.named,
        (select pg_catalog.string_agg(pg_catalog.format('%I = case when x.%I is null then null else ''''::bytea end', one, one), ', ') from pg_catalog.unnest(t.cols) one),
        t.cond) using own, p_case;
    end if;
  end loop;
  select lines || coalesce(pg_catalog.array_agg(pg_catalog.concat_ws(' ', 'outbox_letter', o.id, pg_catalog.encode(pg_catalog.sha256(o.letter), 'hex'),
    pg_catalog.encode(pg_catalog.sha256(o.copy), 'hex')) order by o.id), '{}'), pg_catalog.count(*) into lines, many
    from body.outbox_letter o where o.tenant_id = own and o.case_ref = p_case;
  if many > 0 then kept := kept || pg_catalog.jsonb_build_object('outbox_letter', many); end if;
  select lines || coalesce(pg_catalog.array_agg(pg_catalog.concat_ws(' ', 'letter_in', i.id, coalesce(pg_catalog.encode(pg_catalog.sha256(i.content), 'hex'), '-')) order by i.id), '{}'),
    pg_catalog.count(*) into lines, many from body.letter_in i where i.tenant_id = own and i.case_ref = p_case;
  if many > 0 then kept := kept || pg_catalog.jsonb_build_object('letter_in', many); end if;
  delete from post.work w where w.body_id = own and (w.subject = p_case
    or w.subject in (select o.id from body.outbox_letter o where o.tenant_id = own and o.case_ref = p_case)
    or w.subject in (select i.id from body.letter_in i where i.tenant_id = own and i.case_ref = p_case));
  update body.outbox_letter o set letter = '', copy = '' where o.tenant_id = own and o.case_ref = p_case;
  update body.letter_in i set content = null, reason = 'The receiver sealed the content away.',
    state = case when i.state = 'held' then 'refused' else i.state end where i.tenant_id = own and i.case_ref = p_case;
  update post.letter l set letter = '' where l.receiver_id = own and l.id in (select i.id from body.letter_in i where i.tenant_id = own and i.case_ref = p_case);
  delete from body.form_draft f where f.tenant_id = own and (f.case_id = p_case or pg_catalog.strpos(f.form, p_case::text) > 0);
  get diagnostics many = row_count;
  if many > 0 then kept := kept || pg_catalog.jsonb_build_object('form_draft', many); end if;
  update body.incident_case x set destroyed_at = p_at, next_due_on = null, next_step = '', next_who = '', next_statutory = false
    where x.tenant_id = own and x.id = p_case;
  insert into body.destruction(tenant_id, id, case_id, disposal_id, at, reference, closed_on, version, rule, rule_said, proposed_at, proposed_by,
      proposed_name, proposed_as, confirmed_at, confirmed_by, confirmed_name, confirmed_as, counts, digest)
    values (own, p_certificate, p_case, decided.id, p_at, it.reference, closing.closed_on, decided.version, decided.rule, decided.rule_said,
      decided.proposed_at, decided.proposed_by, decided.proposed_name, decided.proposed_as, decided.confirmed_at, decided.confirmed_by,
      decided.confirmed_name, decided.confirmed_as, kept, pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.array_to_string(lines, E'\n'), 'UTF8')), 'hex'));
  return query select d.digest, d.counts from body.destruction d where d.tenant_id = own and d.id = p_certificate;
end$$
--
revoke all on function walls.destroy_case(text, uuid, uuid, timestamptz, text) from public
--
grant execute on function walls.destroy_case(text, uuid, uuid, timestamptz, text) to threefold_app
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
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('records of ' || own::text, 0));
  select l.* into decided from body.body_leaving l join body.body_export e on e.tenant_id = l.tenant_id and e.id = l.export_id
    where l.tenant_id = own and l.id = p_leaving and part[3] = p_leaving::text and e.sha256 = l.sha256 and e.sha256 <> '' and e.taken_at is not null for update of l;
  if not found or decided.state <> 'confirmed' or decided.proposed_by is null or decided.confirmed_by is null or decided.confirmed_by = decided.proposed_by then
    raise exception 'two people have not decided this' using errcode = 'TF001'; end if;
  if exists (select from body.legal_hold h where h.tenant_id = own and h.lifted_at is null) then
    raise exception 'a hold stands' using errcode = 'TF001'; end if;
  update directory.body set left_on = (p_at at time zone 'Europe/London')::date where id = own and left_on is null;
  if not found then raise exception 'the body has left' using errcode = 'TF001'; end if;
  update directory.body_public_key set retired_at = p_at where body_id = own and retired_at is null;
  update directory.membership set ended_at = p_at
    where body_id = own and ended_at is null and (ends is null or ends >= (p_at at time zone 'Europe/London')::date);
  update directory.invitation set state = 'revoked' where body_id = own and state = 'open';
end$$
--
revoke all on function directory.leave(text, uuid, timestamptz, text) from public
--
grant execute on function directory.leave(text, uuid, timestamptz, text) to threefold_app
--
create or replace function directory.left_on(p_body uuid) returns date language sql stable security definer set search_path = '' as $$select b.left_on from directory.body b where b.id = p_body$$
--
revoke all on function directory.left_on(uuid) from public
--
grant execute on function directory.left_on(uuid) to threefold_app
--
create trigger destroyed_stays before update on body.incident_case for each row when (old.destroyed_at is not null) execute function walls.destroyed_stays()
--
create trigger a_hold_in_turn before insert or update on body.legal_hold for each row execute function walls.hold_in_turn()
--
create trigger case_stands before insert or update on body.agency_request for each row execute function walls.case_stands()
--
create trigger case_stands before insert or update on body.case_bar for each row execute function walls.case_stands()
--
create trigger case_stands before insert or update on body.case_person for each row execute function walls.case_stands()
--
create trigger case_stands before insert or update on body.case_record for each row execute function walls.case_stands()
--
create trigger case_stands before insert or update on body.case_restriction for each row execute function walls.case_stands()
--
create trigger case_stands before insert or update on body.decision for each row execute function walls.case_stands()
--
create trigger case_stands before insert or update on body.disposal for each row execute function walls.case_stands()
--
create trigger case_stands before insert or update on body.legal_hold for each row execute function walls.case_stands()
--
create trigger case_stands before insert or update on body.safety_action for each row execute function walls.case_stands()
--
create trigger case_stands before insert or update on body.subject_item for each row execute function walls.case_stands()
