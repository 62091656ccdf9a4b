"""Compounds: words put together of Greek and Latin parts, and the English words that the parts stand for.

Cystoptosis is a prolapse of the bladder, and a prolapse of the bladder a cystoptosis: which of the two a title says and
which of them is asked for is chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_JOINING = ("", "o", "i")
"""What may stand between two stems."""
_MOST_STEMS = 3
_SHORTEST_STEM = 3
"""Letters of a stem that is one of several, or after a prefix: ir, ot and my stand in every other word."""
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compounds:
    """The parts of compounds. `stems` and `endings`: what each stands for in folded words; `prefixes` say where or how
    much, which a title that has the rest says with another word or not at all."""

    stems: Mapping[str, Words]
    endings: Mapping[str, Words]
    prefixes: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    """Endings whose compounds are as well said in plain words (inflammation of stomach); the others' are names."""

    def parts(self, word: str) -> Words:
        """What a folded word says, in folded words, what is wrong first (inflammation, stomach); none for a word that
        is no compound of known parts."""
        return next((parts for _ending, parts in self._read(word)), ())

    def in_plain_words(self, words: Words) -> Words:
        """Folded words with each compound that is as well said plainly said so; themselves where there is none."""
        return tuple(part for word in words for part in self._plain(word))

    def _plain(self, word: str) -> Words:
        return next((parts for ending, parts in self._read(word) if ending in self.plain), (word,))

    def _read(self, word: str) -> Iterator[tuple[str, Words]]:
        for place in range(2, len(word) - 2):
            ending = word[place:]
            if ending in self.endings:
                for stems in self._stems(word[:place], _MOST_STEMS):
                    yield ending, (*self.endings[ending], *(part for stem in stems for part in self.stems[stem]))

    def _stems(self, text: str, most: int) -> Iterator[Words]:
        """The ways to take a text apart into at most so many stems."""
        if text in self.stems:
            yield (text,)
        for place in range(_SHORTEST_STEM, len(text) - 1):
            first, rest = text[:place], text[place:]
            if first in self.prefixes:
                yield from self._stems(rest, most)
            elif first in self.stems and most > 1:
                for joined in (rest[len(each) :] for each in _JOINING if rest.startswith(each)):
                    yield from (
                        (first, *stems) for stems in self._stems(joined, most - 1) if len(stems[0]) >= _SHORTEST_STEM
                    )
