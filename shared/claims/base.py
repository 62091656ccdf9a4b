"""The base of every value on a claim, and the small types whose reading must be exact.

All models are frozen, refuse unknown fields and read strictly: `"12"` is not `12`, and a `datetime` is not a `date`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

T = TypeVar("T")


class Model(BaseModel):
    """A frozen, strict value. Change is a new value: `claim.model_copy(update={...})`."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        ser_json_inf_nan="strings",
        # A problem document must say what is wrong, never repeat the patient's data.
        hide_input_in_errors=True,
    )


@dataclass(frozen=True)
class X12:
    """Where a field stands in the implementation guide: a loop (`2010AA`), an element (`NM109`) or both (`2300.CLM02`).

    Put beside the field as `Annotated[..., X12("2010AA")]`; `shared.claims.x12_location` joins them along a path.
    """

    location: str


Many = Annotated[tuple[T, ...], Field(strict=False)]
"""Zero or more values, kept in order. Read from a JSON array or any Python sequence."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _read_date(value: Any) -> Any:
    if isinstance(value, str):
        if not _ISO_DATE.fullmatch(value):
            raise PydanticCustomError("date_format", "a date is written YYYY-MM-DD")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise PydanticCustomError("date_impossible", "there is no such day in the calendar") from error
    return value


def _read_instant(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise PydanticCustomError("instant_format", "a time is written in ISO 8601 with its offset") from error
    return value


Date = Annotated[date, BeforeValidator(_read_date, json_schema_input_type=str)]
"""A calendar day, `YYYY-MM-DD`. Service, birth and statement dates have no time zone."""

Instant = Annotated[AwareDatetime, BeforeValidator(_read_instant, json_schema_input_type=str)]
"""A moment with its offset from UTC. A naive time is refused."""


_NOT_A_NUMBER = PydanticCustomError("decimal_type", "an amount is a number or a string of digits")


def _read_decimal(value: Any) -> Decimal:
    match value:
        case Decimal():
            return value
        case float():
            # A JSON number arrives as a float; its shortest form is what the sender wrote (exact below 16 digits).
            return Decimal(repr(value))
        case int() | str() if not isinstance(value, bool):
            try:
                return Decimal(value)
            except InvalidOperation:
                raise _NOT_A_NUMBER from None
        case _:
            raise _NOT_A_NUMBER


def _check_money(value: Decimal) -> Decimal:
    if abs(value) >= 10**10:
        raise PydanticCustomError("money_range", "an amount of money has at most ten digits before its decimals")
    if value != round(value, 2):
        raise PydanticCustomError("money_places", "an amount of money has at most two decimals")
    return value.quantize(Decimal("0.01"))


def _two_places(value: Decimal) -> str:
    return f"{value:.2f}"


def _not_negative(value: Decimal) -> Decimal:
    if value < 0:
        raise PydanticCustomError("money_negative", "this amount cannot be negative")
    return value


_decimal_in = BeforeValidator(_read_decimal, json_schema_input_type=Decimal | str)

Money = Annotated[Decimal, _decimal_in, AfterValidator(_check_money), PlainSerializer(_two_places, return_type=str)]
"""United States dollars, exactly two decimals, of either sign. JSON: a string such as `"125.00"`."""

Amount = Annotated[Money, AfterValidator(_not_negative)]
"""United States dollars, zero or more."""


def _check_quantity(value: Decimal) -> Decimal:
    if abs(value) >= 10**12 or value != round(value, 3):
        raise PydanticCustomError("quantity_range", "a quantity is finite and has at most three decimals")
    return value


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


Quantity = Annotated[Decimal, _decimal_in, AfterValidator(_check_quantity), PlainSerializer(_plain, return_type=str)]
"""A count or measure (units, minutes, days, milligrams), at most three decimals. JSON: a string such as `"1.5"`."""


def _check_weight(value: Decimal) -> Decimal:
    if not 0 <= value < 1000 or value != round(value, 5):
        raise PydanticCustomError("weight_range", "a relative weight is below 1,000 and has at most five decimals")
    return value


Weight = Annotated[Decimal, _decimal_in, AfterValidator(_check_weight), PlainSerializer(_plain, return_type=str)]
"""A relative weight of a payment system. JSON: a string such as `"1.2345"`."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _no_control(value: str) -> str:
    if _CONTROL.search(value):
        raise PydanticCustomError("text_control_character", "control characters cannot stand in a claim")
    return value


Text = Annotated[str, AfterValidator(_no_control), Field(min_length=1, max_length=80)]
"""One line of free text, as long as the longest X12 name or note element (80)."""

Code = Annotated[str, AfterValidator(_no_control), Field(min_length=1, max_length=10)]
"""A short code whose list an authority publishes; that it is on the list on a given date is an edit's business."""

Reference = Annotated[str, AfterValidator(_no_control), Field(min_length=1, max_length=50)]
"""A reference number as another party wrote it: X12 REF02, at most 50 characters."""
