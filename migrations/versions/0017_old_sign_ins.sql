CREATE TABLE directory.sign_in_limit (
	single BOOLEAN NOT NULL,
	days INTEGER NOT NULL,
	CONSTRAINT pk_sign_in_limit PRIMARY KEY (single),
	CONSTRAINT ck_sign_in_limit_one_row CHECK (single),
	CONSTRAINT ck_sign_in_limit_long_enough_to_look_into CHECK (days between 90 and 3660)
)
--
revoke all on directory.sign_in_limit from public
--
insert into directory.sign_in_limit(single, days) values (true, 400)
--
create or replace function directory.remove_old_sign_ins(p_most integer) returns table(events bigint, sign_ins bigint) language sql volatile security definer set search_path = '' as $$with old as (select pg_catalog.statement_timestamp() - make_interval(days => l.days) as before from directory.sign_in_limit l),
  events as (delete from directory.sign_in_event e where e.id in
    (select x.id from directory.sign_in_event x join old on x.at < old.before order by x.at limit p_most) returning 1),
  sign_ins as (delete from directory.sign_in_session s where s.id in
    (select x.id from directory.sign_in_session x join old on x.created_at < old.before and (x.ended_at < old.before or x.expires_at < old.before)
      where not exists (select from directory.staff_session f where f.sign_in_id = x.id) order by x.created_at limit p_most) returning 1)
  select (select count(*) from events), (select count(*) from sign_ins)$$
--
revoke all on function directory.remove_old_sign_ins(integer) from public
--
grant execute on function directory.remove_old_sign_ins(integer) to threefold_app
--
create or replace function directory.sign_in_days() returns integer language sql stable security definer set search_path = '' as $$select l.days from directory.sign_in_limit l$$
--
revoke all on function directory.sign_in_days() from public
--
grant execute on function directory.sign_in_days() to threefold_app
