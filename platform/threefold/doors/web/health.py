"""Whether the process is alive, and whether it can serve: the database, the queue, the migrations, the walls."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

Check = Callable[[], None]
_LOG = logging.getLogger("threefold.web")


def install(app: Flask, checks: dict[str, Check]) -> None:
    """Serve /healthz and /readyz. A check returns nothing when all is well, and raises otherwise."""

    def alive() -> ResponseReturnValue:
        return jsonify(status="alive")

    def ready() -> ResponseReturnValue:
        told = {name: _outcome(name, check) for name, check in checks.items()}
        right = all(outcome == "ok" for outcome in told.values())
        return jsonify(status="ready" if right else "not ready", checks=told), 200 if right else 503

    def robots() -> ResponseReturnValue:
        return (
            "User-agent: *\nAllow: /published\nAllow: /assets/\nAllow: /static/\nDisallow: /\n",
            200,
            {"Content-Type": "text/plain; charset=utf-8"},
        )

    for address, view in (("/healthz", alive), ("/readyz", ready), ("/robots.txt", robots)):
        view.public = True  # type: ignore[attr-defined]
        app.add_url_rule(address, view.__name__, view)


def _outcome(name: str, check: Check) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001  whatever fails, the answer is that this part is not ready
        _LOG.warning("not ready: %s (%s)", name, type(error).__name__)
        return "not ready"
    return "ok"
