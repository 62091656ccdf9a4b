"""ICD-10-CM indexes as NCHS publishes them in XML: main index, external causes, table of neoplasms, table of drugs.

Files `icd10cm-index-2026.xml`, `icd10cm-eindex-2026.xml`, `icd10cm-neoplasm-2026.xml`, `icd10cm-drug-2026.xml`; layout:
NCHS schemas `icd10cm-index.xsd` (2011-05-29) and `icd10cm-drug-neoplasm.xsd` (2019-05-17). All have the root
`ICD10CM.index`: the tables say what they are in the heading of their first column, the two indexes in their title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from shared.tables.documents import Document
from shared.tables.formats.classification import ClassificationFormat
from shared.tables.formats.elements import Element
from shared.tables.formats.format import Reading
from shared.tables.formats.index_terms import keyed_terms, subterms
from shared.tables.icd10_index import (
    DISEASES,
    DRUGS,
    EXTERNAL_CAUSES,
    NEOPLASMS,
    Reference,
    ReferenceKind,
    TermRow,
)
from shared.tables.spans import Span
from shared.tables.table import Table

_REFERENCES = {
    "see": ReferenceKind.SEE,
    "seeAlso": ReferenceKind.SEE_ALSO,
    "seecat": ReferenceKind.SEE_CATEGORY,
    "subcat": ReferenceKind.SEE_SUBCATEGORY,
}
_NAMING_CODES = frozenset({"seecat", "subcat"})
_ALSO_THERE = frozenset({"title", "diff", "code", "manif", "warning", "cell", "term"})
_MODIFIER = frozenset({"nemod", "old"})
_CODE = re.compile(r"[A-Z][0-9A-Z]{2}[0-9A-Z.,\- ]*$")
_EMPTY_CELL = frozenset({"", "-", "--"})
_COLUMNS: dict[str, tuple[Table[TermRow], tuple[str, ...]]] = {
    "neoplasm": (
        NEOPLASMS,
        ("malignant primary", "malignant secondary", "in situ", "benign", "uncertain", "unspecified"),
    ),
    "substance": (DRUGS, ("accidental", "self-harm", "assault", "undetermined", "adverse", "underdosing")),
}


class Icd10cmIndex(ClassificationFormat):
    name: ClassVar[str] = "ICD-10-CM indexes, XML (NCHS)"
    root: ClassVar[str] = "ICD10CM.index"
    tables = (DISEASES, EXTERNAL_CAUSES, NEOPLASMS, DRUGS)

    def readings(self, root: Element, span: Span, document: Document) -> Iterator[Reading[Any]]:
        yield Reading(_table(root), span, keyed_terms(root, _read_term), [document.source])


def _table(root: Element) -> Table[TermRow]:
    heading = root.one("indexHeading")
    if heading is not None:
        return _table_with_columns(heading)
    title = root.text_of("title").lower()
    if "external cause" in title:
        return EXTERNAL_CAUSES
    if "disease" in title or not title:
        return DISEASES
    raise root.refused(f"no index has the title {title!r}")


def _table_with_columns(heading: Element) -> Table[TermRow]:
    """The table that a heading is of. Raises RefusedFile where a column is not the published one."""
    heads = {head.number("col"): head for head in heading.all("head")}
    named = heads[1].text().lower() if 1 in heads else ""
    if named not in _COLUMNS:
        raise heading.refused(f"no table has a first column {named!r}")
    table, columns = _COLUMNS[named]
    for number, column in enumerate(columns, start=2):
        head = heads.get(number)
        if head is None or column not in head.text().lower():
            raise (head or heading).refused(f"column {number} is not that of {column}")
    return table


def _read_term(element: Element) -> TermRow:
    title = element.one("title") or element.one("diff")
    if title is None:
        raise element.refused(f"<{element.tag}> has no <title>")
    references: list[Reference] = []
    for part in element:
        if part.tag in _REFERENCES:
            references.append(_reference(part))
        elif part.tag not in _ALSO_THERE:
            raise part.refused(f"<{part.tag}> is not known in <{element.tag}>")
    return TermRow(
        title=title.text(without=_MODIFIER),
        modifiers=" ".join(modifier.text() for modifier in title.all("nemod")),
        codes=tuple(_code(code) for code in element.all("code")),
        manifestation=element.text_of("manif").strip("[]"),
        references=tuple(references),
        cells=_cells(element),
        subterms=subterms(element),
    )


def _reference(element: Element) -> Reference:
    """A category or subcategory to see is the beginning of codes, which a dash says."""
    text = element.text()
    names_code = element.tag in _NAMING_CODES and _CODE.match(text)
    return Reference(_REFERENCES[element.tag], text, (f"{text.rstrip('.-')}-",) if names_code else ())


def _code(element: Element) -> str:
    printed = element.text()
    if not _CODE.match(printed):
        raise element.refused(f"{printed!r} is not a code")
    return printed


def _cells(element: Element) -> tuple[str, ...]:
    """The six columns of codes. A column that a line leaves out is empty."""
    cells: dict[int, str] = {}
    for cell in element.all("cell"):
        column = cell.number("col")
        if column in cells or not 2 <= column <= 7:
            raise cell.refused(f"column {column} does not belong here")
        cells[column] = "" if cell.text() in _EMPTY_CELL else _code(cell)
    return tuple(cells.get(column, "") for column in range(2, 8)) if cells else ()
