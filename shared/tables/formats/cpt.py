"""CPT, from the files that the AMA hands to a customer who has licensed them.

Source: AMA, "CPT Standard Data Files". Current format: `ConsolidatedCodeList` (or `Consolidated_Code_List`), as text
with tabs or as a workbook, a title row under the AMA's notice; `Modifiers`, likewise. Former format: `LONGULT.txt`
(code, tab, long descriptor), `MEDU.txt` and `SHORTU.txt` (code, blank, descriptor of at most 48 and 28 characters),
records under the AMA's notice, without titles.

The consolidated list says from when each descriptor holds, and the latest of these days is that of the release. The
others say their year only in the name of the folder or zip file, as `2026 CPT Standard Annual Update`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import published_once, refuse_cut_off
from shared.tables.hcpcs import CPT_CODES, CPT_MODIFIERS, CptModifierRow, CptRow
from shared.tables.sheets import Line, lines_under, normal, workbook_rows
from shared.tables.spans import calendar_year
from shared.tables.table import Table

_CODE = re.compile(r"\d{4}[0-9A-Z]")
_BEGINS = re.compile(r"\d{4}[0-9A-Z][\t ]")
_RECORD = re.compile(r"(\d{4}[0-9A-Z])(?:(\t)([^\t]+)| (?! )([^\t]{1,100}))")
_OWNER = "american medical association"
_YEAR = re.compile(r"(?<!\d)(20\d\d)[ _-]*cpt|cpt[ _-]*(20\d\d)(?!\d)")
_CODE_COLUMNS = (
    "concept id",
    "cpt code",
    "long",
    "medium",
    "short",
    "consumer",
    "spanish consumer",
    "current descriptor effective date",
    "test name",
    "lab name",
    "manufacturer name",
)
_MODIFIER_COLUMNS = (
    "conceptid",
    "modifier code",
    "level i/ii",
    "modifier descriptor effective",
    "modifier name",
    "modifier description",
    "section (main section)",
)
_LONGEST_SHORT = 28


class CptCodes(Format):
    name: ClassVar[str] = "CPT codes and descriptors (AMA)"
    tables: ClassVar[tuple[Table[Any], ...]] = (CPT_CODES,)

    def recognises(self, document: Document) -> bool:
        return _is_consolidated(document) or _has_descriptors(document)

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[CptRow]]:
        """The consolidated list has all that the files of the former format have, which are passed over beside it."""
        consolidated = [document for document in documents if _is_consolidated(document)]
        yield _read_consolidated(_only(consolidated), asked) if consolidated else _read_descriptors(documents, asked)


class CptModifiers(Format):
    name: ClassVar[str] = "CPT modifiers (AMA)"
    tables: ClassVar[tuple[Table[Any], ...]] = (CPT_MODIFIERS,)

    def recognises(self, document: Document) -> bool:
        head = normal(document.head)
        return "modifier code" in head and "modifier descriptor effective" in head

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[CptModifierRow]]:
        document = _only(documents)
        entries = list(_modifiers(document))
        effective = asked.effective_or(_year_named(document.name), document)
        yield Reading(CPT_MODIFIERS, asked.span(calendar_year(effective)), entries, [document.source])


def _is_consolidated(document: Document) -> bool:
    head = normal(document.head)
    return all(title in head for title in ("concept id", "cpt code", "current descriptor effective date"))


def _has_descriptors(document: Document) -> bool:
    """Whether all of its lines that begin with a code are records; lines of other tables have more cells."""
    if document.is_workbook or _OWNER not in normal(document.head):
        return False
    lines = [line.rstrip() for line in document.head.split("\n")[:-1] if _BEGINS.match(line)]
    return bool(lines) and all(_RECORD.fullmatch(line) for line in lines)


def _read_consolidated(document: Document, asked: Asked) -> Reading[CptRow]:
    entries = list(_consolidated(document))
    latest = max((row.described_from for _code, row in entries if row.described_from), default=None)
    effective = asked.effective_or(latest or _year_named(document.name), document)
    return Reading(CPT_CODES, asked.span(calendar_year(effective)), entries, [document.source])


def _read_descriptors(documents: Sequence[Document], asked: Asked) -> Reading[CptRow]:
    """The files of the three descriptors are one release; each must have the same codes."""
    by_kind: dict[str, dict[str, str]] = {}
    for document in documents:
        kind, descriptors = _descriptors(document)
        if kind in by_kind:
            raise RefusedFile(document.name, f"the {kind} descriptors are given twice")
        by_kind[kind] = descriptors
        if odd := descriptors.keys() ^ next(iter(by_kind.values())).keys():
            raise RefusedFile(document.name, f"its codes are not those of {documents[0].name}: {min(odd)}")
    effective = asked.effective_or(_year_named(documents[0].name), documents[0])
    long, medium, short = (by_kind.get(kind, {}) for kind in ("long", "medium", "short"))
    rows = [
        (code, CptRow(long.get(code, ""), medium.get(code, ""), short.get(code, "")))
        for code in next(iter(by_kind.values()))
    ]
    return Reading(CPT_CODES, asked.span(calendar_year(effective)), rows, [document.source for document in documents])


def _consolidated(document: Document) -> Iterator[tuple[str, CptRow]]:
    """A proprietary analysis that several laboratories offer has a line for each, alike but for the last columns."""
    seen: dict[str, CptRow] = {}
    for line in _lines(document, _CODE_COLUMNS, "cpt code"):
        code = line.code("cpt code", 5)
        if not _CODE.fullmatch(code):
            raise line.refused("cpt code", f"{code!r} is not a CPT code")
        row = CptRow(
            long=line.required("long"),
            medium=line.text("medium"),
            short=line.text("short"),
            consumer=line.text("consumer"),
            consumer_spanish=line.text("spanish consumer"),
            described_from=line.day_or_none("current descriptor effective date"),
            concept=line.text("concept id"),
            test=line.text("test name"),
            laboratory=line.text("lab name"),
            manufacturer=line.text("manufacturer name"),
        )
        if (before := seen.setdefault(code, row)) is not row and (before.long != row.long or not row.test):
            raise line.refused("cpt code", f"{code} is listed twice")
        yield code, row


def _modifiers(document: Document) -> Iterator[tuple[str, CptModifierRow]]:
    seen: set[tuple[str, str]] = set()
    for line in _lines(document, _MODIFIER_COLUMNS, "modifier code"):
        modifier, section = line.code("modifier code", 2), line.text("section (main section)")
        if (modifier, section) in seen:
            raise line.refused("modifier code", f"{modifier} is listed twice")
        seen.add((modifier, section))
        if line.text("level i/ii") not in ("I", "II"):
            raise line.refused("level i/ii", "is neither I nor II")
        yield (
            modifier,
            CptModifierRow(
                name=line.required("modifier name"),
                text=line.text("modifier description"),
                level=line.text("level i/ii"),
                described_from=line.day_or_none("modifier descriptor effective"),
                section=section,
            ),
        )


def _lines(document: Document, columns: Sequence[str], key: str) -> Iterator[Line]:
    """The lines under the title row, by the titles, which must all be there and no other."""
    rows = list(_rows(document))
    number, header = next(((n, row) for n, row in enumerate(rows, start=1) if key in map(normal, row)), (0, []))
    titles = [normal(cell) for cell in header]
    for title in columns if header else ():
        if titles.count(title) != 1:
            raise RefusedFile(document.name, "the column is not there once", line=number, column=title)
    if odd := [title for title in titles if title and title not in columns]:
        raise RefusedFile(document.name, "the AMA's file has no such column", line=number, column=odd[0])
    return lines_under(document, iter(rows), titles, is_header=lambda row: row is header)


def _rows(document: Document) -> Iterator[list[str]]:
    """Cells; in the text, quotation marks are part of a descriptor and not of the format."""
    if document.is_workbook:
        yield from workbook_rows(document)
        return
    for number, line in enumerate(_text(document), start=1):
        if "\ufffd" in line:
            raise RefusedFile(document.name, "a character is in no known encoding", line=number)
        yield line.split("\t")


def _descriptors(document: Document) -> tuple[str, dict[str, str]]:
    """Which of the three descriptors a file of the former format has, and they by code."""
    descriptors: dict[str, str] = {}
    tabs = False
    for number, line in enumerate(_text(document), start=1):
        record = _RECORD.fullmatch(line.rstrip())
        if not line.strip() or (record is None and not descriptors):
            continue
        if record is None:
            raise RefusedFile(document.name, "is no record of a code and a descriptor", line=number)
        code, tab, after_tab, after_blank = record.groups()
        descriptor = after_tab or after_blank
        tabs = tabs or bool(tab)
        if code in descriptors:
            raise RefusedFile(document.name, f"{code} is listed twice", line=number)
        if tabs != bool(tab) or not descriptor.strip() or "\ufffd" in descriptor:
            raise RefusedFile(document.name, "the descriptor is not as in the other records", line=number)
        descriptors[code] = descriptor.strip()
    widest = max(map(len, descriptors.values()), default=0)
    return "long" if tabs else "short" if widest <= _LONGEST_SHORT else "medium", descriptors


def _text(document: Document) -> Iterator[str]:
    refuse_cut_off(document)
    return (line.rstrip("\r\x1a") for line in document.text.split("\n"))


def _year_named(name: str) -> date | None:
    for part in reversed(name.lower().split("/")):
        if found := _YEAR.search(part):
            return date(int(found[1] or found[2]), 1, 1)
    return None


def _only(documents: Sequence[Document]) -> Document:
    """The text, where it is given beside the workbook. Raises RefusedFile for two lists."""
    documents = published_once(documents)
    texts = [document for document in documents if not document.is_workbook] or documents
    if len(texts) > 1:
        raise RefusedFile(texts[1].name, f"the list is given twice: {texts[0].name}")
    return texts[0]
