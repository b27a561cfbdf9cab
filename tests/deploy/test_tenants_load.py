"""`threefold tenants load`: the files of every body, on record all at once or not at all; and what `check` says of it beforehand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.deploy.test_tenants_on_record import ROOT, run, site
from tests.support.database import Database

__all__ = ["site"]


@pytest.fixture
def files(site: dict[str, str], database: Database, tmp_path: Path) -> tuple[dict[str, str], Path]:
    """The environment of who loads the bodies of a site, and the folder of their files, which is a copy."""
    folder = tmp_path / "tenants"
    shutil.copytree(ROOT / "tenants", folder)
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
    assert run(there, "check", "plymouth")[0] == 0, "what is wrong with another body is not in the way"
