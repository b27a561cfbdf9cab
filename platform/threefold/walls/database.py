"""The shape of what is stored: one metadata, four schemas, and the row every walled table is made of.

Flask-SQLAlchemy supplies models, metadata and the web's engine. Sessions come only from `walls.session`: the ambient
session and `Model.query` are lint errors, because they know no body.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, ForeignKeyConstraint, LargeBinary, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from threefold.walls.sealed import SealedValue

SCHEMAS = ("directory", "body", "post", "published")
WALLED = "body"

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class SealedColumn(TypeDecorator[SealedValue]):
    """A column that holds only sealed bytes. Its Python type is `SealedValue`, so a plain text cannot be put in it."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: SealedValue | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, SealedValue):
            raise TypeError("Only a sealed value goes into this column: seal it with the unit.")
        return value.raw

    def process_result_value(self, value: Any, dialect: Dialect) -> SealedValue | None:
        return None if value is None else SealedValue(bytes(value))


class Base(DeclarativeBase):
    """Everything stored."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={UUID: PgUUID(as_uuid=True), datetime: DateTime(timezone=True), str: Text},
    )


class BodyRow(Base):
    """A row behind the wall. `tenant_id` leads every key; it is filled in from the scope and never chosen."""

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(PgUUID(as_uuid=True), primary_key=True, sort_order=-100)

    __table_args__: Any = {"schema": WALLED}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # A capability's table names its keys and indexes; that it stands behind the wall is added here.
        own = cls.__dict__.get("__table_args__")
        if isinstance(own, tuple) and not (own and isinstance(own[-1], dict)):
            cls.__table_args__ = (*own, {"schema": WALLED})
        super().__init_subclass__(**kwargs)


def belongs_to(parent: type[BodyRow], *columns: str) -> ForeignKeyConstraint:
    """A reference to a row of the same body: the tenant is part of the key, so it can point at no other body's row."""
    table = cast(Table, parent.__table__)
    keys = [c.name for c in table.primary_key.columns if c.name != "tenant_id"]
    return ForeignKeyConstraint(
        ["tenant_id", *columns], [f"{WALLED}.{table.name}.tenant_id", *(f"{WALLED}.{table.name}.{k}" for k in keys)]
    )


def refused_with(error: BaseException) -> str:
    """What a function or trigger of ours said where it refused something (`TF001`): of an error as it was raised, or of what led to it."""
    seen: BaseException | None = error
    while seen is not None:
        cause: Any = getattr(seen, "orig", None) or seen
        if getattr(cause, "sqlstate", "") == "TF001":
            return str(cause.diag.message_primary)
        seen = seen.__cause__
    return ""


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
