"""What every answer tells the browser: run nothing from elsewhere, keep nothing, show this in no frame; and index nothing but what
is published (`g.findable`, which its pages set)."""

from __future__ import annotations

import secrets

from flask import Flask, g, request
from werkzeug.wrappers import Response

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

# What is given out to be saved may have come from anybody: should a browser show it after all, it runs nothing and is nobody.
_SAVED = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def nonce() -> str:
    """The nonce of this request, which a script needs in order to run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def install(app: Flask, *, secure: bool) -> None:
    """Put the headers on every answer of the app. `secure`: people reach it over https only."""

    @app.after_request
    def put(response: Response) -> Response:
        response.headers.update(_FIXED)
        if not g.get("findable"):
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Content-Security-Policy"] = (
            _SAVED
            if _is_saved(response)
            else (
                f"default-src 'none'; script-src 'nonce-{nonce()}' 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
                "connect-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            )
        )
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if not (request.path.startswith("/assets/") or request.path.startswith("/static/")):
            response.headers["Cache-Control"] = "no-store"
        return response


def _is_saved(response: Response) -> bool:
    return response.headers.get("Content-Disposition", "").startswith("attachment")
