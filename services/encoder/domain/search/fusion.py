"""Fusion with search by meaning: how near a code is in meaning is two more figures, weighed with those of its words.

Ranks are not fused: a code whose words fit and one whose meaning is near are compared by how likely each is then, and
a code that only meaning finds has the figures of its words too. Exact matches stay first, whatever is near.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from services.encoder.domain.search.ranking import Figures
from services.encoder.domain.search.weights import BY_WORDS, WITH_MEANING

_CATEGORY = 3
_LOOKED_AT = 60
"""Concepts whose codes are ranked though no word finds them."""


class Meant(Protocol):
    """A meaning that codes share."""

    @property
    def codes(self) -> Sequence[str]: ...


class NearConcept(Protocol):
    """A concept and how near it is to what is asked (cosine)."""

    @property
    def concept(self) -> Meant: ...

    @property
    def similarity(self) -> float: ...


class Similarities:
    """How near the codes of ICD-10-CM are in meaning to what is asked."""

    def __init__(self, near: Sequence[NearConcept]) -> None:
        """`near`: the nearest first. What is not among them is taken to be as near as the last."""
        self._near = near
        self._floor = near[-1].similarity if near else 0.0
        self._codes: dict[str, float] = {}
        self._categories: dict[str, float] = {}
        for each in reversed(near):
            for code in each.concept.codes:
                self._codes[code] = self._categories[code[:_CATEGORY]] = each.similarity

    def codes(self) -> Iterator[str]:
        """The codes of the nearest concepts, the nearest first."""
        return (code for each in self._near[:_LOOKED_AT] for code in each.concept.codes)

    def added(self, figures: Figures, code: str) -> Figures:
        """The figures of a code with those of its meaning: that of the nearest of its own names and of the headings
        above it, whose names it shares."""
        if not self._near:
            return figures
        above = (self._codes.get(code[:length], self._floor) for length in range(_CATEGORY, len(code) + 1))
        return figures._replace(
            similarity=max(above), category_similarity=self._categories.get(code[:_CATEGORY], self._floor)
        )

    @property
    def weights(self) -> Figures:
        """Those under which codes are compared: other ones where meaning is searched for too."""
        return WITH_MEANING if self._near else BY_WORDS
