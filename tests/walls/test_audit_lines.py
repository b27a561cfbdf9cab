"""What was sealed is written down as lines outside the database: each entry once, in order, whatever stops in between."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.reviews.neighbours import GOVERNANCE
from tests.support.database import NOW, Database
from threefold.doors.worker import jobs
from threefold.doors.worker.planning import seal_all
from threefold.walls.audit.anchors import Anchors
from threefold.walls.audit.lines import AuditLines
from threefold.walls.post import Post


class Here:
    """Bodies whose audit is sealed by the job, as by the clock, and written down to a folder."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder, self.at = database, folder / "lines", NOW
        self.bench = jobs.Bench(
            database.walls,
            GOVERNANCE,
            Post(database.walls, {}),
            lambda *_: None,
            "",
            Anchors(folder / "anchors"),
            AuditLines(self.folder),
        )

    def note(self, body: UUID, count: int = 1, subject: str = "case:x") -> None:
        with self.database.unit(body, self.at) as unit:
            for no in range(count):
                unit.audit("case read", subject, {"no": no}, kind="detail")

    def seal(self) -> None:
        """What the clock asks for, and the jobs that come of it."""
        self.at += timedelta(minutes=2)
        seal_all(self.bench, self.at)
        with self.database.walls.directory() as directory:
            due = directory.due_work(self.at)
        for work in due:
            assert jobs.perform(self.bench, work, self.at) == "done"

    def lines(self, slug: str = "here") -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / f"{slug}.jsonl").read_text().splitlines()]

    def numbers(self, slug: str = "here") -> list[int]:
        return [line["no"] for line in self.lines(slug)]


@pytest.fixture
def here(database: Database, tmp_path: Path) -> Here:
    return Here(database, tmp_path)


def test_what_was_sealed_is_written_once_and_goes_on_where_it_stopped(here: Here) -> None:
    body = here.database.body("here")
    here.note(body, 3)
    here.seal()
    assert here.numbers() == [1, 2, 3, 4]  # the keys' own entry is one of them
    here.seal()
    assert here.numbers() == [1, 2, 3, 4]
    here.note(body, 2)
    assert len(here.lines()) == 4  # not before it is sealed
    here.seal()
    assert here.numbers() == [1, 2, 3, 4, 5, 6]


def test_a_line_says_what_the_entry_says_and_which_link_seals_it(here: Here) -> None:
    body = here.database.body("here")
    here.note(body, subject="case:y")
    here.seal()
    line = next(line for line in here.lines() if line["subject"] == "case:y")
    assert (line["body"], line["action"], line["detail"], line["kind"], line["outcome"]) == (
        "here",
        "case read",
        {"no": 0},
        "detail",
        "done",
    )
    assert line["at"] == NOW.isoformat() and len(line["mac"]) == 64
    assert set(line) == {
        "body",
        "no",
        "sealed_at",
        "mac",
        "id",
        "at",
        "actor",
        "purpose",
        "action",
        "subject",
        "detail",
        "kind",
        "source",
        "outcome",
    }


def test_each_body_has_lines_of_its_own(here: Here) -> None:
    for slug in ("here", "there"):
        here.note(here.database.body(slug), subject=f"case:{slug}")
    here.seal()
    for slug, other in (("here", "there"), ("there", "here")):
        subjects = {line["subject"] for line in here.lines(slug)}
        assert f"case:{slug}" in subjects and f"case:{other}" not in subjects


def test_a_collector_may_take_the_file_away(here: Here) -> None:
    body = here.database.body("here")
    here.note(body, 3)
    here.seal()
    (here.folder / "here.jsonl").rename(here.folder / "taken")
    here.note(body, 2)
    here.seal()
    assert here.numbers() == [5, 6]


def test_a_line_that_a_crash_cut_off_spoils_no_other(here: Here) -> None:
    body = here.database.body("here")
    here.note(body)
    here.seal()
    with (here.folder / "here.jsonl").open("a") as file:
        file.write('{"body": "here", "no"')
    here.note(body)
    here.seal()
    told = (here.folder / "here.jsonl").read_text().splitlines()
    assert told[2] == '{"body": "here", "no"' and json.loads(told[3])["no"] == 3


def test_many_are_written_some_at_a_time(here: Here) -> None:
    body = here.database.body("here")
    here.note(body, 7)
    here.bench = jobs.Bench(here.bench.walls, GOVERNANCE, here.bench.post, here.bench.send_mail, "", here.bench.anchors)
    here.seal()
    assert AuditLines(here.folder).write("here", lambda: here.database.unit(body, here.at), 3) == 8
    assert here.numbers() == list(range(1, 9))


@pytest.mark.parametrize("wrong", ["a file in the place of the folder", "a number that is none"])
def test_a_folder_that_cannot_be_written_keeps_nothing_from_being_sealed(
    here: Here, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    body = here.database.body("here")
    here.note(body, 3)
    if wrong == "a number that is none":
        here.folder.mkdir()
        hindrance = here.folder / "here.no"
    else:
        hindrance = here.folder
    hindrance.write_text("four")
    here.seal()
    assert here.bench.anchors.last("here") is not None
    assert "audit_not_written" in "".join(capsys.readouterr())
    hindrance.unlink()
    here.seal()  # nothing new was noted, and what is missing is written all the same
    assert here.numbers() == [1, 2, 3, 4]


def test_only_the_service_and_its_group_read_them(here: Here) -> None:
    here.note(here.database.body("here"))
    here.seal()
    assert oct(here.folder.stat().st_mode)[-3:] == "700"
    assert int(oct((here.folder / "here.jsonl").stat().st_mode)[-1]) == 0
