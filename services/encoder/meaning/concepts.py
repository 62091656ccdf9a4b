"""What is turned into vectors: the names of ICD-10-CM codes, each thing once.

A side, or that a site is not specified, changes nothing of what a name means: codes that differ in nothing else share
one vector, and the search by words tells them apart. That leaves 47,000 of 60,000 names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from services.encoder.domain.terms.point import Point, PointKind

_SIDE = re.compile(
    r",? ?\b(?:right|left|bilateral|unspecified)\b(?! (?:heart|ventric|atri|bundle|main|anterior|posterior))",
    re.IGNORECASE,
)
"""A side, but not of the heart or its vessels: there it is another thing."""
_CATEGORY = 3
NAMED_BY = (PointKind.DESCRIPTION, PointKind.INCLUSION_TERM)
"""Index entries are fragments (Fracture, femur, shaft): they are found by their words."""


class Concept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One meaning that codes share."""

    text: str
    """What they are called, less the side."""
    codes: tuple[str, ...]
    """ICD-10-CM codes and headings without a dot: the heading of them all where they share one."""


def concepts(points: Iterable[Point]) -> list[Concept]:
    """The concepts that points name, in the order of the points."""
    named: dict[str, tuple[str, list[str]]] = {}
    for point in points:
        if point.system == "icd10cm" and point.kind in NAMED_BY:
            text = " ".join(_SIDE.sub("", point.text).split())
            named.setdefault(text.lower(), (text, []))[1].append(point.code)
    known = {code for _text, codes in named.values() for code in codes}
    return [Concept(text, _together(codes, known)) for text, codes in named.values()]


def _together(codes: list[str], known: set[str]) -> tuple[str, ...]:
    """The codes themselves, or where they share a heading it alone."""
    distinct = dict.fromkeys(codes)
    shortest = min(distinct, key=len)
    headings = (shortest[:length] for length in range(len(shortest), _CATEGORY - 1, -1))
    shared = (each for each in headings if each in known and all(code.startswith(each) for code in distinct))
    heading = next(shared, None) if len(distinct) > 1 else None
    return (heading,) if heading else tuple(distinct)
