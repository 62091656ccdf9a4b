"""The place of service code set as CMS publishes it.

Source: CMS, "Place of Service Code Set": a web page, which may be loaded as it is, with a table of "Place of Service
Code(s)", "Place of Service Name", "Place of Service Description", where the description ends with the days on which the
code took effect and was revised ("(Effective January 1, 2003)"). Codes that are not assigned stand as ranges, "28-30
Unassigned". Contractors hand the table out as csv or workbook and add a column that says whether the physician fee
schedule pays the facility amount there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from shared.tables.codes import PLACE_OF_SERVICE, PlaceOfServiceRow
from shared.tables.documents import Document
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.pages import is_page, tables_of
from shared.tables.formats.published import published_once, refuse_cut_off
from shared.tables.formats.titled import has_titles, head_has_titles, history, titled_lines
from shared.tables.sheets import Line, normal
from shared.tables.table import Table

_REQUIRED = {
    "code": ("place of service code(s)", "place of service code", "pos code"),
    "name": ("place of service name", "pos name"),
    "description": ("place of service description", "pos description"),
}
_OPTIONAL = {
    "setting": ("facility/nonfacility", "facility/non-facility", "payment rate", "facility indicator"),
}
_BEFORE_THE_FIRST_CHANGE = date(2003, 1, 1)
"""The page gives no day to the codes of the set as it was before its first dated change."""
_TAG = re.compile(r"<[^>]*>")
_UNASSIGNED = re.compile(r"\d\d(?:\s*[-\u2013]\s*\d\d)?")
_EFFECTIVE = re.compile(r"effective:?\s+([a-z]+ \d{1,2}, \d{4}|\d{1,2}/\d{1,2}/\d{2,4})", re.IGNORECASE)
_SETTINGS = {"f": True, "facility": True, "nf": False, "nonfacility": False, "non-facility": False, "": None}


class PlaceOfServiceCodeSet(Format):
    name: ClassVar[str] = "Place of service code set (CMS)"
    tables: ClassVar[tuple[Table[Any], ...]] = (PLACE_OF_SERVICE,)

    def recognises(self, document: Document) -> bool:
        if is_page(document):
            text = normal(_TAG.sub(" ", document.text))
            return all(any(title in text for title in titles) for titles in _REQUIRED.values())
        return head_has_titles(document, _REQUIRED)

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[PlaceOfServiceRow]]:
        for document in published_once(documents):
            assigned = (line for line in _lines(document) if not _is_unassigned(line))
            yield history(PLACE_OF_SERVICE, (_row(line) for line in assigned), document, asked)


def _lines(document: Document) -> Iterator[Line]:
    if not is_page(document):
        refuse_cut_off(document)
        return titled_lines(document, _REQUIRED, _OPTIONAL)
    tables = tables_of(document)
    chosen = next((table for table in tables if any(has_titles(row, _REQUIRED) for row in table)), [])
    return titled_lines(document, _REQUIRED, _OPTIONAL, chosen)


def _is_unassigned(line: Line) -> bool:
    unassigned = line.text("name").lower() in ("unassigned", "n/a")
    return unassigned and _UNASSIGNED.fullmatch(line.text("code")) is not None


def _row(line: Line) -> tuple[Line, str, PlaceOfServiceRow]:
    code = line.code("code", 2)
    if not code.isdigit():
        raise line.refused("code", f"{code!r} is not a place of service")
    setting = line.text("setting").lower()
    if setting not in _SETTINGS:
        raise line.refused("setting", f"{setting!r} is neither facility nor non-facility")
    description = line.required("description")
    return (
        line,
        code,
        PlaceOfServiceRow(
            first=_effective(line, description),
            label=" ".join(line.required("name").rstrip(" *").split()),
            description=" ".join(description.split()),
            facility=_SETTINGS[setting],
        ),
    )


def _effective(line: Line, description: str) -> date:
    """The first day that the description names: later ones are those of revisions."""
    found = [_day(line, text) for text in _EFFECTIVE.findall(description)]
    return min(found, default=_BEFORE_THE_FIRST_CHANGE)


def _day(line: Line, text: str) -> date:
    for pattern in ("%B %d, %Y", "%m/%d/%Y", "%m/%d/%y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a day of a publication has no zone
        except ValueError:
            continue
    raise line.refused("description", f"{text!r} is not a day")
