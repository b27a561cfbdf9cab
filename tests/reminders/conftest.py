"""The same neighbours as for reviews."""

from tests.reviews.conftest import here, rules, site, web

__all__ = ["here", "rules", "site", "web"]
