"""The web's site, called as the JSON API is."""

from __future__ import annotations

from tests.api.caller import bodies
from tests.web.conftest import rules, site

__all__ = ["bodies", "rules", "site"]
