"""`threefold tenants load`: the files of every body, on record all at once or not at all; and what `check` says of it beforehand."""

from __future__ import annotations

import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.deploy.test_tenants_commands import nothing_set
from tests.deploy.test_tenants_on_record import run, site
from tests.support.commands import SOME, copied
from tests.support.database import Database
from threefold.governance.pack import load_library

__all__ = ["site"]


@pytest.fixture
def files(site: dict[str, str], database: Database, tmp_path: Path) -> tuple[dict[str, str], Path]:
    """The environment of who loads the bodies of a site, and the folder of their files, which is a copy."""
    folder = tmp_path / "tenants"
    copied(folder, (*SOME, "bexley", "wiltshire"))
    owner = {"MIGRATION_DATABASE_URL": database.owner_url, "THREEFOLD_TENANTS": str(folder), "THREEFOLD_VAR": str(tmp_path)}
    return {**site, **owner}, folder


def test_a_folder_that_is_called_as_a_file_and_what_cannot_be_read_are_told_by_every_command(
    files: tuple[dict[str, str], Path],
) -> None:
    there, folder = files
    (folder / "devon" / "arrangements" / "zz.toml").mkdir()
    (folder / "devon" / "arrangements" / "gone.toml").symlink_to(folder / "nowhere")
    told = (
        "devon/arrangements/gone.toml: This file cannot be read (No such file or directory). See that it is there and may be read.\n"
        "devon/arrangements/zz.toml: This is a folder, though its name ends in .toml. Give it another name, or take it away.\n"
    )
    for words in (
        ("check",), ("check", "devon"), ("load",), ("diff", "devon/old", "devon/current"), ("export", "devon", "current"),
        ("replay", "devon/old", "devon/current", "--examples"), ("fingerprint", "devon/current"),
    ):  # fmt: skip
        code, out, said = run(there, *words)
        assert (code, out) == (2, "") and said.startswith(told), said
        assert ("\nNothing was taken in, of any body." in said) == (words == ("load",))
    assert run(there, "check", "plymouth")[0] == 0, "what is wrong with another body is not in the way"


def change(file: Path, what: str, to: str) -> None:
    """Write something else into a file, once."""
    text = file.read_text(encoding="utf-8")
    assert what in text, file
    file.write_text(text.replace(what, to, 1), encoding="utf-8")


def another(folder: Path, body: str, version: str, begins: str, also: str = "") -> Path:
    """A new version of a body, from the file of its current one."""
    file = folder / body / "arrangements" / "current.toml"
    text = re.sub(r"(?m)^id = .*$", f'id = "{version}"', file.read_text(encoding="utf-8"), count=1)
    new = file.with_name(f"{version}.toml")
    new.write_text(re.sub(r"(?m)^begins = .*$", f"begins = {begins}\n{also}", text, count=1), encoding="utf-8")
    return new


def on_record(database: Database) -> list[tuple[str, str]]:
    """What every body is called, and its versions."""
    with psycopg.connect(database.admin) as connection:
        names = connection.execute("select slug, name from directory.body order by slug").fetchall()
        return (
            names + connection.execute("select tenant_id::text, version from body.arrangement_version order by 1, 2").fetchall()
        )


OTHER = "Version 'current' is on record with other content, and a version never changes. Enter it under a new name."


def test_all_that_is_refused_of_any_body_is_told_at_once_and_nothing_is_loaded(
    files: tuple[dict[str, str], Path], database: Database
) -> None:
    there, folder = files
    assert run(there, "load")[0] == 0 and run(there, "load")[:2] == (
        0,
        "Nothing new: every body of the files is on record, with all its versions.\n",
    )
    before = on_record(database)
    for name in ("barnet", "devon", "wiltshire"):
        change(folder / name / "body.toml", 'name = "', 'name = "New ')
    for name in ("devon", "wiltshire"):
        change(folder / name / "arrangements" / "current.toml", 'title = "', 'title = "New ')
    another(folder, "bexley", "next", "2027-04-01")
    another(folder, "brent", "right", "2027-04-01", 'corrects = "nowhere"')
    setting = another(folder, "barnet", "next", "2027-04-01")
    change(setting, "[rules.settings]\n", "[rules.settings]\ncolour = 1\nsize = 2\n")
    floor = another(
        folder, "devon", "next", "2027-04-01", 'organisations = [{ key = "a", name = "A", kind = "police", partner = true }]'
    )
    change(floor, 'acts = "council"', 'acts = "a"')  # the police notify
    code, out, said = run(there, "load")
    assert (code, out) == (2, ""), out
    *told, last = said.splitlines()
    assert last == "Nothing was taken in, of any body. Mend this, and load again."
    places = [re.sub(r"^(\S+: \S+?|\S+): .*", r"\1", line) for line in told]
    assert places == sorted(places) and set(places) == {
        "barnet/arrangements/next.toml: rules.scrutiny.colour", "barnet/arrangements/next.toml: rules.scrutiny.size",
        "brent/arrangements/right.toml: corrects", "devon/arrangements/current.toml: id", "devon/arrangements/next.toml",
        "wiltshire/arrangements/current.toml: id",
    }, said  # fmt: skip
    assert f"devon/arrangements/current.toml: id: {OTHER}" in told
    assert on_record(database) == before, "no version of a body that would not be refused, and nobody's name"
    for file in (setting, floor, folder / "brent" / "arrangements" / "right.toml"):
        file.unlink()
    for name in ("devon", "wiltshire"):
        change(folder / name / "arrangements" / "current.toml", 'title = "New ', 'title = "')
    code, out, said = run(there, "load")
    assert (code, out, said) == (0, "  bexley: next\n", "")
    assert len(on_record(database)) == len(before) + 1 and any(name.startswith("New ") for _, name in on_record(database))


def test_check_says_beforehand_what_would_not_be_loaded_where_a_database_is_known(
    files: tuple[dict[str, str], Path], database: Database
) -> None:
    there, folder = files
    another(folder, "barnet", "next", "2027-04-01")
    assert run(there, "check", "barnet")[0] == 0, "a body that is not on record yet"
    assert run(there, "load")[0] == 0
    code, said, _ = run(there, "check", "devon")
    assert code == 0 and "mend: " not in said and "Not looked at" not in said, said
    with psycopg.connect(database.admin) as connection:
        left = "select action, kind, purpose from body.audit_entry where source = 'cli' order by at desc limit 1"
        assert connection.execute(left).fetchone() == ("arrangement versions listed", "list", "check the files")
    change(folder / "devon" / "arrangements" / "current.toml", 'title = "', 'title = "New ')
    (folder / "barnet" / "arrangements" / "next.toml").unlink()
    another(folder, "barnet", "spring", "2027-04-01")
    day = "Version 'next' begins on that day already. Choose another day."
    for words in (("check",), ("check", "devon"), ("check", "barnet")):
        code, said, _ = run(there, *words)
        assert code == 1, said
        assert (f"    mend: id: {OTHER}\n" in said) == ("barnet" not in words) and (f"    mend: begins: {day}\n" in said) == (
            "devon" not in words
        )
    assert "barnet/spring: to be mended" in said
    code, _, said = run(there, "load")
    assert code == 2 and said.startswith(
        f"barnet/arrangements/spring.toml: begins: {day}\ndevon/arrangements/current.toml: id: {OTHER}\n"
    )
    alone = {**nothing_set(), "THREEFOLD_TENANTS": str(folder), "THREEFOLD_VAR": str(folder.parent)}
    nowhere = {**there, "DATABASE_URL": "postgresql+psycopg://threefold_app:x@127.0.0.1:1/threefold"}
    empty = {**there, "DATABASE_URL": database.cluster.url("threefold_app", "postgres")}
    for environment, why in (
        (alone, "no database is known here"),
        (nowhere, "the database could not be reached"),
        (empty, "the database is not set up for this release (`threefold doctor` says why)"),
    ):
        code, said, _ = run(environment, "check", "devon")
        assert code == 0 and said.endswith(
            f"\nNot looked at, because {why}: whether `threefold tenants load` would enter these files beside what is on record.\n"
        )


def test_a_version_is_loaded_after_the_one_that_it_corrects_though_it_begins_before(files: tuple[dict[str, str], Path]) -> None:
    there, folder = files
    another(folder, "barnet", "next", "2027-04-01")
    another(folder, "barnet", "right", "2027-03-01", 'corrects = "next"\nnote = "It was meant for March."')
    assert run(there, "check", "barnet")[0] == 0
    code, said, _ = run(there, "load")
    assert code == 0 and "barnet: current, next, right\n" in said, said


def test_a_correction_that_is_loaded_with_what_it_corrects_governs_whatever_it_is_called(
    files: tuple[dict[str, str], Path],
) -> None:
    there, folder = files
    another(folder, "barnet", "next", "2027-04-01")
    another(folder, "barnet", "mended", "2027-04-01", 'corrects = "next"\nnote = "A slip of the pen."')
    another(folder, "barnet", "again", "2027-04-01", 'corrects = "mended"\nnote = "Another slip of the pen."')
    assert [v.version for v in load_library(folder, "barnet").bodies["barnet"].versions][-3:] == ["next", "mended", "again"]
    assert run(there, "load")[0] == 0
    code, toml, said = run(there, "export", "record:barnet", "--on", "2027-04-01")
    assert code == 0 and 'id = "again"' in toml, said


def test_what_is_made_up_and_stands_on_record_otherwise_is_passed_over_in_a_demonstration(
    files: tuple[dict[str, str], Path], database: Database
) -> None:
    there, folder = files
    there |= {"THREEFOLD_MODE": "demonstration"}
    change(folder / "example-vale" / "arrangements" / "demonstration.toml", 'title = "', 'title = "New ')
    change(folder / "example-vale" / "body.toml", 'name = "', 'name = "New ')
    before = on_record(database)
    told = "example-vale/arrangements/demonstration.toml: id: " + OTHER.replace("current", "demonstration")
    anew = " This body is made up: `make clean` and `make run` make it afresh."
    code, said, _ = run(there, "check", "example-vale")
    assert code == 0 and f"    noted: {told.partition(': ')[2]}{anew}\n" in said, said
    code, said, _ = run(there, "load")
    assert code == 0 and f"  {told}{anew}\n" in said
    assert set(before) <= set(on_record(database)), "its name too stays as it is"


def test_what_is_said_to_be_signed_is_signed_by_every_lead_seat_and_before_it_began(files: tuple[dict[str, str], Path]) -> None:
    there, folder = files
    one = folder / "devon" / "arrangements" / "one.toml"
    current = one.with_name("current.toml").read_text(encoding="utf-8")
    leads = [
        seat["key"]
        for seat in tomllib.loads((folder / "devon" / "body.toml").read_text(encoding="utf-8"))["seats"]
        if seat.get("role", "lead") == "lead" and seat["key"].endswith("-lead")
    ]

    def signed(by: list[str], on: str = "2098-12-01") -> None:
        lines = "".join(f'[[signed]]\nseat = "{seat}"\non = {on}\n\n' for seat in by)
        text = re.sub(r"(?m)^id = .*$", 'id = "one"', current, count=1)
        text = re.sub(r"(?m)^begins = .*$", "begins = 2099-01-01", text, count=1)
        text = re.sub(r"(?m)^not_before = .*\n", "", text)
        text = re.sub(r'(?m)^entered = "adopted"$', 'entered = "signed"', text, count=1)
        one.write_text(re.sub(r"(?ms)^\[adopted\].*?(?=^\[)", lines, text, count=1), encoding="utf-8")

    assert len(leads) > 2
    signed(leads[:1])
    for known in (
        there,
        {**nothing_set(), "THREEFOLD_TENANTS": str(folder), "THREEFOLD_VAR": str(folder.parent)},
    ):  # without a database too
        code, out, _ = run(known, "check", "devon")
        assert code == 1 and "It says that it was signed, and " in out and " did not sign it." in out, out
    code, _, told = run(there, "load")
    assert code == 2 and "devon/arrangements/one.toml: signed" in told and " did not sign it." in told
    signed(leads, on="2099-01-02")
    code, _, told = run(there, "load")
    assert code == 2 and "It was signed on 2 January 2099, after the day on which it says it began." in told
    signed(leads)
    assert ", one" in run(there, "load")[1]


def test_nothing_takes_days_that_a_signed_version_governed_and_what_nobody_signed_does_not_follow_it(
    files: tuple[dict[str, str], Path],
) -> None:
    there, folder = files
    there |= {"THREEFOLD_MODE": "demonstration"}
    assert run(there, "load")[0] == 0
    demonstration = folder / "example-vale" / "arrangements" / "demonstration.toml"
    signed = demonstration.read_text(encoding="utf-8").replace('id = "demonstration"', 'id = "later"')
    adopted = re.sub(r"(?ms)^\[\[signed\]\].*?(?=^\[sources)", '[adopted]\nfrom = ["D"]\nread = "2026-02-01"\n\n', signed)
    adopted = adopted.replace('entered = "signed"', 'entered = "adopted"')
    later = demonstration.with_name("later.toml")
    for text, begins, also, said in (
        (signed, "2026-03-01", "", "was in force on days that this version would take, and what was in force never changes."),
        (signed, "2026-03-01", "until = 2026-03-31", "was in force on days that this version would take"),
        (adopted, "2099-03-01", "", "which this version follows, was signed by its partners, and this one was not."),
        (adopted, "2026-01-01", 'corrects = "demonstration"', "which this version corrects, was signed by its partners"),
    ):
        later.write_text(text.replace("begins = 2026-01-01", f"begins = {begins}\n{also}"), encoding="utf-8")
        _, out, told = run(there, "check", "example-vale")
        assert said in out, out + told
        assert said in run(there, "load")[1], "it is made up, and passed over"
    later.write_text(signed.replace("begins = 2026-01-01", 'begins = 2026-01-01\ncorrects = "demonstration"'), encoding="utf-8")
    assert "example-vale: later" in run(there, "load")[1]
    # What held before anybody signed here is entered as it was published, also today.
    text = adopted.replace('id = "later"', 'id = "earlier"').replace("begins = 2026-01-01", "begins = 2025-01-01")
    demonstration.with_name("earlier.toml").write_text(text, encoding="utf-8")
    assert "example-vale: earlier" in run(there, "load")[1]


def test_of_two_that_load_at_once_one_waits(files: tuple[dict[str, str], Path]) -> None:
    there, _ = files
    with ThreadPoolExecutor(2) as both:
        ended = list(both.map(lambda _: run(there, "load"), range(2)))
    assert [code for code, *_ in ended] == [0, 0], ended
    assert sum("Somebody else loads bodies at this moment" in out for _, out, _ in ended) <= 1
    assert sum("devon: " in out for _, out, _ in ended) == 1
