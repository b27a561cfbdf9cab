"""Style and scripts. The design system's are put under var/assets by set-up, with a hash in their names; ours are here."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from flask import Flask, abort, send_from_directory
from werkzeug.wrappers import Response

OWN = Path(__file__).with_name("static")
_FOR_GOOD = 31_536_000


class Assets:
    """Plain names and the hashed names that the manifest gives them. Without a manifest there are none, and pages are plain."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        manifest = self.folder / "manifest.json"
        self.names: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}

    def address(self, name: str) -> str:
        """Where a browser finds the asset; empty when it was not set up."""
        hashed = self.names.get(name, "")
        return f"/assets/{hashed}" if hashed else ""


def install(app: Flask, folder: Path) -> Assets:
    """Serve the assets under /assets, and give templates `asset(name)` and, for our own files, `own(name)`."""
    assets = Assets(folder)
    versions = {f.name: hashlib.sha256(f.read_bytes()).hexdigest()[:12] for f in OWN.iterdir()}

    def serve(name: str) -> Response:
        if name not in assets.names.values():
            abort(404)
        response = send_from_directory(assets.folder, name, max_age=_FOR_GOOD)
        response.headers["Cache-Control"] = f"public, max-age={_FOR_GOOD}, immutable"
        return response

    serve.public = True  # type: ignore[attr-defined]
    app.add_url_rule("/assets/<path:name>", "assets", serve)
    app.jinja_env.globals["asset"] = assets.address
    app.jinja_env.globals["own"] = lambda name: f"/static/{name}?v={versions[name]}"
    return assets
