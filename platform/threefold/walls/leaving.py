"""A body leaves: its keys are destroyed and its place in the directory ends, in one transaction, for an order that this process signed.

The running role can change nothing in the directory by itself. A function of the owner does it, where the database finds what must
stand: two different people, an export that was fetched with the digest that was confirmed, and no hold.
"""

from __future__ import annotations

import time
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from threefold.walls.destroying import order_check, refusals
from threefold.walls.policies import narrow_function
from threefold.walls.rotation import destroy_keys
from threefold.walls.session import Unit

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
end""", volatility="volatile", language="plpgsql")  # fmt: skip
LEFT_ON = narrow_function(
    "directory.left_on(p_body uuid)", "date", "select b.left_on from directory.body b where b.id = p_body"
)
FUNCTIONS = [*LEAVE, *LEFT_ON]


def leave(unit: Unit, leaving_id: UUID) -> int:
    """Destroy the body's keys and end its place here; how many keys there were. Raises `CannotBeDestroyed`."""
    driver: Any = unit.session.connection().connection.driver_connection
    order = unit.session.key.order(
        "leave", unit.scope.body_id, leaving_id, driver.info.backend_pid, time.time(), sha256(b"").hexdigest()
    )
    with refusals():
        unit.session.execute(select(func.directory.leave(order, leaving_id, unit.at, "")))
    return destroy_keys(unit)
