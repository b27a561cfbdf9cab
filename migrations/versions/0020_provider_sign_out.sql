alter table directory.sign_in_session add column provided bytea
--
create index ix_sign_in_session_provided on directory.sign_in_session (provided)
--
create or replace function directory.came_from_provider(p_token bytea, p_provided bytea) returns void language sql volatile security definer set search_path = '' as $$update directory.sign_in_session set provided = p_provided where token_hash = p_token and provided is null$$
--
revoke all on function directory.came_from_provider(bytea, bytea) from public
--
grant execute on function directory.came_from_provider(bytea, bytea) to threefold_app
--
create or replace function directory.end_provided(p_once uuid, p_issuer text, p_subject text, p_provided bytea, p_at timestamptz, p_until timestamptz) returns bigint language plpgsql volatile security definer set search_path = '' as $$
declare ended bigint;
begin
  delete from directory.challenge where expires_at < p_at;
  insert into directory.challenge(id, purpose, content, expires_at) values (p_once, 'provider_sign_out', '', p_until) on conflict do nothing;
  if not found then return null; end if;
  with gone as (update directory.sign_in_session s set ended_at = p_at
      where s.ended_at is null and s.expires_at > p_at and s.provided is not null and coalesce(p_subject, p_provided::text) is not null
        and (p_provided is null or s.provided = p_provided)
        and (p_subject is null or s.person_id = (select i.person_id from directory.person_identity i where i.issuer = p_issuer and i.subject = p_subject))
      returning s.person_id, s.device),
    noted as (insert into directory.sign_in_event(id, person_id, at, what, detail) select pg_catalog.gen_random_uuid(), g.person_id, p_at, 'provider_signed_out', g.device from gone g returning 1)
  select count(*) into ended from noted;
  return ended;
end$$
--
revoke all on function directory.end_provided(uuid, text, text, bytea, timestamptz, timestamptz) from public
--
grant execute on function directory.end_provided(uuid, text, text, bytea, timestamptz, timestamptz) to threefold_app
