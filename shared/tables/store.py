"""The compiled file of one release of one table: immutable, memory-mapped, one lookup in about a microsecond.

A file is a prologue (magic, length of the header), a header in JSON that says what it is and how long its sections
are, and the sections, little-endian, each aligned to eight bytes. There are two kinds. Both end with the values:

    offsets    for each value where it begins, and one more for the end
    content    the values: MessagePack arrays of rows; keys with the same rows share one value

`Store`, for tables found by one key:

    keys       every key once, in byte order, filled with 0xFF, which no text has, to one width
    tags       hash table: CRC-32 of the filled key (1 for 0), 0 where empty; a key goes to the next free slot
    numbers    for each slot the number of the key
    value_of   for each key the number of its value

`PairStore`, for tables found by an ordered pair of codes, of which there are millions among a few thousand codes:

    keys       every code once, in byte order, filled with 0xFF, which no text has, to one width
    begins     for each code where its own hash table begins in `seconds`, and one more for the end; none is empty
    seconds    hash tables of the numbers of second codes, 65,535 where empty; a code goes to the slot of its number
               times `SPREAD` modulo the size of the table, or the next free one
    value_of   for each slot the number of its value

The operating system pages in what is touched and shares it between processes; a process that looks up holds only the
values it used last. Why neither SQLite nor LMDB: docs/adr/0011-compiled-tables.md.
"""

from __future__ import annotations

import mmap
import struct
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Generic, Literal, TypeVar
from zlib import crc32

import msgspec

from shared.tables.errors import UnreadableTable
from shared.tables.table import Row, Table

MAGIC = b"RCTABLE1"
PROLOGUE = struct.Struct("<8sI")
FILLER = b"\xff"
EMPTY = 0xFFFF
SPREAD = 0x9E3779B1
"""A prime near 2^32 / the golden ratio: neighbouring numbers, which codes of one family have, fall far apart."""
_KEPT = 16_384
"""Answers that a process keeps of a table: every distinct row of an edit table, the codes that a day asks for."""
_KEPT_CODES = 1024
"""First codes whose partners a process keeps, some hundred of each: more than a practice bills."""
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Header(msgspec.Struct, frozen=True):
    table: str
    release: str
    keys: int
    rows: int
    width: int
    fields: tuple[str, ...]
    """Of the rows, in their order."""
    sections: dict[str, int]
    """Bytes of each section, in their order."""


class Store(Generic[Row]):
    """Reads a table found by one key. Safe to share between threads and across fork; open it as often as you like."""

    def __init__(self, path: Path, table: Table[Row]) -> None:
        """Maps the file. Raises UnreadableTable when it is not a whole store of this table."""
        file = _MappedFile(path, table)
        self.header = file.header
        self._map, self._begin, self._width = file.map, file.begins["keys"], file.header.width
        self._value_of = file.numbers("value_of", "I")
        self._values = file.values(table)
        self._rows = _Kept(_search(file, self._values))

    def __len__(self) -> int:
        """The number of keys."""
        return self.header.keys

    def rows(self, key: str) -> tuple[Row, ...]:
        """The rows under a key, in the order in which the authority published them; none where it is not a key."""
        return self._rows[key]

    def items(self, prefix: str = "") -> Iterator[tuple[str, tuple[Row, ...]]]:
        """Every key that begins with `prefix` and its rows, in the order of the keys."""
        wanted = prefix.encode()
        for number in range(bisect_left(range(len(self)), wanted, key=self._key), len(self)):
            key = self._key(number)
            if not key.startswith(wanted):
                return
            yield key.decode(), self._values[self._value_of[number]]

    def _key(self, number: int) -> bytes:
        at = self._begin + number * self._width
        return self._map[at : at + self._width].rstrip(FILLER)


def _search(file: _MappedFile, values: _Kept[int, tuple[Row, ...]]) -> Callable[[str], tuple[Row, ...]]:
    """How the rows of a key are found. A closure, for it has no time to look up attributes."""
    content, begin, width = file.map, file.begins["keys"], file.header.width
    tags, numbers, value_of = file.numbers("tags", "I"), file.numbers("numbers", "I"), file.numbers("value_of", "I")
    slots = len(tags)

    def search(key: str) -> tuple[Row, ...]:
        filled = key.encode().ljust(width, FILLER)
        wanted = crc32(filled) or 1
        slot = wanted % slots
        while tag := tags[slot]:
            if tag == wanted:
                number = numbers[slot]
                at = begin + number * width
                if content[at : at + width] == filled:
                    return values[value_of[number]]
            slot = slot + 1 if slot + 1 < slots else 0
        return ()

    return search


class PairStore(Generic[Row]):
    """Reads a table found by an ordered pair of codes. Safe to share as `Store` is."""

    def __init__(self, path: Path, table: Table[Row]) -> None:
        """Maps the file. Raises UnreadableTable when it is not a whole store of this table."""
        file = _MappedFile(path, table)
        self.header = file.header
        self._seconds, self._value_of = file.numbers("seconds", "H"), file.numbers("value_of", "I")
        self._values = file.values(table)
        self._codes = file.keys()
        begins = list(file.numbers("begins", "I"))
        if len(begins) != len(self._codes) + 1 or begins != sorted(set(begins)) or begins[-1] != len(self._seconds):
            raise UnreadableTable(f"{path.name} is damaged")
        self._slots_of = dict(zip(self._codes, pairwise(begins), strict=True))
        """Where the hash table of a code's seconds begins and ends."""
        numbers = dict(zip(self._codes, range(len(self._codes)), strict=True))
        self.rows = _pair_search(self._slots_of, numbers, self._seconds, self._value_of, self._values)
        """The rows of a pair, first code and second, as published; none where the table does not have it."""
        self._partners = _Kept(self._seconds_of, most=_KEPT_CODES)

    def __len__(self) -> int:
        """The number of pairs."""
        return self.header.keys

    def among(self, codes: Collection[str]) -> list[tuple[str, str]]:
        """Every pair that these codes make, in both orders: one look for each code instead of one for each pair."""
        asked = frozenset(codes)
        found: list[tuple[str, str]] = []
        for first in codes:
            partners = self._partners[first]
            if not partners.isdisjoint(asked):
                found += [(first, second) for second in codes if second in partners]
        return found

    def _seconds_of(self, first: str) -> frozenset[str]:
        slots = range(*self._slots_of.get(first, (0, 0)))
        return frozenset([self._codes[number] for slot in slots if (number := self._seconds[slot]) != EMPTY])

    def seconds(self, first: str) -> Iterator[tuple[str, tuple[Row, ...]]]:
        """Every second code that `first` is paired with, in order, and the rows."""
        slots = range(*self._slots_of.get(first, (0, 0)))
        for second, slot in sorted((self._seconds[slot], slot) for slot in slots if self._seconds[slot] != EMPTY):
            yield self._codes[second], self._values[self._value_of[slot]]

    def firsts(self, second: str) -> Iterator[tuple[str, tuple[Row, ...]]]:
        """Every first code that is paired with `second`, and the rows. Looks at each code: milliseconds, not micro."""
        for first in self._codes:
            if rows := self.rows(first, second):
                yield first, rows

    def items(self, prefix: str = "") -> Iterator[tuple[str, tuple[Row, ...]]]:
        """Every pair whose first code begins with `prefix`, written `FIRST SECOND`, and its rows, in order."""
        for first in self._codes[bisect_left(self._codes, prefix) :]:
            if not first.startswith(prefix):
                return
            for second, rows in self.seconds(first):
                yield f"{first} {second}", rows


def _pair_search(
    slots_of: dict[str, tuple[int, int]],
    numbers: dict[str, int],
    seconds: memoryview[int],
    value_of: memoryview[int],
    values: _Kept[int, tuple[Row, ...]],
) -> Callable[[str, str], tuple[Row, ...]]:
    """How the rows of a pair are found. A closure, as `_search` is."""

    def search(first: str, second: str) -> tuple[Row, ...]:
        slots, wanted = slots_of.get(first), numbers.get(second)
        if slots is None or wanted is None:
            return ()
        begin, end = slots
        slot = begin + wanted * SPREAD % (end - begin)
        while (found := seconds[slot]) != EMPTY:
            if found == wanted:
                return values[value_of[slot]]
            slot = slot + 1 if slot + 1 < end else begin
        return ()

    return search


class _MappedFile:
    """The file and where its sections lie."""

    def __init__(self, path: Path, table: Table[Row]) -> None:
        self._name = path.name
        try:
            with path.open("rb") as file:
                self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            magic, length = PROLOGUE.unpack_from(self.map)
            self.header = msgspec.json.decode(self.map[PROLOGUE.size : PROLOGUE.size + length], type=Header)
        except (OSError, ValueError, struct.error, msgspec.MsgspecError) as error:
            raise UnreadableTable(f"{path.name} is not a readable table") from error
        if magic != MAGIC or self.header.table != table.name:
            raise UnreadableTable(f"{path.name} is not a release of {table.name}")
        # Fields added since have defaults; anything else would read one field for another.
        if self.header.fields != table.row.__struct_fields__[: len(self.header.fields)]:
            raise UnreadableTable(f"{path.name} was compiled for rows of another shape; load or build it again")
        self.begins, end = {}, PROLOGUE.size + length
        for name, size in self.header.sections.items():
            self.begins[name] = aligned(end)
            end = aligned(end) + size
        if end != len(self.map):
            raise UnreadableTable(f"{path.name} should have {end} bytes and has {len(self.map)}")

    def numbers(self, name: str, size: Literal["B", "H", "I", "Q"]) -> memoryview[int]:
        """A section. Raises UnreadableTable where there is none, or a part of a number too many."""
        try:
            begin = self.begins[name]
            return memoryview(self.map)[begin : begin + self.header.sections[name]].cast(size)
        except (KeyError, TypeError) as error:
            raise UnreadableTable(f"{self._name} is damaged") from error

    def keys(self) -> list[str]:
        """Every key, read at once. Raises UnreadableTable."""
        width, keys = self.header.width, self.numbers("keys", "B").tobytes()
        try:
            if keys.isascii():
                text = keys.decode()
                return [text[at : at + width].rstrip("\0") for at in range(0, len(text), width)]
            return [keys[at : at + width].rstrip(FILLER).decode() for at in range(0, len(keys), width)]
        except ValueError as error:
            raise UnreadableTable(f"{self._name} is damaged") from error

    def values(self, table: Table[Row]) -> _Kept[int, tuple[Row, ...]]:
        """Decodes a value by its number and keeps what was used of late."""
        decode = msgspec.msgpack.Decoder(tuple[table.row, ...]).decode  # type: ignore[name-defined]  # made at run time
        offsets, content = self.numbers("offsets", "Q"), self.numbers("content", "B")

        def read(number: int) -> tuple[Row, ...]:
            try:
                return decode(content[offsets[number] : offsets[number + 1]])
            except (IndexError, msgspec.MsgspecError) as error:
                raise UnreadableTable(f"{self._name} is damaged; `revcycle tables verify` names what is") from error

        return _Kept(read)


class _Kept(dict[Asked, Answer]):
    """Answers that were given: a dict that fills itself and begins anew when it is full."""

    def __init__(self, answer: Callable[[Asked], Answer], most: int | None = None) -> None:
        super().__init__()
        self._answer, self._most = answer, most or _KEPT

    def __missing__(self, asked: Asked) -> Answer:
        if len(self) >= self._most:
            self.clear()
        answer = self[asked] = self._answer(asked)
        return answer


def aligned(place: int) -> int:
    """The next place that a section may begin at."""
    return (place + 7) // 8 * 8
