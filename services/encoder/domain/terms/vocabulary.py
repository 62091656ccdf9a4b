"""The vocabulary: how the people who write charts and ask for codes say what the classification words otherwise.

Three strengths, each for its own use:

- **canonical** words mean the same wherever they stand (renal, kidney; oedema, edema; heart attack, myocardial
  infarction). They are replaced on both sides, in what a code is called and in what is looked for.
- **readings** are what else a text may mean (an abbreviation spelt out, a lay phrase in the field's terms). They are
  tried beside the text itself, on the side of the question only.
- **parts** take a compound of Greek and Latin apart (splenomegaly: spleen, enlarged), for a last, wider look.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from types import MappingProxyType

_WORD = re.compile(r"[a-z0-9]+(?:[./][a-z0-9]+)*/?")
_POSSESSIVE = re.compile(r"['’`]s\b|(?<=s)['’](?!\w)", re.IGNORECASE)


class InvalidVocabulary(ValueError):
    """A file of terms contradicts itself: stops the start."""


def fold(text: str) -> str:
    """The text in lower case, without accents and without the possessive 's."""
    decomposed = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", text))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text; a slash or a full stop inside a word (s/p, q.d.) stays in it."""
    return tuple(_WORD.findall(fold(text)))


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing that an abbreviation stands for."""

    expansion: str
    context: frozenset[str] = frozenset()
    """Folded words that speak for it where they stand near."""


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and what it stands for; ambiguous where there is more than one sense."""

    surface: str
    senses: tuple[Sense, ...]
    exact: bool = False
    """Whether only the same upper and lower case is it: in lower case it is another word (ALL, AS, OR)."""

    @property
    def ambiguous(self) -> bool:
        return len(self.senses) > 1

    @property
    def expansions(self) -> tuple[str, ...]:
        return tuple(sense.expansion for sense in self.senses)

    def in_context(self, words: Iterable[str]) -> tuple[str, ...]:
        """The expansions that folded words near it speak for most; all of them where none does."""
        near = frozenset(words)
        weights = [len(sense.context & near) for sense in self.senses]
        best = max(weights)
        return tuple(sense.expansion for sense, weight in zip(self.senses, weights, strict=True) if weight == best)


Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the files of terms say, ready to be asked. Pure: reads no file."""

    abbreviations: Mapping[str, Abbreviation]
    """By surface, as it is written."""
    canonical_phrases: Mapping[Phrase, Phrase]
    """From the other wording to the classification's, both folded; never a chain."""
    readings_by_phrase: Mapping[Phrase, tuple[Phrase, ...]]
    """From a phrase to what it may mean."""
    _folded: Mapping[str, Abbreviation] = field(repr=False)
    _longest: int = field(repr=False)

    @classmethod
    def of(
        cls,
        abbreviations: Iterable[Abbreviation],
        canonical: Mapping[str, Iterable[str]],
        readings: Mapping[str, Iterable[str]],
    ) -> Vocabulary:
        """The vocabulary of these entries. `canonical`: the classification's wording to the others; `readings`: a
        phrase to what it may mean. Raises InvalidVocabulary for a surface or a wording that stands twice."""
        by_surface = _by_surface(abbreviations)
        phrases = _canonical(canonical)
        meanings = {words_of(phrase): tuple(map(words_of, others)) for phrase, others in readings.items()}
        return cls(
            MappingProxyType(by_surface),
            MappingProxyType(phrases),
            MappingProxyType(meanings),
            MappingProxyType({fold(each.surface): each for each in by_surface.values() if not each.exact}),
            max(map(len, [*phrases, *meanings, ("",)])),
        )

    def abbreviation(self, surface: str) -> Abbreviation | None:
        """The abbreviation written so; None where it is none. Full stops count for nothing (C.H.F.)."""
        plain = surface.replace(".", "")
        return self.abbreviations.get(surface) or self.abbreviations.get(plain) or self._folded.get(fold(plain))

    def canonical(self, words: Sequence[str]) -> Phrase:
        """Folded words in the classification's wording, the longest phrase first; words it does not know stay."""
        done: list[str] = []
        place = 0
        while place < len(words):
            length, wording = self._match(words, place)
            done += wording
            place += length
        return tuple(done)

    def readings(self, text: str, limit: int = 8) -> tuple[str, ...]:
        """What else the text may mean, at most `limit` ways and never the text itself: every abbreviation spelt out,
        every phrase that has readings in each of them. The likeliest first."""
        surfaces = text.replace(",", " ").split()
        slots = list(self._slots(surfaces))
        itself = " ".join(surfaces)
        alternatives = (" ".join(choice) for choice in islice(product(*slots), limit + 1))
        return tuple(dict.fromkeys(each for each in alternatives if each != itself))[:limit]

    def _match(self, words: Sequence[str], place: int) -> tuple[int, Phrase]:
        for length in range(min(self._longest, len(words) - place), 0, -1):
            wording = self.canonical_phrases.get(tuple(words[place : place + length]))
            if wording is not None:
                return length, wording
        return 1, (words[place],)

    def _slots(self, surfaces: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """For each stretch of the text, what it may be."""
        place = 0
        while place < len(surfaces):
            length, choices = self._choices(surfaces, place)
            yield choices
            place += length

    def _choices(self, surfaces: Sequence[str], place: int) -> tuple[int, tuple[str, ...]]:
        for length in range(min(self._longest, len(surfaces) - place), 0, -1):
            stretch = " ".join(surfaces[place : place + length])
            meanings = self.readings_by_phrase.get(words_of(stretch))
            if meanings:
                return length, (*(" ".join(each) for each in meanings), stretch)
        abbreviation = self.abbreviation(surfaces[place])
        if abbreviation:
            return 1, abbreviation.in_context(fold(" ".join(surfaces)).split())
        return 1, (surfaces[place],)


def _by_surface(abbreviations: Iterable[Abbreviation]) -> dict[str, Abbreviation]:
    by_surface: dict[str, Abbreviation] = {}
    for each in abbreviations:
        if each.surface in by_surface:
            raise InvalidVocabulary(f"the abbreviation {each.surface} stands twice")
        by_surface[each.surface] = each
    return by_surface


def _canonical(canonical: Mapping[str, Iterable[str]]) -> dict[Phrase, Phrase]:
    phrases: dict[Phrase, Phrase] = {}
    for wording, others in canonical.items():
        for other in others:
            if words_of(other) in phrases:
                raise InvalidVocabulary(f"{other!r} has two canonical wordings")
            phrases[words_of(other)] = words_of(wording)
    return phrases
