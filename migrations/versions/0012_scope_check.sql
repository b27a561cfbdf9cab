create or replace function walls.scope() returns uuid language plpgsql stable parallel restricted security definer set search_path = '' as
$$
declare
  told text;
  fault text;
begin
  select s.told, case
      when s.told is null or s.told = '' then null
      when k.no is null or pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.encode(pg_catalog.sha256(k.outer_pad || pg_catalog.sha256(
          k.inner_pad || pg_catalog.convert_to(pg_catalog.left(s.told, -65), 'UTF8'))), 'hex'), 'UTF8'))
          <> pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.right(s.told, 64), 'UTF8'))
        then 'this scope was not signed by the service'
      when pg_catalog.split_part(s.told, '.', 2)::bigint < pg_catalog.date_part('epoch', pg_catalog.transaction_timestamp())
        then 'this scope has ended; compare the clocks of the service and of the database'
      when k.bound and pg_catalog.split_part(s.told, '.', 3)::bigint <> pg_catalog.pg_backend_pid()
        then 'this scope was signed for another connection'
    end into told, fault
    from (select pg_catalog.current_setting('app.tenant_id', true)) s(told)
    left join walls.scope_key k on k.no::text = pg_catalog.split_part(s.told, '.', 4);
  if fault is not null then raise exception using message = fault, errcode = '42501'; end if;
  return nullif(pg_catalog.split_part(told, '.', 1), '')::uuid;
end $$;
