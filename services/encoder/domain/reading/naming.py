"""Naming: which names of codes the words of a sentence say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.encoder.domain.reading.lexicon import Entry, Lexicon
from services.encoder.domain.reading.words import Word

_GAP = {1: 0, 2: 2, 3: 3}
_WIDEST_GAP = 4
_PAIR = 2
_TOGETHER = re.compile(r"\b(?:and|with|due to)\b", re.IGNORECASE)


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
    def surfaces(self) -> frozenset[tuple[int, int]]:
        """Where each word or abbreviation stands in the text."""
        return frozenset((word.start, word.end) for word in self.words)

    @property
    def places(self) -> frozenset[int]:
        return frozenset(word.place for word in self.words)


def namings(words: Sequence[Word], lexicon: Lexicon) -> list[Naming]:
    """The names that a sentence says, the fullest where several say the same words; in the order of the text."""
    at: dict[int, list[Word]] = {}
    denials: set[int] = set()
    for word in words:
        number = lexicon.numbers.get(word.stem)
        if number is not None:
            at.setdefault(number, []).append(word)
        if word.denied and (number := lexicon.numbers.get(f"~{word.stem}")) is not None:
            at.setdefault(number, []).append(word)
            denials.add(number)
    said = frozenset(at)
    found: list[Naming] = []
    for number in at:
        for entry in lexicon.anchored.get(number, ()):
            if lexicon.required[entry] <= said:
                found += _placed(lexicon.entries[entry], number, at, denials)
    # Who takes a word of an abbreviation takes its last, which says what it is: the C of COPD is no word for others.
    heads = {(word.start, word.end): word for word in words}
    whole = [naming for naming in found if all(heads[at] in naming.words for at in naming.surfaces)]
    return _fullest(_unlisted(whole, frozenset(word.place for word in words)))


def _unlisted(found: list[Naming], places: frozenset[int]) -> list[Naming]:
    """Without names that string together what a sentence only lists, each side of a comma or an `and` a name itself.

    `COPD, hypertension` is no pulmonary hypertension due to lung disease. `Nausea and vomiting` is one name, for there
    the classification joins the two.
    """
    return [naming for naming in found if not any(_lists(naming, joint, found) for joint in _joints(naming, places))]


def _joints(naming: Naming, places: frozenset[int]) -> list[int]:
    """The places of commas and joining words within a name; `places` are those of the words of the sentence."""
    taken = naming.places
    return [place for place in range(min(taken) + 1, max(taken)) if place not in places]


def _lists(naming: Naming, joint: int, found: list[Naming]) -> bool:
    if len(naming.entry.required) == _PAIR and _TOGETHER.search(naming.entry.choices[0].text):
        return False
    beside = [each.places for each in found if not each.places.isdisjoint(naming.places)]
    return any(max(places) < joint for places in beside) and any(joint < min(places) for places in beside)


def _placed(entry: Entry, anchor: int, at: dict[int, list[Word]], denials: set[int]) -> Iterable[Naming]:
    """Each place where the words of a name stand close enough together.

    All are said or all are denied, save those that the name itself denies (`denials`): do not resuscitate.
    """
    others = [word for word in entry.required if word != anchor]
    allowed = _GAP.get(len(entry.required), _WIDEST_GAP)
    for here in at[anchor]:
        words = [here, *(min(at[word], key=lambda each: abs(each.place - here.place)) for word in others)]
        if (
            len({word.denied for number, word in zip((anchor, *others), words, strict=True) if number not in denials})
            > 1
        ):
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
