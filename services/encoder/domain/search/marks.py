"""How far a name goes: what the classification's own words for the rest say (ICD-10-CM Official Guidelines, I.A.6, 9).

`unspecified` and NOS stand for the condition when nothing more is said, `other` and NEC for what has no code of its
own.
"""

from __future__ import annotations

import re
from enum import IntFlag

_OTHER = re.compile(r"\bother\b|elsewhere classified|\bnec\b")
_NAMED_OTHER = re.compile(r"\bother\b|\bnec\b|(?<!un)\bspecified\b")
_UNSPECIFIED = re.compile(r"\bunspecified\b|\bnot specified\b|\bnos\b")
_WITHOUT = re.compile(r"\bwithout\b|\bnot\b|\buncomplicated\b")
_SIDE = re.compile(r"\b(?:right|left|bilateral)\b")
_OPEN_SIDE = re.compile(
    r"\bunspecified (?:side|eye|ear|breast|ovary|lower|upper|knee|hip|shoulder|hand|foot|limb|arm|leg|elbow|wrist|ankle"
    r"|finger|toe|femur|tibia|fibula|radius|ulna|humerus|thigh|forearm|bronchus|kidney|ureter|lung)"
)


class Marks(IntFlag):
    """What a description, or a question, says of itself."""

    UNSPECIFIED = 1
    OTHER = 2
    SIDE = 4
    """Names a side."""
    OPEN_SIDE = 8
    """Says that the side is not known."""
    WITHOUT = 16
    """Says what is not there: the rest of a pair whose other half says that it is."""


def marks_of(description: str) -> Marks:
    """The marks of a description."""
    return _read(description.lower(), _OTHER)


def marks_asked(query: str) -> Marks:
    """The marks of a question; `specified` asks for another one (specified site NEC)."""
    return _read(query.lower(), _NAMED_OTHER)


def _read(text: str, other: re.Pattern[str]) -> Marks:
    marks = Marks(0)
    for pattern, mark in (
        (_UNSPECIFIED, Marks.UNSPECIFIED),
        (other, Marks.OTHER),
        (_SIDE, Marks.SIDE),
        (_OPEN_SIDE, Marks.OPEN_SIDE),
        (_WITHOUT, Marks.WITHOUT),
    ):
        if pattern.search(text):
            marks |= mark
    return marks
