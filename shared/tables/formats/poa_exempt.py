"""Loader of the list of diagnoses exempt from POA reporting: `POAexemptCodesFY25.txt` and `.xlsx`, `…Apr23.txt`.

Tab-delimited text or Excel with three columns: the code's place in the classification, `POAexemptCode` and
`Description`. The heading of the first names the release: `Order25` or `Order2023` that of October, `OrdApr23` that of
April. The archive has lists of what was added, deleted and revised beside it, in part in the same layout; they are not
the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import published_once, whole_rows
from shared.tables.poa import EXEMPT, ExemptRow
from shared.tables.sheets import lines_under, normal
from shared.tables.spans import fiscal_year

_HEADING = re.compile(r"ord(?:er)?(?P<april>apr)?(?:20)?(?P<year>\d\d)? poaexemptcode description")
_CHANGES = re.compile(r"(add|delete|revise)[ _-]?codes", re.IGNORECASE)
_COLUMNS = ("order", "code", "description")


class PoaExemptList(Format):
    """The whole list of one release or several."""

    name = "Diagnoses exempt from present on admission reporting (CMS)"
    tables = (EXEMPT,)

    def recognises(self, document: Document) -> bool:
        return _HEADING.match(normal(document.head)) is not None and not _CHANGES.search(document.name)

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[ExemptRow]]:
        read: dict[date, str] = {}
        for document in published_once(documents):
            effective = asked.effective_or(_effective(document), document)
            if effective in read:
                raise RefusedFile(document.name, f"it takes effect on the same day as {read[effective]}")
            read[effective] = document.name
            yield Reading(EXEMPT, asked.span(fiscal_year(effective)), _rows(document), [document.source])


def _effective(document: Document) -> date | None:
    found = _HEADING.match(normal(document.head))
    if found is None or found["year"] is None:
        return None
    year = 2000 + int(found["year"])
    return date(year, 4, 1) if found["april"] else date(year - 1, 10, 1)


def _is_header(row: Sequence[str]) -> bool:
    return len(row) >= len(_COLUMNS) and normal(row[1]) == "poaexemptcode"


def _rows(document: Document) -> Iterator[tuple[str, ExemptRow]]:
    before = 0
    for line in lines_under(document, iter(whole_rows(document)), _COLUMNS, is_header=_is_header):
        if line.whole("order") <= before:
            raise line.refused("order", "the codes are not in the order of the classification, each once")
        before = line.whole("order")
        yield line.code("code", 3, 4, 5, 6, 7), ExemptRow(line.required("description"))
