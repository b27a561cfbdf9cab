"""Sealing: what identifies a person, and free text about people, is stored only encrypted.

Each body has its own data keys (32 random bytes), stored wrapped by the master key, which is read from a file and is
never in the database. AES-256-GCM; the body and the key's number are bound into each value, so that a value moved to
another body's row does not open. A keyed digest per body and field (`blind`) allows search by equality.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from threefold.domain.errors import ThreefoldError
from threefold.walls.scope import ScopeKey

_NONCE = 12
_FORMAT = b"\x01"


class SealBroken(ThreefoldError):
    """A sealed value does not open: it was altered, moved from another body, or sealed with a key that is gone."""


@dataclass(frozen=True, slots=True)
class SealedValue:
    """Encrypted bytes: format, key number, nonce, ciphertext. Nothing can be read from it, nor compared."""

    raw: bytes

    def __repr__(self) -> str:
        return f"SealedValue({len(self.raw)} bytes)"


@dataclass(frozen=True, slots=True)
class DataKey:
    """One data key of one body."""

    body_id: UUID
    no: int
    key: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.body_id}, {self.no})"


class MasterKey:
    """The key that wraps the bodies' data keys. 32 bytes, from a file that only the service may read."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ThreefoldError(
                "The master key must be 32 bytes. Make one with `threefold doctor --make-keys`.",
                field="THREEFOLD_MASTER_KEY_FILE",
            )
        self._box = AESGCM(key)
        self._key = key

    @classmethod
    def from_file(cls, path: Path) -> MasterKey:
        return cls(bytes.fromhex(path.read_text(encoding="ascii").strip()))

    def wrap(self, key: DataKey) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._box.encrypt(nonce, key.key, _about(key.body_id, key.no))

    def unwrap(self, body_id: UUID, no: int, wrapped: bytes) -> DataKey:
        try:
            return DataKey(body_id, no, self._box.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _about(body_id, no)))
        except InvalidTag as error:
            raise SealBroken("A body's key does not open with this master key. Check THREEFOLD_MASTER_KEY_FILE.") from error

    def audit_key(self, body_id: UUID) -> bytes:
        """The key of a body's audit chain (32 bytes). Whoever has only the database cannot make a link."""
        return self._derived(b"threefold audit " + body_id.bytes)

    def scope_key(self, *, bound: bool = True) -> ScopeKey:
        """The key that signs which body a transaction is for (see `walls.scope`)."""
        return ScopeKey(self._derived(b"threefold scope"), bound)

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose of the directory, which has no body's key."""
        return self._derived(b"threefold directory: " + purpose.encode())

    def _derived(self, about: bytes) -> bytes:
        """A key for one purpose (HKDF-SHA256). Nothing of the master key follows from it."""
        return HKDF(hashes.SHA256(), 32, salt=None, info=about).derive(self._key)


class DirectorySeal:
    """What the directory needs keys for: sealing second steps, hashing codes that can be guessed, and making links.

    A link follows from what it is about, so that the e-mail can hold it and nothing stored does: only its hash is kept.
    """

    def __init__(self, master: MasterKey) -> None:
        self._box = AESGCM(master.derived("sealed secrets"))
        self._codes, self._links = master.derived("recovery codes"), master.derived("links")

    def seal(self, value: bytes, about: UUID) -> bytes:
        """`value` sealed for one person; moved to another's row, it does not open."""
        nonce = os.urandom(_NONCE)
        return _FORMAT + nonce + self._box.encrypt(nonce, value, _FORMAT + about.bytes)

    def open(self, sealed: bytes, about: UUID) -> bytes:
        try:
            return self._box.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], _FORMAT + about.bytes)
        except (InvalidTag, ValueError) as error:
            raise SealBroken("A sealed secret does not open: it was altered, or belongs to another person.") from error

    def code_hash(self, person_id: UUID, code: str) -> bytes:
        return hmac.new(self._codes, person_id.bytes + code.encode(), hashlib.sha256).digest()

    def link(self, purpose: str, subject: UUID, no: int = 1) -> str:
        """The secret part of a link: 43 characters that nobody without the key can make."""
        made = hmac.new(self._links, f"{purpose}:{no}:".encode() + subject.bytes, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _about(body_id: UUID, no: int) -> bytes:
    return body_id.bytes + no.to_bytes(4, "big")


def new_data_key(body_id: UUID, no: int) -> DataKey:
    return DataKey(body_id, no, os.urandom(32))


def seal(key: DataKey, value: bytes) -> SealedValue:
    """`value` sealed for the key's body."""
    nonce = os.urandom(_NONCE)
    head = _FORMAT + key.no.to_bytes(4, "big")
    return SealedValue(head + nonce + AESGCM(key.key).encrypt(nonce, value, head + key.body_id.bytes))


def key_number(value: SealedValue) -> int:
    """Which of the body's keys sealed this."""
    return int.from_bytes(value.raw[1:5], "big")


def unseal(key: DataKey, value: SealedValue) -> bytes:
    """What was sealed. Raises `SealBroken` when it was altered or belongs to another body."""
    head, nonce, rest = value.raw[:5], value.raw[5 : 5 + _NONCE], value.raw[5 + _NONCE :]
    try:
        return AESGCM(key.key).decrypt(nonce, rest, head + key.body_id.bytes)
    except InvalidTag as error:
        raise SealBroken("A sealed value does not open: it was altered, or belongs to another body.") from error


def blind(key: DataKey, field: str, value: str) -> bytes:
    """A keyed digest of a normalised value, for search by equality within one body and field."""
    own = hmac.new(key.key, b"blind:" + field.encode(), hashlib.sha256).digest()
    return hmac.new(own, " ".join(value.casefold().split()).encode(), hashlib.sha256).digest()


def canonical(value: Any) -> bytes:
    """JSON in one way only: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()
