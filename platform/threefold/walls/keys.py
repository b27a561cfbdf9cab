"""A body's keys as a process uses them: unwrapped when they are needed, and looked at again every half minute.

They are not kept longer, so that a key that another process added is soon used by all, and one that was destroyed opens
nothing any more anywhere, without a restart.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from threefold.exchange.letters import LetterError, LetterKeys
from threefold.walls.asking import word
from threefold.walls.sealed import DataKey, KeysDestroyed, MasterKey, SealBroken, new_data_key, seal
from threefold.walls.tables import BodyKey

if TYPE_CHECKING:
    from threefold.walls.bound import WalledSession
    from threefold.walls.session import Unit

KEPT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class PublicKey:
    no: int
    verify_key: bytes
    seal_key: bytes


class _Kept:
    """Values that are forgotten after some seconds: let go when anything is asked for, in the order in which they came."""

    def __init__(self) -> None:
        self._values: dict[Any, tuple[float, Any]] = {}

    def get(self, key: Any, seconds: float) -> Any:
        until = time.monotonic() - seconds
        for old, (since, _) in list(self._values.items()):
            if since > until:
                break
            self._values.pop(old, None)
        return self._values.get(key, (0.0, None))[1]

    def put(self, key: Any, value: Any) -> Any:
        self._values.pop(key, None)
        self._values[key] = (time.monotonic(), value)
        return value


class BodyKeys:
    """The keys of bodies. `kept_seconds`: how long one is used before it is looked at again."""

    def __init__(self, master: MasterKey, kept_seconds: float = KEPT_SECONDS) -> None:
        self.master, self.kept_seconds = master, kept_seconds
        self._newest, self._data, self._letters = _Kept(), _Kept(), _Kept()

    def newest_key(self, unit: Unit) -> DataKey:
        """The key that seals from now on."""
        no = self._newest.get(unit.scope.body_id, self.kept_seconds)
        if no is None:
            no = unit.session.execute(select(func.max(BodyKey.key_no))).scalar()
            if no is None:
                raise SealBroken("This body has no key yet. Run `threefold tenants load`.")
            self._newest.put(unit.scope.body_id, no)
        return self.data_key(unit, no)

    def data_key(self, unit: Unit, no: int) -> DataKey:
        """One of the body's keys. Raises `KeysDestroyed` when it was destroyed."""
        place = (unit.scope.body_id, no)
        found: DataKey | None = self._data.get(place, self.kept_seconds)
        if found is None:
            wrapped = unit.session.execute(select(BodyKey.wrapped).where(BodyKey.key_no == no)).scalar()
            if wrapped is None:
                raise SealBroken("The key that sealed this is gone: what it sealed cannot be read any more.")
            if not wrapped:
                raise KeysDestroyed
            found = self._data.put(place, self.master.unwrap(unit.scope.body_id, no, wrapped))
        return found

    def letter_keys(self, unit: Unit, no: int | None = None) -> LetterKeys:
        """The body's private letter keys: the newest, or those of a number."""
        number = no or self.newest_key(unit).no
        place = (unit.scope.body_id, number)
        found: LetterKeys | None = self._letters.get(place, self.kept_seconds)
        if found is None:
            row = unit.session.execute(
                select(BodyKey.wrapped, BodyKey.sign_key, BodyKey.open_key).where(BodyKey.key_no == number)
            ).first()
            if row is not None and not row.wrapped:
                raise KeysDestroyed
            if row is None or row.sign_key is None or row.open_key is None:
                raise LetterError("This body has no letter keys of that number.")
            found = self._letters.put(place, LetterKeys(number, unit.open_sealed(row.sign_key), unit.open_sealed(row.open_key)))
        return found

    def has_keys(self, unit: Unit) -> bool:
        return unit.session.execute(select(func.max(BodyKey.key_no))).scalar() is not None

    def add_keys(self, unit: Unit, cipher: int | None = None) -> int:
        """Give the body its next data key and letter keys, and publish the public halves. Old ones keep opening.

        `cipher`: which one the key is for (`sealed.CIPHERS`); left out, the same as the key before.
        """
        newest = unit.session.execute(select(BodyKey.key_no, BodyKey.wrapped).order_by(BodyKey.key_no.desc()).limit(1)).first()
        if newest is not None and not newest.wrapped:
            raise KeysDestroyed
        no = newest.key_no + 1 if newest is not None else 1
        if cipher is None:
            cipher = self.master.unwrap(unit.scope.body_id, no - 1, newest.wrapped).cipher if newest is not None else 1
        key, letters = new_data_key(unit.scope.body_id, no, cipher), LetterKeys.new(no)
        unit.session.add(BodyKey(
            key_no=no, wrapped=self.master.wrap(key), sign_key=seal(key, letters.sign_key), open_key=seal(key, letters.open_key), created_at=unit.at,
        ))  # fmt: skip
        unit.session.flush()
        unit.session.execute(select(func.directory.publish_key(no, letters.verify_key, letters.seal_key, unit.at)))
        self._data.put((unit.scope.body_id, no), key)
        self._newest.put(unit.scope.body_id, no)
        self._letters.put((unit.scope.body_id, no), letters)
        return no

    def audit_key(self, unit: Unit) -> bytes:
        """The key of the body's audit chain: the one that is kept, else what follows from the master key it was begun with."""
        first = unit.session.execute(
            select(BodyKey.key_no, BodyKey.wrapped, BodyKey.audit_key).order_by(BodyKey.key_no).limit(1)
        ).first()
        if first is not None and first.audit_key is not None:
            return self.master.kept_audit_key(unit.scope.body_id, first.audit_key)
        return self.master.audit_key(unit.scope.body_id, (first.key_no, first.wrapped) if first and first.wrapped else None)

    def forget_keys(self) -> None:
        """Look every key up again when it is needed next."""
        self._newest, self._data, self._letters = _Kept(), _Kept(), _Kept()

    def public_key(self, session: WalledSession, body_id: UUID, no: int | None = None) -> PublicKey | None:
        """A body's public keys: the newest in use, or those of a number. Not kept: a key may be rotated elsewhere."""
        said = word(session.key, session.connection(), "directory.public_key")
        found = func.directory.public_key(said, body_id, no).table_valued("key_no", "verify_key", "seal_key")
        row = session.execute(select(found.c.key_no, found.c.verify_key, found.c.seal_key)).first()
        return PublicKey(row[0], bytes(row[1]), bytes(row[2])) if row else None
