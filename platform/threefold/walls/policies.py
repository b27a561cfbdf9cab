"""The wall itself, as SQL: what each table allows whom, drawn from the metadata so that no table is forgotten.

Every policy calls one function, `walls.scope()`, as a sub-select, so that it is evaluated once a statement.
"""

from __future__ import annotations

from sqlalchemy import Table

from threefold.walls.database import WALLED, Base, BodyRow

APP = "threefold_app"
OWNER = "threefold_owner"
SCOPE = "(select walls.scope())"

# Recomputes the signature of the scope that is bound (see scope.py). The pads are HMAC's, and no role but the owner reads them.
# One statement without values of its own, so that its plan is kept: what costs is planning and making expressions ready, not the
# hashes. Nothing of the text is read as a number before it is known to be signed. Hashes are compared: that takes equally long.
SCOPE_FUNCTION = """
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
end $$
"""

# Recomputes the signature of the word with which the service asks a function that answers before a body is known (see scope.py).
# Each word is for one function: what is asked with one says nothing with which another could be asked.
SAID_FUNCTION = """
create or replace function walls.must_be_said(p_function text, p_said text) returns void language plpgsql stable parallel restricted
  security definer set search_path = '' as
$$
declare
  fault text;
begin
  select case
      when k.no is null or pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.encode(pg_catalog.sha256(k.outer_pad || pg_catalog.sha256(
          k.inner_pad || pg_catalog.convert_to(pg_catalog.left(s.said, -65), 'UTF8'))), 'hex'), 'UTF8'))
          <> pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.right(s.said, 64), 'UTF8'))
        or pg_catalog.split_part(s.said, '.', 1) <> 'say'
        then 'the service did not ask this'
      when pg_catalog.split_part(s.said, '.', 2) <> p_function then 'the service asked something else'
      when pg_catalog.split_part(s.said, '.', 3)::bigint < pg_catalog.date_part('epoch', pg_catalog.statement_timestamp())
        then 'the service asked this too long ago; compare the clocks of the service and of the database'
      when k.bound and pg_catalog.split_part(s.said, '.', 4)::bigint <> pg_catalog.pg_backend_pid()
        then 'the service asked this on another connection'
    end into fault
    from (select p_said) s(said)
    left join walls.scope_key k on k.no::text = pg_catalog.split_part(s.said, '.', 5);
  if fault is not null then raise exception using message = fault, errcode = '42501'; end if;
end $$
"""


def walled_tables() -> list[Table]:
    """Every table behind the wall, by name."""
    return [t for t in Base.metadata.sorted_tables if t.schema == WALLED]


def append_only() -> set[str]:
    """The names of the walled tables whose rows the running role may add and never change."""
    return {m.local_table.name for m in BodyRow.registry.mappers if getattr(m.class_, "__append_only__", False)}  # type: ignore[attr-defined]


def _removable() -> set[str]:
    return {m.local_table.name for m in BodyRow.registry.mappers if getattr(m.class_, "__removable__", False)}  # type: ignore[attr-defined]


def _written_by_owner() -> set[str]:
    return {m.local_table.name for m in BodyRow.registry.mappers if getattr(m.class_, "__written_by_owner__", False)}  # type: ignore[attr-defined]


def wall_of(table: str) -> list[str]:
    """Force row security on one walled table, with its one policy and its grants."""
    name = f"{WALLED}.{table}"
    may = ["select", "insert"]
    if table in _written_by_owner():
        may = ["select"]
    elif table not in append_only():
        may.append("update")
    if table in _removable():
        may.append("delete")
    return [
        f"alter table {name} enable row level security",
        f"alter table {name} force row level security",
        f"create policy own_body on {name} using (tenant_id = {SCOPE}) with check (tenant_id = {SCOPE})",
        f"revoke all on {name} from public",
        f"grant {', '.join(may)} on {name} to {APP}",
    ]


LETTERBOX = [
    "alter table post.letter enable row level security",
    "alter table post.letter force row level security",
    f"create policy as_sender on post.letter for insert with check (sender_id = {SCOPE})",
    f"create policy as_receiver on post.letter for select using (receiver_id = {SCOPE})",
    f"grant select on post.letter to {APP}",
    # For the owner's functions alone: the running role has no right to insert, which would make no work of it, nor to update.
    f"create policy as_receiver_again on post.letter for update to {OWNER} using (receiver_id = {SCOPE}) with check (receiver_id = {SCOPE})",
    "alter table published.publication enable row level security",
    "alter table published.publication force row level security",
    "create policy anyone on published.publication for select using (true)",
    f"create policy as_publisher on published.publication for insert with check (publisher_id = {SCOPE})",
    f"grant insert, select on published.publication to {APP}",
]

_BODY = "id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text"
_B = "b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door"
_HEAD = "language {language} {volatility} security definer set search_path = '' as"


def narrow_function(signature: str, returns: str, body: str, *, volatility: str = "stable", language: str = "sql") -> list[str]:
    head = _HEAD.format(language=language, volatility=volatility)
    return [
        f"create or replace function {signature} returns {returns} {head} $${body}$$",
        f"revoke all on function {_bare(signature)} from public",
        f"grant execute on function {_bare(signature)} to {APP}",
    ]


def said_function(signature: str, returns: str, body: str, *, volatility: str = "stable", language: str = "sql") -> list[str]:
    """A narrow function that no scope guards, because no body is known yet: it answers only with the service's word for it.

    The word comes before its other arguments. See `scope.ScopeKey.say`.
    """
    name, _, rest = signature.partition("(")
    asks = f"walls.must_be_said('{name.replace('.', '/')}', p_said);"
    if language == "plpgsql":
        before, _, after = body.partition("begin\n")
        body = f"{before}begin\n  perform {asks}\n{after}"
    else:
        body = f"\n  select {asks}\n  {body.strip()}"
    others = f", {rest}" if rest != ")" else ")"
    return narrow_function(f"{name}(p_said text{others}", returns, body, volatility=volatility, language=language)


def stays_here(body: str, *, alone: bool = False) -> str:
    """Share the lock under which something is written in a body; `alone`: wait until nobody does, and let nobody begin to.

    Who lets a body leave holds it alone: what is counted then is all there is.
    """
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    return f"perform pg_catalog.{lock}(pg_catalog.hashtextextended('stays ' || {body}::text, 0));"


def _bare(signature: str) -> str:
    """`f(a text, b uuid)` as grants want it: `f(text, uuid)`."""
    name, _, rest = signature.partition("(")
    arguments = rest.rstrip(")")
    return f"{name}({', '.join(a.strip().split(' ', 1)[1].split(' default ')[0] for a in arguments.split(',') if a.strip())})"


# Whether a session of platform staff is open, by the database's own clock.
STAFF_LIVE = "x.ended_at is null and x.begins <= pg_catalog.statement_timestamp() and x.ends > pg_catalog.statement_timestamp()"

# Whether a sign-in goes on from where nobody has shown in it who they are; `p_here` says in words from which browser and network.
ELSEWHERE = "not (p_here = any(s.shown_from))"

_SIGNED_IN = f"""
  select p.id, p.display_name, p.email, s.fresh_at, s.id as sign_in, {ELSEWHERE} as elsewhere from directory.sign_in_session s join directory.person p on p.id = s.person_id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at
    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active"""

FUNCTIONS = [
    *said_function("directory.body_by_slug(p_slug text)", f"table({_BODY})", f"select {_B} from directory.body b where b.slug = p_slug"),
    *said_function("directory.body_by_id(p_id uuid)", f"table({_BODY})", f"select {_B} from directory.body b where b.id = p_id"),
    *said_function("directory.bodies()", f"table({_BODY})", f"select {_B} from directory.body b where b.on_platform order by b.name"),
    *said_function(
        "directory.end_session(p_token bytea, p_at timestamptz)", "void",
        "update directory.sign_in_session set ended_at = p_at where token_hash = p_token and ended_at is null", volatility="volatile"),
    *said_function(
        "directory.visit(p_token bytea, p_slug text, p_at timestamptz, p_idle integer, p_here text)",
        f"table(person_id uuid, person_name text, person_email text, fresh_at timestamptz, roles text[], seats text[], {_BODY}, "
        "staff_session uuid, staff_ends timestamptz, staff_left integer, elsewhere boolean)",
        f"""
  with touched as (update directory.sign_in_session s set seen_at = p_at
    where token_hash = p_token and ended_at is null and expires_at > p_at and seen_at < p_at - interval '1 minute'
      and seen_at > p_at - make_interval(secs => p_idle) and not ({ELSEWHERE})),
  who as ({_SIGNED_IN}),
  here as (select m.body_id, array_agg(distinct m.role) roles, array_agg(distinct m.seat) seats
    from directory.membership m join who on who.id = m.person_id join directory.body b on b.id = m.body_id
    where (p_slug is null or b.slug = p_slug) and m.begins <= (p_at at time zone 'Europe/London')::date and (m.ends is null or m.ends >= (p_at at time zone 'Europe/London')::date) and m.ended_at is null group by m.body_id),
  staffed as (select x.id, x.body_id, x.ends from directory.staff_session x join who on who.id = x.person_id and who.sign_in = x.sign_in_id
    join directory.platform_staff f on f.person_id = x.person_id and f.ended_at is null join directory.body b on b.id = x.body_id
    where b.slug = p_slug and b.left_on is null and {STAFF_LIVE} and not exists(select 1 from here) limit 1)
  select who.id, who.display_name, who.email, who.fresh_at, here.roles, here.seats, {_B}, staffed.id, staffed.ends,
    ceil(extract(epoch from staffed.ends - pg_catalog.statement_timestamp()))::integer, who.elsewhere
  from who left join here on true left join staffed on true left join directory.body b on b.id = coalesce(here.body_id, staffed.body_id)
  order by b.name""",
        volatility="volatile"),
    *narrow_function(
        "directory.staff(p_on date)", "table(person_id uuid, email text, person_name text, role text, seat text)",
        """select p.id, p.email, p.display_name, m.role, m.seat from directory.membership m join directory.person p on p.id = m.person_id
  where m.body_id = (select walls.scope()) and p.active and m.begins <= p_on and (m.ends is null or m.ends >= p_on) and m.ended_at is null"""),
    *said_function(
        "directory.public_key(p_body uuid, p_no integer)", "table(key_no integer, verify_key bytea, seal_key bytea)",
        """select k.key_no, k.verify_key, k.seal_key from directory.body_public_key k
  where k.body_id = p_body and (k.key_no = p_no or (p_no is null and k.retired_at is null)) order by k.key_no desc limit 1"""),
    *narrow_function(
        "directory.publish_key(p_no integer, p_verify bytea, p_seal bytea, p_at timestamptz)", "void",
        """insert into directory.body_public_key(body_id, key_no, verify_key, seal_key, created_at)
  values (walls.scope(), p_no, p_verify, p_seal, p_at)""", volatility="volatile"),
    *narrow_function(
        "post.add_work(p_id uuid, p_kind text, p_subject uuid, p_after timestamptz)", "uuid",
        """insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error)
  values (p_id, walls.scope(), p_kind, p_subject, p_after, 'waiting', 0, '')
  on conflict (body_id, kind, subject) do update set run_after = least(post.work.run_after, excluded.run_after),
    state = case when post.work.state in ('done', 'failed') then 'waiting' else post.work.state end
  returning id""", volatility="volatile"),
    *said_function(
        "post.put_letter(p_receiver uuid, p_id uuid, p_letter bytea, p_at timestamptz, p_work uuid)", "uuid",
        f"""
begin
  if walls.scope() is null then raise exception 'no body is bound'; end if;
  {stays_here("p_receiver")}
  if not exists (select from directory.body b where b.id = p_receiver) then raise exception 'no such receiver'; end if;
  if exists (select from directory.body b where b.id = p_receiver and b.left_on is not null) then
    raise exception 'the receiver has left' using errcode = 'TF001'; end if;
  insert into post.letter(receiver_id, id, sender_id, posted_at, letter) values (p_receiver, p_id, walls.scope(), p_at, p_letter)
    on conflict do nothing;
  insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error)
    values (p_work, p_receiver, 'take_in', p_id, p_at, 'waiting', 0, '') on conflict do nothing;
  return (select w.id from post.work w where w.body_id = p_receiver and w.kind = 'take_in' and w.subject = p_id);
end""", volatility="volatile", language="plpgsql"),
    *narrow_function(
        "post.seal_away(p_letter uuid)", "void",
        """update post.letter set letter = '' where receiver_id = (select walls.scope()) and id = p_letter
    and exists (select from body.letter_in i where i.tenant_id = (select walls.scope()) and i.id = p_letter and i.content is null)""",
        volatility="volatile"),
    *said_function(
        "post.due_work(p_at timestamptz, p_limit integer)", "table(id uuid)",
        """select w.id from post.work w where (w.state = 'waiting' and w.run_after <= p_at)
    or (w.state = 'running' and w.claimed_at < p_at - interval '5 minutes') order by w.run_after limit p_limit"""),
    *said_function(
        "post.claim_work(p_id uuid, p_at timestamptz)", "table(body_id uuid, kind text, subject uuid, attempts integer)",
        """update post.work w set state = 'running', claimed_at = p_at, attempts = w.attempts + 1 where w.id =
    (select x.id from post.work x where x.id = p_id and ((x.state = 'waiting' and x.run_after <= p_at)
      or (x.state = 'running' and x.claimed_at < p_at - interval '5 minutes')) for update skip locked)
  returning w.body_id, w.kind, w.subject, w.attempts""", volatility="volatile"),
    *said_function(
        "post.finish_work(p_id uuid, p_outcome text, p_error text, p_again timestamptz)", "void",
        """update post.work set state = p_outcome, last_error = p_error, run_after = coalesce(p_again, run_after) where id = p_id""",
        volatility="volatile"),
]  # fmt: skip
