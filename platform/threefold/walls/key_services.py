"""Where a master key is: in a file, or in a key management service that never lets it out.

A service does three things with it, each for a stated purpose (`about`): wraps a key, opens one, and derives one. The
service over HTTP is asked as `POST URL/wrap`, `/unwrap` and `/derive` with JSON, bytes in base64:

    {"about": "...", "key": "..."} -> {"wrapped": "..."}
    {"about": "...", "wrapped": "..."} -> {"key": "..."}, or 422 where it was not wrapped by this key for this purpose
    {"about": "..."} -> {"key": "..."}, 32 bytes that follow from the key and the purpose, the same each time

Whatever product stands behind it needs a small adapter that speaks this, on the same machine or over https.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import requests
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from threefold.domain.errors import ThreefoldError

_NONCE = 12
_SECONDS = 5.0


class KeyServiceUnavailable(ThreefoldError):
    """The key management service does not answer, or answers something that is no answer."""


class KeyService(Protocol):
    """What a master key does."""

    def wrap(self, key: bytes, about: bytes) -> bytes:
        """`key` wrapped for a purpose."""

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes | None:
        """The key in it; None where another master key wrapped it, or for another purpose, or it was altered."""

    def derive(self, about: bytes) -> bytes:
        """32 bytes for a purpose. Nothing of the master key follows from them."""


class FileKey:
    """A master key of 32 bytes in this process's memory."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ThreefoldError(
                "The master key must be 32 bytes. Make one with `threefold doctor --make-keys`.",
                field="THREEFOLD_MASTER_KEY_FILE",
            )
        self._box, self._key = AESGCM(key), key

    @classmethod
    def read(cls, path: Path) -> FileKey:
        return cls(bytes.fromhex(path.read_text(encoding="ascii").strip()))

    def wrap(self, key: bytes, about: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._box.encrypt(nonce, key, about)

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes | None:
        try:
            return self._box.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], about)
        except (InvalidTag, ValueError):
            return None

    def derive(self, about: bytes) -> bytes:
        return HKDF(hashes.SHA256(), 32, salt=None, info=about).derive(self._key)


class HttpKey:
    """A master key in a key management service. What `token` gives is shown to it with each question: it may be another each time."""

    def __init__(self, url: str, token: Callable[[], str] = lambda: "") -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._derived: dict[bytes, bytes] = {}

    def wrap(self, key: bytes, about: bytes) -> bytes:
        wrapped = self._ask("wrap", "wrapped", about=about, key=key)
        if wrapped is None:
            raise KeyServiceUnavailable("The key management service refuses to wrap a key.", field="THREEFOLD_KMS_URL")
        return wrapped

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes | None:
        return self._ask("unwrap", "key", about=about, wrapped=wrapped)

    def derive(self, about: bytes) -> bytes:
        """Asked once a process for each purpose: the index and the scopes need it with every page."""
        if about not in self._derived:
            made = self._ask("derive", "key", about=about)
            if made is None or len(made) != 32:
                raise KeyServiceUnavailable("The key management service derives no key of 32 bytes.", field="THREEFOLD_KMS_URL")
            self._derived[about] = made
        return self._derived[about]

    def _ask(self, what: str, answer: str, **told: bytes) -> bytes | None:
        sent = {name: base64.b64encode(value).decode() for name, value in told.items()}
        try:
            token = self._token()
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            said = requests.post(f"{self._url}/{what}", json=sent, headers=headers, timeout=_SECONDS, allow_redirects=False)
            if said.status_code == 422:
                return None
            if said.status_code != 200:
                raise KeyServiceUnavailable(
                    f"The key management service answers {said.status_code}.", field="THREEFOLD_KMS_URL"
                )
            return base64.b64decode(said.json()[answer], validate=True)
        except (requests.RequestException, OSError, KeyError, TypeError, ValueError) as error:  # never with what was sent
            raise KeyServiceUnavailable(
                f"The key management service cannot be reached ({type(error).__name__}).", field="THREEFOLD_KMS_URL"
            ) from None
