"""Sealing: what identifies a person, and free text about people, is stored only encrypted.

Each body has its own data keys (32 random bytes), stored wrapped by the master key, which is read from a file or asked of a
service and is never in the database. AES-256-GCM, or another cipher of `CIPHERS` that a key was made for; the body and the key's number are bound into each value, so that a value moved to
another body's row does not open. A keyed digest per body and field (`blind`) allows search by equality; its key follows
from the master key and is stored nowhere, not even wrapped.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from threefold.domain.errors import ThreefoldError
from threefold.walls.key_services import FileKey, KeyService
from threefold.walls.scope import ScopeKey

_NONCE = 12
_FORMAT = b"\x01"
# Ciphers with a key of 32 bytes and a nonce of 12, by the number that begins what is sealed. Each key is for one of them and never for two;
# to change the cipher is to rotate the key. A number is never given to another cipher.
CIPHERS = {"aes-256-gcm": 1, "chacha20-poly1305": 2}
_BOXES: dict[int, type[AESGCM] | type[ChaCha20Poly1305]] = {1: AESGCM, 2: ChaCha20Poly1305}
_KEPT_AUDIT = b"threefold kept audit key "


class SealBroken(ThreefoldError):
    """A sealed value does not open: it was altered, moved from another body, or sealed with a key that is gone."""


class KeysDestroyed(SealBroken):
    """The body's keys were destroyed on purpose: what they sealed is gone for good, and nothing new is sealed."""

    def __init__(self) -> None:
        super().__init__("The keys of this body were destroyed. What they sealed cannot be read any more, by anybody.")


class ContentDestroyed(SealBroken):
    """The value was destroyed on purpose, with the records of its case: nothing stands in its place."""

    def __init__(self) -> None:
        super().__init__("This was destroyed with the records of its case. It cannot be read any more, by anybody.")


@dataclass(frozen=True, slots=True)
class SealedValue:
    """Encrypted bytes: cipher, key number, nonce, ciphertext. Nothing can be read from it, nor compared. Empty: it was destroyed."""

    raw: bytes

    def __repr__(self) -> str:
        return f"SealedValue({len(self.raw)} bytes)"


@dataclass(frozen=True, slots=True)
class DataKey:
    """One data key of one body. `cipher`: the number of the one that it is for (`CIPHERS`)."""

    body_id: UUID
    no: int
    key: bytes
    cipher: int = 1

    def __repr__(self) -> str:
        return f"DataKey({self.body_id}, {self.no})"


class MasterKey:
    """What wraps the bodies' data keys, and what keys outside the database follow from: the current key, and others beside it.

    The others open what they wrapped while a master key is replaced; nothing new is made with them.
    """

    def __init__(self, current: bytes | KeyService, *others: KeyService) -> None:
        self._current: KeyService = FileKey(current) if isinstance(current, bytes) else current
        self._all = (self._current, *others)

    def wrap(self, key: DataKey) -> bytes:
        """What is stored of a key. Which cipher it is for is wrapped with it; of AES-256-GCM nothing is said."""
        told = key.key if key.cipher == 1 else bytes([key.cipher]) + key.key
        return self._current.wrap(told, _about(key.body_id, key.no))

    def unwrap(self, body_id: UUID, no: int, wrapped: bytes) -> DataKey:
        told = self._opened(wrapped, _about(body_id, no))[0]
        cipher, key = (1, told) if len(told) == 32 else (told[0] if told else 0, told[1:])
        if cipher not in _BOXES or len(key) != 32:
            raise SealBroken("A body's key is for a cipher that this release does not know.")
        return DataKey(body_id, no, key, cipher)

    def is_current(self, body_id: UUID, no: int, wrapped: bytes) -> bool:
        """Whether the current key wrapped this. Raises `SealBroken` when none of the keys did."""
        return self._opened(wrapped, _about(body_id, no))[1] is self._current

    def _opened(self, wrapped: bytes, about: bytes) -> tuple[bytes, KeyService]:
        for service in self._all:
            if (key := service.unwrap(wrapped, about)) is not None:
                return key, service
        raise SealBroken("A body's key does not open with this master key. Check THREEFOLD_MASTER_KEY_FILE.")

    def audit_key(self, body_id: UUID, first: tuple[int, bytes] | None = None) -> bytes:
        """The key of a body's audit chain (32 bytes). Whoever has only the database cannot make a link.

        `first`: number and wrapping of the body's first key. The chain goes on with the master key that it was begun with,
        and that is the one which wrapped it, until the chain's key is kept (see `keep_audit_key`).
        """
        service = self._opened(first[1], _about(body_id, first[0]))[1] if first else self._current
        return service.derive(b"threefold audit " + body_id.bytes)

    def keep_audit_key(self, body_id: UUID, key: bytes) -> bytes:
        """The chain's key wrapped by the current master key, to be stored."""
        return self._current.wrap(key, _KEPT_AUDIT + body_id.bytes)

    def kept_audit_key(self, body_id: UUID, wrapped: bytes) -> bytes:
        return self._opened(wrapped, _KEPT_AUDIT + body_id.bytes)[0]

    def index_key(self, body_id: UUID, field: str) -> bytes:
        """The key of one field of a body's blind index (32 bytes). Whoever has only the database can try no name against it."""
        return self.index_keys(body_id, field)[0]

    def index_keys(self, body_id: UUID, field: str) -> list[bytes]:
        """The same under each master key, the current one first: what was indexed under another is still found."""
        return [service.derive(b"threefold index " + body_id.bytes + field.encode()) for service in self._all]

    def scope_key(self, *, bound: bool = True) -> ScopeKey:
        """The key that signs which body a transaction is for (see `walls.scope`)."""
        return ScopeKey(self._current.derive(b"threefold scope"), bound)

    def derived(self, purpose: str) -> list[bytes]:
        """32 bytes for one purpose of the directory, which has no body's key: under each master key, the current one first."""
        return [service.derive(b"threefold directory: " + purpose.encode()) for service in self._all]


class DirectorySeal:
    """What the directory needs keys for: sealing second steps, hashing codes that can be guessed, and making links.

    A link follows from what it is about, so that the e-mail can hold it and nothing stored does: only its hash is kept.
    """

    def __init__(self, master: MasterKey) -> None:
        self._boxes = [AESGCM(key) for key in master.derived("sealed secrets")]
        self._codes, self._links = master.derived("recovery codes"), master.derived("links")[0]

    def seal(self, value: bytes, about: UUID) -> bytes:
        """`value` sealed for one person; moved to another's row, it does not open."""
        nonce = os.urandom(_NONCE)
        return _FORMAT + nonce + self._boxes[0].encrypt(nonce, value, _FORMAT + about.bytes)

    def open(self, sealed: bytes, about: UUID) -> bytes:
        for box in self._boxes:
            try:
                return box.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], _FORMAT + about.bytes)
            except (InvalidTag, ValueError):
                continue
        raise SealBroken("A sealed secret does not open: it was altered, or belongs to another person.")

    def code_hash(self, person_id: UUID, code: str) -> bytes:
        return self.code_hashes(person_id, code)[0]

    def code_hashes(self, person_id: UUID, code: str) -> list[bytes]:
        """What may be stored for a code: it was made under the current master key, or under another one."""
        return [hmac.new(key, person_id.bytes + code.encode(), hashlib.sha256).digest() for key in self._codes]

    def link(self, purpose: str, subject: UUID, no: int = 1) -> str:
        """The secret part of a link: 43 characters that nobody without the key can make."""
        made = hmac.new(self._links, f"{purpose}:{no}:".encode() + subject.bytes, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _about(body_id: UUID, no: int) -> bytes:
    return body_id.bytes + no.to_bytes(4, "big")


def new_data_key(body_id: UUID, no: int, cipher: int = 1) -> DataKey:
    return DataKey(body_id, no, os.urandom(32), cipher)


def seal(key: DataKey, value: bytes) -> SealedValue:
    """`value` sealed for the key's body."""
    nonce = os.urandom(_NONCE)
    head = bytes([key.cipher]) + key.no.to_bytes(4, "big")
    return SealedValue(head + nonce + _BOXES[key.cipher](key.key).encrypt(nonce, value, head + key.body_id.bytes))


def key_number(value: SealedValue) -> int:
    """Which of the body's keys sealed this. Raises `ContentDestroyed` where nothing is left of it."""
    if not value.raw:
        raise ContentDestroyed
    return int.from_bytes(value.raw[1:5], "big")


def unseal(key: DataKey, value: SealedValue) -> bytes:
    """What was sealed. Raises `SealBroken` when it was altered or belongs to another body."""
    head, nonce, rest = value.raw[:5], value.raw[5 : 5 + _NONCE], value.raw[5 + _NONCE :]
    try:
        # The cipher is the key's, whatever the value says: it is part of what is authenticated.
        return _BOXES[key.cipher](key.key).decrypt(nonce, rest, head + key.body_id.bytes)
    except (InvalidTag, ValueError) as error:  # of one that was cut so short that it holds no seal, the second
        raise SealBroken("A sealed value does not open: it was altered, or belongs to another body.") from error


def blind(key: bytes, value: str) -> bytes:
    """A keyed digest of a value, for search by equality within one body and field (`MasterKey.index_key`)."""
    return hmac.new(key, " ".join(value.casefold().split()).encode(), hashlib.sha256).digest()


def canonical(value: Any) -> bytes:
    """JSON in one way only: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()
