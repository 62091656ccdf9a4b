"""The data file of package `pyoce` 0.1.0: what the I/OCE knows, by quarter, from 2019-07-01 to 2026-06-30.

The package needs Python 3.12, so it is not installed: its wheel lies in `wheels_folder()` and its data file is read out
of it. That is an LMDB file of named tables whose values are Python marshal rows. It holds CPT descriptions too, which
are the AMA's: readers take codes, indicators and days, never `dsc_hcpcs`.
"""

from __future__ import annotations

import lzma
import marshal
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from shared.tables.catalogue import SourceFile
from shared.tables.errors import UnreadableTable
from shared.tables.folders import wheels_folder
from shared.tables.lmdb_file import LmdbFile
from shared.tables.spans import Span, day_of, quarter

PACKAGE = "pyoce 0.1.0"
FIRST_DAY = date(2019, 7, 1)
LAST = quarter(date(2026, 4, 1))
"""The last quarter that the package has, whatever end it names itself."""
_WHEEL = "pyoce-0.1.0-py3-none-any.whl"
_MEMBER = "pyoce/data/pyoce.mdb.xz"


def rows(table: str) -> Iterator[tuple[bytes, Any]]:
    """Key and value of every row of one of its tables, in the order of the keys. Raises UnreadableTable."""
    for key, value in _file().items(table):
        yield key, marshal.loads(value)  # noqa: S302  # the wheel is pinned by its hash


@cache
def quarters() -> dict[int, Span]:
    """The quarter of each version of the I/OCE. Raises UnreadableTable where they are not those of this file."""
    found = {facts["version"]: quarter(day_of(facts["date_started"])) for _key, facts in rows("version_range")}
    if not found or found[min(found)].first != FIRST_DAY or found[max(found)] != LAST:
        raise UnreadableTable(f"{PACKAGE} does not have the quarters that it had")
    return found


@cache
def source() -> SourceFile:
    """The data file as a source. Raises UnreadableTable."""
    packed = _packed()
    return SourceFile(f"{PACKAGE}: {_MEMBER.rpartition('/')[2]}", sha256(packed).hexdigest(), len(packed))


@cache
def _file() -> LmdbFile:
    with TemporaryFile() as unpacked:
        unpacked.write(lzma.decompress(_packed()))
        unpacked.flush()
        return LmdbFile.mapped(unpacked, PACKAGE)


def _packed() -> bytes:
    path: Path = wheels_folder() / _WHEEL
    try:
        with zipfile.ZipFile(path) as wheel:
            return wheel.read(_MEMBER)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise UnreadableTable(f"{_WHEEL} is not in share/revcycle/wheels of this installation") from error
