"""`threefold tenants export`, `diff`, `replay` and `check` with what is on record: versions that were signed on screen."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.arrangements.vale import GOVERNANCE, LEADS, NOW_IN_FORCE, Vale, opened
from tests.deploy.test_tenants_commands import CASE, export_into, nothing_set
from tests.support.commands import copied, typed
from tests.support.database import Database
from threefold.governance import drafts
from threefold.governance.remarks import remarks
from threefold.work.arrangements import asking, drafting, signing

ROOT = Path(__file__).parents[2]
HUDDLE = ("rules", "rapid-review-plan", "steps", "huddle")
SIGNED = "from-2027-04-01"


@pytest.fixture
def site(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a site whose area has signed a version on screen: its huddle is on day 12 from 1 April 2027."""
    signed_on_screen(opened(database))
    for name, value in (("secret", b"s"), ("master", b"m")):
        (tmp_path / name).write_text((value * 32).hex())
    return {**nothing_set(), "DATABASE_URL": database.app_url, "REDIS_URL": "redis://127.0.0.1:1/0", "THREEFOLD_MODE": "test",
            "THREEFOLD_SECRET_KEY_FILE": str(tmp_path / "secret"), "THREEFOLD_MASTER_KEY_FILE": str(tmp_path / "master")}  # fmt: skip


def signed_on_screen(vale: Vale) -> None:
    with vale.lead() as unit:
        draft = drafting.start_draft(unit, drafts.begin_from(NOW_IN_FORCE, "next", "Huddle on day 12"), "what is in force")
        drafting.save_line(unit, draft.id, HUDDLE, {"day": 12}, 1, "huddle")
        drafting.save_line(unit, draft.id, (), {"begins": "2027-04-01"}, 2, "begins")
        content = drafting.load_draft(unit, draft.id).content
        reasons = {r.known_by: "It was agreed so." for r in remarks(GOVERNANCE, content) if r.effect == "needs_reason"}
        draft = asking.ask_for_signatures(unit, GOVERNANCE, draft.id, reasons)
    for seat in LEADS:
        with vale.seat(seat) as unit:
            signing.sign_draft(unit, GOVERNANCE, draft.id, seat, draft.signed_hash)
        vale.at += timedelta(minutes=1)


def run(environment: dict[str, str], *words: str) -> tuple[int, str, str]:
    return typed("tenants", *words, env=environment)


def left(database: Database) -> list[tuple[str, str, str, str]]:
    with psycopg.connect(database.admin) as connection:
        return connection.execute(
            "select action, subject, kind, purpose from body.audit_entry where source = 'cli' and actor is null order by at"
        ).fetchall()


def test_the_version_on_record_of_a_day_and_any_version_is_exported_and_the_audit_tells_it(
    site: dict[str, str], database: Database
) -> None:
    code, toml, said = run(site, "export", "record:example-vale", "--on", "2027-04-01")
    assert code == 0 and f'id = "{SIGNED}"' in toml and '"day" = 12' in toml, said
    assert "“Huddle on day 12” (from-2027-04-01), in force on 1 April 2027." in said
    assert left(database) == [("version exported", f"arrangement:{SIGNED}", "export", "export a version of the arrangement")]
    code, toml, _ = run(site, "export", "record:example-vale", "--on", "2027-03-31")
    assert code == 0 and 'id = "demonstration"' in toml and '"day" = 14' in toml
    assert run(site, "export", "record:example-vale")[:2] == run(site, "export", "record:example-vale", "demonstration")[:2]
    assert run(site, "export", f"record:example-vale/{SIGNED}")[0] == 0
    assert len(left(database)) == 5


def test_what_is_on_record_is_exported_to_its_place_among_the_files(site: dict[str, str], tmp_path: Path) -> None:
    copied(tmp_path / "tenants")
    there = {**site, "THREEFOLD_TENANTS": str(tmp_path / "tenants")}
    file = tmp_path / "tenants" / "example-vale" / "arrangements" / f"{SIGNED}.toml"
    assert export_into(file, there, "record:example-vale", SIGNED) == (0, "")
    code, said, _ = run(there, "check", "example-vale")
    assert code == 0 and f"example-vale/{SIGNED}: holds" in said


def test_file_and_record_and_record_and_record_are_compared(site: dict[str, str], database: Database, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        run(site, "export", f"record:example-vale/{SIGNED}")[1].replace('"day" = 12', '"day" = 10'), encoding="utf-8"
    )
    for before, after, told in (
        (f"record:example-vale/{SIGNED}", str(file), "is now due by working day 10, was 12"),
        ("record:example-vale/demonstration", f"record:example-vale/{SIGNED}", "is now due by working day 12, was 14"),
        ("example-vale", f"record:example-vale/{SIGNED}", "is now due by working day 12, was 14"),
    ):
        code, said, _ = run(site, "diff", before, after)
        assert code == 0 and told in said
    assert (
        "is now due by working day 12, was 14"
        in run(site, "diff", "example-vale", "record:example-vale", "--on", "2027-05-01")[1]
    )
    assert {entry[0] for entry in left(database)} == {"version exported", "arrangements compared"}


def test_a_version_on_record_is_replayed(site: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "case.json").write_text(json.dumps(CASE), encoding="utf-8")
    over = ("--over", str(tmp_path / "cases"), "--as-of", "2027-03-20")
    code, said, _ = run(site, "replay", "example-vale", f"record:example-vale/{SIGNED}", *over)
    assert code == 0 and "Executive huddle: due 5 April 2027, would be due 1 April 2027" in said
    assert (
        run(site, "replay", "record:example-vale/demonstration", "record:example-vale", *over, "--on", "2027-04-02")[1] == said
    )


def test_the_fingerprint_that_was_signed_is_worked_out_from_the_export(
    site: dict[str, str], database: Database, tmp_path: Path
) -> None:
    with psycopg.connect(database.admin) as connection:
        (signed,) = connection.execute("select distinct signed_hash from body.draft_signature").fetchone() or ("",)
    file = tmp_path / "anything.toml"
    file.write_text(run(site, "export", f"record:example-vale/{SIGNED}")[1], encoding="utf-8")
    assert (
        run(site, "fingerprint", f"record:example-vale/{SIGNED}")[1] == run(site, "fingerprint", str(file))[1] == f"{signed}\n"
    )
    file.write_text(file.read_text(encoding="utf-8").replace("on day 12", "on day 12,"), encoding="utf-8")
    assert run(site, "fingerprint", str(file))[1] not in ("", f"{signed}\n")


def test_what_is_not_there_is_told_and_what_there_is(site: dict[str, str], database: Database) -> None:
    for words, told in (
        (("export", "record:example-vale", "none"), f"Name one of: record:example-vale/demonstration (begins 1 January 2026), record:example-vale/{SIGNED}"),
        (("export", "record:example-vale", "--on", "2025-12-31"), "No version on record here was in force on 31 December 2025"),
        (("export", "record:nowhere"), "There is no body 'nowhere' on record."),
        (("export", "record:example-vale", "--on", "April"), "--on: 'April' is not a date"),
        (("export", "example-vale", "demonstration", "--on", "2027-04-01"), "A day is for what is on record"),
        (("export", "example-vale", SIGNED), f"on record: record:example-vale/{SIGNED}."),
        (("diff", "example-vale", f"example-vale/{SIGNED}"), f"on record: record:example-vale/{SIGNED}."),
    ):  # fmt: skip
        code, _, said = run(site, *words)
        assert code == 2 and told in said, said
    assert left(database) == [], "what was not read is not told as read"


def test_without_a_database_the_files_are_known_and_the_rest_says_what_it_needs(tmp_path: Path) -> None:
    alone = nothing_set() | {"THREEFOLD_VAR": str(tmp_path)}
    assert run(alone, "export", "example-vale", "demonstration")[0] == 0
    code, _, said = run(alone, "export", "record:example-vale")
    assert code == 2 and "What is on record stands in a database, and none is known here." in said


def test_what_a_file_corrects_may_be_on_record_alone_and_must_be_somewhere(
    site: dict[str, str], database: Database, tmp_path: Path
) -> None:
    file, written = tmp_path / "right.toml", run(site, "export", f"record:example-vale/{SIGNED}")[1]

    def corrects(what: str) -> None:
        text = written.replace(f'id = "{SIGNED}"', f'id = "right"\ncorrects = "{what}"\nnote = "A slip of the pen."')
        file.write_text(text, encoding="utf-8")

    corrects(SIGNED)
    code, said, _ = run(site, "check", str(file))
    assert code == 0 and "mend: " not in said, said
    assert left(database)[-1] == ("arrangement versions listed", "arrangement", "list", "check a file")
    code, said, _ = run(nothing_set() | {"THREEFOLD_VAR": str(tmp_path)}, "check", str(file))
    assert (
        code == 1
        and f"mend: corrects: There is no version '{SIGNED}' of example-vale among the files; and no database is known here"
        in said
    )
    corrects("nowhere")
    code, said, _ = run(site, "check", str(file))
    assert (
        code == 1
        and "mend: corrects: There is no version 'nowhere' of example-vale, neither among the files nor on record." in said
    )
    assert said.count("mend: ") == 1


def test_seats_and_delegations_of_a_file_are_held_beside_those_on_record(site: dict[str, str], tmp_path: Path) -> None:
    written = run(site, "export", f"record:example-vale/{SIGNED}")[1]
    text = written.replace(f'id = "{SIGNED}"', 'id = "next"').replace("begins = 2027-04-01\n", "begins = 2031-04-01\n")
    file = tmp_path / "next.toml"
    file.write_text(text, encoding="utf-8")
    code, said, _ = run(site, "check", str(file))
    assert code == 0 and "noted: compare" not in said, said
    assert said.splitlines()[-1] == (
        "Not looked at: who holds each seat. Take the file in on screen; “Send it to the partners to sign” says which of them nobody holds."
    )
    file.write_text(text.replace('"local_authority", "partner" = true, "acts_for" = []', '"local_authority", "partner" = true, "acts_for" = ["police"]')
                    .replace('"day" = 12', '"day" = 13'), encoding="utf-8")  # fmt: skip
    code, said, _ = run(site, "check", str(file))
    assert (
        code == 0
        and "noted: organisations: Example Vale Council is to act for Example Vale Constabulary from this version on." in said
    ), said
    assert "noted: compare: “Huddle on day 12”, which begins on 1 April 2027, is what this version follows" in said


def test_the_day_of_a_file_is_held_beside_what_was_signed_on_screen(
    site: dict[str, str], database: Database, tmp_path: Path
) -> None:
    written = run(site, "export", f"record:example-vale/{SIGNED}")[1].replace(f'id = "{SIGNED}"', 'id = "next"')
    file = tmp_path / "next.toml"
    not_looked_at = "\nNot looked at, because "
    for begins, told in (
        ("2027-03-01", "mend: begins: The last version begins on 1 April 2027. This one must begin after that day."),
        ("2027-04-01", "mend: begins: “Huddle on day 12” begins on 1 April 2027 already. Choose another day."),
    ):
        file.write_text(written.replace("begins = 2027-04-01\n", f"begins = {begins}\n"), encoding="utf-8")
        code, said, _ = run(site, "check", str(file))
        assert code == 1 and f"    {told}\n" in said and not_looked_at not in said, said
    assert left(database)[-1] == ("arrangement versions listed", "arrangement", "list", "check a file")
    nowhere = {**site, "DATABASE_URL": "postgresql+psycopg://threefold_app:x@127.0.0.1:1/threefold"}
    for environment, why in (
        (nothing_set() | {"THREEFOLD_VAR": str(tmp_path)}, "no database is known here"),
        (nowhere, "the database could not be reached"),
        ({**nowhere, "REDIS_URL": ""}, "the settings of the database cannot be used (`threefold doctor` says why)"),
    ):
        code, said, _ = run(environment, "check", str(file))
        assert code == 0 and f"{not_looked_at}{why}: what was signed on screen, so that the days, the seats and the" in said, (
            said
        )
