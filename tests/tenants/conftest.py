"""The bodies as they stand in `tenants/`, and the rules the project registers."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path

import pytest

from tests.support.tenants import read_tenants
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Library


@pytest.fixture(scope="session")
def tenants() -> Path:
    return Path(__file__).parents[2] / "tenants"


@pytest.fixture(scope="session")
def library(tenants: Path) -> Library:
    return read_tenants()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Every rule that pyproject.toml registers, whether or not this environment was installed since."""
    table = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    entries = table["project"]["entry-points"]["threefold.rules"].values()
    return Catalogue.of(getattr(importlib.import_module(m), c) for m, c in (e.split(":") for e in entries))


@pytest.fixture(scope="session")
def governance(library: Library, catalogue: Catalogue) -> Governance:
    return Governance(library.editions, catalogue)
