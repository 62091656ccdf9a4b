"""LCDs, articles and NCDs as the Medicare Coverage Database exports them; `coverage_files` says from what.

A document without a first day, or retired without a last one, is left out: nothing can be said of any day. Proposed
ones are not in force. `XX000` stands where an article has no code to list. Where a document has one contractor its
primary jurisdictions are where it applies, else all that its contractors serve (LCD and Article data dictionaries).
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal

from shared.tables import coverage
from shared.tables.coverage import (
    DiagnosisGroup,
    Level,
    LocalPolicyRow,
    NationalPolicyRow,
    PolicyDiagnosis,
    PolicyProcedure,
)
from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.coverage_files import ExportFiles, day_or_none, file_of
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.sheets import Line
from shared.tables.spans import FOREVER, Span
from shared.tables.table import Table

_Kind = Literal["article", "lcd"]
_Key = tuple[str, str]
"""A document's number and version."""
_IN_FORCE = ("A", "R", "F", "")
"""Approved, retired, future; proposed ones are P."""
_NO_CODE = "XX000"
_LEVELS: dict[str, Level] = {"1": "covered", "2": "restricted", "3": "not covered"}
_TAG = re.compile(r"<[^>]*>")
_NAMED = re.compile(r"\b([A-Z]?\d{4}[0-9A-Z]?)\b(?:\s*(?:-|\u2013|through|to)\s*([A-Z]?\d{4}[0-9A-Z]?)\b)?")
_STARTS: dict[_Kind, tuple[str, ...]] = {
    "article": ("article_eff_date",),
    "lcd": ("rev_eff_date", "orig_det_eff_date"),
}
_ENDS: dict[_Kind, tuple[str, ...]] = {
    "article": ("article_end_date", "article_rev_end_date", "date_retired"),
    "lcd": ("rev_end_date", "ent_det_end_date", "date_retired"),
}


@dataclass
class _Local:
    """One article or LCD while its files are read."""

    line: Line
    first: date
    last: date | None
    contractors: dict[str, set[str]] = field(default_factory=dict)
    """Contractor number to the states that it serves."""
    primary: set[str] = field(default_factory=set)
    related: set[str] = field(default_factory=set)
    procedures: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    groups: dict[tuple[bool, int], str] = field(default_factory=dict)
    """Whether it supports and number, to the prose above it."""

    def row(self, version: str) -> LocalPolicyRow:
        served = (
            self.primary if len(self.contractors) == 1 and self.primary else set().union(*self.contractors.values())
        )
        return LocalPolicyRow(
            version=int(version),
            title=self.line.required("title"),
            first=self.first,
            last=self.last,
            contractors=tuple(sorted(self.contractors)),
            states=tuple(sorted(served)),
            related=tuple(sorted(self.related)),
            procedure_groups=tuple(sorted(set().union(*self.procedures.values()))),
            groups=tuple(
                DiagnosisGroup(number, supports, named_procedures(prose, self.procedures))
                for (supports, number), prose in sorted(self.groups.items())
            ),
        )


class CoverageExport(Format):
    name: ClassVar[str] = "Medicare Coverage Database export (CMS)"
    tables: ClassVar[tuple[Table[Any], ...]] = coverage.TABLES

    def recognises(self, document: Document) -> bool:
        return file_of(document) is not None

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
        files = ExportFiles(documents)
        if not any(file in files for file in ("article", "lcd", "ncd_trkg")):
            raise RefusedFile(documents[0].name, "the export has neither article.csv, lcd.csv nor ncd_trkg.csv")
        if "article" in files:
            yield from _articles(files, asked)
        if "lcd" in files:
            yield from _lcds(files, asked)
        if "ncd_trkg" in files:
            yield _national(files, asked)


def _articles(files: ExportFiles, asked: Asked) -> Iterator[Reading[Any]]:
    documents, updated = _local(files, "article")
    diagnoses = [*_diagnoses(files, documents, supports=True), *_diagnoses(files, documents, supports=False)]
    for supports, file in ((True, "article_x_icd10_covered_group"), (False, "article_x_icd10_noncovered_group")):
        column = file.removeprefix("article_x_")
        for key, line in _of(files, file, "article", documents):
            documents[key].groups[supports, line.whole(column)] = line.text("paragraph")
    _relate(files, "article_related_documents", "article", "r_lcd_id", "L", documents)
    span, document = _span(files, "article", updated, asked), files.document("article")
    source = [document.source]
    yield Reading(coverage.ARTICLES, span, _rows("A", documents), source)
    yield Reading(coverage.ARTICLE_PROCEDURES, span, _procedures("A", documents), source)
    yield Reading(coverage.ARTICLE_DIAGNOSES, span, diagnoses, source)


def _lcds(files: ExportFiles, asked: Asked) -> Iterator[Reading[Any]]:
    documents, updated = _local(files, "lcd")
    span, source = _span(files, "lcd", updated, asked), [files.document("lcd").source]
    yield Reading(coverage.LCDS, span, _rows("L", documents), source)
    yield Reading(coverage.LCD_PROCEDURES, span, _procedures("L", documents), source)


def _local(files: ExportFiles, kind: _Kind) -> tuple[dict[_Key, _Local], date | None]:
    """The documents in force with where they apply and which procedures they list; the day of the latest change."""
    documents: dict[_Key, _Local] = {}
    updated: date | None = None
    for line in files.lines(kind):
        key = line.required(f"{kind}_id"), str(line.whole(f"{kind}_version"))
        changed = day_or_none(line, "last_updated")
        updated = max(filter(None, (updated, changed)), default=None)
        if key in documents:
            raise line.refused(f"{kind}_id", f"{key[0]} stands twice in version {key[1]}")
        starts = [day for column in _STARTS[kind] if (day := day_or_none(line, column))]
        ends = [day for column in _ENDS[kind] if (day := day_or_none(line, column))]
        status = line.text("status").upper()[:1]
        if status in _IN_FORCE and starts and (ends or status != "R"):
            documents[key] = _Local(line, starts[0], min(ends, default=None))
    _locate(files, kind, documents)
    for key, line in _of(files, f"{kind}_x_hcpc_code", kind, documents):
        code = line.code("hcpc_code_id", 5)
        if code != _NO_CODE:
            documents[key].procedures[code].add(line.whole("hcpc_code_group"))
    _relate(files, f"{kind}_related_ncd_documents", kind, "r_ncd_id", "NCD", documents)
    return documents, updated


def _of(files: ExportFiles, file: str, kind: _Kind, documents: dict[_Key, _Local]) -> Iterator[tuple[_Key, Line]]:
    """The rows of a file that are of a document in force."""
    for line in files.lines(file):
        key = line.required(f"{kind}_id"), line.required(f"{kind}_version")
        if key in documents:
            yield key, line


def _locate(files: ExportFiles, kind: _Kind, documents: dict[_Key, _Local]) -> None:
    states = {line.required("state_id"): line.required("state_abbrev").upper() for line in files.lines("state_lookup")}
    numbers = {_contractor(line): line.text("contractor_number") for line in files.lines("contractor")}
    served: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for line in files.lines("contractor_jurisdiction"):
        if day_or_none(line, "term_date") is None:
            served[_contractor(line)].add(_state(line, states))
    for key, line in _of(files, f"{kind}_x_contractor", kind, documents):
        contractor = _contractor(line)
        if contractor not in numbers:
            raise line.refused("contractor_id", f"contractor {line.text('contractor_id')} is not in contractor.csv")
        documents[key].contractors.setdefault(numbers[contractor], set()).update(served[contractor])
    for key, line in _of(files, f"{kind}_x_primary_jurisdiction", kind, documents):
        documents[key].primary.add(_state(line, states))


def _contractor(line: Line) -> tuple[str, ...]:
    return tuple(line.required(f"contractor_{part}") for part in ("id", "type_id", "version"))


def _state(line: Line, states: dict[str, str]) -> str:
    if (state := line.required("state_id")) not in states:
        raise line.refused("state_id", f"state {state} is not in state_lookup.csv")
    return states[state]


def _relate(
    files: ExportFiles, file: str, kind: _Kind, column: str, prefix: str, documents: dict[_Key, _Local]
) -> None:
    if file in files:
        for key, line in _of(files, file, kind, documents):
            if (number := line.text(column)) not in ("", "0"):
                documents[key].related.add(f"{prefix}{number}")


def _diagnoses(
    files: ExportFiles, documents: dict[_Key, _Local], *, supports: bool
) -> Iterator[tuple[str, PolicyDiagnosis]]:
    group = "icd10_covered_group" if supports else "icd10_noncovered_group"
    for key, line in _of(files, f"article_x_{group.removesuffix('_group')}", "article", documents):
        code, number = line.code("icd10_code_id"), line.whole(group)
        if code != _NO_CODE:
            documents[key].groups.setdefault((supports, number), "")
            asterisk = line.cells.get("asterisk", "").strip() not in ("", "N")
            yield f"A{key[0]} {code}", PolicyDiagnosis(number, supports, asterisk)


def named_procedures(prose: str, listed: Sequence[str] | dict[str, set[int]]) -> tuple[str, ...]:
    """The procedures of an article that a text names, alone or within a range. Other numbers in it are none of them."""
    text = _TAG.sub(" ", html.unescape(html.unescape(prose)))
    named: set[str] = set()
    for first, last in _NAMED.findall(text):
        named.update(code for code in listed if code == first or (last and first <= code <= last))
    return tuple(sorted(named))


def _rows(prefix: str, documents: dict[_Key, _Local]) -> Iterator[tuple[str, LocalPolicyRow]]:
    for (number, version), document in documents.items():
        yield f"{prefix}{number}", document.row(version)


def _procedures(prefix: str, documents: dict[_Key, _Local]) -> Iterator[tuple[str, PolicyProcedure]]:
    for (number, _version), document in documents.items():
        for code, groups in document.procedures.items():
            for group in sorted(groups):
                yield code, PolicyProcedure(f"{prefix}{number}", group)


def _national(files: ExportFiles, asked: Asked) -> Reading[NationalPolicyRow]:
    rows: list[tuple[str, NationalPolicyRow]] = []
    updated: date | None = None
    for line in files.lines("ncd_trkg"):
        ends, first = day_or_none(line, "ncd_trmntn_dt"), day_or_none(line, "ncd_efctv_dt")
        if first is None:
            raise line.refused("ncd_efctv_dt", "is empty")
        rows.append((f"NCD{line.whole('ncd_id')}", _determination(line, first, ends)))
        updated = max(filter(None, (updated, day_or_none(line, "last_updt_tmstmp"))), default=None)
    span = _span(files, "ncd_trkg", updated, asked)
    return Reading(coverage.NCDS, span, rows, [files.document("ncd_trkg").source])


def _determination(line: Line, first: date, ends: date | None) -> NationalPolicyRow:
    """CMS gives retired determinations a day of termination before their version's first: they hold on no day."""
    return NationalPolicyRow(
        version=line.whole("ncd_vrsn_num"),
        title=line.required("ncd_mnl_sect_title"),
        first=first,
        last=ends,
        section=line.required("ncd_mnl_sect"),
        level=_LEVELS.get(line.text("cvrg_lvl_cd"), "not said"),
    )


def _span(files: ExportFiles, file: str, updated: date | None, asked: Asked) -> Span:
    """A release is of the day of the latest change in it: exports do not say when they were made."""
    effective = asked.effective_or(updated, files.document(file))
    return asked.span(Span(effective.isoformat(), effective, FOREVER))
