"""The words that names and our own lists use, for reading a word with one slip of the keys, or one not yet finished."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice, product

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 4
"""Letters of a word that is read with a slip: of three, every other word is one slip away."""
_SHORTEST_PART = 6
_CORRECTIONS = 3
_COMPLETIONS = 24


class CompiledWords(msgspec.Struct, frozen=True):
    """The words as they are kept in a file."""

    words: list[str]
    """In order."""
    counts: list[int]
    """How many names say each."""


def compile_words(said: Iterable[Sequence[str]], own: Iterable[str]) -> CompiledWords:
    """`said`: the folded words of each name; `own`: those of our own lists, which no name may say."""
    counts: dict[str, int] = dict.fromkeys(own, 0)
    for words in said:
        for word in set(words):
            counts[word] = counts.get(word, 0) + 1
    words = sorted(counts)
    return CompiledWords(words, [counts[word] for word in words])


class KnownWords:
    """Asked for the words that a written one may be. Safe to share between threads."""

    def __init__(self, compiled: CompiledWords) -> None:
        self._words = compiled.words
        self._counts = compiled.counts

    def __contains__(self, word: str) -> bool:
        place = bisect_left(self._words, word)
        return place < len(self._words) and self._words[place] == word

    def corrected(self, words: Sequence[str], unfinished: bool) -> tuple[tuple[str, ...], ...]:
        """The words with each unknown one as a known one that is a letter more, less, other or changed over away, else
        as the known one that it ends with; in at most three ways, the commonest first; nothing where all are known,
        or none of the unknown can be read.

        `unfinished`: the last word may be the beginning of one, and is left as it is where it is.
        """
        slots = [self._read(word, unfinished and place == len(words) - 1) for place, word in enumerate(words)]
        if all(slot == (word,) for slot, word in zip(slots, words, strict=True)):
            return ()
        return tuple(islice(product(*slots), _CORRECTIONS))

    def beginning_with(self, beginning: str) -> tuple[str, ...]:
        """Known words that begin so, the commonest first, two dozen at most."""
        first, end = bisect_left(self._words, beginning), bisect_left(self._words, beginning + "~")
        places = sorted(range(first, end), key=lambda place: (-self._counts[place], place))
        return tuple(self._words[place] for place in places[:_COMPLETIONS])

    def _read(self, word: str, unfinished: bool) -> tuple[str, ...]:
        if word in self or len(word) < _SHORTEST or not word.isalpha():
            return (word,)
        if unfinished and self.beginning_with(word):
            return (word,)
        return tuple(islice(self._near(word), _CORRECTIONS)) or (self._last_part(word),)

    def _last_part(self, word: str) -> str:
        """The longest known word that an unknown one ends with, itself where there is none: neuroleprosy is leprosy."""
        parts = (word[start:] for start in range(1, len(word) - _SHORTEST_PART + 1))
        return next((part for part in parts if part in self), word)

    def _near(self, word: str) -> Iterator[str]:
        near = [
            place
            for length in range(len(word) - 1, len(word) + 2)
            for _word, _distance, place in process.extract(
                word, self._by_length.get(length, {}), scorer=OSA.distance, score_cutoff=1, limit=None
            )
        ]
        # People slip at the first letter least.
        near.sort(key=lambda place: (self._words[place][:1] != word[:1], -self._counts[place], place))
        return (self._words[place] for place in near)

    @cached_property
    def _by_length(self) -> dict[int, dict[int, str]]:
        found: dict[int, dict[int, str]] = {}
        for place, word in enumerate(self._words):
            if word.isalpha():
                found.setdefault(len(word), {})[place] = word
        return found
