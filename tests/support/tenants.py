"""The files of `tenants/` with the rules that are installed, read once a test process: nothing in them ever changes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Library, load_library

TENANTS = Path(__file__).parents[2] / "tenants"


@cache
def read_tenants(only: str | None = None) -> Library:
    """Every body's arrangements as they stand; `only` one body's beside the law."""
    return load_library(TENANTS, only)


@cache
def rules_of_tenants() -> tuple[Library, Governance]:
    """What a process of the service works with."""
    return read_tenants(), Governance(read_tenants().editions, Catalogue.installed())
