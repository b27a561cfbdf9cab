"""Which rules are installed, and which were refused and why.

Rules name themselves in the entry point group `threefold.rules`, ours and anyone's alike. A rule whose card is not
complete, or which was written for another version of the contract, is refused with a reason and the rest go on: an
arrangement that uses it then says so.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from threefold.domain.errors import RuleError, ThreefoldError
from threefold.governance.time_limit import TimeUp, bounded
from threefold.plugin_api.contract import CONTRACT, Contract
from threefold.plugin_api.rule import Rule, check_card

GROUP = "threefold.rules"
OWN_PACKAGE = "threefold"  # the distribution that the platform and its own rules come in
SECONDS_TO_IMPORT = 20.0  # of one rule, with whatever it brings along from a cold disk

# What a rule's own modules may import: the contract, marshmallow for settings, and pure parts of the standard library.
ALLOWED_IMPORTS = frozenset({
    "__future__", "bisect", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "itertools",
    "marshmallow", "math", "operator", "re", "string", "threefold.plugin_api", "types", "typing", "unicodedata",
})  # fmt: skip
# Built-ins a pure function of facts has no use for.
FORBIDDEN_NAMES = frozenset({
    "__import__", "breakpoint", "compile", "eval", "exec", "globals", "input", "open", "print", "setattr", "delattr", "vars",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The rules at hand by (id, major), and the ones refused by entry point name. `of_others`: those that came beside the platform's own."""

    rules: dict[tuple[str, int], type[Rule]]
    refused: dict[str, str] = field(default_factory=dict)
    contract: Contract = CONTRACT
    of_others: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def of(cls, rules: Iterable[type[Rule]], contract: Contract = CONTRACT) -> Catalogue:
        found: dict[tuple[str, int], type[Rule]] = {}
        for rule in rules:
            check_card(rule, contract)
            found[rule.card.id, rule.card.major] = rule
        return cls(found, contract=contract)

    @classmethod
    def installed(cls) -> Catalogue:
        """Everything installed in this environment."""
        return cls.at_entries(entry_points(group=GROUP))

    @classmethod
    def at_entries(cls, entries: Iterable[EntryPoint]) -> Catalogue:
        """The rules that entry points name. Of two with one name the platform's own is kept, whatever its entry point is called: what somebody
        installs beside it is left out as if it were not there."""
        found: dict[tuple[str, int], type[Rule]] = {}
        refused: dict[str, str] = {}
        of_others: set[tuple[str, int]] = set()
        for entry in sorted(entries, key=lambda e: (not _of_the_platform(e), e.name, e.value)):
            try:
                rule = _load(entry)
            except ThreefoldError as error:
                refused[entry.name] = str(error)
                continue
            key = rule.card.id, rule.card.major
            if key in found and found[key] is not rule:
                refused[entry.name] = f"Two installed rules call themselves {rule.card.name}. Remove one of them."
                continue
            found[key] = rule
            if not _of_the_platform(entry):
                of_others.add(key)
        return cls(found, refused, of_others=frozenset(of_others))

    def get(self, rule: str, major: int, *, field: str = "") -> type[Rule]:
        """The rule of that id and major. Raises `RuleError` saying what is installed instead."""
        found = self.rules.get((rule, major))
        if found is not None:
            return found
        majors = self.majors(rule)
        if majors:
            have = ", ".join(str(m) for m in reversed(majors))
            then = (
                f"Install {rule}@{major}, or use one that is."
                if major > 0
                else "Versions are numbered from 1: use one that is."
            )
            raise RuleError(f"Rule '{rule}' is installed in version {have}, not {major}. {then}", field=field)
        why = next((reason for name, reason in self.refused.items() if name == f"{rule}-{major}"), "")
        raise RuleError(f"There is no rule '{rule}' installed here. {why or 'Check its spelling, or install it.'}", field=field)

    def majors(self, rule: str) -> list[int]:
        """The majors of a rule that are at hand, the newest first."""
        return sorted((major for name, major in self.rules if name == rule), reverse=True)

    def called(self, rule: type[Rule]) -> str:
        """What a rule is called; where more than one major of it is at hand, with which of them it is."""
        several = len(self.majors(rule.card.id)) > 1
        return f"{rule.card.title} (version {rule.card.major})" if several else rule.card.title


def _of_the_platform(entry: EntryPoint) -> bool:
    return entry.dist is not None and entry.dist.name == OWN_PACKAGE


def _load(entry: EntryPoint) -> type[Rule]:
    try:
        with bounded(SECONDS_TO_IMPORT):
            rule = entry.load()
    except TimeUp:
        raise RuleError(
            f"The rule at {entry.value} was not imported in {SECONDS_TO_IMPORT:g} seconds. "
            "What stands in its modules outside functions and classes has to end."
        ) from None
    except (Exception, SystemExit) as error:
        raise RuleError(f"The rule at {entry.value} could not be imported: {type(error).__name__}: {error}") from error
    if not (isinstance(rule, type) and issubclass(rule, Rule)):
        raise RuleError(f"{entry.value} is not a rule. Make it a subclass of threefold.plugin_api.Rule.")
    try:
        check_card(rule)
    except ThreefoldError:
        raise
    except Exception as error:
        raise RuleError(f"The rule at {entry.value} cannot be read: {type(error).__name__}: {error}") from error
    return rule


def source_files(rule: type[Rule]) -> list[Path]:
    """The Python files of the rule's own folder (or its one module)."""
    file = Path(inspect.getfile(rule))
    own_folder = (file.parent / "__init__.py").exists() and file.parent.name != "plugins"
    return sorted(p for p in file.parent.rglob("*.py")) if own_folder else [file]


_CODE: dict[str, str] = {}


def code_version(rule: type[Rule]) -> str:
    """A fingerprint of the rule's code: what it was when a verdict was reached. Read once a process."""
    name = f"{rule.__module__}:{rule.__qualname__}"
    if name not in _CODE:
        _CODE[name] = _fingerprint(source_files(rule))
    return _CODE[name]


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def forbidden_in(rule: type[Rule]) -> list[str]:
    """What the rule's modules import or use that a pure rule may not: an empty list is what the kit wants."""
    package = rule.__module__.split(".")
    own = {".".join(package[:n]) for n in range(min(2, len(package)), len(package) + 1)}
    wrong: list[str] = []
    files, folder = source_files(rule), Path(inspect.getfile(rule)).parent
    for path in (*files, *_above(folder)):
        depth = len(path.relative_to(folder).parts) if path in files else 0
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            wrong += [f"{path.name}:{node.lineno}: {what}" for what in _wrong(node, own, depth)]  # type: ignore[attr-defined]
    return sorted(wrong)


def _above(folder: Path) -> list[Path]:
    """The `__init__.py` of every package around a rule's own folder: Python runs them when it imports the rule."""
    found = []
    while (folder / "__init__.py").exists() and (folder.parent / "__init__.py").exists():
        folder = folder.parent
        found.append(folder / "__init__.py")
    return found


def _wrong(node: ast.AST, own: set[str], depth: int) -> list[str]:
    if isinstance(node, ast.ImportFrom) and node.level > depth:
        # Shared by two majors it could not change for one of them alone, and it is in neither's fingerprint.
        return ["imports from outside the rule's own folder"]
    if isinstance(node, ast.Import):
        return [f"imports {a.name}" for a in node.names if not _may_import(a.name, own)]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        name = node.module or ""
        return [] if _may_import(name, own) else [f"imports {name}"]
    if isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
        return [f"uses {node.id}"]
    if isinstance(node, ast.Attribute) and node.attr in ("__subclasses__", "__globals__", "__builtins__", "__setattr__"):
        return [f"uses {node.attr}"]
    if isinstance(node, ast.Attribute) and node.attr in ("today", "now", "utcnow"):
        return [f"reads the clock ({node.attr})"]
    return []


def _may_import(name: str, own: set[str]) -> bool:
    return name.split(".")[0] in ALLOWED_IMPORTS or name in ALLOWED_IMPORTS or any(
        name == o or name.startswith(o + ".") for o in own | {"threefold.plugin_api"}
    )  # fmt: skip
