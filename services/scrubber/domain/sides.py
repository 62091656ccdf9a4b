"""Which side of the body a diagnosis says, and which codes say one where it leaves it open.

Nothing publishes this, but the wording is regular: codes of a family differ in one character and in the word for the
side (ICD-10-CM Official Guidelines, section I.B.13).
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Literal

from shared.tables import NoRelease, Tables, icd10

Side = Literal["right", "left"]

_KEPT_CODES = 8192
_WORD = re.compile(r"[a-z]+")
_UNSPECIFIED = re.compile(r"\bunspecified\b", re.IGNORECASE)
_FIRST_OF_SIDE = 3
_CHARACTERS = "123456789"


@lru_cache(maxsize=_KEPT_CODES)
def side_of(tables: Tables, code: str, day: date) -> Side | None:
    """The one side that a code says; None where it says none, both, or is not a code of the day."""
    words = set(_WORD.findall(_title(tables, code, day).lower()))
    sides: tuple[Side, ...] = ("right", "left")
    said = [side for side in sides if side in words]
    return said[0] if len(said) == 1 and "bilateral" not in words else None


@lru_cache(maxsize=_KEPT_CODES)
def codes_with_side(tables: Tables, code: str, day: date) -> tuple[str, ...]:
    """The codes for the right and the left of a code that leaves the side unspecified; none where it does not."""
    title = _title(tables, code, day)
    for unspecified in _UNSPECIFIED.finditer(title):
        before, after = title[: unspecified.start()], title[unspecified.end() :]
        found = tuple(_worded(tables, code, f"{before}{side}{after}", day) for side in ("right", "left"))
        if all(found):
            return tuple(other for other in found if other is not None)
    return ()


def _worded(tables: Tables, code: str, title: str, day: date) -> str | None:
    """The code that differs in one character and has this description."""
    for place in range(_FIRST_OF_SIDE, len(code)):
        for character in _CHARACTERS:
            other = f"{code[:place]}{character}{code[place + 1 :]}"
            if _title(tables, other, day).lower() == title.lower():
                return other
    return None


def _title(tables: Tables, code: str, day: date) -> str:
    try:
        entry = icd10.entry(tables, "icd10cm", code, day)
    except NoRelease:
        return ""
    return (entry.description or "") if entry is not None else ""
