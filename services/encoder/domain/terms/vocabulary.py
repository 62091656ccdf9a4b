"""The vocabulary: how the people who write charts and ask for codes say what the classification words otherwise.

Two strengths, each for its own use:

- **canonical** words mean the same wherever they stand (renal, kidney; oedema, edema). They are replaced on both
  sides, in what a code is called and in what is looked for.
- **readings** are what else a text may mean: an abbreviation spelt out, a lay phrase, an eponym or a compound in the
  classification's terms, a numbered subtype without its number. They are tried beside the text itself, never instead
  of it, and on the side of the question only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, product
from types import MappingProxyType

from services.encoder.domain.terms.abbreviations import Abbreviation, Abbreviations
from services.encoder.domain.terms.compounds import Compounds
from services.encoder.domain.terms.sites import Sites
from services.encoder.domain.terms.subtypes import Subtypes

_WORD = re.compile(r"[a-z0-9]+(?:[./][a-z0-9]+)*/?")
_POSSESSIVE = re.compile(r"['’`]s\b|(?<=s)['’](?!\w)", re.IGNORECASE)

Phrase = tuple[str, ...]
"""Folded words, in order."""


class InvalidVocabulary(ValueError):
    """A file of terms contradicts itself: stops the start."""


def fold(text: str) -> str:
    """The text in lower case, without accents and without the possessive 's."""
    decomposed = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", text))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()


def words_of(text: str) -> Phrase:
    """The folded words of a text; a slash or a full stop inside a word (s/p, q.d.) stays in it."""
    return tuple(_WORD.findall(fold(text)))


@dataclass(frozen=True, slots=True)
class Spelling:
    """British spelling made American, part of a word by part of a word."""

    parts: tuple[tuple[str, str], ...] = ()

    def american(self, word: str) -> str:
        """A folded word as the classification spells it."""
        for british, american in self.parts:
            if british in word:
                word = word.replace(british, american)
        return word


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the files of terms say, ready to be asked. Pure: reads no file."""

    abbreviations: Abbreviations
    canonical_phrases: Mapping[Phrase, Phrase]
    """From the other wording to the classification's, both folded; never a chain."""
    readings_by_phrase: Mapping[Phrase, tuple[Phrase, ...]]
    """From a phrase in canonical words to what it may mean in folded ones, the likeliest first. A phrase that others
    mean stands here with nothing, so that no part of it is reworded (type 2 diabetes, in type 2 diabetes mellitus)."""
    spelling: Spelling
    subtypes: Subtypes
    compounds: Compounds
    sites: Sites
    bare: Mapping[Phrase, Phrase]
    """From a term in canonical words to the title that it leads to where nothing else is said, in folded ones."""
    _longest_canonical: int = field(repr=False)
    _longest_reading: int = field(repr=False)

    @classmethod
    def of(
        cls,
        abbreviations: Abbreviations,
        canonical: Mapping[str, Iterable[str]],
        readings: Iterable[tuple[str, str]] = (),
        spelling: Spelling | None = None,
        subtypes: Subtypes | None = None,
        compounds: Compounds | None = None,
        sites: Sites | None = None,
        bare: Iterable[tuple[str, str]] = (),
    ) -> Vocabulary:
        """The vocabulary of these entries. `canonical`: the classification's wording to the others; `readings`: what
        is said and what it may mean. Raises InvalidVocabulary for a wording with two canonical ones, or a chain."""
        phrases = _canonical(canonical)
        words = cls(
            abbreviations=abbreviations,
            canonical_phrases=MappingProxyType(phrases),
            readings_by_phrase=MappingProxyType({}),
            spelling=spelling or Spelling(),
            subtypes=subtypes or Subtypes(),
            compounds=compounds or Compounds({}, {}),
            sites=sites or Sites({}),
            bare=MappingProxyType({}),
            _longest_canonical=max(map(len, phrases), default=1),
            _longest_reading=0,
        )
        led = {words.canonical(words_of(term)): words_of(title) for term, title in bare}
        return replace(words._with_readings(readings), bare=MappingProxyType(led))

    def abbreviation(self, surface: str) -> Abbreviation | None:
        """The abbreviation written so; None where it is none. Full stops count for nothing (C.H.F.)."""
        return self.abbreviations.find(surface)

    def canonical(self, words: Sequence[str]) -> Phrase:
        """Folded words in the classification's wording and spelling, the longest phrase first; others stay."""
        spelt = [self.spelling.american(word) for word in words]
        done: list[str] = []
        place = 0
        while place < len(spelt):
            length, wording = self._match(spelt, place)
            done += wording
            place += length
        return tuple(done)

    def led_to(self, text: str) -> str:
        """The title that a text, or what it abbreviates, leads to by default, in folded words; empty where there is
        none."""
        for each in (text, *self.abbreviations.spelt(text, 1)):
            title = self.bare.get(self.canonical(words_of(each)))
            if title is not None:
                return " ".join(title)
        return ""

    def readings(self, text: str, limit: int = 8) -> tuple[str, ...]:
        """What else the text may mean, at most `limit` ways, in folded words, the likeliest first.

        Abbreviations are spelt out, every phrase that has readings stands in each of them, and at last a numbered
        or inherited subtype is read as the disease itself. No two are the same in canonical words, nor the text's own.
        """
        itself = words_of(text)
        spelt = [words_of(each) for each in self.abbreviations.spelt(text, limit)]
        named = tuple(self.subtypes.named(itself))
        found = {self.canonical(itself): itself}
        for words in (
            *(words for each in spelt or [itself] for words in self._reworded(each, limit)),
            *spelt,
            *(words for each in named for words in (each, *self._reworded(each, limit))),
        ):
            found.setdefault(self.canonical(words), words)
        return tuple(" ".join(words) for words in islice(found.values(), 1, limit + 1) if words)

    def _with_readings(self, readings: Iterable[tuple[str, str]]) -> Vocabulary:
        meanings: dict[Phrase, dict[Phrase, None]] = {}
        for said, meant in readings:
            phrase, meaning = self.canonical(words_of(said)), words_of(meant)
            if phrase != self.canonical(meaning):
                meanings.setdefault(phrase, {})[meaning] = None
                meanings.setdefault(self.canonical(meaning), {})
        return replace(
            self,
            readings_by_phrase=MappingProxyType({phrase: tuple(each) for phrase, each in meanings.items()}),
            _longest_reading=max(map(len, meanings), default=1),
        )

    def _match(self, words: Sequence[str], place: int) -> tuple[int, Phrase]:
        for length in range(min(self._longest_canonical, len(words) - place), 0, -1):
            wording = self.canonical_phrases.get(tuple(words[place : place + length]))
            if wording is not None:
                return length, wording
        return 1, (words[place],)

    def _reworded(self, words: Phrase, limit: int) -> Iterator[Phrase]:
        """The words with each phrase that has readings in one of them."""
        slots = list(self._slots(words))
        if any(len(slot) > 1 for slot in slots):
            for choice in islice(product(*slots), limit):
                yield tuple(word for phrase in choice for word in phrase)

    def _slots(self, words: Phrase) -> Iterator[tuple[Phrase, ...]]:
        """For each stretch of the words, what it may be, itself last."""
        canonical = self.canonical(words)
        # As they were said where no phrase has become longer or shorter: nearer to the question than canonical words.
        said = words if len(words) == len(canonical) else canonical
        place = 0
        while place < len(canonical):
            length, meanings = self._meanings(canonical, place)
            yield (*meanings, said[place : place + length])
            place += length

    def _meanings(self, words: Phrase, place: int) -> tuple[int, tuple[Phrase, ...]]:
        for length in range(min(self._longest_reading, len(words) - place), 0, -1):
            meanings = self.readings_by_phrase.get(words[place : place + length])
            if meanings is not None:
                return length, meanings
        return 1, ()


def _canonical(canonical: Mapping[str, Iterable[str]]) -> dict[Phrase, Phrase]:
    phrases: dict[Phrase, Phrase] = {}
    for wording, others in canonical.items():
        for other in map(words_of, others):
            if other in phrases:
                raise InvalidVocabulary(f"{' '.join(other)!r} has two canonical wordings")
            phrases[other] = words_of(wording)
    chained = phrases.keys() & set(phrases.values())
    if chained:
        raise InvalidVocabulary(f"{sorted(chained)} are canonical wordings and have one")
    return phrases
