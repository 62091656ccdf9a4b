"""Writes the compiled files that `shared.tables.store` reads."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable
from hashlib import file_digest
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from zlib import crc32

import msgspec

from shared.tables.store import EMPTY, MAGIC, PROLOGUE, SPREAD, Header, aligned
from shared.tables.table import Row, Table

_SLOTS_PER_KEY = 2


class Compiled(msgspec.Struct, frozen=True):
    """What was written."""

    keys: int
    rows: int
    bytes: int
    sha256: str


def compile_store(path: Path, table: Table[Row], release: str, rows: Iterable[tuple[str, Row]]) -> Compiled:
    """Write a `Store`, or a `PairStore` where the table is one of pairs, of (key, row) in any order.

    The key of a pair is `FIRST SECOND`. Rows of one key keep their order. The file appears whole or not at all;
    whatever `rows` raises passes through and nothing is left behind. Raises ValueError where a pair table has more
    than 65,536 codes or a key is not a pair.
    """
    entries, encoded = _encoded(rows)
    keys, value_of, values = _grouped(entries, encoded)
    index = _pair_index(keys, value_of) if table.pairs else _key_index(keys, value_of)
    offsets = array("Q", [0])
    for value in values:
        offsets.append(offsets[-1] + len(value))
    sections = {**index, "offsets": offsets.tobytes(), "content": b"".join(values)}
    width = max(map(len, _parts(keys) if table.pairs else keys), default=1)
    sizes = {name: len(section) for name, section in sections.items()}
    _write(path, Header(table.name, release, len(keys), len(entries), width, sizes), sections)
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return Compiled(keys=len(keys), rows=len(entries), bytes=path.stat().st_size, sha256=digest)


def _encoded(rows: Iterable[tuple[str, Row]]) -> tuple[list[tuple[bytes, int]], list[bytes]]:
    """Keys with the number of their row, sorted by key, and the distinct rows in MessagePack."""
    encode = msgspec.msgpack.Encoder().encode
    numbers: dict[bytes, int] = {}
    entries = [(key.encode(), numbers.setdefault(encode(row), len(numbers))) for key, row in rows]
    entries.sort(key=itemgetter(0))
    return entries, list(numbers)


def _grouped(entries: list[tuple[bytes, int]], encoded: list[bytes]) -> tuple[list[bytes], array[int], list[bytes]]:
    """The distinct keys, the number of each one's value, and the values."""
    keys: list[bytes] = []
    value_of = array("I")
    numbers: dict[tuple[int, ...], int] = {}
    for key, group in groupby(entries, key=itemgetter(0)):
        keys.append(key)
        value_of.append(numbers.setdefault(tuple(number for _key, number in group), len(numbers)))
    return keys, value_of, [_value(encoded[number] for number in value) for value in numbers]


def _value(rows: Iterable[bytes]) -> bytes:
    """A MessagePack array of rows that are encoded already."""
    return msgspec.msgpack.encode([msgspec.Raw(row) for row in rows])


def _key_index(keys: list[bytes], value_of: array[int]) -> dict[str, bytes]:
    filled = _filled(keys)
    count = len(keys) * _SLOTS_PER_KEY + 1
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


def _pair_index(keys: list[bytes], value_of: array[int]) -> dict[str, bytes]:
    codes = sorted(set(_parts(keys)))
    if len(codes) > EMPTY:
        raise ValueError(f"a table of pairs holds at most {EMPTY:,} codes, not {len(codes):,}")
    number = {code: position for position, code in enumerate(codes)}
    partners: list[list[tuple[int, int]]] = [[] for _ in codes]
    for key, value in zip(keys, value_of, strict=True):
        first, second = key.split(b" ")
        partners[number[first]].append((number[second], value))
    begins, seconds, value_of_slot = array("I", [0]), array("H"), array("I")
    for of_one_code in partners:
        for partner, value in _hashed(of_one_code):
            seconds.append(partner)
            value_of_slot.append(value)
        begins.append(len(seconds))
    return {
        "keys": b"".join(_filled(codes)),
        "begins": begins.tobytes(),
        "seconds": seconds.tobytes(),
        "value_of": value_of_slot.tobytes(),
    }


def _hashed(partners: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The hash table of one first code: never full, so that a search ends."""
    if not partners:
        return []
    count = len(partners) * 3 // 2 + 1
    slots = [(EMPTY, 0)] * count
    for partner, value in partners:
        slot = partner * SPREAD % count
        while slots[slot][0] != EMPTY:
            slot = slot + 1 if slot + 1 < count else 0
        slots[slot] = (partner, value)
    return slots


def _parts(keys: list[bytes]) -> Iterable[bytes]:
    return (part for key in keys for part in key.split(b" "))


def _filled(keys: list[bytes]) -> list[bytes]:
    width = max(map(len, keys), default=1)
    return [key.ljust(width, b"\0") for key in keys]


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
