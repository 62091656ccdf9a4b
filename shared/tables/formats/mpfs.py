"""Loader of the National Physician Fee Schedule Relative Value File: PPRRVU of the quarterly `rvu26a.zip`.

`PPRRVU2026_Jan_nonQPP.csv` and its like, as CSV or Excel: five title rows (release, copyrights, day of release), a
header over five rows of which the last two name each column, and one line for each code and modifier. CY2026 put the
column PRIC IND before ENDO BASE and split the file: nonQPP (9 in that column) has every code with the conversion factor
for who is not a qualifying APM participant; QPP (1) repeats the codes of those who are, with theirs. The third column
holds the AMA's descriptors; it is never read. The fixed-width text of the same zip file is taken up to CY2025; that of
CY2026 has places that CMS has not published a layout of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.mpfs_text import PLACES, fixed_width_rows, is_fixed_width
from shared.tables.formats.published import published_once, whole_rows
from shared.tables.mpfs import RVU, RvuRow
from shared.tables.sheets import Line, lines_under, normal
from shared.tables.spans import Span, quarter

_TITLE = re.compile(r"(20\d\d) national physician fee schedule relative value file (\w{3})\w* release", re.IGNORECASE)
_NAME = re.compile(r"PPRRVU(?:20)?(\d\d)_?(JAN|APR|JUL|OCT)", re.IGNORECASE)
_MONTHS = {"jan": 1, "apr": 4, "jul": 7, "oct": 10}
_WITH_PRICING_INDICATOR = 32
_FIRST_YEAR_OF_TWO = 2026
_NOT_QPP, _QPP = "9", "1"
_NO_FACTOR = Decimal(0)

_COLUMNS = (
    # our name, the title in the row above the last, the title in the last row of the header
    ("code", "", "hcpcs"),
    ("modifier", "", "mod"),
    ("", "", "description"),
    ("status", "status", "code"),
    ("used", "medicare", "payment"),
    ("work", "work", "rvu"),
    ("nonfacility_pe", "non-fac", "pe rvu"),
    ("nonfacility_na", "na", "indicator"),
    ("facility_pe", "facility", "pe rvu"),
    ("facility_na", "na", "indicator"),
    ("malpractice", "mp", "rvu"),
    ("nonfacility_total", "non-facility", "total"),
    ("facility_total", "facility", "total"),
    ("pc_tc", "pctc", "ind"),
    ("global_days", "glob", "days"),
    ("preoperative", "pre", "op"),
    ("intraoperative", "intra", "op"),
    ("postoperative", "post", "op"),
    ("multiple_procedure", "mult", "proc"),
    ("bilateral", "bilat", "surg"),
    ("assistant", "asst", "surg"),
    ("co_surgeon", "co-", "surg"),
    ("team_surgeon", "team", "surg"),
    ("pricing", "pric", "ind"),
    ("endoscopic_base", "endo", "base"),
    ("conversion_factor", "conv", "factor"),
    ("supervision", "diagnostic", "procedures"),
    ("calculation_flag", "calculation", "flag"),
    ("imaging_family", "family", "indicator"),
    ("opps_nonfacility_pe", "payment", "amount"),
    ("opps_facility_pe", "payment", "amount"),
    ("opps_malpractice", "payment", "amount"),
)


@dataclass(frozen=True, slots=True)
class _File:
    """One relative value file, opened and found to have the columns that it should."""

    document: Document
    effective: date
    columns: tuple[str, ...]
    rows: list[list[str]]
    is_qpp: bool


class RelativeValueFile(Format):
    """PPRRVU, the nonQPP file with or without the QPP file of the same release."""

    name = "National physician fee schedule relative value file (CMS PPRRVU)"
    tables = (RVU,)

    def recognises(self, document: Document) -> bool:
        head = document.head.lower()
        if is_fixed_width(document):
            return True
        return "national physician fee schedule relative value file" in head and "hcpcs" in head and "mult" in head

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[RvuRow]]:
        releases: dict[date, list[_File]] = {}
        for document in published_once(documents):
            file = _opened(document, asked)
            releases.setdefault(file.effective, []).append(file)
        for effective, files in releases.items():
            base, qpp = _paired(files)
            span = asked.span(_span(effective))
            sources = [file.document.source for file in (base, qpp) if file is not None]
            yield Reading(RVU, span, _rows(base, qpp), sources)


def _opened(document: Document, asked: Asked) -> _File:
    """The file behind a document. Raises RefusedFile where its columns are not those of a relative value file."""
    if is_fixed_width(document):
        return _opened_text(document, asked)
    rows = whole_rows(document)
    header = next((number for number, row in enumerate(rows) if _is_header(row)), None)
    if header is None:
        raise RefusedFile(document.name, "the header row is missing")
    columns = _columns(document, rows, header)
    effective = asked.effective_or(_published(document, rows[:header]), document)
    return _File(document, effective, columns, rows, _is_qpp(document, columns, rows[header + 1 :]))


def _opened_text(document: Document, asked: Asked) -> _File:
    effective = asked.effective_or(_published(document, ()), document)
    if effective.year >= _FIRST_YEAR_OF_TWO:
        raise RefusedFile(document.name, "the text of CY2026 and after is not read; give the CSV or Excel file")
    rows = fixed_width_rows(document)
    rows[0] = ["HCPCS", "MOD"]  # the first line, of the copyrights, stands for the header that the text has not
    return _File(document, effective, tuple(PLACES), rows, is_qpp=False)


def _is_header(row: Sequence[str]) -> bool:
    return [normal(cell) for cell in row[:2]] == ["hcpcs", "mod"]


def _columns(document: Document, rows: Sequence[Sequence[str]], header: int) -> tuple[str, ...]:
    last = [normal(cell) for cell in rows[header]]
    above = [normal(cell) for cell in rows[header - 1]] if header else []
    while last and not last[-1]:
        last.pop()
    expected = [column for column in _COLUMNS if column[0] != "pricing" or len(last) == _WITH_PRICING_INDICATOR]
    for place, (_name, over, title) in enumerate(expected):
        found = (above[place] if place < len(above) else "", last[place] if place < len(last) else "")
        if found != (over, title):
            wanted = f"{over} {title}".strip().upper()
            shown = " ".join(found).strip().upper()
            raise RefusedFile(document.name, f"{shown!r} where {wanted!r} belongs", line=header + 1, column=wanted)
    if len(last) > len(expected):
        raise RefusedFile(document.name, f"{last[len(expected)]!r} is a column too many", line=header + 1)
    return tuple(name for name, _over, _title in expected)


def _published(document: Document, titles: Iterable[Sequence[str]]) -> date | None:
    """The first day of the release's quarter, from the title or else the name of the file."""
    title = _TITLE.search(normal(" ".join(" ".join(row) for row in titles)))
    named = _NAME.search(document.name)
    if title and title[2].lower() in _MONTHS:
        return date(int(title[1]), _MONTHS[title[2].lower()], 1)
    return date(2000 + int(named[1]), _MONTHS[named[2].lower()], 1) if named else None


def _is_qpp(document: Document, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bool:
    """Whether it is the file for qualifying APM participants, by the pricing indicator, one for the whole file."""
    if "pricing" not in columns:
        return False
    place = columns.index("pricing")
    found = {row[place].strip() for row in rows if len(row) > place and row[0].strip()}
    if found - {_QPP, _NOT_QPP} or len(found) != 1:
        shown = ", ".join(sorted(found))
        raise RefusedFile(
            document.name, f"the pricing indicator is {shown!r}, not 9 or 1 throughout", column="PRIC IND"
        )
    return found == {_QPP}


def _paired(files: Sequence[_File]) -> tuple[_File, _File | None]:
    """The file with every code, and the one for qualifying APM participants where it was given."""
    base = [file for file in files if not file.is_qpp]
    qpp = [file for file in files if file.is_qpp]
    for alike in (base, qpp):
        if len(alike) > 1:
            raise RefusedFile(alike[1].document.name, f"it is for the same release as {alike[0].document.name}")
    if not base:
        raise RefusedFile(qpp[0].document.name, "it has not every code; give the nonQPP file of the release with it")
    return base[0], qpp[0] if qpp else None


def _span(effective: date) -> Span:
    """The quarter; a release within it (RVU24AR, of 2024-03-09) has its day in its name."""
    span = quarter(effective)
    begins = effective.day == 1 and effective.month % 3 == 1
    return span if begins else Span(f"{span.name}-{effective}", span.first, span.last)


def _rows(base: _File, qpp: _File | None) -> Iterator[tuple[str, RvuRow]]:
    lines_of_apm = dict(_lines(qpp)) if qpp else {}
    for key, line in _lines(base):
        yield key[0], _row(line, lines_of_apm.pop(key, None))
    for line in lines_of_apm.values():
        raise line.refused("HCPCS", "is not in the nonQPP file of the release")


def _lines(file: _File) -> Iterator[tuple[tuple[str, str], Line]]:
    """Every line by code and modifier. Raises RefusedFile for a second line of the same."""
    seen: set[tuple[str, str]] = set()
    lines = lines_under(file.document, iter(file.rows), file.columns, is_header=_is_header)
    for line in lines:
        key = line.code("code", 5), line.text("modifier").upper()
        if key in seen:
            raise line.refused("HCPCS", f"{' '.join(key).strip()} is there twice")
        seen.add(key)
        yield key, line


def _row(line: Line, of_apm: Line | None) -> RvuRow:
    row = RvuRow(
        modifier=line.text("modifier").upper() or None,
        status=line.code("status", 1),
        work=line.decimal("work"),
        nonfacility_pe=line.decimal("nonfacility_pe"),
        facility_pe=line.decimal("facility_pe"),
        malpractice=line.decimal("malpractice"),
        nonfacility_na=_flag(line, "nonfacility_na", "NA"),
        facility_na=_flag(line, "facility_na", "NA"),
        pc_tc=line.text("pc_tc"),
        global_days=line.text("global_days"),
        preoperative=line.decimal("preoperative"),
        intraoperative=line.decimal("intraoperative"),
        postoperative=line.decimal("postoperative"),
        multiple_procedure=line.text("multiple_procedure"),
        bilateral=line.text("bilateral"),
        assistant=line.text("assistant"),
        co_surgeon=line.text("co_surgeon"),
        team_surgeon=line.text("team_surgeon"),
        endoscopic_base=line.text("endoscopic_base") or None,
        conversion_factor=_factor(line),
        apm_conversion_factor=None if of_apm is None else _apm_factor(line, of_apm),
        supervision=line.text("supervision"),
        calculation_flag=line.text("calculation_flag"),
        imaging_family=line.text("imaging_family"),
        opps_nonfacility_pe=line.decimal("opps_nonfacility_pe"),
        opps_facility_pe=line.decimal("opps_facility_pe"),
        opps_malpractice=line.decimal("opps_malpractice"),
        used_for_medicare=not _flag(line, "used", "+"),
    )
    _check_totals(line, row)
    return row


def _check_totals(line: Line, row: RvuRow) -> None:
    """CMS's totals are the sums of what we took for their parts: a column that has moved is found here."""
    for column, total in (("nonfacility_total", row.nonfacility_total), ("facility_total", row.facility_total)):
        if line.decimal(column) != total:
            raise line.refused(column, f"{line.text(column)!r} is not the sum of work, PE and MP, {total}")


def _flag(line: Line, column: str, word: str) -> bool:
    value = line.text(column)
    if value not in ("", word):
        raise line.refused(column, f"{value!r} is neither empty nor {word}")
    return value == word


def _factor(line: Line) -> Decimal:
    factor = line.decimal("conversion_factor")
    if factor <= _NO_FACTOR:
        raise line.refused("conversion_factor", "is not a conversion factor")
    return factor


def _apm_factor(line: Line, of_apm: Line) -> Decimal:
    """The factor of the QPP file, which must have the same values otherwise."""
    for column in ("status", "work", "nonfacility_pe", "facility_pe", "malpractice"):
        if line.text(column) != of_apm.text(column):
            raise of_apm.refused(column, f"{of_apm.text(column)!r} where the nonQPP file has {line.text(column)!r}")
    return _factor(of_apm)
