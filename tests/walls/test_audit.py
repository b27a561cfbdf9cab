"""Sealing and verifying on a real database: what the owner of the tables does to the audit is named."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import func, select

from tests.support.database import NOW, Database, bind
from tests.support.statements import counting
from threefold.walls.audit.anchors import Anchor, Anchors
from threefold.walls.audit.chain import BEHIND, CUT_SHORT, EDITED, LATE, REMOVED, REORDERED, REWRITTEN, UNREADABLE
from threefold.walls.audit.sealing import has_unsealed, seal_some, sealed_until
from threefold.walls.audit.verifying import MOST_TOLD, Report, verify
from threefold.walls.tables import AuditEntry, AuditLink


@dataclass
class Audited:
    """One body with some sealed and anchored entries."""

    database: Database
    body: UUID
    anchors: Anchors

    def note(self, count: int, at: datetime = NOW, subject: str = "case:x") -> None:
        with self.database.unit(self.body, at) as unit:
            for no in range(count):
                unit.audit("case read", subject, {"no": no}, kind="detail")

    def seal(self, at: datetime = NOW, most: int = 1000) -> int:
        total = 0
        while True:
            with self.database.unit(self.body, at) as unit:
                sealed = seal_some(unit, most)
            total += sealed
            if sealed < most:
                return total

    def anchor(self, at: datetime = NOW) -> None:
        with self.database.unit(self.body, at) as unit:
            head = sealed_until(unit)
        assert head is not None
        self.anchors.add("here", Anchor(at, head.no, head.mac))

    def owner(self, *statements: str) -> None:
        """What somebody does who has the owner's password: the wall binds them to one body, and nothing else holds them."""
        with psycopg.connect(self.database.owner_url.replace("+psycopg", "")) as connection:
            bind(connection, self.body, local=False)
            for statement in statements:
                assert connection.execute(statement).rowcount != 0, statement  # type: ignore[call-overload]

    def verify(self, at: datetime = NOW) -> Report:
        key = self.database.walls.master.audit_key(self.body)
        return verify(lambda: self.database.unit(self.body, at), key, "here", self.anchors)

    def kinds(self) -> set[str]:
        return {fault.kind for fault in self.verify().faults}


@pytest.fixture
def audited(database: Database, tmp_path: Path) -> Iterator[Audited]:
    made = Audited(database, database.body("here"), Anchors(tmp_path / "anchors"))
    made.note(8)
    made.seal()
    made.anchor()
    yield made


def _link(no: int) -> str:
    return f"(select entry_id from body.audit_link where no = {no})"


def test_what_is_sealed_verifies_and_the_unsealed_window_is_stated(audited: Audited) -> None:
    report = audited.verify()
    assert (report.faults, report.links, report.unsealed, report.anchors) == ([], 9, 0, 1)  # the keys' own entry is the ninth
    assert report.sealed is not None and report.sealed.until == NOW
    audited.note(3, NOW + timedelta(seconds=50))
    report = audited.verify()
    assert (report.count, report.entries, report.links, report.unsealed, report.since) == (
        0,
        12,
        9,
        3,
        NOW + timedelta(seconds=50),
    )


FREED = (
    "alter table body.audit_entry drop constraint ck_audit_entry_detail_is_named",
    "alter table body.audit_entry drop constraint ck_audit_entry_at_can_be_read",
)
TAMPERINGS = [
    ([f"update body.audit_entry set action = 'case opened' where id = {_link(4)}"], EDITED),
    ([f"update body.audit_entry set actor = '{uuid4()}' where id = {_link(4)}"], EDITED),
    ([f"update body.audit_entry set at = at - interval '1 hour' where id = {_link(4)}"], EDITED),
    ([f"update body.audit_entry set source = 'web 192.0.2.9', outcome = 'refused' where id = {_link(9)}"], EDITED),
    ([f"update body.audit_entry set detail = '{{\"no\": 70}}' where id = {_link(9)}"], EDITED),
    ([f"delete from body.audit_entry where id = {_link(4)}"], REMOVED),
    (["delete from body.audit_link where no = 4"], REMOVED),
    ([f"delete from body.audit_entry where id = {_link(4)}", "delete from body.audit_link where no = 4"], REMOVED),
    ([f"delete from body.audit_entry where id = {_link(1)}", "delete from body.audit_link where no = 1"], REMOVED),
    (["update body.audit_link set no = 100 where no = 4", "update body.audit_link set no = 4 where no = 5",
      "update body.audit_link set no = 5 where no = 100"], REORDERED),
    (["update body.audit_link set no = no - 1000 where no > 4", "update body.audit_link set no = no + 999 where no < 0"], REORDERED),
    (["update body.audit_link set until = until + interval '1 day' where no = 9"], REORDERED),
    ([f"delete from body.audit_entry where id = {_link(9)}", "delete from body.audit_link where no = 9"], CUT_SHORT),
    (["delete from body.audit_entry", "delete from body.audit_link"], CUT_SHORT),
    ([f"insert into body.audit_entry select tenant_id, '{uuid4()}', at - interval '25 hours', actor, purpose, action, subject, detail "
      f"from body.audit_entry where id = {_link(4)}"], BEHIND),
    # What is no group of names, and times that no calendar has: told as any other change, and nothing stops at them.
    *(([*FREED, f"update body.audit_entry set detail = '{detail}' where id = {_link(4)}"], EDITED)
      for detail in ('[["no", 3]]', "5", "null", "[[1, [2]]]")),
    *(([*FREED, f"update body.audit_entry set at = '{at}' where id = {_link(4)}"], EDITED)
      for at in ("infinity", "-infinity", "20000-01-01", "0044-03-15 BC")),
    *((["update body.audit_link set " + f"{column} = 'infinity' where no = 4"], REORDERED) for column in ("until", "sealed_at")),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "kind"), TAMPERINGS, ids=[f"{no}: {t[1]}" for no, t in enumerate(TAMPERINGS)])
def test_what_the_owner_does_to_the_audit_is_named(audited: Audited, statements: list[str], kind: str) -> None:
    if "no - 1000" in statements[0]:  # the numbers are closed up again over a gap
        audited.owner("delete from body.audit_link where no = 4")
    audited.owner(*statements)
    assert kind in audited.kinds()
    audited.seal(NOW + timedelta(minutes=1))  # the job that runs next must not make it good
    assert audited.kinds() & {kind, REWRITTEN}


def test_a_chain_made_anew_by_somebody_who_has_the_key_is_found_against_its_anchors(audited: Audited) -> None:
    audited.owner(f"update body.audit_entry set action = 'case opened' where id = {_link(4)}", "delete from body.audit_link")
    audited.seal(NOW + timedelta(minutes=5))
    report = audited.verify()
    assert [fault.kind for fault in report.faults] == [REWRITTEN]
    audited.anchors.folder.joinpath("here.txt").unlink()
    report = audited.verify()
    assert (report.faults, report.anchors) == ([], 0)  # and without an anchor elsewhere nothing tells


def test_anchors_in_folders_below_count_and_a_spoilt_line_is_told(audited: Audited) -> None:
    own = audited.anchors.folder / "here.txt"
    (audited.anchors.folder / "from-elsewhere").mkdir()
    (audited.anchors.folder / "from-elsewhere" / "here.txt").write_text(own.read_text() + "2026-03-30T10:00:00+00:00 9 zz\n")
    report = audited.verify()
    assert report.anchors == 2
    assert [(f.kind, "from-elsewhere/here.txt, line 2" in f.sentence) for f in report.faults] == [(UNREADABLE, True)]


def test_a_late_commit_is_sealed_when_it_is_seen(audited: Audited) -> None:
    audited.note(2, NOW - LATE + timedelta(seconds=1), "late")
    assert audited.seal(NOW + timedelta(minutes=1)) == 2
    with audited.database.unit(audited.body) as unit:
        order = unit.session.execute(
            select(AuditEntry.subject, AuditLink.until)
            .join(AuditLink, AuditLink.entry_id == AuditEntry.id).order_by(AuditLink.no)).all()  # fmt: skip
    assert [row.subject for row in order][-2:] == ["late", "late"] and order[-1].until == NOW
    assert audited.verify().count == 0


def test_an_entry_put_behind_is_never_sealed_even_after_late_ones(audited: Audited) -> None:
    """Late entries do not move the line back, so nobody walks it back step by step."""
    for hours in (23, 46):
        audited.note(1, NOW - timedelta(hours=hours), "walking back")
        audited.seal(NOW + timedelta(minutes=1))
    report = audited.verify()
    assert [fault.kind for fault in report.faults] == [BEHIND] and report.unsealed == 0
    with audited.database.unit(audited.body) as unit:
        assert not has_unsealed(unit)


@pytest.mark.parametrize("sealer_too", [False, True])
def test_a_clock_that_was_ahead_keeps_nothing_later_from_being_sealed(audited: Audited, sealer_too: bool) -> None:
    ahead, later = NOW + timedelta(days=40), NOW + timedelta(minutes=5)
    audited.note(1, ahead)
    assert audited.seal(ahead if sealer_too else NOW) == 1
    audited.note(3, later)
    assert audited.verify(later).unsealed == 3 and audited.verify(later).count == 0
    assert audited.seal(later) == 3
    for hours in (23, 46):  # and nobody walks the line back meanwhile
        audited.note(1, later - timedelta(hours=hours), "walking back")
        audited.seal(later)
    report = audited.verify(later + timedelta(minutes=1))
    assert [fault.kind for fault in report.faults] == [BEHIND] and report.unsealed == 0
    # Where the sealing was right, its being away for longer than a day loses nothing either.
    much_later = later + timedelta(days=3)
    audited.note(2, later + timedelta(hours=1))
    if not sealer_too:
        assert audited.seal(much_later) == 2


def test_the_running_role_can_add_links_and_change_none(audited: Audited) -> None:
    for change in ("update body.audit_link set no = 99", "delete from body.audit_link", "truncate body.audit_link"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(
            audited.database.app_url.replace("+psycopg", "")
        ) as connection:  # fmt: skip
            bind(connection, audited.body, local=False)
            connection.execute(change)  # type: ignore[call-overload]


def test_sealing_takes_few_statements_whatever_there_is_and_no_more_memory_than_a_batch(audited: Audited) -> None:
    audited.note(25, NOW + timedelta(seconds=1))
    with counting(audited.database.engine) as counted, audited.database.unit(audited.body) as unit:
        assert seal_some(unit, most=10) == 10
    assert len(counted.statements) == 5
    assert audited.seal(most=10) == 15
    assert audited.verify().count == 0


def test_many_faults_are_counted_and_a_hundred_told(audited: Audited) -> None:
    audited.note(150, NOW + timedelta(seconds=1))
    audited.seal()
    audited.owner("update body.audit_entry set purpose = 'x'")
    report = audited.verify()
    assert (len(report.faults), report.count) == (MOST_TOLD, 159)


def test_two_workers_at_once_seal_each_entry_once(audited: Audited) -> None:
    audited.note(400, NOW + timedelta(seconds=1))
    sealed: list[int] = []

    def work() -> None:
        sealed.append(audited.seal(most=17))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sum(sealed) == 400
    report = audited.verify()
    assert (report.count, report.links, report.unsealed) == (0, 409, 0)


SEALS = """
import sys
from datetime import datetime
from uuid import UUID
from sqlalchemy import create_engine
from threefold.walls.audit.sealing import seal_some
from threefold.walls.sealed import MasterKey
from threefold.walls.session import SYSTEM, Scope, Walls
url, body, at = sys.argv[1:]
walls = Walls(create_engine(url), MasterKey(b"m" * 32))
while True:
    with walls.open(Scope(UUID(body)), actor=SYSTEM, purpose="seal the audit", at=datetime.fromisoformat(at)) as unit:
        sealed = seal_some(unit, 5)
        print(sealed, flush=True)
        if sealed == 5:
            sys.stdin.readline()  # held here, its links written and not committed, until it is killed or told to go on
    if sealed < 5:
        break
"""


def test_a_worker_killed_half_way_doubles_nothing_and_loses_nothing(audited: Audited) -> None:
    audited.note(20, NOW + timedelta(seconds=1))
    command = [sys.executable, "-c", SEALS, audited.database.app_url, str(audited.body), NOW.isoformat()]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert worker.stdin is not None and worker.stdout is not None
    assert worker.stdout.readline() == "5\n"
    print("go on", file=worker.stdin, flush=True)  # the first five are committed
    assert worker.stdout.readline() == "5\n"  # the second five are written, and the lock is held
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()
    assert audited.seal() == 15
    report = audited.verify()
    assert (report.count, report.links, report.unsealed) == (0, 29, 0)


def test_only_what_is_committed_is_sealed(audited: Audited) -> None:
    with audited.database.unit(audited.body, NOW + timedelta(seconds=1)) as unit:
        unit.audit("case read", "case:y", kind="detail")
        assert audited.seal() == 0
    assert audited.seal() == 1


def test_the_chain_of_one_body_says_nothing_of_another(audited: Audited) -> None:
    there = audited.database.body("there")
    with audited.database.unit(there) as unit:
        assert sealed_until(unit) is None and seal_some(unit) == 1
        assert unit.session.execute(select(func.count()).select_from(AuditLink)).scalar_one() == 1
    assert audited.verify().count == 0


def test_an_anchor_is_written_at_most_once_a_minute_and_a_cut_off_line_spoils_no_other(tmp_path: Path) -> None:
    anchors = Anchors(tmp_path / "a")
    assert anchors.last("here") is None and anchors.behind("here", 1, NOW)
    anchors.add("here", Anchor(NOW, 5, b"a" * 32))
    assert anchors.last("here") == Anchor(NOW, 5, b"a" * 32)
    assert not anchors.behind("here", 6, NOW + timedelta(seconds=59)) and anchors.behind("here", 6, NOW + timedelta(seconds=60))
    assert not anchors.behind("here", 5, NOW + timedelta(hours=1))
    with (tmp_path / "a" / "here.txt").open("a") as file:
        file.write("2026-03-30T10:0")
    anchors.add("here", Anchor(NOW, 6, b"b" * 32))
    assert [anchor.no if anchor else None for _, anchor in anchors.all("here")] == [5, None, 6]
    assert oct((tmp_path / "a" / "here.txt").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize(("column", "value"), [("at", "infinity"), ("at", "20000-01-01"), ("detail", "[]"), ("detail", "5")])
def test_nobody_puts_in_what_could_not_be_read(audited: Audited, column: str, value: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        audited.owner(f"update body.audit_entry set {column} = '{value}' where id = {_link(4)}")
