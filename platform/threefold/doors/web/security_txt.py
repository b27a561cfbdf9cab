"""Whom to tell of a weakness: /.well-known/security.txt (RFC 9116), from a setting of the installation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask, abort
from flask.typing import ResponseReturnValue

PATH = "/.well-known/security.txt"
HOLDS = timedelta(days=90)  # RFC 9116 recommends less than a year; whoever reads it anew gets a later day


def install(app: Flask, contact: str, public_url: str, clock: Callable[[], datetime]) -> None:
    """Serve it, where there is somebody to tell; else there is no such page."""

    def security_txt() -> ResponseReturnValue:
        if not contact:
            abort(404)
        return told(contact, public_url, clock()), 200, {"Content-Type": "text/plain; charset=utf-8"}

    security_txt.public = True  # type: ignore[attr-defined]
    app.add_url_rule(PATH, "security_txt", security_txt)


def told(contact: str, public_url: str, at: datetime) -> str:
    """The file. `Expires` stands at a midnight (UTC), so that it says the same for a day."""
    ends = (at.astimezone(UTC) + HOLDS).strftime("%Y-%m-%dT00:00:00Z")
    lines = [f"Contact: {contact}", f"Expires: {ends}", "Preferred-Languages: en"]
    if public_url.startswith("https://"):  # RFC 9116: an address of the web begins with https
        lines.append(f"Canonical: {public_url.rstrip('/')}{PATH}")
    return "\n".join(lines) + "\n"
