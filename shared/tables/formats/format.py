"""What a loader of one official format is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Generic

from shared.tables.catalogue import SourceFile
from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.spans import Span
from shared.tables.table import Row, Table


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person who loads says beside the file. Official files often leave out their own date."""

    effective: date | None = None
    through: date | None = None
    release: str | None = None
    table: str | None = None
    """Which table a file is for, where content and name leave it open."""

    def effective_or(self, found: date | None, document: Document) -> date:
        """The day of effect: as asked, else as found. Raises RefusedFile where neither says it."""
        if self.effective or found:
            return self.effective or found  # type: ignore[return-value]  # one of the two is a date
        raise RefusedFile(document.name, "the file does not say when it takes effect; say it with --effective")

    def span(self, span: Span) -> Span:
        """A span with the name and end that were asked for."""
        return Span(self.release or span.name, span.first, self.through or span.last)


@dataclass(frozen=True, slots=True)
class Reading(Generic[Row]):
    """One release of one table, read from documents. `rows` may be read once, and raise RefusedFile then."""

    table: Table[Row]
    span: Span
    """The release's name, its day of effect, and the last day it answers for."""
    rows: Iterable[tuple[str, Row]]
    sources: Sequence[SourceFile]
    history_from: date | None = None
    """For a table that keeps its history: the first day it answers for, before its day of effect."""


class Format(ABC):
    """The loader of one official format. Stateless: one instance serves every load."""

    name: ClassVar[str]
    """For people and the catalogue: "NCCI procedure-to-procedure edits (CMS)"."""
    tables: ClassVar[tuple[Table[Any], ...]]
    """What it can fill."""

    @abstractmethod
    def recognises(self, document: Document) -> bool:
        """Whether the document is of this format, by its content. Cheap: looks at the head. Never raises."""

    @abstractmethod
    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
        """Readings of all documents of this format that were given together (a table may come in several parts).

        Raises RefusedFile, here or while the rows of a reading are read, with the line and the reason.
        """
