"""Naming: which names of codes the words of a sentence say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.encoder.domain.reading.lexicon import Entry, Lexicon
from services.encoder.domain.reading.words import Word

_GAP = {1: 0, 2: 2, 3: 3}
_WIDEST_GAP = 4
_PAIR = 2
_COMPLICATIONS = ("T8",)
"""A stenosis that is treated with a stent is none of the stent."""
_BOUND = re.compile(r"\b(?:with|due to|from|of|in)\b", re.IGNORECASE)
"""Between two names they say that the two are one, whatever comma stands beside them: dementia, with agitation."""
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


def namings(words: Sequence[Word], lexicon: Lexicon, text: str, offset: int = 0) -> list[Naming]:
    """The names that the words of a text say, the fullest where several say the same words; in the order of the text.

    `offset`: where the text begins in what the words were read from.
    """
    at: dict[int, list[Word]] = {}
    denials: set[int] = set()
    for word in words:
        number = lexicon.numbers.get(word.stem)
        if number is not None:
            at.setdefault(number, []).append(word)
        if word.denied and (number := lexicon.numbers.get(f"~{word.stem}")) is not None:
            at.setdefault(number, []).append(word)
            denials.add(number)
    found: list[Naming] = []
    for number, entry in _said(frozenset(at), at, lexicon):
        found += _placed(lexicon.entries[entry], number, at, denials)
    if not found:
        return found
    # Who takes a word of an abbreviation takes its last, which says what it is: the C of COPD is no word for others.
    heads = {(word.start, word.end): word for word in words}
    whole = [naming for naming in found if all(heads[at] in naming.words for at in naming.surfaces)]
    return _fullest(_unlisted(whole, _Joints(words, text, offset)))


def _said(said: frozenset[int], at: Iterable[int], lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """The entries whose every word is said, each with its rarest word; in the order of the text, then the lexicon's."""
    required = lexicon.required
    for number in at:
        below = lexicon.anchored.get(number)
        if below is not None:
            seconds = said.intersection(below) if len(said) < len(below) else below.keys() & said
            if seconds:
                entries = sorted(entry for second in seconds for entry in below[second] if required[entry] <= said)
                yield from ((number, entry) for entry in entries)


def _unlisted(found: list[Naming], joints: _Joints) -> list[Naming]:
    """Without names that string together what a sentence only lists, each side of a comma or an `and` all names.

    `COPD, hypertension` is no pulmonary hypertension due to lung disease. `Nausea and vomiting` is one name, for there
    the classification joins the two.
    """
    return [naming for naming in found if not any(_lists(naming, joint, found) for joint in joints.within(naming))]


class _Joints:
    """The commas and joining words of a sentence that may divide a list."""

    __slots__ = ("_places",)

    def __init__(self, words: Sequence[Word], text: str, offset: int) -> None:
        self._places: list[int] = []
        for before, after in pairwise(words):
            apart = after.place - before.place > 1
            if apart and _BOUND.search(text, before.end - offset, after.start - offset) is None:
                self._places += range(before.place + 1, after.place)

    def within(self, naming: Naming) -> list[int]:
        """Their places between the first word of a name and its last."""
        taken = naming.places
        return [place for place in self._places if min(taken) < place < max(taken)] if self._places else []


def _lists(naming: Naming, joint: int, found: list[Naming]) -> bool:
    if len(naming.entry.required) == _PAIR and _TOGETHER.search(naming.entry.choices[0].text):
        return False
    before = {place for place in naming.places if place < joint}
    after = naming.places - before
    beside = [each.places for each in found if not each.places.isdisjoint(naming.places)]
    first = {place for places in beside if max(places) < joint for place in places}
    second = {place for places in beside if joint < min(places) for place in places}
    return before <= first and after <= second


def _placed(entry: Entry, anchor: int, at: dict[int, list[Word]], denials: set[int]) -> Iterable[Naming]:
    """Each place where the words of a name stand close enough together.

    All are said or all are denied, save those that the name itself denies (`denials`): do not resuscitate.
    """
    others = [word for word in entry.required if word != anchor]
    allowed = _GAP.get(len(entry.required), _WIDEST_GAP)
    if entry.choices[0].code.startswith(_COMPLICATIONS):
        allowed = min(allowed, 1)
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
