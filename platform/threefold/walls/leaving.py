"""A body leaves: its keys are destroyed and its place in the directory ends, in one transaction, for an order that this process signed.

The running role can change nothing in the directory by itself. A function of the owner does it, where the database finds what must
stand: two different people, an export that was fetched with the digest that was confirmed, no hold, and no letter that waits.

Nobody writes meanwhile. Whatever seals something, or notes a change, shares a lock with all who do, in a trigger; leaving holds it
alone. So what is counted before is all there is, and whoever writes afterwards, with a key that their process still has, is refused.
"""

from __future__ import annotations

import time
from datetime import date
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import DBAPIError

from threefold.domain.errors import ThreefoldError
from threefold.walls.database import WALLED
from threefold.walls.destroying import refusals
from threefold.walls.destroying_parts import order_check
from threefold.walls.policies import narrow_function, said_function, stays_here
from threefold.walls.rotation import sealed_tables
from threefold.walls.session import Unit

WAITS = "10s"  # for those who write: a person stands before the page meanwhile

LEAVE = narrow_function(
    "directory.leave(p_order text, p_leaving uuid, p_at timestamptz, p_replaced text)", "void",
    f"""
declare
  own uuid := walls.scope();
  part text[] := pg_catalog.string_to_array(p_order, '.');
  wanted text;
  for_one boolean;
  decided record;
begin{order_check("leave")}
  {stays_here("own", alone=True)}
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
end""", volatility="volatile", language="plpgsql")  # fmt: skip
LEFT_ON = said_function("directory.left_on(p_body uuid)", "date", "select b.left_on from directory.body b where b.id = p_body")


def left_on(unit: Unit, body: Any) -> ColumnElement[date | None]:
    """The day on which a body left, as part of a statement of this unit. `body`: its id, or the column that holds it."""
    return cast("ColumnElement[date | None]", func.directory.left_on(unit.said("directory.left_on"), body))


# What the platform itself notes of a body that left (its audit was sealed, its export ended) is still noted.
STAYS = f"""create or replace function walls.body_stays() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  {stays_here("new.tenant_id")}
  if exists (select from directory.body b where b.id = new.tenant_id and b.left_on is not null) then
    if tg_table_name = 'audit_entry' then
      if new.actor is null then return new; end if;
    end if;
    raise exception 'the body has left' using errcode = 'TF001';
  end if;
  return new;
end $$"""
# What is still changed afterwards, and tells nothing new: keys are destroyed in place, and an export's file ends after its days.
FIRST_ONLY = ("body_key", "body_export")
FUNCTIONS = [*LEAVE, *LEFT_ON, STAYS, "revoke all on function walls.body_stays() from public"]


def stays_of(table: str) -> str:
    """The trigger of a table that has sealed columns, and of the audit. Its migration makes it."""
    only = " when (new.kind = 'change' and new.outcome = 'done')" if table == "audit_entry" else ""
    when = "insert" if table in (*FIRST_ONLY, "audit_entry") else "insert or update"
    return f"create trigger body_stays before {when} on {WALLED}.{table} for each row{only} execute function walls.body_stays()"


def staying_tables() -> list[str]:
    """The tables that take part: whatever has something sealed, and the audit."""
    return sorted([table.name for table, _ in sealed_tables()] + ["audit_entry"])


def alone(unit: Unit) -> None:
    """Wait until nobody writes in this body, and let nobody begin to. The first thing that is done in a unit.

    Raises `ThreefoldError` where somebody goes on writing.
    """
    unit.session.execute(select(func.set_config("lock_timeout", WAITS, True)))
    try:
        unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"stays {unit.scope.body_id}", 0))))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != "55P03":
            raise
        raise ThreefoldError("Something is being written here right now. Try again in a minute.") from error


def leave(unit: Unit, leaving_id: UUID) -> None:
    """End the body's place here: the last thing that is written in it, when its keys are destroyed. Raises `CannotBeDestroyed`."""
    driver: Any = unit.session.connection().connection.driver_connection
    order = unit.session.key.order(
        "leave", unit.scope.body_id, leaving_id, driver.info.backend_pid, time.time(), sha256(b"").hexdigest()
    )
    with refusals():
        unit.session.execute(select(func.directory.leave(order, leaving_id, unit.at, "")))
