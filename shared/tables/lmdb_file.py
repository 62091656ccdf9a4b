"""Reads an LMDB file without LMDB: enough of its format (version 1) to go through tables that packages carry.

The layout is that of `lmdb.h` and `mdb.c` of OpenLDAP LMDB 0.9: two meta pages, then a B+ tree of 16-byte page headers
and 8-byte node headers; a named database is a value of 48 bytes in the main one. A value larger than a page lies on
overflow pages in one piece, so every value is a slice of the file and nothing is copied.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from shared.tables.errors import UnreadableTable

_MAGIC, _VERSION = 0xBEEFC0DE, 1
_BRANCH, _LEAF = 0x01, 0x02
_BIG_VALUE = 0x01
_NO_PAGE = 2**64 - 1

_META = struct.Struct(
    "<16xII16xI44x4xHH8x8x8x8xQQQ"
)  # magic, version, page size, main database …, root, last page, txn
_DATABASE = struct.Struct("<40xQ")  # flags, depth, pages, entries …, root
_PAGE = struct.Struct("<8x2xHHH")  # flags, lower, upper
_NODE = struct.Struct("<HHHH")  # low, high, flags, key size


class LmdbFile:
    """One file, mapped read-only."""

    def __init__(self, content: memoryview, name: str) -> None:
        """Raises UnreadableTable when it is not a whole LMDB file of this version."""
        self._content, self._name = content, name
        try:
            self._page_size, self._root = _main_database(content)
        except (struct.error, ValueError, IndexError) as error:
            raise UnreadableTable(f"{name} is not a readable LMDB file") from error

    @classmethod
    def open(cls, path: Path) -> LmdbFile:
        """Map a file by its path. Raises UnreadableTable."""
        try:
            with path.open("rb") as file:
                return cls.mapped(file, path.name)
        except OSError as error:
            raise UnreadableTable(f"{path.name} is not a readable LMDB file") from error

    @classmethod
    def mapped(cls, file: IO[bytes], name: str) -> LmdbFile:
        """Map an open file, which may be closed after. Raises UnreadableTable."""
        try:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except ValueError as error:
            raise UnreadableTable(f"{name} is empty") from error
        return cls(content, name)

    def items(self, database: str | None = None) -> Iterator[tuple[bytes, memoryview]]:
        """Keys and values of a named database, or of the main one, in the order of the keys.

        Raises UnreadableTable where there is no such database or its pages are damaged.
        """
        try:
            root = self._root if database is None else self._named(database.encode())
            if root != _NO_PAGE:
                yield from self._below(root)
        except (struct.error, IndexError, ValueError, RecursionError) as error:
            raise UnreadableTable(f"{self._name} is not a readable LMDB file") from error

    def _named(self, database: bytes) -> int:
        for key, value in self._below(self._root):
            if key == database:
                root: int = _DATABASE.unpack_from(value)[0]
                return root
        raise ValueError("no such database")

    def _below(self, page: int) -> Iterator[tuple[bytes, memoryview]]:
        content, base = self._content, page * self._page_size
        flags, lower, _upper = _PAGE.unpack_from(content, base)
        if not flags & (_BRANCH | _LEAF):
            raise ValueError("not a page of a tree")
        for offset in content[base + 16 : base + lower].cast("H"):
            node = base + offset
            low, high, node_flags, key_size = _NODE.unpack_from(content, node)
            size_or_page = low | high << 16
            if flags & _BRANCH:
                yield from self._below(size_or_page | node_flags << 32)
                continue
            start = node + 8 + key_size
            key = content[node + 8 : start].tobytes()
            if node_flags & _BIG_VALUE:
                start = int.from_bytes(content[start : start + 8], "little") * self._page_size + 16
            if start + size_or_page > len(content):
                raise ValueError("a value runs past the end of the file")
            yield key, content[start : start + size_or_page]


def map_values(path: Path) -> dict[str, memoryview]:
    """Every value of the main database by its key; keys lose the NULs that pad them. Raises UnreadableTable."""
    return {key.rstrip(b"\0").decode(): value for key, value in LmdbFile.open(path).items()}


def _main_database(content: memoryview) -> tuple[int, int]:
    """Page size and root page, from the meta page that the last transaction wrote."""
    page_size = _meta(content, 0)[0]
    latest = max((_meta(content, offset) for offset in (0, page_size)), key=lambda meta: meta[2])
    return page_size, latest[1]


def _meta(content: memoryview, offset: int) -> tuple[int, int, int]:
    magic, version, page_size, _flags, _depth, root, _last_page, transaction = _META.unpack_from(content, offset)
    if (magic, version) != (_MAGIC, _VERSION):
        raise ValueError("not an LMDB meta page of version 1")
    return page_size, root, transaction
