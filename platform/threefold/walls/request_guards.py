"""Requests for one's own records go when their time has ended: what the database refuses of that (decision 0027).

The service empties a request with statements that the running role may make anyway: a request is no record that is only added to. So
these triggers hold what no statement may get round: that a request is emptied as a whole or not at all, that none goes which is open,
held, or being taken out, or whose time has not ended by the database's own clock, and that nothing is written of it afterwards.
"""

from __future__ import annotations

# The file of an export that is in the making, or is here still, has the request in it: it goes with its days, and the request after it.
TAKEN_OUT = ("running", "failed", "ready")

FUNCTIONS = [
    # Whether all of it is empty is asked here, and so the row comes last: its things and half-written forms go before it.
    f"""create or replace function walls.request_goes() returns trigger language plpgsql set search_path = '' as $$
begin
  if old.destroyed_at is not null then
    raise exception 'what was in this request was destroyed' using errcode = 'TF001'; end if;
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('records of ' || new.tenant_id::text, 0));
  if old.state = 'open' or (new.id, new.reference, new.state, new.received_on, new.extended_on, new.opened_at, new.opened_by, new.answered_on)
    is distinct from (old.id, old.reference, old.state, old.received_on, old.extended_on, old.opened_at, old.opened_by, old.answered_on) then
    raise exception 'the request is open' using errcode = 'TF001'; end if;
  if new.kept_until is null or new.answered_on is null or new.kept_until <= new.answered_on
    or new.kept_until > (pg_catalog.statement_timestamp() at time zone 'Europe/London')::date then
    raise exception 'the time of the request has not ended' using errcode = 'TF001'; end if;
  if exists (select from body.legal_hold h where h.tenant_id = new.tenant_id and h.lifted_at is null and ((h.case_id is null and h.sender_id is null)
    or h.case_id in (select s.case_id from body.subject_item s where s.tenant_id = new.tenant_id and s.request_id = new.id))) then
    raise exception 'a hold stands' using errcode = 'TF001'; end if;
  if exists (select from body.body_export e where e.tenant_id = new.tenant_id and e.state in {TAKEN_OUT!r}) then
    raise exception 'everything is being taken out' using errcode = 'TF001'; end if;
  if coalesce(pg_catalog.octet_length(new.about), 0) + coalesce(pg_catalog.octet_length(new.extended_why), 0) + coalesce(pg_catalog.octet_length(new.answer), 0) > 0
    or exists (select from body.subject_item s where s.tenant_id = new.tenant_id and s.request_id = new.id
      and coalesce(pg_catalog.octet_length(s.why), 0) + coalesce(pg_catalog.octet_length(s.told), 0) + coalesce(pg_catalog.octet_length(s.seen), 0) > 0)
    or exists (select from body.subject_question a where a.tenant_id = new.tenant_id and a.request_id = new.id and pg_catalog.octet_length(a.asked) > 0)
    or exists (select from body.form_draft f where f.tenant_id = new.tenant_id and pg_catalog.strpos(pg_catalog.lower(f.form), new.id::text) > 0) then
    raise exception 'something of the request is left' using errcode = 'TF001'; end if;
  return new;
end $$""",
    # The destruction of a case empties its things again, and finds them empty: nothing is changed by that.
    """create or replace function walls.request_stands() returns trigger language plpgsql set search_path = '' as $$
declare gone timestamptz;
begin
  if tg_op = 'UPDATE' then  -- the row itself is locked, and whoever empties a request takes it too
    if new is not distinct from old then return new; end if;
    select pg_catalog.max(x.destroyed_at) into gone from body.subject_request x where x.tenant_id = new.tenant_id and x.id in (old.request_id, new.request_id);
  else
    select x.destroyed_at into gone from body.subject_request x where x.tenant_id = new.tenant_id and x.id = new.request_id for share;
  end if;
  if gone is not null then raise exception 'what was in this request was destroyed' using errcode = 'TF001'; end if;
  return new;
end $$""",
    # As `walls.draft_stands` for a case: none is kept of a request that is gone.
    """create or replace function walls.request_draft_stands() returns trigger language plpgsql set search_path = '' as $$
declare gone timestamptz;
begin
  for gone in select x.destroyed_at from body.subject_request x where x.tenant_id = new.tenant_id and x.id in (select m[1]::uuid
    from pg_catalog.regexp_matches(pg_catalog.lower(new.form), '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})', 'g') m) for share
  loop
    if gone is not null then raise exception 'what was in this request was destroyed' using errcode = 'TF001'; end if;
  end loop;
  return new;
end $$""",
]
TRIGGERS = [
    "create trigger request_goes before update on body.subject_request for each row when (old.destroyed_at is not null or new.destroyed_at is not null) "
    "execute function walls.request_goes()",
    "create trigger request_stands before insert or update on body.subject_item for each row execute function walls.request_stands()",
    "create trigger request_stands before insert or update on body.subject_question for each row execute function walls.request_stands()",
    "create trigger request_draft_stands before insert or update on body.form_draft for each row execute function walls.request_draft_stands()",
]  # fmt: skip
