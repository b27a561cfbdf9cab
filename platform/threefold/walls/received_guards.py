"""Destroying what a body received of another's case: as `destroying`, of the same parts, with grounds of its own (decision 0027).

The running role may write a received case, since letters change it: so a trigger holds that none is marked as destroyed but by the
owner's function, and that nothing is written of it afterwards. The function asks the database's own clock: a received case is kept
until a day that stands in plain beside what two people decided, so that a service whose clock runs ahead takes nothing early.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Table, func

from threefold.walls.database import WALLED
from threefold.walls.destroying import Destroyed, destroyed_by, signed_order
from threefold.walls.destroying_parts import DECIDED_BY_TWO, DECLARED, EMPTYING, TODAY, held, kept_longer, letters, order_check
from threefold.walls.policies import OWNER, narrow_function, walled_tables
from threefold.walls.session import Unit

ACT = "destroy_received"
# A form's page is found by its address, which names the sender and then the case: `.../desk/<sender>/<case>/...`.
PLACE = "p_sender::text || '/' || p_case::text"

_GROUNDS = f"""
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('records of ' || own::text, 0));
  select * into it from body.received_case x where x.tenant_id = own and x.sender_id = p_sender and x.case_ref = p_case for update;
  if not found or it.destroyed_at is not null then raise exception 'no such records' using errcode = 'TF001'; end if;
  select * into decided from body.disposal x where x.tenant_id = own and x.id = part[3]::uuid and x.sender_id = p_sender and x.case_ref = p_case for update;
{DECIDED_BY_TWO}{held("(h.sender_id = p_sender and h.case_ref = p_case)")}
  if exists (select from body.received_bar b where b.tenant_id = own and b.sender_id = p_sender and b.case_ref = p_case
    and b.state in ('declared', 'upheld') and b.person_id in (decided.proposed_by, decided.confirmed_by)) then
    raise exception 'somebody who decided is kept out' using errcode = 'TF001'; end if;
  if it.closed_on is null then raise exception 'the case is not closed' using errcode = 'TF001'; end if;
  if decided.closing_no <> it.closing_no then raise exception 'the case was closed again' using errcode = 'TF001'; end if;
  if decided.ends_on is null or decided.ends_on <= it.notified_on or decided.ends_on > {TODAY} or it.closed_on > {TODAY} then
    raise exception 'the time of the case has not ended' using errcode = 'TF001'; end if;
  {kept_longer("k.sender_id = p_sender and k.case_ref = p_case").strip()}
  if exists (select from body.subject_request q where q.tenant_id = own and q.state = 'open') then
    raise exception 'a request is open' using errcode = 'TF001'; end if;
  if exists (select from body.body_export e where e.tenant_id = own and e.state in ('running', 'ready')) then
    raise exception 'everything is being taken out' using errcode = 'TF001'; end if;
  if exists (select from body.outbox_letter o where o.tenant_id = own and o.receiver_id = p_sender and o.case_ref = p_case
    and (o.delivered_at is null or o.sha256 = '')) then
    raise exception 'a letter is on its way' using errcode = 'TF001'; end if;"""

# Two areas may use one number: letters of this sender alone, and to it.
_LETTERS = letters(
    "o.receiver_id = p_sender and o.case_ref = p_case",
    "i.sender_id = p_sender and i.case_ref = p_case",
    f"pg_catalog.strpos(pg_catalog.lower(f.form), {PLACE}) > 0",
)

_CERTIFICATE = """
  insert into body.destruction(tenant_id, id, sender_id, case_ref, disposal_id, at, reference, closed_on, version, rule, rule_said, proposed_at, proposed_by,
      proposed_name, proposed_as, confirmed_at, confirmed_by, confirmed_name, confirmed_as, counts, digest)
    values (own, p_certificate, p_sender, p_case, decided.id, p_at, it.reference, it.closed_on, decided.version, decided.rule, decided.rule_said,
      decided.proposed_at, decided.proposed_by, decided.proposed_name, decided.proposed_as, decided.confirmed_at, decided.confirmed_by,
      decided.confirmed_name, decided.confirmed_as, kept, pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.array_to_string(lines, E'\\n'), 'UTF8')), 'hex'));
  return query select d.digest, d.counts from body.destruction d where d.tenant_id = own and d.id = p_certificate;"""

# The row itself is emptied and marked in one: a check refuses either without the other. The day and the place of the incident go
# too: nothing is counted by them, and together they tell which incident it was.
DESTROY = narrow_function(
    "walls.destroy_received(p_order text, p_sender uuid, p_case uuid, p_certificate uuid, p_at timestamptz)", "table(digest text, counts jsonb)",
    f"""
#variable_conflict use_column
declare{DECLARED}
  root text := 'body.received_case';
  root_cond text := pg_catalog.format('x.sender_id = %L and x.case_ref = %L', p_sender, p_case);
  also text := pg_catalog.format(', destroyed_at = %L, happened_on = null, happened_in = %L', p_at, '');
begin{order_check(ACT, PLACE)}{_GROUNDS}{EMPTYING}{_LETTERS}{_CERTIFICATE}
end""", volatility="volatile", language="plpgsql")  # fmt: skip

GUARDS = [
    f"""create or replace function walls.received_goes() returns trigger language plpgsql set search_path = '' as $$
begin
  if tg_op = 'UPDATE' then
    if old.destroyed_at is not null then
      raise exception 'the records of this case were destroyed' using errcode = 'TF001'; end if;
  end if;
  if current_user <> '{OWNER}' then raise exception 'two people have not decided this' using errcode = 'TF001'; end if;
  return new;
end $$""",
    """create or replace function walls.received_stands() returns trigger language plpgsql set search_path = '' as $$
declare gone timestamptz;
begin
  if new.sender_id is null then return new; end if;
  if tg_op = 'INSERT' then
    select x.destroyed_at into gone from body.received_case x where x.tenant_id = new.tenant_id and x.sender_id = new.sender_id and x.case_ref = new.case_ref for key share;
  else  -- the row itself is locked, and destroying takes it too
    select x.destroyed_at into gone from body.received_case x where x.tenant_id = new.tenant_id and x.sender_id = new.sender_id and x.case_ref = new.case_ref;
  end if;
  if gone is not null then raise exception 'the records of this case were destroyed' using errcode = 'TF001'; end if;
  return new;
end $$""",
    # As `walls.draft_stands` for a case of the body's own: none is kept of a received case that is gone.
    """create or replace function walls.received_draft_stands() returns trigger language plpgsql set search_path = '' as $$
declare gone timestamptz;
begin
  for gone in select x.destroyed_at from body.received_case x where x.tenant_id = new.tenant_id and (x.sender_id, x.case_ref) in (select m[1]::uuid, m[2]::uuid
    from pg_catalog.regexp_matches(pg_catalog.lower(new.form), '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})', 'g') m) for key share
  loop
    if gone is not null then raise exception 'the records of this case were destroyed' using errcode = 'TF001'; end if;
  end loop;
  return new;
end $$""",
]
TRIGGERS = [
    "create trigger received_goes before update on body.received_case for each row when (old.destroyed_at is not null or new.destroyed_at is not null) "
    "execute function walls.received_goes()",
    "create trigger received_goes_at_first before insert on body.received_case for each row when (new.destroyed_at is not null) execute function walls.received_goes()",
    "create trigger received_draft_stands before insert or update on body.form_draft for each row execute function walls.received_draft_stands()",
]  # fmt: skip


def tables_of_received() -> list[str]:
    """The tables that refer to a received case, but the certificate itself: whatever is written there of one that is gone is refused."""

    def refers(table: Table) -> bool:
        return any(
            str(e.target_fullname).endswith("received_case.case_ref") for f in table.foreign_key_constraints for e in f.elements
        )

    return [table.name for table in walled_tables() if refers(table) and table.name != "destruction"]


def received_guard_of(table: str) -> str:
    """The trigger of such a table. Its migration makes it."""
    return f"create trigger received_stands before insert or update on {WALLED}.{table} for each row execute function walls.received_stands()"


def destroy_received(unit: Unit, sender: UUID, case_ref: UUID, disposal_id: UUID, certificate_id: UUID) -> Destroyed:
    """Destroy what was received of another body's case, for a decision that two people made. Raises `CannotBeDestroyed`."""
    order = signed_order(unit, ACT, disposal_id, f"{sender}/{case_ref}")
    return destroyed_by(unit, func.walls.destroy_received(order, sender, case_ref, certificate_id, unit.at))


FUNCTIONS = [*GUARDS, *DESTROY]
