"""The house's own rules: arrows that bite, no ambient session, no place in the core, no shadowed standard library."""

from __future__ import annotations

import ast
import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "platform" / "threefold"


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--config", str(root / "pyproject.toml"), "--no-cache"]
    return subprocess.run(
        command,
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": f"{root / 'platform'}:{root}", "PATH": "/usr/bin:/bin"},
    )


def test_the_arrows_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


PLANTED = [
    ("platform/threefold/domain/calendar.py", "import threefold.walls.session", "The domain imports nothing of ours"),
    ("platform/threefold/governance/ask.py", "import sqlalchemy", "Governance and the plugin contract know no database"),
    ("platform/threefold/work/incidents/stories/recording.py", "import flask", "A story imports neither flask nor rq"),
    ("platform/threefold/work/incidents/stories/recording.py", "import threefold.work.reviews.stories", "Capabilities:"),
    ("platform/threefold/exchange/types.py", "import threefold.work.incidents.stories", "Rooms:"),
    ("plugins/statutory_child_death/__init__.py", "import threefold.walls.session", "A rule imports the contract only"),
]


@pytest.mark.parametrize(("file", "planted", "contract"), PLANTED, ids=[p[2][:28] + str(i) for i, p in enumerate(PLANTED)])
def test_a_planted_import_breaks_the_arrow(tmp_path: Path, file: str, planted: str, contract: str) -> None:
    for part in ("platform", "plugins"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "templates", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / file
    path.write_text(path.read_text(encoding="utf-8") + f"\n{planted}\n", encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode != 0
    broken = [line for line in done.stdout.splitlines() if "BROKEN" in line or contract in line]
    assert any(contract in line for line in broken), done.stdout


def test_the_standard_library_is_not_shadowed() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert Path(platform.__file__ or "").parent == Path(re.__file__ or "").parents[1] or "lib/python3" in str(platform.__file__)
    assert platform.python_version().startswith("3.")
    done = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.system())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "Linux"


def test_sessions_come_from_the_walls_only() -> None:
    """The ambient session and `Model.query` know no body."""
    for path in python_files("platform/threefold"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) != ("db", "session"), f"{path}:{node.lineno}"
                assert not (node.attr == "query" and node.value.id[:1].isupper()), f"{path}:{node.lineno}"
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("sessionmaker", "scoped_session")
            ):
                pytest.fail(f"{path}:{node.lineno} makes a session of its own")


# Words in the names of folders that are no area: what a body is, where it lies, what a demonstration calls its own; and the
# country of the law and the clock's own zone.
NO_PLACES = frozenset(
    {
        "england",
        "london",
        "national",
        "example",
        "child",
        "death",
        "panel",
        "former",
        "board",
        "police",
        "north",
        "south",
        "sound",
        "brook",
    }
)


def place_words() -> frozenset[str]:
    """Names that would be a place's: of bodies and of the folders of shared packs, whole, and each word of them."""
    tenants = ROOT / "tenants"
    folders = {p.name for p in (*tenants.iterdir(), *(tenants / "_shared").iterdir()) if p.is_dir()} - {"_shared", "law"}
    whole = {w for name in folders for w in (name, name.replace("-", " "))}
    parts = {word for name in folders for word in name.split("-") if len(word) > 4}
    return frozenset(w for w in whole | parts if len(w) > 3 and w not in NO_PLACES)


def places_in(text: str) -> list[str]:
    words = "|".join(re.escape(w) for w in sorted(place_words(), key=lambda w: (-len(w), w)))
    return sorted(set(re.findall(rf"\b(?:{words})\b", text.lower())))


def test_no_line_of_the_core_names_a_place() -> None:
    for path in sorted(CORE.rglob("*")):
        if path.suffix in (".py", ".html", ".css", ".js", ".toml", ".typ"):
            named = places_in(path.read_text(encoding="utf-8"))
            assert not named, f"{path} names {named}"


@pytest.mark.parametrize(
    "line", ["such as _shared/pan-sussex/procedures", "In Sussex", "as_in_the = 'north-east'", "Stoke and Trent", "tees"]
)
def test_a_place_would_be_found(line: str) -> None:
    assert places_in(line)
    assert not places_in("The national Panel, a child death panel and the board of an example body in the north")


def test_rules_are_named_for_what_they_do_and_not_for_a_place() -> None:
    places = {p.name.replace("-", "_") for p in (ROOT / "tenants").iterdir() if p.is_dir()}
    assert not places & {p.name for p in (ROOT / "plugins").iterdir()}


def test_bodies_are_data_only() -> None:
    assert {p.suffix for p in (ROOT / "tenants").rglob("*") if p.is_file()} <= {".toml", ".md"}


def test_no_test_is_skipped_and_none_sleeps() -> None:
    forbidden = re.compile(r"pytest\.(mark\.)?(skip|xfail)|time\.sleep\(|importorskip")
    for path in python_files("tests"):
        if path != Path(__file__):
            found = forbidden.search(path.read_text(encoding="utf-8"))
            assert not found, f"{path}: {found and found.group()}"


def test_every_package_is_pinned_by_its_hash_and_is_installed_so() -> None:
    """Whatever a registry gives, what is installed is what was looked at."""
    for lock in sorted((ROOT / "deploy" / "requirements").glob("*.txt")):
        pinned = [one for one in re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8")) if one and not one.startswith("#")]
        loose = [
            one.split("\n")[0]
            for one in pinned
            if not re.match(r"[\w.\-\[\]]+==\S+[^\n]*\\\n    --hash=sha256:[0-9a-f]{64}", one)
        ]
        assert pinned and not loose, (lock.name, loose)
    for file in sorted((ROOT / "deploy").glob("*/package-lock.json")):
        packages = json.loads(file.read_text(encoding="utf-8"))["packages"]
        assert len(packages) > 1 and not [n for n, told in packages.items() if n and not told.get("integrity")], file
    installs = [line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if "pip install" in line]
    # The other installs this project itself, and fetches nothing.
    assert len(installs) > 3 and not [i for i in installs if "--require-hashes" not in i and "--no-deps -e ." not in i], (
        installs
    )


def test_no_registry_is_named() -> None:
    hosts = [".".join(h) for h in (("pypi", "org"), ("npmjs", "org"), ("pythonhosted", "org"))]
    for folder in ("deploy", "platform", "plugins", "tests", "tenants", "migrations"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in (".py", ".txt", ".in", ".json", ".toml", ".md", ".sh", ".npmrc", ""):
                text = path.read_text(encoding="utf-8", errors="replace")
                assert not [h for h in hosts if h in text], str(path)
