"""The narrow functions of platform staff, as SQL: who they are, and the timed sessions in which they read in one body.

These go by the database's own clock: whether a session is open is not left to the program that asks.
"""

from __future__ import annotations

from threefold.walls.policies import STAFF_LIVE, narrow_function, said_function

_NOW = "pg_catalog.statement_timestamp()"
_SIGNED_IN = """directory.sign_in_session s join directory.person p on p.id = s.person_id
    join directory.platform_staff f on f.person_id = p.id
  where s.token_hash = p_token and s.stage = 'open' and s.ended_at is null and s.expires_at > p_at
    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active and f.ended_at is null"""
# A sign-in that ended while the session was open took it along; one that ended later did nothing to it.
_ENDED = "case when s.ended_at < x.ends then least(x.ended_at, s.ended_at) else x.ended_at end"
_SIGNED_OUT = "coalesce(s.ended_at < x.ends and s.ended_at < coalesce(x.ended_at, x.ends), false)"
_SEEN = f"x.begins, x.ends, {_ENDED}, x.ended_by, x.ended_at is null and s.ended_at is null and x.ends > {_NOW}"

STAFF_FUNCTIONS = [
    *said_function(
        "directory.staff_member(p_token bytea, p_at timestamptz, p_idle integer)",
        "table(person_id uuid, person_name text, fresh_at timestamptz)",
        f"select p.id, p.display_name, s.fresh_at from {_SIGNED_IN}"),
    # Whoever works for a body is no platform staff while they do; one session at a time for a sign-in: two that begin at once
    # take turns on its row, and the second looks only then. No session in a body that left.
    *narrow_function(
        "directory.begin_staff_session(p_id uuid, p_token bytea, p_at timestamptz, p_idle integer, p_fresh integer, p_minutes integer)",
        "timestamptz",
        f"""
declare
  told timestamptz;
begin
  perform 1 from directory.sign_in_session s where s.token_hash = p_token for update;
  insert into directory.staff_session(id, person_id, body_id, sign_in_id, begins, ends)
  select p_id, p.id, walls.scope(), s.id, {_NOW}, {_NOW} + make_interval(mins => p_minutes) from {_SIGNED_IN}
    and s.fresh_at > p_at - make_interval(secs => p_fresh) and p_minutes between 1 and 240
    and not exists(select 1 from directory.membership m where m.person_id = p.id and m.ended_at is null
      and (m.ends is null or m.ends >= ({_NOW} at time zone 'Europe/London')::date))
    and not exists(select 1 from directory.staff_session x where x.sign_in_id = s.id and {STAFF_LIVE})
    and exists(select 1 from directory.body b where b.id = walls.scope() and b.left_on is null)
  returning ends into told;
  return told;
end""", volatility="volatile", language="plpgsql"),
    *narrow_function(
        "directory.staff_session_stands(p_id uuid, p_person uuid)", "boolean",
        f"""select exists(select 1 from directory.staff_session x join directory.platform_staff f on f.person_id = x.person_id
    join directory.person p on p.id = x.person_id join directory.sign_in_session s on s.id = x.sign_in_id
  where x.id = p_id and x.person_id = p_person and x.body_id = walls.scope() and f.ended_at is null and p.active and s.ended_at is null
    and {STAFF_LIVE})""", volatility="volatile"),
    *narrow_function(
        "directory.end_staff_session(p_id uuid, p_by uuid)", "boolean",
        f"""update directory.staff_session x set ended_at = {_NOW}, ended_by = p_by
  where x.id = p_id and x.body_id = walls.scope() and {STAFF_LIVE} returning true""", volatility="volatile"),
    *narrow_function(
        "directory.staff_sessions()",
        "table(id uuid, person_id uuid, person_name text, begins timestamptz, ends timestamptz, ended_at timestamptz, ended_by uuid, open boolean, signed_out boolean)",
        f"""select x.id, p.id, p.display_name, {_SEEN}, {_SIGNED_OUT} from directory.staff_session x join directory.person p on p.id = x.person_id
    join directory.sign_in_session s on s.id = x.sign_in_id where x.body_id = walls.scope() order by x.begins desc, x.id"""),
    *said_function(
        "directory.staff_sessions_of(p_person uuid, p_most integer)",
        "table(id uuid, body_id uuid, slug text, name text, begins timestamptz, ends timestamptz, ended_at timestamptz, ended_by uuid, open boolean)",
        f"""select x.id, b.id, b.slug, b.name, {_SEEN} from directory.staff_session x join directory.body b on b.id = x.body_id
    join directory.sign_in_session s on s.id = x.sign_in_id where x.person_id = p_person order by x.begins desc, x.id limit p_most"""),
]  # fmt: skip
