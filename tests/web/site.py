"""The web application on a real database, as a test visits it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from tests.support.database import NOW, Database, compiled_once
from tests.support.tenants import TENANTS, rules_of_tenants
from tests.web.html import Html, faults, read
from threefold.app import create_app
from threefold.config import Settings
from threefold.governance.decide import Governance
from threefold.governance.pack import Library
from threefold.walls.database import db
from threefold.work.people.passwords import password_hash
from threefold.work.people.sign_in import ABSOLUTE, token_hash
from threefold.work.people.web.whence import whence

Rules = tuple[Library, Governance]
PASSWORD = "a password only for tests"


@dataclass(slots=True)
class Shown:
    """One answer: its status, headers, and its page if it is one. Every page that any test visits has been checked."""

    response: TestResponse
    page: Html

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return self.page.text

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "")


@dataclass(slots=True)
class Site:
    """The application, its database, and the hour it believes it is. One browser; `another()` is a second one."""

    app: Flask
    database: Database
    hours: list[datetime] = field(default_factory=lambda: [NOW])
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def another(self) -> Site:
        """A second browser on the same site."""
        return Site(self.app, self.database, self.hours)

    @property
    def at(self) -> datetime:
        return self.hours[0]

    @at.setter
    def at(self, moment: datetime) -> None:
        self.hours[0] = moment

    def person(
        self, email: str, body: UUID, *roles: str, seats: tuple[str, ...] = ("",), ends: date | None = None,
        begins: date = date(2020, 1, 1),
    ) -> UUID:  # fmt: skip
        """A person who works for a body since 2020, or another day, with the password of the tests."""
        person_id = self.database.provision.put_person(email, email.split("@")[0].replace(".", " ").title(), _hash())
        for role in roles:
            for seat in seats:
                self.database.provision.put_membership(person_id, body, role, seat, begins, ends)
        return person_id

    def enter(self, email: str, door: str = "") -> str:
        """Sign in without the page (which has tests of its own): this browser holds the token afterwards, or who comes by that door."""
        token = secrets.token_urlsafe(32)
        with self.database.walls.directory() as directory:
            known = directory.person_by_email(email)
            assert known is not None
            directory.begin_session(
                token_hash(token), known.person_id, self.at, self.at + ABSOLUTE, fresh_at=self.at, here=self.here(door)
            )
        if not door:
            self.client.set_cookie("threefold", token)
        return token

    def here(self, door: str = "") -> str:
        """From where this browser, or whoever comes by that door, comes, as a sign-in remembers it."""
        with self.app.test_request_context(environ_base=self.client.environ_base):
            return str(whence(door))

    def get(self, path: str, status: int = 200, **kwargs: Any) -> Shown:
        return self._checked(self.client.get(path, **kwargs), status)

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 303, *, read_first: str = "") -> Shown:
        """Send a form. The page is read first (`read_first`, or the path itself), so that its hidden boxes go with it."""
        before = self.get(read_first or path)
        return self.send(path, before.page.hidden() | (data or {}), status)

    def follow(self, link: str, status: int = 303) -> Shown:
        """Open a mailed link as a browser does, which sends nothing behind its #, and send the form with what stands there."""
        path, _, secret = link.partition("#")
        return self.post(path, {"code_of_email": secret}, status)

    def send(self, path: str, data: dict[str, Any], status: int = 303) -> Shown:
        """Send exactly this, as a second click or an old tab would."""
        return self._checked(self.client.post(path, data=data), status)

    def _checked(self, response: TestResponse, status: int) -> Shown:
        assert says_what_it_is(response), f"{response.request.path}: {response.headers.get('Content-Type')}"
        html = (
            response.get_data(as_text=True)
            if response.mimetype == "text/html" and response.status_code not in range(300, 400)
            else ""
        )
        if html:
            wrong = faults(html, response.headers.get("Content-Security-Policy", ""), response.status_code)
            assert not wrong, f"{response.request.path}: {wrong}"
        shown = Shown(response, read(html))
        assert response.status_code == status, (
            f"{response.request.path}: {response.status_code} {shown.location} {shown.text[:1500]}"
        )
        return shown


def make_site(database: Database, folder: Path, *, tenants: Path, rules: Rules | None = None, **settings: Any) -> Site:
    """The application on that database. `folder` gets the keys and stands for var/."""
    secret, master = folder / "secret.key", folder / "master.key"
    secret.write_text((b"s" * 32).hex())
    master.write_text((b"m" * 32).hex())
    hours = [NOW]
    given: dict[str, Any] = {"redis_url": "", "public_url": "http://localhost", "mode": "test", "var": folder} | settings
    if rules is None and tenants == TENANTS:
        rules = rules_of_tenants()
    made = Settings(database_url=database.app_url, secret_key_file=secret, master_key_file=master, tenants=tenants, **given)
    app = create_app(made, clock=lambda: hours[0], rules=rules)
    app.jinja_env.bytecode_cache = _COMPILED
    with app.app_context():
        compiled_once(db.engine)
    return Site(app, database, hours)


def says_what_it_is(response: Response) -> bool:
    """Whether an answer says of what type it is, and text in which characters (ASVS 4.1.1). JSON is always UTF-8, by its own standard."""
    kind = response.headers.get("Content-Type", "")
    if not kind:
        return response.content_length == 0
    written = response.mimetype.startswith("text/") or response.mimetype.endswith(("xml", "javascript"))
    return not written or response.mimetype_params.get("charset", "").lower() == "utf-8"


class _Compiled(BytecodeCache):
    """Templates, compiled once a test process and not once a site. The key holds a hash of the template's text."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key + bucket.checksum in self._code:
            bucket.bytecode_from_string(self._code[bucket.key + bucket.checksum])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


@cache
def _hash() -> str:
    return password_hash(PASSWORD)


LATER = timedelta(minutes=5)
