create table walls.scope_key (
	no integer not null,
	inner_pad bytea not null,
	outer_pad bytea not null,
	bound boolean not null,
	added_at timestamp with time zone not null default now(),
	constraint pk_scope_key primary key (no),
	constraint ck_scope_key_pads_are_blocks check (length(inner_pad) = 64 and length(outer_pad) = 64)
);
--
revoke all on walls.scope_key from public;
--
create or replace function walls.scope() returns uuid language plpgsql stable parallel restricted security definer set search_path = '' as
$$
declare
  told text := nullif(pg_catalog.current_setting('app.tenant_id', true), '');
  part text[];
  wanted text;
  for_one boolean;
begin
  if told is null then return null; end if;
  part := pg_catalog.string_to_array(told, '.');
  if pg_catalog.array_length(part, 1) = 5 and part[4] ~ '^[0-9]{1,10}$' and part[2] ~ '^[0-9]{1,12}$' and part[3] ~ '^[0-9]{1,10}$' then
    select pg_catalog.encode(pg_catalog.sha256(k.outer_pad || pg_catalog.sha256(k.inner_pad || pg_catalog.convert_to(
        part[1] || '.' || part[2] || '.' || part[3] || '.' || part[4], 'UTF8'))), 'hex'), k.bound
      into wanted, for_one from walls.scope_key k where k.no = part[4]::bigint;
  end if;
  if wanted is null or pg_catalog.sha256(pg_catalog.convert_to(wanted, 'UTF8')) <> pg_catalog.sha256(pg_catalog.convert_to(part[5], 'UTF8')) then
    raise exception 'this scope was not signed by the service' using errcode = '42501';
  end if;
  if part[2]::bigint < pg_catalog.date_part('epoch', pg_catalog.transaction_timestamp()) then
    raise exception 'this scope has ended; compare the clocks of the service and of the database' using errcode = '42501';
  end if;
  if for_one and part[3]::bigint <> pg_catalog.pg_backend_pid() then
    raise exception 'this scope was signed for another connection' using errcode = '42501';
  end if;
  return part[1]::uuid;
end $$;
--
revoke all on function walls.scope() from public;
--
grant execute on function walls.scope() to threefold_app;
