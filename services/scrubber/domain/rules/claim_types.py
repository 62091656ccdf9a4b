"""The claim as a condition sees it: one protobuf message type for each model, made from the models themselves.

CEL checks an expression against message types before it runs, so that a field which a claim does not have is refused
when a rule is saved. The types follow `shared.claims` by themselves; nothing is listed twice.

| in the model | in a condition |
|---|---|
| text, codes, identifiers | `string` |
| money | `int`, whole cents, under the name with `_cents`: `claim.total_charge_cents > 100000` |
| quantities | `double`, which reads and compares three decimals as they are written: `line.units > 1.5` |
| days and moments | `timestamp`, a day at midnight UTC |
| lists, parts | `list`, message |

What is not on the claim reads as empty (`''`, 0, false, an empty list, an empty part), never as an error; `has()` tells
the two apart.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from google.protobuf import descriptor_pb2, message_factory, timestamp_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from pydantic import AwareDatetime, PlainSerializer

from services.scrubber.domain.claim_parts import AnyClaim
from shared.claims import ClaimKind, InstitutionalClaim, Model, ProfessionalClaim
from shared.claims.base import Money

PACKAGE = "revcycle"
CLAIM_MODELS: dict[ClaimKind, type[Model]] = {"professional": ProfessionalClaim, "institutional": InstitutionalClaim}

_Field = descriptor_pb2.FieldDescriptorProto
_TIMESTAMP = ".google.protobuf.Timestamp"
_DAY_OF_EPOCH = date(1970, 1, 1).toordinal()
_SECONDS_OF_A_DAY = 86_400
_MONEY_MARK = next(mark for mark in get_args(Money) if isinstance(mark, PlainSerializer))

Converter = Callable[[Any], Any] | None
"""How a value is carried over; None where it goes as it is."""


class Shape(NamedTuple):
    """What a field's annotation comes down to: one type, once or in a list. `is_money` tells cents from quantities."""

    type: Any
    repeated: bool
    is_money: bool


@dataclass(frozen=True)
class Column:
    """One field of a model: the name it has there and in a condition, its shape, and how its value is carried over."""

    name: str
    seen_as: str
    shape: Shape
    convert: Converter


@cache
def columns(model: type[Model]) -> tuple[Column, ...]:
    """The fields of a model as a condition sees them, in the order of the model."""
    hints = get_type_hints(model, include_extras=True)
    return tuple(_column(name, _shape(hints[name])) for name in model.model_fields)


def _column(name: str, shape: Shape) -> Column:
    one = _converter(shape)
    convert = partial(_each, one) if one is not None and shape.repeated else one
    return Column(name, f"{name}_cents" if shape.is_money else name, shape, convert)


def _each(one: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    return [one(value) for value in values]


def _shape(annotation: Any, *, is_money: bool = False) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0], is_money=is_money or _MONEY_MARK in arguments[1:])
    if origin in (Union, types.UnionType):
        return _shape(next(one for one in arguments if one is not type(None)), is_money=is_money)
    if origin is tuple:
        return _shape(arguments[0], is_money=is_money)._replace(repeated=True)
    if origin is Literal:
        return Shape(str, False, False)
    return Shape(datetime if annotation is AwareDatetime else annotation, False, is_money)


def _converter(shape: Shape) -> Converter:
    kind = shape.type
    if issubclass(kind, Model):
        return _fields_of
    if issubclass(kind, Decimal):
        return _cents if shape.is_money else None
    if issubclass(kind, datetime):
        return _moment
    return _midnight if issubclass(kind, date) else None


def _cents(value: Decimal) -> int:
    return int(value.scaleb(2))


def _midnight(day: date) -> dict[str, int]:
    return {"seconds": (day.toordinal() - _DAY_OF_EPOCH) * _SECONDS_OF_A_DAY}


def _moment(value: datetime) -> dict[str, int]:
    return {"seconds": int(value.timestamp())}


def _fields_of(part: Model) -> dict[str, Any]:
    """What stands on a part, by the names of the message. What is not said is left out."""
    values = part.__dict__
    seen: dict[str, Any] = {}
    for name, seen_as, convert in _routes(type(part)):
        value = values[name]
        if value is not None and (value or type(value) is not tuple):
            seen[seen_as] = value if convert is None else convert(value)
    return seen


@cache
def _routes(model: type[Model]) -> tuple[tuple[str, str, Converter], ...]:
    """The same as plain tuples: this is walked for every part of every claim."""
    return tuple((column.name, column.seen_as, column.convert) for column in columns(model))


def claim_message(claim: AnyClaim) -> Message:
    """The claim as a message of its kind's type."""
    return _message_class(type(claim).__name__)(**_fields_of(claim))


def message_type(model: type[Model]) -> str:
    """The full name of a model's message type."""
    return f"{PACKAGE}.{model.__name__}"


@cache
def _message_class(name: str) -> type[Message]:
    found: type[Message] = message_factory.GetMessageClass(pool().FindMessageTypeByName(f"{PACKAGE}.{name}"))
    return found


@cache
def pool() -> DescriptorPool:
    """The message types of both kinds of claim and of everything that stands on them."""
    timestamp = descriptor_pb2.FileDescriptorProto()
    timestamp_pb2.DESCRIPTOR.CopyToProto(timestamp)
    # proto2 keeps for every field whether it was set, which is what has() asks.
    file = _file("claim.proto")
    for model in sorted(models(), key=lambda found: found.__name__):
        _add_message(file, model)
    made = DescriptorPool()
    made.Add(timestamp)
    made.Add(file)
    return made


def _file(name: str) -> descriptor_pb2.FileDescriptorProto:
    return descriptor_pb2.FileDescriptorProto(
        name=name, package=PACKAGE, syntax="proto2", dependency=[timestamp_pb2.DESCRIPTOR.name]
    )


@cache
def models() -> frozenset[type[Model]]:
    """Every model that a condition can come to from a claim."""
    found: set[type[Model]] = set()
    waiting = list(CLAIM_MODELS.values())
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            waiting += list(_parts(model))
    return frozenset(found)


def _parts(model: type[Model]) -> Iterator[type[Model]]:
    yield from (column.shape.type for column in columns(model) if issubclass(column.shape.type, Model))


def _add_message(file: descriptor_pb2.FileDescriptorProto, model: type[Model]) -> None:
    message = file.message_type.add(name=model.__name__)
    for number, column in enumerate(columns(model), start=1):
        kind, name = _protobuf_type(column.shape)
        label = _Field.LABEL_REPEATED if column.shape.repeated else _Field.LABEL_OPTIONAL
        message.field.add(name=column.seen_as, number=number, type=kind, type_name=name, label=label)


def _protobuf_type(shape: Shape) -> tuple[Any, str | None]:
    kind = shape.type
    if issubclass(kind, Model):
        return _Field.TYPE_MESSAGE, f".{PACKAGE}.{kind.__name__}"
    if issubclass(kind, date):
        return _Field.TYPE_MESSAGE, _TIMESTAMP
    if issubclass(kind, Decimal):
        return (_Field.TYPE_INT64 if shape.is_money else _Field.TYPE_DOUBLE), None
    if issubclass(kind, bool):
        return _Field.TYPE_BOOL, None
    if issubclass(kind, int):
        return _Field.TYPE_INT64, None
    if issubclass(kind, str):
        return _Field.TYPE_STRING, None
    raise TypeError(f"a condition cannot see a {kind.__name__}")
