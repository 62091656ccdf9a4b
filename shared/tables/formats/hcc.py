"""Loader of CMS's ICD-10-CM mappings of the risk adjustment models: `2026 Midyear Final ICD-10-CM Mappings.xlsx`.

The same as CSV or Excel: title rows, a header, a line a diagnosis (two where it has a second category in a model),
notes at the end. Each model has a column with the category ("CMS-HCC Model Category V28") and one that says Yes where
the mapping counts for a payment year ("CMS-HCC Model Category V28 for 2026 Payment Year"): a category without its Yes
counts for no payment. The initial mapping of a year comes first; midyear and final replace it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import published_once, refuse_lines_after_notes, whole_rows
from shared.tables.hcc import DIAGNOSES, CategoryRow
from shared.tables.sheets import Line, lines_under, normal
from shared.tables.spans import Span

_COLUMN = re.compile(r"(cms-hcc esrd|cms-hcc|rxhcc) model category v(\d\d)(?: for (20\d\d) payment year)?\W*")
_TITLE = re.compile(r"(20\d\d) (initial|midyear|final)", re.IGNORECASE)
_MODELS = {"cms-hcc": "CMS-HCC", "cms-hcc esrd": "CMS-HCC ESRD", "rxhcc": "RxHCC"}
_CODE, _PASSED_OVER = "diagnosis code", "description"
_DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z][0-9A-Z.]{0,5}", re.IGNORECASE)
_HCC = re.compile(r"[1-9]\d{0,2}")


@dataclass(frozen=True, slots=True)
class _Mapping:
    """One file, with the models of its payment year. Columns are called as their model, the Yes with `counts`."""

    document: Document
    year: int
    is_initial: bool
    columns: tuple[str, ...]
    models: tuple[str, ...]
    rows: list[list[str]]

    @property
    def span(self) -> Span:
        """The days of service that the payment year counts."""
        name = f"PY{self.year}-initial" if self.is_initial else f"PY{self.year}"
        return Span(name, date(self.year - 1, 1, 1), date(self.year - 1, 12, 31))


class HccMappings(Format):
    """The mappings of one or several payment years."""

    name = "ICD-10-CM mappings of the risk adjustment models (CMS)"
    tables = (DIAGNOSES,)

    def recognises(self, document: Document) -> bool:
        head = normal(document.head)
        return "diagnosis code" in head and "model category v" in head and "payment year" in head

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[CategoryRow]]:
        chosen: dict[int, _Mapping] = {}
        for document in published_once(documents):
            mapping = _opened(document)
            before = chosen.get(mapping.year)
            if before is not None and before.is_initial == mapping.is_initial:
                raise RefusedFile(document.name, f"it is for the same payment year as {before.document.name}")
            if before is None or before.is_initial:
                chosen[mapping.year] = mapping
        for mapping in chosen.values():
            yield Reading(DIAGNOSES, asked.span(mapping.span), _rows(mapping), [mapping.document.source])


def _is_header(row: Sequence[str]) -> bool:
    return bool(row) and normal(row[0]) == _CODE


def _is_note(row: Sequence[str]) -> bool:
    return bool(row) and bool(row[0].strip()) and not _is_line(row) and not any(map(str.strip, row[1:]))


def _is_line(row: Sequence[str]) -> bool:
    return bool(row) and _DIAGNOSIS.fullmatch(row[0].strip()) is not None


def _opened(document: Document) -> _Mapping:
    rows = whole_rows(document)
    header = next((number for number, row in enumerate(rows) if _is_header(row)), None)
    if header is None:
        raise RefusedFile(document.name, "the header row is missing")
    refuse_lines_after_notes(document, rows, header + 1, _is_note, _is_line)
    titles = [normal(title) for title in rows[header]]
    while titles and not titles[-1]:
        titles.pop()
    year = max((int(found[3]) for title in titles if (found := _COLUMN.fullmatch(title)) and found[3]), default=None)
    if year is None:
        raise RefusedFile(document.name, "no column names a payment year", line=header + 1)
    columns = tuple(_column(document, title, year, header + 1) for title in titles)
    models = tuple(column for column in columns if f"counts {column}" in columns)
    for column in columns:
        if column and column != _CODE and not column.startswith("counts ") and column not in models:
            raise RefusedFile(document.name, f"no column says whether {column} counts for {year}", line=header + 1)
    titled = _TITLE.search(" ".join(" ".join(row) for row in rows[:header]) or document.name)
    is_initial = titled is not None and titled[2].lower() == "initial"
    return _Mapping(document, year, is_initial, columns, models, rows)


def _column(document: Document, title: str, year: int, line: int) -> str:
    """Our name for a column; empty for the description and for what another payment year counts."""
    found = _COLUMN.fullmatch(title)
    if found is None:
        if title not in (_CODE, _PASSED_OVER):
            raise RefusedFile(document.name, f"{title!r} is not a column of the mappings", line=line, column=title)
        return _CODE if title == _CODE else ""
    model = f"{_MODELS[found[1]]} V{found[2]}"
    if found[3] is None:
        return model
    return f"counts {model}" if int(found[3]) == year else ""


def _rows(mapping: _Mapping) -> Iterator[tuple[str, CategoryRow]]:
    seen: set[tuple[str, ...]] = set()
    for line in lines_under(
        mapping.document, iter(mapping.rows), mapping.columns, is_header=_is_header, is_end=_is_note
    ):
        whole = tuple(line.text(column) for column in mapping.columns if column)
        if whole in seen:
            raise line.refused(_CODE, f"{line.text(_CODE)} is there twice, alike")
        seen.add(whole)
        diagnosis = line.code(_CODE, 3, 4, 5, 6, 7)
        for model in mapping.models:
            hcc = _category(line, model)
            # A diagnosis with a second category in one model has its others on both lines.
            if hcc and (diagnosis, model, hcc) not in seen:
                seen.add((diagnosis, model, hcc))
                yield diagnosis, CategoryRow(model, hcc)


def _category(line: Line, model: str) -> str | None:
    """The category of a line in a model, where it counts for the payment year."""
    hcc, counts = line.text(model), line.text(f"counts {model}").lower()
    if counts not in ("yes", "no", ""):
        raise line.refused(f"{model}, payment year", f"{line.text(f'counts {model}')!r} is neither Yes nor No")
    if hcc and not _HCC.fullmatch(hcc):
        raise line.refused(model, f"{hcc!r} is not the number of a category")
    if counts == "yes" and not hcc:
        raise line.refused(model, "is empty where the payment year counts it")
    return hcc if counts == "yes" else None
