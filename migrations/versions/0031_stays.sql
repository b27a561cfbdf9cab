-- One statement as the owner, which the guards of destroyed cases let pass: `using`, and no update.
alter table body.case_bar rename column deputy_ends to deputy_ended_at
--
alter table body.case_bar add column deputy_at timestamptz
--
-- Who took over from somebody else was named since, on a day that is on no record: not before they worked here.
create function directory.named_since(body uuid, deputy uuid, said timestamptz) returns timestamptz language sql stable set search_path = '' as $$with held as (select m.begins,
    case when m.ended_at is null then m.ends else least(m.ends, (m.ended_at at time zone 'Europe/London')::date - 1) end as ends
    from directory.membership m where m.body_id = body and m.person_id = deputy),
  joined as (select unnest(range_agg(daterange(h.begins, h.ends, '[]'))) as days from held h where h.ends is null or h.ends >= h.begins)
  select greatest(said, (select max(lower(j.days))::timestamp at time zone 'Europe/London' from joined j where lower(j.days) <= (now() at time zone 'Europe/London')::date))$$
--
alter table body.case_bar
  alter column deputy_at type timestamptz using case when deputy_id is not null then directory.named_since(tenant_id, deputy_id, coalesce(decided_at, declared_at)) end,
  alter column deputy_ended_at type timestamptz using
    case when deputy_ended_at < (now() at time zone 'Europe/London')::date then (deputy_ended_at + 1)::timestamp at time zone 'Europe/London' end
--
drop function directory.named_since(uuid, uuid, timestamptz)
--
alter table body.case_bar add constraint ck_case_bar_deputy_is_named_at_a_time check ((deputy_id is null) = (deputy_at is null))
--
create or replace function directory.stays() returns table(person_id uuid, begins date, ends date) language sql stable security definer set search_path = '' as $$with held as (select m.person_id, m.begins,
    case when m.ended_at is null then m.ends else least(m.ends, (m.ended_at at time zone 'Europe/London')::date - 1) end as ends
    from directory.membership m where m.body_id = (select walls.scope())),
  joined as (select h.person_id, unnest(range_agg(daterange(h.begins, h.ends, '[]'))) as days from held h
    where h.ends is null or h.ends >= h.begins group by h.person_id)
  select j.person_id, lower(j.days), upper(j.days) - 1 from joined j$$
--
revoke all on function directory.stays() from public
--
grant execute on function directory.stays() to threefold_app