"""The files of NCCI procedure-to-procedure edits for Medicare, as CMS publishes them each quarter.

Source: CMS, "Medicare NCCI Procedure to Procedure (PTP) Edits": `ccipra-v322r0-f1` to `-f4` (practitioner services) and
`ccioph-v322r0-f1` to `-f4` (outpatient hospital services), each a zip file with the same table as tab-delimited text
(Latin-1, `.TXT`) and as a workbook. Version 32.2 is of the third quarter of the thirty-second year from 1995: 2026Q3. A
table comes in four parts of like size, cut between two column 1 codes. A part has:

    CPT only copyright … American Medical Association.  All rights reserved.
    Column1/Column2 Edits
    Column 1 │ Column 2 │ *=in existence │ Effective │ Deletion   │ Modifier         │ PTP Edit Rationale
             │          │ prior to 1996  │ Date      │ Date       │ 0=not allowed    │
             │          │                │           │ *=no data  │ 1=allowed        │
             │          │                │           │            │ 9=not applicable │
    and a row for each span: code, code, `*` or nothing, YYYYMMDD, YYYYMMDD or `*`, 0 or 1 or 9, text

A quarter's file carries every edit since 1996, deleted ones too, so its release answers for all days up to its end.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import dropwhile, islice, pairwise
from typing import Any, ClassVar, NamedTuple, cast

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.ncci import HOSPITAL, PRACTITIONER, PTP, ModifierIndicator, PtpSpan, Setting
from shared.tables.sheets import Line, normal, workbook_rows
from shared.tables.spans import quarter
from shared.tables.table import Table

PARTS = 4
_COLUMNS = (
    "Column 1",
    "Column 2",
    "*=in existence prior to 1996",
    "Effective Date",
    "Deletion Date",
    "Modifier",
    "PTP Edit Rationale",
)
_TITLES = ("column 1", "column 2", "*=in existence", "effective", "deletion", "modifier", "ptp edit rationale")
"""How the titles in the header row begin; the rows under it continue them."""
_NAME = re.compile(r"cci(pra|oph)[-_ ]?v(\d\d)([0-3])r\d[-_ ]?f(\d)", re.IGNORECASE)
_SETTINGS: dict[str, Setting] = {"pra": "practitioner", "oph": "hospital"}
_YEAR_OF_VERSION_0 = 1994
_CODE = re.compile(rb"[0-9A-Z]{5}")
_Numbered = tuple[int, bytes]


class NcciPtp(Format):
    name: ClassVar[str] = "NCCI procedure-to-procedure edits (CMS)"
    tables: ClassVar[tuple[Table[Any], ...]] = (PRACTITIONER, HOSPITAL)

    def recognises(self, document: Document) -> bool:
        head = normal(document.head[:4096])
        return "column 1" in head and any(title in head for title in ("column1/column2", "in existence", "ptp edit"))

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[PtpSpan]]:
        tables: dict[tuple[Setting, date | None], list[_Published]] = defaultdict(list)
        for document in documents:
            file = _published(document, asked)
            tables[file.setting, file.effective].append(file)
        for (setting, effective), files in tables.items():
            yield _reading(setting, effective, files, asked)


class _Published(NamedTuple):
    """What the name of a file says."""

    document: Document
    setting: Setting
    effective: date | None
    part: int | None


def _published(document: Document, asked: Asked) -> _Published:
    names = list(_NAME.finditer(document.name))
    if names:
        setting, major, minor, part = names[-1].groups()
        effective = date(_YEAR_OF_VERSION_0 + int(major), int(minor) * 3 + 1, 1)
        return _Published(document, _SETTINGS[setting.lower()], effective, int(part))
    for setting_asked, table in PTP.items():
        if asked.table == table.name:
            return _Published(document, setting_asked, None, None)
    raise RefusedFile(
        document.name,
        "neither the file nor its name (as published: ccipra-v322r0-f1) says whether it is for practitioners or for "
        f"hospitals; say it with --table {PRACTITIONER.name} or --table {HOSPITAL.name}",
    )


def _reading(setting: Setting, effective: date | None, files: Sequence[_Published], asked: Asked) -> Reading[PtpSpan]:
    span = quarter(asked.effective_or(effective, files[0].document))
    spans: dict[bytes, PtpSpan] = {}
    parts = [_Part.checked(file, spans) for file in _texts_first(files)]
    parts.sort(key=lambda part: part.lowest)
    _refuse_incomplete(parts, span.name)
    latest = max(row.first for row in spans.values())
    if latest > span.last:
        raise RefusedFile(
            parts[0].file.document.name, f"it holds edits effective {latest}: it is not the release {span.name}"
        )
    return Reading(
        table=PTP[setting],
        span=asked.span(span),
        rows=_rows(parts),
        sources=[part.file.document.source for part in parts],
        history_from=min(row.first for row in spans.values()),
    )


def _texts_first(files: Sequence[_Published]) -> list[_Published]:
    """One file for each part: CMS gives every part twice, as text and as a workbook."""
    chosen: dict[int | str, _Published] = {}
    for file in sorted(files, key=lambda file: file.document.is_workbook):
        part = file.part if file.part is not None else file.document.name.rpartition(".")[0]
        known = chosen.setdefault(part, file)
        if known is not file and not file.document.is_workbook:
            raise RefusedFile(file.document.name, f"part {part} is given twice: {known.document.name}")
    return list(chosen.values())


def _refuse_incomplete(parts: Sequence[_Part], release: str) -> None:
    """`parts` in the order of their codes. The files do not say how many they are; CMS has published four for years."""
    last = parts[-1].file.document
    numbers = [part.file.part for part in parts]
    missing = sorted(set(range(1, PARTS + 1)).difference(number for number in numbers if number is not None))
    if None not in numbers and missing:
        raise RefusedFile(last.name, f"of {release}, f1 to f{PARTS}, part f{missing[0]} is missing")
    if len(parts) != PARTS:
        raise RefusedFile(last.name, f"of {release}, f1 to f{PARTS}, {len(parts)} parts are given")
    for before, part in pairwise(parts):
        if part.lowest <= before.highest:
            raise RefusedFile(
                part.file.document.name,
                f"it begins with {part.lowest.decode()}, and {before.file.document.name} goes to "
                f"{before.highest.decode()}: parts do not overlap",
            )
    if None not in numbers and numbers != sorted(numbers, key=lambda number: number or 0):
        raise RefusedFile(last.name, "the parts are not in the order of their codes")


@dataclass(frozen=True)
class _Part:
    """One file that has been read through once: every line is as it should be."""

    file: _Published
    text: bytes = field(repr=False)
    first_row: int
    """On which line it stands, counted from 1."""
    spans: dict[bytes, PtpSpan] = field(repr=False)
    """By what follows the two codes in a line. Few hundredths of the lines differ in it."""
    lowest: bytes
    highest: bytes

    @classmethod
    def checked(cls, file: _Published, spans: dict[bytes, PtpSpan]) -> _Part:
        """Raises RefusedFile. Adds to `spans`, which the parts share."""
        text = _text(file.document)
        rows = _header(file.document.name, enumerate(io.BytesIO(text), start=1))
        number, firsts = _check_rows(file.document.name, rows, spans)
        return cls(file, text, number, spans, min(firsts), max(firsts))

    def rows(self) -> Iterator[tuple[str, PtpSpan]]:
        spans = self.spans
        for line in islice(io.BytesIO(self.text), self.first_row - 1, None):
            if line.strip():
                yield line[:11].decode().replace("\t", " "), spans[line[12:].rstrip(b"\r\n")]


def _rows(parts: Sequence[_Part]) -> Iterator[tuple[str, PtpSpan]]:
    for part in parts:
        yield from part.rows()


def _text(document: Document) -> bytes:
    """The file as tab-delimited text; of a workbook, what saving it as text would give."""
    if not document.is_workbook:
        return document.content
    rows = (("\t".join(" ".join(cell.split()) for cell in row)) for row in workbook_rows(document))
    return ("\r\n".join(rows) + "\r\n").encode("cp1252", errors="replace")


def _header(name: str, lines: Iterator[_Numbered]) -> Iterator[_Numbered]:
    """The lines after the titles and the rows that continue them. Raises RefusedFile."""
    for number, line in lines:
        cells = [normal(cell) for cell in line.decode("cp1252", errors="replace").split("\t")]
        if cells[0] == "column 1":
            for title, begins, cell in zip(_COLUMNS, _TITLES, [*cells, *[""] * len(_TITLES)], strict=False):
                if not cell.startswith(begins):
                    raise RefusedFile(name, f"the column is called {cell!r}", line=number, column=title)
            return dropwhile(lambda numbered: numbered[1].startswith(b"\t"), lines)
    raise RefusedFile(name, "the header row is missing")


def _check_rows(name: str, lines: Iterator[_Numbered], spans: dict[bytes, PtpSpan]) -> tuple[int, set[bytes]]:
    """The line of the first row, and the column 1 codes. Raises RefusedFile; adds to `spans`."""
    first_row, firsts, codes, before = 0, set[bytes](), set[bytes](), b""
    rationales = {span.rationale for span in spans.values()}
    for number, line in lines:
        cells = line.rstrip(b"\r\n").split(b"\t", 2)
        if not line.strip():
            continue
        if len(cells) < 3:
            raise RefusedFile(name, f"{len(cells)} cells where {len(_COLUMNS)} belong", line=number)
        first, second, rest = cells
        first_row = first_row or number
        if first not in codes or second not in codes:
            _check_code(name, number, _COLUMNS[0], first)
            _check_code(name, number, _COLUMNS[1], second)
            codes.update((first, second))
        firsts.add(first)
        if rest not in spans:
            spans[rest] = span = _span(name, number, rest)
            if span.rationale not in rationales and not line.endswith(b"\n"):
                raise RefusedFile(name, "the file ends within a line: it is cut off", line=number)
            rationales.add(span.rationale)
        if line == before:
            raise RefusedFile(name, "it is the same as the line before", line=number)
        before = line
    if not firsts:
        raise RefusedFile(name, "no line follows the header")
    return first_row, firsts


def _check_code(name: str, number: int, column: str, code: bytes) -> None:
    if not _CODE.fullmatch(code):
        shown = code.decode("cp1252", errors="replace")
        raise RefusedFile(name, f"{shown!r} is not a code", line=number, column=column)


def _span(name: str, number: int, rest: bytes) -> PtpSpan:
    cells = rest.decode("cp1252", errors="replace").split("\t")
    if len(cells) != len(_COLUMNS) - 2:
        raise RefusedFile(name, f"{len(cells) + 2} cells where {len(_COLUMNS)} belong", line=number)
    line = Line(name, number, dict(zip(_COLUMNS[2:], cells, strict=True)))
    prior, modifier = line.text(_COLUMNS[2]), line.text("Modifier")
    if prior not in ("", "*"):
        raise line.refused(_COLUMNS[2], f"{prior!r} is neither * nor nothing")
    if modifier not in ("0", "1", "9"):
        raise line.refused("Modifier", f"{modifier!r} is none of 0, 1 and 9")
    if not line.text("Deletion Date"):
        raise line.refused("Deletion Date", "is empty; an edit in force has * here")
    return PtpSpan(
        first=line.day("Effective Date"),
        last=line.day_or_none("Deletion Date", "*"),
        modifier=cast(ModifierIndicator, modifier),
        rationale=line.required("PTP Edit Rationale"),
        prior_1996=prior == "*",
    )
