"""Column types that mean the same on both databases, and the ids of new rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import uuid_utils
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

_CENT = Decimal("0.01")
_JSON_ONLY = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def new_id() -> str:
    """A UUIDv7 (RFC 9562): its text sorts by the time of its making, so that new rows go to the end of an index."""
    return str(uuid_utils.uuid7())


def json_text(value: Any) -> str:
    """A JSON value as it is written to the database. Raises TypeError for what is none."""
    try:
        return orjson.dumps(value, option=_JSON_ONLY).decode()
    except TypeError:
        # An integer beyond 64 bits, half a surrogate pair, a key that is no text: nine times as slow, but it is kept.
        return json.dumps(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept and given back in UTC to the microsecond. A naive one raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a moment without its zone cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite keeps no zone; what was kept is UTC.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonDocument(TypeDecorator[Any]):
    """A JSON value: JSONB on PostgreSQL, text on SQLite. None is NULL. The order of an object's members may be lost."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        plain = JSONB(none_as_null=True) if dialect.name == "postgresql" else JSON(none_as_null=True)
        return dialect.type_descriptor(plain)


class MoneyColumn(TypeDecorator[Decimal]):
    """Dollars to the cent, exact: NUMERIC(14,2) on PostgreSQL, whole cents on SQLite, which has no exact decimals.

    Sorting, comparing and `sum` work in both. Raises TypeError for a float, ValueError for a fraction of a cent.
    """

    impl = Numeric(14, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(14, 2))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, Decimal | int):
            raise TypeError(f"money is Decimal, not {type(value).__name__}")
        exact = Decimal(value).quantize(_CENT)
        if exact != value:
            raise ValueError("money has no fraction of a cent")
        return int(exact * 100) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return (Decimal(value) / 100 if dialect.name == "sqlite" else Decimal(value)).quantize(_CENT)
