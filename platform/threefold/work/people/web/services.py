"""What the wiring hands to the pages: the walls, the rules, the settings, and the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from flask import current_app

from threefold.governance.decide import Governance
from threefold.governance.pack import Library
from threefold.walls.session import Walls

EXTENSION = "threefold"


class WebSettings(Protocol):
    """What the pages need to know of the settings; `threefold.config.Settings` has it."""

    @property
    def mode(self) -> str: ...
    @property
    def public_url(self) -> str: ...
    @property
    def clamd(self) -> str: ...
    @property
    def second_step_required(self) -> bool: ...
    @property
    def code_grace(self) -> int: ...
    @property
    def staff_by_provider(self) -> bool: ...
    @property
    def link_code_minutes(self) -> int: ...
    @property
    def reads(self) -> int: ...
    @property
    def place_lengths(self) -> tuple[int, int] | None: ...
    @property
    def oidc_issuer(self) -> str: ...
    @property
    def oidc_client_id(self) -> str: ...
    @property
    def oidc_name(self) -> str: ...
    @property
    def oidc_strong(self) -> frozenset[str]: ...
    def oidc_client_secret(self) -> str: ...


class Queue(Protocol):
    """Tells the workers which work is on the list. A lost telling is made good by the sweep over due work."""

    def tell(self, work_ids: Sequence[UUID]) -> None: ...
    def ping(self) -> None: ...


class Mail(Protocol):
    """Sends one plain message; raises when it was not taken."""

    def send(self, to: str, subject: str, text: str) -> None: ...


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Services:
    """Made once by `create_app`. `clock` is read by the pages only: stories get the time as an argument."""

    walls: Walls
    governance: Governance
    library: Library
    settings: WebSettings
    queue: Queue | None = None
    mail: Mail | None = None
    clock: Callable[[], datetime] = field(default=_now)

    @property
    def secure(self) -> bool:
        """Whether people reach the service over https, so that cookies may insist on it."""
        return self.settings.public_url.startswith("https://")


def services() -> Services:
    """The services of the app that answers this request."""
    found: Services = current_app.extensions[EXTENSION]
    return found
