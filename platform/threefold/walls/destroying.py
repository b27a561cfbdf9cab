"""Destroying the records of one case: the one act that takes away what the running role may only add to.

The running role cannot do it: it may not change records, and must not be able to. A function of the owner does it, for an
order that this process signed (see `walls.scope`), so that a statement that was smuggled in cannot bring it about; and only
where the database itself finds what must stand: a closed case, two people who decided it, no hold, no letter on its way.

What goes with a case is found in the catalogue: every table that refers to the case, through however many others. There every
sealed value is emptied, and tokens are removed. So a new table joins by itself. The rows stay, and with them every count.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from threefold.walls.database import WALLED
from threefold.walls.destroying_parts import DECIDED_BY_TWO, DECLARED, EMPTYING, held, kept_longer, letters, order_check
from threefold.walls.policies import narrow_function, walled_tables
from threefold.walls.refusals import CannotBeDestroyed, RecordsDestroyed, refusals
from threefold.walls.sealed import SealedValue
from threefold.walls.session import Unit

# Where nothing may stand in the way, looked at while nobody can put anything there: holds and this take turns.
_GROUNDS = f"""
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('records of ' || own::text, 0));
  select * into it from body.incident_case x where x.tenant_id = own and x.id = p_case for update;
  if not found or it.destroyed_at is not null then raise exception 'no such records' using errcode = 'TF001'; end if;
  select * into decided from body.disposal x where x.tenant_id = own and x.id = part[3]::uuid and x.case_id = p_case for update;{DECIDED_BY_TWO}{held("h.case_id = p_case")}
  if exists (select from body.case_bar b where b.tenant_id = own and b.case_id = p_case and b.state in ('declared', 'upheld')
    and b.person_id in (decided.proposed_by, decided.confirmed_by)) then
    raise exception 'somebody who decided is kept out' using errcode = 'TF001'; end if;
  select * into closing from body.case_closing x where x.tenant_id = own and x.case_id = p_case order by x.no desc limit 1;
  if not found or not closing.closed or closing.head_no <> it.head_no or closing.change_no <> it.change_no then
    raise exception 'the case is not closed' using errcode = 'TF001'; end if;
  if decided.closing_no <> closing.no then raise exception 'the case was closed again' using errcode = 'TF001'; end if;{kept_longer("k.case_id = p_case")}
  if exists (select from body.agency_request q where q.tenant_id = own and q.case_id = p_case and q.state not in ('revoked', 'passed_on') and q.expires_at >= p_at) then
    raise exception 'an agency may still answer' using errcode = 'TF001'; end if;
  if exists (select from body.meeting_case m join body.meeting_record r on r.tenant_id = m.tenant_id and r.meeting_id = m.meeting_id and r.no = m.no
    where m.tenant_id = own and m.case_id = p_case and r.at > closing.at) then
    raise exception 'a meeting had it on its agenda' using errcode = 'TF001'; end if;
  if exists (select from body.subject_item s join body.subject_request q on q.tenant_id = s.tenant_id and q.id = s.request_id
    where s.tenant_id = own and s.case_id = p_case and q.state = 'open') then
    raise exception 'somebody asked for their records' using errcode = 'TF001'; end if;
  if exists (select from body.outbox_letter o where o.tenant_id = own and o.case_ref = p_case and (o.delivered_at is null or o.sha256 = '')) then
    raise exception 'a letter is on its way' using errcode = 'TF001'; end if;"""

# What another case has a part in, such as the record of a meeting: the same without this case, sealed anew by the service.
_REPLACING = """
  for new_one in select * from pg_catalog.jsonb_array_elements(p_replaced::jsonb) loop
    select pg_catalog.string_agg(pg_catalog.format('x.%I::text = %L', k.key, k.value), ' and ') into cond
      from pg_catalog.jsonb_each_text(new_one.value -> 'key') k;
    for col in select * from pg_catalog.jsonb_each_text(new_one.value -> 'values') loop
      execute pg_catalog.format($q$select pg_catalog.string_agg(pg_catalog.format('%%s %%s %%s', %L, %L, pg_catalog.encode(pg_catalog.sha256(x.%I), 'hex')), E'\\n')
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
  end loop;"""

_CERTIFICATE = """
  update body.incident_case x set destroyed_at = p_at, next_due_on = null, next_step = '', next_who = '', next_statutory = false
    where x.tenant_id = own and x.id = p_case;
  insert into body.destruction(tenant_id, id, case_id, disposal_id, at, reference, closed_on, version, rule, rule_said, proposed_at, proposed_by,
      proposed_name, proposed_as, confirmed_at, confirmed_by, confirmed_name, confirmed_as, counts, digest)
    values (own, p_certificate, p_case, decided.id, p_at, it.reference, closing.closed_on, decided.version, decided.rule, decided.rule_said,
      decided.proposed_at, decided.proposed_by, decided.proposed_name, decided.proposed_as, decided.confirmed_at, decided.confirmed_by,
      decided.confirmed_name, decided.confirmed_as, kept, pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.array_to_string(lines, E'\\n'), 'UTF8')), 'hex'));
  return query select d.digest, d.counts from body.destruction d where d.tenant_id = own and d.id = p_certificate;"""

_OF_CASE = letters(
    "o.case_ref = p_case",
    "i.case_ref = p_case",
    "(f.case_id = p_case or pg_catalog.strpos(pg_catalog.lower(f.form), p_case::text) > 0)",
)
DESTROY = narrow_function(
    "walls.destroy_case(p_order text, p_case uuid, p_certificate uuid, p_at timestamptz, p_replaced text)", "table(digest text, counts jsonb)",
    f"""
#variable_conflict use_column
declare{DECLARED}
  root text := 'body.incident_case';
  root_cond text := pg_catalog.format('x.id = %L', p_case);
  also text := '';
  closing record;
  new_one record;
  col record;
  cond text;
  told text;
begin{order_check("destroy")}{_GROUNDS}{_REPLACING}{EMPTYING}{_OF_CASE}{_CERTIFICATE}
end""", volatility="volatile", language="plpgsql")  # fmt: skip

# Nothing is written any more of a case whose records were destroyed; whoever writes meanwhile waits, and is refused.
GUARDS = [
    """create or replace function walls.case_stands() returns trigger language plpgsql set search_path = '' as $$
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
end $$""",
    """create or replace function walls.destroyed_stays() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'the records of this case were destroyed' using errcode = 'TF001';
end $$""",
    # A half-written form tells by the address of its page which case it is about: none is kept of a case that is gone.
    """create or replace function walls.draft_stands() returns trigger language plpgsql set search_path = '' as $$
declare gone timestamptz;
begin
  for gone in select x.destroyed_at from body.incident_case x where x.tenant_id = new.tenant_id and x.id in (select m[1]::uuid
    from pg_catalog.regexp_matches(pg_catalog.lower(new.form), '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})', 'g') m) for key share
  loop
    if gone is not null then raise exception 'the records of this case were destroyed' using errcode = 'TF001'; end if;
  end loop;
  return new;
end $$""",
    # A hold that is put or lifted takes turns with destroying.
    """create or replace function walls.hold_in_turn() returns trigger language plpgsql set search_path = '' as $$
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('records of ' || new.tenant_id::text, 0));
  return new;
end $$""",
]
TRIGGERS = [
    "create trigger destroyed_stays before update on body.incident_case for each row when (old.destroyed_at is not null) execute function walls.destroyed_stays()",
    # By name before the other: first its turn, then whether the case still stands.
    "create trigger a_hold_in_turn before insert or update on body.legal_hold for each row execute function walls.hold_in_turn()",
    "create trigger draft_stands before insert or update on body.form_draft for each row execute function walls.draft_stands()",
    # It has nothing sealed, but says that the record of a meeting has: whoever saves a meeting meanwhile waits, and is refused.
    "create trigger case_stands before insert or update on body.meeting_case for each row execute function walls.case_stands()",
]


def guard_of(table: str) -> str:
    """The trigger of a table that refers to a case and has sealed columns. Its migration makes it."""
    return f"create trigger case_stands before insert or update on {WALLED}.{table} for each row execute function walls.case_stands()"


def guarded_tables() -> list[str]:
    """The tables that have a case and something sealed: whatever is written there is about people."""
    return [
        t.name for t in walled_tables()
        if any("incident_case.id" in str(e.target_fullname) for f in t.foreign_key_constraints for e in f.elements)
        and any(type(c.type).__name__ == "SealedColumn" for c in t.columns)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Replaced:
    """A value of a row that tells of other cases too, as it stands without this one. `key`: columns that name the row."""

    table: str
    key: Mapping[str, str]
    values: Mapping[str, SealedValue]


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was destroyed: how many rows of which table were emptied or removed, and the digest of what stood there."""

    digest: str
    counts: Mapping[str, int]


def in_turn(unit: Unit) -> None:
    """Wait until nobody destroys records of this body, and keep anybody from it until this transaction ends."""
    unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"records of {unit.scope.body_id}", 0))))


def destroy_case(
    unit: Unit, case_id: UUID, disposal_id: UUID, certificate_id: UUID, replaced: Iterable[Replaced] = ()
) -> Destroyed:
    """Destroy the sealed content of a case, for a decision that two people made. Raises `CannotBeDestroyed`."""
    handed = json.dumps(
        [{"table": r.table, "key": dict(r.key), "values": {n: v.raw.hex() for n, v in r.values.items()}} for r in replaced]
    )
    order = signed_order(unit, "destroy", disposal_id, handed)
    return destroyed_by(unit, func.walls.destroy_case(order, case_id, certificate_id, unit.at, handed))


def signed_order(unit: Unit, act: str, subject: UUID, handed: str) -> str:
    """An order for one act of the owner's functions, on this connection alone, with the digest of what is handed over with it."""
    driver: Any = unit.session.connection().connection.driver_connection
    digest = sha256(handed.encode()).hexdigest()
    return unit.session.key.order(act, unit.scope.body_id, subject, driver.info.backend_pid, time.time(), digest)


def destroyed_by(unit: Unit, function: Any) -> Destroyed:
    """Call a function that destroys records, and tell what came of it."""
    told = function.table_valued("digest", "counts")
    row = unit.session.execute(select(told.c.digest, told.c.counts)).one()
    unit.session.expire_all()
    counts = json.loads(row.counts) if isinstance(row.counts, str) else row.counts
    return Destroyed(row.digest, counts)


FUNCTIONS = [*GUARDS, *DESTROY]
__all__ = [
    "FUNCTIONS",
    "TRIGGERS",
    "CannotBeDestroyed",
    "Destroyed",
    "RecordsDestroyed",
    "Replaced",
    "destroy_case",
    "destroyed_by",
    "guard_of",
    "guarded_tables",
    "in_turn",
    "refusals",
    "signed_order",
]
