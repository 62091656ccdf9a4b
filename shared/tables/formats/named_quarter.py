"""The quarter that CMS writes into the name of a quarterly file, in one of many ways, and nowhere else."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {"jan": 1, "apr": 4, "jul": 7, "oct": 10}
_MONTH = r"(jan|apr|jul|oct)(?:uary|il|y|ober)?"
_YEAR = r"(20\d\d)"
_NAMED = re.compile(rf"(?<![a-z0-9])(?:{_MONTH}[ _.-]*{_YEAR}|(?:[a-z]*){_YEAR}[ _.-]*{_MONTH})(?![a-z0-9])")


def named_quarter(name: str) -> date | None:
    """The first day of the quarter: of `HCPC2026_JUL_ANWEB.txt`, `january-2026-opps-addendum-b.zip/….csv`.

    The file's own name goes before those of the zip files and folders that it lies in.
    """
    for part in reversed(name.lower().split("/")):
        if found := _NAMED.search(part):
            month, year = (found[1], found[2]) if found[1] else (found[4], found[3])
            return date(int(year), _MONTHS[month], 1)
    return None
