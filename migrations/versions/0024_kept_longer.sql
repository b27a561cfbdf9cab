create or replace function walls.destroy_case(p_order text, p_case uuid, p_certificate uuid, p_at timestamptz, p_replaced text) returns table(digest text, counts jsonb) language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  own uuid := walls.scope();
  part text[] := pg_catalog.string_to_array(p_order, '.');
  wanted text;
  for_one boolean;
  it record;
  decided record;
  t record;
  these text[];
  many bigint;
  lines text[] := '{}';
  kept jsonb := '{}';
  root text := 'body.incident_case';
  root_cond text := pg_catalog.format('x.id = %L', p_case);
  also text := '';
  closing record;
  new_one record;
  col record;
  cond text;
  told text;
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
  if exists (select from body.legal_hold h where h.tenant_id = own and h.lifted_at is null and (h.case_id = p_case or (h.case_id is null and h.sender_id is null))) then
    raise exception 'a hold stands' using errcode = 'TF001'; end if;
  if exists (select from body.case_bar b where b.tenant_id = own and b.case_id = p_case and b.state in ('declared', 'upheld')
    and b.person_id in (decided.proposed_by, decided.confirmed_by)) then
    raise exception 'somebody who decided is kept out' using errcode = 'TF001'; end if;
  select * into closing from body.case_closing x where x.tenant_id = own and x.case_id = p_case order by x.no desc limit 1;
  if not found or not closing.closed or closing.head_no <> it.head_no or closing.change_no <> it.change_no then
    raise exception 'the case is not closed' using errcode = 'TF001'; end if;
  if decided.closing_no <> closing.no then raise exception 'the case was closed again' using errcode = 'TF001'; end if;
  if exists (select from body.disposal k where k.tenant_id = own and k.case_id = p_case and k.outcome = 'keep'
    and k.state = 'confirmed' and k.keep_until > (pg_catalog.statement_timestamp() at time zone 'Europe/London')::date) then
    raise exception 'the time of the case has not ended' using errcode = 'TF001'; end if;
  if exists (select from body.agency_request q where q.tenant_id = own and q.case_id = p_case and q.state not in ('revoked', 'passed_on') and q.expires_at >= p_at) then
    raise exception 'an agency may still answer' using errcode = 'TF001'; end if;
  if exists (select from body.meeting_case m join body.meeting_record r on r.tenant_id = m.tenant_id and r.meeting_id = m.meeting_id and r.no = m.no
    where m.tenant_id = own and m.case_id = p_case and r.at > closing.at) then
    raise exception 'a meeting had it on its agenda' using errcode = 'TF001'; end if;
  if exists (select from body.subject_item s join body.subject_request q on q.tenant_id = s.tenant_id and q.id = s.request_id
    where s.tenant_id = own and s.case_id = p_case and q.state = 'open') then
    raise exception 'somebody asked for their records' using errcode = 'TF001'; end if;
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
    end loop;
    -- In one statement: a row that is changed twice has its references looked up, and waits for whoever saves the meeting.
    select pg_catalog.string_agg(pg_catalog.format('%I = pg_catalog.decode(%L, ''hex'')', v.key, v.value), ', ') into told
      from pg_catalog.jsonb_each_text(new_one.value -> 'values') v;
    execute pg_catalog.format('update body.%I x set %s where x.tenant_id = $1 and %s', new_one.value ->> 'table', told, cond) using own;
    kept := kept || pg_catalog.jsonb_build_object('a part of ' || (new_one.value ->> 'table'),
      coalesce((kept ->> ('a part of ' || (new_one.value ->> 'table')))::int, 0) + 1);
  end loop;
  for t in
    with recursive reach(rel, cond, depth) as (
      select pg_catalog.to_regclass(root)::oid, root_cond collate "C", 0
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
    from reach r join pg_catalog.pg_class c on c.oid = r.rel group by r.rel, c.relname
    order by r.rel = pg_catalog.to_regclass(root)::oid, c.relname
  loop
    if t.has_id then
      execute pg_catalog.format('delete from post.work w where w.body_id = $1 and w.subject in (select x.id from body.%I x where x.tenant_id = $1 and (%s))', t.named, t.cond)
        using own;
    end if;
    if t.tokens then
      execute pg_catalog.format('delete from body.%I x where x.tenant_id = $1 and (%s)', t.named, t.cond) using own;
      get diagnostics many = row_count;
      kept := kept || pg_catalog.jsonb_build_object(t.named, many);
    elsif t.cols is not null then
      execute pg_catalog.format($q$select coalesce(pg_catalog.array_agg(pg_catalog.concat_ws(' ', %L, %s, %s) order by pg_catalog.concat_ws(' ', %s) collate "C"), '{}')
        from body.%I x where x.tenant_id = $1 and (%s)$q$, t.named, t.keyed,
        (select pg_catalog.string_agg(pg_catalog.format('coalesce(pg_catalog.encode(pg_catalog.sha256(x.%I), ''hex''), ''-'')', one), ', ' order by n)
          from pg_catalog.unnest(t.cols) with ordinality as v(one, n)), t.keyed, t.named, t.cond) into these using own;
      lines := lines || these;
      if pg_catalog.cardinality(these) > 0 then kept := kept || pg_catalog.jsonb_build_object(t.named, pg_catalog.cardinality(these)); end if;
      execute pg_catalog.format('update body.%I x set %s where x.tenant_id = $1 and (%s)', t.named,
        (select pg_catalog.string_agg(pg_catalog.format('%I = case when x.%I is null then null else ''''::bytea end', one, one), ', ') from pg_catalog.unnest(t.cols) one)
          || case when t.named = 'agency_request' then ', agency = ''''' else '' end  -- whom somebody asked, as they wrote it
          || case when t.rel = pg_catalog.to_regclass(root)::oid then also else '' end,
        t.cond) using own;
    end if;
  end loop;
  select lines || coalesce(pg_catalog.array_agg(pg_catalog.concat_ws(' ', 'outbox_letter', o.id, pg_catalog.encode(pg_catalog.sha256(o.letter), 'hex'),
    pg_catalog.encode(pg_catalog.sha256(o.copy), 'hex')) order by o.id), '{}'), pg_catalog.count(*) into lines, many
    from body.outbox_letter o where o.tenant_id = own and o.case_ref = p_case;
  if many > 0 then kept := kept || pg_catalog.jsonb_build_object('outbox_letter', many); end if;
  select lines || coalesce(pg_catalog.array_agg(pg_catalog.concat_ws(' ', 'letter_in', i.id, coalesce(pg_catalog.encode(pg_catalog.sha256(i.content), 'hex'), '-')) order by i.id), '{}'),
    pg_catalog.count(*) into lines, many from body.letter_in i where i.tenant_id = own and i.case_ref = p_case;
  if many > 0 then kept := kept || pg_catalog.jsonb_build_object('letter_in', many); end if;
  delete from post.work w where w.body_id = own and (w.subject in (select o.id from body.outbox_letter o where o.tenant_id = own and o.case_ref = p_case)
    or w.subject in (select i.id from body.letter_in i where i.tenant_id = own and i.case_ref = p_case));
  update body.outbox_letter o set letter = '', copy = '' where o.tenant_id = own and o.case_ref = p_case;
  update body.letter_in i set content = null, reason = 'The receiver sealed the content away.',
    state = case when i.state = 'held' then 'refused' else i.state end where i.tenant_id = own and i.case_ref = p_case;
  update post.letter l set letter = '' where l.receiver_id = own and l.id in (select i.id from body.letter_in i where i.tenant_id = own and i.case_ref = p_case);
  delete from body.form_draft f where f.tenant_id = own and (f.case_id = p_case or pg_catalog.strpos(pg_catalog.lower(f.form), p_case::text) > 0);
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
