"""A message as its segments and fields; `hl7` does the parting, and nothing here knows what a field means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import hl7

from services.encoder.domain.hl7.escapes import Delimiters
from services.encoder.domain.hl7.faults import refused

Place = tuple[str, int, int | None]
"""Segment name, which one of that name (from one), field."""

CHARSETS = {
    "": "utf-8",
    "ASCII": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "8859/1": "latin-1",
    "8859/2": "iso8859-2",
    "8859/3": "iso8859-3",
    "8859/4": "iso8859-4",
    "8859/5": "iso8859-5",
    "8859/6": "iso8859-6",
    "8859/7": "iso8859-7",
    "8859/8": "iso8859-8",
    "8859/9": "iso8859-9",
    "8859/15": "iso8859-15",
}
"""MSH-18 (HL7 table 0211) as Python names its codecs. One that is empty is read as UTF-8, of which ASCII is a part."""

_SEGMENT_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_LINE_END = re.compile(r"\r\n|\n|\r")
_BEFORE_HEADER = b"\xef\xbb\xbf \t\r\n"
_NULL = '""'
"""HL7's own null: the value is to be deleted, which is another thing than not being told."""


@dataclass(frozen=True)
class Segment:
    """One segment. Fields, repetitions, components and subcomponents count from one; what is not there is empty."""

    name: str
    sequence: int
    fields: hl7.Segment
    delimiters: Delimiters
    charset: str

    def text(self, field: int, component: int = 1, *, repetition: int = 1, subcomponent: int = 1) -> str:
        """The value, unescaped and without spaces around it; empty for HL7's null."""
        value = self.raw(field, component, repetition=repetition, subcomponent=subcomponent)
        return "" if value == _NULL else self.delimiters.unescape(value, self.charset).strip()

    def raw(self, field: int, component: int = 1, *, repetition: int = 1, subcomponent: int = 1) -> str:
        """The value as it stands in the message."""
        parts = _parts(self.fields, field, repetition)
        component_parts = _nth(parts, component)
        if isinstance(component_parts, str):
            return component_parts if subcomponent == 1 else ""
        found = _nth(component_parts, subcomponent)
        return found if isinstance(found, str) else ""

    def is_null(self, field: int) -> bool:
        """The sender says that there is no such value."""
        return self.raw(field) == _NULL

    def whole(self, field: int, *, repetition: int = 1) -> str:
        """A field whose delimiters are text after all (FT and TX are often sent so), unescaped."""
        field_values = self.fields[field] if field < len(self.fields) else []
        value = str(field_values[repetition - 1]) if repetition <= len(field_values) else ""
        return self.delimiters.unescape(value, self.charset)

    def repetitions(self, field: int) -> Iterator[int]:
        """The numbers of the field's repetitions that hold anything."""
        values = self.fields[field] if field < len(self.fields) else []
        for index, value in enumerate(values, 1):
            if str(value):
                yield index

    def at(self, field: int | None = None) -> Place:
        return self.name, self.sequence, field


def _parts(fields: hl7.Segment, field: int, repetition: int) -> list[object]:
    if not 0 < field < len(fields) or repetition > len(fields[field]):
        return []
    value = fields[field][repetition - 1]
    return [value] if isinstance(value, str) else list(value)


def _nth(values: object, number: int) -> object:
    return values[number - 1] if isinstance(values, list) and 0 < number <= len(values) else ""


@dataclass(frozen=True)
class Message:
    """A message whose header made sense."""

    segments: tuple[Segment, ...]
    delimiters: Delimiters
    charset: str

    @property
    def header(self) -> Segment:
        return self.segments[0]

    def first(self, name: str) -> Segment | None:
        return next(self.all(name), None)

    def all(self, *names: str) -> Iterator[Segment]:
        return (segment for segment in self.segments if segment.name in names)

    @cached_property
    def kind(self) -> str:
        """MSH-9.1, such as ADT."""
        return self.header.text(9)

    @cached_property
    def trigger(self) -> str:
        """MSH-9.2, such as A01; where it is left out, EVN-1."""
        event = self.first("EVN")
        return self.header.text(9, 2) or (event.text(1) if event else "")

    @property
    def control_id(self) -> str:
        """MSH-10."""
        return self.header.text(10)

    @property
    def sender(self) -> str:
        """Who sent it, as far as control ids are concerned: MSH-3 and MSH-4."""
        return f"{self.header.text(3)}|{self.header.text(4)}"


def read_message(content: bytes) -> Message:
    """The message in `content`, which holds one. Raises MessageRefused."""
    delimiters = _delimiters(content)
    charset = _charset(content, delimiters)
    try:
        text = content.decode(charset)
    except UnicodeDecodeError:
        raise refused("102", "the message is not in the character set that MSH-18 names", "MSH", 18) from None
    lines = [line for line in _LINE_END.split(text.replace("\x00", "")) if line.strip()]
    lines[0] = lines[0].lstrip("\ufeff \t")
    for number, line in enumerate(lines, 1):
        if not _SEGMENT_NAME.fullmatch(line[:3]) or (len(line) > 3 and line[3] != delimiters.field):
            raise refused("100", f"line {number} is not a segment")
    return Message(tuple(_segments("\r".join(lines), delimiters, charset)), delimiters, charset)


def _segments(text: str, delimiters: Delimiters, charset: str) -> Iterator[Segment]:
    seen: dict[str, int] = {}
    for fields in hl7.parse(text):
        name = str(fields[0])
        seen[name] = seen.get(name, 0) + 1
        yield Segment(name, seen[name], fields, delimiters, charset)


def _delimiters(content: bytes) -> Delimiters:
    """MSH-1 and MSH-2. They are ASCII and all different, or the message cannot be parted."""
    head = content.lstrip(_BEFORE_HEADER)[:10].decode("latin-1")
    if not head.startswith("MSH") or len(head) < 5 or head[3] not in head[4:]:
        raise refused("100", "a message begins with MSH and its delimiters", "MSH")
    separator = head[3]
    given = head[4:].partition(separator)[0][:5]
    characters = given + Delimiters().encoding_characters[len(given) :]
    used = separator + characters[:4]
    if not 2 <= len(given) <= 5 or len(set(used)) < len(used) or not all(_is_delimiter(one) for one in used):
        raise refused("102", "MSH-1 and MSH-2 do not name delimiters that can be told apart", "MSH", 2)
    return Delimiters(separator, *characters[:4])


def _is_delimiter(character: str) -> bool:
    return character.isascii() and character.isprintable() and not character.isalnum() and character != " "


def _charset(content: bytes, delimiters: Delimiters) -> str:
    line = re.split(rb"[\r\n]", content.lstrip(_BEFORE_HEADER), maxsplit=1)[0]
    fields = line.decode("latin-1").split(delimiters.field)
    named = fields[17].partition(delimiters.repetition)[0].strip().upper() if len(fields) > 17 else ""
    if named not in CHARSETS:
        raise refused("103", "the character set is none that is read here", "MSH", 18)
    return CHARSETS[named]
