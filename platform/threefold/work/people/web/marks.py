"""What a page tells the browser apart people by: so that what one of them typed is never offered to another on the same machine."""

from __future__ import annotations

import hmac
from hashlib import sha256
from uuid import UUID

from flask import current_app


def mark_of(person_id: UUID) -> str:
    """The same for one person always, and for no two; it names nobody, and opens nothing."""
    key: bytes = current_app.config["SECRET_KEY"]
    return hmac.new(key, b"whose words a browser keeps " + person_id.bytes, sha256).hexdigest()[:32]
