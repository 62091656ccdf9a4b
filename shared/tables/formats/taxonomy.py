"""The provider taxonomy as the NUCC publishes it.

Source: NUCC, Health Care Provider Taxonomy, `nucc_taxonomy_NNN.csv`: "Code", "Grouping", "Classification",
"Specialization", "Definition", "Notes", "Display Name", "Section". The number is the version, year and issue: 250 comes
out in January 2025 and is in effect from April 1, 251 in July and from October 1. It stands in the name alone. The code
set is copyright of the American Medical Association on behalf of the NUCC: the customer brings the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from shared.tables.codes import TAXONOMY, TaxonomyRow
from shared.tables.documents import Document
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import refuse_cut_off
from shared.tables.formats.titled import head_has_titles, titled_lines
from shared.tables.sheets import Line
from shared.tables.spans import FOREVER, Span
from shared.tables.table import Table

_REQUIRED = {
    "code": ("code",),
    "grouping": ("grouping",),
    "classification": ("classification",),
    "specialization": ("specialization",),
    "definition": ("definition",),
}
_OPTIONAL = {"notes": ("notes",), "display_name": ("display name",), "section": ("section",)}
_VERSION = re.compile(r"taxonomy_(\d\d)([01])\b", re.IGNORECASE)
_IN_EFFECT_FROM = {"0": (4, 1), "1": (10, 1)}
_CODE = re.compile(r"[0-9A-Z]{9}X")


class ProviderTaxonomy(Format):
    name: ClassVar[str] = "Health care provider taxonomy (NUCC)"
    tables: ClassVar[tuple[Table[Any], ...]] = (TAXONOMY,)

    def recognises(self, document: Document) -> bool:
        return head_has_titles(document, _REQUIRED)

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[TaxonomyRow]]:
        for document in documents:
            refuse_cut_off(document)
            version, found = _version(document)
            effective = asked.effective_or(found, document)
            span = Span(version or effective.isoformat(), effective, FOREVER)
            yield Reading(TAXONOMY, asked.span(span), _rows(document, effective), [document.source])


def _version(document: Document) -> tuple[str | None, date | None]:
    """`25.1` and its day of effect, from the file's name."""
    found = _VERSION.search(document.name)
    if found is None:
        return None, None
    month, day = _IN_EFFECT_FROM[found[2]]
    return f"{found[1]}.{found[2]}", date(2000 + int(found[1]), month, day)


def _rows(document: Document, effective: date) -> Iterator[tuple[str, TaxonomyRow]]:
    seen: set[str] = set()
    for line in titled_lines(document, _REQUIRED, _OPTIONAL):
        code = line.required("code").upper()
        if not _CODE.fullmatch(code):
            raise line.refused("code", f"{code!r} is not a taxonomy code")
        if code in seen:
            raise line.refused("code", f"{code} stands twice")
        seen.add(code)
        yield code, _row(line, effective)


def _row(line: Line, effective: date) -> TaxonomyRow:
    specialization = line.text("specialization")
    return TaxonomyRow(
        first=effective,
        label=line.text("display_name") or specialization or line.required("classification"),
        description=line.text("definition"),
        notes=line.text("notes"),
        grouping=line.required("grouping"),
        classification=line.required("classification"),
        specialization=specialization,
        section=line.text("section"),
    )
