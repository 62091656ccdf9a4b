"""The relative value file as fixed-width text, `PPRRVU2025_Oct.txt`: what a line has at which place.

The layout of CY2011 to CY2025 (record layout in `RVU25A.pdf` of the same zip file): lines that begin with HDR bear the
copyrights, then a line of 171 characters for each code and modifier. The AMA's descriptors, at 8 to 57, are not read.
"""

from __future__ import annotations

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile

_HEADING = "HDR"
_LENGTH = 171

PLACES = {
    # Our name of the column, the first place and the place after the last, from 0.
    "code": (0, 5),
    "modifier": (5, 7),
    "status": (57, 58),
    "used": (58, 59),
    "work": (59, 65),
    "nonfacility_pe": (65, 72),
    "nonfacility_na": (72, 74),
    "facility_pe": (74, 81),
    "facility_na": (81, 83),
    "malpractice": (83, 89),
    "nonfacility_total": (89, 96),
    "facility_total": (96, 102),
    "pc_tc": (102, 103),
    "global_days": (103, 106),
    "preoperative": (106, 109),
    "intraoperative": (109, 112),
    "postoperative": (112, 115),
    "multiple_procedure": (115, 116),
    "bilateral": (116, 117),
    "assistant": (117, 118),
    "co_surgeon": (118, 119),
    "team_surgeon": (119, 120),
    "endoscopic_base": (127, 132),
    "conversion_factor": (132, 140),
    "supervision": (141, 143),
    "calculation_flag": (143, 144),
    "imaging_family": (145, 147),
    "opps_nonfacility_pe": (147, 157),
    "opps_facility_pe": (157, 164),
    "opps_malpractice": (164, 171),
}


def is_fixed_width(document: Document) -> bool:
    """Whether it is a relative value file in this notation, by its first line."""
    return document.head.startswith(f"{_HEADING} CPT CODES AND DESCRIPTIONS") and "\t" not in document.head[:1000]


def fixed_width_rows(document: Document) -> list[list[str]]:
    """The cells of `PLACES` of each line; empty for the copyrights, so that a row's place is its line's number.

    Raises RefusedFile for a line of another length and a last line without an end.
    """
    lines = document.text.split("\n")
    if lines.pop().strip("\x1a\0"):
        raise RefusedFile(document.name, "the last line has no end: the file is cut off", line=len(lines) + 1)
    rows: list[list[str]] = []
    for number, line in enumerate((line.rstrip("\r") for line in lines), start=1):
        is_heading = line.startswith(_HEADING) or not line.strip()
        if not is_heading and len(line.rstrip()) != _LENGTH:
            raise RefusedFile(document.name, f"{len(line.rstrip())} characters where {_LENGTH} belong", line=number)
        rows.append([] if is_heading else [line[first:after] for first, after in PLACES.values()])
    return rows
