"""Subtypes: names of inherited diseases that number what the classification gives one code.

"Retinitis pigmentosa 19", "RP19" and "autosomal dominant retinitis pigmentosa" are all hereditary retinal dystrophy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_SYMBOL = re.compile(r"([a-z]{2,6}?)-?(\d{1,3}[a-z]{0,2}\d?)")
_NUMBER = re.compile(r"\d{1,3}[a-z]{0,2}")
_NUMERAL = re.compile(r"[ivx]{1,5}[a-z]?|[a-h]\d?")
"""Read as a number after a word that announces one only: hepatitis A and factor V are no subtypes."""
_ANNOUNCING = frozenset({"type", "form", "group", "subtype"})
_MATTERS = frozenset({"stage", "class", "grade", "degree", "diabetes", "trisomy"})
"""Words whose number the classification keeps."""


@dataclass(frozen=True, slots=True)
class Subtypes:
    """What to leave out of the name of a subtype."""

    qualifiers: frozenset[tuple[str, ...]] = frozenset()
    """Folded phrases that say how it is inherited or when it begins."""
    symbols: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """From the symbol of a series of genetic diseases, in lower case, to the folded words of the disease."""

    series: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """From a common name that is numbered to the disease that it then means: cataract 44 is a congenital cataract."""

    def named(self, words: Iterable[str]) -> Iterator[tuple[str, ...]]:
        """The disease that folded words name a subtype of: the series that it is of, the name without the number, and
        without how it is inherited either; nothing where they name none."""
        given = tuple(words)
        spelt = tuple(word for each in given for word in self._spelt(each))
        bare = _without_number(spelt)
        general = self._without_qualifiers(bare)
        series = self.series.get(general, ()) if general != given else ()
        yield from (each for each in dict.fromkeys((series, bare, general)) if each and each != given)

    def _spelt(self, word: str) -> tuple[str, ...]:
        symbol = _SYMBOL.fullmatch(word)
        return self.symbols.get(symbol[1], (word,)) if symbol else (word,)

    def _without_qualifiers(self, words: tuple[str, ...]) -> tuple[str, ...]:
        kept: list[str] = []
        place = 0
        longest = max(map(len, self.qualifiers), default=0)
        while place < len(words):
            for length in range(min(longest, len(words) - place), 0, -1):
                if words[place : place + length] in self.qualifiers:
                    place += length
                    break
            else:
                kept.append(words[place])
                place += 1
        return tuple(kept)


def _without_number(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without the number at the end, and the word before it that announces one."""
    if len(words) < 2 or not _MATTERS.isdisjoint(words):
        return words
    announced = words[-2] in _ANNOUNCING
    if not (_NUMBER.fullmatch(words[-1]) or (announced and _NUMERAL.fullmatch(words[-1]))):
        return words
    return words[:-2] if announced else words[:-1]
