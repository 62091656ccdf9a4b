"""What the XML files of ICD-10-CM and ICD-10-PCS have in common: a file is a release of a fiscal year."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.elements import Element, read_elements, root_tag
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.spans import Span, fiscal_year

_YEAR = re.compile(r"20\d\d")
_UPDATE = re.compile(r"april[-_ ]*(?:1[-_ ]+)?(?P<year>20\d\d)", re.IGNORECASE)


class ClassificationFormat(Format):
    """The loader of one of these files, known by its outermost element."""

    root: ClassVar[str]

    @abstractmethod
    def readings(self, root: Element, span: Span, document: Document) -> Iterator[Reading[Any]]:
        """The tables that a document fills. Raises RefusedFile, here or while the rows are read."""

    def recognises(self, document: Document) -> bool:
        return root_tag(document) == self.root

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
        known: dict[tuple[str, str], str] = {}
        for document in documents:
            root = read_elements(document)
            span = asked.span(fiscal_year(asked.effective_or(effective_of(root, document), document)))
            for reading in self.readings(root, span, document):
                first = known.setdefault((reading.table.name, span.name), document.name)
                if first != document.name:
                    raise RefusedFile(document.name, f"{first} is {span.name} of {reading.table.name} too; load one")
                yield reading


def effective_of(root: Element, document: Document) -> date | None:
    """When a file takes effect: its version is the fiscal year, and the name of an April update says so.

    None where the version is not a year. Raises RefusedFile for a file of changes only, the addenda.
    """
    if root.attributes.get("isAddenda") == "true":
        raise root.refused("it is an addenda, which lists changes only; load the full file")
    version = root.text_of("version")
    if not _YEAR.fullmatch(version):
        return None
    year = int(version)
    update = _UPDATE.search(document.name)
    in_april = update is not None and int(update["year"]) == year
    return date(year, 4, 1) if in_april else date(year - 1, 10, 1)
