"""The main index of ICD-10-CM as delimited text, one row a term with its level, as converters of NCHS's XML write it.

Columns `Level`, `Term`, `See`, `SeeAlso`, `NonEssModif` and `Code`, in any order; others are passed over. The file does
not say its release: load it with `--effective`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.titled import head_has_titles, titled_lines
from shared.tables.icd10_index import (
    DISEASES,
    Reference,
    ReferenceKind,
    TermRow,
    place_below,
    place_of_main,
    term_keys,
)
from shared.tables.sheets import Line
from shared.tables.spans import fiscal_year

_REQUIRED = {
    "level": ("level",),
    "term": ("term",),
    "see": ("see",),
    "see_also": ("seealso", "see also"),
    "modifiers": ("nonessmodif", "nonessential modifiers"),
    "code": ("code",),
}
_CODE = re.compile(r"[A-Z][0-9A-Z]{2}[0-9A-Z.\-]*$")


class Icd10cmIndexRows(Format):
    name = "ICD-10-CM main index, one row a term"
    tables = (DISEASES,)

    def recognises(self, document: Document) -> bool:
        return head_has_titles(document, _REQUIRED)

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[TermRow]]:
        for document in documents:
            if document is not documents[0]:
                raise RefusedFile(document.name, f"{documents[0].name} is the main index too; load one")
            span = asked.span(fiscal_year(asked.effective_or(None, document)))
            yield Reading(DISEASES, span, _keyed(document), [document.source])


@dataclass(slots=True)
class _Node:
    place: str
    line: Line
    below: list[_Node] = field(default_factory=list)


def _keyed(document: Document) -> Iterator[tuple[str, TermRow]]:
    for main in _trees(document):
        yield from _terms(main)


def _trees(document: Document) -> Iterator[_Node]:
    """Each main term with all below it. Raises RefusedFile where a level is stepped over."""
    way: list[_Node] = []
    mains = 0
    for line in titled_lines(document, _REQUIRED, {}):
        level = line.whole("level")
        if level > len(way):
            raise line.refused("level", f"level {level} stands where at most {len(way)} belongs")
        if level == 0:
            if way:
                yield way[0]
            way, mains = [_Node(_placed(line, None, mains), line)], mains + 1
            continue
        above = way[level - 1]
        node = _Node(_placed(line, above.place, len(above.below)), line)
        above.below.append(node)
        way[level:] = [node]
    yield from way[:1]


def _placed(line: Line, above: str | None, number: int) -> str:
    try:
        return place_of_main(number) if above is None else place_below(above, number)
    except ValueError as error:
        raise line.refused("term", str(error)) from error


def _terms(node: _Node) -> Iterator[tuple[str, TermRow]]:
    row = _row(node)
    for key in term_keys(node.place, row):
        yield key, row
    for below in node.below:
        yield from _terms(below)


def _row(node: _Node) -> TermRow:
    line = node.line
    code, see = line.text("code"), line.text("see")
    if code and not _CODE.match(code):
        raise line.refused("code", f"{code!r} is not a code")
    references = []
    if see.lower() == "category":
        references.append(Reference(ReferenceKind.SEE_CATEGORY, code, (f"{code.rstrip('.-')}-",)))
        code = ""
    elif see:
        references.append(Reference(ReferenceKind.SEE, see))
    if also := line.text("see_also"):
        references.append(Reference(ReferenceKind.SEE_ALSO, also))
    return TermRow(
        title=line.text("term"),
        modifiers=line.text("modifiers"),
        codes=(code,) if code else (),
        manifestation="",
        references=tuple(references),
        cells=(),
        subterms=len(node.below),
    )
