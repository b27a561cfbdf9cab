"""Second steps, links and e-mail as a test drives them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

import pyotp

from tests.support.inbox import Inbox, text_of
from tests.web.site import PASSWORD, Shown, Site
from threefold.doors.worker import jobs
from threefold.doors.worker.mail import SmtpMailer
from threefold.walls.post import Post
from threefold.walls.sealed import DirectorySeal
from threefold.work.people.access import BUSINESS_MANAGER
from threefold.work.people.second_steps import RECOVERY_CODES

MANAGER = "manager@north.example"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def someone(site: Site, email: str = MANAGER, *roles: str, body: str = "north", seats: tuple[str, ...] = ("",)) -> UUID:
    return site.person(email, site.database.body(body), *(roles or (BUSINESS_MANAGER,)), seats=seats)


def give_app(site: Site, person_id: UUID, secret: str = SECRET) -> None:
    """An authenticator app, as if set up long ago."""
    with site.database.walls.directory() as directory:
        directory.put_totp(person_id, DirectorySeal(site.database.walls.master).seal(secret.encode(), person_id), 0, site.at)


def give_codes(site: Site, person_id: UUID) -> list[str]:
    codes = [f"abcde{no:05d}" for no in range(RECOVERY_CODES)]
    seal = DirectorySeal(site.database.walls.master)
    with site.database.walls.directory() as directory:
        directory.put_recovery_codes(person_id, [seal.code_hash(person_id, c) for c in codes], site.at)
    return codes


def code_at(at: datetime, steps: int = 0, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(at + timedelta(seconds=30 * steps))


def password_step(site: Site, email: str = MANAGER, password: str = PASSWORD, status: int = 303, **more: str) -> Shown:
    return site.post("/sign-in", {"email": email, "password": password, **more}, status)


def token(site: Site) -> str:
    cookie = site.client.get_cookie("threefold")
    return cookie.value if cookie else ""


def deliver(site: Site, inbox: Inbox, port: int) -> None:
    """Do what the worker would, until nothing is due; e-mail goes by real SMTP."""
    own, walls = site.app.extensions["threefold"], site.database.walls
    mailer = SmtpMailer(f"smtp://127.0.0.1:{port}", "threefold@threefold.example")
    bench = jobs.Bench(walls, own.governance, Post(walls, {}), mailer.send, "http://localhost")
    while True:
        with walls.directory() as directory:
            due = directory.due_work(site.at)
        if not due:
            return
        for work_id in due:
            jobs.perform(bench, work_id, site.at)


def link_in(inbox: Inbox, email: str) -> str:
    """The link in the last e-mail to somebody, without the host."""
    found = re.search(r"http://localhost(/\S+)", text_of(inbox.to(email)[-1]))
    assert found is not None
    return found[1]


def secret_behind(link: str) -> str:
    """The secret of a mailed link: the whole of what stands behind its #."""
    return link.partition("#")[2]
