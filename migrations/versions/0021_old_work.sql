create or replace function directory.remove_old_work(p_most integer) returns table(mails bigint, links bigint, works bigint) language sql volatile security definer set search_path = '' as $$with old as (select pg_catalog.statement_timestamp() - make_interval(days => l.days) as before from directory.sign_in_limit l),
  mails as (delete from directory.mail m where m.id in
    (select x.id from directory.mail x join old on x.made_at < old.before
      where not exists (select from post.work w where w.kind = 'mail_account' and w.subject = x.id and w.state <> 'done')
      order by x.made_at limit p_most) returning 1),
  links as (delete from directory.password_reset r where r.id in
    (select x.id from directory.password_reset x join old on x.expires_at < old.before order by x.expires_at limit p_most) returning 1),
  works as (delete from post.work w where w.state = 'done' and w.id in
    (select x.id from post.work x join old on x.run_after < old.before and x.claimed_at < old.before where x.state = 'done'
      order by x.run_after limit p_most) returning 1)
  select (select count(*) from mails), (select count(*) from links), (select count(*) from works)$$
--
revoke all on function directory.remove_old_work(integer) from public
--
grant execute on function directory.remove_old_work(integer) to threefold_app
