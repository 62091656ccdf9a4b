"""The code lists that X12 keeps for claims and remittances: CARC, RARC, claim status categories and claim status codes.

Source: X12 external code lists 139 (claim adjustment reasons), 411 (remittance advice remarks), 507 and 508 (claim
status), as the customer's licensed spreadsheet or csv; Washington Publishing Company's csv had the same columns under
other titles ("Effective Date", "Deactivation Date"). Lines above the titles name the list. "Stop" is the day on which a
code ceases to be valid. The wording is X12's and stays with the customer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from shared.tables import codes
from shared.tables.codes import CodeRow
from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import published_once, refuse_cut_off
from shared.tables.formats.titled import head_has_titles, history, last_day, titled_lines
from shared.tables.sheets import Line, normal
from shared.tables.table import Table

_REQUIRED = {
    "code": ("code",),
    "description": ("description", "code description"),
    "start": ("start", "start date", "effective date", "effective_date"),
    "stop": ("stop", "stop date", "deactivation date", "deactivation_date", "end date"),
}
_OPTIONAL = {
    "modified": ("last modified", "modified", "modified date", "last modified date", "last_modified_date"),
    "notes": ("notes", "note"),
}
_TITLES: dict[str, Table[CodeRow]] = {
    "claim adjustment reason": codes.CARC,
    "remittance advice remark": codes.RARC,
    "claim status category": codes.CLAIM_STATUS_CATEGORIES,
    "claim status code": codes.CLAIM_STATUSES,
    "carc": codes.CARC,
    "rarc": codes.RARC,
}
_REMARK = re.compile(r"(?:MA|M|N)\d{1,3}")
_CATEGORY = re.compile(r"(?:[ADEFPR]\d{1,2}|F3F|F3N|RQ|DR\d\d)")
_REASON = re.compile(r"(?:\d{1,3}|[ABDPWY]\d{1,3})")
_STATUS = re.compile(r"\d{1,4}")
_SHAPES: dict[str, re.Pattern[str]] = {
    codes.RARC.name: _REMARK,
    codes.CLAIM_STATUS_CATEGORIES.name: _CATEGORY,
    codes.CLAIM_STATUSES.name: _STATUS,
    codes.CARC.name: _REASON,
}


class X12CodeList(Format):
    name: ClassVar[str] = "External code lists (X12)"
    tables: ClassVar[tuple[Table[Any], ...]] = (
        codes.CARC,
        codes.RARC,
        codes.CLAIM_STATUS_CATEGORIES,
        codes.CLAIM_STATUSES,
    )

    def recognises(self, document: Document) -> bool:
        return head_has_titles(document, _REQUIRED)

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[CodeRow]]:
        for document in published_once(documents):
            refuse_cut_off(document)
            lines = list(titled_lines(document, _REQUIRED, _OPTIONAL))
            table = _table(document, [line.text("code") for line in lines], asked)
            yield history(table, (_row(line, table) for line in lines), document, asked, _changed)


def _table(document: Document, listed: Sequence[str], asked: Asked) -> Table[CodeRow]:
    """The list as asked, else as its title or the file's name says, else as its codes tell."""
    if asked.table is not None:
        return codes.code_set(asked.table)
    named = normal(document.head[:512]).partition("description")[0] + normal(document.name).replace("-", " ")
    for title, table in _TITLES.items():
        if title in named.replace("_", " "):
            return table
    for table in (codes.RARC, codes.CLAIM_STATUS_CATEGORIES):
        if all(_SHAPES[table.name].fullmatch(code) for code in listed):
            return table
    if all(_REASON.fullmatch(code) for code in listed):
        # Both lists have numbers; only adjustment reasons have letters before some of them.
        return codes.CARC if any(not code.isdigit() for code in listed) else codes.CLAIM_STATUSES
    raise RefusedFile(document.name, "neither title nor codes say which list it is; say it with --table")


def _changed(row: CodeRow) -> date:
    return row.modified or row.first


def _row(line: Line, table: Table[CodeRow]) -> tuple[Line, str, CodeRow]:
    code = line.required("code").upper()
    if not _SHAPES[table.name].fullmatch(code):
        raise line.refused("code", f"{code!r} is not a code of {table.name}")
    return (
        line,
        code,
        CodeRow(
            first=line.day("start"),
            last=last_day(line, "stop"),
            description=line.required("description"),
            notes=line.text("notes"),
            modified=line.day_or_none("modified"),
        ),
    )
