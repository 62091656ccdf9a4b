"""ICD-10-PCS index as CMS publishes it in XML: `icd10pcs_index_2026.xml` of "ICD-10-PCS Code Tables and Index".

Layout: CMS schema `icd10pcs_index.xsd`. Root `ICD10PCS.index`, letters of main terms and nested terms with a level.
Each term names a whole code (`code`), the beginning of one (`codes`) or a table (`tab`), or sends on with `see` or
`use`, in which the codes stand behind the words. Some subterms have no title.
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
from shared.tables.icd10_index import PROCEDURES, Reference, ReferenceKind, TermRow
from shared.tables.spans import Span

_REFERENCES = {"see": ReferenceKind.SEE, "use": ReferenceKind.USE}
_LENGTHS = {"code": (7, 7), "codes": (3, 7), "tab": (3, 3)}
_CHARACTERS = re.compile(r"[0-9A-HJ-NP-Z]+$")
"""ICD-10-PCS uses neither I nor O (Official Guidelines, A2)."""


class Icd10pcsIndex(ClassificationFormat):
    name: ClassVar[str] = "ICD-10-PCS index, XML (CMS)"
    root: ClassVar[str] = "ICD10PCS.index"
    tables = (PROCEDURES,)

    def readings(self, root: Element, span: Span, document: Document) -> Iterator[Reading[Any]]:
        yield Reading(PROCEDURES, span, keyed_terms(root, _read_term), [document.source])


def _read_term(element: Element) -> TermRow:
    if element.tag == "mainTerm":
        element.required("title")
    references: list[Reference] = []
    codes: list[str] = []
    for part in element:
        if part.tag in _REFERENCES:
            text = part.text(without=frozenset(_LENGTHS))
            references.append(Reference(_REFERENCES[part.tag], text, tuple(_code(code) for code in part)))
        elif part.tag in _LENGTHS:
            codes.append(_code(part))
        elif part.tag not in ("title", "term"):
            raise part.refused(f"<{part.tag}> is not known in <{element.tag}>")
    return TermRow(element.text_of("title"), "", tuple(codes), "", tuple(references), (), subterms(element))


def _code(element: Element) -> str:
    code = element.text()
    shortest, longest = _LENGTHS.get(element.tag, (0, 0))
    if not (_CHARACTERS.match(code) and shortest <= len(code) <= longest):
        raise element.refused(f"{code!r} is not the {element.tag} of an ICD-10-PCS procedure")
    return code
