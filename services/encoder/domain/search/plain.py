"""Compounds of titles said in plain words: who asks for an inflammation of the tongue finds glossitis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from services.encoder.domain.terms.compounds import Compounds
from services.encoder.domain.terms.point import Point, PointKind
from services.encoder.domain.terms.vocabulary import words_of

_TITLING = (PointKind.DESCRIPTION, PointKind.INCLUSION_TERM)


def with_plain_words(points: Iterable[Point], compounds: Compounds) -> Iterator[Point]:
    """The points, each that titles a diagnosis by a compound followed by one that says it in plain words."""
    for point in points:
        yield point
        if point.system == "icd10cm" and point.kind in _TITLING:
            words = words_of(point.text)
            plain = compounds.in_plain_words(words)
            if plain != words:
                yield Point(" ".join(plain), PointKind.SYNONYM, point.system, point.code, source=point.source)
