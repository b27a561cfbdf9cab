"""Where the rooms are wired together, and the only place where they are."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType

from alembic.script import ScriptDirectory
from flask import Flask, current_app, request
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from redis import Redis
from sqlalchemy import Engine, text
from werkzeug.exceptions import NotFound

import threefold.work
from threefold.config import Settings, read_settings
from threefold.domain.errors import ThreefoldError
from threefold.doors.logs import configure
from threefold.doors.web import assets, failures, headers, health, proxies, security_txt
from threefold.doors.web.nested import unreadable
from threefold.doors.web.unspooled import Unspooled
from threefold.governance.decide import Governance
from threefold.governance.pack import Library
from threefold.walls.check import refuse_unless_safe
from threefold.walls.database import db
from threefold.walls.session import Walls
from threefold.wiring import engine_options, open_rules, open_walls
from threefold.work.people.access import permissions
from threefold.work.people.web.guard import Guard
from threefold.work.people.web.limits import limiter
from threefold.work.people.web.render import FILTERS, around
from threefold.work.people.web.services import EXTENSION, Mail, Queue, Services

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_LARGEST = 2 * 1024 * 1024

csrf = Guard()


def create_app(
    settings: Settings, *, queue: Queue | None = None, mail: Mail | None = None, clock: Callable[[], datetime] | None = None,
    rules: tuple[Library, Governance] | None = None,
) -> Flask:  # fmt: skip
    """The web application. Raises when the walls do not stand, or when a page declares no permission.

    `clock` and `rules` are given by tests and by nobody else.
    """
    capabilities = _capabilities("web")
    app = failures.QuietFlask("threefold", static_folder=str(assets.OWN), static_url_path="/static")
    _configure(app, settings)
    engine = _engine(app, settings)
    walls = open_walls(settings, engine, queue.tell if queue else None, source="web")
    try:
        refuse_unless_safe(engine, walls.scope_key)
    except ThreefoldError:
        engine.dispose()
        raise
    library, governance = rules or open_rules(settings)
    own = Services(walls, governance, library, settings, queue, mail, **({"clock": clock} if clock else {}))
    app.extensions[EXTENSION] = own
    app.request_class = Unspooled
    _templates(app, settings)
    app.before_request(_allow_a_document)  # before the token of the form is looked for, which reads the form
    app.before_request(_refuse_what_cannot_be_kept)
    csrf.init_app(app)
    _limits(app, settings)
    headers.install(app, secure=own.secure)
    health.install(app, _checks(walls, queue))
    security_txt.install(app, settings.security_contact, settings.public_url, own.clock)
    _routes(app, capabilities)
    failures.install(app)
    refuse_undeclared(app)
    return app


def routes_alone() -> Flask:
    """The route map without anything behind it: for what only reads which routes there are, and what each of them asks."""
    app = Flask("threefold", static_folder=str(assets.OWN), static_url_path="/static")
    assets.install(app, Path("var") / "assets")
    health.install(app, {})
    security_txt.install(app, "", "", lambda: datetime.now(UTC))
    csrf.init_app(app)  # links from an e-mail take themselves out of it
    _routes(app, _capabilities("web"))
    return app


def serve() -> Flask:
    """What gunicorn runs: `gunicorn 'threefold.app:serve()'`. Everything comes from the environment."""
    from threefold.doors.memory import keep_to_itself, tell_if_not_wiped
    from threefold.doors.web.forgetful import Forgetful
    from threefold.doors.worker.queue import open_queue

    keep_to_itself()
    settings = read_settings()
    configure(settings.log_level)
    tell_if_not_wiped()
    app = create_app(settings, queue=open_queue(settings))
    app.wsgi_app = Forgetful(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.secure_cookies
    app.config.update(
        SECRET_KEY=settings.secret_key(), TESTING=settings.mode == "test", DEBUG=False,  # whatever FLASK_DEBUG says
        SESSION_COOKIE_NAME="__Host-threefold-form" if secure else "threefold-form", SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", MAX_CONTENT_LENGTH=_LARGEST, MAX_FORM_MEMORY_SIZE=_LARGEST,
        # A form may stay open as long as a sign-in lasts; its token is bound to the browser's own cookie and to who opened it.
        WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=secure,
    )  # fmt: skip
    if secure:
        # Whoever serves https stands in front of us, and says where the request came from.
        trusted, socket = settings.trusted_proxies
        app.wsgi_app = proxies.BehindProxies(app.wsgi_app, trusted, socket=socket)  # type: ignore[method-assign]


def _routes(app: Flask, capabilities: Sequence[ModuleType]) -> None:
    for module in capabilities:
        app.register_blueprint(module.blueprint)
    _mount_api(app)


def _engine(app: Flask, settings: Settings) -> Engine:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings)
    db.init_app(app)
    with app.app_context():
        return db.engine


def _templates(app: Flask, settings: Settings) -> None:
    app.jinja_options = {"undefined": ChainableUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_loader = ChoiceLoader([PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})])
    app.jinja_env.filters.update(FILTERS)
    app.context_processor(around(headers.nonce))
    assets.install(app, settings.var / "assets")


def _limits(app: Flask, settings: Settings) -> None:
    store = settings.limits_url or settings.redis_url  # a user of its own, where the queue's may not count
    if settings.mode == "test" or not store:
        app.config["RATELIMIT_STORAGE_URI"] = "memory://"
    else:
        app.config["RATELIMIT_STORAGE_URI"] = "redis://"
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"connection_pool": Redis.from_url(store).connection_pool}
        app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    limiter.init_app(app)


def _checks(walls: Walls, queue: Queue | None) -> dict[str, health.Check]:
    newest = _newest_migration()

    def database() -> None:
        with walls.engine.connect() as connection:
            connection.execute(text("select 1"))

    def migrations() -> None:
        with walls.engine.connect() as connection:
            found = connection.execute(text("select version_num from directory.migration")).scalar()
        if found != newest:
            raise RuntimeError(f"the database is at {found}, the program at {newest}")

    checks: dict[str, health.Check] = {
        "database": database,
        "migrations": migrations,
        "walls": lambda: refuse_unless_safe(walls.engine, walls.scope_key),
    }
    if queue is not None:
        checks["queue"] = queue.ping
    return checks


@cache
def _newest_migration() -> str | None:
    """The migration that a database of this program stands at: what its files say, which do not change while it runs."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _allow_a_document() -> None:
    """A page that takes a document (`view.largest` bytes) may be sent more than the plain pages."""
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "largest", _LARGEST)


class CannotBeKept(ThreefoldError):
    """A text holds the character NUL, which no database keeps and nobody types."""


def _refuse_what_cannot_be_kept() -> None:
    """Refuse NUL in whatever comes in, once for all pages and operations. An address with one is no address of ours."""
    if "\x00" in request.path:
        raise NotFound
    if request.is_json:
        told = request.get_data(cache=True)
        found = b"\\u0000" in told or b"\x00" in told
        if why := unreadable(told):
            raise CannotBeKept(why)
    else:
        found = any("\x00" in value for value in (*request.form.values(), *request.args.values()))
    if found:
        raise CannotBeKept("A text holds a character that cannot be kept (NUL). Type it again, or paste it as plain text.")


def _capabilities(part: str) -> list[ModuleType]:
    """The `web` (or other) part of every folder under work/ that has one: removing a capability is deleting its folder."""
    names = sorted(m.name for m in pkgutil.iter_modules(threefold.work.__path__) if m.ispkg)
    wanted = [f"threefold.work.{name}.{part}" for name in names]
    return [importlib.import_module(name) for name in wanted if importlib.util.find_spec(name)]


def _mount_api(app: Flask) -> None:
    """The JSON door, if it is there: `threefold.doors.api.mount.mount(app, csrf)`."""
    if importlib.util.find_spec("threefold.doors.api.mount"):
        importlib.import_module("threefold.doors.api.mount").mount(app, csrf)


def refuse_undeclared(app: Flask) -> None:
    """Raise unless every page says who may open it: an act of the permission table, or that it is public."""
    acts = {p.act for p in permissions()}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        need, public = getattr(view, "needs", None), getattr(view, "public", False)
        if rule.endpoint.rpartition(".")[2] == "static" or rule.rule.startswith("/api"):
            continue
        if need is None and not public:
            raise RuntimeError(f"{rule.rule} ({rule.endpoint}) declares neither @page(needs=...) nor @public_page")
        if need is not None and need not in acts:
            raise RuntimeError(f"{rule.rule} needs '{need}', which no story and no declare() names")
        if need is not None and not rule.rule.startswith("/b/<slug>/"):
            raise RuntimeError(f"{rule.rule} is a page of a body: its address begins with /b/<slug>/")
