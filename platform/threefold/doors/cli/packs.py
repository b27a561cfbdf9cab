"""Opening `tenants/` and the installed rules for a command that needs no database."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Library, load_library


def tenants_folder() -> Path:
    """`THREEFOLD_TENANTS`, else `tenants/` here, else the one beside this program's source."""
    named = os.environ.get("THREEFOLD_TENANTS")
    if named:
        return Path(named)
    here = Path("tenants")
    return here if here.is_dir() else Path(__file__).resolve().parents[4] / "tenants"


def bodies() -> set[str]:
    """The names of the bodies that have a folder, whether what is in it can be read or not."""
    return {path.parent.name for path in tenants_folder().glob("*/body.toml")}


def open_library(only: str | None = None, pass_over: Callable[[str], None] | None = None) -> tuple[Library, Governance]:
    """The bodies and the law, and a governance over the installed rules. `only`, `pass_over`: see `load_library`."""
    library = load_library(tenants_folder(), only, pass_over)
    return library, Governance(library.editions, Catalogue.installed())
