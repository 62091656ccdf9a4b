"""Supports: a code that may be reported, with every mention that speaks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.encoder.domain.reading.mentions import Mention
from services.encoder.domain.reading.suggestions import Evidence, Specification
from services.encoder.domain.reading.traits import Trait

_BY_WORDS = {1: 0.7, 2: 0.8, 3: 0.88}
_BEST = 0.93


@dataclass(frozen=True, slots=True)
class Support:
    """Why a code may be suggested."""

    code: str
    trait: Trait
    mentions: tuple[Mention, ...]
    path: tuple[str, ...] = ()
    asks: tuple[Specification, ...] = ()
    found: tuple[Evidence, ...] = ()
    """Words that are no mention of a condition: a figure, a habit, a medicine."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        unique = {(each.document, each.start, each.end): each for each in (*self._mentioned(), *self.found)}
        return tuple(unique.values())

    def _mentioned(self) -> Iterator[Evidence]:
        return (mention.evidence for mention in self.mentions)

    @property
    def words(self) -> frozenset[int]:
        """The lexicon's numbers of the words that name it, of its fullest mention."""
        return max((frozenset(mention.entry.required) for mention in self.mentions), key=len, default=frozenset())

    @property
    def confidence(self) -> float:
        """From the words that name it and how often: of a measured reading about what share is right."""
        words = max((len(mention.entry.required) for mention in self.mentions), default=2)
        certainty = _BY_WORDS.get(words, _BEST) + (0.04 if len(self.mentions) > 1 else 0)
        if any(mention.naming.gap for mention in self.mentions):
            certainty -= 0.05
        return round(min(certainty, 0.97) * (0.8 if self.trait is Trait.POSSIBLE else 1), 2)

    def coded(self, code: str, *path: str) -> Support:
        """The same words for another code."""
        return replace(self, code=code, path=(*self.path, *path))

    def with_words_of(self, others: Iterable[Support]) -> Support:
        """With the mentions of others that it stands for too."""
        mentions = dict.fromkeys((*self.mentions, *(mention for other in others for mention in other.mentions)))
        found = (*self.found, *(each for other in others for each in other.found))
        return replace(self, mentions=tuple(mentions), found=found)


Supports = dict[str, Support]
"""By code, in the order of the chart."""


def add(supports: Supports, support: Support) -> None:
    """Take a support in; where its code is there, its words join that."""
    known = supports.get(support.code)
    supports[support.code] = support if known is None else known.with_words_of([support])


def starting(supports: Supports, beginnings: Iterable[str]) -> list[Support]:
    """The supports whose codes begin so."""
    wanted = tuple(beginnings)
    return [support for code, support in supports.items() if wanted and code.startswith(wanted)]
