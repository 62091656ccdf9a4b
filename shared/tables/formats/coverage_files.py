"""The files inside an export of the Medicare Coverage Database, told by their titles.

Source: CMS, MCD Downloads (`current_lcd.zip`, `current_article.zip`, `ncd.zip`, also `all_lcd.zip`, `all_article.zip`):
each has a data dictionary and, in `…_csv.zip`, the tables of a relational database, one csv for each, comma-delimited,
every cell in quotes, the prose in HTML with line breaks. Days stand as `2026-07-01 00:00:00`. The dictionaries and the
files differ in places; the titles here are those of the files.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.published import refuse_cut_off
from shared.tables.sheets import Line, delimited_rows, lines_under

_MOST_IN_A_CELL = 16 * 1024 * 1024
"""Some documents are one cell of prose, beyond what Python's csv takes unless told."""
_TIME = re.compile(r"[ T]\d\d:\d\d.*")

TITLES: dict[str, tuple[str, ...]] = {
    "article": ("article_id", "article_version", "title", "article_eff_date", "article_end_date", "status"),
    "article_x_hcpc_code": ("article_id", "article_version", "hcpc_code_id", "hcpc_code_group"),
    "article_x_icd10_covered": ("article_id", "article_version", "icd10_code_id", "icd10_covered_group"),
    "article_x_icd10_noncovered": ("article_id", "article_version", "icd10_code_id", "icd10_noncovered_group"),
    "article_x_icd10_covered_group": ("article_id", "article_version", "icd10_covered_group", "paragraph"),
    "article_x_icd10_noncovered_group": ("article_id", "article_version", "icd10_noncovered_group", "paragraph"),
    "article_x_contractor": ("article_id", "article_version", "contractor_id", "contractor_version"),
    "article_x_primary_jurisdiction": ("article_id", "article_version", "state_id"),
    "article_related_ncd_documents": ("article_id", "article_version", "r_ncd_id"),
    "article_related_documents": ("article_id", "article_version", "r_lcd_id"),
    "lcd": ("lcd_id", "lcd_version", "title", "orig_det_eff_date", "rev_eff_date", "status"),
    "lcd_x_hcpc_code": ("lcd_id", "lcd_version", "hcpc_code_id", "hcpc_code_group"),
    "lcd_x_contractor": ("lcd_id", "lcd_version", "contractor_id", "contractor_version"),
    "lcd_x_primary_jurisdiction": ("lcd_id", "lcd_version", "state_id"),
    "lcd_related_ncd_documents": ("lcd_id", "lcd_version", "r_ncd_id"),
    "contractor": ("contractor_id", "contractor_type_id", "contractor_version", "contractor_number"),
    "contractor_jurisdiction": ("contractor_id", "contractor_type_id", "contractor_version", "state_id", "term_date"),
    "state_lookup": ("state_id", "state_abbrev"),
    "ncd_trkg": ("ncd_id", "ncd_vrsn_num", "cvrg_lvl_cd", "ncd_mnl_sect", "ncd_mnl_sect_title", "ncd_efctv_dt"),
}
"""The titles by which each file that is read is told. A file with more titles is the first whose titles it has."""


def file_of(document: Document) -> str | None:
    """Which file of an export a document is; None where it is none that is read."""
    titles = _titles(document)
    return next((file for file, wanted in TITLES.items() if titles.issuperset(wanted)), None)


class ExportFiles:
    """The files of the exports that were given together; one that comes in several exports is read once."""

    def __init__(self, documents: Sequence[Document]) -> None:
        csv.field_size_limit(_MOST_IN_A_CELL)
        self._documents: dict[str, Document] = {}
        for document in documents:
            file = file_of(document)
            if file is not None:
                refuse_cut_off(document)
                self._documents.setdefault(file, document)

    def __contains__(self, file: str) -> bool:
        return file in self._documents

    def document(self, file: str) -> Document:
        """Raises RefusedFile where the export lacks the file."""
        if file not in self._documents:
            beside = next(iter(self._documents.values()))
            raise RefusedFile(beside.name, f"the export has no {file}.csv beside it")
        return self._documents[file]

    def lines(self, file: str) -> Iterator[Line]:
        """The rows of a file by its own titles in small letters; a file may have none. Raises RefusedFile."""
        document = self.document(file)
        rows = list(delimited_rows(document, ","))
        columns = [cell.strip().lower() for cell in rows[0]]
        if any(row for row in rows[1:]):
            yield from lines_under(document, iter(rows), columns, is_header=lambda row: row is rows[0])


def day_or_none(line: Line, column: str) -> date | None:
    """A day without its time of day, which is always midnight; None for an empty cell, one with `N/A` or none such."""
    value = _TIME.sub("", line.cells.get(column, "").strip())
    return Line(line.file, line.number, {column: value}).day_or_none(column, "N/A")


def _titles(document: Document) -> set[str]:
    first = document.head.partition("\n")[0]
    return {title.strip().strip('"').lower() for title in first.split(",")}
