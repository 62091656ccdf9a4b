"""Writes the compiled files that `shared.tables.store` reads."""

from __future__ import annotations

import os
from array import array
from collections import defaultdict
from collections.abc import Iterable
from hashlib import file_digest
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, TypeVar
from zlib import crc32

import msgspec

from shared.tables.store import EMPTY, FILLER, MAGIC, PROLOGUE, SPREAD, Header, aligned
from shared.tables.table import Row, Table

_SLOTS_PER_KEY = 2
Key = TypeVar("Key")


class Compiled(msgspec.Struct, frozen=True):
    """What was written."""

    keys: int
    rows: int
    bytes: int
    sha256: str


class _Content(NamedTuple):
    """What goes into a file beside its name."""

    sections: dict[str, bytes]
    """Its sections before the values."""
    values: list[bytes]
    keys: int
    rows: int
    width: int


def compile_store(path: Path, table: Table[Row], release: str, rows: Iterable[tuple[str, Row]]) -> Compiled:
    """Write a `Store`, or a `PairStore` where the table is one of pairs, of (key, row) in any order.

    The key of a pair is `FIRST SECOND`. Rows of one key keep their order. The file appears whole or not at all;
    whatever `rows` raises passes through and nothing is left behind. Raises ValueError where a pair table has more
    than 65,535 codes or a key is not a pair.
    """
    content = _of_pairs(rows) if table.pairs else _of_keys(rows)
    offsets = array("Q", [0])
    for value in content.values:
        offsets.append(offsets[-1] + len(value))
    sections = {**content.sections, "offsets": offsets.tobytes(), "content": b"".join(content.values)}
    sizes = {name: len(section) for name, section in sections.items()}
    fields = table.row.__struct_fields__
    _write(path, Header(table.name, release, content.keys, content.rows, content.width, fields, sizes), sections)
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return Compiled(keys=content.keys, rows=content.rows, bytes=path.stat().st_size, sha256=digest)


class _Numbered(dict[Key, int]):
    """Distinct things in the order in which they came, and the number of each."""

    def __missing__(self, thing: Key) -> int:
        number = self[thing] = len(self)
        return number


def _of_keys(rows: Iterable[tuple[str, Row]]) -> _Content:
    encode = msgspec.msgpack.Encoder().encode
    distinct, values = _Numbered[bytes](), _Numbered[tuple[int, ...]]()
    entries = [(key.encode(), distinct[encode(row)]) for key, row in rows]
    entries.sort(key=itemgetter(0))
    keys: list[bytes] = []
    value_of = array("I")
    for key, group in groupby(entries, key=itemgetter(0)):
        keys.append(key)
        value_of.append(values[tuple(number for _key, number in group)])
    filled = _filled(keys)
    return _Content(_key_index(filled, value_of), _encoded(values, distinct), len(keys), len(entries), _width(filled))


def _of_pairs(rows: Iterable[tuple[str, Row]]) -> _Content:
    """Keeps eight bytes for a row, by first code: there are millions, of a few thousand codes."""
    encode = msgspec.msgpack.Encoder().encode
    distinct, values, numbers = _Numbered[bytes](), _Numbered[tuple[int, ...]](), _Numbered[str]()
    partners: defaultdict[str, array[int]] = defaultdict(lambda: array("Q"))
    count = 0
    for count, (key, row) in enumerate(rows, start=1):  # noqa: B007  # the last one is how many
        first, second = key.split(" ")
        partners[first].append(numbers[second] << 32 | distinct[encode(row)])
    codes = sorted({*partners, *numbers})
    if len(codes) > EMPTY:
        raise ValueError(f"a table of pairs holds at most {EMPTY:,} codes, not {len(codes):,}")
    rank = {code: position for position, code in enumerate(codes)}
    ranks = [rank[code] for code in numbers]
    tables = (_by_second(partners[code], ranks, values) if code in partners else {} for code in codes)
    filled = _filled([code.encode() for code in codes])
    keys, index = _pair_index(filled, tables)
    return _Content(index, _encoded(values, distinct), keys, count, _width(filled))


def _by_second(packed: array[int], ranks: list[int], values: _Numbered[tuple[int, ...]]) -> dict[int, int]:
    """For the rows of one first code: the number of each second code, in order, and that of its value."""
    rows: dict[int, tuple[int, ...]] = {}
    for entry in packed:
        second = ranks[entry >> 32]
        rows[second] = (*rows.get(second, ()), entry & 0xFFFFFFFF)
    return {second: values[rows[second]] for second in sorted(rows)}


def _encoded(values: Iterable[tuple[int, ...]], distinct: Iterable[bytes]) -> list[bytes]:
    rows = list(distinct)
    return [_value(rows[number] for number in value) for value in values]


def _value(rows: Iterable[bytes]) -> bytes:
    """A MessagePack array of rows that are encoded already."""
    return msgspec.msgpack.encode([msgspec.Raw(row) for row in rows])


def _key_index(filled: list[bytes], value_of: array[int]) -> dict[str, bytes]:
    count = len(filled) * _SLOTS_PER_KEY + 1
    tags, numbers = array("I", bytes(4 * count)), array("I", bytes(4 * count))
    for number, key in enumerate(filled):
        tag = crc32(key) or 1
        slot = tag % count
        while tags[slot]:
            slot = slot + 1 if slot + 1 < count else 0
        tags[slot], numbers[slot] = tag, number
    return {
        "keys": b"".join(filled),
        "tags": tags.tobytes(),
        "numbers": numbers.tobytes(),
        "value_of": value_of.tobytes(),
    }


def _pair_index(filled: list[bytes], tables: Iterable[dict[int, int]]) -> tuple[int, dict[str, bytes]]:
    """How many pairs there are, and the sections. `tables` holds, for each code, the seconds and their values."""
    pairs, begins, seconds, value_of = 0, array("I", [0]), array("H"), array("I")
    for table in tables:
        pairs += len(table)
        slots, values = _hashed(table)
        seconds.extend(slots)
        value_of.extend(values)
        begins.append(len(seconds))
    return pairs, {
        "keys": b"".join(filled),
        "begins": begins.tobytes(),
        "seconds": seconds.tobytes(),
        "value_of": value_of.tobytes(),
    }


def _hashed(table: dict[int, int]) -> tuple[array[int], array[int]]:
    """The hash table of one first code: its slots, half of them empty, so that a search is short, and their values.

    A code that is never first has one empty slot, so that a search need not ask.
    """
    count = len(table) * _SLOTS_PER_KEY + 1
    slots, values = array("H", [EMPTY]) * count, array("I", [0]) * count
    for second, value in table.items():
        slot = second * SPREAD % count
        while slots[slot] != EMPTY:
            slot = slot + 1 if slot + 1 < count else 0
        slots[slot], values[slot] = second, value
    return slots, values


def _filled(keys: list[bytes]) -> list[bytes]:
    width = max(map(len, keys), default=1)
    return [key.ljust(width, FILLER) for key in keys]


def _width(filled: list[bytes]) -> int:
    return len(filled[0]) if filled else 1


def _write(path: Path, header: Header, sections: dict[str, bytes]) -> None:
    written = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with written.open("wb") as file:
            encoded = msgspec.json.encode(header)
            file.write(PROLOGUE.pack(MAGIC, len(encoded)) + encoded)
            for section in sections.values():
                file.write(bytes(aligned(file.tell()) - file.tell()))
                file.write(section)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)
