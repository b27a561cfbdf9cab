"""The route map with what each route asks: read from the views themselves, so that a new route is in it by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from threefold.work.people.access import EVERY_CASE, REVIEWER, ROLES, permission

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
JSON = "/api/"
# What is shown to some of a role and to nobody else: a conflict of interest to whoever decides it, a file to the two who asked and agreed,
# a question to whoever is asked it, a form that was not sent to whoever typed it.
OF_SOME = frozenset({"conflict_id", "export_id", "form_id", "question_id"})


@dataclass(frozen=True, slots=True)
class Route:
    """One verb of one address. `needs`: the act of the permission table, or nothing where anyone may open it."""

    verb: str
    address: str
    endpoint: str
    needs: str
    fresh: bool
    asks_why: bool
    staff: bool
    arguments: tuple[str, ...]

    @property
    def json(self) -> bool:
        return self.address.startswith(JSON)

    @property
    def roles(self) -> frozenset[str]:
        """The roles that cover it."""
        return permission(self.needs).roles if self.needs else frozenset(ROLES)

    @property
    def statuses_of_staff(self) -> tuple[int, ...]:
        """What platform staff are answered while a session of theirs is open there. The JSON door knows no such session."""
        if self.json:
            return (404,)
        return (200,) if self.staff and self.verb == "GET" else (403,)

    def statuses(self, role: str) -> tuple[int, ...]:
        """What somebody with this role alone is answered: for a reading, and for a sending with whatever in it."""
        if role not in self.roles:
            return (403,)
        if role == REVIEWER and "case_id" in self.arguments:
            return (404,)  # of a case they are not named for
        if self.asks_why and role not in EVERY_CASE:
            return (403,) if self.json else (303,)  # until they have said why they open a case that is not theirs
        if OF_SOME & set(self.arguments):
            return (
                (200, 404) if self.verb == "GET" else (200, 303, 404, 409, 422)
            )  # shown to whoever decides it, and to nobody else
        if self.json:
            return (200,) if self.verb == "GET" else (200, 201, 409, 422)
        return (200,) if self.verb == "GET" else (200, 303, 409, 422)


def routes_of(app: Flask) -> list[Route]:
    """Every verb of every address, by address; what the framework serves of itself (files, the description) has no view of ours."""
    found: list[Route] = []
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        for verb in sorted((rule.methods or set()) & set(VERBS)):
            needs, fresh = getattr(view, "needs", ""), getattr(view, "fresh", False)
            asks_why = "case_id" in rule.arguments and getattr(view, "asks_why", False)
            staff = getattr(view, "staff", False)
            found.append(Route(verb, rule.rule, rule.endpoint, needs, fresh, asks_why, staff, tuple(sorted(rule.arguments))))
    return sorted(found, key=lambda r: (r.json, r.address, r.verb))


def as_markdown(routes: Iterable[Route]) -> str:
    """The table of docs/permissions.md: a row for each verb of each page and operation of a body, a column for each role."""
    guarded = [route for route in routes if route.needs]
    lines = [
        "# Who is answered what",
        "",
        "Written by `threefold permissions`; `tests/proof/test_permissions.py` asks every cell of it on a real database.",
        "",
        "A cell is what somebody with that role alone is answered in their own body. 303 of a reading, or 403 of the JSON door: they",
        "are asked first why they open a case that is not one of theirs. Of a sending: 303 done, 422 something is missing or refused,",
        "409 changed meanwhile. Whoever is only a reviewer opens the cases they are named for: 404 of any other. In a body somebody has no business in, every cell is 404, told like a body that does not exist",
        "(`tests/proof/test_two_bodies.py`); signed out, every cell is 303 to the sign-in page, or 401. *Again*: whoever has not",
        "shown who they are within ten minutes does so first. *Platform staff*: whoever runs the service, while a session of theirs is",
        "open in that body (decision 0024); without one, every cell is 404.",
        "",
        "| verb | address | act | again | " + " | ".join(word for word in ROLES.values()) + " | Platform staff |",
        "|---|---|---|---|" + "---|" * (len(ROLES) + 1),
    ]
    for route in guarded:
        cells = [", ".join(str(status) for status in route.statuses(role)) for role in ROLES]
        cells.append(", ".join(str(status) for status in route.statuses_of_staff))
        again = "yes" if route.fresh else ""
        lines.append(f"| {route.verb} | `{route.address}` | {route.needs} | {again} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "## Open to anyone, or checked by the page itself (a signed link, one's own sign-in)",
        "",
        "| verb | address |",
        "|---|---|",
    ]
    return "\n".join([*lines, *(f"| {route.verb} | `{route.address}` |" for route in routes if not route.needs)]) + "\n"
