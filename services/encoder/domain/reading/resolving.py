"""From the code that a name leads to, to the code that may be reported: complete, billable, valid on the day."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from services.encoder.domain.reading.encounters import INITIAL
from shared.tables import CodeEntry, Tables, icd10

Sevenths = tuple[str, ...]
"""Seventh characters, the best first."""
_SYSTEM: Final = "icd10cm"
_FULL, _BEFORE_SEVENTH = 7, 6
_WITH = re.compile(r"\bwith\b")
_OTHER_WORDS = ("other ", "specified")
_UNSPECIFIED = re.compile(r"\bunspecified\b")
_DOMINANCE = {"right": "dominant", "left": "nondominant"}
_NEAREST, _MOST_BELOW = 3, 1_000
"""Sides are told apart below the heading above the code, or above its seventh character; none has so many codes."""


@lru_cache(maxsize=65_536)
def billable_code(tables: Tables, code: str, day: date, seventh: Sevenths = (INITIAL,)) -> str | None:
    """The code to report for a code, category or subcategory that a name leads to; None where nothing fits the day.

    A heading leads to what it holds for the case that nothing more is said (Official Guidelines, I.A.9.b); a code that
    takes a seventh character takes the first of `seventh` that it has, for active treatment A (I.C.19.a); a code that
    is younger than the day to the one it was made from.
    """
    for known in _standing(tables, code, day):
        if icd10.is_billable(tables, _SYSTEM, known, day):
            return known
        extended = _extended(tables, known, day, seventh)
        if extended:
            return extended
        found = _below(tables, known, day, seventh)
        if found:
            return found
    return None


@lru_cache(maxsize=65_536)
def on_side(tables: Tables, code: str, side: str, day: date) -> str | None:
    """The code that says of a side what `code` says of an unspecified one (I.B.13); None where there is none.

    `side`: right, left or bilateral. S72.009A, of an unspecified femur, is S72.001A on the right. Where nothing is said
    of dominance, the right side is the dominant one and the left is not (I.C.6.a).
    """
    title = title_of(icd10.entry(tables, _SYSTEM, code, day))
    wanted = {title[: at.start()] + side + title[at.end() :] for at in _UNSPECIFIED.finditer(title)}
    if side == "bilateral":
        wanted |= {f"{title[: at.start()]}{title[at.end() + 1 :]}, {side}" for at in _UNSPECIFIED.finditer(title)}
    if side in _DOMINANCE:
        affected = f"affecting {side}"
        wanted |= {each.replace(f"{affected} side", f"{affected} {_DOMINANCE[side]} side") for each in wanted}
    if not wanted:
        return None
    for heading in icd10.above(tables, _SYSTEM, code, day)[:_NEAREST]:
        for sibling in icd10.starting_with(tables, _SYSTEM, heading.code, day, limit=_MOST_BELOW):
            if title_of(sibling) in wanted:
                return sibling.code
    return None


def _standing(tables: Tables, code: str, day: date) -> list[str]:
    """The code itself, then what it belonged to before it was divided, then what followed it."""
    shorter = [code[:length] for length in range(len(code), 2, -1)]
    known = [each for each in shorter if icd10.entry(tables, _SYSTEM, each, day) is not None]
    known = [each for each in known if each == code or icd10.is_billable(tables, _SYSTEM, each, day)]
    if not known and tables.carries(icd10.CONVERSIONS[_SYSTEM], day):
        known += icd10.conversions(tables, _SYSTEM, code, day).current
    return known


def _extended(tables: Tables, code: str, day: date, seventh: Sevenths) -> str | None:
    """With placeholders and the seventh character, where the code takes one (I.A.4, I.A.5)."""
    if len(code) >= _FULL:
        return None
    for character in dict.fromkeys((*seventh, INITIAL, "0")):
        longer = code.ljust(_BEFORE_SEVENTH, "X") + character
        if icd10.is_billable(tables, _SYSTEM, longer, day):
            return longer
    return None


def _below(tables: Tables, code: str, day: date, seventh: Sevenths) -> str | None:
    heading = title_of(icd10.entry(tables, _SYSTEM, code, day))
    children = icd10.children(tables, _SYSTEM, code, day)
    for child in sorted(children, key=lambda each: _by_default(each, heading)):
        found = billable_code(tables, child.code, day, seventh)
        if found:
            return found
    return None


def _by_default(child: CodeEntry, heading: str) -> tuple[int, int, str]:
    """The child that says no more than its heading goes before all, then what nothing is specified of."""
    title = title_of(child)
    sided = sum(map(title.count, ("right", "left", "bilateral"))) + len(_WITH.findall(title))
    if title == heading:
        return 0, 0, child.code
    if "unspecified" in title:
        return 1 if child.code[-1] in "90" else 2, sided, child.code
    if "without" in title or "uncomplicated" in title or "not intractable" in title:
        return 3, sided, child.code
    residual = any(word in title for word in _OTHER_WORDS)
    return 4 if residual or child.code[-1] == "9" else 5, sided, child.code


def title_of(entry: CodeEntry | None) -> str:
    """The description in lower case; empty where there is none."""
    return (entry.description or "").lower() if entry else ""
