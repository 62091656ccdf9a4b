"""From elements that anyone may have written to values that are good, or None."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from pydantic import ValidationError

from shared.claims import PayerStatus

_LARGEST_AMOUNT = Decimal("9999999999.99")


def number_or_none(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def amount_or_none(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount <= _LARGEST_AMOUNT or amount != round(amount, 2):
        return None
    return amount.quantize(Decimal("0.01"))


def day_or_none(text: str) -> date | None:
    """CCYYMMDD."""
    try:
        return date.fromisoformat(text) if len(text) == 8 and text.isdigit() else None
    except ValueError:
        return None


@lru_cache(maxsize=4_096)
def status_or_none(
    category: str,
    status: str,
    *,
    level: str,
    entity: str = "",
    line_number: int | None = None,
    text: str = "",
    total: str = "",
) -> PayerStatus | None:
    """A status, or None where its codes are none. A file says the same few of its claims, level by level."""
    try:
        return PayerStatus.model_validate(
            {
                "category": category,
                "status": status,
                "entity": entity or None,
                "level": level,
                "line_number": line_number,
                "text": text[:80] or None,
                "total": amount_or_none(total),
            }
        )
    except ValidationError:
        return None
