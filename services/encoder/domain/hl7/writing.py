"""A message written: segments of fields, each a text, components, or repetitions of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.encoder.domain.hl7.escapes import Delimiters
from services.encoder.domain.hl7.times import written

SENDER = "REVCYCLE"
VERSION = "2.6"
"""The structures that we write: BAR_P12 with DG1-26, the present-on-admission indicator, came with 2.6."""


@dataclass(frozen=True)
class Repeated:
    """The repetitions of one field."""

    values: Sequence[str | Sequence[str]]


Field = str | int | None | Sequence[str] | Repeated
"""A text, a number, the components of one value, or repetitions."""


def segment(name: str, *fields: Field, delimiters: Delimiters = Delimiters()) -> str:  # noqa: B008 - frozen
    """`segment("MSA", "AA", "17")`; empty fields at the end are left out."""
    written_fields = [_field(field, delimiters) for field in fields]
    while written_fields and not written_fields[-1]:
        written_fields.pop()
    return delimiters.field.join([name, *written_fields])


def header(
    kind: Sequence[str],
    control_id: str,
    at: datetime,
    *,
    receiver: tuple[str, str] = ("", ""),
    facility: str = "",
    processing_id: str = "P",
    version: str = VERSION,
) -> str:
    """MSH for a message of ours. `receiver` is MSH-5 and MSH-6, `facility` MSH-4."""
    delimiters = Delimiters()
    rest = segment(
        "", SENDER, facility, *receiver, written(at), "", kind, control_id, processing_id, version,
        "", "", "", "", "", "UNICODE UTF-8",
    )  # fmt: skip
    return f"MSH{delimiters.field}{delimiters.encoding_characters}{rest}"


def message(segments: Sequence[str]) -> bytes:
    """The segments as they travel: each ended by a carriage return, in UTF-8."""
    return "".join(f"{one}\r" for one in segments).encode("utf-8", "replace")


def _field(field: Field, delimiters: Delimiters) -> str:
    if isinstance(field, Repeated):
        return delimiters.repetition.join(_value(value, delimiters) for value in field.values)
    return _value(field, delimiters)


def _value(value: str | int | Sequence[str] | None, delimiters: Delimiters) -> str:
    if value is None or isinstance(value, str | int):
        return delimiters.escaped("" if value is None else str(value))
    return delimiters.component.join(_without_tail(delimiters.escaped(component) for component in value))


def _without_tail(components: Iterator[str]) -> list[str]:
    kept = list(components)
    while kept and not kept[-1]:
        kept.pop()
    return kept
