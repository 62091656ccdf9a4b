"""Reads an LMDB file without LMDB: enough of its format (version 1) to map large values where they lie.

The layout is that of `lmdb.h` and `mdb.c` of OpenLDAP LMDB 0.9: two meta pages, then a B+ tree of 16-byte page headers
and 8-byte node headers. A value larger than a page lies on overflow pages in one piece, so it is a slice of the file:
nothing is copied, and no native code runs in the services that only look codes up.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path

from shared.tables.errors import UnreadableTable

_MAGIC, _VERSION = 0xBEEFC0DE, 1
_BRANCH, _LEAF = 0x01, 0x02
_BIG_VALUE = 0x01
_NO_PAGE = 2**64 - 1

_META = struct.Struct(
    "<16xII16xI44x4xHH8x8x8x8xQQQ"
)  # magic, version, page size, main database …, root, last page, txn
_PAGE = struct.Struct("<8x2xHHH")  # flags, lower, upper
_NODE = struct.Struct("<HHHH")  # low, high, flags, key size


def map_values(path: Path) -> dict[str, memoryview]:
    """Every value of the main database by its key, mapped read-only; keys lose the NULs that pad them.

    Raises UnreadableTable when the file is not a whole LMDB file of this version.
    """
    try:
        with path.open("rb") as file:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        page_size, root = _main_database(content)
        return dict(_values(content, page_size, root)) if root != _NO_PAGE else {}
    except (OSError, struct.error, IndexError, ValueError, RecursionError) as error:
        raise UnreadableTable(f"{path.name} is not a readable LMDB file") from error


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


def _values(content: memoryview, page_size: int, page: int) -> Iterator[tuple[str, memoryview]]:
    base = page * page_size
    flags, lower, _upper = _PAGE.unpack_from(content, base)
    if not flags & (_BRANCH | _LEAF):
        raise ValueError("not a page of a tree")
    for offset in content[base + 16 : base + lower].cast("H"):
        node = base + offset
        low, high, node_flags, key_size = _NODE.unpack_from(content, node)
        size_or_page = low | high << 16
        if flags & _BRANCH:
            yield from _values(content, page_size, size_or_page | node_flags << 32)
            continue
        start = node + 8 + key_size
        if node_flags & _BIG_VALUE:
            start = int.from_bytes(content[start : start + 8], "little") * page_size + 16
        if start + size_or_page > len(content):
            raise ValueError("a value runs past the end of the file")
        yield (
            content[node + 8 : node + 8 + key_size].tobytes().rstrip(b"\0").decode(),
            content[start : start + size_or_page],
        )
