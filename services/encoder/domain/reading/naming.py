"""Naming: which names of codes the words of a sentence say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.encoder.domain.reading.lexicon import Entry, Lexicon
from services.encoder.domain.reading.words import Word

_GAP = {1: 0, 2: 2, 3: 3}
_WIDEST_GAP = 4


@dataclass(frozen=True, slots=True)
class Naming:
    """A name said in a sentence."""

    entry: Entry
    words: tuple[Word, ...]
    """The words of the sentence that say it, in their order."""
    gap: int

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return max(word.end for word in self.words)

    @property
    def places(self) -> frozenset[int]:
        return frozenset(word.place for word in self.words)


def namings(words: Sequence[Word], lexicon: Lexicon) -> list[Naming]:
    """The names that a sentence says, the fullest where several say the same words; in the order of the text."""
    at: dict[int, list[Word]] = {}
    for word in words:
        number = lexicon.numbers.get(word.stem)
        if number is not None:
            at.setdefault(number, []).append(word)
        if word.denied and (number := lexicon.numbers.get(f"~{word.stem}")) is not None:
            at.setdefault(number, []).append(word)
    said = frozenset(at)
    found: list[Naming] = []
    for number in at:
        for entry in lexicon.anchored.get(number, ()):
            if lexicon.required[entry] <= said:
                found += _placed(lexicon.entries[entry], number, at)
    return _fullest(found)


def _placed(entry: Entry, anchor: int, at: dict[int, list[Word]]) -> Iterable[Naming]:
    """Each place where the words of a name stand close enough together."""
    others = [word for word in entry.required if word != anchor]
    allowed = _GAP.get(len(entry.required), _WIDEST_GAP)
    for here in at[anchor]:
        words = [here, *(min(at[word], key=lambda each: abs(each.place - here.place)) for word in others)]
        if len({word.denied for word in words}) > 1:
            continue
        places = [word.place for word in words]
        low, high = min(places), max(places)
        spare = {
            word
            for choice in entry.choices[:4]
            for number in choice.optional
            for word in at.get(number, ())
            if low - 2 <= word.place <= high + 2
        }
        inside = {word.place for word in spare if low < word.place < high}
        gap = high - low + 1 - len(set(places)) - len(inside - set(places))
        if gap <= allowed:
            yield Naming(entry, tuple(sorted({*words}, key=lambda word: (word.place, word.start))), gap)


def _fullest(found: list[Naming]) -> list[Naming]:
    """Of namings whose words are part of another's, only the other."""
    ranked = sorted(found, key=lambda naming: (-len(naming.places), naming.gap, naming.entry.choices[0].rank))
    kept: list[Naming] = []
    for naming in ranked:
        if not any(naming.places <= other.places for other in kept):
            kept.append(naming)
    return sorted(kept, key=lambda naming: naming.start)
