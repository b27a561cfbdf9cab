"""A rule package to begin from: complete, sound, and small enough to be read in a minute."""

from __future__ import annotations

import importlib.util
import json
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template

from threefold.domain.errors import RuleError
from threefold.governance.catalogue import Catalogue

TEMPLATE = Path(__file__).parent / "template"
_NAME = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
LONGEST_NAME, LONGEST_TEXT = 60, 300
# What the template's module imports; a class of that name would hide it.
_TAKEN = frozenset({"AgencyAsk", "Any", "Card", "ConditionField", "Facts", "Iterable", "ListedSchema", "Provided", "Rule", "Settings", "Source"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewRule:
    """What a new rule is to be called, and who keeps it. What is left empty is filled in, and says that it is to be named."""

    name: str
    title: str = ""
    summary: str = ""
    owner: str = ""
    source: str = ""

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")

    @property
    def class_name(self) -> str:
        made = "".join(part.capitalize() for part in self.name.split("-"))
        return f"{made}Rule" if made in _TAKEN else made


def write_rule(new: NewRule, folder: Path, catalogue: Catalogue, today: date) -> list[Path]:
    """Write the package into `folder` and return its files. Its review is due a year after `today`.

    Raises `RuleError` for a name that cannot be one or is taken, for texts a card cannot hold, and for a folder that has
    something in it.
    """
    refuse_name(new.name, catalogue)
    words = _words(new, today)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RuleError("Something is there already. Name another folder with --into, or remove it.", field=str(folder))
    own = f"src/{new.module}"
    wanted = {
        "pyproject.toml": "pyproject.toml.txt", "README.md": "README.md.txt", f"{own}/__init__.py": "package.py.txt",
        f"{own}/major_1/__init__.py": "rule.py.txt", f"{own}/major_1/examples/worked.toml": "worked.toml.txt",
        "tests/test_rule.py": "test_rule.py.txt",
    }  # fmt: skip
    made = []
    for place, template in wanted.items():
        path = folder / place
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(Template((TEMPLATE / template).read_text(encoding="utf-8")).substitute(words), encoding="utf-8")
        except OSError as error:
            raise RuleError(f"This cannot be written: {error.strerror}.", field=str(path)) from error
        made.append(path)
    return made


def refuse_name(name: str, catalogue: Catalogue) -> None:
    """Raise `RuleError` unless a rule may be called so, and none is yet."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise RuleError(
            f"'{name[:80]}' cannot be a rule's name. Use lower-case letters and digits, a letter first, in words with one hyphen between them, "
            f"{LONGEST_NAME} characters at most, said for what the rule does: such as ask-youth-justice.",
            field="NAME",
        )
    if (name, 1) in catalogue.rules:
        raise RuleError(
            f"{name}@1 is installed already. Choose another name; for a next major of your own rule, see the guide for rule authors.",
            field="NAME",
        )
    module = name.replace("-", "_")
    if keyword.iskeyword(module) or keyword.iskeyword(name.title()) or importlib.util.find_spec(module) is not None:
        raise RuleError(
            f"Python has something called '{module}' here already. Say more of what the rule does: such as ask-{name}.",
            field="NAME",
        )


def _words(new: NewRule, today: date) -> Mapping[str, str]:
    """What the templates' places are filled with: `..._said` for reading, the plain name as a literal of Python and TOML."""
    texts = {
        "title": new.title or new.name.replace("-", " ").capitalize(),
        "summary": new.summary or "Asks the agencies on its list what they know of a case.",
        "owner": new.owner or "An owner to be named",
        "source": new.source or "A source to be named",
    }
    for name, text in texts.items():
        if not text.strip() or len(text) > LONGEST_TEXT or not text.isprintable():
            unseen = (
                ""
                if text.isprintable()
                else " It has a character that no page shows, such as a line break or the joiner of an emoji."
            )
            raise RuleError(f"Give one line of up to {LONGEST_TEXT} characters.{unseen}", field=f"--{name}")
    literals = {name: json.dumps(text, ensure_ascii=False) for name, text in texts.items()}
    said = {f"{name}_said": text.replace("\\", "/").replace('"', "'") for name, text in texts.items()}
    year = date(today.year + 1, today.month, 1)
    return {
        **literals, **said, "name": new.name, "module": new.module, "class_name": new.class_name,
        "sure": "V" if new.source else "unknown", "review_by": f"{year.year}, {year.month}, {year.day}",
    }  # fmt: skip
