"""ICD-10-PCS definitions as CMS publishes them in XML (`icd10pcs_definitions_2026.xml`), beside tables and index.

Layout: CMS schema `icd10pcs_definitions.xsd`. Root `ICD10PCS.definitions`; sections with a code, axes with a position,
and terms with the titles of the values they are for, a definition, an explanation and what is included. The device
aggregation table at the end of the file is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from shared.tables.documents import Document
from shared.tables.formats.classification import ClassificationFormat
from shared.tables.formats.elements import Element
from shared.tables.formats.format import Reading
from shared.tables.icd10pcs_definitions import DEFINITIONS, DefinitionRow, key_of
from shared.tables.spans import Span

_KNOWN = frozenset({"title", "definition", "explanation", "includes"})


class Icd10pcsDefinitions(ClassificationFormat):
    name: ClassVar[str] = "ICD-10-PCS definitions, XML (CMS)"
    root: ClassVar[str] = "ICD10PCS.definitions"
    tables = (DEFINITIONS,)

    def readings(self, root: Element, span: Span, document: Document) -> Iterator[Reading[Any]]:
        yield Reading(DEFINITIONS, span, _definitions(root), [document.source])


def _definitions(root: Element) -> Iterator[tuple[str, DefinitionRow]]:
    """Raises RefusedFile for a value that is defined twice or not at all."""
    lines: dict[str, int] = {}
    for section in root.all("section"):
        code = section.attribute("code")
        for axis in section.all("axis"):
            for terms in axis.all("terms"):
                for key, row in _terms(code, axis, terms):
                    if key in lines:
                        raise terms.refused(f"{row.label} is defined here and on line {lines[key]}")
                    lines[key] = terms.line
                    yield key, row
    if not lines:
        raise root.refused("it defines nothing")


def _terms(section: str, axis: Element, terms: Element) -> Iterator[tuple[str, DefinitionRow]]:
    for part in terms:
        if part.tag not in _KNOWN:
            raise part.refused(f"<{part.tag}> is not known in <terms>")
    labels = [title.text() for title in terms.all("title")]
    if not all(labels) or not labels:
        raise terms.refused("<terms> has no <title>")
    includes = tuple(included.text() for included in terms.all("includes"))
    for label in labels:
        row = DefinitionRow(
            axis=axis.required("title"),
            label=label,
            definition=terms.text_of("definition"),
            explanation=terms.text_of("explanation"),
            includes=includes,
        )
        yield key_of(section, axis.number("pos"), label), row
