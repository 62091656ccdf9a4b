"""Files of HCPCS, CPT and OPPS in their authorities' layouts, written by hand, and catalogues of them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter

from shared.tables import Catalogue, Tables
from shared.tables.errors import RefusedFile
from shared.tables.formats import Asked
from shared.tables.formats.cpt import CptCodes, CptModifiers
from shared.tables.formats.format import Format
from shared.tables.formats.hcpcs import HcpcsQuarterly
from shared.tables.formats.opps_addenda import OppsAddenda
from shared.tables.formats.opps_addendum_j import OppsAddendumJ
from shared.tables.loading import Loaded, load

AT = datetime(2026, 11, 24, tzinfo=UTC)
FORMATS: tuple[Format, ...] = (HcpcsQuarterly(), CptCodes(), CptModifiers(), OppsAddendumJ(), OppsAddenda())

# Positions as in CMS's HCPC2024_recordlayout.txt, typed from it and not taken from the loader.
_POSITIONS = {
    "short": (92, 28),
    "price1": (120, 2),
    "price2": (122, 2),
    "price3": (124, 2),
    "price4": (126, 2),
    "mult": (128, 1),
    "cim1": (129, 6),
    "cim2": (135, 6),
    "cim3": (141, 6),
    "mcm1": (147, 8),
    "mcm2": (155, 8),
    "mcm3": (163, 8),
    "statute": (171, 10),
    **{f"lab{n}": (178 + 3 * n, 3) for n in range(1, 9)},
    **{f"xref{n}": (200 + 5 * n, 5) for n in range(1, 6)},
    "cov": (230, 1),
    "asc": (231, 2),
    "asc_date": (233, 8),
    "note": (253, 4),
    "betos": (257, 3),
    **{f"tos{n}": (260 + n, 1) for n in range(1, 6)},
    "anes": (266, 3),
    "added": (269, 8),
    "acted": (277, 8),
    "ended": (285, 8),
    "action": (293, 1),
}
# The titles of HCPC2025_OCT_ANWEB.xlsx, each with the field above that stands under it.
_WORKBOOK = (
    {"HCPC": "code", "SEQNUM": "sequence", "RECID": "kind", "LONG DESCRIPTION": "long", "SHORT DESCRIPTION": "short"}
    | {f"PRICE{n}": f"price{n}" for n in range(1, 5)}
    | {"MULT_PI": "mult"}
    | {f"CIM{n}": f"cim{n}" for n in range(1, 4)}
    | {f"MCM{n}": f"mcm{n}" for n in range(1, 4)}
    | {"STATUTE": "statute"}
    | {f"LABCERT{n}": f"lab{n}" for n in range(1, 9)}
    | {f"XREF{n}": f"xref{n}" for n in range(1, 6)}
    | {"COV": "cov", "ASC_GRP": "asc", "ASC_DT": "asc_date", "OPPS": "", "OPPS_PI": "", "OPPS_DT": ""}
    | {"PROCNOTE": "note", "BETOS": "betos"}
    | {f"TOS{n}": f"tos{n}" for n in range(1, 6)}
    | {"ANEST_BU": "anes", "ADD DT": "added", "ACT EFF DT": "acted", "TERM DT": "ended", "ACTION CD": "action"}
)
WORKBOOK_TITLES = tuple(_WORKBOOK)


def hcpcs_text(code: str, kind: str, sequence: str, long: str, fields: Mapping[str, str] | None = None) -> str:
    """One record of the ANWEB text, 320 characters and a line end."""
    record = [" "] * 320

    def put(begin: int, text: str) -> None:
        record[begin - 1 : begin - 1 + len(text)] = text

    put(6 - len(code), code)
    put(6, sequence)
    put(11, kind)
    put(12, long)
    for name, value in (fields or {}).items():
        begin, length = _POSITIONS[name]
        assert len(value) <= length, (code, name, value)
        put(begin, value)
    return "".join(record) + "\r\n"


def hcpcs_cells(code: str, kind: str, long: str, fields: Mapping[str, str]) -> list[str]:
    """One row of the ANWEB workbook."""
    values = {"code": code, "sequence": "0010", "kind": kind, "long": long, "": "", **fields}
    return [values.get(field, "") for field in _WORKBOOK.values()]


def workbook(rows: Sequence[Sequence[str | float]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def loaded(folder: Path, files: Mapping[str, str | bytes], asked: Asked | None = None) -> tuple[Catalogue, Loaded]:
    """A catalogue with what these files hold."""
    given = folder / f"given{len(list(folder.glob('given*')))}"
    for name, content in files.items():
        path = given / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("cp1252"))
    catalogue = Catalogue(folder / "tables")
    return catalogue, load(given, catalogue, asked or Asked(), AT, formats=FORMATS)


def refusal(folder: Path, files: Mapping[str, str | bytes], asked: Asked | None = None) -> RefusedFile:
    """The error of loading these files, after which nothing may have been taken."""
    before = Catalogue(folder / "tables").releases()
    with pytest.raises(RefusedFile) as caught:
        loaded(folder, files, asked)
    assert Catalogue(folder / "tables").releases() == before
    return caught.value


def tables_of(*catalogues: Catalogue) -> Tables:
    return Tables([(release, each.path(release)) for each in catalogues for release in each.releases()])
