"""The HCPCS quarterly file as text: `HCPC2026_JUL_ANWEB.txt`, records of 320 characters.

Source: CMS, "HCPCS Contractor Record", `HCPC2024_recordlayout.txt` in the zip file of each quarter: positions, names
(those of the workbook's columns, which are the same fields) and the meaning of the record identification code in
position 11. Records 3 (procedure) and 7 (modifier) have every field; 4 and 8 continue their long description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.sheets import Line

_FIELDS = (
    ("HCPC", 1, 5),
    ("SEQNUM", 6, 10),
    ("RECID", 11, 11),
    ("LONG DESCRIPTION", 12, 91),
    ("SHORT DESCRIPTION", 92, 119),
    ("PRICE1", 120, 121),
    ("PRICE2", 122, 123),
    ("PRICE3", 124, 125),
    ("PRICE4", 126, 127),
    ("MULT PI", 128, 128),
    ("CIM1", 129, 134),
    ("CIM2", 135, 140),
    ("CIM3", 141, 146),
    ("MCM1", 147, 154),
    ("MCM2", 155, 162),
    ("MCM3", 163, 170),
    ("STATUTE", 171, 180),
    ("LABCERT1", 181, 183),
    ("LABCERT2", 184, 186),
    ("LABCERT3", 187, 189),
    ("LABCERT4", 190, 192),
    ("LABCERT5", 193, 195),
    ("LABCERT6", 196, 198),
    ("LABCERT7", 199, 201),
    ("LABCERT8", 202, 204),
    ("XREF1", 205, 209),
    ("XREF2", 210, 214),
    ("XREF3", 215, 219),
    ("XREF4", 220, 224),
    ("XREF5", 225, 229),
    ("COV", 230, 230),
    ("ASC GRP", 231, 232),
    ("ASC DT", 233, 240),
    ("OPPS", 241, 243),
    ("OPPS PI", 244, 244),
    ("OPPS DT", 245, 252),
    ("PROCNOTE", 253, 256),
    ("BETOS", 257, 259),
    ("TOS1", 261, 261),
    ("TOS2", 262, 262),
    ("TOS3", 263, 263),
    ("TOS4", 264, 264),
    ("TOS5", 265, 265),
    ("ANEST BU", 266, 268),
    ("ADD DT", 269, 276),
    ("ACT EFF DT", 277, 284),
    ("TERM DT", 285, 292),
    ("ACTION CD", 293, 293),
)
COLUMNS = tuple(name for name, _begin, _end in _FIELDS)
_WIDTH = 320
_RECORD = re.compile(r"(?:[A-Z0-9]{5}| {3}[A-Z0-9]{2})\d{4}[\d ][3478]")


def is_anweb(document: Document) -> bool:
    """Whether the text holds a first record of a procedure or modifier."""
    lines = (line.rstrip("\r") for line in document.head.split("\n")[:200])
    return any(len(line) == _WIDTH and _is_record(line) and line[10] in "37" for line in lines)


def anweb_records(document: Document) -> Iterator[Line]:
    """Each record by the names of its fields. Notices before the first record are passed over. Raises RefusedFile."""
    begun = False
    for number, ended in enumerate(document.text.split("\n"), start=1):
        line = ended.rstrip("\r\x1a")
        begun = begun or _is_record(line)
        if not begun or not line:
            continue
        if "\ufffd" in line:
            raise RefusedFile(document.name, "a character is in no known encoding", line=number)
        if len(line) != _WIDTH or not _is_record(line):
            reason = f"{len(line)} characters are no record of {_WIDTH}" if len(line) != _WIDTH else "is no record"
            raise RefusedFile(document.name, reason, line=number)
        yield Line(document.name, number, {name: line[begin - 1 : end] for name, begin, end in _FIELDS})


def _is_record(line: str) -> bool:
    return _RECORD.match(line) is not None
