"""Elements of the 835 that the reader looks at by their kind (005010X221A1, each segment's element summary)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from services.submission.domain.x12.reading.advice import Service
from services.submission.domain.x12.reading.parts import day, number

_MOST_KEPT = 20_000
_LARGEST_AMOUNT = Decimal("9999999999.99")
_CENT = Decimal("0.01")

AMOUNTS: Mapping[str, Sequence[int]] = {
    "BPR": (2,),
    "CLP": (3, 4, 5),
    "CAS": (3, 4, 6, 7, 9, 10, 12, 13, 15, 16, 18, 19),
    "SVC": (2, 3, 5, 7),
    "AMT": (2,),
    "QTY": (2,),
    "PLB": (4, 6, 8, 10, 12, 14),
}
"""Numbers: amounts of money, and quantities, which have no more decimals here."""

LONGEST: Mapping[str, int] = {"CAS": 20, "PLB": 15}
"""Elements of segments that repeat them, the id counted."""

DATES: Mapping[str, Sequence[int]] = {"BPR": (16,), "DTM": (2,), "PLB": (2,)}
"""CCYYMMDD."""

REQUIRED: Mapping[str, Sequence[int]] = {
    "BPR": (1, 2, 3),
    "TRN": (1, 2),
    "N1": (1,),
    "TS3": (1,),
    "CLP": (1, 2, 3, 4),
    "CAS": (1, 2, 3),
    "NM1": (1, 2),
    "REF": (1, 2),
    "DTM": (1, 2),
    "AMT": (1, 2),
    "QTY": (1, 2),
    "SVC": (1, 2, 3),
    "LQ": (1, 2),
    "PLB": (1, 2, 3, 4),
}

OF_CLAIM = ("SVC", "CAS", "DTM", "AMT", "QTY", "REF", "NM1", "LQ", "MIA", "MOA")
"""Segments that belong to a claim or line; REF and DTM stand above the claims too."""

PASSED_OVER = frozenset({"CUR", "N3", "N4", "PER", "RDM", "TS2"})
"""Addresses, contacts and statistics: nothing is posted by them."""


class Misread(Exception):
    """An element is no amount or date."""


class Unexpected(Exception):
    """A segment of a claim stands where no claim is open."""


def unexpected(_row: Sequence[str]) -> None:
    """Takes such a segment. Raises Unexpected."""
    raise Unexpected


class Amounts(dict[str, Decimal]):
    """Amounts by their text: the same few come again and again. Raises Misread."""

    def __missing__(self, text: str) -> Decimal:
        value = number(text) if text else None
        if not isinstance(value, Decimal) or abs(value) > _LARGEST_AMOUNT:
            raise Misread
        rounded = value.quantize(_CENT)
        if rounded != value:
            raise Misread
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[text] = rounded
        return rounded


class Days(dict[str, "date | None"]):
    """Days by their text, CCYYMMDD; none by none. Raises Misread."""

    def __missing__(self, text: str) -> date | None:
        found = day(text) if text else None
        if text and not isinstance(found, date):
            raise Misread
        self[text] = known = found if isinstance(found, date) else None
        return known


class Services(dict[str, Service]):
    """SVC01 taken apart, by its text: qualifier, code, modifiers."""

    def __init__(self, component: str) -> None:
        super().__init__()
        self._component = component

    def __missing__(self, text: str) -> Service:
        qualifier, code, *modifiers = [*text.split(self._component), ""]
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[text] = found = (qualifier, code, tuple(filter(None, modifiers[:4])))
        return found


def holds(known: Amounts | Days, text: str) -> bool:
    """Whether the text is what such an element holds."""
    try:
        known[text]
    except Misread:
        return False
    return True
