"""Every use of cryptography is found, and stands in the inventory of `docs/cryptography.md`: ASVS 11.1.2 and 11.1.3."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What makes keys, digests, signatures, secrets and chance. `random` is for nothing here: its numbers can be foretold.
LIBRARIES = frozenset({
    "hashlib", "hmac", "secrets", "ssl", "random", "crypt", "cryptography", "argon2", "pyotp", "webauthn", "authlib", "joserfc",
    "itsdangerous", "jwt", "nacl", "OpenSSL", "Crypto", "bcrypt", "passlib",
})  # fmt: skip
IN_TEXT = re.compile(r"\bos\.urandom\b|\bsha(?:1|224|256|384|512)\s*\(|\bmd5\s*\(|\bgen_random|\bpgcrypto\b")
ROW = re.compile(r"^\| `((?:platform|plugins|deploy|migrations)/[^`]+)` \|", re.MULTILINE)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def uses(text: str, *, python: bool) -> set[str]:
    """What cryptography a file uses: libraries by name, and words of its statements."""
    found = set(IN_TEXT.findall(text))
    return found | (LIBRARIES & set(_imported(ast.parse(text)))) if python else found


def found() -> dict[str, set[str]]:
    """Every file of the program that uses cryptography. A migration repeats what a module of `walls/` says, and is left aside."""
    files = [
        p for folder in ("platform", "plugins", "deploy") for p in (ROOT / folder).rglob("*") if p.suffix in (".py", ".sql")
    ]
    used = {
        p.relative_to(ROOT).as_posix(): uses(p.read_text(encoding="utf-8"), python=p.suffix == ".py")
        for p in files
        if "node_modules" not in p.parts
    }
    return {name: what for name, what in used.items() if what}


def test_every_file_that_uses_cryptography_is_in_the_inventory_and_no_other() -> None:
    listed = ROW.findall((ROOT / "docs" / "cryptography.md").read_text(encoding="utf-8"))
    assert len(set(listed)) == len(listed)
    assert sorted(listed) == sorted(found())


def test_nothing_is_made_by_a_generator_that_can_be_foretold_or_a_digest_that_is_broken() -> None:
    weak = {name: what & {"random", "crypt", "md5(", "sha1("} for name, what in found().items()}
    assert not {name: what for name, what in weak.items() if what}


def test_the_search_finds_each_way_of_using_it() -> None:
    assert uses("from hashlib import sha256", python=True) == {"hashlib"}
    assert uses("import os\nkey = os.urandom(32)", python=True) == {"os.urandom"}
    assert uses("import random", python=True) == {"random"}
    assert uses("select pg_catalog.sha256(x)", python=False) == {"sha256("}
    assert uses("from marshmallow import fields", python=True) == set()
