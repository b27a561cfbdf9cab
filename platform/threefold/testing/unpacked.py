"""The rules of a package that is not installed, so that an author can prove one before installing it."""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

from threefold.domain.errors import RuleError
from threefold.governance.catalogue import GROUP, Catalogue


def catalogue_at(folder: Path) -> Catalogue:
    """The rules that the package in `folder` names in its pyproject.toml, imported from there into this process.

    Raises `RuleError` where there is no package, or one that names no rule.
    """
    project = folder / "pyproject.toml"
    if not project.is_file():
        raise RuleError("There is no pyproject.toml here. Name the folder that `threefold rules new` made.", field=str(folder))
    try:
        data = tomllib.loads(project.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"This is not TOML: {error}.", field=str(project)) from error
    named = data.get("project", {}).get("entry-points", {}).get(GROUP, {})
    if not named:
        raise RuleError(f'It names no rule. Add [project.entry-points."{GROUP}"].', field=str(project))
    for root in (folder, folder / "src"):
        sys.path.insert(0, str(root.resolve()))
    return Catalogue.at_entries(EntryPoint(name, str(value), GROUP) for name, value in named.items())
