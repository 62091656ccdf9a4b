"""A streaming reader of X12: any transaction set, any separators, memory bounded by the longest segment.

Tolerant where files of real life are: a byte-order mark, blanks before ISA, line ends between or inside segments, an
ISA whose elements lost their padding, trailers that are missing, several interchanges in one file. Strict where going
on would be guessing: see `X12Fault`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO, NamedTuple

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
_PLAIN = bytes(range(0x20, 0x7F))
_NO_LINE_ENDS = {ord("\r"): None, ord("\n"): None}
_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest element and segment that are taken, in bytes. The 5010 guides allow elements of 264, NTE of 80."""

    element: int = 4_096
    segment: int = 65_536


class Broken(NamedTuple):
    """A segment that no reader can take, at `offset` bytes from the start of the file."""

    code: X12Fault
    message: str
    offset: int

    def error(self, segment: int) -> X12Error:
        """To be raised; `segment` is that of the segment before it, as `Position` counts."""
        return X12Error(self.code, self.message, Position(self.offset, segment + (segment > 0)))


class Block(NamedTuple):
    """Segments of one interchange that follow one another, never empty ones.

    Who reads them looks at their ids (`is_segment_id`), and raises what is `broken` behind the last of them.
    """

    separators: Separators
    texts: Sequence[str]
    before: Sequence[int]
    """Bytes of the file that stand before each, less one for each segment before it in the block: see `offset`."""
    broken: Broken | None = None

    def offset(self, place: int) -> int:
        """Where the segment begins, in bytes from the start of the file; `place` counts from 0."""
        return self.before[place] + place


def read(source: bytes | BinaryIO, limits: Limits | None = None) -> Iterator[tuple[Segment, Position]]:
    """Every segment of every interchange in `source`, with its position, as it is read.

    Raises X12Error, and nothing else of its own, at the first place where the text is not X12.
    """
    known_ids: set[str] = set()
    index = 0
    for separators, texts, before, broken in read_blocks(source, limits):
        for place, text in enumerate(texts):
            name, *elements = text.split(separators.element)
            index = 1 if name == "ST" else 0 if name == "ISA" else index + (index > 0)
            position = Position(before[place] + place, index)
            if name not in known_ids:
                if not is_segment_id(name):
                    raise X12Error("segment_id", NO_SEGMENT_ID, position)
                known_ids.add(name)
            yield Segment(name, tuple(elements), separators), position
            if name == "SE":
                index = 0
        if broken is not None:
            raise broken.error(index)


def read_blocks(source: bytes | BinaryIO, limits: Limits | None = None) -> Iterator[Block]:
    """The same many segments at a time, not yet taken apart: for files with millions of them.

    Raises X12Error where no interchange begins, or a segment has no end.
    """
    text = _Window(io.BytesIO(source) if isinstance(source, bytes) else source)
    text.skip_bom()
    limits = limits or Limits()
    read_any = False
    while text.skip_blanks():
        if not text.starts_with(b"ISA"):
            fault: X12Fault = "text_outside_interchange" if read_any else "isa_missing"
            raise X12Error(fault, "an interchange begins with ISA", Position(text.offset))
        yield from _Interchange(text, limits).blocks()
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

    def pieces(self, terminator: bytes, longest: int) -> Iterator[tuple[int, bytes]]:
        """Whole segments, as many as the window holds, each piece with its offset and without its last terminator.

        At last comes what has no terminator. Whoever stops asking finds the window right behind the piece, or where
        it was rewound to.
        """
        while True:
            end = self._bytes.rfind(terminator, self._begin)
            if end >= 0:
                offset, raw = self.offset, self._bytes[self._begin : end]
                self._begin = end + 1
                yield offset, raw
            offset, rest = self.offset, self._bytes[self._begin :]
            if len(rest) > longest:
                raise X12Error("segment_too_long", f"a segment has at most {longest} bytes", Position(offset))
            if not self._fill():
                self._begin = len(self._bytes)
                if rest:
                    yield offset, rest
                return


class _Interchange:
    """One interchange: its separators from ISA, then its segments up to IEA, the next ISA or the end."""

    def __init__(self, text: _Window, limits: Limits) -> None:
        self._text = text
        self._limits = limits

    def blocks(self) -> Iterator[Block]:
        begin = Position(self._text.offset)
        isa = self._isa(begin)
        separators = isa.separators
        yield Block(separators, [str(isa)], [begin.offset])
        terminator = separators.segment.encode()
        for offset, piece in self._text.pieces(terminator, self._limits.segment):
            raw, is_last = self._until_end(piece, offset, separators) if _may_end(piece) else (piece, False)
            if block := self._block(raw, offset, separators):
                yield block
                if block.broken:
                    return
            if is_last:
                return

    def _until_end(self, piece: bytes, offset: int, separators: Separators) -> tuple[bytes, bool]:
        """Of a piece what belongs to this interchange: up to its IEA, or to the next ISA; and whether it ends there."""
        terminator, element = separators.segment.encode(), separators.element.encode()
        end = 0
        for raw in _split(piece, terminator):
            text = raw.lstrip(_BLANKS)
            if text.startswith(b"ISA" + element):
                self._text.rewind(offset + end + len(raw) - len(text))
                return piece[: max(end - 1, 0)], True
            end += len(raw) + 1
            if text.split(element)[0].strip(b"\r\n") == b"IEA":
                self._text.rewind(min(offset + end, self._text.offset))
                return piece[: end - 1], True
        return piece, False

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

    def _block(self, raw: bytes, offset: int, separators: Separators) -> Block | None:
        """All at once where nothing in it is unusual, else segment by segment."""
        terminator = separators.segment
        text = raw.decode("latin-1")
        is_plain = (
            not raw.translate(None, _PLAIN + terminator.encode())
            and terminator + " " not in text
            and terminator + terminator not in text
            and text[:1] not in ("", " ", terminator)
            and text[-1] != terminator
        )
        texts = text.split(terminator)
        if not is_plain or max(map(len, texts)) > self._limits.element:
            return self._unusual(raw, offset, separators)
        return Block(separators, texts, list(accumulate(map(len, texts), initial=offset)))

    def _unusual(self, block: bytes, offset: int, separators: Separators) -> Block | None:
        controls = b"\r\n" + "".join(separators).encode()
        texts: list[str] = []
        before: list[int] = []
        broken = None
        for raw in block.split(separators.segment.encode()):
            text = raw.lstrip(_BLANKS)
            begin = offset + len(raw) - len(text)
            offset += len(raw) + 1
            if not text:
                continue
            if (fault := self._fault(text, controls, separators)) is not None:
                broken = Broken(*fault, begin)
                break
            before.append(begin - len(texts))
            texts.append(_without_line_ends(_decoded(text), separators))
        return Block(separators, texts, before, broken) if texts or broken else None

    def _fault(self, raw: bytes, controls: bytes, separators: Separators) -> tuple[X12Fault, str] | None:
        if len(raw) > self._limits.segment:
            return "segment_too_long", f"a segment has at most {self._limits.segment} bytes"
        if raw.translate(None, _PRINTABLE + controls):
            return "binary", "a segment holds control characters"
        _, *elements = raw.split(separators.element.encode())
        if max(map(len, elements), default=0) > self._limits.element:
            return "element_too_long", f"an element has at most {self._limits.element} bytes"
        return None


NO_SEGMENT_ID = "a segment id is a capital letter and one or two more characters"


def is_segment_id(text: str) -> bool:
    return _SEGMENT_ID.fullmatch(text) is not None


def _split(piece: bytes, terminator: bytes) -> Iterator[bytes]:
    """As `bytes.split`, one at a time: of a window full of ISAs only the first is asked for, again and again."""
    begin = 0
    while (end := piece.find(terminator, begin)) >= 0:
        yield piece[begin:end]
        begin = end + 1
    yield piece[begin:]


def _may_end(piece: bytes) -> bool:
    return b"ISA" in piece or b"IEA" in piece


def _without_line_ends(text: str, separators: Separators) -> str:
    return text if "\n" in separators or "\r" in separators else text.translate(_NO_LINE_ENDS)


def _decoded(raw: bytes) -> str:
    """Version 5010 leaves the encoding of national characters to the partners: UTF-8 where it is that, else Latin-1."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
