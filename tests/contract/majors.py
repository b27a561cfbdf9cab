"""Two majors of one rule from outside: in one package, and in two packages that know nothing of each other."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

from threefold.governance.catalogue import Catalogue
from threefold.testing.new_rule import NewRule, write_rule

TODAY = date(2026, 11, 26)


def in_one_package(name: str, folder: Path) -> list[Path]:
    """A package with majors 1 and 2 of the rule `name`, a folder each."""
    new = NewRule(name)
    write_rule(new, folder, Catalogue({}), TODAY)
    own = folder / "src" / new.module
    _next(own / "major_1", own / "major_2")
    project = folder / "pyproject.toml"
    entry = f'{name}-1 = "{new.module}.major_1:{new.class_name}"'
    text = project.read_text(encoding="utf-8").replace(
        entry, f"{entry}\n{entry.replace('-1', '-2').replace('major_1', 'major_2')}"
    )
    project.write_text(text, encoding="utf-8")
    return [folder]


def in_two_packages(name: str, folder: Path) -> list[Path]:
    """A package with major 1 of the rule `name`, and another with major 2."""
    old, new = NewRule(name), NewRule(f"{name}-next")
    write_rule(old, folder / "old", Catalogue({}), TODAY)
    write_rule(new, folder / "new", Catalogue({}), TODAY)
    own = folder / "new" / "src" / new.module / "major_1"
    _next(own, own)
    rule = own / "__init__.py"
    rule.write_text(rule.read_text(encoding="utf-8").replace(f'id="{new.name}"', f'id="{name}"'), encoding="utf-8")
    project = folder / "new" / "pyproject.toml"
    entry = project.read_text(encoding="utf-8").replace(f"{new.name}-1 =", f"{name}-2 =")
    project.write_text(entry, encoding="utf-8")
    return [folder / "old", folder / "new"]


def install(packages: list[Path], site: Path) -> None:
    """Into a folder of their own, as pip does it."""
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index", "--target", str(site),
                    "--upgrade", *map(str, packages)], check=True, capture_output=True)  # fmt: skip


def _next(first: Path, second: Path) -> None:
    """Major 2 says the same of other cases: it asks only where it is clear that the condition holds."""
    examples = (first / "examples" / "worked.toml").read_text(encoding="utf-8")
    text = (first / "__init__.py").read_text(encoding="utf-8").replace("major=1", "major=2")
    assert text.count("if holds is False:") == 1
    text = text.replace("if holds is False:", "if holds is not True:")
    (second / "examples").mkdir(parents=True, exist_ok=True)
    (second / "examples" / "worked.toml").write_text(examples, encoding="utf-8")
    (second / "__init__.py").write_text(text, encoding="utf-8")
