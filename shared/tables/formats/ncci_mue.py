"""The tables of medically unlikely edits for Medicare, as CMS publishes them each quarter.

Source: CMS, "Medicare NCCI Medically Unlikely Edits": `MCR_MUE_PractitionerServices_Eff_07-01-2026`,
`MCR_MUE_OutpatientHospitalServices_Eff_…` and `MCR_MUE_DMESupplierServices_Eff_…`, each as csv and as a workbook. Row 1
is the AMA's notice in one cell of several lines, row 2 the titles: "HCPCS/CPT Code" (with a line break), the setting's
"… MUE Values", "MUE Adjudication Indicator", "MUE Rationale". The indicator has its meaning behind it: "3 Date of
Service Edit: Clinical". The file says its setting in a title and its day in its name alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar, cast

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.mue import MUE, TABLES, AdjudicationIndicator, MueRow, Setting
from shared.tables.sheets import Line, lines_under, normal, rows_of
from shared.tables.spans import quarter
from shared.tables.table import Table

_COLUMNS = ("HCPCS/CPT Code", "MUE Values", "MUE Adjudication Indicator", "MUE Rationale")
_SETTINGS: dict[str, Setting] = {
    "practitioner services mue values": "practitioner",
    "outpatient hospital services mue values": "hospital",
    "dme supplier services mue values": "dme",
}
_EFFECTIVE = re.compile(r"eff(?:ective)?[-_ ](\d\d)-(\d\d)-(\d{4})", re.IGNORECASE)
_QUARTER = re.compile(r"ncci-(\d{4})-?q([1-4])", re.IGNORECASE)
_INDICATOR = re.compile(r"([123])(?: .*)?")


class NcciMue(Format):
    name: ClassVar[str] = "Medically unlikely edits (CMS)"
    tables: ClassVar[tuple[Table[Any], ...]] = TABLES

    def recognises(self, document: Document) -> bool:
        head = normal(document.head)
        return "mue values" in head and "mue adjudication indicator" in head

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[MueRow]]:
        read: dict[tuple[Setting, str], Document] = {}
        for document in sorted(documents, key=lambda document: document.is_workbook):
            setting = _setting(document)
            span = asked.span(quarter(asked.effective_or(_effective(document), document)))
            known = read.setdefault((setting, span.name), document)
            if known is document:
                yield Reading(MUE[setting], span, _rows(document), [document.source])
            elif not document.is_workbook:
                raise RefusedFile(document.name, f"the table is given twice: {known.name}")


def _setting(document: Document) -> Setting:
    for number, row in enumerate(rows_of(document), start=1):
        if _is_header(row):
            title = normal(row[1])
            if title not in _SETTINGS:
                raise RefusedFile(
                    document.name, f"the column is called {row[1]!r}", line=number, column="… Services MUE Values"
                )
            for wanted, cell in zip(_COLUMNS[2:], row[2:], strict=False):
                if normal(cell) != normal(wanted):
                    raise RefusedFile(document.name, f"the column is called {cell!r}", line=number, column=wanted)
            return _SETTINGS[title]
    raise RefusedFile(document.name, "the header row is missing")


def _is_header(row: Sequence[str]) -> bool:
    """CMS breaks the first title: "HCPCS/" and "CPT Code" on the next line."""
    return len(row) >= len(_COLUMNS) and normal(row[0]).replace("/ ", "/") == "hcpcs/cpt code"


def _effective(document: Document) -> date | None:
    if days := _EFFECTIVE.findall(document.name):
        month, day, year = days[-1]
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            return None
    if quarters := _QUARTER.findall(document.name):
        year, number = quarters[-1]
        return date(int(year), int(number) * 3 - 2, 1)
    return None


def _rows(document: Document) -> Iterator[tuple[str, MueRow]]:
    seen: set[str] = set()
    for line in lines_under(document, rows_of(document), _COLUMNS, is_header=_is_header):
        code = line.code("HCPCS/CPT Code", 5)
        if code in seen:
            raise line.refused("HCPCS/CPT Code", f"{code} is listed twice")
        seen.add(code)
        yield code, MueRow(line.whole("MUE Values"), _indicator(line), line.required("MUE Rationale"))


def _indicator(line: Line) -> AdjudicationIndicator:
    value = line.required("MUE Adjudication Indicator")
    if (found := _INDICATOR.fullmatch(value)) is None:
        raise line.refused("MUE Adjudication Indicator", f"{value!r} does not begin with 1, 2 or 3")
    return cast(AdjudicationIndicator, int(found[1]))
