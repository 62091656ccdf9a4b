"""A streaming reader of X12: any transaction set, any separators, memory bounded by the longest segment.

Tolerant where files of real life are: a byte-order mark, blanks before ISA, line ends between or inside segments, an
ISA whose elements lost their padding, trailers that are missing, several interchanges in one file. Strict where going
on would be guessing: see `X12Fault`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from shared.x12.errors import Position, X12Error, X12Fault
from shared.x12.segment import Segment
from shared.x12.separators import Separators

_CHUNK = 1 << 16
_ISA_ELEMENTS = 16
_LONGEST_ISA = 256
_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n\x1a"
_SOME_BLANKS = re.compile(rb"[ \t\r\n\x1a]+")
_PRINTABLE = bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100))
_NO_LINE_ENDS = {ord("\r"): None, ord("\n"): None}
_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest element and segment that are taken, in bytes. The 5010 guides allow elements of 264, NTE of 80."""

    element: int = 4_096
    segment: int = 65_536


def read(source: bytes | BinaryIO, limits: Limits | None = None) -> Iterator[tuple[Segment, Position]]:
    """Every segment of every interchange in `source`, with its position, as it is read.

    Raises X12Error, and nothing else of its own, at the first place where the text is not X12.
    """
    text = _Window(io.BytesIO(source) if isinstance(source, bytes) else source)
    text.skip_bom()
    limits = limits or Limits()
    read_any = False
    while text.skip_blanks():
        if not text.starts_with(b"ISA"):
            fault: X12Fault = "text_outside_interchange" if read_any else "isa_missing"
            raise X12Error(fault, "an interchange begins with ISA", Position(text.offset))
        yield from _Interchange(text, limits)
        read_any = True
    if not read_any:
        raise X12Error("isa_missing", "there is no interchange in the file", Position(text.offset))


class _Window:
    """The part of a stream that is being read. `offset` is where the window begins, in bytes from the start."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._bytes = b""
        self._begin = 0
        self._before = 0

    @property
    def offset(self) -> int:
        return self._before + self._begin

    def _fill(self) -> bool:
        chunk = self._stream.read(_CHUNK)
        self._before += self._begin
        self._bytes = self._bytes[self._begin :] + chunk
        self._begin = 0
        return bool(chunk)

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        while len(self._bytes) - self._begin < size and self._fill():
            pass
        return self._bytes[self._begin : self._begin + size]

    def starts_with(self, prefix: bytes) -> bool:
        return self.peek(len(prefix)) == prefix

    def skip_bom(self) -> None:
        if self.starts_with(_BOM):
            self._begin += len(_BOM)

    def skip_blanks(self) -> bool:
        """Pass over blanks and line ends. Whether anything follows."""
        while True:
            if blanks := _SOME_BLANKS.match(self._bytes, self._begin):
                self._begin = blanks.end()
            if self._begin < len(self._bytes):
                return True
            if not self._fill():
                return False

    def rewind(self, offset: int) -> None:
        """Back to where a segment began that was the last one taken."""
        self._begin = offset - self._before

    def take(self, size: int) -> bytes:
        taken = self.peek(size)
        self._begin += len(taken)
        return taken

    def until(self, terminator: bytes, longest: int) -> Iterator[tuple[int, bytes]]:
        """What stands between terminators, each with its offset and without blanks before it; at last what has none.

        Whoever stops asking finds the window right behind what was given last.
        """
        while True:
            while (end := self._bytes.find(terminator, self._begin)) >= 0:
                offset, raw = self.offset, self._bytes[self._begin : end]
                self._begin = end + 1
                yield _without_blanks(offset, raw, longest)
            offset, rest = _without_blanks(self.offset, self._bytes[self._begin :], longest)
            if not self._fill():
                self._begin = len(self._bytes)
                yield offset, rest
                return


def _without_blanks(offset: int, raw: bytes, longest: int) -> tuple[int, bytes]:
    if len(raw) > longest:
        raise X12Error("segment_too_long", f"a segment has at most {longest} bytes", Position(offset))
    if raw[:1] > b" ":
        return offset, raw
    text = raw.lstrip(_BLANKS)
    return offset + len(raw) - len(text), text


class _Interchange:
    """One interchange: its separators from ISA, then its segments up to IEA, the next ISA or the end."""

    def __init__(self, text: _Window, limits: Limits) -> None:
        self._text = text
        self._limits = limits
        self._known_ids: set[str] = set()

    def __iter__(self) -> Iterator[tuple[Segment, Position]]:
        begin = Position(self._text.offset)
        isa = self._isa(begin)
        yield isa, begin
        separators = isa.separators
        terminator, element = separators.segment.encode(), separators.element.encode()
        controls = b"\r\n" + "".join(separators).encode()
        set_header, next_isa = b"ST" + element, b"ISA" + element
        index = 0
        for offset, raw in self._text.until(terminator, self._limits.segment):
            if raw.startswith(next_isa):
                self._text.rewind(offset)
                return
            if not raw:
                continue
            index = 1 if raw.startswith(set_header) else index + (index > 0)
            position = Position(offset, index)
            segment = self._segment(raw, separators, controls, position)
            yield segment, position
            if segment.id == "SE":
                index = 0
            elif segment.id == "IEA":
                return

    def _isa(self, begin: Position) -> Segment:
        head = self._text.peek(_LONGEST_ISA)
        element, end = head[3:4], 3
        for _ in range(_ISA_ELEMENTS - 1):
            end = head.find(element, end + 1) if element else -1
            if end < 0:
                raise X12Error("isa_truncated", "an ISA has sixteen elements", begin)
        if len(head) < end + 3:
            raise X12Error("isa_truncated", "the ISA ends before its separators", begin)
        raw = self._text.take(end + 3)
        if not raw.isascii():
            raise X12Error("separators", "the ISA holds bytes that are not ASCII", begin)
        # ISA16 and the terminator are single bytes whatever they are, the element separator included.
        _, *elements = raw[:-2].decode("ascii").split(chr(element[0]))[:_ISA_ELEMENTS]
        component, terminator = chr(raw[-2]), chr(raw[-1])
        repetition = elements[10] if elements[11] >= "00402" and not elements[10].isalnum() else ""
        try:
            separators = Separators(chr(element[0]), component, repetition, terminator)
        except X12Error as error:
            raise X12Error(error.code, str(error), begin) from None
        return Segment("ISA", (*elements, component), separators)

    def _segment(self, raw: bytes, separators: Separators, controls: bytes, position: Position) -> Segment:
        text = _decoded(raw)
        if not text.isprintable():
            if raw.translate(None, _PRINTABLE + controls):
                raise X12Error("binary", "a segment holds control characters", position)
            text = text if "\n" in separators or "\r" in separators else text.translate(_NO_LINE_ENDS)
        name, *elements = text.split(separators.element)
        if name not in self._known_ids:
            if not _SEGMENT_ID.fullmatch(name):
                raise X12Error(
                    "segment_id", "a segment id is a capital letter and one or two more characters", position
                )
            self._known_ids.add(name)
        if len(raw) > self._limits.element and max(map(len, elements)) > self._limits.element:
            raise X12Error("element_too_long", f"an element has at most {self._limits.element} bytes", position)
        return Segment(name, tuple(elements), separators)


def _decoded(raw: bytes) -> str:
    """Version 5010 leaves the encoding of national characters to the partners: UTF-8 where it is that, else Latin-1."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
