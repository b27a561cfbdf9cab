"""What a letter between bodies is: drafted, sealed for its receiver, signed by its sender, opened and verified.

Pure: keys come in, bytes come out. A letter is immutable; the signature is over the exact bytes of its envelope, which
holds the hash of the content, so that a receiver may later seal the content away and the hash stays.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from marshmallow import ValidationError

from threefold.domain.errors import ThreefoldError
from threefold.exchange.types import schema_of

MOST_BYTES = 5_000_000
_NONCE = bytes(12)  # each content key is used once


class LetterError(ThreefoldError):
    """A letter cannot be written or taken in; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a story wants said. `case_ref` is opaque to the receiver and orders the letters of one case."""

    type: str
    case_ref: UUID
    content: Mapping[str, Any]
    version: int = 1
    in_reply_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """The signed outside of a letter: who to whom, about which case, which number in the case, and the content's hash."""

    id: UUID
    type: str
    version: int
    sender: UUID
    receiver: UUID
    case_ref: UUID
    seq: int
    in_reply_to: UUID | None
    written_at: datetime
    sha256: str
    sign_key_no: int
    seal_key_no: int

    def to_bytes(self) -> bytes:
        return _canonical({
            "id": str(self.id), "type": self.type, "version": self.version, "sender": str(self.sender), "receiver": str(self.receiver),
            "case_ref": str(self.case_ref), "seq": self.seq, "in_reply_to": str(self.in_reply_to) if self.in_reply_to else None,
            "written_at": self.written_at.isoformat(), "sha256": self.sha256, "sign_key_no": self.sign_key_no,
            "seal_key_no": self.seal_key_no,
        })  # fmt: skip

    @classmethod
    def from_bytes(cls, raw: bytes) -> Envelope:
        data = json.loads(raw)
        reply = data["in_reply_to"]
        envelope = cls(
            UUID(data["id"]), data["type"], int(data["version"]), UUID(data["sender"]), UUID(data["receiver"]), UUID(data["case_ref"]),
            int(data["seq"]), UUID(reply) if reply else None, datetime.fromisoformat(data["written_at"]), data["sha256"],
            int(data["sign_key_no"]), int(data["seal_key_no"]),
        )  # fmt: skip
        if envelope.to_bytes() != raw:
            raise LetterError("The letter's envelope is not in its one form; it was altered.")
        return envelope


@dataclass(frozen=True, slots=True)
class SealedLetter:
    """A whole letter as it travels. `to_bytes` is what is stored and sent."""

    envelope_bytes: bytes
    content: bytes
    signature: bytes

    @property
    def envelope(self) -> Envelope:
        return Envelope.from_bytes(self.envelope_bytes)

    def to_bytes(self) -> bytes:
        return _canonical({
            "envelope": _text(self.envelope_bytes), "content": _text(self.content), "signature": _text(self.signature)
        })  # fmt: skip

    @classmethod
    def from_bytes(cls, raw: bytes) -> SealedLetter:
        """Raises `LetterError` for anything that is not a letter."""
        if len(raw) > MOST_BYTES:
            raise LetterError(f"This letter is larger than {MOST_BYTES:,} bytes.")
        try:
            data = json.loads(raw)
            letter = cls(*(base64.b64decode(data[k], validate=True) for k in ("envelope", "content", "signature")))
            _ = letter.envelope
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
            raise LetterError("This is not a letter that can be read.") from error
        return letter


@dataclass(frozen=True, slots=True)
class LetterKeys:
    """A body's private letter keys of one number (32 bytes each): Ed25519 to sign, X25519 to open."""

    no: int
    sign_key: bytes
    open_key: bytes

    @classmethod
    def new(cls, no: int) -> LetterKeys:
        return cls(no, os.urandom(32), os.urandom(32))

    @property
    def verify_key(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.sign_key).public_key().public_bytes_raw()

    @property
    def seal_key(self) -> bytes:
        return X25519PrivateKey.from_private_bytes(self.open_key).public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return f"LetterKeys({self.no})"


def write(
    draft: Draft, *, letter_id: UUID, sender: UUID, receiver: UUID, seq: int, written_at: datetime,
    keys: LetterKeys, receiver_seal_key: bytes, receiver_key_no: int,
) -> SealedLetter:  # fmt: skip
    """A draft sealed for its receiver and signed by its sender. Raises `LetterError` when the content fits no schema."""
    plain = _canonical(check(draft.type, draft.version, draft.content))
    envelope = Envelope(letter_id, draft.type, draft.version, sender, receiver, draft.case_ref, seq, draft.in_reply_to, written_at,
                        hashlib.sha256(plain).hexdigest(), keys.no, receiver_key_no)  # fmt: skip
    outside = envelope.to_bytes()
    signature = Ed25519PrivateKey.from_private_bytes(keys.sign_key).sign(outside)
    return SealedLetter(outside, _seal_for(receiver_seal_key, plain, outside), signature)


def verify(letter: SealedLetter, verify_key: bytes | None) -> Envelope:
    """The envelope, once its signature holds. Raises `LetterError`."""
    if verify_key is None:
        raise LetterError("The sender is unknown here, or signed with a key that is not in the directory.")
    try:
        Ed25519PublicKey.from_public_bytes(verify_key).verify(letter.signature, letter.envelope_bytes)
    except InvalidSignature as error:
        raise LetterError("The signature does not hold: the letter was altered, or is not from the sender it names.") from error
    return letter.envelope


def open_letter(letter: SealedLetter, keys: LetterKeys) -> dict[str, Any]:
    """What a letter says, checked against its hash and schema. Raises `LetterError`."""
    try:
        plain = _open_with(keys.open_key, letter.content, letter.envelope_bytes)
    except (InvalidTag, ValueError) as error:
        raise LetterError("The letter does not open: it was altered, or is meant for another body.") from error
    envelope = letter.envelope
    if hashlib.sha256(plain).hexdigest() != envelope.sha256:
        raise LetterError("What the letter says is not what was signed.")
    return check(envelope.type, envelope.version, json.loads(plain))


def check(kind: str, version: int, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content in its JSON form, as its type's schema has it. Raises `LetterError`."""
    schema = schema_of(kind, version)
    if schema is None:
        raise LetterError(f"There is no letter of type '{kind}' in version {version} here.")
    try:
        return dict(schema().dump(schema().load(dict(content))))
    except ValidationError as error:
        raise LetterError(f"The letter does not fit its type '{kind}': {error.messages}.") from error


def _seal_for(public: bytes, plain: bytes, about: bytes) -> bytes:
    own = X25519PrivateKey.generate()
    shared = own.exchange(X25519PublicKey.from_public_bytes(public))
    own_public = own.public_key().public_bytes_raw()
    return own_public + AESGCM(_key(shared, own_public, public)).encrypt(_NONCE, plain, about)


def _open_with(private: bytes, sealed: bytes, about: bytes) -> bytes:
    own = X25519PrivateKey.from_private_bytes(private)
    their_public = sealed[:32]
    shared = own.exchange(X25519PublicKey.from_public_bytes(their_public))
    return AESGCM(_key(shared, their_public, own.public_key().public_bytes_raw())).decrypt(_NONCE, sealed[32:], about)


def _key(shared: bytes, ephemeral: bytes, receiver: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"threefold letter" + ephemeral + receiver).derive(shared)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
