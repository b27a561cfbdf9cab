"""No address holds a secret (ASVS 14.2.1): the parts of every route, the names that pages ask an address for, and mailed links."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.inbox import receiving, text_of
from tests.support.statements import counting
from tests.web.sign_ins import MANAGER, deliver, someone
from tests.web.site import Site
from tests.web.test_people_of_body import INVITED, invite
from threefold.doors.worker import jobs
from threefold.walls.database import db

PLATFORM = Path(jobs.__file__).parents[2]
# What an address may be made of beside numbers and ids, which open nothing by themselves. Whoever adds to these lists says what it is.
PARTS = {
    "slug": "a body", "area": "a body", "key": "what is recorded", "part": "a part of it", "factor": "a matter to consider",
    "version": "a name of a version", "use": "a rule as an arrangement uses it", "at": "a place in settings",
    "line_id": "a line of a verdict", "purpose": "what a provider's sign-in is for", "filename": "a file of the pages", "name": "a file of the pages",
}  # fmt: skip
ASKED = {
    "after", "agency", "answer", "at", "back", "body", "do", "either", "fact", "from", "group", "held", "in", "kept", "meanwhile", "moved", "name", "next", "of", "page", "part",
    "rule", "seen", "try", "until",
}  # fmt: skip


def test_no_route_has_a_part_that_is_a_secret(site: Site) -> None:
    found = {
        name
        for rule in site.app.url_map.iter_rules()
        for name, converter in rule._converters.items()
        if type(converter).__name__ not in ("UUIDConverter", "IntegerConverter")
    }
    assert found == set(PARTS)


def test_no_page_asks_an_address_for_a_secret() -> None:
    asked = {name for path in PLATFORM.rglob("*.py") for name in _asked_for(ast.parse(path.read_text(encoding="utf-8")))}
    assert asked == ASKED


def _asked_for(tree: ast.AST) -> Iterator[str]:
    """The names that a file looks up in the query of its address: `request.args[x]`, `x in request.args`, `request.args.get(x)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="args"), attr="get" | "getlist"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name
            case ast.Subscript(value=ast.Attribute(attr="args"), slice=ast.Constant(value=str(name))):
                yield name
            case ast.Compare(left=ast.Constant(value=str(name)), comparators=[ast.Attribute(attr="args")]):
                yield name


def test_a_mailed_link_holds_its_secret_behind_the_number_sign_alone(site: Site) -> None:
    """The agencies' are looked at in `tests/reviews/test_links.py`."""
    someone(site)
    site.enter(MANAGER)
    invite(site)
    site.another().post("/forgotten-password", {"email": MANAGER})
    with receiving() as (inbox, port):
        deliver(site, inbox, port)
        mails = {to: text_of(inbox.to(to)[-1]) for to in (INVITED, MANAGER)}
    for to, path in ((INVITED, "/invitation/open"), (MANAGER, "/new-password/open")):
        (link,) = re.findall(r"http\S+", mails[to])
        address, _, secret = link.partition("#")
        assert address == f"http://localhost{path}" and re.fullmatch(r"[\w-]{43}", secret)
        assert [line for line in mails[to].splitlines() if secret in line] == [link, secret]


def test_a_whole_address_a_torn_one_and_what_a_gateway_makes_of_it_are_taken(site: Site) -> None:
    someone(site)
    site.another().post("/forgotten-password", {"email": MANAGER})
    with receiving() as (inbox, port):
        deliver(site, inbox, port)
        (link,) = re.findall(r"http\S+", text_of(inbox.to(MANAGER)[-1]))
    secret = link.partition("#")[2]
    page, phone = "/new-password/open", site.another()
    for pasted in (
        link, f"  {secret}\r\n", f"{secret[:20]}\r\n  {secret[20:]}", f"<{link}>", f"{link[:-9]} {link[-9:]}.",
        f"https://gateway.example/?url={link.replace(':', '%3A').replace('/', '%2F').replace('#', '%23')}&data=05%7C02%7C&reserved=0",
        link.replace("#", "%2523"), f"The code: {secret}", f"{link}#top", f"{link}\n\nIf the page asks for the code from this email", secret.replace("-", "\u2010"),
    ):  # fmt: skip
        assert phone.post(page, {"code_of_email": pasted}).location == "/new-password", pasted
    assert "Enter the code from the email" in phone.post(page, {"code_of_email": " "}, 422).text
    for wrong in (link.partition("#")[0], secret[:-1], f"{secret}{secret}", "#", "x" * 1999):
        assert "all of it" in phone.post(page, {"code_of_email": wrong}, 422).text, wrong


def test_what_only_opens_a_link_asks_the_database_for_nothing(site: Site) -> None:
    with site.app.app_context():
        engine = db.engine
    for page in ("/answer/north/open", "/answer/nowhere/open", "/invitation/open", "/new-password/open"):
        with counting(engine) as counted:
            shown = site.get(page)
        assert not counted.shapes and shown.page.value("code_of_email") == "", page
