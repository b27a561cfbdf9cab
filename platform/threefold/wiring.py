"""What every process makes of its settings, the web's, the worker's and the commands' alike: the rules, the keys, the way to the database.

A command that needs no pages starts without them, in half the time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, create_engine

from threefold.config import Settings
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Library, load_library
from threefold.walls.key_services import FileKey, HttpKey
from threefold.walls.sealed import MasterKey
from threefold.walls.session import Walls


def open_rules(settings: Settings) -> tuple[Library, Governance]:
    """The bodies' files, and the rules that apply: for the web, the worker and the commands alike."""
    library = load_library(settings.tenants)
    return library, Governance(library.editions, Catalogue.installed())


def open_walls(
    settings: Settings, engine: Engine | None = None, after_commit: Callable[[Sequence[UUID]], None] | None = None, source: str = "cli"
) -> Walls:  # fmt: skip
    """The way to the database. Without an engine of the web's, one of its own: for the worker and the commands."""
    engine = engine or create_engine(settings.database_url, **engine_options(settings))
    return Walls(engine, open_master(settings), after_commit=after_commit, source=source, pooled=settings.pooled)


def open_master(settings: Settings) -> MasterKey:
    """The master key, from its file or its service, and the others that stand beside it while one is replaced."""

    def token() -> str:
        """Read each time: a token that is good for an hour is written anew by whatever fetches it, while everybody works."""
        return Path(settings.kms_token_file).read_text(encoding="utf-8").strip() if settings.kms_token_file else ""

    current = HttpKey(settings.kms_url, token) if settings.kms_url else FileKey.read(settings.master_key_file or Path())
    return MasterKey(current, *(FileKey.read(Path(name)) for name in settings.other_master_key_files.split(os.pathsep) if name))


def engine_options(settings: Settings) -> dict[str, Any]:
    """How every process connects. Values are hidden from errors and logs: they may hold what somebody typed."""
    return {
        "hide_parameters": True, "pool_size": 5, "max_overflow": 5, "pool_reset_on_return": "rollback",
        "connect_args": {} if settings.prepared_statements else {"prepare_threshold": None},
    }  # fmt: skip
