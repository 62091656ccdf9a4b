"""Loader of CMS's ZIP code to carrier locality files, `ZIP5_OCT2025.txt` and `ZIP9_OCT2025.txt`.

Fixed width, 80 characters a line, no header (`ZIP5lyout.txt`, `ZIP9lyout.txt` of the same zip file). From 1: state 1-2,
ZIP code 3-7, carrier 8-12, pricing locality 13-14, whether nine digits are needed 21, year and quarter 76-80; in ZIP9
the four digits more at 22-25. ZIP9 has the areas that ZIP5 marks as needing them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import published_once, refuse_cut_off
from shared.tables.mpfs import ZIP_CODES, ZipCodeRow
from shared.tables.spans import quarter

_LINE = re.compile(
    r"[A-Z]{2}(?P<zip>\d{5})(?P<carrier>\d{5})(?P<locality>[0-9A-Z]{2}).{6}(?P<needs>[01 ])(?P<more>\d{4}|[ \w]{4})"
    r".{50}(?P<year>20\d\d)(?P<quarter>[1-4])"
)


class ZipCodeLocalities(Format):
    """ZIP5, with ZIP9 of the same quarter or without."""

    name = "ZIP code to carrier locality file (CMS ZIP5, ZIP9)"
    tables = (ZIP_CODES,)

    def recognises(self, document: Document) -> bool:
        return _LINE.fullmatch(document.head.partition("\n")[0].rstrip("\r")) is not None

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
        quarters: dict[date, list[Document]] = {}
        for document in published_once(documents):
            refuse_cut_off(document)
            first = _matched(document, 1, document.head.partition("\n")[0])
            quarters.setdefault(asked.effective or _begin(first), []).append(document)
        for begin, together in quarters.items():
            yield Reading(
                ZIP_CODES, asked.span(quarter(begin)), _rows(together), [document.source for document in together]
            )


def _begin(line: re.Match[str]) -> date:
    return date(int(line["year"]), int(line["quarter"]) * 3 - 2, 1)


def _rows(documents: Sequence[Document]) -> Iterator[tuple[str, ZipCodeRow]]:
    seen: set[str] = set()
    for document in documents:
        begin: date | None = None
        for number, text in enumerate(document.text.rstrip("\x1a\0").splitlines(), start=1):
            line = _matched(document, number, text)
            if begin not in (None, _begin(line)):
                raise RefusedFile(document.name, "lines are of different quarters", line=number, column="year/quarter")
            begin = _begin(line)
            is_nine = line["more"].isdigit()
            key = line["zip"] + (line["more"] if is_nine else "")
            if key in seen:
                raise RefusedFile(document.name, f"{key} is there twice", line=number, column="zip code")
            seen.add(key)
            yield key, ZipCodeRow(line["carrier"] + line["locality"], line["needs"] == "1" and not is_nine)


def _matched(document: Document, number: int, text: str) -> re.Match[str]:
    found = _LINE.fullmatch(text.rstrip("\r"))
    if found is None:
        raise RefusedFile(document.name, "it is not a line of 80 characters in the layout of the file", line=number)
    return found
