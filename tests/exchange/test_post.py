"""Letters: sealed, signed, once in effect, in order per case; a killed process loses none and doubles none."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.support.database import NOW, Database
from threefold.exchange.letters import Draft, LetterError, LetterKeys, SealedLetter, open_letter, verify, write
from threefold.exchange.types import TYPES
from threefold.walls.post import Arrived, Post, redact
from threefold.walls.session import Unit
from threefold.walls.tables import LetterIn, OutboxLetter


def draft(case: UUID, number: int = 1) -> Draft:
    return Draft(
        "notification_withdrawn",
        case,
        {"reference": f"2026-{number:04d}", "way_out": "criteria_not_met", "reason": "A planted name: Quillfeather"},
    )


@dataclass
class Bodies:
    database: Database
    sender: UUID
    receiver: UUID
    post: Post
    took: list[Arrived] = field(default_factory=list)

    def send(self, case: UUID, number: int = 1) -> UUID:
        with self.database.unit(self.sender) as unit:
            return unit.send(draft(case, number), self.receiver).envelope.id

    def states(self) -> dict[UUID, str]:
        with self.database.unit(self.receiver) as unit:
            return {row.id: row.state for row in unit.session.scalars(select(LetterIn))}


@pytest.fixture
def bodies(database: Database) -> Iterator[Bodies]:
    made = Bodies(database, database.body("from"), database.body("to"), Post(database.walls, {}))
    made.post.handlers["notification_withdrawn"] = lambda _unit, letter: made.took.append(letter)
    yield made


def test_a_letter_arrives_once_however_often_it_is_delivered(bodies: Bodies) -> None:
    letter = bodies.send(uuid4())
    for _ in range(3):
        bodies.post.deliver(bodies.sender, letter, NOW)
    for _ in range(3):
        assert bodies.post.take_in(bodies.receiver, letter, NOW) == "in_effect"
    assert [a.content["reference"] for a in bodies.took] == ["2026-0001"]
    with bodies.database.unit(bodies.receiver) as unit:
        assert unit.session.execute(select(func.count()).select_from(LetterIn)).scalar() == 1


def test_a_story_that_fails_writes_no_letter(bodies: Bodies) -> None:
    with pytest.raises(ZeroDivisionError), bodies.database.unit(bodies.sender) as unit:
        unit.send(draft(uuid4()), bodies.receiver)
        raise ZeroDivisionError
    with bodies.database.unit(bodies.sender) as unit:
        assert unit.session.scalars(select(OutboxLetter)).all() == []


def test_letters_of_one_case_take_effect_in_order(bodies: Bodies) -> None:
    case = uuid4()
    first, second, third = (bodies.send(case, n) for n in (1, 2, 3))
    for letter in (first, second, third):
        bodies.post.deliver(bodies.sender, letter, NOW)
    assert bodies.post.take_in(bodies.receiver, third, NOW) == "held"
    assert bodies.post.take_in(bodies.receiver, second, NOW) == "held"
    assert bodies.took == []
    assert bodies.post.take_in(bodies.receiver, first, NOW) == "in_effect"
    assert [a.envelope.seq for a in bodies.took] == [1, 2, 3]
    assert set(bodies.states().values()) == {"in_effect"}


def test_another_case_does_not_wait(bodies: Bodies) -> None:
    bodies.send(uuid4())
    other = bodies.send(uuid4(), 7)
    bodies.post.deliver(bodies.sender, other, NOW)
    assert bodies.post.take_in(bodies.receiver, other, NOW) == "in_effect"


def put(bodies: Bodies, letter_id: UUID, raw: bytes) -> None:
    with bodies.database.unit(bodies.sender) as unit:
        unit.session.execute(
            select(func.post.put_letter(unit.said("post.put_letter"), bodies.receiver, letter_id, raw, NOW, uuid4()))
        )


def outbox(bodies: Bodies, letter_id: UUID) -> bytes:
    with bodies.database.unit(bodies.sender) as unit:
        return bytes(unit.session.execute(select(OutboxLetter.letter).where(OutboxLetter.id == letter_id)).scalar_one())


def test_an_altered_or_unreadable_letter_is_refused_and_kept_on_record(bodies: Bodies) -> None:
    letter = bodies.send(uuid4())
    whole = json.loads(outbox(bodies, letter))
    for key in ("envelope", "content", "signature"):
        changed = dict(whole)
        middle = len(changed[key]) // 2
        changed[key] = changed[key][:middle] + ("A" if changed[key][middle] != "A" else "B") + changed[key][middle + 1 :]
        forged = uuid4()
        put(bodies, forged, json.dumps(changed).encode())
        assert bodies.post.take_in(bodies.receiver, forged, NOW) == "refused"
    for junk in (b"", b"{}", b"[" * 10_000, os.urandom(200)):
        forged = uuid4()
        put(bodies, forged, junk)
        assert bodies.post.take_in(bodies.receiver, forged, NOW) == "refused"
    assert bodies.took == []
    with bodies.database.unit(bodies.receiver) as unit:
        assert all(row.reason for row in unit.session.scalars(select(LetterIn)))


def test_a_letter_in_anothers_name_is_refused(bodies: Bodies) -> None:
    """The impostor has the running role, and its own keys; not the sender's."""
    impostor = bodies.database.body("impostor")
    with bodies.database.unit(bodies.receiver) as unit:
        public = bodies.database.walls.public_key(unit.session, bodies.receiver)
    assert public is not None
    forged = write(draft(uuid4()), letter_id=uuid4(), sender=bodies.sender, receiver=bodies.receiver, seq=1, written_at=NOW, keys=LetterKeys.new(1),
                   receiver_seal_key=public.seal_key, receiver_key_no=public.no)  # fmt: skip
    put(bodies, forged.envelope.id, forged.to_bytes())
    assert bodies.post.take_in(bodies.receiver, forged.envelope.id, NOW) == "refused"
    stranger = write(draft(uuid4()), letter_id=uuid4(), sender=uuid4(), receiver=bodies.receiver, seq=1, written_at=NOW, keys=LetterKeys.new(1),
                     receiver_seal_key=public.seal_key, receiver_key_no=public.no)  # fmt: skip
    put(bodies, stranger.envelope.id, stranger.to_bytes())
    assert bodies.post.take_in(bodies.receiver, stranger.envelope.id, NOW) == "refused"
    assert impostor != bodies.sender
    assert bodies.took == []


def test_a_letter_for_somebody_else_does_not_open(bodies: Bodies) -> None:
    third = bodies.database.body("third")
    with bodies.database.unit(bodies.sender) as unit:
        letter = unit.send(draft(uuid4()), third)
    put(bodies, letter.envelope.id, letter.to_bytes())
    assert bodies.post.take_in(bodies.receiver, letter.envelope.id, NOW) == "refused"


def test_old_keys_keep_verifying_after_rotation(bodies: Bodies) -> None:
    case = uuid4()
    before = bodies.send(case, 1)
    for body in (bodies.sender, bodies.receiver):
        with bodies.database.unit(body) as unit:
            bodies.database.walls.add_keys(unit)
    after = bodies.send(case, 2)
    for letter in (before, after):
        bodies.post.deliver(bodies.sender, letter, NOW)
        assert bodies.post.take_in(bodies.receiver, letter, NOW) == "in_effect"
    assert [a.envelope.sign_key_no for a in bodies.took] == [1, 2]


def test_nothing_readable_is_at_rest_anywhere(bodies: Bodies) -> None:
    letter = bodies.send(uuid4())
    bodies.post.deliver(bodies.sender, letter, NOW)
    bodies.post.take_in(bodies.receiver, letter, NOW)
    with psycopg.connect(bodies.database.admin) as connection:
        tables = connection.execute(
            "select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where c.relkind = 'r' and n.nspname in ('body', 'post', 'directory', 'published')").fetchall()  # fmt: skip
        assert len(tables) > 20
        for (table,) in tables:
            with connection.cursor().copy(f"copy {table} to stdout") as copy:  # type: ignore[call-overload]
                dump = b"".join(bytes(part) for part in copy)
            assert b"Quillfeather" not in dump, table
            assert b"Quillfeather".hex().encode() not in dump, table


def test_the_receiver_seals_the_content_and_the_hash_stays(bodies: Bodies) -> None:
    letter = bodies.send(uuid4())
    bodies.post.deliver(bodies.sender, letter, NOW)
    bodies.post.take_in(bodies.receiver, letter, NOW)
    with bodies.database.unit(bodies.receiver) as unit:
        redact(unit, letter)
    with bodies.database.unit(bodies.receiver) as unit:
        row = unit.session.get_one(LetterIn, (bodies.receiver, letter))
        assert row.content is None
        assert len(row.sha256) == 64


def test_a_failing_handler_takes_nothing_into_effect(bodies: Bodies) -> None:
    letter = bodies.send(uuid4())
    bodies.post.deliver(bodies.sender, letter, NOW)

    def fails(_unit: Unit, _letter: Arrived) -> None:
        raise ZeroDivisionError

    good = bodies.post.handlers["notification_withdrawn"]
    bodies.post.handlers["notification_withdrawn"] = fails
    with pytest.raises(ZeroDivisionError):
        bodies.post.take_in(bodies.receiver, letter, NOW)
    assert bodies.states() == {}
    bodies.post.handlers["notification_withdrawn"] = good
    assert bodies.post.take_in(bodies.receiver, letter, NOW) == "in_effect"
    assert len(bodies.took) == 1


KILLED = """
import os, signal, sys
from datetime import datetime
from uuid import UUID
from sqlalchemy import create_engine, event
from threefold.walls.post import Post
from threefold.walls.sealed import MasterKey
from threefold.walls.session import Walls
url, step, body, letter, after = sys.argv[1:]
engine = create_engine(url)
seen = 0
@event.listens_for(engine, "before_cursor_execute")
def count(*_):
    global seen
    seen += 1
    if seen == int(after):
        os.kill(os.getpid(), signal.SIGKILL)
@event.listens_for(engine, "commit")
def commit(_):
    global seen
    if int(after) == 0:
        os.kill(os.getpid(), signal.SIGKILL)
getattr(Post(Walls(engine, MasterKey(b"m" * 32)), {}), step)(UUID(body), UUID(letter), datetime.fromisoformat("2026-03-30T10:00:00+00:00"))
print("done")
"""


@pytest.mark.parametrize("after", [0, 2, 3, 4, 6])
def test_a_killed_process_loses_none_and_doubles_none(bodies: Bodies, after: int) -> None:
    letter = bodies.send(uuid4())
    for step, body in (("deliver", bodies.sender), ("take_in", bodies.receiver)):
        killed = subprocess.run([sys.executable, "-c", KILLED, bodies.database.app_url, step, str(body), str(letter), str(after)],
                                capture_output=True, check=False)  # fmt: skip
        assert killed.returncode in (-signal.SIGKILL, 0), killed.stderr
        getattr(bodies.post, step)(body, letter, NOW + timedelta(minutes=1))
    assert bodies.states() == {letter: "in_effect"}
    assert len(bodies.took) <= 1


def test_work_left_by_a_dead_worker_is_found_again(bodies: Bodies) -> None:
    letter = bodies.send(uuid4())
    with bodies.database.walls.directory() as directory:
        (work_id,) = directory.due_work(NOW)
        claimed = directory.claim_work(work_id, NOW)
        assert claimed is not None and claimed.subject == letter
        assert directory.claim_work(work_id, NOW) is None
        assert directory.due_work(NOW + timedelta(minutes=1)) == []
        assert directory.due_work(NOW + timedelta(minutes=6)) == [work_id]


# the letter itself, without a database


KEYS, OTHER = LetterKeys.new(1), LetterKeys.new(1)


def letter_of(content: Any) -> SealedLetter:
    return write(Draft("notification_withdrawn", uuid4(), content), letter_id=uuid4(), sender=uuid4(), receiver=uuid4(), seq=1, written_at=NOW,
                 keys=KEYS, receiver_seal_key=OTHER.seal_key, receiver_key_no=1)  # fmt: skip


@given(st.text(min_size=1, max_size=200), st.text(max_size=2000))
def test_what_is_written_is_what_is_read(reference: str, reason: str) -> None:
    content = {"reference": reference, "way_out": "criteria_not_met", "reason": reason}
    letter = SealedLetter.from_bytes(letter_of(content).to_bytes())
    assert verify(letter, KEYS.verify_key).seq == 1
    assert open_letter(letter, OTHER) == content


@given(st.data())
def test_no_altered_byte_goes_unnoticed(data: Any) -> None:
    raw = bytearray(letter_of({"reference": "r", "way_out": "criteria_not_met", "reason": "x"}).to_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    changed = data.draw(st.integers(0, 255).filter(lambda b: b != raw[place]))
    raw[place] = changed
    with pytest.raises(LetterError):
        letter = SealedLetter.from_bytes(bytes(raw))
        verify(letter, KEYS.verify_key)
        open_letter(letter, OTHER)


def test_no_altered_byte_of_a_signature_goes_unnoticed() -> None:
    """Every one of them: an example drawn by chance may fall on what other checks find."""
    letter = letter_of({"reference": "r", "way_out": "criteria_not_met", "reason": "x"})
    for place in range(len(letter.signature)):
        signature = bytearray(letter.signature)
        signature[place] ^= 1
        with pytest.raises(LetterError, match="signature does not hold"):
            verify(replace(letter, signature=bytes(signature)), KEYS.verify_key)


def test_content_that_fits_no_schema_is_not_written() -> None:
    with pytest.raises(LetterError, match="does not fit"):
        letter_of({"reference": "r"})
    fits = {"reference": "r", "way_out": "criteria_not_met", "reason": "Not met."}
    assert letter_of(fits)
    with pytest.raises(LetterError, match="does not fit"):
        letter_of({**fits, "child": "a field that the type does not name"})
    with pytest.raises(LetterError, match="no letter of type"):
        write(Draft("gossip", uuid4(), {}), letter_id=uuid4(), sender=uuid4(), receiver=uuid4(), seq=1, written_at=NOW, keys=KEYS,
              receiver_seal_key=OTHER.seal_key, receiver_key_no=1)  # fmt: skip
    assert all(version >= 1 for _, version in TYPES)
