"""What the owner's functions that destroy records are made of: for a body's own case (`destroying`) and one it received (`received_guards`).

Each is a piece of a function in the database's own language. They know these variables: `DECLARED`, and `root`, `root_cond` and `also`.
"""

from __future__ import annotations

_ORDER = """
  if pg_catalog.array_length(part, 1) = 8 and part[1] = '$act' and part[7] ~ '^[0-9]{1,10}$' and part[4] ~ '^[0-9]{1,12}$' and part[5] ~ '^[0-9]{1,10}$' then
    select pg_catalog.encode(pg_catalog.sha256(k.outer_pad || pg_catalog.sha256(k.inner_pad || pg_catalog.convert_to(
        pg_catalog.array_to_string(part[1:7], '.'), 'UTF8'))), 'hex'), k.bound
      into wanted, for_one from walls.scope_key k where k.no = part[7]::bigint;
  end if;
  if own is null or wanted is null or pg_catalog.sha256(pg_catalog.convert_to(wanted, 'UTF8')) <> pg_catalog.sha256(pg_catalog.convert_to(part[8], 'UTF8'))
    or part[2]::uuid <> own or part[4]::bigint < pg_catalog.date_part('epoch', pg_catalog.transaction_timestamp())
    or (for_one and part[5]::bigint <> pg_catalog.pg_backend_pid())
    or part[6] <> pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to($of, 'UTF8')), 'hex') then
    raise exception 'this order was not signed by the service' using errcode = '42501';
  end if;"""


def order_check(act: str, of: str = "p_replaced") -> str:
    """What a function of the owner does with an order before anything else: `part` are its parts, `own` is the body that is bound.

    `of`: an expression for what was handed over with it, whose digest the order holds.
    """
    return _ORDER.replace("$act", act).replace("$of", of)


# Parts that the function for a case and the one for a received case have in common.
DECIDED_BY_TWO = """
  if not found or decided.outcome <> 'destroy' or decided.state <> 'confirmed' or decided.confirmed_by is null
    or decided.proposed_by is null or decided.confirmed_by = decided.proposed_by then
    raise exception 'two people have not decided this' using errcode = 'TF001'; end if;"""


# The database's own day: a service whose clock runs ahead takes nothing early.
TODAY = "(pg_catalog.statement_timestamp() at time zone 'Europe/London')::date"


def kept_longer(mine: str) -> str:
    """Refuses where two people decided to keep it until a day that has not come. `mine` selects what was decided of it, as `k`."""
    return f"""
  if exists (select from body.disposal k where k.tenant_id = own and {mine} and k.outcome = 'keep'
    and k.state = 'confirmed' and k.keep_until > {TODAY}) then
    raise exception 'the time of the case has not ended' using errcode = 'TF001'; end if;"""


def held(mine: str) -> str:
    """Refuses where a hold stands: one of those that `mine` selects, or one on the whole body."""
    return f"""
  if exists (select from body.legal_hold h where h.tenant_id = own and h.lifted_at is null and ({mine} or (h.case_id is null and h.sender_id is null))) then
    raise exception 'a hold stands' using errcode = 'TF001'; end if;"""


# Where it begins is `root`, a table, and `root_cond`, which of its rows; what refers to them is found from there. The root comes last,
# and `also` is set of it in the same statement.
EMPTYING = """
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
  end loop;"""


# `sent` and `came`: which letters of the outbox and of those that came are of it. `form`: which half-written forms.
def letters(sent: str, came: str, form: str) -> str:
    """Empties the letters, ours and theirs here, takes their work off the list, and removes half-written forms."""
    return _LETTERS.replace("$sent", sent).replace("$came", came).replace("$form", form)


_LETTERS = """
  select lines || coalesce(pg_catalog.array_agg(pg_catalog.concat_ws(' ', 'outbox_letter', o.id, pg_catalog.encode(pg_catalog.sha256(o.letter), 'hex'),
    pg_catalog.encode(pg_catalog.sha256(o.copy), 'hex')) order by o.id), '{}'), pg_catalog.count(*) into lines, many
    from body.outbox_letter o where o.tenant_id = own and $sent;
  if many > 0 then kept := kept || pg_catalog.jsonb_build_object('outbox_letter', many); end if;
  select lines || coalesce(pg_catalog.array_agg(pg_catalog.concat_ws(' ', 'letter_in', i.id, coalesce(pg_catalog.encode(pg_catalog.sha256(i.content), 'hex'), '-')) order by i.id), '{}'),
    pg_catalog.count(*) into lines, many from body.letter_in i where i.tenant_id = own and $came;
  if many > 0 then kept := kept || pg_catalog.jsonb_build_object('letter_in', many); end if;
  delete from post.work w where w.body_id = own and (w.subject in (select o.id from body.outbox_letter o where o.tenant_id = own and $sent)
    or w.subject in (select i.id from body.letter_in i where i.tenant_id = own and $came));
  update body.outbox_letter o set letter = '', copy = '' where o.tenant_id = own and $sent;
  update body.letter_in i set content = null, reason = 'The receiver sealed the content away.',
    state = case when i.state = 'held' then 'refused' else i.state end where i.tenant_id = own and $came;
  update post.letter l set letter = '' where l.receiver_id = own and l.id in (select i.id from body.letter_in i where i.tenant_id = own and $came);
  delete from body.form_draft f where f.tenant_id = own and $form;
  get diagnostics many = row_count;
  if many > 0 then kept := kept || pg_catalog.jsonb_build_object('form_draft', many); end if;"""

# What every such function declares, after what is its own.
DECLARED = """
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
  kept jsonb := '{}';"""
