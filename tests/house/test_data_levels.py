"""Every table of the database stands in `docs/data-levels.md`, with its sealed columns: ASVS 14.1.1."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import threefold.work
from threefold.walls.database import Base, SealedColumn

DOCUMENT = Path(__file__).parents[2] / "docs" / "data-levels.md"
ROW = re.compile(r"^\| `([a-z]+\.[a-z_]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def declared() -> dict[str, set[str]]:
    """The sealed columns of each table, by the program."""
    for module in pkgutil.walk_packages(threefold.work.__path__, "threefold.work."):
        if module.name.endswith(".tables"):
            importlib.import_module(module.name)
    return {
        f"{table.schema}.{table.name}": {c.name for c in table.columns if isinstance(c.type, SealedColumn)}
        for table in Base.metadata.tables.values()
    }


def test_every_table_is_listed_with_what_it_seals_and_why_the_rest_may_be_read() -> None:
    rows = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    listed = {name: set(re.findall(r"`(\w+)`", sealed)) for name, sealed, _ in rows}
    assert len(listed) == len(rows)
    assert listed == declared()
    assert all(why.strip() not in ("", "TODO") for _, _, why in rows)


def test_a_browser_keeps_what_is_typed_of_an_arrangement_and_nothing_of_a_case() -> None:
    """ASVS 14.3.3: the forms whose words a browser stores, and the one script that stores any."""
    core = DOCUMENT.parents[1] / "platform" / "threefold"
    kept = {
        p.relative_to(core / "work").as_posix() for p in core.rglob("*.html") if "data-keep" in p.read_text(encoding="utf-8")
    }
    assert kept == {
        f"arrangements/web/templates/arrangements/{name}.html" for name in ("about", "add", "ask", "line", "minutes")
    }
    stores = re.compile(r"\b(?:localStorage|sessionStorage|indexedDB|caches|document\.cookie)\b")
    found = [*core.rglob("*.js"), *core.rglob("*.html"), *core.rglob("*.jinja")]
    storing = {p.name for p in found if stores.search(p.read_text(encoding="utf-8"))}
    assert storing == {"threefold.js"}
    sheet = (core / "doors/web/static/threefold.js").read_text(encoding="utf-8")
    assert re.findall(r'querySelectorAll\("(form[^" ]*)"\)', sheet) == ["form[data-keep]", "form[action='/sign-out']"]


def test_no_browser_remembers_what_is_typed_or_puts_it_back() -> None:
    """Decision 0039: each form that sends an answer says so of itself, for its choices too. The others have buttons and nothing else."""
    core = DOCUMENT.parents[1] / "platform" / "threefold"
    forms = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
    asks = re.compile(r"""f\.(?:hidden|question)\(|<(?:textarea|select)\b|<input (?!type="hidden")""")
    found = [(p.name, *form) for p in core.rglob("*.html") for form in forms.findall(p.read_text(encoding="utf-8"))]
    sending = [(name, tag) for name, tag, inside in found if 'method="post"' in tag and asks.search(inside)]
    assert len(sending) > 80
    assert [name for name, tag in sending if 'autocomplete="off"' not in tag] == []
