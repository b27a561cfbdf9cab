"""Somebody who calls the JSON API with a token, and the bodies they call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.web.site import PASSWORD, Site
from threefold.work.people.access import BUSINESS_MANAGER, NATIONAL_OFFICER, PARTNER_LEAD, SCRUTINEER

FACTS = {
    "incident": {"happened_on": "2026-03-28", "children": [{"key": "child-1", "died": "yes", "abuse_or_neglect": "yes"}]},
    "review": {"events": [{"name": "aware", "at": "2026-03-30"}]},
}


@dataclass
class Caller:
    """Somebody with a token."""

    site: Site
    token: str = ""

    def _answer(self, verb: str, path: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.site.app.test_client().open(f"/api/v1{path}", method=verb, json=body, headers=headers)

    def call(self, verb: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self._answer(verb, path, body)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def tried(self, verb: str, path: str, body: Any) -> int:
        """The status alone, whatever it is."""
        return int(self._answer(verb, path, body).status_code)

    def enter(self, email: str) -> Caller:
        return Caller(self.site, self.call("POST", "/sign-in", {"email": email, "password": PASSWORD})["token"])


@pytest.fixture
def bodies(site: Site) -> dict[str, UUID]:
    made = {"north": site.database.body("north", national="centre"), "south": site.database.body("south", national="centre"),
            "centre": site.database.body("centre", "national")}  # fmt: skip
    site.person("manager@north.example", made["north"], BUSINESS_MANAGER)
    site.person("police@north.example", made["north"], PARTNER_LEAD, seats=("police-lead",))
    site.person("scrutineer@north.example", made["north"], SCRUTINEER)
    site.person("manager@south.example", made["south"], BUSINESS_MANAGER)
    site.person("officer@centre.example", made["centre"], NATIONAL_OFFICER)
    return made
